//! Nobody tells us of a client certificate in a header, but for the one proxy of the card host, on its own listener.

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::StatusCode;

use crate::http::cns::tells_of_a_certificate;
use crate::http::pages::Refusal;
use crate::http::state::Gateway;

/// Refuses a request with such a header, in whatever spelling. None is ever read here; but who sends one tries out whether
/// it is, or runs a proxy that lets it through.
pub async fn no_certificates(
    State(gateway): State<Gateway>,
    request: Request,
    next: Next,
) -> Response {
    if request.headers().keys().any(tells_of_a_certificate) {
        gateway.metrics().certificate_header();
        let refusal = Refusal::new(StatusCode::BAD_REQUEST, "bad-request");
        return refusal.because("certificate-header").into_response();
    }
    next.run(request).await
}
