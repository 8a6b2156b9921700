//! What members see of the platform: announcements, bounds of settings, plans, suspension, and operators who act for a tenant.

use ::entity::announcement::{self, Kind};
use ::entity::tenant::Shows;
use ::entity::{acting, site, tenant};
use chrono::{DateTime, Utc};
use poem_openapi::types::Any;
use poem_openapi::{Enum, Object};
use sea_orm::prelude::Uuid;
use serde_json::Value;

use super::TenantView;
use crate::sites::bounds::InForce;
use crate::tenants::plans::Usage;

/// What operators tell all members.
#[derive(Debug, Object)]
#[oai(rename = "Announcement", skip_serializing_if_is_none)]
pub struct AnnouncementView {
    pub id: Uuid,
    /// `info` or `warning`.
    pub kind: NoticeKind,
    pub text: String,
    /// Where there is more.
    pub link: Option<String>,
    pub ends_at: DateTime<Utc>,
}

#[derive(Clone, Copy, Debug, Enum)]
#[oai(rename_all = "snake_case")]
pub enum NoticeKind {
    Info,
    Warning,
}

impl From<announcement::Model> for AnnouncementView {
    fn from(row: announcement::Model) -> Self {
        AnnouncementView {
            id: row.id,
            kind: match row.kind {
                Kind::Info => NoticeKind::Info,
                Kind::Warning => NoticeKind::Warning,
            },
            text: row.text,
            link: row.link,
            ends_at: row.ends_at,
        }
    }
}

#[derive(Debug, Object)]
pub struct CurrentAnnouncements {
    pub announcements: Vec<AnnouncementView>,
}

/// What may be chosen for a setting of sites, and what new ones get.
#[derive(Debug, Object)]
#[oai(rename = "SettingBound", skip_serializing_if_is_none)]
pub struct SettingBound {
    pub setting: String,
    pub default: Any<Value>,
    /// Of a number.
    pub min: Option<u32>,
    /// Of a number; of a text, its characters; of a list, its entries.
    pub max: Option<u32>,
    pub choices: Option<Vec<String>>,
    /// It is the default, and owners have no say.
    pub fixed: bool,
}

impl From<InForce> for SettingBound {
    fn from(one: InForce) -> Self {
        SettingBound {
            setting: one.definition.name.to_owned(),
            min: one.kind.min(),
            max: one.kind.max(),
            default: Any(one.default),
            choices: one.choices,
            fixed: one.fixed,
        }
    }
}

#[derive(Debug, Object)]
pub struct SettingBounds {
    pub bounds: Vec<SettingBound>,
}

/// How much there is of what a plan bounds.
#[derive(Debug, Object)]
#[oai(rename = "QuotaUse", skip_serializing_if_is_none)]
pub struct QuotaUse {
    pub quota: QuotaName,
    pub used: u64,
    /// Absent without a limit.
    pub limit: Option<u64>,
    /// The operators gave this tenant this limit, or none, in place of its plan's.
    pub own: bool,
    /// Four fifths of it are used.
    pub near: bool,
    /// All of it is used.
    pub full: bool,
}

/// `members` with invitations that wait; `comments` of this month (UTC); `storage` in bytes of comments as they were typed.
#[derive(Clone, Copy, Debug, Enum)]
#[oai(rename_all = "snake_case")]
pub enum QuotaName {
    Sites,
    Members,
    Comments,
    Storage,
}

/// What a tenant has used of its plan.
#[derive(Debug, Object)]
#[oai(rename = "Usage", skip_serializing_if_is_none)]
pub struct UsageView {
    /// The plan's name; absent if there is none, and so no limit.
    pub plan: Option<String>,
    pub quotas: Vec<QuotaUse>,
    /// When the month's comments are counted from nothing again.
    pub renews_at: DateTime<Utc>,
}

impl From<Usage> for UsageView {
    fn from(usage: Usage) -> Self {
        use crate::tenants::plans::Quota;
        UsageView {
            plan: usage.plan.map(|plan| plan.name),
            quotas: usage
                .uses
                .into_iter()
                .map(|one| QuotaUse {
                    quota: match one.quota {
                        Quota::Sites => QuotaName::Sites,
                        Quota::Members => QuotaName::Members,
                        Quota::Comments => QuotaName::Comments,
                        Quota::Storage => QuotaName::Storage,
                    },
                    used: one.used,
                    limit: one.limit,
                    own: one.is_own,
                    near: one.is_near(),
                    full: one.is_full(),
                })
                .collect(),
            renews_at: usage.renews_at,
        }
    }
}

/// The operators keep it shut: since when, why, and what readers see.
#[derive(Debug, Object)]
#[oai(rename = "Suspension")]
pub struct SuspensionView {
    pub since: DateTime<Utc>,
    /// Whether readers see the comments, without a form; if not, they see nothing.
    pub shows_comments: bool,
    pub reason: String,
}

impl SuspensionView {
    pub fn of_tenant(row: &tenant::Model) -> Option<Self> {
        Self::of(row.suspended_at, row.suspended_shows, row.suspended_reason.as_ref())
    }

    pub fn of_site(row: &site::Model) -> Option<Self> {
        Self::of(row.suspended_at, row.suspended_shows, row.suspended_reason.as_ref())
    }

    fn of(since: Option<DateTime<Utc>>, shows: Option<Shows>, reason: Option<&String>) -> Option<Self> {
        Some(SuspensionView {
            since: since?,
            shows_comments: shows? == Shows::Comments,
            reason: reason?.clone(),
        })
    }
}

/// The tenant that the caller, an operator, acts for at this moment.
#[derive(Debug, Object)]
#[oai(rename = "ActingFor")]
pub struct ActingView {
    pub tenant: TenantView,
    pub reason: String,
    pub expires_at: DateTime<Utc>,
}

impl ActingView {
    pub fn new((row, tenant): (acting::Model, tenant::Model)) -> Self {
        ActingView {
            tenant: TenantView::new(tenant, row.role),
            reason: row.reason,
            expires_at: row.expires_at,
        }
    }
}
