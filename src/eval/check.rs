//! Conditions that must hold: `validation`, `precondition`, `postcondition`, `assert`.

use super::Evaluator;
use super::RuleDef;
use super::Scope;
use super::evaluator::truth;
use crate::diag::Diagnostic;
use crate::value::Marks;
use crate::value::Type;
use crate::value::Value;

/// Whether a condition holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It holds.
    Pass,
    /// It does not.
    Fail {
        /// The rule's own message.
        message: String,
        /// The values that the condition uses.
        values: Vec<(String, String)>,
    },
    /// That is not yet known.
    Unknown,
    /// The rule could not be evaluated, which has been reported.
    Error,
}

/// Evaluates a rule in the scope of what it checks.
pub fn check<S: Scope>(rule: &RuleDef, evaluator: &mut Evaluator<'_, S>) -> Verdict {
    let condition = evaluator.expr(rule.condition);
    if condition.marks().contains(Marks::FAILED) {
        return Verdict::Error;
    }
    let span = evaluator.arena().span(rule.condition);
    if condition.is_null() {
        let detail = "Condition expression must return either true or false, not null.";
        evaluator.diags().push(Diagnostic::error(RESULT, detail).at(span));
        return Verdict::Error;
    }
    match truth(&condition) {
        Err(message) => {
            let detail = format!("Invalid condition result value: {message}.");
            evaluator.diags().push(Diagnostic::error(RESULT, detail).at(span));
            Verdict::Error
        }
        Ok((None, _)) => Verdict::Unknown,
        Ok((Some(true), _)) => Verdict::Pass,
        Ok((Some(false), _)) => {
            let values = evaluator.values_used(rule.condition);
            Verdict::Fail { message: message_of(rule, evaluator), values }
        }
    }
}

const RESULT: &str = "Invalid condition result";

/// The rule's message, as it may be shown.
fn message_of<S: Scope>(rule: &RuleDef, evaluator: &mut Evaluator<'_, S>) -> String {
    let span = evaluator.arena().span(rule.error_message);
    let value = match evaluator.expr_as(rule.error_message, Type::STRING) {
        Ok(value) => value,
        Err(None) => return "The error message could not be evaluated.".to_owned(),
        Err(Some(why)) => {
            let detail = format!("Unsuitable value for error message: {why}.");
            evaluator.diags().push(Diagnostic::error("Invalid error message", detail).at(span));
            return "The error message could not be evaluated.".to_owned();
        }
    };
    let hidden = [
        (Marks::SENSITIVE, "sensitive", "nonsensitive", "sensitive data", "a sensitive value"),
        (Marks::EPHEMERAL, "ephemeral", "ephemeralasnull", "ephemeral data", "an ephemeral value"),
    ];
    for (mark, kind, function, data, a_value) in hidden {
        if value.marks().contains(mark) {
            let detail = format!(
                "The error expression used to explain this condition refers to {kind} values, so the resulting message \
                 will not be displayed.\n\nYou can correct this by removing references to {kind} values, or by \
                 carefully using the {function}() function if the expression will not reveal the {data}."
            );
            let summary = format!("Error message refers to {kind} values");
            evaluator.diags().push(Diagnostic::error(summary, detail).at(span));
            return format!("The error message included {a_value}, so it will not be displayed.");
        }
    }
    match value.unmarked() {
        Value::String(text) => text.trim().to_owned(),
        Value::Null(_) => {
            let detail = "Unsuitable value for error message: must not be null.";
            evaluator.diags().push(Diagnostic::error("Invalid error message", detail).at(span));
            "The error message could not be evaluated.".to_owned()
        }
        _ => "The error message depends on values that are not yet known.".to_owned(),
    }
}
