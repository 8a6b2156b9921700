//! Readers' reports: what they think moderators should look at.
//!
//! A reader's report of a comment counts once, for good. When a moderator decides, what was counted is settled: a comment that he
//! published again is held again only when as many *other* readers have reported it since.

use ::entity::{OfSite, report};
use sea_orm::prelude::Uuid;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Set, TryInsertResult};

use super::Actor;
use crate::app::App;
use crate::comments::{self, rules};
use crate::error::{Error, ErrorCode, Fault, FieldCode, Result};
use crate::infra::clock::id_at;
use crate::infra::db::{self, Tx};
use crate::sites::Visitor;
use crate::tenants::Member;
use crate::text;
use crate::votes::reader;
use crate::webhooks::{self, Event, News, payload};
use ::entity::comment::State;

/// Longest note, in characters.
pub const NOTE: usize = 500;

/// Reports of one comment that are shown: the latest of them.
const MOST_REPORTS: u64 = 200;

/// What a reader finds wrong with a comment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    Spam,
    Abuse,
    OffTopic,
    /// It tells what is nobody's business.
    Personal,
    Other,
}

impl Reason {
    /// The name as it is stored and sent.
    pub fn name(self) -> &'static str {
        match self {
            Reason::Spam => "spam",
            Reason::Abuse => "abuse",
            Reason::OffTopic => "off_topic",
            Reason::Personal => "personal",
            Reason::Other => "other",
        }
    }
}

/// Reports a published comment; again is no error and counts once. With as many reports as the site asks for, the comment waits for
/// a moderator. Also where a conversation is locked or the site is only read: what is wrong there is wrong there, too.
///
/// # Errors
/// `not_found` for what readers cannot see, and where the site takes no reports; `invalid_input`.
pub async fn take(
    app: &App,
    visitor: &Visitor,
    tokens: &[&str],
    id: Uuid,
    reason: Reason,
    note: Option<&str>,
) -> Result<()> {
    let site_id = visitor.site().id();
    let settings = visitor.site().settings();
    if !settings.reports {
        return Err(Error::refused(ErrorCode::NotFound, "This site takes no reports."));
    }
    let note = note
        .map(checked_note)
        .transpose()
        .map_err(|fault| Error::Invalid(vec![fault]))?;
    let reporter = reader::name(app, visitor, tokens);
    db::retry(async || {
        let now = app.clock.now();
        let tx = app.db.begin().await?;
        // It may become a change of state.
        comments::hold_site(&tx, site_id).await?;
        let comment = comments::hold_published(&tx, site_id, id).await?;
        let row = report::ActiveModel {
            id: Set(id_at(now)),
            site_id: Set(site_id),
            comment_id: Set(id),
            reporter: Set(reporter.clone()),
            reason: Set(reason.name().to_owned()),
            note: Set(note.clone().flatten()),
            created_at: Set(now),
        };
        let inserted = report::Entity::insert(row)
            .on_conflict_do_nothing_on([
                report::Column::SiteId,
                report::Column::CommentId,
                report::Column::Reporter,
            ])
            .exec_without_returning(&*tx)
            .await?;
        if !matches!(inserted, TryInsertResult::Inserted(rows) if rows > 0) {
            return Ok(());
        }
        let comment = comments::count_report(&tx, &comment).await?;
        let news = News {
            report: Some(payload::Report {
                reason: reason.name().to_owned(),
                note: note.clone().flatten(),
                count: comment.report_count,
            }),
            ..News::new(Event::CommentReported, &comment)
        };
        webhooks::tell(&tx, app, visitor.site().hooks(), vec![news]).await?;
        if holds(settings.reports_to_hold, comment.report_count) {
            let reasons = [rules::reason::REPORTED];
            comments::change_state(&tx, app, comment, State::Pending, &reasons, &Actor::System).await?;
        }
        tx.commit().await
    })
    .await
}

/// Whether so many reports take a comment off the page; a site that asks for none never does that.
fn holds(reports_to_hold: u32, reports: i32) -> bool {
    reports_to_hold > 0 && u32::try_from(reports).is_ok_and(|reports| reports >= reports_to_hold)
}

fn checked_note(typed: &str) -> Result<Option<String>, Fault> {
    let note = text::clean_source(typed).map_err(|fault| fault.at("/note"))?;
    if note.chars().count() > NOTE {
        return Err(Fault::new(
            "/note",
            FieldCode::TooLong,
            format!("A note may have {NOTE} characters."),
        ));
    }
    Ok(Some(note.trim().to_owned()).filter(|note| !note.is_empty()))
}

/// The reports of a comment within the member's reach, newest first.
pub async fn of_comment(app: &App, member: &Member, id: Uuid) -> Result<Vec<report::Model>> {
    let comment = super::find(app.db.read(), member, id).await?;
    Ok(report::Entity::of_site(comment.site_id)
        .filter(report::Column::CommentId.eq(id))
        .order_by_desc(report::Column::Id)
        .limit(MOST_REPORTS)
        .all(app.db.read())
        .await?)
}

/// Erases what readers wrote about a comment; that they reported it stays.
pub async fn forget_notes(tx: &Tx, site_id: Uuid, comment_id: Uuid) -> Result<()> {
    report::Entity::update_of_site(site_id)
        .col_expr(report::Column::Note, Expr::value(None::<String>))
        .filter(report::Column::CommentId.eq(comment_id))
        .exec(&**tx)
        .await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn so_many_reports_as_the_site_asks_for_hold_a_comment() {
        for (reports_to_hold, reports, expected) in [
            (0, 1000, false),
            (1, 1, true),
            (3, 2, false),
            (3, 3, true),
            (3, 4, true),
        ] {
            assert_eq!(
                holds(reports_to_hold, reports),
                expected,
                "{reports} of {reports_to_hold}"
            );
        }
    }

    #[test]
    fn a_note_is_short_and_clean() {
        assert_eq!(
            checked_note("  Look\r\nhere \u{202e} "),
            Ok(Some("Look\nhere".to_owned()))
        );
        assert_eq!(checked_note(" \n "), Ok(None));
        assert!(checked_note(&"ä".repeat(NOTE)).is_ok());
        assert_eq!(
            checked_note(&"ä".repeat(NOTE + 1)).unwrap_err().code,
            FieldCode::TooLong
        );
    }
}
