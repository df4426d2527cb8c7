//! What the register keeps of a login (B12): authorization request and answer, the requests to the token and userinfo
//! endpoints and their answers, and which trust chain stood behind the provider.

use std::net::IpAddr;

use serde_json::{Value, json};

use super::answer::Answer;
use super::exchange::Exchanged;
use super::pending::PendingLogin;
use crate::audit::{RegisterEntry, RegisterOutcome};
use crate::crypto::encoding::hex;
use crate::crypto::sha256;
use crate::fetch::Reply;
use crate::identity::EvidenceId;

/// An entry with nothing in it.
pub(super) fn blank() -> RegisterEntry {
    RegisterEntry {
        request_id: None,
        request_instant: None,
        response_id: None,
        response_instant: None,
        response_issuer: None,
        assertion_id: None,
        subject: None,
        name_qualifier: None,
        provider: None,
        level: None,
        outcome: RegisterOutcome::Accepted,
        flow: None,
        client_address: None,
        request_raw: Vec::new().into(),
        response_raw: Vec::new().into(),
    }
}

/// What was sent and what came, each as one JSON document.
pub(super) fn entry(
    request: &PendingLogin,
    answer: &Answer,
    query: &str,
    exchanged: &Exchanged,
    chain: Option<&EvidenceId>,
    client_address: Option<IpAddr>,
) -> RegisterEntry {
    let sent = json!({
        "authorization_request": request.raw.expose(),
        "trust_chain": chain.map(|chain| chain.0.as_str()),
        "token_request": exchanged.token_request,
    });
    let came = json!({
        "authorization_response": query,
        "token_response": exchanged.token_reply.as_ref().map(told),
        "userinfo_response": exchanged.userinfo_reply.as_ref().map(told),
    });
    RegisterEntry {
        request_id: Some(request.request_id.clone()),
        request_instant: Some(request.issued),
        response_issuer: answer.issuer().map(str::to_owned),
        provider: Some(request.provider.clone()),
        flow: Some(hex(&sha256(request.flow.as_str().as_bytes()))),
        client_address: client_address.map(Into::into),
        request_raw: sent.to_string().into_bytes().into(),
        response_raw: came.to_string().into_bytes().into(),
        ..blank()
    }
}

fn told(reply: &Reply) -> Value {
    json!({
        "status": reply.status,
        "content_type": reply.kind,
        "body": String::from_utf8_lossy(&reply.body),
    })
}
