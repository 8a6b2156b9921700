//! Setting up, signing up, in and out.

use poem::Request;
use poem::http::header;
use poem::web::cookie::{Cookie, SameSite};
use poem_openapi::param::Path;
use poem_openapi::payload::Json;
use poem_openapi::{ApiResponse, OpenApi};
use sea_orm::prelude::Uuid;

use super::mails::{attempt, by_password, remember};
use super::views::{
    Accepted, AccountChange, AccountView, ActingView, Credentials, Me, NewAccount, OpenSessionView, OpenSessions,
    PasswordChange, SessionView, SetupRequest, SetupState, StepView, TenantView,
};
use crate::accounts::factors::passkeys;
use crate::accounts::{self, Applicant, Entry, Opened, address, own};
use crate::app::App;
use crate::config::SignUp;
use crate::error::{Error, ErrorCode, Result};
use crate::http::body::Body;
use crate::http::caller::{self, spend};
use crate::http::document::{Bearer, Tag};
use crate::job::Locale;
use crate::operators::{self, acting};
use crate::tenants;

/// Where the refresh cookie is sent: to renewing and signing out, and nowhere else.
const COOKIE_PATH: &str = "/v1/admin/session";

pub struct Door;

#[derive(ApiResponse)]
pub enum Opening {
    /// Signed in.
    #[oai(status = 200)]
    Opened(
        Json<SessionView>,
        /// The refresh token: HttpOnly, SameSite=Strict, for `/v1/admin/session` only.
        #[oai(header = "Set-Cookie")]
        String,
    ),
    /// The operator was made and is signed in.
    #[oai(status = 201)]
    SetUp(Json<SessionView>, #[oai(header = "Set-Cookie")] String),
}

#[derive(ApiResponse)]
pub enum Entering {
    /// Signed in.
    #[oai(status = 200)]
    Opened(
        Json<SessionView>,
        /// The refresh token: HttpOnly, SameSite=Strict, for `/v1/admin/session` only.
        #[oai(header = "Set-Cookie")]
        String,
    ),
    /// The password was right; a second factor is still to be shown.
    #[oai(status = 202)]
    Waiting(Json<StepView>),
}

#[derive(ApiResponse)]
pub enum Done {
    /// Done.
    #[oai(status = 204)]
    Done,
}

#[derive(ApiResponse)]
pub enum Closing {
    /// Signed out.
    #[oai(status = 204)]
    Closed(#[oai(header = "Set-Cookie")] String),
}

#[derive(ApiResponse)]
pub enum SigningUp {
    /// Taken, whether or not the address was known.
    #[oai(status = 202)]
    Accepted(Json<Accepted>),
}

#[OpenApi(prefix_path = "/v1/admin", tag = "Tag::Session")]
impl Door {
    /// Is the set-up open?
    #[oai(path = "/setup", method = "get", operation_id = "setup_read")]
    async fn setup_read(&self, request: &Request) -> poem::Result<Json<SetupState>> {
        let app = caller::app(request)?;
        by_network(app, request).await?;
        Ok(Json(SetupState {
            open: accounts::setup_is_open(app).await?,
            sign_up_open: app.config.sign_up == SignUp::Open,
            mail: app.mailer.is_configured(),
            passkey_origin: passkeys::party(app).ok().map(|party| party.origin().to_owned()),
        }))
    }

    /// Make the first operator
    ///
    /// By the one-time link that the server prints at its first start.
    #[oai(path = "/setup", method = "post", operation_id = "setup_finish")]
    async fn setup_finish(&self, request: &Request, body: Body<SetupRequest>) -> poem::Result<Opening> {
        let app = caller::app(request)?;
        same_origin(app, request)?;
        by_network(app, request).await?;
        let SetupRequest {
            token,
            email,
            name,
            password,
        } = body.0;
        let opened = accounts::set_up(app, &token, Applicant { email, name, password }, user_agent(request)).await?;
        remember(app, request, opened.account.id).await;
        let cookie = refresh_cookie(app, &opened);
        Ok(Opening::SetUp(Json(opened.into()), cookie))
    }

    /// Sign up
    ///
    /// Where the operator allows it. The answer is the same for a known and for a new address. Where this server sends mail, there is an
    /// account once it is verified by the link in the mail (`account_verify`).
    #[oai(path = "/accounts", method = "post", operation_id = "account_sign_up")]
    async fn account_sign_up(&self, request: &Request, body: Body<NewAccount>) -> poem::Result<SigningUp> {
        let app = caller::app(request)?;
        same_origin(app, request)?;
        spend(
            app,
            request,
            app.config.limit_sign_up,
            "sign_up",
            "network",
            &caller::limit_network(app, request),
        )
        .await?;
        let NewAccount {
            email,
            name,
            password,
            locale,
        } = body.0;
        let mailed = app.mailer.is_configured();
        let applicant = Applicant { email, name, password };
        accounts::sign_up(app, applicant, Locale::of(locale.as_deref())).await?;
        let message = match mailed {
            true => "Follow the link in the mail that is on its way to this address.",
            false => "Sign in with this address and password.",
        };
        Ok(SigningUp::Accepted(Json(Accepted {
            message: message.to_owned(),
            mailed,
        })))
    }

    /// Sign in
    ///
    /// An account with a second factor is asked for it: the answer is 202 then, and `session_finish` goes on.
    #[oai(path = "/session", method = "post", operation_id = "session_open")]
    async fn session_open(&self, request: &Request, body: Body<Credentials>) -> poem::Result<Entering> {
        let app = caller::app(request)?;
        same_origin(app, request)?;
        let Credentials { email, password } = body.0;
        attempt(app, request, &email).await?;
        match accounts::sign_in(app, &email, password, user_agent(request)).await? {
            Entry::In(opened) => {
                remember(app, request, opened.account.id).await;
                let cookie = refresh_cookie(app, &opened);
                Ok(Entering::Opened(Json((*opened).into()), cookie))
            }
            Entry::Waiting(step) => Ok(Entering::Waiting(Json(step.into()))),
        }
    }

    /// Renew the session
    ///
    /// By the refresh cookie, which is good once: a second use of the same one ends the session.
    #[oai(path = "/session/renew", method = "post", operation_id = "session_renew")]
    async fn session_renew(&self, request: &Request) -> poem::Result<Opening> {
        let app = caller::app(request)?;
        same_origin(app, request)?;
        by_network(app, request).await?;
        let ended = || Error::refused(ErrorCode::SessionEnded, "Sign in again.");
        let token = cookie_value(app, request).ok_or_else(ended)?;
        let opened = accounts::renew(app, &token).await?;
        // Whoever moves about with an open session comes from somewhere else each time.
        remember(app, request, opened.account.id).await;
        let cookie = refresh_cookie(app, &opened);
        Ok(Opening::Opened(Json(opened.into()), cookie))
    }

    /// Sign out
    #[oai(path = "/session", method = "delete", operation_id = "session_close")]
    async fn session_close(&self, request: &Request) -> poem::Result<Closing> {
        let app = caller::app(request)?;
        same_origin(app, request)?;
        by_network(app, request).await?;
        match (cookie_value(app, request), caller::bearer(request)) {
            (Some(token), _) => accounts::sign_out_by_token(app, &token).await?,
            (None, Some(token)) => accounts::sign_out(app, &accounts::recognise(app, token).await?).await?,
            (None, None) => {
                return Err(Error::refused(ErrorCode::Unauthenticated, "There is no session to close.").into());
            }
        }
        Ok(Closing::Closed(expired_cookie(app)))
    }

    /// List my sessions
    ///
    /// Those that are open, the latest first.
    #[oai(path = "/sessions", method = "get", operation_id = "session_list")]
    async fn session_list(&self, request: &Request, _bearer: Bearer) -> poem::Result<Json<OpenSessions>> {
        let app = caller::app(request)?;
        let caller = caller::signed_in(app, request).await?;
        let sessions = own::sessions(app, &caller).await?;
        Ok(Json(OpenSessions {
            sessions: sessions
                .into_iter()
                .map(|row| OpenSessionView::new(row, caller.session_id()))
                .collect(),
        }))
    }

    /// End one of my sessions
    #[oai(path = "/sessions/:session_id", method = "delete", operation_id = "session_end")]
    async fn session_end(&self, request: &Request, _bearer: Bearer, session_id: Path<Uuid>) -> poem::Result<Done> {
        let app = caller::app(request)?;
        let caller = caller::signed_in(app, request).await?;
        own::end_session(app, &caller, session_id.0).await?;
        Ok(Done::Done)
    }

    /// Change my password
    ///
    /// Ends all sessions but the one that asks.
    #[oai(path = "/me/password", method = "put", operation_id = "account_password")]
    async fn account_password(
        &self,
        request: &Request,
        _bearer: Bearer,
        body: Body<PasswordChange>,
    ) -> poem::Result<Done> {
        let app = caller::app(request)?;
        let caller = caller::signed_in(app, request).await?;
        by_password(app, request, &caller.account().id.to_string()).await?;
        let PasswordChange {
            current_password,
            password,
            locale,
        } = body.0;
        let locale = Locale::of(locale.as_deref());
        own::change_password(app, &caller, current_password, password, locale).await?;
        Ok(Done::Done)
    }

    /// Who am I?
    #[oai(path = "/me", method = "get", operation_id = "account_read")]
    async fn account_read(&self, request: &Request, _bearer: Bearer) -> poem::Result<Json<Me>> {
        let app = caller::app(request)?;
        let caller = caller::signed_in(app, request).await?;
        let tenants = tenants::list(app, caller.account().id).await?;
        let acting = acting::current(app, &caller).await?;
        let account = AccountView::from(caller.account().clone());
        let email_change = address::waiting(app, account.id).await?;
        Ok(Json(Me {
            factor_needed: operators::lacks_factor(app, &caller).await?,
            account,
            email_change: email_change.map(Into::into),
            acting: acting.map(ActingView::new),
            tenants: tenants
                .into_iter()
                .map(|(tenant, role)| TenantView::new(tenant, role))
                .collect(),
        }))
    }

    /// Choose the language of one's mails
    ///
    /// Of those that come by themselves, such as a warning about a quota; a mail that somebody asks for is in the language that he asks in.
    #[oai(path = "/me", method = "patch", operation_id = "account_update")]
    async fn account_update(
        &self,
        request: &Request,
        _bearer: Bearer,
        body: Body<AccountChange>,
    ) -> poem::Result<Json<AccountView>> {
        let app = caller::app(request)?;
        let caller = caller::signed_in(app, request).await?;
        let locale = Locale::of(Some(&body.0.locale));
        Ok(Json(own::choose_locale(app, &caller, locale).await?.into()))
    }
}

/// A browser says where a request comes from; only our own pages may. A program says nothing and has no cookies to abuse.
pub fn same_origin(app: &App, request: &Request) -> Result<()> {
    let Some(origin) = request.headers().get(header::ORIGIN) else {
        return Ok(());
    };
    let host = origin
        .to_str()
        .ok()
        .and_then(|origin| origin.split_once("://"))
        .map(|(_, host)| host);
    let own = origin.as_bytes() == app.config.public_origin().as_bytes()
        // Reached by another name than the configured one: the Host the browser used must be the page's own.
        || (host.is_some() && host == request.header(header::HOST));
    if own {
        Ok(())
    } else {
        Err(Error::refused(
            ErrorCode::OriginNotAllowed,
            "Only Parlour's own pages may do this.",
        ))
    }
}

pub async fn by_network(app: &App, request: &Request) -> Result<()> {
    let network = caller::limit_network(app, request);
    spend(
        app,
        request,
        app.config.limit_sign_in_network,
        "session",
        "network",
        &network,
    )
    .await
}

pub fn user_agent(request: &Request) -> Option<&str> {
    request.header(header::USER_AGENT)
}

/// `__Secure-` makes browsers refuse a cookie of this name that came without https (RFC 6265bis section 4.1.3.1).
fn cookie_name(app: &App) -> &'static str {
    if app.config.is_https() {
        "__Secure-parlour_refresh"
    } else {
        "parlour_refresh"
    }
}

/// The refresh token that came, if one did: the last of several of the name, as a token of ours has no use for two.
fn cookie_value(app: &App, request: &Request) -> Option<String> {
    let headers = request
        .headers()
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok());
    let cookies = headers
        .flat_map(|header| header.split(';'))
        .filter_map(|pair| pair.trim().split_once('='));
    cookies
        .filter(|(name, _)| *name == cookie_name(app))
        .map(|(_, value)| value.to_owned())
        .last()
}

pub fn refresh_cookie(app: &App, opened: &Opened) -> String {
    let life = opened.refresh_life.to_std().unwrap_or_default();
    cookie(app, &opened.refresh_token, life)
}

pub fn expired_cookie(app: &App) -> String {
    cookie(app, "", std::time::Duration::ZERO)
}

fn cookie(app: &App, value: &str, life: std::time::Duration) -> String {
    let mut cookie = Cookie::new_with_str(cookie_name(app), value);
    cookie.set_path(COOKIE_PATH);
    cookie.set_http_only(true);
    cookie.set_secure(app.config.is_https());
    cookie.set_same_site(SameSite::Strict);
    cookie.set_max_age(life);
    cookie.to_string()
}
