//! The operators' desk over a real store, and operators in their browsers.

use varco::crypto::SystemRandom;
use varco::identity::{AssuranceLevel, Line};
use varco::pin::{DocumentKind, IdentityDocument, PinRules, TelephoneCode, TelephoneTerm};

use super::browser::{Answer, Browser};
use super::form::Form;
use super::person::person;
use super::pin_care::{CareStand, MARA, issuing};
use super::pins;

/// At an office.
pub const GIULIA: &str = "FNZGLI79S63L219A";
/// At the same one.
pub const MARIO: &str = "SMPMRA70L02H501P";
/// In the contact centre.
pub const LUCA: &str = "NVNLCU92A30A94QA";
/// There, too.
pub const ANNA: &str = "PRVNNA85C55F205D";
/// Looks after both.
pub const CARLA: &str = "PRFCRL75E49D612E";

const OPERATORS: &str = r#"
    [[operator]]
    fiscal_code = "FNZGLI79S63L219A"
    name = "Giulia Finzioni"
    role = "office"
    office = "Roma Centro"

    [[operator]]
    fiscal_code = "SMPMRA70L02H501P"
    name = "Mario Esempi"
    role = "office"
    office = "Roma Centro"

    [[operator]]
    fiscal_code = "NVNLCU92A30A94QA"
    name = "Luca Inventi"
    role = "contact-centre"

    [[operator]]
    fiscal_code = "PRVNNA85C55F205D"
    name = "Anna Provetti"
    role = "contact-centre"

    [[operator]]
    fiscal_code = "PRFCRL75E49D612E"
    name = "Carla Profili"
    role = "supervisor"
"#;

/// A desk while PINs are issued to everybody.
pub fn desk() -> CareStand {
    desk_with(issuing())
}

/// A desk under these rules.
pub fn desk_with(rules: PinRules) -> CareStand {
    CareStand::at_desk(rules, OPERATORS)
}

/// An operator in their browser, logged in at the highest level, who reads Italian.
pub struct Clerk {
    pub browser: Browser,
}

impl Clerk {
    pub async fn new(stand: &CareStand, who: &str) -> Self {
        let mut browser = stand.here.browser();
        browser.open("/?lang=it").await;
        let level = AssuranceLevel::High;
        stand.here.log_in(&mut browser, &person(who), level).await;
        Self { browser }
    }

    /// Opens a case about somebody; gives its page.
    pub async fn case(&mut self, about: &str) -> Answer {
        let home = self.browser.open("/desk").await;
        let typed = [("fiscal_code", about), ("reason", "Persona allo sportello")];
        self.send(&home, 0, &typed).await
    }

    /// Opens a page of a case about Mara.
    pub async fn page(&mut self, what: &str) -> Answer {
        let case = self.case(MARA).await;
        let address = format!("{}/{what}", case.url);
        self.browser.open(&address).await
    }

    /// Fills in one of a page's forms and presses a button of it.
    pub async fn send(&mut self, page: &Answer, form: usize, typed: &[(&str, &str)]) -> Answer {
        let form = Form::all(&page.body).into_iter().nth(form);
        let form = form.unwrap_or_else(|| panic!("a form in {}", page.body));
        let hidden = form.hidden.iter();
        let mut fields: Vec<(&str, &str)> = hidden
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        fields.extend(typed);
        self.browser.submit(&form.action, &fields).await
    }

    /// Takes what waits longest in a queue.
    pub async fn take(&mut self, queue: &str) -> Answer {
        let page = self.browser.open(queue).await;
        self.send(&page, 0, &[("person", MARA)]).await
    }
}

/// What an operator types of Mara.
pub const MARA_SAYS: [(&str, &str); 14] = [
    ("country", "IT"),
    ("name", "Mara"),
    ("surname", "Rossi"),
    ("sex", "M"),
    ("birth_date", "01/01/1980"),
    ("birth_place", "Roma"),
    ("street", "Via dei Mille 12"),
    ("postal_code", "00185"),
    ("city", "Roma"),
    ("province", "RM"),
    ("mobile", "333 1234567"),
    ("email", "mara@example.org"),
    ("hours", "morning"),
    ("reason", "Richiesta di persona"),
];

/// What an operator types of the form and the document.
pub const PAPERS: [(&str, &str); 7] = [
    ("applicant", "holder"),
    ("document", "identity-card"),
    ("document_number", "CA00000AA"),
    ("document_issuer", "Comune di Roma"),
    ("document_expires", "15/03/2031"),
    ("form", "MV35/2026/7"),
    ("seen", "yes"),
];

/// The same with some fields typed otherwise.
pub fn but<'a>(
    typed: &[(&'a str, &'a str)],
    otherwise: &[(&'a str, &'a str)],
) -> Vec<(&'a str, &'a str)> {
    let is_other = |name: &str| otherwise.iter().any(|(other, _)| *other == name);
    let kept = typed.iter().filter(|(name, _)| !is_other(name));
    kept.chain(otherwise).copied().collect()
}

/// Mara makes a telephone PIN in her own area.
pub async fn telephone_pin(stand: &CareStand) -> String {
    let code = TelephoneCode::generate(&SystemRandom);
    let hash = code.hash(&pins::hasher(), &SystemRandom).unwrap();
    let make = stand.command(|dossier, context| {
        Ok(dossier.make_telephone_pin(hash, TelephoneTerm::Day, context))
    });
    make.await;
    code.expose().to_owned()
}

/// Mara sends the signed form of a conversion, of one page.
pub async fn submit_conversion(stand: &CareStand) {
    let document = IdentityDocument {
        kind: DocumentKind::IdentityCard,
        number: Line::parse("CA00000AA").unwrap(),
        issuer: Line::parse("Comune di Roma").unwrap(),
        expires: "2031-03-15".parse().unwrap(),
    };
    let begin = stand.command(|dossier, context| dossier.begin_conversion(document, context));
    begin.await;
    let conversion = stand.dossier().await.conversion().unwrap().id.clone();
    let submit = stand.command(|dossier, context| {
        dossier.submit_form(&conversion, ONE_PAGE.to_vec(), 1, context)
    });
    submit.await;
}

/// A PDF of one empty page.
const ONE_PAGE: &[u8] = b"%PDF-1.4
1 0 obj <</Type /Catalog /Pages 2 0 R>> endobj
2 0 obj <</Type /Pages /Kids [3 0 R] /Count 1>> endobj
3 0 obj <</Type /Page /Parent 2 0 R /MediaBox [0 0 595 842]>> endobj
trailer <</Root 1 0 R>>
%%EOF
";
