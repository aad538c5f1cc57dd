//! Folding journal records into a snapshot: what is remembered, and what was begun and has no end.
//!
//! Pure. Folding what is in the snapshot already changes nothing, so that a crash between storing a snapshot and
//! emptying the journal does no harm.

use super::Event;
use super::Instance;
use super::Object;
use super::ObjectKey;
use super::OpenIntent;
use super::Record;
use super::Snapshot;
use crate::addr::InstanceAddr;

/// Folds records into a snapshot, in order; those that are in it already are passed over. Gives what is open now.
pub fn fold<'a>(snapshot: &mut Snapshot, records: impl IntoIterator<Item = &'a Record>) -> Vec<OpenIntent> {
    let mut run = String::new();
    for record in records {
        if let Event::Begin { run: begun, .. } = &record.event {
            run.clone_from(begun);
        }
        if record.seq > snapshot.seq {
            snapshot.seq = record.seq;
            snapshot.fold_one(record, &run);
        }
    }
    snapshot.open.clone()
}

impl Snapshot {
    fn fold_one(&mut self, record: &Record, run: &str) {
        match &record.event {
            Event::Begin { .. } | Event::End { .. } => {}
            Event::Outputs(outputs) => self.outputs.clone_from(outputs),
            Event::World(world) => self.world = Some(world.clone()),
            Event::Intent(intent) => {
                let Some(instance) = &record.instance else { return };
                self.close(instance, &record.object);
                self.open.push(OpenIntent {
                    seq: record.seq,
                    step: record.step,
                    run: run.to_owned(),
                    instance: instance.clone(),
                    object: record.object.clone(),
                    op: record.op,
                    intent: (**intent).clone(),
                    partial: None,
                });
            }
            Event::Partial { object, private } => {
                let Some(instance) = &record.instance else { return };
                let open = self.open.iter_mut().find(|open| is_of(open, instance, &record.object));
                // Without an intent the call touched only our own folder, and is simply made again.
                let Some(open) = open else { return };
                if object.is_some() {
                    open.partial.clone_from(object);
                }
                open.intent.private.clone_from(private);
            }
            Event::Done { object } => {
                let Some(instance) = &record.instance else { return };
                self.close(instance, &record.object);
                match object {
                    Some(object) => self.put(instance, &record.object, object, record.seq),
                    None => self.remove(instance, &record.object),
                }
            }
            Event::Failed { object, .. } => {
                let Some(instance) = &record.instance else { return };
                self.close(instance, &record.object);
                if let Some(object) = object {
                    self.put(instance, &record.object, object, record.seq);
                }
            }
            Event::Adopt { object } => {
                let Some(instance) = &record.instance else { return };
                self.close(instance, &record.object);
                self.put(instance, &record.object, object, record.seq);
            }
            Event::Deposed { key } => {
                self.rekey(record, &ObjectKey::Current, &ObjectKey::Deposed(key.clone()));
            }
            Event::Restored { key } => {
                self.rekey(record, &ObjectKey::Deposed(key.clone()), &ObjectKey::Current);
            }
            Event::Moved { from } => {
                let Some(to) = &record.instance else { return };
                self.move_instance(from, to);
            }
        }
    }

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
        place.take(key);
        if place.is_empty() {
            self.instances.remove(instance);
        }
    }

    /// Moves an object, and what is open about it, from one key of its instance to another that is free.
    fn rekey(&mut self, record: &Record, from: &ObjectKey, to: &ObjectKey) {
        let Some(instance) = &record.instance else { return };
        if let Some(place) = self.instances.get_mut(instance)
            && place.object(to).is_none()
            && let Some(object) = place.take(from)
        {
            place.set(to, object);
        }
        for open in self.open.iter_mut().filter(|open| is_of(open, instance, from)) {
            open.object.clone_from(to);
        }
    }

    /// Moves all of an instance to another address, where there must be nothing; else leaves it.
    pub(super) fn move_instance(&mut self, from: &InstanceAddr, to: &InstanceAddr) {
        if !self.instances.contains_key(to)
            && let Some(instance) = self.instances.remove(from)
        {
            self.instances.insert(to.clone(), instance);
        }
        for open in self.open.iter_mut().filter(|open| open.instance == *from) {
            open.instance = to.clone();
        }
    }

    fn close(&mut self, instance: &InstanceAddr, key: &ObjectKey) {
        self.open.retain(|open| !is_of(open, instance, key));
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

fn is_of(open: &OpenIntent, instance: &InstanceAddr, key: &ObjectKey) -> bool {
    open.object == *key && open.instance == *instance
}

#[cfg(test)]
mod tests;
