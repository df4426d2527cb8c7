//! The Ministry of the demo over real HTTP and TLS, as the gateway and people meet it: logins at every level by both of its
//! protocols, what the application's hint leads to, and what happens while the Ministry does not answer.

use std::sync::Arc;

use chrono::TimeDelta;
use http::{Method, StatusCode};
use varco::demo::CieProtocols;
use varco::demo::citizen::{Citizen, Page};
use varco::demo::people::{PEOPLE, TestPerson};
use varco::demo::walk::{Place, go_to_provider, log_in, way_to};
use varco::identity::{AssuranceLevel, Clock as _, SystemClock};

use crate::support::clock::TestClock;
use crate::support::demo::Demo;

const EASY: &str = "fascicolo-previdenziale/consult";

const SAYS_UNREACHABLE: &str = "non riusciamo a collegarci con il Ministero";

/// Everything that the federation says ends within half an hour.
const A_CHAIN_LATER: TimeDelta = TimeDelta::minutes(31);

async fn ways_in(demo: &Demo, citizen: &mut Citizen, level: u8) -> Page {
    let address = format!("{}/login?level={level}", demo.addresses().gateway);
    citizen.open(&address).await.unwrap()
}

/// What the application is told of whoever is logged in.
async fn told(demo: &Demo, citizen: &mut Citizen) -> serde_json::Value {
    let app = &demo.addresses().app;
    let asked = format!("{app}/login?resource={EASY}");
    let page = citizen.open(&asked).await.unwrap();
    assert!(page.url.as_str().starts_with(app), "{}", page.url);
    let seen = citizen.open(&format!("{app}/session.json")).await.unwrap();
    let seen: serde_json::Value = serde_json::from_str(&seen.body).unwrap();
    seen["claims"].clone()
}

/// The people who go on at once after a login: those who act in one profile.
fn people() -> impl Iterator<Item = &'static TestPerson> {
    PEOPLE
        .iter()
        .filter(|person| person.fiscal_code.is_some() && person.profiles.is_empty())
}

fn places(demo: &Demo) -> [Place<'_>; 2] {
    [Place::Saml(demo.ministry()), Place::OpenId]
}

#[test]
fn people_log_in_at_each_level_by_both_protocols_and_no_lower_than_they_were_asked() {
    let demo = Demo::start(AssuranceLevel::Low, Vec::new());
    demo.block_on(async {
        for place in places(&demo) {
            for (person, level) in people().zip((1..=3).cycle()) {
                let mut citizen = Citizen::new(demo.authority()).unwrap();
                let page = ways_in(&demo, &mut citizen, level).await;
                let login = go_to_provider(&mut citizen, &page, place).await.unwrap();
                let portal = log_in(&mut citizen, &login, person, level).await.unwrap();
                assert_eq!(portal.url.path(), "/", "{}", portal.body);
                let claims = told(&demo, &mut citizen).await;
                let class = format!("https://www.spid.gov.it/SpidL{level}");
                let method = format!("{}/claims/method", demo.addresses().gateway);
                assert_eq!(claims["acr"], class, "{}", place.method());
                assert_eq!(claims["fiscal_number"], person.fiscal_code.unwrap());
                assert_eq!(claims[&method], "cie");
            }
            for (asked, given) in [(2, 1), (3, 2), (3, 1)] {
                let mut citizen = Citizen::new(demo.authority()).unwrap();
                let page = ways_in(&demo, &mut citizen, asked).await;
                let login = go_to_provider(&mut citizen, &page, place).await.unwrap();
                let refused = log_in(&mut citizen, &login, &PEOPLE[0], given).await;
                let refused = refused.unwrap();
                assert_eq!(refused.status, StatusCode::FORBIDDEN, "{}", place.method());
                assert_eq!(refused.heading(), "Accesso non riuscito");
                let page = ways_in(&demo, &mut citizen, 1).await;
                assert!(way_to(&page, place).is_some(), "nobody is logged in");
            }
        }
    });
}

#[test]
fn an_application_leads_to_the_ministry_in_the_protocol_whose_entity_id_it_names() {
    let demo = Demo::start(AssuranceLevel::Substantial, Vec::new());
    let (app, federation) = (&demo.addresses().app, demo.federation());
    let openid = federation.ministry().provider.as_str();
    demo.block_on(async {
        let mut citizen = Citizen::new(demo.authority()).unwrap();
        let home = citizen.open(app).await.unwrap();
        let buttons: Vec<_> = home
            .links()
            .into_iter()
            .filter(|link| link.target.as_str().contains("idp_hint="))
            .collect();
        assert_eq!(buttons.len(), 2, "{}", home.body);
        let by_saml = citizen.follow(&home, &buttons[0]).await.unwrap();
        let form = by_saml.form_with("SAMLRequest").unwrap();
        assert_eq!(form.action.as_str(), demo.ministry().sso());
        let by_openid = citizen.follow(&home, &buttons[1]).await.unwrap();
        assert!(
            by_openid.url.as_str().starts_with(openid),
            "{}",
            by_openid.url
        );
        let back = log_in(&mut citizen, &by_openid, &PEOPLE[0], 2)
            .await
            .unwrap();
        assert_eq!(back.url.as_str(), format!("{app}/"));
        assert!(back.body.contains("Anna"), "{}", back.body);
    });
}

#[test]
fn the_federation_knows_its_members_and_nobody_else() {
    let demo = Demo::start(AssuranceLevel::Substantial, Vec::new());
    let (gateway, ministry) = (&demo.addresses().gateway, demo.federation().ministry());
    demo.block_on(async {
        let mut citizen = Citizen::new(demo.authority()).unwrap();
        let anchor = &ministry.anchor;
        let about = |who: &str| format!("{anchor}/fetch?sub={who}");
        let stranger = citizen.open(&about("https://other.example")).await.unwrap();
        assert_eq!(stranger.status, StatusCode::NOT_FOUND);
        assert!(stranger.body.contains("not_found"), "{}", stranger.body);
        for member in [&ministry.provider, gateway] {
            let statement = citizen.open(&about(member)).await.unwrap();
            assert_eq!(statement.status, StatusCode::OK, "{member}");
        }
        // Whoever is asked about is enrolled; an operator may ask for it again, after a change of keys.
        let home = citizen.open(anchor).await.unwrap();
        assert!(home.body.contains(gateway.as_str()), "{}", home.body);
        let form = home.forms().remove(0);
        assert_eq!(form.action.as_str(), format!("{anchor}/enrol"));
        let after = citizen.submit(&home, &form).await.unwrap();
        assert_eq!(after.url.as_str(), anchor);
        let list = citizen.open(&format!("{anchor}/list")).await.unwrap();
        let members: Vec<String> = serde_json::from_str(&list.body).unwrap();
        assert_eq!(members, [ministry.provider.clone(), gateway.clone()]);
    });
}

fn clock() -> TestClock {
    let clock = TestClock::new();
    clock.set(SystemClock.now());
    clock
}

#[test]
fn saml_takes_over_when_nobody_vouches_for_the_provider_any_more() {
    let clock = clock();
    let first = "\n[cie]\nprotocol = \"openid\"\n";
    let change = |options: &mut varco::demo::Options| {
        options.further_configuration = first.to_owned();
    };
    let demo = Demo::with(change, Arc::new(clock.clone()));
    let provider = &demo.federation().ministry().provider;
    demo.block_on(async {
        let mut citizen = Citizen::new(demo.authority()).unwrap();
        let page = ways_in(&demo, &mut citizen, 2).await;
        let button = page.link_to("/login/cie").unwrap();
        let there = citizen.follow(&page, &button).await.unwrap();
        assert!(there.url.as_str().starts_with(provider), "{}", there.url);

        demo.federation().switch(true);
        clock.advance(A_CHAIN_LATER);
        let page = ways_in(&demo, &mut citizen, 2).await;
        assert!(!page.body.contains(SAYS_UNREACHABLE));
        let button = page.link_to("/login/cie").unwrap();
        let there = citizen.follow(&page, &button).await.unwrap();
        let form = there.form_with("SAMLRequest").unwrap();
        let login = citizen.submit(&there, &form).await.unwrap();
        let portal = log_in(&mut citizen, &login, &PEOPLE[0], 2).await.unwrap();
        assert_eq!(portal.url.path(), "/", "{}", portal.body);
        assert_eq!(told(&demo, &mut citizen).await["family_name"], "Provetti");
    });
}

/// The chain is still good, and the provider went between the person's consent and our question.
#[test]
fn whom_the_ministry_leaves_alone_half_way_is_offered_its_other_protocol() {
    let demo = Demo::start(AssuranceLevel::Substantial, Vec::new());
    demo.block_on(async {
        let mut citizen = Citizen::new(demo.authority()).unwrap();
        let page = ways_in(&demo, &mut citizen, 2).await;
        let login = go_to_provider(&mut citizen, &page, Place::OpenId);
        let login = login.await.unwrap();
        let person = &PEOPLE[0];
        let form = login.form_with("password").unwrap();
        let form = form
            .with("username", person.username)
            .with("password", person.password)
            .pressed("login");
        let consent = citizen.submit(&login, &form).await.unwrap();
        let form = consent.form_with("login").unwrap();
        let agreed = format!("login={}&say=yes", form.value("login").unwrap());
        let sent = citizen
            .step(
                Some(&consent.url),
                Method::POST,
                &form.action,
                Some(&agreed),
            )
            .await
            .unwrap();
        let back = sent.redirect().unwrap();
        demo.federation().switch(true);
        let page = citizen.open(back.as_str()).await.unwrap();
        assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(page.heading(), "Accesso non disponibile al momento");
        let instead = page.link_to("protocol=saml").unwrap();
        let sending = citizen.follow(&page, &instead).await.unwrap();
        let form = sending.form_with("SAMLRequest").unwrap();
        let login = citizen.submit(&sending, &form).await.unwrap();
        let portal = log_in(&mut citizen, &login, person, 2).await.unwrap();
        assert_eq!(portal.url.path(), "/", "{}", portal.body);
    });
}

#[test]
fn without_another_protocol_the_button_says_that_the_ministry_cannot_be_reached() {
    let clock = clock();
    let change = |options: &mut varco::demo::Options| options.cie = CieProtocols::OpenId;
    let demo = Demo::with(change, Arc::new(clock.clone()));
    demo.block_on(async {
        let mut citizen = Citizen::new(demo.authority()).unwrap();
        demo.federation().switch(true);
        // The last good chain serves until it ends: only who goes there finds nobody.
        let page = ways_in(&demo, &mut citizen, 2).await;
        assert!(way_to(&page, Place::OpenId).is_some());
        clock.advance(A_CHAIN_LATER);
        let page = ways_in(&demo, &mut citizen, 2).await;
        assert!(page.body.contains(SAYS_UNREACHABLE), "{}", page.body);
        assert!(way_to(&page, Place::OpenId).is_none());
        assert!(page.link_to("/login/cns").is_ok());
        let spid = &demo.idps()[0];
        let login = go_to_provider(&mut citizen, &page, spid).await.unwrap();
        let portal = log_in(&mut citizen, &login, &PEOPLE[0], 2).await.unwrap();
        assert_eq!(portal.url.path(), "/");
        let gone = format!("{}/login/cie", demo.addresses().gateway);
        let mut other = Citizen::new(demo.authority()).unwrap();
        let refused = other.open(&gone).await.unwrap();
        assert_eq!(refused.status, StatusCode::SERVICE_UNAVAILABLE);
        assert!(refused.heading().contains("CIE non disponibile"));
    });
}
