//! What operators let be chosen for sites.

use poem::Request;
use poem_openapi::OpenApi;
use poem_openapi::param::Path;
use poem_openapi::payload::Json;

use super::operator;
use super::views::{BoundView, NewBound, SettingBounds};
use crate::accounts;
use crate::app::App;
use crate::error::Result;
use crate::http::body::Body;
use crate::http::document::{Bearer, Tag};
use crate::sites::bounds::{self, Bounds};

pub struct Door;

#[OpenApi(prefix_path = "/v1/operator/bounds", tag = "Tag::Operator")]
impl Door {
    /// List what may be chosen for sites
    ///
    /// Every setting, with what new sites get, within which bounds owners choose, and what operators have said about it.
    #[oai(path = "/", method = "get", operation_id = "bound_list")]
    async fn bound_list(&self, request: &Request, _bearer: Bearer) -> poem::Result<Json<SettingBounds>> {
        let (app, _) = operator(request).await?;
        let bounds = Bounds::load(app.db.read()).await?;
        Ok(Json(views(app, &bounds).await?))
    }

    /// Bound a setting
    ///
    /// As a whole: what is absent is as in the table of settings, and an empty object leaves all of it to that. It holds for what is chosen
    /// from now on, by whatever way; what a site has already stays until its owner changes that setting.
    #[oai(path = "/:setting", method = "put", operation_id = "bound_update")]
    async fn bound_update(
        &self,
        request: &Request,
        _bearer: Bearer,
        /// The setting's name.
        setting: Path<String>,
        body: Body<NewBound>,
    ) -> poem::Result<Json<SettingBounds>> {
        let (app, operator) = operator(request).await?;
        let bounds = bounds::change(app, &operator, &setting.0, body.0.into()).await?;
        Ok(Json(views(app, &bounds).await?))
    }
}

async fn views(app: &App, bounds: &Bounds) -> Result<SettingBounds> {
    let all = bounds.in_force()?;
    let of = |name: &str| bounds.chosen(name);
    let people = all
        .iter()
        .filter_map(|one| of(one.definition.name)?.changed_by)
        .collect();
    let names = accounts::names(app, people).await?.into_iter().collect();
    let views = all.into_iter().map(|one| {
        let chosen = of(one.definition.name);
        BoundView::new(one, chosen, &names)
    });
    Ok(SettingBounds {
        bounds: views.collect(),
    })
}
