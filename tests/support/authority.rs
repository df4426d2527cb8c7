//! Authorities that nobody else knows, for trusted lists and folders of our own.

use chrono::{DateTime, Datelike as _, Utc};
use rcgen::{
    BasicConstraints, CertificateParams, DnType, IsCa, KeyPair, KeyUsagePurpose, SerialNumber,
    date_time_ymd,
};
use varco::crypto::{KeyKind, SigningKey};

/// How a certificate of an authority is written.
pub struct Authority<'a> {
    /// `commonName`.
    pub name: &'a str,
    /// `organizationName`.
    pub operator: &'a str,
    pub from: DateTime<Utc>,
    pub until: DateTime<Utc>,
    pub is_ca: IsCa,
    pub usages: Vec<KeyUsagePurpose>,
}

impl<'a> Authority<'a> {
    /// One that may issue cards, valid from 2020 to 2040.
    pub fn of(name: &'a str) -> Self {
        Self {
            name,
            operator: "Certificatore di Prova S.p.A.",
            from: "2020-01-01T00:00:00Z".parse().unwrap(),
            until: "2040-01-01T00:00:00Z".parse().unwrap(),
            is_ca: IsCa::Ca(BasicConstraints::Constrained(0)),
            usages: vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign],
        }
    }

    /// Its certificate, with a key of its own that is then forgotten.
    pub fn certificate(self) -> Vec<u8> {
        let key = SigningKey::generate(KeyKind::P256).unwrap();
        let key = KeyPair::try_from(key.pkcs8()).unwrap();
        let mut params = CertificateParams::default();
        params.distinguished_name = rcgen::DistinguishedName::new();
        params.distinguished_name.push(
            DnType::CountryName,
            rcgen::DnValue::PrintableString("IT".try_into().unwrap()),
        );
        params
            .distinguished_name
            .push(DnType::OrganizationName, self.operator);
        params
            .distinguished_name
            .push(DnType::CommonName, self.name);
        let date = |date: DateTime<Utc>| {
            date_time_ymd(
                date.year(),
                u8::try_from(date.month()).unwrap(),
                u8::try_from(date.day()).unwrap(),
            )
        };
        params.not_before = date(self.from);
        params.not_after = date(self.until);
        params.serial_number = Some(SerialNumber::from_slice(&[1]));
        params.is_ca = self.is_ca;
        params.key_usages = self.usages;
        params.self_signed(&key).unwrap().der().to_vec()
    }
}
