//! A platform of many tenants, sites and comments, to see and to measure how it behaves when it is large.
//!
//! Rows are made in bulk, so that this module stands in for those that make them one by one; what follows from them, statistics and
//! commenters, is left to the job that counts them everywhere else.

use std::io::{IsTerminal, Write};

use ::entity::comment::{SourceFormat, State};
use ::entity::membership::Role;
use ::entity::{
    account, comment, event, membership, refused_origin, site, site_counter, site_origin, tenant, thread, thread_alias,
    vote,
};
use chrono::{DateTime, TimeDelta, Utc};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use sea_orm::prelude::Uuid;
use sea_orm::{ActiveModelTrait, EntityTrait, Iterable, PaginatorTrait, QuerySelect, Set};
use serde_json::json;

use super::{CONVERSATIONS, Conversations, NO_PASSWORD};
use crate::accounts::{self, Applicant};
use crate::app::App;
use crate::comments::{self, Words, identity, mailbox};
use crate::error::{Error, OrLog, Result};
use crate::infra::clock::id_at;
use crate::infra::db::Tx;
use crate::infra::markdown::RENDERER;
use crate::infra::signing::{fresh_site_key, fresh_token};
use crate::moderation::{Actor, Kind};
use crate::sites::settings::{Moderation, Settings};
use crate::sites::{self, Site};
use crate::statistics::{counting, tallies};
use crate::text;
use crate::votes::rank;

/// How much is planted.
#[derive(Clone, Copy, Debug)]
pub struct Size {
    pub tenants: u64,
    pub sites: u64,
    pub comments: u64,
}

/// Who can look at it.
pub struct Planted {
    pub email: String,
    pub password: String,
    /// The largest: its first site has a twentieth of all comments.
    pub largest: Uuid,
    /// One of the others.
    pub usual: Uuid,
}

/// For so long people have been writing.
const DAYS: i64 = 300;

/// Values of one statement: SQLite takes 32,766 of them, PostgreSQL 65,535.
const VALUES_AT_ONCE: usize = 32_000;

/// Comments of one transaction, of however many sites.
const AT_ONCE: usize = 10_000;

const NAMES: [&str; 24] = [
    "Ada", "Bruno", "Chiara", "Dmitri", "Esra", "Farid", "Grete", "Hana", "Ivo", "Jonas", "Kofi", "Lena", "Mirko",
    "Nora", "Otto", "Priya", "Quentin", "Rosa", "Sven", "Tomás", "Ulla", "Viktor", "Wanda", "Yusuf",
];

/// Whether anybody has anything in this database.
#[expect(clippy::disallowed_methods, reason = "asks of the whole platform")]
pub async fn is_used(app: &App) -> Result<bool> {
    Ok(tenant::Entity::find().limit(1).count(app.db.read()).await? > 0)
}

/// Plants it, and counts it. The same every time, but for ids and times.
pub async fn plant(app: &App, size: Size) -> Result<Planted> {
    let mut chance = StdRng::seed_from_u64(7);
    let texts = texts(app).await?;
    let password = fresh_token().0;
    let email = format!("big-{}@demo.example", &fresh_site_key()[..6]);
    let operator = Applicant {
        email: email.clone(),
        name: "Ines".to_owned(),
        password: password.clone(),
    };
    let operator = accounts::make_operator(app, operator).await?;
    let tenants = tenants(app, size.tenants.max(2), operator.id).await?;
    let (Some(largest), Some(usual)) = (tenants.first(), tenants.last()) else {
        return Err(Error::internal("no tenants were made"));
    };
    let sites = sites_of(app, &tenants, size.sites.max(size.tenants)).await?;
    let of_first = size.comments / 20;
    let of_each = (size.comments - of_first) / (sites.len() as u64).max(1);
    let mut done = 0;
    let mut rows = Rows::default();
    for (place, (site, member)) in sites.iter().enumerate() {
        let comments = of_each + if place == 0 { of_first } else { 0 };
        grow(app, site, *member, comments, &texts, &mut chance, &mut rows).await?;
        done += comments;
        progress("Planting", done, size.comments);
    }
    rows.write(app).await?;
    for (site, _) in sites.iter().filter(|(site, _)| site.tenant_id == largest.id) {
        let site = sites::find_by_key(app, &site.key).await?;
        read(app, &site, &mut chance).await?;
    }
    app.db.analyze(&app.config).await?;
    let now = app.clock.now() + TimeDelta::seconds(1);
    while counting::catch_up_to(app, now).await? {
        progress("Counting", done, size.comments);
    }
    app.db.analyze(&app.config).await?;
    Ok(Planted {
        email,
        password,
        largest: largest.id,
        usual: usual.id,
    })
}

/// What somebody says, and as it is searched.
struct Text {
    words: Words,
    folded: String,
}

/// As in the demo.
async fn texts(app: &App) -> Result<Vec<Text>> {
    let conversations: Conversations = serde_json::from_str(CONVERSATIONS).map_err(Error::internal)?;
    let mut texts = Vec::new();
    for remark in conversations.threads.iter().flat_map(|thread| &thread.comments) {
        let words = comments::checked_words(app, &Settings::default(), &remark.text).await?;
        let folded = text::folded(&words.source);
        texts.push(Text { words, folded });
    }
    Ok(texts)
}

/// Each with an owner of its own, who cannot sign in; the first and the last also with the one who can.
async fn tenants(app: &App, count: u64, operator: Uuid) -> Result<Vec<tenant::Model>> {
    let now = app.clock.now();
    let began = now - TimeDelta::days(DAYS + 1);
    let mut tenants = Vec::new();
    let mut accounts = Vec::new();
    let mut memberships = Vec::new();
    let member = |tenant_id: Uuid, account_id: Uuid| membership::ActiveModel {
        id: Set(id_at(now)),
        tenant_id: Set(tenant_id),
        account_id: Set(account_id),
        role: Set(Role::Owner),
        limited: Set(false),
        created_at: Set(began),
    };
    let mark = fresh_site_key();
    for number in 1..=count {
        let name = NAMES[usize::try_from(number).unwrap_or(0) % NAMES.len()];
        let tenant = new_tenant(id_at(now), format!("{name}’s sites {number}"), began);
        let email = format!("owner-{number}-{mark}@demo.example");
        let account = account::ActiveModel {
            id: Set(id_at(now)),
            email_folded: Set(email.clone()),
            email: Set(email),
            name: Set(name.to_owned()),
            password_hash: Set(NO_PASSWORD.to_owned()),
            operator: Set(false),
            session_version: Set(1),
            created_at: Set(began),
            updated_at: Set(began),
            ..Default::default()
        };
        memberships.push(member(tenant.id, *account.id.as_ref()));
        if number == 1 || number == count {
            memberships.push(member(tenant.id, operator));
        }
        accounts.push(account);
        tenants.push(tenant);
    }
    let tx = app.db.begin().await?;
    let rows = tenants.iter().cloned().map(|row| {
        let row: tenant::ActiveModel = row.into();
        row.reset_all()
    });
    insert(&tx, rows.collect()).await?;
    insert(&tx, accounts).await?;
    insert(&tx, memberships).await?;
    tx.commit().await?;
    Ok(tenants)
}

fn new_tenant(id: Uuid, name: String, began: DateTime<Utc>) -> tenant::Model {
    tenant::Model {
        id,
        folded: text::folded(&name),
        name,
        plan_id: None,
        own_quotas: None,
        suspended_at: None,
        suspended_shows: None,
        suspended_reason: None,
        erase_at: None,
        created_at: began,
        updated_at: began,
    }
}

/// Rows of one table, in statements that the engine takes.
async fn insert<A>(tx: &Tx, rows: Vec<A>) -> Result<()>
where
    A: ActiveModelTrait + Send + Sync,
{
    let at_once = VALUES_AT_ONCE / <<A::Entity as EntityTrait>::Column as Iterable>::iter().count().max(1);
    let mut rows = rows.into_iter().peekable();
    while rows.peek().is_some() {
        let some: Vec<A> = rows.by_ref().take(at_once).collect();
        A::Entity::insert_many(some).exec_without_returning(&**tx).await?;
    }
    Ok(())
}

/// Sites in turn to each tenant; with who moderates them.
async fn sites_of(app: &App, tenants: &[tenant::Model], count: u64) -> Result<Vec<(site::Model, Uuid)>> {
    let now = app.clock.now();
    let began = now - TimeDelta::days(DAYS + 1);
    let owners = owners(app, tenants).await?;
    let settings = Settings {
        moderation: Moderation::Links,
        ..Settings::default()
    };
    let settings = serde_json::to_value(settings).map_err(Error::internal)?;
    let mut made = Vec::new();
    let mut origins = Vec::new();
    for number in 0..usize::try_from(count).map_err(Error::internal)? {
        let place = number % tenants.len();
        let name = format!("Blog {}", number + 1);
        let site = site::Model {
            id: id_at(now),
            tenant_id: tenants[place].id,
            key: fresh_site_key(),
            folded: text::folded(&name),
            name,
            settings: settings.clone(),
            version: 1,
            signing_version: 1,
            sign_in_version: 1,
            renderer: RENDERER,
            archived_at: None,
            erase_at: None,
            suspended_at: None,
            suspended_shows: None,
            suspended_reason: None,
            created_at: began,
            updated_at: began,
        };
        // A few have not been set up yet.
        let seen = (number % 40 != 39).then_some(now);
        origins.push(site_origin::ActiveModel {
            id: Set(id_at(now)),
            site_id: Set(site.id),
            origin: Set(format!("https://blog-{}.example", number + 1)),
            created_at: Set(began),
            first_seen_at: Set(seen.map(|_| began)),
            last_seen_at: Set(seen),
        });
        made.push((site, owners[place]));
    }
    let tx = app.db.begin().await?;
    let rows = made.iter().map(|(row, _)| {
        let row: site::ActiveModel = row.clone().into();
        row.reset_all()
    });
    insert(&tx, rows.collect()).await?;
    insert(&tx, origins).await?;
    if let Some((first, _)) = made.first() {
        let refused = refused_origin::ActiveModel {
            id: Set(id_at(now)),
            site_id: Set(first.id),
            origin: Set("https://www.blog-1.example".to_owned()),
            count: Set(23),
            first_seen_at: Set(now - TimeDelta::days(2)),
            last_seen_at: Set(now - TimeDelta::minutes(5)),
        };
        insert(&tx, vec![refused]).await?;
    }
    tx.commit().await?;
    Ok(made)
}

async fn owners(app: &App, tenants: &[tenant::Model]) -> Result<Vec<Uuid>> {
    use ::entity::OfTenant;
    let mut owners = Vec::with_capacity(tenants.len());
    for some in tenants.chunks(500) {
        let rows = membership::Entity::of_tenants(some.iter().map(|tenant| tenant.id))
            .all(app.db.read())
            .await?;
        for tenant in some {
            let owner = rows.iter().find(|row| row.tenant_id == tenant.id);
            owners.push(owner.ok_or_else(|| Error::not_found("owner"))?.account_id);
        }
    }
    Ok(owners)
}

/// Somebody who writes on a site.
struct Author {
    name: String,
    folded: String,
    email: Option<String>,
    hash: String,
    mailbox: Option<String>,
}

/// What waits to be written. Threads come before their comments, and roots before their replies.
#[derive(Default)]
struct Rows {
    threads: Vec<thread::ActiveModel>,
    aliases: Vec<thread_alias::ActiveModel>,
    comments: Vec<comment::ActiveModel>,
    events: Vec<event::ActiveModel>,
    votes: Vec<vote::ActiveModel>,
    counters: Vec<site_counter::ActiveModel>,
}

impl Rows {
    async fn write(&mut self, app: &App) -> Result<()> {
        let rows = std::mem::take(self);
        let tx = app.db.begin().await?;
        insert(&tx, rows.threads).await?;
        insert(&tx, rows.aliases).await?;
        insert(&tx, rows.comments).await?;
        insert(&tx, rows.events).await?;
        insert(&tx, rows.votes).await?;
        insert(&tx, rows.counters).await?;
        tx.commit().await
    }
}

/// Conversations of a site, with its counter behind them.
async fn grow(
    app: &App,
    site: &site::Model,
    member: Uuid,
    count: u64,
    texts: &[Text],
    chance: &mut StdRng,
    rows: &mut Rows,
) -> Result<()> {
    let now = app.clock.now();
    let settings = Settings::default();
    let authors: Vec<Author> = (0..=count / 5)
        .map(|number| {
            let name = NAMES[chance.random_range(0..NAMES.len())];
            let email = (number % 2 == 0).then(|| format!("{}.{number}@readers.example", name.to_lowercase()));
            let hash = match &email {
                Some(email) => identity::of_email(&app.keys, site.id, &settings, email),
                None => identity::of_network(&app.keys, site.id, &format!("demo {number}")),
            };
            let mailbox = email.as_deref().map(|email| mailbox::hash(&app.keys, site.id, email));
            Author {
                hash,
                mailbox,
                folded: text::folded(name),
                name: name.to_owned(),
                email,
            }
        })
        .collect();
    let mut times: Vec<i64> = (0..count)
        .map(|_| chance.random_range(60_000..DAYS * 86_400_000))
        .collect();
    times.sort_unstable_by(|one, other| other.cmp(one));
    let mut counts = Counts::default();
    let mut page = 0;
    let mut times = times.into_iter().peekable();
    while times.peek().is_some() {
        page += 1;
        let length = chance.random_range(1..20);
        let some: Vec<DateTime<Utc>> = times
            .by_ref()
            .take(length)
            .map(|ago| now - TimeDelta::milliseconds(ago))
            .collect();
        let thread = Conversation {
            app,
            site_id: site.id,
            member,
            page,
            authors: &authors,
            texts,
        };
        thread.hold(rows, &mut counts, &some, chance);
        if rows.comments.len() >= AT_ONCE {
            rows.write(app).await?;
        }
    }
    rows.counters.push(site_counter::ActiveModel {
        site_id: Set(site.id),
        last_number: Set(counts.number),
        month: Set(0),
        month_comments: Set(0),
        bytes: Set(counts.bytes),
    });
    Ok(())
}

/// What a site's counter says in the end.
#[derive(Default)]
struct Counts {
    number: i64,
    bytes: i64,
}

/// A page and who talks there.
struct Conversation<'a> {
    app: &'a App,
    site_id: Uuid,
    member: Uuid,
    page: u64,
    authors: &'a [Author],
    texts: &'a [Text],
}

impl Conversation<'_> {
    fn hold(&self, rows: &mut Rows, counts: &mut Counts, times: &[DateTime<Utc>], chance: &mut StdRng) {
        let (Some(first), Some(last)) = (times.first(), times.last()) else {
            return;
        };
        let now = self.app.clock.now();
        let thread_id = id_at(*first);
        let mut talk: Vec<comment::Model> = Vec::with_capacity(times.len());
        for at in times {
            counts.number += 1;
            let root = talk
                .iter()
                .filter(|root| root.parent_id.is_none() && root.state == State::Published)
                .map(|root| root.id)
                .next_back()
                .filter(|_| chance.random_bool(0.4));
            let comment = self.comment(thread_id, root, counts.number, *at, now, chance);
            counts.bytes += i64::try_from(comment.source.len()).unwrap_or(0);
            rows.events.extend(self.record(&comment, now, chance));
            if comment.up_votes > 0 {
                rows.votes.push(vote::ActiveModel {
                    id: Set(id_at(now)),
                    site_id: Set(self.site_id),
                    comment_id: Set(comment.id),
                    voter: Set("demo".to_owned()),
                    value: Set(1),
                    created_at: Set(*at),
                    updated_at: Set(*at),
                });
            }
            if comment.state == State::Published
                && let Some(root) = talk.iter_mut().find(|one| Some(one.id) == root)
            {
                root.reply_count += 1;
                root.branch_count += 1;
            }
            talk.push(comment);
        }
        let published = talk.iter().filter(|one| one.state == State::Published).count();
        let key = format!("id:page-{}", self.page);
        let title = format!("Page {} of {}", self.page, first.format("%B"));
        rows.aliases.push(thread_alias::ActiveModel {
            id: Set(id_at(*first)),
            site_id: Set(self.site_id),
            thread_id: Set(thread_id),
            key: Set(key.clone()),
            url: Set(None),
            created_at: Set(*first),
        });
        rows.threads.push(thread::ActiveModel {
            id: Set(thread_id),
            site_id: Set(self.site_id),
            folded: Set(text::folded(&format!("{title}\n{key}"))),
            key: Set(key),
            key_version: Set(1),
            url: Set(None),
            title: Set(Some(title)),
            comment_count: Set(i64::try_from(published).unwrap_or(0)),
            version: Set(2),
            closed_at: Set(None),
            locked_at: Set(None),
            pinned: Set(json!([])),
            reactions: Set(json!({})),
            created_at: Set(*first),
            updated_at: Set(*last),
            last_comment_at: Set(Some(*last)),
        });
        rows.comments.extend(talk.into_iter().map(|row| {
            let row: comment::ActiveModel = row.into();
            row.reset_all()
        }));
    }

    fn comment(
        &self,
        thread_id: Uuid,
        root: Option<Uuid>,
        number: i64,
        at: DateTime<Utc>,
        now: DateTime<Utc>,
        chance: &mut StdRng,
    ) -> comment::Model {
        let author = &self.authors[chance.random_range(0..self.authors.len())];
        let Text { words, folded } = &self.texts[chance.random_range(0..self.texts.len())];
        let is_new = now - at < TimeDelta::days(6);
        let state = match chance.random_range(0..100) {
            0..25 if is_new => State::Pending,
            25..33 => State::Spam,
            33..35 => State::Rejected,
            _ => State::Published,
        };
        let up_votes = i32::from(state == State::Published && number % 20 == 0);
        comment::Model {
            id: id_at(at),
            site_id: self.site_id,
            thread_id,
            parent_id: root,
            root_id: root,
            number,
            state,
            source: words.source.clone(),
            source_format: SourceFormat::Markdown,
            html: words.html.clone(),
            renderer: RENDERER,
            folded: format!("{folded}\n{}", author.folded),
            author_name: Some(author.name.clone()),
            author_email: author.email.clone(),
            author_website: None,
            author_hash: Some(author.hash.clone()),
            mailbox_hash: author.mailbox.clone(),
            signed_in: false,
            account_id: None,
            reasons: json!(if state == State::Pending {
                vec!["has_links"]
            } else {
                vec![]
            }),
            network_hash: None,
            up_votes,
            down_votes: 0,
            rank: rank::rank(up_votes, 0),
            reply_count: 0,
            branch_count: 0,
            report_count: i32::from(state == State::Published && is_new && number % 50 == 0),
            import_source: None,
            import_id: None,
            import_batch_id: None,
            created_at: at,
            edited_at: None,
            updated_at: at,
        }
    }

    /// What is on record of a comment: that it came, and that a member decided, some time after.
    fn record(&self, comment: &comment::Model, now: DateTime<Utc>, chance: &mut StdRng) -> Vec<event::ActiveModel> {
        // Up to two days, most of them within hours.
        #[expect(clippy::cast_possible_truncation, reason = "at most 162,755")]
        let wait = TimeDelta::seconds((chance.random_range(3.0..12.0_f64)).exp().round() as i64);
        let decided_at = comment.created_at + wait;
        let was_held = comment.state != State::Published || chance.random_bool(0.3);
        let is_decided = was_held && comment.state != State::Pending && decided_at < now;
        let line = |kind: Kind, actor: Actor, from: Option<State>, to: State, at: DateTime<Utc>| event::ActiveModel {
            // Ids of now: it is recorded now, and counted with what is.
            id: Set(id_at(now)),
            site_id: Set(self.site_id),
            thread_id: Set(Some(comment.thread_id)),
            comment_id: Set(Some(comment.id)),
            kind: Set(kind.name().to_owned()),
            actor: Set(actor.name().to_owned()),
            account_id: Set(match actor {
                Actor::Member(id) => Some(id),
                Actor::Visitor | Actor::System => None,
            }),
            from_state: Set(from.map(|state| state.name().to_owned())),
            to_state: Set(Some(to.name().to_owned())),
            reasons: Set(json!([])),
            data: Set(json!({})),
            at: Set(at),
        };
        let begins_in = if is_decided { State::Pending } else { comment.state };
        let mut lines = vec![line(Kind::Created, Actor::Visitor, None, begins_in, comment.created_at)];
        if is_decided {
            let by = Actor::Member(self.member);
            lines.push(line(Kind::Decided, by, Some(State::Pending), comment.state, decided_at));
        }
        lines
    }
}

/// Readers of the last weeks.
async fn read(app: &App, site: &Site, chance: &mut StdRng) -> Result<()> {
    let now = app.clock.now();
    for days in 0..90 {
        for _ in 0..chance.random_range(20..120) {
            app.tallies.read(site, now - TimeDelta::days(days));
        }
    }
    tallies::write(app).await
}

/// A line that rewrites itself, where somebody is looking.
fn progress(what: &str, done: u64, total: u64) {
    let mut out = std::io::stderr();
    if out.is_terminal() {
        write!(out, "\r{what}: {done} of {total} comments ").or_log("no progress is shown");
    }
}
