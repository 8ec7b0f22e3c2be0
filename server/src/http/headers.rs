//! The headers that tell a browser what our answers may do.

use actix_web::http::header;
use actix_web::middleware::DefaultHeaders;

/// After signing out: the pages that the browser has kept go. The cookie goes by its own header.
pub(super) const CLEAR_SITE_DATA: &str = "\"cache\", \"storage\"";

/// What an answer may do that is no page: nothing.
const POLICY_OF_THE_REST: &str =
    "default-src 'none'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'; object-src 'none'";

/// Devices of the visitor that no page of ours asks for.
const PERMISSIONS: &str = "accelerometer=(), autoplay=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), \
     magnetometer=(), microphone=(), midi=(), payment=(), usb=()";

/// What a page may do: run the scripts that bear this nonce and what they load, and be in nobody's frame.
pub(super) fn policy_of_a_page(nonce: &str) -> String {
    format!(
        "default-src 'none'; script-src 'nonce-{nonce}' 'strict-dynamic' 'wasm-unsafe-eval'; style-src 'self'; \
         img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; \
         object-src 'none'"
    )
}

/// Adds to every answer what it does not bear already. Nothing is kept by a browser or a proxy unless it says so.
pub(super) fn on_every_answer(is_https: bool) -> DefaultHeaders {
    let headers = DefaultHeaders::new()
        .add((header::CONTENT_SECURITY_POLICY, POLICY_OF_THE_REST))
        .add((header::CACHE_CONTROL, "no-store"))
        .add((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        // Not `no-referrer`: with that, browsers say `Origin: null` even to ourselves.
        .add((header::REFERRER_POLICY, "same-origin"))
        .add((header::CROSS_ORIGIN_OPENER_POLICY, "same-origin"))
        .add((header::CROSS_ORIGIN_RESOURCE_POLICY, "same-origin"))
        .add((header::PERMISSIONS_POLICY, PERMISSIONS));
    if is_https {
        headers.add((header::STRICT_TRANSPORT_SECURITY, "max-age=31536000; includeSubDomains"))
    } else {
        headers
    }
}
