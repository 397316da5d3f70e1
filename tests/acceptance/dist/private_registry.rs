//! Publishing in the private registry of HCP Terraform, which here is a stand-in with its documented answers.

use std::fs;
use std::process::Command;

use super::hcp_terraform::{HcpTerraform, ORGANIZATION, Request, TOKEN};
use super::keyring::Keyring;
use super::release::{VERSION, checksum};
use super::signed::{SignedRelease, archive, sums};
use crate::harness::repository::root;
use crate::harness::{Json, Output, Running};

const KEYS: &str = "/api/registry/private/v2/gpg-keys";
const PROVIDERS: &str = "/api/v2/organizations/acme/registry-providers";
const VERSIONS: &str = "/api/v2/organizations/acme/registry-providers/private/acme/iwd/versions";

#[test]
fn a_release_is_published_in_the_documented_order() {
    let release = SignedRelease::new();
    let hcp = HcpTerraform::start();
    publish(&hcp, &release).expect_code(0);

    let platforms = format!("{VERSIONS}/{VERSION}/platforms");
    let mut expected = vec![
        format!("POST {KEYS}"),
        format!("POST {PROVIDERS}"),
        format!("POST {VERSIONS}"),
        "PUT /upload/shasums-upload".to_owned(),
        "PUT /upload/shasums-sig-upload".to_owned(),
    ];
    for (os, arch) in release.platforms() {
        expected.push(format!("POST {platforms}"));
        expected.push(format!("PUT /upload/provider-binary-upload/{os}/{arch}"));
    }
    let changes = hcp.changes();
    let lines: Vec<_> = changes.iter().map(Request::line).collect();
    assert_eq!(lines, expected);

    let [key, provider, version, sums_sent, signature_sent, rest @ ..] = &changes[..] else {
        panic!("{lines:?}");
    };
    let key_id = release.keyring.key_id();
    key.expect_attribute("namespace", ORGANIZATION);
    key.expect_attribute("ascii-armor", release.keyring.public_key());
    for (name, value) in [
        ("name", "iwd"),
        ("namespace", ORGANIZATION),
        ("registry-name", "private"),
    ] {
        provider.expect_attribute(name, value);
    }
    version.expect_attribute("version", VERSION);
    version.expect_attribute("key-id", key_id);
    version.expect_attribute("protocols", Json::from(vec!["5.0"]));
    assert_eq!(sums_sent.body, release.read(&sums()));
    assert_eq!(
        signature_sent.body,
        release.read(&format!("{}.sig", sums()))
    );
    for ((os, arch), pair) in release.platforms().into_iter().zip(rest.chunks(2)) {
        let name = archive(&format!("{os}_{arch}"));
        pair[0].expect_attribute("shasum", checksum(&release.read(&name)));
        pair[0].expect_attribute("filename", name.as_str());
        assert_eq!(checksum(&pair[1].body), checksum(&release.read(&name)));
    }
}

#[test]
fn the_token_goes_to_the_api_and_not_to_where_files_are_uploaded() {
    let release = SignedRelease::new();
    let hcp = HcpTerraform::start();
    let output = publish(&hcp, &release).expect_code(0);
    let bearer = format!("Bearer {TOKEN}");
    for request in hcp.requests() {
        if request.path.starts_with("/api/") {
            assert_eq!(request.authorization.as_deref(), Some(&*bearer));
            assert_eq!(request.content_type, "application/vnd.api+json");
        } else {
            assert_eq!(request.authorization, None, "{}", request.line());
        }
    }
    assert!(!output.prose().contains(TOKEN), "{output}");
}

#[test]
fn a_publication_that_broke_off_goes_on_where_it_was() {
    let release = SignedRelease::new();
    let hcp = HcpTerraform::start();
    hcp.fail_uploads_from(3);
    let failed = publish(&hcp, &release).expect_code(1).prose();
    assert!(failed.contains("503"), "{failed}");
    assert!(!failed.contains("/upload/"), "{failed}");
    let before = hcp.changes().len();

    hcp.fail_uploads_from(usize::MAX);
    publish(&hcp, &release).expect_code(0);
    let [(os, arch), ..] = &release.platforms()[..] else {
        panic!("a release has platforms");
    };
    let next = hcp.changes()[before].line();
    assert_eq!(
        next,
        format!("PUT /upload/provider-binary-upload/{os}/{arch}")
    );
    let after = hcp.changes().len();
    publish(&hcp, &release).expect_code(0);
    assert_eq!(hcp.changes().len(), after, "nothing is sent twice");
}

#[test]
fn what_consumers_would_refuse_is_not_published() {
    let hcp = HcpTerraform::start();
    let refuse = |release: &SignedRelease, reason: &str| {
        let refused = publish(&hcp, release).expect_code(1).prose();
        assert!(refused.contains(reason), "{refused}");
    };
    let mut release = SignedRelease::new();
    let other = Keyring::with_key("rsa2048");
    release.sign_with(&other);
    refuse(&release, "gpg --verify");
    release.keyring = other;
    let (os, arch) = release.platforms().remove(0);
    let name = archive(&format!("{os}_{arch}"));
    fs::write(release.folder().join(&name), "another").unwrap();
    refuse(&release, &format!("{name} is not the file"));
    fs::remove_file(release.folder().join(format!("{}.sig", sums()))).unwrap();
    refuse(&release, "is missing");
    assert!(hcp.requests().is_empty());
}

#[test]
fn the_same_version_of_another_release_is_refused() {
    let hcp = HcpTerraform::start();
    publish(&hcp, &SignedRelease::new()).expect_code(0);
    let refused = publish(&hcp, &SignedRelease::new()).expect_code(1).prose();
    assert!(
        refused.contains("is there already, and signed by"),
        "{refused}"
    );
}

/// Runs the script of `make publish-private-registry`.
#[track_caller]
fn publish(hcp: &HcpTerraform, release: &SignedRelease) -> Output {
    let mut command = Command::new("python3");
    command
        .arg("-B")
        .arg(root().join(".github/scripts/private_registry.py"))
        .arg(release.folder())
        .env("TFE_ADDRESS", hcp.address())
        .env("TFE_ORGANIZATION", ORGANIZATION)
        .env("TFE_TOKEN", TOKEN)
        .env("GPG_PUBLIC_KEY", release.keyring.public_key())
        .env("no_proxy", "127.0.0.1");
    Running::start(&mut command).wait()
}
