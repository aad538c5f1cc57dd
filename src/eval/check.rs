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
    verdict(rule, &CONDITION, evaluator)
}

/// What a kind of rule is called in messages.
pub(super) struct Words {
    summary: &'static str,
    condition: &'static str,
    result: &'static str,
}

const CONDITION: Words =
    Words { summary: "Invalid condition result", condition: "Condition", result: "Invalid condition result value" };

/// The words for a variable's validation.
pub(super) const VALIDATION: Words = Words {
    summary: "Invalid variable validation result",
    condition: "Validation condition",
    result: "Invalid validation condition result value",
};

pub(super) fn verdict<S: Scope>(rule: &RuleDef, words: &Words, evaluator: &mut Evaluator<'_, S>) -> Verdict {
    let condition = evaluator.expr(rule.condition);
    if condition.marks().contains(Marks::FAILED) {
        return Verdict::Error;
    }
    let span = evaluator.arena().span(rule.condition);
    if condition.is_null() {
        let detail = format!("{} expression must return either true or false, not null.", words.condition);
        return wrong(rule, Diagnostic::error(words.summary, detail).at(span), evaluator);
    }
    match truth(&condition) {
        Err(message) => {
            let detail = format!("{}: {message}.", words.result);
            wrong(rule, Diagnostic::error(words.summary, detail).at(span), evaluator)
        }
        Ok((None, _)) => Verdict::Unknown,
        Ok((Some(true), _)) => Verdict::Pass,
        Ok((Some(false), _)) => {
            let values = evaluator.values_used(rule.condition);
            Verdict::Fail { message: message_of(rule, evaluator), values }
        }
    }
}

fn wrong<S: Scope>(rule: &RuleDef, mut diagnostic: Diagnostic, evaluator: &mut Evaluator<'_, S>) -> Verdict {
    diagnostic.values = evaluator.values_used(rule.condition);
    evaluator.diags().push(diagnostic);
    Verdict::Error
}

const FAILED: &str = "Failed to evaluate condition error message.";

/// The rule's message, as it may be shown.
fn message_of<S: Scope>(rule: &RuleDef, evaluator: &mut Evaluator<'_, S>) -> String {
    let span = evaluator.arena().span(rule.error_message);
    let value = match evaluator.expr_as(rule.error_message, Type::STRING) {
        Ok(value) => value,
        Err(None) => return FAILED.to_owned(),
        Err(Some(why)) => {
            let detail = format!("Unsuitable value for error message: {why}.");
            evaluator.diags().push(Diagnostic::error("Invalid error message", detail).at(span));
            return FAILED.to_owned();
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
        Value::Null(_) => FAILED.to_owned(),
        _ => "The error message depends on values that are not yet known.".to_owned(),
    }
}
