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

/// The message without a secret, and without any quoted piece of it.
fn without(message: &str, secret: &str) -> String {
    const INSTEAD: &str = "(sensitive value)";
    let message = message.replace(&quoted(secret), INSTEAD).replace(secret, INSTEAD);
    let mut clean = String::new();
    for (at, piece) in message.split('"').enumerate() {
        let is_quoted = at % 2 == 1;
        if is_quoted && !piece.is_empty() && secret.contains(piece) {
            clean.push_str(INSTEAD);
        } else if is_quoted {
            clean.push('"');
            clean.push_str(piece);
            clean.push('"');
        } else {
            clean.push_str(piece);
        }
    }
    clean
}
