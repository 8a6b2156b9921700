//! The pages on which somebody without an account finds what he wrote on a site: to change, to delete, to take out; and what mail he gets.

mod words;

use std::sync::Arc;

use ::entity::comment::{self, SourceFormat, State};
use ::entity::thread;
use poem::http::StatusCode;
use poem::web::{Path, Query};
use poem::{Body, Request, Response, handler};
use sea_orm::prelude::Uuid;
use serde::Deserialize;

use super::{Fields, arrived, page};
use crate::app::App;
use crate::comments::author::{self, By, Edit, version};
use crate::comments::mailbox;
use crate::error::{Error, ErrorCode};
use crate::http::{caller, download};
use crate::infra::markup::{Element, el, link};
use crate::job::Locale;
use crate::mine::{self, Holder, export};
use crate::subscriptions::mine::{self as following, End, Followed};
use crate::{text, watching};

/// Comments on one page.
const SHOWN: u64 = 25;

/// Wishes that the list shows.
const FOLLOWED: u64 = 50;

/// Whoever has opened a link, in his language.
struct Guest<'a> {
    app: &'a Arc<App>,
    general: &'static super::Words,
    holder: Holder,
    key: String,
}

/// Where a page of the list begins.
#[derive(Deserialize)]
pub struct Place {
    /// After this comment, the latest being the first.
    before: Option<Uuid>,
}

/// All that somebody wrote, a page at a time.
#[handler]
pub async fn look_at_all(
    request: &Request,
    Path(key): Path<String>,
    Query(place): Query<Place>,
) -> poem::Result<Response> {
    let guest = match Guest::let_in(request, key).await? {
        Ok(guest) => guest,
        Err(refused) => return Ok(refused),
    };
    // One more than is shown tells whether there are any.
    let mut written = mailbox::written(guest.app, &guest.holder, place.before, SHOWN + 1).await?;
    let more = written.len() as u64 > SHOWN;
    written.truncate(usize::try_from(SHOWN).map_err(Error::internal)?);
    let mails = match place.before {
        // They stand on the first page.
        Some(_) => None,
        None => Some(Mails {
            ended: following::is_ended(guest.app, &guest.holder).await?,
            followed: following::followed(guest.app, &guest.holder, None, FOLLOWED + 1).await?,
        }),
    };
    Ok(guest.list(&written, mails.as_ref(), more))
}

/// What mail he gets.
struct Mails {
    /// None of this site, by his own word or because it came back.
    ended: bool,
    followed: Vec<Followed>,
}

/// A comment in a form.
#[handler]
pub async fn look_at_edit(request: &Request, Path((key, id)): Path<(String, Uuid)>) -> poem::Result<Response> {
    let guest = match Guest::let_in(request, key).await? {
        Ok(guest) => guest,
        Err(refused) => return Ok(refused),
    };
    match mailbox::look(guest.app, &guest.holder, id).await {
        Ok((comment, thread)) => Ok(guest.form(&comment, &thread, None)),
        Err(error) => guest.gone(error),
    }
}

/// Its button.
#[handler]
pub async fn use_edit(request: &Request, body: Body, Path((key, id)): Path<(String, Uuid)>) -> poem::Result<Response> {
    let guest = match Guest::let_in(request, key).await? {
        Ok(guest) => guest,
        Err(refused) => return Ok(refused),
    };
    let (before, thread) = match mailbox::look(guest.app, &guest.holder, id).await {
        Ok(found) => found,
        Err(error) => return guest.gone(error),
    };
    let fields = Fields::of(request, body).await?;
    // A form has line ends of its own (HTML standard, section 4.10.22.4).
    let typed = fields.text.replace("\r\n", "\n");
    if typed == source(&before) {
        return Ok(guest.changed(&before, &thread));
    }
    let edit = Edit {
        text: typed.clone(),
        seen: fields.seen,
        ..Edit::default()
    };
    let error = match author::edit(guest.app, By::Mailbox(&guest.holder), id, &edit).await {
        Ok(done) => return Ok(guest.changed(&done.comment, &done.thread)),
        Err(error) => error,
    };
    let Some(problem) = guest.problem(&error) else {
        return guest.gone(error);
    };
    match mailbox::look(guest.app, &guest.holder, id).await {
        Ok((comment, thread)) => {
            let mut response = guest.form(&comment, &thread, Some((problem, &typed)));
            response.set_status(status(&error));
            Ok(response)
        }
        Err(error) => guest.gone(error),
    }
}

/// A comment that may be deleted.
#[handler]
pub async fn look_at_delete(request: &Request, Path((key, id)): Path<(String, Uuid)>) -> poem::Result<Response> {
    let guest = match Guest::let_in(request, key).await? {
        Ok(guest) => guest,
        Err(refused) => return Ok(refused),
    };
    match mailbox::look(guest.app, &guest.holder, id).await {
        Ok((comment, thread)) => Ok(guest.asked_to_delete(&comment, &thread)),
        Err(error) => guest.gone(error),
    }
}

/// Its button. To press it again changes nothing.
#[handler]
pub async fn use_delete(request: &Request, Path((key, id)): Path<(String, Uuid)>) -> poem::Result<Response> {
    let guest = match Guest::let_in(request, key).await? {
        Ok(guest) => guest,
        Err(refused) => return Ok(refused),
    };
    let Err(error) = author::take_back(guest.app, By::Mailbox(&guest.holder), id).await else {
        return Ok(guest.deleted());
    };
    match guest.problem(&error) {
        Some(problem) => {
            let content = vec![Guest::alert(problem), guest.back()];
            Ok(guest.page(words::cannot_delete_title(guest.locale()), status(&error), content))
        }
        None => guest.gone(error),
    }
}

/// The end of some mails, looked at.
#[handler]
pub async fn look_at_stop(request: &Request, Path((key, what)): Path<(String, String)>) -> poem::Result<Response> {
    let guest = match Guest::let_in(request, key).await? {
        Ok(guest) => guest,
        Err(refused) => return Ok(refused),
    };
    let (locale, end) = (guest.locale(), end_of(&what)?);
    let (title, said) = match end {
        End::One(id) => match following::look(guest.app, &guest.holder, id).await {
            Ok(found) if found.wish.ended_at.is_some() => return Ok(guest.stopped(end)),
            Ok(found) => (words::stop_one_title(locale), guest.wish(&found)),
            Err(error) => return guest.gone(error),
        },
        End::Site => (words::stop_site_title(locale), words::stop_site_hint(locale).to_owned()),
        End::Everything => (
            words::stop_everything_title(locale),
            words::stop_everything_hint(locale).to_owned(),
        ),
    };
    Ok(guest.asked(title, &said, words::stop(locale)))
}

/// Its button.
#[handler]
pub async fn use_stop(request: &Request, Path((key, what)): Path<(String, String)>) -> poem::Result<Response> {
    let guest = match Guest::let_in(request, key).await? {
        Ok(guest) => guest,
        Err(refused) => return Ok(refused),
    };
    let end = end_of(&what)?;
    if let End::One(id) = end
        && let Err(error) = following::look(guest.app, &guest.holder, id).await
    {
        return guest.gone(error);
    }
    following::end(guest.app, &guest.holder, end).await?;
    Ok(guest.stopped(end))
}

/// The way back to mails, looked at.
#[handler]
pub async fn look_at_again(request: &Request, Path(key): Path<String>) -> poem::Result<Response> {
    let guest = match Guest::let_in(request, key).await? {
        Ok(guest) => guest,
        Err(refused) => return Ok(refused),
    };
    let locale = guest.locale();
    Ok(guest.asked(
        words::again_title(locale),
        words::again_hint(locale),
        words::again(locale),
    ))
}

/// Its button.
#[handler]
pub async fn use_again(request: &Request, Path(key): Path<String>) -> poem::Result<Response> {
    let guest = match Guest::let_in(request, key).await? {
        Ok(guest) => guest,
        Err(refused) => return Ok(refused),
    };
    following::begin_again(guest.app, &guest.holder).await?;
    let locale = guest.locale();
    let content = vec![Guest::said(words::again_hint(locale)), guest.back()];
    Ok(guest.page(words::again_done(locale), StatusCode::OK, content))
}

/// What the last part of an address ends.
fn end_of(what: &str) -> poem::Result<End> {
    match what {
        "site" => Ok(End::Site),
        "everything" => Ok(End::Everything),
        id => match id.parse() {
            Ok(id) => Ok(End::One(id)),
            Err(_) => Err(Error::not_found("page").into()),
        },
    }
}

/// All of it, as a file.
#[handler]
pub async fn take_out(request: &Request, Path(key): Path<String>) -> poem::Result<Response> {
    let guest = match Guest::let_in(request, key).await? {
        Ok(guest) => guest,
        Err(refused) => return Ok(refused),
    };
    let who = caller::limit_network(guest.app, request);
    caller::spend(
        guest.app,
        request,
        guest.app.config.limit_export,
        "mine_export",
        "network",
        &who,
    )
    .await?;
    let name = format!("comments-{}.json", guest.holder.site().row().key);
    let pieces = export::all(guest.app, guest.holder.clone());
    Ok(download::attachment("application/json", &name, pieces))
}

fn status(error: &Error) -> StatusCode {
    StatusCode::from_u16(error.code().status()).unwrap_or(StatusCode::CONFLICT)
}

/// What is put into the form: as it was typed. Of what came as HTML, its words.
fn source(comment: &comment::Model) -> String {
    match comment.source_format {
        SourceFormat::Markdown => comment.source.clone(),
        SourceFormat::Html => text::of_html(&comment.html),
    }
}

impl<'a> Guest<'a> {
    /// Who has a good key; or else the page that says that it is none.
    async fn let_in(request: &'a Request, key: String) -> poem::Result<std::result::Result<Guest<'a>, Response>> {
        let (app, general) = arrived(request).await?;
        match mine::open(app, &key).await {
            Ok(holder) => Ok(Ok(Guest {
                app,
                general,
                holder,
                key,
            })),
            Err(error) if error.code() == ErrorCode::LinkVoid => {
                let said = vec![el("p").text(words::void(general.locale))];
                Ok(Err(page(general, general.void_title, StatusCode::FORBIDDEN, said)))
            }
            Err(error) => Err(error.into()),
        }
    }

    fn locale(&self) -> Locale {
        self.general.locale
    }

    fn page(&self, title: &str, status: StatusCode, content: Vec<Element>) -> Response {
        page(self.general, title, status, content)
    }

    /// Below the link of the mail.
    fn address(&self, rest: &str) -> String {
        format!("/mail/mine/{}{rest}", self.key)
    }

    fn back(&self) -> Element {
        el("p").child(link(&self.address(""), words::back(self.locale())))
    }

    fn alert(problem: &str) -> Element {
        el("p").class("problem").attr("role", "alert").text(problem)
    }

    fn said(words: &str) -> Element {
        el("p").class("note").attr("role", "status").text(words)
    }

    /// What is said about a refusal, if it is one of those that people can do something about.
    fn problem(&self, error: &Error) -> Option<&'static str> {
        match error {
            Error::Invalid(faults) => Some(words::unfit(self.locale(), faults)),
            other => words::refusal(self.locale(), other.code()),
        }
    }

    /// A comment that is not his, or none; whatever else went wrong, as everywhere.
    fn gone(&self, error: Error) -> poem::Result<Response> {
        if error.code() != ErrorCode::NotFound {
            return Err(error.into());
        }
        let said = vec![el("p").text(words::gone(self.locale())), self.back()];
        Ok(self.page(words::gone_title(self.locale()), StatusCode::NOT_FOUND, said))
    }

    fn moment(&self, at: chrono::DateTime<chrono::Utc>) -> String {
        watching::words::moment(self.locale(), at, self.holder.site().zone())
    }

    /// A page that says what its one button does.
    fn asked(&self, title: &str, said: &str, button: &str) -> Response {
        let button = el("button").attr("type", "submit").class("main").text(button);
        let form = el("form").attr("method", "post").child(button);
        let content = vec![el("p").text(said), form, self.back()];
        self.page(title, StatusCode::OK, content)
    }

    fn stopped(&self, end: End) -> Response {
        let locale = self.locale();
        let said = match end {
            End::One(_) => None,
            End::Site | End::Everything => Some(Self::said(words::still_by_link(locale))),
        };
        let content = said.into_iter().chain([self.back()]).collect();
        self.page(words::stopped_title(locale), StatusCode::OK, content)
    }

    fn wish(&self, followed: &Followed) -> String {
        let locale = self.locale();
        let called = followed.thread.as_ref().map(watching::title_of);
        let called = called.unwrap_or_else(|| words::no_page(locale).to_owned());
        words::wish(locale, followed.wish.wants, &called)
    }

    fn mails(&self, mails: &Mails) -> Vec<Element> {
        let locale = self.locale();
        let mut content = vec![el("h2").text(words::mails(locale))];
        if mails.ended {
            let again = link(&self.address("/again"), words::again(locale));
            content.push(el("p").text(words::silent(locale)));
            content.push(el("p").class("actions").child(again));
            return content;
        }
        if mails.followed.is_empty() {
            content.push(el("p").text(words::follows_nothing(locale)));
        } else {
            let mut list = el("ul");
            let shown = usize::try_from(FOLLOWED).unwrap_or(usize::MAX);
            for one in mails.followed.iter().take(shown) {
                let said = self.wish(one);
                let there = self.address(&format!("/stop/{}", one.wish.id));
                let stop = link(&there, words::stop(locale));
                let stop = stop.attr("aria-label", words::labelled(words::stop(locale), &said));
                let mut item = el("li").child(el("span").attr("dir", "auto").text(said)).text(" ");
                if one.wish.confirmed_at.is_none() {
                    item = item
                        .child(el("span").class("badge").text(words::unconfirmed(locale)))
                        .text(" ");
                }
                list.push(item.child(stop));
            }
            content.push(list);
            if mails.followed.len() > shown {
                content.push(el("p").class("quiet").text(words::latest_only(locale)));
            }
        }
        let stop_site = link(&self.address("/stop/site"), words::stop_site(locale));
        let stop_everything = link(&self.address("/stop/everything"), words::stop_everything(locale));
        content.push(el("p").class("actions").child(stop_site).child(stop_everything));
        content
    }

    fn list(&self, written: &[(comment::Model, thread::Model)], mails: Option<&Mails>, more: bool) -> Response {
        let is_further = mails.is_none();
        let locale = self.locale();
        let until = self.moment(self.holder.expires_at());
        let about = words::about_link(locale, self.holder.email(), &until);
        let mut content = vec![
            el("p").class("quiet").text(about),
            el("h2").text(words::comments(locale)),
        ];
        content.extend(written.iter().map(|(comment, thread)| self.entry(comment, thread)));
        if written.is_empty() {
            let nothing = if is_further { words::no_further } else { words::nothing };
            content.push(el("p").text(nothing(locale)));
        }
        let mut turn = el("nav");
        if is_further {
            turn.push(link(&self.address(""), words::newest(locale)));
        }
        if let Some((last, _)) = written.last().filter(|_| more) {
            let older = self.address(&format!("?before={}", last.id));
            turn.push(link(&older, words::older(locale)).attr("rel", "next"));
        }
        if is_further || more {
            content.push(turn);
        }
        content.extend(mails.into_iter().flat_map(|mails| self.mails(mails)));
        content.push(el("h2").text(words::take_out(locale)));
        let download = link(&self.address("/export"), words::download(locale));
        content.push(el("p").text(words::take_out_hint(locale)));
        content.push(el("p").child(download));
        let title = words::title(locale, &self.holder.site().row().name);
        self.page(&title, StatusCode::OK, content)
    }

    fn entry(&self, comment: &comment::Model, thread: &thread::Model) -> Element {
        let locale = self.locale();
        let (by, now) = (By::Mailbox(&self.holder), self.app.clock.now());
        let changeable = author::may_edit_by(by, thread, comment, now).is_ok();
        let is_there = comment.state != State::Deleted;
        let deletable = is_there && author::may_delete_by(by, thread, comment, now).is_ok();
        let about = format!("{}, {}", watching::title_of(thread), self.moment(comment.created_at));
        let mut actions = el("p").class("actions");
        for (is_open, what, words) in [
            (changeable, "edit", words::change(locale)),
            (deletable, "delete", words::delete(locale)),
        ] {
            if is_open {
                let there = self.address(&format!("/{what}/{}", comment.id));
                let label = words::labelled(words, &about);
                actions.push(link(&there, words).attr("aria-label", label));
            }
        }
        let article = el("article")
            .child(self.about(comment, thread))
            .child(self.quote(comment));
        match changeable || deletable {
            true => article.child(actions),
            false => article,
        }
    }

    /// Where and when, and what became of it.
    fn about(&self, comment: &comment::Model, thread: &thread::Model) -> Element {
        let locale = self.locale();
        let name = comment.author_name.as_deref().unwrap_or(words::anonymous(locale));
        let state = el("span").class("badge").text(words::state(locale, comment.state));
        let title = watching::title_of(thread);
        let there = thread.url.as_ref().filter(|_| comment.state == State::Published);
        let place = match there {
            Some(url) => link(&format!("{url}#parlour-{}", comment.number), title),
            None => el("span").text(title),
        };
        el("p")
            .class("about")
            .child(place.attr("dir", "auto"))
            .text(" ")
            .child(state)
            .child(el("br"))
            .child(
                el("span")
                    .class("quiet")
                    .child(el("span").attr("dir", "auto").text(name))
                    .text(format!(" · {}", self.moment(comment.created_at))),
            )
    }

    fn quote(&self, comment: &comment::Model) -> Element {
        let quote = el("blockquote").attr("dir", "auto");
        match comment.html.is_empty() {
            true => quote.child(el("p").class("quiet").text(words::erased(self.locale()))),
            false => quote.sanitised(&comment.html),
        }
    }

    /// The form, with what was typed if that could not be taken; or why there is none.
    fn form(
        &self,
        comment: &comment::Model,
        thread: &thread::Model,
        refused: Option<(&'static str, &str)>,
    ) -> Response {
        let locale = self.locale();
        let mut content = vec![self.about(comment, thread)];
        let now = self.app.clock.now();
        if let Err(error) = author::may_edit_by(By::Mailbox(&self.holder), thread, comment, now) {
            content.push(Self::alert(self.problem(&error).unwrap_or_default()));
            content.push(self.quote(comment));
            if let Some((_, typed)) = refused {
                // What was typed is not lost.
                content.push(el("pre").attr("dir", "auto").text(typed));
            }
            content.push(self.back());
            return self.page(words::cannot_change_title(locale), StatusCode::OK, content);
        }
        if let Some((problem, _)) = refused {
            content.push(Self::alert(problem));
            content.push(self.quote(comment));
        }
        let typed = refused.map_or_else(|| source(comment), |(_, typed)| typed.to_owned());
        let area = el("textarea")
            .attr("id", "text")
            .attr("name", "text")
            .attr("rows", "10")
            .attr("dir", "auto")
            .attr("aria-describedby", "checked")
            .flag("required", true)
            .text(typed);
        let seen = el("input")
            .attr("type", "hidden")
            .attr("name", "seen")
            .attr("value", version(comment).to_string());
        let form = el("form")
            .attr("method", "post")
            .child(seen)
            .child(el("label").attr("for", "text").text(words::change_label(locale)))
            .child(area)
            .child(
                el("p")
                    .attr("id", "checked")
                    .class("quiet")
                    .text(words::checked_again(locale)),
            )
            .child(
                el("button")
                    .attr("type", "submit")
                    .class("main")
                    .text(words::save(locale)),
            );
        content.push(form);
        content.push(self.back());
        self.page(words::change_title(locale), StatusCode::OK, content)
    }

    fn changed(&self, comment: &comment::Model, thread: &thread::Model) -> Response {
        let locale = self.locale();
        let said = match comment.state {
            State::Published => words::changed_published(locale),
            State::Pending | State::Spam | State::Rejected | State::Deleted => words::changed_pending(locale),
        };
        let content = vec![
            Self::said(said),
            self.about(comment, thread),
            self.quote(comment),
            self.back(),
        ];
        self.page(words::changed_title(locale), StatusCode::OK, content)
    }

    fn asked_to_delete(&self, comment: &comment::Model, thread: &thread::Model) -> Response {
        let locale = self.locale();
        if comment.state == State::Deleted {
            return self.deleted();
        }
        let mut content = vec![self.about(comment, thread), self.quote(comment)];
        if let Err(error) = author::may_delete_by(By::Mailbox(&self.holder), thread, comment, self.app.clock.now()) {
            content.insert(0, Self::alert(self.problem(&error).unwrap_or_default()));
            content.push(self.back());
            return self.page(words::cannot_delete_title(locale), StatusCode::OK, content);
        }
        let days = self.app.config.deleted_days;
        let hint = format!("{} {}", words::delete_hint(locale), words::erased_in(locale, days));
        content.push(el("p").text(hint));
        let button = el("button")
            .attr("type", "submit")
            .class("main grave")
            .text(words::delete(locale));
        content.push(el("form").attr("method", "post").child(button));
        content.push(self.back());
        self.page(words::delete_title(locale), StatusCode::OK, content)
    }

    fn deleted(&self) -> Response {
        let locale = self.locale();
        let days = self.app.config.deleted_days;
        let content = vec![Self::said(&words::erased_in(locale, days)), self.back()];
        self.page(words::deleted_title(locale), StatusCode::OK, content)
    }
}
