//! `import` blocks: objects that are there already and become ours.

use std::sync::Arc;

use super::Deferred;
use super::Mode;
use super::Node;
use super::NodeKind;
use super::PathId;
use super::Planner;
use super::Tree;
use super::evaluate::Place;
use super::planner::Unconfigured;
use super::request::Pending;
use super::request::Request;
use super::resource::One;
use super::resource::context;
use super::settle::settle;
use super::values::Repeat;
use super::values::Repetition;
use super::values::repetitions;
use crate::addr::InstanceAddr;
use crate::addr::InstanceKey;
use crate::addr::ModuleInstance;
use crate::diag::Diagnostic;
use crate::diag::Diagnostics;
use crate::diag::Span;
use crate::eval::ExprId;
use crate::eval::ImportDef;
use crate::eval::ImportTarget;
use crate::graph::NodeId;
use crate::provider::ProviderError;
use crate::schema::Readability;
use crate::schema::Schema;
use crate::value::Marks;
use crate::value::Object;
use crate::value::Str;
use crate::value::Type;
use crate::value::Value;

impl Planner<'_> {
    pub(super) fn visit_import(&mut self, node: NodeId, slot: u32) {
        let def = &self.module(Tree::ROOT).imports[slot as usize];
        let Some(to) = &def.to else { return };
        if self.input.options.mode == Mode::Destroy || !self.visited_imports.insert(slot) {
            return;
        }
        let expansion = {
            let mut diags = std::mem::take(&mut self.diags);
            let place = Place::module(Tree::ROOT, 0);
            let found = self.evaluation().expansion(place, None, def.for_each, false, &mut diags);
            self.diags = diags;
            found
        };
        let Some(expansion) = expansion else { return };
        let (_, all) = repetitions(&expansion);
        for repetition in &all {
            self.note_import(node, def, to, repetition);
        }
    }

    /// Notes which objects the user wants to take over into a resource.
    pub(super) fn note_wanted(&mut self, node: NodeId, path: PathId, slot: u32) {
        if self.input.options.imports.is_empty() || !self.is_supported(path, slot) {
            return;
        }
        for (addr, id) in &self.input.options.imports {
            let is_answered = self.imported.contains_key(addr) || self.unimported.contains_key(addr);
            if self.locate(addr) == Some((path, slot)) && !is_answered {
                self.to_import.entry(addr.clone()).or_insert_with(|| (Str::clone(id), node));
            }
        }
    }

    /// Asks for the object that shall be taken over into an instance, now that it is known what is configured for that; whether
    /// the answer is awaited.
    pub(super) fn request_import(&mut self, one: One<'_>, config: &Arc<Object>) -> bool {
        let Some((id, by)) = self.to_import.remove(one.addr) else { return false };
        let Some(provider) = self.nodes.provider(one.path, self.slot_of(one)) else { return false };
        if let Some(why) = self.unconfigured.get(&provider).copied() {
            self.give_up_import(one.addr.clone(), provider, why);
            return false;
        }
        *self.parked.entry(one.node).or_default() += 1;
        let (ty, addr) = (Str::clone(&one.addr.ty), one.addr.clone());
        let pending = Pending::Import { node: one.node, by, addr: addr.clone(), id: Str::clone(&id) };
        self.request(Request::Import { provider, ty, id, addr, config: Arc::clone(config) }, pending);
        true
    }

    fn note_import(&mut self, node: NodeId, def: &ImportDef, to: &ImportTarget, repetition: &Repetition) {
        let place = Place { path: Tree::ROOT, instance: 0, repetition, this: None, touched: None };
        let Some(addr) = self.import_addr(place, to) else { return };
        let Some(id) = self.import_id(place, def) else {
            self.unimported.insert(addr, Unconfigured::Failed);
            return;
        };
        let Some((path, slot)) = self.locate(&addr) else {
            let detail = format!(
                "The configuration for the given import target {addr} does not exist. Write a `resource` block for it \
                 first: an import needs one to know what is wanted."
            );
            let diagnostic = Diagnostic::error(super::NO_IMPORT_TARGET, detail);
            self.diags.push(diagnostic.at(to.span).within("import").address(addr.to_string()));
            return;
        };
        // What is ours already is not imported again.
        let is_known = self.objects.current(&addr).is_some();
        let located = &self.module(path).resources[slot as usize];
        let repeated_by = located.count.map(|_| "count").or(located.for_each.map(|_| "for_each"));
        if let Some(argument) = repeated_by.filter(|_| addr.key == InstanceKey::None) {
            let detail = format!("The target resource is using {argument}. Name one of its instances, by its key.");
            let diagnostic = Diagnostic::error("Invalid import 'to' expression", detail).at(to.span).within("import");
            self.diags.push(diagnostic.address(addr.to_string()));
            return;
        }
        self.import_targets.push((addr.clone(), to.span));
        // A type that nobody has is reported where the resource is.
        if !is_known && self.is_supported(path, slot) {
            self.to_import.entry(addr).or_insert((id, node));
        }
    }

    /// Reports what is imported and the configuration makes no instance of.
    pub(super) fn check_imports(&mut self) {
        for (addr, span) in std::mem::take(&mut self.import_targets) {
            let Some((path, slot)) = self.locate(&addr) else { continue };
            let modules = &self.values.path(path).instances;
            let module = modules.iter().position(|module| module.addr == addr.module);
            let instances =
                module.map(|module| self.values.resource(path, slot, u32::try_from(module).expect("32 bits")));
            let is_missing = match instances {
                None => !modules.iter().any(|module| module.repetition.is_open()),
                Some(Some(instances)) => instances.repeat != Repeat::Unknown && instances.get(&addr.key).is_none(),
                Some(None) => false,
            };
            if is_missing {
                let detail = format!(
                    "The configuration for the given import {addr} does not exist. All target instances must have an \
                     associated configuration to be imported."
                );
                let diagnostic = Diagnostic::error(super::NO_IMPORT_TARGET, detail);
                self.diags.push(diagnostic.at(span).within("import").address(addr.to_string()));
            }
        }
    }

    fn import_addr(&mut self, place: Place<'_>, to: &ImportTarget) -> Option<InstanceAddr> {
        let mut steps = Vec::new();
        for (name, key) in &to.modules {
            steps.push((Str::clone(name), self.import_key(place, *key)?));
        }
        let key = self.import_key(place, to.key)?;
        let module = ModuleInstance::from_iter(steps);
        Some(InstanceAddr { module, mode: to.mode, ty: Str::clone(&to.ty), name: Str::clone(&to.name), key })
    }

    fn import_key(&mut self, place: Place<'_>, key: Option<ExprId>) -> Option<InstanceKey> {
        let Some(key) = key else { return Some(InstanceKey::None) };
        let value = self.evaluate(place, key);
        if value.marks().contains(Marks::FAILED) {
            return None;
        }
        let found = InstanceKey::from_value(&value);
        if found.is_none() {
            let span = self.module(Tree::ROOT).arena.span(key);
            let detail =
                "The key of an import's target has to be a string or a whole number that is known when planning.";
            self.diags.push(Diagnostic::error("Invalid import key", detail).at(span).within("import"));
        }
        found
    }

    fn import_id(&mut self, place: Place<'_>, def: &ImportDef) -> Option<Str> {
        let value = self.evaluate(place, def.id);
        if value.marks().contains(Marks::FAILED) {
            return None;
        }
        let span = self.module(Tree::ROOT).arena.span(def.id);
        let wrong = |detail: &str| Diagnostic::error("Invalid import id argument", detail).at(span).within("import");
        if self.input.options.validating && !value.is_known() {
            return None;
        }
        let problem = if !value.is_known() {
            "The import block \"id\" argument depends on resource attributes that cannot be determined until apply, so \
             infra cannot plan to import this resource."
        } else if value.is_null() {
            "The import ID cannot be null."
        } else if value.marks().contains(Marks::SENSITIVE) {
            "The import ID cannot be sensitive."
        } else {
            match crate::value::convert::convert(value.unmarked(), Type::STRING) {
                Ok(Value::String(id)) if !id.is_empty() => return Some(id),
                Ok(_) => "The import ID value evaluates to an empty string, please provide a non-empty value.",
                Err(_) => "The import ID value is unsuitable: a string is required.",
            }
        };
        self.diags.push(wrong(problem));
        None
    }

    pub(super) fn evaluate(&mut self, place: Place<'_>, id: ExprId) -> Value {
        let mut diags: Diagnostics = std::mem::take(&mut self.diags);
        let value = self.evaluation().expr(place, id, &mut diags);
        self.diags = diags;
        value
    }

    /// An object cannot be imported, as its provider has no client.
    pub(super) fn give_up_import(&mut self, addr: InstanceAddr, provider: NodeId, why: Unconfigured) {
        let waits = why == Unconfigured::Unknown;
        if waits && self.input.options.deferral {
            let address = addr.resource().to_string();
            let reason = "it is imported, and its provider's configuration depends on something that is not made yet";
            self.deferred.push(Deferred { address, reason: reason.to_owned() });
            self.unimported.insert(addr, Unconfigured::Unknown);
            return;
        }
        if waits {
            let detail = format!(
                "{addr} is to be imported, for which it has to be read now, and the configuration of {} depends on \
                 something that is not made yet. Apply that first, with -target, and import then.",
                self.describe(provider)
            );
            let mut diagnostic = Diagnostic::error("Import needs a configured provider", detail);
            if let Some(span) = self.span(provider) {
                diagnostic = diagnostic.at(span);
            }
            self.diags.push(diagnostic.address(addr.to_string()));
        }
        self.unimported.insert(addr, Unconfigured::Failed);
    }

    /// What is to blame for an import that fails, and the block around: the id that is written, or the resource's block where
    /// the id was given on the command line.
    fn import_place(&self, node: NodeId) -> (Span, String) {
        let Node { path, kind } = self.nodes.node(node);
        let module = self.module(path);
        match kind {
            NodeKind::Import(slot) => (module.arena.span(module.imports[slot as usize].id), "import".to_owned()),
            NodeKind::Resource(slot) => {
                let def = &module.resources[slot as usize];
                (def.span, context(def))
            }
            _ => panic!("only import blocks and resources ask for imports"),
        }
    }

    /// Takes in what importing found.
    pub(super) fn take_import(
        &mut self,
        node: NodeId,
        addr: InstanceAddr,
        id: Str,
        result: Result<Option<Object>, ProviderError>,
    ) {
        let (span, context) = self.import_place(node);
        let failed = |diagnostic: Diagnostic| diagnostic.at(span).within(context.as_str()).address(addr.to_string());
        match result {
            Ok(Some(object)) => {
                let ty = self.input.registry.resource(&addr.ty).expect("only known types are imported");
                let object = settle(ty.schema(), &unread(ty.schema()), &object);
                self.imported.insert(addr, (id, Some(Arc::new(object))));
            }
            Ok(None) => {
                let detail = format!(
                    "While attempting to import an existing object to \"{addr}\", the provider detected that no object \
                     exists with the given id \"{id}\". Only pre-existing objects can be imported; check that the id is \
                     correct and that it is associated with the provider's configured region or endpoint."
                );
                self.diags.push(failed(Diagnostic::error("Cannot import non-existent remote object", detail)));
                self.unimported.insert(addr, Unconfigured::Failed);
            }
            Err(error) => {
                self.diags.push(failed(super::problem::of_call(&error, &addr)));
                self.unimported.insert(addr, Unconfigured::Failed);
            }
        }
    }
}

/// All that is known of an object before it is read: what only we have is as if nobody had configured it.
pub(super) fn unread(schema: &Schema) -> Object {
    let ours = schema.root().attributes().iter().filter(|(_, it)| it.readability == Readability::Input);
    let defaults = ours.filter_map(|(name, it)| Some((Str::clone(name), it.default.clone()?)));
    schema.empty().with(defaults)
}
