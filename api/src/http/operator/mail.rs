//! Mail: how it stands, and what came back.

use poem::Request;
use poem_openapi::param::{Path, Query};
use poem_openapi::payload::Json;
use poem_openapi::{ApiResponse, OpenApi};
use sea_orm::prelude::Uuid;

use super::views::{
    BounceTally, BounceView, Bounces, MailServer, MailSigning, MailStanding, MailTest, NewBounce, NewMailTest,
};
use super::{bounded, cursor, operator};
use crate::emails::{self, bounces, counts};
use crate::error::{Error, FieldCode, Result};
use crate::http::body::Body;
use crate::http::caller;
use crate::http::document::{Bearer, Tag};
use crate::infra::queue;
use crate::job::{Job, Locale};
use crate::webhooks::deliveries;
use crate::{accounts, text};

/// Days that are shown.
const DAYS: u64 = 14;

/// Errors that are shown, of mails that wait and of those that were given up.
const ERRORS: u64 = 10;

pub struct Door;

#[derive(ApiResponse)]
pub enum BounceNoted {
    /// It is on record.
    #[oai(status = 201)]
    Noted(Json<BounceView>),
}

#[derive(ApiResponse)]
pub enum BounceLifted {
    /// The address gets mail again.
    #[oai(status = 204)]
    Lifted,
}

#[OpenApi(prefix_path = "/v1/operator/mail", tag = "Tag::Operator")]
impl Door {
    /// How does mail stand?
    ///
    /// What waits, what became of mails of the last days, and whether the mail server takes them.
    #[oai(path = "/", method = "get", operation_id = "mail_standing")]
    async fn mail_standing(&self, request: &Request, _bearer: Bearer) -> poem::Result<Json<MailStanding>> {
        let (app, _) = operator(request).await?;
        let now = app.clock.now();
        let well = app.mailer.since();
        let waiting = queue::ages(&app.db, &Job::MAILS, now).await?;
        let errors = queue::troubles(&app.db, &Job::MAILS, ERRORS).await?;
        let days = counts::of_days(app, DAYS).await?;
        let tallies = bounces::tallies(app).await?.into_iter();
        let signer = app.mailer.signer();
        Ok(Json(MailStanding {
            configured: app.mailer.is_configured(),
            from: app.mailer.from(),
            server: MailServer {
                standing: app.mailer.standing(),
                is_well: well.map(|(is_well, _)| is_well),
                since: well.map(|(_, since)| since),
            },
            signing: signer.map(|signer| MailSigning::new(signer, app.mailer.is_aligned())),
            waiting: waiting.into_iter().map(Into::into).collect(),
            days: days.into_iter().map(Into::into).collect(),
            errors: errors.into_iter().map(Into::into).collect(),
            ceiling_site: app.config.limit_mail_site.to_string(),
            ceiling_all: app.config.limit_mail_all.to_string(),
            bounces: tallies
                .map(|(kind, count)| BounceTally {
                    kind: kind.into(),
                    count,
                })
                .collect(),
            webhooks: deliveries::backlog(app).await?.into(),
        }))
    }

    /// Send a test mail
    ///
    /// At once and past the queue, as `parlour mail test` does: the answer is what the mail server said.
    #[oai(path = "/test", method = "post", operation_id = "mail_test")]
    async fn mail_test(
        &self,
        request: &Request,
        _bearer: Bearer,
        body: Body<NewMailTest>,
    ) -> poem::Result<Json<MailTest>> {
        let (app, operator) = operator(request).await?;
        let who = operator.account_id().to_string();
        caller::spend(app, request, app.config.limit_check, "mail_test", "account", &who).await?;
        let NewMailTest { to, locale } = body.0;
        let to = match to {
            Some(to) => address(&to)?,
            None => own_address(app, &operator).await?,
        };
        let locale = Locale::of(locale.as_deref());
        let letter = emails::trial(&app.config.public_url, &app.clock, to, locale);
        let outcome = app.mailer.send(&letter, app.clock.now()).await;
        operator.log("mail_tested", letter.id);
        Ok(Json(MailTest {
            sent: outcome.is_ok(),
            message_id: app.mailer.message_id(letter.id),
            error: outcome.err().map(|unsent| unsent.to_string()),
        }))
    }

    /// Tell of mail that came back
    ///
    /// Also for a program, with `bounce_key` of the configuration as its bearer token. A hard bounce or a complaint ends what goes to the
    /// address by itself. To tell it again counts one more.
    #[oai(path = "/bounces", method = "post", operation_id = "mail_bounce_create")]
    async fn mail_bounce_create(
        &self,
        request: &Request,
        _bearer: Bearer,
        body: Body<NewBounce>,
    ) -> poem::Result<BounceNoted> {
        let app = caller::app(request)?;
        let by_key = caller::bearer(request).and_then(|given| bounces::by_key(app, given));
        let reporter = match by_key {
            Some(reporter) => reporter,
            None => bounces::reporter(&operator(request).await?.1),
        };
        let NewBounce {
            address,
            kind,
            diagnostic,
        } = body.0;
        let row = bounces::report(app, &reporter, &address, kind.into(), diagnostic.as_deref()).await?;
        Ok(BounceNoted::Noted(Json(row.into())))
    }

    /// List addresses that mail came back from
    ///
    /// The latest first, without the addresses: of them no more is kept than a keyed hash. One address is found by it.
    #[oai(path = "/bounces", method = "get", operation_id = "mail_bounce_list")]
    async fn mail_bounce_list(
        &self,
        request: &Request,
        _bearer: Bearer,
        /// Only those of this mail address.
        address: Query<Option<String>>,
        /// `next` of the page before.
        before: Query<Option<String>>,
        #[oai(validator(minimum(value = "1"), maximum(value = "100")))] limit: Query<Option<u64>>,
    ) -> poem::Result<Json<Bounces>> {
        let (app, operator) = operator(request).await?;
        let before = before.0.as_deref().map(cursor).transpose()?;
        let (rows, more) = bounces::list(app, &operator, address.0.as_deref(), before, bounded(limit.0)).await?;
        let next = rows.last().filter(|_| more).map(|row| row.id.to_string());
        Ok(Json(Bounces {
            bounces: rows.into_iter().map(Into::into).collect(),
            next,
        }))
    }

    /// Let an address have mail again
    ///
    /// Forgets all that came back from it. Whoever asked for no more mail himself still gets none.
    #[oai(path = "/bounces/:bounce_id", method = "delete", operation_id = "mail_bounce_lift")]
    async fn mail_bounce_lift(
        &self,
        request: &Request,
        _bearer: Bearer,
        bounce_id: Path<Uuid>,
    ) -> poem::Result<BounceLifted> {
        let (app, operator) = operator(request).await?;
        bounces::lift(app, &operator, bounce_id.0).await?;
        Ok(BounceLifted::Lifted)
    }
}

fn address(typed: &str) -> Result<String> {
    let read = text::email(typed).ok().flatten();
    read.map(|email| email.address).ok_or_else(|| {
        Error::invalid(
            "/to",
            FieldCode::Invalid,
            "The mail address must look like name@example.org.",
        )
    })
}

async fn own_address(app: &crate::app::App, operator: &crate::operators::Operator) -> Result<String> {
    let found = accounts::with_ids(app.db.read(), [operator.account_id()]).await?;
    let account = found.into_values().next();
    Ok(account.ok_or_else(|| Error::not_found("account"))?.email)
}
