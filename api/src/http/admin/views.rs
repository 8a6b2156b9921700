//! Every shape that a signed-in member may get.

mod commenters;
mod doctor;
mod factors;
mod lives;
mod mail;
mod platform;
mod push;
mod settings;
mod statistics;
mod texts;
mod watching;
mod webhooks;

use std::collections::HashMap;

use ::entity::comment::State;
use ::entity::membership::Role;
use ::entity::{
    account, api_key, audit_entry, event, invitation, refused_origin, report, session, site, site_origin, tenant,
};
use chrono::{DateTime, Utc};
use poem_openapi::types::{Any, Example};
use poem_openapi::{Enum, Object};
use sea_orm::prelude::Uuid;
use serde::Deserialize;

use crate::accounts::Opened;
use crate::config::{Config, SignUp};
use crate::emails::bounces::Failing;
use crate::error::Result;
use crate::moderation::links;
use crate::moderation::{self, Looked};
use crate::sites::{self, Site, signing};
use crate::tenants::invitations::Offer;
use crate::tenants::members::Belonging;
use crate::tenants::policy::Scope;
use crate::threads::administration::{self, Outcome, Place, Standing, Warning};
use crate::threads::rules;

pub use crate::http::words::{
    AuditChange, DeliveryState, SettingSection, WebhookDisabledBy, WebhookEvent, WebhookFormat, WebhookPurpose,
};
pub use commenters::*;
pub use doctor::{PageCheck, PageToCheck, Troubles};
pub use factors::*;
pub use lives::{
    AuditForm, CopiedSettings, FormerKey, KeyRotation, SettingDifference, SettingsCopy, SiteMove, StandingView,
    TenantTransfer,
};
pub use mail::*;
pub use platform::{
    ActingView, AnnouncementView, CurrentAnnouncements, SettingBound, SettingBounds, SuspensionView, UsageView,
};
pub use push::*;
pub use settings::{SettingsChange, SiteSettings};
pub use statistics::*;
pub use texts::*;
pub use watching::*;
pub use webhooks::*;

/// Characters that are shown of a comment which is named beside something else.
const EXCERPT: usize = 200;

/// A person who can sign in.
#[derive(Debug, Object)]
#[oai(rename = "Account", skip_serializing_if_is_none)]
pub struct AccountView {
    pub id: Uuid,
    pub email: String,
    pub name: String,
    /// Operators stand above tenants.
    pub operator: bool,
    /// The language of its mails, once one was chosen.
    pub locale: Option<String>,
    pub created_at: DateTime<Utc>,
}

#[derive(Debug, Object, Deserialize)]
#[serde(deny_unknown_fields)]
#[oai(example)]
pub struct AccountChange {
    /// A tag such as `de` (BCP 47); English, if it is not spoken here.
    pub locale: String,
}

impl Example for AccountChange {
    fn example() -> Self {
        AccountChange { locale: "de".into() }
    }
}

/// A sign-in. The refresh token is in the cookie that comes with it.
#[derive(Debug, Object)]
#[oai(rename = "Session")]
pub struct SessionView {
    /// Send it as `Authorization: Bearer ...`.
    pub access_token: String,
    /// Seconds the access token is good for.
    pub expires_in: i64,
    pub account: AccountView,
}

/// A session that is open.
#[derive(Debug, Object)]
#[oai(rename = "OpenSession", skip_serializing_if_is_none)]
pub struct OpenSessionView {
    pub id: Uuid,
    /// What the browser called itself when it signed in.
    pub user_agent: Option<String>,
    pub opened_with: OpenedWith,
    pub created_at: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
    /// Whether it is the one that asks.
    pub current: bool,
}

impl OpenSessionView {
    pub fn new(row: session::Model, current: Uuid) -> Self {
        OpenSessionView {
            current: row.id == current,
            id: row.id,
            user_agent: row.user_agent,
            opened_with: OpenedWith::of(row.factor.as_deref()),
            created_at: row.created_at,
            expires_at: row.expires_at,
        }
    }
}

#[derive(Debug, Object)]
pub struct OpenSessions {
    pub sessions: Vec<OpenSessionView>,
}

#[derive(Debug, Object, Deserialize)]
#[serde(deny_unknown_fields)]
#[oai(example)]
pub struct PasswordChange {
    pub current_password: String,
    /// 8 to 128 characters.
    pub password: String,
    /// The language of the mail that tells of it.
    pub locale: Option<String>,
}

impl Example for PasswordChange {
    fn example() -> Self {
        PasswordChange {
            current_password: "a long phrase of your own".into(),
            password: "another phrase of your own".into(),
            locale: Some("en".into()),
        }
    }
}

#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
pub struct SetupState {
    /// Whether the first operator is still to be made, by the link that the server printed.
    pub open: bool,
    /// Whether anybody may sign up.
    pub sign_up_open: bool,
    /// Whether this server sends mail: sign-ups are confirmed by it, and passwords can be reset.
    pub mail: bool,
    /// The address on which passkeys sign in, if this server can have them.
    pub passkey_origin: Option<String>,
}

#[derive(Debug, Object)]
pub struct Accepted {
    /// What to do next, in a sentence.
    pub message: String,
    /// Whether it goes on in a mail.
    pub mailed: bool,
}

#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
pub struct Me {
    pub account: AccountView,
    pub tenants: Vec<TenantView>,
    /// Another address that is still to be confirmed.
    pub email_change: Option<EmailChangeView>,
    /// The tenant that the caller, an operator, acts for.
    pub acting: Option<ActingView>,
    /// The caller is an operator who has to set up a second factor before anything that only operators may.
    pub factor_needed: bool,
}

/// An owner of sites, with the caller's role in it.
#[derive(Debug, Object)]
#[oai(rename = "Tenant", skip_serializing_if_is_none)]
pub struct TenantView {
    pub id: Uuid,
    pub name: String,
    pub role: RoleView,
    /// When it is erased: it is deleted, and can be brought back until then.
    pub erase_at: Option<DateTime<Utc>>,
    pub created_at: DateTime<Utc>,
    /// Present while operators keep it shut: readers are served as it says, and members may look and not change.
    pub suspension: Option<SuspensionView>,
}

#[derive(Clone, Copy, Debug, Enum, Deserialize)]
#[serde(rename_all = "snake_case")]
#[oai(rename = "Role", rename_all = "snake_case")]
pub enum RoleView {
    Owner,
    Admin,
    Moderator,
}

impl From<Role> for RoleView {
    fn from(role: Role) -> Self {
        match role {
            Role::Owner => RoleView::Owner,
            Role::Admin => RoleView::Admin,
            Role::Moderator => RoleView::Moderator,
        }
    }
}

impl From<RoleView> for Role {
    fn from(role: RoleView) -> Self {
        match role {
            RoleView::Owner => Role::Owner,
            RoleView::Admin => Role::Admin,
            RoleView::Moderator => Role::Moderator,
        }
    }
}

#[derive(Debug, Object)]
pub struct Tenants {
    pub tenants: Vec<TenantView>,
}

/// Somebody in a tenant.
#[derive(Debug, Object)]
#[oai(rename = "Member", skip_serializing_if_is_none)]
pub struct MemberView {
    pub account_id: Uuid,
    pub name: String,
    pub email: String,
    pub role: RoleView,
    /// The sites of a moderator who is limited to some.
    pub site_ids: Option<Vec<Uuid>>,
    pub joined_at: DateTime<Utc>,
    /// Present if mail to this member came back, so that none goes there by itself.
    pub mail_failing: Option<MailFailing>,
}

impl MemberView {
    pub fn new(belonging: Belonging, failing: Option<Failing>) -> Self {
        let Belonging {
            account,
            membership,
            reach,
        } = belonging;
        MemberView {
            account_id: account.id,
            name: account.name,
            email: account.email,
            role: membership.role.into(),
            site_ids: reach.ids().map(<[Uuid]>::to_vec),
            joined_at: membership.created_at,
            mail_failing: failing.map(MailFailing::from),
        }
    }
}

#[derive(Debug, Object)]
pub struct Members {
    pub members: Vec<MemberView>,
}

/// What a member is to be from now on.
#[derive(Debug, Object, Deserialize)]
#[serde(deny_unknown_fields)]
#[oai(example)]
pub struct MemberChange {
    pub role: RoleView,
    /// Sites to which a moderator is limited; all, if there is no list.
    pub site_ids: Option<Vec<Uuid>>,
}

impl Example for MemberChange {
    fn example() -> Self {
        MemberChange {
            role: RoleView::Admin,
            site_ids: None,
        }
    }
}

#[derive(Debug, Object, Deserialize)]
#[serde(deny_unknown_fields)]
#[oai(example)]
pub struct NewInvitation {
    /// Of the person who may use it.
    pub email: String,
    pub role: RoleView,
    /// Sites to which a moderator is limited; all, if there is no list.
    pub site_ids: Option<Vec<Uuid>>,
    /// The language of the mail, as a tag such as `de` (BCP 47). English, if there is none or it is not spoken here.
    pub locale: Option<String>,
}

impl Example for NewInvitation {
    fn example() -> Self {
        NewInvitation {
            email: "grace@example.org".into(),
            role: RoleView::Moderator,
            site_ids: None,
            locale: Some("en".into()),
        }
    }
}

/// Somebody who is asked into a tenant and has not come yet.
#[derive(Debug, Object)]
#[oai(rename = "Invitation", skip_serializing_if_is_none)]
pub struct InvitationView {
    pub id: Uuid,
    pub email: String,
    pub role: RoleView,
    pub site_ids: Option<Vec<Uuid>>,
    pub created_at: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
}

impl From<invitation::Model> for InvitationView {
    fn from(row: invitation::Model) -> Self {
        InvitationView {
            id: row.id,
            email: row.email,
            role: row.role.into(),
            site_ids: row.site_ids.and_then(|ids| serde_json::from_value(ids).ok()),
            created_at: row.created_at,
            expires_at: row.expires_at,
        }
    }
}

#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
pub struct InvitationMade {
    pub invitation: InvitationView,
    /// Whether the link is on its way by mail. Then it is nowhere else: who comes by it has shown that the address is his.
    pub mailed: bool,
    /// Good once, until it expires. Only where this server sends no mail.
    pub link: Option<String>,
}

#[derive(Debug, Object)]
pub struct Invitations {
    pub invitations: Vec<InvitationView>,
}

#[derive(Debug, Object, Deserialize)]
#[serde(deny_unknown_fields)]
#[oai(example)]
pub struct InvitationToken {
    /// What follows `token=` in the link.
    pub token: String,
}

impl Example for InvitationToken {
    fn example() -> Self {
        InvitationToken {
            token: "from the link".into(),
        }
    }
}

/// Somebody who makes an account by an invitation.
#[derive(Debug, Object, Deserialize)]
#[serde(deny_unknown_fields)]
#[oai(example)]
pub struct NewMember {
    /// What follows `token=` in the link.
    pub token: String,
    pub name: String,
    pub password: String,
}

impl Example for NewMember {
    fn example() -> Self {
        NewMember {
            token: "from the link".into(),
            name: "Grace".into(),
            password: "a long phrase of your own".into(),
        }
    }
}

#[derive(Clone, Copy, Debug, Enum, Deserialize)]
#[serde(rename_all = "snake_case")]
#[oai(rename = "Scope", rename_all = "snake_case")]
pub enum ScopeView {
    /// See sites and comments, mail addresses included.
    Read,
    /// And answer comments as the team.
    Write,
    /// And decide about comments, edit them, arrange conversations.
    Moderate,
    /// And add sites, change their settings.
    Admin,
}

impl From<ScopeView> for Scope {
    fn from(scope: ScopeView) -> Self {
        match scope {
            ScopeView::Read => Scope::Read,
            ScopeView::Write => Scope::Write,
            ScopeView::Moderate => Scope::Moderate,
            ScopeView::Admin => Scope::Admin,
        }
    }
}

impl From<Scope> for ScopeView {
    fn from(scope: Scope) -> Self {
        match scope {
            Scope::Read => ScopeView::Read,
            Scope::Write => ScopeView::Write,
            Scope::Moderate => ScopeView::Moderate,
            Scope::Admin => ScopeView::Admin,
        }
    }
}

#[derive(Debug, Object, Deserialize)]
#[serde(deny_unknown_fields)]
#[oai(example)]
pub struct NewApiKey {
    /// So that people know what it is for; up to 100 characters.
    pub name: String,
    pub scopes: Vec<ScopeView>,
    /// Sites to which it is limited; all, if there is no list.
    pub site_ids: Option<Vec<Uuid>>,
    /// Never, if it is absent.
    pub expires_at: Option<DateTime<Utc>>,
}

impl Example for NewApiKey {
    fn example() -> Self {
        NewApiKey {
            name: "Static site build".into(),
            scopes: vec![ScopeView::Read],
            site_ids: None,
            expires_at: None,
        }
    }
}

/// A key for programs, without the key itself.
#[derive(Debug, Object)]
#[oai(rename = "ApiKey", skip_serializing_if_is_none)]
pub struct ApiKeyView {
    pub id: Uuid,
    pub name: String,
    /// How it begins.
    pub prefix: String,
    pub scopes: Vec<ScopeView>,
    pub site_ids: Option<Vec<Uuid>>,
    pub created_at: DateTime<Utc>,
    pub expires_at: Option<DateTime<Utc>>,
    /// To the minute.
    pub last_used_at: Option<DateTime<Utc>>,
}

impl From<api_key::Model> for ApiKeyView {
    fn from(row: api_key::Model) -> Self {
        let scopes: Vec<String> = serde_json::from_value(row.scopes).unwrap_or_default();
        ApiKeyView {
            id: row.id,
            name: row.name,
            prefix: row.prefix,
            scopes: scopes
                .iter()
                .filter_map(|name| Scope::of(name))
                .map(Into::into)
                .collect(),
            site_ids: row.site_ids.and_then(|ids| serde_json::from_value(ids).ok()),
            created_at: row.created_at,
            expires_at: row.expires_at,
            last_used_at: row.last_used_at,
        }
    }
}

#[derive(Debug, Object)]
pub struct ApiKeyMade {
    pub api_key: ApiKeyView,
    /// The key itself. Keep it secret; it is not shown again.
    pub key: String,
}

#[derive(Debug, Object)]
pub struct ApiKeys {
    pub api_keys: Vec<ApiKeyView>,
}

/// What a link offers to whoever holds it.
#[derive(Debug, Object)]
#[oai(rename = "Offer", skip_serializing_if_is_none)]
pub struct OfferView {
    /// Name of the tenant.
    pub tenant: String,
    /// Who invited.
    pub invited_by: Option<String>,
    /// For whom it is.
    pub email: String,
    pub role: RoleView,
    pub expires_at: DateTime<Utc>,
    /// Whether somebody without an account may make one by it.
    pub sign_up_open: bool,
}

impl OfferView {
    pub fn new(offer: Offer, config: &Config) -> Self {
        OfferView {
            tenant: offer.tenant,
            invited_by: offer.inviter,
            email: offer.invitation.email,
            role: offer.invitation.role.into(),
            expires_at: offer.invitation.expires_at,
            sign_up_open: config.sign_up != SignUp::Closed,
        }
    }
}

/// Something that was changed beside comments.
#[derive(Debug, Object)]
#[oai(rename = "AuditEntry", skip_serializing_if_is_none)]
pub struct AuditEntryView {
    pub id: Uuid,
    pub at: DateTime<Utc>,
    pub change: AuditChange,
    /// Who; absent for the command line.
    pub account_id: Option<Uuid>,
    /// His name, while he has an account.
    pub name: Option<String>,
    pub site_id: Option<Uuid>,
    /// What the change needs beside this: names and values before and after.
    pub data: Any<serde_json::Value>,
    /// The network it came from, as a keyed hash: the same for the same network.
    pub network: Option<String>,
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
            network: row.network_hash,
        }
    }
}

#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
pub struct AuditEntries {
    pub entries: Vec<AuditEntryView>,
    /// Pass it as `before` for the entries before these.
    pub next: Option<String>,
}

/// A web site whose conversations are hosted here.
#[derive(Debug, Object)]
#[oai(rename = "Site", skip_serializing_if_is_none)]
pub struct SiteView {
    pub id: Uuid,
    pub tenant_id: Uuid,
    /// The site's public name in its snippet.
    pub key: String,
    pub name: String,
    /// The two lines to paste into a page.
    pub snippet: String,
    pub origins: Vec<OriginView>,
    pub settings: SiteSettings,
    /// Published comments.
    pub comment_count: i64,
    /// Comments that wait for a moderator.
    pub pending_count: i64,
    /// Since when it is in the archive: only shown.
    pub archived_at: Option<DateTime<Utc>>,
    /// When it is erased: it is deleted, and can be brought back until then.
    pub erase_at: Option<DateTime<Utc>>,
    /// Present while operators keep it shut.
    pub suspension: Option<SuspensionView>,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

/// An origin whose pages may show the site's comments.
#[derive(Debug, Object)]
#[oai(rename = "Origin", skip_serializing_if_is_none)]
pub struct OriginView {
    pub id: Uuid,
    /// Scheme, host and port, as in `https://blog.example`; `https://*.blog.example` means all subdomains.
    pub origin: String,
    pub created_at: DateTime<Utc>,
    /// When the snippet was first loaded there.
    pub first_seen_at: Option<DateTime<Utc>>,
    pub last_seen_at: Option<DateTime<Utc>>,
}

#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
pub struct Sites {
    pub sites: Vec<SiteView>,
    /// Pass it as `after` for the next sites.
    pub next: Option<String>,
}

/// Whether the snippet works, and where it was turned away.
#[derive(Debug, Object)]
pub struct Installation {
    pub origins: Vec<OriginView>,
    /// Latest first, 50 at most.
    pub refused: Vec<RefusedOrigin>,
    /// Keys that the site had before and that still work, the latest first.
    pub former_keys: Vec<FormerKey>,
}

/// An origin that is not on the list and asked for the site's comments.
#[derive(Debug, Object)]
pub struct RefusedOrigin {
    pub origin: String,
    pub count: i64,
    pub first_seen_at: DateTime<Utc>,
    pub last_seen_at: DateTime<Utc>,
}

/// A comment with all that a moderator needs.
#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
pub struct AdminComment {
    pub id: Uuid,
    pub number: i64,
    pub site: SiteName,
    pub thread: ThreadName,
    /// The comment it answers.
    pub parent: Option<ParentView>,
    pub state: CommentState,
    /// As typed.
    pub text: String,
    /// Sanitised.
    pub html: String,
    pub author: AdminAuthor,
    /// Tells a site's authors apart; absent once the comment is erased.
    pub author_hash: Option<String>,
    /// Why it is in its state: `site_holds_all`, `has_links`, `page_outside_rule`, `moderator`, `team`, `reported`,
    /// `author`; of a program that was asked, `program_published`, `program_held`, `program_spam`, `program_rejected`.
    pub reasons: Vec<String>,
    pub created_at: DateTime<Utc>,
    pub edited_at: Option<DateTime<Utc>>,
    pub reply_count: i32,
    pub votes: AdminVotes,
    /// Readers who reported it since a moderator last decided.
    pub report_count: i32,
    /// Whether it is kept on top of its conversation.
    pub pinned: bool,
}

#[derive(Debug, Object)]
pub struct SiteName {
    pub id: Uuid,
    pub name: String,
}

impl From<site::Model> for SiteName {
    fn from(site: site::Model) -> Self {
        SiteName {
            id: site.id,
            name: site.name,
        }
    }
}

#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
pub struct ThreadName {
    pub id: Uuid,
    pub key: String,
    pub title: Option<String>,
    pub url: Option<String>,
}

#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
pub struct ParentView {
    pub id: Uuid,
    pub number: i64,
    pub author_name: Option<String>,
    /// The first 200 characters.
    pub text: String,
}

#[derive(Clone, Copy, Debug, Enum)]
#[oai(rename = "AdminCommentState", rename_all = "snake_case")]
pub enum CommentState {
    Published,
    Pending,
    Spam,
    Rejected,
    Deleted,
}

#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
pub struct AdminAuthor {
    pub name: Option<String>,
    pub email: Option<String>,
    pub website: Option<String>,
    pub team: bool,
    /// Present and true where the site itself said who it is (`sign_in`).
    pub signed_in: Option<bool>,
}

#[derive(Debug, Object)]
pub struct AdminVotes {
    pub up: i32,
    pub down: i32,
}

#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
pub struct AdminComments {
    pub comments: Vec<AdminComment>,
    /// Pass it as `after` for older ones.
    pub next: Option<String>,
}

#[derive(Debug, Object)]
pub struct CommentRecord {
    pub comment: AdminComment,
    /// Oldest first, the latest 200.
    pub events: Vec<EventView>,
}

/// Something that happened to a comment.
#[derive(Debug, Object)]
#[oai(rename = "Event", skip_serializing_if_is_none)]
pub struct EventView {
    pub id: Uuid,
    /// `created`, `edited`, `decided`, `purged` or `split` (taken to another conversation with its branch).
    pub kind: String,
    pub at: DateTime<Utc>,
    pub actor: ActorView,
    pub from_state: Option<String>,
    pub to_state: Option<String>,
    pub reasons: Vec<String>,
    /// The text before an edit.
    pub previous_text: Option<String>,
}

#[derive(Debug, Object)]
#[oai(rename = "Actor", skip_serializing_if_is_none)]
pub struct ActorView {
    /// `visitor`, `member` or `system`.
    pub kind: String,
    /// The member's name.
    pub name: Option<String>,
}

#[derive(Debug, Object)]
pub struct Decided {
    pub results: Vec<DecidedOne>,
}

#[derive(Debug, Object)]
pub struct DecidedOne {
    pub id: Uuid,
    pub state: CommentState,
    /// Decide for it again to undo.
    pub previous_state: CommentState,
}

/// A new account's particulars.
#[derive(Debug, Object, Deserialize)]
#[serde(deny_unknown_fields)]
#[oai(example)]
pub struct NewAccount {
    pub email: String,
    /// Shown with replies in the name of a site's team; up to 100 characters.
    pub name: String,
    /// 8 to 128 characters, and not among the first that are guessed.
    pub password: String,
    /// The language of the mail, as a tag such as `de` (BCP 47). English, if there is none or it is not spoken here.
    pub locale: Option<String>,
}

impl Example for NewAccount {
    fn example() -> Self {
        NewAccount {
            email: "ada@example.org".into(),
            name: "Ada".into(),
            password: "a long phrase of your own".into(),
            locale: Some("en".into()),
        }
    }
}

/// The first operator.
#[derive(Debug, Object, Deserialize)]
#[serde(deny_unknown_fields)]
#[oai(example)]
pub struct SetupRequest {
    /// From the link that the server printed.
    pub token: String,
    pub email: String,
    pub name: String,
    pub password: String,
}

impl Example for SetupRequest {
    fn example() -> Self {
        SetupRequest {
            token: "from the link".into(),
            email: "ada@example.org".into(),
            name: "Ada".into(),
            password: "a long phrase of your own".into(),
        }
    }
}

#[derive(Debug, Object, Deserialize)]
#[serde(deny_unknown_fields)]
#[oai(example)]
pub struct Credentials {
    pub email: String,
    pub password: String,
}

impl Example for Credentials {
    fn example() -> Self {
        Credentials {
            email: "ada@example.org".into(),
            password: "a long phrase of your own".into(),
        }
    }
}

#[derive(Debug, Object, Deserialize)]
#[serde(deny_unknown_fields)]
#[oai(example)]
pub struct TenantName {
    /// Up to 100 characters.
    pub name: String,
}

impl Example for TenantName {
    fn example() -> Self {
        TenantName {
            name: "Ada's sites".into(),
        }
    }
}

#[derive(Debug, Object, Deserialize)]
#[serde(deny_unknown_fields)]
#[oai(example)]
pub struct NewSite {
    /// Up to 100 characters.
    pub name: String,
    /// 1 to 20 origins whose pages may show the comments.
    pub origins: Vec<String>,
    pub settings: Option<SettingsChange>,
}

impl Example for NewSite {
    fn example() -> Self {
        NewSite {
            name: "My blog".into(),
            origins: vec!["https://blog.example".into(), "http://localhost:1313".into()],
            settings: Some(SettingsChange::example("moderation", "links")),
        }
    }
}

#[derive(Debug, Object, Deserialize)]
#[serde(deny_unknown_fields)]
#[oai(example)]
pub struct SiteChange {
    pub name: Option<String>,
    pub settings: Option<SettingsChange>,
}

impl Example for SiteChange {
    fn example() -> Self {
        SiteChange {
            name: None,
            settings: Some(SettingsChange::example("require_name", true)),
        }
    }
}

#[derive(Debug, Object, Deserialize)]
#[serde(deny_unknown_fields)]
#[oai(example)]
pub struct NewOrigin {
    /// `https://blog.example`, `http://localhost:1313` or `https://*.blog.example`. Of a page's address, the origin is taken.
    pub origin: String,
}

impl Example for NewOrigin {
    fn example() -> Self {
        NewOrigin {
            origin: "https://blog.example".into(),
        }
    }
}

/// `publish`, `hold` (for a moderator), `reject`, `spam` or `delete` (with its text kept for some days).
#[derive(Clone, Copy, Debug, Enum, Deserialize)]
#[oai(rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum Decision {
    Publish,
    Hold,
    Reject,
    Spam,
    Delete,
}

#[derive(Debug, Object, Deserialize)]
#[serde(deny_unknown_fields)]
#[oai(example)]
pub struct DecisionRequest {
    /// 1 to 100 comments.
    pub ids: Vec<Uuid>,
    pub decision: Decision,
}

impl Example for DecisionRequest {
    fn example() -> Self {
        DecisionRequest {
            ids: vec![Uuid::from_u128(0x0193_5f8e_7c4a_7b1e_9d2f_1a2b_3c4d_5e6f)],
            decision: Decision::Publish,
        }
    }
}

/// What is absent stays; an empty name or website is taken away.
#[derive(Debug, Object, Deserialize)]
#[serde(deny_unknown_fields)]
#[oai(example)]
pub struct CommentChange {
    /// Markdown.
    pub text: Option<String>,
    pub author_name: Option<String>,
    pub author_website: Option<String>,
}

impl Example for CommentChange {
    fn example() -> Self {
        CommentChange {
            text: Some("What was meant.".into()),
            author_name: None,
            author_website: None,
        }
    }
}

#[derive(Debug, Object, Deserialize)]
#[serde(deny_unknown_fields)]
#[oai(example)]
pub struct Answer {
    /// Markdown.
    pub text: String,
    /// Publish the answered comment in the same step.
    #[serde(default)]
    #[oai(default)]
    pub publish: bool,
}

impl Example for Answer {
    fn example() -> Self {
        Answer {
            text: "Thank you, *fixed*.".into(),
            publish: true,
        }
    }
}

impl From<account::Model> for AccountView {
    fn from(row: account::Model) -> Self {
        AccountView {
            id: row.id,
            email: row.email,
            name: row.name,
            operator: row.operator,
            locale: row.locale,
            created_at: row.created_at,
        }
    }
}

impl From<Opened> for SessionView {
    fn from(opened: Opened) -> Self {
        SessionView {
            access_token: opened.access_token,
            expires_in: opened.access_life.num_seconds(),
            account: opened.account.into(),
        }
    }
}

impl TenantView {
    pub fn new(row: tenant::Model, role: Role) -> Self {
        TenantView {
            suspension: SuspensionView::of_tenant(&row),
            id: row.id,
            name: row.name,
            role: role.into(),
            erase_at: row.erase_at,
            created_at: row.created_at,
        }
    }
}

impl SiteView {
    pub fn new(config: &Config, site: &Site, comment_count: i64, pending_count: i64) -> Result<Self> {
        let row = site.row();
        Ok(SiteView {
            id: row.id,
            tenant_id: row.tenant_id,
            key: row.key.clone(),
            name: row.name.clone(),
            snippet: sites::snippet(config, &row.key),
            origins: site.origins().map(OriginView::new).collect(),
            settings: SiteSettings::new(&site.chosen()?),
            comment_count,
            pending_count,
            archived_at: row.archived_at,
            erase_at: row.erase_at,
            suspension: SuspensionView::of_site(row),
            created_at: row.created_at,
            updated_at: row.updated_at,
        })
    }
}

impl OriginView {
    pub fn new(row: &site_origin::Model) -> Self {
        OriginView {
            id: row.id,
            origin: row.origin.clone(),
            created_at: row.created_at,
            first_seen_at: row.first_seen_at,
            last_seen_at: row.last_seen_at,
        }
    }
}

impl From<refused_origin::Model> for RefusedOrigin {
    fn from(row: refused_origin::Model) -> Self {
        RefusedOrigin {
            origin: row.origin,
            count: row.count,
            first_seen_at: row.first_seen_at,
            last_seen_at: row.last_seen_at,
        }
    }
}

impl From<State> for CommentState {
    fn from(state: State) -> Self {
        match state {
            State::Published => CommentState::Published,
            State::Pending => CommentState::Pending,
            State::Spam => CommentState::Spam,
            State::Rejected => CommentState::Rejected,
            State::Deleted => CommentState::Deleted,
        }
    }
}

impl From<CommentState> for State {
    fn from(state: CommentState) -> Self {
        match state {
            CommentState::Published => State::Published,
            CommentState::Pending => State::Pending,
            CommentState::Spam => State::Spam,
            CommentState::Rejected => State::Rejected,
            CommentState::Deleted => State::Deleted,
        }
    }
}

impl From<Decision> for moderation::Decision {
    fn from(decision: Decision) -> Self {
        match decision {
            Decision::Publish => moderation::Decision::Publish,
            Decision::Hold => moderation::Decision::Hold,
            Decision::Reject => moderation::Decision::Reject,
            Decision::Spam => moderation::Decision::Spam,
            Decision::Delete => moderation::Decision::Delete,
        }
    }
}

impl From<Looked> for AdminComment {
    fn from(looked: Looked) -> Self {
        let Looked {
            comment,
            site,
            thread,
            parent,
        } = looked;
        let is_pinned = comment.state == State::Published && strings(&thread.pinned).contains(&comment.id.to_string());
        AdminComment {
            id: comment.id,
            number: comment.number,
            site: SiteName {
                id: site.id,
                name: site.name,
            },
            thread: ThreadName {
                id: thread.id,
                key: thread.key,
                title: thread.title,
                url: thread.url,
            },
            parent: parent.map(|parent| ParentView {
                id: parent.id,
                number: parent.number,
                author_name: parent.author_name,
                text: parent.source.chars().take(EXCERPT).collect(),
            }),
            state: comment.state.into(),
            text: comment.source,
            html: comment.html,
            author: AdminAuthor {
                name: comment.author_name,
                email: comment.author_email,
                website: comment.author_website,
                team: comment.account_id.is_some(),
                signed_in: comment.signed_in.then_some(true),
            },
            author_hash: comment.author_hash,
            reasons: strings(&comment.reasons),
            created_at: comment.created_at,
            edited_at: comment.edited_at,
            reply_count: comment.reply_count,
            votes: AdminVotes {
                up: comment.up_votes,
                down: comment.down_votes,
            },
            report_count: comment.report_count,
            pinned: is_pinned,
        }
    }
}

impl EventView {
    pub fn new(row: event::Model, names: &HashMap<Uuid, String>) -> Self {
        EventView {
            id: row.id,
            kind: row.kind,
            at: row.at,
            actor: ActorView {
                kind: row.actor,
                name: row.account_id.and_then(|id| names.get(&id).cloned()),
            },
            from_state: row.from_state,
            to_state: row.to_state,
            reasons: strings(&row.reasons),
            previous_text: row.data.get("text").and_then(|text| text.as_str()).map(str::to_owned),
        }
    }
}

fn strings(list: &serde_json::Value) -> Vec<String> {
    serde_json::from_value(list.clone()).unwrap_or_default()
}

#[derive(Debug, Object)]
pub struct Reports {
    /// Newest first.
    pub reports: Vec<ReportView>,
}

/// A reader's word that a comment should be looked at.
#[derive(Debug, Object)]
#[oai(rename = "Report", skip_serializing_if_is_none)]
pub struct ReportView {
    pub id: Uuid,
    /// `spam`, `abuse`, `off_topic`, `personal` or `other`.
    pub reason: String,
    /// As typed.
    pub note: Option<String>,
    pub created_at: DateTime<Utc>,
}

impl From<report::Model> for ReportView {
    fn from(row: report::Model) -> Self {
        ReportView {
            id: row.id,
            reason: row.reason,
            note: row.note,
            created_at: row.created_at,
        }
    }
}

/// A conversation as moderators see it.
#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
pub struct AdminThread {
    pub id: Uuid,
    pub site: SiteName,
    /// `id:` and the id, or `url:` and the canonical address.
    pub key: String,
    pub title: Option<String>,
    pub url: Option<String>,
    /// Published comments, replies included.
    pub comment_count: i64,
    /// Whether readers' comments are taken.
    pub open: bool,
    /// Why not, if not.
    pub closed_by: Option<ThreadClosedBy>,
    /// Since when a moderator has it closed.
    pub closed_at: Option<DateTime<Utc>>,
    /// Since when a moderator has it locked.
    pub locked_at: Option<DateTime<Utc>>,
    /// When its first comment came.
    pub created_at: DateTime<Utc>,
    /// When the last comment was published.
    pub last_comment_at: Option<DateTime<Utc>>,
    /// Readers of this conversation's page see another one: since the site's rules about addresses have changed, both
    /// have the same address. Merge them.
    pub key_clash: bool,
    /// The other one.
    pub clash_with: Option<Uuid>,
}

/// What closed a conversation: a moderator, its age, or the owner for the whole site.
#[derive(Clone, Copy, Debug, Enum)]
#[oai(rename_all = "snake_case")]
pub enum ThreadClosedBy {
    Thread,
    Age,
    Site,
}

/// `closed` and `locked` by a moderator; `open`: neither.
#[derive(Clone, Copy, Debug, Enum)]
#[oai(rename_all = "snake_case")]
pub enum ThreadStanding {
    Open,
    Closed,
    Locked,
}

#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
pub struct AdminThreads {
    pub threads: Vec<AdminThread>,
    /// Pass it as `after` for older ones.
    pub next: Option<String>,
}

/// A conversation with all that belongs to it but its comments.
#[derive(Debug, Object)]
pub struct ThreadRecord {
    pub thread: AdminThread,
    /// Every id and address that leads to it, oldest first.
    pub keys: Vec<String>,
    /// In their order.
    pub pinned: Vec<PinnedComment>,
    pub counts: ThreadCounts,
    /// Oldest first, the latest 200.
    pub events: Vec<ThreadEvent>,
}

/// A comment that is kept on top.
#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
pub struct PinnedComment {
    pub id: Uuid,
    pub number: i64,
    pub author_name: Option<String>,
    /// The first 200 characters.
    pub text: String,
}

/// Comments by their states.
#[derive(Debug, Object)]
pub struct ThreadCounts {
    pub published: i64,
    pub pending: i64,
    pub spam: i64,
    pub rejected: i64,
    pub deleted: i64,
}

/// Something that happened to a conversation.
#[derive(Debug, Object)]
pub struct ThreadEvent {
    pub id: Uuid,
    /// `closed`, `opened`, `locked`, `unlocked`, `renamed`, `pinned`, `merged`, `split` or `moved`.
    pub kind: String,
    pub at: DateTime<Utc>,
    pub actor: ActorView,
    /// What the kind needs. `renamed`, `pinned`, `moved`: `from` and `to`. `merged`: `source` (the conversation that
    /// was taken in), its `keys`, the number of its `comments`, what was `pinned` before. `split`: `to` or `from` (the
    /// other conversation), the `comment` that led the branch, the number of `comments`.
    pub data: Any<serde_json::Value>,
}

/// What is absent stays.
#[derive(Debug, Object, Deserialize)]
#[serde(deny_unknown_fields)]
#[oai(example)]
pub struct ThreadUpdate {
    /// Up to 300 characters; empty to take it away.
    pub title: Option<String>,
    /// Takes no new comments from readers.
    pub closed: Option<bool>,
    /// Nothing may change: no comments, edits, votes, reactions.
    pub locked: Option<bool>,
    /// Up to 10 published comments that answer no other, in the order in which they stand on top.
    pub pinned: Option<Vec<Uuid>>,
}

impl Example for ThreadUpdate {
    fn example() -> Self {
        ThreadUpdate {
            title: None,
            closed: Some(true),
            locked: None,
            pinned: Some(vec![Uuid::from_u128(0x0193_5f8e_7c4a_7b1e_9d2f_1a2b_3c4d_5e6f)]),
        }
    }
}

#[derive(Debug, Object, Deserialize)]
#[serde(deny_unknown_fields)]
#[oai(example)]
pub struct ThreadMerge {
    /// The conversation that takes the comments in.
    pub into: Uuid,
    /// Only say what would become of it.
    #[serde(default)]
    #[oai(default)]
    pub preview: bool,
}

impl Example for ThreadMerge {
    fn example() -> Self {
        ThreadMerge {
            into: Uuid::from_u128(0x0193_5f8e_7c4a_7b1e_9d2f_1a2b_3c4d_5e6f),
            preview: true,
        }
    }
}

/// An id of the site's own, or else a page's address. With both, the id is the key, and the address is the page's.
#[derive(Debug, Object, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ThreadPlace {
    pub id: Option<String>,
    /// A page of one of the site's origins.
    pub url: Option<String>,
}

#[derive(Debug, Object, Deserialize)]
#[serde(deny_unknown_fields)]
#[oai(example)]
pub struct ThreadSplit {
    /// The comment that leads the branch.
    pub comment_id: Uuid,
    pub to: ThreadPlace,
    /// For a conversation that is opened by this.
    pub title: Option<String>,
    /// Only say what would become of it.
    #[serde(default)]
    #[oai(default)]
    pub preview: bool,
}

impl Example for ThreadSplit {
    fn example() -> Self {
        ThreadSplit {
            comment_id: Uuid::from_u128(0x0193_5f8e_7c4a_7b1e_9d2f_1a2b_3c4d_5e6f),
            to: ThreadPlace {
                id: None,
                url: Some("https://blog.example/off-topic".into()),
            },
            title: Some("Off topic".into()),
            preview: true,
        }
    }
}

#[derive(Debug, Object, Deserialize)]
#[serde(deny_unknown_fields)]
#[oai(example)]
pub struct ThreadMove {
    pub to: ThreadPlace,
    /// Only say what would become of it.
    #[serde(default)]
    #[oai(default)]
    pub preview: bool,
}

impl Example for ThreadMove {
    fn example() -> Self {
        ThreadMove {
            to: ThreadPlace {
                id: None,
                url: Some("https://blog.example/2026/first-post".into()),
            },
            preview: false,
        }
    }
}

/// What a merge, a split or a move makes of its conversations; with `preview`, what it would make.
#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
pub struct ThreadChange {
    /// Nothing was done. The id of a conversation that would be opened is not kept.
    pub preview: bool,
    /// Comments that change their conversation, whatever their state.
    pub comments: u64,
    /// Every id and address that leads to the target.
    pub keys: Vec<String>,
    /// The conversation that they leave; absent if it is gone, or if it is the target itself.
    pub source: Option<AdminThread>,
    pub target: AdminThread,
    pub warnings: Vec<ThreadWarning>,
}

/// What should be known before: the target is closed, is locked, or is there already; pins are more than fit into one
/// conversation, or are left behind; no comment stays in the source.
#[derive(Clone, Copy, Debug, Enum)]
#[oai(rename_all = "snake_case")]
pub enum ThreadWarning {
    TargetClosed,
    TargetLocked,
    TargetExists,
    PinsDropped,
    PinRemoved,
    SourceEmpty,
}

/// The key with which a site signs the ids of its conversations.
#[derive(Debug, Object)]
#[oai(rename = "SigningKey")]
pub struct SigningKeyView {
    /// 64 hex digits that stand for 32 bytes. Secret.
    pub key: String,
    /// Raised with each rotation. Signatures by the version before are good, too.
    pub version: i32,
    pub example: SigningExample,
}

/// The key by which a site says who its readers are.
#[derive(Debug, Object)]
#[oai(rename = "SignInKey")]
pub struct SignInKeyView {
    /// The secret of tokens (JWT, HS256), as text. Secret.
    pub key: String,
    /// Raised with each rotation. Tokens of the version before are good, too.
    pub version: i32,
    pub example: SignInExample,
}

/// How to make a token for somebody, by widely used libraries.
#[derive(Debug, Object)]
#[oai(rename = "SignInExample")]
pub struct SignInExample {
    pub python: String,
    pub node: String,
    pub php: String,
}

impl From<signing::SigningKey> for SignInKeyView {
    fn from(key: signing::SigningKey) -> Self {
        let signing::SignInExample { python, node, php } = signing::sign_in_example(&key.key);
        SignInKeyView {
            key: key.key,
            version: key.version,
            example: SignInExample { python, node, php },
        }
    }
}

/// How to sign an id, in three lines each: the HMAC-SHA256 of the id under the key, in lower-case hex digits.
#[derive(Debug, Object)]
pub struct SigningExample {
    /// The id that is signed.
    pub id: String,
    pub python: String,
    pub node: String,
    /// With OpenSSL.
    pub shell: String,
}

impl From<administration::Looked> for AdminThread {
    fn from(looked: administration::Looked) -> Self {
        let administration::Looked {
            thread,
            site,
            closed_by,
            clash,
        } = looked;
        AdminThread {
            id: thread.id,
            site: SiteName {
                id: site.id,
                name: site.name,
            },
            key: thread.key,
            title: thread.title,
            url: thread.url,
            comment_count: thread.comment_count,
            open: closed_by.is_none(),
            closed_by: closed_by.map(|by| match by {
                rules::ClosedBy::Thread => ThreadClosedBy::Thread,
                rules::ClosedBy::Age => ThreadClosedBy::Age,
                rules::ClosedBy::Site => ThreadClosedBy::Site,
            }),
            closed_at: thread.closed_at,
            locked_at: thread.locked_at,
            created_at: thread.created_at,
            last_comment_at: thread.last_comment_at,
            key_clash: clash.is_some(),
            clash_with: clash,
        }
    }
}

impl ThreadRecord {
    pub fn new(record: administration::Record, names: &HashMap<Uuid, String>) -> Self {
        let count = |state| record.counts.get(&state).copied().unwrap_or(0);
        let counts = ThreadCounts {
            published: count(State::Published),
            pending: count(State::Pending),
            spam: count(State::Spam),
            rejected: count(State::Rejected),
            deleted: count(State::Deleted),
        };
        let pinned = record.pinned.into_iter().map(|comment| PinnedComment {
            id: comment.id,
            number: comment.number,
            author_name: comment.author_name,
            text: comment.source.chars().take(EXCERPT).collect(),
        });
        let events = record.events.into_iter().map(|event| ThreadEvent {
            id: event.id,
            kind: event.kind,
            at: event.at,
            actor: ActorView {
                kind: event.actor,
                name: event.account_id.and_then(|id| names.get(&id).cloned()),
            },
            data: Any(event.data),
        });
        ThreadRecord {
            keys: record.keys,
            pinned: pinned.collect(),
            counts,
            events: events.collect(),
            thread: record.looked.into(),
        }
    }
}

impl From<Outcome> for ThreadChange {
    fn from(outcome: Outcome) -> Self {
        let warnings = outcome.warnings.into_iter().map(|warning| match warning {
            Warning::TargetClosed => ThreadWarning::TargetClosed,
            Warning::TargetLocked => ThreadWarning::TargetLocked,
            Warning::TargetExists => ThreadWarning::TargetExists,
            Warning::PinsDropped => ThreadWarning::PinsDropped,
            Warning::PinRemoved => ThreadWarning::PinRemoved,
            Warning::SourceEmpty => ThreadWarning::SourceEmpty,
        });
        ThreadChange {
            preview: outcome.preview,
            comments: outcome.comments,
            keys: outcome.keys,
            source: outcome.source.map(Into::into),
            target: outcome.target.into(),
            warnings: warnings.collect(),
        }
    }
}

impl From<ThreadStanding> for Standing {
    fn from(standing: ThreadStanding) -> Self {
        match standing {
            ThreadStanding::Open => Standing::Open,
            ThreadStanding::Closed => Standing::Closed,
            ThreadStanding::Locked => Standing::Locked,
        }
    }
}

impl From<ThreadPlace> for Place {
    fn from(place: ThreadPlace) -> Self {
        Place {
            id: place.id,
            url: place.url,
        }
    }
}

impl From<signing::SigningKey> for SigningKeyView {
    fn from(key: signing::SigningKey) -> Self {
        /// An id as sites have them.
        const ID: &str = "my-post";
        let signing::Example { python, node, shell } = signing::example(&key.key, ID);
        SigningKeyView {
            key: key.key,
            version: key.version,
            example: SigningExample {
                id: ID.to_owned(),
                python,
                node,
                shell,
            },
        }
    }
}

/// Addresses of pages that ask once more and then act. Isso's form.
#[derive(Debug, Object)]
pub struct CommentLinks {
    /// Publishes the comment.
    activate: String,
    /// Shows the text in a form.
    edit: String,
    delete: String,
    expires_at: DateTime<Utc>,
}

impl CommentLinks {
    pub fn new(public_url: &str, made: &links::Made) -> Self {
        let [activate, edit, delete] = made.keys.each_ref().map(|(action, key)| {
            let (site_key, number) = (&made.site_key, made.comment.number);
            format!("{public_url}/isso/{site_key}/id/{number}/{}/{key}", action.name())
        });
        CommentLinks {
            activate,
            edit,
            delete,
            expires_at: made.expires_at,
        }
    }
}
