//! The mails themselves. Plain text is what a person would write; the HTML says the same, with the comment as readers see it but for its links and
//! pictures, which are words here: a mail is not to fetch anything, nor to lead anywhere that a stranger chose.

use ::entity::comment::{SourceFormat, State};
use ::entity::{comment, thread, watcher};
use chrono::TimeDelta;
use sea_orm::prelude::Uuid;

use super::{end_address, words};
use crate::app::App;
use crate::emails::foot;
use crate::emails::texts::{Text, Values};
use crate::infra::mailer::{Letter, OfSite};
use crate::infra::markdown;
use crate::infra::markup::{Element, el, link};
use crate::infra::queue::Claimed;
use crate::job::Locale;
use crate::moderation::Looked;
use crate::moderation::links::mailed::{self, Action};
use crate::sites::Site;
use crate::text;

/// Characters of a comment that stand in a mail about it, of the one that it answers, and of each in a digest.
const WHOLE: usize = 6000;
const ANSWERED: usize = 300;
const EXCERPT: usize = 400;

/// Bytes of HTML above which a comment stands in a mail as text.
pub const HTML: usize = 24 * 1024;

/// Comments that a digest shows.
const SHOWN: usize = 50;

/// Longest name or title in a mail, in characters.
const NAME: usize = 100;

pub const BODY: &str = "font-family:sans-serif;line-height:1.5;max-width:40em";
pub const QUOTE: &str = "margin:1em 0;padding:0 1em;border-left:3px solid #888888;overflow-wrap:anywhere";
pub const BUTTON: &str = "display:inline-block;padding:10px 20px;border-radius:6px;background:#0b6e63;color:#ffffff;text-decoration:none;\
                      font-weight:bold";
pub const SMALL: &str = "font-size:85%";

/// Who is told, of which site, by which job.
pub struct Reader<'a> {
    pub app: &'a App,
    pub claimed: &'a Claimed,
    pub site: &'a Site,
    pub watcher: &'a watcher::Model,
    pub to: String,
    /// What the site's owners want its mails to say.
    pub text: Text,
}

/// The two forms of a mail while it is written.
#[derive(Default)]
pub struct Page {
    pub text: Vec<String>,
    pub html: Vec<Element>,
}

impl Page {
    pub fn say(&mut self, words: impl Into<String>) {
        let words = words.into();
        self.html.push(el("p").text(&words));
        self.text.push(words);
    }

    /// What an owner wrote: its lines are lines in HTML, too.
    fn say_all(&mut self, paragraphs: Vec<String>) {
        for paragraph in paragraphs {
            let mut element = el("p");
            for (place, line) in paragraph.lines().enumerate() {
                if place > 0 {
                    element = element.child(el("br"));
                }
                element = element.text(line);
            }
            self.html.push(element);
            self.text.push(paragraph);
        }
    }
}

impl Reader<'_> {
    /// The mail about one comment.
    pub fn comment(&self, looked: &Looked) -> Letter {
        let locale = self.locale();
        let comment = &looked.comment;
        let mut page = Page::default();
        let title = title(looked);
        let (who, site) = (author(locale, looked), self.site_name());
        let values: Values<'_> = &[
            ("site", &site),
            ("thread", &title),
            ("author", &who),
            ("state", words::state(locale, comment.state)),
        ];
        page.say_all(self.text.opening(values, words::opening(locale, &who, comment.state)));
        let about = words::on_page(locale, &title);
        let moment = words::moment(locale, comment.created_at, self.site.zone());
        let address = page_address(&looked.thread, comment);
        page.text.push(match &address {
            Some(address) => format!("{moment}, {about}:\n{address}"),
            None => format!("{moment}, {about}"),
        });
        page.html.push(match &address {
            Some(address) => el("p").text(format!("{moment}, ")).child(link(address, about)),
            None => el("p").text(format!("{moment}, {about}")),
        });

        let written = cut(&typed(comment), WHOLE);
        page.text.push(quoted(&written));
        let quote = el("blockquote").attr("style", QUOTE).attr("dir", "auto");
        page.html.push(match comment.html.len() <= HTML {
            true => quote.sanitised(&markdown::unlinked(&comment.html)),
            false => quote.children(paragraphs(&written)),
        });
        if let Some(parent) = looked.parent.as_ref().filter(|parent| parent.state != State::Deleted) {
            let answered = cut(&typed(parent), ANSWERED);
            page.say(words::in_answer_to(
                locale,
                &name(locale, parent.author_name.as_deref()),
            ));
            page.text.push(quoted(&answered));
            let quote = el("blockquote").attr("style", QUOTE).attr("dir", "auto");
            page.html.push(quote.children(paragraphs(&answered)));
        }
        if comment.state == State::Pending {
            page.say(words::why(locale, &reasons(looked)));
        }

        let actions = Action::of_state(comment.state);
        let addresses: Vec<(&str, String)> = actions
            .iter()
            .map(|action| {
                (
                    words::link(locale, *action, comment.state),
                    self.address(looked, *action),
                )
            })
            .chain([(words::to_admin(locale), self.admin(&format!("comments/{}", comment.id)))])
            .collect();
        let lines = addresses.iter().map(|(words, address)| format!("{words}:\n{address}"));
        page.text.push(lines.collect::<Vec<_>>().join("\n\n"));
        // The first is what there is to do, if there is anything to do.
        let (main, others) = match comment.state {
            State::Pending => addresses.split_at(1),
            _ => addresses.split_at(0),
        };
        for (words, address) in main {
            page.html
                .push(el("p").child(link(address, *words).attr("style", BUTTON)));
        }
        page.html.push(in_a_row(others));
        page.say(words::links_last(locale, self.app.config.mail_link_days));
        page.say_all(self.text.closing(values));
        let subject = self.text.subject(values, format!("[{site}] {title}"));
        self.letter(subject, page, Some(looked.thread.id))
    }

    /// The mail about all that has waited for it.
    pub fn digest(&self, all: &[Looked]) -> Letter {
        let locale = self.locale();
        let waiting = all.iter().filter(|one| one.comment.state == State::Pending).count();
        let told = words::digest_subject(locale, all.len(), waiting);
        let site = self.site_name();
        let (count, waits) = (all.len().to_string(), waiting.to_string());
        let values: Values<'_> = &[("site", &site), ("count", &count), ("waiting", &waits)];
        let mut page = Page::default();
        page.say_all(self.text.opening(values, format!("{told}.")));
        for (place, looked) in all.iter().take(SHOWN).enumerate() {
            self.entry(&mut page, place + 1, looked);
        }
        let queue = self.admin(&format!("comments?site={}", self.site.id()));
        if all.len() > SHOWN {
            page.say(words::more(locale, all.len() - SHOWN));
        }
        page.text.push(format!("{}:\n{queue}", words::all_of_them(locale)));
        page.html
            .push(el("p").child(link(&queue, words::all_of_them(locale)).attr("style", BUTTON)));
        page.say(words::links_last(locale, self.app.config.mail_link_days));
        page.say_all(self.text.closing(values));
        let subject = self.text.subject(values, format!("[{site}] {told}"));
        self.letter(subject, page, None)
    }

    fn entry(&self, page: &mut Page, place: usize, looked: &Looked) {
        let locale = self.locale();
        let comment = &looked.comment;
        let about = words::on_page(locale, &title(looked));
        let mut head = format!("{place}. {} {about}", author(locale, looked));
        if comment.state == State::Pending {
            head = format!("{head} – {}", words::waits(locale));
        }
        let excerpt = cut(&typed(comment), EXCERPT);
        let admin = self.admin(&format!("comments/{}", comment.id));
        page.text.push(format!("{head}\n{}\n{admin}", quoted(&excerpt)));
        page.html.push(el("p").child(el("strong").text(head)));
        let quote = el("blockquote").attr("style", QUOTE).attr("dir", "auto");
        page.html.push(quote.children(paragraphs(&excerpt)));
        let actions = Action::of_state(comment.state);
        let addresses: Vec<(&str, String)> = actions
            .iter()
            .map(|action| {
                (
                    words::link(locale, *action, comment.state),
                    self.address(looked, *action),
                )
            })
            .chain([(words::to_admin(locale), admin)])
            .collect();
        page.html.push(in_a_row(&addresses));
    }

    fn site_name(&self) -> String {
        line(&self.site.row().name).unwrap_or_default()
    }

    fn letter(&self, subject: String, mut page: Page, conversation: Option<Uuid>) -> Letter {
        let locale = self.locale();
        let site = self.site_name();
        let because = words::because(locale, &site);
        let (stop, choose) = (end_address(self.app, self.watcher), self.admin("notifications"));
        let foot = foot(locale, &self.app.config.public_url);
        // "-- " begins what programs for mail take for a signature (RFC 3676 section 4.3).
        page.text.push(format!(
            "-- \n{because}\n{}: {stop}\n{}: {choose}\n{foot}\n",
            words::stop(locale),
            words::choose(locale),
        ));
        page.html.push(el("hr"));
        let under = el("p").attr("style", SMALL).text(format!("{because} "));
        page.html.push(
            under
                .child(link(&stop, words::stop(locale)))
                .text(" · ")
                .child(link(&choose, words::choose(locale)))
                .child(el("br"))
                .text(foot),
        );
        let head = el("head")
            .child(el("meta").attr("charset", "utf-8"))
            .child(el("meta").attr("name", "color-scheme").attr("content", "light dark"))
            .child(el("title").text(&subject));
        let body = el("body").attr("style", BODY).children(page.html);
        let html = el("html").attr("lang", locale.name()).child(head).child(body);
        let settings = self.site.settings();
        let sender = line(&settings.mail_sender).unwrap_or_else(|| site.clone());
        Letter {
            id: self.claimed.row.id,
            at: self.claimed.row.created_at,
            to: self.to.clone(),
            subject,
            text: page.text.join("\n\n"),
            html: format!("<!doctype html>\n{}\n", html.html()),
            site: Some(OfSite {
                sender,
                reply_to: Some(settings.mail_reply_to.clone()).filter(|address| !address.is_empty()),
                list: self.site.row().key.clone(),
                conversation,
                unsubscribe: stop,
            }),
        }
    }

    fn locale(&self) -> Locale {
        locale_of(self.watcher, self.site)
    }

    /// The same in each try: a mail that is sent twice has the same links.
    fn address(&self, looked: &Looked, action: Action) -> String {
        let expires_at = self.claimed.row.created_at + TimeDelta::days(self.app.config.mail_link_days);
        mailed::address(self.app, &looked.comment, self.watcher.account_id, action, expires_at)
    }

    fn admin(&self, path: &str) -> String {
        let (host, tenant_id) = (&self.app.config.public_url, self.site.row().tenant_id);
        format!("{host}/admin/t/{tenant_id}/{path}")
    }
}

/// The language that a watcher chose, or else that of the site.
pub fn locale_of(watcher: &watcher::Model, site: &Site) -> Locale {
    let chosen = watcher.locale.as_deref();
    Locale::of(Some(chosen.unwrap_or(&site.settings().language)))
}

fn in_a_row(addresses: &[(&str, String)]) -> Element {
    let mut row = el("p");
    for (place, (words, address)) in addresses.iter().enumerate() {
        if place > 0 {
            row = row.text(" · ");
        }
        row.push(link(address, *words));
    }
    row
}

fn author(locale: Locale, looked: &Looked) -> String {
    name(locale, looked.comment.author_name.as_deref())
}

pub(super) fn name(locale: Locale, typed: Option<&str>) -> String {
    let name = typed.and_then(line);
    name.unwrap_or_else(|| words::anonymous(locale).to_owned())
}

/// What a conversation is called: its title, or else its page.
pub fn title(looked: &Looked) -> String {
    title_of(&looked.thread)
}

/// The same, of the conversation itself.
pub fn title_of(thread: &thread::Model) -> String {
    let called = thread.title.as_deref().or(thread.url.as_deref());
    let called = called.unwrap_or_else(|| thread.key.split_once(':').map_or(&*thread.key, |(_, rest)| rest));
    line(called).unwrap_or_default()
}

/// Where a comment stands on its page.
pub fn page_address(thread: &thread::Model, comment: &comment::Model) -> Option<String> {
    let mut page = url::Url::parse(thread.url.as_deref()?).ok()?;
    page.set_fragment(Some(&format!("parlour-{}", comment.number)));
    Some(page.into())
}

pub fn reasons(looked: &Looked) -> Vec<String> {
    serde_json::from_value(looked.comment.reasons.clone()).unwrap_or_default()
}

/// A name or title, on one line and not too long.
pub fn line(typed: &str) -> Option<String> {
    let short: String = typed.chars().take(NAME).collect();
    text::clean_line(&short, NAME).ok().flatten()
}

/// What was typed; of HTML, its words.
pub fn typed(comment: &comment::Model) -> String {
    match comment.source_format {
        SourceFormat::Markdown => comment.source.clone(),
        SourceFormat::Html => text::of_html(&comment.html),
    }
}

pub fn cut(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

pub fn quoted(text: &str) -> String {
    let lines = text.lines().map(|line| format!("> {line}"));
    lines.collect::<Vec<_>>().join("\n")
}

pub fn paragraphs(text: &str) -> impl Iterator<Item = Element> {
    let lines = text.lines().filter(|line| !line.trim().is_empty());
    lines.map(|line| el("p").text(line))
}
