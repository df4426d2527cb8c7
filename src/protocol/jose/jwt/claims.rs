//! The registered claims in their legal forms (RFC 7519, 4.1).

use serde_json::Value;

use super::VerifiedJwt;

impl VerifiedJwt {
    /// A claim of text; `None` when it is missing or something else.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<&str> {
        self.claims.get(name).and_then(Value::as_str)
    }

    /// A claim of time as whole seconds since 1970 UTC (RFC 7519, `NumericDate`); fractions are cut off.
    #[must_use]
    pub fn time(&self, name: &str) -> Option<i64> {
        /// The end of the year 9999: later times are mistakes.
        const LATEST: f64 = 253_402_300_799.0;
        let value = self.claims.get(name)?;
        value.as_i64().or_else(|| {
            let seconds = value.as_f64()?;
            #[expect(
                clippy::cast_possible_truncation,
                reason = "within range, and the fraction is meant to go"
            )]
            (0.0..=LATEST).contains(&seconds).then_some(seconds as i64)
        })
    }

    /// Whether the claim is there, of whatever form.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.claims.contains_key(name)
    }

    /// The audiences: one text, or an array of texts; `None` for any other form.
    #[must_use]
    pub fn audiences(&self) -> Option<Vec<&str>> {
        match self.claims.get("aud")? {
            Value::String(one) => Some(vec![one]),
            Value::Array(many) => many.iter().map(Value::as_str).collect(),
            _ => None,
        }
    }
}
