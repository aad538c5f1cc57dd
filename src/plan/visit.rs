//! Visiting the nodes that are not resources.

use std::sync::Arc;

use super::Mode;
use super::Node;
use super::NodeKind;
use super::PathId;
use super::Planner;
use super::Tree;
use super::evaluate::Place;
use super::planner::Unconfigured;
use crate::addr::ProviderAddr;
use crate::diag::Diagnostic;
use crate::diag::Diagnostics;
use crate::eval::Expansion;
use crate::eval::ResourceDef;
use crate::graph::NodeId;
use crate::value::Str;
use crate::value::Value;

impl Planner<'_> {
    fn visit_values(&mut self, node: Node, context: impl FnOnce(&Self) -> String) {
        let mut diags = std::mem::take(&mut self.diags);
        let before = diags.len();
        let values = self.evaluation().node(node, &mut diags).unwrap_or_default();
        self.counters.evaluations += values.len() as u64;
        if diags.len() > before {
            let context = context(self);
            diags.iter_mut().skip(before).for_each(|d| _ = d.context.get_or_insert_with(|| context.clone()));
        }
        self.diags = diags;
        self.values.store(node, values);
    }

    pub(super) fn visit_variable(&mut self, node: Node, slot: u32) {
        let context = |this: &Self| format!("variable \"{}\"", this.module(node.path).variables[slot as usize].name);
        self.visit_values(node, context);
        // Rules may refer to the variable itself, so they come when it has its value.
        let mut diags = std::mem::take(&mut self.diags);
        let before = diags.len();
        for instance in 0..u32::try_from(self.values.path(node.path).instances.len()).expect("32 bits") {
            match self.evaluation().validate_variable(node.path, slot, instance, &mut diags) {
                Some(true) => {}
                Some(false) => {
                    self.has_refused_variable |= node.path == Tree::ROOT;
                    // What uses it says nothing more.
                    let def = &self.module(node.path).variables[slot as usize];
                    self.values.fail(node, instance, def.ty.without_optional());
                }
                None => _ = self.open_rules.insert(self.nodes.id(node.path, node.kind)),
            }
        }
        let context = context(self);
        diags.iter_mut().skip(before).for_each(|d| _ = d.context.get_or_insert_with(|| context.clone()));
        self.diags = diags;
    }

    pub(super) fn visit_local(&mut self, node: Node, _slot: u32) {
        self.visit_values(node, |_| "locals".to_owned());
    }

    pub(super) fn visit_output(&mut self, node: Node, slot: u32) {
        self.visit_values(node, |this| format!("output \"{}\"", this.module(node.path).outputs[slot as usize].name));
        if self.module(node.path).outputs[slot as usize].preconditions.is_empty() {
            return;
        }
        let mut known = Diagnostics::new();
        for instance in 0..u32::try_from(self.values.path(node.path).instances.len()).expect("32 bits") {
            if self.evaluation().output_rules(node.path, slot, instance, &mut known).is_none() {
                self.open_rules.insert(self.nodes.id(node.path, node.kind));
            }
        }
    }

    /// Which instances a module call makes, for each instance of the caller.
    pub(super) fn visit_call(&mut self, node: Node, slot: u32) {
        let def = &self.module(node.path).calls[slot as usize];
        let Some(child) = self.tree.path(node.path).children[slot as usize] else { return };
        for instance in 0..u32::try_from(self.values.path(node.path).instances.len()).expect("32 bits") {
            let mut found = Diagnostics::new();
            let place = Place::module(node.path, instance);
            let deferral = self.input.options.deferral;
            let expansion = self.evaluation().expansion(place, def.count, def.for_each, deferral, &mut found);
            let context = format!("module \"{}\"", def.name);
            for mut diagnostic in found {
                diagnostic.context.get_or_insert_with(|| context.clone());
                self.diags.push(diagnostic);
            }
            if expansion == Some(Expansion::Unknown) {
                let address = self.tree.path(child).path.to_string();
                let reason = "how many there are depends on something that is not made yet".to_owned();
                self.deferred.push(super::Deferred { address, reason });
            }
            let expansion = expansion.unwrap_or(Expansion::Unknown);
            let addr = self.values.path(node.path).instances[instance as usize].addr.clone();
            self.values.expand(child, &def.name, instance, &addr, &expansion);
        }
    }

    pub(super) fn visit_provider(&mut self, id: NodeId, path: PathId, slot: u32) {
        let def = &self.module(path).providers[slot as usize];
        let name = Str::clone(&def.name);
        let Some(provider) = self.input.registry.provider(&name).cloned() else {
            let detail =
                format!("There is no provider \"{name}\"; providers are built in, and this is not one of them.");
            self.diags.push(Diagnostic::error("Unknown provider", detail).at(def.span));
            return self.give_up_reads(id, Unconfigured::Failed);
        };
        let mut diags = std::mem::take(&mut self.diags);
        let before = diags.len();
        let config = self.evaluation().provider(path, slot, provider.schema(), &mut diags);
        let context = format!("provider \"{name}\"");
        diags.iter_mut().skip(before).for_each(|d| _ = d.context.get_or_insert_with(|| context.clone()));
        self.diags = diags;
        match config {
            None => self.give_up_reads(id, Unconfigured::Failed),
            Some(config) if !Value::Object(Arc::clone(&config)).is_wholly_known() => {
                self.give_up_reads(id, Unconfigured::Unknown);
            }
            Some(config) => self.offer_client(id, name, config),
        }
    }

    pub(super) fn visit_implicit(&mut self, id: NodeId, slot: u32) {
        let name = Str::clone(&self.nodes.implicit[slot as usize]);
        match self.input.registry.provider(&name).cloned() {
            Some(provider) => self.offer_client(id, name, Arc::new(provider.schema().empty())),
            // The resources that wanted it are reported as of an unknown type.
            None => self.give_up_reads(id, Unconfigured::Failed),
        }
    }

    pub(super) fn visit_check(&mut self, node: Node, slot: u32) {
        if self.input.options.mode == Mode::Destroy {
            return;
        }
        let mut diags = std::mem::take(&mut self.diags);
        if !self.evaluation().check(node, slot, &mut diags) {
            self.open_rules.insert(self.nodes.id(node.path, node.kind));
        }
        self.diags = diags;
    }

    /// The address under which the state names the provider of a resource.
    pub(super) fn provider_addr(&self, path: PathId, def: &ResourceDef) -> ProviderAddr {
        let slot = self.slot_of_def(path, def);
        let node = self.nodes.provider(path, slot).map(|id| self.nodes.node(id));
        match node.map(|node| (node, node.kind)) {
            Some((node, NodeKind::Provider(slot))) => {
                let def = &self.module(node.path).providers[slot as usize];
                ProviderAddr {
                    name: Str::clone(&def.name),
                    alias: def.alias.clone(),
                    module: self.tree.path(node.path).path.clone(),
                }
            }
            _ => ProviderAddr {
                name: self.input.registry.provider_of(def.mode, &def.ty),
                alias: None,
                module: crate::addr::ModulePath::root(),
            },
        }
    }
}
