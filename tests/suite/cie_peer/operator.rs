//! What whoever runs the gateway does in the real federation, and what befalls them there.

use serde_json::Value;
use varco::demo::people::PEOPLE;
use varco::login::openid::Profile;

use super::{SERVICES, USUAL, check};
use crate::support::demo::report;
use crate::support::federated_gateway::FederatedGateway;

/// The same whatever order lists have: those of metadata are sets.
fn sorted(value: &Value) -> Value {
    match value {
        Value::Array(all) => {
            let mut all: Vec<Value> = all.iter().map(sorted).collect();
            all.sort_by_key(Value::to_string);
            Value::Array(all)
        }
        Value::Object(members) => members
            .iter()
            .map(|(name, value)| (name.clone(), sorted(value)))
            .collect(),
        other => other.clone(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operator_changes_keys_and_loses_servers_in_the_real_federation() {
    let mut gateway = FederatedGateway::start(USUAL, "not-asked").await;

    // What the anchor makes of its providers' metadata, we make of them too, and so does its own page.
    let mut judge = gateway.citizen();
    for provider in [&gateway.federation.cie, &gateway.federation.spid] {
        let resolved = gateway.wait_for_trust(&provider.id).await;
        let ours = &resolved["metadata"]["openid_provider"];
        let said = &provider.metadata["openid_provider"];
        let policy = provider.policy();
        let federation = &gateway.federation;
        let theirs = federation.apply_policy(&mut judge, said, &policy).await;
        assert_eq!(sorted(ours), sorted(&theirs), "{}", provider.id);
        assert_ne!(sorted(ours), sorted(said));
    }

    // A key that the anchor does not keep is not used, whatever we publish (B2).
    let next = |gateway: &FederatedGateway| {
        gateway.run(&["keys", "federation", "next", "--use", "signing"])
    };
    next(&gateway).expect(0);
    let refused = next(&gateway);
    assert!(refused.expect(1).err.contains("not every superior shows"));
    let with_both = gateway.to_be_published();
    let core = &with_both["metadata"]["openid_relying_party"]["jwks"]["keys"];
    assert_eq!(core.as_array().unwrap().len(), 3);
    gateway.be_kept(&with_both);
    next(&gateway).expect(0);
    let early = next(&gateway);
    assert!(early.expect(1).err.contains("may be in use until"));

    // Started again it shows both, and people go on logging in with the one that everybody knows. The Ministry's provider has
    // gone away meanwhile: it is said, and whoever has SPID does not notice.
    gateway.federation.cie.stop();
    gateway.restart();
    let published = gateway.published().await;
    assert_eq!(published["metadata"], with_both["metadata"]);
    assert_eq!(published["trust_marks"].as_array().unwrap().len(), 1);
    let spid = gateway.federation.spid.id.clone();
    gateway.wait_for_trust(&spid).await;
    let mut citizen = gateway.citizen();
    let ways = gateway.ask(&mut citizen, SERVICES[1].0).await;
    assert!(
        ways.body
            .contains("non riusciamo a collegarci con il Ministero")
    );
    assert!(ways.link_to("/login/cie").is_err());
    // By the name that the anchor gave it.
    assert!(ways.body.contains("Peer spid (registro)"), "{}", ways.body);
    let person = &PEOPLE[1];
    gateway
        .log_in((&mut citizen, &ways), Profile::Spid, person)
        .await;
    let told = gateway.told(&mut citizen).await;
    check(&told, person, (2, "spid"), &gateway.origin);

    // Nor does anybody notice that the anchor is gone, as long as the chains last.
    gateway.federation.anchor.stop();
    let mut citizen = gateway.citizen();
    let ways = gateway.ask(&mut citizen, SERVICES[2].0).await;
    gateway
        .log_in((&mut citizen, &ways), Profile::Spid, person)
        .await;
    let told = gateway.told(&mut citizen).await;
    check(&told, person, (3, "spid"), &gateway.origin);
    report(
        "spid-cie-oidc",
        "operator: a key announced, kept and waiting; policies as the anchor's page applies them; SPID without Ministry and anchor",
    );
}
