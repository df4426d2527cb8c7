//! Servers of a federation that do as they please (rules on CIE, B13).

use std::time::Duration;

use serde_json::json;
use varco::fetch::Network;
use varco::login::openid::Standing;

use crate::support::federation::{Federation, PROVIDER};
use crate::support::http_server::Reply;
use crate::support::trust_stand::TrustStand;

const STATEMENT: &str = "application/entity-statement+jwt";

/// Rules on CIE, B13: what a server of the federation may not do.
#[tokio::test]
async fn servers_that_misbehave_are_given_up() {
    let redirect = Reply::with(302, &[("location", "/op/elsewhere")], "");
    let large = Reply::of(200, STATEMENT, "a".repeat(65 * 1024));
    let rows = [
        ("/op/.well-known", redirect.clone(), "redirect"),
        ("/op/.well-known", large, "too-large"),
        (
            "/op/.well-known",
            Reply::of(200, "text/html", "<p>"),
            "wrong-kind",
        ),
        (
            "/op/.well-known",
            Reply::of(200, STATEMENT, "x.y"),
            "token_form",
        ),
        (
            "/op/.well-known",
            Reply::of(404, "text/plain", ""),
            "status",
        ),
        ("/op/.well-known", Reply::Bytes(Vec::new()), "broken"),
        ("/ta/.well-known", redirect.clone(), "redirect"),
        ("/ta/fetch", redirect, "redirect"),
        (
            "/ta/fetch",
            Reply::of(400, "application/json", "{}"),
            "not-vouched-for",
        ),
        (
            "/ta/fetch",
            Reply::of(500, "application/json", "{}"),
            "status",
        ),
    ];
    for (place, reply, code) in rows {
        let mut stand = TrustStand::new();
        stand.instead(place, reply);
        let round = stand.round().await;
        assert_eq!(
            round.failures.last().map(|failure| failure.code),
            Some(code),
            "{place}"
        );
        assert!(stand.trusted().is_none());
    }
}

#[tokio::test]
async fn a_server_that_stalls_is_given_up_in_time() {
    let mut stand = TrustStand::with(Federation::flat, |settings, _| {
        settings.limits.time = Duration::from_millis(200);
    });
    stand.instead(
        "/op/.well-known",
        Reply::Stall(b"HTTP/1.1 200 OK\r\n".to_vec()),
    );
    let round = stand.round().await;
    assert_eq!(round.failures[0].code, "too-slow");
    assert_eq!(stand.standing(), Standing::NotYet);
}

/// Server-side request forgery: an endpoint that a superior names leads nowhere inside, although the stand itself is on this
/// machine, in a network that the configuration names.
#[tokio::test]
async fn addresses_of_the_inside_are_not_asked() {
    for (inside, code) in [
        ("http://127.0.0.2:9/fetch", "private-address"),
        ("https://10.0.0.1/fetch", "private-address"),
        ("https://169.254.169.254/latest", "private-address"),
        ("https://[::1]:9/fetch", "private-address"),
        ("http://somebody@127.0.0.1:9/fetch", "not-allowed"),
        ("file:///etc/passwd", "not-allowed"),
        ("/fetch", "statement-form"),
    ] {
        let mut stand = TrustStand::with(
            move |now| {
                let mut federation = Federation::flat(now);
                let entity = &mut federation.anchor.claims["metadata"]["federation_entity"];
                entity["federation_fetch_endpoint"] = json!(inside);
                federation
            },
            |settings, _| {
                settings.rules.danger_allow_http_on_loopback = false;
                settings.rules.plain_http = true;
                settings.rules.networks = vec!["127.0.0.1/32".parse::<Network>().unwrap()];
            },
        );
        let round = stand.round().await;
        assert_eq!(round.failures[0].code, code, "{inside}");
        assert_eq!(stand.asked(), 2);
    }
}

#[tokio::test]
async fn plain_http_is_asked_of_nobody_in_production() {
    let mut stand = TrustStand::with(Federation::flat, |settings, _| {
        settings.rules.danger_allow_http_on_loopback = false;
    });
    let round = stand.round().await;
    let codes: Vec<_> = round.failures.iter().map(|failure| failure.code).collect();
    assert_eq!(codes, ["insecure", "insecure"]);
    assert_eq!(stand.asked(), 0);
}

#[tokio::test]
async fn superiors_that_lead_in_a_circle_are_left() {
    let mut stand = TrustStand::with(
        |now| {
            let mut federation = Federation::deep(now);
            // Each says that it is below the other.
            federation.intermediate.claims["authority_hints"] = json!([PROVIDER]);
            let mut circle = federation.statements[0].clone();
            circle.claims["iss"] = json!(PROVIDER);
            federation.statements = vec![federation.statements[0].clone(), circle];
            federation
        },
        |_, _| {},
    );
    let round = stand.round().await;
    assert_eq!(round.failures[0].code, "chain-loop");
    assert!(stand.asked() < 6, "{}", stand.asked());
}

#[tokio::test]
async fn nobody_makes_us_ask_without_end() {
    let many: Vec<String> = (0..40)
        .map(|number| format!("{PROVIDER}/{number}"))
        .collect();
    let mut stand = TrustStand::with(
        move |now| {
            let mut federation = Federation::flat(now);
            federation.provider.claims["authority_hints"] = json!(many);
            federation
        },
        |_, _| {},
    );
    stand.round().await;
    // The two configurations, and no more superiors than are tried.
    assert_eq!(stand.asked(), 2 + 4);

    let mut stand = TrustStand::with(Federation::deep, |settings, _| {
        settings.limits.requests = 3;
    });
    let round = stand.round().await;
    assert_eq!(round.failures[0].code, "too-many-requests");
    assert_eq!(stand.asked(), 1 + 3);
}
