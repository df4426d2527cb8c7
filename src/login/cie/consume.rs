//! Taking the Ministry's answer: from a form field to a verified identity, or to a refusal with its code.

use super::checks::{SKEW, check_assertion, check_header, level_of};
use super::error::CieError;
use super::proof::CieProof;
use super::{CieRefusal, CieServiceProvider, attributes};
use crate::identity::{
    AchievedAssurance, AuthenticationEvent, AuthenticationMethod, SamlSession, Timestamp,
    VerifiedIdentity,
};
use crate::login::saml::check::Expected;
use crate::login::saml::{Accepted, AcsForm, Federation, Judged, PendingRequest};
use crate::protocol::saml::response::{Answer, Response, ResponseForm, SignedAssertion};
use crate::session::{BrowserDigest, FlowId};

/// A person logged in.
#[derive(Debug)]
pub struct CieLogin {
    /// The flow to go on with.
    pub flow: FlowId,
    /// Who, and how.
    pub identity: VerifiedIdentity,
}

impl CieServiceProvider {
    /// Takes the answer to a request of this browser, as [`login::saml`](crate::login::saml) says.
    ///
    /// # Errors
    /// [`CieRefusal`] with the code of the check that failed.
    pub async fn consume(
        &self,
        form: AcsForm<'_>,
        browser: Option<&BrowserDigest>,
        now: Timestamp,
    ) -> Result<CieLogin, CieRefusal> {
        let accepted = self.exchange.consume(self, form, browser, now).await?;
        Ok(login(accepted))
    }
}

impl Federation for CieServiceProvider {
    type Error = CieError;

    const FORM: ResponseForm = ResponseForm::CIE;

    fn judge(
        &self,
        request: &PendingRequest,
        response: Response<'_>,
        relay_state: Option<&str>,
        now: Timestamp,
    ) -> Result<Judged, CieRefusal> {
        let expected = Expected {
            request,
            settings: &self.settings,
            now,
        };
        check_header(response.header(), &expected)?;
        let keys = &self.ministry.metadata().keys;
        let judge = |signed: &SignedAssertion<'_>| {
            if !request.has_relay_state(relay_state) {
                return Err(CieRefusal::check(
                    "relay-state-other",
                    "SAML 2.0 bindings, 3.5.3; CIE SAML manual, binding",
                ));
            }
            check_assertion(signed.content(), &expected)?;
            self.judge_content(request, signed, now)
        };
        match response.open(keys)? {
            Answer::Asserted(signed) => judge(&signed),
            Answer::Encrypted(encrypted) => {
                let decrypted = encrypted.decrypt(&self.keys.decryption)?;
                decrypted.open(keys, judge)?
            }
            Answer::Failed(status) => {
                Err(CieRefusal::anomaly(CieError::from_number(status.anomaly)))
            }
        }
    }
}

impl CieServiceProvider {
    fn judge_content(
        &self,
        request: &PendingRequest,
        signed: &SignedAssertion<'_>,
        now: Timestamp,
    ) -> Result<Judged, CieRefusal> {
        let assertion = signed.content();
        let end = assertion
            .conditions
            .not_on_or_after
            .max(assertion.subject.not_on_or_after);
        // The manual says that the class is always that of level 3: above what was asked for it proves nothing.
        let believed = AchievedAssurance(request.level.min(self.highest()));
        Ok(Judged {
            person: attributes::person(&assertion.attributes)?,
            level: level_of(assertion)?.min(believed),
            // The Ministry's clock may run a little ahead of ours; a login from the future would stay fresh too long.
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
}

fn login(accepted: Accepted) -> CieLogin {
    let Accepted {
        request,
        judged,
        evidence,
    } = accepted;
    let event = AuthenticationEvent {
        method: AuthenticationMethod::Cie,
        provider: request.provider,
        level: judged.level,
        at: judged.at,
        evidence,
        // There is no single logout that would name it (CIE SAML manual, Logout).
        saml: None,
        card: None,
    };
    CieLogin {
        flow: request.flow,
        identity: VerifiedIdentity::from_proof(CieProof::new(judged.person, event)),
    }
}
