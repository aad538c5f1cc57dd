//! Whether what expressions refer to exists, and may be referred to from there.
//!
//! Looks at names only. Attributes of resources need their schema and are checked by others.

use super::Config;
use super::declaration::CheckRule;
use super::declaration::Module;
use super::declaration::ProviderRef;
use super::declaration::Provisioner;
use super::declaration::Reference;
use super::declaration::Resource;
use super::passing::parent_name;
use super::reference::Ref;
use super::reference::RefKind;
use super::reference::each_body_reference;
use super::reference::each_reference;
use super::reference::parse_reference;
use super::traversal::StepKind;
use super::traversal::as_traversal;
use crate::addr::Mode;
use crate::diag::Diagnostic;
use crate::diag::Diagnostics;
use crate::diag::Sources;
use crate::diag::Span;
use crate::diag::did_you_mean;
use crate::syntax::Body;
use crate::syntax::Expr;
use crate::value::Str;

/// Checks every reference of every module.
pub(super) fn validate(config: &Config, sources: &Sources, diags: &mut Diagnostics) {
    for module in &config.modules {
        Checker { config, module, sources, diags, place: Place::default(), header: None }.module();
    }
}

/// What may be referred to besides what the module declares.
#[derive(Debug, Clone, Copy, Default)]
struct Place<'a> {
    each: bool,
    count: bool,
    itself: bool,
    /// The check whose own data source is visible.
    check: Option<&'a Str>,
    /// The local value being defined.
    local: Option<&'a Str>,
}

struct Checker<'a> {
    config: &'a Config,
    module: &'a Module,
    sources: &'a Sources,
    diags: &'a mut Diagnostics,
    place: Place<'a>,
    /// The block around, for messages.
    header: Option<Span>,
}

impl<'a> Checker<'a> {
    fn module(&mut self) {
        let module = self.module;
        for variable in module.variables.values() {
            self.at(variable.span, Place::default(), |checker| checker.rules(&variable.validations));
        }
        for (name, local) in &module.locals {
            let place = Place { local: Some(name), ..Place::default() };
            self.at(local.span, place, |checker| {
                checker.header = None;
                checker.expr(&local.value);
            });
        }
        for output in module.outputs.values() {
            self.at(output.span, Place::default(), |checker| {
                checker.expr(&output.value);
                checker.depends_on(&output.depends_on);
                checker.rules(&output.preconditions);
            });
        }
        for provider in &module.providers {
            self.at(provider.span, Place::default(), |checker| checker.body(&provider.body));
        }
        for resource in module.resources.values() {
            self.at(resource.span, Place::default(), |checker| checker.resource(resource));
        }
        for call in module.calls.values() {
            let inner = Place { each: call.for_each.is_some(), count: call.count.is_some(), ..Place::default() };
            self.at(call.span, Place::default(), |checker| {
                call.count.iter().chain(&call.for_each).for_each(|expr| checker.expr(expr));
                checker.depends_on(&call.depends_on);
                call.providers.iter().for_each(|(_, outer)| checker.provider(outer));
            });
            self.at(call.span, inner, |checker| call.arguments.values().for_each(|(expr, _)| checker.expr(expr)));
        }
        for import in &module.imports {
            let inner = Place { each: import.for_each.is_some(), ..Place::default() };
            self.at(import.span, Place::default(), |checker| {
                import.for_each.iter().for_each(|expr| checker.expr(expr));
                import.provider.iter().for_each(|provider| checker.provider(provider));
            });
            self.at(import.span, inner, |checker| {
                checker.expr(&import.id);
                checker.indices(&import.to);
            });
        }
        for (name, check) in &module.checks {
            let place = Place { check: Some(name), ..Place::default() };
            self.at(check.span, place, |checker| {
                check.data.iter().for_each(|data| checker.resource(data));
                checker.rules(&check.asserts);
            });
        }
    }

    /// Checks something in a block, where `place` says what is visible.
    fn at(&mut self, header: Span, place: Place<'a>, work: impl FnOnce(&mut Self)) {
        self.header = Some(header);
        self.place = place;
        work(self);
    }

    fn resource(&mut self, resource: &'a Resource) {
        let outer = self.place;
        resource.count.iter().chain(&resource.for_each).for_each(|expr| self.expr(expr));
        self.depends_on(&resource.depends_on);
        resource.provider.iter().for_each(|provider| self.provider(provider));
        self.place = Place { each: resource.for_each.is_some(), count: resource.count.is_some(), ..outer };
        self.body(&resource.body);
        let lifecycle = &resource.lifecycle;
        lifecycle.replace_triggered_by.iter().chain(&lifecycle.max_unavailable).for_each(|expr| self.expr(expr));
        self.rules(&lifecycle.preconditions);
        self.place.itself = true;
        self.rules(&lifecycle.postconditions);
        resource.connection.iter().for_each(|connection| self.body(connection));
        self.provisioners(&resource.provisioners);
        self.place = outer;
    }

    fn provisioners(&mut self, provisioners: &[Provisioner]) {
        for provisioner in provisioners {
            self.body(&provisioner.body);
            provisioner.connection.iter().for_each(|connection| self.body(connection));
        }
    }

    fn rules(&mut self, rules: &[CheckRule]) {
        for rule in rules {
            self.expr(&rule.condition);
            self.expr(&rule.error_message);
        }
    }

    fn expr(&mut self, expr: &Expr) {
        each_reference(expr, &[], &mut |found| self.found(found));
    }

    fn body(&mut self, body: &Body) {
        each_body_reference(body, &[], &mut |found| self.found(found));
    }

    /// The index expressions of an address; the address itself need not exist here.
    fn indices(&mut self, address: &Expr) {
        let mut inner = address;
        loop {
            inner = match &inner.kind {
                crate::syntax::ExprKind::GetAttr { of, .. } => of,
                crate::syntax::ExprKind::Index { of, key } => {
                    self.expr(key);
                    of
                }
                _ => return,
            };
        }
    }

    /// Only whole objects.
    fn depends_on(&mut self, references: &[Reference]) {
        for reference in references {
            let Some(traversal) = as_traversal(&reference.expr) else { continue };
            match parse_reference(traversal) {
                Err(diagnostic) => self.push(*diagnostic),
                Ok(found) => {
                    let attribute = found.rest.iter().position(|step| step.attr().is_some());
                    if let (Some(_), Some(last)) = (attribute, found.rest.last()) {
                        let detail = "References in depends_on must be to a whole object (resource, etc), not to an \
                                      attribute of an object.";
                        let at = found.rest[0].span.to(last.span);
                        self.push(Diagnostic::error("Invalid depends_on reference", detail).at(at));
                        continue;
                    }
                    match &found.kind {
                        RefKind::Resource { mode, ty, name } => {
                            self.declared(*mode, ty, name, &found);
                        }
                        RefKind::Var(_)
                        | RefKind::Local(_)
                        | RefKind::Module(_)
                        | RefKind::Each(_)
                        | RefKind::Count
                        | RefKind::SelfRef
                        | RefKind::Path(_)
                        | RefKind::Terraform(_) => self.found(Ok(found)),
                    }
                }
            }
        }
    }

    /// `provider = name.alias` must be configured here or come from the caller.
    fn provider(&mut self, provider: &ProviderRef) {
        let Some(alias) = &provider.alias else { return };
        let here = |known: &super::ProviderBlock| known.name == provider.name && known.alias.as_ref() == Some(alias);
        let requirement = self.module.settings.provider_requirements.get(&provider.name);
        let handed = requirement.is_some_and(|known| known.aliases.iter().any(|(known, _)| known == alias));
        if handed || self.module.providers.iter().any(here) {
            return;
        }
        let known = self.module.providers.iter().filter(|known| known.name == provider.name);
        let hint = did_you_mean(alias, known.filter_map(|known| known.alias.as_deref()));
        let name = &provider.name;
        let detail = format!(
            "There is no provider \"{name}\" block with the alias \"{alias}\" in {}.{hint}",
            parent_name(self.module)
        );
        self.push(Diagnostic::error("Provider configuration not present", detail).at(provider.span));
    }

    fn found(&mut self, found: Result<Ref, Box<Diagnostic>>) {
        let found = match found {
            Ok(found) => found,
            Err(diagnostic) => return self.push(*diagnostic),
        };
        match &found.kind {
            RefKind::Var(name) => self.variable(name, &found),
            RefKind::Local(name) => self.local(name, &found),
            RefKind::Resource { mode, ty, name } => {
                if let Some(resource) = self.declared(*mode, ty, name, &found) {
                    self.instance(resource, &found);
                }
            }
            RefKind::Module(name) => self.call(name, &found),
            RefKind::Each(name) if !self.place.each && &**name == "value" => {
                let detail = "A reference to \"each.value\" has been used in a context in which it is unavailable, such as \
                              when the configuration no longer contains the value in its \"for_each\" expression. Remove \
                              this reference to each.value in your configuration to work around this error.";
                let summary = "each.value cannot be used in this context";
                self.push(Diagnostic::error(summary, detail).at(found.subject));
            }
            RefKind::Each(_) if !self.place.each => {
                let detail = "The \"each\" object can be used only in \"module\" or \"resource\" blocks, and only when \
                              the \"for_each\" argument is set.";
                let summary = "Reference to \"each\" in context without for_each";
                self.push(Diagnostic::error(summary, detail).at(found.subject));
            }
            RefKind::Count if !self.place.count => {
                let detail = "The \"count\" object can only be used in \"module\", \"resource\", and \"data\" blocks, and \
                              only when the \"count\" argument is set.";
                let summary = "Reference to \"count\" in non-counted context";
                self.push(Diagnostic::error(summary, detail).at(found.subject));
            }
            RefKind::SelfRef if !self.place.itself => {
                let detail = "The \"self\" object is not available in this context. This object can be used only in \
                              resource provisioner, connection, and postcondition blocks.";
                self.push(Diagnostic::error("Invalid \"self\" reference", detail).at(found.subject));
            }
            RefKind::Each(_) | RefKind::Count | RefKind::SelfRef | RefKind::Path(_) | RefKind::Terraform(_) => {}
        }
    }

    fn variable(&mut self, name: &Str, found: &Ref) {
        if self.module.variables.contains_key(name) {
            return;
        }
        let mut hint = did_you_mean(name, self.module.variables.keys().map(|known| &**known));
        if hint.is_empty() {
            hint = format!(" This variable can be declared with a variable \"{name}\" {{}} block.");
        }
        let detail = format!("An input variable with the name \"{name}\" has not been declared.{hint}");
        self.push(Diagnostic::error("Reference to undeclared input variable", detail).at(found.subject));
    }

    fn local(&mut self, name: &Str, found: &Ref) {
        if self.place.local == Some(name) {
            let detail = format!("Local value local.{name} cannot use its own result as part of its expression.");
            return self.push(Diagnostic::error("Self-referencing local value", detail).at(found.subject));
        }
        if self.module.locals.contains_key(name) {
            return;
        }
        let hint = did_you_mean(name, self.module.locals.keys().map(|known| &**known));
        let detail = format!("A local value with the name \"{name}\" has not been declared.{hint}");
        self.push(Diagnostic::error("Reference to undeclared local value", detail).at(found.subject));
    }

    fn declared(&mut self, mode: Mode, ty: &Str, name: &Str, found: &Ref) -> Option<&'a Resource> {
        let module = self.module;
        let key = (mode, ty.clone(), name.clone());
        if let Some(resource) = module.resources.get(&key) {
            return Some(resource);
        }
        let scoped = module.checks.iter().find_map(|(check, declared)| {
            let data = declared.data.as_ref()?;
            (mode == Mode::Data && data.ty == *ty && data.name == *name).then_some((check, data))
        });
        if let Some((check, data)) = scoped {
            if self.place.check == Some(check) {
                return Some(data);
            }
            let detail =
                format!("The referenced data resource \"{ty}\" \"{name}\" is not available from this context.");
            self.push(Diagnostic::error("Reference to scoped resource", detail).at(found.subject));
            return None;
        }
        let where_ = parent_name(module);
        let noun = if mode == Mode::Data { "data" } else { "managed" };
        let mut detail = format!("A {noun} resource \"{ty}\" \"{name}\" has not been declared in {where_}.");
        let same_type = module.resources.keys().filter(|known| known.0 == mode && known.1 == *ty);
        let (other, words, prefix) = match mode {
            Mode::Managed => (Mode::Data, "data resource", "data."),
            Mode::Data => (Mode::Managed, "managed resource", ""),
        };
        if module.resources.contains_key(&(other, ty.clone(), name.clone())) {
            detail.push_str(&format!("\n\nDid you mean the {words} {prefix}{ty}.{name}?"));
        } else {
            detail.push_str(&did_you_mean(name, same_type.map(|known| &*known.2)));
        }
        self.push(Diagnostic::error("Reference to undeclared resource", detail).at(found.subject));
        None
    }

    /// A resource with `count` or `for_each` is a collection of instances, and one without is not.
    fn instance(&mut self, resource: &Resource, found: &Ref) {
        let Some(first) = found.rest.first() else { return };
        let prefix = if resource.mode == Mode::Data { "data." } else { "" };
        let address = format!("{prefix}{}.{}", resource.ty, resource.name);
        let repeated = match (&resource.count, &resource.for_each) {
            (Some(_), _) => Some(("count", "count.index")),
            (None, Some(_)) => Some(("for_each", "each.key")),
            (None, None) => None,
        };
        match (repeated, &first.kind) {
            (Some((argument, key)), StepKind::Attr(_)) => {
                let detail = format!(
                    "Because {address} has \"{argument}\" set, its attributes must be accessed on specific instances.\n\n\
                     For example, to correlate with indices of a referring resource, use:\n    {address}[{key}]"
                );
                self.push(Diagnostic::error("Missing resource instance key", detail).at(found.subject));
            }
            (None, StepKind::Index(_)) => {
                let detail = format!(
                    "Because {address} does not have \"count\" or \"for_each\" set, references to it must not include an \
                     index key. Remove the bracketed index to refer to the single instance of this resource."
                );
                let at = found.subject.to(first.span);
                self.push(Diagnostic::error("Unexpected resource instance key", detail).at(at));
            }
            (Some(_), StepKind::Index(_)) | (None, StepKind::Attr(_)) => {}
        }
    }

    fn call(&mut self, name: &Str, found: &Ref) {
        let Some(call) = self.module.calls.get(name) else {
            let hint = did_you_mean(name, self.module.calls.keys().map(|known| &**known));
            let where_ = parent_name(self.module);
            let detail = format!("No module call named \"{name}\" is declared in {where_}.{hint}");
            let at = found.rest.first().map_or(found.subject, |step| found.subject.to(step.span));
            return self.push(Diagnostic::error("Reference to undeclared module", detail).at(at));
        };
        let Some(child) = call.module.map(|id| self.config.module(id)) else { return };
        let is_repeated = call.count.is_some() || call.for_each.is_some();
        let output = match (is_repeated, found.rest.as_slice()) {
            (false, [step, ..]) => step,
            (true, [first, step, ..]) if first.attr().is_none() => step,
            (true, [first, ..]) if call.count.is_some() && first.attr().is_some() => {
                let attribute = first.attr().map_or("", |name| name);
                let detail = format!(
                    "Can't access attributes on a list of objects. Did you mean to access attribute \"{attribute}\" for a \
                     specific element of the list, or across all elements of the list?"
                );
                return self.push(Diagnostic::error("Unsupported attribute", detail).at(first.span));
            }
            _ => return,
        };
        if let Some(wanted) = output.attr()
            && !child.outputs.contains_key(wanted)
        {
            let hint = did_you_mean(wanted, child.outputs.keys().map(|known| &**known));
            let detail = format!("This object does not have an attribute named \"{wanted}\".{hint}");
            self.push(Diagnostic::error("Unsupported attribute", detail).at(output.span));
        }
    }

    fn push(&mut self, mut diagnostic: Diagnostic) {
        if let Some(header) = self.header {
            diagnostic.context = Some(self.sources.get(header.source).slice(header).to_owned());
        }
        self.diags.push(diagnostic);
    }
}
