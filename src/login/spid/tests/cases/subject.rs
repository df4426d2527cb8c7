//! Cases 41 to 72: the subject, its confirmation, and the issuer of the assertion.

use super::*;

const ASSERTION_ISSUER: &str = "        <saml:Issuer Format=\"urn:oasis:names:tc:SAML:2.0:nameid-format:entity\">https://idp.example</saml:Issuer>\n        <saml:Subject>";
const NAME_ID: &str = "<saml:NameID Format=\"urn:oasis:names:tc:SAML:2.0:nameid-format:transient\" NameQualifier=\"https://idp.example\">\n                _transient\n            </saml:NameID>";
const DATA: &str =
    "NotOnOrAfter=\"2026-11-21T10:05:00Z\" Recipient=\"https://sp.example/spid/acs\"/>";

#[tokio::test]
async fn cases_41_to_66_the_subject() {
    let correct = correct("_q");
    let of = |start: &str, end: &str| -> &'static str {
        element(&correct, start, end)
            .replace("_q\"", "REQUEST\"")
            .leak()
    };
    let subject = of("<saml:Subject>", "</saml:Subject>");
    let confirmation = of("<saml:SubjectConfirmation ", "</saml:SubjectConfirmation>");
    let data = of("<saml:SubjectConfirmationData", "/>");
    each(&[
        ("41", &[(subject, "<saml:Subject/>")], "name-id-missing"),
        ("42", &[(subject, "")], "subject-missing"),
        (
            "43",
            &[("\n                _transient\n            ", " ")],
            "name-id-empty",
        ),
        ("44", &[(NAME_ID, "")], "name-id-missing"),
        (
            "45",
            &[("urn:oasis:names:tc:SAML:2.0:nameid-format:transient", "")],
            "name-id-format-empty",
        ),
        (
            "46",
            &[(" Format=\"urn:oasis:names:tc:SAML:2.0:nameid-format:transient\"", "")],
            "name-id-format-missing",
        ),
        (
            "47",
            &[("nameid-format:transient", "nameid-format:persistent")],
            "name-id-format-other",
        ),
        (
            "48",
            &[("NameQualifier=\"https://idp.example\"", "NameQualifier=\"\"")],
            "name-qualifier-empty",
        ),
        (
            "49",
            &[(" NameQualifier=\"https://idp.example\"", "")],
            "name-qualifier-missing",
        ),
        (
            "50, not in the suite",
            &[("NameQualifier=\"https://idp.example\"", "NameQualifier=\"idp\"")],
            ACCEPT,
        ),
        (
            "51 and 56",
            &[(data, "")],
            "subject-confirmation-data-missing",
        ),
        ("52", &[(confirmation, "")], "subject-confirmation-missing"),
        (
            "53",
            &[("urn:oasis:names:tc:SAML:2.0:cm:bearer", "")],
            "subject-confirmation-method-empty",
        ),
        (
            "54",
            &[(" Method=\"urn:oasis:names:tc:SAML:2.0:cm:bearer\"", "")],
            "subject-confirmation-method-missing",
        ),
        (
            "55",
            &[("cm:bearer", "cm:sender-vouches")],
            "subject-confirmation-method-other",
        ),
        (
            "57",
            &[("Recipient=\"https://sp.example/spid/acs\"", "Recipient=\"\"")],
            "recipient-empty",
        ),
        (
            "58",
            &[(" Recipient=\"https://sp.example/spid/acs\"", "")],
            "recipient-missing",
        ),
        (
            "59",
            &[(
                "Recipient=\"https://sp.example/spid/acs\"",
                "Recipient=\"https://sp.example/spid/acs2\"",
            )],
            "recipient-other",
        ),
        (
            "60",
            &[("Data InResponseTo=\"REQUEST\"", "Data InResponseTo=\"\"")],
            "subject-confirmation-in-response-to-empty",
        ),
        (
            "61",
            &[("Data InResponseTo=\"REQUEST\"", "Data")],
            "subject-confirmation-in-response-to-missing",
        ),
        (
            "62",
            &[("Data InResponseTo=\"REQUEST\"", "Data InResponseTo=\"_other\"")],
            "subject-confirmation-in-response-to-other",
        ),
        (
            "63",
            &[(DATA, "NotOnOrAfter=\"\" Recipient=\"https://sp.example/spid/acs\"/>")],
            "subject-confirmation-not-on-or-after-empty",
        ),
        (
            "64",
            &[(DATA, "Recipient=\"https://sp.example/spid/acs\"/>")],
            "subject-confirmation-not-on-or-after-missing",
        ),
        (
            "65",
            &[(DATA, "NotOnOrAfter=\"2018.09.18\" Recipient=\"https://sp.example/spid/acs\"/>")],
            "subject-confirmation-not-on-or-after-malformed",
        ),
        (
            "66",
            &[(
                DATA,
                "NotOnOrAfter=\"2000-01-01T00:00:00Z\" Recipient=\"https://sp.example/spid/acs\"/>",
            )],
            "subject-confirmation-expired",
        ),
        (
            "a second confirmation",
            &[("</saml:SubjectConfirmation>", "</saml:SubjectConfirmation><saml:SubjectConfirmation/>")],
            "subject-unexpected",
        ),
        (
            "a confirmation that is not valid yet",
            &[(DATA, "NotBefore=\"2026-11-21T10:02:00Z\" NotOnOrAfter=\"2026-11-21T10:05:00Z\" Recipient=\"https://sp.example/spid/acs\"/>")],
            "subject-confirmation-not-yet",
        ),
    ])
    .await;
}

#[tokio::test]
async fn cases_67_to_72_the_issuer_of_the_assertion() {
    let issuer = |text: &str| -> &'static str { format!("{text}<saml:Subject>").leak() };
    each(&[
        (
            "67",
            &[(
                ASSERTION_ISSUER,
                issuer("<saml:Issuer Format=\"urn:oasis:names:tc:SAML:2.0:nameid-format:entity\"></saml:Issuer>"),
            )],
            "assertion-issuer-empty",
        ),
        // Without an issuer there is no place for the signature.
        (
            "68",
            &[(ASSERTION_ISSUER, issuer(""))],
            "assertion-issuer-missing",
        ),
        (
            "69",
            &[(
                ASSERTION_ISSUER,
                issuer("<saml:Issuer Format=\"urn:oasis:names:tc:SAML:2.0:nameid-format:entity\">https://other.example</saml:Issuer>"),
            )],
            "assertion-issuer-other",
        ),
        (
            "70",
            &[(
                ASSERTION_ISSUER,
                issuer("<saml:Issuer Format=\"\">https://idp.example</saml:Issuer>"),
            )],
            "assertion-issuer-format-empty",
        ),
        (
            "71",
            &[(
                ASSERTION_ISSUER,
                issuer("<saml:Issuer>https://idp.example</saml:Issuer>"),
            )],
            "assertion-issuer-format-missing",
        ),
        (
            "72",
            &[(
                ASSERTION_ISSUER,
                issuer("<saml:Issuer Format=\"urn:x\">https://idp.example</saml:Issuer>"),
            )],
            "assertion-issuer-format-other",
        ),
    ])
    .await;
}
