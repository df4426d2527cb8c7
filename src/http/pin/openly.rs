//! Changes for somebody who is known: logged in, or named by an application that was given their ticket. Unlike strangers they
//! are told why a change was refused.

use http::StatusCode;

use crate::audit::PinActor;
use crate::http::pages::Refusal;
use crate::http::pin::care::PinCare;
use crate::http::visit::Visit;
use crate::identity::FiscalCode;
use crate::pin::{Change, Context, Dossier, Kept, PinRefusal, Version, WriteError};

/// How often a change is decided anew when somebody else wrote the dossier meanwhile.
const MOST_CONFLICTS: usize = 8;

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
    let gateway = &visit.gateway;
    for _ in 0..MOST_CONFLICTS {
        let kept = care.pins().load(person).await?;
        let (dossier, version) = match kept {
            Some(Kept { dossier, version }) => (dossier, version),
            None => (Dossier::new(person.clone()), Version::NEW),
        };
        let context = Context {
            now: gateway.now(),
            random: gateway.random(),
            rules: care.rules(),
            by: &PinActor::Holder,
            reference: Some(visit.reference.as_str()),
            client_address: visit.client.map(|client| client.0),
        };
        let change = match command(dossier, &context) {
            Ok(change) => change,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let changed = change.dossier().clone();
        match care.pins().write(change, version).await {
            Ok(_) => return Ok(Ok(changed)),
            Err(WriteError::Conflict) => {}
            Err(WriteError::Store(error)) => return Err(error.into()),
        }
    }
    Err(Refusal::new(StatusCode::SERVICE_UNAVAILABLE, "busy").because("pin-conflicts"))
}
