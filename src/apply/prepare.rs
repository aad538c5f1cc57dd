//! Preparing a step: its configuration with actual values, checked against what was promised.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::call::Call;
use super::record::Notes;
use super::run::Prepared;
use super::run::State;
use crate::addr::InstanceKey;
use crate::diag::Diagnostic;
use crate::diag::Diagnostics;
use crate::eval::ResourceDef;
use crate::graph::NodeId;
use crate::plan::Change;
use crate::plan::Evaluation;
use crate::plan::NodeKind;
use crate::plan::Op;
use crate::plan::PathId;
use crate::plan::Place;
use crate::plan::Repetition;
use crate::plan::Secrets;
use crate::plan::Step;
use crate::plan::StepId;
use crate::plan::contradiction;
use crate::plan::equal_objects;
use crate::provider::AnyResource;
use crate::provider::Client;
use crate::provider::Connection;
use crate::state;
use crate::state::ObjectKey;
use crate::value::Object;
use crate::value::Value;

impl<'a> State<'a> {
    pub(super) fn prepare(&mut self, step: StepId) -> Prepared {
        if self.is_unresolved(step) {
            return Prepared::Failed;
        }
        match self.run.made.plan.steps.steps[step as usize].clone() {
            Step::Carrier | Step::Absorbed => Prepared::Done,
            Step::Evaluate(node) => self.evaluate(node),
            Step::Bundle { members, .. } => self.prepare_bundle(step, &members),
            Step::Release { change, gone } => self.prepare_release(step, change, &gone),
            Step::Change { change, op } => match op {
                Op::Create | Op::Update => self.prepare_forward(step, change, op),
                // No part of a change by itself.
                Op::Release | Op::Retake => Prepared::Done,
                Op::Delete | Op::DeleteDeposed => self.prepare_delete(step, change, op),
                Op::Read => self.prepare_read(step, change),
                Op::Forget => self.forget(step, change),
            },
        }
    }

    /// Whether a step is about something that an interrupted run may still be at work on; if so, that is reported.
    fn is_unresolved(&mut self, step: StepId) -> bool {
        if self.run.unresolved.is_empty() {
            return false;
        }
        let plan = &self.run.made.plan;
        let parts: Vec<(usize, Op)> = match &plan.steps.steps[step as usize] {
            Step::Carrier | Step::Absorbed | Step::Evaluate(_) => Vec::new(),
            Step::Change { change, op } => vec![(*change, *op)],
            Step::Release { change, .. } => vec![(*change, Op::Release)],
            Step::Bundle { members, .. } => members.clone(),
        };
        // Whatever was begun on what goes with its whole ends with that.
        let ends = |op: &Op| matches!(op, Op::Delete | Op::DeleteDeposed);
        for (at, _) in parts.iter().filter(|(at, op)| ends(op) && plan.changes[*at].goes_with.is_some()) {
            self.run.unresolved.remove(&plan.changes[*at].addr);
        }
        let addrs = parts.into_iter().map(|(at, _)| &plan.changes[at].addr);
        let Some(addr) = addrs.into_iter().find(|addr| self.run.unresolved.contains(addr)).cloned() else {
            return false;
        };
        let detail = format!(
            "An earlier run was interrupted while it worked on {addr}, and how that ended cannot be found out now. Nothing \
             is done to it before that is known; run again once its host can be reached."
        );
        let diagnostic = Diagnostic::error("Interrupted operation cannot be resolved yet", detail);
        self.report(diagnostic.address(addr.to_string()));
        true
    }

    pub(super) fn evaluation(&self) -> Evaluation<'_> {
        let made = &self.run.made;
        let templates = &self.templates;
        Evaluation { input: self.run.input, tree: &made.tree, values: &made.values, templates, is_applying: true }
    }

    pub(super) fn module(&self, path: PathId) -> &'a crate::eval::Module {
        let source = self.run.made.tree.path(path).source;
        &self.run.input.modules[source.0 as usize]
    }

    fn prepare_forward(&mut self, step: StepId, at: usize, op: Op) -> Prepared {
        let change = self.run.made.plan.changes[at].clone();
        let Some(ty) = self.run.input.registry.resource(&change.addr.ty) else { return Prepared::Failed };
        let Some(planned) = self.planned(&change, op, &*ty) else { return Prepared::Failed };
        let prior = if op == Op::Update { self.now(at) } else { None };
        if let Some(prior) = &prior
            && equal_objects(prior, &planned)
            && ty.owed(&change.private).is_none()
        {
            // What was not known has turned out to be as it was.
            self.set_value(&change, &planned);
            self.released.remove(&at);
            let holds = self.check_object(&change, &planned);
            return if holds { Prepared::Done } else { Prepared::Failed };
        }
        let Some((_, client)) = self.client(&change) else { return Prepared::Failed };
        let call = self.call(step, at, op, change, ty, client, prior, Some(planned));
        self.start_call(call)
    }

    fn prepare_delete(&mut self, step: StepId, at: usize, op: Op) -> Prepared {
        let change = self.run.made.plan.changes[at].clone();
        let Some(ty) = self.run.input.registry.resource(&change.addr.ty) else {
            let detail = format!(
                "This version has no resource type {}, so it cannot delete {}. Use a version that has it, or let go of it \
                 with `infra state rm`.",
                change.addr.ty, change.addr
            );
            self.report(Diagnostic::error("Resource type unknown", detail).address(change.addr.to_string()));
            return Prepared::Failed;
        };
        let Some((_, client)) = self.client(&change) else { return Prepared::Failed };
        let Some(prior) = change.prior.clone() else { return Prepared::Done };
        let call = self.call(step, at, op, change, ty, client, Some(prior), None);
        self.start_call(call)
    }

    pub(super) fn start_call(&self, call: Call) -> Prepared {
        let (names, serial) = (self.names(call.step), call.keys());
        let id = call.prior.as_deref().and_then(id).map(|id| Secrets::of(call.objects()).hide(id));
        Prepared::Call { future: Box::pin(call.perform()), names, id, serial }
    }

    #[expect(clippy::too_many_arguments, reason = "a call is just these parts")]
    pub(super) fn call(
        &self,
        step: StepId,
        at: usize,
        op: Op,
        change: Change,
        ty: Arc<dyn AnyResource>,
        client: Client,
        prior: Option<Arc<Object>>,
        planned: Option<Arc<Object>>,
    ) -> Call {
        let object = match (&op, &change.deposes) {
            (Op::DeleteDeposed, Some(key)) => ObjectKey::Deposed(key.clone()),
            _ => change.object.clone(),
        };
        let journal_op = match op {
            Op::Create => state::Op::Create,
            Op::Update | Op::Release | Op::Retake => state::Op::Update,
            Op::Delete | Op::DeleteDeposed => state::Op::Delete,
            Op::Read => state::Op::Read,
            Op::Forget => state::Op::Forget,
        };
        let notes = Arc::new(Notes {
            journal: Arc::clone(&self.run.journal),
            clock: Arc::clone(&self.run.clock),
            step,
            addr: change.addr.clone(),
            object: object.clone(),
            op: journal_op,
            last: std::sync::Mutex::new(None),
            schema: Arc::clone(&ty),
            planned: planned.clone(),
        });
        let private = if op == Op::Create { serde_json::Value::Null } else { change.private.clone() };
        let secrets = Secrets::of(planned.as_deref().into_iter().chain(prior.as_deref()));
        let cx =
            self.cx(vec![self.name(at, op)], Arc::clone(&notes) as Arc<dyn crate::provider::Record>, private, secrets);
        let (fresh, trusted) = match op {
            Op::Create => (self.fresh(&change, &*ty), self.trusted(&change)),
            _ => (Vec::new(), Vec::new()),
        };
        let trusts = ty.trusts().and_then(|name| fresh.iter().find(|fresh| ***fresh == *name)).cloned();
        let cx = cx.with_fresh(fresh).going_along(change.goes_with.is_some());
        let template = state::Object {
            provider: change.provider.clone(),
            schema_version: ty.schema().version,
            attributes: Arc::new(Object::new([])),
            private: serde_json::Value::Null,
            dependencies: Arc::clone(&change.dependencies),
            create_before_destroy: change.create_before_destroy,
            tainted: false,
            version: 0,
        };
        let deposes = if op == Op::Create { change.deposes.clone() } else { None };
        let prior_version = (op != Op::Create).then_some(change.prior_version);
        let is_adoption = change.adopts;
        let gives_way =
            op == Op::Create && (!change.is_place_seen && self.is_on_new_host(&change) || self.is_brought(&change));
        Call {
            step,
            at,
            op,
            journal_op,
            object,
            addr: change.addr,
            ty,
            client,
            prior,
            planned,
            cx,
            notes,
            template,
            deposes,
            prior_version,
            trusted,
            trusts: trusts.into_iter().collect(),
            is_adoption,
            gives_way,
        }
    }

    /// What an instance shall become, with actual values; `None` when it cannot be told or is not what was promised.
    pub(super) fn planned(&mut self, change: &Change, op: Op, ty: &dyn AnyResource) -> Option<Arc<Object>> {
        let promised = change.planned.clone()?;
        if !self.check_before(change) {
            return None;
        }
        if change.is_settled {
            return Some(promised);
        }
        let (def, actual, found) = self.actual(change, op, ty)?;
        self.extend_for(change, def, found);
        let actual = actual?;
        let (promised_value, actual_value) = (Value::Object(promised), Value::Object(Arc::new(actual)));
        if let Some(path) = contradiction(&promised_value, &actual_value) {
            let detail = format!(
                "When the values that were not known at planning were there, {}.{path} came out otherwise than the plan \
                 promised, so nothing was done. Plan and apply again; if it stays so, this is a mistake in infra.",
                change.addr
            );
            self.report(
                Diagnostic::error("Planned value contradicted", detail).at(def.span).address(change.addr.to_string()),
            );
            return None;
        }
        match actual_value {
            Value::Object(object) => Some(object),
            _ => None,
        }
    }

    /// What an instance shall become, as far as that is known by now, with its block and what is wrong with it.
    pub(super) fn actual(
        &mut self,
        change: &Change,
        op: Op,
        ty: &dyn AnyResource,
    ) -> Option<(&'a ResourceDef, Option<Object>, Diagnostics)> {
        let (node, module) = change.place?;
        let node_kind = self.run.made.nodes.node(node);
        let NodeKind::Resource(slot) = node_kind.kind else { return None };
        let repetition = self.repetition(node, node_kind.path, slot, module, &change.addr.key)?;
        let def = &self.module(node_kind.path).resources[slot as usize];
        let prior = if op == Op::Update { change.prior.as_deref() } else { None };
        let mut found = Diagnostics::new();
        let place =
            Place { path: node_kind.path, instance: module, repetition: &repetition, this: None, touched: None };
        let before = change.prior.as_deref().map(|before| (before, change.action, &change.addr));
        let actual = crate::plan::replan(&self.evaluation(), place, def, ty, prior, before, &mut found);
        Some((def, actual, found))
    }

    /// Takes in problems found for an instance.
    pub(super) fn extend_for(&mut self, change: &Change, def: &ResourceDef, found: Diagnostics) {
        for diagnostic in found {
            let diagnostic = if diagnostic.labels.is_empty() { diagnostic.at(def.span) } else { diagnostic };
            self.diags.push(diagnostic.address(change.addr.to_string()));
        }
    }

    /// Which expansion an instance is, its values as they are now.
    pub(super) fn repetition(
        &mut self,
        node: NodeId,
        path: PathId,
        slot: u32,
        module: u32,
        key: &InstanceKey,
    ) -> Option<Repetition> {
        if *key == InstanceKey::None {
            return Some(Repetition::Single);
        }
        // Where instances follow those of another resource, only the one of the same key need be there yet.
        let for_each = self.module(path).resources[slot as usize].for_each;
        if let Some(other) = for_each.and_then(|id| self.module(path).arena.whole_resource(id)) {
            let value = self.run.made.values.resource(path, other, module).and_then(|instances| instances.get(key));
            let (key, value) = (key.to_value()?, value?.clone());
            return Some(Repetition::Each(key, value));
        }
        if !self.expansions.contains_key(&(node, module)) {
            let def = &self.module(path).resources[slot as usize];
            let mut found = Diagnostics::new();
            let place = Place::module(path, module);
            let expansion = self.evaluation().expansion(place, def.count, def.for_each, false, &mut found);
            self.diags.extend(found);
            let (_, all) = crate::plan::repetitions(&expansion?);
            let by_key: FxHashMap<InstanceKey, Repetition> = all.into_iter().map(|one| (one.key(), one)).collect();
            self.expansions.insert((node, module), by_key);
        }
        let found = self.expansions[&(node, module)].get(key).cloned();
        if found.is_none() {
            let detail =
                format!("The instance {key} that was planned is no longer among those that the configuration makes.");
            self.report(Diagnostic::error("Planned instance gone", detail));
        }
        found
    }

    /// The client that keeps an object; what is missing is reported.
    pub(super) fn client(&mut self, change: &Change) -> Option<(Arc<dyn Connection>, Client)> {
        let found = change.provider_node.and_then(|node| self.run.clients.get(&node)).cloned();
        if found.is_none() {
            let detail = format!(
                "{} needs the provider {}, which is not configured: its configuration failed, or nothing in the \
                 configuration has it any more. Put its block back until the object is gone.",
                change.addr, change.provider
            );
            self.report(Diagnostic::error("Provider configuration not present", detail));
        }
        found
    }

    /// Replaces an instance's value by what it is now.
    pub(super) fn set_value(&mut self, change: &Change, object: &Arc<Object>) {
        let Some((node, module)) = change.place else { return };
        let node = self.run.made.nodes.node(node);
        let NodeKind::Resource(slot) = node.kind else { return };
        let value = Value::Object(Arc::clone(object));
        self.run.made.values.set_instance(node.path, slot, module, &change.addr.key, value);
    }

    /// Lets go of an object: our record goes, the object stays.
    fn forget(&mut self, step: StepId, at: usize) -> Prepared {
        let change = &self.run.made.plan.changes[at];
        let event = state::Event::Done { object: None };
        let record =
            state::Record::of_object(step, change.addr.clone(), change.object.clone(), state::Op::Forget, event);
        self.run.journal.append(vec![record]);
        self.counts.forget += 1;
        Prepared::Done
    }
}

/// The vendor's id of an object, to show.
pub(super) fn id(object: &Object) -> Option<String> {
    object.get("id").and_then(Value::as_str).map(str::to_owned)
}
