//! Cases 8 to 40: the attributes of response and assertion, the status, the issuer of the response.

use super::*;

const ASSERTION_INSTANT: &str =
    "ID=\"_assertion\" Version=\"2.0\" IssueInstant=\"2026-11-21T10:00:00Z\"";
const RESPONSE_ISSUER: &str = "Destination=\"https://sp.example/spid/acs\">\n    <saml:Issuer Format=\"urn:oasis:names:tc:SAML:2.0:nameid-format:entity\">https://idp.example</saml:Issuer>";
const STATUS: &str = "<samlp:Status><samlp:StatusCode Value=\"urn:oasis:names:tc:SAML:2.0:status:Success\"/></samlp:Status>";

#[tokio::test]
async fn cases_8_to_21_the_attributes_of_the_response() {
    each(&[
        ("8", &[("ID=\"_response\"", "ID=\"\"")], "xml-bad-id"),
        ("9", &[(" ID=\"_response\"", "")], "response-id-missing"),
        (
            "10",
            &[(
                "\"_response\" Version=\"2.0\"",
                "\"_response\" Version=\"1.0\"",
            )],
            "response-version-malformed",
        ),
        (
            "11",
            &[(
                RESPONSE_INSTANT,
                "Version=\"2.0\" IssueInstant=\"\" InResponseTo",
            )],
            "response-issue-instant-empty",
        ),
        (
            "12",
            &[(RESPONSE_INSTANT, "Version=\"2.0\" InResponseTo")],
            "response-issue-instant-missing",
        ),
        (
            "13",
            &[(
                RESPONSE_INSTANT,
                "Version=\"2.0\" IssueInstant=\"2018-09-04\" InResponseTo",
            )],
            "response-issue-instant-malformed",
        ),
        (
            "14",
            &[("2026-11-21T10:00:00Z", "2018-01-01T00:00:00Z")],
            "response-issued-before-request",
        ),
        (
            "15",
            &[(
                RESPONSE_INSTANT,
                "Version=\"2.0\" IssueInstant=\"2099-01-01T00:00:00Z\" InResponseTo",
            )],
            "response-issued-in-future",
        ),
        (
            "16",
            &[("InResponseTo=\"REQUEST\"", "InResponseTo=\"\"")],
            "response-in-response-to-empty",
        ),
        (
            "17",
            &[(" InResponseTo=\"REQUEST\"", "")],
            "response-in-response-to-missing",
        ),
        ("18", &[("\"REQUEST\"", "\"_other\"")], "request-unknown"),
        (
            "19",
            &[(
                "Destination=\"https://sp.example/spid/acs\"",
                "Destination=\"\"",
            )],
            "response-destination-empty",
        ),
        (
            "20",
            &[(" Destination=\"https://sp.example/spid/acs\"", "")],
            "response-destination-missing",
        ),
        (
            "21",
            &[(
                "Destination=\"https://sp.example/spid/acs\"",
                "Destination=\"https://sp.example/spid/acs/\"",
            )],
            "response-destination-other",
        ),
    ])
    .await;
}

#[tokio::test]
async fn cases_22_to_32_status_issuer_and_the_missing_assertion() {
    let correct = correct("_q");
    let assertion = element(&correct, "<saml:Assertion", "</saml:Assertion>");
    let assertion: &'static str = assertion.replace("_q", "REQUEST").leak();
    each(&[
        ("22 and 25", &[(STATUS, "<samlp:Status/>")], "status-code-missing"),
        ("23", &[(STATUS, "")], "status-missing"),
        (
            "24",
            &[("urn:oasis:names:tc:SAML:2.0:status:Success", "")],
            "status-code-empty",
        ),
        (
            "26",
            &[("status:Success", "status:statuscodenonvalido")],
            "status-code-malformed",
        ),
        (
            "27",
            &[(
                RESPONSE_ISSUER,
                "Destination=\"https://sp.example/spid/acs\"><saml:Issuer/>",
            )],
            "response-issuer-empty",
        ),
        (
            "28",
            &[(RESPONSE_ISSUER, "Destination=\"https://sp.example/spid/acs\">")],
            "response-issuer-missing",
        ),
        (
            "29",
            &[(
                RESPONSE_ISSUER,
                "Destination=\"https://sp.example/spid/acs\"><saml:Issuer>https://idp.example/</saml:Issuer>",
            )],
            "response-issuer-other",
        ),
        (
            "30",
            &[(
                RESPONSE_ISSUER,
                "Destination=\"https://sp.example/spid/acs\"><saml:Issuer Format=\"urn:x\">https://idp.example</saml:Issuer>",
            )],
            "response-issuer-format-other",
        ),
        (
            "31",
            &[(
                RESPONSE_ISSUER,
                "Destination=\"https://sp.example/spid/acs\"><saml:Issuer>https://idp.example</saml:Issuer>",
            )],
            ACCEPT,
        ),
        ("32", &[(assertion, "")], "assertion-missing"),
        (
            "an error that carries an assertion",
            &[("status:Success", "status:Responder")],
            "assertion-unexpected",
        ),
        (
            "two statuses",
            &[(STATUS, "<samlp:Status><samlp:StatusCode Value=\"urn:oasis:names:tc:SAML:2.0:status:Success\"/><samlp:StatusCode Value=\"urn:oasis:names:tc:SAML:2.0:status:Success\"/></samlp:Status>")],
            "status-unexpected",
        ),
    ])
    .await;
}

#[tokio::test]
async fn cases_33_to_40_the_attributes_of_the_assertion() {
    each(&[
        ("33", &[("ID=\"_assertion\"", "ID=\"\"")], "xml-bad-id"),
        (
            "34",
            &[(" ID=\"_assertion\"", "")],
            "assertion-signature-missing",
        ),
        (
            "35",
            &[(
                "\"_assertion\" Version=\"2.0\"",
                "\"_assertion\" Version=\"1.0\"",
            )],
            "assertion-version-malformed",
        ),
        (
            "36",
            &[(
                ASSERTION_INSTANT,
                "ID=\"_assertion\" Version=\"2.0\" IssueInstant=\"\"",
            )],
            "assertion-issue-instant-empty",
        ),
        (
            "37",
            &[(ASSERTION_INSTANT, "ID=\"_assertion\" Version=\"2.0\"")],
            "assertion-issue-instant-missing",
        ),
        (
            "38",
            &[(
                ASSERTION_INSTANT,
                "ID=\"_assertion\" Version=\"2.0\" IssueInstant=\"2018-09-06 16:00\"",
            )],
            "assertion-issue-instant-malformed",
        ),
        (
            "39",
            &[(
                ASSERTION_INSTANT,
                "ID=\"_assertion\" Version=\"2.0\" IssueInstant=\"2000-01-01T00:00:00Z\"",
            )],
            "assertion-issued-before-request",
        ),
        (
            "40",
            &[(
                ASSERTION_INSTANT,
                "ID=\"_assertion\" Version=\"2.0\" IssueInstant=\"2099-01-01T00:00:00Z\"",
            )],
            "assertion-issued-in-future",
        ),
    ])
    .await;
}
