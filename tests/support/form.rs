//! Forms as a person would see them on a page.

/// A form of a page: where it goes and what it carries.
#[derive(Debug, Clone)]
pub struct Form {
    pub action: String,
    pub fields: Vec<(String, String)>,
    /// Those of its fields that nobody sees.
    pub hidden: Vec<(String, String)>,
}

impl Form {
    /// The first form of a page.
    pub fn first(html: &str) -> Option<Self> {
        Self::all(html).into_iter().next()
    }

    /// Every form of a page.
    pub fn all(html: &str) -> Vec<Self> {
        html.split("<form")
            .skip(1)
            .map(|rest| Self::read(rest.split("</form").next().unwrap()))
            .collect()
    }

    fn read(html: &str) -> Self {
        let tags = html
            .split('<')
            .filter(|tag| tag.starts_with("input") || tag.starts_with("button"));
        let pair = |tag: &str| {
            let value = attribute(tag, "value").unwrap_or_default();
            Some((attribute(tag, "name")?, value))
        };
        let is_hidden = |tag: &&str| attribute(tag, "type").as_deref() == Some("hidden");
        Self {
            action: attribute(html, "action").unwrap_or_default(),
            fields: tags.clone().filter_map(pair).collect(),
            hidden: tags.filter(is_hidden).filter_map(pair).collect(),
        }
    }

    /// The value of a field.
    pub fn field(&self, name: &str) -> Option<&str> {
        self.fields
            .iter()
            .find(|(field, _)| field == name)
            .map(|(_, value)| value.as_str())
    }

    /// The fields as pairs of texts.
    pub fn pairs(&self) -> Vec<(&str, &str)> {
        self.fields
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect()
    }
}

/// An attribute of the tag that `html` starts in.
fn attribute(html: &str, name: &str) -> Option<String> {
    let tag = html.split('>').next()?;
    let (_, rest) = tag.split_once(&format!(" {name}=\""))?;
    Some(unescape(rest.split('"').next()?))
}

fn unescape(text: &str) -> String {
    let mut plain = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        plain.push_str(before);
        let (entity, after) = after.split_once(';').expect("an entity ends");
        plain.push(match entity {
            "amp" => '&',
            "lt" => '<',
            "gt" => '>',
            "quot" => '"',
            numeric => {
                let digits = numeric.strip_prefix('#').expect("a known entity");
                let code = match digits.strip_prefix('x') {
                    Some(hex) => u32::from_str_radix(hex, 16),
                    None => digits.parse(),
                };
                char::from_u32(code.unwrap()).unwrap()
            }
        });
        rest = after;
    }
    plain + rest
}

#[test]
fn a_form_is_read_with_its_entities() {
    let form = Form::first(
        r#"<p><form method="post" action="https://idp.example/?a=1&amp;b=2"><input type="hidden" name="x" value="&#34;&#x27;&lt;"></form>"#,
    )
    .unwrap();
    assert_eq!(form.action, "https://idp.example/?a=1&b=2");
    assert_eq!(form.field("x"), Some("\"'<"));
}
