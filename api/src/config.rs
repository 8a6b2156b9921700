//! Every setting, from the compiled-in defaults, then the file, then the environment. The only place that reads the environment.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;

use ipnet::IpNet;
use serde::{Deserialize, Serialize, Serializer};
use serde_json::Value;
use url::Url;

/// The defaults with a sentence for each; also what `parlour check --defaults` prints.
pub const DEFAULTS: &str = include_str!("../config.default.toml");

/// Serialised, it is what may be shown: without secrets.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
#[expect(clippy::struct_excessive_bools, reason = "settings that are on or off")]
pub struct Config {
    pub mode: Mode,
    pub listen: SocketAddr,
    pub public_url: String,
    /// Whether the operator gave it; if not, it follows the address that is listened on.
    #[serde(skip)]
    pub public_url_given: bool,
    /// Where those settings come from that have not their defaults.
    #[serde(skip)]
    given: BTreeMap<String, Source>,
    pub data_dir: PathBuf,
    /// May have a password in it; so may the other addresses.
    #[serde(serialize_with = "without_password")]
    pub database_url: String,
    #[serde(serialize_with = "without_password")]
    pub database_replica_url: String,
    pub replica_lag_seconds: u64,
    pub database_connections: u32,
    pub database_connections_kept: u32,
    pub database_idle_minutes: u64,
    pub database_lifetime_minutes: u64,
    pub database_wait_seconds: u64,
    pub database_statement_seconds: u64,
    pub database_lock_seconds: u64,
    pub database_transaction_seconds: u64,
    pub migrate_on_start: bool,
    #[serde(serialize_with = "without_password")]
    pub redis_url: String,
    pub redis_ca_file: PathBuf,
    #[serde(serialize_with = "secret_without_password")]
    pub smtp_url: Secret,
    pub mail_from: String,
    pub dkim_domain: String,
    pub dkim_selector: String,
    pub dkim_key: Secret,
    pub dkim_key_file: PathBuf,
    pub bounce_key: Secret,
    pub secret_key: Secret,
    pub previous_secret_keys: Vec<Secret>,
    pub trusted_proxies: Vec<IpNet>,
    pub sign_up: SignUp,
    pub log_format: LogFormat,
    pub log_level: String,
    pub slow_query_milliseconds: u64,
    /// Empty, or an address.
    pub metrics_listen: String,
    #[serde(serialize_with = "without_password")]
    pub otlp_url: String,
    pub otlp_sample: f64,
    pub worker: bool,
    pub access_minutes: i64,
    pub session_days: i64,
    pub setup_hours: i64,
    pub verify_hours: i64,
    pub reset_minutes: i64,
    pub mine_link_hours: i64,
    pub confirm_minutes: i64,
    pub operators_need_factor: bool,
    pub mail_link_days: i64,
    pub follow_confirm_days: i64,
    pub password_workers: usize,
    pub render_workers: usize,
    pub deleted_days: i64,
    pub restore_minutes: i64,
    pub token_days: i64,
    pub audit_days: i64,
    pub statistics_days: i64,
    pub site_grace_days: i64,
    pub tenant_grace_days: i64,
    pub body_limit: usize,
    pub cache_megabytes: u64,
    pub cache_seconds: u64,
    pub streams: usize,
    pub heartbeat_seconds: u64,
    pub streams_per_site: usize,
    pub streams_per_network: usize,
    pub requests: usize,
    pub request_seconds: u64,
    pub body_megabytes: usize,
    pub connections: usize,
    pub connections_per_network: usize,
    pub head_seconds: u64,
    pub body_seconds: u64,
    pub response_seconds: u64,
    pub idle_seconds: u64,
    pub drain_seconds: u64,
    pub shutdown_delay_seconds: u64,
    #[serde(deserialize_with = "ports")]
    pub outgoing_ports: Vec<u16>,
    pub outgoing_private: Vec<IpNet>,
    pub outgoing_seconds: u64,
    pub outgoing_workers: usize,
    pub webhook_seconds: u64,
    pub webhook_workers: usize,
    pub webhook_days: i64,
    pub push_services: Vec<String>,
    pub limit_read: Budget,
    pub limit_post: Budget,
    pub limit_preview: Budget,
    pub limit_edit: Budget,
    pub limit_vote: Budget,
    pub limit_vote_comment: Budget,
    pub limit_reader: Budget,
    pub limit_report: Budget,
    pub limit_report_comment: Budget,
    pub limit_live: Budget,
    pub limit_feed: Budget,
    pub limit_trouble: Budget,
    pub limit_check: Budget,
    pub limit_admin: Budget,
    pub limit_export: Budget,
    pub limit_sign_in: Budget,
    pub limit_sign_in_account: Budget,
    pub limit_sign_in_network: Budget,
    pub limit_code: Budget,
    pub limit_sign_up: Budget,
    pub limit_reset: Budget,
    pub limit_mine: Budget,
    pub limit_invite: Budget,
    pub limit_mail: Budget,
    pub limit_watch: Budget,
    pub limit_mail_site: Budget,
    pub limit_mail_all: Budget,
    pub limit_subscribe: Budget,
    pub limit_follow: Budget,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    Embedded,
    Production,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum SignUp {
    /// Accounts come from the set-up link and the command line.
    Closed,
    /// And from invitations.
    Invited,
    /// And from whoever wants one.
    Open,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    Human,
    Json,
}

/// A value that never shows in a log.
#[derive(Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    pub fn new(value: impl Into<String>) -> Self {
        Secret(value.into())
    }

    pub fn expose(&self) -> &str {
        &self.0
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Serialize for Secret {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(if self.is_empty() { "" } else { HIDDEN })
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(..)")
    }
}

/// Shortest key for a program, in characters.
const KEY_LENGTH: usize = 32;

/// In place of a secret.
const HIDDEN: &str = "(hidden)";

/// An address, without what is nobody's business in it: its password and its query, which may have one, too.
fn shown_address(address: &str) -> String {
    if !address.contains(['@', '?']) {
        return address.to_owned();
    }
    let Ok(mut url) = Url::parse(address) else {
        return HIDDEN.to_owned();
    };
    let is_hidden = url.password().is_some() && url.set_password(Some("hidden")).is_err();
    if is_hidden {
        return HIDDEN.to_owned();
    }
    if url.query().is_some() {
        url.set_query(Some("hidden"));
    }
    url.into()
}

fn without_password<S: Serializer>(address: &str, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&shown_address(address))
}

fn secret_without_password<S: Serializer>(address: &Secret, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&shown_address(address.expose()))
}

/// Settings that may stand in a file of their own, named by the variable and `_FILE`: as containers and systemd hand secrets over.
/// `dkim_key_file` is a setting itself.
const IN_FILES: [&str; 7] = [
    "secret_key",
    "previous_secret_keys",
    "database_url",
    "database_replica_url",
    "redis_url",
    "smtp_url",
    "bounce_key",
];

/// The variable of a setting.
pub fn variable(name: &str) -> String {
    format!("PARLOUR_{}", name.to_ascii_uppercase())
}

/// Whether a setting may be read from the file that its variable and `_FILE` name.
pub fn may_be_in_file(name: &str) -> bool {
    IN_FILES.contains(&name)
}

/// Puts what stands in files in the place of their names.
fn read_files(environment: &mut config::Map<String, String>) -> Result<(), String> {
    for name in IN_FILES {
        let variable = variable(name);
        let Some(file) = environment.remove(&format!("{variable}_FILE")) else {
            continue;
        };
        if environment.contains_key(&variable) {
            return Err(format!("{variable} and {variable}_FILE are both set; take one of them"));
        }
        let value = std::fs::read_to_string(&file).map_err(|error| format!("{variable}_FILE: {file}: {error}"))?;
        // An editor ends the last line; nothing that is read here ends with white space.
        environment.insert(variable, value.trim_end().to_owned());
    }
    Ok(())
}

/// Where the value of a setting comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Source {
    Default,
    /// `parlour.toml`, or the file that was named.
    File,
    Environment,
}

impl Source {
    /// The name on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Source::Default => "default",
            Source::File => "file",
            Source::Environment => "environment",
        }
    }
}

/// A setting as it is shown: never a secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Told {
    pub name: String,
    pub value: String,
    pub source: Source,
    /// What it is for.
    pub about: String,
}

/// So many requests in so much time: `burst` at once, refilled evenly over `per`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Budget {
    pub burst: u32,
    pub per: Duration,
}

impl FromStr for Budget {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = || format!("{text:?} is not a budget such as \"10/60\" (requests/seconds)");
        let (burst, seconds) = text.split_once('/').ok_or_else(wrong)?;
        let burst: u32 = burst.trim().parse().map_err(|_| wrong())?;
        let seconds: u32 = seconds.trim().parse().map_err(|_| wrong())?;
        if burst == 0 || seconds == 0 {
            return Err(wrong());
        }
        Ok(Budget {
            burst,
            per: Duration::from_secs(seconds.into()),
        })
    }
}

impl std::fmt::Display for Budget {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}", self.burst, self.per.as_secs())
    }
}

impl Serialize for Budget {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl TryFrom<String> for Budget {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl Config {
    /// Reads defaults, the file (by default `parlour.toml` in the working directory, if there is one) and the environment.
    ///
    /// # Errors
    /// A sentence that names the setting and what is wrong with it: an unknown name, a wrong type, a missing file.
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the environment")]
    pub fn load(file: Option<&Path>) -> Result<Self, String> {
        // Named by who builds, perhaps in the same shell: it is in the program, and no setting.
        let environment = std::env::vars().filter(|(name, _)| name != "PARLOUR_COMMIT").collect();
        Self::from_parts(file, environment)
    }

    /// A variable of the environment that a file of another system may name. Parlour's own are not for it: a value ends up where the
    /// site's owner can read it.
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the environment")]
    pub fn variable_for_others(name: &str) -> Option<String> {
        let is_own = name.to_ascii_uppercase().starts_with("PARLOUR");
        std::env::var(name).ok().filter(|_| !is_own)
    }

    fn from_parts(file: Option<&Path>, mut environment: config::Map<String, String>) -> Result<Self, String> {
        use config::{Environment, File, FileFormat};
        read_files(&mut environment)?;
        let file = match file {
            Some(path) => File::from(path.to_owned()).format(FileFormat::Toml).required(true),
            None => File::from(PathBuf::from("parlour.toml"))
                .format(FileFormat::Toml)
                .required(false),
        };
        // As it is: among what is parsed, a key of digits alone would become a number, and lose most of them.
        let keys: Vec<(&str, String)> = ["secret_key", "bounce_key"]
            .into_iter()
            .filter_map(|name| Some((name, environment.remove(&variable(name))?)))
            .collect();
        let environment = Environment::with_prefix("PARLOUR")
            .prefix_separator("_")
            .try_parsing(true)
            .list_separator(",")
            .with_list_parse_key("trusted_proxies")
            .with_list_parse_key("previous_secret_keys")
            .with_list_parse_key("outgoing_private")
            .with_list_parse_key("push_services")
            .source(Some(environment));
        let names = |source: &dyn config::Source| source.collect().map_err(|error| error.to_string());
        let mut given = BTreeMap::new();
        given.extend(names(&file)?.into_keys().map(|name| (name, Source::File)));
        given.extend(names(&environment)?.into_keys().map(|name| (name, Source::Environment)));
        given.extend(keys.iter().map(|(name, _)| ((*name).to_owned(), Source::Environment)));
        let mut builder = config::Config::builder()
            .add_source(File::from_str(DEFAULTS, FileFormat::Toml))
            .add_source(file)
            .add_source(environment);
        for (name, value) in keys {
            builder = builder.set_override(name, value).map_err(|error| error.to_string())?;
        }
        let mut config: Config = builder
            .build()
            .and_then(config::Config::try_deserialize)
            .map_err(|error| error.to_string())?;
        config.given = given;
        config.public_url_given = !config.public_url.is_empty();
        if !config.public_url_given {
            config.public_url = format!("http://{}", config.listen);
        }
        if config.database_url.is_empty() {
            config.database_url = format!("sqlite://{}", config.data_dir.join("parlour.db").display());
        }
        config.public_url = origin_of(&config.public_url)?;
        config.metrics_address()?;
        config.traces_url()?;
        if !(0.0..=1.0).contains(&config.otlp_sample) {
            return Err("otlp_sample must be between 0 and 1".to_owned());
        }
        config.within_bounds()?;
        if !config.bounce_key.is_empty() && config.bounce_key.expose().len() < KEY_LENGTH {
            return Err(format!(
                "bounce_key needs at least {KEY_LENGTH} random characters, such as the output of: openssl rand -hex 32"
            ));
        }
        Ok(config)
    }

    /// Numbers that would overflow a date, or leave nothing of what they bound.
    fn within_bounds(&self) -> Result<(), String> {
        let signed = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
        let sized = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
        let days = 1..=36_500;
        let bounds = [
            ("access_minutes", self.access_minutes, 1..=1440),
            ("session_days", self.session_days, days.clone()),
            ("setup_hours", self.setup_hours, 1..=8760),
            ("verify_hours", self.verify_hours, 1..=8760),
            ("reset_minutes", self.reset_minutes, 5..=1440),
            ("mine_link_hours", self.mine_link_hours, 1..=720),
            ("confirm_minutes", self.confirm_minutes, 1..=1440),
            ("mail_link_days", self.mail_link_days, 1..=90),
            ("follow_confirm_days", self.follow_confirm_days, 1..=90),
            ("deleted_days", self.deleted_days, 0..=36_500),
            ("restore_minutes", self.restore_minutes, 1..=1440),
            ("token_days", self.token_days, days.clone()),
            ("audit_days", self.audit_days, days.clone()),
            ("statistics_days", self.statistics_days, days),
            ("webhook_days", self.webhook_days, 4..=365),
            ("webhook_seconds", signed(self.webhook_seconds), 1..=30),
            ("site_grace_days", self.site_grace_days, 1..=3650),
            ("tenant_grace_days", self.tenant_grace_days, 1..=3650),
            ("body_limit", sized(self.body_limit), 1024..=16 * 1024 * 1024),
            ("database_connections", self.database_connections.into(), 1..=10_000),
            ("requests", sized(self.requests), 1..=1_000_000),
            ("request_seconds", signed(self.request_seconds), 5..=3600),
            ("body_megabytes", sized(self.body_megabytes), 1..=16_384),
            (
                "database_connections_kept",
                self.database_connections_kept.into(),
                0..=self.database_connections.into(),
            ),
            ("database_idle_minutes", signed(self.database_idle_minutes), 1..=1440),
            (
                "database_lifetime_minutes",
                signed(self.database_lifetime_minutes),
                1..=10_080,
            ),
            ("database_wait_seconds", signed(self.database_wait_seconds), 1..=60),
            (
                "database_statement_seconds",
                signed(self.database_statement_seconds),
                0..=3600,
            ),
            ("database_lock_seconds", signed(self.database_lock_seconds), 0..=3600),
            (
                "database_transaction_seconds",
                signed(self.database_transaction_seconds),
                0..=3600,
            ),
            // What is known of the replica is a second old.
            ("replica_lag_seconds", signed(self.replica_lag_seconds), 3..=3600),
            ("connections", sized(self.connections), 1..=1_000_000),
        ];
        match bounds.into_iter().find(|(_, value, bound)| !bound.contains(value)) {
            Some((name, _, bound)) => Err(format!("{name} must be between {} and {}", bound.start(), bound.end())),
            None => Ok(()),
        }
    }

    /// The defaults alone, for tests and throw-away servers.
    pub fn defaults() -> Self {
        Self::from_parts(None, config::Map::new()).expect("the compiled-in defaults are valid")
    }

    /// Every setting in force, in the order of the defaults, and where its value comes from.
    pub fn told(&self) -> Vec<Told> {
        let values = serde_json::to_value(self).unwrap_or_default();
        explained_names()
            .into_iter()
            .map(|(name, about)| Told {
                value: shown(&values[name]),
                source: self.given.get(name).copied().unwrap_or(Source::Default),
                name: name.to_owned(),
                about,
            })
            .collect()
    }

    /// Every setting as the compiled-in file has it, in its order: what others follow from is not filled in.
    pub fn defaults_told() -> Vec<Told> {
        let mut config = Self::defaults();
        config.public_url.clear();
        config.database_url.clear();
        config.told()
    }

    /// `public_url` as the origin that browsers send.
    pub fn public_origin(&self) -> &str {
        &self.public_url
    }

    /// Where metrics are served, if they are.
    ///
    /// # Errors
    /// `metrics_listen` is not an address.
    pub fn metrics_address(&self) -> Result<Option<SocketAddr>, String> {
        let text = self.metrics_listen.trim();
        if text.is_empty() {
            return Ok(None);
        }
        let wrong = |_| format!("metrics_listen {text:?} is not an address and a port, such as \"127.0.0.1:9464\"");
        text.parse().map(Some).map_err(wrong)
    }

    /// Where spans are sent, if they are.
    ///
    /// # Errors
    /// `otlp_url` is not a URL.
    pub fn traces_url(&self) -> Result<Option<Url>, String> {
        if self.otlp_url.is_empty() {
            return Ok(None);
        }
        let wrong = || "otlp_url is not a URL such as \"http://127.0.0.1:4318\"".to_owned();
        let url = Url::parse(&self.otlp_url).map_err(|_| wrong())?;
        match url.scheme() {
            "http" | "https" if url.has_host() => Ok(Some(url)),
            _ => Err(wrong()),
        }
    }

    /// From which time on a statement of the database is slow, if any is.
    pub fn slow_query(&self) -> Option<Duration> {
        (self.slow_query_milliseconds > 0).then(|| Duration::from_millis(self.slow_query_milliseconds))
    }

    /// Whether browsers reach this server by https.
    pub fn is_https(&self) -> bool {
        self.public_url.starts_with("https://")
    }

    /// Where the secret key is kept when the operator gave none.
    pub fn secret_file(&self) -> PathBuf {
        self.data_dir.join("secret.key")
    }
}

fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(entries) => entries.iter().map(shown).collect::<Vec<_>>().join(", "),
        other => other.to_string(),
    }
}

/// The names of the settings, with what the compiled-in file says above each; several may share what is said.
fn explained_names() -> Vec<(&'static str, String)> {
    let mut names = Vec::new();
    let (mut about, mut is_open) = (String::new(), false);
    for line in DEFAULTS.lines() {
        if let Some(words) = line.strip_prefix("# ") {
            if !is_open {
                about.clear();
            }
            if !about.is_empty() {
                about.push(' ');
            }
            about.push_str(words);
            is_open = true;
        } else if let Some((name, _)) = line.split_once(" = ") {
            names.push((name, about.clone()));
            is_open = false;
        } else {
            about.clear();
            is_open = false;
        }
    }
    names
}

/// Ports as a list; in the environment also one alone, or several with commas between, or none.
fn ports<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Vec<u16>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Ports {
        Some(Vec<u16>),
        One(u16),
        Text(String),
    }
    match Ports::deserialize(deserializer)? {
        Ports::Some(ports) => Ok(ports),
        Ports::One(port) => Ok(vec![port]),
        Ports::Text(text) => text
            .split(',')
            .map(str::trim)
            .filter(|port| !port.is_empty())
            .map(|port| port.parse().map_err(serde::de::Error::custom))
            .collect(),
    }
}

fn origin_of(text: &str) -> Result<String, String> {
    let url = Url::parse(text).map_err(|error| format!("public_url {text:?} is not a URL: {error}"))?;
    let plain = url.path() == "/" && url.query().is_none() && url.fragment().is_none() && url.username().is_empty();
    match url.scheme() {
        "http" | "https" if url.has_host() && plain => Ok(url.origin().ascii_serialization()),
        _ => Err(format!(
            "public_url {text:?} must be http:// or https://, a host and maybe a port, without a path"
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(pairs: &[(&str, &str)]) -> Result<Config, String> {
        let environment = pairs
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        Config::from_parts(None, environment)
    }

    #[test]
    fn the_defaults_stand_alone() {
        let config = with(&[]).unwrap();
        assert_eq!(config.public_url, "http://127.0.0.1:8080");
        assert_eq!(config.database_url, "sqlite://data/parlour.db");
        assert_eq!(
            config.limit_post,
            Budget {
                burst: 10,
                per: Duration::from_secs(60)
            }
        );
    }

    #[test]
    fn the_environment_overrides_them() {
        let config = with(&[
            ("PARLOUR_LISTEN", "0.0.0.0:9000"),
            ("PARLOUR_TRUSTED_PROXIES", "10.0.0.0/8,::1/128"),
            ("PARLOUR_LIMIT_POST", "3/10"),
            ("PARLOUR_SECRET_KEY", "12345678901234567890123456789012"),
            ("PARLOUR_PUBLIC_URL", "https://talk.example/"),
        ])
        .unwrap();
        assert_eq!(config.listen.port(), 9000);
        assert_eq!(config.trusted_proxies.len(), 2);
        assert_eq!(config.limit_post.burst, 3);
        assert_eq!(config.secret_key.expose(), "12345678901234567890123456789012");
        assert_eq!(config.public_url, "https://talk.example");
        assert!(config.is_https());
    }

    #[test]
    fn a_secret_may_stand_in_a_file_of_its_own() {
        let folder = std::env::temp_dir().join(format!("parlour-files-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let file = folder.join("secret");
        let named = file.to_str().unwrap();
        std::fs::write(&file, "12345678901234567890123456789012\n").unwrap();
        let config = with(&[("PARLOUR_SECRET_KEY_FILE", named)]).unwrap();
        assert_eq!(config.secret_key.expose(), "12345678901234567890123456789012");
        let told = config.told();
        let secret = told.iter().find(|one| one.name == "secret_key").unwrap();
        assert_eq!((secret.value.as_str(), secret.source), (HIDDEN, Source::Environment));

        let both = with(&[("PARLOUR_SECRET_KEY_FILE", named), ("PARLOUR_SECRET_KEY", "x")]).unwrap_err();
        assert!(both.contains("both set"), "{both}");
        std::fs::write(&file, "postgres://parlour:hunter2@db/parlour\n\n").unwrap();
        let config = with(&[("PARLOUR_DATABASE_URL_FILE", named)]).unwrap();
        assert_eq!(config.database_url, "postgres://parlour:hunter2@db/parlour");
        std::fs::write(&file, "one,two\n").unwrap();
        let config = with(&[("PARLOUR_PREVIOUS_SECRET_KEYS_FILE", named)]).unwrap();
        assert_eq!(config.previous_secret_keys.len(), 2);
        std::fs::remove_dir_all(&folder).unwrap();

        let absent = with(&[("PARLOUR_SMTP_URL_FILE", named)]).unwrap_err();
        assert!(
            absent.contains("PARLOUR_SMTP_URL_FILE") && absent.contains(named),
            "{absent}"
        );
        let no_such = with(&[("PARLOUR_LISTEN_FILE", named)]).unwrap_err();
        assert!(no_such.contains("listen_file"), "{no_such}");
        assert!(
            IN_FILES
                .iter()
                .all(|name| explained_names().iter().any(|(known, _)| known == name))
        );
    }

    #[test]
    fn ports_are_a_list_however_long() {
        let ports = |text: &str| with(&[("PARLOUR_OUTGOING_PORTS", text)]).map(|config| config.outgoing_ports);
        assert_eq!(with(&[]).unwrap().outgoing_ports, [80, 443]);
        assert_eq!(ports("8080").unwrap(), [8080]);
        assert_eq!(ports("80, 443,8443").unwrap(), [80, 443, 8443]);
        assert_eq!(ports("").unwrap(), [0_u16; 0]);
        assert!(ports("http").is_err());
    }

    #[test]
    fn a_mistyped_name_is_refused_by_name() {
        let error = with(&[("PARLOUR_LISTN", "127.0.0.1:1")]).unwrap_err();
        assert!(error.contains("listn"), "{error}");
    }

    #[test]
    fn each_setting_is_told_once_with_what_it_is_for() {
        let told = with(&[]).unwrap().told();
        let mut names: Vec<&str> = told.iter().map(|one| one.name.as_str()).collect();
        names.sort_unstable();
        let values = serde_json::to_value(Config::defaults()).unwrap();
        let fields: Vec<&str> = values.as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(
            names, fields,
            "the fields of the struct, and what config.default.toml has"
        );
        for one in &told {
            assert!(one.about.ends_with('.'), "{}: {}", one.name, one.about);
            assert_eq!(one.source, Source::Default, "{}", one.name);
        }
    }

    #[test]
    fn a_setting_says_where_it_comes_from() {
        let folder = std::env::temp_dir().join(format!("parlour-told-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let file = folder.join("parlour.toml");
        std::fs::write(&file, "token_days = 30\naudit_days = 30\noutgoing_ports = [443]\n").unwrap();
        let environment = [
            ("PARLOUR_AUDIT_DAYS", "60"),
            ("PARLOUR_LIMIT_POST", "3/10"),
            ("HOME", "/root"),
        ];
        let environment = environment.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let config = Config::from_parts(Some(&file), environment.into_iter().collect()).unwrap();
        let told = config.told();
        let of = |name: &str| {
            let one = told.iter().find(|one| one.name == name).unwrap();
            (one.value.as_str(), one.source)
        };
        assert_eq!(of("token_days"), ("30", Source::File));
        assert_eq!(of("audit_days"), ("60", Source::Environment));
        assert_eq!(of("limit_post"), ("3/10", Source::Environment));
        assert_eq!(of("outgoing_ports"), ("443", Source::File));
        assert_eq!(of("public_url"), ("http://127.0.0.1:8080", Source::Default));
        std::fs::write(&file, "token_dayz = 30\n").unwrap();
        let error = Config::from_parts(Some(&file), config::Map::new()).unwrap_err();
        assert!(error.contains("token_dayz"), "{error}");
        std::fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn what_is_told_has_no_secret_in_it() {
        let config = with(&[
            ("PARLOUR_SECRET_KEY", "hunter2-hunter2-hunter2-hunter2-"),
            ("PARLOUR_PREVIOUS_SECRET_KEYS", "hunter2-a,hunter2-b"),
            (
                "PARLOUR_DATABASE_URL",
                "postgres://parlour:hunter2@db.example/talk?sslpassword=hunter2",
            ),
            (
                "PARLOUR_REDIS_URL",
                "redis-cluster://:hunter2@one.example:6379,two.example:6379",
            ),
            (
                "PARLOUR_DATABASE_REPLICA_URL",
                "postgres://parlour:hunter2@replica.example/talk",
            ),
            ("PARLOUR_SMTP_URL", "smtps://talk%40example.org:hunter2@mail.example"),
        ])
        .unwrap();
        let told = config.told();
        assert!(!format!("{told:?}").contains("hunter2"), "{told:?}");
        let of = |name: &str| told.iter().find(|one| one.name == name).unwrap().value.as_str();
        assert_eq!(of("secret_key"), HIDDEN);
        assert_eq!(of("database_url"), "postgres://parlour:hidden@db.example/talk?hidden");
        assert_eq!(of("smtp_url"), "smtps://talk%40example.org:hidden@mail.example");
        let plain = with(&[]).unwrap().told();
        let of = |name: &str| plain.iter().find(|one| one.name == name).unwrap().value.as_str();
        assert_eq!(
            (of("secret_key"), of("smtp_url")),
            ("", ""),
            "that there is none, may be known"
        );
        assert_eq!(of("database_url"), "sqlite://data/parlour.db");
    }

    #[test]
    fn a_budget_of_nothing_is_refused() {
        assert!(with(&[("PARLOUR_LIMIT_POST", "0/60")]).is_err());
        assert!(with(&[("PARLOUR_LIMIT_POST", "lots")]).is_err());
    }

    #[test]
    fn a_number_out_of_bounds_is_refused_by_name() {
        for (name, value) in [("PARLOUR_TOKEN_DAYS", "999999999999"), ("PARLOUR_DELETED_DAYS", "-1")] {
            let error = with(&[(name, value)]).unwrap_err();
            assert!(error.contains(&name.to_lowercase().replace("parlour_", "")), "{error}");
        }
    }

    #[test]
    fn a_public_url_with_a_path_is_refused() {
        assert!(with(&[("PARLOUR_PUBLIC_URL", "https://talk.example/comments")]).is_err());
        assert!(with(&[("PARLOUR_PUBLIC_URL", "ftp://talk.example")]).is_err());
    }

    #[test]
    fn a_secret_does_not_show_in_debug_output() {
        assert_eq!(format!("{:?}", Secret::new("hunter2")), "Secret(..)");
    }
}
