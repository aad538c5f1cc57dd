//! What depends on what: resources, and nothing of what lies between them.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use super::Session;
use crate::addr::ResourceAddr;
use crate::diag::Diagnostic;
use crate::diag::Diagnostics;
use crate::graph::NodeId;
use crate::plan::Node;
use crate::plan::NodeKind;
use crate::plan::Nodes;
use crate::plan::Tree;
use crate::value::Str;

/// Every resource, with those that it needs at first hand; `None` when the configuration has errors.
pub fn graph(session: &Session, diags: &mut Diagnostics) -> Option<BTreeMap<ResourceAddr, BTreeSet<ResourceAddr>>> {
    let loaded = super::load(session, diags)?;
    let tree = Tree::new(&loaded.modules);
    let provider_of = |mode, ty: &str| Some(session.registry.provider_of(mode, ty));
    let nodes = Nodes::new(&tree, &loaded.modules, &provider_of);
    let name = |node: Node| {
        let NodeKind::Resource(slot) = node.kind else { return None };
        let path = tree.path(node.path);
        let resource = &loaded.modules[path.source.0 as usize].resources[slot as usize];
        Some(ResourceAddr {
            module: path.path.clone(),
            mode: resource.mode,
            ty: Str::clone(&resource.ty),
            name: Str::clone(&resource.name),
        })
    };
    let Some(order) = nodes.dag.order() else {
        let detail = "Some blocks depend on themselves. Run `infra validate` to see which.";
        diags.push(Diagnostic::error("Cycle", detail));
        return None;
    };
    // What each node stands for: itself if it is a resource, else all that it hands on.
    let mut stands_for: BTreeMap<NodeId, BTreeSet<NodeId>> = BTreeMap::new();
    let mut found = BTreeMap::new();
    for id in order {
        let node = nodes.node(id);
        let is_provider = matches!(node.kind, NodeKind::Provider(_) | NodeKind::Implicit(_));
        let needs: BTreeSet<NodeId> =
            nodes.dag.dependencies(id).filter_map(|needed| stands_for.get(&needed)).flatten().copied().collect();
        match name(node) {
            Some(addr) => {
                let named = needs.into_iter().filter_map(|needed| name(nodes.node(needed)));
                found.insert(addr, named.collect());
                stands_for.insert(id, BTreeSet::from([id]));
            }
            // What configures a provider is needed by all of its resources, and would hide the rest.
            None if is_provider => _ = stands_for.insert(id, BTreeSet::new()),
            None => _ = stands_for.insert(id, needs),
        }
    }
    Some(found)
}
