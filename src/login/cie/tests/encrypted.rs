//! Encrypted assertions: opened with our keys, and then held to everything that one in the clear is held to.

use super::*;
use crate::crypto::{Oaep, PublicKey};
use crate::login::cie::testing::{DECRYPTED_BEFORE, DECRYPTING, FOREIGN};
use crate::protocol::xml::{ContentEncryption, ElementEncryption, encrypt_element};

const METHODS: [(ContentEncryption, Oaep); 4] = [
    (ContentEncryption::Cbc, Oaep::Sha1),
    (ContentEncryption::Gcm, Oaep::Sha1),
    (ContentEncryption::Cbc, Oaep::Sha256),
    (ContentEncryption::Gcm, Oaep::Sha256),
];

/// Puts an encrypted assertion in the place of the one in the clear.
fn encrypted(
    xml: &str,
    recipient: &PublicKey,
    (content, oaep): (ContentEncryption, Oaep),
) -> String {
    let (before, rest) = xml.split_once("<saml:Assertion").unwrap();
    let (inside, after) = rest.rsplit_once("</saml:Assertion>").unwrap();
    let alone = format!(
        "<saml:Assertion xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\" xmlns:xs=\"http://www.w3.org/2001/XMLSchema\" xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"{inside}</saml:Assertion>"
    );
    let with = ElementEncryption {
        recipient,
        content,
        oaep,
        key: &[3; 32],
        iv: &[5; 16],
    };
    let data = encrypt_element(&alone, &with).unwrap();
    format!("{before}<saml:EncryptedAssertion>{data}</saml:EncryptedAssertion>{after}")
}

/// What becomes of a level-3 answer that was made like this out of a correct one.
async fn verdict(make: impl Fn(String) -> String) -> String {
    let (bench, browser) = (Bench::new(), Browser::new());
    let sent = bench.start_at(&browser, AssuranceLevel::High).await;
    let xml = make(correct(&sent.id));
    match bench.answer(&browser, &sent, &xml).await {
        Ok(login) => {
            let (person, _) = login.identity.into_parts();
            assert_eq!(person.fiscal_code().unwrap().expose(), "RSSMRA80A01H501U");
            "accepted".to_owned()
        }
        Err(refusal) => refusal.code,
    }
}

fn assertion_signed(xml: String) -> String {
    sign(xml, "_assertion", &MINISTRYS.key)
}

fn response_signed(xml: String) -> String {
    sign(xml, "_response", &MINISTRYS.key)
}

#[tokio::test]
async fn an_assertion_encrypted_for_our_key_or_the_one_before_logs_the_person_in() {
    for methods in METHODS {
        for recipient in [&*DECRYPTING, &*DECRYPTED_BEFORE] {
            let verdict = verdict(|xml| {
                let xml = assertion_signed(xml);
                response_signed(encrypted(&xml, recipient.key.public_key(), methods))
            });
            assert_eq!(verdict.await, "accepted", "{methods:?}");
        }
    }
}

#[tokio::test]
async fn nothing_is_decrypted_before_the_response_is_verified() {
    let ours = DECRYPTING.key.public_key();
    let make = |xml| encrypted(&assertion_signed(xml), ours, METHODS[0]);
    assert_eq!(verdict(make).await, "response-signature-missing");
    // A changed ciphertext never reaches the key.
    let changed = |xml| {
        let xml = response_signed(make(xml));
        let (before, after) = xml.rsplit_once("</xenc:CipherValue>").unwrap();
        let (last, rest) = before.split_at(before.len() - 8);
        let other = if rest.starts_with('A') { "B" } else { "A" };
        format!("{last}{other}{}</xenc:CipherValue>{after}", &rest[1..])
    };
    assert_eq!(verdict(changed).await, "response-signature-digest");
}

#[tokio::test]
async fn what_comes_out_is_held_to_its_own_signature_and_to_every_check() {
    let ours = DECRYPTING.key.public_key();
    let seal = |xml: String| response_signed(encrypted(&xml, ours, METHODS[1]));
    // Everybody can encrypt for us.
    assert_eq!(verdict(seal).await, "assertion-signature-missing");
    let foreign = |xml| seal(sign(xml, "_assertion", &FOREIGN.key));
    assert_eq!(verdict(foreign).await, "assertion-signature-value");
    for (from, to, code) in [
        ("SpidL3", "SpidL1", "level-too-low"),
        (
            "<saml:Audience>https://sp.example<",
            "<saml:Audience>https://other.example<",
            "audience-other",
        ),
        (
            "</saml:AttributeStatement>",
            "</saml:AttributeStatement><saml:Advice><saml:Assertion/></saml:Advice>",
            "assertion-repeated",
        ),
        (
            "</saml:AttributeStatement>",
            "</saml:AttributeStatement><saml:EncryptedAssertion/>",
            "encrypted-element-unexpected",
        ),
    ] {
        let make = |xml: String| seal(assertion_signed(xml.replace(from, to)));
        assert_eq!(verdict(make).await, code, "{from}");
    }
    let injected = |xml: String| {
        let xml = assertion_signed(xml).replace("<saml:Subject>", "<!--x--><saml:Subject>");
        seal(xml)
    };
    assert_eq!(verdict(injected).await, "xml-comment");
}

#[tokio::test]
async fn keys_methods_and_shapes_that_are_not_ours_are_refused() {
    let ours = DECRYPTING.key.public_key();
    let foreign = FOREIGN.key.public_key();
    for methods in METHODS {
        let make = |xml| response_signed(encrypted(&assertion_signed(xml), foreign, methods));
        let refused = verdict(make).await;
        assert_eq!(
            refused, "assertion-encryption-cannot-decrypt",
            "{methods:?}"
        );
    }
    for (from, to, code) in [
        // Shorter keys, modes and transports that are not offered.
        ("#aes256-cbc", "#aes128-cbc", "algorithm"),
        ("#aes256-cbc", "#tripledes-cbc", "algorithm"),
        ("#rsa-oaep-mgf1p", "#rsa-1_5", "algorithm"),
        ("xmldsig#sha1", "xmldsig-more#md5", "algorithm"),
        ("xmlenc#Element", "xmlenc#Content", "shape"),
        ("<ds:KeyInfo", "<ds:KeyInfo2", "shape"),
        (
            "<xenc:CipherValue>",
            "<xenc:CipherReference URI=\"https://evil.example\"/><xenc:CipherValue2>",
            "shape",
        ),
    ] {
        let make = |xml| {
            let xml = encrypted(&assertion_signed(xml), ours, METHODS[0]).replace(from, to);
            let close = |name: &str| (format!("</{name}>"), format!("</{name}2>"));
            let (old, new) = close("ds:KeyInfo");
            let xml = if to.ends_with("KeyInfo2") {
                xml.replace(&old, &new)
            } else {
                xml
            };
            let (old, new) = close("xenc:CipherValue");
            let xml = if to.contains("Value2") {
                xml.replace(&old, &new)
            } else {
                xml
            };
            response_signed(xml)
        };
        let expected = format!("assertion-encryption-{code}");
        assert_eq!(verdict(make).await, expected, "{from} {to}");
    }
    // One beside the one in the clear, and one that tells of an error.
    let both = |xml: String| {
        let xml = assertion_signed(xml);
        let sealed = encrypted(&xml, ours, METHODS[0]);
        let start = sealed.find("<saml:EncryptedAssertion").unwrap();
        let end = sealed.find("</samlp:Response>").unwrap();
        let more = format!("{}</samlp:Response>", &sealed[start..end]);
        response_signed(xml.replace("</samlp:Response>", &more))
    };
    assert_eq!(verdict(both).await, "encrypted-element-unexpected");
    let error = |xml: String| {
        let xml = encrypted(&assertion_signed(xml), ours, METHODS[0]);
        response_signed(xml.replace("status:Success", "status:Responder"))
    };
    assert_eq!(verdict(error).await, "assertion-unexpected");
}
