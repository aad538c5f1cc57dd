//! The root module's outputs and variables, as the plan shows them.

use std::collections::BTreeMap;

use super::Mode;
use super::Node;
use super::NodeKind;
use super::OutputChange;
use super::Planner;
use super::Tree;
use crate::value::Marks;
use crate::value::Str;
use crate::value::Value;

impl Planner<'_> {
    pub(super) fn plan_outputs(&mut self) {
        let mut outputs: BTreeMap<Str, OutputChange> = BTreeMap::new();
        for (name, stored) in &self.input.prior.outputs {
            let change = OutputChange {
                name: Str::clone(name),
                prior: Some(stored.value.clone()),
                planned: None,
                sensitive: stored.sensitive,
            };
            outputs.insert(Str::clone(name), change);
        }
        let defs = &self.module(Tree::ROOT).outputs;
        if self.input.options.mode != Mode::Destroy {
            for (slot, def) in (0..).zip(defs).filter(|(_, def)| !def.ephemeral) {
                let node = Node { path: Tree::ROOT, kind: NodeKind::Output(slot) };
                let value = self.values.stored(node).first().cloned();
                // Left out by targeting, or failed: nothing is said of it, and it stays as it is.
                let value = value.filter(|value| !value.marks().contains(Marks::FAILED));
                let Some(value) = value else {
                    outputs.remove(&def.name);
                    continue;
                };
                let prior = self.input.prior.outputs.get(&def.name).map(|stored| stored.value.clone());
                let sensitive = def.sensitive;
                // A null output is as good as none.
                let planned = Some(value).filter(|value| !value.is_null());
                let change = OutputChange { name: Str::clone(&def.name), prior, planned, sensitive };
                outputs.insert(Str::clone(&def.name), change);
            }
        }
        if !self.input.options.targets.is_empty() && self.input.options.mode != Mode::Destroy {
            outputs.retain(|_, change| change.planned.is_some());
        }
        self.outputs = outputs.into_values().collect();
    }

    pub(super) fn root_variables(&self) -> BTreeMap<Str, Value> {
        let defs = (0..).zip(&self.module(Tree::ROOT).variables).filter(|(_, def)| !def.ephemeral);
        let value =
            |slot| self.values.stored(Node { path: Tree::ROOT, kind: NodeKind::Variable(slot) }).first().cloned();
        defs.filter_map(|(slot, def)| value(slot).map(|value| (Str::clone(&def.name), value))).collect()
    }
}
