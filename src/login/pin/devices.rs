//! Devices where a person has logged in before.
//!
//! A stranger who knows a fiscal code can make its wait as long as they like. Whoever logged in once from a device has a
//! wait of that device's own instead, which nobody else can lengthen. A device proves it by a cookie: a random number and,
//! for up to three people, a keyed hash of it and the person. So nothing has to be kept, and the cookie names nobody.

use std::fmt;

use crate::crypto::encoding::{base64url, from_base64url};
use crate::crypto::{Random, constant_time_eq, hmac_sha256};
use crate::identity::FiscalCode;

/// How many people one device remembers: the cookie stays short. The one who was there longest ago is forgotten first.
const MOST_PEOPLE: usize = 3;
/// The length of the number and of each hash, in bytes.
const LENGTH: usize = 16;

/// A device as its cookie tells of it. Nothing of it is believed without `Devices`.
#[derive(Clone, PartialEq, Eq)]
pub struct Device {
    number: [u8; LENGTH],
    people: Vec<[u8; LENGTH]>,
}

impl Device {
    /// Reads a cookie's value; `None` for anything of another form.
    #[must_use]
    pub fn parse(cookie: &str) -> Option<Self> {
        let mut parts = cookie.split('.').map(|part| {
            let bytes = from_base64url(part)?;
            <[u8; LENGTH]>::try_from(bytes.as_slice()).ok()
        });
        let number = parts.next()??;
        let people: Vec<_> = parts.collect::<Option<_>>()?;
        (people.len() <= MOST_PEOPLE).then_some(Self { number, people })
    }

    /// The cookie's value: at most 91 characters.
    #[must_use]
    pub fn cookie_value(&self) -> String {
        let people = self.people.iter();
        let parts: Vec<String> = std::iter::once(&self.number)
            .chain(people)
            .map(|part| base64url(part))
            .collect();
        parts.join(".")
    }
}

impl fmt::Debug for Device {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Device([redacted])")
    }
}

/// A device that was seen to be known to a person. Only [`Devices::known`] makes one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct KnownDevice(String);

impl KnownDevice {
    /// Names this device and person, and nothing else.
    pub(super) fn name(&self) -> &str {
        &self.0
    }
}

/// Tells known devices by a secret of the gateway.
pub(super) struct Devices {
    secret: [u8; 32],
}

impl Devices {
    pub(super) fn new(secret: [u8; 32]) -> Self {
        Self { secret }
    }

    /// The device as this person's, if it is.
    pub(super) fn known(
        &self,
        device: Option<&Device>,
        person: &FiscalCode,
    ) -> Option<KnownDevice> {
        let device = device?;
        let mark = self.mark(&device.number, person);
        // All are compared: which one it is shows in no time.
        let is_theirs = device
            .people
            .iter()
            .fold(false, |found, there| constant_time_eq(there, &mark) | found);
        is_theirs.then(|| KnownDevice(base64url(&mark)))
    }

    /// The device, or a new one, as it is after this person logged in there.
    pub(super) fn remember(
        &self,
        device: Option<&Device>,
        person: &FiscalCode,
        random: &dyn Random,
    ) -> Device {
        let mut device = device.cloned().unwrap_or_else(|| {
            let mut number = [0; LENGTH];
            random.fill(&mut number);
            Device {
                number,
                people: Vec::new(),
            }
        });
        let mark = self.mark(&device.number, person);
        device.people.retain(|there| *there != mark);
        device.people.insert(0, mark);
        device.people.truncate(MOST_PEOPLE);
        device
    }

    fn mark(&self, number: &[u8; LENGTH], person: &FiscalCode) -> [u8; LENGTH] {
        let mut message = b"varco pin device:".to_vec();
        message.extend(number);
        message.extend(person.expose().as_bytes());
        let hash = hmac_sha256(&self.secret, &message);
        hash.first_chunk().copied().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::SystemRandom;

    const PEOPLE: [&str; 4] = [
        "RSSMRA80A01H501U",
        "VRDLCU85T41F205X",
        "BNCGPP70B15L219Q",
        "NREGLI92D58A944Y",
    ];

    fn people() -> Vec<FiscalCode> {
        // The check letter is not what is tried here.
        let with_check_letter = |code: &str| {
            ('A'..='Z').find_map(|check| FiscalCode::parse(&format!("{}{check}", &code[..15])).ok())
        };
        PEOPLE
            .iter()
            .map(|code| with_check_letter(code).unwrap())
            .collect()
    }

    #[test]
    fn a_device_is_known_to_whoever_logged_in_there_and_to_nobody_else() {
        let devices = Devices::new([7; 32]);
        let people = people();
        let device = devices.remember(None, &people[0], &SystemRandom);
        let read = Device::parse(&device.cookie_value()).unwrap();
        assert_eq!(read, device);
        assert!(devices.known(Some(&read), &people[0]).is_some());
        assert_eq!(devices.known(Some(&read), &people[1]), None);
        assert_eq!(devices.known(None, &people[0]), None);
        let others = Devices::new([8; 32]);
        assert_eq!(others.known(Some(&read), &people[0]), None);
    }

    #[test]
    fn what_a_person_has_at_one_device_is_of_no_use_at_another() {
        let devices = Devices::new([7; 32]);
        let people = people();
        let theirs = devices.remember(None, &people[0], &SystemRandom);
        let mut strangers = devices.remember(None, &people[1], &SystemRandom);
        strangers.people.clone_from(&theirs.people);
        assert_eq!(devices.known(Some(&strangers), &people[0]), None);
    }

    #[test]
    fn three_people_fit_on_a_device_and_the_cookie_stays_short() {
        let devices = Devices::new([7; 32]);
        let people = people();
        let mut device = None;
        for person in people.iter().chain(&people[3..]) {
            device = Some(devices.remember(device.as_ref(), person, &SystemRandom));
        }
        let device = device.unwrap();
        assert_eq!(device.cookie_value().len(), 91);
        let known: Vec<bool> = people
            .iter()
            .map(|person| devices.known(Some(&device), person).is_some())
            .collect();
        assert_eq!(known, [false, true, true, true]);
    }

    #[test]
    fn a_cookie_of_another_form_is_none_and_debug_shows_nothing() {
        let part = base64url(&[1; LENGTH]);
        for strange in ["", ".", "abc", &base64url(&[1; 15]), &format!("{part}.")] {
            assert_eq!(Device::parse(strange), None, "{strange}");
        }
        assert_eq!(Device::parse(&[part.as_str(); 5].join(".")), None);
        let device = Device::parse(&[part.as_str(); 4].join(".")).unwrap();
        assert_eq!(format!("{device:?}"), "Device([redacted])");
    }
}
