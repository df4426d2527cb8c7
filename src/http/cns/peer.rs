//! What a connection to the card host told.

use std::sync::Arc;

/// The other end of a connection that was asked for a certificate. The listener gives one to every request of the
/// connection, as an extension; no header of a request can.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Peer {
    server_name: Option<String>,
    chain: Arc<[Vec<u8>]>,
    is_fresh: bool,
    is_used: bool,
}

impl Peer {
    /// The end of a TLS connection: the name it asked for (SNI), the certificates it showed, end entity first, DER, and
    /// whether this very handshake proved that it holds the key. A resumed session proves nothing about a card.
    #[must_use]
    pub fn new(server_name: Option<String>, chain: Vec<Vec<u8>>, is_fresh: bool) -> Self {
        Self {
            server_name,
            chain: chain.into(),
            is_fresh,
            is_used: false,
        }
    }

    /// The same end for every request of its connection but the first.
    #[must_use]
    pub fn used(&self) -> Self {
        Self {
            is_used: true,
            ..self.clone()
        }
    }

    /// The name that the client asked for in the handshake; `None` without one, as for a numeric address.
    #[must_use]
    pub fn server_name(&self) -> Option<&str> {
        self.server_name.as_deref()
    }

    /// The certificates, end entity first, DER; none when the person chose none.
    #[must_use]
    pub fn chain(&self) -> &[Vec<u8>] {
        &self.chain
    }

    /// Whether its connection served something before. Somebody else may sit there by now.
    #[must_use]
    pub fn is_used(&self) -> bool {
        self.is_used
    }

    /// Whether the handshake was a full one: what a login needs.
    #[must_use]
    pub fn is_fresh(&self) -> bool {
        self.is_fresh
    }
}
