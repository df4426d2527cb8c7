//! Sessions at a provider: they spare a login at level 1, and logout ends them.

use http::header::{LOCATION, SET_COOKIE};

use super::*;
use crate::protocol::saml::logout::{
    Envelope, LogoutContent, LogoutSubject, ReceivedLogout, open_logout,
};

/// Logs Anna in with level 1 and a session; gives the session's cookie and its `NameID` and `SessionIndex`.
async fn session_at_level_1(router: &Router) -> (String, String, String) {
    let request = signed(asked(1));
    let page = post_request(router, &request).await;
    let fields = [ANNA[0], ANNA[1], ("session", "on")];
    let consent = fill_in(router, &page, &fields).await;
    let form = consent.form_with("login").unwrap();
    let fields = [("login", form.value("login").unwrap()), ("say", "yes")];
    let sending = ask(router, "/arubaid/consent", Some(&fields)).await;
    let cookie = sending.headers[SET_COOKIE].to_str().unwrap();
    let cookie = cookie.split(';').next().unwrap().to_owned();
    let xml = decode_post(
        sending
            .form_with("SAMLResponse")
            .unwrap()
            .value("SAMLResponse")
            .unwrap(),
    )
    .unwrap();
    let document = Document::parse(&xml, &Limits::MESSAGE).unwrap();
    let keys = [KEYS[1].0.public_key().clone()];
    let Opened::Asserted(assertion) = Received::read(&document, ResponseForm::SPID)
        .unwrap()
        .open(&keys)
        .unwrap()
    else {
        panic!("{xml}");
    };
    let content = assertion.content();
    let index = content.authentication.session_index.unwrap().to_owned();
    (cookie, content.subject.name_id.to_string(), index)
}

#[tokio::test]
async fn a_session_takes_the_place_of_a_login_at_level_1_only() {
    let router = router();
    let (cookie, ..) = session_at_level_1(&router).await;
    for (level, expected) in [(1, true), (2, false)] {
        let request = signed(asked(level));
        let message = encode_post(&request);
        let form = [("SAMLRequest", message.as_str()), ("RelayState", "state")];
        let page = ask_with(&router, "/arubaid/sso", Some(&form), &cookie).await;
        assert_eq!(page.form_with("SAMLResponse").is_ok(), expected, "{level}");
        assert_eq!(page.form_with("password").is_ok(), !expected, "{level}");
    }
}

#[tokio::test]
async fn a_logout_request_ends_the_session_once_and_is_answered_in_part_after_that() {
    let router = router();
    let (_, name_id, index) = session_at_level_1(&router).await;
    for partial in [false, true] {
        let envelope = Envelope {
            id: "_logout",
            issue_instant: noon(),
            destination: &format!("{ARUBA}/slo"),
            issuer: ENTITY,
        };
        let xml = envelope.logout_request(&LogoutSubject {
            name_id: &name_id,
            name_qualifier: ARUBA,
            session_index: &index,
        });
        let message = encode_post(&sign(xml, "_logout", SignaturePlace::AfterIssuer));
        let form = [("SAMLRequest", message.as_str())];
        let page = ask(&router, "/arubaid/slo", Some(&form)).await;
        let location = page.headers[LOCATION].to_str().unwrap();
        let (address, query) = location.split_once('?').unwrap();
        assert_eq!(address, "https://localhost:8443/spid/slo");
        let keys = [KEYS[1].0.public_key().clone()];
        let answer = open_logout(ReceivedLogout::Redirect { query }, |_| Some(&keys)).unwrap();
        let LogoutContent::Response { status, .. } = answer.content() else {
            panic!("{answer:?}");
        };
        assert_eq!(status.is_partial_logout(), partial);
        assert_eq!(status.is_success(), !partial);
    }
}
