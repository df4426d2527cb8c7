//! Logout messages, by both bindings and in both directions.

use super::*;
use crate::crypto::SignatureAlgorithm;
use crate::protocol::saml::post::encode_post;
use crate::protocol::saml::redirect::redirect_url;
use crate::protocol::saml::testing::{
    FOREIGN_KEY, ISSUED, PROVIDER, PROVIDER_KEY, provider_keys, sign,
};

fn envelope() -> Envelope<'static> {
    Envelope {
        id: "_l",
        issue_instant: ISSUED.parse().unwrap(),
        destination: "https://sp.example/spid/slo",
        issuer: PROVIDER,
    }
}

fn request() -> String {
    envelope().logout_request(&LogoutSubject {
        name_id: "_transient",
        name_qualifier: PROVIDER,
        session_index: "_session",
    })
}

fn by_post(xml: &str, kind: MessageKind) -> Result<SignedLogout, LogoutRefusal> {
    let keys = provider_keys();
    open_logout(
        ReceivedLogout::Post {
            kind,
            field: &encode_post(xml),
            relay_state: Some("relay"),
        },
        |issuer| (issuer == PROVIDER).then_some(keys.as_slice()),
    )
}

fn by_redirect(query: &str) -> Result<SignedLogout, LogoutRefusal> {
    let keys = provider_keys();
    open_logout(ReceivedLogout::Redirect { query }, |issuer| {
        (issuer == PROVIDER).then_some(keys.as_slice())
    })
}

fn query(xml: &str, kind: MessageKind, key: &crate::crypto::SigningKey) -> String {
    let url = redirect_url(
        "https://sp.example/spid/slo",
        kind,
        xml,
        Some("relay"),
        SignatureAlgorithm::EcdsaSha256,
        key,
    )
    .unwrap();
    url.split_once('?').unwrap().1.to_owned()
}

fn code(opened: Result<SignedLogout, LogoutRefusal>) -> String {
    opened.unwrap_err().code()
}

#[test]
fn a_signed_request_is_opened_by_either_binding() {
    let posted = by_post(&sign(request(), "_l", &PROVIDER_KEY), MessageKind::Request).unwrap();
    let redirected = by_redirect(&query(&request(), MessageKind::Request, &PROVIDER_KEY)).unwrap();
    assert_eq!(posted, redirected);
    assert_eq!(posted.id(), "_l");
    assert_eq!(posted.issuer(), PROVIDER);
    assert_eq!(posted.relay_state(), Some("relay"));
    assert_eq!(
        posted.content(),
        &LogoutContent::Request {
            name_id: "_transient".to_owned(),
            session_indexes: vec!["_session".to_owned()],
            not_on_or_after: None,
        }
    );
}

#[test]
fn an_answer_is_opened_and_a_partial_one_says_so() {
    for partial in [false, true] {
        let xml = envelope().logout_response("_q", partial);
        let opened = by_post(&sign(xml, "_l", &PROVIDER_KEY), MessageKind::Response).unwrap();
        let LogoutContent::Response {
            in_response_to,
            status,
        } = opened.content()
        else {
            panic!("it is an answer");
        };
        assert_eq!(in_response_to, "_q");
        assert_eq!(status.is_partial_logout(), partial);
        assert_eq!(status.is_success(), !partial);
    }
}

#[test]
fn an_unsigned_or_wrongly_signed_message_is_refused_by_either_binding() {
    assert_eq!(
        code(by_post(&request(), MessageKind::Request)),
        "logout-signature-missing"
    );
    assert_eq!(
        code(by_post(
            &sign(request(), "_l", &FOREIGN_KEY),
            MessageKind::Request
        )),
        "logout-signature-value"
    );
    assert_eq!(
        code(by_redirect(&query(
            &request(),
            MessageKind::Request,
            &FOREIGN_KEY
        ))),
        "logout-signature-value"
    );
    // Signed within the XML only: the query is what must be signed.
    let within = sign(request(), "_l", &PROVIDER_KEY);
    assert_eq!(
        code(by_redirect(&query(
            &within,
            MessageKind::Request,
            &PROVIDER_KEY
        ))),
        "signature-unexpected"
    );
}

#[test]
fn a_message_of_a_stranger_is_refused() {
    let xml = request().replace(PROVIDER, "https://stranger.example");
    assert_eq!(
        code(by_post(
            &sign(xml, "_l", &PROVIDER_KEY),
            MessageKind::Request
        )),
        "logout-issuer-unknown"
    );
}

#[test]
fn a_message_in_the_wrong_parameter_is_refused() {
    let xml = sign(request(), "_l", &PROVIDER_KEY);
    assert_eq!(
        code(by_post(&xml, MessageKind::Response)),
        "logout-unexpected"
    );
    assert_eq!(
        code(by_redirect(&query(
            &request(),
            MessageKind::Response,
            &PROVIDER_KEY
        ))),
        "logout-unexpected"
    );
}

#[test]
fn a_request_that_lacks_something_is_refused_with_its_place() {
    for (from, to, expected) in [
        ("_transient", " ", "name-id-empty"),
        (
            "Version=\"2.0\"",
            "Version=\"1.0\"",
            "logout-version-malformed",
        ),
        (ISSUED, "yesterday", "logout-issue-instant-malformed"),
        (
            "</samlp:SessionIndex>",
            "</samlp:SessionIndex><samlp:Other></samlp:Other>",
            "logout-unexpected",
        ),
    ] {
        let xml = sign(request().replace(from, to), "_l", &PROVIDER_KEY);
        assert_eq!(code(by_post(&xml, MessageKind::Request)), expected);
    }
}

#[test]
fn a_document_type_is_refused_here_too() {
    let xml = format!(
        "<!DOCTYPE a [<!ENTITY x SYSTEM \"file:///etc/passwd\">]>{}",
        request()
    );
    assert_eq!(code(by_post(&xml, MessageKind::Request)), "xml-doctype");
    assert_eq!(
        code(by_redirect(&query(
            &xml,
            MessageKind::Request,
            &PROVIDER_KEY
        ))),
        "xml-doctype"
    );
}
