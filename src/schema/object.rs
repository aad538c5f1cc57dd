//! Objects as resource types read them: attributes by name, with the few shapes that occur.

use crate::value::Object;
use crate::value::Str;
use crate::value::Value;

/// Short ways to an object's attributes; each is `None` where the value is absent, null, unknown or of another type.
pub trait ObjectExt {
    /// A string.
    fn str(&self, name: &str) -> Option<&str>;
    /// A whole number.
    fn int(&self, name: &str) -> Option<i64>;
    /// A boolean.
    fn bool(&self, name: &str) -> Option<bool>;
    /// The strings of a list or set.
    fn strings(&self, name: &str) -> Option<Vec<Str>>;
    /// The vendor's id; empty when there is none yet.
    fn id(&self) -> &str;
    /// The same object with one attribute changed.
    fn set(&self, name: &str, value: impl Into<Value>) -> Object;
}

impl ObjectExt for Object {
    fn str(&self, name: &str) -> Option<&str> {
        self.get(name)?.as_str()
    }

    fn int(&self, name: &str) -> Option<i64> {
        self.get(name)?.as_i64()
    }

    fn bool(&self, name: &str) -> Option<bool> {
        self.get(name)?.as_bool()
    }

    fn strings(&self, name: &str) -> Option<Vec<Str>> {
        self.get(name)?.as_elements()?.iter().map(|element| element.as_str().map(Str::from)).collect()
    }

    fn id(&self) -> &str {
        self.str("id").unwrap_or("")
    }

    fn set(&self, name: &str, value: impl Into<Value>) -> Object {
        self.with([(Str::from(name), value.into())])
    }
}
