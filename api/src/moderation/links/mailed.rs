//! The links of the mails that moderators get. A link is good for the one comment, action and person that its key names, once, for some days,
//! and as long as the comment stands as it did when the mail was written: what a colleague has decided meanwhile is not undone by an old mail.
//!
//! The key follows from the mail, so that one that is sent twice has the same links.

use ::entity::comment::{self, State};
use chrono::{DateTime, Utc};
use sea_orm::prelude::Uuid;

use super::{Link, enter, is_spent, spend, void};
use crate::app::App;
use crate::comments::author::version;
use crate::error::{Error, ErrorCode, Result};
use crate::infra::{db, signing};
use crate::moderation::{Answer, Decision, Looked, count, decide_within, find_to_change, look_at, look_up};
use crate::sites;
use crate::tenants::Member;

const PURPOSE: &str = "link out of a moderator's mail";

/// Bytes of the payload: site, comment, account, action, state, end in seconds.
const PAYLOAD: usize = 16 + 16 + 16 + 1 + 1 + 8;

/// What a link does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    Publish,
    /// Answer as the team; a comment that waits is published with it.
    Reply,
    Reject,
    Spam,
    Delete,
}

impl Action {
    pub const ALL: [Action; 5] = [
        Action::Publish,
        Action::Reply,
        Action::Reject,
        Action::Spam,
        Action::Delete,
    ];

    /// As it stands in the link.
    pub fn name(self) -> &'static str {
        match self {
            Action::Publish => "publish",
            Action::Reply => "reply",
            Action::Reject => "reject",
            Action::Spam => "spam",
            Action::Delete => "delete",
        }
    }

    pub fn of(name: &str) -> Option<Action> {
        Action::ALL.into_iter().find(|action| action.name() == name)
    }

    /// What makes sense of a comment in this state.
    pub fn of_state(state: State) -> &'static [Action] {
        match state {
            State::Pending => &Action::ALL,
            State::Published => &[Action::Reply, Action::Reject, Action::Spam, Action::Delete],
            State::Spam | State::Rejected | State::Deleted => &[],
        }
    }

    fn code(self) -> u8 {
        match self {
            Action::Publish => 1,
            Action::Reply => 2,
            Action::Reject => 3,
            Action::Spam => 4,
            Action::Delete => 5,
        }
    }

    fn decision(self) -> Option<Decision> {
        match self {
            Action::Publish => Some(Decision::Publish),
            Action::Reply => None,
            Action::Reject => Some(Decision::Reject),
            Action::Spam => Some(Decision::Spam),
            Action::Delete => Some(Decision::Delete),
        }
    }
}

/// The address behind a link.
pub fn address(
    app: &App,
    comment: &comment::Model,
    account_id: Uuid,
    action: Action,
    expires_at: DateTime<Utc>,
) -> String {
    let mut payload = Vec::with_capacity(PAYLOAD);
    payload.extend_from_slice(comment.site_id.as_bytes());
    payload.extend_from_slice(comment.id.as_bytes());
    payload.extend_from_slice(account_id.as_bytes());
    payload.push(action.code());
    payload.push(code_of(comment.state));
    payload.extend_from_slice(&expires_at.timestamp().to_be_bytes());
    let key = app.keys.seal(PURPOSE, &payload);
    format!("{}/mail/{}/{key}", app.config.public_url, action.name())
}

fn code_of(state: State) -> u8 {
    match state {
        State::Published => 1,
        State::Pending => 2,
        State::Spam => 3,
        State::Rejected => 4,
        State::Deleted => 5,
    }
}

/// A link that is genuine, with what it is about and for whom it was made. Only [`open`] makes one.
pub struct Open {
    link: Link,
    action: Action,
    /// That of the state which the mail told of.
    state: u8,
    member: Member,
    looked: Looked,
}

impl Open {
    pub fn action(&self) -> Action {
        self.action
    }

    pub fn looked(&self) -> &Looked {
        &self.looked
    }

    /// Whether the comment has moved on, so that the link does nothing any more.
    pub fn is_over(&self) -> bool {
        is_over(self.action, self.state, self.looked.comment.state)
    }
}

/// An answer can be given while there is something to answer.
fn is_over(action: Action, told: u8, now: State) -> bool {
    match action {
        Action::Reply => !matches!(now, State::Published | State::Pending),
        _ => told != code_of(now),
    }
}

/// Looks at a link without using it.
///
/// # Errors
/// `link_void` for a key that is wrong, used, too old, for something else, or of who may not moderate any more.
pub async fn open(app: &App, action: Action, key: &str) -> Result<Open> {
    let (link, state) = read(app, action, key).ok_or_else(void)?;
    let site = sites::of_job(app, link.site_id).await?.ok_or_else(void)?;
    let member = enter(app, &site, &link).await?;
    let looked = look_up(app, &member, &[link.comment_id])
        .await?
        .pop()
        .ok_or_else(void)?;
    let open = Open {
        link,
        action,
        state,
        member,
        looked,
    };
    // What came of the first use says more than that there was one.
    if !open.is_over() && is_spent(app, &open.link).await? {
        return Err(void());
    }
    Ok(open)
}

fn read(app: &App, action: Action, key: &str) -> Option<(Link, u8)> {
    let payload = app.keys.open(PURPOSE, key).filter(|payload| payload.len() == PAYLOAD)?;
    let seconds = i64::from_be_bytes(payload[50..58].try_into().ok()?);
    let link = Link {
        site_id: Uuid::from_slice(&payload[..16]).ok()?,
        comment_id: Uuid::from_slice(&payload[16..32]).ok()?,
        account_id: Uuid::from_slice(&payload[32..48]).ok()?,
        expires_at: DateTime::from_timestamp(seconds, 0)?,
        hash: signing::token_hash(key),
    };
    (payload[48] == action.code() && app.clock.now() < link.expires_at).then_some((link, payload[49]))
}

/// Does what the link is for, and uses it up in the same transaction. `seen` is the version of the comment that was looked at, if that is known
/// ([`version`]); `answer` is the text of a reply. Resolves to the comment as it is then.
///
/// # Errors
/// `link_void` if it was used meanwhile; `state_changed` for a comment that has moved on, or says something else now; what
/// [`crate::moderation::answer`] refuses.
pub async fn act(app: &App, open: Open, seen: Option<i64>, answer: &str) -> Result<Looked> {
    let Open {
        link,
        action,
        state,
        member,
        looked,
    } = open;
    let id = looked.comment.id;
    let answer = match action {
        Action::Reply => {
            let publish = looked.comment.state == State::Pending;
            Some(Answer::new(app, &member, id, answer, publish).await?)
        }
        _ => None,
    };
    db::retry(async || {
        let tx = app.db.begin().await?;
        spend(&tx, app, &link).await?;
        let comment = find_to_change(&tx, &member, id).await?;
        if is_over(action, state, comment.state) || seen.is_some_and(|seen| seen != version(&comment)) {
            return Err(Error::refused(
                ErrorCode::StateChanged,
                "The comment has changed since the page was opened.",
            ));
        }
        if let Some(answer) = &answer {
            answer.give_within(&tx, app, &member).await?;
        }
        if let Some(decision) = action.decision() {
            decide_within(&tx, app, &member, &[id], decision).await?;
        }
        let comment = find_to_change(&tx, &member, id).await?;
        let looked = look_at(&*tx, &member, comment).await?;
        tx.commit().await?;
        if let Some(decision) = action.decision() {
            count(decision, 1);
        }
        Ok(looked)
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_action_has_a_name_and_a_code_of_its_own() {
        let mut codes: Vec<u8> = Action::ALL.into_iter().map(Action::code).collect();
        codes.dedup();
        assert_eq!(codes.len(), Action::ALL.len());
        for action in Action::ALL {
            assert_eq!(Action::of(action.name()), Some(action));
        }
        assert_eq!(Action::of("unsubscribe"), None);
    }

    #[test]
    fn a_decision_is_over_when_the_comment_moves_and_an_answer_when_it_goes() {
        for (action, told, now, expected) in [
            (Action::Publish, State::Pending, State::Pending, false),
            (Action::Publish, State::Pending, State::Spam, true),
            (Action::Spam, State::Published, State::Published, false),
            (Action::Spam, State::Published, State::Pending, true),
            (Action::Reply, State::Pending, State::Published, false),
            (Action::Reply, State::Published, State::Deleted, true),
        ] {
            assert_eq!(
                is_over(action, code_of(told), now),
                expected,
                "{action:?} {told:?} {now:?}"
            );
        }
    }
}
