//! nginx and Caddy as they come from Debian, with the configuration of `deploy/`, in front of an application: from no login
//! to level 2, to level 3 for a second page, and out again.

use http::{Method, StatusCode};
use url::Url;
use varco::demo::citizen::{Citizen, Page};
use varco::demo::people::PEOPLE;
use varco::demo::providers::PROVIDERS;
use varco::demo::walk::{go_to_provider, log_in};
use varco::identity::AssuranceLevel;

use crate::support::proxy::{Front, PAGE, Program};
use crate::support::wire::status;

/// What the application received under a name that begins like this.
fn received(page: &str, name: &str) -> Vec<String> {
    let mine = page.lines().filter_map(|line| {
        let (there, value) = line.split_once(": ")?;
        there.starts_with(name).then(|| value.to_owned())
    });
    mine.collect()
}

fn is_application(page: &Page) -> bool {
    page.status == StatusCode::OK && page.body.starts_with(PAGE)
}

fn expect_received(page: &Page, name: &str, value: &str) {
    assert_eq!(
        received(&page.body, name),
        [value],
        "{name} in {}",
        page.body
    );
}

/// Logs in at a provider that reaches the highest level, from the gateway's list of providers.
async fn log_in_at(front: &Front, citizen: &mut Citizen, ways_in: &Page, level: u8) -> Page {
    assert_eq!(ways_in.url.path(), "/login", "{}", ways_in.body);
    let highest = PROVIDERS
        .iter()
        .position(|p| p.highest == AssuranceLevel::High);
    let idp = &front.demo.idps()[highest.unwrap()];
    let login = go_to_provider(citizen, ways_in, idp).await.unwrap();
    log_in(citizen, &login, &PEOPLE[0], level).await.unwrap()
}

fn drive(program: Program) {
    let front = Front::start(program);
    front.demo.block_on(async {
        let mut citizen = Citizen::new(front.demo.authority()).unwrap();
        let address = |path: &str| format!("{}{path}", front.origin);

        // No login: to the gateway, and after a login of level 2 back to the very page.
        let ways_in = citizen.open(&address("/moduli/1?a=b%20c")).await.unwrap();
        assert!(
            ways_in
                .url
                .as_str()
                .starts_with(&front.demo.addresses().gateway)
        );
        let page = log_in_at(&front, &mut citizen, &ways_in, 2).await;
        assert_eq!(page.url.as_str(), address("/moduli/1?a=b%20c"));
        assert!(is_application(&page), "{page:?}");
        for (name, value) in [
            ("x-varco-level", "substantial"),
            ("x-varco-method", "spid"),
            ("x-varco-category", "citizen"),
            ("x-varco-service", "dis-coll"),
            ("x-varco-operation", "consult"),
            ("x-varco-decision", "permit"),
        ] {
            expect_received(&page, name, value);
        }
        let subject = received(&page.body, "x-varco-subject");
        assert_eq!(subject[0].len(), 43);
        let told = received(&page.body, "x-varco-fiscal-number");
        assert!(told.iter().all(String::is_empty), "not released: {told:?}");
        nothing_of_ours_leaks(&page.body);

        // A page that needs level 3: to a login that reaches it, and back.
        let ways_in = citizen.open(&address("/pensione/domanda")).await.unwrap();
        let page = log_in_at(&front, &mut citizen, &ways_in, 3).await;
        assert_eq!(page.url.as_str(), address("/pensione/domanda"));
        assert!(is_application(&page), "{page:?}");
        expect_received(&page, "x-varco-level", "high");
        expect_received(
            &page,
            "x-varco-fiscal-number",
            PEOPLE[0].fiscal_code.unwrap(),
        );
        nothing_of_ours_leaks(&page.body);

        headers_of_a_browser_do_not_arrive(&front, &mut citizen).await;
        unclear_paths_do_not_arrive(&front, &mut citizen).await;

        // A service for others: the page that tells why.
        let page = citizen.open(&address("/aziende")).await.unwrap();
        assert_eq!(page.status, StatusCode::FORBIDDEN, "{}", page.body);
        assert!(page.body.contains("Servizio riservato ad altri utenti"));

        // Out, and closed at once.
        let question = citizen.open(&address("/.varco/logout")).await.unwrap();
        let form = question.form_with("token").unwrap().pressed("here");
        citizen.submit(&question, &form).await.unwrap();
        let page = citizen.open(&address("/moduli/1")).await.unwrap();
        assert_eq!(page.url.path(), "/login", "{}", page.body);
    });
}

/// Neither the secret between proxy and gateway nor a cookie of the gateway's reaches the application.
fn nothing_of_ours_leaks(page: &str) {
    let page = page.to_lowercase();
    assert!(!page.contains("x-varco-proxy"), "{page}");
    assert!(!page.contains("__host-varco"), "{page}");
}

async fn headers_of_a_browser_do_not_arrive(front: &Front, citizen: &mut Citizen) {
    let url = Url::parse(&front.origin).unwrap();
    let cookies = citizen.cookies.header(None, &Method::GET, &url).unwrap();
    let spellings = [
        "X-Varco-Subject",
        "x-varco-subject",
        "X-VARCO-SUBJECT",
        "X_Varco_Subject",
        "x_varco_subject",
        "X-Varco_Subject",
        "X_VARCO-SUBJECT",
        "X-Varco-Fiscal-Number",
        "X_Varco_Fiscal_Number",
        "X-Varco-Level",
        "X_VARCO_LEVEL",
        "X-Varco-Reason",
        "X-Varco-Session",
        "X-Varco-Proxy",
    ];
    let mut forged: String = spellings
        .iter()
        .map(|name| format!("{name}: forged\r\n{name}: forged again\r\n"))
        .collect();
    for (name, value) in [
        ("X-Original-URL", "https://evil.example/"),
        ("X-Original-Method", "GET"),
        ("X-Forwarded-Uri", "/"),
        ("X-Forwarded-Method", "GET"),
    ] {
        forged.push_str(&format!("{name}: {value}\r\n"));
    }
    let host = front.host();
    let request = |target: &str, cookies: &str| {
        format!(
            "GET {target} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nCookie: other=1; {cookies}; last=2\r\n{forged}\r\n"
        )
    };
    let answer = front.say(&request("/pensione", &cookies)).await;
    assert_eq!(status(&answer), 200, "{answer}");
    assert!(!answer.contains("forged"), "{answer}");
    let page = &answer[answer.find(PAGE).unwrap()..];
    for name in ["x-varco-subject", "x-varco-level", "x-varco-fiscal-number"] {
        let known = received(page, name);
        assert_eq!(known.len(), 1, "{name}: {page}");
        assert!(!known[0].is_empty());
    }
    assert!(received(page, "x_varco").is_empty(), "{page}");
    // The application's own cookies arrive, and ours do not.
    let cookies = received(page, "cookie").concat();
    assert!(
        cookies.contains("other=1") && cookies.contains("last=2"),
        "{cookies}"
    );
    nothing_of_ours_leaks(page);

    // Without a session they are worth nothing at all.
    let answer = front.say(&request("/pensione", "none=0")).await;
    assert!((300..404).contains(&status(&answer)), "{answer}");
    assert!(!answer.contains(PAGE), "{answer}");
}

async fn unclear_paths_do_not_arrive(front: &Front, citizen: &mut Citizen) {
    let url = Url::parse(&front.origin).unwrap();
    let cookies = citizen.cookies.header(None, &Method::GET, &url).unwrap();
    let host = front.host();
    for target in [
        "//pensione",
        "/x/../pensione",
        "/%70ensione",
        "/x%2f..%2fpensione",
        "/x/%2e%2e/pensione",
        "/x%252f",
        "/..;/pensione",
        "/pensione;x",
    ] {
        let request = format!(
            "GET {target} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nCookie: {cookies}\r\n\r\n"
        );
        let answer = front.say(&request).await;
        assert!((400..404).contains(&status(&answer)), "{target}: {answer}");
        assert!(!answer.contains(PAGE), "{target}: {answer}");
    }
    // What is no page is not sent to a login that would lose it.
    let request = format!(
        "POST /x HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nContent-Length: 3\r\n\r\na=b"
    );
    assert_eq!(status(&front.say(&request).await), 401);
}

#[test]
fn nginx_in_front_of_an_application() {
    drive(Program::Nginx);
}

#[test]
fn caddy_in_front_of_an_application() {
    drive(Program::Caddy);
}
