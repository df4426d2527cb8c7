//! `varco idp refresh`: metadata brought over the network, and what is not taken.

use std::collections::HashSet;

use varco::crypto::{DigestAlgorithm, SignatureAlgorithm};
use varco::protocol::xml::{SignaturePlace, XmlSignature, sign_enveloped};

use crate::support::configured::Configured;
use crate::support::http_server::{HttpServer, Reply};
use crate::support::keys;
use crate::support::shared::shared;

const AGGREGATE: &str = "registry-spid-entities-idps-2025-11-25.xml";

fn real(name: &str) -> String {
    std::fs::read_to_string(shared(&format!("idp-metadata/{name}"))).unwrap()
}

fn sent(text: String) -> Reply {
    Reply::of(200, "application/samlmetadata+xml", text)
}

/// A configuration that brings its metadata from a server, signed by the registry or by ourselves.
fn configured(server: &HttpServer) -> Configured {
    let configured = Configured::new();
    let own = std::fs::read_to_string(configured.path("spid.pem")).unwrap();
    let registry = real("registry-signing-cert-2025.pem");
    configured.write("registry.pem", &format!("{own}{registry}"));
    let source = format!(
        "path = \"registry.xml\"\nsigned_by = \"registry.pem\"\nurl = \"{}\"\ndanger_allow_http = true",
        server.url("/entities?entity_type=idp")
    );
    configured.change("path = \"idp.xml\"", &source);
    configured
}

/// One provider, in a list that we signed.
fn small(configured: &Configured) -> String {
    let provider = std::fs::read_to_string(configured.path("idp.xml")).unwrap();
    let list = format!(
        "<md:EntitiesDescriptor xmlns:md=\"urn:oasis:names:tc:SAML:2.0:metadata\" ID=\"_1\">{provider}</md:EntitiesDescriptor>"
    );
    let with = XmlSignature {
        algorithm: SignatureAlgorithm::RsaSha256,
        digest: DigestAlgorithm::Sha256,
        certificate_der: None,
    };
    let place = SignaturePlace::FirstChild;
    sign_enveloped(list, "_1", place, keys::gateway_rsa(), &with).unwrap()
}

fn kept(configured: &Configured, name: &str) -> Option<String> {
    std::fs::read_to_string(configured.path(name)).ok()
}

#[test]
fn a_signed_list_is_kept_whole_and_brought_again_changes_nothing() {
    let server = HttpServer::start(|_| sent(real(AGGREGATE)));
    let configured = configured(&server);
    let ran = configured.run(&["idp", "refresh"]);
    let out = &ran.expect(0).out;
    let added: HashSet<&str> = out
        .lines()
        .filter_map(|line| line.strip_prefix("+ "))
        .collect();
    assert_eq!(added.len(), 12, "{out}");
    assert!(out.ends_with("registry.xml: 12 providers\n"), "{out}");
    assert_eq!(kept(&configured, "registry.xml"), Some(real(AGGREGATE)));
    assert_eq!(kept(&configured, "registry.xml.new"), None);
    let ran = configured.run(&["idp", "refresh"]);
    assert!(ran.expect(0).out.ends_with("registry.xml: as it was\n"));
    configured.run(&["check"]).expect(0);
}

#[test]
fn what_cannot_be_trusted_changes_nothing() {
    let server = HttpServer::start(|_| sent(real(AGGREGATE)));
    let configured = configured(&server);
    configured.run(&["idp", "refresh"]).expect(0);
    let changed = real(AGGREGATE).replacen("https://", "http://", 1);
    let unsigned = kept(&configured, "idp.xml").unwrap();
    for (reply, part) in [
        (sent(changed), "cannot be used"),
        (sent(unsigned), "cannot be used"),
        (sent("<html/>".to_owned()), "cannot be used"),
        (sent(String::new()), "cannot be used"),
        (Reply::of(200, "text/html", real(AGGREGATE)), "another kind"),
        (Reply::of(503, "application/xml", ""), "503"),
        (Reply::with(302, &[("location", "/")], ""), "redirects"),
        (Reply::Bytes(Vec::new()), "broke off"),
    ] {
        server.answer(move |_| reply.clone());
        let ran = configured.run(&["idp", "refresh"]);
        assert!(ran.expect(1).err.contains(part), "{part}: {}", ran.err);
        assert!(ran.err.contains("it stays as it is"), "{}", ran.err);
        assert_eq!(kept(&configured, "registry.xml"), Some(real(AGGREGATE)));
    }
}

#[test]
fn a_list_that_loses_many_providers_is_refused_unless_it_is_meant_and_the_last_one_stays() {
    let server = HttpServer::start(|_| sent(real(AGGREGATE)));
    let configured = configured(&server);
    configured.run(&["idp", "refresh"]).expect(0);
    let list = small(&configured);
    let reply = sent(list.clone());
    server.answer(move |_| reply.clone());
    let ran = configured.run(&["idp", "refresh"]);
    assert!(
        ran.expect(1)
            .err
            .contains("12 of 12 providers would be lost"),
        "{}",
        ran.err
    );
    assert_eq!(
        ran.out
            .lines()
            .filter(|line| line.starts_with("- "))
            .count(),
        12
    );
    assert_eq!(kept(&configured, "registry.xml"), Some(real(AGGREGATE)));
    configured.run(&["idp", "refresh", "--force"]).expect(0);
    assert_eq!(kept(&configured, "registry.xml"), Some(list));
    assert_eq!(
        kept(&configured, "registry.xml.previous"),
        Some(real(AGGREGATE))
    );
}

#[test]
fn an_address_without_a_pinned_certificate_is_a_fault() {
    for (source, part) in [
        (
            "path = \"idp.xml\"\nurl = \"https://a.example/\"",
            "need `signed_by`",
        ),
        (
            "path = \"idp\"\nsigned_by = \"spid.pem\"\nurl = \"https://a.example/\"",
            "the `.xml` file",
        ),
        (
            "path = \"idp.xml\"\nsigned_by = \"spid.pem\"\nurl = \"http://a.example/\"",
            "`url` is an `https` address",
        ),
    ] {
        let configured = Configured::new();
        configured.change("path = \"idp.xml\"", source);
        let ran = configured.run(&["check"]);
        assert!(ran.expect(1).err.contains(part), "{source}: {}", ran.err);
    }
    let ran = Configured::new().run(&["idp", "refresh"]);
    assert!(ran.expect(1).err.contains("has a `url`"), "{}", ran.err);
}
