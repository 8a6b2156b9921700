//! What was changed in a tenant beside its comments: who, what, when, and from which network (as a keyed hash). An entry is written
//! in the transaction of what it tells.

use std::collections::HashMap;
use std::sync::Arc;

use ::entity::{OfTenant, acting, audit_entry};
use chrono::{DateTime, SecondsFormat, Utc};
use futures_util::Stream;
use sea_orm::prelude::Uuid;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Set};
use serde_json::{Value, json};

use super::Member;
use crate::accounts;
use crate::app::App;
use crate::error::Result;
use crate::infra::csv;
use crate::infra::db::Tx;
use crate::operators::Operator;
use crate::transfer::stream::{self, Sink};

macro_rules! changes {
    ($($variant:ident $name:literal)*) => {
        /// What somebody did.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Change { $($variant),* }

        impl Change {
            pub const ALL: &[Change] = &[$(Change::$variant),*];

            /// The name in the database and on the wire.
            pub fn name(self) -> &'static str {
                match self { $(Change::$variant => $name),* }
            }
        }
    };
}

changes! {
    TenantCreated "tenant_created"
    TenantRenamed "tenant_renamed"
    MemberInvited "member_invited"
    InvitationWithdrawn "invitation_withdrawn"
    MemberJoined "member_joined"
    MemberChanged "member_changed"
    MemberRemoved "member_removed"
    MemberLeft "member_left"
    SiteCreated "site_created"
    SiteRenamed "site_renamed"
    SettingsChanged "settings_changed"
    OriginAdded "origin_added"
    OriginRemoved "origin_removed"
    SigningKeyRotated "signing_key_rotated"
    SignInKeyRotated "sign_in_key_rotated"
    ApiKeyCreated "api_key_created"
    ApiKeyRevoked "api_key_revoked"
    SiteArchived "site_archived"
    SiteReopened "site_reopened"
    SiteDeleted "site_deleted"
    SiteRestored "site_restored"
    SiteErased "site_erased"
    SiteKeyRotated "site_key_rotated"
    SiteKeyEnded "site_key_ended"
    SiteMovedOut "site_moved_out"
    SiteMovedIn "site_moved_in"
    SettingsCopied "settings_copied"
    MailTextChanged "mail_text_changed"
    TenantTransferred "tenant_transferred"
    TenantDeleted "tenant_deleted"
    TenantRestored "tenant_restored"
    TenantExported "tenant_exported"
    AuditExported "audit_exported"
    TenantSuspended "tenant_suspended"
    TenantResumed "tenant_resumed"
    SiteSuspended "site_suspended"
    SiteResumed "site_resumed"
    PlanChanged "plan_changed"
    QuotasChanged "quotas_changed"
    WebhookCreated "webhook_created"
    WebhookChanged "webhook_changed"
    WebhookDeleted "webhook_deleted"
    WebhookSecretRotated "webhook_secret_rotated"
    WebhookDisabled "webhook_disabled"
    ActingBegun "acting_begun"
    ActingEnded "acting_ended"
}

impl Change {
    pub fn of(name: &str) -> Option<Change> {
        Change::ALL.iter().copied().find(|change| change.name() == name)
    }
}

/// Puts on record what a member changes in this transaction.
pub async fn note(
    tx: &Tx,
    app: &App,
    member: &Member,
    change: Change,
    site_id: Option<Uuid>,
    mut data: Value,
) -> Result<()> {
    if let Some(key_id) = member.key_id() {
        data["api_key"] = json!(key_id);
    }
    if member.is_acting() {
        data["operator"] = json!(true);
    }
    let by = (Some(member.account_id()), member.network_hash());
    insert(tx, app, member.tenant_id(), by, change, site_id, data).await
}

/// Puts on record what the service does by itself.
pub async fn note_of_service(
    tx: &Tx,
    app: &App,
    tenant_id: Uuid,
    change: Change,
    site_id: Option<Uuid>,
    data: Value,
) -> Result<()> {
    insert(tx, app, tenant_id, (None, None), change, site_id, data).await
}

/// Puts on record what an operator does about a tenant in this transaction.
pub async fn note_for(
    tx: &Tx,
    app: &App,
    operator: &Operator,
    tenant_id: Uuid,
    change: Change,
    site_id: Option<Uuid>,
    mut data: Value,
) -> Result<()> {
    data["operator"] = json!(true);
    operator.log(change.name(), site_id.unwrap_or(tenant_id));
    let who = (Some(operator.account_id()), operator.network_hash());
    insert(tx, app, tenant_id, who, change, site_id, data).await
}

/// Puts on record that an operator acts for a tenant no more: he left, or his time has run out.
pub async fn note_end(tx: &Tx, app: &App, acting: &acting::Model, expired: bool) -> Result<()> {
    let data = json!({ "operator": true, "expired": expired });
    let who = (Some(acting.account_id), None);
    insert(tx, app, acting.tenant_id, who, Change::ActingEnded, None, data).await
}

async fn insert(
    tx: &Tx,
    app: &App,
    tenant_id: Uuid,
    (account_id, network_hash): (Option<Uuid>, Option<&str>),
    change: Change,
    site_id: Option<Uuid>,
    data: Value,
) -> Result<()> {
    let row = audit_entry::ActiveModel {
        id: Set(app.clock.new_id()),
        tenant_id: Set(tenant_id),
        account_id: Set(account_id),
        change: Set(change.name().to_owned()),
        site_id: Set(site_id),
        data: Set(data),
        network_hash: Set(network_hash.map(str::to_owned)),
        at: Set(app.clock.now()),
    };
    audit_entry::Entity::insert(row).exec_without_returning(&**tx).await?;
    Ok(())
}

/// Entries of the member's tenant, the latest first, those before `before` if it is given; and whether there are more.
pub async fn list(
    app: &App,
    member: &Member,
    change: Option<Change>,
    before: Option<Uuid>,
    limit: u64,
) -> Result<(Vec<audit_entry::Model>, bool)> {
    page(app, member.tenant_id(), change, before, limit).await
}

/// The same of any tenant, for operators.
pub async fn list_for(
    app: &App,
    _: &Operator,
    tenant_id: Uuid,
    before: Option<Uuid>,
    limit: u64,
) -> Result<(Vec<audit_entry::Model>, bool)> {
    page(app, tenant_id, None, before, limit).await
}

async fn page(
    app: &App,
    tenant_id: Uuid,
    change: Option<Change>,
    before: Option<Uuid>,
    limit: u64,
) -> Result<(Vec<audit_entry::Model>, bool)> {
    let mut select = audit_entry::Entity::of_tenant(tenant_id)
        .order_by_desc(audit_entry::Column::Id)
        .limit(limit + 1);
    if let Some(before) = before {
        select = select.filter(audit_entry::Column::Id.lt(before));
    }
    if let Some(change) = change {
        select = select.filter(audit_entry::Column::Change.eq(change.name()));
    }
    let mut rows = select.all(app.db.read()).await?;
    let more = rows.len() as u64 > limit;
    rows.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    Ok((rows, more))
}

/// How a record is taken out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Lines of JSON.
    Lines,
    /// Comma-separated values, for spreadsheets.
    Table,
}

/// The whole record of the member's tenant, or the entries of one kind, the latest first; and that it was taken out, on it.
pub async fn export(
    app: &Arc<App>,
    member: &Member,
    change: Option<Change>,
    form: Form,
) -> Result<impl Stream<Item = Result<String>> + Send + use<>> {
    let tx = app.db.begin().await?;
    note(&tx, app, member, Change::AuditExported, None, json!({})).await?;
    tx.commit().await?;
    let member = member.clone();
    Ok(stream::begin(app, async move |app: Arc<App>, mut out: Sink| {
        if form == Form::Table {
            out.row(&csv::line(HEAD));
        }
        let mut before = None;
        loop {
            let (rows, more) = list(&app, &member, change, before, stream::ROWS).await?;
            let people = rows.iter().filter_map(|row| row.account_id).collect();
            let names: HashMap<Uuid, String> = accounts::names(&app, people).await?.into_iter().collect();
            before = rows.last().map(|row| row.id);
            for row in rows {
                let name = row.account_id.and_then(|id| names.get(&id));
                match form {
                    Form::Lines => out.line(&json!({
                        "id": row.id,
                        "at": row.at,
                        "change": row.change,
                        "account_id": row.account_id,
                        "name": name,
                        "site_id": row.site_id,
                        "data": row.data,
                        "network": row.network_hash,
                    })),
                    Form::Table => out.row(&cells(&row, name)),
                }
            }
            out.flush().await?;
            if !more {
                return Ok(out);
            }
        }
    }))
}

const HEAD: [&str; 8] = ["id", "at", "change", "account_id", "name", "site_id", "data", "network"];

fn cells(row: &audit_entry::Model, name: Option<&String>) -> String {
    let id = |id: Option<Uuid>| id.map(|id| id.to_string()).unwrap_or_default();
    let cells = [
        row.id.to_string(),
        row.at.to_rfc3339_opts(SecondsFormat::Millis, true),
        row.change.clone(),
        id(row.account_id),
        name.cloned().unwrap_or_default(),
        id(row.site_id),
        row.data.to_string(),
        row.network_hash.clone().unwrap_or_default(),
    ];
    csv::line(cells.iter().map(String::as_str))
}

/// Forgets entries from before `before`; part of the retention job.
#[expect(clippy::disallowed_methods, reason = "age is a matter of the installation")]
pub async fn forget(tx: &Tx, before: DateTime<Utc>) -> Result<u64> {
    let gone = audit_entry::Entity::delete_many()
        .filter(audit_entry::Column::At.lt(before))
        .exec(&**tx)
        .await?;
    Ok(gone.rows_affected)
}
