//! Second factors and passkeys: signing in with them, and looking after one's own.

use poem::Request;
use poem_openapi::param::Path;
use poem_openapi::payload::Json;
use poem_openapi::{ApiResponse, OpenApi};
use sea_orm::prelude::Uuid;

use super::mails::{by_password, remember};
use super::session::{Done, Opening, by_network, refresh_cookie, same_origin, user_agent};
use super::views::{
    AnswerBody, ChallengeView, Confirmation, Confirmed, FactorsView, FirstCode, NewPasskey, PasskeyMade, PasskeyName,
    PasskeyView, RecoveryCodes, SecondFactor, SetupView,
};
use crate::accounts::factors::passkeys::Answer;
use crate::accounts::factors::{self, Shown, confirmation, passkeys, recovery, steps, totp};
use crate::app::App;
use crate::error::Result;
use crate::http::body::Body;
use crate::http::caller::{self, spend};
use crate::http::document::{Bearer, Tag};

pub struct Door;

#[derive(ApiResponse)]
pub enum Added {
    /// Kept.
    #[oai(status = 201)]
    Added(Json<PasskeyMade>),
}

#[OpenApi(prefix_path = "/v1/admin")]
impl Door {
    /// Sign in by the second factor
    ///
    /// After `session_open` has answered 202. The token of the step is good for five minutes and five tries.
    #[oai(
        path = "/session/finish",
        method = "post",
        operation_id = "session_finish",
        tag = "Tag::Session"
    )]
    async fn session_finish(&self, request: &Request, body: Body<SecondFactor>) -> poem::Result<Opening> {
        let app = caller::app(request)?;
        same_origin(app, request)?;
        by_network(app, request).await?;
        let (token, shown) = body.0.parts()?;
        let this = steps::count_try(app, &token).await?;
        spend_code(app, request, this.account_id(), Some(&shown)).await?;
        let opened = steps::finish(app, this, shown, user_agent(request)).await?;
        remember(app, request, opened.account.id).await;
        let cookie = refresh_cookie(app, &opened);
        Ok(Opening::Opened(Json(opened.into()), cookie))
    }

    /// Ask for a passkey to sign in with
    ///
    /// Of whoever is there, without a mail address.
    #[oai(
        path = "/session/passkey/challenge",
        method = "post",
        operation_id = "passkey_ask",
        tag = "Tag::Session"
    )]
    async fn passkey_ask(&self, request: &Request) -> poem::Result<Json<ChallengeView>> {
        let app = caller::app(request)?;
        same_origin(app, request)?;
        by_network(app, request).await?;
        Ok(Json(passkeys::ask_anybody(app)?.into()))
    }

    /// Sign in by a passkey alone
    ///
    /// Its device must have asked who holds it (user verification).
    #[oai(
        path = "/session/passkey",
        method = "post",
        operation_id = "session_open_by_passkey",
        tag = "Tag::Session"
    )]
    async fn session_open_by_passkey(&self, request: &Request, body: Body<AnswerBody>) -> poem::Result<Opening> {
        let app = caller::app(request)?;
        same_origin(app, request)?;
        by_network(app, request).await?;
        let opened = passkeys::sign_in(app, &body.0.into(), user_agent(request)).await?;
        remember(app, request, opened.account.id).await;
        let cookie = refresh_cookie(app, &opened);
        Ok(Opening::Opened(Json(opened.into()), cookie))
    }

    /// Which second factors do I have?
    #[oai(
        path = "/me/factors",
        method = "get",
        operation_id = "factor_list",
        tag = "Tag::Factors"
    )]
    async fn factor_list(&self, request: &Request, _bearer: Bearer) -> poem::Result<Json<FactorsView>> {
        let app = caller::app(request)?;
        let caller = caller::signed_in(app, request).await?;
        let factors = factors::of(app.db.read(), caller.account().id).await?;
        let until = confirmation::confirmed_until(app, &caller);
        Ok(Json(FactorsView::new(factors, until, passkeys::party(app))))
    }

    /// Ask for a passkey to confirm with
    #[oai(
        path = "/me/confirmation/challenge",
        method = "post",
        operation_id = "confirmation_ask",
        tag = "Tag::Factors"
    )]
    async fn confirmation_ask(&self, request: &Request, _bearer: Bearer) -> poem::Result<Json<ChallengeView>> {
        let app = caller::app(request)?;
        let caller = caller::signed_in(app, request).await?;
        Ok(Json(confirmation::ask(app, &caller).await?.into()))
    }

    /// Confirm that it is me
    ///
    /// Where the sign-in is some minutes old, changes of passwords, second factors and passkeys are refused with
    /// `confirmation_needed` until then: by the password and, where the account has one, a second factor; or by a passkey whose device asks
    /// who holds it.
    #[oai(
        path = "/me/confirmation",
        method = "post",
        operation_id = "session_confirm",
        tag = "Tag::Factors"
    )]
    async fn session_confirm(
        &self,
        request: &Request,
        _bearer: Bearer,
        body: Body<Confirmation>,
    ) -> poem::Result<Json<Confirmed>> {
        let app = caller::app(request)?;
        let caller = caller::signed_in(app, request).await?;
        // Whoever found an open session guesses no faster than at the sign-in.
        by_password(app, request, &caller.account().id.to_string()).await?;
        let proof = body.0.proof()?;
        spend_code(app, request, caller.account().id, proof.shown.as_ref()).await?;
        let confirmed_until = confirmation::confirm(app, &caller, proof).await?;
        Ok(Json(Confirmed { confirmed_until }))
    }

    /// Begin to set up an authenticator app
    #[oai(
        path = "/me/totp/setup",
        method = "post",
        operation_id = "totp_begin",
        tag = "Tag::Factors"
    )]
    async fn totp_begin(&self, request: &Request, _bearer: Bearer) -> poem::Result<Json<SetupView>> {
        let app = caller::app(request)?;
        let caller = caller::signed_in(app, request).await?;
        let by = confirmation::demand(app, &caller)?;
        Ok(Json(totp::begin(app, &by).await?.into()))
    }

    /// Switch codes on
    ///
    /// By the first code of the app. From then on the password alone does not sign in. The account's first factor ends all its sessions
    /// but the one that asks, and comes with recovery codes.
    #[oai(
        path = "/me/totp",
        method = "put",
        operation_id = "totp_enable",
        tag = "Tag::Factors"
    )]
    async fn totp_enable(
        &self,
        request: &Request,
        _bearer: Bearer,
        body: Body<FirstCode>,
    ) -> poem::Result<Json<RecoveryCodes>> {
        let app = caller::app(request)?;
        let caller = caller::signed_in(app, request).await?;
        let by = confirmation::demand(app, &caller)?;
        let FirstCode { setup, code } = body.0;
        let codes = totp::enable(app, &by, &setup, &code).await?;
        Ok(Json(RecoveryCodes {
            recovery_codes: codes.unwrap_or_default(),
        }))
    }

    /// Switch codes off
    #[oai(
        path = "/me/totp",
        method = "delete",
        operation_id = "totp_disable",
        tag = "Tag::Factors"
    )]
    async fn totp_disable(&self, request: &Request, _bearer: Bearer) -> poem::Result<Done> {
        let app = caller::app(request)?;
        let caller = caller::signed_in(app, request).await?;
        totp::disable(app, &confirmation::demand(app, &caller)?).await?;
        Ok(Done::Done)
    }

    /// Make new recovery codes
    ///
    /// Those before are void.
    #[oai(
        path = "/me/recovery-codes",
        method = "post",
        operation_id = "recovery_codes_renew",
        tag = "Tag::Factors"
    )]
    async fn recovery_codes_renew(&self, request: &Request, _bearer: Bearer) -> poem::Result<Json<RecoveryCodes>> {
        let app = caller::app(request)?;
        let caller = caller::signed_in(app, request).await?;
        let recovery_codes = recovery::renew(app, &confirmation::demand(app, &caller)?).await?;
        Ok(Json(RecoveryCodes { recovery_codes }))
    }

    /// Begin to add a passkey
    #[oai(
        path = "/me/passkeys/challenge",
        method = "post",
        operation_id = "passkey_begin",
        tag = "Tag::Factors"
    )]
    async fn passkey_begin(&self, request: &Request, _bearer: Bearer) -> poem::Result<Json<ChallengeView>> {
        let app = caller::app(request)?;
        let caller = caller::signed_in(app, request).await?;
        let by = confirmation::demand(app, &caller)?;
        Ok(Json(passkeys::ask_for_new(app, &by).await?.into()))
    }

    /// Add a passkey
    ///
    /// It signs in alone where its device asks who holds it, and is a second factor after the password in any case. What `totp_enable` says
    /// of the first factor holds here, too.
    #[oai(
        path = "/me/passkeys",
        method = "post",
        operation_id = "passkey_add",
        tag = "Tag::Factors"
    )]
    async fn passkey_add(&self, request: &Request, _bearer: Bearer, body: Body<NewPasskey>) -> poem::Result<Added> {
        let app = caller::app(request)?;
        let caller = caller::signed_in(app, request).await?;
        let by = confirmation::demand(app, &caller)?;
        let NewPasskey {
            name,
            token,
            credential,
        } = body.0;
        let answer = Answer {
            token,
            credential: credential.0,
        };
        let (passkey, codes) = passkeys::add(app, &by, &name, &answer).await?;
        Ok(Added::Added(Json(PasskeyMade {
            passkey: passkey.into(),
            recovery_codes: codes.unwrap_or_default(),
        })))
    }

    /// Rename a passkey
    #[oai(
        path = "/me/passkeys/:passkey_id",
        method = "patch",
        operation_id = "passkey_rename",
        tag = "Tag::Factors"
    )]
    async fn passkey_rename(
        &self,
        request: &Request,
        _bearer: Bearer,
        passkey_id: Path<Uuid>,
        body: Body<PasskeyName>,
    ) -> poem::Result<Json<PasskeyView>> {
        let app = caller::app(request)?;
        let caller = caller::signed_in(app, request).await?;
        let row = passkeys::rename(app, &caller, passkey_id.0, &body.0.name).await?;
        Ok(Json(row.into()))
    }

    /// Take a passkey away
    #[oai(
        path = "/me/passkeys/:passkey_id",
        method = "delete",
        operation_id = "passkey_remove",
        tag = "Tag::Factors"
    )]
    async fn passkey_remove(&self, request: &Request, _bearer: Bearer, passkey_id: Path<Uuid>) -> poem::Result<Done> {
        let app = caller::app(request)?;
        let caller = caller::signed_in(app, request).await?;
        passkeys::remove(app, &confirmation::demand(app, &caller)?, passkey_id.0).await?;
        Ok(Done::Done)
    }
}

/// Codes of six digits can be guessed, so they have a budget of their own, whoever tries from wherever. Passkeys and recovery codes
/// cannot, and stay open to their owner meanwhile.
async fn spend_code(app: &App, request: &Request, account_id: Uuid, shown: Option<&Shown>) -> Result<()> {
    if !matches!(shown, Some(Shown::Code(_))) {
        return Ok(());
    }
    let who = account_id.to_string();
    spend(app, request, app.config.limit_code, "code", "account", &who).await
}
