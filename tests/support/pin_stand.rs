//! People with a PIN, and a gateway where they log in with it: dossiers in a real store on disk, hashes that cost little.

use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::Duration;

use chrono::NaiveDate;
use tempfile::TempDir;
use varco::audit::PinActor;
use varco::crypto::{Pepper, PinHashCost, PinHasher, PinMatch, SystemRandom};
use varco::downstream::oidc::ClientSettings;
use varco::http::pin::PinWay;
use varco::identity::{Category, DeskRole, FiscalCode, Line, PinGrade, Redacted, Timestamp};
use varco::login::pin::{HashPool, PinLogins, PinPorts};
use varco::pin::{
    Applicant, Change, Context, DocumentKind, Dossier, Half, IdentityDocument, Kept, MessageKind,
    MintedPin, OfficeVisit, Outgoing, PinRefusal, PinRules, PinState, PinStore, Version,
    WorkingPin,
};
use varco::policy::{Catalogue, DEFAULT_CATALOGUE};
use varco::store::SqliteStore;
use varco::store::sqlite::StoreKeys;

use super::browser::{Answer, Browser};
use super::gateway::{PinsOf, TestGateway};
use super::pins::application;

/// What a hash costs where a test looks at something else.
pub const CHEAP: PinHashCost = PinHashCost {
    memory_kib: 8,
    passes: 1,
};

/// How a gateway with PINs is to be.
pub struct PinSettings {
    pub rules: PinRules,
    pub cost: PinHashCost,
    pub beat: Duration,
    pub threads: usize,
    pub waiting: usize,
    pub clients: Vec<ClientSettings>,
    /// The last day of the PIN for everybody but residents abroad.
    pub until: &'static str,
    /// Whether the first half of an initial PIN is enough to ask for NASpI.
    pub takes_first_half: bool,
}

impl Default for PinSettings {
    /// PINs are issued, and open what they open, on the day of the tests.
    fn default() -> Self {
        Self {
            rules: PinRules {
                issuance_ends: NaiveDate::from_ymd_opt(2028, 1, 1).unwrap(),
                ..PinRules::default()
            },
            cost: CHEAP,
            beat: Duration::from_millis(1),
            threads: 1,
            waiting: 64,
            clients: Vec::new(),
            until: "2029-09-30",
            takes_first_half: false,
        }
    }
}

/// A gateway where people log in with a PIN.
pub struct PinStand {
    pub here: TestGateway,
    pub pins: Arc<SqliteStore>,
    hasher: Arc<PinHasher>,
    rules: Arc<PinRules>,
    folder: Arc<TempDir>,
}

impl PinStand {
    pub fn new() -> Self {
        Self::with(PinSettings::default())
    }

    pub fn with(settings: PinSettings) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("varco.db");
        let keys = StoreKeys::derive(&[7; 32]);
        let pins = SqliteStore::open(&path, keys, Arc::new(SystemRandom));
        let hasher = PinHasher::new(settings.cost, Pepper::new(1, [5; 32]), Vec::new());
        let kept = (Arc::new(pins.unwrap()), Arc::new(folder));
        Self::over(settings, kept, hasher.unwrap())
    }

    /// Another gateway over the same PINs, which hashes otherwise.
    pub fn hashing_by(&self, hasher: PinHasher) -> Self {
        let kept = (Arc::clone(&self.pins), Arc::clone(&self.folder));
        Self::over(PinSettings::default(), kept, hasher)
    }

    fn over(
        settings: PinSettings,
        (pins, folder): (Arc<SqliteStore>, Arc<TempDir>),
        hasher: PinHasher,
    ) -> Self {
        let (hasher, rules) = (Arc::new(hasher), Arc::new(settings.rules));
        let threads = NonZeroUsize::new(settings.threads).unwrap();
        let pool = HashPool::start(threads, settings.waiting).unwrap();
        let make = {
            let (pins, hasher, rules) = (pins.clone(), hasher.clone(), rules.clone());
            move |store| {
                let logins = PinLogins::new(PinPorts {
                    pins,
                    hasher,
                    pool,
                    rules,
                    store,
                    random: Arc::new(SystemRandom),
                    secret: [9; 32],
                });
                PinWay::new(Arc::new(logins), settings.beat)
            }
        };
        let catalogue = DEFAULT_CATALOGUE.replace("2021-09-30", settings.until);
        let catalogue = match settings.takes_first_half {
            true => taking_first_half(&catalogue, "naspi"),
            false => catalogue,
        };
        let catalogue = Catalogue::parse(&catalogue).unwrap();
        let here = TestGateway::with_pins(
            settings.clients,
            PinsOf {
                catalogue,
                way: Box::new(make),
            },
        );
        Self {
            here,
            pins,
            hasher,
            rules,
            folder,
        }
    }

    /// Writes what a command makes of a person's dossier. Gives what leaves.
    pub async fn write(
        &self,
        person: &FiscalCode,
        by: &PinActor,
        command: impl FnOnce(Dossier, &Context<'_>) -> Result<Change, PinRefusal>,
    ) -> Vec<Outgoing> {
        let kept = self.pins.load(person).await.unwrap();
        let (dossier, version) = match kept {
            Some(Kept { dossier, version }) => (dossier, version),
            None => (Dossier::new(person.clone()), Version::NEW),
        };
        let context = Context {
            now: self.here.now(),
            random: &SystemRandom,
            rules: &self.rules,
            by,
            reference: None,
            client_address: None,
        };
        let change = command(dossier, &context).unwrap();
        let outbox = change.outbox().to_vec();
        self.pins.write(change, version).await.unwrap();
        outbox
    }

    /// A person's dossier.
    pub async fn dossier(&self, person: &FiscalCode) -> Dossier {
        let kept = self.pins.load(person).await.unwrap();
        kept.expect("a dossier").dossier
    }

    /// Issues a PIN. Gives the sixteen characters that the person gets by two ways, or in an envelope.
    pub async fn issue(&self, person: &FiscalCode, grade: PinGrade) -> String {
        let minted = MintedPin::mint(&self.hasher, &SystemRandom).unwrap();
        let outbox = match grade {
            PinGrade::Ordinary => {
                let by = PinActor::Holder;
                let ask = |dossier: Dossier, context: &Context<'_>| {
                    dossier.ask(application(), true, minted, context)
                };
                self.write(person, &by, ask).await
            }
            PinGrade::Dispositive => {
                let operator = operator();
                let by = PinActor::Operator {
                    person: operator.clone(),
                    role: DeskRole::Office,
                };
                let visit = visit(operator, self.here.now());
                let reason = Redacted::new("Richiesta allo sportello".to_owned());
                let issue = |dossier: Dossier, context: &Context<'_>| {
                    dossier.issue_at_office(&application(), visit, minted, reason, context)
                };
                self.write(person, &by, issue).await
            }
        };
        let halves = outbox.iter().flat_map(|outgoing| {
            let halves: Vec<&Half> = match &outgoing.kind {
                MessageKind::FirstHalf { half, .. } | MessageKind::SecondHalf { half, .. } => {
                    vec![half]
                }
                MessageKind::WholePin { first, second, .. } => vec![first, second],
                _ => Vec::new(),
            };
            halves.into_iter().map(Half::expose).collect::<Vec<_>>()
        });
        halves.collect::<Vec<_>>().concat()
    }

    /// Gives somebody a working PIN, as if they had made their first access now.
    pub async fn working(&self, person: &FiscalCode, grade: PinGrade) -> String {
        let initial = self.issue(person, grade).await;
        let pin = WorkingPin::generate(person, None, &SystemRandom);
        let hash = pin.hash(&self.hasher, &SystemRandom).unwrap();
        let dossier = self.dossier(person).await;
        let PinState::Initial(pair) = &dossier.pin().unwrap().state else {
            panic!("an initial PIN");
        };
        let proof = |half: &str, kept| -> PinMatch {
            let verdict = self.hasher.verify(half.as_bytes(), Some(kept)).unwrap();
            verdict.matched().unwrap()
        };
        let first = proof(&initial[..8], &pair.first);
        let second = proof(&initial[8..], &pair.second);
        let citizen = [Category::Citizen].into_iter().collect();
        let access = |dossier: Dossier, context: &Context<'_>| {
            dossier.first_access(&first, &second, hash, citizen, context)
        };
        self.write(person, &PinActor::Holder, access).await;
        pin.expose().to_owned()
    }

    /// A browser at an address of its own.
    pub fn browser(&self, address: &str) -> Browser {
        self.here.browser().on("Firefox/1 Linux", address)
    }
}

/// The same catalogue, where a first half is enough for the request of one service.
fn taking_first_half(catalogue: &str, service: &str) -> String {
    let (before, from) = catalogue
        .split_once(&format!("id = \"{service}\"\n"))
        .unwrap();
    let from = from.replacen("provisional = true", "first_half = true", 1);
    format!("{before}id = \"{service}\"\n{from}")
}

/// Opens the form and types a fiscal code and a PIN there.
pub async fn log_in(browser: &mut Browser, person: &FiscalCode, pin: &str) -> Answer {
    let page = browser.open("/login/pin").await;
    type_in(browser, &page, person, pin).await
}

/// Types a fiscal code and a PIN into a form that is open.
pub async fn type_in(
    browser: &mut Browser,
    page: &Answer,
    person: &FiscalCode,
    pin: &str,
) -> Answer {
    let form = page.form();
    let flow = form.field("flow").expect("the form of the PIN").to_owned();
    let fields = [
        ("flow", flow.as_str()),
        ("person", person.expose()),
        ("pin", pin),
    ];
    browser.submit(&form.action, &fields).await
}

/// Invented people: each number is another one.
pub fn somebody(number: usize) -> FiscalCode {
    let (place, year) = (number % 1000, number / 1000 % 100);
    let begin = format!("PRVNNA{year:02}C55F{place:03}");
    ('A'..='Z')
        .find_map(|check| FiscalCode::parse(&format!("{begin}{check}")).ok())
        .unwrap()
}

/// A PIN that is not this one, another for each number.
pub fn wrong(pin: &str, number: usize) -> String {
    const LETTERS: &[u8; 31] = b"23456789ABCDEFGHJKMNPQRSTUVWXYZ";
    let letter = |place: u32| char::from(LETTERS[number / 31_usize.pow(place) % 31]);
    // Never the first letter of the right one.
    let first = if pin.starts_with('Z') { 'Y' } else { 'Z' };
    let rest: String = (0..pin.len().max(8) - 1)
        .map(|place| letter(u32::try_from(place % 5).unwrap()))
        .collect();
    format!("{first}{rest}")
}

fn operator() -> FiscalCode {
    FiscalCode::parse("SMPMRA70L02H501P").unwrap()
}

fn visit(operator: FiscalCode, at: Timestamp) -> OfficeVisit {
    OfficeVisit {
        at,
        operator,
        applicant: Applicant::Holder,
        document: IdentityDocument {
            kind: DocumentKind::ALL[0],
            number: Line::parse("CA00000AA").unwrap(),
            issuer: Line::parse("Comune di Milano").unwrap(),
            expires: NaiveDate::from_ymd_opt(2031, 3, 15).unwrap(),
        },
        form: Line::parse("MV35/2026/1").unwrap(),
        office: Line::parse("Milano Centro").unwrap(),
    }
}
