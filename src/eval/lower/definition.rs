//! The definitions of a module, one kind after another.

use super::Around;
use super::Lowerer;
use super::Repeated;
use super::traversal::Step;
use super::traversal::relative_path;
use super::traversal::steps;
use crate::addr::Mode;
use crate::config;
use crate::diag::Diagnostic;
use crate::eval::ArgumentDef;
use crate::eval::BlockDef;
use crate::eval::CallDef;
use crate::eval::CheckDef;
use crate::eval::ExprId;
use crate::eval::ImportDef;
use crate::eval::ImportTarget;
use crate::eval::LifecycleDef;
use crate::eval::LocalDef;
use crate::eval::Module;
use crate::eval::OutputDef;
use crate::eval::ProviderDef;
use crate::eval::ProvisionerDef;
use crate::eval::Ref;
use crate::eval::RefTarget;
use crate::eval::RemovedDef;
use crate::eval::ResourceDef;
use crate::eval::RuleDef;
use crate::eval::TriggerDef;
use crate::eval::VariableDef;
use crate::eval::arena::Node;
use crate::syntax::Expr;
use crate::syntax::ExprKind;
use crate::value::Path;
use crate::value::Str;

/// Lowers everything; the arena and the bodies stay with the lowerer.
pub(super) fn lower_module(lowerer: &mut Lowerer<'_>, module: &config::Module) -> Module {
    let mut resources: Vec<ResourceDef> = Vec::with_capacity(module.resources.len());
    for resource in module.resources.values() {
        let slot = slot_of(&resources);
        resources.push(lowerer.resource_block(resource, slot, None));
    }
    let mut checks: Vec<CheckDef> = Vec::new();
    for (name, check) in &module.checks {
        let data = check.data.as_ref().map(|data| {
            let slot = slot_of(&resources);
            resources.push(lowerer.resource_block(data, slot, Some(slot_of(&checks))));
            slot
        });
        checks.push(lowerer.check(name, check, data));
    }
    let variables = module.variables.iter().enumerate();
    Module {
        variables: variables.map(|(slot, (name, variable))| lowerer.variable_block(slot, name, variable)).collect(),
        locals: module.locals.iter().map(|(name, local)| lowerer.local_value(name, local)).collect(),
        outputs: module.outputs.iter().map(|(name, output)| lowerer.output(name, output)).collect(),
        calls: module.calls.iter().map(|(name, call)| lowerer.call_block(name, call)).collect(),
        providers: module.providers.iter().map(|provider| lowerer.provider(provider)).collect(),
        removed: module.removed.iter().map(|removed| lowerer.removed(removed)).collect(),
        imports: module.imports.iter().map(|import| lowerer.import(import)).collect(),
        resources,
        checks,
        ..Module::default()
    }
}

fn slot_of<T>(definitions: &[T]) -> u32 {
    u32::try_from(definitions.len()).expect("fewer definitions than bytes of source")
}

impl Lowerer<'_> {
    fn rules(&mut self, rules: &[config::CheckRule]) -> Vec<RuleDef> {
        let rules = rules.iter().map(|rule| RuleDef {
            condition: self.expr(&rule.condition),
            error_message: self.expr(&rule.error_message),
            span: rule.span,
        });
        rules.collect()
    }

    fn optional(&mut self, expr: Option<&Expr>) -> Option<ExprId> {
        expr.map(|expr| self.expr(expr))
    }

    fn variable_block(&mut self, slot: usize, name: &Str, variable: &config::Variable) -> VariableDef {
        let default = self.optional(variable.default.as_ref());
        let defaults = variable.type_defaults.iter();
        let type_defaults = defaults.map(|(path, default)| (path.clone(), self.expr(default))).collect();
        let validations = self.rules(&variable.validations);
        let mut refs = self.take_refs();
        refs.retain(|reference| !matches!(reference.target, RefTarget::Variable(found) if found as usize == slot));
        VariableDef {
            name: name.clone(),
            ty: variable.ty,
            typed: variable.typed,
            type_defaults,
            default,
            sensitive: variable.sensitive,
            ephemeral: variable.ephemeral,
            nullable: variable.nullable,
            validations,
            refs,
            span: variable.span,
        }
    }

    fn local_value(&mut self, name: &Str, local: &config::Local) -> LocalDef {
        let value = self.expr(&local.value);
        LocalDef { name: name.clone(), value, refs: self.take_refs(), span: local.span }
    }

    fn output(&mut self, name: &Str, output: &config::Output) -> OutputDef {
        let value = self.expr(&output.value);
        let preconditions = self.rules(&output.preconditions);
        OutputDef {
            name: name.clone(),
            value,
            sensitive: output.sensitive,
            ephemeral: output.ephemeral,
            preconditions,
            refs: self.take_refs(),
            depends_on: self.depends_on(&output.depends_on),
            span: output.span,
        }
    }

    fn resource_block(&mut self, resource: &config::Resource, slot: u32, check: Option<u32>) -> ResourceDef {
        let repeated = Repeated::of(resource.count.is_some(), resource.for_each.is_some());
        let inside = Around { repeated, has_self: false, within: None };
        let with_self = Around { has_self: true, ..inside };
        let count = self.optional(resource.count.as_ref());
        let for_each = self.optional(resource.for_each.as_ref());
        let body = self.with(Around { within: Some(slot), ..inside }, |lowerer| lowerer.body(&resource.body));
        let lifecycle = self.with(inside, |lowerer| lowerer.lifecycle(&resource.lifecycle, with_self));
        let (connection, provisioners) = self.with(with_self, |lowerer| {
            let connection = resource.connection.as_ref().map(|body| lowerer.body(body));
            (connection, resource.provisioners.iter().map(|provisioner| lowerer.provisioner(provisioner)).collect())
        });
        // For most types `connection` is for their provisioners; for those whose schema has the block it is an argument.
        if let (Some(connection), Some(source)) = (connection, &resource.connection) {
            let span = source.span;
            let kind = Str::from("connection");
            let block = BlockDef {
                kind,
                kind_span: span,
                labels: Vec::new(),
                body: connection,
                dynamic: None,
                is_for_provisioners: true,
                span,
            };
            self.bodies[body.0 as usize].blocks.push(block);
        }
        let mut refs = self.take_refs();
        refs.retain(|reference| reference.target != RefTarget::Resource(slot));
        ResourceDef {
            mode: resource.mode,
            ty: resource.ty.clone(),
            name: resource.name.clone(),
            body,
            count,
            for_each,
            provider: resource.provider.clone(),
            lifecycle,
            connection,
            provisioners,
            check,
            refs,
            depends_on: self.depends_on(&resource.depends_on),
            span: resource.span,
        }
    }

    fn lifecycle(&mut self, lifecycle: &config::Lifecycle, with_self: Around) -> LifecycleDef {
        let ignored = lifecycle.ignore_changes.iter();
        LifecycleDef {
            create_before_destroy: lifecycle.create_before_destroy,
            prevent_destroy: lifecycle.prevent_destroy,
            ignore_changes: ignored.filter_map(|expr| Some((relative_path(expr)?, expr.span))).collect(),
            ignore_all_changes: lifecycle.ignore_all_changes,
            replace_triggered_by: lifecycle.replace_triggered_by.iter().filter_map(|expr| self.trigger(expr)).collect(),
            max_unavailable: self.optional(lifecycle.max_unavailable.as_ref()),
            preconditions: self.rules(&lifecycle.preconditions),
            postconditions: self.with(with_self, |lowerer| lowerer.rules(&lifecycle.postconditions)),
        }
    }

    /// An entry of `replace_triggered_by`: lowered as an expression for its checks, then read as an address.
    fn trigger(&mut self, expr: &Expr) -> Option<TriggerDef> {
        let mut id = self.expr(expr);
        let mut path = Vec::new();
        loop {
            match self.arena.node(id) {
                Node::GetAttr { of, name } => {
                    path.push(crate::value::Step::Attr(name.clone()));
                    id = *of;
                }
                Node::Index { of, key } => {
                    path.push(crate::value::Step::Index(self.arena.constant(*key)?.clone()));
                    id = *of;
                }
                _ => break,
            }
        }
        path.reverse();
        let (resource, key) = match self.arena.node(id) {
            Node::Resource(slot) => (*slot, None),
            Node::ResourceInstance { slot, key } => (*slot, Some(*key)),
            Node::Failed => return None,
            _ => {
                let detail = "Only resources, their instances and their attributes may be used in \
                              replace_triggered_by.";
                self.diags.push(Diagnostic::error("Invalid replace_triggered_by expression", detail).at(expr.span));
                return None;
            }
        };
        Some(TriggerDef { resource, key, path: path.into_iter().collect::<Path>(), span: expr.span })
    }

    fn provisioner(&mut self, provisioner: &config::Provisioner) -> ProvisionerDef {
        ProvisionerDef {
            kind: provisioner.kind.clone(),
            on_destroy: provisioner.on_destroy,
            continue_on_failure: provisioner.continue_on_failure,
            connection: provisioner.connection.as_ref().map(|body| self.body(body)),
            body: self.body(&provisioner.body),
            span: provisioner.span,
        }
    }

    fn call_block(&mut self, name: &Str, call: &config::ModuleCall) -> CallDef {
        let repeated = Repeated::of(call.count.is_some(), call.for_each.is_some());
        let count = self.optional(call.count.as_ref());
        let for_each = self.optional(call.for_each.as_ref());
        let refs = self.take_refs();
        let around = Around { repeated, ..Around::default() };
        let callee = call.module.map(|id| self.callee(id));
        let arguments = call.arguments.iter().map(|(name, (value, name_span))| ArgumentDef {
            name: name.clone(),
            variable: callee.as_ref().and_then(|callee| position(&callee.0, name)),
            value: self.with(around, |lowerer| lowerer.expr(value)),
            refs: self.take_refs(),
            name_span: *name_span,
        });
        let arguments = arguments.collect();
        CallDef {
            name: name.clone(),
            module: call.module,
            arguments,
            outputs: callee.map(|callee| callee.1).unwrap_or_default(),
            count,
            for_each,
            providers: call.providers.clone(),
            refs,
            depends_on: self.depends_on(&call.depends_on),
            span: call.span,
        }
    }

    /// The names of a called module's variables and outputs.
    fn callee(&self, id: config::ModuleId) -> (Vec<Str>, Vec<Str>) {
        let module = self.config.module(id);
        (module.variables.keys().cloned().collect(), module.outputs.keys().cloned().collect())
    }

    fn provider(&mut self, provider: &config::ProviderBlock) -> ProviderDef {
        let body = self.body(&provider.body);
        ProviderDef {
            name: provider.name.clone(),
            alias: provider.alias.clone(),
            body,
            refs: self.take_refs(),
            span: provider.span,
        }
    }

    fn check(&mut self, name: &Str, check: &config::Check, data: Option<u32>) -> CheckDef {
        let asserts = self.rules(&check.asserts);
        CheckDef { name: name.clone(), data, asserts, refs: self.take_refs(), span: check.span }
    }

    fn removed(&mut self, removed: &config::Removed) -> RemovedDef {
        let around = Around { has_self: true, ..Around::default() };
        let (connection, provisioners) = self.with(around, |lowerer| {
            let connection = removed.connection.as_ref().map(|body| lowerer.body(body));
            (connection, removed.provisioners.iter().map(|provisioner| lowerer.provisioner(provisioner)).collect())
        });
        RemovedDef {
            from: removed.from.clone(),
            destroy: removed.destroy,
            connection,
            provisioners,
            refs: self.take_refs(),
            span: removed.span,
        }
    }

    fn import(&mut self, import: &config::Import) -> ImportDef {
        let for_each = self.optional(import.for_each.as_ref());
        let around = Around { repeated: Repeated::of(false, for_each.is_some()), ..Around::default() };
        let (to, id) = self.with(around, |lowerer| (lowerer.import_target(&import.to), lowerer.expr(&import.id)));
        ImportDef { to, id, for_each, provider: import.provider.clone(), refs: self.take_refs(), span: import.span }
    }

    fn import_target(&mut self, expr: &Expr) -> Option<ImportTarget> {
        let (root, steps) = steps(expr);
        let ExprKind::Variable(first) = &root.kind else { return self.not_an_address(expr) };
        let mut names = std::iter::once(Step::Attr(first, root.span)).chain(steps).peekable();
        let mut modules = Vec::new();
        let mut mode = Mode::Managed;
        while let Some(keyword) = names.next_if(|step| step.attr().is_some_and(|name| &**name == "module")) {
            let Some(name) = names.next().as_ref().and_then(Step::attr).cloned() else {
                return self.not_an_address(&Expr { kind: ExprKind::Error, span: keyword.span() });
            };
            modules.push((name, self.next_key(&mut names)));
        }
        if names.next_if(|step| step.attr().is_some_and(|name| &**name == "data")).is_some() {
            mode = Mode::Data;
        } else {
            names.next_if(|step| step.attr().is_some_and(|name| &**name == "resource"));
        }
        let ty = names.next().as_ref().and_then(Step::attr).cloned();
        let name = names.next().as_ref().and_then(Step::attr).cloned();
        let key = self.next_key(&mut names);
        match (ty, name, names.next()) {
            (Some(ty), Some(name), None) => Some(ImportTarget { modules, mode, ty, name, key, span: expr.span }),
            _ => self.not_an_address(expr),
        }
    }

    fn next_key<'e>(&mut self, steps: &mut std::iter::Peekable<impl Iterator<Item = Step<'e>>>) -> Option<ExprId> {
        match steps.next_if(|step| matches!(step, Step::Index(..)))? {
            Step::Index(key, _) => Some(self.expr(key)),
            Step::Attr(..) => None,
        }
    }

    fn not_an_address(&mut self, expr: &Expr) -> Option<ImportTarget> {
        let detail = "An import block's \"to\" must be the address of a resource instance, as acme_vm.web or \
                      module.a.acme_vm.web[each.key].";
        self.diags.push(Diagnostic::error("Invalid import address", detail).at(expr.span));
        None
    }

    /// `depends_on` names whole objects: keys and attributes behind them change nothing.
    fn depends_on(&mut self, references: &[config::Reference]) -> Vec<Ref> {
        for reference in references {
            let (root, steps) = steps(&reference.expr);
            let ExprKind::Variable(name) = &root.kind else { continue };
            // Only the object is named, so a missing or surplus key is no mistake here.
            let named = if matches!(&**name, "data" | "resource") { 2 } else { 1 };
            self.reference(name, &steps[..steps.len().min(named)], root.span);
        }
        self.take_refs()
    }
}

/// Where a name stands in a sorted list.
fn position(names: &[Str], name: &str) -> Option<u32> {
    let at = names.binary_search_by(|known| (**known).cmp(name)).ok()?;
    Some(u32::try_from(at).expect("fewer definitions than bytes of source"))
}
