//! What browsers and our own script tell of pages that cannot show comments. Nothing of the reader is in it.

use poem::{Request, RequestBody};
use poem_openapi::param::{Path, Query};
use poem_openapi::payload::Json;
use poem_openapi::registry::{MetaMediaType, MetaRequest, Registry};
use poem_openapi::types::{Any, Type};
use poem_openapi::{ApiExtractor, ApiExtractorType, ApiResponse, Enum, ExtractParamOptions, Object, OpenApi};
use serde_json::Value;

use crate::error::{Error, ErrorCode, Result};
use crate::http::document::Tag;
use crate::http::{body, caller};
use crate::sites::Purpose;
use crate::sites::troubles::{self, Violation, Word};

/// Bytes of what is reported at once.
const LARGEST: usize = 64 * 1024;

/// Reports of one call that are looked at.
const MOST: usize = 50;

/// The types in which browsers send reports, the newer one first; and the plain one, for proxies that hand them on.
const TYPES: [&str; 3] = ["application/reports+json", "application/csp-report", "application/json"];

/// How long a browser need not tell the same again.
const A_DAY: &str = "private, max-age=86400";

pub struct Door;

#[derive(ApiResponse)]
pub enum Heard {
    /// Heard.
    #[oai(status = 204)]
    Heard,
}

#[derive(ApiResponse)]
pub enum Noted {
    /// Noted. Good for a day, so that a browser tells it once a day.
    #[oai(status = 200)]
    Noted(Json<Note>, #[oai(header = "Cache-Control")] String),
}

#[derive(Debug, Object)]
pub struct Note {
    pub noted: bool,
}

/// What keeps a page from showing comments.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename = "TroubleTold", rename_all = "snake_case")]
pub enum TroubleTold {
    /// It has the script, and no element.
    ElementMissing,
    /// It is https and asks by http.
    MixedContent,
    /// A comment was posted there, and by the device's clock the server's answer is five minutes old, or yet to come.
    ClockSkew,
}

#[OpenApi(prefix_path = "/v1/sites", tag = "Tag::Visitor")]
impl Door {
    /// Report violations of a content security policy
    ///
    /// For `report-to` and `report-uri` of a site's pages. Kept, for the owner, is what keeps this service off a page of the site:
    /// the directive and the page without its query. Everything else is thrown away.
    #[oai(path = "/:site_key/csp-reports", method = "post", operation_id = "violation_report")]
    async fn violation_report(
        &self,
        request: &Request,
        site_key: Path<String>,
        reports: Reports,
    ) -> poem::Result<Heard> {
        let app = caller::app(request)?;
        let visitor = caller::visitor(
            app,
            request,
            &site_key,
            Purpose::Tell,
            app.config.limit_trouble,
            "trouble",
        )
        .await?;
        troubles::hear(app, &visitor, &reports.0);
        Ok(Heard::Heard)
    }

    /// Tell of a trouble
    ///
    /// What the script sees of a page that cannot show comments, or shows them with wrong times. A GET that may be kept for a day, so that the browsers of a
    /// busy site do not tell the same with every page.
    #[oai(path = "/:site_key/trouble", method = "get", operation_id = "trouble_tell")]
    async fn trouble_tell(
        &self,
        request: &Request,
        site_key: Path<String>,
        kind: Query<TroubleTold>,
    ) -> poem::Result<Noted> {
        let app = caller::app(request)?;
        let visitor = caller::visitor(
            app,
            request,
            &site_key,
            Purpose::Tell,
            app.config.limit_trouble,
            "trouble",
        )
        .await?;
        let word = match kind.0 {
            TroubleTold::ElementMissing => Word::ElementMissing,
            TroubleTold::MixedContent => Word::MixedContent,
            TroubleTold::ClockSkew => Word::ClockSkew,
        };
        troubles::hear_script(app, &visitor, word, caller::origin(request));
        Ok(Noted::Noted(Json(Note { noted: true }), A_DAY.to_owned()))
    }
}

/// What browsers report, in either of their forms.
pub struct Reports(Vec<Violation>);

impl<'a> ApiExtractor<'a> for Reports {
    const TYPES: &'static [ApiExtractorType] = &[ApiExtractorType::RequestObject];
    type ParamType = ();
    type ParamRawType = ();

    fn register(registry: &mut Registry) {
        Any::<Value>::register(registry);
    }

    fn request_meta() -> Option<MetaRequest> {
        Some(MetaRequest {
            description: Some("As browsers send them: Reporting API, or CSP Level 2."),
            content: TYPES
                .map(|content_type| MetaMediaType {
                    content_type,
                    schema: Any::<Value>::schema_ref(),
                })
                .into(),
            required: true,
        })
    }

    async fn from_request(
        request: &'a Request,
        body: &mut RequestBody,
        _: ExtractParamOptions<()>,
    ) -> poem::Result<Self> {
        let sent = request.content_type().unwrap_or_default();
        let sent = sent.split(';').next().unwrap_or_default().trim();
        if !TYPES.iter().any(|known| known.eq_ignore_ascii_case(sent)) {
            let detail = format!("Send reports as {}.", TYPES[..2].join(" or "));
            return Err(Error::refused(ErrorCode::UnsupportedMediaType, detail).into());
        }
        let bytes = body::bounded(request, body, LARGEST).await?;
        Ok(Reports(violations(&body::value(&bytes)?)?))
    }
}

/// The violations among what was reported; other reports are passed over.
fn violations(reported: &Value) -> Result<Vec<Violation>> {
    match reported {
        Value::Array(reports) => Ok(reports.iter().take(MOST).filter_map(of_reporting_api).collect()),
        // One alone, as some send it.
        Value::Object(report) => {
            let one = report
                .get("csp-report")
                .map(of_level_2)
                .or_else(|| of_reporting_api(reported));
            Ok(one.into_iter().collect())
        }
        _ => Err(Error::refused(
            ErrorCode::MalformedRequest,
            "The body must be a report, or a list of them.",
        )),
    }
}

fn of_reporting_api(report: &Value) -> Option<Violation> {
    if report["type"] != "csp-violation" {
        return None;
    }
    let body = &report["body"];
    Some(Violation {
        page: first_of(&[&body["documentURL"], &report["url"]]),
        directive: first_of(&[&body["effectiveDirective"]]),
        blocked: first_of(&[&body["blockedURL"]]),
        source: first_of(&[&body["sourceFile"]]),
        on_trial: body["disposition"] == "report",
    })
}

fn of_level_2(report: &Value) -> Violation {
    Violation {
        page: first_of(&[&report["document-uri"]]),
        directive: first_of(&[&report["effective-directive"], &report["violated-directive"]]),
        blocked: first_of(&[&report["blocked-uri"]]),
        source: first_of(&[&report["source-file"]]),
        on_trial: report["disposition"] == "report",
    }
}

fn first_of(values: &[&Value]) -> String {
    let found = values.iter().find_map(|value| value.as_str());
    found.unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn both_forms_say_the_same() {
        let newer = json!([
            { "type": "deprecation", "url": "https://blog.example/", "body": { "id": "x" } },
            {
                "age": 10,
                "type": "csp-violation",
                "url": "https://blog.example/a",
                "user_agent": "A browser",
                "body": {
                    "documentURL": "https://blog.example/b",
                    "effectiveDirective": "connect-src",
                    "blockedURL": "https://talk.example/v1/sites/abc/thread",
                    "disposition": "report",
                },
            },
        ]);
        let older = json!({ "csp-report": {
            "document-uri": "https://blog.example/b",
            "violated-directive": "connect-src 'self'",
            "blocked-uri": "https://talk.example",
        } });
        let newer = violations(&newer).unwrap();
        assert_eq!(newer.len(), 1);
        assert_eq!(
            (newer[0].page.as_str(), newer[0].directive.as_str()),
            ("https://blog.example/b", "connect-src")
        );
        assert!(newer[0].on_trial);
        let older = violations(&older).unwrap();
        assert_eq!(
            (older[0].page.as_str(), older[0].directive.as_str()),
            ("https://blog.example/b", "connect-src 'self'")
        );
    }

    #[test]
    fn nonsense_is_nothing_or_refused() {
        for nothing in [
            json!([]),
            json!({}),
            json!([1, null, "x", [], {}]),
            json!({ "csp-report": 1 }),
        ] {
            let found = violations(&nothing).unwrap();
            assert!(found.iter().all(|violation| violation.page.is_empty()), "{nothing}");
        }
        for refused in [json!(1), json!("x"), json!(null)] {
            assert!(violations(&refused).is_err(), "{refused}");
        }
        let many: Vec<_> = (0..1000).map(|_| json!({ "type": "csp-violation" })).collect();
        assert_eq!(violations(&json!(many)).unwrap().len(), MOST);
    }
}
