//! The named checks of a card's certificate, in the order of the rules on CNS, section 1.6. What a certificate must be to
//! be read at all (step 1) is in `protocol::x509`; the path (3) is in `path`, revocation (8) behind its port, and the
//! holder (9) in `subject`.

use super::path::Path;
use super::refusal::CnsRefusal;
use crate::crypto::certificate::signature::{CertificateAlgorithm, judge_key};
use crate::identity::Timestamp;
use crate::protocol::x509::{Certificate, KeyUsage, Oid};

/// `1.3.76.16.2.1`: authentication certificates of the CNS (AgID profile, `certificatePolicies`).
const CNS: Oid = Oid::known(&[0x2b, 0x4c, 0x10, 0x02, 0x01]);
/// Lombardy's CRS and SISS cards, declared equivalent by the AgID profile: `1.3.159.6.1.3.2.10` and
/// `1.3.76.12.1.1.10.2.2.10`.
const LOMBARDY: [Oid; 2] = [
    Oid::known(&[0x2b, 0x81, 0x1f, 0x06, 0x01, 0x03, 0x02, 0x0a]),
    Oid::known(&[0x2b, 0x4c, 0x0c, 0x01, 0x01, 0x0a, 0x02, 0x02, 0x0a]),
];
/// `1.3.76.47.4`: the electronic identity card (CIE).
const CIE: Oid = Oid::known(&[0x2b, 0x4c, 0x2f, 0x04]);
/// `sslClient` of the Netscape type, which OpenSSL still obeys.
const NETSCAPE_TLS_CLIENT: u8 = 0x80;

/// What a card is judged by once its path is known.
pub(super) struct Judged<'a> {
    pub(super) card: &'a Certificate,
    pub(super) path: &'a Path<'a>,
    pub(super) now: Timestamp,
}

/// One check: why it refuses, and whether it holds.
struct Check<F> {
    refusal: CnsRefusal,
    holds: F,
}

type CardCheck = Check<fn(&Certificate) -> bool>;
type PathCheck = Check<fn(&Judged<'_>) -> bool>;

const fn card(refusal: CnsRefusal, holds: fn(&Certificate) -> bool) -> CardCheck {
    Check { refusal, holds }
}

const fn path(refusal: CnsRefusal, holds: fn(&Judged<'_>) -> bool) -> PathCheck {
    Check { refusal, holds }
}

/// Step 2, and of step 3 what the card itself says.
const ALONE: &[CardCheck] = &[
    card(CnsRefusal::Key, |card| judge_key(card.public_key()).is_ok()),
    card(CnsRefusal::ObsoleteSignature, |card| {
        card.signature_algorithm() != CertificateAlgorithm::Obsolete
    }),
    card(CnsRefusal::SignatureAlgorithm, |card| {
        card.signature_algorithm() != CertificateAlgorithm::Unsupported
    }),
    card(CnsRefusal::Authority, |card| {
        card.basic_constraints().is_none_or(|basic| !basic.ca)
    }),
];

/// Steps 4 to 6.
const WITH_PATH: &[PathCheck] = &[
    path(CnsRefusal::NotYetValid, |judged| {
        judged.now >= judged.card.not_before()
    }),
    path(CnsRefusal::Expired, |judged| {
        judged.card.is_valid_at(judged.now)
    }),
    path(CnsRefusal::NoKeyUsage, |judged| {
        judged.card.key_usage().is_some()
    }),
    path(CnsRefusal::SignatureCertificate, |judged| {
        !judged.may(KeyUsage::non_repudiation)
    }),
    path(CnsRefusal::SignsCertificates, |judged| {
        !judged.may(KeyUsage::key_cert_sign)
    }),
    path(CnsRefusal::NoDigitalSignature, |judged| {
        judged.may(KeyUsage::digital_signature)
    }),
    path(CnsRefusal::NoPurpose, |judged| {
        judged.card.extended_key_usage().is_some()
    }),
    // `anyExtendedKeyUsage` names no purpose: it is not enough.
    path(CnsRefusal::NotForClients, |judged| {
        let purposes = judged.card.extended_key_usage();
        purposes.is_some_and(|purposes| purposes.contains(&Oid::CLIENT_AUTH))
    }),
    path(CnsRefusal::NotForClients, |judged| {
        let netscape = judged.card.netscape_type();
        netscape.is_none_or(|bits| bits & NETSCAPE_TLS_CLIENT != 0)
    }),
];

impl Judged<'_> {
    fn may(&self, what: fn(KeyUsage) -> bool) -> bool {
        self.card.key_usage().is_some_and(what)
    }
}

/// Runs the checks that need nothing but the card; the first that fails refuses.
pub(super) fn alone(card: &Certificate) -> Result<(), CnsRefusal> {
    match ALONE.iter().find(|check| !(check.holds)(card)) {
        Some(failed) => Err(failed.refusal),
        None => Ok(()),
    }
}

/// Runs the checks that follow the path: time, use, purpose, policy.
pub(super) fn with_path(judged: &Judged<'_>) -> Result<(), CnsRefusal> {
    match WITH_PATH.iter().find(|check| !(check.holds)(judged)) {
        Some(failed) => Err(failed.refusal),
        None => policy(judged),
    }
}

/// Step 7: a policy of the CNS, by its whole identifier, which every authority in between may grant.
fn policy(judged: &Judged<'_>) -> Result<(), CnsRefusal> {
    let policies = judged.card.policies();
    let of_lombardy = LOMBARDY
        .into_iter()
        .find(|policy| policies.contains(policy));
    let policy = if policies.contains(&CNS) {
        CNS
    } else if let Some(policy) = of_lombardy {
        if !judged.path.anchor().is_lombardy() {
            return Err(CnsRefusal::ForeignPolicy);
        }
        policy
    } else if is_cie(judged.card) {
        return Err(CnsRefusal::Cie);
    } else {
        return Err(CnsRefusal::NoPolicy);
    };
    let is_granted = |authority: &Certificate| {
        let granted = authority.policies();
        granted.contains(&policy) || granted.contains(&Oid::ANY_POLICY)
    };
    if judged.path.between().iter().all(is_granted) {
        Ok(())
    } else {
        Err(CnsRefusal::PolicyNotGranted)
    }
}

/// Whether a certificate says that it is an electronic identity card's, and not a CNS as well.
pub(super) fn is_cie(card: &Certificate) -> bool {
    card.policies().contains(&CIE) && !card.policies().contains(&CNS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_identifiers_are_those_of_the_profile() {
        for (oid, dotted) in [
            (&CNS, "1.3.76.16.2.1"),
            (&LOMBARDY[0], "1.3.159.6.1.3.2.10"),
            (&LOMBARDY[1], "1.3.76.12.1.1.10.2.2.10"),
            (&CIE, "1.3.76.47.4"),
        ] {
            assert_eq!(oid.to_string(), dotted);
        }
    }
}
