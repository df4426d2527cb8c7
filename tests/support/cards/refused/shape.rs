//! Steps 1 and 2: what cannot be read, and keys and signatures that are not taken.

use varco::identity::Timestamp;
use varco::login::cns::CnsRefusal as R;

use super::super::super::certificates::{
    CN, EXTENDED_KEY_USAGE, KEY_USAGE, Made, Paper, TestKey, UTF8, attribute, der, integer, oid,
    signed,
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
    let inside = |name, change: &dyn Fn(&mut Vec<Vec<u8>>)| {
        let mut fields = fields(&good());
        change(&mut fields);
        let inside = der(0x30, &[&fields.concat()]);
        let card = signed(&inside, Made::RsaSha256, authority_key());
        sent(name, vec![card], R::Malformed).not_presentable()
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
        // `subjectUniqueID [2]`, which must not be used (RFC 5280, 4.1.2.8).
        inside("unique-identifier", &|fields| {
            fields.insert(7, der(0x82, &[&[0, 1]]));
        }),
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
            "critical-authority-information",
            good().with("1.3.6.1.5.5.7.1.1", true, der(0x30, &[])),
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
        region(
            "huge-policy",
            good().with(
                "2.5.29.32",
                false,
                der(0x30, &[&der(0x30, &[&der(6, &[&[0x7f; 65]])])]),
            ),
            R::Extension,
        ),
        region(
            "key-usage-of-three-bytes",
            good().with(KEY_USAGE, true, der(3, &[&[0, 0x80, 0, 1]])),
            R::Extension,
        ),
        region(
            "key-usage-with-unused-bits-set",
            good().with(KEY_USAGE, true, der(3, &[&[7, 0xc0]])),
            R::Extension,
        ),
        region(
            "alternative-name-of-no-kind",
            good().with("2.5.29.17", false, der(0x30, &[&der(0x89, &[b"x"])])),
            R::Extension,
        ),
        region(
            "proxy-certificate-not-critical",
            good().with(
                "1.3.6.1.5.5.7.1.14",
                false,
                der(0x30, &[&der(0x30, &[&oid("1.3.6.1.5.5.7.21.1")])]),
            ),
            R::CriticalExtension,
        ),
        inside("extensions-twice", &|fields| {
            let last = fields.last().unwrap().clone();
            fields.push(last);
        }),
        inside("no-extension-in-the-list", &|fields| {
            *fields.last_mut().unwrap() = der(0xa3, &[&der(0x30, &[])]);
        }),
        inside("generalized-time-before-2050", &|fields| {
            let early = der(0x18, &[b"20260101000000Z"]);
            let late = der(0x18, &[b"20300101000000Z"]);
            fields[4] = der(0x30, &[&early, &late]);
        }),
        inside("time-without-seconds", &|fields| {
            let early = der(0x17, &[b"2601010000Z"]);
            let late = der(0x17, &[b"3001010000Z"]);
            fields[4] = der(0x30, &[&early, &late]);
        }),
        inside("empty-set-in-the-subject", &|fields| {
            let named = attribute(CN, UTF8, b"RSSMRA80A01H501U/x");
            fields[5] = der(0x30, &[&der(0x31, &[]), &der(0x31, &[&named])]);
        }),
        inside("common-name-as-bytes", &|fields| {
            let named = attribute(CN, 4, b"RSSMRA80A01H501U/x");
            fields[5] = der(0x30, &[&der(0x31, &[&named])]);
        }),
        inside("common-name-not-utf-8", &|fields| {
            let named = attribute(CN, UTF8, b"RSSMRA80A01H501U/\xff");
            fields[5] = der(0x30, &[&der(0x31, &[&named])]);
        }),
        inside("attribute-of-three-parts", &|fields| {
            let value = der(UTF8, &[b"RSSMRA80A01H501U/x"]);
            let three = der(0x30, &[&oid(CN), &value, &value]);
            fields[5] = der(0x30, &[&der(0x31, &[&three])]);
        }),
        NegativeCard {
            expected: R::Key,
            ..inside("key-with-something-after-it", &|fields| {
                let key = fields[6].clone();
                fields[6] = der(0x30, &[contents(&key), &[5, 0]]);
            })
        },
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

/// The values within what is signed: version, serial number, algorithm, issuer, validity, subject, key, extensions.
fn fields(paper: &Paper) -> Vec<Vec<u8>> {
    let inside = paper.to_be_signed();
    let mut rest = contents(&inside);
    let mut fields = Vec::new();
    while let [_, first, ..] = *rest {
        let (header, length) = match first {
            short @ 0..=0x7f => (2, usize::from(short)),
            0x81 => (3, usize::from(rest[2])),
            _ => (4, usize::from(rest[2]) << 8 | usize::from(rest[3])),
        };
        let (field, after) = rest.split_at(header + length);
        fields.push(field.to_vec());
        rest = after;
    }
    fields
}

/// The same with the outermost length left open, which BER allows.
fn indefinite(der: &[u8]) -> Vec<u8> {
    [&[0x30, 0x80][..], contents(der), &[0, 0]].concat()
}

/// The same with the outermost length one byte longer than it need be.
fn padded(der: &[u8]) -> Vec<u8> {
    [&[0x30, 0x83, 0][..], &der[2..4], contents(der)].concat()
}

fn nine_kilobytes(paper: &Paper) -> Vec<u8> {
    let filler = der(4, &[&vec![0; 9 * 1024]]);
    paper
        .clone()
        .with("1.3.6.1.4.1.55555.2", false, filler)
        .sign(authority_key())
}
