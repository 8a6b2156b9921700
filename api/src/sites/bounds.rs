//! What operators let be chosen for sites: for each setting a default that new sites get, and bounds within those of its table
//! ([`settings::DEFINITIONS`]).
//!
//! A bound holds for what is chosen from now on: what a site has already stays until its owner changes that very setting. So nothing
//! of a site changes behind its owner's back, and an operator can be strict without looking at ten thousand sites first.

use std::collections::BTreeMap;

use ::entity::setting_bound;
use chrono::{DateTime, Utc};
use sea_orm::prelude::Uuid;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ConnectionTrait, EntityTrait, QuerySelect, Set};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::settings::{self, DEFINITIONS, Definition, Kind, Settings};
use crate::app::App;
use crate::error::{Error, Fault, FieldCode, Result};
use crate::infra::db;
use crate::operators::Operator;

/// What an operator lets be chosen for one setting; what is absent is as in the table. Stored as JSON.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Bound {
    /// What new sites get.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default: Option<Value>,
    /// Of a number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min: Option<u32>,
    /// Of a number; of a text, its characters; of a list, its entries.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max: Option<u32>,
    /// Of those that the table has.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub choices: Option<Vec<String>>,
    /// Owners have no say: it is what new sites get.
    pub fixed: bool,
}

/// A bound as an operator wrote it, and who wrote it when.
#[derive(Clone, Debug)]
pub struct Chosen {
    pub bound: Bound,
    pub changed_by: Option<Uuid>,
    pub changed_at: DateTime<Utc>,
}

/// What may be chosen for a setting now: the table, as far as the operator's bound lets it.
#[derive(Clone, Debug)]
pub struct InForce {
    pub definition: &'static Definition,
    pub default: Value,
    pub kind: Kind,
    /// Where the kind is a choice.
    pub choices: Option<Vec<String>>,
    pub fixed: bool,
}

/// The bounds of all settings that operators have bounded.
#[derive(Clone, Debug, Default)]
pub struct Bounds(BTreeMap<&'static str, Chosen>);

impl Bound {
    /// What holds of a setting under this bound.
    fn in_force(&self, definition: &'static Definition) -> Result<InForce> {
        let kind = self.narrowed(definition.kind);
        let default = match (&self.default, kind) {
            (Some(chosen), _) => chosen.clone(),
            // A ceiling alone is enough said about numbers.
            (None, Kind::Number(least, most)) => {
                let own = definition.default()?.as_u64().unwrap_or_default();
                json!(own.min(most.into()).max(least.into()))
            }
            (None, _) => definition.default()?,
        };
        let offered = |all: &[&str]| {
            let kept = |choice: &&&str| match &self.choices {
                Some(choices) => choices.iter().any(|one| one == *choice),
                None => true,
            };
            all.iter().filter(kept).map(ToString::to_string).collect::<Vec<_>>()
        };
        Ok(InForce {
            definition,
            default,
            kind,
            choices: match definition.kind {
                Kind::Choice(all) => Some(offered(all)),
                _ => None,
            },
            fixed: self.fixed,
        })
    }

    /// Never wider than the table, which another version may have changed.
    fn narrowed(&self, kind: Kind) -> Kind {
        let entries = |most: usize| {
            self.max
                .map_or(most, |max| most.min(usize::try_from(max).unwrap_or(usize::MAX)))
        };
        match kind {
            Kind::Number(least, most) => {
                let most = self.max.map_or(most, |max| max.clamp(least, most));
                Kind::Number(self.min.map_or(least, |min| min.clamp(least, most)), most)
            }
            Kind::Text(longest) => Kind::Text(entries(longest)),
            Kind::List(most, entry) => Kind::List(entries(most), entry),
            Kind::Switch | Kind::Choice(_) | Kind::Zone | Kind::Email => kind,
        }
    }

    /// What of this does not go with the kind of the setting, or is wider than its table.
    fn shape(&self, definition: &Definition) -> Vec<Fault> {
        let mut faults = Vec::new();
        let name = definition.name;
        let mut must = |pointer: &str, code, what: String| faults.push(Fault::new(pointer, code, what));
        let (least, most) = match definition.kind {
            Kind::Number(least, most) => (Some(least), Some(most)),
            Kind::Text(most) | Kind::List(most, _) => (None, u32::try_from(most).ok()),
            Kind::Switch | Kind::Choice(_) | Kind::Zone | Kind::Email => (None, None),
        };
        for (pointer, bound, is_bounded) in [("/min", self.min, least.is_some()), ("/max", self.max, most.is_some())] {
            let (least, most) = (least.unwrap_or(0), most.unwrap_or(0));
            match bound {
                Some(_) if !is_bounded => must(pointer, FieldCode::Invalid, format!("{name} has no such bound.")),
                Some(bound) if !(least..=most).contains(&bound) => {
                    let what = format!("A bound of {name} is a whole number from {least} to {most}.");
                    must(pointer, FieldCode::OutOfRange, what);
                }
                _ => {}
            }
        }
        if let (Some(min), Some(max)) = (self.min, self.max)
            && min > max
        {
            must("/min", FieldCode::OutOfRange, "min must not be above max.".to_owned());
        }
        match (&self.choices, definition.kind) {
            (None, _) => {}
            (Some(chosen), Kind::Choice(_)) if chosen.is_empty() => {
                must("/choices", FieldCode::Required, "Leave at least one choice.".to_owned());
            }
            (Some(chosen), Kind::Choice(all)) => {
                for (place, choice) in chosen.iter().enumerate() {
                    if !all.contains(&choice.as_str()) || chosen[..place].contains(choice) {
                        let what = format!("{name} is one of {}, each named once.", all.join(", "));
                        must(&format!("/choices/{place}"), FieldCode::Invalid, what);
                    }
                }
            }
            (Some(_), _) => must("/choices", FieldCode::Invalid, format!("{name} has no choices.")),
        }
        if definition.secret && (self.default.is_some() || self.fixed) {
            let pointer = if self.fixed { "/fixed" } else { "/default" };
            must(pointer, FieldCode::Invalid, format!("{name} is a secret of each site."));
        }
        faults
    }

    /// What is wrong with the default that new sites would get.
    fn default_faults(&self, definition: &'static Definition) -> Result<Vec<Fault>> {
        if let Some(default) = &self.default {
            let mut values = settings::values(&Settings::default())?;
            values.insert(definition.name.to_owned(), default.clone());
            if serde_json::from_value::<Settings>(Value::Object(values)).is_err() {
                let what = format!("{} must be {}.", definition.name, definition.kind);
                return Ok(vec![Fault::new("/default", FieldCode::WrongType, what)]);
            }
        }
        let in_force = self.in_force(definition)?;
        Ok(in_force.faults_of(&in_force.default, "/default"))
    }
}

impl InForce {
    /// What the platform has against a value of the right type.
    fn faults_of(&self, value: &Value, pointer: &str) -> Vec<Fault> {
        let name = self.definition.name;
        let must = format!("On this platform {name} must be");
        let faults = self.kind.faults(value, pointer, &must);
        let offered = self.choices.as_ref().is_none_or(|choices| {
            let choice = value.as_str();
            choices.iter().any(|one| Some(one.as_str()) == choice)
        });
        if faults.is_empty() && !offered {
            let what = format!(
                "{must} one of {}.",
                self.choices.iter().flatten().cloned().collect::<Vec<_>>().join(", ")
            );
            return vec![Fault::new(pointer, FieldCode::Invalid, what)];
        }
        if faults.is_empty() && self.fixed && *value != self.default {
            let what = format!("On this platform {name} is {}, and sites have no say.", self.default);
            return vec![Fault::new(pointer, FieldCode::Invalid, what)];
        }
        faults
    }
}

impl Bounds {
    /// As they are now.
    #[expect(clippy::disallowed_methods, reason = "bounds belong to the platform")]
    pub async fn load(db: &impl ConnectionTrait) -> Result<Bounds> {
        Bounds::of(setting_bound::Entity::find().all(db).await?)
    }

    fn of(rows: Vec<setting_bound::Model>) -> Result<Bounds> {
        let mut all = BTreeMap::new();
        for row in rows {
            // A setting that this version does not have is another version's.
            if let Some(definition) = Definition::of(&row.setting) {
                let chosen = Chosen {
                    bound: serde_json::from_value(row.bound).map_err(Error::internal)?,
                    changed_by: row.changed_by,
                    changed_at: row.changed_at,
                };
                all.insert(definition.name, chosen);
            }
        }
        Ok(Bounds(all))
    }

    /// What an operator chose for a setting, if anything.
    pub fn chosen(&self, setting: &str) -> Option<&Chosen> {
        self.0.get(setting)
    }

    /// Every setting, in the order in which people are shown them.
    pub fn in_force(&self) -> Result<Vec<InForce>> {
        let none = Bound::default();
        let bound = |definition: &Definition| self.chosen(definition.name).map_or(&none, |chosen| &chosen.bound);
        DEFINITIONS
            .iter()
            .map(|definition| bound(definition).in_force(definition))
            .collect()
    }

    /// What a new site has before its owner chooses.
    pub fn defaults(&self) -> Result<Settings> {
        let mut values = settings::values(&Settings::default())?;
        for (name, chosen) in &self.0 {
            if let Some(definition) = Definition::of(name) {
                values.insert((*name).to_owned(), chosen.bound.in_force(definition)?.default);
            }
        }
        serde_json::from_value(Value::Object(values)).map_err(Error::internal)
    }

    /// Whether the platform lets these be chosen: all of them, or, over what a site has, those that differ.
    ///
    /// # Errors
    /// `invalid_input` with a pointer below `/settings` for each that it does not.
    pub fn allow(&self, before: Option<&Settings>, after: &Settings) -> Result<()> {
        let before = before.map(settings::values).transpose()?;
        let after = settings::values(after)?;
        let mut faults = Vec::new();
        for (name, chosen) in &self.0 {
            let (Some(definition), Some(value)) = (Definition::of(name), after.get(*name)) else {
                continue;
            };
            if before.as_ref().is_some_and(|before| before.get(*name) == Some(value)) {
                continue;
            }
            let in_force = chosen.bound.in_force(definition)?;
            faults.extend(in_force.faults_of(value, &format!("/settings/{name}")));
        }
        match faults.is_empty() {
            true => Ok(()),
            false => Err(Error::Invalid(faults)),
        }
    }

    /// These, if the bound can take its place among them.
    fn with(&self, definition: &'static Definition, chosen: Chosen) -> Result<Bounds> {
        let mut faults = chosen.bound.shape(definition);
        if faults.is_empty() {
            faults = chosen.bound.default_faults(definition)?;
        }
        let mut all = self.clone();
        all.0.insert(definition.name, chosen);
        if faults.is_empty() {
            // Defaults that do not go together: the shortest text above the longest.
            let together = all.defaults()?.faults()?;
            faults = together
                .into_iter()
                .map(|fault| {
                    Fault::new(
                        "/default",
                        fault.code,
                        format!("New sites would be impossible: {}", fault.detail),
                    )
                })
                .collect();
        }
        match faults.is_empty() {
            true => Ok(all),
            false => Err(Error::Invalid(faults)),
        }
    }
}

/// The settings that a new site has, with the members of a JSON object laid over them.
///
/// # Errors
/// `invalid_input` with a pointer for each member that is out of bounds, be they the table's or the platform's.
pub async fn for_new_site(app: &App, changes: Option<&Value>) -> Result<Settings> {
    let bounds = Bounds::load(app.db.read()).await?;
    let defaults = bounds.defaults()?;
    let settings = match changes {
        Some(changes) => super::changed(&defaults, changes)?,
        None => defaults,
    };
    bounds.allow(None, &settings)?;
    Ok(settings)
}

/// Bounds a setting, for what is chosen from now on; with a bound that says nothing it is as in the table again.
///
/// # Errors
/// `not_found`; `invalid_input`.
#[expect(clippy::disallowed_methods, reason = "bounds belong to the platform")]
pub async fn change(app: &App, operator: &Operator, setting: &str, bound: Bound) -> Result<Bounds> {
    let definition = Definition::of(setting).ok_or_else(|| Error::not_found("setting"))?;
    db::retry(async || {
        let tx = app.db.begin().await?;
        // Held, so that of two operators at once the second is measured by what the first one did.
        let rows = setting_bound::Entity::find().lock_exclusive().all(&*tx).await?;
        let before = Bounds::of(rows)?;
        let chosen = Chosen {
            bound: bound.clone(),
            changed_by: Some(operator.account_id()),
            changed_at: app.clock.now(),
        };
        let row = setting_bound::ActiveModel {
            setting: Set(definition.name.to_owned()),
            bound: Set(serde_json::to_value(&bound).map_err(Error::internal)?),
            changed_by: Set(chosen.changed_by),
            changed_at: Set(chosen.changed_at),
        };
        let mut after = before.with(definition, chosen)?;
        if bound == Bound::default() {
            after.0.remove(definition.name);
            setting_bound::Entity::delete_by_id(definition.name).exec(&*tx).await?;
        } else {
            let over = OnConflict::column(setting_bound::Column::Setting)
                .update_columns([
                    setting_bound::Column::Bound,
                    setting_bound::Column::ChangedBy,
                    setting_bound::Column::ChangedAt,
                ])
                .to_owned();
            setting_bound::Entity::insert(row)
                .on_conflict(over)
                .exec_without_returning(&*tx)
                .await?;
        }
        tx.commit().await?;
        operator.log_setting("bound_changed", definition.name);
        Ok(after)
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bounds(all: &[(&str, Bound)]) -> Bounds {
        all.iter().fold(Bounds::default(), |bounds, (name, bound)| {
            bounds.with(Definition::of(name).unwrap(), chosen(bound)).unwrap()
        })
    }

    fn chosen(bound: &Bound) -> Chosen {
        Chosen {
            bound: bound.clone(),
            changed_by: None,
            changed_at: DateTime::UNIX_EPOCH,
        }
    }

    fn pointers(outcome: Result<impl std::fmt::Debug>) -> Vec<(String, FieldCode)> {
        let Err(Error::Invalid(faults)) = outcome else {
            panic!("{outcome:?}")
        };
        faults.into_iter().map(|fault| (fault.pointer, fault.code)).collect()
    }

    fn wrong(name: &str, bound: &Bound) -> Vec<(String, FieldCode)> {
        pointers(Bounds::default().with(Definition::of(name).unwrap(), chosen(bound)))
    }

    fn at(pointer: &str, code: FieldCode) -> Vec<(String, FieldCode)> {
        vec![(pointer.to_owned(), code)]
    }

    fn ceiling(max: u32) -> Bound {
        Bound {
            max: Some(max),
            ..Bound::default()
        }
    }

    fn fixed(default: Value) -> Bound {
        Bound {
            default: Some(default),
            fixed: true,
            ..Bound::default()
        }
    }

    fn only(choices: &[&str], default: Option<&str>) -> Bound {
        Bound {
            choices: Some(choices.iter().map(ToString::to_string).collect()),
            default: default.map(|default| json!(default)),
            ..Bound::default()
        }
    }

    #[test]
    fn without_bounds_new_sites_have_what_the_table_says() {
        assert_eq!(Bounds::default().defaults().unwrap(), Settings::default());
        let all = Bounds::default().in_force().unwrap();
        assert_eq!(all.len(), DEFINITIONS.len());
        assert!(all.iter().all(|one| one.kind == one.definition.kind && !one.fixed));
    }

    #[test]
    fn a_ceiling_takes_the_default_of_a_number_along() {
        let low = bounds(&[("max_text_length", ceiling(4000)), ("edit_minutes", ceiling(60))]);
        let defaults = low.defaults().unwrap();
        assert_eq!((defaults.max_text_length, defaults.edit_minutes), (4000, 15));
    }

    #[test]
    fn what_is_chosen_anew_is_measured_and_what_was_there_stays() {
        let low = bounds(&[("max_text_length", ceiling(4000)), ("images", fixed(json!(false)))]);
        let before = Settings {
            images: true,
            ..Settings::default()
        };
        let renamed = Settings {
            notice: "Be kind.".to_owned(),
            ..before.clone()
        };
        assert!(
            low.allow(Some(&before), &renamed).is_ok(),
            "10,000 characters and images stay"
        );
        let lower = Settings {
            max_text_length: 4000,
            images: false,
            ..before.clone()
        };
        assert!(low.allow(Some(&before), &lower).is_ok());
        let other = Settings {
            max_text_length: 9000,
            ..before.clone()
        };
        let too_long = at("/settings/max_text_length", FieldCode::OutOfRange);
        assert_eq!(pointers(low.allow(Some(&before), &other)), too_long);
        assert_eq!(
            pointers(low.allow(Some(&lower), &before)).len(),
            2,
            "there is no way back"
        );
        assert_eq!(pointers(low.allow(None, &before)).len(), 2, "nor for new sites");
    }

    #[test]
    fn a_refusal_says_that_it_is_the_platforms() {
        let low = bounds(&[
            ("max_text_length", ceiling(4000)),
            ("moderation", only(&["all", "links"], None)),
        ]);
        let wish = Settings {
            moderation: settings::Moderation::None,
            ..Settings::default()
        };
        let sentence = low.allow(None, &wish).unwrap_err().to_string();
        assert_eq!(
            sentence,
            "On this platform max_text_length must be a whole number from 100 to 4000. \
             On this platform moderation must be one of links, all."
        );
    }

    #[test]
    fn each_kind_has_bounds_of_its_own() {
        use FieldCode::{Invalid, OutOfRange, Required, TooMany, WrongType};
        let floor = |min| Bound {
            min: Some(min),
            ..Bound::default()
        };
        let default = |value: Value| Bound {
            default: Some(value),
            ..Bound::default()
        };
        for (name, bound, pointer, code) in [
            ("images", ceiling(1), "/max", Invalid),
            ("notice", floor(1), "/min", Invalid),
            ("max_text_length", ceiling(20_000), "/max", OutOfRange),
            ("max_text_length", ceiling(99), "/max", OutOfRange),
            ("reactions", ceiling(7), "/max", OutOfRange),
            ("votes", only(&[], None), "/choices", Required),
            ("votes", only(&["sometimes"], None), "/choices/0", Invalid),
            ("votes", only(&["none", "none"], Some("none")), "/choices/1", Invalid),
            // Both is what new sites would get.
            ("votes", only(&["none"], None), "/default", Invalid),
            ("images", only(&["true"], None), "/choices", Invalid),
            ("images", default(json!("yes")), "/default", WrongType),
            ("time_zone", default(json!("Mars/Olympus")), "/default", Invalid),
            ("edit_minutes", default(json!(600_000)), "/default", OutOfRange),
            (
                "reactions",
                Bound {
                    max: Some(1),
                    ..default(json!(["👍", "🎉"]))
                },
                "/default",
                TooMany,
            ),
            ("hash_salt", fixed(json!("pepper")), "/fixed", Invalid),
            ("hash_salt", default(json!("pepper")), "/default", Invalid),
            // No site could have a shortest text above the longest.
            (
                "max_text_length",
                Bound {
                    max: Some(100),
                    ..Bound::default()
                },
                "",
                OutOfRange,
            ),
        ] {
            if pointer.is_empty() {
                let long = bounds(&[("min_text_length", floor(200))]);
                let definition = Definition::of(name).unwrap();
                assert_eq!(pointers(long.with(definition, chosen(&bound))), at("/default", code));
            } else {
                assert_eq!(wrong(name, &bound), at(pointer, code), "{name} {pointer}");
            }
        }
        let crossed = Bound {
            min: Some(60),
            ..ceiling(30)
        };
        assert_eq!(wrong("edit_minutes", &crossed), at("/min", OutOfRange));
    }

    #[test]
    fn a_bound_that_is_wider_than_the_table_of_today_is_cut_to_it() {
        let of_yesterday = Bound {
            min: Some(5),
            ..ceiling(90_000)
        };
        let definition = Definition::of("max_text_length").unwrap();
        let in_force = of_yesterday.in_force(definition).unwrap();
        assert_eq!(in_force.kind, Kind::Number(100, 16_384));
    }
}
