//! Evaluating the nodes that are nothing but values: variables, locals, outputs, module calls and provider blocks.
//!
//! Shared by planning and applying: the same code gives a value before and after something is made.

use std::path::Path;
use std::sync::Arc;

use super::Node;
use super::NodeKind;
use super::PathId;
use super::Tree;
use super::Values;
use super::input::Input;
use super::scope::Environment;
use super::scope::InstanceScope;
use super::scope::Touched;
use super::values::Repetition;
use crate::diag::Diagnostic;
use crate::diag::Diagnostics;
use crate::diag::Severity;
use crate::diag::Span;
use crate::eval;
use crate::eval::Evaluator;
use crate::eval::Expansion;
use crate::eval::ExprId;
use crate::eval::RuleDef;
use crate::eval::Templates;
use crate::eval::Verdict;
use crate::eval::variable::Defaults;
use crate::eval::variable::Given;
use crate::eval::variable::accept;
use crate::eval::variable::validate;
use crate::schema;
use crate::value::Marks;
use crate::value::Type;
use crate::value::Value;

/// Where an expression stands: one module instance and one expansion in it.
#[derive(Clone, Copy)]
pub struct Place<'a> {
    /// The module path.
    pub path: PathId,
    /// The module instance.
    pub instance: u32,
    /// The expansion.
    pub repetition: &'a Repetition,
    /// What `self` is.
    pub this: Option<&'a Value>,
    /// Notes which resources are looked at.
    pub touched: Option<&'a Touched>,
}

impl<'a> Place<'a> {
    /// A place outside any expansion.
    pub fn module(path: PathId, instance: u32) -> Place<'static> {
        Place { path, instance, repetition: &Repetition::Single, this: None, touched: None }
    }

    /// The same place with a value for `self`.
    pub fn with_self(self, this: &'a Value) -> Place<'a> {
        Place { this: Some(this), ..self }
    }
}

/// Evaluates against the values so far.
pub struct Evaluation<'a> {
    /// What the plan is made from.
    pub input: &'a Input,
    /// The module paths.
    pub tree: &'a Tree,
    /// What has been evaluated.
    pub values: &'a Values,
    /// Templates that were read, so that each is read once in a run.
    pub templates: &'a Templates<'a>,
    /// Whether this is while applying.
    pub is_applying: bool,
}

/// The templates of a run.
pub(crate) fn templates(input: &Input, is_applying: bool) -> Templates<'_> {
    let Environment { base, home, plan_time, now, .. } = &input.environment;
    let templates = Templates::new(base, home.as_deref(), *plan_time, &*input.files).at(&**now);
    if is_applying { templates.applying() } else { templates }
}

impl<'a> Evaluation<'a> {
    /// The lowered module at a path.
    pub fn module(&self, path: PathId) -> &'a eval::Module {
        &self.input.modules[self.tree.path(path).source.0 as usize]
    }

    fn dir(&self, path: PathId) -> &'a Path {
        &self.input.config.module(self.tree.path(path).source).dir
    }

    /// Runs something with an evaluator for a place.
    pub fn run<T>(
        &self,
        place: Place<'_>,
        diags: &mut Diagnostics,
        run: impl FnOnce(&mut Evaluator<'_, InstanceScope<'_>>) -> T,
    ) -> T {
        let scope = InstanceScope {
            values: self.values,
            tree: self.tree,
            dir: self.dir(place.path),
            root_dir: self.dir(Tree::ROOT),
            environment: &self.input.environment,
            path: place.path,
            instance: place.instance,
            repetition: place.repetition,
            this: place.this,
            is_applying: self.is_applying,
            touched: place.touched,
        };
        let cx = self.templates.cx();
        let arena = &self.module(place.path).arena;
        let mut evaluator = Evaluator::new(arena, &scope, &cx, diags).with_sources(&self.input.sources);
        run(&mut evaluator)
    }

    /// The value of an expression.
    pub fn expr(&self, place: Place<'_>, id: ExprId, diags: &mut Diagnostics) -> Value {
        self.run(place, diags, |evaluator| evaluator.expr(id))
    }

    /// The object that a resource's body is, by a schema. What is stored may hold nothing ephemeral.
    pub fn decode(
        &self,
        place: Place<'_>,
        body: eval::BodyId,
        schema: &schema::Schema,
        header: Span,
        diags: &mut Diagnostics,
    ) -> Value {
        let decoded = self.decode_any(place, body, schema, header, diags);
        if decoded.marks_deep().contains(Marks::EPHEMERAL) {
            super::ephemeral::refuse(self.module(place.path), body, schema, &decoded, header, diags);
        }
        decoded
    }

    /// The object that a body is, by a schema.
    fn decode_any(
        &self,
        place: Place<'_>,
        body: eval::BodyId,
        schema: &schema::Schema,
        header: Span,
        diags: &mut Diagnostics,
    ) -> Value {
        let module = self.module(place.path);
        self.run(place, diags, |evaluator| eval::decode(module, body, schema, header, evaluator))
    }

    /// How often a block is repeated; `None` when that is wrong, which has been reported. Where it is not known yet, that
    /// is wrong too unless it may wait.
    pub fn expansion(
        &self,
        place: Place<'_>,
        count: Option<ExprId>,
        for_each: Option<ExprId>,
        may_wait: bool,
        diags: &mut Diagnostics,
    ) -> Option<Expansion> {
        let span = |id| self.module(place.path).arena.span(id);
        let (expansion, unknown) = match (count, for_each) {
            (Some(count), _) => {
                let value = self.expr(place, count, diags);
                (eval::expand::count(&value, span(count), diags), eval::expand::unknown_count(span(count)))
            }
            (None, Some(each)) => {
                let value = self.expr(place, each, diags);
                let unknown = eval::expand::unknown_for_each(&value, span(each));
                (eval::expand::for_each(&value, span(each), diags), unknown)
            }
            (None, None) => return Some(Expansion::Single),
        };
        if matches!(expansion, Some(Expansion::Unknown)) && !may_wait {
            diags.push(unknown);
            return None;
        }
        expansion
    }

    /// Whether a rule holds, `None` while that cannot be told; what it says when it does not is reported under a summary.
    pub fn holds(
        &self,
        place: Place<'_>,
        rule: &RuleDef,
        summary: &'static str,
        diags: &mut Diagnostics,
    ) -> Option<bool> {
        let verdict = self.run(place, diags, |evaluator| eval::check(rule, evaluator));
        match verdict {
            Verdict::Pass => Some(true),
            Verdict::Unknown => None,
            Verdict::Error => Some(false),
            Verdict::Fail { message, values } => {
                let span = self.module(place.path).arena.span(rule.condition);
                let mut diagnostic = Diagnostic::error(summary, message).at(span);
                diagnostic.values = values;
                diags.push(diagnostic);
                Some(false)
            }
        }
    }

    /// Whether all of some rules hold, `None` while that cannot be told; each that does not is reported.
    pub fn all_hold(
        &self,
        place: Place<'_>,
        rules: &[RuleDef],
        summary: &'static str,
        diags: &mut Diagnostics,
    ) -> Option<bool> {
        let mut all = Some(true);
        for rule in rules {
            all = match (all, self.holds(place, rule, summary, diags)) {
                (Some(false), _) | (_, Some(false)) => Some(false),
                (Some(true), Some(true)) => Some(true),
                _ => None,
            };
        }
        all
    }

    /// The value of a variable in one module instance; its validation rules need that value stored: see
    /// [`Evaluation::validate_variable`].
    pub fn variable(&self, path: PathId, slot: u32, instance: u32, diags: &mut Diagnostics) -> Value {
        let def = &self.module(path).variables[slot as usize];
        let place = Place::module(path, instance);
        let defaults = self.run(place, diags, |evaluator| Defaults::of(def, evaluator));
        let sources = &self.input.sources;
        let Some((parent, call)) = self.tree.path(path).parent else {
            let address = format!("var.{}", def.name);
            let given = self.input.variables.get(&def.name);
            let given = given.map_or(Given::Nothing, |given| Given::Outside {
                value: &given.value,
                how: &given.how,
                span: given.span,
            });
            return accept(def, given, &defaults, &address, sources, diags);
        };
        let address = format!("{}.var.{}", self.tree.path(path).path, def.name);
        let call = &self.module(parent).calls[call as usize];
        let argument = call.arguments.iter().find(|argument| argument.variable == Some(slot));
        let caller = &self.values.path(path).instances[instance as usize];
        let place =
            Place { path: parent, instance: caller.parent, repetition: &caller.repetition, this: None, touched: None };
        match argument {
            None => accept(def, Given::Nothing, &defaults, &address, sources, diags),
            Some(argument) => {
                let value = self.expr(place, argument.value, diags);
                let span = self.module(parent).arena.span(argument.value);
                accept(def, Given::Call { value: &value, span }, &defaults, &address, sources, diags)
            }
        }
    }

    /// Checks the rules of a variable whose value is stored.
    pub fn validate_variable(&self, path: PathId, slot: u32, instance: u32, diags: &mut Diagnostics) -> Option<bool> {
        let def = &self.module(path).variables[slot as usize];
        if def.validations.is_empty() {
            return Some(true);
        }
        let at = match self.tree.path(path).parent {
            None => self.input.variables.get(&def.name).and_then(|given| given.span),
            Some((parent, call)) => {
                let call = &self.module(parent).calls[call as usize];
                let argument = call.arguments.iter().find(|argument| argument.variable == Some(slot));
                argument.map(|argument| self.module(parent).arena.span(argument.value))
            }
        };
        self.run(Place::module(path, instance), diags, |evaluator| validate(def, at, &self.input.sources, evaluator))
    }

    /// The value of a local in one module instance.
    pub fn local(&self, path: PathId, slot: u32, instance: u32, diags: &mut Diagnostics) -> Value {
        let def = &self.module(path).locals[slot as usize];
        self.expr(Place::module(path, instance), def.value, diags)
    }

    /// The value of an output in one module instance, its preconditions checked.
    pub fn output(&self, path: PathId, slot: u32, instance: u32, diags: &mut Diagnostics) -> Value {
        let def = &self.module(path).outputs[slot as usize];
        let place = Place::module(path, instance);
        if self.output_rules(path, slot, instance, diags) == Some(false) {
            return Value::failed(Type::DYNAMIC);
        }
        let value = self.expr(place, def.value, diags);
        if value.marks_deep().contains(Marks::EPHEMERAL) && !def.ephemeral {
            let span = self.module(path).arena.span(def.value);
            diags.push(ephemeral_output(span));
            return Value::failed(Type::DYNAMIC);
        }
        if path == Tree::ROOT && value.marks_deep().contains(Marks::SENSITIVE) && !def.sensitive {
            diags.push(sensitive_output(def));
        }
        let value = if def.ephemeral { value.with_marks(Marks::EPHEMERAL) } else { value };
        if def.sensitive { value.sensitive() } else { value }
    }

    /// Whether an output's preconditions hold in one module instance; `None` while that cannot be told.
    pub fn output_rules(&self, path: PathId, slot: u32, instance: u32, diags: &mut Diagnostics) -> Option<bool> {
        let rules = &self.module(path).outputs[slot as usize].preconditions;
        self.all_hold(Place::module(path, instance), rules, "Module output value precondition failed", diags)
    }

    /// Evaluates the assertions of a `check` block, which only warn. Says whether all could be told.
    pub fn check(&self, node: Node, slot: u32, diags: &mut Diagnostics) -> bool {
        let module = self.module(node.path);
        let def = &module.checks[slot as usize];
        let mut is_told = true;
        for instance in 0..u32::try_from(self.values.path(node.path).instances.len()).expect("32 bits") {
            let mut found = Diagnostics::new();
            for rule in &def.asserts {
                let place = Place::module(node.path, instance);
                if self.holds(place, rule, "Check block assertion failed", &mut found).is_none() {
                    is_told = false;
                    let detail = "The condition could not be evaluated at this time, a result will be known when this \
                                  plan is applied.";
                    let unknown = Diagnostic::warning(super::CHECK_LATER, detail);
                    found.push(unknown.at(module.arena.span(rule.condition)));
                }
            }
            for mut diagnostic in found {
                diagnostic.severity = Severity::Warning;
                diags.push(diagnostic.within(format!("check \"{}\"", def.name)));
            }
        }
        is_told
    }

    /// The values of a node in every instance of its module; `None` for a node that is no plain value.
    pub fn node(&self, node: Node, diags: &mut Diagnostics) -> Option<Vec<Value>> {
        let instances = 0..u32::try_from(self.values.path(node.path).instances.len()).expect("32 bits");
        let value = |instance: u32, diags: &mut Diagnostics| match node.kind {
            NodeKind::Variable(slot) => Some(self.variable(node.path, slot, instance, diags)),
            NodeKind::Local(slot) => Some(self.local(node.path, slot, instance, diags)),
            NodeKind::Output(slot) => Some(self.output(node.path, slot, instance, diags)),
            _ => None,
        };
        instances.map(|instance| value(instance, diags)).collect()
    }

    /// The decoded block of a provider, as an object of its schema.
    pub fn provider(
        &self,
        path: PathId,
        slot: u32,
        schema: &schema::Schema,
        diags: &mut Diagnostics,
    ) -> Option<Arc<crate::value::Object>> {
        let def = &self.module(path).providers[slot as usize];
        let before = diags.len();
        let decoded = self.decode_any(Place::module(path, 0), def.body, schema, def.span, diags);
        let failed = diags.iter().skip(before).any(|d| d.severity == crate::diag::Severity::Error);
        match decoded {
            Value::Object(object) if !failed => Some(object),
            _ => None,
        }
    }
}

fn ephemeral_output(span: Span) -> Diagnostic {
    let detail = "This output value is not declared as returning an ephemeral value, so it cannot be set to a result \
                  derived from an ephemeral value.";
    Diagnostic::error(eval::variable::EPHEMERAL, detail).at(span)
}

fn sensitive_output(def: &eval::OutputDef) -> Diagnostic {
    let detail = "To reduce the risk of accidentally exporting sensitive data that was intended to be only internal, \
                  Terraform requires that any root module output containing sensitive data be explicitly marked as \
                  sensitive, to confirm your intent.\n\nIf you do intend to export this data, annotate the output \
                  value as sensitive by adding the following argument:\n    sensitive = true";
    Diagnostic::error("Output refers to sensitive values", detail.replace("Terraform", "infra")).at(def.span)
}
