//! `[openid]`: the OpenID Provider's keys and its applications.

use std::path::PathBuf;

use serde::Deserialize;

use super::reader::Reader;
use crate::downstream::oidc::ClientSettings;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    es256_key: PathBuf,
    rs256_key: Option<PathBuf>,
    #[serde(default)]
    previous_keys: Vec<PathBuf>,
    subject_secret: PathBuf,
    #[serde(default, rename = "client")]
    clients: Vec<ClientSettings>,
}

/// `[openid]`.
#[derive(Debug, Clone)]
pub struct OpenIdSection {
    /// The P-256 private key that signs tokens, PEM.
    pub es256_key: PathBuf,
    /// The RSA private key for applications registered for RS256, PEM.
    pub rs256_key: Option<PathBuf>,
    /// Private keys of the past, PEM, published until the last token under them has expired.
    pub previous_keys: Vec<PathBuf>,
    /// The file of the secret behind every `sub`. It must never change: every person would be a stranger to every
    /// application.
    pub subject_secret: PathBuf,
    /// `[[openid.client]]`: the applications.
    pub clients: Vec<ClientSettings>,
}

pub(super) fn read(reader: &mut Reader<'_>) -> Option<OpenIdSection> {
    let raw: Raw = reader.required("openid")?;
    Some(OpenIdSection {
        es256_key: reader.path(raw.es256_key),
        rs256_key: raw.rs256_key.map(|path| reader.path(path)),
        previous_keys: raw
            .previous_keys
            .into_iter()
            .map(|path| reader.path(path))
            .collect(),
        subject_secret: reader.path(raw.subject_secret),
        clients: raw.clients,
    })
}
