//! What a browser says of itself, in a few words that people know.

use http::HeaderValue;

use crate::session::{Device, System, WebBrowser};

/// How much of a `User-Agent` is looked at. Browsers send less than 200 bytes.
const LOOKED_AT: usize = 256;

/// Names that browsers go by, the most particular first: most pretend to be Chrome or Safari too.
const BROWSERS: [(&str, WebBrowser); 11] = [
    ("Edg/", WebBrowser::Edge),
    ("EdgA/", WebBrowser::Edge),
    ("EdgiOS/", WebBrowser::Edge),
    ("OPR/", WebBrowser::Opera),
    ("SamsungBrowser/", WebBrowser::Samsung),
    ("Firefox/", WebBrowser::Firefox),
    ("FxiOS/", WebBrowser::Firefox),
    ("CriOS/", WebBrowser::Chrome),
    ("HeadlessChrome/", WebBrowser::Chrome),
    ("Chrome/", WebBrowser::Chrome),
    ("Safari/", WebBrowser::Safari),
];

/// Names that systems go by, likewise.
const SYSTEMS: [(&str, System); 8] = [
    ("Android", System::Android),
    ("iPhone", System::Ios),
    ("iPad", System::Ios),
    ("iPod", System::Ios),
    ("CrOS", System::ChromeOs),
    ("Windows", System::Windows),
    ("Macintosh", System::MacOs),
    ("Linux", System::Linux),
];

/// The device that a `User-Agent` tells of. Nothing of it is kept but which known names occur in it.
#[must_use]
pub fn device(user_agent: &HeaderValue) -> Device {
    let bytes = user_agent.as_bytes();
    let looked_at = bytes.get(..LOOKED_AT).unwrap_or(bytes);
    let said = std::str::from_utf8(looked_at).unwrap_or_default();
    Device {
        browser: first(&BROWSERS, said),
        system: first(&SYSTEMS, said),
    }
}

fn first<T: Copy>(names: &[(&str, T)], said: &str) -> Option<T> {
    let mut names = names.iter();
    names
        .find(|(name, _)| said.contains(name))
        .map(|(_, named)| *named)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(user_agent: &[u8]) -> String {
        let device = device(&HeaderValue::from_bytes(user_agent).unwrap());
        let browser = device.browser.map_or("-", WebBrowser::name);
        let system = device.system.map_or("-", System::name);
        format!("{browser} {system}")
    }

    #[test]
    fn browsers_and_systems_are_known_by_what_they_send() {
        for (user_agent, device) in [
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36 Edg/131.0.0.0",
                "Edge Windows",
            ),
            (
                "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Mobile Safari/537.36",
                "Chrome Android",
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1",
                "Safari iOS",
            ),
            (
                "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Safari/605.1.15",
                "Safari macOS",
            ),
            (
                "Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0",
                "Firefox Linux",
            ),
            ("curl/8.5.0", "- -"),
            ("", "- -"),
        ] {
            assert_eq!(told(user_agent.as_bytes()), device);
        }
    }

    #[test]
    fn what_is_strange_or_far_away_in_the_header_is_not_looked_at() {
        assert_eq!(told(b"\xff\xfe Firefox/1 Windows"), "- -");
        let long = format!("{}Firefox/1 Windows", " ".repeat(LOOKED_AT - 4));
        assert_eq!(told(long.as_bytes()), "- -");
    }
}
