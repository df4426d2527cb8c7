//! From a valid configuration to a gateway: the only place where the parts are put together.

use std::sync::Arc;

use super::relying_party;
use super::{Config, ConfigErrors, Fault, ListInForce, LoadedTrust, PinSection};
use crate::archive::Archive;
use crate::audit::{AuditLog, AuthenticationRegister};
use crate::crypto::{PinHasher, Random, SealingKey, hmac_sha256};
use crate::desk::Desk;
use crate::downstream::forward_auth::ForwardAuth;
use crate::downstream::oidc::{EventReceivers, OpenIdProvider, ProviderKeys};
use crate::http::cns::{CardWay, SecondStepWay};
use crate::http::dossiers::Dossiers;
use crate::http::metrics::Metrics;
use crate::http::outbox::OutboxKeeper;
use crate::http::revoked::RevocationKeeper;
use crate::http::state::{Gateway, Parts};
use crate::identity::Clock;
use crate::login::cie::CieServiceProvider;
use crate::login::cns::trust::LiveAnchors;
use crate::login::openid::UpstreamPorts;
use crate::login::openid::entity::OwnEntity;
use crate::login::openid::trust::TrustRefresher;
use crate::login::saml::SamlPorts;
use crate::login::spid::{Providers, SpidServiceProvider};
use crate::messages::Messengers;
use crate::pin::PinStore;
use crate::policy::LiveCatalogue;
use crate::protocol::federation::TrustAnchor;
use crate::protocol::saml::outgoing::SamlKey;
use crate::session::{Flows, Sessions};
use crate::store::{ExpiringStore, MemoryStore, SqliteStore};
use crate::upload::PdfGate;

/// What comes from outside the configuration; tests bring their own.
#[derive(Clone)]
pub struct Ports {
    /// Where the time comes from.
    pub clock: Arc<dyn Clock>,
    /// Where unguessable bytes come from.
    pub random: Arc<dyn Random>,
}

/// A gateway, ready to serve.
pub struct Built {
    /// The state of the router.
    pub gateway: Gateway,
    /// The SPID service provider.
    pub spid: Arc<SpidServiceProvider>,
    /// The CIE service provider, where there is one.
    pub cie: Option<Arc<CieServiceProvider>>,
    /// Our entity in a federation, where we are in one.
    pub federation: Option<Arc<OwnEntity>>,
    /// The audit log and the register.
    pub durable: Arc<SqliteStore>,
    /// The catalogue in force, for whoever replaces it.
    pub catalogue: LiveCatalogue,
    /// The authorities of cards that are in force, for whoever replaces them; none where there are no logins with a card.
    pub anchors: LiveAnchors,
    /// The trusted list that some of them come from.
    pub list: Option<ListInForce>,
    /// What keeps up what is known of revoked cards, where there are logins with a card.
    pub revocation: Option<RevocationKeeper>,
    /// What resolves whom a federation vouches for, where the gateway is in one.
    pub trust: Option<TrustRefresher>,
    /// What sends what the outbox holds.
    pub outbox: OutboxKeeper,
    /// What is no fault and yet worth knowing: providers of an aggregate that cannot be used, for example.
    pub notes: Vec<String>,
}

/// Reads the keys, certificates, metadata and secrets that a configuration names, opens its store, and puts the gateway
/// together.
///
/// # Errors
/// [`ConfigErrors`] with everything that cannot be used, not only the first.
pub fn build(config: &Config, ports: Ports) -> Result<Built, ConfigErrors> {
    let mut faults = Vec::new();
    let mut keep = |errors: ConfigErrors| faults.extend_from_slice(errors.faults());
    let now = ports.clock.now();
    let keys = config.openid.keys().map_err(&mut keep).ok();
    let receivers = config.openid.event_receivers().map_err(&mut keep).ok();
    let signing = config.spid.signing().map_err(&mut keep).ok();
    let providers = config.spid.identity_providers(now).map_err(&mut keep).ok();
    let durable = open_store(config, &ports)
        .map_err(|fault| keep(ConfigErrors::one(fault)))
        .ok();
    let archive = config
        .archives
        .open(&config.store)
        .map_err(|fault| keep(ConfigErrors::one(fault)))
        .ok();
    let messengers = config.messengers().map_err(&mut keep).ok();
    let trust = config
        .cns
        .as_ref()
        .map(|cns| cns.trust.load(&config.store.list_mark(), now));
    let trust = trust.transpose().map_err(&mut keep).ok();
    let openid = keys.zip(receivers);
    let federation = config.federation.as_ref().map(|section| {
        let spid = config.spid.openid.as_ref();
        section.read_files(&config.organization, &config.edge, spid)
    });
    let federation = federation.transpose().map_err(&mut keep).ok();
    let hasher = config.pin.as_ref().map(PinSection::hasher).transpose();
    let hasher = hasher.map_err(|fault| keep(ConfigErrors::one(fault))).ok();
    let secrets = openid.zip(hasher).zip(federation);
    match (
        secrets, signing, providers, durable, archive, messengers, trust,
    ) {
        (
            Some((((keys, receivers), hasher), federation)),
            Some(signing),
            Some(providers),
            Some(durable),
            Some(archive),
            Some(messengers),
            Some(trust),
        ) => {
            let read = Read {
                trust,
                hasher,
                federation,
                keys,
                receivers,
                signing,
                providers,
                durable,
                archive,
                messengers,
            };
            assemble(config, ports, read)
        }
        // Whatever is missing left a fault.
        _ => Err(ConfigErrors::from_faults(faults)),
    }
}

fn open_store(config: &Config, ports: &Ports) -> Result<Arc<SqliteStore>, Fault> {
    let keys = config.store.keys()?;
    let database = config.store.database();
    config.store.make_folder()?;
    SqliteStore::open(&database, keys, Arc::clone(&ports.random))
        .map(Arc::new)
        .map_err(|error| Fault::of_file(&database, error.to_string()))
}

/// What was read and opened.
struct Read {
    keys: ProviderKeys,
    receivers: EventReceivers,
    signing: SamlKey,
    providers: (Providers, Vec<String>),
    durable: Arc<SqliteStore>,
    archive: Arc<dyn Archive>,
    messengers: Messengers,
    trust: Option<LoadedTrust>,
    hasher: Option<PinHasher>,
    federation: Option<(OwnEntity, Vec<TrustAnchor>)>,
}

fn assemble(config: &Config, ports: Ports, read: Read) -> Result<Built, ConfigErrors> {
    let Ports { clock, random } = ports;
    let store: Arc<dyn ExpiringStore> = Arc::new(MemoryStore::new(Arc::clone(&clock)));
    let catalogue = config.catalogue.clone().offering(config.ways_in());
    let catalogue = LiveCatalogue::new(catalogue);
    let Read {
        keys,
        receivers,
        signing,
        providers: (providers, mut notes),
        durable,
        archive,
        messengers,
        trust,
        hasher,
        federation,
    } = read;
    notes.extend(config.missing_ways());
    let (anchors, list) = match trust {
        Some(trust) => {
            notes.extend(trust.notes);
            (LiveAnchors::new(trust.anchors), trust.list)
        }
        None => (LiveAnchors::default(), None),
    };

    let saml_ports = SamlPorts {
        store: Arc::clone(&store),
        random: Arc::clone(&random),
        register: Arc::clone(&durable) as Arc<dyn AuthenticationRegister>,
    };
    let settings = config.spid.settings(&config.organization, &config.edge);
    let of_cie = config.cie.as_ref().and_then(|cie| cie.saml.as_ref());
    let bodies = (&config.organization, &config.edge);
    let now = clock.now();
    let cie = of_cie.map(|saml| saml.service_provider(bodies, saml_ports.clone(), now));
    let cie = cie.transpose();
    let spid = SpidServiceProvider::new(settings, signing, providers, saml_ports)
        .map_err(|error| Fault::of_file(&config.spid.certificate, error.to_string()));

    let upstream_ports = {
        let (store, random) = (Arc::clone(&store), Arc::clone(&random));
        let register = Arc::clone(&durable) as Arc<dyn AuthenticationRegister>;
        move |fetch| UpstreamPorts {
            store: Arc::clone(&store),
            random: Arc::clone(&random),
            register: Arc::clone(&register),
            fetch,
        }
    };
    let upstreams = config.upstreams(&upstream_ports);
    let sealing = hmac_sha256(&keys.subject_secret, b"varco tokens of providers");
    let party = config.federation.as_ref().zip(federation.as_ref());
    let party = party.map(|(section, (entity, anchors))| {
        let shared = relying_party::Shared {
            entity,
            anchors,
            store: Arc::clone(&store),
            random: Arc::clone(&random),
            clock: Arc::clone(&clock),
            register: Arc::clone(&durable) as Arc<dyn AuthenticationRegister>,
            sealing: SealingKey::new(&sealing),
        };
        config.relying_party(section, shared)
    });
    let party = party.transpose().map(Option::flatten);

    let device_secret = hmac_sha256(&keys.subject_secret, b"varco pin devices");
    let pin = config.pin.as_ref().zip(hasher).map(|(section, hasher)| {
        let pins = Arc::clone(&durable) as Arc<dyn PinStore>;
        section.way(hasher, pins, &store, Arc::clone(&random), device_secret)
    });
    let pin = pin.transpose();
    let care = |section: &PinSection| {
        let pins = Arc::clone(&durable) as Arc<dyn PinStore>;
        section.care(pins, &store, Arc::clone(&random))
    };
    let care = config.pin.as_ref().map(care).transpose();

    let forward_auth = ForwardAuth::new(
        config.forward_auth.proxies.clone(),
        config.forward_auth.routes.clone(),
        keys.subject_secret,
        &store,
        Arc::clone(&random),
    );
    let oidc = OpenIdProvider::new(
        config.edge.origin(),
        config.openid.clients.clone(),
        keys,
        catalogue.clone(),
        &store,
        Arc::clone(&random),
    )
    .map(|oidc| oidc.telling(receivers))
    .map_err(|error| Fault::of_file(&config.openid.es256_key, error.to_string()));

    let (spid, cie, oidc, pin, pin_care, upstreams, party) =
        match (spid, cie, oidc, pin, care, upstreams, party) {
            (Ok(spid), Ok(cie), Ok(oidc), Ok(pin), Ok(care), Ok(upstreams), Ok(party)) => {
                (Arc::new(spid), cie, oidc, pin, care, upstreams, party)
            }
            (spid, cie, oidc, pin, care, upstreams, party) => {
                let faults = [spid.err(), oidc.err(), pin.err(), care.err()];
                let others = [cie.err(), upstreams.err(), party.err()];
                let others = others.iter().flatten();
                let others = others.flat_map(|errors| errors.faults().to_vec());
                let faults = faults.into_iter().flatten().chain(others).collect();
                return Err(ConfigErrors::from_faults(faults));
            }
        };
    let (party, trust) = party.unzip();
    let party = party.map(Arc::new);
    let federation = federation.map(|(entity, _)| match &trust {
        Some(refresher) => entity.knowing(Arc::new(refresher.live().clone())),
        None => entity,
    });
    let federation = federation.map(Arc::new);
    let in_force = catalogue.clone();
    let cns = config.cns.as_ref();
    let revoked = cns.map(|cns| cns.revoked(anchors.clone(), &config.store, Arc::clone(&random)));
    let (revocation, keeper) = revoked.unzip();
    let cns = cns
        .zip(revocation.clone())
        .map(|(cns, revocation)| cns.way(anchors.clone(), revocation, &store, Arc::clone(&random)));
    let cns = cns.map(|way| CardWay {
        second_step: messengers
            .text
            .clone()
            .map(|messages| SecondStepWay::new(&store, Arc::clone(&random), messages)),
        ..way
    });
    let operators = config.operators.clone();
    let desk = (!operators.is_empty()).then(|| Desk::new(operators, &store, Arc::clone(&random)));
    let sessions = Sessions::new(
        Arc::clone(&store),
        config.session.clone(),
        Arc::clone(&random),
    );
    let sessions = match revocation {
        Some(revocation) => sessions.heeding(revocation),
        None => sessions,
    };
    let dossiers = Dossiers::new(Arc::clone(&durable) as Arc<dyn PinStore>);
    let gateway = Gateway::new(Parts {
        settings: config.edge.clone(),
        clock,
        sessions: match pin {
            Some(_) => sessions.heeding_pins(Arc::new(dossiers)),
            None => sessions,
        },
        flows: Flows::new(Arc::clone(&store), Arc::clone(&random)),
        random,
        store,
        archive,
        catalogue,
        spid: Arc::clone(&spid),
        cie: config.cie_way(cie.clone(), party.as_ref()),
        openid: party,
        upstreams,
        federation: federation.clone(),
        cns,
        pin,
        pin_care,
        oidc,
        forward_auth,
        callers: config.callers.clone(),
        desk,
        audit: Arc::clone(&durable) as Arc<dyn AuditLog>,
        metrics: Metrics::default(),
        uploads: PdfGate::default(),
    });
    Ok(Built {
        anchors,
        gateway,
        spid,
        cie,
        federation,
        outbox: OutboxKeeper::new(Arc::clone(&durable) as Arc<dyn PinStore>, messengers),
        durable,
        catalogue: in_force,
        list,
        revocation: keeper,
        trust,
        notes,
    })
}
