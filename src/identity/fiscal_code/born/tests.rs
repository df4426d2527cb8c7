//! Codes of invented people, computed by an independent implementation (python-codicefiscale 0.12.1).

use super::*;

fn code(text: &str) -> FiscalCode {
    FiscalCode::parse(text).unwrap()
}

fn declared<'a>(
    family_name: &'a str,
    given_name: &'a str,
    (sex, born): (&str, &str),
    place: &str,
) -> Declared<'a> {
    Declared {
        family_name,
        given_name,
        birth_date: born.parse().unwrap(),
        sex: Sex::from_letter(sex).unwrap(),
        birth_place: PlaceCode::parse(place).unwrap(),
    }
}

/// Mario Rossi, with one thing changed.
fn mario() -> Declared<'static> {
    declared("Rossi", "Mario", ("M", "1980-01-01"), "H501")
}

const MARIO: &str = "RSSMRA80A01H501U";

#[test]
fn the_codes_of_an_independent_implementation_agree_with_what_they_were_made_of() {
    for (family_name, given_name, sex, born, place, text) in [
        ("Rossi", "Mario", "M", "1980-01-01", "H501", MARIO),
        (
            "Bianchi",
            "Anna",
            "F",
            "1975-07-23",
            "F205",
            "BNCNNA75L63F205J",
        ),
        ("Fo", "Dario", "M", "1926-03-24", "H872", "FOXDRA26C24H872Y"),
        ("Bo", "Al", "M", "1999-05-05", "L219", "BOXLAX99E05L219I"),
        (
            "De Rossi",
            "Gianfranco",
            "M",
            "1949-12-31",
            "F839",
            "DRSGFR49T31F839Z",
        ),
        (
            "D'Angelo",
            "Maria Teresa",
            "F",
            "2000-02-29",
            "G273",
            "DNGMTR00B69G273B",
        ),
        ("Aia", "Ea", "F", "2010-10-01", "H501", "AIAEAX10R41H501S"),
        (
            "Weiß",
            "Jürgen",
            "M",
            "1961-11-11",
            "Z112",
            "WSSJGN61S11Z112T",
        ),
        (
            "Šarić",
            "Łucja",
            "F",
            "1988-09-30",
            "Z127",
            "SRCLCJ88P70Z127L",
        ),
        (
            "Nguyen",
            "Y Nhi",
            "F",
            "1993-06-15",
            "Z251",
            "NGYYNH93H55Z251N",
        ),
        (
            "Conti",
            "Nicolò",
            "M",
            "1995-04-09",
            "A952",
            "CNTNCL95D09A952Q",
        ),
        (
            "Bianchi-Neri",
            "Chiara",
            "F",
            "1933-01-19",
            "H823",
            "BNCCHR33A59H823W",
        ),
        ("Y", "Jo", "F", "2003-03-03", "Z404", "YXXJOX03C43Z404W"),
    ] {
        let said = declared(family_name, given_name, (sex, born), place);
        assert_eq!(said.contradictions(&code(text)), [], "{text}");
    }
}

#[test]
fn a_family_name_of_other_consonants_contradicts() {
    for family_name in ["Russo", "Rosi", "Sorsi", "Orso", "", "   ", "'", "Росси"] {
        let said = Declared {
            family_name,
            ..mario()
        };
        let found = said.contradictions(&code(MARIO));
        // The code has no vowel of the family name: other vowels are no contradiction that it could show.
        let expected = match family_name {
            "Russo" => vec![],
            _ => vec![Contradiction::FamilyName],
        };
        assert_eq!(found, expected, "{family_name}");
    }
}

#[test]
fn a_given_name_of_four_consonants_counts_the_first_third_and_fourth() {
    let gianfranco = code("DRSGFR49T31F839Z");
    assert!(gianfranco.has_given_name("Gianfranco"));
    assert!(!gianfranco.has_given_name("Gian"));
    assert!(!gianfranco.has_given_name("Gianfilippo"));
    // A family name takes the first three.
    let rule = |name| code("DRSGFR49T31F839Z").has_family_name(name);
    assert!(rule("Drusiani") && rule("De Rossi") && !rule("Dxrs"));
}

#[test]
fn vowels_follow_consonants_and_x_fills_up() {
    assert!(code("FOXDRA26C24H872Y").has_family_name("Fo"));
    assert!(!code("FOXDRA26C24H872Y").has_family_name("Fa"));
    assert!(code("AIAEAX10R41H501S").has_family_name("Aia"));
    assert!(code("AIAEAX10R41H501S").has_given_name("Ea"));
    assert!(!code("AIAEAX10R41H501S").has_given_name("Ae"));
    assert!(
        code("YXXJOX03C43Z404W").has_family_name("Y"),
        "Y is a consonant"
    );
}

#[test]
fn an_umlaut_agrees_in_both_of_its_readings() {
    // Given names without consonants, where the vowel that is added shows: U, Ö and U, OE.
    for text in ["MLLUOX61S51Z112V", "MLLUOE61S51Z112C"] {
        let Ok(code) = FiscalCode::parse(text) else {
            panic!("{text}");
        };
        assert!(code.has_given_name("Uö"), "{text}");
        assert!(code.has_family_name("Müller"), "{text}");
    }
}

#[test]
fn a_birth_date_that_differs_in_day_month_or_year_contradicts() {
    for born in ["1980-01-02", "1980-02-01", "1981-01-01"] {
        let said = Declared {
            birth_date: born.parse().unwrap(),
            ..mario()
        };
        assert_eq!(
            said.contradictions(&code(MARIO)),
            [Contradiction::BirthDate]
        );
    }
}

#[test]
fn the_code_does_not_tell_the_century() {
    let said = Declared {
        birth_date: "1880-01-01".parse().unwrap(),
        ..mario()
    };
    assert_eq!(said.contradictions(&code(MARIO)), []);
}

#[test]
fn every_month_has_its_letter() {
    for (month, letter) in (1..).zip("ABCDEHLMPRST".chars()) {
        let of = NaiveDate::from_ymd_opt(1980, month, 1).unwrap();
        // The check letter is not what this is about: the code is made without parsing.
        let code = FiscalCode(format!("RSSMRA80{letter}01H501U"));
        assert!(code.is_born_on(of), "{letter}");
        assert!(!code.is_born_on(of.with_month(month % 12 + 1).unwrap()));
    }
}

#[test]
fn a_woman_is_born_forty_days_on_and_the_other_sex_contradicts() {
    let anna = declared("Bianchi", "Anna", ("F", "1975-07-23"), "F205");
    let hers = code("BNCNNA75L63F205J");
    assert_eq!(hers.sex(), Sex::Female);
    assert_eq!(code(MARIO).sex(), Sex::Male);
    let said = Declared {
        sex: Sex::Male,
        ..anna
    };
    assert_eq!(said.contradictions(&hers), [Contradiction::Sex]);
    let said = Declared {
        sex: Sex::Female,
        ..mario()
    };
    assert_eq!(said.contradictions(&code(MARIO)), [Contradiction::Sex]);
}

#[test]
fn another_place_contradicts_at_home_and_abroad() {
    for place in ["F205", "Z404", "H502"] {
        let said = Declared {
            birth_place: PlaceCode::parse(place).unwrap(),
            ..mario()
        };
        let found = said.contradictions(&code(MARIO));
        assert_eq!(found, [Contradiction::BirthPlace]);
    }
    let abroad = code("WSSJGN61S11Z112T");
    assert!(abroad.is_born_in(PlaceCode::parse("Z112").unwrap()));
    assert!(!abroad.is_born_in(PlaceCode::parse("Z111").unwrap()));
}

#[test]
fn omocodia_is_read_back_in_every_place_of_a_digit() {
    for text in [
        "RSSMRA80A01H50MM",
        "RSSMRA80A01H5L1F",
        "RSSMRA80A01HR01P",
        "RSSMRAULALMHRLMD",
    ] {
        assert_eq!(mario().contradictions(&code(text)), [], "{text}");
        let said = Declared {
            birth_date: "1980-01-02".parse().unwrap(),
            birth_place: PlaceCode::parse("H502").unwrap(),
            ..mario()
        };
        let expected = [Contradiction::BirthDate, Contradiction::BirthPlace];
        assert_eq!(said.contradictions(&code(text)), expected, "{text}");
    }
    let anna = declared("Bianchi", "Anna", ("F", "1975-07-23"), "F205");
    for text in ["BNCNNATRLSPFNLRV", "BNCNNAT5L6PF20RX"] {
        assert_eq!(anna.contradictions(&code(text)), [], "{text}");
    }
}

#[test]
fn everything_that_contradicts_is_named_at_once_in_the_order_of_the_code() {
    let said = declared("Verdi", "Luca", ("F", "1990-05-06"), "F205");
    let expected = [
        Contradiction::FamilyName,
        Contradiction::GivenName,
        Contradiction::BirthDate,
        Contradiction::Sex,
        Contradiction::BirthPlace,
    ];
    assert_eq!(said.contradictions(&code(MARIO)), expected);
}
