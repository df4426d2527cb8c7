//! Requests: what reads, and which field is named when one does not.

use serde_json::json;

use super::*;
use crate::identity::Categories;

const CODE: &str = "RSSMRA80A01H501U";

fn good() -> Value {
    json!({
        "subject": { "type": "person", "id": CODE, "properties": {
            "logins": [{ "level": "substantial", "method": "spid", "age_seconds": 60 }],
            "categories": ["citizen"],
            "department": "ignored",
        } },
        "action": { "name": "consult", "properties": { "method": "GET" } },
        "resource": { "type": "service", "id": "naspi", "properties": {} },
        "context": { "time": "2026-11-22T10:00:00Z" },
    })
}

fn read(value: &Value) -> Result<Questions, Malformed> {
    Questions::one(value.to_string().as_bytes())
}

/// The good request with one place set to something else, or taken away.
fn with(pointer: &str, value: Option<Value>) -> Value {
    let mut request = good();
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    let parent = request.pointer_mut(parent).unwrap();
    match (parent, value) {
        (Value::Object(object), Some(value)) => {
            object.insert(name.to_owned(), value);
        }
        (Value::Object(object), None) => {
            object.remove(name);
        }
        (other, _) => panic!("{other}"),
    }
    request
}

#[test]
fn a_described_person_and_a_service_read() {
    let questions = read(&good()).unwrap();
    assert!(!questions.is_list);
    let [one] = questions.evaluations.as_slice() else {
        panic!("one question");
    };
    let Subject::Person(person) = &one.subject else {
        panic!("a person");
    };
    assert_eq!(person.logins.len(), 1);
    assert_eq!(person.logins[0].age, Duration::from_secs(60));
    let citizen = Categories::from_iter([Category::Citizen]);
    assert_eq!(person.categories, KnownCategories::Known(citizen));
    let naspi = ServiceId::parse("naspi").unwrap();
    assert_eq!(one.asked, Asked::Of(naspi, Operation::Consult));
    assert!(!one.takes_provisional);
    let with = read(&with("/context/provisional", Some(json!(true)))).unwrap();
    assert!(with.evaluations[0].takes_provisional);
}

#[test]
fn what_cannot_be_read_is_named() {
    let logins = |login: Value| Some(json!([login]));
    for (pointer, value, field) in [
        ("/subject", None, "subject"),
        ("/subject", Some(json!("x")), "subject"),
        ("/subject", Some(json!(null)), "subject"),
        ("/subject/type", None, "subject.type"),
        ("/subject/type", Some(json!(1)), "subject.type"),
        ("/subject/type", Some(json!("")), "subject.type"),
        ("/subject/id", None, "subject.id"),
        ("/subject/id", Some(json!("rossi")), "subject.id"),
        ("/subject/properties", Some(json!([])), "subject.properties"),
        (
            "/subject/properties/logins",
            Some(json!({})),
            "subject.properties.logins",
        ),
        (
            "/subject/properties/logins",
            logins(json!(1)),
            "subject.properties.logins[0]",
        ),
        (
            "/subject/properties/logins",
            logins(json!({ "level": "top", "method": "spid", "age_seconds": 1 })),
            "subject.properties.logins[0].level",
        ),
        (
            "/subject/properties/logins",
            logins(json!({ "level": "high", "method": "SPID", "age_seconds": 1 })),
            "subject.properties.logins[0].method",
        ),
        (
            "/subject/properties/logins",
            logins(json!({ "level": "high", "method": "spid" })),
            "subject.properties.logins[0].age_seconds",
        ),
        (
            "/subject/properties/logins",
            logins(json!({ "level": "high", "method": "spid", "age_seconds": -1 })),
            "subject.properties.logins[0].age_seconds",
        ),
        (
            "/subject/properties/categories",
            Some(json!(["king"])),
            "subject.properties.categories",
        ),
        (
            "/subject/properties/categories",
            Some(json!([1])),
            "subject.properties.categories",
        ),
        ("/action", None, "action"),
        ("/action/name", None, "action.name"),
        ("/action/name", Some(json!({})), "action.name"),
        ("/action/properties", Some(json!(1)), "action.properties"),
        ("/resource", None, "resource"),
        ("/resource/type", None, "resource.type"),
        ("/resource/id", Some(json!(["naspi"])), "resource.id"),
        (
            "/resource/properties",
            Some(json!("")),
            "resource.properties",
        ),
        ("/context", Some(json!("now")), "context"),
        (
            "/context/provisional",
            Some(json!("yes")),
            "context.provisional",
        ),
        ("/evaluations", Some(json!([])), "evaluations"),
    ] {
        let refused = read(&with(pointer, value.clone())).unwrap_err().to_string();
        let named = refused.split(": ").next().unwrap();
        assert_eq!(named, field, "{pointer} {value:?}: {refused}");
    }
    for body in ["", "[]", "{", "1", "{}x", "{\"subject\":{},\"subject\":{}}"] {
        assert_eq!(
            Questions::one(body.as_bytes()).unwrap_err().field,
            "body",
            "{body}"
        );
    }
}

#[test]
fn a_refusal_repeats_nothing_that_was_sent() {
    let evil = json!({ "<script>": 1 });
    for pointer in [
        "/subject/type",
        "/subject/id",
        "/action/name",
        "/resource/id",
    ] {
        let refused = read(&with(pointer, Some(evil.clone()))).unwrap_err();
        assert!(!refused.to_string().contains("script"));
    }
}

#[test]
fn what_there_is_not_is_no_error() {
    let asked = |pointer, value: &str| {
        let questions = read(&with(pointer, Some(json!(value)))).unwrap();
        questions.evaluations[0].clone()
    };
    assert_eq!(
        asked("/subject/type", "robot").subject,
        Subject::Unknown("unknown-subject-type")
    );
    assert_eq!(
        asked("/resource/type", "todo").asked,
        Asked::Unknown("unknown-resource-type")
    );
    assert_eq!(
        asked("/resource/id", "Not A Service").asked,
        Asked::Unknown("unknown-service")
    );
    assert_eq!(
        asked("/action/name", "can_read").asked,
        Asked::Unknown("unknown-operation")
    );
}

#[test]
fn a_session_is_not_described() {
    let session = json!({ "type": "session", "id": "x" });
    let questions = read(&with("/subject", Some(session.clone()))).unwrap();
    assert_eq!(
        questions.evaluations[0].subject,
        Subject::Unknown("session-ended")
    );
    for claim in ["logins", "categories"] {
        let mut session = session.clone();
        session["properties"] = json!({ claim: [] });
        let refused = read(&with("/subject", Some(session))).unwrap_err();
        assert_eq!(refused.field, "subject.properties");
    }
}

#[test]
fn entries_of_a_list_take_from_the_top_what_they_do_not_have() {
    let list = |value: &Value| Questions::list(value.to_string().as_bytes());
    let entries = json!([
        { "resource": { "type": "service", "id": "rei" } },
        { "action": { "name": "request" } },
        {},
    ]);
    let questions = list(&with("/evaluations", Some(entries))).unwrap();
    assert!(questions.is_list);
    let asked: Vec<String> = questions
        .evaluations
        .iter()
        .map(|one| match &one.asked {
            Asked::Of(service, operation) => format!("{service}/{operation}"),
            Asked::Unknown(reason) => (*reason).to_owned(),
        })
        .collect();
    assert_eq!(asked, ["rei/consult", "naspi/request", "naspi/consult"]);

    // An entry's own part counts whole, and a bad one is not mended from the top.
    let bad = json!([{}, { "subject": { "type": "person" } }]);
    let refused = list(&with("/evaluations", Some(bad))).unwrap_err();
    assert_eq!(refused.field, "evaluations[1].subject.id");
    let missing = json!({ "evaluations": [{ "action": { "name": "consult" } }] });
    assert_eq!(list(&missing).unwrap_err().field, "evaluations[0].subject");
    let not_objects = list(&with("/evaluations", Some(json!([1])))).unwrap_err();
    assert_eq!(not_objects.field, "evaluations[0]");
    let no_list = list(&with("/evaluations", Some(json!({ "1": {} })))).unwrap_err();
    assert_eq!(no_list.field, "evaluations");
}

#[test]
fn a_list_is_bounded_and_without_one_it_is_one_question() {
    let list = |value: &Value| Questions::list(value.to_string().as_bytes());
    let many = |count| with("/evaluations", Some(vec![json!({}); count].into()));
    assert_eq!(
        list(&many(MOST_EVALUATIONS)).unwrap().evaluations.len(),
        MOST_EVALUATIONS
    );
    assert_eq!(
        list(&many(MOST_EVALUATIONS + 1)).unwrap_err().field,
        "evaluations"
    );
    for request in [good(), many(0)] {
        let questions = list(&request).unwrap();
        assert!(!questions.is_list);
        assert_eq!(questions.evaluations.len(), 1);
    }
}

#[test]
fn the_three_semantics_end_where_they_say() {
    let semantic = |name: Value| {
        let options = json!({ "evaluations_semantic": name, "another_option": 1 });
        let request = with("/options", Some(options)).to_string();
        Questions::list(request.as_bytes()).map(|questions| questions.semantic)
    };
    for (name, after_permit, after_deny) in [
        ("execute_all", false, false),
        ("deny_on_first_deny", false, true),
        ("permit_on_first_permit", true, false),
    ] {
        let semantic = semantic(json!(name)).unwrap();
        assert_eq!(semantic.ends_after(true), after_permit, "{name}");
        assert_eq!(semantic.ends_after(false), after_deny, "{name}");
    }
    for bad in [json!("EXECUTE_ALL"), json!(""), json!(1), json!(null)] {
        assert_eq!(
            semantic(bad).unwrap_err().field,
            "options.evaluations_semantic"
        );
    }
    let options = with("/options", Some(json!("execute_all"))).to_string();
    assert_eq!(
        Questions::list(options.as_bytes()).unwrap_err().field,
        "options"
    );
}
