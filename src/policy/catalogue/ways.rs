//! The dated rules of the ways in: which is open to whom, from what day to what day.

use std::ops::Range;

use chrono::NaiveDate;
use toml::Spanned;
use toml::value::Datetime;

use super::Errors;
use super::grammar::RawMethod;
use crate::identity::{AuthenticationMethod, Categories, Methods, Timestamp, midnight_in_italy};

/// Which way in is open to whom, and when. What no rule opens is closed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct WaysIn(Vec<WayIn>);

/// One dated rule.
#[derive(Debug, Clone, PartialEq, Eq)]
struct WayIn {
    method: AuthenticationMethod,
    categories: Categories,
    /// The first moment; `None` since ever.
    from: Option<Timestamp>,
    /// The first moment after it; `None` for ever.
    end: Option<Timestamp>,
}

impl WayIn {
    fn is_open(&self, now: Timestamp) -> bool {
        self.from.is_none_or(|from| from <= now) && self.end.is_none_or(|end| now < end)
    }

    /// Whether there is a moment at which both rules are open.
    fn meets(&self, other: &Self) -> bool {
        let before = |one: &Self, other: &Self| match (one.end, other.from) {
            (Some(end), Some(from)) => end <= from,
            _ => false,
        };
        !before(self, other) && !before(other, self)
    }
}

impl WaysIn {
    /// The ways in that are open at `now` to at least one of these categories.
    pub(super) fn open_to(&self, categories: Categories, now: Timestamp) -> Methods {
        self.0
            .iter()
            .filter(|way| way.categories.intersects(categories) && way.is_open(now))
            .map(|way| way.method)
            .collect()
    }

    /// The ways in that are open to at least one of these categories at some time or other.
    pub(super) fn ever_open_to(&self, categories: Categories) -> Methods {
        self.0
            .iter()
            .filter(|way| way.categories.intersects(categories))
            .map(|way| way.method)
            .collect()
    }

    /// How many of the dates at which a rule begins or ends have passed at `now`.
    pub(super) fn dates_passed(&self, now: Timestamp) -> usize {
        let dates = self.0.iter().flat_map(|way| [way.from, way.end]);
        dates.flatten().filter(|date| *date <= now).count()
    }

    /// Reads the rules, and notes what is wrong in them.
    pub(super) fn build(raw: Vec<RawMethod>, errors: &mut Errors<'_>) -> Self {
        let mut ways: Vec<WayIn> = Vec::with_capacity(raw.len());
        for raw in raw {
            let method_span = raw.method.span();
            let method = *raw.method.get_ref();
            let listed = raw.categories.get_ref();
            let categories: Categories = listed.iter().copied().collect();
            if listed.is_empty() {
                errors.at(
                    &raw.categories.span(),
                    format!("`{method}` is open to nobody here: the rule is dead"),
                );
            }
            if listed.len() != categories.iter().count() {
                errors.at(
                    &raw.categories.span(),
                    format!("`{method}` lists a category twice"),
                );
            }
            let from = raw.from.as_ref().and_then(|from| day(from, errors));
            let until = raw.until.as_ref().and_then(|until| day(until, errors));
            if let (Some((from, _)), Some((until, span))) = (&from, &until)
                && until < from
            {
                errors.at(
                    span,
                    format!("`{method}` ends before it begins: the rule is dead"),
                );
                continue;
            }
            let way = WayIn {
                method,
                categories,
                from: from.map(|(day, _)| midnight_in_italy(day)),
                end: until
                    .and_then(|(last, _)| last.succ_opt())
                    .map(midnight_in_italy),
            };
            for other in ways.iter().filter(|other| other.method == method) {
                let both = other.categories.and(way.categories);
                if !both.is_empty() && other.meets(&way) {
                    errors.at(
                        &method_span,
                        format!("two rules open `{method}` to {both} at the same time"),
                    );
                }
            }
            ways.push(way);
        }
        Self(ways)
    }
}

/// A day without a time: dates here are days in Italy.
fn day(value: &Spanned<Datetime>, errors: &mut Errors<'_>) -> Option<(NaiveDate, Range<usize>)> {
    let span = value.span();
    let datetime = value.get_ref();
    let day = match (datetime.date, datetime.time, datetime.offset) {
        (Some(date), None, None) => NaiveDate::from_ymd_opt(
            i32::from(date.year),
            u32::from(date.month),
            u32::from(date.day),
        ),
        _ => None,
    };
    if day.is_none() {
        errors.at(&span, "write a day of the calendar, as in 2016-03-15");
    }
    day.map(|day| (day, span))
}
