//! `yamlencode` and `yamldecode`.

use super::CallError;
use super::Function;
use super::Param;
use super::string::string;
use super::yaml_emit;
use super::yaml_read;
use crate::value::Type;
use crate::value::Value;

pub(super) fn functions() -> Vec<Function> {
    vec![
        Function::pure("yamldecode", [Param::string("src")], Type::DYNAMIC, |args| {
            yaml_read::decode(string(args, 0)).map_err(|error| CallError::call(error.to_string()))
        }),
        Function::pure("yamlencode", [Param::any("value").nullable().unknown().dynamic()], Type::STRING, yamlencode),
    ]
}

fn yamlencode(args: &[Value]) -> Result<Value, CallError> {
    if !args[0].is_wholly_known() {
        return Ok(Value::unknown_not_null(Type::STRING));
    }
    Ok(Value::text(yaml_emit::encode(&args[0])))
}

#[cfg(test)]
mod tests;
