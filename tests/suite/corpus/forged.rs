//! Changed content; stripped, moved and doubled signatures; foreign keys (attacks 3, 8, 12 and 13).

use varco::crypto::encoding::base64;

use super::message::{
    ASSERTION_ID, ASSERTION_MARK, FORGED, GENUINE, RESPONSE_ID, RESPONSE_MARK, Style, response,
};
use super::signing::{Manner, PROVIDER, STRANGER, genuine, sign, sign_assertion, sign_both};
use super::{Case, proven, refuse};

pub fn cases() -> Vec<Case> {
    [changed(), stripped(), moved(), doubled(), keys()].concat()
}

/// The assertion's signature of a message where only the assertion is signed, or the response's where both are.
fn first_signature(text: &str) -> &str {
    let start = text.find("<ds:Signature ").unwrap();
    let end = text.find("</ds:Signature>").unwrap() + "</ds:Signature>".len();
    &text[start..end]
}

fn assertion_signed() -> String {
    sign_assertion(&response(&Style::default()), &Manner::of(&PROVIDER))
}

fn changed() -> Vec<Case> {
    let mut cases = Vec::new();
    for (name, from, to) in [
        ("person", GENUINE, FORGED),
        (
            "fiscal number",
            "TINIT-RSSMRA80A01H501U",
            "TINIT-VRDLGU80A01H501U",
        ),
        ("level", "SpidL2", "SpidL3"),
        (
            "end of validity",
            "12:05:00Z\" Recipient",
            "13:05:00Z\" Recipient",
        ),
        (
            "audience",
            "https://gateway.example</",
            "https://other.example</",
        ),
        (
            "added attribute",
            "</saml:AttributeStatement>",
            "<saml:Attribute Name=\"x\"><saml:AttributeValue>y</saml:AttributeValue></saml:Attribute></saml:AttributeStatement>",
        ),
        ("removed attribute", " SessionIndex=\"_session\"", ""),
        ("white space added", "</saml:Subject>", "\n</saml:Subject>"),
        (
            "character that looks the same",
            "EXAM0000000001",
            "\u{0415}XAM0000000001",
        ),
    ] {
        for (which, text, code) in [
            ("both signed", genuine(), "response-signature-digest"),
            (
                "assertion signed",
                assertion_signed(),
                "assertion-signature-digest",
            ),
        ] {
            assert!(text.contains(from), "{from}");
            cases.push(refuse(
                "changed content",
                format!("{name}, {which}"),
                text.replacen(from, to, 1),
                &[code],
            ));
        }
    }
    cases.push(refuse(
        "changed content",
        "header, both signed".to_owned(),
        genuine().replacen("InResponseTo=\"_request\"", "InResponseTo=\"_other\"", 1),
        &["response-signature-digest"],
    ));
    cases
}

fn stripped() -> Vec<Case> {
    let unsigned = response(&Style::default())
        .replace(ASSERTION_MARK, "")
        .replace(RESPONSE_MARK, "");
    let response_only = sign(
        &response(&Style::default()).replace(ASSERTION_MARK, ""),
        RESPONSE_ID,
        RESPONSE_MARK,
        &Manner::of(&PROVIDER),
    );
    let one = assertion_signed();
    let part = |name: &str| {
        let start = one.find(&format!("<ds:{name}")).unwrap();
        let close = format!("</ds:{name}>");
        let end = one.find(&close).map_or_else(
            || one[start..].find("/>").unwrap() + start + 2,
            |at| at + close.len(),
        );
        one[start..end].to_owned()
    };
    let mut cases = vec![
        refuse(
            "stripped signature",
            "no signature at all".to_owned(),
            unsigned,
            &["assertion-signature-missing"],
        ),
        proven(
            "stripped signature",
            "response signed, assertion not".to_owned(),
            response_only,
            &["assertion-signature-missing"],
        ),
        refuse(
            "stripped signature",
            "empty Signature".to_owned(),
            one.replace(
                first_signature(&one),
                "<ds:Signature xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\"/>",
            ),
            &["assertion-signature-shape"],
        ),
    ];
    for (name, code) in [
        ("SignedInfo", "assertion-signature-shape"),
        ("SignatureValue", "assertion-signature-shape"),
        ("CanonicalizationMethod", "assertion-signature-shape"),
        ("SignatureMethod", "assertion-signature-shape"),
        ("Reference", "assertion-signature-references"),
        ("Transforms", "assertion-signature-shape"),
        ("DigestMethod", "assertion-signature-shape"),
        ("DigestValue", "assertion-signature-shape"),
    ] {
        cases.push(refuse(
            "stripped signature",
            format!("without {name}"),
            one.replacen(&part(name), "", 1),
            &[code],
        ));
    }
    for name in ["SignatureValue", "DigestValue"] {
        let empty = format!("<ds:{name}></ds:{name}>");
        cases.push(refuse(
            "stripped signature",
            format!("empty {name}"),
            one.replacen(&part(name), &empty, 1),
            &["assertion-signature-base64"],
        ));
    }
    cases
}

fn moved() -> Vec<Case> {
    let one = assertion_signed();
    let signature = first_signature(&one).to_owned();
    let without = one.replacen(&signature, "", 1);
    [
        ("before Issuer", "<saml:Issuer Format=\"urn:oasis:names:tc:SAML:2.0:nameid-format:entity\">https://idp.example</saml:Issuer><saml:Subject"),
        ("after Subject", "<saml:Conditions"),
        ("at the end of the assertion", "</saml:Assertion>"),
        ("into Subject", "</saml:Subject>"),
        ("into the response", "<samlp:Status>"),
        ("into Status", "</samlp:Status>"),
        ("after the assertion", "</samlp:Response>"),
    ]
    .into_iter()
    .map(|(name, before)| {
        refuse(
            "moved signature",
            name.to_owned(),
            without.replacen(before, &format!("{signature}{before}"), 1),
            &[
                "assertion-signature-missing",
                "response-signature-reference",
                "assertion-issuer-missing",
                "signature-unexpected",
                "status-unexpected",
                "response-unexpected",
            ],
        )
    })
    .collect()
}

fn doubled() -> Vec<Case> {
    let one = assertion_signed();
    let signature = first_signature(&one).to_owned();
    let value = {
        let start = signature.find("<ds:SignedInfo").unwrap();
        let end = signature.find("</ds:SignedInfo>").unwrap() + "</ds:SignedInfo>".len();
        signature[start..end].to_owned()
    };
    let decoy = signature.replace("#_assertion", "#_decoy");
    [
        (
            "the same twice",
            format!("{signature}{signature}"),
            "assertion-signature-repeated",
        ),
        (
            "decoy with the same value first",
            format!("{decoy}{signature}"),
            "assertion-signature-repeated",
        ),
        (
            "decoy with the same value last",
            format!("{signature}{decoy}"),
            "assertion-signature-repeated",
        ),
        (
            "SignedInfo twice",
            signature.replacen(&value, &format!("{value}{value}"), 1),
            "assertion-signature-shape",
        ),
        (
            "forged SignedInfo first",
            signature.replacen(
                &value,
                &format!("{}{value}", value.replace("#_assertion", "#_response")),
                1,
            ),
            "assertion-signature-shape",
        ),
        (
            "signature in a signature",
            signature.replacen("</ds:Signature>", &format!("{signature}</ds:Signature>"), 1),
            "assertion-signature-shape",
        ),
    ]
    .into_iter()
    .map(|(name, to, code)| {
        refuse(
            "doubled signature",
            name.to_owned(),
            one.replacen(&signature, &to, 1),
            &[code, "signature-unexpected"],
        )
    })
    .collect()
}

fn keys() -> Vec<Case> {
    let message = response(&Style::default());
    let certificate = |key: &super::signing::TestKey| {
        format!(
            "<ds:KeyInfo><ds:X509Data><ds:X509Certificate>{}</ds:X509Certificate></ds:X509Data></ds:KeyInfo>",
            base64(&key.certificate)
        )
    };
    let stranger = Manner::of(&STRANGER);
    let mixed = |assertion: &Manner, outer: &Manner| {
        sign(
            &sign(&message, ASSERTION_ID, ASSERTION_MARK, assertion),
            RESPONSE_ID,
            RESPONSE_MARK,
            outer,
        )
    };
    let provider = Manner::of(&PROVIDER);
    let with = |manner: &Manner, key_info: String| Manner {
        key_info,
        ..manner.clone()
    };
    let key_value = "<ds:KeyInfo><ds:KeyValue><ds:RSAKeyValue><ds:Modulus>AQAB</ds:Modulus><ds:Exponent>AQAB</ds:Exponent></ds:RSAKeyValue></ds:KeyValue></ds:KeyInfo>";
    [
        (
            "signed by a stranger",
            sign_both(&message, &stranger),
            "response-signature-value",
        ),
        (
            "a stranger's certificate in KeyInfo",
            sign_both(&message, &with(&stranger, certificate(&STRANGER))),
            "response-signature-value",
        ),
        (
            "the provider's certificate in KeyInfo",
            sign_both(&message, &with(&stranger, certificate(&PROVIDER))),
            "response-signature-value",
        ),
        (
            "a key value in KeyInfo",
            sign_both(&message, &with(&stranger, key_value.to_owned())),
            "response-signature-value",
        ),
        (
            "assertion by a stranger",
            mixed(&stranger, &provider),
            "assertion-signature-value",
        ),
        (
            "response by a stranger",
            mixed(&provider, &stranger),
            "response-signature-value",
        ),
        (
            "assertion by a stranger, alone",
            sign_assertion(&message, &stranger),
            "assertion-signature-value",
        ),
        (
            "retrieval method",
            sign_both(
                &message,
                &with(
                    &provider,
                    "<ds:KeyInfo><ds:RetrievalMethod URI=\"#_assertion\"/></ds:KeyInfo>".to_owned(),
                ),
            ),
            "response-signature-key-info",
        ),
    ]
    .into_iter()
    .map(|(name, text, code)| refuse("foreign key", name.to_owned(), text, &[code]))
    .collect()
}
