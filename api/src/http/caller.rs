//! From headers to proofs: which page's visitor, which signed-in account, from which network.

use std::sync::Arc;

use ipnet::IpNet;
use poem::Request;
use poem::http::header;
use sea_orm::prelude::Uuid;

use super::layers::Notes;
use crate::accounts::{self, SignedIn, keys};
use crate::app::App;
use crate::config::Budget;
use crate::error::{Error, ErrorCode, Result};
use crate::infra::limiter::Decision;
use crate::infra::network;
use crate::sites::origin::Origin;
use crate::sites::{self, Purpose, Visitor};
use crate::tenants::{self, Member, policy::Act};

/// The caller's address: the socket's peer, or what trusted proxies say.
pub fn address(app: &App, request: &Request) -> std::net::IpAddr {
    let peer = request
        .remote_addr()
        .as_socket_addr()
        .map_or(std::net::Ipv4Addr::UNSPECIFIED.into(), std::net::SocketAddr::ip);
    let forwarded: Vec<&[u8]> = request
        .headers()
        .get_all("x-forwarded-for")
        .iter()
        .map(header::HeaderValue::as_bytes)
        .collect();
    network::client_address(peer, forwarded.into_iter(), &app.config.trusted_proxies)
}

/// Counts one request against a budget that all nodes share.
pub async fn spend(app: &App, request: &Request, budget: Budget, what: &str, scope: &str, who: &str) -> Result<()> {
    let key = format!("rl:{{{}:{scope}}}:{what}:{who}", app.installation);
    let outcome = app.limiter.check(&key, budget, app.clock.now()).await.counted(what);
    spent(request, outcome, what, scope)
}

/// Counts one request against a budget that this node keeps for itself. A read from memory costs less than asking Redis whether
/// it may; so a reader may read that often on every node.
pub fn spend_here(app: &App, request: &Request, budget: Budget, what: &str, scope: &str, who: IpNet) -> Result<()> {
    let outcome = app
        .limiter
        .check_here((what, scope, who), budget, app.clock.milliseconds())
        .counted(what);
    spent(request, outcome, what, scope)
}

fn spent(request: &Request, outcome: Decision, what: &str, scope: &str) -> Result<()> {
    if let Some(notes) = request.data::<Arc<Notes>>() {
        notes.set_budget(outcome.state);
    }
    if !outcome.allowed {
        tracing::info!(event = "rate_limited", what, scope, "security");
    }
    outcome.into_result().map(|_| ())
}

/// The network by which a caller is counted.
pub fn limit_network(app: &App, request: &Request) -> String {
    network::limit_network(address(app, request)).to_string()
}

/// The page that a request says it comes from.
pub fn origin(request: &Request) -> Option<&str> {
    match request.headers().get_all(header::ORIGIN).iter().collect::<Vec<_>>()[..] {
        [] => None,
        // An Origin that is not text, or several of them, is nobody's.
        [one] => Some(one.to_str().unwrap_or("?")),
        _ => Some("?"),
    }
}

/// The origin of the page that a form stood on; from a browser that sends no `Origin` with one (text browsers), by its `Referer`.
/// Another site's page can keep its reader's browser from sending that, and cannot make it name a page that is not its own.
pub fn form_origin(request: &Request) -> Option<String> {
    if let Some(origin) = origin(request) {
        return Some(origin.to_owned());
    }
    let page = url::Url::parse(request.header(header::REFERER)?).ok()?;
    Origin::of_url(&page).map(|origin| origin.to_string())
}

/// Lets a reader's page in, within its budget.
pub async fn visitor(
    app: &App,
    request: &Request,
    key: &str,
    purpose: Purpose,
    budget: Budget,
    what: &str,
) -> Result<Visitor> {
    let notes = Notes::of(request);
    notes
        .site
        .set(key.chars().take(32).filter(char::is_ascii_alphanumeric).collect())
        .ok();
    let formed = (purpose == Purpose::Form).then(|| form_origin(request)).flatten();
    let origin = match purpose {
        Purpose::Form => formed.as_deref(),
        Purpose::Read | Purpose::Tell | Purpose::Write => origin(request),
    };
    let address = address(app, request);
    // Before anything is looked up: what is refused costs the caller as much as what is not.
    let scope = notes.site.get().map_or("-", String::as_str);
    let who = network::limit_network(address);
    match purpose {
        Purpose::Read | Purpose::Tell => spend_here(app, request, budget, what, scope, who)?,
        Purpose::Write | Purpose::Form => {
            let spent = spend(app, request, budget, what, scope, &who.to_string()).await;
            if let Err(error) = &spent
                && what == "post"
                && let Ok(site) = sites::current(app, key).await
            {
                app.tallies.failed_submit(&site, app.clock.now(), error);
            }
            spent?;
        }
    }
    let visitor = sites::admit(app, key, origin, network::privacy_network(address), purpose).await?;
    if let Some(origin) = origin {
        notes.origin.set(origin.to_owned()).ok();
    }
    Ok(visitor)
}

/// A page, or a program, that reads what is public.
pub async fn reader<'a>(request: &'a Request, key: &str) -> Result<(&'a Arc<App>, Visitor)> {
    let app = app(request)?;
    let visitor = visitor(app, request, key, Purpose::Read, app.config.limit_read, "read").await?;
    Ok((app, visitor))
}

/// A reader's page that is about to change what he wrote: second thoughts of all kinds share one budget, at whichever door.
pub async fn author<'a>(request: &'a Request, key: &str) -> Result<(&'a Arc<App>, Visitor)> {
    let app = app(request)?;
    let visitor = visitor(app, request, key, Purpose::Write, app.config.limit_edit, "edit").await?;
    Ok((app, visitor))
}

/// The caller's network as it stands in a tenant's record.
pub fn network_hash(app: &App, request: &Request) -> String {
    let network = network::privacy_network(address(app, request));
    app.keys.pseudonym("audit", &network.to_string())
}

/// The account that the bearer token names, within its budget.
pub async fn signed_in(app: &App, request: &Request) -> Result<SignedIn> {
    let token = bearer(request).ok_or_else(|| {
        Error::refused(
            ErrorCode::Unauthenticated,
            "Send an access token: Authorization: Bearer ...",
        )
    })?;
    let caller = accounts::recognise(app, token)
        .await?
        .from_network(network_hash(app, request));
    spend(
        app,
        request,
        app.config.limit_admin,
        "admin",
        "account",
        &caller.account().id.to_string(),
    )
    .await?;
    Ok(caller)
}

/// The signed-in account as a member of a tenant who may do something there.
pub async fn member(app: &App, request: &Request, tenant_id: Uuid, act: Act) -> Result<Member> {
    let Some(key) = bearer(request).filter(|token| token.starts_with(keys::BEGINNING)) else {
        let caller = signed_in(app, request).await?;
        return tenants::enter(app, &caller, tenant_id, act).await;
    };
    let holder = keys::recognise(app, key)
        .await?
        .from_network(network_hash(app, request));
    let who = holder.id().to_string();
    spend(app, request, app.config.limit_admin, "admin", "key", &who).await?;
    tenants::enter_by_key(app, &holder, tenant_id, act).await
}

/// Exports read all there is, so they are counted by themselves.
pub async fn spend_export(app: &App, request: &Request, member: &Member) -> Result<()> {
    let who = member.account_id().to_string();
    spend(app, request, app.config.limit_export, "export", "account", &who).await
}

pub fn bearer(request: &Request) -> Option<&str> {
    let header = request.header(header::AUTHORIZATION)?;
    let (scheme, token) = header.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

pub fn app(request: &Request) -> Result<&Arc<App>> {
    request
        .data::<Arc<App>>()
        .ok_or_else(|| Error::internal("no app in the request"))
}
