//! The decision on one managed instance: its configuration laid over what there is, and what must happen.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::Action;
use super::Change;
use super::Input;
use super::Planner;
use super::action::Wishes;
use super::action::action;
use super::action::replace_paths;
use super::evaluate::Evaluation;
use super::evaluate::Place;
use super::ignore;
use super::objects::EntryId;
use super::propose::equal_objects;
use super::propose::equal_unmarked;
use super::propose::propose;
use super::resource::One;
use crate::addr::InstanceAddr;
use crate::addr::InstanceKey;
use crate::diag::Diagnostics;
use crate::diag::Severity;
use crate::eval::LifecycleDef;
use crate::eval::ResourceDef;
use crate::graph::NodeId;
use crate::provider::AnyResource;
use crate::provider::Marker;
use crate::provider::Planned;
use crate::provider::Problem;
use crate::schema::ObjectExt;
use crate::schema::Schema;
use crate::state::DeposedKey;
use crate::state::ObjectKey;
use crate::value::Object;
use crate::value::Origin;
use crate::value::Path;
use crate::value::Str;
use crate::value::Unknown;
use crate::value::Value;

impl Planner<'_> {
    /// Chooses what happens to an instance.
    pub(super) fn decide(
        &mut self,
        one: One<'_>,
        ty: &dyn AnyResource,
        config: &Object,
        entry: Option<EntryId>,
        imported: Option<(Str, Option<Arc<Object>>)>,
    ) -> (Change, Vec<Problem>) {
        let schema = ty.schema();
        if let Some(id) = entry {
            self.tell_drift(id, schema, config);
        }
        let stored = entry.map(|id| self.objects.get(id));
        let (importing, taken) = match imported {
            Some((id, object)) if stored.is_none() => (Some(id), object),
            _ => (None, None),
        };
        let place = self.places.get(one.addr).cloned().flatten();
        let prior = stored.and_then(|entry| entry.now.clone()).or(taken).or_else(|| place.clone());
        let prior = prior.map(|prior| self.as_disturbed(one, ty, prior));
        let previous_addr = stored.and_then(|entry| entry.previous.clone());
        let is_tainted = stored.is_some_and(|entry| entry.stored.tainted);
        let prior_version = stored.map_or(0, |entry| entry.stored.version);
        let private = stored.map_or(serde_json::Value::Null, |entry| entry.private.clone());
        let say = if stored.is_some_and(|entry| entry.changes_type().is_some()) { becoming } else { unfinished };
        let trigger = prior.is_some() && self.is_triggered(one);
        let kept = with_ignored(&one.def.lifecycle, schema, config, prior.as_deref());
        let owed = prior.as_ref().and_then(|_| ty.owed(&private));
        let wishes = Wishes {
            owed: owed.is_some(),
            tainted: is_tainted,
            replace: self.input.options.replace.contains(one.addr),
            triggered: trigger,
            create_first: self.create_first[one.node as usize],
        };
        let Planned { object: planned, replace, mut warnings } = plan_object(ty, prior.as_deref(), &kept);
        let (action, reason, paths, planned) = match prior.as_deref() {
            None => (Action::Create, None, Vec::new(), planned),
            Some(before) => {
                let paths = replace_paths(schema, before, &planned, replace);
                let (action, reason) = action(schema, before, &planned, &paths, wishes);
                // What is taken over and not wholly known yet is recorded when it is.
                let is_open = place.is_some() && action == Action::NoOp && !is_wholly_known(before);
                let action = if is_open { Action::Update } else { action };
                if action.is_replace() {
                    // What takes the very place of the other cannot be there beside it.
                    let action = if ty.bundle().is_some() && is_same_place(before, &planned) {
                        Action::DeleteThenCreate
                    } else if self.comes_first(one, ty, before, &planned) {
                        Action::CreateThenDelete
                    } else {
                        action
                    };
                    // A new object has nothing that could be kept.
                    let anew = plan_object(ty, None, config);
                    let whose = whose(self.input, one.addr);
                    let successor = ty.succeed(before, anew.object, action == Action::CreateThenDelete, &whose);
                    warnings.extend(anew.warnings.into_iter().chain(successor.warnings));
                    let needs =
                        entry.map(|id| Arc::clone(&self.objects.get(id).stored.dependencies)).unwrap_or_default();
                    if !self.belongs_to_what_goes(ty, before, &one.addr.module, &needs) {
                        warnings.extend(ty.end_warnings(before));
                    }
                    (action, reason, paths, successor.object)
                } else {
                    (action, reason, paths, planned)
                }
            }
        };
        let planned = match (action, &prior) {
            // What cannot be recorded yet is when it is known.
            (Action::NoOp, Some(prior)) if **prior == planned || !is_wholly_known(&planned) => Arc::clone(prior),
            (Action::Create | Action::DeleteThenCreate | Action::CreateThenDelete, _) => {
                Arc::new(with_origins(planned, one.addr))
            }
            _ => Arc::new(planned),
        };
        warnings.extend(owed.filter(|_| action == Action::Update).map(say));
        let deposes = (action == Action::CreateThenDelete).then(|| self.deposed_key(one.addr));
        let change = Change {
            addr: one.addr.clone(),
            object: ObjectKey::Current,
            previous_addr,
            provider: self.provider_addr(one.path, one.def),
            action,
            reason,
            prior,
            planned: Some(planned),
            replace_paths: paths,
            importing,
            adopts: place.is_some(),
            is_place_seen: self.seen_places.contains(one.addr),
            prior_version,
            deposes,
            dependencies: self.dependencies_of(one.node),
            create_before_destroy: self.create_first[one.node as usize],
            private,
            place: Some((one.node, one.module)),
            provider_node: self.nodes.provider(one.path, self.slot_of(one)),
            is_settled: is_wholly_known(if action.is_replace() { config } else { &kept }),
            touched: std::mem::take(&mut self.touched),
            goes_with: None,
            kept: None,
        };
        (change, warnings)
    }

    /// An object as it is to be seen beside those that it refers to, that somebody changed, and that are put right.
    fn as_disturbed(&self, one: One<'_>, ty: &dyn AnyResource, prior: Arc<Object>) -> Arc<Object> {
        let mut seen = prior;
        if !self.has_mended || ty.bundle().is_none() {
            return seen;
        }
        for (slot, key) in &self.touched {
            let Some(instances) = self.values.resource(one.path, *slot, one.module) else { continue };
            let places: Vec<usize> = match key {
                Some(key) => instances.change(key).into_iter().collect(),
                None => instances.changes().collect(),
            };
            for change in places.into_iter().map(|place| &self.changes[place]) {
                let (Action::Update, Some(planned)) = (change.action, &change.planned) else { continue };
                let left = self.objects.current(&change.addr).map(|id| &self.objects.get(id).before);
                let is_mended = left.is_some_and(|left| equal_objects(left, planned));
                if let Some(disturbed) =
                    Some(planned).filter(|_| is_mended).and_then(|mended| ty.disturbed(&seen, mended))
                {
                    seen = Arc::new(disturbed);
                }
            }
        }
        seen
    }

    /// Whether a replacement comes first by its type's own wish, which has no say where the configuration has. It cannot
    /// where anything that it rests on goes before it comes anew: that waits for the old object to go.
    fn comes_first(&mut self, one: One<'_>, ty: &dyn AnyResource, before: &Object, planned: &Object) -> bool {
        // What such a one rests on comes first as well where both can be there at once, told apart by their names: else it
        // would have to wait for what cannot go before it.
        let new_name = planned.str("name").filter(|name| before.str("name") != Some(name));
        let is_renamed = || ty.marker() == Marker::NaturalKey && new_name.is_some();
        let is_first = ty.comes_first() || self.carries_first[one.node as usize] && is_renamed();
        if !is_first || one.def.lifecycle.create_before_destroy.is_some() {
            return false;
        }
        if let Some(known) = self.comes_first.get(&one.node) {
            return *known;
        }
        // All that a node rests on is decided before any of its own instances is.
        let gone = self.changes.iter().filter(|change| change.action == Action::DeleteThenCreate);
        let gone: BTreeSet<NodeId> = gone.filter_map(|change| Some(change.place?.0)).collect();
        let (mut pending, mut seen) = (vec![one.node], BTreeSet::new());
        while let Some(id) = pending.pop() {
            pending.extend(self.nodes.dag.dependencies(id).filter(|other| seen.insert(*other)));
        }
        let can = seen.is_disjoint(&gone);
        self.comes_first.insert(one.node, can);
        can
    }

    /// Whether something in `replace_triggered_by` changes.
    fn is_triggered(&mut self, one: One<'_>) -> bool {
        for trigger in &one.def.lifecycle.replace_triggered_by {
            let key = match trigger.key {
                None => None,
                Some(key) => {
                    let mut diags = std::mem::take(&mut self.diags);
                    let value = self.evaluation().expr(one.place(), key, &mut diags);
                    self.diags = diags;
                    match InstanceKey::from_value(&value) {
                        Some(key) => Some(key),
                        None => continue,
                    }
                }
            };
            let Some(instances) = self.values.resource(one.path, trigger.resource, one.module) else { continue };
            let places: Vec<usize> = match &key {
                Some(key) => instances.change(key).into_iter().collect(),
                None => instances.changes().collect(),
            };
            if places.into_iter().any(|place| triggers(&self.changes[place], &trigger.path)) {
                return true;
            }
        }
        false
    }

    /// A key for an object that makes room: the same on every planning of the same state.
    fn deposed_key(&self, addr: &InstanceAddr) -> DeposedKey {
        let text = format!("{} {} {addr}", self.input.prior.lineage, self.input.prior.seq);
        let mut number =
            text.bytes().fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
        let taken = self.input.prior.instances.get(addr).map(|instance| &instance.deposed);
        while taken.is_some_and(|taken| taken.contains_key(&DeposedKey::new(number))) {
            number = number.wrapping_add(1);
        }
        DeposedKey::new(number)
    }
}

/// Says why an object is updated whose arguments are all as they should be.
fn unfinished(owed: String) -> Problem {
    let detail = format!("An earlier change was interrupted, and this is still due: {owed}. It will be done now.");
    Problem { path: Path::root(), summary: "Interrupted change goes on".to_owned(), detail }
}

/// Says what has to be done for an object to become one of another type.
fn becoming(owed: String) -> Problem {
    let detail = format!("A `moved` block gives the object another type, and for that this is due: {owed}.");
    Problem { path: Path::root(), summary: "Object becomes one of another type".to_owned(), detail }
}

/// What an object of a type should become, by schema and type.
pub(super) fn plan_object(ty: &dyn AnyResource, prior: Option<&Object>, config: &Object) -> Planned {
    let proposed = propose(ty.schema(), prior, config);
    let mut planned = ty.plan(prior, proposed);
    planned.object = super::propose::mark(ty.schema().root(), planned.object);
    planned
}

/// The configuration with what `ignore_changes` names as it was.
fn with_ignored(lifecycle: &LifecycleDef, schema: &Schema, config: &Object, prior: Option<&Object>) -> Object {
    match prior {
        Some(prior) if lifecycle.ignore_all_changes => ignore::ignore_all(schema.root(), config, prior),
        Some(prior) if !lifecycle.ignore_changes.is_empty() => {
            ignore::ignore(config, prior, lifecycle.ignore_changes.iter().map(|(path, _)| path))
        }
        _ => config.clone(),
    }
}

/// Plans an instance again with the values that there are now: what applying does before it calls. `prior` is what the
/// call changes; `before` what there was when planning, and what was going to happen to it, at which address.
pub(crate) fn replan(
    evaluation: &Evaluation<'_>,
    place: Place<'_>,
    def: &ResourceDef,
    ty: &dyn AnyResource,
    prior: Option<&Object>,
    before: Option<(&Object, Action, &InstanceAddr)>,
    diags: &mut Diagnostics,
) -> Option<Object> {
    let errors = |diags: &Diagnostics| diags.iter().filter(|d| d.severity == Severity::Error).count();
    let known = errors(diags);
    let decoded = evaluation.decode(place, def.body, ty.schema(), def.span, diags);
    let Value::Object(config) = decoded else { return None };
    if errors(diags) > known {
        return None;
    }
    let config = with_ignored(&def.lifecycle, ty.schema(), &config, prior);
    let object = plan_object(ty, prior, &config).object;
    Some(match before {
        Some((before, action, addr)) if action.is_replace() => {
            let whose = whose(evaluation.input, addr);
            ty.succeed(before, object, action == Action::CreateThenDelete, &whose).object
        }
        _ => object,
    })
}

/// Names an instance and the state that it is in, as no other's is named anywhere.
fn whose(input: &Input, addr: &InstanceAddr) -> String {
    format!("{} {addr}", input.prior.lineage)
}

/// Whether two objects would be at one place, so that they cannot be there beside each other.
pub(super) fn is_same_place(prior: &Object, planned: &Object) -> bool {
    prior.str("id").is_some_and(|id| planned.str("id") == Some(id))
}

/// Whether nothing in an object is unknown.
pub(super) fn is_wholly_known(object: &Object) -> bool {
    object.values().iter().all(Value::is_wholly_known)
}

/// Whether a change of a referent is one that its dependants asked to be replaced for.
fn triggers(change: &Change, path: &Path) -> bool {
    if change.action == Action::NoOp || path.steps().is_empty() {
        return change.action != Action::NoOp;
    }
    if change.action.is_replace() {
        return true;
    }
    let part =
        |object: &Option<Arc<Object>>| object.as_ref().and_then(|object| Value::Object(Arc::clone(object)).at(path));
    match (part(&change.prior), part(&change.planned)) {
        (Some(prior), Some(planned)) => !equal_unmarked(&prior, &planned),
        (None, None) => false,
        _ => true,
    }
}

/// Each attribute that only the vendor can tell says whose it is, so that it can be recognised where it is used.
fn with_origins(planned: Object, addr: &InstanceAddr) -> Object {
    let instance: Str = addr.to_string().into();
    let values = planned.iter().map(|(name, value)| match value {
        Value::Unknown(unknown) if unknown.origin().is_none() => {
            let origin = Origin { instance: Str::clone(&instance), path: Path::of(Str::clone(name)) };
            let unknown = Unknown::new(unknown.ty()).refined(unknown.refinement().clone()).from_origin(origin);
            Value::Unknown(Arc::new(unknown))
        }
        value => value.clone(),
    });
    let values = values.collect();
    Object::with_shape(Arc::clone(planned.shape()), values)
}
