//! Words of lists that the features keep: an enum in the document, made of that very list.

use std::borrow::Cow;

use poem_openapi::registry::{MetaSchema, MetaSchemaRef, Registry};
use poem_openapi::types::{ParseError, ParseFromJSON, ParseFromParameter, ParseResult, ToJSON, Type};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::emails::texts::Kind;
use crate::sites::settings::Section;
use crate::tenants::audit::Change;
use crate::webhooks::{DisabledBy, Event, Format, Purpose, State};

macro_rules! word {
    ($(#[doc = $about:literal])+ $view:ident $name:literal of $of:ty: $all:expr) => {
        $(#[doc = $about])+
        #[derive(Clone, Debug, Deserialize)]
        #[serde(transparent)]
        pub struct $view(pub String);

        impl $view {
            /// What it names, if it names anything.
            pub fn meant(&self) -> Option<$of> {
                <$of>::of(&self.0)
            }
        }

        impl Type for $view {
            const IS_REQUIRED: bool = true;
            type RawValueType = Self;
            type RawElementValueType = Self;

            fn name() -> Cow<'static, str> {
                $name.into()
            }

            fn schema_ref() -> MetaSchemaRef {
                MetaSchemaRef::Reference($name.to_owned())
            }

            fn register(registry: &mut Registry) {
                registry.create_schema::<Self, _>($name.to_owned(), |_| MetaSchema {
                    description: Some(concat!($($about),+).trim_start()),
                    enum_items: $all.iter().map(|one| json!(one.name())).collect(),
                    ..MetaSchema::new("string")
                });
            }

            fn as_raw_value(&self) -> Option<&Self> {
                Some(self)
            }

            fn raw_element_iter<'a>(&'a self) -> Box<dyn Iterator<Item = &'a Self> + 'a> {
                Box::new(std::iter::once(self))
            }
        }

        impl ToJSON for $view {
            fn to_json(&self) -> Option<Value> {
                Some(json!(self.0))
            }
        }

        impl ParseFromParameter for $view {
            fn parse_from_parameter(value: &str) -> ParseResult<Self> {
                let word = $view(value.to_owned());
                match word.meant() {
                    Some(_) => Ok(word),
                    None => Err(ParseError::custom("there is nothing of this name")),
                }
            }
        }

        impl ParseFromJSON for $view {
            fn parse_from_json(value: Option<Value>) -> ParseResult<Self> {
                match value {
                    Some(Value::String(word)) => Self::parse_from_parameter(&word),
                    other => Err(ParseError::expected_type(other.unwrap_or_default())),
                }
            }
        }
    };
}

word! {
    /// A kind of change in a tenant's record.
    AuditChange "AuditChange" of Change: Change::ALL
}

word! {
    /// A kind of mail that goes out in the name of a site: to moderators, about one comment; or about all that has waited for it; to a reader, with the link to what he wrote.
    MailTextKind "MailTextKind" of Kind: Kind::ALL
}

word! {
    /// A part of a site's settings.
    SettingSection "SettingSection" of Section: Section::ALL
}

word! {
    /// What a webhook can be told of.
    WebhookEvent "WebhookEvent" of Event: Event::ALL
}

word! {
    /// In whose form a webhook is told: Standard Webhooks, or that of a chat.
    WebhookFormat "WebhookFormat" of Format: Format::ALL
}

word! {
    /// What a webhook is for: it is told of what has happened, or asked what is to become of a comment.
    WebhookPurpose "WebhookPurpose" of Purpose: Purpose::ALL
}

word! {
    /// Why a webhook is off: its owner wanted it, its receiver is gone (410), or nothing got through for three days.
    WebhookDisabledBy "WebhookDisabledBy" of DisabledBy: DisabledBy::ALL
}

word! {
    /// How far a delivery has come; what has failed was given up.
    DeliveryState "DeliveryState" of State: State::ALL
}
