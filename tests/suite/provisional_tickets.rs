//! Requests that are taken provisionally by applications that speak no OpenID Connect: behind a proxy, and by AuthZEN. They get
//! a ticket, show it for the receipt, and hear when the request counts.

use axum::body::Body;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::{Request, StatusCode};
use serde_json::{Value, json};
use varco::audit::PinActor;
use varco::crypto::encoding::hex;
use varco::crypto::{SystemRandom, sha256};
use varco::downstream::oidc::AssuranceChange;
use varco::identity::{
    AssuranceLevel, AuthenticationMethod, DeskRole, FiscalCode, Line, Methods, Redacted,
};
use varco::pin::{
    Applicant, Context, DocumentKind, IdentityDocument, OfficeVisit, Outgoing, PinStore as _,
};
use varco::policy::{Catalogue, DEFAULT_CATALOGUE};

use crate::support::browser::Browser;
use crate::support::gateway::session_of;
use crate::support::person::person;
use crate::support::pin_care::{CareStand, MARA, issuing, mara};
use crate::support::proxied::{Kind, Proxied, SECRET};
use crate::support::relying_party::{TestRelyingParty, basic};

const CALLER: &str = "a secret between caller and gateway";
/// A caller that asks for no application.
const NOBODYS: &str = "a secret of another caller";
const SITE: &str = "https://login.example";

fn tables() -> String {
    let hash = |secret: &str| hex(&sha256(secret.as_bytes()));
    let (proxy, caller, nobodys) = (hash(SECRET), hash(CALLER), hash(NOBODYS));
    format!(
        r#"
        [[proxy]]
        kind = "nginx"
        secret_sha256 = "{proxy}"

        [[route]]
        origin = "{SITE}"
        path = "/domande"
        service = "naspi"
        client = "domande"

        [[route]]
        origin = "{SITE}"
        path = "/altrove"
        service = "naspi"
        client = "not-registered"

        [[caller]]
        name = "domande"
        secret_sha256 = "{caller}"
        client = "domande"

        [[caller]]
        name = "nobody"
        secret_sha256 = "{nobodys}"
        "#
    )
}

struct Scene {
    stand: CareStand,
    app: TestRelyingParty,
    other: TestRelyingParty,
    browser: Browser,
}

/// Mara is logged in with an ordinary PIN.
async fn scene() -> Scene {
    let (app, other) = (
        TestRelyingParty::new("domande"),
        TestRelyingParty::new("altra"),
    );
    let registrations = [&app, &other].map(|app| app.registration("services = [\"naspi\"]"));
    let catalogue = DEFAULT_CATALOGUE.replace("2021-09-30", "2029-09-30");
    let ways = [AuthenticationMethod::Spid, AuthenticationMethod::Pin];
    let catalogue = Catalogue::parse(&catalogue).unwrap();
    let catalogue = catalogue.offering(Methods::from_iter(ways));
    let stand = CareStand::with_tables(issuing(), registrations.into(), catalogue, &tables());
    stand.with_working_pin().await;
    let mut browser = stand.here.browser();
    let (method, level) = (AuthenticationMethod::Pin, AssuranceLevel::Low);
    let who = person(MARA);
    let logging_in = stand.here.log_in_by(&mut browser, &who, method, level);
    logging_in.await;
    Scene {
        stand,
        app,
        other,
        browser,
    }
}

impl Scene {
    /// What the proxy is told of a request of Mara's browser: decision and ticket.
    async fn passes(&self, method: &str, path: &str) -> (StatusCode, String, String) {
        let mut site = Proxied::at(&self.stand.here, Kind::Nginx, SITE);
        let cookie = self.browser.cookie("__Host-varco").unwrap();
        site.cookies = vec![("__Host-varco".to_owned(), cookie.to_owned())];
        let verdict = site.ask(method, path).await;
        let told = |name| verdict.header(name).to_owned();
        (
            verdict.status,
            told("x-varco-decision"),
            told("x-varco-ticket"),
        )
    }

    /// What a caller is told of Mara's session.
    async fn evaluated(&self, secret: &str, operation: &str, provisional: bool) -> Value {
        let session = session_of(&self.browser).unwrap();
        let question = json!({
            "subject": { "type": "session", "id": session.handle().as_str() },
            "action": { "name": operation },
            "resource": { "type": "service", "id": "naspi" },
            "context": { "provisional": provisional },
        });
        let request = Request::post("/access/v1/evaluation")
            .header(AUTHORIZATION, format!("Bearer {secret}"))
            .header(CONTENT_TYPE, "application/json")
            .body(Body::from(question.to_string()))
            .unwrap();
        let (status, _, text) = self.stand.here.ask(request).await;
        assert_eq!(status, StatusCode::OK, "{text}");
        serde_json::from_str(&text).unwrap()
    }

    /// What an application is answered that shows a ticket.
    async fn shows(&self, app: &TestRelyingParty, ticket: &str) -> (StatusCode, Value) {
        let secret = format!("secret of {}: 50% + more", app.id);
        let request = Request::post("/receipts")
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(AUTHORIZATION, basic(&app.id, &secret))
            .body(Body::from(format!("ticket={ticket}&number=2026-1")))
            .unwrap();
        let (status, _, text) = self.stand.here.ask(request).await;
        (status, serde_json::from_str(&text).expect(&text))
    }

    /// An office raises Mara's PIN: what leaves.
    async fn raise(&self) -> Vec<Outgoing> {
        let operator = FiscalCode::parse("SMPMRA70L02H501P").unwrap();
        let by = PinActor::Operator {
            person: operator.clone(),
            role: DeskRole::Office,
        };
        let visit = OfficeVisit {
            at: self.stand.here.now(),
            operator,
            applicant: Applicant::Holder,
            document: IdentityDocument {
                kind: DocumentKind::Passport,
                number: Line::parse("YA0000000").unwrap(),
                issuer: Line::parse("Questura di Roma").unwrap(),
                expires: "2031-03-15".parse().unwrap(),
            },
            form: Line::parse("MV35/2026/1").unwrap(),
            office: Line::parse("Roma Centro").unwrap(),
        };
        let kept = self.stand.pins.load(&mara()).await.unwrap().unwrap();
        let context = Context {
            now: self.stand.here.now(),
            random: &SystemRandom,
            rules: &self.stand.rules,
            by: &by,
            reference: None,
            client_address: None,
        };
        let reason = Redacted::new("Modulo firmato e documento visto".to_owned());
        let change = kept
            .dossier
            .raise_at_office(visit, reason, &context)
            .unwrap();
        let sent = change.outbox().to_vec();
        self.stand.pins.write(change, kept.version).await.unwrap();
        sent
    }

    /// The receipts that the event for an application names.
    async fn told_after_the_raise(&self) -> Vec<(String, Vec<String>)> {
        let sent = self.raise().await;
        let events = sent.iter().filter_map(AssuranceChange::of);
        events
            .map(|(client, change)| (client.to_owned(), change.receipts))
            .collect()
    }
}

#[tokio::test]
async fn a_provisional_request_behind_a_proxy_has_a_ticket_a_receipt_and_an_event() {
    let scene = scene().await;
    let (status, decision, ticket) = scene.passes("POST", "/domande").await;
    assert_eq!((status, decision.as_str()), (StatusCode::OK, "provisional"));
    assert_eq!(ticket.len(), 43);
    // Asked again, as proxies do for each part of a page, it is the same and takes no more room.
    assert_eq!(scene.passes("POST", "/domande").await.2, ticket);
    // What is only looked at has none.
    let (_, decision, none) = scene.passes("GET", "/domande").await;
    assert_eq!((decision.as_str(), none.as_str()), ("step-up", ""));

    let (status, receipt) = scene.shows(&scene.app, &ticket).await;
    assert_eq!(status, StatusCode::OK, "{receipt}");
    let name = receipt["id"].as_str().unwrap().to_owned();
    let told = scene.told_after_the_raise().await;
    assert_eq!(told, [("domande".to_owned(), vec![name])]);
    let (_, decision, none) = scene.passes("POST", "/domande").await;
    assert_eq!((decision.as_str(), none.as_str()), ("permit", ""));
}

#[tokio::test]
async fn a_provisional_permit_for_a_caller_has_a_ticket_a_receipt_and_an_event() {
    let scene = scene().await;
    let answer = scene.evaluated(CALLER, "request", true).await;
    assert_eq!(answer["decision"], true, "{answer}");
    let ticket = answer["context"]["ticket"].as_str().expect("a ticket");
    let again = scene.evaluated(CALLER, "request", true).await;
    assert_eq!(again["context"]["ticket"], ticket);

    let (status, receipt) = scene.shows(&scene.app, ticket).await;
    assert_eq!(status, StatusCode::OK, "{receipt}");
    let name = receipt["id"].as_str().unwrap().to_owned();
    let told = scene.told_after_the_raise().await;
    assert_eq!(told, [("domande".to_owned(), vec![name])]);
    let answer = scene.evaluated(CALLER, "request", true).await;
    assert_eq!(answer["context"]["decision"], "permit");
    assert_eq!(answer["context"].get("ticket"), None);
}

#[tokio::test]
async fn who_does_not_know_what_provisional_means_or_asks_for_no_application_gets_no_ticket() {
    let scene = scene().await;
    for (secret, operation, provisional) in [
        (CALLER, "request", false),
        (CALLER, "consult", true),
        (NOBODYS, "request", true),
    ] {
        let answer = scene.evaluated(secret, operation, provisional).await;
        assert_eq!(answer["context"].get("ticket"), None, "{answer}");
    }
    // An application that is not registered could not show it.
    let (status, decision, ticket) = scene.passes("POST", "/altrove").await;
    assert_eq!((status, decision.as_str()), (StatusCode::OK, "provisional"));
    assert_eq!(ticket, "");
}

#[tokio::test]
async fn a_ticket_is_good_for_its_application_alone() {
    let scene = scene().await;
    let (_, _, ticket) = scene.passes("POST", "/domande").await;
    let (status, refused) = scene.shows(&scene.other, &ticket).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    assert_eq!(refused["error"], "invalid_grant");
    let (status, _) = scene.shows(&scene.app, "A".repeat(43).as_str()).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    assert!(scene.stand.dossier().await.all_provisional().is_empty());
}
