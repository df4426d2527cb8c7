//! What somebody must look at is told once when it begins and once when it is over (rules on CIE, B4: "refuse + alert").

use serde_json::json;
use varco::audit::{AuditEvent, TrustChange};
use varco::crypto::Signer as _;
use varco::protocol::jose::thumbprint;

use crate::support::federation::{Federation, anchor_key, jwks, stranger_key};
use crate::support::http_server::Reply;
use crate::support::trust_stand::TrustStand;

/// What a round told, by the name of the entity's place.
async fn told(stand: &mut TrustStand) -> Vec<(String, TrustChange)> {
    let base = stand.server.url("/").to_string();
    let changes = stand.round().await.changes.into_iter();
    changes
        .map(|event| match event {
            AuditEvent::TrustChanged { entity, change } => {
                (entity.strip_prefix(&base).unwrap().to_owned(), change)
            }
            event => panic!("{event:?}"),
        })
        .collect()
}

fn serve(stand: &TrustStand, change: impl Fn(&mut Federation) + Send + 'static) {
    stand.served.lock().unwrap().make = Box::new(move |now| {
        let mut federation = Federation::flat(now);
        change(&mut federation);
        federation
    });
}

fn on(entity: &str, change: TrustChange) -> (String, TrustChange) {
    (entity.to_owned(), change)
}

#[tokio::test]
async fn other_keys_of_an_anchor_are_told_once_with_their_names_and_when_they_are_gone() {
    let mut stand = TrustStand::new();
    assert_eq!(told(&mut stand).await, []);
    assert_eq!(stand.refresher.alarms(), 0);

    serve(&stand, |federation| {
        let keys = [(anchor_key(), "anchor"), (stranger_key(), "new")];
        federation.anchor.claims["jwks"] = jwks(&keys);
    });
    stand.later(1300);
    let mut shown = [anchor_key(), stranger_key()].map(|key| thumbprint(key.public_key()));
    shown.sort();
    let differ = TrustChange::AnchorKeysDiffer {
        shown: shown.to_vec(),
    };
    assert_eq!(told(&mut stand).await, [on("ta", differ)]);
    assert_eq!(stand.refresher.alarms(), 1);
    // Seen again, told no more; and people log in meanwhile.
    stand.later(1300);
    assert_eq!(told(&mut stand).await, []);
    assert!(stand.trusted().is_some());

    serve(&stand, |_| {});
    stand.later(1300);
    assert_eq!(told(&mut stand).await, [on("ta", TrustChange::Restored)]);
    assert_eq!(stand.refresher.alarms(), 0);
}

#[tokio::test]
async fn an_anchor_under_no_pinned_key_is_told_with_whom_it_takes_along() {
    let mut stand = TrustStand::new();
    stand.round().await;
    let until = stand.trusted().unwrap().expires;
    serve(&stand, |federation| federation.anchor.key = stranger_key());
    stand.later(1300);
    let code = || "anchor-keys".to_owned();
    let refused = TrustChange::AnchorRefused { code: code() };
    let of_provider = TrustChange::ProviderRefused {
        code: code(),
        until: Some(until),
    };
    assert_eq!(
        told(&mut stand).await,
        [on("ta", refused), on("op", of_provider)]
    );
    // Tried again and again, told no more; until the last good chain ends.
    stand.later(60);
    assert_eq!(told(&mut stand).await, []);
    stand.later(600);
    let ended = TrustChange::Ended { code: Some(code()) };
    assert_eq!(told(&mut stand).await, [on("op", ended)]);
    assert_eq!(stand.refresher.alarms(), 3);
    for _ in 0..20 {
        stand.later(120);
        assert_eq!(told(&mut stand).await, []);
    }

    serve(&stand, |_| {});
    stand.later(700);
    let restored = |entity| on(entity, TrustChange::Restored);
    assert_eq!(told(&mut stand).await, [restored("ta"), restored("op")]);
    assert_eq!(stand.refresher.alarms(), 0);
}

#[tokio::test]
async fn a_refused_chain_or_trust_mark_is_told_with_its_reason() {
    type Change = fn(&mut Federation);
    let rows: [(&str, Change); 3] = [
        ("statement-expired", |f| {
            f.statements[0].claims["exp"] = json!(1);
        }),
        ("trust-mark-missing", |f| {
            f.mark_entry = serde_json::Value::Null;
        }),
        ("provider-metadata", |f| {
            f.metadata()["request_parameter_supported"] = json!(false);
        }),
    ];
    for (code, change) in rows {
        let mut stand = TrustStand::new();
        serve(&stand, change);
        let refused = TrustChange::ProviderRefused {
            code: code.to_owned(),
            until: None,
        };
        assert_eq!(told(&mut stand).await, [on("op", refused)]);
        // Another reason is told anew.
        serve(&stand, |federation| {
            federation.statements[0].claims["sub"] = json!("https://other.example.it");
        });
        stand.later(60);
        let refused = TrustChange::ProviderRefused {
            code: "not-vouched-for".to_owned(),
            until: None,
        };
        assert_eq!(told(&mut stand).await, [on("op", refused)]);
    }
}

/// Nobody has said no; and yet the button is gone, and somebody must know.
#[tokio::test]
async fn trust_that_ends_while_nobody_answers_is_told_though_nothing_is_due() {
    let mut stand = TrustStand::new();
    stand.round().await;
    stand.instead("/", Reply::of(503, "text/plain", "later"));
    for _ in 0..17 {
        stand.later(100);
        assert_eq!(told(&mut stand).await, [], "no answer is no refusal");
    }
    stand.later(99);
    assert_eq!(told(&mut stand).await, []);
    let asked = stand.asked();
    stand.later(1);
    let ended = TrustChange::Ended { code: None };
    assert_eq!(told(&mut stand).await, [on("op", ended)]);
    assert_eq!(stand.asked(), asked, "it was seen without asking anybody");
    stand.later(5);
    assert_eq!(told(&mut stand).await, []);
}
