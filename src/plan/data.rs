//! Planning data sources: read now when all is known and settled, else while applying.

use std::sync::Arc;

use super::Action;
use super::Adoption;
use super::Change;
use super::Planner;
use super::Reason;
use super::planner::Unconfigured;
use super::propose::mark;
use super::propose::propose;
use super::resource::One;
use super::resource::POSTCONDITION;
use super::resource::PRECONDITION;
use super::values::Repeat;
use super::values::object;
use crate::graph::NodeId;
use crate::state;
use crate::state::ObjectKey;
use crate::value::Str;
use crate::value::Value;

impl Planner<'_> {
    /// The value of a data source and the place of its change; `None` when it is being read.
    pub(super) fn plan_data(&mut self, one: One<'_>, repeat: Repeat) -> Option<(Value, Option<usize>)> {
        let source = self.input.registry.data(&one.def.ty).expect("a data source of an unknown type is not planned");
        let schema = source.schema();
        if let Some(id) = self.objects.current(one.addr) {
            self.objects.get_mut(id).is_claimed = true;
        }
        if let Some(read) = self.data.get(one.addr) {
            let Some(found) = read.clone() else { return Some((Value::failed(schema.ty()), None)) };
            let found = Arc::new(mark(schema.root(), (*found).clone()));
            let value = object(&found);
            let rules = &one.def.lifecycle.postconditions;
            self.check_rules(one, one.place().with_self(&value), rules, POSTCONDITION);
            self.adopt_data(one, &found, schema.version);
            return Some((value, None));
        }
        let failed = || Some((Value::failed(schema.ty()), None));
        let Some(config) = self.decode(one, schema) else { return failed() };
        let problems = source.validate(&config);
        let is_wrong = !problems.is_empty();
        self.report_problems(one, &config, problems, false);
        let holds = self.check_rules(one, one.place(), &one.def.lifecycle.preconditions, PRECONDITION);
        if is_wrong || !holds {
            return failed();
        }
        if repeat == Repeat::Unknown || !self.selection.selects(one.addr) {
            return Some((Value::unknown(schema.ty()), None));
        }
        let provider = self.nodes.provider(one.path, self.slot_of(one));
        let is_late = provider.is_some_and(|node| self.unconfigured.contains_key(&node));
        let config_object = Value::Object(Arc::clone(&config));
        let reason = if self.is_pending(one.node) {
            Some(Reason::DependencyPending)
        } else if !config_object.is_wholly_known() || is_late || self.is_scout() {
            Some(Reason::ConfigUnknown)
        } else {
            None
        };
        let Some(provider) = provider else { return failed() };
        if self.unconfigured.get(&provider) == Some(&Unconfigured::Failed) {
            return failed();
        }
        match reason {
            None => {
                let (plain, _) = config_object.unmark_deep();
                let Value::Object(plain) = plain else { return failed() };
                self.request_data(one.node, provider, Str::clone(&one.def.ty), plain, one.addr.clone());
                None
            }
            Some(reason) => {
                let planned = Arc::new(propose(schema, None, &config));
                let value = object(&planned);
                let dependencies = self.dependencies_of(one.node);
                self.changes.push(Change {
                    addr: one.addr.clone(),
                    object: ObjectKey::Current,
                    previous_addr: None,
                    provider: self.provider_addr(one.path, one.def),
                    action: Action::Read,
                    reason: Some(reason),
                    prior: None,
                    planned: Some(planned),
                    replace_paths: Vec::new(),
                    importing: None,
                    adopts: false,
                    is_place_seen: false,
                    prior_version: 0,
                    deposes: None,
                    dependencies,
                    create_before_destroy: false,
                    private: serde_json::Value::Null,
                    place: Some((one.node, one.module)),
                    provider_node: Some(provider),
                    is_settled: false,
                    touched: std::mem::take(&mut self.touched),
                    goes_with: None,
                    kept: None,
                });
                Some((value, Some(self.changes.len() - 1)))
            }
        }
    }

    /// Whether a managed resource that the data source names in its `depends_on`, or a module call around it does,
    /// is going to change.
    fn is_pending(&self, node: NodeId) -> bool {
        let changes = |id: &NodeId| {
            let node = self.nodes.node(*id);
            let super::NodeKind::Resource(slot) = node.kind else { return false };
            let resources = self.values.path(node.path).resources.get(slot as usize);
            let places = resources.into_iter().flatten().flat_map(super::values::Instances::changes);
            places.into_iter().any(|place| self.changes[place].action != Action::NoOp)
        };
        self.nodes.depends_on(node).iter().any(|id| match self.nodes.node(*id).kind {
            super::NodeKind::Resource(_) => changes(id),
            // A value that is named stands for the resources behind it.
            _ => self.reaches[*id as usize].iter().any(changes),
        })
    }

    /// The object is kept in the state, so that it can be listed and shown.
    fn adopt_data(&mut self, one: One<'_>, found: &Arc<crate::value::Object>, schema_version: u32) {
        let dependencies = self.dependencies_of(one.node);
        let stored = state::Object {
            provider: self.provider_addr(one.path, one.def),
            schema_version,
            attributes: Arc::clone(found),
            private: serde_json::Value::Null,
            dependencies,
            create_before_destroy: false,
            tainted: false,
            version: 0,
        };
        let known = self.input.prior.current(one.addr);
        if known.is_none_or(|known| !known.is_same(&stored)) {
            self.adoptions.push(Adoption { addr: one.addr.clone(), previous: None, stored });
        }
    }
}
