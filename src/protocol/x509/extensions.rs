//! The extensions of a certificate that a login reads (RFC 5280, 4.2). All are read when the certificate is: each at most
//! once, each to its end, and a critical one that nobody here obeys refuses the certificate.

use std::collections::HashSet;

use super::der::{
    BIT_STRING, BOOLEAN, INTEGER, NotDer, OCTET_STRING, OID, Reader, SEQUENCE, bits, context,
    context_constructed, small, unsigned,
};
use super::name::Name;
use super::oid::Oid;
use super::refusal::CertificateRefusal;

/// `keyUsage` (RFC 5280, 4.2.1.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeyUsage(u16);

impl KeyUsage {
    fn has(self, bit: u16) -> bool {
        self.0 & (0x8000 >> bit) != 0
    }

    /// May sign what proves who is there: logins.
    #[must_use]
    pub fn digital_signature(self) -> bool {
        self.has(0)
    }

    /// May sign what binds the signer: contracts (`nonRepudiation`, `contentCommitment`).
    #[must_use]
    pub fn non_repudiation(self) -> bool {
        self.has(1)
    }

    /// May sign certificates.
    #[must_use]
    pub fn key_cert_sign(self) -> bool {
        self.has(5)
    }

    /// May sign revocation lists.
    #[must_use]
    pub fn crl_sign(self) -> bool {
        self.has(6)
    }
}

/// `basicConstraints` (RFC 5280, 4.2.1.9).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BasicConstraints {
    /// Whether it is an authority's certificate.
    pub ca: bool,
    /// How many authorities may stand between this one and the last certificate.
    pub path_len: Option<u32>,
}

/// `authorityKeyIdentifier` (RFC 5280, 4.2.1.1).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AuthorityKeyId {
    /// The identifier of the issuer's key.
    pub key_id: Option<Vec<u8>>,
    /// DER of the name of the issuer's own issuer.
    pub issuer: Option<Vec<u8>>,
    /// The serial number of the issuer's certificate, without sign.
    pub serial: Option<Vec<u8>>,
}

/// Every extension that is read; what is absent is `None` or empty.
#[derive(Debug, Clone, Default)]
pub(super) struct Extensions {
    pub(super) key_usage: Option<KeyUsage>,
    pub(super) extended_key_usage: Option<Vec<Oid>>,
    pub(super) policies: Vec<Oid>,
    pub(super) basic_constraints: Option<BasicConstraints>,
    pub(super) has_critical_constraints: bool,
    pub(super) subject_key_id: Option<Vec<u8>>,
    pub(super) authority_key_id: Option<AuthorityKeyId>,
    pub(super) crl_addresses: Vec<String>,
    pub(super) ocsp_addresses: Vec<String>,
    /// First byte of the Netscape type: 0x80 a TLS client, 0x04 an authority for TLS.
    pub(super) netscape_type: Option<u8>,
    /// Name constraints, policy constraints, policy mappings or `inhibitAnyPolicy`, critical or not.
    pub(super) constrains_paths: bool,
}

/// More extensions than any certificate has.
const MAX_EXTENSIONS: usize = 64;
/// An address longer than this is of no use to anybody.
const MAX_ADDRESS: usize = 2048;

impl Extensions {
    /// Reads the content of `Extensions` (RFC 5280, 4.1.2.9).
    pub(super) fn read(content: &[u8]) -> Result<Self, CertificateRefusal> {
        let mut found = Self::default();
        let mut seen = HashSet::new();
        // `SEQUENCE SIZE (1..MAX)`
        if content.is_empty() {
            return Err(CertificateRefusal::Malformed);
        }
        for extension in Reader::new(content).all(SEQUENCE) {
            let mut extension = Reader::new(extension?);
            let kind = Oid::from_content(extension.expect(OID)?)?;
            // DER leaves out a default; authorities write `FALSE` all the same, and it has one reading.
            let critical = extension.boolean_or_false(BOOLEAN)?;
            let value = extension.expect(OCTET_STRING)?;
            extension.end()?;
            // Whoever may log in may make a proxy certificate (RFC 3820), critical by its definition; OpenSSL refuses one
            // that is not so marked as well.
            if kind == Oid::PROXY_CERTIFICATE {
                return Err(CertificateRefusal::CriticalExtension);
            }
            let is_obeyed = found
                .take(&kind, value)
                .map_err(|NotDer| CertificateRefusal::Extension)?;
            found.has_critical_constraints |= critical && kind == Oid::BASIC_CONSTRAINTS;
            if !seen.insert(kind) {
                return Err(CertificateRefusal::DuplicateExtension);
            }
            if critical && !is_obeyed {
                return Err(CertificateRefusal::CriticalExtension);
            }
            if seen.len() > MAX_EXTENSIONS {
                return Err(CertificateRefusal::Malformed);
            }
        }
        Ok(found)
    }

    /// Reads one; says whether it may be critical: it is one that is obeyed here, and not one that must not be critical
    /// (RFC 5280: key identifiers and `authorityInfoAccess`).
    fn take(&mut self, kind: &Oid, value: &[u8]) -> Result<bool, NotDer> {
        let kind = |known: &Oid| kind == known;
        if kind(&Oid::KEY_USAGE) {
            self.key_usage = Some(key_usage(value)?);
        } else if kind(&Oid::EXTENDED_KEY_USAGE) {
            self.extended_key_usage = Some(oids(value)?);
        } else if kind(&Oid::CERTIFICATE_POLICIES) {
            self.policies = policies(value)?;
        } else if kind(&Oid::BASIC_CONSTRAINTS) {
            self.basic_constraints = Some(basic_constraints(value)?);
        } else if kind(&Oid::SUBJECT_KEY_ID) {
            self.subject_key_id = Some(Reader::only(value, OCTET_STRING)?.to_vec());
            return Ok(false);
        } else if kind(&Oid::AUTHORITY_KEY_ID) {
            self.authority_key_id = Some(authority_key_id(value)?);
            return Ok(false);
        } else if kind(&Oid::CRL_DISTRIBUTION_POINTS) {
            self.crl_addresses = crl_addresses(value)?;
        } else if kind(&Oid::AUTHORITY_INFO_ACCESS) {
            self.ocsp_addresses = ocsp_addresses(value)?;
            return Ok(false);
        } else if kind(&Oid::NETSCAPE_CERT_TYPE) {
            let bits = bits(Reader::only(value, BIT_STRING)?)?;
            self.netscape_type = Some(bits.first().copied().unwrap_or_default());
        } else if [Oid::SUBJECT_ALT_NAME, Oid::ISSUER_ALT_NAME]
            .iter()
            .any(kind)
        {
            // Nobody here reads other names; what is not even names is refused, as OpenSSL does.
            general_names(value)?;
            return Ok(false);
        } else if [
            Oid::NAME_CONSTRAINTS,
            Oid::POLICY_CONSTRAINTS,
            Oid::POLICY_MAPPINGS,
            Oid::INHIBIT_ANY_POLICY,
        ]
        .iter()
        .any(kind)
        {
            // Obeyed by refusing every path through an authority that sets one (`Certificate::constrains_paths`).
            self.constrains_paths = true;
        } else {
            return Ok(false);
        }
        Ok(true)
    }
}

fn key_usage(value: &[u8]) -> Result<KeyUsage, NotDer> {
    match bits(Reader::only(value, BIT_STRING)?)? {
        [first] => Ok(KeyUsage(u16::from_be_bytes([*first, 0]))),
        [first, second] => Ok(KeyUsage(u16::from_be_bytes([*first, *second]))),
        _ => Err(NotDer),
    }
}

/// `SEQUENCE SIZE (1..MAX) OF OBJECT IDENTIFIER`.
fn oids(value: &[u8]) -> Result<Vec<Oid>, NotDer> {
    let oids: Vec<Oid> = Reader::new(Reader::only(value, SEQUENCE)?)
        .all(OID)
        .map(|oid| Oid::from_content(oid?))
        .collect::<Result<_, _>>()?;
    if oids.is_empty() {
        Err(NotDer)
    } else {
        Ok(oids)
    }
}

/// The policies without their qualifiers, each at most once.
fn policies(value: &[u8]) -> Result<Vec<Oid>, NotDer> {
    let mut policies = Vec::new();
    for information in Reader::new(Reader::only(value, SEQUENCE)?).all(SEQUENCE) {
        let mut information = Reader::new(information?);
        let policy = Oid::from_content(information.expect(OID)?)?;
        information.optional(SEQUENCE)?;
        information.end()?;
        if policies.contains(&policy) {
            return Err(NotDer);
        }
        policies.push(policy);
    }
    if policies.is_empty() {
        return Err(NotDer);
    }
    Ok(policies)
}

fn basic_constraints(value: &[u8]) -> Result<BasicConstraints, NotDer> {
    let mut constraints = Reader::new(Reader::only(value, SEQUENCE)?);
    let ca = constraints.boolean_or_false(BOOLEAN)?;
    let path_len = constraints.optional(INTEGER)?.map(small).transpose()?;
    constraints.end()?;
    // A length of path means something below an authority only.
    if path_len.is_some() && !ca {
        return Err(NotDer);
    }
    Ok(BasicConstraints { ca, path_len })
}

fn authority_key_id(value: &[u8]) -> Result<AuthorityKeyId, NotDer> {
    let mut fields = Reader::new(Reader::only(value, SEQUENCE)?);
    let key_id = fields.optional(context(0))?.map(<[u8]>::to_vec);
    let issuer = match fields.optional(context_constructed(1))? {
        None => None,
        Some(names) => {
            let mut names = Reader::new(names);
            let mut directory_name = None;
            while !names.is_empty() {
                let name = names.value()?;
                // `directoryName [4]`, explicit because Name is a choice.
                if name.tag == context_constructed(4) && directory_name.is_none() {
                    directory_name = Some(name.contents.to_vec());
                }
            }
            directory_name
        }
    };
    let serial = fields.optional(context(2))?.map(unsigned).transpose()?;
    fields.end()?;
    Ok(AuthorityKeyId {
        key_id,
        issuer,
        serial: serial.map(<[u8]>::to_vec),
    })
}

/// `GeneralNames` (RFC 5280, 4.2.1.6): one at least, each of one of the nine kinds.
fn general_names(value: &[u8]) -> Result<(), NotDer> {
    let mut names = Reader::new(Reader::only(value, SEQUENCE)?);
    if names.is_empty() {
        return Err(NotDer);
    }
    while !names.is_empty() {
        let name = names.value()?;
        match name.tag {
            // directoryName
            tag if tag == context_constructed(4) => drop(Name::read(name.contents)?),
            // otherName, x400Address, ediPartyName; rfc822Name, dNSName, URI, iPAddress, registeredID
            0xa0 | 0xa3 | 0xa5 | 0x81 | 0x82 | 0x86..=0x88 => {}
            _ => return Err(NotDer),
        }
    }
    Ok(())
}

/// The addresses of the lists that tell of this certificate: those of other issuers, or for some reasons only, tell
/// less than is needed.
fn crl_addresses(value: &[u8]) -> Result<Vec<String>, NotDer> {
    let mut addresses = Vec::new();
    for point in Reader::new(Reader::only(value, SEQUENCE)?).all(SEQUENCE) {
        let mut point = Reader::new(point?);
        let name = point.optional(context_constructed(0))?;
        let reasons = point.optional(context(1))?;
        let issuer = point.optional(context_constructed(2))?;
        point.end()?;
        let Some(name) = name.filter(|_| reasons.is_none() && issuer.is_none()) else {
            continue;
        };
        let mut name = Reader::new(name);
        if let Some(full) = name.optional(context_constructed(0))? {
            name.end()?;
            let mut names = Reader::new(full);
            while !names.is_empty() {
                addresses.extend(address(names.value()?));
            }
        }
    }
    Ok(addresses)
}

fn ocsp_addresses(value: &[u8]) -> Result<Vec<String>, NotDer> {
    let mut addresses = Vec::new();
    for description in Reader::new(Reader::only(value, SEQUENCE)?).all(SEQUENCE) {
        let mut description = Reader::new(description?);
        let method = Oid::from_content(description.expect(OID)?)?;
        let location = description.value()?;
        description.end()?;
        if method == Oid::OCSP {
            addresses.extend(address(location));
        }
    }
    Ok(addresses)
}

/// `uniformResourceIdentifier [6] IA5String`; another kind of name, or one that is no address, is passed over.
fn address(name: super::der::Value<'_>) -> Option<String> {
    let fits = name.tag == context(6)
        && name.contents.len() <= MAX_ADDRESS
        && name.contents.iter().all(|byte| (0x20..0x7f).contains(byte));
    let text = str::from_utf8(name.contents).ok()?;
    fits.then(|| text.to_owned())
}
