//! What a line of the file of PINs says.

use chrono::NaiveDate;

use crate::cli::csv::Columns;
use crate::crypto::{PinHash, PinHashError};
use crate::http::language::Language;
use crate::identity::{
    Categories, Category, Contradiction, Country, CountryError, Declared, EmailAddress,
    EmailAddressError, FiscalCode, FiscalCodeError, LineError, PersonalName, PhoneNumber,
    PhoneNumberError, PinGrade, PlaceCode, PlaceCodeError, PostalAddress, PostalAddressError,
    PostalFields, Sex, Timestamp, midnight_in_italy, time_in_italy,
};
use crate::pin::{Contacts, Imported, PersonalDetails};

/// How many columns there can be.
const COUNT: usize = 22;

pub(super) const COLUMNS: Columns<COUNT> = Columns {
    names: [
        "fiscal_code",
        "grade",
        "set_at",
        "used_at",
        "pin_hash",
        "categories",
        "language",
        "mobile",
        "landline",
        "email",
        "pec",
        "name",
        "surname",
        "sex",
        "birth_date",
        "birth_place",
        "street",
        "addition",
        "postal_code",
        "city",
        "province",
        "country",
    ],
    required: 5,
};

/// The name that hashes of PINs begin with.
const SCHEME: &str = "pbkdf2-sha256$";

/// Something that is wrong in a line. Nothing of the line is repeated.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum RowFault {
    #[error("fiscal_code: {0}")]
    FiscalCode(#[from] FiscalCodeError),
    #[error("grade: it is `ordinary` or `dispositive`")]
    Grade,
    #[error("{0}: write a day as 2020-03-31, or a moment as 2020-03-31T10:20:30Z")]
    When(&'static str),
    #[error("{0}: it has not come yet")]
    Future(&'static str),
    #[error("used_at: it is before set_at")]
    UsedBeforeSet,
    #[error(
        "pin_hash: not in the scheme pbkdf2-sha256$ITERATIONS$SALT$HASH: up to 2,000,000 iterations, salt and hash in base64url without padding, a hash of 32 bytes"
    )]
    Hash(#[from] PinHashError),
    #[error("categories: there is no such category; there are {known}", known = Category::ALL.map(Category::name).join(", "))]
    Category,
    #[error("language: there is no such language")]
    Language,
    #[error("{0}: {1}")]
    Phone(&'static str, PhoneNumberError),
    #[error("{0}: {1}")]
    Email(&'static str, EmailAddressError),
    #[error("{0}: {1}")]
    Name(&'static str, LineError),
    #[error("sex: it is F or M")]
    Sex,
    #[error("birth_date: write it as 1980-01-31")]
    BirthDate,
    #[error("birth_place: {0}")]
    BirthPlace(#[from] PlaceCodeError),
    #[error("country: {0}")]
    Country(#[from] CountryError),
    #[error("address: {0}")]
    Address(#[from] PostalAddressError),
    #[error("{0}: the fiscal code says otherwise")]
    Contradiction(&'static str),
}

/// Notes what is wrong, and goes on.
#[derive(Default)]
struct Noted(Vec<RowFault>);

impl Noted {
    fn take<T>(&mut self, read: Result<T, impl Into<RowFault>>) -> Option<T> {
        read.map_err(|fault| self.0.push(fault.into())).ok()
    }

    /// What may be left out: `Some(None)` then.
    fn optional<T, E>(
        &mut self,
        text: &str,
        read: impl FnOnce(&str) -> Result<T, E>,
        fault: impl FnOnce(E) -> RowFault,
    ) -> Option<Option<T>> {
        match text {
            "" => Some(None),
            text => self.take(read(text).map_err(fault)).map(Some),
        }
    }
}

/// Reads the fields of a line; tells everything that is wrong in it.
pub(super) fn read(
    fields: &[String; COUNT],
    now: Timestamp,
) -> Result<(FiscalCode, Imported), Vec<RowFault>> {
    let mut noted = Noted::default();
    match holder(fields, now, &mut noted) {
        Some(holder) if noted.0.is_empty() => Ok(holder),
        _ => Err(noted.0),
    }
}

fn holder(
    fields: &[String; COUNT],
    now: Timestamp,
    noted: &mut Noted,
) -> Option<(FiscalCode, Imported)> {
    let [
        code,
        grade,
        set,
        used,
        hash,
        categories,
        language,
        more @ ..,
    ] = fields.each_ref().map(String::as_str);
    let [mobile, landline, email, pec, person @ ..] = more;
    let code = noted.take(FiscalCode::parse(code));
    let grade = noted.take(PinGrade::from_name(grade).ok_or(RowFault::Grade));
    let set = noted.take(moment("set_at", set, now));
    let used = noted.take(moment("used_at", used, now));
    if let (Some(set), Some(used)) = (set, used)
        && time_in_italy(used).date() < time_in_italy(set).date()
    {
        noted.0.push(RowFault::UsedBeforeSet);
    }
    let hash = noted.take(pin_hash(hash));
    let categories = noted.take(read_categories(categories));
    let language = noted.take(read_language(language));
    let phone = PhoneNumber::parse;
    let mobile = noted.optional(mobile, phone, |wrong| RowFault::Phone("mobile", wrong));
    let landline = noted.optional(landline, phone, |wrong| RowFault::Phone("landline", wrong));
    let address = EmailAddress::parse;
    let email = noted.optional(email, address, |wrong| RowFault::Email("email", wrong));
    let pec = noted.optional(pec, address, |wrong| RowFault::Email("pec", wrong));
    let details = if person.iter().all(|field| field.is_empty()) {
        Some(None)
    } else {
        details(person, code.as_ref(), noted).map(Some)
    };
    let imported = Imported {
        hash: hash?,
        grade: grade?,
        set: set?,
        used: used?,
        categories: categories?,
        details: details?,
        contacts: Contacts {
            mobile: mobile?,
            landline: landline?,
            email: email?,
            pec: pec?,
        },
        language: language?.code().to_owned(),
    };
    Some((code?, imported))
}

/// A day in Italy, from its beginning, or a moment.
fn moment(column: &'static str, text: &str, now: Timestamp) -> Result<Timestamp, RowFault> {
    let at = match text.parse::<NaiveDate>() {
        Ok(day) => midnight_in_italy(day),
        Err(_) => text.parse().map_err(|_| RowFault::When(column))?,
    };
    (at <= now).then_some(at).ok_or(RowFault::Future(column))
}

/// A hash of the scheme of before. Those of Varco's own need a pepper, and no file has one.
fn pin_hash(text: &str) -> Result<PinHash, PinHashError> {
    match text.starts_with(SCHEME) {
        true => PinHash::try_from(text.to_owned()),
        false => Err(PinHashError::Unreadable),
    }
}

fn read_categories(text: &str) -> Result<Categories, RowFault> {
    if text.is_empty() {
        return Ok(Categories::from_iter([Category::Citizen]));
    }
    text.split_whitespace()
        .map(|name| Category::from_name(name).ok_or(RowFault::Category))
        .collect()
}

fn read_language(code: &str) -> Result<Language, RowFault> {
    match code {
        "" => Ok(Language::default()),
        code => Language::from_code(code).ok_or(RowFault::Language),
    }
}

fn details(
    fields: [&str; 11],
    code: Option<&FiscalCode>,
    noted: &mut Noted,
) -> Option<PersonalDetails> {
    let [
        name,
        surname,
        sex,
        birth_date,
        birth_place,
        street,
        addition,
        postal_code,
        city,
        province,
        country,
    ] = fields;
    let personal = |column: &'static str, text: &str| {
        PersonalName::parse(text).map_err(|wrong| RowFault::Name(column, wrong))
    };
    let name = noted.take(personal("name", name));
    let surname = noted.take(personal("surname", surname));
    let sex = noted.take(Sex::from_letter(sex).ok_or(RowFault::Sex));
    let birth_date: Result<NaiveDate, _> = birth_date.parse();
    let birth_date = noted.take(birth_date.map_err(|_| RowFault::BirthDate));
    let birth_place = noted.take(PlaceCode::parse(birth_place));
    let residence = noted.take(Country::parse(country)).and_then(|country| {
        noted.take(PostalAddress::new(&PostalFields {
            street,
            addition,
            postal_code,
            city,
            province,
            country,
        }))
    });
    let (name, surname) = (name?, surname?);
    let (sex, birth_date, birth_place) = (sex?, birth_date?, birth_place?);
    if let Some(code) = code {
        let said = Declared {
            family_name: surname.expose(),
            given_name: name.expose(),
            birth_date,
            sex,
            birth_place,
        };
        let contradictions = said.contradictions(code).into_iter();
        noted.0.extend(contradictions.map(|contradiction| {
            RowFault::Contradiction(match contradiction {
                Contradiction::FamilyName => "surname",
                Contradiction::GivenName => "name",
                Contradiction::BirthDate => "birth_date",
                Contradiction::Sex => "sex",
                Contradiction::BirthPlace => "birth_place",
            })
        }));
    }
    Some(PersonalDetails {
        name,
        surname,
        sex: sex.into(),
        birth_date: birth_date.into(),
        birth_place: birth_place.into(),
        residence: residence?,
    })
}

#[cfg(test)]
mod tests;
