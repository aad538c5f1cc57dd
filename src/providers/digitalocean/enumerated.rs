//! Arguments of which the vendor names every value.

use crate::provider::Problem;
use crate::schema::ObjectExt;
use crate::value::Object;
use crate::value::Path;

/// What is wrong when a configured argument is none of its values.
pub(super) fn problem(config: &Object, name: &'static str, values: &[&str]) -> Option<Problem> {
    let value = config.str(name).filter(|value| !values.contains(value))?;
    let values = values.iter().map(|value| format!("\"{value}\"")).collect::<Vec<_>>().join(", ");
    let detail = format!("`{value}` is none of the values of `{name}`, which are {values}.");
    Some(Problem { path: Path::of(name), summary: format!("Invalid {}", name.replace('_', " ")), detail })
}
