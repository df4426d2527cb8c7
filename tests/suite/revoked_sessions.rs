//! Sessions of cards that are revoked: they end, once, for all nodes, and it is written down.

use std::collections::HashSet;
use std::path::Path;
use std::sync::{Arc, Mutex};

use chrono::TimeDelta;
use varco::config::{Built, Config, Ports, build};
use varco::crypto::SystemRandom;
use varco::crypto::certificate::to_pem;
use varco::identity::{
    AchievedAssurance, AssuranceLevel, AuthenticationEvent, AuthenticationMethod, Card, CardKind,
    Clock as _, EvidenceId, SystemClock,
};
use varco::protocol::x509::IssuerId;
use varco::session::{Established, Origin, RevokedCards, SessionLimits, Sessions};
use varco::store::MemoryStore;

use crate::support::clock::TestClock;
use crate::support::configured::Configured;
use crate::support::issuer::CardIssuer;
use crate::support::person::{person, vouch_for};

const ADA: &str = "RSSMRA80A01H501U";

fn login(clock: &TestClock, card: Option<Card>) -> AuthenticationEvent {
    AuthenticationEvent {
        method: match card {
            Some(_) => AuthenticationMethod::Cns,
            None => AuthenticationMethod::Spid,
        },
        provider: "Regione Esempio - CA Cittadini".to_owned(),
        level: AchievedAssurance(AssuranceLevel::High),
        at: clock.now(),
        evidence: EvidenceId("1".to_owned()),
        saml: None,
        card,
    }
}

fn card(issuer_id: &str, serial: &str) -> Card {
    Card {
        kind: CardKind::Health,
        issuer: "Regione Esempio - CA Cittadini".to_owned(),
        issuer_id: issuer_id.to_owned(),
        serial: serial.to_owned(),
        sha256: "00".repeat(32),
    }
}

/// The serial numbers that one node knows to be revoked.
#[derive(Clone, Default)]
struct Known(Arc<Mutex<HashSet<String>>>);

impl RevokedCards for Known {
    fn is_revoked(&self, card: &Card) -> bool {
        self.0.lock().unwrap().contains(&card.serial)
    }
}

impl Known {
    fn learn(&self, serial: &str) {
        self.0.lock().unwrap().insert(serial.to_owned());
    }
}

async fn establish(
    sessions: &Sessions,
    clock: &TestClock,
    previous: Option<&Established>,
    card: Option<Card>,
) -> Established {
    let identity = vouch_for(person(ADA), login(clock, card));
    let previous = previous.map(|before| before.session.handle());
    let begun = sessions.establish(previous, identity, Origin::default(), clock.now());
    begun.await.unwrap()
}

/// Two nodes with one store, each with lists of its own.
fn nodes(clock: &TestClock) -> [(Sessions, Known); 2] {
    let store = Arc::new(MemoryStore::new(Arc::new(clock.clone())));
    std::array::from_fn(|_| {
        let known = Known::default();
        let sessions = Sessions::new(
            Arc::clone(&store) as _,
            SessionLimits::default(),
            Arc::new(SystemRandom),
        );
        (sessions.heeding(Arc::new(known.clone())), known)
    })
}

#[tokio::test]
async fn a_session_whose_card_a_list_names_ends_for_all_nodes_unused_as_it_is() {
    let clock = TestClock::new();
    let [(one, _), (two, _)] = nodes(&clock);
    let hers = establish(&one, &clock, None, Some(card("aa", "07"))).await;
    let others = establish(&one, &clock, None, Some(card("aa", "08"))).await;
    let same_number = establish(&one, &clock, None, Some(card("bb", "07"))).await;
    // Neither knows it from memory: the index alone ends it.
    two.end_by_card("aa", "07").await.unwrap();
    assert!(one.find(&hers.id, clock.now()).await.unwrap().is_none());
    for lives in [&others, &same_number] {
        assert!(one.find(&lives.id, clock.now()).await.unwrap().is_some());
    }
    // Written down once, by whoever ended it.
    assert_eq!(two.take_ended_as_revoked().len(), 1);
    assert!(two.take_ended_as_revoked().is_empty());
    assert!(one.take_ended_as_revoked().is_empty());
    two.end_by_card("aa", "07").await.unwrap();
    assert!(two.take_ended_as_revoked().is_empty());
}

#[tokio::test]
async fn a_session_that_no_list_ended_ends_at_its_next_use_however_it_is_reached() {
    let clock = TestClock::new();
    for way in 0..4 {
        let [(sessions, known), _] = nodes(&clock);
        let hers = establish(&sessions, &clock, None, Some(card("aa", "07"))).await;
        assert!(sessions.find(&hers.id, clock.now()).await.unwrap().is_some());
        // The list was there before the session could be indexed: nobody looks it up.
        known.learn("07");
        let handle = hers.session.handle();
        let found = match way {
            0 => sessions.find(&hers.id, clock.now()).await.unwrap(),
            // An application's token.
            1 => sessions.find_by_handle(handle, clock.now()).await.unwrap(),
            // The page of one's sessions.
            2 => sessions
                .of_person(&person(ADA).key, clock.now())
                .await
                .unwrap()
                .pop(),
            // A further login: it begins anew, and takes nothing over.
            _ => {
                let next = establish(&sessions, &clock, Some(&hers), None).await;
                assert_ne!(next.session.handle(), handle);
                assert_eq!(next.session.events().len(), 1);
                None
            }
        };
        assert!(found.is_none(), "{way}");
        assert_eq!(sessions.take_ended_as_revoked().len(), 1);
        // It is gone, not hidden.
        known.0.lock().unwrap().clear();
        assert!(sessions.find(&hers.id, clock.now()).await.unwrap().is_none());
    }
}

#[tokio::test]
async fn a_session_that_a_card_raised_ends_with_the_card() {
    let clock = TestClock::new();
    let [(sessions, known), _] = nodes(&clock);
    let spid = establish(&sessions, &clock, None, None).await;
    let raised = establish(&sessions, &clock, Some(&spid), Some(card("aa", "07"))).await;
    let again = establish(&sessions, &clock, Some(&raised), None).await;
    assert_eq!(again.session.events().len(), 3);
    known.learn("08");
    assert!(sessions.find(&again.id, clock.now()).await.unwrap().is_some());
    known.learn("07");
    assert!(sessions.find(&again.id, clock.now()).await.unwrap().is_none());

    let spid = establish(&sessions, &clock, None, None).await;
    let raised = establish(&sessions, &clock, Some(&spid), Some(card("aa", "09"))).await;
    sessions.end_by_card("aa", "09").await.unwrap();
    assert!(sessions.find(&raised.id, clock.now()).await.unwrap().is_none());
}

/// Paths of the configuration are relative to its folder. The authorities come from a folder of PEM files.
const CNS: &str = r#"
[cns]
public_url = "https://carta.istituto.example"
listen = "127.0.0.1:0"
certificate = "spid.pem"
key = "spid.key.pem"

[cns.trust]
pem = ["anchors"]

[cns.revocation]
crls = "crls"
fetch = false
"#;

/// A configuration that trusts an authority and has a folder for its lists.
fn configured(issuer: &CardIssuer) -> Configured {
    let configured = Configured::new();
    let text = std::fs::read_to_string(configured.path("varco.toml")).unwrap();
    configured.write("varco.toml", &format!("{text}{CNS}"));
    for folder in ["anchors", "crls"] {
        std::fs::create_dir(configured.path(folder)).unwrap();
    }
    let pem = to_pem(issuer.certificate.der());
    configured.write("anchors/ca.pem", &pem);
    configured
}

fn built(configured: &Configured, clock: &TestClock) -> Built {
    let config = Config::load(Path::new(&configured.path("varco.toml"))).unwrap();
    let ports = Ports {
        clock: Arc::new(clock.clone()),
        random: Arc::new(SystemRandom),
    };
    build(&config, ports).unwrap()
}

#[tokio::test]
async fn a_gateway_ends_the_session_of_a_card_that_its_next_list_names_and_writes_it_down() {
    let clock = TestClock::new();
    let issuer = CardIssuer::new("Regione Esempio - CA Cittadini", &[]);
    let configured = configured(&issuer);
    let (from, until) = (clock.now().timestamp() - 3600, clock.now().timestamp() + 86_400);
    let write = |number, revoked: &[u64]| {
        let list = issuer.signed(number, from + i64::from(number), until, revoked);
        std::fs::write(configured.path("crls/ca.crl"), list).unwrap();
    };
    write(1, &[3]);
    let mut built = built(&configured, &clock);
    let gateway = built.gateway.clone();
    let mut keeper = built.revocation.take().unwrap();
    keeper.begin(&gateway).await;
    let sessions = gateway.sessions();
    let id = IssuerId::of(&issuer.certificate).hex();
    let hers = establish(sessions, &clock, None, Some(card(&id, "07"))).await;
    let others = establish(sessions, &clock, None, Some(card(&id, "08"))).await;
    // One that logged in by a card that is already listed, in whatever way, does not last to its first use.
    let late = establish(sessions, &clock, None, Some(card(&id, "03"))).await;
    assert!(sessions.find(&late.id, clock.now()).await.unwrap().is_none());

    keeper.turn(&gateway).await;
    assert!(sessions.find(&hers.id, clock.now()).await.unwrap().is_some());
    write(2, &[3, 7]);
    for _ in 0..2 {
        keeper.turn(&gateway).await;
    }
    // Nobody used it meanwhile.
    let metrics = gateway.metrics().encode().unwrap();
    let label = format!("issuer=\"{}\",part=\"all\"", &id[..16]);
    for line in [
        format!("varco_crl_entries{{{label}}} 2"),
        format!("varco_crl_made_timestamp_seconds{{{label}}} {}", from + 2),
        format!("varco_crl_ends_timestamp_seconds{{{label}}} {until}"),
    ] {
        assert!(metrics.contains(&line), "{line} in {metrics}");
    }
    assert!(sessions.find(&hers.id, clock.now()).await.unwrap().is_none());
    assert!(sessions.find(&others.id, clock.now()).await.unwrap().is_some());

    // A list that is forged, and one that is late, end nobody's session.
    std::fs::write(configured.path("crls/ca.crl"), "nothing").unwrap();
    clock.advance(TimeDelta::minutes(20));
    for _ in 0..2 {
        keeper.turn(&gateway).await;
    }
    assert!(sessions.find(&others.id, clock.now()).await.unwrap().is_some());
    let metrics = gateway.metrics().encode().unwrap();
    assert!(metrics.contains("varco_crl_failures_total{code=\"malformed\"} 1"), "{metrics}");

    drop((keeper, gateway, built));
    let said = configured.run(&["audit", "find", "--type", "session_ended"]);
    let ended = said.expect(0).out.matches("card_revoked").count();
    assert_eq!(ended, 2, "{}", said.out);
}

#[test]
fn the_check_tells_whose_cards_nobody_can_tell_about() {
    let issuer = CardIssuer::new("Regione Esempio - CA Cittadini", &[]);
    let configured = configured(&issuer);
    let said = configured.run(&["check"]);
    let none = "note: cards of Regione Esempio - CA Cittadini: no revocation list";
    assert!(said.expect(0).out.contains(none), "{}", said.out);

    let now = SystemClock.now().timestamp();
    let write = |list: &[u8]| std::fs::write(configured.path("crls/ca.crl"), list).unwrap();
    write(&issuer.signed(1, now - 7200, now - 3600, &[]));
    let said = configured.run(&["check"]);
    let ended = "note: cards of Regione Esempio - CA Cittadini: the revocation list ended ";
    assert!(said.expect(0).out.contains(ended), "{}", said.out);

    write(b"<html>");
    let said = configured.run(&["check"]);
    let refused = "note: revocation list at ca.crl: malformed";
    assert!(said.expect(0).out.contains(refused), "{}", said.out);

    write(&issuer.signed(2, now - 3600, now + 3600, &[]));
    let said = configured.run(&["check"]);
    assert!(!said.expect(0).out.contains("Regione Esempio"), "{}", said.out);
}

#[test]
fn what_is_wrong_in_the_section_is_told_at_its_line() {
    let issuer = CardIssuer::new("Regione Esempio - CA Cittadini", &[]);
    let configured = configured(&issuer);
    for (line, says) in [
        ("every_minutes = 0", "`every_minutes` is from 1 to 1440"),
        ("grace_hours = 169", "`grace_hours` is from 0 to 168"),
        ("max_megabytes = 65", "`max_megabytes` is from 1 to 64"),
        ("addresses = [\"ldap://ca.example/\"]", "`addresses` is an `http`"),
        ("addresses = [\"http://user@ca.example/\"]", "`addresses` is an `http`"),
        ("hosts = [\"http://ca.example/\"]", "`hosts` are names"),
        ("hosts = [\"user@ca.example\"]", "`hosts` are names"),
        ("networks = [\"10\"]", "`networks`"),
        ("mirror = [{ from = \"ca\", to = \"https://m.example/\" }]", "`from` is how"),
        ("mirror = [{ from = \"ldap://\", to = \"ldap://m.example/\" }]", "`to` is an `http`"),
        ("other = 1", "unknown field `other`"),
    ] {
        configured.change("fetch = false\n", &format!("fetch = false\n{line}\n"));
        let said = configured.run(&["check"]);
        assert!(said.expect(1).err.contains(says), "{line}: {}", said.err);
        configured.change(&format!("{line}\n"), "");
    }
}
