//! The applications and the person that the tests of the OpenID Provider share.

use varco::identity::Person;

use super::browser::Browser;
use super::gateway::TestGateway;
use super::person::person;
use super::relying_party::TestRelyingParty;

/// A gateway with two applications, and a browser that nobody has logged in with.
pub struct Scene {
    pub gateway: TestGateway,
    pub app: TestRelyingParty,
    pub other: TestRelyingParty,
    pub browser: Browser,
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
