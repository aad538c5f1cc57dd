//! Planning the instances of a resource block.

use std::sync::Arc;

use super::Action;
use super::Change;
use super::Deferred;
use super::Drift;
use super::Mode;
use super::PathId;
use super::Planner;
use super::action::Wishes;
use super::action::action;
use super::action::replace_paths;
use super::evaluate::Evaluation;
use super::evaluate::Place;
use super::ignore;
use super::objects::EntryId;
use super::planner::Visit;
use super::propose::equal_objects;
use super::propose::equal_unmarked;
use super::propose::propose;
use super::scope::Touched;
use super::settle::settle;
use super::values::Instances;
use super::values::Repeat;
use super::values::Repetition;
use super::values::object;
use super::values::repetitions;
use crate::addr;
use crate::addr::InstanceAddr;
use crate::addr::InstanceKey;
use crate::addr::ModuleInstance;
use crate::diag::Diagnostic;
use crate::diag::Diagnostics;
use crate::diag::Severity;
use crate::diag::Span;
use crate::eval::Expansion;
use crate::eval::LifecycleDef;
use crate::eval::ResourceDef;
use crate::graph::NodeId;
use crate::provider::AnyResource;
use crate::provider::Planned;
use crate::provider::Problem;
use crate::provider::ProviderError;
use crate::provider::Read;
use crate::schema::Schema;
use crate::state::DeposedKey;
use crate::state::ObjectKey;
use crate::value::Object;
use crate::value::Origin;
use crate::value::Path;
use crate::value::Str;
use crate::value::Type;
use crate::value::Unknown;
use crate::value::Value;

/// One instance being planned.
#[derive(Clone, Copy)]
pub(super) struct One<'a> {
    pub(super) node: NodeId,
    pub(super) path: PathId,
    pub(super) def: &'a ResourceDef,
    /// The module instance.
    pub(super) module: u32,
    pub(super) addr: &'a InstanceAddr,
    pub(super) repetition: &'a Repetition,
}

impl<'a> One<'a> {
    pub(super) fn place(self) -> Place<'a> {
        Place { path: self.path, instance: self.module, repetition: self.repetition, this: None, touched: None }
    }

    /// `resource "acme_vm" "web"`, as diagnostics say.
    pub(super) fn context(self) -> String {
        context(self.def)
    }
}

/// `resource "acme_vm" "web"`
pub(super) fn context(def: &ResourceDef) -> String {
    let keyword = match def.mode {
        addr::Mode::Managed => "resource",
        addr::Mode::Data => "data",
    };
    format!("{keyword} \"{}\" \"{}\"", def.ty, def.name)
}

impl Planner<'_> {
    pub(super) fn evaluation(&self) -> Evaluation<'_> {
        let templates = &self.templates;
        Evaluation { input: self.input, tree: &self.tree, values: &self.values, templates, is_applying: false }
    }

    pub(super) fn visit_resource(&mut self, node: NodeId, path: PathId, slot: u32) -> Visit {
        let def = &self.module(path).resources[slot as usize];
        for provisioner in &def.provisioners {
            let detail = format!(
                "The {} provisioner would have to run, and infra does not run provisioners yet. For what is done on a                  host there are the host_* resources, which are planned, checked and undone.",
                provisioner.kind
            );
            let diagnostic = Diagnostic::error("Provisioners are not supported", detail);
            self.diags.push(diagnostic.at(provisioner.span).within(context(def)));
        }
        self.check_ignored(def);
        let mut instances = Vec::new();
        let mut is_parked = false;
        for module in 0..u32::try_from(self.values.path(path).instances.len()).expect("32 bits") {
            let module_addr = self.values.path(path).instances[module as usize].addr.clone();
            if self.input.options.mode == Mode::Destroy {
                instances.push(self.stored_instances(def, &module_addr));
                continue;
            }
            let expansion = self.expand(node, Place::module(path, module), def);
            self.move_between_repetitions(def, &module_addr, &expansion);
            let (repeat, repetitions) = repetitions(&expansion);
            let mut list = Vec::with_capacity(repetitions.len());
            for repetition in &repetitions {
                let addr = InstanceAddr {
                    module: module_addr.clone(),
                    mode: def.mode,
                    ty: Str::clone(&def.ty),
                    name: Str::clone(&def.name),
                    key: repetition.key(),
                };
                let one = One { node, path, def, module, addr: &addr, repetition };
                let before = self.diags.len();
                let planned = match def.mode {
                    addr::Mode::Managed => self.plan_managed(one, repeat),
                    addr::Mode::Data => self.plan_data(one, repeat),
                };
                self.blame(one, before);
                match planned {
                    Some((value, change)) => list.push((addr.key, value, change)),
                    None => is_parked = true,
                }
            }
            instances.push(Instances::new(repeat, list));
        }
        if is_parked {
            return Visit::Parked;
        }
        self.values.store_resource(path, slot, instances);
        Visit::Done
    }

    /// Reports what `ignore_changes` names and the type does not have.
    fn check_ignored(&mut self, def: &ResourceDef) {
        let Some(ty) = self.input.registry.resource(&def.ty) else { return };
        for (path, span) in &def.lifecycle.ignore_changes {
            let Some(crate::value::Step::Attr(name)) = path.steps().first() else { continue };
            if ty.schema().shape().index(name).is_none() {
                let known = ty.schema().shape().names().iter().map(|name| &**name);
                let hint = crate::diag::did_you_mean(name, known);
                let detail =
                    format!("This object has no argument, nested block, or exported attribute named \"{name}\".{hint}");
                self.diags.push(Diagnostic::error("Unsupported attribute", detail).at(*span).within(context(def)));
            }
        }
    }

    /// Says of the problems found since which block and instance they concern.
    pub(super) fn blame(&mut self, one: One<'_>, before: usize) {
        if self.diags.len() == before {
            return;
        }
        for diagnostic in self.diags.iter_mut().skip(before) {
            if diagnostic.context.is_none() {
                diagnostic.context = Some(one.context());
            }
            if diagnostic.address.is_none() {
                diagnostic.address = Some(one.addr.to_string());
            }
        }
    }

    /// How often a resource is repeated; where that cannot be known yet, and may wait, it is deferred.
    fn expand(&mut self, node: NodeId, place: Place<'_>, def: &ResourceDef) -> Expansion {
        let mut found = Diagnostics::new();
        let deferral = self.input.options.deferral;
        let touched = Touched::default();
        let looking = Place { touched: Some(&touched), ..place };
        let expansion = self.evaluation().expansion(looking, def.count, def.for_each, deferral, &mut found);
        let whole = touched.into_inner().into_iter().map(|(slot, _)| slot);
        self.expanded_by.entry(node).or_default().extend(whole);
        self.counters.evaluations += 1;
        for mut diagnostic in found {
            diagnostic.context.get_or_insert_with(|| context(def));
            self.diags.push(diagnostic);
        }
        if expansion == Some(Expansion::Unknown) {
            let address = self.describe(node);
            let reason = "how many there are depends on something that is not made yet".to_owned();
            self.deferred.push(Deferred { address, reason });
        }
        // Where it is wrong nothing can be said of the instances, nor of the objects there are.
        expansion.unwrap_or(Expansion::Unknown)
    }

    /// The objects of a resource as they are stored: for when everything goes.
    fn stored_instances(&mut self, def: &ResourceDef, module: &ModuleInstance) -> Instances {
        let range = self.objects.of_resource(module, def.mode, &def.ty, &def.name);
        let mut repeat = Repeat::Single;
        let mut list = Vec::new();
        for id in range {
            let entry = self.objects.get(id);
            let Some(now) = entry.now.as_ref().filter(|_| entry.key == ObjectKey::Current) else { continue };
            repeat = match entry.addr.key {
                InstanceKey::None => Repeat::Single,
                InstanceKey::Int(_) => Repeat::Count,
                InstanceKey::Str(_) => Repeat::Each,
            };
            list.push((entry.addr.key.clone(), object(now), None));
        }
        Instances::new(repeat, list)
    }

    /// A resource that gains or loses `count` keeps its first object: `a` becomes `a[0]` and the other way round.
    fn move_between_repetitions(&mut self, def: &ResourceDef, module: &ModuleInstance, expansion: &Expansion) {
        let (from, to) = match expansion {
            Expansion::Single => (InstanceKey::Int(0), InstanceKey::None),
            Expansion::Count(count) if *count > 0 => (InstanceKey::None, InstanceKey::Int(0)),
            Expansion::Count(_) | Expansion::ForEach(_) | Expansion::Unknown => return,
        };
        let range = self.objects.of_resource(module, def.mode, &def.ty, &def.name);
        let has = |key: &InstanceKey| range.clone().any(|id| self.objects.get(id).addr.key == *key);
        if !has(&from) || has(&to) {
            return;
        }
        let is_it = |addr: &InstanceAddr| {
            addr.module == *module
                && addr.mode == def.mode
                && addr.ty == def.ty
                && addr.name == def.name
                && addr.key == from
        };
        self.objects.rename_within(range, |entry| is_it(&entry.addr).then(|| entry.addr.with_key(to.clone())));
    }

    /// The decoded configuration of an instance; `None` when it is wrong, which has been reported.
    pub(super) fn decode(&mut self, one: One<'_>, schema: &Schema) -> Option<Arc<Object>> {
        self.counters.evaluations += 1;
        let mut diags = std::mem::take(&mut self.diags);
        let before = diags.len();
        let touched = Touched::default();
        let place = Place { touched: Some(&touched), ..one.place() };
        let decoded = self.evaluation().decode(place, one.def.body, schema, one.def.span, &mut diags);
        self.touched = touched.into_inner();
        let failed = diags.iter().skip(before).any(|diagnostic| diagnostic.severity == Severity::Error);
        self.diags = diags;
        match decoded {
            Value::Object(object) if !failed => Some(object),
            _ => None,
        }
    }

    pub(super) fn report_problems(&mut self, one: One<'_>, problems: Vec<Problem>, warn: bool) {
        for problem in problems {
            let span = crate::eval::span_of(self.module(one.path), one.def.body, &problem.path).unwrap_or(one.def.span);
            let diagnostic = match warn {
                true => Diagnostic::warning(problem.summary, problem.detail),
                false => Diagnostic::error(problem.summary, problem.detail),
            };
            self.diags.push(diagnostic.at(span));
        }
    }

    /// The value of an instance and the place of its change; `None` when its place is being read.
    fn plan_managed(&mut self, one: One<'_>, repeat: Repeat) -> Option<(Value, Option<usize>)> {
        let Some(ty) = self.input.registry.resource(&one.def.ty) else {
            self.report_unknown_type(one);
            return Some((Value::failed(Type::DYNAMIC), None));
        };
        let schema = ty.schema();
        let entry = self.entry_of(one);
        if !self.selection.selects(one.addr) {
            let value = entry.and_then(|id| self.objects.get(id).now.as_ref().map(object));
            return Some((value.unwrap_or_else(|| Value::unknown(schema.ty())), None));
        }
        // A node that was parked is visited again: what was decided before stays decided.
        if let Some(at) = self.decided.get(one.addr).copied() {
            let planned = self.changes[at].planned.as_ref();
            return Some((planned.map_or_else(|| Value::unknown(schema.ty()), object), Some(at)));
        }
        let Some(config) = self.decode(one, schema) else {
            return Some((Value::failed(schema.ty()), None));
        };
        let problems = ty.validate(&config);
        let is_wrong = !problems.is_empty();
        self.report_problems(one, problems, false);
        let place = one.place();
        let holds = self.check_rules(place, &one.def.lifecycle.preconditions, "Resource precondition failed");
        if is_wrong || !holds {
            return Some((Value::failed(schema.ty()), None));
        }
        if repeat == Repeat::Unknown {
            return Some((Value::unknown(schema.ty()), None));
        }
        if self.unimported.contains(one.addr) {
            return Some((Value::failed(schema.ty()), None));
        }
        let imported = self.imported.get(one.addr).cloned();
        let is_new = entry.is_none_or(|id| self.objects.get(id).now.is_none()) && imported.is_none();
        if is_new && ty.adopts() && self.input.options.refresh && self.look_at_place(one, &*ty, &config) {
            return None;
        }
        let (change, warnings) = self.decide(one, &*ty, &config, entry, imported);
        self.report_problems(one, warnings, true);
        let value = change.planned.as_ref().map_or_else(|| Value::unknown(schema.ty()), object);
        if self.input.options.mode == Mode::RefreshOnly {
            let now = entry.and_then(|id| self.objects.get(id).now.as_ref().map(object));
            return Some((now.unwrap_or_else(|| Value::unknown(schema.ty())), None));
        }
        if one.def.lifecycle.prevent_destroy && change.action.destroys() {
            self.diags.push(cannot_be_destroyed(one.addr, one.def.span));
        }
        self.check_rules(place.with_self(&value), &one.def.lifecycle.postconditions, "Resource postcondition failed");
        self.decided.insert(one.addr.clone(), self.changes.len());
        self.changes.push(change);
        Some((value, Some(self.changes.len() - 1)))
    }

    /// Asks what stands where a new object shall be; whether the answer is awaited.
    fn look_at_place(&mut self, one: One<'_>, ty: &dyn AnyResource, config: &Object) -> bool {
        if self.places.contains_key(one.addr) {
            return false;
        }
        let proposed = plan_object(ty, None, config).object;
        let provider = self.nodes.provider(one.path, self.slot_of(one));
        let provider = provider.filter(|provider| !self.unconfigured.contains_key(provider));
        let (Some(key), Some(provider)) = (ty.read_key(&proposed), provider) else { return false };
        self.request_place(one.node, provider, key, &proposed, one.addr.clone());
        true
    }

    /// Takes in what stands where a new object shall be.
    pub(super) fn take_place(&mut self, node: NodeId, addr: InstanceAddr, read: Result<Read, ProviderError>) {
        self.counters.reads += 1;
        let found = match read {
            Ok(Read::Present(object) | Read::Noted(object, _)) => {
                let ty = self.input.registry.resource(&addr.ty).expect("only known types are read");
                Some(Arc::new(settle(ty.schema(), &ty.schema().empty(), &object)))
            }
            // A place that cannot be seen yet is planned as empty; applying refuses to overwrite.
            Ok(Read::Absent | Read::Stale(_)) => None,
            Err(error) => {
                self.report_instance(node, &addr, &error);
                None
            }
        };
        self.places.insert(addr, found);
    }

    /// The stored object of an instance, marked as configured.
    fn entry_of(&mut self, one: One<'_>) -> Option<EntryId> {
        let entry = self.objects.current(one.addr)?;
        self.objects.get_mut(entry).is_claimed = true;
        Some(entry)
    }

    /// Chooses what happens to an instance.
    fn decide(
        &mut self,
        one: One<'_>,
        ty: &dyn AnyResource,
        config: &Object,
        entry: Option<EntryId>,
        imported: Option<(Str, Option<Arc<Object>>)>,
    ) -> (Change, Vec<Problem>) {
        let schema = ty.schema();
        let stored = entry.map(|id| self.objects.get(id));
        let (importing, taken) = match imported {
            Some((id, object)) if stored.is_none() => (Some(id), object),
            _ => (None, None),
        };
        let place = self.places.get(one.addr).cloned().flatten();
        let prior = stored.and_then(|entry| entry.now.clone()).or(taken).or_else(|| place.clone());
        let previous_addr = stored.and_then(|entry| entry.previous.clone());
        let is_tainted = stored.is_some_and(|entry| entry.stored.tainted);
        let prior_version = stored.map_or(0, |entry| entry.stored.version);
        let private = stored.map_or(serde_json::Value::Null, |entry| entry.private.clone());
        let trigger = prior.is_some() && self.is_triggered(one);
        let config = with_ignored(&one.def.lifecycle, schema, config, prior.as_deref());
        let owed = prior.as_ref().and_then(|_| ty.owed(&private));
        let wishes = Wishes {
            owed: owed.is_some(),
            tainted: is_tainted,
            replace: self.input.options.replace.contains(one.addr),
            triggered: trigger,
            create_first: self.create_first[one.node as usize],
        };
        let Planned { object: planned, replace, mut warnings } = plan_object(ty, prior.as_deref(), &config);
        let (action, reason, paths, planned) = match prior.as_deref() {
            None => (Action::Create, None, Vec::new(), planned),
            Some(before) => {
                let paths = replace_paths(schema, before, &planned, replace);
                let (action, reason) = action(before, &planned, &paths, wishes);
                if action.is_replace() {
                    let anew = plan_object(ty, None, &config);
                    warnings.extend(anew.warnings);
                    (action, reason, paths, anew.object)
                } else {
                    (action, reason, paths, planned)
                }
            }
        };
        let planned = match (action, &prior) {
            (Action::NoOp, Some(prior)) if **prior == planned => Arc::clone(prior),
            (Action::Create | Action::DeleteThenCreate | Action::CreateThenDelete, _) => {
                Arc::new(with_origins(planned, one.addr))
            }
            _ => Arc::new(planned),
        };
        warnings.extend(owed.filter(|_| action == Action::Update).map(unfinished));
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
            prior_version,
            deposes,
            dependencies: self.dependencies_of(one.node),
            create_before_destroy: self.create_first[one.node as usize],
            private,
            place: Some((one.node, one.module)),
            provider_node: self.nodes.provider(one.path, self.slot_of(one)),
            is_settled: is_wholly_known(&config),
            touched: std::mem::take(&mut self.touched),
        };
        (change, warnings)
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

    pub(super) fn check_rules(
        &mut self,
        place: Place<'_>,
        rules: &[crate::eval::RuleDef],
        summary: &'static str,
    ) -> bool {
        let mut holds = true;
        for rule in rules {
            let mut diags = std::mem::take(&mut self.diags);
            holds &= self.evaluation().holds(place, rule, summary, &mut diags);
            self.diags = diags;
        }
        holds
    }

    /// Takes in what reading an object found.
    pub(super) fn take_read(&mut self, id: EntryId, read: Result<Read, ProviderError>) {
        self.counters.reads += 1;
        let entry = self.objects.get_mut(id);
        let ty = self.input.registry.resource(&entry.addr.ty).expect("only objects of known types are read");
        let (found, stale) = match read {
            Ok(Read::Present(object)) => (Some(object), None),
            Ok(Read::Noted(object, private)) => {
                entry.private = private;
                (Some(object), None)
            }
            Ok(Read::Absent) => (None, None),
            Ok(Read::Stale(why)) => (Some((*entry.before).clone()), Some(why)),
            Err(error) => {
                let diagnostic = super::problem::read_failed(&entry.addr, &error);
                self.diags.push(diagnostic);
                return;
            }
        };
        let found = found.map(|object| settle(ty.schema(), &entry.before, &object));
        if let Some(why) = &stale {
            let detail = format!("{}: {why}. The plan is made with what was last known of it.", entry.addr);
            self.diags.push(Diagnostic::warning("Object could not be read", detail).address(entry.addr.to_string()));
        }
        let is_same = found.as_ref().is_some_and(|now| equal_objects(&entry.before, now));
        if !is_same {
            entry.now = found.map(Arc::new);
        }
        entry.stale.clone_from(&stale);
        let is_ours = |name: &Str| ty.schema().root().attributes().get(name).is_none_or(|a| a.is_settable());
        let is_only_computed = entry.now.as_ref().is_some_and(|now| {
            let mut pairs = now.iter().filter(|(name, _)| is_ours(name));
            pairs.all(|(name, value)| entry.before.get(name).is_some_and(|before| equal_unmarked(before, value)))
        });
        if !is_same && is_only_computed && entry.key == ObjectKey::Current && stale.is_none() {
            // A counter, a status: nobody's doing, so it is only recorded.
            let known = self.input.prior.current(entry.previous.as_ref().unwrap_or(&entry.addr));
            if let (Some(known), Some(now)) = (known, &entry.now) {
                let stored = crate::state::Object { attributes: Arc::clone(now), ..known.clone() };
                self.adoptions.push((entry.addr.clone(), stored));
            }
        } else if !is_same || stale.is_some() {
            self.drift.push(Drift {
                addr: entry.addr.clone(),
                object: entry.key.clone(),
                before: Arc::clone(&entry.before),
                after: entry.now.clone(),
                stale,
            });
        }
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

/// What an object of a type should become, by schema and type.
fn plan_object(ty: &dyn AnyResource, prior: Option<&Object>, config: &Object) -> Planned {
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
/// call changes, `before` what there was when planning.
pub(crate) fn replan(
    evaluation: &Evaluation<'_>,
    place: Place<'_>,
    def: &ResourceDef,
    ty: &dyn AnyResource,
    prior: Option<&Object>,
    before: Option<&Object>,
    diags: &mut Diagnostics,
) -> Option<Object> {
    let errors = |diags: &Diagnostics| diags.iter().filter(|d| d.severity == Severity::Error).count();
    let known = errors(diags);
    let decoded = evaluation.decode(place, def.body, ty.schema(), def.span, diags);
    let Value::Object(config) = decoded else { return None };
    if errors(diags) > known {
        return None;
    }
    let config = with_ignored(&def.lifecycle, ty.schema(), &config, before);
    Some(plan_object(ty, prior, &config).object)
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

pub(super) fn cannot_be_destroyed(addr: &InstanceAddr, span: Span) -> Diagnostic {
    let detail = format!(
        "Resource {addr} has lifecycle.prevent_destroy set, but the plan calls for this resource to be destroyed. To \
         avoid this error and continue with the plan, either disable lifecycle.prevent_destroy or reduce the scope of \
         the plan using the -target option."
    );
    Diagnostic::error("Instance cannot be destroyed", detail).at(span)
}
