//! Durations, as the argument of a `timeouts` block.

use std::time::Duration;

use terraform_provider_iwd::tf_provider::duration;

/// A duration is positive, and is written as one that is at most a second shorter.
pub fn duration(bytes: &[u8]) {
    let Some(Ok(read)) = super::lines(bytes).next().map(duration::parse) else {
        return;
    };
    assert!(read > Duration::ZERO && read <= Duration::from_nanos(i64::MAX.unsigned_abs()));
    let written = duration::format(read);
    if read >= Duration::from_millis(1) && !written.starts_with("more than") {
        let again = duration::parse(&written).expect("what is written can be read");
        assert!(
            again <= read && read < again + Duration::from_secs(1),
            "{written}"
        );
    }
}
