//! An `AuthnRequest` as a strict identity provider reads it: each rule that is broken has its row in the federation's
//! table of errors, and some are so bad that nobody can be answered.

use serde::{Deserialize, Serialize};

use crate::crypto::PublicKey;
use crate::identity::Timestamp;
use crate::protocol::saml::instant::parse_instant;
use crate::protocol::saml::names;
use crate::protocol::saml::post::{BindingRefusal, decode_post};
use crate::protocol::saml::redirect::RedirectQuery;
use crate::protocol::xml::{Document, Element, Limits, verify_enveloped};

use super::service_provider::ServiceProvider;
use crate::demo::providers::TestFederation;

/// How a message came.
#[derive(Debug, Clone, Copy)]
pub enum Incoming<'a> {
    /// HTTP-POST: the message's form field and `RelayState`.
    Post {
        /// The value of `SAMLRequest` or `SAMLResponse`.
        message: &'a str,
        /// The value of `RelayState`.
        relay_state: Option<&'a str>,
    },
    /// HTTP-Redirect: the raw query.
    Redirect(&'a str),
}

/// What the service provider wants to know, and where the answer goes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuthnRequest {
    /// `ID`.
    pub id: String,
    /// The level asked for, 1 to 3.
    pub level: u8,
    /// Whether the person must log in even if they have a session.
    pub force: bool,
    /// Where the response goes.
    pub consumer: String,
    /// The attributes asked for.
    pub attributes: Vec<String>,
    /// The kind of professional identity asked for (Avviso 18).
    pub purpose: Option<String>,
    /// To be handed back unchanged.
    pub relay_state: Option<String>,
}

/// Why a request is not served.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RequestRefusal {
    /// Nobody can be answered safely: the provider shows a page of its own (anomalies 2 to 7).
    Page(String),
    /// The service provider is told.
    Answer {
        /// Which row of the table.
        anomaly: u8,
        /// The request's `ID`, where it has one.
        in_response_to: Option<String>,
        /// `RelayState`, to be handed back.
        relay_state: Option<String>,
    },
}

fn page(why: impl ToString) -> RequestRefusal {
    RequestRefusal::Page(why.to_string())
}

/// The text of a message whose signature was verified, with its `RelayState`. A posted message is signed inside.
fn authentic(
    incoming: Incoming<'_>,
    keys: &[PublicKey],
) -> Result<(String, Option<String>), String> {
    let reason = |refusal: BindingRefusal| refusal.to_string();
    match incoming {
        Incoming::Post {
            message,
            relay_state,
        } => {
            let text = decode_post(message).map_err(reason)?;
            let document = Document::parse(&text, &Limits::MESSAGE).map_err(|e| e.to_string())?;
            verify_enveloped(document.root(), keys).map_err(|e| e.to_string())?;
            drop(document);
            Ok((text, relay_state.map(str::to_owned)))
        }
        Incoming::Redirect(query) => {
            let query = RedirectQuery::parse(query).map_err(reason)?;
            query.verify(keys).map_err(|e| e.to_string())?;
            let text = query.inflate().map_err(reason)?;
            Ok((text, query.relay_state().map(str::to_owned)))
        }
    }
}

impl AuthnRequest {
    /// Verifies and reads a request that came to `sso`.
    ///
    /// # Errors
    /// [`RequestRefusal`] names the rule that is broken.
    pub fn read(
        incoming: Incoming<'_>,
        provider: &ServiceProvider,
        (federation, sso): (TestFederation, &str),
        now: Timestamp,
    ) -> Result<Self, RequestRefusal> {
        let (text, relay_state) = authentic(incoming, &provider.keys).map_err(page)?;
        let document = Document::parse(&text, &Limits::MESSAGE).map_err(page)?;
        let root = document.root();
        if !root.is(names::PROTOCOL, "AuthnRequest") {
            return Err(page("not an AuthnRequest"));
        }
        let issuer = root.only(names::ASSERTION, "Issuer").map_err(page)?;
        if issuer.text().as_deref() != Some(provider.entity_id.as_str()) {
            return Err(page("the issuer is not a registered service provider"));
        }
        let id = root.id().filter(|id| !id.is_empty());
        let read = Checks {
            root,
            issuer,
            provider,
            federation,
            sso,
            now,
        };
        read.request(id, relay_state.clone())
            .map_err(|anomaly| RequestRefusal::Answer {
                anomaly,
                in_response_to: id.map(str::to_owned),
                relay_state,
            })
    }
}

struct Checks<'a> {
    root: Element<'a>,
    issuer: Element<'a>,
    provider: &'a ServiceProvider,
    federation: TestFederation,
    sso: &'a str,
    now: Timestamp,
}

impl Checks<'_> {
    fn request(&self, id: Option<&str>, relay_state: Option<String>) -> Result<AuthnRequest, u8> {
        let root = self.root;
        let id = id.ok_or(11_u8)?;
        ensure(root.attribute("Version") == Some(names::VERSION), 9)?;
        let format = self.issuer.attribute("Format");
        let named = match self.federation {
            TestFederation::Spid => {
                format == Some(names::ENTITY) && self.issuer.attribute("NameQualifier").is_some()
            }
            TestFederation::Cie => format.is_none_or(|format| format == names::ENTITY),
        };
        ensure(named, 8)?;
        let issued = root.attribute("IssueInstant").and_then(parse_instant);
        let age = issued.map(|issued| (self.now - issued).num_seconds());
        ensure(age.is_some_and(|seconds| (-60..300).contains(&seconds)), 13)?;
        ensure(root.attribute("Destination") == Some(self.sso), 14)?;
        ensure(root.attribute("IsPassive").is_none(), 15)?;
        let policy = root.only(names::PROTOCOL, "NameIDPolicy").map_err(|_| 17)?;
        ensure(
            policy.attribute("Format") == Some(names::TRANSIENT)
                && policy.attribute("AllowCreate").is_none(),
            17,
        )?;
        let context = root
            .only(names::PROTOCOL, "RequestedAuthnContext")
            .map_err(|_| 12)?;
        let comparison = context.attribute("Comparison").unwrap_or("exact");
        let class = context
            .only(names::ASSERTION, "AuthnContextClassRef")
            .map_err(|_| 12)?;
        let level = class
            .text()
            .and_then(|class| names::spid_level(&class))
            .ok_or(12_u8)?;
        let comparable = match self.federation {
            TestFederation::Spid => ["exact", "minimum", "better", "maximum"].contains(&comparison),
            // The combinations that the manual allows.
            TestFederation::Cie => comparison == "minimum" || (comparison, level) == ("exact", 3),
        };
        ensure(comparable, 12)?;
        let force = matches!(root.attribute("ForceAuthn"), Some("true" | "1"));
        // Only SPID's level 1 may rest on a session at the provider.
        let may_rest = self.federation == TestFederation::Spid && level == 1;
        ensure(force || may_rest, 8)?;
        let foreign = ["Scoping", "Extensions"];
        let has_foreign = foreign
            .iter()
            .any(|name| root.children_named(names::PROTOCOL, name).next().is_some());
        ensure(self.federation == TestFederation::Spid || !has_foreign, 8)?;
        Ok(AuthnRequest {
            id: id.to_owned(),
            level,
            force,
            consumer: self.consumer().ok_or(16_u8)?,
            attributes: self.attributes().ok_or(18_u8)?,
            purpose: self.purpose(),
            relay_state,
        })
    }

    fn consumer(&self) -> Option<String> {
        let index = self.root.attribute("AssertionConsumerServiceIndex");
        let url = self.root.attribute("AssertionConsumerServiceURL");
        let binding = self.root.attribute("ProtocolBinding");
        let mut known = self.provider.consumers.iter();
        let found = match (index, url, binding) {
            (Some(index), None, None) => known.find(|(known, _)| known == index),
            (None, Some(url), Some(names::HTTP_POST)) => known.find(|(_, known)| known == url),
            _ => None,
        };
        found.map(|(_, location)| location.clone())
    }

    fn attributes(&self) -> Option<Vec<String>> {
        let index = self.root.attribute("AttributeConsumingServiceIndex")?;
        let mut sets = self.provider.attribute_sets.iter();
        sets.find(|(known, _)| known == index)
            .map(|(_, names)| names.clone())
    }

    fn purpose(&self) -> Option<String> {
        let extensions = self
            .root
            .children_named(names::PROTOCOL, "Extensions")
            .next()?;
        let purpose = extensions.children_named(names::SPID, "Purpose").next()?;
        purpose.text().map(|purpose| purpose.trim().to_owned())
    }
}

fn ensure(holds: bool, anomaly: u8) -> Result<(), u8> {
    if holds { Ok(()) } else { Err(anomaly) }
}
