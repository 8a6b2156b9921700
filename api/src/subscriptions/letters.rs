//! The mails to readers. What is said and how it looks is that of moderators' mails, but for what a reader can do: read on, and leave.

use ::entity::subscription::{self, Wants};
use ::entity::{comment, thread};
use chrono::{DateTime, Utc};
use sea_orm::prelude::Uuid;

use super::telling::News;
use super::{leaving, wishing, words};
use crate::app::App;
use crate::emails::texts::{Kind, Text, Values};
use crate::emails::{foot, plain};
use crate::infra::mailer::{Letter, OfSite};
use crate::infra::markdown;
use crate::infra::markup::{Element, el, link};
use crate::job::Locale;
use crate::sites::Site;
use crate::watching::letters::{
    BODY, BUTTON, HTML, Page, QUOTE, SMALL, cut, line, page_address, paragraphs, quoted, title_of, typed,
};
use crate::watching::words::{anonymous, moment, on_page};

/// Characters of a comment that stand in a mail about it, of the one that it answers, and of each of several.
const WHOLE: usize = 6000;
const ANSWERED: usize = 300;
const EXCERPT: usize = 400;

/// Comments that a mail about several shows.
const SHOWN: usize = 25;

/// Who is told, of which site.
pub struct Reader<'a> {
    app: &'a App,
    site: &'a Site,
    row: &'a subscription::Model,
    /// What the site's owners have the mail say.
    text: Text,
}

impl<'a> Reader<'a> {
    pub fn new(app: &'a App, site: &'a Site, row: &'a subscription::Model, text: Text) -> Self {
        Reader { app, site, row, text }
    }

    /// Asks whoever has the address whether it was he. Nothing that a stranger has typed stands in it.
    pub fn confirmation(&self, name: (Uuid, DateTime<Utc>)) -> Letter {
        let locale = self.locale();
        let site = plain(&self.site.row().name);
        let address = wishing::address(self.app, self.row);
        let mut page = Page::default();
        let values: Values<'_> = &[("site", &site)];
        self.begin(&mut page, values, words::asked(locale, &site));
        page.say(words::press(locale));
        page.text.push(address.clone());
        page.html
            .push(el("p").child(link(&address, words::confirm(locale)).attr("style", BUTTON)));
        page.say(words::not_you(locale, self.app.config.follow_confirm_days));
        self.end(&mut page, values);
        let never = leaving::address(self.app, self.row, leaving::From::Question);
        let links = vec![(words::never(locale), never.clone())];
        let subject = self.subject(values, &words::confirm_subject(locale, &site));
        self.letter(
            name,
            subject,
            page,
            (None, &words::because_asked(locale, &site), links, never),
        )
    }

    /// Tells of what was published: of one comment, or of several.
    pub fn news(&self, name: (Uuid, DateTime<Utc>), thread: &thread::Model, news: &[News]) -> Letter {
        let locale = self.locale();
        let title = plain(&title_of(thread));
        let site = plain(&self.site.row().name);
        let mut page = Page::default();
        let subject = match news {
            [one] => {
                let author = author(locale, &one.comment);
                let values: Values<'_> = &[("site", &site), ("thread", &title), ("author", &author)];
                self.begin(&mut page, values, words::opening(locale, one.wants, &author));
                self.one(&mut page, thread, &title, one);
                self.end(&mut page, values);
                self.subject(values, &words::subject(locale, one.wants, &author, &title))
            }
            several => {
                let own = words::digest_subject(locale, several.len(), &title);
                let count = several.len().to_string();
                let values: Values<'_> = &[("site", &site), ("thread", &title), ("count", &count)];
                self.begin(&mut page, values, format!("{own}."));
                for (place, one) in several.iter().take(SHOWN).enumerate() {
                    self.entry(&mut page, place + 1, thread, one);
                }
                if several.len() > SHOWN {
                    page.say(words::more(locale, several.len() - SHOWN));
                }
                let all = news.iter().take(SHOWN + 1).next_back().map(|one| &one.comment);
                if let Some(there) = all.and_then(|comment| page_address(thread, comment)) {
                    page.text.push(format!("{}:\n{there}", words::to_page(locale)));
                    page.html
                        .push(el("p").child(link(&there, words::to_page(locale)).attr("style", BUTTON)));
                }
                self.end(&mut page, values);
                self.subject(values, &own)
            }
        };
        let because = match news {
            [one] => words::because(locale, one.wants, &site),
            _ => words::because(locale, Wants::Thread, &site),
        };
        let leave = leaving::address(self.app, self.row, leaving::From::Conversation);
        let links = vec![
            (words::leave_thread(locale), format!("{leave}?of=thread")),
            (words::leave_site(locale), format!("{leave}?of=site")),
            (words::leave_all(locale), format!("{leave}?of=all")),
        ];
        self.letter(name, subject, page, (Some(thread.id), &because, links, leave))
    }

    /// What it begins with, ends with and is called: as the site's owners want it, or else as we say it.
    fn begin(&self, page: &mut Page, values: Values<'_>, own: String) {
        for paragraph in self.text.opening(values, own) {
            page.say(paragraph);
        }
    }

    fn end(&self, page: &mut Page, values: Values<'_>) {
        for paragraph in self.text.closing(values) {
            page.say(paragraph);
        }
    }

    fn subject(&self, values: Values<'_>, own: &str) -> String {
        self.text
            .subject(values, format!("[{}] {own}", plain(&self.site.row().name)))
    }

    fn one(&self, page: &mut Page, thread: &thread::Model, title: &str, one: &News) {
        let locale = self.locale();
        let comment = &one.comment;
        let about = on_page(locale, title);
        let moment = moment(locale, comment.created_at, self.site.zone());
        let address = page_address(thread, comment);
        page.text.push(format!("{moment}, {about}"));
        page.html.push(el("p").text(format!("{moment}, {about}")));

        let written = cut(&typed(comment), WHOLE);
        page.text.push(quoted(&written));
        let quote = el("blockquote").attr("style", QUOTE).attr("dir", "auto");
        page.html.push(match comment.html.len() <= HTML {
            true => quote.sanitised(&markdown::unlinked(&comment.html)),
            false => quote.children(paragraphs(&written)),
        });
        if let Some(parent) = one.parent.as_ref().filter(|_| one.wants != Wants::Published) {
            let answered = cut(&typed(parent), ANSWERED);
            page.say(words::in_answer_to(
                locale,
                &self::author(locale, parent),
                self.is_his(parent),
            ));
            page.text.push(quoted(&answered));
            let quote = el("blockquote").attr("style", QUOTE).attr("dir", "auto");
            page.html.push(quote.children(paragraphs(&answered)));
        }
        if let Some(there) = address {
            let said = words::to_comment(locale, one.wants);
            page.text.push(format!("{said}:\n{there}"));
            page.html.push(el("p").child(link(&there, said).attr("style", BUTTON)));
        }
    }

    fn entry(&self, page: &mut Page, place: usize, thread: &thread::Model, one: &News) {
        let locale = self.locale();
        let comment = &one.comment;
        let moment = moment(locale, comment.created_at, self.site.zone());
        let head = format!(
            "{place}. {} – {moment}",
            words::entry(locale, one.wants, &author(locale, comment))
        );
        let excerpt = cut(&typed(comment), EXCERPT);
        let address = page_address(thread, comment);
        let under = address.iter().map(|address| format!("\n{address}")).collect::<String>();
        page.text.push(format!("{head}\n{}{under}", quoted(&excerpt)));
        page.html.push(el("p").child(el("strong").text(head)));
        let quote = el("blockquote").attr("style", QUOTE).attr("dir", "auto");
        page.html.push(quote.children(paragraphs(&excerpt)));
        if let Some(address) = address {
            page.html
                .push(el("p").child(link(&address, words::to_comment(locale, one.wants))));
        }
    }

    /// Whether a comment is the follower's own, as far as its address tells.
    fn is_his(&self, comment: &comment::Model) -> bool {
        let email = comment.author_email.as_deref();
        email.is_some_and(|email| crate::text::folded(email) == self.row.email_folded)
    }

    fn letter(
        &self,
        (id, at): (Uuid, DateTime<Utc>),
        subject: String,
        mut page: Page,
        (conversation, because, links, unsubscribe): (Option<Uuid>, &str, Vec<(&str, String)>, String),
    ) -> Letter {
        let locale = self.locale();
        let site = line(&self.site.row().name).unwrap_or_default();
        let foot = foot(locale, &self.app.config.public_url);
        let leave: Vec<String> = links
            .iter()
            .map(|(words, address)| format!("{words}: {address}"))
            .collect();
        // "-- " begins what programs for mail take for a signature (RFC 3676 section 4.3).
        page.text
            .push(format!("-- \n{because}\n{}\n{foot}\n", leave.join("\n")));
        page.html.push(el("hr"));
        let mut under = el("p").attr("style", SMALL).text(format!("{because} "));
        for (place, (words, address)) in links.iter().enumerate() {
            if place > 0 {
                under = under.text(" · ");
            }
            under.push(link(address, *words));
        }
        page.html.push(under.child(el("br")).text(foot));
        let settings = self.site.settings();
        let sender = line(&settings.mail_sender).unwrap_or(site);
        Letter {
            id,
            at,
            to: self.row.email.clone(),
            text: page.text.join("\n\n"),
            html: document(locale, &subject, page.html),
            subject,
            site: Some(OfSite {
                sender,
                reply_to: Some(settings.mail_reply_to.clone()).filter(|address| !address.is_empty()),
                list: self.site.row().key.clone(),
                conversation,
                unsubscribe,
            }),
        }
    }

    fn locale(&self) -> Locale {
        locale_of(self.row, self.site)
    }
}

/// The language in which he asked, or else that of the site.
pub fn locale_of(row: &subscription::Model, site: &Site) -> Locale {
    let chosen = row.locale.as_deref();
    Locale::of(Some(chosen.unwrap_or(&site.settings().language)))
}

/// Which mail tells of it.
pub fn kind_of(news: &[News]) -> Kind {
    match news {
        [one] if one.wants == Wants::Published => Kind::Published,
        [_] => Kind::Reply,
        _ => Kind::News,
    }
}

fn document(locale: Locale, subject: &str, content: Vec<Element>) -> String {
    let head = el("head")
        .child(el("meta").attr("charset", "utf-8"))
        .child(el("meta").attr("name", "color-scheme").attr("content", "light dark"))
        .child(el("title").text(subject));
    let body = el("body").attr("style", BODY).children(content);
    let html = el("html").attr("lang", locale.name()).child(head).child(body);
    format!("<!doctype html>\n{}\n", html.html())
}

/// As it may stand in a mail to strangers.
fn author(locale: Locale, comment: &comment::Model) -> String {
    let name = comment.author_name.as_deref().map(plain);
    name.filter(|name| !name.is_empty())
        .unwrap_or_else(|| anonymous(locale).to_owned())
}
