//! Ids, names and namespaces that pass for others, and encrypted assertions (attacks 7 and 18).

use super::message::{RESPONSE_ID, Style, response};
use super::signing::{Manner, PROVIDER, genuine, sign_assertion};
use super::{Case, proven, refuse};

pub fn cases() -> Vec<Case> {
    [ids(), encrypted()].concat()
}

fn ids() -> Vec<Case> {
    let genuine = genuine();
    let one = sign_assertion(&response(&Style::default()), &Manner::of(&PROVIDER));
    let mut cases = Vec::new();
    for (name, from, to, codes) in [
        (
            "the assertion's ID on the response",
            "ID=\"_response\"",
            "ID=\"_assertion\"",
            &["xml-duplicate-id"] as &[_],
        ),
        (
            "the assertion's ID on Status",
            "<samlp:Status>",
            "<samlp:Status ID=\"_assertion\">",
            &["xml-duplicate-id"],
        ),
        (
            "the same as a reference",
            "<samlp:Status>",
            "<samlp:Status ID=\"&#95;assertion\">",
            &["xml-duplicate-id"],
        ),
        (
            "an ID that is no name",
            "<samlp:Status>",
            "<samlp:Status ID=\"1\">",
            &["xml-bad-id"],
        ),
        (
            "an ID with white space",
            "<samlp:Status>",
            "<samlp:Status ID=\" _assertion\">",
            &["xml-bad-id"],
        ),
        (
            "an empty ID",
            "<samlp:Status>",
            "<samlp:Status ID=\"\">",
            &["xml-bad-id"],
        ),
        (
            "xml:id",
            "<samlp:Status>",
            "<samlp:Status xml:id=\"_assertion\">",
            &["xml-xml-id"],
        ),
    ] {
        cases.push(refuse(
            "duplicate and foreign ids",
            name.to_owned(),
            one.replacen(from, to, 1),
            codes,
        ));
    }
    for (name, attribute) in [
        ("Id instead", "Id=\"_assertion\""),
        ("id instead", "id=\"_assertion\""),
        ("AssertionID instead", "AssertionID=\"_assertion\""),
        (
            "a namespaced ID instead",
            "xmlns:x=\"urn:x\" x:ID=\"_assertion\"",
        ),
    ] {
        cases.push(refuse(
            "duplicate and foreign ids",
            name.to_owned(),
            one.replacen("ID=\"_assertion\"", attribute, 1),
            &["assertion-id-missing", "assertion-signature-reference"],
        ));
    }
    cases.push(refuse(
        "duplicate and foreign ids",
        "response without ID".to_owned(),
        genuine.replacen(&format!(" ID=\"{RESPONSE_ID}\""), "", 1),
        &["response-id-missing"],
    ));
    let look_alike = one.replace(
        "urn:oasis:names:tc:SAML:2.0:assertion",
        "urn:oasis:names:tc:SAML:2.0:Assertion",
    );
    cases.push(refuse(
        "fake namespaces",
        "assertion's namespace in other letters".to_owned(),
        look_alike,
        &["response-issuer-missing"],
    ));
    cases.push(refuse(
        "fake namespaces",
        "protocol's namespace in other letters".to_owned(),
        one.replace(
            "urn:oasis:names:tc:SAML:2.0:protocol",
            "urn:oasis:names:tc:SAML:1.1:protocol",
        ),
        &["response-unexpected"],
    ));
    cases
}

fn encrypted() -> Vec<Case> {
    let encrypted = "<saml:EncryptedAssertion xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\"><x:EncryptedData xmlns:x=\"http://www.w3.org/2001/04/xmlenc#\"/></saml:EncryptedAssertion>";
    let one = sign_assertion(&response(&Style::default()), &Manner::of(&PROVIDER));
    let start = one.find("<saml:Assertion").unwrap();
    let end = one.find("</samlp:Response>").unwrap();
    vec![
        refuse(
            "encrypted assertion",
            "alone".to_owned(),
            format!("{}{encrypted}{}", &one[..start], &one[end..]),
            &["encrypted-element-unexpected", "response-unexpected"],
        ),
        proven(
            "encrypted assertion",
            "beside the signed one".to_owned(),
            one.replace(
                "</samlp:Response>",
                &format!("{encrypted}</samlp:Response>"),
            ),
            &["encrypted-element-unexpected"],
        ),
        proven(
            "encrypted assertion",
            "before the signed one".to_owned(),
            one.replace("<saml:Assertion", &format!("{encrypted}<saml:Assertion")),
            &[
                "encrypted-element-unexpected",
                "assertion-unexpected",
                "assertion-repeated",
            ],
        ),
    ]
}
