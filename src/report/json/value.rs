//! Values as plain JSON.

use serde::Serialize;
use serde::Serializer;
use serde::ser::SerializeMap;

use crate::report::style::Secrets;
use crate::value::Marks;
use crate::value::Value;

/// A value without its type. Unknown parts are left out of maps and objects, and null in lists.
pub(in crate::report) struct Plain<'a>(pub(in crate::report) &'a Value, pub(in crate::report) Secrets);

impl Serialize for Plain<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let Plain(value, secrets) = *self;
        if value.is_sensitive() && secrets == Secrets::Hidden && !value.is_null() && value.is_known() {
            return to.serialize_str("(sensitive)");
        }
        if value.marks().contains(Marks::EPHEMERAL) {
            return to.serialize_unit();
        }
        match value.unmarked() {
            Value::Null(_) | Value::Unknown(_) | Value::Marked(_) => to.serialize_unit(),
            Value::Bool(value) => to.serialize_bool(*value),
            // Infinity has no form in JSON.
            Value::Number(number) => number.to_json().serialize(to),
            Value::String(text) => to.serialize_str(text),
            list @ (Value::List(_) | Value::Set(_) | Value::Tuple(_)) => {
                to.collect_seq(list.as_elements().unwrap_or_default().iter().map(|part| Plain(part, secrets)))
            }
            entries @ (Value::Map(_) | Value::Object(_)) => {
                let mut map = to.serialize_map(None)?;
                for (key, part) in entries.as_entries().unwrap_or_default() {
                    if part.is_known() {
                        map.serialize_entry(key, &Plain(part, secrets))?;
                    }
                }
                map.end()
            }
        }
    }
}
