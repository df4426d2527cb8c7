use super::super::testing::{application, holder};
use super::*;
use crate::crypto::SystemRandom;

/// Bytes one after another, again and again.
struct Bytes(std::sync::Mutex<std::vec::IntoIter<u8>>);

impl Random for Bytes {
    fn fill(&self, out: &mut [u8]) {
        let mut bytes = self.0.lock().unwrap();
        for byte in out {
            *byte = bytes.next().unwrap();
        }
    }
}

fn bytes(bytes: Vec<u8>) -> Bytes {
    Bytes(std::sync::Mutex::new(bytes.into_iter()))
}

/// The bytes that make a text of the alphabet.
fn drawing(text: &str) -> Vec<u8> {
    let index = |byte| ALPHABET.iter().position(|letter| *letter == byte).unwrap();
    text.bytes()
        .map(|byte| u8::try_from(index(byte)).unwrap())
        .collect()
}

#[test]
fn secrets_have_eight_characters_and_none_that_people_mistake() {
    for _ in 0..200 {
        let half = Half::generate(&SystemRandom);
        let pin = WorkingPin::generate(&holder(), None, &SystemRandom);
        for secret in [half.expose(), pin.expose()] {
            assert_eq!(secret.len(), 8);
            assert!(
                secret.bytes().all(|byte| ALPHABET.contains(&byte)),
                "{secret}"
            );
            assert!(!secret.contains(['0', 'O', '1', 'I', 'L']));
        }
    }
}

#[test]
fn every_character_is_as_likely_as_any_other() {
    // Each of the 256 bytes once: what is beyond the last whole round of 31 is drawn again.
    let all = bytes((0..=247).chain(248..=255).chain(0..8).collect());
    let mut counts = [0; 31];
    for _ in 0..248 {
        let drawn = one_of(ALPHABET, &all);
        counts[ALPHABET.iter().position(|letter| *letter == drawn).unwrap()] += 1;
    }
    assert_eq!(counts, [8; 31]);
    assert_eq!(one_of(ALPHABET, &all), ALPHABET[0]);
}

#[test]
fn case_spaces_and_hyphens_are_forgiven() {
    let pin = WorkingPin::parse("ab2d-ef7h ").unwrap();
    assert_eq!(pin.expose(), "AB2DEF7H");
    let initial = InitialPin::parse("ABCD EFGH-2345 6789").unwrap();
    assert_eq!(
        (initial.first.expose(), initial.second.expose()),
        ("ABCDEFGH", "23456789")
    );
}

#[test]
fn other_texts_are_no_pins() {
    for text in [
        "",
        "ABCDEFG",
        "ABCDEFGHJ",
        "ABCDEFG!",
        "ABCDEFGÈ",
        "ABCD\u{0}FGH",
    ] {
        assert_eq!(WorkingPin::parse(text), Err(NotAPin), "{text}");
        assert_eq!(Half::parse(text), Err(NotAPin), "{text}");
    }
    for text in [
        "ABCDEFGH",
        "ABCDEFGH2345678",
        "ABCDEFGH234567899",
        "ABCDEFG0ABCDEFGH",
    ] {
        assert_eq!(InitialPin::parse(text), Err(NotAPin), "{text}");
    }
    assert_eq!(TelephoneCode::parse("1234567A"), Err(NotAPin));
}

#[test]
fn a_working_pin_is_never_part_of_the_name() {
    let mut details = application().details;
    details.surname = crate::identity::PersonalName::parse("Abbate-Ferrara").unwrap();
    let fit = |text| {
        WorkingPin::parse(text)
            .unwrap()
            .is_fit_for(&holder(), Some(&details))
    };
    for part in ["ABBATEFE", "TEFERRAR", "FERRARAM", "MARAABBA"] {
        assert!(!fit(part), "{part}");
    }
    assert!(fit("ABBATEF2"));
    // One that is drawn so is drawn again.
    let unlucky = bytes([drawing("ABBATEFE"), drawing("23456789")].concat());
    let pin = WorkingPin::generate(&holder(), Some(&details), &unlucky);
    assert_eq!(pin.expose(), "23456789");
}

#[test]
fn a_working_pin_is_never_eight_consecutive_characters_of_the_fiscal_code() {
    let code = holder();
    for start in 0..=8 {
        let part = &code.expose()[start..start + 8];
        let pin = WorkingPin::parse(part).unwrap();
        assert!(!pin.is_fit_for(&code, None), "{part}");
    }
    let seven = format!("2{}", &code.expose()[..7]);
    assert!(WorkingPin::parse(&seven).unwrap().is_fit_for(&code, None));
}

#[test]
fn debug_shows_no_secret() {
    let initial = InitialPin::parse("ABCDEFGH23456789").unwrap();
    let pin = WorkingPin::parse("ABCDEFGH").unwrap();
    let shown = format!("{initial:?} {pin:?}");
    assert!(
        !shown.contains("ABCDEFGH") && !shown.contains("23456789"),
        "{shown}"
    );
}
