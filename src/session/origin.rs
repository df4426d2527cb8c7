//! Where a login came from, told shortly enough for its person to know it again and no more.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use serde::{Deserialize, Serialize};

use crate::identity::Redacted;

/// Where a login came from.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Origin {
    /// With what.
    pub device: Device,
    /// From what part of the network.
    pub network: Option<Network>,
}

/// A device, as its browser describes itself. Whoever makes the request can say anything here: it is for people to
/// recognise, and decides nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Device {
    /// The browser, where it is one that we know.
    pub browser: Option<WebBrowser>,
    /// The operating system, where it is one that we know.
    pub system: Option<System>,
}

macro_rules! products {
    ($(#[$doc:meta])* $name:ident { $($variant:ident = $text:literal),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(rename_all = "kebab-case")]
        pub enum $name {
            $(#[doc = $text] $variant,)*
        }

        impl $name {
            /// The name that it is sold under.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $text,)*
                }
            }
        }
    };
}

products! {
    /// A browser.
    WebBrowser {
        Chrome = "Chrome",
        Edge = "Edge",
        Firefox = "Firefox",
        Opera = "Opera",
        Safari = "Safari",
        Samsung = "Samsung Internet",
    }
}

products! {
    /// An operating system.
    System {
        Android = "Android",
        ChromeOs = "ChromeOS",
        Ios = "iOS",
        Linux = "Linux",
        MacOs = "macOS",
        Windows = "Windows",
    }
}

/// The part of the network that an address is in: its first 24 bits, or 48 of an IPv6 address. It tells a person's home from
/// elsewhere, and names no line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Network(Redacted<IpAddr>);

impl Network {
    /// The network of an address.
    #[must_use]
    pub fn of(address: IpAddr) -> Self {
        let first = match address.to_canonical() {
            IpAddr::V4(address) => {
                IpAddr::V4(Ipv4Addr::from_bits(address.to_bits() & (u32::MAX << 8)))
            }
            IpAddr::V6(address) => {
                IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & (u128::MAX << 80)))
            }
        };
        Self(first.into())
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let first = self.0.expose();
        let bits = if first.is_ipv4() { 24 } else { 48 };
        write!(f, "{first}/{bits}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_shown_as_its_network_only() {
        for (address, shown) in [
            ("192.0.2.77", "192.0.2.0/24"),
            ("::ffff:192.0.2.77", "192.0.2.0/24"),
            ("2001:db8:1:2:3:4:5:6", "2001:db8:1::/48"),
            ("::1", "::/48"),
        ] {
            let network = Network::of(address.parse().unwrap());
            assert_eq!(network.to_string(), shown);
            assert!(!format!("{network:?}").contains("192"));
        }
    }
}
