//! A certificate authority for one machine's demo: browsers and clients that are given `ca.pem` trust its servers.

use chrono::{Datelike as _, Months};
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose, SerialNumber, date_time_ymd,
};
use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};

use super::DemoError;
use super::folder::DataFolder;
use crate::crypto::{KeyKind, SigningKey};
use crate::identity::Timestamp;

/// The file in the data folder that clients are given.
pub const CA_FILE: &str = "ca.pem";
const CA_KEY_FILE: &str = "ca.key.pem";
const SERVER_FILE: &str = "server.pem";
const SERVER_KEY_FILE: &str = "server.key.pem";
/// Browsers refuse server certificates that are valid for more than 398 days.
const SERVER_MONTHS: Months = Months::new(12);
const CA_MONTHS: Months = Months::new(120);

/// What a TLS server of the demo shows, and the authority that vouches for it.
#[derive(Debug)]
pub struct ServerIdentity {
    /// The certificate for `localhost` and `127.0.0.1`.
    pub certificate: CertificateDer<'static>,
    /// Its private key.
    pub key: PrivateKeyDer<'static>,
    /// The authority's certificate, for the demo's own clients.
    pub authority: CertificateDer<'static>,
}

/// Reads authority and server certificate from the folder; makes what is missing, and a new server certificate when the
/// old one ends within a month.
///
/// # Errors
/// [`DemoError`] when a file cannot be read or written, or holds something else.
pub fn server_identity(folder: &DataFolder, now: Timestamp) -> Result<ServerIdentity, DemoError> {
    let authority_key = key_pair(&folder.key(CA_KEY_FILE, KeyKind::P256)?)?;
    let authority = authority(now)?;
    let authority_pem = match folder.read(CA_FILE)? {
        Some(pem) => pem,
        None => {
            let pem = authority.self_signed(&authority_key)?.pem();
            folder.write(CA_FILE, &pem)?;
            pem
        }
    };
    let server_key = folder.key(SERVER_KEY_FILE, KeyKind::P256)?;
    let kept = folder.read(SERVER_FILE)?;
    let server_pem = match kept.filter(|pem| lasts(pem, now)) {
        Some(pem) => pem,
        None => {
            let issuer = Issuer::from_params(&authority, &authority_key);
            let pem = server(now)?
                .signed_by(&key_pair(&server_key)?, &issuer)?
                .pem();
            folder.write(SERVER_FILE, &pem)?;
            pem
        }
    };
    Ok(ServerIdentity {
        certificate: certificate(&server_pem)?,
        key: PrivateKeyDer::Pkcs8(server_key.pkcs8().to_vec().into()),
        authority: certificate(&authority_pem)?,
    })
}

/// A self-signed certificate that only carries a key, as SAML metadata do: nothing in it is relied on.
///
/// # Errors
/// [`DemoError::Certificate`] when the key cannot sign.
pub fn key_certificate(
    name: &str,
    key: &SigningKey,
    now: Timestamp,
) -> Result<CertificateDer<'static>, DemoError> {
    let mut parameters = parameters(name, now, CA_MONTHS)?;
    parameters.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    let certificate = parameters.self_signed(&key_pair(key)?)?;
    Ok(certificate.der().clone())
}

fn authority(now: Timestamp) -> Result<CertificateParams, DemoError> {
    let mut parameters = parameters("Varco demo CA", now, CA_MONTHS)?;
    parameters.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    parameters.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    Ok(parameters)
}

fn server(now: Timestamp) -> Result<CertificateParams, DemoError> {
    let mut server = parameters("localhost", now, SERVER_MONTHS)?;
    server.subject_alt_names =
        CertificateParams::new(["localhost".to_owned(), "127.0.0.1".to_owned()])?.subject_alt_names;
    server.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    server.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    // Python's strict verification wants it.
    server.use_authority_key_identifier_extension = true;
    Ok(server)
}

/// Valid from yesterday, so that a clock a little behind does not matter.
fn parameters(name: &str, now: Timestamp, months: Months) -> Result<CertificateParams, DemoError> {
    let start = now - chrono::Duration::days(1);
    let end = start + months;
    let date = |time: Timestamp| {
        let (month, day) = (time.month(), time.day());
        // Both are at most 31.
        date_time_ymd(
            time.year(),
            month.try_into().unwrap_or(1),
            day.try_into().unwrap_or(1),
        )
    };
    let mut parameters = CertificateParams::new(Vec::new())?;
    parameters.distinguished_name.remove(DnType::CommonName);
    parameters.distinguished_name.push(DnType::CommonName, name);
    // Browsers refuse two certificates of one authority with the same number.
    parameters.serial_number = u64::try_from(now.timestamp_millis())
        .ok()
        .map(SerialNumber::from);
    parameters.not_before = date(start);
    parameters.not_after = date(end);
    Ok(parameters)
}

fn key_pair(key: &SigningKey) -> Result<KeyPair, DemoError> {
    Ok(KeyPair::from_pem(&key.to_pem())?)
}

fn certificate(pem: &str) -> Result<CertificateDer<'static>, DemoError> {
    CertificateDer::from_pem_slice(pem.as_bytes()).map_err(|_| DemoError::UnreadableCertificate)
}

/// Whether a kept certificate is good for another month.
fn lasts(pem: &str, now: Timestamp) -> bool {
    certificate(pem).is_ok_and(|der| {
        x509_parser::parse_x509_certificate(&der).is_ok_and(|(_, certificate)| {
            certificate.validity().not_after.timestamp()
                > (now + chrono::Duration::days(30)).timestamp()
        })
    })
}

#[cfg(test)]
mod tests {
    use chrono::TimeZone as _;
    use rustls::RootCertStore;
    use rustls::client::WebPkiServerVerifier;
    use rustls::client::danger::ServerCertVerifier as _;
    use rustls_pki_types::{ServerName, UnixTime};

    use super::*;

    fn noon() -> Timestamp {
        chrono::Utc
            .with_ymd_and_hms(2026, 11, 21, 12, 0, 0)
            .unwrap()
    }

    fn is_trusted(identity: &ServerIdentity, name: &str, now: Timestamp) -> bool {
        let mut roots = RootCertStore::empty();
        roots.add(identity.authority.clone()).unwrap();
        let provider = std::sync::Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let time = u64::try_from(now.timestamp()).unwrap();
        WebPkiServerVerifier::builder_with_provider(roots.into(), provider)
            .build()
            .unwrap()
            .verify_server_cert(
                &identity.certificate,
                &[],
                &ServerName::try_from(name.to_owned()).unwrap(),
                &[],
                UnixTime::since_unix_epoch(std::time::Duration::from_secs(time)),
            )
            .is_ok()
    }

    #[test]
    fn who_trusts_the_authority_trusts_its_server_under_both_loopback_names() {
        let place = tempfile::tempdir().unwrap();
        let folder = DataFolder::open(place.path()).unwrap();
        let identity = server_identity(&folder, noon()).unwrap();
        assert!(is_trusted(&identity, "localhost", noon()));
        assert!(is_trusted(&identity, "127.0.0.1", noon()));
        assert!(!is_trusted(&identity, "example.org", noon()));
    }

    #[test]
    fn a_second_start_reuses_everything() {
        let place = tempfile::tempdir().unwrap();
        let folder = DataFolder::open(place.path()).unwrap();
        let first = server_identity(&folder, noon()).unwrap();
        let again = server_identity(&folder, noon() + chrono::Duration::days(7)).unwrap();
        assert_eq!(first.authority, again.authority);
        assert_eq!(first.certificate, again.certificate);
    }

    #[test]
    fn a_server_certificate_that_is_about_to_end_is_renewed_under_the_same_authority() {
        let place = tempfile::tempdir().unwrap();
        let folder = DataFolder::open(place.path()).unwrap();
        let first = server_identity(&folder, noon()).unwrap();
        let later = noon() + chrono::Duration::days(350);
        let again = server_identity(&folder, later).unwrap();
        assert_ne!(first.certificate, again.certificate);
        assert_eq!(first.authority, again.authority);
        assert!(is_trusted(
            &again,
            "localhost",
            later + chrono::Duration::days(60)
        ));
    }
}
