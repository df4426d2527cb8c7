//! What holds of every card, whatever is in it: whose it is follows from its own common name alone, and a byte changed
//! makes it nobody's.

use std::collections::HashSet;
use std::sync::LazyLock;

use proptest::prelude::*;
use tokio::runtime::Runtime;
use varco::identity::FiscalCode;
use varco::login::cns::{CnsRefusal, CnsVerifier, Presented};

use super::cns_cards::now;
use super::mutation::entry;
use crate::support::cards::{
    Authority, CARD_ID, FISCAL_CODE, P256, REGION, accepted_cards, card_of, negative_cards,
    subject, verifier,
};
use crate::support::certificates::{
    C, CN, GN, O, OU, PRINTABLE, Paper, SERIAL_NUMBER, SN, UTF8, attribute, der, name, signed,
};

static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| Runtime::new().unwrap());
static VERIFIER: LazyLock<CnsVerifier> = LazyLock::new(|| verifier(now()));

/// The fiscal code that a card proves.
fn judge(card: Vec<u8>) -> Result<String, CnsRefusal> {
    let proof = RUNTIME.block_on(VERIFIER.verify(&Presented::new(&[card])?, now()))?;
    Ok(proof.fiscal_code().expose().to_owned())
}

/// A card by an authority that signs fast.
fn named(subject: Vec<u8>) -> Result<String, CnsRefusal> {
    let paper = Paper {
        subject,
        ..card_of(&P256, now())
    };
    judge(paper.sign((P256.key)()))
}

/// Every form of a code: each of its digits as it is, or as *omocodia* writes it, and the check letter that follows.
fn omocodie(code: &str) -> Vec<String> {
    let digits = [6, 7, 9, 10, 12, 13, 14];
    (0_u8..128)
        .map(|replaced| {
            let mut form = code.as_bytes().to_vec();
            for (bit, at) in digits.into_iter().enumerate() {
                if replaced & (1 << bit) != 0 {
                    form[at] = b"LMNPQRSTUV"[usize::from(form[at] - b'0')];
                }
            }
            let form = String::from_utf8(form).unwrap();
            ('A'..='Z')
                .map(|check| format!("{}{check}", &form[..15]))
                .find(|form| FiscalCode::parse(form).is_ok())
                .unwrap()
        })
        .collect()
}

#[test]
fn the_128_forms_of_a_code_are_128_people() {
    let forms = omocodie(FISCAL_CODE);
    let proved: HashSet<String> = forms
        .iter()
        .map(|form| named(subject(&format!("{form}/{CARD_ID}"))).unwrap())
        .collect();
    assert_eq!(proved.len(), 128);
    assert_eq!(proved, forms.into_iter().collect());
}

#[test]
fn a_form_is_never_taken_for_another_one() {
    for form in omocodie(FISCAL_CODE).into_iter().skip(1).step_by(9) {
        let subject = name(&[
            (SERIAL_NUMBER, &format!("TINIT-{FISCAL_CODE}")),
            (CN, &format!("{form}/{CARD_ID}")),
        ]);
        assert_eq!(named(subject), Err(CnsRefusal::SerialNumber), "{form}");
    }
}

#[test]
fn no_byte_of_a_card_can_be_changed() {
    let authority: Authority = REGION;
    let good = card_of(&authority, now()).sign((authority.key)());
    for at in 0..good.len() {
        for change in [0x80, 1 << (at % 7)] {
            let mut card = good.clone();
            card[at] ^= change;
            entry::card(&card);
            assert!(judge(card).is_err(), "byte {at} by {change:#x}");
        }
    }
}

#[test]
fn whatever_is_signed_proves_no_other_code_than_x509_parser_reads() {
    let paper = card_of(&P256, now());
    let inside = paper.to_be_signed();
    let (mut accepted, mut refused) = (0, 0);
    for at in 0..inside.len() {
        for change in [0x01, 1 << (at % 8)] {
            let mut changed = inside.clone();
            changed[at] ^= change;
            let card = signed(&changed, paper.made, (P256.key)());
            entry::card(&card);
            let Ok(code) = judge(card.clone()) else {
                refused += 1;
                continue;
            };
            accepted += 1;
            let (rest, read) = x509_parser::parse_x509_certificate(&card).unwrap();
            assert!(rest.is_empty());
            let names: Vec<&str> = read
                .subject()
                .iter_common_name()
                .map(|name| name.as_str().unwrap())
                .collect();
            assert_eq!(names.len(), 1);
            assert!(names[0].starts_with(&format!("{code}/")), "byte {at}");
            let usage = read.key_usage().unwrap().unwrap().value;
            assert!(usage.digital_signature() && !usage.non_repudiation());
            assert!(
                read.extended_key_usage()
                    .unwrap()
                    .unwrap()
                    .value
                    .client_auth
            );
            assert!(
                !read
                    .basic_constraints()
                    .unwrap()
                    .is_some_and(|basic| basic.value.ca)
            );
        }
    }
    assert!(accepted > 50 && refused > 300, "{accepted} {refused}");
}

#[test]
fn no_card_of_the_table_breaks_a_promise() {
    for card in accepted_cards(now()) {
        card.chain_der.iter().for_each(|der| entry::card(der));
    }
    for card in negative_cards(now()) {
        card.chain_der.iter().for_each(|der| entry::card(der));
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 64,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn what_follows_the_code_is_the_cards_own_affair(rest in "[ -~]{0,80}") {
        prop_assert_eq!(named(subject(&format!("{FISCAL_CODE}/{rest}"))), Ok(FISCAL_CODE.to_owned()));
    }

    #[test]
    fn other_attributes_never_tell_who_it_is(
        organization in "[ -~]{0,60}",
        unit in "(/CN=VRDLGI75C15F205C/|,CN=VRDLGI75C15F205C,|[ -~èàùПΩ]{0,60})",
        given in "\\PC{0,30}",
    ) {
        let subject = name(&[
            (C, "IT"),
            (O, &organization),
            (OU, &unit),
            (GN, &given),
            (CN, &format!("{FISCAL_CODE}/{CARD_ID}")),
            (SN, "VRDLGI75C15F205C/"),
        ]);
        prop_assert_eq!(named(subject), Ok(FISCAL_CODE.to_owned()));
    }

    #[test]
    fn a_common_name_is_the_code_or_nobody(common_name in "\\PC{0,40}") {
        prop_assert!(named(subject(&common_name)).is_err());
    }

    #[test]
    fn a_code_is_taken_as_it_is_written_or_not_at_all(
        before in "[ a-z./-]{0,2}",
        after in "[ a-z.\u{200b}]{0,2}",
        upper in any::<bool>(),
    ) {
        let code = if upper { FISCAL_CODE.to_owned() } else { FISCAL_CODE.to_lowercase() };
        let exact = before.is_empty() && after.is_empty() && upper;
        let got = named(subject(&format!("{before}{code}{after}/{CARD_ID}")));
        prop_assert_eq!(got.is_ok(), exact);
    }

    #[test]
    fn any_attributes_in_any_sets_prove_the_one_common_name_or_nothing(
        values in proptest::collection::vec(
            (
                prop_oneof![Just(CN), Just(SERIAL_NUMBER), Just(OU)],
                prop_oneof![Just(UTF8), Just(PRINTABLE), any::<u8>()],
                prop_oneof![
                    Just(format!("{FISCAL_CODE}/{CARD_ID}").into_bytes()),
                    Just(b"VRDLGI75C15F205C/x".to_vec()),
                    Just(b"TINIT-RSSMRA80A01H501U".to_vec()),
                    proptest::collection::vec(any::<u8>(), 0..12),
                ],
                any::<bool>(),
            ),
            0..5,
        ),
    ) {
        let mut sets: Vec<Vec<u8>> = Vec::new();
        for (kind, tag, value, alone) in &values {
            let attribute = attribute(kind, *tag, value);
            match sets.last_mut() {
                Some(set) if !alone => set.extend(attribute),
                _ => sets.push(attribute),
            }
        }
        let sets: Vec<Vec<u8>> = sets.iter().map(|set| der(0x31, &[set])).collect();
        let got = named(der(0x30, &[&sets.concat()]));
        let common: Vec<_> = values.iter().filter(|(kind, ..)| *kind == CN).collect();
        if let Ok(code) = got {
            prop_assert_eq!(common.len(), 1);
            let start = format!("{code}/");
            prop_assert!(common[0].2.starts_with(start.as_bytes()));
            prop_assert!([UTF8, PRINTABLE].contains(&common[0].1));
        }
    }
}
