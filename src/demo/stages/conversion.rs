//! From ordinary to dispositive, as somebody lives it: a request that the application takes provisionally, the form signed and
//! sent, two operators who agree, the event that the application hears, and the same request, which counts now.

use super::{Holder, LOOKS, Told};
use crate::demo::app::EVENTS_JSON;
use crate::demo::citizen::Citizen;
use crate::demo::desk::{OPERATORS, TestOperator};
use crate::demo::once::{ORDINARY, OnceError, Request, Seen};
use crate::demo::scan;
use crate::demo::walk::show_card;
use crate::desk::Task;
use crate::identity::AssuranceLevel;

/// The document of everybody who converts: number, issuer, and the day until which it is good.
const DOCUMENT: (&str, &str, &str) = ("CA00000AA", "Comune di Roma", "15/03/2036");
/// How far above the lower edge of the form the line for the signature is, in points.
const SIGNATURE_LINE: u32 = 249;

/// What the application says that it heard.
#[derive(serde::Deserialize)]
struct Heard {
    from: String,
    to: String,
    receipts: Vec<String>,
}

impl Holder<'_> {
    /// Raises the PIN of whoever has opened a request provisionally.
    pub(super) async fn convert(&mut self, told: &mut Told<'_>) -> Result<(), OnceError> {
        let receipt = self.send_request(told).await?;
        self.ask_for_conversion(told).await?;
        let may_decide = |operator: &&TestOperator| Task::DecideConversion.is_for(operator.role);
        let mut said = Vec::new();
        for operator in OPERATORS.iter().filter(may_decide).take(2) {
            if self.counts(&receipt).await? {
                return Err(OnceError::Told("one operator was enough".to_owned()));
            }
            self.accept(operator).await?;
            let name = operator.person().map(|person| person.name());
            said.push(name.unwrap_or_default());
        }
        let raised = |text: &str| text.contains("dispositivo:").then(String::new);
        let mail = self.message(("email", self.person.email), raised).await?;
        let came_to = format!(
            "accepted by {}: dispositive, as {} is told",
            said.join(" and "),
            mail.to
        );
        told.stage("conversion", came_to);
        let heard = self.heard_of(&receipt).await?;
        let came_to = format!(
            "the application heard, signed: from {} to {}, {receipt} counts",
            heard.from, heard.to
        );
        told.stage("event", came_to);
        let now = ("permit", AssuranceLevel::Substantial);
        self.look(told, ORDINARY, now).await?;
        let came_to = "permitted, in the same session";
        told.stage("same request", came_to);
        Ok(())
    }

    /// Sends the request that the application was opened for; gives the name of the receipt.
    async fn send_request(&mut self, told: &mut Told<'_>) -> Result<String, OnceError> {
        let address = format!("{}/", self.demo.addresses().app);
        let home = self.citizen.open(&address).await?;
        let resource = format!("{}/{}", ORDINARY.0, ORDINARY.1);
        let mut forms = home.forms().into_iter();
        let form = forms.find(|form| form.value("resource") == Some(&resource));
        let form = form.ok_or_else(|| home.missing(format!("a form for {resource}")))?;
        self.citizen.submit(&home, &form).await?;
        let seen = Seen::look(self.demo, &mut self.citizen).await?;
        let request = seen.requests.into_iter().next();
        let taken = request.and_then(|request| Some((request.number, request.receipt?)));
        let Some((number, receipt)) = taken else {
            return Err(OnceError::Told("no receipt for the request".to_owned()));
        };
        let came_to = format!(
            "request {number} taken on {}, receipt {}",
            receipt.day, receipt.id
        );
        told.stage("provisional", came_to);
        Ok(receipt.id)
    }

    /// Whether the application works on the request of a receipt.
    async fn counts(&mut self, receipt: &str) -> Result<bool, OnceError> {
        let seen = Seen::look(self.demo, &mut self.citizen).await?;
        let has_it = |held: &&Request| {
            let had = held.receipt.as_ref();
            had.is_some_and(|had| had.id == receipt)
        };
        let held = seen.requests.iter().find(has_it);
        let held = held.ok_or_else(|| OnceError::Told("the request is gone".to_owned()))?;
        Ok(held.counts)
    }

    /// Names the document, downloads the form, signs it, and sends it with the copy of the document.
    async fn ask_for_conversion(&mut self, told: &mut Told<'_>) -> Result<(), OnceError> {
        let (number, issuer, expires) = DOCUMENT;
        let typed = [
            ("kind", "identity-card"),
            ("number", number),
            ("issuer", issuer),
            ("expires", expires),
            ("confirmed", "yes"),
        ];
        let page = self.open("/pin/convert").await?;
        let page = self.fill(&page, "number", &typed, "on").await?;
        let paper = page.link_to("/pin/convert/form")?.target;
        let form = self
            .citizen
            .download(&page, &paper, "application/pdf")
            .await?;
        let card = scan::Card {
            title: "CARTA D'IDENTITA' - FAC-SIMILE",
            lines: &[
                self.person.name(),
                self.person.fiscal_code.expose().to_owned(),
                format!("n. {number}, {issuer}"),
                format!("scade il {expires}"),
            ],
        };
        let scan = scan::signed(form.to_vec(), SIGNATURE_LINE, &card).await;
        let scan = scan.map_err(|error| OnceError::Told(format!("the scanner: {error}")))?;
        let upload = page.form_with("conversion")?;
        let sent = self.citizen.upload(&page, &upload, ("file", &scan)).await?;
        if !sent.status.is_success() {
            return Err(sent.missing("a form that was taken".to_owned()).into());
        }
        told.stage("form", format!("{}: signed, in one PDF", sent.heading()));
        Ok(())
    }

    /// An operator logs in with their card, takes the conversion in hand, looks at every page, and accepts it.
    async fn accept(&self, operator: &TestOperator) -> Result<(), OnceError> {
        let name = operator.username;
        let card = self.demo.cards().find(name);
        let card = card.ok_or_else(|| OnceError::Told(format!("{name} has no card")))?;
        let mut clerk = Citizen::with_card(self.demo.authority(), card)?;
        let desk = format!("{}/desk", self.demo.addresses().gateway);
        let ways_in = clerk.open(&desk).await?;
        let home = show_card(&mut clerk, &ways_in).await?;
        let queue = clerk
            .follow(&home, &home.link_to("/desk/conversions")?)
            .await?;
        let person = self.person.fiscal_code.expose();
        let take = queue.form_to_press(person)?.pressed(person);
        let page = clerk.submit(&queue, &take).await?;
        let pictures = page.pictures();
        for picture in &pictures {
            clerk.download(&page, picture, "image/jpeg").await?;
        }
        if pictures.is_empty() {
            return Err(page.missing("the pages of the form".to_owned()).into());
        }
        let form = page.form_to_press("accept")?.pressed("accept");
        let form = form.with("reason", "Firma e documento corrispondono");
        let done = clerk.submit(&page, &form).await?;
        if !done.status.is_success() {
            return Err(done.missing("an opinion that was taken".to_owned()).into());
        }
        Ok(())
    }

    /// What the application heard of a receipt, once it has.
    async fn heard_of(&mut self, receipt: &str) -> Result<Heard, OnceError> {
        let address = format!("{}{EVENTS_JSON}", self.demo.addresses().app);
        let (pause, looks) = LOOKS;
        for _ in 0..looks {
            let page = self.citizen.open(&address).await?;
            let heard: Vec<Heard> = serde_json::from_str(&page.body)
                .map_err(|_| page.missing("what the application heard".to_owned()))?;
            let is_named = |heard: &Heard| heard.receipts.iter().any(|name| name == receipt);
            if let Some(heard) = heard.into_iter().find(is_named) {
                return match self.counts(receipt).await? {
                    true => Ok(heard),
                    false => Err(OnceError::Told("the request does not count".to_owned())),
                };
            }
            tokio::time::sleep(pause).await;
        }
        Err(OnceError::Told("the application heard nothing".to_owned()))
    }
}
