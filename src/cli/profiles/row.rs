//! What a line of the file of profiles says.

use crate::archive::{NotAProfile, Organisation, Profile};
use crate::cli::csv::Columns;
use crate::identity::{Category, FiscalCode, FiscalCodeError};
use crate::store::sqlite::profiles::Is;

pub(super) const COLUMNS: Columns<4> = Columns {
    names: [
        "fiscal_code",
        "category",
        "organisation_code",
        "organisation_name",
    ],
    required: 2,
};

/// What is wrong with a line. Nothing of the line is repeated: it may be a fiscal code.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum LineFault {
    #[error("fiscal_code: {0}")]
    FiscalCode(#[from] FiscalCodeError),
    #[error("category: there is no such category; there are {known}", known = categories())]
    Category,
    #[error("{0}")]
    Profile(#[from] NotAProfile),
    #[error("organisation_code and organisation_name go together")]
    HalfAnOrganisation,
    #[error("a category of people in their own affairs has no organisation")]
    PersonalWithOrganisation,
}

fn categories() -> String {
    Category::ALL.map(Category::name).join(", ")
}

/// Reads the fields of a line.
pub(super) fn read(fields: &[String; 4]) -> Result<(FiscalCode, Is), LineFault> {
    let [code, category, organisation, name] = fields.each_ref().map(String::as_str);
    let code = FiscalCode::parse(code)?;
    let category = Category::from_name(category).ok_or(LineFault::Category)?;
    let organisation = match (organisation, name) {
        ("", "") => None,
        ("", _) | (_, "") => return Err(LineFault::HalfAnOrganisation),
        (code, name) => Some(Organisation::new(code, name)?),
    };
    let is = match (Is::personal(category), organisation) {
        (Some(_), Some(_)) => return Err(LineFault::PersonalWithOrganisation),
        (Some(is), None) => is,
        (None, organisation) => Is::professional(&Profile::new(category, organisation)?),
    };
    Ok((code, is))
}

#[cfg(test)]
mod tests;
