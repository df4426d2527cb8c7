//! Nobody tells us of a client certificate in a header, but for the one proxy of the card host, on its own listener.

use http::{HeaderMap, StatusCode};

use crate::http::cns::tells_of_a_certificate;
use crate::http::pages::Refusal;
use crate::http::state::Gateway;

/// The refusal of a request with such a header, in whatever spelling; it is counted. None is ever read here; but who sends
/// one tries out whether it is, or runs a proxy that lets it through.
pub(in crate::http) fn certificate_told(gateway: &Gateway, headers: &HeaderMap) -> Option<Refusal> {
    headers.keys().any(tells_of_a_certificate).then(|| {
        gateway.metrics().certificate_header();
        Refusal::new(StatusCode::BAD_REQUEST, "bad-request").because("certificate-header")
    })
}
