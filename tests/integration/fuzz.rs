//! What the fuzzer tries, with the seeds that are kept of it: `fuzz/corpus/TARGET/` has them, `make fuzz` looks for more.

#[path = "../../fuzz/src"]
mod fuzzer {
    #[expect(unreachable_pub, reason = "the fuzzer's programs use it too")]
    pub(crate) mod targets;
}

use std::fs;
use std::panic;
use std::path::{Path, PathBuf};

pub(crate) use self::fuzzer::targets;
use self::fuzzer::targets::Target;
use super::repository::root;

fn fuzz(folder: &str) -> PathBuf {
    root().join("fuzz").join(folder)
}

/// What is in a folder, by name.
fn entries(folder: &Path) -> Vec<PathBuf> {
    let entries =
        fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut paths: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
}

fn names(folder: &str) -> Vec<String> {
    let name = |path: &PathBuf| path.file_stem().unwrap().to_string_lossy().into_owned();
    entries(&fuzz(folder)).iter().map(name).collect()
}

#[test]
fn every_target_holds_for_its_seeds() {
    let mut failed = Vec::new();
    for (name, target) in targets::ALL {
        let seeds = entries(&fuzz("corpus").join(name));
        assert!(!seeds.is_empty(), "{name} has no seeds");
        for seed in seeds {
            let bytes = fs::read(&seed).unwrap();
            if panic::catch_unwind(|| target(&bytes)).is_err() {
                failed.push(seed);
            }
        }
    }
    assert!(failed.is_empty(), "targets fail for {failed:#?}");
}

#[test]
fn every_target_is_a_program_of_the_fuzzer_and_has_a_corpus() {
    let all = targets::ALL.map(|(name, _): (_, Target)| name);
    assert_eq!(names("fuzz_targets"), all);
    assert_eq!(names("corpus"), all);
}
