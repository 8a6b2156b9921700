//! One's own account by mail: completing a sign-up, another password, another address; and its end.
//!
//! A link leads to a page, and nothing happens before somebody presses a button there: programs follow links, too. Its token is behind
//! the `#`, where no server and no log sees it.

use poem::Request;
use poem_openapi::payload::Json;
use poem_openapi::{ApiResponse, OpenApi};

use super::session::{
    Closing, Done, Opening, SigningUp, by_network, expired_cookie, refresh_cookie, same_origin, user_agent,
};
use super::views::{
    Accepted, AccountDeletion, EmailChangeConfirmed, EmailChangeLink, EmailChangeRequest, EmailChangeView, LinkToken,
    NewPassword, PasswordResetRequest, PasswordResetWaiting, SignUpProof, SignUpWaiting,
};
use crate::accounts::address::Begun;
use crate::accounts::{address, guessing, leaving, reset, signing_up};
use crate::app::App;
use crate::error::{Error, ErrorCode, OrLog, Result};
use crate::http::body::Body;
use crate::http::caller::{self, spend};
use crate::http::document::{Bearer, Tag};
use crate::job::Locale;
use crate::text;

pub struct Door;

#[derive(ApiResponse)]
pub enum Changing {
    /// Both addresses are asked to confirm it.
    #[oai(status = 202)]
    Asked(Json<EmailChangeView>),
    /// Done: where no mail is configured, nobody can be asked.
    #[oai(status = 204)]
    Changed,
}

#[OpenApi(prefix_path = "/v1/admin", tag = "Tag::Session")]
impl Door {
    /// Whose sign-up is this?
    ///
    /// For whoever holds the link out of the mail.
    #[oai(path = "/accounts/look", method = "post", operation_id = "sign_up_read")]
    async fn sign_up_read(&self, request: &Request, body: Body<LinkToken>) -> poem::Result<Json<SignUpWaiting>> {
        let app = caller::app(request)?;
        same_origin(app, request)?;
        by_network(app, request).await?;
        let row = signing_up::look(app, &body.0.token).await?;
        Ok(Json(row.into()))
    }

    /// Complete a sign-up
    ///
    /// By the link out of the mail and the password that was chosen. Makes the account and signs in.
    #[oai(path = "/accounts/verify", method = "post", operation_id = "account_verify")]
    async fn account_verify(&self, request: &Request, body: Body<SignUpProof>) -> poem::Result<Opening> {
        let app = caller::app(request)?;
        same_origin(app, request)?;
        by_network(app, request).await?;
        let SignUpProof { token, password } = body.0;
        let opened = signing_up::verify(app, &token, password, user_agent(request)).await?;
        remember(app, request, opened.account.id).await;
        let cookie = refresh_cookie(app, &opened);
        Ok(Opening::SetUp(Json(opened.into()), cookie))
    }

    /// Ask for another password
    ///
    /// The answer is the same whether or not there is an account with this address; if there is, a link goes there, and makes the one
    /// before void.
    #[oai(path = "/password-resets", method = "post", operation_id = "password_reset_request")]
    async fn password_reset_request(
        &self,
        request: &Request,
        body: Body<PasswordResetRequest>,
    ) -> poem::Result<SigningUp> {
        let app = caller::app(request)?;
        same_origin(app, request)?;
        let network = caller::limit_network(app, request);
        spend(
            app,
            request,
            app.config.limit_reset,
            "password_reset",
            "network",
            &network,
        )
        .await?;
        if !app.mailer.is_configured() {
            return Err(Error::refused(
                ErrorCode::NoMail,
                "This server sends no mail. Ask its operator for another password.",
            )
            .into());
        }
        let PasswordResetRequest { email, locale } = body.0;
        reset::ask(app, &email, Locale::of(locale.as_deref())).await?;
        Ok(SigningUp::Accepted(Json(Accepted {
            message: "If there is an account with this address, a mail with a link is on its way there.".to_owned(),
            mailed: true,
        })))
    }

    /// Whose password is this?
    ///
    /// For whoever holds the link out of the mail.
    #[oai(
        path = "/password-resets/look",
        method = "post",
        operation_id = "password_reset_read"
    )]
    async fn password_reset_read(
        &self,
        request: &Request,
        body: Body<LinkToken>,
    ) -> poem::Result<Json<PasswordResetWaiting>> {
        let app = caller::app(request)?;
        same_origin(app, request)?;
        by_network(app, request).await?;
        let account = reset::look(app, &body.0.token).await?;
        Ok(Json(account.into()))
    }

    /// Choose another password
    ///
    /// By the link out of the mail, once. All sessions of the account end; sign in with the new password.
    #[oai(
        path = "/password-resets/finish",
        method = "post",
        operation_id = "password_reset_finish"
    )]
    async fn password_reset_finish(&self, request: &Request, body: Body<NewPassword>) -> poem::Result<Done> {
        let app = caller::app(request)?;
        same_origin(app, request)?;
        by_network(app, request).await?;
        let NewPassword {
            token,
            password,
            locale,
        } = body.0;
        let account = reset::finish(app, &token, password, Locale::of(locale.as_deref())).await?;
        // Whoever reads the account's mail is let in from here, however many guess at its password from elsewhere.
        remember(app, request, account.id).await;
        Ok(Done::Done)
    }

    /// Ask for another mail address
    ///
    /// Both addresses are to confirm it, and the former one can stop it. Nothing is told of an address that has an account.
    #[oai(path = "/me/email", method = "put", operation_id = "email_change_request")]
    async fn email_change_request(
        &self,
        request: &Request,
        _bearer: Bearer,
        body: Body<EmailChangeRequest>,
    ) -> poem::Result<Changing> {
        let app = caller::app(request)?;
        let caller = caller::signed_in(app, request).await?;
        let who = caller.account().id.to_string();
        by_password(app, request, &who).await?;
        spend(app, request, app.config.limit_invite, "email_change", "account", &who).await?;
        let EmailChangeRequest {
            email,
            password,
            locale,
        } = body.0;
        mail_budget(app, request, "email_change", &email).await?;
        let begun = address::begin(app, &caller, password, &email, Locale::of(locale.as_deref())).await?;
        Ok(match begun {
            Begun::Changed => Changing::Changed,
            Begun::Asked(change) => Changing::Asked(Json(change.into())),
        })
    }

    /// Take the wish for another address back
    #[oai(path = "/me/email", method = "delete", operation_id = "email_change_withdraw")]
    async fn email_change_withdraw(&self, request: &Request, _bearer: Bearer) -> poem::Result<Done> {
        let app = caller::app(request)?;
        let caller = caller::signed_in(app, request).await?;
        address::take_back(app, &caller).await?;
        Ok(Done::Done)
    }

    /// What is this change of address?
    ///
    /// For whoever holds a link out of one of the two mails.
    #[oai(path = "/email-changes/look", method = "post", operation_id = "email_change_read")]
    async fn email_change_read(&self, request: &Request, body: Body<LinkToken>) -> poem::Result<Json<EmailChangeLink>> {
        let app = caller::app(request)?;
        same_origin(app, request)?;
        by_network(app, request).await?;
        let pending = address::look(app, &body.0.token).await?;
        Ok(Json(pending.into()))
    }

    /// Confirm a change of address
    ///
    /// It holds when both addresses have confirmed it.
    #[oai(
        path = "/email-changes/confirm",
        method = "post",
        operation_id = "email_change_confirm"
    )]
    async fn email_change_confirm(
        &self,
        request: &Request,
        body: Body<LinkToken>,
    ) -> poem::Result<Json<EmailChangeConfirmed>> {
        let app = caller::app(request)?;
        same_origin(app, request)?;
        by_network(app, request).await?;
        let (pending, done) = address::confirm(app, &body.0.token).await?;
        Ok(Json(EmailChangeConfirmed {
            done,
            email: pending.change.email,
        }))
    }

    /// Stop a change of address
    #[oai(path = "/email-changes/stop", method = "post", operation_id = "email_change_stop")]
    async fn email_change_stop(&self, request: &Request, body: Body<LinkToken>) -> poem::Result<Done> {
        let app = caller::app(request)?;
        same_origin(app, request)?;
        by_network(app, request).await?;
        address::stop(app, &body.0.token).await?;
        Ok(Done::Done)
    }

    /// Delete my account
    ///
    /// At once and for good: memberships, sessions, keys. What its owner answered in the name of a site stays there, in the site's name.
    /// Not for the last owner of a tenant that has other members or sites.
    #[oai(path = "/me/delete", method = "post", operation_id = "account_delete")]
    async fn account_delete(
        &self,
        request: &Request,
        _bearer: Bearer,
        body: Body<AccountDeletion>,
    ) -> poem::Result<Closing> {
        let app = caller::app(request)?;
        let caller = caller::signed_in(app, request).await?;
        by_password(app, request, &caller.account().id.to_string()).await?;
        leaving::delete(app, &caller, body.0.password).await?;
        Ok(Closing::Closed(expired_cookie(app)))
    }
}

/// Whoever found an open session guesses no faster than at the sign-in.
pub async fn by_password(app: &App, request: &Request, account_id: &str) -> Result<()> {
    let who = app.keys.pseudonym("sign in", account_id);
    spend(app, request, app.config.limit_sign_in, "password", "account", &who).await
}

/// Counts a mail to an address by who is signed in, and is told when there were enough.
pub async fn mail_budget(app: &App, request: &Request, what: &str, email: &str) -> Result<()> {
    let who = app.keys.pseudonym("mail to", &account_named(email));
    spend(app, request, app.config.limit_mail, what, "address", &who).await
}

/// Counts an attempt to sign in. By network; by account *and* network, so that a stranger's guesses from elsewhere do not lock the
/// owner out; and by account over all networks that are strange to it, so that who has many of them is slowed down as well. Thus the
/// wait grows: none at first, then half a minute, then two.
pub async fn attempt(app: &App, request: &Request, email: &str) -> Result<()> {
    by_network(app, request).await?;
    let network = caller::limit_network(app, request);
    let account = account_named(email);
    let here = app.keys.pseudonym("sign in", &format!("{account}/{network}"));
    spend(app, request, app.config.limit_sign_in, "sign_in", "account", &here).await?;
    if guessing::is_known(app, email, &network).await? {
        return Ok(());
    }
    let anywhere = app.keys.pseudonym("sign in anywhere", &account);
    let budget = app.config.limit_sign_in_account;
    spend(app, request, budget, "sign_in_anywhere", "account", &anywhere).await
}

/// Notes the network from which the owner of an account has just come.
pub async fn remember(app: &App, request: &Request, account_id: sea_orm::prelude::Uuid) {
    let network = caller::limit_network(app, request);
    guessing::remember(app, account_id, &network)
        .await
        .or_log("guesses from elsewhere may slow the next sign-in from this network");
}

/// The account that somebody means, however the address is written: all ways of writing it share one budget.
fn account_named(email: &str) -> String {
    match text::email(email) {
        Ok(Some(address)) => address.folded,
        _ => text::folded(email),
    }
}
