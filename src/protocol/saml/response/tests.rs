//! The strict gate of responses: shapes and signatures. What a correct shape says is judged in `login::spid`.

use super::*;
use crate::protocol::saml::testing::{
    FOREIGN_KEY, PROVIDER_KEY, correct, failed, provider_keys, sign, sign_both,
};
use crate::protocol::xml::Limits;

/// The reason code with which a text is refused, or `accepted`, or `failed` for an error response.
fn verdict(xml: &str) -> String {
    let opened = Document::parse(xml, &Limits::MESSAGE)
        .map_err(SamlRefusal::from)
        .map(|document| {
            Response::read(&document, ResponseForm::SPID).and_then(|response| {
                response.open(&provider_keys()).map(|answer| match answer {
                    Answer::Asserted(_) => "accepted",
                    Answer::Encrypted(_) => "encrypted",
                    Answer::Failed(_) => "failed",
                })
            })
        });
    match opened {
        Ok(Ok(word)) => word.to_owned(),
        Ok(Err(refusal)) | Err(refusal) => refusal.code(),
    }
}

fn signed_assertion() -> String {
    sign(correct("_q"), "_assertion", &PROVIDER_KEY)
}

/// The text from the first `start` to the first `end` after it, both included.
fn cut<'a>(xml: &'a str, start: &str, end: &str) -> &'a str {
    let from = xml.find(start).unwrap();
    let to = from + xml[from..].find(end).unwrap() + end.len();
    &xml[from..to]
}

#[test]
fn a_response_signed_twice_or_only_in_its_assertion_is_accepted() {
    assert_eq!(verdict(&sign_both(correct("_q"))), "accepted");
    assert_eq!(verdict(&signed_assertion()), "accepted");
    assert_eq!(
        verdict(&format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>{}",
            signed_assertion()
        )),
        "accepted"
    );
}

#[test]
fn what_is_read_is_what_was_signed() {
    let xml = signed_assertion();
    let document = Document::parse(&xml, &Limits::MESSAGE).unwrap();
    let answer = Response::read(&document, ResponseForm::SPID)
        .unwrap()
        .open(&provider_keys())
        .unwrap();
    let Answer::Asserted(signed) = answer else {
        panic!("it is an assertion");
    };
    let content = signed.content();
    assert_eq!(content.subject.name_id, "_transient");
    assert_eq!(content.authentication.session_index, Some("_session"));
    assert_eq!(content.attributes.len(), 6);
    assert_eq!(content.attributes[5].values, [""]);
}

#[test]
fn an_unsigned_assertion_is_refused_whatever_else_is_signed() {
    assert_eq!(verdict(&correct("_q")), "assertion-signature-missing");
    assert_eq!(
        verdict(&sign(correct("_q"), "_response", &PROVIDER_KEY)),
        "assertion-signature-missing"
    );
}

#[test]
fn a_signature_by_a_foreign_key_is_refused_in_either_place() {
    let assertion = sign(correct("_q"), "_assertion", &FOREIGN_KEY);
    assert_eq!(verdict(&assertion), "assertion-signature-value");
    assert_eq!(
        verdict(&sign(signed_assertion(), "_response", &FOREIGN_KEY)),
        "response-signature-value"
    );
}

#[test]
fn without_a_key_nothing_is_accepted() {
    let xml = signed_assertion();
    let document = Document::parse(&xml, &Limits::MESSAGE).unwrap();
    let refusal = Response::read(&document, ResponseForm::SPID)
        .unwrap()
        .open(&[])
        .unwrap_err();
    assert_eq!(refusal.code(), "assertion-signature-no-key");
}

#[test]
fn a_changed_assertion_is_refused() {
    assert_eq!(
        verdict(&signed_assertion().replace("RSSMRA80A01H501U", "VRDLGU80A01H501U")),
        "assertion-signature-digest"
    );
}

#[test]
fn every_wrapping_of_a_signed_assertion_is_refused() {
    let xml = signed_assertion();
    let genuine = cut(&xml, "<saml:Assertion", "</saml:Assertion>").to_owned();
    let signature = cut(&xml, "<ds:Signature", "</ds:Signature>").to_owned();
    let forged = genuine
        .replace(&signature, "")
        .replace("\"_assertion\"", "\"_forged\"")
        .replace("RSSMRA80A01H501U", "VRDLGU80A01H501U");
    let with = |assertions: &str| xml.replace(&genuine, assertions);
    let below = |element: &str, content: &str| {
        with(&forged.replace(&format!("</{element}>"), &format!("{content}</{element}>")))
    };
    let extensions = format!("<samlp:Extensions>{genuine}</samlp:Extensions>");
    let object =
        format!("<ds:Object xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\">{genuine}</ds:Object>");
    let hiding = signature.replace("</ds:Signature>", &format!("{object}</ds:Signature>"));
    let wrapped = [
        ("forged before genuine", with(&format!("{forged}{genuine}"))),
        ("forged after genuine", with(&format!("{genuine}{forged}"))),
        ("genuine below the forged subject", below("saml:Subject", &genuine)),
        (
            "genuine below the forged confirmation data",
            with(&forged.replace(
                "Recipient=\"https://sp.example/spid/acs\"/>",
                &format!(
                    "Recipient=\"https://sp.example/spid/acs\">{genuine}</saml:SubjectConfirmationData>"
                ),
            )),
        ),
        ("genuine in a forged attribute", below("saml:AttributeValue", &genuine)),
        ("genuine at the end of the forged one", below("saml:Assertion", &genuine)),
        ("genuine in advice", below("saml:Conditions", &format!("<saml:Advice>{genuine}</saml:Advice>"))),
        (
            "genuine in the extensions",
            with(&forged).replace("<samlp:Status>", &format!("{extensions}<samlp:Status>")),
        ),
        (
            "genuine in the status detail",
            with(&forged).replace(
                "</samlp:Status>",
                &format!("<samlp:StatusDetail>{genuine}</samlp:StatusDetail></samlp:Status>"),
            ),
        ),
        (
            "genuine in the object of a signature moved to the forged one",
            with(&forged.replacen("</saml:Issuer>", &format!("</saml:Issuer>{hiding}"), 1)),
        ),
        (
            "the signature moved to the forged one",
            with(&forged.replacen("</saml:Issuer>", &format!("</saml:Issuer>{signature}"), 1)),
        ),
        (
            "the response within a response",
            correct("_q")
                .replace("_response", "_outer")
                .replace("_assertion", "_forged")
                .replace("<samlp:Status>", &format!("{xml}<samlp:Status>")),
        ),
    ];
    for (shape, wrapped) in wrapped {
        let verdict = verdict(&wrapped);
        assert!(
            !["accepted", "failed"].contains(&verdict.as_str()),
            "{shape}: {verdict}"
        );
    }
}

#[test]
fn a_second_assertion_is_refused_even_when_both_are_signed() {
    let xml = signed_assertion();
    let genuine = cut(&xml, "<saml:Assertion", "</saml:Assertion>").to_owned();
    let other = sign(
        correct("_q").replace("_assertion", "_other"),
        "_other",
        &PROVIDER_KEY,
    );
    let other = cut(&other, "<saml:Assertion", "</saml:Assertion>");
    assert_eq!(
        verdict(&xml.replace(&genuine, &format!("{genuine}{other}"))),
        "assertion-repeated"
    );
}

#[test]
fn a_signature_in_any_other_place_is_refused() {
    let xml = signed_assertion();
    let signature = cut(&xml, "<ds:Signature", "</ds:Signature>").to_owned();
    for moved in [
        // At the end of the assertion instead of after its issuer.
        xml.replace(&signature, "").replace(
            "</saml:Assertion>",
            &format!("{signature}</saml:Assertion>"),
        ),
        // A second one in the extensions.
        xml.replace(
            "<samlp:Status>",
            &format!("<samlp:Extensions>{signature}</samlp:Extensions><samlp:Status>"),
        ),
        // Doubled.
        xml.replace(&signature, &format!("{signature}{signature}")),
        // In front of the issuer.
        xml.replace(&signature, "").replacen(
            "<saml:Issuer",
            &format!("{signature}<saml:Issuer"),
            1,
        ),
    ] {
        let verdict = verdict(&moved);
        assert_ne!(verdict, "accepted");
    }
}

#[test]
fn encrypted_elements_and_unknown_children_are_refused() {
    let xml = signed_assertion();
    let put = |text: &str| xml.replace("</samlp:Response>", &format!("{text}</samlp:Response>"));
    assert_eq!(
        verdict(&put("<saml:EncryptedAssertion/>")),
        "encrypted-element-unexpected"
    );
    assert_eq!(verdict(&put("<samlp:Other/>")), "response-unexpected");
    // AgID's cases 112 and 113: signed metadata as the first child.
    let descriptor = "<md:EntityDescriptor xmlns:md=\"urn:oasis:names:tc:SAML:2.0:metadata\"/>";
    assert_eq!(
        verdict(&xml.replacen("<saml:Issuer", &format!("{descriptor}<saml:Issuer"), 1)),
        "response-issuer-missing"
    );
}

#[test]
fn names_without_their_namespace_are_other_names() {
    let bare = correct("_q")
        .replace("samlp:", "")
        .replace("saml:", "")
        .replace("xmlns:samlp", "xmlns:a")
        .replace("xmlns:saml", "xmlns:b");
    assert_eq!(verdict(&bare), "response-unexpected");
    assert_eq!(
        verdict(&correct("_q").replace("SAML:2.0:assertion", "SAML:1.0:assertion")),
        "response-issuer-missing"
    );
}

#[test]
fn an_error_may_be_unsigned_but_not_wrongly_signed_and_carries_no_assertion() {
    let error = failed("_q", "ErrorCode nr25");
    assert_eq!(verdict(&error), "failed");
    assert_eq!(
        verdict(&sign(error.clone(), "_response", &PROVIDER_KEY)),
        "failed"
    );
    assert_eq!(
        verdict(&sign(error.clone(), "_response", &FOREIGN_KEY)),
        "response-signature-value"
    );
    let genuine = signed_assertion();
    let genuine = cut(&genuine, "<saml:Assertion", "</saml:Assertion>");
    assert_eq!(
        verdict(&error.replace("</samlp:Response>", &format!("{genuine}</samlp:Response>"))),
        "assertion-unexpected"
    );
}

#[test]
fn a_comment_in_a_value_is_refused_before_anything_is_read() {
    assert_eq!(
        verdict(&signed_assertion().replace("RSSMRA80", "RSSMRA<!-- x -->80")),
        "xml-comment"
    );
}

const GRANT: &str = "<spid:GrantedAttributeAuthority xmlns:spid=\"https://spid.gov.it/saml-extensions\">\
                     <GrantToken Destination=\"https://aa.example\">eyJhbGciOiJSU0EtT0FFUCJ9.a2V5.aXY.Y2lwaGVy.dGFn</GrantToken>\
                     </spid:GrantedAttributeAuthority>";

fn with_extensions(content: &str) -> String {
    signed_assertion().replace(
        "<samlp:Status>",
        &format!("<samlp:Extensions>{content}</samlp:Extensions><samlp:Status>"),
    )
}

#[test]
fn attribute_authority_cases_00_to_02_are_accepted() {
    for accepted in [
        with_extensions(GRANT),
        signed_assertion(),
        with_extensions(""),
    ] {
        assert_eq!(verdict(&accepted), "accepted");
    }
}

#[test]
fn attribute_authority_cases_03_to_09_are_refused_each_with_its_code() {
    let token = "eyJhbGciOiJSU0EtT0FFUCJ9.a2V5.aXY.Y2lwaGVy.dGFn";
    for (case, content, code) in [
        ("03", format!("{GRANT}{GRANT}"), "grant-repeated"),
        (
            "04",
            GRANT.replace("saml-extensions", "saml-extension"),
            "grant-unexpected",
        ),
        (
            "05",
            format!("{}/>", cut(GRANT, "<spid:", "extensions\"")),
            "grant-token-missing",
        ),
        (
            "06",
            GRANT.replace(" Destination=\"https://aa.example\"", ""),
            "grant-token-destination-missing",
        ),
        (
            "07",
            GRANT.replace("https://aa.example", ""),
            "grant-token-destination-empty",
        ),
        ("08", GRANT.replace(token, ""), "grant-token-empty"),
        (
            "09",
            GRANT.replace(token, "eyJhbGciOiJS..."),
            "grant-token-malformed",
        ),
        (
            "two tokens",
            GRANT.replace(
                "</spid:Granted",
                "<GrantToken Destination=\"https://b.example\">a.b.c</GrantToken></spid:Granted",
            ),
            "grant-token-repeated",
        ),
    ] {
        assert_eq!(verdict(&with_extensions(&content)), code, "case {case}");
    }
}
