//! The cards that must be accepted: as many shapes as real issuers write.

use varco::identity::Timestamp;

use super::super::certificates::{
    ALTERNATIVE_NAME, AUTHORITY_KEY_ID, BASIC_CONSTRAINTS, C, CLIENT_AUTH, CN, DIGITAL_SIGNATURE,
    KEY_ENCIPHERMENT, Made, NETSCAPE_TYPE, O, OU, PRINTABLE, Paper, SERIAL_NUMBER, SUBJECT_KEY_ID,
    TestKey, UTF8, attribute, der, name,
};
use super::{
    AcceptedCard, Authority, BETWEEN, BODY, BOUNDLESS, CARD_ID, CNS, FISCAL_CODE, LARGE, LOMBARDY,
    LOMBARDY_REGION, P256, P384, REGION, TWIN, card_key, card_key_3072, card_key_p256,
    card_key_p384, card_of, subject,
};

/// The same person's code as *omocodia* writes it, which is another person's.
const OMOCODIA: &str = "RSSMRA80A01H50MM";

/// Cards that must be accepted at this moment, with the code that each proves.
pub fn accepted_cards(now: Timestamp) -> Vec<AcceptedCard> {
    let card = |authority: &Authority| card_of(authority, now);
    let good = || card(&REGION);
    let by = |name, paper: Paper, authority: &Authority| of(name, &[paper.sign((authority.key)())]);
    let region = |name, paper: Paper| by(name, paper, &REGION);
    let keyed = |name, key: &'static TestKey| AcceptedCard {
        key_pkcs8: key.pkcs8.clone(),
        ..region(name, keyed(good(), key))
    };
    let made = |made| Paper { made, ..good() };
    let named = |subject: Vec<u8>| Paper { subject, ..good() };
    let between = |above: &Authority, policies: &[&str]| {
        BETWEEN
            .below(above, now)
            .policies(false, policies)
            .sign((above.key)())
    };
    let below = card(&BETWEEN).sign((BETWEEN.key)());
    let second = now.timestamp();
    let omocodia = AcceptedCard {
        fiscal_code: OMOCODIA.to_owned(),
        ..region("omocodia", named(subject(&format!("{OMOCODIA}/{CARD_ID}"))))
    };
    let with_number = |number: &str| {
        let common_name = format!("{FISCAL_CODE}/{CARD_ID}");
        named(name(&[
            (C, "IT"),
            (SERIAL_NUMBER, number),
            (CN, &common_name),
        ]))
    };
    let both = [
        attribute(SERIAL_NUMBER, PRINTABLE, b"TINIT-RSSMRA80A01H501U"),
        attribute(CN, UTF8, format!("{FISCAL_CODE}/{CARD_ID}").as_bytes()),
    ]
    .concat();
    vec![
        region("good", good()),
        keyed("rsa3072", card_key_3072()),
        keyed("p256", card_key_p256()),
        keyed("p384", card_key_p384()),
        by("rsa4096-issuer", card(&LARGE), &LARGE),
        by("p256-issuer", card(&P256), &P256),
        by("p384-issuer", card(&P384), &P384),
        region("rsa-sha384", made(Made::RsaSha384)),
        region("rsa-sha512", made(Made::RsaSha512)),
        by(
            "p256-issuer-sha512",
            Paper {
                made: Made::EcdsaSha512,
                ..card(&P256)
            },
            &P256,
        ),
        by(
            "p384-issuer-sha256",
            Paper {
                made: Made::EcdsaSha256,
                ..card(&P384)
            },
            &P384,
        ),
        omocodia,
        region("policy-critical", good().policies(true, &[CNS])),
        region(
            "policy-among-others",
            good().policies(false, &["1.3.76.16.2.10", CNS, "1.3.76.36.1.1.1"]),
        ),
        by(
            "lombardy-crs",
            card(&LOMBARDY_REGION).policies(false, &[LOMBARDY[0]]),
            &LOMBARDY_REGION,
        ),
        by(
            "lombardy-siss",
            card(&LOMBARDY_REGION).policies(false, &[LOMBARDY[1]]),
            &LOMBARDY_REGION,
        ),
        by("lombardy-cns", card(&LOMBARDY_REGION), &LOMBARDY_REGION),
        region(
            "two-units-and-a-slash",
            named(name(&[
                (C, "IT"),
                (O, "ORDINE DI PROVA/01234567890"),
                (OU, "ORDINE DI PROVA"),
                (OU, "SOCIETA DI PROVA S.P.A. CNS"),
                (CN, &format!("{FISCAL_CODE}/{CARD_ID}")),
            ])),
        ),
        region(
            "one-line-injection",
            named(name(&[
                (C, "IT"),
                (OU, "Prova/CN=VRDLGI75C15F205C/7430010000000001.x"),
                (CN, &format!("{FISCAL_CODE}/{CARD_ID}")),
            ])),
        ),
        region(
            "hash-with-slash-and-plus",
            named(subject(&format!(
                "{FISCAL_CODE}/7430010000000001.ab/cd+ef/GhIjKlMnOpQrStUvW+="
            ))),
        ),
        region(
            "unusual-card-id",
            named(subject(&format!("{FISCAL_CODE}/carta 7"))),
        ),
        region(
            "printable-common-name",
            named(der(
                0x30,
                &[&der(
                    0x31,
                    &[&attribute(
                        CN,
                        PRINTABLE,
                        format!("{FISCAL_CODE}/{CARD_ID}").as_bytes(),
                    )],
                )],
            )),
        ),
        region(
            "two-attributes-in-one-set",
            named(der(0x30, &[&der(0x31, &[&both])])),
        ),
        region("tinit-agrees", with_number("TINIT-RSSMRA80A01H501U")),
        region("it-agrees", with_number("IT:RSSMRA80A01H501U")),
        region("serial-number-of-a-card", with_number("6120010000000001")),
        region("same-name-first-key", good()),
        by("same-name-second-key", card(&TWIN), &TWIN),
        region("no-authority-key-id", good().without(AUTHORITY_KEY_ID)),
        region("no-subject-key-id", good().without(SUBJECT_KEY_ID)),
        region(
            "basic-constraints-empty",
            good().with(BASIC_CONSTRAINTS, true, der(0x30, &[])),
        ),
        region(
            "basic-constraints-false",
            good().with(BASIC_CONSTRAINTS, false, der(0x30, &[&[1, 1, 0]])),
        ),
        region(
            "defaults-written-out",
            Paper {
                writes_defaults: true,
                ..good()
            },
        ),
        region(
            "key-encipherment-too",
            good().key_usage(DIGITAL_SIGNATURE | KEY_ENCIPHERMENT),
        ),
        region(
            "smart-card-logon-too",
            good().purposes(&["1.3.6.1.4.1.311.20.2.2", CLIENT_AUTH]),
        ),
        region(
            "netscape-client",
            good().with(NETSCAPE_TYPE, false, der(3, &[&[7, 0x80]])),
        ),
        region(
            "alternative-name",
            good().with(
                ALTERNATIVE_NAME,
                false,
                der(0x30, &[&der(0x81, &[b"mario.rossi@example.it"])]),
            ),
        ),
        region(
            "first-second",
            Paper {
                not_before: second,
                ..good()
            },
        ),
        region(
            "last-second",
            Paper {
                not_after: second + 1,
                ..good()
            },
        ),
        region(
            "after-2050",
            Paper {
                not_after: 4_102_444_799,
                ..good()
            },
        ),
        of(
            "one-between",
            &[below.clone(), between(&BODY, &["2.5.29.32.0"])],
        ),
        of(
            "one-between-with-the-policy",
            &[below.clone(), between(&BODY, &[CNS])],
        ),
        of(
            "one-between-below-no-limit",
            &[below, between(&BOUNDLESS, &[CNS, "1.3.76.16.2.10"])],
        ),
        of(
            "with-its-anchor",
            &[good().sign((REGION.key)()), REGION.certificate(now)],
        ),
    ]
}

fn of(name: &'static str, chain: &[Vec<u8>]) -> AcceptedCard {
    AcceptedCard {
        name,
        chain_der: chain.to_vec(),
        key_pkcs8: card_key().pkcs8.clone(),
        fiscal_code: FISCAL_CODE.to_owned(),
    }
}

/// The same with another key.
pub(super) fn keyed(paper: Paper, key: &TestKey) -> Paper {
    Paper {
        spki: key.spki.clone(),
        ..paper
    }
    .with(SUBJECT_KEY_ID, false, der(4, &[&key.id()]))
}
