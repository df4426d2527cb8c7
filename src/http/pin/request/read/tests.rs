//! Invented people.

use super::*;
use crate::http::pin::request::asks::names;

const MARIO: [(&str, &str); 16] = [
    ("fiscal_code", "RSSMRA80A01H501U"),
    ("country", "IT"),
    ("myself", "yes"),
    ("name", "Mario"),
    ("surname", "Rossi"),
    ("sex", "M"),
    ("birth_date", "1/1/1980"),
    ("birth_place", "Roma"),
    ("street", "Via dei Mille 12"),
    ("postal_code", "00185"),
    ("city", "Roma"),
    ("province", "RM"),
    ("mobile", "333 1234567"),
    ("landline", ""),
    ("email", "mario.rossi@example.org"),
    ("hours", "morning"),
];

/// Mario's form, with some fields filled in otherwise.
fn form(other: &[(&str, &str)]) -> Typed {
    let kept = MARIO
        .into_iter()
        .filter(|(name, _)| !other.iter().any(|(changed, _)| changed == name));
    let body = form_urlencoded::Serializer::new(String::new())
        .extend_pairs(kept.chain(other.iter().copied()))
        .finish();
    Typed::read(body.as_bytes(), names()).unwrap()
}

/// Before the end of issuance.
const THEN: &str = "2020-09-01T10:00:00Z";
/// After it.
const NOW: &str = "2026-11-22T10:00:00Z";

fn read_at(now: &str, other: &[(&str, &str)]) -> Result<Draft, (Step, Vec<Fault>)> {
    let rules = PinRules::default();
    let today = Today {
        now: now.parse().unwrap(),
        rules: &rules,
    };
    Draft::read(&form(other), Step::Confirm, today)
}

/// The application of a form that is right.
fn right(other: &[(&str, &str)]) -> Application {
    read_at(THEN, other).unwrap().finish("it").unwrap().1
}

/// What is wrong with a form: the page, and the fields with their texts.
fn wrong_at(now: &str, other: &[(&str, &str)]) -> (Step, Vec<(&'static str, &'static str)>) {
    let (step, faults) = read_at(now, other).expect_err("a fault");
    let faults = faults.into_iter().map(|fault| (fault.field, fault.text));
    (step, faults.collect())
}

fn wrong(other: &[(&str, &str)]) -> (Step, Vec<(&'static str, &'static str)>) {
    wrong_at(THEN, other)
}

#[test]
fn a_form_that_is_right_becomes_an_application() {
    let draft = read_at(THEN, &[]).unwrap();
    let (person, application) = draft.finish("en").unwrap();
    assert_eq!(person.expose(), "RSSMRA80A01H501U");
    assert_eq!(application.language, "en");
    assert_eq!(application.details.full_name(), "Mario Rossi");
    assert_eq!(application.details.birth_place.expose().as_str(), "H501");
    let lines = application.details.residence.lines();
    assert_eq!(lines, ["Via dei Mille 12", "00185 Roma RM"]);
    let mobile = application.contacts.mobile.unwrap();
    assert_eq!(mobile.expose(), "+393331234567");
    assert_eq!(application.hours, Some(DeliveryHours::Morning));
    assert_eq!(application.exception, None);
}

#[test]
fn what_contradicts_the_fiscal_code_is_refused_beside_its_field() {
    for (field, value, text) in [
        ("name", "Luca", "pin-name-contradicts"),
        ("surname", "Verdi", "pin-surname-contradicts"),
        ("sex", "F", "pin-sex-contradicts"),
        ("birth_date", "2/1/1980", "pin-birth-date-contradicts"),
        ("birth_place", "Milano", "pin-birth-place-contradicts"),
        ("birth_place", "Francia", "pin-birth-place-contradicts"),
    ] {
        assert_eq!(wrong(&[(field, value)]), (Step::Birth, vec![(field, text)]));
    }
}

#[test]
fn everything_that_is_wrong_on_a_page_is_told_at_once() {
    let (step, faults) = wrong(&[
        ("fiscal_code", "RSSMRA80A01H501A"),
        ("country", "Italia"),
        ("myself", ""),
    ]);
    assert_eq!(step, Step::Who);
    let expected = [
        ("fiscal_code", "pin-fiscal-code-wrong"),
        ("country", "pin-country-missing"),
        ("myself", "pin-myself-missing"),
    ];
    assert_eq!(faults, expected);
    let nothing = ["name", "surname", "sex", "birth_date", "birth_place"].map(|name| (name, ""));
    assert_eq!(wrong(&nothing).1.len(), 5);
}

#[test]
fn a_request_for_somebody_else_is_refused() {
    let expected = (Step::Who, vec![("myself", "pin-myself-missing")]);
    assert_eq!(wrong(&[("myself", "no")]), expected);
}

#[test]
fn a_birth_date_is_read_as_people_and_browsers_write_it() {
    for date in [
        "01/01/1980",
        "1.1.1980",
        "1-1-1980",
        "1 1 1980",
        "1980-01-01",
    ] {
        let details = right(&[("birth_date", date)]).details;
        assert_eq!(details.birth_date.expose().to_string(), "1980-01-01");
    }
    for date in [
        "31/2/1980",
        "1/1/80",
        "1/1",
        "1/13/1980",
        "gennaio 1980",
        "1/1/2030",
        "1/1/1880",
        "+1/1/1980",
    ] {
        let expected = vec![("birth_date", "pin-birth-date-wrong")];
        assert_eq!(wrong(&[("birth_date", date)]), (Step::Birth, expected));
    }
}

#[test]
fn the_place_of_birth_is_the_one_that_the_code_means() {
    let somebody = |place| {
        read_at(
            THEN,
            &[
                ("fiscal_code", "WSSJGN61S11Z112T"),
                ("name", "Jürgen"),
                ("surname", "Weiß"),
                ("birth_date", "11/11/1961"),
                ("birth_place", place),
            ],
        )
    };
    assert!(somebody("Germania").is_ok());
    assert!(somebody("germany").is_ok());
    assert!(somebody("Roma").is_err());
    let unknown = vec![("birth_place", "pin-birth-place-unknown")];
    assert_eq!(
        wrong(&[("birth_place", "Atlantide")]),
        (Step::Birth, unknown)
    );
}

#[test]
fn at_least_one_telephone_and_one_mail_address_are_needed_and_a_pec_counts() {
    let no_telephone = vec![("mobile", "pin-telephone-missing")];
    assert_eq!(wrong(&[("mobile", "")]), (Step::Contacts, no_telephone));
    let no_mail = vec![("email", "pin-mail-missing")];
    assert_eq!(wrong(&[("email", "")]), (Step::Contacts, no_mail));
    let contacts = right(&[
        ("mobile", ""),
        ("landline", "06 1234567"),
        ("email", ""),
        ("pec", "mario@pec.example.org"),
    ])
    .contacts;
    assert_eq!(contacts.landline.unwrap().expose(), "+39061234567");
    assert!(contacts.mobile.is_none() && contacts.email.is_none());
    assert!(contacts.pec.is_some());
}

#[test]
fn a_contact_that_cannot_be_reached_is_refused_beside_its_field() {
    for (field, value, text) in [
        ("mobile", "06 1234567", "pin-mobile-wrong"),
        ("mobile", "12", "pin-mobile-wrong"),
        ("landline", "casa", "pin-landline-wrong"),
        ("email", "mario", "pin-email-wrong"),
        ("pec", "mario.rossi@example.org", "pin-pec-same"),
    ] {
        let expected = (Step::Contacts, vec![(field, text)]);
        assert_eq!(wrong(&[(field, value)]), expected, "{value}");
    }
}

#[test]
fn a_residence_in_italy_needs_cap_province_and_a_municipality_that_is_there() {
    for (field, value, text) in [
        ("street", "", "pin-street-missing"),
        ("postal_code", "185", "pin-cap-wrong"),
        ("province", "Roma", "pin-province-wrong"),
        ("city", "", "pin-city-missing"),
        ("city", "Rooma", "pin-city-unknown"),
        ("city", "Milano", "pin-city-unknown"),
        ("city", "Francia", "pin-city-unknown"),
    ] {
        let expected = (Step::Home, vec![(field, text)]);
        assert_eq!(wrong(&[(field, value)]), expected, "{value}");
    }
}

#[test]
fn a_residence_abroad_needs_neither() {
    let residence = right(&[
        ("country", "GB"),
        ("street", "12 High Street"),
        ("postal_code", "SW1A 1AA"),
        ("city", "London"),
        ("province", ""),
    ])
    .details
    .residence;
    let lines = ["12 High Street", "SW1A 1AA London", "GB"];
    assert_eq!(residence.lines(), lines);
}

#[test]
fn after_the_end_of_issuance_only_the_excepted_groups_go_on() {
    for group in ["", "under-guardianship", "citizen"] {
        let expected = (Step::Who, vec![("group", "pin-group-missing")]);
        assert_eq!(wrong_at(NOW, &[("group", group)]), expected, "{group}");
    }
    let foreigner = [("group", "no-italian-document")];
    let (_, application) = read_at(NOW, &foreigner).unwrap().finish("it").unwrap();
    assert_eq!(application.exception, Some(Exception::NoItalianDocument));
    // Before it nobody has to say why.
    assert_eq!(right(&foreigner).exception, None);
}

#[test]
fn a_minor_is_one_by_the_date_of_birth() {
    let minor = [
        ("group", "minor"),
        ("fiscal_code", "AIAEAX10R41H501S"),
        ("name", "Ea"),
        ("surname", "Aia"),
        ("sex", "F"),
        ("birth_date", "1/10/2010"),
    ];
    assert!(read_at(NOW, &minor).is_ok());
    // Of age at midnight in Italy of her eighteenth birthday.
    assert!(read_at("2028-09-30T21:59:59Z", &minor).is_ok());
    let of_age = (Step::Birth, vec![("birth_date", "pin-birth-date-of-age")]);
    assert_eq!(wrong_at("2028-09-30T22:00:00Z", &minor), of_age);
}

#[test]
fn hours_for_the_letter_are_one_of_those_there_are() {
    let expected = (Step::Delivery, vec![("hours", "pin-hours-missing")]);
    for hours in ["", "night"] {
        assert_eq!(wrong(&[("hours", hours)]), expected);
    }
}

#[test]
fn a_field_that_is_there_twice_is_refused() {
    let twice = b"name=Mario&name=Luca";
    assert!(Typed::read(twice, names()).is_err());
}
