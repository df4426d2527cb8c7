//! Where forms may lead: browsers hold the redirects after a post to `form-action`, and a login that is a form ends at an
//! application on another host. What a browser makes of it is in `pins_in_chromium.rs`.

use varco::archive::Profile;
use varco::identity::AssuranceLevel::Substantial;
use varco::identity::{Category, PinGrade};

use crate::support::archive::{acts_for, trade};
use crate::support::browser::Answer;
use crate::support::openid::{anna, scene};
use crate::support::pin_stand::{PinStand, somebody, type_in, wrong};

fn form_action(page: &Answer) -> &str {
    let policy = page.headers["content-security-policy"].to_str().unwrap();
    let mut parts = policy.split("; ");
    parts.find(|part| part.starts_with("form-action")).unwrap()
}

#[tokio::test]
async fn the_forms_of_a_login_with_a_pin_may_lead_to_applications() {
    let stand = PinStand::new();
    let person = somebody(1);
    let initial = stand.issue(&person, PinGrade::Ordinary).await;
    let mut browser = stand.browser("192.0.2.1");
    let form = browser.open("/login/pin").await;
    let again = type_in(&mut browser, &form, &person, &wrong(&initial, 1)).await;
    let new = type_in(&mut browser, &form, &person, &initial).await;
    assert!(new.body.contains("varco-pin"), "{}", new.body);
    for page in [form, again, new] {
        assert!(form_action(&page).starts_with("form-action 'self' https:"));
    }
    // A form that ends no login stays here.
    let page = browser.open("/pin").await;
    assert_eq!(form_action(&page), "form-action 'self'");
}

#[tokio::test]
async fn the_choice_of_a_profile_may_lead_to_applications() {
    let mut scene = scene();
    let profiles: [Profile; 2] = [
        trade(Category::Intermediary),
        acts_for(Category::Company, "01234567897", "Alfa S.r.l."),
    ];
    scene
        .gateway
        .archive
        .know(&anna(), [Category::Pensioner], profiles);
    scene
        .gateway
        .log_in(&mut scene.browser, &anna(), Substantial)
        .await;
    let page = scene.browser.open("/profile").await;
    assert!(form_action(&page).starts_with("form-action 'self' https:"));
}
