//! `format` and `formatlist`.

use super::CallError;
use super::Function;
use super::Param;
use super::string::string;
use super::string::unknown_with_prefix;
use super::verb;
use super::verb::Piece;
use crate::value::Type;
use crate::value::TypeKind;
use crate::value::Value;

pub(super) fn functions() -> Vec<Function> {
    let format_string = || [Param::string("format")];
    let args = || Param::any("args").nullable().unknown();
    vec![
        Function::pure("format", format_string(), Type::STRING, format).variadic_of(args()),
        Function::pure("formatlist", format_string(), Type::list(Type::STRING), formatlist).variadic_of(args()),
    ]
}

fn format(args: &[Value]) -> Result<Value, CallError> {
    let (text, args) = (string(args, 0), &args[1..]);
    if args.iter().any(|arg| !arg.is_wholly_known()) {
        let pieces = verb::parse(text)?;
        let literals = pieces.iter().map_while(|piece| match piece {
            Piece::Literal(literal) => Some(*literal),
            Piece::Verb(_) => None,
        });
        return Ok(unknown_with_prefix(&literals.collect::<String>()));
    }
    let (formatted, used) = verb::format(text, args)?;
    if used < args.len() {
        return Err(CallError::argument(used + 1, too_many(used)));
    }
    Ok(Value::text(formatted))
}

fn too_many(used: usize) -> String {
    match used {
        0 => "too many arguments; no verbs in format string".into(),
        _ => format!("too many arguments; only {used} used by format string"),
    }
}

fn formatlist(args: &[Value]) -> Result<Value, CallError> {
    let (text, args) = (string(args, 0), &args[1..]);
    if args.is_empty() {
        let (formatted, _) = verb::format(text, args)?;
        return Ok(Value::list(Type::STRING, vec![Value::text(formatted)]));
    }
    let is_sequence =
        |arg: &Value| matches!(arg.ty().kind(), TypeKind::List(_) | TypeKind::Set(_) | TypeKind::Tuple(_));
    let mut chosen: Option<(usize, usize)> = None;
    for (index, arg) in args.iter().enumerate().filter(|(_, arg)| is_sequence(arg) && !arg.is_null()) {
        let Some(elements) = arg.as_elements().filter(|_| arg.is_wholly_known() || !matches!(arg, Value::Set(_)))
        else {
            return Ok(Value::unknown_not_null(Type::list(Type::STRING)));
        };
        match chosen {
            Some((first, length)) if length != elements.len() => {
                let message = format!(
                    "argument {} has length {}, which is inconsistent with argument {} of length {length}",
                    index + 1,
                    elements.len(),
                    first + 1
                );
                return Err(CallError::argument(index + 1, message));
            }
            Some(_) => {}
            None => chosen = Some((index, elements.len())),
        }
    }
    let length = chosen.map_or(1, |(_, length)| length);
    let mut results = Vec::with_capacity(length);
    for at in 0..length {
        let row = args.iter().map(|arg| arg.as_elements().map_or_else(|| arg.clone(), |elements| elements[at].clone()));
        let row: Vec<Value> = row.collect();
        if row.iter().any(|arg| !arg.is_wholly_known()) {
            results.push(Value::unknown_not_null(Type::STRING));
            continue;
        }
        let failed = |message: String| CallError::call(format!("error on format iteration {at}: {message}"));
        let (formatted, used) = verb::format(text, &row).map_err(|error| match error {
            CallError::Call { message } => failed(message),
            other => other,
        })?;
        if used < row.len() {
            return Err(failed(too_many(used)));
        }
        results.push(Value::text(formatted));
    }
    Ok(Value::list(Type::STRING, results))
}

#[cfg(test)]
mod tests;
