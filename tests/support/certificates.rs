//! Certificates of every shape, the wrong ones above all: keys of every kind, and a [`Paper`] whose every field can
//! be anything.

use std::io::Write as _;
use std::process::{Command, Stdio};

use varco::crypto::certificate::to_pem;
use varco::crypto::{SignatureAlgorithm, Signer as _, SigningKey, sha256};
use varco::protocol::x509::Oid;

use super::der::tlv;
pub use super::der::{integer, time};

pub const UTF8: u8 = 0x0c;
pub const PRINTABLE: u8 = 0x13;
pub const TELETEX: u8 = 0x14;
pub const IA5: u8 = 0x16;
pub const BMP: u8 = 0x1e;

pub const C: &str = "2.5.4.6";
pub const O: &str = "2.5.4.10";
pub const OU: &str = "2.5.4.11";
pub const CN: &str = "2.5.4.3";
pub const SN: &str = "2.5.4.4";
pub const GN: &str = "2.5.4.42";
pub const SERIAL_NUMBER: &str = "2.5.4.5";

pub const KEY_USAGE: &str = "2.5.29.15";
pub const EXTENDED_KEY_USAGE: &str = "2.5.29.37";
pub const BASIC_CONSTRAINTS: &str = "2.5.29.19";
pub const POLICIES: &str = "2.5.29.32";
pub const SUBJECT_KEY_ID: &str = "2.5.29.14";
pub const AUTHORITY_KEY_ID: &str = "2.5.29.35";
pub const NAME_CONSTRAINTS: &str = "2.5.29.30";
pub const ALTERNATIVE_NAME: &str = "2.5.29.17";
pub const NETSCAPE_TYPE: &str = "2.16.840.1.113730.1.1";

pub const CLIENT_AUTH: &str = "1.3.6.1.5.5.7.3.2";
pub const SERVER_AUTH: &str = "1.3.6.1.5.5.7.3.1";
pub const EMAIL_PROTECTION: &str = "1.3.6.1.5.5.7.3.4";
pub const ANY_PURPOSE: &str = "2.5.29.37.0";

/// Bits of `keyUsage`, as its first byte.
pub const DIGITAL_SIGNATURE: u8 = 0x80;
pub const NON_REPUDIATION: u8 = 0x40;
pub const KEY_ENCIPHERMENT: u8 = 0x20;
pub const KEY_AGREEMENT: u8 = 0x08;
pub const KEY_CERT_SIGN: u8 = 0x04;
pub const CRL_SIGN: u8 = 0x02;

/// One value of DER, of parts.
pub fn der(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    tlv(tag, parts.concat())
}

pub fn oid(dotted: &str) -> Vec<u8> {
    der(6, &[Oid::parse(dotted).unwrap().encoded()])
}

pub fn attribute(kind: &str, tag: u8, value: &[u8]) -> Vec<u8> {
    der(0x30, &[&oid(kind), &der(tag, &[value])])
}

/// A name, one attribute a set, in UTF-8 but for the country.
pub fn name(attributes: &[(&str, &str)]) -> Vec<u8> {
    let sets: Vec<Vec<u8>> = attributes
        .iter()
        .map(|(kind, value)| {
            let tag = if *kind == C { PRINTABLE } else { UTF8 };
            der(0x31, &[&attribute(kind, tag, value.as_bytes())])
        })
        .collect();
    der(0x30, &[&sets.concat()])
}

/// What a signature is made with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Made {
    RsaSha256,
    RsaSha384,
    RsaSha512,
    RsaSha1,
    RsaMd5,
    /// RSA-PSS with SHA-256 and a salt of 32 bytes.
    RsaPss,
    EcdsaSha256,
    EcdsaSha384,
    EcdsaSha512,
}

impl Made {
    /// `AlgorithmIdentifier`.
    fn identifier(self) -> Vec<u8> {
        let null = [5, 0];
        let rsa = |last: u8| {
            let kind = oid(&format!("1.2.840.113549.1.1.{last}"));
            der(0x30, &[&kind, &null])
        };
        let ecdsa = |last: u8| der(0x30, &[&oid(&format!("1.2.840.10045.4.3.{last}"))]);
        match self {
            Self::RsaSha256 => rsa(11),
            Self::RsaSha384 => rsa(12),
            Self::RsaSha512 => rsa(13),
            Self::RsaSha1 => rsa(5),
            Self::RsaMd5 => rsa(4),
            Self::RsaPss => {
                let sha256 = der(0x30, &[&oid("2.16.840.1.101.3.4.2.1"), &null]);
                let mask = der(0x30, &[&oid("1.2.840.113549.1.1.8"), &sha256]);
                let parameters = [
                    der(0xa0, &[&sha256]),
                    der(0xa1, &[&mask]),
                    der(0xa2, &[&integer(&[32])]),
                ]
                .concat();
                der(
                    0x30,
                    &[&oid("1.2.840.113549.1.1.10"), &der(0x30, &[&parameters])],
                )
            }
            Self::EcdsaSha256 => ecdsa(2),
            Self::EcdsaSha384 => ecdsa(3),
            Self::EcdsaSha512 => ecdsa(4),
        }
    }

    fn digest(self) -> &'static str {
        match self {
            Self::RsaSha256 | Self::RsaPss | Self::EcdsaSha256 => "-sha256",
            Self::RsaSha384 | Self::EcdsaSha384 => "-sha384",
            Self::RsaSha512 | Self::EcdsaSha512 => "-sha512",
            Self::RsaSha1 => "-sha1",
            Self::RsaMd5 => "-md5",
        }
    }
}

/// A private key of any kind, weak ones too: made by the `openssl` program, for ours makes good ones only.
pub struct TestKey {
    pub pkcs8: Vec<u8>,
    pub spki: Vec<u8>,
    ours: Option<SigningKey>,
}

/// Runs `openssl` with some input and takes its output.
pub fn openssl(arguments: &[&str], input: &[u8]) -> Vec<u8> {
    try_openssl(arguments, input).unwrap_or_else(|said| panic!("openssl {arguments:?}: {said}"))
}

/// The same; what it says when it fails.
pub fn try_openssl(arguments: &[&str], input: &[u8]) -> Result<Vec<u8>, String> {
    let mut child = Command::new("openssl")
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("openssl is installed");
    child.stdin.take().unwrap().write_all(input).unwrap();
    let output = child.wait_with_output().unwrap();
    if output.status.success() {
        Ok(output.stdout)
    } else {
        Err(String::from_utf8_lossy(&output.stderr).into_owned())
    }
}

impl TestKey {
    /// A key by the options of `openssl genpkey`.
    fn new(options: &[&str]) -> Self {
        let pkcs8 = openssl(&[&["genpkey", "-outform", "DER"], options].concat(), b"");
        let arguments = ["pkey", "-inform", "DER", "-pubout", "-outform", "DER"];
        Self {
            spki: openssl(&arguments, &pkcs8),
            ours: SigningKey::from_pkcs8(&pkcs8).ok(),
            pkcs8,
        }
    }

    pub fn rsa(bits: u32) -> Self {
        let bits = format!("rsa_keygen_bits:{bits}");
        Self::new(&["-algorithm", "RSA", "-pkeyopt", &bits])
    }

    pub fn rsa_with_exponent_3() -> Self {
        let bits = ["-pkeyopt", "rsa_keygen_bits:2048"];
        let exponent = ["-pkeyopt", "rsa_keygen_pubexp:3"];
        Self::new(&[&["-algorithm", "RSA"][..], &bits, &exponent].concat())
    }

    /// A key on a curve by its name at OpenSSL.
    pub fn ec(curve: &str) -> Self {
        let curve = format!("ec_paramgen_curve:{curve}");
        Self::new(&["-algorithm", "EC", "-pkeyopt", &curve])
    }

    pub fn ed25519() -> Self {
        Self::new(&["-algorithm", "ED25519"])
    }

    /// The key identifier that its certificates carry.
    pub fn id(&self) -> Vec<u8> {
        sha256(&self.spki)[..20].to_vec()
    }

    pub fn sign(&self, made: Made, message: &[u8]) -> Vec<u8> {
        let own = match made {
            Made::RsaSha256 => Some(SignatureAlgorithm::RsaSha256),
            Made::RsaSha384 => Some(SignatureAlgorithm::RsaSha384),
            Made::RsaSha512 => Some(SignatureAlgorithm::RsaSha512),
            _ => None,
        };
        if let (Some(key), Some(algorithm)) = (&self.ours, own)
            && let Ok(signature) = key.sign(algorithm, message)
        {
            return signature;
        }
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), &self.pkcs8).unwrap();
        let path = file.path().to_str().unwrap();
        let pss = [
            "-sigopt",
            "rsa_padding_mode:pss",
            "-sigopt",
            "rsa_pss_saltlen:32",
        ];
        let mut arguments = vec!["dgst", made.digest(), "-keyform", "DER", "-sign", path];
        if made == Made::RsaPss {
            arguments.extend(pss);
        }
        openssl(&arguments, message)
    }
}

/// An extension: kind, critical, and the DER within.
pub type Extension = (&'static str, bool, Vec<u8>);

/// What a certificate is made of. Nothing is checked.
#[derive(Clone)]
pub struct Paper {
    /// Contents of the version's INTEGER; none for version 1.
    pub version: Option<u8>,
    /// Contents of the serial number's INTEGER.
    pub serial: Vec<u8>,
    pub made: Made,
    /// The algorithm within, where it is not the one without.
    pub other_algorithm: Option<Made>,
    pub issuer: Vec<u8>,
    pub not_before: i64,
    pub not_after: i64,
    pub subject: Vec<u8>,
    pub spki: Vec<u8>,
    pub extensions: Vec<Extension>,
    /// Whether `critical` is written where it is false, which DER leaves out.
    pub writes_defaults: bool,
}

impl Paper {
    /// Puts an extension in, in place of the one of its kind.
    pub fn with(mut self, kind: &'static str, critical: bool, value: Vec<u8>) -> Self {
        self.extensions.retain(|(other, _, _)| *other != kind);
        self.extensions.push((kind, critical, value));
        self
    }

    pub fn without(mut self, kind: &str) -> Self {
        self.extensions.retain(|(other, _, _)| *other != kind);
        self
    }

    pub fn key_usage(self, bits: u8) -> Self {
        let unused = u8::try_from(bits.trailing_zeros().min(7)).unwrap();
        self.with(KEY_USAGE, true, der(3, &[&[unused, bits]]))
    }

    pub fn purposes(self, purposes: &[&str]) -> Self {
        let purposes: Vec<Vec<u8>> = purposes.iter().map(|one| oid(one)).collect();
        self.with(EXTENDED_KEY_USAGE, false, der(0x30, &[&purposes.concat()]))
    }

    pub fn policies(self, critical: bool, policies: &[&str]) -> Self {
        let policies: Vec<Vec<u8>> = policies.iter().map(|one| der(0x30, &[&oid(one)])).collect();
        self.with(POLICIES, critical, der(0x30, &[&policies.concat()]))
    }

    pub fn authority(self, path_len: Option<u8>) -> Self {
        let path_len = path_len
            .map(|length| integer(&[length]))
            .unwrap_or_default();
        let value = der(0x30, &[&[1, 1, 0xff], &path_len]);
        self.with(BASIC_CONSTRAINTS, true, value)
    }

    pub fn issued_by(self, key: &TestKey) -> Self {
        let value = der(0x30, &[&der(0x80, &[&key.id()])]);
        self.with(AUTHORITY_KEY_ID, false, value)
    }

    pub fn to_be_signed(&self) -> Vec<u8> {
        let version = self
            .version
            .map(|version| der(0xa0, &[&der(2, &[&[version]])]));
        let extensions: Vec<Vec<u8>> = self
            .extensions
            .iter()
            .map(|(kind, critical, value)| {
                let critical: &[u8] = match (critical, self.writes_defaults) {
                    (true, _) => &[1, 1, 0xff],
                    (false, true) => &[1, 1, 0],
                    (false, false) => &[],
                };
                der(0x30, &[&oid(kind), critical, &der(4, &[value])])
            })
            .collect();
        let extensions = match extensions.concat() {
            none if none.is_empty() => none,
            some => der(0xa3, &[&der(0x30, &[&some])]),
        };
        der(
            0x30,
            &[
                &version.unwrap_or_default(),
                &der(2, &[&self.serial]),
                &self.other_algorithm.unwrap_or(self.made).identifier(),
                &self.issuer,
                &der(0x30, &[&time(self.not_before), &time(self.not_after)]),
                &self.subject,
                &self.spki,
                &extensions,
            ],
        )
    }

    pub fn sign(&self, key: &TestKey) -> Vec<u8> {
        signed(&self.to_be_signed(), self.made, key)
    }
}

/// A certificate around bytes that need not be the inside of one.
pub fn signed(to_be_signed: &[u8], made: Made, key: &TestKey) -> Vec<u8> {
    let signature = der(3, &[&[0], &key.sign(made, to_be_signed)]);
    der(0x30, &[to_be_signed, &made.identifier(), &signature])
}

/// Certificates as one PEM file.
pub fn pem(chain: &[Vec<u8>]) -> String {
    chain.iter().map(|der| to_pem(der)).collect()
}
