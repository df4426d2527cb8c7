//! The check that a TLS handshake makes of a card: whoever shows the certificate holds its key.

use rustls::client::danger::HandshakeSignatureValid;
use rustls::crypto::WebPkiSupportedAlgorithms;
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::{
    CertificateError, DigitallySignedStruct, DistinguishedName, Error, PeerMisbehaved,
    SignatureScheme,
};
use rustls_pki_types::{CertificateDer, SignatureVerificationAlgorithm, UnixTime};

use super::Generation;
use crate::crypto::certificate::public_key_info;

/// The most certificates of a chain: the card's, and what browsers add of their own.
const MOST_CERTIFICATES: usize = 4;
/// The largest certificate, in bytes.
const LARGEST_CERTIFICATE: usize = 8 * 1024;

/// Accepts any certificate whose key signs the handshake. It never decides whom to trust: neither the path nor a single
/// field of the certificate but its key is looked at, so that also a bad card gets a page.
#[derive(Debug)]
pub(super) struct Possession {
    algorithms: WebPkiSupportedAlgorithms,
    schemes: Vec<SignatureScheme>,
    names: Vec<DistinguishedName>,
}

impl Possession {
    pub(super) fn new(
        algorithms: WebPkiSupportedAlgorithms,
        generation: Generation,
        names: Vec<DistinguishedName>,
    ) -> Self {
        let mut schemes = algorithms.supported_schemes();
        if generation == Generation::Old {
            schemes.retain(|scheme| is_pkcs1(*scheme) || is_ecdsa(*scheme));
        }
        // OpenSSL and NSS take the first that their side offers too, whether the card can do it or not.
        schemes.sort_by_key(|scheme| !is_pkcs1(*scheme));
        Self {
            algorithms,
            schemes,
            names,
        }
    }

    /// The algorithms of a scheme, if we offered it.
    fn offered(
        &self,
        scheme: SignatureScheme,
    ) -> Result<&'static [&'static dyn SignatureVerificationAlgorithm], Error> {
        let mut mapping = self.algorithms.mapping.iter();
        mapping
            .find(|(known, _)| *known == scheme && self.schemes.contains(known))
            .map(|(_, algorithms)| *algorithms)
            .ok_or_else(|| PeerMisbehaved::SignedHandshakeWithUnadvertisedSigScheme.into())
    }
}

fn is_pkcs1(scheme: SignatureScheme) -> bool {
    matches!(
        scheme,
        SignatureScheme::RSA_PKCS1_SHA256
            | SignatureScheme::RSA_PKCS1_SHA384
            | SignatureScheme::RSA_PKCS1_SHA512
    )
}

fn is_ecdsa(scheme: SignatureScheme) -> bool {
    matches!(
        scheme,
        SignatureScheme::ECDSA_NISTP256_SHA256
            | SignatureScheme::ECDSA_NISTP384_SHA384
            | SignatureScheme::ECDSA_NISTP521_SHA512
    )
}

/// Verifies a signature with the certificate's key by the algorithm that fits the key. rustls' own function reads the whole
/// certificate first, and would answer one that is merely odd with an alert instead of a page.
fn verify(
    algorithms: &[&dyn SignatureVerificationAlgorithm],
    message: &[u8],
    certificate: &CertificateDer<'_>,
    signed: &DigitallySignedStruct,
) -> Result<HandshakeSignatureValid, Error> {
    let unreadable = Error::InvalidCertificate(CertificateError::BadEncoding);
    let info = public_key_info(certificate).ok_or(unreadable)?;
    let fitting = algorithms
        .iter()
        .find(|algorithm| algorithm.public_key_alg_id().as_ref() == info.algorithm);
    let bad = Error::InvalidCertificate(CertificateError::BadSignature);
    match fitting {
        Some(algorithm) => algorithm
            .verify_signature(&info.key, message, signed.signature())
            .map(|()| HandshakeSignatureValid::assertion())
            .map_err(|_| bad),
        None => Err(bad),
    }
}

impl ClientCertVerifier for Possession {
    fn client_auth_mandatory(&self) -> bool {
        // Who has no card, or chose none, gets a page that helps.
        false
    }

    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        &self.names
    }

    fn verify_client_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        _: UnixTime,
    ) -> Result<ClientCertVerified, Error> {
        let mut all = std::iter::once(end_entity).chain(intermediates);
        let bounded = intermediates.len() < MOST_CERTIFICATES
            && all.all(|certificate| certificate.len() <= LARGEST_CERTIFICATE);
        if bounded {
            Ok(ClientCertVerified::assertion())
        } else {
            Err(Error::InvalidCertificate(CertificateError::BadEncoding))
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        // In TLS 1.2 a scheme names the hash only, not the curve (RFC 5246, 7.4.1.4.1).
        verify(self.offered(signed.scheme)?, message, certificate, signed)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        // TLS 1.3 knows no PKCS#1 signatures of handshakes, and a scheme binds the curve: the first (RFC 8446, 4.2.3).
        if is_pkcs1(signed.scheme) {
            return Err(PeerMisbehaved::SignedHandshakeWithUnadvertisedSigScheme.into());
        }
        let algorithms = self.offered(signed.scheme)?;
        let bound = algorithms.get(..1).unwrap_or_default();
        verify(bound, message, certificate, signed)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.schemes.clone()
    }
}
