//! The end of a PIN (PIN rules, Lost PIN).

use super::change::{Change, Context, Draft};
use super::dossier::Dossier;
use super::outgoing::ChangeNotice;
use super::refusal::PinRefusal;
use super::stages::PinState;
use super::status::PinStatus;
use crate::audit::PinStep;
use crate::identity::{DeskRole, Redacted};

impl Dossier {
    /// Revokes the PIN: it stops at once, with every session that it opened, its telephone PIN, and a conversion that was on
    /// its way. A new one has to be asked for. That the person may is proven before: by a login, by the number of the
    /// *tessera sanitaria*, or at the desk, which says why.
    ///
    /// # Errors
    /// [`WrongState`](PinRefusal::WrongState) when there is none, [`NoReason`](PinRefusal::NoReason) and
    /// [`OwnPin`](PinRefusal::OwnPin) at the desk.
    pub fn revoke(
        self,
        reason: Option<Redacted<String>>,
        context: &Context<'_>,
    ) -> Result<Change, PinRefusal> {
        self.check_asker(&DeskRole::ALL, reason.as_ref(), context)?;
        match self.status(context.rules, context.now) {
            PinStatus::None | PinStatus::Revoked => return Err(PinRefusal::WrongState),
            _ => {}
        }
        let mut draft = Draft::new(self, context);
        draft.set_state(PinState::Revoked { since: context.now });
        draft.stop();
        draft.drop_conversion();
        draft.dossier().telephone = None;
        draft.step(PinStep::Revoked, reason);
        draft.notify(&ChangeNotice::Revoked);
        Ok(draft.finish())
    }
}

impl Draft<'_> {
    pub(super) fn set_state(&mut self, state: PinState) {
        if let Some(pin) = &mut self.dossier().pin {
            pin.state = state;
        }
    }
}

#[cfg(test)]
mod tests;
