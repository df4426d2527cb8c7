//! The attacks on SAML responses, row by row (`docs/attacks.md`): each refused, for the reason that its case names. The
//! messages are the corpus's, which three other implementations judge as well.

use varco::protocol::saml::response::ResponseForm;

use super::corpus::{CORPUS, Expected, judges};

/// Every message of these shapes is refused, each for one of the reasons it may be refused for, and there are this
/// many at least.
fn refused(shapes: &[&str], at_least: usize) {
    for shape in shapes {
        assert!(
            CORPUS.iter().any(|case| case.shape == *shape),
            "no message is of the shape {shape}"
        );
    }
    let cases: Vec<_> = CORPUS
        .iter()
        .filter(|case| shapes.contains(&case.shape))
        .collect();
    assert!(cases.len() >= at_least, "only {}", cases.len());
    for case in cases {
        let verdict = judges::varco(&case.text, case.key);
        let Expected::Refuse { codes, .. } = &case.expected else {
            panic!("{} is no attack", case.name);
        };
        let code = verdict.expect_err(&case.name);
        assert!(codes.contains(&code), "{}: {code}", case.name);
    }
}

#[test]
fn signature_wrapping_is_refused_in_every_position() {
    refused(
        &["XSW1 to XSW8", "wrapped assertion", "wrapped response"],
        300,
    );
}

#[test]
fn nothing_hides_in_a_signature() {
    refused(&["assertion in a signature", "shape of the signature"], 50);
}

#[test]
fn doubled_signatures_and_signed_errors_carry_nothing() {
    refused(&["doubled signature", "signed error as carrier"], 7);
}

#[test]
fn a_second_assertion_is_refused_signed_or_not() {
    refused(&["several assertions"], 5);
}

#[test]
fn what_two_parsers_read_differently_is_refused() {
    refused(&["two parsers, two readings", "DOCTYPE"], 15);
}

#[test]
fn a_canonical_form_that_fails_signs_nothing() {
    refused(&["void canonicalisation"], 4);
}

#[test]
fn only_the_attribute_id_of_saml_is_an_id_and_namespaces_count() {
    refused(&["duplicate and foreign ids", "fake namespaces"], 14);
}

#[test]
fn references_to_anything_but_the_element_itself_are_refused() {
    refused(&["references"], 9);
}

#[test]
fn stripped_and_moved_signatures_are_refused() {
    refused(
        &["stripped signature", "moved signature", "changed content"],
        35,
    );
}

#[test]
fn keys_that_a_message_brings_are_never_used() {
    refused(&["foreign key"], 8);
}

#[test]
fn keyed_hashes_and_weak_methods_are_refused() {
    refused(&["HMAC with the public key", "weak method"], 10);
}

#[test]
fn foreign_transforms_are_refused_before_they_run() {
    refused(&["transforms", "canonicalisation"], 15);
}

#[test]
fn comments_and_their_like_cut_no_text_in_two() {
    refused(&["comments", "CDATA", "processing instructions"], 11);
}

#[test]
fn encrypted_assertions_are_refused() {
    refused(&["encrypted assertion"], 3);
}

#[test]
fn deep_wide_and_huge_messages_are_refused() {
    refused(&["deep and huge"], 10);
}

#[test]
fn other_encodings_than_utf_8_are_refused() {
    refused(&["encodings"], 10);
}

#[test]
fn by_cies_form_every_attack_is_refused_too_and_what_is_right_must_be_signed_twice() {
    let (mut refused, mut accepted, mut signed_once) = (0, 0, 0);
    for case in CORPUS.iter() {
        let verdict = judges::varco_by(ResponseForm::CIE, &case.text, case.key);
        match (&case.expected, verdict) {
            (Expected::Refuse { .. }, Err(_)) => refused += 1,
            (Expected::Refuse { .. }, Ok(_)) => panic!("{} is accepted", case.name),
            (Expected::Accept, Ok(_)) => accepted += 1,
            (Expected::Accept, Err(code)) => {
                assert_eq!(code, "response-signature-missing", "{}", case.name);
                signed_once += 1;
            }
        }
    }
    let counted = (refused >= 400, accepted >= 10, signed_once >= 1);
    assert_eq!(
        counted,
        (true, true, true),
        "{refused} {accepted} {signed_once}"
    );
}
