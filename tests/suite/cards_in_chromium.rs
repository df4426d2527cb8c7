//! A real Chromium with the PKCS #12 file of a card in its store, or with none: the whole journey, and pages of help instead
//! of the browser's own errors.

use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;
use std::process::Command;
use std::sync::LazyLock;

use serde_json::{Value, json};
use tempfile::TempDir;
use varco::demo::cns::PIN;
use varco::identity::AssuranceLevel;

use crate::support::chromium::{SCRIPTS, seen, task};
use crate::support::demo::Demo;

static DEMO: LazyLock<Demo> =
    LazyLock::new(|| Demo::start(AssuranceLevel::Substantial, Vec::new()));

fn run(command: &mut Command) {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{command:?}: {output:?}");
}

/// A home folder whose Chromium has these cards in its store.
fn home(cards: &[&str]) -> TempDir {
    let home = TempDir::new().unwrap();
    let store = home.path().join(".pki/nssdb");
    fs::create_dir_all(&store).unwrap();
    let database = format!("sql:{}", store.display());
    run(Command::new("certutil").args(["-N", "--empty-password", "-d", &database]));
    for card in cards {
        run(Command::new("pk12util")
            .args(["-d", &database, "-W", PIN, "-i"])
            .arg(&DEMO.cards().find(card).unwrap().file));
    }
    home
}

/// The machine's policy for Chromium: it shows a certificate to the card hosts without asking the person which.
fn policy(folder: &Path) {
    let managed = folder.join("policies/managed");
    fs::create_dir_all(&managed).unwrap();
    let addresses = DEMO.addresses();
    let rules: Vec<String> = [&addresses.cards, &addresses.old_cards]
        .map(|origin| json!({ "pattern": origin, "filter": {} }).to_string())
        .into();
    let policy = json!({ "AutoSelectCertificateForUrls": rules });
    fs::write(managed.join("cards.json"), policy.to_string()).unwrap();
}

/// Lets Chromium walk through a scenario with these cards in its store. The policy is put over the machine's in a mount
/// namespace, so that nobody else sees it; an ordinary user gets the namespace by being root in one of users.
fn chromium(scenario: &str, cards: &[&str]) -> Value {
    let home = home(cards);
    let machine = TempDir::new().unwrap();
    policy(machine.path());
    let task = task(&DEMO, json!({ "scenario": scenario }));
    let is_root = fs::metadata(home.path()).unwrap().uid() == 0;
    let namespaces: &[&str] = if is_root {
        &["--mount"]
    } else {
        &["--map-root-user", "--mount"]
    };
    let mut command = Command::new("timeout");
    command
        .arg("120")
        .arg("unshare")
        .args(namespaces)
        .args([
            "sh",
            "-c",
            "mount --bind \"$1\" /etc/chromium && exec node cards.mjs \"$2\"",
            "sh",
        ])
        .arg(machine.path())
        .arg(task.to_string())
        .env("HOME", home.path())
        .current_dir(SCRIPTS);
    let seen = seen(&mut command);
    assert_eq!(seen["ok"], true, "{scenario}: {seen:#}");
    assert_eq!(seen["complaints"], json!([]), "{scenario}: {seen:#}");
    for page in ["waysIn", "desk", "phone"] {
        let barriers = &seen[page]["barriers"];
        assert!(
            barriers.is_null() || *barriers == json!([]),
            "{page}: {seen:#}"
        );
    }
    seen
}

/// The status of the page that the way with a card ended on.
fn last_status(seen: &Value) -> u64 {
    let answers = seen["answers"].as_array().unwrap();
    answers.last().unwrap()["status"].as_u64().unwrap()
}

#[test]
fn chromium_logs_in_with_a_card_from_the_application_and_back_to_it() {
    let seen = chromium("good", &["anna"]);
    assert_eq!(seen["level"], "https://www.spid.gov.it/SpidL3", "{seen:#}");
    assert_eq!(seen["claims"]["fiscal_number"], "PRVNNA85C55F205D");
    let cards = DEMO.addresses().cards.as_str();
    let answers = seen["answers"].as_array().unwrap();
    let at_cards = |answer: &Value| answer["url"].as_str().unwrap().starts_with(cards);
    assert!(answers.iter().any(at_cards), "{seen:#}");
}

#[test]
fn who_has_no_card_reads_a_page_of_help_in_chromium() {
    let seen = chromium("none", &[]);
    assert_eq!(last_status(&seen), 403, "{seen:#}");
    let gateway = &DEMO.addresses().gateway;
    // Back to the other ways in, once more to the card host, and to the one for old cards.
    for way in ["/login?choose&flow=", "/login/cns?flow=", "&card=old"] {
        let leads = |link: &Value| {
            let link = link.as_str().unwrap();
            link.starts_with(gateway.as_str()) && link.contains(way)
        };
        assert!(
            seen["links"].as_array().unwrap().iter().any(leads),
            "{way}: {seen:#}"
        );
    }
}

#[test]
fn whose_card_is_revoked_reads_so_in_chromium() {
    let seen = chromium("refused", &["anna-revocata"]);
    assert_eq!(last_status(&seen), 403, "{seen:#}");
    let text = seen["text"].as_str().unwrap().to_lowercase();
    assert!(text.contains("revocat"), "{seen:#}");
}
