//! What a PDF may not contain, told by the names in it (ISO 32000-2, 7.3.5).
//!
//! This is no reader of PDF, and trusts no table of contents: readers disagree on damaged files, and what one of them
//! passes over another runs. Every byte of the file is looked at. Outside of streams every forbidden name counts, even in
//! texts and comments; inside of streams, whose content is mostly compressed and so as good as random, those count that are
//! too long to come about by chance. Streams that hold further objects are inflated, within a bound, and may be packed in
//! no other way.

use std::borrow::Cow;
use std::io::Read as _;

use flate2::read::ZlibDecoder;
use memchr::{memchr_iter, memmem};

use super::UploadRefusal;

/// The most that the object streams of one file may inflate to together, in bytes.
const MOST_INFLATED: usize = 32 * 1024 * 1024;
/// The longest name that is compared; no forbidden one comes near it.
const LONGEST_NAME: usize = 127;
/// A name of so many letters does not come about by chance in compressed data.
const NO_CHANCE: usize = 6;

const ENCRYPTION: &[&[u8]] = &[b"Encrypt"];
/// Scripts, what runs by itself, and what reaches out of the file (ISO 32000-2, 12.6).
const ACTIVE: &[&[u8]] = &[
    b"AA",
    b"GoTo3DView",
    b"GoToE",
    b"GoToR",
    b"ImportData",
    b"JS",
    b"JavaScript",
    b"Launch",
    b"Rendition",
    b"ResetForm",
    b"SubmitForm",
    b"XFA",
];
/// Files and media in the file (ISO 32000-2, 7.11.4 and 13).
const ATTACHMENTS: &[&[u8]] = &[
    b"Collection",
    b"EmbeddedFile",
    b"EmbeddedFiles",
    b"FileAttachment",
    b"Filespec",
    b"Movie",
    b"RichMedia",
    b"Sound",
];

/// Looks at the whole file.
pub(super) fn check(file: &[u8]) -> Result<(), UploadRefusal> {
    check_ends(file)?;
    let mut inflated = 0;
    let mut streams = 0;
    let mut objects = Objects::new(file);
    while let Some(piece) = objects.next()? {
        match piece {
            Piece::Syntax(text) => check_names(text, Where::Syntax)?,
            Piece::Stream { dictionary, data } => {
                streams += 1;
                check_names(data, Where::Stream)?;
                if holds_objects(dictionary) {
                    check_names(&inflate(dictionary, data, &mut inflated)?, Where::Syntax)?;
                }
            }
        }
    }
    // A stream within a text, a comment or another stream is seen by readers that begin there.
    if streams == stream_keywords(file) {
        Ok(())
    } else {
        Err(UploadRefusal::Unreadable)
    }
}

/// How often the file says that a stream begins, wherever it says so.
fn stream_keywords(file: &[u8]) -> usize {
    let begins = |at: &usize| {
        let (before, rest) = file.split_at(*at);
        let line = rest.get(b"stream".len()..).unwrap_or_default();
        !before.ends_with(b"end") && end_of_line(line).is_some()
    };
    memmem::find_iter(file, b"stream").filter(begins).count()
}

/// How long the end of the line is that `stream` stands on (7.3.8.1); some programs leave a space.
fn end_of_line(rest: &[u8]) -> Option<usize> {
    let ends = [&b"\r\n"[..], b"\n", b" \r\n", b" \n"];
    let end = ends.into_iter().find(|end| rest.starts_with(end));
    end.map(<[u8]>::len)
}

/// A file that is a PDF to one program and something else to another begins or ends with the other thing.
fn check_ends(file: &[u8]) -> Result<(), UploadRefusal> {
    const END: &[u8] = b"%%EOF";
    let begins = file.starts_with(b"%PDF-1.") || file.starts_with(b"%PDF-2.");
    let last = memmem::rfind(file, END).ok_or(UploadRefusal::NotPdf)?;
    let after = file.get(last + END.len()..).unwrap_or_default();
    if begins && after.iter().all(|byte| is_white(*byte)) {
        Ok(())
    } else {
        Err(UploadRefusal::NotPdf)
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Where {
    Syntax,
    Stream,
}

fn check_names(bytes: &[u8], place: Where) -> Result<(), UploadRefusal> {
    for (name, rest) in names(bytes) {
        let name = name.as_ref();
        if place == Where::Stream && name.len() < NO_CHANCE {
            continue;
        }
        if ENCRYPTION.contains(&name) {
            return Err(UploadRefusal::Encrypted);
        }
        if ACTIVE.contains(&name) || name == b"OpenAction" && !is_destination(rest) {
            return Err(UploadRefusal::Active);
        }
        if ATTACHMENTS.contains(&name) {
            return Err(UploadRefusal::Attachments);
        }
        // Objects that only a reader with another idea of where the stream ends could see.
        if place == Where::Stream && name == b"ObjStm" {
            return Err(UploadRefusal::Unreadable);
        }
    }
    Ok(())
}

/// An array says which page is seen first, as office programs write it; anything else may be an action (12.6.2).
fn is_destination(rest: &[u8]) -> bool {
    rest.iter().find(|byte| !is_white(**byte)) == Some(&b'[')
}

/// The names in some bytes, `#` escapes resolved, each with what follows it.
fn names(bytes: &[u8]) -> impl Iterator<Item = (Cow<'_, [u8]>, &[u8])> {
    memchr_iter(b'/', bytes).map(move |slash| {
        let tail = bytes.get(slash + 1..).unwrap_or_default();
        let (name, rest) = tail.split_at(length(tail));
        let name = name.get(..LONGEST_NAME).unwrap_or(name);
        (unescaped(name), rest)
    })
}

fn unescaped(name: &[u8]) -> Cow<'_, [u8]> {
    if !name.contains(&b'#') {
        return Cow::Borrowed(name);
    }
    let digit = |byte: Option<&u8>| byte.and_then(|byte| char::from(*byte).to_digit(16));
    let mut plain = Vec::with_capacity(name.len());
    let mut at = 0;
    while let Some(byte) = name.get(at) {
        let code = match (digit(name.get(at + 1)), digit(name.get(at + 2))) {
            (Some(high), Some(low)) if *byte == b'#' => u8::try_from(high * 16 + low).ok(),
            _ => None,
        };
        plain.push(code.unwrap_or(*byte));
        at += if code.is_some() { 3 } else { 1 };
    }
    Cow::Owned(plain)
}

/// A stream that a cross-reference may point into for objects (7.5.7). Some readers do not ask for its `Type`.
fn holds_objects(dictionary: &[u8]) -> bool {
    let has = |wanted: &[u8]| names(dictionary).any(|(name, _)| name.as_ref() == wanted);
    has(b"ObjStm") || has(b"First") && has(b"N")
}

/// What an object stream holds. Packed by `FlateDecode` alone or not at all: other ways are legal, rare, and ways to hide.
fn inflate<'d>(
    dictionary: &[u8],
    data: &'d [u8],
    inflated: &mut usize,
) -> Result<Cow<'d, [u8]>, UploadRefusal> {
    let mut packed = false;
    for (name, rest) in names(dictionary) {
        match name.as_ref() {
            b"DecodeParms" | b"F" | b"FFilter" => return Err(UploadRefusal::Unreadable),
            b"Filter" => {
                let value = rest.trim_ascii_start();
                let value = value.strip_prefix(b"[").unwrap_or(value).trim_ascii_start();
                let only = names(value).next().filter(|_| value.starts_with(b"/"));
                let (name, after) = only.ok_or(UploadRefusal::Unreadable)?;
                let more = after.trim_ascii_start().starts_with(b"/")
                    && rest.trim_ascii_start().starts_with(b"[");
                if packed || more || name.as_ref() != b"FlateDecode" {
                    return Err(UploadRefusal::Unreadable);
                }
                packed = true;
            }
            _ => {}
        }
    }
    if !packed {
        return Ok(Cow::Borrowed(data));
    }
    let room = MOST_INFLATED - *inflated;
    let mut content = Vec::new();
    let most = u64::try_from(room).unwrap_or(u64::MAX).saturating_add(1);
    ZlibDecoder::new(data)
        .take(most)
        .read_to_end(&mut content)
        .map_err(|_| UploadRefusal::Unreadable)?;
    if content.len() > room {
        return Err(UploadRefusal::TooCostly);
    }
    *inflated += content.len();
    Ok(Cow::Owned(content))
}

/// A part of the file.
enum Piece<'f> {
    /// Everything that is not the content of a stream.
    Syntax(&'f [u8]),
    /// The content of a stream, up to where it says that it ends.
    Stream {
        dictionary: &'f [u8],
        data: &'f [u8],
    },
}

/// Walks through the file once, from its first byte to its last.
struct Objects<'f> {
    file: &'f [u8],
    at: usize,
    /// A stream that begins where the last piece ended: where its dictionary begins.
    stream: Option<usize>,
}

impl<'f> Objects<'f> {
    fn new(file: &'f [u8]) -> Self {
        Self {
            file,
            at: 0,
            stream: None,
        }
    }

    fn next(&mut self) -> Result<Option<Piece<'f>>, UploadRefusal> {
        let begin = self.at;
        let slice = |from: usize, to: usize| self.file.get(from..to).unwrap_or_default();
        if let Some(object) = self.stream.take() {
            let rest = slice(begin, self.file.len());
            // Whatever `Length` says: a shorter stream shows us more of the file, and a longer one is looked at too.
            let length = memmem::find(rest, b"endstream").ok_or(UploadRefusal::Unreadable)?;
            self.at = begin + length;
            return Ok(Some(Piece::Stream {
                dictionary: slice(object, begin),
                data: slice(begin, self.at),
            }));
        }
        if begin == self.file.len() {
            return Ok(None);
        }
        let mut lexer = Lexer::new(self.file, begin);
        let mut object = begin;
        while let Some(keyword) = lexer.next()? {
            let after_dictionary = lexer.follows_dictionary();
            match keyword {
                b"obj" => object = lexer.at,
                b"stream" => {
                    let end = end_of_line(slice(lexer.at, self.file.len()));
                    let end = end.filter(|_| after_dictionary);
                    self.at = lexer.at + end.ok_or(UploadRefusal::Unreadable)?;
                    self.stream = Some(object);
                    return Ok(Some(Piece::Syntax(slice(begin, self.at))));
                }
                _ => {}
            }
        }
        self.at = self.file.len();
        Ok(Some(Piece::Syntax(slice(begin, self.at))))
    }
}

/// Tells keywords from what stands in texts and comments, where they mean nothing.
struct Lexer<'f> {
    file: &'f [u8],
    at: usize,
    /// How many dictionaries are open.
    open: usize,
    /// Whether the last thing was the end of the outermost dictionary.
    closed: bool,
}

impl<'f> Lexer<'f> {
    fn new(file: &'f [u8], at: usize) -> Self {
        Self {
            file,
            at,
            open: 0,
            closed: false,
        }
    }

    /// The next keyword that may stand outside of a dictionary.
    fn next(&mut self) -> Result<Option<&'f [u8]>, UploadRefusal> {
        while let Some(byte) = self.file.get(self.at) {
            let rest = self.file.get(self.at..).unwrap_or_default();
            match byte {
                byte if is_white(*byte) => self.at += 1,
                b'%' => self.skip_comment(rest),
                b'(' => self.skip_text()?,
                b'<' if rest.starts_with(b"<<") => {
                    self.open += 1;
                    self.at += 2;
                }
                b'<' => self.skip_hexadecimal(rest)?,
                b'>' if rest.starts_with(b">>") => {
                    self.open = self.open.checked_sub(1).ok_or(UploadRefusal::Unreadable)?;
                    self.closed = self.open == 0;
                    self.at += 2;
                }
                b'>' => return Err(UploadRefusal::Unreadable),
                b'/' => self.at += 1 + length(rest.get(1..).unwrap_or_default()),
                byte if !is_regular(*byte) => self.at += 1,
                _ => {
                    let keyword = rest.get(..length(rest)).unwrap_or_default();
                    self.at += keyword.len();
                    if self.open == 0 {
                        return Ok(Some(keyword));
                    }
                }
            }
        }
        Ok(None)
    }

    /// Whether a stream may begin here: right after its dictionary.
    fn follows_dictionary(&mut self) -> bool {
        std::mem::take(&mut self.closed)
    }

    fn skip_comment(&mut self, rest: &[u8]) {
        let length = rest.iter().position(|byte| matches!(byte, b'\r' | b'\n'));
        self.at += length.unwrap_or(rest.len());
    }

    /// A text: parentheses nest, and `\` takes the next byte's meaning away (7.3.4.2).
    fn skip_text(&mut self) -> Result<(), UploadRefusal> {
        let mut open = 0_usize;
        while let Some(byte) = self.file.get(self.at) {
            self.at += 1;
            match byte {
                b'\\' => self.at += 1,
                b'(' => open += 1,
                b')' if open == 1 => return Ok(()),
                b')' => open -= 1,
                _ => {}
            }
        }
        Err(UploadRefusal::Unreadable)
    }

    /// A text in hexadecimal (7.3.4.3).
    fn skip_hexadecimal(&mut self, rest: &[u8]) -> Result<(), UploadRefusal> {
        let digits = rest.get(1..).unwrap_or_default();
        let end = digits
            .iter()
            .position(|byte| !byte.is_ascii_hexdigit() && !is_white(*byte))
            .filter(|end| digits.get(*end) == Some(&b'>'))
            .ok_or(UploadRefusal::Unreadable)?;
        self.at += end + 2;
        Ok(())
    }
}

/// How many bytes a name or keyword has.
fn length(bytes: &[u8]) -> usize {
    let end = bytes.iter().position(|byte| !is_regular(*byte));
    end.unwrap_or(bytes.len())
}

fn is_white(byte: u8) -> bool {
    matches!(byte, 0 | b'\t' | b'\n' | 0x0c | b'\r' | b' ')
}

/// Neither white space nor a delimiter (7.2.3).
fn is_regular(byte: u8) -> bool {
    !is_white(byte)
        && !matches!(
            byte,
            b'(' | b')' | b'<' | b'>' | b'[' | b']' | b'{' | b'}' | b'/' | b'%'
        )
}
