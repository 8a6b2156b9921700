//! Work for later: what the features ask for and the worker does.

use sea_orm::prelude::Uuid;
use serde::{Deserialize, Serialize};

/// Stored as its kind and its payload; variants and members are only ever added.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "payload", rename_all = "snake_case")]
pub enum Job {
    /// Forget what has been kept long enough: network hashes, mail addresses, idempotency keys, ended sessions. Comes back hourly.
    Retention {},
    /// Erase the text of a comment that was deleted and not brought back.
    Purge { site_id: Uuid, comment_id: Uuid },
    /// Render a site's comments again, those after number `after`: all of them, since its rules have changed; or those that a
    /// renderer before this one made. The last walk of an upgrade comes an hour after the first, and takes in what nodes of the
    /// version before wrote in the meantime.
    Rerender {
        site_id: Uuid,
        after: i64,
        older_than: Option<i32>,
        last: bool,
    },
    /// Give a site's pages the keys that its rules of today make of their addresses; those up to `after` have theirs.
    Rekey { site_id: Uuid, after: Option<Uuid> },
    /// Count what has been recorded since the last time. Comes back every few seconds.
    Statistics {},
    /// Note the authors of a site's comments, those after number `after`: comments came from another system, or were taken back.
    Commenters { site_id: Uuid, after: i64 },
    /// Take away some more of a site that was deleted and not brought back.
    EraseSite { site_id: Uuid },
    /// The same for a tenant, its sites among it.
    EraseTenant { tenant_id: Uuid },
    /// Send a mail. What it says, to whom, and the link in it are made when it is sent: no address and no secret waits here. `id` is
    /// that of the row that it is about; `to` is an account, where several are told of that row.
    Mail {
        about: Occasion,
        id: Uuid,
        locale: Locale,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        to: Option<Uuid>,
    },
    /// Tell owners of quotas that are nearly used up; those of tenants after `after`. Comes back every few minutes.
    Quotas { after: Option<Uuid> },
    /// Find out who is to be told of a site's comments, those from number `from` to number `to`: they were just written, or held.
    Watch { site_id: Uuid, from: i64, to: i64 },
    /// Tell a watcher of one comment by mail.
    Tell {
        site_id: Uuid,
        watcher_id: Uuid,
        comment_id: Uuid,
        thread_id: Uuid,
    },
    /// Tell a watcher of all that has waited for it.
    Digest { site_id: Uuid, watcher_id: Uuid },
    /// See what is to become of what a reader asks for: his address is asked, or known. `follower` is a name for it.
    Wish {
        site_id: Uuid,
        subscription_id: Uuid,
        follower: String,
    },
    /// Note a comment that was published for its followers, those after subscription `after`.
    Spread {
        site_id: Uuid,
        thread_id: Uuid,
        comment_id: Uuid,
        after: Option<Uuid>,
    },
    /// Tell a follower of what was noted for him of one conversation. `waited`: it ran hot, and this is the mail for all of it.
    Inform {
        site_id: Uuid,
        follower: String,
        thread_id: Uuid,
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        waited: bool,
    },
    /// Tell a browser of a comment, and of what came after it; or send it something to look at.
    Push {
        device_id: Uuid,
        comment: Option<PushedComment>,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PushedComment {
    pub site_id: Uuid,
    pub number: i64,
}

/// What a mail is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Occasion {
    /// Of a sign-up: is it you?
    SignUp,
    /// Of a request to choose another password.
    PasswordReset,
    /// Of an account: its password is another one.
    PasswordChanged,
    /// Of a change of address, to the one that is to come and to the one that is to go.
    EmailToCome,
    EmailToGo,
    /// Of an invitation into a tenant.
    Invitation,
    /// Of a warning that a quota is nearly used up, to an owner.
    QuotaNear,
    /// Of an owner's membership: webhooks of the tenant were switched off.
    WebhookDisabled,
    /// Of a wish for a link to what one wrote on a site.
    Mine,
    /// What a newer version writes about: its worker will.
    #[serde(other)]
    Newer,
}

/// A language in which mails are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Locale {
    #[default]
    En,
    De,
}

impl Locale {
    pub const ALL: [Locale; 2] = [Locale::En, Locale::De];

    /// Its tag (BCP 47).
    pub fn name(self) -> &'static str {
        match self {
            Locale::En => "en",
            Locale::De => "de",
        }
    }

    /// The one that a language tag (BCP 47) names, such as `de-AT`; English for those that we do not speak.
    pub fn of(tag: Option<&str>) -> Locale {
        let language = tag.and_then(|tag| tag.split('-').next()).unwrap_or_default();
        match language.eq_ignore_ascii_case("de") {
            true => Locale::De,
            false => Locale::En,
        }
    }
}

impl Job {
    /// The kinds that this version knows how to do.
    pub const KINDS: [&str; 17] = [
        "retention",
        "purge",
        "rerender",
        "rekey",
        "statistics",
        "commenters",
        "erase_site",
        "erase_tenant",
        "mail",
        "quotas",
        "watch",
        "tell",
        "digest",
        "push",
        "wish",
        "spread",
        "inform",
    ];

    /// Those that are a mail each.
    pub const MAILS: [&str; 5] = ["mail", "tell", "digest", "wish", "inform"];

    /// In the order in which jobs go that are due: what somebody waits for, and what comes in bulk.
    pub const PRIORITIES: [i16; 2] = [0, 1];

    /// Which of the two it is. So many digests, or mails to a page's many readers, do not keep a moderator's mail waiting.
    pub fn priority(&self) -> i16 {
        match self {
            Job::Digest { .. } | Job::Spread { .. } | Job::Inform { .. } | Job::Push { .. } => 1,
            _ => 0,
        }
    }

    /// Those that are done one after the other, in the order in which they were added: the mails to one person about one thread, what one
    /// address asks for, and what one conversation has for its followers.
    pub fn lane(&self) -> Option<String> {
        match self {
            Job::Watch { site_id, .. } => Some(format!("watch:{site_id}")),
            Job::Tell {
                watcher_id, thread_id, ..
            } => Some(format!("tell:{watcher_id}:{thread_id}")),
            Job::Wish { follower, .. } => Some(format!("wish:{follower}")),
            Job::Spread { thread_id, .. } => Some(format!("spread:{thread_id}")),
            _ => None,
        }
    }

    /// Whether it is a mail.
    pub fn is_mail(&self) -> bool {
        matches!(
            self,
            Job::Mail { .. } | Job::Tell { .. } | Job::Digest { .. } | Job::Wish { .. } | Job::Inform { .. }
        )
    }

    /// Whether it comes back by itself so often that only its failures are worth a line of the log.
    pub fn is_routine(&self) -> bool {
        matches!(self, Job::Statistics {} | Job::Quotas { .. })
    }

    /// The job's site, for the operator's view of the queue.
    pub fn site_id(&self) -> Option<Uuid> {
        match self {
            Job::Retention {}
            | Job::Statistics {}
            | Job::EraseTenant { .. }
            | Job::Mail { .. }
            | Job::Quotas { .. } => None,
            Job::Purge { site_id, .. }
            | Job::Rerender { site_id, .. }
            | Job::Rekey { site_id, .. }
            | Job::Commenters { site_id, .. }
            | Job::EraseSite { site_id }
            | Job::Watch { site_id, .. }
            | Job::Tell { site_id, .. }
            | Job::Digest { site_id, .. }
            | Job::Wish { site_id, .. }
            | Job::Spread { site_id, .. }
            | Job::Inform { site_id, .. } => Some(*site_id),
            Job::Push { comment, .. } => comment.map(|comment| comment.site_id),
        }
    }

    /// While a job with this key waits, another is not added.
    pub fn unique_key(&self) -> Option<String> {
        match self {
            Job::Retention {} => Some("retention".to_owned()),
            // One for each deletion: the one whose time has come does the work.
            Job::Purge { .. } => None,
            Job::Rerender {
                site_id,
                older_than: None,
                ..
            } => Some(format!("rerender:{site_id}")),
            Job::Rerender {
                site_id,
                older_than: Some(renderer),
                ..
            } => Some(format!("rerender:{site_id}:{renderer}")),
            // One for each change of the rules: another that waits may have passed by what this one is about.
            Job::Rekey { .. } => None,
            Job::Statistics {} => Some("statistics".to_owned()),
            Job::Commenters { site_id, .. } => Some(format!("commenters:{site_id}")),
            Job::EraseSite { site_id } => Some(format!("erase_site:{site_id}")),
            Job::EraseTenant { tenant_id } => Some(format!("erase_tenant:{tenant_id}")),
            Job::Mail { .. } | Job::Watch { .. } | Job::Tell { .. } | Job::Wish { .. } | Job::Spread { .. } => None,
            Job::Quotas { .. } => Some("quotas".to_owned()),
            Job::Digest { watcher_id, .. } => Some(format!("digest:{watcher_id}")),
            Job::Push { device_id, comment } => Some(match comment {
                Some(comment) => format!("push:{device_id}:{}", comment.site_id),
                None => format!("push:{device_id}"),
            }),
            Job::Inform {
                follower, thread_id, ..
            } => Some(format!("inform:{follower}:{thread_id}")),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_mail_of_a_newer_version_can_be_read() {
        let stored =
            json!({ "kind": "mail", "payload": { "about": "the_weather", "id": Uuid::nil(), "locale": "de" } });
        let job: Job = serde_json::from_value(stored).unwrap();
        let (about, id, locale) = (Occasion::Newer, Uuid::nil(), Locale::De);
        let to = None;
        assert_eq!(job, Job::Mail { about, id, locale, to });
    }

    #[test]
    fn a_language_is_told_by_its_tag() {
        for (tag, expected) in [
            (Some("de"), Locale::De),
            (Some("DE-at"), Locale::De),
            (Some("den"), Locale::En),
        ] {
            assert_eq!(Locale::of(tag), expected, "{tag:?}");
        }
        assert_eq!(Locale::of(Some("fr")), Locale::En);
        assert_eq!(Locale::of(None), Locale::En);
    }
}
