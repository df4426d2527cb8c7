//! Steps 1 and 2: what cannot be read, and keys and signatures that are not taken.

use varco::identity::Timestamp;
use varco::login::cns::CnsRefusal as R;

use super::super::super::certificates::{
    EXTENDED_KEY_USAGE, KEY_USAGE, Made, Paper, TestKey, der, integer, oid, signed,
};
use super::super::accepted::keyed;
use super::super::{
    NegativeCard, REGION, STRANGER, authority_key, card_of, other_key_ed25519, other_key_p521,
    weak_key_1024, weak_key_exponent,
};
use super::{region, sent};

pub(super) fn cards(now: Timestamp) -> Vec<NegativeCard> {
    let good = || card_of(&REGION, now);
    let der_of_good = good().sign(authority_key());
    let weak = |name, key: &'static TestKey, expected| NegativeCard {
        key_pkcs8: key.pkcs8.clone(),
        ..region(name, keyed(good(), key), expected)
    };
    let made = |name, made| region(name, Paper { made, ..good() }, R::ObsoleteSignature);
    let numbered = |name, serial: Vec<u8>| region(name, Paper { serial, ..good() }, R::Serial);
    let twice = || {
        let mut paper = good();
        let usage = paper
            .extensions
            .iter()
            .find(|(kind, ..)| *kind == EXTENDED_KEY_USAGE);
        paper.extensions.push(usage.unwrap().clone());
        paper
    };
    let bare = |version| Paper {
        version,
        extensions: Vec::new(),
        ..good()
    };
    vec![
        sent(
            "not-der",
            vec![b"-----BEGIN CERTIFICATE-----".to_vec()],
            R::Malformed,
        )
        .not_presentable(),
        sent("empty", vec![Vec::new()], R::Malformed).not_presentable(),
        sent(
            "trailing-bytes",
            vec![[&der_of_good[..], &[0]].concat()],
            R::Malformed,
        )
        .not_presentable(),
        sent(
            "cut-short",
            vec![der_of_good[..der_of_good.len() - 1].to_vec()],
            R::Malformed,
        )
        .not_presentable(),
        sent(
            "indefinite-length",
            vec![indefinite(&der_of_good)],
            R::Malformed,
        )
        .not_presentable(),
        sent("padded-length", vec![padded(&der_of_good)], R::Malformed).not_presentable(),
        sent(
            "something-after-the-signature",
            vec![der(0x30, &[contents(&der_of_good), &[5, 0]])],
            R::Malformed,
        )
        .not_presentable(),
        sent(
            "unique-identifier",
            vec![with_unique_identifier(&good())],
            R::Malformed,
        ),
        sent(
            "no-certificate-of-a-person-but-a-key",
            vec![authority_key().spki.clone()],
            R::Malformed,
        )
        .not_presentable(),
        sent("nine-kilobytes", vec![nine_kilobytes(&good())], R::TooLarge),
        sent(
            "five-certificates",
            std::iter::once(der_of_good.clone())
                .chain(std::iter::repeat_n(STRANGER.certificate(now), 4))
                .collect(),
            R::TooManyCertificates,
        ),
        sent(
            "two-hundred-certificates",
            std::iter::once(der_of_good.clone())
                .chain(std::iter::repeat_n(STRANGER.certificate(now), 199))
                .collect(),
            R::TooManyCertificates,
        )
        .not_presentable(),
        region("version-1", bare(None), R::Version),
        region("version-2", bare(Some(1)), R::Version),
        region(
            "version-4",
            Paper {
                version: Some(3),
                ..good()
            },
            R::Version,
        )
        .not_presentable(),
        numbered("negative-serial", vec![0x91, 0x22]),
        numbered("padded-serial", vec![0, 0x11]).not_presentable(),
        numbered("serial-of-21-bytes", vec![0x11; 21]),
        region(
            "two-signature-algorithms",
            Paper {
                other_algorithm: Some(Made::RsaSha512),
                ..good()
            },
            R::TwoAlgorithms,
        ),
        region("duplicate-extension", twice(), R::DuplicateExtension),
        region(
            "unknown-critical-extension",
            good().with("1.3.6.1.4.1.55555.1", true, vec![5, 0]),
            R::CriticalExtension,
        ),
        region(
            "malformed-key-usage",
            good().with(KEY_USAGE, true, der(4, &[&[0x80]])),
            R::Extension,
        ),
        region(
            "something-after-a-purpose",
            good().with(
                EXTENDED_KEY_USAGE,
                false,
                [der(0x30, &[&oid("1.3.6.1.5.5.7.3.2")]), vec![5, 0]].concat(),
            ),
            R::Extension,
        ),
        region(
            "padded-purpose",
            good().with(
                EXTENDED_KEY_USAGE,
                false,
                der(0x30, &[&der(6, &[&[0x2b, 6, 1, 5, 5, 7, 3, 0x80, 2]])]),
            ),
            R::Extension,
        ),
        region(
            "no-purpose-in-the-list",
            good().with(EXTENDED_KEY_USAGE, false, der(0x30, &[])),
            R::Extension,
        ),
        region(
            "policy-twice",
            good().policies(false, &["1.3.76.16.2.1", "1.3.76.16.2.1"]),
            R::Extension,
        ),
        region(
            "path-length-without-authority",
            good().with("2.5.29.19", true, der(0x30, &[&integer(&[0])])),
            R::Extension,
        ),
        weak("rsa1024", weak_key_1024(), R::KeyTooSmall),
        weak("rsa-exponent-3", weak_key_exponent(), R::Key),
        weak("p521", other_key_p521(), R::Key),
        weak("ed25519", other_key_ed25519(), R::Key),
        made("sha1", Made::RsaSha1),
        made("md5", Made::RsaMd5),
        region(
            "pss",
            Paper {
                made: Made::RsaPss,
                ..good()
            },
            R::SignatureAlgorithm,
        ),
    ]
}

/// What is within the outermost value, whose length takes two bytes after its own.
fn contents(der: &[u8]) -> &[u8] {
    assert_eq!(der[..2], [0x30, 0x82]);
    &der[4..]
}

/// The same with the outermost length left open, which BER allows.
fn indefinite(der: &[u8]) -> Vec<u8> {
    [&[0x30, 0x80][..], contents(der), &[0, 0]].concat()
}

/// The same with the outermost length one byte longer than it need be.
fn padded(der: &[u8]) -> Vec<u8> {
    [&[0x30, 0x83, 0][..], &der[2..4], contents(der)].concat()
}

/// `subjectUniqueID [2]`, which must not be used (RFC 5280, 4.1.2.8), before the extensions.
fn with_unique_identifier(paper: &Paper) -> Vec<u8> {
    let inside = paper.to_be_signed();
    let inside = contents(&inside);
    let extensions = inside
        .windows(2)
        .rposition(|window| window == [0xa3, 0x81] || window == [0xa3, 0x82])
        .unwrap();
    let (fields, extensions) = inside.split_at(extensions);
    let identifier = der(0x82, &[&[0, 1]]);
    signed(
        &der(0x30, &[fields, &identifier, extensions]),
        paper.made,
        authority_key(),
    )
}

fn nine_kilobytes(paper: &Paper) -> Vec<u8> {
    let filler = der(4, &[&vec![0; 9 * 1024]]);
    paper
        .clone()
        .with("1.3.6.1.4.1.55555.2", false, filler)
        .sign(authority_key())
}
