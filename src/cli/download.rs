//! Brings a file over the network for a command. What it says is believed for its signature, never for where it came from.

use std::time::Duration;

use anyhow::{Context as _, bail};

use crate::config::Remote;
use crate::fetch::{Answer, Ask, Fetch, Rules};

/// How long a download may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// Brings a file of one of these kinds, not longer than so many bytes.
pub(super) fn download(
    remote: &Remote,
    kinds: &'static [&'static str],
    longest: usize,
) -> anyhow::Result<Vec<u8>> {
    let rules = Rules {
        networks: remote.networks.clone(),
        danger_allow_http_on_loopback: remote.danger_allow_http,
        timeout: PATIENCE,
        max_bytes: longest,
        ..Rules::for_origin_of(&remote.url, remote.authorities.clone())
    };
    let fetch = Fetch::new(rules)?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let answer = runtime.block_on(fetch.send(Ask::get(&remote.url, kinds)));
    match answer.with_context(|| format!("cannot bring {}", remote.url))? {
        Answer::Whole { body, .. } => Ok(body),
        Answer::NotModified => bail!("{} answers what was not asked", remote.url),
    }
}
