//! ID tokens (OpenID Connect Core, 2): made for clients, and read back as hints.

use serde_json::{Map, Value, json};

use super::code::IssuedCode;
use super::provider::{OpenIdProvider, TOKEN_LIFE};
use super::{Client, ProtocolError};
use crate::identity::{
    AchievedAssurance, AssuranceLevel, AuthenticationMethod, Person, SecondStep, Timestamp,
};
use crate::protocol::jose::{JwsAlgorithm, JwtProfile, KidRule, UnverifiedJwt};

/// What is accepted as an ID token of ours. Access tokens have another `typ` and are not.
const ID_TOKEN: JwtProfile = JwtProfile {
    algorithms: &[JwsAlgorithm::Es256, JwsAlgorithm::Rs256],
    types: &["jwt"],
    may_be_untyped: false,
    kid: KidRule::Optional,
    max_bytes: 8192,
};

/// An ID token of ours that came back: the signature was verified, the time was not looked at.
pub(super) struct Hint {
    pub(super) client_id: String,
    pub(super) subject: String,
    /// The session it tells of, as the client knows it.
    pub(super) sid: Option<String>,
}

impl OpenIdProvider {
    /// Makes the ID token that goes with an access token.
    pub(super) async fn id_token(
        &self,
        issued: &IssuedCode,
        client: &Client,
        person: &Person,
        access_token: &str,
        now: Timestamp,
    ) -> Result<String, ProtocolError> {
        let ticket = self.ticket_of(issued, person).await?;
        let mut claims = issued.claims.for_id_token(client.released(), person);
        claims.extend(self.common_claims(issued, client, person, now));
        claims.insert("aud".to_owned(), json!(client.id()));
        let signer = self.id_token_signer(client);
        let hash = signer.algorithm().half_hash(access_token);
        claims.insert("at_hash".to_owned(), json!(hash));
        claims.insert(
            "amr".to_owned(),
            json!(amr(
                issued.login.method,
                issued.login.proved,
                issued.login.second_step
            )),
        );
        if let Some(nonce) = &issued.nonce {
            claims.insert("nonce".to_owned(), json!(nonce));
        }
        claims.extend(self.own_claims(issued));
        if let Some(ticket) = ticket {
            claims.insert(format!("{}/claims/ticket", self.issuer()), json!(ticket));
        }
        Ok(signer.sign("JWT", &claims)?)
    }

    /// The claims that ID tokens and access tokens share.
    pub(super) fn common_claims(
        &self,
        issued: &IssuedCode,
        client: &Client,
        person: &Person,
        now: Timestamp,
    ) -> Map<String, Value> {
        let life = i64::try_from(TOKEN_LIFE.as_secs()).unwrap_or_default();
        let claims = [
            ("iss", json!(self.issuer())),
            (
                "sub",
                json!(self.subjects.subject(client.sector(), &person.key)),
            ),
            ("iat", json!(now.timestamp())),
            ("exp", json!(now.timestamp() + life)),
            ("auth_time", json!(issued.login.at.timestamp())),
            ("acr", json!(issued.login.acr.uri())),
            (
                "sid",
                json!(self.subjects.session(client.id(), &issued.session)),
            ),
        ];
        claims
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value))
            .collect()
    }

    /// Claims of our own, under names that nobody else can give another meaning (RFC 7519, 4.2).
    fn own_claims(&self, issued: &IssuedCode) -> Map<String, Value> {
        let mut claims = vec![
            ("method", json!(issued.login.method.name())),
            ("provider", json!(issued.login.provider)),
        ];
        // An application must be able to tell a request that is only provisional.
        if let (Some((service, operation)), Some(opens)) = (&issued.service, issued.login.opens) {
            claims.push(("service", json!(format!("{service}/{operation}"))));
            claims.push(("decision", json!(opens.name())));
        }
        let own = |(name, value)| (format!("{}/claims/{name}", self.issuer()), value);
        let acts_as = issued.acts_as.iter();
        acts_as
            .flat_map(|acts_as| acts_as.claims(self.issuer()))
            .chain(claims.into_iter().map(own))
            .collect()
    }

    /// Reads a hint. `None` unless it is an ID token that we signed; that it may have expired is the point of a hint.
    pub(super) fn read_hint(&self, hint: &str) -> Option<Hint> {
        let token = UnverifiedJwt::parse(hint, ID_TOKEN.max_bytes)
            .and_then(|token| token.verify(&ID_TOKEN, self.jwks().keys()))
            .ok()?;
        let [client_id] = token.audiences()?.try_into().ok()?;
        if token.text("iss") != Some(self.issuer()) {
            return None;
        }
        Some(Hint {
            client_id: client_id.to_owned(),
            subject: token.text("sub")?.to_owned(),
            sid: token.text("sid").map(str::to_owned),
        })
    }
}

/// `amr` (RFC 8176), no more than the level proves: SPID and CIE say how strong a login was, not with which device.
/// Level 1 is a password, level 2 two factors, level 3 two factors of which one is a key in hardware. A CNS is a smart
/// card: the handshake shows that it was there, not whether it asked for its code. The institute's PIN is one by RFC 4949, to
/// which the registry's `pin` refers, whatever its grade.
fn amr(
    method: AuthenticationMethod,
    proved: AchievedAssurance,
    second_step: Option<SecondStep>,
) -> Vec<&'static str> {
    let first: &[_] = match (method, proved.0) {
        (AuthenticationMethod::Spid | AuthenticationMethod::Cie, level) => match level {
            AssuranceLevel::BelowLow | AssuranceLevel::Low => &["pwd"],
            AssuranceLevel::Substantial => &["mfa"],
            AssuranceLevel::High => &["mfa", "hwk"],
        },
        (AuthenticationMethod::Cns, _) => &["sc"],
        (AuthenticationMethod::Pin, _) => &["pin"],
        // It tells a class, which the configuration takes for a level; of the means nothing is known.
        (AuthenticationMethod::OpenId, _) => &[],
    };
    let second = second_step.map(SecondStep::name);
    first.iter().copied().chain(second).collect()
}
