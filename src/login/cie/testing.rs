//! A service provider for tests, here and at the edge, and the Ministry's answers as its manual shows them.

use std::sync::{Arc, LazyLock};
use std::time::Duration;

use super::*;
use crate::crypto::certificate::{SpidSubject, spid_certificate};
use crate::crypto::encoding::base64;
use crate::crypto::{SigningKey, SystemRandom};
use crate::identity::Timestamp;
use crate::protocol::saml::cie_metadata::{CieContact, CieNature};
use crate::protocol::saml::service_metadata::{Localized, Organization};

/// Entity id of the tests' Ministry.
pub(crate) const MINISTRY: &str = "https://cie.example/idp/profile/SAML2/POST/SSO";
/// Entity id of the tests' service provider.
pub(crate) const SERVICE: &str = "https://sp.example";
/// Where it takes responses.
pub(crate) const ACS: &str = "https://sp.example/cie/acs";
/// When the tests' response is issued.
pub(crate) const ISSUED: &str = "2026-11-21T10:00:00.123Z";

/// A key with a certificate that carries it.
pub(crate) struct Keyed {
    pub(crate) key: Arc<SigningKey>,
    pub(crate) certificate: Vec<u8>,
}

fn keyed(entity_id: &str) -> Keyed {
    let key = SigningKey::generate(KeyKind::Rsa(2048)).unwrap();
    let subject = SpidSubject {
        common_name: "Ente".to_owned(),
        organization_name: "Ente di prova".to_owned(),
        ipa_code: "ente".to_owned(),
        entity_id: entity_id.to_owned(),
        country: "IT".to_owned(),
        locality: "Roma".to_owned(),
    };
    let life = Duration::from_secs(86_400);
    let certificate = spid_certificate(&subject, &key, 0, life, &SystemRandom).unwrap();
    Keyed {
        key: Arc::new(key),
        certificate,
    }
}

pub(crate) static OURS: LazyLock<Keyed> = LazyLock::new(|| keyed(SERVICE));
/// The key that the tests' Ministry signs with.
pub(crate) static MINISTRYS: LazyLock<Keyed> = LazyLock::new(|| keyed(MINISTRY));
/// The key that assertions are encrypted for, and the one before it.
pub(crate) static DECRYPTING: LazyLock<Keyed> = LazyLock::new(|| keyed(SERVICE));
pub(crate) static DECRYPTED_BEFORE: LazyLock<Keyed> = LazyLock::new(|| keyed(SERVICE));
/// A key that nobody trusts.
pub(crate) static FOREIGN: LazyLock<Keyed> = LazyLock::new(|| keyed("https://foreign.example"));

pub(crate) fn keys() -> CieKeys {
    CieKeys {
        signing: SamlKey {
            signer: OURS.key.clone(),
            certificate: OURS.certificate.clone(),
            also_published: Vec::new(),
        },
        encryption_certificate: Some(DECRYPTING.certificate.clone()),
        decryption: [&*DECRYPTING, &*DECRYPTED_BEFORE]
            .map(|keyed| DecryptionKey::from_pkcs8(keyed.key.pkcs8()).unwrap())
            .into(),
    }
}

fn italian(text: &str) -> Vec<Localized> {
    vec![Localized {
        language: "it".to_owned(),
        text: text.to_owned(),
    }]
}

pub(crate) fn contact() -> CieContact {
    CieContact {
        nature: CieNature::Public {
            ipa_code: "ente".to_owned(),
            ipa_category: None,
        },
        vat_number: None,
        fiscal_code: None,
        nace2_codes: Vec::new(),
        municipality: "H501".to_owned(),
        province: None,
        country: None,
        company: "Ente di prova".to_owned(),
        email: "cie@ente.example".to_owned(),
        telephone: None,
    }
}

pub(crate) fn settings() -> CieSettings {
    CieSettings {
        entity_id: SERVICE.to_owned(),
        assertion_consumer: ACS.to_owned(),
        single_logout: "https://sp.example/logout".to_owned(),
        organization: Organization {
            name: italian("Ente di prova"),
            display_name: italian("Ente"),
            url: italian("https://ente.example"),
        },
        administrative: contact(),
        technical: None,
        trusted_level_cap: AssuranceLevel::High,
    }
}

/// The Ministry's metadata, with the parts that the real ones have: further protocols and bindings, a key for encryption,
/// no signature.
pub(crate) fn ministry_metadata() -> String {
    let certificate = base64(&MINISTRYS.certificate);
    let key = |usage| {
        format!(
            r#"<KeyDescriptor use="{usage}"><ds:KeyInfo><ds:X509Data><ds:X509Certificate>{certificate}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></KeyDescriptor>"#
        )
    };
    let endpoint = |service, binding, name, path| {
        format!(
            r#"<{service} Binding="{binding}" Location="https://cie.example/idp/profile/{name}/{path}"/>"#
        )
    };
    let saml = |name| format!("urn:oasis:names:tc:SAML:2.0:bindings:{name}");
    let mut services = String::new();
    for (service, path) in [
        ("SingleLogoutService", "SLO"),
        ("SingleSignOnService", "SSO"),
    ] {
        if path == "SSO" {
            services += &endpoint(
                service,
                "urn:mace:shibboleth:1.0:profiles:AuthnRequest".to_owned(),
                "Shibboleth",
                path,
            );
        }
        for (binding, name) in [
            ("HTTP-Redirect", "SAML2/Redirect"),
            ("HTTP-POST-SimpleSign", "SAML2/POST-SimpleSign"),
            ("HTTP-POST", "SAML2/POST"),
            ("SOAP", "SAML2/SOAP"),
        ] {
            services += &endpoint(service, saml(binding), name, path);
        }
    }
    format!(
        r#"<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" xmlns:ds="http://www.w3.org/2000/09/xmldsig#" entityID="{MINISTRY}"><IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol urn:mace:shibboleth:1.0">{}{}{services}</IDPSSODescriptor></EntityDescriptor>"#,
        key("signing"),
        key("encryption"),
    )
}

/// The Ministry, pinned.
pub(crate) fn ministry() -> Ministry {
    let metadata = ministry_metadata();
    let pinned = [Fingerprint::of(metadata.as_bytes())];
    Ministry::read(metadata.as_bytes(), &pinned, Timestamp::UNIX_EPOCH).unwrap()
}

/// A correct response at level 3 to a request, laid out as the manual lays it out: no format of the response's issuer,
/// milliseconds, a confirmation that ends a little after the conditions.
pub(crate) fn correct(request_id: &str) -> String {
    format!(
        r#"<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" Destination="{ACS}" ID="_response" InResponseTo="{request_id}" IssueInstant="{ISSUED}" Version="2.0">
    <saml:Issuer>{MINISTRY}</saml:Issuer>
    <samlp:Status><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"/></samlp:Status>
    <saml:Assertion ID="_assertion" IssueInstant="{ISSUED}" Version="2.0">
        <saml:Issuer Format="urn:oasis:names:tc:SAML:2.0:nameid-format:entity">{MINISTRY}</saml:Issuer>
        <saml:Subject>
            <saml:NameID Format="urn:oasis:names:tc:SAML:2.0:nameid-format:transient" NameQualifier="{MINISTRY}">_transient</saml:NameID>
            <saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer">
                <saml:SubjectConfirmationData Address="192.0.2.7" InResponseTo="{request_id}" NotOnOrAfter="2026-11-21T10:05:00.145Z" Recipient="{ACS}"/>
            </saml:SubjectConfirmation>
        </saml:Subject>
        <saml:Conditions NotBefore="{ISSUED}" NotOnOrAfter="2026-11-21T10:05:00.123Z">
            <saml:AudienceRestriction><saml:Audience>{SERVICE}</saml:Audience></saml:AudienceRestriction>
        </saml:Conditions>
        <saml:AuthnStatement AuthnInstant="{ISSUED}" SessionIndex="_session">
            <saml:AuthnContext><saml:AuthnContextClassRef>https://www.spid.gov.it/SpidL3</saml:AuthnContextClassRef></saml:AuthnContext>
        </saml:AuthnStatement>
        <saml:AttributeStatement>
            <saml:Attribute FriendlyName="Data di Nascita" Name="dateOfBirth" NameFormat="urn:oasis:names:tc:SAML:2.0:attrname-format:basic"><saml:AttributeValue xsi:type="xs:string">1980-01-01</saml:AttributeValue></saml:Attribute>
            <saml:Attribute FriendlyName="Codice Fiscale" Name="fiscalNumber" NameFormat="urn:oasis:names:tc:SAML:2.0:attrname-format:basic"><saml:AttributeValue xsi:type="xs:string">TINIT-RSSMRA80A01H501U</saml:AttributeValue></saml:Attribute>
            <saml:Attribute FriendlyName="Nome" Name="name" NameFormat="urn:oasis:names:tc:SAML:2.0:attrname-format:basic"><saml:AttributeValue xsi:type="xs:string">MARIA</saml:AttributeValue></saml:Attribute>
            <saml:Attribute FriendlyName="Cognome" Name="familyName" NameFormat="urn:oasis:names:tc:SAML:2.0:attrname-format:basic"><saml:AttributeValue xsi:type="xs:string">ROSSI</saml:AttributeValue></saml:Attribute>
        </saml:AttributeStatement>
    </saml:Assertion>
</samlp:Response>"#
    )
}

/// An error as the Ministry sends it.
pub(crate) fn failed(request_id: &str, message: &str) -> String {
    format!(
        r#"<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="_response" Version="2.0" IssueInstant="{ISSUED}" InResponseTo="{request_id}" Destination="{ACS}"><saml:Issuer>{MINISTRY}</saml:Issuer><samlp:Status><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Responder"><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:AuthnFailed"/></samlp:StatusCode><samlp:StatusMessage>{message}</samlp:StatusMessage></samlp:Status></samlp:Response>"#
    )
}
