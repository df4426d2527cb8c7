//! Why a card does not log its holder in: one reason a check, in the order of the checks (rules on CNS, 1.6).

use crate::crypto::KeyError;
use crate::protocol::x509::CertificateRefusal;

/// What a person can be told and can do; one page each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CardHelp {
    /// No certificate came: no card in the reader, or none chosen.
    NoCard,
    /// What came cannot be read as a certificate of a card.
    Unreadable,
    /// Signed with SHA-1, or a key of 1024 bits: a new card is needed.
    TooOld,
    /// Issued by nobody on the national list.
    UnknownIssuer,
    /// Its validity has not begun.
    NotYetValid,
    /// Its validity is over: a new card is needed.
    Expired,
    /// The certificate for signing was chosen, not the one for logging in.
    SignatureCertificate,
    /// An electronic identity card: there is a way in of its own for it.
    Cie,
    /// A certificate of an accredited issuer that is no CNS.
    NotACns,
    /// Revoked or suspended by its issuer.
    Revoked,
    /// Whether it was revoked cannot be found out now: later, perhaps.
    RevocationUnknown,
    /// It is a CNS and does not name one person by a fiscal code.
    Holder,
}

macro_rules! refusals {
    ($($(#[$doc:meta])* $name:ident => $code:literal, $clause:literal, $help:ident;)+) => {
        /// Why a card is refused: the first check that failed.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum CnsRefusal {
            $($(#[$doc])* $name,)+
        }

        impl CnsRefusal {
            /// Every reason, in the order of the checks.
            pub const ALL: &[Self] = &[$(Self::$name),+];

            /// The reason code, for the audit, metrics and the page.
            #[must_use]
            pub fn code(self) -> &'static str {
                match self { $(Self::$name => $code,)+ }
            }

            /// The clause that the check holds.
            #[must_use]
            pub fn clause(self) -> &'static str {
                match self { $(Self::$name => $clause,)+ }
            }

            /// What the person is told.
            #[must_use]
            pub fn help(self) -> CardHelp {
                match self { $(Self::$name => CardHelp::$help,)+ }
            }
        }
    };
}

refusals! {
    /// No certificate was presented.
    NoCertificate => "no-certificate", "rules on CNS, 1.6.1", NoCard;
    /// More certificates than are looked at.
    TooManyCertificates => "too-many-certificates", "rules on CNS, 1.6.1", Unreadable;
    /// A certificate that is too large.
    TooLarge => "certificate-too-large", "rules on CNS, 1.6.1", Unreadable;
    /// Not DER, or not a certificate to the last byte.
    Malformed => "certificate-malformed", "RFC 5280, 4.1", Unreadable;
    /// Not version 3.
    Version => "certificate-version", "RFC 5280, 4.1.2.1", Unreadable;
    /// A negative or overlong serial number.
    Serial => "certificate-serial", "RFC 5280, 4.1.2.2", Unreadable;
    /// Two signature algorithms.
    TwoAlgorithms => "two-signature-algorithms", "RFC 5280, 4.1.1.2", Unreadable;
    /// An extension twice.
    DuplicateExtension => "duplicate-extension", "RFC 5280, 4.2", Unreadable;
    /// A critical extension that is not known.
    CriticalExtension => "unknown-critical-extension", "RFC 5280, 4.2", Unreadable;
    /// A known extension that is malformed.
    Extension => "malformed-extension", "RFC 5280, 4.2", Unreadable;
    /// An RSA key under 2048 bits.
    KeyTooSmall => "key-too-small", "rules on CNS, 1.6.2", TooOld;
    /// A key of another kind or size than RSA 2048 to 4096, P-256, P-384, or with an exponent under 65537.
    Key => "key-not-accepted", "rules on CNS, 1.6.2", Unreadable;
    /// Signed with SHA-1 or an older digest.
    ObsoleteSignature => "obsolete-signature", "rules on CNS, 1.6.2", TooOld;
    /// Signed with an algorithm that is not on the list.
    SignatureAlgorithm => "signature-algorithm", "rules on CNS, 1.6.2", Unreadable;
    /// The certificate is an authority's.
    Authority => "authority-certificate", "RFC 5280, 4.2.1.9", NotACns;
    /// No path to an authority that is trusted.
    UnknownIssuer => "unknown-issuer", "rules on CNS, 1.6.3", UnknownIssuer;
    /// Issued in a trusted authority's name, and not with its key.
    IssuerKey => "issuer-key", "RFC 5280, 4.2.1.1", UnknownIssuer;
    /// Issued in a trusted authority's name, and not signed by it.
    IssuerSignature => "issuer-signature", "RFC 5280, 6.1.3", UnknownIssuer;
    /// Issued by a certificate that is no authority's.
    IssuerNotAuthority => "issuer-not-authority", "RFC 5280, 6.1.4", UnknownIssuer;
    /// The path is longer than is configured.
    PathTooLong => "path-too-long", "rules on CNS, 1.6.3", UnknownIssuer;
    /// Below an authority that may not have authorities below it.
    PathLength => "path-length", "RFC 5280, 4.2.1.9", UnknownIssuer;
    /// An authority in between that cannot be read, is too weak, or constrains names or policies.
    IssuerCertificate => "issuer-certificate", "RFC 5280, 6.1.4", UnknownIssuer;
    /// An authority on the path is not for TLS clients.
    IssuerPurpose => "issuer-purpose", "RFC 5280, 4.2.1.12", UnknownIssuer;
    /// An authority on the path is not within its own validity.
    IssuerExpired => "issuer-expired", "RFC 5280, 6.1.3", Expired;
    /// The validity has not begun.
    NotYetValid => "not-yet-valid", "rules on CNS, 1.6.4", NotYetValid;
    /// The validity is over.
    Expired => "expired", "rules on CNS, 1.6.4", Expired;
    /// It does not say what its key may do.
    NoKeyUsage => "no-key-usage", "rules on CNS, 1.6.5", NotACns;
    /// Its key may sign contracts: the certificate for signing, not the one for logging in.
    SignatureCertificate => "signature-certificate", "rules on CNS, 1.6.5", SignatureCertificate;
    /// Its key may sign certificates.
    SignsCertificates => "signs-certificates", "rules on CNS, 1.6.5", NotACns;
    /// Its key may not sign a login.
    NoDigitalSignature => "no-digital-signature", "rules on CNS, 1.6.5", NotACns;
    /// It does not say what it is for.
    NoPurpose => "no-extended-key-usage", "rules on CNS, 1.6.6", NotACns;
    /// It is not for TLS clients.
    NotForClients => "no-client-authentication", "rules on CNS, 1.6.6", NotACns;
    /// An electronic identity card.
    Cie => "cie-card", "rules on CNS, 1.6.7", Cie;
    /// No policy of the CNS.
    NoPolicy => "no-cns-policy", "rules on CNS, 1.6.7", NotACns;
    /// A policy of Lombardy's cards under another issuer.
    ForeignPolicy => "policy-of-another-issuer", "rules on CNS, 1.6.7", NotACns;
    /// An authority in between may not issue under the policy.
    PolicyNotGranted => "policy-not-granted", "RFC 5280, 6.1.3", NotACns;
    /// Revoked or suspended.
    Revoked => "revoked", "rules on CNS, 1.6.8", Revoked;
    /// Whether it was revoked is not known.
    RevocationUnknown => "revocation-unknown", "rules on CNS, 1.6.8", RevocationUnknown;
    /// No common name; a fiscal code anywhere else does not count.
    NoCommonName => "no-common-name", "rules on CNS, 1.6.9", Holder;
    /// Two common names.
    SeveralCommonNames => "several-common-names", "rules on CNS, 1.6.9", Holder;
    /// The common name is not in a string type, or has characters, that can be read in one way only.
    CommonNameText => "common-name-text", "rules on CNS, 1.6.9", Holder;
    /// The common name has no `/` after the fiscal code.
    CommonNameForm => "common-name-form", "rules on CNS, 1.6.9", Holder;
    /// A code of eleven digits: a company's, or a temporary one.
    CompanyCode => "company-code", "rules on CNS, 1.7", Holder;
    /// What stands before the first `/` is no fiscal code in upper case.
    FiscalCode => "fiscal-code", "rules on CNS, 1.8", Holder;
    /// `serialNumber` names another fiscal code, or cannot be read.
    SerialNumber => "serial-number-differs", "rules on CNS, 1.6.9", Holder;
}

impl From<CertificateRefusal> for CnsRefusal {
    fn from(refusal: CertificateRefusal) -> Self {
        match refusal {
            CertificateRefusal::TooLarge => Self::TooLarge,
            CertificateRefusal::Version => Self::Version,
            CertificateRefusal::Serial => Self::Serial,
            CertificateRefusal::TwoAlgorithms => Self::TwoAlgorithms,
            CertificateRefusal::DuplicateExtension => Self::DuplicateExtension,
            CertificateRefusal::CriticalExtension => Self::CriticalExtension,
            CertificateRefusal::Extension => Self::Extension,
            CertificateRefusal::Key(KeyError::Size(..2048)) => Self::KeyTooSmall,
            CertificateRefusal::Key(KeyError::Unreadable) | CertificateRefusal::Malformed => {
                Self::Malformed
            }
            CertificateRefusal::Key(_) => Self::Key,
        }
    }
}

impl std::fmt::Display for CnsRefusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "the card is refused: {} ({})",
            self.code(),
            self.clause()
        )
    }
}

impl std::error::Error for CnsRefusal {}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_reason_has_a_code_of_its_own() {
        let codes: HashSet<&str> = CnsRefusal::ALL.iter().map(|one| one.code()).collect();
        assert_eq!(codes.len(), CnsRefusal::ALL.len());
        assert!(
            codes
                .iter()
                .flat_map(|code| code.bytes())
                .all(|byte| byte.is_ascii_lowercase() || byte == b'-')
        );
    }
}
