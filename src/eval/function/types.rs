//! Conversion functions: `tostring`, `tolist` and their like.

use super::CallError;
use super::Function;
use super::Param;
use crate::value::Marks;
use crate::value::Type;
use crate::value::TypeKind;
use crate::value::Value;
use crate::value::convert::can_convert;
use crate::value::convert::constraint_name;
use crate::value::convert::convert;
use crate::value::text::quoted;

pub(super) fn functions() -> Vec<Function> {
    let value = || [Param::any("v").unchecked()];
    vec![
        Function::pure("tobool", value(), Type::BOOL, |args| to(&args[0], Type::BOOL)),
        Function::pure("tonumber", value(), Type::NUMBER, |args| to(&args[0], Type::NUMBER)),
        Function::pure("tostring", value(), Type::STRING, |args| to(&args[0], Type::STRING)),
        Function::pure("tolist", value(), Type::list(Type::DYNAMIC), |args| to(&args[0], Type::list(Type::DYNAMIC))),
        Function::pure("tomap", value(), Type::map(Type::DYNAMIC), |args| to(&args[0], Type::map(Type::DYNAMIC))),
        Function::pure("toset", value(), Type::set(Type::DYNAMIC), |args| to(&args[0], Type::set(Type::DYNAMIC))),
    ]
}

fn to(value: &Value, wanted: Type) -> Result<Value, CallError> {
    convert(value, wanted).map_err(|_| {
        let got = value.ty();
        let want = constraint_name(wanted);
        let is_sensitive = value.marks_deep().contains(Marks::SENSITIVE);
        let text = || value.as_str().map_or_else(|| "string".into(), quoted);
        CallError::argument(
            0,
            match (got.kind(), wanted.kind()) {
                _ if !can_convert(got, wanted) || value.is_null() => format!("cannot convert {got} to {want}"),
                _ if is_sensitive => format!("cannot convert this sensitive {got} to {want}"),
                (TypeKind::String, TypeKind::Bool) => {
                    format!("cannot convert {} to bool; only the strings \"true\" or \"false\" are allowed", text())
                }
                (TypeKind::String, TypeKind::Number) => {
                    format!(
                        "cannot convert {} to number; given string must be a decimal representation of a number",
                        text()
                    )
                }
                _ => format!("cannot convert {got} to {want}"),
            },
        )
    })
}
