//! What operators tell all members: shown from one moment to another, in plain words.

use ::entity::announcement::{self, Kind};
use chrono::{DateTime, Utc};
use sea_orm::prelude::Uuid;
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Set};

use super::Operator;
use crate::accounts::SignedIn;
use crate::app::App;
use crate::error::{Error, Fault, FieldCode, Result};
use crate::text;

/// Longest text, in characters.
const TEXT: usize = 500;
const LINK: usize = 500;

/// So many are shown to members at once.
const SHOWN: u64 = 5;

/// An announcement as an operator writes it.
#[derive(Clone, Debug)]
pub struct Wish {
    pub kind: Kind,
    pub text: String,
    pub link: Option<String>,
    pub starts_at: DateTime<Utc>,
    pub ends_at: DateTime<Utc>,
}

/// What members are told at this moment, the latest first.
#[expect(clippy::disallowed_methods, reason = "announcements belong to the platform")]
pub async fn current(app: &App, _: &SignedIn) -> Result<Vec<announcement::Model>> {
    let now = app.clock.now();
    Ok(announcement::Entity::find()
        .filter(announcement::Column::EndsAt.gt(now))
        .filter(announcement::Column::StartsAt.lte(now))
        .order_by_desc(announcement::Column::Id)
        .limit(SHOWN)
        .all(app.db.read())
        .await?)
}

/// All of them, the latest first, those before `before` if it is given; and whether there are more.
#[expect(clippy::disallowed_methods, reason = "announcements belong to the platform")]
pub async fn list(
    app: &App,
    _: &Operator,
    before: Option<Uuid>,
    limit: u64,
) -> Result<(Vec<announcement::Model>, bool)> {
    let mut select = announcement::Entity::find()
        .order_by_desc(announcement::Column::Id)
        .limit(limit + 1);
    if let Some(before) = before {
        select = select.filter(announcement::Column::Id.lt(before));
    }
    let mut rows = select.all(app.db.read()).await?;
    let more = rows.len() as u64 > limit;
    rows.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    Ok((rows, more))
}

/// # Errors
/// `invalid_input`.
pub async fn create(app: &App, operator: &Operator, wish: Wish) -> Result<announcement::Model> {
    let wish = checked(wish)?;
    let now = app.clock.now();
    let tx = app.db.begin().await?;
    let row = announcement::ActiveModel {
        id: Set(app.clock.new_id()),
        created_by: Set(Some(operator.account_id())),
        created_at: Set(now),
        ..filled(wish, now)
    };
    let row = row.insert(&*tx).await?;
    tx.commit().await?;
    operator.log("announcement_created", row.id);
    Ok(row)
}

/// # Errors
/// `not_found`; `invalid_input`.
pub async fn change(app: &App, operator: &Operator, id: Uuid, wish: Wish) -> Result<announcement::Model> {
    let wish = checked(wish)?;
    let tx = app.db.begin().await?;
    find(&tx, id).await?;
    let row = announcement::ActiveModel {
        id: Set(id),
        ..filled(wish, app.clock.now())
    };
    let row = row.update(&*tx).await?;
    tx.commit().await?;
    operator.log("announcement_changed", id);
    Ok(row)
}

/// Ends one that is shown, and takes one away that is not.
///
/// # Errors
/// `not_found`.
#[expect(clippy::disallowed_methods, reason = "announcements belong to the platform")]
pub async fn end(app: &App, operator: &Operator, id: Uuid) -> Result<()> {
    let now = app.clock.now();
    let tx = app.db.begin().await?;
    let row = find(&tx, id).await?;
    if row.starts_at <= now && now < row.ends_at {
        let mut row: announcement::ActiveModel = row.into();
        row.ends_at = Set(now);
        row.updated_at = Set(now);
        row.update(&*tx).await?;
    } else {
        announcement::Entity::delete_by_id(id).exec(&*tx).await?;
    }
    tx.commit().await?;
    operator.log("announcement_ended", id);
    Ok(())
}

#[expect(clippy::disallowed_methods, reason = "announcements belong to the platform")]
async fn find(tx: &crate::infra::db::Tx, id: Uuid) -> Result<announcement::Model> {
    announcement::Entity::find_by_id(id)
        .one(&**tx)
        .await?
        .ok_or_else(|| Error::not_found("announcement"))
}

fn filled(wish: Wish, now: DateTime<Utc>) -> announcement::ActiveModel {
    announcement::ActiveModel {
        kind: Set(wish.kind),
        text: Set(wish.text),
        link: Set(wish.link),
        starts_at: Set(wish.starts_at),
        ends_at: Set(wish.ends_at),
        updated_at: Set(now),
        ..Default::default()
    }
}

fn checked(wish: Wish) -> Result<Wish> {
    let mut faults = Vec::new();
    let text = match text::clean_line(&wish.text, TEXT) {
        Ok(text) => text.unwrap_or_default(),
        Err(fault) => {
            faults.push(fault.at("/text"));
            String::new()
        }
    };
    if text.is_empty() && faults.is_empty() {
        faults.push(Fault::new("/text", FieldCode::Required, "Say something."));
    }
    let link = wish.link.filter(|link| !link.trim().is_empty());
    let link = match link.as_deref().map(|link| web_address(link.trim())) {
        None => None,
        Some(Some(link)) => Some(link),
        Some(None) => {
            faults.push(Fault::new(
                "/link",
                FieldCode::Invalid,
                "A link begins with https:// or http://.",
            ));
            None
        }
    };
    if wish.ends_at <= wish.starts_at {
        faults.push(Fault::new(
            "/ends_at",
            FieldCode::OutOfRange,
            "It ends after it starts.",
        ));
    }
    match faults.is_empty() {
        true => Ok(Wish { text, link, ..wish }),
        false => Err(Error::Invalid(faults)),
    }
}

fn web_address(link: &str) -> Option<String> {
    let url = url::Url::parse(link).ok()?;
    let is_web = matches!(url.scheme(), "http" | "https") && url.has_host();
    let text = String::from(url);
    (is_web && text.chars().count() <= LINK).then_some(text)
}
