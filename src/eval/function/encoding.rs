//! JSON, Base64 and URL encoding.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::CallError;
use super::Function;
use super::Param;
use super::string::string;
use super::string::unknown_with_prefix;
use crate::value::Type;
use crate::value::TypeKind;
use crate::value::Value;
use crate::value::json;
use crate::value::text::quoted;

pub(super) fn functions() -> Vec<Function> {
    let text = |name, body| Function::pure(name, [Param::string("str")], Type::STRING, body);
    vec![
        text("base64decode", base64decode),
        text("base64encode", |args| Ok(Value::from(STANDARD.encode(string(args, 0))))),
        Function::pure("jsondecode", [Param::string("str")], Type::DYNAMIC, |args| {
            json::decode(string(args, 0)).map_err(|error| CallError::call(error.to_string()))
        }),
        Function::pure("jsonencode", [Param::any("val").nullable().unknown().dynamic()], Type::STRING, jsonencode),
        text("urlencode", |args| Ok(Value::from(urlencode(string(args, 0))))),
    ]
}

/// The bytes of Base64 text, which may be broken into lines.
pub(super) fn from_base64(text: &str) -> Option<Vec<u8>> {
    STANDARD.decode(text.replace(['\r', '\n'], "")).ok()
}

fn base64decode(args: &[Value]) -> Result<Value, CallError> {
    let text = string(args, 0);
    let failed = || CallError::call(format!("failed to decode base64 data {}", quoted(text)));
    let bytes = from_base64(text).ok_or_else(failed)?;
    let not_text = |_| CallError::call("the result of decoding the provided string is not valid UTF-8");
    String::from_utf8(bytes).map(Value::text).map_err(not_text)
}

/// What begins an unknown's text is known from its type, unless it may be null.
fn jsonencode(args: &[Value]) -> Result<Value, CallError> {
    if args[0].is_wholly_known() {
        return json::encode(&args[0]).map(Value::text).map_err(|error| CallError::call(error.to_string()));
    }
    let may_be_null = args[0].as_unknown().is_some_and(|unknown| !unknown.refinement().not_null);
    Ok(unknown_with_prefix(match args[0].ty().kind() {
        _ if may_be_null => "",
        TypeKind::String => "\"",
        TypeKind::Map(_) | TypeKind::Object(_) => "{",
        TypeKind::List(_) | TypeKind::Set(_) | TypeKind::Tuple(_) => "[",
        TypeKind::Bool | TypeKind::Number | TypeKind::Dynamic => "",
    }))
}

fn urlencode(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => encoded.push(char::from(byte)),
            b' ' => encoded.push('+'),
            _ => {
                encoded.push('%');
                encoded.push_str(&hex::encode_upper([byte]));
            }
        }
    }
    encoded
}

#[cfg(test)]
mod tests;
