//! `-target`: which nodes and instances a plan is about.

use rustc_hash::FxHashMap;
use rustc_hash::FxHashSet;

use super::Mode;
use super::NodeKind;
use super::Nodes;
use super::Options;
use super::Planner;
use super::Tree;
use super::objects::Objects;
use crate::addr::InstanceAddr;
use crate::addr::ResourceAddr;
use crate::addr::Target;
use crate::diag::Diagnostic;
use crate::eval;
use crate::graph::NodeId;
use crate::value::Str;

/// What a plan is about: everything, or what is targeted and all that it needs.
#[derive(Debug)]
pub(super) struct Selection {
    targets: Vec<Target>,
    mode: Mode,
    /// By node: whether it is visited.
    needed: Vec<bool>,
    /// Resources that something targeted needs: all their instances are planned.
    whole: FxHashSet<ResourceAddr>,
    /// When everything goes: the resources whose objects go with what is targeted, as they depend on it.
    dependants: FxHashSet<ResourceAddr>,
}

impl Selection {
    pub(super) fn new(
        options: &Options,
        tree: &Tree,
        nodes: &Nodes,
        modules: &[eval::Module],
        objects: &Objects,
    ) -> Selection {
        let mut selection = Selection {
            targets: options.targets.clone(),
            mode: options.mode,
            needed: vec![options.targets.is_empty() && options.mode != Mode::Destroy; nodes.len()],
            whole: FxHashSet::default(),
            dependants: FxHashSet::default(),
        };
        let addr = |id: NodeId| resource_addr(id, tree, nodes, modules);
        let mut pending: Vec<NodeId> = Vec::new();
        if options.mode == Mode::Destroy {
            // Nothing is evaluated but what the providers need.
            let is_provider = |kind| matches!(kind, NodeKind::Provider(_) | NodeKind::Implicit(_));
            pending.extend(nodes.iter().filter(|(_, node)| is_provider(node.kind)).map(|(id, _)| id));
        }
        for (id, node) in nodes.iter().filter(|_| !options.targets.is_empty() && options.mode != Mode::Destroy) {
            let NodeKind::Resource(_) = node.kind else { continue };
            let Some(addr) = addr(id) else { continue };
            if options.targets.iter().any(|target| target.may_cover(&addr)) {
                pending.push(id);
            }
        }
        pending.iter().for_each(|id| selection.needed[*id as usize] = true);
        while let Some(id) = pending.pop() {
            for other in nodes.dag.dependencies(id) {
                if let Some(addr) = addr(other) {
                    selection.whole.insert(addr);
                }
                if !std::mem::replace(&mut selection.needed[other as usize], true) {
                    pending.push(other);
                }
            }
        }
        selection.need_outputs(nodes);
        if options.mode == Mode::Destroy && !options.targets.is_empty() {
            selection.find_dependants(objects);
        }
        selection
    }

    /// A root output is planned when all that it needs is.
    fn need_outputs(&mut self, nodes: &Nodes) {
        if self.targets.is_empty() || self.mode == Mode::Destroy {
            return;
        }
        let Some(order) = nodes.dag.order() else { return };
        let mut covered = self.needed.clone();
        for id in order {
            if matches!(nodes.node(id).kind, NodeKind::Resource(_)) {
                continue;
            }
            let mut others = nodes.dag.dependencies(id).peekable();
            covered[id as usize] |= others.peek().is_some() && others.all(|other| covered[other as usize]);
        }
        for (id, node) in nodes.iter() {
            if matches!(node.kind, NodeKind::Output(_) | NodeKind::Local(_) | NodeKind::Variable(_) | NodeKind::Call(_))
            {
                self.needed[id as usize] |= covered[id as usize];
            }
        }
    }

    fn find_dependants(&mut self, objects: &Objects) {
        let mut found: FxHashSet<ResourceAddr> = FxHashSet::default();
        let mut by_dependency: FxHashMap<ResourceAddr, Vec<ResourceAddr>> = Default::default();
        for (_, entry) in objects.iter() {
            let resource = entry.addr.resource();
            for dependency in entry.stored.dependencies.iter() {
                by_dependency.entry(dependency.clone()).or_default().push(resource.clone());
            }
            if self.targets.iter().any(|target| target.covers(&entry.addr)) {
                found.insert(resource);
            }
        }
        let mut pending: Vec<ResourceAddr> = found.into_iter().collect();
        while let Some(resource) = pending.pop() {
            for dependant in by_dependency.remove(&resource).unwrap_or_default() {
                if self.dependants.insert(dependant.clone()) {
                    pending.push(dependant);
                }
            }
        }
    }

    /// Whether a node is visited.
    pub(super) fn needs(&self, id: NodeId) -> bool {
        self.needed[id as usize]
    }

    /// Whether an instance is planned.
    pub(super) fn selects(&self, addr: &InstanceAddr) -> bool {
        self.targets.is_empty()
            || self.targets.iter().any(|target| target.covers(addr))
            || self.whole.contains(&addr.resource())
            || self.mode == Mode::Destroy && self.dependants.contains(&addr.resource())
    }

    /// Whether an object that nothing claims may go.
    pub(super) fn selects_end(&self, addr: &InstanceAddr) -> bool {
        self.targets.is_empty()
            || self.targets.iter().any(|target| target.covers(addr))
            || self.mode == Mode::Destroy && self.dependants.contains(&addr.resource())
    }
}

fn resource_addr(id: NodeId, tree: &Tree, nodes: &Nodes, modules: &[eval::Module]) -> Option<ResourceAddr> {
    let node = nodes.node(id);
    let NodeKind::Resource(slot) = node.kind else { return None };
    let path = tree.path(node.path);
    let def = &modules[path.source.0 as usize].resources[slot as usize];
    let module = path.path.clone();
    Some(ResourceAddr { module, mode: def.mode, ty: Str::clone(&def.ty), name: Str::clone(&def.name) })
}

impl Planner<'_> {
    /// Says that a targeted plan is a partial one.
    pub(super) fn check_targets(&mut self) {
        if self.input.options.targets.is_empty() {
            return;
        }
        let detail = "You are creating a plan with the -target option, which means that the result of this plan may not \
                      represent all of the changes requested by the current configuration.\n\nThe -target option is not \
                      for routine use, and is provided only for exceptional situations such as recovering from errors or \
                      mistakes, or when an error message asks for it.";
        self.diags.push(Diagnostic::warning("Resource targeting is in effect", detail));
    }
}
