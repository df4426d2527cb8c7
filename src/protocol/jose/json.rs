//! JSON objects read so that no two readers can understand them differently.

use std::fmt;

use serde::de::{self, Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

/// The text is not one JSON object with distinct member names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a JSON object with distinct member names")]
pub struct JsonRefusal;

/// Reads one JSON object. A member name that occurs twice, at any depth, is refused (RFC 7515, section 4, and RFC
/// 7519, section 4, let a reader take the last one: two readers that choose differently see different tokens).
/// Nesting is bounded by serde_json at 128; the caller bounds the length.
///
/// # Errors
/// [`JsonRefusal`] for anything else than one such object.
pub fn parse_object(bytes: &[u8]) -> Result<Map<String, Value>, JsonRefusal> {
    match serde_json::from_slice(bytes) {
        Ok(Strict(Value::Object(object))) => Ok(object),
        _ => Err(JsonRefusal),
    }
}

/// A JSON value whose objects have distinct member names.
struct Strict(Value);

impl<'de> Deserialize<'de> for Strict {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(StrictVisitor).map(Strict)
    }
}

struct StrictVisitor;

impl<'de> Visitor<'de> for StrictVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Value, A::Error> {
        let mut array = Vec::new();
        while let Some(Strict(element)) = elements.next_element()? {
            array.push(element);
        }
        Ok(Value::Array(array))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let mut object = Map::new();
        while let Some((name, Strict(value))) = members.next_entry::<String, _>()? {
            if object.insert(name, value).is_some() {
                return Err(de::Error::custom("a member name occurs twice"));
            }
        }
        Ok(Value::Object(object))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_object_reads_as_serde_json_reads_it() {
        let text = r#"{"a":null,"b":[true,1,-2,1.5,"x"],"c":{"d":{}}}"#;
        assert_eq!(
            Value::Object(parse_object(text.as_bytes()).unwrap()),
            serde_json::from_str::<Value>(text).unwrap()
        );
    }

    #[test]
    fn a_member_name_twice_is_refused_at_any_depth() {
        for text in [
            r#"{"alg":"ES256","alg":"none"}"#,
            r#"{"a":{"b":1,"b":1}}"#,
            r#"{"a":[{"b":1,"b":2}]}"#,
            r#"{"alg":1,"\u0061lg":2}"#,
        ] {
            assert_eq!(parse_object(text.as_bytes()), Err(JsonRefusal), "{text}");
        }
    }

    #[test]
    fn anything_but_one_object_is_refused() {
        for text in ["", "[]", "1", "null", "{} {}", "{", "{}x", "\u{feff}{}"] {
            assert_eq!(parse_object(text.as_bytes()), Err(JsonRefusal), "{text}");
        }
        assert_eq!(parse_object(b"{\"a\":\"\xff\"}"), Err(JsonRefusal));
        let deep = format!(r#"{{"a":{}{}}}"#, "[".repeat(1000), "]".repeat(1000));
        assert_eq!(parse_object(deep.as_bytes()), Err(JsonRefusal));
    }
}
