//! OpenSSL as a responder and as a reader of answers.

use super::*;

fn openssl(folder: &Path, arguments: &[&str]) -> String {
    let output = Command::new("openssl")
        .args(arguments)
        .current_dir(folder)
        .output()
        .unwrap();
    let text = [output.stdout, output.stderr].concat();
    let text = String::from_utf8_lossy(&text).into_owned();
    assert!(output.status.success(), "{arguments:?}: {text}");
    text
}

fn pem(folder: &Path, name: &str, label: &str, der: &[u8]) {
    let text = format!(
        "-----BEGIN {label}-----\n{}\n-----END {label}-----\n",
        encoding::base64(der)
    );
    std::fs::write(folder.join(name), text).unwrap();
}

#[test]
fn openssl_answers_our_questions_and_we_read_what_it_says() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let issuer = authority();
    let says = Says {
        purposes: vec![ExtendedKeyUsagePurpose::OcspSigning],
        ..Says::default()
    };
    let (responder, key) = issuer.issue(2, &says);
    pem(folder, "ca.pem", "CERTIFICATE", issuer.certificate.der());
    pem(folder, "ca.key", "PRIVATE KEY", issuer.key.pkcs8());
    pem(folder, "r.pem", "CERTIFICATE", responder.der());
    pem(folder, "r.key", "PRIVATE KEY", key.pkcs8());
    // Good, revoked, and one that the index does not have.
    std::fs::write(
        folder.join("index.txt"),
        "V\t400101000000Z\t\t0099\tunknown\t/CN=a\nR\t400101000000Z\t261101000000Z\t0A\tunknown\t/CN=b\n",
    )
    .unwrap();
    // Its clock is this machine's.
    let now = SystemClock.now();
    for (serial, told) in [
        (0x99, OcspStatus::Good),
        (0x0a, OcspStatus::Revoked),
        (0x0b, OcspStatus::Unknown),
    ] {
        let card = issuer.card(serial, &[]);
        let question = OcspQuestion::new(&card, &issuer.certificate, NONCE);
        std::fs::write(folder.join("q.der"), question.to_der()).unwrap();
        let said = openssl(
            folder,
            &["ocsp", "-reqin", "q.der", "-req_text", "-noverify"],
        );
        assert!(said.contains("OCSP Nonce"), "{said}");
        for (certificate, key) in [("r.pem", "r.key"), ("ca.pem", "ca.key")] {
            openssl(
                folder,
                &[
                    "ocsp",
                    "-index",
                    "index.txt",
                    "-CA",
                    "ca.pem",
                    "-rsigner",
                    certificate,
                    "-rkey",
                    key,
                    "-reqin",
                    "q.der",
                    "-respout",
                    "a.der",
                    "-ndays",
                    "1",
                ],
            );
            let answer = std::fs::read(folder.join("a.der")).unwrap();
            let answer = OcspAnswer::read(&answer, &question, now).unwrap();
            assert_eq!(answer.status(), told);
            assert!(answer.is_fresh(now));
            assert_eq!(answer.delegate().is_some(), certificate == "r.pem");
        }
    }
}

#[test]
fn openssl_believes_the_answers_of_our_tests() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let issuer = authority();
    let card = issuer.card(0x99, &[]);
    pem(folder, "ca.pem", "CERTIFICATE", issuer.certificate.der());
    pem(folder, "card.pem", "CERTIFICATE", card.der());
    let at = SystemClock.now();
    let mut form = Form::of(&issuer, 0x99);
    form.this_update = at - TimeDelta::minutes(1);
    form.next_update = Some(at + TimeDelta::hours(1));
    form.nonce = None;
    std::fs::write(folder.join("a.der"), form.signed_by(&issuer.key)).unwrap();
    let said = openssl(
        folder,
        &[
            "ocsp",
            "-respin",
            "a.der",
            "-issuer",
            "ca.pem",
            "-cert",
            "card.pem",
            "-CAfile",
            "ca.pem",
            "-no_nonce",
        ],
    );
    assert!(
        said.contains("Response verify OK") && said.contains("card.pem: good"),
        "{said}"
    );
}
