//! What somebody answered in the name of a site, when his account comes to its end: the words are the site's, and stay; the name is his,
//! and goes.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use ::entity::{OfSite, comment, site};
use sea_orm::prelude::Uuid;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};

use super::{folded, hold_site};
use crate::app::App;
use crate::error::Result;
use crate::infra::bus::Change;
use crate::infra::db::Tx;
use crate::threads;

/// Puts the site's name in the place of the account's.
#[expect(
    clippy::disallowed_methods,
    reason = "an account may have answered on sites of several tenants"
)]
pub async fn leave_to_sites(tx: &Tx, app: &App, account_id: Uuid) -> Result<()> {
    let comments = comment::Entity::find()
        .filter(comment::Column::AccountId.eq(account_id))
        .order_by_asc(comment::Column::Id)
        .all(&**tx)
        .await?;
    let mut by_site: BTreeMap<Uuid, Vec<comment::Model>> = BTreeMap::new();
    for comment in comments {
        by_site.entry(comment.site_id).or_default().push(comment);
    }
    let sites = site::Entity::find()
        .filter(site::Column::Id.is_in(by_site.keys().copied()))
        .all(&**tx)
        .await?;
    let names: HashMap<Uuid, String> = sites.into_iter().map(|site| (site.id, site.name)).collect();
    for site_id in by_site.keys() {
        hold_site(tx, *site_id).await?;
    }
    for (site_id, comments) in by_site {
        let name = names.get(&site_id).map(String::as_str);
        let mut seen = BTreeSet::new();
        for comment in comments {
            rename(tx, &comment, name).await?;
            if comment.state == comment::State::Published {
                seen.insert((comment.thread_id, comment.id));
            }
        }
        for (thread_id, id) in seen {
            threads::book(tx, app, site_id, thread_id, 0, Change::Comment(id)).await?;
        }
    }
    Ok(())
}

async fn rename(tx: &Tx, comment: &comment::Model, name: Option<&str>) -> Result<()> {
    // What is erased stays so.
    let name = name.filter(|_| !comment.source.is_empty());
    let words = folded(&comment.source, name, comment.author_website.as_deref());
    comment::Entity::update_of_site(comment.site_id)
        .col_expr(comment::Column::AuthorName, Expr::value(name))
        .col_expr(comment::Column::AuthorEmail, Expr::value(None::<String>))
        .col_expr(comment::Column::MailboxHash, Expr::value(None::<String>))
        .col_expr(comment::Column::AccountId, Expr::value(None::<Uuid>))
        .col_expr(comment::Column::Folded, Expr::value(words))
        .filter(comment::Column::Id.eq(comment.id))
        .exec(&**tx)
        .await?;
    Ok(())
}
