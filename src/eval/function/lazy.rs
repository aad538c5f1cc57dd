//! `try` and `can`, whose arguments the evaluator tries one by one; called with values they have nothing left to try.

use super::Function;
use super::Param;
use crate::value::Type;
use crate::value::Value;

pub(super) fn functions() -> Vec<Function> {
    vec![
        Function::pure("can", [Param::any("expression").unchecked()], Type::BOOL, |_| Ok(Value::Bool(true))),
        Function::pure("try", [], Type::DYNAMIC, |args| Ok(args.first().cloned().unwrap_or(Value::NULL)))
            .variadic_of(Param::any("expressions").unchecked()),
    ]
}
