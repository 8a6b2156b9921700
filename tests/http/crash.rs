//! What was answered 201 is there after the power went, once.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};

use futures_util::future::join_all;
use http::Method;
use serde_json::{Value, json};

use crate::binary::Home;
use crate::world::{Answer, ORIGIN, ask, run};

const WRITERS: usize = 6;

/// Comments that are answered before each blow.
const ENOUGH: usize = 40;

struct Post {
    key: String,
    text: String,
    /// Id that the answer gave, if one came.
    answered: Option<String>,
}

async fn send(base: &str, site: &str, post: &Post) -> Result<Answer, Box<dyn std::error::Error + Send + Sync>> {
    let draft = json!({ "thread": { "id": "crash" }, "text": post.text });
    let ask = ask(base, Method::POST, &format!("/v1/sites/{site}/comments")).from(ORIGIN);
    ask.header("idempotency-key", &post.key).json(&draft).try_send().await
}

/// Posts until the server does not answer any more.
async fn write(base: &str, site: &str, name: &str, answered: &AtomicUsize) -> Vec<Post> {
    let mut posts = Vec::new();
    loop {
        let name = format!("{name}-{}", posts.len());
        let mut post = Post {
            key: format!("key-{name}"),
            text: format!("Said by {name}"),
            answered: None,
        };
        match send(base, site, &post).await {
            Ok(answer) => {
                post.answered = Some(answer.expect(201).comment_id());
                posts.push(post);
                answered.fetch_add(1, Ordering::Relaxed);
            }
            Err(_) => {
                posts.push(post);
                return posts;
            }
        }
    }
}

/// Every comment of the thread: its text and how often it is there.
async fn told(base: &str, site: &str) -> BTreeMap<String, usize> {
    let mut found = BTreeMap::new();
    let mut after = String::new();
    loop {
        let path = format!("/v1/sites/{site}/thread?id=crash&limit=100{after}");
        let page = ask(base, Method::GET, &path).send().await.expect(200);
        for comment in page.json["comments"].as_array().unwrap() {
            let html = comment["html"].as_str().unwrap().trim();
            *found
                .entry(html.trim_start_matches("<p>").trim_end_matches("</p>").to_owned())
                .or_default() += 1;
        }
        match &page.json["next"] {
            Value::String(next) => after = format!("&after={next}"),
            _ => {
                let total: usize = found.values().sum();
                assert_eq!(
                    page.json["thread"]["comment_count"], total,
                    "the count is of what is there"
                );
                return found;
            }
        }
    }
}

#[test]
fn what_was_answered_outlives_kill_9_and_is_there_once() {
    run(async {
        let home = Home::on_engine()
            .await
            .with("PARLOUR_LIMIT_POST", "1000000/1")
            .with("PARLOUR_LIMIT_READ", "1000000/1");
        home.set_up("olive@example.org");
        let site = home.make_site("olive@example.org", ORIGIN)["key"]
            .as_str()
            .unwrap()
            .to_owned();
        let mut posts: Vec<Post> = Vec::new();
        let mut server = home.serve();
        for round in 0..3 {
            let answered = AtomicUsize::new(0);
            let base = server.base.clone();
            let writers = (0..WRITERS).map(|writer| {
                let (base, site, answered) = (&base, &site, &answered);
                async move { write(base, site, &format!("{round}-{writer}"), answered).await }
            });
            let blow = async {
                while answered.load(Ordering::Relaxed) < ENOUGH {
                    tokio::task::yield_now().await;
                }
                server.kill();
            };
            let (written, ()) = tokio::join!(join_all(writers), blow);
            posts.extend(written.into_iter().flatten());

            server = home.serve();
            let found = told(&server.base, &site).await;
            for post in posts.iter().filter(|post| post.answered.is_some()) {
                assert_eq!(found.get(&post.text), Some(&1), "round {round}: {}", post.text);
            }
            assert!(found.values().all(|count| *count == 1), "round {round}: {found:?}");

            // The readers' pages try again, whether or not they got an answer.
            for post in &mut posts {
                let again = send(&server.base, &site, post).await.unwrap().expect(201).comment_id();
                assert_eq!(post.answered.get_or_insert(again.clone()), &again, "{}", post.text);
            }
            let found = told(&server.base, &site).await;
            assert_eq!(found.len(), posts.len(), "round {round}");
            assert!(found.values().all(|count| *count == 1), "round {round}: {found:?}");
        }
        assert!(posts.len() >= 3 * ENOUGH);
    });
}
