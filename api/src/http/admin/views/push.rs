//! Browsers that are told of comments, as their owner sees them.

use ::entity::push_device;
use ::entity::watcher::Wants;
use chrono::{DateTime, Utc};
use poem_openapi::types::Example;
use poem_openapi::{Enum, Object};
use sea_orm::prelude::Uuid;
use serde::Deserialize;

/// What a browser is told of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum, Deserialize)]
#[oai(rename = "PushWants", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum PushWants {
    /// Comments that wait for a moderator.
    Pending,
    /// Every comment.
    Every,
}

impl From<PushWants> for Wants {
    fn from(wants: PushWants) -> Self {
        match wants {
            PushWants::Pending => Wants::Pending,
            PushWants::Every => Wants::Every,
        }
    }
}

/// A browser that is told of comments with the admin UI closed.
#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
pub struct PushDevice {
    pub id: Uuid,
    pub wants: PushWants,
    /// What the browser said of itself when it was added.
    pub user_agent: String,
    /// SHA-256 of its endpoint in base64url, by which a browser finds itself in the list.
    pub endpoint_hash: String,
    pub created_at: DateTime<Utc>,
    /// When it was told something for the last time.
    pub sent_at: Option<DateTime<Utc>>,
}

impl From<push_device::Model> for PushDevice {
    fn from(row: push_device::Model) -> Self {
        PushDevice {
            id: row.id,
            wants: match row.wants {
                Wants::Every => PushWants::Every,
                Wants::Pending | Wants::Hourly | Wants::Daily => PushWants::Pending,
            },
            user_agent: row.name,
            endpoint_hash: base64_url(&row.endpoint_hash),
            created_at: row.created_at,
            sent_at: row.sent_at,
        }
    }
}

#[derive(Debug, Object)]
pub struct PushDevices {
    /// What a browser asks its push service for (`applicationServerKey`): a point of P-256 in base64url.
    pub public_key: String,
    /// Oldest first; ten at most.
    pub devices: Vec<PushDevice>,
}

/// The keys of a browser's push subscription, in base64url (RFC 8291).
#[derive(Debug, Object, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PushKeys {
    #[oai(validator(max_length = 200))]
    pub p256dh: String,
    #[oai(validator(max_length = 100))]
    pub auth: String,
}

/// A browser's push subscription (`PushSubscription.toJSON()`) and what it is to be told.
#[derive(Debug, Object, Deserialize)]
#[serde(deny_unknown_fields)]
#[oai(example)]
pub struct NewPushDevice {
    /// Of a push service in `push_services`.
    #[oai(validator(max_length = 2000))]
    pub endpoint: String,
    pub keys: PushKeys,
    pub wants: PushWants,
    /// Language of what it is told (BCP 47); English without it.
    #[oai(validator(max_length = 35))]
    pub locale: Option<String>,
}

impl Example for NewPushDevice {
    fn example() -> Self {
        NewPushDevice {
            endpoint: "https://updates.push.services.mozilla.com/wpush/v2/gAAAAABnExample".to_owned(),
            keys: PushKeys {
                p256dh: "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
                    .to_owned(),
                auth: "BTBZMqHH6r4Tts7J_aSIgg".to_owned(),
            },
            wants: PushWants::Pending,
            locale: Some("de".to_owned()),
        }
    }
}

fn base64_url(bytes: &[u8]) -> String {
    use base64::Engine;
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(bytes)
}
