//! What the addresses of both SAML federations do alike: messages come out of a form, and go back into the browser.

mod form;

use axum::body::{Body, Bytes};
use axum::response::Response;
use http::{HeaderMap, HeaderValue, StatusCode, header};

use super::flow::{self, RefusedAnswer};
use super::pages::{self, Action, Refusal};
use super::visit::Visit;
use crate::identity::AuthenticationMethod;
use crate::login::saml::{LoginRefusal, ProviderError, RefusalKind};
use crate::protocol::saml::outgoing::OutgoingMessage;

pub(super) use form::SamlForm;

/// Gives the browser a message to carry: 200 with a form that submits itself, or 302.
pub(super) fn send(visit: &Visit, message: OutgoingMessage) -> Response {
    match message {
        OutgoingMessage::Post { action, fields } => pages::auto_post(visit, &action, &fields),
        OutgoingMessage::Redirect(address) => flow::found(address),
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

/// The fields of a form that brings an answer: `SAMLResponse` and `RelayState`. A form that is none has the page of `code`.
pub(super) fn answer(
    headers: &HeaderMap,
    // Taken whole: what waits for the disk afterwards holds no message that was read.
    body: Bytes,
    code: &'static str,
) -> Result<(String, Option<String>), Refusal> {
    let form = SamlForm::read(headers, &body).filter(|form| form.request.is_none());
    let form = form.ok_or_else(|| refused_form(code))?;
    let response = form.response.ok_or_else(|| refused_form(code))?;
    Ok((response, form.relay_state))
}

/// The page of a refused response, with the texts of `code` where a check failed. It is noted on the way.
pub(super) async fn refused<E: ProviderError>(
    visit: &Visit,
    method: AuthenticationMethod,
    code: &'static str,
    refusal: LoginRefusal<E>,
) -> Result<Refusal, Refusal> {
    let flow_of_it = refusal.flow.as_ref();
    let forbidden = |code| Refusal::new(StatusCode::FORBIDDEN, code);
    let (outcome, page) = match refusal.kind {
        RefusalKind::Response => {
            let again = Action::log_in_again(flow_of_it);
            ("refused", forbidden(code).offering(again))
        }
        RefusalKind::Anomaly(error) => ("anomaly", pages::provider_error(error, flow_of_it)),
        RefusalKind::NoRequest => ("no-request", forbidden("flow-gone")),
        RefusalKind::Unavailable => (
            "unavailable",
            Refusal::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable"),
        ),
    };
    let refused = RefusedAnswer {
        method,
        anomaly: refusal.anomaly_sent().and_then(ProviderError::number),
        provider: refusal.provider,
        code: refusal.code.clone(),
        evidence: refusal.evidence,
    };
    flow::note_refused(visit, outcome, refused).await?;
    Ok(page.because(refusal.code))
}
