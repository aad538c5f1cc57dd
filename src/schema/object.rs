//! Objects as resource types read them: attributes by name, with the few shapes that occur.

use std::sync::Arc;

use super::Block;
use super::NestedBlock;
use super::Schema;
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

impl Schema {
    /// An object of this schema: what is given, else null, and no nested blocks.
    pub fn object<N: Into<Str>>(&self, given: impl IntoIterator<Item = (N, Value)>) -> Object {
        let absent = self.shape().names().iter().map(|name| self.root().absent(name)).collect();
        let object = Object::with_shape(Arc::clone(self.shape()), absent);
        object.with(given.into_iter().map(|(name, value)| (name.into(), value)))
    }

    /// What is known of an object after a call: `base` (prior or planned) with what the vendor answered. Where the
    /// answer means the same as `base`, its spelling stays; what is still unknown is null.
    pub fn settle<N: Into<Str>>(&self, base: &Object, answered: impl IntoIterator<Item = (N, Value)>) -> Object {
        let unknown = base.iter().filter(|(_, value)| !value.is_wholly_known());
        let base = base.with(unknown.map(|(name, _)| (Arc::clone(name), self.root().absent(name))));
        base.with(answered.into_iter().map(|(name, value)| {
            let name = name.into();
            let kept = base.get(&name).filter(|known| self.root().same(&name, known, &value)).cloned();
            (name, kept.unwrap_or(value))
        }))
    }
}

impl Block {
    /// The value of an attribute or of nested blocks that nobody set.
    fn absent(&self, name: &str) -> Value {
        if let Some(attribute) = self.attributes().get(name) {
            return Value::Null(attribute.ty);
        }
        self.blocks().get(name).map_or(Value::NULL, NestedBlock::empty)
    }

    /// Whether two values of an attribute, or of nested blocks attribute by attribute, mean the same.
    fn same(&self, name: &str, a: &Value, b: &Value) -> bool {
        if let Some(attribute) = self.attributes().get(name) {
            let (a, b) = (a.clone().unmark_deep().0, b.clone().unmark_deep().0);
            return attribute.same(&a, &b);
        }
        let (Some(nested), Some(a), Some(b)) = (self.blocks().get(name), a.as_elements(), b.as_elements()) else {
            return a == b;
        };
        let block = &nested.block;
        let alike = |(a, b): (&Value, &Value)| match (a.as_object(), b.as_object()) {
            (Some(a), Some(b)) => a.iter().all(|(name, a)| b.get(name).is_some_and(|b| block.same(name, a, b))),
            _ => a == b,
        };
        a.len() == b.len() && a.iter().zip(b).all(alike)
    }
}
