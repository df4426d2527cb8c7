//! `varco cns trust`: another issue of the trusted list, what is refused of it, and whom cards are trusted from then.

use chrono::Duration;
use varco::crypto::certificate::to_pem;
use varco::demo::trusted_list::{TestList, TestService};

use super::corpus::signing::STRANGER;
use super::trusted_list::{REAL, real_signer};
use crate::support::authority::Authority;
use crate::support::listed::{
    LIST, configured, import, kept, list, now, pointer, signed, signed_by,
};

#[test]
fn a_first_list_is_kept_and_its_authorities_are_listed() {
    let configured = configured(LIST);
    let told = configured.run(&["check"]);
    assert!(
        told.expect(1)
            .err
            .contains("no trusted list was imported yet")
    );
    let ran = import(&configured, &signed(&list(7, 12)), &[]);
    let added = ran
        .expect(0)
        .out
        .lines()
        .filter(|line| line.starts_with("+ "));
    assert_eq!(added.count(), 12, "{}", ran.out);
    assert!(
        ran.out.contains("+ Regione 3 - CA Cittadini (Alfa S.p.A.)"),
        "{}",
        ran.out
    );
    assert!(
        ran.out
            .contains("12 authorities of cards, 12 added, 0 removed"),
        "{}",
        ran.out
    );

    let ran = configured.run(&["cns", "trust", "list"]);
    let lines: Vec<&str> = ran.expect(0).out.lines().collect();
    assert!(lines[0].starts_with("AUTHORITY "), "{}", ran.out);
    assert_eq!(lines.len(), 1 + 12 + 2, "{}", ran.out);
    let row: Vec<&str> = lines[1]
        .split("  ")
        .filter(|cell| !cell.is_empty())
        .collect();
    assert_eq!(row[0], "Regione 1 - CA Cittadini");
    assert_eq!(
        row[1..5].iter().map(|cell| cell.trim()).collect::<Vec<_>>(),
        ["Alfa S.p.A.", "health", "P-256", "2040-01-01"]
    );
    assert_eq!(row[5].trim().len(), 64);
    assert!(
        ran.out.contains("browsers are told 12 names in "),
        "{}",
        ran.out
    );
    assert!(ran.out.contains("trusted list 7 of "), "{}", ran.out);

    configured.run(&["check"]).expect(0);
    let ran = configured.run(&["audit", "find", "--type", "trusted_list_imported"]);
    assert_eq!(ran.expect(0).out.lines().count(), 1);
    assert!(ran.out.contains("\"sequence\":7"), "{}", ran.out);
}

#[test]
fn the_real_list_of_2019_is_imported_by_its_signer_with_an_alarm() {
    let configured = configured(LIST);
    configured.write("signer.pem", &to_pem(&real_signer()));
    let ran = import(&configured, &REAL, &[]);
    assert!(
        ran.expect(0).out.contains("trusted list 141 of 2019-09-04"),
        "{}",
        ran.out
    );
    assert!(
        ran.err
            .contains("should have been followed by another on 20"),
        "{}",
        ran.err
    );
    assert!(ran.err.contains("it expired on "), "{}", ran.err);
    let ran = configured.run(&["cns", "trust", "list"]);
    assert!(
        ran.expect(0).out.contains("Agenzia delle Entrate"),
        "{}",
        ran.out
    );
    let ran = configured.run(&["check"]);
    let alarm = "note: the trusted list 141 should have been followed";
    assert!(ran.expect(0).out.contains(alarm), "{}", ran.out);
    let expired = "the signer of the trusted list has expired on 2021-01-12";
    assert!(ran.out.contains(expired), "{}", ran.out);
}

#[test]
fn the_same_list_again_changes_nothing() {
    let configured = configured(LIST);
    let text = signed(&list(7, 3));
    import(&configured, &text, &[]).expect(0);
    let before = pointer(&configured);
    let ran = import(&configured, &text, &[]);
    assert_eq!(ran.expect(0).out, "trusted list 7: as it was\n");
    assert_eq!(pointer(&configured), before);
}

#[test]
fn what_cannot_be_trusted_changes_nothing() {
    let configured = configured(LIST);
    import(&configured, &signed(&list(7, 12)), &[]).expect(0);
    let before = pointer(&configured);
    let with = |change: fn(&mut TestList)| {
        let mut list = list(8, 12);
        change(&mut list);
        signed(&list)
    };
    for (name, text, part) in [
        (
            "older",
            signed(&list(6, 12)),
            "an older list never comes back",
        ),
        (
            "another of the same number",
            signed(&list(7, 11)),
            "says something else",
        ),
        ("not signed", list(8, 12).unsigned(), "not signed"),
        (
            "a stranger's",
            signed_by(&list(8, 12), &STRANGER),
            "none of the keys",
        ),
        (
            "changed",
            signed(&list(8, 12)).replacen("Regione 1 ", "Regione 0 ", 1),
            "the digest is not",
        ),
        (
            "another country's",
            with(|list| list.territory = "DE".to_owned()),
            "the list of DE",
        ),
        (
            "of the future",
            with(|list| list.issued = now() + Duration::days(3)),
            "still to come",
        ),
        ("no list", "<html/>".to_owned(), "not signed"),
        ("nothing", String::new(), "not well-formed"),
    ] {
        for command in ["import", "diff"] {
            configured.write("new.xml", &text);
            let file = configured.path("new.xml");
            let ran = configured.run(&["cns", "trust", command, &file]);
            assert!(ran.expect(1).err.contains(part), "{name}: {}", ran.err);
            assert_eq!(pointer(&configured), before, "{name}");
        }
    }
    assert_eq!(kept(&configured).len(), 1);
    let ran = configured.run(&["audit", "find", "--type", "trusted_list_imported"]);
    assert_eq!(ran.expect(0).out.lines().count(), 1);
}

#[test]
fn a_list_that_loses_many_authorities_needs_approval_and_the_last_one_stays_beside_it() {
    let configured = configured(LIST);
    import(&configured, &signed(&list(7, 12)), &[]).expect(0);
    // Ten percent of twelve is one.
    let ran = import(&configured, &signed(&list(8, 10)), &[]);
    assert!(
        ran.expect(1).err.contains("2 of 12 authorities would go"),
        "{}",
        ran.err
    );
    assert!(
        ran.out
            .contains("- Regione 12 - CA Cittadini (Alfa S.p.A.)"),
        "{}",
        ran.out
    );
    assert!(kept(&configured)[0].starts_with("list-7-"));

    let ran = import(&configured, &signed(&list(8, 10)), &["--accept-removals"]);
    assert!(
        ran.expect(0).out.contains("0 added, 2 removed"),
        "{}",
        ran.out
    );
    let now_kept = kept(&configured);
    assert!(now_kept[0].starts_with("list-7-") && now_kept[1].starts_with("list-8-"));
    assert!(
        pointer(&configured)
            .unwrap()
            .contains("removals_accepted = true")
    );
    let ran = configured.run(&["audit", "find", "--type", "trusted_list_imported"]);
    assert!(
        ran.expect(0).out.contains("\"removals_accepted\":true"),
        "{}",
        ran.out
    );

    import(&configured, &signed(&list(9, 10)), &[]).expect(0);
    let now_kept = kept(&configured);
    assert_eq!(now_kept.len(), 2, "{now_kept:?}");
    assert!(now_kept[0].starts_with("list-8-") && now_kept[1].starts_with("list-9-"));
    assert!(
        pointer(&configured)
            .unwrap()
            .contains("removals_accepted = false")
    );
}

#[test]
fn a_list_without_authorities_is_refused_even_with_approval() {
    let configured = configured(LIST);
    import(&configured, &signed(&list(7, 2)), &[]).expect(0);
    let before = pointer(&configured);
    let ran = import(&configured, &signed(&list(8, 0)), &["--accept-removals"]);
    assert!(
        ran.expect(1).err.contains("no authority of cards is left"),
        "{}",
        ran.err
    );
    assert_eq!(pointer(&configured), before);
}

#[test]
fn a_list_whose_names_do_not_fit_into_a_handshake_is_refused_unless_there_are_no_hints() {
    let services = (0..180).map(|number| {
        let name = format!("Regione {number} - {}", "CA Cittadini ".repeat(4));
        TestService::recognised("Alfa S.p.A.", &name, &Authority::of(&name).certificate())
    });
    let list = TestList {
        services: services.collect(),
        ..list(7, 0)
    };
    let text = signed(&list);
    let with_names = configured(LIST);
    let ran = import(&with_names, &text, &[]);
    assert!(ran.expect(1).err.contains("16384 fit"), "{}", ran.err);
    assert_eq!(pointer(&with_names), None);
    let without = configured(&format!("{LIST}\nhints = \"none\""));
    import(&without, &text, &[]).expect(0);
    let ran = without.run(&["cns", "trust", "list"]);
    assert!(
        ran.expect(0).out.contains("told 0 names in 0 bytes"),
        "{}",
        ran.out
    );
}

#[test]
fn diff_tells_what_would_change_and_changes_nothing() {
    let configured = configured(LIST);
    import(&configured, &signed(&list(7, 11)), &[]).expect(0);
    let before = pointer(&configured);
    configured.write("new.xml", &signed(&list(8, 12)));
    let file = configured.path("new.xml");
    let ran = configured.run(&["cns", "trust", "diff", &file]);
    assert!(
        ran.expect(0).out.contains("+ Regione 12 - CA Cittadini"),
        "{}",
        ran.out
    );
    assert!(
        ran.out.contains("1 added, 0 removed, 11 as they were"),
        "{}",
        ran.out
    );
    configured.write("new.xml", &signed(&list(8, 5)));
    let ran = configured.run(&["cns", "trust", "diff", &file]);
    assert!(
        ran.expect(1).err.contains("it would be refused: 6 of 11"),
        "{}",
        ran.err
    );
    assert_eq!(pointer(&configured), before);
}
