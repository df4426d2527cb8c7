//! Logs, for the platform's operators.
//!
//! In: what the program says with `tracing`: reason codes, route templates, references for support; never what a stranger
//! sent, never personal data. Out: lines on a writer, by default one JSON object each, in which nobody can forge a second
//! line. Metrics are in [`http::metrics`](crate::http::metrics), health in [`server::health`](crate::server::health).
//! Layer 6.

use std::io;

use tracing::Subscriber;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::util::SubscriberInitExt as _;

use crate::config::{LogFormat, TelemetrySection};

/// Why logging did not start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LogsError {
    /// The filter cannot be read; the configuration's validation finds that before.
    #[error("the log filter cannot be read: {0}")]
    Filter(#[from] tracing_subscriber::filter::ParseError),
    /// The process logs already.
    #[error("logging has started already")]
    Started(#[from] tracing_subscriber::util::TryInitError),
}

/// Starts logging to standard error for the whole process, as the configuration says.
///
/// # Errors
/// [`LogsError`] when the filter cannot be read or the process logs already.
pub fn start_logs(section: &TelemetrySection) -> Result<(), LogsError> {
    match section.format {
        LogFormat::Json => json(&section.log, io::stderr)?.try_init()?,
        LogFormat::Text => tracing_subscriber::fmt()
            .with_env_filter(filter(&section.log)?)
            .with_writer(io::stderr)
            .finish()
            .try_init()?,
    }
    Ok(())
}

/// The JSON log: time, level, module, message and fields in one object a line, without spans.
///
/// # Errors
/// [`LogsError::Filter`] when the filter cannot be read.
pub fn json<W>(directives: &str, writer: W) -> Result<impl Subscriber + Send + Sync, LogsError>
where
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    Ok(tracing_subscriber::fmt()
        .json()
        .flatten_event(true)
        .with_current_span(false)
        .with_span_list(false)
        .with_env_filter(filter(directives)?)
        .with_writer(writer)
        .finish())
}

fn filter(directives: &str) -> Result<EnvFilter, LogsError> {
    Ok(EnvFilter::builder().parse(directives)?)
}
