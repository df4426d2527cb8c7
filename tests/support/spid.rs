//! A SPID service provider with test identity providers, for gateways of the tests.

use std::sync::{Arc, LazyLock, Mutex};
use std::time::Duration;

use url::Url;
use varco::audit::{AuthenticationRegister, Recording, RegisterEntry};
use varco::crypto::certificate::{SpidSubject, spid_certificate};
use varco::crypto::signer::CannotSign;
use varco::crypto::{PublicKey, Random, SignatureAlgorithm, Signer, SigningKey, SystemRandom};
use varco::demo::idp::TestIdp;
use varco::demo::providers::PROVIDERS;
use varco::identity::{AssuranceLevel, EvidenceId, RequiredAssurance, Timestamp};
use varco::login::saml::SamlPorts;
use varco::login::spid::{
    ProviderCatalogue, Providers, SpidServiceProvider, SpidSettings, standard_attribute_sets,
};
use varco::protocol::saml::authn_request::Comparison;
use varco::protocol::saml::outgoing::SamlKey;
use varco::protocol::saml::provider_metadata::read_metadata;
use varco::protocol::saml::service_metadata::{Contact, Localized, Organization};
use varco::store::ExpiringStore;

use super::keys;

/// Entity id of the first test provider, which reaches level 3.
pub const ALFA: &str = "https://alfa.example";
/// Entity id of the second, which has a key of its own.
pub const BETA: &str = "https://beta.example";

/// A key of the tests, which lives as long as the run.
pub struct Lasting(pub &'static SigningKey);

impl Signer for Lasting {
    fn public_key(&self) -> &PublicKey {
        self.0.public_key()
    }

    fn sign(&self, algorithm: SignatureAlgorithm, message: &[u8]) -> Result<Vec<u8>, CannotSign> {
        self.0.sign(algorithm, message)
    }
}

/// A certificate for an entity that carries a key.
pub fn certificate(entity_id: &str, key: &SigningKey) -> Vec<u8> {
    let subject = SpidSubject {
        common_name: "Prova".to_owned(),
        organization_name: "Istituto di prova".to_owned(),
        ipa_code: "prova".to_owned(),
        entity_id: entity_id.to_owned(),
        country: "IT".to_owned(),
        locality: "Roma".to_owned(),
    };
    let life = Duration::from_secs(86_400 * 365);
    spid_certificate(&subject, key, 1_790_000_000, life, &SystemRandom).unwrap()
}

fn idp(entity_id: &str, key: &'static SigningKey) -> TestIdp {
    let base = Url::parse(&format!("{entity_id}/")).unwrap();
    let certificate = certificate(entity_id, key);
    TestIdp::new(PROVIDERS[0], base, Arc::new(Lasting(key)), certificate)
}

static IDPS: LazyLock<[TestIdp; 2]> = LazyLock::new(|| {
    [
        idp(ALFA, keys::provider_rsa()),
        idp(BETA, keys::stranger_rsa()),
    ]
});

/// The provider [`ALFA`].
pub fn alfa() -> &'static TestIdp {
    &IDPS[0]
}

/// The provider [`BETA`].
pub fn beta() -> &'static TestIdp {
    &IDPS[1]
}

/// The register, in memory.
#[derive(Default)]
pub struct TestRegister(Mutex<Vec<RegisterEntry>>);

impl TestRegister {
    pub fn entries(&self) -> Vec<RegisterEntry> {
        self.0.lock().unwrap().clone()
    }
}

impl AuthenticationRegister for TestRegister {
    fn record(&self, entry: RegisterEntry, _: Timestamp) -> Recording<'_, EvidenceId> {
        let mut entries = self.0.lock().unwrap();
        entries.push(entry);
        let evidence = EvidenceId(entries.len().to_string());
        Box::pin(async move { Ok(evidence) })
    }
}

/// The service provider of a gateway at `origin`, with the two providers.
pub fn service_provider(
    origin: &str,
    store: &Arc<dyn ExpiringStore>,
    register: Arc<TestRegister>,
) -> Arc<SpidServiceProvider> {
    let text = |text: &str| {
        vec![Localized {
            language: "it".to_owned(),
            text: text.to_owned(),
        }]
    };
    let settings = SpidSettings {
        entity_id: origin.to_owned(),
        assertion_consumer: format!("{origin}/spid/acs"),
        single_logout: format!("{origin}/spid/slo"),
        organization: Organization {
            name: text("Istituto di prova"),
            display_name: text("Prova"),
            url: text("https://istituto.example"),
        },
        contact: Contact {
            ipa_code: "prova".to_owned(),
            vat_number: None,
            fiscal_code: None,
            email: "spid@istituto.example".to_owned(),
            telephone: None,
        },
        attribute_sets: standard_attribute_sets(),
        minimum_level: RequiredAssurance(AssuranceLevel::Substantial),
        comparison: Comparison::Minimum,
    };
    let key = SamlKey {
        signer: Arc::new(Lasting(keys::gateway_rsa())),
        certificate: certificate(origin, keys::gateway_rsa()),
        also_published: Vec::new(),
    };
    let metadata = IDPS.iter().map(|idp| {
        let now = Timestamp::UNIX_EPOCH;
        let mut file = read_metadata(idp.metadata().as_bytes(), None, now).unwrap();
        file.providers.remove(0)
    });
    let ports = SamlPorts {
        store: Arc::clone(store),
        random: Arc::new(SystemRandom) as Arc<dyn Random>,
        register,
    };
    let providers = Providers::new(ProviderCatalogue::default(), metadata);
    Arc::new(SpidServiceProvider::new(settings, key, providers, ports).unwrap())
}
