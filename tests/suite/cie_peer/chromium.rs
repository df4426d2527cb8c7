//! A real Chromium at the real providers: cookies, policies for content and redirects as a browser has them.

use serde_json::json;
use varco::demo::people::PEOPLE;

use super::USUAL;
use crate::support::chromium::{drive, key_digest};
use crate::support::demo::{report, target_folder};
use crate::support::federated_gateway::FederatedGateway;

#[tokio::test(flavor = "multi_thread")]
async fn a_real_browser_goes_through_both_real_providers_and_logs_out_at_them() {
    let mut gateway = FederatedGateway::start(USUAL, "by-name").await;
    let person = &PEOPLE[0];
    let task = json!({
        "browser": "/usr/bin/chromium",
        "spki": key_digest(gateway.configured.path("server.pem").as_ref()),
        "app": gateway.app,
        "gateway": gateway.origin,
        "spid": gateway.federation.spid.id,
        "person": { "username": person.username, "password": person.password },
        "screenshots": target_folder("screenshots"),
    });
    let seen = tokio::task::spawn_blocking(move || drive("federation.mjs", &task));
    let seen = seen.await.unwrap();
    assert_eq!(seen["ok"], true, "{seen:#}\n{}", gateway.serving.log());
    assert_eq!(seen["complaints"], json!([]), "{seen:#}");
    for page in ["first", "second"] {
        assert_eq!(seen[page]["barriers"], json!([]), "{seen:#}");
    }
    for (way, class) in [("byCie", "SpidL2"), ("bySpid", "SpidL3")] {
        let level = format!("https://www.spid.gov.it/{class}");
        assert_eq!(seen[way]["level"], json!(level), "{seen:#}");
        let code = &seen[way]["claims"]["fiscal_number"];
        assert_eq!(*code, json!(person.fiscal_code), "{seen:#}");
    }
    let client = gateway.origin.clone();
    let federation = &mut gateway.federation;
    for provider in [&mut federation.cie, &mut federation.spid] {
        assert_eq!(provider.access_tokens(&client), (0, 1), "{}", provider.id);
    }
    report(
        "spid-cie-oidc",
        "Chromium: level 2 by CIE, level 3 by SPID, logout at both",
    );
}
