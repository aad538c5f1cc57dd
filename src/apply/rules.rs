//! Rules with actual values: preconditions before anything is sent, postconditions of what has come to be.

use std::sync::Arc;

use super::run::Prepared;
use super::run::State;
use crate::diag::Diagnostics;
use crate::eval::ResourceDef;
use crate::eval::RuleDef;
use crate::graph::NodeId;
use crate::plan::Action;
use crate::plan::Change;
use crate::plan::NodeKind;
use crate::plan::POSTCONDITION;
use crate::plan::PRECONDITION;
use crate::plan::PathId;
use crate::plan::Place;
use crate::value::Object;
use crate::value::Value;

impl<'a> State<'a> {
    /// The block that an object is of, with its node and place; `None` for one that is not configured.
    pub(super) fn def(&self, change: &Change) -> Option<(NodeId, PathId, &'a ResourceDef)> {
        let (node, _) = change.place?;
        let kind = self.run.made.nodes.node(node);
        let NodeKind::Resource(slot) = kind.kind else { return None };
        Some((node, kind.path, &self.module(kind.path).resources[slot as usize]))
    }

    /// Whether the preconditions of an object hold, now that all is known; reports those that do not.
    pub(super) fn check_before(&mut self, change: &Change) -> bool {
        self.check(change, |def| &def.lifecycle.preconditions, PRECONDITION, None)
    }

    /// Whether the postconditions of an object hold that is as it shall be; reports those that do not.
    pub(super) fn check_object(&mut self, change: &Change, object: &Arc<Object>) -> bool {
        let this = Value::Object(Arc::clone(object));
        self.check(change, |def| &def.lifecycle.postconditions, POSTCONDITION, Some(&this))
    }

    fn check(
        &mut self,
        change: &Change,
        rules: impl Fn(&'a ResourceDef) -> &'a Vec<RuleDef>,
        summary: &'static str,
        this: Option<&Value>,
    ) -> bool {
        let (Some((node, path, def)), Some((_, module))) = (self.def(change), change.place) else { return true };
        let rules = rules(def);
        if rules.is_empty() {
            return true;
        }
        let NodeKind::Resource(slot) = self.run.made.nodes.node(node).kind else { return true };
        let Some(repetition) = self.repetition(node, path, slot, module, &change.addr.key) else { return false };
        let place = Place { path, instance: module, repetition: &repetition, this, touched: None };
        let mut found = Diagnostics::new();
        let holds = self.evaluation().all_hold(place, rules, summary, &mut found);
        self.extend_for(change, def, found);
        holds != Some(false)
    }

    /// Checks the rules of a resource's instances that stay as they are, and whose rules the plan could not tell.
    pub(super) fn check_unchanged(&mut self, node: NodeId, path: PathId, slot: u32) -> Prepared {
        let resources = self.run.made.values.path(path).resources.get(slot as usize);
        let places: Vec<usize> = resources.into_iter().flatten().flat_map(crate::plan::Instances::changes).collect();
        let mut holds = true;
        for at in places {
            let change = self.run.made.plan.changes[at].clone();
            if change.action != Action::NoOp || change.place.is_none_or(|(of, _)| of != node) {
                continue;
            }
            holds &= self.check_before(&change);
            if let Some(object) = &change.planned {
                holds &= self.check_object(&change, object);
            }
        }
        if holds { Prepared::Done } else { Prepared::Failed }
    }
}
