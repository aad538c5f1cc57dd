//! What goes with what it is part of: files with their host, and a host with its droplet.
//!
//! An object whose whole is gone is taken for gone, too, whatever came of reading it: the address of a machine that was
//! deleted is another's before long. Where the whole goes in this plan its parts are removed first, as long as that is
//! possible, and nothing is waited for.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::Action;
use super::Change;
use super::Mode;
use super::Planner;
use super::objects::Entry;
use super::objects::EntryId;
use super::objects::Seen;
use crate::addr::ResourceAddr;
use crate::diag::Diagnostic;
use crate::graph::NodeId;
use crate::state::ObjectKey;
use crate::value::Object;
use crate::value::Str;
use crate::value::Value;

/// By the values of their attributes: places of the changes of one resource; none where a value is not one object's alone.
type Ends = FxHashMap<Str, Option<usize>>;

impl Planner<'_> {
    /// Takes an object of the configuration for gone whose whole is. What else there is may not have been read yet: only
    /// what its block refers to and the configuration has counts.
    pub(super) fn follow_where_known(&mut self, id: EntryId, node: NodeId) {
        if self.gone.is_empty() {
            return;
        }
        let wholes = self.dependencies_of(node);
        if self.is_without_whole(id, &wholes, |entry| entry.is_claimed) {
            self.take_for_gone(id);
        }
    }

    /// The same for all that the configuration does not have, once everything has been read.
    pub(super) fn follow_all(&mut self) {
        let mut has_found = !self.gone.is_empty();
        // Once for each storey: droplets, hosts, files.
        while has_found {
            has_found = false;
            for id in 0..self.objects.len() {
                let entry = self.objects.get(id);
                let is_decided =
                    entry.is_claimed && entry.key == ObjectKey::Current && self.input.options.mode != Mode::Destroy;
                let wholes = Arc::clone(&entry.stored.dependencies);
                if !is_decided && self.is_without_whole(id, &wholes, |_| true) {
                    self.take_for_gone(id);
                    has_found = true;
                }
            }
        }
    }

    /// Whether what a present object is part of is gone: one of these resources had it, and nothing else is called so.
    fn is_without_whole(&mut self, id: EntryId, wholes: &[ResourceAddr], counts: impl Fn(&Entry) -> bool) -> bool {
        let entry = self.objects.get(id);
        let (Some(ty), Some(now), None) =
            (self.input.registry.resource(&entry.addr.ty), &entry.now, entry.changes_type())
        else {
            return false;
        };
        let Some(name) = ty.part_of(now) else { return false };
        let objects = &self.objects;
        let by_resource = self.by_resource.get_or_insert_with(|| {
            let mut by_resource: FxHashMap<ResourceAddr, Vec<EntryId>> = FxHashMap::default();
            objects.iter().for_each(|(id, entry)| by_resource.entry(entry.addr.resource()).or_default().push(id));
            by_resource
        });
        let of = |resource| by_resource.get(resource).into_iter().flatten().map(|other| objects.get(*other));
        if !wholes.iter().any(|resource| self.gone.contains(resource)) {
            return false;
        }
        // Something else may have a value that happens to be the same: as long as one is there, nothing is taken for gone.
        let mut called =
            wholes.iter().flat_map(of).filter(|other| counts(other) && has(&other.before, name)).peekable();
        called.peek().is_some() && called.all(|other| other.now.is_none())
    }

    fn take_for_gone(&mut self, id: EntryId) {
        let entry = self.objects.get_mut(id);
        (entry.now, entry.stale, entry.seen) = (None, None, Seen::Otherwise);
        self.gone.insert(entry.addr.resource());
        self.unread.retain(|(unread, _)| *unread != id);
    }

    /// Notes which objects go along with what they are part of.
    pub(super) fn find_companions(&mut self) {
        let destroyed = || (0..).zip(&self.changes).filter(|(_, change)| is_ending(change));
        let is_part = |change: &Change| {
            let ty = self.input.registry.resource(&change.addr.ty);
            ty.zip(change.prior.as_deref()).is_some_and(|(ty, prior)| ty.part_of(prior).is_some())
        };
        let parts: Vec<usize> = destroyed().filter(|(_, change)| is_part(change)).map(|(at, _)| at).collect();
        if parts.is_empty() {
            return;
        }
        let mut by_resource: FxHashMap<ResourceAddr, Vec<usize>> = FxHashMap::default();
        (0..)
            .zip(&self.changes)
            .for_each(|(at, change)| by_resource.entry(change.addr.resource()).or_default().push(at));
        let mut ends: FxHashMap<ResourceAddr, Ends> = FxHashMap::default();
        for at in parts {
            let whole = self.whole_that_goes(at, &by_resource, &mut ends);
            let change = &mut self.changes[at];
            change.goes_with = whole;
            // What its type keeps goes with its whole all the same.
            if whole.is_some() && change.kept.take().is_some() {
                change.action = Action::Delete;
                let addr = change.addr.clone();
                self.check_end_of(&addr);
            }
        }
    }

    /// Says which objects stay though nobody wants them any more. When everything goes, the plan's lines are enough.
    pub(super) fn tell_kept(&mut self) {
        if self.input.options.mode == Mode::Destroy {
            return;
        }
        for change in &self.changes {
            let Some(why) = &change.kept else { continue };
            let address = change.addr.to_string();
            let detail = format!("{address} is no longer configured. It is let go of and stays as it is: {why}.");
            self.diags.push(Diagnostic::warning("Object is not removed", detail).address(address));
        }
    }

    /// What a change's object is part of, itself part of nothing, where that is destroyed: the place of its change.
    fn whole_that_goes(
        &self,
        at: usize,
        by_resource: &FxHashMap<ResourceAddr, Vec<usize>>,
        ends: &mut FxHashMap<ResourceAddr, Ends>,
    ) -> Option<usize> {
        let mut at = at;
        for storey in 0..self.changes.len() {
            let change = &self.changes[at];
            let (true, Some(prior)) = (is_ending(change), &change.prior) else { return None };
            let ty = self.input.registry.resource(&change.addr.ty)?;
            let Some(name) = ty.part_of(prior) else { return (storey > 0).then_some(at) };
            let stored = change.previous_addr.as_ref().unwrap_or(&change.addr);
            let stored = self.input.prior.object(stored, &change.object).map(|object| &object.dependencies);
            let resources = [Some(&change.dependencies), stored].into_iter().flatten().flat_map(|list| list.iter());
            let mut whole = None;
            for resource in resources {
                let Some(changes) = by_resource.get(resource) else { continue };
                let ends = ends.entry(resource.clone()).or_insert_with(|| self.named(changes));
                match ends.get(name) {
                    None => {}
                    Some(Some(found)) if self.changes[*found].action.destroys() => whole = whole.or(Some(*found)),
                    // Something that stays may be it.
                    Some(_) => return None,
                }
            }
            match whole {
                Some(whole) if whole != at => at = whole,
                _ => return None,
            }
        }
        None
    }

    /// Changes by the values of their objects' attributes.
    fn named(&self, changes: &[usize]) -> Ends {
        let mut ends = Ends::default();
        for at in changes {
            let prior = self.changes[*at].prior.as_deref();
            for name in prior.into_iter().flat_map(Object::values).filter_map(|value| value.unmarked().as_str()) {
                let whose = ends.entry(name.into()).or_insert(Some(*at));
                *whose = whose.filter(|other| other == at);
            }
        }
        ends
    }
}

/// Whether nobody wants an object any more.
fn is_ending(change: &Change) -> bool {
    change.action.destroys() || change.kept.is_some()
}

/// Whether an attribute of an object has this value.
fn has(object: &Object, name: &str) -> bool {
    object.values().iter().map(Value::unmarked).any(|value| value.as_str() == Some(name))
}
