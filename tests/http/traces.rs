//! Spans, as a collector gets them: what they say of a request and of its job, and what they do not say.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use http::Method;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::trace::v1::Span;
use prost::Message;
use serde_json::json;

use crate::binary::Home;
use crate::world::{ORIGIN, PASSWORD, ask, run};

const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const PARENT: &str = "00f067aa0ba902b7";

/// What a collector was sent.
#[derive(Clone, Default)]
struct Collector(Arc<Mutex<Vec<Vec<u8>>>>);

impl Collector {
    /// Listens on a port of its own, as long as the tests run.
    fn start() -> (Collector, String) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let collector = Collector::default();
        let kept = collector.clone();
        std::thread::spawn(move || {
            for socket in listener.incoming().flatten() {
                let kept = kept.clone();
                std::thread::spawn(move || kept.take_from(&socket));
            }
        });
        (collector, url)
    }

    fn take_from(&self, mut socket: &std::net::TcpStream) -> Option<()> {
        let mut reader = BufReader::new(socket.try_clone().ok()?);
        loop {
            let (mut length, mut line) = (0, String::new());
            reader.read_line(&mut line).ok().filter(|read| *read > 0)?;
            assert_eq!(line.trim(), "POST /v1/traces HTTP/1.1");
            while line.trim() != "" {
                line.clear();
                reader.read_line(&mut line).ok()?;
                if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                    length = value.trim().parse().ok()?;
                }
            }
            let mut body = vec![0; length];
            reader.read_exact(&mut body).ok()?;
            self.0.lock().unwrap().push(body);
            socket.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").ok()?;
        }
    }

    fn spans(&self) -> Vec<Span> {
        let bodies = self.0.lock().unwrap();
        let requests = bodies
            .iter()
            .map(|body| ExportTraceServiceRequest::decode(&body[..]).unwrap());
        let scopes = requests
            .flat_map(|request| request.resource_spans)
            .flat_map(|one| one.scope_spans);
        scopes.flat_map(|scope| scope.spans).collect()
    }

    /// Everything it was sent, for looking through.
    fn text(&self) -> String {
        let bodies = self.0.lock().unwrap();
        bodies
            .iter()
            .map(|body| String::from_utf8_lossy(body).into_owned())
            .collect()
    }

    /// The first span of a name, once there is one.
    fn until(&self, name: &str) -> Span {
        let begun = Instant::now();
        loop {
            let spans = self.spans();
            if let Some(span) = spans.iter().find(|span| span.name == name) {
                return span.clone();
            }
            let names: Vec<_> = spans.iter().map(|span| &span.name).collect();
            assert!(begun.elapsed() < Duration::from_secs(30), "no {name} among {names:?}");
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}

fn attribute(span: &Span, name: &str) -> String {
    let found = span.attributes.iter().find(|one| one.key == name);
    let value = found.and_then(|one| one.value.as_ref()?.value.clone());
    match value {
        Some(Value::StringValue(text)) => text,
        Some(Value::IntValue(number)) => number.to_string(),
        None => String::new(),
        other => panic!("{name} is {other:?}"),
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A home whose node sends spans.
async fn home(collector: &str) -> Home {
    let home = Home::on_engine().await;
    let mails = format!("file://{}/mails", home.folder.display());
    std::fs::create_dir_all(home.folder.join("mails")).unwrap();
    home.with("PARLOUR_OTLP_URL", collector)
        .with("PARLOUR_SMTP_URL", &mails)
        .with("PARLOUR_MAIL_FROM", "comments@blog.example")
        .with("PARLOUR_LOG_FORMAT", "json")
        .with("PARLOUR_SLOW_QUERY_MILLISECONDS", "1")
}

#[test]
fn a_request_and_its_job_arrive_and_tell_nothing_secret() {
    run(async {
        let (collector, url) = Collector::start();
        let home = home(&url).await.with("PARLOUR_TRUSTED_PROXIES", "127.0.0.1/32");
        home.set_up("olive.traced@example.org");
        let site = home.make_site("olive.traced@example.org", ORIGIN);
        let mut node = home.serve();

        let path = format!(
            "/v1/sites/{}/thread?id=a-secret-thread&utm=a-secret-query",
            site["key"].as_str().unwrap()
        );
        let answer = ask(&node.base, Method::GET, &path)
            .from(ORIGIN)
            .header("x-forwarded-for", "203.0.113.77")
            .header("x-request-id", "proxy-7.given_id")
            .header("traceparent", format!("00-{TRACE}-{PARENT}-01"))
            .send()
            .await
            .expect(200);
        assert_eq!(answer.header("x-request-id"), "proxy-7.given_id");
        let odd = ask(&node.base, Method::GET, "/healthz")
            .header("x-request-id", "two words\"")
            .send()
            .await;
        assert_eq!(odd.header("x-request-id").len(), 16, "no id that a log could not hold");
        let whom = json!({ "email": "olive.traced@example.org" });
        let asked = ask(&node.base, Method::POST, "/v1/admin/password-resets").json(&whom);
        asked.send().await.expect(202);

        let read = collector.until("thread_read");
        assert_eq!(
            (hex(&read.trace_id), hex(&read.parent_span_id)),
            (TRACE.to_owned(), PARENT.to_owned())
        );
        assert_eq!(attribute(&read, "http.request.method"), "GET");
        assert_eq!(attribute(&read, "http.response.status_code"), "200");
        assert_eq!(attribute(&read, "parlour.request_id"), "proxy-7.given_id");
        assert!(attribute(&read, "url.path").starts_with("/v1/sites/"));
        assert!(!attribute(&read, "url.path").contains('?'));

        let job = collector.until("job mail");
        assert_eq!(attribute(&job, "parlour.job.kind"), "mail");
        assert_eq!(attribute(&job, "parlour.job.outcome"), "done");
        let mail = collector.until("mail send");
        assert_eq!(mail.parent_span_id, job.span_id);
        let reset = collector.until("password_reset_request");
        assert!(reset.parent_span_id.is_empty());

        let log = node.stop();
        assert!(log.contains("proxy-7.given_id"), "{log}");
        assert!(log.contains("stopped"), "{log}");
        // Nor are values of statements in the log, however slow these are.
        for secret in ["olive.traced", "a-secret", "203.0.113.77"] {
            assert!(!log.contains(secret), "{secret} is in {log}");
        }
        let spans = collector.spans();
        let statements: Vec<&Span> = spans
            .iter()
            .filter(|span| span.parent_span_id == read.span_id)
            .collect();
        assert!(!statements.is_empty());
        for statement in &statements {
            assert_eq!(statement.trace_id, read.trace_id);
            assert!(attribute(statement, "db.query.text").starts_with(&attribute(statement, "db.operation.name")));
            assert!(["sqlite", "postgresql"].contains(&&*attribute(statement, "db.system.name")));
        }
        let said = collector.text();
        for secret in [
            "olive.traced",
            "a-secret-thread",
            "a-secret-query",
            "203.0.113.77",
            PASSWORD,
            "Bearer",
            "token=",
        ] {
            assert!(!said.contains(secret), "{secret} is among the spans");
        }
    });
}

#[test]
fn what_readers_send_begins_no_trace_and_names_no_request() {
    run(async {
        let (collector, url) = Collector::start();
        let home = home(&url).await;
        let mut node = home.serve();
        let answer = ask(&node.base, Method::GET, "/healthz")
            .header("x-request-id", "a-readers-own")
            .header("traceparent", format!("00-{TRACE}-{PARENT}-01"))
            .send()
            .await
            .expect(200);
        assert_ne!(answer.header("x-request-id"), "a-readers-own");
        ask(&node.base, Method::GET, "/nowhere").send().await.expect(404);
        // Also the last spans arrive, before the end.
        node.stop();
        let spans = collector.spans();
        let health = spans.iter().find(|span| span.name == "health").expect("its span");
        assert_ne!(hex(&health.trace_id), TRACE);
        assert!(health.parent_span_id.is_empty());
        let refused = spans.iter().find(|span| span.name == "unknown").expect("its span");
        assert_eq!(attribute(refused, "error.type"), "not_found");
    });
}

#[test]
fn with_the_collector_away_nothing_but_spans_is_lost() {
    run(async {
        // Nobody listens there any more.
        let gone = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", gone.local_addr().unwrap());
        drop(gone);
        let home = home(&url).await;
        let mut node = home.serve();
        for _ in 0..20 {
            ask(&node.base, Method::GET, "/healthz").send().await.expect(200);
        }
        assert!(node.stop().contains("stopped"));
    });
}

#[test]
fn no_share_and_no_address_is_taken_that_is_none() {
    for (name, value, word) in [
        ("PARLOUR_OTLP_URL", "collector:4318", "otlp_url"),
        ("PARLOUR_OTLP_SAMPLE", "1.5", "otlp_sample"),
    ] {
        Home::embedded().with(name, value).run(&["migrate"]).refused(&[word]);
    }
}
