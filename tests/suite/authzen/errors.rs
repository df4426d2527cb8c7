//! Who may ask, and what is no question.

use super::*;

#[tokio::test]
async fn only_who_may_describe_people_is_believed() {
    let gateway = gateway();
    let request = question(&person("high"), "consult", "naspi");
    let answer = ask(&gateway, OTHER, "/access/v1/evaluation", &request).await;
    assert_eq!(answer["decision"], false);
    assert_eq!(answer["context"]["reason"], "subject-not-allowed");
}

#[tokio::test]
async fn nobody_asks_without_a_secret() {
    let gateway = gateway();
    let body = question(&person("high"), "consult", "naspi").to_string();
    let bearer = format!("Bearer {DESCRIBER}");
    let json = (CONTENT_TYPE.as_str(), "application/json");
    for path in ["/access/v1/evaluation", "/access/v1/evaluations"] {
        for authorization in [
            vec![],
            vec!["Bearer wrong"],
            vec!["Basic x"],
            vec![&bearer, &bearer],
        ] {
            let mut headers: Vec<(&str, &str)> = vec![json];
            headers.extend(
                authorization
                    .iter()
                    .map(|value| (AUTHORIZATION.as_str(), *value)),
            );
            // Not even whether it could be read is told.
            for body in [body.as_str(), "{"] {
                let (status, headers, _) = post(&gateway, path, &headers, body).await;
                assert_eq!(status, StatusCode::UNAUTHORIZED);
                assert_eq!(headers[WWW_AUTHENTICATE], "Bearer");
            }
        }
    }
}

#[tokio::test]
async fn a_malformed_request_is_a_400_that_names_the_field() {
    let gateway = gateway();
    let bearer = format!("Bearer {DESCRIBER}");
    let good = question(&person("high"), "consult", "naspi");
    let mut bad_entry = json!({ "evaluations": [good.clone(), good.clone()] });
    bad_entry["evaluations"][1]["action"] = json!({ "name": 7 });
    for (path, kind, body, field) in [
        (
            "/access/v1/evaluation",
            "application/json",
            json!({}).to_string(),
            "subject",
        ),
        (
            "/access/v1/evaluation",
            "application/json",
            "{".to_owned(),
            "body",
        ),
        (
            "/access/v1/evaluation",
            "text/plain",
            good.to_string(),
            "content-type",
        ),
        (
            "/access/v1/evaluations",
            "application/json; charset=utf-8",
            bad_entry.to_string(),
            "evaluations[1].action.name",
        ),
    ] {
        let headers = [
            (AUTHORIZATION.as_str(), bearer.as_str()),
            (CONTENT_TYPE.as_str(), kind),
            ("x-request-id", "bfe9eb29-ab87-4ca3-be83-a1d5d8305716"),
        ];
        let (status, headers, message) = post(&gateway, path, &headers, &body).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{message}");
        assert_eq!(
            message.as_str().unwrap().split(':').next(),
            Some(field),
            "{message}"
        );
        assert_eq!(
            headers["x-request-id"],
            "bfe9eb29-ab87-4ca3-be83-a1d5d8305716"
        );
    }
}

#[tokio::test]
async fn a_request_id_is_repeated_if_it_is_one() {
    let gateway = gateway();
    let bearer = format!("Bearer {DESCRIBER}");
    let body = question(&person("high"), "consult", "naspi").to_string();
    let long = "a".repeat(129);
    for (ids, repeated) in [
        (vec!["one-2.3"], true),
        (vec![long.as_str()], false),
        (vec!["two words"], false),
        (vec!["one", "two"], false),
        (vec![], false),
    ] {
        let mut headers = vec![
            (AUTHORIZATION.as_str(), bearer.as_str()),
            (CONTENT_TYPE.as_str(), "application/json"),
        ];
        headers.extend(ids.iter().map(|id| ("x-request-id", *id)));
        let (status, headers, _) = post(&gateway, "/access/v1/evaluation", &headers, &body).await;
        assert_eq!(status, StatusCode::OK);
        assert_eq!(headers.contains_key("x-request-id"), repeated, "{ids:?}");
    }
}
