//! Plans: what a tenant may have of everything, and how much it has. Operators may give one tenant another quota than its plan's.
//!
//! Counting is cheap: sites and members are counted where one comes, under the tenant's row; comments of the month and their bytes are
//! kept with the sites' counters, which posting writes anyway.

use std::collections::BTreeMap;

use ::entity::{OfTenant, invitation, membership, plan, site, site_counter, tenant};
use chrono::{DateTime, Datelike, Utc};
use sea_orm::prelude::Uuid;
use sea_orm::sea_query::{Alias, Expr, ExprTrait, Func, Query};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
    Set,
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::audit::{self, Change};
use super::{checked_name, members};
use crate::app::App;
use crate::error::{Error, ErrorCode, Fault, FieldCode, Result};
use crate::infra::db::{self, Tx};
use crate::operators::Operator;
use crate::sites;

/// Plans of the platform.
const MOST: u64 = 100;

/// Where owners are warned, in percent of a quota.
const WARN_AT: u64 = 80;

/// What a plan bounds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Quota {
    Sites,
    /// With invitations that wait.
    Members,
    /// In a calendar month (UTC), in whatever state.
    Comments,
    /// Bytes of comments as they were typed.
    Storage,
}

impl Quota {
    pub const ALL: [Quota; 4] = [Quota::Sites, Quota::Members, Quota::Comments, Quota::Storage];

    /// The quota's name on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Quota::Sites => "sites",
            Quota::Members => "members",
            Quota::Comments => "comments",
            Quota::Storage => "storage",
        }
    }

    fn in_words(self) -> &'static str {
        match self {
            Quota::Sites => "sites",
            Quota::Members => "members and invitations",
            Quota::Comments => "comments a month",
            Quota::Storage => "bytes of comments",
        }
    }

    /// What a plan allows of it; none is without a limit.
    pub fn of(self, plan: &plan::Model) -> Option<u64> {
        let limit = match self {
            Quota::Sites => plan.sites,
            Quota::Members => plan.members,
            Quota::Comments => plan.comments,
            Quota::Storage => plan.storage,
        };
        limit.map(|limit| u64::try_from(limit).unwrap_or(0))
    }
}

impl Quota {
    pub fn named(name: &str) -> Option<Quota> {
        Quota::ALL.into_iter().find(|quota| quota.name() == name)
    }
}

/// Quotas that operators gave a tenant in place of its plan's; none is without a limit. Stored as JSON.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct OwnQuotas(BTreeMap<Quota, Option<u64>>);

/// What holds for a tenant: its plan, and what operators gave it in place of that.
#[derive(Clone, Debug, Default)]
pub struct Terms {
    pub plan: Option<plan::Model>,
    own: OwnQuotas,
}

impl Terms {
    pub fn new(plan: Option<plan::Model>, own: Option<Value>) -> Result<Terms> {
        let own = own.map(serde_json::from_value).transpose().map_err(Error::internal)?;
        Ok(Terms {
            plan,
            own: own.unwrap_or_default(),
        })
    }

    /// How much it may have; none is without a limit.
    pub fn limit(&self, quota: Quota) -> Option<u64> {
        match self.own.0.get(&quota) {
            Some(own) => *own,
            None => self.of_plan(quota),
        }
    }

    fn of_plan(&self, quota: Quota) -> Option<u64> {
        self.plan.as_ref().and_then(|plan| quota.of(plan))
    }

    /// Whether operators gave it this one in place of its plan's.
    fn is_own(&self, quota: Quota) -> bool {
        self.own.0.contains_key(&quota)
    }

    pub fn are_without_limits(&self) -> bool {
        Quota::ALL.into_iter().all(|quota| self.limit(quota).is_none())
    }

    pub(super) fn uses(&self, counted: [(Quota, u64); 4]) -> [Use; 4] {
        counted.map(|(quota, used)| Use {
            quota,
            used,
            limit: self.limit(quota),
            of_plan: self.of_plan(quota),
            is_own: self.is_own(quota),
        })
    }
}

/// Whether what readers send is bounded, by what is beside a tenant: its own quotas, and its plan's for comments and storage.
pub fn bounds_posts(own: Option<Value>, comments: Option<i64>, storage: Option<i64>) -> Result<bool> {
    let own = Terms::new(None, own)?.own;
    let bounds = |quota, of_plan: Option<i64>| own.0.get(&quota).map_or(of_plan.is_some(), Option::is_some);
    Ok(bounds(Quota::Comments, comments) || bounds(Quota::Storage, storage))
}

/// How much there is of one thing.
#[derive(Clone, Copy, Debug)]
pub struct Use {
    pub quota: Quota,
    pub used: u64,
    pub limit: Option<u64>,
    /// What the plan alone would allow.
    pub of_plan: Option<u64>,
    /// Operators gave it another limit than its plan's.
    pub is_own: bool,
}

impl Use {
    /// Whether so much of it is used up that the owners are told.
    pub fn is_near(&self) -> bool {
        self.limit
            .is_some_and(|limit| u128::from(self.used) * 100 >= u128::from(limit) * u128::from(WARN_AT))
    }

    pub fn is_full(&self) -> bool {
        self.limit.is_some_and(|limit| self.used >= limit)
    }
}

/// A quota as an operator gives it to one tenant.
#[derive(Clone, Copy, Debug)]
pub struct Given {
    pub quota: Quota,
    /// None is without a limit.
    pub limit: Option<i64>,
}

/// A tenant's plan and what it has used of it.
pub struct Usage {
    pub plan: Option<plan::Model>,
    pub uses: [Use; 4],
    /// When the month's comments are counted from nothing again.
    pub renews_at: DateTime<Utc>,
}

/// A plan as an operator writes it.
#[derive(Clone, Debug)]
pub struct Wish {
    pub name: String,
    pub sites: Option<i64>,
    pub members: Option<i64>,
    pub comments: Option<i64>,
    pub storage: Option<i64>,
    pub is_default: bool,
}

/// A month as it stands beside a count: 202611.
pub fn month_of(at: DateTime<Utc>) -> i32 {
    at.year() * 100 + i32::try_from(at.month()).unwrap_or(0)
}

/// When the month after this one begins.
fn next_month(now: DateTime<Utc>) -> DateTime<Utc> {
    let (year, month) = match now.month() {
        12 => (now.year() + 1, 1),
        month => (now.year(), month + 1),
    };
    chrono::NaiveDate::from_ymd_opt(year, month, 1)
        .and_then(|day| day.and_hms_opt(0, 0, 0))
        .map_or(now, |start| start.and_utc())
}

/// A tenant's plan, which is its own, or else the default one, if there is any; and the quotas in place of the plan's.
#[expect(clippy::disallowed_methods, reason = "plans belong to the platform")]
pub async fn of_tenant(db: &impl ConnectionTrait, tenant_id: Uuid) -> Result<Terms> {
    let tenant: Option<(Option<Uuid>, Option<Value>)> = tenant::Entity::of_tenant(tenant_id)
        .select_only()
        .columns([tenant::Column::PlanId, tenant::Column::OwnQuotas])
        .into_tuple()
        .one(db)
        .await?;
    let (plan_id, own) = tenant.unwrap_or_default();
    let mut wanted = plan::Column::IsDefault.eq(true);
    if let Some(plan_id) = plan_id {
        wanted = wanted.or(plan::Column::Id.eq(plan_id));
    }
    let plans = plan::Entity::find().filter(wanted).all(db).await?;
    Terms::new(chosen_of(&plans, plan_id).cloned(), own)
}

/// The plan of a tenant that was given this one, or none.
pub(super) fn chosen_of(plans: &[plan::Model], given: Option<Uuid>) -> Option<&plan::Model> {
    let own = plans.iter().find(|plan| Some(plan.id) == given);
    own.or_else(|| plans.iter().find(|plan| plan.is_default))
}

/// A tenant's plan and what it has used of it.
pub async fn usage(app: &App, tenant_id: Uuid) -> Result<Usage> {
    let now = app.clock.now();
    let db = app.db.read();
    let terms = of_tenant(db, tenant_id).await?;
    let (comments, storage) = posted(db, tenant_id, now).await?;
    let counted = [
        (Quota::Sites, sites_of(db, tenant_id).await?),
        (Quota::Members, seats(db, tenant_id, now).await?),
        (Quota::Comments, comments),
        (Quota::Storage, storage),
    ];
    Ok(Usage {
        uses: terms.uses(counted),
        plan: terms.plan,
        renews_at: next_month(now),
    })
}

/// Whether the tenant may have one more site. The caller holds the tenant ([`members::hold`]), so that of many at once only those that
/// fit come in.
///
/// # Errors
/// `quota_exceeded`.
pub async fn room_for_site(tx: &Tx, tenant_id: Uuid) -> Result<()> {
    let terms = of_tenant(&**tx, tenant_id).await?;
    let used = sites_of(&**tx, tenant_id).await?;
    has_room(&terms, Quota::Sites, used)
}

/// The same for one more member, or one more invitation.
///
/// # Errors
/// `quota_exceeded`.
pub async fn room_for_member(tx: &Tx, tenant_id: Uuid, now: DateTime<Utc>) -> Result<()> {
    let terms = of_tenant(&**tx, tenant_id).await?;
    let used = seats(&**tx, tenant_id, now).await?;
    has_room(&terms, Quota::Members, used)
}

/// How many comments a tenant's sites may take yet this month; none if its plan does not say. Holds the tenant until the transaction
/// ends, so that its sites do not fill the same room.
pub async fn room_for_comments(tx: &Tx, tenant_id: Uuid, now: DateTime<Utc>) -> Result<Option<u64>> {
    members::hold(tx, tenant_id).await?;
    let terms = of_tenant(&**tx, tenant_id).await?;
    if terms.are_without_limits() {
        return Ok(None);
    }
    let (comments, storage) = posted(&**tx, tenant_id, now).await?;
    if terms.limit(Quota::Storage).is_some_and(|limit| storage >= limit) {
        return Ok(Some(0));
    }
    Ok(terms.limit(Quota::Comments).map(|limit| limit.saturating_sub(comments)))
}

/// What readers are told when there is no room: nothing of plans, which are between the owner and the operator.
pub fn no_room_for_comments() -> Error {
    Error::refused(
        ErrorCode::SiteReadOnly,
        "This site has taken as many comments as it can for now. Please come back another day.",
    )
}

fn has_room(terms: &Terms, quota: Quota, used: u64) -> Result<()> {
    let Some(limit) = terms.limit(quota).filter(|limit| used >= *limit) else {
        return Ok(());
    };
    let what = quota.in_words();
    let sentence = match &terms.plan {
        Some(plan) if !terms.is_own(quota) => format!(
            "The plan {} allows {limit} {what}, and this tenant has {used}. Ask the operator for a larger one.",
            plan.name
        ),
        _ => format!("This tenant may have {limit} {what}, and has {used}. Ask the operator for more."),
    };
    Err(Error::refused(ErrorCode::QuotaExceeded, sentence))
}

async fn sites_of(db: &impl ConnectionTrait, tenant_id: Uuid) -> Result<u64> {
    Ok(site::Entity::of_tenant(tenant_id).count(db).await?)
}

async fn seats(db: &impl ConnectionTrait, tenant_id: Uuid, now: DateTime<Utc>) -> Result<u64> {
    let members = membership::Entity::of_tenant(tenant_id).count(db).await?;
    let waiting = invitation::Entity::of_tenant(tenant_id)
        .filter(invitation::Column::ExpiresAt.gt(now))
        .count(db)
        .await?;
    Ok(members + waiting)
}

/// Comments of this month and bytes of all, over the tenant's sites.
async fn posted(db: &impl ConnectionTrait, tenant_id: Uuid, now: DateTime<Utc>) -> Result<(u64, u64)> {
    Ok(posted_of(db, [tenant_id], now)
        .await?
        .first()
        .map_or((0, 0), |(_, comments, bytes)| (*comments, *bytes)))
}

/// Comments of this month and bytes of all, over the sites of each of these tenants.
pub async fn posted_of(
    db: &impl ConnectionTrait,
    tenant_ids: impl IntoIterator<Item = Uuid>,
    now: DateTime<Utc>,
) -> Result<Vec<(Uuid, u64, u64)>> {
    let counter = |column| Expr::col((site_counter::Entity, column));
    let of_month = Expr::case(
        counter(site_counter::Column::Month).eq(month_of(now)),
        counter(site_counter::Column::MonthComments),
    )
    .finally(0);
    // SUM of whole numbers is NUMERIC in PostgreSQL.
    let whole = |sum| Func::cast_as(sum, Alias::new("bigint"));
    let select = Query::select()
        .column((site::Entity, site::Column::TenantId))
        .expr_as(whole(Func::sum(of_month)), "comments")
        .expr_as(whole(Func::sum(counter(site_counter::Column::Bytes))), "bytes")
        .from(site::Entity)
        .inner_join(
            site_counter::Entity,
            counter(site_counter::Column::SiteId).equals((site::Entity, site::Column::Id)),
        )
        .and_where(Expr::col((site::Entity, site::Column::TenantId)).is_in(tenant_ids))
        .group_by_col((site::Entity, site::Column::TenantId))
        .to_owned();
    let rows = db.query_all(&select).await?;
    rows.iter()
        .map(|row| {
            let number = |name: &str| -> Result<u64> {
                let number: Option<i64> = row.try_get("", name)?;
                Ok(u64::try_from(number.unwrap_or(0)).unwrap_or(0))
            };
            Ok((row.try_get("", "tenant_id")?, number("comments")?, number("bytes")?))
        })
        .collect()
}

/// All plans, by name.
#[expect(clippy::disallowed_methods, reason = "plans belong to the platform")]
pub async fn list(app: &App, _: &Operator) -> Result<Vec<plan::Model>> {
    Ok(plan::Entity::find()
        .order_by_asc(plan::Column::Name)
        .order_by_asc(plan::Column::Id)
        .limit(MOST)
        .all(app.db.read())
        .await?)
}

/// Makes a plan.
///
/// # Errors
/// `invalid_input`; `not_permitted` where there are too many.
#[expect(clippy::disallowed_methods, reason = "plans belong to the platform")]
pub async fn create(app: &App, operator: &Operator, wish: &Wish) -> Result<plan::Model> {
    let name = checked(wish)?;
    db::retry(async || {
        let now = app.clock.now();
        let tx = app.db.begin().await?;
        if plan::Entity::find().count(&*tx).await? >= MOST {
            return Err(Error::refused(
                ErrorCode::NotPermitted,
                format!("There may be {MOST} plans."),
            ));
        }
        let row = plan::ActiveModel {
            id: Set(app.clock.new_id()),
            created_at: Set(now),
            ..filled(wish, &name, now)
        };
        let row = row.insert(&*tx).await?;
        keep_one_default(&tx, &row).await?;
        tx.commit().await?;
        operator.log("plan_created", row.id);
        Ok(row)
    })
    .await
}

/// Changes a plan, for every tenant that has it: what is over a new quota stays, and nothing is added to it. Whether readers' posts are
/// bounded at all is looked up again after `cache_seconds`.
///
/// # Errors
/// `not_found`; `invalid_input`.
#[expect(clippy::disallowed_methods, reason = "plans belong to the platform")]
pub async fn change(app: &App, operator: &Operator, id: Uuid, wish: &Wish) -> Result<plan::Model> {
    let name = checked(wish)?;
    db::retry(async || {
        let tx = app.db.begin().await?;
        plan::Entity::find_by_id(id)
            .lock_exclusive()
            .one(&*tx)
            .await?
            .ok_or_else(|| Error::not_found("plan"))?;
        let row = plan::ActiveModel {
            id: Set(id),
            ..filled(wish, &name, app.clock.now())
        };
        let row = row.update(&*tx).await?;
        keep_one_default(&tx, &row).await?;
        tx.commit().await?;
        operator.log("plan_changed", id);
        Ok(row)
    })
    .await
}

/// Takes a plan away; tenants that have it get the default one.
///
/// # Errors
/// `not_found`.
#[expect(clippy::disallowed_methods, reason = "plans belong to the platform")]
pub async fn delete(app: &App, operator: &Operator, id: Uuid) -> Result<()> {
    db::retry(async || {
        let tx = app.db.begin().await?;
        // Against somebody who gives it to a tenant at this moment.
        plan::Entity::find_by_id(id)
            .lock_exclusive()
            .one(&*tx)
            .await?
            .ok_or_else(|| Error::not_found("plan"))?;
        tenant::Entity::update_many()
            .col_expr(tenant::Column::PlanId, Expr::value(None::<Uuid>))
            .filter(tenant::Column::PlanId.eq(id))
            .exec(&*tx)
            .await?;
        plan::Entity::delete_by_id(id).exec(&*tx).await?;
        tx.commit().await?;
        operator.log("plan_deleted", id);
        Ok(())
    })
    .await
}

/// Gives a tenant a plan, or, with none, the default one.
///
/// # Errors
/// `not_found`; `invalid_input` for a plan that is not there.
#[expect(clippy::disallowed_methods, reason = "plans belong to the platform")]
pub async fn give(app: &App, operator: &Operator, tenant_id: Uuid, plan_id: Option<Uuid>) -> Result<()> {
    db::retry(async || {
        let tx = app.db.begin().await?;
        members::hold(&tx, tenant_id).await?;
        let plan = match plan_id {
            None => None,
            Some(id) => {
                let found = plan::Entity::find_by_id(id).lock_exclusive().one(&*tx).await?;
                let missing = || Error::invalid("/plan_id", FieldCode::NotFound, "There is no such plan.");
                Some(found.ok_or_else(missing)?)
            }
        };
        let before = of_tenant(&*tx, tenant_id).await?.plan;
        tenant::Entity::update_of_tenant(tenant_id)
            .col_expr(tenant::Column::PlanId, Expr::value(plan_id))
            .col_expr(tenant::Column::UpdatedAt, Expr::value(app.clock.now()))
            .exec(&*tx)
            .await?;
        // So that posting asks for room from now on, or does so no more.
        sites::tell_all(&tx, tenant_id).await?;
        let name = |plan: Option<&plan::Model>| plan.map(|plan| plan.name.clone());
        let data = json!({ "from": name(before.as_ref()), "to": name(plan.as_ref()) });
        audit::note_for(&tx, app, operator, tenant_id, Change::PlanChanged, None, data).await?;
        tx.commit().await
    })
    .await
}

/// Gives a tenant quotas in place of its plan's: these, and of all others the plan's.
///
/// # Errors
/// `not_found`; `invalid_input`.
pub async fn give_own(app: &App, operator: &Operator, tenant_id: Uuid, given: &[Given]) -> Result<()> {
    let own = own_of(given)?;
    db::retry(async || {
        let tx = app.db.begin().await?;
        members::hold(&tx, tenant_id).await?;
        let before = of_tenant(&*tx, tenant_id).await?;
        let after = Terms {
            own: own.clone(),
            ..before.clone()
        };
        let stored = match own.0.is_empty() {
            true => None,
            false => Some(serde_json::to_value(&own).map_err(Error::internal)?),
        };
        tenant::Entity::update_of_tenant(tenant_id)
            .set(tenant::ActiveModel {
                own_quotas: Set(stored),
                updated_at: Set(app.clock.now()),
                ..Default::default()
            })
            .exec(&*tx)
            .await?;
        // So that posting asks for room from now on, or does so no more.
        sites::tell_all(&tx, tenant_id).await?;
        let changed: Map<String, Value> = Quota::ALL
            .into_iter()
            .filter(|quota| before.own.0.get(quota) != after.own.0.get(quota))
            .map(|quota| {
                let (from, to) = (before.limit(quota), after.limit(quota));
                (quota.name().to_owned(), json!({ "from": from, "to": to }))
            })
            .collect();
        if !changed.is_empty() {
            let data = json!({ "quotas": changed });
            audit::note_for(&tx, app, operator, tenant_id, Change::QuotasChanged, None, data).await?;
        }
        tx.commit().await
    })
    .await
}

fn own_of(given: &[Given]) -> Result<OwnQuotas> {
    let mut own = OwnQuotas::default();
    let mut faults = Vec::new();
    for (place, Given { quota, limit }) in given.iter().enumerate() {
        if limit.is_some_and(|limit| !LIMITS.contains(&limit)) {
            faults.push(Fault::new(
                &format!("/quotas/{place}/limit"),
                FieldCode::OutOfRange,
                NO_QUOTA,
            ));
        }
        let limit = limit.and_then(|limit| u64::try_from(limit).ok());
        if own.0.insert(*quota, limit).is_some() {
            let what = format!("{} is there twice.", quota.name());
            faults.push(Fault::new(&format!("/quotas/{place}/quota"), FieldCode::Invalid, what));
        }
    }
    match faults.is_empty() {
        true => Ok(own),
        false => Err(Error::Invalid(faults)),
    }
}

/// What a quota may be.
const LIMITS: std::ops::RangeInclusive<i64> = 0..=1_000_000_000_000_000;
const NO_QUOTA: &str = "A quota is a number from 0 on, or absent for no limit.";

/// One at most is for those who were given none. In one statement, so that of two at once the later one stays.
#[expect(clippy::disallowed_methods, reason = "plans belong to the platform")]
async fn keep_one_default(tx: &Tx, row: &plan::Model) -> Result<()> {
    if !row.is_default {
        return Ok(());
    }
    plan::Entity::update_many()
        .col_expr(plan::Column::IsDefault, plan::Column::Id.eq(row.id))
        .exec(&**tx)
        .await?;
    Ok(())
}

fn filled(wish: &Wish, name: &str, now: DateTime<Utc>) -> plan::ActiveModel {
    plan::ActiveModel {
        name: Set(name.to_owned()),
        sites: Set(wish.sites),
        members: Set(wish.members),
        comments: Set(wish.comments),
        storage: Set(wish.storage),
        is_default: Set(wish.is_default),
        updated_at: Set(now),
        ..Default::default()
    }
}

/// The plan's name, if all of it can be taken.
fn checked(wish: &Wish) -> Result<String> {
    let quotas = [
        ("/sites", wish.sites),
        ("/members", wish.members),
        ("/comments", wish.comments),
        ("/storage", wish.storage),
    ];
    for (pointer, quota) in quotas {
        if quota.is_some_and(|quota| !LIMITS.contains(&quota)) {
            return Err(Error::invalid(pointer, FieldCode::OutOfRange, NO_QUOTA));
        }
    }
    checked_name(&wish.name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quota_warns_at_four_fifths_and_is_full_at_its_end() {
        let of = |used, limit| Use {
            quota: Quota::Sites,
            used,
            limit,
            of_plan: limit,
            is_own: false,
        };
        assert!(!of(79, Some(100)).is_near());
        assert!(of(80, Some(100)).is_near() && !of(80, Some(100)).is_full());
        assert!(of(100, Some(100)).is_full());
        assert!(of(0, Some(0)).is_full());
        assert!(!of(u64::MAX, None).is_near());
    }

    #[test]
    fn a_tenants_own_quotas_stand_in_place_of_its_plans() {
        let plan = plan::Model {
            id: Uuid::nil(),
            name: "Small".to_owned(),
            sites: Some(3),
            members: None,
            comments: Some(1000),
            storage: None,
            is_default: false,
            created_at: DateTime::UNIX_EPOCH,
            updated_at: DateTime::UNIX_EPOCH,
        };
        let own = json!({ "sites": 5, "members": 2, "comments": null });
        let terms = Terms::new(Some(plan.clone()), Some(own.clone())).unwrap();
        let limits = Quota::ALL.map(|quota| terms.limit(quota));
        assert_eq!(limits, [Some(5), Some(2), None, None]);
        let by_plan = Terms::new(Some(plan), None).unwrap();
        assert_eq!(
            Quota::ALL.map(|quota| by_plan.limit(quota)),
            [Some(3), None, Some(1000), None]
        );
        let alone = Terms::new(None, Some(own.clone())).unwrap();
        assert!(!alone.are_without_limits() && Terms::default().are_without_limits());

        assert!(bounds_posts(None, Some(1000), None).unwrap());
        assert!(
            !bounds_posts(Some(own), Some(1000), None).unwrap(),
            "without a limit, whatever the plan says"
        );
        assert!(bounds_posts(Some(json!({ "storage": 0 })), None, None).unwrap());
    }

    #[test]
    fn own_quotas_are_numbers_and_named_once() {
        let given = |quota, limit| Given { quota, limit };
        let own = own_of(&[given(Quota::Sites, Some(5)), given(Quota::Comments, None)]).unwrap();
        assert_eq!(
            serde_json::to_value(own).unwrap(),
            json!({ "sites": 5, "comments": null })
        );
        let Err(Error::Invalid(faults)) = own_of(&[given(Quota::Sites, Some(-1)), given(Quota::Sites, None)]) else {
            panic!()
        };
        let pointers: Vec<&str> = faults.iter().map(|fault| fault.pointer.as_str()).collect();
        assert_eq!(pointers, ["/quotas/0/limit", "/quotas/1/quota"]);
    }

    #[test]
    fn months_follow_each_other() {
        let at = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
        assert_eq!(month_of(at("2026-11-30T23:59:59Z")), 202_611);
        assert_eq!(next_month(at("2026-11-30T23:59:59Z")), at("2026-12-01T00:00:00Z"));
        assert_eq!(next_month(at("2026-12-01T00:00:00Z")), at("2027-01-01T00:00:00Z"));
    }
}
