//! The official cases of AgID's tools (spid-sp-test 1.2.18 and spid-saml-check, test suite 1), by number: how each
//! differs from a correct response, and the code with which we refuse it. The tools' own responses come by
//! `make test`; these keep each case apart from every other.

mod conditions;
mod response;
mod subject;

use super::*;
use crate::crypto::{DigestAlgorithm, SignatureAlgorithm};
use crate::protocol::saml::testing::{FOREIGN_KEY, PROVIDER_KEY, correct, failed, sign};

const ACCEPT: &str = "accepted";

/// How a case differs: this text becomes that.
type Change = (&'static str, &'static str);

const RESPONSE_INSTANT: &str = "Version=\"2.0\" IssueInstant=\"2026-11-21T10:00:00Z\" InResponseTo";

/// From one text to another text, both included.
fn element<'a>(xml: &'a str, start: &str, end: &str) -> &'a str {
    let from = xml.find(start).unwrap();
    let to = from + xml[from..].find(end).unwrap() + end.len();
    &xml[from..to]
}

/// Judges a correct response to a level-2 request, changed and then signed as far as it can be.
async fn verdict(changes: &[Change]) -> String {
    let (bench, browser) = (Bench::new(), Browser::new());
    let sent = bench.start(&browser).await;
    let mut xml = correct(&sent.id);
    for (from, to) in changes {
        let from = from.replace("REQUEST", &sent.id);
        assert!(xml.contains(&from), "the case changes nothing: {from}");
        xml = xml.replace(&from, &to.replace("REQUEST", &sent.id));
    }
    word(bench.answer(&browser, &sent, &signed(xml)).await)
}

fn word(answer: Result<SpidLogin, SpidRefusal>) -> String {
    match answer {
        Ok(_) => ACCEPT.to_owned(),
        Err(refusal) => {
            assert!(!refusal.clause.is_empty());
            refusal.code
        }
    }
}

/// Signs what has an id and an issuer to sign after.
fn signed(xml: String) -> String {
    ["_assertion", "_response"]
        .into_iter()
        .fold(xml, |xml, id| {
            let with = crate::protocol::xml::XmlSignature {
                algorithm: SignatureAlgorithm::EcdsaSha256,
                digest: DigestAlgorithm::Sha256,
                certificate_der: None,
            };
            let place = SignaturePlace::AfterIssuer;
            crate::protocol::xml::sign_enveloped(xml.clone(), id, place, &*PROVIDER_KEY, &with)
                .unwrap_or(xml)
        })
}

async fn each(cases: &[(&str, &[Change], &str)]) {
    for (case, changes, expected) in cases {
        assert_eq!(verdict(changes).await, *expected, "case {case}");
    }
}

#[tokio::test]
async fn cases_1_to_7_and_100_signatures() {
    assert_eq!(verdict(&[]).await, ACCEPT, "case 1");
    assert_eq!(
        verdict(&[(" SessionIndex=\"_session\"", "")]).await,
        ACCEPT,
        "case 1-NS"
    );
    let judge = async |make: &dyn Fn(String) -> String| {
        let (bench, browser) = (Bench::new(), Browser::new());
        let sent = bench.start(&browser).await;
        word(
            bench
                .answer(&browser, &sent, &make(correct(&sent.id)))
                .await,
        )
    };
    assert_eq!(
        judge(&|xml| xml).await,
        "assertion-signature-missing",
        "case 2"
    );
    assert_eq!(
        judge(&|xml| sign(xml, "_response", &PROVIDER_KEY)).await,
        "assertion-signature-missing",
        "case 3"
    );
    assert_eq!(
        judge(&|xml| sign(
            sign(xml, "_assertion", &FOREIGN_KEY),
            "_response",
            &FOREIGN_KEY
        ))
        .await,
        "response-signature-value",
        "cases 4 and 5"
    );
    assert_eq!(
        judge(&|xml| sign(
            sign(xml, "_assertion", &FOREIGN_KEY),
            "_response",
            &PROVIDER_KEY
        ))
        .await,
        "assertion-signature-value",
        "case 100"
    );
}

#[tokio::test]
async fn cases_94_to_96_the_level_a_higher_one_is_accepted_and_a_lower_one_is_not() {
    let levels = AssuranceLevel::ALL;
    for comparison in [Comparison::Minimum, Comparison::Exact] {
        for (asked, got) in levels.into_iter().flat_map(|a| levels.map(|b| (a, b))) {
            let mut lenient = settings();
            lenient.minimum_level = RequiredAssurance(AssuranceLevel::Low);
            lenient.comparison = comparison;
            let (bench, browser) = (Bench::with(lenient), Browser::new());
            let sent = bench.start_at(&browser, asked).await;
            let xml = correct(&sent.id).replace("SpidL2", &format!("SpidL{}", got.digit()));
            let answer = bench.answer(&browser, &sent, &signed(xml)).await;
            if got >= asked {
                let (_, event) = answer.unwrap().identity.into_parts();
                // What an application is told is the level that was used, not the one that was asked for.
                assert_eq!(event.level.0, got);
            } else {
                assert_eq!(answer.unwrap_err().code, "level-too-low");
            }
        }
    }
}

#[tokio::test]
async fn a_provider_proves_no_more_than_the_list_gives_it() {
    let substantial =
        format!("[[provider]]\nname = \"Two\"\nentity_id = \"{PROVIDER}\"\nhighest_level = 2\n");
    for (list, proved) in [
        (substantial.as_str(), AssuranceLevel::Substantial),
        ("", AssuranceLevel::High),
    ] {
        let (mut bench, browser) = (Bench::new(), Browser::new());
        let list = ProviderCatalogue::parse(list).unwrap();
        bench.spid.providers = Providers::new(list, [metadata(PROVIDER)]);
        let sent = bench.start(&browser).await;
        let xml = correct(&sent.id).replace("SpidL2", "SpidL3");
        let answer = bench.answer(&browser, &sent, &signed(xml)).await;
        let (_, event) = answer.unwrap().identity.into_parts();
        assert_eq!(event.level.0, proved);
        let entries = bench.register.entries.lock().unwrap();
        assert_eq!(entries.last().unwrap().level, Some(proved));
    }
}

#[tokio::test]
async fn cases_104_to_108_and_111_errors_of_the_person() {
    for (case, number, expected) in [
        (104, 19, Anomaly::TooManyAttempts),
        (105, 20, Anomaly::CredentialsTooLow),
        (106, 21, Anomaly::TimedOut),
        (107, 22, Anomaly::ConsentDenied),
        (108, 23, Anomaly::IdentitySuspended),
        (111, 25, Anomaly::Cancelled),
    ] {
        // The one tool sends them unsigned, the other signed.
        for sign in [|xml| xml, signed as fn(String) -> String] {
            let (bench, browser) = (Bench::new(), Browser::new());
            let sent = bench.start(&browser).await;
            let xml = sign(failed(&sent.id, &format!("ErrorCode nr{number}")));
            let refusal = bench.answer(&browser, &sent, &xml).await.unwrap_err();
            assert_eq!(refusal.kind, RefusalKind::Anomaly(expected), "case {case}");
        }
    }
}

#[tokio::test]
async fn cases_109_and_110_and_whatever_else_real_providers_send_is_accepted() {
    let correct = correct("_q");
    let authentication = element(&correct, "<saml:AuthnStatement", "</saml:AuthnStatement>");
    let authentication: &'static str = authentication.to_owned().leak();
    let swapped: &'static str = format!("</saml:AttributeStatement>{authentication}").leak();
    each(&[
        (
            "109",
            &[
                (
                    " NameFormat=\"urn:oasis:names:tc:SAML:2.0:attrname-format:basic\"",
                    "",
                ),
                (
                    "<samlp:Response",
                    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<samlp:Response",
                ),
            ],
            ACCEPT,
        ),
        ("110", &[("10:00:00Z", "10:00:00.123Z")], ACCEPT),
        (
            "110, six digits on the response only",
            &[(
                RESPONSE_INSTANT,
                "Version=\"2.0\" IssueInstant=\"2026-11-21T10:00:00.123456Z\" InResponseTo",
            )],
            ACCEPT,
        ),
        (
            "an empty value",
            &[("<saml:AttributeValue>Rossi<", "<saml:AttributeValue><")],
            ACCEPT,
        ),
        (
            "white space round the issuer",
            &[(
                ">https://idp.example</saml:Issuer>",
                ">\n https://idp.example\n</saml:Issuer>",
            )],
            ACCEPT,
        ),
        (
            "the statements the other way round",
            &[
                (authentication, ""),
                ("</saml:AttributeStatement>", swapped),
            ],
            ACCEPT,
        ),
    ])
    .await;
}

#[tokio::test]
async fn an_answer_stamped_in_the_second_of_its_request_is_not_too_early() {
    let (bench, browser) = (Bench::new(), Browser::new());
    // The request is stamped with a fraction; the provider cuts it off.
    *bench.clock.0.lock().unwrap() += chrono::Duration::milliseconds(800);
    let sent = bench.start(&browser).await;
    assert!(
        bench
            .answer(&browser, &sent, &signed(correct(&sent.id)))
            .await
            .is_ok()
    );
}

#[tokio::test]
async fn a_forced_login_must_be_newer_than_its_request() {
    const INSTANT: &str = "AuthnInstant=\"2026-11-21T10:00:00Z\"";
    let refused = "authn-instant-before-request";
    for (level, force, instant, expected) in [
        // Above level 1 every login is forced; at level 1 where an application asks for it.
        (AssuranceLevel::Substantial, false, "10:00:00Z", ACCEPT),
        (AssuranceLevel::Substantial, false, "09:59:00Z", ACCEPT),
        (AssuranceLevel::Substantial, false, "09:58:59Z", refused),
        (AssuranceLevel::Low, true, "09:59:00Z", ACCEPT),
        (AssuranceLevel::Low, true, "08:00:00Z", refused),
        (AssuranceLevel::Low, false, "08:00:00Z", ACCEPT),
    ] {
        let mut lenient = settings();
        lenient.minimum_level = RequiredAssurance(AssuranceLevel::Low);
        let (bench, browser) = (Bench::with(lenient), Browser::new());
        let login = StartLogin {
            force,
            ..browser.login(level)
        };
        let sent = Sent::of(bench.spid.start(login, bench.now()).await.unwrap());
        let asked = sent.xml.contains("ForceAuthn=\"true\"");
        assert_eq!(asked, force || level > AssuranceLevel::Low);
        let earlier = format!("AuthnInstant=\"2026-11-21T{instant}\"");
        let xml = correct(&sent.id).replace(INSTANT, &earlier);
        let answer = bench.answer(&browser, &sent, &signed(xml)).await;
        assert_eq!(word(answer), expected, "{level:?} {force} {instant}");
    }
}

#[tokio::test]
async fn times_are_held_to_a_minute_of_skew() {
    // Conditions and confirmation end at 10:05; the request was made at 10:00.
    for (seconds, accepted) in [(0, true), (359, true), (360, false)] {
        let (bench, browser) = (Bench::new(), Browser::new());
        let sent = bench.start(&browser).await;
        bench.advance(seconds);
        let answer = bench
            .answer(&browser, &sent, &signed(correct(&sent.id)))
            .await;
        assert_eq!(answer.is_ok(), accepted, "{seconds}");
    }
    // The provider's clock runs ahead of ours.
    for (seconds, accepted) in [(60, true), (61, false)] {
        let (bench, browser) = (Bench::new(), Browser::new());
        *bench.clock.0.lock().unwrap() = after(-seconds);
        let sent = bench.start(&browser).await;
        let answer = bench
            .answer(&browser, &sent, &signed(correct(&sent.id)))
            .await;
        assert_eq!(answer.is_ok(), accepted, "{seconds}");
    }
}
