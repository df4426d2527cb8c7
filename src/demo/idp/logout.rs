//! Single logout as a provider does it (SPID technical rules, single logout; SAML 2.0 profiles, 4.4).

use super::TestIdp;
use super::service_provider::ServiceProvider;
use crate::crypto::Random;
use crate::identity::Timestamp;
use crate::protocol::saml::binding::{Binding, Endpoint};
use crate::protocol::saml::logout::{
    Envelope, LogoutSubject, ReceivedLogout, SignedLogout, open_logout,
};
use crate::protocol::saml::outgoing::OutgoingMessage;
use crate::protocol::saml::redirect::MessageKind;
use crate::protocol::xml::SignError;

/// Verifies and reads a message that came to `slo`.
///
/// # Errors
/// What is wrong with it, in a few words.
pub fn read(
    received: ReceivedLogout<'_>,
    service: &ServiceProvider,
    slo: &str,
) -> Result<SignedLogout, String> {
    let keys = |issuer: &str| (issuer == service.entity_id).then_some(service.keys.as_slice());
    let message = open_logout(received, keys).map_err(|refusal| refusal.to_string())?;
    if message.destination() == Some(slo) {
        Ok(message)
    } else {
        Err("Destination is another address".to_owned())
    }
}

impl TestIdp {
    /// Asks the service provider to end a session that began here; `None` when it publishes no address for that.
    ///
    /// # Errors
    /// [`SignError`] when the key fails.
    pub fn ask_logout(
        &self,
        service: &ServiceProvider,
        name_id: &str,
        session_index: &str,
        now: Timestamp,
        random: &dyn Random,
    ) -> Result<Option<OutgoingMessage>, SignError> {
        let Some(endpoint) = logout_endpoint(service) else {
            return Ok(None);
        };
        let id = random.xml_id();
        let subject = LogoutSubject {
            name_id,
            name_qualifier: self.entity_id(),
            session_index,
        };
        let xml = self
            .envelope(&id, &endpoint.location, now)
            .logout_request(&subject);
        self.send(xml, &id, endpoint, MessageKind::Request, None)
            .map(Some)
    }

    /// Answers that a session has ended here, or (`partial`) that not everybody was reached; `None` when the service
    /// provider publishes no address for it.
    ///
    /// # Errors
    /// [`SignError`] when the key fails.
    pub fn answer_logout(
        &self,
        service: &ServiceProvider,
        request: &SignedLogout,
        partial: bool,
        now: Timestamp,
        random: &dyn Random,
    ) -> Result<Option<OutgoingMessage>, SignError> {
        let Some(endpoint) = logout_endpoint(service) else {
            return Ok(None);
        };
        let id = random.xml_id();
        let xml = self
            .envelope(&id, endpoint.answers(), now)
            .logout_response(request.id(), partial);
        self.send(
            xml,
            &id,
            endpoint,
            MessageKind::Response,
            request.relay_state(),
        )
        .map(Some)
    }

    fn envelope<'a>(&'a self, id: &'a str, destination: &'a str, now: Timestamp) -> Envelope<'a> {
        Envelope {
            id,
            issue_instant: now,
            destination,
            issuer: self.entity_id(),
        }
    }

    fn send(
        &self,
        xml: String,
        id: &str,
        endpoint: &Endpoint,
        kind: MessageKind,
        relay_state: Option<&str>,
    ) -> Result<OutgoingMessage, SignError> {
        let location = match kind {
            MessageKind::Request => endpoint.location.as_str(),
            MessageKind::Response => endpoint.answers(),
        };
        let to = (endpoint.binding, location);
        let sent = self.key.send(xml, id, to, kind, relay_state)?;
        Ok(sent.message)
    }
}

/// Redirect where there is one, else POST.
fn logout_endpoint(service: &ServiceProvider) -> Option<&Endpoint> {
    [Binding::Redirect, Binding::Post]
        .iter()
        .find_map(|binding| service.logout.iter().find(|it| it.binding == *binding))
}
