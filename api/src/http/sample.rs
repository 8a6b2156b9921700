//! A conversation made up to show what settings do, in the form in which readers' pages get theirs.

use chrono::{DateTime, TimeDelta, Utc};
use poem_openapi::types::ToJSON;
use sea_orm::prelude::Uuid;
use serde_json::Value;

use super::visitor::views::{
    AuthorView, CommentState, CommentView, ReactionCount, SiteView, ThreadPage, ThreadView, VotesView,
};
use crate::app::App;
use crate::comments;
use crate::error::{Error, Result};
use crate::sites::settings::{Settings, Sort};
use crate::threads::key::Address;

/// Somebody's words in it.
struct Said {
    /// Place of the comment that it answers.
    under: Option<usize>,
    hours_ago: i64,
    name: &'static str,
    team: bool,
    votes: (i32, i32),
    english: &'static str,
    german: &'static str,
}

const CONVERSATION: [Said; 5] = [
    Said {
        under: None,
        hours_ago: 74,
        name: "Ada",
        team: false,
        votes: (7, 1),
        english: "Thank you, this is the first explanation that I understood. I have tried it **twice**:\n\n\
                  1. with what was in the drawer\n2. with what you recommend\n\nThe second one held.",
        german: "Danke, das ist die erste Erklärung, die ich verstanden habe. Ich habe es **zweimal** versucht:\n\n\
                 1. mit dem, was in der Schublade lag\n2. mit dem, was Sie empfehlen\n\nDas zweite hielt.",
    },
    Said {
        under: Some(0),
        hours_ago: 70,
        name: "Walt",
        team: true,
        votes: (3, 0),
        english: "Good to hear! What was in the drawer?",
        german: "Schön zu hören! Was lag denn in der Schublade?",
    },
    Said {
        under: Some(1),
        hours_ago: 69,
        name: "Ada",
        team: false,
        votes: (0, 0),
        english: "> What was in the drawer?\n\nYou do not want to know. But see [this page](https://example.org/drawer).",
        german: "> Was lag denn in der Schublade?\n\nDas wollen Sie nicht wissen. Aber sehen Sie [diese Seite](https://example.org/schublade).",
    },
    Said {
        under: None,
        hours_ago: 30,
        name: "Grace",
        team: false,
        votes: (12, 0),
        english: "A picture says more:\n\n![A loaf of bread]({picture})\n\nand `grep -r thanks .` finds a lot here.",
        german: "Ein Bild sagt mehr:\n\n![Ein Laib Brot]({picture})\n\nund `grep -r danke .` findet hier viel.",
    },
    Said {
        under: None,
        hours_ago: 2,
        name: "Linus",
        team: false,
        votes: (0, 2),
        english: "Second.",
        german: "Zweiter.",
    },
];

/// The page as `thread_read` would send it for a site of this name with these settings.
///
/// # Errors
/// `invalid_input` where the settings allow no text of it.
pub async fn page(app: &App, name: &str, settings: &Settings, language: &str) -> Result<Value> {
    let now = app.clock.now();
    let german = language == "de";
    let mut comments = Vec::with_capacity(CONVERSATION.len());
    for (place, said) in CONVERSATION.iter().enumerate() {
        let text = if german { said.german } else { said.english };
        let text = text.replace("{picture}", &format!("{}/demo/bread.svg", app.config.public_url));
        let html = comments::render(app, settings, text).await?.html;
        comments.push(comment(place, said, html, now));
    }
    let address = Address::new(Some("preview"), None, settings)?;
    let page = ThreadPage {
        thread: thread(&address, settings, now),
        // Nobody else is there, and nobody to ask for news.
        settings: SiteView {
            live: false,
            ..SiteView::new(name, settings, app.mailer.is_configured())
        },
        comments: in_order(comments, settings.sort),
        next: None,
        previous: None,
        moved: None,
        around: None,
    };
    page.to_json().ok_or_else(|| Error::internal("a page without JSON"))
}

fn comment(place: usize, said: &Said, html: String, now: DateTime<Utc>) -> CommentView {
    let id = |place: usize| Uuid::from_u128(place as u128 + 1);
    let depth = depth_of(said);
    let replies = CONVERSATION.iter().filter(|one| one.under == Some(place)).count();
    let branch = if place == 0 {
        CONVERSATION.iter().filter(|one| one.under.is_some()).count()
    } else {
        0
    };
    CommentView {
        id: id(place),
        number: i64::try_from(place).unwrap_or(0) + 1,
        parent_id: said.under.map(id),
        depth,
        state: CommentState::Published,
        html,
        author: AuthorView {
            name: Some(said.name.to_owned()),
            website: None,
            team: said.team,
            hash: Some(format!("{:012x}", said.name.len() * 0x1234_5678)),
        },
        created_at: now - TimeDelta::hours(said.hours_ago),
        edited_at: None,
        votes: VotesView {
            up: said.votes.0,
            down: said.votes.1,
        },
        reply_count: i32::try_from(replies).unwrap_or(0),
        branch_count: i32::try_from(branch).unwrap_or(0),
        pinned: false,
        more_replies: None,
    }
}

fn depth_of(said: &Said) -> u32 {
    said.under.map_or(0, |above| 1 + depth_of(&CONVERSATION[above]))
}

fn thread(address: &Address, settings: &Settings, now: DateTime<Utc>) -> ThreadView {
    let of_nobody = ThreadView::new(address, None, settings, now);
    let counts = [9, 4, 2, 1, 1, 1];
    let reactions = settings.reactions.iter().zip(counts);
    ThreadView {
        id: Some(Uuid::from_u128(0)),
        comment_count: i64::try_from(CONVERSATION.len()).unwrap_or(0),
        version: 1,
        reactions: reactions
            .map(|(kind, count)| ReactionCount {
                kind: kind.clone(),
                count,
            })
            .collect(),
        ..of_nobody
    }
}

/// Branches in the order of the setting, each as it is.
fn in_order(comments: Vec<CommentView>, sort: Sort) -> Vec<CommentView> {
    let mut branches: Vec<Vec<CommentView>> = Vec::new();
    for comment in comments {
        match branches.last_mut() {
            Some(branch) if comment.depth > 0 => branch.push(comment),
            _ => branches.push(vec![comment]),
        }
    }
    match sort {
        Sort::Oldest => {}
        Sort::Newest => branches.reverse(),
        Sort::Best => branches.sort_by_key(|branch| branch[0].votes.down - branch[0].votes.up),
        Sort::Discussed => branches.sort_by_key(|branch| -branch[0].branch_count),
    }
    branches.into_iter().flatten().collect()
}
