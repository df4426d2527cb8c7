use super::super::Parameters;
use super::super::provider::tests::provider;
use super::*;
use crate::crypto::encoding::base64;
use crate::identity::FiscalCode;
use crate::protocol::jose::{JwsAlgorithm, JwtProfile, KidRule, UnverifiedJwt};

const RECEIPT: JwtProfile = JwtProfile {
    algorithms: &[JwsAlgorithm::Es256],
    types: &["receipt+jwt"],
    may_be_untyped: false,
    kid: KidRule::Optional,
    max_bytes: 8192,
};

fn now() -> Timestamp {
    "2026-11-21T23:30:00Z".parse().unwrap()
}

fn mario() -> PersonKey {
    PersonKey::FiscalCode(FiscalCode::parse("RSSMRA80A01H501U").unwrap())
}

/// A provider at which `app` holds the ticket `t`.
async fn with_ticket() -> OpenIdProvider {
    let provider = provider();
    let ticket = Ticket {
        client_id: "app".to_owned(),
        person: mario(),
        service: ServiceId::parse("naspi").unwrap(),
        operation: Operation::Request,
    };
    provider.tickets.put("t", &ticket).await.unwrap();
    provider
}

async fn submit(
    provider: &OpenIdProvider,
    client: &str,
    form: &str,
) -> Result<Submission, &'static str> {
    let authorization = format!("Basic {}", base64(format!("{client}:secret").as_bytes()));
    let request = TokenRequest {
        authorization: Some(&authorization),
        form: &Parameters::parse(form.as_bytes()).unwrap(),
    };
    let submission = provider.submission(request, now()).await;
    submission.map_err(|error| error.reason)
}

#[tokio::test]
async fn a_ticket_is_good_for_any_number_of_requests_each_with_a_receipt_of_its_own() {
    let provider = with_ticket().await;
    let digest = "ab".repeat(32);
    let first = format!("ticket=t&number=INPS.2026.1&sha256={digest}");
    let one = submit(&provider, "app", &first).await.unwrap();
    let again = submit(&provider, "app", &first).await.unwrap();
    let other = submit(&provider, "app", "ticket=t&number=2").await.unwrap();
    assert_eq!(one.id(), again.id());
    assert_ne!(one.id(), other.id());
    assert_eq!(*one.person(), mario());
    assert_eq!(one.service().as_str(), "naspi");
    assert_eq!(one.number(), "INPS.2026.1");
    assert_eq!(one.sha256(), Some(digest.as_str()));
    assert_eq!(other.sha256(), None);
}

#[tokio::test]
async fn only_the_application_that_was_given_the_ticket_gets_a_receipt() {
    let provider = with_ticket().await;
    for (client, form, reason) in [
        ("other", "ticket=t&number=1", "ticket_unknown"),
        ("app", "ticket=u&number=1", "ticket_unknown"),
        ("app", "number=1", "submission_form"),
        ("app", "ticket=t", "submission_form"),
        ("app", "ticket=t&number=", "submission_form"),
        ("app", "ticket=t&number=a+b", "submission_form"),
        ("app", "ticket=t&number=%C3%A0", "submission_form"),
        ("app", "ticket=t&number=1&sha256=AB", "submission_digest"),
        ("nobody", "ticket=t&number=1", "secret_wrong"),
    ] {
        let refused = submit(&provider, client, form).await;
        assert_eq!(refused.err(), Some(reason), "{client} {form}");
    }
    let long = format!("ticket=t&number={}", "1".repeat(LONGEST_NUMBER + 1));
    assert!(submit(&provider, "app", &long).await.is_err());
}

#[tokio::test]
async fn a_receipt_proves_the_day_in_italy_and_is_good_for_nothing_else() {
    let provider = with_ticket().await;
    let receipt = Receipt {
        id: "ABCD-EFGH-JKMN-PQRS",
        person: &mario(),
        client: "app",
        service: "naspi/request",
        number: "1",
        sha256: None,
        at: now(),
    };
    let later = "2026-12-01T10:00:00Z".parse().unwrap();
    let sealed = provider.seal_receipt(&receipt, later).unwrap();
    assert!(provider.read_hint(&sealed).is_none());
    assert!(provider.read_access_token(&sealed, later).await.is_err());
    let token = UnverifiedJwt::parse(&sealed, 8192).unwrap();
    let token = token.verify(&RECEIPT, provider.jwks().keys()).unwrap();
    assert_eq!(token.text("jti"), Some("ABCD-EFGH-JKMN-PQRS"));
    assert_eq!(token.audiences(), Some(vec!["app"]));
    assert_eq!(token.time("toe"), Some(now().timestamp()));
    let subject = provider.subjects.subject("app", &mario());
    assert_eq!(token.text("sub"), Some(subject.as_str()));
    let own = |name: &str| token.text(&format!("https://varco.example/claims/{name}"));
    // Half an hour past midnight.
    assert_eq!(own("day"), Some("2026-11-22"));
    assert_eq!(own("service"), Some("naspi/request"));
    assert_eq!(own("decision"), Some("provisional"));
    assert_eq!(own("number"), Some("1"));
    assert!(!token.has("exp"));
    let gone = Receipt {
        client: "gone",
        ..receipt
    };
    assert!(provider.seal_receipt(&gone, later).is_err());
}
