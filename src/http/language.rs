//! Languages: which there are, which one a person gets, and their texts.
//!
//! Texts are Fluent files in `texts/`, embedded. A further language is one more file: its name for the switch is its
//! own message `language-name`. Italian is the reference: every file has its keys, and a test holds that.

use std::collections::{BTreeMap, HashMap};
use std::sync::LazyLock;

use fluent::concurrent::FluentBundle;
use fluent::{FluentArgs, FluentResource};
use rust_embed::RustEmbed;
use unic_langid::LanguageIdentifier;

/// The language of whoever says nothing else.
const DEFAULT: &str = "it";
/// How many wishes of an `Accept-Language` or `ui_locales` are looked at.
const MOST_WISHES: usize = 16;

#[derive(RustEmbed)]
#[folder = "src/http/texts"]
struct Files;

static TEXTS: LazyLock<BTreeMap<String, Texts>> = LazyLock::new(|| {
    let mut texts = BTreeMap::new();
    for name in Files::iter() {
        if let Some((code, bundle)) = load(&name) {
            texts.insert(code, bundle);
        }
    }
    texts
});

/// The texts of a language.
struct Texts {
    bundle: FluentBundle<FluentResource>,
    /// Those that take no arguments, formatted once: a page says dozens of them.
    fixed: HashMap<String, String>,
}

impl Texts {
    fn new(bundle: FluentBundle<FluentResource>, file: &str) -> Self {
        let fixed = file.lines().filter_map(|line| {
            let key = line.split_once('=')?.0.trim_end();
            let mut errors = Vec::new();
            let pattern = bundle.get_message(key)?.value()?;
            let text = bundle.format_pattern(pattern, None, &mut errors);
            // A text that misses an argument is none of them.
            errors
                .is_empty()
                .then(|| (key.to_owned(), text.into_owned()))
        });
        Self {
            fixed: fixed.collect(),
            bundle,
        }
    }

    /// The text of `key`, if there is one.
    fn format(&self, key: &str, arguments: Option<&FluentArgs<'_>>) -> Option<String> {
        if let Some(text) = self.fixed.get(key) {
            return Some(text.clone());
        }
        let pattern = self.bundle.get_message(key)?.value()?;
        let mut errors = Vec::new();
        let text = self.bundle.format_pattern(pattern, arguments, &mut errors);
        Some(text.into_owned())
    }
}

/// A text file's language and texts; `None` for a file that does not parse (a test holds that every file does).
fn load(name: &str) -> Option<(String, Texts)> {
    let code: LanguageIdentifier = name.strip_suffix(".ftl")?.parse().ok()?;
    let text = String::from_utf8(Files::get(name)?.data.into_owned()).ok()?;
    let resource = FluentResource::try_new(text.clone()).ok()?;
    let mut bundle = FluentBundle::new_concurrent(vec![code.clone()]);
    // The marks would show up as strange characters in attributes and titles; every language here runs left to right.
    bundle.set_use_isolating(false);
    bundle.add_resource(resource).ok()?;
    Some((code.to_string(), Texts::new(bundle, &text)))
}

/// One of the languages there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Language(&'static str);

impl Default for Language {
    fn default() -> Self {
        Self(DEFAULT)
    }
}

impl Language {
    /// Every language, in the order of their codes.
    pub fn all() -> impl Iterator<Item = Self> {
        TEXTS.keys().map(|code| Self(code))
    }

    /// The language of a code such as `it` or `en-GB`, by its first part; `None` for one there is not.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        let first = code.split(['-', '_']).next().unwrap_or_default();
        let first = first.trim().to_ascii_lowercase();
        Self::all().find(|language| language.0 == first)
    }

    /// The first language there is among `ui_locales` (OpenID Connect Core, 3.1.2.1: space separated, best first).
    #[must_use]
    pub fn from_ui_locales(locales: &str) -> Option<Self> {
        locales
            .split(' ')
            .take(MOST_WISHES)
            .find_map(Self::from_code)
    }

    /// The language an `Accept-Language` header wants most (RFC 9110, 12.5.4).
    #[must_use]
    pub fn from_accept_language(header: &str) -> Option<Self> {
        let mut best: Option<(u16, Self)> = None;
        for wish in header.split(',').take(MOST_WISHES) {
            let mut parts = wish.split(';');
            let Some(language) = parts.next().and_then(Self::from_code) else {
                continue;
            };
            let weight = parts
                .next()
                .and_then(|q| q.trim().strip_prefix("q="))
                .map_or(1000, weight);
            if weight > best.map_or(0, |(most, _)| most) {
                best = Some((weight, language));
            }
        }
        best.map(|(_, language)| language)
    }

    /// The code, for `lang` attributes and links.
    #[must_use]
    pub fn code(self) -> &'static str {
        self.0
    }

    /// A text without arguments.
    #[must_use]
    pub fn say(self, key: &str) -> String {
        self.format(key, None)
    }

    /// A text with one argument.
    #[must_use]
    pub fn say_with(self, key: &str, name: &str, value: &str) -> String {
        self.say_all(key, &[(name, value)])
    }

    /// A text with arguments.
    #[must_use]
    pub fn say_all(self, key: &str, arguments: &[(&str, &str)]) -> String {
        let arguments: FluentArgs<'_> = arguments.iter().copied().collect();
        self.format(key, Some(&arguments))
    }

    /// Whether there is such a text.
    #[must_use]
    pub fn knows(self, key: &str) -> bool {
        TEXTS
            .get(self.0)
            .is_some_and(|texts| texts.bundle.has_message(key))
    }

    /// The text of `key`; the key itself where there is none, so that a page never breaks for a missing text.
    fn format(self, key: &str, arguments: Option<&FluentArgs<'_>>) -> String {
        let text = TEXTS
            .get(self.0)
            .and_then(|texts| texts.format(key, arguments));
        text.unwrap_or_else(|| key.to_owned())
    }
}

/// A quality value in thousandths; one that cannot be read counts as none.
fn weight(q: &str) -> u16 {
    let (whole, decimals) = q.trim().split_once('.').unwrap_or((q.trim(), ""));
    let padded = format!("{decimals:0<3}");
    match (whole, padded.get(..3).and_then(|d| d.parse::<u16>().ok())) {
        ("1", Some(_)) => 1000,
        ("0", Some(thousandths)) => thousandths,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fs;
    use std::path::Path;

    use super::*;

    fn code(language: Option<Language>) -> Option<&'static str> {
        language.map(Language::code)
    }

    fn file(name: &str) -> String {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/http/texts");
        fs::read_to_string(folder.join(name)).unwrap()
    }

    fn keys(text: &str) -> BTreeSet<String> {
        text.lines()
            .filter(|line| line.starts_with(|c: char| c.is_ascii_lowercase()))
            .filter_map(|line| Some(line.split_once('=')?.0.trim().to_owned()))
            .collect()
    }

    /// The placeables of each message, by key.
    fn placeables(text: &str) -> BTreeMap<String, BTreeSet<String>> {
        let mut all: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        let mut key = String::new();
        for line in text.lines() {
            if line.starts_with(|c: char| c.is_ascii_lowercase()) {
                key = line.split_once('=').unwrap().0.trim().to_owned();
            }
            let names = line.split("{ $").skip(1);
            let names = names.map(|rest| rest.split([' ', '}']).next().unwrap().to_owned());
            all.entry(key.clone()).or_default().extend(names);
        }
        all
    }

    #[test]
    fn every_language_file_parses_and_has_the_keys_of_the_italian_one() {
        let italian = file("it.ftl");
        assert!(keys(&italian).len() > 10);
        for name in Files::iter() {
            let text = file(&name);
            if let Err((_, errors)) = FluentResource::try_new(text.clone()) {
                panic!("{name}: {errors:?}");
            }
            assert!(load(&name).is_some(), "{name} has a key twice");
            assert_eq!(keys(&italian), keys(&text), "{name}");
            assert_eq!(placeables(&italian), placeables(&text), "{name}");
        }
    }

    #[test]
    fn every_text_that_the_pages_use_exists_and_none_is_left_over() {
        let mut used = BTreeSet::new();
        let mut pending = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src")];
        let mut everything = String::new();
        while let Some(folder) = pending.pop() {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                let kind = path
                    .extension()
                    .and_then(|e| e.to_str())
                    .unwrap_or_default();
                if path.is_dir() && !path.ends_with("assets") && !path.ends_with("demo") {
                    pending.push(path);
                } else if matches!(kind, "rs" | "html") {
                    everything.push_str(&fs::read_to_string(path).unwrap());
                }
            }
        }
        let words =
            everything.split(|c: char| !(c.is_ascii_alphanumeric() || c == '-' || c == '_'));
        let words: BTreeSet<&str> = words.collect();
        for call in [".say(\"", ".say_with(\"", ".say_all(\""] {
            let keys = everything.split(call).skip(1);
            used.extend(keys.filter_map(|rest| rest.split('"').next().map(str::to_owned)));
        }
        // Refusals of the edge have a page; those of the ways in, whose names only end so, do not.
        let codes = everything
            .match_indices(concat!("Refusal::", "new("))
            .filter(|(at, _)| !everything[..*at].ends_with(char::is_alphanumeric))
            .filter_map(|(at, call)| {
                let arguments = everything[at + call.len()..].split(')').next()?;
                Some(arguments.split('"').nth(1)?.to_owned())
            });
        for code in codes {
            used.extend(["title", "happened", "next"].map(|part| format!("{code}-{part}")));
        }
        let known = keys(&file("it.ftl"));
        let missing: Vec<_> = used.iter().filter(|key| !known.contains(*key)).collect();
        assert!(missing.is_empty(), "no text for {missing:?}");
        // Keys of refusals are built from a code: `CODE-title`, `CODE-happened`, `CODE-next`; those of messages from theirs.
        const ENDS: [&str; 6] = [
            "-title",
            "-happened",
            "-next",
            "-subject",
            "-text",
            "-letter",
        ];
        let is_used = |key: &str| {
            let stem = ENDS.iter().find_map(|end| key.strip_suffix(end));
            words.contains(key) || stem.is_some_and(|stem| words.contains(stem))
        };
        let unused: Vec<_> = known.iter().filter(|key| !is_used(key)).collect();
        assert!(unused.is_empty(), "nothing uses {unused:?}");
    }

    #[test]
    fn the_best_wish_that_can_be_met_is_met() {
        let accept = |header| code(Language::from_accept_language(header));
        assert_eq!(accept("en-GB,en;q=0.9,it;q=0.8"), Some("en"));
        assert_eq!(accept("ja, it;q=0.5, en;q=0.7"), Some("en"));
        assert_eq!(accept("it;q=0.700, en;q=0.7"), Some("it"));
        assert_eq!(accept("en;q=0, it;q=0.1"), Some("it"));
        assert_eq!(accept("ja"), None);
        assert_eq!(accept("*"), None);
        assert_eq!(accept("en;q=x"), None);
        assert_eq!(code(Language::from_ui_locales("ja en-US it")), Some("en"));
        assert_eq!(code(Language::from_ui_locales("")), None);
    }

    #[test]
    fn a_missing_text_shows_its_key_and_breaks_nothing() {
        let missing = "no-such-key";
        assert_eq!(Language::default().say(missing), missing);
    }
}
