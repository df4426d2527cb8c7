//! `[services]`: another catalogue than the one that comes with Varco. May be left out.

use std::path::PathBuf;

use serde::Deserialize;
use toml::Spanned;

use super::Fault;
use super::reader::Reader;
use crate::policy::{Catalogue, DEFAULT_CATALOGUE};

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    file: Option<Spanned<PathBuf>>,
}

pub(super) fn read(reader: &mut Reader<'_>) -> Option<Catalogue> {
    let raw: Raw = reader.optional("services")?;
    let Some(file) = raw.file else {
        return Catalogue::parse(DEFAULT_CATALOGUE)
            .map_err(|errors| reader.in_section("services", errors.to_string()))
            .ok();
    };
    let path = reader.path(file.get_ref());
    let text = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) => {
            reader.fault(
                file.span(),
                format!("cannot read {}: {error}", path.display()),
            );
            return None;
        }
    };
    match Catalogue::parse(&text) {
        Ok(catalogue) => Some(catalogue),
        Err(errors) => {
            for error in errors.0 {
                let fault = Fault {
                    file: path.clone(),
                    line: Some(error.line),
                    message: error.message,
                };
                reader.fault_elsewhere(file.span(), fault);
            }
            None
        }
    }
}
