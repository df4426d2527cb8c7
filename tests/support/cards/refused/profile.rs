//! Steps 4 to 8: time, use, purpose, policy, revocation.

use varco::identity::Timestamp;
use varco::login::cns::CnsRefusal as R;

use super::super::super::certificates::{
    ANY_PURPOSE, CLIENT_AUTH, DIGITAL_SIGNATURE, EMAIL_PROTECTION, EXTENDED_KEY_USAGE,
    KEY_AGREEMENT, KEY_CERT_SIGN, KEY_ENCIPHERMENT, KEY_USAGE, NETSCAPE_TYPE, NON_REPUDIATION,
    POLICIES, Paper, SERVER_AUTH, der,
};
use super::super::{
    ANY, CIE, IDENTITY_CARDS, LOMBARDY, NegativeCard, REGION, REVOKED, STRANGER, UNKNOWN, card_of,
};
use super::{by, region};

pub(super) fn cards(now: Timestamp) -> Vec<NegativeCard> {
    let second = now.timestamp();
    let good = || card_of(&REGION, now);
    let used = |name, bits, expected| region(name, good().key_usage(bits), expected);
    let purposes = |name, list: &[&str]| region(name, good().purposes(list), R::NotForClients);
    let policies =
        |name, list: &[&str], expected| region(name, good().policies(false, list), expected);
    let numbered = |name, serial, expected| {
        region(
            name,
            Paper {
                serial: vec![serial],
                ..good()
            },
            expected,
        )
    };
    vec![
        region(
            "expired",
            Paper {
                not_after: second,
                ..good()
            },
            R::Expired,
        ),
        region(
            "not-yet-valid",
            Paper {
                not_before: second + 1,
                ..good()
            },
            R::NotYetValid,
        ),
        region(
            "validity-turned-round",
            Paper {
                not_before: second - 1,
                not_after: second - 2,
                ..good()
            },
            R::Expired,
        ),
        region("no-key-usage", good().without(KEY_USAGE), R::NoKeyUsage),
        region(
            "no-extensions",
            Paper {
                extensions: Vec::new(),
                ..good()
            },
            R::NoKeyUsage,
        ),
        used(
            "signature-certificate",
            NON_REPUDIATION,
            R::SignatureCertificate,
        ),
        used(
            "non-repudiation-with-client-authentication",
            DIGITAL_SIGNATURE | NON_REPUDIATION,
            R::SignatureCertificate,
        ),
        used("key-agreement-only", KEY_AGREEMENT, R::NoDigitalSignature),
        used(
            "key-encipherment-only",
            KEY_ENCIPHERMENT,
            R::NoDigitalSignature,
        ),
        used(
            "signs-certificates",
            DIGITAL_SIGNATURE | KEY_CERT_SIGN,
            R::SignsCertificates,
        ),
        region(
            "no-extended-key-usage",
            good().without(EXTENDED_KEY_USAGE),
            R::NoPurpose,
        ),
        purposes("any-purpose", &[ANY_PURPOSE]),
        purposes("server-authentication", &[SERVER_AUTH]),
        purposes("email-protection", &[EMAIL_PROTECTION]),
        purposes(
            "client-authentication-as-a-beginning",
            &["1.3.6.1.5.5.7.3.2.1"],
        ),
        region(
            "netscape-server",
            good().with(NETSCAPE_TYPE, false, der(3, &[&[6, 0x40]])),
            R::NotForClients,
        ),
        region("no-policy", good().without(POLICIES), R::NoPolicy),
        policies("policy-2-10", &["1.3.76.16.2.10"], R::NoPolicy),
        policies(
            "policy-as-a-beginning",
            &["1.3.76.16.2.1.1", "1.3.76.16.2"],
            R::NoPolicy,
        ),
        policies("any-policy", &[ANY], R::NoPolicy),
        policies(
            "lombardy-policy-of-another-region",
            &[LOMBARDY[0]],
            R::ForeignPolicy,
        ),
        policies(
            "siss-policy-of-another-region",
            &[LOMBARDY[1]],
            R::ForeignPolicy,
        ),
        by(
            "cie",
            card_of(&IDENTITY_CARDS, now).policies(false, &[CIE]),
            &IDENTITY_CARDS,
            R::Cie,
        ),
        by(
            "cie-of-an-authority-that-is-not-listed",
            card_of(&STRANGER, now).policies(false, &[CIE]),
            &STRANGER,
            R::Cie,
        ),
        region(
            "cie-expired",
            Paper {
                not_after: second - 1,
                ..good()
            }
            .policies(false, &[CIE])
            .purposes(&[CLIENT_AUTH]),
            R::Expired,
        ),
        numbered("revoked", REVOKED, R::Revoked),
        numbered("revocation-unknown", UNKNOWN, R::RevocationUnknown),
    ]
}
