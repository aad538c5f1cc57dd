//! Planning the instances of a resource block.

use std::sync::Arc;

use super::Action;
use super::Deferred;
use super::Mode;
use super::PathId;
use super::Planner;
use super::Secrets;
use super::evaluate::Evaluation;
use super::evaluate::Place;
use super::objects::EntryId;
use super::objects::Seen;
use super::planner::Unconfigured;
use super::planner::Visit;
use super::scope::Touched;
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
use crate::eval::ResourceDef;
use crate::graph::NodeId;
use crate::provider::Problem;
use crate::schema::Schema;
use crate::state::ObjectKey;
use crate::value::Object;
use crate::value::Str;
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
        if self.input.options.mode != Mode::Destroy && !self.is_supported(path, slot) {
            self.report_unsupported(path, slot);
            return Visit::Done;
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
            self.find_width(node, path, module, def);
            let Some(expansion) = self.expand(node, Place::module(path, module), def) else {
                instances.push(Instances::failed());
                continue;
            };
            self.move_between_repetitions(def, &module_addr, &expansion);
            let (repeat, repetitions) = repetitions(&expansion);
            if let Some(provider) = self.nodes.provider(path, slot).filter(|_| !repetitions.is_empty()) {
                self.use_provider(provider);
            }
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
    fn expand(&mut self, node: NodeId, place: Place<'_>, def: &ResourceDef) -> Option<Expansion> {
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
        expansion
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

    /// Reports what a type has to say of an object of the configuration, whose secrets it may quote.
    pub(super) fn report_problems(&mut self, one: One<'_>, about: &Object, problems: Vec<Problem>, warn: bool) {
        if problems.is_empty() {
            return;
        }
        let secrets = Secrets::of([about]);
        for problem in problems {
            let problem = Problem { detail: secrets.hide(problem.detail), ..problem };
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
        let ty = self.input.registry.resource(&one.def.ty).expect("an instance of an unknown type is not planned");
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
        self.report_problems(one, &config, problems, false);
        let place = one.place();
        let holds = self.check_rules(one, place, &one.def.lifecycle.preconditions, PRECONDITION);
        if is_wrong || !holds {
            return Some((Value::failed(schema.ty()), None));
        }
        if repeat == Repeat::Unknown {
            return Some((Value::unknown(schema.ty()), None));
        }
        if self.request_import(one, &config) {
            return None;
        }
        match self.unimported.get(one.addr) {
            Some(Unconfigured::Failed) => return Some((Value::failed(schema.ty()), None)),
            Some(Unconfigured::Unknown) => return Some((Value::unknown(schema.ty()), None)),
            None => {}
        }
        let imported = self.imported.get(one.addr).cloned();
        let is_new = entry.is_none_or(|id| self.objects.get(id).now.is_none()) && imported.is_none();
        if is_new && ty.adopts() && self.input.options.refresh && self.look_at_place(one, &*ty, &config) {
            return None;
        }
        let (change, warnings) = self.decide(one, &*ty, &config, entry, imported);
        let is_changed_outside = entry.is_some_and(|id| self.objects.get(id).seen == Seen::Otherwise);
        self.has_mended |= change.action == Action::Update && is_changed_outside;
        self.report_problems(one, &config, warnings, true);
        let value = change.planned.as_ref().map_or_else(|| Value::unknown(schema.ty()), object);
        if self.input.options.mode == Mode::RefreshOnly {
            let now = entry.and_then(|id| self.objects.get(id).now.as_ref().map(object));
            return Some((now.unwrap_or_else(|| Value::unknown(schema.ty())), None));
        }
        if let (Action::Update, Some(prior), Some(planned)) = (change.action, &change.prior, &change.planned) {
            self.report_problems(one, planned, ty.refuses(prior, planned), false);
        }
        if one.def.lifecycle.prevent_destroy && change.action.destroys() {
            self.diags.push(cannot_be_destroyed(one.addr, one.def.span));
        }
        self.check_rules(one, place.with_self(&value), &one.def.lifecycle.postconditions, POSTCONDITION);
        self.decided.insert(one.addr.clone(), self.changes.len());
        self.changes.push(change);
        Some((value, Some(self.changes.len() - 1)))
    }

    /// The stored object of an instance, marked as configured.
    fn entry_of(&mut self, one: One<'_>) -> Option<EntryId> {
        let entry = self.objects.current(one.addr)?;
        self.objects.get_mut(entry).is_claimed = true;
        self.follow_where_known(entry, one.node);
        Some(entry)
    }

    /// Whether none of some rules fails; where that cannot be told yet, applying checks them again.
    pub(super) fn check_rules(
        &mut self,
        one: One<'_>,
        place: Place<'_>,
        rules: &[crate::eval::RuleDef],
        summary: &'static str,
    ) -> bool {
        let mut diags = std::mem::take(&mut self.diags);
        let holds = self.evaluation().all_hold(place, rules, summary, &mut diags);
        self.diags = diags;
        if holds.is_none() {
            self.open_rules.insert(one.node);
        }
        holds != Some(false)
    }
}

/// The summary of a precondition that does not hold.
pub(crate) const PRECONDITION: &str = "Resource precondition failed";
/// The summary of a postcondition that does not hold.
pub(crate) const POSTCONDITION: &str = "Resource postcondition failed";

pub(super) fn cannot_be_destroyed(addr: &InstanceAddr, span: Span) -> Diagnostic {
    let detail = format!(
        "Resource {addr} has lifecycle.prevent_destroy set, but the plan calls for this resource to be destroyed. To \
         avoid this error and continue with the plan, either disable lifecycle.prevent_destroy or reduce the scope of \
         the plan using the -target option."
    );
    Diagnostic::error("Instance cannot be destroyed", detail).at(span).address(addr.to_string())
}
