//! Switches that are on, off, or left alone. Terraform's provider writes them as "yes" and "no"; `true` and `false` mean
//! the same here.

use crate::provider::Problem;
use crate::schema::Attribute;
use crate::schema::Equality;
use crate::schema::ObjectExt;
use crate::schema::string;
use crate::value::Object;
use crate::value::Path;
use crate::value::Value;

/// A switch; where nobody sets it, it is as the vendor has it.
pub(super) fn attribute() -> Attribute {
    string().optional_computed().equality(Equality::Semantic(same))
}

/// Whether a switch of an object is on; `None` where that is not said.
pub(super) fn of(object: &Object, name: &str) -> Option<bool> {
    read(object.str(name)?)
}

/// A switch as an attribute.
pub(super) fn value(is_on: bool) -> Value {
    Value::from(if is_on { "yes" } else { "no" })
}

/// What is wrong with configured switches.
pub(super) fn problems(config: &Object, names: &[&'static str]) -> Vec<Problem> {
    let texts = names.iter().filter_map(|name| Some((*name, config.str(name)?)));
    let bad = texts.filter(|(_, text)| read(text).is_none());
    bad.map(|(name, text)| {
        let detail = format!("`{text}` is neither \"yes\" nor \"no\". Leave it out to leave the choice to Neon.");
        Problem { path: Path::of(name), summary: "Invalid switch".to_owned(), detail }
    })
    .collect()
}

fn read(text: &str) -> Option<bool> {
    match text {
        "yes" | "true" => Some(true),
        "no" | "false" => Some(false),
        _ => None,
    }
}

fn same(a: &Value, b: &Value) -> bool {
    let is_on = |value: &Value| value.as_str().and_then(read);
    is_on(a).is_some() && is_on(a) == is_on(b)
}
