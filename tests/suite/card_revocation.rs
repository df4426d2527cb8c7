//! Whether a card was revoked, told from lists that come from servers and folders of all kinds.

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
async fn a_list_that_goes_back_is_refused_and_one_that_goes_on_takes_cards_on_and_off() {
    let issuer = authority();
    let (from, until) = (start() - HOUR, start() + DAY);
    let list = issuer.signed(5, from, until, &[7]);
    let (mut house, _, folder) = with_list(&issuer, &list).await;
    let file = folder.path().join("one.crl");
    for (list, failures, newly, seven, eight) in [
        // By number, and by date.
        (
            issuer.signed(4, from + 1, until, &[]),
            &["went-back"][..],
            0,
            true,
            false,
        ),
        (
            issuer.signed(6, from - 1, until, &[]),
            &["went-back"],
            0,
            true,
            false,
        ),
        // On: eight is new, and seven stays.
        (
            issuer.signed(6, from + 2, until, &[7, 8]),
            &[],
            1,
            true,
            true,
        ),
        // The same again.
        (
            issuer.signed(6, from + 2, until, &[7, 8]),
            &[],
            0,
            true,
            true,
        ),
        // Seven was only held, and may log in again.
        (issuer.signed(7, from + 3, until, &[8]), &[], 0, false, true),
        (
            issuer.signed(8, from + 4, until, &[7, 8]),
            &[],
            1,
            true,
            true,
        ),
    ] {
        std::fs::write(&file, list).unwrap();
        // One look sees that it changed, the next that it stands still.
        let round = house.look().await.and(house.look().await);
        assert_eq!(round.codes(), failures);
        assert_eq!(round.newly_revoked.len(), newly);
        for (serial, revoked) in [(7, seven), (8, eight)] {
            let status = house.status(&issuer.card(serial, &[]), &issuer).await;
            assert_eq!(status == Revocation::Revoked, revoked, "{serial}");
        }
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

#[tokio::test]
async fn a_list_is_brought_from_where_the_authoritys_certificate_says_and_asked_for_again_when_due()
{
    let (server, issuer, mut house) = served(|issuer| {
        Reply::of(
            200,
            KIND,
            issuer.signed(1, start() - HOUR, start() + 30 * DAY, &[7]),
        )
    });
    assert_eq!(house.fetch().await, Round::default());
    let card = issuer.card(7, &[]);
    assert_eq!(house.status(&card, &issuer).await, Revocation::Revoked);
    assert_eq!(server.received()[0].line, "GET /ca.crl HTTP/1.1");
    // Not before its hour, a tenth less at least.
    house.wait(HOUR - 400);
    house.fetch().await;
    assert_eq!(server.received().len(), 1);
    house.wait(800);
    house.fetch().await;
    assert_eq!(server.received().len(), 2);
}

#[tokio::test]
async fn a_list_that_ends_soon_is_asked_for_soon() {
    let (server, _, mut house) = served(|issuer| {
        Reply::of(
            200,
            KIND,
            issuer.signed(1, start() - HOUR, start() + 20 * 60, &[]),
        )
    });
    house.fetch().await;
    house.wait(11 * 60);
    house.fetch().await;
    assert_eq!(server.received().len(), 2);
}

#[tokio::test]
async fn what_did_not_change_is_not_sent_again() {
    let (server, issuer, mut house) = served(|_| Reply::of(404, KIND, ""));
    let list = issuer.signed(1, start() - HOUR, start() + 30 * DAY, &[7]);
    server.answer(move |received| {
        let known = received.header("if-none-match") == Some("\"1\"")
            && received.header("if-modified-since") == Some("Sat, 21 Nov 2026 11:00:00 GMT");
        let headers = [
            ("content-type", KIND),
            ("etag", "\"1\""),
            ("last-modified", "Sat, 21 Nov 2026 11:00:00 GMT"),
        ];
        match known {
            true => Reply::with(304, &[], ""),
            false => Reply::with(200, &headers, &list),
        }
    });
    house.fetch().await;
    for turn in 2..5 {
        house.wait(2 * HOUR);
        assert_eq!(house.fetch().await, Round::default());
        assert_eq!(server.received().len(), turn);
    }
    let last = server.received().pop().unwrap();
    assert!(last.header("if-none-match").is_some());
    let card = issuer.card(7, &[]);
    assert_eq!(house.status(&card, &issuer).await, Revocation::Revoked);
}

#[tokio::test]
async fn what_servers_send_instead_of_a_list_is_refused_with_its_reason() {
    let long = vec![0; 200_000];
    for (reply, code) in [
        (Reply::of(200, KIND, &long), "too-large"),
        (Reply::of(404, KIND, ""), "status"),
        (Reply::with(302, &[("location", "http://127.0.0.1/")], ""), "redirect"),
        (Reply::of(200, "text/html", "<html>"), "wrong-kind"),
        (Reply::of(200, KIND, "<html>"), "malformed"),
        (Reply::Bytes(b"HTTP/1.1 200 OK\r\ncontent-type: application/pkix-crl\r\ncontent-length: 9\r\n\r\n12".to_vec()), "broken"),
    ] {
        let (server, issuer, mut house) = served(|_| reply.clone());
        assert_eq!(house.fetch().await.codes(), [code]);
        // Not again at once.
        assert_eq!(house.fetch().await, Round::default());
        assert_eq!(server.received().len(), 1);
        let card = issuer.card(8, &[]);
        assert_eq!(house.status(&card, &issuer).await, Revocation::Unknown);
    }
}

#[tokio::test]
async fn a_server_that_is_slow_is_left() {
    let server = HttpServer::start(|_| Reply::Stall(b"HTTP/1.1 200 OK\r\n".to_vec()));
    let address = server.url("/ca.crl").to_string();
    let issuer = CardIssuer::new("CA", &[&address]);
    let mut settings = settings(Some(&server));
    settings.refresh.rules.timeout = Duration::from_millis(150);
    let mut house = House::new(&[&issuer], settings);
    assert_eq!(house.fetch().await.codes(), ["too-slow"]);
}

#[tokio::test]
async fn failures_are_tried_again_later_and_later() {
    let (server, issuer, mut house) = served(|_| Reply::of(503, "text/html", ""));
    let mut asked = Vec::new();
    for minute in 0..=120 {
        let before = server.received().len();
        house.fetch().await;
        if server.received().len() > before {
            asked.push(minute);
        }
        house.wait(60);
    }
    // 1, 2, 4, 8, 16, 32 minutes and then each hour, as seen by the minute.
    assert_eq!(asked[..4], [0, 2, 5, 10]);
    assert!(asked.len() < 10, "{asked:?}");
    // It comes back, and the next failure starts small again.
    let list = issuer.signed(1, start(), house.second() + 30 * DAY, &[]);
    server.answer(move |_| Reply::of(200, KIND, &list));
    house.wait(2 * HOUR);
    assert_eq!(house.fetch().await, Round::default());
    let card = issuer.card(8, &[]);
    assert_eq!(house.status(&card, &issuer).await, Revocation::Good);
}

#[tokio::test]
async fn an_address_of_the_inside_is_not_asked_whatever_a_certificate_says() {
    let server = HttpServer::start(|_| Reply::of(200, KIND, ""));
    let address = server.url("/ca.crl").to_string();
    let issuer = CardIssuer::new("CA", &[&address]);
    // The host is not named: nobody asks.
    let mut unnamed = House::new(&[&issuer], settings(None));
    assert_eq!(unnamed.fetch().await, Round::default());
    // The host is named, and its network is not.
    let mut inside = settings(Some(&server));
    inside.refresh.rules.networks.clear();
    let mut inside = House::new(&[&issuer], inside);
    assert_eq!(inside.fetch().await.codes(), ["private-address"]);
    assert!(server.received().is_empty());
}

#[tokio::test]
async fn addresses_of_cards_are_asked_once_their_card_was_seen_and_their_host_is_named() {
    let (server, issuer, mut house) = served(|issuer| {
        Reply::of(
            200,
            KIND,
            issuer.signed(1, start() - HOUR, start() + DAY, &[7]),
        )
    });
    // An authority whose own certificate names no address.
    let silent = authority();
    house
        .trusted
        .lock()
        .unwrap()
        .clone_from(&vec![Arc::clone(&silent.certificate)]);
    let list = silent.signed(1, start() - HOUR, start() + DAY, &[7]);
    server.answer(move |_| Reply::of(200, KIND, &list));
    house.fetch().await;
    assert!(server.received().is_empty());
    let address = server.url("/cards.crl").to_string();
    let card = silent.card(7, &[&address, "http://stranger.example/a.crl"]);
    assert_eq!(house.status(&card, &silent).await, Revocation::Unknown);
    assert_eq!(house.fetch().await, Round::default());
    assert_eq!(server.received().len(), 1);
    assert_eq!(server.received()[0].line, "GET /cards.crl HTTP/1.1");
    assert_eq!(house.status(&card, &silent).await, Revocation::Revoked);
    drop(issuer);
}

#[tokio::test]
async fn an_authority_below_counts_as_long_as_who_signed_it_and_names_no_hosts() {
    let server = HttpServer::start(|_| Reply::of(404, KIND, ""));
    let root = CardIssuer::new("Radice", &[]);
    let address = server.url("/below.crl").to_string();
    let below = CardIssuer::below(&root, "Sotto", 5, &["http://stranger.example/below.crl"]);
    let card = below.card(7, &[&address]);
    let list = below.signed(1, start() - HOUR, start() + DAY, &[7]);
    server.answer(move |_| Reply::of(200, KIND, &list));
    let mut house = House::new(&[&root], settings(Some(&server)));
    // Nobody knows of it before its first card.
    assert_eq!(house.fetch().await, Round::default());
    assert_eq!(house.status(&card, &below).await, Revocation::Unknown);
    assert_eq!(house.fetch().await, Round::default());
    assert_eq!(house.status(&card, &below).await, Revocation::Revoked);
    house.look().await;
    assert_eq!(house.revocation.lists().held().len(), 1);
    // Its root is trusted no more, and neither is it.
    house.trusted.lock().unwrap().clear();
    house.look().await;
    assert!(house.revocation.lists().held().is_empty());
    let before = server.received().len();
    house.wait(2 * DAY);
    house.fetch().await;
    assert_eq!(server.received().len(), before);
}

#[tokio::test]
async fn no_more_parts_of_an_authority_are_held_than_anybody_has() {
    let issuer = authority();
    let folder = tempfile::tempdir().unwrap();
    for part in 0..1030 {
        let list = issuer
            .list(1, start() - HOUR, start() + DAY, &[])
            .with(distribution(&[points(&[&format!(
                "http://a.example/{part}"
            )])]));
        let list = list.signed_by(&issuer.key);
        std::fs::write(folder.path().join(format!("{part}.crl")), list).unwrap();
    }
    let mut house = House::new(&[&issuer], in_folder(folder.path()));
    let round = house.look().await;
    assert_eq!(round.codes(), ["too-many"; 6]);
    assert_eq!(house.revocation.lists().held().len(), 1024);
}

#[tokio::test]
async fn a_list_that_was_let_go_is_asked_for_whole_when_its_authority_comes_back() {
    let (server, issuer, mut house) = served(|_| Reply::of(404, KIND, ""));
    let list = issuer.signed(1, start() - HOUR, start() + 30 * DAY, &[7]);
    server.answer(move |received| match received.header("if-none-match") {
        Some(_) => Reply::with(304, &[], ""),
        None => Reply::with(200, &[("content-type", KIND), ("etag", "\"1\"")], &list),
    });
    house.look().await;
    house.fetch().await;
    let address = server.url("/ca.crl").to_string();
    let other = CardIssuer::new("Un'altra", &[&address]);
    let trust = |house: &House, issuer: &CardIssuer| {
        *house.trusted.lock().unwrap() = vec![Arc::clone(&issuer.certificate)];
    };
    trust(&house, &other);
    house.look().await;
    trust(&house, &issuer);
    house.look().await;
    assert!(house.revocation.lists().held().is_empty());
    house.wait(2 * HOUR);
    assert_eq!(house.fetch().await, Round::default());
    assert_eq!(house.revocation.lists().held().len(), 1);
}

#[tokio::test]
async fn an_ldap_address_is_served_by_its_mirror() {
    let server = HttpServer::start(|_| Reply::of(404, KIND, ""));
    let address = "ldap://ldap.example/cn=CA,o=Prova?certificateRevocationList";
    let issuer = CardIssuer::new("CA", &[address]);
    let list = issuer.signed(1, start() - HOUR, start() + DAY, &[7]);
    server.answer(move |_| Reply::of(200, KIND, &list));
    let mut settings = settings(None);
    let mirror = Mirror {
        from: "ldap://ldap.example/".to_owned(),
        to: server.url("/ldap/"),
    };
    settings.refresh.allowed = Addresses::new(vec![mirror], Vec::new());
    let mut house = House::new(&[&issuer], settings);
    assert_eq!(house.fetch().await, Round::default());
    let line = &server.received()[0].line;
    assert!(line.starts_with("GET /ldap/cn=CA,o=Prova?"), "{line}");
    // A list that is not of that address by its own word still is whole.
    let card = issuer.card(7, &[address]);
    assert_eq!(house.status(&card, &issuer).await, Revocation::Revoked);
}

#[tokio::test]
async fn a_restart_begins_with_the_lists_that_were_good_last() {
    let kept = tempfile::tempdir().unwrap();
    let folder = kept.path().join("crls");
    let server = HttpServer::start(|_| Reply::of(404, KIND, ""));
    let address = server.url("/ca.crl").to_string();
    let issuer = CardIssuer::new("CA", &[&address]);
    let good = issuer.signed(5, start() - HOUR, start() + DAY, &[7]);
    server.answer(move |_| Reply::of(200, KIND, &good));
    let with_cache = || {
        let mut settings = settings(Some(&server));
        settings.refresh.kept = Some(folder.clone());
        House::new(&[&issuer], settings)
    };
    let mut first = with_cache();
    first.look().await;
    assert_eq!(first.fetch().await, Round::default());

    // The server offers an older one meanwhile: the one that is kept holds against it.
    let older = issuer.signed(4, start() - HOUR, start() + DAY, &[]);
    server.answer(move |_| Reply::of(200, KIND, &older));
    let mut second = with_cache();
    assert_eq!(second.look().await, Round::default());
    let card = issuer.card(7, &[]);
    assert_eq!(second.status(&card, &issuer).await, Revocation::Revoked);
    assert_eq!(second.fetch().await.codes(), ["went-back"]);
    assert_eq!(second.status(&card, &issuer).await, Revocation::Revoked);

    // What was put into the folder by another hand is verified as everything else, and says nothing.
    let entries: Vec<_> = std::fs::read_dir(&folder).unwrap().flatten().collect();
    assert_eq!(entries.len(), 1);
    let forged = issuer
        .list(9, start(), start() + DAY, &[])
        .signed_by(&authority().key);
    std::fs::write(entries[0].path(), forged).unwrap();
    let mut third = with_cache();
    assert_eq!(third.look().await, Round::default());
    assert_eq!(third.status(&card, &issuer).await, Revocation::Unknown);
}

#[tokio::test]
async fn a_bad_list_takes_no_good_ones_place() {
    let (server, issuer, mut house) = served(|issuer| {
        Reply::of(
            200,
            KIND,
            issuer.signed(1, start() - HOUR, start() + 30 * DAY, &[7]),
        )
    });
    house.fetch().await;
    let forged = issuer
        .list(2, start(), start() + 30 * DAY, &[])
        .signed_by(&authority().key);
    server.answer(move |_| Reply::of(200, KIND, &forged));
    house.wait(2 * HOUR);
    assert_eq!(house.fetch().await.codes(), ["signature"]);
    let card = issuer.card(7, &[]);
    assert_eq!(house.status(&card, &issuer).await, Revocation::Revoked);
    assert_eq!(
        house.status(&issuer.card(8, &[]), &issuer).await,
        Revocation::Good
    );
}
