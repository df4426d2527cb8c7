//! Single logout as a provider does it (SPID technical rules, single logout; SAML 2.0 profiles, 4.4).

use super::TestIdp;
use super::request::{Incoming, authentic};
use super::service_provider::{LogoutService, ServiceProvider};
use crate::crypto::signer::CannotSign;
use crate::crypto::{DigestAlgorithm, Random, SignatureAlgorithm};
use crate::identity::Timestamp;
use crate::protocol::saml::instant::format_instant;
use crate::protocol::saml::names;
use crate::protocol::saml::post::encode_post;
use crate::protocol::saml::redirect::{MessageKind, redirect_url};
use crate::protocol::xml::{
    Document, Limits, SignError, SignaturePlace, XmlSignature, XmlWriter, sign_enveloped,
};

/// A verified `LogoutRequest`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogoutRequest {
    /// `ID`.
    pub id: String,
    /// The transient name that is to be logged out.
    pub name_id: String,
    /// `SessionIndex`.
    pub session_index: Option<String>,
    /// To be handed back unchanged.
    pub relay_state: Option<String>,
}

/// A verified `LogoutResponse`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogoutResponse {
    /// Which request it answers.
    pub in_response_to: Option<String>,
    /// The first-level status.
    pub status: String,
    /// The second-level status: a partial logout says so here.
    pub second: Option<String>,
}

/// A logout message on its way to the service provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outgoing {
    /// An address to send the browser to.
    Redirect(String),
    /// A form to post: where, and its fields.
    Post(String, Vec<(&'static str, String)>),
}

/// What the provider tells.
enum Message<'a> {
    Request {
        name_id: &'a str,
        index: &'a str,
    },
    Response {
        in_response_to: &'a str,
        partial: bool,
    },
}

impl LogoutRequest {
    /// Verifies and reads a request that came to `slo`.
    ///
    /// # Errors
    /// What is wrong with it, in a few words.
    pub fn read(
        incoming: Incoming<'_>,
        provider: &ServiceProvider,
        slo: &str,
    ) -> Result<Self, String> {
        let (text, relay_state) = authentic(incoming, &provider.keys)?;
        let document = Document::parse(&text, &Limits::MESSAGE).map_err(|e| e.to_string())?;
        let root = document.root();
        if !root.is(names::PROTOCOL, "LogoutRequest") {
            return Err("not a LogoutRequest".to_owned());
        }
        if root.attribute("Destination") != Some(slo) {
            return Err("Destination is another address".to_owned());
        }
        let child = |ns, name| {
            root.children_named(ns, name)
                .next()
                .and_then(|it| it.text())
        };
        if child(names::ASSERTION, "Issuer").as_deref() != Some(provider.entity_id.as_str()) {
            return Err("the issuer is not a registered service provider".to_owned());
        }
        Ok(Self {
            id: root.id().ok_or("ID is missing")?.to_owned(),
            name_id: child(names::ASSERTION, "NameID")
                .ok_or("NameID is missing")?
                .trim()
                .to_owned(),
            session_index: child(names::PROTOCOL, "SessionIndex").map(|index| index.into_owned()),
            relay_state,
        })
    }
}

impl LogoutResponse {
    /// Verifies and reads an answer that came to `slo`.
    ///
    /// # Errors
    /// What is wrong with it, in a few words.
    pub fn read(
        incoming: Incoming<'_>,
        provider: &ServiceProvider,
        slo: &str,
    ) -> Result<Self, String> {
        let (text, _) = authentic(incoming, &provider.keys)?;
        let document = Document::parse(&text, &Limits::MESSAGE).map_err(|e| e.to_string())?;
        let root = document.root();
        if !root.is(names::PROTOCOL, "LogoutResponse") || root.attribute("Destination") != Some(slo)
        {
            return Err("not a LogoutResponse for this address".to_owned());
        }
        let code = root
            .only(names::PROTOCOL, "Status")
            .and_then(|status| status.only(names::PROTOCOL, "StatusCode"))
            .map_err(|e| e.to_string())?;
        let second = code.children_named(names::PROTOCOL, "StatusCode").next();
        Ok(Self {
            in_response_to: root.attribute("InResponseTo").map(str::to_owned),
            status: code.attribute("Value").unwrap_or_default().to_owned(),
            second: second.and_then(|code| code.attribute("Value").map(str::to_owned)),
        })
    }
}

impl TestIdp {
    /// Asks the service provider to end a session that began here. Gives the request's `ID` with it.
    ///
    /// # Errors
    /// [`SignError`] when the key fails; `None` when the service provider publishes no address for it.
    pub fn ask_logout(
        &self,
        service: &ServiceProvider,
        name_id: &str,
        index: &str,
        now: Timestamp,
        random: &dyn Random,
    ) -> Result<Option<(String, Outgoing)>, SignError> {
        let Some(address) = logout_address(service) else {
            return Ok(None);
        };
        let id = random.xml_id();
        let message = Message::Request { name_id, index };
        let xml = self.logout_message(&id, &address.location, &message, now);
        self.send(xml, &id, address, MessageKind::Request, None)
            .map(|outgoing| Some((id, outgoing)))
    }

    /// Answers that a session has ended here, or (`partial`) that not everybody could be told.
    ///
    /// # Errors
    /// [`SignError`] when the key fails; `None` when the service provider publishes no address for it.
    pub fn answer_logout(
        &self,
        service: &ServiceProvider,
        request: &LogoutRequest,
        partial: bool,
        now: Timestamp,
        random: &dyn Random,
    ) -> Result<Option<Outgoing>, SignError> {
        let Some(address) = logout_address(service) else {
            return Ok(None);
        };
        let id = random.xml_id();
        let message = Message::Response {
            in_response_to: &request.id,
            partial,
        };
        let xml = self.logout_message(&id, &address.response_location, &message, now);
        let relay_state = request.relay_state.as_deref();
        self.send(xml, &id, address, MessageKind::Response, relay_state)
            .map(Some)
    }

    fn logout_message(
        &self,
        id: &str,
        destination: &str,
        message: &Message<'_>,
        now: Timestamp,
    ) -> String {
        let mut xml = XmlWriter::new();
        xml.start(match message {
            Message::Request { .. } => "samlp:LogoutRequest",
            Message::Response { .. } => "samlp:LogoutResponse",
        });
        xml.namespace("samlp", names::PROTOCOL)
            .namespace("saml", names::ASSERTION)
            .attribute("ID", id)
            .attribute("Version", names::VERSION)
            .attribute("IssueInstant", &format_instant(now))
            .attribute("Destination", destination);
        if let Message::Response { in_response_to, .. } = message {
            xml.attribute("InResponseTo", in_response_to);
        }
        xml.start("saml:Issuer")
            .attribute("Format", names::ENTITY)
            .attribute("NameQualifier", self.entity_id())
            .text(self.entity_id())
            .end();
        match message {
            Message::Request { name_id, index } => {
                xml.start("saml:NameID")
                    .attribute("Format", names::TRANSIENT)
                    .attribute("NameQualifier", self.entity_id())
                    .text(name_id)
                    .end();
                xml.element("samlp:SessionIndex", index);
            }
            Message::Response { partial, .. } => {
                let code = if *partial {
                    names::REQUESTER
                } else {
                    names::SUCCESS
                };
                xml.start("samlp:Status")
                    .start("samlp:StatusCode")
                    .attribute("Value", code);
                if *partial {
                    xml.start("samlp:StatusCode")
                        .attribute("Value", names::PARTIAL_LOGOUT);
                }
            }
        }
        xml.finish()
    }

    fn send(
        &self,
        xml: String,
        id: &str,
        address: &LogoutService,
        kind: MessageKind,
        relay_state: Option<&str>,
    ) -> Result<Outgoing, SignError> {
        let location = match kind {
            MessageKind::Request => &address.location,
            MessageKind::Response => &address.response_location,
        };
        let algorithm = SignatureAlgorithm::RsaSha256;
        if address.binding == names::HTTP_REDIRECT {
            let url = redirect_url(location, kind, &xml, relay_state, algorithm, self.signer())
                .map_err(|CannotSign| SignError::Key(CannotSign))?;
            return Ok(Outgoing::Redirect(url));
        }
        let with = XmlSignature {
            algorithm,
            digest: DigestAlgorithm::Sha256,
            certificate_der: Some(self.certificate()),
        };
        let signed = sign_enveloped(xml, id, SignaturePlace::AfterIssuer, self.signer(), &with)?;
        let mut fields = vec![(kind.parameter(), encode_post(&signed))];
        fields.extend(relay_state.map(|state| ("RelayState", state.to_owned())));
        Ok(Outgoing::Post(location.clone(), fields))
    }
}

/// Redirect where there is one, else POST: the service provider publishes both or either.
fn logout_address(service: &ServiceProvider) -> Option<&LogoutService> {
    [names::HTTP_REDIRECT, names::HTTP_POST]
        .iter()
        .find_map(|binding| service.logout.iter().find(|it| it.binding == *binding))
}
