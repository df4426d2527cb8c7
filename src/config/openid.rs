//! `[openid]`: the OpenID Provider's keys and its applications.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::Deserialize;

use super::reader::Reader;
use super::{ConfigErrors, Fault, files};
use crate::crypto::{KeyKind, Signer, SigningKey};
use crate::downstream::oidc::{ClientSettings, Clients, EventReceivers, ProviderKeys};
use crate::fetch::{Authorities, NoAuthorities};
use crate::policy::Catalogue;

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
    /// `[[openid.client]]`: the applications, their services looked up in the catalogue.
    pub clients: Clients,
}

pub(super) fn read(
    reader: &mut Reader<'_>,
    catalogue: Option<&Catalogue>,
) -> Option<OpenIdSection> {
    let mut raw: Raw = reader.required("openid")?;
    for events in raw.clients.iter_mut().filter_map(|one| one.events.as_mut()) {
        for file in [&mut events.token_file, &mut events.ca] {
            *file = file.take().map(|path| reader.path(path));
        }
    }
    // Without a catalogue there is a fault already, and the clients' services would all be faults too.
    let clients = Clients::register(raw.clients, catalogue?)
        .map_err(|faults| reader.in_section("openid", faults.to_string()))
        .ok()?;
    Some(OpenIdSection {
        es256_key: reader.path(raw.es256_key),
        rs256_key: raw.rs256_key.map(|path| reader.path(path)),
        previous_keys: raw
            .previous_keys
            .into_iter()
            .map(|path| reader.path(path))
            .collect(),
        subject_secret: reader.path(raw.subject_secret),
        clients,
    })
}

impl OpenIdSection {
    /// Opens the way to the applications that hear of events. None of them is told anything yet.
    ///
    /// # Errors
    /// [`ConfigErrors`] with every file that cannot be used.
    pub fn event_receivers(&self) -> Result<EventReceivers, ConfigErrors> {
        let mut receivers = EventReceivers::default();
        let mut faults = Vec::new();
        for client in self.clients.iter() {
            let Some(receiver) = client.events() else {
                continue;
            };
            let token = receiver.token_file().map(|file| files::token(file));
            let added = token.transpose().and_then(|token| {
                receivers
                    .add(client.id(), receiver, token)
                    .map_err(|error| unvouched(receiver.authorities(), client.id(), &error))
            });
            faults.extend(added.err());
        }
        if faults.is_empty() {
            Ok(receivers)
        } else {
            Err(ConfigErrors::from_faults(faults))
        }
    }

    /// Reads the keys and the secret.
    ///
    /// # Errors
    /// [`ConfigErrors`] with every file that cannot be used.
    pub fn keys(&self) -> Result<ProviderKeys, ConfigErrors> {
        let mut faults = Vec::new();
        let mut read = |path: &Path, fits: fn(KeyKind) -> bool, wanted: &str| {
            files::signing_key(path)
                .and_then(|key| {
                    if fits(key.public_key().kind()) {
                        Ok(key)
                    } else {
                        Err(Fault::of_file(path, format!("is not {wanted}")))
                    }
                })
                .map_err(|fault| faults.push(fault))
                .ok()
        };
        let is_p256 = |kind| kind == KeyKind::P256;
        let is_rsa = |kind| matches!(kind, KeyKind::Rsa(_));
        let es256 = read(
            &self.es256_key,
            is_p256,
            "a P-256 key; `varco keys openid` makes one",
        );
        let rs256 = self.rs256_key.as_deref().map(|path| {
            read(
                path,
                is_rsa,
                "an RSA key; `varco keys openid --rsa` makes one",
            )
        });
        let previous: Vec<_> = self
            .previous_keys
            .iter()
            .filter_map(|path| read(path, |_| true, "a key"))
            .map(|key| key.public_key().clone())
            .collect();
        let secret = files::secret(&self.subject_secret)
            .map_err(|fault| faults.push(fault))
            .ok();
        let shared = |key: SigningKey| Arc::new(key) as Arc<dyn Signer>;
        match (es256, secret) {
            (Some(es256), Some(secret)) if faults.is_empty() => Ok(ProviderKeys {
                es256: shared(es256),
                rs256: rs256.flatten().map(shared),
                previous,
                subject_secret: *secret,
            }),
            // Whatever is missing left a fault.
            _ => Err(ConfigErrors::from_faults(faults)),
        }
    }
}

/// The fault of an application for whose server nobody could vouch.
fn unvouched(authorities: &Authorities, client: &str, error: &NoAuthorities) -> Fault {
    let place = match authorities {
        Authorities::File(file) => file.as_path(),
        Authorities::System => Path::new(client),
    };
    Fault::of_file(place, error.to_string())
}
