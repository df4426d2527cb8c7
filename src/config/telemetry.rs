//! `[telemetry]`: health, metrics and logs. May be left out.

use std::net::{Ipv4Addr, SocketAddr};

use serde::Deserialize;
use toml::Spanned;
use tracing_subscriber::EnvFilter;

use super::reader::Reader;

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Raw {
    listen: Option<Spanned<SocketAddr>>,
    log: Option<Spanned<String>>,
    format: LogFormat,
}

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// One JSON object a line: what strangers send cannot forge a line.
    #[default]
    Json,
    /// For people at a terminal.
    Text,
}

/// `[telemetry]`.
#[derive(Debug, Clone)]
pub struct TelemetrySection {
    /// Where `/health/live`, `/health/ready` and `/metrics` are; loopback port 9464 unless told otherwise. Never open
    /// it to people.
    pub listen: SocketAddr,
    /// What is logged, as tracing's directives: `info` unless told otherwise.
    pub log: String,
    /// How: `json` unless told otherwise.
    pub format: LogFormat,
}

pub(super) fn read(reader: &mut Reader<'_>) -> Option<TelemetrySection> {
    let raw: Raw = reader.optional("telemetry")?;
    let mut valid = true;
    if let Some(listen) = &raw.listen
        && !listen.get_ref().ip().is_loopback()
    {
        let message = "`listen` is plain HTTP and tells about the inside: on loopback only, as in `127.0.0.1:9464`";
        reader.fault(listen.span(), message);
        valid = false;
    }
    if let Some(log) = &raw.log
        && let Err(error) = EnvFilter::builder().parse(log.get_ref())
    {
        let message = format!("`log` is not a filter as in `info` or `varco=debug,warn`: {error}");
        reader.fault(log.span(), message);
        valid = false;
    }
    valid.then_some(())?;
    let default: SocketAddr = (Ipv4Addr::LOCALHOST, 9464).into();
    Some(TelemetrySection {
        listen: raw.listen.map_or(default, Spanned::into_inner),
        log: raw
            .log
            .map_or_else(|| "info".to_owned(), Spanned::into_inner),
        format: raw.format,
    })
}
