//! `varco profiles`: the table of the archives from a file.

use std::fmt::Write as _;

use crate::support::configured::Configured;

const ANNA: &str = "PRVNNA85C55F205D";
const MARIO: &str = "SMPMRA70L02H501P";
const HEADER: &str = "fiscal_code,category,organisation_code,organisation_name\n";

fn configured() -> Configured {
    let configured = Configured::new();
    configured.change("[store]", "[archives]\ntable = true\n\n[store]");
    configured
}

impl Configured {
    fn import(&self, rows: &str, more: &[&str]) -> crate::support::configured::Ran {
        self.write("people.csv", &format!("{HEADER}{rows}"));
        let file = self.path("people.csv");
        self.run(&[&["profiles", "import", file.as_str()], more].concat())
    }

    fn show(&self, code: &str) -> String {
        let ran = self.run(&["profiles", "show", code]);
        ran.expect(0);
        ran.out
    }
}

fn anna() -> String {
    format!(
        "{ANNA},pensioner,,\n{ANNA},intermediary,,\n{ANNA},company,01234567897,\"Alfa, S.r.l.\"\n"
    )
}

#[test]
fn a_file_becomes_the_table_and_the_next_one_replaces_it() {
    let configured = configured();
    let ran = configured.import(&anna(), &[]);
    assert_eq!(ran.expect(0).out, "3 rows: 3 added, 0 changed, 0 removed\n");
    assert_eq!(ran.err, "");
    let shown = configured.show(ANNA);
    assert_eq!(
        shown,
        "personal  citizen, pensioner\nprofile   company  01234567897  Alfa, S.r.l.\nprofile   intermediary\n"
    );
    let rows = anna()
        .replace("Alfa", "Beta")
        .replace("pensioner", "unemployed");
    let ran = configured.import(&rows, &[]);
    assert_eq!(ran.expect(0).out, "3 rows: 1 added, 1 changed, 1 removed\n");
    assert!(configured.show(ANNA).contains("unemployed"));
    assert_eq!(configured.show(MARIO), "personal  citizen\n");
    let told = configured.run(&["audit", "find", "--type", "profiles_imported"]);
    assert_eq!(told.expect(0).out.lines().count(), 2);
    let told = configured.run(&["audit", "find", "--type", "profiles_read", "--person", ANNA]);
    assert_eq!(told.expect(0).out.lines().count(), 2);
}

#[test]
fn every_fault_is_told_with_its_line_and_nothing_is_changed() {
    let configured = configured();
    configured.import(&anna(), &[]).expect(0);
    let rows = format!(
        "{MARIO},citizen,,\nRSSMRA80A01H501X,citizen,,\n{MARIO},astronaut,,\n{MARIO},\"company,1,Alfa\n{MARIO},bank,1,Beta\n"
    );
    let ran = configured.import(&rows, &[]);
    let file = configured.path("people.csv");
    let told: Vec<&str> = ran.expect(1).err.lines().collect();
    assert_eq!(told.len(), 4, "{}", ran.err);
    for (line, (number, part)) in told.iter().zip([
        (3, "check letter"),
        (4, "no such category"),
        (5, "does not end in its line"),
    ]) {
        assert!(line.starts_with(&format!("{file}:{number}: ")), "{line}");
        assert!(line.contains(part), "{line}");
    }
    assert_eq!(told[3], "nothing was changed");
    assert!(!ran.err.contains("RSSMRA") && ran.out.is_empty());
    assert_eq!(configured.show(MARIO), "personal  citizen\n");
    assert!(configured.show(ANNA).contains("pensioner"));
}

#[test]
fn faults_are_listed_up_to_a_bound_and_counted_beyond() {
    let configured = configured();
    let ran = configured.import(&"x,citizen,,\n".repeat(1_000), &[]);
    let lines = ran.expect(1).err.lines().count();
    assert_eq!(lines, 102, "a hundred, the count of the others, the end");
    assert!(ran.err.contains("and 900 faults more"));
}

#[test]
fn lines_that_contradict_each_other_are_told() {
    let configured = configured();
    let rows = format!("{ANNA},company,1,Alfa\n{MARIO},company,1,Alfa\n{ANNA},company,1,Beta\n");
    let ran = configured.import(&rows, &[]);
    assert!(
        ran.expect(1)
            .err
            .contains("people.csv:4: says again what line 2 says")
    );
}

#[test]
fn a_dry_run_tells_what_would_change_and_changes_nothing() {
    let configured = configured();
    let ran = configured.import(&anna(), &["--dry-run"]);
    let told = "3 rows: 3 added, 0 changed, 0 removed\nnothing was changed\n";
    assert_eq!(ran.expect(0).out, told);
    assert_eq!(configured.show(ANNA), "personal  citizen\n");
}

#[test]
fn a_file_that_would_remove_most_people_needs_force() {
    let configured = configured();
    configured.import(&anna(), &[]).expect(0);
    let ran = configured.import("", &[]);
    assert!(ran.expect(1).err.contains("3 of 3 rows would go"));
    assert!(configured.show(ANNA).contains("pensioner"));
    configured.import("", &["--force"]).expect(0);
    assert_eq!(configured.show(ANNA), "personal  citizen\n");
}

#[test]
fn a_file_without_its_header_is_refused() {
    let configured = configured();
    for text in ["", "PRVNNA85C55F205D,citizen\n", "fiscal_code;kind\n"] {
        configured.write("bad.csv", text);
        let file = configured.path("bad.csv");
        let ran = configured.run(&["profiles", "import", &file]);
        assert!(
            ran.expect(1).err.contains("bad.csv:1: the header"),
            "{}",
            ran.err
        );
    }
}

#[test]
fn quoted_names_and_many_organisations_are_imported_whole() {
    let configured = configured();
    let mut rows = String::new();
    // Invented people differ in their organisation only: fiscal codes with a right check letter are rare.
    for number in 0..64 {
        for code in [ANNA, MARIO] {
            writeln!(rows, "{code},company,{number},\"Ditta \"\"{number}\"\"\"").unwrap();
        }
    }
    let ran = configured.import(&rows, &[]);
    assert_eq!(
        ran.expect(0).out,
        "128 rows: 128 added, 0 changed, 0 removed\n"
    );
    assert_eq!(configured.show(MARIO).lines().count(), 65);
}

#[test]
fn without_archives_there_is_nobody_to_show_and_the_import_says_that_it_is_not_used() {
    let configured = Configured::new();
    let ran = configured.run(&["profiles", "show", ANNA]);
    assert!(ran.expect(1).err.contains("no `[archives]`"));
    let ran = configured.import(&anna(), &[]);
    assert!(ran.expect(0).err.contains("does not use the table"));
}

#[test]
fn wrong_archives_are_told_with_their_line() {
    for (section, part) in [
        (
            "table = true\nhttp = { url = \"https://a.example/\" }",
            "choose one",
        ),
        (
            "http = { url = \"http://a.example/\" }",
            "`url` is an `https` address",
        ),
        (
            "http = { url = \"https://me:pw@a.example/\" }",
            "`url` is an `https` address",
        ),
        (
            "http = { url = \"https://a.example/\", timeout_ms = 60000 }",
            "`timeout_ms` is from 50",
        ),
        (
            "http = { url = \"https://a.example/\", cache_seconds = 301 }",
            "`cache_seconds` is from 0",
        ),
        (
            "http = { url = \"https://a.example/\", at_once = 0 }",
            "`at_once` is from 1",
        ),
        (
            "http = { url = \"https://a.example/\", networks = [\"10.0.0.0/33\"] }",
            "not a network",
        ),
        (
            "http = { url = \"https://a.example/\", ca = \"none.pem\" }",
            "none.pem",
        ),
        (
            "http = { url = \"https://a.example/\", token_file = \"none\" }",
            "none",
        ),
        ("tables = true", "unknown field"),
    ] {
        let configured = Configured::new();
        configured.change("[store]", &format!("[archives]\n{section}\n\n[store]"));
        let ran = configured.run(&["check"]);
        assert!(ran.expect(1).err.contains(part), "{section}: {}", ran.err);
    }
}
