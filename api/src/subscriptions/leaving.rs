//! The links by which a follower leaves: a conversation, a site, or all of it. They are good for as long as he may find the mail; to leave twice
//! changes nothing.

use ::entity::{OfSite, comment, subscription, thread};
use sea_orm::prelude::Uuid;
use sea_orm::{ColumnTrait, QueryFilter};

use super::{end_everything, end_silence, end_site, end_thread, is_silent};
use crate::app::App;
use crate::error::{Error, ErrorCode, Result};
use crate::infra::db;
use crate::sites::{self, Site};
use crate::threads;

const LEAVING: &str = "end of what a reader follows";

/// What a mail was about, from which somebody leaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum From {
    /// The conversation of the wish.
    Conversation,
    /// It asked him whether it was he who wished.
    Question,
}

impl From {
    fn of(byte: u8) -> Option<From> {
        match byte {
            0 => Some(From::Conversation),
            1 => Some(From::Question),
            _ => None,
        }
    }

    fn byte(self) -> u8 {
        match self {
            From::Conversation => 0,
            From::Question => 1,
        }
    }
}

/// The address of the page where somebody leaves.
pub fn address(app: &App, row: &subscription::Model, from: From) -> String {
    let payload = [row.site_id.as_bytes(), row.id.as_bytes(), &[from.byte()][..]].concat();
    let key = app.keys.seal(LEAVING, &payload);
    format!("{}/mail/unfollow/{key}", app.config.public_url)
}

/// What somebody may leave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Leave {
    Thread,
    Site,
    Everything,
    /// He wants to be told again of what he asks for.
    Back,
}

/// A link by which somebody leaves. Only [`open`] makes one.
pub struct Leaving {
    site: Site,
    row: subscription::Model,
    from: From,
    /// Where the conversation is now: they are merged, and comments are moved.
    thread_id: Option<Uuid>,
    thread: Option<thread::Model>,
    silent: bool,
}

impl Leaving {
    pub fn site(&self) -> &Site {
        &self.site
    }

    /// The conversation that the mail was about.
    pub fn thread(&self) -> Option<&thread::Model> {
        self.thread.as_ref().filter(|_| self.from == From::Conversation)
    }

    /// Whether he gets nothing of the site any more.
    pub fn is_silent(&self) -> bool {
        self.silent
    }
}

/// # Errors
/// `link_void` for a key that is not genuine, and for a wish or a site that is gone.
pub async fn open(app: &App, key: &str) -> Result<Leaving> {
    let void = || {
        Error::refused(
            ErrorCode::LinkVoid,
            "This link ends no mails. Use the one in the latest mail.",
        )
    };
    let payload = app.keys.open(LEAVING, key).filter(|payload| payload.len() == 33);
    let ids = payload.and_then(|payload| {
        let id = |from: usize| Uuid::from_slice(&payload[from..from + 16]).ok();
        Some((id(0)?, id(16)?, From::of(payload[32])?))
    });
    let (site_id, id, from) = ids.ok_or_else(void)?;
    let site = sites::of_job(app, site_id).await?.ok_or_else(void)?;
    let row = subscription::Entity::of_site(site_id)
        .filter(subscription::Column::Id.eq(id))
        // Its address is erased some time after it has ended.
        .filter(subscription::Column::EmailFolded.ne(""))
        .one(app.db.read())
        .await?
        .ok_or_else(void)?;
    let thread_id = thread_of(app, &row).await?;
    let thread = threads::by_ids(app.db.read(), vec![site_id], thread_id.into_iter().collect()).await?;
    let silent = is_silent(app.db.read(), app, site_id, &row.email_folded).await?;
    Ok(Leaving {
        site,
        row,
        from,
        thread_id,
        thread: thread.into_iter().next(),
        silent,
    })
}

async fn thread_of(app: &App, row: &subscription::Model) -> Result<Option<Uuid>> {
    let Some(comment_id) = row.comment_id else {
        return Ok(row.thread_id);
    };
    let comment = comment::Entity::of_site(row.site_id)
        .filter(comment::Column::Id.eq(comment_id))
        .one(app.db.read())
        .await?;
    Ok(comment.map(|comment| comment.thread_id))
}

/// Does what was chosen.
pub async fn leave(app: &App, leaving: &Leaving, what: Leave) -> Result<()> {
    let Leaving {
        site,
        row,
        from,
        thread_id,
        ..
    } = leaving;
    db::retry(async || {
        let tx = app.db.begin().await?;
        match (what, from, thread_id) {
            (Leave::Thread, From::Conversation, Some(thread_id)) => {
                end_thread(&tx, app, site.id(), *thread_id, &row.email_folded).await?;
            }
            // It has been taken away, and all that was followed of it.
            (Leave::Thread, From::Conversation, None) => {}
            // What he did not ask for goes, and he is not asked again.
            (Leave::Thread, From::Question, _) | (Leave::Site, ..) => {
                end_site(&tx, app, site.id(), &row.email_folded).await?;
            }
            (Leave::Everything, ..) => {
                end_everything(&tx, app, &row.email_folded).await?;
            }
            (Leave::Back, ..) => end_silence(&tx, app, Some(site.id()), &row.email_folded).await?,
        }
        tx.commit().await
    })
    .await
}
