//! Which comments were written with the address of a mailbox. Who holds it finds them by a keyed hash of the address, also when the site does
//! not keep the address itself any more.
//!
//! The hash by which readers know an author ([`identity`](super::identity)) would not do: it is short, depends on how the address was typed, and
//! on a site that came from Isso anybody can make it.

use std::collections::BTreeMap;

use ::entity::{OfSite, comment, thread};
use sea_orm::prelude::Uuid;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Select};

use super::hold_site;
use crate::app::App;
use crate::error::{Error, OrLog, Result};
use crate::infra::signing::Keys;
use crate::mine::Holder;
use crate::threads;

const PURPOSE: &str = "mailbox of a comment";

/// Comments that are marked in one transaction.
const AT_ONCE: u64 = 500;

/// What is stored beside a comment of a site that was written with an address.
pub fn hash(keys: &Keys, site_id: Uuid, email: &str) -> String {
    keys.pseudonym(PURPOSE, &named(site_id, email))
}

/// All that may be stored beside comments with that address: under each secret that is or was in use.
pub fn hashes(keys: &Keys, site_id: Uuid, email: &str) -> Vec<String> {
    keys.pseudonyms(PURPOSE, &named(site_id, email))
}

fn named(site_id: Uuid, email: &str) -> String {
    format!("{site_id} {}", email.to_ascii_lowercase())
}

/// Marks a comment that is about to be stored. What the team writes is its site's.
pub(super) fn mark(keys: &Keys, comment: &mut comment::Model) {
    let email = comment.author_email.as_deref().filter(|_| comment.account_id.is_none());
    comment.mailbox_hash = email.map(|email| hash(keys, comment.site_id, email));
}

/// The comments of a mailbox, whatever their state, in no order.
pub fn of(site_id: Uuid, hashes: &[String]) -> Select<comment::Entity> {
    comment::Entity::of_site(site_id)
        .filter(comment::Column::MailboxHash.is_in(hashes))
        // The index is of such alone.
        .filter(Expr::cust("mailbox_hash IS NOT NULL"))
        .filter(comment::Column::AccountId.is_null())
}

/// Whether anything of a site was written with an address.
pub async fn has_any(db: &impl ConnectionTrait, site_id: Uuid, hashes: &[String]) -> Result<bool> {
    let first: Option<Uuid> = of(site_id, hashes)
        .select_only()
        .column(comment::Column::Id)
        .limit(1)
        .into_tuple()
        .one(db)
        .await?;
    Ok(first.is_some())
}

/// What a holder wrote on his site, the latest first, from before a comment on; each with its conversation.
pub async fn written(
    app: &App,
    holder: &Holder,
    before: Option<Uuid>,
    most: u64,
) -> Result<Vec<(comment::Model, thread::Model)>> {
    let site_id = holder.site().id();
    let mut select = of(site_id, holder.hashes());
    if let Some(before) = before {
        select = select.filter(comment::Column::Id.lt(before));
    }
    let comments = select
        .order_by_desc(comment::Column::Id)
        .limit(most)
        .all(app.db.read())
        .await?;
    super::with_threads(app, site_id, comments).await
}

/// One of them.
///
/// # Errors
/// `not_found`, also for what somebody else wrote.
pub(super) async fn one(db: &impl ConnectionTrait, holder: &Holder, id: Uuid) -> Result<comment::Model> {
    of(holder.site().id(), holder.hashes())
        .filter(comment::Column::Id.eq(id))
        .one(db)
        .await?
        .ok_or_else(|| Error::not_found("comment"))
}

/// The same, with its conversation.
///
/// # Errors
/// `not_found`.
pub async fn look(app: &App, holder: &Holder, id: Uuid) -> Result<(comment::Model, thread::Model)> {
    let comment = one(app.db.read(), holder, id).await?;
    let thread = threads::by_id(app.db.read(), comment.site_id, comment.thread_id).await?;
    Ok((comment, thread))
}

/// Marks the comments that a version before this one stored, as long as their addresses are there. Costs a look into an empty index when there
/// are none.
pub async fn catch_up(app: &App) -> Result<()> {
    let mut after = Uuid::nil();
    while let Some(site_id) = next_site(app, after).await? {
        after = site_id;
        mark_site(app, site_id)
            .await
            .or_log("this site's authors do not find their comments by mail until the next hour");
    }
    Ok(())
}

#[expect(clippy::disallowed_methods, reason = "an upgrade is for all sites of all tenants")]
async fn next_site(app: &App, after: Uuid) -> Result<Option<Uuid>> {
    Ok(comment::Entity::find()
        .filter(unmarked())
        .filter(comment::Column::SiteId.gt(after))
        .order_by_asc(comment::Column::SiteId)
        .limit(1)
        .select_only()
        .column(comment::Column::SiteId)
        .into_tuple()
        .one(app.db.read())
        .await?)
}

/// As the index has it, so that it can be used.
fn unmarked() -> sea_orm::sea_query::SimpleExpr {
    Expr::cust("author_email IS NOT NULL AND mailbox_hash IS NULL AND account_id IS NULL")
}

async fn mark_site(app: &App, site_id: Uuid) -> Result<()> {
    loop {
        let tx = app.db.begin().await?;
        hold_site(&tx, site_id).await?;
        let rows: Vec<(Uuid, Option<String>)> = comment::Entity::of_site(site_id)
            .filter(unmarked())
            .limit(AT_ONCE)
            .select_only()
            .columns([comment::Column::Id, comment::Column::AuthorEmail])
            .into_tuple()
            .all(&*tx)
            .await?;
        let count = rows.len() as u64;
        let mut by_address: BTreeMap<String, Vec<Uuid>> = BTreeMap::new();
        for (id, email) in rows {
            by_address.entry(email.unwrap_or_default()).or_default().push(id);
        }
        for (email, ids) in by_address {
            comment::Entity::update_of_site(site_id)
                .col_expr(
                    comment::Column::MailboxHash,
                    Expr::value(hash(&app.keys, site_id, &email)),
                )
                .filter(comment::Column::Id.is_in(ids))
                .exec(&*tx)
                .await?;
        }
        tx.commit().await?;
        if count < AT_ONCE {
            return Ok(());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Secret;

    #[test]
    fn a_mailbox_is_told_by_its_address_on_one_site_alone() {
        let keys = Keys::new(&Secret::new("one"), &[]);
        let (here, there) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let ada = hash(&keys, here, "Ada@Example.org");
        assert_eq!(ada.len(), 32);
        assert_eq!(ada, hash(&keys, here, "ada@example.org"));
        assert_ne!(ada, hash(&keys, there, "ada@example.org"));
        assert_ne!(ada, hash(&keys, here, "bob@example.org"));
        let rotated = Keys::new(&Secret::new("two"), &[Secret::new("one")]);
        assert_ne!(ada, hash(&rotated, here, "ada@example.org"));
        assert!(hashes(&rotated, here, "ada@example.org").contains(&ada));
    }
}
