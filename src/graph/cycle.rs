//! Finding a circle to show, as short as there is one through the nodes concerned.

use std::collections::VecDeque;

use petgraph::algo::kosaraju_scc;

use super::Dag;
use super::NodeId;

/// The shortest cycle of a graph, each node waiting for the next and the last for the first; `None` when there is none.
///
/// Looks from at most 200 nodes of each strongly connected part, as a user needs one short cycle and not the shortest of all.
pub fn shortest_cycle(dag: &Dag) -> Option<Vec<NodeId>> {
    if dag.order().is_some() {
        return None;
    }
    let mut best: Option<Vec<NodeId>> = None;
    // Of petgraph's ways the one that does not recurse: a chain may be long.
    for part in kosaraju_scc(&dag.graph) {
        let nodes: Vec<NodeId> = part.iter().map(|node| u32::try_from(node.index()).expect("32 bits")).collect();
        let is_loop = |node: NodeId| dag.dependencies(node).any(|other| other == node);
        if nodes.len() == 1 && !is_loop(nodes[0]) {
            continue;
        }
        for start in nodes.into_iter().take(200) {
            let found = cycle_through(dag, start);
            best = match (best, found) {
                (Some(best), Some(found)) if found.len() < best.len() => Some(found),
                (None, found) => found,
                (best, _) => best,
            };
        }
    }
    best
}

/// By node: the number of its strongly connected part. Two nodes are on a common cycle when they are of one part.
pub fn parts(dag: &Dag) -> Vec<u32> {
    let mut parts = vec![0; dag.len()];
    for (number, part) in (0..).zip(kosaraju_scc(&dag.graph)) {
        part.into_iter().for_each(|node| parts[node.index()] = number);
    }
    parts
}

/// The shortest cycle through a node, by breadth-first search along what it waits for.
fn cycle_through(dag: &Dag, start: NodeId) -> Option<Vec<NodeId>> {
    let mut from: Vec<Option<NodeId>> = vec![None; dag.len()];
    let mut queue = VecDeque::from([start]);
    while let Some(node) = queue.pop_front() {
        for next in dag.dependencies(node) {
            if next == start {
                let mut cycle = vec![node];
                while let Some(before) = from[cycle[cycle.len() - 1] as usize] {
                    cycle.push(before);
                }
                cycle.reverse();
                return Some(cycle);
            }
            if from[next as usize].is_none() {
                from[next as usize] = Some(node);
                queue.push_back(next);
            }
        }
    }
    None
}
