//! The only user of aws-lc-rs and of Argon2: keys, signatures, digests, random bytes, encryption, sealing, hashes of PINs;
//! and certificates, which need a key to sign them.
//!
//! In: bytes and keys. Out: types that say what was verified. Layer 0: nothing of ours is used here.

mod block;
pub mod certificate;
pub mod cipher;
pub mod decryption;
pub mod digest;
pub mod encoding;
pub mod keys;
#[cfg(feature = "demo")]
pub mod pbes2;
pub mod pin_hash;
pub mod random;
pub mod seal;
pub mod signer;

pub use block::{open_aes_256_cbc, seal_aes_256_cbc};
pub use cipher::ContentCipher;
pub use decryption::{DecryptionKey, Oaep};
pub use digest::{
    DigestAlgorithm, constant_time_eq, hmac_sha256, hmac_sha512, sha1_thumbprint, sha256,
};
pub use keys::{KeyError, KeyKind, PublicKey, PublicParameters, SignatureAlgorithm};
pub use pin_hash::{Pepper, PinHash, PinHashCost, PinHashError, PinHasher, PinMatch, Verdict};
pub use random::{Random, SystemRandom};
pub use seal::SealingKey;
pub use signer::{Signer, SigningKey};
