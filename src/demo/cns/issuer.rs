//! The authorities that issue the demo's cards, each with one self-signed certificate, as the real ones are in the
//! national trusted list (rules/cns.md, 1.3). Their names are nobody's.

use rcgen::{
    BasicConstraints, CertificateParams, CertificateRevocationListParams, DistinguishedName,
    DnType, DnValue, IsCa, Issuer, KeyIdMethod, KeyPair, KeyUsagePurpose, RevocationReason,
    RevokedCertParams, SerialNumber, date_time_ymd,
};
use rustls_pki_types::CertificateDer;

use super::since_1970;
use crate::crypto::KeyKind;
use crate::crypto::certificate::from_pem;
use crate::demo::DemoError;
use crate::demo::folder::DataFolder;
use crate::identity::{CardKind, Timestamp};

/// A list is made anew at each start; this is for a demo that nobody stops.
const LIST_LIFE: chrono::Duration = chrono::Duration::days(30);
const LIFE: chrono::Duration = chrono::Duration::days(3650);

/// An authority that issues cards.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TestIssuer {
    /// Name of its files.
    pub slug: &'static str,
    /// `commonName`.
    pub name: &'static str,
    /// `organizationName`: the company that runs it.
    pub operator: &'static str,
    /// The administration on whose behalf it issues: `organizationalUnitName` of the cards.
    pub administration: &'static str,
    /// The kind of its cards, which the gateway tells from its name.
    pub kind: CardKind,
    /// Whether the gateway of the demo trusts it.
    pub accredited: bool,
}

const OPERATOR: &str = "Certificatore di Prova S.p.A.";

/// A Region, whose cards are health cards.
pub(super) const EXAMPLE_REGION: TestIssuer = TestIssuer {
    slug: "regione-esempio",
    name: "Regione Esempio - CA Cittadini",
    operator: OPERATOR,
    administration: "Regione Esempio",
    kind: CardKind::Health,
    accredited: true,
};
/// Another Region.
pub(super) const TEST_REGION: TestIssuer = TestIssuer {
    slug: "regione-prova",
    name: "Regione Prova - CA Cittadini 2020",
    operator: "Seconda Certificatrice di Prova S.p.A.",
    administration: "Regione Prova",
    kind: CardKind::Health,
    accredited: true,
};
/// A body of professionals.
pub(super) const PROFESSIONAL_BODY: TestIssuer = TestIssuer {
    slug: "ordine-di-prova",
    name: "Ordine Professionale di Prova - CA Autenticazione CNS",
    operator: OPERATOR,
    administration: "Ordine Professionale di Prova",
    kind: CardKind::Professional,
    accredited: true,
};
/// The issuer of electronic identity cards, which is in the real list too.
pub(super) const IDENTITY_CARDS: TestIssuer = TestIssuer {
    slug: "carta-identita",
    name: "Ministero di Prova - CA Carta di Identita Elettronica",
    operator: "Ministero di Prova",
    administration: "Ministero di Prova",
    kind: CardKind::PublicServant,
    accredited: true,
};
/// An authority that makes cards just like the others and is in nobody's list.
pub(super) const NOT_ACCREDITED: TestIssuer = TestIssuer {
    slug: "non-accreditata",
    name: "Regione Inesistente - CA Cittadini",
    operator: "Certificatrice Non Accreditata S.r.l.",
    administration: "Regione Inesistente",
    kind: CardKind::Health,
    accredited: false,
};

/// Every authority.
pub const ISSUERS: [TestIssuer; 5] = [
    EXAMPLE_REGION,
    TEST_REGION,
    PROFESSIONAL_BODY,
    IDENTITY_CARDS,
    NOT_ACCREDITED,
];

impl TestIssuer {
    /// Where its cards say that the list of the revoked ones is. Nothing answers there: the gateway reads a mirror.
    pub(super) fn list_address(&self) -> String {
        format!("http://crl.example/{}.crl", self.slug)
    }
}

/// An authority with its key.
pub(super) struct Authority {
    pub(super) certificate: CertificateDer<'static>,
    signer: Issuer<'static, KeyPair>,
}

impl Authority {
    /// Reads an authority from the folder, or makes it there.
    pub(super) fn open(
        folder: &DataFolder,
        issuer: TestIssuer,
        now: Timestamp,
    ) -> Result<Self, DemoError> {
        let key = folder.key(&format!("{}.key.pem", issuer.slug), KeyKind::Rsa(2048))?;
        let key = KeyPair::from_pem(&key.to_pem())?;
        let file = format!("{}.pem", issuer.slug);
        let parameters = parameters(&issuer, now);
        let pem = match folder.read(&file)? {
            Some(pem) => pem,
            None => {
                let pem = parameters.self_signed(&key)?.pem();
                folder.write(&file, &pem)?;
                pem
            }
        };
        let der = from_pem(pem.as_bytes()).ok_or(DemoError::UnreadableCertificate)?;
        Ok(Self {
            certificate: der.into(),
            signer: Issuer::new(parameters, key),
        })
    }

    /// Signs a card's certificate.
    pub(super) fn sign(
        &self,
        card: &CertificateParams,
        key: &KeyPair,
    ) -> Result<rcgen::Certificate, DemoError> {
        Ok(card.signed_by(key, &self.signer)?)
    }

    /// The list of the cards that it revoked yesterday, by their numbers.
    pub(super) fn revocations(
        &self,
        revoked: Vec<Vec<u8>>,
        now: Timestamp,
    ) -> Result<Vec<u8>, DemoError> {
        let yesterday = date_time_ymd(1970, 1, 1) + since_1970(now - chrono::Duration::days(1));
        let revoked_certs = revoked
            .into_iter()
            .map(|serial| RevokedCertParams {
                serial_number: SerialNumber::from(serial),
                revocation_time: yesterday,
                reason_code: Some(RevocationReason::KeyCompromise),
                invalidity_date: None,
            })
            .collect();
        let list = CertificateRevocationListParams {
            // A clock a little behind does not matter.
            this_update: date_time_ymd(1970, 1, 1) + since_1970(now - chrono::Duration::hours(1)),
            next_update: date_time_ymd(1970, 1, 1) + since_1970(now + LIST_LIFE),
            // Larger at each start (RFC 5280, 5.2.3).
            crl_number: SerialNumber::from(u64::try_from(now.timestamp()).unwrap_or_default()),
            issuing_distribution_point: None,
            revoked_certs,
            key_identifier_method: KeyIdMethod::Sha256,
        };
        Ok(list.signed_by(&self.signer)?.der().to_vec())
    }
}

fn parameters(issuer: &TestIssuer, now: Timestamp) -> CertificateParams {
    let mut parameters = CertificateParams::default();
    parameters.distinguished_name = DistinguishedName::new();
    for (kind, value) in [
        (DnType::CountryName, "IT"),
        (DnType::OrganizationName, issuer.operator),
        (DnType::OrganizationalUnitName, "Servizi di Certificazione"),
        (DnType::CommonName, issuer.name),
    ] {
        let value = DnValue::Utf8String(value.to_owned());
        parameters.distinguished_name.push(kind, value);
    }
    let start = now - chrono::Duration::days(1);
    parameters.not_before = date_time_ymd(1970, 1, 1) + since_1970(start);
    parameters.not_after = date_time_ymd(1970, 1, 1) + since_1970(start + LIFE);
    parameters.serial_number = Some(SerialNumber::from(1_u64));
    parameters.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    parameters.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    parameters
}
