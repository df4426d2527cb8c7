//! Metadata of a test provider, with the parts that real ones have.

use super::TestIdp;
use crate::crypto::encoding::base64;
use crate::protocol::saml::names;
use crate::protocol::xml::XmlWriter;

pub(super) fn write(idp: &TestIdp) -> String {
    let mut xml = XmlWriter::new();
    xml.start("md:EntityDescriptor")
        .namespace("md", names::METADATA)
        .namespace("ds", names::DSIG)
        .attribute("entityID", idp.entity_id());
    xml.start("md:IDPSSODescriptor")
        .attribute("WantAuthnRequestsSigned", "true")
        .attribute("protocolSupportEnumeration", names::PROTOCOL);
    xml.start("md:KeyDescriptor").attribute("use", "signing");
    xml.start("ds:KeyInfo").start("ds:X509Data");
    xml.element("ds:X509Certificate", &base64(idp.certificate()));
    xml.end().end().end();
    for service in ["md:SingleLogoutService", "md:SingleSignOnService"] {
        let is_logout = service == "md:SingleLogoutService";
        let location = if is_logout { idp.slo() } else { idp.sso() };
        for binding in [names::HTTP_REDIRECT, names::HTTP_POST] {
            xml.start(service)
                .attribute("Binding", binding)
                .attribute("Location", &location)
                .end();
        }
        if is_logout {
            xml.element("md:NameIDFormat", names::TRANSIENT);
        }
    }
    xml.end();
    xml.start("md:Organization");
    let name = idp.provider.test_name();
    for (element, value) in [
        ("md:OrganizationName", name.as_str()),
        ("md:OrganizationDisplayName", name.as_str()),
        ("md:OrganizationURL", idp.entity_id()),
    ] {
        xml.start(element)
            .attribute("xml:lang", "it")
            .text(value)
            .end();
    }
    xml.finish()
}
