//! `check`: what is wrong, in words that say what to do.

use parlour::app::key_fault;
use parlour::config::{Config, Mode, SignUp};
use parlour::infra::clock::Clock;
use parlour::infra::db::{self, Db};
use parlour::infra::mailer::Mailer;
use parlour::infra::redis::Redis;
use serde_json::json;
use std::net::{Ipv4Addr, ToSocketAddrs};
use std::path::Path;
use url::Url;

use super::{Failure, say};

#[derive(Clone, Copy, PartialEq, Eq)]
enum Grade {
    Ok,
    Warning,
    Error,
}

impl Grade {
    fn name(self) -> &'static str {
        match self {
            Grade::Ok => "ok",
            Grade::Warning => "warning",
            Grade::Error => "error",
        }
    }
}

struct Finding {
    what: &'static str,
    grade: Grade,
    detail: String,
}

fn finding(what: &'static str, grade: Grade, detail: impl Into<String>) -> Finding {
    Finding {
        what,
        grade,
        detail: detail.into(),
    }
}

pub async fn check(file: Option<&Path>, as_json: bool) -> Result<(), Failure> {
    let findings = match Config::load(file) {
        Ok(config) => look(&config).await,
        Err(error) => vec![finding("configuration", Grade::Error, error)],
    };
    let failed = findings.iter().any(|finding| finding.grade == Grade::Error);
    if as_json {
        let list: Vec<_> = findings
            .iter()
            .map(|finding| json!({ "check": finding.what, "result": finding.grade.name(), "detail": finding.detail }))
            .collect();
        say(json!({ "ok": !failed, "findings": list }))?;
    } else {
        for finding in &findings {
            say(format!(
                "{:<8} {:<16} {}",
                finding.grade.name(),
                finding.what,
                finding.detail
            ))?;
        }
    }
    if failed { Err(Failure::Said) } else { Ok(()) }
}

async fn look(config: &Config) -> Vec<Finding> {
    let mut findings = vec![finding("configuration", Grade::Ok, "read")];
    findings.push(secret(config));
    findings.extend(database(config).await);
    findings.push(second_node(config));
    findings.push(redis(config).await);
    findings.push(smtp(config).await);
    findings.extend(signatures(config));
    findings.push(public_url(config));
    findings.push(proxies(config));
    findings
}

fn secret(config: &Config) -> Finding {
    const WHAT: &str = "secret key";
    match (config.secret_key.is_empty(), config.mode) {
        (true, Mode::Production) => finding(WHAT, Grade::Error, "secret_key is not set: openssl rand -hex 32"),
        (true, Mode::Embedded) => finding(WHAT, Grade::Ok, format!("kept in {}", config.secret_file().display())),
        (false, _) => match key_fault(config.secret_key.expose()) {
            Some(fault) => finding(WHAT, Grade::Error, fault),
            None => finding(WHAT, Grade::Ok, "set"),
        },
    }
}

async fn database(config: &Config) -> Vec<Finding> {
    const WHAT: &str = "database";
    if let Some(path) = db::sqlite_path(&config.database_url)
        && !path.exists()
    {
        return vec![finding(
            WHAT,
            Grade::Ok,
            format!("{} will be made at the first start", path.display()),
        )];
    }
    let db = match Db::connect(config).await {
        Ok(db) => db,
        Err(error) => return vec![finding(WHAT, Grade::Error, format!("cannot be reached: {error}"))],
    };
    let reached = finding(WHAT, Grade::Ok, format!("{} answers", db.engine()));
    let schema = match db.standing().await {
        Ok(standing) if standing.pending.is_empty() && standing.newer.is_empty() => {
            finding("schema", Grade::Ok, "up to date")
        }
        Ok(standing) if standing.pending.is_empty() => finding(
            "schema",
            Grade::Ok,
            format!(
                "a newer version has made {} changes; this one works on",
                standing.newer.len()
            ),
        ),
        Ok(standing) => finding(
            "schema",
            Grade::Warning,
            match config.migrate_on_start {
                true => format!(
                    "{} changes wait: parlour migrate, or the next start",
                    standing.pending.len()
                ),
                false => format!("{} changes wait: parlour migrate", standing.pending.len()),
            },
        ),
        Err(error) => finding("schema", Grade::Error, error.to_string()),
    };
    let mut findings = vec![reached, schema];
    findings.extend(in_clear(&config.database_url));
    if !config.database_replica_url.is_empty() {
        findings.push(replica(&db).await);
    }
    db.close().await;
    findings
}

/// A database on another machine that anybody on the way can play.
fn in_clear(database_url: &str) -> Option<Finding> {
    let url = Url::parse(database_url).ok()?;
    let host = url.host_str()?;
    let mode = url
        .query_pairs()
        .find(|(name, _)| name == "sslmode" || name == "ssl-mode");
    let is_sure = mode.is_some_and(|(_, mode)| mode == "verify-full" || mode == "verify-ca");
    // A name without a dot is one of a network of its own, such as that of containers.
    let is_ours = is_near(host) || !host.contains('.') || host.parse().is_ok_and(|ip: Ipv4Addr| ip.is_private());
    if is_sure || is_ours {
        return None;
    }
    Some(finding(
        "database",
        Grade::Warning,
        format!("{host} may be anybody: add ?sslmode=verify-full to database_url, or keep it on a network of its own"),
    ))
}

async fn replica(db: &Db) -> Finding {
    const WHAT: &str = "replica";
    // It is looked at once a second.
    for _ in 0..30 {
        if db.replica_keeps_up() == Some(true) {
            return finding(WHAT, Grade::Ok, "answers and keeps up");
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    finding(
        WHAT,
        Grade::Warning,
        "is away, too far behind, or no replica of this database: reports and exports are read from the database",
    )
}

fn second_node(config: &Config) -> Finding {
    const WHAT: &str = "nodes";
    match (db::sqlite_path(&config.database_url), config.redis_url.is_empty()) {
        (Some(path), _) if path.exists() => match db::claim_node(config) {
            Ok(_) => finding(WHAT, Grade::Ok, "no other node serves from this file"),
            Err(_) => finding(
                WHAT,
                Grade::Warning,
                "a node serves from this file; a second one needs PostgreSQL",
            ),
        },
        (Some(_), _) => finding(WHAT, Grade::Ok, "one node, as SQLite needs"),
        (None, true) => finding(
            WHAT,
            Grade::Warning,
            "without redis_url, each of several nodes counts limits for itself",
        ),
        (None, false) => finding(WHAT, Grade::Ok, "several nodes may serve"),
    }
}

async fn redis(config: &Config) -> Finding {
    const WHAT: &str = "redis";
    if config.redis_url.is_empty() {
        return finding(WHAT, Grade::Ok, "not used");
    }
    let redis = match Redis::open(&config.redis_url, &config.redis_ca_file) {
        Ok(redis) => redis,
        Err(fault) => return finding(WHAT, Grade::Error, fault.to_string()),
    };
    let mut outcome = redis.ping().await;
    // The first call also looks for the nodes of a cluster, and has no more time for it.
    for _ in 0..2 {
        if outcome.is_err() && redis.seeds().is_some() {
            tokio::time::sleep(std::time::Duration::from_millis(300)).await;
            outcome = redis.ping().await;
        }
    }
    let open_to_all = !config.redis_url.contains('@') && !redis.hosts().iter().all(|host| is_near(host));
    let answers = match redis.seeds() {
        Some(nodes) => format!("a cluster named by {nodes} of its nodes answers"),
        None => "answers".to_owned(),
    };
    match outcome {
        Err(fault) if redis.seeds().is_some() => finding(
            WHAT,
            Grade::Error,
            format!("not each node of the cluster answers: {fault}"),
        ),
        Err(fault) => finding(WHAT, Grade::Error, fault.to_string()),
        Ok(()) if open_to_all => finding(
            WHAT,
            Grade::Warning,
            format!("{answers}, but without a password on another machine"),
        ),
        Ok(()) if redis.seeds() == Some(1) => finding(
            WHAT,
            Grade::Warning,
            "a cluster named by one node answers: name some more, for when this one is away",
        ),
        Ok(()) => finding(WHAT, Grade::Ok, answers),
    }
}

async fn smtp(config: &Config) -> Finding {
    const WHAT: &str = "mail";
    let url = config.smtp_url.expose();
    if url.is_empty() {
        return match config.sign_up {
            SignUp::Open => finding(
                WHAT,
                Grade::Warning,
                "no smtp_url: nobody gets mail, and whoever signs up may do so with somebody else's address",
            ),
            SignUp::Invited | SignUp::Closed => finding(WHAT, Grade::Warning, "no smtp_url: nobody gets mail"),
        };
    }
    let mailer = match Mailer::new(config) {
        Ok(mailer) => mailer,
        Err(fault) => return finding(WHAT, Grade::Error, fault),
    };
    if let Err(fault) = mailer.look(Clock::default().now()).await {
        return finding(WHAT, Grade::Error, fault);
    }
    let parsed = Url::parse(url).ok();
    let is_open = parsed.as_ref().is_some_and(|url| {
        let encrypts = url
            .query_pairs()
            .any(|(name, value)| name == "tls" && value == "required");
        url.scheme() == "smtp" && !encrypts && !is_near(url.host_str().unwrap_or_default())
    });
    match (is_open, parsed.is_some_and(|url| url.scheme().starts_with("smtp"))) {
        (true, _) => finding(
            WHAT,
            Grade::Warning,
            "the mail server answers, but links to accounts reach it in the clear: add ?tls=required to smtp_url, or use smtps://",
        ),
        (false, true) => finding(WHAT, Grade::Ok, "the mail server answers"),
        (false, false) => finding(WHAT, Grade::Ok, "written to files"),
    }
}

/// Of mails. What is wrong with the key itself is said with the mail server.
fn signatures(config: &Config) -> Option<Finding> {
    const WHAT: &str = "signatures";
    let mailer = Mailer::new(config).ok()?;
    let signer = mailer.signer()?;
    if !mailer.is_aligned() {
        let detail = format!(
            "mails are signed for {}, which is not the domain of mail_from ({}): receivers who ask for DMARC take no notice of it",
            signer.domain(),
            mailer.from()
        );
        return Some(finding(WHAT, Grade::Warning, detail));
    }
    if is_open_to_others(&config.dkim_key_file) {
        let detail = format!(
            "other users of this machine can read {}: chmod 600",
            config.dkim_key_file.display()
        );
        return Some(finding(WHAT, Grade::Warning, detail));
    }
    let detail = format!(
        "mails are signed; {} must say what parlour mail dkim prints",
        signer.name()
    );
    Some(finding(WHAT, Grade::Ok, detail))
}

fn is_open_to_others(file: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    std::fs::metadata(file).is_ok_and(|found| found.permissions().mode() & 0o007 != 0)
}

fn public_url(config: &Config) -> Finding {
    const WHAT: &str = "public url";
    let host = Url::parse(&config.public_url)
        .ok()
        .and_then(|url| url.host_str().map(str::to_owned))
        .unwrap_or_default();
    match (config.is_https(), is_near(&host), config.mode) {
        (false, false, _) => finding(
            WHAT,
            Grade::Error,
            format!("{} is not https: browsers on https pages refuse it", config.public_url),
        ),
        (_, true, Mode::Production) => finding(
            WHAT,
            Grade::Error,
            format!("{} is reached from this machine only", config.public_url),
        ),
        _ => finding(WHAT, Grade::Ok, config.public_url.clone()),
    }
}

fn proxies(config: &Config) -> Finding {
    const WHAT: &str = "trusted proxies";
    match config.trusted_proxies.iter().find(|network| network.prefix_len() == 0) {
        Some(network) => finding(
            WHAT,
            Grade::Error,
            format!("{network} believes anybody's X-Forwarded-For; name your proxies only"),
        ),
        None if config.trusted_proxies.is_empty() => finding(WHAT, Grade::Ok, "none: the socket's peer is the client"),
        None => finding(WHAT, Grade::Ok, format!("{} networks", config.trusted_proxies.len())),
    }
}

/// This machine.
fn is_near(host: &str) -> bool {
    let plain = host.trim_start_matches('[').trim_end_matches(']');
    plain == "localhost"
        || (plain, 0)
            .to_socket_addrs()
            .is_ok_and(|mut all| all.all(|address| address.ip().is_loopback()))
}
