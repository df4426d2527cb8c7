//! Trusted lists of today, with authorities of our own, and a gateway that is configured to trust them.

use std::sync::LazyLock;

use chrono::{DateTime, Duration, Utc};
use varco::crypto::certificate::to_pem;
use varco::demo::trusted_list::{TestList, TestService};

use super::authority::Authority;
use super::configured::{Configured, Ran};
use crate::suite::corpus::signing::{PROVIDER, TestKey};

/// Twelve authorities: of twelve, one may go without approval, and two may not.
static AUTHORITIES: LazyLock<Vec<(String, Vec<u8>)>> = LazyLock::new(|| {
    let regions = (1..=12).map(|number| format!("Regione {number} - CA Cittadini"));
    let certified = regions.map(|name| {
        let certificate = Authority::of(&name).certificate();
        (name, certificate)
    });
    certified.collect()
});

#[expect(
    clippy::disallowed_methods,
    reason = "commands run by the machine's clock"
)]
pub fn now() -> DateTime<Utc> {
    Utc::now()
}

/// A list of so many of the authorities, issued yesterday.
pub fn list(sequence: u64, authorities: usize) -> TestList {
    let listed = AUTHORITIES.iter().take(authorities);
    TestList {
        territory: "IT".to_owned(),
        sequence,
        issued: now() - Duration::days(1),
        next_update: now() + Duration::days(90),
        services: listed
            .map(|(name, certificate)| TestService::recognised("Alfa S.p.A.", name, certificate))
            .collect(),
    }
}

/// A list, signed by the pinned signer.
pub fn signed(list: &TestList) -> String {
    signed_by(list, &PROVIDER)
}

pub fn signed_by(list: &TestList, key: &TestKey) -> String {
    list.signed(&key.key, &key.certificate).unwrap()
}

/// The certificate of an authority, in PEM.
pub fn pem(number: usize) -> String {
    to_pem(&AUTHORITIES[number].1)
}

/// A configuration with logins by card, and this in `[cns.trust]`.
pub fn configured(trust: &str) -> Configured {
    let configured = Configured::new();
    configured.write("signer.pem", &to_pem(&PROVIDER.certificate));
    // The host for cards; nobody looks whose it is.
    configured.write("card.pem", &to_pem(&PROVIDER.certificate));
    configured.write("card.key.pem", &PROVIDER.key.to_pem());
    let section = format!(
        "[cns]\npublic_url = \"https://carta.istituto.example\"\nlisten = \"127.0.0.1:0\"\ncertificate = \"card.pem\"\nkey = \"card.key.pem\"\n\n[cns.trust]\n{trust}\n\n[store]"
    );
    configured.change("[store]", &section);
    configured
}

/// What `[cns.trust]` says of a list.
pub const LIST: &str = "list = \"trusted\"\nsigners = [\"signer.pem\"]";

/// Imports a text as a file.
pub fn import(configured: &Configured, text: &str, more: &[&str]) -> Ran {
    configured.write("new.xml", text);
    let file = configured.path("new.xml");
    configured.run(&[&["cns", "trust", "import", &file], more].concat())
}

/// What says which list counts.
pub fn pointer(configured: &Configured) -> Option<String> {
    std::fs::read_to_string(configured.path("trusted/current.toml")).ok()
}

/// The lists that are kept, by their beginnings.
pub fn kept(configured: &Configured) -> Vec<String> {
    let entries = std::fs::read_dir(configured.path("trusted")).unwrap();
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut lists: Vec<String> = names.filter(|name| name.starts_with("list-")).collect();
    lists.sort();
    lists
}
