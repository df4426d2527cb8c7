//! Writes DER, right or wrong, and the certificate revocation lists that authorities might sign.

use chrono::DateTime;
use varco::crypto::{KeyKind, SignatureAlgorithm, Signer as _, SigningKey};

/// `AlgorithmIdentifier`s.
pub const SHA1_RSA: &[u8] = b"\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x05\x05\x00";
pub const SHA256_RSA: &[u8] = b"\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0b\x05\x00";
pub const SHA256_ECDSA: &[u8] = b"\x30\x0a\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x02";

/// One value.
pub fn tlv(tag: u8, contents: impl AsRef<[u8]>) -> Vec<u8> {
    let contents = contents.as_ref();
    let mut out = vec![tag];
    match u32::try_from(contents.len()).unwrap() {
        short @ 0..0x80 => out.push(u8::try_from(short).unwrap()),
        long => {
            let bytes: Vec<u8> = long
                .to_be_bytes()
                .into_iter()
                .skip_while(|byte| *byte == 0)
                .collect();
            out.push(0x80 | u8::try_from(bytes.len()).unwrap());
            out.extend(bytes);
        }
    }
    out.extend_from_slice(contents);
    out
}

pub fn sequence(parts: &[&[u8]]) -> Vec<u8> {
    tlv(0x30, parts.concat())
}

/// An INTEGER of some big-endian bytes.
pub fn integer(magnitude: &[u8]) -> Vec<u8> {
    let stripped: Vec<u8> = magnitude
        .iter()
        .copied()
        .skip_while(|byte| *byte == 0)
        .collect();
    match stripped.first() {
        None => tlv(2, [0]),
        Some(0x80..) => tlv(2, [&[0][..], &stripped].concat()),
        Some(_) => tlv(2, stripped),
    }
}

/// A time of either kind, as RFC 5280 chooses it.
pub fn time(seconds: i64) -> Vec<u8> {
    let time = DateTime::from_timestamp(seconds, 0).unwrap();
    let text = time.format("%Y%m%d%H%M%SZ").to_string();
    if ("1950".."2050").contains(&&text[..4]) {
        tlv(0x17, &text[2..])
    } else {
        tlv(0x18, text)
    }
}

/// A name of one `commonName`.
pub fn name(common_name: &str) -> Vec<u8> {
    let attribute = sequence(&[&tlv(6, [0x55, 4, 3]), &tlv(0x0c, common_name)]);
    sequence(&[&tlv(0x31, attribute)])
}

/// An extension `2.5.29.x`.
pub fn extension(last: u8, critical: bool, value: &[u8]) -> Vec<u8> {
    let critical = if critical { tlv(1, [0xff]) } else { Vec::new() };
    sequence(&[&tlv(6, [0x55, 0x1d, last]), &critical, &tlv(4, value)])
}

/// An entry of a list, with extensions of its own or none.
pub fn entry(serial: &[u8], extensions: &[Vec<u8>]) -> Vec<u8> {
    let extensions = match extensions {
        [] => Vec::new(),
        some => tlv(0x30, some.concat()),
    };
    sequence(&[&integer(serial), &time(1_795_000_000), &extensions])
}

/// An `issuingDistributionPoint` of fields, critical.
pub fn distribution(fields: &[Vec<u8>]) -> Vec<u8> {
    extension(28, true, &tlv(0x30, fields.concat()))
}

/// The field of it that names addresses.
pub fn points(addresses: &[&str]) -> Vec<u8> {
    let names: Vec<u8> = addresses
        .iter()
        .flat_map(|address| tlv(0x86, address))
        .collect();
    tlv(0xa0, tlv(0xa0, names))
}

/// A list before it is signed. Every part can be made wrong.
#[derive(Clone)]
pub struct CrlForm {
    pub version: Vec<u8>,
    pub issuer: Vec<u8>,
    pub this_update: Vec<u8>,
    pub next_update: Vec<u8>,
    pub entries: Vec<Vec<u8>>,
    pub extensions: Vec<Vec<u8>>,
    pub inside: Option<Vec<u8>>,
    pub outside: Option<Vec<u8>>,
}

impl CrlForm {
    /// A good list of an authority: its number, when it was made, and until when it is good.
    pub fn new(issuer: &[u8], number: u32, from: i64, until: i64) -> Self {
        Self {
            version: tlv(2, [1]),
            issuer: issuer.to_vec(),
            this_update: time(from),
            next_update: time(until),
            entries: Vec::new(),
            extensions: vec![extension(20, false, &integer(&number.to_be_bytes()))],
            inside: None,
            outside: None,
        }
    }

    /// With a certificate on it.
    pub fn revoking(mut self, serial: &[u8]) -> Self {
        self.entries.push(entry(serial, &[]));
        self
    }

    pub fn with(mut self, extension: Vec<u8>) -> Self {
        self.extensions.push(extension);
        self
    }

    /// What is to be signed, with the algorithm that it names unless `inside` says otherwise.
    pub fn content(&self, algorithm: &[u8]) -> Vec<u8> {
        let entries = match self.entries.as_slice() {
            [] => Vec::new(),
            some => tlv(0x30, some.concat()),
        };
        let extensions = match self.extensions.as_slice() {
            [] => Vec::new(),
            some => tlv(0xa0, tlv(0x30, some.concat())),
        };
        sequence(&[
            &self.version,
            self.inside.as_deref().unwrap_or(algorithm),
            &self.issuer,
            &self.this_update,
            &self.next_update,
            &entries,
            &extensions,
        ])
    }

    pub fn signed_by(&self, key: &SigningKey) -> Vec<u8> {
        let algorithm = match key.public_key().kind() {
            KeyKind::Rsa(_) => SHA256_RSA,
            _ => SHA256_ECDSA,
        };
        let outside = self.outside.as_deref().unwrap_or(algorithm);
        signed(&self.content(algorithm), outside, key, &[])
    }
}

/// A content with its signature, and what may follow it.
pub fn signed(content: &[u8], algorithm: &[u8], key: &SigningKey, further: &[u8]) -> Vec<u8> {
    let signature = match key.public_key().kind() {
        KeyKind::Rsa(_) => key.sign(SignatureAlgorithm::RsaSha256, content).unwrap(),
        _ => {
            let fixed = key.sign(SignatureAlgorithm::EcdsaSha256, content).unwrap();
            let (r, s) = fixed.split_at(fixed.len() / 2);
            sequence(&[&integer(r), &integer(s)])
        }
    };
    let bits = tlv(3, [&[0][..], &signature].concat());
    sequence(&[content, algorithm, &bits, further])
}
