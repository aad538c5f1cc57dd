//! Objects that nothing in the configuration claims: they go, and why.

use std::sync::Arc;

use super::Action;
use super::Change;
use super::Mode;
use super::NodeKind;
use super::Planner;
use super::Reason;
use super::objects::EntryId;
use super::values::Repeat;
use crate::addr;
use crate::addr::InstanceKey;
use crate::diag::Diagnostic;
use crate::graph::NodeId;
use crate::state::ObjectKey;

impl Planner<'_> {
    /// Plans the end of every object that is not configured, or of every object when everything goes.
    pub(super) fn plan_orphans(&mut self) {
        for id in 0..self.objects.len() {
            let entry = self.objects.get(id);
            let stays = entry.is_claimed && entry.key == ObjectKey::Current && self.input.options.mode != Mode::Destroy;
            if stays || !self.selection.selects_end(&entry.addr) || self.is_deferred(id) {
                continue;
            }
            self.plan_end(id);
        }
    }

    fn plan_end(&mut self, id: EntryId) {
        let entry = self.objects.get(id);
        let is_data = entry.addr.mode == addr::Mode::Data;
        let reason = match (self.input.options.mode, &entry.key) {
            (Mode::Destroy, _) | (_, ObjectKey::Deposed(_)) => None,
            _ => Some(self.end_reason(id)),
        };
        let removed = self.removed_block(id);
        let ty = self.input.registry.resource(&entry.addr.ty).filter(|_| !is_data);
        let kept = ty.and_then(|ty| ty.keeps(&entry.private)).filter(|_| entry.now.is_some());
        let is_forgotten = is_data || removed == Some(false) || kept.is_some();
        let action = match (&entry.now, is_forgotten) {
            // Gone already: our record goes too, without a call.
            (None, _) => Action::Forget,
            (Some(_), true) => Action::Forget,
            (Some(_), false) => Action::Delete,
        };
        if entry.now.is_none() || is_data {
            self.forgotten.push((entry.addr.clone(), entry.key.clone()));
            return;
        }
        if action == Action::Delete {
            self.check_end(id);
        }
        let entry = self.objects.get(id);
        // When everything goes, what it belongs to does as well; who says `removed` knows.
        if let Some(why) = kept.filter(|_| self.input.options.mode != Mode::Destroy && removed.is_none()) {
            let address = entry.addr.to_string();
            let detail = format!("{address} is no longer configured. It is let go of and stays as it is: {why}");
            self.diags.push(Diagnostic::warning("Object is not removed", detail).address(address));
        }
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
            prior_version: entry.stored.version,
            deposes: None,
            dependencies: Arc::clone(&entry.stored.dependencies),
            create_before_destroy: entry.stored.create_before_destroy,
            private: entry.private.clone(),
            place: None,
            provider_node: self.provider_of_entry(id),
            is_settled: true,
            touched: Vec::new(),
        };
        self.changes.push(entry_change);
    }

    /// Why an object is no longer wanted.
    fn end_reason(&self, id: EntryId) -> Reason {
        let entry = self.objects.get(id);
        let Some((path, slot)) = self.locate(&entry.addr) else {
            return Reason::NoResourceConfig;
        };
        let modules = &self.values.path(path).instances;
        let Some(module) = modules.iter().position(|module| module.addr == entry.addr.module) else {
            return Reason::NoModule;
        };
        let instances = self.values.resource(path, slot, u32::try_from(module).expect("32 bits"));
        match (instances.map(|instances| instances.repeat), &entry.addr.key) {
            (Some(Repeat::Count), InstanceKey::Int(_)) => Reason::CountIndex,
            (Some(Repeat::Each), InstanceKey::Str(_)) => Reason::EachKey,
            _ => Reason::WrongRepetition,
        }
    }

    /// Whether how often the object's resource is repeated is left for a later phase.
    fn is_deferred(&self, id: EntryId) -> bool {
        let entry = self.objects.get(id);
        if self.input.options.mode == Mode::Destroy {
            return false;
        }
        let Some((path, slot)) = self.locate(&entry.addr) else { return false };
        let of_resource = self.values.path(path).resources.get(slot as usize);
        let unknown = of_resource.into_iter().flatten().any(|instances| instances.repeat == Repeat::Unknown);
        // An error before it came to the resource: nothing can be said of its objects.
        unknown || of_resource.is_none_or(Vec::is_empty) && !self.values.path(path).instances.is_empty()
    }

    /// `prevent_destroy` of the block, where there still is one.
    fn check_end(&mut self, id: EntryId) {
        let entry = self.objects.get(id);
        let Some((path, slot)) = self.locate(&entry.addr) else { return };
        let def = &self.module(path).resources[slot as usize];
        if def.lifecycle.prevent_destroy && entry.key == ObjectKey::Current {
            let diagnostic = super::resource::cannot_be_destroyed(&entry.addr, def.span);
            self.diags.push(diagnostic);
        }
    }

    /// What a `removed` block says of an object: whether it is destroyed. `None` without a block.
    fn removed_block(&self, id: EntryId) -> Option<bool> {
        let addr = &self.objects.get(id).addr;
        self.tree.paths().find_map(|(_, path)| {
            let module = self.input.config.module(path.source);
            let removed = module.removed.iter().find(|removed| {
                let depth = path.path.names().len();
                let steps = addr.module.steps();
                steps.len() >= depth
                    && steps.iter().zip(path.path.names()).all(|((name, _), wanted)| name == wanted)
                    && {
                        let inner = addr::ModuleInstance::from_iter(steps[depth..].iter().cloned());
                        removed.from.covers(&addr::InstanceAddr { module: inner, ..addr.clone() })
                    }
            });
            removed.map(|removed| removed.destroy)
        })
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
