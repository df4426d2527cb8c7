//! From a configuration on disk to a gateway that serves: `varco check`, `serve`, `metadata`, `idp`.

use std::process::Command;
use std::sync::Arc;

use varco::config::{Config, Ports, build};
use varco::crypto::SystemRandom;
use varco::identity::SystemClock;

use crate::support::configured::{
    Configured, ORIGIN, PROVIDER, certificate, certificate_for, varco,
};
use crate::support::keys;
use crate::support::serving::Serving;
use crate::support::shared::shared;

#[test]
fn check_is_content_with_a_complete_configuration() {
    let ran = Configured::new().run(&["check"]);
    assert_eq!(
        ran.expect(0).out,
        "1 providers at low\n1 providers at substantial\n0 providers at high\n29 services, 0 applications: good\n"
    );
}

#[test]
fn check_tells_everything_that_is_wrong_at_once() {
    let configured = Configured::new();
    configured.remove("es256.pem");
    configured.write("subject.secret", "short\n");
    configured.write("idp.xml", "<a/>");
    let key = keys::stranger_rsa().to_pem();
    configured.write("spid.key.pem", &key);
    configured.write("store.key", "");
    let ran = configured.run(&["check"]);
    let err = &ran.expect(1).err;
    for file in ["es256.pem", "subject.secret", "idp.xml", "store.key"] {
        assert!(err.contains(file), "{file}: {err}");
    }
}

#[test]
fn check_lists_everything_that_is_wrong_in_the_catalogue_with_its_line() {
    let configured = Configured::new();
    configured.change("[store]", "[services]\nfile = \"services.toml\"\n\n[store]");
    let text = varco::policy::DEFAULT_CATALOGUE
        .replacen("from = 2017-07-21", "from = 2017-07-21T10:00:00", 1)
        .replacen("for = [\"company\"]", "for = [\"companies\"]", 1)
        .replacen("provisional = true", "provisionally = true", 1)
        .replacen("max_age = \"15m\"", "max_age = \"48h\"", 1);
    configured.write("services.toml", &text);
    let ran = configured.run(&["check"]);
    let err = &ran.expect(1).err;
    for wrong in ["2017-07-21T10", "\"companies\"", "provisionally", "\"48h\""] {
        let line = text.lines().position(|line| line.contains(wrong)).unwrap() + 1;
        let place = format!("services.toml:{line}: ");
        assert!(err.contains(&place), "{wrong} in {err}");
    }
    assert_eq!(err.lines().count(), 4, "{err}");
}

#[test]
fn check_refuses_a_certificate_that_is_not_of_this_body_or_key() {
    let configured = Configured::new();
    let other = certificate(keys::gateway_rsa(), "https://other.example");
    configured.write("spid.pem", &varco::crypto::certificate::to_pem(&other));
    let ran = configured.run(&["check"]);
    assert!(
        ran.expect(1).err.contains("uri in the subject"),
        "{}",
        ran.err
    );

    let configured = Configured::new();
    let foreign = certificate(keys::stranger_rsa(), ORIGIN);
    configured.write("spid.pem", &varco::crypto::certificate::to_pem(&foreign));
    let ran = configured.run(&["check"]);
    assert!(ran.expect(1).err.contains("not the key's"), "{}", ran.err);
}

#[test]
fn check_refuses_metadata_that_the_pinned_certificate_did_not_sign() {
    let configured = Configured::new();
    configured.change(
        "path = \"idp.xml\"",
        "path = \"idp.xml\"\nsigned_by = \"spid.pem\"",
    );
    let ran = configured.run(&["check"]);
    assert!(ran.expect(1).err.contains("signature"), "{}", ran.err);
}

#[test]
fn metadata_signed_by_the_second_of_two_pinned_certificates_are_used() {
    let configured = Configured::new();
    let shared =
        |name: &str| std::fs::read_to_string(shared(&format!("idp-metadata/{name}"))).unwrap();
    let aggregate = "registry-spid-entities-idps-2025-11-25.xml";
    configured.write("registry.xml", &shared(aggregate));
    let own = std::fs::read_to_string(configured.path("spid.pem")).unwrap();
    let registry = shared("registry-signing-cert-2025.pem");
    configured.write("registry.pem", &format!("{own}{registry}"));
    configured.change(
        "path = \"idp.xml\"",
        "path = \"registry.xml\"\nsigned_by = \"registry.pem\"",
    );
    let ran = configured.run(&["check"]);
    assert!(
        ran.expect(0).out.contains("12 providers at low"),
        "{}",
        ran.out
    );
    configured.write("registry.pem", &own);
    assert!(
        configured
            .run(&["check"])
            .expect(1)
            .err
            .contains("signature")
    );
}

#[test]
fn one_provider_in_two_sources_is_refused() {
    let configured = Configured::new();
    configured.change(
        "[spid.contact]",
        "[[spid.metadata]]\npath = \"idp.xml\"\n\n[spid.contact]",
    );
    let ran = configured.run(&["check"]);
    assert!(
        ran.expect(1).err.contains("in another file already"),
        "{}",
        ran.err
    );
}

#[test]
fn check_refuses_a_tls_certificate_that_has_ended_and_notes_one_that_soon_will() {
    let configured = Configured::new();
    configured.change("http://", "https://");
    let files = "certificate = \"tls.pem\"\nkey = \"spid.key.pem\"";
    configured.change("danger_allow_http = true", files);
    let check = |days| {
        let tls = certificate_for(keys::gateway_rsa(), ORIGIN, days);
        configured.write("tls.pem", &varco::crypto::certificate::to_pem(&tls));
        configured.run(&["check"])
    };
    let ended = check(0);
    assert!(
        ended.expect(1).err.contains("tls.pem: is valid from"),
        "{}",
        ended.err
    );
    let soon = check(10);
    assert!(soon.expect(0).out.contains("note: "), "{}", soon.out);
    assert!(soon.out.contains("tls.pem is valid until"));
    assert!(!check(100).expect(0).out.contains("note: "));
}

#[test]
fn check_tells_the_faults_of_the_file_itself() {
    let configured = Configured::new();
    configured.change("[store]", "[store]\ncolor = 1");
    let ran = configured.run(&["check"]);
    assert!(ran.expect(1).err.contains("varco.toml:"), "{}", ran.err);
    let missing = varco(&["check", "--config", "/nowhere/varco.toml"]);
    assert!(missing.expect(1).err.contains("cannot be read"));
}

#[test]
fn the_built_gateway_offers_the_providers_that_have_metadata() {
    let configured = Configured::new();
    configured.write(
        "providers.toml",
        &format!(
            "[[provider]]\nname = \"Alfa\"\nentity_id = \"{PROVIDER}\"\nhighest_level = 2\n\
             [[provider]]\nname = \"Beta\"\nentity_id = \"https://beta.example\"\nhighest_level = 3\n"
        ),
    );
    let config = Config::load(configured.path("varco.toml").as_ref()).unwrap();
    let ports = Ports {
        clock: Arc::new(SystemClock),
        random: Arc::new(SystemRandom),
    };
    let built = build(&config, ports).unwrap();
    assert!(built.gateway.way(PROVIDER).is_some());
    assert!(built.gateway.way("https://beta.example").is_none());
    let list = configured.run(&["idp", "list"]);
    let lines: Vec<&str> = list.expect(0).out.lines().collect();
    assert!(
        lines[0].starts_with("Alfa") && lines[0].ends_with(PROVIDER),
        "{lines:?}"
    );
    assert!(lines[1].contains("not offered"), "{lines:?}");
}

#[test]
fn metadata_spid_prints_signed_metadata() {
    let ran = Configured::new().run(&["metadata", "spid"]);
    let xml = &ran.expect(0).out;
    assert!(xml.contains(&format!("entityID=\"{ORIGIN}\"")));
    assert!(xml.contains("<ds:SignatureValue>"));
    assert!(xml.contains(&format!("{ORIGIN}/spid/acs")));
}

#[test]
fn idp_verify_reads_the_registry_and_checks_its_signature() {
    let registry = shared("idp-metadata/registry-spid-entities-idps-2025-11-25.xml");
    let registry = registry.to_str().unwrap();
    let pinned = shared("idp-metadata/registry-signing-cert-2025.pem");
    let ran = varco(&[
        "idp",
        "verify",
        registry,
        "--signed-by",
        pinned.to_str().unwrap(),
    ]);
    assert_eq!(ran.expect(0).out.lines().count(), 12, "{}", ran.out);
    let wrong = shared("idp-metadata/registry-signing-cert-2023-AgID-TEST-do-not-trust.pem");
    let ran = varco(&[
        "idp",
        "verify",
        registry,
        "--signed-by",
        wrong.to_str().unwrap(),
    ]);
    assert!(ran.expect(1).err.contains("signature"), "{}", ran.err);
}

#[test]
fn serve_answers_and_ends_when_it_is_told_to() {
    let configured = Configured::new();
    let mut serving = Serving::start(&configured);
    let discovery = Serving::get(serving.people, "/.well-known/openid-configuration");
    assert!(discovery.starts_with("HTTP/1.1 200"), "{discovery}");
    assert!(
        discovery.contains(&format!("\"issuer\":\"{ORIGIN}\"")),
        "{discovery}"
    );
    let ready = Serving::get(serving.platform, "/health/ready");
    assert!(ready.starts_with("HTTP/1.1 200"), "{ready}");
    let told = Command::new("kill")
        .args(["-TERM", &serving.process.id().to_string()])
        .status()
        .unwrap();
    assert!(told.success());
    assert!(serving.process.wait().unwrap().success());
    let found = configured.run(&["audit", "find", "--type", "server_started"]);
    assert_eq!(found.expect(0).out.lines().count(), 1);
}
