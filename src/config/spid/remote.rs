//! Where metadata are brought from.

use url::Url;

use super::{MetadataSource, RawMetadata};
use crate::config::reader::Reader;
use crate::fetch::{Authorities, Network};

/// An address to bring metadata from, and how.
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

/// Reads a source. What comes over the network is used for its signature alone, so an address wants a certificate.
pub(super) fn source(raw: RawMetadata, reader: &mut Reader<'_>) -> Option<MetadataSource> {
    let mut valid = true;
    let mut networks = Vec::new();
    for text in &raw.networks {
        match text.get_ref().parse() {
            Ok(network) => networks.push(network),
            Err(error) => {
                reader.fault(text.span(), format!("`networks`: {error}"));
                valid = false;
            }
        }
    }
    let mut url = None;
    if let Some(text) = &raw.url {
        url = Url::parse(text.get_ref()).ok().filter(|url| {
            let is_safe = match url.scheme() {
                "https" => true,
                "http" => raw.danger_allow_http,
                _ => false,
            };
            is_safe && url.host().is_some() && url.username().is_empty()
        });
        let is_file = raw.path.extension().is_some_and(|ending| ending == "xml");
        for (right, message) in [
            (url.is_some(), "`url` is an `https` address"),
            (
                raw.signed_by.is_some(),
                "metadata that come from a `url` need `signed_by`: nothing else says that they are right",
            ),
            (
                is_file,
                "`path` is the `.xml` file that what comes from `url` is kept in",
            ),
        ] {
            if !right {
                reader.fault(text.span(), message);
                valid = false;
            }
        }
    }
    valid.then(|| MetadataSource {
        remote: url.map(|url| Remote {
            url,
            authorities: raw
                .ca
                .map_or(Authorities::System, |ca| Authorities::File(reader.path(ca))),
            networks,
            danger_allow_http: raw.danger_allow_http,
        }),
        path: reader.path(raw.path),
        signed_by: raw.signed_by.map(|path| reader.path(path)),
    })
}
