//! How the service provider presents itself.

use crate::identity::AssuranceLevel;
use crate::protocol::saml::cie_metadata::CieContact;
use crate::protocol::saml::service_metadata::Organization;

/// How the service provider presents itself to the Ministry.
#[derive(Debug, Clone)]
pub struct CieSettings {
    /// The entity id: an https address in the body's own domain.
    pub entity_id: String,
    /// Where responses come in.
    pub assertion_consumer: String,
    /// The address of logout in the metadata. Nothing comes there: it is where people log out.
    pub single_logout: String,
    /// The public body.
    pub organization: Organization,
    /// The body as the one who answers for the service.
    pub administrative: CieContact,
    /// The partner who answers for the technology, where that is somebody else.
    pub technical: Option<CieContact>,
    /// No login is believed above this level, whatever class the Ministry returns (CIE SAML manual, authentication response,
    /// note: the class is *always* `SpidL3`).
    pub trusted_level_cap: AssuranceLevel,
}
