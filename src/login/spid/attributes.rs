//! From the attributes of an assertion to a person (SPID technical rules, attributes).

use chrono::NaiveDate;

use super::SpidRefusal;
use super::settings::{EIDAS_FULL, EIDAS_MINIMUM};
use crate::identity::{Company, FiscalCode, Person, PersonKey, Redacted};
use crate::protocol::saml::assertion::Attribute;
use crate::protocol::saml::attributes::SpidAttribute as A;

const CLAUSE: &str = "SPID technical rules, attributes";

/// The person that the attributes describe. The key is the fiscal code; for those who come by eIDAS and have none it is
/// the identity code. Whatever else is missing, empty, or a date that is none, is simply not known: providers deliver
/// it unevenly.
pub(super) fn person(
    attributes: &[Attribute<'_>],
    attribute_set: u16,
) -> Result<Person, SpidRefusal> {
    for attribute in attributes {
        if attribute.values.len() > 1 {
            return Err(SpidRefusal::check("attribute-value-repeated", CLAUSE));
        }
        if attribute
            .values
            .iter()
            .any(|value| value.contains(char::is_control))
        {
            return Err(SpidRefusal::check("attribute-value-control", CLAUSE));
        }
    }
    let value = |wanted: A| {
        attributes
            .iter()
            .find(|attribute| attribute.name == wanted.name())
            .and_then(|attribute| attribute.values.first())
            .filter(|value| !value.is_empty())
            .map(|value| value.to_string())
    };
    let redacted = |wanted: A| value(wanted).map(Redacted::new);
    let mut person = Person::new(key(
        value(A::FiscalNumber),
        value(A::SpidCode),
        attribute_set,
    )?);
    person.given_name = redacted(A::Name);
    person.family_name = redacted(A::FamilyName);
    person.birth_date = value(A::DateOfBirth)
        .and_then(|date| NaiveDate::parse_from_str(&date, "%Y-%m-%d").ok())
        .map(Redacted::new);
    person.birth_place = redacted(A::PlaceOfBirth);
    person.gender = redacted(A::Gender);
    person.email = redacted(A::Email);
    person.mobile_phone = redacted(A::MobilePhone);
    person.digital_address = redacted(A::DigitalAddress);
    person.company = redacted(A::CompanyName).map(|name| Company {
        name,
        fiscal_number: value(A::CompanyFiscalNumber)
            .map(|number| without_prefix(&number, "TINIT-").to_owned().into()),
        vat_number: value(A::IvaCode)
            .map(|number| without_prefix(&number, "VATIT-").to_owned().into()),
        registered_office: redacted(A::RegisteredOffice),
    });
    Ok(person)
}

fn key(
    fiscal_number: Option<String>,
    spid_code: Option<String>,
    attribute_set: u16,
) -> Result<PersonKey, SpidRefusal> {
    if let Some(number) = fiscal_number {
        return FiscalCode::parse(without_prefix(&number, "TINIT-"))
            .map(PersonKey::FiscalCode)
            .map_err(|_| SpidRefusal::check("fiscal-number-malformed", CLAUSE));
    }
    // Only a login that asked for an eIDAS set may be without a fiscal code: elsewhere its absence is a fault.
    match spid_code {
        Some(code) if [EIDAS_MINIMUM, EIDAS_FULL].contains(&attribute_set) => {
            Ok(PersonKey::SpidCode(code.into()))
        }
        _ => Err(SpidRefusal::check("fiscal-number-missing", CLAUSE)),
    }
}

/// The text without the prefix of ETSI EN 319 412-1, once and in any case.
fn without_prefix<'a>(text: &'a str, prefix: &str) -> &'a str {
    match text.split_at_checked(prefix.len()) {
        Some((start, rest)) if start.eq_ignore_ascii_case(prefix) => rest,
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use super::*;
    use crate::login::spid::MINIMAL;

    fn attributes(pairs: &[(&'static str, &'static str)]) -> Vec<Attribute<'static>> {
        pairs
            .iter()
            .map(|(name, value)| Attribute {
                name,
                values: vec![Cow::Borrowed(*value)],
            })
            .collect()
    }

    fn code(pairs: &[(&'static str, &'static str)], set: u16) -> String {
        person(&attributes(pairs), set).unwrap_err().code
    }

    #[test]
    fn a_fiscal_number_is_read_with_its_prefix_in_any_case_or_without() {
        let plain = FiscalCode::parse("RSSMRA80A01H501U").unwrap();
        for number in [
            "TINIT-RSSMRA80A01H501U",
            "tinit-rssmra80a01h501u",
            "RSSMRA80A01H501U",
        ] {
            let person = person(&attributes(&[("fiscalNumber", number)]), MINIMAL).unwrap();
            assert_eq!(person.key, PersonKey::FiscalCode(plain.clone()));
        }
    }

    #[test]
    fn a_fiscal_number_that_is_none_is_refused_and_never_replaced_by_the_identity_code() {
        for number in [
            "TINIT-TINIT-RSSMRA80A01H501U",
            "TINIT-",
            "TINIT-RSSMRA80A01H501A",
            "TINIT-01234567890",
            "VATIT-RSSMRA80A01H501U",
        ] {
            assert_eq!(
                code(&[("fiscalNumber", number), ("spidCode", "X")], EIDAS_FULL),
                "fiscal-number-malformed",
                "{number}"
            );
        }
    }

    #[test]
    fn only_eidas_sets_do_without_a_fiscal_number() {
        let pairs = [("spidCode", "DE/IT/1234"), ("name", "Anna")];
        for set in [EIDAS_MINIMUM, EIDAS_FULL] {
            let person = person(&attributes(&pairs), set).unwrap();
            assert_eq!(
                person.key,
                PersonKey::SpidCode("DE/IT/1234".to_owned().into())
            );
        }
        assert_eq!(code(&pairs, MINIMAL), "fiscal-number-missing");
        assert_eq!(
            code(&[("name", "Anna")], EIDAS_FULL),
            "fiscal-number-missing"
        );
        assert_eq!(
            code(&[("fiscalNumber", ""), ("spidCode", "X")], MINIMAL),
            "fiscal-number-missing"
        );
    }

    #[test]
    fn empty_values_and_dates_that_are_none_are_not_known() {
        let person = person(
            &attributes(&[
                ("fiscalNumber", "TINIT-RSSMRA80A01H501U"),
                ("email", ""),
                ("dateOfBirth", "01/01/1980"),
                ("name", "Maria"),
            ]),
            MINIMAL,
        )
        .unwrap();
        assert_eq!(person.email, None);
        assert_eq!(person.birth_date, None);
        assert_eq!(person.given_name, Some("Maria".to_owned().into()));
    }

    #[test]
    fn a_professional_identity_brings_its_company_without_prefixes() {
        let person = person(
            &attributes(&[
                ("fiscalNumber", "TINIT-RSSMRA80A01H501U"),
                ("companyName", "Studio di prova"),
                ("companyFiscalNumber", "TINIT-01234567890"),
                ("ivaCode", "VATIT-01234567890"),
                ("registeredOffice", "Via di prova 1"),
            ]),
            MINIMAL,
        )
        .unwrap();
        let company = person.company.unwrap();
        assert_eq!(company.fiscal_number, Some("01234567890".to_owned().into()));
        assert_eq!(company.vat_number, Some("01234567890".to_owned().into()));
        assert_eq!(company.name, "Studio di prova".to_owned().into());
    }

    #[test]
    fn a_value_with_control_characters_or_a_second_value_is_refused() {
        assert_eq!(
            code(
                &[
                    ("fiscalNumber", "TINIT-RSSMRA80A01H501U"),
                    ("name", "Maria\r\nSet-Cookie: x")
                ],
                MINIMAL
            ),
            "attribute-value-control"
        );
        let mut two = attributes(&[("fiscalNumber", "TINIT-RSSMRA80A01H501U")]);
        two[0].values.push(Cow::Borrowed("TINIT-VRDLGU80A01H501A"));
        assert_eq!(
            person(&two, MINIMAL).unwrap_err().code,
            "attribute-value-repeated"
        );
    }
}
