//! The page to choose the profile to act in.

use axum::response::Response;
use http::StatusCode;

use super::explanation::categories_in_words;
use super::{Layout, PagePolicy, html};
use crate::archive::{Capacity, Organisation, Profile, ProfileChoice, Standing};
use crate::http::form::{TOKEN_FIELD, token};
use crate::http::language::Language;
use crate::http::visit::Visit;
use crate::identity::Categories;
use crate::policy::Decision;
use crate::session::{Actor, LoginFlow, Session, SessionId};

/// The field that says which profile was chosen.
pub(in crate::http) const PROFILE_FIELD: &str = "profile";

/// The field that says which flow goes on.
pub(in crate::http) const FLOW_FIELD: &str = "flow";

/// The page of a person's profiles: those that open the service that was asked for come first.
#[must_use]
pub fn profiles(
    visit: &Visit,
    here: &SessionId,
    session: &Session,
    standing: &Standing,
    flow: Option<&LoginFlow>,
) -> Response {
    let texts = visit.language;
    let capacity = standing.capacity(session.profile());
    let mut rows: Vec<Row> = standing
        .choices()
        .filter_map(|choice| {
            let categories = standing.categories_in(&choice)?;
            let opens = flow.and_then(|flow| opens(visit, session, (&choice, categories), flow));
            let current = capacity.profile().map(ProfileChoice::key);
            let is_current = current == Some(choice.key());
            Some(Row::new(&choice, categories, opens, is_current, texts))
        })
        .collect();
    rows.sort_by_key(|row| row.opens == Some(false));
    let catalogue = visit.gateway.catalogue();
    let page = ProfilePage {
        layout: Layout::new(visit, texts.say("profile-title")),
        service: flow
            .and_then(|flow| flow.requirement.service.as_ref())
            .and_then(|(id, _)| catalogue.get(id))
            .map(|service| service.name().in_language(texts.code()).to_owned()),
        token_field: TOKEN_FIELD,
        token: token(here),
        flow_field: FLOW_FIELD,
        flow: flow.map(|flow| flow.id.as_str().to_owned()),
        profile_field: PROFILE_FIELD,
        is_choice: rows.len() > 1,
        rows,
    };
    html(StatusCode::OK, &page, PagePolicy::of_login(visit))
}

#[derive(askama::Template)]
#[template(path = "profile.html")]
struct ProfilePage<'a> {
    layout: Layout<'a>,
    /// The service that was asked for.
    service: Option<String>,
    token_field: &'a str,
    token: String,
    flow_field: &'a str,
    flow: Option<String>,
    profile_field: &'a str,
    /// Whether there is more than one.
    is_choice: bool,
    rows: Vec<Row>,
}

impl ProfilePage<'_> {
    fn texts(&self) -> Language {
        self.layout.texts
    }
}

/// One profile.
struct Row {
    key: String,
    name: String,
    about: String,
    /// Whether it opens the service that was asked for, by itself or with a further login; `None` when none was.
    opens: Option<bool>,
    is_current: bool,
}

impl Row {
    fn new(
        choice: &ProfileChoice,
        categories: Categories,
        opens: Option<bool>,
        is_current: bool,
        texts: Language,
    ) -> Self {
        let ActsAs { name, about } = ActsAs::of(choice, categories, texts);
        Self {
            key: choice.key(),
            name,
            about,
            opens,
            is_current,
        }
    }
}

/// The profile that a person acts in, in words.
pub(super) struct ActsAs {
    pub(super) name: String,
    /// For whom, or what they are in their own affairs.
    pub(super) about: String,
}

impl ActsAs {
    /// `None` while the archives do not say.
    pub(super) fn new(actor: Actor<'_>, texts: Language) -> Option<Self> {
        match actor.capacity {
            Capacity::Acting {
                profile,
                categories,
            } => Some(Self::of(profile, *categories, texts)),
            Capacity::Undecided | Capacity::Unavailable => None,
        }
    }

    fn of(choice: &ProfileChoice, categories: Categories, texts: Language) -> Self {
        let words = categories_in_words(categories, texts);
        match choice.professional().map(Profile::organisation) {
            Some(organisation) => Self {
                name: words,
                about: organisation.map(in_full).unwrap_or_default(),
            },
            None => Self {
                name: texts.say("profile-personal"),
                about: words,
            },
        }
    }
}

/// An organisation by name and code.
fn in_full(organisation: &Organisation) -> String {
    format!("{} ({})", organisation.name(), organisation.code())
}

/// Whether a profile opens the service that a flow is for, or would with a further login.
fn opens(
    visit: &Visit,
    session: &Session,
    (choice, categories): (&ProfileChoice, Categories),
    flow: &LoginFlow,
) -> Option<bool> {
    let capacity = Capacity::Acting {
        profile: choice.clone(),
        categories,
    };
    let actor = Actor {
        session,
        capacity: &capacity,
    };
    let decision = flow.decision(Some(actor), &visit.gateway.catalogue(), visit.gateway.now())?;
    Some(!matches!(decision, Decision::Deny { .. }))
}
