//! What holds whatever the bytes are: a function for each target, which panics where it doesn't.
//!
//! The fuzzer tries bytes that it makes up (`fuzz_targets/`), `make test` those in `corpus/` (`tests/integration/fuzz.rs`).

mod answer;
mod convert;
mod duration;
mod mask;
mod moved;
mod number;
mod pem;
mod request_body;
mod retry_after;
mod values;

pub use self::answer::answer;
pub use self::convert::convert;
pub use self::duration::duration;
pub use self::mask::mask;
pub use self::moved::moved;
pub use self::number::number;
pub use self::pem::pem;
pub use self::retry_after::retry_after;
pub use self::values::{json, messagepack, schema_type};

/// A target, which takes any bytes.
pub type Target = fn(&[u8]);

/// All targets by their names.
pub const ALL: [(&str, Target); 11] = [
    ("answer", answer),
    ("convert", convert),
    ("duration", duration),
    ("json", json),
    ("mask", mask),
    ("messagepack", messagepack),
    ("moved", moved),
    ("number", number),
    ("pem", pem),
    ("retry_after", retry_after),
    ("schema_type", schema_type),
];

/// The first line as text, and what follows it.
fn line(bytes: &[u8]) -> Option<(&str, &[u8])> {
    let end = bytes.iter().position(|&byte| byte == b'\n')?;
    let text = str::from_utf8(&bytes[..end]).ok()?;
    Some((text, &bytes[end + 1..]))
}

/// The lines of what is text.
fn lines(bytes: &[u8]) -> impl Iterator<Item = &str> {
    str::from_utf8(bytes).unwrap_or_default().split('\n')
}
