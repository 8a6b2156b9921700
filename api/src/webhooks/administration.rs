//! Webhooks in the hands of a tenant's admins.

use ::entity::{OfTenant, webhook, webhook_delivery};
use chrono::TimeDelta;
use sea_orm::prelude::Uuid;
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, Set,
};
use serde_json::{Value, json};
use url::Url;

use super::payload::{Payload, Place};
use super::{DisabledBy, Event, Format, MOST, Purpose, asking, deliveries, formats, health, waiting};
use crate::accounts;
use crate::app::App;
use crate::error::{Error, ErrorCode, Fault, FieldCode, Result};
use crate::infra::db::{self, Tx};
use crate::infra::outgoing;
use crate::infra::signing::fresh_webhook_secret;
use crate::job::Locale;
use crate::sites;
use crate::tenants::audit::{self, Change};
use crate::tenants::{self, Member, checked_name, members};

/// What the parts of a row are encrypted for.
pub(super) const SECRET: &str = "webhook secret";
pub(super) const ADDRESS: &str = "webhook address";
pub(super) const TOKEN: &str = "webhook token";

/// Longest address and token, in bytes.
const LONGEST_ADDRESS: usize = 2000;
const LONGEST_TOKEN: usize = 1000;

/// Hours for which a former secret may go on to sign.
pub const MOST_HOURS: u32 = 168;

/// A webhook as it is wanted.
#[derive(Clone, Debug)]
pub struct Wish {
    pub name: String,
    pub site_id: Option<Uuid>,
    pub purpose: Purpose,
    pub format: Format,
    pub locale: Locale,
    pub events: Vec<Event>,
    pub url: String,
    pub token: Option<String>,
    pub deadline_ms: Option<i32>,
}

/// What is changed of one; what is `None` stays.
#[derive(Clone, Debug, Default)]
pub struct Revision {
    pub name: Option<String>,
    pub locale: Option<Locale>,
    pub events: Option<Vec<Event>>,
    pub url: Option<String>,
    /// Empty to take it away.
    pub token: Option<String>,
    pub deadline_ms: Option<i32>,
    pub enabled: Option<bool>,
}

/// Webhooks of the member's tenant within his reach, the oldest first: [`MOST`] at most.
pub async fn list(app: &App, member: &Member) -> Result<Vec<webhook::Model>> {
    let rows = webhook::Entity::of_tenant(member.tenant_id())
        .order_by_asc(webhook::Column::Id)
        .limit(MOST)
        .all(app.db.read())
        .await?;
    Ok(rows.into_iter().filter(|row| reaches(member, row)).collect())
}

/// # Errors
/// `not_found`, also for one out of reach.
pub async fn find(db: &impl ConnectionTrait, member: &Member, id: Uuid) -> Result<webhook::Model> {
    webhook::Entity::of_tenant(member.tenant_id())
        .filter(webhook::Column::Id.eq(id))
        .one(db)
        .await?
        .filter(|row| reaches(member, row))
        .ok_or_else(|| Error::not_found("webhook"))
}

fn reaches(member: &Member, row: &webhook::Model) -> bool {
    match row.site_id {
        Some(site_id) => member.reaches(site_id),
        None => member.reaches_all().is_ok(),
    }
}

/// Makes a webhook; with the secret that signs what it gets, which is shown this once.
///
/// # Errors
/// `invalid_input`; `not_permitted` where there are too many, and for who acts for the tenant; `not_found` for a site that is not there.
pub async fn create(app: &App, member: &Member, wish: Wish) -> Result<(webhook::Model, String)> {
    member.in_person()?;
    match wish.site_id {
        Some(site_id) => drop(sites::of_member(app, member, site_id).await?),
        None => member.reaches_all()?,
    }
    let name = checked_name(&wish.name)?;
    let mut faults = Vec::new();
    let address = checked_address(app, wish.format, &wish.url, &mut faults).await;
    let token = checked_token(wish.format, wish.token.as_deref(), &mut faults);
    check_events(wish.purpose, wish.format, &wish.events, &mut faults);
    check_deadline(wish.purpose, wish.deadline_ms, &mut faults);
    let (Some(address), true) = (address, faults.is_empty()) else {
        return Err(Error::Invalid(faults));
    };
    let (secret, shown) = fresh_webhook_secret();
    db::retry(async || {
        let now = app.clock.now();
        let id = app.clock.new_id();
        let tx = app.db.begin().await?;
        // So that many at once are counted one after the other.
        members::hold(&tx, member.tenant_id()).await?;
        if webhook::Entity::of_tenant(member.tenant_id()).count(&*tx).await? >= MOST {
            return Err(Error::refused(
                ErrorCode::NotPermitted,
                format!("A tenant may have {MOST} webhooks. Delete one that is not used."),
            ));
        }
        is_only_one_asked(&tx, member.tenant_id(), wish.purpose, wish.site_id).await?;
        let sealed = |purpose: &str, plain: &[u8]| app.keys.encrypt(purpose, id.as_bytes(), plain);
        let row = webhook::ActiveModel {
            id: Set(id),
            tenant_id: Set(member.tenant_id()),
            site_id: Set(wish.site_id),
            name: Set(name.clone()),
            purpose: Set(wish.purpose.name().to_owned()),
            format: Set(wish.format.name().to_owned()),
            locale: Set(tag(wish.locale).to_owned()),
            events: Set(names(&wish.events)),
            address: Set(sealed(ADDRESS, address.as_str().as_bytes())?),
            shown: Set(formats::shown(wish.format, &address)),
            secret: Set(sealed(SECRET, &secret)?),
            former_secret: Set(None),
            former_until: Set(None),
            token: Set(token
                .as_deref()
                .map(|token| sealed(TOKEN, token.as_bytes()))
                .transpose()?),
            deadline_ms: Set((wish.purpose == Purpose::Ask).then(|| wish.deadline_ms.unwrap_or(asking::USUAL))),
            disabled_at: Set(None),
            disabled_by: Set(None),
            failing_since: Set(None),
            failures: Set(0),
            last_fault: Set(None),
            next_at: Set(None),
            locked_until: Set(None),
            last_success_at: Set(None),
            created_at: Set(now),
            updated_at: Set(now),
        };
        let row = row.insert(&*tx).await?;
        audit::note(&tx, app, member, Change::WebhookCreated, row.site_id, told(&row)).await?;
        sites::tell_about(&tx, row.tenant_id, row.site_id).await?;
        tx.commit().await?;
        Ok((row, shown.clone()))
    })
    .await
}

/// Changes a webhook. One that is switched on again begins without its failures.
///
/// # Errors
/// `not_found`, `invalid_input`; `not_permitted` for another address by who acts for the tenant.
pub async fn update(app: &App, member: &Member, id: Uuid, revision: Revision) -> Result<webhook::Model> {
    let before = find(app.db.read(), member, id).await?;
    let (purpose, format) = kind(&before)?;
    if revision.url.is_some() || revision.token.is_some() {
        // Else he could have it all sent to himself.
        member.in_person()?;
    }
    let name = revision.name.as_deref().map(checked_name).transpose()?;
    let mut faults = Vec::new();
    let address = match &revision.url {
        Some(url) => checked_address(app, format, url, &mut faults).await,
        None => None,
    };
    if revision.token.is_some() {
        checked_token(format, revision.token.as_deref(), &mut faults);
    }
    if let Some(events) = &revision.events {
        check_events(purpose, format, events, &mut faults);
    }
    check_deadline(purpose, revision.deadline_ms, &mut faults);
    if !faults.is_empty() {
        return Err(Error::Invalid(faults));
    }
    db::retry(async || {
        let now = app.clock.now();
        let tx = app.db.begin().await?;
        members::hold(&tx, member.tenant_id()).await?;
        let before = find(&*tx, member, id).await?;
        let sealed = |purpose: &str, plain: &[u8]| app.keys.encrypt(purpose, id.as_bytes(), plain);
        let mut row: webhook::ActiveModel = before.clone().into();
        if let Some(name) = &name {
            row.name = Set(name.clone());
        }
        if let Some(locale) = revision.locale {
            row.locale = Set(tag(locale).to_owned());
        }
        if let Some(events) = &revision.events {
            row.events = Set(names(events));
        }
        if let Some(address) = &address {
            row.address = Set(sealed(ADDRESS, address.as_str().as_bytes())?);
            row.shown = Set(formats::shown(format, address));
            // Another receiver: what the one before did is not held against it.
            row.failures = Set(0);
            row.failing_since = Set(None);
            row.last_fault = Set(None);
            row.next_at = Set(None);
        }
        if let Some(token) = revision.token.as_deref().map(str::trim) {
            row.token = Set((!token.is_empty())
                .then(|| sealed(TOKEN, token.as_bytes()))
                .transpose()?);
        }
        if let Some(deadline) = revision.deadline_ms {
            row.deadline_ms = Set(Some(deadline));
        }
        match (revision.enabled, before.disabled_at) {
            (Some(false), None) => {
                row.disabled_at = Set(Some(now));
                row.disabled_by = Set(Some(DisabledBy::Owner.name().to_owned()));
                health::give_up(&tx, before.tenant_id, id, "disabled", now).await?;
            }
            (Some(true), Some(_)) => {
                is_only_one_asked(&tx, before.tenant_id, purpose, before.site_id).await?;
                row.disabled_at = Set(None);
                row.disabled_by = Set(None);
                row.failures = Set(0);
                row.failing_since = Set(None);
                row.last_fault = Set(None);
                row.next_at = Set(None);
            }
            _ => {}
        }
        row.updated_at = Set(now);
        let row = row.update(&*tx).await?;
        let mut data = json!({ "name": row.name, "from": told(&before), "to": told(&row) });
        if address.is_some() {
            // What is shown of it may be the same.
            data["address"] = json!(true);
        }
        audit::note(&tx, app, member, Change::WebhookChanged, row.site_id, data).await?;
        sites::tell_about(&tx, row.tenant_id, row.site_id).await?;
        tx.commit().await?;
        Ok(row)
    })
    .await
}

/// Takes a webhook away, with all that waits for it and its log.
///
/// # Errors
/// `not_found`.
pub async fn delete(app: &App, member: &Member, id: Uuid) -> Result<()> {
    let row = find(app.db.read(), member, id).await?;
    deliveries::forget_of(app, &row).await?;
    let tx = app.db.begin().await?;
    members::hold(&tx, member.tenant_id()).await?;
    let row = find(&*tx, member, id).await?;
    webhook::Entity::delete_of_tenant(row.tenant_id)
        .filter(webhook::Column::Id.eq(id))
        .exec(&*tx)
        .await?;
    audit::note(&tx, app, member, Change::WebhookDeleted, row.site_id, told(&row)).await?;
    sites::tell_about(&tx, row.tenant_id, row.site_id).await?;
    tx.commit().await
}

/// Has another secret sign, which is shown this once; the former one signs beside it for so many hours.
///
/// # Errors
/// `not_found`; `invalid_input`; `not_permitted` for who acts for the tenant.
pub async fn rotate(app: &App, member: &Member, id: Uuid, hours: u32) -> Result<(webhook::Model, String)> {
    member.in_person()?;
    if hours > MOST_HOURS {
        let detail = format!("A former secret may go on to sign for {MOST_HOURS} hours.");
        return Err(Error::invalid("/hours", FieldCode::OutOfRange, detail));
    }
    let (secret, shown) = fresh_webhook_secret();
    db::retry(async || {
        let now = app.clock.now();
        let tx = app.db.begin().await?;
        let before = find(&*tx, member, id).await?;
        let mut row: webhook::ActiveModel = before.clone().into();
        row.former_secret = Set((hours > 0).then_some(before.secret));
        row.former_until = Set((hours > 0).then(|| now + TimeDelta::hours(hours.into())));
        row.secret = Set(app.keys.encrypt(SECRET, id.as_bytes(), &secret)?);
        row.updated_at = Set(now);
        let row = row.update(&*tx).await?;
        let data = json!({ "name": row.name, "hours": hours });
        audit::note(&tx, app, member, Change::WebhookSecretRotated, row.site_id, data).await?;
        // The one that is asked is kept with its sites.
        sites::tell_about(&tx, row.tenant_id, row.site_id).await?;
        tx.commit().await?;
        Ok((row, shown.clone()))
    })
    .await
}

/// Has an event sent that has not happened, marked as such: by default the first that the webhook is told of.
///
/// # Errors
/// `not_found`; `state_changed` for one that is off.
pub async fn test(app: &App, member: &Member, id: Uuid, event: Option<Event>) -> Result<webhook_delivery::Model> {
    let now = app.clock.now();
    let tx = app.db.begin().await?;
    members::hold(&tx, member.tenant_id()).await?;
    let hook = find(&*tx, member, id).await?;
    is_on(&hook)?;
    let (purpose, _) = kind(&hook)?;
    let name = match purpose {
        Purpose::Ask => asking::QUESTION,
        Purpose::Tell => {
            let first = super::events_of(&hook).first().copied();
            event.or(first).unwrap_or(Event::CommentCreated).name()
        }
    };
    let place = match hook.site_id {
        Some(site_id) => Place::of(sites::of_member(app, member, site_id).await?.row()),
        None => Place {
            id: Uuid::nil(),
            key: "example".to_owned(),
            name: tenants::name(&*tx, hook.tenant_id).await?,
        },
    };
    let payload = Payload::example(&app.config.public_url, hook.tenant_id, place, name, now);
    let mut row = waiting(
        hook.tenant_id,
        hook.id,
        Event::CommentCreated,
        (hook.site_id, None),
        payload.json()?,
        now,
    );
    row.event = Set(name.to_owned());
    let row = row.insert(&*tx).await?;
    // Whoever tries wants to know now, also while it rests.
    wake(&tx, &hook).await?;
    tx.commit().await?;
    Ok(row)
}

/// Has a webhook that rests after failures tried at once.
pub(super) async fn wake(tx: &Tx, hook: &webhook::Model) -> Result<()> {
    webhook::Entity::update_of_tenant(hook.tenant_id)
        .col_expr(
            webhook::Column::NextAt,
            Expr::value(None::<chrono::DateTime<chrono::Utc>>),
        )
        .filter(webhook::Column::Id.eq(hook.id))
        .exec(&**tx)
        .await?;
    Ok(())
}

/// # Errors
/// `state_changed`.
pub(super) fn is_on(hook: &webhook::Model) -> Result<()> {
    match hook.disabled_at {
        None => Ok(()),
        Some(_) => Err(Error::refused(
            ErrorCode::StateChanged,
            "This webhook is switched off; switch it on first.",
        )),
    }
}

/// Takes away the webhooks of a site that leaves the tenant.
pub async fn forget_site(tx: &Tx, tenant_id: Uuid, site_id: Uuid) -> Result<()> {
    webhook::Entity::delete_of_tenant(tenant_id)
        .filter(webhook::Column::SiteId.eq(site_id))
        .exec(&**tx)
        .await?;
    Ok(())
}

/// Of whom a mail about webhooks that were switched off is: his address, the tenant's id and name, and the names of those that still are.
/// None if he owns the tenant no more, or all are on again.
pub async fn to_mail(app: &App, membership_id: Uuid) -> Result<Option<(String, Uuid, String, Vec<String>)>> {
    let db = app.db.read();
    let Some(owner) = members::owner(db, membership_id).await? else {
        return Ok(None);
    };
    let off = webhook::Entity::of_tenant(owner.tenant_id)
        .filter(webhook::Column::DisabledBy.is_in([DisabledBy::Gone.name(), DisabledBy::Failing.name()]))
        .order_by_asc(webhook::Column::Id)
        .all(db)
        .await?;
    let account = accounts::with_ids(db, [owner.account_id])
        .await?
        .remove(&owner.account_id);
    let Some(account) = account.filter(|_| !off.is_empty()) else {
        return Ok(None);
    };
    let tenant = tenants::name(db, owner.tenant_id).await?;
    let names = off.into_iter().map(|row| row.name).collect();
    Ok(Some((account.email, owner.tenant_id, tenant, names)))
}

fn kind(row: &webhook::Model) -> Result<(Purpose, Format)> {
    let known = Purpose::of(&row.purpose).zip(Format::of(&row.format));
    known.ok_or_else(|| Error::internal("a webhook of a newer version"))
}

/// What the record says of one: nothing that is a secret.
fn told(row: &webhook::Model) -> Value {
    json!({
        "name": row.name,
        "purpose": row.purpose,
        "format": row.format,
        "url": row.shown,
        "events": row.events,
        "deadline_ms": row.deadline_ms,
        "enabled": row.disabled_at.is_none(),
    })
}

fn names(events: &[Event]) -> Value {
    let names = Event::ALL.iter().filter(|event| events.contains(event));
    json!(names.map(|event| event.name()).collect::<Vec<_>>())
}

pub fn tag(locale: Locale) -> &'static str {
    match locale {
        Locale::En => "en",
        Locale::De => "de",
    }
}

/// Of one site, or of all, one program is asked: two answers would be one too many.
async fn is_only_one_asked(tx: &Tx, tenant_id: Uuid, purpose: Purpose, site_id: Option<Uuid>) -> Result<()> {
    if purpose != Purpose::Ask {
        return Ok(());
    }
    let same = match site_id {
        Some(site_id) => webhook::Column::SiteId.eq(site_id),
        None => webhook::Column::SiteId.is_null(),
    };
    let others = webhook::Entity::of_tenant(tenant_id)
        .filter(webhook::Column::Purpose.eq(Purpose::Ask.name()))
        .filter(webhook::Column::DisabledAt.is_null())
        .filter(same)
        .count(&**tx)
        .await?;
    match others {
        0 => Ok(()),
        _ => Err(Error::refused(
            ErrorCode::AlreadyExists,
            "One program alone is asked here. Switch off or delete the other one.",
        )),
    }
}

async fn checked_address(app: &App, format: Format, typed: &str, faults: &mut Vec<Fault>) -> Option<Url> {
    let mut refuse = |code: FieldCode, detail: &str| faults.push(Fault::new("/url", code, detail));
    let typed = typed.trim();
    if typed.len() > LONGEST_ADDRESS {
        refuse(FieldCode::TooLong, "The address is too long.");
        return None;
    }
    let Ok(address) = Url::parse(typed) else {
        refuse(
            FieldCode::Invalid,
            "The address must look like https://hooks.example.org/parlour.",
        );
        return None;
    };
    if let Some(sentence) = formats::fault(format, &address) {
        refuse(FieldCode::Invalid, sentence);
        return None;
    }
    // Looked at now, so that its owner hears of it, and again each time something is sent.
    match app.outgoing.reaches(&address).await {
        Ok(()) => Some(address),
        Err(fault) => {
            refuse(FieldCode::Invalid, why(fault));
            None
        }
    }
}

fn why(fault: outgoing::Fault) -> &'static str {
    match fault {
        outgoing::Fault::NotWeb => "The address must begin with http:// or https://, without a name and password.",
        outgoing::Fault::Port => "This server sends nothing to that port.",
        outgoing::Fault::Name => "This name has no address.",
        _ => "This is not a public address.",
    }
}

fn checked_token(format: Format, typed: Option<&str>, faults: &mut Vec<Fault>) -> Option<String> {
    let token = typed.map(str::trim).filter(|token| !token.is_empty());
    match token {
        Some(token) if token.len() > LONGEST_TOKEN => {
            faults.push(Fault::new("/token", FieldCode::TooLong, "The token is too long."));
        }
        Some(token) if !token.bytes().all(|byte| byte.is_ascii_graphic()) => {
            faults.push(Fault::new(
                "/token",
                FieldCode::ForbiddenCharacter,
                "A token has letters, digits and signs, and no spaces.",
            ));
        }
        None if formats::needs_token(format) => {
            faults.push(Fault::new(
                "/token",
                FieldCode::Required,
                "Matrix asks for an access token.",
            ));
        }
        _ => {}
    }
    token.map(str::to_owned)
}

fn check_events(purpose: Purpose, format: Format, events: &[Event], faults: &mut Vec<Fault>) {
    match purpose {
        Purpose::Tell if events.is_empty() => {
            faults.push(Fault::new("/events", FieldCode::Required, "Choose at least one event."));
        }
        Purpose::Ask if !events.is_empty() => {
            faults.push(Fault::new(
                "/events",
                FieldCode::Invalid,
                "One that is asked is told of nothing.",
            ));
        }
        Purpose::Ask if format != Format::Standard => {
            faults.push(Fault::new(
                "/format",
                FieldCode::Invalid,
                "Only programs are asked, not chats.",
            ));
        }
        _ => {}
    }
}

fn check_deadline(purpose: Purpose, deadline: Option<i32>, faults: &mut Vec<Fault>) {
    let Some(deadline) = deadline else { return };
    if purpose == Purpose::Tell {
        let detail = "A deadline is for one that is asked.";
        faults.push(Fault::new("/deadline_ms", FieldCode::Invalid, detail));
    } else if !(asking::SHORTEST..=asking::LONGEST).contains(&deadline) {
        let detail = format!("Between {} and {} milliseconds.", asking::SHORTEST, asking::LONGEST);
        faults.push(Fault::new("/deadline_ms", FieldCode::OutOfRange, detail));
    }
}
