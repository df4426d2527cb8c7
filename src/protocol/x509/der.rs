//! A small strict reader of DER (X.690), for strangers' certificates and for lists that are too long to be made into a
//! tree.
//!
//! Values are read one after another from a slice and never copied; there is no recursion, and nothing is as long as it
//! says before it was seen to be there. What is not DER is refused: lengths that are indefinite or longer than they need
//! be, tags of more than a byte, integers with bytes to spare.

use chrono::{NaiveDate, NaiveDateTime};

/// Tags of the universal class, constructed where they are (X.690, 8).
pub(super) const BOOLEAN: u8 = 0x01;
pub(super) const INTEGER: u8 = 0x02;
pub(super) const BIT_STRING: u8 = 0x03;
pub(super) const OCTET_STRING: u8 = 0x04;
pub(super) const OID: u8 = 0x06;
pub(super) const ENUMERATED: u8 = 0x0a;
pub(super) const UTC_TIME: u8 = 0x17;
pub(super) const GENERALIZED_TIME: u8 = 0x18;
pub(super) const SEQUENCE: u8 = 0x30;
pub(super) const SET: u8 = 0x31;

/// The tag `[number]` of a primitive value (X.690, 8.1.2), for numbers up to 30.
pub(super) const fn context(number: u8) -> u8 {
    0x80 | number
}

/// The tag `[number]` of a constructed value.
pub(super) const fn context_constructed(number: u8) -> u8 {
    0xa0 | number
}

/// Some bytes are not the DER that was expected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct NotDer;

/// One value.
#[derive(Debug, Clone, Copy)]
pub(super) struct Value<'a> {
    pub(super) tag: u8,
    pub(super) contents: &'a [u8],
    /// Tag, length and contents: what a signature is over.
    pub(super) whole: &'a [u8],
}

/// What is still to be read of some bytes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// That nothing is left.
    pub(super) fn end(&self) -> Result<(), NotDer> {
        if self.is_empty() { Ok(()) } else { Err(NotDer) }
    }

    /// The next value, whatever it is.
    pub(super) fn value(&mut self) -> Result<Value<'a>, NotDer> {
        let all = self.0;
        let (&tag, rest) = all.split_first().ok_or(NotDer)?;
        // A tag of several bytes: none of the structures here has one.
        if tag & 0x1f == 0x1f {
            return Err(NotDer);
        }
        let (length, rest) = length(rest)?;
        let (contents, rest) = rest.split_at_checked(length).ok_or(NotDer)?;
        let whole = all.get(..all.len() - rest.len()).ok_or(NotDer)?;
        self.0 = rest;
        Ok(Value {
            tag,
            contents,
            whole,
        })
    }

    /// The contents of the next value, which must have this tag.
    pub(super) fn expect(&mut self, tag: u8) -> Result<&'a [u8], NotDer> {
        self.optional(tag)?.ok_or(NotDer)
    }

    /// The contents of the next value if it has this tag; otherwise it is still to be read.
    pub(super) fn optional(&mut self, tag: u8) -> Result<Option<&'a [u8]>, NotDer> {
        if self.0.first() != Some(&tag) {
            return Ok(None);
        }
        self.value().map(|value| Some(value.contents))
    }

    /// The contents of the one value, of this tag, that some bytes are.
    pub(super) fn only(bytes: &'a [u8], tag: u8) -> Result<&'a [u8], NotDer> {
        let mut reader = Self(bytes);
        let contents = reader.expect(tag)?;
        reader.end()?;
        Ok(contents)
    }

    /// The next value, which must have this tag.
    pub(super) fn expect_value(&mut self, tag: u8) -> Result<Value<'a>, NotDer> {
        let value = self.value()?;
        if value.tag == tag {
            Ok(value)
        } else {
            Err(NotDer)
        }
    }

    /// The contents of every value to the end, all of this tag.
    pub(super) fn all(mut self, tag: u8) -> impl Iterator<Item = Result<&'a [u8], NotDer>> {
        std::iter::from_fn(move || {
            if self.is_empty() {
                return None;
            }
            let next = self.expect(tag);
            if next.is_err() {
                // After a value that is not one there is nothing more to read.
                self.0 = &[];
            }
            Some(next)
        })
    }

    /// A reader of the next value's contents, which must be a SEQUENCE.
    pub(super) fn sequence(&mut self) -> Result<Reader<'a>, NotDer> {
        self.expect(SEQUENCE).map(Reader)
    }

    /// An INTEGER that is not negative: its big-endian bytes without leading zeros, none for zero.
    pub(super) fn unsigned(&mut self) -> Result<&'a [u8], NotDer> {
        unsigned(self.expect(INTEGER)?)
    }

    /// A time (RFC 5280, 4.1.2.5), in seconds since 1970.
    pub(super) fn time(&mut self) -> Result<i64, NotDer> {
        let value = self.value()?;
        time(value.tag, value.contents)
    }

    /// A BOOLEAN, which DER spells in two ways only (X.690, 11.1); `false` where it is left out.
    pub(super) fn boolean_or_false(&mut self, tag: u8) -> Result<bool, NotDer> {
        match self.optional(tag)? {
            None => Ok(false),
            // What is as by default is left out (X.690, 11.5); some write it nevertheless, and it is clear what they mean.
            Some([0x00]) => Ok(false),
            Some([0xff]) => Ok(true),
            Some(_) => Err(NotDer),
        }
    }

    /// A BIT STRING of whole bytes.
    pub(super) fn bytes_of_bits(&mut self) -> Result<&'a [u8], NotDer> {
        match self.expect(BIT_STRING)?.split_first() {
            Some((0, bytes)) => Ok(bytes),
            _ => Err(NotDer),
        }
    }
}

/// A length and what follows it (X.690, 10.1: the shortest form).
fn length(bytes: &[u8]) -> Result<(usize, &[u8]), NotDer> {
    let (&first, rest) = bytes.split_first().ok_or(NotDer)?;
    if first < 0x80 {
        return Ok((usize::from(first), rest));
    }
    let count = usize::from(first & 0x7f);
    // None is the indefinite form; more than four bytes would be more than anybody may send.
    if !(1..=4).contains(&count) {
        return Err(NotDer);
    }
    let (digits, rest) = rest.split_at_checked(count).ok_or(NotDer)?;
    let length = digits
        .iter()
        .fold(0_usize, |length, digit| length << 8 | usize::from(*digit));
    let is_shortest = length >= 0x80 && digits.first().is_some_and(|digit| *digit != 0);
    is_shortest.then_some((length, rest)).ok_or(NotDer)
}

/// The magnitude of an INTEGER's contents.
pub(super) fn unsigned(contents: &[u8]) -> Result<&[u8], NotDer> {
    match contents {
        [] => Err(NotDer),
        [0] => Ok(&[]),
        // A zero is there only to say that the next bit is no sign (X.690, 8.3.2).
        [0, rest @ ..] if rest.first().is_some_and(|byte| *byte >= 0x80) => Ok(rest),
        [0, ..] => Err(NotDer),
        [first, ..] if *first >= 0x80 => Err(NotDer),
        all => Ok(all),
    }
}

/// The number of an INTEGER's contents that fits 32 bits and is not negative.
pub(super) fn small(contents: &[u8]) -> Result<u32, NotDer> {
    let magnitude = unsigned(contents)?;
    if magnitude.len() > 4 {
        return Err(NotDer);
    }
    Ok(magnitude
        .iter()
        .fold(0, |number, byte| number << 8 | u32::from(*byte)))
}

/// The bytes of a BIT STRING's contents, whose unused bits are zero (X.690, 11.2.1).
pub(super) fn bits(contents: &[u8]) -> Result<&[u8], NotDer> {
    let (unused, bytes) = contents.split_first().ok_or(NotDer)?;
    match (unused, bytes.last()) {
        (0, _) => Ok(bytes),
        (1..=7, Some(last)) if last.trailing_zeros() >= u32::from(*unused) => Ok(bytes),
        _ => Err(NotDer),
    }
}

/// A `UTCTime` or `GeneralizedTime` in the one form that DER and RFC 5280 leave of each: with seconds, in UTC.
pub(super) fn time(tag: u8, contents: &[u8]) -> Result<i64, NotDer> {
    let (year, rest) = match tag {
        UTC_TIME => {
            let (year, rest) = number(contents, 2)?;
            // RFC 5280, 4.1.2.5.1.
            (if year < 50 { 2000 + year } else { 1900 + year }, rest)
        }
        GENERALIZED_TIME => number(contents, 4)?,
        _ => return Err(NotDer),
    };
    let (month, rest) = number(rest, 2)?;
    let (day, rest) = number(rest, 2)?;
    let (hour, rest) = number(rest, 2)?;
    let (minute, rest) = number(rest, 2)?;
    let (second, rest) = number(rest, 2)?;
    if rest != b"Z" {
        return Err(NotDer);
    }
    let year = i32::try_from(year).map_err(|_| NotDer)?;
    NaiveDate::from_ymd_opt(year, month, day)
        .and_then(|date| date.and_hms_opt(hour, minute, second))
        .map(|time: NaiveDateTime| time.and_utc().timestamp())
        .ok_or(NotDer)
}

fn number(bytes: &[u8], digits: usize) -> Result<(u32, &[u8]), NotDer> {
    let (digits, rest) = bytes.split_at_checked(digits).ok_or(NotDer)?;
    let mut number = 0;
    for digit in digits {
        if !digit.is_ascii_digit() {
            return Err(NotDer);
        }
        number = number * 10 + u32::from(digit - b'0');
    }
    Ok((number, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contents(bytes: &[u8]) -> Result<&[u8], NotDer> {
        let mut reader = Reader::new(bytes);
        let value = reader.value()?;
        reader.end()?;
        assert_eq!(value.whole, bytes);
        Ok(value.contents)
    }

    #[test]
    fn a_length_has_one_spelling() {
        assert_eq!(contents(&[4, 1, 7]), Ok(&[7][..]));
        let long = [&[4, 0x81, 0x80][..], &[7; 128]].concat();
        assert_eq!(contents(&long), Ok(&[7; 128][..]));
        for refused in [
            &[][..],
            &[4],
            &[4, 2, 7],
            &[4, 1, 7, 0],
            &[4, 0x80, 7, 0, 0],
            &[4, 0x81, 1, 7],
            &[4, 0x82, 0, 0x80],
            &[4, 0x84, 0xff, 0xff, 0xff, 0xff],
            &[4, 0x85, 0, 0, 0, 0, 1, 7],
            &[0x1f, 1, 7],
            &[0xbf, 1, 7],
        ] {
            assert_eq!(contents(refused), Err(NotDer), "{refused:x?}");
        }
        let spare = [&[4, 0x82, 0, 0x80][..], &[7; 128]].concat();
        assert_eq!(contents(&spare), Err(NotDer));
    }

    #[test]
    fn an_integer_has_one_spelling_and_is_not_negative() {
        for (bytes, magnitude) in [
            (&[0][..], &[][..]),
            (&[1], &[1]),
            (&[0x7f], &[0x7f]),
            (&[0, 0x80], &[0x80]),
            (&[1, 0], &[1, 0]),
        ] {
            assert_eq!(unsigned(bytes), Ok(magnitude));
        }
        for refused in [&[][..], &[0, 0], &[0, 1], &[0x80], &[0xff, 0x7f]] {
            assert_eq!(unsigned(refused), Err(NotDer), "{refused:x?}");
        }
    }

    #[test]
    fn a_time_has_one_spelling_for_each_kind() {
        for (tag, text, seconds) in [
            (UTC_TIME, "700101000000Z", 0),
            (UTC_TIME, "261122050000Z", 1_795_323_600),
            (UTC_TIME, "491231235959Z", 2_524_607_999),
            (UTC_TIME, "500101000000Z", -631_152_000),
            (GENERALIZED_TIME, "20261122050000Z", 1_795_323_600),
            (GENERALIZED_TIME, "20500101000000Z", 2_524_608_000),
        ] {
            assert_eq!(time(tag, text.as_bytes()), Ok(seconds), "{text}");
        }
        for (tag, text) in [
            (UTC_TIME, "2611220500Z"),
            (UTC_TIME, "261122050000"),
            (UTC_TIME, "261122050000+0100"),
            (UTC_TIME, "260230050000Z"),
            (UTC_TIME, "261122250000Z"),
            (UTC_TIME, "26112205000xZ"),
            (GENERALIZED_TIME, "20261122050000.5Z"),
            (GENERALIZED_TIME, "2026112205Z"),
            (OCTET_STRING, "261122050000Z"),
        ] {
            assert_eq!(time(tag, text.as_bytes()), Err(NotDer), "{text}");
        }
    }

    #[test]
    fn a_truth_has_two_spellings() {
        let read = |bytes: &[u8]| Reader::new(bytes).boolean_or_false(BOOLEAN);
        assert_eq!(read(&[]), Ok(false));
        assert_eq!(read(&[1, 1, 0xff]), Ok(true));
        assert_eq!(read(&[1, 1, 0]), Ok(false));
        assert_eq!(read(&[1, 1, 1]), Err(NotDer));
        assert_eq!(read(&[1, 2, 0xff, 0xff]), Err(NotDer));
    }

    #[test]
    fn small_numbers_and_bits_have_one_spelling() {
        assert_eq!(small(&[0]), Ok(0));
        assert_eq!(small(&[0, 0xff, 0, 0, 0]), Ok(0xff00_0000));
        assert_eq!(small(&[1, 0, 0, 0, 0]), Err(NotDer));
        assert_eq!(bits(&[5, 0xa0]), Ok(&[0xa0][..]));
        for refused in [&[][..], &[1], &[8, 0], &[4, 0xa8]] {
            assert_eq!(bits(refused), Err(NotDer), "{refused:x?}");
        }
    }

    #[test]
    fn what_follows_is_not_passed_over() {
        assert_eq!(Reader::only(&[4, 1, 7], OCTET_STRING), Ok(&[7][..]));
        assert_eq!(Reader::only(&[4, 1, 7, 0], OCTET_STRING), Err(NotDer));
        let all: Vec<_> = Reader::new(&[4, 1, 7, 5, 0]).all(OCTET_STRING).collect();
        assert_eq!(all, [Ok(&[7][..]), Err(NotDer)]);
    }
}
