//! Operators: plans with quotas, suspension, acting for a tenant, and announcements.
//!
//! All of it is added; a node of the version before counts no comments and leaves `folded` empty, so that what it makes is found by
//! name once it is renamed.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::prelude::Uuid;
use unicode_normalization::UnicodeNormalization;

use crate::columns::{belongs, col, index, maybe_time, maybe_uuid, optional, string, table, time, uuid};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let plan = table("plan")
            .col(string("name", 100))
            .col(optional("sites").big_integer())
            .col(optional("members").big_integer())
            .col(optional("comments").big_integer())
            .col(optional("storage").big_integer())
            .col(col("is_default").boolean())
            .col(time("created_at"))
            .col(time("updated_at"))
            .take();
        let acting = table("acting")
            .col(uuid("account_id"))
            .col(uuid("tenant_id"))
            .col(string("role", 16))
            .col(string("reason", 500))
            .col(time("started_at"))
            .col(time("expires_at"))
            .col(maybe_time("ended_at"))
            .foreign_key(&mut belongs("acting", &["account_id"], "account", &["id"]))
            .foreign_key(&mut belongs("acting", &["tenant_id"], "tenant", &["id"]))
            .take();
        let announcement = table("announcement")
            .col(string("kind", 16))
            .col(string("text", 1000))
            .col(optional("link").string_len(500))
            .col(time("starts_at"))
            .col(time("ends_at"))
            .col(maybe_uuid("created_by"))
            .col(time("created_at"))
            .col(time("updated_at"))
            .foreign_key(
                belongs("announcement", &["created_by"], "account", &["id"]).on_delete(ForeignKeyAction::SetNull),
            )
            .take();
        for table in [plan, acting, announcement] {
            manager.create_table(table).await?;
        }
        for (table, column) in added() {
            manager
                .alter_table(Table::alter().table(table).add_column(column).to_owned())
                .await?;
        }
        for (name, table, columns) in INDEXES {
            manager.create_index(index(name, table, columns)).await?;
        }
        for table in NAMED {
            fold_names(manager, table).await?;
        }
        manager.get_connection().execute_unprepared(WEIGH).await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (name, table, _) in INDEXES {
            manager
                .drop_index(Index::drop().name(name).table(table).to_owned())
                .await?;
        }
        for (table, mut column) in added() {
            manager
                .alter_table(
                    Table::alter()
                        .table(table)
                        .drop_column(column.take().get_column_name().clone())
                        .to_owned(),
                )
                .await?;
        }
        for table in ["announcement", "acting", "plan"] {
            manager.drop_table(Table::drop().table(table).to_owned()).await?;
        }
        Ok(())
    }
}

const NAMED: [&str; 3] = ["tenant", "site", "account"];

const INDEXES: [(&str, &str, &[&str]); 7] = [
    ("tenant_plan", "tenant", &["plan_id"]),
    ("tenant_suspended", "tenant", &["suspended_at"]),
    ("site_suspended", "site", &["suspended_at"]),
    ("acting_account", "acting", &["account_id", "ended_at"]),
    ("acting_tenant", "acting", &["tenant_id"]),
    ("announcement_end", "announcement", &["ends_at"]),
    ("announcement_author", "announcement", &["created_by"]),
];

/// What each site's comments take, so that plans find it counted.
const WEIGH: &str = "UPDATE site_counter SET bytes = COALESCE((SELECT SUM(OCTET_LENGTH(source)) FROM comment \
                     WHERE comment.site_id = site_counter.site_id), 0)";

fn added() -> Vec<(&'static str, ColumnDef)> {
    let number = |name| col(name).big_integer().default(0).take();
    vec![
        ("tenant", string("folded", 400).default("").take()),
        ("tenant", maybe_uuid("plan_id")),
        ("tenant", maybe_time("suspended_at")),
        ("tenant", optional("suspended_shows").string_len(16).take()),
        ("tenant", optional("suspended_reason").string_len(500).take()),
        ("site", string("folded", 400).default("").take()),
        ("site", maybe_time("suspended_at")),
        ("site", optional("suspended_shows").string_len(16).take()),
        ("site", optional("suspended_reason").string_len(500).take()),
        ("account", string("folded", 400).default("").take()),
        ("account", maybe_time("suspended_at")),
        ("account", optional("suspended_reason").string_len(500).take()),
        ("site_counter", col("month").integer().default(0).take()),
        ("site_counter", number("month_comments")),
        ("site_counter", number("bytes")),
    ]
}

/// Names as they are searched in, which no engine folds as the code does.
async fn fold_names(manager: &SchemaManager<'_>, table: &'static str) -> Result<(), DbErr> {
    let db = manager.get_connection();
    let all = Query::select().columns(["id", "name"]).from(table).to_owned();
    for row in db.query_all(&all).await? {
        let (id, name): (Uuid, String) = (row.try_get("", "id")?, row.try_get("", "name")?);
        let folded: String = name.nfkc().flat_map(char::to_lowercase).collect();
        let update = Query::update()
            .table(table)
            .value("folded", folded)
            .and_where(Expr::col("id").eq(id))
            .to_owned();
        db.execute(&update).await?;
    }
    Ok(())
}
