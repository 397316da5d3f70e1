//! Terraform and the released provider where nothing else is: no `/etc`, no `/tmp`, no `/dev`, no library.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use super::https::Https;
use super::release::{VERSION, platform, provider};
use crate::harness::{
    API_KEY, CCID, Output, Running, Simulator, Tenant, Terraform, provider_block,
};

/// The user in the root, who owns nothing outside.
const USER: &str = "65532";

const APPLY: &[&str] = &["apply", "-no-color", "-input=false", "-auto-approve"];
const DESTROY: &[&str] = &["destroy", "-no-color", "-input=false", "-auto-approve"];
const PLAN: &[&str] = &["plan", "-no-color", "-input=false", "-detailed-exitcode"];

#[test]
fn the_life_cycle_of_a_tenant_over_https_with_a_ca_given_inline() {
    let simulator = Simulator::start();
    let https = Https::before(simulator.endpoint());
    let root = EmptyRoot::new();
    root.configure(&https.endpoint(), Some(&https.ca()), &Tenant::new());
    root.terraform(&["init", "-no-color"]).expect_code(0);
    root.terraform(APPLY).expect_code(0);
    assert_eq!(simulator.tenants(), [CCID]);
    root.terraform(PLAN).expect_code(0);

    root.configure(
        &https.endpoint(),
        Some(&https.ca()),
        &Tenant::new().text("name", "t200"),
    );
    root.terraform(PLAN).expect_code(2);
    root.terraform(APPLY).expect_code(0);
    assert_eq!(simulator.body(CCID)["tenant"]["name"], "t200");
    root.terraform(DESTROY).expect_code(0);
    assert_eq!(simulator.methods(), ["POST", "PUT", "DELETE"]);
    root.expect_untouched();
}

#[test]
fn a_server_that_no_ca_vouches_for_is_told_from_a_machine_without_any() {
    let simulator = Simulator::start();
    let https = Https::before(simulator.endpoint());
    let root = EmptyRoot::new();
    root.configure(&https.endpoint(), None, &Tenant::new());
    root.terraform(&["init", "-no-color"]).expect_code(0);
    let told = root.terraform(APPLY).expect_code(1).prose();
    assert!(
        told.contains("No CA certificates were found on this machine"),
        "{told}"
    );
    assert!(told.contains("`ca_cert_file`"), "{told}");
}

#[test]
fn a_name_that_nobody_can_be_asked_for_fails_at_once() {
    let root = EmptyRoot::new();
    root.configure("http://iwd.iwd:4024", None, &Tenant::new());
    root.terraform(&["init", "-no-color"]).expect_code(0);
    let told = root.terraform(APPLY).expect_code(1).prose();
    assert!(
        told.contains("this machine has no /etc/resolv.conf"),
        "{told}"
    );
    assert!(told.contains("1 attempt in"), "{told}");
}

/// A root with Terraform, the provider and a working folder.
struct EmptyRoot(TempDir);

impl EmptyRoot {
    fn new() -> Self {
        let root = Self(tempfile::tempdir().unwrap());
        let package = format!(
            "home/.terraform.d/plugins/registry.terraform.io/iwd/iwd/{VERSION}/{}",
            platform()
        );
        fs::create_dir_all(root.path(&package)).unwrap();
        let program = root
            .path(&package)
            .join(format!("terraform-provider-iwd_v{VERSION}"));
        fs::write(&program, provider()).unwrap();
        fs::copy(Terraform::find().path, root.path("terraform")).unwrap();
        fs::create_dir(root.path("work")).unwrap();
        for program in [program, root.path("terraform")] {
            allow(&program, 0o555);
        }
        root.protect(0o555);
        root
    }

    /// Whether the folders but the working one can be written.
    fn protect(&self, mode: u32) {
        let package = self
            .path("home")
            .join(".terraform.d/plugins/registry.terraform.io/iwd/iwd");
        let package = package.join(VERSION).join(platform());
        for folder in package
            .ancestors()
            .take_while(|folder| folder.starts_with(self.0.path()))
        {
            allow(folder, mode);
        }
    }

    fn configure(&self, endpoint: &str, ca: Option<&str>, tenant: &Tenant) {
        let (endpoint, key) = (format!("{endpoint:?}"), format!("{API_KEY:?}"));
        let mut settings = vec![("endpoint", endpoint.as_str()), ("api_key", &key)];
        let ca = ca.map(|pem| format!("<<-EOT\n{pem}EOT\n"));
        settings.extend(ca.as_deref().map(|pem| ("ca_cert_pem", pem)));
        let block = provider_block(&settings);
        let source = "terraform {\n  required_providers {\n    iwd = {\n      source = \"iwd/iwd\"\n    }\n  }\n}\n";
        fs::write(
            self.path("work/main.tf"),
            format!("{source}{block}{tenant}"),
        )
        .unwrap();
    }

    /// Runs Terraform in it, as a user without any rights and without an environment.
    #[track_caller]
    fn terraform(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new("unshare");
        command
            .args(["--user", "--map-user", USER, "--map-group", USER, "--root"])
            .arg(self.0.path())
            .args(["--wd", "/work", "/terraform"])
            .args(arguments)
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", "/home")
            .env("CHECKPOINT_DISABLE", "1");
        Running::start(&mut command).wait()
    }

    /// Fails the test if there is anything but the three entries.
    fn expect_untouched(&self) {
        let entries = fs::read_dir(self.0.path()).unwrap();
        let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name()).collect();
        names.sort();
        assert_eq!(names, ["home", "terraform", "work"]);
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }
}

impl Drop for EmptyRoot {
    fn drop(&mut self) {
        self.protect(0o755);
    }
}

fn allow(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}
