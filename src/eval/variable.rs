//! Values of input variables: conversion to the declared type, defaults, and validation.

use std::sync::Arc;

use super::Evaluator;
use super::ExprId;
use super::Scope;
use super::VariableDef;
use super::Verdict;
use super::check::VALIDATION;
use super::check::verdict;
use crate::diag::Diagnostic;
use crate::diag::Diagnostics;
use crate::diag::Sources;
use crate::diag::Span;
use crate::value::Marks;
use crate::value::Path;
use crate::value::Step;
use crate::value::Str;
use crate::value::Type;
use crate::value::TypeKind;
use crate::value::Value;
use crate::value::convert::ConvertError;
use crate::value::convert::convert;

/// A variable's defaults, evaluated once for each module source.
#[derive(Debug, Clone, Default)]
pub struct Defaults {
    /// The value where none is given, converted; `None` when one must be given.
    pub value: Option<Value>,
    /// Values of optional attributes inside the type.
    pub inside: Vec<(Path, Value)>,
}

impl Defaults {
    /// Evaluates a variable's defaults, which are constant.
    pub fn of<S: Scope>(def: &VariableDef, evaluator: &mut Evaluator<'_, S>) -> Self {
        let inside = def.type_defaults.iter().map(|(path, expr)| {
            let value = evaluator.expr(*expr);
            if let Some(Err(error)) = type_at(def.ty, path.steps()).map(|ty| convert(&value, ty)) {
                let detail =
                    format!("This default value is not compatible with the attribute's type constraint: {error}.");
                let diagnostic = Diagnostic::error("Invalid default value for optional attribute", detail);
                let span = evaluator.arena().span(*expr);
                evaluator.diags().push(diagnostic.at(span));
                return (path.clone(), Value::failed(Type::DYNAMIC));
            }
            (path.clone(), value)
        });
        let inside = inside.collect();
        let mut defaults = Self { value: None, inside };
        defaults.value = def.default.map(|expr| defaults.default(def, expr, evaluator));
        defaults
    }

    fn default<S: Scope>(&self, def: &VariableDef, expr: ExprId, evaluator: &mut Evaluator<'_, S>) -> Value {
        let value = evaluator.expr(expr);
        if value.is_null() && !def.nullable {
            let detail = "A null default value is not valid when nullable=false.";
            let span = evaluator.arena().span(expr);
            evaluator.diags().push(Diagnostic::error("Invalid default value for variable", detail).at(span));
            return Value::failed(def.ty.without_optional());
        }
        self.convert(def, &value).unwrap_or_else(|error| {
            let detail = format!("This default value is not compatible with the variable's type constraint: {error}.");
            let diagnostic = Diagnostic::error("Invalid default value for variable", detail);
            let span = evaluator.arena().span(expr);
            evaluator.diags().push(diagnostic.at(span));
            Value::failed(def.ty.without_optional())
        })
    }

    /// A value as the variable holds it: optional attributes filled, then converted.
    fn convert(&self, def: &VariableDef, value: &Value) -> Result<Value, ConvertError> {
        if self.inside.is_empty() {
            return convert(value, def.ty);
        }
        let defaults: Vec<(&[Step], &Value)> = self.inside.iter().map(|(path, value)| (path.steps(), value)).collect();
        convert(&fill(value, &defaults), def.ty)
    }
}

/// The constraint at a place of a variable's type; a step into a collection means each of its elements.
fn type_at(ty: Type, steps: &[Step]) -> Option<Type> {
    let Some((step, rest)) = steps.split_first() else { return Some(ty) };
    let inner = match (ty.kind(), step) {
        (TypeKind::Object(attributes), Step::Attr(name)) => attributes.iter().find(|it| it.name == *name)?.ty,
        (TypeKind::List(element) | TypeKind::Set(element) | TypeKind::Map(element), Step::Index(_)) => *element,
        (TypeKind::Tuple(elements), Step::Index(Value::Number(at))) => {
            *elements.get(usize::try_from(at.as_i64()?).ok()?)?
        }
        _ => return None,
    };
    type_at(inner, rest)
}

/// Puts defaults where attributes are missing or null. Tuples and objects are what a later conversion takes, so
/// collections whose elements may now differ become those.
fn fill(value: &Value, defaults: &[(&[Step], &Value)]) -> Value {
    let marks = value.marks();
    let behind = |wanted: Option<&str>| -> Vec<(&[Step], &Value)> {
        let inner = defaults.iter().filter_map(|(steps, default)| match (steps.split_first()?, wanted) {
            ((Step::Attr(name), rest), Some(wanted)) if **name == *wanted && !rest.is_empty() => Some((rest, *default)),
            ((Step::Index(_), rest), _) if !rest.is_empty() => Some((rest, *default)),
            _ => None,
        });
        inner.collect()
    };
    let filled = match value.unmarked() {
        Value::Object(_) | Value::Map(_) => {
            let mut attributes: Vec<(Str, Value)> = Vec::new();
            for (name, part) in value.as_entries().unwrap_or_default() {
                attributes.push((Arc::clone(name), part.clone()));
            }
            for (steps, default) in defaults {
                let [Step::Attr(name)] = steps else { continue };
                match attributes.iter_mut().find(|(known, _)| known == name) {
                    Some((_, part)) if part.is_null() => *part = (*default).clone(),
                    Some(_) => {}
                    None => attributes.push((Arc::clone(name), (*default).clone())),
                }
            }
            Value::object(attributes.into_iter().map(|(name, part)| {
                let inner = behind(Some(&name));
                let part = if inner.is_empty() { part } else { fill(&part, &inner) };
                (name, part)
            }))
        }
        Value::List(_) | Value::Tuple(_) | Value::Set(_) => {
            let inner = behind(None);
            let elements = value.as_elements().unwrap_or_default().iter().map(|part| fill(part, &inner));
            match elements.collect::<Vec<_>>() {
                // An empty collection keeps its element type.
                elements if elements.is_empty() => value.unmarked().clone(),
                elements => Value::tuple(elements),
            }
        }
        _ => return value.clone(),
    };
    filled.with_marks(marks)
}

/// Where a variable's value comes from.
#[derive(Debug, Clone, Copy)]
pub enum Given<'a> {
    /// An argument of the module call.
    Call {
        /// Its value.
        value: &'a Value,
        /// Its expression.
        span: Span,
    },
    /// Outside of the configuration.
    Outside {
        /// The value.
        value: &'a Value,
        /// How it was set: `set using -var="size=..."`, `set from outside of the configuration`.
        how: &'a str,
        /// Its place, where it was read from a file.
        span: Option<Span>,
    },
    /// Nowhere.
    Nothing,
}

/// The value that a variable has: what was given or the default, converted and marked. `address` is how messages name
/// the variable: `var.size`, `module.m.var.size`.
///
/// Nothing given and no default is a failed value without a report, as what to do about it is the caller's to say.
pub fn accept(
    def: &VariableDef,
    given: Given<'_>,
    defaults: &Defaults,
    address: &str,
    sources: &Sources,
    diags: &mut Diagnostics,
) -> Value {
    let (value, how, span) = match given {
        Given::Call { value, span } => (Some(value), None, Some(span)),
        Given::Outside { value, how, span } => (Some(value), Some(how), span),
        Given::Nothing => (None, None, None),
    };
    let is_secret = def.sensitive || def.ephemeral;
    if let Some(span) = span.filter(|_| is_secret) {
        sources.hide(span);
    }
    let failed = || Value::failed(def.ty.without_optional());
    let unsuitable = |why: &str| match how {
        Some(how) => format!("Unsuitable value for {address} {how}: {why}."),
        None => {
            let place = sources.place(def.span);
            format!("The given value is not suitable for {address} declared at {place}: {why}.")
        }
    };
    let mut report = |summary: &'static str, why: &str| {
        let diagnostic = Diagnostic::error(summary, unsuitable(why)).at(span.unwrap_or(def.span));
        diags.push(if span.is_some() { diagnostic.label(def.span, "declared here") } else { diagnostic });
        failed()
    };
    let value = match value {
        Some(value) if value.marks().contains(Marks::FAILED) => failed(),
        Some(value) if !def.ephemeral && value.marks_deep().contains(Marks::EPHEMERAL) => {
            let detail = "This input variable is not declared as accepting ephemeral values, so it cannot be set to a \
                          result derived from an ephemeral value.";
            diags.push(Diagnostic::error(EPHEMERAL, detail).at(span.unwrap_or(def.span)));
            failed()
        }
        Some(value) if value.is_null() && !def.nullable => match &defaults.value {
            Some(default) => default.clone().with_marks(value.marks()),
            None => report("Required variable not set", "required variable may not be set to null"),
        },
        Some(value) => match defaults.convert(def, value) {
            Ok(value) => value,
            Err(error) => report("Invalid value for input variable", &error.message),
        },
        None => defaults.value.clone().unwrap_or_else(failed),
    };
    let mut marks = Marks::NONE;
    if def.sensitive {
        marks |= Marks::SENSITIVE;
    }
    if def.ephemeral {
        marks |= Marks::EPHEMERAL;
    }
    value.with_marks(marks)
}

/// The summary of an ephemeral value where it would have to be kept.
pub(crate) const EPHEMERAL: &str = "Ephemeral value not allowed";

/// Checks a variable's validation rules in a scope that has its value. `at` is where that value was given. Says whether
/// all hold; `None` while that cannot be told.
pub fn validate<S: Scope>(
    def: &VariableDef,
    at: Option<Span>,
    sources: &Sources,
    evaluator: &mut Evaluator<'_, S>,
) -> Option<bool> {
    let mut holds = Some(true);
    for rule in &def.validations {
        match verdict(rule, &VALIDATION, evaluator) {
            Verdict::Pass => {}
            Verdict::Unknown => holds = holds.filter(|holds| !holds),
            Verdict::Error => holds = Some(false),
            Verdict::Fail { message, values } => {
                holds = Some(false);
                let condition = evaluator.arena().span(rule.condition);
                let place = sources.place(rule.span);
                let detail = format!("{message}\n\nThis was checked by the validation rule at {place}.");
                let mut diagnostic = Diagnostic::error("Invalid value for variable", detail);
                diagnostic = diagnostic.at(at.unwrap_or(def.span)).label(condition, "checked by this rule");
                diagnostic.values = values;
                evaluator.diags().push(diagnostic);
            }
        }
    }
    holds
}
