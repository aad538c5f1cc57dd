//! Order: what may start when, and what goes round in a circle.
//!
//! A [`Dag`] is built once from edges "this after that", checked for cycles, and walked with counters, never by recursion,
//! so that a chain of any length is walked in constant stack.

mod cycle;
mod walk;

pub use cycle::parts;
pub use cycle::shortest_cycle;
pub use walk::Walk;

use petgraph::Directed;
use petgraph::graph::NodeIndex;
use petgraph::stable_graph::StableGraph;
use petgraph::visit::EdgeRef;

/// Names a node of a [`Dag`]: the number of the `add` call.
pub type NodeId = u32;

/// Nodes and the order among them.
#[derive(Debug, Default, Clone)]
pub struct Dag {
    graph: StableGraph<(), (), Directed, u32>,
}

impl Dag {
    /// No nodes yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// A graph of this many nodes without order.
    pub fn with_nodes(count: usize) -> Self {
        let mut dag = Self { graph: StableGraph::with_capacity(count, count) };
        (0..count).for_each(|_| _ = dag.add());
        dag
    }

    /// Adds a node.
    pub fn add(&mut self) -> NodeId {
        u32::try_from(self.graph.add_node(()).index()).expect("indices are of 32 bits")
    }

    /// Makes a node wait for another. Waiting twice is waiting once; waiting for oneself is a cycle.
    pub fn after(&mut self, node: NodeId, other: NodeId) {
        self.graph.add_edge(NodeIndex::new(other as usize), NodeIndex::new(node as usize), ());
    }

    /// How many nodes there are.
    pub fn len(&self) -> usize {
        self.graph.node_count()
    }

    /// Whether there are no nodes.
    pub fn is_empty(&self) -> bool {
        self.graph.node_count() == 0
    }

    /// What waits for a node.
    pub fn dependents(&self, node: NodeId) -> impl Iterator<Item = NodeId> {
        let edges = self.graph.edges(NodeIndex::new(node as usize));
        edges.map(|edge| u32::try_from(edge.target().index()).expect("indices are of 32 bits"))
    }

    /// What a node waits for.
    pub fn dependencies(&self, node: NodeId) -> impl Iterator<Item = NodeId> {
        let edges = self.graph.edges_directed(NodeIndex::new(node as usize), petgraph::Incoming);
        edges.map(|edge| u32::try_from(edge.source().index()).expect("indices are of 32 bits"))
    }

    /// Every node behind all it waits for; `None` when there is a cycle.
    pub fn order(&self) -> Option<Vec<NodeId>> {
        let mut walk = Walk::new(self);
        let mut order = Vec::with_capacity(self.len());
        while let Some(node) = walk.next() {
            order.push(node);
            walk.finish(self, node);
        }
        (order.len() == self.len()).then_some(order)
    }
}

#[cfg(test)]
mod tests;
