//! Mails to people: what is said in them, and to whom. They wait in the table of jobs, written in the transaction that wants them, and
//! are put into words when they are sent; so nothing that waits there is a secret, and what has become void meanwhile is not sent.
//!
//! A new kind of mail is an [`Occasion`], an arm of [`compose`], and its words in each language in `words.rs`.

pub mod bounces;
pub mod ceilings;
pub mod counts;
pub mod texts;
mod words;

pub use words::foot;

use chrono::{DateTime, Utc};
use sea_orm::prelude::Uuid;

use self::texts::{Kind, Text, Values};
use crate::accounts::address::Side;
use crate::accounts::{self, address, reset, signing_up};
use crate::app::App;
use crate::error::{Error, Result};
use crate::infra::clock::Clock;
use crate::infra::db::Tx;
use crate::infra::mailer::Letter;
use crate::infra::markup::{el, link};
use crate::infra::queue::{self, Claimed};
use crate::job::{Job, Locale, Occasion};
use crate::sites::Site;
use crate::tenants::{invitations, warnings};
use crate::{mine, text, webhooks};

/// Longest name that stands in a mail, in characters.
const NAME: usize = 60;

/// What a mail says, in one language: a text that ends with the address of the page it is about, if it has one.
#[derive(Debug, PartialEq, Eq)]
struct Said {
    subject: String,
    /// Paragraphs before the link.
    before: Vec<String>,
    /// The link's words and its address.
    link: Option<(String, String)>,
    /// Paragraphs after it.
    after: Vec<String>,
}

/// Has a mail written and sent, once this transaction is committed. Nothing where no mail is configured.
pub async fn queue(tx: &Tx, app: &App, about: Occasion, id: Uuid, locale: Locale) -> Result<()> {
    add(tx, app, about, id, None, locale).await
}

/// The same, of a row that several people are told of, to one of them.
pub async fn queue_to(tx: &Tx, app: &App, about: Occasion, id: Uuid, to: Uuid, locale: Locale) -> Result<()> {
    add(tx, app, about, id, Some(to), locale).await
}

async fn add(tx: &Tx, app: &App, about: Occasion, id: Uuid, to: Option<Uuid>, locale: Locale) -> Result<()> {
    if !app.mailer.is_configured() {
        return Ok(());
    }
    let now = app.clock.now();
    queue::add(&**tx, &Job::Mail { about, id, locale, to }, now, now).await
}

/// A mail that an operator sends to see whether mail arrives.
pub fn trial(public_url: &str, clock: &Clock, to: String, locale: Locale) -> Letter {
    words::trial(locale).letter(public_url, clock.new_id(), clock.now(), to, locale)
}

/// Whether another mail of a kind may go to an address by the wish of a stranger. He is not told, but whoever has the address has got
/// enough of these mails to go on with the last one.
pub async fn may_go(app: &App, what: &str, folded: &str) -> bool {
    let who = app.keys.pseudonym("mail to", folded);
    let key = format!("rl:{{{}:address}}:{what}:{who}", app.installation);
    let budget = app.config.limit_mail;
    let decision = app.limiter.check(&key, budget, app.clock.now()).await.counted(what);
    if !decision.allowed {
        tracing::info!(event = "rate_limited", what, scope = "address", "security");
    }
    decision.allowed
}

/// The mail of a job; none if what it was about is over.
pub async fn write(app: &App, claimed: &Claimed) -> Result<Option<Letter>> {
    let Job::Mail { about, id, locale, to } = claimed.job else {
        return Ok(None);
    };
    let found = compose(app, about, id, to, locale).await?;
    Ok(found.map(|(to, said)| {
        said.letter(
            &app.config.public_url,
            claimed.row.id,
            claimed.row.created_at,
            to,
            locale,
        )
    }))
}

async fn compose(
    app: &App,
    about: Occasion,
    id: Uuid,
    to: Option<Uuid>,
    locale: Locale,
) -> Result<Option<(String, Said)>> {
    let page = |path: &str| format!("{}/admin/{path}", app.config.public_url);
    let by_link = |path: &str, token: &str| page(&format!("{path}#token={token}"));
    let db = app.db.read();
    let written = match about {
        Occasion::SignUp => {
            let Some((row, token)) = signing_up::to_mail(app, id).await? else {
                return Ok(None);
            };
            let said = match accounts::by_email(db, &row.email_folded).await? {
                // Not by the name that was typed: a stranger may have typed it.
                Some(_) => words::has_account(locale, page("sign-in"), &page("forgot-password")),
                None => words::sign_up(locale, by_link("verify", &token), app.config.verify_hours),
            };
            (row.email, said)
        }
        Occasion::PasswordReset => {
            let Some((account, token)) = reset::to_mail(app, id).await? else {
                return Ok(None);
            };
            let said = words::password_reset(locale, by_link("reset", &token), app.config.reset_minutes);
            (account.email, said)
        }
        Occasion::PasswordChanged => {
            let Some(account) = accounts::with_ids(db, [id]).await?.remove(&id) else {
                return Ok(None);
            };
            (account.email, words::password_changed(locale, page("forgot-password")))
        }
        Occasion::EmailToCome => {
            let Some((pending, token, is_taken)) = address::to_mail(app, id, Side::ToCome).await? else {
                return Ok(None);
            };
            let said = match is_taken {
                true => words::address_taken(locale),
                false => words::address_to_come(locale, by_link("change-address", &token)),
            };
            (pending.change.email, said)
        }
        Occasion::EmailToGo => {
            let Some((pending, token, _)) = address::to_mail(app, id, Side::ToGo).await? else {
                return Ok(None);
            };
            let said = words::address_to_go(locale, &pending.change.email, by_link("change-address", &token));
            (pending.account.email, said)
        }
        Occasion::Invitation => {
            let Some((offer, token)) = invitations::to_mail(app, id).await? else {
                return Ok(None);
            };
            let (inviter, tenant) = (offer.inviter.as_deref().map(plain), plain(&offer.tenant));
            let role = offer.invitation.role;
            let said = words::invitation(locale, inviter.as_deref(), &tenant, role, by_link("join", &token));
            (offer.invitation.email, said)
        }
        Occasion::QuotaNear => {
            let Some(warned) = warnings::to_mail(app, id, to.unwrap_or_default()).await? else {
                return Ok(None);
            };
            let said = words::quota_near(
                locale,
                &plain(&warned.tenant),
                &warned.found,
                warned.renews_at,
                page(&format!("t/{}/settings", warned.tenant_id)),
            );
            (warned.email, said)
        }
        Occasion::WebhookDisabled => {
            let Some((email, tenant_id, tenant, names)) = webhooks::administration::to_mail(app, id).await? else {
                return Ok(None);
            };
            let names: Vec<String> = names.iter().map(|name| plain(name)).collect();
            let link = page(&format!("t/{tenant_id}/webhooks"));
            (email, words::webhook_disabled(locale, &plain(&tenant), &names, link))
        }
        Occasion::Mine => {
            let Some(found) = mine::to_mail(app, id).await? else {
                return Ok(None);
            };
            let site = plain(&found.site_name);
            let text = texts::of_site(db, found.site_id, Kind::Mine, locale).await?;
            let said = words::mine(locale, &site, found.address, app.config.mine_link_hours);
            let said = said.with(&text, &[("site", &site)]);
            (found.email, said)
        }
        Occasion::Newer => return Err(Error::internal("this is for a worker of a newer version")),
    };
    Ok(Some(written))
}

/// What the mail with the link to one's comments says where an owner wrote nothing.
fn mine_built_in(locale: Locale) -> Text {
    let Said { subject, before, .. } = words::mine(locale, "{site}", String::new(), 0);
    Text {
        subject,
        opening: before.join("\n\n"),
        closing: String::new(),
    }
}

/// That mail with a text, to somebody. Its link is void.
fn mine_sample(app: &App, site: &Site, locale: Locale, text: &Text, to: String) -> Letter {
    let name = plain(&site.row().name);
    let address = format!("{}/mail/mine/sample", app.config.public_url);
    let said = words::mine(locale, &name, address, app.config.mine_link_hours);
    let said = said.with(text, &[("site", &name)]);
    said.letter(&app.config.public_url, app.clock.new_id(), app.clock.now(), to, locale)
}

/// A name as it may stand in a mail to somebody who did not choose it: short, on one line, and nothing in it that programs for mail
/// make a link of.
pub fn plain(name: &str) -> String {
    let short: String = name.chars().take(NAME).collect();
    let line = text::clean_line(&short, NAME).ok().flatten().unwrap_or_default();
    let mut plain = String::with_capacity(line.len());
    let mut letters = line.chars().peekable();
    while let Some(letter) = letters.next() {
        plain.push(letter);
        let goes_on = letters.peek().is_some_and(|next| *next != ' ');
        if matches!(letter, '.' | ':' | '/' | '@') && goes_on {
            // A space is seen by people, too, and is what no program overlooks.
            plain.push(' ');
        }
    }
    plain
}

impl Said {
    /// The same with the words of a site's owners where they wrote some.
    fn with(mut self, text: &Text, values: Values<'_>) -> Self {
        self.subject = text.subject(values, self.subject);
        if !text.opening.is_empty() {
            self.before = text.opening(values, String::new());
        }
        self.after.extend(text.closing(values));
        self
    }

    fn letter(&self, public_url: &str, id: Uuid, at: DateTime<Utc>, to: String, locale: Locale) -> Letter {
        let foot = words::foot(locale, public_url);
        Letter {
            id,
            at,
            to,
            subject: self.subject.clone(),
            text: self.text(&foot),
            html: self.html(&foot, locale),
            site: None,
        }
    }

    fn text(&self, foot: &str) -> String {
        let link = self.link.iter().map(|(_, address)| address);
        let paragraphs: Vec<&str> = self
            .before
            .iter()
            .chain(link)
            .chain(&self.after)
            .map(String::as_str)
            .collect();
        // "-- " begins what programs for mail take for a signature (RFC 3676 section 4.3).
        format!("{}\n\n-- \n{foot}\n", paragraphs.join("\n\n"))
    }

    /// No picture, no script, no colours of our own but the button's: it is readable wherever mail is read, and on dark grounds.
    fn html(&self, foot: &str, locale: Locale) -> String {
        let paragraph = |words: &String| el("p").text(words);
        let mut body = el("body")
            .attr("style", "font-family:sans-serif;line-height:1.5;max-width:36em")
            .children(self.before.iter().map(paragraph));
        if let Some((words, address)) = &self.link {
            let button = link(address, words).attr(
                "style",
                "display:inline-block;padding:10px 20px;border-radius:6px;background:#0b6e63;color:#ffffff;text-decoration:none;\
                 font-weight:bold",
            );
            body.push(el("p").child(button));
            // For those whose program shows no links, and for who wants to see where it leads.
            body.push(
                el("p")
                    .attr("style", "overflow-wrap:anywhere")
                    .child(link(address, address)),
            );
        }
        body = body.children(self.after.iter().map(paragraph));
        body.push(el("hr"));
        body.push(el("p").attr("style", "font-size:85%").text(foot));
        let head = el("head")
            .child(el("meta").attr("charset", "utf-8"))
            .child(el("meta").attr("name", "color-scheme").attr("content", "light dark"))
            .child(el("title").text(&self.subject));
        let page = el("html").attr("lang", locale.name()).child(head).child(body);
        format!("<!doctype html>\n{}\n", page.html())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_no_link_no_line_and_no_essay() {
        for (name, expected) in [
            ("J. R. Smith", "J. R. Smith"),
            (
                "Win at https://evil.example/now",
                "Win at https: / / evil. example/ now",
            ),
            ("www.evil.example", "www. evil. example"),
            ("ada@example.org", "ada@ example. org"),
            ("Ada\r\nBcc: eve@example.org", "Ada Bcc: eve@ example. org"),
        ] {
            assert_eq!(plain(name), expected);
        }
        assert_eq!(plain(&"x".repeat(100)).len(), NAME);
    }

    #[test]
    fn what_people_typed_is_no_markup() {
        let hostile = "<img src=x onerror=alert(1)>\"'&";
        let said = Said {
            subject: hostile.to_owned(),
            before: vec![hostile.to_owned()],
            link: Some((hostile.to_owned(), "https://talk.example/admin/".to_owned())),
            after: vec![hostile.to_owned()],
        };
        let html = said.html(hostile, Locale::En);
        assert!(!html.contains("<img"), "{html}");
        assert_eq!(
            html.matches("&lt;img src=x onerror=alert(1)&gt;&quot;&#39;&amp;")
                .count(),
            5
        );
        assert!(said.text("foot").ends_with("\n\n-- \nfoot\n"));
    }
}
