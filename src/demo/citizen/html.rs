//! Reads forms and links out of pages. Enough HTML for pages that are written by programs; not a parser of the web.

use http::Method;
use url::Url;

/// A form of a page, with its fields as they would be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Form {
    /// `GET` or `POST`.
    pub method: Method,
    /// Where it goes.
    pub action: Url,
    /// Names and values in order. A button is not among them until it is pressed.
    pub fields: Vec<(String, String)>,
    /// Buttons that carry a name: name and value.
    pub buttons: Vec<(String, String)>,
}

/// A link of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// Where it goes.
    pub target: Url,
}

impl Form {
    /// The value of a field.
    #[must_use]
    pub fn value(&self, name: &str) -> Option<&str> {
        self.fields
            .iter()
            .find(|(field, _)| field == name)
            .map(|(_, value)| value.as_str())
    }

    /// The same form with a field filled in.
    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.fields.retain(|(field, _)| field != name);
        self.fields.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The same form with a button pressed; unchanged when it has no such button.
    #[must_use]
    pub fn pressed(mut self, value: &str) -> Self {
        let button = self.buttons.iter().find(|(_, carried)| carried == value);
        self.fields.extend(button.cloned());
        self
    }
}

/// A start or end tag with its attributes; names in lower case.
struct Tag<'a> {
    name: String,
    attributes: Vec<(&'a str, String)>,
}

impl Tag<'_> {
    fn get(&self, name: &str) -> Option<&str> {
        self.attributes
            .iter()
            .find(|(attribute, _)| attribute.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    fn has(&self, name: &str) -> bool {
        self.get(name).is_some()
    }
}

pub(super) fn forms(page: &Url, html: &str) -> Vec<Form> {
    let mut forms: Vec<Form> = Vec::new();
    let mut open = false;
    let mut select: Option<String> = None;
    for tag in tags(html) {
        if tag.name == "form" {
            let method = if tag
                .get("method")
                .is_some_and(|m| m.eq_ignore_ascii_case("post"))
            {
                Method::POST
            } else {
                Method::GET
            };
            if let Ok(action) = page.join(tag.get("action").unwrap_or_default()) {
                forms.push(Form {
                    method,
                    action,
                    fields: Vec::new(),
                    buttons: Vec::new(),
                });
                open = true;
            }
            continue;
        }
        let Some(form) = forms.last_mut().filter(|_| open) else {
            continue;
        };
        let named = |tag: &Tag<'_>| {
            let value = tag.get("value").unwrap_or_default().to_owned();
            tag.get("name").map(|name| (name.to_owned(), value))
        };
        match tag.name.as_str() {
            "/form" => open = false,
            "input" => match tag.get("type").unwrap_or("text") {
                "submit" => form.buttons.extend(named(&tag)),
                "checkbox" | "radio" if !tag.has("checked") => {}
                "checkbox" | "radio" if !tag.has("value") => {
                    form.fields
                        .extend(named(&tag).map(|(name, _)| (name, "on".to_owned())));
                }
                _ => form.fields.extend(named(&tag)),
            },
            "button" => form.buttons.extend(named(&tag)),
            "select" => select = tag.get("name").map(str::to_owned),
            "/select" => select = None,
            "option" => {
                // The first option is the one chosen until another says that it is.
                if let Some(name) = &select {
                    let value = tag.get("value").unwrap_or_default().to_owned();
                    if form.value(name).is_none() || tag.has("selected") {
                        form.fields.retain(|(field, _)| field != name);
                        form.fields.push((name.clone(), value));
                    }
                }
            }
            _ => {}
        }
    }
    forms
}

pub(super) fn links(page: &Url, html: &str) -> Vec<Link> {
    tags(html)
        .filter(|tag| tag.name == "a")
        .filter_map(|tag| page.join(tag.get("href")?).ok())
        .map(|target| Link { target })
        .collect()
}

pub(super) fn pictures(page: &Url, html: &str) -> Vec<Url> {
    tags(html)
        .filter(|tag| tag.name == "img")
        .filter_map(|tag| page.join(tag.get("src")?).ok())
        .collect()
}

/// The text of the first `h1`, its spaces run together.
pub(super) fn heading(html: &str) -> String {
    let inside = html
        .split_once("<h1")
        .and_then(|(_, rest)| rest.split_once('>'))
        .and_then(|(_, rest)| rest.split_once("</h1>"))
        .map_or("", |(inside, _)| inside);
    let text: String = inside
        .split('<')
        .enumerate()
        .filter_map(|(place, piece)| match place {
            0 => Some(piece),
            _ => piece.split_once('>').map(|(_, text)| text),
        })
        .collect();
    let words: Vec<&str> = text.split_whitespace().collect();
    unescape(&words.join(" "))
}

fn tags(html: &str) -> impl Iterator<Item = Tag<'_>> {
    let mut rest = html;
    std::iter::from_fn(move || {
        loop {
            let (_, after) = rest.split_once('<')?;
            rest = after;
            if let Some(comment) = rest.strip_prefix("!--") {
                rest = comment.split_once("-->")?.1;
            } else if rest.starts_with(|c: char| c.is_ascii_alphabetic() || c == '/') {
                let (tag, after) = tag(rest)?;
                rest = after;
                return Some(tag);
            }
        }
    })
}

/// Reads one tag up to its `>`; gives it with what follows.
fn tag(text: &str) -> Option<(Tag<'_>, &str)> {
    let end = text.find(|c: char| c.is_whitespace() || c == '>')?;
    let (name, mut rest) = text.split_at_checked(end)?;
    let mut attributes = Vec::new();
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_whitespace() || c == '/');
        if let Some(after) = rest.strip_prefix('>') {
            let name = name.to_ascii_lowercase();
            return Some((Tag { name, attributes }, after));
        }
        let end = rest.find(|c: char| c.is_whitespace() || matches!(c, '=' | '>' | '/'))?;
        let (key, after) = rest.split_at_checked(end.max(1))?;
        let Some(value) = after.strip_prefix('=') else {
            attributes.push((key, String::new()));
            rest = after;
            continue;
        };
        let (value, after) = match value.chars().next()? {
            quote @ ('"' | '\'') => value.get(1..)?.split_once(quote)?,
            _ => value.split_at_checked(value.find(|c: char| c.is_whitespace() || c == '>')?)?,
        };
        attributes.push((key, unescape(value)));
        rest = after;
    }
}

/// Turns character references back into characters.
fn unescape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        out.push_str(before);
        let reference = after.split_once(';').and_then(|(name, after)| {
            let character = match name {
                "amp" => '&',
                "lt" => '<',
                "gt" => '>',
                "quot" => '"',
                "apos" => '\'',
                number => {
                    let number = number.strip_prefix('#')?;
                    let code = match number.strip_prefix(['x', 'X']) {
                        Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                        None => number.parse().ok()?,
                    };
                    char::from_u32(code)?
                }
            };
            Some((character, after))
        });
        match reference {
            Some((character, after)) => {
                out.push(character);
                rest = after;
            }
            None => {
                out.push('&');
                rest = after;
            }
        }
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page() -> Url {
        Url::parse("https://localhost/a/b").unwrap()
    }

    #[test]
    fn a_form_is_read_as_a_browser_would_send_it() {
        let html = r#"<!-- <form action="/no"> -->
            <form class=x method="post" action="/go?a=1&amp;b=2">
              <input type="hidden" name="token" value="&lt;&#34;&#x27;&amp;+/="/>
              <input name=user>
              <input type="checkbox" name="off"><input type="checkbox" name="on" checked>
              <select name="level"><option value="1">one<option value="2" selected>two</select>
              <select name="first"><option value="1"></option><option value="2"></option></select>
              <button name="say" value="yes">Yes</button><button name="say" value="no">No</button>
            </form><input name="outside" value="x">"#;
        let forms = forms(&page(), html);
        assert_eq!(forms.len(), 1);
        let form = forms[0].clone().with("user", "anna").pressed("no");
        assert_eq!(form.method, Method::POST);
        assert_eq!(form.action.as_str(), "https://localhost/go?a=1&b=2");
        let value = |name| form.value(name);
        assert_eq!(value("token"), Some("<\"'&+/="));
        assert_eq!(value("user"), Some("anna"));
        assert_eq!((value("off"), value("on")), (None, Some("on")));
        assert_eq!((value("level"), value("first")), (Some("2"), Some("1")));
        assert_eq!(value("say"), Some("no"));
        assert_eq!(value("outside"), None);
    }

    #[test]
    fn links_are_resolved_against_the_page() {
        let targets: Vec<String> =
            links(&page(), r##"<a href="c?x=1&amp;y">c</a><a name="n">n</a>"##)
                .into_iter()
                .map(|link| link.target.to_string())
                .collect();
        assert_eq!(targets, ["https://localhost/a/c?x=1&y"]);
    }

    #[test]
    fn pictures_are_resolved_against_the_page() {
        let found = pictures(&page(), r#"<img alt="" src="page/1"><img alt="none">"#);
        let found: Vec<&str> = found.iter().map(Url::as_str).collect();
        assert_eq!(found, ["https://localhost/a/page/1"]);
    }

    #[test]
    fn broken_markup_ends_the_reading_and_nothing_else() {
        for html in [
            "<",
            "<form",
            "<form action=\"",
            "<a href=",
            "<!-- ",
            "a & b < c",
        ] {
            assert!(forms(&page(), html).is_empty());
            assert!(links(&page(), html).is_empty());
        }
    }

    #[test]
    fn a_heading_is_its_words() {
        let html = "<title>no</title><h1 class=\"a\">\n L&#x27;accesso <em>non</em>\n è riuscito </h1><h1>no</h1>";
        assert_eq!(heading(html), "L'accesso non è riuscito");
        assert_eq!(heading("<p>none"), "");
    }
}
