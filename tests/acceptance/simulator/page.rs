//! The page in a browser: what a person sees, clicks, and is kept from.

use std::{env, fs};

use libtest_mimic::Trial;
use serde_json::json;

use crate::harness::repository::root;
use crate::harness::{Browser, Simulator, quickstart, trial};

/// Set by `make screenshot`: keep the picture for the guide.
const KEEP: &str = "KEEP_SCREENSHOT";
const PICTURE: &str = "images/simulator.png";
const SECRETS: [&str; 5] = ["049111b4", "pYV1", "22552b96", "d6b68a7b", "5e0c7a52"];

pub(crate) fn trials() -> Vec<Trial> {
    let tests: [(&str, fn()); 5] = [
        (
            "a_tenant_comes_and_goes_without_a_reload",
            a_tenant_comes_and_goes,
        ),
        (
            "a_fault_is_added_met_and_cleared",
            a_fault_is_added_met_and_cleared,
        ),
        ("a_half_filled_form_stays", a_half_filled_form_stays),
        (
            "what_a_tenant_is_called_is_text",
            what_a_tenant_is_called_is_text,
        ),
        (
            "the_guide_shows_the_page_as_it_is",
            the_guide_shows_the_page_as_it_is,
        ),
    ];
    let trials = tests.into_iter();
    trials
        .map(|(name, run)| trial(format!("page::{name}"), Browser::obstacle, run))
        .collect()
}

fn a_tenant_comes_and_goes() {
    let mut simulator = Simulator::start();
    let mut browser = open(&simulator);
    browser.wait_for("#tenants", "None yet");
    simulator.put(&quickstart::documented_body());
    browser.wait_for("#tenants", "t100");
    browser.wait_for("#tenants", "iWD 100 t100 IWDDM Key ********");
    browser.wait_for("#requests", "PUT");
    let held = browser
        .evaluate("document.documentElement.outerHTML")
        .to_string();
    for secret in SECRETS {
        assert!(!held.contains(secret), "{secret} is on the page");
    }
    browser.click("#tenants a");
    browser.wait_for("body", "\"apiKeys\"");
    assert!(browser.text("body").contains("********"));
    simulator.kill_and_restart();
    let mut browser = open(&simulator);
    browser.wait_for("#tenants", "t100");
    assert_eq!(browser.complaints(), [""; 0]);
    drop(simulator);
    browser.wait_for("#state", "doesn't answer");
}

fn a_fault_is_added_met_and_cleared() {
    let simulator = Simulator::start();
    let mut browser = open(&simulator);
    browser.wait_for("#faults", "None");
    browser.fill("[name=times]", "3");
    browser.fill("[name=percent]", "100");
    browser.fill("[name=status]", "418");
    browser.fill("[name=ccid]", quickstart::CCID);
    browser.fill("[name=body]", "no <b>coffee</b>");
    browser.click("[name=apply]");
    browser.click("#add button");
    browser.wait_for("#faults", "the next 3 × request with a chance of 100 %");
    browser.wait_for("#faults", "performed, then 418");
    assert_eq!(simulator.put(&quickstart::documented_body()).0, 418);
    browser.wait_for("#tenants", "t100");
    browser.wait_for("#faults", "the next 2 × request");
    browser.wait_for("#requests", "418");
    browser.click("#faults button");
    browser.wait_for("#faults", "None");
    assert_eq!(simulator.put(&quickstart::documented_body()).0, 200);
    browser.wait_for("#requests", "200");
    assert_eq!(browser.complaints(), [""; 0]);
}

fn a_half_filled_form_stays() {
    let simulator = Simulator::start();
    let mut browser = open(&simulator);
    browser.fill("[name=body]", "half a sent");
    simulator.put(&quickstart::documented_body());
    browser.wait_for("#requests", "200");
    assert_eq!(
        browser.evaluate("document.querySelector('[name=body]').value"),
        "half a sent"
    );
}

fn what_a_tenant_is_called_is_text() {
    let simulator = Simulator::start();
    let attack = "<img src=x onerror=\"alert(1)\"><script>document.title = 'taken'</script>";
    let mut body = quickstart::documented_body();
    body["tenant"]["name"] = attack.into();
    body["tenant"]["ccid"] = format!("\">{attack}").into();
    simulator.fault(json!({"status": 500, "times": 0, "ccid": attack}));
    simulator.put(&body);
    let mut browser = open(&simulator);
    for part in ["#tenants", "#faults"] {
        browser.wait_for(part, attack);
    }
    // The second time by the page's own script.
    body["tenant"]["id"] = "101".into();
    simulator.put(&body);
    browser.wait_for("#tenants", "101");
    assert_eq!(browser.evaluate("document.title"), "IWD simulator");
    assert_eq!(browser.evaluate("document.images.length"), 0);
    assert_eq!(browser.complaints(), [""; 0]);
}

/// Pins what a person reads, so that the picture is renewed with it.
fn the_guide_shows_the_page_as_it_is() {
    let folder = tempfile::tempdir().expect("a temporary directory");
    let seed = folder.path().join("tenants.json");
    let mut second = quickstart::documented_body();
    second["tenant"]["id"] = "200".into();
    second["tenant"]["name"] = "t200".into();
    second["tenant"]["ccid"] = "9350e2fc-a1dd-4c65-8d40-1f75a2e00200".into();
    second["tenant"]
        .as_object_mut()
        .expect("an object")
        .remove("gws");
    fs::write(&seed, json!([second]).to_string()).expect("a file");
    let simulator = Simulator::start_with(&["--seed", &seed.to_string_lossy()]);
    let faults = json!([
        {"method": "PUT", "status": 503, "times": 2},
        {"apply": true, "connection": "reset", "ccid": quickstart::CCID},
    ]);
    simulator.put(&quickstart::documented_body());
    simulator.fault(faults);
    simulator.put(&quickstart::renamed_body());
    let mut browser = open(&simulator);
    browser.wait_for("#requests", "503");
    browser.wait_for("#state", "Up to date");
    let text = without_times(&browser.text("body"));
    let picture = browser.screenshot();
    assert!(picture.len() < 150 << 10, "{} bytes", picture.len());
    if env::var_os(KEEP).is_some() {
        let file = root().join(PICTURE);
        fs::write(file, &picture).expect("the picture can be kept");
    }
    insta::assert_snapshot!("what_a_person_reads", text);
    assert!(
        root().join(PICTURE).is_file(),
        "no picture: make screenshot"
    );
}

fn open(simulator: &Simulator) -> Browser {
    Browser::open(simulator.endpoint(), 1000, 800)
}

/// Each time of day as `hh:mm:ss`.
fn without_times(text: &str) -> String {
    let words = text.split_inclusive(char::is_whitespace);
    words
        .map(|word| {
            let is_time = word.trim().split(':').count() == 3 && word.trim().len() == 8;
            if is_time {
                word.replace(word.trim(), "hh:mm:ss")
            } else {
                word.to_owned()
            }
        })
        .collect()
}
