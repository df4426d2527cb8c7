//! What is done at the desk, and by which operators (PIN rules, Asking for one; From ordinario to dispositivo).

use crate::identity::DeskRole;

/// One kind of thing that is done at the desk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Task {
    /// To see what is known of a person's credential.
    LookUp,
    /// To give a PIN *dispositivo* at once, with form MV35 and a document.
    Issue,
    /// To raise a PIN *ordinario* at once, with form MV35 and a document.
    Convert,
    /// To register by telephone that somebody wants a PIN.
    Register,
    /// To call somebody whose address could not be validated, and say whether it is right.
    CheckAddress,
    /// To recognise who is on the telephone by their temporary telephone PIN.
    Recognise,
    /// To look at an online conversion and accept or reject it.
    DecideConversion,
    /// To stop a PIN.
    Revoke,
    /// To give a new initial PIN for a lost one.
    Restore,
    /// To send a half that did not come once more, or a new letter.
    SendAgain,
    /// To change the contacts on record, with form MV35 and a document.
    ChangeContacts,
}

impl Task {
    /// Every task.
    pub const ALL: [Self; 11] = [
        Self::LookUp,
        Self::Issue,
        Self::Convert,
        Self::Register,
        Self::CheckAddress,
        Self::Recognise,
        Self::DecideConversion,
        Self::Revoke,
        Self::Restore,
        Self::SendAgain,
        Self::ChangeContacts,
    ];

    /// Whether it is the work of a role. What takes a look at a document is for offices, what takes a telephone for the contact
    /// centre. A supervisor sees what both do, and gives no PIN.
    #[must_use]
    pub fn is_for(self, role: DeskRole) -> bool {
        use DeskRole::{ContactCentre, Office, Supervisor};
        match self {
            Self::LookUp => true,
            Self::Issue | Self::Convert | Self::Restore | Self::ChangeContacts => role == Office,
            Self::Register | Self::CheckAddress | Self::Recognise => role == ContactCentre,
            Self::DecideConversion | Self::Revoke => matches!(role, Office | Supervisor),
            Self::SendAgain => matches!(role, Office | ContactCentre),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_role_does_its_own_work_and_nothing_else() {
        use Task::{
            ChangeContacts, CheckAddress, Convert, DecideConversion, Issue, LookUp, Recognise,
            Register, Restore, Revoke, SendAgain,
        };
        let does = |role: DeskRole| -> Vec<Task> {
            let tasks = Task::ALL.into_iter();
            tasks.filter(|task| task.is_for(role)).collect()
        };
        let office = [
            LookUp,
            Issue,
            Convert,
            DecideConversion,
            Revoke,
            Restore,
            SendAgain,
            ChangeContacts,
        ];
        assert_eq!(does(DeskRole::Office), office);
        let contact_centre = [LookUp, Register, CheckAddress, Recognise, SendAgain];
        assert_eq!(does(DeskRole::ContactCentre), contact_centre);
        let supervisor = [LookUp, DecideConversion, Revoke];
        assert_eq!(does(DeskRole::Supervisor), supervisor);
    }
}
