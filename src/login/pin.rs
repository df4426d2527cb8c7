//! PIN: log in with the institute's own credential, a fiscal code and a PIN. A legacy.
//!
//! In: what a person typed, and the device and network that it came from. Out: a [`VerifiedPin`], made by [`PinLogins`]
//! alone, which becomes a [`VerifiedIdentity`](crate::identity::VerifiedIdentity); or one answer for everything that was
//! wrong, whoever it was typed for.
//!
//! Hashes are made on threads of their own ([`HashPool`]), so that a flood of PINs slows no other way in. Who fails has to
//! wait, longer each time (`waits`); a device where the person has logged in before has a count of its own, so that no
//! stranger can lock them out (`devices`); one PIN tried on everybody is found out (`alarm`). An initial or expired PIN leads
//! to the guided procedure that gives a new one (`guided`). What a PIN is at a moment, and what a use changes, is decided in
//! [`pin`](crate::pin). Layer 4: uses `pin`, `crypto`, `store`, `session` and `identity`.

mod alarm;
mod attempt;
mod devices;
mod guided;
mod logins;
mod pool;
mod proof;
mod typed;
mod waits;

pub use attempt::{Attempt, Checked, PinRefused};
pub use devices::Device;
pub use guided::{Offered, StepId, Typed};
pub use logins::{Entered, PinFailure, PinLogins, PinPorts, Procedure, Right};
pub use pool::{BrokeOff, HashPool, Place};
pub use proof::VerifiedPin;
pub use typed::TypedPin;
