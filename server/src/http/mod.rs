//! HTTP around the pages.
//!
//! Every address of `app::routes::ROUTES` has one handler ([`page`]): it checks that a form comes from our own pages
//! ([`csrf`]), reads it ([`body`]), finds the session ([`session_cookie`]), and asks the page on a thread that may wait
//! for the database. The security headers ([`headers`]) are on every answer, whoever made it.

mod assets;
mod body;
pub mod csrf;
mod headers;
mod multipart;
pub mod page;
mod panics;
mod session_cookie;
mod visit;

pub use assets::{Assets, AssetsError};
pub use session_cookie::NAME as SESSION_COOKIE;

use crate::settings::{BaseUrl, Secret, Settings};
use actix_web::body::MessageBody;
use actix_web::dev::{ServiceFactory, ServiceRequest, ServiceResponse};
use actix_web::guard::{self, Guard};
use actix_web::http::header::{self, HeaderValue};
use actix_web::middleware::Compress;
use actix_web::{App, FromRequest, Handler, HttpRequest, HttpResponse, Resource, Responder, web};
use app::routes::{ROUTES, Route};
use app::visit::{Site, Visit};
use csrf::FormTokens;
use records::sessions::SessionLimits;
use records::{Store, setup};
use std::net::{IpAddr, TcpListener};
use std::sync::Arc;

/// What all requests share.
pub struct Server {
    store: Store,
    site: Arc<Site>,
    limits: SessionLimits,
    base_url: BaseUrl,
    trusted_proxy: Option<IpAddr>,
    form_tokens: FormTokens,
    assets: Assets,
}

impl Server {
    /// Puts together what all requests share. `setup_token` opens the page for the first administrator.
    pub fn new(
        settings: &Settings,
        store: Store,
        assets: Assets,
        form_key: Secret,
        setup_token: Option<String>,
    ) -> Self {
        let site = Site {
            base_url: settings.base_url.as_str().to_owned(),
            stylesheet: assets.stylesheet.clone(),
            bundle: Some((assets.script.clone(), assets.wasm.clone())),
            sends_mail: settings.mail.is_some(),
            setup_token,
        };
        Self {
            store,
            site: Arc::new(site),
            limits: settings.sessions,
            base_url: settings.base_url.clone(),
            trusted_proxy: settings.trusted_proxy,
            form_tokens: FormTokens::new(form_key),
            assets,
        }
    }
}

/// The whole application.
pub fn application(
    server: Arc<Server>,
) -> App<
    impl ServiceFactory<
        ServiceRequest,
        Config = (),
        Response = ServiceResponse<impl MessageBody>,
        Error = actix_web::Error,
        InitError = (),
    >,
> {
    let headers = headers::on_every_answer(server.base_url.is_https());
    App::new().configure(|config| configure(config, server)).wrap(Compress::default()).wrap(headers)
}

/// Registers every address.
pub fn configure(config: &mut web::ServiceConfig, server: Arc<Server>) {
    for route in ROUTES {
        let page = move |server, request, body| answer(server, request, body, route);
        config.service(resource(route.path, readable().or(guard::Post()), page));
    }
    config
        .app_data(web::Data::from(server))
        .service(resource(&format!("{}{{file:.*}}", assets::PREFIX), readable(), asset))
        .service(resource("/favicon.svg", readable(), assets::icon))
        .service(resource("/health", readable(), health))
        .default_service(web::to(not_found));
}

fn readable() -> guard::AnyGuard {
    guard::Any(guard::Get()).or(guard::Head())
}

/// An address that answers requests of these kinds, and refuses others.
fn resource<F, Args>(path: &str, kinds: impl Guard + 'static, handler: F) -> Resource
where
    F: Handler<Args>,
    Args: FromRequest + 'static,
    F::Output: Responder + 'static,
{
    web::resource(path)
        .route(web::route().guard(kinds).to(handler))
        .default_service(web::to(method_not_allowed))
}

/// Serves on this listener until the process is told to end; then requests that have begun get ten seconds to finish.
pub async fn serve(server: Server, listener: TcpListener) -> std::io::Result<()> {
    panics::log_the_place_only();
    let server = Arc::new(server);
    actix_web::HttpServer::new(move || application(Arc::clone(&server)))
        // Without it the end of a page waits 40 ms for the browser to acknowledge its beginning.
        .tcp_nodelay(true)
        .listen(listener)?
        .shutdown_timeout(10)
        .run()
        .await
}

async fn answer(
    server: web::Data<Server>,
    request: HttpRequest,
    body: web::Payload,
    route: &'static Route,
) -> HttpResponse {
    page::answer(server.into_inner(), request, body, move |visit| app::routes::answer(route, visit)).await
}

async fn not_found(server: web::Data<Server>, request: HttpRequest, body: web::Payload) -> HttpResponse {
    page::answer(server.into_inner(), request, body, app::routes::not_found).await
}

async fn method_not_allowed(
    server: web::Data<Server>,
    request: HttpRequest,
    body: web::Payload,
) -> HttpResponse {
    let refuse = |visit: &Visit| app::routes::failure(visit, 405, "");
    let mut response = page::answer(server.into_inner(), request, body, refuse).await;
    response.headers_mut().insert(header::ALLOW, HeaderValue::from_static("GET, HEAD, POST"));
    response
}

async fn asset(server: web::Data<Server>, request: HttpRequest, body: web::Payload) -> HttpResponse {
    let found = server.assets.find(request.path()).map(|asset| asset.answer(&request));
    match found {
        Some(response) => response,
        None => not_found(server, request, body).await,
    }
}

/// For whatever watches over the server: whether it answers and can read its database.
async fn health(server: web::Data<Server>) -> HttpResponse {
    let readable = web::block(move || setup::is_empty(&server.store, crate::now())).await;
    match readable {
        Ok(Ok(_)) => HttpResponse::Ok().insert_header(header::ContentType::plaintext()).body("well\n"),
        _ => HttpResponse::ServiceUnavailable()
            .insert_header(header::ContentType::plaintext())
            .body("the database cannot be read\n"),
    }
}
