//! What every feature and every door is given.

use std::path::Path;
use std::sync::Arc;

use tokio::sync::Semaphore;

use crate::config::{Config, Mode, Secret};
use crate::error::{Error, Result};
use crate::infra::clock::Clock;
use crate::infra::db::Db;
use crate::infra::limiter::Limiter;
use crate::infra::signing::Keys;
use crate::sites::sightings::Sightings;

/// Shortest secret key, in bytes: 256 bits.
pub const SECRET_LENGTH: usize = 32;

pub struct App {
    pub config: Config,
    pub db: Db,
    pub clock: Clock,
    pub limiter: Limiter,
    pub keys: Keys,
    /// Origins seen and refused, on their way to the database.
    pub sightings: Sightings,
    /// Permits for work that takes a core for a while.
    pub password_turns: Arc<Semaphore>,
    pub render_turns: Arc<Semaphore>,
}

impl App {
    /// Connects to what the configuration names; makes the secret key in embedded mode. Does not migrate.
    pub async fn start(config: Config) -> Result<Arc<Self>> {
        let secret = secret_key(&config)?;
        let keys = Keys::new(&secret, &config.previous_secret_keys);
        let db = Db::connect(&config).await?;
        let limiter = Limiter::new(&config.redis_url)?;
        Ok(Arc::new(App {
            db,
            limiter,
            keys,
            clock: Clock::default(),
            sightings: Sightings::default(),
            password_turns: Arc::new(Semaphore::new(config.password_workers.max(1))),
            render_turns: Arc::new(Semaphore::new(config.render_workers.max(1))),
            config,
        }))
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

/// Reads the generated key, or makes it on the first start, readable by its owner alone.
fn kept_secret(file: &Path) -> Result<Secret> {
    use std::io::Write;
    use std::os::unix::fs::OpenOptionsExt;

    let fault = |error: std::io::Error| Error::internal(format!("{}: {error}", file.display()));
    if let Some(folder) = file.parent() {
        std::fs::create_dir_all(folder).map_err(fault)?;
    }
    let (key, _) = crate::infra::signing::fresh_token();
    match std::fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(file)
    {
        Ok(mut made) => {
            made.write_all(key.as_bytes())
                .and_then(|()| made.sync_all())
                .map_err(fault)?;
            Ok(Secret::new(key))
        }
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
            let kept = std::fs::read_to_string(file).map_err(fault)?;
            match key_fault(kept.trim()) {
                None => Ok(Secret::new(kept.trim())),
                Some(_) => Err(Error::internal(format!(
                    "{} does not hold a usable key",
                    file.display()
                ))),
            }
        }
        Err(error) => Err(fault(error)),
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
