//! Reading a posted form, within limits.

use super::{csrf, visit};
use actix_web::http::StatusCode;
use actix_web::http::header::CONTENT_TYPE;
use actix_web::rt::time::timeout;
use actix_web::{HttpRequest, web};
use domain::form::Form;
use futures_util::StreamExt;
use std::time::Duration;

/// The largest form, in bytes. Every narrative of a supervision session with many cases fits.
pub(super) const LARGEST: usize = 1024 * 1024;
/// So much more is read and thrown away, so that a browser that is still sending gets to see our answer.
const READ_AND_DROPPED: usize = 16 * 1024 * 1024;
/// The most fields of a form.
const MOST_FIELDS: usize = 5_000;
/// How long a form may take to arrive.
const PATIENCE: Duration = Duration::from_mins(1);

/// Reads the form of a request that comes from one of our own pages; otherwise says with which status to refuse it.
pub(super) async fn read_form(
    request: &HttpRequest,
    payload: web::Payload,
    origin: &str,
) -> Result<Form, StatusCode> {
    if !csrf::is_from_our_pages(request.headers(), origin) {
        return Err(StatusCode::FORBIDDEN);
    }
    if !is_urlencoded(request) {
        return Err(StatusCode::UNSUPPORTED_MEDIA_TYPE);
    }
    let bytes = timeout(PATIENCE, read_bytes(payload)).await.unwrap_or(Err(StatusCode::REQUEST_TIMEOUT))?;
    let form = visit::form(&bytes);
    if form.fields().len() > MOST_FIELDS {
        return Err(StatusCode::PAYLOAD_TOO_LARGE);
    }
    Ok(form)
}

fn is_urlencoded(request: &HttpRequest) -> bool {
    let content_type =
        request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let kind = content_type.split(';').next().unwrap_or_default().trim();
    kind.eq_ignore_ascii_case("application/x-www-form-urlencoded")
}

async fn read_bytes(mut payload: web::Payload) -> Result<Vec<u8>, StatusCode> {
    let (mut bytes, mut dropped) = (Vec::new(), 0);
    while let Some(chunk) = payload.next().await {
        let chunk = chunk.map_err(|_| StatusCode::BAD_REQUEST)?;
        if dropped == 0 && bytes.len() + chunk.len() <= LARGEST {
            bytes.extend_from_slice(&chunk);
            continue;
        }
        dropped += chunk.len();
        if dropped > READ_AND_DROPPED {
            break;
        }
    }
    if dropped == 0 { Ok(bytes) } else { Err(StatusCode::PAYLOAD_TOO_LARGE) }
}
