//! The federation that is not ours: its CIE provider, named, and its SPID provider, found on its anchor's list.

use std::sync::Arc;

use serde_json::json;
use tempfile::TempDir;
use varco::crypto::SystemRandom;
use varco::demo::ca::server_identity;
use varco::demo::folder::DataFolder;
use varco::fetch::{Authorities, Rules};
use varco::identity::{AssuranceLevel, Clock as _, SystemClock};
use varco::login::openid::trust::{
    MarkStatus, TrustLimits, TrustRefresher, TrustSettings, Wanted, WantedMarks, WantedProviders,
};
use varco::login::openid::{Profile, Providers as _, Standing};
use varco::protocol::federation::{ChainRules, EntityId, TrustAnchor};
use varco::protocol::jose::{JwkRules, JwkSet};

use crate::support::federation_peer::{Encryption, PeerFederation};
use crate::support::spid::TestRegister;

const USUAL: Encryption = Encryption {
    alg: "RSA-OAEP-256",
    enc: "A256CBC-HS512",
};

#[tokio::test(flavor = "multi_thread")]
async fn the_providers_of_the_real_federation_are_trusted_in_both_profiles() {
    let folder = TempDir::new().unwrap();
    let data = DataFolder::open(folder.path()).unwrap();
    server_identity(&data, SystemClock.now()).unwrap();
    let federation = PeerFederation::start(folder.path(), USUAL);
    let id = |text: &str| EntityId::parse(text).unwrap();
    let anchor = id(&federation.anchor.id);
    let keys = json!({ "keys": federation.anchor.keys });
    let keys = JwkSet::read(JwkRules::Federation, keys.as_object().unwrap()).unwrap();
    let address = anchor.configuration_address().unwrap();
    let authorities = Authorities::File(folder.path().join("ca.pem"));
    let settings = TrustSettings {
        anchors: vec![TrustAnchor {
            id: anchor.clone(),
            keys,
        }],
        wanted: vec![
            Wanted {
                profile: Profile::Cie,
                providers: WantedProviders::Named(vec![id(&federation.cie.id)]),
            },
            Wanted {
                profile: Profile::Spid,
                providers: WantedProviders::ListedBy(anchor),
            },
        ],
        chain: ChainRules::default(),
        marks: WantedMarks::OfProviders,
        status: MarkStatus::ByName,
        rules: Rules {
            networks: vec!["127.0.0.1/32".parse().unwrap()],
            max_bytes: 64 * 1024,
            ..Rules::for_origin_of(&address, authorities)
        },
        limits: TrustLimits::default(),
    };
    let register = Arc::new(TestRegister::default());
    let (mut refresher, live) = TrustRefresher::new(
        settings,
        Arc::clone(&register) as _,
        Arc::new(SystemRandom),
        Arc::new(SystemClock),
    );

    let now = SystemClock.now();
    let round = refresher.refresh_due(now).await;

    assert_eq!(round.failures, []);
    for (provider, profile) in [
        (&federation.cie, Profile::Cie),
        (&federation.spid, Profile::Spid),
    ] {
        assert_eq!(live.standing(&provider.id, now), Standing::Ready);
        let trusted = live.provider(&provider.id, now).unwrap();
        assert_eq!(
            (trusted.profile, trusted.highest),
            (profile, AssuranceLevel::High)
        );
        // As the anchor's policy has it, whatever the provider says.
        assert_eq!(
            trusted.name,
            provider.policy()["organization_name"]["value"]
        );
    }
    assert_eq!(register.entries().len(), 2);
}
