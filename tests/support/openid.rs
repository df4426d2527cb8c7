//! The applications and the person that the tests of the OpenID Provider share.

use http::StatusCode;
use url::Url;
use varco::identity::{AssuranceLevel, Person};

use super::browser::{Answer, Browser};
use super::gateway::TestGateway;
use super::person::person;
use super::relying_party::{Callback, Question, TestRelyingParty};

/// A gateway with two applications, and a browser that nobody has logged in with.
pub struct Scene {
    pub gateway: TestGateway,
    pub app: TestRelyingParty,
    pub other: TestRelyingParty,
    pub browser: Browser,
}

impl Scene {
    /// Sends the browser from the application's page.
    pub async fn ask(&mut self, question: &Question) -> Answer {
        self.browser.open_from_elsewhere(&question.url()).await
    }

    /// The answer of a question that no page was needed for.
    pub async fn hear(&mut self, question: &Question) -> Callback {
        let answer = self.ask(question).await;
        self.app.receive(question, &answer)
    }

    /// The address of the login page that the question leads to.
    pub async fn login_page(&mut self, question: &Question) -> Url {
        let answer = self.ask(question).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        assert_eq!(answer.url.path(), "/login", "{}", answer.url);
        answer.url
    }

    /// Sends the browser from the application's page and logs somebody in for it. The login's address leads on.
    pub async fn log_in_for(
        &mut self,
        question: &Question,
        person: &Person,
        level: AssuranceLevel,
    ) -> Url {
        let page = self.login_page(question).await;
        self.gateway
            .complete_login(&mut self.browser, &page, person, level)
            .await;
        page
    }

    /// What the application hears after the person logged in for the question at this level.
    pub async fn hear_after_login(
        &mut self,
        question: &Question,
        level: AssuranceLevel,
    ) -> Callback {
        let page = self.log_in_for(question, &anna(), level).await;
        let answer = self.browser.open(page.as_str()).await;
        self.app.receive(question, &answer)
    }
}

pub fn scene() -> Scene {
    let app = TestRelyingParty::new("portale");
    let other = TestRelyingParty::new("altra");
    let gateway = TestGateway::with_clients(vec![
        app.registration(
            r#"
            services = ["naspi", "dati-personali", "servizi-aziende"]
            claims = ["name", "given_name", "email"]
            "#,
        ),
        other.registration(r#"claims = ["fiscal_number"]"#),
    ]);
    Scene {
        browser: gateway.browser(),
        gateway,
        app,
        other,
    }
}

/// Somebody with a name and an address.
pub fn anna() -> Person {
    let mut anna = person("PRVNNA85C55F205D");
    anna.given_name = Some("Anna".to_owned().into());
    anna.family_name = Some("Provetti".to_owned().into());
    anna.email = Some("anna@posta.example".to_owned().into());
    anna
}

/// Somebody else.
pub fn mario() -> Person {
    person("SMPMRA70L02H501P")
}
