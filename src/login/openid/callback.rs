//! Taking a provider's answer: from the address that the browser comes back to, to a verified identity, or to a refusal
//! with its code.

use std::fmt;
use std::net::IpAddr;
use std::time::Duration;

use chrono::DateTime;

use super::answer::{Answer, Said};
use super::exchange::{Exchanged, Tokens};
use super::id_token::{Expected, ID_TOKEN, Proved, check_access_token, check_id_token};
use super::pending::PendingLogin;
use super::proof::VerifiedIdToken;
use super::refusal::OpenIdRefusal;
use super::settings::Habits;
use super::token::SKEW;
use super::userinfo::{USERINFO, check_userinfo};
use super::{OpenIdRelyingParty, Profile, TrustedProvider, evidence};
use crate::identity::{AuthenticationEvent, Person, Timestamp, VerifiedIdentity};
use crate::protocol::jose::verify_compact;
use crate::session::{BrowserDigest, FlowId};
use crate::store::StoreKey;

/// What comes back from a provider. `Debug` shows no query: a code is in it, and what ties it to its browser.
#[derive(Clone, Copy)]
pub struct CameBack<'a> {
    /// The path that it came in at.
    pub path: &'a str,
    /// The query, as it came.
    pub query: &'a str,
    /// Where the browser came from, for the register.
    pub client_address: Option<IpAddr>,
}

impl fmt::Debug for CameBack<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CameBack")
            .field("path", &self.path)
            .finish_non_exhaustive()
    }
}

/// A person logged in.
#[derive(Debug)]
pub struct OpenIdLogin {
    /// The flow to go on with.
    pub flow: FlowId,
    /// Who, and how.
    pub identity: VerifiedIdentity,
}

/// What an answer proves, before the register has it.
struct Judged {
    person: Person,
    proved: Proved,
    tokens: Tokens,
}

impl OpenIdRelyingParty {
    /// Takes the answer to a request. Order matters: bounds first; then the request it answers, which must be this browser's
    /// and is used up by the answer, good or bad; then who says it; then the code is redeemed and every token verified.
    /// Whatever answers a request goes into the register, and a login that the register could not keep did not happen.
    ///
    /// # Errors
    /// [`OpenIdRefusal`] with the code of the check that failed.
    pub async fn callback(
        &self,
        came: CameBack<'_>,
        browser: Option<&BrowserDigest>,
        now: Timestamp,
    ) -> Result<OpenIdLogin, OpenIdRefusal> {
        let answer = Answer::parse(came.query)?;
        let state = answer.state();
        let state = state.ok_or_else(|| OpenIdRefusal::no_request("state-missing"))?;
        let address = format!("{}{}", self.settings.origin, came.path);
        let request = self.pending.claim(state, &address, browser, now).await?;
        let trusted = self.trusted(&request.provider, now);
        let mut exchanged = Exchanged::default();
        let judged = match &trusted {
            Some(provider) => {
                let judging = self.judge(provider, &request, &answer, &mut exchanged, now);
                judging.await
            }
            None => Err(OpenIdRefusal::unreachable("provider-not-trusted")),
        };
        let chain = trusted
            .as_ref()
            .and_then(|provider| provider.evidence.as_ref());
        let mut entry = evidence::entry(
            &request,
            &answer,
            came.query,
            &exchanged,
            chain,
            came.client_address,
        );
        match &judged {
            Ok(judged) => {
                entry.assertion_id.clone_from(&judged.proved.id);
                entry.subject = Some(judged.proved.subject.clone().into());
                entry.level = Some(judged.proved.level.0);
            }
            Err(refusal) => entry.outcome = refusal.outcome(),
        }
        // A register that fails stops the login below; a refusal stands without it.
        let evidence = self.ports.register.record(entry, now).await.ok();
        let tied = |refusal: OpenIdRefusal| refusal.tied(&request, evidence.as_ref());
        let judged = judged.map_err(tied)?;
        let (Some(evidence), Some(provider)) = (&evidence, &trusted) else {
            return Err(tied(OpenIdRefusal::unavailable("register")));
        };
        let kept = self
            .keep_tokens(provider, evidence, judged.tokens, now)
            .await;
        kept.map_err(|_| tied(OpenIdRefusal::unavailable("store")))?;
        // A provider's clock may run a little ahead of ours; a login from the future would stay fresh too long.
        let at = DateTime::from_timestamp(judged.proved.authenticated, 0).unwrap_or(now);
        let event = AuthenticationEvent {
            method: provider.profile.method(),
            provider: provider.issuer.clone(),
            level: judged.proved.level,
            at: at.min(now),
            evidence: evidence.clone(),
            saml: None,
            card: None,
        };
        Ok(OpenIdLogin {
            flow: request.flow,
            identity: VerifiedIdentity::from_proof(VerifiedIdToken::new(judged.person, event)),
        })
    }

    async fn judge(
        &self,
        provider: &TrustedProvider,
        request: &PendingLogin,
        answer: &Answer,
        exchanged: &mut Exchanged,
        now: Timestamp,
    ) -> Result<Judged, OpenIdRefusal> {
        let wants_issuer = provider.profile.wants_issuer_in_answer();
        let code = match answer.read(&provider.issuer, wants_issuer)? {
            Said::Code(code) => code,
            Said::Error(error) => return Err(OpenIdRefusal::provider(error)),
        };
        let tokens = self.redeem(provider, request, code, exchanged, now).await?;
        let expected = Expected {
            client_id: &self.settings.client_id,
            provider,
            request,
            habits: self.settings.habits(provider.profile),
            now,
        };
        check_access_token(tokens.access_token.expose(), &expected)?;
        let id_token = self.id_token(tokens.id_token.expose(), expected.habits)?;
        let token = verify_compact(&id_token, ID_TOKEN.profile, &provider.keys)
            .map_err(|refusal| ID_TOKEN.unverified(refusal))?;
        let proved = check_id_token(&token, tokens.access_token.expose(), &expected)?;
        self.refuse_replay(provider, &proved, now).await?;
        let userinfo = self.userinfo(provider, &tokens, exchanged).await?;
        let userinfo = self.opened(&userinfo, USERINFO)?;
        let token = verify_compact(&userinfo, USERINFO.profile, &provider.keys)
            .map_err(|refusal| USERINFO.unverified(refusal))?;
        let mut person = check_userinfo(&token, &proved.subject, &expected)?;
        if provider.profile == Profile::Cie {
            // A card identifies a person, and no company's mandate is on it.
            person.company = None;
        }
        Ok(Judged {
            person,
            proved,
            tokens,
        })
    }

    /// The signed ID token, out of its encryption where that is agreed on, and in none where it is not.
    fn id_token(&self, token: &str, habits: Habits) -> Result<String, OpenIdRefusal> {
        let is_encrypted = token.split('.').count() == 5;
        match (habits.encrypted_id_token, is_encrypted) {
            (true, true) => self.opened(token, ID_TOKEN),
            (false, false) => Ok(token.to_owned()),
            (true, false) => Err(ID_TOKEN.refuse("plain")),
            (false, true) => Err(ID_TOKEN.refuse("encrypted")),
        }
    }

    /// Remembers an ID token until it could not be used any more. Its nonce already ties it to one request; this refuses one
    /// whose `jti` was seen.
    async fn refuse_replay(
        &self,
        provider: &TrustedProvider,
        proved: &Proved,
        now: Timestamp,
    ) -> Result<(), OpenIdRefusal> {
        let Some(id) = &proved.id else {
            return Ok(());
        };
        let key = StoreKey::new("openid-jti", &format!("{} {id}", provider.issuer));
        let left = proved.issued + 10 * 60 + SKEW - now.timestamp();
        let life = Duration::from_secs(u64::try_from(left).unwrap_or(0).max(60));
        match self.ports.store.put_new(&key, Vec::new(), life).await {
            Ok(true) => Ok(()),
            Ok(false) => Err(ID_TOKEN.refuse("replayed")),
            Err(_) => Err(OpenIdRefusal::unavailable("store")),
        }
    }
}
