//! Addresses that mail came back from, as a program, an operator or a mail server's answer tells. No address is kept, only a keyed hash:
//! who knows one can look for it.
//!
//! A hard bounce or a complaint ends what goes to an address by itself: mails to readers, and those that tell a moderator of comments.
//! What its holder asks for, such as a link to a new password, still goes.

use std::collections::HashMap;

use ::entity::bounce::{self, Kind, Source};
use ::entity::silence::Reason;
use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::prelude::Uuid;
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Set};

use crate::app::App;
use crate::error::{Error, FieldCode, Result};
use crate::infra::db::Tx;
use crate::operators::Operator;
use crate::subscriptions::coming_back::{self, hash, hashes};
use crate::text;

/// Longest word of a mail server that is kept, in characters.
const DIAGNOSTIC: usize = 200;

/// For how long it is known that a mailbox took nothing for a while.
const SOFT: TimeDelta = TimeDelta::days(30);

/// Proof that the caller may tell of mails that came back. Only [`reporter`] and [`by_key`] make one.
pub struct Reporter(());

pub fn reporter(_: &Operator) -> Reporter {
    Reporter(())
}

/// A program that has the key from the configuration; none for another key, and where there is none.
pub fn by_key(app: &App, given: &str) -> Option<Reporter> {
    use subtle::ConstantTimeEq;
    let key = app.config.bounce_key.expose();
    let is_right: bool = key.as_bytes().ct_eq(given.as_bytes()).into();
    (!key.is_empty() && is_right).then_some(Reporter(()))
}

/// Notes that mail to an address came back. To do so again counts one more.
///
/// # Errors
/// `invalid` for what is no address.
pub async fn report(
    app: &App,
    _: &Reporter,
    address: &str,
    kind: Kind,
    diagnostic: Option<&str>,
) -> Result<bounce::Model> {
    let folded = folded(address, "/address")?;
    let tx = app.db.begin().await?;
    let row = note(&tx, app, &folded, kind, Source::Reported, diagnostic).await?;
    tx.commit().await?;
    tracing::info!(event = "mail_bounced", kind = ?row.kind, bounce = %row.id, "mail");
    Ok(row)
}

/// The same where the mail server said so when it was given the mail.
pub async fn answered(app: &App, address: &str, numbers: &str) -> Result<()> {
    let Ok(folded) = folded(address, "") else {
        return Ok(());
    };
    let tx = app.db.begin().await?;
    note(&tx, app, &folded, Kind::Hard, Source::Answered, Some(numbers)).await?;
    tx.commit().await
}

async fn note(
    tx: &Tx,
    app: &App,
    folded: &str,
    kind: Kind,
    source: Source,
    diagnostic: Option<&str>,
) -> Result<bounce::Model> {
    let address_hash = hash(app, folded);
    let now = app.clock.now();
    let row = bounce::ActiveModel {
        id: Set(app.clock.new_id()),
        address_hash: Set(address_hash.clone()),
        kind: Set(kind),
        source: Set(source),
        diagnostic: Set(diagnostic.and_then(without_addresses)),
        count: Set(1),
        created_at: Set(now),
        last_at: Set(now),
    };
    let count = bounce::Column::Count;
    let again = OnConflict::columns([bounce::Column::AddressHash, bounce::Column::Kind])
        .update_columns([
            bounce::Column::Source,
            bounce::Column::Diagnostic,
            bounce::Column::LastAt,
        ])
        .value(count, Expr::col((bounce::Entity, count)).add(1))
        .to_owned();
    bounce::Entity::insert(row)
        .on_conflict(again)
        .exec_without_returning(&**tx)
        .await?;
    let reason = match kind {
        Kind::Hard => Some(Reason::Bounced),
        Kind::Complaint => Some(Reason::Complained),
        Kind::Soft => None,
    };
    if let Some(reason) = reason {
        coming_back::came_back(tx, app, folded, reason).await?;
    }
    find(&**tx, &address_hash, kind).await
}

#[expect(clippy::disallowed_methods, reason = "an address is not a site's")]
async fn find(db: &impl ConnectionTrait, address_hash: &str, kind: Kind) -> Result<bounce::Model> {
    bounce::Entity::find()
        .filter(bounce::Column::AddressHash.eq(address_hash))
        .filter(bounce::Column::Kind.eq(kind))
        .one(db)
        .await?
        .ok_or_else(|| Error::internal("a bounce that was just noted is gone"))
}

/// A page of them, the latest first; of one address, if one is asked for.
#[expect(clippy::disallowed_methods, reason = "addresses are not a site's")]
pub async fn list(
    app: &App,
    _: &Operator,
    address: Option<&str>,
    before: Option<Uuid>,
    limit: u64,
) -> Result<(Vec<bounce::Model>, bool)> {
    let mut select = bounce::Entity::find()
        .order_by_desc(bounce::Column::Id)
        .limit(limit + 1);
    if let Some(address) = address {
        let folded = folded(address, "/address")?;
        select = select.filter(bounce::Column::AddressHash.is_in(hashes(app, &folded)));
    }
    if let Some(before) = before {
        select = select.filter(bounce::Column::Id.lt(before));
    }
    let mut rows = select.all(app.db.read()).await?;
    let more = rows.len() as u64 > limit;
    rows.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    Ok((rows, more))
}

/// Forgets what is known of an address, by one of its bounces: it gets mail again.
///
/// # Errors
/// `not_found`.
#[expect(clippy::disallowed_methods, reason = "an address is not a site's")]
pub async fn lift(app: &App, operator: &Operator, id: Uuid) -> Result<()> {
    let tx = app.db.begin().await?;
    let row = bounce::Entity::find_by_id(id)
        .one(&*tx)
        .await?
        .ok_or_else(|| Error::not_found("bounce"))?;
    bounce::Entity::delete_many()
        .filter(bounce::Column::AddressHash.eq(&row.address_hash))
        .exec(&*tx)
        .await?;
    coming_back::lift(&tx, &row.address_hash).await?;
    tx.commit().await?;
    operator.log("bounce_lifted", id);
    Ok(())
}

/// How many addresses there are of a kind.
#[expect(clippy::disallowed_methods, reason = "addresses are not a site's")]
pub async fn tallies(app: &App) -> Result<Vec<(Kind, u64)>> {
    let rows: Vec<(Kind, i64)> = bounce::Entity::find()
        .select_only()
        .column(bounce::Column::Kind)
        .column_as(bounce::Column::Id.count(), "count")
        .group_by(bounce::Column::Kind)
        .order_by_asc(bounce::Column::Kind)
        .into_tuple()
        .all(app.db.read())
        .await?;
    let tallies = rows.into_iter();
    Ok(tallies
        .map(|(kind, count)| (kind, u64::try_from(count).unwrap_or(0)))
        .collect())
}

/// That nothing goes to an address by itself: why, and since when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Failing {
    pub kind: Kind,
    pub since: DateTime<Utc>,
}

/// Those of some addresses, as they are folded, that nothing goes to by itself.
#[expect(clippy::disallowed_methods, reason = "addresses are not a site's")]
pub async fn failing<'a>(
    db: &impl ConnectionTrait,
    app: &App,
    folded: impl IntoIterator<Item = &'a str>,
) -> Result<HashMap<String, Failing>> {
    let by_hash: HashMap<String, &str> = folded
        .into_iter()
        .flat_map(|address| hashes(app, address).into_iter().map(move |hash| (hash, address)))
        .collect();
    if by_hash.is_empty() {
        return Ok(HashMap::new());
    }
    let rows = bounce::Entity::find()
        .filter(bounce::Column::AddressHash.is_in(by_hash.keys().map(String::as_str)))
        .filter(bounce::Column::Kind.ne(Kind::Soft))
        .order_by_desc(bounce::Column::Id)
        .all(db)
        .await?;
    let mut failing = HashMap::new();
    for row in rows {
        let Some(address) = by_hash.get(&row.address_hash) else {
            continue;
        };
        let (kind, since) = (row.kind, row.created_at);
        failing.insert((*address).to_owned(), Failing { kind, since });
    }
    Ok(failing)
}

/// Forgets what was only for a while.
#[expect(clippy::disallowed_methods, reason = "age alone decides")]
pub async fn forget(tx: &Tx, now: DateTime<Utc>) -> Result<()> {
    bounce::Entity::delete_many()
        .filter(bounce::Column::Kind.eq(Kind::Soft))
        .filter(bounce::Column::LastAt.lt(now - SOFT))
        .exec(&**tx)
        .await?;
    Ok(())
}

fn folded(address: &str, pointer: &str) -> Result<String> {
    let read = text::email(address).ok().flatten();
    read.map(|address| address.folded).ok_or_else(|| {
        Error::invalid(
            pointer,
            FieldCode::Invalid,
            "The mail address must look like name@example.org.",
        )
    })
}

/// What a mail server said, on one line, without the addresses that it may repeat.
fn without_addresses(said: &str) -> Option<String> {
    let words = said.split(|letter: char| letter.is_whitespace() || letter.is_control());
    let plain: Vec<&str> = words
        .filter(|word| !word.is_empty())
        .map(|word| if word.contains('@') { "…" } else { word })
        .collect();
    let short: String = plain.join(" ").chars().take(DIAGNOSTIC).collect();
    text::clean_line(&short, DIAGNOSTIC).ok().flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_server_said_is_kept_without_addresses() {
        for (said, expected) in [
            (
                "smtp; 550 5.1.1 <ada@example.org>: Recipient\r\n rejected",
                Some("smtp; 550 5.1.1 … Recipient rejected"),
            ),
            ("ada@example.org", Some("…")),
            (" \r\n ", None),
            ("a\u{0}b", Some("a b")),
        ] {
            assert_eq!(without_addresses(said).as_deref(), expected, "{said:?}");
        }
        assert_eq!(without_addresses(&"x ".repeat(500)).unwrap().chars().count(), 199);
    }
}
