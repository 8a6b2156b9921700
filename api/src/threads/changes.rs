//! What a change of one comment looks like to readers who have the conversation open.

use ::entity::{OfSite, comment, thread};
use sea_orm::prelude::Uuid;
use sea_orm::{ColumnTrait, QueryFilter};

use super::reading::depth_below;
use super::tree::Placed;
use crate::app::App;
use crate::error::Result;

/// A comment after it has changed, as readers see it now.
#[derive(Debug, PartialEq)]
pub enum Seen {
    /// It is shown at its depth; or its place is, which has come back because replies stand under it again.
    Shown(Box<Placed>),
    /// Its words are gone; its place stays while replies stand under it.
    Gone { tombstone: bool },
}

/// Looks at a comment of a thread: two selects, however deep it stands. `appeared` says that readers see what they did not see.
pub async fn look(app: &App, thread: &thread::Model, comment_id: Uuid, appeared: bool) -> Result<Seen> {
    let db = app.db.read();
    let comment = comment::Entity::of_site(thread.site_id)
        .filter(comment::Column::ThreadId.eq(thread.id))
        .filter(comment::Column::Id.eq(comment_id))
        .one(db)
        .await?;
    let parent_id = comment.as_ref().and_then(|comment| comment.parent_id);
    let depth = depth_below(db, thread.site_id, parent_id).await?;
    Ok(seen(comment, depth, appeared))
}

/// From the comment and its depth. None is one that was erased or moved away.
fn seen(comment: Option<comment::Model>, depth: u32, appeared: bool) -> Seen {
    let Some(comment) = comment else {
        return Seen::Gone { tombstone: false };
    };
    let has_place = comment.reply_count > 0;
    if comment.state == comment::State::Published || (has_place && appeared) {
        return Seen::Shown(Box::new(Placed { comment, depth }));
    }
    Seen::Gone { tombstone: has_place }
}

#[cfg(test)]
mod tests {
    use ::entity::comment::State;

    use super::super::tree::tests;
    use super::*;

    #[test]
    fn what_is_seen_follows_from_its_state_and_what_stands_under_it() {
        let comment = |state, reply_count| {
            Some(comment::Model {
                state,
                reply_count,
                ..tests::comment(9, None)
            })
        };
        let gone = |tombstone| Seen::Gone { tombstone };
        for state in [State::Deleted, State::Pending, State::Spam, State::Rejected] {
            assert_eq!(seen(comment(state, 0), 1, false), gone(false));
            assert_eq!(
                seen(comment(state, 0), 1, true),
                gone(false),
                "what was taken back meanwhile"
            );
            assert_eq!(seen(comment(state, 2), 1, false), gone(true));
            assert!(matches!(seen(comment(state, 2), 2, true), Seen::Shown(placed) if placed.depth == 2));
        }
        for appeared in [true, false] {
            let shown = seen(comment(State::Published, 0), 1, appeared);
            assert!(matches!(shown, Seen::Shown(placed) if placed.depth == 1));
        }
        assert_eq!(
            seen(None, 0, true),
            gone(false),
            "erased, or moved to another conversation"
        );
    }
}
