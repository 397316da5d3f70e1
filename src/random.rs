//! The one place that random numbers come from.
//!
//! The source is the cryptographic library's, which needs no file: a container may have no `/dev`.

/// The system has no random numbers to give.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("the system gave no random numbers")]
pub struct NoRandomness;

/// Random bytes.
#[expect(
    clippy::disallowed_methods,
    reason = "everything else comes here for random numbers"
)]
pub fn bytes<const N: usize>() -> Result<[u8; N], NoRandomness> {
    let mut bytes = [0; N];
    aws_lc_rs::rand::fill(&mut bytes).map_err(|_| NoRandomness)?;
    Ok(bytes)
}

/// A random UUID (version 4), as text in lower case.
pub fn uuid() -> Result<String, NoRandomness> {
    let uuid = uuid::Builder::from_random_bytes(bytes()?).into_uuid();
    Ok(uuid.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_uuid_is_of_version_4_in_lower_case_and_never_the_same() {
        let (one, two) = (uuid().unwrap(), uuid().unwrap());
        let parsed = uuid::Uuid::try_parse(&one).unwrap();
        assert_eq!(parsed.get_version_num(), 4);
        assert_eq!(one, one.to_ascii_lowercase());
        assert_ne!(one, two);
    }
}
