//! An authority that issues cards and takes them back, and cards that say where its lists are.

use std::sync::Arc;

use rcgen::string::Ia5String;
use rcgen::{
    BasicConstraints, CertificateParams, CertificateRevocationListParams, CrlDistributionPoint,
    CustomExtension, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyIdMethod, KeyPair,
    KeyUsagePurpose, RevocationReason, RevokedCertParams, SerialNumber, date_time_ymd,
};
use varco::crypto::{KeyKind, SigningKey};
use varco::protocol::x509::Certificate;

use super::der::{CrlForm, sequence, tlv};

/// `authorityInfoAccess`.
const AUTHORITY_INFO_ACCESS: &[u64] = &[1, 3, 6, 1, 5, 5, 7, 1, 1];

pub struct CardIssuer {
    pub key: SigningKey,
    pub certificate: Arc<Certificate>,
    params: CertificateParams,
}

/// What a certificate says besides whose it is.
#[derive(Default, Clone)]
pub struct Says<'a> {
    pub crls: &'a [&'a str],
    pub ocsp: &'a [&'a str],
    pub purposes: Vec<ExtendedKeyUsagePurpose>,
    pub is_ca: bool,
    /// Years of its beginning and end.
    pub years: Option<(i32, i32)>,
}

impl CardIssuer {
    /// An authority whose own certificate says where its lists are.
    pub fn new(name: &str, crls: &[&str]) -> Self {
        let key = SigningKey::generate(KeyKind::P256).unwrap();
        let says = Says {
            crls,
            is_ca: true,
            ..Says::default()
        };
        let params = params(name, 1, &says);
        let made = params.self_signed(&pair(&key)).unwrap();
        Self {
            certificate: Arc::new(Certificate::parse(made.der()).unwrap()),
            key,
            params,
        }
    }

    /// An authority whose certificate another one issued.
    pub fn below(above: &CardIssuer, name: &str, serial: u64, crls: &[&str]) -> Self {
        let says = Says {
            crls,
            is_ca: true,
            ..Says::default()
        };
        let key = SigningKey::generate(KeyKind::P256).unwrap();
        let params = params(name, serial, &says);
        let issuer = Issuer::from_params(&above.params, pair(&above.key));
        let made = params.signed_by(&pair(&key), &issuer).unwrap();
        Self {
            certificate: Arc::new(Certificate::parse(made.der()).unwrap()),
            key,
            params,
        }
    }

    /// A list that rcgen makes of it.
    pub fn rcgen_list(&self, number: u64, revoked: &[u64]) -> Vec<u8> {
        let revoked = revoked.iter().map(|serial| RevokedCertParams {
            serial_number: SerialNumber::from(*serial),
            revocation_time: date_time_ymd(2026, 1, 1),
            reason_code: Some(RevocationReason::KeyCompromise),
            invalidity_date: Some(date_time_ymd(2025, 12, 1)),
        });
        let params = CertificateRevocationListParams {
            this_update: date_time_ymd(2026, 11, 1),
            next_update: date_time_ymd(2026, 12, 1),
            crl_number: SerialNumber::from(number),
            issuing_distribution_point: None,
            revoked_certs: revoked.collect(),
            key_identifier_method: KeyIdMethod::Sha256,
        };
        let issuer = Issuer::from_params(&self.params, pair(&self.key));
        params.signed_by(&issuer).unwrap().der().to_vec()
    }

    /// A certificate that it issues for a key of that moment.
    pub fn issue(&self, serial: u64, says: &Says<'_>) -> (Certificate, SigningKey) {
        let key = SigningKey::generate(KeyKind::P256).unwrap();
        let params = params("Carta di Prova", serial, says);
        let issuer = Issuer::from_params(&self.params, pair(&self.key));
        let made = params.signed_by(&pair(&key), &issuer).unwrap();
        (Certificate::parse(made.der()).unwrap(), key)
    }

    /// A card that names these addresses.
    pub fn card(&self, serial: u64, crls: &[&str]) -> Certificate {
        let says = Says {
            crls,
            ..Says::default()
        };
        self.issue(serial, &says).0
    }

    /// A list of it: its number, when it was made and until when it is good, and whom it names.
    pub fn list(&self, number: u32, from: i64, until: i64, revoked: &[u64]) -> CrlForm {
        let name = self.certificate.subject().der();
        let form = CrlForm::new(name, number, from, until);
        revoked
            .iter()
            .fold(form, |form, serial| form.revoking(&serial.to_be_bytes()))
    }

    /// The same, signed.
    pub fn signed(&self, number: u32, from: i64, until: i64, revoked: &[u64]) -> Vec<u8> {
        self.list(number, from, until, revoked).signed_by(&self.key)
    }
}

fn pair(key: &SigningKey) -> KeyPair {
    KeyPair::try_from(key.pkcs8()).unwrap()
}

fn params(name: &str, serial: u64, says: &Says<'_>) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name = rcgen::DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, name);
    params.serial_number = Some(SerialNumber::from(serial));
    let (from, until) = says.years.unwrap_or((2020, 2040));
    params.not_before = date_time_ymd(from, 1, 1);
    params.not_after = date_time_ymd(until, 1, 1);
    params.extended_key_usages = says.purposes.clone();
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    if says.is_ca {
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    }
    let points = says.crls.iter().map(|address| CrlDistributionPoint {
        uris: vec![(*address).to_owned()],
    });
    params.crl_distribution_points = points.collect();
    if !says.ocsp.is_empty() {
        let access: Vec<u8> = says
            .ocsp
            .iter()
            .flat_map(|address| {
                let address = Ia5String::try_from(*address).unwrap();
                let method = tlv(6, [0x2b, 6, 1, 5, 5, 7, 0x30, 1]);
                sequence(&[&method, &tlv(0x86, address.as_str())])
            })
            .collect();
        let access = CustomExtension::from_oid_content(AUTHORITY_INFO_ACCESS, tlv(0x30, access));
        params.custom_extensions.push(access);
    }
    params
}
