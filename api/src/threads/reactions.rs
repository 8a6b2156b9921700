//! What readers think of a page, counted with its thread.

use ::entity::{OfSite, thread};
use sea_orm::sea_query::{Expr, LockType};
use sea_orm::{ColumnTrait, QueryFilter, QuerySelect};
use serde_json::{Value, json};

use super::key::Address;
use super::{book, covers, find_named, open, rules};
use crate::app::App;
use crate::error::{Error, FieldCode, Result};
use crate::infra::bus::Change;
use crate::infra::db::Tx;
use crate::sites::Site;

/// The thread of an address, held for a change of its reactions until the transaction ends. A page that nobody has commented on
/// has its thread opened if there is something to count.
///
/// # Errors
/// `thread_locked`, `site_read_only`, and those of [`open`]; `invalid_input` for a page outside the site's rule about
/// who may open conversations, as a reaction cannot wait for a moderator.
pub async fn hold(
    tx: &Tx,
    app: &App,
    site: &Site,
    address: &Address,
    title: Option<&str>,
    to_count: bool,
) -> Result<Option<thread::Model>> {
    let found = match find_named(&**tx, site.id(), address).await? {
        Some(found) => found,
        None if !to_count => return rules::may_change(site.settings(), None).map(|()| None),
        None if !covers(app, site, address) => return Err(outside_rule()),
        None => open(tx, app, site, address, title).await?,
    };
    // Also one that was opened: somebody else may have opened it at the same moment, and be counting.
    let held = thread::Entity::of_site(site.id())
        .filter(thread::Column::Id.eq(found.id))
        .lock(LockType::NoKeyUpdate)
        .one(&**tx)
        .await?
        // Merged into another since it was found.
        .ok_or_else(|| Error::Again("the thread is gone".to_owned()))?;
    rules::may_change(site.settings(), Some(&held))?;
    if to_count && !rules::is_vouched(covers(app, site, address), &held) {
        return Err(outside_rule());
    }
    Ok(Some(held))
}

fn outside_rule() -> Error {
    let detail = "Nobody of this site has opened a conversation for this page yet.";
    Error::invalid("/thread", FieldCode::Invalid, detail)
}

/// Counts one reaction more or less at a held thread.
pub async fn count(tx: &Tx, app: &App, thread: &thread::Model, kind: &str, by: i64) -> Result<thread::Model> {
    thread::Entity::update_of_site(thread.site_id)
        .col_expr(
            thread::Column::Reactions,
            Expr::value(counted(&thread.reactions, kind, by)),
        )
        .filter(thread::Column::Id.eq(thread.id))
        .exec(&**tx)
        .await?;
    book(tx, app, thread.site_id, thread.id, 0, Change::Thread).await
}

/// The counts with one of them changed; a kind that nobody chose has none.
fn counted(counts: &Value, kind: &str, by: i64) -> Value {
    let mut counts = counts.as_object().cloned().unwrap_or_default();
    let count = counts.get(kind).and_then(Value::as_i64).unwrap_or(0) + by;
    if count > 0 {
        counts.insert(kind.to_owned(), json!(count));
    } else {
        counts.remove(kind);
    }
    Value::Object(counts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_go_up_and_down_and_leave_nothing_behind() {
        let one = counted(&json!({}), "👍", 1);
        assert_eq!(one, json!({ "👍": 1 }));
        let more = counted(&counted(&one, "👍", 1), "❤️", 1);
        assert_eq!(more, json!({ "👍": 2, "❤️": 1 }));
        assert_eq!(counted(&more, "❤️", -1), json!({ "👍": 2 }));
        assert_eq!(counted(&json!({}), "👍", -1), json!({}));
    }
}
