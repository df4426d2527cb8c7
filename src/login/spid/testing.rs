//! A service provider for tests, here and at the edge.

use std::sync::{Arc, LazyLock};
use std::time::Duration;

use super::*;
use crate::crypto::certificate::{SpidSubject, spid_certificate};
use crate::crypto::{KeyKind, SigningKey, SystemRandom};
use crate::identity::{AssuranceLevel, RequiredAssurance};
use crate::protocol::saml::authn_request::Comparison;
use crate::protocol::saml::binding::{Binding, Endpoint};
use crate::protocol::saml::provider_metadata::IdentityProviderMetadata;
use crate::protocol::saml::service_metadata::{Contact, Localized, Organization};
use crate::protocol::saml::testing::{ACS, SERVICE, provider_keys};

pub(crate) static KEY: LazyLock<(Arc<SigningKey>, Vec<u8>)> = LazyLock::new(|| {
    let key = SigningKey::generate(KeyKind::Rsa(2048)).unwrap();
    let subject = SpidSubject {
        common_name: "Ente".to_owned(),
        organization_name: "Ente di prova".to_owned(),
        ipa_code: "ente".to_owned(),
        entity_id: SERVICE.to_owned(),
        country: "IT".to_owned(),
        locality: "Roma".to_owned(),
    };
    let life = Duration::from_secs(86_400);
    let certificate = spid_certificate(&subject, &key, 0, life, &SystemRandom).unwrap();
    (Arc::new(key), certificate)
});

pub(crate) fn key() -> SamlKey {
    SamlKey {
        signer: KEY.0.clone(),
        certificate: KEY.1.clone(),
        also_published: Vec::new(),
    }
}

fn italian(text: &str) -> Vec<Localized> {
    vec![Localized {
        language: "it".to_owned(),
        text: text.to_owned(),
    }]
}

pub(crate) fn settings() -> SpidSettings {
    SpidSettings {
        entity_id: SERVICE.to_owned(),
        assertion_consumer: ACS.to_owned(),
        single_logout: "https://sp.example/spid/slo".to_owned(),
        organization: Organization {
            name: italian("Ente di prova"),
            display_name: italian("Ente"),
            url: italian("https://ente.example"),
        },
        contact: Contact {
            ipa_code: "ente".to_owned(),
            vat_number: None,
            fiscal_code: None,
            email: "spid@ente.example".to_owned(),
            telephone: None,
        },
        attribute_sets: standard_attribute_sets(),
        minimum_level: RequiredAssurance(AssuranceLevel::Substantial),
        comparison: Comparison::Minimum,
    }
}

fn endpoints(entity_id: &str, path: &str) -> Vec<Endpoint> {
    [Binding::Post, Binding::Redirect]
        .into_iter()
        .map(|binding| Endpoint {
            binding,
            location: format!("{entity_id}/{path}/{}", binding.name()),
            response_location: (path == "slo")
                .then(|| format!("{entity_id}/slo/response/{}", binding.name())),
        })
        .collect()
}

pub(crate) fn metadata(entity_id: &str) -> IdentityProviderMetadata {
    IdentityProviderMetadata {
        entity_id: entity_id.to_owned(),
        display_name: None,
        keys: provider_keys(),
        single_sign_on: endpoints(entity_id, "sso"),
        single_logout: endpoints(entity_id, "slo"),
        purposes: Vec::new(),
        highest_level: None,
    }
}
