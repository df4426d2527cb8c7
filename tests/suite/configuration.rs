//! The configuration: valid whole, or every fault at once with its line.

use std::path::Path;
use std::time::Duration;

use varco::config::{Config, ConfigErrors, Tls};
use varco::identity::{AssuranceLevel, AuthenticationMethod, RequiredAssurance};

const EXAMPLE: &str = include_str!("../../docs/varco.example.toml");

fn parse(text: &str) -> Result<Config, ConfigErrors> {
    Config::parse(text, Path::new("varco.toml"), Path::new("/etc/varco"))
}

/// The example with one text in place of another.
fn example(old: &str, new: &str) -> String {
    assert!(EXAMPLE.contains(old), "{old}");
    EXAMPLE.replacen(old, new, 1)
}

/// Where a text stands in a file, counting lines from one.
fn line_of(text: &str, part: &str) -> usize {
    text.lines().position(|line| line.contains(part)).unwrap() + 1
}

/// Replacing `old` by `new` in the example gives exactly one fault, which says this, on the line of `new`.
#[track_caller]
fn one_fault(old: &str, new: &str, says: &str) {
    let text = example(old, new);
    let errors = parse(&text).unwrap_err();
    let [fault] = errors.faults() else {
        panic!("{errors}");
    };
    assert!(fault.message.contains(says), "{fault}");
    let last = new.lines().last().unwrap();
    assert_eq!(fault.line, Some(line_of(&text, last)), "{fault}");
}

#[test]
fn the_example_is_valid() {
    let config = parse(EXAMPLE).unwrap();
    assert_eq!(config.edge.origin(), "https://accesso.istituto.example");
    assert_eq!(
        config.edge.minimum_level(),
        RequiredAssurance(AssuranceLevel::Substantial)
    );
    let Tls::Files { certificate, .. } = &config.server.tls else {
        panic!("{:?}", config.server.tls);
    };
    assert_eq!(certificate, Path::new("/etc/varco/tls/chain.pem"));
    assert_eq!(config.edge.login_starts_per_minute(), Some(600));
    assert_eq!(config.session.idle, Duration::from_secs(1800));
    assert_eq!(config.openid.clients.iter().count(), 1);
    assert_eq!(config.spid.metadata.len(), 1);
}

#[test]
fn what_may_be_left_out_has_its_default() {
    let mut text = EXAMPLE.to_owned();
    for (from, to) in [
        ("[telemetry]", "[organization]"),
        ("[[desk.operator]]", "[store]"),
    ] {
        let (start, end) = (text.find(from).unwrap(), text.find(to).unwrap());
        text.replace_range(start..end, "");
    }
    text.truncate(text.find("[session]").unwrap());
    let config = parse(&text).unwrap();
    assert!(config.telemetry.listen.ip().is_loopback());
    assert_eq!(config.telemetry.log, "info");
    assert_eq!(config.session.absolute, Duration::from_secs(12 * 3600));
    assert!(config.catalogue.services().count() > 20);
}

#[test]
fn an_unknown_key_or_section_is_a_fault_with_its_line() {
    one_fault(
        "listen = \"0.0.0.0:8443\"",
        "listen = \"0.0.0.0:8443\"\nlisten_again = 1",
        "listen_again",
    );
    one_fault("[session] ", "[sessions]", "sessions");
    one_fault("ipa_code", "ipa_kode", "ipa_kode");
    one_fault("idle_minutes", "idle_hours", "idle_hours");
}

#[test]
fn a_section_that_is_missing_is_a_fault() {
    let text = example("[store]", "[session2]");
    let errors = parse(&text).unwrap_err().to_string();
    assert!(errors.contains("`[store]` is missing"), "{errors}");
    let errors = parse("").unwrap_err();
    assert_eq!(errors.faults().len(), 5, "{errors}");
}

#[test]
fn every_fault_is_told_at_once() {
    let text = example("ipa_code = \"ist_es\"", "ipa_code = \"ist es\"")
        .replace("idle_minutes = 30", "idle_minutes = 0")
        .replace("log = \"info\"", "log = \"=\"")
        .replacen("telephone = \"+39", "telephone = \"0039", 1);
    let errors = parse(&text).unwrap_err();
    let lines: Vec<_> = errors
        .faults()
        .iter()
        .map(|fault| fault.line.unwrap())
        .collect();
    let expected = ["log = \"=\"", "ist es", "0039", "idle_minutes = 0"];
    assert_eq!(lines, expected.map(|part| line_of(&text, part)), "{errors}");
}

#[test]
fn plain_http_is_for_loopback_and_contradicts_certificates() {
    let tls = "certificate = \"tls/chain.pem\"\nkey = \"tls/key.pem\"\n";
    let plain = example(tls, "danger_allow_http = true\n")
        .replace("https://accesso.istituto.example", "http://127.0.0.1:8080");
    assert!(
        parse(&plain)
            .unwrap_err()
            .to_string()
            .contains("loopback only")
    );
    let plain = plain.replace("0.0.0.0:8443", "127.0.0.1:8080");
    assert!(matches!(
        parse(&plain).unwrap().server.tls,
        Tls::DangerPlain
    ));
    let both = plain.replace(
        "danger_allow_http = true",
        &format!("danger_allow_http = true\n{tls}"),
    );
    assert!(
        parse(&both)
            .unwrap_err()
            .to_string()
            .contains("contradicts")
    );
    let neither = example(tls, "");
    assert!(
        parse(&neither)
            .unwrap_err()
            .to_string()
            .contains("give both")
    );
    let half = example("key = \"tls/key.pem\"\n", "");
    assert!(parse(&half).unwrap_err().to_string().contains("give both"));
}

#[test]
fn the_public_address_is_an_https_origin() {
    let public = "public_url = \"https://accesso.istituto.example\"";
    for (bad, says) in [
        ("http://accesso.istituto.example", "https"),
        ("https://accesso.istituto.example/varco", "origin"),
        ("accesso.istituto.example", "not an address"),
    ] {
        let errors = parse(&example(public, &format!("public_url = \"{bad}\""))).unwrap_err();
        assert_eq!(errors.faults().len(), 1, "{errors}");
        assert!(errors.to_string().contains(says), "{errors}");
    }
}

#[test]
fn faults_of_applications_and_of_the_catalogue_are_told_too() {
    let errors = parse(&example(
        "\"la-mia-pensione-futura\"",
        "\"la-mia-pensione-passata\"",
    ))
    .unwrap_err();
    assert!(
        errors.to_string().contains("la-mia-pensione-passata"),
        "{errors}"
    );

    let folder = tempfile::tempdir().unwrap();
    std::fs::write(
        folder.path().join("services.toml"),
        "[[service]]\nid = \"A\"\n",
    )
    .unwrap();
    let text = example("# file = \"services.toml\"", "file = \"services.toml\"");
    let errors = Config::parse(&text, Path::new("varco.toml"), folder.path()).unwrap_err();
    let [fault] = errors.faults() else {
        panic!("{errors}");
    };
    assert_eq!(fault.file, folder.path().join("services.toml"));
    assert_eq!(fault.line, Some(2));
}

#[test]
fn the_owner_of_a_service_is_one_of_the_applications_and_lists_it() {
    let folder = tempfile::tempdir().unwrap();
    let faults = |owner: &str| {
        let mut catalogue = varco::policy::DEFAULT_CATALOGUE.to_owned();
        for id in ["la-mia-pensione-futura", "naspi"] {
            let service = format!("id = \"{id}\"\n");
            let owned = format!("{service}client = \"{owner}\"\n");
            catalogue = catalogue.replacen(&service, &owned, 1);
        }
        std::fs::write(folder.path().join("services.toml"), &catalogue).unwrap();
        let text = example("# file = \"services.toml\"", "file = \"services.toml\"");
        let errors = Config::parse(&text, Path::new("varco.toml"), folder.path()).unwrap_err();
        let first = line_of(&catalogue, "client = \"");
        let faults = errors.faults().to_vec();
        assert!(faults[0].line >= Some(first), "{errors}");
        faults
            .into_iter()
            .map(|fault| fault.message)
            .collect::<Vec<_>>()
    };
    // The application of the example lists the one and not the other.
    let [not_listed] = faults("portale-pensioni").try_into().unwrap();
    assert!(not_listed.contains("`naspi` belongs to `portale-pensioni`, which does not list it"));
    let gone = faults("gone");
    assert_eq!(gone.len(), 3, "{gone:?}");
    assert!(
        gone.iter()
            .any(|fault| fault.contains("`portale-pensioni` lists it too"))
    );
}

#[test]
fn sessions_end_within_reason() {
    one_fault("idle_minutes = 30", "idle_minutes = 1", "from 2 to 1440");
    one_fault(
        "absolute_minutes = 720",
        "absolute_minutes = 1441",
        "from 2 to 1440",
    );
    let errors = parse(&example("idle_minutes = 30", "idle_minutes = 721")).unwrap_err();
    assert!(errors.to_string().contains("longer than"), "{errors}");
}

#[test]
fn a_login_counts_by_level_and_method_as_the_file_says() {
    let text = example(
        "high = 15\nsubstantial = 720",
        "high = 10\nsubstantial = 60",
    )
    .replace("spid = { high = 15 }", "spid = { substantial = 30 }");
    let config = parse(&text).unwrap();
    let ages = config.session.ages.of(AuthenticationMethod::Spid);
    let minutes = |level| ages.of(level).as_secs() / 60;
    assert_eq!(
        minutes(AssuranceLevel::High),
        10,
        "what is not said is as for all"
    );
    assert_eq!(minutes(AssuranceLevel::Substantial), 30);
    assert_eq!(minutes(AssuranceLevel::Low), 720);
}

#[test]
fn a_login_counts_within_reason() {
    let high = "high = 15\nsubstantial";
    one_fault("high = 15", "high = 0", "from 1 to 1440");
    one_fault("low = 720", "low = 721", "longer than the session");
    one_fault("spid = { high = 15 }", "spid = { higher = 15 }", "higher");
    one_fault("spid = { high", "speed = { high", "speed");
    for (from, to, text) in [
        (
            high,
            "high = 720\nsubstantial = 700 #",
            "as high longer than as substantial",
        ),
        ("low = 720", "low = 60", "as substantial longer than as low"),
        (
            "{ high = 15 }",
            "{ substantial = 10 }",
            "as high longer than as substantial by `spid`",
        ),
    ] {
        let errors = parse(&example(from, to)).unwrap_err().to_string();
        assert!(errors.contains(text), "{errors}");
    }
}

#[test]
fn the_metadata_contact_has_the_form_that_avviso_29_wants() {
    one_fault("vat_number = \"IT", "vat_number = \"", "country");
    one_fault(
        "email = \"spid@istituto.example\"",
        "email = \"spid\"",
        "e-mail",
    );
    one_fault("+390612345678", "+39 0612345678", "without spaces");
    one_fault(
        "entity_id = \"https://accesso.istituto.example\"",
        "entity_id = \"istituto\"",
        "absolute address",
    );
}

#[test]
fn a_second_step_after_a_card_needs_whoever_sends_the_code_and_whoever_knows_where() {
    const MESSAGES: &str = "[text_messages]\nurl = \"https://sms.example/\"\n";
    const HTTP: &str = "http = { url = \"https://archivi.example/\" }";
    let folder = tempfile::tempdir().unwrap();
    let catalogue = varco::policy::DEFAULT_CATALOGUE;
    let catalogue = format!("{catalogue}\n[[card]]\nsecond_step = \"sms\"\n");
    std::fs::write(folder.path().join("services.toml"), catalogue).unwrap();
    let faults = |messages: &str, archives: &str| -> String {
        let text = example("# file = \"services.toml\"", "file = \"services.toml\"");
        let text = text.replacen("table = true", archives, 1);
        let text = format!("{text}\n{messages}");
        match Config::parse(&text, Path::new("varco.toml"), folder.path()) {
            Ok(_) => String::new(),
            Err(errors) => errors.to_string(),
        }
    };
    assert_eq!(faults(MESSAGES, HTTP), "");
    assert!(faults("", HTTP).contains("no `[text_messages]`"));
    assert!(faults(MESSAGES, "table = true").contains("know people's telephones"));
    let kept = format!("{MESSAGES}cache_seconds = 5\n");
    assert!(faults(&kept, HTTP).contains("unknown key `cache_seconds`"));
}
