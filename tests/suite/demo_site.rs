//! The demo's page behind forward auth: in at level 2, up to level 3 for another page, and out.

use varco::demo::citizen::{Citizen, Page};
use varco::demo::people::PEOPLE;
use varco::demo::providers::PROVIDERS;
use varco::demo::site::{HIGH_PAGE, PAGE};
use varco::demo::walk::{go_to_provider, log_in};
use varco::identity::AssuranceLevel;

use crate::support::demo::Demo;

async fn log_in_at(demo: &Demo, citizen: &mut Citizen, ways_in: &Page, level: u8) -> Page {
    assert_eq!(ways_in.url.path(), "/login", "{}", ways_in.body);
    let highest = PROVIDERS
        .iter()
        .position(|provider| provider.highest == AssuranceLevel::High);
    let idp = &demo.idps()[highest.unwrap()];
    let login = go_to_provider(citizen, ways_in, idp).await.unwrap();
    log_in(citizen, &login, &PEOPLE[0], level).await.unwrap()
}

#[test]
fn a_page_that_knows_no_protocol_is_told_who_it_is_and_sends_up() {
    let demo = Demo::start(AssuranceLevel::Substantial, Vec::new());
    demo.block_on(async {
        let mut citizen = Citizen::new(demo.authority()).unwrap();
        let address = |path: &str| format!("{}{path}", demo.addresses().app);
        let told = |name: &str, value: &str| format!("<tr><th>{name}</th><td>{value}</td></tr>");

        let ways_in = citizen.open(&address(PAGE)).await.unwrap();
        let page = log_in_at(&demo, &mut citizen, &ways_in, 2).await;
        assert_eq!(page.url.as_str(), address(PAGE));
        assert!(
            page.body.contains(&told("x-varco-level", "substantial")),
            "{}",
            page.body
        );
        assert!(page.body.contains(&told("x-varco-fiscal-number", "")));

        let ways_in = citizen.open(&address(HIGH_PAGE)).await.unwrap();
        let page = log_in_at(&demo, &mut citizen, &ways_in, 3).await;
        assert_eq!(page.url.as_str(), address(HIGH_PAGE));
        assert!(
            page.body.contains(&told("x-varco-level", "high")),
            "{}",
            page.body
        );
        let code = PEOPLE[0].fiscal_code.unwrap();
        assert!(page.body.contains(&told("x-varco-fiscal-number", code)));

        let question = citizen.open(&address("/.varco/logout")).await.unwrap();
        let form = question.form_with("token").unwrap().pressed("here");
        citizen.submit(&question, &form).await.unwrap();
        let page = citizen.open(&address(PAGE)).await.unwrap();
        assert_eq!(page.url.path(), "/login", "{}", page.body);
    });
}
