//! Where metadata are brought from.

use super::{MetadataSource, RawMetadata};
use crate::config::reader::Reader;
use crate::config::remote;

/// Reads a source. What comes over the network is used for its signature alone, so an address wants a certificate.
pub(super) fn source(raw: RawMetadata, reader: &mut Reader<'_>) -> Option<MetadataSource> {
    let mut valid = true;
    let mut remote = None;
    if let Some(url) = &raw.url {
        let server = remote::Raw {
            ca: raw.ca,
            networks: &raw.networks,
            danger_allow_http: raw.danger_allow_http,
        };
        remote = remote::read(reader, url, server);
        valid = remote.is_some();
        let is_file = raw.path.extension().is_some_and(|ending| ending == "xml");
        for (right, message) in [
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
                reader.fault(url.span(), message);
                valid = false;
            }
        }
    }
    valid.then(|| MetadataSource {
        remote,
        path: reader.path(raw.path),
        signed_by: raw.signed_by.map(|path| reader.path(path)),
    })
}
