//! The figures as a table, as JSON and as a plot.

use std::env;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::{Value as Json, json};

use super::figure::{Figure, number};
use super::plot;
use crate::harness::{Terraform, repository};

/// Between these lines of the page stands the last table.
const BEGIN: &str = "<!-- make bench writes from here -->\n";
const END: &str = "<!-- to here -->\n";

/// What one run measured.
pub(crate) struct Report {
    machine: String,
    provider: String,
    terraform: String,
    figures: Vec<Figure>,
    skipped: Vec<String>,
}

impl Report {
    /// A report on these figures of that binary.
    pub(crate) fn new(provider: &Path, figures: Vec<Figure>, skipped: Vec<String>) -> Self {
        Self {
            machine: machine(),
            provider: version(provider),
            terraform: Terraform::find().version(),
            figures,
            skipped,
        }
    }

    /// The table, with where and of what it was measured.
    pub(crate) fn table(&self) -> String {
        let mut text = format!(
            "{}; {}, {}\n\n| what | figure | beside | ratio | goal | |\n|---|--:|---|--:|--:|---|\n",
            self.provider, self.terraform, self.machine
        );
        for figure in &self.figures {
            let value = format!("{} {}", number(figure.value), figure.unit);
            let (beside, ratio) = figure
                .beside
                .as_ref()
                .map_or_else(Default::default, |beside| {
                    let other = number(beside.value);
                    (
                        format!("{} {other} {}", beside.what, figure.unit),
                        number(beside.ratio),
                    )
                });
            let goal = figure.goal.map(|goal| goal.to_string()).unwrap_or_default();
            let verdict = match figure.used() {
                Some(used) if used > 1.0 => "**missed**",
                Some(_) => "met",
                None => "",
            };
            let cells = [
                &figure.what,
                value.trim_end(),
                &beside,
                &ratio,
                &goal,
                verdict,
            ];
            let _ = writeln!(text, "| {} |", cells.join(" | "));
        }
        for skipped in &self.skipped {
            let _ = write!(text, "\nNot measured: {skipped}\n");
        }
        text
    }

    /// Writes JSON and plot into the target directory, and with `KEEP` set table and plot into the documentation.
    pub(crate) fn save(&self) {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("bench");
        fs::create_dir_all(&folder).unwrap();
        let mut written = vec![
            (folder.join("figures.json"), format!("{:#}\n", self.json())),
            (folder.join("figures.svg"), plot::draw(&self.figures)),
        ];
        if env::var_os("KEEP").is_some_and(|value| !value.is_empty()) {
            let root = repository::root();
            let page = root.join("docs/performance.md");
            let text = fs::read_to_string(&page).unwrap();
            written.push((page, with_table(&text, &self.table())));
            written.push((
                root.join("images/performance.svg"),
                plot::draw(&self.figures),
            ));
        }
        for (path, text) in written {
            fs::write(&path, text).unwrap();
            println!("wrote {}", path.display());
        }
    }

    fn json(&self) -> Json {
        let figures = self.figures.iter().map(|figure| {
            json!({
                "what": figure.what,
                "value": figure.value,
                "unit": figure.unit,
                "beside": figure.beside.as_ref().map(|beside| {
                    json!({"what": beside.what, "value": beside.value, "ratio": beside.ratio})
                }),
                "goal": figure.goal.map(|goal| goal.to_string()),
                "used": figure.used(),
            })
        });
        json!({
            "provider": self.provider,
            "terraform": self.terraform,
            "machine": self.machine,
            "figures": figures.collect::<Vec<_>>(),
            "skipped": self.skipped,
        })
    }
}

/// The page with another table.
fn with_table(page: &str, table: &str) -> String {
    let (before, rest) = page
        .split_once(BEGIN)
        .expect("the page has a place for the table");
    let (_, after) = rest.split_once(END).expect("the place has an end");
    format!("{before}{BEGIN}\n{table}\n{END}{after}")
}

/// What the binary says of itself: version, commit, target.
fn version(provider: &Path) -> String {
    let output = Command::new(provider).arg("--version").output().unwrap();
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

/// Processor, cores, and how busy they were with other work at the end.
fn machine() -> String {
    let read = |path: &str| fs::read_to_string(path).unwrap_or_default();
    let processor = read("/proc/cpuinfo").lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        (name.trim() == "model name").then(|| value.trim().to_owned())
    });
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let load = read("/proc/loadavg");
    let load = load.split(' ').nth(1).unwrap_or_default();
    let processor = processor.unwrap_or_default();
    format!("{cores} cores of {processor}, load {load} in the last 5 minutes")
}
