//! Every table of the first release.
//!
//! Tables of a site carry `site_id`, and their unique keys and foreign keys are led by it: a comment cannot point at another
//! site's thread, and a distributed PostgreSQL can shard by site. `id` stays the single primary key.

use sea_orm_migration::prelude::*;

use crate::columns::{
    belongs, col, index, maybe_time, of_site, optional, string, table, time, unique, uuid, within_site,
};

#[derive(DeriveMigrationName)]
pub struct Migration;

/// Newest last: a table only refers to those before it.
const TABLES: [&str; 21] = [
    "account",
    "setup_link",
    "session",
    "refresh_token",
    "tenant",
    "membership",
    "site",
    "membership_site",
    "api_key",
    "site_counter",
    "site_origin",
    "refused_origin",
    "thread",
    "thread_alias",
    "import_batch",
    "comment",
    "vote",
    "event",
    "subscription",
    "idempotency",
    "job",
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in tables() {
            manager.create_table(table).await?;
        }
        for index in indexes() {
            manager.create_index(index).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for name in TABLES.iter().rev() {
            manager.drop_table(Table::drop().table(*name).to_owned()).await?;
        }
        Ok(())
    }
}

fn one_of(column: &'static str, values: &[&'static str]) -> SimpleExpr {
    Expr::col(column).is_in(values.iter().copied())
}

fn tables() -> Vec<TableCreateStatement> {
    vec![
        table("account")
            .col(string("email", 254))
            .col(string("email_folded", 254).unique_key())
            .col(string("name", 200))
            .col(col("password_hash").text())
            .col(col("operator").boolean())
            .col(col("session_version").integer())
            .col(time("created_at"))
            .col(time("updated_at"))
            .take(),
        table("setup_link")
            .col(col("token_hash").binary_len(32).unique_key())
            .col(time("created_at"))
            .col(time("expires_at"))
            .col(maybe_time("used_at"))
            .take(),
        table("session")
            .col(uuid("account_id"))
            .col(col("session_version").integer())
            .col(optional("user_agent").string_len(200))
            .col(time("created_at"))
            .col(time("expires_at"))
            .col(maybe_time("ended_at"))
            .foreign_key(&mut belongs("session", &["account_id"], "account", &["id"]))
            .take(),
        table("refresh_token")
            .col(uuid("session_id"))
            .col(col("token_hash").binary_len(32).unique_key())
            .col(time("created_at"))
            .col(maybe_time("used_at"))
            .foreign_key(&mut belongs("refresh_token", &["session_id"], "session", &["id"]))
            .take(),
        table("tenant")
            .col(string("name", 200))
            .col(time("created_at"))
            .col(time("updated_at"))
            .take(),
        table("membership")
            .col(uuid("tenant_id"))
            .col(uuid("account_id"))
            .col(string("role", 16))
            .col(col("limited").boolean())
            .col(time("created_at"))
            .index(&mut unique(&["tenant_id", "id"]))
            .index(&mut unique(&["tenant_id", "account_id"]))
            .check(one_of("role", &["moderator", "admin", "owner"]))
            .foreign_key(&mut belongs("membership", &["tenant_id"], "tenant", &["id"]))
            .foreign_key(&mut belongs("membership", &["account_id"], "account", &["id"]))
            .take(),
        table("site")
            .col(uuid("tenant_id"))
            .col(string("key", 32).unique_key())
            .col(string("name", 200))
            .col(col("settings").json_binary())
            .col(col("version").big_integer())
            .col(maybe_time("archived_at"))
            .col(time("created_at"))
            .col(time("updated_at"))
            .index(&mut unique(&["tenant_id", "id"]))
            .foreign_key(&mut belongs("site", &["tenant_id"], "tenant", &["id"]))
            .take(),
        table("membership_site")
            .col(uuid("tenant_id"))
            .col(uuid("membership_id"))
            .col(uuid("site_id"))
            .index(&mut unique(&["membership_id", "site_id"]))
            .foreign_key(&mut belongs(
                "membership_site",
                &["tenant_id", "membership_id"],
                "membership",
                &["tenant_id", "id"],
            ))
            .foreign_key(&mut belongs(
                "membership_site",
                &["tenant_id", "site_id"],
                "site",
                &["tenant_id", "id"],
            ))
            .take(),
        table("api_key")
            .col(uuid("tenant_id"))
            .col(optional("created_by").uuid())
            .col(string("name", 200))
            .col(string("prefix", 16))
            .col(col("key_hash").binary_len(32).unique_key())
            .col(col("scopes").json_binary())
            .col(optional("site_ids").json_binary())
            .col(time("created_at"))
            .col(maybe_time("expires_at"))
            .col(maybe_time("last_used_at"))
            .col(maybe_time("revoked_at"))
            .foreign_key(&mut belongs("api_key", &["tenant_id"], "tenant", &["id"]))
            .foreign_key(belongs("api_key", &["created_by"], "account", &["id"]).on_delete(ForeignKeyAction::SetNull))
            .take(),
        Table::create()
            .table("site_counter")
            .col(uuid("site_id").primary_key())
            .col(col("last_number").big_integer())
            .foreign_key(&mut belongs("site_counter", &["site_id"], "site", &["id"]))
            .take(),
        of_site("site_origin")
            .col(string("origin", 300))
            .col(time("created_at"))
            .col(maybe_time("first_seen_at"))
            .col(maybe_time("last_seen_at"))
            .index(&mut unique(&["site_id", "origin"]))
            .take(),
        of_site("refused_origin")
            .col(string("origin", 300))
            .col(col("count").big_integer())
            .col(time("first_seen_at"))
            .col(time("last_seen_at"))
            .index(&mut unique(&["site_id", "origin"]))
            .take(),
        of_site("thread")
            .col(col("key").text())
            .col(col("key_version").integer())
            .col(optional("url").text())
            .col(optional("title").text())
            .col(col("comment_count").big_integer())
            .col(col("version").big_integer())
            .col(maybe_time("closed_at"))
            .col(time("created_at"))
            .col(time("updated_at"))
            .col(maybe_time("last_comment_at"))
            .take(),
        of_site("thread_alias")
            .col(uuid("thread_id"))
            .col(col("key").text())
            .col(time("created_at"))
            .index(&mut unique(&["site_id", "key"]))
            .foreign_key(&mut within_site("thread_alias", "thread_id", "thread"))
            .take(),
        of_site("import_batch")
            .col(string("source", 32))
            .col(col("report").json_binary())
            .col(time("created_at"))
            .col(maybe_time("finished_at"))
            .col(maybe_time("undone_at"))
            .take(),
        of_site("comment")
            .col(uuid("thread_id"))
            .col(optional("parent_id").uuid())
            .col(optional("root_id").uuid())
            .col(col("number").big_integer())
            .col(string("state", 16))
            .col(col("source").text())
            .col(string("source_format", 16))
            .col(col("html").text())
            .col(col("renderer").integer())
            .col(col("folded").text())
            .col(optional("author_name").text())
            .col(optional("author_email").string_len(254))
            .col(optional("author_website").text())
            .col(optional("account_id").uuid())
            .col(col("reasons").json_binary())
            .col(optional("network_hash").string_len(64))
            .col(col("up_votes").integer())
            .col(col("down_votes").integer())
            .col(col("reply_count").integer())
            .col(optional("import_source").string_len(32))
            .col(optional("import_id").text())
            .col(optional("import_batch_id").uuid())
            .col(time("created_at"))
            .col(maybe_time("edited_at"))
            .col(time("updated_at"))
            .index(&mut unique(&["site_id", "number"]))
            .index(&mut unique(&["site_id", "thread_id", "id"]))
            .index(&mut unique(&["site_id", "import_source", "import_id"]))
            .check(one_of(
                "state",
                &["published", "pending", "spam", "rejected", "deleted"],
            ))
            .check(one_of("source_format", &["markdown", "html"]))
            .foreign_key(&mut within_site("comment", "thread_id", "thread"))
            // The parent is a comment of the same thread, and so is the root: the database itself refuses anything else.
            .foreign_key(&mut in_thread("parent_id"))
            .foreign_key(&mut in_thread("root_id"))
            .foreign_key(belongs("comment", &["account_id"], "account", &["id"]).on_delete(ForeignKeyAction::SetNull))
            .take(),
        of_site("vote")
            .col(uuid("comment_id"))
            .col(string("voter", 64))
            .col(col("value").small_integer())
            .col(time("created_at"))
            .col(time("updated_at"))
            .index(&mut unique(&["site_id", "comment_id", "voter"]))
            .check(Expr::col("value").is_in([-1, 1]))
            .foreign_key(&mut within_site("vote", "comment_id", "comment"))
            .take(),
        of_site("event")
            .col(optional("thread_id").uuid())
            .col(optional("comment_id").uuid())
            .col(string("kind", 32))
            .col(string("actor", 16))
            .col(optional("account_id").uuid())
            .col(optional("from_state").string_len(16))
            .col(optional("to_state").string_len(16))
            .col(col("reasons").json_binary())
            .col(col("data").json_binary())
            .col(time("at"))
            .take(),
        of_site("subscription")
            .col(optional("thread_id").uuid())
            .col(optional("comment_id").uuid())
            .col(string("email", 254))
            .col(string("email_folded", 254))
            .col(col("token_hash").binary_len(32).unique_key())
            .col(time("created_at"))
            .col(maybe_time("confirmed_at"))
            .col(maybe_time("ended_at"))
            .foreign_key(&mut within_site("subscription", "thread_id", "thread"))
            .foreign_key(&mut within_site("subscription", "comment_id", "comment"))
            .take(),
        of_site("idempotency")
            .col(col("key_hash").binary_len(32))
            .col(col("request_hash").binary_len(32))
            .col(uuid("comment_id"))
            .col(time("created_at"))
            .index(&mut unique(&["site_id", "key_hash"]))
            .take(),
        table("job")
            .col(string("kind", 48))
            .col(optional("site_id").uuid())
            .col(col("payload").json_binary())
            .col(optional("unique_key").string_len(200).unique_key())
            .col(time("run_at"))
            .col(col("attempts").integer())
            .col(maybe_time("locked_until"))
            .col(maybe_time("failed_at"))
            .col(optional("last_error").text())
            .col(time("created_at"))
            .take(),
    ]
}

fn in_thread(column: &'static str) -> ForeignKeyCreateStatement {
    belongs(
        "comment",
        &["site_id", "thread_id", column],
        "comment",
        &["site_id", "thread_id", "id"],
    )
}

fn indexes() -> Vec<IndexCreateStatement> {
    vec![
        index("session_account", "session", &["account_id"]),
        index("refresh_token_session", "refresh_token", &["session_id"]),
        index("membership_account", "membership", &["account_id"]),
        index("membership_site_site", "membership_site", &["tenant_id", "site_id"]),
        index(
            "membership_site_membership",
            "membership_site",
            &["tenant_id", "membership_id"],
        ),
        index("api_key_tenant", "api_key", &["tenant_id"]),
        index("api_key_creator", "api_key", &["created_by"]),
        index("thread_alias_thread", "thread_alias", &["site_id", "thread_id"]),
        // A page of a thread: its roots by time; then the replies under them by number, so that parents come first.
        index(
            "comment_roots",
            "comment",
            &["site_id", "thread_id", "created_at", "number"],
        )
        .and_where(Expr::cust("parent_id IS NULL"))
        .take(),
        index("comment_replies", "comment", &["site_id", "root_id", "number"]),
        index("comment_parent", "comment", &["site_id", "thread_id", "parent_id"]),
        index("comment_root", "comment", &["site_id", "thread_id", "root_id"]),
        // The moderation queue, newest first. `id` is a UUIDv7 and so in order of time.
        index("comment_queue", "comment", &["site_id", "state", "id"]),
        index("comment_batch", "comment", &["site_id", "import_batch_id"]),
        index("comment_account", "comment", &["account_id"]),
        // What the retention job looks for.
        index("comment_private", "comment", &["site_id", "created_at"])
            .and_where(Expr::cust("network_hash IS NOT NULL OR author_email IS NOT NULL"))
            .take(),
        index("event_comment", "event", &["site_id", "comment_id", "at"]),
        index("event_time", "event", &["site_id", "at"]),
        index("subscription_thread", "subscription", &["site_id", "thread_id"]),
        index("subscription_comment", "subscription", &["site_id", "comment_id"]),
        index("idempotency_age", "idempotency", &["created_at"]),
        index("job_failed", "job", &["failed_at"])
            .and_where(Expr::cust("failed_at IS NOT NULL"))
            .take(),
        index("job_due", "job", &["run_at"])
            .and_where(Expr::cust("failed_at IS NULL"))
            .take(),
    ]
}
