//! What an apply did, and what a test may expect of it.

use super::{Action, Output, Plan, State};

/// A finished apply: the plan that was carried out and the state it left.
pub struct Applied {
    /// What was planned.
    pub plan: Plan,
    /// What `terraform apply` printed.
    pub output: Output,
    /// What is recorded now.
    pub state: State,
}

impl Applied {
    /// Fails the test unless exactly `count` resources were created and nothing else happened.
    #[track_caller]
    pub fn expect_created(&self, count: usize) -> &Self {
        self.expect_only(Action::Create, count)
    }

    /// Fails the test unless exactly `count` resources were destroyed and nothing else happened.
    #[track_caller]
    pub fn expect_destroyed(&self, count: usize) -> &Self {
        self.expect_only(Action::Delete, count)
    }

    /// Fails the test unless exactly one resource was changed, in place, and `paths` are all that differs in it.
    #[track_caller]
    pub fn expect_updated_in_place(&self, paths: &[&str]) -> &Self {
        self.expect_only(Action::Update, 1);
        let address = self.acting()[0].0;
        let mut expected = paths.to_vec();
        expected.sort_unstable();
        assert_eq!(
            self.plan.change(address).changed(),
            expected,
            "what changed in {address}"
        );
        self
    }

    /// Fails the test unless exactly one resource was replaced, for the sake of `paths`.
    #[track_caller]
    pub fn expect_replaced(&self, paths: &[&str]) -> &Self {
        self.expect_only(Action::DeleteThenCreate, 1);
        let address = self.acting()[0].0;
        assert_eq!(
            self.plan.change(address).replaced_for(),
            paths,
            "why {address} was replaced"
        );
        self
    }

    /// Fails the test unless nothing happened to any resource.
    #[track_caller]
    pub fn expect_no_change(&self) -> &Self {
        self.expect_only(Action::NoOp, 0)
    }

    #[track_caller]
    fn expect_only(&self, action: Action, count: usize) -> &Self {
        let acting = self.acting();
        let right = acting.len() == count && acting.iter().all(|(_, planned)| *planned == action);
        assert!(
            right,
            "expected {count} × {action:?} and nothing else, got {acting:?}"
        );
        self
    }

    fn acting(&self) -> Vec<(&str, Action)> {
        let changes = self.plan.changes().into_iter();
        changes
            .filter(|(_, action)| *action != Action::NoOp)
            .collect()
    }
}
