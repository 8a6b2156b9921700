//! The order in which a reader sees a conversation: replies under what they answer. Pure.

use std::collections::HashMap;

use ::entity::comment::Model;
use sea_orm::prelude::Uuid;

/// A comment at its place.
#[derive(Debug, PartialEq)]
pub struct Placed {
    pub comment: Model,
    /// 0 for a root, 1 for its replies...
    pub depth: u32,
}

/// Puts replies under their parents, depth first: the roots as given, siblings by time. A reply whose parent is not among
/// the given comments is left out. Without recursion, so that a chain of any length is only long.
pub fn arrange(roots: Vec<Model>, replies: Vec<Model>) -> Vec<Placed> {
    let mut below: HashMap<Uuid, Vec<Model>> = HashMap::new();
    for reply in replies {
        if let Some(parent) = reply.parent_id {
            below.entry(parent).or_default().push(reply);
        }
    }
    for siblings in below.values_mut() {
        siblings.sort_by_key(|reply| std::cmp::Reverse((reply.created_at, reply.number)));
    }
    let mut placed = Vec::new();
    // What is still to be placed, the next one last.
    let mut waiting: Vec<(Model, u32)> = roots.into_iter().rev().map(|root| (root, 0)).collect();
    while let Some((comment, depth)) = waiting.pop() {
        for reply in below.remove(&comment.id).unwrap_or_default() {
            waiting.push((reply, depth + 1));
        }
        placed.push(Placed { comment, depth });
    }
    placed
}

#[cfg(test)]
pub(super) mod tests {
    use chrono::DateTime;

    use super::*;
    use crate::comments;

    pub fn comment(id: u128, parent: Option<u128>) -> Model {
        let at = DateTime::from_timestamp(i64::try_from(id).unwrap(), 0).unwrap();
        Model {
            parent_id: parent.map(Uuid::from_u128),
            root_id: parent.map(|_| Uuid::from_u128(1)),
            number: i64::try_from(id).unwrap(),
            ..comments::blank(Uuid::from_u128(id), Uuid::nil(), Uuid::nil(), at)
        }
    }

    fn order(roots: Vec<Model>, replies: Vec<Model>) -> Vec<(u128, u32)> {
        arrange(roots, replies)
            .into_iter()
            .map(|placed| (placed.comment.id.as_u128(), placed.depth))
            .collect()
    }

    #[test]
    fn replies_stand_under_what_they_answer() {
        let roots = vec![comment(1, None), comment(2, None)];
        let replies = vec![
            comment(3, Some(1)),
            comment(4, Some(2)),
            comment(5, Some(3)),
            comment(6, Some(1)),
        ];
        assert_eq!(order(roots, replies), [(1, 0), (3, 1), (5, 2), (6, 1), (2, 0), (4, 1)]);
    }

    #[test]
    fn roots_keep_the_order_they_came_in() {
        assert_eq!(
            order(vec![comment(2, None), comment(1, None)], vec![]),
            [(2, 0), (1, 0)]
        );
    }

    #[test]
    fn siblings_are_in_order_of_time_however_they_come() {
        let replies = vec![comment(6, Some(1)), comment(3, Some(1)), comment(5, Some(1))];
        assert_eq!(order(vec![comment(1, None)], replies), [(1, 0), (3, 1), (5, 1), (6, 1)]);
    }

    #[test]
    fn a_reply_without_its_parent_is_left_out() {
        assert_eq!(order(vec![comment(1, None)], vec![comment(3, Some(99))]), [(1, 0)]);
    }

    #[test]
    fn a_chain_of_ten_thousand_is_only_long() {
        let replies = (2..=10_000).map(|id| comment(id, Some(id - 1))).collect();
        let placed = order(vec![comment(1, None)], replies);
        assert_eq!(placed.len(), 10_000);
        assert_eq!(placed[9_999], (10_000, 9_999));
    }

    #[test]
    fn a_ring_hangs_nobody() {
        assert_eq!(
            order(vec![comment(1, None)], vec![comment(2, Some(3)), comment(3, Some(2))]),
            [(1, 0)]
        );
    }
}
