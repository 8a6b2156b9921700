//! What the platform tells its members: announcements, what may be chosen for sites, and what their plan leaves them.

use poem::Request;
use poem_openapi::OpenApi;
use poem_openapi::param::Path;
use poem_openapi::payload::Json;
use sea_orm::prelude::Uuid;

use super::views::{AnnouncementView, CurrentAnnouncements, SettingBound, SettingBounds, UsageView};
use crate::http::caller;
use crate::http::document::{Bearer, Tag};
use crate::operators::announcements;
use crate::sites::bounds::Bounds;
use crate::tenants::plans;
use crate::tenants::policy::Act;

pub struct Door;

#[OpenApi(prefix_path = "/v1/admin", tag = "Tag::Tenants")]
impl Door {
    /// What do the operators say?
    ///
    /// The announcements of this moment, the latest first; a handful at most.
    #[oai(path = "/announcements", method = "get", operation_id = "announcement_current")]
    async fn announcement_current(
        &self,
        request: &Request,
        _bearer: Bearer,
    ) -> poem::Result<Json<CurrentAnnouncements>> {
        let app = caller::app(request)?;
        let caller = caller::signed_in(app, request).await?;
        let announcements = announcements::current(app, &caller).await?;
        Ok(Json(CurrentAnnouncements {
            announcements: announcements.into_iter().map(AnnouncementView::from).collect(),
        }))
    }

    /// What may be chosen for sites here?
    ///
    /// The settings that operators have bounded more narrowly than the document says, or given another default for new sites. What a site has
    /// beyond a bound stays until that setting is changed.
    #[oai(path = "/bounds", method = "get", operation_id = "bound_current")]
    async fn bound_current(&self, request: &Request, _bearer: Bearer) -> poem::Result<Json<SettingBounds>> {
        let app = caller::app(request)?;
        caller::signed_in(app, request).await?;
        let bounds = Bounds::load(app.db.read()).await?;
        let all = bounds.in_force()?.into_iter();
        let bounded = all.filter(|one| bounds.chosen(one.definition.name).is_some());
        Ok(Json(SettingBounds {
            bounds: bounded.map(SettingBound::from).collect(),
        }))
    }

    /// Read what a tenant has used of its plan
    ///
    /// What goes beyond a quota is refused: `quota_exceeded` for sites and members; readers hear `site_read_only`.
    #[oai(path = "/tenants/:tenant_id/usage", method = "get", operation_id = "usage_read")]
    async fn usage_read(
        &self,
        request: &Request,
        _bearer: Bearer,
        tenant_id: Path<Uuid>,
    ) -> poem::Result<Json<UsageView>> {
        let app = caller::app(request)?;
        let member = caller::member(app, request, tenant_id.0, Act::Look).await?;
        Ok(Json(plans::usage(app, member.tenant_id()).await?.into()))
    }
}
