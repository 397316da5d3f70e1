//! The built provider where `terraform init` finds it, and nothing else.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

/// The provider's source address.
pub use terraform_provider_iwd::provider::ADDRESS;

/// The provider's program.
const PROGRAM: &str = "terraform-provider-iwd";

/// The registries of Terraform and of `OpenTofu`, which takes an address of the first in a state for one of its own.
const HOSTS: [&str; 2] = ["registry.terraform.io", "registry.opentofu.org"];

/// Installs the provider below `folder` and returns the CLI configuration file that makes Terraform take it from there.
///
/// A filesystem mirror is the only method of installation in it, so `init` chooses a version, writes the lock file and
/// verifies the checksum as it does for users, and never asks a registry.
pub fn install(folder: &Path) -> PathBuf {
    for package in packages(folder) {
        link(&package, PROGRAM);
    }
    let mirror = folder.join("mirror");
    let cli_config = folder.join("terraform.rc");
    let text = format!(
        "provider_installation {{\n  filesystem_mirror {{\n    path = {:?}\n  }}\n}}\n",
        mirror
            .to_str()
            .expect("a temporary directory has a name in UTF-8")
    );
    fs::write(&cli_config, text).expect("the CLI configuration can be written");
    cli_config
}

/// Installs the provider for Terraform 0.12, which knows neither addresses nor mirrors, in the configuration's directory.
pub fn install_for_0_12(configuration: &Path) {
    let folder = configuration.join("terraform.d/plugins").join(platform());
    let name = concat!("terraform-provider-iwd_v", env!("CARGO_PKG_VERSION"));
    link(&folder, name);
}

/// Installs this provider in the place of the one whose address without host is `source`, below the folder given to
/// [`install`].
pub fn install_in_place_of(source: &str, folder: &Path) {
    let (_, name) = source.split_once('/').expect("an address ends with a name");
    for address in addresses(source) {
        let package = folder.join("mirror").join(address).join("1.0.0");
        link(
            &package.join(platform()),
            &format!("terraform-provider-{name}"),
        );
    }
}

/// The address without its host, as a configuration writes it.
pub fn source() -> &'static str {
    ADDRESS.split_once('/').expect("an address has a host").1
}

/// Terraform's name of this machine's kind, such as `linux_amd64`.
pub fn platform() -> String {
    let os = match std::env::consts::OS {
        "macos" => "darwin",
        other => other,
    };
    let arch = match std::env::consts::ARCH {
        "x86_64" => "amd64",
        "aarch64" => "arm64",
        "x86" => "386",
        other => other,
    };
    format!("{os}_{arch}")
}

/// The address under each host that the short form `source` may stand for.
fn addresses(source: &str) -> [String; 2] {
    HOSTS.map(|host| format!("{host}/{source}"))
}

/// Installs `program` in the provider's place, below the folder given to [`install`].
pub fn replace(program: &Path, folder: &Path) {
    for package in packages(folder) {
        let provider = package.join(PROGRAM);
        fs::remove_file(&provider).expect("a link of ours can be removed");
        symlink(program, provider).expect("the program can be linked");
    }
}

/// Where each registry's package of the provider lies below `folder`.
fn packages(folder: &Path) -> [PathBuf; 2] {
    addresses(source()).map(|address| {
        let versions = folder.join("mirror").join(address);
        versions.join(env!("CARGO_PKG_VERSION")).join(platform())
    })
}

fn link(folder: &Path, name: &str) {
    fs::create_dir_all(folder).expect("the mirror can be made");
    symlink(
        env!("CARGO_BIN_EXE_terraform-provider-iwd"),
        folder.join(name),
    )
    .expect("the provider can be linked");
}
