//! Who may come in at the card host: a connection that asked for this host, or the one proxy in front of it.

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::uri::Authority;
use http::{HeaderMap, StatusCode, header};
use url::{Host, Url};

use super::{CertificateHeader, Peer};
use crate::crypto::encoding::hex;
use crate::crypto::{constant_time_eq, sha256};
use crate::http::middleware::certificate_told;
use crate::http::pages::Refusal;
use crate::http::state::Gateway;

/// The header with the secret of the proxy, as for forward auth.
const SECRET_HEADER: &str = "x-varco-proxy";
/// The longest secret that is looked at, in bytes.
const LONGEST_SECRET: usize = 128;

/// How requests come to the card host.
#[derive(Debug, Clone)]
pub enum Entrance {
    /// By a listener of ours, for the host of this origin. The certificate is the connection's.
    Tls(Url),
    /// By a proxy that ended TLS. The certificate is in a header.
    Proxy(CardProxy),
}

/// The proxy in front of the card host. That it resumes no TLS session is its configuration's affair: from here it cannot
/// be seen.
#[derive(Debug, Clone)]
pub struct CardProxy {
    /// The origins that it serves.
    pub origins: Vec<Url>,
    /// How it tells the certificate.
    pub header: CertificateHeader,
    /// SHA-256 of the secret that it sends in `X-Varco-Proxy`, in lower-case hexadecimal, where it has one.
    pub secret_sha256: Option<String>,
}

/// Lets a request in with the [`Peer`] of its connection, or turns it away.
pub(super) async fn admit(
    State((gateway, entrance)): State<(Gateway, Entrance)>,
    mut request: Request,
    next: Next,
) -> Response {
    let peer = match &entrance {
        Entrance::Tls(origin) => by_tls(&gateway, origin, &request),
        Entrance::Proxy(proxy) => proxy.read(&request),
    };
    match peer {
        Ok(peer) => {
            request.extensions_mut().insert(peer);
            next.run(request).await
        }
        Err(refusal) => refusal.into_response(),
    }
}

/// The peer of a TLS connection that asked for the host that the request names. A browser may take one connection for two
/// hosts, and a stranger may name one in the handshake and another in the request (RFC 9110, 7.4).
fn by_tls(gateway: &Gateway, origin: &Url, request: &Request) -> Result<Peer, Refusal> {
    if let Some(refusal) = certificate_told(gateway, request.headers()) {
        return Err(refusal);
    }
    let peer = request.extensions().get::<Peer>().cloned();
    // Only a listener of another kind gives none.
    let broken = Refusal::new(StatusCode::INTERNAL_SERVER_ERROR, "broken");
    let peer = peer.ok_or_else(|| broken.because("no-peer"))?;
    let name = match origin.host() {
        Some(Host::Domain(name)) => Some(name),
        // There is no name for an address (RFC 6066, section 3).
        _ => None,
    };
    let same = match (name, peer.server_name()) {
        (Some(name), Some(asked)) => name.eq_ignore_ascii_case(asked),
        (None, None) => true,
        _ => false,
    };
    if same && is_for(request, origin) {
        Ok(peer)
    } else {
        Err(misdirected())
    }
}

impl CardProxy {
    fn read(&self, request: &Request) -> Result<Peer, Refusal> {
        if !self.is_asking(request.headers()) {
            return Err(strange("not-the-proxy"));
        }
        if !self.origins.iter().any(|origin| is_for(request, origin)) {
            return Err(misdirected());
        }
        let chain = self.header.read(request.headers());
        let chain = chain.map_err(|_| strange("certificate-header"))?;
        Ok(Peer::new(None, chain, true))
    }

    /// Whether whoever asks knows the secret, where there is one.
    fn is_asking(&self, headers: &HeaderMap) -> bool {
        let mut shown = headers.get_all(SECRET_HEADER).iter();
        match (&self.secret_sha256, shown.next(), shown.next()) {
            (_, _, Some(_)) => false,
            (None, _, None) => true,
            (Some(known), Some(secret), None) if secret.len() <= LONGEST_SECRET => {
                let digest = hex(&sha256(secret.as_bytes()));
                constant_time_eq(known.as_bytes(), digest.as_bytes())
            }
            (Some(_), _, None) => false,
        }
    }
}

/// Whether a request names the host and port of an origin, once and everywhere the same.
fn is_for(request: &Request, origin: &Url) -> bool {
    let mut hosts = request.headers().get_all(header::HOST).iter();
    let (Some(host), None) = (hosts.next(), hosts.next()) else {
        return false;
    };
    let host = Authority::try_from(host.as_bytes()).ok();
    let is = |authority: &Authority| {
        let same = |known| authority.host().eq_ignore_ascii_case(known);
        origin.host_str().is_some_and(same)
            && Some(authority.port_u16().unwrap_or(443)) == origin.port_or_known_default()
            && !authority.as_str().contains('@')
    };
    host.as_ref().is_some_and(is) && request.uri().authority().is_none_or(is)
}

fn misdirected() -> Refusal {
    Refusal::new(StatusCode::MISDIRECTED_REQUEST, "misdirected")
}

fn strange(reason: &'static str) -> Refusal {
    Refusal::new(StatusCode::BAD_REQUEST, "bad-request").because(reason)
}
