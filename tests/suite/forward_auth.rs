//! `/forward-auth` as proxies of each kind ask it.

use http::StatusCode;
use varco::audit::AuditEvent;
use varco::downstream::forward_auth::HEADERS;
use varco::identity::AssuranceLevel::{High, Substantial};
use varco::identity::AuthenticationMethod;

use crate::support::browser::Browser;
use crate::support::gateway::{ISSUER, TestGateway};
use crate::support::openid::anna;
use crate::support::proxied::{APP, Kind, Proxied, SECRET, tables};

const KINDS: [Kind; 3] = [Kind::Nginx, Kind::Traefik, Kind::Envoy];

fn scene(kind: Kind) -> (TestGateway, Browser, Proxied) {
    let gateway = TestGateway::behind_proxies(&tables(kind));
    let browser = gateway.browser();
    let site = Proxied::new(&gateway, kind);
    (gateway, browser, site)
}

/// A browser that is logged in at the gateway and has its key at the site.
async fn inside(
    kind: Kind,
    level: varco::identity::AssuranceLevel,
) -> (TestGateway, Browser, Proxied) {
    let (gateway, mut browser, mut site) = scene(kind);
    gateway.log_in(&mut browser, &anna(), level).await;
    let verdict = site.ask("GET", "/").await;
    let callback = site.follow(&verdict, &mut browser).await;
    site.come_back(&callback).await;
    (gateway, browser, site)
}

#[tokio::test]
async fn only_a_configured_proxy_gets_an_answer() {
    let (gateway, ..) = scene(Kind::Nginx);
    let url = ("x-original-url", format!("{APP}/"));
    let method = ("x-original-method", "GET".to_owned());
    for secret in [None, Some("wrong"), Some("")] {
        for path in [
            "/forward-auth",
            "/.varco/start?to=/",
            "/.varco/callback",
            "/.varco/logout",
        ] {
            let mut headers = vec![url.clone(), method.clone()];
            headers.extend(secret.map(|secret| ("x-varco-proxy", secret.to_owned())));
            let mut stranger = Proxied::new(&gateway, Kind::Nginx);
            let answer = stranger.send("GET", path, &headers).await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path}");
            let told = answer
                .headers
                .keys()
                .filter(|name| *name != "content-length");
            assert!(told.count() == 0 && answer.body.is_empty(), "{answer:?}");
        }
    }
}

#[tokio::test]
async fn without_a_login_the_answer_is_where_to_log_in() {
    for (kind, status) in [
        (Kind::Nginx, StatusCode::UNAUTHORIZED),
        (Kind::Traefik, StatusCode::FOUND),
        (Kind::Envoy, StatusCode::FOUND),
    ] {
        let (_, _, mut site) = scene(kind);
        let verdict = site.ask("GET", "/domande?anno=2026&x=%2F").await;
        assert_eq!(verdict.status, status);
        assert_eq!(verdict.header("x-varco-decision"), "step-up");
        assert_eq!(verdict.header("x-varco-subject"), "");
        let start = verdict.location().unwrap();
        assert!(
            start
                .as_str()
                .starts_with(&format!("{APP}/.varco/start?to="))
        );
        let (_, to) = start.query_pairs().next().unwrap();
        assert_eq!(to, "/domande?anno=2026&x=%2F");
    }
}

#[tokio::test]
async fn what_is_no_page_is_not_sent_round_by_a_login() {
    for kind in KINDS {
        let (_, _, mut site) = scene(kind);
        for (method, mode) in [("POST", None), ("DELETE", None), ("GET", Some("cors"))] {
            let mode: Vec<(&str, &str)> = mode
                .map(|mode| ("sec-fetch-mode", mode))
                .into_iter()
                .collect();
            let verdict = site.ask_with(method, "/", &mode).await;
            assert_eq!(
                verdict.status,
                StatusCode::UNAUTHORIZED,
                "{kind:?} {method}"
            );
            assert!(verdict.location().is_none());
        }
        let page = site
            .ask_with("GET", "/", &[("sec-fetch-mode", "navigate")])
            .await;
        assert!(page.location().is_some());
    }
}

#[tokio::test]
async fn a_permitted_request_passes_with_every_header() {
    for kind in KINDS {
        let (_, _, mut site) = inside(kind, High).await;
        let verdict = site.ask("POST", "/pensione/x?y").await;
        assert_eq!(verdict.status, StatusCode::OK, "{kind:?} {verdict:?}");
        for header in HEADERS {
            verdict.header(header.as_str());
        }
        for (name, value) in [
            ("x-varco-fiscal-number", "PRVNNA85C55F205D"),
            ("x-varco-given-name", "Anna"),
            ("x-varco-family-name", "Provetti"),
            ("x-varco-level", "high"),
            ("x-varco-method", "spid"),
            ("x-varco-category", "citizen"),
            ("x-varco-service", "domanda-di-pensione"),
            ("x-varco-operation", "request"),
            ("x-varco-decision", "permit"),
            ("x-varco-reason", ""),
        ] {
            assert_eq!(verdict.header(name), value, "{name}");
        }
        assert_eq!(verdict.header("x-varco-subject").len(), 43);
        assert_eq!(verdict.header("x-varco-session").len(), 43);
    }
}

#[tokio::test]
async fn fiscal_code_name_and_session_are_told_only_where_they_are_released() {
    let (_, _, mut site) = inside(Kind::Nginx, Substantial).await;
    let verdict = site.ask("GET", "/").await;
    assert_eq!(verdict.status, StatusCode::OK);
    for name in ["fiscal-number", "given-name", "family-name", "session"] {
        assert_eq!(verdict.header(&format!("x-varco-{name}")), "");
    }
    assert_eq!(verdict.header("x-varco-service"), "dis-coll");
    assert_eq!(verdict.header("x-varco-level"), "substantial");
    assert!(!verdict.header("x-varco-subject").is_empty());
}

#[tokio::test]
async fn a_name_is_told_in_ascii_and_bounded() {
    let (gateway, mut browser, mut site) = scene(Kind::Nginx);
    let mut person = anna();
    person.given_name = Some("Zoë\r\nX-Varco-Level: high".to_owned().into());
    person.family_name = Some("ž".repeat(5000).into());
    gateway.log_in(&mut browser, &person, High).await;
    let verdict = site.ask("GET", "/").await;
    let callback = site.follow(&verdict, &mut browser).await;
    site.come_back(&callback).await;
    let verdict = site.ask("GET", "/pensione").await;
    assert_eq!(
        verdict.header("x-varco-given-name"),
        "Zo%C3%AB%0D%0AX-Varco-Level%3A%20high"
    );
    assert_eq!(verdict.header("x-varco-family-name"), "%C5%BE".repeat(100));
}

#[tokio::test]
async fn a_page_that_needs_more_sends_to_a_login_that_reaches_it() {
    for kind in KINDS {
        let (gateway, mut browser, mut site) = inside(kind, Substantial).await;
        let verdict = site.ask("GET", "/pensione?a=b").await;
        assert_eq!(verdict.header("x-varco-decision"), "step-up");
        let login = site.follow(&verdict, &mut browser).await;
        assert_eq!(login.path(), "/login", "{login}");
        gateway
            .complete_login(&mut browser, &login, &anna(), High)
            .await;
        let callback = browser.open(login.as_str()).await.location();
        let page = site.come_back(&callback).await;
        assert_eq!(page.as_str(), format!("{APP}/pensione?a=b"));
        assert_eq!(
            site.ask("GET", "/pensione?a=b").await.status,
            StatusCode::OK
        );
    }
}

#[tokio::test]
async fn a_service_for_others_is_closed_with_its_reason() {
    for kind in KINDS {
        let (_, mut browser, mut site) = inside(kind, High).await;
        let verdict = site.ask("GET", "/aziende").await;
        assert_eq!(verdict.status, StatusCode::FORBIDDEN);
        assert_eq!(verdict.header("x-varco-decision"), "deny");
        assert_eq!(verdict.header("x-varco-reason"), "wrong-category");
        assert_eq!(verdict.header("x-varco-subject"), "");
        if kind == Kind::Nginx {
            // nginx sends the browser to the page that tells why.
            let page = site.follow(&verdict, &mut browser).await;
            assert_eq!(page.path(), "/forward-auth/login");
            let page = browser.open(page.as_str()).await;
            assert_eq!(page.status, StatusCode::FORBIDDEN);
            assert!(page.body.contains("Service for other users"));
        } else {
            assert!(verdict.location().is_none());
            assert!(verdict.body.contains("Servizio riservato ad altri utenti"));
            assert!(
                verdict
                    .header("content-security-policy")
                    .starts_with("default-src 'none'")
            );
        }
    }
}

#[tokio::test]
async fn an_unclear_or_unknown_request_is_closed_whoever_asks() {
    let (_, _, mut site) = inside(Kind::Traefik, High).await;
    for target in [
        "//",
        "/a/../pensione",
        "/%2e%2e/x",
        "/a%2fb",
        "/a%252fb",
        "/%70ensione",
        "/a;b",
    ] {
        let verdict = site.ask("GET", target).await;
        assert_eq!(verdict.status, StatusCode::FORBIDDEN, "{target}");
        assert_eq!(verdict.header("x-varco-reason"), "unclear-request");
    }
    for twice in [
        "x-forwarded-host",
        "x-forwarded-uri",
        "x-forwarded-method",
        "x-forwarded-proto",
    ] {
        let verdict = site.ask_with("GET", "/", &[(twice, "app.example")]).await;
        assert_eq!(
            verdict.header("x-varco-reason"),
            "unclear-request",
            "{twice}"
        );
    }
    let told = |proto: &str, host: &str| {
        vec![
            ("x-varco-proxy", SECRET.to_owned()),
            ("x-forwarded-method", "GET".to_owned()),
            ("x-forwarded-uri", "/".to_owned()),
            ("x-forwarded-proto", proto.to_owned()),
            ("x-forwarded-host", host.to_owned()),
        ]
    };
    let good = site
        .send("GET", "/forward-auth", &told("https", "app.example"))
        .await;
    assert_eq!(good.status, StatusCode::OK);
    for (proto, host) in [
        ("http", "app.example"),
        ("https", "APP.example"),
        ("https", "app.example."),
        ("https", "app.example:443"),
        ("https", "other.example"),
    ] {
        let verdict = site.send("GET", "/forward-auth", &told(proto, host)).await;
        assert_eq!(verdict.status, StatusCode::FORBIDDEN, "{proto} {host}");
        assert_eq!(verdict.header("x-varco-reason"), "no-route");
    }
}

#[tokio::test]
async fn headers_of_another_kind_of_proxy_are_not_believed() {
    let (_, _, mut site) = inside(Kind::Nginx, Substantial).await;
    let verdict = site
        .ask_with(
            "GET",
            "/pensione",
            &[
                ("x-forwarded-uri", "/"),
                ("x-forwarded-host", "app.example"),
            ],
        )
        .await;
    assert_eq!(verdict.header("x-varco-decision"), "step-up");
}

#[tokio::test]
async fn an_application_on_the_gateways_own_host_needs_no_key() {
    let gateway = TestGateway::behind_proxies(&tables(Kind::Nginx));
    let mut browser = gateway.browser();
    let mut site = Proxied::at(&gateway, Kind::Nginx, ISSUER);
    let verdict = site.ask("GET", "/pratiche/1").await;
    let login = site.follow(&verdict, &mut browser).await;
    assert_eq!(login.path(), "/login");
    gateway
        .complete_login(&mut browser, &login, &anna(), Substantial)
        .await;
    let page = browser.open(login.as_str()).await;
    assert_eq!(page.url.as_str(), format!("{ISSUER}/pratiche/1"));
    let session = browser.cookie("__Host-varco").unwrap().to_owned();
    site.cookies.push(("__Host-varco".to_owned(), session));
    assert_eq!(site.ask("GET", "/pratiche/1").await.status, StatusCode::OK);
}

#[tokio::test]
async fn the_log_has_each_change_of_a_decision_and_no_repetition() {
    let (gateway, mut browser, mut site) = inside(Kind::Nginx, Substantial).await;
    let decided = |gateway: &TestGateway| -> Vec<(String, String)> {
        let events = gateway.events().into_iter();
        let decided = events.filter_map(|event| match event {
            AuditEvent::AccessDecided {
                service, decision, ..
            } => Some((service, decision)),
            _ => None,
        });
        decided.collect()
    };
    let before = decided(&gateway).len();
    for _ in 0..5 {
        for path in ["/", "/pensione", "/aziende"] {
            site.ask("GET", path).await;
        }
    }
    let expected = [
        ("dis-coll", "permit"),
        ("domanda-di-pensione", "step-up"),
        ("servizi-aziende", "deny"),
    ];
    let expected: Vec<(String, String)> = expected
        .iter()
        .map(|(s, d)| ((*s).to_owned(), (*d).to_owned()))
        .collect();
    assert_eq!(decided(&gateway)[before..], expected);

    gateway.log_in(&mut browser, &anna(), High).await;
    let verdict = site.ask("GET", "/pensione").await;
    let callback = site.follow(&verdict, &mut browser).await;
    site.come_back(&callback).await;
    site.ask("GET", "/pensione").await;
    site.ask("GET", "/pensione").await;
    let last = decided(&gateway).pop().unwrap();
    assert_eq!(
        last,
        ("domanda-di-pensione".to_owned(), "permit".to_owned())
    );
    let permits = decided(&gateway)
        .into_iter()
        .filter(|one| *one == last)
        .count();
    assert_eq!(
        permits, 2,
        "one by the login flow, one by the first request"
    );
}

#[tokio::test]
async fn the_headers_tell_of_the_login_that_opens_and_not_of_a_stronger_one() {
    // By this service's rules a card of the other kind does not open it.
    let route =
        format!("[[route]]\norigin = \"{APP}\"\npath = \"/730\"\nservice = \"730-precompilato\"");
    let gateway = TestGateway::behind_proxies(&format!("{}\n{route}", tables(Kind::Nginx)));
    let mut browser = gateway.browser();
    let mut site = Proxied::new(&gateway, Kind::Nginx);
    for (method, level) in [
        (AuthenticationMethod::Spid, Substantial),
        (AuthenticationMethod::Cie, High),
    ] {
        gateway
            .log_in_by(&mut browser, &anna(), method, level)
            .await;
    }
    let verdict = site.ask("GET", "/730").await;
    let callback = site.follow(&verdict, &mut browser).await;
    site.come_back(&callback).await;
    for (target, method, level) in [("/730", "spid", "substantial"), ("/", "cie", "high")] {
        let verdict = site.ask("GET", target).await;
        assert_eq!(verdict.status, StatusCode::OK, "{target}");
        assert_eq!(verdict.header("x-varco-method"), method);
        assert_eq!(verdict.header("x-varco-level"), level);
    }
}
