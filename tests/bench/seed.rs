//! Conversations to measure on, written straight into the database.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use entity::comment::{SourceFormat, State};
use entity::{comment, site, site_counter, site_origin, tenant, thread, thread_alias};
use parlour::app::App;
use parlour::infra::clock::id_at;
use parlour::infra::db::Tx;
use parlour::infra::markdown::RENDERER;
use parlour::sites::settings::{Moderation, Settings};
use sea_orm::prelude::Uuid;
use sea_orm::{ActiveModelTrait, EntityTrait, Set};
use serde_json::json;

use crate::server::{Home, block_on};

pub const ORIGIN: &str = "https://blog.example";

/// A text of ordinary length, as it is stored.
const SOURCE: &str =
    "A comment of ordinary length, with *some* Markdown in it, as people write them under posts that they liked.";
const HTML: &str = "<p>A comment of ordinary length, with <em>some</em> Markdown in it, as people write them under posts that \
     they liked, and a second sentence, so that it is not too short to be true.</p>";

/// Rows in one statement.
const AT_ONCE: usize = 500;

/// Comments in one transaction, with the conversations that they are in.
const TOGETHER: usize = 10_000;

/// A site, and where its visitors come in.
pub struct Seeded {
    pub door: String,
}

/// A conversation: its id, and its comments.
pub struct Talk {
    pub id: &'static str,
    pub roots: usize,
    /// Under the first root.
    pub replies: usize,
}

/// Makes a site with these conversations, and with many more of fifty comments each.
pub fn site(home: &Home, talks: &[Talk], many: usize) -> Seeded {
    let key = format!("bench{:07}", rand::random_range(0..10_000_000));
    block_on(async {
        let app = App::start(home.config.clone()).await.unwrap();
        app.db.migrate(&app.config).await.unwrap();
        let mut seeder = Seeder::begin(&app, &key).await;
        for talk in talks {
            seeder.talk(talk.id, talk.roots, talk.replies).await;
        }
        for number in 0..many {
            seeder.talk(&format!("many-{number}"), 50, 0).await;
        }
        seeder.end().await;
        app.db.clone().close().await;
    });
    Seeded {
        door: format!("/v1/sites/{key}"),
    }
}

struct Seeder<'a> {
    app: &'a Arc<App>,
    site_id: Uuid,
    at: DateTime<Utc>,
    number: i64,
    threads: Vec<thread::ActiveModel>,
    aliases: Vec<thread_alias::ActiveModel>,
    waiting: Vec<comment::ActiveModel>,
}

impl Seeder<'_> {
    async fn begin<'a>(app: &'a Arc<App>, key: &str) -> Seeder<'a> {
        let at = app.clock.now() - TimeDelta::days(300);
        let tx = app.db.begin().await.unwrap();
        let tenant = tenant::ActiveModel {
            id: Set(id_at(at)),
            folded: Set("bench".to_owned()),
            name: Set("Bench".to_owned()),
            created_at: Set(at),
            erase_at: Set(None),
            updated_at: Set(at),
            ..Default::default()
        };
        let tenant = tenant.insert(&*tx).await.unwrap();
        let settings = Settings {
            moderation: Moderation::None,
            ..Settings::default()
        };
        let site = site::ActiveModel {
            id: Set(id_at(at)),
            tenant_id: Set(tenant.id),
            key: Set(key.to_owned()),
            folded: Set("bench".to_owned()),
            name: Set("Bench".to_owned()),
            settings: Set(serde_json::to_value(settings).unwrap()),
            version: Set(1),
            signing_version: Set(1),
            sign_in_version: Set(1),
            renderer: Set(RENDERER),
            archived_at: Set(None),
            erase_at: Set(None),
            created_at: Set(at),
            updated_at: Set(at),
            ..Default::default()
        };
        let site = site.insert(&*tx).await.unwrap();
        let origin = site_origin::ActiveModel {
            id: Set(id_at(at)),
            site_id: Set(site.id),
            origin: Set(ORIGIN.to_owned()),
            created_at: Set(at),
            first_seen_at: Set(None),
            last_seen_at: Set(None),
        };
        origin.insert(&*tx).await.unwrap();
        tx.commit().await.unwrap();
        Seeder {
            app,
            site_id: site.id,
            at,
            number: 0,
            threads: Vec::new(),
            aliases: Vec::new(),
            waiting: Vec::new(),
        }
    }

    async fn talk(&mut self, id: &str, roots: usize, replies: usize) {
        self.write(TOGETHER).await;
        let thread_id = id_at(self.at);
        let key = format!("id:{id}");
        let thread = thread::ActiveModel {
            id: Set(thread_id),
            site_id: Set(self.site_id),
            folded: Set(key.clone()),
            key: Set(key.clone()),
            key_version: Set(1),
            url: Set(None),
            title: Set(Some("A post".to_owned())),
            comment_count: Set(i64::try_from(roots + replies).unwrap()),
            version: Set(2),
            closed_at: Set(None),
            locked_at: Set(None),
            pinned: Set(json!([])),
            reactions: Set(json!({})),
            created_at: Set(self.at),
            updated_at: Set(self.at),
            last_comment_at: Set(Some(self.at)),
        };
        let alias = thread_alias::ActiveModel {
            id: Set(id_at(self.at)),
            site_id: Set(self.site_id),
            thread_id: Set(thread_id),
            key: Set(key),
            url: Set(None),
            created_at: Set(self.at),
        };
        self.threads.push(thread);
        self.aliases.push(alias);
        let mut first = None;
        for place in 0..roots {
            let answered = if place == 0 { replies } else { 0 };
            let root = self.comment(thread_id, None, answered);
            first.get_or_insert(root);
            self.write(TOGETHER).await;
        }
        // A reply's parent is in the database before it.
        self.write(1).await;
        for _ in 0..replies {
            self.comment(thread_id, first, 0);
            self.write(TOGETHER).await;
        }
    }

    fn comment(&mut self, thread_id: Uuid, parent: Option<Uuid>, replies: usize) -> Uuid {
        self.at += TimeDelta::milliseconds(20);
        self.number += 1;
        let id = id_at(self.at);
        let replies = i32::try_from(replies).unwrap();
        self.waiting.push(comment::ActiveModel {
            id: Set(id),
            site_id: Set(self.site_id),
            thread_id: Set(thread_id),
            parent_id: Set(parent),
            root_id: Set(parent),
            number: Set(self.number),
            state: Set(State::Published),
            folded: Set(SOURCE.to_lowercase()),
            source: Set(SOURCE.to_owned()),
            source_format: Set(SourceFormat::Markdown),
            html: Set(HTML.to_owned()),
            renderer: Set(1),
            author_name: Set(Some("Ada Lovelace".to_owned())),
            author_email: Set(None),
            author_hash: Set(None),
            mailbox_hash: Set(None),
            signed_in: Set(false),
            author_website: Set(Some("https://ada.example/".to_owned())),
            account_id: Set(None),
            reasons: Set(json!([])),
            network_hash: Set(None),
            up_votes: Set(i32::try_from(self.number % 13).unwrap()),
            down_votes: Set(0),
            rank: Set(self.number % 1000),
            reply_count: Set(replies),
            branch_count: Set(replies),
            report_count: Set(0),
            import_source: Set(None),
            import_id: Set(None),
            import_batch_id: Set(None),
            created_at: Set(self.at),
            edited_at: Set(None),
            updated_at: Set(self.at),
        });
        id
    }

    /// Writes what waits, if it is so much.
    async fn write(&mut self, at_least: usize) {
        if self.waiting.len() < at_least {
            return;
        }
        let tx = self.app.db.begin().await.unwrap();
        insert(&tx, &mut self.threads).await;
        insert(&tx, &mut self.aliases).await;
        insert(&tx, &mut self.waiting).await;
        tx.commit().await.unwrap();
    }

    async fn end(mut self) {
        self.write(1).await;
        let counter = site_counter::ActiveModel {
            site_id: Set(self.site_id),
            last_number: Set(self.number),
            ..Default::default()
        };
        let tx = self.app.db.begin().await.unwrap();
        site_counter::Entity::insert(counter)
            .exec_without_returning(&*tx)
            .await
            .unwrap();
        tx.commit().await.unwrap();
        self.app.db.analyze(&self.app.config).await.unwrap();
    }
}

/// Takes rows to their table, some at once.
async fn insert<A>(tx: &Tx, rows: &mut Vec<A>)
where
    A: ActiveModelTrait,
{
    while !rows.is_empty() {
        let some = rows.drain(..rows.len().min(AT_ONCE));
        A::Entity::insert_many(some)
            .exec_without_returning(&**tx)
            .await
            .unwrap();
    }
}
