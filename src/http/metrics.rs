//! Counters for the platform. Labels come from the program only, never from a stranger: a label with their words would
//! let them fill the memory, and might name somebody.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use prometheus_client::encoding::{EncodeLabelSet, text};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::{Registry, Unit};

use crate::identity::{AuthenticationMethod, Timestamp};
use crate::protocol::x509::IssuerId;
use crate::protocol::x509::crl::Crl;

/// What is counted.
pub struct Metrics {
    registry: Registry,
    requests: Family<RequestLabels, Counter>,
    durations: Histogram,
    logins: Family<LoginLabels, Counter>,
    certificate_headers: Counter,
    card_authorities: Gauge,
    trusted_list_next_update: Gauge,
    outbox: Family<OutboxLabels, Counter>,
    outbox_waiting: Gauge,
    crl_failures: Family<CodeLabels, Counter>,
    crl_made: Family<CrlLabels, Gauge>,
    crl_ends: Family<CrlLabels, Gauge>,
    crl_entries: Family<CrlLabels, Gauge>,
    federation_failures: Family<CodeLabels, Counter>,
    federation_providers: Gauge,
    federation_ends: Gauge,
    federation_mark_ends: Gauge,
    federation_alarms: Gauge,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct CodeLabels {
    code: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OutboxLabels {
    way: &'static str,
    outcome: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct CrlLabels {
    /// The beginning of the authority's identity, as it stands in the audit.
    issuer: String,
    /// `all`, or which part of the authority's cards the list is about, counted from one.
    part: String,
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
        let (outbox, outbox_waiting) = (Family::default(), Gauge::default());
        registry.register(
            "outbox",
            "Messages that were tried, by the way they leave",
            outbox.clone(),
        );
        registry.register(
            "outbox_waiting",
            "Messages that wait to be sent",
            outbox_waiting.clone(),
        );
        let crl_failures = Family::default();
        registry.register(
            "crl_failures",
            "Revocation lists that could not be brought or were refused",
            crl_failures.clone(),
        );
        let federation_failures = Family::default();
        registry.register(
            "federation_failures",
            "Anchors and providers of a federation that were not resolved or were refused",
            federation_failures.clone(),
        );
        let (federation_providers, federation_ends) = (Gauge::default(), Gauge::default());
        registry.register(
            "federation_providers",
            "Providers of a federation that people can be sent to",
            federation_providers.clone(),
        );
        registry.register_with_unit(
            "federation_ends_timestamp",
            "When the first of their trust chains ends, since 1970",
            Unit::Seconds,
            federation_ends.clone(),
        );
        let federation_mark_ends = Gauge::default();
        registry.register_with_unit(
            "federation_mark_ends_timestamp",
            "When the first of our own trust marks ends, since 1970; 0 while none ends",
            Unit::Seconds,
            federation_mark_ends.clone(),
        );
        let federation_alarms = Gauge::default();
        registry.register(
            "federation_alarms",
            "Anchors with other keys than the pinned ones, anchors and providers that are refused, trust that ended",
            federation_alarms.clone(),
        );
        let (crl_made, crl_ends) = (Family::default(), Family::default());
        registry.register_with_unit(
            "crl_made_timestamp",
            "When the held list was made, since 1970",
            Unit::Seconds,
            crl_made.clone(),
        );
        registry.register_with_unit(
            "crl_ends_timestamp",
            "Until when the held list is good, since 1970",
            Unit::Seconds,
            crl_ends.clone(),
        );
        let crl_entries = Family::default();
        registry.register(
            "crl_entries",
            "Cards that the held list names",
            crl_entries.clone(),
        );
        let certificate_headers = Counter::default();
        registry.register(
            "refused_certificate_headers",
            "Requests refused for a header that tells of a client certificate",
            certificate_headers.clone(),
        );
        let card_authorities = Gauge::default();
        let trusted_list_next_update = Gauge::default();
        registry.register(
            "card_authorities",
            "Authorities whose cards are good",
            card_authorities.clone(),
        );
        registry.register_with_unit(
            "trusted_list_next_update",
            "When the next trusted list comes at the latest, in Unix time; 0 without one",
            Unit::Seconds,
            trusted_list_next_update.clone(),
        );
        Self {
            card_authorities,
            trusted_list_next_update,
            registry,
            requests,
            durations,
            logins,
            outbox,
            outbox_waiting,
            crl_failures,
            crl_made,
            crl_ends,
            crl_entries,
            federation_failures,
            federation_providers,
            federation_ends,
            federation_mark_ends,
            federation_alarms,
            certificate_headers,
        }
    }
}

impl Metrics {
    /// Notes how many authorities of cards are in force, and when the next trusted list comes at the latest: once that is
    /// past, somebody must look after it.
    pub fn card_authorities(&self, authorities: usize, next_update: Option<Timestamp>) {
        let authorities = i64::try_from(authorities).unwrap_or(i64::MAX);
        self.card_authorities.set(authorities);
        let next_update = next_update.map_or(0, |next| next.timestamp());
        self.trusted_list_next_update.set(next_update);
    }

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

    /// Counts a message that was tried: by the way it leaves, `sent`, `failed` or `given-up`.
    pub fn outbox(&self, way: &'static str, outcome: &'static str) {
        let labels = OutboxLabels { way, outcome };
        self.outbox.get_or_create(&labels).inc();
    }

    /// Notes how many messages wait to be sent.
    pub fn outbox_waits(&self, waiting: u64) {
        self.outbox_waiting
            .set(i64::try_from(waiting).unwrap_or(i64::MAX));
    }

    /// Counts a revocation list that could not be brought or was refused, by its reason code.
    pub fn crl_failure(&self, code: &'static str) {
        self.crl_failures.get_or_create(&CodeLabels { code }).inc();
    }

    /// Notes the revocation lists that are held, in the place of those from before. Their age is the difference to now.
    pub fn crls(&self, held: &[(IssuerId, Arc<Crl>)]) {
        let gauges = [&self.crl_made, &self.crl_ends, &self.crl_entries];
        gauges.into_iter().for_each(Family::clear);
        let mut parts: BTreeMap<IssuerId, usize> = BTreeMap::new();
        for (issuer, crl) in held {
            let part = match &crl.scope().points {
                None => "all".to_owned(),
                Some(_) => {
                    let part = parts.entry(*issuer).or_default();
                    *part += 1;
                    part.to_string()
                }
            };
            let issuer = issuer.hex().chars().take(16).collect();
            let labels = CrlLabels { issuer, part };
            let entries = i64::try_from(crl.revoked().len()).unwrap_or(i64::MAX);
            let values = [crl.this_update(), crl.next_update(), entries];
            for (gauge, value) in gauges.into_iter().zip(values) {
                gauge.get_or_create(&labels).set(value);
            }
        }
    }

    /// Counts somebody of a federation who was not resolved or was refused, by the reason code.
    pub fn federation_failure(&self, code: &'static str) {
        let labels = CodeLabels { code };
        self.federation_failures.get_or_create(&labels).inc();
    }

    /// Notes how many providers of a federation people can be sent to, and when the first of their chains ends: once that is
    /// past, somebody must look after it.
    pub fn federation_providers(&self, providers: usize, first_end: Option<Timestamp>) {
        let providers = i64::try_from(providers).unwrap_or(i64::MAX);
        self.federation_providers.set(providers);
        if let Some(end) = first_end {
            self.federation_ends.set(end.timestamp());
        }
    }

    /// Notes when the first of our own trust marks ends: providers may not know us after that.
    pub fn federation_marks(&self, first_end: Option<Timestamp>) {
        let end = first_end.map_or(0, |end| end.timestamp());
        self.federation_mark_ends.set(end);
    }

    /// Notes how many alarms about a federation stand: any is for somebody to look at.
    pub fn federation_alarms(&self, standing: usize) {
        let standing = i64::try_from(standing).unwrap_or(i64::MAX);
        self.federation_alarms.set(standing);
    }

    /// Counts a request that was refused since it told of a client certificate where no proxy does.
    pub fn certificate_header(&self) {
        self.certificate_headers.inc();
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
