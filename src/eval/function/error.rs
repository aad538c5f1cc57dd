//! Why a call fails.

use super::Function;
use crate::value::Value;
use crate::value::text::quoted;

/// Why a call fails. The evaluator adds where; [`CallError::summary`] and [`CallError::detail`] are Terraform's words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CallError {
    /// An argument is not what the parameter wants.
    Argument {
        /// Which argument, from zero.
        index: usize,
        /// What is wrong with it; no capital, no full stop.
        message: String,
    },
    /// The function cannot work with these arguments.
    Call {
        /// Why; no capital, no full stop.
        message: String,
    },
    /// A parameter has no argument.
    TooFew {
        /// How many arguments there are.
        given: usize,
    },
    /// More arguments than parameters.
    TooMany,
    /// Several arguments are not what their parameters want.
    Several(Vec<CallError>),
}

impl CallError {
    pub(super) fn argument(index: usize, message: impl Into<String>) -> Self {
        CallError::Argument { index, message: message.into() }
    }

    pub(super) fn call(message: impl Into<String>) -> Self {
        CallError::Call { message: message.into() }
    }

    /// The problems one by one.
    pub fn each(&self) -> &[CallError] {
        match self {
            CallError::Several(errors) => errors,
            _ => std::slice::from_ref(self),
        }
    }

    /// The diagnostic's summary.
    pub fn summary(&self) -> &'static str {
        match self {
            CallError::Argument { .. } | CallError::Several(_) => "Invalid function argument",
            CallError::Call { .. } => "Error in function call",
            CallError::TooFew { .. } => "Not enough function arguments",
            CallError::TooMany => "Too many function arguments",
        }
    }

    /// The diagnostic's detail.
    pub fn detail(&self, function: &Function) -> String {
        let name = function.name();
        let count = function.params().len();
        match self {
            CallError::Argument { index, message } => {
                let param = function.param(*index).map_or("", |param| param.name());
                format!("Invalid value for {param:?} parameter: {message}.")
            }
            CallError::Call { message } => format!("Call to function {name:?} failed: {message}."),
            CallError::TooFew { given } => {
                let least = if function.variadic().is_some() { " at least" } else { "" };
                let missing = function.params().get(*given).map_or("", |param| param.name());
                format!("Function {name:?} expects{least} {count} argument(s). Missing value for {missing:?}.")
            }
            CallError::TooMany => format!("Function {name:?} expects only {count} argument(s)."),
            CallError::Several(errors) => {
                errors.iter().map(|error| error.detail(function)).collect::<Vec<_>>().join("\n")
            }
        }
    }

    /// Takes out of the message what it shows of sensitive arguments.
    pub(super) fn redacted(self, sensitive: &[&Value]) -> Self {
        let mut secrets = Vec::new();
        sensitive.iter().for_each(|value| collect_text(value, &mut secrets));
        let clean = |message: String| secrets.iter().fold(message, |message, secret| without(&message, secret));
        match self {
            CallError::Argument { index, message } => CallError::Argument { index, message: clean(message) },
            CallError::Call { message } => CallError::Call { message: clean(message) },
            CallError::Several(errors) => {
                CallError::Several(errors.into_iter().map(|error| error.redacted(sensitive)).collect())
            }
            CallError::TooFew { .. } | CallError::TooMany => self,
        }
    }
}

fn collect_text(value: &Value, to: &mut Vec<String>) {
    match value.unmarked() {
        Value::String(text) if !text.is_empty() => to.push(text.to_string()),
        Value::Number(number) => to.push(number.to_string()),
        other => {
            other.as_elements().unwrap_or_default().iter().for_each(|part| collect_text(part, to));
            other.as_entries().unwrap_or_default().iter().for_each(|(_, part)| collect_text(part, to));
        }
    }
}

/// The message without a secret, and without any quoted piece of it. A secret of one character is taken out between
/// quotes only: elsewhere it would be any letter.
fn without(message: &str, secret: &str) -> String {
    const INSTEAD: &str = "(sensitive value)";
    let mut message = message.replace(&quoted(secret), INSTEAD);
    if secret.chars().nth(1).is_some() {
        message = without_word(&message, secret, INSTEAD);
    }
    let mut pieces: Vec<&str> = message.split('"').collect();
    // Of an odd number of quotes the last stands alone.
    let open = if pieces.len().is_multiple_of(2) { pieces.pop() } else { None };
    let mut clean = String::new();
    for (at, piece) in pieces.into_iter().enumerate() {
        match at % 2 == 1 {
            true if !piece.is_empty() && secret.contains(piece) => clean.push_str(INSTEAD),
            true => clean.extend(["\"", piece, "\""]),
            false => clean.push_str(piece),
        }
    }
    open.map_or(clean.clone(), |rest| clean + "\"" + rest)
}

fn without_word(message: &str, secret: &str, instead: &str) -> String {
    let mut clean = String::new();
    let mut rest = message;
    while let Some(at) = rest.find(secret) {
        let (before, after) = (&rest[..at], &rest[at + secret.len()..]);
        let joins = |outside: Option<char>, inside: Option<char>| {
            outside.is_some_and(char::is_alphanumeric) && inside.is_some_and(char::is_alphanumeric)
        };
        let is_part =
            joins(before.chars().last(), secret.chars().next()) || joins(after.chars().next(), secret.chars().last());
        clean.push_str(before);
        clean.push_str(if is_part { secret } else { instead });
        rest = after;
    }
    clean + rest
}

#[cfg(test)]
mod tests {
    use super::CallError;
    use crate::value::Value;

    #[test]
    fn messages_do_not_show_sensitive_arguments() {
        for (secret, message, expected) in [
            ("x!", "cannot decode \"x!\"", "cannot decode (sensitive value)"),
            ("hunter2", "no host hunter2 there", "no host (sensitive value) there"),
            ("2018-13-01", "cannot use \"-01\" as month", "cannot use (sensitive value) as month"),
            ("an", "cannot be an answer", "cannot be (sensitive value) answer"),
            ("a", "bare \" in a field", "bare \" in a field"),
        ] {
            let value = Value::from(secret);
            assert_eq!(CallError::call(message).redacted(&[&value]), CallError::call(expected));
        }
    }
}
