//! npm `openid-client`, a certified relying party, logs a person in through the running gateway, over TLS, with a test
//! provider in between.

use serde_json::{Value, json};
use varco::crypto::encoding::base64;
use varco::identity::{AssuranceLevel, Clock as _, SystemClock};
use varco::protocol::jose::JwsAlgorithm;
use varco::server::{Limits, Transport};

use crate::support::demo::Demo;
use crate::support::edge::Served;
use crate::support::gateway::{ISSUER, TestGateway, session_of};
use crate::support::keys;
use crate::support::openid::anna;
use crate::support::peer::openid_client;
use crate::support::relying_party::{Credential, TestRelyingParty};

#[test]
fn openid_client_completes_the_login_as_a_relying_party() {
    let demo = Demo::start(AssuranceLevel::Substantial, Vec::new());
    let addresses = demo.addresses();
    let entity_id = |slug: &str| {
        let mut idps = demo.idps().iter();
        let found = idps.find(|idp| idp.entity_id().contains(slug));
        found.unwrap().entity_id().to_owned()
    };
    let (provider, stronger) = (entity_id("lepidaid"), entity_id("posteid"));
    let secret = demo.ca_file().with_file_name("app.secret");
    let arguments = json!({
        "issuer": addresses.gateway,
        "client": { "id": "area-personale", "secret": std::fs::read_to_string(secret).unwrap() },
        "redirectUri": format!("{}/callback", addresses.app),
        "postLogoutRedirectUri": format!("{}/goodbye", addresses.app),
        "provider": provider,
        "strongerProvider": stronger,
        "answers": { "username": "anna", "password": "prova-anna" },
        "resource": "naspi",
    });

    let told = openid_client("run.mjs", Some(demo.ca_file()), &arguments);

    let method = format!("{}/claims/method", addresses.gateway);
    let vouched = format!("{}/claims/provider", addresses.gateway);
    assert_eq!(told["claims"]["acr"], "https://www.spid.gov.it/SpidL2");
    assert_eq!(told["claims"]["amr"], json!(["mfa"]));
    assert_eq!(told["claims"][&method], "spid");
    assert_eq!(told["claims"][&vouched], provider.as_str());
    assert_eq!(told["raised"]["acr"], "https://www.spid.gov.it/SpidL3");
    assert_eq!(told["raised"][&vouched], stronger.as_str());
    assert_eq!(told["told"]["name"], "Anna Provetti");
}

#[tokio::test(flavor = "multi_thread")]
async fn openid_client_proves_itself_by_key_and_reads_every_kind_of_id_token() {
    let mut signing = TestRelyingParty::new("firmataria");
    signing.credential = Credential::Key(keys::relying_party_ec());
    let mut old = TestRelyingParty::new("antica");
    old.algorithm = JwsAlgorithm::Rs256;
    let apps = [signing, old];
    let gateway = TestGateway::with_clients(apps.iter().map(|app| app.registration("")).collect());
    // The peer has no clock but the machine's.
    gateway.clock.set(SystemClock.now());
    let mut browser = gateway.browser();
    gateway
        .log_in(&mut browser, &anna(), AssuranceLevel::Substantial)
        .await;
    let session = session_of(&browser).unwrap().cookie_value();
    let served = Served::start(
        gateway.router.clone(),
        Transport::DangerPlain,
        Limits::default(),
    )
    .await;
    let clients: Vec<Value> = apps
        .iter()
        .map(|app| {
            let (name, credential) = match &app.credential {
                Credential::Secret(secret) => ("secret", secret.clone()),
                Credential::Key(key) => ("key", base64(key.pkcs8())),
            };
            json!({
                "id": app.id, "redirectUri": app.redirect_uri, "algorithm": app.algorithm.name(),
                name: credential,
            })
        })
        .collect();
    let arguments = json!({
        "issuer": ISSUER,
        "address": format!("http://{}", served.address),
        "cookie": format!("__Host-varco={session}"),
        "clients": clients,
    });

    let claims = tokio::task::spawn_blocking(move || openid_client("client.mjs", None, &arguments))
        .await
        .unwrap();

    for (claims, app) in claims.as_array().unwrap().iter().zip(&apps) {
        assert_eq!(claims["aud"], app.id.as_str());
        assert_eq!(claims["acr"], "https://www.spid.gov.it/SpidL2");
    }
    assert_ne!(claims[0]["sub"], claims[1]["sub"]);
    served.end().await;
}
