//! Who works at the desk of the demo's gateway: some of the test people, at least one of each role.

use super::people::{PEOPLE, TestPerson};
use crate::identity::DeskRole;

/// The office where people are seen.
const OFFICE: &str = "Roma Prova";

/// A test person who is an operator, too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TestOperator {
    /// Who it is, by their name at the providers.
    pub username: &'static str,
    /// What they may do.
    pub role: DeskRole,
}

/// Everybody who works at the desk. Two at the office: a conversion takes four eyes. Not among them is Anna, whose ordinary
/// PIN somebody may want to raise: nobody serves themselves.
pub const OPERATORS: [TestOperator; 4] = [
    TestOperator {
        username: "giulia",
        role: DeskRole::Office,
    },
    TestOperator {
        username: "mario",
        role: DeskRole::Office,
    },
    TestOperator {
        username: "luca",
        role: DeskRole::ContactCentre,
    },
    TestOperator {
        username: "carla",
        role: DeskRole::Supervisor,
    },
];

impl TestOperator {
    /// Who it is.
    #[must_use]
    pub fn person(&self) -> Option<&'static TestPerson> {
        PEOPLE
            .iter()
            .find(|person| person.username == self.username)
    }

    /// The office where they see people.
    #[must_use]
    pub fn office(&self) -> Option<&'static str> {
        (self.role == DeskRole::Office).then_some(OFFICE)
    }
}

/// `[[desk.operator]]` of the gateway's configuration.
pub(super) fn configuration() -> String {
    let mut tables = String::new();
    for operator in &OPERATORS {
        let Some(person) = operator.person() else {
            continue;
        };
        tables.push_str(&format!(
            "\n[[desk.operator]]\nfiscal_code = \"{}\"\nname = \"{}\"\nrole = \"{}\"\n",
            person.fiscal_code.unwrap_or_default(),
            person.name(),
            operator.role.name(),
        ));
        if let Some(office) = operator.office() {
            tables.push_str(&format!("office = \"{office}\"\n"));
        }
    }
    tables
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::cns::CARDS;
    use crate::demo::pins::PINS;
    use crate::identity::PinGrade;

    #[test]
    fn every_role_has_somebody_who_can_log_in_at_the_highest_level() {
        for role in DeskRole::ALL {
            assert!(OPERATORS.iter().any(|operator| operator.role == role));
        }
        for operator in &OPERATORS {
            let person = operator.person().unwrap();
            assert!(person.fiscal_code.is_some());
            let good = |card: &&crate::demo::cns::TestCard| card.flaw.is_none();
            let mut cards = CARDS.iter().filter(good);
            assert!(cards.any(|card| card.holder == operator.username));
        }
    }

    #[test]
    fn who_has_a_pin_to_raise_finds_two_others_to_decide_about_it() {
        let ordinary = PINS.iter().filter(|pin| pin.grade == PinGrade::Ordinary);
        for pin in ordinary {
            let others = OPERATORS.iter().filter(|operator| {
                operator.username != pin.username
                    && crate::desk::Task::DecideConversion.is_for(operator.role)
            });
            assert!(others.count() >= 2, "{}", pin.username);
        }
    }
}
