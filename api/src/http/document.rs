//! The OpenAPI document: what poem-openapi derives from the doors, put in the form that generators and readers expect.

use poem_openapi::auth;
use poem_openapi::{LicenseObject, OpenApiService, SecurityScheme, ServerObject, Tags};
use serde_json::{Map, Value, json};

use super::{admin, feeds, html, isso, operator, visitor};
use crate::error::{ErrorCode, FieldCode};

#[derive(Tags)]
pub enum Tag {
    /// For pages that show comments. CORS for the site's origins, no cookies, no accounts.
    Visitor,
    /// Isso's own paths, for pages and clients that were made for it.
    Isso,
    /// Setting up, signing in and out.
    Session,
    /// Second factors and passkeys of one's own account.
    #[oai(rename = "Second factors")]
    Factors,
    /// Owners of sites.
    Tenants,
    /// Keys for programs.
    #[oai(rename = "API keys")]
    ApiKeys,
    /// Programs that are told of what happens, or asked about comments.
    Webhooks,
    /// Members, invitations, and the record of what they changed.
    People,
    /// Sites, their settings and origins.
    Sites,
    /// What happened on sites, as numbers, and what wants somebody's eye.
    Statistics,
    /// The moderators' queue.
    Comments,
    /// Conversations as a whole: closed, locked, pinned in; merged, split and moved.
    Threads,
    /// For who runs the platform: tenants, sites, accounts, plans, announcements, jobs.
    Operator,
}

/// An access token from `session_open`, or, in a tenant, an API key.
#[derive(SecurityScheme)]
#[oai(ty = "bearer", rename = "access_token", bearer_format = "JWT or API key")]
pub struct Bearer(#[expect(dead_code, reason = "read from the header, where the caller is recognised")] auth::Bearer);

type Doors = (
    visitor::Door,
    feeds::Door,
    html::Door,
    visitor::own::Door,
    visitor::votes::Door,
    visitor::live::Door,
    isso::Door,
    isso::links::Door,
    admin::session::Door,
    admin::tenants::Door,
    admin::sites::Door,
    admin::comments::Door,
    admin::links::Door,
    admin::threads::Door,
    admin::signing::Door,
    // A tuple of doors ends at sixteen.
    (
        admin::reports::Door,
        admin::people::Door,
        admin::keys::Door,
        admin::statistics::Door,
        admin::mails::Door,
        admin::factors::Door,
        admin::lives::Door,
        admin::platform::Door,
        (
            operator::tenants::Door,
            operator::sites::Door,
            operator::accounts::Door,
            operator::plans::Door,
            operator::announcements::Door,
            operator::bounds::Door,
            operator::config::Door,
            operator::jobs::Door,
            operator::mail::Door,
        ),
        admin::doctor::Door,
        (
            visitor::troubles::Door,
            visitor::subscriptions::Door,
            visitor::mine::Door,
        ),
        admin::commenters::Door,
        admin::webhooks::Door,
        (admin::watching::Door, admin::push::Door),
        admin::texts::Door,
    ),
);

/// The doors with an API. Their paths begin with `/v1`.
pub fn service() -> OpenApiService<Doors, ()> {
    let doors = (
        visitor::Door,
        feeds::Door,
        html::Door,
        visitor::own::Door,
        visitor::votes::Door,
        visitor::live::Door,
        isso::Door,
        isso::links::Door,
        admin::session::Door,
        admin::tenants::Door,
        admin::sites::Door,
        admin::comments::Door,
        admin::links::Door,
        admin::threads::Door,
        admin::signing::Door,
        (
            admin::reports::Door,
            admin::people::Door,
            admin::keys::Door,
            admin::statistics::Door,
            admin::mails::Door,
            admin::factors::Door,
            admin::lives::Door,
            admin::platform::Door,
            (
                operator::tenants::Door,
                operator::sites::Door,
                operator::accounts::Door,
                operator::plans::Door,
                operator::announcements::Door,
                operator::bounds::Door,
                operator::config::Door,
                operator::jobs::Door,
                operator::mail::Door,
            ),
            admin::doctor::Door,
            (
                visitor::troubles::Door,
                visitor::subscriptions::Door,
                visitor::mine::Door,
            ),
            admin::commenters::Door,
            admin::webhooks::Door,
            (admin::watching::Door, admin::push::Door),
            admin::texts::Door,
        ),
    );
    OpenApiService::new(doors, "Parlour", env!("CARGO_PKG_VERSION"))
        .description(
            "Comments for every site you run.\n\nReaders' pages use the operations of *Visitor*; members use the others with an access token from `session_open`. \
             Refusals are `application/problem+json` (RFC 9457) with a stable `code`.",
        )
        .license(LicenseObject::new("MIT OR Apache-2.0"))
        .server(ServerObject::new("/").description("This server"))
}

/// The document as JSON.
pub fn json() -> Value {
    let mut document: Value = serde_json::from_str(&service().spec()).unwrap_or_default();
    document["info"]["license"]["identifier"].take();
    if let Some(license) = document["info"]["license"].as_object_mut() {
        license.retain(|name, value| name == "name" || !value.is_null());
    }
    plain_media_types(&mut document);
    add_refusals(&mut document);
    header_case(&mut document);
    tidy(&mut document);
    document
}

/// The document as it stands in `openapi.yaml`: what it is first, then the operations, then their parts.
pub fn yaml() -> String {
    let mut document = json();
    let in_order = ["openapi", "info", "servers", "tags", "paths", "components"]
        .map(|name| (name, document.get_mut(name).map(Value::take).unwrap_or_default()));
    let sections = in_order.map(|(name, section)| serde_yaml::to_string(&json!({ name: section })).unwrap_or_default());
    sections.concat()
}

/// Leaves out what says nothing, and writes whole numbers as such.
fn tidy(value: &mut Value) {
    match value {
        Value::Object(members) => {
            members.retain(|name, member| !(name == "deprecated" && *member == json!(false)));
            members.retain(|name, member| !(name == "explode" && *member == json!(true)));
            members.values_mut().for_each(tidy);
        }
        Value::Array(items) => items.iter_mut().for_each(tidy),
        Value::Number(number) => {
            let whole = number.as_f64().filter(|float| number.is_f64() && float.fract() == 0.0);
            #[expect(clippy::cast_possible_truncation, reason = "bounds of parameters, far below 2^53")]
            if let Some(whole) = whole {
                *value = json!(whole as i64);
            }
        }
        _ => {}
    }
}

/// `application/json; charset=utf-8` is right on the wire and wrong as a key: generators look for the type alone.
fn plain_media_types(value: &mut Value) {
    match value {
        Value::Object(members) => {
            if let Some(content) = members.remove("application/json; charset=utf-8") {
                members.insert("application/json".to_owned(), content);
            }
            members.values_mut().for_each(plain_media_types);
        }
        Value::Array(items) => items.iter_mut().for_each(plain_media_types),
        _ => {}
    }
}

/// Each operation can be refused; the doors' types only say what they answer when all is well.
fn add_refusals(document: &mut Value) {
    let names = |all: Vec<&str>| json!({ "type": "string", "enum": all });
    let schemas = &mut document["components"]["schemas"];
    schemas["ErrorCode"] = names(ErrorCode::ALL.iter().map(|code| code.name()).collect());
    schemas["FieldCode"] = names(FieldCode::ALL.iter().map(|code| code.name()).collect());
    schemas["Problem"] = json!({
        "type": "object",
        "description": "Why a request was refused (RFC 9457). `code` is stable: switch over it.",
        "required": ["type", "title", "status", "code", "request_id"],
        "properties": {
            "type": { "type": "string", "description": "Where the code is explained." },
            "title": { "type": "string", "description": "One sentence, the same for every occurrence of the code." },
            "status": { "type": "integer" },
            "code": { "$ref": "#/components/schemas/ErrorCode" },
            "detail": { "type": "string", "description": "A sentence about this occurrence." },
            "request_id": { "type": "string", "description": "Named in the server's log beside what happened." },
            "message": { "type": "string", "description": "At Isso's door: status, its name and the detail, as Isso has it." },
            "errors": { "type": "array", "items": { "$ref": "#/components/schemas/ProblemField" } },
        },
        "example": {
            "type": "/docs/errors#origin_not_allowed",
            "title": ErrorCode::OriginNotAllowed.title(),
            "status": 403,
            "code": "origin_not_allowed",
            "detail": "https://blog.example is not among this site's origins.",
            "request_id": "8f14e45fceea167a",
        },
    });
    schemas["ProblemField"] = json!({
        "type": "object",
        "description": "What is wrong with one value of the request.",
        "required": ["pointer", "code", "detail"],
        "properties": {
            "pointer": { "type": "string", "description": "JSON Pointer (RFC 6901) into the body." },
            "code": { "$ref": "#/components/schemas/FieldCode" },
            "detail": { "type": "string" },
        },
    });
    document["components"]["responses"] = json!({
        "Problem": {
            "description": "Refused.",
            "content": { "application/problem+json": { "schema": { "$ref": "#/components/schemas/Problem" } } },
        },
    });
    for operation in operations(document) {
        let with_body = operation.contains_key("requestBody");
        let with_token = operation.contains_key("security");
        let mut statuses = vec!["400", "403", "404", "429", "500", "503"];
        if with_body {
            statuses.extend(["413", "415", "422", "409"]);
        }
        if with_token {
            statuses.push("401");
        }
        let Some(responses) = operation.get_mut("responses").and_then(Value::as_object_mut) else {
            continue;
        };
        for status in statuses {
            responses
                .entry(status)
                .or_insert_with(|| json!({ "$ref": "#/components/responses/Problem" }));
        }
        responses.insert(
            "default".to_owned(),
            json!({ "$ref": "#/components/responses/Problem" }),
        );
    }
}

/// poem-openapi writes header names in capitals.
fn header_case(document: &mut Value) {
    let spelled = |name: &str| match name {
        "ETAG" => "ETag".to_owned(),
        other => other.split('-').map(capitalised).collect::<Vec<_>>().join("-"),
    };
    for operation in operations(document) {
        for parameter in operation
            .get_mut("parameters")
            .and_then(Value::as_array_mut)
            .into_iter()
            .flatten()
        {
            if parameter["in"] == "header" {
                parameter["name"] = json!(spelled(parameter["name"].as_str().unwrap_or_default()));
            }
        }
        for response in operation
            .get_mut("responses")
            .and_then(Value::as_object_mut)
            .into_iter()
            .flat_map(Map::values_mut)
        {
            if let Some(headers) = response.get_mut("headers").and_then(Value::as_object_mut) {
                *headers = std::mem::take(headers)
                    .into_iter()
                    .map(|(name, header)| (spelled(&name), header))
                    .collect();
            }
        }
    }
}

fn capitalised(word: &str) -> String {
    let mut letters = word.chars();
    letters
        .next()
        .map(|first| first.to_ascii_uppercase().to_string() + &letters.as_str().to_ascii_lowercase())
        .unwrap_or_default()
}

fn operations(document: &mut Value) -> impl Iterator<Item = &mut Map<String, Value>> {
    document["paths"]
        .as_object_mut()
        .into_iter()
        .flat_map(Map::values_mut)
        .filter_map(Value::as_object_mut)
        .flat_map(|path| {
            path.iter_mut()
                .filter(|(method, _)| method.as_str() != "parameters")
                .map(|(_, operation)| operation)
        })
        .filter_map(Value::as_object_mut)
}
