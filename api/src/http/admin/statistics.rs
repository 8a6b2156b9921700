//! What happened on sites, as numbers, and what wants somebody's eye.

use chrono::NaiveDate;
use poem::Request;
use poem_openapi::param::{Path, Query};
use poem_openapi::payload::{Json, PlainText};
use poem_openapi::{ApiResponse, OpenApi};
use sea_orm::prelude::Uuid;

use super::views::{Overview, Statistics, StatisticsBy};
use crate::app::App;
use crate::error::Result;
use crate::http::caller;
use crate::http::document::{Bearer, Tag};
use crate::infra::csv;
use crate::sites::{self, Site};
use crate::statistics::attention;
use crate::statistics::report::{self, Figures, Range, Report, Scope};
use crate::tenants::policy::Act;
use crate::tenants::{self, Member};

pub struct Door;

#[derive(ApiResponse)]
pub enum Table {
    /// A line for each period, with a head.
    #[oai(status = 200, content_type = "text/csv; charset=utf-8")]
    Csv(PlainText<String>, #[oai(header = "Content-Disposition")] String),
}

/// From when to when, and how it is divided, as it was sent.
struct Asked {
    from: Option<NaiveDate>,
    to: Option<NaiveDate>,
    by: Option<StatisticsBy>,
}

#[OpenApi(prefix_path = "/v1/admin/tenants", tag = "Tag::Statistics")]
impl Door {
    /// What wants somebody's eye
    ///
    /// On the sites within the caller's reach, or on one of them.
    #[oai(path = "/:tenant_id/overview", method = "get", operation_id = "tenant_overview")]
    async fn tenant_overview(
        &self,
        request: &Request,
        _bearer: Bearer,
        tenant_id: Path<Uuid>,
        site_id: Query<Option<Uuid>>,
    ) -> poem::Result<Json<Overview>> {
        let app = caller::app(request)?;
        let member = caller::member(app, request, tenant_id.0, Act::Look).await?;
        Ok(Json(attention::of(app, &member, site_id.0).await?.into()))
    }

    /// A tenant's statistics
    ///
    /// Of all sites within the caller's reach together, each by the days of its own time zone. What happened a minute ago may not be
    /// counted yet.
    #[oai(path = "/:tenant_id/statistics", method = "get", operation_id = "tenant_statistics")]
    async fn tenant_statistics(
        &self,
        request: &Request,
        _bearer: Bearer,
        tenant_id: Path<Uuid>,
        /// The first day; 30 days up to `to` if it is absent.
        from: Query<Option<NaiveDate>>,
        /// The last day; today if it is absent. A report spans 400 days at most.
        to: Query<Option<NaiveDate>>,
        /// `day` if it is absent.
        by: Query<Option<StatisticsBy>>,
    ) -> poem::Result<Json<Statistics>> {
        let app = caller::app(request)?;
        let member = caller::member(app, request, tenant_id.0, Act::Look).await?;
        let asked = Asked::new(from.0, to.0, by.0);
        let report = asked.report(app, Scope::Tenant(&member)).await?;
        Ok(Json(Statistics::new(report, None)))
    }

    /// A tenant's statistics as a table
    ///
    /// The same as CSV (RFC 4180), for spreadsheets.
    #[oai(
        path = "/:tenant_id/statistics.csv",
        method = "get",
        operation_id = "tenant_statistics_csv"
    )]
    async fn tenant_statistics_csv(
        &self,
        request: &Request,
        _bearer: Bearer,
        tenant_id: Path<Uuid>,
        from: Query<Option<NaiveDate>>,
        to: Query<Option<NaiveDate>>,
        by: Query<Option<StatisticsBy>>,
    ) -> poem::Result<Table> {
        let app = caller::app(request)?;
        let member = caller::member(app, request, tenant_id.0, Act::Look).await?;
        let asked = Asked::new(from.0, to.0, by.0);
        let report = asked.report(app, Scope::Tenant(&member)).await?;
        let name = tenants::read(app, &member).await?.name;
        Ok(Table::of(&name, &report))
    }

    /// A site's statistics
    ///
    /// By the days of its time zone. What happened a minute ago may not be counted yet.
    #[oai(
        path = "/:tenant_id/sites/:site_id/statistics",
        method = "get",
        operation_id = "site_statistics"
    )]
    #[expect(clippy::too_many_arguments, reason = "one for each parameter of the operation")]
    async fn site_statistics(
        &self,
        request: &Request,
        _bearer: Bearer,
        tenant_id: Path<Uuid>,
        site_id: Path<Uuid>,
        /// The first day; 30 days up to `to` if it is absent.
        from: Query<Option<NaiveDate>>,
        /// The last day; today if it is absent. A report spans 400 days at most.
        to: Query<Option<NaiveDate>>,
        /// `day` if it is absent.
        by: Query<Option<StatisticsBy>>,
    ) -> poem::Result<Json<Statistics>> {
        let app = caller::app(request)?;
        let (_, site) = of_site(app, request, tenant_id.0, site_id.0).await?;
        let report = Asked::new(from.0, to.0, by.0).report(app, Scope::Site(&site)).await?;
        Ok(Json(Statistics::new(report, Some(site.settings().time_zone.clone()))))
    }

    /// A site's statistics as a table
    ///
    /// The same as CSV (RFC 4180), for spreadsheets.
    #[oai(
        path = "/:tenant_id/sites/:site_id/statistics.csv",
        method = "get",
        operation_id = "site_statistics_csv"
    )]
    #[expect(clippy::too_many_arguments, reason = "one for each parameter of the operation")]
    async fn site_statistics_csv(
        &self,
        request: &Request,
        _bearer: Bearer,
        tenant_id: Path<Uuid>,
        site_id: Path<Uuid>,
        from: Query<Option<NaiveDate>>,
        to: Query<Option<NaiveDate>>,
        by: Query<Option<StatisticsBy>>,
    ) -> poem::Result<Table> {
        let app = caller::app(request)?;
        let (_, site) = of_site(app, request, tenant_id.0, site_id.0).await?;
        let report = Asked::new(from.0, to.0, by.0).report(app, Scope::Site(&site)).await?;
        Ok(Table::of(&site.row().name, &report))
    }
}

async fn of_site(app: &App, request: &Request, tenant_id: Uuid, site_id: Uuid) -> Result<(Member, Site)> {
    let member = caller::member(app, request, tenant_id, Act::Look).await?;
    let site = sites::of_member(app, &member, site_id).await?;
    Ok((member, site))
}

impl Asked {
    fn new(from: Option<NaiveDate>, to: Option<NaiveDate>, by: Option<StatisticsBy>) -> Self {
        Asked { from, to, by }
    }

    async fn report(self, app: &App, scope: Scope<'_>) -> Result<Report> {
        let by = self.by.map(Into::into).unwrap_or_default();
        let range = Range::new(self.from, self.to, by, scope.today(app).await?)?;
        report::of(app, scope, range).await
    }
}

impl Table {
    fn of(name: &str, report: &Report) -> Table {
        let head = [
            "name",
            "from",
            "to",
            "comments",
            "approved",
            "spam",
            "spam_share",
            "votes",
            "reads",
            "new_commenters",
            "refused_origins",
            "failed_submits",
            "moderation_seconds",
        ];
        let mut table = csv::line(head);
        for period in &report.periods {
            let Figures {
                counts,
                moderation_seconds,
            } = period.figures;
            let share = period.figures.spam_share();
            let cells = [
                name.to_owned(),
                period.from.to_string(),
                period.to.to_string(),
                counts.comments.to_string(),
                counts.approved.to_string(),
                counts.spam.to_string(),
                share.map_or_else(String::new, |share| format!("{share:.4}")),
                counts.votes.to_string(),
                counts.reads.to_string(),
                counts.new_commenters.to_string(),
                counts.refused_origins.to_string(),
                counts.failed_submits.to_string(),
                moderation_seconds.map_or_else(String::new, |seconds| seconds.to_string()),
            ];
            table += &csv::line(cells.iter().map(String::as_str));
        }
        let file = format!(
            "attachment; filename=\"statistics-{}-{}.csv\"",
            report.range.from, report.range.to
        );
        Table::Csv(PlainText(table), file)
    }
}
