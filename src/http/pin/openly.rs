//! Changes for somebody who is known: logged in, or named by an application that was given their ticket. Unlike strangers they
//! are told why a change was refused.

use super::context;
use crate::http::pages::Refusal;
use crate::http::pin::care::PinCare;
use crate::http::visit::Visit;
use crate::identity::FiscalCode;
use crate::pin::{Change, Context, Dossier, Kept, MOST_DECISIONS, PinRefusal, decide};

/// Changes a person's dossier by a command that stops no PIN, decided anew when somebody else wrote it meanwhile. The dossier as
/// it is on disk when this returns, or why it is as it was.
///
/// # Errors
/// "Unavailable" when the store fails, "busy" when others write again and again.
pub(in crate::http) async fn change(
    visit: &Visit,
    care: &PinCare,
    person: &FiscalCode,
    command: impl Fn(Dossier, &Context<'_>) -> Result<Change, PinRefusal> + Send,
) -> Result<Result<Dossier, PinRefusal>, Refusal> {
    let context = context(visit, care.rules());
    let command = |kept: Kept| command(kept.dossier, &context);
    let decided = decide(care.pins(), person, MOST_DECISIONS, command);
    Ok(decided.await?)
}
