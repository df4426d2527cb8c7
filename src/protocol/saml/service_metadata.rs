//! Writing the metadata of a public service provider (SPID technical rules, metadata; Avviso 29 v3).

use super::attributes::SpidAttribute;
use super::names;
use crate::crypto::encoding::base64;
use crate::protocol::xml::XmlWriter;

/// A text in one language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Localized {
    /// The language, `it` for example.
    pub language: String,
    /// The text.
    pub text: String,
}

/// The public body (A11). Each list has the same languages, Italian among them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Organization {
    /// The full name: byte for byte the certificate's `organizationName`.
    pub name: Vec<Localized>,
    /// The short name, which providers show to people.
    pub display_name: Vec<Localized>,
    /// The web site.
    pub url: Vec<Localized>,
}

/// How the body is reached about technical matters (A12 to A15).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contact {
    /// Its code in the public index (IPA).
    pub ipa_code: String,
    /// VAT number with the country's prefix, where it is given.
    pub vat_number: Option<String>,
    /// Fiscal code of the body, where it is given.
    pub fiscal_code: Option<String>,
    /// An institutional e-mail address.
    pub email: String,
    /// A telephone number without spaces, `+39` first, where it is given.
    pub telephone: Option<String>,
}

/// A set of attributes that a request asks for by its index (A9, A10).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttributeSet {
    /// The index.
    pub index: u16,
    /// What the set is for, in each language.
    pub name: Vec<Localized>,
    /// The attributes.
    pub attributes: Vec<SpidAttribute>,
}

/// The metadata of a service provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceMetadata<'a> {
    /// `ID`, which the signature refers to.
    pub id: &'a str,
    /// `entityID`: the certificate's `uri` (A2).
    pub entity_id: &'a str,
    /// Signing certificates in DER, the current one first; more than one while a key is being replaced (A5).
    pub certificates: &'a [&'a [u8]],
    /// Where logout messages come in, by both bindings (A6).
    pub single_logout: &'a str,
    /// Where responses come in; index 0 and the default (A8).
    pub assertion_consumer: &'a str,
    /// The sets of attributes, at least one (A9).
    pub attribute_sets: &'a [AttributeSet],
    /// The body.
    pub organization: &'a Organization,
    /// Its contact.
    pub contact: &'a Contact,
}

impl ServiceMetadata<'_> {
    /// The metadata as XML, not yet signed.
    #[must_use]
    pub fn to_xml(&self) -> String {
        let mut xml = XmlWriter::new();
        begin(
            &mut xml,
            (self.id, self.entity_id),
            ("spid", names::SPID),
            self.certificates,
        );
        for binding in [names::HTTP_POST, names::HTTP_REDIRECT] {
            xml.start("md:SingleLogoutService")
                .attribute("Binding", binding)
                .attribute("Location", self.single_logout)
                .end();
        }
        xml.element("md:NameIDFormat", names::TRANSIENT);
        xml.start("md:AssertionConsumerService")
            .attribute("Binding", names::HTTP_POST)
            .attribute("Location", self.assertion_consumer)
            .attribute("index", "0")
            .attribute("isDefault", "true")
            .end();
        for set in self.attribute_sets {
            write_attribute_set(&mut xml, set);
        }
        xml.end();
        write_organization(&mut xml, self.organization);
        self.write_contact(&mut xml);
        xml.finish()
    }

    /// The contact of type `other`, its extensions in the order that Avviso 29 gives: IPA code, VAT number, fiscal code,
    /// then the empty `Public`.
    fn write_contact(&self, xml: &mut XmlWriter) {
        let contact = self.contact;
        xml.start("md:ContactPerson")
            .attribute("contactType", "other")
            .start("md:Extensions")
            .element("spid:IPACode", &contact.ipa_code);
        if let Some(vat_number) = &contact.vat_number {
            xml.element("spid:VATNumber", vat_number);
        }
        if let Some(fiscal_code) = &contact.fiscal_code {
            xml.element("spid:FiscalCode", fiscal_code);
        }
        xml.start("spid:Public").end().end();
        xml.element("md:EmailAddress", &contact.email);
        if let Some(telephone) = &contact.telephone {
            xml.element("md:TelephoneNumber", telephone);
        }
        xml.end();
    }
}

/// Begins a service provider's descriptor, with the namespace of its federation's extensions and its keys that sign. Requests
/// are signed and assertions have to be, in every federation.
pub(super) fn begin(
    xml: &mut XmlWriter,
    (id, entity_id): (&str, &str),
    (prefix, extensions): (&str, &str),
    certificates: &[&[u8]],
) {
    xml.start("md:EntityDescriptor")
        .namespace("md", names::METADATA)
        .namespace("ds", names::DSIG)
        .namespace(prefix, extensions)
        .attribute("ID", id)
        .attribute("entityID", entity_id);
    xml.start("md:SPSSODescriptor")
        .attribute("protocolSupportEnumeration", names::PROTOCOL)
        .attribute("AuthnRequestsSigned", "true")
        .attribute("WantAssertionsSigned", "true");
    for certificate in certificates {
        write_key(xml, "signing", certificate, &[]);
    }
}

/// A key, and for encryption the methods that we open.
pub(super) fn write_key(xml: &mut XmlWriter, usage: &str, certificate: &[u8], methods: &[&str]) {
    xml.start("md:KeyDescriptor")
        .attribute("use", usage)
        .start("ds:KeyInfo")
        .start("ds:X509Data")
        .element("ds:X509Certificate", &base64(certificate))
        .end()
        .end();
    for method in methods {
        xml.start("md:EncryptionMethod")
            .attribute("Algorithm", method)
            .end();
    }
    xml.end();
}

fn write_attribute_set(xml: &mut XmlWriter, set: &AttributeSet) {
    xml.start("md:AttributeConsumingService")
        .attribute("index", &set.index.to_string());
    write_localized(xml, "md:ServiceName", &set.name);
    for attribute in &set.attributes {
        xml.start("md:RequestedAttribute")
            .attribute("Name", attribute.name())
            .attribute("NameFormat", names::BASIC)
            .end();
    }
    xml.end();
}

/// The body behind a service provider, alike in both federations.
pub(super) fn write_organization(xml: &mut XmlWriter, organization: &Organization) {
    xml.start("md:Organization");
    for (element, texts) in [
        ("md:OrganizationName", &organization.name),
        ("md:OrganizationDisplayName", &organization.display_name),
        ("md:OrganizationURL", &organization.url),
    ] {
        write_localized(xml, element, texts);
    }
    xml.end();
}

fn write_localized(xml: &mut XmlWriter, element: &str, texts: &[Localized]) {
    for text in texts {
        xml.start(element)
            .attribute("xml:lang", &text.language)
            .text(&text.text)
            .end();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn italian(text: &str) -> Vec<Localized> {
        vec![Localized {
            language: "it".to_owned(),
            text: text.to_owned(),
        }]
    }

    #[test]
    fn metadata_of_a_public_body_are_written_in_the_order_of_avviso_29() {
        let xml = ServiceMetadata {
            id: "_m",
            entity_id: "https://sp.example",
            certificates: &[b"new", b"old"],
            single_logout: "https://sp.example/slo",
            assertion_consumer: "https://sp.example/acs",
            attribute_sets: &[AttributeSet {
                index: 0,
                name: italian("Accesso"),
                attributes: vec![SpidAttribute::FiscalNumber],
            }],
            organization: &Organization {
                name: italian("Ente & figli"),
                display_name: italian("Ente"),
                url: italian("https://ente.example"),
            },
            contact: &Contact {
                ipa_code: "ente".to_owned(),
                vat_number: Some("IT01234567890".to_owned()),
                fiscal_code: Some("01234567890".to_owned()),
                email: "spid@ente.example".to_owned(),
                telephone: Some("+390600000000".to_owned()),
            },
        }
        .to_xml();
        insta::assert_snapshot!(xml.replace("><", ">\n<"));
    }
}
