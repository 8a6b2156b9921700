//! `site`: sites from the shell.

use std::io::Read;
use std::path::{Path, PathBuf};

use clap::Subcommand;
use parlour::accounts;
use parlour::app::App;
use parlour::config::Config;
use parlour::sites::origin::Origin;
use parlour::sites::settings::{DEFINITIONS, Definition, Kind};
use parlour::sites::{self, Site, bounds};
use parlour::tenants::{self, Member};
use parlour::text;
use parlour::transfer::isso_config;
use serde_json::{Map, Value, json};

use super::{Failure, ready, say};

#[derive(Subcommand)]
pub enum Command {
    /// Make a site; prints what to paste into its pages
    Create {
        /// Mail address of the account that owns it (in its first tenant, made if there is none)
        #[arg(long)]
        owner: String,
        #[arg(long)]
        name: String,
        /// Origin whose pages may show the comments, such as https://blog.example; may be repeated
        #[arg(long = "origin", required = true, value_name = "URL")]
        origins: Vec<String>,
        /// A setting, such as moderation=links; may be repeated (`parlour site settings` lists them)
        #[arg(long = "set", value_name = "KEY=VALUE")]
        settings: Vec<String>,
        /// Print the site as JSON
        #[arg(long)]
        json: bool,
    },
    /// Change settings of a site
    Set {
        /// The site's key, as in its snippet
        key: String,
        /// Settings, such as moderation=links; `parlour site settings` lists them
        #[arg(required = true, value_name = "KEY=VALUE")]
        settings: Vec<String>,
        /// Print the site as JSON
        #[arg(long)]
        json: bool,
    },
    /// List what can be set for a site: names, defaults, bounds
    Settings {
        /// Only this setting
        name: Option<String>,
        /// Print each setting as a line of JSON
        #[arg(long)]
        json: bool,
    },
    /// Take over the settings of an Isso from its configuration file; tells what became of each line
    ImportConfig {
        /// The file (isso.cfg)
        file: PathBuf,
        /// The site's key, as in its snippet
        #[arg(long, value_name = "KEY")]
        site: String,
        /// Only say what would be done
        #[arg(long)]
        dry_run: bool,
        /// Print what became of each line as JSON
        #[arg(long)]
        json: bool,
    },
    /// List an account's sites
    List {
        /// Mail address of the account that owns them
        #[arg(long)]
        owner: String,
        /// Print the sites as JSON
        #[arg(long)]
        json: bool,
    },
}

pub async fn run(config: Config, command: Command) -> Result<(), Failure> {
    match command {
        // The one that needs no database.
        Command::Settings { name, json } => settings(name.as_deref(), json),
        Command::Create {
            owner,
            name,
            origins,
            settings,
            json,
        } => {
            let app = ready(config).await?;
            let member = owner_of(&app, &owner, true).await?;
            let settings = bounds::for_new_site(&app, Some(&parsed(&settings)?)).await?;
            show(
                &app,
                &sites::create(&app, &member, &name, &origins, settings).await?,
                json,
            )
        }
        Command::Set { key, settings, json } => {
            let app = ready(config).await?;
            let site = sites::find_by_key(&app, &key).await?;
            let member = tenants::of_site(&app, &site).await?;
            show(
                &app,
                &sites::update(&app, &member, site.id(), None, Some(&parsed(&settings)?)).await?,
                json,
            )
        }
        Command::ImportConfig {
            file,
            site,
            dry_run,
            json,
        } => import_config(&*ready(config).await?, &file, &site, dry_run, json).await,
        Command::List { owner, json } => {
            let app = ready(config).await?;
            list(&app, &owner_of(&app, &owner, false).await?, json).await
        }
    }
}

async fn import_config(app: &App, file: &Path, key: &str, dry_run: bool, as_json: bool) -> Result<(), Failure> {
    let fault = |what: String| Failure::Because(format!("{}: {what}", file.display()));
    let site = sites::find_by_key(app, key).await?;
    let mut text = String::new();
    let opened = std::fs::File::open(file).map_err(|error| fault(error.to_string()))?;
    let mut opened = opened.take(isso_config::LONGEST as u64 + 1);
    opened
        .read_to_string(&mut text)
        .map_err(|error| fault(error.to_string()))?;
    if text.len() > isso_config::LONGEST {
        return Err(fault("too long for a configuration".to_owned()));
    }
    let entries = isso_config::read(&text, Config::variable_for_others).map_err(|wrong| fault(format!("{wrong}")))?;
    let origins: Vec<Origin> = site
        .origins()
        .filter_map(|row| Origin::from_owner(&row.origin).ok())
        .collect();
    let translation = isso_config::translate(&entries, &site.chosen()?, &origins);
    if !dry_run {
        isso_config::apply(app, &site, &translation).await?;
    }
    if as_json {
        return say(translation.json(dry_run));
    }
    for line in &translation.lines {
        say(line)?;
    }
    match (dry_run, translation.settings.len() + translation.origins.len()) {
        (true, count) => say(format!(
            "\nDry run: nothing was written. {count} settings and origins would change."
        )),
        (false, count) => say(format!("\n{count} settings and origins changed.")),
    }
}

/// The account behind a mail address, as the owner of its first tenant.
async fn owner_of(app: &App, email: &str, make_tenant: bool) -> Result<Member, Failure> {
    let unknown = || Failure::Because(format!("nobody has the address {email}; see parlour setup --help"));
    let folded = text::email(email).ok().flatten().ok_or_else(unknown)?.folded;
    let account = accounts::by_email(app.db.read(), &folded).await?.ok_or_else(unknown)?;
    if make_tenant && tenants::list(app, account.id).await?.is_empty() {
        tenants::create(app, account.id, None, &account.name).await?;
    }
    Ok(tenants::as_owner(app, account.id, None).await?)
}

/// `KEY=VALUE` pairs, each value by the kind of its setting.
fn parsed(pairs: &[String]) -> Result<Value, Failure> {
    let mut changes = Map::new();
    for pair in pairs {
        let (name, value) = pair
            .split_once('=')
            .ok_or_else(|| Failure::Because(format!("{pair:?} is not KEY=VALUE")))?;
        changes.insert(name.to_owned(), definition(name)?.typed(value)?);
    }
    Ok(Value::Object(changes))
}

fn definition(name: &str) -> Result<&'static Definition, Failure> {
    let unknown = || format!("there is no setting {name}; parlour site settings lists them");
    Ok(Definition::of(name).ok_or_else(unknown)?)
}

/// What can be set for a site, or all there is to say about one of the settings.
fn settings(name: Option<&str>, as_json: bool) -> Result<(), Failure> {
    let named = name.map(definition).transpose()?;
    for definition in DEFINITIONS
        .iter()
        .filter(|one| named.is_none_or(|named| named.name == one.name))
    {
        let default = definition.default()?;
        match as_json {
            true => say(explained(definition, &default))?,
            false => say(format!(
                "{} = {}\n    {}\n    Takes {}.\n",
                definition.name,
                default,
                definition.description(),
                definition.kind
            ))?,
        }
    }
    Ok(())
}

fn explained(definition: &Definition, default: &Value) -> Value {
    let mut told = json!({
        "name": definition.name,
        "kind": definition.kind.name(),
        "section": definition.section.name(),
        "default": default,
        "secret": definition.secret,
        "description": definition.description(),
    });
    match definition.kind {
        Kind::Switch | Kind::Zone => {}
        Kind::Email => told["max_length"] = json!(text::EMAIL),
        Kind::Number(least, most) => (told["minimum"], told["maximum"]) = (json!(least), json!(most)),
        Kind::Text(longest) => told["max_length"] = json!(longest),
        Kind::Choice(choices) => told["choices"] = json!(choices),
        Kind::List(most, entry) => {
            told["max_items"] = json!(most);
            if let Some(choices) = entry.choices() {
                told["choices"] = json!(choices);
            }
        }
    }
    told
}

async fn list(app: &App, member: &Member, as_json: bool) -> Result<(), Failure> {
    let mut after = None;
    loop {
        let (page, more) = sites::list(app, member, None, after, 100).await?;
        for site in &page {
            match as_json {
                true => say(described(app, site))?,
                false => say(format!("{}  {}", site.row().key, site.row().name))?,
            }
        }
        after = page.last().map(Site::id);
        if !more {
            return Ok(());
        }
    }
}

fn show(app: &App, site: &Site, as_json: bool) -> Result<(), Failure> {
    match as_json {
        true => say(described(app, site)),
        false => say(format!(
            "{} ({})\n\nPaste this into your pages:\n\n{}",
            site.row().name,
            site.row().key,
            snippet(app, site)
        )),
    }
}

fn snippet(app: &App, site: &Site) -> String {
    sites::snippet(&app.config, &site.row().key)
}

fn described(app: &App, site: &Site) -> Value {
    let row = site.row();
    json!({
        "id": row.id,
        "tenant_id": row.tenant_id,
        "key": row.key,
        "name": row.name,
        "origins": site.origins().map(|origin| &origin.origin).collect::<Vec<_>>(),
        "settings": site.settings(),
        "snippet": snippet(app, site),
        "isso_base": format!("{}/isso/{}/", app.config.public_url, row.key),
    })
}
