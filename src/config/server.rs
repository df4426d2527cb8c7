//! `[server]`: where people reach the gateway.

use std::net::SocketAddr;
use std::path::PathBuf;

use serde::Deserialize;
use toml::Spanned;
use url::Url;

use super::Fault;
use super::organization::OrganizationSection;
use super::reader::Reader;
use super::spid::SpidSection;
use crate::http::settings::{Organization, Settings};
use crate::server::{Transport, tls};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    public_url: Spanned<String>,
    listen: Spanned<SocketAddr>,
    certificate: Option<PathBuf>,
    key: Option<PathBuf>,
    #[serde(default)]
    danger_allow_http: bool,
    login_starts_per_minute: Option<u32>,
}

/// `[server]`.
#[derive(Debug, Clone)]
pub struct ServerSection {
    /// The origin that people see: every address that leaves the gateway begins with it, and it is the issuer.
    pub public_url: Url,
    /// The address to listen on; port 0 lets the system choose.
    pub listen: SocketAddr,
    /// How connections are secured.
    pub tls: Tls,
    /// How many logins a minute one client address may start, zero for any number; `None` for the usual.
    pub login_starts_per_minute: Option<u32>,
}

impl ServerSection {
    /// Whether this is a gateway for tests, by plain HTTP on loopback.
    #[must_use]
    pub fn is_plain(&self) -> bool {
        matches!(self.tls, Tls::DangerPlain)
    }
}

/// How connections are secured.
#[derive(Debug, Clone)]
pub enum Tls {
    /// TLS 1.2 and 1.3.
    Files {
        /// The certificate chain, PEM, end entity first.
        certificate: PathBuf,
        /// Its private key, PEM.
        key: PathBuf,
    },
    /// Plain HTTP on loopback, for tests (`danger_allow_http`).
    DangerPlain,
}

impl Tls {
    /// Reads certificate and key.
    ///
    /// # Errors
    /// [`Fault`] when they cannot be read or do not fit each other.
    pub fn transport(&self) -> Result<Transport, Fault> {
        match self {
            Self::Files { certificate, key } => tls::from_files(certificate, key)
                .map(Transport::Tls)
                .map_err(|error| Fault::of_file(certificate, error.to_string())),
            Self::DangerPlain => Ok(Transport::DangerPlain),
        }
    }
}

pub(super) fn read(reader: &mut Reader<'_>) -> Option<ServerSection> {
    let raw: Raw = reader.required("server")?;
    let listen = raw.listen.get_ref();
    let tls = match (raw.danger_allow_http, raw.certificate, raw.key) {
        (false, Some(certificate), Some(key)) => Some(Tls::Files {
            certificate: reader.path(certificate),
            key: reader.path(key),
        }),
        (true, None, None) if listen.ip().is_loopback() => Some(Tls::DangerPlain),
        (true, None, None) => {
            reader.fault(
                raw.listen.span(),
                "`danger_allow_http` listens on loopback only, as in `127.0.0.1:8080`",
            );
            None
        }
        (false, _, _) => {
            reader.in_section(
                "server",
                "give both `certificate` and `key` (PEM files of the public name)",
            );
            None
        }
        (true, _, _) => {
            reader.in_section(
                "server",
                "`danger_allow_http` contradicts `certificate` and `key`: keep one of the two",
            );
            None
        }
    };
    let public_url = match Url::parse(raw.public_url.get_ref()) {
        Ok(url) => Some(url),
        Err(error) => {
            let message =
                format!("`public_url` is not an address as in `https://login.example`: {error}");
            reader.fault(raw.public_url.span(), message);
            None
        }
    };
    Some(ServerSection {
        public_url: public_url?,
        listen: raw.listen.into_inner(),
        tls: tls?,
        login_starts_per_minute: raw.login_starts_per_minute,
    })
}

/// What the edge needs to know, from three sections.
pub(super) fn edge(
    server: &ServerSection,
    organization: &OrganizationSection,
    spid: &SpidSection,
    reader: &mut Reader<'_>,
) -> Option<Settings> {
    let shown = Organization {
        name: organization.display_name.it.clone(),
        site: organization.site.clone(),
        support: organization.support.clone(),
    };
    let plain = server.is_plain();
    match Settings::new(server.public_url.clone(), plain, shown, spid.minimum_level) {
        Ok(settings) => Some(match server.login_starts_per_minute {
            Some(most) => settings.with_login_starts_per_minute(most),
            None => settings,
        }),
        Err(error) => {
            let message = error.to_string().replace("base_url", "`public_url`");
            reader.in_section("server", message);
            None
        }
    }
}
