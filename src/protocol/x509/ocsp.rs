//! Questions to a responder, and its answers (RFC 6960).
//!
//! In: a card's serial number and its authority. Out: the bytes of a question; and of the bytes that come back, what the
//! authority says, or why that proves nothing. The answer must be to this very question, and signed by the authority itself
//! or by a responder to whom it gave that purpose. Whether it is fresh, [`OcspAnswer::is_fresh`] tells.

mod question;

use chrono::{DateTime, Utc};

use super::der::{
    ENUMERATED, GENERALIZED_TIME, INTEGER, NotDer, OCTET_STRING, OID, Reader, Value, context,
    context_constructed, time,
};
use super::parts::{Extension, Signed, extensions};
use super::{Certificate, Oid};
use crate::crypto::sha1_thumbprint;

pub use question::OcspQuestion;

use question::{CertId, is_same, key_bits};

/// The longest answer, in bytes: one status and a responder's certificate.
pub const MOST_BYTES: usize = 32 * 1024;

/// The most certificates in an answer that are looked at, and the most statuses.
const MOST_CERTIFICATES: usize = 4;
const MOST_STATUSES: usize = 32;

/// How far a responder's clock may be from ours, and how old an answer without an end may be, in seconds.
const SKEW: i64 = 300;

/// `id-pkix-ocsp-basic` and `id-pkix-ocsp-nonce` (RFC 6960, 4.2.1 and 4.4.1).
const BASIC: &[u8] = &[0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x30, 0x01, 0x01];
const NONCE: &[u8] = &[0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x30, 0x01, 0x02];
/// `id-kp-OCSPSigning` (RFC 6960, 4.2.2.2).
const OCSP_SIGNING: Oid = Oid::known(&[0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x09]);

/// Why an answer proves nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum OcspRefusal {
    /// It is longer than any answer.
    #[error("the answer is longer than {MOST_BYTES} bytes")]
    TooLarge,
    /// It is no answer in DER.
    #[error("this is no answer of a responder in DER")]
    Malformed,
    /// The responder says that it does not answer (RFC 6960, 4.2.1, `responseStatus`).
    #[error("the responder gives no answer")]
    NotAnswered,
    /// It is about other certificates.
    #[error("the answer is about another certificate")]
    OtherCertificate,
    /// It is the answer to another question.
    #[error("the answer is to another question")]
    OtherQuestion,
    /// Neither the authority nor one of its responders signed it, or with an algorithm that is not taken.
    #[error("the answer is not signed by the authority or a responder of it")]
    Signature,
    /// It has something critical that is not known.
    #[error("the answer has something in it that is critical and unknown")]
    Critical,
}

impl OcspRefusal {
    /// The reason code, for logs and metrics.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::TooLarge => "ocsp-too-large",
            Self::Malformed => "ocsp-malformed",
            Self::NotAnswered => "ocsp-not-answered",
            Self::OtherCertificate => "ocsp-other-certificate",
            Self::OtherQuestion => "ocsp-other-question",
            Self::Signature => "ocsp-signature",
            Self::Critical => "ocsp-critical-extension",
        }
    }
}

impl From<NotDer> for OcspRefusal {
    fn from(_: NotDer) -> Self {
        Self::Malformed
    }
}

/// What an authority says of a certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OcspStatus {
    /// It has not revoked it.
    Good,
    /// It has, or holds it.
    Revoked,
    /// The responder does not know it.
    Unknown,
}

/// A verified answer. Nothing else makes one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OcspAnswer {
    status: OcspStatus,
    this_update: i64,
    next_update: Option<i64>,
    has_nonce: bool,
    /// The responder's own certificate, where it is not the authority that signed.
    delegate: Option<Certificate>,
}

impl OcspAnswer {
    /// Reads an answer to a question and verifies its signature. A responder's own certificate must be good at `now`.
    ///
    /// # Errors
    /// [`OcspRefusal`] says why it proves nothing.
    pub fn read(
        der: &[u8],
        question: &OcspQuestion<'_>,
        now: DateTime<Utc>,
    ) -> Result<Self, OcspRefusal> {
        if der.len() > MOST_BYTES {
            return Err(OcspRefusal::TooLarge);
        }
        let (signed, certificates) = basic(der)?;
        let data = Data::read(signed.content.contents)?;
        let delegate = signer(&signed, &data, certificates, question, now)?;
        // From here on it is the authority that speaks.
        let mut has_nonce = false;
        if let Some(mut list) = data.extensions {
            extensions(&mut list, |extension| {
                has_nonce |= is_nonce(&extension, &question.nonce)?;
                Ok::<(), OcspRefusal>(())
            })?;
            list.end()?;
        }
        let mut answer = None;
        let mut statuses = data.statuses;
        for _ in 0..MOST_STATUSES {
            if statuses.is_empty() {
                break;
            }
            let single = Single::read(statuses.sequence()?, &question.id)?;
            // Two words about one certificate are none.
            if single.is_asked && answer.replace(single).is_some() {
                return Err(OcspRefusal::Malformed);
            }
        }
        statuses.end()?;
        let single = answer.ok_or(OcspRefusal::OtherCertificate)?;
        Ok(Self {
            status: single.status,
            this_update: single.this_update,
            next_update: single.next_update,
            has_nonce,
            delegate,
        })
    }

    /// What it says.
    #[must_use]
    pub fn status(&self) -> OcspStatus {
        self.status
    }

    /// Until when it may be used, in seconds since 1970, where it says so.
    #[must_use]
    pub fn next_update(&self) -> Option<i64> {
        self.next_update
    }

    /// The certificate of the responder, where it is not the authority itself.
    #[must_use]
    pub fn delegate(&self) -> Option<&Certificate> {
        self.delegate.as_ref()
    }

    /// Whether it is of now (RFC 6960, 4.2.2.1): within its times, where it has an end; otherwise it must be made for this
    /// question and a moment ago.
    #[must_use]
    pub fn is_fresh(&self, now: DateTime<Utc>) -> bool {
        let now = now.timestamp();
        let ended = match self.next_update {
            Some(end) => end <= now,
            None => !self.has_nonce || self.this_update < now - SKEW,
        };
        self.this_update <= now + SKEW && !ended
    }
}

/// `OCSPResponse` down to `BasicOCSPResponse`, and the certificates in it (RFC 6960, 4.2.1).
fn basic(der: &[u8]) -> Result<(Signed<'_>, Reader<'_>), OcspRefusal> {
    let mut all = Reader::new(der);
    let mut response = all.sequence()?;
    all.end()?;
    if response.expect(ENUMERATED)? != [0] {
        return Err(OcspRefusal::NotAnswered);
    }
    let mut wrapped = Reader::new(response.expect(context_constructed(0))?);
    response.end()?;
    let mut bytes = wrapped.sequence()?;
    wrapped.end()?;
    if bytes.expect(OID)? != BASIC {
        return Err(OcspRefusal::Malformed);
    }
    let mut inner = Reader::new(bytes.expect(OCTET_STRING)?);
    bytes.end()?;
    let mut basic = inner.sequence()?;
    inner.end()?;
    let signed = Signed::read(&mut basic)?;
    let certificates = match basic.optional(context_constructed(0))? {
        Some(list) => {
            let mut list = Reader::new(list);
            let certificates = list.sequence()?;
            list.end()?;
            certificates
        }
        None => Reader::new(&[]),
    };
    basic.end()?;
    Ok((signed, certificates))
}

/// `ResponseData` (RFC 6960, 4.2.1).
struct Data<'a> {
    responder: Value<'a>,
    statuses: Reader<'a>,
    extensions: Option<Reader<'a>>,
}

impl<'a> Data<'a> {
    fn read(contents: &'a [u8]) -> Result<Self, NotDer> {
        let mut fields = Reader::new(contents);
        // Version 1 is written 0, and mostly left out.
        if let Some(version) = fields.optional(context_constructed(0))?
            && version != [INTEGER, 1, 0]
        {
            return Err(NotDer);
        }
        let responder = fields.value()?;
        generalized(&mut fields)?;
        let statuses = fields.sequence()?;
        let extensions = fields.optional(context_constructed(1))?.map(Reader::new);
        fields.end()?;
        Ok(Self {
            responder,
            statuses,
            extensions,
        })
    }

    /// Whether a certificate is the one that the answer says its signer has (`ResponderID`).
    fn names(&self, certificate: &Certificate) -> bool {
        let mut contents = Reader::new(self.responder.contents);
        match self.responder.tag {
            0xa1 => self.responder.contents == certificate.subject().der(),
            0xa2 => contents
                .expect(OCTET_STRING)
                .is_ok_and(|digest| digest == sha1_thumbprint(key_bits(certificate))),
            _ => false,
        }
    }
}

/// Finds who signed: the authority (then there is no certificate to give), or a responder of it.
fn signer(
    signed: &Signed<'_>,
    data: &Data<'_>,
    mut certificates: Reader<'_>,
    question: &OcspQuestion<'_>,
    now: DateTime<Utc>,
) -> Result<Option<Certificate>, OcspRefusal> {
    let issuer = question.issuer;
    if data.names(issuer) && signed.verify(issuer.public_key()).is_ok() {
        return Ok(None);
    }
    for _ in 0..MOST_CERTIFICATES {
        if certificates.is_empty() {
            break;
        }
        let Ok(certificate) = Certificate::parse(certificates.value()?.whole) else {
            continue;
        };
        // RFC 6960, 4.2.2.2: issued by the authority itself, for this purpose alone.
        let purposes = certificate.extended_key_usage().unwrap_or_default();
        let usage = certificate.key_usage();
        let may_sign = purposes.contains(&OCSP_SIGNING)
            && usage.is_none_or(|usage| usage.digital_signature())
            && certificate
                .basic_constraints()
                .is_none_or(|basic| !basic.ca)
            && certificate.is_valid_at(now)
            && certificate.is_signed_by(issuer).is_ok();
        if may_sign && data.names(&certificate) && signed.verify(certificate.public_key()).is_ok() {
            return Ok(Some(certificate));
        }
    }
    Err(OcspRefusal::Signature)
}

/// Whether an extension is our nonce; another one is the answer to another question.
fn is_nonce(extension: &Extension<'_>, ours: &[u8; 32]) -> Result<bool, OcspRefusal> {
    if extension.id != NONCE {
        return match extension.critical {
            true => Err(OcspRefusal::Critical),
            false => Ok(false),
        };
    }
    let mut value = Reader::new(extension.value);
    let nonce = value.expect(OCTET_STRING)?;
    value.end()?;
    if nonce == ours {
        Ok(true)
    } else {
        Err(OcspRefusal::OtherQuestion)
    }
}

/// `SingleResponse` (RFC 6960, 4.2.1).
struct Single {
    is_asked: bool,
    status: OcspStatus,
    this_update: i64,
    next_update: Option<i64>,
}

impl Single {
    fn read(mut fields: Reader<'_>, asked: &CertId<'_>) -> Result<Self, OcspRefusal> {
        let is_asked = is_same(fields.sequence()?, asked)?;
        let status = fields.value()?;
        let this_update = generalized(&mut fields)?;
        let next_update = match fields.optional(context_constructed(0))? {
            Some(contents) => {
                let mut value = Reader::new(contents);
                let next_update = generalized(&mut value)?;
                value.end()?;
                Some(next_update)
            }
            None => None,
        };
        if let Some(list) = fields.optional(context_constructed(1))? {
            let mut list = Reader::new(list);
            extensions(&mut list, |extension| match extension.critical {
                true => Err(OcspRefusal::Critical),
                false => Ok(()),
            })?;
            list.end()?;
        }
        fields.end()?;
        let status = match (status.tag, status.contents) {
            (tag, []) if tag == context(0) => OcspStatus::Good,
            (tag, _) if tag == context_constructed(1) => OcspStatus::Revoked,
            (tag, []) if tag == context(2) => OcspStatus::Unknown,
            _ => return Err(OcspRefusal::Malformed),
        };
        Ok(Self {
            is_asked,
            status,
            this_update,
            next_update,
        })
    }
}

fn generalized(fields: &mut Reader<'_>) -> Result<i64, NotDer> {
    time(GENERALIZED_TIME, fields.expect(GENERALIZED_TIME)?)
}
