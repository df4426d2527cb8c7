//! How rows are sealed and chained.

use std::sync::Arc;

use rusqlite::{Connection, OptionalExtension as _};

use super::ledger::{Anchor, Ledger};
use super::pins::PinKeys;
use crate::crypto::{SealingKey, constant_time_eq, hmac_sha256};
use crate::store::StoreError;

/// The keys that follow from the store's key: one seals rows, one chains them, and PINs have their own. Whoever can write the file but has no key
/// can neither read a row nor make a chain that verifies.
pub struct StoreKeys {
    pub(super) sealing: SealingKey,
    pub(super) pins: Arc<PinKeys>,
    chaining: [u8; 32],
}

impl StoreKeys {
    /// Derives them from 256 bits of key.
    #[must_use]
    pub fn derive(key: &[u8; 32]) -> Self {
        Self {
            sealing: SealingKey::new(&hmac_sha256(key, b"varco store: sealing")),
            pins: Arc::new(PinKeys::derive(key)),
            chaining: hmac_sha256(key, b"varco store: chaining"),
        }
    }

    /// The chain's value before the first row.
    pub(super) fn origin(&self, ledger: Ledger) -> [u8; 32] {
        hmac_sha256(&self.chaining, ledger.table().as_bytes())
    }

    /// The chain's value at a row.
    pub(super) fn link(&self, before: &[u8; 32], seq: i64, at: i64, digest: &[u8]) -> [u8; 32] {
        let row = [
            before.as_slice(),
            &seq.to_be_bytes(),
            &at.to_be_bytes(),
            digest,
        ];
        hmac_sha256(&self.chaining, &row.concat())
    }

    /// What authenticates a head.
    pub(super) fn head_tag(&self, ledger: Ledger, head: &Anchor) -> [u8; 32] {
        let text = [
            b"head ".as_slice(),
            ledger.table().as_bytes(),
            b" ",
            &head.seq.to_be_bytes(),
            &head.chain,
        ];
        hmac_sha256(&self.chaining, &text.concat())
    }
}

impl std::fmt::Debug for StoreKeys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("StoreKeys([redacted])")
    }
}

/// What a row's seal is bound to: it opens in its own place only.
pub(super) fn context(ledger: Ledger, seq: i64) -> Vec<u8> {
    format!("{} {seq}", ledger.table()).into_bytes()
}

/// The last row of a ledger, proven by its tag; the origin when nothing was written yet.
pub(super) fn head(
    connection: &Connection,
    keys: &StoreKeys,
    ledger: Ledger,
) -> Result<Anchor, StoreError> {
    let kept = connection
        .prepare_cached("SELECT seq, chain, tag FROM head WHERE ledger = ?1")?
        .query_row([ledger.table()], |row| {
            let head = Anchor {
                seq: row.get(0)?,
                chain: row.get(1)?,
            };
            Ok((head, row.get::<_, Vec<u8>>(2)?))
        })
        .optional()?;
    match kept {
        Some((head, tag)) if constant_time_eq(&keys.head_tag(ledger, &head), &tag) => Ok(head),
        Some(_) => Err(StoreError::Unavailable(format!(
            "the head of the {} ledger is not of this key: give the store's own key, or find out who changed the file with `varco audit verify`",
            ledger.table()
        ))),
        None => Ok(Anchor {
            seq: 0,
            chain: keys.origin(ledger),
        }),
    }
}
