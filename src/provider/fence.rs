//! Keeps a destroy from undoing a newer create of the same tenant.
//!
//! Terraform may create first and destroy afterwards: with `create_before_destroy`, or for an object that moved to
//! another address without `moved`. The API knows a tenant only by its ccid, so only this process can tell which
//! object a destroy is about: each carries a random mark. Provider aliases are other processes, whose work can't be
//! seen from here.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

/// What this process planned and did, by ccid; letter case doesn't tell two apart.
#[derive(Default)]
pub(super) struct Fence(Mutex<Seen>);

#[derive(Default)]
struct Seen {
    /// The object that last provisioned each tenant, and those that were imported since.
    provisioned: HashMap<String, Vec<String>>,
    /// The objects whose plan leaves the tenant there; no mark for one that is still to be created.
    kept: HashMap<String, Vec<Option<String>>>,
    /// The objects whose plan destroys the tenant.
    destroyed: HashMap<String, Vec<Option<String>>>,
}

/// One plan destroys a tenant that another one keeps.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Conflict;

impl Fence {
    /// Forgets what an earlier walk planned; what was done stays.
    pub(super) fn begin_walk(&self) {
        let mut seen = self.seen();
        seen.kept.clear();
        seen.destroyed.clear();
    }

    /// Notes a plan that leaves the tenant there.
    pub(super) fn plan_keep(&self, ccid: &str, mark: Option<&str>) -> Result<(), Conflict> {
        let mut seen = self.seen();
        let Seen {
            kept, destroyed, ..
        } = &mut *seen;
        note(kept, destroyed, ccid, mark)
    }

    /// Notes a plan that destroys the tenant.
    pub(super) fn plan_destroy(&self, ccid: &str, mark: Option<&str>) -> Result<(), Conflict> {
        let mut seen = self.seen();
        let Seen {
            kept, destroyed, ..
        } = &mut *seen;
        note(destroyed, kept, ccid, mark)
    }

    /// Notes the second plan of a replacement, of which the first was an update (`-replace`) or already said what goes.
    pub(super) fn plan_replacement(&self, ccid: &str, replaced: &str) -> Result<(), Conflict> {
        let is_the_same_tenant = self
            .seen()
            .kept
            .get(&key(ccid))
            .is_some_and(|kept| kept.iter().any(|mark| mark.as_deref() == Some(replaced)));
        if is_the_same_tenant {
            self.plan_destroy(ccid, Some(replaced))
        } else {
            self.plan_keep(ccid, None)
        }
    }

    /// Whether this process provisioned the tenant for another object than that one.
    pub(super) fn is_superseded(&self, ccid: &str, mark: Option<&str>) -> bool {
        self.seen()
            .provisioned
            .get(&key(ccid))
            .is_some_and(|current| !current.iter().any(|newest| Some(newest.as_str()) == mark))
    }

    /// Notes that the tenant was, or may have been, provisioned for that object.
    pub(super) fn provisioned(&self, ccid: &str, mark: &str) {
        let mut seen = self.seen();
        seen.provisioned.insert(key(ccid), vec![mark.to_owned()]);
        drop(seen);
        self.marked(ccid, mark);
    }

    /// Notes that the object stands for the tenant too, if this process provisioned it for another one.
    pub(super) fn adopted(&self, ccid: &str, mark: &str) {
        if let Some(current) = self.seen().provisioned.get_mut(&key(ccid)) {
            current.push(mark.to_owned());
        }
    }

    /// Notes that the object, which was still to be created or had lost its mark, now has this one.
    pub(super) fn marked(&self, ccid: &str, mark: &str) {
        for planned in self.seen().kept.entry(key(ccid)).or_default() {
            if planned.as_deref().is_none_or(str::is_empty) {
                *planned = Some(mark.to_owned());
            }
        }
    }

    /// Notes that the tenant is gone.
    pub(super) fn deleted(&self, ccid: &str) {
        self.seen().provisioned.remove(&key(ccid));
    }

    /// Notes that the object is no longer in state, so that its plans say nothing about others any more.
    pub(super) fn forgotten(&self, ccid: &str, mark: Option<&str>) {
        let Seen {
            kept, destroyed, ..
        } = &mut *self.seen();
        for plans in [kept, destroyed] {
            if let Some(plans) = plans.get_mut(&key(ccid)) {
                plans.retain(|planned| planned.as_deref() != mark);
            }
        }
    }

    fn seen(&self) -> std::sync::MutexGuard<'_, Seen> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

type Plans = HashMap<String, Vec<Option<String>>>;

fn note(own: &mut Plans, other: &Plans, ccid: &str, mark: Option<&str>) -> Result<(), Conflict> {
    let conflicts = other.get(&key(ccid)).is_some_and(|plans| {
        plans
            .iter()
            .any(|planned| planned.is_none() || planned.as_deref() != mark)
    });
    let plans = own.entry(key(ccid)).or_default();
    let mark = mark.map(str::to_owned);
    if !plans.contains(&mark) {
        plans.push(mark);
    }
    if conflicts { Err(Conflict) } else { Ok(()) }
}

fn key(ccid: &str) -> String {
    ccid.to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_destroy_after_a_newer_create_is_superseded() {
        let fence = Fence::default();
        assert!(!fence.is_superseded("T", Some("old")));
        fence.provisioned("t", "new");
        assert!(fence.is_superseded("T", Some("old")));
        assert!(fence.is_superseded("T", None));
        assert!(!fence.is_superseded("T", Some("new")));
        fence.adopted("T", "imported");
        assert!(!fence.is_superseded("T", Some("new")));
        assert!(!fence.is_superseded("T", Some("imported")));
        assert!(fence.is_superseded("T", Some("old")));
        fence.deleted("T");
        fence.adopted("T", "imported");
        assert!(!fence.is_superseded("T", Some("old")));
    }

    #[test]
    fn destroying_one_object_and_keeping_another_of_the_same_tenant_conflicts_in_either_order() {
        for keep_first in [true, false] {
            let fence = Fence::default();
            let keep = || fence.plan_keep("t", None);
            let destroy = || fence.plan_destroy("T", Some("old"));
            let (first, second) = if keep_first {
                (keep(), destroy())
            } else {
                (destroy(), keep())
            };
            assert_eq!((first, second), (Ok(()), Err(Conflict)));
            fence.begin_walk();
            assert_eq!(fence.plan_keep("t", Some("old")), Ok(()));
        }
    }

    #[test]
    fn replacing_one_object_and_keeping_another_of_the_same_tenant_conflicts_in_either_order() {
        let fence = Fence::default();
        assert_eq!(fence.plan_keep("t", Some("a")), Ok(()));
        assert_eq!(fence.plan_replacement("t", "a"), Ok(()));
        assert_eq!(fence.plan_keep("t", Some("b")), Err(Conflict));
        fence.begin_walk();
        assert_eq!(fence.plan_keep("t", Some("a")), Ok(()));
        assert_eq!(fence.plan_keep("t", Some("b")), Ok(()));
        assert_eq!(fence.plan_replacement("t", "a"), Err(Conflict));
    }

    #[test]
    fn an_object_that_comes_and_goes_leaves_no_trace() {
        let fence = Fence::default();
        for mark in ["a", "b"] {
            assert_eq!(fence.plan_keep("t", None), Ok(()));
            fence.provisioned("t", mark);
            assert_eq!(fence.plan_destroy("t", Some(mark)), Ok(()));
            assert!(!fence.is_superseded("t", Some(mark)));
            fence.deleted("t");
            fence.forgotten("t", Some(mark));
        }
    }

    #[test]
    fn one_object_never_conflicts_with_itself_and_two_destroys_never_conflict() {
        let fence = Fence::default();
        assert_eq!(fence.plan_destroy("t", Some("a")), Ok(()));
        assert_eq!(fence.plan_destroy("t", Some("b")), Ok(()));
        let fence = Fence::default();
        assert_eq!(fence.plan_keep("t", Some("a")), Ok(()));
        assert_eq!(fence.plan_destroy("t", Some("a")), Ok(()));
    }
}
