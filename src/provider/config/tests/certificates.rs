//! Certificates and keys, inline and in files.

use std::path::Path;

use super::*;

#[test]
fn a_path_that_may_be_a_key_is_not_shown() {
    let (_, key) = identity();
    let body: String = key.lines().filter(|line| !line.starts_with('-')).collect();
    let in_one_line = body.replace(&body[60..64], "/ + ");
    let long = format!("/certs/{}", "canary-".repeat(40));
    for path in [body.as_str(), &in_one_line, &long] {
        let settings = settings_of(&block([
            ("endpoint", "https://h".into()),
            ("client_cert_pem", Value::UNKNOWN),
            ("client_key_file", path.into()),
        ]));
        let problems = settings.client_settings(None).unwrap_err();
        let is_of_file = |problem: &&Diagnostic| problem.detail.contains("client_key_file");
        let [told] = problems
            .iter()
            .filter(is_of_file)
            .collect::<Vec<_>>()
            .try_into()
            .unwrap();
        assert!(told.detail.contains("not shown"), "{}", told.detail);
        assert!(
            told.path.is_root() && !told.detail.contains(path),
            "{}",
            told.detail
        );
        assert!(!format!("{settings:?}").contains(path));
    }
    let one_line = format!("-----BEGIN PRIVATE KEY-----{body}-----END PRIVATE KEY-----");
    let glued = block([("ca_cert_file", one_line.into())]);
    let told = problem_of(&glued);
    assert!(
        told.path.is_root() && !told.detail.contains(&body),
        "{}",
        told.detail
    );
    let path = Path::new("/etc/ssl/private/terraform-iwd/client.key");
    assert_eq!(pem::shown(path).as_deref(), path.to_str());
}

#[test]
fn inline_and_file_conflict_in_one_place_but_not_between_two() {
    let (pem, _) = identity();
    let both = block([
        ("ca_cert_pem", pem.as_str().into()),
        ("ca_cert_file", "ca.pem".into()),
    ]);
    let problem = problem_of(&both);
    assert_eq!(problem.summary, "Conflicting provider settings");

    let env = environment([
        ("IWD_CA_CERT_PEM", pem.as_str()),
        ("IWD_CA_CERT_FILE", "ca.pem"),
    ]);
    let [problem] = validate(&Value::Null, &env).try_into().unwrap();
    assert!(
        problem.detail.contains("IWD_CA_CERT_PEM") && problem.detail.contains("IWD_CA_CERT_FILE")
    );

    let env = environment([("IWD_CA_CERT_PEM", "broken, but not looked at")]);
    let block = block([
        ("ca_cert_file", "/nowhere/ca.pem".into()),
        ("endpoint", "http://h".into()),
    ]);
    let settings = resolve(&block, &env).unwrap();
    let problems = settings.client_settings(None).unwrap_err();
    assert_eq!(
        problems[0].summary,
        "Error reading a file of the provider settings"
    );
    assert_eq!(problems[0].path.to_string(), "ca_cert_file");
    assert!(problems[0].detail.contains("/nowhere/ca.pem"));
}

#[test]
fn files_are_read_when_the_client_is_built_and_checked_like_inline_ones() {
    let (certificate, key) = identity();
    let (_certificate_file, certificate_path) = file(&certificate);
    let (_key_file, key_path) = file(&key);
    let settings = |key_path: &str| {
        settings_of(&block([
            ("endpoint", "https://h".into()),
            ("client_cert_file", certificate_path.as_str().into()),
            ("client_key_file", key_path.into()),
        ]))
    };
    let client = settings(&key_path).client_settings(None).unwrap();
    let identity = client.identity.unwrap();
    assert_eq!(identity.certificate_pem, certificate);
    assert_eq!(identity.key_pem.expose_secret(), key);

    let broken = settings(&certificate_path);
    let problems = broken.client_settings(None).unwrap_err();
    assert!(problems[0].detail.starts_with(
        "`client_key_file`: the client key, which must not be encrypted: there is none"
    ));
}

#[test]
fn a_file_of_der_says_how_to_convert_it() {
    let made = rcgen::generate_simple_self_signed(vec!["iwd".to_owned()]).unwrap();
    let key = made.signing_key.serialize_der();
    let certificate = made.cert.der();
    for (argument, content, command) in [
        (
            "ca_cert_file",
            &certificate[..],
            "openssl x509 -inform der -in ",
        ),
        ("client_key_file", &key, "openssl pkey -inform der -in "),
    ] {
        let (_file, path) = file(content);
        let settings = settings_of(&block([
            ("endpoint", "https://h".into()),
            ("client_cert_pem", Value::UNKNOWN),
            (argument, path.as_str().into()),
        ]));
        let problems = settings.client_settings(None).unwrap_err();
        let told = problems
            .iter()
            .find(|problem| problem.path.to_string() == argument)
            .unwrap();
        let command = format!("`{command}{path} -out FILE.pem`");
        assert!(told.detail.contains(&command), "{}", told.detail);
    }
}

#[test]
fn pem_is_taken_as_it_comes_and_none_of_it_is_passed_over() {
    let (certificate, _) = identity();
    let problems = |content: &[u8]| {
        let (_file, path) = file(content);
        let settings = settings_of(&block([
            ("endpoint", "https://h".into()),
            ("ca_cert_file", path.into()),
        ]));
        settings.client_settings(None).err().unwrap_or_default()
    };
    let windows = format!("\u{feff}{}", certificate.replace('\n', "\t\r\n"));
    let commented = [b"# Z\xfcrich\n", certificate.as_bytes()].concat();
    for good in [certificate.as_bytes(), windows.as_bytes(), &commented] {
        assert_eq!(problems(good), []);
    }
    let glued = certificate.trim_end().repeat(2);
    let [problem] = problems(glued.as_bytes()).try_into().unwrap();
    let told = "`ca_cert_file`: the CA certificates: 2 begin, but only 1 can be read";
    assert!(problem.detail.starts_with(told), "{}", problem.detail);
    let inline = problem_of(&block([("ca_cert_pem", glued.into())]));
    assert!(inline.detail.contains("2 begin"), "{}", inline.detail);
    assert_eq!(problems_of(&block([("ca_cert_pem", windows.into())])), []);
}

#[test]
fn a_certificate_needs_its_key_and_the_reverse() {
    for (given, missing) in [
        ("client_cert_file", "client_key_pem"),
        ("client_key_file", "client_cert_pem"),
    ] {
        let problem = problem_of(&block([(given, "file.pem".into())]));
        assert_eq!(problem.summary, "Incomplete client certificate");
        assert!(problem.detail.contains(missing), "{}", problem.detail);
        let unknown = block([(given, "file.pem".into()), (missing, Value::UNKNOWN)]);
        assert_eq!(problems_of(&unknown), []);
    }
}

#[test]
fn switching_verification_off_is_a_warning() {
    let problem = problem_of(&block([("insecure_skip_verify", true.into())]));
    assert_eq!(problem.severity, Severity::Warning);
    assert_eq!(problem.path.to_string(), "insecure_skip_verify");
    assert_eq!(
        problems_of(&block([("insecure_skip_verify", false.into())])),
        []
    );
}
