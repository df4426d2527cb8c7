//! Responders that are asked, over HTTP: when, how often, and what becomes of their answers.

use super::*;

/// An installation without lists, whose authority has its responder on this server.
fn house(issuer: &CardIssuer, server: &HttpServer, timeout: Duration) -> CardRevocation {
    let url = server.url("/");
    let host = format!("{}:{}", url.host_str().unwrap(), url.port().unwrap());
    let allowed = Addresses::new(Vec::new(), [host]);
    let rules = Rules {
        origins: Vec::new(),
        authorities: Authorities::System,
        networks: vec!["127.0.0.0/8".parse().unwrap()],
        plain_http: true,
        danger_allow_http_on_loopback: false,
        connect_timeout: Duration::from_secs(5),
        timeout,
        max_bytes: 40_000,
        at_once: 4,
    };
    let trusted = vec![Arc::clone(&issuer.certificate)];
    let settings = RevocationSettings {
        refresh: RefreshSettings {
            addresses: Vec::new(),
            allowed: Addresses::none(),
            every: Duration::from_secs(3600),
            rules: rules.clone(),
            folder: None,
            kept: None,
        },
        grace: Duration::ZERO,
        responders: Some(ResponderSettings { allowed, rules }),
    };
    let trust = Arc::new(move || trusted.clone());
    CardRevocation::new(settings, trust, Arc::new(SystemRandom)).0
}

/// The nonce of a question: the last 32 bytes of it.
fn nonce_of(question: &Received) -> Vec<u8> {
    question.body[question.body.len() - 32..].to_vec()
}

fn card_of(issuer: &CardIssuer, serial: u64, server: &HttpServer) -> Certificate {
    let address = server.url("/ocsp").to_string();
    let says = Says {
        ocsp: &[&address],
        ..Says::default()
    };
    issuer.issue(serial, &says).0
}

fn answering(
    server: &HttpServer,
    issuer: &CardIssuer,
    change: impl Fn(&mut Form) + Send + Sync + 'static,
) {
    let (form, key) = (
        Form::of(issuer, 9),
        SigningKey::from_pkcs8(issuer.key.pkcs8()).unwrap(),
    );
    server.answer(move |question| {
        let mut form = form.clone();
        form.nonce = Some(nonce_of(question));
        change(&mut form);
        Reply::of(200, "application/ocsp-response", form.signed_by(&key))
    });
}

#[tokio::test]
async fn a_responder_is_asked_where_no_list_can_tell_and_its_answer_is_kept_for_minutes() {
    let server = HttpServer::start(|_| Reply::of(404, "text/html", ""));
    let issuer = authority();
    let card = card_of(&issuer, 9, &server);
    let house = house(&issuer, &server, Duration::from_secs(20));
    answering(&server, &issuer, |_| {});
    let status = async |minutes| {
        let at = now() + TimeDelta::minutes(minutes);
        house.status(&card, &issuer.certificate, at).await
    };
    assert_eq!(status(0).await, Revocation::Good);
    let asked = server.received();
    assert_eq!(asked[0].line, "POST /ocsp HTTP/1.1");
    assert_eq!(
        asked[0].header("content-type"),
        Some("application/ocsp-request")
    );
    assert_eq!(status(4).await, Revocation::Good);
    assert_eq!(server.received().len(), 1);
    answering(&server, &issuer, |form| form.status = revoked());
    assert_eq!(status(5).await, Revocation::Revoked);
    answering(&server, &issuer, |_| {});
    assert_eq!(status(10).await, Revocation::Revoked);
    assert_eq!(server.received().len(), 2);
    // No nonce is used twice.
    let asked = server.received();
    assert_ne!(nonce_of(&asked[0]), nonce_of(&asked[1]));
}

#[tokio::test]
async fn an_answer_that_proves_nothing_leaves_the_card_unknown_and_the_responder_in_peace() {
    let issuer = authority();
    let stranger = card_key();
    let stale: fn(&mut Form) = |form| form.next_update = Some(now());
    let unknown: fn(&mut Form) = |form| form.status = tlv(0x82, []);
    let other: fn(&mut Form) = |form| form.nonce = Some(vec![1; 32]);
    for change in [stale, unknown, other] {
        let server = HttpServer::start(|_| Reply::of(404, "text/html", ""));
        let card = card_of(&issuer, 9, &server);
        let house = house(&issuer, &server, Duration::from_secs(20));
        answering(&server, &issuer, change);
        for _ in 0..2 {
            let status = house.status(&card, &issuer.certificate, now()).await;
            assert_eq!(status, Revocation::Unknown);
        }
        assert_eq!(server.received().len(), 1);
    }
    let forged = Form::of(&issuer, 9).signed_by(&stranger);
    for reply in [
        Reply::of(200, "application/ocsp-response", forged),
        Reply::of(200, "text/html", "<html>"),
        Reply::of(503, "text/html", ""),
        Reply::with(302, &[("location", "http://127.0.0.1/")], ""),
        Reply::Stall(Vec::new()),
    ] {
        let server = HttpServer::start(move |_| reply.clone());
        let card = card_of(&issuer, 9, &server);
        let house = house(&issuer, &server, Duration::from_millis(300));
        let status = house.status(&card, &issuer.certificate, now()).await;
        assert_eq!(status, Revocation::Unknown);
    }
}

#[tokio::test]
async fn a_responder_on_a_host_that_nobody_named_is_not_asked() {
    let (named, other) = (
        HttpServer::start(|_| Reply::of(404, "text/html", "")),
        HttpServer::start(|_| Reply::of(404, "text/html", "")),
    );
    let issuer = authority();
    let card = card_of(&issuer, 9, &other);
    let house = house(&issuer, &named, Duration::from_secs(20));
    let status = house.status(&card, &issuer.certificate, now()).await;
    assert_eq!(status, Revocation::Unknown);
    assert!(other.received().is_empty());
}
