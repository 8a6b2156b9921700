//! `demo`: a blog with conversations to look at, or a platform that is large.

use parlour::config::Config;
use parlour::demo::big::{self, Size};
use parlour::infra::db;
use serde_json::json;

use super::{Failure, ready, say, serve};

#[derive(clap::Args)]
pub struct Arguments {
    /// Instead of serving, plant a large platform in the configured database: an empty one, and some minutes
    #[arg(long)]
    big: bool,
    /// With --big: tenants, each with an owner of its own
    #[arg(long, value_name = "N", default_value_t = 1_000, requires = "big", value_parser = clap::value_parser!(u64).range(2..=100_000))]
    tenants: u64,
    /// With --big: sites, spread evenly over the tenants
    #[arg(long, value_name = "N", default_value_t = 10_000, requires = "big", value_parser = clap::value_parser!(u64).range(1..=1_000_000))]
    sites: u64,
    /// With --big: comments over the last 300 days, a twentieth of them on one site
    #[arg(long, value_name = "N", default_value_t = 1_000_000, requires = "big", value_parser = clap::value_parser!(u64).range(1..=100_000_000))]
    comments: u64,
    /// With --big: also into a database in which somebody has something
    #[arg(long, requires = "big")]
    yes: bool,
    /// With --big: print the account that can sign in as JSON
    #[arg(long, requires = "big")]
    json: bool,
}

pub async fn run(config: Config, arguments: Arguments) -> Result<(), Failure> {
    if !arguments.big {
        return serve::demo(config).await;
    }
    // No other process counts or writes in the same file meanwhile.
    let _node = db::claim_node(&config)?;
    let app = ready(config).await?;
    if !arguments.yes && big::is_used(&app).await? {
        return Err(Failure::Because(
            "this database is in use; --yes plants a large platform beside what is there, and nothing takes it away again"
                .to_owned(),
        ));
    }
    let size = Size {
        tenants: arguments.tenants,
        sites: arguments.sites,
        comments: arguments.comments,
    };
    let planted = big::plant(&app, size).await?;
    match arguments.json {
        true => say(json!({
            "email": planted.email,
            "password": planted.password,
            "tenants": [planted.largest, planted.usual],
        })),
        false => say(format!(
            "\nPlanted. {} can sign in at {}/admin/ with the password {} and sees the largest tenant and another one.",
            planted.email, app.config.public_url, planted.password
        )),
    }
}
