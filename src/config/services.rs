//! `[services]`: another catalogue than the one that comes with Varco. May be left out.

use std::path::{Path, PathBuf};

use serde::Deserialize;
use toml::Spanned;

use super::reader::Reader;
use super::settled::Stamp;
use super::{ArchivesSection, Fault, TextMessagesSection};
use crate::crypto::encoding::hex;
use crate::crypto::sha256;
use crate::downstream::oidc::Clients;
use crate::identity::SecondStep;
use crate::policy::{Catalogue, CatalogueError, DEFAULT_CATALOGUE};

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    file: Option<Spanned<PathBuf>>,
}

/// The file that a catalogue was read from, as it was then.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServicesFile {
    /// Where it is.
    pub path: PathBuf,
    /// SHA-256 of its text, in hexadecimal.
    pub digest: String,
    /// What it looked like from outside, before it was read.
    pub(super) stamp: Option<Stamp>,
}

/// The catalogue of an installation, and the file it was read from, if not the one that comes with Varco.
pub(super) struct Services {
    pub(super) catalogue: Catalogue,
    pub(super) file: Option<ServicesFile>,
}

pub(super) fn read(reader: &mut Reader<'_>) -> Option<Services> {
    let raw: Raw = reader.optional("services")?;
    let Some(file) = raw.file else {
        let catalogue = Catalogue::parse(DEFAULT_CATALOGUE)
            .map_err(|errors| reader.in_section("services", errors.to_string()))
            .ok()?;
        return Some(Services {
            catalogue,
            file: None,
        });
    };
    let path = reader.path(file.get_ref());
    let stamp = Stamp::of(&path);
    let text = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) => {
            let message = format!("cannot read {}: {error}", path.display());
            reader.fault(file.span(), message);
            return None;
        }
    };
    match Catalogue::parse(&text) {
        Ok(catalogue) => Some(Services {
            catalogue,
            file: Some(ServicesFile {
                digest: hex(&sha256(text.as_bytes())),
                path,
                stamp,
            }),
        }),
        Err(errors) => {
            for error in errors.0 {
                reader.fault_elsewhere(file.span(), in_file(&path, error));
            }
            None
        }
    }
}

/// What only catalogue and applications together can tell.
pub(super) fn cross_check(services: &Services, clients: &Clients, reader: &mut Reader<'_>) {
    let Some(file) = &services.file else { return };
    let applications: Vec<_> = clients
        .iter()
        .map(|client| (client.id(), client.services()))
        .collect();
    for error in services.catalogue.ownership(&applications) {
        reader.fault_elsewhere(0..0, in_file(&file.path, error));
    }
}

/// What catalogue and sections say of a second step after a card: somebody must send the code, and somebody must know where.
pub(super) fn check_second_step(
    services: &Services,
    (messages, archives): (Option<&TextMessagesSection>, &ArchivesSection),
    reader: &mut Reader<'_>,
) {
    let Some(file) = &services.file else { return };
    if !services.catalogue.wants(SecondStep::Sms) {
        return;
    }
    let mut fault = |message: &str| {
        reader.fault_elsewhere(0..0, Fault::of_file(&file.path, message));
    };
    if messages.is_none() {
        fault("a `[[card]]` wants `sms`, but there is no `[text_messages]` to send it");
    }
    if !matches!(archives, ArchivesSection::Http(_)) {
        fault("a `[[card]]` wants `sms`, but only `[archives] http` know people's telephones");
    }
}

fn in_file(file: &Path, error: CatalogueError) -> Fault {
    Fault {
        file: file.to_owned(),
        line: Some(error.line),
        message: error.message,
    }
}
