//! `regex`, `regexall`, `replace`.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use super::CallError;
use super::Function;
use super::Param;
use super::pattern::Pattern;
use super::pattern::SyntaxError;
use super::signature::Returns;
use super::string::string;
use crate::value::ObjectAttr;
use crate::value::Str;
use crate::value::Type;
use crate::value::Value;

pub(super) fn functions() -> Vec<Function> {
    let search = || [Param::string("pattern"), Param::string("string")];
    vec![
        Function::pure("regex", search(), Returns::Of(one_type), find),
        Function::pure("regexall", search(), Returns::Of(many_type), find_all),
        Function::pure(
            "replace",
            [Param::string("str"), Param::string("substr"), Param::string("replace")],
            Type::STRING,
            replace,
        ),
    ]
}

thread_local! {
    /// Expressions lately compiled: a module's instances all ask for the same few.
    static COMPILED: RefCell<HashMap<String, Rc<Pattern>>> = RefCell::default();
}

fn compile(pattern: &str) -> Result<Rc<Pattern>, SyntaxError> {
    const MOST: usize = 64;
    if let Some(known) = COMPILED.with_borrow(|compiled| compiled.get(pattern).cloned()) {
        return Ok(known);
    }
    let new = Rc::new(Pattern::new(pattern)?);
    COMPILED.with_borrow_mut(|compiled| {
        if compiled.len() >= MOST {
            compiled.clear();
        }
        compiled.insert(pattern.to_owned(), Rc::clone(&new));
    });
    Ok(new)
}

/// A pattern whose groups are all named, or none.
fn compiled(pattern: &str) -> Result<Rc<Pattern>, CallError> {
    let fail = |message: String| CallError::argument(0, format!("invalid regexp pattern: {message}"));
    let compiled = compile(pattern).map_err(|error| fail(format!("{} in {}", error.what, error.part)))?;
    if compiled.names.iter().any(Option::is_some) && compiled.names.iter().any(Option::is_none) {
        return Err(fail("cannot mix both named and unnamed capture groups".into()));
    }
    Ok(compiled)
}

fn one_type(args: &[Value]) -> Result<Type, CallError> {
    match args[0].as_str() {
        Some(pattern) => Ok(result_type(compiled(pattern)?.as_ref())),
        None => Ok(Type::DYNAMIC),
    }
}

fn many_type(args: &[Value]) -> Result<Type, CallError> {
    one_type(args).map(Type::list)
}

/// An object of named groups, a tuple of unnamed ones, or the whole match.
fn result_type(pattern: &Pattern) -> Type {
    if pattern.names.is_empty() {
        return Type::STRING;
    }
    let named: Vec<&String> = pattern.names.iter().flatten().collect();
    if named.is_empty() {
        return Type::tuple(vec![Type::STRING; pattern.names.len()]);
    }
    let mut attributes: Vec<ObjectAttr> = Vec::new();
    for name in named {
        if attributes.iter().all(|attribute| *attribute.name != **name) {
            attributes.push(ObjectAttr::new(name.as_str(), Type::STRING));
        }
    }
    Type::object(attributes)
}

fn result(pattern: &Pattern, captures: &regex::Captures<'_>) -> Value {
    let text = |group: usize| match captures.get(group) {
        Some(found) => Value::text(found.as_str()),
        None => Value::Null(Type::STRING),
    };
    if pattern.names.is_empty() {
        return text(0);
    }
    let groups = (1..).zip(&pattern.names);
    if pattern.names.iter().any(Option::is_some) {
        let named = groups.filter_map(|(group, name)| Some((Str::from(name.as_deref()?), text(group))));
        return Value::object(named);
    }
    Value::tuple(groups.map(|(group, _)| text(group)).collect())
}

fn find(args: &[Value]) -> Result<Value, CallError> {
    let pattern = compiled(string(args, 0))?;
    let captures = pattern.regex.captures(string(args, 1));
    let captures = captures.ok_or_else(|| CallError::call("pattern did not match any part of the given string"))?;
    Ok(result(&pattern, &captures))
}

fn find_all(args: &[Value]) -> Result<Value, CallError> {
    let pattern = compiled(string(args, 0))?;
    let all = pattern.regex.captures_iter(string(args, 1)).map(|captures| result(&pattern, &captures));
    Ok(Value::list(result_type(&pattern), all.collect()))
}

/// Between slashes the substring is an expression, and the replacement may name its groups: `$1`, `${name}`.
fn replace(args: &[Value]) -> Result<Value, CallError> {
    let (text, wanted, instead) = (string(args, 0), string(args, 1), string(args, 2));
    let Some(pattern) = wanted.strip_prefix('/').and_then(|rest| rest.strip_suffix('/')) else {
        return Ok(Value::text(text.replace(wanted, instead)));
    };
    let pattern = compile(pattern)
        .map_err(|error| CallError::call(format!("error parsing regexp: {}: `{}`", error.what, error.part)))?;
    let replaced = pattern.regex.replace_all(text, |captures: &regex::Captures<'_>| {
        expanded(instead, |name| {
            let by_name = || pattern.names.iter().rposition(|known| known.as_deref() == Some(name)).map(|at| at + 1);
            let group = name.parse().ok().or_else(by_name)?;
            captures.get(group).map(|found| found.as_str())
        })
    });
    Ok(Value::text(&*replaced))
}

/// The template with groups put in; a group that there is not is empty, a `$` that names nothing stays.
fn expanded<'t>(template: &str, group: impl Fn(&str) -> Option<&'t str>) -> String {
    let mut result = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('$') {
        result.push_str(before);
        if let Some(further) = after.strip_prefix('$') {
            result.push('$');
            rest = further;
            continue;
        }
        let is_word = |char: char| char.is_alphanumeric() || char == '_';
        let (name, further) = match after.strip_prefix('{') {
            Some(inside) => inside.split_once('}').unwrap_or(("", after)),
            None => after.split_at(after.find(|char| !is_word(char)).unwrap_or(after.len())),
        };
        if name.is_empty() || !name.chars().all(is_word) {
            result.push('$');
            rest = after;
            continue;
        }
        result.push_str(group(name).unwrap_or_default());
        rest = further;
    }
    result + rest
}

#[cfg(test)]
mod tests;
