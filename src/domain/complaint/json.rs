//! Complaints as JSON: one object, a list of them, or an object whose `complaints` is such a list. Absent: HTTP and files.

use serde_json::Map;
use serde_json::Value;

use crate::domain::complaint::Field;
use crate::domain::complaint::Reason;
use crate::domain::complaint::Received;
use crate::domain::complaint::Refusal;

/// Whether bytes look like JSON rather than a table: after blanks and a byte order mark comes `{` or `[`.
pub fn looks_like(bytes: &[u8]) -> bool {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    matches!(bytes.trim_ascii_start().first(), Some(b'{' | b'['))
}

/// Reads every record; `Err` when the file as a whole is not JSON. Lines count records from 1.
///
/// ```
/// use ikrar::domain::complaint::json::parse;
/// let read = parse(br#"[{"complaint_id": 7, "accused_name": "Budi"}, 3]"#).unwrap();
/// assert_eq!(read[0].as_ref().unwrap().reference, "7");
/// assert_eq!(read[1].as_ref().unwrap_err().line, 2);
/// ```
pub fn parse(bytes: &[u8]) -> Result<Vec<Result<Received, Refusal>>, Refusal> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let value: Value = serde_json::from_slice(bytes).map_err(|error| Refusal {
        line: u64::try_from(error.line()).unwrap_or(1),
        field: None,
        reason: Reason::NotJson,
        reference: String::new(),
    })?;
    let records = match value {
        Value::Array(records) => records,
        Value::Object(mut object) => match object.remove("complaints") {
            Some(Value::Array(records)) if object.is_empty() => records,
            Some(other) => {
                object.insert("complaints".to_owned(), other);
                vec![Value::Object(object)]
            }
            None => vec![Value::Object(object)],
        },
        other => vec![other],
    };
    Ok((1_u64..)
        .zip(records)
        .map(|(line, record)| read(line, record))
        .collect())
}

fn read(line: u64, record: Value) -> Result<Received, Refusal> {
    let refuse = |field, reason, reference| Refusal {
        line,
        field,
        reason,
        reference,
    };
    let Value::Object(object) = record else {
        return Err(refuse(None, Reason::NotObject, String::new()));
    };
    let reference = reference(&object);
    let mut pairs = Vec::with_capacity(object.len());
    for (title, value) in object {
        let text = match value {
            Value::Null => String::new(),
            Value::String(text) => text,
            Value::Array(_) | Value::Object(_) if Field::of_title(&title).is_some() => {
                return Err(refuse(Field::of_title(&title), Reason::NotText, reference));
            }
            other => other.to_string(),
        };
        if let Some(field) = Field::of_title(&title)
            && pairs
                .iter()
                .any(|(other, _): &(String, String)| Field::of_title(other) == Some(field))
        {
            return Err(refuse(Some(field), Reason::TwoColumns, reference));
        }
        pairs.push((title, text));
    }
    Received::new(pairs).map_err(|(field, reason)| refuse(field, reason, reference))
}

fn reference(object: &Map<String, Value>) -> String {
    object
        .iter()
        .find(|(title, _)| Field::of_title(title) == Some(Field::Reference))
        .map(|(_, value)| value.as_str().map_or_else(|| value.to_string(), str::to_owned))
        .unwrap_or_default()
        .chars()
        .take(60)
        .collect()
}
