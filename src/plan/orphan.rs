//! Objects that nothing in the configuration claims: they go, and why.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::Action;
use super::Change;
use super::Mode;
use super::NodeKind;
use super::PathId;
use super::Planner;
use super::Reason;
use super::objects::EntryId;
use super::values::Repeat;
use crate::addr;
use crate::addr::InstanceAddr;
use crate::addr::InstanceKey;
use crate::addr::ModuleInstance;
use crate::addr::ModulePath;
use crate::addr::ResourceAddr;
use crate::diag::Diagnostic;
use crate::graph::NodeId;
use crate::provider::AnyResource;
use crate::schema::Presence;
use crate::state::ObjectKey;
use crate::value::Object;
use crate::value::Str;
use crate::value::Value;

/// What is asked of every object that goes, found once.
struct Index {
    /// The instances of every module, with their number at their path.
    modules: FxHashMap<ModuleInstance, u32>,
    /// By resource: whether how often it is repeated is left for a later phase.
    deferred: FxHashMap<(PathId, u32), bool>,
    /// By what a `removed` block names: whether it is destroyed.
    removed_resources: FxHashMap<ResourceAddr, bool>,
    removed_modules: FxHashMap<ModulePath, bool>,
}

impl Index {
    fn new(planner: &Planner<'_>) -> Index {
        let mut index = Index {
            modules: FxHashMap::default(),
            deferred: FxHashMap::default(),
            removed_resources: FxHashMap::default(),
            removed_modules: FxHashMap::default(),
        };
        for (id, path) in planner.tree.paths() {
            let instances = (0..).zip(&planner.values.path(id).instances);
            index.modules.extend(instances.map(|(number, module)| (module.addr.clone(), number)));
            for removed in &planner.input.config.module(path.source).removed {
                let inner = removed.from.module.path();
                let module = ModulePath::from_iter(path.path.names().iter().chain(inner.names()).cloned());
                match &removed.from.resource {
                    Some(of) => {
                        let (ty, name) = (Str::clone(&of.ty), Str::clone(&of.name));
                        let addr = ResourceAddr { module, mode: of.mode, ty, name };
                        index.removed_resources.entry(addr).or_insert(removed.destroy);
                    }
                    None => _ = index.removed_modules.entry(module).or_insert(removed.destroy),
                }
            }
        }
        index
    }

    /// What a `removed` block says of an object: whether it is destroyed. `None` without a block.
    fn removed(&self, addr: &InstanceAddr) -> Option<bool> {
        if let Some(destroy) = self.removed_resources.get(&addr.resource()) {
            return Some(*destroy);
        }
        if self.removed_modules.is_empty() {
            return None;
        }
        let path = addr.module.path();
        let names = path.names();
        let around = (1..=names.len()).map(|depth| ModulePath::from_iter(names[..depth].iter().cloned()));
        around.into_iter().find_map(|module| self.removed_modules.get(&module).copied())
    }
}

impl Planner<'_> {
    /// Plans the end of every object that is not configured, or of every object when everything goes.
    pub(super) fn plan_orphans(&mut self) {
        let ends = |id: &EntryId| {
            let entry = self.objects.get(*id);
            let stays = entry.is_claimed && entry.key == ObjectKey::Current && self.input.options.mode != Mode::Destroy;
            !stays && self.selection.selects_end(&entry.addr)
        };
        let ends: Vec<EntryId> = (0..self.objects.len()).filter(ends).collect();
        if ends.is_empty() {
            return;
        }
        let mut index = Index::new(self);
        for id in ends {
            if !self.is_deferred(id, &mut index) {
                self.plan_end(id, &index);
            }
        }
    }

    fn plan_end(&mut self, id: EntryId, index: &Index) {
        let entry = self.objects.get(id);
        let is_data = entry.addr.mode == addr::Mode::Data;
        let reason = match (self.input.options.mode, &entry.key) {
            (Mode::Destroy, _) | (_, ObjectKey::Deposed(_)) => None,
            _ => Some(self.end_reason(id, index)),
        };
        // Gone already: our record goes too, without a call.
        if entry.now.is_none() || is_data {
            self.forgotten.push((entry.addr.clone(), entry.key.clone()));
            return;
        }
        // What a `removed` block lets go of stays, and so does what cannot be removed by itself.
        let removed = index.removed(&entry.addr);
        let ty = self.input.registry.resource(&entry.addr.ty);
        let now = entry.now.as_deref();
        let kept = ty.zip(now).filter(|_| removed != Some(false)).and_then(|(ty, now)| ty.keeps(now, &entry.private));
        let action = if removed == Some(false) || kept.is_some() { Action::Forget } else { Action::Delete };
        if action == Action::Delete {
            self.check_end(id);
            self.warn_of_end(id);
        }
        let entry = self.objects.get(id);
        let entry_change = Change {
            addr: entry.addr.clone(),
            object: entry.key.clone(),
            previous_addr: entry.previous.clone(),
            provider: entry.stored.provider.clone(),
            action,
            reason,
            prior: entry.now.clone(),
            planned: None,
            replace_paths: Vec::new(),
            importing: None,
            adopts: false,
            is_place_seen: false,
            prior_version: entry.stored.version,
            deposes: None,
            dependencies: Arc::clone(&entry.stored.dependencies),
            create_before_destroy: entry.stored.create_before_destroy,
            private: entry.private.clone(),
            place: None,
            provider_node: self.provider_of_entry(id),
            is_settled: true,
            touched: Vec::new(),
            goes_with: None,
            kept,
        };
        self.changes.push(entry_change);
    }

    /// Why an object is no longer wanted.
    fn end_reason(&self, id: EntryId, index: &Index) -> Reason {
        let entry = self.objects.get(id);
        let Some((path, slot)) = self.locate(&entry.addr) else {
            return if entry.previous.is_some() { Reason::NoMoveTarget } else { Reason::NoResourceConfig };
        };
        let Some(module) = index.modules.get(&entry.addr.module) else { return Reason::NoModule };
        let instances = self.values.resource(path, slot, *module);
        match (instances.map(|instances| instances.repeat), &entry.addr.key) {
            (Some(Repeat::Count), InstanceKey::Int(_)) => Reason::CountIndex,
            (Some(Repeat::Each), InstanceKey::Str(_)) => Reason::EachKey,
            _ => Reason::WrongRepetition,
        }
    }

    /// Whether how often the object's resource is repeated is left for a later phase.
    fn is_deferred(&self, id: EntryId, index: &mut Index) -> bool {
        let entry = self.objects.get(id);
        if self.input.options.mode == Mode::Destroy {
            return false;
        }
        let Some((path, slot)) = self.locate(&entry.addr) else { return false };
        *index.deferred.entry((path, slot)).or_insert_with(|| {
            let of_resource = self.values.path(path).resources.get(slot as usize);
            let unknown = of_resource.into_iter().flatten().any(|instances| instances.repeat == Repeat::Unknown);
            // An error before it came to the resource: nothing can be said of its objects.
            unknown || of_resource.is_none_or(Vec::is_empty) && !self.values.path(path).instances.is_empty()
        })
    }

    /// That the provider can delete it, and `prevent_destroy` of the block, where there still is one.
    fn check_end(&mut self, id: EntryId) {
        if self.provider_of_entry(id).is_some_and(|provider| !self.keeps(provider, id)) {
            self.report_stray(id);
        }
        let entry = self.objects.get(id);
        if entry.key == ObjectKey::Current {
            let addr = entry.addr.clone();
            self.check_end_of(&addr);
        }
    }

    /// `prevent_destroy` of an instance's block.
    pub(super) fn check_end_of(&mut self, addr: &InstanceAddr) {
        let Some((path, slot)) = self.locate(addr) else { return };
        let def = &self.module(path).resources[slot as usize];
        if def.lifecycle.prevent_destroy {
            self.diags.push(super::resource::cannot_be_destroyed(addr, def.span));
        }
    }

    /// What the type has to say on the deletion. Where everything goes, what would be left behind goes too.
    fn warn_of_end(&mut self, id: EntryId) {
        let entry = self.objects.get(id);
        let goes_with_all = self.input.options.mode == Mode::Destroy && self.input.options.targets.is_empty();
        let (Some(ty), Some(now)) = (self.input.registry.resource(&entry.addr.ty), &entry.now) else { return };
        if goes_with_all || self.belongs_to_what_goes(&*ty, now, &entry.addr.module, &entry.stored.dependencies) {
            return;
        }
        let span = self.locate(&entry.addr).map(|(path, slot)| self.module(path).resources[slot as usize].span);
        let address = entry.addr.to_string();
        for problem in ty.end_warnings(now) {
            let warning = Diagnostic::warning(problem.summary, problem.detail).address(address.clone());
            self.diags.push(match span {
                Some(span) => warning.at(span),
                None => warning,
            });
        }
    }

    /// Whether what an object belongs to goes too, so that nothing is left for its end to be bad for: a database whose
    /// firewall goes. It belongs to what an argument names that it cannot be without and cannot change.
    pub(super) fn belongs_to_what_goes(
        &self,
        ty: &dyn AnyResource,
        object: &Object,
        module: &ModuleInstance,
        needs: &[ResourceAddr],
    ) -> bool {
        let attributes = ty.schema().root().attributes().iter();
        let names = attributes.filter(|(_, attribute)| attribute.replaces && attribute.presence == Presence::Required);
        let owners: Vec<&Value> = names.filter_map(|(name, _)| object.get(name)).collect();
        let goes = |id: EntryId| {
            let entry = self.objects.get(id);
            let change = self.decided.get(&entry.addr).map(|at| self.changes[*at].action);
            !entry.is_claimed || change.is_some_and(|action| action.is_replace() || action == Action::Delete)
        };
        let is_owner = |id: &EntryId| {
            let known = &self.objects.get(*id).before;
            ["id", "uuid"].iter().filter_map(|name| known.get(name)).any(|value| owners.contains(&value))
        };
        let near = needs.iter().filter(|need| need.module == module.path());
        let mut all = near.flat_map(|need| self.objects.of_resource(module, need.mode, &need.ty, &need.name));
        all.any(|id| is_owner(&id) && goes(id))
    }

    /// The node of the provider that looks after a stored object.
    pub(super) fn provider_of_entry(&self, id: EntryId) -> Option<NodeId> {
        let entry = self.objects.get(id);
        if let Some((path, slot)) = self.locate(&entry.addr) {
            return self.nodes.provider(path, slot);
        }
        self.node_of_provider(&entry.stored.provider)
    }

    /// The node of a configured provider, by the address that the state has for it.
    pub(crate) fn node_of_provider(&self, wanted: &crate::addr::ProviderAddr) -> Option<NodeId> {
        let path = self.path_of(&wanted.module)?;
        let own = (0..).zip(&self.module(path).providers);
        let mut own = own.filter(|(_, def)| def.name == wanted.name && def.alias == wanted.alias);
        match own.next() {
            Some((slot, _)) => Some(self.nodes.id(path, NodeKind::Provider(slot))),
            None => self.nodes.implicit_provider(&wanted.name),
        }
    }
}
