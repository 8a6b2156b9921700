//! Comments that come from another system: stored with the state, the votes and the times that they had there, and counted as if
//! they had been written here; and taken back.
//!
//! The caller holds the site ([`super::hold_site`]).

use std::collections::{BTreeMap, HashMap, HashSet};

use ::entity::comment::{self, SourceFormat, State};
use ::entity::{OfSite, site_counter};
use chrono::{DateTime, Utc};
use sea_orm::prelude::Uuid;
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, NotSet, QueryFilter, QueryOrder,
    QuerySelect,
};
use serde_json::json;

use super::rerender::laid_out;
use super::{
    Author, Words, count_branch, folded, is_erased, is_visible, mailbox, off_thread, pass_up, take_numbers, weigh,
};
use crate::app::App;
use crate::error::{Error, Result};
use crate::infra::bus::Change;
use crate::infra::clock::id_at;
use crate::infra::db::Tx;
use crate::infra::markdown;
use crate::sites::settings::Settings;
use crate::threads::importing::Gain;
use crate::votes::rank::rank;
use crate::{moderation, threads, webhooks};

/// A comment that is about to come in.
#[derive(Clone, Debug)]
pub struct Arrival {
    /// Its id where it comes from.
    pub import_id: String,
    pub number: i64,
    /// Where it belongs if it answers nothing.
    pub thread_id: Uuid,
    /// `import_id` of what it answers, which is here or comes before it.
    pub parent: Option<String>,
    pub state: State,
    pub words: Words,
    pub author: Author,
    pub reasons: Vec<&'static str>,
    pub up_votes: i32,
    pub down_votes: i32,
    pub created_at: DateTime<Utc>,
    pub edited_at: Option<DateTime<Utc>>,
}

/// Which run brings comments, and from where.
#[derive(Clone, Copy, Debug)]
pub struct Run<'a> {
    pub site_id: Uuid,
    pub source: &'a str,
    pub batch_id: Uuid,
}

/// Comments that were imported before, by their ids in the other system.
pub type Known = HashMap<String, comment::Model>;

/// What is here already of these ids of another system.
pub async fn known(
    db: &impl ConnectionTrait,
    site_id: Uuid,
    source: &str,
    ids: impl IntoIterator<Item = String>,
) -> Result<Known> {
    let rows = comment::Entity::of_site(site_id)
        .filter(comment::Column::ImportSource.eq(source))
        .filter(comment::Column::ImportId.is_in(ids))
        .all(db)
        .await?;
    let by_id = rows.into_iter().filter_map(|row| Some((row.import_id.clone()?, row)));
    Ok(by_id.collect())
}

/// Whether only its place is here: it came, was taken back, and readers had answered it. It can come again.
pub fn is_place(comment: &comment::Model) -> bool {
    comment.import_batch_id.is_none() && is_erased(comment)
}

/// The last number that was given out in a site.
pub async fn last_number(db: &impl ConnectionTrait, site_id: Uuid) -> Result<i64> {
    let counter = site_counter::Entity::of_site(site_id).one(db).await?;
    counter
        .map(|counter| counter.last_number)
        .ok_or_else(|| Error::internal("the site has no counter"))
}

/// Has the site count on from this number, if it is not beyond it.
pub async fn count_from(tx: &Tx, site_id: Uuid, number: i64) -> Result<()> {
    site_counter::Entity::update_of_site(site_id)
        .col_expr(site_counter::Column::LastNumber, Expr::value(number))
        .filter(site_counter::Column::LastNumber.lt(number))
        .exec(&**tx)
        .await?;
    Ok(())
}

/// Takes so many numbers; the first of them.
pub async fn reserve(tx: &Tx, site_id: Uuid, count: usize) -> Result<i64> {
    let last = take_numbers(tx, site_id, count).await?;
    Ok(last + 1 - i64::try_from(count).map_err(Error::internal)?)
}

/// A text in both its forms, whatever the site's bounds for new ones; with whether it is shown as it was typed, because laying
/// it out would cost too much.
pub async fn words(app: &App, settings: &Settings, source: String) -> Result<(Words, bool)> {
    let rules = settings.rules();
    off_thread(app, move || {
        let (html, as_typed) = laid_out(&source, SourceFormat::Markdown, &rules);
        (Words { source, html }, as_typed)
    })
    .await
}

/// Stores comments, each after what it answers, in a handful of statements and one for each comment above them. Threads are
/// not booked yet: what came to each.
///
/// # Errors
/// If a number is taken; that two runs do not bring one comment twice is the caller's to see to, by [`known`].
pub async fn store(
    tx: &Tx,
    app: &App,
    run: Run<'_>,
    known: &Known,
    arrivals: Vec<Arrival>,
) -> Result<(Vec<comment::Model>, BTreeMap<Uuid, Gain>)> {
    let now = app.clock.now();
    let mut fresh: Vec<comment::Model> = Vec::with_capacity(arrivals.len());
    let mut again: Vec<(comment::Model, comment::Model)> = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    let came = arrivals.iter().map(|arrival| arrival.words.source.len()).sum();
    weigh(tx, run.site_id, came, 0).await?;
    for arrival in arrivals {
        let parent = arrival
            .parent
            .as_ref()
            .and_then(|id| places.get(id).map(|place| &fresh[*place]).or_else(|| known.get(id)));
        let mut row = row(run, &arrival, parent, now);
        mailbox::mark(&app.keys, &mut row);
        match known.get(&arrival.import_id) {
            Some(place) => again.push((place.clone(), row)),
            None => {
                places.insert(arrival.import_id, fresh.len());
                fresh.push(row);
            }
        }
    }
    let mut stored = Vec::with_capacity(fresh.len() + again.len());
    for (place, row) in again {
        stored.push(fill(tx, place, row).await?);
    }
    let outside = count_within(&mut fresh);
    if !fresh.is_empty() {
        let rows = fresh.iter().cloned().map(|row| row.into_active_model().reset_all());
        comment::Entity::insert_many(rows).exec_without_returning(&**tx).await?;
    }
    for (parent_id, count) in outside.answered {
        pass_up(tx, run.site_id, Some(parent_id), count).await?;
    }
    for (root_id, count) in outside.branches {
        count_branch(tx, run.site_id, root_id, count).await?;
    }
    stored.extend(fresh);
    let mut gains: BTreeMap<Uuid, Gain> = BTreeMap::new();
    for comment in &stored {
        let gain = gains.entry(comment.thread_id).or_default();
        if comment.state == State::Published {
            gain.published += 1;
            gain.latest = gain.latest.max(Some(comment.created_at));
        }
    }
    Ok((stored, gains))
}

fn row(run: Run<'_>, arrival: &Arrival, parent: Option<&comment::Model>, now: DateTime<Utc>) -> comment::Model {
    let author = &arrival.author;
    comment::Model {
        // Of its time, so that it stands among the others where it belongs.
        id: id_at(arrival.created_at),
        site_id: run.site_id,
        // Moderators may have moved what it answers.
        thread_id: parent.map_or(arrival.thread_id, |parent| parent.thread_id),
        parent_id: parent.map(|parent| parent.id),
        root_id: parent.map(|parent| parent.root_id.unwrap_or(parent.id)),
        number: arrival.number,
        state: arrival.state,
        folded: folded(&arrival.words.source, author.name.as_deref(), author.website.as_deref()),
        source: arrival.words.source.clone(),
        source_format: SourceFormat::Markdown,
        html: arrival.words.html.clone(),
        renderer: markdown::RENDERER,
        author_name: author.name.clone(),
        author_email: author.email.clone(),
        author_website: author.website.clone(),
        author_hash: author.hash.clone(),
        mailbox_hash: None,
        signed_in: false,
        account_id: None,
        reasons: json!(arrival.reasons),
        network_hash: author.network_hash.clone(),
        up_votes: arrival.up_votes,
        down_votes: arrival.down_votes,
        rank: rank(arrival.up_votes, arrival.down_votes),
        reply_count: 0,
        branch_count: 0,
        report_count: 0,
        import_source: Some(run.source.to_owned()),
        import_id: Some(arrival.import_id.clone()),
        import_batch_id: Some(run.batch_id),
        created_at: arrival.created_at,
        edited_at: arrival.edited_at,
        updated_at: now,
    }
}

/// What comments change in the counts of others: visible replies by parent, published ones by root.
#[derive(Debug, Default, PartialEq, Eq)]
struct Counts {
    answered: BTreeMap<Uuid, i32>,
    branches: BTreeMap<Uuid, i64>,
}

/// Counts new comments, each after its parent, in those of them that are above others; what is left is for comments that were
/// there before.
fn count_within(comments: &mut [comment::Model]) -> Counts {
    let places: HashMap<Uuid, usize> = comments
        .iter()
        .enumerate()
        .map(|(place, one)| (one.id, place))
        .collect();
    let mut outside = Counts::default();
    // From the end, so that a comment's own replies are counted before it is asked whether it can be seen.
    for place in (0..comments.len()).rev() {
        let comment = &comments[place];
        let (visible, published) = (is_visible(comment), comment.state == State::Published);
        let (parent_id, root_id) = (comment.parent_id, comment.root_id);
        if let Some(id) = parent_id.filter(|_| visible) {
            match places.get(&id) {
                Some(parent) => comments[*parent].reply_count += 1,
                None => *outside.answered.entry(id).or_default() += 1,
            }
        }
        if let Some(id) = root_id.filter(|_| published) {
            match places.get(&id) {
                Some(root) => comments[*root].branch_count += 1,
                None => *outside.branches.entry(id).or_default() += 1,
            }
        }
    }
    outside
}

/// Puts a comment back to the place that was kept for it: where that is, what is under it and its number stay.
async fn fill(tx: &Tx, place: comment::Model, row: comment::Model) -> Result<comment::Model> {
    let filled = comment::Model {
        id: place.id,
        thread_id: place.thread_id,
        parent_id: place.parent_id,
        root_id: place.root_id,
        number: place.number,
        ..row
    };
    // What it counts is not looked at here: others that are filled may have changed it.
    let mut update = filled.into_active_model().reset_all();
    update.reply_count = NotSet;
    update.branch_count = NotSet;
    let filled = update.update(&**tx).await?;
    // Before, it was seen for its replies alone.
    if filled.state == State::Published && filled.reply_count == 0 {
        pass_up(tx, filled.site_id, filled.parent_id, 1).await?;
    }
    if let Some(root_id) = filled.root_id.filter(|_| filled.state == State::Published) {
        count_branch(tx, filled.site_id, root_id, 1).await?;
    }
    Ok(filled)
}

/// What became of some comments of a run that was taken back.
#[derive(Debug, Default)]
pub struct TakenBack {
    pub removed: usize,
    /// Numbers of those that somebody has answered since: their places stay.
    pub kept: Vec<i64>,
    pub threads: Vec<Uuid>,
}

/// Comments of a run with numbers before `before`, the latest first, so many as are taken back at once.
pub async fn of_run(
    db: &impl ConnectionTrait,
    site_id: Uuid,
    batch_id: Uuid,
    before: Option<i64>,
) -> Result<Vec<comment::Model>> {
    const AT_ONCE: u64 = 200;
    let mut select = comment::Entity::of_site(site_id)
        .filter(comment::Column::ImportBatchId.eq(batch_id))
        .order_by_desc(comment::Column::Number)
        .limit(AT_ONCE);
    if let Some(before) = before {
        select = select.filter(comment::Column::Number.lt(before));
    }
    Ok(select.all(db).await?)
}

/// Takes back comments of a run, the latest first, so that replies go before what they answer; those after them are gone already.
/// What others have answered since keeps its place, without words and author. Counts are right afterwards, also those of threads,
/// which are booked.
pub async fn take_back(tx: &Tx, app: &App, site_id: Uuid, rows: &[comment::Model]) -> Result<TakenBack> {
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    let plan = plan_removal(rows, &replies(tx, site_id, &ids).await?);
    weigh(tx, site_id, 0, rows.iter().map(|row| row.source.len()).sum()).await?;
    moderation::forget_texts_of(tx, site_id, &ids).await?;
    webhooks::deliveries::forget_comments(tx, site_id, &ids, app.clock.now()).await?;
    for (id, reply_count, branch_count) in &plan.kept {
        keep_place(tx, app, site_id, *id, *reply_count, *branch_count).await?;
    }
    comment::Entity::delete_of_site(site_id)
        .filter(comment::Column::Id.is_in(plan.removed.iter().copied()))
        .exec(&**tx)
        .await?;
    for (parent_id, count) in &plan.outside.answered {
        pass_up(tx, site_id, Some(*parent_id), *count).await?;
    }
    for (root_id, count) in &plan.outside.branches {
        count_branch(tx, site_id, *root_id, *count).await?;
    }
    let kept: HashSet<Uuid> = plan.kept.iter().map(|(id, ..)| *id).collect();
    let mut threads: Vec<Uuid> = rows.iter().map(|row| row.thread_id).collect();
    threads.sort_unstable();
    threads.dedup();
    threads::importing::unpin(tx, site_id, &threads, &plan.removed).await?;
    for thread_id in &threads {
        threads::recount(tx, app, site_id, *thread_id, Change::Whole).await?;
    }
    Ok(TakenBack {
        removed: plan.removed.len(),
        kept: rows
            .iter()
            .filter(|row| kept.contains(&row.id))
            .map(|row| row.number)
            .collect(),
        threads,
    })
}

/// `(id, parent)` of all direct replies to these comments.
async fn replies(tx: &Tx, site_id: Uuid, ids: &[Uuid]) -> Result<Vec<(Uuid, Uuid)>> {
    let replies: Vec<(Uuid, Option<Uuid>)> = comment::Entity::of_site(site_id)
        .filter(comment::Column::ParentId.is_in(ids.iter().copied()))
        .select_only()
        .column(comment::Column::Id)
        .column(comment::Column::ParentId)
        .into_tuple()
        .all(&**tx)
        .await?;
    Ok(replies
        .into_iter()
        .filter_map(|(id, parent)| Some((id, parent?)))
        .collect())
}

#[derive(Debug, Default, PartialEq, Eq)]
struct Removal {
    removed: Vec<Uuid>,
    /// With the replies and the branch that they count then.
    kept: Vec<(Uuid, i32, i32)>,
    /// What others count from then on, as differences.
    outside: Counts,
}

/// Which of these comments, replies first, can go, and what that changes in the counts above. What a comment counts is final when
/// its turn comes, as everything under it has had its own.
fn plan_removal(rows: &[comment::Model], replies: &[(Uuid, Uuid)]) -> Removal {
    let mut plan = Removal::default();
    let here: HashSet<Uuid> = rows.iter().map(|row| row.id).collect();
    let mut counts: HashMap<Uuid, (i32, i32)> = rows
        .iter()
        .map(|row| (row.id, (row.reply_count, row.branch_count)))
        .collect();
    let mut gone: HashSet<Uuid> = HashSet::new();
    let mut by_parent: HashMap<Uuid, Vec<Uuid>> = HashMap::new();
    for (id, parent) in replies {
        by_parent.entry(*parent).or_default().push(*id);
    }
    for row in rows {
        let stays = by_parent
            .get(&row.id)
            .is_some_and(|all| all.iter().any(|reply| !gone.contains(reply)));
        let (reply_count, branch_count) = counts[&row.id];
        // As it was, and as it is when its own replies have been dealt with.
        let is_then_visible = stays && reply_count > 0;
        if is_visible(row)
            && !is_then_visible
            && let Some(parent) = row.parent_id
        {
            match counts.get_mut(&parent).filter(|_| here.contains(&parent)) {
                Some(counts) => counts.0 -= 1,
                None => *plan.outside.answered.entry(parent).or_default() -= 1,
            }
        }
        if row.state == State::Published
            && let Some(root) = row.root_id
        {
            match counts.get_mut(&root).filter(|_| here.contains(&root)) {
                Some(counts) => counts.1 -= 1,
                None => *plan.outside.branches.entry(root).or_default() -= 1,
            }
        }
        if stays {
            plan.kept.push((row.id, reply_count, branch_count));
        } else {
            gone.insert(row.id);
            plan.removed.push(row.id);
        }
    }
    plan
}

/// Leaves nothing of a comment but its place.
async fn keep_place(tx: &Tx, app: &App, site_id: Uuid, id: Uuid, reply_count: i32, branch_count: i32) -> Result<()> {
    let empty = || Expr::value(String::new());
    let none = || Expr::value(None::<String>);
    comment::Entity::update_of_site(site_id)
        .col_expr(comment::Column::State, Expr::value(State::Deleted.name()))
        .col_expr(comment::Column::Source, empty())
        .col_expr(comment::Column::Html, empty())
        .col_expr(comment::Column::Folded, empty())
        .col_expr(comment::Column::AuthorName, none())
        .col_expr(comment::Column::AuthorEmail, none())
        .col_expr(comment::Column::AuthorWebsite, none())
        .col_expr(comment::Column::AuthorHash, none())
        .col_expr(comment::Column::MailboxHash, none())
        .col_expr(comment::Column::NetworkHash, none())
        .col_expr(comment::Column::ImportBatchId, Expr::value(None::<Uuid>))
        .col_expr(comment::Column::ReplyCount, Expr::value(reply_count))
        .col_expr(comment::Column::BranchCount, Expr::value(branch_count))
        .col_expr(comment::Column::UpdatedAt, Expr::value(app.clock.now()))
        .filter(comment::Column::Id.eq(id))
        .exec(&**tx)
        .await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Comments by `(id, parent, root, state)`, each after its parent.
    fn comments(all: &[(u128, u128, u128, State)]) -> Vec<comment::Model> {
        let run = Run {
            site_id: Uuid::nil(),
            source: "isso",
            batch_id: Uuid::nil(),
        };
        let at = DateTime::from_timestamp(1_500_000_000, 0).unwrap();
        all.iter()
            .map(|(id, parent, root, state)| {
                let arrival = Arrival {
                    import_id: id.to_string(),
                    number: i64::try_from(*id).unwrap(),
                    thread_id: Uuid::nil(),
                    parent: None,
                    state: *state,
                    words: Words {
                        source: "Well.".to_owned(),
                        html: "<p>Well.</p>".to_owned(),
                    },
                    author: Author::default(),
                    reasons: vec![],
                    up_votes: 3,
                    down_votes: 1,
                    created_at: at,
                    edited_at: None,
                };
                let known = |id: u128| (id > 0).then(|| Uuid::from_u128(id));
                comment::Model {
                    id: Uuid::from_u128(*id),
                    parent_id: known(*parent),
                    root_id: known(*root),
                    ..row(run, &arrival, None, at)
                }
            })
            .collect()
    }

    fn counts(comments: &[comment::Model]) -> Vec<(i32, i32)> {
        comments.iter().map(|one| (one.reply_count, one.branch_count)).collect()
    }

    #[test]
    fn replies_count_as_if_they_had_been_written_here() {
        use State::{Deleted, Pending, Published};
        let mut all = comments(&[
            (1, 0, 0, Deleted),
            (2, 1, 1, Published),
            (3, 2, 1, Pending),
            (4, 3, 1, Published),
            (5, 1, 1, Deleted),
            (6, 0, 0, Deleted),
            (7, 6, 6, Deleted),
            // Under comments that were here before.
            (8, 100, 99, Published),
            (9, 100, 99, Deleted),
        ]);
        let outside = count_within(&mut all);
        assert_eq!(
            counts(&all),
            [(1, 2), (1, 0), (1, 0), (0, 0), (0, 0), (0, 0), (0, 0), (0, 0), (0, 0)]
        );
        assert_eq!(outside.answered, BTreeMap::from([(Uuid::from_u128(100), 1)]));
        assert_eq!(outside.branches, BTreeMap::from([(Uuid::from_u128(99), 1)]));
        assert_eq!(all[0].rank, rank(3, 1));
    }

    #[test]
    fn what_others_have_answered_keeps_its_place() {
        use State::{Pending, Published};
        let id = Uuid::from_u128;
        // 1 <- 2 <- 10 (somebody else's), 1 <- 3, 4 <- 11 (somebody else's, waiting), 5 <- 6
        let mut all = comments(&[
            (1, 0, 0, Published),
            (2, 1, 1, Published),
            (3, 1, 1, Published),
            (4, 0, 0, Published),
            (5, 0, 0, Pending),
            (6, 5, 5, Published),
            (10, 2, 1, Published),
            (11, 4, 4, Pending),
        ]);
        assert_eq!(count_within(&mut all), Counts::default());
        let replies: Vec<(Uuid, Uuid)> = all.iter().filter_map(|one| Some((one.id, one.parent_id?))).collect();
        let mut own: Vec<comment::Model> = all.into_iter().filter(|one| one.number < 10).collect();
        own.reverse();
        let plan = plan_removal(&own, &replies);
        assert_eq!(plan.removed, [id(6), id(5), id(3)]);
        assert_eq!(plan.kept, [(id(4), 0, 0), (id(2), 1, 0), (id(1), 1, 1)]);
        assert_eq!(plan.outside, Counts::default());
    }
}
