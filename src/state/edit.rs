//! Edits by hand: moving, forgetting and tainting what is recorded.
//!
//! Pure: each gives what it did, or why it did nothing, and then the snapshot is as it was.

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::sync::Arc;

use super::Instance;
use super::Object;
use super::Snapshot;
use crate::addr::InstanceAddr;
use crate::addr::InstanceKey;
use crate::addr::ModuleInstance;
use crate::addr::ResourceAddr;
use crate::addr::Target;

/// Why nothing was edited.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EditError {
    /// Nothing of that address is recorded.
    #[error("`{0}` is not in the state")]
    Absent(String),
    /// There is something already where it should go.
    #[error("`{to}` is in the state already, so `{from}` cannot be moved there")]
    Taken {
        /// What should be moved.
        from: String,
        /// Where to.
        to: String,
    },
    /// Several instances would get one address.
    #[error("several instances would become `{0}`: name one of them, with its key")]
    Ambiguous(String),
    /// A module cannot become a resource.
    #[error("a module can be moved to a module and a resource to a resource, not one to the other")]
    Kind,
    /// An object keeps its type.
    #[error("`{from}` cannot become `{to}`: the type is another")]
    Type {
        /// What should be moved.
        from: String,
        /// Where to.
        to: String,
    },
}

impl Snapshot {
    /// Moves a module, a resource or an instance to another address; gives the instances' addresses, before and after.
    /// References to a resource that is moved as a whole follow it.
    pub fn mv(&mut self, from: &Target, to: &Target) -> Result<Vec<(InstanceAddr, InstanceAddr)>, EditError> {
        let moves = self.moves(from, to)?;
        let gone: BTreeSet<&InstanceAddr> = moves.iter().map(|(from, _)| from).collect();
        let mut taken = BTreeSet::new();
        for (from, to) in &moves {
            if !taken.insert(to) {
                return Err(EditError::Ambiguous(to.to_string()));
            }
            if self.instances.contains_key(to) && !gone.contains(to) {
                return Err(EditError::Taken { from: from.to_string(), to: to.to_string() });
            }
        }
        // Addresses may be exchanged, so all go before any comes back.
        let taken_out: Vec<(&InstanceAddr, Option<Instance>)> =
            moves.iter().map(|(from, to)| (to, self.instances.remove(from))).collect();
        for (to, instance) in taken_out {
            self.instances.extend(instance.map(|instance| (to.clone(), instance)));
        }
        let by_from: BTreeMap<&InstanceAddr, &InstanceAddr> = moves.iter().map(|(from, to)| (from, to)).collect();
        for open in &mut self.open {
            if let Some(to) = by_from.get(&open.instance) {
                open.instance = (*to).clone();
            }
        }
        self.follow(&moves);
        self.seq += 1;
        Ok(moves)
    }

    /// Forgets all that an address names, without deleting anything; gives the instances.
    pub fn rm(&mut self, target: &Target) -> Result<Vec<InstanceAddr>, EditError> {
        // What was begun and never ended may have nothing else to show for it.
        let begun = self.open.iter().map(|open| &open.instance).filter(|instance| target.covers(instance));
        let mut gone: BTreeSet<InstanceAddr> = begun.cloned().collect();
        match self.covered(target) {
            Ok(covered) => gone.extend(covered),
            Err(error) if gone.is_empty() => return Err(error),
            Err(_) => {}
        }
        let gone: Vec<InstanceAddr> = gone.into_iter().collect();
        for instance in &gone {
            let Some(place) = self.instances.remove(instance) else { continue };
            place.current.iter().chain(place.deposed.values()).for_each(|object| self.forget_unmet(object));
        }
        self.open.retain(|open| !target.covers(&open.instance));
        self.seq += 1;
        Ok(gone)
    }

    /// Marks an instance's object as one that must be replaced; gives whether it was not before.
    pub fn taint(&mut self, instance: &InstanceAddr) -> Result<bool, EditError> {
        self.set_tainted(instance, true)
    }

    /// Takes the mark off again; gives whether it was there.
    pub fn untaint(&mut self, instance: &InstanceAddr) -> Result<bool, EditError> {
        self.set_tainted(instance, false)
    }

    fn set_tainted(&mut self, instance: &InstanceAddr, tainted: bool) -> Result<bool, EditError> {
        let place = self.instances.get_mut(instance).and_then(|instance| instance.current.as_mut());
        let object = place.ok_or_else(|| EditError::Absent(instance.to_string()))?;
        if object.tainted == tainted {
            return Ok(false);
        }
        self.seq += 1;
        // Plans that read it are stale from now on.
        object.version = self.seq;
        object.tainted = tainted;
        Ok(true)
    }

    fn covered(&self, target: &Target) -> Result<Vec<InstanceAddr>, EditError> {
        let covered: Vec<InstanceAddr> = self.instances.keys().filter(|known| target.covers(known)).cloned().collect();
        if covered.is_empty() { Err(EditError::Absent(target.to_string())) } else { Ok(covered) }
    }

    fn moves(&self, from: &Target, to: &Target) -> Result<Vec<(InstanceAddr, InstanceAddr)>, EditError> {
        let resource = match (&from.resource, &to.resource) {
            (None, None) => None,
            (Some(from_resource), Some(to_resource)) => {
                if (from_resource.mode, &from_resource.ty) != (to_resource.mode, &to_resource.ty) {
                    return Err(EditError::Type { from: from.to_string(), to: to.to_string() });
                }
                Some((from_resource, to_resource))
            }
            _ => return Err(EditError::Kind),
        };
        let moved = self.covered(from)?.into_iter().map(|known| {
            let mut after = known.clone();
            after.module = moved_module(&known.module, &from.module, &to.module);
            if let Some((source, goal)) = resource {
                after.name = Arc::clone(&goal.name);
                after.key = moved_key(&known.key, &source.key, &goal.key);
            }
            (known, after)
        });
        Ok(moved.collect())
    }

    /// Makes references follow what was moved. Where some instances of a resource stay, both are depended on.
    fn follow(&mut self, moves: &[(InstanceAddr, InstanceAddr)]) {
        let mut renamed: BTreeMap<ResourceAddr, BTreeSet<ResourceAddr>> = BTreeMap::new();
        for (from, to) in moves {
            if from.resource() != to.resource() {
                renamed.entry(from.resource()).or_default().insert(to.resource());
            }
        }
        if renamed.is_empty() {
            return;
        }
        let staying: BTreeSet<ResourceAddr> = self.instances.keys().map(InstanceAddr::resource).collect();
        for (from, to) in &mut renamed {
            if staying.contains(from) {
                to.insert(from.clone());
            }
        }
        let rename = |dependencies: &mut Arc<[ResourceAddr]>| {
            if dependencies.iter().any(|dependency| renamed.contains_key(dependency)) {
                let all = dependencies.iter().flat_map(|dependency| match renamed.get(dependency) {
                    Some(to) => to.iter().cloned().collect(),
                    None => vec![dependency.clone()],
                });
                *dependencies = all.collect::<BTreeSet<_>>().into_iter().collect();
            }
        };
        for instance in self.instances.values_mut() {
            let objects: [&mut dyn Iterator<Item = &mut Object>; 2] =
                [&mut instance.current.iter_mut(), &mut instance.deposed.values_mut()];
            for object in objects.into_iter().flatten() {
                rename(&mut object.dependencies);
            }
        }
        for open in &mut self.open {
            rename(&mut open.intent.dependencies);
        }
    }
}

/// The module that an instance's module becomes: what lies below the moved part stays, and so do keys not named.
fn moved_module(known: &ModuleInstance, from: &ModuleInstance, to: &ModuleInstance) -> ModuleInstance {
    let (part, below) = known.steps().split_at(from.steps().len());
    let named = to.steps().iter().enumerate().map(|(at, (name, key))| {
        let known = part.get(at).filter(|_| part.len() == to.steps().len());
        let key = match known.zip(from.steps().get(at)) {
            Some(((_, known), (_, source))) => moved_key(known, source, key),
            None => key.clone(),
        };
        (Arc::clone(name), key)
    });
    named.chain(below.iter().cloned()).collect()
}

/// The key that an instance gets: a key that the source names is meant to go, one that it leaves open to stay, unless the
/// goal names one.
fn moved_key(known: &InstanceKey, source: &InstanceKey, goal: &InstanceKey) -> InstanceKey {
    if *source == InstanceKey::None && *goal == InstanceKey::None { known.clone() } else { goal.clone() }
}

#[cfg(test)]
mod tests;
