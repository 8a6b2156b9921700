//! The rows of the database, one file a table.
//!
//! Each table is written by one feature module of `api` (house rule 4); the others call its functions inside the same transaction:
//!
//! | tables | written by |
//! | --- | --- |
//! | `account`, `setup_link`, `session`, `refresh_token`, `api_key` | `accounts` |
//! | `sign_up`, `password_reset`, `email_change`, `known_network` | `accounts` |
//! | `authenticator`, `passkey`, `recovery_code`, `sign_in_step`, `spent_challenge` | `accounts` |
//! | `site`, `site_key`, `site_origin`, `refused_origin`, `trouble`, `setting_bound` | `sites` |
//! | `tenant`, `membership`, `membership_site`, `invitation`, `audit_entry`, `plan`, `quota_warning` | `tenants` |
//! | `acting`, `announcement` | `operators` |
//! | `thread`, `thread_alias` | `threads` |
//! | `comment`, `site_counter`, `idempotency` | `comments` |
//! | `vote`, `reaction` | `votes` |
//! | `event`, `report`, `spent_link` | `moderation` |
//! | `subscription`, `follow_entry`, `silence` | `subscriptions` |
//! | `watcher`, `digest_entry`, `push_device` | `watching` |
//! | `bounce`, `mail_day`, `mail_text` | `emails` |
//! | `mine_link` | `mine` |
//! | `site_day`, `site_day_part`, `statistics_cursor` | `statistics` |
//! | `commenter` | `commenters` |
//! | `import_batch` | `transfer` |
//! | `webhook`, `webhook_delivery` | `webhooks` |
//! | `job` | `infra::queue` |
//!
//! Rows of a site are reached by [`OfSite`], rows of a tenant by [`OfTenant`], and by nothing else: clippy forbids the bare
//! finders outside this crate, so a query that forgets its tenant does not pass the checks.
#![expect(
    clippy::disallowed_methods,
    reason = "the scoped finders are built here, from the bare ones"
)]

pub mod account;
pub mod acting;
pub mod announcement;
pub mod api_key;
pub mod audit_entry;
pub mod authenticator;
pub mod bounce;
pub mod comment;
pub mod commenter;
pub mod digest_entry;
pub mod email_change;
pub mod event;
pub mod follow_entry;
pub mod idempotency;
pub mod import_batch;
pub mod invitation;
pub mod job;
pub mod known_network;
pub mod mail_day;
pub mod mail_text;
pub mod membership;
pub mod membership_site;
pub mod mine_link;
pub mod passkey;
pub mod password_reset;
pub mod plan;
pub mod push_device;
pub mod quota_warning;
pub mod reaction;
pub mod recovery_code;
pub mod refresh_token;
pub mod refused_origin;
pub mod report;
pub mod session;
pub mod setting_bound;
pub mod setup_link;
pub mod sign_in_step;
pub mod sign_up;
pub mod silence;
pub mod site;
pub mod site_counter;
pub mod site_day;
pub mod site_day_part;
pub mod site_key;
pub mod site_origin;
pub mod spent_challenge;
pub mod spent_link;
pub mod statistics_cursor;
pub mod subscription;
pub mod tenant;
pub mod thread;
pub mod thread_alias;
pub mod trouble;
pub mod vote;
pub mod watcher;
pub mod webhook;
pub mod webhook_delivery;

use sea_orm::sea_query::{Expr, Query, SimpleExpr};
use sea_orm::{
    ColumnTrait, DeleteMany, EntityTrait, ExprTrait, Iterable, Order, PrimaryKeyToColumn, QueryFilter, Select,
    UpdateMany, prelude::Uuid,
};

/// Rows that belong to one site. Every statement about them begins here.
pub trait OfSite: EntityTrait {
    const SITE: Self::Column;

    fn of_site(site_id: Uuid) -> Select<Self> {
        Self::find().filter(Self::SITE.eq(site_id))
    }

    fn of_sites(site_ids: impl IntoIterator<Item = Uuid>) -> Select<Self> {
        Self::find().filter(Self::SITE.is_in(site_ids))
    }

    /// Rows of all sites of a tenant, but for those that it has deleted.
    fn of_tenants_sites(tenant_id: Uuid) -> Select<Self> {
        let sites = Query::select()
            .column(site::Column::Id)
            .from(site::Entity)
            .and_where(Expr::col(site::Column::TenantId).eq(tenant_id))
            .and_where(Expr::col(site::Column::EraseAt).is_null())
            .to_owned();
        Self::find().filter(Self::SITE.in_subquery(sites))
    }

    fn update_of_site(site_id: Uuid) -> UpdateMany<Self> {
        Self::update_many().filter(Self::SITE.eq(site_id))
    }

    fn delete_of_site(site_id: Uuid) -> DeleteMany<Self> {
        Self::delete_many().filter(Self::SITE.eq(site_id))
    }

    /// Up to `most` rows of one site, the last by `order` first.
    fn delete_some_of_site(site_id: Uuid, order: Self::Column, most: u64) -> DeleteMany<Self> {
        some(Self::delete_of_site(site_id), Self::SITE.eq(site_id), order, most)
    }
}

/// Rows that belong to one tenant. Every statement about them begins here.
pub trait OfTenant: EntityTrait {
    const TENANT: Self::Column;

    fn of_tenant(tenant_id: Uuid) -> Select<Self> {
        Self::find().filter(Self::TENANT.eq(tenant_id))
    }

    fn of_tenants(tenant_ids: impl IntoIterator<Item = Uuid>) -> Select<Self> {
        Self::find().filter(Self::TENANT.is_in(tenant_ids))
    }

    fn update_of_tenant(tenant_id: Uuid) -> UpdateMany<Self> {
        Self::update_many().filter(Self::TENANT.eq(tenant_id))
    }

    fn delete_of_tenant(tenant_id: Uuid) -> DeleteMany<Self> {
        Self::delete_many().filter(Self::TENANT.eq(tenant_id))
    }

    /// Up to `most` rows of one tenant.
    fn delete_some_of_tenant(tenant_id: Uuid, order: Self::Column, most: u64) -> DeleteMany<Self> {
        some(
            Self::delete_of_tenant(tenant_id),
            Self::TENANT.eq(tenant_id),
            order,
            most,
        )
    }
}

/// A deletion of the rows that meet a condition, cut to so many: with a subselect, as neither engine's `DELETE` has a limit.
fn some<E: EntityTrait>(deletion: DeleteMany<E>, which: SimpleExpr, order: E::Column, most: u64) -> DeleteMany<E> {
    let key = E::PrimaryKey::iter()
        .next()
        .expect("every table has a key")
        .into_column();
    let some = Query::select()
        .column(key)
        .from(E::default())
        .and_where(which)
        .order_by(order, Order::Desc)
        .limit(most)
        .to_owned();
    deletion.filter(key.in_subquery(some))
}

macro_rules! of_site {
    ($($table:ident),*) => { $(impl OfSite for $table::Entity { const SITE: Self::Column = $table::Column::SiteId; })* };
}

macro_rules! of_tenant {
    ($($table:ident),*) => { $(impl OfTenant for $table::Entity { const TENANT: Self::Column = $table::Column::TenantId; })* };
}

of_site!(
    comment,
    commenter,
    digest_entry,
    event,
    follow_entry,
    idempotency,
    import_batch,
    mail_text,
    mine_link,
    reaction,
    refused_origin,
    report,
    silence,
    site_counter,
    site_day,
    site_day_part,
    site_key,
    site_origin,
    spent_link,
    subscription,
    thread,
    thread_alias,
    trouble,
    vote,
    watcher,
    webhook,
    webhook_delivery
);
of_tenant!(
    acting,
    api_key,
    audit_entry,
    invitation,
    membership,
    membership_site,
    quota_warning,
    site,
    webhook,
    webhook_delivery
);

impl OfTenant for tenant::Entity {
    const TENANT: Self::Column = tenant::Column::Id;
}
