//! Responses for tests: a correct one as text, to be changed and signed.

use std::sync::LazyLock;

use crate::crypto::PublicKey;
use crate::crypto::{DigestAlgorithm, KeyKind, SignatureAlgorithm, Signer as _, SigningKey};
use crate::protocol::xml::{SignaturePlace, XmlSignature, sign_enveloped};

/// The key that the tests' provider signs with.
pub(crate) static PROVIDER_KEY: LazyLock<SigningKey> =
    LazyLock::new(|| SigningKey::generate(KeyKind::P256).unwrap());
/// A key that nobody trusts.
pub(crate) static FOREIGN_KEY: LazyLock<SigningKey> =
    LazyLock::new(|| SigningKey::generate(KeyKind::P256).unwrap());

/// Entity id of the tests' provider.
pub(crate) const PROVIDER: &str = "https://idp.example";
/// Entity id of the tests' service provider.
pub(crate) const SERVICE: &str = "https://sp.example";
/// Where it takes responses.
pub(crate) const ACS: &str = "https://sp.example/spid/acs";
/// When the tests' response is issued.
pub(crate) const ISSUED: &str = "2026-11-21T10:00:00Z";

/// What the provider's metadata would give.
pub(crate) fn provider_keys() -> Vec<PublicKey> {
    vec![PROVIDER_KEY.public_key().clone()]
}

/// A correct response at level 2 to a request, laid out as the official tool lays it out, with white space round the
/// name of the subject.
pub(crate) fn correct(request_id: &str) -> String {
    format!(
        r#"<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="_response" Version="2.0" IssueInstant="{ISSUED}" InResponseTo="{request_id}" Destination="{ACS}">
    <saml:Issuer Format="urn:oasis:names:tc:SAML:2.0:nameid-format:entity">{PROVIDER}</saml:Issuer>
    <samlp:Status><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"/></samlp:Status>
    <saml:Assertion ID="_assertion" Version="2.0" IssueInstant="{ISSUED}">
        <saml:Issuer Format="urn:oasis:names:tc:SAML:2.0:nameid-format:entity">{PROVIDER}</saml:Issuer>
        <saml:Subject>
            <saml:NameID Format="urn:oasis:names:tc:SAML:2.0:nameid-format:transient" NameQualifier="{PROVIDER}">
                _transient
            </saml:NameID>
            <saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer">
                <saml:SubjectConfirmationData InResponseTo="{request_id}" NotOnOrAfter="2026-11-21T10:05:00Z" Recipient="{ACS}"/>
            </saml:SubjectConfirmation>
        </saml:Subject>
        <saml:Conditions NotBefore="{ISSUED}" NotOnOrAfter="2026-11-21T10:05:00Z">
            <saml:AudienceRestriction><saml:Audience>{SERVICE}</saml:Audience></saml:AudienceRestriction>
        </saml:Conditions>
        <saml:AuthnStatement AuthnInstant="{ISSUED}" SessionIndex="_session">
            <saml:AuthnContext><saml:AuthnContextClassRef>https://www.spid.gov.it/SpidL2</saml:AuthnContextClassRef></saml:AuthnContext>
        </saml:AuthnStatement>
        <saml:AttributeStatement>
            <saml:Attribute Name="spidCode"><saml:AttributeValue>ABCD123456789A</saml:AttributeValue></saml:Attribute>
            <saml:Attribute Name="fiscalNumber" NameFormat="urn:oasis:names:tc:SAML:2.0:attrname-format:basic"><saml:AttributeValue>TINIT-RSSMRA80A01H501U</saml:AttributeValue></saml:Attribute>
            <saml:Attribute Name="name"><saml:AttributeValue>Maria</saml:AttributeValue></saml:Attribute>
            <saml:Attribute Name="familyName"><saml:AttributeValue>Rossi</saml:AttributeValue></saml:Attribute>
            <saml:Attribute Name="dateOfBirth"><saml:AttributeValue>1980-01-01</saml:AttributeValue></saml:Attribute>
            <saml:Attribute Name="email"><saml:AttributeValue></saml:AttributeValue></saml:Attribute>
        </saml:AttributeStatement>
    </saml:Assertion>
</samlp:Response>"#
    )
}

/// An error as providers send it, unsigned.
pub(crate) fn failed(request_id: &str, message: &str) -> String {
    format!(
        r#"<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="_response" Version="2.0" IssueInstant="{ISSUED}" InResponseTo="{request_id}" Destination="{ACS}"><saml:Issuer Format="urn:oasis:names:tc:SAML:2.0:nameid-format:entity">{PROVIDER}</saml:Issuer><samlp:Status><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Responder"><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:AuthnFailed"/></samlp:StatusCode><samlp:StatusMessage>{message}</samlp:StatusMessage></samlp:Status></samlp:Response>"#
    )
}

/// Signs the element with this id, right after its issuer.
pub(crate) fn sign(xml: String, id: &str, key: &SigningKey) -> String {
    let with = XmlSignature {
        algorithm: SignatureAlgorithm::EcdsaSha256,
        digest: DigestAlgorithm::Sha256,
        certificate_der: None,
    };
    sign_enveloped(xml, id, SignaturePlace::AfterIssuer, key, &with).unwrap()
}

/// Signs assertion and response, as providers do.
pub(crate) fn sign_both(xml: String) -> String {
    sign(
        sign(xml, "_assertion", &PROVIDER_KEY),
        "_response",
        &PROVIDER_KEY,
    )
}
