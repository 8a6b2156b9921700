//! Floor 5: the doors. They know poem, headers and JSON, and decide nothing.
//!
//! Each audience has its own door with its own views, so that what may be seen follows from who asks.

pub mod admin;
pub mod assets;
pub mod atom;
pub mod body;
pub mod caller;
pub mod conditional;
pub mod cors;
pub mod document;
pub mod download;
pub mod feeds;
pub mod html;
pub mod isso;
pub mod layers;
pub mod mail;
mod methods;
pub mod metrics;
pub mod operator;
pub mod pages;
pub mod problem;
pub mod ready;
pub mod sample;
pub mod server;
pub mod status;
pub mod visitor;
mod words;
pub mod working;

use std::sync::Arc;

use poem::{Endpoint, EndpointExt, IntoEndpoint, IntoResponse, Response, Route};

use crate::app::App;

/// Which door hangs at which path, with which layers.
pub fn routes(app: &Arc<App>) -> impl Endpoint<Output = Response> + 'static {
    let api = Arc::new(document::service().into_endpoint());
    let pages = Route::new()
        .at("/openapi.json", poem::get(pages::openapi_json))
        .at("/openapi.yaml", poem::get(pages::openapi_yaml))
        .at("/docs", poem::get(pages::docs))
        .at("/docs/errors", poem::get(pages::errors))
        .at("/pages.css", poem::get(pages::style))
        .at("/thread.css", poem::get(pages::thread_style))
        .at("/embed.js", poem::get(assets::embed))
        .at("/count.js", poem::get(assets::embed))
        .at("/embed/*path", poem::get(assets::embed))
        .at("/admin", poem::get(pages::to_admin))
        .at("/admin/*path", poem::get(assets::admin))
        .at("/demo", poem::get(pages::to_demo))
        .at("/demo/*path", poem::get(assets::demo))
        .at("/isso/:site_key/js/*path", poem::get(assets::isso))
        .at("/isso/:site_key/css/page.css", poem::get(isso::pages::style))
        .at("/isso/:site_key/css/*path", poem::get(assets::isso))
        .at("/isso/:site_key/demo", poem::get(isso::pages::to_demo))
        .at("/isso/:site_key/demo/*path", poem::get(isso::pages::to_demo))
        .at("/isso/:site_key/admin", poem::get(isso::pages::to_admin))
        .at("/isso/:site_key/admin/", poem::get(isso::pages::to_admin))
        .at(
            "/isso/:site_key/login",
            poem::get(isso::pages::to_admin).post(isso::pages::to_admin),
        )
        .at(
            "/isso/:site_key/login/",
            poem::get(isso::pages::to_admin).post(isso::pages::to_admin),
        )
        .at("/preview/", poem::get(pages::preview))
        .at("/preview/preview.css", poem::get(pages::preview_style))
        .at("/mail/page.css", poem::get(mail::style))
        .at(
            "/mail/unsubscribe/:key",
            poem::get(mail::look_at_end).post(mail::use_end),
        )
        .at("/mail/mine/:key", poem::get(mail::mine::look_at_all))
        .at(
            "/mail/mine/:key/edit/:id",
            poem::get(mail::mine::look_at_edit).post(mail::mine::use_edit),
        )
        .at(
            "/mail/mine/:key/delete/:id",
            poem::get(mail::mine::look_at_delete).post(mail::mine::use_delete),
        )
        .at(
            "/mail/mine/:key/stop/:what",
            poem::get(mail::mine::look_at_stop).post(mail::mine::use_stop),
        )
        .at(
            "/mail/mine/:key/again",
            poem::get(mail::mine::look_at_again).post(mail::mine::use_again),
        )
        .at("/mail/mine/:key/export", poem::get(mail::mine::take_out))
        .at(
            "/mail/follow/:key",
            poem::get(mail::readers::look_at_wish).post(mail::readers::confirm_wish),
        )
        .at(
            "/mail/unfollow/:key",
            poem::get(mail::readers::look_at_leaving).post(mail::readers::leave),
        )
        .at("/mail/:action/:key", poem::get(mail::look).post(mail::act))
        .at("/healthz", poem::get(status::healthz))
        .at("/readyz", poem::get(status::readyz))
        .at("/.well-known/security.txt", poem::get(pages::security_txt))
        .at("/", poem::get(pages::home));
    pages
        .around(move |pages, request| {
            let api = Arc::clone(&api);
            async move {
                if let Some((site_key, asked)) = visitor::hot::usual(&request) {
                    let answer = visitor::hot::answer(&request, &site_key, asked).await;
                    return answer.map_err(|error| layers::of_operation(error, visitor::hot::OPERATION));
                }
                let serve = async |request: poem::Request| {
                    let path = request.uri().path();
                    if isso::is_api(path) {
                        return isso::call(&*api, request).await;
                    }
                    if !path.starts_with("/v1/") {
                        return pages.call(request).await;
                    }
                    Ok(api.call(request).await?.into_response())
                };
                working::serve(request, serve).await
            }
        })
        .around(cors::around_sites)
        .around(isso::to_own_api)
        .around(layers::guard)
        .data(Arc::clone(app))
}

/// What a node answers while its schema waits for somebody to bring it up to date: that it is alive, and not ready.
pub fn not_migrated(app: &Arc<App>) -> impl Endpoint<Output = Response> + 'static {
    Route::new()
        .at("/healthz", poem::get(status::healthz))
        .at("/*path", status::not_migrated)
        .around(layers::guard)
        .data(Arc::clone(app))
}
