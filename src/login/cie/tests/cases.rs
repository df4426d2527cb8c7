//! One row, one way in which an answer of the Ministry is wrong or only looks so: how it differs from a correct one, and the
//! code with which it is refused.

use super::*;
use crate::login::cie::testing::{FOREIGN, SERVICE};

const ACCEPT: &str = "accepted";

/// How a case differs: this text becomes that, everywhere.
type Change = (&'static str, &'static str);

/// Judges a correct response to a level-3 request, changed and then signed as far as it can be.
async fn verdict(changes: &[Change]) -> String {
    judged(|xml, id| {
        let mut xml = xml;
        for (from, to) in changes {
            let from = from.replace("REQUEST", id);
            assert!(xml.contains(&from), "the case changes nothing: {from}");
            xml = xml.replace(&from, &to.replace("REQUEST", id));
        }
        signed(xml)
    })
    .await
}

/// Judges what is made of a correct response to a level-3 request; it is neither changed nor signed yet.
async fn judged(make: impl Fn(String, &str) -> String) -> String {
    let (bench, browser) = (Bench::new(), Browser::new());
    let sent = bench.start_at(&browser, AssuranceLevel::High).await;
    let xml = make(correct(&sent.id), &sent.id);
    match bench.answer(&browser, &sent, &xml).await {
        Ok(_) => ACCEPT.to_owned(),
        Err(refusal) => {
            let clause = refusal.clause;
            assert!(
                !clause.is_empty() && !clause.contains("SPID technical"),
                "{clause}"
            );
            refusal.code
        }
    }
}

async fn each(cases: &[(&str, Change, &str)]) {
    for (case, change, expected) in cases {
        assert_eq!(verdict(&[*change]).await, *expected, "{case}");
    }
}

const RESPONSE_ISSUER: &str =
    "<saml:Issuer>https://cie.example/idp/profile/SAML2/POST/SSO</saml:Issuer>";
const ASSERTION_ISSUER: &str = "<saml:Issuer Format=\"urn:oasis:names:tc:SAML:2.0:nameid-format:entity\">https://cie.example/idp/profile/SAML2/POST/SSO</saml:Issuer>";
const ENTITY: &str = " Format=\"urn:oasis:names:tc:SAML:2.0:nameid-format:entity\"";

#[tokio::test]
async fn the_manuals_own_variants_are_accepted() {
    each(&[
        ("nothing changed", ("samlp:Response", "samlp:Response"), ACCEPT),
        ("no format of the assertion's issuer", (ENTITY, ""), ACCEPT),
        (
            "a format of the response's issuer",
            (
                "<saml:Issuer>",
                "<saml:Issuer Format=\"urn:oasis:names:tc:SAML:2.0:nameid-format:entity\">",
            ),
            ACCEPT,
        ),
        (
            "white space round the issuers, as in the manual's layout",
            (
                "https://cie.example/idp/profile/SAML2/POST/SSO</saml:Issuer>",
                "\n  https://cie.example/idp/profile/SAML2/POST/SSO\n</saml:Issuer>",
            ),
            ACCEPT,
        ),
        ("no session index", (" SessionIndex=\"_session\"", ""), ACCEPT),
        ("whole seconds", ("10:00:00.123Z", "10:00:00Z"), ACCEPT),
        (
            "a qualifier of ours, as Shibboleth adds it",
            (
                "<saml:NameID ",
                "<saml:NameID SPNameQualifier=\"https://sp.example\" ",
            ),
            ACCEPT,
        ),
        (
            "attributes that nobody asked for",
            (
                "</saml:AttributeStatement>",
                "<saml:Attribute Name=\"email\"><saml:AttributeValue>a@b.example</saml:AttributeValue></saml:Attribute></saml:AttributeStatement>",
            ),
            ACCEPT,
        ),
    ])
    .await;
}

#[tokio::test]
async fn both_response_and_assertion_are_signed_with_the_pinned_key() {
    let ours = &*MINISTRYS.key;
    let foreign = &*FOREIGN.key;
    type Made<'a> = (
        &'a str,
        Option<&'a SigningKey>,
        Option<&'a SigningKey>,
        &'a str,
    );
    let cases: [Made<'_>; 6] = [
        ("both", Some(ours), Some(ours), ACCEPT),
        ("neither", None, None, "response-signature-missing"),
        (
            "the assertion alone",
            Some(ours),
            None,
            "response-signature-missing",
        ),
        (
            "the response alone",
            None,
            Some(ours),
            "assertion-signature-missing",
        ),
        (
            "the assertion by a foreign key",
            Some(foreign),
            Some(ours),
            "assertion-signature-value",
        ),
        (
            "the response by a foreign key",
            Some(ours),
            Some(foreign),
            "response-signature-value",
        ),
    ];
    for (case, assertion, response, expected) in cases {
        let verdict = judged(|xml, _| {
            let xml = assertion.map_or(xml.clone(), |key| sign(xml, "_assertion", key));
            response.map_or(xml.clone(), |key| sign(xml, "_response", key))
        });
        assert_eq!(verdict.await, expected, "{case}");
    }
    // What was signed is changed afterwards.
    let verdict = judged(|xml, _| signed(xml).replace("RSSMRA80A01H501U", "VRDLGU80A01H501A"));
    assert_eq!(verdict.await, "response-signature-digest");
}

#[tokio::test]
async fn weak_signature_methods_are_refused() {
    for (from, to) in [
        (
            "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
            "http://www.w3.org/2000/09/xmldsig#rsa-sha1",
        ),
        (
            "http://www.w3.org/2001/04/xmlenc#sha256",
            "http://www.w3.org/2000/09/xmldsig#sha1",
        ),
    ] {
        let verdict = judged(|xml, _| signed(xml).replace(from, to)).await;
        assert!(verdict.starts_with("response-signature-"), "{verdict}");
    }
}

#[tokio::test]
async fn the_response_names_us_its_request_and_the_ministry() {
    each(&[
        ("no id", (" ID=\"_response\"", ""), "response-id-missing"),
        (
            "another version",
            ("Version=\"2.0\">\n    <saml:Issuer>", "Version=\"1.1\">\n    <saml:Issuer>"),
            "response-version-malformed",
        ),
        (
            "no destination",
            ("Destination=\"https://sp.example/cie/acs\" ", ""),
            "response-destination-missing",
        ),
        (
            "the address of SPID's answers",
            ("Destination=\"https://sp.example/cie/acs\"", "Destination=\"https://sp.example/spid/acs\""),
            "response-destination-other",
        ),
        (
            "a longer address",
            ("Destination=\"https://sp.example/cie/acs\"", "Destination=\"https://sp.example/cie/acs/\""),
            "response-destination-other",
        ),
        (
            "no request",
            (" InResponseTo=\"REQUEST\" IssueInstant", " IssueInstant"),
            "response-in-response-to-missing",
        ),
        ("another request", ("\"REQUEST\"", "\"_other\""), "request-unknown"),
        (
            "the other environment, whose keys are the same",
            (RESPONSE_ISSUER, "<saml:Issuer>https://preproduzione.cie.example/idp/profile/SAML2/POST/SSO</saml:Issuer>"),
            "response-issuer-other",
        ),
        (
            "an issuer of another format",
            ("<saml:Issuer>", "<saml:Issuer Format=\"urn:x\">"),
            "response-issuer-format-other",
        ),
        ("no issuer", (RESPONSE_ISSUER, ""), "response-issuer-missing"),
        (
            "issued before the request",
            ("2026-11-21T10:00:00.123Z", "2026-11-21T09:58:00.123Z"),
            "response-issued-before-request",
        ),
        (
            "issued in the future",
            (
                "IssueInstant=\"2026-11-21T10:00:00.123Z\" Version=\"2.0\">\n    <saml:Issuer>",
                "IssueInstant=\"2026-11-21T10:02:00.123Z\" Version=\"2.0\">\n    <saml:Issuer>",
            ),
            "response-issued-in-future",
        ),
        (
            "an error with an assertion",
            ("status:Success", "status:Responder"),
            "assertion-unexpected",
        ),
        ("no status", ("<samlp:StatusCode Value=\"urn:oasis:names:tc:SAML:2.0:status:Success\"/>", ""), "status-code-missing"),
    ])
    .await;
}

#[tokio::test]
async fn the_assertion_is_the_ministrys_about_this_request_for_us_and_now() {
    each(&[
        (
            "the other environment's issuer",
            (ASSERTION_ISSUER, "<saml:Issuer>https://preproduzione.cie.example/idp/profile/SAML2/POST/SSO</saml:Issuer>"),
            "assertion-issuer-other",
        ),
        (
            "an issuer of another format",
            (ENTITY, " Format=\"urn:x\""),
            "assertion-issuer-format-other",
        ),
        (
            "issued before the request",
            ("ID=\"_assertion\" IssueInstant=\"2026-11-21T10:00:00.123Z\"", "ID=\"_assertion\" IssueInstant=\"2026-11-21T09:58:00.123Z\""),
            "assertion-issued-before-request",
        ),
        (
            "issued in the future",
            ("ID=\"_assertion\" IssueInstant=\"2026-11-21T10:00:00.123Z\"", "ID=\"_assertion\" IssueInstant=\"2026-11-21T10:02:00.123Z\""),
            "assertion-issued-in-future",
        ),
        (
            "a lasting name",
            ("nameid-format:transient", "nameid-format:persistent"),
            "name-id-format-other",
        ),
        (
            "another confirmation",
            ("cm:bearer", "cm:sender-vouches"),
            "subject-confirmation-method-other",
        ),
        (
            "another recipient",
            ("Recipient=\"https://sp.example/cie/acs\"", "Recipient=\"https://sp.example/cie/acs2\""),
            "recipient-other",
        ),
        (
            "no recipient",
            (" Recipient=\"https://sp.example/cie/acs\"", ""),
            "recipient-missing",
        ),
        (
            "a confirmation for another request",
            ("Address=\"192.0.2.7\" InResponseTo=\"REQUEST\"", "InResponseTo=\"_other\""),
            "subject-confirmation-in-response-to-other",
        ),
        (
            "a confirmation that has ended",
            ("NotOnOrAfter=\"2026-11-21T10:05:00.145Z\"", "NotOnOrAfter=\"2026-11-21T09:59:00Z\""),
            "subject-confirmation-expired",
        ),
        (
            "a confirmation that has not begun",
            ("Address=\"192.0.2.7\"", "NotBefore=\"2026-11-21T10:02:00Z\""),
            "subject-confirmation-not-yet",
        ),
        (
            "conditions that have ended",
            ("NotOnOrAfter=\"2026-11-21T10:05:00.123Z\"", "NotOnOrAfter=\"2026-11-21T09:59:00Z\""),
            "conditions-expired",
        ),
        (
            "conditions that have not begun",
            ("NotBefore=\"2026-11-21T10:00:00.123Z\"", "NotBefore=\"2026-11-21T10:02:00Z\""),
            "conditions-not-yet",
        ),
        (
            "for somebody else",
            ("<saml:Audience>https://sp.example<", "<saml:Audience>https://sp.example.evil.example<"),
            "audience-other",
        ),
        (
            "for anybody",
            ("<saml:AudienceRestriction><saml:Audience>https://sp.example</saml:Audience></saml:AudienceRestriction>", ""),
            "audience-restriction-missing",
        ),
        (
            "a login before the request, although it was forced",
            ("AuthnInstant=\"2026-11-21T10:00:00.123Z\"", "AuthnInstant=\"2026-11-21T09:58:00Z\""),
            "authn-instant-before-request",
        ),
        (
            "a login in the future",
            ("AuthnInstant=\"2026-11-21T10:00:00.123Z\"", "AuthnInstant=\"2026-11-21T10:02:00Z\""),
            "authn-instant-in-future",
        ),
        (
            "a lower level",
            ("SpidL3", "SpidL2"),
            "level-too-low",
        ),
        (
            "a class of another name",
            ("https://www.spid.gov.it/SpidL3", "urn:oasis:names:tc:SAML:2.0:ac:classes:SpidL3"),
            "level-unknown",
        ),
        (
            "no fiscal number",
            ("Name=\"fiscalNumber\"", "Name=\"fiscalCode\""),
            "fiscal-number-missing",
        ),
        (
            "a fiscal number with a wrong check letter",
            ("RSSMRA80A01H501U", "RSSMRA80A01H501X"),
            "fiscal-number-malformed",
        ),
        (
            "an assertion hidden beside",
            ("</saml:AttributeStatement>", "</saml:AttributeStatement><saml:Advice><saml:Assertion/></saml:Advice>"),
            "assertion-repeated",
        ),
    ])
    .await;
}

#[tokio::test]
async fn each_of_several_audiences_must_admit_us() {
    let restriction = format!(
        "<saml:AudienceRestriction><saml:Audience>{SERVICE}</saml:Audience></saml:AudienceRestriction>"
    );
    let with = |other: &str| restriction.replace(SERVICE, other) + &restriction;
    let verdict = judged(|xml, _| signed(xml.replace(&restriction, &with(SERVICE)))).await;
    assert_eq!(verdict, ACCEPT);
    let other = with("https://other.example");
    let verdict = judged(|xml, _| signed(xml.replace(&restriction, &other))).await;
    assert_eq!(verdict, "audience-other");
}
