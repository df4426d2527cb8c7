//! The cookies: their names, attributes, and how they are read.
//!
//! Those of sessions and of flows carry secrets. The *session* cookie is `Lax`: other sites' forms and frames do not bring it. The *browser*
//! cookie binds a login flow to the browser that began it and must come along with the provider's cross-site POST, so
//! over https it is `SameSite=None` (RFC 6265bis, 5.6.7.2); it opens nothing by itself. The `__Host-` prefix keeps
//! other hosts of the domain from setting either.

use http::{HeaderMap, HeaderValue, header};

use crate::login::pin::Device;
use crate::session::{BrowserCookie, SessionId, SiteKey};

/// The cookies of this gateway, spelled for https or for plain HTTP on loopback.
#[derive(Debug, Clone, Copy)]
pub struct Cookies {
    secure: bool,
}

/// How long a value may be that is still looked at, in bytes: a session's has 87.
const LONGEST_VALUE: usize = 96;
/// How long the choice of a language is kept, in seconds: half a year.
const LANGUAGE_LIFE: u32 = 180 * 24 * 60 * 60;
/// How long a device is known, in seconds: longer than any PIN is good. Each login begins it anew.
const DEVICE_LIFE: u32 = 365 * 24 * 60 * 60;

impl Cookies {
    /// Cookies over https (`secure`), or over plain HTTP on loopback, where neither `Secure` nor `SameSite=None` nor
    /// the `__Host-` prefix would work.
    #[must_use]
    pub fn new(secure: bool) -> Self {
        Self { secure }
    }

    /// The name of the session cookie.
    #[must_use]
    pub fn session_name(self) -> &'static str {
        if self.secure { "__Host-varco" } else { "varco" }
    }

    /// The name of the cookie that binds flows to a browser.
    #[must_use]
    pub fn browser_name(self) -> &'static str {
        if self.secure {
            "__Host-varco-browser"
        } else {
            "varco-browser"
        }
    }

    /// The name of the cookie that remembers the language.
    #[must_use]
    pub fn language_name(self) -> &'static str {
        if self.secure {
            "__Host-varco-language"
        } else {
            "varco-language"
        }
    }

    /// The name of the cookie of a device where people logged in with their PIN.
    #[must_use]
    pub fn device_name(self) -> &'static str {
        if self.secure {
            "__Host-varco-device"
        } else {
            "varco-device"
        }
    }

    /// The name of the cookie by which a site behind a proxy opens a session.
    #[must_use]
    pub fn site_name(self) -> &'static str {
        if self.secure {
            "__Host-varco-app"
        } else {
            "varco-app"
        }
    }

    /// The name of the cookie that binds a login that such a site begins to the browser there.
    #[must_use]
    pub fn site_browser_name(self) -> &'static str {
        if self.secure {
            "__Host-varco-app-browser"
        } else {
            "varco-app-browser"
        }
    }

    /// The key that the browser has at a site.
    #[must_use]
    pub fn site(self, headers: &HeaderMap) -> Option<SiteKey> {
        SiteKey::parse(read(headers, self.site_name())?)
    }

    /// The browser as it names itself at a site.
    #[must_use]
    pub fn site_browser(self, headers: &HeaderMap) -> Option<BrowserCookie> {
        BrowserCookie::parse(read(headers, self.site_browser_name())?)
    }

    /// The session that the browser names.
    #[must_use]
    pub fn session(self, headers: &HeaderMap) -> Option<SessionId> {
        SessionId::parse(read(headers, self.session_name())?)
    }

    /// The browser as it names itself.
    #[must_use]
    pub fn browser(self, headers: &HeaderMap) -> Option<BrowserCookie> {
        BrowserCookie::parse(read(headers, self.browser_name())?)
    }

    /// The device as it names itself.
    #[must_use]
    pub fn device(self, headers: &HeaderMap) -> Option<Device> {
        Device::parse(read(headers, self.device_name())?)
    }

    /// The chosen language.
    #[must_use]
    pub fn language(self, headers: &HeaderMap) -> Option<&str> {
        read(headers, self.language_name())
    }

    /// Sets the session cookie. It ends with the browser at the latest; the server ends it earlier.
    #[must_use]
    pub fn set_session(self, id: &SessionId) -> Option<HeaderValue> {
        self.set(
            self.session_name(),
            &id.cookie_value(),
            "; HttpOnly; SameSite=Lax",
        )
    }

    /// Removes the session cookie.
    #[must_use]
    pub fn clear_session(self) -> Option<HeaderValue> {
        self.set(
            self.session_name(),
            "",
            "; HttpOnly; SameSite=Lax; Max-Age=0",
        )
    }

    /// Sets the cookie that binds flows to this browser.
    #[must_use]
    pub fn set_browser(self, browser: &BrowserCookie) -> Option<HeaderValue> {
        let attributes = format!("; HttpOnly; SameSite={}", self.cross_site());
        self.set(self.browser_name(), browser.cookie_value(), &attributes)
    }

    /// Gives a site its key of the session.
    #[must_use]
    pub fn set_site(self, key: &SiteKey) -> Option<HeaderValue> {
        self.set(
            self.site_name(),
            &key.cookie_value(),
            "; HttpOnly; SameSite=Lax",
        )
    }

    /// Removes a site's key.
    #[must_use]
    pub fn clear_site(self) -> Option<HeaderValue> {
        self.set(self.site_name(), "", "; HttpOnly; SameSite=Lax; Max-Age=0")
    }

    /// Binds the logins that a site begins to this browser. The way back is a navigation, so `Lax` brings it along.
    #[must_use]
    pub fn set_site_browser(self, browser: &BrowserCookie) -> Option<HeaderValue> {
        self.set(
            self.site_browser_name(),
            browser.cookie_value(),
            "; HttpOnly; SameSite=Lax",
        )
    }

    /// Remembers a device. A stranger's page gains nothing by its coming along, and it is asked for on ours only.
    #[must_use]
    pub fn set_device(self, device: &Device) -> Option<HeaderValue> {
        let attributes = format!("; HttpOnly; SameSite=Lax; Max-Age={DEVICE_LIFE}");
        self.set(self.device_name(), &device.cookie_value(), &attributes)
    }

    /// Remembers the language. It must come along with the provider's POST too, so that a refusal speaks it.
    #[must_use]
    pub fn set_language(self, code: &str) -> Option<HeaderValue> {
        let attributes = format!(
            "; HttpOnly; SameSite={}; Max-Age={LANGUAGE_LIFE}",
            self.cross_site()
        );
        self.set(self.language_name(), code, &attributes)
    }

    fn cross_site(self) -> &'static str {
        if self.secure { "None" } else { "Lax" }
    }

    /// `None` for a value that is not made of token characters: it would not survive the way.
    fn set(self, name: &str, value: &str, attributes: &str) -> Option<HeaderValue> {
        if !value.bytes().all(is_token_byte) {
            return None;
        }
        let secure = if self.secure { "; Secure" } else { "" };
        HeaderValue::try_from(format!("{name}={value}; Path=/{secure}{attributes}")).ok()
    }
}

/// The value of the cookie `name`. A name that occurs twice, or a value that no cookie of ours has, counts as absent:
/// taking the first would let whoever can plant a cookie choose.
fn read<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let mut found = headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim_matches(' ').split_once('='))
        .filter_map(|(key, value)| (key == name).then_some(value));
    let value = found.next()?;
    let sound = !value.is_empty()
        && value.len() <= LONGEST_VALUE
        && value.bytes().all(is_token_byte)
        && found.next().is_none();
    sound.then_some(value)
}

fn is_token_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.')
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 256 bits, as a browser's cookie or either half of a session's.
    const TOKEN: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

    fn sent(value: &str) -> HeaderMap {
        let value = value.replace('T', TOKEN);
        HeaderMap::from_iter([(header::COOKIE, HeaderValue::try_from(value).unwrap())])
    }

    fn session() -> SessionId {
        SessionId::parse(&format!("{TOKEN}.{TOKEN}")).unwrap()
    }

    fn browser() -> BrowserCookie {
        BrowserCookie::parse(TOKEN).unwrap()
    }

    fn shown(cookie: Option<HeaderValue>) -> String {
        cookie.unwrap().to_str().unwrap().replace(TOKEN, "T")
    }

    #[test]
    fn the_session_cookie_is_bound_to_host_https_and_same_site() {
        let cookies = Cookies::new(true);
        assert_eq!(
            shown(cookies.set_session(&session())),
            "__Host-varco=T.T; Path=/; Secure; HttpOnly; SameSite=Lax"
        );
        assert_eq!(
            shown(cookies.clear_session()),
            "__Host-varco=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0"
        );
    }

    #[test]
    fn the_browser_cookie_survives_the_providers_cross_site_post() {
        assert_eq!(
            shown(Cookies::new(true).set_browser(&browser())),
            "__Host-varco-browser=T; Path=/; Secure; HttpOnly; SameSite=None"
        );
    }

    #[test]
    fn the_cookie_of_a_device_outlives_the_browser_and_is_read_again() {
        let cookies = Cookies::new(true);
        let part = "AAAAAAAAAAAAAAAAAAAAAA";
        let device = Device::parse(&[part; 4].join(".")).unwrap();
        assert_eq!(
            shown(cookies.set_device(&device)).replace(part, "P"),
            "__Host-varco-device=P.P.P.P; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=31536000"
        );
        let headers = sent(&format!("__Host-varco-device={}", device.cookie_value()));
        assert_eq!(cookies.device(&headers), Some(device));
    }

    #[test]
    fn over_plain_http_the_names_have_no_prefix_and_nothing_says_secure() {
        let cookies = Cookies::new(false);
        assert_eq!(
            shown(cookies.set_session(&session())),
            "varco=T.T; Path=/; HttpOnly; SameSite=Lax"
        );
        assert_eq!(
            shown(cookies.set_browser(&browser())),
            "varco-browser=T; Path=/; HttpOnly; SameSite=Lax"
        );
    }

    #[test]
    fn a_cookie_is_found_among_others() {
        let cookies = Cookies::new(true);
        let headers = sent("a=1; __Host-varco=T.T; __Host-varco-browser=T");
        assert_eq!(cookies.session(&headers), Some(session()));
        assert_eq!(cookies.browser(&headers), Some(browser()));
        assert_eq!(cookies.session(&sent("varco=T.T")), None);
    }

    #[test]
    fn a_planted_second_cookie_makes_both_count_as_absent() {
        let cookies = Cookies::new(false);
        assert!(cookies.session(&sent("varco=T.T")).is_some());
        assert_eq!(cookies.session(&sent("varco=T.T; varco=T.T")), None);
    }

    #[test]
    fn a_value_that_no_cookie_of_ours_has_counts_as_absent() {
        for strange in [
            "varco=",
            "varco=a b",
            "varco=\"it\"",
            "varco=a%00",
            "varco-language=it",
        ] {
            assert_eq!(read(&sent(strange), "varco"), None, "{strange}");
        }
        let long = format!("varco={}", "a".repeat(LONGEST_VALUE + 1));
        assert_eq!(read(&sent(&long), "varco"), None);
    }

    #[test]
    fn a_value_cannot_bring_attributes_with_it() {
        assert_eq!(Cookies::new(true).set_language("it; Domain=example"), None);
    }
}
