//! What reading found: of objects that are ours, and of places that may be taken over.

use std::sync::Arc;

use super::Adoption;
use super::Drift;
use super::Planner;
use super::decide::plan_object;
use super::objects::EntryId;
use super::objects::Seen;
use super::propose::equal_objects;
use super::propose::equal_unmarked;
use super::resource::One;
use super::scout::Sought;
use super::settle::settle;
use crate::addr::InstanceAddr;
use crate::diag::Diagnostic;
use crate::graph::NodeId;
use crate::provider::AnyResource;
use crate::provider::ProviderError;
use crate::provider::Read;
use crate::schema::Presence;
use crate::schema::Schema;
use crate::state::ObjectKey;
use crate::value::Object;
use crate::value::Str;
use crate::value::Value;

impl Planner<'_> {
    /// Asks what stands where a new object shall be; whether the answer is awaited.
    pub(super) fn look_at_place(&mut self, one: One<'_>, ty: &dyn AnyResource, config: &Object) -> bool {
        if self.places.contains_key(one.addr) {
            return false;
        }
        let proposed = plan_object(ty, None, config).object;
        let provider = self.nodes.provider(one.path, self.slot_of(one));
        let provider = provider.filter(|provider| !self.unconfigured.contains_key(provider));
        let (Some(key), Some(provider)) = (ty.read_key(&proposed), provider) else { return false };
        self.seek(one.node, one.addr, Sought { provider, key, proposed })
    }

    /// Takes in what stands where a new object shall be.
    pub(super) fn take_place(&mut self, node: NodeId, addr: InstanceAddr, read: Result<Read, ProviderError>) {
        self.counters.reads += 1;
        if matches!(read, Ok(Read::Present(_) | Read::Noted(..) | Read::Absent)) {
            self.seen_places.insert(addr.clone());
        }
        let found = match read {
            Ok(Read::Present(object) | Read::Noted(object, _)) => {
                let ty = self.input.registry.resource(&addr.ty).expect("only known types are read");
                Some(Arc::new(settle(ty.schema(), &super::import::unread(ty.schema()), &object)))
            }
            // A place that cannot be seen yet is planned as empty; applying refuses to overwrite.
            Ok(Read::Absent | Read::Stale(_)) => None,
            Err(error) => {
                self.report_instance(node, &addr, &error);
                None
            }
        };
        self.places.insert(addr, found);
    }

    /// Takes in what reading an object found.
    pub(super) fn take_read(&mut self, id: EntryId, read: Result<Read, ProviderError>) {
        self.counters.reads += 1;
        let entry = self.objects.get_mut(id);
        let ty = self.input.registry.resource(&entry.addr.ty).expect("only objects of known types are read");
        let (found, stale) = match read {
            Ok(Read::Present(object)) => (Some(object), None),
            Ok(Read::Noted(object, private)) => {
                entry.private = private;
                (Some(object), None)
            }
            Ok(Read::Absent) => (None, None),
            Ok(Read::Stale(why)) => (Some((*entry.before).clone()), Some(why)),
            Err(error) => {
                self.unread.push((id, super::problem::of_error(&error)));
                return;
            }
        };
        let found = found.map(|object| settle(ty.schema(), &entry.before, &object));
        if let Some(why) = &stale {
            let why = why.trim_end_matches('.');
            let detail =
                format!("{why}.\n\nThe plan is made with what was last known of it; it is not taken for deleted.");
            self.unread.push((id, Diagnostic::warning("Object could not be read", detail)));
        }
        let is_same = found.as_ref().is_some_and(|now| equal_objects(&entry.before, now));
        if !is_same {
            entry.now = found.map(Arc::new);
        }
        if entry.now.is_none() {
            self.gone.insert(entry.addr.resource());
        }
        entry.stale.clone_from(&stale);
        if entry.changes_type().is_some() && stale.is_none() {
            // There is nothing to compare with: what is stored is of another type, and is not updated but taken over.
            return;
        }
        let is_ours =
            |name: &Str| ty.schema().root().attributes().get(name).is_none_or(|a| a.is_settable() || a.watched);
        let is_only_computed = entry.now.as_ref().is_some_and(|now| {
            let mut pairs = now.iter().filter(|(name, _)| is_ours(name));
            pairs.all(|(name, value)| entry.before.get(name).is_some_and(|before| equal_unmarked(before, value)))
        });
        entry.seen = match (is_same, stale.is_some()) {
            (true, false) => Seen::AsWeLeftIt,
            // A counter, a status: nobody's doing, so it is only recorded.
            (false, false) if is_only_computed && entry.key == ObjectKey::Current => Seen::ByItself,
            _ => Seen::Otherwise,
        };
    }

    /// What the configuration leaves to the vendor is the vendor's to change: the droplets that a load balancer finds by a
    /// tag. That is only recorded, as what nobody can set is, unless it is watched: the number of a group on a host.
    pub(super) fn tell_drift(&mut self, id: EntryId, schema: &Schema, config: &Object) {
        let entry = self.objects.get_mut(id);
        let (Seen::Otherwise, Some(now), ObjectKey::Current) = (entry.seen, &entry.now, &entry.key) else { return };
        if entry.stale.is_some() {
            return;
        }
        let is_vendors = |name: &Str| {
            let attribute = schema.root().attributes().get(name);
            let is_left = || config.get(name).is_some_and(Value::is_null);
            attribute.is_some_and(|attribute| {
                !attribute.watched
                    && (!attribute.is_settable() || attribute.presence == Presence::OptionalComputed && is_left())
            })
        };
        let is_same =
            |name: &Str, value: &Value| entry.before.get(name).is_some_and(|before| equal_unmarked(before, value));
        if now.iter().all(|(name, value)| is_same(name, value) || is_vendors(name)) {
            entry.seen = Seen::ByItself;
        }
    }

    /// What reading found to be otherwise than we left it: under the addresses that the objects have in the end, as
    /// planning may still have given them new ones after they were read.
    pub(super) fn gather_drift(&mut self) {
        for (_, entry) in self.objects.iter() {
            match (entry.seen, &entry.now) {
                (Seen::AsWeLeftIt, _) | (Seen::ByItself, None) => {}
                (Seen::ByItself, Some(now)) => {
                    let known = self.input.prior.current(entry.previous.as_ref().unwrap_or(&entry.addr));
                    let Some(known) = known.cloned() else { continue };
                    let stored = crate::state::Object { attributes: Arc::clone(now), ..known };
                    let (addr, previous) = (entry.addr.clone(), entry.previous.clone());
                    self.adoptions.push(Adoption { addr, previous, stored });
                }
                (Seen::Otherwise, now) => self.drift.push(Drift {
                    addr: entry.addr.clone(),
                    previous: entry.previous.clone(),
                    object: entry.key.clone(),
                    before: Arc::clone(&entry.before),
                    after: now.clone(),
                    stale: entry.stale.clone(),
                }),
            }
        }
    }
}
