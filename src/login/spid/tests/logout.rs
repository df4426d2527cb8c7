//! Single logout, both ways.

use std::sync::LazyLock;

use super::*;
use crate::crypto::SignatureAlgorithm;
use crate::identity::SamlSession;
use crate::protocol::saml::logout::{
    Envelope, LogoutContent, LogoutSubject, ReceivedLogout, open_logout,
};
use crate::protocol::saml::redirect::{MessageKind, RedirectQuery, redirect_url};
use crate::protocol::saml::testing::{FOREIGN_KEY, PROVIDER_KEY, sign};
use crate::session::SessionHandle;

const SLO: &str = "https://sp.example/spid/slo";

fn session() -> SamlSession {
    SamlSession {
        identity_provider: PROVIDER.to_owned(),
        name_id: "_transient".to_owned().into(),
        name_qualifier: PROVIDER.to_owned(),
        session_index: Some("_session".to_owned()),
    }
}

fn envelope(id: &str) -> Envelope<'_> {
    Envelope {
        id,
        issue_instant: issued(),
        destination: SLO,
        issuer: PROVIDER,
    }
}

fn request(id: &str) -> String {
    envelope(id).logout_request(&LogoutSubject {
        name_id: "_transient",
        name_qualifier: PROVIDER,
        session_index: "_session",
    })
}

impl Bench {
    async fn posted(
        &self,
        kind: MessageKind,
        xml: &str,
        browser: Option<&Browser>,
    ) -> Result<LogoutOutcome, LogoutFailure> {
        let received = ReceivedLogout::Post {
            kind,
            field: &encode_post(xml),
            relay_state: Some("state"),
        };
        let digest = browser.map(|browser| &browser.digest);
        self.spid.receive_logout(received, digest, self.now()).await
    }

    async fn requested(&self, xml: &str) -> RequestedLogout {
        match self.posted(MessageKind::Request, xml, None).await.unwrap() {
            LogoutOutcome::Requested(request) => request,
            LogoutOutcome::Answered { .. } => panic!("it is a request"),
        }
    }

    /// Starts a logout; gives the request's id.
    async fn logout(&self, browser: &Browser) -> String {
        let message = self
            .spid
            .start_logout(&ENDED, &[session()], &browser.digest, "/bye", self.now())
            .await
            .unwrap()
            .message;
        let Some(OutgoingMessage::Redirect(address)) = message else {
            panic!("it goes by redirect");
        };
        let (location, query) = address.split_once('?').unwrap();
        assert_eq!(location, "https://idp.example/slo/redirect");
        let query = RedirectQuery::parse(query).unwrap();
        assert!(query.verify(&[KEY.0.public_key().clone()]).is_ok());
        let xml = query.inflate().unwrap();
        assert!(xml.contains("<samlp:SessionIndex>_session</samlp:SessionIndex>"));
        assert!(xml.contains("NameQualifier=\"https://idp.example\">_transient</saml:NameID>"));
        value_of(&xml, " ID=\"")
    }
}

/// The local session that ended before the providers were asked.
static ENDED: LazyLock<SessionHandle> =
    LazyLock::new(|| SessionHandle::parse(&"A".repeat(43)).unwrap());

fn code(outcome: Result<LogoutOutcome, LogoutFailure>) -> String {
    outcome.unwrap_err().code()
}

#[tokio::test]
async fn a_provider_is_asked_to_end_its_session_only_where_it_gave_an_index() {
    let (bench, browser) = (Bench::new(), Browser::new());
    bench.logout(&browser).await;
    let mut without = session();
    without.session_index = None;
    let without = [without];
    let started = bench
        .spid
        .start_logout(&ENDED, &without, &browser.digest, "/bye", bench.now());
    let nobody = NextLogout {
        message: None,
        missed: Vec::new(),
    };
    assert_eq!(started.await.unwrap(), nobody);
}

fn unreachable() -> SamlSession {
    SamlSession {
        identity_provider: "https://gone.example".to_owned(),
        ..session()
    }
}

#[tokio::test]
async fn a_provider_without_an_address_makes_the_logout_partial() {
    let (bench, browser) = (Bench::new(), Browser::new());
    let start = async |sessions: &[SamlSession]| {
        let started =
            bench
                .spid
                .start_logout(&ENDED, sessions, &browser.digest, "/bye", bench.now());
        started.await.unwrap()
    };
    let nobody = NextLogout {
        message: None,
        missed: vec!["https://gone.example".to_owned()],
    };
    assert_eq!(start(&[unreachable()]).await, nobody);
    // Before the one who is asked, or after.
    for sessions in [[session(), unreachable()], [unreachable(), session()]] {
        let Some(OutgoingMessage::Redirect(address)) = start(&sessions).await.message else {
            panic!("it goes by redirect");
        };
        let (_, query) = address.split_once('?').unwrap();
        let xml = RedirectQuery::parse(query).unwrap().inflate().unwrap();
        let answer = envelope("_r").logout_response(&value_of(&xml, " ID=\""), false);
        let answer = sign(answer, "_r", &PROVIDER_KEY);
        let outcome = bench.posted(MessageKind::Response, &answer, Some(&browser));
        let LogoutOutcome::Answered { missed, next, .. } = outcome.await.unwrap() else {
            panic!("it is an answer");
        };
        assert_eq!(missed, ["https://gone.example"]);
        assert_eq!(next, None);
    }
}

/// A key that can no longer sign.
struct Broken;

impl crate::crypto::Signer for Broken {
    fn public_key(&self) -> &PublicKey {
        KEY.0.public_key()
    }

    fn sign(
        &self,
        _: SignatureAlgorithm,
        _: &[u8],
    ) -> Result<Vec<u8>, crate::crypto::signer::CannotSign> {
        Err(crate::crypto::signer::CannotSign)
    }
}

#[tokio::test]
async fn a_logout_that_cannot_ask_the_next_provider_is_partial_and_not_an_error() {
    let (mut bench, browser) = (Bench::new(), Browser::new());
    let mut second = session();
    second.identity_provider = OTHER_PROVIDER.to_owned();
    let sessions = [second, session()];
    let started = bench
        .spid
        .start_logout(&ENDED, &sessions, &browser.digest, "/bye", bench.now());
    let Some(OutgoingMessage::Redirect(address)) = started.await.unwrap().message else {
        panic!("it goes by redirect");
    };
    let (_, query) = address.split_once('?').unwrap();
    let xml = RedirectQuery::parse(query).unwrap().inflate().unwrap();
    bench.spid.key.signer = Arc::new(Broken);
    let answer = envelope("_r").logout_response(&value_of(&xml, " ID=\""), false);
    let answer = sign(answer, "_r", &PROVIDER_KEY);
    let outcome = bench.posted(MessageKind::Response, &answer, Some(&browser));
    let LogoutOutcome::Answered { missed, next, .. } = outcome.await.unwrap() else {
        panic!("it is an answer");
    };
    assert_eq!(missed, [OTHER_PROVIDER]);
    assert_eq!(next, None);
}

#[tokio::test]
async fn an_answer_ends_the_logout_and_a_partial_one_says_so() {
    let (bench, browser) = (Bench::new(), Browser::new());
    for partial in [false, true] {
        let id = bench.logout(&browser).await;
        let xml = sign(
            envelope("_r").logout_response(&id, partial),
            "_r",
            &PROVIDER_KEY,
        );
        let outcome = bench
            .posted(MessageKind::Response, &xml, Some(&browser))
            .await
            .unwrap();
        assert_eq!(
            outcome,
            LogoutOutcome::Answered {
                session: ENDED.clone(),
                missed: if partial {
                    vec![PROVIDER.to_owned()]
                } else {
                    Vec::new()
                },
                next: None,
                continuation: "/bye".to_owned(),
            }
        );
        let again = bench
            .posted(MessageKind::Response, &xml, Some(&browser))
            .await;
        assert_eq!(code(again), "logout-request-unknown");
    }
}

#[tokio::test]
async fn several_providers_are_asked_one_after_the_other_and_one_partial_answer_marks_the_whole() {
    let (bench, browser) = (Bench::new(), Browser::new());
    let mut second = session();
    second.identity_provider = OTHER_PROVIDER.to_owned();
    let sessions = [session(), second];
    let started = bench
        .spid
        .start_logout(&ENDED, &sessions, &browser.digest, "/bye", bench.now());
    let mut next = started.await.unwrap().message;
    let mut asked = Vec::new();
    let mut last = None;
    while let Some(OutgoingMessage::Redirect(address)) = next {
        let (location, query) = address.split_once('?').unwrap();
        asked.push(location.to_owned());
        let xml = RedirectQuery::parse(query).unwrap().inflate().unwrap();
        let first = asked.len() == 1;
        let answer = envelope("_r").logout_response(&value_of(&xml, " ID=\""), first);
        let answer = if first {
            sign(answer.replace(PROVIDER, OTHER_PROVIDER), "_r", &FOREIGN_KEY)
        } else {
            sign(answer, "_r", &PROVIDER_KEY)
        };
        let outcome = bench.posted(MessageKind::Response, &answer, Some(&browser));
        let LogoutOutcome::Answered {
            next: more,
            missed,
            continuation,
            ..
        } = outcome.await.unwrap()
        else {
            panic!("it is an answer");
        };
        last = Some((missed, continuation));
        next = more;
    }
    assert_eq!(
        asked,
        [
            "https://other-idp.example/slo/redirect",
            "https://idp.example/slo/redirect"
        ]
    );
    let missed = vec![OTHER_PROVIDER.to_owned()];
    assert_eq!(last, Some((missed, "/bye".to_owned())));
}

#[tokio::test]
async fn an_answer_from_elsewhere_or_to_nothing_is_refused() {
    let (bench, browser) = (Bench::new(), Browser::new());
    let id = bench.logout(&browser).await;
    let answer = |in_response_to: &str| {
        let xml = envelope("_r").logout_response(in_response_to, false);
        sign(xml, "_r", &PROVIDER_KEY)
    };
    let post = async |xml: &str, browser: Option<&Browser>| {
        code(bench.posted(MessageKind::Response, xml, browser).await)
    };
    assert_eq!(
        post(&answer("_other"), Some(&browser)).await,
        "logout-request-unknown"
    );
    assert_eq!(post(&answer(&id), None).await, "logout-browser-other");
    assert_eq!(
        post(&answer(&id), Some(&Browser::new())).await,
        "logout-browser-other"
    );
    let other = envelope("_r")
        .logout_response(&id, false)
        .replace(PROVIDER, OTHER_PROVIDER);
    let other = sign(other, "_r", &FOREIGN_KEY);
    assert_eq!(post(&other, Some(&browser)).await, "logout-issuer-other");
}

#[tokio::test]
async fn a_request_of_a_provider_is_answered_at_its_response_location() {
    let bench = Bench::new();
    let requested = bench
        .requested(&sign(request("_l1"), "_l1", &PROVIDER_KEY))
        .await;
    assert_eq!(requested.name_id, "_transient");
    assert_eq!(requested.session_indexes, ["_session"]);
    for complete in [true, false] {
        let message = bench
            .spid
            .answer_logout(&requested, complete, bench.now())
            .unwrap();
        let OutgoingMessage::Post { action, fields } = message else {
            panic!("it came by POST");
        };
        assert_eq!(action, "https://idp.example/slo/response/post");
        assert!(fields.contains(&("RelayState", "state".to_owned())));
        let (_, field) = &fields[0];
        let opened = open_logout(
            ReceivedLogout::Post {
                kind: MessageKind::Response,
                field,
                relay_state: None,
            },
            |issuer| {
                assert_eq!(issuer, SERVICE);
                Some(std::slice::from_ref(KEY.0.public_key()))
            },
        )
        .unwrap();
        assert_eq!(opened.destination(), Some(action.as_str()));
        let LogoutContent::Response {
            in_response_to,
            status,
        } = opened.content()
        else {
            panic!("it is an answer");
        };
        assert_eq!(in_response_to, "_l1");
        assert_eq!(status.is_success(), complete);
        assert_eq!(status.is_partial_logout(), !complete);
    }
}

#[tokio::test]
async fn a_request_by_redirect_is_answered_by_redirect() {
    let bench = Bench::new();
    let address = redirect_url(
        SLO,
        MessageKind::Request,
        &request("_l2"),
        None,
        SignatureAlgorithm::EcdsaSha256,
        &*PROVIDER_KEY,
    )
    .unwrap();
    let query = address.split_once('?').unwrap().1;
    let received = ReceivedLogout::Redirect { query };
    let outcome = bench.spid.receive_logout(received, None, bench.now());
    let LogoutOutcome::Requested(requested) = outcome.await.unwrap() else {
        panic!("it is a request");
    };
    let answer = bench
        .spid
        .answer_logout(&requested, true, bench.now())
        .unwrap();
    let OutgoingMessage::Redirect(address) = answer else {
        panic!("it came by redirect");
    };
    assert!(address.starts_with("https://idp.example/slo/response/redirect?SAMLResponse="));
    assert!(!address.contains("RelayState"));
}

#[tokio::test]
async fn a_request_that_is_unsigned_late_early_for_others_or_repeated_is_refused() {
    let bench = Bench::new();
    let post = async |xml: &str| code(bench.posted(MessageKind::Request, xml, None).await);
    let signed = |xml: String| sign(xml, "_l", &PROVIDER_KEY);
    assert_eq!(post(&request("_l")).await, "logout-signature-missing");
    assert_eq!(
        post(&sign(request("_l"), "_l", &FOREIGN_KEY)).await,
        "logout-signature-value"
    );
    let later = request("_l").replace(testing::ISSUED, "2026-11-21T10:01:01Z");
    assert_eq!(post(&signed(later)).await, "logout-issued-in-future");
    let old = request("_l").replace(testing::ISSUED, "2026-11-21T09:53:59Z");
    assert_eq!(post(&signed(old)).await, "logout-expired");
    let ended = request("_l").replace(
        "Destination=",
        "NotOnOrAfter=\"2026-11-21T09:59:00Z\" Destination=",
    );
    assert_eq!(post(&signed(ended)).await, "logout-expired");
    let elsewhere = request("_l").replace(SLO, "https://other.example/slo");
    assert_eq!(post(&signed(elsewhere)).await, "logout-destination-other");
    let nowhere = request("_l").replace(&format!(" Destination=\"{SLO}\""), "");
    assert_eq!(post(&signed(nowhere)).await, "logout-destination-other");
    let good = signed(request("_l"));
    assert!(
        bench
            .posted(MessageKind::Request, &good, None)
            .await
            .is_ok()
    );
    assert_eq!(post(&good).await, "logout-replayed");
}
