//! Reading a posted form, within limits.

use super::multipart::{self, Posted};
use super::{csrf, visit};
use actix_web::http::StatusCode;
use actix_web::http::header::CONTENT_TYPE;
use actix_web::rt::time::timeout;
use actix_web::{HttpRequest, web};
use domain::csv_file;
use futures_util::StreamExt;
use std::time::Duration;

/// The largest form, in bytes. Every narrative of a supervision session with many cases fits.
pub(super) const LARGEST: usize = 1024 * 1024;
/// The largest form with a file, where an address takes one.
const LARGEST_WITH_FILE: usize = csv_file::LARGEST + LARGEST;
/// So much more is read and thrown away, so that a browser that is still sending gets to see our answer.
const READ_AND_DROPPED: usize = 16 * 1024 * 1024;
/// The same for a file: whoever sends all the rows of a council is told so, and not cut off.
const READ_AND_DROPPED_WITH_FILE: usize = 64 * 1024 * 1024;
/// The most fields of a form.
const MOST_FIELDS: usize = 5_000;
/// How long a form may take to arrive.
const PATIENCE: Duration = Duration::from_mins(1);

/// Reads the form of a request that comes from one of our own pages; otherwise says with which status to refuse it. A form
/// with a file is read as far as it may be long; its page then says what is too long.
pub(super) async fn read_form(
    request: &HttpRequest,
    payload: web::Payload,
    origin: &str,
) -> Result<Posted, StatusCode> {
    if !csrf::is_from_our_pages(request.headers(), origin) {
        return Err(StatusCode::FORBIDDEN);
    }
    let content_type =
        request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let posted = if is_urlencoded(content_type) {
        let (bytes, is_whole) = in_time(read_bytes(payload, LARGEST, READ_AND_DROPPED)).await?;
        if !is_whole {
            return Err(StatusCode::PAYLOAD_TOO_LARGE);
        }
        Posted { form: visit::form(&bytes), file: None }
    } else {
        let boundary = multipart::boundary(content_type).filter(|_| app::routes::takes_file(request.path()));
        let boundary = boundary.ok_or(StatusCode::UNSUPPORTED_MEDIA_TYPE)?;
        let read = read_bytes(payload, LARGEST_WITH_FILE, READ_AND_DROPPED_WITH_FILE);
        let (bytes, is_whole) = in_time(read).await?;
        multipart::read(&bytes, boundary, is_whole).ok_or(StatusCode::BAD_REQUEST)?
    };
    if posted.form.fields().len() > MOST_FIELDS {
        return Err(StatusCode::PAYLOAD_TOO_LARGE);
    }
    Ok(posted)
}

async fn in_time<T>(read: impl Future<Output = Result<T, StatusCode>>) -> Result<T, StatusCode> {
    timeout(PATIENCE, read).await.unwrap_or(Err(StatusCode::REQUEST_TIMEOUT))
}

fn is_urlencoded(content_type: &str) -> bool {
    let kind = content_type.split(';').next().unwrap_or_default().trim();
    kind.eq_ignore_ascii_case("application/x-www-form-urlencoded")
}

/// Reads so many bytes at most, and whether these are all.
async fn read_bytes(
    mut payload: web::Payload,
    largest: usize,
    read_and_dropped: usize,
) -> Result<(Vec<u8>, bool), StatusCode> {
    let (mut bytes, mut dropped) = (Vec::new(), 0);
    while let Some(chunk) = payload.next().await {
        let chunk = chunk.map_err(|_| StatusCode::BAD_REQUEST)?;
        if dropped == 0 && bytes.len() + chunk.len() <= largest {
            bytes.extend_from_slice(&chunk);
            continue;
        }
        dropped += chunk.len();
        if dropped > read_and_dropped {
            break;
        }
    }
    Ok((bytes, dropped == 0))
}
