//! Marks: what follows a value through every operation, above all that it is sensitive.

use std::fmt;
use std::ops::BitOr;
use std::ops::BitOrAssign;
use std::sync::Arc;

use super::Type;
use super::Value;

/// A set of marks.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Marks(u8);

impl Marks {
    /// No mark.
    pub const NONE: Marks = Marks(0);
    /// Never printed, sealed when stored.
    pub const SENSITIVE: Marks = Marks(1);
    /// Never stored: lives within one run only.
    pub const EPHEMERAL: Marks = Marks(2);
    /// Stands in for a value whose evaluation failed: what comes of it is not reported again.
    pub const FAILED: Marks = Marks(4);

    /// Whether there is none.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Whether all of `other` are among these.
    pub fn contains(self, other: Marks) -> bool {
        self.0 & other.0 == other.0
    }

    /// These without `other`.
    pub fn without(self, other: Marks) -> Marks {
        Marks(self.0 & !other.0)
    }
}

impl BitOr for Marks {
    type Output = Marks;
    fn bitor(self, other: Marks) -> Marks {
        Marks(self.0 | other.0)
    }
}

impl BitOrAssign for Marks {
    fn bitor_assign(&mut self, other: Marks) {
        self.0 |= other.0;
    }
}

impl fmt::Debug for Marks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = [(Marks::SENSITIVE, "sensitive"), (Marks::EPHEMERAL, "ephemeral"), (Marks::FAILED, "failed")];
        f.debug_set().entries(names.iter().filter(|(mark, _)| self.contains(*mark)).map(|(_, name)| name)).finish()
    }
}

/// A value and its marks. The value is never itself marked, the marks are never empty.
#[derive(Clone)]
pub struct Marked {
    value: Value,
    marks: Marks,
}

impl Marked {
    /// The value without its marks; parts of it may carry marks of their own.
    pub fn value(&self) -> &Value {
        &self.value
    }

    /// The marks of the value as a whole.
    pub fn marks(&self) -> Marks {
        self.marks
    }
}

impl Value {
    /// The value under its own marks; marks of parts stay.
    pub fn unmarked(&self) -> &Value {
        match self {
            Value::Marked(marked) => &marked.value,
            _ => self,
        }
    }

    /// The marks of the value as a whole, not of its parts.
    pub fn marks(&self) -> Marks {
        match self {
            Value::Marked(marked) => marked.marks,
            _ => Marks::NONE,
        }
    }

    /// The marks of the value and of all its parts.
    pub fn marks_deep(&self) -> Marks {
        if !self.contains_marked() {
            return Marks::NONE;
        }
        match self {
            Value::Marked(marked) => marked.marks | marked.value.marks_deep(),
            Value::List(list) => list.iter().fold(Marks::NONE, |marks, value| marks | value.marks_deep()),
            Value::Set(set) => set.iter().fold(Marks::NONE, |marks, value| marks | value.marks_deep()),
            Value::Map(map) => map.iter().fold(Marks::NONE, |marks, (_, value)| marks | value.marks_deep()),
            Value::Tuple(tuple) => tuple.iter().fold(Marks::NONE, |marks, value| marks | value.marks_deep()),
            Value::Object(object) => object.iter().fold(Marks::NONE, |marks, (_, value)| marks | value.marks_deep()),
            Value::Null(_) | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Unknown(_) => Marks::NONE,
        }
    }

    /// Whether the value as a whole is sensitive.
    pub fn is_sensitive(&self) -> bool {
        self.marks().contains(Marks::SENSITIVE)
    }

    /// The value with these marks added to those it has.
    pub fn with_marks(self, marks: Marks) -> Value {
        if marks.is_empty() {
            return self;
        }
        match self {
            Value::Marked(marked) if marked.marks.contains(marks) => Value::Marked(marked),
            Value::Marked(marked) => {
                Value::Marked(Arc::new(Marked { value: marked.value.clone(), marks: marked.marks | marks }))
            }
            value => Value::Marked(Arc::new(Marked { value, marks })),
        }
    }

    /// Stands in for a value of a type whose evaluation failed, which has been reported.
    pub fn failed(ty: Type) -> Value {
        Value::unknown(ty).with_marks(Marks::FAILED)
    }

    /// Whether the value, or a part of it, stands in for one whose evaluation failed.
    pub fn has_failed(&self) -> bool {
        self.contains_marked() && self.marks_deep().contains(Marks::FAILED)
    }

    /// The value marked sensitive.
    pub fn sensitive(self) -> Value {
        self.with_marks(Marks::SENSITIVE)
    }

    /// Takes the value's own marks off; marks of parts stay.
    pub fn unmark(self) -> (Value, Marks) {
        match self {
            Value::Marked(marked) => match Arc::try_unwrap(marked) {
                Ok(marked) => (marked.value, marked.marks),
                Err(shared) => (shared.value.clone(), shared.marks),
            },
            value => (value, Marks::NONE),
        }
    }

    /// Takes all marks off, those of parts too; gives their union.
    pub fn unmark_deep(self) -> (Value, Marks) {
        if !self.contains_marked() {
            return (self, Marks::NONE);
        }
        let (value, mut marks) = self.unmark();
        let mut strip = |value: &Value| {
            let (value, found) = value.clone().unmark_deep();
            marks |= found;
            value
        };
        let value = value.map_children(&mut strip);
        (value, marks)
    }

    /// The value with another's marks: on the same parts where it has them, else on the whole of what has not.
    pub fn marked_like(self, other: &Value) -> Value {
        if !other.contains_marked() {
            return self;
        }
        let like = |(a, b): (&Value, &Value)| a.clone().marked_like(b);
        let inner = match (&self, other.unmarked()) {
            (Value::Object(a), Value::Object(b)) if a.shape().names() == b.shape().names() => {
                let values = a.values().iter().zip(b.values()).map(like).collect();
                Value::Object(Arc::new(super::Object::with_shape(Arc::clone(a.shape()), values)))
            }
            (Value::Tuple(a), Value::Tuple(b)) if a.iter().len() == b.iter().len() => {
                Value::tuple(a.iter().zip(b.iter()).map(like).collect())
            }
            (Value::List(a), Value::List(b)) if a.iter().len() == b.iter().len() => {
                Value::list(a.element(), a.iter().zip(b.iter()).map(like).collect())
            }
            _ => self.with_marks(other.clone().unmark_deep().1),
        };
        inner.with_marks(other.marks())
    }

    /// The same aggregate with each direct part replaced; element types stay. Other values come back unchanged.
    pub fn map_children(self, change: &mut dyn FnMut(&Value) -> Value) -> Value {
        match &self {
            Value::List(list) => Value::list(list.element(), list.iter().map(change).collect()),
            Value::Set(set) => Value::set(set.element(), set.iter().map(change).collect()),
            Value::Map(map) => {
                Value::map(map.element(), map.iter().map(|(key, value)| (Arc::clone(key), change(value))))
            }
            Value::Tuple(tuple) => Value::tuple(tuple.iter().map(change).collect()),
            Value::Object(object) => {
                let values = object.values().iter().map(change).collect();
                Value::Object(Arc::new(super::Object::with_shape(Arc::clone(object.shape()), values)))
            }
            Value::Marked(marked) => marked.value.clone().map_children(change).with_marks(marked.marks),
            Value::Null(_) | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Unknown(_) => self,
        }
    }
}
