//! Lists that other programs make: rcgen and OpenSSL.

use super::*;

#[test]
fn a_list_that_rcgen_makes_is_read() {
    let issuer = CardIssuer::new("Regione Esempio - CA Cittadini", &[]);
    let der = issuer.rcgen_list(300, &[7, 0x99]);
    let signer = CrlSigner {
        name: issuer.certificate.subject().der(),
        key: issuer.certificate.public_key(),
        key_id: issuer.certificate.subject_key_id(),
    };
    let crl = Crl::read(&der, &signer).unwrap();
    assert_eq!(crl.number(), Some(serial(&[1, 44])));
    assert_eq!(crl.revoked(), &vec![serial(&[7]), serial(&[0x99])].into());
    assert_eq!(crl.this_update(), 1_793_491_200);
    assert_eq!(crl.next_update(), 1_796_083_200);
}

fn openssl(folder: &Path, arguments: &[&str]) -> (bool, String) {
    let output = Command::new("openssl")
        .args(arguments)
        .current_dir(folder)
        .output()
        .unwrap();
    let text = [output.stdout, output.stderr].concat();
    (
        output.status.success(),
        String::from_utf8_lossy(&text).into_owned(),
    )
}

fn done(folder: &Path, arguments: &[&str]) {
    let (good, said) = openssl(folder, arguments);
    assert!(good, "{arguments:?}: {said}");
}

/// An authority of OpenSSL's own, with two certificates, in a folder.
fn openssl_authority(folder: &Path, key: &[&str]) {
    let write = |name: &str, text: &str| std::fs::write(folder.join(name), text).unwrap();
    write(
        "ca.cnf",
        "[ca]\ndefault_ca=d\n[d]\ndatabase=index.txt\nnew_certs_dir=.\nserial=serial\ncrlnumber=crlnumber\n\
         certificate=ca.pem\nprivate_key=ca.key\ndefault_md=sha256\ndefault_crl_days=7\ndefault_days=30\npolicy=p\n\
         crl_extensions=x\nunique_subject=no\n[p]\ncommonName=supplied\n[x]\nauthorityKeyIdentifier=keyid\n",
    );
    write("index.txt", "");
    write("serial", "00A1B2C3D4E5F60718\n");
    write("crlnumber", "1000\n");
    let request = [
        &["req", "-x509", "-newkey"][..],
        key,
        &[
            "-nodes",
            "-keyout",
            "ca.key",
            "-out",
            "ca.pem",
            "-subj",
            "/CN=CA di Prova",
            "-days",
            "365",
        ],
    ];
    done(folder, &request.concat());
    for card in ["one", "two"] {
        let subject = format!("/CN={card}");
        let (request, certificate) = (format!("{card}.csr"), format!("{card}.pem"));
        let key = format!("{card}.key");
        done(
            folder,
            &[
                "req",
                "-newkey",
                "ec",
                "-pkeyopt",
                "ec_paramgen_curve:P-256",
                "-nodes",
                "-keyout",
                &key,
                "-out",
                &request,
                "-subj",
                &subject,
            ],
        );
        done(
            folder,
            &[
                "ca",
                "-batch",
                "-config",
                "ca.cnf",
                "-in",
                &request,
                "-out",
                &certificate,
                "-notext",
            ],
        );
    }
}

#[test]
fn lists_that_openssl_makes_are_read_and_judged_as_openssl_does() {
    for key in [
        &["rsa:2048"][..],
        &["ec", "-pkeyopt", "ec_paramgen_curve:P-256"],
        &["ec", "-pkeyopt", "ec_paramgen_curve:P-384", "-sha384"],
    ] {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        openssl_authority(folder, key);
        let digest = if key.len() == 4 { "sha384" } else { "sha256" };
        let revoke = [
            "ca",
            "-config",
            "ca.cnf",
            "-revoke",
            "one.pem",
            "-crl_reason",
            "keyCompromise",
        ];
        done(folder, &revoke);
        done(
            folder,
            &[
                "ca", "-config", "ca.cnf", "-gencrl", "-md", digest, "-out", "crl.pem",
            ],
        );
        done(
            folder,
            &[
                "crl", "-in", "crl.pem", "-outform", "DER", "-out", "crl.der",
            ],
        );
        let (good, said) = openssl(
            folder,
            &[
                "crl", "-in", "crl.pem", "-CAfile", "ca.pem", "-noout", "-verify",
            ],
        );
        assert!(good && said.contains("verify OK"), "{said}");

        let pem = std::fs::read(folder.join("ca.pem")).unwrap();
        let certificate = varco::crypto::certificate::from_pem(&pem).unwrap();
        let key = varco::crypto::PublicKey::from_certificate(&certificate).unwrap();
        let der = std::fs::read(folder.join("crl.der")).unwrap();
        let name = Crl::claimed_issuer(&der).unwrap().to_vec();
        let signer = CrlSigner {
            name: &name,
            key: &key,
            key_id: None,
        };
        let crl = Crl::read(&der, &signer).unwrap();
        assert_eq!(crl.number(), Some(serial(&[0x10, 0])));
        assert_eq!(crl.revoked().len(), 1);
        assert!(
            crl.revoked()
                .contains(&serial(&[0xa1, 0xb2, 0xc3, 0xd4, 0xe5, 0xf6, 0x07, 0x18]))
        );
        for (card, revoked) in [("one.pem", true), ("two.pem", false)] {
            let (good, said) = openssl(
                folder,
                &[
                    "verify",
                    "-crl_check",
                    "-CAfile",
                    "ca.pem",
                    "-CRLfile",
                    "crl.pem",
                    card,
                ],
            );
            assert_eq!(good, !revoked, "{said}");
        }
        // Nothing that OpenSSL finds a wrong signature on is taken.
        let mut forged = der.clone();
        let last = forged.len() - 1;
        forged[last] ^= 1;
        std::fs::write(folder.join("forged.der"), &forged).unwrap();
        let (_, said) = openssl(
            folder,
            &[
                "crl",
                "-in",
                "forged.der",
                "-inform",
                "DER",
                "-CAfile",
                "ca.pem",
                "-noout",
                "-verify",
            ],
        );
        assert!(!said.contains("verify OK"), "{said}");
        assert!(Crl::read(&forged, &signer).is_err());
    }
}
