//! Readers who follow conversations by mail: by consent, with an exit, and nobody else.

use entity::silence::Reason;
use entity::subscription::{self, Wants};
use entity::{OfSite, silence};
use parlour::app::App;
use parlour::subscriptions;
use sea_orm::prelude::Uuid;
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, Set};
use serde_json::json;

use crate::mail::fresh_address;
use crate::world::{Site, World, run};

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
                    assert!(!format!("{row:?}").contains("ada"));
                }
                let asked = many.iter().chain([&ada]).map(String::as_str);
                let silent = subscriptions::silent(app.db.read(), &app, site_id, asked)
                    .await
                    .unwrap();
                assert_eq!(silent.into_iter().collect::<Vec<_>>(), [ada.clone()]);

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
