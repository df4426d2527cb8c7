//! The gateway as a relying party of OpenID providers, with a provider that has no socket.

use std::sync::{Arc, LazyLock};
use std::time::Duration;

use varco::crypto::{DecryptionKey, KeyKind, Random, SealingKey, SystemRandom};
use varco::http::cie::CieProtocol;
use varco::identity::{AssuranceLevel, RequiredAssurance, Timestamp};
use varco::login::openid::{
    BackChannel, Habits, OpenIdPorts, OpenIdRelyingParty, Profile, Providers, RelyingPartyKeys,
    RelyingPartySettings,
};
use varco::protocol::jose::{JweKey, JwkSet, JwsAlgorithm, JwtSigner};
use varco::store::ExpiringStore;

use super::gateway::{ISSUER, MakeOpenId, OpenIdWays, Shared};
use super::keys;
use super::openid_double::{Client, OP, OpenIdDouble};
use super::spid::TestRegister;

static OPENS: LazyLock<Arc<DecryptionKey>> =
    LazyLock::new(|| Arc::new(DecryptionKey::generate(KeyKind::Rsa(2048)).unwrap()));

/// What signs requests: the gateway's RSA key.
pub fn signer() -> JwtSigner {
    JwtSigner::new(Arc::new(Shared(keys::gateway_rsa())), JwsAlgorithm::Rs256).unwrap()
}

/// A provider of a profile that knows the gateway; its trust ends then.
pub fn double(profile: Profile, expires: Timestamp) -> Arc<OpenIdDouble> {
    let client = Client {
        id: ISSUER.to_owned(),
        keys: JwkSet::new(vec![signer().jwk().clone()]).unwrap(),
        encryption: Arc::clone(&OPENS),
    };
    let key = Arc::new(Shared(keys::provider_rsa()));
    OpenIdDouble::new(profile, key, client, expires)
}

/// The relying party whose one provider it is.
pub fn relying_party(
    double: &Arc<OpenIdDouble>,
    store: &Arc<dyn ExpiringStore>,
    register: Arc<TestRegister>,
) -> OpenIdRelyingParty {
    let settings = RelyingPartySettings {
        client_id: ISSUER.to_owned(),
        origin: ISSUER.to_owned(),
        minimum_level: RequiredAssurance(AssuranceLevel::Substantial),
        shortest_session: Duration::from_secs(30 * 60),
        cie: Habits::default(),
        spid: Habits::default(),
    };
    let keys = RelyingPartyKeys {
        signer: signer(),
        decryption: vec![JweKey::new(Arc::clone(&OPENS))],
        sealing: SealingKey::new(&[9; 32]),
    };
    let ports = OpenIdPorts {
        store: Arc::clone(store),
        random: Arc::new(SystemRandom) as Arc<dyn Random>,
        register,
        back_channel: Arc::clone(double) as Arc<dyn BackChannel>,
        providers: Arc::clone(double) as Arc<dyn Providers>,
    };
    OpenIdRelyingParty::new(settings, keys, ports)
}

/// A gateway's logins with that provider as one of SPID's.
pub fn with_spid(double: &Arc<OpenIdDouble>) -> MakeOpenId {
    let double = Arc::clone(double);
    Box::new(move |store, register| OpenIdWays {
        party: Some(Arc::new(relying_party(&double, store, register))),
        ..OpenIdWays::default()
    })
}

/// A gateway's logins with that provider, which "Entra con CIE" leads to first or second.
pub fn with_cie(double: &Arc<OpenIdDouble>, first: CieProtocol) -> MakeOpenId {
    let double = Arc::clone(double);
    Box::new(move |store, register| OpenIdWays {
        party: Some(Arc::new(relying_party(&double, store, register))),
        cie: Some((first, OP)),
        upstreams: Vec::new(),
    })
}
