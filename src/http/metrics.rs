//! Counters for the platform. Labels come from the program only, never from a stranger: a label with their words would
//! let them fill the memory, and might name somebody.

use std::fmt;

use prometheus_client::encoding::{EncodeLabelSet, text};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::{Registry, Unit};

use crate::identity::AuthenticationMethod;

/// What is counted.
pub struct Metrics {
    registry: Registry,
    requests: Family<RequestLabels, Counter>,
    durations: Histogram,
    logins: Family<LoginLabels, Counter>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RequestLabels {
    /// The route as the router spells it, such as `/static/{digest}/{*name}`; `none` for an unknown address.
    route: String,
    /// `2xx` and so on.
    status: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct LoginLabels {
    method: &'static str,
    outcome: &'static str,
}

impl Default for Metrics {
    fn default() -> Self {
        let mut registry = Registry::with_prefix("varco");
        let requests = Family::default();
        // 1 ms to about 4 s.
        let durations = Histogram::new(exponential_buckets(0.001, 2.0, 13));
        let logins = Family::default();
        registry.register("requests", "Requests answered", requests.clone());
        registry.register_with_unit(
            "request_duration",
            "Time from the head of a request to the head of its answer",
            Unit::Seconds,
            durations.clone(),
        );
        registry.register(
            "logins",
            "Logins that came back from a provider",
            logins.clone(),
        );
        Self {
            registry,
            requests,
            durations,
            logins,
        }
    }
}

impl Metrics {
    /// Counts a request: the route's template, the status, and how long it took in seconds.
    pub fn request(&self, route: Option<&str>, status: http::StatusCode, seconds: f64) {
        let status = match status.as_u16() / 100 {
            1 => "1xx",
            2 => "2xx",
            3 => "3xx",
            4 => "4xx",
            _ => "5xx",
        };
        let labels = RequestLabels {
            route: route.unwrap_or("none").to_owned(),
            status,
        };
        self.requests.get_or_create(&labels).inc();
        self.durations.observe(seconds);
    }

    /// Counts a login that came back: `outcome` is `success` or a reason code.
    pub fn login(&self, method: AuthenticationMethod, outcome: &'static str) {
        let method = method.name();
        let labels = LoginLabels { method, outcome };
        self.logins.get_or_create(&labels).inc();
    }

    /// The counters as OpenMetrics text.
    ///
    /// # Errors
    /// When formatting fails, which a `String` does not.
    pub fn encode(&self) -> Result<String, fmt::Error> {
        let mut out = String::new();
        text::encode(&mut out, &self.registry)?;
        Ok(out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_and_logins_are_counted_by_labels_of_ours() {
        let metrics = Metrics::default();
        metrics.request(Some("/login"), http::StatusCode::OK, 0.01);
        metrics.request(None, http::StatusCode::NOT_FOUND, 0.01);
        metrics.login(AuthenticationMethod::Spid, "success");
        let text = metrics.encode().unwrap();
        for line in [
            "varco_requests_total{route=\"/login\",status=\"2xx\"} 1",
            "varco_requests_total{route=\"none\",status=\"4xx\"} 1",
            "varco_logins_total{method=\"spid\",outcome=\"success\"} 1",
            "varco_request_duration_seconds_count 2",
        ] {
            assert!(text.contains(line), "{line} in {text}");
        }
    }
}
