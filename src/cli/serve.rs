//! `varco serve`: the gateway, until it is told to end.

mod cards;
mod outbox;
mod pins;
mod revocation;
mod tokens;
mod trust;
mod turns;
mod upstreams;
mod watch;

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;

use super::{Configured, Ending, Output};
use crate::audit::{AuditEvent, AuditLog as _, AuditRecord};
use crate::config::{
    AnchorsWatch, Built, Config, KeysWatch, MarksWatch, Ports, ServicesWatch, build,
};
use crate::crypto::SystemRandom;
use crate::http::router::router;
use crate::identity::{Clock, SystemClock};
use crate::server::{Hangups, Listener, Shutdown, Transport, health};
use crate::store::SqliteStore;
use crate::telemetry::start_logs;

use cards::{Bound, Cards};
use watch::Watched;

/// How often the store is looked after.
const KEEP_EVERY: Duration = Duration::from_secs(24 * 60 * 60);

pub(super) fn run(args: &Configured, output: &mut Output<'_>) -> anyhow::Result<Ending> {
    let config = Config::load(&args.config)?;
    let transport = config.server.tls.transport()?;
    let built = build(
        &config,
        Ports {
            clock: Arc::new(SystemClock),
            random: Arc::new(SystemRandom),
        },
    )?;
    let read = |section| Cards::read(section, &built.anchors);
    let cards = config.cns.as_ref().map(read).transpose()?;
    start_logs(&config.telemetry)?;
    for note in &built.notes {
        tracing::warn!(note, "configuration");
    }
    let runtime = tokio::runtime::Runtime::new().context("the runtime cannot start")?;
    runtime.block_on(serve(&config, built, (transport, cards), output))
}

async fn serve(
    config: &Config,
    mut built: Built,
    (transport, cards): (Transport, Option<Cards>),
    output: &mut Output<'_>,
) -> anyhow::Result<Ending> {
    let shutdown = Shutdown::on_signal();
    let hangups = Hangups::hear();
    let people = Listener::bind(config.server.listen, transport)
        .await
        .with_context(|| format!("cannot listen on {}", config.server.listen))?;
    let platform = Listener::bind(config.telemetry.listen, Transport::DangerPlain)
        .await
        .with_context(|| format!("cannot listen on {}", config.telemetry.listen))?;
    let cards = match cards {
        Some(cards) => Some(cards.bind().await?),
        None => None,
    };
    // Nobody is let in before it is written down that the gateway is there.
    let started = AuditEvent::ServerStarted {
        version: env!("CARGO_PKG_VERSION").to_owned(),
    };
    let record = AuditRecord::new(started, SystemClock.now());
    built.durable.record(record).await?;
    let keeper = tokio::spawn(keep_daily(Arc::clone(&built.durable)));
    let watched = Watched {
        services: ServicesWatch::new(config, &built),
        anchors: AnchorsWatch::new(config, &built, SystemClock.now()),
        marks: MarksWatch::new(config, &built),
        keys: KeysWatch::new(config, &built),
        gateway: built.gateway.clone(),
    };
    let watcher = tokio::spawn(watch::files(watched, hangups));
    let outbox = tokio::spawn(outbox::keep(built.outbox.clone(), built.gateway.clone()));
    let revocation = revocation::keep(built.revocation.take(), built.gateway.clone()).await;
    let pins = pins::keep(built.gateway.clone());
    let upstreams = upstreams::keep(&built.gateway);
    let trust = trust::keep(built.trust.take(), built.gateway.clone());
    let tokens = tokens::keep(built.gateway.clone());

    let mut told = vec![
        format!("{} on {}", config.edge.origin(), people.address()),
        format!("health and metrics on http://{}", platform.address()),
    ];
    told.extend(cards.iter().flat_map(Bound::told));
    writeln!(output.out, "{}", told.join("; "))?;
    output.out.flush()?;
    let readers = {
        let (gateway, shutdown) = (built.gateway.clone(), shutdown.clone());
        async move {
            if let Some(cards) = cards {
                cards.serve(gateway, shutdown).await;
            }
        }
    };
    let health = health::router(built.gateway.clone(), shutdown.clone());
    tokio::join!(
        people.serve(router(built.gateway), shutdown.clone()),
        platform.serve(health, shutdown),
        readers,
    );
    keeper.abort();
    watcher.abort();
    outbox.abort();
    for task in [revocation, pins, trust, tokens]
        .into_iter()
        .flatten()
        .chain(upstreams)
    {
        task.abort();
    }
    Ok(Ending::Good)
}

/// Now and once a day: removes what was kept for 24 months, and puts the ledgers' anchors into the logs. Logs are shipped
/// to another machine, so there they prove later that the store's file was not put back to an older state.
async fn keep_daily(durable: Arc<SqliteStore>) {
    let keep = async move || {
        match durable.forget_expired(SystemClock.now()).await {
            Ok(rows) => tracing::info!(rows, "forgot-expired"),
            Err(error) => tracing::error!(%error, "forget-expired-failed"),
        }
        match durable.anchors().await {
            Ok(anchors) => {
                for (ledger, anchor) in anchors {
                    tracing::info!(ledger = ledger.table(), %anchor, "ledger-anchor");
                }
            }
            Err(error) => tracing::error!(%error, "ledger-anchor-failed"),
        }
    };
    turns::take(KEEP_EVERY, keep).await;
}
