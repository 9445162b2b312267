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

/// Commas that a file may have for each record it may have: a record of more fields than that is no complaint.
const COMMAS_PER_RECORD_MAX: usize = 32;

/// Reads every record; `Err` when the file as a whole is not JSON, or holds more lists and objects than `records_max`, which is
/// found before anything is built of it. Lines count records from 1.
///
/// ```
/// use ikrar::domain::complaint::json::parse;
/// let read: Vec<_> = parse(br#"[{"complaint_id": 7, "accused_name": "Budi"}, 3]"#, 9).unwrap().collect();
/// assert_eq!(read[0].as_ref().unwrap().reference, "7");
/// assert_eq!(read[1].as_ref().unwrap_err().line, 2);
/// ```
pub fn parse(bytes: &[u8], records_max: usize) -> Result<Records, Refusal> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let refuse = |line, reason| Refusal {
        line,
        field: None,
        reason,
        reference: String::new(),
    };
    if !is_within(bytes, records_max) {
        return Err(refuse(1, Reason::TooMany));
    }
    let value: Value = serde_json::from_slice(bytes)
        .map_err(|error| refuse(u64::try_from(error.line()).unwrap_or(1), Reason::NotJson))?;
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
    Ok(Records {
        line: 0,
        left: records.into_iter(),
    })
}

/// The records of a file, read one after another.
#[derive(Debug)]
pub struct Records {
    line: u64,
    left: std::vec::IntoIter<Value>,
}

impl Iterator for Records {
    type Item = Result<Received, Refusal>;

    fn next(&mut self) -> Option<Self::Item> {
        let record = self.left.next()?;
        self.line += 1;
        Some(read(self.line, record))
    }
}

/// Whether what would be built of these bytes stays within bounds: a few bytes of JSON can take a hundred times their size.
fn is_within(bytes: &[u8], records_max: usize) -> bool {
    // The list itself, and the object around it.
    let (mut opened, mut commas) = (0_usize, 0_usize);
    let (opened_max, commas_max) = (
        records_max.saturating_add(2),
        records_max.saturating_mul(COMMAS_PER_RECORD_MAX),
    );
    let (mut is_text, mut is_escaped) = (false, false);
    for byte in bytes {
        if is_text {
            is_text = is_escaped || *byte != b'"';
            is_escaped = !is_escaped && *byte == b'\\';
            continue;
        }
        match byte {
            b'"' => is_text = true,
            b'{' | b'[' => opened += 1,
            b',' => commas += 1,
            _ => {}
        }
        if opened > opened_max || commas > commas_max {
            return false;
        }
    }
    true
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
