//! Test identity providers: metadata, login pages and signed answers as SPID wants them of a real one, and CIE of the
//! Ministry.
//!
//! In: requests of service providers whose metadata were handed over. Out: responses, right ones for people who log in and
//! any row of the table of anomalies on demand; [`ResponseMaker`] makes wrong ones for tests. They verify what they are
//! sent as strictly as a real provider, so a gateway that signs badly is found out here. May use everything below.

pub mod anomaly;
pub mod logout;
mod metadata;
mod pages;
pub mod request;
pub mod response;
pub mod service;
pub mod service_provider;

use std::sync::Arc;

use chrono::Duration;
use url::Url;

use self::anomaly::Anomaly;
use self::request::AuthnRequest;
use self::response::{
    AssertionPart, ConditionsPart, ConfirmationPart, IssuerPart, ResponseMaker, StatementPart,
    StatusPart, SubjectPart,
};
use super::DemoError;
use super::ca::key_certificate;
use super::folder::DataFolder;
use super::people::TestPerson;
use super::providers::{TestFederation, TestProvider};
use crate::crypto::{KeyKind, Random, SignatureAlgorithm, Signer};
use crate::identity::Timestamp;
use crate::protocol::saml::instant::format_instant;
use crate::protocol::saml::names;
use crate::protocol::saml::outgoing::SamlKey;
use crate::protocol::xml::SignError;

/// How long an answer may be used (SPID technical rules, Response).
const ANSWER_LIFE: Duration = Duration::minutes(5);

/// One test provider with its addresses and its key.
#[derive(Clone)]
pub struct TestIdp {
    /// Which of the nine, or the Ministry.
    pub provider: TestProvider,
    base: Url,
    key: SamlKey,
}

/// What a person agreed to tell.
pub struct Consent<'a> {
    /// Who logged in.
    pub person: &'a TestPerson,
    /// The level that the login had, 1 to 3.
    pub level: u8,
    /// The provider's own session, where one was begun; single logout needs it.
    pub session_index: Option<String>,
    /// The transient name for the person.
    pub name_id: String,
}

impl TestIdp {
    /// A provider at `base`, an address that ends in a slash. `certificate` (DER) carries the signer's key.
    #[must_use]
    pub fn new(
        provider: TestProvider,
        base: Url,
        signer: Arc<dyn Signer>,
        certificate: Vec<u8>,
    ) -> Self {
        Self {
            provider,
            base,
            key: SamlKey {
                signer,
                certificate,
                also_published: Vec::new(),
            },
        }
    }

    /// A provider with the key that it had at the first start, which is in `folder`, under the address of all of them.
    pub(super) fn open(
        folder: &DataFolder,
        base: &str,
        provider: TestProvider,
        now: Timestamp,
    ) -> Result<Self, DemoError> {
        let slug = provider.slug;
        let key = folder.key(&format!("{slug}.key.pem"), KeyKind::Rsa(2048))?;
        let certificate = key_certificate(&provider.test_name(), &key, now)?;
        let address = format!("{base}/{slug}/");
        let base = Url::parse(&address).map_err(|_| DemoError::Address(address))?;
        Ok(Self::new(
            provider,
            base,
            Arc::new(key),
            certificate.to_vec(),
        ))
    }

    /// The entity id.
    #[must_use]
    pub fn entity_id(&self) -> &str {
        self.base.as_str().trim_end_matches('/')
    }

    /// Where requests for a login come.
    #[must_use]
    pub fn sso(&self) -> String {
        format!("{}/sso", self.entity_id())
    }

    /// Where logout messages come.
    #[must_use]
    pub fn slo(&self) -> String {
        format!("{}/slo", self.entity_id())
    }

    /// What its messages are signed with.
    #[must_use]
    pub fn signer(&self) -> &dyn Signer {
        self.key.signer.as_ref()
    }

    /// The certificate in its metadata, in DER.
    #[must_use]
    pub fn certificate(&self) -> &[u8] {
        &self.key.certificate
    }

    /// The metadata for service providers.
    #[must_use]
    pub fn metadata(&self) -> String {
        metadata::write(self)
    }

    /// Writes and signs a response with this provider's key.
    ///
    /// # Errors
    /// [`SignError`] as [`ResponseMaker::write`].
    pub fn sign(&self, response: &ResponseMaker) -> Result<String, SignError> {
        response.write(self.signer(), self.certificate())
    }

    /// The answer to a request after a login, every part of it right (SPID technical rules, Response).
    #[must_use]
    pub fn success(
        &self,
        request: &AuthnRequest,
        audience: &str,
        consent: &Consent<'_>,
        now: Timestamp,
        random: &dyn Random,
    ) -> ResponseMaker {
        let end = format_instant(now + ANSWER_LIFE);
        let now_text = format_instant(now);
        let attributes = self.released(request, consent.person);
        let assertion = AssertionPart {
            id: Some(random.xml_id()),
            version: Some(names::VERSION.to_owned()),
            issue_instant: Some(now_text.clone()),
            issuer: Some(self.issuer()),
            subject: Some(SubjectPart {
                name_id: Some(consent.name_id.clone()),
                format: Some(names::TRANSIENT.to_owned()),
                name_qualifier: Some(self.entity_id().to_owned()),
                confirmation: Some(ConfirmationPart {
                    method: Some(names::BEARER.to_owned()),
                    with_data: true,
                    recipient: Some(request.consumer.clone()),
                    in_response_to: Some(request.id.clone()),
                    not_on_or_after: Some(end.clone()),
                }),
            }),
            conditions: Some(ConditionsPart {
                not_before: Some(now_text.clone()),
                not_on_or_after: Some(end),
                audiences: vec![vec![audience.to_owned()]],
            }),
            statement: Some(StatementPart {
                instant: Some(now_text),
                session_index: consent.session_index.clone(),
                with_context: true,
                class_ref: names::spid_class(consent.level).map(str::to_owned),
            }),
            attributes: Some(attributes),
        };
        let status = StatusPart {
            code: Some(names::SUCCESS.to_owned()),
            second: None,
            message: None,
        };
        ResponseMaker {
            assertion: Some(assertion),
            sign_assertion: true,
            ..self.answer(Some(&request.id), &request.consumer, status, now, random)
        }
    }

    /// The answer that nobody logged in, and why.
    #[must_use]
    pub fn refusal(
        &self,
        in_response_to: Option<&str>,
        consumer: &str,
        anomaly: &Anomaly,
        now: Timestamp,
        random: &dyn Random,
    ) -> ResponseMaker {
        self.answer(in_response_to, consumer, anomaly.status(), now, random)
    }

    /// The attributes that a request asks for and a person has. Those of the company go with a professional identity
    /// only.
    #[must_use]
    pub fn released(
        &self,
        request: &AuthnRequest,
        person: &TestPerson,
    ) -> Vec<(String, Option<String>)> {
        request
            .attributes
            .iter()
            .filter_map(|name| {
                let value = person.attribute(name, &self.provider)?;
                let of_company = ["company", "iva", "registeredOffice"]
                    .iter()
                    .any(|start| name.starts_with(start));
                (request.purpose.is_some() || !of_company).then(|| (name.clone(), Some(value)))
            })
            .collect()
    }

    fn answer(
        &self,
        in_response_to: Option<&str>,
        consumer: &str,
        status: StatusPart,
        now: Timestamp,
        random: &dyn Random,
    ) -> ResponseMaker {
        ResponseMaker {
            id: Some(random.xml_id()),
            version: Some(names::VERSION.to_owned()),
            issue_instant: Some(format_instant(now)),
            in_response_to: in_response_to.map(str::to_owned),
            destination: Some(consumer.to_owned()),
            issuer: Some(IssuerPart {
                // CIE leaves it out (CIE SAML manual, authentication response, note).
                format: (self.provider.federation == TestFederation::Spid)
                    .then(|| names::ENTITY.to_owned()),
                ..self.issuer()
            }),
            status: Some(status),
            assertion: None,
            sign_response: true,
            sign_assertion: false,
            algorithm: SignatureAlgorithm::RsaSha256,
            encryption: None,
        }
    }

    fn issuer(&self) -> IssuerPart {
        IssuerPart {
            name: self.entity_id().to_owned(),
            format: Some(names::ENTITY.to_owned()),
        }
    }
}

#[cfg(test)]
mod tests;
