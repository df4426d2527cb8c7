//! The two grades of a PIN, and who serves people at the desk.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{AchievedAssurance, AssuranceLevel};

/// What a PIN is good for (PIN rules, The credential).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PinGrade {
    /// *Ordinario*: consult one's own contributions and pension.
    Ordinary,
    /// *Dispositivo*: request benefits, too.
    Dispositive,
}

impl PinGrade {
    /// Both grades, the lower first.
    pub const ALL: [Self; 2] = [Self::Ordinary, Self::Dispositive];

    /// What a login with a PIN of this grade proves.
    #[must_use]
    pub fn level(self) -> AchievedAssurance {
        AchievedAssurance(match self {
            Self::Ordinary => AssuranceLevel::Low,
            Self::Dispositive => AssuranceLevel::Substantial,
        })
    }

    /// The name used in files and in the audit.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Ordinary => "ordinary",
            Self::Dispositive => "dispositive",
        }
    }

    /// The grade of a name; `None` for an unknown one.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|grade| grade.name() == name)
    }
}

impl fmt::Display for PinGrade {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// In what role somebody serves people at the desk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DeskRole {
    /// At an office of the institute, with the person in front of them.
    Office,
    /// At the contact centre, on the telephone.
    ContactCentre,
    /// Oversees both.
    Supervisor,
}

impl DeskRole {
    /// Every role.
    pub const ALL: [Self; 3] = [Self::Office, Self::ContactCentre, Self::Supervisor];

    /// The name used in configuration and in the audit.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Office => "office",
            Self::ContactCentre => "contact-centre",
            Self::Supervisor => "supervisor",
        }
    }

    /// The role of a name; `None` for an unknown one.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.name() == name)
    }
}

impl fmt::Display for DeskRole {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ordinary_pin_is_low_and_a_dispositive_one_substantial() {
        assert_eq!(PinGrade::Ordinary.level().0, AssuranceLevel::Low);
        assert_eq!(PinGrade::Dispositive.level().0, AssuranceLevel::Substantial);
    }

    #[test]
    fn names_read_back_and_are_those_that_are_stored() {
        for grade in PinGrade::ALL {
            assert_eq!(PinGrade::from_name(grade.name()), Some(grade));
            assert_eq!(serde_json::to_value(grade).unwrap(), grade.name());
        }
        for role in DeskRole::ALL {
            assert_eq!(DeskRole::from_name(role.name()), Some(role));
            assert_eq!(serde_json::to_value(role).unwrap(), role.name());
        }
        assert_eq!(DeskRole::from_name("Office"), None);
    }
}
