//! The authorization request (OpenID Connect Core, 3.1.2.1) as a list of small named steps.
//!
//! The first two prove the client and its redirect address; until they have, a refusal has nowhere to go but a page
//! of ours. Parameters that Varco does not know are passed over (RFC 6749, 3.1).

mod steps;

use std::time::Duration;

use chrono::serde::ts_nanoseconds;
use serde::{Deserialize, Serialize};

use self::steps::{
    MAX_STATE_BYTES, MAX_TEXT_BYTES, Prompt, bounded, code_in_the_query_only, max_age,
    named_subject, no_parameter_twice, no_request_object,
};
use super::claims::{ClaimsParameter, RequestedClaims};
use super::level::RequestedLevels;
use super::parameters::extend_uri;
use super::pkce::CodeChallenge;
use super::provider::OpenIdProvider;
use super::{Client, ErrorCode, Parameters, ProtocolError, RedirectUri};
use crate::identity::{AssuranceLevel, EvidenceId, RequiredAssurance, Timestamp};
use crate::policy::{Operation, OperationRule, ServiceId};
use crate::session::{Requirement, Session};

/// An authorization request that was read and found legal, waiting for its login.
#[derive(Clone, Serialize, Deserialize)]
pub struct PendingAuthorization {
    pub(super) reply: Reply,
    pub(super) client_id: String,
    pub(super) nonce: Option<String>,
    pub(super) challenge: CodeChallenge,
    pub(super) claims: RequestedClaims,
    pub(super) levels: RequestedLevels,
    pub(super) floor: RequiredAssurance,
    pub(super) service: Option<(ServiceId, Operation)>,
    pub(super) max_age: Option<Duration>,
    pub(super) force: bool,
    pub(super) subjects: Vec<String>,
    /// The newest login of the session that was there when the request came: later ones were made for it.
    pub(super) seen: Option<EvidenceId>,
    #[serde(with = "ts_nanoseconds")]
    pub(super) asked_at: Timestamp,
    interactive: bool,
    contacts: bool,
    provider_hint: Option<String>,
}

impl PendingAuthorization {
    /// What the login must bring. The level is the client's own floor or a higher one; what the service needs comes on
    /// top of it, from the catalogue.
    #[must_use]
    pub fn requirement(&self) -> Requirement {
        Requirement {
            service: self.service.clone(),
            client: Some(self.client_id.clone()),
            level: self.levels.required(self.floor),
            max_age: self.max_age,
            force: self.force,
            provider_hint: self.provider_hint.clone(),
            interactive: self.interactive,
            contacts: self.contacts,
        }
    }
}

/// Where an answer goes: an address that was found registered for the client, and the client's `state`. Only the steps
/// below make one.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Reply {
    redirect_uri: RedirectUri,
    state: Option<String>,
}

impl Reply {
    pub(super) fn redirect_uri(&self) -> &RedirectUri {
        &self.redirect_uri
    }

    /// The address with the answer's parameters, `state` and `iss` (RFC 9207), which every answer has.
    pub(super) fn location(&self, issuer: &str, parameters: &[(&str, &str)]) -> String {
        let mut all = parameters.to_vec();
        if let Some(state) = &self.state {
            all.push(("state", state));
        }
        all.push(("iss", issuer));
        extend_uri(self.redirect_uri.as_str(), &all)
    }

    pub(super) fn with(self, issuer: &str, error: ProtocolError) -> AuthorizationRefusal {
        let location = self.location(
            issuer,
            &[
                ("error", error.code.as_str()),
                ("error_description", error.description),
            ],
        );
        AuthorizationRefusal {
            error,
            location: Some(location),
        }
    }
}

/// A request that gets no code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuthorizationRefusal {
    /// What is wrong.
    pub error: ProtocolError,
    /// Where to send the browser, error included. `None` while client and redirect address are not proven: then a page
    /// of ours is all there is, and nothing of the request may be followed.
    pub location: Option<String>,
}

impl AuthorizationRefusal {
    pub(super) fn page(error: ProtocolError) -> Self {
        Self {
            error,
            location: None,
        }
    }
}

impl OpenIdProvider {
    /// Reads a request. `session` is the one the browser has, if any.
    pub(super) fn read_authorization(
        &self,
        parameters: &Parameters,
        session: Option<&Session>,
        now: Timestamp,
    ) -> Result<PendingAuthorization, AuthorizationRefusal> {
        let client = self
            .registered_client(parameters)
            .map_err(AuthorizationRefusal::page)?;
        let reply = registered_reply(parameters, client).map_err(AuthorizationRefusal::page)?;
        self.read_proven(parameters, client, &reply, session, now)
            .map_err(|error| reply.with(self.issuer(), error))
    }

    /// The steps after which a refusal may go to the client.
    fn read_proven(
        &self,
        parameters: &Parameters,
        client: &Client,
        reply: &Reply,
        session: Option<&Session>,
        now: Timestamp,
    ) -> Result<PendingAuthorization, ProtocolError> {
        no_parameter_twice(parameters)?;
        no_request_object(parameters)?;
        code_in_the_query_only(parameters)?;
        let challenge = CodeChallenge::read(parameters)?;
        let claims = ClaimsParameter::read(parameters)?;
        let prompt = Prompt::read(parameters)?;
        let max_age = max_age(parameters)?;
        let mut subjects: Vec<String> = self
            .hinted_subject(parameters, client)?
            .into_iter()
            .collect();
        subjects.extend(named_subject(&claims)?);
        let requested = RequestedClaims::read(parameters, &claims)?;
        let service = self.named_service(parameters, client)?;
        Ok(PendingAuthorization {
            reply: reply.clone(),
            client_id: client.id().to_owned(),
            nonce: bounded(parameters, "nonce", MAX_TEXT_BYTES)?,
            challenge,
            contacts: requested.needs_contacts(client.released()),
            claims: requested,
            levels: RequestedLevels::read(parameters, claims.id_token("acr"))?,
            floor: self.floor(client, service.as_ref()),
            service,
            max_age,
            // A login of this very second is old enough for an age of nothing.
            force: prompt.force || max_age == Some(Duration::ZERO),
            subjects,
            seen: session
                .and_then(|session| session.events().last())
                .map(|event| event.evidence.clone()),
            asked_at: now,
            interactive: prompt.interactive,
            provider_hint: bounded(parameters, "idp_hint", MAX_TEXT_BYTES)?,
        })
    }

    /// The least level of a login for a client. A request that takes the first half of an initial PIN alone says so in the
    /// catalogue, and no client that insists on more than the lowest level is given less (PIN rules, Emergency rule of March
    /// 2020).
    pub(super) fn floor(
        &self,
        client: &Client,
        service: Option<&(ServiceId, Operation)>,
    ) -> RequiredAssurance {
        let catalogue = self.catalogue();
        let rule = service.and_then(|(id, operation)| catalogue.get(id)?.rule(*operation));
        let takes_less = rule.is_some_and(OperationRule::takes_first_half);
        if takes_less && client.floor().0 == AssuranceLevel::Low {
            return RequiredAssurance(AssuranceLevel::BelowLow);
        }
        client.floor()
    }

    fn registered_client(&self, parameters: &Parameters) -> Result<&Client, ProtocolError> {
        let id = parameters.one("client_id")?;
        id.and_then(|id| self.clients().find(id))
            .ok_or(ProtocolError::invalid_request(
                "client_unknown",
                "client_id is missing or not registered",
            ))
    }

    /// `resource` (RFC 8707): a service of the catalogue that the client is registered for, as its id or as
    /// `{issuer}/services/{id}`, either of which `/consult` or `/request` may follow.
    fn named_service(
        &self,
        parameters: &Parameters,
        client: &Client,
    ) -> Result<Option<(ServiceId, Operation)>, ProtocolError> {
        let mut resources = parameters.all("resource");
        let Some(resource) = resources.next() else {
            return Ok(None);
        };
        let target = ProtocolError::new(
            ErrorCode::InvalidTarget,
            "resource_not_for_client",
            "resource is not one service that this client is registered for",
        );
        if resources.next().is_some() {
            return Err(target);
        }
        let name = resource
            .strip_prefix(self.issuer())
            .and_then(|path| path.strip_prefix("/services/"))
            .unwrap_or(resource);
        let (id, operation) = match name.split_once('/') {
            None => (name, Operation::Consult),
            Some((id, operation)) => (id, Operation::from_name(operation).ok_or(target)?),
        };
        client
            .services()
            .iter()
            .find(|service| service.as_str() == id)
            .map(|service| Some((service.clone(), operation)))
            .ok_or(target)
    }

    /// `id_token_hint`: an ID token of ours for this client, expired or not, names who must answer.
    fn hinted_subject(
        &self,
        parameters: &Parameters,
        client: &Client,
    ) -> Result<Option<String>, ProtocolError> {
        let Some(hint) = parameters.one("id_token_hint")? else {
            return Ok(None);
        };
        self.read_hint(hint)
            .filter(|hint| hint.client_id == client.id())
            .map(|hint| Some(hint.subject))
            .ok_or(ProtocolError::invalid_request(
                "id_token_hint_invalid",
                "id_token_hint is not an ID token of this issuer for this client",
            ))
    }
}

/// Exact comparison with what was registered (RFC 9700, 4.1.3). The parameter is required even of a client with one
/// address (OpenID Connect Core, 3.1.2.1).
fn registered_reply(parameters: &Parameters, client: &Client) -> Result<Reply, ProtocolError> {
    let redirect_uri = parameters
        .one("redirect_uri")?
        .and_then(|uri| client.redirect_uri(uri))
        .ok_or(ProtocolError::invalid_request(
            "redirect_uri_unregistered",
            "redirect_uri is missing or not registered for this client",
        ))?;
    let state = bounded(parameters, "state", MAX_STATE_BYTES);
    Ok(Reply {
        redirect_uri: redirect_uri.clone(),
        // One that is there twice or too long is refused by a later step, without being sent back.
        state: state.unwrap_or_default(),
    })
}

#[cfg(test)]
mod tests;
