//! `[desk]`: the operators. May be left out: then there is no desk.

use serde::Deserialize;
use toml::Spanned;

use super::reader::Reader;
use crate::desk::{OperatorSettings, Operators};

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    #[serde(default, rename = "operator")]
    operators: Vec<Spanned<OperatorSettings>>,
}

pub(super) fn read(reader: &mut Reader<'_>) -> Option<Operators> {
    let raw: Raw = reader.optional("desk")?;
    let (spans, settings) = super::forward_auth::apart(raw.operators);
    super::forward_auth::told(reader, &spans, Operators::register(settings))
}
