//! CIE's messages before judges that share no code with us: what `xmlsec1` and bergshamra encrypt for us opens, what we
//! encrypt for others they open, and what we sign verifies.

use std::path::Path;
use std::process::Command;
use std::sync::LazyLock;

use bergshamra::{EncContext, KeysManager};
use varco::crypto::certificate::to_pem;
use varco::crypto::{DecryptionKey, Oaep, Signer as _};
use varco::identity::AssuranceLevel;
use varco::protocol::saml::post::decode_post;
use varco::protocol::xml::{
    ContentEncryption, Document, ElementEncryption, Limits, decrypt_only_child, encrypt_element,
};

use crate::support::cie::ENTITY;
use crate::support::gateway::TestGateway;
use crate::support::keys;
use crate::support::spid::certificate;

const ASSERTION: &str = "<saml:Assertion xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\" ID=\"_a\"><saml:Issuer>Perché no</saml:Issuer></saml:Assertion>";
const MGF1P: &str =
    "<xenc:EncryptionMethod Algorithm=\"http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p\"/>";
const OAEP_SHA256: &str = "<xenc:EncryptionMethod Algorithm=\"http://www.w3.org/2009/xmlenc11#rsa-oaep\"><ds:DigestMethod Algorithm=\"http://www.w3.org/2001/04/xmlenc#sha256\"/><xenc11:MGF xmlns:xenc11=\"http://www.w3.org/2009/xmlenc11#\" Algorithm=\"http://www.w3.org/2009/xmlenc11#mgf1sha256\"/></xenc:EncryptionMethod>";
const CBC: &str = "http://www.w3.org/2001/04/xmlenc#aes256-cbc";
const GCM: &str = "http://www.w3.org/2009/xmlenc11#aes256-gcm";

static KEY: LazyLock<DecryptionKey> =
    LazyLock::new(|| DecryptionKey::from_pkcs8(keys::gateway_rsa().pkcs8()).unwrap());

fn template(content: &str, key: &str) -> String {
    format!(
        "<xenc:EncryptedData xmlns:xenc=\"http://www.w3.org/2001/04/xmlenc#\" Type=\"http://www.w3.org/2001/04/xmlenc#Element\"><xenc:EncryptionMethod Algorithm=\"{content}\"/><ds:KeyInfo xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\"><xenc:EncryptedKey>{key}<xenc:CipherData><xenc:CipherValue/></xenc:CipherData></xenc:EncryptedKey></ds:KeyInfo><xenc:CipherData><xenc:CipherValue/></xenc:CipherData></xenc:EncryptedData>"
    )
}

fn held(data: &str) -> String {
    let data = data.trim_start_matches("<?xml version=\"1.0\"?>").trim();
    format!(
        "<saml:EncryptedAssertion xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\">{data}</saml:EncryptedAssertion>"
    )
}

#[track_caller]
fn opens(encrypted: &str, what: &str) {
    let document = Document::parse(encrypted, &Limits::MESSAGE).unwrap();
    let keys = std::slice::from_ref(&*KEY);
    let text = decrypt_only_child(document.root(), keys);
    let text = text.unwrap_or_else(|refusal| panic!("{what}: {refusal}\n{encrypted}"));
    let assertion = Document::parse(&text, &Limits::MESSAGE).unwrap();
    assert_eq!(assertion.root().id(), Some("_a"), "{what}");
    assert!(text.contains("Perch"), "{what}");
}

/// Runs `xmlsec1` in a folder; gives what it wrote to its output.
fn xmlsec1(folder: &Path, arguments: &[&str]) -> String {
    let run = Command::new("xmlsec1")
        .args(arguments)
        .current_dir(folder)
        .output()
        .expect("xmlsec1 is installed");
    let told = String::from_utf8_lossy(&run.stderr);
    assert!(run.status.success(), "{arguments:?}: {told}");
    String::from_utf8(run.stdout).unwrap()
}

/// A folder with our key and its certificate.
fn desk() -> tempfile::TempDir {
    let desk = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(desk.path().join(name), text).unwrap();
    write("key.pem", &keys::gateway_rsa().to_pem());
    let der = certificate(ENTITY, keys::gateway_rsa());
    write("certificate.pem", &to_pem(&der));
    desk
}

fn with_key(key: bergshamra::Key) -> EncContext {
    let mut manager = KeysManager::new();
    manager.add_key(key);
    EncContext::new(manager)
}

#[test]
fn what_xmlsec1_encrypts_for_us_opens() {
    let desk = desk();
    std::fs::write(desk.path().join("document.xml"), held(ASSERTION)).unwrap();
    for content in [CBC, GCM] {
        std::fs::write(desk.path().join("template.xml"), template(content, MGF1P)).unwrap();
        let encrypted = xmlsec1(
            desk.path(),
            &[
                "--encrypt",
                "--pubkey-cert-pem",
                "certificate.pem",
                "--session-key",
                "aes-256",
                "--xml-data",
                "document.xml",
                "--node-name",
                "urn:oasis:names:tc:SAML:2.0:assertion:Assertion",
                "template.xml",
            ],
        );
        opens(
            encrypted
                .trim_start_matches("<?xml version=\"1.0\"?>")
                .trim(),
            content,
        );
    }
}

#[test]
fn what_bergshamra_encrypts_for_us_opens() {
    let public = keys::gateway_rsa().public_key();
    for (content, key) in [
        (CBC, MGF1P),
        (GCM, MGF1P),
        (CBC, OAEP_SHA256),
        (GCM, OAEP_SHA256),
    ] {
        let recipient = bergshamra::keys::loader::load_spki_der(public.spki()).unwrap();
        let context = with_key(recipient);
        let data = bergshamra::encrypt(&context, &template(content, key), ASSERTION.as_bytes());
        opens(&held(&data.unwrap()), &format!("{content} {key}"));
    }
}

#[test]
fn what_we_encrypt_xmlsec1_and_bergshamra_open() {
    let desk = desk();
    let private = std::fs::read(desk.path().join("key.pem")).unwrap();
    for content in [ContentEncryption::Cbc, ContentEncryption::Gcm] {
        for oaep in [Oaep::Sha1, Oaep::Sha256] {
            let with = ElementEncryption {
                recipient: keys::gateway_rsa().public_key(),
                content,
                oaep,
                key: &[7; 32],
                iv: &[9; 16],
            };
            let encrypted = held(&encrypt_element(ASSERTION, &with).unwrap());
            opens(&encrypted, "our own");
            let key = bergshamra::keys::loader::load_pem_auto(&private, None).unwrap();
            let opened = bergshamra::decrypt(&with_key(key), &encrypted).unwrap();
            assert!(
                opened.contains("Perché no"),
                "{content:?} {oaep:?}: {opened}"
            );
            // This version of xmlsec1 knows RSA-OAEP with SHA-1 only.
            if oaep == Oaep::Sha1 {
                std::fs::write(desk.path().join("encrypted.xml"), &encrypted).unwrap();
                let arguments = ["--decrypt", "--privkey-pem", "key.pem", "encrypted.xml"];
                let opened = xmlsec1(desk.path(), &arguments);
                assert!(opened.contains("ID=\"_a\""), "{content:?}: {opened}");
            }
        }
    }
}

#[tokio::test]
async fn our_metadata_and_requests_verify_with_xmlsec1() {
    let gateway = TestGateway::with_cie(AssuranceLevel::High);
    let metadata = gateway.browser().open("/cie/metadata").await.body;
    let sent = gateway.browser().open("/login/cie?binding=post").await;
    let request = sent.form().field("SAMLRequest").unwrap().to_owned();
    let request = decode_post(&request).unwrap();
    let desk = desk();
    for (file, text, signed) in [
        (
            "metadata.xml",
            &metadata,
            "urn:oasis:names:tc:SAML:2.0:metadata:EntityDescriptor",
        ),
        (
            "request.xml",
            &request,
            "urn:oasis:names:tc:SAML:2.0:protocol:AuthnRequest",
        ),
    ] {
        std::fs::write(desk.path().join(file), text).unwrap();
        let verify = ["--verify", "--enabled-key-data", "key-name"];
        let with = [
            "--pubkey-cert-pem",
            "certificate.pem",
            "--id-attr:ID",
            signed,
        ];
        xmlsec1(desk.path(), &[&verify[..], &with, &[file]].concat());
    }
}
