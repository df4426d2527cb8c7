//! Sends what the outbox holds: messages to people, events to applications.
//!
//! In: rows that were written in the transaction of the change that they announce. Out: each is handed to whoever carries it and
//! only then taken from the outbox, its secret with it. If the process dies between the two, the row is handed over again
//! under the same reference: at least once, and to whoever can tell once. What is not taken is tried again after a pause that
//! grows, and given up only when it says nothing any more: a code that is over, news of a month ago. An application
//! is told until it hears.
//!
//! Each way is walked by itself, so a mail server that is down delays no letter.

mod letters;
mod words;

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::Duration;
use tokio::task::JoinSet;

use super::language::Language;
use super::state::Gateway;
use crate::identity::{Redacted, Timestamp};
use crate::messages::{Mail, Messengers, NotSent, TextMessage};
use crate::pin::{DueMessage, MessageKind, Outgoing, PinStore, Recipient};

use words::Words;

/// How many rows are looked at together.
const TOGETHER: usize = 64;
/// After so many failures in a row a way is left alone until the next turn.
const FAILURES_IN_A_ROW: u32 = 3;
/// The pause after the first failure; it doubles from one to the next.
const SHORTEST_PAUSE: Duration = Duration::seconds(30);
const LONGEST_PAUSE: Duration = Duration::minutes(15);
/// The pause after a mail server refused a recipient for good: mailboxes come back, but not in minutes.
const PAUSE_AFTER_REFUSAL: Duration = Duration::hours(6);
/// For how long news are told.
const NEWS_FOR: Duration = Duration::days(30);

/// Turns again and again: sends what is due.
#[derive(Clone)]
pub struct OutboxKeeper(Arc<Parts>);

struct Parts {
    store: Arc<dyn PinStore>,
    messengers: Messengers,
}

impl OutboxKeeper {
    /// A keeper of this outbox.
    #[must_use]
    pub fn new(store: Arc<dyn PinStore>, messengers: Messengers) -> Self {
        Self(Arc::new(Parts { store, messengers }))
    }

    /// The same outbox with other ways out of it.
    #[must_use]
    pub fn by(&self, messengers: Messengers) -> Self {
        Self::new(Arc::clone(&self.0.store), messengers)
    }

    /// One turn: everything that is due is tried once. Gives how many messages were taken.
    pub async fn turn(&self, gateway: &Gateway) -> usize {
        let mut taken = 0;
        loop {
            let due = match self.0.store.outbox_due(gateway.now(), TOGETHER).await {
                Ok(due) => due,
                Err(error) => {
                    tracing::error!(%error, "outbox-not-read");
                    break;
                }
            };
            let count = due.len();
            let Some(sent) = self.walk(gateway, due).await else {
                break;
            };
            taken += sent;
            if count < TOGETHER {
                break;
            }
        }
        if let Ok(waiting) = self.0.store.outbox_length().await {
            gateway.metrics().outbox_waits(waiting);
        }
        taken
    }

    /// Tries these rows, each way by itself. `None` when the store failed: the rows are still due, and trying at once again
    /// would only send them twice.
    async fn walk(&self, gateway: &Gateway, due: Vec<DueMessage>) -> Option<usize> {
        let mut ways: BTreeMap<&'static str, Vec<DueMessage>> = BTreeMap::new();
        for message in due {
            let way = message.outgoing.to.channel();
            ways.entry(way).or_default().push(message);
        }
        let mut walks = JoinSet::new();
        for (way, messages) in ways {
            let (keeper, gateway) = (self.clone(), gateway.clone());
            walks.spawn(async move { keeper.walk_one(&gateway, way, messages).await });
        }
        let walked = walks.join_all().await;
        walked.into_iter().sum()
    }

    async fn walk_one(
        &self,
        gateway: &Gateway,
        way: &'static str,
        messages: Vec<DueMessage>,
    ) -> Option<usize> {
        let metrics = gateway.metrics();
        let (mut taken, mut failures) = (0, 0);
        for message in messages {
            let kind = message.outgoing.kind.name();
            let now = gateway.now();
            if is_over(&message, now) {
                tracing::error!(way, kind, "message-given-up");
                metrics.outbox(way, "given-up");
                self.remove(&message).await?;
                continue;
            }
            if failures == FAILURES_IN_A_ROW {
                self.put_off(&message, now + SHORTEST_PAUSE).await?;
                continue;
            }
            match self.hand_over(gateway, &message, now).await {
                Ok(()) => {
                    metrics.outbox(way, "sent");
                    self.remove(&message).await?;
                    (taken, failures) = (taken + 1, 0);
                }
                Err(NotSent(code)) => {
                    tracing::warn!(
                        way,
                        kind,
                        code,
                        attempts = message.attempts,
                        "message-not-sent"
                    );
                    metrics.outbox(way, "failed");
                    let again = now + pause(message.attempts, code);
                    self.put_off(&message, again).await?;
                    failures += 1;
                }
            }
        }
        Some(taken)
    }

    async fn hand_over(
        &self,
        gateway: &Gateway,
        message: &DueMessage,
        now: Timestamp,
    ) -> Result<(), NotSent> {
        let Messengers {
            text,
            mail,
            pec,
            letters,
        } = &self.0.messengers;
        let outgoing = &message.outgoing;
        let nobody = NotSent("no-way-there");
        match &outgoing.to {
            Recipient::Sms(number) => {
                let message = TextMessage {
                    to: number.clone(),
                    text: Redacted::new(words(gateway, outgoing).as_text_message()),
                    reference: outgoing.reference.clone(),
                };
                text.as_ref().ok_or(nobody)?.send(&message).await
            }
            Recipient::Email(to) | Recipient::Pec(to) => {
                let way = if matches!(outgoing.to, Recipient::Pec(_)) {
                    pec
                } else {
                    mail
                };
                let words = words(gateway, outgoing);
                let mail = Mail {
                    to: to.clone(),
                    subject: words.subject().to_owned(),
                    text: Redacted::new(words.as_mail()),
                    language: words.language().code().to_owned(),
                    at: message.queued,
                    reference: outgoing.reference.clone(),
                };
                way.as_ref().ok_or(nobody)?.send(&mail).await
            }
            Recipient::Letter(_) | Recipient::Envelope { .. } => {
                let words = words(gateway, outgoing);
                let letter = letters::letter(outgoing, &words, message.queued)?;
                letters.as_ref().ok_or(nobody)?.print(&letter).await
            }
            Recipient::Application { .. } => {
                let told = gateway.oidc().tell(outgoing, now).await;
                told.map_err(|error| NotSent(error.0))
            }
        }
    }

    async fn remove(&self, message: &DueMessage) -> Option<()> {
        let removed = self.0.store.outbox_sent(message.id).await;
        removed
            .inspect_err(|error| tracing::error!(%error, "outbox-not-written"))
            .ok()
    }

    async fn put_off(&self, message: &DueMessage, again: Timestamp) -> Option<()> {
        let put_off = self.0.store.outbox_failed(message.id, again).await;
        put_off
            .inspect_err(|error| tracing::error!(%error, "outbox-not-written"))
            .ok()
    }
}

fn words<'a>(gateway: &'a Gateway, outgoing: &'a Outgoing) -> Words<'a> {
    let language = Language::from_code(&outgoing.language).unwrap_or_default();
    Words::new(gateway.settings(), &outgoing.kind, language)
}

/// Whether a message has nothing to say any more.
fn is_over(message: &DueMessage, now: Timestamp) -> bool {
    match &message.outgoing.kind {
        MessageKind::FirstHalf { ends, .. }
        | MessageKind::SecondHalf { ends, .. }
        | MessageKind::WholePin { ends, .. }
        | MessageKind::RestoreLink { ends, .. } => *ends <= now,
        MessageKind::Notice { .. } => message.queued + NEWS_FOR <= now,
        MessageKind::AssuranceRaised { .. } => false,
    }
}

/// How long to wait after one more failure.
fn pause(attempts: u32, code: &str) -> Duration {
    if code == "mail-refused" {
        return PAUSE_AFTER_REFUSAL;
    }
    let doubled = 2_i32.saturating_pow(attempts.min(16));
    SHORTEST_PAUSE
        .checked_mul(doubled)
        .map_or(LONGEST_PAUSE, |pause| pause.min(LONGEST_PAUSE))
}
