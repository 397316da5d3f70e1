//! Chance that can be repeated: it depends on a seed and on the request, and on no other request's timing.

use std::collections::{BTreeMap, HashMap};

use aws_lc_rs::digest::{SHA256, digest};

use super::{Fault, Target};

/// So many targets are counted, those of each seed for themselves; with the next, all draws begin anew. Otherwise a long soak
/// with ever new tenants would fill the memory.
const MOST_TARGETS: usize = 100_000;

/// How often each seed was drawn for each target.
#[derive(Default)]
pub(super) struct Draws(HashMap<String, u64>);

impl Draws {
    /// What chance makes of one more request.
    pub(super) fn of<'a>(&'a mut self, target: &'a Target<'a>) -> Lot<'a> {
        Lot {
            draws: self,
            target,
            left: BTreeMap::new(),
        }
    }

    /// Draws for the next request of that target: a number from 0 up to 100.
    fn draw(&mut self, seed: u64, target: &Target<'_>) -> f64 {
        let Target { method, path, ccid } = target;
        let drawn = format!("{seed} {method} {path} {}", ccid.unwrap_or_default());
        if self.0.len() == MOST_TARGETS && !self.0.contains_key(&drawn) {
            self.0.clear();
        }
        let count = self.0.entry(drawn.clone()).or_default();
        *count += 1;
        let digest = digest(&SHA256, format!("{drawn} {count}").as_bytes());
        let head = digest
            .as_ref()
            .first_chunk()
            .expect("SHA-256 gives 32 bytes");
        f64::from(u32::from_be_bytes(*head)) / (f64::from(u32::MAX) + 1.0) * 100.0
    }
}

/// What chance makes of one request: the faults of a seed have their shares of its draw one after the other.
pub(super) struct Lot<'a> {
    draws: &'a mut Draws,
    target: &'a Target<'a>,
    /// What is left of each seed's draw behind the shares of the faults before.
    left: BTreeMap<u64, f64>,
}

impl Lot<'_> {
    /// Whether the draw lies in the fault's share; to be asked of one fault after the other, until it does.
    pub(super) fn falls_to(&mut self, fault: &Fault) -> bool {
        let Some(percent) = fault.percent else {
            return true;
        };
        let seed = fault.seed.unwrap_or_default();
        let left = self.left.entry(seed);
        let left = left.or_insert_with(|| self.draws.draw(seed, self.target));
        *left -= percent;
        *left < 0.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn target(ccid: &str) -> Target<'_> {
        Target {
            method: "PUT",
            path: "/iwd",
            ccid: Some(ccid),
        }
    }

    fn drawn(seed: u64, ccids: &[&str]) -> Vec<f64> {
        let mut draws = Draws::default();
        ccids
            .iter()
            .map(|ccid| draws.draw(seed, &target(ccid)))
            .collect()
    }

    #[test]
    fn the_same_seed_draws_the_same_whoever_else_comes_in_between() {
        let alone = drawn(7, &["a", "a", "a"]);
        let others = drawn(7, &["b", "a", "c", "a", "b", "a"]);
        assert_eq!(alone, [others[1], others[3], others[5]]);
        assert_ne!(alone, drawn(8, &["a", "a", "a"]));
        assert_ne!(alone, drawn(7, &["b", "b", "b"]));
    }

    /// These stand here so that a seed means the same in the next version, too.
    #[test]
    fn a_seed_means_the_same_on_every_machine() {
        let drawn: Vec<_> = drawn(7, &["a", "a", "b"])
            .into_iter()
            .map(|drawn| format!("{drawn:.3}"))
            .collect();
        assert_eq!(drawn, ["32.549", "0.492", "2.570"]);
    }

    #[test]
    fn draws_begin_anew_where_there_are_too_many_targets() {
        let mut draws = Draws::default();
        let mut targets_after = |ccid: &str| {
            draws.draw(7, &target(ccid));
            draws.0.len()
        };
        for number in 1..=MOST_TARGETS {
            assert_eq!(targets_after(&number.to_string()), number);
        }
        assert_eq!(targets_after("1"), MOST_TARGETS);
        assert_eq!(targets_after("one too many"), 1);
    }

    #[test]
    fn draws_are_spread_evenly() {
        let drawn = drawn(7, &vec!["a"; 10_000]);
        for tenth in [0.0, 10.0, 50.0, 90.0] {
            let hits = drawn
                .iter()
                .filter(|drawn| (tenth..tenth + 10.0).contains(*drawn))
                .count();
            assert!((900..1100).contains(&hits), "{hits} from {tenth}");
        }
    }
}
