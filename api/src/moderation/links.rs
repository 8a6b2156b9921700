//! Links that moderate without signing in: each for one comment, one action and one member, for a while, and once.
//!
//! The key in such a link is all that it takes, so it is kept out of logs (a request is logged without what comes after the action) and
//! dies with its use, with its time, and with the role of the member it was made for. Opening one changes nothing; its button does.

pub mod mailed;

use ::entity::{OfSite, comment, spent_link};
use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::prelude::Uuid;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, Set, TryInsertResult};

use super::{Change, Decision, checked, count, decide_within, find, revise_within};
use crate::app::App;
use crate::error::{Error, ErrorCode, Result};
use crate::infra::db::{self, Tx};
use crate::infra::signing;
use crate::sites::Site;
use crate::tenants::policy::Act;
use crate::tenants::{self, Member};

const PURPOSE: &str = "moderation link";

/// How long a link can be used.
pub const LIFE: TimeDelta = TimeDelta::days(7);

/// Bytes of the payload: comment, member, action, end in seconds, and what tells two links of the same moment apart.
const PAYLOAD: usize = 16 + 16 + 1 + 8 + 16;

/// What a link does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    Activate,
    Edit,
    Delete,
}

impl Action {
    pub const ALL: [Action; 3] = [Action::Activate, Action::Edit, Action::Delete];

    /// As it stands in the link.
    pub fn name(self) -> &'static str {
        match self {
            Action::Activate => "activate",
            Action::Edit => "edit",
            Action::Delete => "delete",
        }
    }

    fn code(self) -> u8 {
        match self {
            Action::Activate => 1,
            Action::Edit => 2,
            Action::Delete => 3,
        }
    }
}

/// Proof that a link's key is genuine and not too old. Only [`open`] makes one.
#[derive(Clone, Debug)]
pub struct Link {
    site_id: Uuid,
    comment_id: Uuid,
    account_id: Uuid,
    expires_at: DateTime<Utc>,
    hash: Vec<u8>,
}

impl Link {
    pub fn account_id(&self) -> Uuid {
        self.account_id
    }
}

/// A comment whose links are handed out.
pub struct Made {
    pub comment: comment::Model,
    pub site_key: String,
    pub expires_at: DateTime<Utc>,
    /// The key of each action.
    pub keys: [(Action, String); 3],
}

/// Makes the links of a comment for a member who may moderate it.
///
/// # Errors
/// `not_found`.
pub async fn make(app: &App, member: &Member, id: Uuid) -> Result<Made> {
    let comment = find(app.db.read(), member, id).await?;
    let site = crate::sites::of_member(app, member, comment.site_id).await?;
    let expires_at = app.clock.now() + LIFE;
    let keys = Action::ALL.map(|action| (action, seal(app, &comment, member.account_id(), action, expires_at)));
    Ok(Made {
        comment,
        site_key: site.row().key.clone(),
        expires_at,
        keys,
    })
}

fn seal(app: &App, comment: &comment::Model, account_id: Uuid, action: Action, expires_at: DateTime<Utc>) -> String {
    let mut payload = Vec::with_capacity(PAYLOAD);
    payload.extend_from_slice(comment.id.as_bytes());
    payload.extend_from_slice(account_id.as_bytes());
    payload.push(action.code());
    payload.extend_from_slice(&expires_at.timestamp().to_be_bytes());
    payload.extend_from_slice(&signing::fresh_identity());
    app.keys.seal(PURPOSE, &payload)
}

/// A link that can act, with what it is about and for whom it was made. Only [`open`] makes one.
pub struct Open {
    link: Link,
    action: Action,
    member: Member,
    comment: comment::Model,
}

impl Open {
    pub fn comment(&self) -> &comment::Model {
        &self.comment
    }
}

/// Looks at a link without using it.
///
/// # Errors
/// `link_void` for a key that is wrong, used, too old, for something else, or of who may not moderate any more.
pub async fn open(app: &App, site: &Site, number: i64, action: Action, key: &str) -> Result<Open> {
    let link = read(app, site, action, key).ok_or_else(void)?;
    let comment = comment::Entity::of_site(site.id())
        .filter(comment::Column::Id.eq(link.comment_id))
        .filter(comment::Column::Number.eq(number))
        .one(app.db.read())
        .await?
        .ok_or_else(void)?;
    if is_spent(app, &link).await? {
        return Err(void());
    }
    let member = enter(app, site, &link).await?;
    Ok(Open {
        link,
        action,
        member,
        comment,
    })
}

async fn is_spent(app: &App, link: &Link) -> Result<bool> {
    let spent = spent_link::Entity::of_site(link.site_id)
        .filter(spent_link::Column::LinkHash.eq(link.hash.clone()))
        .one(app.db.read())
        .await?;
    Ok(spent.is_some())
}

/// # Errors
/// `link_void` for who may not moderate the site any more.
async fn enter(app: &App, site: &Site, link: &Link) -> Result<Member> {
    let member = tenants::enter_by_link(app, link, site.row().tenant_id, Act::Moderate).await;
    let member = member.map_err(|error| match error {
        Error::Refused(..) => void(),
        other => other,
    })?;
    match member.reaches(site.id()) {
        true => Ok(member),
        false => Err(void()),
    }
}

fn read(app: &App, site: &Site, action: Action, key: &str) -> Option<Link> {
    let payload = app.keys.open(PURPOSE, key).filter(|payload| payload.len() == PAYLOAD)?;
    let seconds = i64::from_be_bytes(payload[33..41].try_into().ok()?);
    let link = Link {
        site_id: site.id(),
        comment_id: Uuid::from_slice(&payload[..16]).ok()?,
        account_id: Uuid::from_slice(&payload[16..32]).ok()?,
        expires_at: DateTime::from_timestamp(seconds, 0)?,
        hash: signing::token_hash(key),
    };
    (payload[32] == action.code() && app.clock.now() < link.expires_at).then_some(link)
}

fn void() -> Error {
    Error::refused(
        ErrorCode::LinkVoid,
        "Links out of mails work once and for a week. Sign in to moderate this comment.",
    )
}

/// Does what the link is for, and uses it up in the same transaction. `change` is what an edit makes of the comment.
///
/// # Errors
/// `link_void` if it was used meanwhile; `state_changed` for a comment that is erased; `invalid_input` for a text that cannot be taken.
pub async fn act(app: &App, open: Open, change: Change) -> Result<comment::Model> {
    let Open {
        link,
        action,
        member,
        comment,
    } = open;
    let revision = match action {
        Action::Edit => Some(checked(app, &member, comment.id, change).await?),
        Action::Activate | Action::Delete => None,
    };
    db::retry(async || {
        let tx = app.db.begin().await?;
        spend(&tx, app, &link).await?;
        let comment = match (&revision, action) {
            (Some(revision), _) => revise_within(&tx, app, &member, comment.id, revision).await?.comment,
            (None, action) => {
                let decision = match action {
                    Action::Activate => Decision::Publish,
                    Action::Edit | Action::Delete => Decision::Delete,
                };
                let decided = decide_within(&tx, app, &member, &[comment.id], decision).await?;
                let first = decided.into_iter().next();
                first
                    .map(|(comment, _)| comment)
                    .ok_or_else(|| Error::not_found("comment"))?
            }
        };
        tx.commit().await?;
        match action {
            Action::Activate => count(Decision::Publish, 1),
            Action::Delete => count(Decision::Delete, 1),
            Action::Edit => {}
        }
        Ok(comment)
    })
    .await
}

/// # Errors
/// `link_void` if somebody was faster.
async fn spend(tx: &Tx, app: &App, link: &Link) -> Result<()> {
    let row = spent_link::ActiveModel {
        id: Set(app.clock.new_id()),
        site_id: Set(link.site_id),
        link_hash: Set(link.hash.clone()),
        expires_at: Set(link.expires_at),
    };
    let inserted = spent_link::Entity::insert(row)
        .on_conflict_do_nothing_on([spent_link::Column::SiteId, spent_link::Column::LinkHash])
        .exec_without_returning(&**tx)
        .await?;
    match inserted {
        TryInsertResult::Inserted(rows) if rows > 0 => Ok(()),
        _ => Err(void()),
    }
}

/// Forgets used links that could not be used any more anyway.
#[expect(clippy::disallowed_methods, reason = "age alone decides, over all sites")]
pub async fn forget_spent(tx: &Tx, now: DateTime<Utc>) -> Result<u64> {
    let gone = spent_link::Entity::delete_many()
        .filter(spent_link::Column::ExpiresAt.lt(now))
        .exec(&**tx)
        .await?;
    Ok(gone.rows_affected)
}
