//! Values as the language has them: known, null, unknown or marked, each with its type.
//!
//! One [`Value`] carries everything that runs through evaluation: the type of a null, what is known of an unknown,
//! and marks. Values are immutable and cheap to clone. Numbers, types, conversion and the
//! typed JSON form have files of their own; no file here knows of expressions or configuration.

mod collection;
mod compare;
pub mod convert;
pub mod json;
mod mark;
mod number;
mod path;
pub mod text;
mod ty;
mod unknown;

pub use collection::List;
pub use collection::Map;
pub use collection::Object;
pub use collection::Set;
pub use collection::Shape;
pub use collection::Tuple;
pub use mark::Marked;
pub use mark::Marks;
pub use number::ArithmeticError;
pub(crate) use number::Decimal;
pub use number::Number;
pub use number::ParseNumberError;
pub use path::Path;
pub use path::Step;
pub use ty::ObjectAttr;
pub use ty::Type;
pub use ty::TypeKind;
pub use unknown::Origin;
pub use unknown::Refinement;
pub use unknown::Unknown;

use std::sync::Arc;

/// Text that is shared, not copied: strings, attribute names, map keys.
pub type Str = Arc<str>;

/// A value of the language. At most 24 bytes; clones share.
#[derive(Clone)]
pub enum Value {
    /// No value, of a type ([`Type::DYNAMIC`] for a bare `null`).
    Null(Type),
    /// `true` or `false`.
    Bool(bool),
    /// A number of up to 512 bits.
    Number(Number),
    /// A Unicode string in NFC.
    String(Str),
    /// Elements of one type, in order.
    List(Arc<List>),
    /// Distinct elements of one type.
    Set(Arc<Set>),
    /// Elements of one type by key.
    Map(Arc<Map>),
    /// Elements of any types, in order.
    Tuple(Arc<Tuple>),
    /// Attributes of any types by name.
    Object(Arc<Object>),
    /// A value that exists but is not yet knowable.
    Unknown(Arc<Unknown>),
    /// A value with marks; the value inside is never itself `Marked`.
    Marked(Arc<Marked>),
}

impl Value {
    /// The bare `null`.
    pub const NULL: Value = Value::Null(Type::DYNAMIC);

    /// A string; the caller has it in NFC, as all text from configuration is.
    pub fn string(text: impl Into<Str>) -> Value {
        Value::String(text.into())
    }

    /// A string of any text, brought to NFC.
    pub fn text(text: impl Into<Str>) -> Value {
        Value::String(text::nfc(text))
    }

    /// A list of elements of `element` type.
    pub fn list(element: Type, elements: Vec<Value>) -> Value {
        Value::List(Arc::new(List::new(element, elements)))
    }

    /// A set; equal elements are kept once. Marks of elements move to the set, as a set cannot hold them.
    pub fn set(element: Type, elements: Vec<Value>) -> Value {
        let mut marks = Marks::NONE;
        let elements = elements.into_iter().map(|element| {
            let (element, found) = element.unmark_deep();
            marks |= found;
            element
        });
        let set = Set::new(element, elements.collect());
        Value::Set(Arc::new(set)).with_marks(marks)
    }

    /// A map; a later key wins over an equal earlier one.
    pub fn map(element: Type, entries: impl IntoIterator<Item = (Str, Value)>) -> Value {
        Value::Map(Arc::new(Map::new(element, entries)))
    }

    /// A tuple.
    pub fn tuple(elements: Vec<Value>) -> Value {
        Value::Tuple(Arc::new(Tuple::new(elements)))
    }

    /// An object; a later name wins over an equal earlier one.
    pub fn object(attributes: impl IntoIterator<Item = (Str, Value)>) -> Value {
        Value::Object(Arc::new(Object::new(attributes)))
    }

    /// An unknown of a type, about which nothing else is known.
    pub fn unknown(ty: Type) -> Value {
        Value::Unknown(Arc::new(Unknown::new(ty)))
    }

    /// The value's type; computed for tuples and objects, stored for the rest.
    pub fn ty(&self) -> Type {
        match self {
            Value::Null(ty) => *ty,
            Value::Bool(_) => Type::BOOL,
            Value::Number(_) => Type::NUMBER,
            Value::String(_) => Type::STRING,
            Value::List(list) => Type::list(list.element()),
            Value::Set(set) => Type::set(set.element()),
            Value::Map(map) => Type::map(map.element()),
            Value::Tuple(tuple) => Type::tuple(tuple.iter().map(Value::ty).collect()),
            Value::Object(object) => {
                Type::object(object.iter().map(|(name, value)| ObjectAttr::new(Arc::clone(name), value.ty())).collect())
            }
            Value::Unknown(unknown) => unknown.ty(),
            Value::Marked(marked) => marked.value().ty(),
        }
    }

    /// Whether this is null, marked or not.
    pub fn is_null(&self) -> bool {
        matches!(self.unmarked(), Value::Null(_))
    }

    /// Whether the value itself is known; parts of it may not be.
    pub fn is_known(&self) -> bool {
        !matches!(self.unmarked(), Value::Unknown(_))
    }

    /// Whether the value and all its parts are known.
    pub fn is_wholly_known(&self) -> bool {
        match self {
            Value::Null(_) | Value::Bool(_) | Value::Number(_) | Value::String(_) => true,
            Value::List(list) => !list.flags().unknown,
            Value::Set(set) => !set.flags().unknown,
            Value::Map(map) => !map.flags().unknown,
            Value::Tuple(tuple) => !tuple.flags().unknown,
            Value::Object(object) => !object.flags().unknown,
            Value::Unknown(_) => false,
            Value::Marked(marked) => marked.value().is_wholly_known(),
        }
    }

    /// Whether the value or any part of it carries a mark.
    pub fn contains_marked(&self) -> bool {
        match self {
            Value::Null(_) | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Unknown(_) => false,
            Value::List(list) => list.flags().marked,
            Value::Set(set) => set.flags().marked,
            Value::Map(map) => map.flags().marked,
            Value::Tuple(tuple) => tuple.flags().marked,
            Value::Object(object) => object.flags().marked,
            Value::Marked(_) => true,
        }
    }

    /// The boolean inside, seen through marks; `None` for anything else.
    pub fn as_bool(&self) -> Option<bool> {
        match self.unmarked() {
            Value::Bool(value) => Some(*value),
            _ => None,
        }
    }

    /// The string inside, seen through marks; `None` for anything else.
    pub fn as_str(&self) -> Option<&str> {
        match self.unmarked() {
            Value::String(text) => Some(text),
            _ => None,
        }
    }

    /// The number inside, seen through marks; `None` for anything else.
    pub fn as_number(&self) -> Option<&Number> {
        match self.unmarked() {
            Value::Number(number) => Some(number),
            _ => None,
        }
    }

    /// The number inside as an `i64`, seen through marks; `None` for anything else, or when it does not fit.
    pub fn as_i64(&self) -> Option<i64> {
        self.as_number().and_then(Number::as_i64)
    }

    /// The elements of a list, set or tuple, seen through marks; `None` for anything else.
    pub fn as_elements(&self) -> Option<&[Value]> {
        match self.unmarked() {
            Value::List(list) => Some(list.as_slice()),
            Value::Set(set) => Some(set.as_slice()),
            Value::Tuple(tuple) => Some(tuple.as_slice()),
            _ => None,
        }
    }

    /// The entries of a map or object in the order of their keys, seen through marks; `None` for anything else.
    pub fn as_entries(&self) -> Option<Vec<(&Str, &Value)>> {
        match self.unmarked() {
            Value::Map(map) => Some(map.iter().collect()),
            Value::Object(object) => Some(object.iter().collect()),
            _ => None,
        }
    }

    /// The object inside, seen through marks; `None` for anything else.
    pub fn as_object(&self) -> Option<&Object> {
        match self.unmarked() {
            Value::Object(object) => Some(object),
            _ => None,
        }
    }

    /// An attribute of an object or an element of a map by name, seen through marks, which are *not* handed on.
    pub fn get(&self, name: &str) -> Option<&Value> {
        match self.unmarked() {
            Value::Object(object) => object.get(name),
            Value::Map(map) => map.get(name),
            _ => None,
        }
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Value::Bool(value)
    }
}

impl From<i64> for Value {
    fn from(value: i64) -> Self {
        Value::Number(Number::from(value))
    }
}

impl From<Number> for Value {
    fn from(value: Number) -> Self {
        Value::Number(value)
    }
}

impl From<&str> for Value {
    fn from(value: &str) -> Self {
        Value::String(Arc::from(value))
    }
}

impl From<String> for Value {
    fn from(value: String) -> Self {
        Value::String(Arc::from(value))
    }
}

impl From<Str> for Value {
    fn from(value: Str) -> Self {
        Value::String(value)
    }
}

/// Never shows what is marked sensitive.
impl std::fmt::Debug for Value {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Value::Null(ty) => write!(f, "null({ty})"),
            Value::Bool(value) => write!(f, "{value}"),
            Value::Number(value) => write!(f, "{value}"),
            Value::String(value) => write!(f, "{value:?}"),
            Value::List(list) => f.debug_list().entries(list.iter()).finish(),
            Value::Set(set) => f.debug_set().entries(set.iter()).finish(),
            Value::Map(map) => f.debug_map().entries(map.iter()).finish(),
            Value::Tuple(tuple) => f.debug_list().entries(tuple.iter()).finish(),
            Value::Object(object) => f.debug_map().entries(object.iter()).finish(),
            Value::Unknown(unknown) => write!(f, "unknown({})", unknown.ty()),
            Value::Marked(marked) if marked.marks().contains(Marks::SENSITIVE) => f.write_str("(sensitive)"),
            Value::Marked(marked) => write!(f, "{:?}{:?}", marked.marks(), marked.value()),
        }
    }
}

#[cfg(test)]
mod tests;
