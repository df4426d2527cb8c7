//! `/pin`: the ways to a PIN for whoever is not logged in; one's own PIN, and the temporary telephone PIN, for whoever is.

mod page;

use axum::body::Bytes;
use axum::response::Response;
use http::{HeaderMap, StatusCode};

use super::again::{self, What};
use super::care::{PinCare, care};
use super::typed::Typed;
use crate::http::flow::CurrentSession;
use crate::http::flow::see_other;
use crate::http::form::{self, TOKEN_FIELD};
use crate::http::pages::{Action, Refusal};
use crate::http::visit::Visit;
use crate::identity::{
    AssuranceLevel, AuthenticationMethod, FiscalCode, Methods, RequiredAssurance,
};
use crate::pin::{TelephoneCode, TelephoneTerm};
use crate::session::{Freshness, Session, SessionId};

/// One's own PIN.
pub(super) const MINE: &str = "/pin";
/// The field that says what is wanted.
const DO: &str = "do";
/// The field of a telephone PIN's term.
const TERM: &str = "term";

/// What one can do with one's own PIN.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Deed {
    /// Have the first half or a letter sent again.
    Again(What),
    /// Make a telephone PIN.
    Telephone,
    /// End it.
    EndTelephone,
    /// Revoke the PIN.
    Revoke,
}

impl Deed {
    const ALL: [Self; 5] = [
        Self::Again(What::FirstHalf),
        Self::Again(What::Letter),
        Self::Telephone,
        Self::EndTelephone,
        Self::Revoke,
    ];

    fn name(self) -> &'static str {
        match self {
            Self::Again(what) => what.name(),
            Self::Telephone => "telephone",
            Self::EndTelephone => "end-telephone",
            Self::Revoke => "revoke",
        }
    }

    fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|deed| deed.name() == name)
    }
}

/// Somebody who is logged in and has a fiscal code.
struct Holder<'a> {
    id: &'a SessionId,
    session: &'a Session,
    person: &'a FiscalCode,
}

impl<'a> Holder<'a> {
    fn of(current: &'a CurrentSession) -> Option<Self> {
        let (id, session) = current.0.as_ref()?;
        Some(Self {
            id,
            session,
            person: session.person().fiscal_code()?,
        })
    }
}

/// `GET /pin`.
pub(in crate::http) async fn show(
    visit: Visit,
    current: CurrentSession,
) -> Result<Response, Refusal> {
    let care = care(&visit.gateway)?;
    match Holder::of(&current) {
        Some(holder) => page::mine(&visit, care, &holder, None).await,
        None => Ok(page::hub(&visit)),
    }
}

/// `POST /pin`: something is wanted of one's own PIN.
pub(in crate::http) async fn act(
    visit: Visit,
    current: CurrentSession,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Refusal> {
    let care = care(&visit.gateway)?;
    let typed = Typed::read(&body, [TOKEN_FIELD, DO, TERM])?;
    let Some(holder) = Holder::of(&current) else {
        return Ok(see_other(MINE));
    };
    form::check(
        &visit.gateway,
        &headers,
        holder.id,
        Some(typed.get(TOKEN_FIELD)),
    )?;
    let unknown = || Refusal::new(StatusCode::BAD_REQUEST, "bad-request");
    let done = match Deed::from_name(typed.get(DO)).ok_or_else(unknown)? {
        Deed::Again(what) => {
            again::send(&visit, care, holder.person, what, &[])
                .await?
                .map_err(|_| not_now())?;
            page::Done::Sent
        }
        Deed::Telephone => {
            let term = TelephoneTerm::from_name(typed.get(TERM)).ok_or_else(unknown)?;
            page::Done::Telephone(make_telephone_pin(&visit, care, &holder, term).await?)
        }
        Deed::EndTelephone => {
            let ended = care.change(&visit, holder.person, |dossier, context| {
                dossier.end_telephone_pin(context)
            });
            // That it had ended already is what was wanted.
            let _ = ended.await?;
            page::Done::TelephoneEnded
        }
        Deed::Revoke => {
            let revoked = care.change(&visit, holder.person, |dossier, context| {
                dossier.revoke(None, context)
            });
            revoked.await?.map_err(|_| not_now())?;
            if visit
                .gateway
                .sessions()
                .find(holder.id, visit.gateway.now())
                .await?
                .is_none()
            {
                // It was logged in with the PIN that is no more.
                return Ok(see_other(MINE));
            }
            page::Done::Revoked
        }
    };
    page::mine(&visit, care, &holder, Some(done)).await
}

/// Makes a telephone PIN for somebody who is logged in well enough, and gives it to be shown once.
async fn make_telephone_pin(
    visit: &Visit,
    care: &PinCare,
    holder: &Holder<'_>,
    term: TelephoneTerm,
) -> Result<TelephoneCode, Refusal> {
    if !may_have_telephone_pin(visit, holder.session) {
        let refusal = Refusal::new(StatusCode::FORBIDDEN, "pin-telephone-login");
        return Err(refusal.offering(Action::new("action-login-again", "/login")));
    }
    let made = care.hash(|hasher, random| {
        let code = TelephoneCode::generate(random);
        code.hash(hasher, random).map(|hash| (code, hash))
    });
    let broken = |_| Refusal::new(StatusCode::INTERNAL_SERVER_ERROR, "broken").because("pin");
    let (code, hash) = made.await?.map_err(broken)?;
    let change = care.change(visit, holder.person, |dossier, context| {
        Ok(dossier.make_telephone_pin(hash.clone(), term, context))
    });
    change.await?.map_err(|_| not_now())?;
    Ok(code)
}

/// Whether a session has a login with SPID, CIE or CNS that still counts (PIN rules, More facts): somebody with the PIN alone
/// must not be able to make another one.
fn may_have_telephone_pin(visit: &Visit, session: &Session) -> bool {
    let strong = Methods::from_iter([
        AuthenticationMethod::Spid,
        AuthenticationMethod::Cie,
        AuthenticationMethod::Cns,
    ]);
    let least = RequiredAssurance(AssuranceLevel::Substantial);
    let mut logins = session.earned(Freshness::default(), visit.gateway.now());
    logins.any(|login| strong.contains(login.event.method) && login.level.0 >= least.0)
}

fn not_now() -> Refusal {
    Refusal::new(StatusCode::CONFLICT, "pin-not-now").offering(Action::new("pin-hub-mine", MINE))
}
