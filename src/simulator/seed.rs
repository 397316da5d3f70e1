//! The tenants that a simulator starts with: request bodies in a file.

use std::fs;
use std::io;
use std::path::Path;

use serde_json::Value;

use super::refusal::joined;
use super::rules::{Problem, Provisioning};
use super::store::{Store, StoreError};

/// Why the tenants to start with can't be read or kept. It holds no value of theirs.
#[derive(Debug, thiserror::Error)]
pub enum SeedError {
    /// The file can't be read.
    #[error(transparent)]
    File(#[from] io::Error),
    /// The file is not JSON.
    #[error("not JSON: {0}")]
    Json(#[from] serde_json::Error),
    /// One of the bodies would be refused.
    #[error("tenant {number} of {count}: {problems}")]
    Tenant {
        /// Which one, counted from 1.
        number: usize,
        /// How many there are.
        count: usize,
        /// What is wrong with it, parameter by parameter.
        problems: String,
    },
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Provisions the tenants of `file`, or none of them where one would be refused.
pub(super) fn plant(store: &Store, file: &Path) -> Result<(), SeedError> {
    for provisioning in read(&fs::read_to_string(file)?)? {
        store.provision(&provisioning)?;
    }
    Ok(())
}

/// Reads one request body or an array of them.
fn read(text: &str) -> Result<Vec<Provisioning>, SeedError> {
    let bodies = match serde_json::from_str(text.trim_start_matches('\u{feff}'))? {
        Value::Array(bodies) => bodies,
        body => vec![body],
    };
    let count = bodies.len();
    let checked = bodies.into_iter().enumerate().map(|(index, body)| {
        Provisioning::check(body).map_err(|problems: Vec<Problem>| SeedError::Tenant {
            number: index + 1,
            count,
            problems: joined(&problems),
        })
    });
    checked.collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::rules::tests::{documented_body, documented_manual_body};
    use super::*;

    fn ccids(value: &Value) -> Result<Vec<String>, String> {
        let read = read(&value.to_string()).map_err(|error| error.to_string())?;
        let ccid = |tenant: &Provisioning| tenant.text("tenant.ccid").to_owned();
        Ok(read.iter().map(ccid).collect())
    }

    #[test]
    fn a_file_holds_one_body_or_an_array_of_them() {
        let (one, other) = (documented_body(), documented_manual_body());
        assert_eq!(ccids(&one).unwrap(), ["9350e2fc-a1dd-4c65-"]);
        assert_eq!(ccids(&json!([one, other])).unwrap().len(), 2);
        assert_eq!(ccids(&json!([])).unwrap().len(), 0);
        // As editors on Windows save it.
        assert!(read("\u{feff}[]").is_ok());
    }

    #[test]
    fn a_body_that_would_be_refused_is_named_with_its_problems() {
        let mut wrong = documented_body();
        wrong["iwd"]["db"]["port"] = "a secret".into();
        wrong["iwd"].as_object_mut().unwrap().remove("url");
        assert_eq!(
            ccids(&json!([documented_body(), wrong])).unwrap_err(),
            "tenant 2 of 2: iwd.url is missing; iwd.db.port must be a number"
        );
    }

    #[test]
    fn nothing_is_kept_where_one_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("tenants.json");
        fs::write(&file, json!([documented_body(), {}]).to_string()).unwrap();
        let store = Store::in_memory().unwrap();
        assert!(plant(&store, &file).is_err());
        assert_eq!(store.ccids().unwrap(), [""; 0]);
    }
}
