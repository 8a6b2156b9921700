//! Sites: their settings and origins, and which page may come in.

pub mod bounds;
pub mod check;
pub mod copying;
pub mod erasing;
pub mod kept;
pub mod keys;
pub mod lives;
pub mod moving;
pub mod origin;
pub mod settings;
pub mod sightings;
pub mod signing;
pub mod standing;
pub mod suspension;
pub mod troubles;

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, OnceLock};

use ::entity::{OfSite, OfTenant, refused_origin, site, site_key, site_origin};
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use chrono_tz::Tz;
use ipnet::IpNet;
use sea_orm::prelude::Uuid;
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
    Set,
};
use serde_json::{Value, json};

use crate::app::App;
use crate::comments;
use crate::config::Config;
use crate::error::{Error, ErrorCode, Fault, FieldCode, OrLog, Result};
use crate::infra::bus::Notice;
use crate::infra::cache::{Found, Subject};
use crate::infra::db::{self, Tx, is_taken};
use crate::infra::markdown::RENDERER;
use crate::infra::queue;
use crate::infra::signing::{NetworkKey, fresh_site_key};
use crate::job::Job;
use crate::statistics;
use crate::tenants::audit::{self, Change};
use crate::tenants::{self, Member, Reach, checked_name, members, plans};
use crate::text;
use crate::threads::{
    self,
    key::{Address, same_rules},
};
use crate::watching;
use crate::webhooks::Hooks;
use bounds::Bounds;
use origin::Origin;
use settings::Settings;
use standing::Standing;

/// Origins of one site.
pub const MOST_ORIGINS: usize = 20;

/// Sites of one tenant.
const MOST_SITES: u64 = 1000;

/// How long the walks for changed rules wait, so that posts which are on their way with the former ones are there when they come.
pub const BEFORE_WALKS: TimeDelta = TimeDelta::seconds(5);

/// A site as it is now: its row, the settings in force, its origins.
#[derive(Debug)]
pub struct Site {
    row: site::Model,
    settings: Settings,
    /// Of the settings, looked up once.
    zone: Tz,
    origins: Vec<(Origin, site_origin::Model)>,
    /// The former key by which it was asked for, if it was.
    former_key: Option<site_key::Model>,
    /// Whether operators let readers see nothing of it.
    hidden: bool,
    /// Whether its tenant's plan bounds what readers may send.
    limited: bool,
    /// Who is told of what readers do here; looked up with the rest for readers alone.
    hooks: Hooks,
    audience: Audience,
}

/// How somebody is told of a site's comments.
#[derive(Clone, Copy, Debug, Default)]
struct Audience {
    by_mail: bool,
    /// A member of its tenant has a browser that is told.
    in_browsers: bool,
}

impl Site {
    pub fn id(&self) -> Uuid {
        self.row.id
    }

    pub fn row(&self) -> &site::Model {
        &self.row
    }

    /// What holds now; see [`Site::chosen`].
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Its time zone.
    pub fn zone(&self) -> Tz {
        self.zone
    }

    /// The date where the site is.
    pub fn day(&self, now: DateTime<Utc>) -> NaiveDate {
        now.with_timezone(&self.zone).date_naive()
    }

    /// What its owner has chosen. Not all of it holds in each standing.
    pub fn chosen(&self) -> Result<Settings> {
        standing::chosen(&self.row)
    }

    /// The key by which it was asked for: its own, or one that it had before.
    pub fn called(&self) -> &str {
        self.former_key.as_ref().map_or(&self.row.key, |former| &former.key)
    }

    /// Whether its tenant's plan bounds what readers may send.
    pub fn is_limited(&self) -> bool {
        self.limited
    }

    /// Who is told of what readers do here, or asked about it. Of a site that a member was let into, nothing is known of that.
    pub fn hooks(&self) -> &Hooks {
        &self.hooks
    }

    /// Whether somebody is told of its comments, by mail (`mailed`: where there is any) or in a browser.
    pub fn is_watched(&self, mailed: bool) -> bool {
        self.audience.in_browsers || (mailed && self.audience.by_mail)
    }

    pub fn origins(&self) -> impl Iterator<Item = &site_origin::Model> {
        self.origins.iter().map(|(_, row)| row)
    }

    /// Where the site's pages are if nothing else is said: the first origin on its list that is one.
    pub fn home(&self) -> Option<&Origin> {
        self.origins
            .iter()
            .map(|(origin, _)| origin)
            .find(|origin| !origin.is_wildcard())
    }

    /// What names a thread of the site, as it was sent. An id that is a path stands for the page there.
    ///
    /// # Errors
    /// `invalid_input` with a pointer below `/thread`.
    pub fn address(&self, id: Option<&str>, url: Option<&str>) -> Result<Address> {
        let path = id
            .map(str::trim)
            .filter(|id| id.starts_with('/') && url.is_none_or(str::is_empty));
        let page = path.zip(self.home()).map(|(path, home)| format!("{home}{path}"));
        match page {
            // Whatever stands behind its slash, it is still an id.
            Some(page) => {
                Address::new(id, Some(&page), &self.settings).or_else(|_| Address::new(id, None, &self.settings))
            }
            None => Address::new(id, url, &self.settings),
        }
    }

    /// The entry of the list that means this origin.
    fn entry(&self, origin: &Origin) -> Option<&site_origin::Model> {
        self.origins
            .iter()
            .find(|(listed, _)| listed.covers(origin))
            .map(|(_, row)| row)
    }

    /// The entry that is written as a browser sends it: what most headers find, without being taken apart.
    fn entry_as_written(&self, header: &str) -> Option<&site_origin::Model> {
        self.origins
            .iter()
            .find(|(listed, row)| row.origin == header && !listed.is_wildcard())
            .map(|(_, row)| row)
    }

    /// Whether pages of this origin are the site's.
    pub fn lists(&self, origin: &Origin) -> bool {
        self.entry(origin).is_some()
    }
}

/// Proof that a reader's page may see and use a site's conversations. Only [`admit`] makes one.
#[derive(Clone, Debug)]
pub struct Visitor {
    site: Arc<Site>,
    network: IpNet,
    network_key: Arc<NetworkKey>,
    network_hash: OnceLock<String>,
}

impl Visitor {
    pub fn site(&self) -> &Site {
        &self.site
    }

    /// The same site, for work that outlives the request.
    pub fn shared_site(&self) -> Arc<Site> {
        Arc::clone(&self.site)
    }

    /// Pseudonym of the reader's network on this site. Made when it is first asked for: most visitors only read.
    pub fn network_hash(&self) -> &str {
        self.network_hash
            .get_or_init(|| self.network_key.hash(self.site.id(), &self.network.to_string()))
    }
}

/// The two lines that an owner pastes into a page.
pub fn snippet(config: &Config, key: &str) -> String {
    let host = &config.public_url;
    format!(
        "<script src=\"{host}/embed.js\" data-site=\"{key}\" async></script>\n<parlour-comments></parlour-comments>"
    )
}

/// What a page is about to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Public anyway: a program without an `Origin` may, too.
    Read,
    /// Telling of a trouble: as reading, but no sign that comments are shown.
    Tell,
    /// Needs an origin of the site, so that no other page can make a reader's browser do it.
    Write,
    /// Writing by a form without a script: from a page of the site, or from this server's own page of the conversation.
    Form,
}

/// Lets a page in by its site's key and its `Origin` header; `network` is the reader's, cut short.
///
/// # Errors
/// `not_found` for an unknown key; `origin_not_allowed` for a page that is not on the site's list, which is noted for the owner.
pub async fn admit(app: &App, key: &str, header: Option<&str>, network: IpNet, purpose: Purpose) -> Result<Visitor> {
    let now = app.clock.now();
    let site = by_key(app, key).await.inspect_err(|error| {
        // Somebody may know the page, if not the key.
        if error.code() == ErrorCode::NotFound
            && let Some(origin) = header.and_then(Origin::from_header)
        {
            app.troubles.wrong_key(&origin, key, now);
        }
    })?;
    let admitted = admitted(app, &site, header, purpose)?;
    if let Some(former) = &site.former_key {
        app.sightings.former_key(former, admitted, now);
    }
    visitor(app, site, network)
}

/// Whether a page with this `Origin` header may come in. Resolves to the origin, if there is one.
fn admitted<'a>(app: &App, site: &Site, header: Option<&'a str>, purpose: Purpose) -> Result<Option<&'a str>> {
    let now = app.clock.now();
    let seen = |entry: &site_origin::Model| {
        if purpose != Purpose::Tell {
            app.sightings.seen(site.id(), entry, now);
        }
    };
    match header {
        None if matches!(purpose, Purpose::Read | Purpose::Tell) => {}
        Some(header) if purpose == Purpose::Form && header == app.config.public_origin() => {}
        None => {
            return Err(Error::refused(
                ErrorCode::OriginNotAllowed,
                "Writing needs an Origin header that names a page of this site.",
            ));
        }
        Some(header) => {
            if let Some(entry) = site.entry_as_written(header) {
                seen(entry);
                return Ok(Some(header));
            }
            let parsed = Origin::from_header(header);
            match parsed.as_ref().and_then(|origin| site.entry(origin)) {
                Some(entry) => seen(entry),
                None => {
                    // Only what a browser could have sent is worth the owner's eye: of the site that was asked for, and of the
                    // one whose page it is.
                    if let Some(origin) = &parsed {
                        app.sightings.refused(site.id(), &origin.to_string(), now);
                        app.tallies.refused_origin(site, now);
                        app.troubles.wrong_key(origin, site.called(), now);
                    }
                    let shown = parsed.map_or_else(|| "The page".to_owned(), |origin| origin.to_string());
                    return Err(Error::refused(
                        ErrorCode::OriginNotAllowed,
                        format!("{shown} is not among this site's origins."),
                    ));
                }
            }
        }
    }
    Ok(header)
}

fn visitor(app: &App, site: Arc<Site>, network: IpNet) -> Result<Visitor> {
    Ok(Visitor {
        site: shown(site)?,
        network,
        network_key: app.keys.network_key(),
        network_hash: OnceLock::new(),
    })
}

/// # Errors
/// `site_suspended` where readers are to see nothing.
fn shown(site: Arc<Site>) -> Result<Arc<Site>> {
    match site.hidden {
        false => Ok(site),
        true => Err(Error::refused(
            ErrorCode::SiteSuspended,
            "The operator of this server has suspended the site.",
        )),
    }
}

/// Whether a page of this origin may read answers of the site: for preflights, which note nothing.
pub async fn lists_origin(app: &App, key: &str, header: &str) -> Result<bool> {
    let Some(origin) = Origin::from_header(header) else {
        return Ok(false);
    };
    Ok(by_key(app, key).await?.lists(&origin))
}

/// A site as it is now, for those who were let in before.
///
/// # Errors
/// `not_found` once it is gone; `site_suspended` while readers are to see nothing of it.
pub async fn current(app: &App, key: &str) -> Result<Arc<Site>> {
    shown(by_key(app, key).await?)
}

/// A site as its readers meet it, for who comes by a link out of a mail.
///
/// # Errors
/// `not_found`; `site_suspended` where readers are to see nothing.
pub async fn by_link(app: &App, site_id: Uuid) -> Result<Arc<Site>> {
    let row = row_of_job(app.db.read(), site_id).await?;
    let row = row.ok_or_else(|| Error::not_found("site"))?;
    current(app, &row.key).await
}

/// The site of a page's address, as it is kept in memory.
async fn by_key(app: &App, key: &str) -> Result<Arc<Site>> {
    let plain = !key.is_empty() && key.len() <= 32 && key.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if !plain {
        return Err(Error::not_found("site"));
    }
    let look = || async {
        let _pass = app.gate.look_up()?;
        let site = match look_up(app, key).await? {
            Some(site) => Some(Arc::new(suspension::apply(app.db.read(), site).await?)),
            None => None,
        };
        Ok::<_, Error>(Found::new(app.sites.marks(), site, Subject::Site(key)))
    };
    let site = app.sites.get(key, app.clock.milliseconds(), look).await?;
    let now = app.clock.now();
    // A former key ends on its day, also where it was looked up before.
    site.filter(|site| site.former_key.as_ref().is_none_or(|former| former.ends_at > now))
        .ok_or_else(|| Error::not_found("site"))
}

#[expect(
    clippy::disallowed_methods,
    reason = "the key in the page's address is what names the site: the way in"
)]
async fn look_up(app: &App, key: &str) -> Result<Option<Site>> {
    let db = app.db.read();
    let own = site::Entity::find().filter(site::Column::Key.eq(key)).one(db).await?;
    let (row, former_key) = match own {
        Some(row) => (Some(row), None),
        None => match keys::former(db, key, app.clock.now()).await? {
            Some(former) => (site::Entity::find_by_id(former.site_id).one(db).await?, Some(former)),
            None => (None, None),
        },
    };
    match row.filter(|row| Standing::of(row) != Standing::Deleted) {
        Some(row) => Ok(Some(Site {
            former_key,
            ..assemble(db, row).await?
        })),
        None => Ok(None),
    }
}

/// A site by its key, for those who have the database in their hands: the command line and the demo.
pub async fn find_by_key(app: &App, key: &str) -> Result<Site> {
    look_up(app, key).await?.ok_or_else(|| Error::not_found("site"))
}

/// A site of the member's tenant, within his reach, that is not deleted.
pub async fn of_member(app: &App, member: &Member, site_id: Uuid) -> Result<Site> {
    site_within(app.db.read(), member, site_id).await
}

/// The same, also while it is deleted and not erased.
pub async fn also_deleted(app: &App, member: &Member, site_id: Uuid) -> Result<Site> {
    let row = any_within(app.db.read(), member, site_id).await?;
    assemble(app.db.read(), row).await
}

async fn site_within(db: &impl ConnectionTrait, member: &Member, site_id: Uuid) -> Result<Site> {
    let row = any_within(db, member, site_id).await?;
    match Standing::of(&row) {
        Standing::Deleted => Err(Error::not_found("site")),
        _ => assemble(db, row).await,
    }
}

async fn any_within(db: &impl ConnectionTrait, member: &Member, site_id: Uuid) -> Result<site::Model> {
    let row = site::Entity::of_tenant(member.tenant_id())
        .filter(site::Column::Id.eq(site_id))
        .one(db)
        .await?;
    row.filter(|row| member.reaches(row.id))
        .ok_or_else(|| Error::not_found("site"))
}

/// A page of the member's sites by id (so by age), after `after`: those of a standing, or else all that are not deleted. With whether there are
/// more.
pub async fn list(
    app: &App,
    member: &Member,
    standing: Option<Standing>,
    after: Option<Uuid>,
    limit: u64,
) -> Result<(Vec<Site>, bool)> {
    let mut select = site::Entity::of_tenant(member.tenant_id())
        .filter(match standing {
            Some(Standing::Deleted) => site::Column::EraseAt.is_not_null(),
            _ => site::Column::EraseAt.is_null(),
        })
        .order_by_asc(site::Column::Id)
        .limit(limit + 1);
    match standing {
        Some(Standing::Open) => select = select.filter(site::Column::ArchivedAt.is_null()),
        Some(Standing::Archived) => select = select.filter(site::Column::ArchivedAt.is_not_null()),
        Some(Standing::Deleted) | None => {}
    }
    if let Some(after) = after {
        select = select.filter(site::Column::Id.gt(after));
    }
    if let Reach::Only(ids) = member.reach() {
        select = select.filter(site::Column::Id.is_in(ids.iter().copied()));
    }
    let mut rows = select.all(app.db.read()).await?;
    let more = rows.len() as u64 > limit;
    rows.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    let mut origins = site_origin::Entity::of_sites(rows.iter().map(|row| row.id))
        .order_by_asc(site_origin::Column::Id)
        .all(app.db.read())
        .await?;
    let sites = rows.into_iter().map(|row| {
        let (own, others) = origins.drain(..).partition(|origin| origin.site_id == row.id);
        origins = others;
        put_together(row, own)
    });
    Ok((sites.collect::<Result<_>>()?, more))
}

/// Makes a site; its settings are those of [`bounds::for_new_site`]. Its maker is told of what waits there, until he chooses otherwise.
pub async fn create(app: &App, member: &Member, name: &str, origins: &[String], settings: Settings) -> Result<Site> {
    db::retry(async || make(app, member, name, origins, &settings, None).await).await
}

/// Makes a site with a key that is given, as the demo's. Nobody is told of it.
pub async fn create_as(
    app: &App,
    member: &Member,
    name: &str,
    origins: &[String],
    settings: Settings,
    key: String,
) -> Result<Site> {
    make(app, member, name, origins, &settings, Some(key)).await
}

async fn make(
    app: &App,
    member: &Member,
    name: &str,
    origins: &[String],
    settings: &Settings,
    given_key: Option<String>,
) -> Result<Site> {
    member.reaches_all()?;
    let name = checked_name(name)?;
    let mut faults = settings.faults()?;
    let origins = parsed_origins(origins, &mut faults);
    if !faults.is_empty() {
        return Err(Error::Invalid(faults));
    }
    let now = app.clock.now();
    let tx = app.db.begin().await?;
    room_for_another(&tx, member.tenant_id()).await?;
    let row = site::ActiveModel {
        id: Set(app.clock.new_id()),
        tenant_id: Set(member.tenant_id()),
        key: Set(given_key.clone().unwrap_or_else(fresh_site_key)),
        folded: Set(text::folded(&name)),
        name: Set(name),
        suspended_at: Set(None),
        suspended_shows: Set(None),
        suspended_reason: Set(None),
        settings: Set(serde_json::to_value(settings).map_err(Error::internal)?),
        version: Set(1),
        signing_version: Set(1),
        sign_in_version: Set(1),
        renderer: Set(RENDERER),
        archived_at: Set(None),
        erase_at: Set(None),
        created_at: Set(now),
        updated_at: Set(now),
    };
    let row = row.insert(&*tx).await?;
    comments::begin_numbers(&tx, row.id).await?;
    for origin in origins {
        insert_origin(&tx, app, row.id, &origin).await?;
    }
    let site = assemble(&*tx, row).await?;
    if given_key.is_none() {
        watching::begin(&tx, app, member, site.id()).await?;
    }
    let data = json!({ "name": site.row.name });
    audit::note(&tx, app, member, Change::SiteCreated, Some(site.id()), data).await?;
    // Somebody may have asked for a key that is given, and been told that it is nobody's.
    tx.announce(changed_site(&site));
    tx.commit().await?;
    Ok(site)
}

/// Whether a tenant may have one site more, be it a new one or one that comes from elsewhere. Nobody else adds one until the transaction ends.
///
/// # Errors
/// `not_permitted`; `tenant_deleted`.
pub async fn room_for_another(tx: &Tx, tenant_id: Uuid) -> Result<()> {
    // So that many at once are counted one after the other.
    members::hold(tx, tenant_id).await?;
    tenants::lives::is_there(&**tx, tenant_id).await?;
    plans::room_for_site(tx, tenant_id).await?;
    // Those that are deleted, too: they may be brought back.
    match site::Entity::of_tenant(tenant_id).count(&**tx).await? {
        MOST_SITES.. => Err(Error::refused(
            ErrorCode::NotPermitted,
            format!("A tenant may have {MOST_SITES} sites."),
        )),
        _ => Ok(()),
    }
}

/// Where a site's settings come from.
enum Wanted<'a> {
    /// From a JSON object, as far as it names them.
    Named(&'a Value),
    /// From another site.
    Copied(copying::Wish<'a>),
}

/// Changes a site's name and those of its settings that `changes` names.
pub async fn update(
    app: &App,
    member: &Member,
    site_id: Uuid,
    name: Option<&str>,
    changes: Option<&Value>,
) -> Result<Site> {
    change(app, member, site_id, name, changes.map(Wanted::Named)).await
}

async fn change(
    app: &App,
    member: &Member,
    site_id: Uuid,
    name: Option<&str>,
    wanted: Option<Wanted<'_>>,
) -> Result<Site> {
    let name = name.map(checked_name).transpose()?;
    db::retry(async || {
        let tx = app.db.begin().await?;
        // Before anything is read: of two changes at once, the second is laid over the first.
        touch(&tx, app, member, site_id).await?;
        let now = app.clock.now();
        let before = site_within(&*tx, member, site_id).await?;
        let mut row: site::ActiveModel = before.row.clone().into();
        if let Some(name) = &name {
            row.folded = Set(text::folded(name));
            row.name = Set(name.clone());
        }
        let (mut kind, mut data) = (Change::SettingsChanged, json!({}));
        if let Some(wanted) = &wanted {
            let bounds = Bounds::load(&*tx).await?;
            let settings = match wanted {
                Wanted::Named(changes) => {
                    let chosen = before.chosen()?;
                    let settings = changed(&chosen, changes)?;
                    bounds.allow(Some(&chosen), &settings)?;
                    settings
                }
                Wanted::Copied(wish) => {
                    let source = site_within(&*tx, member, wish.from).await?;
                    (kind, data) = (
                        Change::SettingsCopied,
                        json!({ "source": source.row.name, "source_id": source.id() }),
                    );
                    copying::laid_over(&before, &source, wish, &bounds)?
                }
            };
            row.settings = Set(serde_json::to_value(settings).map_err(Error::internal)?);
        }
        let row = row.update(&*tx).await?;
        let site = assemble(&*tx, row).await?;
        if before.row.name != site.row.name {
            let data = json!({ "from": before.row.name, "to": site.row.name });
            audit::note(&tx, app, member, Change::SiteRenamed, Some(site_id), data).await?;
        }
        let differences = settings::differences(&before.chosen()?, &site.chosen()?)?;
        if !differences.is_empty() {
            data["settings"] = json!(differences);
            audit::note(&tx, app, member, kind, Some(site_id), data).await?;
        }
        if !same_rules(&before.settings, &site.settings) {
            // The first pages at once, which is all of them on most sites: nobody finds a conversation gone for a
            // moment.
            let after = threads::rekeying::rekey(&tx, app, site_id, &site.settings, None).await?;
            let job = Job::Rekey { site_id, after };
            queue::add(&*tx, &job, now + BEFORE_WALKS, now).await?;
        }
        if before.settings.rules() != site.settings.rules() {
            let job = Job::Rerender {
                site_id,
                after: 0,
                older_than: None,
                last: true,
            };
            // From the first comment on, wherever a walk for an earlier change has come to.
            queue::renew(&*tx, &job, now + BEFORE_WALKS, now).await?;
        }
        tx.commit().await?;
        Ok(site)
    })
    .await
}

/// Goes on with giving a site's pages the keys that its rules of today make, in the transaction of the job that asked
/// for it.
pub async fn rekey(tx: &Tx, app: &App, site_id: Uuid, after: Option<Uuid>) -> Result<()> {
    let Some(row) = row_of_job(&**tx, site_id).await? else {
        return Ok(());
    };
    let settings = standing::in_force(&row)?;
    let Some(last) = threads::rekeying::rekey(tx, app, site_id, &settings, after).await? else {
        return Ok(());
    };
    let job = Job::Rekey {
        site_id,
        after: Some(last),
    };
    let now = app.clock.now();
    queue::add(&**tx, &job, now, now).await
}

/// Settings with the members of a JSON object laid over them.
///
/// # Errors
/// `invalid_input` with a pointer for each member that is out of bounds.
pub fn changed(settings: &Settings, changes: &Value) -> Result<Settings> {
    let mut stored = serde_json::to_value(settings).map_err(Error::internal)?;
    let (Some(members), Some(changes)) = (stored.as_object_mut(), changes.as_object()) else {
        return Err(Error::invalid(
            "/settings",
            FieldCode::WrongType,
            "settings must be an object.",
        ));
    };
    for (name, value) in changes {
        let pointer = format!("/settings/{name}");
        if !members.contains_key(name) {
            return Err(Error::invalid(
                &pointer,
                FieldCode::UnknownField,
                format!("There is no setting {name}."),
            ));
        }
        let mut trial = members.clone();
        trial.insert(name.clone(), value.clone());
        if serde_json::from_value::<Settings>(Value::Object(trial.clone())).is_err() {
            return Err(Error::invalid(
                &pointer,
                FieldCode::WrongType,
                format!("{name} does not take this value."),
            ));
        }
        *members = trial;
    }
    let settings: Settings = serde_json::from_value(stored).map_err(Error::internal)?;
    match settings.faults()? {
        faults if faults.is_empty() => Ok(settings),
        faults => Err(Error::Invalid(faults)),
    }
}

/// Puts an origin on a site's list; what was refused of it so far is forgotten.
///
/// # Errors
/// `already_exists`, `invalid_input`.
pub async fn add_origin(app: &App, member: &Member, site_id: Uuid, typed: &str) -> Result<site_origin::Model> {
    let origin =
        Origin::from_owner(typed).map_err(|sentence| Error::invalid("/origin", FieldCode::Invalid, sentence))?;
    let tx = app.db.begin().await?;
    // Holds the site's row, so that two at once are counted one after the other.
    touch(&tx, app, member, site_id).await?;
    let site = site_within(&*tx, member, site_id).await?;
    if site.origins.len() >= MOST_ORIGINS {
        return Err(Error::invalid(
            "/origin",
            FieldCode::TooMany,
            format!("A site may have {MOST_ORIGINS} origins."),
        ));
    }
    let row = insert_origin(&tx, app, site_id, &origin).await?;
    let covered =
        |row: &refused_origin::Model| Origin::from_header(&row.origin).is_some_and(|refused| origin.covers(&refused));
    let refused = refused_origin::Entity::of_site(site_id).all(&*tx).await?;
    refused_origin::Entity::delete_of_site(site_id)
        .filter(refused_origin::Column::Id.is_in(refused.iter().filter(|row| covered(row)).map(|row| row.id)))
        .exec(&*tx)
        .await?;
    let data = json!({ "origin": row.origin });
    audit::note(&tx, app, member, Change::OriginAdded, Some(site_id), data).await?;
    tx.commit().await?;
    Ok(row)
}

/// Puts this server's own address on the list of the demo's site.
pub async fn add_own_origin(app: &App, site: &Site, typed: &str) -> Result<()> {
    let origin = Origin::from_owner(typed).map_err(Error::internal)?;
    let tx = app.db.begin().await?;
    insert_origin(&tx, app, site.id(), &origin).await?;
    tx.announce(changed_site(site));
    tx.commit().await
}

fn changed_site(site: &Site) -> Notice {
    Notice::Site {
        site_id: site.id(),
        key: site.row.key.clone(),
    }
}

/// Strips networks and mail addresses from comments that are older than their site keeps them, and forgets statistics of long ago; a
/// site a transaction.
#[expect(
    clippy::disallowed_methods,
    reason = "goes over all sites of all tenants, one after the other"
)]
pub async fn strip_addresses(app: &App, now: DateTime<Utc>) -> Result<()> {
    const SITES_AT_ONCE: u64 = 500;
    let mut after = Uuid::nil();
    loop {
        let rows = site::Entity::find()
            .filter(site::Column::Id.gt(after))
            .order_by_asc(site::Column::Id)
            .limit(SITES_AT_ONCE)
            .all(app.db.read())
            .await?;
        let Some(last) = rows.last() else { return Ok(()) };
        after = last.id;
        for row in rows {
            strip_site(app, row, now)
                .await
                .or_log("this site's addresses stay until the next hour");
        }
    }
}

async fn strip_site(app: &App, row: site::Model, now: DateTime<Utc>) -> Result<()> {
    let settings = standing::in_force(&row)?;
    let before = now - TimeDelta::days(settings.address_days.into());
    loop {
        let tx = app.db.begin().await?;
        let stripped = comments::strip_addresses(&tx, row.id, before).await?;
        statistics::forget(&tx, app, row.id, now).await?;
        tx.commit().await?;
        if stripped < comments::STRIPPED_AT_ONCE {
            return Ok(());
        }
    }
}

/// The time zone of a site's row.
pub fn zone_of(row: &site::Model) -> Tz {
    standing::chosen(row).map_or(Tz::UTC, |settings| settings.zone())
}

/// The time zones of those of these sites that are there.
#[expect(
    clippy::disallowed_methods,
    reason = "what is counted is counted for all sites at once"
)]
pub async fn zones(db: &impl ConnectionTrait, site_ids: impl IntoIterator<Item = Uuid>) -> Result<HashMap<Uuid, Tz>> {
    let ids: BTreeSet<Uuid> = site_ids.into_iter().collect();
    let mut zones = HashMap::with_capacity(ids.len());
    for some in ids.into_iter().collect::<Vec<_>>().chunks(1000) {
        let rows: Vec<(Uuid, Value)> = site::Entity::find()
            .filter(site::Column::Id.is_in(some.iter().copied()))
            .select_only()
            .columns([site::Column::Id, site::Column::Settings])
            .into_tuple()
            .all(db)
            .await?;
        for (id, settings) in rows {
            let settings: Settings = serde_json::from_value(settings).map_err(Error::internal)?;
            zones.insert(id, settings.zone());
        }
    }
    Ok(zones)
}

/// A site by its id, for a job; none if it is gone.
pub async fn of_job(app: &App, site_id: Uuid) -> Result<Option<Site>> {
    match row_of_job(app.db.read(), site_id).await? {
        Some(row) => Ok(Some(assemble(app.db.read(), row).await?)),
        None => Ok(None),
    }
}

/// The same as its readers meet it, for a job that tells them something; none where they see nothing of it any more, either.
pub async fn of_readers(app: &App, site_id: Uuid) -> Result<Option<Site>> {
    let Some(site) = of_job(app, site_id).await? else {
        return Ok(None);
    };
    let site = suspension::apply(app.db.read(), site).await?;
    let seen = site.row.erase_at.is_none() && !site.hidden;
    Ok(Some(site).filter(|_| seen))
}

#[expect(clippy::disallowed_methods, reason = "jobs belong to the platform")]
async fn row_of_job(db: &impl ConnectionTrait, site_id: Uuid) -> Result<Option<site::Model>> {
    Ok(site::Entity::find_by_id(site_id).one(db).await?)
}

/// Sites with comments of a renderer before `renderer`, by id after `after`.
#[expect(clippy::disallowed_methods, reason = "an upgrade is for all sites of all tenants")]
pub async fn rendered_before(app: &App, renderer: i32, after: Uuid, limit: u64) -> Result<Vec<Uuid>> {
    Ok(site::Entity::find()
        .filter(site::Column::Renderer.lt(renderer))
        .filter(site::Column::Id.gt(after))
        .order_by_asc(site::Column::Id)
        .limit(limit)
        .select_only()
        .column(site::Column::Id)
        .into_tuple()
        .all(app.db.read())
        .await?)
}

/// Notes that all of a site's comments are of this renderer.
#[expect(clippy::disallowed_methods, reason = "jobs belong to the platform")]
pub async fn mark_rendered(tx: &Tx, site_id: Uuid, renderer: i32) -> Result<()> {
    site::Entity::update_many()
        .col_expr(site::Column::Renderer, Expr::value(renderer))
        .filter(site::Column::Id.eq(site_id))
        .exec(&**tx)
        .await?;
    Ok(())
}

/// Takes an origin off a site's list.
pub async fn remove_origin(app: &App, member: &Member, site_id: Uuid, origin_id: Uuid) -> Result<()> {
    let tx = app.db.begin().await?;
    let site = site_within(&*tx, member, site_id).await?;
    let gone = site_origin::Entity::delete_of_site(site.id())
        .filter(site_origin::Column::Id.eq(origin_id))
        .exec(&*tx)
        .await?;
    if gone.rows_affected == 0 {
        return Err(Error::not_found("origin"));
    }
    let origin = site.origins.iter().find(|(_, row)| row.id == origin_id);
    let data = json!({ "origin": origin.map(|(_, row)| &row.origin) });
    audit::note(&tx, app, member, Change::OriginRemoved, Some(site_id), data).await?;
    touch(&tx, app, member, site_id).await?;
    tx.commit().await
}

/// The origins that were turned away, latest first.
pub async fn refused(app: &App, site: &Site, limit: u64) -> Result<Vec<refused_origin::Model>> {
    Ok(refused_origin::Entity::of_site(site.id())
        .order_by_desc(refused_origin::Column::LastSeenAt)
        .order_by_asc(refused_origin::Column::Id)
        .limit(limit)
        .all(app.db.read())
        .await?)
}

fn parsed_origins(typed: &[String], faults: &mut Vec<Fault>) -> Vec<Origin> {
    if typed.is_empty() {
        faults.push(Fault::new(
            "/origins",
            FieldCode::Required,
            "At least one origin is needed, such as https://blog.example.",
        ));
    }
    if typed.len() > MOST_ORIGINS {
        faults.push(Fault::new(
            "/origins",
            FieldCode::TooMany,
            format!("A site may have {MOST_ORIGINS} origins."),
        ));
        return Vec::new();
    }
    let mut origins: Vec<Origin> = Vec::new();
    for (place, typed) in typed.iter().enumerate() {
        match Origin::from_owner(typed) {
            Ok(origin) if origins.contains(&origin) => {}
            Ok(origin) => origins.push(origin),
            Err(sentence) => faults.push(Fault::new(&format!("/origins/{place}"), FieldCode::Invalid, sentence)),
        }
    }
    origins
}

async fn insert_origin(tx: &Tx, app: &App, site_id: Uuid, origin: &Origin) -> Result<site_origin::Model> {
    let row = site_origin::ActiveModel {
        id: Set(app.clock.new_id()),
        site_id: Set(site_id),
        origin: Set(origin.to_string()),
        created_at: Set(app.clock.now()),
        first_seen_at: Set(None),
        last_seen_at: Set(None),
    };
    row.insert(&**tx).await.map_err(|error| match is_taken(&error) {
        true => Error::refused(ErrorCode::AlreadyExists, format!("{origin} is on the list already.")),
        false => error.into(),
    })
}

/// Raises a site's version, which is part of the ETag of each of its pages; caches hear of it with the commit.
async fn touch(tx: &Tx, app: &App, member: &Member, site_id: Uuid) -> Result<()> {
    let touched = site::Entity::update_of_tenant(member.tenant_id())
        .col_expr(site::Column::Version, Expr::col(site::Column::Version).add(1))
        .col_expr(site::Column::UpdatedAt, Expr::value(app.clock.now()))
        .filter(site::Column::Id.eq(site_id))
        .exec_with_returning(&**tx)
        .await?;
    tell(tx, touched).await
}

/// Tells of changes of sites, by each key that leads to them.
async fn tell(tx: &Tx, sites: Vec<site::Model>) -> Result<()> {
    let former = site_key::Entity::of_sites(sites.iter().map(|site| site.id))
        .all(&**tx)
        .await?;
    let former = former.into_iter().map(|former| (former.site_id, former.key));
    for (site_id, key) in former.chain(sites.into_iter().map(|site| (site.id, site.key))) {
        tx.announce(Notice::Site { site_id, key });
    }
    Ok(())
}

/// The same for all sites of a tenant.
pub async fn touch_all(tx: &Tx, app: &App, tenant_id: Uuid) -> Result<()> {
    let touched = site::Entity::update_of_tenant(tenant_id)
        .col_expr(site::Column::Version, Expr::col(site::Column::Version).add(1))
        .col_expr(site::Column::UpdatedAt, Expr::value(app.clock.now()))
        .exec_with_returning(&**tx)
        .await?;
    for site in touched {
        tx.announce(Notice::Site {
            site_id: site.id,
            key: site.key,
        });
    }
    Ok(())
}

/// Has a site looked up again, though nothing of what readers see has changed.
pub async fn tell_one(tx: &Tx, site: &Site) -> Result<()> {
    tell(tx, vec![site.row.clone()]).await
}

/// Has all sites of a tenant looked up again, though nothing of what readers see has changed.
pub async fn tell_all(tx: &Tx, tenant_id: Uuid) -> Result<()> {
    for site in site::Entity::of_tenant(tenant_id).all(&**tx).await? {
        tx.announce(Notice::Site {
            site_id: site.id,
            key: site.key,
        });
    }
    Ok(())
}

/// Has the sites of all tenants of an account looked up again: what hangs on its browsers has changed.
pub async fn tell_all_of_account(tx: &Tx, account_id: Uuid) -> Result<()> {
    for membership in tenants::memberships(&**tx, account_id).await? {
        tell_about(tx, membership.tenant_id, None).await?;
    }
    Ok(())
}

/// Has a site of a tenant, or all of them, looked up again by whoever keeps them, though nothing of what readers see has changed.
pub async fn tell_about(tx: &Tx, tenant_id: Uuid, site_id: Option<Uuid>) -> Result<()> {
    let of_tenant = site::Entity::of_tenant(tenant_id);
    let sites = match site_id {
        Some(site_id) => of_tenant.filter(site::Column::Id.eq(site_id)),
        None => of_tenant,
    };
    tell(tx, sites.all(&**tx).await?).await
}

async fn assemble(db: &impl ConnectionTrait, row: site::Model) -> Result<Site> {
    let origins = site_origin::Entity::of_site(row.id)
        .order_by_asc(site_origin::Column::Id)
        .all(db)
        .await?;
    put_together(row, origins)
}

fn put_together(row: site::Model, origins: Vec<site_origin::Model>) -> Result<Site> {
    let settings = standing::in_force(&row)?;
    let origins = origins
        .into_iter()
        .filter_map(|row| Origin::from_owner(&row.origin).ok().map(|origin| (origin, row)));
    Ok(Site {
        origins: origins.collect(),
        zone: settings.zone(),
        settings,
        row,
        former_key: None,
        hidden: false,
        limited: false,
        hooks: Hooks::default(),
        audience: Audience::default(),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn changes_are_laid_over_what_is_there() {
        let before = Settings {
            require_name: true,
            ..Settings::default()
        };
        let after = changed(&before, &json!({ "moderation": "none", "min_text_length": 5 })).unwrap();
        assert_eq!(after.moderation, settings::Moderation::None);
        assert_eq!(after.min_text_length, 5);
        assert!(after.require_name);
    }

    #[test]
    fn what_is_no_setting_is_named() {
        for (changes, pointer, code) in [
            (json!({ "colour": "red" }), "/settings/colour", FieldCode::UnknownField),
            (
                json!({ "moderation": "sometimes" }),
                "/settings/moderation",
                FieldCode::WrongType,
            ),
            (
                json!({ "min_text_length": -1 }),
                "/settings/min_text_length",
                FieldCode::WrongType,
            ),
            (
                json!({ "address_days": 4000 }),
                "/settings/address_days",
                FieldCode::OutOfRange,
            ),
            (json!([]), "/settings", FieldCode::WrongType),
        ] {
            let Err(Error::Invalid(faults)) = changed(&Settings::default(), &changes) else {
                panic!("{changes}")
            };
            assert_eq!(
                (faults[0].pointer.as_str(), faults[0].code),
                (pointer, code),
                "{changes}"
            );
        }
    }
}
