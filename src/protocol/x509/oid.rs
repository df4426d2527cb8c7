//! Object identifiers, compared whole: a text that merely begins alike is another one (rules on CNS, 0.9).

use std::borrow::Cow;
use std::fmt;

use super::der::NotDer;

/// An object identifier, kept as DER encodes it (X.690, 8.19).
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Oid(Cow<'static, [u8]>);

/// No identifier that anybody uses comes near so many bytes.
const MAX_BYTES: usize = 64;

impl Oid {
    /// `keyUsage` (RFC 5280, 4.2.1.3).
    pub const KEY_USAGE: Self = Self::known(&[0x55, 0x1d, 0x0f]);
    /// `subjectKeyIdentifier` (RFC 5280, 4.2.1.2).
    pub const SUBJECT_KEY_ID: Self = Self::known(&[0x55, 0x1d, 0x0e]);
    /// `authorityKeyIdentifier` (RFC 5280, 4.2.1.1).
    pub const AUTHORITY_KEY_ID: Self = Self::known(&[0x55, 0x1d, 0x23]);
    /// `basicConstraints` (RFC 5280, 4.2.1.9).
    pub const BASIC_CONSTRAINTS: Self = Self::known(&[0x55, 0x1d, 0x13]);
    /// `certificatePolicies` (RFC 5280, 4.2.1.4).
    pub const CERTIFICATE_POLICIES: Self = Self::known(&[0x55, 0x1d, 0x20]);
    /// `extKeyUsage` (RFC 5280, 4.2.1.12).
    pub const EXTENDED_KEY_USAGE: Self = Self::known(&[0x55, 0x1d, 0x25]);
    /// `cRLDistributionPoints` (RFC 5280, 4.2.1.13).
    pub const CRL_DISTRIBUTION_POINTS: Self = Self::known(&[0x55, 0x1d, 0x1f]);
    /// `subjectAltName` (RFC 5280, 4.2.1.6).
    pub const SUBJECT_ALT_NAME: Self = Self::known(&[0x55, 0x1d, 0x11]);
    /// `issuerAltName` (RFC 5280, 4.2.1.7).
    pub const ISSUER_ALT_NAME: Self = Self::known(&[0x55, 0x1d, 0x12]);
    /// `nameConstraints` (RFC 5280, 4.2.1.10).
    pub const NAME_CONSTRAINTS: Self = Self::known(&[0x55, 0x1d, 0x1e]);
    /// `policyMappings` (RFC 5280, 4.2.1.5).
    pub const POLICY_MAPPINGS: Self = Self::known(&[0x55, 0x1d, 0x21]);
    /// `policyConstraints` (RFC 5280, 4.2.1.11).
    pub const POLICY_CONSTRAINTS: Self = Self::known(&[0x55, 0x1d, 0x24]);
    /// `inhibitAnyPolicy` (RFC 5280, 4.2.1.14).
    pub const INHIBIT_ANY_POLICY: Self = Self::known(&[0x55, 0x1d, 0x36]);
    /// `authorityInfoAccess` (RFC 5280, 4.2.2.1).
    pub const AUTHORITY_INFO_ACCESS: Self =
        Self::known(&[0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x01, 0x01]);
    /// `proxyCertInfo` (RFC 3820, 3.8).
    pub const PROXY_CERTIFICATE: Self =
        Self::known(&[0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x01, 0x0e]);
    /// `netscape-cert-type`, which OpenSSL still obeys.
    pub const NETSCAPE_CERT_TYPE: Self =
        Self::known(&[0x60, 0x86, 0x48, 0x01, 0x86, 0xf8, 0x42, 0x01, 0x01]);
    /// `id-ad-ocsp` (RFC 5280, 4.2.2.1).
    pub const OCSP: Self = Self::known(&[0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x30, 0x01]);
    /// `anyPolicy` (RFC 5280, 4.2.1.4).
    pub const ANY_POLICY: Self = Self::known(&[0x55, 0x1d, 0x20, 0x00]);
    /// `id-kp-clientAuth` (RFC 5280, 4.2.1.12).
    pub const CLIENT_AUTH: Self = Self::known(&[0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x02]);
    /// `commonName` (X.520).
    pub const COMMON_NAME: Self = Self::known(&[0x55, 0x04, 0x03]);
    /// `surname` (X.520).
    pub const SURNAME: Self = Self::known(&[0x55, 0x04, 0x04]);
    /// `serialNumber` (X.520), an attribute of a person and not of a certificate.
    pub const SERIAL_NUMBER: Self = Self::known(&[0x55, 0x04, 0x05]);
    /// `organizationName` (X.520).
    pub const ORGANIZATION: Self = Self::known(&[0x55, 0x04, 0x0a]);
    /// `organizationalUnitName` (X.520).
    pub const ORGANIZATIONAL_UNIT: Self = Self::known(&[0x55, 0x04, 0x0b]);
    /// `givenName` (X.520).
    pub const GIVEN_NAME: Self = Self::known(&[0x55, 0x04, 0x2a]);

    /// An identifier whose encoding is a constant of ours.
    #[must_use]
    pub const fn known(encoded: &'static [u8]) -> Self {
        Self(Cow::Borrowed(encoded))
    }

    /// Reads the dotted form, as configuration writes it; `None` for anything else.
    #[must_use]
    pub fn parse(dotted: &str) -> Option<Self> {
        let mut arcs = dotted.split('.').map(|arc| {
            let plain = arc.bytes().all(|byte| byte.is_ascii_digit())
                && (arc.len() == 1 || !arc.starts_with('0'));
            plain.then(|| arc.parse::<u64>().ok()).flatten()
        });
        let (first, second) = (arcs.next()??, arcs.next()??);
        if first > 2 || (first < 2 && second > 39) {
            return None;
        }
        let mut encoded = Vec::new();
        write_arc(&mut encoded, second.checked_add(first * 40)?);
        for arc in arcs {
            write_arc(&mut encoded, arc?);
        }
        (encoded.len() <= MAX_BYTES).then_some(Self(Cow::Owned(encoded)))
    }

    /// Reads the content of an OBJECT IDENTIFIER: whole arcs, none padded.
    pub(super) fn from_content(content: &[u8]) -> Result<Self, NotDer> {
        let starts = std::iter::once(true).chain(content.iter().map(|byte| byte & 0x80 == 0));
        let padded = content
            .iter()
            .zip(starts)
            .any(|(byte, starts)| starts && *byte == 0x80);
        let whole = content.last().is_some_and(|last| last & 0x80 == 0);
        if padded || !whole || content.len() > MAX_BYTES {
            return Err(NotDer);
        }
        Ok(Self(Cow::Owned(content.to_vec())))
    }

    /// The content of its DER encoding.
    #[must_use]
    pub fn encoded(&self) -> &[u8] {
        &self.0
    }
}

fn write_arc(encoded: &mut Vec<u8>, arc: u64) {
    let groups = (u64::BITS - arc.leading_zeros()).div_ceil(7).max(1);
    for group in (0..groups).rev() {
        let low = (arc >> (7 * group)) & 0x7f;
        let more = if group == 0 { 0 } else { 0x80 };
        encoded.push(u8::try_from(low).unwrap_or_default() | more);
    }
}

/// The dotted form; an arc over 64 bits is shown as `?`.
impl fmt::Display for Oid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut arc = Some(0_u64);
        let mut is_first = true;
        for byte in self.0.iter() {
            arc = arc
                .and_then(|arc| arc.checked_mul(128))
                .map(|arc| arc | u64::from(byte & 0x7f));
            if byte & 0x80 != 0 {
                continue;
            }
            match (is_first, arc) {
                (true, Some(arc)) => {
                    let root = (arc / 40).min(2);
                    write!(f, "{root}.{}", arc - root * 40)?;
                }
                (true, None) => f.write_str("2.?")?,
                (false, Some(arc)) => write!(f, ".{arc}")?,
                (false, None) => f.write_str(".?")?,
            }
            (is_first, arc) = (false, Some(0));
        }
        Ok(())
    }
}

impl fmt::Debug for Oid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Oid({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_dotted_form_reads_back() {
        for (dotted, oid) in [
            ("1.3.6.1.5.5.7.3.2", Oid::CLIENT_AUTH),
            ("2.5.29.32.0", Oid::ANY_POLICY),
            ("2.16.840.1.113730.1.1", Oid::NETSCAPE_CERT_TYPE),
        ] {
            assert_eq!(Oid::parse(dotted), Some(oid.clone()));
            assert_eq!(oid.to_string(), dotted);
            assert_eq!(Oid::from_content(oid.encoded()), Ok(oid));
        }
        for bad in [
            "", "1", "1.", "1.40", "3.1", "1.3.a", "1.3.-1", "1.03", "1.3 ", "1.3..6",
        ] {
            assert_eq!(Oid::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn padded_cut_and_huge_identifiers_are_refused() {
        for bad in [
            &[][..],
            &[0x80, 0x01],
            &[0x2a, 0x80, 0x01],
            &[0x2a, 0x81],
            &[0x2a; 65],
        ] {
            assert_eq!(Oid::from_content(bad), Err(NotDer), "{bad:02x?}");
        }
        let beyond_64_bits = [&[0x2a][..], &[0xff; 10], &[0x7f]].concat();
        assert_eq!(
            Oid::from_content(&beyond_64_bits).unwrap().to_string(),
            "1.2.?"
        );
    }
}
