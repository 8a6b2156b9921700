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
}

impl Act {
    pub const ALL: [Act; 5] = [
        Act::Look,
        Act::Moderate,
        Act::ArrangeThreads,
        Act::ManageSites,
        Act::ManageTenant,
    ];

    /// The least role that may do it; every higher one may, too.
    pub fn least(self) -> Role {
        match self {
            Act::Look | Act::Moderate | Act::ArrangeThreads => Role::Moderator,
            Act::ManageSites | Act::ManageTenant => Role::Admin,
        }
    }
}

pub fn allows(role: Role, act: Act) -> bool {
    role >= act.least()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_as_written_here() {
        let table = [
            (Role::Moderator, [true, true, true, false, false]),
            (Role::Admin, [true, true, true, true, true]),
            (Role::Owner, [true, true, true, true, true]),
        ];
        for (role, row) in table {
            assert_eq!(Act::ALL.map(|act| allows(role, act)), row, "{role:?}");
        }
    }
}
