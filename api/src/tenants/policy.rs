//! Who may do what in a tenant: the whole table, in one place.

use ::entity::membership::Role;

/// What a member asks to do. Which sites he may do it to is [`super::Reach`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// See sites and their comments, mail addresses included.
    Look,
    /// Answer comments in the name of the site's team.
    Answer,
    /// Decide, edit and delete comments; close, lock, rename conversations and pin in them.
    Moderate,
    /// Merge, split and move conversations. Moderators may, within their reach: it is what a comment in the wrong place
    /// needs, it can be seen before it is done, and all of it is on record.
    ArrangeThreads,
    /// Add sites, change their settings and origins, see and change the key with which they sign.
    ManageSites,
    /// Rename the tenant.
    ManageTenant,
    /// Choose what one is told by mail.
    Watch,
    /// Be a member no more.
    Leave,
    /// Invite, change and remove members, up to one's own role.
    ManageMembers,
    /// Make and revoke keys for programs.
    ManageKeys,
    /// Have programs told of what happens on sites, or asked about comments; see what they were told.
    ManageWebhooks,
    /// Read who changed what.
    ReadAudit,
    /// What cannot be undone by itself: delete sites and the tenant, move sites away, make somebody else the owner; and take all of it out.
    Dispose,
}

impl Act {
    pub const ALL: [Act; 13] = [
        Act::Look,
        Act::Answer,
        Act::Moderate,
        Act::ArrangeThreads,
        Act::ManageSites,
        Act::ManageTenant,
        Act::Watch,
        Act::Leave,
        Act::ManageMembers,
        Act::ManageKeys,
        Act::ManageWebhooks,
        Act::ReadAudit,
        Act::Dispose,
    ];

    /// The least role that may do it; every higher one may, too.
    pub fn least(self) -> Role {
        match self {
            Act::Look | Act::Answer | Act::Moderate | Act::ArrangeThreads | Act::Watch | Act::Leave => Role::Moderator,
            Act::ManageSites | Act::ManageTenant | Act::ManageMembers | Act::ManageKeys | Act::ManageWebhooks => {
                Role::Admin
            }
            Act::ReadAudit | Act::Dispose => Role::Owner,
        }
    }

    /// Whether it can be done in a tenant that is deleted and not erased: to look, to go, and to bring it back.
    pub fn is_for_deleted(self) -> bool {
        matches!(self, Act::Look | Act::Leave | Act::ReadAudit | Act::Dispose)
    }
}

pub fn allows(role: Role, act: Act) -> bool {
    role >= act.least()
}

/// Whether an operator who acts for a tenant, in whatever role, may do it. What only people themselves may stays theirs: no secret is
/// shown to him, nobody gets rights from him, and he has no place of his own to leave.
pub fn while_acting(act: Act) -> bool {
    match act {
        Act::Look
        | Act::Answer
        | Act::Moderate
        | Act::ArrangeThreads
        | Act::ManageSites
        | Act::ManageTenant
        | Act::ManageWebhooks
        | Act::ReadAudit => true,
        Act::Watch | Act::Leave | Act::ManageMembers | Act::ManageKeys | Act::Dispose => false,
    }
}

/// Whether the members of a tenant that is suspended may still do it: see, and go.
pub fn while_suspended(act: Act) -> bool {
    matches!(act, Act::Look | Act::ReadAudit | Act::Watch | Act::Leave)
}

/// What a key for programs may be good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    Read,
    Write,
    Moderate,
    Admin,
}

impl Scope {
    pub const ALL: [Scope; 4] = [Scope::Read, Scope::Write, Scope::Moderate, Scope::Admin];

    /// The name in the database and on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Scope::Read => "read",
            Scope::Write => "write",
            Scope::Moderate => "moderate",
            Scope::Admin => "admin",
        }
    }

    pub fn of(name: &str) -> Option<Scope> {
        Scope::ALL.into_iter().find(|scope| scope.name() == name)
    }

    /// Whether a key of this scope may do it. People, keys and the record are for people: a key that got out must not be able to make
    /// more of itself.
    pub fn allows(self, act: Act) -> bool {
        match act {
            Act::Look => true,
            Act::Answer => self != Scope::Read,
            Act::Moderate | Act::ArrangeThreads => matches!(self, Scope::Moderate | Scope::Admin),
            Act::ManageSites | Act::ManageTenant => self == Scope::Admin,
            // What is told to a webhook goes on when the key is revoked.
            Act::Watch
            | Act::Leave
            | Act::ManageMembers
            | Act::ManageKeys
            | Act::ManageWebhooks
            | Act::ReadAudit
            | Act::Dispose => false,
        }
    }
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
            (
                Role::Moderator,
                vec![
                    Act::Look,
                    Act::Answer,
                    Act::Moderate,
                    Act::ArrangeThreads,
                    Act::Watch,
                    Act::Leave,
                ],
            ),
            (
                Role::Admin,
                Act::ALL
                    .into_iter()
                    .filter(|act| !matches!(act, Act::ReadAudit | Act::Dispose))
                    .collect(),
            ),
            (Role::Owner, Act::ALL.to_vec()),
        ];
        for (role, row) in table {
            let allowed: Vec<Act> = Act::ALL.into_iter().filter(|act| allows(role, *act)).collect();
            assert_eq!(allowed, row, "{role:?}");
        }
    }

    #[test]
    fn each_scope_has_what_the_one_before_has_and_none_has_people_and_keys() {
        let all = [
            Act::Look,
            Act::Answer,
            Act::Moderate,
            Act::ArrangeThreads,
            Act::ManageSites,
            Act::ManageTenant,
        ];
        let table = [
            (Scope::Read, 1),
            (Scope::Write, 2),
            (Scope::Moderate, 4),
            (Scope::Admin, 6),
        ];
        for (scope, first) in table {
            let allowed: Vec<Act> = Act::ALL.into_iter().filter(|act| scope.allows(*act)).collect();
            assert_eq!(allowed, all[..first], "{scope:?}");
            assert_eq!(Scope::of(scope.name()), Some(scope));
        }
    }

    #[test]
    fn acting_operators_and_members_of_a_suspended_tenant_are_kept_from_these() {
        let kept = |may: fn(Act) -> bool| Act::ALL.into_iter().filter(|act| !may(*act)).collect::<Vec<_>>();
        assert_eq!(
            kept(while_acting),
            [
                Act::Watch,
                Act::Leave,
                Act::ManageMembers,
                Act::ManageKeys,
                Act::Dispose
            ]
        );
        assert_eq!(
            kept(while_suspended),
            [
                Act::Answer,
                Act::Moderate,
                Act::ArrangeThreads,
                Act::ManageSites,
                Act::ManageTenant,
                Act::ManageMembers,
                Act::ManageKeys,
                Act::ManageWebhooks,
                Act::Dispose
            ]
        );
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
