//! The two bindings that SPID uses, and the addresses where they are spoken.

use serde::{Deserialize, Serialize};
use url::Url;

use super::names;

/// How a message travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Binding {
    /// HTTP-POST.
    Post,
    /// HTTP-Redirect.
    Redirect,
}

impl Binding {
    /// The binding's URN.
    #[must_use]
    pub fn urn(self) -> &'static str {
        match self {
            Self::Post => names::HTTP_POST,
            Self::Redirect => names::HTTP_REDIRECT,
        }
    }

    /// The binding of a URN; `None` for those that SPID does not use.
    #[must_use]
    pub fn from_urn(urn: &str) -> Option<Self> {
        [Self::Post, Self::Redirect]
            .into_iter()
            .find(|binding| binding.urn() == urn)
    }

    /// The name in addresses and configuration: `post` or `redirect`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Post => "post",
            Self::Redirect => "redirect",
        }
    }

    /// The binding of a name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Post, Self::Redirect]
            .into_iter()
            .find(|binding| binding.name() == name)
    }
}

/// Where somebody speaks a binding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Endpoint {
    /// How.
    pub binding: Binding,
    /// Where requests go.
    pub location: String,
    /// Where answers go, if elsewhere (SAML 2.0 metadata, 2.2.2).
    pub response_location: Option<String>,
}

impl Endpoint {
    /// Where answers go.
    #[must_use]
    pub fn answers(&self) -> &str {
        self.response_location.as_deref().unwrap_or(&self.location)
    }
}

/// Whether a text is an address to which a browser may be sent: `http` or `https` with a host, no fragment. Anything
/// else in metadata (`javascript:` above all) must never become the target of a form.
#[must_use]
pub fn is_location(text: &str) -> bool {
    Url::parse(text).is_ok_and(|url| {
        matches!(url.scheme(), "http" | "https")
            && url.has_host()
            && url.fragment().is_none()
            && !text.contains(|c: char| c.is_control() || c.is_whitespace())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_web_addresses_are_locations() {
        for good in ["https://idp.example/sso", "http://localhost:8443/a?b=c"] {
            assert!(is_location(good), "{good}");
        }
        for bad in [
            "",
            "/sso",
            "javascript:alert(1)",
            "data:text/html,x",
            "https://idp.example/#x",
            "https://idp.example/a\nb",
            " https://idp.example/",
        ] {
            assert!(!is_location(bad), "{bad:?}");
        }
    }

    #[test]
    fn answers_go_to_the_response_location_where_there_is_one() {
        let mut endpoint = Endpoint {
            binding: Binding::Post,
            location: "https://idp.example/slo".to_owned(),
            response_location: None,
        };
        assert_eq!(endpoint.answers(), "https://idp.example/slo");
        endpoint.response_location = Some("https://idp.example/slo/response".to_owned());
        assert_eq!(endpoint.answers(), "https://idp.example/slo/response");
    }

    #[test]
    fn bindings_read_back() {
        for binding in [Binding::Post, Binding::Redirect] {
            assert_eq!(Binding::from_urn(binding.urn()), Some(binding));
            assert_eq!(Binding::from_name(binding.name()), Some(binding));
        }
        assert_eq!(
            Binding::from_urn("urn:oasis:names:tc:SAML:2.0:bindings:SOAP"),
            None
        );
    }
}
