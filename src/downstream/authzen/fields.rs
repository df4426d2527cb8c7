//! Fields of a JSON object, read by name, each refusal naming the field.

use serde_json::{Map, Value};

use super::Malformed;

/// An object and where it stands, for refusals: every word of the place is ours.
#[derive(Clone)]
pub(super) struct Fields<'v> {
    object: &'v Map<String, Value>,
    place: String,
}

impl<'v> Fields<'v> {
    pub(super) fn root(object: &'v Map<String, Value>) -> Self {
        Self {
            object,
            place: String::new(),
        }
    }

    /// Where a field stands.
    pub(super) fn place(&self, name: &str) -> String {
        match self.place.as_str() {
            "" => name.to_owned(),
            place => format!("{place}.{name}"),
        }
    }

    pub(super) fn malformed(&self, name: &str, what: &'static str) -> Malformed {
        Malformed::new(self.place(name), what)
    }

    pub(super) fn value(&self, name: &str) -> Option<&'v Value> {
        self.object.get(name)
    }

    /// A text that must be there and not be empty.
    pub(super) fn text(&self, name: &str) -> Result<&'v str, Malformed> {
        match self.value(name) {
            Some(Value::String(text)) if !text.is_empty() => Ok(text),
            Some(_) => Err(self.malformed(name, "must be a text")),
            None => Err(self.malformed(name, "is missing")),
        }
    }

    /// An object that may be left out.
    pub(super) fn object(&self, name: &str) -> Result<Option<Self>, Malformed> {
        match self.value(name) {
            Some(Value::Object(object)) => Ok(Some(Self {
                object,
                place: self.place(name),
            })),
            Some(_) => Err(self.malformed(name, "must be an object")),
            None => Ok(None),
        }
    }

    /// A list that may be left out, of at most so many.
    pub(super) fn list(&self, name: &str, most: usize) -> Result<Option<&'v [Value]>, Malformed> {
        match self.value(name) {
            Some(Value::Array(list)) if list.len() <= most => Ok(Some(list)),
            Some(Value::Array(_)) => Err(self.malformed(name, "has too many entries")),
            Some(_) => Err(self.malformed(name, "must be a list")),
            None => Ok(None),
        }
    }

    /// An entry of a list, which must be an object.
    pub(super) fn entry(&self, name: &str, at: usize, value: &'v Value) -> Result<Self, Malformed> {
        let place = self.place(&format!("{name}[{at}]"));
        match value {
            Value::Object(object) => Ok(Self { object, place }),
            _ => Err(Malformed::new(place, "must be an object")),
        }
    }
}
