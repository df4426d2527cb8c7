//! Who is led elsewhere: an expired PIN, no category that may use one, a patronato.

use super::*;

#[tokio::test]
async fn an_expired_pin_leads_to_spid_and_cie_first_and_then_to_a_new_one_of_the_same_grade() {
    let stand = PinStand::new();
    let person = somebody(1);
    let pin = stand.working(&person, PinGrade::Dispositive).await;
    let mut browser = stand.browser(HOME);
    // A use now and then, or it would be switched off.
    stand.here.clock.advance(Duration::days(120));
    log_in(&mut browser, &person, &pin).await;
    assert!(is_logged_in(&browser));

    // Six months to the day: noon on 21 May in Italy is its last.
    stand
        .here
        .clock
        .set("2027-05-21T21:59:59Z".parse().unwrap());
    let mut last_day = stand.browser(HOME);
    log_in(&mut last_day, &person, &pin).await;
    assert!(is_logged_in(&last_day));
    stand
        .here
        .clock
        .set("2027-05-21T22:00:00Z".parse().unwrap());
    let mut browser = stand.browser(HOME);
    let page = log_in(&mut browser, &person, &pin).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.body);
    assert!(!is_logged_in(&browser));
    let (spid, renewal) = (page.body.find("SPID"), page.body.find("new PIN"));
    assert!(spid < renewal, "what is better comes first");
    let form = page.form();
    let step = form.field("step").unwrap().to_owned();
    let page = browser
        .submit(&form.action, &[("step", &step), ("show", "1")])
        .await;
    let new = shown(&page);
    let portal = keep(&mut browser, &page, &new).await;
    assert!(portal.body.contains("Level 2"), "{}", portal.body);

    let refused = log_in(&mut stand.browser("192.0.2.2"), &person, &pin).await;
    assert_eq!(
        refused.status,
        StatusCode::UNPROCESSABLE_ENTITY,
        "the old one is dead"
    );
    let dossier = stand.dossier(&person).await;
    let PinState::Working(working) = &dossier.pin().unwrap().state else {
        panic!("a working PIN");
    };
    let expires = "2027-11-22T23:00:00Z".parse().unwrap();
    assert_eq!(
        working.expires,
        Some(expires),
        "and the new one is good for six months"
    );
}

#[tokio::test]
async fn who_has_no_category_that_may_use_a_pin_is_led_to_spid_and_cie() {
    let stand = PinStand::with(PinSettings {
        until: "2026-11-21",
        ..PinSettings::default()
    });
    let (citizen, abroad) = (somebody(1), somebody(2));
    let pin = stand.working(&citizen, PinGrade::Dispositive).await;
    let far = stand.working(&abroad, PinGrade::Ordinary).await;
    let person = Person::new(PersonKey::FiscalCode(abroad.clone()));
    stand
        .here
        .archive
        .know(&person, [Category::ResidentAbroad], []);

    let mut browser = stand.browser(HOME);
    stand
        .here
        .clock
        .set("2026-11-21T22:59:59Z".parse().unwrap());
    log_in(&mut browser, &citizen, &pin).await;
    assert!(is_logged_in(&browser), "its last day");
    stand
        .here
        .clock
        .set("2026-11-21T23:00:00Z".parse().unwrap());
    let mut browser = stand.browser(HOME);
    let page = log_in(&mut browser, &citizen, &pin).await;
    assert_eq!(page.status, StatusCode::FORBIDDEN);
    assert!(page.body.contains("can no longer be used"), "{}", page.body);
    for way_on in ["/login", "spid.gov.it", "cartaidentita"] {
        assert!(page.body.contains(way_on), "{way_on}");
    }
    assert!(!is_logged_in(&browser));
    // Only who knows the PIN learns of it.
    let page = log_in(&mut browser, &citizen, &wrong(&pin, 1)).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);

    let mut browser = stand.browser(HOME);
    log_in(&mut browser, &abroad, &far).await;
    assert!(is_logged_in(&browser), "residents abroad keep theirs");
}

#[tokio::test]
async fn a_patronato_never_works_with_a_pin() {
    let stand = PinStand::new();
    let pin = stand.working(&somebody(1), PinGrade::Dispositive).await;
    let person = Person::new(PersonKey::FiscalCode(somebody(1)));
    let patronato = acts_for(Category::Patronato, "01234567890", "Patronato di prova");
    stand.here.archive.know(&person, [], [patronato]);
    let mut browser = stand.browser(HOME);
    // As a citizen they may come in; as the patronato no service opens.
    let page = log_in(&mut browser, &somebody(1), &pin).await;
    assert_eq!(page.url.path(), "/profile", "{}", page.body);
    let form = page.form();
    let token = form.field("token").unwrap().to_owned();
    let fields = [
        ("token", token.as_str()),
        ("profile", "patronato:01234567890"),
    ];
    browser.submit("/profile", &fields).await;
    let portal = browser.open("/").await;
    assert!(portal.body.contains("no service opens"), "{}", portal.body);
}
