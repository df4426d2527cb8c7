//! Serial numbers, and sets of a million of them in twenty bytes each.

use std::fmt;

use crate::crypto::encoding::{from_hex, hex};

/// A certificate's serial number (RFC 5280, 4.1.2.2): up to 20 bytes, not negative.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Serial([u8; Self::BYTES]);

impl Serial {
    const BYTES: usize = 20;

    /// A serial number from its big-endian bytes without leading zeros; `None` for one that is longer than the standard
    /// lets it be.
    #[must_use]
    pub fn new(magnitude: &[u8]) -> Option<Self> {
        let mut bytes = [0; Self::BYTES];
        let zeros = Self::BYTES.checked_sub(magnitude.len())?;
        bytes.get_mut(zeros..)?.copy_from_slice(magnitude);
        Some(Self(bytes))
    }

    /// A serial number from what [`hex`](Self::hex) gave; `None` for anything else.
    #[must_use]
    pub fn from_hex(text: &str) -> Option<Self> {
        Self::new(&from_hex(text)?)
    }

    /// Its big-endian bytes without leading zeros, none for zero.
    #[must_use]
    pub fn magnitude(&self) -> &[u8] {
        let zeros = self.0.iter().take_while(|byte| **byte == 0).count();
        self.0.get(zeros..).unwrap_or_default()
    }

    /// The magnitude in lower-case hexadecimal.
    #[must_use]
    pub fn hex(&self) -> String {
        hex(self.magnitude())
    }
}

impl fmt::Debug for Serial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Serial({})", self.hex())
    }
}

/// How many serial numbers are searched as one block: some lines of a processor's cache.
const BLOCK: usize = 64;

/// A set of serial numbers: sorted, without holes, so that a million take 20 MB.
///
/// The first number of each block stands in an array of its own, which stays in the cache: a search leads through that to one
/// block, and reads memory that is far away once or twice instead of a dozen times.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Serials {
    all: Box<[Serial]>,
    firsts: Box<[Serial]>,
}

impl Serials {
    /// Whether a serial number is one of them.
    #[must_use]
    pub fn contains(&self, serial: &Serial) -> bool {
        let after = self.firsts.partition_point(|first| first <= serial);
        let block = after.checked_sub(1).and_then(|number| {
            let from = number * BLOCK;
            self.all.get(from..self.all.len().min(from + BLOCK))
        });
        block.is_some_and(|block| block.binary_search(serial).is_ok())
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.all.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// Those that an earlier set does not have, in one walk along both.
    pub fn not_in<'a>(&'a self, earlier: &'a Self) -> impl Iterator<Item = &'a Serial> {
        let mut before = earlier.all.iter().peekable();
        self.all.iter().filter(move |serial| {
            while before.next_if(|other| other < serial).is_some() {}
            before.peek() != Some(serial)
        })
    }
}

impl From<Vec<Serial>> for Serials {
    fn from(mut serials: Vec<Serial>) -> Self {
        serials.sort_unstable();
        serials.dedup();
        Self {
            firsts: serials.iter().step_by(BLOCK).copied().collect(),
            all: serials.into_boxed_slice(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn serial(number: u64) -> Serial {
        let bytes = number.to_be_bytes();
        let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
        Serial::new(&bytes[zeros..]).unwrap()
    }

    fn set(numbers: &[u64]) -> Serials {
        numbers
            .iter()
            .map(|number| serial(*number))
            .collect::<Vec<_>>()
            .into()
    }

    #[test]
    fn a_serial_number_has_up_to_twenty_bytes() {
        assert_eq!(Serial::new(&[0xff; 20]).unwrap().magnitude(), [0xff; 20]);
        assert_eq!(Serial::new(&[1; 21]), None);
        assert!(serial(0).magnitude().is_empty());
        assert_eq!(serial(256).hex(), "0100");
        for number in [0, 1, 256, u64::MAX] {
            assert_eq!(
                Serial::from_hex(&serial(number).hex()),
                Some(serial(number))
            );
        }
        assert_ne!(serial(1), serial(256));
    }

    #[test]
    fn a_set_has_what_was_put_in_and_nothing_else() {
        let numbers = set(&[7, 3, 900, 3, 0]);
        assert_eq!(numbers.len(), 4);
        for number in [0, 3, 7, 900] {
            assert!(numbers.contains(&serial(number)), "{number}");
        }
        for number in [1, 4, 899, 901, 3 << 8] {
            assert!(!numbers.contains(&serial(number)), "{number}");
        }
        assert!(!Serials::default().contains(&serial(0)));
    }

    #[test]
    fn every_member_of_a_set_of_many_blocks_is_found_and_its_neighbours_are_not() {
        for count in [1, 63, 64, 65, 128, 1000] {
            let numbers: Vec<u64> = (1..=count).map(|number| 2 * number).collect();
            let many = set(&numbers);
            for number in 0..=2 * count + 3 {
                let is_in = numbers.contains(&number);
                assert_eq!(many.contains(&serial(number)), is_in, "{number} of {count}");
            }
        }
    }

    #[test]
    fn what_is_new_is_what_the_earlier_set_lacks() {
        for (earlier, now, new) in [
            (&[][..], &[][..], &[][..]),
            (&[], &[1, 2], &[1, 2]),
            (&[1, 2], &[1, 2], &[]),
            (&[1, 2], &[2], &[]),
            (&[2, 5], &[1, 2, 3, 5, 9], &[1, 3, 9]),
            (&[1, 9], &[5], &[5]),
        ] {
            let (earlier, now) = (set(earlier), set(now));
            let found: Vec<Serial> = now.not_in(&earlier).copied().collect();
            assert_eq!(Serials::from(found), set(new));
        }
    }
}
