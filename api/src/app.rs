//! What every feature and every door is given.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use tokio::task::AbortHandle;

use crate::comments::Lines;
use crate::config::{Config, Mode, Secret};
use crate::error::{Error, Result};
use crate::infra::bus::Relay;
use crate::infra::cache::Kept;
use crate::infra::clock::Clock;
use crate::infra::db::Db;
use crate::infra::gate::{Gate, Line};
use crate::infra::limiter::Limiter;
use crate::infra::mailer::Mailer;
use crate::infra::outgoing::Outgoing;
use crate::infra::redis::Redis;
use crate::infra::signing::Keys;
use crate::infra::streams::{self, Streams};
use crate::sites::kept::{self, Sites};
use crate::sites::sightings::Sightings;
use crate::sites::troubles::Troubles;
use crate::statistics::tallies::Tallies;
use crate::threads::heads::{self, Heads, Pages};
use crate::webhooks::Circuits;

/// Shortest secret key, in bytes: 256 bits.
pub const SECRET_LENGTH: usize = 32;

/// Passwords that may wait for each that is hashed: half a second of a core.
const PASSWORDS_WAITING: usize = 32;

/// Bytes for sites and for heads of threads, also where no pages are kept.
const LEAST_KEPT: u64 = 1024 * 1024;

pub struct App {
    pub config: Config,
    pub db: Db,
    pub clock: Clock,
    /// How much is worked on at the same time.
    pub gate: Gate,
    pub limiter: Limiter,
    pub mailer: Mailer,
    pub keys: Keys,
    /// Short name of this installation, the same on all its nodes: what it shares through Redis is its own.
    pub installation: String,
    /// Origins seen and refused, on their way to the database.
    pub sightings: Sightings,
    /// Reads and refusals, on their way there, too.
    pub tallies: Tallies,
    /// And what else keeps comments off pages.
    pub troubles: Troubles,
    /// The way out, to addresses that somebody typed.
    pub outgoing: Outgoing,
    /// Sites, threads and pages as they were looked up and made ready, for the next reader.
    pub sites: Sites,
    pub heads: Heads,
    pub pages: Pages,
    /// Open pages that listen, and the task that tells them, once there is one.
    pub streams: Arc<Streams>,
    pub live: OnceLock<AbortHandle>,
    /// This process was told to stop: it goes on for a while, and wants no new work.
    stopping: AtomicBool,
    /// Posts on their way to the database.
    pub lines: Lines,
    /// Programs that are asked about comments, as far as they fail to answer.
    pub circuits: Circuits,
    /// Work that takes a core for a while.
    pub passwords: Line,
    pub rendering: Line,
    /// The connection to other nodes, where there may be some.
    _relay: Option<Relay>,
}

impl App {
    /// Connects to what the configuration names; makes the secret key in embedded mode. Does not migrate.
    pub async fn start(config: Config) -> Result<Arc<Self>> {
        let secret = secret_key(&config)?;
        let keys = Keys::new(&secret, &config.previous_secret_keys);
        let mailer = Mailer::new(&config).map_err(Error::internal)?;
        let db = Db::connect(&config).await?;
        let redis = match config.redis_url.as_str() {
            "" => None,
            url => Some(Redis::open(url, &config.redis_ca_file).map_err(Error::internal)?),
        };
        let limiter = Limiter::new(redis.clone());
        let installation = keys.pseudonym("installation", "")[..8].to_owned();
        let relay = redis.map(|redis| Relay::start(db.bus(), &redis, &installation));
        let marks = || Arc::clone(db.bus().marks());
        let bytes = config.cache_megabytes * 1024 * 1024;
        Ok(Arc::new(App {
            sites: Kept::new(
                "sites",
                marks(),
                (bytes / 16).max(LEAST_KEPT),
                config.cache_seconds,
                kept::weigh,
            ),
            heads: Kept::new(
                "heads",
                marks(),
                (bytes / 16 * 3).max(LEAST_KEPT),
                config.cache_seconds,
                heads::weigh,
            ),
            pages: Pages::new(bytes / 16 * 12),
            streams: Streams::new(streams::Limits {
                all: config.streams,
                per_site: config.streams_per_site,
                per_network: config.streams_per_network,
            }),
            live: OnceLock::new(),
            stopping: AtomicBool::new(false),
            _relay: relay,
            installation,
            db,
            gate: Gate::new(config.requests, config.body_megabytes.saturating_mul(1024 * 1024)),
            limiter,
            mailer,
            keys,
            clock: Clock::default(),
            sightings: Sightings::default(),
            tallies: Tallies::default(),
            troubles: Troubles::default(),
            outgoing: Outgoing::new(
                &config.outgoing_ports,
                &config.outgoing_private,
                Duration::from_secs(config.outgoing_seconds),
                config.outgoing_workers,
                &config.public_url,
            ),
            lines: Lines::default(),
            circuits: Circuits::default(),
            passwords: Line::new(
                config.password_workers,
                config.password_workers.saturating_mul(PASSWORDS_WAITING),
            ),
            rendering: Line::new(config.render_workers, config.requests),
            config,
        }))
    }
}

impl App {
    /// Whether this process was told to stop.
    pub fn is_stopping(&self) -> bool {
        self.stopping.load(Ordering::Relaxed)
    }

    /// From now on `/readyz` says no, and no connection is kept for another request.
    pub fn stop_soon(&self) {
        self.stopping.store(true, Ordering::Relaxed);
    }
}

/// What is wrong with a secret key, if anything.
pub fn key_fault(secret: &str) -> Option<&'static str> {
    if secret.len() < SECRET_LENGTH {
        return Some("secret_key needs at least 32 random characters, such as the output of: openssl rand -hex 32");
    }
    let mut letters: Vec<u8> = secret.bytes().collect();
    letters.sort_unstable();
    letters.dedup();
    let lower = secret.to_ascii_lowercase();
    let known = [
        "changeme",
        "change-me",
        "secret",
        "password",
        "example",
        "0123456789abcdef0123456789abcdef",
    ];
    if letters.len() < 8 || known.iter().any(|word| lower.contains(word)) {
        return Some("secret_key looks like a placeholder; make a random one: openssl rand -hex 32");
    }
    None
}

fn secret_key(config: &Config) -> Result<Secret> {
    for secret in config
        .previous_secret_keys
        .iter()
        .chain((!config.secret_key.is_empty()).then_some(&config.secret_key))
    {
        if let Some(fault) = key_fault(secret.expose()) {
            return Err(Error::internal(fault));
        }
    }
    if !config.secret_key.is_empty() {
        return Ok(config.secret_key.clone());
    }
    if config.mode == Mode::Production {
        return Err(Error::internal(
            "secret_key is not set, and production mode does not make one: openssl rand -hex 32",
        ));
    }
    kept_secret(&config.secret_file())
}

/// The keys in use and before, without making one; `None` where there is none yet.
///
/// # Errors
/// A key that is not usable, or a file that cannot be read.
pub fn keys_there(config: &Config) -> Result<Option<Keys>> {
    let path = config.secret_file();
    let is_made = config.mode == Mode::Embedded && path.exists();
    match config.secret_key.is_empty() && !is_made {
        true => Ok(None),
        false => Ok(Some(Keys::new(&secret_key(config)?, &config.previous_secret_keys))),
    }
}

/// Reads the generated key, or makes it on the first start, readable by its owner alone.
fn kept_secret(path: &Path) -> Result<Secret> {
    use std::io::{Read, Write};
    use std::os::unix::fs::OpenOptionsExt;

    let fault = |error: std::io::Error| Error::internal(format!("{}: {error}", path.display()));
    // First for reading alone: the file may be one that this process must not write.
    if let Ok(kept) = std::fs::read_to_string(path)
        && key_fault(kept.trim()).is_none()
    {
        return Ok(Secret::new(kept.trim()));
    }
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(fault)?;
    }
    let mut options = std::fs::OpenOptions::new();
    let mut file = options
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .open(path)
        .map_err(fault)?;
    // Of two processes that start at once, the second waits here and reads the first one's key. An empty file is one that a
    // process made and died before it wrote.
    file.lock().map_err(fault)?;
    let mut kept = String::new();
    file.read_to_string(&mut kept).map_err(fault)?;
    if kept.is_empty() {
        kept = crate::infra::signing::fresh_token().0;
        file.write_all(kept.as_bytes())
            .and_then(|()| file.sync_all())
            .map_err(fault)?;
    }
    match key_fault(kept.trim()) {
        None => Ok(Secret::new(kept.trim())),
        Some(_) => Err(Error::internal(format!(
            "{} does not hold a usable key",
            path.display()
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weak_keys_are_named() {
        assert!(key_fault("short").is_some());
        assert!(key_fault("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa").is_some());
        assert!(key_fault("changeme-changeme-changeme-changeme-1234").is_some());
        assert_eq!(key_fault("f3b1c6c0a7de4a0f8b2d9e6c5a4b3c2d"), None);
    }
}
