//! The browser's part: style sheet, script and WASM, as Trunk has built them.
//!
//! The files are read once, at start. Their names hold a hash of their content, so a browser keeps them for good; a new
//! build is a new name.

use actix_web::http::header::Header;
use actix_web::http::header::{self, AcceptEncoding, ContentEncoding, Encoding, Preference, Quality};
use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Where the files are served; Trunk writes their names so.
pub(super) const PREFIX: &str = "/pkg/";
/// Trunk's list of what it has built.
const LIST: &str = "index.html";

/// The mark beside the name, for a browser's tab. It is no part of what Trunk builds.
const ICON: &str = include_str!("favicon.svg");

/// The files of the browser's part, and the names of the three that every page needs.
pub struct Assets {
    /// The address of the style sheet.
    pub stylesheet: String,
    /// The address of the script.
    pub script: String,
    /// The address of the WASM.
    pub wasm: String,
    files: BTreeMap<String, Asset>,
}

/// One file, and its compressed twins.
pub(super) struct Asset {
    content_type: &'static str,
    plain: Bytes,
    brotli: Option<Bytes>,
    gzip: Option<Bytes>,
}

/// The browser's part is not there.
#[derive(Debug, thiserror::Error)]
pub enum AssetsError {
    /// A file cannot be read.
    #[error("the browser’s part is not in {folder} ({cause}). Build it with bin/run, or set FRESH_EYES_DIST")]
    Missing {
        /// Where it was looked for.
        folder: PathBuf,
        /// What is wrong.
        cause: std::io::Error,
    },
    /// The list does not name what pages need.
    #[error("{folder}/index.html names no {what} that is there. Build the browser’s part again with bin/run")]
    Incomplete {
        /// Where it was looked for.
        folder: PathBuf,
        /// What it does not name.
        what: &'static str,
    },
}

impl Assets {
    /// Reads what Trunk has built.
    pub fn read(folder: &Path) -> Result<Self, AssetsError> {
        let missing = |cause| AssetsError::Missing { folder: folder.to_owned(), cause };
        let list = std::fs::read_to_string(folder.join(LIST)).map_err(missing)?;
        let mut files = BTreeMap::new();
        read_folder(folder, PREFIX, &mut files).map_err(missing)?;
        let named = |what, found: Option<String>| {
            found
                .filter(|address| files.contains_key(address))
                .ok_or(AssetsError::Incomplete { folder: folder.to_owned(), what })
        };
        let links = links(&list);
        Ok(Self {
            stylesheet: named("style sheet", href(&links, "stylesheet", ".css"))?,
            script: named("script", href(&links, "modulepreload", ".js"))?,
            wasm: named("WASM", href(&links, "preload", ".wasm"))?,
            files,
        })
    }

    /// The file at this address.
    pub(super) fn find(&self, path: &str) -> Option<&Asset> {
        self.files.get(path)
    }
}

fn read_folder(folder: &Path, prefix: &str, files: &mut BTreeMap<String, Asset>) -> std::io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if entry.file_type()?.is_dir() {
            read_folder(&entry.path(), &format!("{prefix}{name}/"), files)?;
        } else if let Some(content_type) = content_type(&name) {
            let asset = Asset {
                content_type,
                plain: std::fs::read(entry.path())?.into(),
                brotli: twin(&entry.path(), "br")?,
                gzip: twin(&entry.path(), "gz")?,
            };
            files.insert(format!("{prefix}{name}"), asset);
        }
    }
    Ok(())
}

/// The kinds of files that are served; everything else in the folder is nobody's business.
fn content_type(name: &str) -> Option<&'static str> {
    let (_, extension) = name.rsplit_once('.')?;
    Some(match extension {
        "css" => "text/css; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "wasm" => "application/wasm",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        _ => return None,
    })
}

fn twin(path: &Path, extension: &str) -> std::io::Result<Option<Bytes>> {
    let mut name = path.as_os_str().to_owned();
    name.push(".");
    name.push(extension);
    match std::fs::read(name) {
        Ok(bytes) => Ok(Some(bytes.into())),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

impl Asset {
    /// Answers in the smallest form that the browser takes.
    pub(super) fn answer(&self, request: &HttpRequest) -> HttpResponse {
        let accepted = AcceptEncoding::parse(request).unwrap_or(AcceptEncoding(Vec::new()));
        let mut response = HttpResponse::Ok();
        response
            .insert_header((header::CONTENT_TYPE, self.content_type))
            .insert_header((header::CACHE_CONTROL, "public, max-age=31536000, immutable"))
            .insert_header((header::VARY, "Accept-Encoding"));
        for (coding, bytes) in [(ContentEncoding::Brotli, &self.brotli), (ContentEncoding::Gzip, &self.gzip)]
        {
            if let Some(bytes) = bytes
                && is_accepted(&accepted, coding)
            {
                return response.insert_header(coding).body(bytes.clone());
            }
        }
        response.body(self.plain.clone())
    }
}

/// The icon. Its address has no hash, so it is kept for a day only.
pub(super) async fn icon() -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, "image/svg+xml"))
        .insert_header((header::CACHE_CONTROL, "public, max-age=86400"))
        .body(ICON)
}

fn is_accepted(accepted: &AcceptEncoding, coding: ContentEncoding) -> bool {
    accepted.iter().any(|item| {
        item.quality > Quality::ZERO && item.item == Preference::Specific(Encoding::Known(coding))
    })
}

// --- Trunk's list -------------------------------------------------------------------------------------------------

/// The attributes of each `<link>` in a document of ours.
fn links(html: &str) -> Vec<BTreeMap<&str, &str>> {
    html.split("<link").skip(1).filter_map(|rest| Some(attributes(rest.split_once('>')?.0))).collect()
}

fn attributes(mut text: &str) -> BTreeMap<&str, &str> {
    let mut found = BTreeMap::new();
    while let Some((name, rest)) = text.split_once('=') {
        let (value, after) = match rest.strip_prefix('"') {
            Some(quoted) => quoted.split_once('"').unwrap_or((quoted, "")),
            None => rest.split_once(char::is_whitespace).unwrap_or((rest, "")),
        };
        // Attributes without a value may stand before the name.
        found.insert(name.split_whitespace().last().unwrap_or_default(), value);
        text = after;
    }
    found
}

fn href(links: &[BTreeMap<&str, &str>], relation: &str, extension: &str) -> Option<String> {
    links
        .iter()
        .filter(|link| link.get("rel") == Some(&relation))
        .filter_map(|link| link.get("href"))
        .find(|href| href.ends_with(extension))
        .map(|href| (*href).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::test::TestRequest;

    const BUILT: &str = include_str!("../../tests/trunk-0.21.14-index.html");

    fn folder() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join(LIST), BUILT).unwrap();
        let links = links(BUILT);
        for (relation, extension) in [("stylesheet", ".css"), ("modulepreload", ".js"), ("preload", ".wasm")]
        {
            let name = href(&links, relation, extension).unwrap();
            std::fs::write(folder.path().join(name.trim_start_matches(PREFIX)), extension).unwrap();
        }
        folder
    }

    #[test]
    fn trunks_list_names_the_three_files() {
        let folder = folder();
        let assets = Assets::read(folder.path()).unwrap();
        assert!(assets.stylesheet.starts_with("/pkg/fresh-eyes-"), "{}", assets.stylesheet);
        assert!(assets.script.starts_with("/pkg/app-"), "{}", assets.script);
        assert!(assets.wasm.ends_with("_bg.wasm"), "{}", assets.wasm);
    }

    #[test]
    fn a_missing_bundle_is_said_in_words() {
        let folder = folder();
        let script = Assets::read(folder.path()).unwrap().script;
        std::fs::remove_file(folder.path().join(script.trim_start_matches(PREFIX))).unwrap();
        let error = Assets::read(folder.path()).err().unwrap().to_string();
        assert!(error.contains("names no script"), "{error}");
        std::fs::remove_file(folder.path().join(LIST)).unwrap();
        let error = Assets::read(folder.path()).err().unwrap().to_string();
        assert!(error.contains("Build it with bin/run"), "{error}");
    }

    #[test]
    fn only_what_was_there_at_the_start_and_is_for_browsers_is_served() {
        let folder = folder();
        std::fs::write(folder.path().join(".complete"), "").unwrap();
        let assets = Assets::read(folder.path()).unwrap();
        assert!(assets.find(&assets.wasm).is_some());
        for path in ["/pkg/", "/pkg/index.html", "/pkg/.complete", "/pkg/../Cargo.toml", "/pkg/later.css"] {
            assert!(assets.find(path).is_none(), "{path}");
        }
    }

    #[test]
    fn the_smallest_form_that_the_browser_takes_is_sent() {
        let asset = Asset {
            content_type: "text/css; charset=utf-8",
            plain: Bytes::from_static(b"plain"),
            brotli: Some(Bytes::from_static(b"br")),
            gzip: Some(Bytes::from_static(b"gz")),
        };
        for (accepted, coding) in [
            (Some("gzip, deflate, br, zstd"), Some("br")),
            (Some("gzip;q=1.0, br;q=0"), Some("gzip")),
            (Some("identity"), None),
            (None, None),
        ] {
            let request = TestRequest::default();
            let request = match accepted {
                Some(accepted) => request.insert_header((header::ACCEPT_ENCODING, accepted)),
                None => request,
            };
            let response = asset.answer(&request.to_http_request());
            let found = response.headers().get(header::CONTENT_ENCODING).map(|value| value.to_str().unwrap());
            assert_eq!(found, coding, "{accepted:?}");
        }
    }
}
