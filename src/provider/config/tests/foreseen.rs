//! What already stands in the way of a client while something else may still become known.

use super::*;

/// The summaries of what is foreseen; each is what the first request would fail with.
#[track_caller]
fn foreseen<const N: usize>(arguments: [(&str, Value); N], proxy: &str) -> Vec<String> {
    let env = environment([("HTTPS_PROXY", proxy)]);
    let settings = resolve(&block(arguments), &env).expect("no problem");
    let foreseen = settings.foreseen_problems();
    let told = settings.client_settings(None).err().unwrap_or_default();
    for problem in &foreseen {
        assert!(told.contains(problem), "{problem:?} in {told:?}");
    }
    let summary = |problem: Diagnostic| problem.summary.into_owned();
    foreseen.into_iter().map(summary).collect()
}

#[test]
fn what_is_known_is_told_as_the_first_request_would() {
    let ((certificate, key), (_, other_key)) = (identity(), identity());
    let (_certificate_file, certificate_path) = file(&certificate);
    let (_key_file, key_path) = file(&key);
    let (_other_file, other_path) = file(&other_key);
    let iwd = || ("endpoint", Value::from("https://iwd"));
    let missing = || ("ca_cert_file", Value::from("/nowhere/ca.pem"));
    let pair = |key: &str| {
        [
            iwd(),
            ("client_cert_file", certificate_path.as_str().into()),
            ("client_key_file", key.into()),
        ]
    };
    let (endpoint, proxy) = (
        "No IWD endpoint is set",
        "Invalid proxy environment variable",
    );
    let (unreadable, mismatch) = (
        "Error reading a file of the provider settings",
        "Invalid provider settings",
    );
    for (told, expected) in [
        (foreseen([iwd()], ""), vec![]),
        (foreseen([], ""), vec![endpoint]),
        // Which proxy it is, depends on the endpoint.
        (foreseen([], "ftp://p"), vec![endpoint]),
        (foreseen([iwd()], "ftp://p"), vec![proxy]),
        (
            foreseen([iwd(), ("proxy_url", "".into())], "ftp://p"),
            vec![],
        ),
        (
            foreseen([("endpoint", "http://iwd".into())], "ftp://p"),
            vec![],
        ),
        (foreseen([iwd(), missing()], ""), vec![unreadable]),
        (foreseen([missing()], ""), vec![endpoint, unreadable]),
        (foreseen(pair(&key_path), ""), vec![]),
        (foreseen(pair(&other_path), ""), vec![mismatch]),
        (
            foreseen(pair(&certificate_path), ""),
            vec!["Invalid provider setting"],
        ),
    ] {
        assert_eq!(told, expected);
    }
}

#[test]
fn what_is_not_known_yet_is_not_told() {
    let unknown = || Value::UNKNOWN;
    let headers = map([("x-gateway", unknown())]);
    let arguments = [
        ("endpoint", unknown()),
        ("headers", headers),
        ("ca_cert_file", unknown()),
        ("client_cert_file", unknown()),
        ("client_key_file", unknown()),
        ("request_timeout", unknown()),
        ("max_retries", unknown()),
    ];
    assert_eq!(foreseen(arguments, "ftp://p"), [""; 0]);
}

#[cfg(unix)]
#[test]
fn only_regular_files_are_looked_into() {
    let folder = tempfile::tempdir().unwrap();
    let pipe = folder.path().join("pipe");
    nix::unistd::mkfifo(&pipe, nix::sys::stat::Mode::S_IRUSR).unwrap();
    for path in [
        pipe.to_str().unwrap(),
        folder.path().to_str().unwrap(),
        "/dev/zero",
    ] {
        // Nobody writes into the pipe, so who opens it never comes back.
        let settings = settings_of(&block([
            ("endpoint", "https://iwd".into()),
            ("ca_cert_file", path.into()),
        ]));
        assert_eq!(settings.foreseen_problems(), [], "{path}");
    }
}
