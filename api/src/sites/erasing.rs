//! What is left of a site when its days are over: nothing. Its rows go in batches of bounded size, each a transaction of its own, so that a
//! worker which is killed loses one of them, and the next goes on with what is still there.

use ::entity::{OfSite, OfTenant, refused_origin, site, site_key, site_origin};
use sea_orm::prelude::Uuid;
use sea_orm::{ColumnTrait, QueryFilter, QueryOrder};

use super::row_of_job;
use crate::app::App;
use crate::emails::texts;
use crate::error::Result;
use crate::infra::db::Tx;
use crate::infra::queue;
use crate::tenants::audit::{self, Change};
use crate::webhooks::deliveries;
use crate::{commenters, comments, mine, moderation, statistics, subscriptions, threads, transfer, votes, watching};

/// Rows that one transaction takes away.
pub const AT_ONCE: u64 = 1000;

/// Takes away some of a site whose days are over, in the transaction of the job that asked for it; of any other, nothing. Resolves to whether there
/// is nothing left to do.
pub async fn erase_some(tx: &Tx, app: &App, site_id: Uuid) -> Result<bool> {
    let now = app.clock.now();
    let due = row_of_job(&**tx, site_id).await?;
    let Some(row) = due.filter(|row| row.erase_at.is_some_and(|at| at <= now)) else {
        return Ok(true);
    };
    take_some(tx, app, row).await
}

/// Takes away some of the first site of a tenant that is erased. Resolves to whether there was one.
pub async fn erase_some_of_tenant(tx: &Tx, app: &App, tenant_id: Uuid) -> Result<bool> {
    let first = site::Entity::of_tenant(tenant_id)
        .order_by_asc(site::Column::Id)
        .one(&**tx)
        .await?;
    let Some(row) = first else { return Ok(false) };
    take_some(tx, app, row).await?;
    Ok(true)
}

async fn take_some(tx: &Tx, app: &App, row: site::Model) -> Result<bool> {
    let site_id = row.id;
    // What points at a comment or a thread goes before it, so that nothing is taken along unbounded.
    let mut room = AT_ONCE;
    for table in Table::IN_ORDER {
        room = room.saturating_sub(table.erase_some(tx, site_id, room).await?);
        if room == 0 {
            return Ok(false);
        }
    }
    queue::forget_site(&**tx, site_id).await?;
    site::Entity::delete_of_tenant(row.tenant_id)
        .filter(site::Column::Id.eq(site_id))
        .exec(&**tx)
        .await?;
    let data = serde_json::json!({ "name": row.name });
    audit::note_of_service(tx, app, row.tenant_id, Change::SiteErased, Some(site_id), data).await?;
    Ok(true)
}

/// What has rows of a site.
#[derive(Clone, Copy)]
enum Table {
    Webhooks,
    Statistics,
    Commenters,
    Votes,
    Moderation,
    Subscriptions,
    Watching,
    MailTexts,
    Mine,
    Comments,
    Threads,
    Imports,
    Refused,
    Origins,
    Keys,
}

impl Table {
    const IN_ORDER: [Table; 15] = [
        Table::Webhooks,
        Table::Statistics,
        Table::Commenters,
        Table::Votes,
        Table::Moderation,
        Table::Subscriptions,
        Table::Watching,
        Table::MailTexts,
        Table::Mine,
        Table::Comments,
        Table::Threads,
        Table::Imports,
        Table::Refused,
        Table::Origins,
        Table::Keys,
    ];

    /// Takes away up to `most` rows and says how many there were.
    async fn erase_some(self, tx: &Tx, site_id: Uuid, most: u64) -> Result<u64> {
        match self {
            Table::Webhooks => deliveries::erase_some_of_site(tx, site_id, most).await,
            Table::Statistics => statistics::erase_some(tx, site_id, most).await,
            Table::Commenters => commenters::erase_some(tx, site_id, most).await,
            Table::Votes => votes::erase_some(tx, site_id, most).await,
            Table::Moderation => moderation::erase_some(tx, site_id, most).await,
            Table::Subscriptions => subscriptions::erase_some(tx, site_id, most).await,
            Table::Watching => watching::erase_some(tx, site_id, most).await,
            Table::MailTexts => texts::erase_some(tx, site_id, most).await,
            Table::Mine => mine::erase_some(tx, site_id, most).await,
            Table::Comments => comments::erase_some(tx, site_id, most).await,
            Table::Threads => threads::erase_some(tx, site_id, most).await,
            Table::Imports => transfer::erase_some(tx, site_id, most).await,
            Table::Refused => {
                let some = refused_origin::Entity::delete_some_of_site(site_id, refused_origin::Column::Id, most);
                Ok(some.exec(&**tx).await?.rows_affected)
            }
            Table::Origins => {
                let some = site_origin::Entity::delete_some_of_site(site_id, site_origin::Column::Id, most);
                Ok(some.exec(&**tx).await?.rows_affected)
            }
            Table::Keys => {
                let some = site_key::Entity::delete_some_of_site(site_id, site_key::Column::Id, most);
                Ok(some.exec(&**tx).await?.rows_affected)
            }
        }
    }
}
