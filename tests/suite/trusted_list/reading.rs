//! What is read from a list that verified.

use varco::demo::trusted_list::{TestList, fill, with_signature};
use varco::protocol::trusted_list::{
    IDENTITY_VERIFICATION, ListRefusal, RECOGNISED_NATIONALLY, TrustedList,
};
use varco::protocol::xml::{Document, Limits, ListSigner, verify_list};

use super::super::corpus::signing::PROVIDER;
use super::{REAL, real_signer, signer, small, verdict};

fn resigned(list: &TestList, from: &str, to: &str) -> String {
    let text = list.unsigned();
    assert!(text.contains(from), "{from}");
    let text = text.replacen(from, to, 1);
    let text = with_signature(&text, &PROVIDER.certificate, list.issued);
    fill(&text, &PROVIDER.key).unwrap()
}

#[test]
fn the_real_list_says_its_number_its_dates_and_its_services() {
    let document = Document::parse(&REAL, &Limits::LIST).unwrap();
    let signers = [ListSigner::from_certificate(real_signer()).unwrap()];
    let list = TrustedList::read(verify_list(&document, &signers).unwrap()).unwrap();
    assert_eq!((&*list.territory, list.sequence), ("IT", 141));
    assert_eq!(list.issued.to_rfc3339(), "2019-09-04T08:00:00+00:00");
    assert!(list.next_update.is_some_and(|next| next > list.issued));
    let recognised: Vec<_> = list
        .services
        .iter()
        .filter(|one| one.kind == IDENTITY_VERIFICATION && one.status == RECOGNISED_NATIONALLY)
        .collect();
    assert_eq!(recognised.len(), 119);
    for service in recognised {
        assert_eq!(service.certificates().unwrap().len(), 1, "{}", service.name);
    }
}

#[test]
fn a_history_is_not_read() {
    let mut list = small();
    list.services[0].status =
        "http://uri.etsi.org/TrstSvc/TrustedList/Svcstatus/deprecatedatnationallevel".to_owned();
    list.services[0].history = Some((
        IDENTITY_VERIFICATION.to_owned(),
        RECOGNISED_NATIONALLY.to_owned(),
    ));
    let text = list.signed(&PROVIDER.key, &PROVIDER.certificate).unwrap();
    let document = Document::parse(&text, &Limits::LIST).unwrap();
    let signers = [signer(&PROVIDER)];
    let list = TrustedList::read(verify_list(&document, &signers).unwrap()).unwrap();
    let recognised: Vec<&str> = list
        .services
        .iter()
        .filter(|one| one.status == RECOGNISED_NATIONALLY)
        .map(|one| &*one.name)
        .collect();
    assert_eq!(recognised, ["Alfa & figli <CNS>", "Beta CNS"]);
}

#[test]
fn what_is_not_of_the_format_is_refused() {
    let long = format!(">{}<", "x".repeat(3_000));
    for (from, to, code) in [
        (
            "<TSLVersionIdentifier>5<",
            "<TSLVersionIdentifier>4<",
            "list-kind",
        ),
        ("EUgeneric", "EUlistofthelists", "list-kind"),
        ("19612/TSLTag", "other", "list-kind"),
        (">IT<", ">Italia<", "list-territory"),
        (">IT<", ">it<", "list-territory"),
        (">7<", ">0<", "list-sequence"),
        (">7<", ">-7<", "list-sequence"),
        (">7<", ">+7<", "list-sequence"),
        (">7<", ">99999999999999999999999<", "list-sequence"),
        ("2026-11-01T10:00:00Z", "2026-11-01", "list-instant"),
        ("2027-05-01T10:00:00Z", "never", "list-instant"),
        (">Beta CNS<", "><", "list-text"),
        (">Beta CNS<", &long, "list-text"),
        (
            "<TSPName><Name xml:lang=\"it\">Alfa S.p.A.</Name></TSPName>",
            "<TSPName/>",
            "list-shape",
        ),
        ("<SchemeTerritory>IT</SchemeTerritory>", "", "list-shape"),
        (
            "<SchemeTerritory>",
            "<SchemeTerritory>DE</SchemeTerritory><SchemeTerritory>",
            "list-shape",
        ),
    ] {
        let text = resigned(&small(), from, to);
        assert_eq!(
            verdict(&text, &[signer(&PROVIDER)]),
            Err(code),
            "{from} {to}"
        );
    }
    let closed = resigned(&small(), "<dateTime>2027-05-01T10:00:00Z</dateTime>", "");
    assert_eq!(verdict(&closed, &[signer(&PROVIDER)]), Ok(3));
    let newer = resigned(
        &small(),
        "<TSLVersionIdentifier>5<",
        "<TSLVersionIdentifier>6<",
    );
    assert_eq!(verdict(&newer, &[signer(&PROVIDER)]), Ok(3));
}

#[test]
fn a_name_is_one_line_and_holds_nothing_that_a_terminal_obeys() {
    let list = small();
    let text = resigned(&list, ">Beta CNS<", ">Beta\n\t CNS\u{9b}2J<");
    let document = Document::parse(&text, &Limits::LIST).unwrap();
    let signers = [signer(&PROVIDER)];
    let list = TrustedList::read(verify_list(&document, &signers).unwrap()).unwrap();
    assert_eq!(list.services[2].name, "Beta CNS 2J");
}

#[test]
fn a_broken_certificate_spoils_its_service_and_not_the_list() {
    let mut list = small();
    list.services[0].certificate = Vec::new();
    list.services[1].certificate = vec![0; 17 * 1024];
    let text = list.signed(&PROVIDER.key, &PROVIDER.certificate).unwrap();
    let document = Document::parse(&text, &Limits::LIST).unwrap();
    let signers = [signer(&PROVIDER)];
    let list = TrustedList::read(verify_list(&document, &signers).unwrap()).unwrap();
    let read: Vec<_> = list.services.iter().map(|one| one.certificates()).collect();
    assert_eq!(read[0], Err(ListRefusal::Certificate));
    assert_eq!(read[1], Err(ListRefusal::Certificate));
    assert_eq!(
        read[2].as_ref().unwrap(),
        std::slice::from_ref(&PROVIDER.certificate)
    );
}
