//! A site's settings on the wire, and in the document: both come from the table of `sites::settings`.

use std::borrow::Cow;

use poem_openapi::registry::{MetaSchema, MetaSchemaRef, Registry};
use poem_openapi::types::{ParseError, ParseFromJSON, ParseResult, ToJSON, Type};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::sites::settings::{DEFINITIONS, Definition, Entry, Kind, Settings};
use crate::text;

/// What an owner has set for a site.
#[derive(Debug)]
pub struct SiteSettings(Value);

/// Settings to change; what is absent stays. Each member is looked at where they are laid over the others.
#[derive(Debug, Default, Deserialize)]
#[serde(transparent)]
pub struct SettingsChange(Map<String, Value>);

impl SiteSettings {
    pub fn new(settings: &Settings) -> Self {
        SiteSettings(serde_json::to_value(settings).unwrap_or_default())
    }
}

impl SettingsChange {
    /// For examples in the document.
    pub fn example(name: &str, value: impl Into<Value>) -> Self {
        SettingsChange(Map::from_iter([(name.to_owned(), value.into())]))
    }

    pub fn into_value(self) -> Value {
        Value::Object(self.0)
    }
}

impl Type for SiteSettings {
    const IS_REQUIRED: bool = true;
    type RawValueType = Self;
    type RawElementValueType = Self;

    fn name() -> Cow<'static, str> {
        "SiteSettings".into()
    }

    fn schema_ref() -> MetaSchemaRef {
        MetaSchemaRef::Reference(Self::name().into_owned())
    }

    fn register(registry: &mut Registry) {
        let required = DEFINITIONS.iter().map(|definition| definition.name).collect();
        registry.create_schema::<Self, _>(Self::name().into_owned(), |_| MetaSchema {
            required,
            ..object("What an owner has set for a site.", |definition| MetaSchema {
                default: definition.default().ok(),
                ..schema(definition)
            })
        });
    }

    fn as_raw_value(&self) -> Option<&Self> {
        Some(self)
    }

    fn raw_element_iter<'a>(&'a self) -> Box<dyn Iterator<Item = &'a Self> + 'a> {
        Box::new(std::iter::once(self))
    }
}

impl ToJSON for SiteSettings {
    fn to_json(&self) -> Option<Value> {
        Some(self.0.clone())
    }
}

/// Nobody sends it; objects that hold it could be.
impl ParseFromJSON for SiteSettings {
    fn parse_from_json(value: Option<Value>) -> ParseResult<Self> {
        Ok(SiteSettings(value.unwrap_or_default()))
    }
}

impl Type for SettingsChange {
    const IS_REQUIRED: bool = true;
    type RawValueType = Self;
    type RawElementValueType = Self;

    fn name() -> Cow<'static, str> {
        "SettingsChange".into()
    }

    fn schema_ref() -> MetaSchemaRef {
        MetaSchemaRef::Reference(Self::name().into_owned())
    }

    fn register(registry: &mut Registry) {
        registry.create_schema::<Self, _>(Self::name().into_owned(), |_| {
            // Without defaults: what is absent is left as it is.
            object("Settings to change; what is absent stays.", schema)
        });
    }

    fn as_raw_value(&self) -> Option<&Self> {
        Some(self)
    }

    fn raw_element_iter<'a>(&'a self) -> Box<dyn Iterator<Item = &'a Self> + 'a> {
        Box::new(std::iter::once(self))
    }
}

impl ToJSON for SettingsChange {
    fn to_json(&self) -> Option<Value> {
        Some(Value::Object(self.0.clone()))
    }
}

/// Bodies are read by serde; this is for objects that hold it.
impl ParseFromJSON for SettingsChange {
    fn parse_from_json(value: Option<Value>) -> ParseResult<Self> {
        match value {
            Some(Value::Object(members)) => Ok(SettingsChange(members)),
            other => Err(ParseError::expected_type(other.unwrap_or_default())),
        }
    }
}

fn object(description: &'static str, of: fn(&Definition) -> MetaSchema) -> MetaSchema {
    MetaSchema {
        description: Some(description),
        properties: DEFINITIONS
            .iter()
            .map(|definition| (definition.name, MetaSchemaRef::Inline(Box::new(of(definition)))))
            .collect(),
        ..MetaSchema::new("object")
    }
}

fn schema(definition: &Definition) -> MetaSchema {
    let schema = match definition.kind {
        Kind::Switch => MetaSchema::new("boolean"),
        Kind::Number(least, most) => MetaSchema {
            minimum: Some(least.into()),
            maximum: Some(most.into()),
            ..MetaSchema::new("integer")
        },
        Kind::Zone => MetaSchema::new("string"),
        Kind::Email => MetaSchema {
            max_length: Some(text::EMAIL),
            ..MetaSchema::new("string")
        },
        Kind::Text(longest) => MetaSchema {
            max_length: Some(longest),
            ..MetaSchema::new("string")
        },
        Kind::Choice(choices) => MetaSchema {
            enum_items: choices.iter().map(|choice| json!(choice)).collect(),
            ..MetaSchema::new("string")
        },
        Kind::List(most, entry) => MetaSchema {
            max_items: Some(most),
            items: Some(Box::new(MetaSchemaRef::Inline(Box::new(entry_schema(entry))))),
            ..MetaSchema::new("array")
        },
    };
    MetaSchema {
        description: Some(definition.description()),
        ..schema
    }
}

fn entry_schema(entry: Entry) -> MetaSchema {
    let choices = entry.choices().into_iter().flatten();
    MetaSchema {
        enum_items: choices.map(|choice| json!(choice)).collect(),
        // Bytes, which are never fewer than characters.
        max_length: entry.choices().is_none().then_some(entry.longest()),
        ..MetaSchema::new("string")
    }
}
