//! Walking a graph in order: a counter a node, and a queue of those that may start.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::Dag;
use super::NodeId;

/// A walk under way. Of the nodes that may start, the one added first starts first.
#[derive(Debug, Clone)]
pub struct Walk {
    waiting: Vec<u32>,
    ready: BinaryHeap<Reverse<NodeId>>,
}

impl Walk {
    /// At the beginning: the nodes that wait for nothing may start.
    pub fn new(dag: &Dag) -> Self {
        let mut waiting = vec![0; dag.len()];
        let nodes = 0..u32::try_from(dag.len()).expect("indices are of 32 bits");
        for node in nodes.clone() {
            for dependent in dag.dependents(node) {
                waiting[dependent as usize] += 1;
            }
        }
        let ready = nodes.filter(|node| waiting[*node as usize] == 0).map(Reverse).collect();
        Self { waiting, ready }
    }

    /// A node that may start, if there is one.
    #[expect(clippy::should_implement_trait, reason = "the walk goes on as nodes finish, so it is no iterator")]
    pub fn next(&mut self) -> Option<NodeId> {
        self.ready.pop().map(|Reverse(node)| node)
    }

    /// A node is done: what waited for nothing else may start.
    pub fn finish(&mut self, dag: &Dag, node: NodeId) {
        for dependent in dag.dependents(node) {
            let waiting = &mut self.waiting[dependent as usize];
            *waiting -= 1;
            if *waiting == 0 {
                self.ready.push(Reverse(dependent));
            }
        }
    }
}
