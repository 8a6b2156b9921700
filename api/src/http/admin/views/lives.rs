//! Sites and tenants as they come and go.

use ::entity::site_key;
use chrono::{DateTime, Utc};
use poem_openapi::types::{Any, Example};
use poem_openapi::{Enum, Object};
use sea_orm::prelude::Uuid;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::{SettingSection, SiteView};
use crate::sites::settings::Definition;
use crate::sites::standing::Standing;

/// `open`; `archived`: only shown; `deleted`: gone for readers, and erased when its days are over.
#[derive(Clone, Copy, Debug, Enum)]
#[oai(rename = "SiteStanding", rename_all = "snake_case")]
pub enum StandingView {
    Open,
    Archived,
    Deleted,
}

impl From<StandingView> for Standing {
    fn from(standing: StandingView) -> Self {
        match standing {
            StandingView::Open => Standing::Open,
            StandingView::Archived => Standing::Archived,
            StandingView::Deleted => Standing::Deleted,
        }
    }
}

/// A key that the site had before, which still works.
#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
pub struct FormerKey {
    pub id: Uuid,
    pub key: String,
    /// When another took its place.
    pub changed_at: DateTime<Utc>,
    /// From then on it is nobody's.
    pub ends_at: DateTime<Utc>,
    /// When a page, or a program, asked by it last since it was changed, to some seconds.
    pub last_seen_at: Option<DateTime<Utc>>,
    /// The origin of the last page that did.
    pub last_origin: Option<String>,
}

impl From<site_key::Model> for FormerKey {
    fn from(row: site_key::Model) -> Self {
        FormerKey {
            id: row.id,
            key: row.key,
            changed_at: row.created_at,
            ends_at: row.ends_at,
            last_seen_at: row.last_seen_at,
            last_origin: row.last_origin,
        }
    }
}

#[derive(Debug, Object, Deserialize)]
#[serde(deny_unknown_fields)]
#[oai(example)]
pub struct KeyRotation {
    /// Until when the key of today still works: up to 365 days from now, 30 if it is absent.
    pub ends_at: Option<DateTime<Utc>>,
}

impl Example for KeyRotation {
    fn example() -> Self {
        KeyRotation { ends_at: None }
    }
}

#[derive(Debug, Object, Deserialize)]
#[serde(deny_unknown_fields)]
#[oai(example)]
pub struct SettingsCopy {
    /// The site of the same tenant whose settings are taken over.
    pub from: Uuid,
    pub sections: Vec<SettingSection>,
    /// Only say what would change.
    #[serde(default)]
    #[oai(default)]
    pub preview: bool,
}

impl Example for SettingsCopy {
    fn example() -> Self {
        SettingsCopy {
            from: Uuid::from_u128(0x0193_5f8e_7c4a_7b1e_9d2f_1a2b_3c4d_5e6f),
            sections: vec![SettingSection("moderation".into()), SettingSection("writing".into())],
            preview: true,
        }
    }
}

/// What a copy of settings changes; with `preview`, what it would change.
#[derive(Debug, Object)]
pub struct CopiedSettings {
    /// Nothing was done.
    pub preview: bool,
    pub differences: Vec<SettingDifference>,
    /// The site as it is now.
    pub site: SiteView,
}

#[derive(Debug, Object)]
pub struct SettingDifference {
    pub name: String,
    pub section: SettingSection,
    pub from: Any<Value>,
    pub to: Any<Value>,
}

impl SettingDifference {
    /// In the order of the settings.
    pub fn all(mut differences: Map<String, Value>) -> Vec<SettingDifference> {
        let definitions = crate::sites::settings::DEFINITIONS.iter();
        let told = |definition: &Definition| {
            let mut difference = differences.remove(definition.name)?;
            Some(SettingDifference {
                name: definition.name.to_owned(),
                section: SettingSection(definition.section.name().to_owned()),
                from: Any(difference["from"].take()),
                to: Any(difference["to"].take()),
            })
        };
        definitions.filter_map(told).collect()
    }
}

#[derive(Debug, Object, Deserialize)]
#[serde(deny_unknown_fields)]
#[oai(example)]
pub struct SiteMove {
    /// The tenant that gets the site. The caller owns it, too.
    pub tenant_id: Uuid,
}

impl Example for SiteMove {
    fn example() -> Self {
        SiteMove {
            tenant_id: Uuid::from_u128(0x0193_5f8e_7c4a_7b1e_9d2f_1a2b_3c4d_5e6f),
        }
    }
}

#[derive(Debug, Object, Deserialize)]
#[serde(deny_unknown_fields)]
#[oai(example)]
pub struct TenantTransfer {
    /// The member who becomes an owner.
    pub account_id: Uuid,
    /// Whether the caller becomes an admin in the same step.
    #[serde(default)]
    #[oai(default)]
    pub step_down: bool,
}

impl Example for TenantTransfer {
    fn example() -> Self {
        TenantTransfer {
            account_id: Uuid::from_u128(0x0193_5f8e_7c4a_7b1e_9d2f_1a2b_3c4d_5e6f),
            step_down: true,
        }
    }
}

/// `ndjson`: an entry a line. `csv`: for spreadsheets.
#[derive(Clone, Copy, Debug, Enum)]
#[oai(rename_all = "snake_case")]
pub enum AuditForm {
    Ndjson,
    Csv,
}
