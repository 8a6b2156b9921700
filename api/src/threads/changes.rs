//! What a change of one comment looks like to readers who have the conversation open.

use ::entity::{comment, thread};
use sea_orm::ColumnTrait;
use sea_orm::prelude::Uuid;

use super::reading::upwards;
use super::tree::Placed;
use crate::app::App;
use crate::error::Result;

/// A comment after it has changed, as readers see it now.
pub enum Seen {
    /// It is shown; the places of removed comments above it that came back with it go first.
    Shown(Vec<Placed>),
    /// Its words are gone: its place stays (`true`) while replies stand under it. Other places above may have gone with it.
    Gone(Vec<(Uuid, bool)>),
}

/// Looks at a comment of a thread: one select, however deep it stands.
pub async fn look(app: &App, thread: &thread::Model, comment_id: Uuid) -> Result<Seen> {
    let chain = upwards(app.db.read(), thread.site_id, comment::Column::Id.eq(comment_id)).await?;
    let here = chain.first().is_some_and(|comment| comment.thread_id == thread.id);
    Ok(seen(comment_id, if here { chain } else { Vec::new() }))
}

/// From the comment and those above it, from below.
fn seen(comment_id: Uuid, chain: Vec<comment::Model>) -> Seen {
    let published = |comment: &comment::Model| comment.state == comment::State::Published;
    if !chain.first().is_some_and(published) {
        let mut gone = vec![(comment_id, chain.first().is_some_and(|comment| comment.reply_count > 0))];
        // A place above goes with the last that stood under it, and may take the next one along.
        let above = chain.iter().skip(1);
        gone.extend(
            above
                .take_while(|comment| !published(comment) && comment.reply_count == 0)
                .map(|comment| (comment.id, false)),
        );
        return Seen::Gone(gone);
    }
    // A place above that has this one under it and nothing else was not there before.
    let back = chain[1..]
        .iter()
        .take_while(|comment| !published(comment) && comment.reply_count == 1)
        .count();
    let levels = u32::try_from(chain.len()).unwrap_or(u32::MAX);
    let placed = chain.into_iter().zip((0..levels).rev());
    let mut shown: Vec<Placed> = placed
        .take(1 + back)
        .map(|(comment, depth)| Placed { comment, depth })
        .collect();
    shown.reverse();
    Seen::Shown(shown)
}

#[cfg(test)]
mod tests {
    use ::entity::comment::State;

    use super::super::tree::tests::comment;
    use super::*;

    /// A chain from below: number, state, replies that readers can see.
    fn chain(all: &[(u128, State, i32)]) -> Vec<comment::Model> {
        let one = |(id, state, reply_count): &(u128, State, i32)| comment::Model {
            state: *state,
            reply_count: *reply_count,
            ..comment(*id, None)
        };
        all.iter().map(one).collect()
    }

    fn shown(all: &[(u128, State, i32)]) -> Vec<(u128, u32)> {
        match seen(Uuid::from_u128(9), chain(all)) {
            Seen::Shown(placed) => placed.iter().map(|one| (one.comment.id.as_u128(), one.depth)).collect(),
            Seen::Gone(_) => panic!("gone"),
        }
    }

    fn gone(all: &[(u128, State, i32)]) -> Vec<(u128, bool)> {
        match seen(Uuid::from_u128(9), chain(all)) {
            Seen::Gone(gone) => gone.iter().map(|(id, place)| (id.as_u128(), *place)).collect(),
            Seen::Shown(_) => panic!("shown"),
        }
    }

    use State::{Deleted, Pending, Published};

    #[test]
    fn a_comment_is_shown_at_its_depth() {
        assert_eq!(shown(&[(9, Published, 0)]), [(9, 0)]);
        assert_eq!(
            shown(&[(9, Published, 0), (2, Published, 1), (1, Published, 1)]),
            [(9, 2)]
        );
    }

    #[test]
    fn places_that_come_back_with_it_go_first() {
        let chain = [(9, Published, 0), (3, Deleted, 1), (2, Deleted, 1), (1, Published, 1)];
        assert_eq!(shown(&chain), [(2, 1), (3, 2), (9, 3)]);
        let others_stand_there = [(9, Published, 0), (2, Deleted, 2), (1, Deleted, 1)];
        assert_eq!(shown(&others_stand_there), [(9, 2)]);
    }

    #[test]
    fn what_goes_takes_empty_places_along() {
        assert_eq!(gone(&[(9, Pending, 0)]), [(9, false)]);
        assert_eq!(gone(&[(9, Deleted, 2), (1, Published, 1)]), [(9, true)]);
        let chain = [(9, Deleted, 0), (3, Deleted, 0), (2, Deleted, 0), (1, Deleted, 1)];
        assert_eq!(gone(&chain), [(9, false), (3, false), (2, false)]);
        assert_eq!(gone(&[]), [(9, false)], "erased, or moved to another thread");
    }
}
