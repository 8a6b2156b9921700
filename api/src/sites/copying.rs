//! Settings are taken over from another site of the tenant: some sections of them, never secrets.

use sea_orm::prelude::Uuid;
use serde_json::{Map, Value};

use super::bounds::Bounds;
use super::settings::{self, Section, Settings};
use super::{Site, Wanted, change, of_member};
use crate::app::App;
use crate::error::{Error, FieldCode, Result};
use crate::tenants::Member;

/// What is to be taken over, and from where.
#[derive(Clone, Copy)]
pub struct Wish<'a> {
    pub from: Uuid,
    pub sections: &'a [Section],
}

/// Which settings would change, with what they are and what they would be.
///
/// # Errors
/// `not_found` for either site; `invalid_input` for no sections, and for settings of the other site that the platform does not let be
/// chosen any more.
pub async fn preview(app: &App, member: &Member, site_id: Uuid, wish: Wish<'_>) -> Result<(Site, Map<String, Value>)> {
    let site = of_member(app, member, site_id).await?;
    let source = of_member(app, member, wish.from).await?;
    let bounds = Bounds::load(app.db.read()).await?;
    let differences = settings::differences(&site.chosen()?, &laid_over(&site, &source, &wish, &bounds)?)?;
    Ok((site, differences))
}

/// Takes them over. Resolves to the site as it is then, and to what has changed.
///
/// # Errors
/// Those of [`preview`].
pub async fn copy(app: &App, member: &Member, site_id: Uuid, wish: Wish<'_>) -> Result<(Site, Map<String, Value>)> {
    let (before, _) = preview(app, member, site_id, wish).await?;
    let site = change(app, member, site_id, None, Some(Wanted::Copied(wish))).await?;
    let differences = settings::differences(&before.chosen()?, &site.chosen()?)?;
    Ok((site, differences))
}

/// A site's settings with the wished ones of another laid over them.
pub(super) fn laid_over(site: &Site, source: &Site, wish: &Wish<'_>, bounds: &Bounds) -> Result<Settings> {
    if wish.sections.is_empty() {
        return Err(Error::invalid(
            "/sections",
            FieldCode::Required,
            "Choose at least one section.",
        ));
    }
    let chosen = site.chosen()?;
    let settings = chosen.with(&source.chosen()?, wish.sections)?;
    match settings.faults()? {
        faults if faults.is_empty() => {}
        faults => return Err(Error::Invalid(faults)),
    }
    bounds.allow(Some(&chosen), &settings)?;
    Ok(settings)
}
