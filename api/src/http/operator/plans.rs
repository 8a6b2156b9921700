//! Plans: what tenants may have.

use poem::Request;
use poem_openapi::param::Path;
use poem_openapi::payload::Json;
use poem_openapi::{ApiResponse, OpenApi};
use sea_orm::prelude::Uuid;

use super::operator;
use super::views::{NewPlan, PlanView, Plans};
use crate::http::body::Body;
use crate::http::document::{Bearer, Tag};
use crate::tenants::plans;

pub struct Door;

#[derive(ApiResponse)]
pub enum PlanMade {
    /// Made.
    #[oai(status = 201)]
    Made(Json<PlanView>),
}

#[derive(ApiResponse)]
pub enum PlanGone {
    /// Tenants that had it have the default one.
    #[oai(status = 204)]
    Gone,
}

#[OpenApi(prefix_path = "/v1/operator/plans", tag = "Tag::Operator")]
impl Door {
    /// List plans
    ///
    /// By name; 100 at most. Without any, tenants have no quotas.
    #[oai(path = "/", method = "get", operation_id = "plan_list")]
    async fn plan_list(&self, request: &Request, _bearer: Bearer) -> poem::Result<Json<Plans>> {
        let (app, operator) = operator(request).await?;
        let plans = plans::list(app, &operator).await?;
        Ok(Json(Plans {
            plans: plans.into_iter().map(PlanView::from).collect(),
        }))
    }

    /// Make a plan
    #[oai(path = "/", method = "post", operation_id = "plan_create")]
    async fn plan_create(&self, request: &Request, _bearer: Bearer, body: Body<NewPlan>) -> poem::Result<PlanMade> {
        let (app, operator) = operator(request).await?;
        Ok(PlanMade::Made(Json(
            plans::create(app, &operator, &body.0.into()).await?.into(),
        )))
    }

    /// Change a plan
    ///
    /// As a whole, for every tenant that has it. What is over a new quota stays, and nothing is added to it.
    #[oai(path = "/:plan_id", method = "put", operation_id = "plan_update")]
    async fn plan_update(
        &self,
        request: &Request,
        _bearer: Bearer,
        plan_id: Path<Uuid>,
        body: Body<NewPlan>,
    ) -> poem::Result<Json<PlanView>> {
        let (app, operator) = operator(request).await?;
        Ok(Json(
            plans::change(app, &operator, plan_id.0, &body.0.into()).await?.into(),
        ))
    }

    /// Take a plan away
    #[oai(path = "/:plan_id", method = "delete", operation_id = "plan_delete")]
    async fn plan_delete(&self, request: &Request, _bearer: Bearer, plan_id: Path<Uuid>) -> poem::Result<PlanGone> {
        let (app, operator) = operator(request).await?;
        plans::delete(app, &operator, plan_id.0).await?;
        Ok(PlanGone::Gone)
    }
}
