//! Sending a person to a provider.

use super::settings::{MINIMAL, PROFESSIONAL};
use super::{NotOffered, SpidServiceProvider};
use crate::identity::{AssuranceLevel, RequiredAssurance, Timestamp};
use crate::login::saml::{PendingRequest, request_id};
use crate::protocol::saml::authn_request::{AuthnRequest, Purpose};
use crate::protocol::saml::binding::Binding;
use crate::protocol::saml::names::SPID_LEVELS;
use crate::protocol::saml::outgoing::OutgoingMessage;
use crate::protocol::saml::redirect::MessageKind;
use crate::protocol::xml::SignError;
use crate::session::{BrowserDigest, FlowId};
use crate::store::StoreError;

/// What a login starts with.
#[derive(Debug, Clone, Copy)]
pub struct StartLogin<'a> {
    /// The flow that the answer will go on with.
    pub flow: &'a FlowId,
    /// The browser that must bring the answer.
    pub browser: &'a BrowserDigest,
    /// Entity id of the provider.
    pub provider: &'a str,
    /// The least level; the configured minimum counts if it is higher.
    pub level: RequiredAssurance,
    /// How the request travels.
    pub binding: Binding,
    /// Which attributes to ask for; `None` for those that fit the purpose. A provider with a set of its own is asked for
    /// that one.
    pub attribute_set: Option<u16>,
    /// Which kinds of identity are admitted; `None` for citizens and professionals as natural persons.
    pub purpose: Option<Purpose>,
    /// Whether the person must give credentials even where the provider remembers them.
    pub force: bool,
}

/// Why a login does not start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartRefusal {
    /// No provider has this entity id.
    #[error("there is no such provider")]
    UnknownProvider,
    /// The provider is not offered for this level.
    #[error("the provider is not offered: {0}")]
    NotOffered(NotOffered),
    /// The provider does not speak this binding.
    #[error("the provider does not take requests by this binding")]
    Binding,
    /// The metadata have no such attribute set.
    #[error("there is no such attribute set")]
    AttributeSet,
    /// The request could not be signed.
    #[error("the request could not be signed: {0}")]
    Signing(#[from] SignError),
    /// The request could not be kept.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl StartRefusal {
    /// The reason code for logs, metrics and pages.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::UnknownProvider => "provider-unknown",
            Self::NotOffered(reason) => reason.code(),
            Self::Binding => "provider-binding",
            Self::AttributeSet => "attribute-set-unknown",
            Self::Signing(_) => "signing",
            Self::Store(_) => "store",
        }
    }
}

impl SpidServiceProvider {
    /// Makes, signs and keeps a request, and gives what the browser carries to the provider. The request is good for one
    /// answer, within 15 minutes, from the same browser.
    ///
    /// # Errors
    /// [`StartRefusal`] when the provider cannot serve or we cannot.
    pub async fn start(
        &self,
        login: StartLogin<'_>,
        now: Timestamp,
    ) -> Result<OutgoingMessage, StartRefusal> {
        let level = login.level.max(self.settings.minimum_level);
        let provider = self
            .providers
            .find(login.provider)
            .ok_or(StartRefusal::UnknownProvider)?;
        let metadata = provider
            .for_level(level)
            .map_err(StartRefusal::NotOffered)?;
        let endpoint = metadata.sso(login.binding).ok_or(StartRefusal::Binding)?;
        let attribute_set =
            provider
                .attribute_set
                .or(login.attribute_set)
                .unwrap_or(match login.purpose {
                    Some(_) => PROFESSIONAL,
                    None => MINIMAL,
                });
        if !self.settings.has_attribute_set(attribute_set) {
            return Err(StartRefusal::AttributeSet);
        }
        let relay_state = self.random().token();
        let id = request_id(&relay_state);
        // Mandatory above level 1: providers keep no session for those levels (B3).
        let forced = login.force || level.0 > AssuranceLevel::Low;
        let xml = AuthnRequest {
            id: &id,
            issue_instant: now,
            destination: &endpoint.location,
            issuer: &self.settings.entity_id,
            class_ref: class_ref(level.0),
            comparison: self.settings.comparison,
            force_authn: forced,
            assertion_consumer_service: 0,
            attribute_consuming_service: attribute_set,
            purpose: login.purpose,
        }
        .to_xml();
        let signed = self.key.send(
            xml,
            &id,
            (login.binding, &endpoint.location),
            MessageKind::Request,
            Some(&relay_state),
        )?;
        let pending = PendingRequest {
            id,
            issued: now,
            provider: metadata.entity_id.clone(),
            level: level.0,
            forced,
            attribute_set,
            relay_state: relay_state.into(),
            flow: login.flow.clone(),
            browser: login.browser.clone(),
            raw: signed.raw.into(),
        };
        self.exchange.keep(&pending).await?;
        Ok(signed.message)
    }
}

/// The class reference that asks for a level.
fn class_ref(level: AssuranceLevel) -> &'static str {
    let [l1, l2, l3] = SPID_LEVELS;
    match level {
        AssuranceLevel::BelowLow | AssuranceLevel::Low => l1,
        AssuranceLevel::Substantial => l2,
        AssuranceLevel::High => l3,
    }
}
