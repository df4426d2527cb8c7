//! Writing an AuthnRequest (SPID technical rules, AuthnRequest; Avviso 5, Avviso 18).

use chrono::{DateTime, Utc};
use serde::Deserialize;

use super::instant::format_instant;
use super::names;
use crate::protocol::xml::XmlWriter;

/// How the level that is asked for compares to the one that is given. `maximum` is left out: it would let a lower level
/// pass. So is `better`: it refuses the level that is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Comparison {
    /// This level or a higher one.
    #[default]
    Minimum,
    /// This level; the provider may still use a higher one (technical rules, AuthnRequest, note).
    Exact,
}

impl Comparison {
    fn name(self) -> &'static str {
        match self {
            Self::Minimum => "minimum",
            Self::Exact => "exact",
        }
    }
}

/// Which kinds of identity are admitted (Avviso 18 v2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Professional use, of a natural person or for a legal person.
    Professional,
    /// A legal person, or professional use for one.
    LegalPerson,
    /// Professional use for a legal person.
    ProfessionalForLegalPerson,
    /// Professional use of a natural person.
    ProfessionalOfNaturalPerson,
    /// Anything but a citizen's private identity.
    AnyProfessional,
}

impl Purpose {
    /// Every purpose.
    pub const ALL: [Self; 5] = [
        Self::Professional,
        Self::LegalPerson,
        Self::ProfessionalForLegalPerson,
        Self::ProfessionalOfNaturalPerson,
        Self::AnyProfessional,
    ];

    /// The code that the request carries.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Professional => "P",
            Self::LegalPerson => "LP",
            Self::ProfessionalForLegalPerson => "PG",
            Self::ProfessionalOfNaturalPerson => "PF",
            Self::AnyProfessional => "PX",
        }
    }

    /// The purpose of a code; `None` for an unknown one.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|purpose| purpose.code() == code)
    }
}

/// What an AuthnRequest says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuthnRequest<'a> {
    /// `ID`: unique, unguessable, an NCName (B1).
    pub id: &'a str,
    /// `IssueInstant` (B1).
    pub issue_instant: DateTime<Utc>,
    /// `Destination`: the location of the binding that is used (B2).
    pub destination: &'a str,
    /// `Issuer`: our entity id, which is also its `NameQualifier` (B7).
    pub issuer: &'a str,
    /// The one class reference, a SPID level (B9).
    pub class_ref: &'a str,
    /// `Comparison` (B9).
    pub comparison: Comparison,
    /// Whether the provider must ask for credentials though it has a session (B3).
    pub force_authn: bool,
    /// `AssertionConsumerServiceIndex` (B4).
    pub assertion_consumer_service: u16,
    /// `AttributeConsumingServiceIndex` (B5).
    pub attribute_consuming_service: u16,
    /// `Extensions/Purpose`, where professional identities are wanted (Avviso 18).
    pub purpose: Option<Purpose>,
}

impl AuthnRequest<'_> {
    /// The request as XML, not yet signed, its elements in the schema's order (B10).
    #[must_use]
    pub fn to_xml(&self) -> String {
        let mut xml = XmlWriter::new();
        xml.start("samlp:AuthnRequest")
            .namespace("samlp", names::PROTOCOL)
            .namespace("saml", names::ASSERTION)
            .attribute("ID", self.id)
            .attribute("Version", names::VERSION)
            .attribute("IssueInstant", &format_instant(self.issue_instant))
            .attribute("Destination", self.destination);
        if self.force_authn {
            xml.attribute("ForceAuthn", "true");
        }
        xml.attribute(
            "AssertionConsumerServiceIndex",
            &self.assertion_consumer_service.to_string(),
        )
        .attribute(
            "AttributeConsumingServiceIndex",
            &self.attribute_consuming_service.to_string(),
        );
        write_issuer(&mut xml, self.issuer);
        if let Some(purpose) = self.purpose {
            xml.start("samlp:Extensions")
                .namespace("spid", names::SPID)
                .element("spid:Purpose", purpose.code())
                .end();
        }
        xml.start("samlp:NameIDPolicy")
            .attribute("Format", names::TRANSIENT)
            .end();
        xml.start("samlp:RequestedAuthnContext")
            .attribute("Comparison", self.comparison.name())
            .element("saml:AuthnContextClassRef", self.class_ref);
        xml.finish()
    }
}

/// Our `Issuer`, alike in every message.
pub(super) fn write_issuer(xml: &mut XmlWriter, entity_id: &str) {
    xml.start("saml:Issuer")
        .attribute("Format", names::ENTITY)
        .attribute("NameQualifier", entity_id)
        .text(entity_id)
        .end();
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request() -> AuthnRequest<'static> {
        AuthnRequest {
            id: "_1",
            issue_instant: "2026-11-21T10:00:00Z".parse().unwrap(),
            destination: "https://idp.example/sso?a=1&b=2",
            issuer: "https://sp.example",
            class_ref: names::SPID_LEVELS[1],
            comparison: Comparison::Minimum,
            force_authn: true,
            assertion_consumer_service: 0,
            attribute_consuming_service: 1,
            purpose: None,
        }
    }

    #[test]
    fn a_request_is_written_in_the_order_of_the_schema_and_escaped() {
        insta::assert_snapshot!(request().to_xml(), @r#"<samlp:AuthnRequest xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="_1" Version="2.0" IssueInstant="2026-11-21T10:00:00Z" Destination="https://idp.example/sso?a=1&amp;b=2" ForceAuthn="true" AssertionConsumerServiceIndex="0" AttributeConsumingServiceIndex="1"><saml:Issuer Format="urn:oasis:names:tc:SAML:2.0:nameid-format:entity" NameQualifier="https://sp.example">https://sp.example</saml:Issuer><samlp:NameIDPolicy Format="urn:oasis:names:tc:SAML:2.0:nameid-format:transient"></samlp:NameIDPolicy><samlp:RequestedAuthnContext Comparison="minimum"><saml:AuthnContextClassRef>https://www.spid.gov.it/SpidL2</saml:AuthnContextClassRef></samlp:RequestedAuthnContext></samlp:AuthnRequest>"#);
    }

    #[test]
    fn a_request_at_level_1_need_not_force_and_never_has_what_spid_forbids() {
        let xml = AuthnRequest {
            force_authn: false,
            comparison: Comparison::Exact,
            ..request()
        }
        .to_xml();
        assert!(xml.contains("Comparison=\"exact\""));
        for forbidden in [
            "ForceAuthn",
            "IsPassive",
            "AllowCreate",
            "Scoping",
            "AssertionConsumerServiceURL",
            "ProtocolBinding",
        ] {
            assert!(!xml.contains(forbidden), "{forbidden}");
        }
    }

    #[test]
    fn a_purpose_stands_in_the_extensions_right_after_the_issuer() {
        for purpose in Purpose::ALL {
            let xml = AuthnRequest {
                purpose: Some(purpose),
                ..request()
            }
            .to_xml();
            let expected = format!(
                "</saml:Issuer><samlp:Extensions xmlns:spid=\"https://spid.gov.it/saml-extensions\">\
                 <spid:Purpose>{}</spid:Purpose></samlp:Extensions><samlp:NameIDPolicy",
                purpose.code()
            );
            assert!(xml.contains(&expected), "{xml}");
            assert_eq!(Purpose::from_code(purpose.code()), Some(purpose));
        }
        assert_eq!(Purpose::from_code("X"), None);
    }
}
