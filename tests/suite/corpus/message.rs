//! The genuine message, as different providers write it: a tree of elements and the styles it is written in.

use std::fmt::Write as _;

pub const PROTOCOL: &str = "urn:oasis:names:tc:SAML:2.0:protocol";
pub const ASSERTION: &str = "urn:oasis:names:tc:SAML:2.0:assertion";
const XSI: &str = "http://www.w3.org/2001/XMLSchema-instance";
const XS: &str = "http://www.w3.org/2001/XMLSchema";

/// Where the signatures go. Not XML, so that one left behind is noticed.
pub const RESPONSE_MARK: &str = "<@R@>";
pub const ASSERTION_MARK: &str = "<@A@>";

pub const RESPONSE_ID: &str = "_response";
pub const ASSERTION_ID: &str = "_assertion";
/// The person the genuine message names.
pub const GENUINE: &str = "AT-genuine-person";
/// The person every forgery wants to be.
pub const FORGED: &str = "AT-forged-person";

/// How a provider writes XML. None of it means anything.
#[derive(Debug, Clone)]
pub struct Style {
    /// Prefixes; empty for the default namespace.
    pub protocol: &'static str,
    pub assertion: &'static str,
    /// Every namespace is declared on the root, `ds` included.
    pub high: bool,
    /// Declarations that nothing uses, all over the place.
    pub unused: bool,
    /// What stands between elements.
    pub between: &'static str,
    pub reversed: bool,
    pub quote: char,
    /// Texts and values are written as character references.
    pub references: bool,
    /// What stands before `>`, `/>` and between attributes.
    pub space: &'static str,
    /// Empty elements are written with a start and an end tag.
    pub open: bool,
    /// Length of one long text.
    pub filler: usize,
    /// What comes before the root.
    pub before: &'static str,
}

impl Default for Style {
    fn default() -> Self {
        Self {
            protocol: "samlp",
            assertion: "saml",
            high: false,
            unused: false,
            between: "",
            reversed: false,
            quote: '"',
            references: false,
            space: " ",
            open: false,
            filler: 0,
            before: "",
        }
    }
}

#[derive(Clone)]
enum Part {
    Node(Node),
    Text(String),
    Mark(&'static str),
}

#[derive(Clone)]
struct Node {
    namespace: &'static str,
    name: &'static str,
    attributes: Vec<(&'static str, String)>,
    parts: Vec<Part>,
}

fn node(namespace: &'static str, name: &'static str, attributes: &[(&'static str, &str)]) -> Node {
    Node {
        namespace,
        name,
        attributes: attributes
            .iter()
            .map(|(name, value)| (*name, (*value).to_owned()))
            .collect(),
        parts: Vec::new(),
    }
}

impl Node {
    fn with(mut self, child: Node) -> Self {
        self.parts.push(Part::Node(child));
        self
    }

    fn text(mut self, text: &str) -> Self {
        self.parts.push(Part::Text(text.to_owned()));
        self
    }

    fn mark(mut self, mark: &'static str) -> Self {
        self.parts.push(Part::Mark(mark));
        self
    }
}

fn issuer() -> Node {
    node(
        ASSERTION,
        "Issuer",
        &[("Format", "urn:oasis:names:tc:SAML:2.0:nameid-format:entity")],
    )
    .text("https://idp.example")
}

fn attribute(name: &str, value: &str) -> Node {
    node(
        ASSERTION,
        "Attribute",
        &[
            ("Name", name),
            (
                "NameFormat",
                "urn:oasis:names:tc:SAML:2.0:attrname-format:basic",
            ),
        ],
    )
    .with(node(ASSERTION, "AttributeValue", &[("xsi:type", "xs:string")]).text(value))
}

/// The assertion about a person, unsigned and with a mark where its signature goes.
fn assertion(id: &str, person: &str, style: &Style) -> Node {
    let subject = node(ASSERTION, "Subject", &[])
        .with(
            node(
                ASSERTION,
                "NameID",
                &[
                    (
                        "Format",
                        "urn:oasis:names:tc:SAML:2.0:nameid-format:transient",
                    ),
                    ("NameQualifier", "https://idp.example"),
                ],
            )
            .text(person),
        )
        .with(
            node(
                ASSERTION,
                "SubjectConfirmation",
                &[("Method", "urn:oasis:names:tc:SAML:2.0:cm:bearer")],
            )
            .with(node(
                ASSERTION,
                "SubjectConfirmationData",
                &[
                    ("InResponseTo", "_request"),
                    ("NotOnOrAfter", "2026-11-21T12:05:00Z"),
                    ("Recipient", "https://gateway.example/spid/acs"),
                ],
            )),
        );
    let conditions = node(
        ASSERTION,
        "Conditions",
        &[
            ("NotBefore", "2026-11-21T11:59:00Z"),
            ("NotOnOrAfter", "2026-11-21T12:05:00Z"),
        ],
    )
    .with(
        node(ASSERTION, "AudienceRestriction", &[])
            .with(node(ASSERTION, "Audience", &[]).text("https://gateway.example")),
    );
    let statement =
        node(
            ASSERTION,
            "AuthnStatement",
            &[
                ("AuthnInstant", "2026-11-21T12:00:00Z"),
                ("SessionIndex", "_session"),
            ],
        )
        .with(node(ASSERTION, "AuthnContext", &[]).with(
            node(ASSERTION, "AuthnContextClassRef", &[]).text("https://www.spid.gov.it/SpidL2"),
        ));
    let mut attributes = node(ASSERTION, "AttributeStatement", &[])
        .with(attribute("spidCode", "EXAM0000000001"))
        .with(attribute("name", "Nicol\u{f2} <\"d'Arc\" & figli>"))
        .with(attribute("fiscalNumber", "TINIT-RSSMRA80A01H501U"));
    if style.filler > 0 {
        attributes = attributes.with(attribute(
            "address",
            &"Via Larga & 1\n".repeat(style.filler / 14),
        ));
    }
    node(
        ASSERTION,
        "Assertion",
        &[
            ("ID", id),
            ("IssueInstant", "2026-11-21T12:00:00Z"),
            ("Version", "2.0"),
        ],
    )
    .with(issuer())
    .mark(ASSERTION_MARK)
    .with(subject)
    .with(conditions)
    .with(statement)
    .with(attributes)
}

/// The genuine response, unsigned and with marks where its signatures go.
pub fn response(style: &Style) -> String {
    let root = node(
        PROTOCOL,
        "Response",
        &[
            ("Destination", "https://gateway.example/spid/acs"),
            ("ID", RESPONSE_ID),
            ("InResponseTo", "_request"),
            ("IssueInstant", "2026-11-21T12:00:00Z"),
            ("Version", "2.0"),
        ],
    )
    .with(issuer())
    .mark(RESPONSE_MARK)
    .with(node(PROTOCOL, "Status", &[]).with(node(
        PROTOCOL,
        "StatusCode",
        &[("Value", "urn:oasis:names:tc:SAML:2.0:status:Success")],
    )))
    .with(assertion(ASSERTION_ID, GENUINE, style));
    let mut writer = Writer {
        style,
        out: style.before.to_owned(),
        scope: Vec::new(),
        unused: 0,
    };
    writer.write(&root);
    writer.out
}

/// An assertion on its own, with every namespace that it uses declared on itself.
pub fn lone_assertion(id: &str, person: &str) -> String {
    let style = Style::default();
    let mut writer = Writer {
        style: &style,
        out: String::new(),
        scope: Vec::new(),
        unused: 0,
    };
    writer.write(&assertion(id, person, &style));
    writer.out
}

struct Writer<'a> {
    style: &'a Style,
    out: String,
    scope: Vec<(&'static str, &'static str)>,
    unused: usize,
}

impl Writer<'_> {
    fn write(&mut self, node: &Node) {
        let outside = self.scope.len();
        let prefix = match node.namespace {
            PROTOCOL => self.style.protocol,
            _ => self.style.assertion,
        };
        let name = match prefix {
            "" => node.name.to_owned(),
            prefix => format!("{prefix}:{}", node.name),
        };
        let mut attributes = Vec::new();
        if self.style.high && outside == 0 {
            for (prefix, uri) in [
                ("ds", "http://www.w3.org/2000/09/xmldsig#"),
                ("xs", XS),
                ("xsi", XSI),
                (self.style.protocol, PROTOCOL),
                (self.style.assertion, ASSERTION),
            ] {
                self.declare(prefix, uri, &mut attributes);
            }
        }
        self.declare(prefix, node.namespace, &mut attributes);
        if self.style.unused {
            self.unused += 1;
            attributes.push((
                format!("xmlns:unused{}", self.unused % 5),
                format!("urn:unused:{}", self.unused),
            ));
        }
        for (name, value) in &node.attributes {
            if name.starts_with("xsi:") {
                self.declare("xsi", XSI, &mut attributes);
                self.declare("xs", XS, &mut attributes);
            }
            attributes.push(((*name).to_owned(), value.clone()));
        }
        if self.style.reversed {
            attributes.reverse();
        }
        let _ = write!(self.out, "<{name}");
        for (name, value) in attributes {
            let quote = self.style.quote;
            let space = self.style.space;
            let value = if name.starts_with("xmlns") {
                value
            } else {
                self.escape(&value, true)
            };
            let _ = write!(self.out, "{space}{name}={quote}{value}{quote}");
        }
        if self.style.space != " " {
            self.out.push_str(self.style.space);
        }
        if node.parts.is_empty() && !self.style.open {
            self.out.push_str("/>");
        } else {
            self.out.push('>');
            for part in &node.parts {
                match part {
                    Part::Node(child) => {
                        self.out.push_str(self.style.between);
                        self.write(child);
                    }
                    Part::Text(text) => {
                        let text = self.escape(text, false);
                        self.out.push_str(&text);
                    }
                    Part::Mark(mark) => {
                        self.out.push_str(self.style.between);
                        self.out.push_str(mark);
                    }
                }
            }
            if matches!(node.parts.last(), Some(Part::Node(_))) {
                self.out.push_str(self.style.between);
            }
            let space = if self.style.space == " " {
                ""
            } else {
                self.style.space
            };
            let _ = write!(self.out, "</{name}{space}>");
        }
        self.scope.truncate(outside);
    }

    /// Declares a prefix unless it stands for this namespace already.
    fn declare(
        &mut self,
        prefix: &'static str,
        uri: &'static str,
        attributes: &mut Vec<(String, String)>,
    ) {
        let in_scope = self.scope.iter().rev().find(|(known, _)| *known == prefix);
        if in_scope.is_some_and(|(_, known)| *known == uri) {
            return;
        }
        self.scope.push((prefix, uri));
        let name = match prefix {
            "" => "xmlns".to_owned(),
            prefix => format!("xmlns:{prefix}"),
        };
        attributes.retain(|(known, _)| *known != name);
        attributes.push((name, uri.to_owned()));
    }

    fn escape(&self, text: &str, in_attribute: bool) -> String {
        let mut out = String::new();
        for (at, char) in text.chars().enumerate() {
            let _ = match char {
                _ if self.style.references && at % 2 == 0 => write!(out, "&#{};", u32::from(char)),
                _ if self.style.references && at % 3 == 0 => {
                    write!(out, "&#x{:X};", u32::from(char))
                }
                '&' => write!(out, "&amp;"),
                '<' => write!(out, "&lt;"),
                '"' if in_attribute => write!(out, "&quot;"),
                '\'' if in_attribute => write!(out, "&apos;"),
                char => write!(out, "{char}"),
            };
        }
        out
    }
}
