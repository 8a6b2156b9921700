//! Programs that are told of what happens on a tenant's sites, or asked about comments.

use poem::Request;
use poem_openapi::param::{Path, Query};
use poem_openapi::payload::Json;
use poem_openapi::{ApiResponse, OpenApi};
use sea_orm::prelude::Uuid;

use super::sites::id_cursor;
use super::views::{
    Deliveries, DeliveryRecord, DeliveryState, DeliveryView, NewWebhook, SecretRotation, WebhookChange, WebhookMade,
    WebhookTrial, WebhookView, Webhooks,
};
use crate::error::{Error, FieldCode, Result};
use crate::http::body::Body;
use crate::http::caller;
use crate::http::document::{Bearer, Tag};
use crate::job::Locale;
use crate::tenants::policy::Act;
use crate::webhooks::administration::{self, Revision, Wish};
use crate::webhooks::{Event, deliveries};

pub struct Door;

#[derive(ApiResponse)]
pub enum Made {
    /// The secret is in this answer and nowhere else.
    #[oai(status = 201)]
    Made(Json<WebhookMade>),
}

#[derive(ApiResponse)]
pub enum Deleted {
    /// Gone, with its log.
    #[oai(status = 204)]
    Deleted,
}

#[derive(ApiResponse)]
pub enum Sent {
    /// On its way: read the delivery until it waits no more.
    #[oai(status = 202)]
    Sent(Json<DeliveryView>),
}

#[derive(ApiResponse)]
pub enum SentAgain {
    /// On its way once more, under the same id.
    #[oai(status = 202)]
    Sent(Json<DeliveryRecord>),
}

#[OpenApi(prefix_path = "/v1/admin/tenants", tag = "Tag::Webhooks")]
impl Door {
    /// List webhooks
    ///
    /// The oldest first; fifty at most. For owners and admins.
    #[oai(path = "/:tenant_id/webhooks", method = "get", operation_id = "webhook_list")]
    async fn webhook_list(
        &self,
        request: &Request,
        _bearer: Bearer,
        tenant_id: Path<Uuid>,
    ) -> poem::Result<Json<Webhooks>> {
        let app = caller::app(request)?;
        let member = caller::member(app, request, tenant_id.0, Act::ManageWebhooks).await?;
        let rows = administration::list(app, &member).await?;
        Ok(Json(Webhooks {
            webhooks: rows.into_iter().map(WebhookView::from).collect(),
        }))
    }

    /// Register a webhook
    ///
    /// From then on it is told of the chosen events, of one site or of all: by `POST`, signed as Standard Webhooks says
    /// (`webhook-id`, `webhook-timestamp`, `webhook-signature`), or in the form of a chat. What is sent is described in
    /// `docs/webhooks.md`. One with the purpose `ask` is asked before a reader's comment is stored, and answers
    /// `{"decision": "publish"}`, or `hold`, `spam`, `reject`, within its deadline. For owners and admins in person.
    #[oai(path = "/:tenant_id/webhooks", method = "post", operation_id = "webhook_create")]
    async fn webhook_create(
        &self,
        request: &Request,
        _bearer: Bearer,
        tenant_id: Path<Uuid>,
        body: Body<NewWebhook>,
    ) -> poem::Result<Made> {
        let app = caller::app(request)?;
        let member = caller::member(app, request, tenant_id.0, Act::ManageWebhooks).await?;
        let wish = wish(body.0)?;
        let (row, secret) = administration::create(app, &member, wish).await?;
        Ok(Made::Made(Json(WebhookMade {
            webhook: row.into(),
            secret,
        })))
    }

    /// Read a webhook
    ///
    /// For owners and admins.
    #[oai(
        path = "/:tenant_id/webhooks/:webhook_id",
        method = "get",
        operation_id = "webhook_read"
    )]
    async fn webhook_read(
        &self,
        request: &Request,
        _bearer: Bearer,
        tenant_id: Path<Uuid>,
        webhook_id: Path<Uuid>,
    ) -> poem::Result<Json<WebhookView>> {
        let app = caller::app(request)?;
        let member = caller::member(app, request, tenant_id.0, Act::ManageWebhooks).await?;
        let row = administration::find(app.db.read(), &member, webhook_id.0).await?;
        Ok(Json(row.into()))
    }

    /// Change a webhook
    ///
    /// What is absent stays. Switched off, it is told of nothing, and what waits for it is given up; switched on, it begins without its
    /// failures. For owners and admins; another address or token is for them in person.
    #[oai(
        path = "/:tenant_id/webhooks/:webhook_id",
        method = "patch",
        operation_id = "webhook_update"
    )]
    async fn webhook_update(
        &self,
        request: &Request,
        _bearer: Bearer,
        tenant_id: Path<Uuid>,
        webhook_id: Path<Uuid>,
        body: Body<WebhookChange>,
    ) -> poem::Result<Json<WebhookView>> {
        let app = caller::app(request)?;
        let member = caller::member(app, request, tenant_id.0, Act::ManageWebhooks).await?;
        let WebhookChange {
            name,
            locale,
            events,
            url,
            token,
            deadline_ms,
            enabled,
        } = body.0;
        let revision = Revision {
            name,
            locale: locale.as_deref().map(|tag| Locale::of(Some(tag))),
            events: events.map(|events| meant(&events)).transpose()?,
            url,
            token,
            deadline_ms,
            enabled,
        };
        let row = administration::update(app, &member, webhook_id.0, revision).await?;
        Ok(Json(row.into()))
    }

    /// Delete a webhook
    ///
    /// With what waits for it, and its log. For owners and admins.
    #[oai(
        path = "/:tenant_id/webhooks/:webhook_id",
        method = "delete",
        operation_id = "webhook_delete"
    )]
    async fn webhook_delete(
        &self,
        request: &Request,
        _bearer: Bearer,
        tenant_id: Path<Uuid>,
        webhook_id: Path<Uuid>,
    ) -> poem::Result<Deleted> {
        let app = caller::app(request)?;
        let member = caller::member(app, request, tenant_id.0, Act::ManageWebhooks).await?;
        administration::delete(app, &member, webhook_id.0).await?;
        Ok(Deleted::Deleted)
    }

    /// Rotate a webhook's secret
    ///
    /// For the hours that are asked for (24, if nothing is said), each delivery is signed by both secrets, so that the receiver can change
    /// over when it likes. For owners and admins in person.
    #[oai(
        path = "/:tenant_id/webhooks/:webhook_id/secret",
        method = "post",
        operation_id = "webhook_secret_rotate"
    )]
    async fn webhook_secret_rotate(
        &self,
        request: &Request,
        _bearer: Bearer,
        tenant_id: Path<Uuid>,
        webhook_id: Path<Uuid>,
        body: Body<SecretRotation>,
    ) -> poem::Result<Json<WebhookMade>> {
        let app = caller::app(request)?;
        let member = caller::member(app, request, tenant_id.0, Act::ManageWebhooks).await?;
        let hours = body.0.hours.unwrap_or(24);
        let (row, secret) = administration::rotate(app, &member, webhook_id.0, hours).await?;
        Ok(Json(WebhookMade {
            webhook: row.into(),
            secret,
        }))
    }

    /// Try a webhook
    ///
    /// Sends an event that has not happened, with `"test": true` in it. For owners and admins.
    #[oai(
        path = "/:tenant_id/webhooks/:webhook_id/test",
        method = "post",
        operation_id = "webhook_test"
    )]
    async fn webhook_test(
        &self,
        request: &Request,
        _bearer: Bearer,
        tenant_id: Path<Uuid>,
        webhook_id: Path<Uuid>,
        body: Body<WebhookTrial>,
    ) -> poem::Result<Sent> {
        let app = caller::app(request)?;
        let member = caller::member(app, request, tenant_id.0, Act::ManageWebhooks).await?;
        let who = member.tenant_id().to_string();
        caller::spend(app, request, app.config.limit_check, "webhook", "tenant", &who).await?;
        let event = match body.0.event {
            Some(event) => Some(event.meant().ok_or_else(|| unknown("/event"))?),
            None => None,
        };
        let row = administration::test(app, &member, webhook_id.0, event).await?;
        Ok(Sent::Sent(Json(row.into())))
    }

    /// List deliveries
    ///
    /// What was sent to a webhook, or waits for it, the latest first, for as long as the server keeps it (two weeks, if its operator has
    /// not chosen otherwise). For owners and admins.
    #[oai(
        path = "/:tenant_id/webhooks/:webhook_id/deliveries",
        method = "get",
        operation_id = "webhook_delivery_list"
    )]
    #[expect(clippy::too_many_arguments, reason = "each is a parameter of the query")]
    async fn webhook_delivery_list(
        &self,
        request: &Request,
        _bearer: Bearer,
        tenant_id: Path<Uuid>,
        webhook_id: Path<Uuid>,
        /// Only those that have come so far.
        state: Query<Option<DeliveryState>>,
        /// `next` of the page before.
        before: Query<Option<String>>,
        #[oai(validator(minimum(value = "1"), maximum(value = "100")))] limit: Query<Option<u64>>,
    ) -> poem::Result<Json<Deliveries>> {
        let app = caller::app(request)?;
        let member = caller::member(app, request, tenant_id.0, Act::ManageWebhooks).await?;
        let state = state.0.and_then(|state| state.meant());
        let before = before.0.as_deref().map(id_cursor).transpose()?;
        let limit = limit.unwrap_or(25).clamp(1, 100);
        let (rows, more) = deliveries::list(app, &member, webhook_id.0, state, before, limit).await?;
        Ok(Json(Deliveries {
            next: rows.last().filter(|_| more).map(|row| row.id.to_string()),
            deliveries: rows.into_iter().map(DeliveryView::from).collect(),
        }))
    }

    /// Read a delivery
    ///
    /// What was told, the last request and how its answer begins, and each try. For owners and admins.
    #[oai(
        path = "/:tenant_id/webhooks/:webhook_id/deliveries/:delivery_id",
        method = "get",
        operation_id = "webhook_delivery_read"
    )]
    async fn webhook_delivery_read(
        &self,
        request: &Request,
        _bearer: Bearer,
        tenant_id: Path<Uuid>,
        webhook_id: Path<Uuid>,
        delivery_id: Path<Uuid>,
    ) -> poem::Result<Json<DeliveryRecord>> {
        let app = caller::app(request)?;
        let member = caller::member(app, request, tenant_id.0, Act::ManageWebhooks).await?;
        let looked = deliveries::read(app, &member, webhook_id.0, delivery_id.0).await?;
        Ok(Json(looked.into()))
    }

    /// Send a delivery again
    ///
    /// Under the same `webhook-id`, whatever became of it. For owners and admins.
    #[oai(
        path = "/:tenant_id/webhooks/:webhook_id/deliveries/:delivery_id/replay",
        method = "post",
        operation_id = "webhook_delivery_replay"
    )]
    async fn webhook_delivery_replay(
        &self,
        request: &Request,
        _bearer: Bearer,
        tenant_id: Path<Uuid>,
        webhook_id: Path<Uuid>,
        delivery_id: Path<Uuid>,
    ) -> poem::Result<SentAgain> {
        let app = caller::app(request)?;
        let member = caller::member(app, request, tenant_id.0, Act::ManageWebhooks).await?;
        let looked = deliveries::replay(app, &member, webhook_id.0, delivery_id.0).await?;
        Ok(SentAgain::Sent(Json(looked.into())))
    }
}

fn wish(new: NewWebhook) -> Result<Wish> {
    let NewWebhook {
        name,
        site_id,
        purpose,
        format,
        locale,
        events,
        url,
        token,
        deadline_ms,
    } = new;
    let purpose = purpose.map(|purpose| purpose.meant().ok_or_else(|| unknown("/purpose")));
    let format = format.map(|format| format.meant().ok_or_else(|| unknown("/format")));
    Ok(Wish {
        name,
        site_id,
        purpose: purpose.transpose()?.unwrap_or(crate::webhooks::Purpose::Tell),
        format: format.transpose()?.unwrap_or(crate::webhooks::Format::Standard),
        locale: Locale::of(locale.as_deref()),
        events: meant(&events.unwrap_or_default())?,
        url,
        token,
        deadline_ms,
    })
}

fn meant(events: &[super::views::WebhookEvent]) -> Result<Vec<Event>> {
    let all = events.iter().enumerate();
    all.map(|(place, event)| event.meant().ok_or_else(|| unknown(&format!("/events/{place}"))))
        .collect()
}

fn unknown(pointer: &str) -> Error {
    Error::invalid(pointer, FieldCode::Invalid, "There is nothing of this name.")
}
