//! All that somebody wrote on a site, as one document of JSON (docs/export.md). Built by putting in: what is not named here does not get out.

use std::sync::Arc;

use ::entity::subscription::Wants;
use ::entity::{comment, thread};
use futures_util::Stream;
use serde_json::{Value, json};

use super::Holder;
use crate::app::App;
use crate::comments::mailbox;
use crate::error::Result;
use crate::subscriptions::mine::{Followed, followed};
use crate::transfer::stream::{self, ROWS, Sink};

/// Raised when it loses or changes a member that was there.
const VERSION: u32 = 1;

/// Written while it is sent. One that was broken off is no JSON, and is not taken for all.
pub fn all(app: &Arc<App>, holder: Holder) -> impl Stream<Item = Result<String>> + Send + use<> {
    stream::begin(app, async move |app: Arc<App>, mut out: Sink| {
        let site = holder.site();
        let head = json!({
            "version": VERSION,
            "exported_at": app.clock.now(),
            "from": app.config.public_url,
            "site": site.row().name,
            "email": holder.email(),
        });
        let head = head.to_string();
        // Its members, and then the lists.
        out.row(head.trim_end_matches('}'));
        out.row(",\n\"comments\":[");
        let mut before = None;
        let mut first = true;
        loop {
            let written = mailbox::written(&app, &holder, before, ROWS).await?;
            before = written.last().map(|(comment, _)| comment.id);
            let count = written.len() as u64;
            for (comment, thread) in &written {
                out.row(if first { "\n" } else { ",\n" });
                out.row(&said(comment, thread).to_string());
                first = false;
            }
            out.flush().await?;
            if count < ROWS {
                break;
            }
        }
        out.row("\n],\n\"subscriptions\":[");
        let mut before = None;
        let mut first = true;
        loop {
            let followed = followed(&app, &holder, before, ROWS).await?;
            before = followed.last().map(|one| one.wish.id);
            let count = followed.len() as u64;
            for one in &followed {
                out.row(if first { "\n" } else { ",\n" });
                out.row(&wished(one).to_string());
                first = false;
            }
            out.flush().await?;
            if count < ROWS {
                break;
            }
        }
        out.row("\n]}\n");
        Ok(out)
    })
}

fn wished(Followed { wish, thread }: &Followed) -> Value {
    json!({
        "id": wish.id,
        "wants": match wish.wants {
            Wants::Replies => "replies",
            Wants::Thread => "thread",
            Wants::Published => "published",
        },
        "comment_id": wish.comment_id,
        "thread": thread.as_ref().map(named),
        "created_at": wish.created_at,
        "confirmed_at": wish.confirmed_at,
    })
}

fn named(thread: &thread::Model) -> Value {
    json!({ "key": thread.key, "title": thread.title, "url": thread.url })
}

fn said(comment: &comment::Model, thread: &thread::Model) -> Value {
    json!({
        "id": comment.id,
        "number": comment.number,
        "thread": named(thread),
        "in_reply_to": comment.parent_id,
        "state": comment.state.name(),
        "author": { "name": comment.author_name, "email": comment.author_email, "website": comment.author_website },
        "source": comment.source,
        "html": comment.html,
        "up_votes": comment.up_votes,
        "down_votes": comment.down_votes,
        "created_at": comment.created_at,
        "edited_at": comment.edited_at,
    })
}
