//! The release as Terraform installs it: from a registry, from mirrors, and from beside the configuration.

use std::fs;
use std::path::Path;

use super::keyring::Keyring;
use super::registry;
use super::release::{VERSION, checksum, platform};
use super::signed::{SignedRelease, archive, is_archive, stand_in};
use super::site::Site;
use crate::harness::guide::block_with;
use crate::harness::repository::{blocks, read};
use crate::harness::{
    ADDRESS, API_KEY, CCID, Output, Simulator, Tenant, Terraform, Wheel, Workspace, provider_block,
};

/// The folder of a mirror, as the guide writes it.
const MIRROR: &str = "/usr/share/terraform/providers";

#[test]
fn a_registry() {
    for terraform in terraforms() {
        let (simulator, place) = (Simulator::start(), Place::with_registry());
        let workspace = place.workspace(terraform, &simulator, &place.source());
        let printed = workspace.succeed(&["init", "-no-color", "-input=false"]);
        let printed = printed.prose();
        let key = format!("key ID {}", place.release.keyring.key_id());
        assert!(printed.contains(&key), "{key} in {printed}");
        let lock = lock_file(&workspace);
        for (os, arch) in place.release.platforms() {
            let digest = checksum(&place.release.read(&archive(&format!("{os}_{arch}"))));
            assert!(
                lock.contains(&format!("\"zh:{digest}\"")),
                "{os}_{arch} in {lock}"
            );
        }
        apply(workspace, &simulator);
    }
}

#[test]
fn a_network_mirror_and_a_filesystem_mirror_that_terraform_made_of_a_registry() {
    for terraform in terraforms() {
        let (simulator, place) = (Simulator::start(), Place::with_registry());
        let workspace = place.workspace(terraform.clone(), &simulator, ADDRESS);
        place.stand_for_the_public_registry(&workspace);
        let mirror = place.site.path("mirror");
        run_from_guide(&workspace, "terraform providers mirror", &mirror);
        let made = fs::read_dir(mirror.join(ADDRESS)).unwrap();
        let names = made.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let archives = names.filter(|name| is_archive(name)).count();
        assert_eq!(archives, place.release.platforms().len());

        let url = format!("{}/mirror/", place.site.url());
        let network_mirror = format!("network_mirror {{\n    url = {url:?}\n  }}");
        for method in [network_mirror, filesystem_mirror(&mirror)] {
            let workspace = place.workspace(terraform.clone(), &simulator, ADDRESS);
            install_by(&workspace, &method);
            workspace.init();
            apply(workspace, &simulator);
        }
    }
}

#[test]
fn a_filesystem_mirror_of_the_archives_and_a_lock_file_for_all_platforms() {
    for terraform in terraforms() {
        let (simulator, place) = (Simulator::start(), Place::new());
        let mirror = place.site.path("mirror");
        place.release.mirror(&mirror, ADDRESS);
        let workspace = place.workspace(terraform, &simulator, ADDRESS);
        install_by(&workspace, &filesystem_mirror(&mirror));
        run_from_guide(&workspace, "terraform providers lock", &mirror);
        let locked = lock_file(&workspace);
        assert_eq!(
            locked.matches("\"h1:").count(),
            place.release.platforms().len()
        );
        workspace.init();
        assert_eq!(lock_file(&workspace), locked);
        apply(workspace, &simulator);
    }
}

#[test]
fn the_archives_beside_the_configuration() {
    for terraform in terraforms() {
        let (simulator, place) = (Simulator::start(), Place::new());
        let workspace = place.workspace(terraform, &simulator, ADDRESS);
        let beside = workspace.folder().join("terraform.d/plugins");
        place.release.mirror(&beside, ADDRESS);
        workspace.init();
        apply(workspace, &simulator);
    }
}

#[test]
fn an_archive_that_is_not_the_signed_one_is_refused() {
    for terraform in terraforms() {
        let (simulator, place) = (Simulator::start(), Place::with_registry());
        place
            .site
            .write(&format!("files/{}", archive(&platform())), "another");
        let workspace = place.workspace(terraform, &simulator, &place.source());
        expect_refusal(&workspace, "checksum");
    }
}

#[test]
fn a_signature_of_another_key_is_refused() {
    for terraform in terraforms() {
        let (simulator, place) = (Simulator::start(), Place::new());
        place.release.sign_with(&Keyring::with_key("rsa2048"));
        registry::serve(&place.site, &place.release);
        let workspace = place.workspace(terraform, &simulator, &place.source());
        expect_refusal(&workspace, "signature");
    }
}

#[test]
fn an_archive_in_a_mirror_that_is_not_the_locked_one_is_refused() {
    for terraform in terraforms() {
        let (simulator, place) = (Simulator::start(), Place::with_registry());
        let workspace = place.workspace(terraform, &simulator, &place.source());
        workspace.init();
        fs::remove_dir_all(workspace.folder().join(".terraform")).unwrap();
        place.close_registry();

        let mirror = place.site.path("mirror");
        let folder = place.release.mirror(&mirror, &place.source());
        fs::write(folder.join(archive(&platform())), stand_in("another")).unwrap();
        install_by(&workspace, &filesystem_mirror(&mirror));
        expect_refusal(&workspace, "checksum");
    }
}

/// The installed Terraform and the newest.
fn terraforms() -> [Terraform; 2] {
    let newest = Wheel::all().last().expect("a newest Terraform");
    [Terraform::find(), Terraform::of(newest)]
}

/// A release and a web server.
struct Place {
    release: SignedRelease,
    site: Site,
}

impl Place {
    fn new() -> Self {
        let place = Self {
            release: SignedRelease::new(),
            site: Site::start(),
        };
        place.site.write("ca.pem", place.site.ca());
        place
    }

    /// One whose server is a registry with the release.
    fn with_registry() -> Self {
        let place = Self::new();
        registry::serve(&place.site, &place.release);
        place
    }

    /// Makes Terraform ask this registry for what is in its public one.
    fn stand_for_the_public_registry(&self, workspace: &Workspace<'_>) {
        let (host, _) = ADDRESS.split_once('/').unwrap();
        let url = format!("{}/v1/providers/", self.site.url());
        let text = format!(
            "host {host:?} {{\n  services = {{\n    \"providers.v1\" = {url:?}\n  }}\n}}\n"
        );
        fs::write(workspace.cli_config(), text).unwrap();
    }

    /// Makes the registry answer nothing any more.
    fn close_registry(&self) {
        for name in [".well-known", "v1", "files"] {
            fs::remove_dir_all(self.site.path(name)).unwrap();
        }
    }

    /// The provider's address in the registry.
    fn source(&self) -> String {
        format!("{}/iwd/iwd", self.site.host())
    }

    /// A workspace with a tenant of the provider `source`, which Terraform installs as it does unless told otherwise.
    fn workspace<'a>(
        &self,
        terraform: Terraform,
        simulator: &'a Simulator,
        source: &str,
    ) -> Workspace<'a> {
        let workspace = Workspace::empty(terraform, Some(simulator));
        let endpoint = format!("{:?}", simulator.endpoint());
        let key = format!("{API_KEY:?}");
        let block = provider_block(&[("endpoint", &endpoint), ("api_key", &key)]);
        let provider = format!(
            "terraform {{\n  required_providers {{\n    iwd = {{\n      source  = {source:?}\n      version = {VERSION:?}\n    }}\n  }}\n}}\n{block}"
        );
        workspace.set_file("provider.tf", &provider);
        workspace.set_config(Tenant::new());
        fs::write(workspace.cli_config(), "").unwrap();
        let ca = self.site.path("ca.pem");
        workspace.environment(&[("SSL_CERT_FILE", ca.to_str().unwrap())]);
        workspace
    }
}

/// Makes a method of installation the only one.
fn install_by(workspace: &Workspace<'_>, method: &str) {
    let text = format!("provider_installation {{\n  {method}\n}}\n");
    fs::write(workspace.cli_config(), text).unwrap();
}

fn filesystem_mirror(folder: &Path) -> String {
    let folder = folder.to_str().unwrap();
    format!("filesystem_mirror {{\n    path = {folder:?}\n  }}")
}

/// Runs the guide's command that begins with `begin`, with `mirror` in the place of its folder.
#[track_caller]
fn run_from_guide(workspace: &Workspace<'_>, begin: &str, mirror: &Path) -> Output {
    let guide = read("docs/guides/running-it.md");
    let command = block_with(&blocks(&guide, &["shell"]), begin);
    let mirror = mirror.to_str().unwrap();
    let command = command.replace("\\\n", " ").replace(MIRROR, mirror);
    assert!(command.contains(mirror), "{command}");
    let words: Vec<_> = command.split_whitespace().skip(1).collect();
    workspace.succeed(&words)
}

/// Creates the tenant and destroys it.
#[track_caller]
fn apply(workspace: Workspace<'_>, simulator: &Simulator) {
    workspace.apply().expect_created(1);
    assert_eq!(simulator.tenants(), [CCID]);
    workspace.finish();
}

#[track_caller]
fn expect_refusal(workspace: &Workspace<'_>, reason: &str) {
    let printed = workspace.run(&["init", "-input=false"]).expect_code(1);
    assert!(printed.prose().contains(reason), "{printed}");
    let unpacked = workspace.folder().join(".terraform/providers");
    let providers = fs::read_dir(unpacked).into_iter().flatten();
    assert_eq!(providers.count(), 0, "{printed}");
}

fn lock_file(workspace: &Workspace<'_>) -> String {
    fs::read_to_string(workspace.folder().join(".terraform.lock.hcl")).unwrap()
}
