//! The shipped application, asked over HTTP: what protects every answer, and what it refuses.

mod support;

use domain::ids::CaseId;
use records::Who;
use support::{BASE_URL, PANICS, Place, Reply};

const MANAGER: &str = "priya.nair@example.org";
const PRACTITIONER: &str = "tom.osei@example.org";
const UNKNOWN: &str = "01890a5d-ac96-774b-bcce-b302099a8057";

type Pairs<'a> = &'a [(&'a str, &'a str)];

/// Holds an answer against what must stand in every one.
fn assert_guarded(reply: &Reply, what: &str) {
    let policy = reply.header("content-security-policy");
    for part in ["default-src 'none'", "base-uri 'none'", "frame-ancestors 'none'", "object-src 'none'"] {
        assert!(policy.contains(part), "{what}: {policy}");
    }
    assert!(!policy.contains("unsafe-inline") && !policy.contains("'unsafe-eval'"), "{what}: {policy}");
    for (name, value) in [
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "same-origin"),
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
        ("strict-transport-security", "max-age=31536000; includeSubDomains"),
    ] {
        assert_eq!(reply.header(name), value, "{what}");
    }
    assert!(reply.header("permissions-policy").contains("camera=()"), "{what}");
    let is_kept = reply.header("content-type").starts_with("image/svg") || reply.text == "body {}";
    assert_eq!(reply.header("cache-control") != "no-store", is_kept, "{what}");
    let is_page = reply.header("content-type").starts_with("text/html");
    assert_eq!(
        is_page,
        !reply.nonce().is_empty(),
        "{what}: a nonce for a page's scripts and for nothing else"
    );
}

#[test]
fn every_kind_of_answer_is_guarded() {
    let place = Place::new();
    let (stranger, manager) = (place.stranger(), place.signed_in(MANAGER));
    let form = [("Content-Type", "application/x-www-form-urlencoded"), ("Sec-Fetch-Site", "same-origin")];
    let token = stranger.get("/sign-in").form_token();
    for (status, reply) in [
        (200, stranger.get("/sign-in")),
        (200, manager.get("/")),
        (200, stranger.get("/pkg/s.css")),
        (200, stranger.get("/favicon.svg")),
        (200, stranger.get("/health")),
        (303, stranger.get("/cases")),
        (403, stranger.post("/sign-in", &[("form_token", "x")])),
        (404, stranger.get("/nowhere")),
        (404, manager.get("/nowhere")),
        (404, stranger.get("/pkg/nothing.css")),
        (404, manager.get(&format!("/cases/{UNKNOWN}"))),
        (405, manager.ask("DELETE", "/cases", &[], b"")),
        (405, manager.ask("TRACE", "/cases", &[], b"")),
        (405, manager.ask("PUT", "/pkg/s.css", &[], b"")),
        (405, manager.ask("OPTIONS", "/", &[("Origin", "https://elsewhere.example")], b"")),
        (406, stranger.ask("GET", "/sign-in", &[("Accept-Encoding", "identity;q=0, x")], b"")),
        (413, manager.ask("POST", "/reflections/new", &form, &vec![b'x'; 2_000_000])),
        (413, manager.ask("POST", "/reflections/new", &form, "a&".repeat(5_001).as_bytes())),
        (415, manager.ask("POST", "/reflections/new", &[("Content-Type", "text/plain"), form[1]], b"x")),
        (
            415,
            manager.ask(
                "POST",
                "/reflections/new",
                &[("Content-Type", "multipart/form-data; boundary=b"), form[1]],
                b"--b--",
            ),
        ),
        (418, stranger.get("/test-only/refuses")),
        (422, stranger.post("/sign-in", &[("form_token", &token)])),
        (500, stranger.get(PANICS)),
    ] {
        assert_eq!(reply.status, status, "{reply:?}");
        assert_guarded(&reply, &status.to_string());
    }
}

#[test]
fn a_file_is_taken_where_it_is_asked_for_and_one_that_is_too_large_is_refused_in_words() {
    let place = Place::new();
    let manager = place.signed_in(MANAGER);
    let token = manager.get("/cases/import").form_token();
    let sends = |token: &str, file: &str| {
        let part = |name: &str, content: &str| {
            format!("--b\r\nContent-Disposition: form-data; name={name}\r\n\r\n{content}\r\n")
        };
        let fields = part("\"form_token\"", token) + &part("\"file\"; filename=\"cases.csv\"", file);
        let headers =
            [("Content-Type", "multipart/form-data; boundary=b"), ("Sec-Fetch-Site", "same-origin")];
        manager.ask("POST", "/cases/import", &headers, format!("{fields}--b--\r\n").as_bytes())
    };
    let reply = sends(&token, "Reference\nN-1");
    assert_eq!(reply.status, 303);
    assert!(reply.header("location").starts_with("/cases/import/"), "{}", reply.header("location"));
    assert_eq!(sends("x", "Reference\nN-1").status, 403);
    for (file, words) in [
        ("a,b\n".repeat(200_000), "This file has more than 20,000 rows"),
        ("a,b\n".repeat(3_000_000), "This file is larger than 8 MB"),
    ] {
        let refused = sends(&token, &file);
        assert_eq!(refused.status, 422);
        assert!(refused.text.contains(words), "{words}");
    }
}

#[test]
fn the_nonce_is_new_each_time_and_stands_in_no_other_attribute() {
    let place = Place::new();
    let manager = place.signed_in(MANAGER);
    let (first, second) = (manager.get("/"), manager.get("/"));
    assert_eq!(first.nonce().len(), 32);
    assert_ne!(first.nonce(), second.nonce());
    let in_nonce = first.text.matches(&format!("nonce=\"{}\"", first.nonce())).count();
    assert_eq!(in_nonce, first.text.matches(first.nonce()).count());
}

#[test]
fn a_head_is_answered_like_a_get_without_its_body() {
    let place = Place::new();
    let manager = place.signed_in(MANAGER);
    for path in ["/", "/nowhere", "/pkg/s.css", "/health"] {
        let (get, head) = (manager.get(path), manager.ask("HEAD", path, &[], b""));
        assert_eq!((head.status, head.text.as_str()), (get.status, ""), "{path}");
        assert_eq!(head.header("content-type"), get.header("content-type"), "{path}");
    }
}

#[test]
fn the_browsers_part_is_kept_for_good_and_sent_small() {
    let place = Place::new();
    let stranger = place.stranger();
    let reply = stranger.ask("GET", "/pkg/s.wasm", &[("Accept-Encoding", "gzip, deflate, br, zstd")], b"");
    assert_eq!((reply.status, reply.text.as_str()), (200, "brotli"));
    assert_eq!(reply.header("content-encoding"), "br");
    assert_eq!(reply.header("content-type"), "application/wasm");
    assert_eq!(reply.header("vary"), "Accept-Encoding");
    let plain = stranger.get("/pkg/s.wasm");
    assert_eq!((plain.text.as_str(), plain.header("content-encoding")), ("wasm", ""));
    for path in ["/pkg/index.html", "/pkg/s.wasm.br", "/pkg/", "/pkg/%2e%2e/x.sqlite", "/pkg/../x.sqlite"] {
        assert_eq!(stranger.get(path).status, 404, "{path}");
    }
}

#[test]
fn signing_in_sets_the_cookie_and_signing_out_ends_the_session() {
    let place = Place::new();
    let stranger = place.stranger();
    let token = stranger.get("/sign-in").form_token();
    let fields = [("email", MANAGER), ("password", records::demonstration::PASSWORD), ("form_token", &token)];
    let reply = stranger.post("/sign-in", &fields);
    assert_eq!(reply.status, 303);
    let (value, attributes) = reply.header("set-cookie").split_once(';').unwrap();
    assert_eq!(attributes, " HttpOnly; SameSite=Lax; Secure; Path=/");
    assert_eq!(value.len(), "__Host-fresh-eyes=".len() + 64);

    let mut manager = place.stranger();
    manager.session = reply.cookie();
    let home = manager.get("/");
    assert_eq!(home.status, 200);
    let out = manager.post("/sign-out", &[("form_token", &home.form_token())]);
    assert_eq!(out.status, 303);
    assert!(out.header("set-cookie").contains("__Host-fresh-eyes=;"), "{out:?}");
    assert!(out.header("set-cookie").contains("Max-Age=0"));
    assert_eq!(out.header("clear-site-data"), "\"cache\", \"storage\"");
    let after = manager.get("/");
    assert_eq!(after.status, 303, "the cookie is worth nothing, though the browser may still have it");
    assert!(after.header("location").starts_with("/sign-in"));
}

#[test]
fn a_form_is_taken_from_our_own_pages_alone() {
    let place = Place::new();
    let manager = place.signed_in(MANAGER);
    let token = manager.get("/").form_token();
    let other = place.signed_in(PRACTITIONER).get("/").form_token();
    let own = [("Sec-Fetch-Site", "same-origin")];
    let attempts: &[(&str, Pairs<'_>, Pairs<'_>)] = &[
        ("no token", &[], &own),
        ("an empty token", &[("form_token", "")], &own),
        ("a wrong token", &[("form_token", &"0".repeat(96))], &own),
        ("another session's token", &[("form_token", &other)], &own),
        ("a stranger's token", &[("form_token", &place.stranger().get("/sign-in").form_token())], &own),
        ("a token in two fields, the wrong one first", &[("form_token", ""), ("form_token", &token)], &own),
        (
            "another site",
            &[("form_token", &token)],
            &[("Sec-Fetch-Site", "cross-site"), ("Origin", BASE_URL)],
        ),
        ("a sister site", &[("form_token", &token)], &[("Sec-Fetch-Site", "same-site")]),
        ("a typed address", &[("form_token", &token)], &[("Sec-Fetch-Site", "none")]),
        ("nothing about where it comes from", &[("form_token", &token)], &[]),
        ("another origin", &[("form_token", &token)], &[("Origin", "https://elsewhere.example")]),
        ("a sandbox", &[("form_token", &token)], &[("Origin", "null")]),
    ];
    for (what, fields, headers) in attempts {
        assert_eq!(manager.post_as("/sign-out", fields, headers).status, 403, "{what}");
        assert_eq!(manager.post_as("/nowhere", fields, headers).status, 403, "{what}");
    }
    assert_eq!(manager.get("/").status, 200, "still signed in after all that");
    let reply = manager.post_as("/sign-out", &[("form_token", &token)], &[("Origin", BASE_URL)]);
    assert_eq!(reply.status, 303, "an older browser says where it comes from with Origin alone");
}

#[test]
fn words_of_a_session_that_ran_out_are_not_left_behind() {
    let place = Place::new();
    let manager = place.signed_in(MANAGER);
    let token = manager.get("/").form_token();
    assert_eq!(manager.post("/sign-out", &[("form_token", &token)]).status, 303);
    let reply = manager.post("/reflections/new", &[("form_token", &token), ("title", "An hour of writing")]);
    assert_eq!(reply.status, 403);
    assert!(reply.text.contains("what you typed is still there"), "{}", reply.text);
    let reply = manager.post("/sign-out", &[("form_token", &token)]);
    assert_eq!(reply.status, 303, "nothing was typed, so nothing can be lost");
    assert!(reply.header("location").starts_with("/sign-in"), "{}", reply.header("location"));
}

#[test]
fn a_locked_database_loses_no_word_and_the_same_form_saves_once_it_is_free() {
    use diesel::connection::{Connection, SimpleConnection};
    let place = Place::new();
    let manager = place.signed_in(MANAGER);
    let page = manager.get("/reflections/new");
    let (token, key) = (page.form_token(), page.hidden("form_key"));
    let fields = [
        ("form_token", token.as_str()),
        ("form_key", key.as_str()),
        ("title", "Written while it was locked"),
        ("body", "An hour of <thought>."),
    ];
    let mut other = diesel::SqliteConnection::establish(&place.database.to_string_lossy()).unwrap();
    other.batch_execute("BEGIN IMMEDIATE").unwrap();
    let kept = manager.post("/reflections/new", &fields);
    assert_eq!(kept.status, 503, "{}", kept.text);
    assert!(kept.text.contains("Nothing you wrote is lost"), "{}", kept.text);
    assert!(kept.text.contains("value=\"Written while it was locked\""), "{}", kept.text);
    assert!(kept.text.contains("An hour of &lt;thought"), "{}", kept.text);
    assert_eq!(manager.get("/cases").status, 200, "reading goes on");
    other.batch_execute("ROLLBACK").unwrap();
    for _ in 0..2 {
        assert_eq!(manager.post("/reflections/new", &fields).status, 303);
    }
    let list = manager.get("/reflections").text;
    assert_eq!(list.matches("Written while it was locked").count(), 1, "{list}");
}

/// The cases to which a page links.
fn case_ids(page: &Reply) -> Vec<String> {
    let links = page.text.split("href=\"/cases/").skip(1);
    let ids = links.filter_map(|rest| rest.split(['"', '?', '/']).next());
    ids.filter(|id| id.parse::<CaseId>().is_ok()).map(ToOwned::to_owned).collect()
}

#[test]
fn unknown_malformed_and_forbidden_are_answered_alike_to_the_byte() {
    let place = Place::new();
    let (manager, practitioner) = (place.signed_in(MANAGER), place.signed_in(PRACTITIONER));
    let own = case_ids(&practitioner.get("/cases"));
    let case = case_ids(&manager.get("/cases")).into_iter().find(|id| !own.contains(id));
    let case = case.expect("the manager sees a case that the practitioner does not");
    assert_eq!(manager.get(&format!("/cases/{case}")).status, 200);
    let expected = practitioner.get(&format!("/cases/{UNKNOWN}"));
    assert_eq!(expected.status, 404);
    for id in [case.as_str(), "x", "%00", "%ff", "..%2f", "'%20or%201=1", &"a".repeat(3_000)] {
        let reply = practitioner.get(&format!("/cases/{id}"));
        assert_eq!(reply.status, 404, "{id}");
        assert_eq!(reply.constant_text(), expected.constant_text(), "{id}");
        let names = |reply: &Reply| reply.headers.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>();
        assert_eq!(names(&reply), names(&expected), "{id}");
    }
}

#[test]
fn a_page_that_panics_says_a_reference_and_the_server_lives() {
    let place = Place::new();
    let manager = place.signed_in(MANAGER);
    let (first, second) = (manager.get(PANICS), manager.get(PANICS));
    assert_eq!((first.status, second.status), (500, 500));
    assert!(!first.text.contains("on purpose"), "what a panic says is for nobody");
    assert_ne!(first.constant_text(), second.constant_text(), "each has its own reference");
    assert_eq!(manager.get("/").status, 200);
}

#[test]
fn html_is_sent_small() {
    let place = Place::new();
    let manager = place.signed_in(MANAGER);
    for coding in ["br", "gzip"] {
        let reply = manager.ask("GET", "/", &[("Accept-Encoding", coding)], b"");
        assert_eq!(reply.header("content-encoding"), coding);
        assert_guarded(&reply, coding);
    }
}

#[test]
fn what_these_tests_did_is_in_a_whole_audit_trail() {
    let place = Place::new();
    place.signed_in(MANAGER).get("/cases");
    let verdict = place.store.read(&Who::system("test"), server::now(), records::audit::verify).unwrap();
    assert!(matches!(verdict, records::audit::Verdict::Whole { rows, .. } if rows > 0), "{verdict:?}");
}
