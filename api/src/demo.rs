//! The demo: a site with conversations on it, so that a newcomer sees the product in ten seconds.

pub mod big;

use std::collections::HashMap;
use std::io::{IsTerminal, Write};

use ::entity::comment::{self, State};
use ::entity::{account, tenant};
use chrono::TimeDelta;
use sea_orm::prelude::Uuid;
use serde::Deserialize;

use crate::accounts;
use crate::app::App;
use crate::comments::{self, Author, Entry, TEAM, identity, rules};
use crate::error::{Error, OrLog, Result};
use crate::infra::clock::id_at;
use crate::infra::db::Tx;
use crate::moderation::Actor;
use crate::sites::settings::{Moderation, Settings};
use crate::sites::{self, Site};
use crate::tenants;
use crate::text;
use crate::threads;
use crate::threads::key::Address;

/// The demo site's key in its snippet.
pub const SITE_KEY: &str = "demo";

const CONVERSATIONS: &str = include_str!("../demo/conversations.json");

/// Nobody can sign in with it: it is no hash of anything.
const NO_PASSWORD: &str = "!";

#[derive(Deserialize)]
struct Conversations {
    threads: Vec<Thread>,
}

#[derive(Deserialize)]
struct Thread {
    id: String,
    title: String,
    path: String,
    comments: Vec<Remark>,
}

#[derive(Deserialize)]
struct Remark {
    r#ref: String,
    parent: Option<String>,
    author: Option<String>,
    website: Option<String>,
    #[serde(default)]
    team: bool,
    minutes_ago: i64,
    text: String,
    state: Option<String>,
    #[serde(default)]
    reasons: Vec<String>,
}

/// Makes the demo site with its conversations where there is none yet, and lets its pages in at this server's address.
pub async fn seed(app: &App) -> Result<()> {
    match sites::find_by_key(app, SITE_KEY).await {
        Ok(site) => allow_own_pages(app, &site).await,
        Err(_) => plant(app).await,
    }
}

/// The server may have another address than at its last start.
async fn allow_own_pages(app: &App, site: &Site) -> Result<()> {
    let own = own_origins(app);
    for origin in own.iter().filter(|own| !site.origins().any(|row| row.origin == **own)) {
        sites::add_own_origin(app, site, origin)
            .await
            .or_log("the demo's pages may not show their comments");
    }
    Ok(())
}

async fn plant(app: &App) -> Result<()> {
    let conversations: Conversations = serde_json::from_str(CONVERSATIONS).map_err(Error::internal)?;
    let team = accounts::make_signless(app, accounts::DEMO_TEAM, "Ines", NO_PASSWORD).await?;
    let tenant = tenants::create(app, team.id, None, "Demo").await?;
    let site = make_site(app, &team, &tenant).await?;
    let total: usize = conversations.threads.iter().map(|thread| thread.comments.len()).sum();
    let mut done = 0;
    for thread in &conversations.threads {
        let page = format!("{}/demo/{}", app.config.public_url, thread.path);
        let address = site.address(Some(&thread.id), Some(&page))?;
        let mut planted: HashMap<&str, comment::Model> = HashMap::new();
        let mut deleted = Vec::new();
        for remark in &thread.comments {
            let comment = speak(app, &site, &team, &address, thread, remark, &planted).await?;
            if remark.state.as_deref() == Some("deleted") {
                deleted.push(comment.id);
            }
            planted.insert(&remark.r#ref, comment);
            done += 1;
            progress(done, total);
        }
        for id in deleted {
            take_back(app, &site, id).await?;
        }
    }
    tracing::info!(comments = total, "planted the demo");
    Ok(())
}

async fn make_site(app: &App, team: &account::Model, tenant: &tenant::Model) -> Result<Site> {
    let member = tenants::as_owner(app, team.id, Some(tenant.id)).await?;
    let settings = Settings {
        moderation: Moderation::Links,
        reactions: ["👍", "❤️", "🎉"].map(str::to_owned).to_vec(),
        ..Settings::default()
    };
    sites::create_as(
        app,
        &member,
        "Parlour demo",
        &own_origins(app),
        settings,
        SITE_KEY.to_owned(),
    )
    .await
}

/// The address that was configured, and the other name of this machine that people type.
fn own_origins(app: &App) -> Vec<String> {
    let own = app.config.public_origin().to_owned();
    let other = own.replace("//127.0.0.1", "//localhost");
    if other == own { vec![own] } else { vec![own, other] }
}

async fn speak(
    app: &App,
    site: &Site,
    team: &account::Model,
    address: &Address,
    thread: &Thread,
    remark: &Remark,
    planted: &HashMap<&str, comment::Model>,
) -> Result<comment::Model> {
    let at = app.clock.now() - TimeDelta::minutes(remark.minutes_ago);
    let words = comments::checked_words(app, site.settings(), &remark.text).await?;
    let website = remark
        .website
        .as_deref()
        .and_then(|website| text::website(website).ok().flatten());
    let author = match remark.team {
        true => Author {
            name: Some(team.name.clone()),
            account_id: Some(team.id),
            hash: Some(identity::of_member(&app.keys, site.id(), team.id)),
            ..Author::default()
        },
        false => Author {
            name: remark.author.clone(),
            website,
            // There are no mail addresses in the demo: each name is a person.
            hash: Some(identity::of_reader(&app.keys, site, remark.author.as_deref(), "demo")),
            ..Author::default()
        },
    };
    let pending = remark.state.as_deref() == Some("pending");
    let held: Vec<&'static str> = match remark.reasons.iter().any(|reason| reason == rules::reason::HAS_LINKS) {
        true => vec![rules::reason::HAS_LINKS],
        false => vec![rules::reason::MODERATOR],
    };
    let reasons = match (pending, remark.team) {
        (true, _) => held,
        (false, true) => TEAM.to_vec(),
        (false, false) => vec![],
    };
    let tx = app.db.begin().await?;
    let opened = threads::open(&tx, app, site, address, Some(&thread.title)).await?;
    let parent = match &remark.parent {
        Some(parent) => Some(
            planted
                .get(parent.as_str())
                .ok_or_else(|| Error::internal(format!("no comment {parent} in the demo")))?,
        ),
        None => None,
    };
    let entry = Entry {
        thread: &opened,
        parent,
        words,
        author,
        state: if pending { State::Pending } else { State::Published },
        reasons,
        actor: if remark.team {
            Actor::Member(team.id)
        } else {
            Actor::Visitor
        },
        at,
    };
    let comment = comments::insert(&tx, app, id_at(at), entry).await?;
    tx.commit().await?;
    Ok(comment)
}

async fn take_back(app: &App, site: &Site, id: Uuid) -> Result<()> {
    let tx: Tx = app.db.begin().await?;
    comments::hold_site(&tx, site.id()).await?;
    let comment = comments::of_site(&tx, site.id(), id).await?;
    comments::change_state(
        &tx,
        app,
        comment,
        State::Deleted,
        &[rules::reason::MODERATOR],
        &Actor::System,
    )
    .await?;
    tx.commit().await
}

/// A line that rewrites itself, where somebody is looking.
fn progress(done: usize, total: usize) {
    let mut out = std::io::stderr();
    if out.is_terminal() {
        let end = if done == total { "\n" } else { "" };
        write!(out, "\rPlanting the demo: {done} of {total} comments{end}").or_log("no progress is shown");
    }
}
