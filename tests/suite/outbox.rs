//! The outbox: what each message says and where it goes, and what happens when it cannot go.

mod retries;

use std::sync::Arc;

use chrono::Duration;
use serde_json::Value;
use varco::crypto::SystemRandom;
use varco::fetch::Authorities;
use varco::http::outbox::OutboxKeeper;
use varco::identity::{
    Clock as _, Country, EmailAddress, Line, PhoneNumber, PinGrade, PostalAddress, PostalFields,
    Redacted,
};
use varco::messages::{Finish, LetterSpool, Messengers, SmtpMails, SmtpSecurity, SmtpSettings};
use varco::pin::{
    Addressee, ChangeNotice, DeliveryHours, Dossier, Half, MessageKind, Outgoing, PinRules,
    PinStore as _, Recipient, Version,
};
use varco::store::SqliteStore;
use varco::store::sqlite::StoreKeys;

use crate::support::gateway::TestGateway;
use crate::support::mail_server::MailServer;
use crate::support::outbox::{TestOutbox, TestWays};
use crate::support::pdf::Pdf;
use crate::support::pins::{application, by_holder, halves, mint, person};

/// An outbox, the ways out of it, and who walks them.
struct Post {
    gateway: TestGateway,
    outbox: Arc<TestOutbox>,
    ways: Arc<TestWays>,
    keeper: OutboxKeeper,
}

impl Post {
    fn new() -> Self {
        let gateway = TestGateway::with_clients(Vec::new());
        let (outbox, ways) = (
            Arc::new(TestOutbox::default()),
            Arc::new(TestWays::default()),
        );
        let keeper = OutboxKeeper::new(Arc::clone(&outbox) as _, ways.messengers());
        Self {
            gateway,
            outbox,
            ways,
            keeper,
        }
    }

    /// Puts a message into the outbox, with a reference that nobody else has.
    fn put(&self, to: Recipient, kind: MessageKind, language: &str) -> String {
        let reference = format!("r-{}", self.outbox.len());
        let outgoing = Outgoing {
            reference: reference.clone(),
            to,
            kind,
            language: language.to_owned(),
        };
        self.outbox.put(outgoing, self.gateway.clock.now());
        reference
    }

    async fn turn(&self) -> usize {
        self.keeper.turn(&self.gateway.gateway).await
    }

    fn first_half(&self) -> MessageKind {
        MessageKind::FirstHalf {
            half: Half::parse("ABCDEFGH").unwrap(),
            ends: self.gateway.clock.now() + Duration::days(30),
        }
    }

    fn second_half(&self) -> MessageKind {
        MessageKind::SecondHalf {
            half: Half::parse("JKMN2345").unwrap(),
            ends: self.gateway.clock.now() + Duration::days(30),
        }
    }

    fn notice(&self, change: ChangeNotice) -> MessageKind {
        MessageKind::Notice {
            change,
            at: self.gateway.clock.now(),
        }
    }
}

fn mobile() -> Recipient {
    Recipient::Sms(PhoneNumber::parse("+393331234567").unwrap())
}

fn email() -> Recipient {
    Recipient::Email(EmailAddress::parse("maria@example.org").unwrap())
}

fn pec() -> Recipient {
    Recipient::Pec(EmailAddress::parse("maria@pec.example.org").unwrap())
}

fn letter() -> Recipient {
    let address = PostalAddress::new(&PostalFields {
        street: "Via delle Ginestre 12/B",
        addition: "",
        postal_code: "34100",
        city: "Trieste",
        province: "TS",
        country: Country::ITALY,
    });
    Recipient::Letter(Addressee {
        name: Redacted::new("Žiga Čeh".to_owned()),
        address: address.unwrap(),
        hours: Some(DeliveryHours::Morning),
    })
}

#[tokio::test]
async fn the_first_half_leaves_at_once_by_the_way_of_its_contact_and_is_then_gone() {
    let post = Post::new();
    let reference = post.put(mobile(), post.first_half(), "it");
    post.put(email(), post.first_half(), "en");
    post.put(pec(), post.first_half(), "it");
    assert_eq!(post.turn().await, 3);
    assert_eq!(post.outbox.len(), 0, "the secrets are gone");
    let texts = post.ways.texts.lock().unwrap();
    assert_eq!(texts[0].reference, reference);
    let text = texts[0].text.expose();
    assert!(
        text.starts_with("Istituto di prova: la prima metà"),
        "{text}"
    );
    assert!(
        text.contains("ABCD EFGH") && text.contains("21 dicembre 2026"),
        "{text}"
    );
    let mails = post.ways.mails.lock().unwrap();
    assert_eq!(mails[0].to.expose(), "maria@example.org");
    assert_eq!(mails[0].language, "en");
    assert!(!mails[0].subject.contains("ABCD"), "{}", mails[0].subject);
    let text = mails[0].text.expose();
    assert!(text.starts_with("The first half"), "{text}");
    assert!(
        text.contains("ABCD EFGH") && text.contains("https://login.example"),
        "{text}"
    );
    assert_eq!(post.ways.pecs.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn the_second_half_is_a_letter_to_the_residence() {
    let post = Post::new();
    let reference = post.put(letter(), post.second_half(), "it");
    assert_eq!(post.turn().await, 1);
    let letters = post.ways.letters.lock().unwrap();
    let letter = &letters[0];
    assert_eq!(
        (letter.reference.as_str(), letter.kind),
        (&*reference, "second-half")
    );
    assert_eq!(letter.finish, Finish::WindowEnvelope);
    assert_eq!(letter.hours.as_deref(), Some("morning"));
    let pdf = Pdf::new(letter.pdf.expose());
    pdf.satisfies_verapdf();
    let text = pdf.text();
    for part in [
        "Žiga Čeh Via delle Ginestre 12/B 34100 Trieste TS",
        "La seconda metà del tuo PIN iniziale",
        "JKMN 2345",
        "https://login.example",
        &reference,
    ] {
        assert!(text.contains(part), "{part} in {text}");
    }
}

#[tokio::test]
async fn an_offices_pin_is_inside_a_sealed_sheet() {
    let post = Post::new();
    let to = Recipient::Envelope {
        name: Redacted::new("Maria Bianchi".to_owned()),
        office: Line::parse("Sede di Trieste").unwrap(),
    };
    let kind = MessageKind::WholePin {
        first: Half::parse("ABCDEFGH").unwrap(),
        second: Half::parse("JKMN2345").unwrap(),
        grade: PinGrade::Dispositive,
        ends: post.gateway.clock.now() + Duration::days(30),
    };
    post.put(to, kind, "en");
    assert_eq!(post.turn().await, 1);
    let letters = post.ways.letters.lock().unwrap();
    assert_eq!(letters[0].finish, Finish::Sealed);
    assert_eq!(letters[0].office.as_deref(), Some("Sede di Trieste"));
    let pdf = Pdf::new(letters[0].pdf.expose());
    pdf.satisfies_verapdf();
    let text = pdf.text();
    assert!(text.contains("ABCD EFGH JKMN 2345"), "{text}");
    assert!(text.contains("your dispositive initial PIN"), "{text}");
    assert_eq!(pdf.info("Pages:"), "2");
}

#[tokio::test]
async fn every_message_has_words_in_every_language_and_by_every_way() {
    let post = Post::new();
    let at = post.gateway.clock.now() + Duration::days(7);
    let reason = || Redacted::new("il documento è scaduto".to_owned());
    let token = Redacted::new("t0ken".to_owned());
    let expires = Some(at);
    let grades = PinGrade::ALL.map(|grade| ChangeNotice::Issued { grade });
    let notices = [
        ChangeNotice::RequestTaken,
        ChangeNotice::RequestRefused { reason: reason() },
        ChangeNotice::FirstAccess { expires },
        ChangeNotice::FirstAccess { expires: None },
        ChangeNotice::Renewed { expires },
        ChangeNotice::Renewed { expires: None },
        ChangeNotice::WillExpire {
            days: 7,
            expires: at,
        },
        ChangeNotice::WillExpire {
            days: 1,
            expires: at,
        },
        ChangeNotice::SwitchedOff,
        ChangeNotice::ClosedToStrangers,
        ChangeNotice::Locked,
        ChangeNotice::RestoreAsked,
        ChangeNotice::Restored,
        ChangeNotice::Revoked,
        ChangeNotice::PairEnded,
        ChangeNotice::ConversionSubmitted,
        ChangeNotice::Converted,
        ChangeNotice::ConversionRejected { reason: reason() },
        ChangeNotice::TelephonePinMade { ends: at },
        ChangeNotice::ContactsChanged,
    ];
    let notices = notices.into_iter().chain(grades);
    let mut kinds: Vec<MessageKind> = notices.map(|change| post.notice(change)).collect();
    kinds.extend([
        post.first_half(),
        post.second_half(),
        MessageKind::RestoreLink { token, ends: at },
    ]);
    for language in ["it", "en"] {
        for kind in &kinds {
            for to in [mobile(), email(), letter()] {
                post.put(to, kind.clone(), language);
            }
        }
    }
    let count = 2 * kinds.len();
    assert_eq!(post.turn().await, 3 * count);
    let texts = post.ways.texts.lock().unwrap();
    let mails = post.ways.mails.lock().unwrap();
    let said = texts.iter().map(|text| text.text.expose());
    let said = said.chain(mails.iter().map(|mail| mail.text.expose()));
    let subjects = mails.iter().map(|mail| &mail.subject);
    for text in said.chain(subjects) {
        assert!(!text.contains("message-"), "no words: {text}");
        assert!(!text.contains("{$") && !text.contains("{ $"), "{text}");
    }
    assert!(
        texts
            .iter()
            .all(|text| text.text.expose().chars().count() < 480)
    );
    let link = "https://login.example/pin/restore/link/t0ken";
    let links = mails
        .iter()
        .filter(|mail| mail.text.expose().contains(link));
    assert_eq!(links.count(), 2);
    let reasons = texts
        .iter()
        .filter(|text| text.text.expose().contains("scaduto"));
    assert_eq!(reasons.count(), 4);
    let mut said: Vec<&str> = texts
        .iter()
        .map(|text| text.text.expose().as_str())
        .collect();
    said.sort_unstable();
    said.dedup();
    assert_eq!(said.len(), count, "each says something of its own");
    assert_eq!(post.ways.letters.lock().unwrap().len(), count);
}

#[tokio::test]
async fn a_request_leaves_the_store_for_mailboxes_and_the_print_house_and_nothing_of_it_stays() {
    let folder = tempfile::tempdir().unwrap();
    let keys = StoreKeys::derive(&[7; 32]);
    let store = SqliteStore::open(
        &folder.path().join("varco.db"),
        keys,
        Arc::new(SystemRandom),
    );
    let store = Arc::new(store.unwrap());
    let mut server = MailServer::plain();
    let smtp = Arc::new(
        SmtpMails::new(&SmtpSettings {
            host: "127.0.0.1".to_owned(),
            port: server.port,
            security: SmtpSecurity::DangerPlain,
            authorities: Authorities::System,
            user: None,
            from: EmailAddress::parse("posta@istituto.example").unwrap(),
            from_name: "Istituto di prova".to_owned(),
            timeout: std::time::Duration::from_secs(20),
        })
        .unwrap(),
    );
    let ways = Arc::new(TestWays::default());
    let spool = folder.path().join("letters");
    let messengers = Messengers {
        mail: Some(Arc::clone(&smtp) as _),
        pec: Some(smtp),
        letters: Some(Arc::new(LetterSpool::open(&spool).unwrap())),
        ..ways.messengers()
    };
    let keeper = OutboxKeeper::new(Arc::clone(&store) as _, messengers);

    let gateway = TestGateway::with_clients(Vec::new());
    gateway.clock.set("2019-06-03T09:00:00Z".parse().unwrap());
    let (rules, now) = (PinRules::default(), gateway.clock.now());
    let context = by_holder(&rules, now);
    let change = Dossier::new(person(1)).ask(application(), true, mint(), &context);
    let change = change.unwrap();
    let sent = change.outbox().to_vec();
    let (Some(first), Some(second)) = halves(&sent) else {
        panic!("two halves leave");
    };
    store.write(change, Version::NEW).await.unwrap();
    assert_eq!(keeper.turn(&gateway.gateway).await, sent.len());
    assert_eq!(store.outbox_length().await.unwrap(), 0);
    assert_eq!(keeper.turn(&gateway.gateway).await, 0);

    let grouped = |half: &Half| format!("{} {}", &half.expose()[..4], &half.expose()[4..]);
    let is_mail = |to: &Recipient| matches!(to, Recipient::Email(_) | Recipient::Pec(_));
    let mails = sent.iter().filter(|one| is_mail(&one.to)).count();
    let mut said: Vec<String> = (0..mails)
        .map(|_| server.taken()["text"].as_str().unwrap().to_owned())
        .collect();
    let texts = ways.texts.lock().unwrap();
    said.extend(texts.iter().map(|text| text.text.expose().clone()));
    let with = |half: &Half| {
        said.iter()
            .filter(|text| text.contains(&grouped(half)))
            .count()
    };
    assert!(with(&first) > 0, "the first half leaves at once");
    assert_eq!(with(&second), 0, "the second half goes by post alone");
    let is_letter = |one: &&Outgoing| matches!(one.to, Recipient::Letter(_));
    let letter = sent.iter().find(is_letter).unwrap();
    let manifest = std::fs::read(spool.join(format!("{}.json", letter.reference))).unwrap();
    let manifest: Value = serde_json::from_slice(&manifest).unwrap();
    assert_eq!(manifest["kind"], "second-half");
    let pdf = std::fs::read(spool.join(manifest["file"].as_str().unwrap())).unwrap();
    let text = Pdf::new(&pdf).text();
    assert!(text.contains(&grouped(&second)), "{text}");
    assert!(text.contains("Via dei Mille 12 00185 Roma RM"), "{text}");
}
