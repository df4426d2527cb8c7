//! Sending a person to the Ministry.

use super::CieServiceProvider;
use crate::identity::{AssuranceLevel, RequiredAssurance, Timestamp};
use crate::login::saml::{PendingRequest, request_id};
use crate::protocol::saml::authn_request::{AuthnRequest, Comparison};
use crate::protocol::saml::binding::Binding;
use crate::protocol::saml::names::SPID_LEVELS;
use crate::protocol::saml::outgoing::OutgoingMessage;
use crate::protocol::saml::redirect::MessageKind;
use crate::protocol::xml::SignError;
use crate::session::{BrowserDigest, FlowId};
use crate::store::StoreError;

/// What a login starts with.
#[derive(Debug, Clone, Copy)]
pub struct StartCieLogin<'a> {
    /// The flow that the answer will go on with.
    pub flow: &'a FlowId,
    /// The browser that must bring the answer.
    pub browser: &'a BrowserDigest,
    /// The least level.
    pub level: RequiredAssurance,
    /// How the request travels; `None` for what the Ministry takes, POST first.
    pub binding: Option<Binding>,
}

/// Why a login does not start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CieStartRefusal {
    /// No login here is believed at this level.
    #[error("logins here are believed up to a lower level")]
    Level,
    /// The Ministry does not speak this binding.
    #[error("the Ministry does not take requests by this binding")]
    Binding,
    /// The request could not be signed.
    #[error("the request could not be signed: {0}")]
    Signing(#[from] SignError),
    /// The request could not be kept.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl CieStartRefusal {
    /// The reason code for logs, metrics and pages.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Level => "provider-level",
            Self::Binding => "provider-binding",
            Self::Signing(_) => "signing",
            Self::Store(_) => "store",
        }
    }
}

impl CieServiceProvider {
    /// Makes, signs and keeps a request, and gives what the browser carries to the Ministry (CIE SAML manual, authentication
    /// request). The request is good for one answer, within 15 minutes, from the same browser.
    ///
    /// # Errors
    /// [`CieStartRefusal`] when the Ministry cannot serve or we cannot.
    pub async fn start(
        &self,
        login: StartCieLogin<'_>,
        now: Timestamp,
    ) -> Result<OutgoingMessage, CieStartRefusal> {
        if !self.reaches(login.level) {
            return Err(CieStartRefusal::Level);
        }
        let ministry = self.ministry.metadata();
        let endpoint = match login.binding {
            Some(binding) => ministry.sso(binding),
            None => ministry
                .sso(Binding::Post)
                .or_else(|| ministry.sso(Binding::Redirect)),
        };
        let endpoint = endpoint.ok_or(CieStartRefusal::Binding)?;
        let relay_state = self.random().token();
        let id = request_id(&relay_state);
        let xml = AuthnRequest {
            id: &id,
            issue_instant: now,
            // The address of the binding, "not as the SPID rules have it".
            destination: &endpoint.location,
            issuer: &self.settings.entity_id,
            class_ref: class_ref(login.level.0),
            // The one comparison that the manual allows with each of the three levels.
            comparison: Comparison::Minimum,
            // Always, at level 1 too.
            force_authn: true,
            assertion_consumer_service: 0,
            attribute_consuming_service: 0,
            purpose: None,
        }
        .to_xml();
        let sent = self.keys.signing.send(
            xml,
            &id,
            (endpoint.binding, &endpoint.location),
            MessageKind::Request,
            Some(&relay_state),
        )?;
        let pending = PendingRequest {
            id,
            issued: now,
            provider: ministry.entity_id.clone(),
            level: login.level.0,
            forced: true,
            attribute_set: 0,
            relay_state: relay_state.into(),
            flow: login.flow.clone(),
            browser: login.browser.clone(),
            raw: sent.raw.into(),
        };
        self.exchange.keep(&pending).await?;
        Ok(sent.message)
    }
}

/// The class reference that asks for a level: CIE borrows SPID's (CIE SAML manual, authentication request).
fn class_ref(level: AssuranceLevel) -> &'static str {
    let [l1, l2, l3] = SPID_LEVELS;
    match level {
        AssuranceLevel::BelowLow | AssuranceLevel::Low => l1,
        AssuranceLevel::Substantial => l2,
        AssuranceLevel::High => l3,
    }
}
