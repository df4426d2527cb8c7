//! The trust anchor's addresses (OpenID Federation 1.0, section 8; rules on CIE, B0).

use axum::extract::{Form, Query, State};
use axum::response::{IntoResponse as _, Redirect, Response};
use http::StatusCode;
use serde_json::json;

use super::{Fields, MinistryService, Refused, Stop, answer, json_answer};
use crate::demo::ministry::draft::Draft;
use crate::demo::ministry::statements::Enrolled;
use crate::demo::ministry::{PROVIDER, RELYING_PARTY, pages};

const STATEMENT: &str = "application/entity-statement+jwt";

pub(super) async fn configuration(
    State(service): State<MinistryService>,
) -> Result<Response, Refused> {
    let draft = service.ministry().anchor_configuration(service.now());
    signed(&service, &draft, STATEMENT)
}

/// Who the members are. `entity_type` leaves out the others.
pub(super) async fn list(
    State(service): State<MinistryService>,
    Query(query): Query<Fields>,
) -> Response {
    let wanted = query.get("entity_type");
    let is_wanted = |kind| wanted.is_none_or(|wanted| wanted == kind);
    let provider = Some(service.ministry().provider.clone()).filter(|_| is_wanted(PROVIDER));
    let enrolled = service.enrolled().map(|_| service.0.relying_party.clone());
    let relying_party = enrolled.filter(|_| is_wanted(RELYING_PARTY));
    let members: Vec<String> = provider.into_iter().chain(relying_party).collect();
    json_answer(&json!(members))
}

/// What the anchor says of a member.
pub(super) async fn fetch(
    State(service): State<MinistryService>,
    Query(query): Query<Fields>,
) -> Result<Response, Refused> {
    let bad = || Refused::because(StatusCode::BAD_REQUEST, "invalid_request", "sub is missing");
    let id = query.get("sub").ok_or_else(bad)?;
    let ministry = service.ministry();
    let (kind, (federation_keys, core_keys)) = if *id == ministry.provider {
        (PROVIDER, ministry.provider_keys())
    } else {
        let found = service.member(id).await;
        let (_, enrolled) = found.map_err(|error| {
            Refused::because(StatusCode::NOT_FOUND, "not_found", error.to_string())
        })?;
        let sets = (enrolled.federation.to_json(), enrolled.core.to_json());
        (RELYING_PARTY, sets)
    };
    let member = Enrolled {
        id,
        kind,
        federation_keys: &federation_keys,
        core_keys: &core_keys,
    };
    let draft = ministry.statement(&member, service.now());
    signed(&service, &draft, STATEMENT)
}

/// Whether a trust mark is still good, asked by the mark itself or, as the Italian profile does, by its id and subject.
pub(super) async fn mark_status(
    State(service): State<MinistryService>,
    Form(fields): Form<Fields>,
) -> Result<Response, Refused> {
    let ministry = service.ministry();
    let is_active = |id: &str, sub: &str| {
        let relying_party = service.enrolled().map(|_| &*service.0.relying_party);
        (id == ministry.mark_id(PROVIDER) && sub == ministry.provider)
            || (id == ministry.mark_id(RELYING_PARTY) && Some(sub) == relying_party)
    };
    if let (Some(id), Some(sub)) = (fields.get("id"), fields.get("sub")) {
        return Ok(json_answer(&json!({ "active": is_active(id, sub) })));
    }
    let bad = |why| Refused::because(StatusCode::BAD_REQUEST, "invalid_request", why);
    let mark = fields.get("trust_mark");
    let mark = mark.ok_or_else(|| bad("neither trust_mark nor id and sub"))?;
    let status = match read_mark(&service, mark) {
        Some((id, sub)) if is_active(&id, &sub) => "active",
        Some(_) => "revoked",
        None => "invalid",
    };
    let draft = Draft::new(
        "trust-mark-status-response+jwt",
        json!({
            "iss": ministry.anchor,
            "iat": service.now().timestamp(),
            "trust_mark": mark,
            "status": status,
        }),
    );
    signed(
        &service,
        &draft,
        "application/trust-mark-status-response+jwt",
    )
}

/// Id and subject of a mark that we made.
fn read_mark(service: &MinistryService, mark: &str) -> Option<(String, String)> {
    use crate::protocol::jose::{JwkSet, JwtProfile, verify_compact};
    let keys = JwkSet::new(vec![service.ministry().anchor_signer.jwk().clone()]).ok()?;
    let mark = verify_compact(mark, &JwtProfile::TRUST_MARK, &keys).ok()?;
    Some((mark.text("id")?.to_owned(), mark.text("sub")?.to_owned()))
}

pub(super) async fn home(State(service): State<MinistryService>) -> Response {
    let enrolled = service.enrolled();
    let relying_party = enrolled.is_some().then_some(&*service.0.relying_party);
    pages::anchor(service.ministry(), relying_party, service.is_down())
}

/// Switches anchor and provider off, or on again: what people then see of the gateway.
pub(super) async fn switch(State(service): State<MinistryService>) -> Response {
    service.switch(!service.is_down());
    Redirect::to(&service.ministry().anchor).into_response()
}

/// Takes the relying party as it shows itself now: what its operator would ask the portal for after a change of keys.
pub(super) async fn enrol(State(service): State<MinistryService>) -> Result<Response, Stop> {
    let before = service.enrolled();
    service.enrol(None);
    match service.member(&service.0.relying_party).await {
        Ok(_) => Ok(Redirect::to(&service.ministry().anchor).into_response()),
        Err(error) => {
            service.enrol(before);
            Err(Stop::because(StatusCode::BAD_GATEWAY, error.to_string()))
        }
    }
}

fn signed(
    service: &MinistryService,
    draft: &Draft,
    kind: &'static str,
) -> Result<Response, Refused> {
    let token = draft.sign(&service.ministry().anchor_signer);
    Ok(answer(
        StatusCode::OK,
        kind,
        token.map_err(Refused::broken)?,
    ))
}
