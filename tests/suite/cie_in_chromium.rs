//! A real Chromium at the demo's Ministry: by both of its protocols, with its errors, and while nobody vouches for it. Pictures
//! of every page lie in `target/screenshots`.

use std::sync::Arc;

use chrono::TimeDelta;
use serde_json::{Value, json};
use varco::demo::{CieProtocols, Options};
use varco::identity::{AssuranceLevel, Clock as _, SystemClock};

use crate::support::chromium::{drive, task};
use crate::support::clock::TestClock;
use crate::support::demo::Demo;

const L2: &str = "https://www.spid.gov.it/SpidL2";
const L3: &str = "https://www.spid.gov.it/SpidL3";

/// What a scenario saw, if it came to its end, no page complained, and none has a barrier that axe can find.
fn seen(demo: &Demo, scenario: &str) -> Value {
    let anchor = &demo.federation().ministry().anchor;
    let task = task(demo, json!({ "scenario": scenario, "anchor": anchor }));
    let seen = drive("cie.mjs", &task);
    assert_eq!(seen["ok"], true, "{seen:#}");
    assert_eq!(seen["complaints"], json!([]), "{seen:#}");
    let pages = seen["pages"].as_object().unwrap();
    assert!(!pages.is_empty());
    for (page, found) in pages {
        assert!(found["checked"].as_u64().unwrap() > 5, "{page}: {found:#}");
        assert_eq!(found["barriers"], json!([]), "{page}");
    }
    seen
}

#[test]
fn chromium_logs_in_at_the_ministry_by_both_protocols_and_reads_its_errors() {
    let demo = Demo::start(AssuranceLevel::Substantial, Vec::new());
    let seen = seen(&demo, "both");
    // The level asked for was 2 and the one given 3, which by SAML is believed no further than it was asked (decision 0036).
    for (protocol, level) in [("saml", L2), ("openid", L3)] {
        let login = &seen["logins"][protocol];
        assert_eq!(login["level"], level, "{protocol}");
        assert_eq!(login["claims"]["fiscal_number"], "PRVNNA85C55F205D");
    }
    for (error, title) in [
        ("card", "Carta non più valida"),
        ("refused", "Accesso annullato"),
        ("busy", "Accesso non disponibile al momento"),
        ("english", "Login not successful"),
    ] {
        assert_eq!(seen["errors"][error]["title"], title, "{seen:#}");
    }
    // Where the Ministry cannot serve in one protocol, the page leads to the other.
    let busy = seen["errors"]["busy"]["text"].as_str().unwrap();
    assert!(busy.contains("Prova con la CIE per un'altra via"), "{busy}");
}

#[test]
fn chromium_shows_the_other_ways_in_while_nobody_vouches_for_the_ministry() {
    let clock = TestClock::new();
    clock.set(SystemClock.now());
    let change = |options: &mut Options| options.cie = CieProtocols::OpenId;
    let demo = Demo::with(change, Arc::new(clock.clone()));
    demo.federation().switch(true);
    clock.advance(TimeDelta::minutes(31));
    let seen = seen(&demo, "down");
    let ways = seen["waysIn"].as_str().unwrap();
    assert!(
        ways.contains("non riusciamo a collegarci con il Ministero"),
        "{ways}"
    );
    assert_eq!((&seen["buttons"], &seen["others"]), (&json!(0), &json!(2)));
    let refused = seen["refused"].as_str().unwrap();
    assert!(refused.contains("CIE non disponibile"), "{refused}");
}
