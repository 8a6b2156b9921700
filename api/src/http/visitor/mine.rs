//! How a reader asks for the link to what he wrote.

use poem::Request;
use poem_openapi::param::Path;
use poem_openapi::payload::Json;
use poem_openapi::{ApiResponse, OpenApi};

use super::views::{MineLink, MineLinkRequest};
use crate::error::{Error, ErrorCode};
use crate::http::body::Body;
use crate::http::caller;
use crate::http::document::Tag;
use crate::job::Locale;
use crate::mine;
use crate::sites::Purpose;

pub struct Door;

#[derive(ApiResponse)]
pub enum Asked {
    /// The same for every address.
    #[oai(status = 202)]
    Accepted(Json<MineLink>),
}

#[OpenApi(prefix_path = "/v1/sites", tag = "Tag::Visitor")]
impl Door {
    /// Ask for a link to one's own comments
    ///
    /// If something on this site was written with the address, a mail goes there, with a link to a page that shows all of it: to edit, delete
    /// and take out, and to end mails. Neither the answer nor its time says whether there is anything.
    #[oai(path = "/:site_key/mine/links", method = "post", operation_id = "mine_link_create")]
    async fn mine_link_create(
        &self,
        request: &Request,
        site_key: Path<String>,
        body: Body<MineLinkRequest>,
    ) -> poem::Result<Asked> {
        let app = caller::app(request)?;
        let visitor = caller::visitor(app, request, &site_key, Purpose::Write, app.config.limit_mine, "mine").await?;
        if !app.mailer.is_configured() {
            let detail = "This server sends no mail. Ask the site's owner for what you wrote.";
            return Err(Error::refused(ErrorCode::NoMail, detail).into());
        }
        let MineLinkRequest { email, locale } = body.0;
        mine::ask(app, &visitor, &email, Locale::of(locale.as_deref())).await?;
        Ok(Asked::Accepted(Json(MineLink {
            hours: app.config.mine_link_hours,
        })))
    }
}
