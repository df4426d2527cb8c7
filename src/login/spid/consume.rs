//! Taking a provider's answer: from a form field to a verified identity, or to a refusal with its code.

use super::anomaly::Anomaly;
use super::checks::{SKEW, check_assertion, check_header, level_of};
use super::proof::SpidProof;
use super::{SpidRefusal, SpidServiceProvider, attributes};
use crate::identity::{
    AchievedAssurance, AuthenticationEvent, AuthenticationMethod, SamlSession, Timestamp,
    VerifiedIdentity,
};
use crate::login::saml::check::Expected;
use crate::login::saml::{Accepted, AcsForm, Federation, Judged, PendingRequest};
use crate::protocol::saml::refusal::{Fault, place};
use crate::protocol::saml::response::{Answer, Response, ResponseForm, SignedAssertion};
use crate::session::{BrowserDigest, FlowId};

/// A person logged in.
#[derive(Debug)]
pub struct SpidLogin {
    /// The flow to go on with.
    pub flow: FlowId,
    /// Who, and how.
    pub identity: VerifiedIdentity,
}

impl SpidServiceProvider {
    /// Takes the answer to a request of this browser, as [`login::saml`](crate::login::saml) says.
    ///
    /// # Errors
    /// [`SpidRefusal`] with the code of the check that failed.
    pub async fn consume(
        &self,
        form: AcsForm<'_>,
        browser: Option<&BrowserDigest>,
        now: Timestamp,
    ) -> Result<SpidLogin, SpidRefusal> {
        let accepted = self.exchange.consume(self, form, browser, now).await?;
        Ok(login(accepted))
    }
}

impl Federation for SpidServiceProvider {
    type Error = Anomaly;

    const FORM: ResponseForm = ResponseForm::SPID;

    fn judge(
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
            // The form has none.
            Answer::Encrypted(_) => return Err(place::ENCRYPTED.is(Fault::Unexpected).into()),
            Answer::Failed(status) => {
                return Err(SpidRefusal::anomaly(Anomaly::from_number(status.anomaly)));
            }
        };
        // After the error messages: some providers lose the relay state there, and the person must be told all the same.
        if !request.has_relay_state(relay_state) {
            return Err(SpidRefusal::check(
                "relay-state-other",
                "SAML 2.0 bindings, 3.5.3; SPID technical rules, RelayState",
            ));
        }
        check_assertion(signed.content(), &expected)?;
        let mut judged = judge_content(request, &signed, now)?;
        // A provider may say more than it was asked for, but proves no more than it is accredited for.
        if let Some(provider) = provider {
            judged.level = judged.level.min(AchievedAssurance(provider.highest));
        }
        Ok(judged)
    }
}

fn judge_content(
    request: &PendingRequest,
    signed: &SignedAssertion<'_>,
    now: Timestamp,
) -> Result<Judged, SpidRefusal> {
    let assertion = signed.content();
    let end = assertion
        .conditions
        .not_on_or_after
        .max(assertion.subject.not_on_or_after);
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
        until: end + SKEW,
    })
}

fn login(accepted: Accepted) -> SpidLogin {
    let Accepted {
        request,
        judged,
        evidence,
    } = accepted;
    let event = AuthenticationEvent {
        method: AuthenticationMethod::Spid,
        provider: request.provider,
        level: judged.level,
        at: judged.at,
        evidence,
        saml: Some(judged.saml),
        card: None,
    };
    SpidLogin {
        flow: request.flow,
        identity: VerifiedIdentity::from_proof(SpidProof::new(judged.person, event)),
    }
}
