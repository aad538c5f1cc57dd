//! Functions on marks: `sensitive`, `nonsensitive`, `issensitive`, `ephemeralasnull`.

use super::CallError;
use super::Function;
use super::Param;
use crate::value::Marks;
use crate::value::Type;
use crate::value::Value;

pub(super) fn functions() -> Vec<Function> {
    let value = || [Param::any("value").unchecked()];
    vec![
        Function::pure("sensitive", value(), Type::DYNAMIC, |args| Ok(args[0].clone().sensitive())),
        Function::pure("nonsensitive", value(), Type::DYNAMIC, nonsensitive),
        Function::pure("issensitive", value(), Type::BOOL, issensitive),
        Function::pure("ephemeralasnull", value(), Type::DYNAMIC, |args| Ok(without_ephemeral(&args[0]))),
    ]
}

/// Marks of parts stay: only the value itself is said to be harmless.
fn nonsensitive(args: &[Value]) -> Result<Value, CallError> {
    let (value, marks) = args[0].clone().unmark();
    Ok(value.with_marks(marks.without(Marks::SENSITIVE)))
}

/// An unknown may turn out to be sensitive.
fn issensitive(args: &[Value]) -> Result<Value, CallError> {
    Ok(match &args[0] {
        value if value.is_sensitive() => Value::Bool(true),
        value if !value.is_known() => Value::unknown_not_null(Type::BOOL),
        _ => Value::Bool(false),
    })
}

fn without_ephemeral(value: &Value) -> Value {
    let marks = value.marks();
    if marks.contains(Marks::EPHEMERAL) {
        return Value::Null(value.ty()).with_marks(marks.without(Marks::EPHEMERAL));
    }
    if !value.contains_marked() {
        return value.clone();
    }
    value.clone().map_children(&mut |part| without_ephemeral(part))
}
