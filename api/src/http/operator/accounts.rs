//! Accounts of the platform: found, looked at, kept out, made operators.

use poem::Request;
use poem_openapi::OpenApi;
use poem_openapi::param::{Path, Query};
use poem_openapi::payload::Json;
use sea_orm::prelude::Uuid;

use super::views::{AccountRecord, AccountSuspension, AccountView, Accounts, MembershipView, OperatorChange};
use super::{operator, page};
use crate::accounts::standing;
use crate::app::App;
use crate::error::Result;
use crate::http::body::Body;
use crate::http::document::{Bearer, Tag};
use crate::operators::{Operator, search};

pub struct Door;

#[OpenApi(prefix_path = "/v1/operator", tag = "Tag::Operator")]
impl Door {
    /// Find accounts
    ///
    /// The latest first.
    #[oai(path = "/accounts", method = "get", operation_id = "account_search")]
    #[expect(clippy::too_many_arguments, reason = "the parameters of a list")]
    async fn account_search(
        &self,
        request: &Request,
        _bearer: Bearer,
        /// A part of the name or of the mail address, or the id.
        q: Query<Option<String>>,
        /// Only operators, or only others.
        operator: Query<Option<bool>>,
        /// Only those that are suspended, or that are not.
        suspended: Query<Option<bool>>,
        /// `next` of the page before.
        before: Query<Option<String>>,
        #[oai(validator(minimum(value = "1"), maximum(value = "100")))] limit: Query<Option<u64>>,
    ) -> poem::Result<Json<Accounts>> {
        let wanted = operator.0;
        let (app, operator) = super::operator(request).await?;
        let page = page(q.0, suspended.0, before.0.as_deref(), limit.0)?;
        let (found, more) = search::accounts(app, &operator, wanted, &page).await?;
        let next = found.last().filter(|_| more).map(|one| one.account.id.to_string());
        Ok(Json(Accounts {
            accounts: found.into_iter().map(AccountView::from).collect(),
            next,
        }))
    }

    /// Look at an account
    #[oai(path = "/accounts/:account_id", method = "get", operation_id = "account_inspect")]
    async fn account_inspect(
        &self,
        request: &Request,
        _bearer: Bearer,
        account_id: Path<Uuid>,
    ) -> poem::Result<Json<AccountRecord>> {
        let (app, operator) = operator(request).await?;
        Ok(Json(record(app, &operator, account_id.0).await?))
    }

    /// Suspend an account
    ///
    /// Its sessions end and its API keys are refused at once; whoever signs in to it reads the reason. Nobody does it to himself.
    #[oai(
        path = "/accounts/:account_id/suspension",
        method = "put",
        operation_id = "account_suspend"
    )]
    async fn account_suspend(
        &self,
        request: &Request,
        _bearer: Bearer,
        account_id: Path<Uuid>,
        body: Body<AccountSuspension>,
    ) -> poem::Result<Json<AccountRecord>> {
        let (app, operator) = operator(request).await?;
        standing::suspend(app, &operator, account_id.0, &body.0.reason).await?;
        Ok(Json(record(app, &operator, account_id.0).await?))
    }

    /// Resume an account
    #[oai(
        path = "/accounts/:account_id/suspension",
        method = "delete",
        operation_id = "account_resume"
    )]
    async fn account_resume(
        &self,
        request: &Request,
        _bearer: Bearer,
        account_id: Path<Uuid>,
    ) -> poem::Result<Json<AccountRecord>> {
        let (app, operator) = operator(request).await?;
        standing::resume(app, &operator, account_id.0).await?;
        Ok(Json(record(app, &operator, account_id.0).await?))
    }

    /// End all sessions of an account
    #[oai(
        path = "/accounts/:account_id/sessions",
        method = "delete",
        operation_id = "account_sign_out"
    )]
    async fn account_sign_out(
        &self,
        request: &Request,
        _bearer: Bearer,
        account_id: Path<Uuid>,
    ) -> poem::Result<Json<AccountRecord>> {
        let (app, operator) = operator(request).await?;
        standing::end_sessions(app, &operator, account_id.0).await?;
        Ok(Json(record(app, &operator, account_id.0).await?))
    }

    /// Make an account an operator, or one no more
    ///
    /// The last operator stays one (`last_operator`).
    #[oai(
        path = "/accounts/:account_id/operator",
        method = "put",
        operation_id = "account_operator"
    )]
    async fn account_operator(
        &self,
        request: &Request,
        _bearer: Bearer,
        account_id: Path<Uuid>,
        body: Body<OperatorChange>,
    ) -> poem::Result<Json<AccountRecord>> {
        let (app, operator) = operator(request).await?;
        standing::set_operator(app, &operator, account_id.0, body.0.operator).await?;
        Ok(Json(record(app, &operator, account_id.0).await?))
    }
}

async fn record(app: &App, operator: &Operator, id: Uuid) -> Result<AccountRecord> {
    let (account, memberships) = search::account(app, operator, id).await?;
    Ok(AccountRecord {
        sessions: standing::sessions(app, operator, &account).await?,
        account: AccountView::new(account, memberships.len() as u64),
        memberships: memberships.into_iter().map(MembershipView::new).collect(),
    })
}
