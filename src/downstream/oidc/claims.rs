//! What an application may learn of a person, and what it asked to learn.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{Parameters, ProtocolError};
use crate::identity::{Person, Redacted};
use crate::protocol::jose::parse_object;

/// One piece of a person's data. The first seven have the names of OpenID Connect Core, 5.1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReleasedClaim {
    /// Given and family name.
    Name,
    /// Given name.
    GivenName,
    /// Family name.
    FamilyName,
    /// Date of birth, `YYYY-MM-DD`.
    Birthdate,
    /// `female` or `male`.
    Gender,
    /// E-mail address.
    Email,
    /// Mobile telephone number.
    PhoneNumber,
    /// The fiscal code: for applications that are entitled to it.
    FiscalNumber,
    /// Belfiore code of the place of birth.
    PlaceOfBirthCode,
    /// Certified e-mail (PEC).
    DigitalAddress,
    /// Name of the company that a professional identity acts for.
    CompanyName,
    /// Fiscal number of that company.
    CompanyFiscalNumber,
    /// VAT number of that company.
    CompanyVatNumber,
}

impl ReleasedClaim {
    /// Every claim.
    pub const ALL: [Self; 13] = [
        Self::Name,
        Self::GivenName,
        Self::FamilyName,
        Self::Birthdate,
        Self::Gender,
        Self::Email,
        Self::PhoneNumber,
        Self::FiscalNumber,
        Self::PlaceOfBirthCode,
        Self::DigitalAddress,
        Self::CompanyName,
        Self::CompanyFiscalNumber,
        Self::CompanyVatNumber,
    ];

    /// Its name in tokens, in `claims` requests and in configuration.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::GivenName => "given_name",
            Self::FamilyName => "family_name",
            Self::Birthdate => "birthdate",
            Self::Gender => "gender",
            Self::Email => "email",
            Self::PhoneNumber => "phone_number",
            Self::FiscalNumber => "fiscal_number",
            Self::PlaceOfBirthCode => "place_of_birth_code",
            Self::DigitalAddress => "digital_address",
            Self::CompanyName => "company_name",
            Self::CompanyFiscalNumber => "company_fiscal_number",
            Self::CompanyVatNumber => "company_vat_number",
        }
    }

    /// Whether it takes more of the provider than the attributes that say who the person is.
    fn is_contact(self) -> bool {
        matches!(
            self,
            Self::Gender
                | Self::Email
                | Self::PhoneNumber
                | Self::PlaceOfBirthCode
                | Self::DigitalAddress
        )
    }

    /// The scope that asks for it (OpenID Connect Core, 5.4, and three of our own).
    #[must_use]
    pub fn scope(self) -> &'static str {
        match self {
            Self::Name | Self::GivenName | Self::FamilyName | Self::Birthdate | Self::Gender => {
                "profile"
            }
            Self::Email => "email",
            Self::PhoneNumber => "phone",
            Self::FiscalNumber => "fiscal_number",
            Self::PlaceOfBirthCode | Self::DigitalAddress => "registry",
            Self::CompanyName | Self::CompanyFiscalNumber | Self::CompanyVatNumber => "company",
        }
    }

    /// Its value for a person; `None` when the provider did not give it.
    fn of(self, person: &Person) -> Option<String> {
        let text = |value: &Option<Redacted<String>>| value.as_ref().map(|v| v.expose().clone());
        let company = person.company.as_ref();
        match self {
            Self::Name => person.display_name(),
            Self::GivenName => text(&person.given_name),
            Self::FamilyName => text(&person.family_name),
            Self::Birthdate => person.birth_date.as_ref().map(|d| d.expose().to_string()),
            Self::Gender => match person.gender.as_ref().map(|g| g.expose().as_str()) {
                Some("F") => Some("female".to_owned()),
                Some("M") => Some("male".to_owned()),
                _ => None,
            },
            Self::Email => text(&person.email),
            Self::PhoneNumber => text(&person.mobile_phone),
            Self::FiscalNumber => person.fiscal_code().map(|code| code.expose().to_owned()),
            Self::PlaceOfBirthCode => text(&person.birth_place),
            Self::DigitalAddress => text(&person.digital_address),
            Self::CompanyName => company.map(|company| company.name.expose().clone()),
            Self::CompanyFiscalNumber => company.and_then(|c| text(&c.fiscal_number)),
            Self::CompanyVatNumber => company.and_then(|c| text(&c.vat_number)),
        }
    }
}

/// Scopes and claims of a request, as far as they mean anything here. What the client may not learn is left out when
/// it is released, never refused: a scope is a wish.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct RequestedClaims {
    /// The scopes asked for that exist, `openid` first.
    pub(super) scopes: Vec<String>,
    user_info: BTreeSet<ReleasedClaim>,
    id_token: BTreeSet<ReleasedClaim>,
}

/// The longest `claims` parameter, in bytes.
const MAX_CLAIMS_BYTES: usize = 4096;

/// The `claims` parameter (OpenID Connect Core, 5.5), parsed.
#[derive(Default)]
pub(super) struct ClaimsParameter {
    id_token: Map<String, Value>,
    user_info: Map<String, Value>,
}

impl ClaimsParameter {
    pub(super) fn read(parameters: &Parameters) -> Result<Self, ProtocolError> {
        let malformed = ProtocolError::invalid_request("claims_form", "claims is malformed");
        let Some(text) = parameters.one("claims")? else {
            return Ok(Self::default());
        };
        if text.len() > MAX_CLAIMS_BYTES {
            return Err(malformed);
        }
        let mut members = parse_object(text.as_bytes()).map_err(|_| malformed)?;
        let mut part = |name| match members.remove(name) {
            None => Ok(Map::new()),
            Some(Value::Object(claims)) => Ok(claims),
            Some(_) => Err(malformed),
        };
        Ok(Self {
            id_token: part("id_token")?,
            user_info: part("userinfo")?,
        })
    }

    /// What is asked of a claim of the ID token.
    pub(super) fn id_token(&self, name: &str) -> Option<&Value> {
        self.id_token.get(name)
    }
}

impl RequestedClaims {
    /// Reads `scope` and takes the named claims from `claims`.
    pub(super) fn read(
        parameters: &Parameters,
        claims: &ClaimsParameter,
    ) -> Result<Self, ProtocolError> {
        let asked: BTreeSet<&str> = parameters
            .one("scope")?
            .unwrap_or_default()
            .split(' ')
            .collect();
        if !asked.contains("openid") {
            return Err(ProtocolError::new(
                super::ErrorCode::InvalidScope,
                "scope_without_openid",
                "scope must contain openid",
            ));
        }
        let scopes = known_scopes()
            .into_iter()
            .filter(|scope| asked.contains(scope))
            .map(str::to_owned)
            .collect();
        let named = |part: &Map<String, Value>| {
            let claims = ReleasedClaim::ALL.into_iter();
            claims
                .filter(|claim| part.contains_key(claim.name()))
                .collect()
        };
        let mut user_info: BTreeSet<ReleasedClaim> = named(&claims.user_info);
        user_info.extend(
            ReleasedClaim::ALL
                .into_iter()
                .filter(|claim| asked.contains(claim.scope())),
        );
        Ok(Self {
            scopes,
            user_info,
            id_token: named(&claims.id_token),
        })
    }

    /// Whether something will be released that takes more of the provider than who the person is. What nobody will be
    /// told is not asked for (GDPR, article 5, 1 c).
    pub(super) fn needs_contacts(&self, released: &[ReleasedClaim]) -> bool {
        self.user_info
            .union(&self.id_token)
            .any(|claim| claim.is_contact() && released.contains(claim))
    }

    /// What `/userinfo` tells of a person: asked for, registered for this client, and known.
    pub(super) fn for_user_info(
        &self,
        released: &[ReleasedClaim],
        person: &Person,
    ) -> Map<String, Value> {
        release(&self.user_info, released, person)
    }

    /// What the ID token tells of a person, by the same rule.
    pub(super) fn for_id_token(
        &self,
        released: &[ReleasedClaim],
        person: &Person,
    ) -> Map<String, Value> {
        release(&self.id_token, released, person)
    }
}

fn release(
    asked: &BTreeSet<ReleasedClaim>,
    released: &[ReleasedClaim],
    person: &Person,
) -> Map<String, Value> {
    asked
        .iter()
        .filter(|claim| released.contains(claim))
        .filter_map(|claim| Some((claim.name().to_owned(), claim.of(person)?.into())))
        .collect()
}

/// Every scope that means something, `openid` first.
pub(super) fn known_scopes() -> Vec<&'static str> {
    let mut scopes = vec!["openid"];
    for claim in ReleasedClaim::ALL {
        if !scopes.contains(&claim.scope()) {
            scopes.push(claim.scope());
        }
    }
    scopes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::identity::{FiscalCode, PersonKey};

    fn person() -> Person {
        let code = FiscalCode::parse("RSSMRA80A01H501U").unwrap();
        let mut person = Person::new(PersonKey::FiscalCode(code));
        person.given_name = Some("Mario".to_owned().into());
        person.family_name = Some("Rossi".to_owned().into());
        person.gender = Some("M".to_owned().into());
        person
    }

    fn read(query: &str) -> Result<RequestedClaims, ProtocolError> {
        let parameters = Parameters::parse(query.as_bytes())?;
        RequestedClaims::read(&parameters, &ClaimsParameter::read(&parameters)?)
    }

    #[test]
    fn configuration_and_tokens_spell_a_claim_alike() {
        for claim in ReleasedClaim::ALL {
            assert_eq!(serde_json::to_value(claim).unwrap(), claim.name());
        }
    }

    #[test]
    fn openid_is_required_and_unknown_scopes_are_passed_over() {
        assert_eq!(
            read("scope=profile").unwrap_err().code,
            super::super::ErrorCode::InvalidScope
        );
        assert!(read("").is_err());
        assert!(read("scope=openidx").is_err());
        let claims = read("scope=profile+unknown+openid+offline_access").unwrap();
        assert_eq!(claims.scopes, ["openid", "profile"]);
    }

    #[test]
    fn a_claim_is_released_only_when_asked_for_registered_and_known() {
        use ReleasedClaim as C;
        let claims = read("scope=openid+profile+fiscal_number").unwrap();
        let released = claims.for_user_info(&[C::GivenName, C::Email, C::Birthdate], &person());
        assert_eq!(
            Value::Object(released),
            serde_json::json!({"given_name": "Mario"})
        );
        let entitled = claims.for_user_info(&[C::FiscalNumber], &person());
        assert_eq!(entitled["fiscal_number"], "RSSMRA80A01H501U");
        assert!(claims.for_id_token(&C::ALL, &person()).is_empty());
    }

    #[test]
    fn the_claims_parameter_says_where_each_claim_goes() {
        let query = "scope=openid&claims=%7B%22id_token%22%3A%7B%22gender%22%3Anull%7D%2C%22userinfo%22%3A%7B%22name%22%3A%7B%22essential%22%3Atrue%7D%7D%7D";
        let claims = read(query).unwrap();
        let all = ReleasedClaim::ALL;
        assert_eq!(
            Value::Object(claims.for_id_token(&all, &person())),
            serde_json::json!({"gender": "male"})
        );
        assert_eq!(
            Value::Object(claims.for_user_info(&all, &person())),
            serde_json::json!({"name": "Mario Rossi"})
        );
    }

    #[test]
    fn a_malformed_claims_parameter_is_refused() {
        for claims in [
            "1",
            "[]",
            "{",
            "{\"id_token\":1}",
            "{\"id_token\":{},\"id_token\":{}}",
        ] {
            let encoded: String = form_urlencoded::byte_serialize(claims.as_bytes()).collect();
            let refused = read(&format!("scope=openid&claims={encoded}"));
            assert_eq!(refused.unwrap_err().reason, "claims_form", "{claims}");
        }
        let long = format!("scope=openid&claims=%7B{}%7D", "+".repeat(MAX_CLAIMS_BYTES));
        assert!(read(&long).is_err());
    }
}
