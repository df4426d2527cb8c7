//! Opening a response: the shape, then the signatures, then what the signed assertion says (`dependencies.md`, the
//! strict gate). An encrypted assertion is opened once the response's signature over it was verified, and what comes out
//! passes the same gate.
//!
//! Two steps, because the keys depend on the request: [`Response::read`] gives the header, by which the request is
//! found; [`Response::open`] takes the keys of the provider that the request went to and verifies. What an assertion
//! says is read after its signature was verified, from the very nodes that were verified.

use chrono::{DateTime, Utc};
use zeroize::Zeroizing;

use super::assertion::Assertion;
use super::grant::check_extensions;
use super::names;
use super::read::{self, Children, Issuer};
use super::refusal::{Fault, SamlRefusal, place};
use super::status::Status;
use crate::crypto::{DecryptionKey, PublicKey};
use crate::protocol::xml::{
    Document, Element, Limits, SignatureRefusal, decrypt_only_child, verify_enveloped,
};

/// What a response says about itself. Nothing of it is verified: it serves to find the request, and to refuse.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResponseHeader<'doc> {
    /// `ID`.
    pub id: &'doc str,
    /// `IssueInstant`.
    pub issue_instant: DateTime<Utc>,
    /// `InResponseTo`.
    pub in_response_to: &'doc str,
    /// `Destination`.
    pub destination: &'doc str,
    /// `Issuer`.
    pub issuer: Issuer<'doc>,
    /// `Status`.
    pub status: Status,
}

/// What the federations differ in about the form of a response.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ResponseForm {
    /// Whether a response that tells of a login must be signed itself, and not only its assertion.
    pub signed_response: bool,
    /// Whether the assertion's issuer must say its format.
    pub issuer_format: bool,
    /// Whether the assertion may come encrypted.
    pub encrypted_assertion: bool,
}

impl ResponseForm {
    /// SPID's (SPID technical rules, Response, Assertion): the signature of the response is the provider's to add.
    pub const SPID: Self = Self {
        signed_response: false,
        issuer_format: true,
        encrypted_assertion: false,
    };
    /// CIE's (CIE SAML manual, authentication response): both are signed; the manual's own examples give the format of the
    /// assertion's issuer and leave it out.
    pub const CIE: Self = Self {
        signed_response: true,
        issuer_format: false,
        encrypted_assertion: true,
    };
}

/// A response of the right shape, not yet verified.
#[derive(Debug)]
pub struct Response<'doc> {
    form: ResponseForm,
    header: ResponseHeader<'doc>,
    element: Element<'doc>,
    signed: bool,
    assertion: Option<Element<'doc>>,
    encrypted: Option<Element<'doc>>,
}

/// What an opened response is.
#[derive(Debug)]
pub enum Answer<'doc> {
    /// It worked.
    Asserted(Box<SignedAssertion<'doc>>),
    /// It worked, and what is said is encrypted for us. The response's signature over it was verified.
    Encrypted(EncryptedAssertion<'doc>),
    /// It did not. Error responses may be unsigned: the message proves nothing but what the person is told.
    Failed(Status),
}

/// An encrypted assertion, which came as the provider sent it: [`Response::open`] verified the response's signature.
#[derive(Debug)]
pub struct EncryptedAssertion<'doc> {
    element: Element<'doc>,
    form: ResponseForm,
}

/// The text of a decrypted assertion. Nothing of it was looked at yet.
pub struct DecryptedAssertion {
    text: Zeroizing<String>,
    form: ResponseForm,
}

impl EncryptedAssertion<'_> {
    /// Decrypts it with one of our keys.
    ///
    /// # Errors
    /// [`SamlRefusal`] when none opens it, or its methods are none of ours.
    pub fn decrypt(&self, keys: &[DecryptionKey]) -> Result<DecryptedAssertion, SamlRefusal> {
        let text = decrypt_only_child(self.element, keys);
        let text = text.map_err(|refusal| SamlRefusal::Encryption {
            place: place::ENCRYPTED_ASSERTION,
            refusal,
        })?;
        Ok(DecryptedAssertion {
            text,
            form: self.form,
        })
    }
}

impl DecryptedAssertion {
    /// Puts it through the gate as a document of its own, verifies its own signature, and has it read. That its sender
    /// could encrypt for us proves nothing: everybody can.
    ///
    /// # Errors
    /// [`SamlRefusal`] for the first thing that is wrong.
    pub fn open<T>(
        &self,
        keys: &[PublicKey],
        read: impl FnOnce(&SignedAssertion<'_>) -> T,
    ) -> Result<T, SamlRefusal> {
        let document = Document::parse(&self.text, &Limits::MESSAGE)?;
        let assertion = document.root();
        if !assertion.is(names::ASSERTION, "Assertion") {
            return Err(place::ASSERTION.is(Fault::Unexpected));
        }
        let found = Found {
            assertion: Some(assertion),
            ..Found::default()
        };
        sweep(assertion, &found)?;
        Ok(read(&signed_assertion(assertion, keys, self.form)?))
    }
}

/// An assertion whose signature was verified with a key that the caller trusts. [`Response::open`] alone makes one.
#[derive(Debug)]
pub struct SignedAssertion<'doc> {
    content: Assertion<'doc>,
}

impl<'doc> SignedAssertion<'doc> {
    /// What it says, read from the verified nodes.
    #[must_use]
    pub fn content(&self) -> &Assertion<'doc> {
        &self.content
    }
}

/// Elements that would hide content from the checks.
const ENCRYPTED: [&str; 3] = ["EncryptedAssertion", "EncryptedID", "EncryptedAttribute"];

impl<'doc> Response<'doc> {
    /// Reads shape and header: `Response` with exactly `Issuer`, maybe `Signature`, maybe `Extensions`, `Status` and at
    /// most one `Assertion`, encrypted where the form has that, in this order, and no signature or assertion anywhere else.
    ///
    /// # Errors
    /// [`SamlRefusal`] for the first thing that is wrong.
    pub fn read(document: &'doc Document<'doc>, form: ResponseForm) -> Result<Self, SamlRefusal> {
        let root = document.root();
        if !root.is(names::PROTOCOL, "Response") {
            return Err(place::RESPONSE.is(Fault::Unexpected));
        }
        let id = read::attribute(root, "ID", place::RESPONSE_ID)?;
        read::version(root, place::RESPONSE_VERSION)?;
        let issue_instant = read::instant(root, "IssueInstant", place::RESPONSE_INSTANT)?;
        let in_response_to = read::attribute(root, "InResponseTo", place::RESPONSE_IN_RESPONSE_TO)?;
        let destination = read::attribute(root, "Destination", place::RESPONSE_DESTINATION)?;
        let mut children = Children::of(root);
        let issuer = read::issuer(
            children.required(names::ASSERTION, "Issuer", place::RESPONSE_ISSUER)?,
            place::RESPONSE_ISSUER,
            place::RESPONSE_ISSUER_FORMAT,
        )?;
        let signature = children.optional(names::DSIG, "Signature");
        let extensions = children.optional(names::PROTOCOL, "Extensions");
        let status = read::status(children.required(names::PROTOCOL, "Status", place::STATUS)?)?;
        let assertion = children.optional(names::ASSERTION, "Assertion");
        let may_be_encrypted = form.encrypted_assertion && assertion.is_none();
        let encrypted = may_be_encrypted
            .then(|| children.optional(names::ASSERTION, "EncryptedAssertion"))
            .flatten();
        let found = Found {
            signature,
            assertion,
            encrypted,
        };
        sweep(root, &found)?;
        children.end(place::RESPONSE)?;
        if let Some(extensions) = extensions {
            check_extensions(extensions)?;
        }
        Ok(Self {
            form,
            header: ResponseHeader {
                id,
                issue_instant,
                in_response_to,
                destination,
                issuer,
                status,
            },
            element: root,
            signed: signature.is_some(),
            assertion,
            encrypted,
        })
    }

    /// The header. Nothing of it is verified.
    #[must_use]
    pub fn header(&self) -> &ResponseHeader<'doc> {
        &self.header
    }

    /// Verifies and opens. The response's own signature is verified where there is one, and there must be one where the
    /// form wants it; the assertion's is never optional. `keys` are those of the provider that was asked; what `KeyInfo` holds means nothing.
    ///
    /// # Errors
    /// [`SamlRefusal`] for the first thing that is wrong.
    pub fn open(self, keys: &[PublicKey]) -> Result<Answer<'doc>, SamlRefusal> {
        if self.signed {
            verify_enveloped(self.element, keys).map_err(|refusal| SamlRefusal::Signature {
                place: place::RESPONSE_SIGNATURE,
                refusal,
            })?;
        }
        if !self.header.status.is_success() {
            return match self.assertion.or(self.encrypted) {
                // An error says nothing about anybody.
                Some(_) => Err(place::ASSERTION.is(Fault::Unexpected)),
                None => Ok(Answer::Failed(self.header.status)),
            };
        }
        // What is decrypted before its signature was verified tells its sender of its content, bit by bit.
        let must_be_signed = self.form.signed_response || self.encrypted.is_some();
        if must_be_signed && !self.signed {
            return Err(SamlRefusal::Signature {
                place: place::RESPONSE_SIGNATURE,
                refusal: SignatureRefusal::Missing,
            });
        }
        if let Some(element) = self.encrypted {
            let form = self.form;
            return Ok(Answer::Encrypted(EncryptedAssertion { element, form }));
        }
        let assertion = self.assertion.ok_or(place::ASSERTION.is(Fault::Missing))?;
        let signed = signed_assertion(assertion, keys, self.form)?;
        Ok(Answer::Asserted(Box::new(signed)))
    }
}

/// Verifies an assertion's own signature, and reads what it signs.
fn signed_assertion<'doc>(
    assertion: Element<'doc>,
    keys: &[PublicKey],
    form: ResponseForm,
) -> Result<SignedAssertion<'doc>, SamlRefusal> {
    signature_after_issuer(assertion)?;
    let signed = verify_enveloped(assertion, keys).map_err(|refusal| SamlRefusal::Signature {
        place: place::ASSERTION_SIGNATURE,
        refusal,
    })?;
    Ok(SignedAssertion {
        content: Assertion::read(signed.element(), form)?,
    })
}

/// What has its place in a document.
#[derive(Default)]
struct Found<'doc> {
    signature: Option<Element<'doc>>,
    assertion: Option<Element<'doc>>,
    encrypted: Option<Element<'doc>>,
}

/// Looks through the whole document: one assertion at most, nothing encrypted but what has its place, and no signature but
/// the two that have theirs.
fn sweep(root: Element<'_>, found: &Found<'_>) -> Result<(), SamlRefusal> {
    let of_assertion = found
        .assertion
        .and_then(|assertion| assertion.children_named(names::DSIG, "Signature").next());
    for element in root.descendants() {
        if element.is(names::ASSERTION, "Assertion") && Some(element) != found.assertion {
            return Err(place::ASSERTION.is(if found.assertion.is_some() {
                Fault::Repeated
            } else {
                Fault::Unexpected
            }));
        }
        if element.namespace() == names::ASSERTION
            && ENCRYPTED.contains(&element.local_name())
            && Some(element) != found.encrypted
        {
            return Err(place::ENCRYPTED.is(Fault::Unexpected));
        }
        if element.is(names::DSIG, "Signature")
            && Some(element) != found.signature
            && Some(element) != of_assertion
        {
            return Err(place::SIGNATURE.is(Fault::Unexpected));
        }
    }
    Ok(())
}

/// SAML's schema puts the signature right after `Issuer`, the first child.
fn signature_after_issuer(assertion: Element<'_>) -> Result<(), SamlRefusal> {
    let mut children = Children::of(assertion);
    children.required(names::ASSERTION, "Issuer", place::ASSERTION_ISSUER)?;
    children
        .optional(names::DSIG, "Signature")
        .map(|_| ())
        .ok_or(SamlRefusal::Signature {
            place: place::ASSERTION_SIGNATURE,
            refusal: SignatureRefusal::Missing,
        })
}

#[cfg(test)]
mod tests;
