//! The log as operators read it.

use serde_json::Value;

use crate::support::logs::Logs;

#[test]
fn a_log_line_is_one_json_object_whatever_is_in_it() {
    let (logs, _guard) = Logs::capture();
    tracing::info!(target: "varco", reason = "a\r\n{\"forged\":1}\u{1b}[0m", "refused");
    let text = logs.text();
    assert_eq!(text.lines().count(), 1);
    let line: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(line["reason"], "a\r\n{\"forged\":1}\u{1b}[0m");
    assert_eq!(line["message"], "refused");
    assert_eq!(line["level"], "INFO");
    assert!(line["timestamp"].is_string());
}
