//! The decisions of a soak: what it counts, and what makes it fail.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use serde_json::json;

use super::arguments::Arguments;
use super::figures::{Figures, Wrong};
use super::kills::{Victim, kills};
use super::simulator_log::{Seen, SimulatorLog};
use super::state_copy::StateCopy;
use super::tenants::{Differences, Tenants};

fn tenants(count: u32) -> Tenants {
    Tenants {
        count,
        values: "one".to_owned(),
        secrets: "s3cret".to_owned(),
    }
}

#[test]
fn a_tenant_that_is_missing_or_differs_in_one_secret_is_lost_and_others_are_left_over() {
    let wanted = tenants(3).bodies();
    assert_eq!(
        Differences::between(&wanted, &wanted),
        Differences::default()
    );
    let ccids: Vec<_> = wanted.keys().cloned().collect();
    let mut held = wanted.clone();
    held.remove(&ccids[0]);
    held.get_mut(&ccids[1]).unwrap()["iwd"]["db"]["password"] = json!("an older one");
    held.insert("another".to_owned(), json!({}));
    let differences = Differences::between(&wanted, &held);
    assert_eq!(Vec::from_iter(&differences.lost), [&ccids[0], &ccids[1]]);
    assert_eq!(Vec::from_iter(&differences.left_over), ["another"]);

    let mut figures = Figures::default();
    figures.note_differences("rotate", differences);
    let told = format!("tenants lost 2\n  {} after rotate\n", ccids[0]);
    assert!(figures.to_string().contains(&told), "{figures}");

    let after_destroy = Differences::between(&BTreeMap::new(), &wanted);
    assert_eq!(after_destroy.left_over.len(), 3);
}

#[test]
fn whatever_must_not_be_makes_it_fail_and_is_told() {
    assert!(Figures::default().are_as_they_must_be());
    for (wrong, told) in [
        (Wrong::Lost, "tenants lost 1\n  what"),
        (Wrong::LeftOver, "tenants left over 1\n  what"),
        (Wrong::Secret, "secrets found 1\n  what"),
        (Wrong::Orphan, "outlived their Terraform 1\n  what"),
        (Wrong::Step, "steps not finished 1\n  what"),
    ] {
        let mut figures = Figures::default();
        figures.note(wrong, "what".to_owned());
        assert!(!figures.are_as_they_must_be());
        assert!(figures.to_string().contains(told), "{figures}");
    }
}

#[test]
fn a_soak_in_which_something_did_not_happen_fails() {
    let mut figures = Figures::default();
    figures.retries += 1;
    figures.note_quiet();
    assert!(!figures.are_as_they_must_be());
    let told = "kinds of trouble that were missing 2\n  no faults\n  no kills\n";
    assert!(figures.to_string().contains(told), "{figures}");
}

#[test]
fn requests_and_faults_are_counted_line_by_line_as_they_come() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("log");
    let mut text = "PUT /iwd/v3/provisioning 503 0ms (fault: 503)\n\
         POST /_simulator/faults 200 0ms\n\
         PUT /iwd/v3/provisioning 400 1ms: iwd is missing\n\
         DELETE /iwd/v3/provisioning/a Res"
        .to_owned();
    fs::write(&file, &text).unwrap();
    let mut log = SimulatorLog::open(&file);
    let seen = |requests, faults: &[&str]| Seen {
        requests,
        faults: faults
            .iter()
            .map(|fault| ((*fault).to_owned(), 1))
            .collect(),
    };
    assert_eq!(*log.read(), seen(2, &["503"]));
    text += "et 7ms (fault: performed, then the connection reset)\n";
    fs::write(&file, &text).unwrap();
    let reset = "performed, then the connection reset";
    assert_eq!(*log.read(), seen(3, &["503", reset]));

    let mut figures = Figures::default();
    figures.add(&log.seen);
    let told = figures.to_string();
    assert!(
        told.contains("requests 3,") && told.contains("faults 2 (66 %"),
        "{told}"
    );
}

#[test]
fn a_seed_gives_the_same_kills_and_no_step_is_without() {
    assert_eq!(kills(7, 200), kills(7, 200));
    let mut victims = BTreeSet::new();
    for seed in 0..20 {
        for step in kills(seed, 200) {
            assert!((1..=2).contains(&step.len()), "{step:?}");
            assert!(step.iter().all(|kill| kill.after <= 100), "{step:?}");
            victims.extend(step.iter().map(|kill| kill.victim));
        }
    }
    let all = [Victim::Provider, Victim::Terraform, Victim::Simulator];
    assert_eq!(Vec::from_iter(victims), all);
}

#[test]
fn a_state_in_pieces_is_restored_and_a_whole_one_is_left() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("terraform.tfstate");
    let nothing = StateCopy::of(folder.path());
    assert!(!nothing.restore_where_needed());
    fs::write(&file, "{\"serial\": 1}").unwrap();
    let copy = StateCopy::of(folder.path());
    fs::write(&file, "{\"serial\": 2}").unwrap();
    assert!(!copy.restore_where_needed());
    assert_eq!(fs::read_to_string(&file).unwrap(), "{\"serial\": 2}");
    for piece in ["", "{\"serial\""] {
        fs::write(&file, piece).unwrap();
        assert!(copy.restore_where_needed());
        assert_eq!(fs::read_to_string(&file).unwrap(), "{\"serial\": 1}");
    }
    fs::write(&file, "").unwrap();
    assert!(nothing.restore_where_needed());
    assert!(!file.exists());
}

#[test]
fn arguments_are_numbers_and_a_seed_is_made_where_none_is_given() {
    let read = |words: &[&str]| Arguments::read(lexopt::Parser::from_args(words));
    let given = Arguments {
        seed: 7,
        tenants: 10,
        minutes: 3,
    };
    let words = ["--seed", "7", "--tenants=10", "--minutes", "3"];
    assert_eq!(read(&words).unwrap(), given);
    let default = read(&[]).unwrap();
    assert_eq!((default.tenants, default.minutes), (200, 0));
    for wrong in [
        "--seed=x",
        "--tenants=0",
        "--tenants=10001",
        "--rounds=1",
        "7",
    ] {
        assert!(read(&[wrong]).is_err(), "{wrong}");
    }
}
