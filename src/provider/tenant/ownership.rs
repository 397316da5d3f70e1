//! Which object of Terraform's owns which tenant, as far as this process knows, and whose turn it is.
//!
//! The API knows a tenant only by its ccid, while Terraform may plan two objects of one ccid, and may create one before it
//! destroys another. What an object was planned to do and what was done for it is kept here, by ccid, so that no destroy
//! undoes a newer create and no create overwrites another resource's tenant. Provider aliases and other runs are other
//! processes, whose work can't be seen from here.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{Mutex as AsyncMutex, OwnedMutexGuard};

use super::object_id::ObjectId;
use crate::iwd::model::FoldedCcid;

/// The owners of all tenants, and a lock for each; letter case doesn't tell two ccids apart.
#[derive(Default)]
pub(in crate::provider) struct Ownership {
    records: Mutex<Records>,
    locks: Mutex<HashMap<FoldedCcid, Arc<AsyncMutex<()>>>>,
}

/// What a plan wants with an object.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Intent {
    /// A new object is to be created, perhaps in place of one that is replaced.
    Create { replaced: Option<ObjectId> },
    /// The object stays, changed or not.
    Keep(ObjectId),
    /// The object is destroyed with a request.
    Destroy(ObjectId),
}

/// How an object stands to its tenant, as far as this process knows.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Standing {
    /// Nothing speaks against it.
    Owner,
    /// The tenant was provisioned for another object since.
    Superseded,
    /// A create for another object failed in this walk, and its request may have arrived or still arrive.
    InDoubt,
}

/// Why two objects of one ccid can't be planned together.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Conflict {
    /// One is to be created while the other is to exist.
    SecondObject,
    /// One is to be destroyed while the other is to exist.
    DestroysTheOther,
}

/// Two objects of one ccid stand in the state, and both are to stay.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Shared;

#[derive(Default)]
struct Records {
    /// Counts the walks.
    walk: u64,
    /// Whether deferral is allowed in the plans of this walk, once there is one.
    deferral_allowed: Option<bool>,
    /// What this walk has planned.
    planned: HashMap<FoldedCcid, Vec<Planned>>,
    /// What this process has done.
    provisioned: HashMap<FoldedCcid, Provisioned>,
}

/// An object that is planned. One that is still to be created has no id yet.
#[derive(Debug)]
struct Planned {
    object: Option<ObjectId>,
    replaced: Option<ObjectId>,
    stance: Stance,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Stance {
    Created,
    Kept,
    Destroyed,
}

/// The last provisioning of a tenant.
struct Provisioned {
    walk: u64,
    /// The object that it was for, and those that were imported since.
    objects: Vec<ObjectId>,
    effect: Effect,
}

/// What a provisioning was to its object.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Effect {
    /// It exists since.
    Created,
    /// It was to exist since and doesn't, whatever arrived.
    NotCreated,
    /// It existed before.
    Updated,
}

impl Ownership {
    /// Forgets what an earlier walk planned; what was done stays.
    pub(in crate::provider) fn begin_walk(&self) {
        self.records().begin_walk();
    }

    /// Takes note of a plan that allows deferral or not. All plans of a walk agree, so another one begins where that changes.
    ///
    /// Each walk begins with `Configure`, but for those of `terraform test` from 1.13 on: a provider block in a test file is
    /// configured once, and its plans and applies follow each other.
    pub(super) fn planned_in(&self, deferral_allowed: bool) {
        let mut records = self.records();
        if records.deferral_allowed == Some(!deferral_allowed) {
            records.begin_walk();
        }
        records.deferral_allowed = Some(deferral_allowed);
    }

    /// Notes what a plan wants with which tenant, up to what conflicts with the plan of another object; or names the tenant
    /// that two objects in state share.
    pub(super) fn note<'a>(
        &self,
        intents: Vec<(&'a str, Intent)>,
    ) -> Result<Option<&'a str>, (Conflict, &'a str)> {
        let mut shared = None;
        for (ccid, intent) in intents {
            let planned = self.plan(ccid, intent);
            let found = planned.map_err(|conflict| (conflict, ccid))?;
            shared = found.map(|Shared| ccid).or(shared);
        }
        Ok(shared)
    }

    fn plan(&self, ccid: &str, intent: Intent) -> Result<Option<Shared>, Conflict> {
        let mut records = self.records();
        let planned = records.planned.entry(FoldedCcid::from(ccid)).or_default();
        let new = Planned::from(intent);
        let mut shared = None;
        for other in planned.iter().filter(|other| !other.is_same_as(&new)) {
            shared = new.stance.beside(other.stance)?.or(shared);
        }
        planned.retain(|other| !other.is_same_as(&new));
        planned.push(new);
        Ok(shared)
    }

    /// Compares the object with what this process has done to its tenant.
    pub(super) fn standing(&self, ccid: &str, object: &ObjectId) -> Standing {
        self.records().standing(&FoldedCcid::from(ccid), object)
    }

    /// Notes that an imported object stands for the tenant too, if this process provisioned it for another one.
    pub(super) fn imported(&self, ccid: &str, object: &ObjectId) {
        if let Some(last) = self.records().provisioned.get_mut(&FoldedCcid::from(ccid)) {
            last.objects.push(object.clone());
        }
    }

    /// Notes that the object, which had lost its id, has this one now.
    pub(super) fn identified(&self, ccid: &str, object: &ObjectId) {
        self.records().identified(&FoldedCcid::from(ccid), object);
    }

    /// Notes that the object which was to be created is none.
    pub(super) fn not_created(&self, ccid: &str) {
        if let Some(planned) = self.records().planned.get_mut(&FoldedCcid::from(ccid)) {
            planned.retain(|planned| planned.object.is_some());
        }
    }

    /// Notes that the object is no longer in state, so that its plans say nothing about others any more.
    pub(super) fn forgotten(&self, ccid: &str, object: &ObjectId) {
        if let Some(planned) = self.records().planned.get_mut(&FoldedCcid::from(ccid)) {
            planned.retain(|planned| planned.object.as_ref() != Some(object));
        }
    }

    /// Waits until no other operation on that tenant is under way.
    pub(super) async fn turn(&self, ccid: &str) -> Turn<'_> {
        let key = FoldedCcid::from(ccid);
        let lock = {
            let mut locks = self.locks.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(locks.entry(key.clone()).or_default())
        };
        Turn {
            _guard: lock.lock_owned().await,
            ownership: self,
            key,
        }
    }

    fn records(&self) -> MutexGuard<'_, Records> {
        self.records.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The right to work on one tenant. What is done to it can be recorded only before the next one's turn.
pub(super) struct Turn<'a> {
    _guard: OwnedMutexGuard<()>,
    ownership: &'a Ownership,
    key: FoldedCcid,
}

impl Turn<'_> {
    /// Compares the object with what this process has done to its tenant.
    pub(super) fn standing(&self, object: &ObjectId) -> Standing {
        self.ownership.records().standing(&self.key, object)
    }

    /// Whether an object exists for which this walk has provisioned the tenant, other than the one that is replaced.
    pub(super) fn is_taken(&self, replaced: Option<&ObjectId>) -> bool {
        let records = self.ownership.records();
        let last = records.provisioned.get(&self.key);
        last.is_some_and(|last| {
            let is_other = replaced.is_none_or(|replaced| !last.objects.contains(replaced));
            last.exists() && last.walk == records.walk && is_other
        })
    }

    /// Whether this walk has created another object than this one, which exists: their plans met in none where a ccid became
    /// known only then.
    pub(super) fn has_newer(&self, object: &ObjectId) -> bool {
        let records = self.ownership.records();
        let last = records.provisioned.get(&self.key);
        last.is_some_and(|last| {
            let is_other = !last.objects.contains(object);
            last.effect == Effect::Created && last.walk == records.walk && is_other
        })
    }

    /// Notes that the tenant was, or may have been, provisioned for that object.
    pub(super) fn provisioned(&self, object: &ObjectId, effect: Effect) {
        let mut records = self.ownership.records();
        let last = Provisioned {
            walk: records.walk,
            objects: vec![object.clone()],
            effect,
        };
        let exists = last.exists();
        records.provisioned.insert(self.key.clone(), last);
        if exists {
            records.identified(&self.key, object);
        }
    }

    /// Notes that the tenant is gone.
    pub(super) fn deleted(&self) {
        self.ownership.records().provisioned.remove(&self.key);
    }
}

impl Records {
    fn begin_walk(&mut self) {
        self.walk += 1;
        self.deferral_allowed = None;
        self.planned.clear();
    }

    fn standing(&self, key: &FoldedCcid, object: &ObjectId) -> Standing {
        match self.provisioned.get(key) {
            Some(last) if last.objects.contains(object) => Standing::Owner,
            Some(last) if last.exists() => Standing::Superseded,
            // The user has read of it and decides anew in the next walk.
            Some(last) if last.walk == self.walk => Standing::InDoubt,
            Some(_) | None => Standing::Owner,
        }
    }

    fn identified(&mut self, key: &FoldedCcid, object: &ObjectId) {
        for planned in self.planned.get_mut(key).into_iter().flatten() {
            if planned.object.as_ref().is_none_or(ObjectId::is_lost) {
                planned.object = Some(object.clone());
                planned.stance = Stance::Kept;
            }
        }
    }
}

impl Provisioned {
    /// Whether its object exists.
    fn exists(&self) -> bool {
        self.effect != Effect::NotCreated
    }
}

impl From<Intent> for Planned {
    fn from(intent: Intent) -> Self {
        let (object, replaced, stance) = match intent {
            Intent::Create { replaced } => (None, replaced, Stance::Created),
            Intent::Keep(object) => (Some(object), None, Stance::Kept),
            Intent::Destroy(object) => (Some(object), None, Stance::Destroyed),
        };
        Self {
            object,
            replaced,
            stance,
        }
    }
}

impl Planned {
    /// Whether both are plans of one object; one that is replaced and its replacement count as one.
    fn is_same_as(&self, other: &Self) -> bool {
        let is_either =
            |id: &Option<ObjectId>| id.is_some() && (*id == other.object || *id == other.replaced);
        is_either(&self.object) || is_either(&self.replaced)
    }
}

impl Stance {
    /// Whether two different objects of one ccid can be planned so.
    fn beside(self, other: Self) -> Result<Option<Shared>, Conflict> {
        use Stance::{Created, Destroyed, Kept};
        match (self, other) {
            (Destroyed, Destroyed) => Ok(None),
            (Destroyed, _) | (_, Destroyed) => Err(Conflict::DestroysTheOther),
            (Created, _) | (_, Created) => Err(Conflict::SecondObject),
            (Kept, Kept) => Ok(Some(Shared)),
        }
    }
}

#[cfg(test)]
mod tests;
