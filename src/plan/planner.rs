//! The walk over the configuration's nodes: what can be evaluated now, what must be read first, and the plan at the end.

use std::collections::BTreeMap;
use std::sync::Arc;

use rustc_hash::FxHashMap;
use rustc_hash::FxHashSet;

use super::Adoption;
use super::Change;
use super::Counters;
use super::Deferred;
use super::Drift;
use super::Node;
use super::NodeKind;
use super::Nodes;
use super::OutputChange;
use super::PathId;
use super::Tree;
use super::Values;
use super::input::Input;
use super::locate::Index;
use super::objects::EntryId;
use super::objects::Objects;
use super::request::Pending;
use super::request::Request;
use super::request::RequestId;
use super::scout::Foreseen;
use super::scout::Scouting;
use super::target::Selection;
use crate::addr::InstanceAddr;
use crate::addr::InstanceKey;
use crate::addr::ResourceAddr;
use crate::diag::Diagnostic;
use crate::diag::Diagnostics;
use crate::diag::Span;
use crate::eval;
use crate::graph::NodeId;
use crate::graph::Walk;
use crate::provider::BatchKey;
use crate::value::Object;
use crate::value::Str;

/// How far planning has come.
#[derive(Debug)]
pub enum Poll {
    /// These have to be answered, in any order.
    Need(Vec<(RequestId, Request)>),
    /// Earlier requests have to be answered first.
    Wait,
    /// The plan is made: call [`Planner::finish`].
    Done,
    /// A variable of the root module was given a value that its block refuses, which was found before anything was asked:
    /// call [`Planner::refuse`].
    Refused,
}

/// A plan in the making.
pub struct Planner<'i> {
    pub(super) input: &'i Input,
    pub(super) templates: eval::Templates<'i>,
    pub(super) tree: Arc<Tree>,
    pub(super) nodes: Arc<Nodes>,
    pub(super) selection: Selection,
    pub(super) values: Values,
    pub(super) objects: Objects,
    pub(super) diags: Diagnostics,
    pub(super) changes: Vec<Change>,
    pub(super) adoptions: Vec<Adoption>,
    pub(super) forgotten: Vec<(InstanceAddr, crate::state::ObjectKey)>,
    pub(super) index: Index,
    /// By resource node: the resources of its module that its `count` or `for_each` looks at.
    pub(super) expanded_by: FxHashMap<NodeId, FxHashSet<u32>>,
    /// What the last decoding looked at.
    pub(super) touched: Vec<(u32, Option<InstanceKey>)>,
    /// Managed instances that are planned, with the place of their change.
    pub(super) decided: FxHashMap<InstanceAddr, usize>,
    pub(super) visited_imports: FxHashSet<u32>,
    /// What `import` blocks fill, and where they say so.
    pub(super) import_targets: Vec<(InstanceAddr, Span)>,
    /// Whether a variable of the root module was given a value that its block refuses.
    pub(super) has_refused_variable: bool,
    /// Whether anything that somebody changed is put right.
    pub(super) has_mended: bool,
    /// Whether anything was asked of the world.
    pub(super) has_asked: bool,
    /// Instances at whose places somebody could look.
    pub(super) seen_places: FxHashSet<InstanceAddr>,
    pub(super) drift: Vec<Drift>,
    pub(super) deferred: Vec<Deferred>,
    pub(super) outputs: Vec<OutputChange>,
    pub(super) counters: Counters,
    /// By node: the resources that it refers to, other resources not looked through.
    pub(super) reaches: Vec<Arc<[NodeId]>>,
    /// By node: the same as addresses, made when first asked for.
    pub(super) dependencies: FxHashMap<NodeId, Arc<[ResourceAddr]>>,
    /// By node: whether something that needs it is made before its predecessor goes.
    pub(super) create_first: Vec<bool>,
    /// By node: whether something rests on it whose successor comes first by itself.
    pub(super) carries_first: Vec<bool>,
    /// By resource node whose type wishes that: whether replacements come before their predecessors go.
    pub(super) comes_first: FxHashMap<NodeId, bool>,
    /// By resource node and module instance: the `max_unavailable` that is configured; `None` where it will not do.
    pub(super) widths: FxHashMap<(NodeId, u32), Option<usize>>,
    /// Data sources that have been read.
    pub(super) data: FxHashMap<InstanceAddr, Option<Arc<Object>>>,
    /// Objects that shall be taken over once it is known what is configured for them: their ids, and the nodes that say so.
    pub(super) to_import: BTreeMap<InstanceAddr, (Str, NodeId)>,
    /// Objects taken over by `import` blocks, with their ids.
    pub(super) imported: BTreeMap<InstanceAddr, (Str, Option<Arc<Object>>)>,
    /// Instances that shall be imported and could not be: it failed, which has been reported, or it has to wait for a
    /// later phase.
    pub(super) unimported: FxHashMap<InstanceAddr, Unconfigured>,
    /// Providers without a client at planning: their configuration is not known yet, or has failed.
    pub(super) unconfigured: FxHashMap<NodeId, Unconfigured>,
    /// Nodes with rules that only applying can tell: checked again there.
    pub(super) open_rules: FxHashSet<NodeId>,
    pub(super) walk: Walk,
    /// What stands at the places of objects that are not ours yet.
    pub(super) places: FxHashMap<InstanceAddr, Option<Arc<Object>>>,
    /// The same, asked ahead of the nodes that need it.
    pub(super) foreseen: FxHashMap<InstanceAddr, Foreseen>,
    pub(super) scouting: Scouting,
    /// How often each batch of what is applied in bundles was asked for.
    pub(super) looks: BTreeMap<BatchKey, usize>,
    pub(super) configured: FxHashSet<NodeId>,
    /// Providers that nothing has been asked of yet, with their names and configurations: none of their types may be in
    /// use, and then they need no credential.
    pub(super) idle: FxHashMap<NodeId, (Str, Arc<Object>)>,
    /// Providers of which something is in use.
    pub(super) used: FxHashSet<NodeId>,
    pub(super) held: FxHashMap<NodeId, Vec<(Request, Pending)>>,
    pub(super) resumed: Vec<NodeId>,
    pub(super) parked: FxHashMap<NodeId, usize>,
    /// Resources of which an object is gone.
    pub(super) gone: FxHashSet<ResourceAddr>,
    /// The objects of each resource, found when first asked for.
    pub(super) by_resource: Option<FxHashMap<ResourceAddr, Vec<EntryId>>>,
    /// Objects that could not be read, and what is to be said of it.
    pub(super) unread: Vec<(EntryId, Diagnostic)>,
    pub(super) waiters: FxHashMap<EntryId, NodeId>,
    pub(super) by_provider: FxHashMap<NodeId, Vec<EntryId>>,
    pub(super) requests: Vec<(RequestId, Request)>,
    /// The places of reads among `requests`, so that reads of one batch join.
    pub(super) batches: FxHashMap<(NodeId, BatchKey), usize>,
    pub(super) pending: FxHashMap<RequestId, Pending>,
    pub(super) next_request: RequestId,
}

/// Why a provider has no client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unconfigured {
    /// Its configuration depends on something not yet made.
    Unknown,
    /// Its configuration is wrong, which has been reported.
    Failed,
}

/// What visiting a node came to.
pub(super) enum Visit {
    Done,
    /// Something must be read first; the node is visited again.
    Parked,
}

impl<'i> Planner<'i> {
    /// Begins. Cycles and `moved` or `removed` blocks that make no sense are found at once, and end it.
    pub fn new(input: &'i Input) -> Result<Self, Diagnostics> {
        let mut diags = Diagnostics::new();
        let tree = Arc::new(Tree::new(&input.modules));
        let mut objects = Objects::new(&input.prior);
        diags.extend(super::provisioner::refuse(&input.modules));
        super::moved::apply(&input.config, &tree, &input.sources, &mut objects, &mut diags);
        super::moved::convert(&input.registry, &mut objects, &mut diags);
        super::removed::check(&input.config, &tree, &mut diags);
        let registry = Arc::clone(&input.registry);
        let provider_of = move |mode, ty: &str| Some(registry.provider_of(mode, ty));
        let mut nodes = Nodes::new(&tree, &input.modules, &provider_of);
        let blocks =
            |name: &Str| input.modules.iter().flat_map(|module| &module.providers).any(|def| def.name == *name);
        for (_, entry) in objects.iter() {
            let provider = &entry.stored.provider.name;
            nodes.need_provider(provider, blocks(provider));
        }
        let nodes = Arc::new(nodes);
        let selection = Selection::new(&input.options, &tree, &nodes, &input.modules, &objects);
        let mut planner = Self {
            input,
            templates: super::templates(input, false),
            values: Values::new(&tree),
            selection,
            objects,
            diags,
            changes: Vec::new(),
            adoptions: Vec::new(),
            forgotten: Vec::new(),
            index: Index::new(&tree, &input.modules),
            visited_imports: FxHashSet::default(),
            import_targets: Vec::new(),
            to_import: BTreeMap::new(),
            expanded_by: FxHashMap::default(),
            touched: Vec::new(),
            decided: FxHashMap::default(),
            has_refused_variable: false,
            has_mended: false,
            has_asked: false,
            seen_places: FxHashSet::default(),
            drift: Vec::new(),
            deferred: Vec::new(),
            outputs: Vec::new(),
            counters: Counters::default(),
            reaches: vec![Arc::default(); nodes.len()],
            dependencies: FxHashMap::default(),
            create_first: Vec::new(),
            carries_first: Vec::new(),
            comes_first: FxHashMap::default(),
            widths: FxHashMap::default(),
            data: FxHashMap::default(),
            imported: BTreeMap::new(),
            unimported: FxHashMap::default(),
            unconfigured: FxHashMap::default(),
            open_rules: FxHashSet::default(),
            walk: Walk::new(&nodes.dag),
            places: FxHashMap::default(),
            foreseen: FxHashMap::default(),
            scouting: Scouting::default(),
            looks: BTreeMap::new(),
            configured: FxHashSet::default(),
            idle: FxHashMap::default(),
            used: FxHashSet::default(),
            held: FxHashMap::default(),
            resumed: Vec::new(),
            parked: FxHashMap::default(),
            gone: FxHashSet::default(),
            by_resource: None,
            unread: Vec::new(),
            waiters: FxHashMap::default(),
            by_provider: FxHashMap::default(),
            requests: Vec::new(),
            batches: FxHashMap::default(),
            pending: FxHashMap::default(),
            next_request: 0,
            tree,
            nodes,
        };
        planner.prepare();
        if planner.diags.has_errors() { Err(planner.diags) } else { Ok(planner) }
    }

    fn prepare(&mut self) {
        match self.nodes.dag.order() {
            Some(order) => {
                self.create_first = super::order::create_first(self, &order);
                self.carries_first = super::order::carries_first(self, &order);
                self.reaches = super::order::reaches(&self.nodes, &order);
            }
            None => {
                super::order::report_cycle(self);
                return;
            }
        }
        for id in 0..self.objects.len() {
            let provider = self.provider_of_entry(id);
            if let Some(provider) = provider.filter(|provider| self.keeps(*provider, id)) {
                self.by_provider.entry(provider).or_default().push(id);
            }
        }
    }

    /// Goes on as far as is possible without an answer.
    pub fn poll(&mut self) -> Poll {
        while let Some(id) = self.resumed.pop().or_else(|| self.walk.next()) {
            match self.visit(id) {
                Visit::Done => self.walk.finish(&self.nodes.dag, id),
                Visit::Parked => {}
            }
        }
        if self.has_refused_variable && !self.has_asked {
            return Poll::Refused;
        }
        if !self.requests.is_empty() {
            return Poll::Need(self.take_requests());
        }
        if !self.pending.is_empty() {
            return Poll::Wait;
        }
        assert!(self.parked.is_empty() && self.held.is_empty(), "whoever waits has something to wait for");
        Poll::Done
    }

    fn visit(&mut self, id: NodeId) -> Visit {
        let node = self.nodes.node(id);
        if !self.selection.needs(id) {
            return Visit::Done;
        }
        match node.kind {
            NodeKind::Call(slot) => self.visit_call(node, slot),
            NodeKind::Provider(slot) => self.visit_provider(id, node.path, slot),
            NodeKind::Implicit(slot) => self.visit_implicit(id, slot),
            NodeKind::Variable(slot) => self.visit_variable(node, slot),
            NodeKind::Local(slot) => self.visit_local(node, slot),
            NodeKind::Output(slot) => self.visit_output(node, slot),
            NodeKind::Check(slot) => self.visit_check(node, slot),
            NodeKind::Import(slot) => self.visit_import(id, slot),
            NodeKind::Resource(slot) => {
                if self.must_wait(id, node.path, slot) {
                    return Visit::Parked;
                }
                self.note_wanted(id, node.path, slot);
                return self.visit_resource(id, node.path, slot);
            }
        }
        Visit::Done
    }

    /// Whether reads of the resource's objects are awaited; if so, the node is visited again once they are there.
    fn must_wait(&mut self, id: NodeId, path: PathId, slot: u32) -> bool {
        let def = &self.module(path).resources[slot as usize];
        let mut awaited = 0;
        for instance in &self.values.path(path).instances {
            for entry in self.objects.of_resource(&instance.addr, def.mode, &def.ty, &def.name) {
                if self.objects.get(entry).is_awaited {
                    self.waiters.insert(entry, id);
                    awaited += 1;
                }
            }
        }
        if awaited > 0 {
            self.parked.insert(id, awaited);
        }
        awaited > 0
    }

    pub(super) fn module(&self, path: PathId) -> &'i eval::Module {
        &self.input.modules[self.tree.path(path).source.0 as usize]
    }

    pub(super) fn resource_addr(&self, node: Node) -> Option<ResourceAddr> {
        let NodeKind::Resource(slot) = node.kind else { return None };
        let def = &self.module(node.path).resources[slot as usize];
        Some(ResourceAddr {
            module: self.tree.path(node.path).path.clone(),
            mode: def.mode,
            ty: Str::clone(&def.ty),
            name: Str::clone(&def.name),
        })
    }
}
