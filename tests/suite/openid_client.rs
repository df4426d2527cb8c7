//! npm `openid-client`, a certified relying party, logs a person in through the running gateway, over TLS, with a test
//! provider in between.

use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};
use varco::identity::AssuranceLevel;

use crate::support::demo::Demo;

/// Runs the peer against a demo; gives what it printed.
fn run(demo: &Demo, arguments: &Value) -> Value {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/peers/openid-client");
    assert!(
        folder.join("node_modules/openid-client").is_dir(),
        "openid-client is not installed: run `make setup`"
    );
    let output = Command::new("node")
        .arg(folder.join("run.mjs"))
        .arg(arguments.to_string())
        .env("NODE_EXTRA_CA_CERTS", demo.ca_file())
        .output()
        .unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    serde_json::from_slice(&output.stdout).unwrap()
}

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

    let told = run(&demo, &arguments);

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
