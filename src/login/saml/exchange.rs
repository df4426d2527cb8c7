//! Taking an answer: the request that it belongs to, the register, the one use of an assertion.

use std::borrow::Cow;
use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use super::SamlPorts;
use super::pending::{PENDING_LIFE, PendingRequest, request_id};
use super::refusal::{LoginRefusal, ProviderError, RefusalKind};
use crate::audit::{RegisterEntry, RegisterOutcome};
use crate::crypto::encoding::hex;
use crate::crypto::{constant_time_eq, sha256};
use crate::identity::{AchievedAssurance, EvidenceId, Person, SamlSession, Timestamp};
use crate::protocol::saml::instant::format_instant;
use crate::protocol::saml::post::decode_post;
use crate::protocol::saml::redirect::MAX_MESSAGE;
use crate::protocol::saml::refusal::SamlRefusal;
use crate::protocol::saml::response::{Response, ResponseForm, ResponseHeader};
use crate::protocol::xml::{Document, Limits};
use crate::session::BrowserDigest;
use crate::store::{Shelf, StoreError, StoreKey};

/// What comes to an assertion consumer service. Responses come by HTTP-POST alone. `Debug` shows nothing of one: it tells of
/// a person.
#[derive(Clone)]
pub struct AcsForm<'a> {
    /// The field `SAMLResponse`.
    pub saml_response: Cow<'a, str>,
    /// The field `RelayState`.
    pub relay_state: Option<&'a str>,
    /// Where the browser came from, for the register.
    pub client_address: Option<IpAddr>,
}

impl fmt::Debug for AcsForm<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AcsForm").finish_non_exhaustive()
    }
}

/// What came with a response.
#[derive(Clone, Copy)]
struct Came<'a> {
    relay_state: Option<&'a str>,
    client_address: Option<IpAddr>,
}

/// A federation's say on an answer: its form, its checks, its keys, its errors.
pub(in crate::login) trait Federation: Sync {
    /// What its providers say when they do not log a person in.
    type Error: ProviderError + Send;

    /// The form of its responses.
    const FORM: ResponseForm;

    /// Judges a response to a request: named checks, signatures, and what it says.
    fn judge(
        &self,
        request: &PendingRequest,
        response: Response<'_>,
        relay_state: Option<&str>,
        now: Timestamp,
    ) -> Result<Judged, LoginRefusal<Self::Error>>;
}

/// What a response proves, before the register has it.
pub(in crate::login) struct Judged {
    pub(in crate::login) person: Person,
    pub(in crate::login) level: AchievedAssurance,
    pub(in crate::login) at: Timestamp,
    pub(in crate::login) saml: SamlSession,
    pub(in crate::login) assertion_id: String,
    /// Until when the assertion could be presented again.
    pub(in crate::login) until: Timestamp,
}

/// An answer that was judged good, is in the register, and counts.
pub(in crate::login) struct Accepted {
    pub(in crate::login) request: PendingRequest,
    pub(in crate::login) judged: Judged,
    pub(in crate::login) evidence: EvidenceId,
}

/// A response that answered a request, judged.
struct Taken<E> {
    request: PendingRequest,
    entry: RegisterEntry,
    judged: Result<Judged, LoginRefusal<E>>,
}

/// The requests of one federation that wait for their answer, and the assertions that were used.
pub(in crate::login) struct Exchange {
    ports: SamlPorts,
    pending: Shelf<PendingRequest>,
    used: &'static str,
}

impl Exchange {
    /// Keeps requests on the shelf `requests` and used assertions under `used`: names of the federation's own, so that no
    /// answer finds another federation's request.
    pub(in crate::login) fn new(
        ports: SamlPorts,
        requests: &'static str,
        used: &'static str,
    ) -> Self {
        let pending = Shelf::new(Arc::clone(&ports.store), requests, PENDING_LIFE).forgettable();
        Self {
            ports,
            pending,
            used,
        }
    }

    pub(in crate::login) fn ports(&self) -> &SamlPorts {
        &self.ports
    }

    /// Keeps a request that is about to be sent.
    pub(in crate::login) async fn keep(&self, request: &PendingRequest) -> Result<(), StoreError> {
        self.pending.put(&request.id, request).await
    }

    /// Takes the answer to a request. Order matters: bounds and shape first; then the request it answers, which must be
    /// this browser's and is used up by the answer, good or bad; then the federation's checks and the signatures; last what
    /// it says. Whatever answers a request goes into the register, and a login that the register could not keep did not
    /// happen. What cannot be read answers the request whose relay state it brings.
    pub(in crate::login) async fn consume<F: Federation>(
        &self,
        federation: &F,
        form: AcsForm<'_>,
        browser: Option<&BrowserDigest>,
        now: Timestamp,
    ) -> Result<Accepted, LoginRefusal<F::Error>> {
        let AcsForm {
            saml_response,
            relay_state,
            client_address,
        } = form;
        let came = Came {
            relay_state,
            client_address,
        };
        let text = match decode_post(&saml_response) {
            Ok(text) => text,
            Err(refusal) => {
                let (raw, refusal) = (&saml_response, refusal.into());
                return Err(self.refuse_shape(came, raw, browser, refusal, now).await);
            }
        };
        drop(saml_response);
        // The tree is gone before anything waits for the disk: it is many times as large as its text, and at a front door
        // many wait.
        match self.take(federation, came, &text, browser, now).await {
            Ok(taken) => self.register(taken?, text, now).await,
            Err(refusal) => {
                let refusal = refusal.into();
                Err(self.refuse_shape(came, &text, browser, refusal, now).await)
            }
        }
    }

    /// Refuses what cannot be read as a response. Where it came with the relay state of a request of this browser it uses
    /// that request up and goes into the register, as it came and within the bound of a message.
    async fn refuse_shape<E: ProviderError>(
        &self,
        came: Came<'_>,
        raw: &str,
        browser: Option<&BrowserDigest>,
        mut refusal: LoginRefusal<E>,
        now: Timestamp,
    ) -> LoginRefusal<E> {
        let Some(relay_state) = came.relay_state else {
            return refusal;
        };
        let request = match self.claim::<E>(&request_id(relay_state), browser).await {
            Ok(request) => request,
            Err(claim) if matches!(claim.kind, RefusalKind::Unavailable) => return claim,
            // It answers nothing: what is wrong with it is all there is to say.
            Err(_) => return refusal,
        };
        let raw = raw.as_bytes();
        let raw = raw.get(..MAX_MESSAGE).unwrap_or(raw);
        let mut entry = entry(&request, None, came.client_address);
        entry.request_raw = request.raw.expose().clone().into_bytes().into();
        entry.response_raw = raw.to_vec().into();
        entry.outcome = RegisterOutcome::Refused {
            code: refusal.code.clone(),
        };
        refusal.evidence = self.ports.register.record(entry, now).await.ok();
        tied(refusal, &request)
    }

    /// Reads a response, finds the request that it answers and judges it. The outer error says that it cannot be read.
    async fn take<F: Federation>(
        &self,
        federation: &F,
        came: Came<'_>,
        text: &str,
        browser: Option<&BrowserDigest>,
        now: Timestamp,
    ) -> Result<Result<Taken<F::Error>, LoginRefusal<F::Error>>, SamlRefusal> {
        let document = Document::parse(text, &Limits::MESSAGE)?;
        let response = Response::read(&document, F::FORM)?;
        let request = match self.claim(response.header().in_response_to, browser).await {
            Ok(request) => request,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let mut entry = entry(&request, Some(response.header()), came.client_address);
        let judged = federation.judge(&request, response, came.relay_state, now);
        drop(document);
        let judged = match judged {
            Ok(judged) => self
                .refuse_replay(&request, &judged, now)
                .await
                .map(|()| judged),
            Err(refusal) => Err(refusal),
        };
        entry.outcome = match &judged {
            Ok(judged) => {
                entry.assertion_id = Some(judged.assertion_id.clone());
                entry.subject = Some(judged.saml.name_id.clone());
                entry.name_qualifier = Some(judged.saml.name_qualifier.clone());
                entry.level = Some(judged.level.0);
                RegisterOutcome::Accepted
            }
            Err(refusal) => RegisterOutcome::Refused {
                code: refusal.code.clone(),
            },
        };
        Ok(Ok(Taken {
            request,
            entry,
            judged,
        }))
    }

    /// Keeps what answered a request in the register.
    async fn register<E: ProviderError>(
        &self,
        taken: Taken<E>,
        text: String,
        now: Timestamp,
    ) -> Result<Accepted, LoginRefusal<E>> {
        let Taken {
            mut request,
            mut entry,
            judged,
        } = taken;
        let sent = std::mem::replace(&mut request.raw, String::new().into());
        entry.request_raw = sent.into_exposed().into_bytes().into();
        entry.response_raw = text.into_bytes().into();
        // A register that fails stops the login below; a refusal stands without it.
        let evidence = self.ports.register.record(entry, now).await.ok();
        match (judged, evidence) {
            (Ok(judged), Some(evidence)) => Ok(Accepted {
                request,
                judged,
                evidence,
            }),
            (Ok(_), None) => Err(tied(LoginRefusal::unavailable("register"), &request)),
            (Err(mut refusal), evidence) => {
                refusal.evidence = evidence;
                Err(tied(refusal, &request))
            }
        }
    }

    /// Finds the request that an id names and uses it up. It must be this browser's: anybody may post an answer to us, but
    /// only where the question was asked does it count (login CSRF, stolen responses).
    async fn claim<E: ProviderError>(
        &self,
        id: &str,
        browser: Option<&BrowserDigest>,
    ) -> Result<PendingRequest, LoginRefusal<E>> {
        let unavailable = |_| LoginRefusal::unavailable("store");
        let pending = self.pending.get(id).await.map_err(unavailable)?;
        let pending = pending.ok_or_else(|| LoginRefusal::no_request("request-unknown"))?;
        let browser = browser.ok_or_else(|| LoginRefusal::no_request("browser-unknown"))?;
        if !pending.browser.matches(browser) {
            return Err(LoginRefusal::no_request("browser-other"));
        }
        // Of several answers at the same moment, one gets it.
        if self.pending.remove(id).await.map_err(unavailable)? {
            Ok(pending)
        } else {
            Err(LoginRefusal::no_request("request-answered"))
        }
    }

    /// Remembers the assertion until it ends (SAML 2.0 profiles, 4.1.4.5). The request being used up already refuses a
    /// second answer; this refuses the same assertion in the answer to another request.
    async fn refuse_replay<E: ProviderError>(
        &self,
        request: &PendingRequest,
        judged: &Judged,
        now: Timestamp,
    ) -> Result<(), LoginRefusal<E>> {
        let life = (judged.until - now).to_std().unwrap_or(Duration::ZERO);
        let name = format!("{} {}", request.provider, judged.assertion_id);
        let key = StoreKey::new(self.used, &name);
        match self.ports.store.put_new(&key, Vec::new(), life).await {
            Ok(true) => Ok(()),
            Ok(false) => Err(LoginRefusal::check(
                "assertion-replayed",
                "SAML 2.0 profiles, 4.1.4.5",
            )),
            Err(_) => Err(LoginRefusal::unavailable("store")),
        }
    }
}

impl PendingRequest {
    /// Whether an answer brings the relay state that the request went out with.
    pub(in crate::login) fn has_relay_state(&self, relay_state: Option<&str>) -> bool {
        let own = self.relay_state.expose().as_bytes();
        relay_state.is_some_and(|state| constant_time_eq(state.as_bytes(), own))
    }
}

/// A refusal of what answered a request, with what the request was for.
fn tied<E>(mut refusal: LoginRefusal<E>, request: &PendingRequest) -> LoginRefusal<E> {
    refusal.flow = Some(request.flow.clone());
    refusal.provider = Some(request.provider.clone());
    refusal
}

/// The register's entry for an answer, as far as it is known before the answer is judged, and without the messages.
fn entry(
    request: &PendingRequest,
    header: Option<&ResponseHeader<'_>>,
    client_address: Option<IpAddr>,
) -> RegisterEntry {
    RegisterEntry {
        request_id: Some(request.id.clone()),
        request_instant: Some(request.issued),
        response_id: header.map(|header| header.id.to_owned()),
        response_instant: header.map(|header| format_instant(header.issue_instant)),
        response_issuer: header.map(|header| header.issuer.value.to_string()),
        assertion_id: None,
        subject: None,
        name_qualifier: None,
        provider: Some(request.provider.clone()),
        level: None,
        outcome: RegisterOutcome::Accepted,
        flow: Some(hex(&sha256(request.flow.as_str().as_bytes()))),
        client_address: client_address.map(Into::into),
        request_raw: Vec::new().into(),
        response_raw: Vec::new().into(),
    }
}
