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

static OPENS: LazyLock<[Arc<DecryptionKey>; 2]> = LazyLock::new(|| {
    [KeyKind::Rsa(2048), KeyKind::P256].map(|kind| Arc::new(DecryptionKey::generate(kind).unwrap()))
});

/// The gateway's RSA key that providers encrypt to, and its other one on a curve.
pub fn opens() -> &'static [Arc<DecryptionKey>; 2] {
    &OPENS
}

/// What signs requests: the gateway's RSA key.
pub fn signer() -> JwtSigner {
    JwtSigner::new(Arc::new(Shared(keys::gateway_rsa())), JwsAlgorithm::Rs256).unwrap()
}

/// The key that providers know the gateway's requests by.
pub fn client_keys() -> JwkSet {
    JwkSet::new(vec![signer().jwk().clone()]).unwrap()
}

/// A provider of a profile that knows the gateway; its trust ends then.
pub fn double(profile: Profile, expires: Timestamp) -> Arc<OpenIdDouble> {
    let client = Client {
        id: ISSUER.to_owned(),
        keys: client_keys(),
        encryption: Arc::clone(&OPENS[0]),
    };
    let key = Arc::new(Shared(keys::provider_rsa()));
    OpenIdDouble::new(profile, key, client, expires)
}

/// Who is trusted, how they are reached, and what they do otherwise than the documents say.
pub struct Parties {
    pub providers: Arc<dyn Providers>,
    pub back_channel: Arc<dyn BackChannel>,
    pub habits: Habits,
}

/// The relying party of these.
pub fn relying_party(
    parties: Parties,
    store: &Arc<dyn ExpiringStore>,
    register: Arc<TestRegister>,
) -> OpenIdRelyingParty {
    let settings = RelyingPartySettings {
        client_id: ISSUER.to_owned(),
        origin: ISSUER.to_owned(),
        minimum_level: RequiredAssurance(AssuranceLevel::Substantial),
        shortest_session: Duration::from_secs(30 * 60),
        cie: parties.habits,
        spid: parties.habits,
    };
    let keys = RelyingPartyKeys {
        signer: signer(),
        decryption: OPENS.iter().cloned().map(JweKey::new).collect(),
        sealing: SealingKey::new(&[9; 32]),
    };
    let ports = OpenIdPorts {
        store: Arc::clone(store),
        random: Arc::new(SystemRandom) as Arc<dyn Random>,
        register,
        back_channel: parties.back_channel,
        providers: parties.providers,
    };
    OpenIdRelyingParty::new(settings, keys, ports)
}

/// The one provider of a relying party.
fn alone(double: &Arc<OpenIdDouble>) -> Parties {
    Parties {
        providers: Arc::clone(double) as Arc<dyn Providers>,
        back_channel: Arc::clone(double) as Arc<dyn BackChannel>,
        habits: Habits::default(),
    }
}

/// A gateway's logins with that provider as one of SPID's.
pub fn with_spid(double: &Arc<OpenIdDouble>) -> MakeOpenId {
    let parties = alone(double);
    Box::new(move |store, register| OpenIdWays {
        party: Some(Arc::new(relying_party(parties, store, register))),
        ..OpenIdWays::default()
    })
}

/// A gateway's logins with that provider, which "Entra con CIE" leads to first or second.
pub fn with_cie(double: &Arc<OpenIdDouble>, first: CieProtocol) -> MakeOpenId {
    let parties = alone(double);
    Box::new(move |store, register| OpenIdWays {
        party: Some(Arc::new(relying_party(parties, store, register))),
        cie: Some((first, OP.to_owned())),
        upstreams: Vec::new(),
    })
}
