//! What it costs to verify a doubly signed SPID response, as a ratio to the two RSA verifications in it, which nobody
//! can do without. `cargo bench --bench verify` ends with the table, and with 1 when the ratio is over the limit.

#![allow(
    clippy::allow_attributes,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    dead_code,
    missing_docs,
    unreachable_pub,
    reason = "a measurement says what it expects by failing"
)]

/// The generator of the corpus writes and signs the message.
#[path = "../tests/suite/corpus"]
mod corpus {
    pub mod message;
    pub mod signing;
}

use std::cell::Cell;
use std::hint::black_box;
use std::process::ExitCode;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use corpus::message::{ASSERTION_ID, ASSERTION_MARK, RESPONSE_ID, RESPONSE_MARK, Style, response};
use corpus::signing::{Manner, PROVIDER, TestKey, sign};
use criterion::Criterion;
use varco::audit::{AuthenticationRegister, Recording, RegisterEntry};
use varco::crypto::encoding::{base64, from_base64};
use varco::crypto::{DigestAlgorithm, KeyKind, PublicKey, SystemRandom};
use varco::identity::{AssuranceLevel, Clock, EvidenceId, RequiredAssurance, Timestamp};
use varco::login::saml::{AcsForm, SamlPorts};
use varco::login::spid::{
    ProviderCatalogue, Providers, SpidServiceProvider, SpidSettings, StartLogin,
    standard_attribute_sets,
};
use varco::protocol::saml::authn_request::Comparison;
use varco::protocol::saml::binding::{Binding, Endpoint};
use varco::protocol::saml::outgoing::{OutgoingMessage, SamlKey};
use varco::protocol::saml::post::{decode_post, encode_post};
use varco::protocol::saml::provider_metadata::IdentityProviderMetadata;
use varco::protocol::saml::response::{Response, ResponseForm};
use varco::protocol::saml::service_metadata::{Contact, Localized, Organization};
use varco::protocol::xml::{DSIG, Document, Element, Limits, canonical, verify_enveloped};
use varco::session::{BrowserCookie, BrowserDigest, FlowId};
use varco::store::{BoxFuture, ExpiringStore, MemoryStore, StoreError, StoreKey};

const LIMIT: f64 = 3.0;
const ENTITY: &str = "https://idp.example";
const NOW: &str = "2026-11-21T12:00:00Z";

/// A message of about 7.4 kB that answers this request: all attributes, certificates in both signatures.
fn message(request: &str, number: usize) -> String {
    let attributes: String = [
        ("familyName", "Dell'Acqua"),
        ("dateOfBirth", "1980-01-01"),
        ("placeOfBirth", "H501"),
    ]
    .iter()
    .map(|(name, value)| {
        format!("<saml:Attribute Name=\"{name}\" NameFormat=\"urn:oasis:names:tc:SAML:2.0:attrname-format:basic\"><saml:AttributeValue xmlns:xs=\"http://www.w3.org/2001/XMLSchema\" xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:type=\"xs:string\">{value}</saml:AttributeValue></saml:Attribute>")
    })
    .chain(["</saml:AttributeStatement>".to_owned()])
    .collect();
    let assertion = format!("{ASSERTION_ID}{number}");
    let text = response(&Style::default())
        .replace("\"_request\"", &format!("\"{request}\""))
        .replace(&format!("\"{ASSERTION_ID}\""), &format!("\"{assertion}\""))
        .replace("</saml:AttributeStatement>", &attributes);
    let key_info = format!(
        "<ds:KeyInfo><ds:X509Data><ds:X509Certificate>{}</ds:X509Certificate></ds:X509Data></ds:KeyInfo>",
        base64(&PROVIDER.certificate)
    );
    let manner = Manner {
        key_info,
        ..Manner::of(&PROVIDER)
    };
    let text = sign(&text, &assertion, ASSERTION_MARK, &manner);
    sign(&text, RESPONSE_ID, RESPONSE_MARK, &manner)
}

struct StoppedClock;

impl Clock for StoppedClock {
    fn now(&self) -> Timestamp {
        NOW.parse().unwrap()
    }
}

/// Counts the time that verification takes inside `consume`: from the form field until the request is looked up, and
/// from the request being used up until the register is asked to keep the verdict. Finding the request and keeping the
/// messages for 24 months are not verification; refusing replays is.
#[derive(Default)]
struct Watch {
    running: Mutex<Option<Instant>>,
    total: Mutex<Duration>,
}

impl Watch {
    fn start(&self) {
        *self.running.lock().unwrap() = Some(Instant::now());
    }

    fn stop(&self) {
        if let Some(since) = self.running.lock().unwrap().take() {
            *self.total.lock().unwrap() += since.elapsed();
        }
    }
}

struct WatchedStore {
    store: MemoryStore,
    watch: Arc<Watch>,
}

impl ExpiringStore for WatchedStore {
    fn put<'a>(
        &'a self,
        key: &'a StoreKey,
        value: Vec<u8>,
        life: Duration,
    ) -> BoxFuture<'a, Result<(), StoreError>> {
        self.store.put(key, value, life)
    }

    fn put_new<'a>(
        &'a self,
        key: &'a StoreKey,
        value: Vec<u8>,
        life: Duration,
    ) -> BoxFuture<'a, Result<bool, StoreError>> {
        self.store.put_new(key, value, life)
    }

    fn get<'a>(&'a self, key: &'a StoreKey) -> BoxFuture<'a, Result<Option<Vec<u8>>, StoreError>> {
        self.watch.stop();
        self.store.get(key)
    }

    fn take<'a>(&'a self, key: &'a StoreKey) -> BoxFuture<'a, Result<Option<Vec<u8>>, StoreError>> {
        Box::pin(async move {
            let taken = self.store.take(key).await;
            self.watch.start();
            taken
        })
    }

    fn replace<'a>(
        &'a self,
        key: &'a StoreKey,
        expected: &'a [u8],
        value: Vec<u8>,
        life: Duration,
    ) -> BoxFuture<'a, Result<bool, StoreError>> {
        self.store.replace(key, expected, value, life)
    }
}

/// Keeps nothing.
struct NoRegister(Arc<Watch>);

impl AuthenticationRegister for NoRegister {
    fn record(&self, _: RegisterEntry, _: Timestamp) -> Recording<'_, EvidenceId> {
        self.0.stop();
        Box::pin(async { Ok(EvidenceId(String::new())) })
    }
}

fn service_provider(watch: &Arc<Watch>) -> SpidServiceProvider {
    let italian = |text: &str| {
        vec![Localized {
            language: "it".to_owned(),
            text: text.to_owned(),
        }]
    };
    let settings = SpidSettings {
        entity_id: "https://gateway.example".to_owned(),
        assertion_consumer: "https://gateway.example/spid/acs".to_owned(),
        single_logout: "https://gateway.example/spid/slo".to_owned(),
        organization: Organization {
            name: italian("Ente di prova"),
            display_name: italian("Ente"),
            url: italian("https://ente.example"),
        },
        contact: Contact {
            ipa_code: "ente".to_owned(),
            vat_number: None,
            fiscal_code: None,
            email: "spid@ente.example".to_owned(),
            telephone: None,
        },
        attribute_sets: standard_attribute_sets(),
        minimum_level: RequiredAssurance(AssuranceLevel::Substantial),
        comparison: Comparison::Minimum,
    };
    let own = TestKey::new("gateway", KeyKind::Rsa(2048));
    let key = SamlKey {
        certificate: own.certificate.clone(),
        signer: Arc::new(own.key),
        also_published: Vec::new(),
    };
    let metadata = IdentityProviderMetadata {
        entity_id: ENTITY.to_owned(),
        display_name: None,
        keys: vec![PROVIDER.public()],
        single_sign_on: vec![Endpoint {
            binding: Binding::Post,
            location: format!("{ENTITY}/sso"),
            response_location: None,
        }],
        single_logout: Vec::new(),
        purposes: Vec::new(),
        highest_level: None,
    };
    let ports = SamlPorts {
        store: Arc::new(WatchedStore {
            store: MemoryStore::new(Arc::new(StoppedClock)),
            watch: watch.clone(),
        }),
        random: Arc::new(SystemRandom),
        register: Arc::new(NoRegister(watch.clone())),
    };
    let providers = Providers::new(ProviderCatalogue::parse("").unwrap(), [metadata]);
    SpidServiceProvider::new(settings, key, providers, ports).unwrap()
}

/// A request under way, and the answer to it as the browser brings it.
struct Exchange {
    browser: BrowserDigest,
    relay_state: String,
    response: String,
}

async fn exchange(provider: &SpidServiceProvider, number: usize) -> Exchange {
    let browser = BrowserCookie::generate(&SystemRandom).digest();
    let flow = FlowId::parse(BrowserCookie::generate(&SystemRandom).cookie_value()).unwrap();
    let login = StartLogin {
        flow: &flow,
        browser: &browser,
        provider: ENTITY,
        level: RequiredAssurance(AssuranceLevel::Substantial),
        binding: Binding::Post,
        attribute_set: None,
        purpose: None,
        force: false,
    };
    let OutgoingMessage::Post { fields, .. } =
        provider.start(login, StoppedClock.now()).await.unwrap()
    else {
        panic!("a form was asked for");
    };
    let field = |wanted: &str| {
        let (_, value) = fields.iter().find(|(name, _)| *name == wanted).unwrap();
        value.clone()
    };
    let request = decode_post(&field("SAMLRequest")).unwrap();
    let id = request
        .split(" ID=\"")
        .nth(1)
        .unwrap()
        .split('"')
        .next()
        .unwrap();
    Exchange {
        browser,
        relay_state: field("RelayState"),
        response: encode_post(&message(id, number)),
    }
}

/// One thing to measure: does it so many times, and says how long that took. What it needs is made before the clock runs.
struct Stage<'a> {
    name: &'static str,
    run: Box<dyn FnMut(u64) -> Duration + 'a>,
}

fn stage<'a, I>(
    name: &'static str,
    mut input: impl FnMut() -> I + 'a,
    mut routine: impl FnMut(I) + 'a,
) -> Stage<'a> {
    let run = Box::new(move |count| {
        let prepared: Vec<I> = (0..count).map(|_| input()).collect();
        let start = Instant::now();
        for input in prepared {
            routine(input);
        }
        start.elapsed()
    });
    Stage { name, run }
}

/// The usual time of each stage in microseconds. All stages take turns, so that whatever else the machine does falls on
/// all of them alike, and the lower quartile leaves out the turns in which it did much.
fn take_turns(stages: &mut [Stage<'_>]) -> Vec<f64> {
    const TURNS: usize = 100;
    const TIMES: u32 = 40;
    let mut samples = vec![Vec::with_capacity(TURNS); stages.len()];
    for _ in 0..TURNS {
        for (stage, samples) in stages.iter_mut().zip(&mut samples) {
            let taken = (stage.run)(u64::from(TIMES));
            samples.push(taken.as_secs_f64() * 1e6 / f64::from(TIMES));
        }
    }
    samples
        .into_iter()
        .map(|mut samples| {
            samples.sort_by(f64::total_cmp);
            samples[TURNS / 4]
        })
        .collect()
}

/// The parts that verification is made of, taken from one document.
struct Parts<'a> {
    response: Element<'a>,
    assertion: Element<'a>,
}

impl<'a> Parts<'a> {
    fn signature(of: Element<'a>) -> Element<'a> {
        of.only(DSIG, "Signature").unwrap()
    }

    /// Element, what is left out of it.
    fn canonicalised(&self) -> [(Element<'a>, Option<Element<'a>>); 4] {
        let [outer, inner] = [self.response, self.assertion].map(Self::signature);
        let info = |signature: Element<'a>| signature.only(DSIG, "SignedInfo").unwrap();
        [
            (self.response, Some(outer)),
            (info(outer), None),
            (self.assertion, Some(inner)),
            (info(inner), None),
        ]
    }
}

fn main() -> ExitCode {
    let text = message("_request", 0);
    let field = encode_post(&text);
    let keys: Vec<PublicKey> = vec![PROVIDER.public()];
    let document = Document::parse(&text, &Limits::MESSAGE).unwrap();
    let parts = Parts {
        response: document.root(),
        assertion: document.element_by_id("_assertion0").unwrap(),
    };
    let forms: Vec<Vec<u8>> = parts
        .canonicalised()
        .iter()
        .map(|(element, without)| canonical(*element, &[], *without).unwrap())
        .collect();
    let values: Vec<Vec<u8>> = [parts.response, parts.assertion]
        .map(|element| {
            let value = Parts::signature(element)
                .only(DSIG, "SignatureValue")
                .unwrap();
            from_base64(&value.text().unwrap()).unwrap()
        })
        .to_vec();
    let rsa = |_: ()| {
        for (info, value) in [(&forms[1], &values[0]), (&forms[3], &values[1])] {
            keys[0]
                .verify(PROVIDER.algorithm(), black_box(info), value)
                .unwrap();
        }
    };

    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    let watch = Arc::new(Watch::default());
    let provider = service_provider(&watch);
    let number = Cell::new(0);
    let next = || {
        number.set(number.get() + 1);
        runtime.block_on(exchange(&provider, number.get()))
    };
    let consume = |exchange: Exchange| {
        watch.start();
        let form = AcsForm {
            saml_response: exchange.response.as_str().into(),
            relay_state: Some(&exchange.relay_state),
            client_address: None,
        };
        let login = provider.consume(form, Some(&exchange.browser), StoppedClock.now());
        black_box(runtime.block_on(login).unwrap());
    };
    let mut stages = [
        stage(BARE, || (), rsa),
        stage(
            "base64",
            || (),
            |()| {
                black_box(decode_post(black_box(&field)).unwrap());
            },
        ),
        stage(
            "gate and parse",
            || (),
            |()| {
                black_box(Document::parse(black_box(&text), &Limits::MESSAGE).unwrap());
            },
        ),
        stage(
            "canonicalise, four forms",
            || (),
            |()| {
                for (element, without) in parts.canonicalised() {
                    black_box(canonical(element, &[], without).unwrap());
                }
            },
        ),
        stage(
            "digest, two forms",
            || (),
            |()| {
                for form in [&forms[0], &forms[2]] {
                    black_box(DigestAlgorithm::Sha256.digest(black_box(form)));
                }
            },
        ),
        stage(
            "verify two signatures of a parsed message",
            || (),
            |()| {
                for element in [parts.response, parts.assertion] {
                    black_box(verify_enveloped(element, &keys).unwrap());
                }
            },
        ),
        stage(
            "open: from base64 to a verified assertion",
            || (),
            |()| {
                let text = decode_post(black_box(&field)).unwrap();
                let document = Document::parse(&text, &Limits::MESSAGE).unwrap();
                black_box(
                    Response::read(&document, ResponseForm::SPID)
                        .unwrap()
                        .open(&keys)
                        .unwrap(),
                );
            },
        ),
        Stage {
            name: ALL,
            run: Box::new(|count| {
                let exchanges: Vec<Exchange> = (0..count).map(|_| next()).collect();
                *watch.total.lock().unwrap() = Duration::ZERO;
                exchanges.into_iter().for_each(consume);
                *watch.total.lock().unwrap()
            }),
        },
        stage("the same with request found and login made", next, consume),
    ];

    let mut criterion = Criterion::default()
        .without_plots()
        .sample_size(20)
        .warm_up_time(Duration::from_millis(200))
        .measurement_time(Duration::from_millis(800))
        .configure_from_args();
    for stage in &mut stages {
        criterion.bench_function(stage.name, |bencher| bencher.iter_custom(&mut stage.run));
    }
    let times = take_turns(&mut stages);
    let names = stages.iter().map(|stage| stage.name);
    report(&names.zip(times).collect::<Vec<_>>(), text.len())
}

const BARE: &str = "two bare RSA-2048 verifications";
const ALL: &str = "verification with all checks";

fn report(times: &[(&str, f64)], bytes: usize) -> ExitCode {
    let time = |wanted| {
        let found = times.iter().find(|(name, _)| *name == wanted);
        found.map(|(_, time)| *time).unwrap()
    };
    let bare = time(BARE);
    println!("\nA doubly signed SPID response of {bytes} bytes, RSA-2048, SHA-256\n");
    println!("{:<46} {:>8} {:>7}", "stage", "us", "ratio");
    for (name, time) in times {
        println!("{name:<46} {time:>8.1} {:>7.2}", time / bare);
    }
    let ratio = time(ALL) / bare;
    let verdict = if ratio <= LIMIT { "within" } else { "OVER" };
    println!(
        "\nWith all checks {ratio:.2} times the bare verifications; limit {LIMIT:.1}: {verdict}"
    );
    if ratio <= LIMIT {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}
