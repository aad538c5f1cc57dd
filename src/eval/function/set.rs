//! Set algebra and `setproduct`.

use rustc_hash::FxHashSet;

use super::CallError;
use super::Function;
use super::Param;
use super::signature::Returns;
use crate::value::Marks;
use crate::value::Type;
use crate::value::TypeKind;
use crate::value::Value;
use crate::value::convert::convert;
use crate::value::convert::unify;

pub(super) fn functions() -> Vec<Function> {
    let set = Type::set(Type::DYNAMIC);
    let first = || [Param::new("first_set", set)];
    let others = || Param::new("other_sets", set);
    let pair = [Param::new("a", set), Param::new("b", set)];
    vec![
        Function::pure("setintersection", first(), Returns::Of(shared), |args| {
            fold(args, false, |one, other| one.among(other, true))
        })
        .variadic_of(others()),
        Function::pure("setproduct", [], Returns::Of(product_type), product).variadic_of(Param::any("sets").marked()),
        Function::pure("setsubtract", pair, Returns::Of(shared), |args| {
            fold(args, false, |one, other| one.among(other, false))
        }),
        Function::pure("setunion", first(), Returns::Of(shared), |args| {
            fold(args, true, |one, other| Elements(one.0.into_iter().chain(other.0.iter().cloned()).collect()))
        })
        .variadic_of(others()),
    ]
}

/// The set type that all arguments can be converted to; an empty set of no type agrees with any.
fn shared(args: &[Value]) -> Result<Type, CallError> {
    let is_untyped =
        |arg: &&Value| arg.ty().element() == Some(Type::DYNAMIC) && arg.as_elements().is_some_and(<[Value]>::is_empty);
    let elements: Vec<Type> = args.iter().filter(|arg| !is_untyped(arg)).filter_map(|arg| arg.ty().element()).collect();
    if elements.is_empty() {
        return Ok(Type::set(Type::DYNAMIC));
    }
    let failed = || CallError::call("given sets must all have compatible element types");
    unify(&elements).map(Type::set).ok_or_else(failed)
}

struct Elements(Vec<Value>);

impl Elements {
    /// Those that are among others, or those that are not.
    fn among(self, others: &Elements, wanted: bool) -> Elements {
        let others: FxHashSet<&Value> = others.0.iter().collect();
        Elements(self.0.into_iter().filter(|element| others.contains(element) == wanted).collect())
    }
}

fn fold(args: &[Value], allow_unknown: bool, step: fn(Elements, &Elements) -> Elements) -> Result<Value, CallError> {
    let ty = shared(args)?;
    if !allow_unknown && args.iter().any(|arg| !arg.is_wholly_known()) {
        return Ok(Value::unknown_not_null(ty));
    }
    let mut sets = args.iter().enumerate().map(|(index, arg)| {
        let set = convert(arg, ty).map_err(|error| CallError::argument(index, error.message))?;
        Ok(Elements(set.as_elements().unwrap_or_default().to_vec()))
    });
    let first = sets.next().unwrap_or(Ok(Elements(Vec::new())))?;
    let result = sets.try_fold(first, |one, other| Ok(step(one, &other?)))?;
    let element = ty.element().unwrap_or(Type::DYNAMIC);
    let element = if element == Type::DYNAMIC { result.0.first().map_or(element, Value::ty) } else { element };
    Ok(Value::set(element, result.0))
}

fn product_type(args: &[Value]) -> Result<Type, CallError> {
    if args.len() < 2 {
        return Err(CallError::call("at least two arguments are required"));
    }
    let mut elements = Vec::with_capacity(args.len());
    let mut has_set = false;
    for (index, arg) in args.iter().enumerate() {
        let element = match arg.ty().kind() {
            TypeKind::Set(element) => {
                has_set = true;
                *element
            }
            TypeKind::List(element) => *element,
            TypeKind::Tuple(types) if types.is_empty() => Type::DYNAMIC,
            TypeKind::Tuple(types) => {
                unify(types).ok_or_else(|| CallError::argument(index, "all elements must be of the same type"))?
            }
            _ => return Err(CallError::argument(index, "a set or a list is required")),
        };
        elements.push(element);
    }
    // A set has no order to keep, and so the product has none.
    let element = Type::tuple(elements);
    Ok(if has_set { Type::set(element) } else { Type::list(element) })
}

fn product(args: &[Value]) -> Result<Value, CallError> {
    /// Beyond lies a mistake, not a configuration.
    const MOST: usize = 10_000_000;
    let ty = product_type(args)?;
    let element = ty.element().unwrap_or(Type::DYNAMIC);
    let TypeKind::Tuple(types) = element.kind() else { return Ok(Value::unknown(ty)) };
    let marks = args.iter().fold(Marks::NONE, |marks, arg| marks | arg.marks());
    if args.iter().any(|arg| matches!(arg.unmarked(), Value::Set(_)) && !arg.is_wholly_known()) {
        return Ok(Value::unknown_not_null(ty).with_marks(marks));
    }
    let mut rows: Vec<Vec<Value>> = vec![Vec::new()];
    for (index, (arg, ty)) in args.iter().zip(types).enumerate() {
        let choices = arg.as_elements().unwrap_or_default().iter().map(|choice| convert(choice, *ty));
        let choices: Vec<Value> =
            choices.collect::<Result<_, _>>().map_err(|error| CallError::argument(index, error.message))?;
        if rows.len().saturating_mul(choices.len()) > MOST {
            return Err(CallError::call("the result would be too large"));
        }
        let extended = |row: &Vec<Value>, choice: &Value| row.iter().chain([choice]).cloned().collect();
        rows = rows.iter().flat_map(|row| choices.iter().map(move |choice| extended(row, choice))).collect();
    }
    let rows = rows.into_iter().map(Value::tuple).collect();
    let all =
        if matches!(ty.kind(), TypeKind::Set(_)) { Value::set(element, rows) } else { Value::list(element, rows) };
    Ok(all.with_marks(marks))
}

#[cfg(test)]
mod tests;
