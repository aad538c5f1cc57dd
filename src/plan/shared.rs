//! Places that two addresses claim: a file, a unit, a user of one host can be one resource's only.
//!
//! Two that both keep one would undo each other's work at every run; and where one goes while another takes the place, the
//! end of the first would take away what the second has.

use std::collections::BTreeMap;

use super::Action;
use super::Change;
use super::NodeKind;
use super::Planner;
use super::propose::equal_objects;
use super::resource::context;
use crate::diag::Diagnostic;

/// Who claims a place.
#[derive(Default)]
struct Claims<'c> {
    stay: Vec<&'c Change>,
    go: Vec<&'c Change>,
}

impl Planner<'_> {
    /// Complains of them. Whose place is not known yet, as on a machine that is made first, shows in the next plan.
    pub(super) fn check_shared(&mut self) {
        // By type and id.
        let mut claims: BTreeMap<(&str, &str), Claims<'_>> = BTreeMap::new();
        for change in &self.changes {
            let is_on_host = self.input.registry.resource(&change.addr.ty).is_some_and(|ty| ty.bundle().is_some());
            let (object, goes) = match change.action {
                Action::Delete => (&change.prior, true),
                _ => (&change.planned, false),
            };
            let id = object.as_deref().and_then(|object| object.get("id")?.unmarked().as_str());
            let Some(id) = id.filter(|_| is_on_host) else { continue };
            let claims = claims.entry((&change.addr.ty, id)).or_default();
            if goes { claims.go.push(change) } else { claims.stay.push(change) }
        }
        let mut found = Vec::new();
        for ((_, id), Claims { stay, go }) in claims {
            let Some((first, others)) = stay.split_first() else { continue };
            // Two that want the same do each other no harm, as modules that each need one package.
            let is_same = |other: &Change| {
                first.planned.as_deref().zip(other.planned.as_deref()).is_some_and(|(a, b)| equal_objects(a, b))
            };
            for other in others.iter().filter(|other| !is_same(other)) {
                let detail = format!(
                    "`{}` is managed by {} as well: each run would undo what the other has done. Take one of the two out of the \
                     configuration; where both are recorded already, `infra state rm` lets go of one and leaves what is there.",
                    id, first.addr
                );
                found.push(self.at_resource(other, Diagnostic::error("Managed twice", detail)));
            }
            for gone in go {
                let detail = format!(
                    "`{id}` is recorded as {gone}, which the configuration no longer has: to destroy that would take away what \
                     this resource manages. If it only has another address now, say so:\n\n  moved {{\n    from = {gone}\n    \
                     to   = {to}\n  }}\n\nElse let go of it first: infra state rm '{gone}'",
                    gone = gone.addr,
                    to = first.addr,
                );
                found.push(self.at_resource(first, Diagnostic::error("Moved without a moved block", detail)));
            }
        }
        found.into_iter().for_each(|diagnostic| self.diags.push(diagnostic));
    }

    /// A diagnostic at the block of a change.
    fn at_resource(&self, change: &Change, diagnostic: Diagnostic) -> Diagnostic {
        let diagnostic = diagnostic.address(change.addr.to_string());
        let Some(node) = change.place.map(|(node, _)| self.nodes.node(node)) else { return diagnostic };
        let NodeKind::Resource(slot) = node.kind else { return diagnostic };
        let def = &self.module(node.path).resources[slot as usize];
        diagnostic.at(def.span).within(context(def))
    }
}
