//! Steps that only evaluate: values, providers and rules that were not known when planning.

use super::run::Prepared;
use super::run::State;
use crate::diag::Diagnostics;
use crate::graph::NodeId;
use crate::plan::NodeKind;
use crate::plan::PathId;

impl State<'_> {
    /// Evaluates a node whose value was not wholly known.
    pub(super) fn evaluate(&mut self, id: NodeId) -> Prepared {
        let node = self.run.made.nodes.node(id);
        let mut found = Diagnostics::new();
        match node.kind {
            NodeKind::Provider(slot) => return self.configure(id, node.path, slot),
            NodeKind::Resource(slot) => return self.check_unchanged(id, node.path, slot),
            NodeKind::Check(slot) => _ = self.evaluation().check(node, slot, &mut found),
            _ => {
                if let Some(values) = self.evaluation().node(node, &mut found) {
                    self.run.made.values.store(node, values);
                }
                // Rules may refer to the variable itself, so they come when it has its value.
                if let NodeKind::Variable(slot) = node.kind {
                    for instance in 0..u32::try_from(self.run.made.values.stored(node).len()).expect("32 bits") {
                        self.evaluation().validate_variable(node.path, slot, instance, &mut found);
                    }
                }
            }
        }
        let failed = found.has_errors();
        self.diags.extend(found);
        if failed { Prepared::Failed } else { Prepared::Done }
    }

    /// Makes the client of a provider whose configuration is known only now.
    fn configure(&mut self, id: NodeId, path: PathId, slot: u32) -> Prepared {
        let module = self.module(path);
        let def = &module.providers[slot as usize];
        let Some(provider) = self.run.input.registry.provider(&def.name).cloned() else { return Prepared::Failed };
        let mut found = Diagnostics::new();
        let config = self.evaluation().provider(path, slot, provider.schema(), &mut found);
        self.diags.extend(found);
        let Some(config) = config else { return Prepared::Failed };
        match (self.run.configure)(&def.name, &config) {
            Ok(client) => {
                self.run.clients.insert(id, client);
                Prepared::Done
            }
            Err(error) => {
                self.report(crate::plan::of_error(&error).at(def.span));
                Prepared::Failed
            }
        }
    }
}
