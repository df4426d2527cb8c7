//! Writing the metadata of a service provider for CIE (CIE SAML manual, federation: SP metadata). They look like SPID's and
//! are not: other contacts, other extensions, one set of attributes,
//! and a key to encrypt for.

use super::attributes::SpidAttribute as A;
use super::names;
use super::service_metadata::{Organization, begin, write_key, write_organization};
use crate::protocol::xml::{OFFERED_ENCRYPTION, XmlWriter};

/// The only attributes that may be asked for: the eIDAS minimum data set (CIE SAML manual, Attribute Consuming Service).
pub const MINIMUM_DATA_SET: [A; 4] = [A::Name, A::FamilyName, A::DateOfBirth, A::FiscalNumber];

/// What somebody is in law.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CieNature {
    /// A public administration.
    Public {
        /// Its code in the public index (IPA).
        ipa_code: String,
        /// Its category in that index, `L6` for example.
        ipa_category: Option<String>,
    },
    /// A private body.
    Private,
}

/// Who answers for the service provider, or for its technology: one `ContactPerson` with the extensions of CIE (CIE SAML
/// manual, census and contact data).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CieContact {
    /// Public or private.
    pub nature: CieNature,
    /// VAT number with the country's prefix; a private body must give it if it has one.
    pub vat_number: Option<String>,
    /// Fiscal code of the body; a private one must give it.
    pub fiscal_code: Option<String>,
    /// Codes of economic activity (ATECO, NACE rev. 2); a private body must give one at least.
    pub nace2_codes: Vec<String>,
    /// Belfiore code of the seat's municipality; for a foreign body the postal code.
    pub municipality: String,
    /// Abbreviation of the seat's province, `EE` abroad.
    pub province: Option<String>,
    /// Country of the seat, two letters; a foreign body must give it.
    pub country: Option<String>,
    /// The full name: for the service provider itself, byte for byte the Italian `OrganizationName`.
    pub company: String,
    /// An institutional e-mail address, the same as in the application to the Ministry.
    pub email: String,
    /// A telephone number without spaces, with its international prefix.
    pub telephone: Option<String>,
}

/// The metadata of a service provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CieServiceMetadata<'a> {
    /// `ID`, which the signature refers to.
    pub id: &'a str,
    /// `entityID`: an https address in the body's own domain.
    pub entity_id: &'a str,
    /// Signing certificates in DER, the current one first; more than one while a key is being replaced.
    pub certificates: &'a [&'a [u8]],
    /// The certificate, in DER, of the key that assertions may be encrypted for.
    pub encryption: Option<&'a [u8]>,
    /// Where logout would be told; the Ministry publishes no single logout, and wants the address all the same.
    pub single_logout: &'a str,
    /// Where responses come in; index 0 and the default.
    pub assertion_consumer: &'a str,
    /// The name of the one set of attributes, index 0: `urn:uuid:` and a UUID.
    pub attribute_set: &'a str,
    /// The body.
    pub organization: &'a Organization,
    /// The body as the one who answers for the service.
    pub administrative: &'a CieContact,
    /// The partner who answers for the technology, where that is somebody else.
    pub technical: Option<&'a CieContact>,
}

impl CieServiceMetadata<'_> {
    /// The metadata as XML, not yet signed.
    #[must_use]
    pub fn to_xml(&self) -> String {
        let mut xml = XmlWriter::new();
        begin(
            &mut xml,
            (self.id, self.entity_id),
            ("cie", names::CIE),
            self.certificates,
        );
        if let Some(certificate) = self.encryption {
            write_key(&mut xml, "encryption", certificate, &OFFERED_ENCRYPTION);
        }
        // One by HTTP-Redirect there must be.
        xml.start("md:SingleLogoutService")
            .attribute("Binding", names::HTTP_REDIRECT)
            .attribute("Location", self.single_logout)
            .end();
        xml.element("md:NameIDFormat", names::TRANSIENT);
        // Responses always come by HTTP-POST (CIE SAML manual, binding).
        xml.start("md:AssertionConsumerService")
            .attribute("Binding", names::HTTP_POST)
            .attribute("Location", self.assertion_consumer)
            .attribute("index", "0")
            .attribute("isDefault", "true")
            .end();
        xml.start("md:AttributeConsumingService")
            .attribute("index", "0");
        xml.start("md:ServiceName")
            .attribute("xml:lang", "")
            .text(self.attribute_set)
            .end();
        for attribute in MINIMUM_DATA_SET {
            xml.start("md:RequestedAttribute")
                .attribute("Name", attribute.name())
                .attribute("NameFormat", names::BASIC)
                .end();
        }
        xml.end().end();
        write_organization(&mut xml, self.organization);
        write_contact(&mut xml, "administrative", self.administrative);
        if let Some(technical) = self.technical {
            write_contact(&mut xml, "technical", technical);
        }
        xml.finish()
    }
}

/// A contact: its extensions in the order of the manual, then company, address and telephone in the schema's.
fn write_contact(xml: &mut XmlWriter, kind: &str, contact: &CieContact) {
    xml.start("md:ContactPerson")
        .attribute("contactType", kind)
        .start("md:Extensions");
    match &contact.nature {
        CieNature::Public {
            ipa_code,
            ipa_category,
        } => {
            xml.start("cie:Public").end();
            xml.element("cie:IPACode", ipa_code);
            if let Some(category) = ipa_category {
                xml.element("cie:IPACategory", category);
            }
        }
        CieNature::Private => {
            xml.start("cie:Private").end();
        }
    }
    let one = [
        ("cie:VATNumber", &contact.vat_number),
        ("cie:FiscalCode", &contact.fiscal_code),
    ];
    for (element, value) in one {
        if let Some(value) = value {
            xml.element(element, value);
        }
    }
    for code in &contact.nace2_codes {
        xml.element("cie:NACE2Code", code);
    }
    xml.element("cie:Municipality", &contact.municipality);
    let seat = [
        ("cie:Province", &contact.province),
        ("cie:Country", &contact.country),
    ];
    for (element, value) in seat {
        if let Some(value) = value {
            xml.element(element, value);
        }
    }
    xml.end();
    xml.element("md:Company", &contact.company);
    xml.element("md:EmailAddress", &contact.email);
    if let Some(telephone) = &contact.telephone {
        xml.element("md:TelephoneNumber", telephone);
    }
    xml.end();
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::saml::service_metadata::Localized;

    fn italian(text: &str) -> Vec<Localized> {
        vec![Localized {
            language: "it".to_owned(),
            text: text.to_owned(),
        }]
    }

    #[test]
    fn metadata_of_a_public_body_with_a_private_partner_are_written_in_the_order_of_the_manual() {
        let administrative = CieContact {
            nature: CieNature::Public {
                ipa_code: "ente".to_owned(),
                ipa_category: Some("C10".to_owned()),
            },
            vat_number: None,
            fiscal_code: Some("01234567890".to_owned()),
            nace2_codes: Vec::new(),
            municipality: "H501".to_owned(),
            province: Some("RM".to_owned()),
            country: Some("IT".to_owned()),
            company: "Ente & figli".to_owned(),
            email: "cie@ente.example".to_owned(),
            telephone: Some("+390600000000".to_owned()),
        };
        let technical = CieContact {
            nature: CieNature::Private,
            vat_number: Some("IT01234567897".to_owned()),
            nace2_codes: vec!["62.01.00".to_owned(), "62.02.00".to_owned()],
            province: None,
            country: None,
            company: "Officine Inventate S.p.A.".to_owned(),
            email: "tecnici@officine.example".to_owned(),
            telephone: None,
            ..administrative.clone()
        };
        let xml = CieServiceMetadata {
            id: "_m",
            entity_id: "https://sp.example",
            certificates: &[b"new", b"old"],
            encryption: Some(b"for encryption"),
            single_logout: "https://sp.example/logout",
            assertion_consumer: "https://sp.example/cie/acs",
            attribute_set: "urn:uuid:bc212b14-d920-4052-900d-86cc5ab48a3a",
            organization: &Organization {
                name: italian("Ente & figli"),
                display_name: italian("Ente"),
                url: italian("https://ente.example"),
            },
            administrative: &administrative,
            technical: Some(&technical),
        }
        .to_xml();
        insta::assert_snapshot!(xml.replace("><", ">\n<"));
    }
}
