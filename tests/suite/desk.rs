//! The operators' desk: who gets there, and what is refused.

use http::StatusCode;
use varco::audit::{AuditEvent, PinActor, PinStep};
use varco::identity::{AssuranceLevel, AuthenticationMethod, FiscalCode, Person, PersonKey};

use crate::support::browser::Browser;
use crate::support::desk::{CARLA, Clerk, GIULIA, LUCA, MARIO, desk};
use crate::support::gateway::TestGateway;
use crate::support::person::person;
use crate::support::pin_care::MARA;

fn giulia() -> Person {
    person(GIULIA)
}

/// A browser in which somebody is logged in at a level.
async fn logged_in(gateway: &TestGateway, person: &Person, level: AssuranceLevel) -> Browser {
    let mut browser = gateway.browser();
    browser.open("/?lang=it").await;
    gateway.log_in(&mut browser, person, level).await;
    browser
}

#[tokio::test]
async fn an_operator_at_the_highest_level_gets_to_the_desk() {
    let stand = desk();
    let gateway = &stand.here;
    let mut browser = logged_in(gateway, &giulia(), AssuranceLevel::High).await;
    let page = browser.open("/desk").await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.body.contains("Giulia Finzioni, operatore di sede"));
    assert!(page.body.contains("Cerca una persona"));
}

#[tokio::test]
async fn an_operator_finds_the_desk_from_the_portal_and_nobody_else_does() {
    let stand = desk();
    let gateway = &stand.here;
    for (who, finds) in [(giulia(), true), (person(MARA), false)] {
        for level in [AssuranceLevel::Substantial, AssuranceLevel::High] {
            let mut browser = logged_in(gateway, &who, level).await;
            let portal = browser.open("/").await;
            assert_eq!(portal.body.contains("href=\"/desk\""), finds, "{level}");
        }
    }
}

#[tokio::test]
async fn an_operator_logs_in_at_level_3_and_comes_back_to_the_desk() {
    let stand = desk();
    let gateway = &stand.here;
    for before in [None, Some(AssuranceLevel::Substantial)] {
        let mut browser = gateway.browser();
        if let Some(level) = before {
            gateway.log_in(&mut browser, &giulia(), level).await;
        }
        let login = browser.open("/desk").await;
        assert_eq!(login.url.path(), "/login", "{before:?}");
        assert!(login.body.contains("/login/spid?flow="));
        gateway
            .complete_login(&mut browser, &login.url, &giulia(), AssuranceLevel::High)
            .await;
        let page = browser.open(login.url.as_str()).await;
        assert_eq!((page.status, page.url.path()), (StatusCode::OK, "/desk"));
    }
}

#[tokio::test]
async fn a_login_that_has_grown_old_does_not_do_at_the_desk() {
    let stand = desk();
    let gateway = &stand.here;
    let mut browser = logged_in(gateway, &giulia(), AssuranceLevel::High).await;
    let page = browser.open("/desk").await;
    let form = page.form();
    gateway.clock.advance(chrono::Duration::minutes(16));

    // What was posted is not done, and whoever typed it is told.
    let fields = [
        ("token", form.field("token").unwrap()),
        ("fiscal_code", "RSSMRA80A01H501U"),
        ("reason", "Persona allo sportello"),
    ];
    let refused = browser.submit("/desk/search", &fields).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    assert!(refused.body.contains("accesso va ripetuto"));
    assert!(acted(gateway).is_empty());

    let login = browser.open("/desk").await;
    assert_eq!(login.url.path(), "/login");
}

#[tokio::test]
async fn who_is_no_operator_is_refused_whatever_the_level() {
    let stand = desk();
    let gateway = &stand.here;
    for level in AssuranceLevel::ALL {
        let mut browser = logged_in(gateway, &person(MARA), level).await;
        let page = browser.open("/desk").await;
        assert_eq!(page.status, StatusCode::FORBIDDEN, "{level}");
        assert!(page.body.contains("Pagina riservata agli operatori"));
        let fields = [("fiscal_code", "SMPMRA70L02H501P")];
        let posted = browser.submit("/desk/search", &fields).await;
        assert_eq!(posted.status, StatusCode::FORBIDDEN, "{level}");
    }
    let mut stranger = logged_in(
        gateway,
        &Person::new(PersonKey::SpidCode("AGID-001".to_owned().into())),
        AssuranceLevel::High,
    )
    .await;
    assert_eq!(stranger.open("/desk").await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_pin_never_opens_the_desk() {
    let stand = desk();
    let gateway = &stand.here;
    let mut browser = gateway.browser();
    // The highest that a PIN proves.
    let (pin, level) = (AuthenticationMethod::Pin, AssuranceLevel::Substantial);
    assert_eq!(pin.highest_level(), level);
    gateway.log_in_by(&mut browser, &giulia(), pin, level).await;
    assert_eq!(browser.open("/desk").await.url.path(), "/login");
}

#[tokio::test]
async fn where_there_are_no_operators_there_is_no_desk() {
    let gateway = &TestGateway::with_clients(Vec::new());
    let mut browser = logged_in(gateway, &giulia(), AssuranceLevel::High).await;
    assert_eq!(browser.open("/desk").await.status, StatusCode::NOT_FOUND);
    let posted = browser.submit("/desk/search", &[]).await;
    assert_eq!(posted.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_form_of_the_desk_from_elsewhere_or_without_its_token_does_nothing() {
    let stand = desk();
    let gateway = &stand.here;
    let mut browser = logged_in(gateway, &giulia(), AssuranceLevel::High).await;
    let mut other = logged_in(gateway, &giulia(), AssuranceLevel::High).await;
    let theirs = other.open("/desk").await.form();
    let typed = [
        ("fiscal_code", "RSSMRA80A01H501U"),
        ("reason", "Persona allo sportello"),
    ];
    for token in [None, Some("AAAA"), theirs.field("token")] {
        let mut fields = typed.to_vec();
        fields.extend(token.map(|token| ("token", token)));
        let refused = browser.submit("/desk/search", &fields).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN);
    }
    let page = browser.open("/desk").await;
    let mut fields = typed.to_vec();
    let form = page.form();
    fields.push(("token", form.field("token").unwrap()));
    let url = page.url.join("/desk/search").unwrap();
    let answer = browser.submit_from_elsewhere(&url, &fields).await;
    assert_ne!(answer.status, StatusCode::OK);
    assert!(acted(gateway).is_empty());
}

#[tokio::test]
async fn a_search_wants_a_fiscal_code_and_a_reason() {
    let stand = desk();
    let gateway = &stand.here;
    let mut browser = logged_in(gateway, &giulia(), AssuranceLevel::High).await;
    let page = browser.open("/desk").await;
    let form = page.form();
    let token = ("token", form.field("token").unwrap());
    for (code, reason, errors) in [
        ("RSSMRA80A01H501U", "", 1),
        ("RSSMRA80A01H501X", "Persona allo sportello", 1),
        ("<b>", "...", 2),
    ] {
        let fields = [token, ("fiscal_code", code), ("reason", reason)];
        let again = browser.submit("/desk/search", &fields).await;
        assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY, "{code}");
        assert_eq!(again.body.matches("aria-invalid").count(), errors, "{code}");
        assert!(!again.body.contains("<b>"));
    }
    assert!(acted(gateway).is_empty());
}

#[tokio::test]
async fn nobody_opens_their_own_case() {
    let stand = desk();
    let gateway = &stand.here;
    let mut browser = logged_in(gateway, &giulia(), AssuranceLevel::High).await;
    let page = browser.open("/desk").await;
    let form = page.form();
    let fields = [
        ("token", form.field("token").unwrap()),
        ("fiscal_code", "FNZGLI79S63L219A"),
        ("reason", "Solo per curiosità"),
    ];
    let refused = browser.submit("/desk/search", &fields).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    assert!(
        refused
            .body
            .contains("Non puoi occuparti della tua pratica")
    );
    assert!(acted(gateway).is_empty());
}

#[tokio::test]
async fn a_search_is_in_the_audit_log_with_its_reason_before_anything_is_shown() {
    let stand = desk();
    let mut giulia = Clerk::new(&stand, GIULIA).await;
    let page = giulia.case(MARA).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.body.contains(MARA) && page.body.contains("nessun PIN"));
    assert!(!page.url.as_str().contains("RSSMRA"), "{}", page.url);
    let events = stand.here.events();
    let looked_up = events.iter().find_map(|event| match event {
        AuditEvent::PinChanged {
            step: PinStep::LookedUp,
            by,
            reason,
            ..
        } => Some((by.clone(), reason.clone())),
        _ => None,
    });
    let (by, reason) = looked_up.expect("a look is written down");
    assert_eq!(by.operator().map(FiscalCode::expose), Some(GIULIA));
    assert_eq!(reason.unwrap().expose(), "Persona allo sportello");
    assert_eq!(acted(&stand.here).len(), 1);
}

#[tokio::test]
async fn a_case_is_open_for_its_operator_alone() {
    let stand = desk();
    let mut giulia = Clerk::new(&stand, GIULIA).await;
    let mut mario = Clerk::new(&stand, MARIO).await;
    let case = giulia.case(MARA).await.url;
    assert_eq!(
        giulia.browser.open(case.as_str()).await.status,
        StatusCode::OK
    );
    let nowhere = "/desk/case/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    for page in [
        mario.browser.open(case.as_str()).await,
        giulia.browser.open("/desk/case/x").await,
        giulia.browser.open(nowhere).await,
    ] {
        assert_eq!(page.status, StatusCode::NOT_FOUND, "{}", page.url);
        assert!(page.body.contains("Pratica non aperta"));
    }
}

#[tokio::test]
async fn no_page_is_shown_for_the_work_of_another_role() {
    let stand = desk();
    for (who, allowed, others) in [
        (
            GIULIA,
            ["issue", "convert", "restore", "revoke"].as_slice(),
            ["register", "recognise"].as_slice(),
        ),
        (
            LUCA,
            &["register", "recognise"],
            &["issue", "convert", "restore", "revoke", "conversion"],
        ),
        (
            CARLA,
            &["revoke"],
            &[
                "issue",
                "convert",
                "restore",
                "register",
                "recognise",
                "call",
            ],
        ),
    ] {
        let mut clerk = Clerk::new(&stand, who).await;
        for what in allowed {
            assert_eq!(
                clerk.page(what).await.status,
                StatusCode::OK,
                "{who} {what}"
            );
        }
        for what in others {
            let page = clerk.page(what).await;
            assert_eq!(page.status, StatusCode::FORBIDDEN, "{who} {what}");
            assert!(page.body.contains("Operazione di un altro ruolo"));
        }
    }
    let mut luca = Clerk::new(&stand, LUCA).await;
    let queue = luca.browser.open("/desk/conversions").await;
    assert_eq!(queue.status, StatusCode::FORBIDDEN);
    // Nor is it done when the form is made up.
    let case = luca.case(MARA).await;
    let home = luca.browser.open("/desk").await;
    let token = home.form().field("token").unwrap().to_owned();
    let fields = [("token", token.as_str()), ("reason", "Smarrimento del PIN")];
    let address = format!("{}/revoke", case.url);
    let refused = luca.browser.submit(&address, &fields).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
}

/// What operators did, as the audit log has it: the step, and to whom.
fn acted(gateway: &TestGateway) -> Vec<(PinStep, PersonKey)> {
    let events = gateway.events().into_iter();
    let acted = events.filter_map(|event| match event {
        AuditEvent::PinChanged {
            step,
            person,
            by: PinActor::Operator { .. },
            ..
        } => Some((step, person)),
        _ => None,
    });
    acted.collect()
}
