//! `/access/v1/evaluation` and `/access/v1/evaluations` as applications' servers call them.

mod errors;

use axum::body::Body;
use http::header::{AUTHORIZATION, CONTENT_TYPE, WWW_AUTHENTICATE};
use http::{HeaderMap, Request, StatusCode};
use serde_json::{Value, json};
use varco::audit::AuditEvent;
use varco::crypto::encoding::hex;
use varco::crypto::sha256;
use varco::identity::AssuranceLevel::{High, Substantial};
use varco::session::SessionId;

use crate::support::gateway::TestGateway;
use crate::support::openid::anna;

const DESCRIBER: &str = "a secret of a caller that may describe people";
const OTHER: &str = "a secret of one that may not";
const CODE: &str = "PRVNNA85C55F205D";

fn gateway() -> TestGateway {
    let hash = |secret: &str| hex(&sha256(secret.as_bytes()));
    TestGateway::with_callers(&format!(
        r#"
        [[caller]]
        name = "describer"
        secret_sha256 = "{}"
        may_describe_people = true

        [[caller]]
        name = "other"
        secret_sha256 = "{}"
        "#,
        hash(DESCRIBER),
        hash(OTHER),
    ))
}

async fn post(
    gateway: &TestGateway,
    path: &str,
    headers: &[(&str, &str)],
    body: &str,
) -> (StatusCode, HeaderMap, Value) {
    let mut request = Request::post(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let request = request.body(Body::from(body.to_owned())).unwrap();
    let (status, headers, body) = gateway.ask(request).await;
    let value = serde_json::from_str(&body).unwrap_or(Value::Null);
    (status, headers, value)
}

/// Asks as a caller with this secret; the answer must be a decision.
async fn ask(gateway: &TestGateway, secret: &str, path: &str, body: &Value) -> Value {
    let bearer = format!("Bearer {secret}");
    let headers = [
        (AUTHORIZATION.as_str(), bearer.as_str()),
        (CONTENT_TYPE.as_str(), "application/json"),
    ];
    let (status, _, value) = post(gateway, path, &headers, &body.to_string()).await;
    assert_eq!(status, StatusCode::OK, "{value}");
    value
}

async fn one(gateway: &TestGateway, body: &Value) -> Value {
    ask(gateway, DESCRIBER, "/access/v1/evaluation", body).await
}

async fn list(gateway: &TestGateway, body: &Value) -> Value {
    ask(gateway, DESCRIBER, "/access/v1/evaluations", body).await
}

fn person(level: &str) -> Value {
    json!({ "type": "person", "id": CODE, "properties": {
        "logins": [{ "level": level, "method": "spid", "age_seconds": 5 }],
        "categories": ["citizen"],
    } })
}

fn service(id: &str) -> Value {
    json!({ "type": "service", "id": id })
}

fn question(subject: &Value, operation: &str, id: &str) -> Value {
    json!({ "subject": subject, "action": { "name": operation }, "resource": service(id) })
}

/// The published interoperability cases of the AuthZEN working group, shaped as ours: the Todo application, repository
/// openid/authzen, `interop/authzen-todo-backend/test/decisions.json`. Five people: Rick is an admin, Morty and Summer are
/// editors, Beth and Jerry are viewers. Here the role is the level of the login, and what they do is a service that opens
/// with that level: reading is open to all, making and changing one's own to editors, changing others' to the admin.
const PEOPLE: [(&str, &str); 5] = [
    ("rick", "high"),
    ("morty", "substantial"),
    ("summer", "substantial"),
    ("beth", "low"),
    ("jerry", "low"),
];

/// The published action (and whose todo), the operation and service, and whether it is permitted to admin, editors, viewers.
const CASES: [(&str, &str, &str, [bool; 3]); 8] = [
    (
        "can_read_user beth",
        "consult",
        "fascicolo-previdenziale",
        [true, true, true],
    ),
    (
        "can_read_user oneself",
        "consult",
        "fascicolo-previdenziale",
        [true, true, true],
    ),
    (
        "can_read_todos",
        "consult",
        "stato-pratica",
        [true, true, true],
    ),
    ("can_create_todo", "request", "naspi", [true, true, false]),
    (
        "can_update_todo rick's",
        "request",
        "domanda-di-pensione",
        [true, false, false],
    ),
    (
        "can_update_todo one's own",
        "request",
        "dis-coll",
        [true, true, false],
    ),
    (
        "can_delete_todo rick's",
        "request",
        "domanda-di-pensione",
        [true, false, false],
    ),
    (
        "can_delete_todo one's own",
        "request",
        "dis-coll",
        [true, true, false],
    ),
];

fn expected(level: &str, permitted: [bool; 3]) -> bool {
    match level {
        "high" => permitted[0],
        "substantial" => permitted[1],
        _ => permitted[2],
    }
}

#[tokio::test]
async fn the_published_cases_are_answered_right() {
    let gateway = gateway();
    for (name, level) in PEOPLE {
        for (action, operation, id, permitted) in CASES {
            let answer = one(&gateway, &question(&person(level), operation, id)).await;
            assert_eq!(
                answer["decision"],
                expected(level, permitted),
                "{name} {action}: {answer}"
            );
        }
    }
}

#[tokio::test]
async fn the_published_boxcarred_cases_are_answered_right() {
    // `decisions-1.1-preview.json` of the same place: rick, morty and jerry update two todos each, by one request with a
    // subject and an action for both.
    let gateway = gateway();
    for (level, decisions) in [
        ("high", [true, true]),
        ("substantial", [false, true]),
        ("low", [false, false]),
    ] {
        let request = json!({
            "subject": person(level),
            "action": { "name": "request" },
            "evaluations": [
                { "resource": service("domanda-di-pensione") },
                { "resource": service("dis-coll") },
            ],
        });
        let answer = list(&gateway, &request).await;
        assert!(answer.get("decision").is_none(), "{answer}");
        let found: Vec<&Value> = answer["evaluations"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| &one["decision"])
            .collect();
        assert_eq!(found, decisions, "{level}");
    }
}

#[tokio::test]
async fn a_batch_ends_as_its_semantic_says() {
    // The three documents of the specification, 7.1.2.1: permitted, denied, permitted.
    let gateway = gateway();
    for (semantic, decisions) in [
        ("execute_all", vec![true, false, true]),
        ("deny_on_first_deny", vec![true, false]),
        ("permit_on_first_permit", vec![true]),
    ] {
        let request = json!({
            "subject": person("substantial"),
            "action": { "name": "request" },
            "options": { "evaluations_semantic": semantic },
            "evaluations": [
                { "resource": service("naspi") },
                { "resource": service("rei") },
                { "resource": service("dis-coll") },
            ],
        });
        let answer = list(&gateway, &request).await;
        let found: Vec<bool> = answer["evaluations"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| one["decision"].as_bool().unwrap())
            .collect();
        assert_eq!(found, decisions, "{semantic}");
    }
    let single = question(&person("substantial"), "request", "naspi");
    let answer = list(&gateway, &single).await;
    assert_eq!(
        answer["decision"], true,
        "without a list it is one question: {answer}"
    );
}

#[tokio::test]
async fn the_context_explains_the_decision() {
    let gateway = gateway();
    let answer = one(
        &gateway,
        &question(&person("substantial"), "request", "rei"),
    )
    .await;
    assert_eq!(answer["decision"], false);
    let context = &answer["context"];
    assert_eq!(context["decision"], "step-up");
    assert_eq!(
        context["step_up"],
        json!({ "level": "high", "methods": ["spid"] })
    );
    let rules: Vec<(&str, &str)> = context["rules"]
        .as_array()
        .unwrap()
        .iter()
        .map(|rule| {
            (
                rule["rule"].as_str().unwrap(),
                rule["outcome"].as_str().unwrap(),
            )
        })
        .collect();
    assert_eq!(rules.first(), Some(&("service-known", "met")));
    assert_eq!(rules.last(), Some(&("level", "not-met")));

    let answer = one(
        &gateway,
        &question(&person("high"), "consult", "servizi-aziende"),
    )
    .await;
    assert_eq!(answer["context"]["decision"], "deny");
    assert_eq!(answer["context"]["reason"], "wrong-category");
    let permit = one(&gateway, &question(&person("high"), "consult", "naspi")).await;
    assert_eq!(permit["context"]["decision"], "permit");
}

#[tokio::test]
async fn what_is_unknown_is_denied_with_its_reason() {
    let gateway = gateway();
    let mut no_categories = person("high");
    no_categories["properties"] = json!({ "logins": no_categories["properties"]["logins"] });
    for (request, reason) in [
        (
            question(&person("high"), "consult", "niente"),
            "unknown-service",
        ),
        (
            question(&person("high"), "consult", "Niente!"),
            "unknown-service",
        ),
        (
            question(&person("high"), "request", "stato-pratica"),
            "unknown-operation",
        ),
        (
            question(&person("high"), "can_read", "naspi"),
            "unknown-operation",
        ),
        (
            question(
                &json!({ "type": "user", "id": "alice" }),
                "consult",
                "naspi",
            ),
            "unknown-subject-type",
        ),
        (
            question(&no_categories, "consult", "naspi"),
            "categories-unknown",
        ),
        (
            question(
                &json!({ "type": "session", "id": "none" }),
                "consult",
                "naspi",
            ),
            "session-ended",
        ),
    ] {
        let answer = one(&gateway, &request).await;
        assert_eq!(answer["decision"], false);
        assert_eq!(answer["context"]["reason"], reason, "{answer}");
    }
    // Nobody is logged in, as far as the caller says: a login is what is missing.
    let nobody = json!({ "type": "person", "id": CODE });
    let answer = one(&gateway, &question(&nobody, "consult", "naspi")).await;
    assert_eq!(answer["context"]["decision"], "step-up");
}

#[tokio::test]
async fn a_session_is_decided_by_what_it_is_and_written_down_once() {
    let gateway = gateway();
    let mut browser = gateway.browser();
    gateway.log_in(&mut browser, &anna(), Substantial).await;
    let id = SessionId::parse(browser.cookie("__Host-varco").unwrap()).unwrap();
    let session = json!({ "type": "session", "id": id.handle().as_str() });
    let asked = |operation, id| question(&session, operation, id);
    for _ in 0..3 {
        let answer = ask(
            &gateway,
            OTHER,
            "/access/v1/evaluation",
            &asked("request", "naspi"),
        )
        .await;
        assert_eq!(answer["decision"], true, "{answer}");
        let answer = ask(
            &gateway,
            OTHER,
            "/access/v1/evaluation",
            &asked("request", "rei"),
        )
        .await;
        assert_eq!(answer["context"]["decision"], "step-up");
    }
    let written = gateway
        .events()
        .into_iter()
        .filter(|event| matches!(event, AuditEvent::AccessDecided { .. }))
        .count();
    assert_eq!(written, 2);
    gateway.log_in(&mut browser, &anna(), High).await;
    let answer = one(&gateway, &asked("request", "rei")).await;
    assert_eq!(answer["decision"], true);
    gateway.gateway.sessions().end(id.handle()).await.unwrap();
    let answer = one(&gateway, &asked("request", "naspi")).await;
    assert_eq!(answer["context"]["reason"], "session-ended");
}

#[tokio::test]
async fn the_metadata_name_the_decision_point_and_its_endpoints() {
    let gateway = gateway();
    let request = Request::get("/.well-known/authzen-configuration")
        .body(Body::empty())
        .unwrap();
    let (status, headers, body) = gateway.ask(request).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(headers[CONTENT_TYPE], "application/json");
    let document: Value = serde_json::from_str(&body).unwrap();
    assert_eq!(
        document,
        json!({
            "policy_decision_point": "https://login.example",
            "access_evaluation_endpoint": "https://login.example/access/v1/evaluation",
            "access_evaluations_endpoint": "https://login.example/access/v1/evaluations",
        })
    );
}
