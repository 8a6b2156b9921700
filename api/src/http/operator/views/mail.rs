//! Mail as operators see it: numbers, and never an address.

use ::entity::bounce::{self, Kind, Source};
use chrono::{DateTime, NaiveDate, Utc};
use poem_openapi::types::Example;
use poem_openapi::{Enum, Object};
use sea_orm::prelude::Uuid;
use serde::Deserialize;

use crate::emails::counts::{Counted, Outcome};
use crate::infra::dkim::Signer;
use crate::infra::queue::{Ages, Trouble};
use crate::webhooks::deliveries::Backlog;

mirrored! {
    /// `hard`: there is no such mailbox, or it takes nothing any more. `soft`: it took nothing this time. `complaint`: its holder told
    /// his mail provider that our mail is spam.
    BounceKind "BounceKind" of Kind { Hard, Soft, Complaint }
}
mirrored! {
    /// `reported`: by an operator or a program. `answered`: by the mail server, when it was given the mail.
    BounceSource "BounceSource" of Source { Reported, Answered }
}
mirrored! {
    /// What became of a mail: `deferred` ones are tried again, `failed` ones were given up, `held_site` and `held_all` wait for their
    /// turn under a ceiling, `withheld` ones were not sent, since mail to their address had come back. One mail may be deferred or held
    /// several times.
    MailOutcome "MailOutcome" of Outcome { Sent, Deferred, Failed, HeldSite, HeldAll, Withheld }
}

/// Mail that came back.
#[derive(Debug, Object, Deserialize)]
#[serde(deny_unknown_fields)]
#[oai(example)]
pub struct NewBounce {
    /// To whom it was; kept as a keyed hash alone.
    #[oai(validator(max_length = 320))]
    pub address: String,
    pub kind: BounceKind,
    /// What the mail server said; addresses in it are left out.
    #[oai(validator(max_length = 2000))]
    pub diagnostic: Option<String>,
}

impl Example for NewBounce {
    fn example() -> Self {
        NewBounce {
            address: "ada@example.org".to_owned(),
            kind: BounceKind::Hard,
            diagnostic: Some("smtp; 550 5.1.1 no such user".to_owned()),
        }
    }
}

/// An address that mail came back from. Which one it is, is not known: look for it by the address.
#[derive(Debug, Object)]
#[oai(rename = "Bounce", skip_serializing_if_is_none)]
pub struct BounceView {
    pub id: Uuid,
    pub kind: BounceKind,
    pub source: BounceSource,
    pub diagnostic: Option<String>,
    /// How often it was told.
    pub count: i32,
    pub first_at: DateTime<Utc>,
    pub last_at: DateTime<Utc>,
}

impl From<bounce::Model> for BounceView {
    fn from(row: bounce::Model) -> Self {
        BounceView {
            id: row.id,
            kind: row.kind.into(),
            source: row.source.into(),
            diagnostic: row.diagnostic,
            count: row.count,
            first_at: row.created_at,
            last_at: row.last_at,
        }
    }
}

#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
pub struct Bounces {
    pub bounces: Vec<BounceView>,
    /// Pass it as `before` for those before these.
    pub next: Option<String>,
}

/// How mail stands.
#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
pub struct MailStanding {
    /// Whether mail goes anywhere.
    pub configured: bool,
    /// The sender; empty without mail.
    pub from: String,
    pub server: MailServer,
    /// Present if mails are signed.
    pub signing: Option<MailSigning>,
    /// Mails that wait, by the kind of their job.
    pub waiting: Vec<MailWaiting>,
    /// What became of mails of the last 14 days, today first.
    pub days: Vec<MailDay>,
    /// Why mails wait or were given up, the most frequent first; of those that are in the queue.
    pub errors: Vec<MailError>,
    /// What may go at most, as `MAILS/SECONDS`: in the name of one site, and in all.
    pub ceiling_site: String,
    pub ceiling_all: String,
    /// Addresses that mail came back from.
    pub bounces: Vec<BounceTally>,
    /// What waits for webhooks.
    pub webhooks: WebhookBacklog,
}

/// The mail server, as the node that answers has seen it.
#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
pub struct MailServer {
    /// In words.
    pub standing: String,
    /// Absent until somebody has tried.
    pub is_well: Option<bool>,
    /// Since when it is so.
    pub since: Option<DateTime<Utc>>,
}

/// How mails are signed (DKIM).
#[derive(Debug, Object)]
pub struct MailSigning {
    pub domain: String,
    pub algorithm: String,
    /// The name of the TXT record, and what it must say.
    pub name: String,
    pub value: String,
    /// Whether the domain is that of the sender, as DMARC asks for.
    pub aligned: bool,
}

impl MailSigning {
    pub fn new(signer: &Signer, aligned: bool) -> Self {
        MailSigning {
            domain: signer.domain().to_owned(),
            algorithm: signer.algorithm().to_owned(),
            name: signer.name(),
            value: signer.record(),
            aligned,
        }
    }
}

#[derive(Debug, Object)]
pub struct MailWaiting {
    pub kind: String,
    pub count: u64,
    /// Of these, those that have waited for longer.
    pub over_an_hour: u64,
    pub over_a_day: u64,
    pub oldest: DateTime<Utc>,
}

impl From<Ages> for MailWaiting {
    fn from(ages: Ages) -> Self {
        MailWaiting {
            kind: ages.kind,
            count: ages.all,
            over_an_hour: ages.over_an_hour,
            over_a_day: ages.over_a_day,
            oldest: ages.oldest,
        }
    }
}

#[derive(Debug, Object)]
pub struct MailDay {
    /// Of UTC.
    pub day: NaiveDate,
    pub kind: String,
    pub outcome: MailOutcome,
    pub count: u64,
}

impl From<Counted> for MailDay {
    fn from(counted: Counted) -> Self {
        MailDay {
            day: counted.day,
            kind: counted.kind,
            outcome: counted.outcome.into(),
            count: counted.count,
        }
    }
}

#[derive(Debug, Object)]
pub struct MailError {
    /// Without addresses; of a mail server's answer no more than its numbers.
    pub error: String,
    /// Whether these were given up.
    pub failed: bool,
    pub count: u64,
    /// When the latest of them was asked for.
    pub latest: DateTime<Utc>,
}

impl From<Trouble> for MailError {
    fn from(trouble: Trouble) -> Self {
        MailError {
            error: super::without_addresses(&trouble.error),
            failed: trouble.is_failed,
            count: trouble.count,
            latest: trouble.latest,
        }
    }
}

#[derive(Debug, Object)]
pub struct BounceTally {
    pub kind: BounceKind,
    pub count: u64,
}

#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
pub struct WebhookBacklog {
    pub waiting: u64,
    pub oldest: Option<DateTime<Utc>>,
    /// Webhooks that nothing gets through to, and those that were switched off for it.
    pub failing: u64,
    pub disabled: u64,
}

impl From<Backlog> for WebhookBacklog {
    fn from(backlog: Backlog) -> Self {
        WebhookBacklog {
            waiting: backlog.waiting,
            oldest: backlog.oldest,
            failing: backlog.failing,
            disabled: backlog.disabled,
        }
    }
}

/// A mail of no importance.
#[derive(Debug, Object, Deserialize)]
#[serde(deny_unknown_fields)]
#[oai(example)]
pub struct NewMailTest {
    /// To whom; without it, to the caller.
    #[oai(validator(max_length = 320))]
    pub to: Option<String>,
    /// Its language (BCP 47).
    #[oai(validator(max_length = 35))]
    pub locale: Option<String>,
}

impl Example for NewMailTest {
    fn example() -> Self {
        NewMailTest {
            to: None,
            locale: Some("en".to_owned()),
        }
    }
}

/// What came of it. That a mail server took it does not say where it went.
#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
pub struct MailTest {
    pub sent: bool,
    pub message_id: String,
    pub error: Option<String>,
}
