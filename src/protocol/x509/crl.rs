//! Certificate revocation lists (RFC 5280, 5), read in one walk.
//!
//! In: the DER of a list, and the authority that must have signed it. Out: a [`Crl`]: its dates, its number, what it covers
//! and the set of serial numbers, and nothing else of it. The signature is verified before anything of the content is
//! looked at, and never again. A list that would need more than this to be understood (one that others' certificates are
//! in, one of a part of the reasons, one that only tells changes, anything critical and unknown) is refused whole: what is
//! not understood covers nobody.

use super::der::{
    ENUMERATED, INTEGER, NotDer, Reader, SEQUENCE, context, context_constructed, unsigned,
};
use super::parts::{Extension, Signed, Unproved, extensions};
use super::serials::{Serial, Serials};
use crate::crypto::{PublicKey, sha256};

/// The longest list, in bytes: some two million entries.
pub const MOST_BYTES: usize = 64 * 1024 * 1024;

/// The most addresses in a list's distribution point.
const MOST_POINTS: usize = 32;

/// Extensions of a list and of its entries (RFC 5280, 5.2 and 5.3): contents of their identifiers.
const CRL_NUMBER: &[u8] = &[0x55, 0x1d, 20];
const REASON_CODE: &[u8] = &[0x55, 0x1d, 21];
const INVALIDITY_DATE: &[u8] = &[0x55, 0x1d, 24];
const DELTA_CRL_INDICATOR: &[u8] = &[0x55, 0x1d, 27];
const ISSUING_DISTRIBUTION_POINT: &[u8] = &[0x55, 0x1d, 28];
const CERTIFICATE_ISSUER: &[u8] = &[0x55, 0x1d, 29];
const AUTHORITY_KEY_IDENTIFIER: &[u8] = &[0x55, 0x1d, 35];

/// The authority that must have signed a list.
#[derive(Debug, Clone, Copy)]
pub struct CrlSigner<'a> {
    /// The DER of its name. Names are compared as they are written.
    pub name: &'a [u8],
    /// Its key.
    pub key: &'a PublicKey,
    /// Its subject key identifier, where its certificate has one.
    pub key_id: Option<&'a [u8]>,
}

/// Why a list is not used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CrlRefusal {
    /// It is longer than any list is.
    #[error("the list is longer than {MOST_BYTES} bytes")]
    TooLarge,
    /// It is no list in DER (RFC 5280, 5.1), or something in it is spelled wrong.
    #[error("this is no certificate revocation list in DER")]
    Malformed,
    /// Another authority's (5.1.2.3).
    #[error("the list is another authority's")]
    Issuer,
    /// The algorithm inside is not the one outside (5.1.1.2), or is none that is taken: SHA-1 for example.
    #[error("the list is signed with an algorithm that is not taken")]
    Algorithm,
    /// The signature is not the authority's.
    #[error("the signature of the list is not its authority's")]
    Signature,
    /// The key that it says it is signed with is another one (5.2.1).
    #[error("the list names another key of its authority")]
    Key,
    /// No version 2 (5.1.2.1).
    #[error("the list is not of version 2")]
    Version,
    /// It does not say when the next one comes (5.1.2.5), or that one came before it.
    #[error("the list does not say until when it is good")]
    NoEnd,
    /// It only tells what changed (5.2.4).
    #[error("the list tells only what changed since another one")]
    Delta,
    /// It has certificates of other authorities (5.2.5, 5.3.3).
    #[error("the list has certificates of other authorities in it")]
    Indirect,
    /// It is not about people's certificates, or not about all reasons (5.2.5).
    #[error("the list is not about the certificates of people, for every reason")]
    Partial,
    /// It has something critical that is not known (5.2, 5.3).
    #[error("the list has something in it that is critical and unknown")]
    Critical,
}

impl CrlRefusal {
    /// The reason code, for logs and metrics.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::TooLarge => "too-large",
            Self::Malformed => "malformed",
            Self::Issuer => "other-issuer",
            Self::Algorithm => "algorithm",
            Self::Signature => "signature",
            Self::Key => "other-key",
            Self::Version => "version",
            Self::NoEnd => "no-end",
            Self::Delta => "delta",
            Self::Indirect => "indirect",
            Self::Partial => "partial",
            Self::Critical => "critical-extension",
        }
    }
}

impl From<NotDer> for CrlRefusal {
    fn from(_: NotDer) -> Self {
        Self::Malformed
    }
}

/// Which of an authority's certificates a list is about.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CrlScope {
    /// Those that name one of these addresses as their distribution point (RFC 5280, 6.3.3, b 2 i); all of them where there is
    /// `None`. None of them when the point is named otherwise than by addresses: such a list is about nobody here.
    pub points: Option<Vec<String>>,
    /// Only those of people and things, and of no authority (`onlyContainsUserCerts`).
    pub only_ends: bool,
}

impl CrlScope {
    /// Whether the list is about a certificate that names these addresses, an authority's or not.
    #[must_use]
    pub fn covers(&self, addresses: &[String], is_authority: bool) -> bool {
        let at_point = |points: &Vec<String>| points.iter().any(|point| addresses.contains(point));
        self.points.as_ref().is_none_or(at_point) && !(self.only_ends && is_authority)
    }
}

/// A list whose signature was verified. Nothing else makes one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Crl {
    this_update: i64,
    next_update: i64,
    number: Option<Serial>,
    scope: CrlScope,
    revoked: Serials,
    sha256: [u8; 32],
}

impl Crl {
    /// Reads a list of this authority and verifies its signature. Takes about a second for a million entries: not for
    /// a thread that answers people.
    ///
    /// # Errors
    /// [`CrlRefusal`] when it is not its, or is of a kind that is not used.
    pub fn read(der: &[u8], signer: &CrlSigner<'_>) -> Result<Self, CrlRefusal> {
        if der.len() > MOST_BYTES {
            return Err(CrlRefusal::TooLarge);
        }
        let signed = signed(der)?;
        let head = Head::read(&mut Reader::new(signed.content.contents))?;
        if head.issuer != signer.name {
            return Err(CrlRefusal::Issuer);
        }
        if head.algorithm != signed.algorithm.whole {
            return Err(CrlRefusal::Algorithm);
        }
        signed
            .verify(signer.key)
            .map_err(|unproved| match unproved {
                Unproved::Algorithm => CrlRefusal::Algorithm,
                Unproved::Signature => CrlRefusal::Signature,
            })?;
        // From here on it is the authority that speaks.
        let mut content = head.rest;
        if !head.is_version_2 {
            return Err(CrlRefusal::Version);
        }
        let this_update = content.time()?;
        // A list that is good for ever would never be asked for again.
        let next_update = content.time().map_err(|_| CrlRefusal::NoEnd)?;
        if next_update <= this_update {
            return Err(CrlRefusal::NoEnd);
        }
        let entries = content.optional(SEQUENCE)?;
        let mut facts = Facts::new(signer);
        if let Some(list) = content.optional(context_constructed(0))? {
            let mut list = Reader::new(list);
            extensions(&mut list, |extension| facts.take(extension))?;
            list.end()?;
        }
        content.end()?;
        Ok(Self {
            this_update,
            next_update,
            number: facts.number,
            scope: facts.scope,
            revoked: revoked(Reader::new(entries.unwrap_or_default()))?,
            sha256: sha256(der),
        })
    }

    /// The DER of the name that a list says its authority has. Nothing of it is verified: it only tells whose key to try.
    ///
    /// # Errors
    /// [`CrlRefusal`] when there is none.
    pub fn claimed_issuer(der: &[u8]) -> Result<&[u8], CrlRefusal> {
        if der.len() > MOST_BYTES {
            return Err(CrlRefusal::TooLarge);
        }
        Ok(Head::read(&mut Reader::new(signed(der)?.content.contents))?.issuer)
    }

    /// When it was made, in seconds since 1970.
    #[must_use]
    pub fn this_update(&self) -> i64 {
        self.this_update
    }

    /// When the next one is there at the latest, in seconds since 1970.
    #[must_use]
    pub fn next_update(&self) -> i64 {
        self.next_update
    }

    /// Its number (RFC 5280, 5.2.3).
    #[must_use]
    pub fn number(&self) -> Option<Serial> {
        self.number
    }

    /// Which certificates it is about.
    #[must_use]
    pub fn scope(&self) -> &CrlScope {
        &self.scope
    }

    /// The serial numbers that it names.
    #[must_use]
    pub fn revoked(&self) -> &Serials {
        &self.revoked
    }

    /// SHA-256 of the list.
    #[must_use]
    pub fn sha256(&self) -> &[u8; 32] {
        &self.sha256
    }

    /// Whether it is older than another of the same authority and scope: by number or by date. Its own list is not older
    /// than itself.
    #[must_use]
    pub fn is_older_than(&self, other: &Self) -> bool {
        let lost_its_number = other.number.is_some() && self.number.is_none();
        self.this_update < other.this_update || self.number < other.number || lost_its_number
    }
}

fn signed(der: &[u8]) -> Result<Signed<'_>, NotDer> {
    let mut all = Reader::new(der);
    let mut list = all.sequence()?;
    all.end()?;
    let signed = Signed::read(&mut list)?;
    list.end()?;
    Ok(signed)
}

/// What tells whose a list is, before its signature is verified.
struct Head<'a> {
    is_version_2: bool,
    algorithm: &'a [u8],
    issuer: &'a [u8],
    rest: Reader<'a>,
}

impl<'a> Head<'a> {
    fn read(content: &mut Reader<'a>) -> Result<Self, NotDer> {
        let version = content.optional(INTEGER)?;
        let (algorithm, issuer) = (content.value()?, content.value()?);
        if algorithm.tag != SEQUENCE || issuer.tag != SEQUENCE {
            return Err(NotDer);
        }
        Ok(Self {
            // Version 2 is written 1.
            is_version_2: version == Some(&[1][..]),
            algorithm: algorithm.whole,
            issuer: issuer.whole,
            rest: *content,
        })
    }
}

/// What the extensions of a list say.
struct Facts<'a> {
    key_id: Option<&'a [u8]>,
    number: Option<Serial>,
    scope: CrlScope,
}

impl<'a> Facts<'a> {
    fn new(signer: &CrlSigner<'a>) -> Self {
        Self {
            key_id: signer.key_id,
            number: None,
            scope: CrlScope::default(),
        }
    }

    fn take(&mut self, extension: Extension<'_>) -> Result<(), CrlRefusal> {
        let mut value = Reader::new(extension.value);
        match extension.id {
            CRL_NUMBER => {
                let number = unsigned(value.expect(INTEGER)?)?;
                self.number = Some(Serial::new(number).ok_or(CrlRefusal::Malformed)?);
            }
            AUTHORITY_KEY_IDENTIFIER => {
                let named = value.sequence()?.optional(context(0))?;
                if let (Some(named), Some(own)) = (named, self.key_id)
                    && named != own
                {
                    return Err(CrlRefusal::Key);
                }
            }
            ISSUING_DISTRIBUTION_POINT => self.scope = scope(value.sequence()?)?,
            DELTA_CRL_INDICATOR => return Err(CrlRefusal::Delta),
            _ if extension.critical => return Err(CrlRefusal::Critical),
            // Whoever wrote it lets us go on without it.
            _ => return Ok(()),
        }
        Ok(value.end()?)
    }
}

/// `IssuingDistributionPoint` (RFC 5280, 5.2.5).
fn scope(mut fields: Reader<'_>) -> Result<CrlScope, CrlRefusal> {
    let point = fields.optional(context_constructed(0))?;
    let only_ends = fields.boolean_or_false(context(1))?;
    let only_authorities = fields.boolean_or_false(context(2))?;
    let some_reasons = fields.optional(context(3))?.is_some();
    let indirect = fields.boolean_or_false(context(4))?;
    let only_attributes = fields.boolean_or_false(context(5))?;
    fields.end()?;
    if indirect {
        return Err(CrlRefusal::Indirect);
    }
    if only_authorities || only_attributes || some_reasons {
        return Err(CrlRefusal::Partial);
    }
    Ok(CrlScope {
        points: point.map(|name| points(Reader::new(name))).transpose()?,
        only_ends,
    })
}

/// `DistributionPointName`: the addresses among its names.
fn points(mut choice: Reader<'_>) -> Result<Vec<String>, CrlRefusal> {
    let full_name = choice.value()?;
    choice.end()?;
    let mut points = Vec::new();
    if full_name.tag == context_constructed(0) {
        let mut names = Reader::new(full_name.contents);
        while !names.is_empty() {
            let name = names.value()?;
            // uniformResourceIdentifier (RFC 5280, 4.2.1.6).
            if name.tag == context(6) {
                let text = str::from_utf8(name.contents).map_err(|_| CrlRefusal::Malformed)?;
                points.push(text.to_owned());
            }
            if points.len() > MOST_POINTS {
                return Err(CrlRefusal::Malformed);
            }
        }
    }
    points.sort_unstable();
    Ok(points)
}

/// The serial numbers of the entries. They are counted first, so that their set takes the memory it needs and no more.
fn revoked(entries: Reader<'_>) -> Result<Serials, CrlRefusal> {
    let mut count = 0;
    let mut counted = entries;
    while !counted.is_empty() {
        counted.sequence()?;
        count += 1;
    }
    let mut serials = Vec::with_capacity(count);
    let mut entries = entries;
    while !entries.is_empty() {
        serials.push(entry(entries.sequence()?)?);
    }
    Ok(serials.into())
}

/// One entry (RFC 5280, 5.1.2.6 and 5.3). Whatever the reason, its certificate is not good: a hold is one too, and one that
/// is taken off hold has no place in a whole list, so that an entry that says so counts as any other.
fn entry(mut fields: Reader<'_>) -> Result<Serial, CrlRefusal> {
    let serial = Serial::new(fields.unsigned()?).ok_or(CrlRefusal::Malformed)?;
    fields.time()?;
    if !fields.is_empty() {
        extensions(&mut fields, |extension| match extension.id {
            CERTIFICATE_ISSUER => Err(CrlRefusal::Indirect),
            REASON_CODE => {
                let mut value = Reader::new(extension.value);
                value.expect(ENUMERATED)?;
                Ok(value.end()?)
            }
            INVALIDITY_DATE => {
                let mut value = Reader::new(extension.value);
                value.time()?;
                Ok(value.end()?)
            }
            _ if extension.critical => Err(CrlRefusal::Critical),
            _ => Ok(()),
        })?;
    }
    fields.end()?;
    Ok(serial)
}
