//! What a chain makes of an OpenID Provider: its metadata after policy, as the Italian profile demands them (rules on CIE, B5).

use std::net::Ipv4Addr;

use serde_json::{Map, Value};
use url::Url;

use super::claims::list_of_texts;
use super::entity_id::is_loopback;
use super::{EntityId, FederationRefusal, TrustChain};
use crate::protocol::jose::{ContentEncryption, JwkRules, JwkSet, JwsAlgorithm, KeyManagement};

/// What differs between the profile of CIE and that of SPID.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ProviderDemands {
    /// The provider says that its answers name it (RFC 9207), and how whoever revokes tokens proves itself: CIE.
    pub names_itself_in_answers: bool,
}

/// The metadata of a provider that can be used: nothing that a login needs is missing or contradicts the profile.
#[derive(Debug, Clone)]
pub struct OpenIdProviderMetadata {
    /// Its issuer, which is its entity id.
    pub issuer: EntityId,
    /// The name that it publishes, in Italian where it has several; without one, its host.
    pub name: String,
    /// Where people are sent.
    pub authorization_endpoint: Url,
    /// Where codes are redeemed.
    pub token_endpoint: Url,
    /// Where it tells of the person.
    pub userinfo_endpoint: Url,
    /// Where it tells of tokens.
    pub introspection_endpoint: Url,
    /// Where tokens are given back.
    pub revocation_endpoint: Url,
    /// The keys that it signs tokens with, and is encrypted to.
    pub keys: JwkSet,
    /// The levels that it can give, as it writes them.
    pub acr_values: Vec<String>,
    /// How it can sign ID tokens, of what the profile has.
    pub id_token_signing: Vec<JwsAlgorithm>,
    /// How it can sign what it tells of the person, of what the profile has.
    pub userinfo_signing: Vec<JwsAlgorithm>,
    /// How it can encrypt that, of what the profile has.
    pub userinfo_encryption: (Vec<KeyManagement>, Vec<ContentEncryption>),
}

impl OpenIdProviderMetadata {
    /// Reads the provider that a chain is about.
    ///
    /// # Errors
    /// [`FederationRefusal::NotAProvider`] when it is none; [`FederationRefusal::Provider`] names the parameter that is missing
    /// or contradicts the profile.
    pub fn read(chain: &TrustChain, demands: ProviderDemands) -> Result<Self, FederationRefusal> {
        let metadata = chain.metadata();
        let members = metadata
            .of("openid_provider")
            .ok_or(FederationRefusal::NotAProvider)?;
        let id = chain.subject().id();
        let members = Members { members, id };
        if members.text("issuer")? != id.as_str() {
            return Err(FederationRefusal::Provider("issuer"));
        }
        members.must_list("response_types_supported", "code")?;
        members.must_list("code_challenge_methods_supported", "S256")?;
        members.must_list("subject_types_supported", "pairwise")?;
        members.must_list("token_endpoint_auth_methods_supported", "private_key_jwt")?;
        members.must_list("client_registration_types_supported", "automatic")?;
        members.must_be_true("request_parameter_supported")?;
        members.must_be_true("claims_parameter_supported")?;
        members.check_request_authentication()?;
        if demands.names_itself_in_answers {
            members.must_be_true("authorization_response_iss_parameter_supported")?;
            members.must_list(
                "revocation_endpoint_auth_methods_supported",
                "private_key_jwt",
            )?;
        }
        let own = metadata.of("federation_entity");
        Ok(Self {
            issuer: id.clone(),
            name: name(members.members, own).unwrap_or_else(|| id.host()),
            authorization_endpoint: members.endpoint("authorization_endpoint")?,
            token_endpoint: members.endpoint("token_endpoint")?,
            userinfo_endpoint: members.endpoint("userinfo_endpoint")?,
            introspection_endpoint: members.endpoint("introspection_endpoint")?,
            revocation_endpoint: members.endpoint("revocation_endpoint")?,
            keys: members.keys()?,
            acr_values: members.list("acr_values_supported")?,
            id_token_signing: members.known("id_token_signing_alg_values_supported", italian)?,
            userinfo_signing: members.known("userinfo_signing_alg_values_supported", italian)?,
            userinfo_encryption: (
                members.known(
                    "userinfo_encryption_alg_values_supported",
                    KeyManagement::from_name,
                )?,
                members.known("userinfo_encryption_enc_values_supported", |name| {
                    ContentEncryption::from_name(name)
                        .filter(|known| ContentEncryption::ITALIAN.contains(known))
                })?,
            ),
        })
    }
}

fn italian(name: &str) -> Option<JwsAlgorithm> {
    JwsAlgorithm::from_name(name).filter(|algorithm| JwsAlgorithm::ITALIAN.contains(algorithm))
}

/// The parameters of a provider.
#[derive(Clone, Copy)]
struct Members<'m> {
    members: &'m Map<String, Value>,
    id: &'m EntityId,
}

impl<'m> Members<'m> {
    fn text(self, name: &'static str) -> Result<&'m str, FederationRefusal> {
        let value = self.members.get(name).and_then(Value::as_str);
        value.ok_or(FederationRefusal::Provider(name))
    }

    /// A list that has something in it.
    fn list(self, name: &'static str) -> Result<Vec<String>, FederationRefusal> {
        let list = self.members.get(name).and_then(list_of_texts);
        list.filter(|list| !list.is_empty())
            .ok_or(FederationRefusal::Provider(name))
    }

    /// What stands beside it says nothing: a provider may offer more than the profile knows.
    fn must_list(self, name: &'static str, value: &str) -> Result<(), FederationRefusal> {
        if self.list(name)?.iter().any(|one| one == value) {
            Ok(())
        } else {
            Err(FederationRefusal::Provider(name))
        }
    }

    fn must_be_true(self, name: &'static str) -> Result<(), FederationRefusal> {
        match self.members.get(name) {
            Some(Value::Bool(true)) => Ok(()),
            _ => Err(FederationRefusal::Provider(name)),
        }
    }

    /// Those of a list that are known here, of which there must be some.
    fn known<T>(
        self,
        name: &'static str,
        read: impl Fn(&str) -> Option<T>,
    ) -> Result<Vec<T>, FederationRefusal> {
        let known: Vec<T> = self
            .list(name)?
            .iter()
            .filter_map(|one| read(one))
            .collect();
        if known.is_empty() {
            return Err(FederationRefusal::Provider(name));
        }
        Ok(known)
    }

    /// A signed request object at the authorization endpoint, which the Italian profile calls `ar`.
    fn check_request_authentication(self) -> Result<(), FederationRefusal> {
        const NAME: &str = "request_authentication_methods_supported";
        let methods = self.members.get(NAME).and_then(Value::as_object);
        let methods = methods.ok_or(FederationRefusal::Provider(NAME))?;
        let takes_request_objects = ["authorization_endpoint", "ar"]
            .iter()
            .filter_map(|endpoint| list_of_texts(methods.get(*endpoint)?))
            .any(|methods| methods.iter().any(|method| method == "request_object"));
        if takes_request_objects {
            Ok(())
        } else {
            Err(FederationRefusal::Provider(NAME))
        }
    }

    /// An endpoint: an address as an entity has, at the host of the provider or beside it.
    fn endpoint(self, name: &'static str) -> Result<Url, FederationRefusal> {
        let refusal = FederationRefusal::Provider(name);
        let url = Url::parse(self.text(name)?).map_err(|_| refusal)?;
        let is_secure = url.scheme() == "https"
            // Where the entity itself is one of a test on this machine.
            || (url.scheme() == "http" && is_loopback(&url) && self.id.as_str().starts_with("http:"));
        let has_user = !url.username().is_empty() || url.password().is_some();
        let host = url.host_str().unwrap_or_default();
        if !is_secure || has_user || url.fragment().is_some() || !is_beside(host, &self.id.host()) {
            return Err(refusal);
        }
        Ok(url)
    }

    /// By value: where they would have to be fetched, somebody else could put others.
    fn keys(self) -> Result<JwkSet, FederationRefusal> {
        let set = self.members.get("jwks").and_then(Value::as_object);
        let set = set.ok_or(FederationRefusal::Provider("jwks"))?;
        Ok(JwkSet::read(JwkRules::Federation, set)?)
    }
}

/// Whether a host is the entity's, or in the domain that the entity's host is directly in. The Ministry's provider is an
/// entity of its own below the host that people log in at. An address has no domain.
fn is_beside(host: &str, entity: &str) -> bool {
    if host == entity {
        return true;
    }
    if entity.parse::<Ipv4Addr>().is_ok() {
        return false;
    }
    // Not below a whole top-level domain.
    let domain = entity.split_once('.').map(|(_, domain)| domain);
    domain
        .filter(|domain| domain.contains('.'))
        .is_some_and(|domain| {
            let below = host.strip_suffix(domain);
            below.is_some_and(|below| below.is_empty() || below.ends_with('.'))
        })
}

/// The name that a provider publishes: its own, then its organisation's, each in Italian first.
fn name(provider: &Map<String, Value>, entity: Option<&Map<String, Value>>) -> Option<String> {
    const LONGEST: usize = 100;
    let names = [
        "op_name#it",
        "op_name",
        "display_name",
        "organization_name#it",
        "organization_name",
    ];
    let members = [Some(provider), entity];
    let mut found = members.iter().flatten().flat_map(|members| {
        names
            .iter()
            .filter_map(|name| members.get(*name).and_then(Value::as_str))
    });
    let is_name = |name: &&str| {
        !name.trim().is_empty() && name.len() <= LONGEST && !name.contains(char::is_control)
    };
    found.find(is_name).map(|name| name.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_endpoint_is_at_the_host_of_its_provider_or_beside_it() {
        for (host, entity) in [
            ("op.example.it", "op.example.it"),
            (
                "idserver.servizicie.example.it",
                "oidc.idserver.servizicie.example.it",
            ),
            (
                "login.idserver.servizicie.example.it",
                "oidc.idserver.servizicie.example.it",
            ),
        ] {
            assert!(is_beside(host, entity), "{host} {entity}");
        }
        for (host, entity) in [
            ("op.example.com", "op.example.it"),
            ("evil-example.it", "op.example.it"),
            ("example.it.evil.com", "op.example.it"),
            ("other.it", "example.it"),
            ("10.0.0.2", "10.0.0.1"),
            ("99.0.0.1", "10.0.0.1"),
            ("", "op.example.it"),
        ] {
            assert!(!is_beside(host, entity), "{host} {entity}");
        }
    }
}
