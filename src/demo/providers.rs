//! The nine SPID providers as test providers: the names and levels that the real ones publish, and nothing else of them.

use crate::identity::AssuranceLevel;

/// One provider of the published table.
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
}

impl TestProvider {
    /// The name that pages and metadata show.
    #[must_use]
    pub fn test_name(&self) -> String {
        format!("{} (prova)", self.name)
    }
}

/// The providers, in the order of the published table.
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
