//! The queue of jobs.

use poem::Request;
use poem_openapi::param::{Path, Query};
use poem_openapi::payload::Json;
use poem_openapi::{ApiResponse, OpenApi};
use sea_orm::prelude::Uuid;

use super::views::{JobStandingView, JobTallies, JobView, Jobs, TallyView};
use super::{bounded, cursor, operator};
use crate::http::document::{Bearer, Tag};
use crate::infra::queue;

pub struct Door;

#[derive(ApiResponse)]
pub enum Done {
    /// Done.
    #[oai(status = 204)]
    Done,
}

#[OpenApi(prefix_path = "/v1/operator/jobs", tag = "Tag::Operator")]
impl Door {
    /// How much is there to do?
    ///
    /// Jobs by kind and standing, with the time of the oldest.
    #[oai(path = "/tallies", method = "get", operation_id = "job_tallies")]
    async fn job_tallies(&self, request: &Request, _bearer: Bearer) -> poem::Result<Json<JobTallies>> {
        let (app, _) = operator(request).await?;
        let tallies = queue::tallies(&app.db, app.clock.now()).await?;
        Ok(Json(JobTallies {
            tallies: tallies.into_iter().map(TallyView::from).collect(),
        }))
    }

    /// List jobs
    ///
    /// The oldest first.
    #[oai(path = "/", method = "get", operation_id = "job_list")]
    async fn job_list(
        &self,
        request: &Request,
        _bearer: Bearer,
        standing: Query<Option<JobStandingView>>,
        /// Only jobs of this kind.
        kind: Query<Option<String>>,
        /// `next` of the page before.
        after: Query<Option<String>>,
        #[oai(validator(minimum(value = "1"), maximum(value = "100")))] limit: Query<Option<u64>>,
    ) -> poem::Result<Json<Jobs>> {
        let (app, _) = operator(request).await?;
        let after = after.0.as_deref().map(cursor).transpose()?;
        let (standing, kind) = (standing.0.map(Into::into), kind.0.as_deref());
        let now = app.clock.now();
        let (rows, more) = queue::list(&app.db, standing, kind, after, bounded(limit.0), now).await?;
        let next = rows.last().filter(|_| more).map(|row| row.id.to_string());
        Ok(Json(Jobs {
            jobs: rows.into_iter().map(|row| JobView::new(row, now)).collect(),
            next,
        }))
    }

    /// Try a job again
    ///
    /// One that was given up: it has all of its tries again.
    #[oai(path = "/:job_id/retry", method = "post", operation_id = "job_retry")]
    async fn job_retry(&self, request: &Request, _bearer: Bearer, job_id: Path<Uuid>) -> poem::Result<Done> {
        let (app, operator) = operator(request).await?;
        queue::retry(&app.db, job_id.0, app.clock.now()).await?;
        operator.log("job_retried", job_id.0);
        Ok(Done::Done)
    }

    /// Drop a job
    ///
    /// One that was given up, for good and undone.
    #[oai(path = "/:job_id", method = "delete", operation_id = "job_drop")]
    async fn job_drop(&self, request: &Request, _bearer: Bearer, job_id: Path<Uuid>) -> poem::Result<Done> {
        let (app, operator) = operator(request).await?;
        queue::drop_failed(&app.db, job_id.0).await?;
        operator.log("job_dropped", job_id.0);
        Ok(Done::Done)
    }
}
