//! `[cie]`: logins with CIE, by the protocols that the Ministry of the Interior speaks. May be left out: then there are none.

mod contact;
mod material;

use std::path::PathBuf;

use serde::Deserialize;
use toml::Spanned;
use url::Url;

use super::organization::OrganizationSection;
use super::reader::Reader;
use super::relying_party::{OpenIdProvidersSection, RawCie};
use super::remote::{self, Remote};
use crate::http::cie::CieProtocol;
use crate::identity::AssuranceLevel;
use crate::login::cie::Fingerprint;
use crate::protocol::saml::cie_metadata::CieContact;

/// The longest entity id that the Ministry takes, in characters.
const LONGEST_ENTITY_ID: usize = 1024;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    protocol: Option<Spanned<CieProtocol>>,
    saml: Option<RawSaml>,
    openid: Option<RawCie>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawSaml {
    entity_id: Spanned<String>,
    key: PathBuf,
    certificate: PathBuf,
    #[serde(default)]
    also_published: Vec<PathBuf>,
    encryption_key: Option<PathBuf>,
    encryption_certificate: Option<PathBuf>,
    #[serde(default)]
    previous_encryption_keys: Vec<PathBuf>,
    metadata: PathBuf,
    metadata_url: Option<Spanned<String>>,
    ca: Option<PathBuf>,
    #[serde(default)]
    networks: Vec<Spanned<String>>,
    #[serde(default)]
    danger_allow_http: bool,
    fingerprint: Spanned<Fingerprints>,
    #[serde(default = "high", deserialize_with = "AssuranceLevel::configured")]
    trusted_level_cap: AssuranceLevel,
    contact: contact::Raw,
    technical: Option<contact::RawTechnical>,
}

/// One digest, or several while the Ministry's metadata are being replaced.
#[derive(Deserialize)]
#[serde(untagged)]
enum Fingerprints {
    One(String),
    Several(Vec<String>),
}

fn high() -> AssuranceLevel {
    AssuranceLevel::High
}

/// `[cie]`.
#[derive(Debug, Clone)]
pub struct CieSection {
    /// Where the button leads as long as it can serve: to SAML where that is there, unless told otherwise.
    pub first: CieProtocol,
    /// `[cie.saml]`.
    pub saml: Option<CieSamlSection>,
    /// `[cie.openid]`: the Ministry's provider in the federation.
    pub openid: Option<OpenIdProvidersSection>,
}

/// `[cie.saml]`: the service provider toward the Ministry.
#[derive(Debug, Clone)]
pub struct CieSamlSection {
    /// The entity id: an https address in the body's own domain.
    pub entity_id: String,
    /// The private key that signs, PEM.
    pub key: PathBuf,
    /// Its certificate, PEM.
    pub certificate: PathBuf,
    /// Certificates published beside it, PEM, while a key is being replaced.
    pub also_published: Vec<PathBuf>,
    /// The key that the Ministry may encrypt for, where there is one.
    pub encryption: Option<CieEncryption>,
    /// The file with the Ministry's metadata.
    pub metadata: PathBuf,
    /// Where `varco idp refresh` looks whether they are still those.
    pub remote: Option<Remote>,
    /// The digests of the files that are taken for the Ministry's.
    pub fingerprints: Vec<Fingerprint>,
    /// No login is believed above this level; `high` unless told otherwise.
    pub trusted_level_cap: AssuranceLevel,
    /// The body as the one who answers for the service.
    pub administrative: CieContact,
    /// The partner who answers for the technology, where that is somebody else.
    pub technical: Option<CieContact>,
}

/// The key that the Ministry may encrypt for.
#[derive(Debug, Clone)]
pub struct CieEncryption {
    /// The private key, PEM.
    pub key: PathBuf,
    /// Its certificate, PEM.
    pub certificate: PathBuf,
    /// Private keys before it, PEM, while something encrypted for them may still come.
    pub previous: Vec<PathBuf>,
}

/// Reads the section; the inner `None` where there is none.
pub(super) fn read(
    reader: &mut Reader<'_>,
    organization: Option<&OrganizationSection>,
) -> Option<Option<CieSection>> {
    let Some(raw) = reader.optional::<Option<Raw>>("cie")? else {
        return Some(None);
    };
    let first = match (&raw.protocol, &raw.saml, &raw.openid) {
        (_, None, None) => {
            let message = "neither `[cie.saml]` nor `[cie.openid]` says how to log in with CIE";
            reader.in_section("cie", message);
            return None;
        }
        (Some(protocol), saml, openid) => {
            let is_there = match protocol.get_ref() {
                CieProtocol::Saml => saml.is_some(),
                CieProtocol::OpenId => openid.is_some(),
            };
            if !is_there {
                reader.fault(protocol.span(), "`protocol` has no section of its own here");
                return None;
            }
            *protocol.get_ref()
        }
        (None, Some(_), _) => CieProtocol::Saml,
        (None, None, Some(_)) => CieProtocol::OpenId,
    };
    let saml = raw.saml.map(|raw| read_saml(reader, raw, organization));
    let openid = raw.openid.map(|raw| raw.read(reader));
    // What is there and has something wrong in it left a fault.
    if matches!(saml, Some(None)) || matches!(openid, Some(None)) {
        return None;
    }
    Some(Some(CieSection {
        first,
        saml: saml.flatten(),
        openid: openid.flatten(),
    }))
}

fn read_saml(
    reader: &mut Reader<'_>,
    raw: RawSaml,
    organization: Option<&OrganizationSection>,
) -> Option<CieSamlSection> {
    let mut valid = true;
    let id = raw.entity_id.get_ref();
    if !Url::parse(id).is_ok_and(|url| url.host().is_some())
        || id.chars().count() > LONGEST_ENTITY_ID
    {
        let message = "`entity_id` is not an absolute address of 1024 characters at most";
        reader.fault(raw.entity_id.span(), message);
        valid = false;
    }
    let remote = raw.metadata_url.map(|url| {
        let server = remote::Raw {
            ca: raw.ca,
            networks: &raw.networks,
            danger_allow_http: raw.danger_allow_http,
        };
        remote::read(reader, &url, server)
    });
    let encryption = match (raw.encryption_key, raw.encryption_certificate) {
        (Some(key), Some(certificate)) => {
            let previous = raw.previous_encryption_keys.into_iter();
            Some(CieEncryption {
                key: reader.path(key),
                certificate: reader.path(certificate),
                previous: previous.map(|path| reader.path(path)).collect(),
            })
        }
        (None, None) if raw.previous_encryption_keys.is_empty() => None,
        _ => {
            let message = "give both `encryption_key` and `encryption_certificate`, or neither and nothing comes encrypted";
            reader.in_section("cie", message);
            valid = false;
            None
        }
    };
    let fingerprints = read_fingerprints(reader, &raw.fingerprint);
    // The Italian name of the body, byte for byte.
    let company = organization.map(|organization| organization.name.it.clone());
    let administrative = contact::read(reader, raw.contact, company.unwrap_or_default());
    let technical = raw
        .technical
        .map(|technical| contact::read_technical(reader, technical));
    if matches!(remote, Some(None)) || technical == Some(None) {
        return None;
    }
    valid.then_some(())?;
    Some(CieSamlSection {
        entity_id: raw.entity_id.into_inner(),
        key: reader.path(raw.key),
        certificate: reader.path(raw.certificate),
        also_published: raw
            .also_published
            .into_iter()
            .map(|path| reader.path(path))
            .collect(),
        encryption,
        metadata: reader.path(raw.metadata),
        remote: remote.flatten(),
        fingerprints: fingerprints?,
        trusted_level_cap: raw.trusted_level_cap,
        administrative: administrative?,
        technical: technical.flatten(),
    })
}

fn read_fingerprints(
    reader: &mut Reader<'_>,
    raw: &Spanned<Fingerprints>,
) -> Option<Vec<Fingerprint>> {
    let texts = match raw.get_ref() {
        Fingerprints::One(text) => std::slice::from_ref(text),
        Fingerprints::Several(texts) => texts.as_slice(),
    };
    let read: Option<Vec<Fingerprint>> =
        texts.iter().map(|text| Fingerprint::parse(text)).collect();
    let read = read.filter(|fingerprints| !fingerprints.is_empty());
    if read.is_none() {
        let message = "`fingerprint` is the SHA-256 digest of the metadata file, as `sha256sum` prints it, or a list of such digests";
        reader.fault(raw.span(), message);
    }
    read
}
