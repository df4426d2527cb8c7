//! Cards good and bad, each with the reason it must be refused for: the table of the rules on CNS, sections 0, 1.2, 1.8 and 3.
//! Everybody who has a card verifier can be held to it: the verifier itself, and a listener through real handshakes.

mod accepted;
mod refused;

use std::sync::LazyLock;

use chrono::{DateTime, Utc};
use varco::identity::{CardKind, Timestamp};
use varco::login::cns::trust::{Anchor, Anchors, LiveAnchors};
use varco::login::cns::{CnsRefusal, CnsVerifier, PathRules, Revocation, RevocationStatus};
use varco::protocol::x509::Certificate;
use varco::store::BoxFuture;

use super::certificates::{
    C, CLIENT_AUTH, CN, CRL_SIGN, DIGITAL_SIGNATURE, EMAIL_PROTECTION, GN, KEY_CERT_SIGN, Made, O,
    OU, Paper, SN, SUBJECT_KEY_ID, TestKey, der, name,
};

pub use accepted::accepted_cards;
pub use refused::negative_cards;

/// Policy of the CNS, of Lombardy's cards, of the CIE, and any.
pub const CNS: &str = "1.3.76.16.2.1";
pub const LOMBARDY: [&str; 2] = ["1.3.159.6.1.3.2.10", "1.3.76.12.1.1.10.2.2.10"];
pub const CIE: &str = "1.3.76.47.4";
pub const ANY: &str = "2.5.29.32.0";

/// An invented person's code, and what a card writes after it.
pub const FISCAL_CODE: &str = "RSSMRA80A01H501U";
pub const CARD_ID: &str = "6120010000000001.AbCdEfGhIjKlMnOpQrStUvWxYz0=";

/// Serial numbers of cards that [`TestRevocation`] knows: revoked, and of unknown status.
pub const REVOKED: u8 = 0x66;
pub const UNKNOWN: u8 = 0x67;

const DAY: i64 = 24 * 60 * 60;
const YEAR: i64 = 365 * DAY;

/// A card that must be refused.
pub struct NegativeCard {
    pub name: &'static str,
    /// What is presented, the card first.
    pub chain_der: Vec<Vec<u8>>,
    /// The card's private key.
    pub key_pkcs8: Vec<u8>,
    pub expected: CnsRefusal,
    /// Whether the usual TLS clients can be made to present it: they can read the certificate and use the key.
    pub presentable: bool,
}

/// A card that must be accepted.
pub struct AcceptedCard {
    pub name: &'static str,
    pub chain_der: Vec<Vec<u8>>,
    pub key_pkcs8: Vec<u8>,
    pub fiscal_code: String,
}

macro_rules! keys {
    ($($name:ident: $made:expr;)+) => {
        $(pub fn $name() -> &'static TestKey {
            static KEY: LazyLock<TestKey> = LazyLock::new(|| $made);
            &KEY
        })+
    };
}

keys! {
    // Of most authorities.
    authority_key: TestKey::rsa(2048);
    // Of the second authority of the same name, and of impostors.
    twin_key: TestKey::rsa(2048);
    // Of an authority in between.
    between_key: TestKey::rsa(2048);
    large_authority_key: TestKey::rsa(4096);
    p256_authority_key: TestKey::ec("P-256");
    p384_authority_key: TestKey::ec("P-384");
    // Of most cards.
    card_key: TestKey::rsa(2048);
    card_key_3072: TestKey::rsa(3072);
    card_key_p256: TestKey::ec("P-256");
    card_key_p384: TestKey::ec("P-384");
    weak_key_1024: TestKey::rsa(1024);
    weak_key_exponent: TestKey::rsa_with_exponent_3();
    other_key_p521: TestKey::ec("P-521");
    other_key_ed25519: TestKey::ed25519();
}

/// An authority of the tests.
#[derive(Clone, Copy)]
pub struct Authority {
    pub common_name: &'static str,
    pub organization: &'static str,
    pub key: fn() -> &'static TestKey,
    pub path_len: Option<u8>,
}

pub const REGION: Authority = Authority {
    common_name: "Regione Esempio - CA Cittadini",
    organization: "Certificatore di Prova S.p.A./01234567890",
    key: authority_key,
    path_len: Some(0),
};
/// The same name with another key (rules on CNS, 0.8).
pub const TWIN: Authority = Authority {
    key: twin_key,
    ..REGION
};
/// A professional body, which may have authorities below it.
pub const BODY: Authority = Authority {
    common_name: "Ordine di Prova - CA Autenticazione",
    path_len: Some(1),
    ..REGION
};
/// One that sets no limit to the authorities below it.
pub const BOUNDLESS: Authority = Authority {
    common_name: "Ministero di Prova - CA di Autenticazione",
    path_len: None,
    ..REGION
};
pub const LOMBARDY_REGION: Authority = Authority {
    common_name: "Regione Lombardia di Prova - CA Cittadini",
    ..REGION
};
pub const LARGE: Authority = Authority {
    common_name: "Regione Prova 4096 - CA Cittadini",
    key: large_authority_key,
    ..REGION
};
pub const P256: Authority = Authority {
    common_name: "Regione Prova P-256 - CA Cittadini",
    key: p256_authority_key,
    ..REGION
};
pub const P384: Authority = Authority {
    common_name: "Regione Prova P-384 - CA Cittadini",
    key: p384_authority_key,
    ..REGION
};
/// Listed, and its own certificate is over.
pub const OVER: Authority = Authority {
    common_name: "Regione Passata - CA Cittadini",
    ..REGION
};
/// Issues electronic identity cards.
pub const IDENTITY_CARDS: Authority = Authority {
    common_name: "Sub CA di Prova per la Carta di Identita",
    ..REGION
};
/// On nobody's list.
pub const STRANGER: Authority = Authority {
    common_name: "Regione Inesistente - CA Cittadini",
    key: twin_key,
    ..REGION
};
/// Between [`BODY`] or [`BOUNDLESS`] and a card.
pub const BETWEEN: Authority = Authority {
    common_name: "Ordine di Prova - Sezione",
    key: between_key,
    ..REGION
};

impl Authority {
    pub fn name(&self) -> Vec<u8> {
        name(&[(C, "IT"), (O, self.organization), (CN, self.common_name)])
    }

    /// Its certificate by its own hand, as the national list has it.
    pub fn paper(&self, now: Timestamp) -> Paper {
        let second = now.timestamp();
        let over = self.common_name == OVER.common_name;
        let (start, end) = if over { (-8, -1) } else { (-2, 8) };
        let key = (self.key)();
        Paper {
            version: Some(2),
            serial: vec![1],
            made: self.made(),
            other_algorithm: None,
            issuer: self.name(),
            not_before: second + start * YEAR,
            not_after: second + end * YEAR,
            subject: self.name(),
            spki: key.spki.clone(),
            extensions: Vec::new(),
            writes_defaults: false,
        }
        .authority(self.path_len)
        .key_usage(KEY_CERT_SIGN | CRL_SIGN)
        .with(SUBJECT_KEY_ID, false, der(4, &[&key.id()]))
    }

    pub fn certificate(&self, now: Timestamp) -> Vec<u8> {
        self.paper(now).sign((self.key)())
    }

    /// What it signs with.
    pub fn made(&self) -> Made {
        match self.common_name {
            name if name == P256.common_name => Made::EcdsaSha256,
            name if name == P384.common_name => Made::EcdsaSha384,
            _ => Made::RsaSha256,
        }
    }

    /// An authority below another one, with the policy that its cards have.
    pub fn below(&self, above: &Self, now: Timestamp) -> Paper {
        Paper {
            issuer: above.name(),
            made: above.made(),
            serial: vec![2],
            ..self.paper(now)
        }
        .issued_by((above.key)())
        .policies(false, &[ANY])
    }
}

/// The subject of a card with this common name.
pub fn subject(common_name: &str) -> Vec<u8> {
    name(&[
        (C, "IT"),
        (O, "Certificatore di Prova S.p.A."),
        (OU, "Regione Esempio"),
        (CN, common_name),
        (GN, "Mario"),
        (SN, "Rossi"),
    ])
}

pub fn usual_subject() -> Vec<u8> {
    subject(&format!("{FISCAL_CODE}/{CARD_ID}"))
}

/// A good card by an authority: everything as the profile has it (rules on CNS, 1.2).
pub fn card_of(authority: &Authority, now: Timestamp) -> Paper {
    let second = now.timestamp();
    Paper {
        version: Some(2),
        serial: vec![0x11, 0x22, 0x33],
        made: authority.made(),
        other_algorithm: None,
        issuer: authority.name(),
        not_before: second - DAY,
        not_after: second + 6 * YEAR,
        subject: usual_subject(),
        spki: card_key().spki.clone(),
        extensions: Vec::new(),
        writes_defaults: false,
    }
    .key_usage(DIGITAL_SIGNATURE)
    .purposes(&[CLIENT_AUTH, EMAIL_PROTECTION])
    .policies(false, &[CNS])
    .issued_by((authority.key)())
    .with(SUBJECT_KEY_ID, false, der(4, &[&card_key().id()]))
}

/// The authorities that the tests trust.
pub fn listed() -> [(Authority, CardKind); 9] {
    [
        (REGION, CardKind::Health),
        (TWIN, CardKind::Health),
        (BODY, CardKind::Professional),
        (BOUNDLESS, CardKind::PublicServant),
        (LOMBARDY_REGION, CardKind::Health),
        (LARGE, CardKind::Health),
        (P256, CardKind::Health),
        (P384, CardKind::Health),
        (IDENTITY_CARDS, CardKind::Other),
    ]
}

/// Their certificates, with the one that is over.
pub fn anchor_certificates(now: Timestamp) -> Vec<Vec<u8>> {
    let over = std::iter::once(OVER);
    let all = listed().into_iter().map(|(authority, _)| authority);
    all.chain(over).map(|one| one.certificate(now)).collect()
}

/// The set of them. The one that is over is in it: a set can be older than the day.
pub fn anchors(now: Timestamp) -> Anchors {
    let over = std::iter::once((OVER, CardKind::Health));
    let all = listed().into_iter().chain(over);
    Anchors::new(
        all.map(|(authority, kind)| {
            Anchor::new(
                Certificate::parse(&authority.certificate(now)).unwrap(),
                "Certificatore di Prova S.p.A.".to_owned(),
                authority.common_name.to_owned(),
                kind,
                authority.common_name == LOMBARDY_REGION.common_name,
            )
        })
        .collect(),
    )
}

/// Knows the cards of the tests by their serial numbers.
pub struct TestRevocation;

impl RevocationStatus for TestRevocation {
    fn status<'a>(
        &'a self,
        certificate: &'a Certificate,
        issuer: &'a Certificate,
        _: DateTime<Utc>,
    ) -> BoxFuture<'a, Revocation> {
        assert_eq!(certificate.issuer(), issuer.subject());
        Box::pin(async move {
            match certificate.serial().magnitude() {
                [REVOKED] => Revocation::Revoked,
                [UNKNOWN] => Revocation::Unknown,
                _ => Revocation::Good,
            }
        })
    }
}

/// A verifier that trusts the listed authorities.
pub fn verifier(now: Timestamp) -> CnsVerifier {
    CnsVerifier::new(
        LiveAnchors::new(anchors(now)),
        std::sync::Arc::new(TestRevocation),
        PathRules::default(),
    )
}
