//! Every shape that a reader's page may ever get. No mail address and no network exists here.

use ::entity::comment::{self, State};
use ::entity::thread;
use chrono::{DateTime, Utc};
use poem_openapi::{Enum, Object};
use sea_orm::prelude::Uuid;
use serde::Deserialize;
use serde_json::Value;

use crate::comments::Posted;
use crate::comments::author::{self, Changed};
use crate::moderation::reports;
use crate::sites::settings::{self, Settings};
use crate::subscriptions::wishing::Follow;
use crate::threads::Recent;
use crate::threads::key::Address;
use crate::threads::rules;
use crate::threads::tree::Placed;
use crate::votes::Reacted;

/// A comment as readers see it.
#[derive(Debug, Object)]
#[oai(rename = "Comment", skip_serializing_if_is_none)]
pub struct CommentView {
    pub id: Uuid,
    /// Number within the site; never reused. Anchors are made of it.
    pub number: i64,
    /// The comment it answers; absent for a root.
    pub parent_id: Option<Uuid>,
    /// Levels above it: 0 for a root. Alone (in `comment_replies` and `comment_mine`) a comment says 0; go by `parent_id`.
    pub depth: u32,
    pub state: CommentState,
    /// Sanitised HTML; empty for a removed comment.
    pub html: String,
    pub author: AuthorView,
    pub created_at: DateTime<Utc>,
    pub edited_at: Option<DateTime<Utc>>,
    pub votes: VotesView,
    /// Direct replies that readers can see.
    pub reply_count: i32,
    /// On a root: published replies under it, on all levels.
    pub branch_count: i32,
    /// A root that moderators keep on top.
    pub pinned: bool,
    /// On a root whose replies were cut: pass it to `comment_replies`.
    pub more_replies: Option<String>,
}

/// What a reader sees of a comment's state. `pending` and `rejected` are for its author alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename_all = "snake_case")]
pub enum CommentState {
    Published,
    /// Gone; its place stays while replies stand under it.
    Removed,
    Pending,
    Rejected,
}

/// Who wrote it, as far as he said.
#[derive(Debug, Default, Object)]
#[oai(rename = "Author", skip_serializing_if_is_none)]
pub struct AuthorView {
    pub name: Option<String>,
    /// An http or https address.
    pub website: Option<String>,
    /// Written by the site's team.
    pub team: bool,
    /// Present and true where the site itself says who it is (`sign_in`).
    pub signed_in: Option<bool>,
    /// 12 hex digits: the same for all that one author wrote on the site. Nothing about him can be found from it.
    pub hash: Option<String>,
}

#[derive(Debug, Default, Object)]
#[oai(rename = "Votes")]
pub struct VotesView {
    pub up: i32,
    pub down: i32,
}

/// One page of a conversation, with all that the page needs to show it.
#[derive(Debug, Object)]
#[oai(rename = "ThreadPage", skip_serializing_if_is_none)]
pub struct ThreadPage {
    pub thread: ThreadView,
    pub settings: SiteView,
    /// Flat, in the order of display: replies under what they answer, depth first.
    pub comments: Vec<CommentView>,
    /// Pass it as `after` for the next roots.
    pub next: Option<String>,
    /// Pass it as `before` for the roots before these, where `around` began in the middle.
    pub previous: Option<String>,
    /// The comment that `around` named stands in another conversation now: go there.
    pub moved: Option<Moved>,
    /// Its number, where `around` named it by the one that it had before it was imported.
    pub around: Option<i64>,
}

/// The conversation to which a comment was taken.
#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
pub struct Moved {
    /// `id:` and the id, or `url:` and the canonical address.
    pub key: String,
    /// Its page, if it is known.
    pub url: Option<String>,
}

#[derive(Debug, Object)]
#[oai(rename = "Thread", skip_serializing_if_is_none)]
pub struct ThreadView {
    /// Absent while nobody has commented.
    pub id: Option<Uuid>,
    /// `id:` and the id, or `url:` and the canonical address.
    pub key: String,
    pub title: Option<String>,
    pub url: Option<String>,
    /// Whether comments are taken.
    pub open: bool,
    /// Why not, if not.
    pub closed_by: Option<ClosedBy>,
    /// Nothing may change: no comments, edits, votes, reactions.
    pub locked: bool,
    /// Published comments, replies included.
    pub comment_count: i64,
    /// Raised by every change that readers can see; 0 while nobody has commented.
    pub version: i64,
    /// Of the kinds that the site offers, in its order.
    pub reactions: Vec<ReactionCount>,
}

/// What closed a conversation: a moderator, its age, or the owner for the whole site.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename_all = "snake_case")]
pub enum ClosedBy {
    Thread,
    Age,
    Site,
}

/// How many readers reacted to a page with one kind.
#[derive(Debug, Object)]
pub struct ReactionCount {
    /// An emoji.
    pub kind: String,
    pub count: i64,
}

/// What a page needs to know of the site's settings.
#[derive(Debug, Object)]
#[oai(rename = "SiteView", skip_serializing_if_is_none)]
#[expect(clippy::struct_excessive_bools, reason = "the owner's switches")]
pub struct SiteView {
    pub name: String,
    pub moderation: Moderation,
    pub require_name: bool,
    pub require_email: bool,
    /// Whether the site itself says who its readers are; `offered` is beside what anybody types.
    pub sign_in: SignIn,
    /// In characters.
    pub min_text_length: u32,
    /// In characters.
    pub max_text_length: u32,
    /// `auto` follows the page; else a language (BCP 47).
    pub language: String,
    pub sort: Sort,
    /// A sentence to show under the form.
    pub notice: Option<String>,
    pub votes: Votes,
    /// Emoji with which readers can react to the page; none if they cannot.
    pub reactions: Vec<String>,
    /// Whether readers may report comments.
    pub reports: bool,
    /// Minutes during which an author can change or take back what he wrote; 0 for never.
    pub edit_minutes: u32,
    /// Whether mail is sent: then readers can ask for a link to what they wrote.
    pub mail: bool,
    /// Levels of replies to show by an indent.
    pub max_depth: u32,
    /// What a reader has to agree to before he posts.
    pub consent: Option<String>,
    /// Whether there is a stream of changes.
    pub live: bool,
    /// Whether images in comments are shown.
    pub images: bool,
    /// Whether readers can follow answers and conversations by mail.
    pub follow: bool,
}

/// `both`: up and down. `likes`: up only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename = "VotesTaken", rename_all = "snake_case")]
pub enum Votes {
    Both,
    Likes,
    None,
}

/// Which comments wait for a moderator: none, those with links, or all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum, Deserialize)]
#[oai(rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum Moderation {
    None,
    Links,
    All,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum, Deserialize)]
#[oai(rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum Sort {
    Oldest,
    Newest,
    /// By votes: the lower bound of the Wilson score interval.
    Best,
    /// By published replies.
    Discussed,
}

/// Further replies under one root, in order of arrival: hang each under its `parent_id`.
#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
pub struct Replies {
    pub comments: Vec<CommentView>,
    pub next: Option<String>,
}

/// Conversations to count, each by its id or its page's address.
#[derive(Debug, Object, Deserialize)]
#[serde(deny_unknown_fields)]
#[oai(example)]
pub struct CountsRequest {
    /// 200 at most.
    pub threads: Vec<CountedThread>,
}

impl poem_openapi::types::Example for CountsRequest {
    fn example() -> Self {
        let of = |id: Option<&str>, url: Option<&str>| CountedThread {
            id: id.map(str::to_owned),
            url: url.map(str::to_owned),
        };
        CountsRequest {
            threads: vec![
                of(Some("first-post"), None),
                of(None, Some("https://blog.example/second-post")),
            ],
        }
    }
}

#[derive(Debug, Object, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CountedThread {
    pub id: Option<String>,
    pub url: Option<String>,
}

/// Latest comments of a site.
#[derive(Debug, Object)]
pub struct RecentComments {
    /// Newest first.
    pub comments: Vec<RecentComment>,
}

/// A comment with the conversation it stands in.
#[derive(Debug, Object)]
pub struct RecentComment {
    #[oai(flatten)]
    pub comment: CommentView,
    pub thread: RecentThread,
}

#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
pub struct RecentThread {
    /// `id:` and the id, or `url:` and the canonical address.
    pub key: String,
    pub title: Option<String>,
    pub url: Option<String>,
}

#[derive(Debug, Object)]
pub struct Counts {
    /// One for each that was asked for: the ids first, then the urls, each in the order given.
    pub counts: Vec<Count>,
}

#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
pub struct Count {
    pub id: Option<String>,
    pub url: Option<String>,
    pub comment_count: i64,
}

/// Which conversation is meant: an id of the site's own, or else the page's address.
#[derive(Debug, Object, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ThreadRef {
    /// At most 2048 bytes.
    pub id: Option<String>,
    /// Needed where there is no id.
    pub url: Option<String>,
    /// Title of the page, kept when the comment is its first.
    pub title: Option<String>,
    /// Where only signed ids open conversations: the HMAC-SHA256 of the id under the site's key, 64 lower-case hex
    /// digits.
    pub signature: Option<String>,
}

#[derive(Debug, Object, Deserialize)]
#[serde(deny_unknown_fields)]
#[oai(example)]
pub struct NewComment {
    pub thread: ThreadRef,
    /// The published comment that is answered.
    pub parent_id: Option<Uuid>,
    /// Markdown.
    pub text: String,
    pub author: Option<NewAuthor>,
    /// The site's word for who reads (JWT, `docs/sign-in.md`): where `sign_in` takes it, it stands in the place of `author`.
    pub identity: Option<String>,
    /// What its author is told of by mail from now on. Needs his address; where the page's `settings.follow` is false, it is passed over.
    pub follow: Option<FollowWish>,
    /// Whether he is told by mail when the comment, should it be held, is published. The same is true of it.
    pub tell_when_published: Option<bool>,
    /// The language (BCP 47) of those mails; those that there are not become English.
    pub language: Option<String>,
}

/// `replies` to the comment, or all of the `thread`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum, Deserialize)]
#[oai(rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum FollowWish {
    Replies,
    Thread,
}

impl From<FollowWish> for Follow {
    fn from(wish: FollowWish) -> Self {
        match wish {
            FollowWish::Replies => Follow::Replies,
            FollowWish::Thread => Follow::Thread,
        }
    }
}

/// What somebody wants to be told of by mail.
#[derive(Debug, Object, Deserialize)]
#[serde(deny_unknown_fields)]
#[oai(example)]
pub struct NewSubscription {
    /// One that has comments.
    pub thread: ThreadRef,
    /// A published comment of it: only answers to that are told.
    pub comment_id: Option<Uuid>,
    pub email: String,
    /// The language (BCP 47) of the mails; those that there are not become English.
    pub language: Option<String>,
}

impl poem_openapi::types::Example for NewSubscription {
    fn example() -> Self {
        NewSubscription {
            thread: ThreadRef {
                id: None,
                url: Some("https://blog.example/first-post".into()),
                title: None,
                signature: None,
            },
            comment_id: None,
            email: "ada@example.org".into(),
            language: Some("en".into()),
        }
    }
}

/// What comes next.
#[derive(Debug, Object)]
pub struct SubscriptionAsked {
    /// Days in which whoever has the address can confirm it; after that it is erased.
    pub confirm_days: i64,
}

impl poem_openapi::types::Example for NewComment {
    fn example() -> Self {
        NewComment {
            thread: ThreadRef {
                id: None,
                url: Some("https://blog.example/first-post".into()),
                title: Some("First post".into()),
                signature: None,
            },
            parent_id: None,
            text: "Well said, **thank you**.".into(),
            author: Some(NewAuthor {
                name: Some("Ada".into()),
                email: None,
                website: Some("https://ada.example".into()),
            }),
            identity: None,
            follow: None,
            tell_when_published: None,
            language: None,
        }
    }
}

/// All of it optional, unless the site asks for it.
#[derive(Debug, Object, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewAuthor {
    /// At most 80 characters.
    pub name: Option<String>,
    /// For moderators only.
    pub email: Option<String>,
    pub website: Option<String>,
}

#[derive(Debug, Object, Deserialize)]
#[serde(deny_unknown_fields)]
#[oai(example)]
pub struct PreviewRequest {
    /// Markdown.
    pub text: String,
}

impl poem_openapi::types::Example for PreviewRequest {
    fn example() -> Self {
        PreviewRequest {
            text: "Some *Markdown*".into(),
        }
    }
}

#[derive(Debug, Object)]
pub struct Preview {
    /// Sanitised HTML.
    pub html: String,
}

/// A stored comment, with what its author needs to come back to it.
#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
pub struct PostedComment {
    pub comment: CommentView,
    pub thread: ThreadView,
    /// Proves that its holder wrote the comment. Keep it in the page's own storage; send it in a header.
    pub token: String,
    pub token_expires_at: DateTime<Utc>,
    /// Until when its author can change it or take it back; absent if he cannot.
    pub editable_until: Option<DateTime<Utc>>,
}

#[derive(Debug, Object)]
pub struct OwnComments {
    pub comments: Vec<OwnComment>,
}

#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
pub struct OwnComment {
    #[oai(flatten)]
    pub comment: CommentView,
    /// Key of the thread it stands in.
    pub thread_key: String,
    /// As its author typed it; empty for a removed comment.
    pub text: String,
    /// Until when its author can change it; absent if he cannot.
    pub editable_until: Option<DateTime<Utc>>,
}

impl CommentView {
    /// A comment as everybody sees it.
    pub fn public(placed: Placed, more_replies: Option<String>) -> Self {
        let Placed { comment, depth } = placed;
        let state = if comment.state == State::Published {
            CommentState::Published
        } else {
            CommentState::Removed
        };
        Self::with_state(comment, depth, state, more_replies)
    }

    /// The same comment, kept on top or not.
    #[must_use]
    pub fn pinned(self, pinned: bool) -> Self {
        CommentView { pinned, ..self }
    }

    /// A comment as its author sees it.
    pub fn own(comment: comment::Model, depth: u32) -> Self {
        let state = match comment.state {
            State::Published => CommentState::Published,
            State::Pending => CommentState::Pending,
            State::Spam | State::Rejected => CommentState::Rejected,
            State::Deleted => CommentState::Removed,
        };
        Self::with_state(comment, depth, state, None)
    }

    fn with_state(comment: comment::Model, depth: u32, state: CommentState, more_replies: Option<String>) -> Self {
        let gone = state == CommentState::Removed;
        let author = AuthorView {
            name: comment.author_name,
            website: comment.author_website,
            team: comment.account_id.is_some(),
            signed_in: comment.signed_in.then_some(true),
            hash: comment.author_hash,
        };
        CommentView {
            id: comment.id,
            number: comment.number,
            parent_id: comment.parent_id,
            depth,
            state,
            html: if gone { String::new() } else { comment.html },
            author: if gone { AuthorView::default() } else { author },
            created_at: comment.created_at,
            edited_at: comment.edited_at.filter(|_| !gone),
            votes: if gone {
                VotesView::default()
            } else {
                VotesView {
                    up: comment.up_votes,
                    down: comment.down_votes,
                }
            },
            reply_count: comment.reply_count,
            branch_count: comment.branch_count,
            pinned: false,
            more_replies,
        }
    }
}

impl ThreadView {
    /// A thread, or the place of one that nobody has opened yet.
    pub fn new(address: &Address, thread: Option<thread::Model>, settings: &Settings, now: DateTime<Utc>) -> Self {
        match thread {
            Some(thread) => Self::of(thread, settings, now),
            None => {
                let closed_by = rules::closed_by(settings, None, now);
                ThreadView {
                    id: None,
                    key: address.key().to_owned(),
                    title: None,
                    url: None,
                    open: closed_by.is_none(),
                    closed_by: closed_by.map(Into::into),
                    locked: settings.read_only,
                    comment_count: 0,
                    version: 0,
                    reactions: reactions(settings, &Value::Null),
                }
            }
        }
    }

    pub fn of(thread: thread::Model, settings: &Settings, now: DateTime<Utc>) -> Self {
        let closed_by = rules::closed_by(settings, Some(&thread), now);
        ThreadView {
            open: closed_by.is_none(),
            closed_by: closed_by.map(Into::into),
            locked: settings.read_only || thread.locked_at.is_some(),
            reactions: reactions(settings, &thread.reactions),
            id: Some(thread.id),
            key: thread.key,
            title: thread.title,
            url: thread.url,
            comment_count: thread.comment_count,
            version: thread.version,
        }
    }
}

impl From<thread::Model> for Moved {
    fn from(thread: thread::Model) -> Self {
        Moved {
            key: thread.key,
            url: thread.url,
        }
    }
}

/// Counts of the kinds that the site offers now; those it offered once are kept, and not shown.
fn reactions(settings: &Settings, counts: &Value) -> Vec<ReactionCount> {
    let of = |kind: &String| ReactionCount {
        kind: kind.clone(),
        count: counts[kind].as_i64().unwrap_or(0),
    };
    settings.reactions.iter().map(of).collect()
}

impl From<rules::ClosedBy> for ClosedBy {
    fn from(closed_by: rules::ClosedBy) -> Self {
        match closed_by {
            rules::ClosedBy::Thread => ClosedBy::Thread,
            rules::ClosedBy::Age => ClosedBy::Age,
            rules::ClosedBy::Site => ClosedBy::Site,
        }
    }
}

impl SiteView {
    /// `mailed`: whether this server sends mail.
    pub fn new(name: &str, settings: &Settings, mailed: bool) -> Self {
        SiteView {
            name: name.to_owned(),
            moderation: settings.moderation.into(),
            require_name: settings.require_name,
            require_email: settings.require_email,
            sign_in: settings.sign_in.into(),
            min_text_length: settings.min_text_length,
            max_text_length: settings.max_text_length,
            language: settings.language.clone(),
            sort: settings.sort.into(),
            notice: Some(settings.notice.clone()).filter(|notice| !notice.is_empty()),
            votes: match settings.votes {
                settings::Votes::Both => Votes::Both,
                settings::Votes::Likes => Votes::Likes,
                settings::Votes::None => Votes::None,
            },
            reactions: settings.reactions.clone(),
            reports: settings.reports,
            edit_minutes: settings.edit_minutes,
            mail: mailed,
            max_depth: settings.max_depth,
            consent: Some(settings.consent.clone()).filter(|consent| !consent.is_empty()),
            live: settings.live,
            images: settings.images,
            follow: mailed && settings.follow_by_mail,
        }
    }
}

impl PostedComment {
    pub fn new(posted: Posted, settings: &Settings, now: DateTime<Utc>) -> Self {
        PostedComment {
            editable_until: author::editable_until(settings, &posted.thread, &posted.comment, now),
            comment: CommentView::own(posted.comment, posted.depth),
            thread: ThreadView::of(posted.thread, settings, now),
            token: posted.token,
            token_expires_at: posted.token_expires_at,
        }
    }
}

impl RecentComment {
    pub fn new(recent: Recent) -> Self {
        let Recent { comment, thread } = recent;
        RecentComment {
            comment: CommentView::public(Placed { comment, depth: 0 }, None),
            thread: RecentThread {
                key: thread.key,
                title: thread.title,
                url: thread.url,
            },
        }
    }
}

impl OwnComment {
    pub fn new(mut comment: comment::Model, thread: thread::Model, settings: &Settings, now: DateTime<Utc>) -> Self {
        let text = match comment.state {
            State::Deleted => String::new(),
            _ => std::mem::take(&mut comment.source),
        };
        OwnComment {
            editable_until: author::editable_until(settings, &thread, &comment, now),
            comment: CommentView::own(comment, 0),
            thread_key: thread.key,
            text,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename = "SignIn", rename_all = "snake_case")]
pub enum SignIn {
    Off,
    Offered,
    Required,
}

impl From<settings::SignIn> for SignIn {
    fn from(sign_in: settings::SignIn) -> Self {
        match sign_in {
            settings::SignIn::Off => SignIn::Off,
            settings::SignIn::Offered => SignIn::Offered,
            settings::SignIn::Required => SignIn::Required,
        }
    }
}

impl From<settings::Moderation> for Moderation {
    fn from(moderation: settings::Moderation) -> Self {
        match moderation {
            settings::Moderation::None => Moderation::None,
            settings::Moderation::Links => Moderation::Links,
            settings::Moderation::All => Moderation::All,
        }
    }
}

impl From<settings::Sort> for Sort {
    fn from(sort: settings::Sort) -> Self {
        match sort {
            settings::Sort::Oldest => Sort::Oldest,
            settings::Sort::Newest => Sort::Newest,
            settings::Sort::Best => Sort::Best,
            settings::Sort::Discussed => Sort::Discussed,
        }
    }
}

impl From<Sort> for settings::Sort {
    fn from(sort: Sort) -> Self {
        match sort {
            Sort::Oldest => settings::Sort::Oldest,
            Sort::Newest => settings::Sort::Newest,
            Sort::Best => settings::Sort::Best,
            Sort::Discussed => settings::Sort::Discussed,
        }
    }
}

/// What an author makes of his comment.
#[derive(Debug, Object, Deserialize)]
#[serde(deny_unknown_fields)]
#[oai(rename = "OwnCommentChange", example)]
pub struct CommentChange {
    /// Markdown.
    pub text: String,
}

impl poem_openapi::types::Example for CommentChange {
    fn example() -> Self {
        CommentChange {
            text: "Well said, **thank you**. Or almost.".into(),
        }
    }
}

/// A comment after its author changed it.
#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
pub struct ChangedComment {
    pub comment: CommentView,
    pub thread: ThreadView,
    /// Until when it can be changed again; absent if it cannot.
    pub editable_until: Option<DateTime<Utc>>,
}

impl ChangedComment {
    pub fn new(changed: Changed, settings: &Settings, now: DateTime<Utc>) -> Self {
        ChangedComment {
            editable_until: author::editable_until(settings, &changed.thread, &changed.comment, now),
            comment: CommentView::own(changed.comment, changed.depth),
            thread: ThreadView::of(changed.thread, settings, now),
        }
    }
}

/// Whose comments are asked for.
#[derive(Debug, Object, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MineLinkRequest {
    /// The mail address that they were written with.
    pub email: String,
    /// The language of the mail (BCP 47).
    pub locale: Option<String>,
}

#[derive(Debug, Object)]
pub struct MineLink {
    /// How long the link in the mail is good, if there is one.
    pub hours: i64,
}

/// A conversation after a comment was taken back.
#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
pub struct TakenBack {
    pub thread: ThreadView,
    /// Until when `comment_restore` brings it back; absent if it does not.
    pub restorable_until: Option<DateTime<Utc>>,
}

impl TakenBack {
    pub fn new(taken: author::TakenBack, settings: &Settings, now: DateTime<Utc>) -> Self {
        TakenBack {
            thread: ThreadView::of(taken.thread, settings, now),
            restorable_until: taken.restorable_until,
        }
    }
}

#[derive(Debug, Object)]
pub struct ReaderToken {
    /// Says that its holder is the same reader as before, and nothing else about him.
    pub token: String,
}

/// What a reader says of a comment.
#[derive(Debug, Object, Deserialize)]
#[serde(deny_unknown_fields)]
#[oai(example)]
pub struct NewVote {
    /// 1 is for it, -1 against it, 0 takes a vote back.
    #[oai(validator(minimum(value = "-1"), maximum(value = "1")))]
    pub value: i32,
}

impl poem_openapi::types::Example for NewVote {
    fn example() -> Self {
        NewVote { value: 1 }
    }
}

/// A vote that counts, and what has come together.
#[derive(Debug, Object)]
pub struct Cast {
    /// The reader's.
    pub value: i32,
    pub votes: VotesView,
}

/// A reaction to a page, switched on or off.
#[derive(Debug, Object, Deserialize)]
#[serde(deny_unknown_fields)]
#[oai(example)]
pub struct NewReaction {
    pub thread: ThreadRef,
    /// One of the site's `reactions`.
    pub kind: String,
    pub on: bool,
}

impl poem_openapi::types::Example for NewReaction {
    fn example() -> Self {
        NewReaction {
            thread: NewComment::example().thread,
            kind: "👍".into(),
            on: true,
        }
    }
}

#[derive(Debug, Object)]
pub struct Reactions {
    /// Of the kinds that the site offers, in its order.
    pub reactions: Vec<ReactionCount>,
    /// Those of the reader.
    pub mine: Vec<String>,
}

impl Reactions {
    pub fn new(reacted: Reacted, settings: &Settings) -> Self {
        let counts = reacted.thread.map_or(Value::Null, |thread| thread.reactions);
        Reactions {
            reactions: reactions(settings, &counts),
            mine: reacted.mine,
        }
    }
}

/// A reader's word that moderators should look at a comment.
#[derive(Debug, Object, Deserialize)]
#[serde(deny_unknown_fields)]
#[oai(example)]
pub struct NewReport {
    pub reason: ReportReason,
    /// For moderators; at most 500 characters.
    pub note: Option<String>,
}

impl poem_openapi::types::Example for NewReport {
    fn example() -> Self {
        NewReport {
            reason: ReportReason::Spam,
            note: Some("The same text stands under every post.".into()),
        }
    }
}

/// `personal`: it tells what is nobody's business.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum, Deserialize)]
#[oai(rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum ReportReason {
    Spam,
    Abuse,
    OffTopic,
    Personal,
    Other,
}

impl From<ReportReason> for reports::Reason {
    fn from(reason: ReportReason) -> Self {
        match reason {
            ReportReason::Spam => reports::Reason::Spam,
            ReportReason::Abuse => reports::Reason::Abuse,
            ReportReason::OffTopic => reports::Reason::OffTopic,
            ReportReason::Personal => reports::Reason::Personal,
            ReportReason::Other => reports::Reason::Other,
        }
    }
}

/// Nothing: what becomes of a report is between moderators.
#[derive(Debug, Object)]
pub struct Reported {}

/// Data of the event `comment`.
#[derive(Debug, Object)]
pub struct LiveComment {
    pub comment: CommentView,
    /// Published comments of the conversation, replies included.
    pub comment_count: i64,
    /// Of the conversation.
    pub version: i64,
}

/// Data of the event `removed`.
#[derive(Debug, Object)]
pub struct LiveRemoved {
    /// Of the comment.
    pub id: Uuid,
    /// Whether its place stays, because replies stand under it.
    pub tombstone: bool,
    pub comment_count: i64,
    pub version: i64,
}

/// Data of the event `votes`.
#[derive(Debug, Object)]
pub struct LiveVotes {
    /// Of the comment.
    pub id: Uuid,
    pub votes: VotesView,
    pub version: i64,
}

/// Data of the event `thread`.
#[derive(Debug, Object)]
pub struct LiveThread {
    pub thread: ThreadView,
}
