//! `[cns.proxy]`: a proxy that ends TLS in front of us and tells the card's certificate in a header.
//!
//! Whoever may speak to this listener can show any certificate without having its key. So it is a Unix socket, or a
//! loopback address together with a secret: every program of the machine can reach the latter.

use std::net::SocketAddr;
use std::path::PathBuf;

use http::HeaderName;
use serde::Deserialize;
use toml::Spanned;

use crate::config::reader::Reader;
use crate::http::cns::CertificateHeader;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Raw {
    listen: Spanned<String>,
    format: Format,
    header: Option<Spanned<String>>,
    secret_sha256: Option<Spanned<String>>,
}

#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Format {
    Rfc9440,
    Nginx,
}

/// `[cns.proxy]`.
#[derive(Debug, Clone)]
pub struct CardProxySection {
    /// Where the proxy reaches us.
    pub listen: ProxyAddress,
    /// How it tells the certificate.
    pub header: CertificateHeader,
    /// SHA-256 of the secret that it sends in `X-Varco-Proxy`, in lower-case hexadecimal.
    pub secret_sha256: Option<String>,
}

/// Where a proxy on the same machine reaches us.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProxyAddress {
    /// A Unix socket, for whom its folder and its mode let in.
    Unix(PathBuf),
    /// A TCP address on loopback.
    Loopback(SocketAddr),
}

pub(super) fn read(reader: &mut Reader<'_>, raw: Spanned<Raw>) -> Option<CardProxySection> {
    let whole = raw.span();
    let raw = raw.into_inner();
    let listen = address(reader, &raw.listen);
    let header = header(reader, raw.format, raw.header);
    let secret = match &raw.secret_sha256 {
        Some(secret) if !is_digest(secret.get_ref()) => {
            let message = "`secret_sha256` is not 64 lower-case hexadecimal digits";
            reader.fault(secret.span(), message);
            None
        }
        secret => Some(secret.as_ref().map(|secret| secret.get_ref().clone())),
    };
    let (listen, header, secret_sha256) = (listen?, header?, secret?);
    if secret_sha256.is_none() && matches!(listen, ProxyAddress::Loopback(_)) {
        let message = "every program on this machine could be this proxy: give `secret_sha256`, or listen on a Unix socket (`unix:PATH`)";
        reader.fault(whole, message);
        return None;
    }
    Some(CardProxySection {
        listen,
        header,
        secret_sha256,
    })
}

fn address(reader: &mut Reader<'_>, text: &Spanned<String>) -> Option<ProxyAddress> {
    if let Some(path) = text.get_ref().strip_prefix("unix:") {
        return Some(ProxyAddress::Unix(reader.path(path)));
    }
    let message = match text.get_ref().parse::<SocketAddr>() {
        Ok(address) if address.ip().is_loopback() => {
            return Some(ProxyAddress::Loopback(address));
        }
        Ok(_) => {
            "whoever reaches this address could show a stranger's certificate: on loopback or a Unix socket only"
        }
        Err(_) => "`listen` is neither `unix:PATH` nor an address as in `127.0.0.1:8446`",
    };
    reader.fault(text.span(), message);
    None
}

fn header(
    reader: &mut Reader<'_>,
    format: Format,
    name: Option<Spanned<String>>,
) -> Option<CertificateHeader> {
    match (format, name) {
        (Format::Rfc9440, None) => Some(CertificateHeader::Rfc9440),
        (Format::Rfc9440, Some(name)) => {
            let message = "RFC 9440 fixes the header's name: leave `header` out";
            reader.fault(name.span(), message);
            None
        }
        (Format::Nginx, None) => Some(CertificateHeader::nginx()),
        (Format::Nginx, Some(name)) => {
            let parsed = HeaderName::from_bytes(name.get_ref().as_bytes()).ok();
            let header = parsed.and_then(CertificateHeader::nginx_in);
            if header.is_none() {
                let message = "`header` is not the name of a header for a certificate, as in `X-SSL-Client-Cert`";
                reader.fault(name.span(), message);
            }
            header
        }
    }
}

fn is_digest(text: &str) -> bool {
    text.len() == 64
        && text
            .bytes()
            .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}
