//! What the provider answers to relying parties themselves (rules on CIE, B9 to B11).

use axum::extract::{Form, State};
use axum::response::Response;
use http::header::AUTHORIZATION;
use http::{HeaderMap, StatusCode};
use serde_json::json;

use super::{Fields, MinistryService, Refused, answer, json_answer};
use crate::crypto::encoding::base64url;
use crate::crypto::sha256;
use crate::demo::ministry::member::{Member, Registered};
use crate::demo::ministry::provider::TOKEN_LIFE;
use crate::protocol::jose::{JwkSet, JwtProfile, VerifiedJwt, encrypt_compact, verify_compact};

const ASSERTION: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
/// The longest that a client assertion may be good, in seconds.
const LONGEST_ASSERTION: i64 = 5 * 60;

type Answer = Result<Response, Refused>;

pub(super) async fn configuration(State(service): State<MinistryService>) -> Answer {
    let ministry = service.ministry();
    let draft = ministry
        .provider_configuration(service.now())
        .map_err(Refused::broken)?;
    let token = draft
        .sign(&ministry.federation_signer)
        .map_err(Refused::broken)?;
    Ok(answer(
        StatusCode::OK,
        "application/entity-statement+jwt",
        token,
    ))
}

/// Redeems a code.
pub(super) async fn token(
    State(service): State<MinistryService>,
    Form(fields): Form<Fields>,
) -> Answer {
    let (member, _) = service.client(&fields, "token").await?;
    let bad = |error, why: &str| Refused::because(StatusCode::BAD_REQUEST, error, why);
    let field = |name: &str| fields.get(name).map(String::as_str).unwrap_or_default();
    if field("grant_type") != "authorization_code" {
        return Err(bad(
            "unsupported_grant_type",
            "only codes are redeemed here",
        ));
    }
    let grant = service.0.codes.take(field("code")).await?;
    let grant = grant.ok_or_else(|| bad("invalid_grant", "the code is unknown or was used"))?;
    let verifier = field("code_verifier");
    let challenge = base64url(&sha256(verifier.as_bytes()));
    let right = [
        (
            grant.request.client_id == member.id,
            "the code is somebody else's",
        ),
        (
            // It came with a later version of the documents, and may be left out (B9).
            ["", &*grant.request.redirect_uri].contains(&field("redirect_uri")),
            "another redirect_uri",
        ),
        ((43..=128).contains(&verifier.len()), "code_verifier"),
        (grant.request.code_challenge == challenge, "code_verifier"),
    ];
    if let Some((_, why)) = right.into_iter().find(|(is_right, _)| !is_right) {
        return Err(bad("invalid_grant", why));
    }
    let (ministry, now) = (service.ministry(), service.now());
    let id = service.0.random.token();
    let signer = &ministry.core_signer;
    let access_token = ministry.access_token(&grant, &id, now).sign(signer);
    let access_token = access_token.map_err(Refused::broken)?;
    let id_token = ministry.id_token(&grant, &access_token, &service.0.random.token(), now);
    let id_token = id_token.sign(signer).map_err(Refused::broken)?;
    service.0.tokens.put(&id, &grant).await?;
    Ok(json_answer(&json!({
        "access_token": access_token,
        "token_type": "Bearer",
        "expires_in": TOKEN_LIFE.num_seconds(),
        "id_token": id_token,
    })))
}

/// What the person agreed to tell, signed and then encrypted to the relying party's enrolled key.
pub(super) async fn userinfo(State(service): State<MinistryService>, headers: HeaderMap) -> Answer {
    let bad = |why| Refused::because(StatusCode::UNAUTHORIZED, "invalid_token", why);
    let bearer = headers
        .get(AUTHORIZATION)
        .and_then(|value| value.to_str().ok());
    let bearer = bearer.and_then(|value| value.strip_prefix("Bearer "));
    let token = bearer.ok_or_else(|| bad("no access token"))?;
    let id = service
        .read_token(token)
        .ok_or_else(|| bad("not an access token of ours"))?;
    let grant = service.0.tokens.get(&id).await?;
    let grant = grant.ok_or_else(|| bad("the access token was given back or has expired"))?;
    let found = service.member(&grant.request.client_id).await;
    let (member, enrolled) = found.map_err(Refused::broken)?;
    let (ministry, now) = (service.ministry(), service.now());
    let inside = ministry.userinfo(&grant, now).sign(&ministry.core_signer);
    let inside = inside.map_err(Refused::broken)?;
    let key = member.encryption_key(&enrolled.core);
    let key = key.ok_or_else(|| Refused::broken("the relying party has no key for this"))?;
    let random = service.0.random.as_ref();
    let sealed = encrypt_compact(
        inside.as_bytes(),
        key,
        member.encryption,
        Some("JWT"),
        random,
    );
    let sealed = sealed.map_err(|_| Refused::broken("cannot encrypt"))?;
    Ok(answer(StatusCode::OK, "application/jose", sealed))
}

/// Whether a token is good: nothing more (rules on CIE, B11).
pub(super) async fn introspect(
    State(service): State<MinistryService>,
    Form(fields): Form<Fields>,
) -> Answer {
    service.client(&fields, "introspection").await?;
    let token = fields
        .get("token")
        .and_then(|token| service.read_token(token));
    let is_active = match token {
        Some(id) => service.0.tokens.get(&id).await?.is_some(),
        None => false,
    };
    Ok(json_answer(&json!({ "active": is_active })))
}

/// Takes a token back; an unknown one was never there (RFC 7009, 2.2).
pub(super) async fn revoke(
    State(service): State<MinistryService>,
    Form(fields): Form<Fields>,
) -> Answer {
    service.client(&fields, "revocation").await?;
    if let Some(id) = fields
        .get("token")
        .and_then(|token| service.read_token(token))
    {
        service.0.tokens.remove(&id).await?;
    }
    Ok(answer(StatusCode::OK, "application/json", "{}".to_owned()))
}

impl MinistryService {
    /// The client that a request to an endpoint proves to come from (private_key_jwt; B9).
    async fn client(
        &self,
        fields: &Fields,
        endpoint: &str,
    ) -> Result<(Member, Registered), Refused> {
        let bad = |why: &str| Refused::because(StatusCode::UNAUTHORIZED, "invalid_client", why);
        let field = |name: &str| fields.get(name).map(String::as_str).unwrap_or_default();
        if field("client_assertion_type") != ASSERTION {
            return Err(bad("client_assertion_type"));
        }
        let client = field("client_id");
        let found = self.member(client).await;
        let (member, enrolled) = found.map_err(|error| bad(&error.to_string()))?;
        let profile = &JwtProfile::CLIENT_ASSERTION;
        let assertion = verify_compact(field("client_assertion"), profile, &enrolled.core);
        let assertion = assertion.map_err(|_| bad("not signed by an enrolled key"))?;
        let url = format!("{}/{endpoint}", self.ministry().provider);
        if [assertion.text("iss"), assertion.text("sub")] != [Some(client); 2] {
            return Err(bad("the assertion is somebody else's"));
        }
        if assertion.audiences().as_deref() != Some(&[&*url]) {
            return Err(bad("the assertion is for another endpoint"));
        }
        if !self.is_good_now(&assertion) {
            return Err(bad("the assertion is not good now"));
        }
        let id = assertion.text("jti").ok_or_else(|| bad("jti"))?;
        if !self.is_new(client, id).await? {
            return Err(bad("the assertion was used before"));
        }
        Ok((member, enrolled))
    }

    fn is_good_now(&self, assertion: &VerifiedJwt) -> bool {
        let now = self.now().timestamp();
        match (assertion.time("iat"), assertion.time("exp")) {
            (Some(begin), Some(end)) => {
                begin <= now + 60 && end > now && end - begin <= LONGEST_ASSERTION
            }
            _ => false,
        }
    }

    /// The id of an access token that we signed.
    fn read_token(&self, token: &str) -> Option<String> {
        let keys = JwkSet::new(vec![self.ministry().core_signer.jwk().clone()]).ok()?;
        let token = verify_compact(token, &JwtProfile::ACCESS_TOKEN, &keys).ok()?;
        token.text("jti").map(str::to_owned)
    }
}
