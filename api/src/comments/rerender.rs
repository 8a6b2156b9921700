//! Renders comments again: after an upgrade that changed what comes out, and after the owner changed what may.
//!
//! A walk over a site's comments in the order of their numbers, a few in a transaction, each of them a job of its own: killed
//! anywhere, it goes on there. What was written while a batch was being rendered is left as it is: whoever wrote it knew the new
//! renderer and rules, or the walk comes by again.

use ::entity::comment::{self, SourceFormat, State};
use ::entity::{OfSite, comment::Model};
use sea_orm::prelude::Uuid;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, QueryFilter, QueryOrder, QuerySelect};

use super::{hold_site, off_thread};
use crate::app::App;
use crate::error::Result;
use crate::infra::bus::Change;
use crate::infra::db::Tx;
use crate::infra::markdown::{self, Limits, RENDERER, Rules};
use crate::sites::Site;
use crate::threads;

/// Comments in one transaction, so that nobody waits long for it.
pub const AT_ONCE: usize = 100;

/// A batch of comments whose HTML is not what it would be today.
pub struct Batch {
    site_id: Uuid,
    changes: Vec<(Model, String)>,
    /// How many were looked at.
    pub looked: usize,
    /// The number after which the walk goes on; none at its end.
    pub next: Option<i64>,
}

/// Renders the comments after number `after`, or those of them that an older renderer made. Writes nothing.
pub async fn prepare(app: &App, site: &Site, after: i64, older_than: Option<i32>) -> Result<Batch> {
    let mut select = comment::Entity::of_site(site.id())
        .filter(comment::Column::Number.gt(after))
        // What a newer version rendered, this one leaves to it.
        .filter(comment::Column::Renderer.lte(RENDERER))
        .order_by_asc(comment::Column::Number)
        .limit(AT_ONCE as u64);
    if let Some(renderer) = older_than {
        select = select.filter(comment::Column::Renderer.lt(renderer));
    }
    let rows = select.all(app.db.read()).await?;
    let looked = rows.len();
    let next = rows.last().map(|last| last.number).filter(|_| looked == AT_ONCE);
    let mut changes = Vec::new();
    for row in rows {
        let (source, format, rules) = (row.source.clone(), row.source_format, site.settings().rules());
        // In its turn each, so that readers' posts are not behind a whole batch.
        let html = off_thread(app, move || anew(&source, format, &rules)).await?;
        if html != row.html || row.renderer != RENDERER {
            changes.push((row, html));
        }
    }
    Ok(Batch {
        site_id: site.id(),
        changes,
        looked,
        next,
    })
}

/// What a stored text looks like today.
fn anew(source: &str, format: SourceFormat, rules: &Rules) -> String {
    laid_out(source, format, rules).0
}

/// What a text looks like that is not a new one: the site's bound on the length is for those. One that breaks another bound is
/// shown as it was typed, and that is said.
pub(super) fn laid_out(source: &str, format: SourceFormat, rules: &Rules) -> (String, bool) {
    let limits = Limits {
        source_bytes: markdown::SOURCE_BYTES,
        ..Limits::default()
    };
    let rendered = match format {
        SourceFormat::Markdown => markdown::render(source, rules, &limits),
        SourceFormat::Html => markdown::clean_html(source, rules, &limits),
    };
    rendered.map_or_else(|_| (markdown::plain(source), true), |rendered| (rendered.html, false))
}

impl Batch {
    /// Stores what changed, unless somebody wrote to the comment in the meantime; how many. Nobody edited anything, so neither
    /// times nor history tell of it. Readers see it by the versions of the threads.
    pub async fn store(self, tx: &Tx, app: &App) -> Result<usize> {
        if self.changes.is_empty() {
            return Ok(0);
        }
        hold_site(tx, self.site_id).await?;
        let (mut stored, mut threads) = (0, Vec::new());
        for (former, html) in self.changes {
            let looks_other = html != former.html;
            let update = comment::Entity::update_of_site(self.site_id)
                .col_expr(comment::Column::Html, Expr::value(html))
                .col_expr(comment::Column::Renderer, Expr::value(RENDERER))
                .filter(comment::Column::Id.eq(former.id))
                .filter(comment::Column::UpdatedAt.eq(former.updated_at))
                .filter(comment::Column::Renderer.eq(former.renderer))
                // For an edit within the same millisecond.
                .filter(comment::Column::Source.eq(former.source));
            if update.exec(&**tx).await?.rows_affected == 0 || !looks_other {
                continue;
            }
            stored += 1;
            if former.state == State::Published {
                threads.push(former.thread_id);
            }
        }
        threads.sort_unstable();
        threads.dedup();
        for thread_id in threads {
            threads::book(tx, app, self.site_id, thread_id, 0, Change::Whole).await?;
        }
        Ok(stored)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_breaks_a_bound_by_now_is_shown_as_typed() {
        let nested = format!("{} <b>", ">".repeat(40));
        let shown = anew(&nested, SourceFormat::Markdown, &Rules::default());
        assert_eq!(shown, format!("<p>{} &lt;b&gt;</p>", "&gt;".repeat(40)));
        let tags = "<i>".repeat(600);
        assert!(anew(&tags, SourceFormat::Html, &Rules::default()).starts_with("<p>&lt;i&gt;"));
    }

    #[test]
    fn an_erased_comment_stays_empty() {
        assert_eq!(anew("", SourceFormat::Markdown, &Rules::default()), "");
        assert_eq!(anew("", SourceFormat::Html, &Rules::default()), "");
    }
}
