//! The walk over the configuration's nodes: what can be evaluated now, what must be read first, and the plan at the end.

use std::collections::BTreeMap;
use std::sync::Arc;

use rustc_hash::FxHashMap;
use rustc_hash::FxHashSet;

use super::Change;
use super::Counters;
use super::Deferred;
use super::Drift;
use super::Mode;
use super::Node;
use super::NodeKind;
use super::Nodes;
use super::Options;
use super::OutputChange;
use super::PathId;
use super::Plan;
use super::Registry;
use super::Tree;
use super::Values;
use super::locate::Index;
use super::objects::EntryId;
use super::objects::Objects;
use super::scope::Environment;
use super::target::Selection;
use crate::addr::InstanceAddr;
use crate::addr::InstanceKey;
use crate::addr::ResourceAddr;
use crate::config::Config;
use crate::diag::Diagnostics;
use crate::diag::Sources;
use crate::diag::Span;
use crate::eval;
use crate::eval::function::Files;
use crate::graph::NodeId;
use crate::graph::Walk;
use crate::provider::BatchItem;
use crate::provider::BatchKey;
use crate::provider::ProviderError;
use crate::provider::Read;
use crate::provider::ReadItem;
use crate::state::Snapshot;
use crate::value::Object;
use crate::value::Str;
use crate::value::Value;

/// All that a plan is made from.
pub struct Input {
    /// The declarations.
    pub config: Arc<Config>,
    /// The lowered modules, by source.
    pub modules: Vec<eval::Module>,
    /// The vendors.
    pub registry: Arc<Registry>,
    /// The state, open intents folded in.
    pub prior: Arc<Snapshot>,
    /// What the user asks.
    pub options: Options,
    /// What expressions can ask of the run.
    pub environment: Environment,
    /// Values given for the root module's variables.
    pub variables: BTreeMap<Str, GivenValue>,
    /// The texts that diagnostics point into.
    pub sources: Arc<Sources>,
    /// Files that functions read.
    pub files: Arc<dyn Files>,
}

/// A value given for a variable from outside the configuration.
#[derive(Debug, Clone)]
pub struct GivenValue {
    /// The value.
    pub value: Value,
    /// How it was set, as messages say: `set using -var="size=..."`.
    pub how: String,
    /// Its place, where it was read from a file.
    pub span: Option<Span>,
}

/// Names a request of one planning.
pub type RequestId = u32;

/// Something that has to be read before planning can go on.
#[derive(Debug, Clone)]
pub enum Request {
    /// A client of a provider, and which account it works on.
    Configure {
        /// The node that stands for the configured provider.
        provider: NodeId,
        /// The provider's local name.
        name: Str,
        /// The decoded provider block.
        config: Arc<Object>,
    },
    /// The objects of one batch.
    Read {
        /// The configured provider.
        provider: NodeId,
        /// What they share.
        key: BatchKey,
        /// The objects, of whichever types.
        items: Vec<BatchItem>,
    },
    /// A data source.
    Data {
        /// The configured provider.
        provider: NodeId,
        /// Its type.
        ty: Str,
        /// Its arguments, wholly known.
        config: Arc<Object>,
        /// Its address, to show.
        addr: InstanceAddr,
    },
    /// An object to take over.
    Import {
        /// The configured provider.
        provider: NodeId,
        /// Its type.
        ty: Str,
        /// The vendor's id.
        id: Str,
        /// The address that it gets.
        addr: InstanceAddr,
    },
}

/// What a [`Request`] gave.
#[derive(Debug)]
pub enum Answer {
    /// To [`Request::Configure`].
    Configured(Result<(), ProviderError>),
    /// To [`Request::Read`]: one for each item, in order.
    Read(Vec<Result<Read, ProviderError>>),
    /// To [`Request::Data`].
    Data(Result<Object, ProviderError>),
    /// To [`Request::Import`].
    Imported(Result<Option<Object>, ProviderError>),
}

/// How far planning has come.
#[derive(Debug)]
pub enum Poll {
    /// These have to be answered, in any order.
    Need(Vec<(RequestId, Request)>),
    /// Earlier requests have to be answered first.
    Wait,
    /// The plan is made: call [`Planner::finish`].
    Done,
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
    pub(super) adoptions: Vec<(InstanceAddr, crate::state::Object)>,
    pub(super) forgotten: Vec<(InstanceAddr, crate::state::ObjectKey)>,
    pub(super) index: Index,
    pub(super) wanted: FxHashSet<InstanceAddr>,
    /// By resource node: the resources of its module that its `count` or `for_each` looks at.
    pub(super) expanded_by: FxHashMap<NodeId, FxHashSet<u32>>,
    /// What the last decoding looked at.
    pub(super) touched: Vec<(u32, Option<InstanceKey>)>,
    /// Managed instances that are planned, with the place of their change.
    pub(super) decided: FxHashMap<InstanceAddr, usize>,
    pub(super) visited_imports: FxHashSet<u32>,
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
    /// Data sources that have been read.
    pub(super) data: FxHashMap<InstanceAddr, Option<Arc<Object>>>,
    /// Objects taken over by `import` blocks, with their ids.
    pub(super) imported: BTreeMap<InstanceAddr, (Str, Option<Arc<Object>>)>,
    /// Instances that an `import` block names and could not be imported, which has been reported.
    pub(super) unimported: FxHashSet<InstanceAddr>,
    /// Providers without a client at planning: their configuration is not known yet, or has failed.
    pub(super) unconfigured: FxHashMap<NodeId, Unconfigured>,
    walk: Walk,
    /// What stands at the places of objects that are not ours yet.
    pub(super) places: FxHashMap<InstanceAddr, Option<Arc<Object>>>,
    configured: FxHashSet<NodeId>,
    held: FxHashMap<NodeId, Vec<(Request, Pending)>>,
    resumed: Vec<NodeId>,
    parked: FxHashMap<NodeId, usize>,
    waiters: FxHashMap<EntryId, NodeId>,
    by_provider: FxHashMap<NodeId, Vec<EntryId>>,
    requests: Vec<(RequestId, Request)>,
    pending: FxHashMap<RequestId, Pending>,
    next_request: RequestId,
}

/// Why a provider has no client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unconfigured {
    /// Its configuration depends on something not yet made.
    Unknown,
    /// Its configuration is wrong, which has been reported.
    Failed,
}

/// What an item of a read is about.
enum ReadPlace {
    /// An object of the state.
    Entry(EntryId),
    /// The place of an object that is not ours yet.
    New { node: NodeId, addr: InstanceAddr },
}

enum Pending {
    Configure { provider: NodeId },
    Read { places: Vec<ReadPlace> },
    Data { node: NodeId, addr: InstanceAddr },
    Import { node: NodeId, addr: InstanceAddr, id: Str },
}

/// What visiting a node came to.
pub(super) enum Visit {
    Done,
    /// Something must be read first; the node is visited again.
    Parked,
}

/// A made plan with what applying it needs.
pub struct Made {
    /// The plan.
    pub plan: Plan,
    /// The values, with unknowns where something is not made yet.
    pub values: Values,
    /// The module paths.
    pub tree: Arc<Tree>,
    /// The nodes.
    pub nodes: Arc<Nodes>,
}

impl<'i> Planner<'i> {
    /// Begins. Cycles and `moved` or `removed` blocks that make no sense are found at once, and end it.
    pub fn new(input: &'i Input) -> Result<Self, Diagnostics> {
        let mut diags = Diagnostics::new();
        let tree = Arc::new(Tree::new(&input.modules));
        let mut objects = Objects::new(&input.prior);
        super::moved::apply(&input.config, &tree, &input.sources, &mut objects, &mut diags);
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
            wanted: FxHashSet::default(),
            expanded_by: FxHashMap::default(),
            touched: Vec::new(),
            decided: FxHashMap::default(),
            drift: Vec::new(),
            deferred: Vec::new(),
            outputs: Vec::new(),
            counters: Counters::default(),
            reaches: vec![Arc::default(); nodes.len()],
            dependencies: FxHashMap::default(),
            create_first: Vec::new(),
            data: FxHashMap::default(),
            imported: BTreeMap::new(),
            unimported: FxHashSet::default(),
            unconfigured: FxHashMap::default(),
            walk: Walk::new(&nodes.dag),
            places: FxHashMap::default(),
            configured: FxHashSet::default(),
            held: FxHashMap::default(),
            resumed: Vec::new(),
            parked: FxHashMap::default(),
            waiters: FxHashMap::default(),
            by_provider: FxHashMap::default(),
            requests: Vec::new(),
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
                self.reaches = super::order::reaches(&self.nodes, &order);
            }
            None => {
                super::order::report_cycle(self);
                return;
            }
        }
        for id in 0..self.objects.len() {
            let provider = self.provider_of_entry(id);
            if let Some(provider) = provider {
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
        if !self.requests.is_empty() {
            return Poll::Need(std::mem::take(&mut self.requests));
        }
        if self.pending.is_empty() { Poll::Done } else { Poll::Wait }
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
            NodeKind::Import(slot) => return self.visit_import(id, slot),
            NodeKind::Resource(slot) => {
                if self.must_wait(id, node.path, slot) || self.request_wanted(id, node.path, slot) {
                    return Visit::Parked;
                }
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

    /// Takes in an answer. Each request is answered once.
    pub fn answer(&mut self, request: RequestId, answer: Answer) {
        let pending = self.pending.remove(&request).expect("each request is answered once");
        match (pending, answer) {
            (Pending::Configure { provider }, Answer::Configured(Ok(()))) => {
                self.configured.insert(provider);
                self.request_reads(provider);
                for (request, pending) in self.held.remove(&provider).unwrap_or_default() {
                    self.request(request, pending);
                }
            }
            (Pending::Configure { provider }, Answer::Configured(Err(error))) => {
                self.report_provider(provider, &error);
                self.give_up_reads(provider, Unconfigured::Failed);
                for (_, pending) in self.held.remove(&provider).unwrap_or_default() {
                    self.give_up(pending);
                }
            }
            (Pending::Read { places }, Answer::Read(reads)) => {
                for (place, read) in places.into_iter().zip(reads) {
                    match place {
                        ReadPlace::Entry(entry) => {
                            self.take_read(entry, read);
                            self.settle(entry);
                        }
                        ReadPlace::New { node, addr } => {
                            self.take_place(node, addr, read);
                            self.unpark(node);
                        }
                    }
                }
            }
            (Pending::Data { node, addr }, Answer::Data(result)) => {
                self.counters.reads += 1;
                let object = match result {
                    Ok(object) => Some(Arc::new(object)),
                    Err(error) => {
                        self.report_instance(node, &addr, &error);
                        None
                    }
                };
                self.data.insert(addr, object);
                self.unpark(node);
            }
            (Pending::Import { node, addr, id }, Answer::Imported(result)) => {
                self.take_import(node, addr, id, result);
                self.unpark(node);
            }
            _ => panic!("an answer is of its request's kind"),
        }
    }

    fn unpark(&mut self, node: NodeId) {
        if let Some(count) = self.parked.get_mut(&node) {
            *count -= 1;
            if *count == 0 {
                self.parked.remove(&node);
                self.resumed.push(node);
            }
        }
    }

    fn settle(&mut self, entry: EntryId) {
        self.objects.get_mut(entry).is_awaited = false;
        if let Some(node) = self.waiters.remove(&entry) {
            self.unpark(node);
        }
    }

    /// A request whose provider has no client, and will have none.
    fn give_up(&mut self, pending: Pending) {
        match pending {
            Pending::Configure { .. } => {}
            Pending::Read { places } => {
                for place in places {
                    match place {
                        ReadPlace::Entry(entry) => self.settle(entry),
                        ReadPlace::New { node, addr } => {
                            self.places.insert(addr, None);
                            self.unpark(node);
                        }
                    }
                }
            }
            Pending::Data { node, addr } => {
                self.data.insert(addr, None);
                self.unpark(node);
            }
            Pending::Import { node, .. } => self.unpark(node),
        }
    }

    fn request(&mut self, request: Request, pending: Pending) {
        let provider = match &request {
            Request::Configure { .. } => None,
            Request::Read { provider, .. } | Request::Data { provider, .. } | Request::Import { provider, .. } => {
                Some(*provider)
            }
        };
        // Nothing is asked of a provider before it has a client.
        if let Some(provider) = provider.filter(|provider| !self.configured.contains(provider)) {
            self.held.entry(provider).or_default().push((request, pending));
            return;
        }
        if let Request::Read { provider, key, items } = &request
            && let Some(id) = self.same_batch(*provider, key)
        {
            self.join_batch(id, items.clone(), pending);
            return;
        }
        let id = self.next_request;
        self.next_request += 1;
        self.pending.insert(id, pending);
        self.requests.push((id, request));
    }

    /// A read of the same batch that has not gone out yet.
    fn same_batch(&self, provider: NodeId, key: &BatchKey) -> Option<RequestId> {
        self.requests.iter().rev().find_map(|(id, request)| match request {
            Request::Read { provider: other, key: known, .. } if *other == provider && known == key => Some(*id),
            _ => None,
        })
    }

    fn join_batch(&mut self, id: RequestId, more: Vec<BatchItem>, pending: Pending) {
        let Pending::Read { places: mut added } = pending else { return };
        if let Some((_, Request::Read { items, .. })) = self.requests.iter_mut().find(|(known, _)| *known == id) {
            items.extend(more);
        }
        if let Some(Pending::Read { places }) = self.pending.get_mut(&id) {
            places.append(&mut added);
        }
    }

    /// Asks for a client, and sees to it that the provider's objects are read once there is one.
    pub(super) fn request_client(&mut self, provider: NodeId, name: Str, config: Arc<Object>) {
        for at in 0..self.by_provider.get(&provider).map_or(0, Vec::len) {
            let entry = self.by_provider[&provider][at];
            let reads = self.is_read(entry);
            self.objects.get_mut(entry).is_awaited = reads;
        }
        self.request(Request::Configure { provider, name, config }, Pending::Configure { provider });
    }

    fn is_read(&self, entry: EntryId) -> bool {
        let entry = self.objects.get(entry);
        entry.addr.mode == crate::addr::Mode::Managed
            && self.input.options.refresh
            && self.selection.selects(&entry.addr)
            && self.input.registry.resource(&entry.addr.ty).is_some_and(|ty| ty.is_read())
    }

    fn request_reads(&mut self, provider: NodeId) {
        let mut batches: BTreeMap<BatchKey, Vec<EntryId>> = BTreeMap::new();
        for id in self.by_provider.remove(&provider).unwrap_or_default() {
            let entry = self.objects.get(id);
            if !entry.is_awaited {
                continue;
            }
            let ty = self.input.registry.resource(&entry.addr.ty).expect("only objects of known types are awaited");
            let alone = || BatchKey(entry.addr.to_string());
            let key = ty.read_key(&entry.before).unwrap_or_else(alone);
            batches.entry(key).or_default().push(id);
        }
        for (key, entries) in batches {
            let items = entries.iter().map(|id| {
                let entry = self.objects.get(*id);
                let item = ReadItem { prior: (*entry.before).clone(), private: entry.private.clone() };
                BatchItem { ty: entry.addr.ty.to_string(), item }
            });
            let request = Request::Read { provider, key, items: items.collect() };
            self.request(request, Pending::Read { places: entries.into_iter().map(ReadPlace::Entry).collect() });
        }
    }

    /// The provider has no client: its objects stay as they were last known.
    pub(super) fn give_up_reads(&mut self, provider: NodeId, why: Unconfigured) {
        self.unconfigured.insert(provider, why);
        for id in self.by_provider.remove(&provider).unwrap_or_default() {
            self.settle(id);
        }
    }

    /// Asks what stands at the place of an object that is not ours yet.
    pub(super) fn request_place(
        &mut self,
        node: NodeId,
        provider: NodeId,
        key: BatchKey,
        proposed: &Object,
        addr: InstanceAddr,
    ) {
        *self.parked.entry(node).or_default() += 1;
        let item = ReadItem { prior: proposed.clone(), private: serde_json::Value::Null };
        let items = vec![BatchItem { ty: addr.ty.to_string(), item }];
        self.request(
            Request::Read { provider, key, items },
            Pending::Read { places: vec![ReadPlace::New { node, addr }] },
        );
    }

    pub(super) fn request_data(
        &mut self,
        node: NodeId,
        provider: NodeId,
        ty: Str,
        config: Arc<Object>,
        addr: InstanceAddr,
    ) {
        *self.parked.entry(node).or_default() += 1;
        let pending = Pending::Data { node, addr: addr.clone() };
        self.request(Request::Data { provider, ty, config, addr }, pending);
    }

    pub(super) fn request_import(&mut self, node: NodeId, provider: NodeId, ty: Str, id: Str, addr: InstanceAddr) {
        *self.parked.entry(node).or_default() += 1;
        let pending = Pending::Import { node, addr: addr.clone(), id: Str::clone(&id) };
        self.request(Request::Import { provider, ty, id, addr }, pending);
    }

    /// Ends: what nothing claims goes, and the steps are put in order.
    pub fn finish(mut self) -> (Made, Diagnostics) {
        if self.input.options.mode != Mode::RefreshOnly {
            self.plan_orphans();
        }
        self.plan_outputs();
        self.check_targets();
        self.sort_changes();
        let errored = self.diags.has_errors();
        let steps = if errored { Default::default() } else { super::steps::build(&self) };
        let variables = self.root_variables();
        let plan = Plan {
            mode: self.input.options.mode,
            changes: self.changes,
            adoptions: self.adoptions,
            forgotten: self.forgotten,
            outputs: self.outputs,
            drift: self.drift,
            deferred: self.deferred,
            steps,
            variables,
            prior: Arc::clone(&self.input.prior),
            targets: self.input.options.targets.clone(),
            errored,
            counters: self.counters,
        };
        (Made { plan, values: self.values, tree: self.tree, nodes: self.nodes }, self.diags)
    }

    /// Puts the changes in the order of addresses.
    fn sort_changes(&mut self) {
        let mut order: Vec<usize> = (0..self.changes.len()).collect();
        let key = |at: &usize| (&self.changes[*at].addr, &self.changes[*at].object);
        if order.is_sorted_by(|a, b| key(a) <= key(b)) {
            return self.sort_drift();
        }
        order.sort_by(|a, b| key(a).cmp(&key(b)));
        let mut place = vec![0; order.len()];
        order.iter().enumerate().for_each(|(new, old)| place[*old] = new);
        let mut changes: Vec<Option<Change>> = std::mem::take(&mut self.changes).into_iter().map(Some).collect();
        self.changes = order.iter().map(|old| changes[*old].take().expect("each place is taken once")).collect();
        self.values.renumber(&place);
        self.sort_drift();
    }

    fn sort_drift(&mut self) {
        self.drift.sort_by(|a, b| (&a.addr, &a.object).cmp(&(&b.addr, &b.object)));
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

    /// The resources that a node's objects depend on, as they are stored.
    pub(super) fn dependencies_of(&mut self, id: NodeId) -> Arc<[ResourceAddr]> {
        if let Some(known) = self.dependencies.get(&id) {
            return Arc::clone(known);
        }
        let reached = Arc::clone(&self.reaches[id as usize]);
        let mut addrs: Vec<_> = reached.iter().filter_map(|id| self.resource_addr(self.nodes.node(*id))).collect();
        addrs.sort();
        let addrs: Arc<[ResourceAddr]> = addrs.into();
        self.dependencies.insert(id, Arc::clone(&addrs));
        addrs
    }
}
