//! Functions that make one collection of several, or choose among values: `concat`, `merge`, `coalesce`, `zipmap`.

use std::collections::BTreeMap;

use super::CallError;
use super::Function;
use super::Param;
use super::signature::Returns;
use crate::value::Marks;
use crate::value::ObjectAttr;
use crate::value::Str;
use crate::value::Type;
use crate::value::TypeKind;
use crate::value::Value;
use crate::value::convert::convert;
use crate::value::convert::unify;

pub(super) fn functions() -> Vec<Function> {
    let none: [Param; 0] = [];
    vec![
        Function::pure("coalesce", none.clone(), Returns::Of(coalesce_type), coalesce)
            .variadic_of(Param::any("vals").unchecked()),
        Function::pure("coalescelist", none.clone(), Returns::Of(coalescelist_type), coalescelist)
            .variadic_of(Param::any("vals").nullable().unknown().dynamic()),
        Function::pure("concat", none.clone(), Returns::Of(concat_type), concat)
            .variadic_of(Param::any("seqs").marked()),
        Function::pure("flatten", [Param::any("list").unknown().marked()], Type::DYNAMIC, flatten),
        Function::pure("merge", none, Returns::Of(merge_type), merge)
            .variadic_of(Param::any("maps").nullable().marked().dynamic()),
        Function::pure(
            "transpose",
            [Param::new("values", Type::map(Type::list(Type::STRING))).whole()],
            Type::map(Type::list(Type::STRING)),
            transpose,
        ),
        Function::pure(
            "zipmap",
            [Param::new("keys", Type::list(Type::STRING)).marked(), Param::any("values").marked()],
            Returns::Of(zipmap_type),
            zipmap,
        ),
    ]
}

fn types(args: &[Value]) -> Vec<Type> {
    args.iter().map(Value::ty).collect()
}

fn coalesce_type(args: &[Value]) -> Result<Type, CallError> {
    unify(&types(args)).ok_or_else(|| CallError::call("all arguments must have the same type"))
}

fn coalesce(args: &[Value]) -> Result<Value, CallError> {
    let ty = coalesce_type(args)?;
    for (index, arg) in args.iter().enumerate() {
        let value = convert(arg, ty).map_err(|error| CallError::argument(index, error.message))?;
        if !value.is_known() {
            // Which argument it will be decides about the marks too.
            let marks = args.iter().skip(index).fold(Marks::NONE, |marks, arg| marks | arg.marks());
            return Ok(Value::unknown(value.ty()).with_marks(marks));
        }
        let is_empty = value == Value::from("");
        if !value.is_null() && !is_empty {
            return Ok(value);
        }
    }
    Err(CallError::call("no non-null, non-empty-string arguments"))
}

fn coalescelist_type(args: &[Value]) -> Result<Type, CallError> {
    if args.is_empty() {
        return Err(CallError::call("at least one argument is required"));
    }
    for arg in args {
        if !arg.is_known() {
            return Ok(Type::DYNAMIC);
        }
        if !matches!(arg.ty().kind(), TypeKind::List(_) | TypeKind::Tuple(_)) {
            return Err(CallError::call("coalescelist arguments must be lists or tuples"));
        }
    }
    let ty = args[0].ty();
    Ok(if args.iter().all(|arg| arg.ty() == ty) { ty } else { Type::DYNAMIC })
}

fn coalescelist(args: &[Value]) -> Result<Value, CallError> {
    let ty = coalescelist_type(args)?;
    for arg in args {
        match arg.as_elements() {
            _ if !arg.is_known() => return Ok(Value::unknown(ty)),
            Some([_, ..]) => return Ok(arg.clone()),
            _ => {}
        }
    }
    Err(CallError::call("no non-null arguments"))
}

fn concat_type(args: &[Value]) -> Result<Type, CallError> {
    if args.is_empty() {
        return Err(CallError::call("at least one argument is required"));
    }
    if args.iter().all(|arg| matches!(arg.ty().kind(), TypeKind::List(_)))
        && let Some(shared) = unify(&types(args))
    {
        return Ok(shared);
    }
    let mut elements = Vec::new();
    for (index, arg) in args.iter().enumerate() {
        let ty = arg.ty();
        match ty.kind() {
            TypeKind::Tuple(types) => elements.extend_from_slice(types),
            TypeKind::List(element) => match arg.as_elements() {
                Some(known) => elements.extend(known.iter().map(|_| *element)),
                None => return Ok(Type::DYNAMIC),
            },
            _ => {
                let message = format!("all arguments must be lists or tuples; got {ty}");
                return Err(CallError::argument(index, message));
            }
        }
    }
    Ok(Type::tuple(elements))
}

fn concat(args: &[Value]) -> Result<Value, CallError> {
    let ty = concat_type(args)?;
    let mut marks = Marks::NONE;
    let mut elements = Vec::new();
    for (index, arg) in args.iter().enumerate() {
        marks |= arg.marks();
        let converted;
        let arg = if ty.element().is_some() {
            converted = convert(arg, ty).map_err(|error| CallError::argument(index, error.message))?;
            &converted
        } else {
            arg
        };
        elements.extend_from_slice(arg.as_elements().unwrap_or_default());
    }
    let all = match ty.element() {
        Some(element) => Value::list(element, elements),
        None => Value::tuple(elements),
    };
    Ok(all.with_marks(marks))
}

fn flatten(args: &[Value]) -> Result<Value, CallError> {
    if !matches!(args[0].ty().kind(), TypeKind::List(_) | TypeKind::Set(_) | TypeKind::Tuple(_)) {
        return Err(CallError::call("can only flatten lists, sets and tuples"));
    }
    let mut flat = Flat { elements: Vec::new(), marks: Marks::NONE, is_known: true };
    flat.add(&args[0]);
    let value = if flat.is_known { Value::tuple(flat.elements) } else { Value::unknown(Type::DYNAMIC) };
    Ok(value.with_marks(flat.marks))
}

struct Flat {
    elements: Vec<Value>,
    marks: Marks,
    is_known: bool,
}

impl Flat {
    fn add(&mut self, list: &Value) {
        self.marks |= list.marks();
        // How many elements a set of unknowns has is not known either.
        let is_settled = list.is_known() && (list.is_wholly_known() || !matches!(list.unmarked(), Value::Set(_)));
        let Some(elements) = list.as_elements().filter(|_| is_settled) else {
            self.is_known = false;
            return;
        };
        for element in elements {
            let is_list = matches!(element.ty().kind(), TypeKind::List(_) | TypeKind::Set(_) | TypeKind::Tuple(_));
            if is_list && !element.is_null() {
                self.add(element);
            } else {
                self.is_known &= element.is_known() || element.ty() != Type::DYNAMIC;
                self.elements.push(element.clone());
            }
        }
    }
}

/// The first argument's type when all agree; else an object of everything.
fn merge_type(args: &[Value]) -> Result<Type, CallError> {
    let mut attributes: BTreeMap<Str, Type> = BTreeMap::new();
    let mut is_complete = true;
    for arg in args {
        let ty = arg.ty();
        match (ty.kind(), arg.as_entries()) {
            (TypeKind::Dynamic, _) => return Ok(Type::DYNAMIC),
            (TypeKind::Object(own), _) if !arg.is_null() => {
                attributes.extend(own.iter().map(|attribute| (attribute.name.clone(), attribute.ty)));
            }
            (TypeKind::Map(element), Some(entries)) => {
                attributes.extend(entries.iter().map(|(key, _)| ((*key).clone(), *element)));
            }
            (TypeKind::Map(_) | TypeKind::Object(_), _) => is_complete &= arg.is_null(),
            _ => {
                let message = format!("arguments must be maps or objects, got \"{ty}\"");
                return Err(CallError::call(message));
            }
        }
    }
    if let Some(first) = args.first().map(Value::ty)
        && args.iter().all(|arg| arg.ty() == first)
    {
        return Ok(first);
    }
    if !is_complete {
        return Ok(Type::DYNAMIC);
    }
    Ok(Type::object(attributes.into_iter().map(|(name, ty)| ObjectAttr::new(name, ty)).collect()))
}

fn merge(args: &[Value]) -> Result<Value, CallError> {
    let ty = merge_type(args)?;
    let mut merged: BTreeMap<Str, Value> = BTreeMap::new();
    let mut marks = Marks::NONE;
    for (at, arg) in args.iter().enumerate() {
        if arg.is_null() {
            continue;
        }
        marks |= arg.marks();
        let Some(entries) = arg.as_entries() else {
            return Err(CallError::argument(at, format!("arguments must be maps or objects, got \"{}\"", arg.ty())));
        };
        merged.extend(entries.into_iter().map(|(key, value)| (key.clone(), value.clone())));
    }
    let value = match ty.kind() {
        TypeKind::Map(element) => Value::map(*element, merged),
        _ => Value::object(merged),
    };
    Ok(value.with_marks(marks))
}

fn transpose(args: &[Value]) -> Result<Value, CallError> {
    let mut lists: BTreeMap<Str, Vec<Value>> = BTreeMap::new();
    for (key, list) in args[0].as_entries().unwrap_or_default() {
        let elements = list.as_elements().ok_or_else(|| CallError::call("input must not contain null list"))?;
        for element in elements {
            let Value::String(text) = element else {
                return Err(CallError::call("input list must not contain null string"));
            };
            lists.entry(text.clone()).or_default().push(Value::String(key.clone()));
        }
    }
    let lists = lists.into_iter().map(|(key, keys)| (key, Value::list(Type::STRING, keys)));
    Ok(Value::map(Type::list(Type::STRING), lists))
}

fn zipmap_type(args: &[Value]) -> Result<Type, CallError> {
    match args[1].ty().kind() {
        TypeKind::List(element) => Ok(Type::map(*element)),
        TypeKind::Tuple(types) => {
            let Some(keys) = args[0].as_elements().filter(|_| args[0].is_wholly_known()) else {
                return Ok(Type::DYNAMIC);
            };
            let names = zip_keys(keys, types.len())?;
            let attributes: BTreeMap<Str, Type> = names.into_iter().zip(types.iter().copied()).collect();
            Ok(Type::object(attributes.into_iter().map(|(name, ty)| ObjectAttr::new(name, ty)).collect()))
        }
        _ => Err(CallError::call("values argument must be a list or tuple value")),
    }
}

fn zip_keys(keys: &[Value], values: usize) -> Result<Vec<Str>, CallError> {
    if keys.len() != values {
        let message = format!("number of keys ({}) does not match number of values ({values})", keys.len());
        return Err(CallError::call(message));
    }
    let keys = keys.iter().enumerate().map(|(at, key)| match key.unmarked() {
        Value::String(key) => Ok(key.clone()),
        _ => Err(CallError::call(format!("keys list has null value at index {at}"))),
    });
    keys.collect()
}

fn zipmap(args: &[Value]) -> Result<Value, CallError> {
    let ty = zipmap_type(args)?;
    let marks = args[0].marks_deep() | args[1].marks();
    if !args[0].is_wholly_known() {
        return Ok(Value::unknown(ty).with_marks(marks));
    }
    let values = args[1].as_elements().unwrap_or_default();
    let keys = zip_keys(args[0].as_elements().unwrap_or_default(), values.len())?;
    let entries = keys.into_iter().zip(values.iter().cloned());
    let value = match ty.kind() {
        TypeKind::Map(element) => Value::map(*element, entries),
        _ => Value::object(entries),
    };
    Ok(value.with_marks(marks))
}

#[cfg(test)]
mod tests;
