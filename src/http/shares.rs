//! How much of something one client may hold at once, so that nobody takes what is there for all.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, PoisonError};

/// Equal shares of something scarce, one for each client address. An IPv6 client is its /64 network: whoever has one
/// address there has them all.
#[derive(Debug, Clone)]
pub struct Shares {
    most: usize,
    held: Arc<Mutex<HashMap<IpAddr, usize>>>,
}

impl Shares {
    /// Shares of at most so many for each address.
    #[must_use]
    pub fn of(most: usize) -> Self {
        Self {
            most,
            held: Arc::default(),
        }
    }

    /// One more for an address until the answer is dropped, or nothing if its share is used up.
    #[must_use]
    pub fn take(&self, client: IpAddr) -> Option<Share> {
        let client = network(client);
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        let count = held.entry(client).or_default();
        // An entry that is full is never new: nothing is left behind for a client that gets nothing.
        if *count >= self.most {
            return None;
        }
        *count += 1;
        drop(held);
        let shares = self.clone();
        Some(Share { shares, client })
    }
}

/// One unit of what a client may hold; given back when dropped.
#[derive(Debug)]
pub struct Share {
    shares: Shares,
    client: IpAddr,
}

impl Drop for Share {
    fn drop(&mut self) {
        let held = &self.shares.held;
        let mut held = held.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = held.get_mut(&self.client) {
            *count = count.saturating_sub(1);
            if *count == 0 {
                held.remove(&self.client);
            }
        }
    }
}

/// Who a client is, as far as its address tells: an IPv6 client is its /64 network.
pub(super) fn network(client: IpAddr) -> IpAddr {
    match client.to_canonical() {
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() & (u128::MAX << 64)).into(),
        address @ IpAddr::V4(_) => address,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn a_share_is_bounded_for_each_address_and_comes_back() {
        let shares = Shares::of(2);
        let first = shares.take(address("192.0.2.1"));
        let second = shares.take(address("::ffff:192.0.2.1"));
        assert!(first.is_some() && second.is_some());
        assert!(shares.take(address("192.0.2.1")).is_none());
        assert!(shares.take(address("192.0.2.2")).is_some());
        drop(first);
        assert!(shares.take(address("192.0.2.1")).is_some());
        drop(second);
        assert!(shares.held.lock().unwrap().is_empty());
    }

    #[test]
    fn an_ipv6_network_has_one_share() {
        let shares = Shares::of(1);
        let held = shares.take(address("2001:db8::1"));
        assert!(held.is_some());
        assert!(shares.take(address("2001:db8::ffff:2")).is_none());
        assert!(shares.take(address("2001:db8:0:1::1")).is_some());
    }
}
