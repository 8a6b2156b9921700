//! A conversation as JSON-LD, for search engines (schema.org: `DiscussionForumPosting`, `Comment`).

use chrono::SecondsFormat;
use serde_json::{Value, json};

use super::page::{Talk, nested};
use super::words::with;
use crate::http::visitor::views::{CommentState, CommentView};
use crate::text;

/// Levels of answers within answers; deeper ones stand beside what they answer.
const LEVELS: u32 = 20;

pub fn of(talk: &Talk<'_>) -> Value {
    let page = talk.page.clone().unwrap_or_else(|| talk.abroad.page(&[], ""));
    let site = &talk.site.row().name;
    let title = talk.thread.title.clone();
    let title = title.unwrap_or_else(|| with(talk.words.comments_on, &[("what", site)]));
    let shown: Vec<&CommentView> = talk.comments.iter().collect();
    let comments = nested(&shown, LEVELS, &mut |comment, answers| {
        let mut about = one(talk, comment);
        if !answers.is_empty() {
            about["comment"] = Value::Array(answers);
        }
        about
    });
    let mut posting = json!({
        "@context": "https://schema.org",
        "@type": "DiscussionForumPosting",
        "@id": page,
        "url": page,
        "headline": title,
        "author": { "@type": "Organization", "name": site },
        "commentCount": talk.thread.comment_count,
        "comment": comments,
    });
    if let Some(opened) = talk.opened_at {
        posting["datePublished"] = json!(opened.to_rfc3339_opts(SecondsFormat::Secs, true));
    }
    posting
}

fn one(talk: &Talk<'_>, comment: &CommentView) -> Value {
    let address = talk.permalink(comment.number);
    if comment.state != CommentState::Published {
        return json!({ "@type": "Comment", "@id": address, "creativeWorkStatus": "Deleted" });
    }
    let name = comment.author.name.as_deref().unwrap_or(talk.words.anonymous);
    let mut author = json!({ "@type": "Person", "name": name });
    if let Some(website) = &comment.author.website {
        author["url"] = json!(website);
    }
    let time = |at: chrono::DateTime<chrono::Utc>| at.to_rfc3339_opts(SecondsFormat::Secs, true);
    let mut about = json!({
        "@type": "Comment",
        "@id": address,
        "url": address,
        "text": text::of_html(&comment.html),
        "author": author,
        "datePublished": time(comment.created_at),
        "upvoteCount": comment.votes.up,
        "downvoteCount": comment.votes.down,
    });
    if let Some(edited) = comment.edited_at {
        about["dateModified"] = json!(time(edited));
    }
    about
}
