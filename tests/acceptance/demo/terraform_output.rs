//! What of Terraform's output a reader of the demo wants to see.

/// The lines of a command's output that say something of this run: no legend and no advice.
pub(crate) fn essence<'a>(command: &str, output: &'a str) -> Vec<&'a str> {
    let mut lines: Vec<_> = output
        .lines()
        .filter(|line| is_told(&plain(line)))
        .collect();
    match command {
        "init" => lines.retain(|line| plain(line).starts_with("- Installed")),
        "plan" => {
            end_before(&mut lines, |line| {
                line.starts_with('─') || line.contains(" has compared your real infrastructure")
            });
            begin_at(&mut lines, 1, |line| {
                line.contains("will perform the following actions:")
            });
        }
        // What was planned was shown when it came.
        "destroy" => begin_at(&mut lines, 0, |line| line.starts_with("Plan: ")),
        _ => {}
    }
    lines
}

fn is_told(line: &str) -> bool {
    let blank = line.trim_matches(['│', '╷', '╵', ' ']).is_empty();
    let refreshing = line.contains(": Refreshing state...");
    let advice = line.contains("To see the full warning notes, run");
    !(blank || refreshing || advice)
}

fn end_before(lines: &mut Vec<&str>, is_end: fn(&str) -> bool) {
    let end = lines.iter().position(|line| is_end(&plain(line)));
    lines.truncate(end.unwrap_or(lines.len()));
}

/// Begins with the line that is so many behind the one that fits, if one does.
fn begin_at(lines: &mut Vec<&str>, behind: usize, fits: fn(&str) -> bool) {
    if let Some(index) = lines.iter().position(|line| fits(&plain(line))) {
        lines.drain(..index + behind);
    }
}

/// The line without the codes that colour it.
fn plain(line: &str) -> String {
    let mut parts = line.split("\u{1b}[");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| {
        text + part.split_once('m').map_or("", |(_, rest)| rest)
    })
}
