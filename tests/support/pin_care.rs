//! A gateway where people ask for a PIN and look after it, over a real store, and what it sent them.

use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::Duration;

use chrono::NaiveDate;
use tempfile::TempDir;
use varco::archive::{RegisterTable, Registers};
use varco::crypto::SystemRandom;
use varco::downstream::oidc::ClientSettings;
use varco::http::pin::{PinCare, PinCareSettings};
use varco::identity::FiscalCode;
use varco::login::pin::HashPool;
use varco::pin::{
    Change, Context, Dossier, Kept, MessageKind, Outgoing, PinRefusal, PinRules, PinStore, Queue,
    Version,
};
use varco::policy::Catalogue;
use varco::store::SqliteStore;
use varco::store::sqlite::StoreKeys;

use super::browser::{Answer, Browser};
use super::gateway::{MakeCare, TestGateway};
use super::pins;

/// Mara's fiscal code.
pub const MARA: &str = "RSSMRA80A01H501U";
pub const CARD: &str = "80380001200123456789";

/// What the registers know of Mara, who lives where [`pins::application`] says.
const REGISTERS: &str = r#"
[[person]]
fiscal_code = "RSSMRA80A01H501U"
health_card = "80380001200123456789"
residence = { street = "Via dei Mille 12", postal_code = "00185", city = "Roma", province = "RM" }
"#;

pub struct CareStand {
    pub here: TestGateway,
    pub pins: Arc<SqliteStore>,
    pub rules: Arc<PinRules>,
    _folder: TempDir,
}

/// The rules, while PINs are issued to everybody.
pub fn issuing() -> PinRules {
    PinRules {
        issuance_ends: NaiveDate::from_ymd_opt(2030, 1, 1).unwrap(),
        ..PinRules::default()
    }
}

pub fn mara() -> FiscalCode {
    FiscalCode::parse(MARA).unwrap()
}

impl CareStand {
    /// PINs are issued to everybody, and the registers know Mara.
    pub fn new() -> Self {
        Self::with(issuing())
    }

    pub fn with(rules: PinRules) -> Self {
        Self::made(rules, TestGateway::with_pin_care)
    }

    /// The same with applications, and a catalogue that says what they may ask for.
    pub fn with_clients(
        rules: PinRules,
        clients: Vec<ClientSettings>,
        catalogue: Catalogue,
    ) -> Self {
        Self::made(rules, |care| {
            TestGateway::with_pin_care_for(clients, catalogue, care)
        })
    }

    /// The same with proxies, routes and callers, as in the configuration.
    pub fn with_tables(
        rules: PinRules,
        clients: Vec<ClientSettings>,
        catalogue: Catalogue,
        tables: &str,
    ) -> Self {
        Self::made(rules, |care| {
            TestGateway::with_pin_care_and_tables(clients, catalogue, tables, care)
        })
    }

    /// The same with other registers.
    pub fn with_registers(registers: Arc<dyn Registers>) -> Self {
        Self::over(issuing(), registers, TestGateway::with_pin_care)
    }

    /// The same where these operators work at the desk.
    pub fn at_desk(rules: PinRules, operators: &str) -> Self {
        Self::made(rules, |care| TestGateway::with_desk(care, operators))
    }

    fn made(rules: PinRules, gateway: impl FnOnce(MakeCare) -> TestGateway) -> Self {
        let registers = Arc::new(RegisterTable::parse(REGISTERS).unwrap());
        Self::over(rules, registers, gateway)
    }

    fn over(
        rules: PinRules,
        registers: Arc<dyn Registers>,
        gateway: impl FnOnce(MakeCare) -> TestGateway,
    ) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("varco.db");
        let keys = StoreKeys::derive(&[7; 32]);
        let store = SqliteStore::open(&path, keys, Arc::new(SystemRandom));
        let (store, rules) = (Arc::new(store.unwrap()), Arc::new(rules));
        let settings = PinCareSettings {
            pins: Arc::clone(&store) as Arc<dyn PinStore>,
            rules: Arc::clone(&rules),
            hasher: Arc::new(pins::hasher()),
            pool: HashPool::start(NonZeroUsize::MIN, 64).unwrap(),
            registers,
            beat: Duration::from_millis(1),
        };
        let make = move |store: &_| PinCare::new(settings, store, Arc::new(SystemRandom));
        Self {
            here: gateway(Box::new(make)),
            pins: store,
            rules,
            _folder: folder,
        }
    }

    /// Mara's dossier; a new one, where there is none.
    pub async fn dossier(&self) -> Dossier {
        self.kept().await.dossier
    }

    async fn kept(&self) -> Kept {
        let kept = self.pins.load(&mara()).await.unwrap();
        kept.unwrap_or_else(|| Kept {
            dossier: Dossier::new(mara()),
            version: Version::NEW,
        })
    }

    /// Writes what a command makes of Mara's dossier, and gives what it sends.
    pub async fn command(
        &self,
        command: impl FnOnce(Dossier, &Context<'_>) -> Result<Change, PinRefusal>,
    ) -> Vec<Outgoing> {
        let kept = self.kept().await;
        let context = pins::by_holder(&self.rules, self.here.now());
        let change = command(kept.dossier, &context).unwrap();
        let sent = change.outbox().to_vec();
        self.pins.write(change, kept.version).await.unwrap();
        self.drain().await;
        sent
    }

    /// Mara gets a PIN that waits for its first access.
    pub async fn with_halves(&self) -> Vec<Outgoing> {
        let sent = self.command(|dossier, context| {
            dossier.ask(pins::application(), true, pins::mint(), context)
        });
        sent.await
    }

    /// Mara gets a PIN and makes the first access.
    pub async fn with_working_pin(&self) {
        let now = self.here.now();
        let (change, _) = pins::with_working_pin(mara(), &self.rules, now);
        let version = self.kept().await.version;
        self.pins.write(change, version).await.unwrap();
        self.drain().await;
    }

    /// What waits to be sent, and is from now on sent.
    pub async fn drain(&self) -> Vec<Outgoing> {
        let due = self.pins.outbox_due(self.here.now(), 100).await.unwrap();
        for message in &due {
            self.pins.outbox_sent(message.id).await.unwrap();
        }
        due.into_iter().map(|message| message.outgoing).collect()
    }

    /// How many people are to be called.
    pub async fn calls(&self) -> u64 {
        self.pins.queue_length(Queue::Calls).await.unwrap()
    }
}

/// What messages are and how they go, in order: `first-half by sms`.
pub fn told(messages: &[Outgoing]) -> Vec<String> {
    let told = messages.iter().map(|message| {
        let (kind, channel) = (message.kind.name(), message.to.channel());
        format!("{kind} by {channel}")
    });
    told.collect()
}

/// The address that a message's link leads to.
pub fn link(messages: &[Outgoing]) -> String {
    let token = messages.iter().find_map(|message| match &message.kind {
        MessageKind::RestoreLink { token, .. } => Some(token.expose().clone()),
        _ => None,
    });
    format!("/pin/restore/link/{}", token.expect("a link"))
}

/// What somebody types on a page.
pub type Typed = Vec<(&'static str, &'static str)>;

/// What Mara types when she asks for a PIN, page by page.
pub fn request_pages() -> [Typed; 6] {
    [
        vec![
            ("fiscal_code", MARA),
            ("country", "IT"),
            ("myself", "yes"),
            ("go", "next"),
        ],
        vec![
            ("name", "Mara"),
            ("surname", "Rossi"),
            ("sex", "M"),
            ("birth_date", "1/1/1980"),
            ("birth_place", "Roma"),
            ("go", "next"),
        ],
        vec![
            ("street", "Via dei Mille 12"),
            ("postal_code", "00185"),
            ("city", "Roma"),
            ("province", "RM"),
            ("go", "next"),
        ],
        vec![
            ("mobile", "333 1234567"),
            ("email", "mara@example.org"),
            ("go", "next"),
        ],
        vec![("hours", "evening"), ("go", "next")],
        vec![("go", "send")],
    ]
}

/// Sends the form of a page with what a person types and the button that they press.
pub async fn send(browser: &mut Browser, page: &Answer, typed: &[(&str, &str)]) -> Answer {
    let form = page.form();
    let hidden = form.hidden.iter();
    let mut fields: Vec<(&str, &str)> = hidden
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    fields.extend(typed);
    browser.submit(&form.action, &fields).await
}
