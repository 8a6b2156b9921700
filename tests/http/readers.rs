//! Readers who follow conversations by mail: by consent, with an exit, and nobody else.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::Ordering;

use chrono::TimeDelta;
use entity::silence::Reason;
use entity::subscription::{self, Wants};
use entity::{OfSite, follow_entry, silence};
use futures_util::future::join;
use http::Method;
use parlour::app::App;
use parlour::infra::queue;
use parlour::job::Job;
use parlour::subscriptions::{self, telling};
use sea_orm::prelude::Uuid;
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, Set};
use serde_json::{Value, json};

use crate::mail::{Mail, Server, deliver, fresh_address, jobs, mails, posting};
use crate::watching::{choose, desk, desk_at, link, name_of, open, page, pass, press, taken, word_of};
use crate::world::{Answer, ORIGIN, Site, World, run};

fn free() -> Value {
    json!({ "moderation": "none" })
}

/// A server that keeps its mails, with a site whose owner gets none.
async fn quiet_desk(settings: Value) -> (World, Site) {
    let (world, site) = desk(settings).await;
    choose(&world, &site, &site.owner.account, "none").await;
    (world, site)
}

/// Posts with an address, and with what its author wants by mail.
async fn say_as(world: &World, site: &Site, email: &str, thread: &str, text: &str, wants: Value) -> Answer {
    let mut draft = json!({
        "thread": { "id": thread, "url": format!("https://blog.example/{thread}"), "title": format!("About {thread}") },
        "text": text, "author": { "name": "Ada", "email": email },
    });
    for (name, value) in wants.as_object().unwrap() {
        draft[name] = value.clone();
    }
    site.draft(world, &draft).await
}

async fn answer_by(world: &World, site: &Site, name: &str, parent: &Answer, text: &str) -> Answer {
    let draft = json!({
        "thread": { "id": parent.json["thread"]["key"].as_str().unwrap().trim_start_matches("id:") },
        "parent_id": parent.comment_id(), "text": text, "author": { "name": name },
    });
    site.draft(world, &draft).await
}

async fn follow(world: &World, site: &Site, thread: &str, email: &str) -> Answer {
    let body = json!({ "thread": { "id": thread }, "email": email });
    world.post(&site.path("subscriptions"), &body).from(ORIGIN).send().await
}

/// Presses the button behind the link of the mail that asked.
async fn confirm(world: &World, email: &str) {
    let mail = mails(world, email)
        .await
        .pop()
        .unwrap_or_else(|| panic!("nobody asked {email}"));
    press(world, &link(world, &mail, "follow"), "").await.expect(200);
}

/// Somebody who follows a conversation, as he would come to it.
async fn follower(world: &World, site: &Site, thread: &str) -> String {
    let email = fresh_address();
    follow(world, site, thread, &email).await.expect(202);
    confirm(world, &email).await;
    email
}

/// The mails to an address that are about comments.
async fn news(world: &World, email: &str) -> Vec<Mail> {
    let mut all = mails(world, email).await;
    all.retain(|mail| mail.head.contains("In-Reply-To: "));
    all
}

async fn sole(world: &World, email: &str) -> Mail {
    let mut all = news(world, email).await;
    assert_eq!(all.len(), 1, "{all:?}");
    all.remove(0)
}

/// Somebody who follows something already, as if he had confirmed it.
async fn follows(world: &World, site: &Site, thread: &str, comment: Option<&str>, email: &str) -> Uuid {
    let (site_id, thread_id) = (site.id.parse().unwrap(), thread.parse().unwrap());
    let comment_id: Option<Uuid> = comment.map(|id| id.parse().unwrap());
    let email = email.to_owned();
    world
        .within(move |app| async move {
            let now = app.clock.now();
            let id = app.clock.new_id();
            let row = subscription::ActiveModel {
                id: Set(id),
                site_id: Set(site_id),
                thread_id: Set(comment_id.is_none().then_some(thread_id)),
                comment_id: Set(comment_id),
                wants: Set(match comment_id {
                    Some(_) => Wants::Replies,
                    None => Wants::Thread,
                }),
                email_folded: Set(email.to_lowercase()),
                email: Set(email),
                locale: Set(None),
                token_hash: Set(rand::random::<[u8; 32]>().to_vec()),
                created_at: Set(now),
                asked_at: Set(None),
                confirmed_at: Set(Some(now)),
                ended_at: Set(None),
            };
            let tx = app.db.begin().await.unwrap();
            row.insert(&*tx).await.unwrap();
            tx.commit().await.unwrap();
            id
        })
        .await
}

/// What an address still follows on a site.
async fn followed(world: &World, site: &Site, email: &str) -> u64 {
    let (site_id, email): (Uuid, _) = (site.id.parse().unwrap(), email.to_lowercase());
    world
        .within(move |app| async move {
            subscription::Entity::of_site(site_id)
                .filter(subscription::Column::EmailFolded.eq(email))
                .filter(subscription::Column::EndedAt.is_null())
                .count(app.db.read())
                .await
                .unwrap()
        })
        .await
}

async fn is_silent(app: &App, site_id: Uuid, email: &str) -> bool {
    subscriptions::is_silent(app.db.read(), app, site_id, email)
        .await
        .unwrap()
}

// Asking

#[test]
fn nobody_is_told_before_he_has_said_that_it_was_he_and_then_never_asked_again() {
    run(async {
        let (world, site) = quiet_desk(free()).await;
        let ada = fresh_address();
        let wants = json!({ "follow": "replies", "language": "de-AT" });
        let first = say_as(&world, &site, &ada, "post", "A first word", wants)
            .await
            .expect(201);
        answer_by(&world, &site, "Eve", &first, "Too early").await.expect(201);
        let mut asked = mails(&world, &ada).await;
        assert_eq!(asked.len(), 1, "{asked:?}");
        let asked = asked.remove(0);
        assert_eq!(
            asked.subject,
            "[A blog] Möchten Sie E-Mails über Kommentare auf „A blog“?"
        );
        for typed in ["About post", "A first word", "Too early", "Eve"] {
            assert!(!asked.text.contains(typed) && !asked.html.contains(typed), "{typed}");
        }
        let path = link(&world, &asked, "follow");

        // What programs do that look at mails.
        let shown = page(&open(&world, &path).await.expect(200));
        assert!(shown.contains("answers to a comment on “About post”") && shown.contains("<form method=\"post\">"));
        for method in [Method::HEAD, Method::GET] {
            let ask = world
                .ask(method, &path)
                .header("purpose", "prefetch")
                .header("sec-purpose", "prefetch");
            ask.send().await.expect(200);
        }
        world.ask(Method::OPTIONS, &path).send().await;
        answer_by(&world, &site, "Eve", &first, "Still too early")
            .await
            .expect(201);
        assert_eq!(news(&world, &ada).await.len(), 0);

        let done = page(&press(&world, &path, "").await.expect(200));
        assert!(done.contains("Confirmed."), "{done}");
        let again = page(&press(&world, &path, "").await.expect(200));
        assert!(again.contains("confirmed already"), "{again}");
        let reply = answer_by(&world, &site, "Eve", &first, "Now **well**, see https://evil.example/")
            .await
            .expect(201);
        // Below the answer, and so below the first word.
        let own = json!({
            "thread": { "id": "post" }, "parent_id": reply.comment_id(), "text": "My own", "author": { "email": ada.to_uppercase() },
            "follow": "replies",
        });
        site.draft(&world, &own).await.expect(201);
        let mail = sole(&world, &ada).await;
        assert_eq!(mail.subject, "[A blog] Eve hat zu „About post“ geantwortet");
        let number = reply.json["comment"]["number"].as_i64().unwrap();
        let there = format!("https://blog.example/post#parlour-{number}");
        for part in ["> Now **well**", "Sie hatten geschrieben:", "> A first word", &there] {
            assert!(mail.text.contains(part), "{part} is not in {}", mail.text);
        }
        assert!(
            mail.html.contains("<strong>well</strong>") && !mail.html.contains("href=\"https://evil"),
            "{}",
            mail.html
        );
        for line in [
            "Auto-Submitted: auto-generated",
            "List-Unsubscribe-Post: List-Unsubscribe=One-Click",
            "List-Id: <",
            "References: <",
        ] {
            assert!(mail.head.contains(line), "{line} is not in {}", mail.head);
        }
        assert_eq!(
            mails(&world, &ada).await.len(),
            2,
            "whoever has confirmed is not asked again"
        );
        assert_eq!(followed(&world, &site, &ada).await, 2);
        site.say(&world, "post", "On its own").await.expect(201);
        assert_eq!(news(&world, &ada).await.len(), 1, "answers alone");
        assert_eq!(jobs(&world).await, []);
    });
}

#[test]
fn a_conversation_is_followed_without_writing_in_it() {
    run(async {
        let (world, site) = quiet_desk(free()).await;
        let first = say_as(&world, &site, "", "post", "A first word", json!({}))
            .await
            .expect(201);
        let ada = follower(&world, &site, "post").await;
        answer_by(&world, &site, "Eve", &first, "An answer").await.expect(201);
        let mail = sole(&world, &ada).await;
        assert_eq!(mail.subject, "[A blog] Eve wrote on “About post”");
        let eve = fresh_address();
        let body = json!({ "thread": { "id": "post" }, "comment_id": first.comment_id(), "email": eve });
        world
            .post(&site.path("subscriptions"), &body)
            .from(ORIGIN)
            .send()
            .await
            .expect(202);
        confirm(&world, &eve).await;
        site.say(&world, "post", "No answer").await.expect(201);
        answer_by(&world, &site, "Bob", &first, "Another answer")
            .await
            .expect(201);
        assert_eq!(
            sole(&world, &eve).await.subject,
            "[A blog] Bob answered on “About post”"
        );
        assert_eq!(news(&world, &ada).await.len(), 2, "both in one mail");

        let other = site.say(&world, "other", "Elsewhere").await.expect(201);
        let body = json!({ "thread": { "id": "post" }, "comment_id": other.comment_id(), "email": eve });
        let ask = world.post(&site.path("subscriptions"), &body).from(ORIGIN);
        ask.send().await.refused(404, "not_found");
        follow(&world, &site, "nowhere", &eve).await.refused(404, "not_found");
        follow(&world, &site, "post", "no address")
            .await
            .refused_for("/email", "invalid");
        follow(&world, &site, "post", " ")
            .await
            .refused_for("/email", "required");
        follow(&world, &site, "post", "ada@example.org\r\nBcc: eve@example.org")
            .await
            .refused_for("/email", "invalid");
        let wants = json!({ "follow": "thread" });
        say_as(&world, &site, "", "post", "Without an address", wants)
            .await
            .refused_for("/author/email", "required");
    });
}

#[test]
fn no_answer_tells_whether_an_address_is_known() {
    run(async {
        let (world, site) = quiet_desk(free()).await;
        site.say(&world, "post", "A word").await.expect(201);
        let known = follower(&world, &site, "post").await;
        let silent = follower(&world, &site, "post").await;
        let site_id: Uuid = site.id.parse().unwrap();
        let who = silent.clone();
        world
            .within(move |app| async move {
                let tx = app.db.begin().await.unwrap();
                subscriptions::end_site(&tx, &app, site_id, &who).await.unwrap();
                tx.commit().await.unwrap();
            })
            .await;
        let mut answers = Vec::new();
        for email in [&known, &silent, &fresh_address()] {
            let answer = follow(&world, &site, "post", email).await.expect(202);
            let names: BTreeSet<String> = answer.headers.keys().map(ToString::to_string).collect();
            let left = world.within(|app| async move { kinds(&app).await["wish"] }).await;
            answers.push((answer.json.clone(), names));
            assert_eq!(
                left,
                answers.len() as u64,
                "a row and a job each, whatever becomes of them"
            );
        }
        answers.dedup();
        assert_eq!(answers.len(), 1, "{answers:?}");
        assert_eq!(answers[0].0, json!({ "confirm_days": 7 }));
    });
}

#[test]
fn a_stranger_is_asked_once_a_day_and_site_however_often_his_address_is_given() {
    run(async {
        let (world, site) = quiet_desk(free()).await;
        let victim = fresh_address();
        for number in 0..5 {
            let thread = format!("post-{number}");
            let wants = json!({ "follow": "thread", "tell_when_published": true });
            say_as(&world, &site, &victim, &thread, "Bomb", wants).await.expect(201);
            follow(&world, &site, &thread, &victim.to_uppercase()).await.expect(202);
        }
        let (one, two) = join(
            follow(&world, &site, "post-1", &victim),
            follow(&world, &site, "post-2", &victim),
        )
        .await;
        assert_eq!((one.status.as_u16(), two.status.as_u16()), (202, 202));
        assert_eq!(mails(&world, &victim).await.len(), 1);
        pass(&world, TimeDelta::hours(23)).await;
        follow(&world, &site, "post-0", &victim).await.expect(202);
        assert_eq!(mails(&world, &victim).await.len(), 1);
        pass(&world, TimeDelta::hours(2)).await;
        follow(&world, &site, "post-0", &victim).await.expect(202);
        let asked = mails(&world, &victim).await;
        assert_eq!(asked.len(), 2);

        // He wants to hear nothing any more: one click, and it ends.
        let path = link(&world, &asked[0], "unfollow");
        press(&world, &path, "List-Unsubscribe=One-Click").await.expect(200);
        pass(&world, TimeDelta::days(3)).await;
        follow(&world, &site, "post-0", &victim).await.expect(202);
        assert_eq!(mails(&world, &victim).await.len(), 2);
        assert_eq!(
            followed(&world, &site, &victim).await,
            0,
            "and what was asked for is gone"
        );
    });
}

#[test]
fn mails_that_ask_have_a_budget_over_all_sites() {
    run(async {
        let world = World::start(|config| {
            posting(config);
            config.limit_mail = "2/3600".parse().unwrap();
        });
        let victim = fresh_address();
        for _ in 0..4 {
            let owner = crate::mail::owner(&world).await;
            let site = world.site_of(owner, free()).await;
            site.say(&world, "post", "A word").await.expect(201);
            follow(&world, &site, "post", &victim).await.expect(202);
        }
        assert_eq!(mails(&world, &victim).await.len(), 2);
    });
}

#[test]
fn one_network_asks_so_often() {
    run(async {
        let world = World::start(|config| {
            posting(config);
            config.limit_subscribe = "2/3600".parse().unwrap();
        });
        let owner = crate::mail::owner(&world).await;
        let site = world.site_of(owner, free()).await;
        site.say(&world, "post", "A word").await.expect(201);
        for _ in 0..2 {
            follow(&world, &site, "post", &fresh_address()).await.expect(202);
        }
        follow(&world, &site, "post", &fresh_address())
            .await
            .refused(429, "rate_limited");
    });
}

#[test]
fn what_nobody_confirms_is_erased() {
    run(async {
        let (world, site) = quiet_desk(free()).await;
        site.say(&world, "post", "A word").await.expect(201);
        let ada = fresh_address();
        let known = follower(&world, &site, "post").await;
        follow(&world, &site, "post", &ada).await.expect(202);
        let path = link(&world, &mails(&world, &ada).await[0], "follow");
        pass(&world, TimeDelta::days(6)).await;
        assert_eq!(followed(&world, &site, &ada).await, 1);
        world.advance(TimeDelta::days(2));
        forget(&world).await;
        assert_eq!(followed(&world, &site, &ada).await, 0);
        assert_eq!(followed(&world, &site, &known).await, 1);
        let void = open(&world, &path).await.expect(403);
        assert!(page(&void).contains("cannot be used any more"));
        press(&world, &path, "").await.expect(403);
    });
}

#[test]
fn the_address_of_what_has_ended_is_erased_after_a_while() {
    run(async {
        let (world, site) = quiet_desk(free()).await;
        site.say(&world, "post", "A word").await.expect(201);
        let ada = follower(&world, &site, "post").await;
        let eve = follower(&world, &site, "post").await;
        site.say(&world, "post", "News").await.expect(201);
        let mail = sole(&world, &ada).await;
        let path = link(&world, &mail, "unfollow");
        press(&world, &path, "List-Unsubscribe=One-Click").await.expect(200);
        let addresses = async || {
            let site_id: Uuid = site.id.parse().unwrap();
            let rows = world.within(move |app| async move {
                subscription::Entity::of_site(site_id).all(app.db.read()).await.unwrap()
            });
            rows.await.into_iter().map(|row| row.email).collect::<BTreeSet<_>>()
        };
        world.advance(TimeDelta::days(29));
        forget(&world).await;
        assert_eq!(addresses().await, BTreeSet::from([ada.clone(), eve.clone()]));
        world.advance(TimeDelta::days(2));
        forget(&world).await;
        assert_eq!(addresses().await, BTreeSet::from([String::new(), eve.clone()]));
        open(&world, &path).await.expect(403);
        site.say(&world, "post", "More news").await.expect(201);
        assert_eq!(news(&world, &eve).await.len(), 2);
        assert_eq!(news(&world, &ada).await.len(), 1);
    });
}

/// What the job of every hour does with what readers asked for.
async fn forget(world: &World) {
    world
        .within(|app| async move {
            let now = app.clock.now();
            let tx = app.db.begin().await.unwrap();
            queue::add(&*tx, &Job::Retention {}, now, now).await.unwrap();
            tx.commit().await.unwrap();
            while parlour::worker::turn(&app).await.unwrap() > 0 {}
        })
        .await;
}

#[test]
fn a_link_that_confirms_is_used_once_though_it_is_pressed_twice() {
    run(async {
        let (world, site) = quiet_desk(free()).await;
        site.say(&world, "post", "A word").await.expect(201);
        let ada = fresh_address();
        follow(&world, &site, "post", &ada).await.expect(202);
        let path = link(&world, &mails(&world, &ada).await[0], "follow");
        let (one, two) = join(press(&world, &path, ""), press(&world, &path, "")).await;
        let first = [one, two]
            .iter()
            .filter(|answer| page(answer).contains("Confirmed. From now on"))
            .count();
        assert_eq!(first, 1);
        for broken in [
            format!("{path}x"),
            path[..path.len() - 1].to_owned(),
            path.replace("/follow/", "/unfollow/"),
        ] {
            open(&world, &broken).await.expect(403);
            press(&world, &broken, "").await.expect(403);
        }
        assert!(!world.app.config.public_url.is_empty());
    });
}

// Being told

#[test]
fn a_comment_is_news_when_readers_see_it_for_the_first_time() {
    run(async {
        let (world, site) = quiet_desk(json!({ "moderation": "all" })).await;
        let first = site.say(&world, "post", "First").await.expect(202);
        site.decide(&world, &[&first.comment_id()], "publish").await.expect(200);
        let ada = follower(&world, &site, "post").await;
        let held = site.say(&world, "post", "Held").await.expect(202);
        let spam = site.say(&world, "post", "Spam").await.expect(202);
        site.decide(&world, &[&spam.comment_id()], "spam").await.expect(200);
        assert_eq!(news(&world, &ada).await.len(), 0);
        site.decide(&world, &[&held.comment_id()], "publish").await.expect(200);
        assert_eq!(sole(&world, &ada).await.subject, "[A blog] Anonymous wrote on “post”");
        for decision in ["delete", "publish", "spam", "publish"] {
            site.decide(&world, &[&held.comment_id()], decision).await.expect(200);
        }
        assert_eq!(news(&world, &ada).await.len(), 1, "what is brought back is no news");
        // The team's answer publishes what it answers.
        let asked = site.say(&world, "post", "A question").await.expect(202);
        let answer = json!({ "text": "An answer", "publish": true });
        site.answer_as_team(&world, &asked.comment_id(), &answer)
            .await
            .expect(201);
        let mail = news(&world, &ada).await.pop().unwrap();
        assert_eq!(mail.subject, "[A blog] 2 new comments on “post”");
        assert!(
            mail.text.find("> A question") < mail.text.find("> An answer"),
            "{}",
            mail.text
        );
    });
}

#[test]
fn what_is_not_seen_any_more_when_the_mail_is_written_is_not_told() {
    run(async {
        let (world, site) = quiet_desk(free()).await;
        site.say(&world, "post", "A word").await.expect(201);
        let ada = follower(&world, &site, "post").await;
        let gone = site.say(&world, "post", "Regretted").await.expect(201);
        site.decide(&world, &[&gone.comment_id()], "delete").await.expect(200);
        assert_eq!(news(&world, &ada).await.len(), 0);
        // Noted for him already, and gone before it is written.
        let gone = site.say(&world, "post", "Regretted later").await.expect(201);
        let stays = site.say(&world, "post", "Meant").await.expect(201);
        noted(&world, &site, 2).await;
        site.decide(&world, &[&gone.comment_id()], "spam").await.expect(200);
        let mail = sole(&world, &ada).await;
        assert!(
            mail.text.contains("> Meant") && !mail.text.contains("Regretted"),
            "{}",
            mail.text
        );
        assert_eq!(stays.json["comment"]["state"], "published");
        // Nor what he does not ask for any more.
        site.say(&world, "post", "Not for her").await.expect(201);
        noted(&world, &site, 1).await;
        press(&world, &link(&world, &mail, "unfollow"), "leave=thread")
            .await
            .expect(200);
        assert_eq!(news(&world, &ada).await.len(), 1);
        assert!(
            !world
                .within(|app| async move { kinds(&app).await })
                .await
                .contains_key("inform")
        );
        assert_eq!(waiting(&world, &site).await, 0);
    });
}

async fn waiting(world: &World, site: &Site) -> u64 {
    let site_id: Uuid = site.id.parse().unwrap();
    world
        .within(move |app| async move {
            follow_entry::Entity::of_site(site_id)
                .count(app.db.read())
                .await
                .unwrap()
        })
        .await
}

/// Works until so much is noted for followers, and not a step further.
async fn noted(world: &World, site: &Site, count: u64) {
    while waiting(world, site).await < count {
        let worked = world
            .within(|app| async move { parlour::worker::turn(&app).await.unwrap() })
            .await;
        assert!(worked > 0, "nothing is left to do");
    }
}

#[test]
fn the_author_of_a_held_comment_is_told_when_it_is_published_if_he_wants() {
    run(async {
        let (world, site) = quiet_desk(json!({ "moderation": "all" })).await;
        let (ada, eve) = (fresh_address(), fresh_address());
        let wants = json!({ "tell_when_published": true });
        let held = say_as(&world, &site, &ada, "post", "Held", wants).await.expect(202);
        let other = say_as(&world, &site, &eve, "post", "Also held", json!({}))
            .await
            .expect(202);
        confirm(&world, &ada).await;
        let ids = [held.comment_id(), other.comment_id()];
        site.decide(&world, &[&ids[0], &ids[1]], "publish").await.expect(200);
        let mail = sole(&world, &ada).await;
        assert_eq!(mail.subject, "[A blog] Your comment on “About post” is published");
        assert!(mail.text.contains("> Held"));
        assert_eq!(mails(&world, &eve).await.len(), 0, "who did not ask is not told");
        assert_eq!(followed(&world, &site, &ada).await, 0, "told once, it is over");

        // What is published at once needs no such mail, and what is spam sends none.
        site.change_settings(&world, &free()).await;
        let bob = fresh_address();
        say_as(
            &world,
            &site,
            &bob,
            "post",
            "At once",
            json!({ "tell_when_published": true }),
        )
        .await
        .expect(201);
        assert_eq!(mails(&world, &bob).await.len(), 0);
    });
}

#[test]
fn a_hot_conversation_comes_as_one_mail_an_hour_later() {
    run(async {
        let world = World::start(|config| {
            posting(config);
            config.limit_follow = "2/3600".parse().unwrap();
        });
        let owner = crate::mail::owner(&world).await;
        let site = world.site_of(owner, free()).await;
        choose(&world, &site, &site.owner.account, "none").await;
        for thread in ["hot", "cool"] {
            site.say(&world, thread, "A word").await.expect(201);
        }
        let ada = follower(&world, &site, "hot").await;
        follow(&world, &site, "cool", &ada).await.expect(202);
        for number in 0..40 {
            site.say(&world, "hot", &format!("Word {number}")).await.expect(201);
            deliver(&world).await;
        }
        site.say(&world, "cool", "Cool").await.expect(201);
        let before = news(&world, &ada).await;
        let words: Vec<String> = before.iter().map(word_of).collect();
        assert_eq!(
            words,
            ["Word 0", "Word 1", "Cool"],
            "another conversation is not held up"
        );
        pass(&world, TimeDelta::minutes(59)).await;
        assert_eq!(news(&world, &ada).await.len(), 3);
        pass(&world, TimeDelta::minutes(2)).await;
        let mail = news(&world, &ada).await.pop().unwrap();
        assert_eq!(mail.subject, "[A blog] 38 new comments on “hot”");
        assert!(mail.text.contains("1. Anonymous") && mail.text.contains("> Word 2\n"));
        assert!(
            mail.text.contains("> Word 26\n")
                && !mail.text.contains("> Word 27\n")
                && mail.text.contains("And 13 more"),
            "{}",
            mail.text
        );
        assert_eq!(jobs(&world).await, []);
        assert_eq!(waiting(&world, &site).await, 0);
    });
}

#[test]
fn ten_thousand_followers_do_not_keep_a_moderator_waiting() {
    run(async {
        const FOLLOWERS: usize = 10_000;
        let (world, site) = desk(free()).await;
        choose(&world, &site, &site.owner.account, "every").await;
        let first = site.say(&world, "post", "A word").await.expect(201);
        deliver(&world).await;
        let (site_id, thread_id) = (site.id.parse().unwrap(), first.thread_id().parse().unwrap());
        let bounced = "reader-17@example.org";
        world
            .within(move |app| async move {
                let now = app.clock.now();
                let rows = (0..FOLLOWERS + 20).map(|number| subscription::ActiveModel {
                    id: Set(app.clock.new_id()),
                    site_id: Set(site_id),
                    thread_id: Set(Some(thread_id)),
                    comment_id: Set(None),
                    wants: Set(Wants::Thread),
                    // Some follow it twice.
                    email: Set(format!("reader-{}@example.org", number % FOLLOWERS)),
                    email_folded: Set(format!("reader-{}@example.org", number % FOLLOWERS)),
                    locale: Set(None),
                    token_hash: Set(rand::random::<[u8; 32]>().to_vec()),
                    created_at: Set(now),
                    asked_at: Set(None),
                    confirmed_at: Set(Some(now)),
                    ended_at: Set(None),
                });
                let tx = app.db.begin().await.unwrap();
                for some in rows.collect::<Vec<_>>().chunks(1000) {
                    let insert = subscription::Entity::insert_many(some.to_vec());
                    insert.exec_without_returning(&*tx).await.unwrap();
                }
                subscriptions::silence(&tx, &app, None, bounced, Reason::Bounced)
                    .await
                    .unwrap();
                tx.commit().await.unwrap();
            })
            .await;
        site.say(&world, "post", "To all of them").await.expect(201);
        let before = sent(&world, &site.owner.account.email);
        // The moderator's two jobs, and then the first page of followers.
        for _ in 0..3 {
            world
                .within(|app| async move { parlour::worker::turn(&app).await.unwrap() })
                .await;
        }
        assert_eq!(sent(&world, &site.owner.account.email), before + 1);
        let page = world.within(|app| async move { kinds(&app).await }).await;
        assert_eq!((page["inform"], page["spread"]), (499, 1), "none whose mail comes back");

        site.say(&world, "post", "In the middle of it").await.expect(201);
        for _ in 0..2 {
            world
                .within(|app| async move { parlour::worker::turn(&app).await.unwrap() })
                .await;
        }
        assert_eq!(
            sent(&world, &site.owner.account.email),
            before + 2,
            "before all of them"
        );
        assert_eq!(sent(&world, "reader-0@example.org"), 0);
        // The page is sent before the next one is noted: a queue holds that many and no more.
        world
            .within(|app| async move {
                for _ in 0..498 {
                    parlour::worker::turn(&app).await.unwrap();
                }
                assert_eq!(kinds(&app).await["inform"], 1);
                for _ in 0..2 {
                    parlour::worker::turn(&app).await.unwrap();
                }
                assert_eq!(kinds(&app).await["inform"], 500);
            })
            .await;
        assert_eq!(sent(&world, "reader-0@example.org"), 1);
        assert_eq!(sent(&world, "reader-499@example.org"), 1);
        assert_eq!(sent(&world, bounced), 0);

        // All pages of a third one, without its mails.
        let third = site.say(&world, "post", "To all of them again").await.expect(201);
        let comment_id = third.comment_id().parse().unwrap();
        let pages = world
            .within(move |app| async move {
                let mut next = Some(Job::Spread {
                    site_id,
                    thread_id,
                    comment_id,
                    after: None,
                });
                let mut pages = 0;
                while let Some(job) = next {
                    let tx = app.db.begin().await.unwrap();
                    next = telling::spread(&tx, &app, &job).await.unwrap();
                    tx.commit().await.unwrap();
                    pages += 1;
                }
                let noted = follow_entry::Entity::of_site(site_id)
                    .filter(follow_entry::Column::CommentId.eq(comment_id))
                    .count(app.db.read())
                    .await
                    .unwrap();
                assert_eq!(noted, FOLLOWERS as u64 - 1, "each once");
                pages
            })
            .await;
        assert_eq!(pages, FOLLOWERS / 500);
    });
}

/// Mails that an address got so far, without sending any.
fn sent(world: &World, email: &str) -> usize {
    world.app.mailer.sent_to(email).len()
}

/// How many jobs there are of each kind.
async fn kinds(app: &App) -> BTreeMap<String, u64> {
    let tallies = queue::tallies(&app.db, app.clock.now()).await.unwrap();
    let mut kinds = BTreeMap::new();
    for tally in tallies {
        *kinds.entry(tally.kind).or_default() += tally.count;
    }
    kinds
}

#[test]
fn after_a_day_without_a_mail_server_followers_are_told_of_all_once_and_in_order() {
    run(async {
        let server = Server::start(None).await;
        let (world, site) = desk_at(&server, free()).await;
        choose(&world, &site, &site.owner.account, "none").await;
        for thread in ["first", "second"] {
            site.say(&world, thread, "A word").await.expect(201);
        }
        let ada = fresh_address();
        for thread in ["first", "second"] {
            follow(&world, &site, thread, &ada).await.expect(202);
        }
        deliver(&world).await;
        let asked = server.taken().pop().unwrap();
        press(&world, &link(&world, &asked, "follow"), "").await.expect(200);
        let before = taken(&server).len();
        server.hangs_up.store(true, Ordering::Relaxed);
        let mut said: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        for number in 0..60 {
            let thread = ["first", "second"][number % 2];
            let word = format!("Word {number} on {thread}");
            site.say(&world, thread, &word).await.expect(201);
            said.entry(thread).or_default().push(word);
            pass(&world, TimeDelta::minutes(24)).await;
        }
        assert_eq!(taken(&server).len(), before);
        assert!(
            jobs(&world).await.len() <= 2,
            "one job a conversation, however much there is to tell"
        );
        server.hangs_up.store(false, Ordering::Relaxed);
        for _ in 0..20 {
            pass(&world, TimeDelta::minutes(30)).await;
        }
        site.say(&world, "first", "Word 60 on first").await.expect(201);
        said.entry("first").or_default().push("Word 60 on first".to_owned());
        deliver(&world).await;
        assert_eq!(jobs(&world).await, []);
        let mails = &taken(&server)[before..];
        let names: BTreeSet<String> = mails.iter().map(name_of).collect();
        assert_eq!(names.len(), mails.len(), "none twice");
        for (thread, words) in said {
            let of_thread = mails.iter().filter(|mail| mail.subject.contains(thread));
            let told: Vec<String> = of_thread
                .flat_map(|mail| {
                    mail.text
                        .lines()
                        .filter_map(|line| line.strip_prefix("> "))
                        .map(str::to_owned)
                        .collect::<Vec<_>>()
                })
                .collect();
            // A mail shows so many, and says how many there are beside.
            assert_eq!(told[..25], words[..25], "{thread}");
            assert!(
                told.windows(2).all(|two| number_of(&two[0]) < number_of(&two[1])),
                "in order: {told:?}"
            );
        }
    });
}

fn number_of(word: &str) -> u32 {
    word.split(' ').nth(1).unwrap().parse().unwrap()
}

#[test]
fn a_worker_that_dies_tells_a_follower_twice_by_the_same_name() {
    run(async {
        let (world, site) = quiet_desk(free()).await;
        site.say(&world, "post", "A word").await.expect(201);
        let ada = follower(&world, &site, "post").await;
        site.say(&world, "post", "Told").await.expect(201);
        noted(&world, &site, 1).await;
        world
            .within(|app| async move {
                let claimed = queue::claim(&app.db, 1, app.clock.now()).await.unwrap();
                let told = telling::write(&app, &claimed[0]).await.unwrap();
                app.mailer.send(&told.letter.unwrap(), app.clock.now()).await.unwrap();
            })
            .await;
        pass(&world, TimeDelta::minutes(6)).await;
        let mails = news(&world, &ada).await;
        assert_eq!(mails.len(), 2);
        assert_eq!(name_of(&mails[0]), name_of(&mails[1]));
        assert_eq!(jobs(&world).await, []);
    });
}

#[test]
fn what_comes_while_a_mail_is_on_its_way_is_told_by_the_next_one() {
    run(async {
        let (world, site) = quiet_desk(free()).await;
        site.say(&world, "post", "A word").await.expect(201);
        let ada = follower(&world, &site, "post").await;
        site.say(&world, "post", "First").await.expect(201);
        noted(&world, &site, 1).await;
        let claimed = world
            .within(|app| async move { queue::claim(&app.db, 1, app.clock.now()).await.unwrap().remove(0) })
            .await;
        // Its mail is written, and another comment comes before its job is off the table.
        let (app, held) = (world.app.clone(), claimed.clone());
        let told = world
            .within(move |_| async move { telling::write(&app, &held).await.unwrap() })
            .await;
        site.say(&world, "post", "Second").await.expect(201);
        noted(&world, &site, 2).await;
        world
            .within(move |app| async move {
                app.mailer
                    .send(told.letter.as_ref().unwrap(), app.clock.now())
                    .await
                    .unwrap();
                let tx = app.db.begin().await.unwrap();
                queue::finish(&*tx, &claimed).await.unwrap();
                telling::settle(&tx, &app, &claimed.job, told).await.unwrap();
                tx.commit().await.unwrap();
            })
            .await;
        let words: Vec<String> = news(&world, &ada).await.iter().map(word_of).collect();
        assert_eq!(words, ["First", "Second"]);
        assert_eq!(jobs(&world).await, []);
    });
}

#[test]
fn nothing_that_a_reader_or_an_owner_types_begins_another_header() {
    run(async {
        let (world, site) = quiet_desk(free()).await;
        let hostile = "Eve\r\nBcc: eve@example.org\r\n\r\n<img src=x>";
        let path = site.admin(&format!("sites/{}", site.id));
        let renamed = world.ask(Method::PATCH, &path).json(&json!({ "name": hostile }));
        renamed.by(&site.owner.account).send().await.expect(200);
        let draft =
            json!({ "thread": { "id": "post", "title": hostile }, "text": "A word", "author": { "name": hostile } });
        site.draft(&world, &draft).await.expect(201);
        let ada = follower(&world, &site, "post").await;
        site.draft(&world, &draft).await.expect(201);
        for mail in mails(&world, &ada).await {
            let names = mail
                .head
                .lines()
                .filter_map(|line| line.split_once(':'))
                .map(|(name, _)| name.to_lowercase());
            assert!(!names.collect::<Vec<_>>().contains(&"bcc".to_owned()), "{}", mail.head);
            assert!(!mail.html.contains("<img"), "{}", mail.html);
            assert!(
                !mail.subject.contains("eve@example.org"),
                "no link in a subject: {}",
                mail.subject
            );
        }
        assert_eq!(mails(&world, "eve@example.org").await.len(), 0);
    });
}

// Leaving

#[test]
fn a_follower_leaves_a_conversation_a_site_or_all_of_it_and_comes_back() {
    run(async {
        let (world, site) = quiet_desk(free()).await;
        for thread in ["one", "two"] {
            site.say(&world, thread, "A word").await.expect(201);
        }
        let ada = follower(&world, &site, "one").await;
        follow(&world, &site, "two", &ada).await.expect(202);
        deliver(&world).await;
        site.say(&world, "one", "News").await.expect(201);
        let mail = sole(&world, &ada).await;
        let path = link(&world, &mail, "unfollow");
        let path = path.split('?').next().unwrap().to_owned();
        let line = mail
            .head
            .lines()
            .find(|line| line.starts_with("List-Unsubscribe: "))
            .unwrap();
        assert_eq!(line, format!("List-Unsubscribe: <{}{path}>", world.base));

        let shown = page(&open(&world, &format!("{path}?of=site")).await.expect(200));
        let first = shown.find("value=\"site\"").unwrap();
        assert!(
            first < shown.find("value=\"thread\"").unwrap(),
            "what the link was called comes first"
        );
        world.ask(Method::HEAD, &path).send().await.expect(200);
        assert_eq!(followed(&world, &site, &ada).await, 2, "looking changes nothing");

        // Neither cookies nor an origin (RFC 8058 section 3.1), in either form that it allows.
        let boundary = "multipart/form-data; boundary=x";
        let body = "--x\r\nContent-Disposition: form-data; name=\"List-Unsubscribe\"\r\n\r\nOne-Click\r\n--x--\r\n";
        let one_click = world
            .ask(Method::POST, &path)
            .raw(body)
            .header("content-type", boundary);
        one_click.send().await.expect(200);
        assert_eq!(followed(&world, &site, &ada).await, 1);
        let (one, two) = join(
            press(&world, &path, "List-Unsubscribe=One-Click"),
            press(&world, &path, "List-Unsubscribe=One-Click"),
        )
        .await;
        assert_eq!(
            (one.status.as_u16(), two.status.as_u16()),
            (200, 200),
            "to leave twice is no error"
        );
        site.say(&world, "one", "Not for her").await.expect(201);
        assert_eq!(news(&world, &ada).await.len(), 1);
        press(&world, &path, "leave=nonsense").await.expect(400);

        let done = page(&press(&world, &path, "leave=site").await.expect(200));
        assert!(
            done.contains("no more mail about comments on “A blog”") && done.contains("value=\"back\""),
            "{done}"
        );
        assert_eq!(followed(&world, &site, &ada).await, 0);
        follow(&world, &site, "two", &ada).await.expect(202);
        deliver(&world).await;
        assert_eq!(
            followed(&world, &site, &ada).await,
            0,
            "nobody brings her back but herself"
        );
        assert!(page(&open(&world, &path).await.expect(200)).contains("You get no mail"));
        page(&press(&world, &path, "leave=back").await.expect(200));
        follow(&world, &site, "two", &ada).await.expect(202);
        deliver(&world).await;
        site.say(&world, "two", "For her again").await.expect(201);
        assert_eq!(news(&world, &ada).await.len(), 2);
        press(&world, &path, "leave=all").await.expect(200);
        assert_eq!(followed(&world, &site, &ada).await, 0);
        let id: Uuid = site.id.parse().unwrap();
        assert!(
            world
                .within(move |app| async move { is_silent(&app, id, &ada).await })
                .await
        );
    });
}

#[test]
fn whoever_follows_a_conversation_that_is_merged_leaves_by_the_old_mail() {
    run(async {
        let (world, site) = quiet_desk(free()).await;
        let from = site.say(&world, "from", "A word").await.expect(201);
        let into = site.say(&world, "into", "A word").await.expect(201);
        let ada = follower(&world, &site, "from").await;
        site.say(&world, "from", "News").await.expect(201);
        let path = link(&world, &sole(&world, &ada).await, "unfollow");
        let merge = json!({ "into": into.thread_id() });
        site.arrange(&world, &from.thread_id(), "merge", &merge)
            .await
            .expect(200);
        site.say(&world, "into", "More news").await.expect(201);
        assert_eq!(news(&world, &ada).await.len(), 2);
        press(&world, path.split('?').next().unwrap(), "List-Unsubscribe=One-Click")
            .await
            .expect(200);
        site.say(&world, "into", "Not for her").await.expect(201);
        assert_eq!(news(&world, &ada).await.len(), 2);
    });
}

// Where it is not offered

#[test]
fn a_site_that_does_not_offer_it_tells_nobody() {
    run(async {
        let (world, site) = quiet_desk(free()).await;
        site.say(&world, "post", "A word").await.expect(201);
        let shown = async || site.read(&world, "post").await.json["settings"]["follow"].clone();
        assert_eq!(shown().await, true);
        let ada = follower(&world, &site, "post").await;
        site.change_settings(&world, &json!({ "follow_by_mail": false })).await;
        assert_eq!(shown().await, false);
        follow(&world, &site, "post", &fresh_address())
            .await
            .refused(403, "no_mail");
        let eve = fresh_address();
        say_as(
            &world,
            &site,
            &eve,
            "post",
            "Passed over",
            json!({ "follow": "thread" }),
        )
        .await
        .expect(201);
        assert_eq!(mails(&world, &eve).await.len(), 0);
        assert_eq!(news(&world, &ada).await.len(), 0);

        let without = World::start(|_| {});
        let site = without.site(free()).await;
        site.say(&without, "post", "A word").await.expect(201);
        assert_eq!(site.read(&without, "post").await.json["settings"]["follow"], false);
        follow(&without, &site, "post", &eve).await.refused(403, "no_mail");
        say_as(
            &without,
            &site,
            &eve,
            "post",
            "Passed over",
            json!({ "follow": "thread" }),
        )
        .await
        .expect(201);
        assert_eq!(jobs(&without).await, []);
    });
}

#[test]
fn nothing_is_told_of_a_site_that_is_deleted_or_hidden() {
    run(async {
        let (world, site) = quiet_desk(free()).await;
        let operator = crate::mail::somebody(&world).await;
        world.make_operator(&operator).await;
        site.say(&world, "post", "A word").await.expect(201);
        let ada = follower(&world, &site, "post").await;
        site.say(&world, "post", "News").await.expect(201);
        noted(&world, &site, 1).await;
        let path = format!("/v1/operator/sites/{}/suspension", site.id);
        let body = json!({ "shows": "nothing", "reason": "A test" });
        let suspend = world.ask(Method::PUT, &path).json(&body).by(&operator);
        suspend.send().await.expect(200);
        assert_eq!(news(&world, &ada).await.len(), 0);
        world.ask(Method::DELETE, &path).by(&operator).send().await.expect(200);
        site.say(&world, "post", "More news").await.expect(201);
        assert_eq!(news(&world, &ada).await.len(), 1);

        site.say(&world, "post", "Last news").await.expect(201);
        let path = site.admin(&format!("sites/{}", site.id));
        let gone = world.ask(Method::DELETE, &path).by(&site.owner.account);
        gone.send().await.expect(200);
        assert_eq!(news(&world, &ada).await.len(), 1);
        assert_eq!(waiting(&world, &site).await, 0);
    });
}

#[test]
fn isso_s_clients_ask_for_answers() {
    run(async {
        let (world, site) = quiet_desk(free()).await;
        let config = world
            .get(&format!("/isso/{}/config", site.key))
            .from(ORIGIN)
            .send()
            .await
            .expect(200);
        assert_eq!(config.json["config"]["reply-notifications"], true);
        let say = async |text: &str, more: Value| {
            let mut body = json!({ "text": text, "author": "Ada", "website": null, "parent": null, "title": "A page" });
            for (name, value) in more.as_object().unwrap() {
                body[name] = value.clone();
            }
            let path = format!("/isso/{}/new?uri=/page", site.key);
            world.post(&path, &body).from(ORIGIN).send().await.expect(201)
        };
        let ada = fresh_address();
        let first = say("A word", json!({ "email": ada, "notification": 1 })).await;
        assert_eq!(first.json["notification"], Value::Null, "nobody sees who follows");
        for (email, notification) in [
            (json!(null), json!(1)),
            (json!("no address"), json!(1)),
            (json!("bob@example.org"), json!(0)),
            (json!("bob@example.org"), json!(["?"])),
        ] {
            say("Not asked", json!({ "email": email, "notification": notification })).await;
        }
        assert_eq!(mails(&world, "bob@example.org").await.len(), 0);
        confirm(&world, &ada).await;
        let id = first.json["id"].as_i64().unwrap();
        let answer = say("An answer", json!({ "parent": id, "author": "Eve" })).await;
        // To the answer, which for Isso's clients is one to the root.
        say("Another", json!({ "parent": answer.json["id"], "author": "Bob" })).await;
        let mail = news(&world, &ada).await.pop().unwrap();
        assert_eq!(mail.subject, "[A blog] 2 new comments on “A page”");
    });
}

// How it ends

#[test]
fn what_an_address_follows_ends_by_comment_conversation_site_or_all_of_it() {
    run(async {
        let world = World::start(|_| {});
        let site = world.site(json!({ "moderation": "none" })).await;
        let other = world.site(json!({ "moderation": "none" })).await;
        let (ada, eve) = (fresh_address(), fresh_address());
        let first = site.say(&world, "one", "One").await.expect(201);
        let second = site.say(&world, "two", "Two").await.expect(201);
        let elsewhere = other.say(&world, "one", "Elsewhere").await.expect(201);
        for who in [&ada, &eve] {
            follows(&world, &site, &first.thread_id(), None, who).await;
            follows(&world, &site, &first.thread_id(), Some(&first.comment_id()), who).await;
            follows(&world, &site, &second.thread_id(), Some(&second.comment_id()), who).await;
            follows(&world, &site, &second.thread_id(), None, who).await;
            follows(&world, &other, &elsewhere.thread_id(), None, who).await;
        }
        let (site_id, other_id): (Uuid, Uuid) = (site.id.parse().unwrap(), other.id.parse().unwrap());
        let thread: Uuid = first.thread_id().parse().unwrap();
        let comment: Uuid = second.comment_id().parse().unwrap();
        let who = ada.clone();
        let ended = world
            .within(move |app| async move {
                let tx = app.db.begin().await.unwrap();
                let thread = subscriptions::end_thread(&tx, &app, site_id, thread, &who)
                    .await
                    .unwrap();
                let comment = subscriptions::end_comment(&tx, &app, site_id, comment, &who)
                    .await
                    .unwrap();
                tx.commit().await.unwrap();
                (thread, comment)
            })
            .await;
        assert_eq!(ended, (2, 1));
        assert_eq!(followed(&world, &site, &ada).await, 1);
        let who = ada.clone();
        world
            .within(move |app| async move {
                assert!(!is_silent(&app, site_id, &who).await);
                let tx = app.db.begin().await.unwrap();
                let ended = subscriptions::end_site(&tx, &app, site_id, &who).await.unwrap();
                assert_eq!(ended, 1);
                tx.commit().await.unwrap();
                assert!(is_silent(&app, site_id, &who).await);
                assert!(!is_silent(&app, other_id, &who).await, "the one site alone");
            })
            .await;
        assert_eq!(followed(&world, &other, &ada).await, 1);
        let who = ada.clone();
        world
            .within(move |app| async move {
                for expected in [1, 0] {
                    let tx = app.db.begin().await.unwrap();
                    let ended = subscriptions::end_everything(&tx, &app, &who).await.unwrap();
                    assert_eq!(ended, expected);
                    tx.commit().await.unwrap();
                }
                assert!(is_silent(&app, other_id, &who).await);
            })
            .await;
        assert_eq!(followed(&world, &site, &eve).await, 4, "nothing of anybody else's ends");
        assert_eq!(followed(&world, &other, &eve).await, 1);
    });
}

#[test]
fn readers_are_told_in_the_words_of_the_site() {
    run(async {
        let (world, site) = quiet_desk(json!({ "moderation": "all" })).await;
        let texts = site.admin(&format!("sites/{}/mail-texts", site.id));
        for (kind, subject, opening) in [
            ("confirm", "Is it you at {site}?", "Somebody asked."),
            ("reply", "{author} at {site}: {thread}", "{author} has {answered}."),
            ("published", "It is there: {thread}", "Now, {author}."),
            ("news", "{count} on {thread}", "All {count} of {site}."),
        ] {
            let words = json!({ "subject": subject, "opening": opening, "closing": "Bye from {site}" });
            let refused = opening.contains("{answered}");
            let put = world
                .ask(Method::PUT, &format!("{texts}/{kind}/en"))
                .json(&words)
                .by(&site.owner.account);
            let answer = put.send().await;
            if refused {
                answer.refused_for("/opening", "invalid");
                let words =
                    json!({ "subject": subject, "opening": "{author} has answered.", "closing": "Bye from {site}" });
                let put = world
                    .ask(Method::PUT, &format!("{texts}/{kind}/en"))
                    .json(&words)
                    .by(&site.owner.account);
                put.send().await.expect(200);
            } else {
                answer.expect(200);
            }
            // And as it would be in the words of the service, in the other language.
            let preview = world.post(
                &format!("{texts}/{kind}/de/preview"),
                &json!({ "subject": "", "opening": "", "closing": "" }),
            );
            let preview = preview.by(&site.owner.account).send().await.expect(200);
            assert!(preview.text("subject").starts_with("[A blog] "), "{}", preview.all());
            assert!(preview.text("html").contains("/mail/unfollow/"), "{}", preview.all());
            assert!(
                !preview.all().contains('{') || !preview.text("text").contains('{'),
                "{}",
                preview.all()
            );
        }
        let ada = fresh_address();
        let wants = json!({ "follow": "replies", "tell_when_published": true });
        let first = say_as(&world, &site, &ada, "post", "The first", wants)
            .await
            .expect(202);
        let asked = mails(&world, &ada).await.pop().unwrap();
        assert_eq!(asked.subject, "Is it you at A blog?");
        assert!(
            asked.text.starts_with("Somebody asked.\n\n") && asked.text.contains("Bye from A blog"),
            "{}",
            asked.text
        );
        confirm(&world, &ada).await;
        site.decide(&world, &[&first.comment_id()], "publish").await;
        let told = news(&world, &ada).await.pop().unwrap();
        assert_eq!(told.subject, "It is there: About post");
        assert!(told.text.starts_with("Now, Ada.\n\n"), "{}", told.text);

        let reply = answer_by(&world, &site, "Bob", &first, "An answer")
            .await
            .expect(202)
            .comment_id();
        site.decide(&world, &[&reply], "publish").await;
        let told = news(&world, &ada).await.pop().unwrap();
        assert_eq!(told.subject, "Bob at A blog: About post");
        assert!(
            told.text.starts_with("Bob has answered.\n\n") && told.text.contains("> An answer"),
            "{}",
            told.text
        );

        let mut more = Vec::new();
        for text in ["Two", "Three"] {
            more.push(
                answer_by(&world, &site, "Bob", &first, text)
                    .await
                    .expect(202)
                    .comment_id(),
            );
        }
        let ids: Vec<&str> = more.iter().map(String::as_str).collect();
        site.decide(&world, &ids, "publish").await;
        let told = news(&world, &ada).await.pop().unwrap();
        assert_eq!(told.subject, "2 on About post");
        assert!(
            told.text.starts_with("All 2 of A blog.\n\n") && told.text.contains("Bye from A blog"),
            "{}",
            told.text
        );
    });
}

#[test]
fn a_silent_address_is_silent_once_and_not_kept() {
    run(async {
        let world = World::start(|_| {});
        let site = world.site(json!({})).await;
        let site_id: Uuid = site.id.parse().unwrap();
        let ada = fresh_address();
        world
            .within(move |app| async move {
                let many: Vec<String> = (0..1200).map(|place| format!("{place}.{ada}")).collect();
                for (place, reason) in [(None, Reason::Bounced), (Some(site_id), Reason::Asked)] {
                    for reason in [reason, Reason::Complained, Reason::Bounced] {
                        let tx = app.db.begin().await.unwrap();
                        subscriptions::silence(&tx, &app, place, &ada, reason).await.unwrap();
                        tx.commit().await.unwrap();
                    }
                }
                let rows = silence::Entity::find().all(app.db.read()).await.unwrap();
                assert_eq!(rows.len(), 2);
                for row in &rows {
                    assert_eq!(
                        row.reason,
                        Reason::Complained,
                        "a mail server's word does not replace it"
                    );
                    assert!(!format!("{row:?}").contains(&ada));
                }
                let asked = many.iter().chain([&ada]).map(String::as_str);
                let silent = subscriptions::silent(app.db.read(), &app, site_id, asked)
                    .await
                    .unwrap();
                assert_eq!(silent.into_iter().collect::<Vec<_>>(), std::slice::from_ref(&ada));

                let tx = app.db.begin().await.unwrap();
                subscriptions::end_silence(&tx, &app, Some(site_id), &ada)
                    .await
                    .unwrap();
                tx.commit().await.unwrap();
                assert!(!is_silent(&app, site_id, &ada).await);
            })
            .await;
    });
}
