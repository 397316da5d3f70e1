//! As much of the diagnostics of one call as a person reads.

use crate::tf_provider::diagnostic::Diagnostic;
use crate::tf_provider::path::Step;

/// The most diagnostics of one call.
const MOST: usize = 100;

/// The longest detail of one, in bytes.
const LONGEST: usize = 8 * 1024;

/// The longest name or key in a path, in bytes. Of a longer one, what holds it is named instead.
const LONGEST_STEP: usize = 1024;

/// The mark after a detail that was cut.
const CUT: &str = "… (cut)";

/// The first ones, errors before warnings where there are too many, and one that counts the others; long details are cut.
pub(super) fn within(mut diagnostics: Vec<Diagnostic>) -> Vec<Diagnostic> {
    if diagnostics.len() > MOST {
        diagnostics.sort_by_key(|diagnostic| !diagnostic.is_error());
        let others = diagnostics.split_off(MOST);
        diagnostics.push(counted(&others));
    }
    for Diagnostic { detail, path, .. } in &mut diagnostics {
        if let Some(long) = path.0.iter().position(is_long) {
            path.0.truncate(long);
        }
        if detail.len() > LONGEST {
            detail.truncate(detail.floor_char_boundary(LONGEST));
            detail.push_str(CUT);
        }
    }
    diagnostics
}

fn is_long(step: &Step) -> bool {
    match step {
        Step::Attribute(name) | Step::Key(name) => name.len() > LONGEST_STEP,
        Step::Index(_) => false,
    }
}

/// How many are not shown; an error if one of them is.
fn counted(others: &[Diagnostic]) -> Diagnostic {
    let errors = others.iter().filter(|other| other.is_error()).count();
    let warnings = others.len() - errors;
    let summary = "More problems than are shown";
    let detail = format!(
        "{errors} more errors and {warnings} more warnings were found. Mend what is shown, and try again."
    );
    if errors > 0 {
        Diagnostic::error(summary, detail)
    } else {
        Diagnostic::warning(summary, detail)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tf_provider::path::AttributePath;

    #[test]
    fn what_a_person_can_read_is_left_as_it_is() {
        let few = vec![
            Diagnostic::warning("a", "b"),
            Diagnostic::error("c", "d".repeat(LONGEST)),
        ];
        assert_eq!(within(few.clone()), few);
    }

    #[test]
    fn of_too_many_the_errors_are_shown_and_the_others_counted() {
        let warnings = (0..MOST).map(|_| Diagnostic::warning("w", ""));
        let errors = (0..MOST).map(|_| Diagnostic::error("e", ""));
        let told = within(warnings.chain(errors).collect());
        assert_eq!(told.len(), MOST + 1);
        assert!(told[..MOST].iter().all(Diagnostic::is_error));
        let counted = &told[MOST];
        assert!(!counted.is_error());
        assert!(
            counted
                .detail
                .starts_with("0 more errors and 100 more warnings")
        );

        let told = within((0..=MOST).map(|_| Diagnostic::error("e", "")).collect());
        assert!(told[MOST].is_error());
        assert!(
            told[MOST]
                .detail
                .starts_with("1 more errors and 0 more warnings")
        );
    }

    #[test]
    fn a_path_ends_before_a_long_key() {
        let map = AttributePath::of(&["triggers"]);
        let inside = |length| map.then(Step::Key("k".repeat(length))).attribute("a");
        let told =
            |path: AttributePath| within(vec![Diagnostic::error("e", "").at(path)]).remove(0);
        let longest = inside(LONGEST_STEP);
        assert_eq!(told(longest.clone()).path, longest);
        assert_eq!(told(inside(LONGEST_STEP + 1)).path, map);
    }

    #[test]
    fn a_long_detail_is_cut_between_characters() {
        let told = within(vec![Diagnostic::error("e", "ö".repeat(LONGEST))]);
        assert_eq!(told[0].detail, format!("{}{CUT}", "ö".repeat(LONGEST / 2)));
    }
}
