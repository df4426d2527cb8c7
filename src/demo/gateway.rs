//! The demo's gateway: a configuration file and the keys it names, written into the data folder and then read and built
//! as `varco serve` would. With the demo stopped, `varco serve --config` on that file starts the same gateway.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use super::app::{EVENTS_SECRET, Registration, WayIn};
use super::ca::CA_FILE;
use super::folder::DataFolder;
use super::idp::TestIdp;
use super::ministry::{self, Ministry};
use super::people::PEOPLE;
use super::pins::{self, NewPeople};
use super::site::ProxiedSite;
use super::{Addresses, CieProtocols, DemoError, Options, desk};
use crate::config::{self, Built, Config, ConfigErrors, Ports, StoreSection};
use crate::crypto::certificate::cie::{CieKeyUse, CieSubject, cie_certificate};
use crate::crypto::certificate::{SpidSubject, spid_certificate, to_pem};
use crate::crypto::encoding::hex;
use crate::crypto::{KeyKind, Random, SigningKey, sha256};
use crate::downstream::oidc::ReleasedClaim;
use crate::identity::{AssuranceLevel, FiscalCode, PersonKey, Timestamp};
use crate::login::cie::Fingerprint;
use crate::policy::{Catalogue, DEFAULT_CATALOGUE};
use crate::store::sqlite::profiles::{Is, ProfileImport};

/// The name of the public body, in its metadata and its certificate alike (Avviso 29 v3).
const NAME: &str = "Istituto di Prova per le Dimostrazioni";
/// The certificate's life: as long as the development CA's.
const CERTIFICATE_LIFE: Duration = Duration::from_secs(3650 * 24 * 60 * 60);

/// What the gateway's configuration depends on.
pub(super) struct Inputs<'a> {
    pub(super) site: &'a ProxiedSite,
    pub(super) folder: &'a DataFolder,
    pub(super) options: &'a Options,
    pub(super) addresses: &'a Addresses,
    pub(super) idps: &'a [TestIdp],
    pub(super) ministry: &'a TestIdp,
    pub(super) federation: &'a Ministry,
    pub(super) registration: &'a Registration,
    pub(super) people: &'a NewPeople,
}

impl Inputs<'_> {
    /// Writes everything that the configuration names, and the configuration itself. Gives its path.
    pub(super) fn write(&self, random: &dyn Random, now: Timestamp) -> Result<PathBuf, DemoError> {
        let (folder, entity_id) = (self.folder, &self.addresses.gateway);
        let port = entity_id.rsplit(':').next().unwrap_or_default();
        let spid_key = folder.key("spid.key.pem", KeyKind::Rsa(2048))?;
        // The certificate names the entity id, which has the port in it.
        let certificate = format!("spid-{port}.pem");
        if folder.read(&certificate)?.is_none() {
            let der = certificate_for(entity_id, &spid_key, random, now)?;
            folder.write(&certificate, to_pem(&der))?;
        }
        let cie_key = folder.key("cie.key.pem", KeyKind::Rsa(2048))?;
        let cie = format!("cie-{port}.pem");
        if folder.read(&cie)?.is_none() {
            let der = certificate_for(&cie_entity_id(entity_id), &cie_key, random, now)?;
            folder.write(&cie, to_pem(&der))?;
        }
        let encryption_key = folder.key("cie-encryption.key.pem", KeyKind::Rsa(2048))?;
        if folder.read("cie-encryption.pem")?.is_none() {
            let der = encryption_certificate(&encryption_key, random, now)?;
            folder.write("cie-encryption.pem", to_pem(&der))?;
        }
        folder.key("es256.key.pem", KeyKind::P256)?;
        for secret in ["subject.secret", "store.key", "pin.pepper"] {
            if folder.read(secret)?.is_none() {
                folder.write(secret, random.token())?;
            }
        }
        self.write_providers()?;
        pins::write(folder, self.people)?;
        let mut configuration = self.configuration(&certificate)?;
        if self.options.cie.has_saml() {
            configuration += &self.cie_by_saml(&cie);
        }
        if self.options.cie.has_openid() {
            configuration += &ministry::configuration(self.federation, entity_id, folder, now)?;
        }
        folder.write("varco.toml", &configuration)?;
        Ok(folder.path("varco.toml"))
    }

    /// Metadata of the test providers and copies of the others', and the list with names and levels of the former.
    fn write_providers(&self) -> Result<(), DemoError> {
        let metadata = self.folder.empty_folder("idp-metadata")?;
        let mut list = String::from("# The demo's test providers; written anew at each start.\n");
        for idp in self.idps {
            metadata.write(&format!("{}.xml", idp.provider.slug), idp.metadata())?;
            list.push_str(&format!(
                "\n[[provider]]\nname = \"{}\"\nentity_id = \"{}\"\nhighest_level = {}\n",
                idp.provider.test_name(),
                idp.entity_id(),
                idp.provider.highest.digit(),
            ));
        }
        for (number, path) in self.options.idp_metadata.iter().enumerate() {
            let text = fs::read_to_string(path).map_err(|error| DemoError::file(path, error))?;
            metadata.write(&format!("other-{number}.xml"), &text)?;
        }
        self.folder.write("cie.xml", self.ministry.metadata())?;
        self.folder.write("providers.toml", &list)
    }

    /// `[cie.saml]`.
    fn cie_by_saml(&self, certificate: &str) -> String {
        let entity_id = cie_entity_id(&self.addresses.gateway);
        let fingerprint = Fingerprint::of(self.ministry.metadata().as_bytes());
        format!(
            r#"
[cie.saml]
entity_id = "{entity_id}"
key = "cie.key.pem"
certificate = "{certificate}"
encryption_key = "cie-encryption.key.pem"
encryption_certificate = "cie-encryption.pem"
metadata = "cie.xml"
fingerprint = "{fingerprint}"

[cie.saml.contact]
ipa_code = "prova"
municipality = "H501"
email = "cie@istituto.example"
telephone = "+390612345678"
"#
        )
    }

    fn configuration(&self, certificate: &str) -> Result<String, DemoError> {
        // The application shows three and may ask for all: `varco demo --once` does.
        let catalogue = Catalogue::parse(DEFAULT_CATALOGUE)?;
        let services = quoted(catalogue.services().map(|service| service.id().as_str()));
        let claims = quoted(ReleasedClaim::ALL.into_iter().map(ReleasedClaim::name));
        // An ordinary PIN is of level low, and the application takes it for what that opens.
        let floor = match self.options.minimum_level {
            AssuranceLevel::High => AssuranceLevel::High,
            _ => AssuranceLevel::Low,
        };
        let secret = hex(&sha256(self.registration.client_secret.as_bytes()));
        let health = self.addresses.health.trim_start_matches("http://");
        Ok(format!(
            r#"# Written by `varco demo` at each start.
[server]
public_url = "{gateway}"
listen = "{listen}"
certificate = "server.pem"
key = "server.key.pem"

[telemetry]
listen = "{health}"
format = "text"

[organization]
name = {{ it = "{NAME}", en = "{NAME}" }}
display_name = {{ it = "Istituto di Prova", en = "Test Institute" }}
site = "https://istituto.example"
support = "mailto:aiuto@istituto.example"

[spid]
entity_id = "{gateway}"
minimum_level = "{minimum}"
key = "spid.key.pem"
certificate = "{certificate}"
providers = "providers.toml"

[[spid.metadata]]
path = "idp-metadata"

[spid.contact]
ipa_code = "prova"
email = "spid@istituto.example"
telephone = "+390612345678"

[cns]
public_url = "{cards}"
listen = "{card_listen}"
certificate = "server.pem"
key = "server.key.pem"

[cns.old_cards]
public_url = "{old_cards}"
listen = "{old_card_listen}"

[cns.trust]
pem = ["cns/anchors"]

[cns.revocation]
crls = "cns/crl"
fetch = false

[openid]
es256_key = "es256.key.pem"
subject_secret = "subject.secret"

[[openid.client]]
id = "{client}"
name = {{ it = "Area personale di prova", en = "Test personal area" }}
redirect_uris = ["{callback}"]
post_logout_redirect_uris = ["{goodbye}"]
authentication = {{ method = "client_secret_basic", secret_sha256 = "{secret}" }}
services = [{services}]
minimum_level = "{floor}"
claims = [{claims}]
events = {{ url = "{events}", token_file = "{EVENTS_SECRET}", ca = "{CA_FILE}", networks = ["127.0.0.0/8"] }}

[archives]
table = true

[store]
data = "data"
key = "store.key"
{pins}{desk}{site}{further}"#,
            pins = pins::CONFIGURATION,
            desk = desk::configuration(),
            site = self.site.configuration(),
            further = self.options.further_configuration,
            gateway = self.addresses.gateway,
            listen = loopback(&self.addresses.gateway),
            cards = self.addresses.cards,
            card_listen = loopback(&self.addresses.cards),
            old_cards = self.addresses.old_cards,
            old_card_listen = loopback(&self.addresses.old_cards),
            minimum = self.options.minimum_level,
            client = self.registration.client_id,
            callback = self.registration.redirect_uri(),
            goodbye = self.registration.post_logout_redirect_uri(),
            events = self.registration.events_uri(),
        ))
    }
}

/// The sample application's ways straight to the Ministry.
pub(super) fn ways_of_cie(
    protocols: CieProtocols,
    saml: &TestIdp,
    openid: &Ministry,
) -> Vec<WayIn> {
    let ways = [
        (
            protocols.has_saml(),
            "Entra con CIE (SAML)",
            saml.entity_id(),
        ),
        (
            protocols.has_openid(),
            "Entra con CIE (OpenID Connect)",
            &openid.provider,
        ),
    ];
    let there = ways.into_iter().filter(|(is_there, ..)| *is_there);
    let way = |(_, name, hint): (bool, _, &str)| WayIn {
        name,
        hint: hint.to_owned(),
    };
    there.map(way).collect()
}

/// The certificate that the Ministry encrypts for.
fn encryption_certificate(
    key: &SigningKey,
    random: &dyn Random,
    now: Timestamp,
) -> Result<Vec<u8>, DemoError> {
    let subject = CieSubject {
        common_name: "Istituto di Prova".to_owned(),
        organization_name: NAME.to_owned(),
        locality: "Roma".to_owned(),
        country: "IT".to_owned(),
    };
    let yesterday = (now - chrono::Duration::days(1)).timestamp();
    let not_before = u64::try_from(yesterday).unwrap_or_default();
    let life = (not_before, CERTIFICATE_LIFE);
    Ok(cie_certificate(
        &subject,
        (key, CieKeyUse::Encryption),
        life,
        random,
    )?)
}

/// The gateway's name toward the Ministry: other metadata than SPID's have another name.
fn cie_entity_id(gateway: &str) -> String {
    format!("{gateway}/cie")
}

fn certificate_for(
    entity_id: &str,
    key: &SigningKey,
    random: &dyn Random,
    now: Timestamp,
) -> Result<Vec<u8>, DemoError> {
    let subject = SpidSubject {
        common_name: "Istituto di Prova".to_owned(),
        organization_name: NAME.to_owned(),
        ipa_code: "prova".to_owned(),
        entity_id: entity_id.to_owned(),
        country: "IT".to_owned(),
        locality: "Roma".to_owned(),
    };
    let yesterday = (now - chrono::Duration::days(1)).timestamp();
    let not_before = u64::try_from(yesterday).unwrap_or_default();
    Ok(spid_certificate(
        &subject,
        key,
        not_before,
        CERTIFICATE_LIFE,
        random,
    )?)
}

/// The address to listen on for an origin of this machine.
fn loopback(origin: &str) -> String {
    let port = origin.rsplit(':').next().unwrap_or_default();
    format!("127.0.0.1:{port}")
}

fn quoted<'a>(names: impl Iterator<Item = &'a str>) -> String {
    names
        .map(|name| format!("\"{name}\""))
        .collect::<Vec<_>>()
        .join(", ")
}

/// Reads the configuration, tells the archives who the people are, builds the gateway, and gives people their PINs.
pub(super) async fn build(
    configuration: &Path,
    people: &NewPeople,
    ports: Ports,
) -> Result<Built, DemoError> {
    let config = Config::load(configuration)?;
    fill_archives(&config.store, Arc::clone(&ports.random))?;
    let Ports { clock, random } = ports.clone();
    let built = config::build(&config, ports)?;
    if let Some(section) = &config.pin {
        let store = built.durable.as_ref();
        pins::give(section, store, people, (random.as_ref(), clock.now())).await?;
    }
    Ok(built)
}

fn fill_archives(store: &StoreSection, random: Arc<dyn Random>) -> Result<(), DemoError> {
    store.make_folder().map_err(ConfigErrors::one)?;
    let keys = store.profile_keys().map_err(ConfigErrors::one)?;
    let mut import = ProfileImport::begin(&store.profiles(), keys, random)?;
    let known = PEOPLE.iter().filter_map(|person| {
        let code = FiscalCode::parse(person.fiscal_code?).ok()?;
        Some((PersonKey::FiscalCode(code), person.standing()))
    });
    for (line, (person, standing)) in (1..).zip(known) {
        let personal = standing.personal().iter().filter_map(Is::personal);
        for is in personal.chain(standing.profiles().iter().map(Is::professional)) {
            import.add(line, &person, &is)?;
        }
    }
    // What stands in the source contradicts nothing.
    import.conflicts()?;
    import.commit()?;
    Ok(())
}
