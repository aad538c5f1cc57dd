use super::*;

fn dag(count: usize, after: &[(NodeId, NodeId)]) -> Dag {
    let mut dag = Dag::with_nodes(count);
    after.iter().for_each(|(node, other)| dag.after(*node, *other));
    dag
}

#[test]
fn a_node_comes_behind_all_it_waits_for() {
    assert_eq!(dag(4, &[(0, 3), (1, 0), (2, 0), (2, 0)]).order(), Some(vec![3, 0, 1, 2]));
    assert_eq!(dag(2, &[(0, 1), (1, 0)]).order(), None);
}

#[test]
fn the_cycle_shown_is_the_shortest() {
    let dag = dag(6, &[(0, 1), (1, 2), (2, 3), (3, 0), (1, 4), (4, 1), (5, 0)]);
    assert_eq!(
        shortest_cycle(&dag).map(|mut cycle| {
            cycle.sort();
            cycle
        }),
        Some(vec![1, 4])
    );
    assert_eq!(shortest_cycle(&super::tests::dag(2, &[(1, 1)])), Some(vec![1]));
    assert_eq!(shortest_cycle(&super::tests::dag(2, &[(1, 0)])), None);
}

#[test]
fn a_chain_of_a_hundred_thousand_is_walked() {
    let mut dag = Dag::with_nodes(100_000);
    (1..100_000).for_each(|node| dag.after(node, node - 1));
    assert_eq!(dag.order().map(|order| order.len()), Some(100_000));
}

#[test]
fn nodes_of_one_part_are_on_a_common_cycle() {
    let parts = parts(&dag(4, &[(0, 1), (1, 0), (2, 1), (3, 2)]));
    assert_eq!(parts[0], parts[1]);
    assert!(parts[2] != parts[1] && parts[3] != parts[2] && parts[3] != parts[1]);
}
