//! `[cns]`: logins with a smart card. May be left out: then there are none.
//!
//! A browser shows a card's certificate in a TLS handshake, so cards have a host of their own: a listener here, or one of a
//! proxy that ends TLS in front of us (`[cns.proxy]`). Which cards are good is told by `[cns.trust]` and `[cns.revocation]`.

mod build;
mod proxy;
mod reload;
mod revocation;
mod trust;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use serde::Deserialize;
use toml::Spanned;
use url::Url;

use super::Fault;
use super::reader::Reader;
use super::server::ServerSection;
use super::telemetry::TelemetrySection;
use crate::login::cns::trust::LiveAnchors;
use crate::server::CardTls;
use crate::server::cards::Generation;

pub use proxy::{CardProxySection, ProxyAddress};
pub use reload::{AnchorsWatch, TrustLook};
pub use revocation::RevocationSection;
pub use trust::{ListInForce, ListSection, LoadedTrust, TrustSection};

/// How long a person may look for their card and type its code, in seconds, where the configuration says nothing.
const HANDSHAKE_SECONDS: u64 = 90;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    public_url: Spanned<String>,
    listen: Option<Spanned<SocketAddr>>,
    certificate: Option<PathBuf>,
    key: Option<PathBuf>,
    handshake_seconds: Option<Spanned<u64>>,
    old_cards: Option<RawOldCards>,
    proxy: Option<Spanned<proxy::Raw>>,
    trust: Option<Spanned<trust::Raw>>,
    #[serde(default)]
    revocation: revocation::Raw,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawOldCards {
    public_url: Spanned<String>,
    listen: Option<Spanned<SocketAddr>>,
    certificate: Option<PathBuf>,
    key: Option<PathBuf>,
}

/// `[cns]`.
#[derive(Debug, Clone)]
pub struct CnsSection {
    /// The origin where browsers show their card: never the one of `[server]`.
    pub public_url: Url,
    /// Its listener; `None` where a proxy ends TLS.
    pub listener: Option<CardListener>,
    /// How long a handshake may take: people look for their card and type its code meanwhile.
    pub handshake: Duration,
    /// `[cns.old_cards]`.
    pub old_cards: Option<OldCardsSection>,
    /// `[cns.proxy]`.
    pub proxy: Option<CardProxySection>,
    /// `[cns.trust]`.
    pub trust: TrustSection,
    /// `[cns.revocation]`.
    pub revocation: RevocationSection,
}

/// `[cns.old_cards]`: a second host with TLS 1.2 and without RSA-PSS, for cards whose software cannot do more.
#[derive(Debug, Clone)]
pub struct OldCardsSection {
    /// The origin of the host.
    pub public_url: Url,
    /// Its listener; `None` where a proxy ends TLS.
    pub listener: Option<CardListener>,
}

/// A listener that asks for certificates.
#[derive(Debug, Clone)]
pub struct CardListener {
    /// The address to listen on; port 0 lets the system choose.
    pub listen: SocketAddr,
    /// The certificate chain of the host, PEM, end entity first. An ECDSA key makes logins several times cheaper.
    pub certificate: PathBuf,
    /// Its private key, PEM.
    pub key: PathBuf,
}

impl CardListener {
    /// Reads certificate and key; browsers are told of these issuers.
    ///
    /// # Errors
    /// [`Fault`] when they cannot be read or do not fit each other.
    pub fn tls(&self, cards: Generation, anchors: LiveAnchors) -> Result<CardTls, Fault> {
        CardTls::from_files(&self.certificate, &self.key, cards, anchors)
            .map_err(|error| Fault::of_file(&self.certificate, error.to_string()))
    }
}

impl CnsSection {
    /// Every listener that asks for certificates, and for which cards.
    pub fn listeners(&self) -> impl Iterator<Item = (&CardListener, Generation)> {
        let old = self
            .old_cards
            .as_ref()
            .and_then(|old| old.listener.as_ref());
        let current = self
            .listener
            .iter()
            .map(|there| (there, Generation::Current));
        current.chain(old.map(|there| (there, Generation::Old)))
    }
}

/// Reads the section; the inner `None` where there is none.
pub(super) fn read(
    reader: &mut Reader<'_>,
    server: Option<&ServerSection>,
    telemetry: Option<&TelemetrySection>,
) -> Option<Option<CnsSection>> {
    let Some(raw) = reader.optional::<Option<Raw>>("cns")? else {
        return Some(None);
    };
    let public_url = origin(reader, &raw.public_url);
    let handshake = handshake(reader, raw.handshake_seconds);
    let by_proxy = raw.proxy.is_some();
    let proxy = raw.proxy.map(|raw| proxy::read(reader, raw));
    let trust = match raw.trust {
        Some(raw) => trust::read(reader, raw),
        None => {
            let message = "`[cns.trust]` is missing: it says which authorities' cards are good";
            reader.in_section("cns", message);
            None
        }
    };
    let revocation = revocation::read(reader, raw.revocation);
    let place = Place {
        section: "cns",
        by_proxy,
    };
    let files = (raw.certificate.clone(), raw.key.clone());
    let listener = place.listener(reader, raw.listen, files);
    let old_cards = raw.old_cards.map(|old| {
        let public_url = origin(reader, &old.public_url);
        let files = (old.certificate.or(raw.certificate), old.key.or(raw.key));
        let place = Place {
            section: "cns.old_cards",
            by_proxy,
        };
        Some(OldCardsSection {
            listener: place.listener(reader, old.listen, files)?,
            public_url: public_url?,
        })
    });
    let section = CnsSection {
        public_url: public_url?,
        listener: listener?,
        handshake: handshake?,
        old_cards: whole(old_cards)?,
        proxy: whole(proxy)?,
        trust: trust?,
        revocation: revocation?,
    };
    let apart = are_apart(reader, &section, server, telemetry);
    apart.then_some(Some(section))
}

/// `None` for a part that is there and faulty.
fn whole<T>(part: Option<Option<T>>) -> Option<Option<T>> {
    match part {
        Some(part) => part.map(Some),
        None => Some(None),
    }
}

/// An origin by https and nothing more.
fn origin(reader: &mut Reader<'_>, text: &Spanned<String>) -> Option<Url> {
    let url = Url::parse(text.get_ref()).ok().filter(|url| {
        url.scheme() == "https"
            && url.path() == "/"
            && url.query().is_none()
            && url.fragment().is_none()
            && url.username().is_empty()
            && url.password().is_none()
    });
    if url.is_none() {
        let message = "`public_url` is not an https origin as in `https://carta.istituto.example`";
        reader.fault(text.span(), message);
    }
    url
}

fn handshake(reader: &mut Reader<'_>, seconds: Option<Spanned<u64>>) -> Option<Duration> {
    let Some(seconds) = seconds else {
        return Some(Duration::from_secs(HANDSHAKE_SECONDS));
    };
    if !(10..=300).contains(seconds.get_ref()) {
        let message = "`handshake_seconds` is not 10 to 300: people type their code in this time";
        reader.fault(seconds.span(), message);
        return None;
    }
    Some(Duration::from_secs(seconds.into_inner()))
}

/// Where a listener is configured.
struct Place {
    section: &'static str,
    by_proxy: bool,
}

impl Place {
    /// A listener with its files; the inner `None` where a proxy stands in its place.
    fn listener(
        &self,
        reader: &mut Reader<'_>,
        listen: Option<Spanned<SocketAddr>>,
        files: (Option<PathBuf>, Option<PathBuf>),
    ) -> Option<Option<CardListener>> {
        match (listen, files) {
            (Some(listen), (Some(certificate), Some(key))) => Some(Some(CardListener {
                listen: listen.into_inner(),
                certificate: reader.path(certificate),
                key: reader.path(key),
            })),
            (Some(_), _) => {
                let message = format!(
                    "`[{}]` listens by TLS: give both `certificate` and `key` (PEM files of its name)",
                    self.section
                );
                reader.in_section("cns", message);
                None
            }
            (None, _) if self.by_proxy => Some(None),
            (None, _) => {
                let message = format!(
                    "`[{}]` needs `listen`, or a proxy that ends TLS (`[cns.proxy]`)",
                    self.section
                );
                reader.in_section("cns", message);
                None
            }
        }
    }
}

/// Whether no two hosts share an origin and no two listeners an address: a browser that shows a certificate to one host
/// must not be taken for one that shows it to another.
fn are_apart(
    reader: &mut Reader<'_>,
    section: &CnsSection,
    server: Option<&ServerSection>,
    telemetry: Option<&TelemetrySection>,
) -> bool {
    let mut apart = true;
    let mut fault = |message: String| {
        reader.in_section("cns", message);
        apart = false;
    };
    let old = section.old_cards.as_ref();
    let all_ours = section.listener.is_some() && old.is_none_or(|old| old.listener.is_some());
    if all_ours && section.proxy.is_some() {
        fault("every host has a `listen` of its own, so `[cns.proxy]` would serve none: keep one of the two".to_owned());
    }
    let mut origins = vec![("`[cns]`", &section.public_url)];
    origins.extend(server.map(|server| ("`[server]`", &server.public_url)));
    origins.extend(old.map(|old| ("`[cns.old_cards]`", &old.public_url)));
    for ((one, url), (other, same)) in pairs(&origins) {
        if url.origin() == same.origin() {
            fault(format!(
                "{one} and {other} have the same `public_url`: cards are shown on a host or port of its own"
            ));
        }
    }

    let mut addresses: Vec<(&str, SocketAddr)> = Vec::new();
    addresses.extend(server.map(|server| ("`[server]`", server.listen)));
    addresses.extend(telemetry.map(|telemetry| ("`[telemetry]`", telemetry.listen)));
    let listener = section.listener.as_ref();
    addresses.extend(listener.map(|there| ("`[cns]`", there.listen)));
    let old = old.and_then(|old| old.listener.as_ref());
    addresses.extend(old.map(|there| ("`[cns.old_cards]`", there.listen)));
    if let Some(ProxyAddress::Loopback(address)) = section.proxy.as_ref().map(|proxy| &proxy.listen)
    {
        addresses.push(("`[cns.proxy]`", *address));
    }
    for ((one, address), (other, same)) in pairs(&addresses) {
        if overlap(*address, *same) {
            fault(format!("{one} and {other} listen on the same address"));
        }
    }
    apart
}

/// Every two of some.
fn pairs<T>(all: &[T]) -> impl Iterator<Item = (&T, &T)> {
    let rest = |place: usize| all.get(place + 1..).unwrap_or_default();
    all.iter()
        .enumerate()
        .flat_map(move |(place, one)| rest(place).iter().map(move |other| (one, other)))
}

/// Whether two listeners would be in each other's way.
fn overlap(one: SocketAddr, other: SocketAddr) -> bool {
    let any = one.ip().is_unspecified() || other.ip().is_unspecified();
    one.port() != 0 && one.port() == other.port() && (any || one.ip() == other.ip())
}
