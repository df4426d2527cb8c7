//! Fetching what entities publish.

use http::StatusCode;
use url::Url;

use super::failure::Failure;
use crate::fetch::{Answer, Ask, Clients, FetchError, Rules};
use crate::protocol::federation::{EntityId, FederationRefusal};

/// Statements come under their own type; what is signed carries its type within too.
const STATEMENT: &[&str] = &["application/entity-statement+jwt", "application/jose"];
const LIST: &[&str] = &["application/json"];
const STATUS: &[&str] = &[
    "application/json",
    "application/trust-mark-status-response+jwt",
];
const FORM: &str = "application/x-www-form-urlencoded";

/// Asks servers as they are found: one client for each origin, all by the same rules.
pub(super) struct Courier(Clients);

impl Courier {
    pub(super) fn new(rules: Rules) -> Self {
        Self(Clients::new(rules))
    }

    /// An entity's configuration.
    pub(super) async fn configuration(&self, id: &EntityId) -> Result<String, Failure> {
        self.statement(&id.configuration_address()?).await
    }

    /// What a superior says of an entity.
    pub(super) async fn about(
        &self,
        endpoint: Option<&str>,
        subject: &EntityId,
    ) -> Result<String, Failure> {
        let mut url = address(endpoint, "federation_fetch_endpoint")?;
        url.query_pairs_mut().append_pair("sub", subject.as_str());
        match self.statement(&url).await {
            Err(Failure::NoAnswer(FetchError::Status(status))) if status.is_client_error() => {
                Err(Failure::NotVouchedFor)
            }
            answer => answer,
        }
    }

    /// The providers that an anchor lists; what is no name is passed over.
    pub(super) async fn providers(&self, endpoint: Option<&str>) -> Result<Vec<EntityId>, Failure> {
        let mut url = address(endpoint, "federation_list_endpoint")?;
        url.query_pairs_mut()
            .append_pair("entity_type", "openid_provider");
        let body = self.whole(Ask::get(&url, LIST)).await?;
        let names: Vec<String> =
            serde_json::from_slice(&body).map_err(|_| FederationRefusal::Form("list"))?;
        Ok(names
            .iter()
            .filter_map(|name| EntityId::parse(name).ok())
            .collect())
    }

    /// What the issuer of a mark says of it, asked with these fields.
    pub(super) async fn mark_status(
        &self,
        endpoint: Option<&str>,
        fields: &[(&str, &str)],
    ) -> Result<Vec<u8>, Failure> {
        let url = address(endpoint, "federation_trust_mark_status_endpoint")?;
        let form = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(fields)
            .finish();
        match self
            .whole(Ask::post(&url, FORM, form.into_bytes(), STATUS))
            .await
        {
            // It knows of no such mark.
            Err(Failure::NoAnswer(FetchError::Status(StatusCode::NOT_FOUND))) => {
                Err(FederationRefusal::MarkRevoked.into())
            }
            answer => answer,
        }
    }

    async fn statement(&self, url: &Url) -> Result<String, Failure> {
        let body = self.whole(Ask::get(url, STATEMENT)).await?;
        let text = String::from_utf8(body).map_err(|_| FetchError::WrongKind)?;
        Ok(text.trim().to_owned())
    }

    async fn whole(&self, ask: Ask<'_>) -> Result<Vec<u8>, Failure> {
        let client = self.0.reaching(ask.url()).map_err(|error| {
            tracing::error!(%error, "federation-fetch-impossible");
            FetchError::NotAllowed
        })?;
        match client.send(ask).await? {
            Answer::Whole { body, .. } => Ok(body),
            // Nothing was asked with a condition.
            Answer::NotModified => Err(FetchError::Broken.into()),
        }
    }
}

/// An endpoint that an entity names.
fn address(endpoint: Option<&str>, name: &'static str) -> Result<Url, Failure> {
    let url = endpoint.and_then(|endpoint| Url::parse(endpoint).ok());
    let url = url.filter(|url| url.fragment().is_none());
    Ok(url.ok_or(FederationRefusal::Form(name))?)
}
