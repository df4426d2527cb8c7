//! Lists that must be taken: the real one, and our own as other signers would make them.

use varco::crypto::encoding::base64;
use varco::crypto::sha1_thumbprint;
use varco::demo::trusted_list::fill;
use varco::protocol::xml::{Document, Limits, ListSigner, verify_list};

use super::super::corpus::signing::{P256, PROVIDER, STRANGER, TestKey};
use super::judge::xmlsec1;
use super::spoil::{after, before, part, replaced, template};
use super::{REAL, real_signer, signed, signer, small, verdict};

fn accepted(name: &str, text: &str, key: &TestKey) {
    assert_eq!(verdict(text, &[signer(key)]), Ok(3), "{name}");
    assert!(xmlsec1(text, &key.certificate), "{name}: xmlsec1 refuses");
}

#[test]
fn the_real_list_of_2019_verifies_with_its_signer_and_no_other() {
    let pinned = ListSigner::from_certificate(real_signer()).unwrap();
    assert_eq!(verdict(&REAL, std::slice::from_ref(&pinned)), Ok(363));
    assert!(xmlsec1(&REAL, &real_signer()));
    assert_eq!(verdict(&REAL, &[signer(&PROVIDER)]), Err("signature-value"));
    let one_letter = REAL.replacen("Regione Lazio", "Regione Lazjo", 1);
    assert_eq!(verdict(&one_letter, &[pinned]), Err("signature-digest"));
}

#[test]
fn lists_of_other_signers_manners_are_taken() {
    accepted("as it is", &signed(), &PROVIDER);
    let list = small().signed(&P256.key, &P256.certificate).unwrap();
    accepted("ECDSA", &list, &P256);
    let template = template();
    let sha1 = base64(&sha1_thumbprint(&PROVIDER.certificate));
    let named = part(&template, "<xades:CertDigest>", "</xades:CertDigest>");
    let by_sha1 = format!(
        "<xades:CertDigest><ds:DigestMethod Algorithm=\"http://www.w3.org/2000/09/xmldsig#sha1\"/><ds:DigestValue>{sha1}</ds:DigestValue></xades:CertDigest>"
    );
    accepted("certificate by SHA-1", &before(named, &by_sha1), &PROVIDER);
    let old = replaced(
        &template,
        "<xades:SigningCertificateV2>",
        "<xades:SigningCertificate>",
    )
    .replace(
        "</xades:SigningCertificateV2>",
        "</xades:SigningCertificate>",
    );
    let old = fill(&old, &PROVIDER.key).unwrap();
    accepted("the first SigningCertificate", &old, &PROVIDER);
    let first = part(&template, "<ds:Reference Id", "</ds:Reference>");
    let second = part(&template, "<ds:Reference Type", "</ds:Reference>");
    let swapped = before(&format!("{first}{second}"), &format!("{second}{first}"));
    accepted("the references the other way round", &swapped, &PROVIDER);
    let empty = before("Id=\"document\" URI", "Id=\"document\" Type=\"\" URI");
    accepted("an empty Type", &empty, &PROVIDER);
    let comments = before(
        "<SchemeInformation>",
        "<!-- of today --><SchemeInformation>",
    );
    accepted("a comment", &comments, &PROVIDER);
    let comments = after(
        "<SchemeInformation>",
        "<!-- of tomorrow --><SchemeInformation>",
    );
    accepted("a comment put in later", &comments, &PROVIDER);
    let spaced = template
        .replace("><ds:", ">\n  <ds:")
        .replace("><xades:", ">\n\t<xades:");
    accepted(
        "white space",
        &fill(&spaced, &PROVIDER.key).unwrap(),
        &PROVIDER,
    );
    let two = [signer(&STRANGER), signer(&PROVIDER)];
    assert_eq!(verdict(&signed(), &two), Ok(3));
}

#[test]
fn without_a_pinned_signer_nothing_is_signed() {
    assert_eq!(verdict(&signed(), &[]), Err("signature-no-key"));
}

#[test]
fn of_two_pinned_certificates_with_one_key_the_properties_say_which() {
    let again = ListSigner::from_certificate(PROVIDER.certified_again()).unwrap();
    let signers = [again, signer(&PROVIDER)];
    let text = signed();
    let document = Document::parse(&text, &Limits::LIST).unwrap();
    let list = verify_list(&document, &signers).unwrap();
    assert_eq!(list.signer().certificate(), PROVIDER.certificate);
    let refused = verdict(&text, &signers[..1]);
    assert_eq!(refused, Err("list-signature-certificate"));
}
