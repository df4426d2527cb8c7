//! Cookies as RFC 6265bis has browsers keep them, as far as pages on loopback need: host-only, `Secure`, `Path`, `Max-Age`
//! of zero, the `__Host-` prefix, and `SameSite` with `Lax` where nothing is said.

use http::Method;
use url::Url;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum SameSite {
    None,
    Lax,
    Strict,
}

#[derive(Debug, Clone)]
struct Cookie {
    host: String,
    name: String,
    value: String,
    path: String,
    secure: bool,
    same_site: SameSite,
}

/// What a browser keeps between requests.
#[derive(Debug, Clone, Default)]
pub struct CookieJar(Vec<Cookie>);

impl CookieJar {
    /// Takes in a `Set-Cookie` header of an answer from `url`, or refuses it as a browser would.
    pub fn keep(&mut self, url: &Url, header: &str) {
        let mut parts = header.split(';').map(str::trim);
        let Some((name, value)) = parts.next().and_then(|pair| pair.split_once('=')) else {
            return;
        };
        let mut cookie = Cookie {
            host: url.host_str().unwrap_or_default().to_owned(),
            name: name.to_owned(),
            value: value.to_owned(),
            path: "/".to_owned(),
            secure: false,
            same_site: SameSite::Lax,
        };
        let mut ended = false;
        let mut has_domain = false;
        for attribute in parts {
            let (key, value) = attribute.split_once('=').unwrap_or((attribute, ""));
            match key.to_ascii_lowercase().as_str() {
                "secure" => cookie.secure = true,
                "path" => value.clone_into(&mut cookie.path),
                "domain" => has_domain = true,
                "max-age" => ended = value.parse::<i64>().is_ok_and(|seconds| seconds <= 0),
                "samesite" => {
                    cookie.same_site = match value.to_ascii_lowercase().as_str() {
                        "none" => SameSite::None,
                        "strict" => SameSite::Strict,
                        _ => SameSite::Lax,
                    }
                }
                _ => {}
            }
        }
        let over_tls = url.scheme() == "https";
        let refused = (cookie.secure && !over_tls)
            || (cookie.same_site == SameSite::None && !cookie.secure)
            || (name.starts_with("__Host-")
                && (!cookie.secure || cookie.path != "/" || has_domain))
            || (name.starts_with("__Secure-") && !cookie.secure);
        if refused {
            return;
        }
        self.0.retain(|kept| {
            (&kept.host, &kept.name, &kept.path) != (&cookie.host, &cookie.name, &cookie.path)
        });
        if !ended {
            self.0.push(cookie);
        }
    }

    /// The `Cookie` header of a navigation to `url` that a page at `from` started; `None` when there is nothing to send.
    #[must_use]
    pub fn header(&self, from: Option<&Url>, method: &Method, url: &Url) -> Option<String> {
        let same_site = from.is_none_or(|from| site(from) == site(url));
        let pairs: Vec<String> = self
            .0
            .iter()
            .filter(|cookie| Some(cookie.host.as_str()) == url.host_str())
            .filter(|cookie| path_matches(&cookie.path, url.path()))
            .filter(|cookie| !cookie.secure || url.scheme() == "https")
            .filter(|cookie| match cookie.same_site {
                SameSite::None => true,
                SameSite::Lax => same_site || method == Method::GET,
                SameSite::Strict => same_site,
            })
            .map(|cookie| format!("{}={}", cookie.name, cookie.value))
            .collect();
        (!pairs.is_empty()).then(|| pairs.join("; "))
    }

    /// The value of a cookie of a host.
    #[must_use]
    pub fn value(&self, host: &str, name: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|cookie| cookie.host == host && cookie.name == name)
            .map(|cookie| cookie.value.as_str())
    }
}

/// Scheme and host: on loopback there is no registrable domain above the host, and ports do not count.
fn site(url: &Url) -> (&str, Option<&str>) {
    (url.scheme(), url.host_str())
}

fn path_matches(cookie: &str, path: &str) -> bool {
    path.strip_prefix(cookie)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/') || cookie.ends_with('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        Url::parse(text).unwrap()
    }

    fn jar(cookies: &[&str]) -> CookieJar {
        let mut jar = CookieJar::default();
        for cookie in cookies {
            jar.keep(&url("https://localhost:8443/"), cookie);
        }
        jar
    }

    #[test]
    fn a_post_from_another_site_carries_only_cookies_that_allow_it() {
        let jar = jar(&[
            "a=1; Secure; SameSite=None",
            "b=2; Secure; SameSite=Lax",
            "c=3; Secure",
            "d=4; Secure; SameSite=Strict",
        ]);
        let other = url("https://127.0.0.1:8446/");
        let here = url("https://localhost:8443/spid/acs");
        let header = |from, method| jar.header(from, &method, &here);
        assert_eq!(header(Some(&other), Method::POST).as_deref(), Some("a=1"));
        assert_eq!(
            header(Some(&other), Method::GET).as_deref(),
            Some("a=1; b=2; c=3")
        );
        assert_eq!(
            header(None, Method::GET).as_deref(),
            Some("a=1; b=2; c=3; d=4")
        );
        let same = url("https://localhost:9000/");
        assert_eq!(
            header(Some(&same), Method::POST).as_deref(),
            Some("a=1; b=2; c=3; d=4")
        );
    }

    #[test]
    fn cookies_stay_with_their_host_and_path() {
        let jar = jar(&["a=1; Secure; Path=/login"]);
        let sent = |to: &str| jar.header(None, &Method::GET, &url(to)).is_some();
        assert!(sent("https://localhost/login/spid"));
        assert!(!sent("https://localhost/loginx"));
        assert!(!sent("https://127.0.0.1/login"));
        assert!(!sent("http://localhost/login"));
    }

    #[test]
    fn what_browsers_refuse_is_not_kept() {
        for refused in [
            "a=1; SameSite=None",
            "__Host-a=1; Path=/",
            "__Host-a=1; Secure; Path=/login",
            "__Host-a=1; Secure; Path=/; Domain=localhost",
        ] {
            assert!(jar(&[refused]).0.is_empty(), "{refused}");
        }
        let mut plain = CookieJar::default();
        plain.keep(&url("http://localhost/"), "a=1; Secure");
        assert!(plain.0.is_empty());
    }

    #[test]
    fn a_cookie_is_replaced_by_name_and_ended_by_max_age_zero() {
        let mut jar = jar(&["a=1; Secure", "a=2; Secure"]);
        assert_eq!(jar.value("localhost", "a"), Some("2"));
        jar.keep(&url("https://localhost/"), "a=; Secure; Max-Age=0");
        assert_eq!(jar.value("localhost", "a"), None);
    }
}
