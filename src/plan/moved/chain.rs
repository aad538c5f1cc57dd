//! In which order statements are followed: one whose end is another's beginning comes first.

use super::Statement;
use super::place;
use super::places::Places;
use crate::addr::InstanceKey;
use crate::addr::Target;
use crate::diag::Diagnostic;
use crate::diag::Diagnostics;
use crate::diag::Sources;
use crate::graph::Dag;
use crate::graph::shortest_cycle;

/// The statements with each behind those whose end is its beginning; a circle is reported.
pub(super) fn order(statements: &[Statement<'_>], sources: &Sources, diags: &mut Diagnostics) -> Vec<usize> {
    let mut dag = Dag::with_nodes(statements.len());
    let mut ends = Places::default();
    statements.iter().enumerate().for_each(|(at, statement)| ends.add(&statement.to, at));
    for (at, statement) in statements.iter().enumerate() {
        for other in ends.near(&statement.from) {
            if at != other && overlaps(&statements[other].to, &statement.from) {
                dag.after(id(at), id(other));
            }
        }
    }
    if let Some(cycle) = shortest_cycle(&dag) {
        let mut cycle: Vec<usize> = cycle.into_iter().map(|at| at as usize).collect();
        cycle.sort_unstable();
        let all = |target: &Target| match &target.resource {
            Some(resource) if resource.key == InstanceKey::None => format!("{target}[*]"),
            _ => target.to_string(),
        };
        let lines = cycle.iter().map(|at| {
            let block = statements[*at].block;
            format!("\n  - {}: {} → {}", place(block.span, sources), all(&block.from), all(&block.to))
        });
        let detail = format!(
            "The following chained move statements form a cycle, and so there is no final location to move objects \
             to:{}\n\nA chain of move statements must end with an address that doesn't appear in any other statements, \
             and which typically also refers to an object still declared in the configuration.",
            lines.collect::<String>()
        );
        diags.push(Diagnostic::error("Cyclic dependency in move statements", detail));
        return Vec::new();
    }
    dag.order().unwrap_or_default().into_iter().map(|at| at as usize).collect()
}

fn id(at: usize) -> u32 {
    u32::try_from(at).expect("fewer statements than bytes of source")
}

/// Whether two targets can name the same object, or one holds the other.
fn overlaps(a: &Target, b: &Target) -> bool {
    let keys = |a: &InstanceKey, b: &InstanceKey| a == b || *a == InstanceKey::None || *b == InstanceKey::None;
    let (short, long) = (a.module.steps(), b.module.steps());
    let modules = short.iter().zip(long).all(|((a, ka), (b, kb))| a == b && keys(ka, kb));
    let resources = match (&a.resource, &b.resource) {
        (Some(a), Some(b)) => {
            (a.mode, &a.ty, &a.name) == (b.mode, &b.ty, &b.name) && keys(&a.key, &b.key) && short.len() == long.len()
        }
        (None, Some(_)) => short.len() <= long.len(),
        (Some(_), None) => long.len() <= short.len(),
        (None, None) => short.len() == long.len(),
    };
    modules && resources
}
