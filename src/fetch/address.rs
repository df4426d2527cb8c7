//! Which addresses may be connected to.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::pin::Pin;
use std::str::FromStr;
use std::sync::Arc;
use std::task::{Context, Poll};

use hyper_util::client::legacy::connect::dns::{GaiResolver, Name};
use tower::Service;
use url::{Host, Url};

use super::FetchError;

/// A network in CIDR notation, as in `10.20.0.0/16` or `fd00:12::/48`; a single address is a network of itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Network {
    address: IpAddr,
    bits: u8,
}

/// A text is no network.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a network as in `10.20.0.0/16` or `fd00:12::/48`")]
pub struct NotANetwork;

impl Network {
    /// Whether an address is in the network.
    #[must_use]
    pub fn contains(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        match (self.address, address) {
            (IpAddr::V4(network), IpAddr::V4(address)) => {
                let mask = u32::MAX.checked_shl(32 - u32::from(self.bits)).unwrap_or(0);
                network.to_bits() & mask == address.to_bits() & mask
            }
            (IpAddr::V6(network), IpAddr::V6(address)) => {
                let mask = u128::MAX
                    .checked_shl(128 - u32::from(self.bits))
                    .unwrap_or(0);
                network.to_bits() & mask == address.to_bits() & mask
            }
            _ => false,
        }
    }
}

impl FromStr for Network {
    type Err = NotANetwork;

    fn from_str(text: &str) -> Result<Self, NotANetwork> {
        let (address, bits) = match text.split_once('/') {
            Some((address, bits)) => (address, Some(bits)),
            None => (text, None),
        };
        let address: IpAddr = address.parse().map_err(|_| NotANetwork)?;
        let most = if address.is_ipv4() { 32 } else { 128 };
        let bits = bits.map_or(Ok(most), str::parse).map_err(|_| NotANetwork)?;
        (bits <= most)
            .then_some(Self { address, bits })
            .ok_or(NotANetwork)
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.address, self.bits)
    }
}

/// Decides which addresses may be connected to: public ones, and those in networks that the configuration names.
#[derive(Debug)]
pub(super) struct Guard {
    networks: Vec<Network>,
    plain_http: bool,
    http_on_loopback: bool,
}

impl Guard {
    pub(super) fn new(networks: Vec<Network>, plain_http: bool, http_on_loopback: bool) -> Self {
        Self {
            networks,
            plain_http,
            http_on_loopback,
        }
    }

    /// Looks at scheme and host, before a name is resolved. The connector resolves names but no addresses: those are
    /// looked at here.
    pub(super) fn admit(&self, url: &Url) -> Result<(), FetchError> {
        let host = url.host().ok_or(FetchError::NotAllowed)?;
        let address = match host {
            Host::Ipv4(address) => Some(IpAddr::V4(address)),
            Host::Ipv6(address) => Some(IpAddr::V6(address)),
            Host::Domain(_) => None,
        };
        let is_here = match host {
            Host::Domain(name) => is_localhost(name),
            _ => address.is_some_and(|address| address.to_canonical().is_loopback()),
        };
        match url.scheme() {
            "https" => {}
            "http" if self.plain_http => {}
            "http" if is_here && self.http_on_loopback => {}
            "http" => return Err(FetchError::Insecure),
            _ => return Err(FetchError::NotAllowed),
        }
        if address.is_none_or(|address| self.allows(address)) {
            Ok(())
        } else {
            Err(FetchError::PrivateAddress)
        }
    }

    fn allows(&self, address: IpAddr) -> bool {
        is_public(address)
            || (self.http_on_loopback && address.to_canonical().is_loopback())
            || self
                .networks
                .iter()
                .any(|network| network.contains(address))
    }
}

/// The name that is this machine's own (RFC 6761, 6.3): it must lead nowhere else.
fn is_localhost(name: &str) -> bool {
    name.eq_ignore_ascii_case("localhost")
}

/// Whether an address is reached over the public internet (IANA special-purpose address registries). An address that
/// carries another inside is judged by the one inside.
fn is_public(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    /// First address and length of what is not public, or not anybody's to ask.
    const NOT: [([u8; 4], u32); 16] = [
        ([0, 0, 0, 0], 8),        // this network
        ([10, 0, 0, 0], 8),       // private
        ([100, 64, 0, 0], 10),    // carriers' own, and metadata of some clouds
        ([127, 0, 0, 0], 8),      // loopback
        ([168, 63, 129, 16], 32), // metadata of one cloud, at an address that looks public
        ([169, 254, 0, 0], 16),   // link-local, and metadata of most clouds
        ([172, 16, 0, 0], 12),    // private
        ([192, 0, 0, 0], 24),     // protocol assignments
        ([192, 0, 2, 0], 24),     // documentation
        ([192, 88, 99, 0], 24),   // relays
        ([192, 168, 0, 0], 16),   // private
        ([198, 18, 0, 0], 15),    // benchmarks
        ([198, 51, 100, 0], 24),  // documentation
        ([203, 0, 113, 0], 24),   // documentation
        ([224, 0, 0, 0], 4),      // multicast
        ([240, 0, 0, 0], 4),      // reserved, broadcast
    ];
    !NOT.iter().any(|(first, length)| {
        let mask = u32::MAX << (32 - length);
        address.to_bits() & mask == u32::from_be_bytes(*first)
    })
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let [first, second, third, .., seventh, eighth] = address.segments();
    match (first, second) {
        // NAT64 (RFC 6052): the last four bytes are the address that is reached.
        (0x0064, 0xff9b) if third == 0 => is_public_v4(Ipv4Addr::from_bits(
            u32::from(seventh) << 16 | u32::from(eighth),
        )),
        // Protocol assignments and tunnels (2001::/23), documentation, 6to4.
        (0x2001, second) if second < 0x0200 || second == 0x0db8 => false,
        (0x2002, _) => false,
        (0x3fff, second) if second < 0x1000 => false,
        // What else is global unicast.
        _ => first & 0xe000 == 0x2000,
    }
}

/// Why a name leads nowhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum NoAddress {
    /// It does not resolve.
    #[error("the name does not resolve")]
    Unknown,
    /// It resolves to addresses that may not be connected to.
    #[error("the name leads to addresses that may not be connected to")]
    Private,
}

/// The system's resolver with the addresses left out that may not be connected to.
#[derive(Clone)]
pub(super) struct GuardedResolver {
    system: GaiResolver,
    guard: Arc<Guard>,
}

impl GuardedResolver {
    pub(super) fn new(guard: Arc<Guard>) -> Self {
        Self {
            system: GaiResolver::new(),
            guard,
        }
    }
}

type Addresses = std::vec::IntoIter<SocketAddr>;

impl Service<Name> for GuardedResolver {
    type Response = Addresses;
    type Error = NoAddress;
    type Future = Pin<Box<dyn Future<Output = Result<Addresses, NoAddress>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), NoAddress>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, name: Name) -> Self::Future {
        let here_only = is_localhost(name.as_str());
        let resolved = self.system.call(name);
        let guard = Arc::clone(&self.guard);
        Box::pin(async move {
            let found: Vec<SocketAddr> = resolved.await.map_err(|_| NoAddress::Unknown)?.collect();
            let allowed = admitted(&guard, here_only, &found);
            match (found.is_empty(), allowed.is_empty()) {
                (true, _) => Err(NoAddress::Unknown),
                (false, true) => Err(NoAddress::Private),
                (false, false) => Ok(allowed.into_iter()),
            }
        })
    }
}

fn admitted(guard: &Guard, here_only: bool, found: &[SocketAddr]) -> Vec<SocketAddr> {
    found
        .iter()
        .filter(|address| guard.allows(address.ip()))
        .filter(|address| !here_only || address.ip().to_canonical().is_loopback())
        .copied()
        .collect()
}

#[cfg(test)]
mod tests;
