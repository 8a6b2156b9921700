//! The main job from end to end, as its people would tell it.

use serde_json::json;

use crate::world::{ORIGIN, run, world};

#[test]
fn a_comment_is_posted_held_approved_and_read() {
    run(async {
        let world = world();
        let site = world.site(json!({ "moderation": "all" })).await;

        let empty = site.read(world, "first-post").await;
        assert_eq!(empty.json["comments"], json!([]));
        assert_eq!(empty.json["thread"]["comment_count"], 0);

        let posted = site
            .say(world, "first-post", "Well said, **thank you**.")
            .await
            .expect(202);
        assert_eq!(posted.json["comment"]["state"], "pending");
        assert_eq!(
            site.read(world, "first-post").await.json["comments"],
            json!([]),
            "a pending comment is not shown"
        );

        let mine = world
            .get(&site.path("mine"))
            .from(ORIGIN)
            .header("parlour-tokens", posted.text("token"))
            .send()
            .await
            .expect(200);
        assert_eq!(mine.json["comments"][0]["state"], "pending");
        assert_eq!(mine.json["comments"][0]["thread_key"], "id:first-post");

        let queue = world
            .get(&site.admin("comments?state=pending"))
            .by(&site.owner.account)
            .send()
            .await
            .expect(200);
        assert_eq!(queue.json["comments"][0]["text"], "Well said, **thank you**.");
        assert_eq!(queue.json["comments"][0]["reasons"], json!(["site_holds_all"]));

        let decided = site.decide(world, &[&posted.comment_id()], "publish").await.expect(200);
        assert_eq!(decided.json["results"][0]["previous_state"], "pending");

        let read = site.read(world, "first-post").await;
        assert_eq!(read.talk(), [(0, "Well said, <strong>thank you</strong>.".to_owned())]);
        assert_eq!(read.json["thread"]["comment_count"], 1);
    });
}
