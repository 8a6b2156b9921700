//! Wishes that readers had elsewhere already.

use std::collections::HashSet;

use ::entity::OfSite;
use ::entity::subscription::{self, Wants};
use chrono::{DateTime, Utc};
use sea_orm::prelude::Uuid;
use sea_orm::sea_query::Condition;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, Set};

use crate::app::App;
use crate::error::Result;
use crate::infra::db::Tx;
use crate::text::Email;

/// Somebody who asked to hear of replies to a comment.
#[derive(Clone, Debug)]
pub struct Wish {
    pub comment_id: Uuid,
    pub email: Email,
    /// Names the wish, so that it can be found again: [`crate::infra::signing::token_hash`] of what only this import makes.
    pub token_hash: Vec<u8>,
    pub at: DateTime<Utc>,
}

/// Stores wishes, confirmed as they were where they come from; an address that follows a comment already is passed over. How
/// many were new.
pub async fn add(tx: &Tx, app: &App, site_id: Uuid, wishes: Vec<Wish>) -> Result<u64> {
    if wishes.is_empty() {
        return Ok(0);
    }
    let comments: HashSet<Uuid> = wishes.iter().map(|wish| wish.comment_id).collect();
    let names: Vec<Vec<u8>> = wishes.iter().map(|wish| wish.token_hash.clone()).collect();
    let there = subscription::Entity::of_site(site_id)
        .filter(
            Condition::any()
                .add(subscription::Column::CommentId.is_in(comments))
                .add(subscription::Column::TokenHash.is_in(names)),
        )
        .all(&**tx)
        .await?;
    // Also one that was ended: he has left, and an import does not bring him back.
    let known: HashSet<Vec<u8>> = there.iter().map(|row| row.token_hash.clone()).collect();
    let mut follows: HashSet<(Uuid, String)> = there
        .into_iter()
        .filter_map(|row| Some((row.comment_id?, row.email_folded)))
        .collect();
    let rows: Vec<subscription::ActiveModel> = wishes
        .into_iter()
        // By its name, too: its address is erased some time after it has ended.
        .filter(|wish| !known.contains(&wish.token_hash))
        .filter(|wish| follows.insert((wish.comment_id, wish.email.folded.clone())))
        .map(|wish| subscription::ActiveModel {
            id: Set(app.clock.new_id()),
            site_id: Set(site_id),
            thread_id: Set(None),
            comment_id: Set(Some(wish.comment_id)),
            wants: Set(Wants::Replies),
            email: Set(wish.email.address),
            email_folded: Set(wish.email.folded),
            token_hash: Set(wish.token_hash),
            created_at: Set(wish.at),
            confirmed_at: Set(Some(wish.at)),
            ended_at: Set(None),
            locale: Set(None),
            asked_at: Set(None),
        })
        .collect();
    let count = rows.len() as u64;
    if count > 0 {
        subscription::Entity::insert_many(rows)
            .exec_without_returning(&**tx)
            .await?;
    }
    Ok(count)
}

/// Takes back wishes by their names; how many there were.
pub async fn take_back(tx: &Tx, site_id: Uuid, token_hashes: Vec<Vec<u8>>) -> Result<u64> {
    let gone = subscription::Entity::delete_of_site(site_id)
        .filter(subscription::Column::TokenHash.is_in(token_hashes))
        .exec(&**tx)
        .await?;
    Ok(gone.rows_affected)
}
