//! Folding journal records into a snapshot: what is remembered, and what was begun and has no end.
//!
//! Pure. Folding what is in the snapshot already changes nothing, so that a crash between storing a snapshot and
//! emptying the journal does no harm.

use std::collections::BTreeMap;

use super::Event;
use super::Instance;
use super::Object;
use super::ObjectKey;
use super::OpenIntent;
use super::Record;
use super::Snapshot;
use crate::addr::InstanceAddr;
use crate::value::Str;
use crate::value::Value;

/// Folds records into a snapshot, in order; those that are in it already are passed over.
pub fn fold<'a>(snapshot: &mut Snapshot, records: impl IntoIterator<Item = &'a Record>) {
    let open = std::mem::take(&mut snapshot.open).into_iter();
    let open = open.map(|open| ((open.instance.clone(), open.object.clone()), open)).collect();
    let mut folding = Folding { snapshot, open, run: String::new() };
    for record in records {
        if let Event::Begin { run, .. } = &record.event {
            folding.run.clone_from(run);
        }
        if record.seq > folding.snapshot.seq {
            folding.snapshot.seq = record.seq;
            folding.fold_one(record);
        }
    }
    let Folding { snapshot, open, .. } = folding;
    snapshot.open = open.into_values().collect();
    snapshot.open.sort_by_key(|open| open.seq);
}

/// A snapshot while records are folded into it.
struct Folding<'a> {
    snapshot: &'a mut Snapshot,
    /// What is open, by its object: thousands of calls may be under way at a time.
    open: BTreeMap<(InstanceAddr, ObjectKey), OpenIntent>,
    /// The run that writes now.
    run: String,
}

impl Folding<'_> {
    fn fold_one(&mut self, record: &Record) {
        match &record.event {
            Event::Begin { .. } | Event::End { .. } => {}
            Event::Outputs(outputs) => self.snapshot.outputs.clone_from(outputs),
            Event::World(world) => self.snapshot.world = Some(world.clone()),
            Event::Intent(intent) => {
                let Some(instance) = &record.instance else { return };
                let open = OpenIntent {
                    seq: record.seq,
                    step: record.step,
                    run: self.run.clone(),
                    instance: instance.clone(),
                    object: record.object.clone(),
                    op: record.op,
                    intent: (**intent).clone(),
                    partial: None,
                };
                self.open.insert((instance.clone(), record.object.clone()), open);
            }
            Event::Partial { object, private } => {
                let Some(instance) = &record.instance else { return };
                let open = self.open.get_mut(&(instance.clone(), record.object.clone()));
                // Without an intent the call touched only our own folder, and is simply made again.
                let Some(open) = open else { return };
                if object.is_some() {
                    open.partial.clone_from(object);
                }
                open.intent.private.clone_from(private);
            }
            Event::Done { object } => {
                let Some(instance) = &record.instance else { return };
                let intent = self.close(instance, &record.object);
                match object {
                    Some(object) => {
                        self.meet(intent, object);
                        self.snapshot.put(instance, &record.object, object, record.seq);
                    }
                    None => self.snapshot.remove(instance, &record.object),
                }
            }
            Event::Failed { object, .. } => {
                let Some(instance) = &record.instance else { return };
                self.close(instance, &record.object);
                if let Some(object) = object {
                    // A call that failed has mended nothing: what had to be replaced must be still.
                    let was_tainted = self.snapshot.object(instance, &record.object).is_some_and(|known| known.tainted);
                    let object = Object { tainted: object.tainted || was_tainted, ..object.clone() };
                    self.snapshot.put(instance, &record.object, &object, record.seq);
                }
            }
            Event::Adopt { object } => {
                let Some(instance) = &record.instance else { return };
                let intent = self.close(instance, &record.object);
                self.meet(intent, object);
                self.snapshot.put(instance, &record.object, object, record.seq);
            }
            Event::Deposed { key } => {
                self.rekey(record, &ObjectKey::Current, &ObjectKey::Deposed(key.clone()));
            }
            Event::Restored { key } => {
                self.rekey(record, &ObjectKey::Deposed(key.clone()), &ObjectKey::Current);
            }
            Event::Moved { from } => {
                let Some(to) = &record.instance else { return };
                self.snapshot.move_instance(from, to);
                let moved: Vec<_> = self.open.extract_if(.., |(instance, _), _| instance == from).collect();
                for ((_, key), open) in moved {
                    self.open.insert((to.clone(), key), OpenIntent { instance: to.clone(), ..open });
                }
            }
        }
    }

    /// Moves an object, and what is open about it, from one key of its instance to another that is free.
    fn rekey(&mut self, record: &Record, from: &ObjectKey, to: &ObjectKey) {
        let Some(instance) = &record.instance else { return };
        if let Some(place) = self.snapshot.instances.get_mut(instance)
            && place.object(to).is_none()
            && let Some(object) = place.take(from)
        {
            place.set(to, object);
        }
        if let Some(open) = self.open.remove(&(instance.clone(), from.clone())) {
            self.open.insert((instance.clone(), to.clone()), OpenIntent { object: to.clone(), ..open });
        }
    }

    fn close(&mut self, instance: &InstanceAddr, key: &ObjectKey) -> Option<OpenIntent> {
        self.open.remove(&(instance.clone(), key.clone()))
    }

    /// Takes in whom others will trust unseen now that it is there, and whom this one has met.
    fn meet(&mut self, intent: Option<OpenIntent>, object: &Object) {
        let Some(OpenIntent { intent, .. }) = intent else { return };
        let name = |attribute: &Str| object.attributes.get(attribute).and_then(Value::as_str).map(Str::from);
        self.snapshot.unmet.extend(intent.trusted.iter().filter_map(name));
        for name in intent.trusts.iter().filter_map(name) {
            self.snapshot.unmet.remove(&name);
        }
    }
}

impl Snapshot {
    /// Records an object. One that is the same as before keeps its version: plans that read it are still good.
    fn put(&mut self, instance: &InstanceAddr, key: &ObjectKey, object: &Object, seq: u64) {
        let place = self.instances.entry(instance.clone()).or_default();
        let version = match place.object(key) {
            Some(known) if known.is_same(object) => known.version,
            _ => seq,
        };
        place.set(key, Object { version, ..object.clone() });
    }

    fn remove(&mut self, instance: &InstanceAddr, key: &ObjectKey) {
        let Some(place) = self.instances.get_mut(instance) else { return };
        let gone = place.take(key);
        if place.is_empty() {
            self.instances.remove(instance);
        }
        gone.iter().for_each(|object| self.forget_unmet(object));
    }

    /// Nobody will meet what an object names that is gone, or was let go of.
    pub(super) fn forget_unmet(&mut self, object: &Object) {
        if !self.unmet.is_empty() {
            object.attributes.values().iter().filter_map(Value::as_str).for_each(|name| _ = self.unmet.remove(name));
        }
    }

    /// Moves all of an instance to another address, where there must be nothing; else leaves it.
    pub(super) fn move_instance(&mut self, from: &InstanceAddr, to: &InstanceAddr) {
        if !self.instances.contains_key(to)
            && let Some(instance) = self.instances.remove(from)
        {
            self.instances.insert(to.clone(), instance);
        }
    }
}

impl Instance {
    fn set(&mut self, key: &ObjectKey, object: Object) {
        match key {
            ObjectKey::Current => self.current = Some(object),
            ObjectKey::Deposed(key) => {
                self.deposed.insert(key.clone(), object);
            }
        }
    }

    fn take(&mut self, key: &ObjectKey) -> Option<Object> {
        match key {
            ObjectKey::Current => self.current.take(),
            ObjectKey::Deposed(key) => self.deposed.remove(key),
        }
    }
}

#[cfg(test)]
mod tests;
