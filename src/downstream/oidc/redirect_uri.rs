//! Addresses that a browser may be sent to.

use serde::{Deserialize, Serialize};
use url::{Host, Url};

/// The longest redirect address.
const MAX_URI_BYTES: usize = 2048;

/// A registered address that a browser may be sent to. Equal means equal character by character (RFC 9700, 4.1.3).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RedirectUri(String);

impl RedirectUri {
    /// Takes an address for registration: absolute, `https` (or `http` to a loopback address, for development), with
    /// no fragment, no user name and no wildcard.
    ///
    /// # Errors
    /// What is wrong with it, as a sentence for the configuration's author.
    pub fn register(text: &str) -> Result<Self, &'static str> {
        if text.len() > MAX_URI_BYTES || !text.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err("it is too long or has characters that must be percent-encoded");
        }
        if text.contains('*') || text.contains('\\') {
            return Err("it has a wildcard or a backslash: addresses are compared as they are");
        }
        let url = Url::parse(text).map_err(|_| "it is not an absolute address")?;
        let loopback = match url.host() {
            Some(Host::Ipv4(address)) => address.is_loopback(),
            Some(Host::Ipv6(address)) => address.is_loopback(),
            Some(Host::Domain(name)) => name == "localhost",
            None => return Err("it has no host"),
        };
        match url.scheme() {
            "https" => {}
            "http" if loopback => {}
            _ => return Err("it is neither https nor http to a loopback address"),
        }
        if text.contains('#') {
            return Err("it has a fragment");
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err("it has a user name");
        }
        // What the parser had to mend, some browser may mend differently.
        if url.as_str() != text && url.as_str().strip_suffix('/') != Some(text) {
            return Err(
                "it is not in canonical form (lower-case host, no default port, no dot segments)",
            );
        }
        Ok(Self(text.to_owned()))
    }

    /// The address.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_redirect_address_is_https_or_loopback_and_nothing_else() {
        for good in [
            "https://app.example/cb",
            "https://app.example",
            "https://app.example:8443/cb?tenant=1",
            "http://127.0.0.1:1234/cb",
            "http://[::1]/cb",
            "http://localhost/cb",
        ] {
            assert!(RedirectUri::register(good).is_ok(), "{good}");
        }
        for bad in [
            "",
            "/cb",
            "app.example/cb",
            "http://app.example/cb",
            "http://127.0.0.1.example/cb",
            "http://localhost.example/cb",
            "https://app.example/cb#x",
            "https://app.example/cb#",
            "https://user@app.example/cb",
            "https://:p@app.example/cb",
            "https://*.example/cb",
            "https://app.example/*",
            "https://app.example\\cb",
            "https://app.example/c b",
            "https://app.example/\ncb",
            "https://app.èxample/cb",
            "javascript:alert(1)",
            "data:text/html,x",
            "com.example.app:/cb",
            "https:///cb",
            "https:/app.example/cb",
            "https://APP.example/cb",
            "https://app.example:443/cb",
            "https://app.example/x/../cb",
            &format!("https://app.example/{}", "a".repeat(MAX_URI_BYTES)),
        ] {
            assert!(RedirectUri::register(bad).is_err(), "{bad}");
        }
    }
}
