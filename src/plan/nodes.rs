//! The nodes of a configuration, one for each block of each module path, and what each waits for.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;

use super::PathId;
use super::Tree;
use crate::addr::Mode;
use crate::config::ProviderRef;
use crate::eval;
use crate::eval::Ref;
use crate::eval::RefTarget;
use crate::graph::Dag;
use crate::graph::NodeId;
use crate::value::Str;

/// One block at one module path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Node {
    /// Where.
    pub path: PathId,
    /// Which.
    pub kind: NodeKind,
}

/// A block by its slot in the lowered module.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NodeKind {
    /// The instances of a module call.
    Call(u32),
    /// A `provider` block.
    Provider(u32),
    /// A provider without a block, by its place in [`Nodes::implicit`].
    Implicit(u32),
    /// A variable.
    Variable(u32),
    /// A local value.
    Local(u32),
    /// A resource or data source.
    Resource(u32),
    /// An output.
    Output(u32),
    /// A `check` block.
    Check(u32),
    /// An `import` block.
    Import(u32),
}

/// All nodes and their order.
#[derive(Debug)]
pub struct Nodes {
    list: Vec<Node>,
    ids: FxHashMap<Node, NodeId>,
    /// What waits for what.
    pub dag: Dag,
    /// Providers that have no block, by local name.
    pub implicit: Vec<Str>,
    /// The provider node of each resource node.
    providers: FxHashMap<Node, NodeId>,
    /// Nodes that a `depends_on` names, of the resource itself or of a module call around it.
    depends_on: FxHashMap<NodeId, Vec<NodeId>>,
}

impl Nodes {
    /// The nodes of a tree. `provider_of` gives a resource type's provider name.
    pub fn new(tree: &Tree, modules: &[eval::Module], provider_of: &dyn Fn(Mode, &str) -> Option<Str>) -> Nodes {
        let mut builder = Builder {
            tree,
            modules,
            nodes: Nodes {
                list: Vec::new(),
                ids: FxHashMap::default(),
                dag: Dag::new(),
                implicit: Vec::new(),
                providers: FxHashMap::default(),
                depends_on: FxHashMap::default(),
            },
            implicit: BTreeMap::new(),
        };
        tree.paths().for_each(|(path, _)| builder.add_all(path));
        tree.paths().for_each(|(path, _)| builder.connect_all(path, provider_of));
        builder.nodes
    }

    /// A node by its id.
    pub fn node(&self, id: NodeId) -> Node {
        self.list[id as usize]
    }

    /// The id of a node that is there.
    pub fn id(&self, path: PathId, kind: NodeKind) -> NodeId {
        self.ids[&Node { path, kind }]
    }

    /// The provider node of a resource node; `None` when no provider has the type.
    pub fn provider(&self, path: PathId, resource: u32) -> Option<NodeId> {
        self.providers.get(&Node { path, kind: NodeKind::Resource(resource) }).copied()
    }

    /// What the `depends_on` of a resource, and of the module calls around it, name.
    pub fn depends_on(&self, node: NodeId) -> &[NodeId] {
        self.depends_on.get(&node).map_or(&[], Vec::as_slice)
    }

    /// The node of a provider without a block, by its local name.
    pub fn implicit_provider(&self, name: &str) -> Option<NodeId> {
        let slot = self.implicit.iter().position(|known| **known == *name)?;
        let kind = NodeKind::Implicit(u32::try_from(slot).expect("slots are of 32 bits"));
        self.ids.get(&Node { path: Tree::ROOT, kind }).copied()
    }

    /// Sees to it that a provider that a stored object names has a node, though nothing configured may use it.
    pub(super) fn need_provider(&mut self, name: &Str, has_block: bool) {
        if has_block || self.implicit.contains(name) {
            return;
        }
        let slot = u32::try_from(self.implicit.len()).expect("slots are of 32 bits");
        self.implicit.push(Str::clone(name));
        let node = Node { path: Tree::ROOT, kind: NodeKind::Implicit(slot) };
        let id = self.dag.add();
        self.list.push(node);
        self.ids.insert(node, id);
    }

    /// All nodes with their ids.
    pub fn iter(&self) -> impl Iterator<Item = (NodeId, Node)> {
        (0..).zip(self.list.iter().copied())
    }

    /// How many nodes there are.
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }
}

/// Slots of resources by path and name.
type Slots = FxHashMap<(PathId, Mode, Str, Str), u32>;

struct Builder<'a> {
    tree: &'a Tree,
    modules: &'a [eval::Module],
    nodes: Nodes,
    implicit: BTreeMap<Str, NodeId>,
}

impl<'a> Builder<'a> {
    fn module(&self, path: PathId) -> &'a eval::Module {
        &self.modules[self.tree.path(path).source.0 as usize]
    }

    fn add(&mut self, path: PathId, kind: NodeKind) -> NodeId {
        let node = Node { path, kind };
        let id = self.nodes.dag.add();
        self.nodes.list.push(node);
        self.nodes.ids.insert(node, id);
        id
    }

    fn add_all(&mut self, path: PathId) {
        let module = self.module(path);
        let count = |length: usize| 0..u32::try_from(length).expect("slots are of 32 bits");
        count(module.variables.len()).for_each(|slot| _ = self.add(path, NodeKind::Variable(slot)));
        count(module.calls.len()).for_each(|slot| _ = self.add(path, NodeKind::Call(slot)));
        count(module.providers.len()).for_each(|slot| _ = self.add(path, NodeKind::Provider(slot)));
        count(module.locals.len()).for_each(|slot| _ = self.add(path, NodeKind::Local(slot)));
        count(module.resources.len()).for_each(|slot| _ = self.add(path, NodeKind::Resource(slot)));
        count(module.outputs.len()).for_each(|slot| _ = self.add(path, NodeKind::Output(slot)));
        count(module.checks.len()).for_each(|slot| _ = self.add(path, NodeKind::Check(slot)));
        if path == Tree::ROOT {
            count(module.imports.len()).for_each(|slot| _ = self.add(path, NodeKind::Import(slot)));
        }
    }

    fn connect_all(&mut self, path: PathId, provider_of: &dyn Fn(Mode, &str) -> Option<Str>) {
        let module = self.module(path);
        // Whatever is inside a called module waits for the call's instances to be known.
        let call = self.tree.path(path).parent.map(|(parent, slot)| self.nodes.id(parent, NodeKind::Call(slot)));
        let inherited = call.map(|call| self.nodes.depends_on(call).to_vec()).unwrap_or_default();
        for (slot, def) in (0..).zip(&module.variables) {
            let node = self.connect(path, NodeKind::Variable(slot), &def.refs, call);
            if let Some((parent, call_slot)) = self.tree.path(path).parent {
                let call = &self.module(parent).calls[call_slot as usize];
                for argument in call.arguments.iter().filter(|argument| argument.variable == Some(slot)) {
                    self.after_refs(node, parent, &argument.refs);
                }
            }
        }
        for (slot, def) in (0..).zip(&module.calls) {
            let node = self.connect(path, NodeKind::Call(slot), &def.refs, call);
            self.note_depends_on(node, path, &def.depends_on, &inherited);
        }
        for (slot, def) in (0..).zip(&module.providers) {
            self.connect(path, NodeKind::Provider(slot), &def.refs, call);
        }
        for (slot, def) in (0..).zip(&module.locals) {
            self.connect(path, NodeKind::Local(slot), &def.refs, call);
        }
        for (slot, def) in (0..).zip(&module.resources) {
            let node = self.connect(path, NodeKind::Resource(slot), &def.refs, call);
            self.note_depends_on(node, path, &def.depends_on, &inherited);
            let name = match &def.provider {
                Some(provider) => Some(provider.clone()),
                None => provider_of(def.mode, &def.ty).map(|name| ProviderRef { name, alias: None, span: def.span }),
            };
            if let Some(provider) = name.and_then(|name| self.provider_node(path, &name)) {
                self.nodes.dag.after(node, provider);
                self.nodes.providers.insert(Node { path, kind: NodeKind::Resource(slot) }, provider);
            }
        }
        for (slot, def) in (0..).zip(&module.outputs) {
            let node = self.connect(path, NodeKind::Output(slot), &def.refs, call);
            self.note_depends_on(node, path, &def.depends_on, &[]);
        }
        for (slot, def) in (0..).zip(&module.checks) {
            self.connect(path, NodeKind::Check(slot), &def.refs, call);
        }
        if path == Tree::ROOT && !module.imports.is_empty() {
            let slots = self.slots();
            for (slot, def) in (0..).zip(&module.imports) {
                let node = self.connect(path, NodeKind::Import(slot), &def.refs, call);
                if let Some(resource) = self.import_target(def, &slots) {
                    self.nodes.dag.after(resource, node);
                }
            }
        }
    }

    fn connect(&mut self, path: PathId, kind: NodeKind, refs: &[Ref], call: Option<NodeId>) -> NodeId {
        let node = self.nodes.id(path, kind);
        if let Some(call) = call {
            self.nodes.dag.after(node, call);
        }
        self.after_refs(node, path, refs);
        node
    }

    fn after_refs(&mut self, node: NodeId, path: PathId, refs: &[Ref]) {
        for other in self.targets(path, refs) {
            self.nodes.dag.after(node, other);
        }
    }

    fn note_depends_on(&mut self, node: NodeId, path: PathId, refs: &[Ref], inherited: &[NodeId]) {
        if refs.is_empty() && inherited.is_empty() {
            return;
        }
        let mut named = self.targets(path, refs);
        for reference in refs {
            // To depend on a module is to depend on everything in it.
            if let RefTarget::Call(slot) = reference.target
                && let Some(child) = self.tree.path(path).children[slot as usize]
            {
                self.resources_below(child, &mut named);
            }
        }
        named.iter().for_each(|other| self.nodes.dag.after(node, *other));
        named.extend(inherited);
        self.nodes.depends_on.insert(node, named);
    }

    fn resources_below(&self, path: PathId, found: &mut Vec<NodeId>) {
        let mut pending = vec![path];
        while let Some(path) = pending.pop() {
            let resources = 0..u32::try_from(self.module(path).resources.len()).expect("slots are of 32 bits");
            found.extend(resources.map(|slot| self.nodes.id(path, NodeKind::Resource(slot))));
            pending.extend(self.tree.path(path).children.iter().flatten());
        }
    }

    /// The nodes that references mean, each once.
    fn targets(&self, path: PathId, refs: &[Ref]) -> Vec<NodeId> {
        let mut targets = Vec::with_capacity(refs.len());
        for reference in refs {
            match reference.target {
                RefTarget::Variable(slot) => targets.push(self.nodes.id(path, NodeKind::Variable(slot))),
                RefTarget::Local(slot) => targets.push(self.nodes.id(path, NodeKind::Local(slot))),
                RefTarget::Resource(slot) => targets.push(self.nodes.id(path, NodeKind::Resource(slot))),
                RefTarget::Call(slot) => {
                    targets.push(self.nodes.id(path, NodeKind::Call(slot)));
                    if let Some(child) = self.tree.path(path).children[slot as usize] {
                        let outputs = 0..self.module(child).outputs.len();
                        let outputs = outputs.map(|slot| NodeKind::Output(u32::try_from(slot).expect("32 bits")));
                        targets.extend(outputs.map(|kind| self.nodes.id(child, kind)));
                    }
                }
                RefTarget::CallOutput(slot, output) => {
                    targets.push(self.nodes.id(path, NodeKind::Call(slot)));
                    if let Some(child) = self.tree.path(path).children[slot as usize] {
                        targets.push(self.nodes.id(child, NodeKind::Output(output)));
                    }
                }
            }
        }
        targets.sort_unstable();
        targets.dedup();
        targets
    }

    /// The block that configures a provider as it is named at a path: one of the path's own, one that is handed in by
    /// the call, the caller's of the same name, or none.
    fn provider_node(&mut self, path: PathId, name: &ProviderRef) -> Option<NodeId> {
        let (mut path, mut name) = (path, name.clone());
        loop {
            let module = self.module(path);
            let own = (0..).zip(&module.providers).find(|(_, def)| def.name == name.name && def.alias == name.alias);
            if let Some((slot, _)) = own {
                return Some(self.nodes.id(path, NodeKind::Provider(slot)));
            }
            let Some((parent, call)) = self.tree.path(path).parent else { break };
            let handed = &self.module(parent).calls[call as usize].providers;
            let outer = handed.iter().find(|(inner, _)| inner.name == name.name && inner.alias == name.alias);
            match outer {
                Some((_, outer)) => name = outer.clone(),
                None if name.alias.is_some() => return None,
                None => {}
            }
            path = parent;
        }
        if name.alias.is_some() {
            return None;
        }
        if let Some(known) = self.implicit.get(&name.name) {
            return Some(*known);
        }
        let slot = u32::try_from(self.nodes.implicit.len()).expect("slots are of 32 bits");
        self.nodes.implicit.push(Str::clone(&name.name));
        let node = self.add(Tree::ROOT, NodeKind::Implicit(slot));
        self.implicit.insert(name.name, node);
        Some(node)
    }

    /// The slots of all resources by path and name.
    fn slots(&self) -> Slots {
        let of_path = |path: PathId| {
            let resources = (0..).zip(&self.module(path).resources);
            resources.map(move |(slot, def)| ((path, def.mode, Str::clone(&def.ty), Str::clone(&def.name)), slot))
        };
        self.tree.paths().flat_map(|(path, _)| of_path(path)).collect()
    }

    /// The resource node that an `import` block fills.
    fn import_target(&self, def: &eval::ImportDef, slots: &Slots) -> Option<NodeId> {
        let to = def.to.as_ref()?;
        let mut path = Tree::ROOT;
        for (name, _) in &to.modules {
            let slot = self.module(path).calls.iter().position(|call| call.name == *name)?;
            path = self.tree.path(path).children[slot]?;
        }
        let slot = *slots.get(&(path, to.mode, Str::clone(&to.ty), Str::clone(&to.name)))?;
        Some(self.nodes.id(path, NodeKind::Resource(slot)))
    }
}
