//! What callers are told.

use serde_json::{Map, Value, json};

use crate::policy::{Decision, RuleTrace};

/// The answer to one evaluation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    is_permit: bool,
    context: Map<String, Value>,
}

impl Answer {
    /// A denial of what there is not, with the reason code.
    pub(super) fn unknown(reason: &str) -> Self {
        let mut context = Map::new();
        context.insert("decision".to_owned(), json!("deny"));
        context.insert("reason".to_owned(), json!(reason));
        Self {
            is_permit: false,
            context,
        }
    }

    /// What policy says, and why. A provisional permit is a permit only to callers that know it (`takes_provisional`).
    pub(super) fn of(decision: &Decision, takes_provisional: bool) -> Self {
        let mut context = Map::new();
        context.insert("decision".to_owned(), json!(decision.name()));
        match decision {
            Decision::Deny { reason, .. } => {
                context.insert("reason".to_owned(), json!(reason.code()));
            }
            Decision::StepUp { to, methods, .. } => {
                let methods: Vec<&str> = methods.iter().map(|method| method.name()).collect();
                let step_up = json!({ "level": to.0.name(), "methods": methods });
                context.insert("step_up".to_owned(), step_up);
            }
            Decision::Permit { .. } | Decision::Provisional { .. } => {}
        }
        let rules: Vec<Value> = decision.explanation().iter().map(rule).collect();
        context.insert("rules".to_owned(), Value::Array(rules));
        let is_provisional = matches!(decision, Decision::Provisional { .. });
        Self {
            is_permit: decision.is_permit() || (takes_provisional && is_provisional),
            context,
        }
    }

    /// Adds the ticket of a provisional request, which the caller's application shows for its receipt.
    pub fn add_ticket(&mut self, ticket: String) {
        self.context
            .insert("ticket".to_owned(), Value::String(ticket));
    }

    /// Whether the caller may let the request pass.
    #[must_use]
    pub fn is_permit(&self) -> bool {
        self.is_permit
    }

    /// The answer on the wire (1.0, Access Evaluation API Response).
    #[must_use]
    pub fn to_json(&self) -> Value {
        json!({ "decision": self.is_permit, "context": self.context })
    }
}

fn rule(trace: &RuleTrace) -> Value {
    let mut rule = json!({ "rule": trace.rule.name(), "outcome": trace.outcome.name() });
    let detail = trace.detail.to_string();
    if let (Some(rule), false) = (rule.as_object_mut(), detail.is_empty()) {
        rule.insert("detail".to_owned(), Value::String(detail));
    }
    rule
}
