//! The real application on a free port, and people who ask it over kept-open connections, as browsers do.

use super::Outcome;
use actix_web::{HttpResponse, HttpServer, web};
use domain::form::Form;
use records::{DatabaseAddress, Store, demonstration, sessions};
use server::http::{Assets, SESSION_COOKIE, Server, application};
use server::settings::Settings;
use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;
use std::sync::Arc;

/// A running server with the demonstration. Its files go with it.
pub struct Place {
    pub store: Store,
    address: SocketAddr,
    database: DatabaseAddress,
    _folder: tempfile::TempDir,
}

impl Place {
    pub fn open() -> Outcome<Self> {
        let folder = tempfile::tempdir()?;
        let database = format!("sqlite:{}", folder.path().join("bench.sqlite").display());
        let dist = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../dist");
        let settings = Settings::read(None, |name| match name {
            "FRESH_EYES_DATABASE" => Some(database.clone()),
            "FRESH_EYES_DIST" => Some(dist.display().to_string()),
            _ => None,
        })?;
        let store = server::open_store(&settings)?;
        demonstration::fill(&store, server::now())?;
        let assets = Assets::read(&settings.dist)?;
        let server = Arc::new(Server::new(&settings, store.clone(), assets, settings.form_key()?, None));
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let address = listener.local_addr()?;
        let factory = move || application(Arc::clone(&server));
        in_background(move || {
            Ok(HttpServer::new(factory).disable_signals().tcp_nodelay(true).listen(listener)?.run())
        });
        Ok(Self { store, address, database: database.parse()?, _folder: folder })
    }

    /// The same database for a server that knows nothing of it yet.
    pub fn cold_store(&self) -> Outcome<Store> {
        Ok(Store::open(&self.database)?)
    }

    /// Somebody of the demonstration.
    pub fn signed_in(&self, email: &str) -> Outcome<Asker> {
        let mut form = Form::default();
        form.set("email", email);
        form.set("password", demonstration::PASSWORD);
        let token = sessions::sign_in(&self.store, &form, "bench", "bench", server::now())?;
        Ok(Asker::new(self.address, &format!("{SESSION_COOKIE}={token}")))
    }
}

/// Runs a server for as long as this process lives.
fn in_background(start: impl FnOnce() -> std::io::Result<actix_web::dev::Server> + Send + 'static) {
    std::thread::spawn(move || actix_web::rt::System::new().block_on(async { start()?.await }));
}

/// A server that answers everything with this many bytes, and does nothing else.
pub fn bare(bytes: usize) -> Outcome<Asker> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?;
    let text = web::Bytes::from("x".repeat(bytes));
    let factory = move || {
        let text = text.clone();
        actix_web::App::new().default_service(web::to(move || {
            let text = text.clone();
            async { HttpResponse::Ok().content_type("text/html; charset=utf-8").body(text) }
        }))
    };
    in_background(move || {
        Ok(HttpServer::new(factory).disable_signals().tcp_nodelay(true).listen(listener)?.run())
    });
    Ok(Asker::new(address, "none=none"))
}

/// Somebody who asks over a connection that stays open.
#[derive(Clone)]
pub struct Asker {
    agent: ureq::Agent,
    address: SocketAddr,
    cookie: String,
}

impl Asker {
    fn new(address: SocketAddr, cookie: &str) -> Self {
        let agent = ureq::Agent::config_builder().max_redirects(0).build().new_agent();
        Self { agent, address, cookie: cookie.to_owned() }
    }

    /// The same person at another desk: another connection.
    pub fn again(&self) -> Self {
        Self::new(self.address, &self.cookie)
    }

    /// Posts a form as a page of ours would; anything but 200 is an error.
    pub fn post(&self, path: &str, fields: &[(&str, &str)]) -> Outcome<String> {
        let mut reply = self
            .agent
            .post(format!("http://{}{path}", self.address))
            .header("Cookie", &self.cookie)
            .header("Sec-Fetch-Site", "same-origin")
            .send_form(fields.iter().copied())?;
        if reply.status() != 200 {
            return Err(format!("{path} answered {}", reply.status()).into());
        }
        Ok(reply.body_mut().read_to_string()?)
    }

    /// The body of a page, packed or not. Anything but 200 is an error.
    pub fn get(&self, path: &str, packed: bool) -> Outcome<Vec<u8>> {
        let mut reply = self
            .agent
            .get(format!("http://{}{path}", self.address))
            .header("Cookie", &self.cookie)
            .header("Accept-Encoding", if packed { "br" } else { "identity" })
            .call()?;
        if reply.status() != 200 {
            return Err(format!("{path} answered {}", reply.status()).into());
        }
        Ok(reply.body_mut().read_to_vec()?)
    }
}
