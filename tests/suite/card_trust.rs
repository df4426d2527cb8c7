//! Whom cards are trusted from: the real lists, lists of our own, and folders of PEM files.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use rcgen::{IsCa, KeyUsagePurpose};
use varco::crypto::certificate::to_pem;
use varco::demo::trusted_list::{TestList, TestService};
use varco::identity::CardKind;
use varco::login::cns::trust::{
    Anchor, Anchors, FolderError, Gathered, HintPolicy, ListFolder, LiveAnchors, MAX_HINT_BYTES,
    NotAnAnchor, Override, Overrides,
};
use varco::protocol::trusted_list::{
    IDENTITY_VERIFICATION, ListRefusal, RECOGNISED_NATIONALLY, TrustedList,
};
use varco::protocol::x509::CertificateRefusal;
use varco::protocol::xml::{Document, Limits, ListSigner, verify_list};

use super::corpus::signing::PROVIDER;
use super::trusted_list::{REAL, real_signer, small};
use crate::support::authority::Authority;
use crate::support::shared::shared;

fn at(moment: &str) -> DateTime<Utc> {
    moment.parse().unwrap()
}

/// What is taken from a signed list at a moment.
fn gathered(text: &str, signer: Vec<u8>, overrides: &Overrides, now: DateTime<Utc>) -> Gathered {
    let document = Document::parse(text, &Limits::LIST).unwrap();
    let signers = [ListSigner::from_certificate(signer).unwrap()];
    let list = TrustedList::read(verify_list(&document, &signers).unwrap()).unwrap();
    Gathered::from_trusted_list(&list, overrides, now)
}

fn real(overrides: &Overrides) -> Gathered {
    let day = at("2019-09-04T12:00:00Z");
    gathered(&REAL, real_signer(), overrides, day)
}

#[test]
fn the_real_list_of_2019_gives_the_authorities_that_were_unexpired_on_its_day() {
    let gathered = real(&Overrides::new());
    assert_eq!(gathered.anchors.len(), 111);
    let expired = |reason: &NotAnAnchor| matches!(reason, NotAnAnchor::Expired(_));
    assert_eq!(gathered.passed_over.len(), 8, "{:?}", gathered.passed_over);
    assert!(gathered.passed_over.iter().all(|one| expired(&one.reason)));

    let anchors = Anchors::new(gathered.anchors);
    assert_eq!(anchors.len(), 111);
    let mut keys: HashMap<&[u8], HashSet<_>> = HashMap::new();
    for anchor in anchors.iter() {
        let name = anchor.certificate().subject().der();
        keys.entry(name).or_default().insert(anchor.id());
        let found: Vec<_> = anchors.find(anchor.certificate().subject()).collect();
        assert!(found.iter().any(|found| found.id() == anchor.id()));
    }
    let twice = keys.values().filter(|keys| keys.len() == 2).count();
    assert_eq!((keys.len(), twice), (92, 19));
    let bytes: usize = keys.keys().map(|name| name.len() + 2).sum();
    assert_eq!(bytes, 12_390);
}

#[test]
fn a_browser_is_told_each_name_once_and_none_of_the_electronic_identity_card() {
    let anchors = Anchors::new(real(&Overrides::new()).anchors);
    let hinting = anchors.clone().hinting(HintPolicy::Names).unwrap();
    let unique: HashSet<_> = hinting.hints().iter().collect();
    assert_eq!(unique.len(), hinting.hints().len());
    let identity_cards: Vec<_> = anchors
        .iter()
        .filter(|anchor| anchor.issues_identity_cards())
        .collect();
    assert_eq!(identity_cards.len(), 2);
    for anchor in identity_cards {
        assert_eq!(anchor.provider(), "Ministero dell'Interno");
        let name = anchor.certificate().subject().der();
        assert!(!hinting.hints().iter().any(|hint| hint == name));
        assert_eq!(hinting.find(anchor.certificate().subject()).count(), 1);
    }
    assert_eq!(hinting.hints().len(), 90);
    let none = anchors.hinting(HintPolicy::None).unwrap();
    assert!(none.hints().is_empty());
    assert_ne!(none.digest(), hinting.digest());
}

#[test]
fn kinds_of_cards_are_told_from_the_names_and_corrected_by_the_configuration() {
    let count = |gathered: &Gathered, kind| {
        let anchors = gathered.anchors.iter();
        anchors.filter(|anchor| anchor.kind() == kind).count()
    };
    let told = real(&Overrides::new());
    let kinds = CardKind::ALL.map(|kind| count(&told, kind));
    assert_eq!(kinds, [90, 4, 8, 9]);
    let lombardy: Vec<_> = told
        .anchors
        .iter()
        .filter(|one| one.is_lombardy())
        .collect();
    assert!(lombardy.len() >= 3);
    assert!(lombardy.iter().all(|one| one.name().contains("Lombardia")));

    let other = told
        .anchors
        .iter()
        .find(|one| one.kind() == CardKind::Other)
        .unwrap();
    let told_otherwise = Override {
        kind: Some(CardKind::Professional),
        lombardy: Some(true),
    };
    let overrides = Overrides::from([(other.id().hex(), told_otherwise)]);
    let corrected = real(&overrides);
    let corrected = corrected
        .anchors
        .iter()
        .find(|one| one.id() == other.id())
        .unwrap();
    assert_eq!(corrected.kind(), CardKind::Professional);
    assert!(corrected.is_lombardy());
}

#[test]
fn all_the_certificates_of_2026_load_and_their_names_do_not_fit_into_a_handshake() {
    let folder = tempfile::tempdir().unwrap();
    let all = shared("data/trusted-list/IT-2026-07-21-all-anchors.pem");
    std::fs::copy(all, folder.path().join("all.pem")).unwrap();
    let now = at("2026-07-21T12:00:00Z");
    let gathered = Gathered::from_pem_folder(folder.path(), &Overrides::new(), now).unwrap();
    assert_eq!(gathered.anchors.len() + gathered.passed_over.len(), 358);
    // The others are old: expired, with keys of 1024 bits, or authorities of time stamps with constraints on policies.
    assert_eq!(gathered.anchors.len(), 217);
    let anchors = Anchors::new(gathered.anchors);
    let refused = anchors.clone().hinting(HintPolicy::Names).unwrap_err();
    assert!(refused.bytes > MAX_HINT_BYTES);
    let said = refused.to_string();
    assert!(said.contains("16384 fit"), "{said}");
    assert!(said.contains("hints = \"none\""), "{said}");
    assert!(anchors.hinting(HintPolicy::None).is_ok());
}

/// A list of our own on this day, and what is taken from it.
const DAY: &str = "2026-11-22T10:00:00Z";

fn ours(services: Vec<TestService>) -> Gathered {
    let list = TestList {
        services,
        ..small()
    };
    let text = list.signed(&PROVIDER.key, &PROVIDER.certificate).unwrap();
    let signer = PROVIDER.certificate.clone();
    gathered(&text, signer, &Overrides::new(), at(DAY))
}

fn names(gathered: &Gathered) -> Vec<&str> {
    gathered.anchors.iter().map(Anchor::name).collect()
}

fn listed(name: &str) -> TestService {
    TestService::recognised("Alfa S.p.A.", name, &Authority::of(name).certificate())
}

#[test]
fn only_authorities_of_identity_that_are_recognised_now_are_taken() {
    let status = |name: &str| format!("http://uri.etsi.org/TrstSvc/TrustedList/Svcstatus/{name}");
    let deprecated = status("deprecatedatnationallevel");
    let mut withdrawn = listed("withdrawn");
    withdrawn.status = deprecated.clone();
    let mut once = listed("once recognised");
    once.status = deprecated;
    once.history = Some((
        IDENTITY_VERIFICATION.to_owned(),
        RECOGNISED_NATIONALLY.to_owned(),
    ));
    let mut signatures = listed("for signatures");
    signatures.kind = "http://uri.etsi.org/TrstSvc/Svctype/CA/QC".to_owned();
    signatures.history = once.history.clone();
    let mut granted = listed("granted");
    granted.status = status("granted");
    let mut close = listed("nearly the kind");
    close.kind.push('/');
    let gathered = ours(vec![
        listed("good"),
        withdrawn,
        once,
        signatures,
        granted,
        close,
    ]);
    assert_eq!(names(&gathered), ["good"]);
    assert!(gathered.passed_over.is_empty());
}

#[test]
fn a_recognition_that_begins_later_does_not_count_yet() {
    let services = vec![listed("Regione Esempio - CA Cittadini")];
    let list = TestList {
        services,
        ..small()
    };
    let text = list.signed(&PROVIDER.key, &PROVIDER.certificate).unwrap();
    let taken = |day: &str| {
        let signer = PROVIDER.certificate.clone();
        gathered(&text, signer, &Overrides::new(), at(day))
            .anchors
            .len()
    };
    assert_eq!(taken("2026-11-01T10:00:00Z"), 1);
    assert_eq!(taken("2026-11-01T09:59:59Z"), 0);
}

#[test]
fn a_certificate_that_cannot_be_an_anchor_now_is_passed_over_with_the_reason() {
    let make = |name: &'static str, change: fn(&mut Authority<'_>)| {
        let mut authority = Authority::of(name);
        change(&mut authority);
        TestService::recognised("Alfa S.p.A.", name, &authority.certificate())
    };
    let mut broken = listed("broken");
    broken.certificate.truncate(40);
    let mut empty = listed("empty");
    empty.certificate.clear();
    let gathered = ours(vec![
        listed("good"),
        make("expired", |one| one.until = at("2026-11-21T00:00:00Z")),
        make("to come", |one| one.from = at("2026-12-01T00:00:00Z")),
        make("no authority", |one| one.is_ca = IsCa::ExplicitNoCa),
        make("says nothing", |one| one.is_ca = IsCa::NoCa),
        make("signs lists only", |one| {
            one.usages = vec![KeyUsagePurpose::CrlSign];
        }),
        make("no usage", |one| one.usages = Vec::new()),
        broken,
        empty,
    ]);
    assert_eq!(names(&gathered), ["good"]);
    let told: Vec<_> = gathered
        .passed_over
        .iter()
        .map(|one| (one.name.as_str(), one.reason))
        .collect();
    let no = NotAnAnchor::NotAnAuthority;
    assert_eq!(
        told,
        [
            ("expired", NotAnAnchor::Expired(at("2026-11-21T00:00:00Z"))),
            ("to come", NotAnAnchor::NotYet(at("2026-12-01T00:00:00Z"))),
            ("no authority", no),
            ("says nothing", no),
            ("signs lists only", no),
            ("no usage", no),
            (
                "broken",
                NotAnAnchor::Certificate(CertificateRefusal::Malformed)
            ),
            ("empty", NotAnAnchor::Listed(ListRefusal::Certificate)),
        ]
    );
}

#[test]
fn two_keys_of_one_name_are_two_authorities_and_one_certificate_listed_twice_is_one() {
    let (one, other) = (listed("Regione Esempio"), listed("Regione Esempio"));
    let anchors = Anchors::new(ours(vec![one.clone(), other, one]).anchors);
    assert_eq!(anchors.len(), 2);
    let ids: HashSet<_> = anchors.iter().map(Anchor::id).collect();
    assert_eq!(ids.len(), 2);
    let first = anchors.iter().next().unwrap();
    assert_eq!(anchors.find(first.certificate().subject()).count(), 2);
    let hinting = anchors.hinting(HintPolicy::Names).unwrap();
    assert_eq!(hinting.hints().len(), 1);
}

#[test]
fn the_names_of_the_electronic_identity_card_are_no_hints_in_any_spelling() {
    for name in [
        "Issuing sub CA for the Italian Electronic Identity Card - SUBCA1",
        "Ministero di Prova - CA Carta di Identit\u{e0} Elettronica",
        "CA della Carta d'Identita' Elettronica",
    ] {
        let anchors = Anchors::new(ours(vec![listed(name)]).anchors);
        assert_eq!(anchors.len(), 1);
        let hinting = anchors.hinting(HintPolicy::Names).unwrap();
        assert!(hinting.hints().is_empty(), "{name}");
    }
}

#[test]
fn a_folder_of_pem_files_gives_its_authorities_and_names_the_files_that_cannot_be_read() {
    let folder = tempfile::tempdir().unwrap();
    let read = || Gathered::from_pem_folder(folder.path(), &Overrides::new(), at(DAY));
    let told = |errors: Vec<FolderError>| {
        let told: Vec<String> = errors.iter().map(ToString::to_string).collect();
        told.join("\n")
    };
    assert!(told(read().unwrap_err()).contains("has no `.pem`"));
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    let [one, two, three] =
        ["one", "two", "three"].map(|name| to_pem(&Authority::of(name).certificate()));
    write("b.pem", &format!("{two}{one}"));
    write("a.crt", &three);
    write("readme.txt", "not a certificate");
    assert_eq!(names(&read().unwrap()), ["three", "two", "one"]);
    assert_eq!(
        read().unwrap().anchors[0].provider(),
        "Certificatore di Prova S.p.A."
    );
    write("c.pem", "not a certificate");
    write("d.pem", &one.replace("MI", "!!"));
    let told = told(read().unwrap_err());
    assert!(told.contains("c.pem: is not certificates in PEM"), "{told}");
    assert!(told.contains("d.pem: is not certificates in PEM"), "{told}");
    let missing = folder.path().join("missing");
    assert!(Gathered::from_pem_folder(&missing, &Overrides::new(), at(DAY)).is_err());
}

#[tokio::test]
async fn whoever_listens_hears_of_another_set_and_who_holds_the_old_one_keeps_it() {
    let live = LiveAnchors::new(Anchors::new(ours(vec![listed("one")]).anchors));
    let mut heard = live.clone().subscribe();
    let old = live.current();
    assert!(!heard.has_changed().unwrap());
    live.replace(Anchors::new(
        ours(vec![listed("one"), listed("two")]).anchors,
    ));
    heard.changed().await.unwrap();
    assert_eq!(
        (old.len(), heard.borrow().len(), live.current().len()),
        (1, 2, 2)
    );
    assert_ne!(old.digest(), live.current().digest());
    let now = live.current();
    let change = now.compared_with(&old);
    // Each "one" has a key of its own, so they are two authorities.
    assert_eq!((change.added.len(), change.removed.len()), (2, 1));
}

#[test]
fn two_imports_at_once_are_one_too_many() {
    let folder = tempfile::tempdir().unwrap();
    let lists = ListFolder::new(folder.path().join("trusted"));
    let lock = lists.lock().unwrap();
    let refused = lists.lock().unwrap_err().to_string();
    assert!(refused.contains("somebody else imports"), "{refused}");
    drop(lock);
    assert!(lists.lock().is_ok());
}
