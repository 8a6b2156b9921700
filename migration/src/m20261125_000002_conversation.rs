//! What conversations need beyond posting and moderating: ranks, pins, locks, reactions, reports, signed ids.
//!
//! Columns are added with defaults, so that the version before goes on working while this runs.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::ConnectionTrait;
use sea_orm_migration::sea_orm::prelude::Uuid;
use unicode_normalization::UnicodeNormalization;

use crate::columns::{belongs, col, maybe_time, of_site, optional, string, time, unique, uuid, within_site};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (table, column) in columns() {
            manager
                .alter_table(Table::alter().table(table).add_column(column).to_owned())
                .await?;
        }
        for table in tables() {
            manager.create_table(table).await?;
        }
        for index in former() {
            manager.drop_index(dropped(&index)).await?;
        }
        for index in indexes() {
            manager.create_index(index).await?;
        }
        manager.create_index(thread_events()).await?;
        manager.get_connection().execute_unprepared(COUNT_BRANCHES).await?;
        manager.get_connection().execute_unprepared(KEEP_PAGES).await?;
        fold_threads(manager).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for index in indexes() {
            manager.drop_index(dropped(&index)).await?;
        }
        for index in former() {
            manager.create_index(index).await?;
        }
        manager
            .drop_index(Index::drop().name("event_thread").table("event").to_owned())
            .await?;
        for table in ["reaction", "report"] {
            manager.drop_table(Table::drop().table(table).to_owned()).await?;
        }
        for (table, column) in columns() {
            let name = column.get_column_name();
            manager
                .alter_table(Table::alter().table(table).drop_column(name).to_owned())
                .await?;
        }
        Ok(())
    }
}

/// Comments that were there before: published replies under each root.
const COUNT_BRANCHES: &str = "UPDATE comment SET branch_count = (SELECT COUNT(*) FROM comment AS reply \
     WHERE reply.site_id = comment.site_id AND reply.root_id = comment.id AND reply.state = 'published') \
     WHERE parent_id IS NULL AND reply_count > 0";

/// The page that each key was made of, for the day when the site's rules make another key of it. So far a thread has
/// one key.
const KEEP_PAGES: &str = "UPDATE thread_alias SET url = (SELECT thread.url FROM thread \
     WHERE thread.site_id = thread_alias.site_id AND thread.id = thread_alias.thread_id) WHERE key LIKE 'url:%'";

/// What threads that were there before are found by. Folded here and not by the engine: SQLite knows the case of ASCII
/// alone.
async fn fold_threads(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    const AT_ONCE: u64 = 500;
    let db = manager.get_connection();
    let mut after = Uuid::nil();
    loop {
        let page = Query::select()
            .columns(["id", "key", "title", "url"])
            .from("thread")
            .and_where(Expr::col("id").gt(after))
            .order_by("id", Order::Asc)
            .limit(AT_ONCE)
            .to_owned();
        let rows = db.query_all(&page).await?;
        if rows.is_empty() {
            return Ok(());
        }
        for row in rows {
            after = row.try_get("", "id")?;
            let (title, url): (Option<String>, Option<String>) = (row.try_get("", "title")?, row.try_get("", "url")?);
            let texts = [title, Some(row.try_get("", "key")?), url];
            let folded: Vec<String> = texts
                .iter()
                .flatten()
                .map(|text| text.nfkc().flat_map(char::to_lowercase).collect())
                .collect();
            let update = Query::update()
                .table("thread")
                .value("folded", folded.join("\n"))
                .and_where(Expr::col("id").eq(after))
                .to_owned();
            db.execute(&update).await?;
        }
    }
}

/// A number that counts from zero.
fn counter(name: &'static str) -> ColumnDef {
    col(name).integer().default(0).take()
}

fn columns() -> Vec<(&'static str, ColumnDef)> {
    vec![
        ("thread", maybe_time("locked_at")),
        ("thread", col("folded").text().default("").take()),
        ("thread_alias", optional("url").text().take()),
        ("thread", col("pinned").json_binary().default("[]").take()),
        ("thread", col("reactions").json_binary().default("{}").take()),
        ("comment", col("rank").big_integer().default(0).take()),
        ("comment", counter("branch_count")),
        ("comment", counter("report_count")),
        ("site", col("signing_version").integer().default(1).take()),
        ("site", col("renderer").integer().default(1).take()),
    ]
}

fn tables() -> Vec<TableCreateStatement> {
    vec![
        of_site("reaction")
            .col(uuid("thread_id"))
            .col(string("voter", 64))
            .col(string("kind", 32))
            .col(time("created_at"))
            .index(&mut unique(&["site_id", "thread_id", "voter", "kind"]))
            .foreign_key(&mut within_site("reaction", "thread_id", "thread"))
            .take(),
        of_site("report")
            .col(uuid("comment_id"))
            .col(string("reporter", 64))
            .col(string("reason", 16))
            .col(ColumnDef::new("note").text())
            .col(time("created_at"))
            .index(&mut unique(&["site_id", "comment_id", "reporter"]))
            .foreign_key(&mut belongs(
                "report",
                &["site_id", "comment_id"],
                "comment",
                &["site_id", "id"],
            ))
            .take(),
    ]
}

/// A page of roots in each order. Only what readers can see is in them, so that a page costs the same however many comments wait
/// or were turned away: a query says the condition in these words.
fn indexes() -> Vec<IndexCreateStatement> {
    let roots = |name: &'static str, by: &[&'static str]| {
        let mut index = Index::create();
        index.name(name).table("comment").col("site_id").col("thread_id");
        for column in by {
            index.col(*column);
        }
        index
            .and_where(Expr::cust(
                "parent_id IS NULL AND (state = 'published' OR reply_count > 0)",
            ))
            .take()
    };
    vec![
        roots("comment_roots_by_time", &["created_at", "number"]),
        roots("comment_roots_by_rank", &["rank", "number"]),
        roots("comment_roots_by_branch", &["branch_count", "number"]),
        Index::create()
            .name("comment_replies_shown")
            .table("comment")
            .col("site_id")
            .col("root_id")
            .col("number")
            .and_where(Expr::cust(
                "root_id IS NOT NULL AND (state = 'published' OR reply_count > 0)",
            ))
            .take(),
        Index::create()
            .name("comment_reported")
            .table("comment")
            .col("site_id")
            .col("id")
            .and_where(Expr::cust("report_count > 0"))
            .take(),
    ]
}

/// What happened to a thread itself, beside what happened to its comments.
fn thread_events() -> IndexCreateStatement {
    Index::create()
        .name("event_thread")
        .table("event")
        .col("site_id")
        .col("thread_id")
        .col("at")
        .and_where(Expr::cust("comment_id IS NULL"))
        .take()
}

/// Those that the new ones replace.
fn former() -> Vec<IndexCreateStatement> {
    vec![
        Index::create()
            .name("comment_roots")
            .table("comment")
            .col("site_id")
            .col("thread_id")
            .col("created_at")
            .col("number")
            .and_where(Expr::cust("parent_id IS NULL"))
            .take(),
        Index::create()
            .name("comment_replies")
            .table("comment")
            .col("site_id")
            .col("root_id")
            .col("number")
            .take(),
    ]
}

fn dropped(index: &IndexCreateStatement) -> IndexDropStatement {
    let name = index.get_index_spec().get_name().unwrap_or_default();
    Index::drop().name(name).table("comment").to_owned()
}
