//! Everything of a tenant, or of one of its sites, as lines of JSON (docs/export.md). Built by putting in: what is not named here does not get
//! out.

use std::sync::Arc;

use ::entity::comment;
use ::entity::{OfSite, OfTenant, audit_entry, event, site, site_key, site_origin, thread, thread_alias};
use futures_util::Stream;
use sea_orm::prelude::Uuid;
use sea_orm::{ColumnTrait, EntityTrait, ModelTrait, QueryFilter, QueryOrder, QuerySelect, Select};
use serde_json::{Value, json};

use super::stream::{self, ROWS, Sink};
use crate::app::App;
use crate::error::Result;
use crate::sites::{Site, standing};
use crate::tenants::audit::{self, Change};
use crate::tenants::{self, Member, members};

/// Raised when a line loses or changes a member that was there.
const VERSION: u32 = 1;

/// All of the member's tenant, and that it was taken out, on its record.
pub async fn of_tenant(app: &Arc<App>, member: &Member) -> Result<impl Stream<Item = Result<String>> + Send + use<>> {
    let tx = app.db.begin().await?;
    audit::note(&tx, app, member, Change::TenantExported, None, json!({})).await?;
    tx.commit().await?;
    let member = member.clone();
    Ok(stream::begin(app, async move |app: Arc<App>, mut out: Sink| {
        head(&app, &mut out);
        let tenant = tenants::read(&app, &member).await?;
        out.line(&json!({
            "kind": "tenant",
            "id": tenant.id,
            "name": tenant.name,
            "created_at": tenant.created_at,
            "erase_at": tenant.erase_at,
        }));
        for one in members::list(&app, &member).await? {
            out.line(&json!({
                "kind": "member",
                "account_id": one.account.id,
                "name": one.account.name,
                "email": one.account.email,
                "role": members::name(one.membership.role),
                "site_ids": one.reach.ids(),
                "joined_at": one.membership.created_at,
            }));
        }
        out.flush().await?;
        let mut sites = Walk::over(site::Entity::of_tenant(tenant.id), site::Column::Id);
        while let Some(rows) = sites.next(&app).await? {
            for row in &rows {
                write_site(&app, row, &mut out).await?;
            }
        }
        write_audit(&app, tenant.id, &mut out).await?;
        end(&mut out);
        Ok(out)
    }))
}

/// All of one site, for the command line.
pub fn of_site(app: &Arc<App>, site: &Site) -> impl Stream<Item = Result<String>> + Send + use<> {
    let row = site.row().clone();
    stream::begin(app, async move |app: Arc<App>, mut out: Sink| {
        head(&app, &mut out);
        write_site(&app, &row, &mut out).await?;
        end(&mut out);
        Ok(out)
    })
}

/// All rows of a select, some at a time, in the order of a column in which no two are alike.
struct Walk<E: EntityTrait> {
    rows: Select<E>,
    by: E::Column,
    last: Option<sea_orm::Value>,
    may_lag: bool,
}

impl<E: EntityTrait> Walk<E> {
    fn over(rows: Select<E>, by: E::Column) -> Self {
        Walk {
            rows,
            by,
            last: None,
            may_lag: false,
        }
    }

    /// The same for what is large, and which nobody has just written to see it here: the database has better to do.
    fn lagging(rows: Select<E>, by: E::Column) -> Self {
        Walk {
            may_lag: true,
            ..Walk::over(rows, by)
        }
    }

    async fn next(&mut self, app: &App) -> Result<Option<Vec<E::Model>>> {
        let mut select = self.rows.clone().order_by_asc(self.by).limit(ROWS);
        if let Some(last) = self.last.clone() {
            select = select.filter(self.by.gt(last));
        }
        let rows = match self.may_lag {
            true => {
                app.db
                    .read_lagging(async |db| Ok(select.clone().all(&db).await?))
                    .await?
            }
            false => select.all(app.db.read()).await?,
        };
        self.last = rows.last().map(|row| row.get(self.by));
        Ok((!rows.is_empty()).then_some(rows))
    }
}

fn head(app: &App, out: &mut Sink) {
    out.line(&json!({
        "kind": "parlour_export",
        "version": VERSION,
        "exported_at": app.clock.now(),
        "from": app.config.public_url,
    }));
}

/// The last line, by which a file is known to be whole.
fn end(out: &mut Sink) {
    let lines = out.lines() + 1;
    out.line(&json!({ "kind": "end", "lines": lines }));
}

async fn write_site(app: &App, row: &site::Model, out: &mut Sink) -> Result<()> {
    let db = app.db.read();
    let origins = site_origin::Entity::of_site(row.id)
        .order_by_asc(site_origin::Column::Id)
        .all(db)
        .await?;
    let former = site_key::Entity::of_site(row.id)
        .order_by_asc(site_key::Column::Id)
        .all(db)
        .await?;
    out.line(&json!({
        "kind": "site",
        "id": row.id,
        "key": row.key,
        "former_keys": former.iter().map(|one| json!({ "key": one.key, "ends_at": one.ends_at })).collect::<Vec<_>>(),
        "name": row.name,
        "settings": standing::chosen(row)?,
        "origins": origins.iter().map(|one| &one.origin).collect::<Vec<_>>(),
        "archived_at": row.archived_at,
        "erase_at": row.erase_at,
        "created_at": row.created_at,
    }));
    out.flush().await?;
    write_threads(app, row.id, out).await?;
    write_comments(app, row.id, out).await?;
    write_events(app, row.id, out).await
}

async fn write_threads(app: &App, site_id: Uuid, out: &mut Sink) -> Result<()> {
    let mut threads = Walk::lagging(thread::Entity::of_site(site_id), thread::Column::Id);
    while let Some(rows) = threads.next(app).await? {
        let keys = thread_alias::Entity::of_site(site_id)
            .filter(thread_alias::Column::ThreadId.is_in(rows.iter().map(|row| row.id)))
            .order_by_asc(thread_alias::Column::Id);
        let aliases = app.db.read_lagging(async |db| Ok(keys.clone().all(&db).await?)).await?;
        for row in &rows {
            let keys = aliases.iter().filter(|alias| alias.thread_id == row.id);
            out.line(&json!({
                "kind": "thread",
                "site_id": site_id,
                "id": row.id,
                "key": row.key,
                "keys": keys.map(|alias| &alias.key).collect::<Vec<_>>(),
                "url": row.url,
                "title": row.title,
                "comment_count": row.comment_count,
                "closed_at": row.closed_at,
                "locked_at": row.locked_at,
                "pinned": row.pinned,
                "reactions": row.reactions,
                "created_at": row.created_at,
            }));
        }
        out.flush().await?;
    }
    Ok(())
}

async fn write_comments(app: &App, site_id: Uuid, out: &mut Sink) -> Result<()> {
    let mut comments = Walk::lagging(comment::Entity::of_site(site_id), comment::Column::Number);
    while let Some(rows) = comments.next(app).await? {
        for row in &rows {
            out.line(&described(row));
        }
        out.flush().await?;
    }
    Ok(())
}

fn described(row: &comment::Model) -> Value {
    json!({
        "kind": "comment",
        "site_id": row.site_id,
        "thread_id": row.thread_id,
        "id": row.id,
        "number": row.number,
        "parent_id": row.parent_id,
        "state": sea_orm::ActiveEnum::to_value(&row.state),
        "source": row.source,
        "source_format": sea_orm::ActiveEnum::to_value(&row.source_format),
        "html": row.html,
        "author": { "name": row.author_name, "email": row.author_email, "website": row.author_website },
        "account_id": row.account_id,
        "reasons": row.reasons,
        "votes": { "up": row.up_votes, "down": row.down_votes },
        "report_count": row.report_count,
        "imported": row.import_source.as_ref().map(|from| json!({ "from": from, "id": row.import_id })),
        "created_at": row.created_at,
        "edited_at": row.edited_at,
    })
}

async fn write_events(app: &App, site_id: Uuid, out: &mut Sink) -> Result<()> {
    let mut events = Walk::lagging(event::Entity::of_site(site_id), event::Column::Id);
    while let Some(rows) = events.next(app).await? {
        for row in &rows {
            out.line(&json!({
                "kind": "event",
                "site_id": site_id,
                "id": row.id,
                "event": row.kind,
                "thread_id": row.thread_id,
                "comment_id": row.comment_id,
                "actor": row.actor,
                "account_id": row.account_id,
                "from_state": row.from_state,
                "to_state": row.to_state,
                "reasons": row.reasons,
                "data": row.data,
                "at": row.at,
            }));
        }
        out.flush().await?;
    }
    Ok(())
}

async fn write_audit(app: &App, tenant_id: Uuid, out: &mut Sink) -> Result<()> {
    let mut entries = Walk::over(audit_entry::Entity::of_tenant(tenant_id), audit_entry::Column::Id);
    while let Some(rows) = entries.next(app).await? {
        for row in &rows {
            out.line(&json!({
                "kind": "audit",
                "id": row.id,
                "change": row.change,
                "account_id": row.account_id,
                "site_id": row.site_id,
                "data": row.data,
                "at": row.at,
            }));
        }
        out.flush().await?;
    }
    Ok(())
}
