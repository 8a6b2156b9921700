//! Readers' mails as a site's owners see them before they are sent: to somebody who asked for nothing, about what nobody wrote.

use ::entity::comment::State;
use ::entity::subscription::{self, Wants};
use sea_orm::prelude::Uuid;

use super::letters::Reader;
use super::telling::News;
use super::words;
use crate::app::App;
use crate::emails::texts::{Kind, Text};
use crate::infra::mailer::Letter;
use crate::job::Locale;
use crate::sites::Site;
use crate::watching;
use crate::watching::words::{sample_published, sample_waiting};

/// What is said where an owner wrote nothing.
pub fn built_in(kind: Kind, locale: Locale) -> Text {
    let (subject, opening) = match kind {
        Kind::Confirm => (words::confirm_subject(locale, "{site}"), words::asked(locale, "{site}")),
        Kind::News => {
            let own = words::several(locale, "{count}", "{thread}");
            (own.clone(), format!("{own}."))
        }
        kind => {
            let wants = wants_of(kind);
            let subject = words::subject(locale, wants, "{author}", "{thread}");
            (subject, words::opening(locale, wants, "{author}"))
        }
    };
    Text {
        subject: format!("[{{site}}] {subject}"),
        opening,
        closing: String::new(),
    }
}

fn wants_of(kind: Kind) -> Wants {
    match kind {
        Kind::Published => Wants::Published,
        _ => Wants::Replies,
    }
}

/// A mail with a text, to somebody. Its links are void: they are of a wish that is in no table.
pub fn sample(app: &App, site: &Site, kind: Kind, locale: Locale, text: Text, to: String) -> Letter {
    let (id, now) = (app.clock.new_id(), app.clock.now());
    let looked = |said, state| watching::sample::looked(app, site, said, state, now);
    let first = looked(sample_waiting(locale), State::Published);
    let second = looked(sample_published(locale), State::Published);
    let row = subscription::Model {
        id: Uuid::nil(),
        site_id: site.id(),
        thread_id: Some(first.thread.id),
        comment_id: None,
        wants: Wants::Thread,
        email_folded: to.to_lowercase(),
        email: to,
        locale: Some(locale.name().to_owned()),
        token_hash: Vec::new(),
        created_at: now,
        asked_at: Some(now),
        confirmed_at: Some(now),
        ended_at: None,
    };
    let reader = Reader::new(app, site, &row, text);
    let news = |comment, wants, parent| News { comment, wants, parent };
    let told = match kind {
        Kind::Confirm => return reader.confirmation((id, now)),
        Kind::News => vec![
            news(first.comment, Wants::Thread, None),
            news(second.comment, Wants::Thread, None),
        ],
        Kind::Published => vec![news(first.comment, Wants::Published, None)],
        _ => vec![news(second.comment, Wants::Replies, Some(first.comment))],
    };
    reader.news((id, now), &first.thread, &told)
}
