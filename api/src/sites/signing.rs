//! The key with which a site vouches for the ids of its conversations (`settings.threads_open = "signed"`).
//!
//! It is made of the service's secret, the site's id and a version, and is stored nowhere. A rotation raises the
//! version; what the version before has signed stays good until the next rotation, so that pages can be built anew in
//! between.

use ::entity::{OfTenant, site};
use sea_orm::prelude::Uuid;
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, QueryFilter};
use serde_json::json;

use super::{Site, of_member, touch};
use crate::app::App;
use crate::error::Result;
use crate::infra::db;
use crate::moderation::{self, Actor, Kind};
use crate::tenants::Member;
use crate::tenants::audit::{self, Change};

/// A site's key of today.
pub struct SigningKey {
    /// 256 bits in 64 hex digits.
    pub key: String,
    pub version: i32,
}

/// How to sign an id, in three lines each.
#[derive(Debug, PartialEq, Eq)]
pub struct Example {
    pub python: String,
    pub node: String,
    pub shell: String,
}

/// The key with which the member's site signs.
pub async fn key(app: &App, member: &Member, site_id: Uuid) -> Result<SigningKey> {
    member.in_person()?;
    Ok(key_of(app, &of_member(app, member, site_id).await?))
}

/// Gives the site another key. The one before is still good, the one before that is not any more.
pub async fn rotate(app: &App, member: &Member, site_id: Uuid) -> Result<SigningKey> {
    member.in_person()?;
    of_member(app, member, site_id).await?;
    db::retry(async || {
        let tx = app.db.begin().await?;
        site::Entity::update_of_tenant(member.tenant_id())
            .col_expr(
                site::Column::SigningVersion,
                Expr::col(site::Column::SigningVersion).add(1),
            )
            .filter(site::Column::Id.eq(site_id))
            .exec(&*tx)
            .await?;
        touch(&tx, app, member, site_id).await?;
        let site = super::site_within(&*tx, member, site_id).await?;
        let (actor, data) = (
            Actor::Member(member.account_id()),
            json!({ "version": site.row().signing_version }),
        );
        moderation::record_of_site(&tx, app, site_id, None, Kind::KeyRotated, &actor, data).await?;
        audit::note(&tx, app, member, Change::SigningKeyRotated, Some(site_id), json!({})).await?;
        tx.commit().await?;
        Ok(key_of(app, &site))
    })
    .await
}

/// Whether the site's key signed an id: the key of today, or the one before.
pub fn has_signed(app: &App, site: &Site, id: &str, signature: &str) -> bool {
    let version = site.row().signing_version;
    let versions = [version, version - 1];
    // Versions begin at 1.
    let good = if version > 1 { &versions[..] } else { &versions[..1] };
    app.keys.is_signed_by_site(site.id(), good, id, signature)
}

fn key_of(app: &App, site: &Site) -> SigningKey {
    let version = site.row().signing_version;
    SigningKey {
        key: app.keys.site_key(site.id(), version),
        version,
    }
}

/// The same signature of `id` in three languages.
pub fn example(key: &str, id: &str) -> Example {
    let python = [
        "import hashlib, hmac".to_owned(),
        format!("key, id = \"{key}\", \"{id}\""),
        "print(hmac.new(bytes.fromhex(key), id.encode(), hashlib.sha256).hexdigest())".to_owned(),
    ];
    let node = [
        "const { createHmac } = require(\"node:crypto\");".to_owned(),
        format!("const key = \"{key}\", id = \"{id}\";"),
        "console.log(createHmac(\"sha256\", Buffer.from(key, \"hex\")).update(id).digest(\"hex\"));".to_owned(),
    ];
    let shell = [
        format!("key={key}"),
        format!("id={id}"),
        "printf %s \"$id\" | openssl dgst -sha256 -mac HMAC -macopt \"hexkey:$key\" -r | cut -c 1-64".to_owned(),
    ];
    Example {
        python: python.join("\n"),
        node: node.join("\n"),
        shell: shell.join("\n"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_documentation_shows_these_examples() {
        let page = include_str!("../../../docs/signed-threads.md");
        let told = |name: &str| {
            let line = page.lines().find_map(|line| line.strip_prefix(name));
            line.unwrap_or_else(|| panic!("no {name}"))
                .trim()
                .trim_matches(['|', '`', ' '])
        };
        let Example { python, node, shell } = example(told("| key |"), told("| id |"));
        for (language, lines) in [("python", python), ("js", node), ("sh", shell)] {
            let block = format!("```{language}\n{lines}\n```");
            assert!(page.contains(&block), "docs/signed-threads.md should show\n{block}");
        }
    }
}
