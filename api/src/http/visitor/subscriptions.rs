//! Following a conversation by mail without writing in it.

use poem::Request;
use poem_openapi::param::Path;
use poem_openapi::payload::Json;
use poem_openapi::{ApiResponse, OpenApi};

use super::views::{NewSubscription, SubscriptionAsked};
use crate::error::{Error, ErrorCode, FieldCode};
use crate::http::body::Body;
use crate::http::caller;
use crate::http::document::Tag;
use crate::job::Locale;
use crate::sites::Purpose;
use crate::subscriptions::wishing;
use crate::{text, threads};

pub struct Door;

#[derive(ApiResponse)]
pub enum SubscriptionAnswer {
    /// Its holder is asked by mail, unless he has confirmed his address for this site before, or wants no mail. The answer is the same for
    /// every address.
    #[oai(status = 202)]
    Asked(Json<SubscriptionAsked>),
}

#[OpenApi(prefix_path = "/v1/sites", tag = "Tag::Visitor")]
impl Door {
    /// Follow a conversation by mail
    ///
    /// Or the answers to one comment of it. Whoever has the address is asked by mail first, once for all of the site; nothing is told before he
    /// has said that it was he. Where one writes a comment, `follow` of `comment_post` does the same.
    #[oai(
        path = "/:site_key/subscriptions",
        method = "post",
        operation_id = "subscription_create"
    )]
    async fn subscription_create(
        &self,
        request: &Request,
        site_key: Path<String>,
        body: Body<NewSubscription>,
    ) -> poem::Result<SubscriptionAnswer> {
        let app = caller::app(request)?;
        let visitor = caller::visitor(
            app,
            request,
            &site_key,
            Purpose::Write,
            app.config.limit_subscribe,
            "subscribe",
        )
        .await?;
        let NewSubscription {
            thread,
            comment_id,
            email,
            language,
        } = body.0;
        let site = visitor.site();
        if !wishing::is_offered(app, site) {
            return Err(Error::refused(ErrorCode::NoMail, "This site tells its readers nothing by mail.").into());
        }
        let email = text::email(&email).map_err(|fault| Error::Invalid(vec![fault.at("/email")]))?;
        let email = email.ok_or_else(|| Error::invalid("/email", FieldCode::Required, "Give a mail address."))?;
        let address = site.address(thread.id.as_deref(), thread.url.as_deref())?;
        let thread = threads::named(app, &visitor, &address)
            .await?
            .ok_or_else(|| Error::not_found("conversation"))?;
        let locale = language.as_deref().map(|tag| Locale::of(Some(tag)));
        wishing::ask(app, &visitor, &thread, comment_id, email, locale).await?;
        Ok(SubscriptionAnswer::Asked(Json(SubscriptionAsked {
            confirm_days: app.config.follow_confirm_days,
        })))
    }
}
