//! What the commands say of CIE: metadata, keys, and the alarm when the Ministry's metadata are no longer the pinned ones.

use std::sync::{Arc, Mutex};

use varco::login::cie::Fingerprint;

use crate::support::cie::ministry;
use crate::support::configured::Configured;
use crate::support::http_server::{HttpServer, Reply};

/// A configuration with CIE by SAML, whose pinned metadata are of the tests' Ministry.
fn configured(more: &str) -> Configured {
    let configured = Configured::new();
    let metadata = ministry().metadata();
    configured.write("ministry.xml", &metadata);
    let key = configured.path("cie.key.pem");
    let certificate = configured.path("cie.pem");
    crate::support::configured::varco(&[
        "keys",
        "cie",
        "--key",
        &key,
        "--certificate",
        &certificate,
        "--organization-name",
        "Istituto di prova",
        "--display-name",
        "Prova",
        "--locality",
        "Roma",
    ])
    .expect(0);
    let key = configured.path("cie-encryption.key.pem");
    let certificate = configured.path("cie-encryption.pem");
    crate::support::configured::varco(&[
        "keys",
        "cie",
        "--encryption",
        "--key",
        &key,
        "--certificate",
        &certificate,
        "--organization-name",
        "Istituto di prova",
        "--display-name",
        "Prova",
        "--locality",
        "Roma",
    ])
    .expect(0);
    let fingerprint = Fingerprint::of(metadata.as_bytes());
    let section = format!(
        "[cie.saml]\nentity_id = \"https://login.example/cie\"\nkey = \"cie.key.pem\"\ncertificate = \"cie.pem\"\n\
         encryption_key = \"cie-encryption.key.pem\"\nencryption_certificate = \"cie-encryption.pem\"\n\
         metadata = \"ministry.xml\"\nfingerprint = [\"{fingerprint}\"]\n{more}\n\
         [cie.saml.contact]\nipa_code = \"prova\"\nmunicipality = \"H501\"\nemail = \"cie@istituto.example\"\n\n[openid]"
    );
    configured.change("[openid]", &section);
    configured
}

#[test]
fn metadata_cie_prints_signed_metadata_and_check_says_what_is_pinned() {
    let configured = configured("");
    let ran = configured.run(&["metadata", "cie"]);
    let metadata = ran.expect(0).out.as_str();
    let read = varco::demo::idp::service_provider::ServiceProvider::parse(metadata.trim_end());
    let read = read.unwrap();
    assert_eq!(read.entity_id, "https://login.example/cie");
    assert_eq!(read.name, "Istituto di prova");
    assert!(read.encryption.is_some());
    let out = configured.run(&["check"]).expect(0).out.clone();
    let fingerprint = Fingerprint::of(ministry().metadata().as_bytes());
    let line = format!(
        "CIE by SAML up to high: {}, SHA-256 {fingerprint}\n",
        ministry().entity_id()
    );
    assert!(out.contains(&line), "{out}");
    let out = configured.run(&["idp", "list"]).expect(0).out.clone();
    assert!(out.contains(&fingerprint.to_string()), "{out}");
    let without = Configured::new().run(&["metadata", "cie"]);
    assert!(without.expect(1).err.contains("[cie.saml]"));
}

#[test]
fn metadata_that_are_not_the_pinned_ones_are_a_fault_that_names_their_digest() {
    let configured = configured("");
    let other = ministry().metadata().replace("/sso", "/sso2");
    configured.write("ministry.xml", &other);
    let found = Fingerprint::of(other.as_bytes()).to_string();
    for command in [["check"].as_slice(), &["metadata", "cie"]] {
        let ran = configured.run(command);
        let told = format!("{}{}", ran.expect(1).err, ran.out);
        assert!(
            told.contains("ministry.xml") && told.contains(&found),
            "{told}"
        );
    }
}

#[test]
fn a_certificate_that_names_a_person_is_a_fault() {
    let configured = configured("");
    let key = varco::crypto::SigningKey::from_pem(
        &std::fs::read(configured.path("cie.key.pem")).unwrap(),
    )
    .unwrap();
    let mut params = rcgen::CertificateParams::default();
    let surname = rcgen::DnType::CustomDnType(vec![2, 5, 4, 4]);
    params.distinguished_name.push(surname, "Rossi");
    let pkcs8 = rustls_pki_types::PrivatePkcs8KeyDer::from(key.pkcs8().to_vec());
    let pair = rcgen::KeyPair::from_pkcs8_der_and_sign_algo(&pkcs8, &rcgen::PKCS_RSA_SHA256);
    let certificate = params.self_signed(&pair.unwrap()).unwrap();
    configured.write("cie.pem", &certificate.pem());
    let ran = configured.run(&["check"]);
    assert!(
        ran.expect(1).err.contains("must not have surname"),
        "{}",
        ran.err
    );
}

#[test]
fn what_the_ministry_publishes_is_compared_and_a_change_is_an_alarm_that_changes_nothing() {
    let published = Arc::new(Mutex::new(ministry().metadata()));
    let served = Arc::clone(&published);
    let server = HttpServer::start(move |_| {
        let text = served.lock().unwrap().clone();
        Reply::of(200, "application/samlmetadata+xml", text)
    });
    let url = server.url("/idp/shibboleth?Metadata");
    let configured = configured(&format!(
        "metadata_url = \"{url}\"\ndanger_allow_http = true"
    ));
    let kept = || std::fs::read_to_string(configured.path("ministry.xml")).unwrap();
    let out = configured.run(&["idp", "refresh"]).expect(0).out.clone();
    assert!(out.ends_with("ministry.xml: as it was\n"), "{out}");

    let next = ministry().metadata().replace("/sso", "/sso2");
    *published.lock().unwrap() = next.clone();
    let ran = configured.run(&["idp", "refresh"]);
    let digest = Fingerprint::of(next.as_bytes()).to_string();
    let err = &ran.expect(1).err;
    assert!(err.contains("ALARM") && err.contains(&digest), "{err}");
    assert!(ran.out.contains("~ addresses of login"), "{}", ran.out);
    assert_eq!(kept(), ministry().metadata());

    // Somebody has asked the Ministry, and pinned the next ones beside.
    configured.change("fingerprint = [", &format!("fingerprint = [\"{digest}\", "));
    configured.run(&["idp", "refresh"]).expect(0);
    assert_eq!(kept(), next);
    configured.run(&["check"]).expect(0);

    *published.lock().unwrap() = "<html/>".to_owned();
    let ran = configured.run(&["idp", "refresh"]);
    assert!(ran.expect(1).err.contains("cannot be used"));
    assert_eq!(kept(), next);
}
