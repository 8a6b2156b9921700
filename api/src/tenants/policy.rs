//! Who may do what in a tenant: the whole table, in one place.

use ::entity::membership::Role;

/// What a member asks to do. Which sites he may do it to is [`super::Reach`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// See sites and their comments, mail addresses included.
    Look,
    /// Decide, edit, delete and answer comments; close, lock, rename conversations and pin in them.
    Moderate,
    /// Merge, split and move conversations. Moderators may, within their reach: it is what a comment in the wrong place
    /// needs, it can be seen before it is done, and all of it is on record.
    ArrangeThreads,
    /// Add sites, change their settings and origins, see and change the key with which they sign.
    ManageSites,
    /// Rename the tenant.
    ManageTenant,
    /// Invite, change and remove members, up to one's own role.
    ManageMembers,
    /// Read who changed what.
    ReadAudit,
}

impl Act {
    pub const ALL: [Act; 7] = [
        Act::Look,
        Act::Moderate,
        Act::ArrangeThreads,
        Act::ManageSites,
        Act::ManageTenant,
        Act::ManageMembers,
        Act::ReadAudit,
    ];

    /// The least role that may do it; every higher one may, too.
    pub fn least(self) -> Role {
        match self {
            Act::Look | Act::Moderate | Act::ArrangeThreads => Role::Moderator,
            Act::ManageSites | Act::ManageTenant | Act::ManageMembers => Role::Admin,
            Act::ReadAudit => Role::Owner,
        }
    }
}

pub fn allows(role: Role, act: Act) -> bool {
    role >= act.least()
}

/// Whether somebody of a role may turn one role into another; none: somebody comes or goes. Nobody gives or takes what is above him.
pub fn may_set(actor: Role, from: Option<Role>, to: Option<Role>) -> bool {
    allows(actor, Act::ManageMembers) && [from, to].into_iter().flatten().all(|role| role <= actor)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_as_written_here() {
        let table = [
            (Role::Moderator, [true, true, true, false, false, false, false]),
            (Role::Admin, [true, true, true, true, true, true, false]),
            (Role::Owner, [true, true, true, true, true, true, true]),
        ];
        for (role, row) in table {
            assert_eq!(Act::ALL.map(|act| allows(role, act)), row, "{role:?}");
        }
    }

    #[test]
    fn nobody_gives_or_takes_a_role_above_his_own() {
        let roles = [None, Some(Role::Moderator), Some(Role::Admin), Some(Role::Owner)];
        for from in roles {
            for to in roles {
                assert!(!may_set(Role::Moderator, from, to), "{from:?} {to:?}");
                assert!(may_set(Role::Owner, from, to), "{from:?} {to:?}");
                let about_owners = from == Some(Role::Owner) || to == Some(Role::Owner);
                assert_eq!(may_set(Role::Admin, from, to), !about_owners, "{from:?} {to:?}");
            }
        }
    }
}
