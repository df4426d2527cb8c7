//! Keys made once for the whole run: an RSA key takes a second in a debug build.

use std::sync::LazyLock;

use varco::crypto::{KeyKind, SigningKey};

static RSA: LazyLock<[SigningKey; 3]> =
    LazyLock::new(|| std::array::from_fn(|_| SigningKey::generate(KeyKind::Rsa(2048)).unwrap()));
static P256: LazyLock<[SigningKey; 2]> =
    LazyLock::new(|| std::array::from_fn(|_| SigningKey::generate(KeyKind::P256).unwrap()));

/// The gateway's RSA key.
pub fn gateway_rsa() -> &'static SigningKey {
    &RSA[0]
}

/// The RSA key of an identity provider.
pub fn provider_rsa() -> &'static SigningKey {
    &RSA[1]
}

/// An RSA key that nobody registered.
pub fn stranger_rsa() -> &'static SigningKey {
    &RSA[2]
}

/// The key the gateway signs tokens with.
pub fn gateway_ec() -> &'static SigningKey {
    &P256[0]
}

/// The key of a Relying Party that authenticates with `private_key_jwt`.
pub fn relying_party_ec() -> &'static SigningKey {
    &P256[1]
}
