//! Tenants of the platform: found, looked at, shut, given a plan, acted for.

use poem::Request;
use poem_openapi::param::{Path, Query};
use poem_openapi::payload::Json;
use poem_openapi::{ApiResponse, OpenApi};
use sea_orm::prelude::Uuid;

use super::views::{
    Acting, AuditEntries, AuditEntryView, MemberView, NewActing, NewSuspension, TenantPlan, TenantQuotas, TenantRecord,
    TenantView, Tenants,
};
use super::{bounded, cursor, operator, page};
use crate::accounts;
use crate::app::App;
use crate::error::Result;
use crate::http::body::Body;
use crate::http::document::{Bearer, Tag};
use crate::operators::{Operator, acting, search};
use crate::tenants::plans::Given;
use crate::tenants::{audit, members, plans, suspension};

pub struct Door;

#[derive(ApiResponse)]
pub enum Begun {
    /// The operator is in, until it ends.
    #[oai(status = 201)]
    Begun(Json<Acting>),
}

#[derive(ApiResponse)]
pub enum Left {
    /// The operator acts for nobody.
    #[oai(status = 204)]
    Left,
}

#[OpenApi(prefix_path = "/v1/operator", tag = "Tag::Operator")]
impl Door {
    /// Find tenants
    ///
    /// The latest first.
    #[oai(path = "/tenants", method = "get", operation_id = "tenant_search")]
    async fn tenant_search(
        &self,
        request: &Request,
        _bearer: Bearer,
        /// A part of the name, the id, or the whole mail address of a member.
        q: Query<Option<String>>,
        /// Only those that are suspended, or that are not.
        suspended: Query<Option<bool>>,
        /// `next` of the page before.
        before: Query<Option<String>>,
        #[oai(validator(minimum(value = "1"), maximum(value = "100")))] limit: Query<Option<u64>>,
    ) -> poem::Result<Json<Tenants>> {
        let (app, operator) = operator(request).await?;
        let page = page(q.0, suspended.0, before.0.as_deref(), limit.0)?;
        let (found, more) = search::tenants(app, &operator, &page).await?;
        let next = found.last().filter(|_| more).map(|one| one.tenant.id.to_string());
        Ok(Json(Tenants {
            tenants: found.into_iter().map(TenantView::from).collect(),
            next,
        }))
    }

    /// Look at a tenant
    #[oai(path = "/tenants/:tenant_id", method = "get", operation_id = "tenant_inspect")]
    async fn tenant_inspect(
        &self,
        request: &Request,
        _bearer: Bearer,
        tenant_id: Path<Uuid>,
    ) -> poem::Result<Json<TenantRecord>> {
        let (app, operator) = operator(request).await?;
        Ok(Json(record(app, &operator, tenant_id.0).await?))
    }

    /// Read a tenant's record
    ///
    /// The latest first.
    #[oai(path = "/tenants/:tenant_id/audit", method = "get", operation_id = "tenant_audit")]
    async fn tenant_audit(
        &self,
        request: &Request,
        _bearer: Bearer,
        tenant_id: Path<Uuid>,
        /// `next` of the page before.
        before: Query<Option<String>>,
        #[oai(validator(minimum(value = "1"), maximum(value = "100")))] limit: Query<Option<u64>>,
    ) -> poem::Result<Json<AuditEntries>> {
        let (app, operator) = operator(request).await?;
        search::tenant(app, &operator, tenant_id.0).await?;
        let before = before.0.as_deref().map(cursor).transpose()?;
        let (rows, more) = audit::list_for(app, &operator, tenant_id.0, before, bounded(limit.0)).await?;
        let next = rows.last().filter(|_| more).map(|row| row.id.to_string());
        let people = rows.iter().filter_map(|row| row.account_id).collect();
        let names = accounts::names(app, people).await?.into_iter().collect();
        let entries = rows.into_iter().map(|row| AuditEntryView::new(row, &names)).collect();
        Ok(Json(AuditEntries { entries, next }))
    }

    /// Suspend a tenant
    ///
    /// Its readers see its comments without a form, or nothing, and its members may look and not change, at once and on all nodes.
    #[oai(
        path = "/tenants/:tenant_id/suspension",
        method = "put",
        operation_id = "tenant_suspend"
    )]
    async fn tenant_suspend(
        &self,
        request: &Request,
        _bearer: Bearer,
        tenant_id: Path<Uuid>,
        body: Body<NewSuspension>,
    ) -> poem::Result<Json<TenantView>> {
        let (app, operator) = operator(request).await?;
        let NewSuspension { shows, reason } = body.0;
        suspension::suspend(app, &operator, tenant_id.0, shows.into(), &reason).await?;
        Ok(Json(search::tenant(app, &operator, tenant_id.0).await?.into()))
    }

    /// Resume a tenant
    #[oai(
        path = "/tenants/:tenant_id/suspension",
        method = "delete",
        operation_id = "tenant_resume"
    )]
    async fn tenant_resume(
        &self,
        request: &Request,
        _bearer: Bearer,
        tenant_id: Path<Uuid>,
    ) -> poem::Result<Json<TenantView>> {
        let (app, operator) = operator(request).await?;
        suspension::resume(app, &operator, tenant_id.0).await?;
        Ok(Json(search::tenant(app, &operator, tenant_id.0).await?.into()))
    }

    /// Give a tenant a plan
    ///
    /// What it has over the new quotas stays; nothing is added to it.
    #[oai(path = "/tenants/:tenant_id/plan", method = "put", operation_id = "tenant_plan")]
    async fn tenant_plan(
        &self,
        request: &Request,
        _bearer: Bearer,
        tenant_id: Path<Uuid>,
        body: Body<TenantPlan>,
    ) -> poem::Result<Json<TenantRecord>> {
        let (app, operator) = operator(request).await?;
        plans::give(app, &operator, tenant_id.0, body.0.plan_id).await?;
        Ok(Json(record(app, &operator, tenant_id.0).await?))
    }

    /// Give a tenant quotas in place of its plan's
    ///
    /// All of them at once: more than its plan, less, or no limit at all; of what is not named, the plan's holds. What it has over a new quota
    /// stays; nothing is added to it.
    #[oai(path = "/tenants/:tenant_id/quotas", method = "put", operation_id = "tenant_quotas")]
    async fn tenant_quotas(
        &self,
        request: &Request,
        _bearer: Bearer,
        tenant_id: Path<Uuid>,
        body: Body<TenantQuotas>,
    ) -> poem::Result<Json<TenantRecord>> {
        let (app, operator) = operator(request).await?;
        let given: Vec<Given> = body.0.quotas.into_iter().map(Given::from).collect();
        plans::give_own(app, &operator, tenant_id.0, &given).await?;
        Ok(Json(record(app, &operator, tenant_id.0).await?))
    }

    /// Act for a tenant
    ///
    /// For a time, in a role: the operations of members then let the operator in. The tenant's record has the beginning, the end and each
    /// change. No secret is shown to him, he gives nobody rights, and keys for programs and members are not his. Whatever he acted for
    /// before, he leaves.
    #[oai(path = "/tenants/:tenant_id/acting", method = "post", operation_id = "acting_begin")]
    async fn acting_begin(
        &self,
        request: &Request,
        _bearer: Bearer,
        tenant_id: Path<Uuid>,
        body: Body<NewActing>,
    ) -> poem::Result<Begun> {
        let (app, operator) = operator(request).await?;
        let NewActing { role, reason, minutes } = body.0;
        let minutes = minutes.unwrap_or(acting::USUAL_MINUTES);
        let (row, _) = acting::begin(app, &operator, tenant_id.0, role.into(), &reason, minutes).await?;
        Ok(Begun::Begun(Json(Acting {
            tenant_id: row.tenant_id,
            role: row.role.into(),
            reason: row.reason,
            expires_at: row.expires_at,
        })))
    }

    /// Stop acting for a tenant
    #[oai(path = "/acting", method = "delete", operation_id = "acting_end")]
    async fn acting_end(&self, request: &Request, _bearer: Bearer) -> poem::Result<Left> {
        let (app, operator) = operator(request).await?;
        acting::leave(app, &operator).await?;
        Ok(Left::Left)
    }
}

async fn record(app: &App, operator: &Operator, id: Uuid) -> Result<TenantRecord> {
    let tenant = search::tenant(app, operator, id).await?;
    let usage = plans::usage(app, id).await?;
    let members = members::list_for(app, operator, id).await?;
    Ok(TenantRecord {
        tenant: tenant.into(),
        usage: usage.uses.into_iter().map(Into::into).collect(),
        members: members
            .into_iter()
            .map(|one| MemberView {
                account_id: one.account.id,
                name: one.account.name,
                email: one.account.email,
                role: one.membership.role.into(),
            })
            .collect(),
    })
}
