//! How the service provider presents itself.

use crate::identity::RequiredAssurance;
use crate::protocol::saml::attributes::SpidAttribute as A;
use crate::protocol::saml::authn_request::Comparison;
use crate::protocol::saml::service_metadata::{AttributeSet, Contact, Localized, Organization};

/// Attributes for recognising a person.
pub const MINIMAL: u16 = 0;
/// Those, and how to reach the person.
pub const FULL: u16 = 1;
/// Those for professional identities, company included (Avviso 18).
pub const PROFESSIONAL: u16 = 2;
/// Reserved: eIDAS, minimum set (AgID, eIDAS node).
pub const EIDAS_MINIMUM: u16 = 99;
/// Reserved: eIDAS, full set (AgID, eIDAS node).
pub const EIDAS_FULL: u16 = 100;

/// How the service provider presents itself.
#[derive(Debug, Clone)]
pub struct SpidSettings {
    /// The entity id; equal to the certificate's `uri`.
    pub entity_id: String,
    /// Where responses come in.
    pub assertion_consumer: String,
    /// Where logout messages come in.
    pub single_logout: String,
    /// The public body.
    pub organization: Organization,
    /// Its contact.
    pub contact: Contact,
    /// The sets of attributes; [`standard_attribute_sets`] unless the body needs others.
    pub attribute_sets: Vec<AttributeSet>,
    /// No request asks for less.
    pub minimum_level: RequiredAssurance,
    /// How the level is asked for.
    pub comparison: Comparison,
}

impl SpidSettings {
    /// Whether the default set is there and no index twice.
    pub(super) fn attribute_sets_are_valid(&self) -> bool {
        let mut indexes: Vec<u16> = self.attribute_sets.iter().map(|set| set.index).collect();
        indexes.sort_unstable();
        indexes.first() == Some(&MINIMAL) && indexes.windows(2).all(|w| w.first() != w.last())
    }

    /// Whether there is a set of this index.
    pub(super) fn has_attribute_set(&self, index: u16) -> bool {
        self.attribute_sets.iter().any(|set| set.index == index)
    }
}

/// The sets that a public body needs: minimal, full, professional, and the two reserved for eIDAS.
#[must_use]
pub fn standard_attribute_sets() -> Vec<AttributeSet> {
    let minimal = [
        A::SpidCode,
        A::Name,
        A::FamilyName,
        A::FiscalNumber,
        A::DateOfBirth,
    ];
    let contacts = [
        A::Gender,
        A::PlaceOfBirth,
        A::CountyOfBirth,
        A::Email,
        A::MobilePhone,
        A::DigitalAddress,
    ];
    let company = [
        A::CompanyName,
        A::CompanyFiscalNumber,
        A::IvaCode,
        A::RegisteredOffice,
    ];
    let eidas = [A::SpidCode, A::Name, A::FamilyName, A::DateOfBirth];
    let eidas_more = [A::PlaceOfBirth, A::Address, A::Gender];
    vec![
        set(
            MINIMAL,
            "Accesso ai servizi",
            "Access to services",
            &[&minimal],
        ),
        set(
            FULL,
            "Accesso ai servizi con recapiti",
            "Access to services with contact details",
            &[&minimal, &contacts],
        ),
        set(
            PROFESSIONAL,
            "Accesso ai servizi per uso professionale",
            "Access to services for professional use",
            &[&minimal, &company],
        ),
        set(
            EIDAS_MINIMUM,
            "eIDAS Natural Person Minimum Attribute Set",
            "eIDAS Natural Person Minimum Attribute Set",
            &[&eidas],
        ),
        set(
            EIDAS_FULL,
            "eIDAS Natural Person Full Attribute Set",
            "eIDAS Natural Person Full Attribute Set",
            &[&eidas, &eidas_more],
        ),
    ]
}

fn set(index: u16, italian: &str, english: &str, attributes: &[&[A]]) -> AttributeSet {
    let name = [("it", italian), ("en", english)]
        .into_iter()
        .map(|(language, text)| Localized {
            language: language.to_owned(),
            text: text.to_owned(),
        })
        .collect();
    AttributeSet {
        index,
        name,
        attributes: attributes.concat(),
    }
}
