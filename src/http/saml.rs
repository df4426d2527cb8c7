//! What the addresses of both SAML federations do alike: messages come out of a form, and go back into the browser.

mod form;

use axum::body::Body;
use axum::response::Response;
use http::{HeaderValue, StatusCode, header};

use super::pages::{self, Refusal};
use super::visit::Visit;
use crate::protocol::saml::outgoing::OutgoingMessage;

pub(super) use form::SamlForm;

/// Gives the browser a message to carry: 200 with a form that submits itself, or 302.
pub(super) fn send(visit: &Visit, message: OutgoingMessage) -> Response {
    match message {
        OutgoingMessage::Post { action, fields } => pages::auto_post(visit, &action, &fields),
        OutgoingMessage::Redirect(address) => {
            let Ok(location) = HeaderValue::try_from(address) else {
                // An address out of metadata was parsed as one; a signed query is ASCII.
                return pages::empty(StatusCode::INTERNAL_SERVER_ERROR);
            };
            let mut response = pages::empty(StatusCode::FOUND);
            response.headers_mut().insert(header::LOCATION, location);
            response
        }
    }
}

/// Published metadata.
pub(super) fn metadata(xml: &str) -> Response {
    let mut response = Response::new(Body::from(xml.to_owned()));
    response.headers_mut().insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/samlmetadata+xml"),
    );
    response
}

/// What comes to an address for messages and is none.
pub(super) fn refused_form(code: &'static str) -> Refusal {
    Refusal::new(StatusCode::BAD_REQUEST, code).because("message-parameters")
}
