//! The demo's cards: one for each person who has a fiscal code, and some that must be refused.
//!
//! Their certificates follow the profile of the CNS (rules/cns.md, 1.2), or break it in one place.

use rcgen::{
    CertificateParams, CrlDistributionPoint, CustomExtension, DistinguishedName, DnType, DnValue,
    ExtendedKeyUsagePurpose, IsCa, KeyUsagePurpose, SerialNumber, date_time_ymd,
};

use super::issuer::{
    EXAMPLE_REGION, IDENTITY_CARDS, NOT_ACCREDITED, PROFESSIONAL_BODY, TEST_REGION, TestIssuer,
};
use super::since_1970;
use crate::crypto::encoding::{base64, der};
use crate::crypto::{Random, sha256};
use crate::demo::people::{PEOPLE, TestPerson};
use crate::identity::Timestamp;

const CERTIFICATE_POLICIES: [u64; 4] = [2, 5, 29, 32];
const GIVEN_NAME: [u64; 4] = [2, 5, 4, 42];
const SURNAME: [u64; 4] = [2, 5, 4, 4];
/// `1.3.76.16.2.1`: authentication with a CNS.
const CNS: &[u8] = &[0x2b, 0x4c, 0x10, 0x02, 0x01];
/// `1.3.76.47.4`: authentication with an electronic identity card.
const CIE: &[u8] = &[0x2b, 0x4c, 0x2f, 0x04];
/// `id-qt-unotice` (RFC 5280, 4.2.1.4).
const USER_NOTICE: &[u8] = &[0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x02, 0x02];
/// What the profile has every card say.
const NOTICE: &str = "Identifies X.509 authentication certificates issued for the italian National Service Card (CNS) \
project in according to the italian regulation";
/// Six years, as those of health cards.
const LIFE: chrono::Duration = chrono::Duration::days(6 * 365);

/// What is wrong with a card.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Flaw {
    /// It is in the list of the revoked ones.
    Revoked,
    /// It ended yesterday.
    Expired,
    /// It is for signatures: `nonRepudiation` and not `digitalSignature`.
    Signature,
    /// Its issuer is in no list.
    UnknownIssuer,
    /// It is an electronic identity card.
    IdentityCard,
}

impl Flaw {
    /// What people read.
    #[must_use]
    pub fn about(self) -> &'static str {
        match self {
            Self::Revoked => "revocata",
            Self::Expired => "scaduta",
            Self::Signature => "certificato di firma",
            Self::UnknownIssuer => "ente non accreditato",
            Self::IdentityCard => "carta d'identità elettronica",
        }
    }
}

/// A card.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TestCard {
    /// Name of its files, and label of its token.
    pub slug: &'static str,
    /// Whose it is, by their name at the providers.
    pub holder: &'static str,
    /// Who issued it.
    pub issuer: TestIssuer,
    /// What is wrong with it; nothing is with most.
    pub flaw: Option<Flaw>,
}

const fn good(holder: &'static str, issuer: TestIssuer) -> TestCard {
    TestCard {
        slug: holder,
        holder,
        issuer,
        flaw: None,
    }
}

const fn flawed(
    slug: &'static str,
    holder: &'static str,
    issuer: TestIssuer,
    flaw: Flaw,
) -> TestCard {
    TestCard {
        slug,
        holder,
        issuer,
        flaw: Some(flaw),
    }
}

/// Every card.
pub const CARDS: [TestCard; 10] = [
    good("anna", EXAMPLE_REGION),
    good("mario", TEST_REGION),
    good("giulia", PROFESSIONAL_BODY),
    good("luca", EXAMPLE_REGION),
    good("carla", PROFESSIONAL_BODY),
    flawed("anna-revocata", "anna", EXAMPLE_REGION, Flaw::Revoked),
    flawed("mario-scaduta", "mario", TEST_REGION, Flaw::Expired),
    flawed("giulia-firma", "giulia", PROFESSIONAL_BODY, Flaw::Signature),
    flawed(
        "luca-non-accreditata",
        "luca",
        NOT_ACCREDITED,
        Flaw::UnknownIssuer,
    ),
    flawed("carla-cie", "carla", IDENTITY_CARDS, Flaw::IdentityCard),
];

impl TestCard {
    /// Whose it is.
    #[must_use]
    pub fn person(&self) -> Option<&'static TestPerson> {
        PEOPLE.iter().find(|person| person.username == self.holder)
    }

    /// What a browser lists it as.
    #[must_use]
    pub fn name(&self) -> String {
        let person = self.person().map(TestPerson::name).unwrap_or_default();
        match self.flaw {
            None => format!("{person} (prova)"),
            Some(flaw) => format!("{person} (prova, {})", flaw.about()),
        }
    }

    /// What its certificate says.
    pub(super) fn parameters(&self, random: &dyn Random, now: Timestamp) -> CertificateParams {
        let mut parameters = CertificateParams::default();
        parameters.distinguished_name = self.subject();
        let yesterday = now - chrono::Duration::days(1);
        let start = match self.flaw {
            Some(Flaw::Expired) => yesterday - LIFE,
            _ => yesterday,
        };
        parameters.not_before = date_time_ymd(1970, 1, 1) + since_1970(start);
        parameters.not_after = date_time_ymd(1970, 1, 1) + since_1970(start + LIFE);
        parameters.serial_number = Some(number(random));
        parameters.is_ca = IsCa::NoCa;
        parameters.use_authority_key_identifier_extension = true;
        parameters.key_usages = vec![match self.flaw {
            Some(Flaw::Signature) => KeyUsagePurpose::ContentCommitment,
            _ => KeyUsagePurpose::DigitalSignature,
        }];
        // A browser offers only what may authenticate a client, so the signature certificate says so too.
        parameters.extended_key_usages = vec![
            ExtendedKeyUsagePurpose::ClientAuth,
            ExtendedKeyUsagePurpose::EmailProtection,
        ];
        parameters.custom_extensions = vec![CustomExtension::from_oid_content(
            &CERTIFICATE_POLICIES,
            match self.flaw {
                Some(Flaw::IdentityCard) => policy(CIE, None),
                _ => policy(CNS, Some(NOTICE)),
            },
        )];
        parameters.crl_distribution_points = vec![CrlDistributionPoint {
            uris: vec![self.issuer.list_address()],
        }];
        parameters
    }

    fn subject(&self) -> DistinguishedName {
        let person = self.person();
        let code = person.and_then(|person| person.fiscal_code);
        let code = code.unwrap_or_default();
        // Number of the card, and a digest of its file of personal data: 20 bytes, as SHA-1 has.
        let digest = sha256(self.slug.as_bytes());
        let digest = base64(digest.get(..20).unwrap_or_default());
        let name = format!("{code}/6120010000000001.{digest}");
        let mut subject = DistinguishedName::new();
        for (kind, value) in [
            (DnType::CountryName, "IT"),
            (DnType::OrganizationName, self.issuer.operator),
            (DnType::OrganizationalUnitName, self.issuer.administration),
            (DnType::CommonName, name.as_str()),
            (
                DnType::CustomDnType(GIVEN_NAME.to_vec()),
                person.map(|person| person.given_name).unwrap_or_default(),
            ),
            (
                DnType::CustomDnType(SURNAME.to_vec()),
                person.map(|person| person.family_name).unwrap_or_default(),
            ),
        ] {
            subject.push(kind, DnValue::Utf8String(value.to_owned()));
        }
        subject
    }
}

/// A random number of 127 bits, positive and not zero (RFC 5280, 4.1.2.2).
fn number(random: &dyn Random) -> SerialNumber {
    let mut number = [0; 16];
    random.fill(&mut number);
    number[0] = number[0] & 0x7f | 0x40;
    SerialNumber::from_slice(&number)
}

/// `certificatePolicies` with one policy, and a notice for people (RFC 5280, 4.2.1.4).
fn policy(identifier: &[u8], notice: Option<&str>) -> Vec<u8> {
    const OBJECT: u8 = 0x06;
    const UTF8_STRING: u8 = 0x0c;
    const SEQUENCE: u8 = 0x30;
    let qualifiers = match notice {
        Some(notice) => {
            let text = der(SEQUENCE, &[&der(UTF8_STRING, &[notice.as_bytes()])]);
            let notice = der(SEQUENCE, &[&der(OBJECT, &[USER_NOTICE]), &text]);
            der(SEQUENCE, &[&notice])
        }
        None => Vec::new(),
    };
    let policy = der(SEQUENCE, &[&der(OBJECT, &[identifier]), &qualifiers]);
    der(SEQUENCE, &[&policy])
}
