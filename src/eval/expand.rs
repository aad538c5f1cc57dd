//! Which instances a block has: the rules for `count` and `for_each`.

use std::sync::Arc;

use crate::diag::Diagnostic;
use crate::diag::Diagnostics;
use crate::diag::Span;
use crate::value::Marks;
use crate::value::Str;
use crate::value::Type;
use crate::value::TypeKind;
use crate::value::Value;
use crate::value::convert::convert;

/// The instances of a block.
#[derive(Debug, Clone, PartialEq)]
pub enum Expansion {
    /// One, without a key.
    Single,
    /// So many, by number.
    Count(i64),
    /// One for each key, with the value that `each.value` gives.
    ForEach(Vec<(Str, Value)>),
    /// It is not yet known which.
    Unknown,
}

const COUNT: &str = "Invalid count argument";
const FOR_EACH: &str = "Invalid for_each argument";
const SET: &str = "Invalid for_each set argument";

/// The instances that a `count` asks for; `None` when the value will not do (reported) or has failed before.
///
/// An unknown count is no mistake here: the caller defers the block or reports [`unknown_count`].
pub fn count(value: &Value, span: Span, diags: &mut Diagnostics) -> Option<Expansion> {
    let marks = value.marks();
    if marks.contains(Marks::FAILED) {
        return None;
    }
    let mut wrong = |detail: String| {
        diags.push(Diagnostic::error(COUNT, detail).at(span));
        None
    };
    if marks.contains(Marks::EPHEMERAL) {
        return wrong(ephemeral("count"));
    }
    let unsuitable = |why: &str| format!("The given \"count\" argument value is unsuitable: {why}.");
    // A sensitive count is allowed: the number of instances shows in any case.
    match convert(value.unmarked(), Type::NUMBER) {
        Err(error) => {
            let detail = format!("Invalid expression value: {error}.");
            diags.push(Diagnostic::error("Incorrect value type", detail).at(span));
            None
        }
        Ok(Value::Null(_)) => wrong("The given \"count\" argument value is null. An integer is required.".to_owned()),
        Ok(Value::Number(number)) => match number.as_i64() {
            Some(count) if count >= 0 => Some(Expansion::Count(count)),
            Some(_) => wrong(unsuitable("must be greater than or equal to zero")),
            None => {
                wrong(unsuitable("value must be a whole number, between -9223372036854775808 and 9223372036854775807"))
            }
        },
        Ok(_) => Some(Expansion::Unknown),
    }
}

/// The instances that a `for_each` asks for; `None` when the value will not do (reported) or has failed before.
///
/// Unknown keys are no mistake here: the caller defers the block or reports [`unknown_for_each`]. Values may be unknown.
pub fn for_each(value: &Value, span: Span, diags: &mut Diagnostics) -> Option<Expansion> {
    let marks = value.marks();
    if marks.contains(Marks::FAILED) {
        return None;
    }
    let mut report = |summary: &'static str, detail: String| {
        diags.push(Diagnostic::error(summary, detail).at(span));
        None
    };
    if marks.contains(Marks::SENSITIVE) {
        return report(
            FOR_EACH,
            "Sensitive values, or values derived from sensitive values, cannot be used as for_each arguments. If used, \
             the sensitive value could be exposed as a resource instance key."
                .to_owned(),
        );
    }
    if marks.contains(Marks::EPHEMERAL) {
        return report(FOR_EACH, ephemeral("for_each"));
    }
    let unsuitable = |why: &str| format!("The given \"for_each\" argument value is unsuitable: {why}.");
    match value.unmarked() {
        Value::Null(_) => report(
            FOR_EACH,
            unsuitable("the given \"for_each\" argument value is null. A map, or set of strings is allowed"),
        ),
        Value::Map(map) => Some(Expansion::ForEach(entries(map.iter()))),
        Value::Object(object) => Some(Expansion::ForEach(entries(object.iter()))),
        Value::Set(set) if set.as_slice().is_empty() => Some(Expansion::ForEach(Vec::new())),
        Value::Set(set) if set.element() != Type::STRING => report(SET, unsuitable(&set_of(set.element()))),
        Value::Set(set) => {
            if set.iter().any(|element| !element.is_known()) {
                return Some(Expansion::Unknown);
            }
            let keys = set.iter().map(|element| match element {
                Value::String(key) => Some((Arc::clone(key), element.clone())),
                _ => None,
            });
            match keys.collect::<Option<Vec<_>>>() {
                Some(keys) => Some(Expansion::ForEach(keys)),
                None => report(SET, unsuitable("\"for_each\" sets must not contain null values")),
            }
        }
        Value::Unknown(_) => Some(Expansion::Unknown),
        other => report(FOR_EACH, unsuitable(&not_a_map(other.ty()))),
    }
}

/// How what cannot be known yet is left for later without naming it.
const IN_PHASES: &str = "Or have it done in phases: with the -allow-deferral planning option, or `deferral = true` in the \
                         `infra` block of a .infra.hcl file, what is made first is applied first, and the rest is \
                         planned after it.";

/// What is wrong where a `count` must be known.
pub fn unknown_count(span: Span) -> Diagnostic {
    Diagnostic::error(
        COUNT,
        format!(
            "The \"count\" value depends on resource attributes that cannot be determined until apply, so infra cannot \
             predict how many instances will be created. To work around this, use the -target argument to first apply \
             only the resources that the count depends on.\n\n{IN_PHASES}"
        ),
    )
    .at(span)
}

/// What is wrong where a `for_each` must be known.
pub fn unknown_for_each(value: &Value, span: Span) -> Diagnostic {
    let (what, advice) = match value.ty().kind() {
        TypeKind::Set(_) => (
            "set includes values",
            "it's better to use a map value where the keys are defined statically in your configuration and where only \
             the values contain apply-time results",
        ),
        _ => (
            "map includes keys",
            "it's better to define the map keys statically in your configuration and place apply-time results only in \
             the map values",
        ),
    };
    let detail = format!(
        "The \"for_each\" {what} derived from resource attributes that cannot be determined until apply, and so \
         infra cannot determine the full set of keys that will identify the instances of this resource.\n\nWhen \
         working with unknown values in for_each, {advice}.\n\nAlternatively, you could use the -target planning option \
         to first apply only the resources that the for_each value depends on, and then apply a second time to fully \
         converge.\n\n{IN_PHASES}"
    );
    Diagnostic::error(FOR_EACH, detail).at(span)
}

fn entries<'a>(entries: impl Iterator<Item = (&'a Str, &'a Value)>) -> Vec<(Str, Value)> {
    entries.map(|(key, value)| (Arc::clone(key), value.clone())).collect()
}

fn set_of(element: Type) -> String {
    format!("\"for_each\" supports maps and sets of strings, but you have provided a set containing type {element}")
}

fn not_a_map(ty: Type) -> String {
    format!("the \"for_each\" argument must be a map, or set of strings, and you have provided a value of type {ty}")
}

fn ephemeral(argument: &str) -> String {
    format!(
        "The given {argument:?} value is derived from an ephemeral value, which means that infra cannot persist it between \
         plan/apply rounds. Use only non-ephemeral values to specify {}.",
        if argument == "count" { "the number of resource instances" } else { "a resource's instance keys" }
    )
}
