//! Signature wrapping: the genuine signed part moved anywhere, a forged one in its place (attacks 1 to 4).
//!
//! Every place of a message is a slot. Each slot takes the genuine assertion (or response) while the forged one
//! stands where readers look; the signature stays, is copied or moves; the forged ID is new, the same, or missing.

mod slots;

use super::message::{
    ASSERTION_ID, ASSERTION_MARK, FORGED, GENUINE, RESPONSE_ID, RESPONSE_MARK, Style,
    lone_assertion, response,
};
use super::signing::{Manner, PROVIDER, sign, sign_assertion, sign_both};
use super::{Case, refuse};
use slots::{IN_SIGNATURE, INSIDE, OUTSIDE, Slot};

/// What a wrapped message may be refused for: always its shape or its ids, before anything is believed.
const SHAPE: &[&str] = &[
    "xml-duplicate-id",
    "assertion-repeated",
    "assertion-unexpected",
    "assertion-missing",
    "assertion-id-missing",
    "assertion-signature-missing",
    "assertion-signature-shape",
    "assertion-signature-reference",
    "assertion-signature-key-info",
    "response-unexpected",
    "response-issuer-missing",
    "response-issuer-malformed",
    "response-signature-missing",
    "response-signature-reference",
    "response-signature-shape",
    "response-signature-key-info",
    "response-id-missing",
    "signature-unexpected",
    "status-missing",
    "status-unexpected",
    "status-code-unexpected",
    "extensions-unexpected",
];

/// The signed assertion in its parts.
struct Parts {
    /// With its signature.
    signed: String,
    /// Without.
    bare: String,
    signature: String,
}

fn parts_of(element: &str) -> Parts {
    let start = element.find("<ds:Signature ").unwrap();
    let end = element.find("</ds:Signature>").unwrap() + "</ds:Signature>".len();
    Parts {
        signed: element.to_owned(),
        bare: format!("{}{}", &element[..start], &element[end..]),
        signature: element[start..end].to_owned(),
    }
}

fn genuine_assertion() -> Parts {
    let text = lone_assertion(ASSERTION_ID, GENUINE);
    parts_of(&sign(
        &text,
        ASSERTION_ID,
        ASSERTION_MARK,
        &Manner::of(&PROVIDER),
    ))
}

/// The response around an assertion, unsigned, with this text for the assertion.
fn around(assertion: &str) -> String {
    let text = response(&Style::default()).replace(RESPONSE_MARK, "");
    let start = text.find("<saml:Assertion").unwrap();
    let end = text.find("</samlp:Response>").unwrap();
    format!("{}{assertion}{}", &text[..start], &text[end..])
}

fn put(slot: &Slot, host: &str, guest: &str) -> String {
    let at = host
        .find(slot.before)
        .unwrap_or_else(|| panic!("{} in {host}", slot.before));
    format!(
        "{}{}{guest}{}{}",
        &host[..at],
        slot.open,
        slot.close,
        &host[at..]
    )
}

/// The three ids of a forged element.
const FORGED_IDS: [(&str, &str); 3] = [
    ("new ID", "ID=\"_forged\""),
    ("same ID", ""),
    ("no ID", " "),
];

/// Gives an element that carries `own` as its ID another one.
fn with_id(text: &str, own: &str, id: &str) -> String {
    let own = format!("ID=\"{own}\"");
    match id {
        "" => text.to_owned(),
        id => text.replacen(&own, id, 1),
    }
}

pub fn cases() -> Vec<Case> {
    [
        classical(),
        assertions(),
        responses(),
        in_own_signature(),
        carriers(),
    ]
    .concat()
}

fn wrapped(shape: &'static str, name: String, text: String) -> Case {
    refuse(shape, name, text, SHAPE)
}

fn forged_assertion() -> String {
    lone_assertion(ASSERTION_ID, FORGED)
}

/// The genuine assertion in every slot around and in a forged one.
fn assertions() -> Vec<Case> {
    let genuine = genuine_assertion();
    let mut cases = Vec::new();
    let outside = OUTSIDE.iter().map(|slot| (slot, false));
    for (slot, inside) in outside.chain(INSIDE.iter().map(|slot| (slot, true))) {
        for (id_name, id) in FORGED_IDS {
            for (where_to, in_forged, guest) in [
                ("stays", "", &genuine.signed),
                ("is copied", genuine.signature.as_str(), &genuine.signed),
                ("moves", &genuine.signature, &genuine.bare),
            ] {
                let forged = with_id(&forged_assertion(), ASSERTION_ID, id)
                    .replace(ASSERTION_MARK, in_forged);
                let text = if inside {
                    around(&put(slot, &forged, guest))
                } else {
                    put(slot, &around(&forged), guest)
                };
                let name = format!(
                    "genuine assertion {}, signature {where_to}, {id_name}",
                    slot.name
                );
                cases.push(wrapped("wrapped assertion", name, text));
            }
        }
    }
    cases
}

/// The genuine response in every slot of a forged one.
fn responses() -> Vec<Case> {
    let genuine = {
        let signed = sign_both(&response(&Style::default()), &Manner::of(&PROVIDER));
        parts_of(&signed)
    };
    let mut cases = Vec::new();
    for slot in OUTSIDE.iter().chain(IN_SIGNATURE) {
        for (id_name, id) in FORGED_IDS {
            for (where_to, in_forged, guest) in [
                ("stays", "", &genuine.signed),
                ("is copied", genuine.signature.as_str(), &genuine.signed),
                ("moves", &genuine.signature, &genuine.bare),
            ] {
                let forged = response(&Style::default())
                    .replace(GENUINE, FORGED)
                    .replace(ASSERTION_MARK, "")
                    .replace(RESPONSE_MARK, in_forged);
                let forged = with_id(&forged, RESPONSE_ID, id).replacen(
                    &format!("ID=\"{ASSERTION_ID}\""),
                    "ID=\"_another\"",
                    1,
                );
                if !forged.contains(slot.before) {
                    continue;
                }
                let name = format!(
                    "genuine response {}, signature {where_to}, {id_name}",
                    slot.name
                );
                cases.push(wrapped("wrapped response", name, put(slot, &forged, guest)));
            }
        }
    }
    cases
}

/// A forged assertion hidden in the genuine one's own signature, or the genuine one in the signature that the forged
/// one carries.
fn in_own_signature() -> Vec<Case> {
    let genuine = genuine_assertion();
    let forged = forged_assertion().replace(ASSERTION_MARK, "");
    let forged = with_id(&forged, ASSERTION_ID, "ID=\"_forged\"");
    let mut cases = Vec::new();
    for slot in IN_SIGNATURE {
        cases.push(wrapped(
            "assertion in a signature",
            format!("forged one {}", slot.name),
            around(&put(slot, &genuine.signed, &forged)),
        ));
        for (id_name, id) in FORGED_IDS {
            for (where_to, guest) in [("is copied", &genuine.signed), ("moves", &genuine.bare)] {
                let signature = put(slot, &genuine.signature, guest);
                let host = with_id(&forged_assertion(), ASSERTION_ID, id)
                    .replace(ASSERTION_MARK, &signature);
                cases.push(wrapped(
                    "assertion in a signature",
                    format!("genuine one {}, signature {where_to}, {id_name}", slot.name),
                    around(&host),
                ));
            }
        }
    }
    cases
}

/// The eight shapes by their usual numbers (Somorovsky and others, USENIX Security 2012; SAML Raider).
fn classical() -> Vec<Case> {
    let whole = sign_both(&response(&Style::default()), &Manner::of(&PROVIDER));
    let of_response = parts_of(&whole);
    let assertion = genuine_assertion();
    let forged_response = with_id(
        &response(&Style::default())
            .replace(GENUINE, FORGED)
            .replace(ASSERTION_MARK, ""),
        RESPONSE_ID,
        "ID=\"_forged\"",
    );
    let forged = |signature: &str| {
        with_id(&forged_assertion(), ASSERTION_ID, "ID=\"_forged\"")
            .replace(ASSERTION_MARK, signature)
    };
    let in_object = |signature: &str, guest: &str| put(&IN_SIGNATURE[0], signature, guest);
    let in_forged = |host: &str, guest: &str| put(&INSIDE[12], host, guest);
    [
        (
            "XSW1",
            forged_response.replace(
                RESPONSE_MARK,
                &in_object(&of_response.signature, &of_response.bare),
            ),
        ),
        (
            "XSW2",
            forged_response.replace(
                RESPONSE_MARK,
                &format!("{}{}", of_response.bare, of_response.signature),
            ),
        ),
        (
            "XSW3",
            around(&format!("{}{}", forged(""), assertion.signed)),
        ),
        ("XSW4", around(&in_forged(&forged(""), &assertion.signed))),
        (
            "XSW5",
            around(&format!(
                "{}{}",
                forged(&assertion.signature),
                assertion.bare
            )),
        ),
        (
            "XSW6",
            around(&forged(&put(
                &IN_SIGNATURE[4],
                &assertion.signature,
                &assertion.bare,
            ))),
        ),
        (
            "XSW7",
            put(&OUTSIDE[3], &around(&assertion.signed), &forged("")),
        ),
        (
            "XSW8",
            around(&forged(&in_object(&assertion.signature, &assertion.bare))),
        ),
    ]
    .into_iter()
    .map(|(name, text)| wrapped("XSW1 to XSW8", name.to_owned(), text))
    .collect()
}

/// Genuinely signed messages without the assertion, as a carrier for a forged one.
fn carriers() -> Vec<Case> {
    let signed_error = {
        let text = response(&Style::default());
        let start = text.find("<saml:Assertion").unwrap();
        let end = text.find("</samlp:Response>").unwrap();
        let text = format!("{}{}", &text[..start], &text[end..])
            .replace("status:Success", "status:Responder");
        sign(&text, RESPONSE_ID, RESPONSE_MARK, &Manner::of(&PROVIDER))
    };
    let forged = forged_assertion().replace(ASSERTION_MARK, "");
    let genuine = genuine_assertion();
    let unsigned_twin = with_id(&forged, ASSERTION_ID, "ID=\"_forged\"");
    let second = {
        let text = lone_assertion("_second", FORGED);
        sign(&text, "_second", ASSERTION_MARK, &Manner::of(&PROVIDER))
    };
    let message = sign_assertion(&response(&Style::default()), &Manner::of(&PROVIDER));
    let mut cases = vec![refuse(
        "signed error as carrier",
        "forged assertion added".to_owned(),
        signed_error.replace("</samlp:Response>", &format!("{forged}</samlp:Response>")),
        &["response-signature-digest"],
    )];
    for (name, text) in [
        (
            "unsigned one first",
            around(&format!("{unsigned_twin}{}", genuine.signed)),
        ),
        (
            "unsigned one last",
            around(&format!("{}{unsigned_twin}", genuine.signed)),
        ),
        (
            "both signed",
            around(&format!("{}{second}", genuine.signed)),
        ),
        (
            "the same one twice",
            around(&format!("{0}{0}", genuine.signed)),
        ),
        (
            "one in another namespace",
            message.replace(
                "</samlp:Response>",
                "<x:Assertion xmlns:x=\"urn:x\"/></samlp:Response>",
            ),
        ),
    ] {
        cases.push(wrapped("several assertions", name.to_owned(), text));
    }
    cases
}
