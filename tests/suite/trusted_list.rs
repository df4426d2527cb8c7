//! Trusted lists: the real one of 2019, lists of our own, forgeries of every shape, and what `xmlsec1` says of each.

mod forgeries;
mod judge;
mod manners;
mod narrow;
mod reading;
mod spoil;

use std::sync::LazyLock;

use varco::crypto::encoding::from_base64;
use varco::demo::trusted_list::{TestList, TestService};
use varco::protocol::trusted_list::TrustedList;
use varco::protocol::xml::{Document, Limits, ListSigner, verify_list};

use super::corpus::signing::{PROVIDER, TestKey};
use crate::support::shared::shared;

/// The Italian list of 4 September 2019.
pub static REAL: LazyLock<String> = LazyLock::new(|| {
    std::fs::read_to_string(shared("data/trusted-list/IT-TSL-2019-09-04-seq141.xml")).unwrap()
});

/// The certificate that the real list shows of its signer: taken as the pinned one, since nothing else is at hand.
pub fn real_signer() -> Vec<u8> {
    let (_, after) = REAL.rsplit_once("<ds:X509Certificate>").unwrap();
    from_base64(after.split('<').next().unwrap()).unwrap()
}

/// A small list, not signed yet.
pub fn small() -> TestList {
    let certificate = &PROVIDER.certificate;
    TestList {
        territory: "IT".to_owned(),
        sequence: 7,
        issued: "2026-11-01T10:00:00Z".parse().unwrap(),
        next_update: "2027-05-01T10:00:00Z".parse().unwrap(),
        services: vec![
            TestService::recognised("Alfa S.p.A.", "Regione Esempio - CA Cittadini", certificate),
            TestService::recognised("Alfa S.p.A.", "Alfa & figli <CNS>", certificate),
            TestService::recognised("Beta S.p.A.", "Beta CNS", certificate),
        ],
    }
}

/// The small list, signed.
pub fn signed() -> String {
    small()
        .signed(&PROVIDER.key, &PROVIDER.certificate)
        .unwrap()
}

pub fn signer(key: &TestKey) -> ListSigner {
    ListSigner::from_certificate(key.certificate.clone()).unwrap()
}

/// What Varco says to a list: how many services it has, or the code of the refusal.
pub fn verdict(text: &str, signers: &[ListSigner]) -> Result<usize, &'static str> {
    let document = Document::parse(text, &Limits::LIST).map_err(|refusal| refusal.code())?;
    let list = verify_list(&document, signers).map_err(|refusal| refusal.code())?;
    assert_eq!(list.root(), document.root());
    let list = TrustedList::read(list).map_err(|refusal| refusal.code())?;
    Ok(list.services.len())
}
