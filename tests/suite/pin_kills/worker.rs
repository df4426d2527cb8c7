//! The process that is killed: it works until it is.

use std::io::Write as _;
use std::path::Path;

use varco::audit::PinActor;
use varco::identity::{DeskRole, Line};
use varco::pin::{Change, DocumentKind, Dossier, IdentityDocument, PinStore as _, Version};

use super::world::{application_of, context, deliver, halves_of, now, open, operator};
use crate::support::pins::{citizen, hasher, mint, person, proofs};
use varco::crypto::SystemRandom;
use varco::pin::{PinRules, WorkingPin};
use varco::store::SqliteStore;

/// Says something to whoever waits to kill.
fn say(text: &str) {
    let mut out = std::io::stdout().lock();
    writeln!(out, "@{text}").unwrap();
    out.flush().unwrap();
}

/// Works until it is killed.
pub(super) fn work(folder: &Path) -> ! {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    runtime.unwrap().block_on(async {
        let store = open(folder);
        let mut number = store.page(None, 10_000).await.unwrap().kept.len();
        loop {
            round(&store, folder, u32::try_from(number).unwrap()).await;
            number += 1;
        }
    })
}

/// One person from the request to a dispositive PIN, what is due delivered on the way.
async fn round(store: &SqliteStore, folder: &Path, number: u32) {
    let (rules, holder) = (PinRules::default(), PinActor::Holder);
    let context = context(&rules, &holder);
    say("issue");
    let dossier = Dossier::new(person(number));
    let change = dossier
        .ask(application_of(number), true, mint(), &context)
        .unwrap();
    let mut dossier = change.dossier().clone();
    let mut version = store.write(change, Version::NEW).await.unwrap();
    say(&format!("issued {number}"));
    say("between");
    send(store, folder).await;

    let (first, second) = halves_of(folder, number);
    let [first, second] = proofs(&dossier, &first, &second, now());
    let pin = WorkingPin::generate(&person(number), None, &SystemRandom);
    let hash = pin.hash(&hasher(), &SystemRandom).unwrap();
    let change = dossier
        .first_access(&first, &second, hash, citizen(), &context)
        .unwrap();
    dossier = change.dossier().clone();
    version = store.write(change, version).await.unwrap();

    say("conversion");
    let document = IdentityDocument {
        kind: DocumentKind::Passport,
        number: Line::parse("YA0000000").unwrap(),
        issuer: Line::parse("Questura di Roma").unwrap(),
        expires: "2029-01-01".parse().unwrap(),
    };
    let mut write = async |change: Change| {
        let dossier = change.dossier().clone();
        version = store.write(change, version).await.unwrap();
        dossier
    };
    dossier = write(dossier.begin_conversion(document, &context).unwrap()).await;
    let id = dossier.conversion().unwrap().id.clone();
    let file = format!("%PDF signed by {number}").into_bytes();
    dossier = write(dossier.submit_form(&id, file, 1, &context).unwrap()).await;
    for desk in [1, 2] {
        let by = PinActor::Operator {
            person: operator(desk),
            role: DeskRole::Office,
        };
        let context = super::world::context(&rules, &by);
        dossier = write(dossier.claim_conversion(&context).unwrap()).await;
        let reason = "seen".to_owned().into();
        dossier = write(dossier.judge_conversion(true, reason, &context).unwrap()).await;
    }
    say(&format!("converted {number}"));
    say("between");
    send(store, folder).await;
}

/// Delivers what is due, as the loop of the gateway does: hand over, then take off the list.
async fn send(store: &SqliteStore, folder: &Path) {
    for message in store.outbox_due(now(), 100).await.unwrap() {
        say("sending");
        deliver(folder, &message.outgoing);
        store.outbox_sent(message.id).await.unwrap();
        say(&format!("sent {}", message.outgoing.reference));
        say("between");
    }
}
