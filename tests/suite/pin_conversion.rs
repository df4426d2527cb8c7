//! From ordinary to dispositive, online: the form, the upload, the decision of two operators, and what it raises; and the
//! requests that were taken provisionally before.

mod receipts;

use axum::body::Body;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE};
use http::{Request, StatusCode};
use serde_json::Value;
use varco::audit::PinActor;
use varco::crypto::SystemRandom;
use varco::identity::{
    AuthenticationEvent, AuthenticationMethod, Clock as _, DeskRole, EvidenceId, FiscalCode,
    Methods, PinGrade, Redacted,
};
use varco::pin::{Change, Context, Dossier, Outgoing, PinRefusal, PinStore as _};
use varco::policy::{Catalogue, DEFAULT_CATALOGUE};
use varco::protocol::jose::{
    JwkSet, JwsAlgorithm, JwtProfile, KidRule, UnverifiedJwt, VerifiedJwt,
};
use varco::session::Origin;

use crate::support::browser::{Answer, Browser};
use crate::support::pdf::Pdf;
use crate::support::person::{person, vouch_for};
use crate::support::pin_care::{CareStand, MARA, issuing, mara, told};
use crate::support::relying_party::{Question, TestRelyingParty, Tokens, basic};

const COOKIE: &str = "__Host-varco";

/// Mara has a working ordinary PIN, and an application takes requests from people like her.
async fn stand() -> (CareStand, TestRelyingParty) {
    let app = TestRelyingParty::new("domande");
    let registration = app.registration("services = [\"naspi\"]\nminimum_level = \"low\"");
    let catalogue = DEFAULT_CATALOGUE.replace("2021-09-30", "2029-09-30");
    let ways = [AuthenticationMethod::Spid, AuthenticationMethod::Pin];
    let catalogue = Catalogue::parse(&catalogue).unwrap();
    let catalogue = catalogue.offering(Methods::from_iter(ways));
    let stand = CareStand::with_clients(issuing(), vec![registration], catalogue);
    stand.with_working_pin().await;
    (stand, app)
}

/// A browser in which Mara logged in with her PIN.
async fn logged_in(stand: &CareStand) -> Browser {
    let gateway = &stand.here.gateway;
    let login = AuthenticationEvent {
        method: AuthenticationMethod::Pin,
        provider: "pin".to_owned(),
        level: PinGrade::Ordinary.level(),
        at: stand.here.now(),
        evidence: EvidenceId("1".to_owned()),
        saml: None,
        card: None,
    };
    let identity = vouch_for(person(MARA), login);
    let sessions = gateway.sessions();
    let begun = sessions.establish(None, identity, Origin::default(), stand.here.now());
    let id = begun.await.unwrap().id;
    let mut browser = stand.here.browser();
    browser.set_cookie(COOKIE, &id.cookie_value(), true);
    browser
}

/// Sends the form of a page with what is typed, and what goes with it unseen.
async fn send(browser: &mut Browser, page: &Answer, typed: &[(&str, &str)]) -> Answer {
    let form = page.form();
    let token = form.field("token").unwrap().to_owned();
    let mut fields = vec![("token", token.as_str())];
    fields.extend(typed);
    browser.submit(&form.action, &fields).await
}

const DOCUMENT: [(&str, &str); 5] = [
    ("kind", "identity-card"),
    ("number", "CA00000AA"),
    ("issuer", "Comune di Roma"),
    ("expires", "15/3/2031"),
    ("confirmed", "yes"),
];

/// Mara names her document: the page of the form to sign.
async fn begin(browser: &mut Browser) -> Answer {
    let page = browser.open("/pin/convert").await;
    let page = send(browser, &page, &DOCUMENT).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.body);
    assert_eq!(page.url.path(), "/pin/convert");
    page
}

/// Uploads a file as browsers do.
async fn upload(
    stand: &CareStand,
    browser: &Browser,
    page: &Answer,
    file: &[u8],
) -> (StatusCode, String) {
    let form = page.form();
    let field = |name: &str| form.field(name).unwrap().to_owned();
    let mut body = Vec::new();
    for (name, value) in [
        ("token", field("token")),
        ("conversion", field("conversion")),
    ] {
        let part =
            format!("--xyz\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
        body.extend_from_slice(part.as_bytes());
    }
    let head = "--xyz\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.pdf\"\r\n\
                Content-Type: application/pdf\r\n\r\n";
    body.extend_from_slice(head.as_bytes());
    body.extend_from_slice(file);
    body.extend_from_slice(b"\r\n--xyz--\r\n");
    let cookie = format!("{COOKIE}={}", browser.cookie(COOKIE).unwrap());
    let request = Request::post(&form.action)
        .header(CONTENT_TYPE, "multipart/form-data; boundary=xyz")
        .header("cookie", cookie)
        .header("sec-fetch-site", "same-origin")
        .body(Body::from(body))
        .unwrap();
    let (status, _, text) = stand.here.ask(request).await;
    (status, text)
}

/// The form of a conversion, which the person gets as a PDF.
async fn paper(stand: &CareStand, browser: &Browser) -> Vec<u8> {
    let cookie = format!("{COOKIE}={}", browser.cookie(COOKIE).unwrap());
    let request = Request::get("/pin/convert/form").header("cookie", cookie);
    bytes_of(stand, request.body(Body::empty()).unwrap()).await
}

async fn bytes_of(stand: &CareStand, request: Request<Body>) -> Vec<u8> {
    use http_body_util::BodyExt as _;
    use tower::ServiceExt as _;
    let router = varco::http::router::router(stand.here.gateway.clone());
    let response = router.oneshot(request).await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(response.headers()[CONTENT_TYPE], "application/pdf");
    response
        .into_body()
        .collect()
        .await
        .unwrap()
        .to_bytes()
        .to_vec()
}

/// What a command of an operator makes of Mara's dossier; each number is another operator.
async fn by_operator(
    stand: &CareStand,
    operator: &str,
    command: impl FnOnce(Dossier, &Context<'_>) -> Result<Change, PinRefusal>,
) -> Vec<Outgoing> {
    let by = PinActor::Operator {
        person: FiscalCode::parse(operator).unwrap(),
        role: DeskRole::Office,
    };
    let kept = stand.pins.load(&mara()).await.unwrap().unwrap();
    let context = Context {
        now: stand.here.now(),
        random: &SystemRandom,
        rules: &stand.rules,
        by: &by,
        reference: None,
        client_address: None,
    };
    let change = command(kept.dossier, &context).unwrap();
    let sent = change.outbox().to_vec();
    stand.pins.write(change, kept.version).await.unwrap();
    stand.drain().await;
    sent
}

/// Two operators accept the conversion that waits: what leaves with the second word.
async fn accept(stand: &CareStand) -> Vec<Outgoing> {
    let mut sent = Vec::new();
    for operator in ["SMPMRA70L02H501P", "PRVNNA85C55F205D"] {
        by_operator(stand, operator, |d, context| d.claim_conversion(context)).await;
        let reason = Redacted::new("Modulo e documento corrispondono".to_owned());
        let judge = |d: Dossier, context: &Context<'_>| d.judge_conversion(true, reason, context);
        sent = by_operator(stand, operator, judge).await;
    }
    sent
}

#[tokio::test]
async fn a_conversion_from_the_data_to_the_next_decision_of_the_live_session() {
    let (stand, _) = stand().await;
    let mut browser = logged_in(&stand).await;
    let portal = browser.open("/?lang=en").await;
    assert!(portal.body.contains("Level 1"), "{}", portal.body);

    let mine = browser.open("/pin").await;
    assert!(mine.body.contains("/pin/convert"), "{}", mine.body);
    let page = browser.open("/pin/convert").await;
    for shown in [
        "Mara Rossi",
        "01/01/1980",
        "Via dei Mille 12",
        "mara@example.org",
    ] {
        assert!(page.body.contains(shown), "{shown} in {}", page.body);
    }
    // Nothing begins before everything is there.
    for missing in 0..DOCUMENT.len() {
        let mut typed = DOCUMENT.to_vec();
        typed.remove(missing);
        let again = send(&mut browser, &page, &typed).await;
        assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(stand.dossier().await.conversion().is_none());
    }
    let expired = DOCUMENT.map(|(name, value)| match name {
        "expires" => (name, "20/11/2026"),
        _ => (name, value),
    });
    let again = send(&mut browser, &page, &expired).await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);

    let page = begin(&mut browser).await;
    let code = stand.dossier().await.conversion().unwrap().code.clone();
    assert!(page.body.contains(&code));
    let form = paper(&stand, &browser).await;
    let pdf = Pdf::new(&form);
    pdf.satisfies_verapdf();
    let text = pdf.text();
    for shown in [code.as_str(), MARA, "Mara Rossi", "CA00000AA", "15/03/2031"] {
        assert!(text.contains(shown), "{shown} in {text}");
    }

    // What is no harmless PDF is told and not kept.
    for (file, status) in [
        (&b""[..], StatusCode::UNPROCESSABLE_ENTITY),
        (b"GIF89a", StatusCode::UNPROCESSABLE_ENTITY),
        (
            b"%PDF-1.4\n<< /S /JavaScript >>\n%%EOF",
            StatusCode::UNPROCESSABLE_ENTITY,
        ),
    ] {
        let (answered, _) = upload(&stand, &browser, &page, file).await;
        assert_eq!(answered, status);
        assert!(stand.dossier().await.conversion().unwrap().upload.is_none());
    }
    // The form itself passes its own gate, and stands in here for the scan of the signed one.
    let (status, text) = upload(&stand, &browser, &page, &form).await;
    assert_eq!(status, StatusCode::SEE_OTHER, "{text}");
    let upload = stand
        .dossier()
        .await
        .conversion()
        .unwrap()
        .upload
        .clone()
        .unwrap();
    let kept = stand.pins.blob(&upload.blob).await.unwrap().unwrap();
    assert_eq!(kept, form);
    let image = stand.here.gateway.uploads().draw(&kept, 1).await.unwrap();
    assert!(image.starts_with(&[0xff, 0xd8, 0xff]));
    let waiting = browser.open("/pin/convert?lang=en").await;
    assert!(waiting.body.contains("Two operators"), "{}", waiting.body);
    stand.drain().await;

    let told = told(&accept(&stand).await);
    assert!(told.contains(&"converted by email".to_owned()), "{told:?}");
    let raised = browser.open("/pin/convert?lang=en").await;
    assert!(
        raised.body.contains("Your PIN is dispositive"),
        "{}",
        raised.body
    );
    let portal = browser.open("/?lang=en").await;
    assert!(portal.body.contains("Level 2"), "{}", portal.body);
}

#[tokio::test]
async fn a_conversion_needs_a_login_with_the_pin_and_a_page_of_ours() {
    let (stand, _) = stand().await;
    let nobody = stand.here.browser().open("/pin/convert").await;
    assert_eq!(nobody.status, StatusCode::FORBIDDEN);
    let mut by_spid = stand.here.browser();
    let level = varco::identity::AssuranceLevel::Substantial;
    stand.here.log_in(&mut by_spid, &person(MARA), level).await;
    let page = by_spid.open("/pin/convert").await;
    assert_eq!(page.status, StatusCode::FORBIDDEN);

    let mut browser = logged_in(&stand).await;
    let forged = browser.submit("/pin/convert", &DOCUMENT).await;
    assert_eq!(forged.status, StatusCode::FORBIDDEN);
    let page = begin(&mut browser).await;
    let other = logged_in(&stand).await;
    let (status, _) = upload(&stand, &other, &page, b"%PDF").await;
    assert_eq!(
        status,
        StatusCode::FORBIDDEN,
        "the token is another session's"
    );
}

#[tokio::test]
async fn another_document_makes_another_form_and_the_old_one_is_not_taken() {
    let (stand, _) = stand().await;
    let mut browser = logged_in(&stand).await;
    let old = begin(&mut browser).await;
    let form = paper(&stand, &browser).await;
    let page = browser.open("/pin/convert?again").await;
    send(&mut browser, &page, &DOCUMENT).await;
    let (status, _) = upload(&stand, &browser, &old, &form).await;
    assert_eq!(status, StatusCode::SEE_OTHER);
    assert!(stand.dossier().await.conversion().unwrap().upload.is_none());
}

/// The tokens of an application that asks for a request.
async fn ask(stand: &CareStand, app: &TestRelyingParty, browser: &mut Browser) -> Tokens {
    let question: Question = app.question().with("resource", "naspi/request");
    let code = app.code(browser, &question).await;
    app.tokens(&stand.here, &question, &code).await
}
