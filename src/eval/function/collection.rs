//! Functions that look into one collection: its length, keys, elements, parts.

use unicode_segmentation::UnicodeSegmentation;

use super::CallError;
use super::Function;
use super::Param;
use super::equality::equal;
use super::numeric::whole;
use super::signature::Returns;
use crate::value::Number;
use crate::value::Type;
use crate::value::TypeKind;
use crate::value::Value;
use crate::value::convert::convert;
use crate::value::convert::unify;

pub(super) fn functions() -> Vec<Function> {
    let list = Type::list(Type::DYNAMIC);
    let bools = || [Param::new("list", Type::list(Type::BOOL))];
    let strings = || [Param::new("list", Type::list(Type::STRING)).whole()];
    vec![
        Function::pure("alltrue", bools(), Type::BOOL, |args| Ok(all(args, false))),
        Function::pure("anytrue", bools(), Type::BOOL, |args| Ok(all(args, true))),
        Function::pure(
            "chunklist",
            [Param::new("list", list).marked(), Param::number("size")],
            Returns::Of(nested_type),
            chunklist,
        ),
        Function::pure("compact", strings(), Type::list(Type::STRING), compact),
        Function::pure("contains", [Param::any("list"), Param::any("value")], Type::BOOL, contains),
        Function::pure("distinct", [Param::new("list", list).whole()], Returns::Of(same_type), distinct),
        Function::pure(
            "element",
            [Param::any("list").marked(), Param::number("index")],
            Returns::Of(element_type),
            element,
        )
        .may_be_null(),
        Function::pure("index", [Param::any("list"), Param::any("value")], Type::NUMBER, index),
        Function::pure("length", [Param::any("value").unknown().marked().dynamic()], Type::NUMBER, length),
        Function::pure(
            "matchkeys",
            [Param::new("values", list), Param::new("keys", list), Param::new("searchset", list)],
            Returns::Of(same_type),
            matchkeys,
        ),
        Function::pure("one", [Param::any("list")], Returns::Of(one_type), one).may_be_null(),
        Function::pure("reverse", [Param::any("list").marked()], Returns::Of(reverse_type), reverse),
        Function::pure(
            "slice",
            [Param::any("list").marked(), Param::number("start_index"), Param::number("end_index")],
            Returns::Of(slice_type),
            slice,
        ),
        Function::pure("sort", strings(), Type::list(Type::STRING), sort),
    ]
}

fn same_type(args: &[Value]) -> Result<Type, CallError> {
    Ok(args[0].ty())
}

fn nested_type(args: &[Value]) -> Result<Type, CallError> {
    Ok(Type::list(args[0].ty()))
}

/// Whether all are true, or (`any`) whether one is. Null is neither.
fn all(args: &[Value], any: bool) -> Value {
    let mut is_unknown = false;
    for element in args[0].as_elements().unwrap_or_default() {
        match element.as_bool() {
            _ if !element.is_known() && any => is_unknown = true,
            _ if !element.is_known() => return Value::unknown_not_null(Type::BOOL),
            value if (value == Some(true)) == any => return Value::Bool(any),
            _ => {}
        }
    }
    if is_unknown { Value::unknown_not_null(Type::BOOL) } else { Value::Bool(!any) }
}

fn chunklist(args: &[Value]) -> Result<Value, CallError> {
    let size = whole(&args[1]).map_err(|message| CallError::call(format!("invalid size: {message}")))?;
    let size = usize::try_from(size).map_err(|_| CallError::call("the size argument must be positive"))?;
    let (list, marks) = args[0].clone().unmark();
    let element = list.ty().element().unwrap_or(Type::DYNAMIC);
    let elements = list.as_elements().unwrap_or_default();
    let chunks = match size {
        0 => vec![list.clone()],
        _ => elements.chunks(size).map(|chunk| Value::list(element, chunk.to_vec())).collect(),
    };
    Ok(Value::list(list.ty(), chunks).with_marks(marks))
}

fn compact(args: &[Value]) -> Result<Value, CallError> {
    let elements = args[0].as_elements().unwrap_or_default().iter();
    let kept = elements.filter(|element| element.as_str().is_some_and(|text| !text.is_empty()));
    Ok(Value::list(Type::STRING, kept.cloned().collect()))
}

fn contains(args: &[Value]) -> Result<Value, CallError> {
    let elements = args[0].as_elements().ok_or_else(|| CallError::call("argument must be list, tuple, or set"))?;
    let mut is_unknown = false;
    for element in elements {
        match equal(element, &args[1]) {
            Some(true) => return Ok(Value::Bool(true)),
            Some(false) => {}
            None => is_unknown = true,
        }
    }
    Ok(if is_unknown { Value::unknown_not_null(Type::BOOL) } else { Value::Bool(false) })
}

fn distinct(args: &[Value]) -> Result<Value, CallError> {
    let mut seen = std::collections::HashSet::new();
    let elements = args[0].as_elements().unwrap_or_default().iter();
    let kept = elements.filter(|element| seen.insert((*element).clone())).cloned().collect();
    Ok(Value::list(args[0].ty().element().unwrap_or(Type::DYNAMIC), kept))
}

fn element_type(args: &[Value]) -> Result<Type, CallError> {
    let ty = args[0].ty();
    match ty.kind() {
        TypeKind::List(element) => Ok(*element),
        TypeKind::Tuple(types) if args[1].is_known() => Ok(types[element_index(&args[1], types.len(), true)?]),
        TypeKind::Tuple(_) => Ok(Type::DYNAMIC),
        _ => Err(CallError::call(format!("cannot read elements from {ty}"))),
    }
}

/// The index wraps around. Below zero it counts from the end of a list; a tuple has its elements' types to think of.
fn element_index(index: &Value, length: usize, is_tuple: bool) -> Result<usize, CallError> {
    let index = whole(index).map_err(|message| CallError::call(format!("invalid index: {message}")))?;
    let length = length as i64;
    if length == 0 {
        return Err(CallError::call("cannot use element function with an empty list"));
    }
    if is_tuple && index % length < 0 {
        return Err(CallError::call("cannot use element function with a negative index into a tuple"));
    }
    Ok(index.rem_euclid(length) as usize)
}

fn element(args: &[Value]) -> Result<Value, CallError> {
    element_type(args)?;
    let (list, marks) = args[0].clone().unmark();
    let elements = list.as_elements().unwrap_or_default();
    let at = element_index(&args[1], elements.len(), matches!(list, Value::Tuple(_)))?;
    Ok(elements[at].clone().with_marks(marks))
}

fn index(args: &[Value]) -> Result<Value, CallError> {
    let (Value::List(_) | Value::Tuple(_), Some(elements)) = (&args[0], args[0].as_elements()) else {
        return Err(CallError::call("argument must be a list or tuple"));
    };
    if elements.is_empty() {
        return Err(CallError::call("cannot search an empty list"));
    }
    for (at, element) in elements.iter().enumerate() {
        match equal(element, &args[1]) {
            Some(true) => return Ok(Value::Number(Number::from(at))),
            Some(false) => {}
            None => return Ok(Value::unknown_not_null(Type::NUMBER)),
        }
    }
    Err(CallError::call("item not found"))
}

/// Marks of elements do not matter: how many there are is no secret.
fn length(args: &[Value]) -> Result<Value, CallError> {
    let (value, marks) = args[0].clone().unmark();
    let count = match (&value, value.ty().kind()) {
        (Value::String(text), _) => Some(text.graphemes(true).count()),
        (_, TypeKind::Tuple(types)) => Some(types.len()),
        (_, TypeKind::Object(attributes)) => Some(attributes.len()),
        // Unknown elements may turn out to be equal.
        (Value::Set(set), _) if !value.is_wholly_known() && set.as_slice().len() > 1 => None,
        (Value::List(_) | Value::Set(_), _) => value.as_elements().map(<[Value]>::len),
        (Value::Map(map), _) => Some(map.len()),
        (_, TypeKind::String | TypeKind::List(_) | TypeKind::Set(_) | TypeKind::Map(_) | TypeKind::Dynamic) => None,
        _ => {
            return Err(CallError::call("argument must be a string, a collection type, or a structural type"));
        }
    };
    let count = count.map(|count| Value::Number(Number::from(count)));
    Ok(count.unwrap_or_else(|| Value::unknown_not_null(Type::NUMBER)).with_marks(marks))
}

fn matchkeys(args: &[Value]) -> Result<Value, CallError> {
    let shared = unify(&[args[1].ty(), args[2].ty()]);
    let shared = shared.ok_or_else(|| CallError::call("keys and searchset must be of the same type"))?;
    let values = args[0].as_elements().unwrap_or_default();
    let into_shared = |value: &Value| convert(value, shared).map_err(|error| CallError::call(error.message));
    let (keys, wanted) = (into_shared(&args[1])?, into_shared(&args[2])?);
    let (keys, wanted) = (keys.as_elements().unwrap_or_default(), wanted.as_elements().unwrap_or_default());
    if keys.len() != values.len() {
        return Err(CallError::call("length of keys and values should be equal"));
    }
    let element = args[0].ty().element().unwrap_or(Type::DYNAMIC);
    let mut found = Vec::new();
    for (value, key) in values.iter().zip(keys) {
        let mut verdict = Some(false);
        for candidate in wanted {
            verdict = equal(key, candidate);
            if verdict != Some(false) {
                break;
            }
        }
        match verdict {
            Some(true) => found.push(value.clone()),
            Some(false) => {}
            None => return Ok(Value::unknown_not_null(args[0].ty())),
        }
    }
    Ok(Value::list(element, found))
}

fn one_type(args: &[Value]) -> Result<Type, CallError> {
    match args[0].ty().kind() {
        TypeKind::List(element) | TypeKind::Set(element) => Ok(*element),
        TypeKind::Tuple(types) if types.len() <= 1 => Ok(types.first().copied().unwrap_or(Type::DYNAMIC)),
        _ => {
            let message = "must be a list, set, or tuple value with either zero or one elements";
            Err(CallError::argument(0, message))
        }
    }
}

fn one(args: &[Value]) -> Result<Value, CallError> {
    let ty = one_type(args)?;
    match args[0].as_elements().unwrap_or_default() {
        [] => Ok(Value::Null(ty)),
        [one] => Ok(one.clone()),
        [..] if matches!(args[0], Value::Set(_)) && !args[0].is_wholly_known() => Ok(Value::unknown(ty)),
        [..] => {
            let message = "must be a list, set, or tuple value with either zero or one elements";
            Err(CallError::argument(0, message))
        }
    }
}

fn reverse_type(args: &[Value]) -> Result<Type, CallError> {
    let ty = args[0].ty();
    match ty.kind() {
        TypeKind::List(element) | TypeKind::Set(element) => Ok(Type::list(*element)),
        TypeKind::Tuple(types) => Ok(Type::tuple(types.iter().rev().copied().collect())),
        _ => Err(CallError::argument(0, format!("can only reverse list or tuple values, not {ty}"))),
    }
}

fn reverse(args: &[Value]) -> Result<Value, CallError> {
    let ty = reverse_type(args)?;
    let (list, marks) = args[0].clone().unmark();
    let reversed = list.as_elements().unwrap_or_default().iter().rev().cloned().collect();
    let reversed = match ty.element() {
        Some(element) => Value::list(element, reversed),
        None => Value::tuple(reversed),
    };
    Ok(reversed.with_marks(marks))
}

fn slice_type(args: &[Value]) -> Result<Type, CallError> {
    let ty = args[0].ty();
    let length = match ty.kind() {
        TypeKind::List(_) => args[0].as_elements().map(<[Value]>::len),
        TypeKind::Tuple(types) => Some(types.len()),
        TypeKind::Set(_) => {
            return Err(CallError::argument(
                0,
                "cannot slice a set, because its elements do not have indices; explicitly convert to a list if the \
                 ordering of the result is not important",
            ));
        }
        _ => return Err(CallError::argument(0, "must be a list or tuple value")),
    };
    let bounds = slice_bounds(args, length)?;
    Ok(match (ty.kind(), bounds) {
        (TypeKind::Tuple(types), Some((start, end))) => Type::tuple(types[start..end].to_vec()),
        (TypeKind::Tuple(_), None) => Type::DYNAMIC,
        _ => ty,
    })
}

fn slice_bounds(args: &[Value], length: Option<usize>) -> Result<Option<(usize, usize)>, CallError> {
    let bound = |at: usize, name: &str| {
        if !args[at].is_known() {
            return Ok(None);
        }
        let fail = |message: String| CallError::argument(at, message);
        let bound = whole(&args[at]).map_err(|message| fail(format!("invalid {name} index: {message}")))?;
        let bound = usize::try_from(bound).map_err(|_| fail(format!("{name} index must not be less than zero")))?;
        if length.is_some_and(|length| bound > length) {
            return Err(fail(format!("{name} index must not be greater than the length of the list")));
        }
        Ok(Some(bound))
    };
    match (bound(1, "start")?, bound(2, "end")?) {
        (Some(start), Some(end)) if start > end => {
            Err(CallError::argument(1, "start index must not be greater than end index"))
        }
        (Some(start), Some(end)) => Ok(Some((start, end))),
        _ => Ok(None),
    }
}

fn slice(args: &[Value]) -> Result<Value, CallError> {
    let ty = slice_type(args)?;
    let (list, marks) = args[0].clone().unmark();
    let elements = list.as_elements().unwrap_or_default();
    let (start, end) = slice_bounds(args, Some(elements.len()))?.unwrap_or((0, elements.len()));
    let part = elements[start..end].to_vec();
    let part = match ty.element() {
        Some(element) => Value::list(element, part),
        None => Value::tuple(part),
    };
    Ok(part.with_marks(marks))
}

fn sort(args: &[Value]) -> Result<Value, CallError> {
    let elements = args[0].as_elements().unwrap_or_default();
    if let Some(at) = elements.iter().position(Value::is_null) {
        return Err(CallError::call(format!("given list element {at} is null; a null string cannot be sorted")));
    }
    let mut sorted = elements.to_vec();
    sorted.sort_by(Value::compare);
    Ok(Value::list(Type::STRING, sorted))
}

#[cfg(test)]
mod tests;
