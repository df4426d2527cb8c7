//! The listeners where cards are shown: for cards of today, for old ones, and for a proxy.

use anyhow::Context as _;
use tokio::task::JoinSet;

use crate::config::{CardListener, CnsSection, Fault, ProxyAddress};
use crate::http::cns::{CardProxy, Entrance, router};
use crate::http::state::Gateway;
use crate::login::cns::trust::LiveAnchors;
use crate::server::cards::Generation;
use crate::server::{CardTls, Limits, Listener, LocalListener, Shutdown, Transport};

/// What `[cns]` serves with, read and not bound yet.
pub(super) struct Cards {
    section: CnsSection,
    tls: Vec<(CardListener, Generation, CardTls)>,
}

impl Cards {
    /// Reads the certificates and keys of the hosts, which name these issuers.
    ///
    /// # Errors
    /// [`Fault`] when they cannot be read or do not fit each other.
    pub(super) fn read(section: &CnsSection, anchors: &LiveAnchors) -> Result<Self, Fault> {
        let tls = section
            .listeners()
            .map(|(listener, cards)| {
                Ok((
                    listener.clone(),
                    cards,
                    listener.tls(cards, anchors.clone())?,
                ))
            })
            .collect::<Result<_, Fault>>()?;
        Ok(Self {
            section: section.clone(),
            tls,
        })
    }

    /// Binds every listener.
    ///
    /// # Errors
    /// The address that cannot be bound, and why.
    pub(super) async fn bind(self) -> anyhow::Result<Bound> {
        let limits = Limits::of_cards(self.section.handshake);
        let mut tcp = Vec::new();
        for (listener, cards, tls) in self.tls {
            let bound = Listener::bind(listener.listen, Transport::Cards(tls))
                .await
                .with_context(|| format!("cannot listen on {}", listener.listen))?;
            let origin = match (cards, &self.section.old_cards) {
                (Generation::Old, Some(old)) => old.public_url.clone(),
                _ => self.section.public_url.clone(),
            };
            tcp.push((bound.within(limits), Entrance::Tls(origin)));
        }
        let mut local = None;
        if let Some(proxy) = &self.section.proxy {
            // What a listener of ours serves, no proxy does.
            let old = self.section.old_cards.iter();
            let old = old.filter(|old| old.listener.is_none());
            let current = self.section.listener.is_none();
            let current = current.then_some(&self.section.public_url);
            let origins = current.into_iter().chain(old.map(|old| &old.public_url));
            let entrance = Entrance::Proxy(CardProxy {
                origins: origins.cloned().collect(),
                header: proxy.header.clone(),
                secret_sha256: proxy.secret_sha256.clone(),
            });
            match &proxy.listen {
                ProxyAddress::Loopback(address) => {
                    let bound = Listener::bind(*address, Transport::DangerPlain)
                        .await
                        .with_context(|| format!("cannot listen on {address}"))?;
                    tcp.push((bound, entrance));
                }
                ProxyAddress::Unix(path) => {
                    let bound = LocalListener::bind(path)
                        .await
                        .with_context(|| format!("cannot listen on {}", path.display()))?;
                    local = Some((bound, path.display().to_string(), entrance));
                }
            }
        }
        Ok(Bound { tcp, local })
    }
}

/// Listeners that are bound and do not serve yet.
pub(super) struct Bound {
    tcp: Vec<(Listener, Entrance)>,
    local: Option<(LocalListener, String, Entrance)>,
}

impl Bound {
    /// Where cards are read, in a few words for each listener.
    pub(super) fn told(&self) -> Vec<String> {
        let tcp = self.tcp.iter().map(|(listener, entrance)| {
            let address = listener.address();
            match entrance {
                Entrance::Tls(origin) => {
                    let origin = origin.origin().ascii_serialization();
                    format!("cards at {origin} on {address}")
                }
                Entrance::Proxy(_) => format!("cards by a proxy at http://{address}"),
            }
        });
        let local = self.local.iter();
        let local = local.map(|(_, path, _)| format!("cards by a proxy at unix:{path}"));
        tcp.chain(local).collect()
    }

    /// Serves until `shutdown`.
    pub(super) async fn serve(self, gateway: Gateway, shutdown: Shutdown) {
        let mut serving = JoinSet::new();
        for (listener, entrance) in self.tcp {
            let router = router(gateway.clone(), entrance);
            serving.spawn(listener.serve(router, shutdown.clone()));
        }
        if let Some((listener, _, entrance)) = self.local {
            let router = router(gateway, entrance);
            serving.spawn(listener.serve(router, shutdown));
        }
        while serving.join_next().await.is_some() {}
    }
}
