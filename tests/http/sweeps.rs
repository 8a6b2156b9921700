//! Every operation of the document, called by everybody who may not: what must hold for all of them, and for the next one, too.
//!
//! Each operation has a row here that says who may call it and how. One without a row fails the first test, by name.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use entity::membership::Role;
use http::Method;
use parlour::http::document;
use parlour::sites::troubles;
use parlour::tenants::Reach;
use parlour::tenants::policy::{Act, Scope};
use serde_json::{Value, json};

use crate::world::{Account, Answer, Ask, ORIGIN, PASSWORD, Site, World, run, world};

/// Who may call an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum For {
    /// A page of the site, or a program without an `Origin`.
    Readers,
    /// A page of the site.
    Writers,
    /// Whoever comes from Parlour's own pages or from no page at all.
    Anybody,
    /// Whoever has a link with a key in it.
    Holders,
    /// Everybody with an access token.
    SignedIn,
    /// Members of the tenant.
    Members,
    /// Owners and admins of the tenant.
    Admins,
    /// Owners of the tenant.
    Owners,
    /// Who is signed in and has a link that is for him.
    Invited,
    /// Who is signed in and needed by no tenant.
    Free,
    /// Who is signed in and has the second factor that the call is about; `factors.rs` and `push.rs` call these rightly.
    Keepers,
    /// Who operates the platform.
    Operators,
}

struct Row {
    operation: &'static str,
    who: For,
    /// What follows the path.
    query: &'static str,
    body: Option<fn(&Ids) -> Value>,
    /// Ids that the body or the query names.
    also_names: &'static [&'static str],
    /// Needs the token of the comment that it names.
    by_its_author: bool,
}

const fn row(operation: &'static str, who: For) -> Row {
    Row {
        operation,
        who,
        query: "",
        body: None,
        also_names: &[],
        by_its_author: false,
    }
}

impl Row {
    const fn query(mut self, query: &'static str) -> Self {
        self.query = query;
        self
    }

    const fn body(mut self, body: fn(&Ids) -> Value) -> Self {
        self.body = Some(body);
        self
    }

    const fn by_its_author(mut self) -> Self {
        self.by_its_author = true;
        self
    }

    const fn naming(mut self, ids: &'static [&'static str]) -> Self {
        self.also_names = ids;
        self
    }
}

const ROWS: &[Row] = &[
    row("thread_read", For::Readers).query("?id=first-post"),
    row("comment_replies", For::Readers),
    row("thread_counts", For::Readers).query("?id=first-post&url=https://blog.example/second"),
    row("thread_counts_many", For::Readers).body(|_| json!({ "threads": [{ "id": "first-post" }] })),
    row("comment_recent", For::Readers),
    row("thread_live", For::Readers).query("?id=first-post"),
    row("comment_mine", For::Readers),
    row("mine_link_create", For::Writers).body(|_| json!({ "email": "swept@example.org" })),
    row("feed_atom", For::Readers),
    row("feed_json", For::Readers).query("?id=first-post"),
    row("thread_html", For::Readers).query("?id=first-post"),
    row("form_submit", For::Writers),
    row("comment_preview", For::Writers).body(|_| json!({ "text": "*Well*" })),
    row("comment_post", For::Writers).body(|_| json!({ "thread": { "id": "first-post" }, "text": "From a sweep" })),
    row("comment_edit", For::Writers)
        .body(|_| json!({ "text": "Second thoughts" }))
        .by_its_author(),
    row("comment_delete", For::Writers).by_its_author(),
    row("comment_restore", For::Writers).by_its_author(),
    row("reader_open", For::Writers),
    row("vote_cast", For::Writers).body(|_| json!({ "value": 1 })),
    row("reaction_set", For::Writers).body(|_| json!({ "thread": { "id": "first-post" }, "kind": "👍", "on": true })),
    row("violation_report", For::Readers).body(|_| json!([])),
    row("trouble_tell", For::Readers).query("?kind=element_missing"),
    row("comment_report", For::Writers).body(|_| json!({ "reason": "spam", "note": "From a sweep" })),
    row("subscription_create", For::Writers)
        .body(|_| json!({ "thread": { "id": "first-post" }, "email": "ada@example.org" })),
    row("isso_fetch", For::Readers).query("?uri=first-post"),
    row("isso_count", For::Readers).body(|_| json!(["first-post", "/second"])),
    row("isso_new", For::Writers)
        .query("?uri=first-post")
        .body(|_| json!({ "text": "From a sweep", "author": null, "parent": 1 })),
    row("isso_view", For::Readers).by_its_author(),
    row("isso_edit", For::Writers)
        .body(|_| json!({ "text": "Second thoughts" }))
        .by_its_author(),
    row("isso_delete", For::Writers).by_its_author(),
    row("isso_like", For::Writers),
    row("isso_dislike", For::Writers),
    row("isso_preview", For::Readers).body(|_| json!({ "text": "*Well*" })),
    row("isso_latest", For::Readers).query("?limit=5"),
    row("isso_feed", For::Readers).query("?uri=first-post"),
    row("isso_config", For::Readers),
    row("isso_info", For::Readers),
    row("isso_link_read", For::Holders),
    row("isso_link_use", For::Holders),
    row("isso_unsubscribe_read", For::Holders),
    row("isso_unsubscribe", For::Holders),
    row("setup_read", For::Anybody),
    row("setup_finish", For::Anybody)
        .body(|_| json!({ "token": "x", "email": "eve@example.org", "name": "Eve", "password": PASSWORD })),
    row("account_sign_up", For::Anybody)
        .body(|_| json!({ "email": "swept@example.org", "name": "Eve", "password": PASSWORD })),
    row("session_open", For::Anybody).body(|_| json!({ "email": "nobody@example.org", "password": PASSWORD })),
    row("session_renew", For::Anybody),
    row("session_close", For::Anybody),
    row("account_read", For::SignedIn),
    row("account_update", For::SignedIn).body(|_| json!({ "locale": "en" })),
    row("session_list", For::SignedIn),
    row("session_end", For::SignedIn),
    row("account_password", For::SignedIn)
        .body(|_| json!({ "current_password": PASSWORD, "password": "another phrase of one's own" })),
    row("sign_up_read", For::Holders).body(|_| json!({ "token": "x" })),
    row("account_verify", For::Holders).body(|_| json!({ "token": "x", "password": PASSWORD })),
    row("password_reset_request", For::Anybody).body(|_| json!({ "email": "swept@example.org" })),
    row("password_reset_read", For::Holders).body(|_| json!({ "token": "x" })),
    row("password_reset_finish", For::Holders).body(|_| json!({ "token": "x", "password": PASSWORD })),
    row("email_change_request", For::SignedIn).body(|_| {
        let email = format!("swept-{:016x}@example.org", rand::random::<u64>());
        json!({ "email": email, "password": PASSWORD })
    }),
    row("email_change_withdraw", For::SignedIn),
    row("email_change_read", For::Holders).body(|_| json!({ "token": "x" })),
    row("email_change_confirm", For::Holders).body(|_| json!({ "token": "x" })),
    row("email_change_stop", For::Holders).body(|_| json!({ "token": "x" })),
    row("account_delete", For::Free).body(|_| json!({ "password": PASSWORD })),
    row("session_finish", For::Anybody).body(|_| json!({ "token": "x", "code": "123456" })),
    row("passkey_ask", For::Anybody),
    row("session_open_by_passkey", For::Anybody).body(|_| json!({ "token": "x", "credential": {} })),
    row("factor_list", For::SignedIn),
    row("session_confirm", For::SignedIn).body(|_| json!({ "password": PASSWORD })),
    row("totp_begin", For::SignedIn),
    row("totp_enable", For::Keepers).body(|_| json!({ "setup": "x", "code": "123456" })),
    row("totp_disable", For::Keepers),
    row("confirmation_ask", For::Keepers),
    row("recovery_codes_renew", For::Keepers),
    row("passkey_begin", For::Keepers),
    row("passkey_add", For::Keepers).body(|_| json!({ "name": "Swept", "token": "x", "credential": {} })),
    row("passkey_rename", For::Keepers).body(|_| json!({ "name": "Swept" })),
    row("passkey_remove", For::Keepers),
    row("push_list", For::SignedIn),
    row("push_add", For::SignedIn).body(|_| {
        json!({
            "endpoint": "https://fcm.googleapis.com/fcm/send/swept",
            "keys": {
                "p256dh": "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
                "auth": "BTBZMqHH6r4Tts7J_aSIgg",
            },
            "wants": "pending",
        })
    }),
    row("push_remove", For::Keepers),
    row("push_test", For::Keepers),
    row("announcement_current", For::SignedIn),
    row("bound_current", For::SignedIn),
    row("tenant_create", For::SignedIn).body(|_| json!({ "name": "Swept" })),
    row("tenant_list", For::SignedIn),
    row("tenant_read", For::Members),
    row("tenant_update", For::Admins).body(|_| json!({ "name": "Renamed" })),
    row("usage_read", For::Members),
    row("member_list", For::Members),
    row("member_update", For::Admins).body(|_| json!({ "role": "moderator" })),
    // Everybody may leave, but nobody may send the others away.
    row("member_remove", For::Admins),
    row("invitation_list", For::Admins),
    row("invitation_create", For::Admins).body(|_| json!({ "email": "swept@example.org", "role": "moderator" })),
    row("invitation_withdraw", For::Admins),
    row("invitation_read", For::Holders).body(|_| json!({ "token": "x" })),
    row("invitation_accept", For::Invited).body(|_| json!({ "token": "x" })),
    row("invitation_join", For::Holders).body(|_| json!({ "token": "x", "name": "Eve", "password": PASSWORD })),
    row("api_key_list", For::Admins),
    row("api_key_create", For::Admins).body(|_| json!({ "name": "Swept", "scopes": ["read"] })),
    row("api_key_revoke", For::Admins),
    row("webhook_list", For::Admins),
    row("webhook_create", For::Admins).body(|_| webhook()),
    row("webhook_read", For::Admins),
    row("webhook_update", For::Admins).body(|_| json!({ "name": "Swept", "enabled": false })),
    row("webhook_delete", For::Admins),
    row("webhook_secret_rotate", For::Admins).body(|_| json!({ "hours": 1 })),
    row("webhook_test", For::Admins).body(|_| json!({ "event": "comment.spam" })),
    row("webhook_delivery_list", For::Admins).query("?state=waiting&limit=5"),
    row("webhook_delivery_read", For::Admins),
    row("webhook_delivery_replay", For::Admins),
    row("audit_list", For::Owners).query("?limit=5"),
    row("audit_export", For::Owners).query("?form=csv&change=site_created"),
    row("tenant_export", For::Owners),
    row("tenant_transfer", For::Owners)
        .body(|ids| json!({ "account_id": ids.account_id, "step_down": false }))
        .naming(&["account_id"]),
    row("tenant_restore", For::Owners),
    row("tenant_delete", For::Owners),
    row("site_list", For::Members),
    row("site_create", For::Admins).body(|_| json!({ "name": "Another", "origins": ["https://other.example"] })),
    row("site_read", For::Members),
    row("site_update", For::Admins).body(|_| json!({ "name": "Renamed", "settings": { "moderation": "none" } })),
    row("site_archive", For::Admins),
    row("site_reopen", For::Admins),
    row("site_restore", For::Owners),
    row("site_delete", For::Owners),
    row("site_move", For::Owners).body(|ids| json!({ "tenant_id": ids.tenant_id })),
    row("site_key_rotate", For::Admins).body(|_| json!({})),
    row("site_key_end", For::Admins),
    row("site_settings_copy", For::Admins)
        .body(|ids| json!({ "from": ids.site_id, "sections": ["writing", "privacy"], "preview": false })),
    row("watching_list", For::Members).query("?limit=5"),
    row("watching_read", For::Members),
    row("watching_set", For::Members).body(|_| json!({ "wants": "daily", "locale": "de" })),
    row("origin_add", For::Admins).body(|_| json!({ "origin": "https://added.example" })),
    row("origin_remove", For::Admins),
    row("installation_read", For::Members),
    row("tenant_overview", For::Members),
    row("tenant_statistics", For::Members).query("?by=week"),
    row("tenant_statistics_csv", For::Members).query("?by=month"),
    row("site_statistics", For::Members),
    row("site_statistics_csv", For::Members).query("?by=week"),
    row("trouble_list", For::Members),
    row("trouble_dismiss", For::Admins),
    row("site_check", For::Admins).body(|_| json!({ "url": "https://blog.example/first-post" })),
    row("site_preview", For::Members).body(|_| json!({ "settings": { "sort": "newest" } })),
    row("commenter_list", For::Members).query("?q=ada&limit=5"),
    row("commenter_read", For::Members),
    row("commenter_decide", For::Members).body(|_| json!({ "decision": "hold" })),
    row("comment_list", For::Members),
    row("comment_read", For::Members),
    row("comment_decide", For::Members)
        .body(|ids| json!({ "ids": [ids.comment_id], "decision": "spam" }))
        .naming(&["comment_id"]),
    row("comment_revise", For::Members).body(|_| json!({ "text": "Rewritten" })),
    row("comment_reports", For::Members),
    row("comment_links", For::Members),
    row("comment_answer", For::Members).body(|_| json!({ "text": "Answered", "publish": true })),
    row("signing_key_read", For::Admins),
    row("signing_key_rotate", For::Admins),
    row("sign_in_key_read", For::Admins),
    row("sign_in_key_rotate", For::Admins),
    row("thread_list", For::Members).query("?q=post&state=open"),
    row("thread_inspect", For::Members),
    row("thread_update", For::Members)
        .body(|_| json!({ "title": "Swept", "closed": true, "locked": true, "pinned": [] })),
    row("thread_move", For::Members).body(|_| json!({ "to": { "id": "moved" } })),
    row("thread_split", For::Members)
        .body(|ids| json!({ "comment_id": ids.comment_id, "to": { "url": "https://blog.example/split" } }))
        .naming(&["comment_id"]),
    // Last, as its thread is gone then.
    row("thread_merge", For::Members)
        .body(|ids| json!({ "into": ids.into_id }))
        .naming(&["into_id"]),
    row("mail_text_list", For::Admins),
    row("mail_text_put", For::Admins).body(|_| mail_text()),
    row("mail_text_delete", For::Admins),
    row("mail_text_preview", For::Admins).body(|_| mail_text()),
    row("mail_text_test", For::Admins).body(|_| mail_text()),
    row("tenant_search", For::Operators).query("?q=tenant&suspended=false&limit=5"),
    row("tenant_inspect", For::Operators),
    row("tenant_audit", For::Operators).query("?limit=5"),
    row("tenant_suspend", For::Operators).body(|_| json!({ "shows": "nothing", "reason": "From a sweep" })),
    row("tenant_resume", For::Operators),
    row("tenant_plan", For::Operators).body(|_| json!({ "plan_id": null })),
    row("tenant_quotas", For::Operators).body(|_| json!({ "quotas": [{ "quota": "sites", "limit": 1000 }] })),
    row("acting_begin", For::Operators).body(|_| json!({ "role": "owner", "reason": "From a sweep" })),
    row("acting_end", For::Operators),
    row("site_search", For::Operators).query("?q=blog&suspended=false&limit=5"),
    row("site_inspect", For::Operators),
    row("site_suspend", For::Operators).body(|_| json!({ "shows": "comments", "reason": "From a sweep" })),
    row("site_resume", For::Operators),
    row("account_search", For::Operators).query("?q=example.org&operator=true&limit=5"),
    row("account_inspect", For::Operators),
    row("account_suspend", For::Operators).body(|_| json!({ "reason": "From a sweep" })),
    row("account_resume", For::Operators),
    row("account_sign_out", For::Operators),
    row("account_operator", For::Operators).body(|_| json!({ "operator": true })),
    row("plan_list", For::Operators),
    row("plan_create", For::Operators).body(|_| json!({ "name": "Swept", "sites": 3 })),
    row("plan_update", For::Operators).body(|_| json!({ "name": "Swept", "comments": 1000 })),
    row("plan_delete", For::Operators),
    row("config_read", For::Operators),
    row("bound_list", For::Operators),
    row("bound_update", For::Operators).body(|_| json!({})),
    row("announcement_list", For::Operators).query("?limit=5"),
    row("announcement_create", For::Operators).body(|_| announcement()),
    row("announcement_update", For::Operators).body(|_| announcement()),
    row("announcement_delete", For::Operators),
    row("job_tallies", For::Operators),
    row("job_list", For::Operators).query("?standing=failed&limit=5"),
    row("job_retry", For::Operators),
    row("job_drop", For::Operators),
    row("mail_standing", For::Operators),
    row("mail_test", For::Operators).body(|_| json!({ "locale": "en" })),
    row("mail_bounce_create", For::Operators).body(|_| json!({ "address": "gone@example.org", "kind": "soft" })),
    row("mail_bounce_list", For::Operators).query("?limit=5"),
    row("mail_bounce_lift", For::Operators),
];

/// One that nobody is shown yet.
fn announcement() -> Value {
    json!({ "kind": "info", "text": "From a sweep", "starts_at": "2100-01-01T00:00:00Z", "ends_at": "2100-01-02T00:00:00Z" })
}

fn rows(who: &[For]) -> impl Iterator<Item = &'static Row> {
    ROWS.iter().filter(move |row| who.contains(&row.who))
}

/// What the paths of the document name.
#[derive(Clone, Debug)]
pub struct Ids {
    site_key: String,
    tenant_id: String,
    site_id: String,
    pub comment_id: String,
    origin_id: String,
    thread_id: String,
    /// Another thread.
    into_id: String,
    /// Another member of the tenant.
    pub account_id: String,
    invitation_id: String,
    pub api_key_id: String,
    webhook_id: String,
    /// Of that webhook.
    delivery_id: String,
    /// A key that the site had before.
    key_id: String,
    /// Of the platform, where an operator has made them.
    plan_id: String,
    announcement_id: String,
    /// One that was given up.
    job_id: String,
    bounce_id: String,
    trouble_id: String,
    /// The owner's.
    session_id: String,
    /// What the author of the comment holds.
    token: String,
    /// Of the author of the comment.
    author_hash: String,
}

const NAMES: [&str; 17] = [
    "tenant_id",
    "site_id",
    "comment_id",
    "origin_id",
    "thread_id",
    "account_id",
    "invitation_id",
    "api_key_id",
    "webhook_id",
    "delivery_id",
    "key_id",
    "plan_id",
    "announcement_id",
    "job_id",
    "bounce_id",
    "trouble_id",
    "author_hash",
];

impl Ids {
    fn absent() -> Ids {
        let id = || uuid::Uuid::new_v4().to_string();
        Ids {
            site_key: "abcdefghjkmn".to_owned(),
            tenant_id: id(),
            site_id: id(),
            comment_id: id(),
            origin_id: id(),
            thread_id: id(),
            into_id: id(),
            account_id: id(),
            invitation_id: id(),
            api_key_id: id(),
            webhook_id: id(),
            delivery_id: id(),
            key_id: id(),
            plan_id: id(),
            announcement_id: id(),
            job_id: id(),
            bounce_id: id(),
            trouble_id: id(),
            session_id: id(),
            token: "void".to_owned(),
            author_hash: "0".repeat(12),
        }
    }

    fn get(&self, name: &str) -> &str {
        match name {
            "site_key" => &self.site_key,
            "tenant_id" => &self.tenant_id,
            "site_id" => &self.site_id,
            "comment_id" => &self.comment_id,
            "origin_id" => &self.origin_id,
            "thread_id" => &self.thread_id,
            "into_id" => &self.into_id,
            "account_id" => &self.account_id,
            "invitation_id" => &self.invitation_id,
            "api_key_id" => &self.api_key_id,
            "webhook_id" => &self.webhook_id,
            "delivery_id" => &self.delivery_id,
            "key_id" => &self.key_id,
            "plan_id" => &self.plan_id,
            "announcement_id" => &self.announcement_id,
            "job_id" => &self.job_id,
            "bounce_id" => &self.bounce_id,
            "trouble_id" => &self.trouble_id,
            "session_id" => &self.session_id,
            "author_hash" => &self.author_hash,
            // Of the first comment of every site.
            "number" => "1",
            "action" => "activate",
            "email" => "ada@example.org",
            "key" => "void",
            // Of nobody: each account has its own alone.
            // Bounded by nothing, as the sweeps share their server.
            "setting" => "edit_minutes",
            "kind" => "digest",
            "locale" => "en",
            "passkey_id" | "device_id" => "019ab000-0000-7000-8000-000000000000",
            other => panic!("the sweeps do not know what {other} is: add it to Ids"),
        }
    }

    /// These, but the named ones taken from others.
    fn with(&self, names: &BTreeSet<&str>, others: &Ids) -> Ids {
        let of = |name: &str| {
            if names.contains(name) {
                others.get(name)
            } else {
                self.get(name)
            }
            .to_owned()
        };
        Ids {
            site_key: self.site_key.clone(),
            tenant_id: of("tenant_id"),
            site_id: of("site_id"),
            comment_id: of("comment_id"),
            origin_id: of("origin_id"),
            thread_id: of("thread_id"),
            into_id: of("into_id"),
            account_id: of("account_id"),
            invitation_id: of("invitation_id"),
            api_key_id: of("api_key_id"),
            webhook_id: of("webhook_id"),
            delivery_id: of("delivery_id"),
            key_id: of("key_id"),
            plan_id: of("plan_id"),
            announcement_id: of("announcement_id"),
            job_id: of("job_id"),
            bounce_id: of("bounce_id"),
            trouble_id: of("trouble_id"),
            session_id: self.session_id.clone(),
            token: self.token.clone(),
            author_hash: of("author_hash"),
        }
    }
}

/// A tenant with one of everything.
pub struct Ground {
    pub site: Site,
    pub ids: Ids,
}

impl Ground {
    pub async fn new(world: &World) -> Ground {
        let mut site = world.site(json!({ "moderation": "none", "reactions": ["👍"] })).await;
        let path = site.admin(&format!("sites/{}/keys", site.id));
        let rotated = world.post(&path, &json!({})).by(&site.owner.account).send().await;
        site.key = rotated.expect(200).text("key");
        let comment = site.say(world, "first-post", "A first word").await.expect(201);
        let elsewhere = site.say(world, "second-post", "A word elsewhere").await.expect(201);
        Ground {
            ids: ids_of(world, &site, &comment, &elsewhere).await,
            site,
        }
    }

    pub fn owner(&self) -> &Account {
        &self.site.owner.account
    }

    /// A key for programs.
    pub async fn key(&self, world: &World, wish: Value) -> String {
        let made = world
            .post(&self.site.admin("api-keys"), &wish)
            .by(self.owner())
            .send()
            .await;
        made.expect(201).text("key")
    }

    /// Another site of the same tenant, with one of everything.
    async fn sibling(&self, world: &World) -> Ids {
        let body = json!({ "name": "A sibling", "origins": [ORIGIN], "settings": { "moderation": "none" } });
        let made = world
            .post(&self.site.admin("sites"), &body)
            .by(self.owner())
            .send()
            .await
            .expect(201);
        let path = format!("/v1/sites/{}/comments", made.text("key"));
        let draft = json!({ "thread": { "id": "first-post" }, "text": "Said next door" });
        let comment = world.post(&path, &draft).from(ORIGIN).send().await.expect(201);
        let draft = json!({ "thread": { "id": "second-post" }, "text": "Said next door, too" });
        let elsewhere = world.post(&path, &draft).from(ORIGIN).send().await.expect(201);
        Ids {
            site_key: made.text("key"),
            tenant_id: self.ids.tenant_id.clone(),
            site_id: made.text("id"),
            comment_id: comment.comment_id(),
            thread_id: comment.thread_id(),
            into_id: elsewhere.thread_id(),
            account_id: self.ids.account_id.clone(),
            invitation_id: self.ids.invitation_id.clone(),
            api_key_id: self.ids.api_key_id.clone(),
            webhook_id: self.ids.webhook_id.clone(),
            delivery_id: self.ids.delivery_id.clone(),
            key_id: self.ids.key_id.clone(),
            plan_id: self.ids.plan_id.clone(),
            announcement_id: self.ids.announcement_id.clone(),
            job_id: self.ids.job_id.clone(),
            bounce_id: self.ids.bounce_id.clone(),
            trouble_id: trouble_of(world, &self.site, &made.text("key"), &made.text("id")).await,
            session_id: self.ids.session_id.clone(),
            token: comment.text("token"),
            author_hash: hash_of(&comment),
            origin_id: made.json["origins"][0]["id"].as_str().unwrap().to_owned(),
        }
    }

    /// All that the owner can see of his tenant: what a refused call must not have changed.
    pub async fn seen(&self, world: &World) -> Vec<Value> {
        let mut seen = Vec::new();
        for path in [
            "",
            "/sites",
            "/comments?limit=100",
            "/threads?limit=100",
            "/members",
            "/invitations",
            "/api-keys",
            "/webhooks",
            "/audit?limit=100",
        ] {
            let path = format!("/v1/admin/tenants/{}{path}", self.ids.tenant_id);
            seen.push(world.get(&path).by(self.owner()).send().await.expect(200).json);
        }
        for one in [
            format!("comments/{}", self.ids.comment_id),
            format!("threads/{}", self.ids.thread_id),
            format!("threads/{}", self.ids.into_id),
            format!("sites/{}/signing-key", self.ids.site_id),
        ] {
            let path = self.site.admin(&one);
            seen.push(world.get(&path).by(self.owner()).send().await.expect(200).json);
        }
        seen
    }
}

/// What tells the author of a posted comment from others.
fn hash_of(posted: &Answer) -> String {
    posted.json["comment"]["author"]["hash"].as_str().unwrap().to_owned()
}

async fn ids_of(world: &World, site: &Site, comment: &Answer, elsewhere: &Answer) -> Ids {
    let path = site.admin(&format!("sites/{}", site.id));
    let read = world.get(&path).by(&site.owner.account).send().await.expect(200);
    let another = world.member(site, Role::Moderator, Reach::All).await;
    let guest = json!({ "email": "guest@example.org", "role": "moderator" });
    let invited = world
        .post(&site.admin("invitations"), &guest)
        .by(&site.owner.account)
        .send()
        .await
        .expect(201);
    let path = site.admin(&format!("sites/{}/installation", site.id));
    let installation = world.get(&path).by(&site.owner.account).send().await.expect(200);
    let sessions = world
        .get("/v1/admin/sessions")
        .by(&site.owner.account)
        .send()
        .await
        .expect(200);
    let program = json!({ "name": "A program", "scopes": ["read"] });
    let key = world
        .post(&site.admin("api-keys"), &program)
        .by(&site.owner.account)
        .send()
        .await
        .expect(201);
    let hook = world
        .post(&site.admin("webhooks"), &webhook())
        .by(&site.owner.account)
        .send()
        .await
        .expect(201);
    let hook = hook.json["webhook"]["id"].as_str().unwrap().to_owned();
    let trial = world
        .post(&site.admin(&format!("webhooks/{hook}/test")), &json!({}))
        .by(&site.owner.account)
        .send()
        .await
        .expect(202);
    Ids {
        webhook_id: hook,
        delivery_id: trial.text("id"),
        site_key: site.key.clone(),
        tenant_id: site.owner.tenant_id.clone(),
        site_id: site.id.clone(),
        comment_id: comment.comment_id(),
        thread_id: comment.thread_id(),
        into_id: elsewhere.thread_id(),
        account_id: another.id,
        invitation_id: invited.json["invitation"]["id"].as_str().unwrap().to_owned(),
        api_key_id: key.json["api_key"]["id"].as_str().unwrap().to_owned(),
        key_id: installation.json["former_keys"][0]["id"].as_str().unwrap().to_owned(),
        trouble_id: trouble_of(world, site, &site.key, &site.id).await,
        session_id: sessions.json["sessions"][0]["id"].as_str().unwrap().to_owned(),
        token: comment.text("token"),
        author_hash: hash_of(comment),
        origin_id: read.json["origins"][0]["id"].as_str().unwrap().to_owned(),
        ..Ids::absent()
    }
}

fn mail_text() -> Value {
    json!({ "subject": "{count} new", "opening": "", "closing": "From a sweep" })
}

/// A webhook at a public address, to which nothing is sent in these tests.
fn webhook() -> Value {
    json!({ "name": "A receiver", "events": ["comment.created"], "url": "https://93.184.215.14:1/hook" })
}

/// These, and one of everything that is the platform's own.
async fn with_platform(world: &World, operator: &Account, ids: &Ids) -> Ids {
    let plan = json!({ "name": "A plan" });
    let plan = world.post("/v1/operator/plans", &plan).by(operator).send().await;
    let bounce = json!({ "address": "away@example.org", "kind": "soft" });
    let bounced = world
        .post("/v1/operator/mail/bounces", &bounce)
        .by(operator)
        .send()
        .await;
    let told = world
        .post("/v1/operator/announcements", &announcement())
        .by(operator)
        .send()
        .await;
    Ids {
        plan_id: plan.expect(201).text("id"),
        announcement_id: told.expect(201).text("id"),
        job_id: world.failed_job("Out of order").await,
        bounce_id: bounced.expect(201).text("id"),
        ..ids.clone()
    }
}

/// A trouble that a page of the tenant's site told of.
async fn trouble_of(world: &World, tenant: &Site, key: &str, site_id: &str) -> String {
    let told = format!("/v1/sites/{key}/trouble?kind=mixed_content");
    world.get(&told).from(ORIGIN).send().await.expect(200);
    world
        .within(|app| async move { troubles::write(&app).await.unwrap() })
        .await;
    let listed = tenant.list(world, &format!("sites/{site_id}/troubles")).await;
    listed.json["troubles"][0]["id"].as_str().unwrap().to_owned()
}

/// An operation as the document describes it.
struct Operation {
    method: Method,
    path: String,
    needs_token: bool,
}

/// All operations, by their ids. The document is made once: making it takes longer than most calls.
static OPERATIONS: LazyLock<BTreeMap<String, Operation>> = LazyLock::new(|| {
    let document = document::json();
    let mut found = BTreeMap::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            let id = operation["operationId"]
                .as_str()
                .unwrap_or_else(|| panic!("{method} {path} has no operationId"));
            let operation = Operation {
                method: method.to_ascii_uppercase().parse().unwrap(),
                path: path.clone(),
                needs_token: operation["security"].is_array(),
            };
            found.insert(id.to_owned(), operation);
        }
    }
    found
});

fn operation(id: &str) -> &'static Operation {
    OPERATIONS
        .get(id)
        .unwrap_or_else(|| panic!("the document has no operation {id}: take its row out of the sweeps"))
}

/// The ids that a row's path names, and those that its body names.
fn named(row: &Row) -> BTreeSet<&'static str> {
    let path = &operation(row.operation).path;
    let in_path = NAMES.into_iter().filter(|name| path.contains(&format!("{{{name}}}")));
    in_path.chain(row.also_names.iter().copied()).collect()
}

/// A call put into words, for those who want to twist them.
pub struct Call {
    pub operation: &'static str,
    pub method: Method,
    pub path: String,
    pub body: Option<Value>,
}

impl Row {
    fn call(&self, ids: &Ids) -> Call {
        let Operation { method, path, .. } = operation(self.operation);
        let mut filled = String::new();
        for part in path.split('/').skip(1) {
            let name = part.strip_prefix('{').and_then(|part| part.strip_suffix('}'));
            filled = format!("{filled}/{}", name.map_or(part, |name| ids.get(name)));
        }
        let body = self.body.map(|body| body(ids));
        Call {
            operation: self.operation,
            method: method.clone(),
            path: filled + self.query,
            body,
        }
    }
}

/// Every operation, called rightly.
pub fn calls(ids: &Ids) -> Vec<Call> {
    ROWS.iter().map(|row| row.call(ids)).collect()
}

/// The call of a row, by nobody yet.
fn call(world: &World, row: &Row, ids: &Ids) -> Ask {
    let Call { method, path, body, .. } = row.call(ids);
    let ask = world.ask(method, &path);
    match body {
        Some(body) => ask.json(&body),
        None => ask,
    }
}

/// The call of a visitor's row: with the headers that it needs beside the origin.
fn visit(world: &World, row: &Row, ids: &Ids) -> Ask {
    let ask = call(world, row, ids);
    match row.operation {
        "comment_mine" => ask.header("parlour-tokens", "void"),
        "form_submit" => ask
            .header("content-type", "application/x-www-form-urlencoded")
            .raw("id=first-post&text=From+a+sweep&do=preview"),
        _ if row.by_its_author => ask.header("parlour-tokens", &ids.token),
        _ => ask,
    }
}

/// Every way to pick at least one of these.
fn picks<'a>(names: &BTreeSet<&'a str>) -> Vec<BTreeSet<&'a str>> {
    let names: Vec<&str> = names.iter().copied().collect();
    let pick = |mask: usize| {
        (0..names.len())
            .filter(|place| mask >> place & 1 == 1)
            .map(|place| names[place])
            .collect()
    };
    (1..1_usize << names.len()).map(pick).collect()
}

#[track_caller]
fn expect(row: &Row, what: &str, answer: Answer, status: u16, code: &str) -> Answer {
    assert_eq!(
        answer.status.as_u16(),
        status,
        "{} {what}: {}",
        row.operation,
        answer.all()
    );
    answer.refused(status, code)
}

#[test]
fn every_operation_of_the_document_has_a_row() {
    let known: BTreeSet<&str> = ROWS.iter().map(|row| row.operation).collect();
    let documented = OPERATIONS.keys().map(String::as_str);
    let missing: Vec<&str> = documented.filter(|id| !known.contains(id)).collect();
    assert_eq!(
        missing, [""; 0],
        "say in tests/http/sweeps.rs who may call these and how"
    );
    for row in ROWS {
        let asks_for_token = matches!(
            row.who,
            For::SignedIn
                | For::Invited
                | For::Free
                | For::Keepers
                | For::Members
                | For::Admins
                | For::Owners
                | For::Operators
        );
        assert_eq!(
            operation(row.operation).needs_token,
            asks_for_token,
            "{}: what the document says",
            row.operation
        );
    }
}

#[test]
fn a_wrong_method_is_told_the_right_ones() {
    run(async {
        let world = world();
        let ids = Ids::absent();
        for row in ROWS.iter().filter(|row| !row.operation.starts_with("isso_")) {
            let Call { path, .. } = row.call(&ids);
            let template = &operation(row.operation).path;
            let of_path = OPERATIONS.values().filter(|one| one.path == *template);
            let right: BTreeSet<String> = of_path.map(|one| one.method.to_string()).collect();
            let wrong = ["GET", "POST", "PUT", "PATCH", "DELETE"]
                .into_iter()
                .find(|method| !right.contains(*method))
                .unwrap();
            let answer = world.ask(wrong.parse().unwrap(), &path).from(ORIGIN).send().await;
            assert_eq!(answer.status.as_u16(), 405, "{wrong} {path}: {}", answer.all());
            let told: BTreeSet<String> = answer.header("allow").split(", ").map(str::to_owned).collect();
            assert!(right.is_subset(&told), "{path}: {told:?}");
            assert!(!told.contains(wrong), "{path}: {told:?}");
        }
        let page = world
            .ask(Method::POST, "/docs")
            .send()
            .await
            .refused(405, "method_not_allowed");
        assert_eq!(page.header("allow"), "GET, HEAD");
    });
}

fn is_read(row: &Row) -> bool {
    operation(row.operation).method == Method::GET
}

/// A tenant for this call alone, unless it leaves things as they were.
async fn own_ground(world: &World, row: &Row) -> Option<Ground> {
    if is_read(row) {
        None
    } else {
        Some(Ground::new(world).await)
    }
}

/// What is refused where no mail is sent, as in the world of the sweeps; they are called rightly where some is (`mine.rs`, `readers.rs`).
const BY_MAIL: [&str; 2] = ["mine_link_create", "subscription_create"];

#[test]
fn the_rows_are_calls_that_work() {
    run(async {
        let world = world();
        let shared = Ground::new(world).await;
        for row in rows(&[For::Readers, For::Writers]) {
            let own = own_ground(world, row).await;
            let ground = own.as_ref().unwrap_or(&shared);
            let answer = visit(world, row, &ground.ids).from(ORIGIN).send().await;
            if BY_MAIL.contains(&row.operation) {
                answer.refused(403, "no_mail");
                continue;
            }
            assert!(answer.status.is_success(), "{}: {}", row.operation, answer.all());
        }
        for row in rows(&[For::SignedIn, For::Members, For::Admins, For::Owners]) {
            let own = own_ground(world, row).await;
            let ground = own.as_ref().unwrap_or(&shared);
            let answer = call(world, row, &ground.ids).by(ground.owner()).send().await;
            assert!(answer.status.is_success(), "{}: {}", row.operation, answer.all());
        }
        let operator = world.operator().await;
        for row in rows(&[For::Operators]) {
            let own = own_ground(world, row).await;
            let ids = with_platform(world, &operator, &own.as_ref().unwrap_or(&shared).ids).await;
            let answer = call(world, row, &ids).by(&operator).send().await;
            assert!(answer.status.is_success(), "{}: {}", row.operation, answer.all());
        }
    });
}

#[test]
fn only_operators_operate() {
    run(async {
        let world = world();
        let operator = world.operator().await;
        let ground = Ground::new(world).await;
        let ids = with_platform(world, &operator, &ground.ids).await;
        let admin = world.member(&ground.site, Role::Admin, Reach::All).await;
        let before = ground.seen(world).await;
        for row in rows(&[For::Operators]) {
            for member in [ground.owner(), &admin] {
                let answer = call(world, row, &ids).by(member).send().await;
                expect(row, "by a member", answer, 403, "not_permitted");
                // Alike, whether it is there or not.
                let answer = call(world, row, &Ids::absent()).by(member).send().await;
                expect(row, "by a member", answer, 403, "not_permitted");
            }
        }
        assert_eq!(ground.seen(world).await, before);
    });
}

#[test]
fn an_operator_is_a_stranger_in_tenants_and_finds_nothing_that_is_nowhere() {
    run(async {
        let world = world();
        let operator = world.operator().await;
        let ground = Ground::new(world).await;
        let ids = with_platform(world, &operator, &ground.ids).await;
        let before = ground.seen(world).await;
        for row in rows(&[For::Members, For::Admins, For::Owners]) {
            let answer = call(world, row, &ids).by(&operator).send().await;
            expect(row, "by an operator", answer, 404, "not_found");
        }
        for row in rows(&[For::Operators]) {
            for absent in picks(&named(row)) {
                let ids = ids.with(&absent, &Ids::absent());
                let answer = call(world, row, &ids).by(&operator).send().await;
                expect(row, &format!("with absent {absent:?}"), answer, 404, "not_found");
            }
        }
        assert_eq!(ground.seen(world).await, before);
    });
}

#[test]
fn without_a_good_token_members_are_asked_to_sign_in() {
    run(async {
        let world = world();
        let ground = Ground::new(world).await;
        let before = ground.seen(world).await;
        let good = &ground.owner().token;
        let (head, _) = good.rsplit_once('.').unwrap();
        let bad = [
            "Bearer garbage".to_owned(),
            "Bearer".to_owned(),
            "Bearer ".to_owned(),
            format!("Basic {good}"),
            good.clone(),
            format!("Bearer {head}."),
            format!("Bearer {good}x"),
            format!("Bearer {}", ground.site.key),
        ];
        for row in rows(&[
            For::SignedIn,
            For::Invited,
            For::Free,
            For::Keepers,
            For::Members,
            For::Admins,
            For::Owners,
            For::Operators,
        ]) {
            let answer = call(world, row, &ground.ids).send().await;
            expect(row, "without a token", answer, 401, "unauthenticated");
            for header in &bad {
                let answer = call(world, row, &ground.ids)
                    .header("authorization", header)
                    .send()
                    .await;
                expect(row, header, answer, 401, "unauthenticated");
            }
        }
        assert_eq!(ground.seen(world).await, before);
    });
}

#[test]
fn a_tenant_is_not_there_for_strangers() {
    run(async {
        let world = world();
        let (ground, stranger) = (Ground::new(world).await, world.owner().await);
        let before = ground.seen(world).await;
        for row in rows(&[For::Members, For::Admins, For::Owners]) {
            let answer = call(world, row, &ground.ids).by(&stranger.account).send().await;
            let absent = call(world, row, &Ids::absent()).by(&stranger.account).send().await;
            let answer = expect(row, "by a stranger", answer, 404, "not_found");
            assert_eq!(
                answer.json["detail"], absent.json["detail"],
                "{}: foreign and absent sound alike",
                row.operation
            );
            assert_eq!(
                ground.seen(world).await,
                before,
                "{} by a stranger changed something",
                row.operation
            );
        }
    });
}

#[test]
fn ids_of_different_tenants_do_not_mix() {
    run(async {
        let world = world();
        let (ours, theirs) = (Ground::new(world).await, Ground::new(world).await);
        let before = (ours.seen(world).await, theirs.seen(world).await);
        for row in rows(&[For::Members, For::Admins, For::Owners]) {
            for foreign in picks(&named(row)) {
                let ids = ours.ids.with(&foreign, &theirs.ids);
                let answer = call(world, row, &ids).by(ours.owner()).send().await;
                expect(row, &format!("with foreign {foreign:?}"), answer, 404, "not_found");
            }
            let after = (ours.seen(world).await, theirs.seen(world).await);
            assert_eq!(after, before, "{} with mixed ids changed something", row.operation);
        }
    });
}

#[test]
fn ids_that_are_nowhere_answer_404() {
    run(async {
        let world = world();
        let ground = Ground::new(world).await;
        let before = ground.seen(world).await;
        for row in rows(&[For::Members, For::Admins, For::Owners]) {
            for absent in picks(&named(row)) {
                let ids = ground.ids.with(&absent, &Ids::absent());
                let answer = call(world, row, &ids).by(ground.owner()).send().await;
                expect(row, &format!("with absent {absent:?}"), answer, 404, "not_found");
            }
        }
        assert_eq!(ground.seen(world).await, before);
    });
}

#[test]
fn an_origin_is_found_under_its_own_site_only() {
    run(async {
        let world = world();
        let ground = Ground::new(world).await;
        let sibling = ground.sibling(world).await;
        let before = ground.seen(world).await;
        for row in ROWS.iter().filter(|row| named(row).contains("origin_id")) {
            let ids = ground.ids.with(&BTreeSet::from(["origin_id"]), &sibling);
            let answer = call(world, row, &ids).by(ground.owner()).send().await;
            expect(row, "of the site next door", answer, 404, "not_found");
        }
        assert_eq!(ground.seen(world).await, before);
    });
}

#[test]
fn a_moderator_moderates_and_does_not_manage() {
    run(async {
        let world = world();
        let ground = Ground::new(world).await;
        let moderator = world.member(&ground.site, Role::Moderator, Reach::All).await;
        let before = ground.seen(world).await;
        for row in rows(&[For::Admins, For::Owners]) {
            let answer = call(world, row, &ground.ids).by(&moderator).send().await;
            expect(row, "by a moderator", answer, 403, "not_permitted");
        }
        assert_eq!(ground.seen(world).await, before);
        for row in rows(&[For::Members]) {
            let answer = call(world, row, &ground.ids).by(&moderator).send().await;
            assert!(
                answer.status.is_success(),
                "{} by a moderator: {}",
                row.operation,
                answer.all()
            );
        }
    });
}

#[test]
fn an_admin_may_do_all_but_what_is_the_owners() {
    run(async {
        let world = world();
        let shared = Ground::new(world).await;
        for row in rows(&[For::Members, For::Admins]) {
            let own = own_ground(world, row).await;
            let ground = own.as_ref().unwrap_or(&shared);
            let admin = world.member(&ground.site, Role::Admin, Reach::All).await;
            let answer = call(world, row, &ground.ids).by(&admin).send().await;
            assert!(
                answer.status.is_success(),
                "{} by an admin: {}",
                row.operation,
                answer.all()
            );
        }
        let ground = Ground::new(world).await;
        let admin = world.member(&ground.site, Role::Admin, Reach::All).await;
        for row in rows(&[For::Owners]) {
            let answer = call(world, row, &ground.ids).by(&admin).send().await;
            expect(row, "by an admin", answer, 403, "not_permitted");
        }
    });
}

#[test]
fn a_limited_moderator_is_a_stranger_on_other_sites() {
    run(async {
        let world = world();
        let ground = Ground::new(world).await;
        let sibling = ground.sibling(world).await;
        let reach = Reach::Only(vec![sibling.site_id.parse().unwrap()]);
        let limited = world.member(&ground.site, Role::Moderator, reach).await;
        let before = ground.seen(world).await;
        for row in rows(&[For::Members]) {
            let names = named(row);
            if ["site_id", "comment_id", "thread_id"]
                .iter()
                .any(|name| names.contains(name))
            {
                let answer = call(world, row, &ground.ids).by(&limited).send().await;
                expect(row, "out of reach", answer, 404, "not_found");
            }
        }
        let both = json!({ "ids": [sibling.comment_id, ground.ids.comment_id], "decision": "spam" });
        let mixed = world
            .post(&ground.site.admin("decisions"), &both)
            .by(&limited)
            .send()
            .await;
        mixed.refused(404, "not_found");
        assert_eq!(ground.seen(world).await, before, "all or nothing");

        let sites = world
            .get(&ground.site.admin("sites"))
            .by(&limited)
            .send()
            .await
            .expect(200);
        let comments = world
            .get(&ground.site.admin("comments"))
            .by(&limited)
            .send()
            .await
            .expect(200);
        assert_eq!(ids_in(&sites.json["sites"]), std::slice::from_ref(&sibling.site_id));
        assert!(ids_in(&comments.json["comments"]).contains(&sibling.comment_id));
        let threads = world
            .get(&ground.site.admin("threads"))
            .by(&limited)
            .send()
            .await
            .expect(200);
        for list in [&comments.json["comments"], &threads.json["threads"]] {
            let list = list.as_array().unwrap();
            assert_eq!(list.len(), 2);
            assert!(list.iter().all(|one| one["site"]["id"] == *sibling.site_id), "{list:?}");
        }
        for row in rows(&[For::Members]) {
            let answer = call(world, row, &sibling).by(&limited).send().await;
            assert!(
                answer.status.is_success(),
                "{} within reach: {}",
                row.operation,
                answer.all()
            );
        }
    });
}

/// What an operation does to a tenant's things, by its row and method: the policy's table says which keys may.
fn act_of(row: &Row) -> Act {
    match (row.operation.split_once('_').map_or("", |(noun, _)| noun), row.who) {
        ("member" | "invitation", For::Admins) => Act::ManageMembers,
        ("api", _) => Act::ManageKeys,
        ("webhook", _) => Act::ManageWebhooks,
        ("audit", _) => Act::ReadAudit,
        ("watching", _) => Act::Watch,
        (_, For::Owners) => Act::Dispose,
        (_, For::Admins) => Act::ManageSites,
        _ if row.operation == "comment_answer" => Act::Answer,
        // Its answer is a list of links that act.
        _ if is_read(row) || row.operation == "site_preview" => Act::Look,
        _ => Act::Moderate,
    }
}

#[test]
fn a_key_may_do_what_its_scope_allows() {
    run(async {
        let world = world();
        for scope in Scope::ALL {
            let shared = Ground::new(world).await;
            let program = json!({ "name": "A program", "scopes": [scope.name()] });
            let key = shared.key(world, program.clone()).await;
            // A key shows when it was used; that is no change of a refused call's making.
            world.get(&shared.site.admin("audit")).bearing(&key).send().await;
            let before = shared.seen(world).await;
            for row in rows(&[For::Members, For::Admins, For::Owners]) {
                if scope.allows(act_of(row)) {
                    continue;
                }
                let answer = call(world, row, &shared.ids).bearing(&key).send().await;
                expect(row, &format!("by {scope:?}"), answer, 403, "not_permitted");
            }
            assert_eq!(shared.seen(world).await, before, "refused, and yet done by {scope:?}");
            for row in rows(&[For::Members, For::Admins, For::Owners]) {
                if !scope.allows(act_of(row)) {
                    continue;
                }
                let own = own_ground(world, row).await;
                let ground = own.as_ref().unwrap_or(&shared);
                let key = ground.key(world, program.clone()).await;
                let answer = call(world, row, &ground.ids).bearing(&key).send().await;
                assert!(
                    answer.status.is_success(),
                    "{} by {scope:?}: {}",
                    row.operation,
                    answer.all()
                );
            }
        }
    });
}

#[test]
fn a_key_is_nothing_elsewhere() {
    run(async {
        let world = world();
        let (ours, theirs) = (Ground::new(world).await, Ground::new(world).await);
        let key = ours
            .key(world, json!({ "name": "A program", "scopes": ["admin"] }))
            .await;
        let before = theirs.seen(world).await;
        for row in rows(&[For::Members, For::Admins, For::Owners]) {
            let answer = call(world, row, &theirs.ids).bearing(&key).send().await;
            expect(row, "by a key of another tenant", answer, 404, "not_found");
        }
        for row in rows(&[For::SignedIn, For::Invited, For::Keepers, For::Operators]) {
            let answer = call(world, row, &ours.ids).bearing(&key).send().await;
            expect(row, "by a key", answer, 401, "unauthenticated");
        }
        assert_eq!(theirs.seen(world).await, before);
    });
}

fn ids_in(list: &Value) -> Vec<String> {
    list.as_array()
        .unwrap()
        .iter()
        .map(|one| one["id"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn a_list_asked_for_a_foreign_site_is_empty() {
    run(async {
        let world = world();
        let (ours, theirs) = (Ground::new(world).await, Ground::new(world).await);
        for query in [
            format!("site_id={}", theirs.ids.site_id),
            "q=nothing+like+it".to_owned(),
        ] {
            let path = ours.site.admin(&format!("comments?{query}"));
            assert_eq!(
                world.get(&path).by(ours.owner()).send().await.expect(200).json["comments"],
                json!([]),
                "{query}"
            );
            let path = ours.site.admin(&format!("threads?{query}"));
            assert_eq!(
                world.get(&path).by(ours.owner()).send().await.expect(200).json["threads"],
                json!([]),
                "{query}"
            );
        }
        let after = ours.site.admin(&format!("comments?after={}", theirs.ids.comment_id));
        let page = world.get(&after).by(ours.owner()).send().await.expect(200);
        assert_eq!(
            ids_in(&page.json["comments"]).last(),
            Some(&ours.ids.comment_id),
            "a foreign id is only a place in time"
        );
    });
}

#[test]
fn a_site_key_that_is_nobodys_answers_404() {
    run(async {
        let world = world();
        let ground = Ground::new(world).await;
        let upper = ground.ids.site_key.to_ascii_uppercase();
        let long = "a".repeat(200);
        for key in [
            "abcdefghjkmn",
            "..",
            "%2e%2e",
            "a%20b",
            "%27%20OR%201=1",
            "%C3%A4",
            "%FF",
            "-",
            &upper,
            &long,
        ] {
            let ids = Ids {
                site_key: key.to_owned(),
                ..ground.ids.clone()
            };
            for row in rows(&[For::Readers, For::Writers]) {
                let answer = visit(world, row, &ids).from(ORIGIN).send().await;
                let answer = expect(row, key, answer, 404, "not_found");
                assert_eq!(
                    answer.header("access-control-allow-origin"),
                    "",
                    "{} {key}",
                    row.operation
                );
            }
        }
    });
}

#[test]
fn a_link_without_a_good_key_does_nothing() {
    run(async {
        let world = world();
        let (ground, other) = (Ground::new(world).await, Ground::new(world).await);
        let path = other.site.admin(&format!("comments/{}/links", other.ids.comment_id));
        let made = world
            .ask(Method::POST, &path)
            .by(other.owner())
            .send()
            .await
            .expect(200);
        // Good, but for a comment of another site that has the same number there.
        let foreign = made.text("activate").rsplit('/').next().unwrap().to_owned();
        let before = (ground.seen(world).await, other.seen(world).await);
        for row in rows(&[For::Holders]) {
            let Call { method, path, body, .. } = row.call(&ground.ids);
            for key in ["void", "a.b", "%00", &ground.ids.token, &foreign] {
                let path = path.replace("/void", &format!("/{key}"));
                let ask = world.ask(method.clone(), &path);
                let answer = match body.clone() {
                    Some(mut body) => {
                        body["token"] = json!(key);
                        ask.json(&body)
                    }
                    None => ask,
                };
                let answer = answer.send().await;
                let status = answer.status.as_u16();
                assert!(matches!(status, 400 | 403), "{} {key}: {}", row.operation, answer.all());
            }
        }
        assert_eq!((ground.seen(world).await, other.seen(world).await), before);
    });
}

#[test]
fn a_strangers_page_is_told_nothing() {
    run(async {
        let world = world();
        let ground = Ground::new(world).await;
        let before = ground.seen(world).await;
        for row in rows(&[For::Readers, For::Writers]) {
            let answer = visit(world, row, &ground.ids).from("https://evil.example").send().await;
            let answer = expect(row, "from elsewhere", answer, 403, "origin_not_allowed");
            let cors: Vec<_> = answer
                .headers
                .keys()
                .filter(|name| name.as_str().starts_with("access-control"))
                .collect();
            assert_eq!(
                cors, [""; 0],
                "{}: the script of a stranger's page sees only a network error",
                row.operation
            );
            assert!(answer.header("vary").starts_with("Origin"));
        }
        assert_eq!(ground.seen(world).await, before);
    });
}

#[test]
fn writing_needs_a_page_and_reading_does_not() {
    run(async {
        let world = world();
        let ground = Ground::new(world).await;
        let before = ground.seen(world).await;
        for row in rows(&[For::Writers]) {
            let answer = visit(world, row, &ground.ids).send().await;
            expect(row, "without an Origin", answer, 403, "origin_not_allowed");
        }
        assert_eq!(ground.seen(world).await, before);
        for row in rows(&[For::Readers]) {
            let answer = visit(world, row, &ground.ids).send().await;
            assert!(
                matches!(answer.status.as_u16(), 200 | 204),
                "{}: {}",
                row.operation,
                answer.all()
            );
            assert_eq!(answer.header("access-control-allow-origin"), "", "{}", row.operation);
        }
    });
}

#[test]
fn readers_get_their_answers_and_no_cookie() {
    run(async {
        let world = world();
        let ground = Ground::new(world).await;
        for row in rows(&[For::Readers, For::Writers]) {
            let answer = visit(world, row, &ground.ids)
                .from(ORIGIN)
                .header("cookie", "a=b")
                .send()
                .await;
            assert_eq!(
                answer.header("access-control-allow-origin"),
                ORIGIN,
                "{}",
                row.operation
            );
            assert!(answer.header("vary").starts_with("Origin"), "{}", row.operation);
            // Isso's client goes by cookies; nobody else does.
            let of_isso = row.operation.starts_with("isso_");
            let hands_out = ["isso_new", "isso_edit", "isso_delete"].contains(&row.operation);
            assert_eq!(
                answer.headers.contains_key("set-cookie"),
                hands_out,
                "{}",
                row.operation
            );
            assert_eq!(
                answer.header("access-control-allow-credentials"),
                if of_isso { "true" } else { "" },
                "{}",
                row.operation
            );
        }
    });
}

#[test]
fn another_sites_pages_cannot_use_a_members_browser() {
    run(async {
        let world = world();
        let ground = Ground::new(world).await;
        let safe = ["setup_read"];
        for row in rows(&[For::Anybody]).filter(|row| !safe.contains(&row.operation)) {
            for origin in ["https://evil.example", "null", "http://127.0.0.1:1", "http://127.0.0.1"] {
                let cookie = &ground.owner().cookie;
                let answer = call(world, row, &ground.ids)
                    .from(origin)
                    .header("cookie", cookie)
                    .send()
                    .await;
                expect(row, origin, answer, 403, "origin_not_allowed");
            }
        }
        let me = world.get("/v1/admin/me").by(ground.owner()).send().await;
        assert_eq!(
            me.expect(200).json["account"]["email"],
            ground.owner().email,
            "the session is untouched"
        );
    });
}

/// A conversation with something that readers must not learn in every place where something can be kept.
struct Secretive {
    site: Site,
    /// Token and id of a published comment.
    token: String,
    root: String,
    /// Id of a comment that waits.
    hidden: String,
    secrets: Vec<(&'static str, String)>,
}

impl Secretive {
    async fn new(world: &World) -> Secretive {
        let site = world.site(json!({ "moderation": "none" })).await;
        let secret = |what: &str| format!("{what}-{:016x}", rand::random::<u64>());
        let (mail, parent_mail) = (
            format!("{}@hidden.example", secret("mail")),
            format!("{}@hidden.example", secret("gone")),
        );
        let say = async |text: &str, parent: Option<&str>, email: &str, name: &str| {
            let mut draft = json!({ "thread": { "id": "first-post" }, "text": text,
                "author": { "name": name, "email": email } });
            if let Some(parent) = parent {
                draft["parent_id"] = json!(parent);
            }
            site.draft(world, &draft).await.expect(201)
        };
        let root = say("A first word", None, &mail, "Ada").await;
        let first_text = secret("first-text");
        let edited = say(&first_text, None, &mail, "Ada").await.comment_id();
        let change = json!({ "text": "A better text" });
        let edit = world
            .ask(Method::PATCH, &site.admin(&format!("comments/{edited}")))
            .json(&change);
        edit.by(&site.owner.account).send().await.expect(200);

        let (deleted_text, deleted_name) = (secret("deleted-text"), secret("deleted-name"));
        let deleted = say(&deleted_text, None, &parent_mail, &deleted_name).await.comment_id();
        say("Under a place that will be empty", Some(&deleted), &mail, "Bob").await;
        site.decide(world, &[&deleted], "delete").await.expect(200);

        let mut secrets = Vec::new();
        let mut hidden = String::new();
        for (what, decision) in [
            ("pending text", "hold"),
            ("rejected text", "reject"),
            ("spam text", "spam"),
        ] {
            let text = secret(decision);
            let id = say(&text, Some(&root.comment_id()), &mail, "Cy").await.comment_id();
            site.decide(world, &[&id], decision).await.expect(200);
            secrets.push((what, text));
            hidden = id;
        }
        let stranger = world.site(json!({ "moderation": "none" })).await;
        let foreign = secret("foreign-text");
        stranger.say(world, "first-post", &foreign).await.expect(201);

        let network = world.app.keys.network_hash(site.id.parse().unwrap(), "127.0.0.0/24");
        secrets.extend([
            ("mail address", mail),
            ("mail address of a deleted comment", parent_mail),
            ("text before an edit", first_text),
            ("deleted text", deleted_text),
            ("name of a deleted comment", deleted_name),
            ("another tenant's text", foreign),
            ("network hash", network),
            ("network", "127.0.0".to_owned()),
            ("owner's address", site.owner.account.email.clone()),
            ("tenant's id", site.owner.tenant_id.clone()),
            ("site's id", site.id.clone()),
        ]);
        Secretive {
            site,
            token: root.text("token"),
            root: root.comment_id(),
            hidden,
            secrets,
        }
    }

    /// Every answer that a visitor can get of the site: good ones, empty ones, refusals.
    async fn answers(&self, world: &World) -> Vec<(String, Answer)> {
        let mut answers = Vec::new();
        let replies = format!("comments/{}/replies", self.root);
        let reads = [
            "thread?id=first-post",
            "thread?id=first-post&sort=newest&limit=1",
            "thread?id=nobody-has-spoken",
            "thread?url=https://blog.example/x",
            "thread",
            "thread?id=first-post&after=garbage",
            "thread?id=first-post&limit=0",
            &replies,
            "comments/00000000-0000-0000-0000-000000000000/replies",
            "counts?id=first-post",
            "counts?url=nonsense",
            "feed.atom",
            "feed.json",
            "feed.atom?id=first-post",
            "feed.json?id=first-post",
            "feed.atom?comment=1",
            "feed.json?comment=3",
            "feed.atom?comment=999",
            "thread.html?id=first-post",
            "thread.html?id=first-post&fragment=1&jsonld=1",
            "thread.html?id=first-post&branch=1",
            "thread.html?id=first-post&reply=1",
            "thread.html?id=nobody-has-spoken&lang=de",
            "mine",
        ];
        for path in reads {
            let answer = world
                .get(&self.site.path(path))
                .from(ORIGIN)
                .header("parlour-tokens", &self.token)
                .send()
                .await;
            answers.push((path.to_owned(), answer));
        }
        let writes = [
            (Method::POST, "reader".to_owned(), Value::Null),
            (
                Method::PUT,
                format!("comments/{}/vote", self.root),
                json!({ "value": 1 }),
            ),
            (
                Method::PUT,
                format!("comments/{}/vote", self.hidden),
                json!({ "value": 1 }),
            ),
            (
                Method::PATCH,
                format!("comments/{}", self.root),
                json!({ "text": "Said better" }),
            ),
            (
                Method::PATCH,
                format!("comments/{}", self.hidden),
                json!({ "text": "Not mine" }),
            ),
            (Method::DELETE, format!("comments/{}", self.root), Value::Null),
            (Method::POST, format!("comments/{}/restore", self.root), Value::Null),
            (Method::POST, format!("comments/{}/restore", self.hidden), Value::Null),
            (
                Method::POST,
                format!("comments/{}/reports", self.root),
                json!({ "reason": "other" }),
            ),
            (
                Method::PUT,
                "thread/reaction".to_owned(),
                json!({ "thread": { "id": "first-post" }, "kind": "👍", "on": true }),
            ),
        ];
        for (method, path, body) in writes {
            let ask = world.ask(method.clone(), &self.site.path(&path)).from(ORIGIN);
            let ask = ask.header("parlour-tokens", &self.token);
            let ask = if body.is_null() { ask } else { ask.json(&body) };
            answers.push((format!("{method} {path}"), ask.send().await));
        }
        let page = world.get(&self.site.path("thread?id=first-post")).send().await;
        let tag = page.header("etag").to_owned();
        let again = world
            .get(&self.site.path("thread?id=first-post"))
            .header("if-none-match", tag)
            .send()
            .await;
        answers.push(("304".to_owned(), again.expect(304)));
        let stranger = world
            .get(&self.site.path("thread?id=first-post"))
            .from("https://evil.example")
            .send()
            .await;
        answers.push(("a stranger's page".to_owned(), stranger.expect(403)));
        let thread = json!({ "id": "first-post" });
        let drafts = [
            ("comments", json!({ "thread": thread, "text": "Said at last" })),
            ("comments", json!({ "thread": thread, "text": "" })),
            (
                "comments",
                json!({ "thread": thread, "text": "To nobody", "parent_id": self.site.id }),
            ),
            (
                "comments",
                json!({ "thread": thread, "text": "x", "author": { "email": "no address" } }),
            ),
            ("preview", json!({ "text": "*So it looks*" })),
            ("preview", json!({ "words": 1 })),
        ];
        for (path, body) in drafts {
            let answer = world.post(&self.site.path(path), &body).from(ORIGIN).send().await;
            answers.push((format!("{path} {body}"), answer));
        }
        answers
    }
}

#[test]
fn no_answer_to_a_visitor_holds_what_is_not_his() {
    run(async {
        let world = world();
        let secretive = Secretive::new(world).await;
        let record = world
            .get(&secretive.site.admin("comments?limit=100"))
            .by(&secretive.site.owner.account)
            .send()
            .await;
        for what in ["mail address", "pending text", "deleted text"] {
            let (_, secret) = secretive.secrets.iter().find(|(name, _)| *name == what).unwrap();
            assert!(
                record.all().contains(secret),
                "the {what} is there to be found, by the owner"
            );
        }
        for (call, answer) in secretive.answers(world).await {
            // The server's own address is of that network, too, and no secret.
            let all = answer.all().replace(&world.base, "");
            for (what, secret) in &secretive.secrets {
                assert!(!all.contains(secret.as_str()), "{call} tells the {what}: {all}");
            }
        }
    });
}

#[test]
fn the_network_that_is_kept_is_the_one_looked_for() {
    run(async {
        use entity::{OfSite, comment};
        let world = world();
        let ground = Ground::new(world).await;
        let site: uuid::Uuid = ground.site.id.parse().unwrap();
        let expected = world.app.keys.network_hash(site, "127.0.0.0/24");
        let kept = world.within(move |app| async move {
            let rows: Vec<comment::Model> = comment::Entity::of_site(site).all(app.db.read()).await.unwrap();
            rows.into_iter().filter_map(|row| row.network_hash).collect::<Vec<_>>()
        });
        assert_eq!(kept.await, [expected.clone(), expected]);
    });
}
