//! What members are told of by mail, as the admin door shows it.

use ::entity::bounce::Kind;
use ::entity::watcher::Wants;
use chrono::{DateTime, Utc};
use poem_openapi::types::Example;
use poem_openapi::{Enum, Object};
use sea_orm::prelude::Uuid;
use serde::Deserialize;

use crate::emails::bounces::Failing;
use crate::sites::Site;

#[derive(Clone, Copy, Debug, Enum, Deserialize)]
#[serde(rename_all = "snake_case")]
#[oai(rename = "Wants", rename_all = "snake_case")]
pub enum WantsView {
    /// A mail about every comment.
    Every,
    /// A mail about those that wait for a moderator.
    Pending,
    /// One mail an hour about all of them.
    Hourly,
    /// One mail a day.
    Daily,
    None,
}

impl From<Option<Wants>> for WantsView {
    fn from(wants: Option<Wants>) -> Self {
        match wants {
            Some(Wants::Every) => WantsView::Every,
            Some(Wants::Pending) => WantsView::Pending,
            Some(Wants::Hourly) => WantsView::Hourly,
            Some(Wants::Daily) => WantsView::Daily,
            None => WantsView::None,
        }
    }
}

impl From<WantsView> for Option<Wants> {
    fn from(wants: WantsView) -> Self {
        match wants {
            WantsView::Every => Some(Wants::Every),
            WantsView::Pending => Some(Wants::Pending),
            WantsView::Hourly => Some(Wants::Hourly),
            WantsView::Daily => Some(Wants::Daily),
            WantsView::None => None,
        }
    }
}

/// Mail to an address came back, so that none goes there by itself: what somebody asks for, such as a link to a new password, still does.
#[derive(Debug, Object)]
pub struct MailFailing {
    pub why: MailFailingWhy,
    pub since: DateTime<Utc>,
}

#[derive(Clone, Copy, Debug, Enum)]
#[oai(rename_all = "snake_case")]
pub enum MailFailingWhy {
    /// There is no such mailbox, or it takes nothing any more.
    Bounced,
    /// Its holder told his mail provider that our mail is spam.
    Complained,
}

impl From<Failing> for MailFailing {
    fn from(failing: Failing) -> Self {
        MailFailing {
            why: match failing.kind {
                Kind::Complaint => MailFailingWhy::Complained,
                Kind::Hard | Kind::Soft => MailFailingWhy::Bounced,
            },
            since: failing.since,
        }
    }
}

/// What the caller is told of one site.
#[derive(Debug, Object)]
pub struct Watching {
    pub wants: WantsView,
    /// Members who are told anything of it.
    pub watchers: u32,
    /// Whether this server sends mail.
    pub mailed: bool,
}

#[derive(Debug, Object)]
pub struct WatchingOfSite {
    pub site_id: Uuid,
    /// Of the site.
    pub name: String,
    pub wants: WantsView,
}

impl From<&(Site, Option<Wants>)> for WatchingOfSite {
    fn from((site, wants): &(Site, Option<Wants>)) -> Self {
        WatchingOfSite {
            site_id: site.id(),
            name: site.row().name.clone(),
            wants: (*wants).into(),
        }
    }
}

#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
pub struct WatchingList {
    /// Whether this server sends mail.
    pub mailed: bool,
    /// Present if mail to the caller came back, so that he is told nothing.
    pub failing: Option<MailFailing>,
    pub sites: Vec<WatchingOfSite>,
    /// Present if there are more.
    pub next: Option<String>,
}

#[derive(Debug, Object, Deserialize)]
#[serde(deny_unknown_fields)]
#[oai(example)]
pub struct WatchingChoice {
    pub wants: WantsView,
    /// Language of the mails (BCP 47); without it, that of the site.
    #[oai(validator(max_length = 35))]
    pub locale: Option<String>,
}

impl Example for WatchingChoice {
    fn example() -> Self {
        WatchingChoice {
            wants: WantsView::Pending,
            locale: Some("de".to_owned()),
        }
    }
}
