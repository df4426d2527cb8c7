//! `[forward_auth]`: the proxies that may ask, and the services behind them. May be left out: then nobody may.

use serde::Deserialize;
use toml::Spanned;

use super::reader::Reader;
use crate::downstream::forward_auth::{Proxies, ProxySettings, RouteSettings, Routes};
use crate::policy::Catalogue;

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    #[serde(default, rename = "proxy")]
    proxies: Vec<Spanned<ProxySettings>>,
    #[serde(default, rename = "route")]
    routes: Vec<Spanned<RouteSettings>>,
}

/// `[forward_auth]`.
#[derive(Debug, Clone, Default)]
pub struct ForwardAuthSection {
    /// `[[forward_auth.proxy]]`.
    pub proxies: Proxies,
    /// `[[forward_auth.route]]`, their services looked up in the catalogue.
    pub routes: Routes,
}

pub(super) fn read(
    reader: &mut Reader<'_>,
    catalogue: Option<&Catalogue>,
    danger_allow_http: bool,
) -> Option<ForwardAuthSection> {
    let raw: Raw = reader.optional("forward_auth")?;
    let half = raw.proxies.is_empty() != raw.routes.is_empty();
    if half {
        reader.in_section(
            "forward_auth",
            "give both `[[forward_auth.proxy]]` and `[[forward_auth.route]]`: one is nothing without the other",
        );
    }
    let (spans, settings) = apart(raw.proxies);
    let proxies = told(reader, &spans, Proxies::register(settings));
    let (spans, settings) = apart(raw.routes);
    // Without a catalogue there is a fault already, and every service would be one too.
    let routes = Routes::register(settings, catalogue?, danger_allow_http);
    let routes = told(reader, &spans, routes);
    (!half).then_some(())?;
    Some(ForwardAuthSection {
        proxies: proxies?,
        routes: routes?,
    })
}

pub(super) type Spans = Vec<std::ops::Range<usize>>;

pub(super) fn apart<T>(all: Vec<Spanned<T>>) -> (Spans, Vec<T>) {
    all.into_iter()
        .map(|one| (one.span(), one.into_inner()))
        .unzip()
}

/// Notes faults at the tables they are in.
pub(super) fn told<T>(
    reader: &mut Reader<'_>,
    spans: &Spans,
    registered: Result<T, Vec<(usize, String)>>,
) -> Option<T> {
    let faults = match registered {
        Ok(registered) => return Some(registered),
        Err(faults) => faults,
    };
    for (place, fault) in faults {
        let span = spans.get(place).cloned().unwrap_or(0..0);
        reader.fault(span, fault);
    }
    None
}
