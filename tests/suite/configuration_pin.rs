//! `[pin]` in the configuration: every number of the rules, and the keys that PINs are hashed with.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use http::StatusCode;
use varco::config::{Config, ConfigErrors, PinSection, Ports, build};
use varco::crypto::{PinHashCost, SystemRandom, Verdict};
use varco::http::router::router;
use varco::identity::{Categories, Category};
use varco::pin::PinRules;

use crate::support::browser::Browser;
use crate::support::clock::TestClock;
use crate::support::configured::{Configured, varco};

const EXAMPLE: &str = include_str!("../../docs/varco.example.toml");
const PEPPER: &str = "peppers = [{ number = 1, file = \"pepper-1.secret\" }]\n";

fn parse(text: &str) -> Result<Config, ConfigErrors> {
    Config::parse(text, Path::new("varco.toml"), Path::new("/etc/varco"))
}

/// The example with these lines in place of its `[pin]`.
fn with(lines: &str) -> Result<Config, ConfigErrors> {
    let start = EXAMPLE.find("[pin]").unwrap();
    let end = start + EXAMPLE[start..].find("\n[store]").unwrap();
    parse(&format!("{}{lines}{}", &EXAMPLE[..start], &EXAMPLE[end..]))
}

fn pin(lines: &str) -> PinSection {
    with(&format!("[pin]\n{PEPPER}{lines}"))
        .unwrap()
        .pin
        .unwrap()
}

/// There is one fault, and it says this.
#[track_caller]
fn one_fault(lines: &str, says: &str) {
    let errors = with(&format!("[pin]\n{lines}")).unwrap_err();
    let [fault] = errors.faults() else {
        panic!("{errors}");
    };
    assert!(fault.message.contains(says), "{fault}");
}

#[test]
fn without_the_section_there_is_no_pin() {
    let (start, end) = (EXAMPLE.find("[pin]"), EXAMPLE.find("[store]"));
    let without = |text: &str, from: usize, to: usize| [&text[..from], &text[to..]].concat();
    let text = without(EXAMPLE, start.unwrap(), end.unwrap());
    // Nobody looks after what is not there.
    let (start, end) = (text.find("[[desk.operator]]"), text.find("[services]"));
    let text = without(&text, start.unwrap(), end.unwrap());
    assert!(parse(&text).unwrap().pin.is_none());
}

#[test]
fn what_is_not_said_is_as_the_rules_have_it_and_the_example_says_the_same() {
    let section = pin("");
    assert_eq!(section.rules, PinRules::default());
    assert_eq!(section.cost, PinHashCost::default());
    let example = parse(EXAMPLE).unwrap().pin.unwrap();
    assert_eq!(example.rules, PinRules::default());
    assert_eq!(
        (example.cost, example.threads),
        (section.cost, section.threads)
    );
    assert_eq!(
        (example.waiting, example.answer),
        (section.waiting, section.answer)
    );
}

#[test]
fn every_number_of_the_rules_can_be_another() {
    let section = pin(
        "hash_memory_mib = 46\nhash_passes = 1\nhash_threads = 3\nhash_waiting = 9\nanswer_ms = 800\n[pin.rules]\n\
        issuance_ends = 2022-01-01\nexpires = false\nexpiry_months = 12\nshort_lived = [\"doctor\", \"bank\"]\n\
        short_expiry_months = 1\nunused_months = 24\npair_days = 20\npair_tries = 3\nhalf_resends = 2\nmost_letters = 2\nletter_days = 60\n\
        letter_hours = 48\nmost_failures = 50\nwait_from_failure = 2\nshortest_wait_seconds = 60\n\
        longest_wait_seconds = 7200\nsource_wait_from_failure = 20\nsource_forgiven_minutes = 5\nalarm_people = 9\nlink_hours = 12\nwarning_days = [14, 2]\nclaim_minutes = 15\nform_days = 10\n\
        telephone_tries = 2\nage_of_majority = 21",
    );
    let expected = PinRules {
        issuance_ends: "2022-01-01".parse().unwrap(),
        expires: false,
        expiry_months: 12,
        short_lived: Categories::from_iter([Category::Doctor, Category::Bank]),
        short_expiry_months: 1,
        unused_months: 24,
        pair_days: 20,
        pair_tries: 3,
        half_resends: 2,
        most_letters: 2,
        letter_days: 60,
        letter_hours: 48,
        most_failures: 50,
        wait_from_failure: 2,
        shortest_wait: Duration::from_mins(1),
        longest_wait: Duration::from_hours(2),
        source_wait_from_failure: 20,
        source_forgiven: Duration::from_mins(5),
        alarm_people: 9,
        link_hours: 12,
        warning_days: vec![14, 2],
        claim_minutes: 15,
        form_days: 10,
        telephone_tries: 2,
        age_of_majority: 21,
    };
    assert_eq!(section.rules, expected);
    let cost = PinHashCost {
        memory_kib: 46 * 1024,
        passes: 1,
    };
    assert_eq!((section.cost, section.threads.get()), (cost, 3));
    assert_eq!(
        (section.waiting, section.answer),
        (9, Duration::from_millis(800))
    );
}

#[test]
fn numbers_that_would_give_up_safety_or_make_no_sense_are_faults() {
    for (lines, says) in [
        ("hash_memory_mib = 1", "`hash_memory_mib` is from 7 to 1024"),
        ("hash_threads = 0", "`hash_threads` is from 1"),
        (
            "[pin.rules]\nmost_failures = 101",
            "`most_failures` is from 1 to 100",
        ),
        (
            "[pin.rules]\npair_tries = 0",
            "`pair_tries` is from 1 to 20",
        ),
        (
            "[pin.rules]\nlink_hours = 25",
            "`link_hours` is from 1 to 24",
        ),
        (
            "[pin.rules]\nissuance_ends = 2020-10-01T00:00:00Z",
            "a day of the calendar",
        ),
        (
            "[pin.rules]\nwarning_days = [7, 30]",
            "each less than the one before",
        ),
        ("[pin.rules]\nwarning_days = [0]", "from 90 to 1"),
        (
            "[pin.rules]\nshortest_wait_seconds = 60\nlongest_wait_seconds = 30",
            "is shorter than",
        ),
        ("[pin.rules]\nnumber_of_letters = 4", "unknown field"),
    ] {
        one_fault(&format!("{PEPPER}{lines}"), says);
    }
}

#[test]
fn a_pepper_is_needed_and_no_two_have_one_number() {
    one_fault("", "missing field `peppers`");
    one_fault("peppers = []", "`peppers` is empty");
    let twice = "peppers = [{ number = 1, file = \"a\" }, { number = 1, file = \"b\" }]";
    one_fault(twice, "two peppers have this number");
}

#[test]
fn peppers_are_read_from_their_files_and_hashes_of_an_old_one_are_still_good() {
    let configured = Configured::new();
    for name in ["pepper-1.secret", "pepper-2.secret"] {
        varco(&["keys", "secret", "--out", &configured.path(name)]).expect(0);
    }
    let hasher = |peppers: &str| {
        let text = format!("[pin]\nhash_memory_mib = 7\nhash_passes = 1\npeppers = [{peppers}]\n");
        let start = EXAMPLE.find("[pin]").unwrap();
        let end = start + EXAMPLE[start..].find("\n[store]").unwrap();
        let text = format!("{}{text}{}", &EXAMPLE[..start], &EXAMPLE[end..]);
        let config = Config::parse(&text, Path::new("varco.toml"), configured.folder());
        config.unwrap().pin.unwrap().hasher()
    };
    let one = "{ number = 1, file = \"pepper-1.secret\" }";
    let two = "{ number = 2, file = \"pepper-2.secret\" }";
    let hash = hasher(one)
        .unwrap()
        .hash(b"ABCD2345", &SystemRandom)
        .unwrap();
    let verify = |peppers: &str| hasher(peppers).unwrap().verify(b"ABCD2345", Some(&hash));
    assert!(matches!(verify(one), Ok(Verdict::Right(_))));
    assert!(matches!(
        verify(&format!("{two}, {one}")),
        Ok(Verdict::RightButOld(_))
    ));
    assert!(verify(two).is_err());
    configured.write("pepper-2.secret", "short");
    let fault = hasher(&format!("{two}, {one}")).unwrap_err();
    assert!(fault.to_string().contains("pepper-2.secret"), "{fault}");
}

#[tokio::test]
async fn with_the_section_people_log_in_with_a_pin_and_without_it_there_is_no_such_page() {
    let configured = Configured::new();
    varco(&[
        "keys",
        "secret",
        "--out",
        &configured.path("pepper-1.secret"),
    ])
    .expect(0);
    let file = configured.path("varco.toml");
    let status = async || {
        let config = Config::load(Path::new(&file)).unwrap();
        let ports = Ports {
            clock: Arc::new(TestClock::new()),
            random: Arc::new(SystemRandom),
        };
        let built = build(&config, ports).unwrap();
        let base = built.gateway.settings().base_url().clone();
        let mut browser = Browser::new(router(built.gateway), base);
        let ways = browser.open("/login").await;
        let page = browser.open("/login/pin").await;
        (page.status, ways.body.contains("href=\"/login/pin\""))
    };
    assert_eq!(status().await, (StatusCode::NOT_FOUND, false));
    let text = std::fs::read_to_string(&file).unwrap();
    configured.write("varco.toml", &format!("{text}\n[pin]\n{PEPPER}"));
    assert_eq!(status().await, (StatusCode::OK, true));
    configured.remove("pepper-1.secret");
    let config = Config::load(Path::new(&file)).unwrap();
    assert!(config.pin.unwrap().hasher().is_err());
}

#[test]
fn registers_are_a_table_or_are_asked() {
    let server = "residence_register = { url = \"https://registers.example/residence\" }\n";
    pin(server);
    let pepper_and = |lines: &str| format!("{PEPPER}{lines}");
    let both = format!("registers = \"registers.toml\"\n{server}");
    one_fault(&pepper_and(&both), "one of them would never be");
    for (lines, says) in [
        (
            "health_card_register = { url = \"http://registers.example/\" }\n",
            "`https` address",
        ),
        (
            "health_card_register = { url = \"https://registers.example/\", cache_seconds = 301 }\n",
            "from 0 to 300",
        ),
        (
            "health_card_register = { url = \"https://registers.example/\", timeout_ms = 1 }\n",
            "`timeout_ms`",
        ),
    ] {
        one_fault(&pepper_and(lines), says);
    }
}

#[test]
fn a_table_of_registers_is_read_whole_or_its_line_is_told_and_nobody_named() {
    let configured = Configured::new();
    varco(&[
        "keys",
        "secret",
        "--out",
        &configured.path("pepper-1.secret"),
    ])
    .expect(0);
    let section = format!("[pin]\n{PEPPER}registers = \"registers.toml\"\n\n[store]");
    configured.change("[store]", &section);
    let table = "\n[[person]]\nfiscal_code = \"RSSMRA80A01H501U\"\n";
    configured.write("registers.toml", table);
    configured.run(&["check"]).expect(0);
    configured.write("registers.toml", &table.replace("501U", "501A"));
    let ran = configured.run(&["check"]);
    let told = format!("{}{}", ran.expect(1).out, ran.err);
    assert!(
        told.contains("registers.toml") && told.contains("line 2"),
        "{told}"
    );
    assert!(!told.contains("RSSMRA"), "{told}");
}
