//! `[authzen]`: who may ask for decisions. May be left out: then nobody may.

use serde::Deserialize;
use toml::Spanned;

use super::reader::Reader;
use crate::downstream::authzen::{CallerSettings, Callers};

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    #[serde(default, rename = "caller")]
    callers: Vec<Spanned<CallerSettings>>,
}

pub(super) fn read(reader: &mut Reader<'_>) -> Option<Callers> {
    let raw: Raw = reader.optional("authzen")?;
    let (spans, settings) = super::forward_auth::apart(raw.callers);
    super::forward_auth::told(reader, &spans, Callers::register(settings))
}
