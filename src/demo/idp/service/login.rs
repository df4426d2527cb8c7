//! A login at a test provider, step by step: password, consent, answer.

use http::StatusCode;

use super::sessions::set_session_cookie;
use super::{Answer, Fields, IdpService, IdpSession, Login, Stop};
use crate::crypto::Oaep;
use crate::demo::idp::anomaly::Anomaly;
use crate::demo::idp::request::AuthnRequest;
use crate::demo::idp::response::{EncryptionPart, ResponseMaker};
use crate::demo::idp::{Consent, TestIdp, pages};
use crate::demo::page::send;
use crate::demo::people::{PEOPLE, TestPerson};
use crate::demo::providers::TestFederation;
use crate::protocol::saml::post::encode_post;
use crate::protocol::xml::ContentEncryption;

/// How many wrong passwords end a login at a SPID provider, with anomaly 19. CIE has no such error.
const TRIES: u8 = 3;

impl IdpService {
    pub(super) async fn log_in(&self, slug: &str, fields: &Fields) -> Answer {
        let idp = self.idp(slug)?;
        let (id, mut login) = self.taken_login(slug, fields).await?;
        let field = |name: &str| fields.get(name).map(String::as_str).unwrap_or_default();
        let chosen = match (field("say"), field("outcome")) {
            ("cancel", _) => Some(25),
            (_, "") => None,
            // Anomaly 0 is in no table: what is no number is refused with it.
            (_, number) => Some(number.parse().unwrap_or(0)),
        };
        let refuse = |anomaly| self.refuse_login(idp, anomaly, &login.request);
        if let Some(anomaly) = chosen {
            return refuse(anomaly);
        }
        let Some(person) = TestPerson::find(field("username"), field("password")) else {
            login.wrong_passwords += 1;
            let is_spid = idp.provider.federation == TestFederation::Spid;
            if is_spid && login.wrong_passwords >= TRIES {
                return self.refuse_login(idp, 19, &login.request);
            }
            self.0.logins.put(&id, &login).await?;
            let problem = Some("Nome utente o password non corretti.");
            return Ok(pages::login(
                idp,
                self.service(idp)?,
                &login.request,
                &id,
                problem,
            ));
        };
        if !identity_fits(person, login.request.purpose.as_deref()) {
            return refuse(30);
        }
        let highest = idp.provider.highest.digit();
        login.level = match field("level").parse() {
            Ok(level) if (1..=highest).contains(&level) => level,
            _ => return refuse(20),
        };
        login.person = Some(person.username.to_owned());
        login.open_session = fields.contains_key("session");
        self.0.logins.put(&id, &login).await?;
        let attributes = idp.released(&login.request, person);
        Ok(pages::consent(idp, self.service(idp)?, &attributes, &id))
    }

    pub(super) async fn agree(&self, slug: &str, fields: &Fields) -> Answer {
        let idp = self.idp(slug)?;
        let (_, login) = self.taken_login(slug, fields).await?;
        let person = login
            .person
            .as_deref()
            .and_then(|name| PEOPLE.iter().find(|person| person.username == name))
            .ok_or_else(|| Stop::because(StatusCode::BAD_REQUEST, "Prima serve l'accesso."))?;
        if fields.get("say").map(String::as_str) != Some("yes") {
            return self.refuse_login(idp, 22, &login.request);
        }
        let name_id = self.0.random.xml_id();
        let mut consent = Consent {
            person,
            level: login.level,
            session_index: None,
            name_id: name_id.clone(),
        };
        if !login.open_session {
            return self.succeed(idp, &login.request, &consent);
        }
        let session = IdpSession {
            slug: slug.to_owned(),
            person: person.username.to_owned(),
            name_id,
        };
        let index = self.0.random.xml_id();
        self.0.sessions.put(&index, &session).await?;
        consent.session_index = Some(index.clone());
        let mut response = self.succeed(idp, &login.request, &consent)?;
        set_session_cookie(&mut response, slug, &index);
        Ok(response)
    }

    /// The login of a form, taken out of the store: who does not put it back has used it up.
    async fn taken_login(&self, slug: &str, fields: &Fields) -> Result<(String, Login), Stop> {
        let id = fields.get("login").cloned().unwrap_or_default();
        let login = self.0.logins.take(&id).await?;
        login
            .filter(|login| login.slug == slug)
            .map(|login| (id, login))
            .ok_or_else(|| {
                let why = "Questo accesso non c'è più: ricomincia dal servizio.";
                Stop::because(StatusCode::BAD_REQUEST, why)
            })
    }

    pub(super) fn succeed(
        &self,
        idp: &TestIdp,
        request: &AuthnRequest,
        consent: &Consent<'_>,
    ) -> Answer {
        let audience = &self.service(idp)?.entity_id;
        let random = self.0.random.as_ref();
        let mut response = idp.success(request, audience, consent, self.now(), random);
        if let Some(recipient) = &self.service(idp)?.encryption {
            let (mut key, mut iv) = ([0; 32], [0; 16]);
            random.fill(&mut key);
            random.fill(&mut iv);
            response.encryption = Some(EncryptionPart {
                recipient: recipient.clone(),
                content: ContentEncryption::Gcm,
                oaep: Oaep::Sha256,
                key,
                iv,
            });
        }
        self.deliver(
            idp,
            &response,
            &request.consumer,
            request.relay_state.as_deref(),
        )
    }

    fn refuse_login(&self, idp: &TestIdp, anomaly: u8, request: &AuthnRequest) -> Answer {
        let relay_state = request.relay_state.clone();
        self.refuse(
            idp,
            anomaly,
            Some(&request.id),
            &request.consumer,
            relay_state,
        )
    }

    pub(super) fn refuse(
        &self,
        idp: &TestIdp,
        anomaly: u8,
        in_response_to: Option<&str>,
        consumer: &str,
        relay_state: Option<String>,
    ) -> Answer {
        let anomaly = Anomaly::find(idp.provider.federation, anomaly)
            .ok_or_else(|| Stop::because(StatusCode::BAD_REQUEST, "Questo esito non c'è."))?;
        let random = self.0.random.as_ref();
        let response = idp.refusal(in_response_to, consumer, &anomaly, self.now(), random);
        self.deliver(idp, &response, consumer, relay_state.as_deref())
    }

    fn deliver(
        &self,
        idp: &TestIdp,
        response: &ResponseMaker,
        consumer: &str,
        relay_state: Option<&str>,
    ) -> Answer {
        let xml = idp.sign(response).map_err(Stop::broken)?;
        let message = encode_post(&xml);
        let mut fields = vec![("SAMLResponse", message.as_str())];
        fields.extend(relay_state.map(|state| ("RelayState", state)));
        Ok(send("Ritorno al servizio", consumer, &fields))
    }
}

/// Whether a person has an identity of the kind asked for (SPID Avviso 18): without `Purpose` everybody has; the others
/// ask for a professional identity, and all but `PF` take one that acts for a company.
fn identity_fits(person: &TestPerson, purpose: Option<&str>) -> bool {
    match purpose {
        None => true,
        Some("P" | "LP" | "PG" | "PX") => person.company.is_some(),
        Some(_) => false,
    }
}
