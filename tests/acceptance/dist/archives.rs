//! Names and contents, as the registries want them.

use std::collections::BTreeSet;
use std::fs;
use std::process::Command;

use super::release::{VERSION, checksum, json, names, platform, read, unpack};
use crate::harness::Json;
use crate::harness::repository::root;

const SHELF: [&str; 6] = [
    "CHANGELOG.md",
    "LICENSE",
    "LICENSE-APACHE",
    "LICENSE-MIT",
    "README.md",
    "THIRD-PARTY-LICENSES.txt",
];

/// The archives, each with its platform and its program's name.
fn archives() -> Vec<(String, String, String)> {
    let archive = |name: String| {
        let (program, rest) = name.strip_suffix(".zip")?.split_once('_')?;
        let platform = rest.strip_prefix(VERSION)?.strip_prefix('_')?;
        let suffix = if platform.starts_with("windows") {
            ".exe"
        } else {
            ""
        };
        let program = match program {
            "terraform-provider-iwd" => format!("{program}_v{VERSION}{suffix}"),
            "iwd-simulator" => format!("{program}{suffix}"),
            other => panic!("an archive of {other}"),
        };
        Some((name.clone(), platform.to_owned(), program))
    };
    names().into_iter().filter_map(archive).collect()
}

#[test]
fn a_platform_has_terraforms_name() {
    let scripts = root().join(".github/scripts/dist");
    for (system, machine, expected) in [
        ("Linux", "x86_64", "linux_amd64"),
        ("Linux", "aarch64", "linux_arm64"),
        ("Linux", "armv7l", "linux_arm"),
        ("Linux", "armv6l", "linux_arm"),
        ("Linux", "i686", "linux_386"),
        ("Darwin", "arm64", "darwin_arm64"),
        ("Windows", "AMD64", "windows_amd64"),
        ("FreeBSD", "amd64", "freebsd_amd64"),
        ("Linux", "riscv64", "linux_riscv64"),
    ] {
        let code =
            format!("import platforms; print(platforms.terraforms_name({system:?}, {machine:?}))");
        let output = Command::new("python3")
            .args(["-B", "-c", &code])
            .current_dir(&scripts)
            .output()
            .unwrap();
        assert_eq!(String::from_utf8_lossy(&output.stdout).trim(), expected);
    }
    let output = Command::new("python3")
        .arg("-B")
        .arg(scripts.join("platforms.py"))
        .output()
        .unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stdout).trim(), platform());
}

#[test]
fn each_archive_holds_its_program_and_what_goes_with_it() {
    let archives = archives();
    for (name, _, program) in &archives {
        let entries = unpack(name);
        let expected: BTreeSet<_> = SHELF.into_iter().chain([program.as_str()]).collect();
        assert_eq!(
            entries.keys().map(String::as_str).collect::<BTreeSet<_>>(),
            expected,
            "{name}"
        );
        for (entry, (data, mode)) in &entries {
            let expected = if entry == program { 0o755 } else { 0o644 };
            assert_eq!(*mode, expected, "{entry} in {name}");
            assert!(!data.is_empty(), "{entry} in {name}");
        }
        let readme = fs::read(root().join("README.md")).unwrap();
        assert_eq!(entries["README.md"].0, readme);
    }
    let programs = |platform: &str| {
        archives
            .iter()
            .filter(|(_, one, _)| one == platform)
            .count()
    };
    assert_eq!(programs(&platform()), 2, "{archives:?}");
}

#[test]
fn the_manifest_says_which_protocol_is_spoken() {
    let manifest = json(&format!("terraform-provider-iwd_{VERSION}_manifest.json"));
    assert_eq!(manifest["version"], 1);
    assert_eq!(
        manifest["metadata"]["protocol_versions"],
        serde_json::json!(["5.0"])
    );
}

#[test]
fn the_sums_are_those_of_all_files() {
    let sums = format!("terraform-provider-iwd_{VERSION}_SHA256SUMS");
    let signature = format!("{sums}.sig");
    let lines = String::from_utf8(read(&sums)).unwrap();
    let summed: Vec<_> = lines
        .lines()
        .map(|line| line.split_once("  ").unwrap())
        .collect();
    for (digest, name) in &summed {
        assert_eq!(*digest, checksum(&read(name)), "{name}");
    }
    let others = names()
        .into_iter()
        .filter(|name| *name != sums && *name != signature);
    assert_eq!(
        summed
            .iter()
            .map(|(_, name)| (*name).to_owned())
            .collect::<Vec<_>>(),
        others.collect::<Vec<_>>()
    );
}

#[test]
fn each_bill_of_materials_names_every_package_in_its_program() {
    for (name, _, _) in archives() {
        let bill = json(&name.replace(".zip", ".cdx.json"));
        assert_eq!(
            (&bill["bomFormat"], &bill["specVersion"]),
            (&"CycloneDX".into(), &"1.6".into())
        );
        let subject = &bill["metadata"]["component"];
        assert_eq!(subject["version"], VERSION);
        let target = subject["properties"][0]["value"].as_str().unwrap();
        let components: BTreeSet<_> = bill["components"]
            .as_array()
            .unwrap()
            .iter()
            .map(label)
            .collect();
        let features = if name.starts_with("iwd-simulator") {
            "simulator"
        } else {
            ""
        };
        assert_eq!(components, linked(target, features), "{name}");
        for component in bill["components"].as_array().unwrap() {
            let digest = component["hashes"][0]["content"]
                .as_str()
                .unwrap_or_default();
            assert_eq!(digest.len(), 64, "{component}");
        }
    }
}

#[test]
fn each_package_is_in_the_text_of_licenses() {
    for (name, _, _) in archives() {
        let bill = json(&name.replace(".zip", ".cdx.json"));
        let licenses =
            String::from_utf8(unpack(&name)["THIRD-PARTY-LICENSES.txt"].0.clone()).unwrap();
        for component in bill["components"].as_array().unwrap() {
            let title = format!("\n{}: ", label(component));
            assert!(licenses.contains(&title), "{title} in {name}");
        }
        assert!(licenses.contains("The Rust standard library"));
    }
}

#[test]
fn the_program_for_linux_needs_no_library_and_no_fixed_address() {
    let linux = |(_, platform, _): &(String, String, String)| platform.starts_with("linux");
    let mut seen = 0;
    for (name, _, program) in archives().into_iter().filter(linux) {
        let (data, _) = &unpack(&name)[&program];
        let elf = Elf(data);
        assert!(elf.is_position_independent(), "{name}");
        assert!(!elf.wants_an_interpreter(), "{name}");
        seen += 1;
    }
    assert!(seen >= 2, "{seen} programs for Linux");
}

/// The packages that cargo links, as `name version`, our own left out.
fn linked(target: &str, features: &str) -> BTreeSet<String> {
    let tree = Command::new(env!("CARGO"))
        .args([
            "tree",
            "--locked",
            "--prefix=none",
            "--format={p}",
            "--edges=normal,no-proc-macro",
        ])
        .args(["--target", target, "--features", features])
        .current_dir(root())
        .output()
        .unwrap();
    assert!(tree.status.success());
    let package = |line: &str| {
        let (name, rest) = line.split_once(" v")?;
        Some(format!("{name} {}", rest.split(' ').next()?))
    };
    let text = String::from_utf8(tree.stdout).unwrap();
    let own = format!("{} {VERSION}", env!("CARGO_PKG_NAME"));
    text.lines()
        .filter_map(package)
        .filter(|name| *name != own)
        .collect()
}

fn label(component: &Json) -> String {
    let text = |name: &str| component[name].as_str().unwrap().to_owned();
    format!("{} {}", text("name"), text("version"))
}

/// A program for Linux, little-endian.
struct Elf<'a>(&'a [u8]);

impl Elf<'_> {
    fn is_position_independent(&self) -> bool {
        const SHARED_OBJECT: u64 = 3;
        self.number(16, 2) == SHARED_OBJECT
    }

    fn wants_an_interpreter(&self) -> bool {
        const INTERPRETER: u64 = 3;
        let is_64_bit = self.0[4] == 2;
        let (table, size, count) = if is_64_bit {
            (self.number(32, 8), self.number(54, 2), self.number(56, 2))
        } else {
            (self.number(28, 4), self.number(42, 2), self.number(44, 2))
        };
        assert!(count > 0, "an ELF file has segments");
        (0..count).any(|index| {
            let at = usize::try_from(table + index * size).unwrap();
            self.number(at, 4) == INTERPRETER
        })
    }

    fn number(&self, at: usize, length: usize) -> u64 {
        let bytes = self.0[at..at + length].iter().rev();
        bytes.fold(0, |number, &byte| number << 8 | u64::from(byte))
    }
}
