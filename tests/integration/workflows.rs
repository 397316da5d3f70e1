//! The workflows: what they use is pinned, and the release has every platform.

use std::collections::BTreeSet;

use super::repository::read;

#[test]
fn every_action_is_pinned_by_its_commit_and_says_its_version() {
    let mut seen = 0;
    for name in ["ci.yml", "release.yml"] {
        let workflow = read(format!(".github/workflows/{name}"));
        for used in workflow
            .lines()
            .filter_map(|line| line.split_once("uses: "))
        {
            let (_, action) = used.1.split_once('@').unwrap();
            let (commit, version) = action.split_once(" # v").unwrap_or((action, ""));
            let is_hash = commit.len() == 40 && commit.chars().all(|c| c.is_ascii_hexdigit());
            assert!(is_hash && !version.is_empty(), "{} in {name}", used.1);
            seen += 1;
        }
    }
    assert!(seen > 10, "only {seen} actions");
}

#[test]
fn the_release_builds_and_attests_every_platform_and_starts_all_but_freebsd() {
    let workflow = read(".github/workflows/release.yml");
    let platforms = platforms();
    let startable = platforms.iter().filter(|name| *name != "freebsd_amd64");
    let job = |name: &str| {
        let (_, rest) = workflow.split_once(&format!("\n  {name}:\n")).unwrap();
        let job = rest.lines().take_while(|line| {
            line.is_empty() || line.starts_with("    ") || line.trim().starts_with('#')
        });
        job.map(str::to_owned).collect::<Vec<_>>()
    };
    let in_matrix = |name: &str| {
        let row = |line: String| {
            let (_, rest) = line.split_once("{ platform: ")?;
            Some(rest.split(',').next()?.to_owned())
        };
        job(name)
            .into_iter()
            .filter_map(row)
            .collect::<BTreeSet<_>>()
    };
    assert_eq!(in_matrix("build"), platforms);
    assert_eq!(in_matrix("start"), startable.cloned().collect());
    let attested = job("sbom").into_iter().filter_map(|line| {
        let name = line.trim().strip_prefix("- ")?.to_owned();
        platforms.contains(&name).then_some(name)
    });
    assert_eq!(attested.collect::<BTreeSet<_>>(), platforms);
}

/// The platforms of `make dist PLATFORMS=all`.
fn platforms() -> BTreeSet<String> {
    let script = read(".github/scripts/dist/platforms.py");
    let rows = script
        .lines()
        .filter_map(|line| line.trim().strip_prefix("Platform(\""));
    let name = |row: &str| {
        let mut words = row.split('"').step_by(2);
        Some(format!("{}_{}", words.next()?, words.next()?))
    };
    rows.filter_map(name).collect()
}
