//! Responses, part by part: each part can be changed, left out or left empty before the whole is written and signed, so
//! that the same maker writes right answers for the demo and every kind of wrong one for tests.

use crate::crypto::{DigestAlgorithm, Oaep, PublicKey, SignatureAlgorithm, Signer};
use crate::protocol::saml::names;
use crate::protocol::xml::{
    ContentEncryption, ElementEncryption, SignError, SignaturePlace, XmlSignature, XmlWriter,
    encrypt_element, sign_enveloped,
};

/// A `samlp:Response` (SPID technical rules, Response). Everywhere `None` leaves the part out, and an empty text is
/// written as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResponseMaker {
    /// `ID`.
    pub id: Option<String>,
    /// `Version`.
    pub version: Option<String>,
    /// `IssueInstant`.
    pub issue_instant: Option<String>,
    /// `InResponseTo`.
    pub in_response_to: Option<String>,
    /// `Destination`.
    pub destination: Option<String>,
    /// `saml:Issuer`.
    pub issuer: Option<IssuerPart>,
    /// `samlp:Status`.
    pub status: Option<StatusPart>,
    /// `saml:Assertion`; an error has none.
    pub assertion: Option<AssertionPart>,
    /// Whether the response itself is signed.
    pub sign_response: bool,
    /// Whether the assertion is signed.
    pub sign_assertion: bool,
    /// How both are signed.
    pub algorithm: SignatureAlgorithm,
    /// How the assertion is encrypted, if it is: after it was signed, and before the response is.
    pub encryption: Option<EncryptionPart>,
}

/// How an assertion is encrypted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EncryptionPart {
    /// For whom.
    pub recipient: PublicKey,
    /// How.
    pub content: ContentEncryption,
    /// How the key of the content is encrypted.
    pub oaep: Oaep,
    /// The key of the content.
    pub key: [u8; 32],
    /// The vector.
    pub iv: [u8; 16],
}

/// An `Issuer`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IssuerPart {
    /// The entity id.
    pub name: String,
    /// `Format`.
    pub format: Option<String>,
}

/// A `Status`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatusPart {
    /// `Value` of the first `StatusCode`; `None` leaves the code out.
    pub code: Option<String>,
    /// `Value` of the `StatusCode` in it.
    pub second: Option<String>,
    /// `StatusMessage`.
    pub message: Option<String>,
}

/// An `Assertion`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AssertionPart {
    /// `ID`.
    pub id: Option<String>,
    /// `Version`.
    pub version: Option<String>,
    /// `IssueInstant`.
    pub issue_instant: Option<String>,
    /// `Issuer`.
    pub issuer: Option<IssuerPart>,
    /// `Subject`.
    pub subject: Option<SubjectPart>,
    /// `Conditions`.
    pub conditions: Option<ConditionsPart>,
    /// `AuthnStatement`.
    pub statement: Option<StatementPart>,
    /// `AttributeStatement`: names, and values where there is an `AttributeValue`.
    pub attributes: Option<Vec<(String, Option<String>)>>,
}

/// A `Subject`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SubjectPart {
    /// `NameID`: its text.
    pub name_id: Option<String>,
    /// `Format` of the `NameID`.
    pub format: Option<String>,
    /// `NameQualifier` of the `NameID`.
    pub name_qualifier: Option<String>,
    /// `SubjectConfirmation`.
    pub confirmation: Option<ConfirmationPart>,
}

/// A `SubjectConfirmation`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfirmationPart {
    /// `Method`.
    pub method: Option<String>,
    /// Whether there is a `SubjectConfirmationData`.
    pub with_data: bool,
    /// `Recipient`.
    pub recipient: Option<String>,
    /// `InResponseTo`.
    pub in_response_to: Option<String>,
    /// `NotOnOrAfter`.
    pub not_on_or_after: Option<String>,
}

/// A `Conditions`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConditionsPart {
    /// `NotBefore`.
    pub not_before: Option<String>,
    /// `NotOnOrAfter`.
    pub not_on_or_after: Option<String>,
    /// `AudienceRestriction`, one for each entry, with its `Audience`s.
    pub audiences: Vec<Vec<String>>,
}

/// An `AuthnStatement`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatementPart {
    /// `AuthnInstant`.
    pub instant: Option<String>,
    /// `SessionIndex`.
    pub session_index: Option<String>,
    /// Whether there is an `AuthnContext`.
    pub with_context: bool,
    /// `AuthnContextClassRef`.
    pub class_ref: Option<String>,
}

impl ResponseMaker {
    /// Writes the response and signs what is to be signed: the assertion first, so that the response's signature covers
    /// it.
    ///
    /// # Errors
    /// [`SignError`] when a part that is to be signed has no `ID` or no `Issuer`, or the key does not fit the algorithm.
    pub fn write(&self, signer: &dyn Signer, certificate: &[u8]) -> Result<String, SignError> {
        let mut xml = XmlWriter::new();
        xml.start("samlp:Response")
            .namespace("samlp", names::PROTOCOL)
            .namespace("saml", names::ASSERTION);
        attributes(
            &mut xml,
            &[
                ("ID", &self.id),
                ("Version", &self.version),
                ("IssueInstant", &self.issue_instant),
                ("InResponseTo", &self.in_response_to),
                ("Destination", &self.destination),
            ],
        );
        write_issuer(&mut xml, self.issuer.as_ref());
        if let Some(status) = &self.status {
            write_status(&mut xml, status);
        }
        if let Some(assertion) = &self.assertion {
            assertion.write(&mut xml);
        }
        let mut text = xml.finish();
        let with = XmlSignature {
            algorithm: self.algorithm,
            digest: match self.algorithm {
                SignatureAlgorithm::RsaSha384 | SignatureAlgorithm::EcdsaSha384 => {
                    DigestAlgorithm::Sha384
                }
                SignatureAlgorithm::RsaSha512 => DigestAlgorithm::Sha512,
                _ => DigestAlgorithm::Sha256,
            },
            certificate_der: Some(certificate),
        };
        let assertion_id = self.assertion.as_ref().and_then(|part| part.id.as_deref());
        let place = SignaturePlace::AfterIssuer;
        if self.sign_assertion && self.assertion.is_some() {
            let id = assertion_id.unwrap_or_default();
            text = sign_enveloped(text, id, place, signer, &with)?;
        }
        if let Some(encryption) = &self.encryption {
            text = encryption.encrypt(text).ok_or(SignError::NoPlace)?;
        }
        if self.sign_response {
            let id = self.id.as_deref().unwrap_or_default();
            text = sign_enveloped(text, id, place, signer, &with)?;
        }
        Ok(text)
    }
}

impl EncryptionPart {
    /// Puts the encrypted assertion in the place of the one in the clear; `None` where there is none.
    fn encrypt(&self, text: String) -> Option<String> {
        const START: &str = "<saml:Assertion";
        const END: &str = "</saml:Assertion>";
        let (before, rest) = text.split_once(START)?;
        let (inside, after) = rest.rsplit_once(END)?;
        // Out of its document it declares the namespace itself: its canonical form, which is signed, is the same.
        let namespace = names::ASSERTION;
        let alone = format!("{START} xmlns:saml=\"{namespace}\"{inside}{END}");
        let with = ElementEncryption {
            recipient: &self.recipient,
            content: self.content,
            oaep: self.oaep,
            key: &self.key,
            iv: &self.iv,
        };
        let data = encrypt_element(&alone, &with)?;
        Some(format!(
            "{before}<saml:EncryptedAssertion>{data}</saml:EncryptedAssertion>{after}"
        ))
    }
}

impl AssertionPart {
    fn write(&self, xml: &mut XmlWriter) {
        xml.start("saml:Assertion");
        attributes(
            xml,
            &[
                ("ID", &self.id),
                ("Version", &self.version),
                ("IssueInstant", &self.issue_instant),
            ],
        );
        write_issuer(xml, self.issuer.as_ref());
        if let Some(subject) = &self.subject {
            subject.write(xml);
        }
        if let Some(conditions) = &self.conditions {
            conditions.write(xml);
        }
        if let Some(statement) = &self.statement {
            statement.write(xml);
        }
        if let Some(values) = &self.attributes {
            xml.start("saml:AttributeStatement");
            for (name, value) in values {
                xml.start("saml:Attribute")
                    .attribute("Name", name)
                    .attribute("NameFormat", names::BASIC);
                if let Some(value) = value {
                    xml.start("saml:AttributeValue")
                        .namespace("xs", "http://www.w3.org/2001/XMLSchema")
                        .namespace("xsi", "http://www.w3.org/2001/XMLSchema-instance")
                        .attribute("xsi:type", "xs:string")
                        .text(value)
                        .end();
                }
                xml.end();
            }
            xml.end();
        }
        xml.end();
    }
}

impl SubjectPart {
    fn write(&self, xml: &mut XmlWriter) {
        xml.start("saml:Subject");
        if let Some(name_id) = &self.name_id {
            xml.start("saml:NameID");
            attributes(
                xml,
                &[
                    ("Format", &self.format),
                    ("NameQualifier", &self.name_qualifier),
                ],
            );
            xml.text(name_id).end();
        }
        if let Some(confirmation) = &self.confirmation {
            xml.start("saml:SubjectConfirmation");
            attributes(xml, &[("Method", &confirmation.method)]);
            if confirmation.with_data {
                xml.start("saml:SubjectConfirmationData");
                attributes(
                    xml,
                    &[
                        ("Recipient", &confirmation.recipient),
                        ("InResponseTo", &confirmation.in_response_to),
                        ("NotOnOrAfter", &confirmation.not_on_or_after),
                    ],
                );
                xml.end();
            }
            xml.end();
        }
        xml.end();
    }
}

impl ConditionsPart {
    fn write(&self, xml: &mut XmlWriter) {
        xml.start("saml:Conditions");
        attributes(
            xml,
            &[
                ("NotBefore", &self.not_before),
                ("NotOnOrAfter", &self.not_on_or_after),
            ],
        );
        for restriction in &self.audiences {
            xml.start("saml:AudienceRestriction");
            for audience in restriction {
                xml.element("saml:Audience", audience);
            }
            xml.end();
        }
        xml.end();
    }
}

impl StatementPart {
    fn write(&self, xml: &mut XmlWriter) {
        xml.start("saml:AuthnStatement");
        attributes(
            xml,
            &[
                ("AuthnInstant", &self.instant),
                ("SessionIndex", &self.session_index),
            ],
        );
        if self.with_context {
            xml.start("saml:AuthnContext");
            if let Some(class_ref) = &self.class_ref {
                xml.element("saml:AuthnContextClassRef", class_ref);
            }
            xml.end();
        }
        xml.end();
    }
}

fn write_issuer(xml: &mut XmlWriter, issuer: Option<&IssuerPart>) {
    if let Some(issuer) = issuer {
        xml.start("saml:Issuer");
        attributes(xml, &[("Format", &issuer.format)]);
        xml.text(&issuer.name).end();
    }
}

fn write_status(xml: &mut XmlWriter, status: &StatusPart) {
    xml.start("samlp:Status");
    if let Some(code) = &status.code {
        xml.start("samlp:StatusCode").attribute("Value", code);
        if let Some(second) = &status.second {
            xml.start("samlp:StatusCode")
                .attribute("Value", second)
                .end();
        }
        xml.end();
    }
    if let Some(message) = &status.message {
        xml.element("samlp:StatusMessage", message);
    }
    xml.end();
}

fn attributes(xml: &mut XmlWriter, values: &[(&str, &Option<String>)]) {
    for (name, value) in values {
        if let Some(value) = value {
            xml.attribute(name, value);
        }
    }
}
