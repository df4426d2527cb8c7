//! Assurance levels (eIDAS, Regulation (EU) 910/2014, article 8) and the three roles in which a level occurs.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};

/// How sure we are that the person is who they claim to be. SPID and CIE levels 1, 2 and 3 map onto it in order;
/// a CNS is [`High`](Self::High); a PIN is [`Low`](Self::Low) (*ordinario*) or [`Substantial`](Self::Substantial)
/// (*dispositivo*).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AssuranceLevel {
    /// Less than any level that is published: the first half of an initial PIN alone (PIN rules, Emergency rule of March
    /// 2020). No level that can be asked for is satisfied by it, and none of [`ALL`](Self::ALL) is it.
    #[serde(rename = "below-low")]
    BelowLow,
    /// SPID L1, CIE L1, PIN *ordinario*.
    Low,
    /// SPID L2, CIE L2, PIN *dispositivo*.
    Substantial,
    /// SPID L3, CIE L3, CNS.
    High,
}

impl AssuranceLevel {
    /// Every level that is published and can be asked for, lowest first.
    pub const ALL: [Self; 3] = [Self::Low, Self::Substantial, Self::High];

    /// The level as the digit that SPID and CIE use: 1, 2 or 3; 0 for what is below all of them.
    #[must_use]
    pub fn digit(self) -> u8 {
        match self {
            Self::BelowLow => 0,
            Self::Low => 1,
            Self::Substantial => 2,
            Self::High => 3,
        }
    }

    /// The level of a SPID or CIE digit; `None` for anything but 1, 2 and 3.
    #[must_use]
    pub fn from_digit(digit: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|level| level.digit() == digit)
    }

    /// The name used on the command line and in configuration: `low`, `substantial` or `high`. `below-low` is a name for
    /// logs alone.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::BelowLow => "below-low",
            Self::Low => "low",
            Self::Substantial => "substantial",
            Self::High => "high",
        }
    }

    /// The level of a name; `None` for anything but the three of [`name`](Self::name).
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|level| level.name() == name)
    }

    /// Reads a level that somebody configures: one of [`ALL`](Self::ALL), for nothing may be opened to less.
    ///
    /// # Errors
    /// The reader's, for any other name.
    pub fn configured<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        let known = &["low", "substantial", "high"];
        Self::from_name(&name).ok_or_else(|| D::Error::unknown_variant(&name, known))
    }

    /// The same for several levels that are configured by name.
    ///
    /// # Errors
    /// The reader's, for any other name of a level.
    pub fn all_configured<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<BTreeMap<String, Self>, D::Error> {
        #[derive(Deserialize)]
        struct One(#[serde(deserialize_with = "AssuranceLevel::configured")] AssuranceLevel);

        let all = BTreeMap::<String, One>::deserialize(deserializer)?;
        Ok(all
            .into_iter()
            .map(|(name, One(level))| (name, level))
            .collect())
    }
}

impl fmt::Display for AssuranceLevel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

macro_rules! role {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub AssuranceLevel);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

role! {
    /// What a service or an application asks for.
    RequiredAssurance
}
role! {
    /// What a login proved.
    AchievedAssurance
}
role! {
    /// What an application is told.
    AssertedAssurance
}

impl AchievedAssurance {
    /// Whether this level opens what asks for `required`: a higher level always does.
    #[must_use]
    pub fn satisfies(self, required: RequiredAssurance) -> bool {
        self.0 >= required.0
    }

    /// What an application may be told of it: the level as it is, neither lowered nor raised.
    #[must_use]
    pub fn asserted(self) -> AssertedAssurance {
        AssertedAssurance(self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_are_ordered_as_eidas_orders_them() {
        assert!(AssuranceLevel::Low < AssuranceLevel::Substantial);
        assert!(AssuranceLevel::Substantial < AssuranceLevel::High);
    }

    #[test]
    fn a_higher_level_opens_what_asks_for_a_lower_one_and_never_the_reverse() {
        for achieved in AssuranceLevel::ALL {
            for required in AssuranceLevel::ALL {
                assert_eq!(
                    AchievedAssurance(achieved).satisfies(RequiredAssurance(required)),
                    achieved.digit() >= required.digit()
                );
            }
        }
    }

    #[test]
    fn what_is_below_low_opens_nothing_and_cannot_be_asked_for() {
        let below = AssuranceLevel::BelowLow;
        for required in AssuranceLevel::ALL {
            assert!(!AchievedAssurance(below).satisfies(RequiredAssurance(required)));
        }
        assert_eq!(AssuranceLevel::from_name(below.name()), None);
        assert_eq!(AssuranceLevel::from_digit(below.digit()), None);
        let name = serde_json::Value::from(below.name());
        assert!(AssuranceLevel::configured(&name).is_err());
        assert_eq!(serde_json::to_value(below).unwrap(), name);
    }

    #[test]
    fn names_and_digits_read_back() {
        for level in AssuranceLevel::ALL {
            assert_eq!(AssuranceLevel::from_name(level.name()), Some(level));
            assert_eq!(AssuranceLevel::from_digit(level.digit()), Some(level));
        }
        assert_eq!(AssuranceLevel::from_digit(0), None);
        assert_eq!(AssuranceLevel::from_name("High"), None);
    }
}
