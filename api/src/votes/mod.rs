//! What readers say without words: votes on comments, reactions to pages.

pub mod merging;
pub mod rank;
pub mod reader;

use ::entity::{OfSite, comment, reaction, thread, vote};
use sea_orm::prelude::Uuid;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, Set, TryInsertResult};
use serde_json::json;

use crate::app::App;
use crate::comments::{self, author};
use crate::error::{Error, ErrorCode, FieldCode, Result};
use crate::infra::bus::Change;
use crate::infra::clock::id_at;
use crate::infra::db::{self, Tx};
use crate::moderation::{self, Actor, Kind};
use crate::sites::Visitor;
use crate::sites::settings::{self, Settings};
use crate::threads;
use crate::threads::key::Address;
use rank::rank;

/// Takes away up to `most` votes and reactions of a site that is erased. Resolves to how many there were.
pub async fn erase_some(tx: &Tx, site_id: Uuid, most: u64) -> Result<u64> {
    let votes = vote::Entity::delete_some_of_site(site_id, vote::Column::Id, most);
    let gone = votes.exec(&**tx).await?.rows_affected;
    let reactions = reaction::Entity::delete_some_of_site(site_id, reaction::Column::Id, most - gone);
    Ok(gone + reactions.exec(&**tx).await?.rows_affected)
}

/// What a reader says of a comment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Vote {
    Up,
    Down,
    /// He takes back what he said.
    Nothing,
}

impl Vote {
    /// `None` for what is no vote.
    pub fn of(value: i32) -> Option<Self> {
        match value {
            1 => Some(Vote::Up),
            -1 => Some(Vote::Down),
            0 => Some(Vote::Nothing),
            _ => None,
        }
    }

    pub fn value(self) -> i16 {
        match self {
            Vote::Up => 1,
            Vote::Down => -1,
            Vote::Nothing => 0,
        }
    }
}

/// # Errors
/// `votes_closed`.
fn may_vote(settings: &Settings, vote: Vote) -> Result<()> {
    match (settings.votes, vote) {
        (settings::Votes::Both, _) | (settings::Votes::Likes, Vote::Up | Vote::Nothing) => Ok(()),
        (settings::Votes::Likes, Vote::Down) => Err(Error::refused(
            ErrorCode::VotesClosed,
            "This site takes likes and nothing else.",
        )),
        (settings::Votes::None, _) => Err(Error::refused(ErrorCode::VotesClosed, "This site takes no votes.")),
    }
}

/// What becomes of a second vote on the same comment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Second {
    /// It takes the place of the first. For pages whose readers have tokens of their own: the network that wrote a comment is not held
    /// against a voter, as many people are behind one, and what one of them can do alone is bounded by a budget.
    Replaces,
    /// It is refused. For pages that know neither tokens nor a way to change a vote (Isso's client): there a network is one reader, so
    /// that nobody turns round what another one of it has said, and who wrote the comment may be anybody in it.
    IsRefused,
}

/// Puts a reader's vote on a comment. The same vote again is no change. His own comments are those whose tokens he sends.
///
/// # Errors
/// `votes_closed`, `own_comment`, `thread_locked`, `site_read_only`; `state_changed` for a second vote that is refused; `not_found` for
/// what readers cannot see.
pub async fn cast(
    app: &App,
    visitor: &Visitor,
    tokens: &[&str],
    id: Uuid,
    vote: Vote,
    second: Second,
) -> Result<comment::Model> {
    let settings = visitor.site().settings();
    may_vote(settings, vote)?;
    let voter = reader::name(app, visitor, tokens);
    let wrote_it = author::wrote(app, tokens, id);
    db::retry(async || {
        let tx = app.db.begin().await?;
        // Held from here on: the votes on one comment stand in a line, so what is read of them holds until the end.
        let comment = comments::hold_published(&tx, visitor.site().id(), id).await?;
        let is_of_network = || comment.network_hash.as_deref() == Some(visitor.network_hash());
        if wrote_it || (second == Second::IsRefused && is_of_network()) {
            return Err(Error::refused(ErrorCode::OwnComment, "This comment is your own."));
        }
        let former = put(&tx, app, &comment, &voter, vote).await?;
        if former != 0 && second == Second::IsRefused {
            let detail = "You have voted on this comment already.";
            return Err(Error::refused(ErrorCode::StateChanged, detail));
        }
        if former == vote.value() {
            let thread = threads::by_id(&*tx, comment.site_id, comment.thread_id).await?;
            threads::rules::may_change(settings, Some(&thread))?;
            return Ok(comment);
        }
        let one = |value: i16, counted: i16| i32::from(value == counted);
        let up_by = one(vote.value(), 1) - one(former, 1);
        let down_by = one(vote.value(), -1) - one(former, -1);
        let rank = rank(comment.up_votes + up_by, comment.down_votes + down_by);
        let comment = comments::count_votes(&tx, &comment, up_by, down_by, rank).await?;
        if former != 0 {
            let data = json!({ "from": former, "to": vote.value() });
            moderation::record(&tx, app, &comment, Kind::VoteReversed, &Actor::Visitor, None, data).await?;
        }
        let change = Change::Votes(comment.id);
        let thread = threads::book(&tx, app, comment.site_id, comment.thread_id, 0, change).await?;
        // Looked at last, where the row is in hand anyway: what is refused here has not happened.
        threads::rules::may_change(settings, Some(&thread))?;
        tx.commit().await?;
        Ok(comment)
    })
    .await
}

/// Writes the vote of a voter on a held comment; the value that it had before.
async fn put(tx: &Tx, app: &App, comment: &comment::Model, voter: &str, vote: Vote) -> Result<i16> {
    if vote == Vote::Nothing {
        let gone = vote::Entity::delete_of_site(comment.site_id)
            .filter(vote::Column::CommentId.eq(comment.id))
            .filter(vote::Column::Voter.eq(voter))
            .exec_with_returning(&**tx)
            .await?;
        return Ok(gone.first().map_or(0, |row| row.value));
    }
    let now = app.clock.now();
    let row = vote::ActiveModel {
        id: Set(id_at(now)),
        site_id: Set(comment.site_id),
        comment_id: Set(comment.id),
        voter: Set(voter.to_owned()),
        value: Set(vote.value()),
        created_at: Set(now),
        updated_at: Set(now),
    };
    // The first vote is the usual one, so it costs one statement.
    let inserted = vote::Entity::insert(row)
        .on_conflict_do_nothing_on([vote::Column::SiteId, vote::Column::CommentId, vote::Column::Voter])
        .exec_without_returning(&**tx)
        .await?;
    if is_new(&inserted) {
        return Ok(0);
    }
    let turned = vote::Entity::update_of_site(comment.site_id)
        .col_expr(vote::Column::Value, Expr::value(vote.value()))
        .col_expr(vote::Column::UpdatedAt, Expr::value(now))
        .filter(vote::Column::CommentId.eq(comment.id))
        .filter(vote::Column::Voter.eq(voter))
        .filter(vote::Column::Value.ne(vote.value()))
        .exec(&**tx)
        .await?;
    Ok(match turned.rows_affected {
        0 => vote.value(),
        _ => -vote.value(),
    })
}

fn is_new(inserted: &TryInsertResult<u64>) -> bool {
    matches!(inserted, TryInsertResult::Inserted(rows) if *rows > 0)
}

/// A page's reactions, with the reader's own.
pub struct Reacted {
    /// None while the page has no thread.
    pub thread: Option<thread::Model>,
    /// The kinds that he chose.
    pub mine: Vec<String>,
}

/// Switches a reader's reaction to a page on or off. As it is already is no change.
///
/// # Errors
/// `invalid_input` for a kind that the site does not offer; `thread_locked`, `site_read_only`; those of opening a thread.
pub async fn react(
    app: &App,
    visitor: &Visitor,
    tokens: &[&str],
    address: &Address,
    title: Option<&str>,
    kind: &str,
    on: bool,
) -> Result<Reacted> {
    let site = visitor.site();
    if !site.settings().reactions.iter().any(|offered| offered == kind) {
        let detail = match site.settings().reactions.is_empty() {
            true => "This site takes no reactions.".to_owned(),
            false => format!("This site takes {}.", site.settings().reactions.join(", ")),
        };
        return Err(Error::invalid("/kind", FieldCode::Invalid, detail));
    }
    let voter = reader::name(app, visitor, tokens);
    db::retry(async || {
        let tx = app.db.begin().await?;
        let Some(mut thread) = threads::reactions::hold(&tx, app, site, address, title, on).await? else {
            return Ok(Reacted {
                thread: None,
                mine: Vec::new(),
            });
        };
        let by = match on {
            true => choose(&tx, app, &thread, &voter, kind).await?,
            false => -drop_choice(&tx, &thread, &voter, kind).await?,
        };
        if by != 0 {
            thread = threads::reactions::count(&tx, app, &thread, kind, by).await?;
        }
        let chosen = reaction::Entity::of_site(thread.site_id)
            .filter(reaction::Column::ThreadId.eq(thread.id))
            .filter(reaction::Column::Voter.eq(&voter))
            .all(&*tx)
            .await?;
        tx.commit().await?;
        let offered = site.settings().reactions.iter();
        let mine = offered.filter(|kind| chosen.iter().any(|row| row.kind == **kind));
        Ok(Reacted {
            thread: Some(thread),
            mine: mine.cloned().collect(),
        })
    })
    .await
}

/// How many reactions of this kind and reader are new: one or none.
async fn choose(tx: &Tx, app: &App, thread: &thread::Model, voter: &str, kind: &str) -> Result<i64> {
    let now = app.clock.now();
    let row = reaction::ActiveModel {
        id: Set(id_at(now)),
        site_id: Set(thread.site_id),
        thread_id: Set(thread.id),
        voter: Set(voter.to_owned()),
        kind: Set(kind.to_owned()),
        created_at: Set(now),
    };
    let inserted = reaction::Entity::insert(row)
        .on_conflict_do_nothing_on([
            reaction::Column::SiteId,
            reaction::Column::ThreadId,
            reaction::Column::Voter,
            reaction::Column::Kind,
        ])
        .exec_without_returning(&**tx)
        .await?;
    Ok(i64::from(is_new(&inserted)))
}

/// How many are gone.
async fn drop_choice(tx: &Tx, thread: &thread::Model, voter: &str, kind: &str) -> Result<i64> {
    let gone = reaction::Entity::delete_of_site(thread.site_id)
        .filter(reaction::Column::ThreadId.eq(thread.id))
        .filter(reaction::Column::Voter.eq(voter))
        .filter(reaction::Column::Kind.eq(kind))
        .exec(&**tx)
        .await?;
    Ok(i64::from(gone.rows_affected > 0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_setting_says_which_votes_are_taken() {
        use settings::Votes;
        for (votes, up, down, nothing) in [
            (Votes::Both, true, true, true),
            (Votes::Likes, true, false, true),
            (Votes::None, false, false, false),
        ] {
            let settings = Settings {
                votes,
                ..Settings::default()
            };
            let taken = [Vote::Up, Vote::Down, Vote::Nothing].map(|vote| may_vote(&settings, vote).is_ok());
            assert_eq!(taken, [up, down, nothing], "{votes:?}");
        }
    }
}
