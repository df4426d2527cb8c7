//! What callers ask, read from JSON.

use std::time::Duration;

use serde_json::{Map, Value};

use super::Described;
use super::fields::Fields;
use crate::identity::{
    AchievedAssurance, AssuranceLevel, AuthenticationMethod, CardKind, Categories, Category,
    FiscalCode,
};
use crate::policy::{KnownCategories, Login, Operation, ServiceId};
use crate::protocol::jose::parse_object;
use crate::session::SessionHandle;

/// The most evaluations of one request.
const MOST_EVALUATIONS: usize = 64;
/// The most logins and categories of a described person.
const MOST_FACTS: usize = 32;
/// What an entry of a batch may take from the top level (1.0, Default values).
const TUPLE: [&str; 4] = ["subject", "action", "resource", "context"];

/// A request that cannot be read: answered with 400 and this text, which names the field and repeats nothing that was sent.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {what}")]
pub struct Malformed {
    field: String,
    what: &'static str,
}

impl Malformed {
    /// A field that cannot be read, and what it should have been.
    #[must_use]
    pub fn new(field: impl Into<String>, what: &'static str) -> Self {
        let field = field.into();
        Self { field, what }
    }
}

/// When a batch ends (1.0, Evaluations semantics).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Semantic {
    /// With the last.
    #[default]
    ExecuteAll,
    /// With the first that is denied.
    DenyOnFirstDeny,
    /// With the first that is permitted.
    PermitOnFirstPermit,
}

impl Semantic {
    /// Whether nothing follows an answer.
    #[must_use]
    pub fn ends_after(self, permit: bool) -> bool {
        match self {
            Self::ExecuteAll => false,
            Self::DenyOnFirstDeny => !permit,
            Self::PermitOnFirstPermit => permit,
        }
    }
}

/// What a caller asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Questions {
    /// One at least.
    pub evaluations: Vec<Evaluation>,
    /// When to end.
    pub semantic: Semantic,
    /// Whether they were asked as a list, and so are answered as one.
    pub is_list: bool,
}

/// One question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evaluation {
    /// About whom.
    pub subject: Subject,
    /// What they would do.
    pub asked: Asked,
    /// Whether the caller knows what to do with a provisional permit (`context.provisional`). To one that does not say so it
    /// is a denial.
    pub takes_provisional: bool,
}

/// Whom a question is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subject {
    /// A session, by its handle (type `session`).
    Session(SessionHandle),
    /// A person, as the caller describes them (type `person`).
    Person(Described),
    /// Nobody we could know, with the reason code.
    Unknown(&'static str),
}

/// What a question is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Asked {
    /// An operation of a service, known or not.
    Of(ServiceId, Operation),
    /// Nothing there could be, with the reason code.
    Unknown(&'static str),
}

impl Questions {
    /// The sessions that they are about, each once.
    #[must_use]
    pub fn sessions(&self) -> Vec<&SessionHandle> {
        let mut handles = Vec::new();
        for evaluation in &self.evaluations {
            if let Subject::Session(handle) = &evaluation.subject
                && !handles.contains(&handle)
            {
                handles.push(handle);
            }
        }
        handles
    }

    /// Reads a request to `/access/v1/evaluation`.
    ///
    /// # Errors
    /// [`Malformed`] names the first field that cannot be read.
    pub fn one(body: &[u8]) -> Result<Self, Malformed> {
        let object = object(body)?;
        if object.contains_key("evaluations") {
            return Err(Malformed::new(
                "evaluations",
                "belongs to /access/v1/evaluations",
            ));
        }
        Ok(Self {
            evaluations: vec![Evaluation::read(&Fields::root(&object))?],
            semantic: Semantic::default(),
            is_list: false,
        })
    }

    /// Reads a request to `/access/v1/evaluations`. Without a list it is one question, asked and answered as such.
    ///
    /// # Errors
    /// [`Malformed`] names the first field that cannot be read.
    pub fn list(body: &[u8]) -> Result<Self, Malformed> {
        let object = object(body)?;
        let root = Fields::root(&object);
        let semantic = match root.object("options")? {
            Some(options) => semantic(&options)?,
            None => Semantic::default(),
        };
        let entries = root.list("evaluations", MOST_EVALUATIONS)?;
        let Some(entries) = entries.filter(|entries| !entries.is_empty()) else {
            let evaluations = vec![Evaluation::read(&root)?];
            return Ok(Self {
                evaluations,
                semantic,
                is_list: false,
            });
        };
        let mut evaluations = Vec::with_capacity(entries.len());
        for (at, entry) in entries.iter().enumerate() {
            let own = root.entry("evaluations", at, entry)?;
            evaluations.push(Evaluation::with_defaults(&own, &root)?);
        }
        Ok(Self {
            evaluations,
            semantic,
            is_list: true,
        })
    }
}

fn object(body: &[u8]) -> Result<Map<String, Value>, Malformed> {
    parse_object(body).map_err(|_| {
        Malformed::new(
            "body",
            "must be one JSON object whose names are there once each",
        )
    })
}

fn semantic(options: &Fields<'_>) -> Result<Semantic, Malformed> {
    match options.value("evaluations_semantic") {
        None => Ok(Semantic::default()),
        Some(Value::String(name)) if name == "execute_all" => Ok(Semantic::ExecuteAll),
        Some(Value::String(name)) if name == "deny_on_first_deny" => Ok(Semantic::DenyOnFirstDeny),
        Some(Value::String(name)) if name == "permit_on_first_permit" => {
            Ok(Semantic::PermitOnFirstPermit)
        }
        Some(_) => Err(options.malformed(
            "evaluations_semantic",
            "must be execute_all, deny_on_first_deny or permit_on_first_permit",
        )),
    }
}

impl Evaluation {
    fn read(fields: &Fields<'_>) -> Result<Self, Malformed> {
        Self::with_defaults(fields, fields)
    }

    /// Reads an entry whose missing parts are the top level's.
    fn with_defaults(own: &Fields<'_>, top: &Fields<'_>) -> Result<Self, Malformed> {
        let [subject, action, resource, context] = TUPLE.map(|name| {
            let from = if own.value(name).is_some() { own } else { top };
            from.object(name)
        });
        let must = |part: Option<_>, name| part.ok_or_else(|| own.malformed(name, "is missing"));
        let subject = must(subject?, "subject")?;
        let action = must(action?, "action")?;
        let resource = must(resource?, "resource")?;
        let takes_provisional = match context? {
            None => false,
            Some(context) => match context.value("provisional") {
                None => false,
                Some(Value::Bool(takes)) => *takes,
                Some(_) => return Err(context.malformed("provisional", "must be true or false")),
            },
        };
        Ok(Self {
            subject: self::subject(&subject)?,
            asked: asked(&action, &resource)?,
            takes_provisional,
        })
    }
}

fn subject(subject: &Fields<'_>) -> Result<Subject, Malformed> {
    let (kind, id) = (subject.text("type")?, subject.text("id")?);
    let properties = subject.object("properties")?;
    Ok(match kind {
        "session" => {
            // A caller that says more of a session than we know must not think that it counted.
            if let Some(properties) = properties
                && ["logins", "categories"]
                    .iter()
                    .any(|name| properties.value(name).is_some())
            {
                let what = "a session is not described: what counts is what it is";
                return Err(subject.malformed("properties", what));
            }
            SessionHandle::parse(id).map_or(Subject::Unknown("session-ended"), Subject::Session)
        }
        "person" => {
            FiscalCode::parse(id).map_err(|_| subject.malformed("id", "must be a fiscal code"))?;
            Subject::Person(match properties {
                Some(properties) => described(&properties)?,
                None => Described {
                    logins: Vec::new(),
                    categories: KnownCategories::NotYet,
                },
            })
        }
        _ => Subject::Unknown("unknown-subject-type"),
    })
}

fn described(properties: &Fields<'_>) -> Result<Described, Malformed> {
    let mut logins = Vec::new();
    let given = properties.list("logins", MOST_FACTS)?.unwrap_or_default();
    for (at, login) in given.iter().enumerate() {
        let fields = properties.entry("logins", at, login)?;
        let level = AssuranceLevel::from_name(fields.text("level")?)
            .ok_or_else(|| fields.malformed("level", "must be low, substantial or high"))?;
        let method = AuthenticationMethod::from_name(fields.text("method")?)
            .ok_or_else(|| fields.malformed("method", "must be a way in"))?;
        let age = fields.value("age_seconds").and_then(Value::as_u64);
        let age = age.ok_or_else(|| {
            fields.malformed("age_seconds", "must be there: a whole number of seconds")
        })?;
        logins.push(Login {
            level: AchievedAssurance(level),
            method,
            age: Duration::from_secs(age),
            card: card(&fields, method)?,
        });
    }
    let categories = match properties.list("categories", MOST_FACTS)? {
        None => KnownCategories::NotYet,
        Some(names) => {
            let category = |name: &Value| Category::from_name(name.as_str()?);
            let categories: Option<Categories> = names.iter().map(category).collect();
            let categories = categories
                .ok_or_else(|| properties.malformed("categories", "must be names of categories"))?;
            KnownCategories::Known(categories)
        }
    };
    Ok(Described { logins, categories })
}

/// The card of a login by CNS; one that is not told is of no kind that a rule could mean.
fn card(login: &Fields<'_>, method: AuthenticationMethod) -> Result<Option<CardKind>, Malformed> {
    let is_card = method == AuthenticationMethod::Cns;
    if login.value("card").is_none() {
        return Ok(is_card.then_some(CardKind::Other));
    }
    let kind = CardKind::from_name(login.text("card")?).filter(|_| is_card);
    let what = "must be a kind of card, and the way in cns";
    kind.map(Some).ok_or_else(|| login.malformed("card", what))
}

fn asked(action: &Fields<'_>, resource: &Fields<'_>) -> Result<Asked, Malformed> {
    let (kind, id) = (resource.text("type")?, resource.text("id")?);
    let name = action.text("name")?;
    action.object("properties")?;
    resource.object("properties")?;
    if kind != "service" {
        return Ok(Asked::Unknown("unknown-resource-type"));
    }
    let Ok(service) = ServiceId::parse(id) else {
        return Ok(Asked::Unknown("unknown-service"));
    };
    Ok(match Operation::from_name(name) {
        Some(operation) => Asked::Of(service, operation),
        None => Asked::Unknown("unknown-operation"),
    })
}

#[cfg(test)]
mod tests;
