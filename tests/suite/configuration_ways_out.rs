//! `[forward_auth]` and `[authzen]` in the configuration: every fault at once, each with the line of its table.

use std::path::Path;

use varco::config::{Config, ConfigErrors};

const EXAMPLE: &str = include_str!("../../docs/varco.example.toml");

fn parse(text: &str) -> Result<Config, ConfigErrors> {
    Config::parse(text, Path::new("varco.toml"), Path::new("/etc/varco"))
}

/// The lines, counting from one, where a text stands.
fn lines_of(text: &str, part: &str) -> Vec<usize> {
    let lines = text.lines().enumerate();
    let found = lines.filter(|(_, line)| line.starts_with(part));
    found.map(|(index, _)| index + 1).collect()
}

#[test]
fn faults_of_routes_are_told_with_the_lines_of_their_tables() {
    let text = EXAMPLE
        .replacen(
            "path = \"/\"\nservice = \"dis-coll\"",
            "path = \"/\"\nservice = \"niente\"",
            1,
        )
        .replacen("path = \"/pensione\" ", "path = \"/pensione/\" ", 1);
    let errors = parse(&text).unwrap_err();
    let told: Vec<(Option<usize>, bool)> = errors
        .faults()
        .iter()
        .map(|fault| (fault.line, fault.message.contains("catalogue has no")))
        .collect();
    let tables = lines_of(&text, "[[forward_auth.route]]");
    assert_eq!(
        told,
        [(Some(tables[0]), true), (Some(tables[1]), false)],
        "{errors}"
    );
}

#[test]
fn a_proxy_that_anybody_could_be_is_a_fault_on_its_line() {
    let start = EXAMPLE.find("[[forward_auth.proxy]]").unwrap();
    let end = EXAMPLE.find("# Which service a part of a site is").unwrap();
    let nobody = "[[forward_auth.proxy]]\nkind = \"nginx\"\n\n";
    let text = format!("{}{nobody}{}", &EXAMPLE[..start], &EXAMPLE[end..]);
    let errors = parse(&text).unwrap_err();
    let [fault] = errors.faults() else {
        panic!("{errors}");
    };
    assert!(
        fault.message.contains("anybody could be this proxy"),
        "{fault}"
    );
    assert_eq!(
        fault.line,
        lines_of(&text, "[[forward_auth.proxy]]").first().copied()
    );
}

#[test]
fn proxies_without_routes_are_a_fault() {
    let start = EXAMPLE.find("# Which service a part of a site is").unwrap();
    let end = EXAMPLE.find("# Who may ask for decisions").unwrap();
    let text = format!("{}{}", &EXAMPLE[..start], &EXAMPLE[end..]);
    let errors = parse(&text).unwrap_err();
    assert!(
        errors
            .to_string()
            .contains("one is nothing without the other"),
        "{errors}"
    );
}

#[test]
fn unknown_keys_and_short_hashes_are_faults() {
    for (old, new, says) in [
        (
            "may_describe_people = false",
            "may_describe = false",
            "unknown field",
        ),
        (
            "secret_sha256 = \"7f0b",
            "secret_sha256 = \"7f",
            "64 lower-case hexadecimal",
        ),
        (
            "methods = { GET = \"request\" } ",
            "methods = { GET = \"write\" } ",
            "unknown variant",
        ),
        ("kind = \"nginx\"", "kind = \"apache\"", "unknown variant"),
    ] {
        assert!(EXAMPLE.contains(old), "{old}");
        let errors = parse(&EXAMPLE.replacen(old, new, 1)).unwrap_err();
        assert_eq!(errors.faults().len(), 1, "{errors}");
        assert!(errors.to_string().contains(says), "{errors}");
        assert!(errors.faults()[0].line.is_some(), "{errors}");
    }
}

#[test]
fn without_the_sections_nobody_may_ask() {
    let start = EXAMPLE.find("# Applications behind a proxy").unwrap();
    let end = EXAMPLE.find("[services]").unwrap();
    let config = parse(&format!("{}{}", &EXAMPLE[..start], &EXAMPLE[end..])).unwrap();
    assert!(config.forward_auth.routes.is_empty());
    assert!(config.callers.authenticate("Bearer x").is_none());
}

#[test]
fn faults_of_operators_are_told_with_the_lines_of_their_tables() {
    let config = parse(EXAMPLE).unwrap();
    assert!(!config.operators.is_empty());
    let again = "[[desk.operator]]\nfiscal_code = \"FNZGLI79S63L219A\"\nname = \"\"\nrole = \"supervisor\"\n\n[services]";
    let text = EXAMPLE.replacen("[services]", again, 1);
    let errors = parse(&text).unwrap_err();
    let lines: Vec<Option<usize>> = errors.faults().iter().map(|fault| fault.line).collect();
    let second = lines_of(&text, "[[desk.operator]]")[1];
    assert_eq!(lines, [Some(second); 2], "{errors}");
    assert!(!errors.to_string().contains("FNZGLI"), "{errors}");

    for (old, new) in [
        ("role = \"office\" ", "role = \"boss\" "),
        ("role = \"office\" ", "roles = \"office\" "),
        (
            "fiscal_code = \"FNZGLI79S63L219A\"",
            "fiscal_code = \"FNZGLI79S63L219B\"",
        ),
    ] {
        let text = EXAMPLE.replacen(old, new, 1);
        assert!(parse(&text).is_err(), "{new}");
    }
    let start = EXAMPLE.find("[[desk.operator]]").unwrap();
    let end = EXAMPLE.find("[services]").unwrap();
    let without = format!("{}{}", &EXAMPLE[..start], &EXAMPLE[end..]);
    assert!(parse(&without).unwrap().operators.is_empty());
}

#[test]
fn operators_without_pins_to_look_after_are_a_fault() {
    let start = EXAMPLE.find("[pin]").unwrap();
    let end = EXAMPLE.find("[store]").unwrap();
    let text = format!("{}{}", &EXAMPLE[..start], &EXAMPLE[end..]);
    let errors = parse(&text).unwrap_err();
    assert!(errors.to_string().contains("no `[pin]`"), "{errors}");
}
