//! `a ? b : c`: both arms are evaluated, brought to one type, and their marks joined.

use super::Evaluator;
use super::in_quotes;
use super::truth;
use crate::eval::ExprId;
use crate::eval::Scope;
use crate::value::Marks;
use crate::value::Number;
use crate::value::ObjectAttr;
use crate::value::Refinement;
use crate::value::Type;
use crate::value::TypeKind;
use crate::value::Unknown;
use crate::value::Value;
use crate::value::convert::convert;
use crate::value::convert::has_type;
use crate::value::convert::unify;

const INCONSISTENT: &str = "Inconsistent conditional result types";

impl<S: Scope> Evaluator<'_, S> {
    pub(super) fn conditional(&mut self, id: ExprId, condition: ExprId, then: ExprId, otherwise: ExprId) -> Value {
        let (yes, yes_problems) = self.apart(|evaluator| evaluator.expr(then));
        let (no, no_problems) = self.apart(|evaluator| evaluator.expr(otherwise));
        let Some(ty) = common_type(&yes, &no) else {
            let detail = format!(
                "The true and false result expressions must have consistent types. {}",
                mismatch(yes.ty(), no.ty())
            );
            return self.fail(id, Type::DYNAMIC, INCONSISTENT, detail);
        };
        // The failure of an arm counts only where the arm is taken.
        let arms = (yes.marks() | no.marks()).without(Marks::FAILED);
        let tested = self.expr(condition);
        if tested.marks().contains(Marks::FAILED) {
            return Value::failed(ty).with_marks(arms | tested.marks());
        }
        if tested.is_null() {
            let detail = "The condition value is null. Conditions must either be true or false.";
            self.problem(condition, self.arena.span(condition), "Null condition", detail);
            return Value::failed(ty).with_marks(arms | tested.marks());
        }
        let (holds, marks) = match truth(&tested) {
            Ok(found) => found,
            Err(_) => {
                let detail = "The condition expression must be of type bool.";
                self.problem(condition, self.arena.span(condition), "Incorrect condition type", detail);
                return Value::failed(ty).with_marks(arms | tested.marks());
            }
        };
        let marks = marks | arms;
        let (taken, problems, which) = match holds {
            None => return either(yes.unmark().0, no.unmark().0, ty).with_marks(marks),
            Some(true) => (yes, yes_problems, "true"),
            Some(false) => (no, no_problems, "false"),
        };
        self.diags.extend(problems);
        match convert(&taken, ty) {
            Ok(value) => value.with_marks(marks),
            Err(error) => {
                let detail = format!("The {which} result value has the wrong type: {error}.");
                self.fail(id, ty, INCONSISTENT, detail).with_marks(marks)
            }
        }
    }
}

/// The type of the result; a bare null takes the other arm's.
fn common_type(yes: &Value, no: &Value) -> Option<Type> {
    let is_bare_null = |value: &Value| matches!(value.unmarked(), Value::Null(ty) if *ty == Type::DYNAMIC);
    if is_bare_null(yes) {
        return Some(no.ty());
    }
    let ty = yes.ty();
    if is_bare_null(no) || has_type(no, ty) {
        return Some(ty);
    }
    let other = no.ty();
    if ty == Type::DYNAMIC || other == Type::DYNAMIC {
        return Some(Type::DYNAMIC);
    }
    unify(&[ty, other])
}

/// What is known of the result where the condition is not.
fn either(yes: Value, no: Value, ty: Type) -> Value {
    if yes.is_null() && no.is_null() {
        return Value::Null(ty);
    }
    let mut refinement = Refinement { not_null: is_never_null(&yes) && is_never_null(&no), ..Refinement::default() };
    if ty == Type::NUMBER {
        let (yes_min, yes_max) = bounds(&yes);
        let (no_min, no_max) = bounds(&no);
        refinement.min = yes_min.zip(no_min).map(|(a, b)| a.min(b));
        refinement.max = yes_max.zip(no_max).map(|(a, b)| a.max(b));
    }
    if matches!(ty.kind(), TypeKind::List(_) | TypeKind::Set(_) | TypeKind::Map(_)) && yes.ty() == no.ty() {
        let (yes_min, yes_max) = lengths(&yes);
        let (no_min, no_max) = lengths(&no);
        refinement.min_length = yes_min.zip(no_min).map(|(a, b)| a.min(b));
        refinement.max_length = yes_max.zip(no_max).map(|(a, b)| a.max(b));
    }
    Value::Unknown(std::sync::Arc::new(Unknown::new(ty).refined(refinement)))
}

fn is_never_null(value: &Value) -> bool {
    match value {
        Value::Null(_) => false,
        Value::Unknown(unknown) => unknown.refinement().not_null,
        _ => true,
    }
}

fn bounds(value: &Value) -> (Option<Number>, Option<Number>) {
    match value {
        Value::Number(number) => (Some(number.clone()), Some(number.clone())),
        Value::Unknown(unknown) => (unknown.refinement().min.clone(), unknown.refinement().max.clone()),
        _ => (None, None),
    }
}

fn lengths(value: &Value) -> (Option<usize>, Option<usize>) {
    match value {
        Value::Unknown(unknown) => (unknown.refinement().min_length, unknown.refinement().max_length),
        Value::Map(map) => (Some(map.len()), Some(map.len())),
        // Elements of a set that are unknown may turn out equal.
        Value::Set(set) if !value.is_wholly_known() => {
            (Some(usize::from(!set.as_slice().is_empty())), Some(set.as_slice().len()))
        }
        _ => value.as_elements().map_or((None, None), |elements| (Some(elements.len()), Some(elements.len()))),
    }
}

/// Says in which way two types cannot be one.
fn mismatch(yes: Type, no: Type) -> String {
    let inconsistent = |a: Type, b: Type| unify(&[a, b]).is_none();
    match (yes.kind(), no.kind()) {
        (TypeKind::Object(a), TypeKind::Object(b)) => {
            let missing = |a: &'static [ObjectAttr], b: Type| a.iter().find(|attr| b.attribute(&attr.name).is_none());
            for attr in a {
                let Some(other) = no.attribute(&attr.name) else { break };
                if inconsistent(attr.ty, other.ty) {
                    let name = in_quotes(&attr.name);
                    return format!("Type mismatch for object attribute {name}: {}", mismatch(attr.ty, other.ty));
                }
            }
            let absent = |attr: &ObjectAttr, there: &str, here: &str| {
                let name = in_quotes(&attr.name);
                format!("The '{there}' value includes object attribute {name}, which is absent in the '{here}' value.")
            };
            if let Some(attr) = missing(a, no) {
                return absent(attr, "true", "false");
            }
            if let Some(attr) = missing(b, yes) {
                return absent(attr, "false", "true");
            }
        }
        (TypeKind::Tuple(a), TypeKind::Tuple(b)) => {
            if a.len() != b.len() {
                let (a, b) = (a.len(), b.len());
                return format!("The 'true' tuple has length {a}, but the 'false' tuple has length {b}.");
            }
            let found = a.iter().zip(b).enumerate().find(|(_, (a, b))| inconsistent(**a, **b));
            if let Some((at, (a, b))) = found {
                return format!("Type mismatch for tuple element {at}: {}", mismatch(*a, *b));
            }
        }
        (TypeKind::List(a), TypeKind::List(b)) if both_structural(*a, *b) => {
            return format!("Mismatched list element types: {}", mismatch(*a, *b));
        }
        (TypeKind::Set(a), TypeKind::Set(b)) if both_structural(*a, *b) => {
            return format!("Mismatched set element types: {}", mismatch(*a, *b));
        }
        (TypeKind::Map(a), TypeKind::Map(b)) if both_structural(*a, *b) => {
            return format!("Mismatched map element types: {}", mismatch(*a, *b));
        }
        _ => {}
    }
    let (yes, no) = (yes.to_string(), no.to_string());
    if yes == no {
        return "At least one deeply-nested attribute or element is not compatible across both the 'true' and the 'false' \
                value."
            .to_owned();
    }
    format!("The 'true' value is {yes}, but the 'false' value is {no}.")
}

fn both_structural(a: Type, b: Type) -> bool {
    matches!(
        (a.kind(), b.kind()),
        (TypeKind::Object(_), TypeKind::Object(_)) | (TypeKind::Tuple(_), TypeKind::Tuple(_))
    )
}
