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
    /// Whether a message that may not be shown is a mistake of its own; else it is a warning.
    is_strict: bool,
}

const CONDITION: Words = Words {
    summary: "Invalid condition result",
    condition: "Condition",
    result: "Invalid condition result value",
    is_strict: false,
};

/// The words for a variable's validation.
pub(super) const VALIDATION: Words = Words {
    summary: "Invalid variable validation result",
    condition: "Validation condition",
    result: "Invalid validation condition result value",
    is_strict: true,
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
            Verdict::Fail { message: message_of(rule, words, evaluator), values }
        }
    }
}

fn wrong<S: Scope>(rule: &RuleDef, mut diagnostic: Diagnostic, evaluator: &mut Evaluator<'_, S>) -> Verdict {
    diagnostic.values = evaluator.values_used(rule.condition);
    evaluator.diags().push(diagnostic);
    Verdict::Error
}

const UNSHOWN: &str =
    "This check failed, but has an invalid error message as described in the other accompanying messages.";
const FAILED: &str = "Failed to evaluate condition error message.";

/// The rule's message, as it may be shown.
fn message_of<S: Scope>(rule: &RuleDef, words: &Words, evaluator: &mut Evaluator<'_, S>) -> String {
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
    let sensitive = "carefully using the nonsensitive() function if the expression will not reveal the sensitive data";
    let ephemeral = "using the ephemeralasnull() function on the references to not reveal ephemeral data";
    let hidden = [
        (Marks::SENSITIVE, "sensitive", sensitive, "a sensitive value"),
        (Marks::EPHEMERAL, "ephemeral", ephemeral, "an ephemeral value"),
    ];
    for (mark, kind, advice, a_value) in hidden {
        if value.marks().contains(mark) {
            let summary = format!("Error message refers to {kind} values");
            let consequence = if words.is_strict { ". Infra" } else { ", so infra" };
            let detail = format!(
                "The error expression used to explain this condition refers to {kind} values{consequence} will not \
                 display the resulting message.\n\nYou can correct this by removing references to {kind} values, or by \
                 {advice}."
            );
            let (diagnostic, message) = if words.is_strict {
                let message = format!("The error message included {a_value}, so it will not be displayed.");
                (Diagnostic::error(summary, detail), message)
            } else {
                (Diagnostic::warning(summary, detail), UNSHOWN.to_owned())
            };
            evaluator.diags().push(diagnostic.at(span));
            return message;
        }
    }
    match value.unmarked() {
        Value::String(text) => text.trim().to_owned(),
        Value::Null(_) => FAILED.to_owned(),
        _ => "The error message depends on values that are not yet known.".to_owned(),
    }
}
