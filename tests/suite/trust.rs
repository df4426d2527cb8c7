//! Who is trusted in a federation, resolved in the background from servers that do as they please (rules on CIE, B4).

use serde_json::json;
use varco::identity::AssuranceLevel;
use varco::login::openid::trust::{MarkStatus, TrustFailure, WantedMarks, WantedProviders};
use varco::login::openid::{Profile, Providers as _, Standing};
use varco::protocol::federation::{EntityId, TrustChain};

use crate::support::federation::{
    Federation, INTERMEDIATE, MARK, intermediate_key, jwks, provider_key, stranger_key,
};
use crate::support::http_server::Reply;
use crate::support::trust_stand::TrustStand;

mod alarms;
mod peer;
mod servers;

#[tokio::test]
async fn a_provider_is_resolved_from_its_name_to_its_keys() {
    let mut stand = TrustStand::new();
    assert_eq!(stand.standing(), Standing::NotYet);
    assert!(stand.trusted().is_none());

    let round = stand.round().await;

    assert_eq!(round.refreshed, [stand.provider.clone()]);
    assert_eq!(round.failures, []);
    assert_eq!(stand.standing(), Standing::Ready);
    let provider = stand.trusted().unwrap();
    assert_eq!(provider.issuer, stand.provider);
    assert_eq!(provider.name, "Ministero di prova");
    assert_eq!(provider.profile, Profile::Cie);
    assert_eq!(provider.highest, AssuranceLevel::High);
    assert_eq!(
        provider.token_endpoint.as_str(),
        format!("{}/token", stand.provider)
    );
    assert_eq!(provider.keys.keys()[0].kid(), "core");
    assert_eq!(
        provider.expires,
        stand.now() + chrono::Duration::seconds(1800)
    );
    let all = stand.live.of_profile(Profile::Cie, stand.now());
    assert_eq!(all.len(), 1);
    assert!(stand.live.of_profile(Profile::Spid, stand.now()).is_empty());
    // The anchor's configuration, the provider's, and what the one says of the other.
    assert_eq!(stand.asked(), 3);
}

/// Rules on CIE, B12.
#[tokio::test]
async fn the_chain_is_kept_as_evidence_that_verifies_by_itself() {
    let mut stand = TrustStand::new();
    stand.round().await;
    let entries = stand.register.entries();
    assert_eq!(entries.len(), 1);
    assert_eq!(
        entries[0].provider.as_deref(),
        Some(stand.provider.as_str())
    );
    assert_eq!(stand.trusted().unwrap().evidence.as_ref().unwrap().0, "1");
    let kept: serde_json::Value = serde_json::from_slice(entries[0].response_raw.expose()).unwrap();
    let statements: Vec<String> = serde_json::from_value(kept["trust_chain"].clone()).unwrap();
    let mut anchor = crate::support::federation::pinned();
    anchor.id = EntityId::parse(stand.server.url("/ta").as_str()).unwrap();
    let now = stand.now().timestamp();
    let chain = TrustChain::verify(&statements, &[anchor], Default::default(), now).unwrap();
    assert_eq!(chain.metadata().to_json(), kept["metadata"]);
    assert!(kept["trust_mark"].is_string());
}

/// The keys of an issuer outside the provider's chain come from a chain of its own: it is kept too, and its end counts.
#[tokio::test]
async fn a_mark_holds_as_long_as_somebody_vouches_for_its_issuer() {
    let mut stand = TrustStand::with(
        |now| {
            let mut federation = Federation::flat(now);
            let mut of_issuer = Federation::deep(now).statements.remove(1);
            of_issuer.claims["exp"] = json!(now + 600);
            federation.statements.push(of_issuer);
            federation.anchor.claims["trust_mark_issuers"][MARK] = json!([INTERMEDIATE]);
            federation.mark.claims["iss"] = json!(INTERMEDIATE);
            federation.mark.header["kid"] = json!("intermediate");
            federation.mark.key = intermediate_key();
            federation
        },
        |_, _| {},
    );
    assert_eq!(stand.round().await.failures, []);
    let until = stand.now() + chrono::Duration::seconds(600);
    assert_eq!(stand.trusted().unwrap().expires, until);
    let entries = stand.register.entries();
    let kept: serde_json::Value = serde_json::from_slice(entries[0].response_raw.expose()).unwrap();
    let statements: Vec<String> = serde_json::from_value(kept["trust_mark_chain"].clone()).unwrap();
    let mut anchor = crate::support::federation::pinned();
    anchor.id = EntityId::parse(stand.server.url("/ta").as_str()).unwrap();
    let now = stand.now().timestamp();
    let chain = TrustChain::verify(&statements, &[anchor], Default::default(), now).unwrap();
    let issuer = stand.server.url("/sa");
    assert_eq!(chain.subject().id().as_str(), issuer.as_str());
}

/// "Last good chain used until it expires and never after."
#[tokio::test]
async fn the_last_good_chain_is_used_until_it_ends_and_never_after() {
    let mut stand = TrustStand::new();
    stand.round().await;
    stand.die();
    let mut failures = 0;
    // Until the last second.
    for _ in 0..17 {
        stand.later(100);
        failures += stand.round().await.failures.len();
        assert!(stand.trusted().is_some());
        assert_eq!(stand.standing(), Standing::Ready);
    }
    assert!(failures > 2, "{failures}");
    stand.later(99);
    assert!(stand.trusted().is_some());
    stand.later(1);
    assert!(stand.trusted().is_none());
    assert!(stand.live.of_profile(Profile::Cie, stand.now()).is_empty());
    assert!(stand.live.chain(&stand.provider, stand.now()).is_none());
    stand.round().await;
    assert_eq!(stand.standing(), Standing::Unreachable);
    // It comes back by itself.
    stand.served.lock().unwrap().instead.clear();
    stand.later(600);
    stand.round().await;
    assert_eq!(stand.standing(), Standing::Ready);
}

#[tokio::test]
async fn a_chain_is_asked_for_again_at_two_thirds_of_its_life_and_not_before() {
    let mut stand = TrustStand::new();
    stand.round().await;
    let asked = stand.asked();
    stand.later(1000);
    stand.round().await;
    assert_eq!(stand.asked(), asked);
    stand.later(200);
    let round = stand.round().await;
    assert_eq!(round.refreshed.len(), 1);
    assert_eq!(stand.asked(), 2 * asked);
    assert_eq!(
        stand.trusted().unwrap().expires,
        stand.now() + chrono::Duration::seconds(1800)
    );
}

#[tokio::test]
async fn who_fails_is_asked_less_and_less_often() {
    let mut stand = TrustStand::new();
    stand.die();
    let mut rounds = 0;
    for _ in 0..360 {
        let asked = stand.asked();
        stand.round().await;
        rounds += usize::from(stand.asked() > asked);
        stand.later(10);
    }
    // In an hour: after half a minute, one, two, four, eight, and then every ten.
    assert!((8..=14).contains(&rounds), "{rounds}");
    assert_eq!(stand.standing(), Standing::NotYet);
}

/// What others answer late they sign late: a round that began minutes ago does not take it for news from the future, nor a chain
/// that has ended meanwhile for one in force.
#[tokio::test]
async fn who_is_slow_does_not_make_the_others_statements_come_from_the_future() {
    let mut stand = TrustStand::new();
    stand.served.lock().unwrap().slow = 300;
    let round = stand.round().await;
    assert_eq!(round.failures, []);
    let until = stand.now() + chrono::Duration::seconds(1800);
    assert_eq!(stand.trusted().unwrap().expires, until);

    let ends = stand.now().timestamp() + 100;
    stand.served.lock().unwrap().make = Box::new(move |now| {
        let mut federation = Federation::flat(now);
        federation.provider.claims["exp"] = json!(ends + 1300);
        federation
    });
    stand.later(1300);
    let round = stand.round().await;
    assert_eq!(round.failures[0].code, "statement-expired");
}

#[tokio::test]
async fn what_the_federation_refuses_is_told_by_its_code_and_the_last_good_chain_stays() {
    let mut stand = TrustStand::new();
    stand.round().await;
    stand.served.lock().unwrap().make = Box::new(|now| {
        let mut federation = Federation::flat(now);
        federation.statements[0].claims["sub"] = json!("https://other.example.it");
        federation
    });
    stand.later(1300);
    let round = stand.round().await;
    let not_vouched_for = TrustFailure {
        entity: stand.provider.clone(),
        code: "not-vouched-for",
    };
    assert_eq!(round.failures, [not_vouched_for]);
    assert_eq!(stand.standing(), Standing::Ready);
    stand.later(600);
    assert_eq!(stand.standing(), Standing::Refused("not-vouched-for"));
}

type Change = fn(&mut Federation);

#[tokio::test]
async fn a_provider_that_breaks_a_rule_is_not_trusted() {
    let rows: [(&str, Change); 6] = [
        ("token_signature", |f| f.provider.key = stranger_key()),
        ("anchor-keys", |f| f.anchor.key = stranger_key()),
        ("trust-mark-missing", |f| {
            f.mark_entry = serde_json::Value::Null;
        }),
        ("statement-expired", |f| {
            f.statements[0].claims["exp"] = json!(1);
        }),
        ("provider-metadata", |f| {
            f.metadata()["request_parameter_supported"] = json!(false);
        }),
        ("provider-metadata", |f| {
            f.metadata()["acr_values_supported"] = json!(["loa-4"]);
        }),
    ];
    for (code, change) in rows {
        let mut stand = TrustStand::with(
            move |now| {
                let mut federation = Federation::flat(now);
                change(&mut federation);
                federation
            },
            |_, _| {},
        );
        let round = stand.round().await;
        assert_eq!(
            round.failures.last().map(|failure| failure.code),
            Some(code)
        );
        assert_eq!(stand.standing(), Standing::Refused(code));
        assert!(stand.trusted().is_none());
        assert!(stand.register.entries().is_empty());
    }
}

#[tokio::test]
async fn an_intermediate_is_passed_where_chains_may_have_one() {
    let mut stand = TrustStand::with(Federation::deep, |_, _| {});
    assert_eq!(stand.round().await.refreshed.len(), 1);
    assert_eq!(stand.asked(), 5);

    let mut stand = TrustStand::with(Federation::deep, |settings, _| {
        settings.chain.most_intermediates = 0;
    });
    let round = stand.round().await;
    assert_eq!(round.failures[0].code, "chain-too-long");
}

#[tokio::test]
async fn the_providers_that_an_anchor_lists_are_found_and_lost() {
    let listed = |settings: &mut varco::login::openid::trust::TrustSettings, base: &str| {
        let anchor = EntityId::parse(&format!("{base}/ta")).unwrap();
        settings.wanted[0].providers = WantedProviders::ListedBy(anchor);
        settings.limits.listed = 3;
    };
    let mut stand = TrustStand::with(Federation::flat, listed);
    let round = stand.round().await;
    assert_eq!(round.refreshed, [stand.provider.clone()]);
    let line = &stand.server.received()[1].line;
    assert!(
        line.starts_with("GET /ta/list?entity_type=openid_provider "),
        "{line}"
    );

    // It is on the list no more: it lives as long as its chain does.
    stand.served.lock().unwrap().list = json!(["not a name", "https://other.invalid"]);
    stand.later(1300);
    stand.round().await;
    stand.later(2400);
    stand.round().await;
    assert!(stand.trusted().is_none());
    assert_eq!(stand.standing(), Standing::NotYet);

    // A list without end is cut.
    let many: Vec<String> = (0..50)
        .map(|number| format!("{}/{number}", stand.provider))
        .collect();
    stand.served.lock().unwrap().list = json!(many);
    stand.later(3700);
    assert_eq!(stand.round().await.failures.len(), 3);

    for (list, code) in [
        (
            Reply::of(200, "application/json", r#"{"a":1}"#),
            "statement-form",
        ),
        (Reply::of(500, "application/json", "[]"), "status"),
    ] {
        let mut stand = TrustStand::with(Federation::flat, listed);
        stand.instead("/ta/list", list);
        assert_eq!(stand.round().await.failures[0].code, code);
    }
}

#[tokio::test]
async fn the_issuer_of_the_trust_mark_is_asked_whether_it_is_in_force() {
    for (status, field) in [
        (MarkStatus::ByName, "id="),
        (MarkStatus::ByMark, "trust_mark="),
    ] {
        let mut stand = TrustStand::with(Federation::flat, move |settings, _| {
            settings.status = status;
        });
        assert_eq!(stand.round().await.refreshed.len(), 1);
        let received = stand.server.received();
        let asked = received.last().unwrap();
        assert!(asked.line.starts_with("POST /ta/trust_mark_status "));
        assert!(asked.body.starts_with(field.as_bytes()));
        let kept = stand.register.entries()[0].response_raw.expose().clone();
        assert!(
            String::from_utf8(kept)
                .unwrap()
                .contains(r#"\"active\":true"#)
        );

        // Revoked: the federation has taken its word back, and the chain that is there goes with it.
        let revoked = match status {
            MarkStatus::ByName => Reply::of(200, "application/json", r#"{"active":false}"#),
            _ => Reply::of(404, "application/json", r#"{"error":"not_found"}"#),
        };
        stand.instead("/ta/trust_mark_status", revoked);
        stand.later(1300);
        stand.round().await;
        assert_eq!(stand.standing(), Standing::Refused("trust-mark-revoked"));
        assert!(stand.trusted().is_none());
    }
}

#[tokio::test]
async fn only_the_kinds_of_trust_marks_that_are_wanted_count() {
    let kinds = |kind: &'static str| {
        move |settings: &mut varco::login::openid::trust::TrustSettings, base: &str| {
            settings.marks = WantedMarks::Kinds(vec![format!("{base}{kind}")]);
        }
    };
    let mut stand = TrustStand::with(Federation::flat, kinds("/ta/openid_provider/public"));
    assert_eq!(stand.round().await.refreshed.len(), 1);
    let mut stand = TrustStand::with(Federation::flat, kinds("/ta/openid_provider/public/"));
    assert_eq!(stand.round().await.failures[0].code, "trust-mark-missing");
    assert!(WantedMarks::OfProviders.accept(MARK));
    assert!(WantedMarks::OfProviders.accept(&format!("{MARK}/")));
    assert!(!WantedMarks::OfProviders.accept("https://x.example.it/openid_provider_not/public"));
}

/// The keys of the provider that count are those that its superior has registered.
#[tokio::test]
async fn a_provider_that_changes_its_keys_by_itself_is_not_believed() {
    let mut stand = TrustStand::new();
    stand.round().await;
    stand.served.lock().unwrap().make = Box::new(|now| {
        let mut federation = Federation::flat(now);
        federation.provider.key = stranger_key();
        federation.provider.header["kid"] = json!("new");
        let keys = jwks(&[(provider_key(), "provider"), (stranger_key(), "new")]);
        federation.provider.claims["jwks"] = keys;
        federation
    });
    stand.later(1300);
    assert_eq!(stand.round().await.failures[0].code, "token_no_key");
}
