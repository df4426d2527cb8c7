use super::super::provider::tests::provider;
use super::steps::ONCE;
use super::*;
use crate::identity::{AssuranceLevel, Clock as _, SystemClock};

const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

/// A legal request of `app` with changes: `name=value` sets, `-name` removes, `+name=value` adds a second one.
fn query(changes: &[&str]) -> String {
    let mut pairs = vec![
        ("client_id".to_owned(), "app".to_owned()),
        (
            "redirect_uri".to_owned(),
            "https://app.example/cb".to_owned(),
        ),
        ("response_type".to_owned(), "code".to_owned()),
        ("scope".to_owned(), "openid".to_owned()),
        ("state".to_owned(), "s 1&2".to_owned()),
        ("code_challenge".to_owned(), CHALLENGE.to_owned()),
        ("code_challenge_method".to_owned(), "S256".to_owned()),
    ];
    for change in changes {
        if let Some(name) = change.strip_prefix('-') {
            pairs.retain(|(there, _)| there != name);
            continue;
        }
        let (name, value) = change.split_once('=').unwrap();
        match name.strip_prefix('+') {
            Some(name) => pairs.push((name.to_owned(), value.to_owned())),
            None => {
                pairs.retain(|(there, _)| there != name);
                pairs.push((name.to_owned(), value.to_owned()));
            }
        }
    }
    form_urlencoded::Serializer::new(String::new())
        .extend_pairs(pairs)
        .finish()
}

fn read(changes: &[&str]) -> Result<PendingAuthorization, AuthorizationRefusal> {
    let parameters = Parameters::parse(query(changes).as_bytes()).unwrap();
    provider().read_authorization(&parameters, None, SystemClock.now())
}

fn refusal(changes: &[&str]) -> AuthorizationRefusal {
    match read(changes) {
        Err(refusal) => refusal,
        Ok(_) => panic!("{changes:?} is accepted"),
    }
}

/// The refusal's reason, after looking that it goes to the client with `state` and `iss`.
fn told(changes: &[&str]) -> (&'static str, &'static str) {
    let refusal = refusal(changes);
    let location = refusal.location.unwrap();
    let expected = format!(
        "https://app.example/cb?error={}&",
        refusal.error.code.as_str()
    );
    assert!(location.starts_with(&expected), "{location}");
    assert!(
        location.ends_with("&state=s+1%262&iss=https%3A%2F%2Fvarco.example"),
        "{location}"
    );
    (refusal.error.code.as_str(), refusal.error.reason)
}

#[test]
fn a_legal_request_is_read() {
    let pending = read(&["nonce=n", "idp_hint=spid", "max_age=10"]).unwrap();
    assert_eq!(pending.client_id, "app");
    let requirement = pending.requirement();
    assert_eq!(
        requirement.level,
        RequiredAssurance(AssuranceLevel::Substantial)
    );
    assert_eq!(requirement.provider_hint.as_deref(), Some("spid"));
    assert_eq!(requirement.max_age, Some(Duration::from_secs(10)));
    assert!(requirement.interactive && !requirement.force);
}

#[test]
fn unknown_parameters_are_passed_over() {
    for change in [
        "extra=1",
        "login_hint=mario",
        // The edge reads it for its pages.
        "ui_locales=de en",
        "display=popup",
        "claims_locales=it",
        "acr_values=urn:example:gold",
        "scope=openid email unknown",
    ] {
        assert!(read(&[change]).is_ok(), "{change}");
    }
    assert!(read(&["+extra=1", "+extra=2"]).is_ok());
}

#[test]
fn nothing_is_sent_anywhere_until_the_client_is_proven() {
    for changes in [
        &["-client_id"][..],
        &["client_id=nobody"],
        &["client_id=APP"],
        &["client_id=app "],
        &["+client_id=app"],
        &["+client_id=other"],
    ] {
        assert_eq!(refusal(changes).location, None, "{changes:?}");
    }
}

#[test]
fn a_redirect_uri_in_any_spelling_but_the_registered_one_is_refused_on_our_own_page() {
    for spelling in [
        "",
        "https://app.example",
        "https://app.example/",
        "https://app.example/cb/",
        "https://app.example/CB",
        "https://APP.example/cb",
        "HTTPS://app.example/cb",
        "http://app.example/cb",
        "https://app.example:443/cb",
        "https://app.example:8443/cb",
        "https://app.example/cb?",
        "https://app.example/cb?x=1",
        "https://app.example/cb?tenant=1&x=1",
        "https://app.example/cb?tenant=2",
        "https://app.example/cb#",
        "https://app.example/cb#x",
        "https://app.example/%63b",
        "https://app.example/./cb",
        "https://app.example/x/../cb",
        "https://app.example//cb",
        "https://app.example/cb%00",
        "https://app.example/cb%0d%0aSet-Cookie:x",
        "https://app.example/cb ",
        " https://app.example/cb",
        "https://app.example\\@evil.example/cb",
        "https://app.example@evil.example/cb",
        "https://app.example.evil.example/cb",
        "https://evil.example/https://app.example/cb",
        "https://evil.example/?https://app.example/cb",
        "https://user@app.example/cb",
        "//app.example/cb",
        "/cb",
        "javascript:alert(1)",
        "https://other.example/cb",
        "https://xn--app-0na.example/cb",
    ] {
        let refusal = refusal(&[&format!("redirect_uri={spelling}")]);
        assert_eq!(
            refusal.error.reason, "redirect_uri_unregistered",
            "{spelling}"
        );
        assert_eq!(refusal.location, None, "{spelling}");
    }
    for changes in [
        &["-redirect_uri"][..],
        &["+redirect_uri=https://app.example/cb"],
        &["+redirect_uri=https://evil.example/cb"],
    ] {
        assert_eq!(refusal(changes).location, None, "{changes:?}");
    }
}

#[test]
fn a_registered_query_is_kept_in_the_answer() {
    let refusal = refusal(&[
        "redirect_uri=https://app.example/cb?tenant=1",
        "response_type=token",
    ]);
    assert!(
        refusal
            .location
            .unwrap()
            .starts_with("https://app.example/cb?tenant=1&error=unsupported_response_type&")
    );
}

#[test]
fn only_the_code_flow_in_the_query_exists() {
    assert_eq!(told(&["-response_type"]).0, "invalid_request");
    for other in [
        "token",
        "id_token",
        "code id_token",
        "code token",
        "none",
        "CODE",
    ] {
        assert_eq!(
            told(&[&format!("response_type={other}")]).0,
            "unsupported_response_type",
            "{other}"
        );
    }
    assert!(read(&["response_mode=query"]).is_ok());
    for other in ["fragment", "form_post", "jwt", "web_message"] {
        assert_eq!(
            told(&[&format!("response_mode={other}")]),
            ("invalid_request", "response_mode_not_query")
        );
    }
}

#[test]
fn pkce_is_required_and_plain_is_refused() {
    assert_eq!(told(&["-code_challenge"]).1, "pkce_missing");
    assert_eq!(told(&["-code_challenge_method"]).1, "pkce_not_s256");
    assert_eq!(told(&["code_challenge_method=plain"]).1, "pkce_not_s256");
    assert_eq!(told(&["code_challenge=x"]).1, "pkce_challenge_form");
}

#[test]
fn request_objects_are_refused_with_their_own_errors() {
    assert_eq!(
        told(&["request=eyJhbGciOiJub25lIn0.e30."]).0,
        "request_not_supported"
    );
    assert_eq!(
        told(&["request_uri=https://evil.example/r"]).0,
        "request_uri_not_supported"
    );
    assert_eq!(told(&["registration={}"]).0, "registration_not_supported");
}

#[test]
fn a_parameter_twice_is_refused() {
    for name in ONCE {
        if matches!(name, "client_id" | "redirect_uri") {
            continue;
        }
        let (first, second) = (format!("{name}=a"), format!("+{name}=b"));
        let refusal = refusal(&[&first, &second]);
        assert_eq!(refusal.error.reason, "parameter_twice", "{name}");
        let location = refusal.location.unwrap();
        // Of two states, neither can be trusted to be the application's.
        assert_eq!(location.contains("state="), name != "state", "{location}");
    }
}

#[test]
fn a_state_that_is_too_long_is_refused_and_not_sent_back() {
    let refusal = refusal(&[&format!("state={}", "a".repeat(MAX_STATE_BYTES + 1))]);
    assert_eq!(refusal.error.reason, "parameter_too_long");
    assert!(!refusal.location.unwrap().contains("state="));
    assert!(read(&[&format!("state={}", "a".repeat(MAX_STATE_BYTES))]).is_ok());
    assert_eq!(
        told(&[&format!("nonce={}", "a".repeat(2000))]).1,
        "parameter_too_long"
    );
}

#[test]
fn openid_is_a_required_scope() {
    assert_eq!(told(&["scope=profile"]).0, "invalid_scope");
    assert_eq!(told(&["-scope"]).0, "invalid_scope");
}

#[test]
fn prompts_mean_what_the_standard_says() {
    let requirement = |prompt| read(&[prompt]).unwrap().requirement();
    assert!(requirement("prompt=login").force);
    assert!(requirement("prompt=select_account").force);
    assert!(requirement("prompt=login consent").force);
    assert!(!requirement("prompt=consent").force);
    assert!(!requirement("prompt=none").interactive);
    for bad in ["prompt=none login", "prompt=create", "prompt=NONE"] {
        assert_eq!(told(&[bad]), ("invalid_request", "prompt_form"), "{bad}");
    }
}

#[test]
fn max_age_is_a_number_of_seconds() {
    let max_age = |text| read(&[text]).unwrap().requirement().max_age;
    assert_eq!(max_age("max_age=0"), Some(Duration::ZERO));
    assert_eq!(max_age("max_age=10000"), Some(Duration::from_secs(10_000)));
    for bad in [
        "max_age=-1",
        "max_age=1.5",
        "max_age=x",
        "max_age=99999999999",
    ] {
        assert_eq!(told(&[bad]).1, "max_age_form", "{bad}");
    }
}

#[test]
fn a_resource_is_one_service_that_the_client_is_registered_for() {
    let service = |resource: &str| {
        let pending = read(&[&format!("resource={resource}")]).unwrap();
        let (service, operation) = pending.requirement().service.unwrap();
        (service.to_string(), operation)
    };
    let naspi = |operation| ("naspi".to_owned(), operation);
    assert_eq!(service("naspi"), naspi(Operation::Consult));
    assert_eq!(service("naspi/request"), naspi(Operation::Request));
    for uri in ["/services/naspi", "/services/naspi/consult"] {
        let uri = format!("https://varco.example{uri}");
        assert_eq!(service(&uri), naspi(Operation::Consult));
    }
    for other in [
        "dis-coll",
        "nowhere",
        "naspi/delete",
        "naspi/consult/x",
        "https://evil.example/services/naspi",
        "https://varco.example.evil.example/services/naspi",
        "https://varco.example/naspi",
    ] {
        assert_eq!(
            told(&[&format!("resource={other}")]).0,
            "invalid_target",
            "{other}"
        );
    }
    assert_eq!(
        told(&["+resource=naspi", "+resource=naspi"]).0,
        "invalid_target"
    );
}

#[test]
fn an_essential_class_that_does_not_exist_is_refused_at_once() {
    let claims = r#"claims={"id_token":{"acr":{"essential":true,"values":["urn:example:gold"]}}}"#;
    assert_eq!(told(&[claims]).0, "unmet_authentication_requirements");
}

#[test]
fn no_request_lowers_the_level_of_the_client() {
    for change in [
        "acr_values=https://www.spid.gov.it/SpidL1",
        r#"claims={"id_token":{"acr":{"essential":true,"value":"https://www.spid.gov.it/SpidL1"}}}"#,
        "resource=naspi",
    ] {
        assert_eq!(
            read(&[change]).unwrap().requirement().level,
            RequiredAssurance(AssuranceLevel::Substantial),
            "{change}"
        );
    }
}

#[test]
fn a_hint_must_be_an_id_token_of_ours_for_this_client() {
    let provider = provider();
    let token = |typ, claims: serde_json::Value| {
        let claims = claims.as_object().unwrap().clone();
        provider.access_signer().sign(typ, &claims).unwrap()
    };
    let read = |hint: &str| {
        let query = query(&[&format!("id_token_hint={hint}")]);
        let parameters = Parameters::parse(query.as_bytes()).unwrap();
        provider.read_authorization(&parameters, None, SystemClock.now())
    };
    let claims = |issuer: &str, audience: &str| serde_json::json!({"iss": issuer, "aud": audience, "sub": "someone", "exp": 1});
    let expired = token("JWT", claims("https://varco.example", "app"));
    assert_eq!(read(&expired).unwrap().subjects, ["someone"]);
    for bad in [
        token("JWT", claims("https://varco.example", "other")),
        token("JWT", claims("https://evil.example", "app")),
        token("at+jwt", claims("https://varco.example", "app")),
        format!("{expired}x"),
        "x".to_owned(),
    ] {
        let refusal = read(&bad).err().unwrap();
        assert_eq!(refusal.error.reason, "id_token_hint_invalid");
    }
}
