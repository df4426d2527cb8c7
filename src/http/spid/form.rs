//! The form fields of the HTTP-POST binding (SAML 2.0 bindings, 3.5.4).

use http::{HeaderMap, header};

/// A posted form. A field that comes twice, or a body of another kind, is no form of the binding.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct SamlForm {
    /// `SAMLRequest`.
    pub(super) request: Option<String>,
    /// `SAMLResponse`.
    pub(super) response: Option<String>,
    /// `RelayState`.
    pub(super) relay_state: Option<String>,
}

impl SamlForm {
    /// Reads a body; `None` when it is no form of the binding. Other fields are left alone.
    pub(super) fn read(headers: &HeaderMap, body: &[u8]) -> Option<Self> {
        let kind = headers.get(header::CONTENT_TYPE)?.to_str().ok()?;
        let kind = kind.split(';').next().unwrap_or_default().trim();
        if !kind.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
            return None;
        }
        let mut form = Self::default();
        for (name, value) in form_urlencoded::parse(body) {
            let field = match name.as_ref() {
                "SAMLRequest" => &mut form.request,
                "SAMLResponse" => &mut form.response,
                "RelayState" => &mut form.relay_state,
                _ => continue,
            };
            if field.replace(value.into_owned()).is_some() {
                return None;
            }
        }
        Some(form)
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn read(kind: &'static str, body: &str) -> Option<SamlForm> {
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
        SamlForm::read(&headers, body.as_bytes())
    }

    const FORM: &str = "application/x-www-form-urlencoded";

    #[test]
    fn the_fields_of_the_binding_are_read_and_others_left_alone() {
        let form = read(FORM, "SAMLResponse=PGE%2B&RelayState=r%20s&other=1").unwrap();
        assert_eq!(form.response.as_deref(), Some("PGE+"));
        assert_eq!(form.relay_state.as_deref(), Some("r s"));
        assert_eq!(form.request, None);
        assert!(read("application/x-www-form-urlencoded; charset=UTF-8", "").is_some());
    }

    #[test]
    fn a_doubled_field_and_another_kind_of_body_are_refused() {
        for body in [
            "SAMLResponse=a&SAMLResponse=b",
            "SAMLResponse=a&RelayState=b&RelayState=b",
            "SAMLResponse=a&SAML%52esponse=b",
        ] {
            assert_eq!(read(FORM, body), None, "{body}");
        }
        for kind in [
            "application/json",
            "text/plain",
            "multipart/form-data; boundary=x",
            "application/x-www-form-urlencoded2",
        ] {
            assert_eq!(read(kind, "SAMLResponse=a"), None, "{kind}");
        }
        assert_eq!(SamlForm::read(&HeaderMap::new(), b"SAMLResponse=a"), None);
    }
}
