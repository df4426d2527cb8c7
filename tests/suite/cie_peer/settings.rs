//! The settings for what the reference providers do otherwise than the documents say: each is needed, and nothing passes without
//! it.

use http::StatusCode;
use varco::demo::people::PEOPLE;

use super::{PROFILES, SERVICES, USUAL, check};
use crate::support::federated_gateway::{FederatedGateway, HABITS};

#[tokio::test(flavor = "multi_thread")]
async fn the_real_providers_are_refused_for_what_no_setting_allows() {
    let mut gateway = FederatedGateway::start(USUAL, "not-asked").await;
    let allowing = std::fs::read_to_string(gateway.configured.path("varco.toml")).unwrap();
    for (habit, code) in HABITS {
        let without = allowing.replace(&format!("{habit} = true\n"), "");
        assert_ne!(without, allowing);
        gateway.configured.write("varco.toml", &without);
        gateway.restart();
        for (profile, name) in PROFILES {
            let provider = match name {
                "cie" => &gateway.federation.cie,
                _ => &gateway.federation.spid,
            };
            gateway.wait_for_trust(&provider.id).await;
            let mut citizen = gateway.citizen();
            let ways = gateway.ask(&mut citizen, SERVICES[1].0).await;
            let refused = if code.starts_with("error") {
                // It is the provider that refuses, before it shows a page.
                let way = gateway.way_to(profile, &ways);
                citizen.follow(&ways, &way).await.unwrap()
            } else {
                gateway
                    .log_in((&mut citizen, &ways), profile, &PEOPLE[0])
                    .await
            };
            assert_eq!(refused.status, StatusCode::FORBIDDEN, "{habit}, {name}");
            assert!(refused.url.as_str().starts_with(&gateway.origin));
            assert_eq!(gateway.last_refusal(), code, "{habit}, {name}");
        }
    }
    // With all of them people are in.
    gateway.configured.write("varco.toml", &allowing);
    gateway.restart();
    gateway.wait_for_trust(&gateway.federation.cie.id).await;
    let mut citizen = gateway.citizen();
    let ways = gateway.ask(&mut citizen, SERVICES[1].0).await;
    let (profile, name) = PROFILES[0];
    gateway
        .log_in((&mut citizen, &ways), profile, &PEOPLE[0])
        .await;
    let told = gateway.told(&mut citizen).await;
    check(&told, &PEOPLE[0], (2, name), &gateway.origin);
}
