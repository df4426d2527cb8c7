//! The command line, as somebody at a terminal sees it.

use crate::support::configured::varco;

#[test]
fn help_goes_to_the_output_and_ends_well() {
    let ran = varco(&["--help"]);
    assert!(ran.expect(0).out.contains("explain"));
    assert_eq!(ran.err, "");
}

#[test]
fn what_is_not_understood_goes_to_the_errors_and_ends_with_two() {
    for arguments in [&["no-such-command"][..], &["explain"], &[]] {
        let ran = varco(arguments);
        assert_eq!(ran.expect(2).out, "");
        assert!(!ran.err.is_empty());
    }
}

#[test]
fn explain_shows_every_rule_and_the_step_up_that_would_open() {
    let ran = varco(&[
        "explain",
        "--service",
        "dati-personali",
        "--operation",
        "request",
        "--method",
        "spid",
        "--level",
        "substantial",
    ]);
    assert_eq!(
        ran.expect(0).out,
        "\
service    dati-personali (Personal data, address and contacts)
operation  request
method     spid
level      substantial
category   citizen

service-known      met
operation-offered  met
category           met            for citizen; the person is citizen
level              not-met        needs high; the login is substantial

decision   step-up to high by spid
"
    );
}

#[test]
fn explain_permits_and_denies() {
    let decision = |arguments: &[&str]| {
        let ran = varco(&[&["explain"], arguments].concat());
        ran.expect(0).out.lines().last().unwrap().to_owned()
    };
    let naspi = ["--service", "naspi", "--operation", "request"];
    let login = ["--method", "spid", "--level", "substantial"];
    assert_eq!(decision(&[naspi, login].concat()), "decision   permit");
    assert_eq!(
        decision(&naspi),
        "decision   step-up to substantial by spid"
    );
    assert_eq!(
        decision(&[&naspi[..], &login, &["--category", "doctor"]].concat()),
        "decision   deny: wrong-category"
    );
    assert_eq!(
        decision(&["--service", "no-such", "--operation", "consult"]),
        "decision   deny: unknown-service"
    );
}

#[test]
fn explain_says_which_names_there_are() {
    let ran = varco(&["explain", "--service", "naspi", "--operation", "look"]);
    assert!(
        ran.expect(2).err.contains("consult or request"),
        "{}",
        ran.err
    );
}
