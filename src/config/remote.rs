//! Where files are brought from by a command: signed lists, which are believed for their signature alone.

use std::path::PathBuf;

use toml::Spanned;
use url::Url;

use super::reader::Reader;
use crate::fetch::{Authorities, Network};

/// An address to bring a file from, and how.
#[derive(Debug, Clone)]
pub struct Remote {
    /// The address.
    pub url: Url,
    /// Who vouches for its server: a PEM file, or the authorities that the system trusts.
    pub authorities: Authorities,
    /// Networks of the inside that may be connected to.
    pub networks: Vec<Network>,
    /// Plain HTTP to this machine, for tests.
    pub danger_allow_http: bool,
}

impl Remote {
    /// Another address, asked in the same way; `None` when it is not one that may be asked.
    #[must_use]
    pub fn at(&self, url: &str) -> Option<Self> {
        Some(Self {
            url: address(url, self.danger_allow_http)?,
            ..self.clone()
        })
    }

    /// A public server that the authorities of the system vouch for; `None` when the address is not one by https.
    #[must_use]
    pub fn public(url: &str) -> Option<Self> {
        Some(Self {
            url: address(url, false)?,
            authorities: Authorities::System,
            networks: Vec::new(),
            danger_allow_http: false,
        })
    }
}

fn address(text: &str, danger_allow_http: bool) -> Option<Url> {
    Url::parse(text).ok().filter(|url| {
        let is_safe = match url.scheme() {
            "https" => true,
            "http" => danger_allow_http,
            _ => false,
        };
        is_safe && url.host().is_some() && url.username().is_empty() && url.password().is_none()
    })
}

/// What a section says of the server beside its address.
pub(super) struct Raw<'a> {
    pub(super) ca: Option<PathBuf>,
    pub(super) networks: &'a [Spanned<String>],
    pub(super) danger_allow_http: bool,
}

pub(super) fn read(reader: &mut Reader<'_>, url: &Spanned<String>, raw: Raw<'_>) -> Option<Remote> {
    let mut networks = Vec::new();
    let mut valid = true;
    for text in raw.networks {
        match text.get_ref().parse() {
            Ok(network) => networks.push(network),
            Err(error) => {
                reader.fault(text.span(), format!("`networks`: {error}"));
                valid = false;
            }
        }
    }
    let address = address(url.get_ref(), raw.danger_allow_http);
    if address.is_none() {
        reader.fault(url.span(), "`url` is an `https` address");
    }
    let url = address.filter(|_| valid)?;
    Some(Remote {
        url,
        authorities: raw
            .ca
            .map_or(Authorities::System, |ca| Authorities::File(reader.path(ca))),
        networks,
        danger_allow_http: raw.danger_allow_http,
    })
}
