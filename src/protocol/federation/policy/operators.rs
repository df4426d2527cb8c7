//! The seven standard operators on one parameter (OpenID Federation 1.0, section 6.1.3.1).

use serde_json::{Map, Value, json};

use super::PolicyRefusal;

/// The most values that an operator or a parameter under one may list: sets are compared each with each.
const MOST_VALUES: usize = 512;

/// The one parameter that is a text of values with spaces between, and a set to every operator (6.1.3.1.8).
const SCOPE: &str = "scope";

/// What may be done with one parameter. Arrays are sets, in the order they came.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ParameterPolicy {
    /// The parameter becomes this; `null` takes it away.
    value: Option<Value>,
    /// These are put in where they are missing.
    add: Option<Vec<Value>>,
    /// The parameter becomes this where it is missing.
    default: Option<Value>,
    /// The parameter is one of these.
    one_of: Option<Vec<Value>>,
    /// Of the parameter's values only these remain.
    subset_of: Option<Vec<Value>>,
    /// The parameter has all of these.
    superset_of: Option<Vec<Value>>,
    /// Whether the parameter must be there.
    essential: Option<bool>,
}

impl ParameterPolicy {
    pub(super) fn read(
        parameter: &str,
        operators: &Map<String, Value>,
        critical: &[String],
    ) -> Result<Self, PolicyRefusal> {
        let mut policy = Self::default();
        for (operator, value) in operators {
            match operator.as_str() {
                "value" => policy.value = Some(as_set(parameter, value.clone())),
                "default" if value.is_null() => {
                    return Err(PolicyRefusal::OperatorValue("default"));
                }
                "default" => policy.default = Some(as_set(parameter, value.clone())),
                "add" => policy.add = Some(values("add", value)?),
                "one_of" => policy.one_of = Some(values("one_of", value)?),
                "subset_of" => policy.subset_of = Some(values("subset_of", value)?),
                "superset_of" => policy.superset_of = Some(values("superset_of", value)?),
                "essential" => {
                    let refusal = PolicyRefusal::OperatorValue("essential");
                    policy.essential = Some(value.as_bool().ok_or(refusal)?);
                }
                other if critical.iter().any(|name| name == other) => {
                    return Err(PolicyRefusal::Critical);
                }
                _ => {}
            }
        }
        policy.check_combinations(parameter)?;
        Ok(policy)
    }

    /// Both policies, the superior's and the subordinate's, as one.
    pub(super) fn merge(self, parameter: &str, subordinate: Self) -> Result<Self, PolicyRefusal> {
        let merged = Self {
            value: equal("value", self.value, subordinate.value)?,
            add: both(self.add, subordinate.add, |superior, other| {
                bounded_union("add", superior, other)
            })?,
            default: equal("default", self.default, subordinate.default)?,
            one_of: both(self.one_of, subordinate.one_of, |superior, subordinate| {
                let common = intersection(superior, &subordinate);
                if common.is_empty() {
                    return Err(PolicyRefusal::Merge("one_of"));
                }
                Ok(common)
            })?,
            subset_of: both(self.subset_of, subordinate.subset_of, |superior, other| {
                Ok(intersection(superior, &other))
            })?,
            superset_of: both(
                self.superset_of,
                subordinate.superset_of,
                |superior, other| bounded_union("superset_of", superior, other),
            )?,
            essential: both(self.essential, subordinate.essential, |superior, other| {
                Ok(superior || other)
            })?,
        };
        merged.check_combinations(parameter)?;
        Ok(merged)
    }

    /// What each operator says may stand with it, and on which condition.
    fn check_combinations(&self, parameter: &str) -> Result<(), PolicyRefusal> {
        let must = |holds: bool, one, other| {
            if holds {
                Ok(())
            } else {
                Err(PolicyRefusal::Combination(one, other))
            }
        };
        let (add, one_of) = (self.add.as_deref(), self.one_of.as_deref());
        let (subset, superset) = (self.subset_of.as_deref(), self.superset_of.as_deref());
        if let Some(value) = &self.value {
            let listed = value.as_array().map(Vec::as_slice);
            // `null` and single values have no values to compare.
            let within = |small: Option<&[Value]>, large: Option<&[Value]>| {
                small
                    .zip(large)
                    .is_some_and(|(small, large)| is_subset(small, large))
            };
            must(add.is_none() || within(add, listed), "value", "add")?;
            must(
                self.default.is_none() || !value.is_null(),
                "value",
                "default",
            )?;
            must(
                one_of.is_none_or(|list| list.contains(&as_text(parameter, value.clone()))),
                "value",
                "one_of",
            )?;
            must(
                subset.is_none() || within(listed, subset),
                "value",
                "subset_of",
            )?;
            must(
                superset.is_none() || within(superset, listed),
                "value",
                "superset_of",
            )?;
            must(
                self.essential != Some(true) || !value.is_null(),
                "value",
                "essential",
            )?;
        }
        must(add.is_none() || one_of.is_none(), "add", "one_of")?;
        must(one_of.is_none() || subset.is_none(), "one_of", "subset_of")?;
        must(
            one_of.is_none() || superset.is_none(),
            "one_of",
            "superset_of",
        )?;
        if let Some(subset) = subset {
            must(
                is_subset(add.unwrap_or_default(), subset),
                "add",
                "subset_of",
            )?;
            must(
                is_subset(superset.unwrap_or_default(), subset),
                "subset_of",
                "superset_of",
            )?;
        }
        Ok(())
    }

    /// Applies the operators in their order: what changes first, then what checks, `essential` last.
    pub(super) fn apply(
        &self,
        name: &str,
        parameter: Option<Value>,
    ) -> Result<Option<Value>, PolicyRefusal> {
        let mut parameter = parameter.map(|value| as_set(name, value));
        if let Some(value) = &self.value {
            parameter = Some(value.clone()).filter(|value| !value.is_null());
        }
        if let Some(add) = &self.add {
            let present = match parameter {
                None => Vec::new(),
                Some(present) => list("add", present)?,
            };
            parameter = Some(Value::Array(union(present, add.clone())));
        }
        parameter = parameter.or_else(|| self.default.clone());
        if let (Some(one_of), Some(present)) = (&self.one_of, &parameter) {
            let alone = as_text(name, present.clone());
            if !one_of.contains(&alone) {
                return Err(PolicyRefusal::NotMet("one_of"));
            }
        }
        if let Some(subset) = &self.subset_of {
            parameter = match parameter {
                None => None,
                Some(present) => Some(Value::Array(intersection(
                    list("subset_of", present)?,
                    subset,
                ))),
            };
        }
        if let (Some(superset), Some(present)) = (&self.superset_of, &parameter) {
            let present = list("superset_of", present.clone())?;
            if !is_subset(superset, &present) {
                return Err(PolicyRefusal::NotMet("superset_of"));
            }
        }
        if self.essential == Some(true) && parameter.is_none() {
            return Err(PolicyRefusal::NotMet("essential"));
        }
        Ok(parameter.map(|value| as_text(name, value)))
    }

    pub(super) fn to_json(&self) -> Value {
        let operators = [
            ("value", self.value.clone()),
            ("add", self.add.clone().map(Value::Array)),
            ("default", self.default.clone()),
            ("one_of", self.one_of.clone().map(Value::Array)),
            ("subset_of", self.subset_of.clone().map(Value::Array)),
            ("superset_of", self.superset_of.clone().map(Value::Array)),
            (
                "essential",
                self.essential.map(|essential| json!(essential)),
            ),
        ];
        let present = operators
            .into_iter()
            .filter_map(|(name, value)| Some((name.to_owned(), value?)));
        Value::Object(present.collect())
    }
}

/// A `scope` of several values as the set that it is; anything else stays.
fn as_set(parameter: &str, value: Value) -> Value {
    match value {
        Value::String(text) if parameter == SCOPE => {
            text.split_ascii_whitespace().map(Value::from).collect()
        }
        other => other,
    }
}

/// A set that is a `scope` as the text that it is written as; anything else stays.
fn as_text(parameter: &str, value: Value) -> Value {
    match value {
        Value::Array(values) if parameter == SCOPE => {
            let texts: Option<Vec<&str>> = values.iter().map(Value::as_str).collect();
            match texts {
                Some(texts) => texts.join(" ").into(),
                None => Value::Array(values),
            }
        }
        other => other,
    }
}

/// The values of an operator that lists: texts, numbers or objects.
fn values(operator: &'static str, value: &Value) -> Result<Vec<Value>, PolicyRefusal> {
    let refusal = PolicyRefusal::OperatorValue(operator);
    let values = value.as_array().ok_or(refusal)?;
    let comparable = |value: &Value| value.is_string() || value.is_number() || value.is_object();
    if values.len() > MOST_VALUES || !values.iter().all(comparable) {
        return Err(refusal);
    }
    Ok(union(Vec::new(), values.clone()))
}

/// The values of a parameter that an operator on sets works on.
fn list(operator: &'static str, value: Value) -> Result<Vec<Value>, PolicyRefusal> {
    match value {
        Value::Array(values) if values.len() <= MOST_VALUES => Ok(values),
        _ => Err(PolicyRefusal::Parameter(operator)),
    }
}

fn is_subset(small: &[Value], large: &[Value]) -> bool {
    small.iter().all(|value| large.contains(value))
}

/// The first and whatever the second has more; the same value once.
fn union(mut first: Vec<Value>, second: Vec<Value>) -> Vec<Value> {
    for value in second {
        if !first.contains(&value) {
            first.push(value);
        }
    }
    first
}

/// What two superiors list together, no more than one may.
fn bounded_union(
    operator: &'static str,
    first: Vec<Value>,
    second: Vec<Value>,
) -> Result<Vec<Value>, PolicyRefusal> {
    let together = union(first, second);
    if together.len() > MOST_VALUES {
        return Err(PolicyRefusal::Merge(operator));
    }
    Ok(together)
}

fn intersection(mut first: Vec<Value>, second: &[Value]) -> Vec<Value> {
    first.retain(|value| second.contains(value));
    first
}

/// The one that is there, or both merged.
fn both<T>(
    superior: Option<T>,
    subordinate: Option<T>,
    merge: impl FnOnce(T, T) -> Result<T, PolicyRefusal>,
) -> Result<Option<T>, PolicyRefusal> {
    match (superior, subordinate) {
        (Some(superior), Some(subordinate)) => merge(superior, subordinate).map(Some),
        (superior, subordinate) => Ok(superior.or(subordinate)),
    }
}

fn equal(
    operator: &'static str,
    superior: Option<Value>,
    subordinate: Option<Value>,
) -> Result<Option<Value>, PolicyRefusal> {
    both(superior, subordinate, |superior, subordinate| {
        if superior == subordinate {
            Ok(superior)
        } else {
            Err(PolicyRefusal::Merge(operator))
        }
    })
}
