//! What mails say in the name of a site.

use poem::Request;
use poem_openapi::param::Path;
use poem_openapi::payload::Json;
use poem_openapi::{ApiResponse, OpenApi};
use sea_orm::prelude::Uuid;

use super::views::{MailLocaleView, MailText, MailTextOfKind, MailTextPreview, MailTextTest, MailTexts};
use crate::emails::texts::{self, Kind};
use crate::error::{Error, Result};
use crate::http::body::Body;
use crate::http::caller;
use crate::http::document::{Bearer, Tag};
use crate::http::words::MailTextKind;
use crate::job::Locale;
use crate::tenants::policy::Act;

pub struct Door;

#[derive(ApiResponse)]
pub enum MailTextTakenBack {
    /// The service says it itself again.
    #[oai(status = 204)]
    Done,
}

#[OpenApi(prefix_path = "/v1/admin/tenants", tag = "Tag::Sites")]
impl Door {
    /// List what mails say
    ///
    /// Each kind of mail in the name of the site, in each language. For owners and admins.
    #[oai(
        path = "/:tenant_id/sites/:site_id/mail-texts",
        method = "get",
        operation_id = "mail_text_list"
    )]
    async fn mail_text_list(
        &self,
        request: &Request,
        _bearer: Bearer,
        tenant_id: Path<Uuid>,
        site_id: Path<Uuid>,
    ) -> poem::Result<Json<MailTexts>> {
        let app = caller::app(request)?;
        let member = caller::member(app, request, tenant_id.0, Act::ManageSites).await?;
        let all = texts::list(app, &member, site_id.0).await?.into_iter();
        Ok(Json(MailTexts {
            texts: all
                .map(|(kind, locale, stored)| MailTextOfKind::new(kind, locale, stored))
                .collect(),
        }))
    }

    /// Write what mails say
    ///
    /// All of its parts; one that is empty is said by the service. For owners and admins.
    #[oai(
        path = "/:tenant_id/sites/:site_id/mail-texts/:kind/:locale",
        method = "put",
        operation_id = "mail_text_put"
    )]
    #[expect(clippy::too_many_arguments, reason = "one for each parameter of the operation")]
    async fn mail_text_put(
        &self,
        request: &Request,
        _bearer: Bearer,
        tenant_id: Path<Uuid>,
        site_id: Path<Uuid>,
        kind: Path<MailTextKind>,
        locale: Path<MailLocaleView>,
        body: Body<MailText>,
    ) -> poem::Result<Json<MailTextOfKind>> {
        let app = caller::app(request)?;
        let member = caller::member(app, request, tenant_id.0, Act::ManageSites).await?;
        let (kind, locale) = which(&kind.0, locale.0)?;
        let stored = texts::put(app, &member, site_id.0, (kind, locale), &body.0.into()).await?;
        Ok(Json(MailTextOfKind::new(kind, locale, stored)))
    }

    /// Take back what mails say
    ///
    /// The service says it itself again. For owners and admins.
    #[oai(
        path = "/:tenant_id/sites/:site_id/mail-texts/:kind/:locale",
        method = "delete",
        operation_id = "mail_text_delete"
    )]
    async fn mail_text_delete(
        &self,
        request: &Request,
        _bearer: Bearer,
        tenant_id: Path<Uuid>,
        site_id: Path<Uuid>,
        kind: Path<MailTextKind>,
        locale: Path<MailLocaleView>,
    ) -> poem::Result<MailTextTakenBack> {
        let app = caller::app(request)?;
        let member = caller::member(app, request, tenant_id.0, Act::ManageSites).await?;
        texts::remove(app, &member, site_id.0, which(&kind.0, locale.0)?).await?;
        Ok(MailTextTakenBack::Done)
    }

    /// Preview a mail
    ///
    /// As it would be with these words, about what is made up for the purpose. Nothing is changed and nothing sent.
    #[oai(
        path = "/:tenant_id/sites/:site_id/mail-texts/:kind/:locale/preview",
        method = "post",
        operation_id = "mail_text_preview"
    )]
    #[expect(clippy::too_many_arguments, reason = "one for each parameter of the operation")]
    async fn mail_text_preview(
        &self,
        request: &Request,
        _bearer: Bearer,
        tenant_id: Path<Uuid>,
        site_id: Path<Uuid>,
        kind: Path<MailTextKind>,
        locale: Path<MailLocaleView>,
        body: Body<MailText>,
    ) -> poem::Result<Json<MailTextPreview>> {
        let app = caller::app(request)?;
        let member = caller::member(app, request, tenant_id.0, Act::ManageSites).await?;
        let which = which(&kind.0, locale.0)?;
        let letter = texts::sample(app, &member, site_id.0, which, &body.0.into()).await?;
        Ok(Json(letter.into()))
    }

    /// Send oneself a test
    ///
    /// The mail of the preview, at once, to the caller's own address.
    #[oai(
        path = "/:tenant_id/sites/:site_id/mail-texts/:kind/:locale/test",
        method = "post",
        operation_id = "mail_text_test"
    )]
    #[expect(clippy::too_many_arguments, reason = "one for each parameter of the operation")]
    async fn mail_text_test(
        &self,
        request: &Request,
        _bearer: Bearer,
        tenant_id: Path<Uuid>,
        site_id: Path<Uuid>,
        kind: Path<MailTextKind>,
        locale: Path<MailLocaleView>,
        body: Body<MailText>,
    ) -> poem::Result<Json<MailTextTest>> {
        let app = caller::app(request)?;
        let member = caller::member(app, request, tenant_id.0, Act::ManageSites).await?;
        let which = which(&kind.0, locale.0)?;
        let letter = texts::sample(app, &member, site_id.0, which, &body.0.into()).await?;
        let who = member.account_id().to_string();
        caller::spend(app, request, app.config.limit_check, "mail_text", "account", &who).await?;
        let outcome = app.mailer.send(&letter, app.clock.now()).await;
        Ok(Json(MailTextTest {
            sent: outcome.is_ok(),
            to: letter.to,
            error: outcome.err().map(|unsent| unsent.to_string()),
        }))
    }
}

fn which(kind: &MailTextKind, locale: MailLocaleView) -> Result<(Kind, Locale)> {
    let kind = kind.meant().ok_or_else(|| Error::not_found("kind of mail"))?;
    Ok((kind, locale.into()))
}
