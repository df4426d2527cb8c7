//! The nine SPID providers as test providers, and the Ministry of the Interior as CIE's: the names and levels that the real
//! ones publish, and nothing else of them.

use crate::identity::AssuranceLevel;

/// The federation that a provider belongs to: whose rules it holds requests to, and whose errors it answers with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TestFederation {
    /// SPID.
    Spid,
    /// CIE by SAML.
    Cie,
}

impl TestFederation {
    /// The name of its levels.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Spid => "SPID",
            Self::Cie => "CIE",
        }
    }

    /// How `varco demo --once` calls logins by it.
    #[must_use]
    pub fn method(self) -> &'static str {
        match self {
            Self::Spid => "spid",
            Self::Cie => "cie-saml",
        }
    }
}

/// One provider of the published table, or the Ministry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TestProvider {
    /// Its place in addresses and file names; the slug of its logo.
    pub slug: &'static str,
    /// Its name; pages and metadata add that it is a test.
    pub name: &'static str,
    /// The four letters that its `spidCode`s start with.
    pub code: &'static str,
    /// The highest level it can reach.
    pub highest: AssuranceLevel,
    /// Whose rules it follows.
    pub federation: TestFederation,
}

impl TestProvider {
    /// The name that pages and metadata show.
    #[must_use]
    pub fn test_name(&self) -> String {
        format!("{} (prova)", self.name)
    }
}

/// The Ministry of the Interior, which vouches for cards of identity (CIE SAML manual).
pub const MINISTRY: TestProvider = TestProvider {
    slug: "cie",
    name: "Ministero dell'Interno",
    code: "CIES",
    highest: AssuranceLevel::High,
    federation: TestFederation::Cie,
};

/// The SPID providers, in the order of the published table.
pub const PROVIDERS: [TestProvider; 9] = [
    provider("arubaid", "Aruba", "ARUB", AssuranceLevel::High),
    provider(
        "infocertid",
        "InfoCert",
        "INFC",
        AssuranceLevel::Substantial,
    ),
    provider("intesaid", "IntesaID", "ITSI", AssuranceLevel::Substantial),
    provider("lepidaid", "Lepida", "LEPI", AssuranceLevel::Substantial),
    provider(
        "namirialid",
        "Namirial",
        "NAMI",
        AssuranceLevel::Substantial,
    ),
    provider("posteid", "Poste", "POST", AssuranceLevel::High),
    provider("sielteid", "Sielte", "SIEL", AssuranceLevel::Substantial),
    provider(
        "spiditalia",
        "Register.it",
        "REGI",
        AssuranceLevel::Substantial,
    ),
    provider("timid", "TIM id", "TIMI", AssuranceLevel::Substantial),
];

const fn provider(
    slug: &'static str,
    name: &'static str,
    code: &'static str,
    highest: AssuranceLevel,
) -> TestProvider {
    TestProvider {
        slug,
        name,
        code,
        highest,
        federation: TestFederation::Spid,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_aruba_and_poste_reach_the_highest_level() {
        let highest: Vec<&str> = PROVIDERS
            .iter()
            .filter(|provider| provider.highest == AssuranceLevel::High)
            .map(|provider| provider.name)
            .collect();
        assert_eq!(highest, ["Aruba", "Poste"]);
    }
}
