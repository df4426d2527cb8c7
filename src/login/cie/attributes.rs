//! From the attributes of an assertion to a person (CIE SAML manual, authentication response: `AttributeStatement`).

use std::borrow::Cow;

use chrono::NaiveDate;

use super::CieRefusal;
use crate::identity::{FiscalCode, Person, PersonKey, Redacted};
use crate::protocol::saml::assertion::Attribute;

const CLAUSE: &str = "CIE SAML manual, authentication response: AttributeStatement";

/// What a fiscal number begins with: an Italian tax number (ETSI EN 319 412-1).
const PREFIX: &str = "TINIT-";

/// The person that the attributes describe. The key is the fiscal code, and nothing else can take its place: the name of
/// the subject is another one at each login. Of the rest of the minimum data set, what is missing, empty, or a date that is
/// none is simply not known. Attributes that are not of the set were not asked for, and are not looked at.
pub(super) fn person(attributes: &[Attribute<'_>]) -> Result<Person, CieRefusal> {
    let number = value(attributes, "fiscalNumber")?;
    let number = number.ok_or_else(|| CieRefusal::check("fiscal-number-missing", CLAUSE))?;
    let code = number
        .split_at_checked(PREFIX.len())
        .filter(|(start, _)| start.eq_ignore_ascii_case(PREFIX))
        .and_then(|(_, code)| FiscalCode::parse(code).ok())
        .ok_or_else(|| CieRefusal::check("fiscal-number-malformed", CLAUSE))?;
    let mut person = Person::new(PersonKey::FiscalCode(code));
    let text = |name| {
        let value = value(attributes, name)?;
        Ok::<_, CieRefusal>(value.map(|value| Redacted::new(value.to_string())))
    };
    person.given_name = text("name")?;
    person.family_name = text("familyName")?;
    person.birth_date = value(attributes, "dateOfBirth")?
        .and_then(|date| NaiveDate::parse_from_str(date, "%Y-%m-%d").ok())
        .map(Redacted::new);
    Ok(person)
}

/// The one value of an attribute; `None` where it is missing or empty.
fn value<'a>(
    attributes: &'a [Attribute<'_>],
    name: &str,
) -> Result<Option<&'a Cow<'a, str>>, CieRefusal> {
    let Some(attribute) = attributes.iter().find(|attribute| attribute.name == name) else {
        return Ok(None);
    };
    match attribute.values.as_slice() {
        [value] if value.contains(char::is_control) => {
            Err(CieRefusal::check("attribute-value-control", CLAUSE))
        }
        [value] => Ok(Some(value).filter(|value| !value.is_empty())),
        _ => Err(CieRefusal::check("attribute-value-repeated", CLAUSE)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pairs: &[(&'static str, &'static str)]) -> Result<Person, String> {
        let attributes: Vec<Attribute<'static>> = pairs
            .iter()
            .map(|(name, value)| Attribute {
                name,
                values: vec![Cow::Borrowed(*value)],
            })
            .collect();
        person(&attributes).map_err(|refusal| refusal.code)
    }

    const NUMBER: (&str, &str) = ("fiscalNumber", "TINIT-RSSMRA80A01H501U");

    #[test]
    fn the_minimum_data_set_is_a_person() {
        let person = read(&[
            ("dateOfBirth", "1980-01-01"),
            NUMBER,
            ("name", "MARIA"),
            ("familyName", "ROSSI"),
        ])
        .unwrap();
        assert_eq!(person.fiscal_code().unwrap().expose(), "RSSMRA80A01H501U");
        assert_eq!(person.given_name, Some("MARIA".to_owned().into()));
        assert_eq!(person.family_name, Some("ROSSI".to_owned().into()));
        assert_eq!(
            person.birth_date,
            NaiveDate::from_ymd_opt(1980, 1, 1).map(Redacted::new)
        );
    }

    #[test]
    fn a_fiscal_number_is_an_italian_one_with_its_prefix_and_check_letter() {
        assert!(read(&[("fiscalNumber", "tinit-rssmra80a01h501u")]).is_ok());
        for number in [
            "RSSMRA80A01H501U",
            "TINIT-RSSMRA80A01H501A",
            "TINIT-TINIT-RSSMRA80A01H501U",
            "TINDE-RSSMRA80A01H501U",
            "TINIT-",
            "TINIT-01234567897",
        ] {
            let refused = read(&[("fiscalNumber", number)]).unwrap_err();
            assert_eq!(refused, "fiscal-number-malformed", "{number}");
        }
        for pairs in [vec![], vec![("fiscalNumber", "")], vec![("spidCode", "X")]] {
            assert_eq!(read(&pairs).unwrap_err(), "fiscal-number-missing");
        }
    }

    #[test]
    fn what_is_not_of_the_set_is_tolerated_and_not_taken() {
        let person = read(&[
            NUMBER,
            ("email", "a@b.example\r\nBcc: c"),
            ("mobilePhone", "+391234567"),
            ("dateOfBirth", "01/01/1980"),
            ("name", ""),
        ])
        .unwrap();
        assert_eq!((person.email, person.mobile_phone), (None, None));
        assert_eq!((person.birth_date, person.given_name), (None, None));
    }

    #[test]
    fn a_value_with_control_characters_or_a_second_value_is_refused() {
        let injected = read(&[NUMBER, ("name", "Maria\r\nSet-Cookie: x")]);
        assert_eq!(injected.unwrap_err(), "attribute-value-control");
        let doubled = Attribute {
            name: "fiscalNumber",
            values: vec![Cow::Borrowed(NUMBER.1), Cow::Borrowed(NUMBER.1)],
        };
        let refusal = person(&[doubled]).unwrap_err();
        assert_eq!(refusal.code, "attribute-value-repeated");
    }
}
