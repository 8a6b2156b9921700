//! Every shape that an operator may get.

use std::collections::HashMap;

use ::entity::announcement::Kind;
use ::entity::membership::Role;
use ::entity::tenant::Shows;
use ::entity::{account, announcement, audit_entry, job, plan, tenant};
use chrono::{DateTime, Utc};
use poem_openapi::types::{Any, Example};
use poem_openapi::{Enum, Object};
use sea_orm::prelude::Uuid;
use serde::Deserialize;
use serde_json::Value;

use crate::config::{Source, Told};
use crate::http::words::AuditChange;
use crate::infra::queue::{Standing, Tally};
use crate::operators::announcements;
use crate::operators::search::{FoundAccount, FoundSite, FoundTenant};
use crate::sites::bounds::{Bound, Chosen, InForce};
use crate::tenants::plans::{Given, Quota, Use, Wish};

macro_rules! mirrored {
    ($(#[$doc:meta])* $view:ident $name:literal of $of:ident { $($variant:ident),* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Enum, Deserialize)]
        #[serde(rename_all = "snake_case")]
        #[oai(rename = $name, rename_all = "snake_case")]
        pub enum $view { $($variant),* }

        impl From<$of> for $view {
            fn from(value: $of) -> Self {
                match value { $($of::$variant => $view::$variant),* }
            }
        }

        impl From<$view> for $of {
            fn from(view: $view) -> Self {
                match view { $($view::$variant => $of::$variant),* }
            }
        }
    };
}

// After the macro, which it uses.
mod mail;

pub use mail::*;

mirrored! {
    /// What readers see of a site that is suspended: its comments without a form, or nothing.
    ShowsView "Shows" of Shows { Comments, Nothing }
}
mirrored! {
    /// As whom an operator acts.
    ActingRoleView "ActingRole" of Role { Owner, Admin, Moderator }
}
mirrored! {
    /// What can be given a limit: `members` with invitations that wait; `comments` in a calendar month (UTC); `storage` in bytes.
    QuotaView "OperatorQuota" of Quota { Sites, Members, Comments, Storage }
}
mirrored! {
    /// Where the value of a setting comes from: the program, its file, or its environment.
    SourceView "SettingSource" of Source { Default, File, Environment }
}
mirrored! {
    AnnouncementKindView "AnnouncementKind" of Kind { Info, Warning }
}
mirrored! {
    JobStandingView "JobStanding" of Standing { Waiting, Running, Failed }
}

/// Why and how operators keep a tenant or a site shut.
#[derive(Debug, Object)]
#[oai(rename = "OperatorSuspension")]
pub struct SuspensionView {
    pub since: DateTime<Utc>,
    pub shows: ShowsView,
    pub reason: String,
}

impl SuspensionView {
    fn of(since: Option<DateTime<Utc>>, shows: Option<Shows>, reason: Option<String>) -> Option<Self> {
        Some(SuspensionView {
            since: since?,
            shows: shows?.into(),
            reason: reason?,
        })
    }
}

#[derive(Debug, Object)]
#[oai(rename = "OperatorTenant", skip_serializing_if_is_none)]
pub struct TenantView {
    pub id: Uuid,
    pub name: String,
    pub created_at: DateTime<Utc>,
    /// The plan it was given; absent if the default one is its.
    pub plan_id: Option<Uuid>,
    /// The name of the plan that holds for it; absent if none does.
    pub plan: Option<String>,
    pub members: u64,
    pub sites: u64,
    /// Comments this month (UTC).
    pub comments: u64,
    /// Bytes of its comments as they were typed.
    pub storage: u64,
    pub suspension: Option<SuspensionView>,
}

impl From<FoundTenant> for TenantView {
    fn from(found: FoundTenant) -> Self {
        let tenant = found.tenant;
        TenantView {
            id: tenant.id,
            name: tenant.name,
            created_at: tenant.created_at,
            plan_id: tenant.plan_id,
            plan: found.plan,
            members: found.members,
            sites: found.sites,
            comments: found.comments,
            storage: found.bytes,
            suspension: SuspensionView::of(tenant.suspended_at, tenant.suspended_shows, tenant.suspended_reason),
        }
    }
}

#[derive(Debug, Object)]
#[oai(rename = "OperatorTenants", skip_serializing_if_is_none)]
pub struct Tenants {
    pub tenants: Vec<TenantView>,
    /// Pass it as `before` for those before these.
    pub next: Option<String>,
}

/// How much there is of what a plan bounds.
#[derive(Debug, Object)]
#[oai(rename = "OperatorUse", skip_serializing_if_is_none)]
pub struct UseView {
    /// `sites`, `members` (with invitations that wait), `comments` (this month) or `storage` (bytes).
    pub quota: String,
    pub used: u64,
    /// Absent without a limit.
    pub limit: Option<u64>,
    /// What the plan alone would allow; absent without a limit.
    pub of_plan: Option<u64>,
    /// Operators gave the tenant this limit, or none, in place of its plan's.
    pub own: bool,
    /// Four fifths of it are used.
    pub near: bool,
}

impl From<Use> for UseView {
    fn from(one: Use) -> Self {
        UseView {
            quota: one.quota.name().to_owned(),
            used: one.used,
            limit: one.limit,
            of_plan: one.of_plan,
            own: one.is_own,
            near: one.is_near(),
        }
    }
}

/// Somebody in a tenant.
#[derive(Debug, Object)]
#[oai(rename = "OperatorMember")]
pub struct MemberView {
    pub account_id: Uuid,
    pub name: String,
    pub email: String,
    pub role: ActingRoleView,
}

#[derive(Debug, Object)]
#[oai(rename = "OperatorTenantRecord")]
pub struct TenantRecord {
    pub tenant: TenantView,
    pub usage: Vec<UseView>,
    /// The longest there first; 200 at most.
    pub members: Vec<MemberView>,
}

#[derive(Debug, Object)]
#[oai(rename = "OperatorSite", skip_serializing_if_is_none)]
pub struct SiteView {
    pub id: Uuid,
    pub key: String,
    pub name: String,
    pub tenant_id: Uuid,
    pub tenant: String,
    pub origins: Vec<String>,
    /// Comments this month (UTC).
    pub comments: u64,
    /// Comments ever, imported ones among them.
    pub comments_ever: u64,
    /// Bytes of its comments as they were typed.
    pub storage: u64,
    pub created_at: DateTime<Utc>,
    pub suspension: Option<SuspensionView>,
    /// That of its tenant, which holds for all of its sites.
    pub tenant_suspension: Option<SuspensionView>,
}

impl From<FoundSite> for SiteView {
    fn from(found: FoundSite) -> Self {
        let (site, tenant) = (found.site, found.tenant);
        SiteView {
            id: site.id,
            key: site.key,
            name: site.name,
            tenant_id: tenant.id,
            tenant: tenant.name,
            origins: found.origins,
            comments: found.comments,
            comments_ever: found.comments_ever,
            storage: found.bytes,
            created_at: site.created_at,
            suspension: SuspensionView::of(site.suspended_at, site.suspended_shows, site.suspended_reason),
            tenant_suspension: SuspensionView::of(tenant.suspended_at, tenant.suspended_shows, tenant.suspended_reason),
        }
    }
}

#[derive(Debug, Object)]
#[oai(rename = "OperatorSites", skip_serializing_if_is_none)]
pub struct Sites {
    pub sites: Vec<SiteView>,
    /// Pass it as `before` for those before these.
    pub next: Option<String>,
}

#[derive(Debug, Object)]
#[oai(rename = "OperatorAccount", skip_serializing_if_is_none)]
pub struct AccountView {
    pub id: Uuid,
    pub name: String,
    pub email: String,
    pub operator: bool,
    pub created_at: DateTime<Utc>,
    /// Tenants that it is a member of.
    pub tenants: u64,
    pub suspended_at: Option<DateTime<Utc>>,
    pub suspended_reason: Option<String>,
}

impl AccountView {
    pub fn new(account: account::Model, tenants: u64) -> Self {
        AccountView {
            id: account.id,
            name: account.name,
            email: account.email,
            operator: account.operator,
            created_at: account.created_at,
            tenants,
            suspended_at: account.suspended_at,
            suspended_reason: account.suspended_reason,
        }
    }
}

impl From<FoundAccount> for AccountView {
    fn from(found: FoundAccount) -> Self {
        AccountView::new(found.account, found.tenants)
    }
}

#[derive(Debug, Object)]
#[oai(rename = "OperatorAccounts", skip_serializing_if_is_none)]
pub struct Accounts {
    pub accounts: Vec<AccountView>,
    /// Pass it as `before` for those before these.
    pub next: Option<String>,
}

/// A tenant that an account is a member of.
#[derive(Debug, Object)]
#[oai(rename = "OperatorMembership")]
pub struct MembershipView {
    pub tenant_id: Uuid,
    pub tenant: String,
    pub role: ActingRoleView,
}

impl MembershipView {
    pub fn new((tenant, role): (tenant::Model, Role)) -> Self {
        MembershipView {
            tenant_id: tenant.id,
            tenant: tenant.name,
            role: role.into(),
        }
    }
}

#[derive(Debug, Object)]
#[oai(rename = "OperatorAccountRecord")]
pub struct AccountRecord {
    pub account: AccountView,
    /// Sessions that are open.
    pub sessions: u64,
    pub memberships: Vec<MembershipView>,
}

#[derive(Debug, Object, Deserialize)]
#[serde(deny_unknown_fields)]
#[oai(rename = "NewSuspension", example)]
pub struct NewSuspension {
    /// What readers see meanwhile.
    pub shows: ShowsView,
    /// One line that the owners read; up to 500 characters.
    pub reason: String,
}

impl Example for NewSuspension {
    fn example() -> Self {
        NewSuspension {
            shows: ShowsView::Comments,
            reason: "The invoice of March is open.".into(),
        }
    }
}

#[derive(Debug, Object, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AccountSuspension {
    /// One line that its holder reads when he signs in; up to 500 characters.
    pub reason: String,
}

#[derive(Debug, Object, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OperatorChange {
    pub operator: bool,
}

#[derive(Debug, Object, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TenantPlan {
    /// Absent or null: the default plan.
    pub plan_id: Option<Uuid>,
}

/// Quotas of one tenant in place of its plan's; those that are not named are the plan's.
#[derive(Debug, Object, Deserialize)]
#[serde(deny_unknown_fields)]
#[oai(example)]
pub struct TenantQuotas {
    pub quotas: Vec<OwnQuota>,
}

#[derive(Debug, Object, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OwnQuota {
    pub quota: QuotaView,
    /// Absent or null: without a limit.
    pub limit: Option<i64>,
}

impl Example for TenantQuotas {
    fn example() -> Self {
        TenantQuotas {
            quotas: vec![OwnQuota {
                quota: QuotaView::Comments,
                limit: Some(50_000),
            }],
        }
    }
}

impl From<OwnQuota> for Given {
    fn from(own: OwnQuota) -> Self {
        Given {
            quota: own.quota.into(),
            limit: own.limit,
        }
    }
}

#[derive(Debug, Object, Deserialize)]
#[serde(deny_unknown_fields)]
#[oai(example)]
pub struct NewActing {
    pub role: ActingRoleView,
    /// One line that the owners read in their record; up to 500 characters.
    pub reason: String,
    /// 30, if it is absent; 240 at most.
    pub minutes: Option<i64>,
}

impl Example for NewActing {
    fn example() -> Self {
        NewActing {
            role: ActingRoleView::Admin,
            reason: "Asked for help with the origins.".into(),
            minutes: None,
        }
    }
}

/// A tenant that an operator acts for.
#[derive(Debug, Object)]
pub struct Acting {
    pub tenant_id: Uuid,
    pub role: ActingRoleView,
    pub reason: String,
    pub expires_at: DateTime<Utc>,
}

/// What a tenant may have; what is absent or null has no limit.
#[derive(Debug, Object)]
#[oai(rename = "Plan", skip_serializing_if_is_none)]
pub struct PlanView {
    pub id: Uuid,
    pub name: String,
    pub sites: Option<i64>,
    /// With invitations that wait.
    pub members: Option<i64>,
    /// In a calendar month (UTC), in whatever state; imported ones do not count.
    pub comments: Option<i64>,
    /// Bytes of comments as they were typed.
    pub storage: Option<i64>,
    /// For tenants that were given none.
    pub is_default: bool,
}

impl From<plan::Model> for PlanView {
    fn from(row: plan::Model) -> Self {
        PlanView {
            id: row.id,
            name: row.name,
            sites: row.sites,
            members: row.members,
            comments: row.comments,
            storage: row.storage,
            is_default: row.is_default,
        }
    }
}

#[derive(Debug, Object)]
pub struct Plans {
    pub plans: Vec<PlanView>,
}

#[derive(Debug, Object, Deserialize)]
#[serde(deny_unknown_fields)]
#[oai(example)]
pub struct NewPlan {
    /// 1 to 100 characters.
    pub name: String,
    /// Absent or null: without a limit; so are the others.
    pub sites: Option<i64>,
    pub members: Option<i64>,
    pub comments: Option<i64>,
    pub storage: Option<i64>,
    /// For tenants that were given none; the one that was the default before is it no more.
    #[serde(default)]
    #[oai(default)]
    pub is_default: bool,
}

impl Example for NewPlan {
    fn example() -> Self {
        NewPlan {
            name: "Small".into(),
            sites: Some(3),
            members: Some(5),
            comments: Some(10_000),
            storage: Some(100_000_000),
            is_default: true,
        }
    }
}

impl From<NewPlan> for Wish {
    fn from(plan: NewPlan) -> Self {
        Wish {
            name: plan.name,
            sites: plan.sites,
            members: plan.members,
            comments: plan.comments,
            storage: plan.storage,
            is_default: plan.is_default,
        }
    }
}

#[derive(Debug, Object)]
#[oai(rename = "OperatorAnnouncement", skip_serializing_if_is_none)]
pub struct AnnouncementView {
    pub id: Uuid,
    pub kind: AnnouncementKindView,
    pub text: String,
    pub link: Option<String>,
    pub starts_at: DateTime<Utc>,
    pub ends_at: DateTime<Utc>,
    /// Who wrote it, while he has an account.
    pub author: Option<String>,
    pub created_at: DateTime<Utc>,
}

impl AnnouncementView {
    pub fn new(row: announcement::Model, names: &HashMap<Uuid, String>) -> Self {
        AnnouncementView {
            id: row.id,
            kind: row.kind.into(),
            text: row.text,
            link: row.link,
            starts_at: row.starts_at,
            ends_at: row.ends_at,
            author: row.created_by.and_then(|id| names.get(&id).cloned()),
            created_at: row.created_at,
        }
    }
}

#[derive(Debug, Object)]
#[oai(rename = "OperatorAnnouncements", skip_serializing_if_is_none)]
pub struct Announcements {
    pub announcements: Vec<AnnouncementView>,
    /// Pass it as `before` for those before these.
    pub next: Option<String>,
}

#[derive(Debug, Object, Deserialize)]
#[serde(deny_unknown_fields)]
#[oai(example)]
pub struct NewAnnouncement {
    pub kind: AnnouncementKindView,
    /// One line in plain words; up to 500 characters.
    pub text: String,
    /// Where there is more.
    pub link: Option<String>,
    pub starts_at: DateTime<Utc>,
    pub ends_at: DateTime<Utc>,
}

impl Example for NewAnnouncement {
    fn example() -> Self {
        NewAnnouncement {
            kind: AnnouncementKindView::Warning,
            text: "On Sunday from 6 to 7 UTC comments can be read and not written.".into(),
            link: None,
            starts_at: DateTime::UNIX_EPOCH,
            ends_at: DateTime::UNIX_EPOCH,
        }
    }
}

impl From<NewAnnouncement> for announcements::Wish {
    fn from(wish: NewAnnouncement) -> Self {
        announcements::Wish {
            kind: wish.kind.into(),
            text: wish.text,
            link: wish.link,
            starts_at: wish.starts_at,
            ends_at: wish.ends_at,
        }
    }
}

/// What may be chosen for a setting of sites.
#[derive(Debug, Object)]
#[oai(rename = "OperatorBound", skip_serializing_if_is_none)]
pub struct BoundView {
    pub setting: String,
    /// Which part of the settings it belongs to.
    pub section: String,
    /// What new sites get.
    pub default: Any<Value>,
    /// Of a number.
    pub min: Option<u32>,
    /// Of a number; of a text, its characters; of a list, its entries.
    pub max: Option<u32>,
    pub choices: Option<Vec<String>>,
    /// Owners have no say.
    pub fixed: bool,
    /// What operators said; absent if it is as in the table of settings.
    pub chosen: Option<ChosenBound>,
}

/// What operators said about a setting; what is absent is as in the table.
#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
pub struct ChosenBound {
    pub default: Option<Any<Value>>,
    pub min: Option<u32>,
    pub max: Option<u32>,
    pub choices: Option<Vec<String>>,
    pub fixed: bool,
    pub changed_at: DateTime<Utc>,
    /// Who, while he has an account.
    pub changed_by: Option<String>,
}

impl BoundView {
    pub fn new(one: InForce, chosen: Option<&Chosen>, names: &HashMap<Uuid, String>) -> Self {
        BoundView {
            setting: one.definition.name.to_owned(),
            section: one.definition.section.name().to_owned(),
            min: one.kind.min(),
            max: one.kind.max(),
            default: Any(one.default),
            choices: one.choices,
            fixed: one.fixed,
            chosen: chosen.map(|chosen| ChosenBound {
                default: chosen.bound.default.clone().map(Any),
                min: chosen.bound.min,
                max: chosen.bound.max,
                choices: chosen.bound.choices.clone(),
                fixed: chosen.bound.fixed,
                changed_at: chosen.changed_at,
                changed_by: chosen.changed_by.and_then(|id| names.get(&id).cloned()),
            }),
        }
    }
}

#[derive(Debug, Object)]
#[oai(rename = "OperatorBounds")]
pub struct SettingBounds {
    /// In the order in which owners are shown the settings.
    pub bounds: Vec<BoundView>,
}

#[derive(Debug, Object, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[oai(example)]
#[derive(Default)]
pub struct NewBound {
    /// What new sites get; absent or null: as in the table, cut to the bounds if it is a number.
    pub default: Option<Any<Value>>,
    /// Of a number.
    pub min: Option<u32>,
    /// Of a number; of a text, its characters; of a list, its entries.
    pub max: Option<u32>,
    /// Some of those that the table has.
    pub choices: Option<Vec<String>>,
    /// Owners have no say: it is what new sites get.
    #[oai(default)]
    pub fixed: bool,
}

impl Example for NewBound {
    fn example() -> Self {
        NewBound {
            default: Some(Any(2000.into())),
            max: Some(4000),
            ..NewBound::default()
        }
    }
}

impl From<NewBound> for Bound {
    fn from(bound: NewBound) -> Self {
        Bound {
            default: bound.default.map(|default| default.0),
            min: bound.min,
            max: bound.max,
            choices: bound.choices,
            fixed: bound.fixed,
        }
    }
}

/// A setting of the operator's.
#[derive(Debug, Object)]
#[oai(rename = "OperatorSetting")]
pub struct Setting {
    pub name: String,
    /// As it holds; keys and passwords are hidden.
    pub value: String,
    pub source: SourceView,
    /// What it is for.
    pub about: String,
}

impl From<Told> for Setting {
    fn from(told: Told) -> Self {
        Setting {
            name: told.name,
            value: told.value,
            source: told.source.into(),
            about: told.about,
        }
    }
}

#[derive(Debug, Object)]
#[oai(rename = "OperatorConfig")]
pub struct ConfigView {
    /// In the order of `parlour check --defaults`.
    pub settings: Vec<Setting>,
}

/// An entry of a tenant's record.
#[derive(Debug, Object)]
#[oai(rename = "OperatorAuditEntry", skip_serializing_if_is_none)]
pub struct AuditEntryView {
    pub id: Uuid,
    pub at: DateTime<Utc>,
    pub change: AuditChange,
    pub account_id: Option<Uuid>,
    /// Who, while he has an account.
    pub name: Option<String>,
    pub site_id: Option<Uuid>,
    pub data: Any<Value>,
}

impl AuditEntryView {
    pub fn new(row: audit_entry::Model, names: &HashMap<Uuid, String>) -> Self {
        AuditEntryView {
            id: row.id,
            at: row.at,
            change: AuditChange(row.change),
            name: row.account_id.and_then(|id| names.get(&id).cloned()),
            account_id: row.account_id,
            site_id: row.site_id,
            data: Any(row.data),
        }
    }
}

#[derive(Debug, Object)]
#[oai(rename = "OperatorAuditEntries", skip_serializing_if_is_none)]
pub struct AuditEntries {
    pub entries: Vec<AuditEntryView>,
    /// Pass it as `before` for the entries before these.
    pub next: Option<String>,
}

/// How many jobs of a kind there are in one standing.
#[derive(Debug, Object)]
#[oai(rename = "JobTally")]
pub struct TallyView {
    pub kind: String,
    pub standing: JobStandingView,
    pub count: u64,
    /// When the oldest of them was to be done.
    pub oldest: DateTime<Utc>,
}

impl From<Tally> for TallyView {
    fn from(tally: Tally) -> Self {
        TallyView {
            kind: tally.kind,
            standing: tally.standing.into(),
            count: tally.count,
            oldest: tally.oldest,
        }
    }
}

#[derive(Debug, Object)]
pub struct JobTallies {
    pub tallies: Vec<TallyView>,
}

/// Work for later. What it is about in detail is not shown: it may be a mail.
#[derive(Debug, Object)]
#[oai(rename = "Job", skip_serializing_if_is_none)]
pub struct JobView {
    pub id: Uuid,
    pub kind: String,
    pub standing: JobStandingView,
    pub site_id: Option<Uuid>,
    pub attempts: i32,
    pub created_at: DateTime<Utc>,
    /// When it is done at the earliest.
    pub run_at: DateTime<Utc>,
    pub failed_at: Option<DateTime<Utc>>,
    /// What went wrong the last time; mail addresses are left out.
    pub error: Option<String>,
}

impl JobView {
    pub fn new(row: job::Model, now: DateTime<Utc>) -> Self {
        JobView {
            standing: Standing::of(&row, now).into(),
            id: row.id,
            kind: row.kind,
            site_id: row.site_id,
            attempts: row.attempts,
            created_at: row.created_at,
            run_at: row.run_at,
            failed_at: row.failed_at,
            error: row.last_error.as_deref().map(without_addresses),
        }
    }
}

#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
pub struct Jobs {
    pub jobs: Vec<JobView>,
    /// Pass it as `after` for the jobs after these.
    pub next: Option<String>,
}

/// A mail server names in its refusal whom it refused.
fn without_addresses(error: &str) -> String {
    let words = error.split(' ').map(|word| if word.contains('@') { "…" } else { word });
    words.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_is_shown_without_mail_addresses() {
        assert_eq!(
            without_addresses("550 5.1.1 <ada@example.org>: Recipient address rejected"),
            "550 5.1.1 … Recipient address rejected"
        );
        assert_eq!(without_addresses("no such host"), "no such host");
    }
}
