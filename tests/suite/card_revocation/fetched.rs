//! Lists that are brought from where they are published: when they are asked for, what is not believed, what is done where none comes.

use super::*;

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
