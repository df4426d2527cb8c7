//! CIE by SAML, service provider side (CIE SAML manual of the Ministry of the Interior; SAML 2.0 Web Browser SSO profile).
//!
//! In: a flow to [`start`](CieServiceProvider::start) with, then the Ministry's answer to
//! [`consume`](CieServiceProvider::consume). Out: signed messages for the browser to carry, and a verified identity or a
//! refusal with the code of the check that failed. There is one identity provider, whose metadata are pinned
//! ([`Ministry`]). Its rules look like SPID's and are others: none is shared. How an answer finds its request and what is
//! kept of both is [`login::saml`](crate::login::saml)'s.

mod attributes;
mod checks;
mod consume;
mod error;
mod ministry;
mod proof;
mod settings;
mod start;

use crate::crypto::{DecryptionKey, KeyKind, PublicKey, Random, sha256};
use crate::identity::{AchievedAssurance, AssuranceLevel, RequiredAssurance};
use crate::login::saml::{Exchange, LoginRefusal, SamlPorts};
use crate::protocol::saml::binding::Binding;
use crate::protocol::saml::cie_metadata::CieServiceMetadata;
use crate::protocol::saml::outgoing::SamlKey;
use crate::protocol::xml::{SignError, SignaturePlace};

pub use consume::CieLogin;
pub use error::CieError;
pub use ministry::{Fingerprint, Ministry, MinistryRefusal};
pub use settings::CieSettings;
pub use start::{CieStartRefusal, StartCieLogin};

/// Why a response was not accepted.
pub type CieRefusal = LoginRefusal<CieError>;

/// The keys of the service provider.
#[derive(Debug)]
pub struct CieKeys {
    /// What signs our messages.
    pub signing: SamlKey,
    /// The certificate, DER, of the first of the keys below: published, so that the Ministry may encrypt for it. Without one
    /// nothing comes encrypted.
    pub encryption_certificate: Option<Vec<u8>>,
    /// What opens assertions: the published key, then those before it while something may still be under way.
    pub decryption: Vec<DecryptionKey>,
}

/// Why the service provider cannot be set up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CieSetupError {
    /// The Ministry wants RSA keys (CIE SAML manual, PKI).
    #[error("the CIE keys must be RSA")]
    KeyKind,
    /// A certificate does not carry the key that it stands for.
    #[error("a CIE certificate is not its key's")]
    ForeignCertificate,
    /// The metadata cannot be signed.
    #[error("the metadata cannot be signed: {0}")]
    Metadata(#[from] SignError),
}

impl CieKeys {
    /// Whether the keys are RSA and each certificate carries its own.
    fn check(&self) -> Result<(), CieSetupError> {
        let signing = self.signing.signer.public_key();
        let decrypting = || self.decryption.iter().map(DecryptionKey::public_key);
        let mut all = decrypting().chain([signing]);
        if all.any(|key| !matches!(key.kind(), KeyKind::Rsa(_))) {
            return Err(CieSetupError::KeyKind);
        }
        let carries = |certificate: &[u8], key: Option<&PublicKey>| {
            key.is_some() && PublicKey::from_certificate(certificate).ok().as_ref() == key
        };
        let first = decrypting().next();
        let is_own = match &self.encryption_certificate {
            Some(certificate) => carries(certificate, first),
            None => first.is_none(),
        };
        if is_own && carries(&self.signing.certificate, Some(signing)) {
            Ok(())
        } else {
            Err(CieSetupError::ForeignCertificate)
        }
    }
}

/// The service provider.
pub struct CieServiceProvider {
    settings: CieSettings,
    keys: CieKeys,
    ministry: Ministry,
    metadata: String,
    exchange: Exchange,
}

impl CieServiceProvider {
    /// Sets up the service provider and signs its metadata.
    ///
    /// # Errors
    /// [`CieSetupError`] when key or certificate cannot serve.
    pub fn new(
        settings: CieSettings,
        keys: CieKeys,
        ministry: Ministry,
        ports: SamlPorts,
    ) -> Result<Self, CieSetupError> {
        keys.check()?;
        let metadata = sign_metadata(&settings, &keys, ports.random.as_ref())?;
        Ok(Self {
            exchange: Exchange::new(ports, "cie-request", "cie-assertion"),
            settings,
            keys,
            ministry,
            metadata,
        })
    }

    /// The Ministry, as its metadata describe it.
    #[must_use]
    pub fn ministry(&self) -> &Ministry {
        &self.ministry
    }

    /// The signed metadata, the same at every call.
    #[must_use]
    pub fn metadata(&self) -> &str {
        &self.metadata
    }

    /// Whether logins here can reach a level: none is believed above the cap.
    #[must_use]
    pub fn reaches(&self, level: RequiredAssurance) -> bool {
        AchievedAssurance(self.highest()).satisfies(level)
    }

    /// The highest level that is believed.
    #[must_use]
    pub fn highest(&self) -> AssuranceLevel {
        self.settings.trusted_level_cap
    }

    /// Where a browser ends the Ministry's session: by a plain GET, to a page that says so and leads nowhere. There is no
    /// single logout: no message is sent, and none comes back (CIE SAML manual, Logout).
    #[must_use]
    pub fn simple_logout(&self) -> Option<&str> {
        let endpoint = self.ministry.metadata().slo(Binding::Redirect)?;
        Some(&endpoint.location)
    }

    fn random(&self) -> &dyn Random {
        self.exchange.ports().random.as_ref()
    }
}

fn sign_metadata(
    settings: &CieSettings,
    keys: &CieKeys,
    random: &dyn Random,
) -> Result<String, SignError> {
    let id = random.xml_id();
    let xml = CieServiceMetadata {
        id: &id,
        entity_id: &settings.entity_id,
        certificates: &keys.signing.published(),
        encryption: keys.encryption_certificate.as_deref(),
        single_logout: &settings.single_logout,
        assertion_consumer: &settings.assertion_consumer,
        attribute_set: &attribute_set_name(&settings.entity_id),
        organization: &settings.organization,
        administrative: &settings.administrative,
        technical: settings.technical.as_ref(),
    }
    .to_xml();
    let place = SignaturePlace::FirstChild;
    keys.signing.sign(xml, &id, place)
}

/// The name of our set of attributes: a UUID of version 4 whose bits come from the entity id, so that it is the same
/// whenever the metadata are written.
fn attribute_set_name(entity_id: &str) -> String {
    let mut bits = [0; 16];
    for (bit, digest) in bits.iter_mut().zip(sha256(entity_id.as_bytes())) {
        *bit = digest;
    }
    let number = u128::from_be_bytes(bits);
    // Version 4, variant of RFC 9562.
    let number = number & !(0xf << 76) | (0x4 << 76);
    let number = number & !(0x3 << 62) | (0x2 << 62);
    let digits = format!("{number:032x}");
    let mut name = "urn:uuid:".to_owned();
    for (place, digit) in digits.chars().enumerate() {
        if [8, 12, 16, 20].contains(&place) {
            name.push('-');
        }
        name.push(digit);
    }
    name
}

#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;
