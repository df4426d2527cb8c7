//! A certificate and its fields.

use std::fmt;
use std::ops::Range;

use chrono::{DateTime, Datelike as _, Utc};

use super::der::{
    GENERALIZED_TIME, INTEGER, NotDer, Reader, SEQUENCE, Value, context_constructed, small, time,
};
use super::extensions::{AuthorityKeyId, BasicConstraints, Extensions, KeyUsage};
use super::name::Name;
use super::oid::Oid;
use super::refusal::{CertificateRefusal, IssuingRefusal};
use super::serials::Serial;
use crate::crypto::certificate::signature::{
    CertificateAlgorithm, CertificateSignatureRefusal, verify,
};
use crate::crypto::encoding::{from_hex, hex};
use crate::crypto::{PublicKey, sha256};

/// A certificate of version 3, read to its last byte (RFC 5280, 4.1). That it can be read says nothing of whether it is
/// to be believed.
#[derive(Clone)]
pub struct Certificate {
    der: Vec<u8>,
    to_be_signed: Range<usize>,
    serial: Serial,
    algorithm: CertificateAlgorithm,
    signature: Vec<u8>,
    issuer: Name,
    subject: Name,
    not_before: DateTime<Utc>,
    not_after: DateTime<Utc>,
    public_key: PublicKey,
    extensions: Extensions,
}

/// An issuer's identity everywhere in Varco: SHA-256 over the DER of its subject name and of its public key. Italian
/// authorities share names, and some names have two keys (rules on CNS, 0.8).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct IssuerId([u8; 32]);

impl IssuerId {
    /// The identity of an authority, by its own certificate.
    #[must_use]
    pub fn of(authority: &Certificate) -> Self {
        // Both are DER and tell their own length: no other pair gives the same bytes.
        Self(sha256(
            &[authority.subject.der(), authority.public_key.spki()].concat(),
        ))
    }

    /// The digest.
    #[must_use]
    pub fn bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// An identity from what [`hex`](Self::hex) gave; `None` for anything else.
    #[must_use]
    pub fn from_hex(text: &str) -> Option<Self> {
        from_hex(text)?.try_into().ok().map(Self)
    }

    /// The digest in lower-case hexadecimal, for the audit.
    #[must_use]
    pub fn hex(&self) -> String {
        hex(&self.0)
    }
}

/// A `Time` of a certificate: `GeneralizedTime` is for years after 2049 only (RFC 5280, 4.1.2.5).
fn moment(value: Value<'_>) -> Result<DateTime<Utc>, NotDer> {
    DateTime::from_timestamp(time(value.tag, value.contents)?, 0)
        .filter(|moment| value.tag != GENERALIZED_TIME || moment.year() >= 2050)
        .ok_or(NotDer)
}

/// `version [0] EXPLICIT INTEGER`: 2 stands for version 3.
const VERSION_3: u32 = 2;

impl Certificate {
    /// The longest certificate that is read, in bytes.
    pub const MAX_BYTES: usize = 8 * 1024;

    /// Reads a DER certificate.
    ///
    /// # Errors
    /// [`CertificateRefusal`] names the first rule that it breaks.
    pub fn parse(der: &[u8]) -> Result<Self, CertificateRefusal> {
        if der.len() > Self::MAX_BYTES {
            return Err(CertificateRefusal::TooLarge);
        }
        let content = Reader::only(der, SEQUENCE)?;
        let mut outer = Reader::new(content);
        let tbs = outer.expect_value(SEQUENCE)?;
        let algorithm = outer.expect_value(SEQUENCE)?.whole;
        let signature = outer.bytes_of_bits()?;
        outer.end()?;

        let mut fields = Reader::new(tbs.contents);
        let version = fields
            .optional(context_constructed(0))?
            .ok_or(CertificateRefusal::Version)?;
        if small(Reader::only(version, INTEGER)?)? != VERSION_3 {
            return Err(CertificateRefusal::Version);
        }
        let serial = fields
            .unsigned()
            .ok()
            .and_then(Serial::new)
            .ok_or(CertificateRefusal::Serial)?;
        let inner_algorithm = fields.expect_value(SEQUENCE)?.whole;
        if inner_algorithm != algorithm {
            return Err(CertificateRefusal::TwoAlgorithms);
        }
        let issuer = Name::read(fields.expect_value(SEQUENCE)?.whole)?;
        let mut validity = fields.sequence()?;
        let (not_before, not_after) = (moment(validity.value()?)?, moment(validity.value()?)?);
        validity.end()?;
        let subject = Name::read(fields.expect_value(SEQUENCE)?.whole)?;
        let spki = fields.expect_value(SEQUENCE)?.whole;
        // Unique identifiers, `[1]` and `[2]`, must not be used (RFC 5280, 4.1.2.8): whatever is not `[3]` ends here.
        let extensions = match fields.optional(context_constructed(3))? {
            Some(wrapped) => Extensions::read(Reader::only(wrapped, SEQUENCE)?)?,
            None => Extensions::default(),
        };
        fields.end()?;

        let public_key = PublicKey::from_spki(spki).map_err(CertificateRefusal::Key)?;
        let start = der.len() - content.len();
        Ok(Self {
            to_be_signed: start..start + tbs.whole.len(),
            serial,
            algorithm: CertificateAlgorithm::read(algorithm),
            signature: signature.to_vec(),
            issuer,
            subject,
            not_before,
            not_after,
            public_key,
            extensions,
            der: der.to_vec(),
        })
    }

    /// The bytes it was read from.
    #[must_use]
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// SHA-256 of the whole certificate.
    #[must_use]
    pub fn sha256(&self) -> [u8; 32] {
        sha256(&self.der)
    }

    /// The serial number.
    #[must_use]
    pub fn serial(&self) -> &Serial {
        &self.serial
    }

    /// Who issued it, by its own word.
    #[must_use]
    pub fn issuer(&self) -> &Name {
        &self.issuer
    }

    /// Whose it is.
    #[must_use]
    pub fn subject(&self) -> &Name {
        &self.subject
    }

    /// The first second in which it is valid.
    #[must_use]
    pub fn not_before(&self) -> DateTime<Utc> {
        self.not_before
    }

    /// The second in which its validity ends.
    #[must_use]
    pub fn not_after(&self) -> DateTime<Utc> {
        self.not_after
    }

    /// Whether a moment is within its validity (RFC 5280, 4.1.2.5). The second of `notAfter` itself counts as over, as
    /// OpenSSL has it.
    #[must_use]
    pub fn is_valid_at(&self, now: DateTime<Utc>) -> bool {
        (self.not_before..self.not_after).contains(&now)
    }

    /// The key that it certifies.
    #[must_use]
    pub fn public_key(&self) -> &PublicKey {
        &self.public_key
    }

    /// What it was signed with.
    #[must_use]
    pub fn signature_algorithm(&self) -> CertificateAlgorithm {
        self.algorithm
    }

    /// What the key may do; `None` where it does not say.
    #[must_use]
    pub fn key_usage(&self) -> Option<KeyUsage> {
        self.extensions.key_usage
    }

    /// The purposes of the key; `None` where it does not say.
    #[must_use]
    pub fn extended_key_usage(&self) -> Option<&[Oid]> {
        self.extensions.extended_key_usage.as_deref()
    }

    /// The policies it was issued under.
    #[must_use]
    pub fn policies(&self) -> &[Oid] {
        &self.extensions.policies
    }

    /// Whether it is an authority's.
    #[must_use]
    pub fn basic_constraints(&self) -> Option<BasicConstraints> {
        self.extensions.basic_constraints
    }

    /// Whether it is an authority's certificate that may sign others.
    #[must_use]
    pub fn may_issue(&self) -> bool {
        self.basic_constraints().is_some_and(|basic| basic.ca)
            && self.key_usage().is_some_and(KeyUsage::key_cert_sign)
    }

    /// Whether it marks its basic constraints critical, as an authority's must be (RFC 5280, 4.2.1.9). The national list has
    /// authorities that do not, so it is asked of others only.
    #[must_use]
    pub fn has_critical_constraints(&self) -> bool {
        self.extensions.has_critical_constraints
    }

    /// Where the lists are that tell whether it was revoked.
    #[must_use]
    pub fn crl_addresses(&self) -> &[String] {
        &self.extensions.crl_addresses
    }

    /// Who answers whether it was revoked.
    #[must_use]
    pub fn ocsp_addresses(&self) -> &[String] {
        &self.extensions.ocsp_addresses
    }

    /// The identifier of its key.
    #[must_use]
    pub fn subject_key_id(&self) -> Option<&[u8]> {
        self.extensions.subject_key_id.as_deref()
    }

    /// What it says of its issuer's key.
    #[must_use]
    pub fn authority_key_id(&self) -> Option<&AuthorityKeyId> {
        self.extensions.authority_key_id.as_ref()
    }

    /// The first byte of the Netscape type: `0x80` a TLS client, `0x04` an authority for TLS.
    #[must_use]
    pub fn netscape_type(&self) -> Option<u8> {
        self.extensions.netscape_type
    }

    /// Whether it sets constraints on names or policies of what is below it. Nothing here follows them, so a path must
    /// not lead through it.
    #[must_use]
    pub fn constrains_paths(&self) -> bool {
        self.extensions.constrains_paths
    }

    /// Whether another certificate's key signed this one, under that certificate's name, and under its key identifier
    /// where one is given.
    ///
    /// # Errors
    /// [`IssuingRefusal`] says which of these fails, the cheapest first.
    pub fn is_signed_by(&self, issuer: &Self) -> Result<(), IssuingRefusal> {
        if self.issuer != issuer.subject {
            return Err(IssuingRefusal::Name);
        }
        if let Some(said) = self.authority_key_id()
            && !said.is_of(issuer)
        {
            return Err(IssuingRefusal::KeyIdentifier);
        }
        let signed = self.der.get(self.to_be_signed.clone()).unwrap_or_default();
        verify(&issuer.public_key, self.algorithm, signed, &self.signature).map_err(|refusal| {
            match refusal {
                CertificateSignatureRefusal::Obsolete => IssuingRefusal::Obsolete,
                CertificateSignatureRefusal::Unsupported => IssuingRefusal::Algorithm,
                CertificateSignatureRefusal::Mismatch => IssuingRefusal::Signature,
            }
        })
    }
}

impl AuthorityKeyId {
    /// Whether everything it says is so of this issuer (RFC 5280, 4.2.1.1). What neither side says is not compared.
    fn is_of(&self, issuer: &Certificate) -> bool {
        let same = |said: &Option<Vec<u8>>, is: Option<&[u8]>| {
            said.as_deref().zip(is).is_none_or(|(said, is)| said == is)
        };
        same(&self.key_id, issuer.subject_key_id())
            && same(&self.issuer, Some(issuer.issuer.der()))
            && same(&self.serial, Some(issuer.serial.magnitude()))
    }
}

impl PartialEq for Certificate {
    fn eq(&self, other: &Self) -> bool {
        self.der == other.der
    }
}

impl Eq for Certificate {}

/// A certificate may be a person's: only its digest is shown.
impl fmt::Debug for Certificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Certificate({})", hex(&self.sha256()))
    }
}
