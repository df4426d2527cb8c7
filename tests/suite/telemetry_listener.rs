//! The listener for the platform: health and metrics.

use varco::http::router::router;
use varco::server::{Limits, ShutdownTrigger, Transport, health};

use crate::support::edge::{Served, gateway};
use crate::support::wire::{exchange, get, status};

#[tokio::test]
async fn a_node_says_that_it_lives_that_it_is_ready_and_that_it_is_about_to_end() {
    let (trigger, shutdown) = ShutdownTrigger::new();
    let router = health::router(gateway(), shutdown);
    let server = Served::start(router, Transport::DangerPlain, Limits::default()).await;
    for path in ["/health/live", "/health/ready"] {
        assert_eq!(
            status(&exchange(server.address, &get(path)).await),
            200,
            "{path}"
        );
    }
    trigger.call();
    assert_eq!(
        status(&exchange(server.address, &get("/health/ready")).await),
        503
    );
    assert_eq!(
        status(&exchange(server.address, &get("/health/live")).await),
        200
    );
    server.end().await;
}

#[tokio::test]
async fn metrics_count_by_route_and_never_by_what_was_sent() {
    let gateway = gateway();
    let (_trigger, shutdown) = ShutdownTrigger::new();
    let plain = Transport::DangerPlain;
    let edge = Served::start(router(gateway.clone()), plain.clone(), Limits::default()).await;
    let telemetry = health::router(gateway, shutdown);
    let telemetry = Served::start(telemetry, plain, Limits::default()).await;
    for path in [
        "/",
        "/login?x=stranger",
        "/logout",
        "/stranger",
        "/static/stranger/stranger",
    ] {
        exchange(edge.address, &get(path)).await;
    }
    let answer = exchange(telemetry.address, &get("/metrics")).await;
    for line in [
        "varco_requests_total{route=\"/\",status=\"2xx\"} 1",
        "varco_requests_total{route=\"/login\",status=\"2xx\"} 1",
        "varco_requests_total{route=\"/logout\",status=\"3xx\"} 1",
        "varco_requests_total{route=\"none\",status=\"4xx\"} 1",
        "varco_requests_total{route=\"/static/{digest}/{*name}\",status=\"4xx\"} 1",
    ] {
        assert!(answer.contains(line), "{line} in {answer}");
    }
    assert!(!answer.contains("stranger"));
    edge.end().await;
    telemetry.end().await;
}

#[tokio::test]
async fn the_public_listener_shows_neither_health_nor_metrics() {
    let server = Served::edge().await;
    for path in ["/health/live", "/health/ready", "/metrics"] {
        assert_eq!(
            status(&exchange(server.address, &get(path)).await),
            404,
            "{path}"
        );
    }
    server.end().await;
}
