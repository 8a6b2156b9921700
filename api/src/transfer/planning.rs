//! How an Isso's threads and comments fit in here. Pure.

use std::collections::{BTreeMap, HashMap, HashSet};

use ::entity::comment::State;

use super::judging;
use super::report::{Finding, Findings};
use crate::infra::isso::{Cell, Outline, Thread};
use crate::threads::importing;
use crate::threads::key::Address;

/// Greatest id that is taken: what every reader of JSON has as a whole number.
const MOST_ID: i64 = (1 << 53) - 1;

/// A thread that has comments.
#[derive(Clone, Debug)]
pub struct Conversation {
    pub uri: String,
    pub address: Address,
    pub title: Option<String>,
    pub comments: usize,
    pub published: usize,
    /// Whether the page at the uri's path shows it: decided when it is known what is here already.
    pub has_page: bool,
}

/// A comment that is to be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Planned {
    pub id: i64,
    /// Its place among the conversations.
    pub conversation: usize,
    /// An earlier one of the same conversation.
    pub parent: Option<i64>,
    pub state: State,
}

#[derive(Debug, Default)]
pub struct Plan {
    pub conversations: Vec<Conversation>,
    /// Conversation by conversation, in each of them by id, so that a comment comes after what it answers.
    pub comments: Vec<Planned>,
    pub without_comments: u64,
    pub skipped: Findings,
    pub changed: Findings,
}

/// Puts comments under their threads and parents. `address` makes the name of a thread here.
pub fn plan(threads: Vec<Thread>, mut outline: Vec<Outline>, address: impl Fn(&str) -> Option<Address>) -> Plan {
    let mut plan = Plan::default();
    let mut places: HashMap<i64, Option<usize>> = HashMap::new();
    for thread in threads {
        let Some(id) = thread.id.filter(|id| !places.contains_key(id)) else {
            continue;
        };
        let place = conversation(id, thread, &address, &mut plan.changed).map(|conversation| {
            plan.conversations.push(conversation);
            plan.conversations.len() - 1
        });
        places.insert(id, place);
    }
    outline.sort_by_key(|one| one.id);
    let ids: HashSet<i64> = outline.iter().filter_map(|one| one.id).collect();
    let mut taken: HashMap<i64, usize> = HashMap::new();
    let mut seen: HashSet<i64> = HashSet::new();
    for one in &outline {
        let Some(id) = one.id.filter(|id| (1..=MOST_ID).contains(id)) else {
            plan.skipped.add(Finding::IdOdd, named(one.id));
            continue;
        };
        if !seen.insert(id) {
            plan.skipped.add(Finding::Twice, named(one.id));
            continue;
        }
        let conversation = match one.thread.and_then(|thread| places.get(&thread)) {
            None => Err(Finding::ThreadGone),
            Some(None) => Err(Finding::ThreadOdd),
            Some(Some(place)) => Ok(*place),
        };
        let state = judging::state(one.mode).ok_or(Finding::ModeOdd);
        let (conversation, state) = match (conversation, state) {
            (Ok(conversation), Ok(state)) => (conversation, state),
            (Err(finding), _) | (_, Err(finding)) => {
                plan.skipped.add(finding, named(one.id));
                continue;
            }
        };
        let parent = parent(one, id, conversation, &taken, &ids);
        if let Err(finding) = parent {
            plan.changed.add(finding, named(one.id));
        }
        taken.insert(id, conversation);
        plan.conversations[conversation].comments += 1;
        plan.conversations[conversation].published += usize::from(state == State::Published);
        plan.comments.push(Planned {
            id,
            conversation,
            parent: parent.ok().flatten(),
            state,
        });
    }
    plan.comments.sort_by_key(|comment| (comment.conversation, comment.id));
    plan.without_comments = plan.conversations.iter().filter(|one| one.comments == 0).count() as u64;
    plan
}

pub fn named(id: Option<i64>) -> String {
    id.map_or_else(|| "a comment".to_owned(), |id| format!("comment {id}"))
}

fn conversation(
    id: i64,
    thread: Thread,
    address: impl Fn(&str) -> Option<Address>,
    changed: &mut Findings,
) -> Option<Conversation> {
    let (uri, mended) = match thread.uri {
        Cell::Text(uri) => (uri, false),
        Cell::Mended(uri) => (uri, true),
        _ => return None,
    };
    let address = address(&uri).filter(|address| !address.is_by_url())?;
    if mended || address.id() != Some(&uri) {
        changed.add(Finding::UriMended, format!("thread {id}"));
    }
    let (title, was_cut) = match &thread.title {
        Cell::Null => (None, false),
        Cell::Text(title) | Cell::Mended(title) => importing::title(title),
        _ => (None, true),
    };
    if was_cut {
        changed.add(Finding::TitleCut, format!("thread {id}"));
    }
    Some(Conversation {
        uri,
        address,
        title,
        comments: 0,
        published: 0,
        has_page: false,
    })
}

/// What a comment answers. Isso gives ids in order of time, so that comes before it: what does not was never written by Isso, and
/// no ring can come of what is left.
fn parent(
    one: &Outline,
    id: i64,
    conversation: usize,
    taken: &HashMap<i64, usize>,
    ids: &HashSet<i64>,
) -> Result<Option<i64>, Finding> {
    match one.parent {
        None if one.odd_parent => Err(Finding::ParentGone),
        None => Ok(None),
        Some(parent) if parent >= id && ids.contains(&parent) => Err(Finding::ParentLater),
        Some(parent) => match taken.get(&parent) {
            Some(place) if *place == conversation => Ok(Some(parent)),
            Some(_) => Err(Finding::ParentElsewhere),
            None => Err(Finding::ParentGone),
        },
    }
}

/// Conversations whose uris are paths of one page: `(page's key, places)`, those with the most comments first.
pub fn pages(conversations: &[Conversation]) -> BTreeMap<String, Vec<usize>> {
    let mut pages: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (place, conversation) in conversations.iter().enumerate().filter(|(_, one)| one.comments > 0) {
        if let Some(page) = conversation.address.other_key() {
            pages.entry(page.to_owned()).or_default().push(place);
        }
    }
    for places in pages.values_mut() {
        places.sort_by_key(|place| {
            let one = &conversations[*place];
            (std::cmp::Reverse((one.published, one.comments)), *place)
        });
    }
    pages
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sites::settings::Settings;

    fn thread(id: i64, uri: &str) -> Thread {
        Thread {
            id: Some(id),
            uri: Cell::Text(uri.to_owned()),
            title: Cell::Null,
        }
    }

    fn comment(id: i64, thread: i64, parent: Option<i64>) -> Outline {
        Outline {
            id: Some(id),
            thread: Some(thread),
            parent,
            odd_parent: false,
            mode: Some(1),
        }
    }

    fn planned(threads: Vec<Thread>, outline: Vec<Outline>) -> Plan {
        plan(threads, outline, |uri| {
            let page = format!("https://blog.example{uri}");
            Address::new(Some(uri), Some(&page), &Settings::default()).ok()
        })
    }

    fn tree(plan: &Plan) -> Vec<(i64, Option<i64>)> {
        plan.comments.iter().map(|one| (one.id, one.parent)).collect()
    }

    #[test]
    fn comments_come_after_what_they_answer() {
        let plan = planned(
            vec![thread(1, "/a"), thread(2, "/b"), thread(3, "/c")],
            vec![
                comment(5, 1, Some(2)),
                comment(3, 2, None),
                comment(2, 1, None),
                comment(4, 2, Some(3)),
                comment(6, 1, Some(5)),
            ],
        );
        assert_eq!(
            tree(&plan),
            [(2, None), (5, Some(2)), (6, Some(5)), (3, None), (4, Some(3))]
        );
        assert_eq!(
            (plan.skipped.count(), plan.changed.count(), plan.without_comments),
            (0, 0, 1)
        );
    }

    #[test]
    fn whatever_the_parents_are_nothing_hangs_in_the_air() {
        let plan = planned(
            vec![thread(1, "/a"), thread(2, "/b")],
            vec![
                comment(1, 1, Some(1)),
                comment(2, 1, Some(3)),
                comment(3, 1, Some(2)),
                comment(4, 2, Some(3)),
                comment(5, 1, Some(99)),
                comment(6, 1, Some(-1)),
                Outline {
                    odd_parent: true,
                    ..comment(7, 1, None)
                },
            ],
        );
        assert_eq!(
            tree(&plan),
            [
                (1, None),
                (2, None),
                (3, Some(2)),
                (5, None),
                (6, None),
                (7, None),
                (4, None)
            ]
        );
        let counts =
            [Finding::ParentLater, Finding::ParentElsewhere, Finding::ParentGone].map(|one| plan.changed.of(one));
        assert_eq!((counts, plan.changed.count()), ([2, 1, 3], 6));
    }

    #[test]
    fn a_row_that_cannot_be_placed_is_named() {
        let unnameable = Thread {
            uri: Cell::Blob,
            ..thread(4, "")
        };
        let plan = planned(
            vec![
                thread(1, "/a"),
                thread(1, "/again"),
                thread(2, ""),
                thread(3, "/a\u{7}"),
                unnameable,
            ],
            vec![
                comment(1, 1, None),
                comment(1, 1, None),
                comment(0, 1, None),
                comment(i64::MAX, 1, None),
                Outline {
                    id: None,
                    ..comment(1, 1, None)
                },
                comment(2, 2, None),
                comment(3, 3, None),
                comment(4, 4, None),
                comment(5, 9, None),
                Outline {
                    thread: None,
                    ..comment(6, 1, None)
                },
                Outline {
                    mode: Some(3),
                    ..comment(7, 1, None)
                },
                Outline {
                    mode: None,
                    ..comment(8, 1, None)
                },
            ],
        );
        assert_eq!(tree(&plan), [(1, None)]);
        let counts = [
            Finding::IdOdd,
            Finding::Twice,
            Finding::ThreadOdd,
            Finding::ThreadGone,
            Finding::ModeOdd,
        ]
        .map(|one| plan.skipped.of(one));
        assert_eq!(counts, [3, 1, 3, 2, 2]);
    }

    #[test]
    fn of_several_names_of_a_page_the_one_with_the_most_comments_is_first() {
        let plan = planned(
            vec![
                thread(1, "/a"),
                thread(2, "/a/"),
                thread(3, "/a/index.html"),
                thread(4, "/b"),
            ],
            vec![
                comment(1, 1, None),
                comment(2, 2, None),
                comment(3, 2, None),
                comment(4, 4, None),
            ],
        );
        let pages = pages(&plan.conversations);
        assert_eq!(pages["url:blog.example/a"], [1, 0]);
        assert_eq!(pages["url:blog.example/b"], [3]);
    }
}
