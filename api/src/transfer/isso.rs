//! An Isso's database, brought to a site.

use std::collections::{HashMap, HashSet};
use std::ops::ControlFlow;
use std::path::Path;

use ::entity::comment::{self, State};
use ::entity::{import_batch, thread};
use futures_util::future::try_join_all;
use sea_orm::prelude::Uuid;
use serde_json::json;

use super::judging::{Judged, judge};
use super::planning::{self, Conversation, Plan, Planned, named};
use super::report::{Collision, Comments, Finding, Report, Salt, Threads};
use super::{Progress, begin, finish, former, wish_hash};
use crate::app::App;
use crate::comments::importing::{self, Arrival, Known, Run};
use crate::comments::rules::reason;
use crate::comments::{self, Author, FROM_ISSO, Words, identity};
use crate::error::{Error, FieldCode, Result};
use crate::infra::db::{self, Tx};
use crate::infra::isso::{IssoFile, Unreadable};
use crate::infra::network::privacy_network;
use crate::sites::{self, Site};
use crate::subscriptions::importing::Wish;
use crate::text::Email;
use crate::threads::importing::Opening;
use crate::{subscriptions, tenants, threads};

/// The salt that an Isso has whose configuration names none.
pub const DEFAULT_SALT: &str = "Eech7co8Ohloopo9Ol6baimi";

/// Comments in one transaction, so that readers do not wait for it.
const AT_ONCE: usize = 100;

/// Greatest number that comments bring with them: far above what an Isso has, and far below what a counter can count.
const MOST_NUMBER: i64 = 1 << 31;

/// How it is to be done.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Only tell what would be done.
    pub dry_run: bool,
    /// The `[hash] salt` of Isso's configuration; else the site's, or Isso's default.
    pub salt: Option<String>,
}

/// Brings the comments of a file to a site. `folder` is for a private copy of it; `progress` may stop the run, which can be gone
/// on with by another one.
///
/// # Errors
/// `invalid_input` for a file that cannot be read; `unavailable` where it was stopped.
pub async fn import(
    app: &App,
    site: Site,
    path: &Path,
    folder: &Path,
    options: &Options,
    progress: impl Fn(Progress) -> ControlFlow<()>,
) -> Result<Report> {
    let mut file = IssoFile::open(path, folder).await?;
    let (threads, outline) = (file.threads().await?, file.outline().await?);
    let found = (threads.len() as u64, outline.len() as u64);
    let mut plan = planning::plan(threads, outline, |uri| site.address(Some(uri), None).ok());
    let salt = salt(&site, options);
    let here = Here::look(app, &site, &mut plan).await?;
    let mut report = Report {
        site: site.row().key.clone(),
        dry_run: options.dry_run,
        batch: None,
        version: file.version(),
        threads: Threads {
            found: found.0,
            without_comments: plan.without_comments,
            ..Threads::default()
        },
        comments: Comments {
            found: found.1,
            ..Comments::default()
        },
        subscriptions: 0,
        numbers_kept: here.numbers_kept,
        salt: salt.1,
        skipped: std::mem::take(&mut plan.skipped),
        changed: std::mem::take(&mut plan.changed),
        collisions: here.collisions.clone(),
    };
    let brings = plan.comments.iter().any(|one| !here.comments.contains(&one.id));
    let (site, batch, first_number) = match options.dry_run {
        true => (site, None, 0),
        false => {
            let site = with_salt(app, site, &salt.0).await?;
            if brings {
                let (batch, first) = start(app, &site, &plan, &here).await?;
                (site, Some(batch), first)
            } else {
                (site, None, 0)
            }
        }
    };
    report.batch = batch.as_ref().map(|batch| batch.id.to_string());
    let mut work = Work {
        app,
        site,
        salt: salt.0,
        plan,
        here,
        first_number,
        hashes: HashMap::new(),
        not_taken: HashSet::new(),
        roots: HashMap::new(),
        wished: HashSet::new(),
        opened: HashSet::new(),
    };
    let all = work.plan.comments.len();
    for begin in (0..all).step_by(AT_ONCE) {
        let some = begin..(begin + AT_ONCE).min(all);
        let planned = work.plan.comments[some.clone()].to_vec();
        let ids: Vec<i64> = planned.iter().map(|one| one.id).collect();
        let rows = file.comments(&ids).await?;
        let letters = work.prepare(&planned, rows, &mut report).await?;
        work.bring(letters, batch.as_ref(), &mut report).await?;
        let now = Progress {
            done: some.end as u64,
            all: all as u64,
        };
        if progress(now).is_break() {
            let detail = "The import was stopped. Run it again, and it goes on where it was.";
            return Err(Error::Unavailable(detail.to_owned()));
        }
    }
    if let Some(batch) = batch {
        let reserved = batch.report["kept_up_to"].clone();
        let mut kept = report.json();
        kept["kept_up_to"] = reserved;
        finish(app, batch, kept).await?;
    }
    Ok(report)
}

impl From<Unreadable> for Error {
    fn from(fault: Unreadable) -> Self {
        Error::invalid("/file", FieldCode::Invalid, fault.to_string())
    }
}

fn salt(site: &Site, options: &Options) -> (String, Salt) {
    let of_site = &site.settings().hash_salt;
    match &options.salt {
        Some(given) => (given.clone(), Salt::Given),
        None if of_site.is_empty() => (DEFAULT_SALT.to_owned(), Salt::IssosDefault),
        None => (of_site.clone(), Salt::OfSite),
    }
}

/// New comments go on with the hashes of the old ones.
async fn with_salt(app: &App, site: Site, salt: &str) -> Result<Site> {
    if site.settings().hash_salt == salt {
        return Ok(site);
    }
    let member = tenants::of_site(app, &site).await?;
    sites::update(app, &member, site.id(), None, Some(&json!({ "hash_salt": salt }))).await
}

/// Begins the run and takes the numbers for what it brings; the first of them, where they are new.
async fn start(app: &App, site: &Site, plan: &Plan, here: &Here) -> Result<(import_batch::Model, i64)> {
    db::retry(async || {
        let tx = app.db.begin().await?;
        comments::hold_site(&tx, site.id()).await?;
        let highest = plan.comments.iter().map(|one| one.id).max().unwrap_or(0);
        let (first, kept_up_to) = if here.numbers_kept {
            importing::count_from(&tx, site.id(), highest).await?;
            (0, Some(highest.max(here.reserved)))
        } else {
            (importing::reserve(&tx, site.id(), here.missing.len()).await?, None)
        };
        let batch = begin(&tx, app, site.id(), FROM_ISSO, json!({ "kept_up_to": kept_up_to })).await?;
        tx.commit().await?;
        Ok((batch, first))
    })
    .await
}

/// What the site has already of what is in the file.
struct Here {
    /// Threads by their keys.
    threads: HashMap<String, thread::Model>,
    /// Ids of comments that were imported before and need no number.
    comments: HashSet<i64>,
    /// Ids of the others, in order: the place of one tells its number.
    missing: Vec<i64>,
    numbers_kept: bool,
    /// The numbers that earlier runs have taken for Isso's ids: up to this one.
    reserved: i64,
    collisions: Vec<Collision>,
}

impl Here {
    /// Looks, and decides which conversations are those of their pages.
    async fn look(app: &App, site: &Site, plan: &mut Plan) -> Result<Self> {
        /// Keys and ids in one statement.
        const SOME: usize = 500;
        let mut threads = HashMap::new();
        let keys: Vec<&str> = plan.conversations.iter().flat_map(|one| one.address.keys()).collect();
        for some in keys.chunks(SOME) {
            threads.extend(threads::find_all(app.db.read(), site.id(), some.iter().copied()).await?);
        }
        let collisions = share_pages(&mut plan.conversations, &threads);
        let mut comments = HashSet::new();
        for some in plan.comments.chunks(SOME) {
            let ids = some.iter().map(|one| one.id.to_string());
            let known = importing::known(app.db.read(), site.id(), FROM_ISSO, ids).await?;
            comments.extend(known.keys().filter_map(|id| id.parse::<i64>().ok()));
        }
        let mut missing: Vec<i64> = plan
            .comments
            .iter()
            .map(|one| one.id)
            .filter(|id| !comments.contains(id))
            .collect();
        missing.sort_unstable();
        let runs = former(app, site.id(), FROM_ISSO).await?;
        let reserved = runs
            .iter()
            .filter_map(|run| run.report["kept_up_to"].as_i64())
            .max()
            .unwrap_or(0);
        let last = importing::last_number(app.db.read(), site.id()).await?;
        let highest = plan.comments.iter().map(|one| one.id).max().unwrap_or(0);
        Ok(Here {
            threads,
            comments,
            numbers_kept: keeps_numbers(highest, last, reserved),
            reserved,
            missing,
            collisions,
        })
    }

    /// The number of a comment that is not here yet.
    fn number(&self, id: i64, first: i64) -> i64 {
        if self.numbers_kept {
            return id;
        }
        let place = self.missing.binary_search(&id).unwrap_or(0);
        first + i64::try_from(place).unwrap_or(0)
    }
}

/// Whether ids up to `highest` are free as numbers where `last` was given out last: nobody has written here yet, or only Isso's
/// comments have come, or all of them were reserved by an earlier run.
fn keeps_numbers(highest: i64, last: i64, reserved: i64) -> bool {
    highest < MOST_NUMBER && (reserved >= last || reserved >= highest)
}

/// Decides which of several conversations with one page is the page's own: the one that it has already, else the one with the
/// most comments.
fn share_pages(conversations: &mut [Conversation], here: &HashMap<String, thread::Model>) -> Vec<Collision> {
    let mut collisions = Vec::new();
    for (page, places) in planning::pages(conversations) {
        let holder = here.get(&page).map(|thread| thread.id);
        let has_it = |place: &&usize| {
            let own = here.get(conversations[**place].address.key()).map(|thread| thread.id);
            own.is_some() && own == holder
        };
        let own = places.iter().find(has_it).or(places.first()).copied();
        let Some(own) = own else { continue };
        conversations[own].has_page = true;
        if places.len() > 1 {
            let others = places.iter().filter(|place| **place != own);
            collisions.push(Collision {
                page: page.trim_start_matches("url:").to_owned(),
                shown: conversations[own].uri.clone(),
                others: others.map(|place| conversations[*place].uri.clone()).collect(),
            });
        }
    }
    collisions
}

/// A comment that is ready to be brought.
#[derive(Clone)]
struct Letter {
    planned: Planned,
    judged: Judged,
    words: Words,
    author: Author,
    /// Who wants to hear of replies.
    wish: Option<Email>,
}

struct Work<'a> {
    app: &'a App,
    site: Site,
    salt: String,
    plan: Plan,
    here: Here,
    first_number: i64,
    /// Authors' hashes by what they are made of: a thousand rounds each.
    hashes: HashMap<String, String>,
    /// What nothing can answer here, as it was not taken.
    not_taken: HashSet<i64>,
    /// The comment on top of each branch.
    roots: HashMap<i64, i64>,
    /// Who follows which branch: Isso writes once to an address, however often it asked.
    wished: HashSet<(i64, String)>,
    /// Conversations that this run has opened or joined.
    opened: HashSet<usize>,
}

impl Work<'_> {
    /// Judges and renders some comments, in their order, and tells what is wrong with them.
    async fn prepare(
        &mut self,
        planned: &[Planned],
        rows: Vec<crate::infra::isso::Comment>,
        report: &mut Report,
    ) -> Result<Vec<Letter>> {
        let mut rows: HashMap<i64, _> = rows.into_iter().map(|row| (row.id, row)).collect();
        let mut judged_all = Vec::with_capacity(planned.len());
        for one in planned {
            let Some(row) = rows.remove(&one.id) else {
                // It was listed a moment ago: the file says two things.
                return Err(Unreadable::Damaged(format!("comment {} is not found again", one.id)).into());
            };
            match judge(&row, one.state) {
                Ok((judged, changed)) => judged_all.push((*one, judged, changed)),
                Err(finding) => {
                    self.not_taken.insert(one.id);
                    report.skipped.add(finding, named(Some(one.id)));
                }
            }
        }
        let settings = self.site.settings();
        let rendering = judged_all
            .iter()
            .map(|(_, judged, _)| importing::words(self.app, settings, judged.text.clone()));
        let rendered = try_join_all(rendering).await?;
        let mut letters = Vec::with_capacity(judged_all.len());
        for ((planned, judged, mut changed), (words, as_typed)) in judged_all.into_iter().zip(rendered) {
            if as_typed {
                changed.push(Finding::AsTyped);
            }
            for finding in changed {
                report.changed.add(finding, named(Some(planned.id)));
            }
            let parent = planned.parent.filter(|parent| !self.not_taken.contains(parent));
            if parent != planned.parent {
                report.changed.add(Finding::ParentGone, named(Some(planned.id)));
            }
            let root = parent
                .and_then(|parent| self.roots.get(&parent))
                .copied()
                .unwrap_or(planned.id);
            self.roots.insert(planned.id, root);
            let wish = judged.email.clone().filter(|_| judged.notification);
            letters.push(Letter {
                planned: Planned { parent, ..planned },
                author: self.author(&judged),
                wish: wish.filter(|email| self.wished.insert((root, email.folded.clone()))),
                judged,
                words,
            });
        }
        Ok(letters)
    }

    fn author(&mut self, judged: &Judged) -> Author {
        let (app, site_id) = (self.app, self.site.id());
        let network = judged.network.map(|address| privacy_network(address).to_string());
        let hash = judged.identity.clone().map(|identity| {
            let made = || identity::of_isso(&identity, &self.salt);
            self.hashes.entry(identity.clone()).or_insert_with(made).clone()
        });
        Author {
            name: judged.name.clone(),
            email: judged.email.as_ref().map(|email| email.address.clone()),
            website: judged.website.clone(),
            account_id: None,
            network_hash: network.map(|network| app.keys.network_hash(site_id, &network)),
            hash,
            signed_in: false,
        }
    }

    /// Brings what is not here yet; without a batch, only tells what would come.
    async fn bring(
        &mut self,
        letters: Vec<Letter>,
        batch: Option<&import_batch::Model>,
        report: &mut Report,
    ) -> Result<()> {
        let (settled, subscriptions) = match batch {
            None => {
                let settled = settle(letters.clone(), &self.known(self.app.db.read(), &letters).await?);
                let wishes = settled.new.iter().filter(|letter| letter.wish.is_some()).count();
                (settled, wishes as u64)
            }
            Some(batch) => {
                let this = &*self;
                db::retry(async || {
                    let tx = this.app.db.begin().await?;
                    let stored = this.store(&tx, batch, letters.clone()).await?;
                    tx.commit().await?;
                    Ok(stored)
                })
                .await?
            }
        };
        report.subscriptions += subscriptions;
        report.comments.already_there += settled.already;
        for id in settled.orphans {
            report.changed.add(Finding::ParentGone, named(Some(id)));
        }
        for id in settled.others {
            self.not_taken.insert(id);
            report.skipped.add(Finding::OtherComment, named(Some(id)));
        }
        for letter in &settled.new {
            let count = match letter.planned.state {
                State::Published => &mut report.comments.published,
                State::Pending => &mut report.comments.pending,
                _ => &mut report.comments.deleted,
            };
            *count += 1;
            let place = letter.planned.conversation;
            if self.opened.insert(place) {
                let conversation = &self.plan.conversations[place];
                let own = self.here.threads.contains_key(conversation.address.key());
                let page = conversation.address.other_key().filter(|_| conversation.has_page);
                match own || page.is_some_and(|page| self.here.threads.contains_key(page)) {
                    true => report.threads.joined += 1,
                    false => report.threads.opened += 1,
                }
            }
        }
        Ok(())
    }

    /// What is here of these comments and of those that they answer.
    async fn known(&self, db: &impl sea_orm::ConnectionTrait, letters: &[Letter]) -> Result<Known> {
        let own = letters.iter().map(|letter| letter.planned.id);
        let above = letters.iter().filter_map(|letter| letter.planned.parent);
        let ids: HashSet<String> = own.chain(above).map(|id| id.to_string()).collect();
        importing::known(db, self.site.id(), FROM_ISSO, ids).await
    }

    /// One transaction: the threads, the comments, who wants to hear of replies, the threads' counts.
    async fn store(&self, tx: &Tx, batch: &import_batch::Model, letters: Vec<Letter>) -> Result<(Settled, u64)> {
        let (app, site_id) = (self.app, self.site.id());
        comments::hold_site(tx, site_id).await?;
        let known = self.known(&**tx, &letters).await?;
        let settled = settle(letters, &known);
        let mut threads: HashMap<usize, Uuid> = HashMap::new();
        let mut arrivals = Vec::with_capacity(settled.new.len());
        for letter in &settled.new {
            let place = letter.planned.conversation;
            let thread_id = match threads.get(&place) {
                Some(id) => *id,
                None => {
                    let id = self.thread(tx, place, letter).await?;
                    threads.insert(place, id);
                    id
                }
            };
            arrivals.push(self.arrival(letter, thread_id));
        }
        let run = Run {
            site_id,
            source: FROM_ISSO,
            batch_id: batch.id,
        };
        let (stored, gains) = importing::store(tx, app, run, &known, arrivals).await?;
        let by_id: HashMap<&str, &comment::Model> = stored
            .iter()
            .filter_map(|one| Some((one.import_id.as_deref()?, one)))
            .collect();
        let wishes = settled.new.iter().filter_map(|letter| {
            let id = letter.planned.id.to_string();
            let comment = by_id.get(id.as_str())?;
            Some(Wish {
                // Isso tells of every reply of the branch.
                comment_id: comment.root_id.unwrap_or(comment.id),
                email: letter.wish.clone()?,
                token_hash: wish_hash(app, FROM_ISSO, site_id, &id),
                at: comment.created_at,
            })
        });
        let wishes = subscriptions::importing::add(tx, app, site_id, wishes.collect()).await?;
        threads::importing::book(tx, app, site_id, &gains).await?;
        Ok((settled, wishes))
    }

    async fn thread(&self, tx: &Tx, place: usize, first: &Letter) -> Result<Uuid> {
        let conversation = &self.plan.conversations[place];
        let opening = Opening {
            address: conversation.address.clone(),
            title: conversation.title.clone(),
            created_at: first.judged.created_at,
            has_page: conversation.has_page,
        };
        Ok(threads::importing::open(tx, self.app, &self.site, &opening).await?.id)
    }

    fn arrival(&self, letter: &Letter, thread_id: Uuid) -> Arrival {
        let Letter { planned, judged, .. } = letter;
        Arrival {
            import_id: planned.id.to_string(),
            number: self.here.number(planned.id, self.first_number),
            thread_id,
            parent: planned.parent.map(|parent| parent.to_string()),
            state: planned.state,
            words: letter.words.clone(),
            author: letter.author.clone(),
            reasons: match planned.state {
                State::Pending => vec![reason::HOLDS_ALL],
                _ => vec![],
            },
            up_votes: judged.up_votes,
            down_votes: judged.down_votes,
            created_at: judged.created_at,
            edited_at: judged.edited_at,
        }
    }
}

/// Comments by what is to be done with them.
#[derive(Default)]
struct Settled {
    new: Vec<Letter>,
    /// How many are here already.
    already: u64,
    /// Those under whose ids other comments were imported.
    others: Vec<i64>,
    /// Those that answered one of these, and are roots now.
    orphans: Vec<i64>,
}

fn settle(letters: Vec<Letter>, known: &Known) -> Settled {
    let mut settled = Settled::default();
    for mut letter in letters {
        let id = letter.planned.id;
        match known.get(&id.to_string()) {
            // When it was written never changes, whatever else does.
            Some(known) if known.created_at != letter.judged.created_at => settled.others.push(id),
            Some(known) if !importing::is_place(known) => settled.already += 1,
            _ => {
                if letter
                    .planned
                    .parent
                    .is_some_and(|parent| settled.others.contains(&parent))
                {
                    letter.planned.parent = None;
                    settled.orphans.push(id);
                }
                settled.new.push(letter);
            }
        }
    }
    settled
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sites::settings::Settings;
    use crate::threads::key::Address;

    fn conversation(uri: &str, published: usize) -> Conversation {
        let page = format!("https://blog.example{uri}");
        Conversation {
            uri: uri.to_owned(),
            address: Address::new(Some(uri), Some(&page), &Settings::default()).unwrap(),
            title: None,
            comments: published,
            published,
            has_page: false,
        }
    }

    #[test]
    fn ids_are_kept_as_numbers_while_nobody_else_has_one_of_them() {
        for (highest, last, reserved, kept) in [
            (5000, 0, 0, true),
            (5000, 3, 0, false),
            // Stopped in the middle, and somebody has written meanwhile.
            (5000, 5003, 5000, true),
            // Isso went on, and nobody has written here.
            (5010, 5000, 5000, true),
            (5010, 5003, 5000, false),
            (MOST_NUMBER, 0, 0, false),
        ] {
            assert_eq!(
                keeps_numbers(highest, last, reserved),
                kept,
                "{highest} {last} {reserved}"
            );
        }
    }

    #[test]
    fn a_page_with_several_names_shows_the_conversation_with_the_most_comments() {
        let mut all = [conversation("/a", 1), conversation("/a/", 2), conversation("/b", 1)];
        let collisions = share_pages(&mut all, &HashMap::new());
        assert_eq!(all.each_ref().map(|one| one.has_page), [false, true, true]);
        let collision = Collision {
            page: "blog.example/a".to_owned(),
            shown: "/a/".to_owned(),
            others: vec!["/a".to_owned()],
        };
        assert_eq!(collisions, [collision]);
    }
}
