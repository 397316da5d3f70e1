//! A provider registry, of the protocol that Terraform speaks with its own.

use serde_json::json;

use super::release::{VERSION, checksum};
use super::signed::{SignedRelease, archive, sums};
use super::site::Site;
use crate::harness::Json;

/// Puts a registry with `release` on `site`.
pub(crate) fn serve(site: &Site, release: &SignedRelease) {
    for name in release.names() {
        site.write(&format!("files/{name}"), release.read(&name));
    }
    site.write_json(
        ".well-known/terraform.json",
        &json!({"providers.v1": "/v1/providers/"}),
    );
    let manifest = release.read(&format!("terraform-provider-iwd_{VERSION}_manifest.json"));
    let manifest: Json = serde_json::from_slice(&manifest).unwrap();
    let protocols = &manifest["metadata"]["protocol_versions"];
    let platforms: Vec<_> = release
        .platforms()
        .into_iter()
        .map(|(os, arch)| json!({"os": os, "arch": arch}))
        .collect();
    site.write_json(
        "v1/providers/iwd/iwd/versions",
        &json!({"versions": [{"version": VERSION, "protocols": protocols, "platforms": platforms}]}),
    );
    for (os, arch) in release.platforms() {
        site.write_json(
            &format!("v1/providers/iwd/iwd/{VERSION}/download/{os}/{arch}"),
            &download(release, protocols, &os, &arch),
        );
    }
}

fn download(release: &SignedRelease, protocols: &Json, os: &str, arch: &str) -> Json {
    let (archive, sums) = (archive(&format!("{os}_{arch}")), sums());
    json!({
        "protocols": protocols,
        "os": os,
        "arch": arch,
        "filename": archive,
        "download_url": format!("/files/{archive}"),
        "shasums_url": format!("/files/{sums}"),
        "shasums_signature_url": format!("/files/{sums}.sig"),
        "shasum": checksum(&release.read(&archive)),
        "signing_keys": {
            "gpg_public_keys": [{
                "key_id": release.keyring.key_id(),
                "ascii_armor": release.keyring.public_key(),
            }],
        },
    })
}
