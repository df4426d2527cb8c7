//! The router of the telemetry listener: for the platform, never for people.

use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::{StatusCode, header};
use tokio::time::timeout;

use super::Shutdown;
use crate::http::state::Gateway;
use crate::store::StoreKey;

/// How long the store may take to answer before the node counts as not ready.
const SLOWEST_STORE: Duration = Duration::from_secs(2);

/// `/health/live` (the process runs), `/health/ready` (it can serve: the store answers, and the end has not been called
/// for) and `/metrics` (OpenMetrics text).
pub fn router(gateway: Gateway, shutdown: Shutdown) -> Router {
    Router::new()
        .route("/health/live", get(async || "live\n"))
        .route("/health/ready", get(ready))
        .route("/metrics", get(metrics))
        .with_state((gateway, shutdown))
}

async fn ready(
    State((gateway, shutdown)): State<(Gateway, Shutdown)>,
) -> (StatusCode, &'static str) {
    if shutdown.is_called() {
        return (StatusCode::SERVICE_UNAVAILABLE, "shutting down\n");
    }
    let key = StoreKey::new("health", "probe");
    match timeout(SLOWEST_STORE, gateway.store().get(&key)).await {
        Ok(Ok(_)) => (StatusCode::OK, "ready\n"),
        _ => (
            StatusCode::SERVICE_UNAVAILABLE,
            "the store does not answer\n",
        ),
    }
}

async fn metrics(State((gateway, _)): State<(Gateway, Shutdown)>) -> Response {
    let Ok(text) = gateway.metrics().encode() else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    ([(header::CONTENT_TYPE, kind)], text).into_response()
}
