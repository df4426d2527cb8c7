//! The command line, as somebody at a terminal sees it.

use crate::support::configured::{Configured, varco};

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
client             met            any application may ask
category           met            for citizen; the person is citizen
method             met            by spid, cie, cns; the login is by spid
level              not-met        needs high; the login is substantial

decision   step-up to high by spid, cie or cns
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
        "decision   step-up to substantial by spid, cie, cns or pin"
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
fn explain_tells_of_another_day_and_of_an_older_login() {
    let lines = |arguments: &[&str]| {
        let ran = varco(&[&["explain", "--service", "dati-personali"], arguments].concat());
        let lines = ran.expect(0).out.lines();
        lines.map(str::to_owned).collect::<Vec<_>>()
    };
    let cie = ["--method", "cie", "--level", "high"];
    let request = ["--operation", "request"];
    let eve = lines(&[&request[..], &cie, &["--at", "2020-01-21"]].concat());
    assert_eq!(
        eve.last().unwrap(),
        "decision   step-up to high by spid or cns"
    );
    let refused = "method             not-met        by spid, cns, pin; the login is by cie";
    assert!(eve.iter().any(|line| line == refused), "{eve:?}");
    let day = lines(&[&request[..], &cie, &["--at", "2020-01-22"]].concat());
    assert_eq!(day.last().unwrap(), "decision   permit");
    let moment = ["--at", "2020-01-21T22:59:59Z"];
    let moment = lines(&[&request[..], &cie, &moment].concat());
    assert_eq!(moment.last(), eve.last());

    let old = lines(&[&request[..], &cie, &["--age", "16m"]].concat());
    assert_eq!(
        old.last().unwrap(),
        "decision   step-up to high by spid, cie or cns"
    );
    let age = "age                not-met        at most 15m old; the login is 16m old";
    assert!(old.iter().any(|line| line == age), "{old:?}");
}

#[test]
fn explain_speaks_of_an_installation_where_it_is_named() {
    let configured = Configured::new();
    let naspi = ["explain", "--service", "naspi", "--operation", "request"];
    assert_eq!(
        configured.run(&naspi).expect(0).out.lines().last(),
        Some("decision   step-up to substantial by spid")
    );
}

#[test]
fn explain_asks_for_an_application() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("services.toml");
    let owned = "id = \"naspi\"\nclient = \"portale\"";
    let text = varco::policy::DEFAULT_CATALOGUE.replacen("id = \"naspi\"", owned, 1);
    std::fs::write(&path, text).unwrap();
    let path = path.to_str().unwrap();
    let naspi = ["explain", "--service", "naspi", "--operation", "request"];
    for (client, expected) in [
        (
            "portale",
            "decision   step-up to substantial by spid, cie, cns or pin",
        ),
        ("altra", "decision   deny: wrong-client"),
    ] {
        let ran = varco(&[&naspi[..], &["--services", path, "--client", client]].concat());
        assert_eq!(ran.expect(0).out.lines().last(), Some(expected));
    }
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

#[test]
fn keys_spid_makes_a_key_and_a_conforming_certificate_and_overwrites_nothing() {
    use varco::crypto::certificate::{SpidSubject, conformance::nonconformities, from_pem};
    use varco::crypto::{PublicKey, Signer as _, SigningKey};
    use varco::identity::{Clock as _, SystemClock};

    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (key, certificate) = (path("spid.key.pem"), path("spid.pem"));
    let arguments = [
        "keys",
        "spid",
        "--key",
        &key,
        "--certificate",
        &certificate,
        "--entity-id",
        "https://accesso.ente.example",
        "--organization-name",
        "Ente di prova per le attività",
        "--display-name",
        "Ente di prova",
        "--ipa-code",
        "ente_prova",
        "--locality",
        "Roma",
        "--bits",
        "2048",
    ];
    varco(&arguments).expect(0);
    let made = SigningKey::from_pem(&std::fs::read(&key).unwrap()).unwrap();
    let der = from_pem(&std::fs::read(&certificate).unwrap()).unwrap();
    assert_eq!(
        &PublicKey::from_certificate(&der).unwrap(),
        made.public_key()
    );
    let subject = SpidSubject {
        common_name: "Ente di prova".to_owned(),
        organization_name: "Ente di prova per le attività".to_owned(),
        ipa_code: "ente_prova".to_owned(),
        entity_id: "https://accesso.ente.example".to_owned(),
        country: "IT".to_owned(),
        locality: "Roma".to_owned(),
    };
    assert_eq!(nonconformities(&der, &subject, SystemClock.now()), []);
    varco(&arguments).expect(1);
    let bad = arguments.map(|argument| match argument {
        "ente_prova" => "not a code",
        other => other,
    });
    assert!(varco(&bad).expect(1).err.contains("ipa_code"));
}
