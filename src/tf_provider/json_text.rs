//! JSON as bytes, of no more values than a message may hold.

use serde_json::Value as Json;

use super::invalid_value::{MAX_VALUES, Mismatch};

/// Parses JSON of a bounded number of values, those of an object counted with their names.
pub fn parse(bytes: &[u8]) -> Result<Json, Mismatch> {
    if separators(bytes) > 2 * MAX_VALUES {
        return Err(Mismatch::TooMany);
    }
    serde_json::from_slice(bytes).map_err(|_| Mismatch::NotJson)
}

/// The marks outside of texts of which one stands before each value, but the first, and each name, but the first of an object.
fn separators(json: &[u8]) -> usize {
    let (mut count, mut is_in_text) = (0, false);
    let mut bytes = json.iter();
    while let Some(byte) = bytes.next() {
        match byte {
            b'"' => is_in_text = !is_in_text,
            b'\\' if is_in_text => drop(bytes.next()),
            b'[' | b',' | b':' if !is_in_text => count += 1,
            _ => {}
        }
    }
    count
}
