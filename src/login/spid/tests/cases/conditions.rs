//! Cases 73 to 99: conditions and statements.

use super::*;

const CONDITIONS: &str =
    "<saml:Conditions NotBefore=\"2026-11-21T10:00:00Z\" NotOnOrAfter=\"2026-11-21T10:05:00Z\">";
const RESTRICTION: &str = "<saml:AudienceRestriction><saml:Audience>https://sp.example</saml:Audience></saml:AudienceRestriction>";
const CONTEXT: &str = "<saml:AuthnContext><saml:AuthnContextClassRef>https://www.spid.gov.it/SpidL2</saml:AuthnContextClassRef></saml:AuthnContext>";
const SPID_CODE: &str = "<saml:Attribute Name=\"spidCode\"><saml:AttributeValue>ABCD123456789A</saml:AttributeValue></saml:Attribute>";

#[tokio::test]
async fn cases_73_to_87_the_conditions() {
    let correct = correct("_q");
    let conditions: &'static str = element(&correct, "<saml:Conditions", "</saml:Conditions>")
        .to_owned()
        .leak();
    let with = |start: &str, end: &str| -> &'static str {
        format!("<saml:Conditions {start} {end}>").leak()
    };
    let start = "NotBefore=\"2026-11-21T10:00:00Z\"";
    let end = "NotOnOrAfter=\"2026-11-21T10:05:00Z\"";
    each(&[
        ("73 and 84", &[(RESTRICTION, "")], "audience-restriction-missing"),
        ("74", &[(conditions, "")], "conditions-missing"),
        (
            "75",
            &[(CONDITIONS, with("NotBefore=\"\"", end))],
            "conditions-not-before-empty",
        ),
        (
            "76",
            &[(CONDITIONS, with("", end))],
            "conditions-not-before-missing",
        ),
        (
            "77",
            &[(CONDITIONS, with("NotBefore=\"2018/09/10\"", end))],
            "conditions-not-before-malformed",
        ),
        (
            "78",
            &[(CONDITIONS, with("NotBefore=\"2099-01-01T00:00:00Z\"", end))],
            "conditions-not-yet",
        ),
        (
            "79",
            &[(CONDITIONS, with(start, "NotOnOrAfter=\"\""))],
            "conditions-not-on-or-after-empty",
        ),
        (
            "80",
            &[(CONDITIONS, with(start, ""))],
            "conditions-not-on-or-after-missing",
        ),
        (
            "81",
            &[(CONDITIONS, with(start, "NotOnOrAfter=\"10-09-2018\""))],
            "conditions-not-on-or-after-malformed",
        ),
        (
            "82",
            &[(CONDITIONS, with(start, "NotOnOrAfter=\"2000-01-01T00:00:00Z\""))],
            "conditions-expired",
        ),
        (
            "83 and 86",
            &[("<saml:Audience>https://sp.example</saml:Audience>", "")],
            "audience-missing",
        ),
        (
            "85",
            &[("<saml:Audience>https://sp.example<", "<saml:Audience> <")],
            "audience-empty",
        ),
        (
            "87",
            &[("<saml:Audience>https://sp.example<", "<saml:Audience>https://sp.example.org<")],
            "audience-other",
        ),
        (
            "white space round the audience",
            &[("<saml:Audience>https://sp.example<", "<saml:Audience>\n https://sp.example\n<")],
            ACCEPT,
        ),
        (
            "several audiences in one restriction",
            &[("<saml:Audience>", "<saml:Audience>https://other.example</saml:Audience><saml:Audience>")],
            ACCEPT,
        ),
        (
            "a second restriction that does not name us",
            &[("</saml:AudienceRestriction>", "</saml:AudienceRestriction><saml:AudienceRestriction><saml:Audience>https://other.example</saml:Audience></saml:AudienceRestriction>")],
            "audience-other",
        ),
        (
            "a condition that is not understood",
            &[(RESTRICTION, "<saml:Condition/>")],
            "conditions-unexpected",
        ),
    ])
    .await;
}

#[tokio::test]
async fn cases_88_to_99_statements() {
    let correct = correct("_q");
    let of = |start: &str, end: &str| -> &'static str {
        element(&correct, start, end).to_owned().leak()
    };
    let authentication = of("<saml:AuthnStatement", "</saml:AuthnStatement>");
    let attributes = of("<saml:AttributeStatement>", "</saml:AttributeStatement>");
    let doubled: &'static str = format!("{authentication}{authentication}").leak();
    each(&[
        ("88 and 91", &[(CONTEXT, "")], "authn-context-missing"),
        ("89", &[(authentication, "")], "authn-statement-missing"),
        (
            "90 and 93",
            &[(CONTEXT, "<saml:AuthnContext/>")],
            "authn-context-class-ref-missing",
        ),
        (
            "92",
            &[("https://www.spid.gov.it/SpidL2", "")],
            "authn-context-class-ref-empty",
        ),
        (
            "97",
            &[(
                "https://www.spid.gov.it/SpidL2",
                "urn:oasis:names:tc:SAML:2.0:ac:classes:SpidL1",
            )],
            "level-unknown",
        ),
        (
            "98",
            &[(attributes, "<saml:AttributeStatement/>")],
            "attribute-missing",
        ),
        (
            "no attribute statement",
            &[(attributes, "")],
            "attribute-statement-missing",
        ),
        (
            "99",
            &[(SPID_CODE, "<saml:Attribute Name=\"spidCode\"/>")],
            "attribute-value-missing",
        ),
        (
            "two authentications",
            &[(authentication, doubled)],
            "authn-statement-repeated",
        ),
        (
            "an attribute twice",
            &[("Name=\"spidCode\"", "Name=\"fiscalNumber\"")],
            "attribute-repeated",
        ),
        (
            "a login from the future",
            &[(
                "AuthnInstant=\"2026-11-21T10:00:00Z\"",
                "AuthnInstant=\"2026-11-21T10:02:00Z\"",
            )],
            "authn-instant-in-future",
        ),
        (
            "103, with nothing that says who it is",
            &[("Name=\"fiscalNumber\"", "Name=\"address\"")],
            "fiscal-number-missing",
        ),
    ])
    .await;
}
