//! The level of the log, by the variables that Terraform's users know.

use std::ffi::OsString;

use tracing::level_filters::LevelFilter;

/// The level for a provider of this type: from `TF_LOG_PROVIDER_<TYPE>`, else `TF_LOG_PROVIDER`, else
/// `TF_LOG`.
///
/// Everything is logged when none is set, or to an unknown word: the host filters by itself.
pub(super) fn level(provider_type: &str, lookup: impl Fn(&str) -> Option<OsString>) -> LevelFilter {
    let own = format!(
        "TF_LOG_PROVIDER_{}",
        provider_type.to_ascii_uppercase().replace('-', "_")
    );
    let level = [own.as_str(), "TF_LOG_PROVIDER", "TF_LOG"]
        .into_iter()
        .filter_map(lookup)
        .find(|value| !value.is_empty())
        .unwrap_or_default();
    match level.to_string_lossy().to_ascii_uppercase().as_str() {
        "OFF" => LevelFilter::OFF,
        "ERROR" => LevelFilter::ERROR,
        "WARN" => LevelFilter::WARN,
        "INFO" => LevelFilter::INFO,
        "DEBUG" => LevelFilter::DEBUG,
        // `TRACE`, and `JSON`, which is the host's way to write the same.
        _ => LevelFilter::TRACE,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn level_with(set: &[(&str, &str)]) -> LevelFilter {
        level("my-cloud", |asked| {
            set.iter()
                .find(|(name, _)| *name == asked)
                .map(|(_, value)| value.into())
        })
    }

    #[test]
    fn the_most_specific_variable_wins() {
        let all = [
            ("TF_LOG", "error"),
            ("TF_LOG_PROVIDER", "warn"),
            ("TF_LOG_PROVIDER_MY_CLOUD", "info"),
        ];
        assert_eq!(level_with(&all), LevelFilter::INFO);
        assert_eq!(level_with(&all[..2]), LevelFilter::WARN);
        assert_eq!(level_with(&all[..1]), LevelFilter::ERROR);
    }

    #[test]
    fn an_empty_variable_counts_as_unset() {
        let level = level_with(&[("TF_LOG_PROVIDER", ""), ("TF_LOG", "OFF")]);
        assert_eq!(level, LevelFilter::OFF);
    }

    #[test]
    fn everything_is_logged_unless_a_known_word_says_otherwise() {
        assert_eq!(level_with(&[]), LevelFilter::TRACE);
        for word in ["TRACE", "JSON", "json", "loud"] {
            assert_eq!(level_with(&[("TF_LOG", word)]), LevelFilter::TRACE);
        }
        assert_eq!(level_with(&[("TF_LOG", "debug")]), LevelFilter::DEBUG);
    }
}
