//! The test CNS authority: who issues cards, the cards, and the lists of revoked ones.
//!
//! In: the demo's data folder. Out, in its folder `cns`: `issuers/` with certificates and keys of the authorities,
//! `anchors/` with the certificates of those that the gateway trusts, `crl/` with their lists of revocations, `cards/`
//! with the cards as PKCS #12 files for a browser and as PEM for programs, and `tokens/` with the same cards as tokens
//! of SoftHSM, where that is installed. A second start finds the cards of the first, for they may be in a browser.

mod card;
mod issuer;
mod pkcs12;
mod token;

use std::path::PathBuf;
use std::time::Duration;

use rcgen::KeyPair;
use rustls_pki_types::CertificateDer;

pub use card::{CARDS, Flaw, TestCard};
pub use issuer::{ISSUERS, TestIssuer};
pub use token::{TokenError, Tokens};

use self::issuer::Authority;
use super::DemoError;
use super::folder::DataFolder;
use crate::crypto::certificate::{from_pem, to_pem};
use crate::crypto::{KeyKind, Random, SigningKey};
use crate::identity::Timestamp;

/// The password of every PKCS #12 file and the PIN of every token.
pub const PIN: &str = "12345678";

/// The cards as they lie in the data folder.
#[derive(Debug)]
pub struct Cards {
    folder: DataFolder,
    cards: Vec<HeldCard>,
}

/// A card that somebody holds: its certificate and its key.
#[derive(Debug)]
pub struct HeldCard {
    /// Which card.
    pub card: TestCard,
    /// Its certificate.
    pub certificate: CertificateDer<'static>,
    /// Its private key.
    pub key: SigningKey,
    /// The PKCS #12 file; its password is [`PIN`].
    pub file: PathBuf,
}

impl Cards {
    /// Reads authorities and cards from the folder; makes what is missing, and every list of revocations.
    ///
    /// # Errors
    /// [`DemoError`] when a file cannot be read or written, or holds something else.
    pub fn open(
        folder: &DataFolder,
        random: &dyn Random,
        now: Timestamp,
    ) -> Result<Self, DemoError> {
        let folder = folder.folder("cns")?;
        let issuers = folder.folder("issuers")?;
        let anchors = folder.empty_folder("anchors")?;
        let lists = folder.folder("crl")?;
        let files = folder.folder("cards")?;
        let mut cards = Vec::with_capacity(CARDS.len());
        for issuer in ISSUERS {
            let authority = Authority::open(&issuers, issuer, now)?;
            let held = CARDS
                .into_iter()
                .filter(|card| card.issuer == issuer)
                .map(|card| HeldCard::open(&files, &authority, card, (random, now)))
                .collect::<Result<Vec<_>, _>>()?;
            let revoked = held
                .iter()
                .filter(|held| held.card.flaw == Some(Flaw::Revoked))
                .map(HeldCard::serial)
                .collect::<Result<_, _>>()?;
            let list = authority.revocations(revoked, now)?;
            if issuer.accredited {
                lists.write(&format!("{}.crl", issuer.slug), &list)?;
                let pem = to_pem(&authority.certificate);
                anchors.write(&format!("{}.pem", issuer.slug), &pem)?;
            }
            cards.extend(held);
        }
        cards.sort_by_key(|held| CARDS.iter().position(|card| *card == held.card));
        Ok(Self { folder, cards })
    }

    /// Every card, the good ones first.
    pub fn iter(&self) -> impl Iterator<Item = &HeldCard> {
        self.cards.iter()
    }

    /// The card of this name.
    #[must_use]
    pub fn find(&self, slug: &str) -> Option<&HeldCard> {
        self.cards.iter().find(|held| held.card.slug == slug)
    }

    /// The folder of the PKCS #12 files.
    #[must_use]
    pub fn files(&self) -> PathBuf {
        self.folder.path("cards")
    }

    /// The cards as tokens, for programs that speak PKCS #11; `None` where SoftHSM or OpenSC is not installed.
    ///
    /// # Errors
    /// [`TokenError`] when they cannot be made.
    pub fn tokens(&self) -> Result<Option<Tokens>, TokenError> {
        Tokens::open(&self.folder, &self.cards)
    }
}

impl HeldCard {
    fn open(
        folder: &DataFolder,
        authority: &Authority,
        card: TestCard,
        (random, now): (&dyn Random, Timestamp),
    ) -> Result<Self, DemoError> {
        let (slug, holder) = (card.slug, card.holder);
        // One key a person: making them takes most of a first start.
        let key = folder.key(&format!("{holder}.key.pem"), KeyKind::Rsa(2048))?;
        let (pem, p12) = (format!("{slug}.pem"), format!("{slug}.p12"));
        let file = folder.path(&p12);
        if let Some(kept) = folder.read(&pem)? {
            let certificate = from_pem(kept.as_bytes()).ok_or(DemoError::UnreadableCertificate)?;
            return Ok(Self {
                card,
                certificate: certificate.into(),
                key,
                file,
            });
        }
        let parameters = card.parameters(random, now);
        let certificate = authority.sign(&parameters, &KeyPair::from_pem(&key.to_pem())?)?;
        let contents = pkcs12::Contents {
            name: &card.name(),
            key: key.pkcs8(),
            certificate: certificate.der(),
            issuer: &authority.certificate,
        };
        folder.write(&p12, &pkcs12::file(&contents, PIN, random)?)?;
        // Last: who finds it finds the other too.
        folder.write(&pem, certificate.pem())?;
        Ok(Self {
            card,
            certificate: certificate.der().clone(),
            key,
            file,
        })
    }

    fn serial(&self) -> Result<Vec<u8>, DemoError> {
        let (_, read) = x509_parser::parse_x509_certificate(&self.certificate)
            .map_err(|_| DemoError::UnreadableCertificate)?;
        Ok(read.raw_serial().to_vec())
    }
}

/// From 1970 to a time, for certificates: rcgen counts from a date.
fn since_1970(time: Timestamp) -> Duration {
    Duration::from_secs(u64::try_from(time.timestamp()).unwrap_or_default())
}

#[cfg(test)]
mod tests;
