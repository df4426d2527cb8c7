//! `[services]`: another catalogue than the one that comes with Varco. May be left out.

use std::path::{Path, PathBuf};

use serde::Deserialize;
use toml::Spanned;

use super::reader::Reader;
use super::{ConfigErrors, Fault};
use crate::downstream::oidc::Clients;
use crate::policy::{Catalogue, CatalogueError, DEFAULT_CATALOGUE};

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    file: Option<Spanned<PathBuf>>,
}

/// The catalogue of an installation, and the file it was read from, if not the one that comes with Varco.
pub(super) struct Services {
    pub(super) catalogue: Catalogue,
    pub(super) file: Option<PathBuf>,
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
    match read_file(&path) {
        Ok(catalogue) => Some(Services {
            catalogue,
            file: Some(path),
        }),
        Err(errors) => {
            for fault in errors.faults() {
                reader.fault_elsewhere(file.span(), fault.clone());
            }
            None
        }
    }
}

/// What only catalogue and applications together can tell.
pub(super) fn cross_check(services: &Services, clients: &Clients, reader: &mut Reader<'_>) {
    let Some(file) = &services.file else { return };
    for fault in ownership(file, &services.catalogue, clients) {
        reader.fault_elsewhere(0..0, fault);
    }
}

fn read_file(path: &Path) -> Result<Catalogue, ConfigErrors> {
    let text = std::fs::read_to_string(path).map_err(|error| {
        ConfigErrors::one(Fault::of_file(path, format!("cannot be read: {error}")))
    })?;
    Catalogue::parse(&text).map_err(|errors| {
        let faults = errors.0.into_iter().map(|error| in_file(path, error));
        ConfigErrors::from_faults(faults.collect())
    })
}

fn ownership(file: &Path, catalogue: &Catalogue, clients: &Clients) -> Vec<Fault> {
    let applications: Vec<_> = clients
        .iter()
        .map(|client| (client.id(), client.services()))
        .collect();
    let wrong = catalogue.ownership(&applications).into_iter();
    wrong.map(|error| in_file(file, error)).collect()
}

fn in_file(file: &Path, error: CatalogueError) -> Fault {
    Fault {
        file: file.to_owned(),
        line: Some(error.line),
        message: error.message,
    }
}
