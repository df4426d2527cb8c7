//! The federation of a configuration: whom its anchors vouch for, what the login page says meanwhile, and what is wrong in the
//! sections.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use http::{Request, StatusCode};
use http_body_util::BodyExt as _;
use tower::ServiceExt as _;
use varco::config::{Built, Config, Ports, build};
use varco::crypto::SystemRandom;
use varco::http::router::router;
use varco::http::trusted::TrustKeeper;
use varco::identity::{AssuranceLevel, Clock as _, SystemClock};
use varco::login::openid::Standing;
use varco::protocol::federation::TrustChain;
use varco::protocol::jose::UnverifiedJwt;

use crate::support::configured::{Configured, varco as command};
use crate::support::federation::{ANCHOR, Federation, pinned, stranger_key};
use crate::support::http_server::Reply;
use crate::support::trust_stand::TrustStand;

/// The end of the section, and the beginning of what follows.
const HTTP: &str = "danger_allow_http = true\n[[federation.trust_anchor]]";

const UNREACHABLE: &str = "non riusciamo a collegarci con il Ministero";

/// A configuration in the stand's federation, whose Ministry is the stand's provider.
fn configured(stand: &TrustStand, sections: &str) -> Configured {
    let configured = Configured::new();
    let keys = configured.path("federation");
    command(&["keys", "federation", "new", "--p256", "--out", &keys]).expect(0);
    configured.write("anchor.jwks", &pinned().keys.to_json().to_string());
    let anchor = stand.server.url("/ta");
    let text = std::fs::read_to_string(configured.path("varco.toml")).unwrap();
    let federation = format!(
        "
[federation]
keys = \"federation\"
authority_hints = [\"{anchor}\"]
contacts = [\"pec@istituto.example\"]
policy = \"https://istituto.example/privacy\"
logo = \"https://istituto.example/logo.svg\"
danger_allow_http = true
[[federation.trust_anchor]]
entity_id = \"{anchor}\"
keys = \"anchor.jwks\"
"
    );
    configured.write("varco.toml", &(text + &federation + sections));
    configured
}

fn with_cie(stand: &TrustStand) -> Configured {
    configured(
        stand,
        &format!("[cie.openid]\nprovider = \"{}\"\n", stand.provider),
    )
}

fn built(configured: &Configured, stand: &TrustStand) -> Built {
    let config = Config::load(configured.path("varco.toml").as_ref()).unwrap();
    build(&config, ports(stand)).unwrap_or_else(|errors| panic!("{errors}"))
}

fn ports(stand: &TrustStand) -> Ports {
    Ports {
        clock: Arc::new(stand.clock.clone()),
        random: Arc::new(SystemRandom),
    }
}

async fn page(router: &Router, address: &str) -> (StatusCode, String) {
    let request = Request::get(address).body(Body::empty()).unwrap();
    let response = router.clone().oneshot(request).await.unwrap();
    let status = response.status();
    let body = response.into_body().collect().await.unwrap().to_bytes();
    (status, String::from_utf8(body.to_vec()).unwrap())
}

/// "No citizen waits for the federation": the page is there before anything was asked, and says what it knows.
#[tokio::test]
async fn the_login_page_waits_for_no_federation_and_offers_cie_once_it_is_trusted() {
    let stand = TrustStand::new();
    let configured = with_cie(&stand);
    let mut built = built(&configured, &stand);
    let router = router(built.gateway.clone());

    let (status, before) = page(&router, "/login").await;
    assert_eq!(status, StatusCode::OK);
    assert!(before.contains(UNREACHABLE));
    assert!(before.contains("Entra con SPID"));
    assert!(!before.contains("/login/cie"));
    assert_eq!(stand.asked(), 0);

    // An anchor that never answers: the page is as it was.
    let dead = Reply::of(503, "text/plain", "");
    stand.instead("/ta/", dead);
    let refresher = built.trust.as_mut().unwrap();
    let round = refresher.refresh_due(stand.now()).await;
    assert_eq!(round.failures.last().unwrap().code, "status");
    assert!(page(&router, "/login").await.1.contains(UNREACHABLE));

    stand.served.lock().unwrap().instead.clear();
    stand.later(60);
    let round = refresher.refresh_due(stand.now()).await;
    assert_eq!(round.failures, []);
    let (_, after) = page(&router, "/login").await;
    assert!(!after.contains(UNREACHABLE));
    assert!(after.contains("/login/cie"));
    let until = refresher.live().trusted_until(stand.now());
    assert_eq!(until.len(), 1);

    // When the chain has ended it is as before, and the other ways remain.
    stand.later(1800);
    let (_, ended) = page(&router, "/login").await;
    assert!(ended.contains(UNREACHABLE));
    assert!(ended.contains("Entra con SPID"));
    let openid = built.gateway.openid().unwrap();
    let standing = openid.providers().standing(&stand.provider, stand.now());
    assert_eq!(standing, Standing::Unreachable);
}

/// Rules on CIE, B4: "refuse + alert". The log is that of a gateway that serves, the command that of its operator.
#[test]
fn an_anchor_with_other_keys_and_its_end_are_found_with_varco_audit() {
    let stand = TrustStand::new();
    let configured = with_cie(&stand);
    let mut built = built(&configured, &stand);
    let mut keeper = TrustKeeper::new(built.trust.take().unwrap());
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let mut turn = || runtime.block_on(keeper.turn(&built.gateway));
    let found = || -> Vec<(String, serde_json::Value)> {
        let ran = configured.run(&["audit", "find", "--type", "trust_changed"]);
        let lines = ran.expect(0).out.lines().map(|line| {
            let line: serde_json::Value = serde_json::from_str(line).unwrap();
            let event = &line["record"]["event"];
            let entity = event["entity"].as_str().unwrap().to_owned();
            (entity, event["change"].clone())
        });
        lines.collect()
    };
    turn();
    assert_eq!(found(), []);

    stand.served.lock().unwrap().make = Box::new(|now| {
        let mut federation = Federation::flat(now);
        federation.anchor.key = stranger_key();
        federation
    });
    stand.later(1300);
    turn();
    let until = stand.now() + chrono::Duration::seconds(500);
    let anchor = stand.server.url("/ta").to_string();
    let refused = [
        (
            anchor,
            serde_json::json!({"what": "anchor_refused", "code": "anchor-keys"}),
        ),
        (
            stand.provider.clone(),
            serde_json::json!({"what": "provider_refused", "code": "anchor-keys", "until": until}),
        ),
    ];
    assert_eq!(found(), refused);
    let metrics = built.gateway.metrics().encode().unwrap();
    assert!(metrics.contains("varco_federation_alarms 2"), "{metrics}");

    stand.later(500);
    turn();
    let ended = serde_json::json!({"what": "ended", "code": "anchor-keys"});
    assert_eq!(found()[2..], [(stand.provider.clone(), ended)]);
    configured.run(&["audit", "verify"]).expect(0);
}

/// A4: the provider offers level 3, and is believed as far as the configuration says.
#[tokio::test]
async fn a_provider_is_believed_up_to_the_cap_of_its_section() {
    let stand = TrustStand::new();
    let configured = with_cie(&stand);
    configured.change(
        "[cie.openid]",
        "[cie.openid]\ntrusted_level_cap = \"substantial\"",
    );
    let mut built = built(&configured, &stand);
    let refresher = built.trust.as_mut().unwrap();
    refresher.refresh_due(stand.now()).await;
    let openid = built.gateway.openid().unwrap();
    let trusted = openid.trusted(&stand.provider, stand.now()).unwrap();
    assert_eq!(trusted.highest, AssuranceLevel::Substantial);
    let router = router(built.gateway.clone());
    let (_, page) = page(&router, "/login?level=3").await;
    assert!(!page.contains("/login/cie"));
    assert!(!page.contains(UNREACHABLE));
}

#[tokio::test]
async fn our_resolve_endpoint_tells_of_the_chain_that_is_in_force() {
    let stand = TrustStand::new();
    let mut built = built(&with_cie(&stand), &stand);
    let router = router(built.gateway.clone());
    let (provider, anchor) = (&stand.provider, stand.server.url("/ta"));
    let address = format!("/resolve?sub={provider}&trust_anchor={anchor}");
    assert_eq!(page(&router, &address).await.0, StatusCode::NOT_FOUND);
    assert_eq!(stand.asked(), 0);

    let refresher = built.trust.as_mut().unwrap();
    refresher.refresh_due(stand.now()).await;

    let (status, token) = page(&router, &address).await;
    assert_eq!(status, StatusCode::OK, "{token}");
    let answer = UnverifiedJwt::parse(&token, 512 * 1024).unwrap();
    let claims = answer.unverified_claims();
    let statements: Vec<String> = serde_json::from_value(claims["trust_chain"].clone()).unwrap();
    let mut pinned = pinned();
    pinned.id = varco::protocol::federation::EntityId::parse(anchor.as_str()).unwrap();
    let now = stand.now().timestamp();
    let chain = TrustChain::verify(&statements, &[pinned], Default::default(), now).unwrap();
    assert_eq!(claims["metadata"], chain.metadata().to_json());
    assert_eq!(
        page(
            &router,
            &format!("/resolve?sub={provider}&trust_anchor={ANCHOR}")
        )
        .await
        .0,
        404
    );
}

#[test]
fn check_resolves_the_federation_and_says_whom_it_trusts() {
    let stand = TrustStand::new();
    stand.clock.set(SystemClock.now());
    stand.tick();
    let configured = with_cie(&stand);
    let told = configured.run(&["check"]);
    told.expect(0);
    let line = format!("{} is trusted until", stand.provider);
    assert!(told.out.contains(&line), "{}", told.out);

    stand.die();
    let told = configured.run(&["check"]);
    told.expect(0);
    let line = format!("note: {} in the federation: status", stand.provider);
    assert!(told.out.contains(&line), "{}", told.out);
}

#[tokio::test]
async fn a_provider_of_spid_over_openid_is_trusted_by_its_profile() {
    let stand = TrustStand::new();
    let configured = configured(&stand, "");
    let section = format!(
        "[spid.openid]\nproviders = [\"{}\"]\n\n[spid]",
        stand.provider
    );
    configured.change("[spid]", &section);
    let mut built = built(&configured, &stand);
    let refresher = built.trust.as_mut().unwrap();
    refresher.refresh_due(stand.now()).await;
    let openid = built.gateway.openid().unwrap();
    let trusted = openid.trusted(&stand.provider, stand.now()).unwrap();
    assert_eq!(trusted.profile, varco::login::openid::Profile::Spid);
}

#[test]
fn what_is_wrong_in_the_sections_of_a_federation_is_said() {
    let stand = TrustStand::new();
    let faults = |change: &dyn Fn(&Configured)| {
        let configured = with_cie(&stand);
        change(&configured);
        let config = Config::load(configured.path("varco.toml").as_ref());
        let built = config.and_then(|config| build(&config, ports(&stand)));
        built
            .err()
            .map(|errors| errors.to_string())
            .unwrap_or_default()
    };
    assert_eq!(faults(&|_| {}), "");
    let anchor = stand.server.url("/ta");
    let id = format!("entity_id = \"{anchor}\"\nkeys = \"anchor.jwks\"");
    for (old, new, fault) in [
        ("anchor.jwks", "nowhere.jwks".to_owned(), "nowhere.jwks"),
        ("anchor.jwks", "varco.toml".to_owned(), "JSON Web Key Set"),
        (id.as_str(), id.replace("http:", "ftp:"), "`entity_id`"),
        (
            stand.provider.as_str(),
            "the Ministry".to_owned(),
            "an entity id is",
        ),
        (
            "[cie.openid]",
            "[cie]\nprotocol = \"saml\"\n[cie.openid]".to_owned(),
            "`protocol`",
        ),
        (
            "[cie.openid]",
            "[cie.openid]\ntrusted_level_cap = \"below-low\"".to_owned(),
            "unknown variant `below-low`",
        ),
        (HTTP, format!("networks = [\"here\"]\n{HTTP}"), "`networks`"),
        (
            HTTP,
            format!("trust_mark_status = \"always\"\n{HTTP}"),
            "always",
        ),
        (
            "[spid]",
            "[spid.openid]\nproviders = []\n[spid]".to_owned(),
            "one at least",
        ),
        (
            "[spid]",
            format!(
                "[spid.openid]\nproviders = [\"{}\"]\n[spid]",
                stand.provider
            ),
            "counts as one of both",
        ),
    ] {
        let told = faults(&|configured| configured.change(old, &new));
        assert!(told.contains(fault), "{new}: {told}");
    }
    let none = faults(&|configured| {
        configured.change(&format!("[[federation.trust_anchor]]\n{id}\n"), "");
    });
    assert!(none.contains("`[[federation.trust_anchor]]`"), "{none}");
}
