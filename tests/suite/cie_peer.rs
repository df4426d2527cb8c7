//! Varco in a federation that is not ours: the trust anchor, the CIE provider and the SPID provider of `spid-cie-oidc`.

use std::collections::BTreeSet;

use serde_json::json;
use tempfile::TempDir;
use varco::demo::ca::server_identity;
use varco::demo::citizen::Citizen;
use varco::demo::folder::DataFolder;
use varco::identity::{Clock as _, SystemClock};

use crate::support::federation_peer::{Encryption, PeerFederation, RELYING_PARTY, Validated};

const USUAL: Encryption = Encryption {
    alg: "RSA-OAEP-256",
    enc: "A256CBC-HS512",
};

#[tokio::test(flavor = "multi_thread")]
async fn the_real_federation_comes_up_and_its_validators_say_yes_and_no() {
    let folder = TempDir::new().unwrap();
    let data = DataFolder::open(folder.path()).unwrap();
    let identity = server_identity(&data, SystemClock.now()).unwrap();
    let mut federation = PeerFederation::start(folder.path(), USUAL);
    let mut citizen = Citizen::new(&identity.authority).unwrap();
    let anchor = federation.anchor.id.clone();

    let relying_party = "https://rp.example";
    let keys = federation.anchor.keys.clone();
    let marks = federation.enrol(relying_party, &keys, json!({}));
    assert_eq!(marks.as_array().unwrap().len(), 1);
    let providers = [&*federation.cie.id, &*federation.spid.id];
    for (kind, members) in [
        ("openid_provider", &providers[..]),
        (RELYING_PARTY, &[relying_party]),
    ] {
        let list = format!("{anchor}/list?entity_type={kind}");
        let list = citizen.open(&list).await.unwrap().body;
        // In whatever order: the anchor's depends on the ports.
        let list: BTreeSet<String> = serde_json::from_str(&list).unwrap();
        assert_eq!(list, members.iter().map(ToString::to_string).collect());
        for member in members {
            let statement = format!("{anchor}/fetch?sub={member}");
            let statement = citizen.open(&statement).await.unwrap();
            let kind = statement.headers.get("content-type").unwrap();
            assert_eq!(kind, "application/entity-statement+jwt");
        }
    }

    let nobody = format!("{anchor}/nobody");
    for (judged, is_good) in [
        (Validated::EntityConfiguration(&federation.cie.id), true),
        (Validated::EntityConfiguration(&nobody), false),
        (
            Validated::Metadata(r#"{"client_id": "nobody"}"#, "cie"),
            false,
        ),
        (Validated::AuthorizationRequest("e30.e30.AA", "cie"), false),
    ] {
        let verdict = federation.validate(&mut citizen, judged).await;
        assert_eq!(verdict.is_ok(), is_good, "{judged:?}: {verdict:?}");
        if let Err(why) = verdict {
            assert!(why.starts_with("Validation Failed"), "{why}");
        }
    }
}
