//! Whether a card was revoked, told from lists that come from servers and folders of all kinds.

mod fetched;
mod kept;

use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use chrono::TimeDelta;
use varco::crypto::Random;
use varco::fetch::{Authorities, Rules};
use varco::identity::{Clock as _, Timestamp};
use varco::login::cns::revocation::{
    Addresses, CardRevocation, Mirror, RefreshSettings, Refresher, Revocation, RevocationSettings,
    RevocationStatus as _, Round,
};
use varco::protocol::x509::Certificate;
use varco::protocol::x509::crl::MOST_BYTES;

use crate::support::clock::TestClock;
use crate::support::der::{SHA1_RSA, distribution, extension, integer, points, tlv};
use crate::support::http_server::{HttpServer, Reply};
use crate::support::issuer::{CardIssuer, Says};

const KIND: &str = "application/pkix-crl";
const HOUR: i64 = 3600;
const DAY: i64 = 24 * HOUR;

/// No jitter: the middle of its range.
struct Middle;

impl Random for Middle {
    fn fill(&self, out: &mut [u8]) {
        out.fill(128);
    }
}

/// An installation that trusts some authorities.
struct House {
    clock: TestClock,
    trusted: Arc<Mutex<Vec<Arc<Certificate>>>>,
    revocation: CardRevocation,
    refresher: Refresher,
}

impl House {
    fn new(issuers: &[&CardIssuer], settings: RevocationSettings) -> Self {
        let certificates = issuers.iter().map(|issuer| Arc::clone(&issuer.certificate));
        let trusted = Arc::new(Mutex::new(certificates.collect::<Vec<_>>()));
        let asked = Arc::clone(&trusted);
        let trust = Arc::new(move || asked.lock().unwrap().clone());
        let (revocation, refresher) = CardRevocation::new(settings, trust, Arc::new(Middle));
        Self {
            clock: TestClock::new(),
            trusted,
            revocation,
            refresher,
        }
    }

    fn now(&self) -> Timestamp {
        self.clock.now()
    }

    fn second(&self) -> i64 {
        self.now().timestamp()
    }

    fn wait(&self, seconds: i64) {
        self.clock.advance(TimeDelta::seconds(seconds));
    }

    async fn look(&mut self) -> Round {
        self.refresher.look(self.clock.now()).await
    }

    async fn fetch(&mut self) -> Round {
        self.refresher.fetch_due(self.clock.now()).await
    }

    async fn status(&self, card: &Certificate, issuer: &CardIssuer) -> Revocation {
        let issuer = &issuer.certificate;
        self.revocation.status(card, issuer, self.now()).await
    }
}

/// Settings that reach servers of the test and no others.
fn settings(server: Option<&HttpServer>) -> RevocationSettings {
    let hosts = server.map(host).into_iter();
    RevocationSettings {
        refresh: RefreshSettings {
            addresses: Vec::new(),
            allowed: Addresses::new(Vec::new(), hosts),
            every: Duration::from_secs(3600),
            rules: rules(),
            folder: None,
            kept: None,
        },
        grace: Duration::ZERO,
        responders: None,
    }
}

fn rules() -> Rules {
    Rules {
        origins: Vec::new(),
        authorities: Authorities::System,
        networks: vec!["127.0.0.0/8".parse().unwrap()],
        plain_http: true,
        danger_allow_http_on_loopback: false,
        connect_timeout: Duration::from_secs(5),
        timeout: Duration::from_secs(20),
        max_bytes: 100_000,
        at_once: 3,
    }
}

fn host(server: &HttpServer) -> String {
    let url = server.url("/");
    format!("{}:{}", url.host_str().unwrap(), url.port().unwrap())
}

fn start() -> i64 {
    TestClock::new().now().timestamp()
}

fn in_folder(folder: &Path) -> RevocationSettings {
    let mut settings = settings(None);
    settings.refresh.folder = Some(folder.to_owned());
    settings
}

/// A house that has one list in its folder.
async fn with_list(issuer: &CardIssuer, list: &[u8]) -> (House, Round, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("one.crl"), list).unwrap();
    let mut house = House::new(&[issuer], in_folder(folder.path()));
    let round = house.look().await;
    (house, round, folder)
}

fn authority() -> CardIssuer {
    CardIssuer::new("Regione Esempio - CA Cittadini", &[])
}

#[tokio::test]
async fn a_list_tells_the_good_from_the_revoked_and_without_one_nobody_can() {
    let issuer = authority();
    let list = issuer.signed(1, start() - HOUR, start() + DAY, &[7]);
    let (house, round, _folder) = with_list(&issuer, &list).await;
    assert_eq!(round, Round::default());
    let status = async |serial| house.status(&issuer.card(serial, &[]), &issuer).await;
    assert_eq!(status(7).await, Revocation::Revoked);
    assert_eq!(status(8).await, Revocation::Good);
    let other = CardIssuer::new("Regione Esempio - CA Cittadini", &[]);
    let card = other.card(8, &[]);
    // The same name, and another key.
    assert_eq!(house.status(&card, &other).await, Revocation::Unknown);
}

#[tokio::test]
async fn a_list_counts_until_its_end_and_its_grace_to_the_second() {
    let issuer = authority();
    for grace in [0, 2 * HOUR] {
        let folder = tempfile::tempdir().unwrap();
        let list = issuer.signed(1, start() - HOUR, start() + DAY, &[7]);
        std::fs::write(folder.path().join("one.crl"), list).unwrap();
        let settings = RevocationSettings {
            grace: Duration::from_secs(grace.unsigned_abs()),
            ..in_folder(folder.path())
        };
        let mut house = House::new(&[&issuer], settings);
        house.look().await;
        let card = issuer.card(8, &[]);
        house.wait(DAY + grace - 1);
        assert_eq!(house.status(&card, &issuer).await, Revocation::Good);
        house.wait(1);
        assert_eq!(house.status(&card, &issuer).await, Revocation::Unknown);
        // Whom it names stays named.
        let revoked = issuer.card(7, &[]);
        assert_eq!(house.status(&revoked, &issuer).await, Revocation::Revoked);
    }
}

#[tokio::test]
async fn lists_that_are_not_the_authoritys_or_not_whole_tell_nothing() {
    let issuer = authority();
    let (from, until) = (start() - HOUR, start() + DAY);
    let good = || issuer.list(1, from, until, &[]);
    let stranger = authority();
    let mut sha1 = good();
    (sha1.inside, sha1.outside) = (Some(SHA1_RSA.to_vec()), Some(SHA1_RSA.to_vec()));
    for (list, code) in [
        (good().signed_by(&stranger.key), "signature"),
        (sha1.signed_by(&issuer.key), "algorithm"),
        (
            good()
                .with(extension(27, true, &integer(&[1])))
                .signed_by(&issuer.key),
            "delta",
        ),
        (
            good()
                .with(distribution(&[tlv(0x84, [0xff])]))
                .signed_by(&issuer.key),
            "indirect",
        ),
        (
            good()
                .with(distribution(&[tlv(0x82, [0xff])]))
                .signed_by(&issuer.key),
            "partial",
        ),
        (
            CardIssuer::new("Un'altra", &[]).signed(1, from, until, &[]),
            "unknown-issuer",
        ),
        (issuer.signed(1, start() + HOUR, until, &[]), "not-yet"),
        (b"-----BEGIN X509 CRL-----\nAAAA".to_vec(), "malformed"),
        (b"<html></html>".to_vec(), "malformed"),
        (Vec::new(), "malformed"),
        (vec![0x30; MOST_BYTES + 1], "too-large"),
    ] {
        let (house, round, _folder) = with_list(&issuer, &list).await;
        assert_eq!(round.codes(), [code]);
        let card = issuer.card(8, &[]);
        assert_eq!(
            house.status(&card, &issuer).await,
            Revocation::Unknown,
            "{code}"
        );
    }
}

#[tokio::test]
async fn an_authority_that_may_sign_no_lists_signs_none() {
    let root = authority();
    let (below, key) = root.issue(2, &Says::default());
    let form = varco_form(&below);
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("one.crl"), form.signed_by(&key)).unwrap();
    let mut house = House::new(&[], in_folder(folder.path()));
    house.trusted.lock().unwrap().push(Arc::new(below));
    assert_eq!(house.look().await.codes(), ["issuer-signs-no-lists"]);
}

fn varco_form(issuer: &Certificate) -> crate::support::der::CrlForm {
    let name = issuer.subject().der();
    crate::support::der::CrlForm::new(name, 1, start() - HOUR, start() + DAY)
}

#[tokio::test]
async fn a_list_for_another_distribution_point_says_nothing_of_a_card() {
    let issuer = authority();
    let [one, two] = ["http://crl.example/1.crl", "http://crl.example/2.crl"];
    let list = issuer
        .list(1, start() - HOUR, start() + DAY, &[7])
        .with(distribution(&[points(&[one])]));
    let (mut house, _, folder) = with_list(&issuer, &list.signed_by(&issuer.key)).await;
    let status = async |house: &House, serial, points: &[&str]| {
        house.status(&issuer.card(serial, points), &issuer).await
    };
    assert_eq!(status(&house, 8, &[one]).await, Revocation::Good);
    assert_eq!(status(&house, 8, &[two]).await, Revocation::Unknown);
    assert_eq!(status(&house, 8, &[]).await, Revocation::Unknown);
    assert_eq!(status(&house, 8, &[two, one]).await, Revocation::Good);
    // An authority gives a number once, so whom any list names is revoked.
    assert_eq!(status(&house, 7, &[two]).await, Revocation::Revoked);
    // The other part is a list of its own: neither takes the other's place.
    let other = issuer
        .list(9, start() - HOUR, start() + DAY, &[])
        .with(distribution(&[points(&[two])]));
    std::fs::write(folder.path().join("two.crl"), other.signed_by(&issuer.key)).unwrap();
    house.look().await;
    assert_eq!(house.look().await, Round::default());
    assert_eq!(status(&house, 8, &[one]).await, Revocation::Good);
    assert_eq!(status(&house, 8, &[two]).await, Revocation::Good);
}

#[tokio::test]
async fn a_list_for_people_says_nothing_of_an_authority_below() {
    let issuer = authority();
    let says = Says {
        is_ca: true,
        ..Says::default()
    };
    let below = issuer.issue(5, &says).0;
    for (only_people, status) in [(true, Revocation::Unknown), (false, Revocation::Good)] {
        let mut list = issuer.list(1, start() - HOUR, start() + DAY, &[]);
        if only_people {
            list = list.with(distribution(&[tlv(0x81, [0xff])]));
        }
        let (house, _, _folder) = with_list(&issuer, &list.signed_by(&issuer.key)).await;
        assert_eq!(house.status(&below, &issuer).await, status);
        let card = issuer.card(8, &[]);
        assert_eq!(house.status(&card, &issuer).await, Revocation::Good);
    }
}

#[tokio::test]
async fn a_list_in_pem_is_a_list_and_other_files_are_none() {
    let issuer = authority();
    let list = issuer.signed(1, start() - HOUR, start() + DAY, &[7]);
    let body = varco::crypto::encoding::base64(&list);
    let pem = format!("-----BEGIN X509 CRL-----\n{body}\n-----END X509 CRL-----\n");
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("README.txt"), "no list").unwrap();
    std::fs::create_dir(folder.path().join("folder.crl")).unwrap();
    std::fs::write(folder.path().join("ca.pem"), pem).unwrap();
    let mut house = House::new(&[&issuer], in_folder(folder.path()));
    assert_eq!(house.look().await, Round::default());
    let card = issuer.card(7, &[]);
    assert_eq!(house.status(&card, &issuer).await, Revocation::Revoked);
}

#[tokio::test]
async fn a_file_waits_for_its_authority_to_be_trusted_and_goes_with_it() {
    let issuer = authority();
    let list = issuer.signed(1, start() - HOUR, start() + DAY, &[7]);
    let (mut house, _, _folder) = with_list(&issuer, &list).await;
    house.trusted.lock().unwrap().clear();
    assert_eq!(house.look().await.codes(), ["unknown-issuer"]);
    assert!(house.revocation.lists().held().is_empty());
    assert_eq!(house.look().await, Round::default());
    house
        .trusted
        .lock()
        .unwrap()
        .push(Arc::clone(&issuer.certificate));
    house.look().await;
    assert_eq!(house.revocation.lists().held().len(), 1);
}

/// A server of one list, an authority whose certificate names it, and a house that trusts that.
fn served(list: impl Fn(&CardIssuer) -> Reply) -> (HttpServer, CardIssuer, House) {
    let server = HttpServer::start(|_| Reply::of(404, "text/html", "none"));
    let address = server.url("/ca.crl").to_string();
    let issuer = CardIssuer::new("Regione Esempio - CA Cittadini", &[&address]);
    let reply = list(&issuer);
    server.answer(move |_| reply.clone());
    let house = House::new(&[&issuer], settings(Some(&server)));
    (server, issuer, house)
}
