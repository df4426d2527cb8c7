//! Requested, achieved and asserted levels, and the only places where one becomes another.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{ErrorCode, Parameters, ProtocolError};
use crate::identity::{AchievedAssurance, AssertedAssurance, AssuranceLevel, RequiredAssurance};

/// How an application spells levels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Spelling {
    /// `https://www.spid.gov.it/SpidL1|2|3`: the one that is answered unless the other was asked for.
    Spid,
    /// `http://eidas.europa.eu/LoA/low|substantial|high`.
    Eidas,
}

/// An Authentication Context Class Reference that Varco knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Acr {
    level: AssuranceLevel,
    spelling: Spelling,
}

impl Acr {
    /// The URIs that can be asked for and asserted, lowest level first.
    pub const URIS: [&'static str; 6] = [
        "https://www.spid.gov.it/SpidL1",
        "https://www.spid.gov.it/SpidL2",
        "https://www.spid.gov.it/SpidL3",
        "http://eidas.europa.eu/LoA/low",
        "http://eidas.europa.eu/LoA/substantial",
        "http://eidas.europa.eu/LoA/high",
    ];

    /// The class of a URI, compared exactly; `None` for an unknown one.
    #[must_use]
    pub fn parse(uri: &str) -> Option<Self> {
        AssuranceLevel::ALL
            .into_iter()
            .flat_map(|level| {
                [Spelling::Spid, Spelling::Eidas].map(|spelling| Self { level, spelling })
            })
            .find(|acr| acr.uri() == uri)
    }

    /// Its URI.
    #[must_use]
    pub fn uri(self) -> &'static str {
        use AssuranceLevel as L;
        match (self.spelling, self.level) {
            // What is below every level (OpenID Connect Core, 2, `acr`).
            (_, L::BelowLow) => "0",
            (Spelling::Spid, L::Low) => "https://www.spid.gov.it/SpidL1",
            (Spelling::Spid, L::Substantial) => "https://www.spid.gov.it/SpidL2",
            (Spelling::Spid, L::High) => "https://www.spid.gov.it/SpidL3",
            (Spelling::Eidas, L::Low) => "http://eidas.europa.eu/LoA/low",
            (Spelling::Eidas, L::Substantial) => "http://eidas.europa.eu/LoA/substantial",
            (Spelling::Eidas, L::High) => "http://eidas.europa.eu/LoA/high",
        }
    }

    /// The level it tells the application.
    #[must_use]
    pub fn asserted(self) -> AssertedAssurance {
        AssertedAssurance(self.level)
    }
}

/// The levels an application asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct RequestedLevels {
    /// Any of them will do; empty when none was named.
    wanted: Vec<Acr>,
    /// The application takes no token without one of them (OpenID Connect Core, 5.5.1.1).
    essential: bool,
}

impl RequestedLevels {
    /// Reads the `acr` member of `claims.id_token`, or else `acr_values` (OpenID Connect Core, 3.1.2.1 and 5.5.1.1).
    /// Classes that Varco does not know are passed over, unless the claim is essential and nothing else is left.
    pub(super) fn read(
        parameters: &Parameters,
        claim: Option<&Value>,
    ) -> Result<Self, ProtocolError> {
        let claim = claim.and_then(Value::as_object);
        let named = claim.map(named_values).transpose()?.unwrap_or_default();
        let essential = claim.is_some_and(|claim| claim.get("essential") == Some(&true.into()));
        let values: Vec<&str> = if named.is_empty() {
            let acr_values = parameters.one("acr_values")?.unwrap_or_default();
            acr_values.split_ascii_whitespace().collect()
        } else {
            named
        };
        let wanted: Vec<Acr> = values.iter().filter_map(|uri| Acr::parse(uri)).collect();
        if essential && wanted.is_empty() && !values.is_empty() {
            return Err(unmet("acr_unknown"));
        }
        Ok(Self { wanted, essential })
    }

    /// The level a login must reach: any of those asked for will do, so the lowest of them; and never below `floor`,
    /// which no request can lower.
    pub(super) fn required(&self, floor: RequiredAssurance) -> RequiredAssurance {
        let asked = self.wanted.iter().map(|acr| RequiredAssurance(acr.level));
        asked.min().map_or(floor, |asked| asked.max(floor))
    }

    /// What the application is told of an achieved level: the level itself; or, when it insists on certain classes, the
    /// highest of those that was reached, which claims less and never more. `None` when the level achieved meets none
    /// of the classes asked for.
    pub(super) fn answer(&self, achieved: AchievedAssurance) -> Option<Acr> {
        let reached = |acr: &&Acr| achieved.satisfies(RequiredAssurance(acr.level));
        let best = self.wanted.iter().filter(reached).max_by_key(|a| a.level);
        match best {
            None if !self.wanted.is_empty() => None,
            Some(best) if self.essential => Some(*best),
            best => Some(Acr {
                level: achieved.asserted().0,
                spelling: best.map_or(Spelling::Spid, |acr| acr.spelling),
            }),
        }
    }
}

/// The refusal for a level that cannot be had.
pub(super) const fn unmet(reason: &'static str) -> ProtocolError {
    ProtocolError::new(
        ErrorCode::UnmetAuthenticationRequirements,
        reason,
        "the requested level of authentication was not reached",
    )
}

/// `value` or `values` of a claim request.
fn named_values(claim: &Map<String, Value>) -> Result<Vec<&str>, ProtocolError> {
    let texts: Option<Vec<&str>> = match (claim.get("value"), claim.get("values")) {
        (Some(value), None) => value.as_str().map(|one| vec![one]),
        (None, Some(values)) => values
            .as_array()
            .and_then(|many| many.iter().map(Value::as_str).collect()),
        (None, None) => Some(Vec::new()),
        (Some(_), Some(_)) => None,
    };
    texts.ok_or(ProtocolError::invalid_request(
        "claims_acr_form",
        "the acr claim request is malformed",
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const L1: &str = "https://www.spid.gov.it/SpidL1";
    const L2: &str = "https://www.spid.gov.it/SpidL2";
    const L3: &str = "https://www.spid.gov.it/SpidL3";
    const SUBSTANTIAL: &str = "http://eidas.europa.eu/LoA/substantial";
    const FLOOR: RequiredAssurance = RequiredAssurance(AssuranceLevel::Substantial);

    fn achieved(level: AssuranceLevel) -> AchievedAssurance {
        AchievedAssurance(level)
    }

    fn voluntary(acr_values: &str) -> RequestedLevels {
        let query = format!("acr_values={}", acr_values.replace(' ', "+"));
        RequestedLevels::read(&Parameters::parse(query.as_bytes()).unwrap(), None).unwrap()
    }

    fn by_claim(claim: &Value) -> Result<RequestedLevels, ProtocolError> {
        RequestedLevels::read(&Parameters::default(), Some(claim))
    }

    fn told(levels: &RequestedLevels, level: AssuranceLevel) -> Option<&'static str> {
        levels.answer(achieved(level)).map(Acr::uri)
    }

    #[test]
    fn every_published_class_reads_back_and_no_other_is_known() {
        for uri in Acr::URIS {
            assert_eq!(Acr::parse(uri).unwrap().uri(), uri);
        }
        for uri in [
            "",
            "SpidL2",
            "https://www.spid.gov.it/SpidL4",
            &format!("{L2}/"),
        ] {
            assert_eq!(Acr::parse(uri), None, "{uri}");
        }
    }

    #[test]
    fn a_request_cannot_lower_the_floor() {
        assert_eq!(voluntary(L1).required(FLOOR), FLOOR);
        assert_eq!(voluntary("").required(FLOOR), FLOOR);
        let claim = json!({"essential": true, "value": L1});
        assert_eq!(by_claim(&claim).unwrap().required(FLOOR), FLOOR);
        assert_eq!(
            voluntary(L3).required(FLOOR),
            RequiredAssurance(AssuranceLevel::High)
        );
    }

    #[test]
    fn any_of_several_classes_will_do() {
        let levels = voluntary(&format!("{L3} {SUBSTANTIAL}"));
        assert_eq!(levels.required(FLOOR), FLOOR);
    }

    #[test]
    fn unknown_classes_are_passed_over_unless_nothing_essential_is_left() {
        let levels = voluntary("urn:example:gold");
        assert_eq!(levels.required(FLOOR), FLOOR);
        assert_eq!(told(&levels, AssuranceLevel::High), Some(L3));
        let refused = by_claim(&json!({"essential": true, "values": ["urn:example:gold"]}));
        assert_eq!(
            refused.unwrap_err().code,
            ErrorCode::UnmetAuthenticationRequirements
        );
        assert!(by_claim(&json!({"essential": true, "values": ["urn:example:gold", L3]})).is_ok());
        assert!(by_claim(&json!({"values": ["urn:example:gold"]})).is_ok());
    }

    #[test]
    fn the_level_achieved_is_told_in_the_spelling_asked_for() {
        assert_eq!(told(&voluntary(""), AssuranceLevel::Substantial), Some(L2));
        assert_eq!(told(&voluntary(L2), AssuranceLevel::High), Some(L3));
        assert_eq!(
            told(&voluntary(SUBSTANTIAL), AssuranceLevel::High),
            Some("http://eidas.europa.eu/LoA/high")
        );
    }

    #[test]
    fn an_essential_class_is_answered_by_one_of_those_asked_for_and_never_by_a_higher_one() {
        let levels = by_claim(&json!({"essential": true, "values": [L1, L2]})).unwrap();
        assert_eq!(told(&levels, AssuranceLevel::High), Some(L2));
        assert_eq!(told(&levels, AssuranceLevel::Low), Some(L1));
    }

    #[test]
    fn a_level_below_every_class_asked_for_has_no_answer() {
        let essential = by_claim(&json!({"essential": true, "value": L3})).unwrap();
        assert_eq!(told(&essential, AssuranceLevel::Substantial), None);
        assert_eq!(told(&voluntary(L3), AssuranceLevel::Substantial), None);
    }

    #[test]
    fn a_malformed_claim_request_is_refused() {
        for claim in [
            json!({"value": 1}),
            json!({"values": L2}),
            json!({"values": [1]}),
            json!({"value": L2, "values": [L2]}),
        ] {
            assert_eq!(by_claim(&claim).unwrap_err().reason, "claims_acr_form");
        }
        assert!(by_claim(&Value::Null).is_ok());
        assert!(by_claim(&json!({"essential": true})).is_ok());
    }
}
