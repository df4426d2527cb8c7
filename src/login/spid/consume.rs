//! Taking a provider's answer: from a form field to a verified identity, or to a refusal with its code.

use std::borrow::Cow;
use std::net::IpAddr;
use std::time::Duration;

use super::anomaly::Anomaly;
use super::checks::{Expected, SKEW, check_assertion, check_header, level_of};
use super::pending::{PendingRequest, request_id};
use super::proof::SpidProof;
use super::refusal::{RefusalKind, SpidRefusal};
use super::{SpidServiceProvider, attributes};
use crate::audit::{RegisterEntry, RegisterOutcome};
use crate::crypto::encoding::hex;
use crate::crypto::{constant_time_eq, sha256};
use crate::identity::{
    AchievedAssurance, AuthenticationEvent, AuthenticationMethod, EvidenceId, Person, SamlSession,
    Timestamp, VerifiedIdentity,
};
use crate::protocol::saml::instant::format_instant;
use crate::protocol::saml::post::decode_post;
use crate::protocol::saml::redirect::MAX_MESSAGE;
use crate::protocol::saml::refusal::SamlRefusal;
use crate::protocol::saml::response::{Answer, Response, ResponseHeader, SignedAssertion};
use crate::protocol::xml::{Document, Limits};
use crate::session::{BrowserDigest, FlowId};
use crate::store::StoreKey;

/// What comes to the assertion consumer service. SPID sends responses by HTTP-POST alone.
#[derive(Debug, Clone)]
pub struct AcsForm<'a> {
    /// The field `SAMLResponse`.
    pub saml_response: Cow<'a, str>,
    /// The field `RelayState`.
    pub relay_state: Option<&'a str>,
    /// Where the browser came from, for the register.
    pub client_address: Option<IpAddr>,
}

/// A person logged in.
#[derive(Debug)]
pub struct SpidLogin {
    /// The flow to go on with.
    pub flow: FlowId,
    /// Who, and how.
    pub identity: VerifiedIdentity,
}

/// What came with a response.
#[derive(Clone, Copy)]
struct Came<'a> {
    relay_state: Option<&'a str>,
    client_address: Option<IpAddr>,
}

/// A response that answered a request, judged.
struct Taken {
    request: PendingRequest,
    entry: RegisterEntry,
    judged: Result<Judged, SpidRefusal>,
}

/// What a response proves, before the register has it.
struct Judged {
    person: Person,
    level: AchievedAssurance,
    at: Timestamp,
    saml: SamlSession,
    assertion_id: String,
}

impl SpidServiceProvider {
    /// Takes the answer to a request. Order matters: bounds and shape first; then the request it answers, which must be
    /// this browser's and is used up by the answer, good or bad; then the named checks and the signatures; last what it
    /// says. Whatever answers a request goes into the register, and a login that the register could not keep did not
    /// happen. What cannot be read answers the request whose relay state it brings.
    ///
    /// # Errors
    /// [`SpidRefusal`] with the code of the check that failed.
    pub async fn consume(
        &self,
        form: AcsForm<'_>,
        browser: Option<&BrowserDigest>,
        now: Timestamp,
    ) -> Result<SpidLogin, SpidRefusal> {
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
        match self.take(came, &text, browser, now).await {
            Ok(taken) => self.keep(taken?, text, now).await,
            Err(refusal) => {
                let refusal = refusal.into();
                Err(self.refuse_shape(came, &text, browser, refusal, now).await)
            }
        }
    }

    /// Refuses what cannot be read as a response. Where it came with the relay state of a request of this browser it uses
    /// that request up and goes into the register, as it came and within the bound of a message.
    async fn refuse_shape(
        &self,
        came: Came<'_>,
        raw: &str,
        browser: Option<&BrowserDigest>,
        mut refusal: SpidRefusal,
        now: Timestamp,
    ) -> SpidRefusal {
        let Some(relay_state) = came.relay_state else {
            return refusal;
        };
        let request = match self.claim(&request_id(relay_state), browser).await {
            Ok(request) => request,
            Err(claim) if claim.kind == RefusalKind::Unavailable => return claim,
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
    async fn take(
        &self,
        came: Came<'_>,
        text: &str,
        browser: Option<&BrowserDigest>,
        now: Timestamp,
    ) -> Result<Result<Taken, SpidRefusal>, SamlRefusal> {
        let document = Document::parse(text, &Limits::MESSAGE)?;
        let response = Response::read(&document)?;
        let request = match self.claim(response.header().in_response_to, browser).await {
            Ok(request) => request,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let mut entry = entry(&request, Some(response.header()), came.client_address);
        let judged = self.judge(&request, response, came.relay_state, now).await;
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
    async fn keep(
        &self,
        taken: Taken,
        text: String,
        now: Timestamp,
    ) -> Result<SpidLogin, SpidRefusal> {
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
            (Ok(judged), Some(evidence)) => Ok(login(&request, judged, evidence)),
            (Ok(_), None) => Err(tied(SpidRefusal::unavailable("register"), &request)),
            (Err(mut refusal), evidence) => {
                refusal.evidence = evidence;
                Err(tied(refusal, &request))
            }
        }
    }

    /// Finds the request that an id names and uses it up. It must be this browser's: anybody may post an answer to us, but
    /// only where the question was asked does it count (login CSRF, stolen responses).
    async fn claim(
        &self,
        id: &str,
        browser: Option<&BrowserDigest>,
    ) -> Result<PendingRequest, SpidRefusal> {
        let unavailable = |_| SpidRefusal::unavailable("store");
        let pending = self.pending.get(id).await.map_err(unavailable)?;
        let pending = pending.ok_or_else(|| SpidRefusal::no_request("request-unknown"))?;
        let browser = browser.ok_or_else(|| SpidRefusal::no_request("browser-unknown"))?;
        if !pending.browser.matches(browser) {
            return Err(SpidRefusal::no_request("browser-other"));
        }
        // Of several answers at the same moment, one gets it.
        if self.pending.remove(id).await.map_err(unavailable)? {
            Ok(pending)
        } else {
            Err(SpidRefusal::no_request("request-answered"))
        }
    }

    async fn judge(
        &self,
        request: &PendingRequest,
        response: Response<'_>,
        relay_state: Option<&str>,
        now: Timestamp,
    ) -> Result<Judged, SpidRefusal> {
        let expected = Expected {
            request,
            settings: &self.settings,
            now,
        };
        check_header(response.header(), &expected)?;
        // Only the provider that was asked has a say, and only with the keys of its metadata.
        let provider = self.providers.find(&request.provider);
        let keys = provider
            .and_then(|provider| provider.metadata.as_ref())
            .map(|metadata| metadata.keys.as_slice())
            .unwrap_or_default();
        let signed = match response.open(keys)? {
            Answer::Asserted(signed) => signed,
            Answer::Failed(status) => {
                return Err(SpidRefusal::anomaly(Anomaly::from_number(status.anomaly)));
            }
        };
        // After the error messages: some providers lose the relay state there, and the person must be told all the same.
        check_relay_state(request, relay_state)?;
        check_assertion(signed.content(), &expected)?;
        let mut judged = judge_content(request, &signed, now)?;
        // A provider may say more than it was asked for, but proves no more than it is accredited for.
        if let Some(provider) = provider {
            judged.level = judged.level.min(AchievedAssurance(provider.highest));
        }
        self.refuse_replay(request, &signed, now).await?;
        Ok(judged)
    }

    /// Remembers the assertion until it ends (SAML 2.0 profiles, 4.1.4.5). The request being used up already refuses a
    /// second answer; this refuses the same assertion in the answer to another request.
    async fn refuse_replay(
        &self,
        request: &PendingRequest,
        signed: &SignedAssertion<'_>,
        now: Timestamp,
    ) -> Result<(), SpidRefusal> {
        let assertion = signed.content();
        let end = assertion
            .conditions
            .not_on_or_after
            .max(assertion.subject.not_on_or_after);
        let life = (end + SKEW - now).to_std().unwrap_or(Duration::ZERO);
        let key = StoreKey::new(
            "spid-assertion",
            &format!("{} {}", request.provider, assertion.id),
        );
        let fresh = self.ports.store.put_new(&key, Vec::new(), life).await;
        match fresh {
            Ok(true) => Ok(()),
            Ok(false) => Err(SpidRefusal::check(
                "assertion-replayed",
                "SAML 2.0 profiles, 4.1.4.5",
            )),
            Err(_) => Err(SpidRefusal::unavailable("store")),
        }
    }
}

/// A refusal of what answered a request, with what the request was for.
fn tied(mut refusal: SpidRefusal, request: &PendingRequest) -> SpidRefusal {
    refusal.flow = Some(request.flow.clone());
    refusal.provider = Some(request.provider.clone());
    refusal
}

fn check_relay_state(
    request: &PendingRequest,
    relay_state: Option<&str>,
) -> Result<(), SpidRefusal> {
    let same = relay_state.is_some_and(|state| {
        constant_time_eq(state.as_bytes(), request.relay_state.expose().as_bytes())
    });
    if same {
        Ok(())
    } else {
        Err(SpidRefusal::check(
            "relay-state-other",
            "SAML 2.0 bindings, 3.5.3; SPID technical rules, RelayState",
        ))
    }
}

fn judge_content(
    request: &PendingRequest,
    signed: &SignedAssertion<'_>,
    now: Timestamp,
) -> Result<Judged, SpidRefusal> {
    let assertion = signed.content();
    Ok(Judged {
        person: attributes::person(&assertion.attributes, request.attribute_set)?,
        level: level_of(assertion)?,
        // A provider's clock may run a little ahead of ours; a login from the future would stay fresh too long.
        at: assertion.authentication.instant.min(now),
        saml: SamlSession {
            identity_provider: request.provider.clone(),
            name_id: assertion.subject.name_id.clone().into_owned().into(),
            name_qualifier: assertion.subject.name_qualifier.to_owned(),
            session_index: assertion.authentication.session_index.map(str::to_owned),
        },
        assertion_id: assertion.id.to_owned(),
    })
}

fn login(request: &PendingRequest, judged: Judged, evidence: EvidenceId) -> SpidLogin {
    let event = AuthenticationEvent {
        method: AuthenticationMethod::Spid,
        provider: request.provider.clone(),
        level: judged.level,
        at: judged.at,
        evidence,
        saml: Some(judged.saml),
        card: None,
    };
    SpidLogin {
        flow: request.flow.clone(),
        identity: VerifiedIdentity::from_proof(SpidProof::new(judged.person, event)),
    }
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
