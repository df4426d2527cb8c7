//! Who the operators are, and who of those that come to the desk is one.

use std::collections::HashMap;

use serde::Deserialize;

use super::{Act, NotAllowed, Reason, Task};
use crate::identity::{
    AssuranceLevel, DeskRole, FiscalCode, Line, PersonKey, Redacted, RequiredAssurance, Timestamp,
};
use crate::session::{Freshness, Session, SessionHandle};

/// The level that an operator logs in at.
const NEEDED: RequiredAssurance = RequiredAssurance(AssuranceLevel::High);

/// The longest name of an operator, in characters.
const LONGEST_NAME: usize = 80;

/// One `[[desk.operator]]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OperatorSettings {
    /// The fiscal code that they log in as.
    pub fiscal_code: Redacted<String>,
    /// The name that colleagues know them by.
    pub name: Redacted<String>,
    /// What they may do.
    pub role: DeskRole,
    /// The office where they see people, for whoever works at one.
    pub office: Option<String>,
}

/// Somebody who works at the desk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Operator {
    person: FiscalCode,
    name: Redacted<String>,
    role: DeskRole,
    office: Option<Line<60>>,
}

impl Operator {
    /// Who it is.
    #[must_use]
    pub fn person(&self) -> &FiscalCode {
        &self.person
    }

    /// The name that colleagues know them by.
    #[must_use]
    pub fn name(&self) -> &str {
        self.name.expose()
    }

    /// What they may do.
    #[must_use]
    pub fn role(&self) -> DeskRole {
        self.role
    }

    /// The office where they see people.
    #[must_use]
    pub fn office(&self) -> Option<&Line<60>> {
        self.office.as_ref()
    }
}

/// Everybody who works at the desk.
#[derive(Debug, Clone, Default)]
pub struct Operators(HashMap<FiscalCode, Operator>);

/// What becomes of whoever comes to the desk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Entry {
    /// An operator who has just shown who they are.
    Admitted(OnDuty),
    /// Somebody who must log in first, at this level: nobody is logged in, or an operator is whose login is too weak or
    /// too old.
    LogIn(RequiredAssurance),
    /// Somebody who is no operator.
    Refused,
}

/// An operator with a session at the highest level. Only [`Operators::admit`] makes one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OnDuty {
    operator: Operator,
    session: SessionHandle,
}

impl Operators {
    /// Checks every operator.
    ///
    /// # Errors
    /// Everything that is wrong, with the place of the operator in the list.
    pub fn register(settings: Vec<OperatorSettings>) -> Result<Self, Vec<(usize, String)>> {
        let mut operators = HashMap::new();
        let mut faults = Vec::new();
        for (place, one) in settings.into_iter().enumerate() {
            let name = one.name.expose().trim();
            if name.is_empty()
                || name.chars().count() > LONGEST_NAME
                || name.chars().any(char::is_control)
            {
                faults.push((place, format!("`name` is 1 to {LONGEST_NAME} characters")));
            }
            let is_at_office = one.role == DeskRole::Office;
            let office = one.office.as_deref().map(Line::parse);
            let office = match office.transpose() {
                Ok(office) if office.is_some() == is_at_office => office,
                _ => {
                    let wrong = "`office` is the name of the office, 1 to 60 characters, for the role `office` alone";
                    faults.push((place, wrong.to_owned()));
                    None
                }
            };
            let person = match FiscalCode::parse(one.fiscal_code.expose()) {
                Ok(person) => person,
                Err(error) => {
                    faults.push((place, format!("`fiscal_code`: {error}")));
                    continue;
                }
            };
            let operator = Operator {
                person: person.clone(),
                name: name.to_owned().into(),
                role: one.role,
                office,
            };
            if operators.insert(person, operator).is_some() {
                let twice = "this fiscal code is an operator's already: one person, one role";
                faults.push((place, twice.to_owned()));
            }
        }
        if faults.is_empty() {
            Ok(Self(operators))
        } else {
            Err(faults)
        }
    }

    /// Whether there is a desk at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The operator of a fiscal code, to show who did something. One who left is none any more.
    #[must_use]
    pub fn find(&self, person: &FiscalCode) -> Option<&Operator> {
        self.0.get(person)
    }

    /// What becomes of whoever comes with this session, or without one. Asked again at every request: who has left the
    /// list, or whose login has grown old, does nothing more.
    #[must_use]
    pub fn admit(&self, session: Option<&Session>, now: Timestamp) -> Entry {
        let Some(session) = session else {
            return Entry::LogIn(NEEDED);
        };
        let PersonKey::FiscalCode(person) = &session.person().key else {
            return Entry::Refused;
        };
        let Some(operator) = self.find(person) else {
            return Entry::Refused;
        };
        let earned = session.assurance(Freshness::default(), now);
        if earned.is_some_and(|earned| earned.level.satisfies(NEEDED)) {
            Entry::Admitted(OnDuty {
                operator: operator.clone(),
                session: session.handle().clone(),
            })
        } else {
            Entry::LogIn(NEEDED)
        }
    }
}

impl OnDuty {
    /// Who it is.
    #[must_use]
    pub fn operator(&self) -> &Operator {
        &self.operator
    }

    /// The session that they work in.
    #[must_use]
    pub fn session(&self) -> &SessionHandle {
        &self.session
    }

    /// Leave to do something to a person, for a reason.
    ///
    /// # Errors
    /// [`NotAllowed`] when the role does not do this, or the person is the operator.
    pub fn act(&self, task: Task, person: &FiscalCode, reason: Reason) -> Result<Act, NotAllowed> {
        Act::new(self, task, person, reason)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(fiscal_code: &str, name: &str) -> OperatorSettings {
        OperatorSettings {
            fiscal_code: fiscal_code.to_owned().into(),
            name: name.to_owned().into(),
            role: DeskRole::Office,
            office: Some("Roma Centro".to_owned()),
        }
    }

    #[test]
    fn every_fault_of_the_list_is_told_with_its_place() {
        let faults = Operators::register(vec![
            settings("RSSMRA80A01H501U", "Sportello Uno"),
            settings("RSSMRA80A01H501X", "Sportello Due"),
            settings("rssmra80a01h501u", ""),
        ])
        .unwrap_err();
        let places: Vec<usize> = faults.iter().map(|(place, _)| *place).collect();
        assert_eq!(places, [1, 2, 2]);
        assert!(faults.iter().all(|(_, text)| !text.contains("RSSMRA")));
    }

    #[test]
    fn debug_of_an_operator_shows_neither_name_nor_fiscal_code() {
        let operators =
            Operators::register(vec![settings("RSSMRA80A01H501U", "Maria Sportelli")]).unwrap();
        let shown = format!("{operators:?}");
        assert!(
            !shown.contains("RSSMRA") && !shown.contains("Maria"),
            "{shown}"
        );
    }
}
