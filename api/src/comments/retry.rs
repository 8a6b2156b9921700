//! Posts that are sent again: recognised by their `Idempotency-Key`, answered as the first time.

use std::collections::HashSet;

use ::entity::comment;
use ::entity::{OfSite, idempotency};
use chrono::{DateTime, Utc};
use sea_orm::prelude::Uuid;
use sea_orm::sea_query::{OnConflict, Query};
use sea_orm::{ColumnTrait, ConnectionTrait, Iden, QueryFilter};
use serde_json::json;
use sha2::{Digest, Sha256};

use super::posting::{Draft, Posted, handed_out};
use crate::app::App;
use crate::error::{Error, ErrorCode, Result};
use crate::infra::clock::id_at;
use crate::infra::db::Tx;
use crate::sites::Site;
use crate::threads;
use crate::threads::key::Address;

/// Remembers a post under its `Idempotency-Key`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RetryMark {
    key_hash: Vec<u8>,
    request_hash: Vec<u8>,
}

impl RetryMark {
    pub fn new(key: &str, address: &Address, draft: &Draft) -> Self {
        let parts = [
            Some(address.key()),
            draft.parent_id.map(|id| id.to_string()).as_deref(),
            Some(&draft.text),
            draft.name.as_deref(),
            draft.email.as_deref(),
            draft.website.as_deref(),
        ]
        .map(|part| part.map(str::to_owned));
        RetryMark {
            key_hash: Sha256::digest(key.as_bytes()).to_vec(),
            request_hash: Sha256::digest(json!(parts).to_string().as_bytes()).to_vec(),
        }
    }

    /// Whether both stand for posts with the same key.
    pub fn has_key_of(&self, other: &RetryMark) -> bool {
        self.key_hash == other.key_hash
    }

    /// The answer that was given under this key, if it was used.
    ///
    /// # Errors
    /// `idempotency_conflict` if it was used for something else.
    pub async fn replay(&self, app: &App, site: &Site) -> Result<Option<Posted>> {
        let db = app.db.read();
        let found = idempotency::Entity::of_site(site.id())
            .filter(idempotency::Column::KeyHash.eq(self.key_hash.clone()))
            .one(db)
            .await?;
        let Some(mark) = found else { return Ok(None) };
        let lost = || Error::internal("an idempotency key without its comment");
        if mark.request_hash != self.request_hash {
            return Err(Error::refused(
                ErrorCode::IdempotencyConflict,
                "Use a fresh key for another comment.",
            ));
        }
        let comment = comment::Entity::of_site(site.id())
            .filter(comment::Column::Id.eq(mark.comment_id))
            .one(db)
            .await?
            .ok_or_else(lost)?;
        let thread = threads::by_id(db, site.id(), comment.thread_id).await?;
        let depth = threads::depth_below(db, site.id(), comment.parent_id).await?;
        Ok(Some(handed_out(app, comment, thread, depth)))
    }
}

/// Claims the keys of posts that are about to be stored under these ids: the ids of those whose key was used before.
pub async fn claim(
    tx: &Tx,
    site_id: Uuid,
    marks: impl Iterator<Item = (&RetryMark, Uuid)>,
    now: DateTime<Utc>,
) -> Result<HashSet<Uuid>> {
    let mut insert = Query::insert();
    insert.into_table(idempotency::Entity).columns([
        idempotency::Column::Id,
        idempotency::Column::SiteId,
        idempotency::Column::KeyHash,
        idempotency::Column::RequestHash,
        idempotency::Column::CommentId,
        idempotency::Column::CreatedAt,
    ]);
    let mut refused = HashSet::new();
    for (mark, comment_id) in marks {
        refused.insert(comment_id);
        insert.values_panic([
            id_at(now).into(),
            site_id.into(),
            mark.key_hash.clone().into(),
            mark.request_hash.clone().into(),
            comment_id.into(),
            now.into(),
        ]);
    }
    if refused.is_empty() {
        return Ok(refused);
    }
    insert
        .on_conflict(
            OnConflict::columns([idempotency::Column::SiteId, idempotency::Column::KeyHash])
                .do_nothing()
                .to_owned(),
        )
        .returning_col(idempotency::Column::CommentId);
    for row in tx.query_all(&insert).await? {
        let claimed: Uuid = row.try_get("", &idempotency::Column::CommentId.to_string())?;
        refused.remove(&claimed);
    }
    Ok(refused)
}

/// Frees the keys of posts that were refused after all: the same key may come with another text.
pub async fn give_back(tx: &Tx, site_id: Uuid, comment_ids: Vec<Uuid>) -> Result<()> {
    if comment_ids.is_empty() {
        return Ok(());
    }
    idempotency::Entity::delete_of_site(site_id)
        .filter(idempotency::Column::CommentId.is_in(comment_ids))
        .exec(&**tx)
        .await?;
    Ok(())
}
