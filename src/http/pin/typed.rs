//! What was typed into a form, kept so that nothing of it is lost when the form is shown again.

use http::StatusCode;

use crate::downstream::oidc::{Parameters, ProtocolError};
use crate::http::pages::Refusal;

/// The fields of a form as they were typed, without white space around them.
#[derive(Default)]
pub(in crate::http) struct Typed(Parameters);

impl Typed {
    /// Reads a posted form.
    ///
    /// # Errors
    /// The refusal of a form that is too large, no UTF-8, or has one of its fields twice.
    pub(in crate::http) fn read(
        body: &[u8],
        fields: impl IntoIterator<Item = &'static str>,
    ) -> Result<Self, Refusal> {
        let unusable = |error: ProtocolError| {
            Refusal::new(StatusCode::BAD_REQUEST, "bad-request").because(error.reason)
        };
        let parameters = Parameters::parse(body).map_err(unusable)?;
        for field in fields {
            parameters.one(field).map_err(unusable)?;
        }
        Ok(Self(parameters))
    }

    /// The fields of a form that was read already.
    pub(in crate::http) fn of(form: Parameters) -> Self {
        Self(form)
    }

    /// What was typed into a field; nothing for one that is not there.
    pub(in crate::http) fn get(&self, field: &str) -> &str {
        self.0.all(field).next().unwrap_or_default().trim()
    }
}
