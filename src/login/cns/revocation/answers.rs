//! Asks responders about single cards, where no list can tell.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use chrono::TimeDelta;
use url::Url;

use super::Revocation;
use super::addresses::Addresses;
use super::lists::Lists;
use crate::crypto::Random;
use crate::fetch::{Answer, Ask, Clients, Rules};
use crate::identity::Timestamp;
use crate::protocol::x509::ocsp::{OcspAnswer, OcspQuestion, OcspStatus};
use crate::protocol::x509::{Certificate, IssuerId, Serial};

const KINDS: &[&str] = &["application/ocsp-response"];

/// How many answers are remembered.
const MOST_ANSWERS: usize = 20_000;

/// How many responders of a card are asked, one after the other.
const MOST_ASKED: usize = 2;

/// How long an answer counts at most: a card that is revoked now must not stay good for long.
const GOOD_LIFE: TimeDelta = TimeDelta::minutes(5);
const REVOKED_LIFE: TimeDelta = TimeDelta::minutes(30);

/// How long a responder that gave no answer about a card is not asked about it again.
const UNKNOWN_LIFE: TimeDelta = TimeDelta::seconds(20);

/// How responders are asked.
#[derive(Clone)]
pub struct ResponderSettings {
    /// Which addresses of certificates are asked, and where.
    pub allowed: Addresses,
    /// Bounds of each request. Its origins are set for each responder.
    pub rules: Rules,
}

/// The responders.
pub(super) struct Responders {
    allowed: Addresses,
    random: Arc<dyn Random>,
    clients: Clients,
    answers: Mutex<BTreeMap<(IssuerId, Serial), (Timestamp, Revocation)>>,
}

impl Responders {
    pub(super) fn new(settings: ResponderSettings, random: Arc<dyn Random>) -> Self {
        Self {
            clients: Clients::new(settings.rules),
            allowed: settings.allowed,
            random,
            answers: Mutex::default(),
        }
    }

    /// What the responders that a card names say of it now, or said a moment ago.
    pub(super) async fn ask(
        &self,
        certificate: &Certificate,
        issuer: &Certificate,
        lists: &Lists,
        now: Timestamp,
    ) -> Revocation {
        let card = (IssuerId::of(issuer), *certificate.serial());
        if let Some(known) = self.known(&card, now) {
            return known;
        }
        let allowed = self.allowed.with_hosts_of(issuer.ocsp_addresses());
        let addresses = certificate.ocsp_addresses().iter();
        let urls = addresses.filter_map(|address| allowed.resolve(address));
        let mut found = (now + UNKNOWN_LIFE, Revocation::Unknown);
        for url in urls.take(MOST_ASKED) {
            match self.exchange(&url, certificate, issuer, lists, now).await {
                Ok(answer) => {
                    found = answer;
                    break;
                }
                Err(code) => tracing::warn!(host = url.host_str(), code, "ocsp-failed"),
            }
        }
        self.remember(card, found, now);
        found.1
    }

    fn known(&self, card: &(IssuerId, Serial), now: Timestamp) -> Option<Revocation> {
        let answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        let (until, known) = answers.get(card)?;
        (now < *until).then_some(*known)
    }

    fn remember(&self, card: (IssuerId, Serial), found: (Timestamp, Revocation), now: Timestamp) {
        let mut answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        if answers.len() >= MOST_ANSWERS {
            answers.retain(|_, (until, _)| now < *until);
        }
        // So many at once: those that come are asked about again.
        if answers.len() < MOST_ANSWERS {
            answers.insert(card, found);
        }
    }

    /// Asks one responder. An answer that proves nothing is as none, so that the next one is asked.
    async fn exchange(
        &self,
        url: &Url,
        certificate: &Certificate,
        issuer: &Certificate,
        lists: &Lists,
        now: Timestamp,
    ) -> Result<(Timestamp, Revocation), &'static str> {
        let mut nonce = [0; 32];
        self.random.fill(&mut nonce);
        let question = OcspQuestion::new(certificate, issuer, nonce);
        let ask = Ask::post(url, "application/ocsp-request", question.to_der(), KINDS);
        let client = self.clients.reaching(url).map_err(|_| "no-authorities")?;
        let sent = client.send(ask).await;
        let Answer::Whole { body, .. } = sent.map_err(|error| error.code())? else {
            return Err("not-modified");
        };
        let answer = OcspAnswer::read(&body, &question, now).map_err(|refusal| refusal.code())?;
        let responder = answer.delegate().map(Certificate::serial);
        if responder.is_some_and(|serial| lists.name(IssuerId::of(issuer), serial)) {
            return Err("ocsp-responder-revoked");
        }
        let (life, found) = match answer.status() {
            // Also when it is old: a card is not good again because nobody says so any more.
            OcspStatus::Revoked => return Ok((now + REVOKED_LIFE, Revocation::Revoked)),
            _ if !answer.is_fresh(now) => return Err("ocsp-stale"),
            OcspStatus::Good => (GOOD_LIFE, Revocation::Good),
            OcspStatus::Unknown => (UNKNOWN_LIFE, Revocation::Unknown),
        };
        let end = answer
            .next_update()
            .and_then(|end| Timestamp::from_timestamp(end, 0));
        let until = end.map_or(now + life, |end| end.min(now + life));
        Ok((until, found))
    }
}
