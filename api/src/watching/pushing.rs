//! What browsers are told: how much waits on a site, and the last of it. Made when it is sent, so that a browser that was long away hears of
//! what is, and not of what was.

use std::time::Duration;

use ::entity::comment::{self, State};
use ::entity::watcher::Wants;
use ::entity::{OfSite, push_device};
use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{ActiveModelTrait, ColumnTrait, ModelTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, Set};
use serde_json::json;
use url::Url;

use super::{concerns, devices, letters, words};
use crate::app::App;
use crate::error::{Error, Result};
use crate::infra::db::Tx;
use crate::infra::outgoing::{Fault, Parcel};
use crate::infra::queue::{self, Claimed};
use crate::infra::webpush::{Identity, MOST, Message, Target};
use crate::job::{Job, Locale, PushedComment};
use crate::sites::{self, Site};
use crate::tenants;

/// A browser hears of a site at most this often; what comes in between is in the next message.
const PAUSE: TimeDelta = TimeDelta::minutes(1);

/// How long a push service keeps a message for a browser that is away.
const KEPT: u32 = 24 * 60 * 60;

const PATIENCE: Duration = Duration::from_secs(5);

/// Comments that are counted; beyond it is "more than".
const COUNTED: u64 = 100;

/// Characters of a comment.
const EXCERPT: usize = 160;

/// The jobs by which the browsers of a tenant's members hear of a comment of one of its sites.
pub(super) fn jobs(
    devices: &[push_device::Model],
    comment: &comment::Model,
    now: DateTime<Utc>,
) -> Vec<(Job, DateTime<Utc>)> {
    let concerned = devices.iter().filter(|device| concerns(device.wants, comment.state));
    let job = |device: &push_device::Model| {
        let comment = PushedComment {
            site_id: comment.site_id,
            number: comment.number,
        };
        let next = device.sent_at.map_or(now, |sent| (sent + PAUSE).max(now));
        let device_id = device.id;
        (
            Job::Push {
                device_id,
                comment: Some(comment),
            },
            next,
        )
    };
    concerned.map(job).collect()
}

/// A message on its way to a browser.
pub struct Push {
    /// None where the browser listens to a key that is gone: its service takes nothing from those that we have now.
    parcel: Option<Parcel>,
    device: push_device::Model,
    told: Option<Told>,
}

/// What it tells of.
struct Told {
    site: Site,
    number: i64,
}

/// What its service says.
pub enum Answered {
    Sent,
    /// The browser does not listen any more.
    Gone,
    /// The service was away, or busy.
    Later(String),
    Refused(String),
}

/// The message of a job; none if there is nothing to tell any more, or nobody to tell it to.
pub async fn write(app: &App, claimed: &Claimed) -> Result<Option<Push>> {
    let Job::Push { device_id, comment } = claimed.job else {
        return Err(Error::internal("this job pushes nothing"));
    };
    let Some(device) = devices::find(app.db.read(), device_id).await? else {
        return Ok(None);
    };
    let locale = Locale::of(device.locale.as_deref());
    let (body, topic, told) = match comment {
        None => (trial(app, locale), "trial".to_owned(), None),
        Some(comment) => {
            let Some((body, told)) = news(app, &device, comment, locale).await? else {
                return Ok(None);
            };
            // At most 32 characters of the URL's alphabet.
            (body, comment.site_id.simple().to_string(), Some(told))
        }
    };
    let Some(identity) = Identity::named(&app.keys, &device.key_name)? else {
        let parcel = None;
        return Ok(Some(Push { parcel, device, told }));
    };
    let endpoint = Url::parse(&device.endpoint).map_err(Error::internal)?;
    let to = Target {
        endpoint: &endpoint,
        public_key: &device.public_key,
        auth: &device.auth,
    };
    debug_assert!(body.len() <= MOST);
    let message = Message {
        body: body.as_bytes(),
        topic: &topic,
        seconds: KEPT,
    };
    let parcel = identity.parcel(&to, &message, &contact(app), app.clock.now())?;
    let parcel = Some(parcel);
    Ok(Some(Push { parcel, device, told }))
}

/// Where the people of a push service reach those of this one.
fn contact(app: &App) -> String {
    match app.mailer.address() {
        Some(address) => format!("mailto:{address}"),
        None => app.config.public_url.clone(),
    }
}

fn trial(app: &App, locale: Locale) -> String {
    let (title, body) = words::push_trial(locale);
    let url = format!("{}/admin/account", app.config.public_url);
    json!({ "title": title, "body": body, "url": url, "tag": "trial", "lang": locale.name() }).to_string()
}

async fn news(
    app: &App,
    device: &push_device::Model,
    comment: PushedComment,
    locale: Locale,
) -> Result<Option<(String, Told)>> {
    let Some(site) = sites::of_job(app, comment.site_id).await? else {
        return Ok(None);
    };
    if tenants::as_told(app, device.account_id, &site).await?.is_none() {
        return Ok(None);
    }
    let latest = comment::Entity::of_site(site.id())
        .filter(comment::Column::State.is_in(states(device.wants)))
        .filter(comment::Column::ImportSource.is_null())
        .filter(comment::Column::Number.gte(comment.number))
        .order_by_desc(comment::Column::Number)
        .limit(1)
        .one(app.db.read())
        .await?;
    let Some(latest) = latest else {
        return Ok(None);
    };
    let waiting = comment::Entity::of_site(site.id())
        .filter(comment::Column::State.eq(State::Pending))
        .limit(COUNTED)
        .count(app.db.read())
        .await?;
    let (tenant, name) = (site.row().tenant_id, &site.row().name);
    let admin = format!("{}/admin/t/{tenant}/comments", app.config.public_url);
    let url = match waiting {
        2.. => format!("{admin}?site={}", site.id()),
        _ => format!("{admin}/{}", latest.id),
    };
    let said = letters::typed(&latest).split_whitespace().collect::<Vec<_>>().join(" ");
    let body = format!(
        "{}: {}",
        letters::name(locale, latest.author_name.as_deref()),
        letters::cut(&said, EXCERPT)
    );
    let title = words::push_title(locale, name, waiting, COUNTED);
    let number = latest.number;
    let body = json!({ "title": title, "body": body, "url": url, "tag": site.id(), "lang": locale.name() }).to_string();
    Ok(Some((body, Told { site, number })))
}

fn states(wants: Wants) -> Vec<State> {
    let all = [State::Pending, State::Published];
    all.into_iter().filter(|state| concerns(wants, *state)).collect()
}

/// Sends it.
pub async fn send(app: &App, push: &Push) -> Answered {
    let Some(parcel) = &push.parcel else {
        return Answered::Gone;
    };
    match app.outgoing.send(parcel, PATIENCE, 0).await {
        Ok(receipt) => match receipt.status {
            200..=299 => Answered::Sent,
            404 | 410 => Answered::Gone,
            429 | 500..=599 => Answered::Later(format!("the push service says {}", receipt.status)),
            status => Answered::Refused(format!("the push service says {status}")),
        },
        Err(fault @ (Fault::NotWeb | Fault::Port | Fault::Address)) => Answered::Refused(fault.to_string()),
        Err(fault) => Answered::Later(fault.to_string()),
    }
}

/// Writes down that a browser was told, in the transaction that ended its job; what has come since gets a job of its own.
pub async fn settle(tx: &Tx, app: &App, push: Push) -> Result<()> {
    let now = app.clock.now();
    // What its owner tried out holds nothing up.
    let Some(Told { site, number }) = push.told else {
        return Ok(());
    };
    let (device_id, wants) = (push.device.id, push.device.wants);
    let mut row: push_device::ActiveModel = push.device.into();
    row.sent_at = Set(Some(now));
    row.update(&**tx).await?;
    let next = comment::Entity::of_site(site.id())
        .filter(comment::Column::State.is_in(states(wants)))
        .filter(comment::Column::ImportSource.is_null())
        .filter(comment::Column::Number.gt(number))
        .select_only()
        .column(comment::Column::Number)
        .order_by_asc(comment::Column::Number)
        .limit(1)
        .into_tuple::<i64>()
        .one(&**tx)
        .await?;
    if let Some(number) = next {
        let site_id = site.id();
        let comment = Some(PushedComment { site_id, number });
        queue::add(&**tx, &Job::Push { device_id, comment }, now + PAUSE, now).await?;
    }
    Ok(())
}

/// Forgets a browser that does not listen any more.
pub async fn give_up(tx: &Tx, push: Push) -> Result<()> {
    push.device.delete(&**tx).await?;
    Ok(())
}
