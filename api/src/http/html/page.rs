//! A conversation laid out: as a fragment for somebody's page, and as a page of its own with a form.

use std::collections::HashMap;

use chrono::{DateTime, SecondsFormat, Utc};
use sea_orm::prelude::Uuid;

use super::form::Fields;
use super::links;
use super::words::{Words, with};
use super::{linked_data, words};
use crate::error::Fault;
use crate::http::visitor::views::{CommentState, CommentView, Sort, ThreadView};
use crate::infra::markup::{Element, data_block, el, link};
use crate::sites::Site;
use crate::sites::settings::{self, Settings, SignIn};

/// A conversation, read and ready to be shown.
pub struct Talk<'a> {
    pub site: &'a Site,
    pub words: &'static Words,
    pub thread: ThreadView,
    /// When its first comment came.
    pub opened_at: Option<DateTime<Utc>>,
    /// What the asker calls the page, where the thread does not know better.
    pub title: Option<String>,
    /// The page it belongs to, on the owner's site.
    pub page: Option<String>,
    /// Addresses for those who read elsewhere.
    pub abroad: links::Thread,
    /// Addresses within the page that is being made.
    pub here: links::Thread,
    pub sort: settings::Sort,
    pub comments: Vec<CommentView>,
    /// Not in the order of the tree: the replies under one root, in order of arrival.
    pub flat: bool,
    /// Where it goes on, and back.
    pub next: Option<String>,
    pub previous: Option<String>,
}

/// What a form shows besides empty fields.
#[derive(Default)]
pub struct Form {
    pub fields: Fields,
    pub token: String,
    /// The comment that is answered: its number and its author's name.
    pub answers: Option<(i64, String)>,
    pub faults: Vec<Fault>,
    /// Why it was not posted.
    pub problem: Option<&'static str>,
    /// What it would look like.
    pub preview: Option<String>,
}

impl Talk<'_> {
    fn settings(&self) -> &Settings {
        self.site.settings()
    }

    pub fn heading(&self) -> &str {
        let known = self.thread.title.as_deref().or(self.title.as_deref());
        known.unwrap_or(self.words.comments)
    }

    /// The address of a comment for the world: on the page it was written on, or on ours.
    pub fn permalink(&self, number: i64) -> String {
        let on_page = self.page.as_deref().and_then(|page| {
            let mut page = url::Url::parse(page).ok()?;
            page.set_fragment(Some(&format!("parlour-{number}")));
            Some(page.into())
        });
        on_page.unwrap_or_else(|| self.abroad.comment(number))
    }

    /// The `section` that the embed takes over. Within it, addresses are those of `here`.
    pub fn section(&self, form: Option<&Form>, with_data: bool) -> Element {
        let mut section = el("section")
            .class("parlour-static")
            .attr("data-parlour-thread", &self.thread.key)
            .attr("data-parlour-version", self.thread.version.to_string())
            .attr("lang", self.words.language)
            .child(
                el("h2")
                    .class("parlour-count")
                    .text(self.words.count(self.thread.comment_count)),
            );
        if self.comments.is_empty() {
            section.push(el("p").class("parlour-empty").text(self.words.nobody_yet));
        } else {
            section.push(self.list(form));
        }
        if let Some(paging) = self.paging() {
            section.push(paging);
        }
        match form {
            Some(form) if !self.has(form) => section.push(self.form(form)),
            Some(_) => {}
            None => section.push(self.way_in()),
        }
        if let Some(form) = form.filter(|_| self.can_vote()) {
            section.push(self.vote_form(&form.token));
        }
        if with_data && !self.comments.is_empty() {
            section.push(data_block("application/ld+json", &linked_data::of(self)));
        }
        section
    }

    /// Where to write, for a fragment without a form.
    fn way_in(&self) -> Element {
        let words = if self.thread.open {
            self.words.write
        } else {
            self.words.to_the_conversation
        };
        el("p")
            .class("parlour-write")
            .child(link(&self.here.page(&[], "parlour-form"), words))
    }

    fn list(&self, form: Option<&Form>) -> Element {
        let names: HashMap<Uuid, (&str, i64)> = self
            .comments
            .iter()
            .map(|comment| (comment.id, (self.author(comment), comment.number)))
            .collect();
        let shown: Vec<&CommentView> = self.comments.iter().collect();
        let most = self.settings().max_depth;
        let items = nested(&shown, most, &mut |comment, replies| {
            let out_of_place = self.flat || comment.depth > most;
            let answers = comment
                .parent_id
                .filter(|_| out_of_place)
                .and_then(|parent| names.get(&parent))
                .copied();
            let mut item = el("li").child(self.article(comment, answers, form.is_some()));
            if let Some(form) = form.filter(|form| form.answers.as_ref().is_some_and(|(to, _)| *to == comment.number)) {
                item.push(self.form(form));
            }
            if !replies.is_empty() {
                item.push(el("ol").class("parlour-replies").children(replies));
            }
            if let Some(after) = comment.more_replies.as_deref().filter(|_| !self.flat) {
                let number = comment.number.to_string();
                let more = self.here.page(&[("branch", &number), ("after", after)], "");
                item.push(
                    el("p")
                        .class("parlour-more")
                        .child(link(&more, self.words.more_replies)),
                );
            }
            item
        });
        el("ol").class("parlour-comments").children(items)
    }

    fn author<'c>(&'c self, comment: &'c CommentView) -> &'c str {
        comment.author.name.as_deref().unwrap_or(self.words.anonymous)
    }

    fn article(&self, comment: &CommentView, answers: Option<(&str, i64)>, with_form: bool) -> Element {
        let number = comment.number;
        let article = el("article")
            .attr("id", format!("parlour-{number}"))
            .class("parlour-comment")
            .attr("data-id", comment.id.to_string());
        if comment.state != CommentState::Published {
            return article.child(el("p").class("parlour-removed").text(self.words.removed));
        }
        let mut actions = el("footer").class("parlour-actions");
        if self.votes() {
            actions = self.vote_counts(actions, comment, with_form);
        }
        if self.thread.open {
            let reply = self.here.page(&[("reply", &number.to_string())], "parlour-form");
            let label = with(self.words.reply_to, &[("name", self.author(comment))]);
            actions.push(
                link(&reply, self.words.reply)
                    .class("parlour-reply")
                    .attr("aria-label", label),
            );
        }
        article
            .child(self.meta(comment, answers))
            .child(
                el("div")
                    .class("parlour-text")
                    .attr("dir", "auto")
                    .sanitised(&comment.html),
            )
            .child(actions)
    }

    fn meta(&self, comment: &CommentView, answers: Option<(&str, i64)>) -> Element {
        let name = self.author(comment);
        let author = match &comment.author.website {
            Some(website) => link(website, name).attr("rel", "nofollow ugc noopener"),
            None => el("span").text(name),
        };
        let anchor = format!("#parlour-{}", comment.number);
        let time = el("time")
            .attr(
                "datetime",
                comment.created_at.to_rfc3339_opts(SecondsFormat::Secs, true),
            )
            .text(comment.created_at.format("%Y-%m-%d %H:%M UTC").to_string());
        let mut meta = el("header")
            .class("parlour-meta")
            .child(el("b").class("parlour-author").attr("dir", "auto").child(author));
        if comment.author.team {
            meta.push(el("span").class("parlour-badge").text(self.words.team));
        }
        if comment.pinned {
            meta.push(el("span").class("parlour-badge").text(self.words.pinned));
        }
        meta.push(el("a").class("parlour-permalink").attr("href", anchor).child(time));
        if comment.edited_at.is_some() {
            meta.push(el("span").class("parlour-edited").text(self.words.edited));
        }
        if let Some((name, number)) = answers {
            let words = with(self.words.in_reply_to, &[("name", name)]);
            meta.push(link(&format!("#parlour-{number}"), words));
        }
        meta
    }

    fn votes(&self) -> bool {
        self.settings().votes != settings::Votes::None
    }

    fn can_vote(&self) -> bool {
        self.votes() && !self.thread.locked
    }

    /// The counts, as buttons where there is a form to send them with.
    fn vote_counts(&self, mut actions: Element, comment: &CommentView, with_form: bool) -> Element {
        let can_vote = with_form && self.can_vote();
        let mut one = |way: &'static str, sign: &str, words: &str, count: i32| {
            let label = with(words, &[("count", &count.to_string())]);
            let shown = format!("{sign} {count}");
            actions.push(match can_vote {
                true => el("button")
                    .attr("form", "parlour-votes")
                    .attr("name", "vote")
                    .attr("value", format!("{way}:{}", comment.number))
                    .attr("aria-label", label)
                    .text(shown),
                false => el("span").attr("title", label).text(shown),
            });
        };
        one("up", "▲", self.words.up, comment.votes.up);
        if self.settings().votes == settings::Votes::Both {
            one("down", "▼", self.words.down, comment.votes.down);
        }
        actions
    }

    /// What the buttons at the comments belong to.
    fn vote_form(&self, token: &str) -> Element {
        let action = self.here.door().to("form#parlour-note");
        let opened = el("form")
            .attr("id", "parlour-votes")
            .attr("method", "post")
            .attr("action", action);
        opened.children(self.hidden(token))
    }

    fn paging(&self) -> Option<Element> {
        let sort = sort_name(self.sort);
        let mut pages = Vec::new();
        if let Some(before) = &self.previous {
            let page = self.here.page(&[("sort", sort), ("before", before)], "");
            pages.push(link(&page, self.words.previous_page).attr("rel", "prev"));
        }
        if let Some(after) = &self.next {
            let page = match self.branch() {
                Some(root) => self.here.page(&[("branch", &root), ("after", after)], ""),
                None => self.here.page(&[("sort", sort), ("after", after)], ""),
            };
            pages.push(link(&page, self.words.next_page).attr("rel", "next"));
        }
        if pages.is_empty() {
            return None;
        }
        let items = pages.into_iter().map(|page| el("li").child(page));
        Some(el("nav").class("parlour-pages").child(el("ul").children(items)))
    }

    /// Number of the root whose replies are shown alone.
    fn branch(&self) -> Option<String> {
        let root = self.comments.first().filter(|_| self.flat)?;
        Some(root.number.to_string())
    }

    fn hidden(&self, token: &str) -> Vec<Element> {
        let named = self.here.named().iter();
        let fields = named
            .map(|(name, value)| (*name, value.as_str()))
            .chain([("token", token)]);
        let input = |(name, value): (&'static str, &str)| {
            el("input")
                .attr("type", "hidden")
                .attr("name", name)
                .attr("value", value)
        };
        fields.map(input).collect()
    }

    /// Whether the form stands under the comment that it answers.
    fn has(&self, form: &Form) -> bool {
        let answered = form.answers.as_ref().map(|(number, _)| *number);
        self.comments.iter().any(|comment| Some(comment.number) == answered)
    }

    pub fn form(&self, form: &Form) -> Element {
        if !self.thread.open {
            return el("p")
                .attr("id", "parlour-form")
                .class("parlour-closed")
                .text(self.words.closed);
        }
        // No page without a script knows its reader.
        if self.site.settings().sign_in == SignIn::Required {
            return el("p")
                .attr("id", "parlour-form")
                .class("parlour-closed")
                .text(self.words.signed_in_only);
        }
        form_element(self.site, self.words, &self.here, self.hidden(&form.token), form)
    }

    fn note(&self, note: Note, with_form: bool) -> Element {
        match note {
            Note::Published => note_element(self.words.posted),
            Note::Waits => note_element(self.words.waits),
            Note::TakenBack => note_element(self.words.taken_back),
            Note::Voted(number) if with_form && self.can_vote() => note_element(self.words.voted).text(" ").child(
                el("button")
                    .attr("form", "parlour-votes")
                    .attr("name", "vote")
                    .attr("value", format!("none:{number}"))
                    .text(self.words.take_back),
            ),
            Note::Voted(_) => note_element(self.words.voted),
        }
    }

    /// Which order, for the page of its own.
    fn orders(&self) -> Element {
        let words = self.words;
        let mut orders = vec![
            (settings::Sort::Oldest, words.oldest),
            (settings::Sort::Newest, words.newest),
            (settings::Sort::Discussed, words.discussed),
        ];
        if self.votes() {
            orders.insert(2, (settings::Sort::Best, words.best));
        }
        let item = |(sort, words): (settings::Sort, &'static str)| {
            let order = link(&self.here.page(&[("sort", sort_name(sort))], ""), words);
            el("li").child(match sort == self.sort && !self.flat {
                true => order.attr("aria-current", "true"),
                false => order,
            })
        };
        el("nav")
            .attr("aria-label", words.sort)
            .child(el("ul").children(orders.into_iter().map(item)))
    }

    /// The whole page.
    pub fn document(&self, form: Option<&Form>, note: Option<Note>, with_data: bool) -> String {
        let mut main = el("main").child(el("h1").attr("dir", "auto").text(self.heading()));
        if let Some(page) = &self.page {
            main.push(el("p").child(link(page, self.words.to_the_page)));
        }
        if let Some(note) = note {
            main.push(self.note(note, form.is_some()));
        }
        if self.flat {
            main.push(el("p").child(link(&self.here.page(&[], ""), self.words.to_the_conversation)));
        } else if self.comments.len() > 1 {
            main.push(self.orders());
        }
        main.push(self.section(form, with_data));
        let mut head = Vec::new();
        if let Some(page) = &self.page {
            head.push(el("link").attr("rel", "canonical").attr("href", page));
        }
        let feed = |page: &str, media_type: &'static str| {
            let named = self
                .abroad
                .named()
                .iter()
                .filter(|(name, _)| matches!(*name, "id" | "url"));
            let query: Vec<(&str, &str)> = named.map(|(name, value)| (*name, value.as_str())).collect();
            el("link")
                .attr("rel", "alternate")
                .attr("type", media_type)
                .attr("href", self.abroad.door().with(page, &query))
        };
        head.push(feed("feed.atom", "application/atom+xml"));
        head.push(feed("feed.json", "application/feed+json"));
        let title = match self.heading() == self.words.comments {
            true => with(self.words.comments_on, &[("what", &self.site.row().name)]),
            false => with(self.words.comments_on, &[("what", self.heading())]),
        };
        document(self.words, &title, head, main)
    }
}

/// What came of a form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Note {
    Published,
    Waits,
    /// On the comment with this number.
    Voted(i64),
    TakenBack,
}

impl Note {
    /// From the address that a form led to.
    pub fn read(text: &str) -> Option<Note> {
        match text.split_once(':') {
            None if text == "published" => Some(Note::Published),
            None if text == "waits" => Some(Note::Waits),
            None if text == "taken-back" => Some(Note::TakenBack),
            Some(("voted", number)) => Some(Note::Voted(number.parse().ok()?)),
            _ => None,
        }
    }

    pub fn written(self) -> String {
        match self {
            Note::Published => "published".to_owned(),
            Note::Waits => "waits".to_owned(),
            Note::TakenBack => "taken-back".to_owned(),
            Note::Voted(number) => format!("voted:{number}"),
        }
    }
}

/// Above everything else.
fn note_element(note: &str) -> Element {
    el("p")
        .attr("id", "parlour-note")
        .class("parlour-note")
        .attr("role", "status")
        .text(note)
}

/// A page of ours.
pub fn document(words: &Words, title: &str, head: Vec<Element>, main: Element) -> String {
    let about = el("head")
        .child(el("meta").attr("charset", "utf-8"))
        .child(
            el("meta")
                .attr("name", "viewport")
                .attr("content", "width=device-width, initial-scale=1"),
        )
        .child(el("title").text(title))
        .child(el("link").attr("rel", "stylesheet").attr("href", "/thread.css"))
        .children(head);
    let page = el("html")
        .attr("lang", words.language)
        .attr("dir", "ltr")
        .child(about)
        .child(el("body").child(main));
    format!("<!doctype html>\n{}\n", page.html())
}

/// The form, with what was typed and what was wrong with it.
pub fn form_element(
    site: &Site,
    words: &'static Words,
    here: &links::Thread,
    hidden: Vec<Element>,
    form: &Form,
) -> Element {
    let settings = site.settings();
    let mut made = el("form")
        .attr("id", "parlour-form")
        .class("parlour-form")
        .attr("method", "post")
        .attr("action", here.door().to("form#parlour-form"))
        .attr("accept-charset", "utf-8")
        .children(hidden);
    match &form.answers {
        Some((number, name)) => {
            let heading = with(words.reply_to, &[("name", name)]);
            made = made
                .child(
                    el("input")
                        .attr("type", "hidden")
                        .attr("name", "reply")
                        .attr("value", number.to_string()),
                )
                .child(el("h2").text(heading))
                .child(el("p").child(link(&here.page(&[], "parlour-form"), words.no_reply)));
        }
        None => made.push(el("h2").text(words.write)),
    }
    if let Some(problem) = form.problem {
        made.push(problem_element(words, settings, problem, &form.faults));
    }
    if let Some(html) = &form.preview {
        made = made.child(el("h3").text(words.preview_of)).child(
            el("div")
                .class("parlour-preview parlour-text")
                .attr("dir", "auto")
                .sanitised(html),
        );
    }
    let typed = |value: &Option<String>| value.clone().unwrap_or_default();
    let fields = &form.fields;
    let text = el("textarea")
        .attr("id", "parlour-text")
        .attr("name", "text")
        .attr("rows", "8")
        .attr("dir", "auto")
        .attr("maxlength", (2 * settings.max_text_length).to_string())
        .flag("required", true);
    let text = pointed_at(text, &form.faults, "/text", true).text(typed(&fields.text));
    made = made
        .child(label("parlour-text", words.your_comment, None))
        .child(text)
        .child(el("small").attr("id", "parlour-text-help").text(words.markdown))
        .children(fault_elements(words, settings, &form.faults, "/text"));
    let optional = |needed: bool| (!needed).then_some(words.optional);
    let input = |id: &'static str, kind: &'static str, autocomplete: &'static str, value: &Option<String>| {
        el("input")
            .attr("id", id)
            .attr("name", id.trim_start_matches("parlour-"))
            .attr("type", kind)
            .attr("autocomplete", autocomplete)
            .attr("value", typed(value))
    };
    let name = input("parlour-name", "text", "name", &fields.name).flag("required", settings.require_name);
    let email = input("parlour-email", "email", "email", &fields.email).flag("required", settings.require_email);
    let website = input("parlour-website", "text", "url", &fields.website).attr("inputmode", "url");
    let faults = |pointer| fault_elements(words, settings, &form.faults, pointer);
    made = made
        .child(label("parlour-name", words.name, optional(settings.require_name)))
        .child(pointed_at(name, &form.faults, "/author/name", false))
        .children(faults("/author/name"))
        .child(label("parlour-email", words.mail, optional(settings.require_email)))
        .child(pointed_at(email, &form.faults, "/author/email", true))
        .child(el("small").attr("id", "parlour-email-help").text(words.mail_use))
        .children(faults("/author/email"))
        .child(label("parlour-website", words.website, optional(false)))
        .child(pointed_at(website, &form.faults, "/author/website", false))
        .children(faults("/author/website"));
    if !settings.consent.is_empty() {
        let agreed = fields.agree.as_deref() == Some("yes");
        let check = el("input")
            .attr("id", "parlour-agree")
            .attr("type", "checkbox")
            .attr("name", "agree")
            .attr("value", "yes")
            .flag("checked", agreed);
        made = made
            .child(
                el("label")
                    .class("parlour-check")
                    .child(pointed_at(check, &form.faults, AGREE, false))
                    .child(el("span").text(&settings.consent)),
            )
            .children(faults(AGREE));
    }
    if !settings.notice.is_empty() {
        made.push(el("p").class("parlour-notice").text(&settings.notice));
    }
    let button = |what: &'static str, words: &'static str| {
        el("button")
            .attr("type", "submit")
            .attr("name", "do")
            .attr("value", what)
            .text(words)
    };
    // The first is the one that Enter presses.
    made.child(button("post", words.post))
        .child(button("preview", words.preview).flag("formnovalidate", true))
}

/// Where the consent box is, among what is wrong with a form.
pub const AGREE: &str = "/agree";

/// What was wrong, above the form, with links to the fields.
pub fn problem_element(words: &Words, settings: &Settings, problem: &str, faults: &[Fault]) -> Element {
    let mut made = el("div")
        .class("parlour-problem")
        .attr("role", "alert")
        .child(el("p").text(problem));
    let items = faults.iter().filter_map(|fault| {
        let id = fields().into_iter().find(|(pointer, _)| *pointer == fault.pointer)?.1;
        let field = match fault.pointer.as_str() {
            "/text" => words.your_comment,
            "/author/name" => words.name,
            "/author/email" => words.mail,
            "/author/website" => words.website,
            _ => return Some(el("li").child(link(&format!("#{id}"), words.agree_first))),
        };
        let sentence = format!("{field}: {}", words.fault(fault, settings));
        Some(el("li").child(link(&format!("#{id}"), sentence)))
    });
    let items: Vec<Element> = items.collect();
    if !items.is_empty() {
        made.push(el("ul").children(items));
    }
    made
}

fn fault_sentence(words: &Words, settings: &Settings, fault: &Fault) -> String {
    match fault.pointer.as_str() {
        AGREE => words.agree_first.to_owned(),
        _ => words.fault(fault, settings),
    }
}

fn fields() -> [(&'static str, &'static str); 5] {
    [
        ("/text", "parlour-text"),
        ("/author/name", "parlour-name"),
        ("/author/email", "parlour-email"),
        ("/author/website", "parlour-website"),
        (AGREE, "parlour-agree"),
    ]
}

fn fault_elements(words: &words::Words, settings: &Settings, faults: &[Fault], pointer: &str) -> Option<Element> {
    let fault = faults.iter().find(|fault| fault.pointer == pointer)?;
    let id = fields().into_iter().find(|(known, _)| *known == pointer)?.1;
    let made = el("p").class("parlour-fault").attr("id", format!("{id}-fault"));
    Some(made.text(fault_sentence(words, settings, fault)))
}

/// Ties a field to its help and to what is wrong with it.
fn pointed_at(field: Element, faults: &[Fault], pointer: &str, has_help: bool) -> Element {
    let id = fields()
        .into_iter()
        .find(|(known, _)| *known == pointer)
        .map_or("", |(_, id)| id);
    let is_wrong = faults.iter().any(|fault| fault.pointer == pointer);
    let about: Vec<String> = [(is_wrong, "fault"), (has_help, "help")]
        .into_iter()
        .filter(|(there, _)| *there)
        .map(|(_, what)| format!("{id}-{what}"))
        .collect();
    let field = if about.is_empty() {
        field
    } else {
        field.attr("aria-describedby", about.join(" "))
    };
    if is_wrong {
        field.attr("aria-invalid", "true")
    } else {
        field
    }
}

fn label(field: &'static str, words: &str, more: Option<&str>) -> Element {
    let made = el("label").attr("for", field).text(words);
    match more {
        Some(more) => made.text(" ").child(el("small").text(more)),
        None => made,
    }
}

pub fn sort_name(sort: settings::Sort) -> &'static str {
    match Sort::from(sort) {
        Sort::Oldest => "oldest",
        Sort::Newest => "newest",
        Sort::Best => "best",
        Sort::Discussed => "discussed",
    }
}

/// Folds comments in the order of display into what `make` makes of each and its replies, `most` levels deep: deeper ones stand
/// beside what they answer.
pub fn nested<T>(comments: &[&CommentView], most: u32, make: &mut dyn FnMut(&CommentView, Vec<T>) -> T) -> Vec<T> {
    let mut roots = Vec::new();
    // Comments whose replies are not all there yet, from the root down.
    let mut open: Vec<(&CommentView, Vec<T>)> = Vec::new();
    let mut close = |open: &mut Vec<(&CommentView, Vec<T>)>, roots: &mut Vec<T>| {
        if let Some((comment, replies)) = open.pop() {
            let made = make(comment, replies);
            open.last_mut().map_or(&mut *roots, |(_, replies)| replies).push(made);
        }
    };
    for comment in comments {
        let depth = usize::try_from(comment.depth.min(most)).unwrap_or(0);
        while open.len() > depth {
            close(&mut open, &mut roots);
        }
        open.push((comment, Vec::new()));
    }
    while !open.is_empty() {
        close(&mut open, &mut roots);
    }
    roots
}
