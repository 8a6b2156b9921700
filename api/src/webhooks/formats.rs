//! An event in the form that its receiver wants. Pure.
//!
//! What readers wrote is escaped by the rules of each form: it is text there, never markup, never a link that nobody typed, and it calls
//! nobody by name.

use serde_json::{Value, json};
use url::Url;

use super::payload::Payload;
use super::{Format, words};
use crate::infra::outgoing::{Parcel, Verb};
use crate::infra::signing::webhook_signature;
use crate::job::Locale;
use crate::text;

/// Characters of a comment that are told in a chat, and of a headline.
const EXCERPT: usize = 500;
const HEADLINE: usize = 200;

/// A webhook with its secrets in the clear, for the moment in which it is used.
pub struct Opened {
    pub format: Format,
    pub locale: Locale,
    pub address: Url,
    /// Those that sign: the newest first.
    pub secrets: Vec<Vec<u8>>,
    pub token: Option<String>,
}

/// What is wrong with an address for a form, if anything: a sentence for its owner.
pub fn fault(format: Format, address: &Url) -> Option<&'static str> {
    let path = address.path();
    match format {
        Format::Standard | Format::Slack | Format::Discord => None,
        Format::Telegram => {
            let is_call = path.starts_with("/bot") && path.ends_with("/sendMessage");
            let names_chat = address
                .query_pairs()
                .any(|(name, value)| name == "chat_id" && !value.is_empty());
            (!is_call || !names_chat)
                .then_some("For Telegram: https://api.telegram.org/bot<token>/sendMessage?chat_id=<chat>.")
        }
        Format::Matrix => {
            let path = path.trim_end_matches('/');
            let is_call = path.contains("/_matrix/client/") && path.ends_with("/send/m.room.message");
            (!is_call).then_some(
                "For Matrix: https://<server>/_matrix/client/v3/rooms/<room id>/send/m.room.message, and an access token.",
            )
        }
        Format::Ntfy => topic(address)
            .is_none()
            .then_some("For ntfy, the address ends with the topic: https://ntfy.sh/<topic>."),
    }
}

/// Whether a form does not work without a token.
pub fn needs_token(format: Format) -> bool {
    format == Format::Matrix
}

/// What may be shown of an address: all of it but the query, unless the form makes it a secret by itself.
pub fn shown(format: Format, address: &Url) -> String {
    match format {
        Format::Standard | Format::Matrix | Format::Ntfy => {
            let mut plain = address.clone();
            let had_query = plain.query().is_some();
            plain.set_query(None);
            plain.set_fragment(None);
            format!("{plain}{}", if had_query { "?…" } else { "" })
        }
        Format::Slack | Format::Discord | Format::Telegram => format!("{}/…", address.origin().ascii_serialization()),
    }
}

/// The request that tells an event. `id` is its name for the receiver, `at` the seconds since 1970.
pub fn parcel(hook: &Opened, id: &str, stored: &str, at: i64) -> Option<Parcel> {
    if hook.format == Format::Standard {
        return Some(standard(hook, id, stored, at));
    }
    let payload = Payload::read(stored)?;
    let (url, body) = chat(hook.format, hook.locale, &hook.address, id, &payload)?;
    let mut headers = vec![("content-type", "application/json".to_owned())];
    if let Some(token) = &hook.token {
        headers.push(("authorization", format!("Bearer {token}")));
    }
    Some(Parcel {
        method: verb(hook.format),
        url,
        headers,
        body: body.to_string().into_bytes(),
    })
}

/// The body as it is, or was, sent.
pub fn body(format: Format, locale: Locale, address: &Url, id: &str, stored: &str) -> Option<String> {
    if format == Format::Standard {
        return Some(stored.to_owned());
    }
    let payload = Payload::read(stored)?;
    chat(format, locale, address, id, &payload).map(|(_, body)| body.to_string())
}

pub fn verb(format: Format) -> Verb {
    match format {
        Format::Matrix => Verb::Put,
        _ => Verb::Post,
    }
}

/// Signed by each secret, so that a receiver may have either.
pub fn standard(hook: &Opened, id: &str, body: &str, at: i64) -> Parcel {
    let signatures: Vec<String> = hook
        .secrets
        .iter()
        .map(|secret| webhook_signature(secret, id, at, body))
        .collect();
    Parcel {
        method: Verb::Post,
        url: hook.address.clone(),
        headers: vec![
            ("content-type", "application/json".to_owned()),
            ("webhook-id", id.to_owned()),
            ("webhook-timestamp", at.to_string()),
            ("webhook-signature", signatures.join(" ")),
        ],
        body: body.as_bytes().to_vec(),
    }
}

fn chat(format: Format, locale: Locale, address: &Url, id: &str, payload: &Payload) -> Option<(Url, Value)> {
    let headline = cut(&one_line(&words::headline(locale, payload)), HEADLINE);
    let said = payload.data.comment.as_ref();
    let excerpt = said.map_or(String::new(), |comment| cut(comment.text.trim(), EXCERPT));
    let (link, open) = (payload.data.admin_url.as_str(), words::open(locale));
    match format {
        Format::Standard => None,
        Format::Slack => Some((address.clone(), slack(&headline, &excerpt, link, open))),
        Format::Discord => Some((address.clone(), discord(&headline, &excerpt, link))),
        Format::Telegram => telegram(address, &headline, &excerpt, link, open),
        Format::Matrix => {
            let mut url = address.clone();
            url.path_segments_mut().ok()?.pop_if_empty().push(id);
            Some((url, matrix(&headline, &excerpt, link, open)))
        }
        Format::Ntfy => ntfy(address, &headline, &excerpt, link),
    }
}

/// <https://docs.slack.dev/messaging/formatting-message-text>: `&`, `<` and `>` are all that means something outside of words. Mattermost
/// and Rocket.Chat take the same.
fn slack(headline: &str, excerpt: &str, link: &str, open: &str) -> Value {
    let plain = |text: &str| text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let mut text = format!("*{}*\n", plain(headline).replace('*', "∗"));
    for line in excerpt.lines() {
        text.push_str(&format!(">{}\n", plain(line)));
    }
    text.push_str(&format!("<{}|{}>", plain(link), plain(open)));
    json!({ "text": text, "unfurl_links": false, "unfurl_media": false })
}

/// <https://discord.com/developers/docs/resources/webhook>: a backslash before any punctuation takes its meaning; nobody is called.
fn discord(headline: &str, excerpt: &str, link: &str) -> Value {
    let plain = |text: &str| {
        let mut out = String::with_capacity(text.len());
        for letter in text.chars() {
            if letter.is_ascii_punctuation() {
                out.push('\\');
            }
            out.push(letter);
        }
        out
    };
    let embed = json!({ "title": plain(&cut(headline, 120)), "description": plain(excerpt), "url": link });
    json!({ "embeds": [embed], "allowed_mentions": { "parse": [] } })
}

/// <https://core.telegram.org/bots/api#html-style>. The chat is named in the address that was typed, and sent with the rest.
fn telegram(address: &Url, headline: &str, excerpt: &str, link: &str, open: &str) -> Option<(Url, Value)> {
    let mut text = format!("<b>{}</b>\n", markup(headline));
    if !excerpt.is_empty() {
        text.push_str(&format!("<blockquote>{}</blockquote>\n", markup(excerpt)));
    }
    text.push_str(&format!("<a href=\"{}\">{}</a>", markup(link), markup(open)));
    let mut body = json!({ "text": text, "parse_mode": "HTML", "link_preview_options": { "is_disabled": true } });
    for (name, value) in address.query_pairs() {
        // A thread of a chat is a number.
        body[name.as_ref()] = match value.parse::<i64>() {
            Ok(number) if name == "message_thread_id" => json!(number),
            _ => json!(value),
        };
    }
    // What was typed does not replace what is said.
    body["text"] = json!(text);
    body["parse_mode"] = json!("HTML");
    let mut url = address.clone();
    url.set_query(None);
    body.get("chat_id")?;
    Some((url, body))
}

/// <https://spec.matrix.org/latest/client-server-api/#mroommessage-msgtypes>. Named by its id, it is taken once, however often it comes.
fn matrix(headline: &str, excerpt: &str, link: &str, open: &str) -> Value {
    let mut plain = format!("{headline}\n");
    let mut html = format!("<strong>{}</strong><br>", markup(headline));
    if !excerpt.is_empty() {
        plain.push_str(&format!("{excerpt}\n"));
        let lines = markup(excerpt).replace('\n', "<br>");
        html.push_str(&format!("<blockquote>{lines}</blockquote>"));
    }
    plain.push_str(link);
    html.push_str(&format!("<a href=\"{}\">{}</a>", markup(link), markup(open)));
    json!({
        "msgtype": "m.notice",
        "body": plain,
        "format": "org.matrix.custom.html",
        "formatted_body": html,
        // Nobody is called, whatever names stand in it.
        "m.mentions": {},
    })
}

/// <https://docs.ntfy.sh/publish/#publish-as-json>: to the server itself, with the topic inside; what is said is plain text.
fn ntfy(address: &Url, headline: &str, excerpt: &str, link: &str) -> Option<(Url, Value)> {
    let topic = topic(address)?;
    let mut url = address.clone();
    url.path_segments_mut().ok()?.pop_if_empty().pop();
    url.set_query(None);
    let message = if excerpt.is_empty() { headline } else { excerpt };
    let body = json!({
        "topic": topic,
        "title": headline,
        "message": message,
        "click": link,
        "tags": ["speech_balloon"],
    });
    Some((url, body))
}

fn topic(address: &Url) -> Option<String> {
    let last = address
        .path_segments()?
        .rfind(|segment| !segment.is_empty())
        .map(str::to_owned)?;
    let is_plain = last
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    (is_plain && last.len() <= 64).then_some(last)
}

/// Text as HTML.
fn markup(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

fn one_line(words: &str) -> String {
    let short: String = words.chars().take(4 * HEADLINE).collect();
    text::clean_line(&short, 4 * HEADLINE)
        .ok()
        .flatten()
        .unwrap_or_default()
}

fn cut(text: &str, most: usize) -> String {
    let mut letters = text.chars();
    let mut short: String = letters.by_ref().take(most).collect();
    if letters.next().is_some() {
        short.push('…');
    }
    short
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use sea_orm::prelude::Uuid;

    use super::super::payload::Place;
    use super::*;

    /// What a reader with bad intentions would write, for whichever chat.
    const HOSTILE: &str =
        "<!channel> @everyone <b>x</b> [click](https://evil.example) **bold** `code` & \"quotes\"\n> quote";

    fn payload(text: &str) -> Payload {
        let place = Place {
            id: Uuid::nil(),
            key: "abc".to_owned(),
            name: "A blog".to_owned(),
        };
        let now = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
        let mut payload = Payload::example("https://talk.example", Uuid::nil(), place, "comment.created", now);
        payload.test = false;
        let comment = payload.data.comment.as_mut().unwrap();
        comment.text = text.to_owned();
        comment.author.name = Some("Eve <!here>".to_owned());
        payload
    }

    fn opened(format: Format, address: &str) -> Opened {
        Opened {
            format,
            locale: Locale::En,
            address: Url::parse(address).unwrap(),
            secrets: vec![b"one".to_vec(), b"two".to_vec()],
            token: Some("t0ken".to_owned()),
        }
    }

    fn sent(format: Format, address: &str, text: &str) -> (Parcel, Value) {
        let stored = payload(text).json().unwrap();
        let parcel = parcel(&opened(format, address), "msg_1", &stored, 1_800_000_000).unwrap();
        let body = serde_json::from_slice(&parcel.body).unwrap();
        (parcel, body)
    }

    #[test]
    fn the_standard_form_is_what_is_stored_with_a_signature_for_each_secret() {
        let stored = payload("Well.").json().unwrap();
        let hook = opened(Format::Standard, "https://hook.example/in?key=1");
        let parcel = parcel(&hook, "msg_1", &stored, 1_800_000_000).unwrap();
        assert_eq!(
            (std::str::from_utf8(&parcel.body).unwrap(), parcel.url.as_str()),
            (stored.as_str(), "https://hook.example/in?key=1")
        );
        let header = |name| parcel.headers.iter().find(|(one, _)| *one == name).unwrap().1.clone();
        assert_eq!(
            (header("webhook-id"), header("webhook-timestamp")),
            ("msg_1".into(), "1800000000".into())
        );
        let expected = [b"one", b"two"].map(|secret| webhook_signature(secret, "msg_1", 1_800_000_000, &stored));
        assert_eq!(header("webhook-signature"), expected.join(" "));
        assert!(parcel.headers.iter().all(|(name, _)| *name != "authorization"));
    }

    #[test]
    fn in_slack_nothing_that_a_reader_wrote_is_markup() {
        let (_, body) = sent(Format::Slack, "https://hooks.slack.com/services/T/B/x", HOSTILE);
        assert_eq!(
            body["text"],
            "*New comment by Eve &lt;!here&gt; on “First post”*\n\
             >&lt;!channel&gt; @everyone &lt;b&gt;x&lt;/b&gt; [click](https://evil.example) **bold** `code` &amp; \"quotes\"\n\
             >&gt; quote\n\
             <https://talk.example/admin/t/00000000-0000-0000-0000-000000000000/comments|Open>"
        );
    }

    #[test]
    fn in_discord_punctuation_means_nothing_and_nobody_is_called() {
        let (_, body) = sent(Format::Discord, "https://discord.com/api/webhooks/1/x", HOSTILE);
        assert_eq!(body["allowed_mentions"], json!({ "parse": [] }));
        assert_eq!(body.get("content"), None);
        let said = body["embeds"][0]["description"].as_str().unwrap();
        assert!(
            said.starts_with(r"\<\!channel\> \@everyone \<b\>x\<\/b\> \[click\]\(https\:\/\/evil\.example\)"),
            "{said}"
        );
        let long = sent(
            Format::Discord,
            "https://discord.com/api/webhooks/1/x",
            &"*".repeat(9000),
        )
        .1;
        assert!(long["embeds"][0]["description"].as_str().unwrap().chars().count() <= 4096);
        assert!(long["embeds"][0]["title"].as_str().unwrap().chars().count() <= 256);
    }

    #[test]
    fn in_telegram_tags_are_ours_alone_and_the_chat_is_the_one_that_was_typed() {
        let address =
            "https://api.telegram.org/bot1:abc/sendMessage?chat_id=-100200&message_thread_id=7&text=x&parse_mode=x";
        let (parcel, body) = sent(Format::Telegram, address, HOSTILE);
        assert_eq!(parcel.url.as_str(), "https://api.telegram.org/bot1:abc/sendMessage");
        assert_eq!(
            (&body["chat_id"], &body["message_thread_id"]),
            (&json!("-100200"), &json!(7))
        );
        assert_eq!(body["parse_mode"], "HTML");
        let text = body["text"].as_str().unwrap();
        assert!(
            text.starts_with("<b>New comment by Eve &lt;!here&gt; on “First post”</b>\n<blockquote>&lt;!channel&gt;"),
            "{text}"
        );
        assert!(
            text.contains("&lt;b&gt;x&lt;/b&gt;") && text.contains("&quot;quotes&quot;"),
            "{text}"
        );
        assert_eq!(text.matches('<').count(), 6, "{text}");
    }

    #[test]
    fn in_matrix_it_is_a_notice_under_its_own_name() {
        let address = "https://matrix.example/_matrix/client/v3/rooms/!a:matrix.example/send/m.room.message";
        let (parcel, body) = sent(Format::Matrix, address, HOSTILE);
        assert_eq!(parcel.method, Verb::Put);
        assert_eq!(parcel.url.as_str(), format!("{address}/msg_1"));
        assert!(parcel.headers.contains(&("authorization", "Bearer t0ken".to_owned())));
        let html = body["formatted_body"].as_str().unwrap();
        assert!(
            html.contains("<blockquote>&lt;!channel&gt; @everyone &lt;b&gt;x&lt;/b&gt;"),
            "{html}"
        );
        assert!(html.contains("&quot;quotes&quot;<br>&gt; quote</blockquote>"), "{html}");
        assert_eq!(body["m.mentions"], json!({}));
        assert!(body["body"].as_str().unwrap().contains(HOSTILE), "plain text is plain");
    }

    #[test]
    fn in_ntfy_the_topic_is_the_end_of_the_address() {
        for (address, to) in [
            ("https://ntfy.sh/my-topic", "https://ntfy.sh/"),
            ("https://push.example/ntfy/my-topic/", "https://push.example/ntfy"),
        ] {
            let (parcel, body) = sent(Format::Ntfy, address, HOSTILE);
            assert_eq!(parcel.url.as_str(), to);
            assert_eq!(
                (&body["topic"], &body["message"]),
                (&json!("my-topic"), &json!(HOSTILE))
            );
            assert_eq!(body["title"], "New comment by Eve <!here> on “First post”");
        }
    }

    #[test]
    fn each_form_says_what_its_address_lacks() {
        let good = [
            (Format::Standard, "https://hook.example/"),
            (Format::Slack, "https://hooks.slack.com/services/T/B/x"),
            (
                Format::Telegram,
                "https://api.telegram.org/bot1:abc/sendMessage?chat_id=@room",
            ),
            (
                Format::Matrix,
                "https://m.example/_matrix/client/v3/rooms/!a:m.example/send/m.room.message/",
            ),
            (Format::Ntfy, "https://ntfy.sh/topic"),
        ];
        for (format, address) in good {
            assert_eq!(fault(format, &Url::parse(address).unwrap()), None, "{address}");
        }
        let bad = [
            (Format::Telegram, "https://api.telegram.org/bot1:abc/sendMessage"),
            (Format::Telegram, "https://api.telegram.org/bot1:abc/getMe?chat_id=1"),
            (Format::Matrix, "https://matrix.example/"),
            (Format::Ntfy, "https://ntfy.sh/"),
            (Format::Ntfy, "https://ntfy.sh/a%2Fb"),
        ];
        for (format, address) in bad {
            assert!(fault(format, &Url::parse(address).unwrap()).is_some(), "{address}");
        }
    }

    #[test]
    fn an_address_that_is_a_secret_is_not_shown() {
        for (format, address, expected) in [
            (
                Format::Standard,
                "https://hook.example/in?key=hunter2#x",
                "https://hook.example/in?…",
            ),
            (
                Format::Slack,
                "https://hooks.slack.com/services/T/B/hunter2",
                "https://hooks.slack.com/…",
            ),
            (
                Format::Telegram,
                "https://api.telegram.org/bot1:hunter2/sendMessage?chat_id=1",
                "https://api.telegram.org/…",
            ),
            (Format::Ntfy, "https://ntfy.sh/topic", "https://ntfy.sh/topic"),
        ] {
            assert_eq!(shown(format, &Url::parse(address).unwrap()), expected);
        }
    }

    #[test]
    fn a_long_comment_is_cut_between_characters() {
        let (_, body) = sent(Format::Ntfy, "https://ntfy.sh/topic", &"ä".repeat(2000));
        assert_eq!(body["message"].as_str().unwrap().chars().count(), EXCERPT + 1);
    }
}
