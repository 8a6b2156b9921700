//! What somebody without an account wrote on a site, and what mail he gets of it: all of it behind a link that his mailbox got.
//!
//! Whoever gets the mail of an address has what was written with it. A stranger who typed it has given that comment away; he knew it.

pub mod export;

use std::sync::Arc;

use ::entity::{OfSite, mine_link};
use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::prelude::Uuid;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, Set};

use crate::app::App;
use crate::comments::mailbox;
use crate::error::{Error, ErrorCode, FieldCode, Result};
use crate::infra::db::Tx;
use crate::infra::signing::token_hash;
use crate::job::{Locale, Occasion};
use crate::sites::{self, Site, Visitor};
use crate::{emails, subscriptions, text};

const LINK: &str = "what one wrote on a site";

/// Proof that its holder gets the mail of an address, and so has what was written with it on one site. Only [`open`] makes one.
#[derive(Clone)]
pub struct Holder {
    site: Arc<Site>,
    link: mine_link::Model,
    hashes: Vec<String>,
}

impl Holder {
    pub fn site(&self) -> &Site {
        &self.site
    }

    /// His address as he typed it.
    pub fn email(&self) -> &str {
        &self.link.email
    }

    /// The same in lower case, for comparing.
    pub fn folded(&self) -> &str {
        &self.link.email_folded
    }

    /// What stands beside the comments that were written with it.
    pub fn hashes(&self) -> &[String] {
        &self.hashes
    }

    /// Until when his link is good.
    pub fn expires_at(&self) -> DateTime<Utc> {
        self.link.expires_at
    }
}

/// Asks for a link to what was written with an address on a visitor's site. Whether there is anything is looked up when the mail is written, so
/// that neither the answer nor its time tells. Links that were asked for before stay good: a stranger who asks must not end one that is in use.
///
/// # Errors
/// `invalid_input` for what is no address.
pub async fn ask(app: &App, visitor: &Visitor, email: &str, locale: Locale) -> Result<()> {
    let email = text::email(email).ok().flatten().ok_or_else(|| {
        Error::invalid(
            "/email",
            FieldCode::Invalid,
            "The mail address must look like name@example.org.",
        )
    })?;
    if !emails::may_go(app, "mine", &email.folded).await {
        return Ok(());
    }
    let now = app.clock.now();
    let id = app.clock.new_id();
    let (_, token_hash) = app.keys.link_token(LINK, id);
    let row = mine_link::ActiveModel {
        id: Set(id),
        site_id: Set(visitor.site().id()),
        email: Set(email.address),
        email_folded: Set(email.folded),
        token_hash: Set(token_hash),
        created_at: Set(now),
        expires_at: Set(now + TimeDelta::hours(app.config.mine_link_hours)),
    };
    let tx = app.db.begin().await?;
    mine_link::Entity::insert(row).exec_without_returning(&*tx).await?;
    emails::queue(&tx, app, Occasion::Mine, id, locale).await?;
    tx.commit().await
}

/// What the mail with a link says.
pub struct ToMail {
    pub email: String,
    pub site_id: Uuid,
    pub site_name: String,
    pub address: String,
}

/// What is to be mailed of a wish; nothing to who has written and follows nothing there, nor where mail came back.
pub async fn to_mail(app: &App, id: Uuid) -> Result<Option<ToMail>> {
    let Some(link) = find(app, mine_link::Column::Id.eq(id)).await? else {
        return Ok(None);
    };
    let Some(token) = app.keys.link_token_again(LINK, id, &link.token_hash) else {
        return Ok(None);
    };
    let Some(holder) = holder(app, link).await? else {
        return Ok(None);
    };
    let (db, site_id) = (app.db.read(), holder.site.id());
    let wrote = mailbox::has_any(db, site_id, &holder.hashes).await?;
    if !wrote && !subscriptions::mine::follows_any(db, site_id, holder.folded()).await? {
        return Ok(None);
    }
    // Who only wanted no more mail still comes to what is his, and to where he can want some again.
    if subscriptions::mine::is_unwelcome(db, app, site_id, holder.folded()).await? {
        return Ok(None);
    }
    Ok(Some(ToMail {
        site_id,
        site_name: holder.site.row().name.clone(),
        address: format!("{}/mail/mine/{token}", app.config.public_url),
        email: holder.link.email,
    }))
}

/// Who has a link.
///
/// # Errors
/// `link_void` for a key that is wrong or too old, and where readers see nothing of the site.
pub async fn open(app: &App, key: &str) -> Result<Holder> {
    let link = find(app, mine_link::Column::TokenHash.eq(token_hash(key)))
        .await?
        .ok_or_else(void)?;
    holder(app, link).await?.ok_or_else(void)
}

fn void() -> Error {
    Error::refused(
        ErrorCode::LinkVoid,
        "This link is not good any more. Ask for another one on a page of the site.",
    )
}

#[expect(
    clippy::disallowed_methods,
    reason = "the key in the link names its site: the way in"
)]
async fn find(app: &App, which: sea_orm::sea_query::SimpleExpr) -> Result<Option<mine_link::Model>> {
    Ok(mine_link::Entity::find()
        .filter(which)
        .filter(mine_link::Column::ExpiresAt.gt(app.clock.now()))
        .one(app.db.read())
        .await?)
}

/// None where readers see nothing of the site.
async fn holder(app: &App, link: mine_link::Model) -> Result<Option<Holder>> {
    let site = match sites::by_link(app, link.site_id).await {
        Ok(site) => site,
        Err(Error::Refused(..)) => return Ok(None),
        Err(error) => return Err(error),
    };
    let hashes = mailbox::hashes(&app.keys, link.site_id, &link.email_folded);
    Ok(Some(Holder { site, link, hashes }))
}

/// Forgets wishes whose links are not good any more, and the addresses in them.
#[expect(clippy::disallowed_methods, reason = "age alone decides, over all sites")]
pub async fn forget(tx: &Tx, now: DateTime<Utc>) -> Result<()> {
    mine_link::Entity::delete_many()
        .filter(mine_link::Column::ExpiresAt.lte(now))
        .exec(&**tx)
        .await?;
    Ok(())
}

/// Takes away up to `most` rows of a site that is erased. Resolves to how many there were.
pub async fn erase_some(tx: &Tx, site_id: Uuid, most: u64) -> Result<u64> {
    let some = mine_link::Entity::delete_some_of_site(site_id, mine_link::Column::Id, most);
    Ok(some.exec(&**tx).await?.rows_affected)
}
