//! Levels as the profiles write them (B7, B9: `acr`).

use crate::identity::AssuranceLevel;

/// The classes of levels 1, 2 and 3, which both profiles share.
const CLASSES: [(AssuranceLevel, &str); 3] = [
    (AssuranceLevel::Low, "https://www.spid.gov.it/SpidL1"),
    (
        AssuranceLevel::Substantial,
        "https://www.spid.gov.it/SpidL2",
    ),
    (AssuranceLevel::High, "https://www.spid.gov.it/SpidL3"),
];

/// The class that asks for a level.
pub(super) fn class_ref(level: AssuranceLevel) -> &'static str {
    match level {
        AssuranceLevel::BelowLow | AssuranceLevel::Low => CLASSES[0].1,
        AssuranceLevel::Substantial => CLASSES[1].1,
        AssuranceLevel::High => CLASSES[2].1,
    }
}

/// The level of a class; `None` for any other text.
#[must_use]
pub fn level_of(class: &str) -> Option<AssuranceLevel> {
    let mut classes = CLASSES.into_iter();
    classes
        .find(|(_, name)| *name == class)
        .map(|(level, _)| level)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_class_reads_back_and_nothing_else_is_a_level() {
        for level in AssuranceLevel::ALL {
            assert_eq!(level_of(class_ref(level)), Some(level));
        }
        for class in [
            "",
            "SpidL2",
            "https://www.spid.gov.it/SpidL4",
            "https://www.spid.gov.it/SpidL2 ",
        ] {
            assert_eq!(level_of(class), None, "{class}");
        }
    }
}
