//! What operators tell all members.

use poem::Request;
use poem_openapi::param::{Path, Query};
use poem_openapi::payload::Json;
use poem_openapi::{ApiResponse, OpenApi};
use sea_orm::prelude::Uuid;

use super::views::{AnnouncementView, Announcements, NewAnnouncement};
use super::{bounded, cursor, operator};
use crate::accounts;
use crate::app::App;
use crate::error::Result;
use crate::http::body::Body;
use crate::http::document::{Bearer, Tag};
use crate::operators::announcements;
use ::entity::announcement;

pub struct Door;

#[derive(ApiResponse)]
pub enum AnnouncementMade {
    /// Shown from its time on.
    #[oai(status = 201)]
    Made(Json<AnnouncementView>),
}

#[derive(ApiResponse)]
pub enum AnnouncementEnded {
    /// Shown no more.
    #[oai(status = 204)]
    Ended,
}

#[OpenApi(prefix_path = "/v1/operator/announcements", tag = "Tag::Operator")]
impl Door {
    /// List announcements
    ///
    /// The latest first, those that are over among them.
    #[oai(path = "/", method = "get", operation_id = "announcement_list")]
    async fn announcement_list(
        &self,
        request: &Request,
        _bearer: Bearer,
        /// `next` of the page before.
        before: Query<Option<String>>,
        #[oai(validator(minimum(value = "1"), maximum(value = "100")))] limit: Query<Option<u64>>,
    ) -> poem::Result<Json<Announcements>> {
        let (app, operator) = operator(request).await?;
        let before = before.0.as_deref().map(cursor).transpose()?;
        let (rows, more) = announcements::list(app, &operator, before, bounded(limit.0)).await?;
        let next = rows.last().filter(|_| more).map(|row| row.id.to_string());
        Ok(Json(Announcements {
            announcements: views(app, rows).await?,
            next,
        }))
    }

    /// Tell all members something
    #[oai(path = "/", method = "post", operation_id = "announcement_create")]
    async fn announcement_create(
        &self,
        request: &Request,
        _bearer: Bearer,
        body: Body<NewAnnouncement>,
    ) -> poem::Result<AnnouncementMade> {
        let (app, operator) = operator(request).await?;
        let row = announcements::create(app, &operator, body.0.into()).await?;
        Ok(AnnouncementMade::Made(Json(view(app, row).await?)))
    }

    /// Change an announcement
    #[oai(path = "/:announcement_id", method = "put", operation_id = "announcement_update")]
    async fn announcement_update(
        &self,
        request: &Request,
        _bearer: Bearer,
        announcement_id: Path<Uuid>,
        body: Body<NewAnnouncement>,
    ) -> poem::Result<Json<AnnouncementView>> {
        let (app, operator) = operator(request).await?;
        let row = announcements::change(app, &operator, announcement_id.0, body.0.into()).await?;
        Ok(Json(view(app, row).await?))
    }

    /// End an announcement
    ///
    /// One that is not shown yet, or not any more, is taken away.
    #[oai(path = "/:announcement_id", method = "delete", operation_id = "announcement_delete")]
    async fn announcement_delete(
        &self,
        request: &Request,
        _bearer: Bearer,
        announcement_id: Path<Uuid>,
    ) -> poem::Result<AnnouncementEnded> {
        let (app, operator) = operator(request).await?;
        announcements::end(app, &operator, announcement_id.0).await?;
        Ok(AnnouncementEnded::Ended)
    }
}

async fn view(app: &App, row: announcement::Model) -> Result<AnnouncementView> {
    let names = accounts::names(app, row.created_by.into_iter().collect()).await?;
    Ok(AnnouncementView::new(row, &names.into_iter().collect()))
}

async fn views(app: &App, rows: Vec<announcement::Model>) -> Result<Vec<AnnouncementView>> {
    let people = rows.iter().filter_map(|row| row.created_by).collect();
    let names = accounts::names(app, people).await?.into_iter().collect();
    Ok(rows.into_iter().map(|row| AnnouncementView::new(row, &names)).collect())
}
