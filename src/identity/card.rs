//! Smart cards, as far as the rest of Varco tells them apart.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::set::set_of;

/// What a smart card is, told from who issues it. Its holder's trade is not in the certificate: a role is looked up
/// after the login (rules on CNS, 1.7).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CardKind {
    /// A health card of a Region (TS-CNS) or a regional services card.
    Health,
    /// Of a professional body or a chamber of commerce.
    Professional,
    /// Of a ministry, the armed forces or another administration, for its staff.
    PublicServant,
    /// Of any other accredited issuer.
    Other,
}

impl CardKind {
    /// Every kind.
    pub const ALL: [Self; 4] = [
        Self::Health,
        Self::Professional,
        Self::PublicServant,
        Self::Other,
    ];

    /// The name used in configuration and in the audit.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Health => "health",
            Self::Professional => "professional",
            Self::PublicServant => "public-servant",
            Self::Other => "other",
        }
    }

    /// The kind of a name; `None` for an unknown one.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

impl fmt::Display for CardKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

set_of! {
    /// A set of kinds of card.
    CardKinds(u8) of CardKind
}

impl CardKinds {
    /// Every kind.
    pub const ALL: Self = Self(0b1111);
}

/// What has to follow a card. A card proves that somebody holds it and knows its PIN; where an institute wants more, one
/// of these is more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SecondStep {
    /// A code that is sent as a text message to the telephone that the institute knows to be the person's.
    Sms,
}

impl SecondStep {
    /// The name used in the catalogue, and among the `amr` of a token (RFC 8176, 2).
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Sms => "sms",
        }
    }
}

impl fmt::Display for SecondStep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The card that a login was made with. Enough to find it again in the issuer's books; nothing of its holder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Card {
    /// What it is.
    pub kind: CardKind,
    /// Common name of the issuing authority.
    pub issuer: String,
    /// Identity of the issuing authority, lower-case hexadecimal: SHA-256 over its name and key.
    pub issuer_id: String,
    /// Serial number of the certificate, lower-case hexadecimal without leading zeros.
    pub serial: String,
    /// SHA-256 of the certificate, lower-case hexadecimal.
    pub sha256: String,
    /// What the person did besides, where the card alone was not enough.
    #[serde(default)]
    pub second_step: Option<SecondStep>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_of_cards_read_back_by_the_name_that_they_are_stored_under() {
        for kind in CardKind::ALL {
            assert_eq!(CardKind::from_name(kind.name()), Some(kind));
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.name());
        }
        assert_eq!(CardKind::from_name("Health"), None);
    }

    #[test]
    fn all_kinds_are_all_of_them() {
        assert_eq!(CardKinds::from_iter(CardKind::ALL), CardKinds::ALL);
        let names = "health, professional, public-servant, other";
        assert_eq!(CardKinds::ALL.to_string(), names);
    }
}
