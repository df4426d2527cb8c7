//! Handshakes whose person still looks for their card.

use super::*;

/// A client whose person looks for their card: it began the handshake, the server answered, and nothing more comes.
async fn waiting(server: &CardServer, from: [u8; 4]) -> Option<TcpStream> {
    let computer = server.computer(None, TLS_13);
    let name = ServerName::try_from("localhost").unwrap();
    let mut client = ClientConnection::new(computer.config(), name).unwrap();
    let mut hello = Vec::new();
    client.write_tls(&mut hello).unwrap();
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind(SocketAddr::from((from, 0))).unwrap();
    let mut stream = socket.connect(server.served.address).await.unwrap();
    stream.write_all(&hello).await.ok()?;
    let mut first = [0];
    matches!(stream.read(&mut first).await, Ok(1)).then_some(stream)
}

#[tokio::test]
async fn a_thousand_people_looking_for_their_card_do_not_hold_up_the_main_host() {
    let main = Served::edge().await;
    let server = CardServer::start(Generation::Current).await;
    let mut people = Vec::new();
    for office in 0..10 {
        for _ in 0..100 {
            let person = waiting(&server, [127, 0, 1, office]).await;
            people.push(person.expect("a place"));
        }
    }
    let answer = exchange(main.address, &wire::get("/")).await;
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    // All of them still wait, and one who has a card comes in beside them.
    let computer = server.computer(Some(card()), TLS_13);
    let answer = computer.ask(server.served.address, &get_root()).await;
    assert!(answer.unwrap().starts_with("HTTP/1.1 200"));
    for person in &people {
        let open = person.try_read(&mut [0; 1]);
        assert!(!matches!(open, Ok(0)), "a connection was dropped");
    }
    drop(people);
    server.served.end().await;
    main.end().await;
}

#[tokio::test]
async fn one_office_holds_no_more_than_its_share_of_waiting_handshakes() {
    let limits = Limits {
        connections_per_address: 5,
        ..Limits::of_cards(Duration::from_secs(90))
    };
    let server = CardServer::within(Generation::Current, limits).await;
    let mut people = Vec::new();
    for _ in 0..5 {
        people.push(waiting(&server, [127, 0, 1, 1]).await.expect("a place"));
    }
    assert!(waiting(&server, [127, 0, 1, 1]).await.is_none());
    assert!(waiting(&server, [127, 0, 1, 2]).await.is_some());
    drop(people);
    server.served.end().await;
}

#[tokio::test]
async fn no_more_handshakes_wait_than_the_listener_holds() {
    let limits = Limits {
        connections: 3,
        ..Limits::of_cards(Duration::from_secs(90))
    };
    let server = Arc::new(CardServer::within(Generation::Current, limits).await);
    let mut people = Vec::new();
    for _ in 0..3 {
        people.push(waiting(&server, [127, 0, 1, 1]).await.expect("a place"));
    }
    let next = {
        let server = Arc::clone(&server);
        tokio::spawn(async move { waiting(&server, [127, 0, 1, 2]).await })
    };
    // The fourth is in the kernel's queue: it is answered when one of the three leaves.
    for _ in 0..1000 {
        tokio::task::yield_now().await;
    }
    assert!(!next.is_finished());
    people.pop();
    assert!(next.await.unwrap().is_some());
    drop(people);
    Arc::into_inner(server).unwrap().served.end().await;
}

#[tokio::test]
async fn who_says_nothing_is_given_up_long_before_who_looks_for_a_card() {
    let limits = Limits {
        hello: Duration::from_millis(50),
        ..Limits::of_cards(Duration::from_secs(90))
    };
    let server = CardServer::within(Generation::Current, limits).await;
    let person = waiting(&server, [127, 0, 1, 1]).await.expect("a place");
    // Returns only when the server closes.
    assert_eq!(exchange(server.served.address, b"").await, "");
    assert!(!matches!(person.try_read(&mut [0; 1]), Ok(0)));
    drop(person);
    server.served.end().await;
}

#[tokio::test]
async fn a_person_who_never_finds_their_card_is_given_up_too() {
    let limits = Limits::of_cards(Duration::from_millis(50));
    let server = CardServer::within(Generation::Current, limits).await;
    let mut person = waiting(&server, [127, 0, 1, 1]).await.expect("a place");
    let mut rest = Vec::new();
    // Returns only when the server closes.
    let _ = person.read_to_end(&mut rest).await;
    server.served.end().await;
}
