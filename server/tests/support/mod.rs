//! The real application on a free port, with the demonstration cast in a SQLite file of its own, and somebody who asks
//! it over HTTP.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on stops there")]

use actix_web::{HttpResponse, web};
use records::{Store, demonstration};
use server::http::{Assets, SESSION_COOKIE, Server, application, page};
use server::settings::Settings;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::sync::Arc;

/// Where people would reach the site. Nobody does in these tests; it says what is ours.
pub const BASE_URL: &str = "https://fresh-eyes.example";
/// A page that panics.
pub const PANICS: &str = "/test-only/panics";

/// A running server. Its files go with it.
pub struct Place {
    pub store: Store,
    pub database: PathBuf,
    address: SocketAddr,
    _folder: tempfile::TempDir,
}

impl Place {
    /// Starts a server with the demonstration cast.
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (dist, database) = (folder.path().join("dist"), folder.path().join("x.sqlite"));
        std::fs::create_dir(&dist).unwrap();
        for (name, text) in [
            (
                "index.html",
                "<link rel=\"stylesheet\" href=\"/pkg/s.css\"><link rel=\"modulepreload\" href=\"/pkg/s.js\"><link rel=\"preload\" href=\"/pkg/s.wasm\">",
            ),
            ("s.css", "body {}"),
            ("s.js", "export default 1"),
            ("s.wasm", "wasm"),
            ("s.wasm.br", "brotli"),
        ] {
            std::fs::write(dist.join(name), text).unwrap();
        }
        let settings = Settings::read(None, |name| match name {
            "FRESH_EYES_DATABASE" => Some(format!("sqlite:{}", database.display())),
            "FRESH_EYES_BASE_URL" => Some(BASE_URL.to_owned()),
            "FRESH_EYES_DIST" => Some(dist.display().to_string()),
            _ => None,
        })
        .unwrap();
        let store = server::open_store(&settings).unwrap();
        demonstration::fill(&store, server::now()).unwrap();
        let server = Server::new(
            &settings,
            store.clone(),
            Assets::read(&settings.dist).unwrap(),
            settings.form_key().unwrap(),
            None,
        );
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        std::thread::spawn(move || serve(Arc::new(server), listener));
        Self { store, database, address, _folder: folder }
    }

    /// Somebody who has not signed in.
    pub fn stranger(&self) -> Visitor {
        Visitor { address: self.address, session: None }
    }

    /// Somebody of the cast, signed in.
    pub fn signed_in(&self, email: &str) -> Visitor {
        let mut visitor = self.stranger();
        let token = visitor.get("/sign-in").form_token();
        let fields = [("email", email), ("password", demonstration::PASSWORD), ("form_token", &token)];
        let reply = visitor.post("/sign-in", &fields);
        assert_eq!(reply.status, 303, "{}", reply.text);
        visitor.session = reply.cookie();
        assert!(visitor.session.is_some(), "signing in sets the cookie");
        visitor
    }
}

fn serve(server: Arc<Server>, listener: TcpListener) {
    let factory = move || {
        let panics = |server: web::Data<Server>, request, body| async {
            page::answer(server.into_inner(), request, body, |_| panic!("on purpose")).await
        };
        application(Arc::clone(&server))
            .route(PANICS, web::get().to(panics))
            .route("/test-only/refuses", web::get().to(|| async { HttpResponse::ImATeapot().finish() }))
    };
    let server = actix_web::HttpServer::new(factory).workers(1).disable_signals().listen(listener).unwrap();
    actix_web::rt::System::new().block_on(server.run()).unwrap();
}

/// Somebody who asks, with or without a session.
pub struct Visitor {
    address: SocketAddr,
    pub session: Option<String>,
}

impl Visitor {
    pub fn get(&self, path: &str) -> Reply {
        self.ask("GET", path, &[], b"")
    }

    /// Posts as a browser does from one of our pages.
    pub fn post(&self, path: &str, fields: &[(&str, &str)]) -> Reply {
        self.post_as(path, fields, &[("Sec-Fetch-Site", "same-origin")])
    }

    /// Posts with these headers and no others.
    pub fn post_as(&self, path: &str, fields: &[(&str, &str)], headers: &[(&str, &str)]) -> Reply {
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let kind = [("Content-Type", "application/x-www-form-urlencoded")];
        let headers: Vec<(&str, &str)> = kind.into_iter().chain(headers.iter().copied()).collect();
        self.ask("POST", path, &headers, body.as_bytes())
    }

    pub fn ask(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Reply {
        let mut head =
            format!("{method} {path} HTTP/1.1\r\nHost: fresh-eyes.example\r\nConnection: close\r\n");
        let cookie = self.session.as_ref().map(|token| format!("{SESSION_COOKIE}={token}"));
        let length = body.len().to_string();
        let more = [
            ("Cookie", cookie.as_deref()),
            ("Content-Length", Some(length.as_str()).filter(|_| method == "POST")),
        ];
        let more = more.iter().filter_map(|(name, value)| Some((*name, (*value)?)));
        for (name, value) in headers.iter().copied().chain(more) {
            head.extend([name, ": ", value, "\r\n"]);
        }
        let mut stream = TcpStream::connect(self.address).unwrap();
        stream.write_all(head.as_bytes()).unwrap();
        stream.write_all(b"\r\n").unwrap();
        stream.write_all(body).unwrap();
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes).unwrap();
        Reply::read(&bytes)
    }
}

/// What came back.
#[derive(Debug)]
pub struct Reply {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub text: String,
}

impl Reply {
    fn read(bytes: &[u8]) -> Self {
        let end = bytes.windows(4).position(|window| window == b"\r\n\r\n").expect("an end of the headers");
        let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
        let mut lines = head.lines();
        let status = lines.next().unwrap().split(' ').nth(1).unwrap().parse().unwrap();
        let headers = lines
            .filter_map(|line| line.split_once(": "))
            .map(|(name, value)| (name.to_lowercase(), value.to_owned()))
            .collect();
        Self { status, headers, text: String::from_utf8_lossy(&bytes[end + 4..]).into_owned() }
    }

    /// A header; empty if it is not there.
    pub fn header(&self, name: &str) -> &str {
        self.headers.iter().find(|(header, _)| header == name).map_or("", |(_, value)| value)
    }

    /// The session's token that the cookie sets.
    pub fn cookie(&self) -> Option<String> {
        let value = self.header("set-cookie").strip_prefix(SESSION_COOKIE)?.strip_prefix('=')?;
        Some(value.split(';').next()?.to_owned())
    }

    /// The nonce that the content security policy allows.
    pub fn nonce(&self) -> &str {
        let policy = self.header("content-security-policy");
        policy.split("'nonce-").nth(1).and_then(|rest| rest.split('\'').next()).unwrap_or_default()
    }

    /// The token of the first form on the page.
    pub fn form_token(&self) -> String {
        self.hidden("form_token")
    }

    /// The value of the first hidden field of this name.
    pub fn hidden(&self, name: &str) -> String {
        let (before, after) =
            self.text.split_once(&format!("name=\"{name}\"")).expect("such a field on the page");
        let tag = before.rsplit('<').next().unwrap().to_owned() + after.split('>').next().unwrap();
        tag.split("value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned()
    }

    /// The page without what is new in every answer: nonce, form token, and the minute at which it might be printed.
    pub fn constant_text(&self) -> String {
        let text = self.text.replace(self.nonce(), "NONCE").replace(&self.form_token(), "TOKEN");
        let (before, printed) = text.split_once("Printed by").expect("a line for print");
        format!("{before}{}", printed.split_once('<').expect("an end of that line").1)
    }
}
