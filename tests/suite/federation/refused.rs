//! Chains that break a rule (rules on CIE, B13), one row a misbehaviour, judged by us and by the peer. It checks less than we
//! do: what it accepts and we refuse is marked.

mod marks;
mod statements;
mod superiors;

use varco::protocol::federation::FederationRefusal;

use super::chains::{asked, judge, now};
use super::judged;
use crate::support::federation::Federation;

/// What the peer thinks of the same, of which it checks less.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Peer {
    Refuses,
    Accepts,
}

pub struct Row {
    pub what: &'static str,
    pub code: &'static str,
    peer: Peer,
    pub change: fn(&mut Federation),
}

fn row(what: &'static str, code: &'static str, peer: Peer, change: fn(&mut Federation)) -> Row {
    Row {
        what,
        code,
        peer,
        change,
    }
}

/// All, each with the federation that it is about before it breaks a rule.
pub fn all(now: i64) -> impl Iterator<Item = (Federation, Row)> {
    let flat = statements::rows()
        .into_iter()
        .chain(superiors::rows())
        .chain(marks::rows())
        .map(move |row| (Federation::flat(now), row));
    let deep = superiors::deep_rows()
        .into_iter()
        .map(move |row| (Federation::deep(now), row));
    flat.chain(deep)
}

#[test]
fn what_breaks_a_rule_is_refused_with_its_reason() {
    let now = now();
    let rows: Vec<(Federation, Row)> = all(now)
        .map(|(mut federation, row)| {
            (row.change)(&mut federation);
            (federation, row)
        })
        .collect();
    let cases = rows
        .iter()
        .map(|(federation, _)| asked(federation))
        .collect();
    let verdicts = judged("chain.mjs", &cases);
    let mut wrong = Vec::new();
    for ((federation, row), verdict) in rows.iter().zip(verdicts) {
        let code = judge(&federation.chain(), now)
            .err()
            .map(FederationRefusal::code);
        let peer = match verdict.get("metadata") {
            Some(_) => Peer::Accepts,
            None => Peer::Refuses,
        };
        if code != Some(row.code) || peer != row.peer {
            wrong.push(format!(
                "{}: {code:?}, the peer {peer:?}: {verdict}",
                row.what
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(rows.len(), 82);
}
