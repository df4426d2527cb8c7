//! Why a policy ends a chain.

/// What is wrong with a policy, or with metadata under it. Names operators, never what a stranger wrote.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PolicyRefusal {
    /// Not an object of entity types, of parameters, of operators (6.1.2).
    #[error("the metadata policy is not an object of three levels")]
    Form,
    /// An operator's value is not of its kind (6.1.3.1).
    #[error("the value of `{0}` is not of its kind")]
    OperatorValue(&'static str),
    /// An operator that must be understood is not (`metadata_policy_crit`, 6.1.3.2).
    #[error("an operator is critical and not known")]
    Critical,
    /// Two operators of one parameter exclude one another, of one policy or after a merge (6.1.3.1).
    #[error("`{0}` and `{1}` must not stand together as they are")]
    Combination(&'static str, &'static str),
    /// Two superiors contradict one another (6.1.4.1).
    #[error("two superiors contradict one another by `{0}`")]
    Merge(&'static str),
    /// The metadata parameter is of a kind that the operator cannot work on (6.1.3).
    #[error("the metadata parameter is not of the kind that `{0}` works on")]
    Parameter(&'static str),
    /// The metadata parameter is not one of those allowed (`one_of`), lacks some that it must have (`superset_of`), or is
    /// missing (`essential`).
    #[error("the metadata do not comply with `{0}`")]
    NotMet(&'static str),
}

impl PolicyRefusal {
    /// The reason code.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Form => "policy-form",
            Self::OperatorValue(_) => "policy-operator-value",
            Self::Critical => "policy-critical",
            Self::Combination(..) => "policy-combination",
            Self::Merge(_) => "policy-merge",
            Self::Parameter(_) => "policy-parameter",
            Self::NotMet("essential") => "policy-essential",
            Self::NotMet(_) => "policy-not-met",
        }
    }
}
