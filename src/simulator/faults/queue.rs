//! The faults that wait for requests, and which of them a request meets.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::chance::Draws;
use super::{Fault, Target};

/// The faults that wait for a request, the first to match first.
#[derive(Default)]
pub(in super::super) struct Faults(Mutex<Queue>);

#[derive(Default)]
struct Queue {
    /// How many were ever added.
    added: u64,
    waiting: VecDeque<(FaultNumber, Fault)>,
    draws: Draws,
}

/// What tells a fault from all others, however many are taken before it.
pub(in super::super) type FaultNumber = u64;

impl Faults {
    pub(in super::super) fn add(&self, faults: Vec<Fault>) {
        let mut queue = self.lock();
        for fault in faults {
            queue.added += 1;
            let number = queue.added;
            queue.waiting.push_back((number, fault));
        }
    }

    /// Takes the first fault that a request matches and that chance lets it meet, once.
    pub(in super::super) fn take(&self, target: &Target<'_>) -> Option<Fault> {
        let queue = &mut *self.lock();
        let faults = &mut queue.waiting;
        let mut lot = queue.draws.of(target);
        let index = faults
            .iter()
            .position(|(_, fault)| fault.matches(target) && lot.falls_to(fault))?;
        let fault = &mut faults[index].1;
        match fault.times {
            1 => faults.remove(index).map(|(_, fault)| fault),
            0 => Some(fault.clone()),
            _ => {
                fault.times -= 1;
                Some(fault.clone())
            }
        }
    }

    pub(in super::super) fn all(&self) -> Vec<Fault> {
        let numbered = self.numbered().into_iter();
        numbered.map(|(_, fault)| fault).collect()
    }

    pub(in super::super) fn numbered(&self) -> Vec<(FaultNumber, Fault)> {
        self.lock().waiting.iter().cloned().collect()
    }

    /// Drops one, if it still waits.
    pub(in super::super) fn remove(&self, number: FaultNumber) {
        self.lock().waiting.retain(|(other, _)| *other != number);
    }

    /// Drops all, and draws anew from then on.
    pub(in super::super) fn clear(&self) {
        let mut queue = self.lock();
        queue.waiting.clear();
        queue.draws = Draws::default();
    }

    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn queue(faults: Value) -> Faults {
        let queue = Faults::default();
        queue.add(Fault::read(faults).unwrap());
        queue
    }

    fn take(queue: &Faults, method: &str, ccid: Option<&str>) -> Option<u16> {
        let path = "/iwd/v3/provisioning";
        let target = Target { method, path, ccid };
        queue.take(&target).and_then(|fault| fault.status)
    }

    fn statuses(queue: &Faults, requests: &[(&str, Option<&str>)]) -> Vec<Option<u16>> {
        let requests = requests.iter();
        requests
            .map(|(method, ccid)| take(queue, method, *ccid))
            .collect()
    }

    /// How many of 1,000 tenants' updates get each of the statuses.
    fn shares<const COUNT: usize>(faults: Value, statuses: [u16; COUNT]) -> [usize; COUNT] {
        let queue = queue(faults);
        let ccids = (0..1000).map(|number| number.to_string());
        let met: Vec<_> = ccids.map(|ccid| take(&queue, "PUT", Some(&ccid))).collect();
        statuses.map(|wanted| met.iter().filter(|status| **status == Some(wanted)).count())
    }

    #[test]
    fn faults_are_taken_in_order_as_often_as_they_say() {
        let queue = queue(json!([{"status": 503, "times": 2}, {"status": 500}]));
        assert_eq!(
            statuses(&queue, &[("PUT", None); 4]),
            [Some(503), Some(503), Some(500), None]
        );
        assert_eq!(queue.all(), []);
    }

    #[test]
    fn one_fault_is_dropped_whatever_was_taken_before_it() {
        let queue = queue(json!([{"status": 500}, {"status": 501}, {"status": 502}]));
        let (second, _) = queue.numbered()[1];
        assert_eq!(take(&queue, "PUT", None), Some(500));
        queue.remove(second);
        assert_eq!(statuses(&queue, &[("PUT", None); 2]), [Some(502), None]);
    }

    #[test]
    fn zero_times_is_for_ever() {
        let queue = queue(json!({"status": 503, "times": 0}));
        assert_eq!(statuses(&queue, &[("PUT", None); 3]), [Some(503); 3]);
    }

    #[test]
    fn a_fault_waits_for_its_request() {
        let queue = queue(json!([
            {"status": 500, "method": "delete"},
            {"status": 501, "ccid": "a"},
        ]));
        assert_eq!(
            statuses(
                &queue,
                &[("PUT", Some("b")), ("PUT", Some("a")), ("DELETE", None)]
            ),
            [None, Some(501), Some(500)]
        );
    }

    #[test]
    fn chance_takes_its_share_and_faults_of_one_seed_add_up() {
        let fault = |status: u16, percent: f64, seed: u64| json!({"times": 0, "status": status, "percent": percent, "seed": seed});
        let about = |share: usize, hits: usize| hits.abs_diff(share) < 60;
        for (faults, expected) in [
            (json!([fault(501, 40.0, 7)]), [400, 0]),
            (json!([fault(501, 100.0, 7)]), [1000, 0]),
            (json!([fault(501, 2.5, 7)]), [25, 0]),
            // One draw: 30 of 100 and 20 of 100.
            (
                json!([fault(501, 30.0, 7), fault(502, 20.0, 7)]),
                [300, 200],
            ),
            (
                json!([fault(501, 50.0, 7), fault(502, 50.0, 7)]),
                [500, 500],
            ),
            (
                json!([fault(501, 80.0, 7), fault(502, 80.0, 7)]),
                [800, 200],
            ),
            // Two draws: half, and half of the rest.
            (
                json!([fault(501, 50.0, 7), fault(502, 50.0, 8)]),
                [500, 250],
            ),
        ] {
            let met = shares(faults.clone(), [501, 502]);
            assert!(
                about(expected[0], met[0]) && about(expected[1], met[1]),
                "{met:?} of {faults}"
            );
        }
    }

    #[test]
    fn a_fault_by_chance_is_taken_as_often_as_it_says() {
        let faults = json!({"times": 3, "status": 501, "percent": 40});
        assert_eq!(shares(faults, [501]), [3]);
    }

    #[test]
    fn a_fault_for_another_method_has_no_share() {
        let faults = json!([
            {"times": 0, "status": 501, "percent": 50, "method": "DELETE"},
            {"times": 0, "status": 502, "percent": 50},
        ]);
        let alone = json!({"times": 0, "status": 502, "percent": 50});
        assert_eq!(shares(faults, [502]), shares(alone, [502]));
    }

    #[test]
    fn a_seed_repeats_itself_after_all_faults_were_dropped() {
        let fault = json!({"times": 0, "status": 503, "percent": 40, "seed": 7});
        let queue = queue(fault.clone());
        let first = statuses(&queue, &[("PUT", Some("a")); 20]);
        assert_ne!(first, statuses(&queue, &[("PUT", Some("a")); 20]));
        queue.clear();
        queue.add(Fault::read(fault).unwrap());
        assert_eq!(first, statuses(&queue, &[("PUT", Some("a")); 20]));
    }
}
