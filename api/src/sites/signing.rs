//! The keys of a site that its owner may know: with one it vouches for the ids of its conversations (`settings.threads_open = "signed"`), with
//! the other for its readers (`settings.sign_in`).
//!
//! They are made of the service's secret, the site's id and a version, and are stored nowhere. A rotation raises the
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

/// What a key is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Ids of conversations.
    Threads,
    /// Who a reader is.
    SignIn,
}

impl Purpose {
    fn column(self) -> site::Column {
        match self {
            Purpose::Threads => site::Column::SigningVersion,
            Purpose::SignIn => site::Column::SignInVersion,
        }
    }

    fn version(self, site: &Site) -> i32 {
        match self {
            Purpose::Threads => site.row().signing_version,
            Purpose::SignIn => site.row().sign_in_version,
        }
    }

    fn change(self) -> Change {
        match self {
            Purpose::Threads => Change::SigningKeyRotated,
            Purpose::SignIn => Change::SignInKeyRotated,
        }
    }

    /// The versions whose signatures hold: that of today, and the one before.
    fn good(self, site: &Site) -> Vec<i32> {
        let version = self.version(site);
        // Versions begin at 1.
        (Ord::max(1, version - 1)..=version).rev().collect()
    }
}

/// The key with which the member's site signs.
pub async fn key(app: &App, member: &Member, site_id: Uuid, purpose: Purpose) -> Result<SigningKey> {
    member.in_person()?;
    Ok(key_of(app, &of_member(app, member, site_id).await?, purpose))
}

/// Gives the site another key. The one before is still good, the one before that is not any more.
pub async fn rotate(app: &App, member: &Member, site_id: Uuid, purpose: Purpose) -> Result<SigningKey> {
    member.in_person()?;
    of_member(app, member, site_id).await?;
    db::retry(async || {
        let tx = app.db.begin().await?;
        site::Entity::update_of_tenant(member.tenant_id())
            .col_expr(purpose.column(), Expr::col(purpose.column()).add(1))
            .filter(site::Column::Id.eq(site_id))
            .exec(&*tx)
            .await?;
        touch(&tx, app, member, site_id).await?;
        let site = super::site_within(&*tx, member, site_id).await?;
        let (actor, data) = (
            Actor::Member(member.account_id()),
            json!({ "version": purpose.version(&site) }),
        );
        moderation::record_of_site(&tx, app, site_id, None, Kind::KeyRotated, &actor, data).await?;
        audit::note(&tx, app, member, purpose.change(), Some(site_id), json!({})).await?;
        tx.commit().await?;
        Ok(key_of(app, &site, purpose))
    })
    .await
}

/// Whether the site's key signed an id: the key of today, or the one before.
pub fn has_signed(app: &App, site: &Site, id: &str, signature: &str) -> bool {
    app.keys
        .is_signed_by_site(site.id(), &Purpose::Threads.good(site), id, signature)
}

/// The keys by which the site may say who a reader is: that of today, and the one before.
pub fn sign_in_keys(app: &App, site: &Site) -> Vec<String> {
    app.keys.sign_in_keys(site.id(), &Purpose::SignIn.good(site))
}

fn key_of(app: &App, site: &Site, purpose: Purpose) -> SigningKey {
    let version = purpose.version(site);
    let key = match purpose {
        Purpose::Threads => app.keys.site_key(site.id(), version),
        Purpose::SignIn => app.keys.sign_in_key(site.id(), version),
    };
    SigningKey { key, version }
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

/// How a site's own program says who reads, by the libraries that people use for it.
#[derive(Debug, PartialEq, Eq)]
pub struct SignInExample {
    pub python: String,
    pub node: String,
    pub php: String,
}

/// The same token in three languages: somebody for an hour.
pub fn sign_in_example(key: &str) -> SignInExample {
    let python = [
        "import jwt, time  # PyJWT".to_owned(),
        format!("key = \"{key}\""),
        "who = {\"sub\": \"42\", \"name\": \"Ada\", \"email\": \"ada@example.org\", \"exp\": int(time.time()) + 3600}"
            .to_owned(),
        "print(jwt.encode(who, key, \"HS256\"))".to_owned(),
    ];
    let node = [
        "const jwt = require(\"jsonwebtoken\");".to_owned(),
        format!("const key = \"{key}\";"),
        "const who = { sub: \"42\", name: \"Ada\", email: \"ada@example.org\" };".to_owned(),
        "console.log(jwt.sign(who, key, { expiresIn: \"1h\" }));".to_owned(),
    ];
    let php = [
        "use Firebase\\JWT\\JWT; // firebase/php-jwt".to_owned(),
        format!("$key = \"{key}\";"),
        "$who = [\"sub\" => \"42\", \"name\" => \"Ada\", \"email\" => \"ada@example.org\", \"exp\" => time() + 3600];"
            .to_owned(),
        "echo JWT::encode($who, $key, \"HS256\");".to_owned(),
    ];
    SignInExample {
        python: python.join("\n"),
        node: node.join("\n"),
        php: php.join("\n"),
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

    #[test]
    fn the_documentation_shows_how_to_say_who_reads() {
        let page = include_str!("../../../docs/sign-in.md");
        let SignInExample { python, node, php } = sign_in_example("YOUR-SIGN-IN-KEY");
        for (language, lines) in [("python", python), ("js", node), ("php", php)] {
            let block = format!("```{language}\n{lines}\n```");
            assert!(page.contains(&block), "docs/sign-in.md should show\n{block}");
        }
    }
}
