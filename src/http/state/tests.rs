use super::*;
use crate::archive::NoArchive;
use crate::audit::{AuditRecord, AuthenticationRegister, Recording, RegisterEntry};
use crate::crypto::{KeyKind, SigningKey, SystemRandom};
use crate::downstream::forward_auth::{Proxies, Routes};
use crate::downstream::oidc::{Clients, ProviderKeys};
use crate::http::settings;
use crate::identity::{AuthenticationMethod, EvidenceId, Methods, SystemClock};
use crate::login::saml::SamlPorts;
use crate::login::spid::{ProviderCatalogue, Providers, testing as spid};
use crate::policy::DEFAULT_CATALOGUE;
use crate::protocol::saml::provider_metadata::IdentityProviderMetadata;
use crate::session::SessionLimits;
use crate::store::MemoryStore;

/// An audit log that keeps nothing: these tests look at pages.
struct NoAudit;

impl AuditLog for NoAudit {
    fn record_all(&self, _: Vec<AuditRecord>) -> Recording<'_, ()> {
        Box::pin(async { Ok(()) })
    }
}

/// A register that keeps nothing, for the same reason.
struct NoRegister;

impl AuthenticationRegister for NoRegister {
    fn record(&self, _: RegisterEntry, _: Timestamp) -> Recording<'_, EvidenceId> {
        Box::pin(async { Ok(EvidenceId("test".to_owned())) })
    }
}

/// A gateway at `base_url` for tests of single pages.
pub(crate) fn gateway(base_url: &str) -> Gateway {
    let store: Arc<dyn ExpiringStore> = Arc::new(MemoryStore::new(Arc::new(SystemClock)));
    let random: Arc<dyn Random> = Arc::new(SystemRandom);
    let limits = SessionLimits::default();
    let provider = |name: &str, highest: u8| {
        let entity_id = format!("https://{}.example", name.to_lowercase());
        IdentityProviderMetadata {
            display_name: Some(name.to_owned()),
            highest_level: Some(highest),
            ..spid::metadata(&entity_id)
        }
    };
    let providers = Providers::new(
        ProviderCatalogue::default(),
        [provider("Alfa", 3), provider("Beta", 2)],
    );
    let ports = SamlPorts {
        store: Arc::clone(&store),
        random: Arc::clone(&random),
        register: Arc::new(NoRegister),
    };
    let spid = SpidServiceProvider::new(spid::settings(), spid::key(), providers, ports).unwrap();
    let catalogue = Catalogue::parse(DEFAULT_CATALOGUE).unwrap();
    let only_spid = Methods::from_iter([AuthenticationMethod::Spid]);
    let catalogue = LiveCatalogue::new(catalogue.offering(only_spid));
    let (proxies, routes) = (Proxies::default(), Routes::default());
    let forward_auth = ForwardAuth::new(proxies, routes, [7; 32], &store, Arc::clone(&random));
    let oidc = OpenIdProvider::new(
        base_url.to_owned(),
        Clients::default(),
        ProviderKeys {
            es256: Arc::new(SigningKey::generate(KeyKind::P256).unwrap()),
            rs256: None,
            previous: Vec::new(),
            subject_secret: [1; 32],
        },
        catalogue.clone(),
        &store,
        Arc::clone(&random),
    );
    Gateway::new(Parts {
        settings: settings::tests::settings(base_url).unwrap(),
        clock: Arc::new(SystemClock),
        sessions: Sessions::new(Arc::clone(&store), limits, Arc::clone(&random)),
        flows: Flows::new(Arc::clone(&store), Arc::clone(&random)),
        random,
        store,
        archive: Arc::new(NoArchive),
        catalogue,
        spid: Arc::new(spid),
        cie: None,
        federation: None,
        openid: None,
        upstreams: Vec::new(),
        cns: None,
        pin: None,
        pin_care: None,
        oidc: oidc.unwrap(),
        forward_auth,
        callers: Callers::default(),
        desk: None,
        audit: Arc::new(NoAudit),
        metrics: Metrics::default(),
        uploads: PdfGate::default(),
    })
}
