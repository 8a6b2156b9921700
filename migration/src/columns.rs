//! Words for columns, keys and tables that the migrations share.

use sea_orm_migration::prelude::*;

pub fn table(name: &'static str) -> TableCreateStatement {
    Table::create().table(name).col(uuid("id").primary_key()).to_owned()
}

pub fn col(name: &'static str) -> ColumnDef {
    let mut column = ColumnDef::new(name);
    column.not_null();
    column
}

pub fn optional(name: &'static str) -> ColumnDef {
    ColumnDef::new(name)
}

pub fn uuid(name: &'static str) -> ColumnDef {
    col(name).uuid().take()
}

pub fn maybe_uuid(name: &'static str) -> ColumnDef {
    optional(name).uuid().take()
}

pub fn string(name: &'static str, characters: u32) -> ColumnDef {
    col(name).string_len(characters).take()
}

pub fn time(name: &'static str) -> ColumnDef {
    col(name).timestamp_with_time_zone().take()
}

pub fn maybe_time(name: &'static str) -> ColumnDef {
    optional(name).timestamp_with_time_zone().take()
}

pub fn unique(columns: &[&'static str]) -> IndexCreateStatement {
    let mut index = Index::create();
    for column in columns {
        index.col(*column);
    }
    index.unique().take()
}

/// An index over columns, in their order.
pub fn index(name: &'static str, table: &'static str, columns: &[&'static str]) -> IndexCreateStatement {
    let mut index = Index::create().name(name).table(table).to_owned();
    for column in columns {
        index.col(*column);
    }
    index
}

/// A foreign key that deletes with its parent.
pub fn belongs(
    from: &'static str,
    columns: &[&'static str],
    to: &'static str,
    keys: &[&'static str],
) -> ForeignKeyCreateStatement {
    let mut key = ForeignKey::create();
    key.from_tbl(from).to_tbl(to).on_delete(ForeignKeyAction::Cascade);
    for column in columns {
        key.from_col(*column);
    }
    for column in keys {
        key.to_col(*column);
    }
    key
}

/// A row of a site that points at another row of the *same* site.
pub fn within_site(from: &'static str, column: &'static str, to: &'static str) -> ForeignKeyCreateStatement {
    belongs(from, &["site_id", column], to, &["site_id", "id"])
}

pub fn of_site(name: &'static str) -> TableCreateStatement {
    table(name)
        .col(uuid("site_id"))
        .index(&mut unique(&["site_id", "id"]))
        .foreign_key(&mut belongs(name, &["site_id"], "site", &["id"]))
        .take()
}
