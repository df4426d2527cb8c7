//! Step 3: paths that lead nowhere, or where they must not.

use varco::identity::Timestamp;
use varco::login::cns::CnsRefusal as R;

use super::super::super::certificates::{
    AUTHORITY_KEY_ID, BASIC_CONSTRAINTS, C, CN, DIGITAL_SIGNATURE, KEY_CERT_SIGN, Made,
    NAME_CONSTRAINTS, O, PRINTABLE, Paper, SERVER_AUTH, SUBJECT_KEY_ID, attribute, der, integer,
    name,
};
use super::super::{
    Authority, BETWEEN, BODY, BOUNDLESS, NegativeCard, OVER, REGION, REVOKED, STRANGER, TWIN,
    authority_key, between_key, card_key, card_of, twin_key, usual_subject,
};
use super::{by, region, sent};

const YEAR: i64 = 365 * 24 * 60 * 60;

pub(super) fn cards(now: Timestamp) -> Vec<NegativeCard> {
    let good = || card_of(&REGION, now);
    let below = card_of(&BETWEEN, now).sign(between_key());
    let between = || BETWEEN.below(&BODY, now);
    let through = |name, paper: Paper, expected| {
        let signed = paper.sign(authority_key());
        sent(name, vec![below.clone(), signed], expected)
    };
    let under_region = BETWEEN.below(&REGION, now).sign(authority_key());
    let impostor = |paper: Paper| paper.sign(twin_key());
    let stranger_as = |authority: &Authority| Authority {
        key: card_key,
        ..*authority
    };
    vec![
        region("leaf-is-authority", good().authority(None), R::Authority),
        by(
            "unknown-issuer",
            card_of(&STRANGER, now),
            &STRANGER,
            R::UnknownIssuer,
        ),
        sent(
            "unknown-issuer-with-its-certificate",
            vec![
                card_of(&STRANGER, now).sign(twin_key()),
                STRANGER.certificate(now),
            ],
            R::UnknownIssuer,
        ),
        sent(
            "self-signed",
            vec![
                Paper {
                    issuer: usual_subject(),
                    ..good()
                }
                .without(AUTHORITY_KEY_ID)
                .sign(card_key()),
            ],
            R::UnknownIssuer,
        ),
        // In the name of an authority, with a key of one's own.
        sent(
            "impostor-authority",
            vec![
                card_of(&stranger_as(&REGION), now)
                    .without(AUTHORITY_KEY_ID)
                    .sign(card_key()),
                stranger_as(&REGION).certificate(now),
            ],
            R::IssuerSignature,
        ),
        sent(
            "impostor-authority-that-names-its-key",
            vec![
                card_of(&stranger_as(&REGION), now).sign(card_key()),
                stranger_as(&REGION).certificate(now),
            ],
            // Its certificate is signed by itself, and so by no anchor of its name.
            R::IssuerSignature,
        ),
        sent(
            "impostor-signature",
            vec![impostor(card_of(&BODY, now))],
            R::IssuerSignature,
        ),
        sent(
            "changed-after-signing",
            vec![changed(&good())],
            R::IssuerSignature,
        ),
        by(
            "key-of-the-twin-under-the-id-of-the-other",
            card_of(&REGION, now),
            &TWIN,
            R::IssuerSignature,
        ),
        region(
            "serial-of-another-issuer-certificate",
            good().with(
                AUTHORITY_KEY_ID,
                false,
                der(
                    0x30,
                    &[
                        &der(0x80, &[&authority_key().id()]),
                        &der(0xa1, &[&der(0xa4, &[&REGION.name()])]),
                        &der(0x82, &[&[9]]),
                    ],
                ),
            ),
            R::IssuerKey,
        ),
        region(
            "issuer-of-another-string-type",
            Paper {
                issuer: printable(&REGION),
                ..good()
            },
            R::UnknownIssuer,
        ),
        region(
            "same-common-name-under-another-organization",
            Paper {
                issuer: name(&[
                    (C, "IT"),
                    (O, "Altra Certificatrice"),
                    (CN, REGION.common_name),
                ]),
                ..good()
            },
            R::UnknownIssuer,
        ),
        by("anchor-over", card_of(&OVER, now), &OVER, R::IssuerExpired),
        sent(
            "under-sub-authority",
            vec![below.clone(), under_region],
            R::PathLength,
        ),
        sent(
            "under-sub-authority-not-sent",
            vec![below.clone()],
            R::UnknownIssuer,
        ),
        sent(
            "signed-by-a-card",
            vec![
                Paper {
                    issuer: usual_subject(),
                    ..good()
                }
                .without(AUTHORITY_KEY_ID)
                .sign(card_key()),
                good().sign(authority_key()),
            ],
            R::IssuerNotAuthority,
        ),
        sent("two-between", two_between(now), R::PathTooLong),
        through(
            "between-over",
            Paper {
                not_after: now.timestamp() - 1,
                ..between()
            },
            R::IssuerExpired,
        ),
        through(
            "between-not-yet-valid",
            Paper {
                not_before: now.timestamp() + YEAR,
                ..between()
            },
            R::IssuerExpired,
        ),
        through(
            "between-by-sha1",
            Paper {
                made: Made::RsaSha1,
                ..between()
            },
            R::ObsoleteSignature,
        ),
        through(
            "between-may-not-sign-certificates",
            between().key_usage(DIGITAL_SIGNATURE),
            R::IssuerNotAuthority,
        ),
        through(
            "between-without-key-usage",
            between().without("2.5.29.15"),
            R::IssuerNotAuthority,
        ),
        through(
            "between-is-no-authority",
            between().with(BASIC_CONSTRAINTS, true, der(0x30, &[])),
            R::IssuerNotAuthority,
        ),
        through(
            "between-whose-constraints-are-not-critical",
            between().with(BASIC_CONSTRAINTS, false, der(0x30, &[&[1, 1, 0xff]])),
            R::IssuerCertificate,
        ),
        through(
            "between-without-basic-constraints",
            between().without(BASIC_CONSTRAINTS),
            R::IssuerNotAuthority,
        ),
        through(
            "between-for-servers",
            between().purposes(&[SERVER_AUTH]),
            R::IssuerPurpose,
        ),
        through(
            "between-constrains-names",
            between().with(
                NAME_CONSTRAINTS,
                true,
                der(
                    0x30,
                    &[&der(0xa0, &[&der(0x30, &[&der(0xa4, &[&REGION.name()])])])],
                ),
            ),
            R::IssuerCertificate,
        ),
        through(
            "between-constrains-policies",
            between().with("2.5.29.36", true, der(0x30, &[&der(0x80, &[&[0]])])),
            R::IssuerCertificate,
        ),
        sent(
            "between-by-a-stranger",
            vec![below.clone(), impostor(between())],
            R::IssuerSignature,
        ),
        through(
            "between-without-policy",
            between().without("2.5.29.32"),
            R::PolicyNotGranted,
        ),
        through(
            "between-with-another-policy",
            between().policies(false, &["1.3.76.16.2.10"]),
            R::PolicyNotGranted,
        ),
        through(
            "between-revoked",
            Paper {
                serial: vec![REVOKED],
                ..between()
            },
            R::Revoked,
        ),
        sent(
            "authority-by-path-length-of-its-own",
            vec![
                card_of(&BETWEEN, now).sign(between_key()),
                between()
                    .with(
                        BASIC_CONSTRAINTS,
                        true,
                        der(
                            0x30,
                            &[&[1, 1, 0xff], &integer(&[0xff, 0xff, 0xff, 0xff, 0xff])],
                        ),
                    )
                    .sign(authority_key()),
            ],
            R::UnknownIssuer,
        ),
    ]
}

/// A name in the older of the two string types that authorities use: another name, byte for byte.
fn printable(authority: &Authority) -> Vec<u8> {
    let sets: Vec<Vec<u8>> = [
        (C, "IT"),
        (O, authority.organization),
        (CN, authority.common_name),
    ]
    .iter()
    .map(|(kind, value)| der(0x31, &[&attribute(kind, PRINTABLE, value.as_bytes())]))
    .collect();
    der(0x30, &[&sets.concat()])
}

/// A signed card in which one digit of the fiscal code was turned over.
fn changed(paper: &Paper) -> Vec<u8> {
    let mut der = paper.sign(authority_key());
    let at = der
        .windows(16)
        .position(|window| window == b"RSSMRA80A01H501U")
        .unwrap();
    der[at..at + 16].copy_from_slice(b"RSSMRA80A01H50MM");
    der
}

/// A card below two authorities, of which the anchor would allow any number.
fn two_between(now: Timestamp) -> Vec<Vec<u8>> {
    const SECOND: Authority = Authority {
        common_name: "Ordine di Prova - Sottosezione",
        key: card_key,
        ..REGION
    };
    let first = Authority {
        path_len: None,
        ..BETWEEN
    };
    vec![
        card_of(&SECOND, now).sign(card_key()),
        SECOND
            .below(&first, now)
            .key_usage(KEY_CERT_SIGN)
            .with(SUBJECT_KEY_ID, false, der(4, &[&card_key().id()]))
            .sign(between_key()),
        first.below(&BOUNDLESS, now).sign(authority_key()),
    ]
}
