//! The least that the same server can do: the layers that every request goes through, and nothing behind them.

use std::sync::Arc;

use parlour::app::App;
use parlour::config::Config;
use parlour::http::layers::{self, Notes};
use parlour::http::server::{self, ServerLimits};
use parlour::http::{caller, cors};
use poem::http::{HeaderValue, StatusCode, header};
use poem::{Body, EndpointExt, IntoResponse, Request, Response, Route, handler};
use poem_openapi::OperationId;
use sea_orm::prelude::Uuid;
use sea_orm::{ConnectionTrait, Statement};

const TABLE: &str = "CREATE TABLE IF NOT EXISTS bare (id TEXT PRIMARY KEY, said TEXT NOT NULL)";

/// Answers, by the end of their path.
struct Answers([(&'static str, bytes::Bytes); 3]);

/// Serves until it is killed.
pub fn serve() {
    rustls::crypto::aws_lc_rs::default_provider().install_default().unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let config = Config::load(None).unwrap();
        tracing_subscriber::fmt().with_target(false).with_ansi(false).init();
        let listener = tokio::net::TcpListener::bind(config.listen).await.unwrap();
        let limits = ServerLimits {
            connections: config.connections,
            connections_per_network: config.connections_per_network,
            ..ServerLimits::default()
        };
        let app = App::start(config).await.unwrap();
        app.db.read().execute_unprepared(TABLE).await.unwrap();
        let read = |name: &'static str| (name, std::fs::read(name).unwrap_or_default().into());
        let answers = Arc::new(Answers([read("plain"), read("br"), read("unchanged")]));
        let routes = Route::new()
            .at("/v1/sites/bench/:name", poem::get(answer))
            .at("/insert", poem::post(insert))
            .at("/insert-in-transaction", poem::post(insert_in_transaction))
            .map_to_response()
            .around(cors::around_sites)
            .around(layers::guard)
            .data(answers)
            .data(app);
        server::serve(listener, routes, limits, std::future::pending()).await;
    });
}

/// The same bytes with the same head.
#[handler]
fn answer(request: &Request) -> Response {
    let answers = request.data::<Arc<Answers>>().unwrap();
    let name = request.uri().path().rsplit('/').next().unwrap_or_default();
    let (_, bytes) = answers.0.iter().find(|(known, _)| *known == name).unwrap();
    if let Some(origin) = caller::origin(request) {
        Notes::of(request).origin.set(origin.to_owned()).ok();
    }
    let mut response = Response::from(Body::from_bytes(bytes.clone()));
    response.set_data(OperationId("thread_read"));
    let headers = response.headers_mut();
    headers.insert(
        header::ETAG,
        HeaderValue::from_static("\"2o1.2.01a21062625c738ca68b6a4a26e5b23d\""),
    );
    headers.insert(
        header::CACHE_CONTROL,
        HeaderValue::from_static("public, max-age=0, must-revalidate"),
    );
    headers.insert(header::VARY, HeaderValue::from_static("Origin, Accept-Encoding"));
    if name == "unchanged" {
        response.set_status(StatusCode::NOT_MODIFIED);
        return response;
    }
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/json; charset=utf-8"),
    );
    if name == "br" {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("br"));
    }
    response
}

fn row(backend: sea_orm::DatabaseBackend, said: &str) -> Statement {
    let id = Uuid::new_v4().to_string();
    Statement::from_sql_and_values(backend, "INSERT INTO bare VALUES ($1, $2)", [id.into(), said.into()])
}

/// One durable row, in a statement that is its own transaction.
#[handler]
async fn insert(request: &Request, body: String) -> poem::Result<Response> {
    let app = request.data::<Arc<App>>().unwrap();
    let db = app.db.read();
    // SQLite has one writer, who is waited for here instead of at the file's lock.
    let _turn = app.db.turn().await?;
    db.execute_raw(row(db.get_database_backend(), &body))
        .await
        .map_err(poem::error::InternalServerError)?;
    Ok(StatusCode::CREATED.into_response())
}

/// The same between BEGIN and COMMIT.
#[handler]
async fn insert_in_transaction(request: &Request, body: String) -> poem::Result<Response> {
    let app = request.data::<Arc<App>>().unwrap();
    let tx = app.db.begin().await?;
    tx.execute_raw(row(tx.get_database_backend(), &body))
        .await
        .map_err(poem::error::InternalServerError)?;
    tx.commit().await?;
    Ok(StatusCode::CREATED.into_response())
}
