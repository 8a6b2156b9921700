//! What keeps a site's pages from showing comments, as far as this server hears of it: counted, with one sample each, for the
//! owner.
//!
//! Noted in memory and written once a second, as sightings are. No reader is in it: a trouble has a page without its query and a
//! time, and who met with it is not asked. Much of it is what strangers say (reports of browsers can be made up), so all of it is
//! bounded, and nothing follows from it but a line for the owner to read.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, PoisonError};

use ::entity::trouble::Kind;
use ::entity::{OfSite, refused_origin, site, site_origin, trouble};
use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::prelude::Uuid;
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, Set};
use url::Url;

use super::origin::Origin;
use super::{Site, Visitor};
use crate::app::App;
use crate::error::{Error, Result};
use crate::infra::db::{self, Tx};
use crate::tenants::Member;

/// Different troubles kept between two writes; more are dropped, so that a flood costs no memory.
const MOST_WAITING: usize = 10_000;

/// Troubles kept for one site.
const MOST_KEPT: u64 = 100;

/// Troubles shown of each of the two kinds of rows.
const MOST_SHOWN: u64 = 100;

/// Characters of a subject and of a page.
const LONGEST_SUBJECT: usize = 200;
const LONGEST_PAGE: usize = 500;

/// Sites that share an origin and are told of it.
const MOST_SITES: u64 = 20;

/// A site that was seen within this time has its element somewhere: the script alone, on a list of posts, is no trouble.
const AT_WORK: TimeDelta = TimeDelta::days(1);

#[derive(Default)]
pub struct Troubles {
    waiting: Mutex<Waiting>,
}

/// In order, so that two nodes that write the same rows wait for each other in turn.
#[derive(Clone, Default)]
struct Waiting {
    of_sites: BTreeMap<(Uuid, Kind, String), Seen>,
    /// By the origin of the page and the key that it asked with; whose origin it is, is looked up when it is written.
    keys: BTreeMap<(String, String), Seen>,
}

#[derive(Clone)]
struct Seen {
    count: i64,
    page: Option<String>,
    at: DateTime<Utc>,
}

impl Troubles {
    fn note(&self, site_id: Uuid, kind: Kind, subject: &str, page: Option<String>, at: DateTime<Utc>) {
        let key = (site_id, kind, shortened(subject, LONGEST_SUBJECT));
        count(&mut self.lock().of_sites, key, page, at);
    }

    /// A page asked with a key that is not its site's.
    pub fn wrong_key(&self, origin: &Origin, key: &str, at: DateTime<Utc>) {
        let origin = origin.to_string();
        let key = (origin.clone(), shortened(key, LONGEST_SUBJECT));
        count(&mut self.lock().keys, key, Some(origin), at);
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn count<K: Ord>(waiting: &mut BTreeMap<K, Seen>, key: K, page: Option<String>, at: DateTime<Utc>) {
    let full = waiting.len() >= MOST_WAITING;
    match waiting.get_mut(&key) {
        Some(seen) => {
            seen.count += 1;
            seen.at = at;
            if page.is_some() {
                seen.page = page;
            }
        }
        None if !full => {
            waiting.insert(key, Seen { count: 1, page, at });
        }
        None => {}
    }
}

/// Text that can be stored and shown: no control characters, not too long.
fn shortened(text: &str, most: usize) -> String {
    text.chars().filter(|letter| !letter.is_control()).take(most).collect()
}

/// A violation of a content security policy, as a browser reports it.
#[derive(Clone, Debug, Default)]
pub struct Violation {
    pub page: String,
    pub directive: String,
    pub blocked: String,
    /// The script that did what was blocked.
    pub source: String,
    /// The policy is only being tried out: nothing was blocked.
    pub on_trial: bool,
}

/// Directives by which a page can keep us out.
const DIRECTIVES: [&str; 9] = [
    "default-src",
    "script-src",
    "script-src-elem",
    "connect-src",
    "style-src",
    "style-src-elem",
    "img-src",
    "font-src",
    "form-action",
];

impl Violation {
    /// What it says about us, on a page of this site, if it does; `own` is the origin of this server.
    fn concerns(&self, site: &Site, own: &str) -> Option<(Kind, String, String)> {
        let page = page_of(site, &self.page)?;
        let is_ours = |address: &str| Url::parse(address).is_ok_and(|url| url.origin().ascii_serialization() == own);
        let directive = self.directive.split_ascii_whitespace().next()?.to_ascii_lowercase();
        if directive == "block-all-mixed-content" {
            return is_ours(&self.blocked).then(|| (Kind::MixedContent, own.to_owned(), page));
        }
        let ours = match directive.as_str() {
            // The sink is named in place of an address.
            "require-trusted-types-for" | "trusted-types" => is_ours(&self.source),
            known => DIRECTIVES.contains(&known) && is_ours(&self.blocked),
        };
        let kind = match self.on_trial {
            true => Kind::PolicyWouldBlock,
            false => Kind::PolicyBlocks,
        };
        ours.then_some((kind, directive, page))
    }
}

/// The address of a page without its query, if it is one of the site's.
fn page_of(site: &Site, address: &str) -> Option<String> {
    let url = Url::parse(address).ok()?;
    let origin = Origin::of_url(&url).filter(|origin| site.lists(origin))?;
    Some(shortened(&format!("{origin}{}", url.path()), LONGEST_PAGE))
}

/// Takes what browsers report; what does not concern us is nobody's business.
pub fn hear(app: &App, visitor: &Visitor, violations: &[Violation]) {
    let site = visitor.site();
    for violation in violations {
        if let Some((kind, directive, page)) = violation.concerns(site, app.config.public_origin()) {
            app.troubles
                .note(site.id(), kind, &directive, Some(page), app.clock.now());
        }
    }
}

/// What the script on a page says of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Word {
    ElementMissing,
    MixedContent,
    ClockSkew,
}

/// Takes what the script says of the page at `origin`.
pub fn hear_script(app: &App, visitor: &Visitor, word: Word, origin: Option<&str>) {
    let site = visitor.site();
    let now = app.clock.now();
    let at_work = site
        .origins()
        .filter_map(|origin| origin.last_seen_at)
        .any(|seen| now - seen < AT_WORK);
    let (kind, subject) = match word {
        // A script in the template of all pages is also on those that take no comments.
        Word::ElementMissing if at_work => return,
        Word::ElementMissing => (Kind::ElementMissing, ""),
        Word::MixedContent => (Kind::MixedContent, app.config.public_origin()),
        // One for all of them: whose clock is wrong, only their number tells.
        Word::ClockSkew => (Kind::ClockSkew, ""),
    };
    app.troubles
        .note(site.id(), kind, subject, origin.map(str::to_owned), now);
}

/// Writes what has been noted.
pub async fn write(app: &App) -> Result<()> {
    let waiting = std::mem::take(&mut *app.troubles.lock());
    if waiting.of_sites.is_empty() && waiting.keys.is_empty() {
        return Ok(());
    }
    db::retry(async || store(app, waiting.clone()).await).await
}

async fn store(app: &App, waiting: Waiting) -> Result<()> {
    let Waiting { mut of_sites, keys } = waiting;
    let tx = app.db.begin().await?;
    for ((origin, key), seen) in keys {
        for site_id in owners_of(&tx, &origin).await? {
            let page = seen.page.clone();
            let trouble = Seen { page, ..seen };
            of_sites.insert((site_id, Kind::KeyWrong, key.clone()), trouble);
        }
    }
    let mut room: HashMap<Uuid, u64> = HashMap::new();
    for ((site_id, kind, subject), seen) in of_sites {
        let kept = match room.get(&site_id) {
            Some(kept) => *kept,
            None => trouble::Entity::of_site(site_id).count(&*tx).await?,
        };
        let fresh = !raise(&tx, site_id, kind, &subject, &seen).await?;
        room.insert(site_id, kept + u64::from(fresh));
        if !fresh {
            continue;
        }
        if kept >= MOST_KEPT {
            forget_oldest(&tx, site_id).await?;
        }
        let row = trouble::ActiveModel {
            id: Set(app.clock.new_id()),
            site_id: Set(site_id),
            kind: Set(kind),
            subject: Set(subject),
            page: Set(seen.page),
            count: Set(seen.count),
            first_seen_at: Set(seen.at),
            last_seen_at: Set(seen.at),
        };
        trouble::Entity::insert(row)
            .on_conflict(
                OnConflict::columns([trouble::Column::SiteId, trouble::Column::Kind, trouble::Column::Subject])
                    .do_nothing()
                    .to_owned(),
            )
            .exec_without_returning(&*tx)
            .await?;
    }
    tx.commit().await
}

/// Counts what is on the list already; whether it is.
async fn raise(tx: &Tx, site_id: Uuid, kind: Kind, subject: &str, seen: &Seen) -> Result<bool> {
    let mut row = trouble::Entity::update_of_site(site_id)
        .col_expr(
            trouble::Column::Count,
            Expr::col(trouble::Column::Count).add(seen.count),
        )
        .col_expr(trouble::Column::LastSeenAt, Expr::value(seen.at))
        .filter(trouble::Column::Kind.eq(kind))
        .filter(trouble::Column::Subject.eq(subject));
    if let Some(page) = &seen.page {
        row = row.col_expr(trouble::Column::Page, Expr::value(page.clone()));
    }
    Ok(row.exec(&**tx).await?.rows_affected == 1)
}

/// The sites that list an origin, if there can be no doubt whose it is: one that several tenants list, such as a developer's own
/// machine, is nobody's.
#[expect(
    clippy::disallowed_methods,
    reason = "the origin of the page is what names the sites: it asked with a key that is none of theirs"
)]
async fn owners_of(tx: &Tx, origin: &str) -> Result<Vec<Uuid>> {
    let Some(origin) = Origin::from_header(origin).filter(Origin::is_of_a_domain) else {
        return Ok(Vec::new());
    };
    let listing: Vec<Uuid> = site_origin::Entity::find()
        .filter(site_origin::Column::Origin.is_in(origin.entries()))
        .limit(MOST_SITES)
        .select_only()
        .column(site_origin::Column::SiteId)
        .into_tuple()
        .all(&**tx)
        .await?;
    let sites = site::Entity::find()
        .filter(site::Column::Id.is_in(listing))
        .filter(site::Column::ArchivedAt.is_null())
        .all(&**tx)
        .await?;
    let tenant = sites.first().map(|site| site.tenant_id);
    match sites.iter().all(|site| Some(site.tenant_id) == tenant) {
        true => Ok(sites.into_iter().map(|site| site.id).collect()),
        false => Ok(Vec::new()),
    }
}

/// Makes room for a new one, so that a flood of made-up reports does not hide a true one for good.
async fn forget_oldest(tx: &Tx, site_id: Uuid) -> Result<()> {
    let oldest = trouble::Entity::of_site(site_id)
        .order_by_asc(trouble::Column::LastSeenAt)
        .order_by_asc(trouble::Column::Id)
        .one(&**tx)
        .await?;
    if let Some(oldest) = oldest {
        trouble::Entity::delete_of_site(site_id)
            .filter(trouble::Column::Id.eq(oldest.id))
            .exec(&**tx)
            .await?;
    }
    Ok(())
}

/// What an owner reads of a trouble.
#[derive(Debug)]
pub struct Told {
    pub id: Uuid,
    pub about: About,
    pub subject: String,
    pub page: Option<String>,
    pub count: i64,
    pub first_seen_at: DateTime<Utc>,
    pub last_seen_at: DateTime<Utc>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum About {
    OriginRefused,
    Other(Kind),
}

/// The troubles of a site, those that were seen last first: two hundred at most, as no more are kept.
pub async fn list(app: &App, site: &Site) -> Result<Vec<Told>> {
    let rows = trouble::Entity::of_site(site.id())
        .order_by_desc(trouble::Column::LastSeenAt)
        .limit(MOST_SHOWN)
        .all(app.db.read())
        .await?;
    let refused = super::refused(app, site, MOST_SHOWN).await?;
    let mut told: Vec<Told> = rows
        .into_iter()
        .map(Told::from)
        .chain(refused.into_iter().map(Told::from))
        .collect();
    told.sort_by_key(|one| (std::cmp::Reverse(one.last_seen_at), one.id));
    Ok(told)
}

impl From<trouble::Model> for Told {
    fn from(row: trouble::Model) -> Self {
        Told {
            id: row.id,
            about: About::Other(row.kind),
            subject: row.subject,
            page: row.page,
            count: row.count,
            first_seen_at: row.first_seen_at,
            last_seen_at: row.last_seen_at,
        }
    }
}

impl From<refused_origin::Model> for Told {
    fn from(row: refused_origin::Model) -> Self {
        Told {
            id: row.id,
            about: About::OriginRefused,
            page: Some(row.origin.clone()),
            subject: row.origin,
            count: row.count,
            first_seen_at: row.first_seen_at,
            last_seen_at: row.last_seen_at,
        }
    }
}

/// Takes a trouble off the list; it comes back when it is seen again.
///
/// # Errors
/// `not_found`.
pub async fn dismiss(app: &App, member: &Member, site_id: Uuid, trouble_id: Uuid) -> Result<()> {
    let site = super::of_member(app, member, site_id).await?;
    let tx = app.db.begin().await?;
    let troubles = trouble::Entity::delete_of_site(site.id())
        .filter(trouble::Column::Id.eq(trouble_id))
        .exec(&*tx)
        .await?;
    let refused = refused_origin::Entity::delete_of_site(site.id())
        .filter(refused_origin::Column::Id.eq(trouble_id))
        .exec(&*tx)
        .await?;
    if troubles.rows_affected + refused.rows_affected == 0 {
        return Err(Error::not_found("trouble"));
    }
    tx.commit().await
}

/// Forgets what has not been seen since.
#[expect(clippy::disallowed_methods, reason = "retention is for all sites of all tenants")]
pub async fn forget(tx: &Tx, before: DateTime<Utc>) -> Result<()> {
    trouble::Entity::delete_many()
        .filter(trouble::Column::LastSeenAt.lt(before))
        .exec(&**tx)
        .await?;
    Ok(())
}
