//! The mails as their owners see them before they are sent: about a comment that nobody wrote. Their links are void.

use ::entity::comment::{self, State};
use ::entity::watcher::{self, Wants};
use ::entity::{job, thread};
use chrono::{DateTime, Utc};
use sea_orm::prelude::Uuid;
use serde_json::json;

use super::letters::Reader;
use super::words;
use crate::app::App;
use crate::comments;
use crate::emails::texts::Text;
use crate::error::Result;
use crate::infra::mailer::Letter;
use crate::infra::queue::Claimed;
use crate::job::{Job, Locale};
use crate::moderation::Looked;
use crate::sites::Site;

/// Which of the two mails.
#[derive(Clone, Copy, Debug)]
pub enum Telling {
    Comment,
    Digest,
}

/// What is said where an owner wrote nothing.
pub fn built_in(telling: Telling, locale: Locale) -> Text {
    let (subject, opening) = match telling {
        Telling::Comment => words::of_comment(locale),
        Telling::Digest => words::of_digest(locale),
    };
    Text {
        subject: subject.to_owned(),
        opening: opening.to_owned(),
        closing: String::new(),
    }
}

/// A mail with a text, to somebody.
pub fn sample(app: &App, site: &Site, telling: Telling, locale: Locale, text: Text, to: String) -> Result<Letter> {
    let now = app.clock.now();
    // Of nobody: the link that ends his mails ends those of nobody.
    let watcher = watcher::Model {
        id: app.clock.new_id(),
        site_id: site.id(),
        account_id: Uuid::nil(),
        wants: Wants::Every,
        locale: Some(locale.name().to_owned()),
        created_at: now,
        updated_at: now,
    };
    let claimed = claimed(app, &watcher, now);
    let reader = Reader {
        app,
        claimed: &claimed,
        site,
        watcher: &watcher,
        to,
        text,
    };
    let waiting = looked(app, site, words::sample_waiting(locale), State::Pending, now);
    Ok(match telling {
        Telling::Comment => reader.comment(&waiting),
        Telling::Digest => {
            let published = looked(app, site, words::sample_published(locale), State::Published, now);
            reader.digest(&[waiting, published])
        }
    })
}

fn claimed(app: &App, watcher: &watcher::Model, now: DateTime<Utc>) -> Claimed {
    let job = Job::Digest {
        site_id: watcher.site_id,
        watcher_id: watcher.id,
    };
    let row = job::Model {
        id: app.clock.new_id(),
        kind: "digest".to_owned(),
        site_id: Some(watcher.site_id),
        payload: json!({}),
        unique_key: None,
        lane: None,
        priority: 0,
        run_at: now,
        attempts: 1,
        locked_until: None,
        failed_at: None,
        last_error: None,
        created_at: now,
    };
    Claimed { row, job }
}

/// A comment that nobody wrote, where it would stand.
pub fn looked(
    app: &App,
    site: &Site,
    (author, title, source): words::Sample,
    state: State,
    now: DateTime<Utc>,
) -> Looked {
    let thread_id = app.clock.new_id();
    let reasons = match state {
        State::Pending => json!(["site_holds_all"]),
        _ => json!([]),
    };
    Looked {
        comment: comment::Model {
            state,
            source: source.to_owned(),
            html: format!("<p>{source}</p>"),
            author_name: Some(author.to_owned()),
            reasons,
            ..comments::blank(app.clock.new_id(), site.id(), thread_id, now)
        },
        thread: thread::Model {
            id: thread_id,
            site_id: site.id(),
            key: "id:sample".to_owned(),
            key_version: 1,
            url: None,
            title: Some(title.to_owned()),
            folded: String::new(),
            comment_count: 1,
            version: 1,
            closed_at: None,
            locked_at: None,
            pinned: json!([]),
            reactions: json!({}),
            created_at: now,
            updated_at: now,
            last_comment_at: Some(now),
        },
        site: site.row().clone(),
        parent: None,
    }
}
