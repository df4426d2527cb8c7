//! The request that a browser made of a proxy, as the proxy tells it.

use http::{HeaderMap, Uri};

use super::path::split_target;
use super::proxy::ProxyKind;

/// Where Envoy's requests begin: its `path_prefix`.
pub const ENVOY_PREFIX: &str = "/forward-auth/original";

/// A request of a browser, told by a proxy in the one way that its kind has. Nothing of it is believed to be right yet; it
/// only has one reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Original<'r> {
    /// Where it went.
    pub site: Place<'r>,
    /// The path, which has one reading, with its query.
    pub target: &'r str,
    /// The path alone.
    pub path: &'r str,
    /// The method.
    pub method: &'r str,
}

/// The site of a request, as a proxy tells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place<'r> {
    /// `http` or `https`; `None` where the proxy does not tell.
    pub scheme: Option<&'r str>,
    /// Host and port as they stood in the request.
    pub authority: &'r str,
}

/// The proxy did not tell what was asked for in its way: a header is missing or there twice, or the path has several
/// readings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the original request is not told clearly")]
pub struct Unclear;

impl<'r> Original<'r> {
    /// Reads what a proxy of this kind tells. `asked` is the method and the address of its own request.
    ///
    /// # Errors
    /// [`Unclear`] when it is not told exactly once, or not clearly.
    pub fn read(
        kind: ProxyKind,
        (method, uri): (&'r str, &'r Uri),
        headers: &'r HeaderMap,
    ) -> Result<Self, Unclear> {
        let site = Place::read(kind, uri, headers)?;
        let (method, target) = match kind {
            ProxyKind::Nginx => {
                let (_, _, target) = url(headers)?;
                (must(headers, "x-original-method")?, target)
            }
            ProxyKind::Traefik | ProxyKind::Caddy => (
                must(headers, "x-forwarded-method")?,
                must(headers, "x-forwarded-uri")?,
            ),
            ProxyKind::Envoy => {
                let asked = uri.path_and_query().ok_or(Unclear)?.as_str();
                (method, asked.strip_prefix(ENVOY_PREFIX).ok_or(Unclear)?)
            }
        };
        let (path, _) = split_target(target).ok_or(Unclear)?;
        Ok(Self {
            site,
            target,
            path,
            method,
        })
    }
}

impl<'r> Place<'r> {
    /// Reads at which site a proxy of this kind says that a request was made, which may be one of our own pages there.
    ///
    /// # Errors
    /// [`Unclear`] when it is not told exactly once.
    pub fn read(kind: ProxyKind, uri: &'r Uri, headers: &'r HeaderMap) -> Result<Self, Unclear> {
        Ok(match kind {
            ProxyKind::Nginx => {
                let (scheme, authority, _) = url(headers)?;
                Self {
                    scheme: Some(scheme),
                    authority,
                }
            }
            ProxyKind::Traefik | ProxyKind::Caddy => Self {
                scheme: Some(must(headers, "x-forwarded-proto")?),
                authority: must(headers, "x-forwarded-host")?,
            },
            ProxyKind::Envoy => Self {
                scheme: None,
                // HTTP/2 has the host in the address itself.
                authority: match (uri.authority(), one(headers, "host")?) {
                    (Some(authority), None) => authority.as_str(),
                    (None, Some(host)) => host,
                    (Some(authority), Some(host)) if authority.as_str() == host => host,
                    _ => return Err(Unclear),
                },
            },
        })
    }
}

/// Scheme, authority and target of `X-Original-URL`.
fn url(headers: &HeaderMap) -> Result<(&str, &str, &str), Unclear> {
    let (scheme, rest) = must(headers, "x-original-url")?
        .split_once("://")
        .ok_or(Unclear)?;
    let slash = rest.find('/').ok_or(Unclear)?;
    let (authority, target) = rest.split_at_checked(slash).ok_or(Unclear)?;
    Ok((scheme, authority, target))
}

fn must<'h>(headers: &'h HeaderMap, name: &str) -> Result<&'h str, Unclear> {
    one(headers, name)?.ok_or(Unclear)
}

/// A header's text. One that is there twice is no text: the proxy's own may be the second.
pub(super) fn one<'h>(headers: &'h HeaderMap, name: &str) -> Result<Option<&'h str>, Unclear> {
    let mut values = headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (None, _) => Ok(None),
        (Some(value), None) => value.to_str().map(Some).map_err(|_| Unclear),
        (Some(_), Some(_)) => Err(Unclear),
    }
}

#[cfg(test)]
mod tests {
    use http::{HeaderName, HeaderValue};

    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(
                HeaderName::from_static(name),
                HeaderValue::from_static(value),
            );
        }
        headers
    }

    fn told(kind: ProxyKind, address: &str, headers: &HeaderMap) -> Option<[String; 4]> {
        let uri: Uri = address.parse().unwrap();
        let original = Original::read(kind, ("POST", &uri), headers).ok()?;
        Some(
            [
                original.site.scheme.unwrap_or("-"),
                original.site.authority,
                original.target,
                original.method,
            ]
            .map(str::to_owned),
        )
    }

    const NGINX: [(&str, &str); 2] = [
        ("x-original-url", "https://app.example:8443/a?b=c"),
        ("x-original-method", "PUT"),
    ];
    const FORWARDED: [(&str, &str); 4] = [
        ("x-forwarded-proto", "https"),
        ("x-forwarded-host", "app.example:8443"),
        ("x-forwarded-uri", "/a?b=c"),
        ("x-forwarded-method", "PUT"),
    ];

    #[test]
    fn each_kind_is_read_in_its_own_way() {
        let expected = ["https", "app.example:8443", "/a?b=c", "PUT"].map(str::to_owned);
        let nginx = headers(&NGINX);
        assert_eq!(
            told(ProxyKind::Nginx, "/forward-auth", &nginx),
            Some(expected.clone())
        );
        for kind in [ProxyKind::Traefik, ProxyKind::Caddy] {
            let told = told(kind, "/forward-auth", &headers(&FORWARDED));
            assert_eq!(told, Some(expected.clone()));
        }
        let envoy = headers(&[("host", "app.example:8443")]);
        assert_eq!(
            told(ProxyKind::Envoy, "/forward-auth/original/a?b=c", &envoy),
            Some(["-", "app.example:8443", "/a?b=c", "POST"].map(str::to_owned))
        );
    }

    #[test]
    fn what_another_kind_would_say_is_not_believed() {
        let all = headers(&[NGINX.as_slice(), FORWARDED.as_slice()].concat());
        let mut envoy = all.clone();
        envoy.insert("host", HeaderValue::from_static("gateway.example"));
        let [_, authority, target, _] =
            told(ProxyKind::Envoy, "/forward-auth/original/x", &envoy).unwrap();
        assert_eq!(
            (authority.as_str(), target.as_str()),
            ("gateway.example", "/x")
        );
        assert_eq!(told(ProxyKind::Nginx, "/x", &headers(&FORWARDED)), None);
        assert_eq!(told(ProxyKind::Caddy, "/x", &headers(&NGINX)), None);
        assert_eq!(told(ProxyKind::Envoy, "/forward-auth", &envoy), None);
    }

    #[test]
    fn a_request_that_is_told_twice_or_in_part_is_refused() {
        for (kind, pairs) in [
            (ProxyKind::Nginx, NGINX.as_slice()),
            (ProxyKind::Caddy, FORWARDED.as_slice()),
        ] {
            for pair in pairs {
                let twice = headers(&[pairs, &[*pair]].concat());
                assert_eq!(told(kind, "/x", &twice), None, "{pair:?} twice");
                let rest: Vec<_> = pairs.iter().filter(|one| one != &pair).copied().collect();
                assert_eq!(told(kind, "/x", &headers(&rest)), None, "no {pair:?}");
            }
        }
        let two_hosts = headers(&[("host", "a.example"), ("host", "b.example")]);
        assert_eq!(
            told(ProxyKind::Envoy, "/forward-auth/original/x", &two_hosts),
            None
        );
    }

    #[test]
    fn a_path_with_two_readings_is_no_request() {
        for target in [
            "//a", "/a/../b", "/a%2fb", "/a%252e", "/%61", "/a;b", "a", "",
        ] {
            let mut headers = headers(&FORWARDED);
            headers.insert("x-forwarded-uri", HeaderValue::from_static(target));
            assert_eq!(told(ProxyKind::Traefik, "/x", &headers), None, "{target}");
        }
        for url in [
            "https://app.example",
            "app.example/a",
            "https:/app.example/a",
            "/a",
        ] {
            let mut headers = headers(&NGINX);
            headers.insert("x-original-url", HeaderValue::from_static(url));
            assert_eq!(told(ProxyKind::Nginx, "/x", &headers), None, "{url}");
        }
    }
}
