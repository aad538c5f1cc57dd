//! The five kinds of aggregate. Each remembers whether anything inside it is unknown or marked, so that asking is free.

use std::sync::Arc;

use super::Str;
use super::Type;
use super::Value;

/// What an aggregate holds somewhere inside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Flags {
    /// An unknown value, at any depth.
    pub(crate) unknown: bool,
    /// A marked value, at any depth.
    pub(crate) marked: bool,
}

impl Flags {
    fn of<'a>(values: impl IntoIterator<Item = &'a Value>) -> Flags {
        let mut flags = Flags::default();
        for value in values {
            flags.unknown |= !value.is_wholly_known();
            flags.marked |= value.contains_marked();
        }
        flags
    }
}

/// Elements of one type, in order.
#[derive(Debug, Clone)]
pub struct List {
    element: Type,
    elements: Vec<Value>,
    flags: Flags,
}

impl List {
    pub(crate) fn new(element: Type, elements: Vec<Value>) -> Self {
        let flags = Flags::of(&elements);
        Self { element, elements, flags }
    }

    /// The type of the elements, kept when there are none.
    pub fn element(&self) -> Type {
        self.element
    }

    /// The elements.
    pub fn as_slice(&self) -> &[Value] {
        &self.elements
    }

    /// The elements, one by one.
    pub fn iter(&self) -> std::slice::Iter<'_, Value> {
        self.elements.iter()
    }

    pub(crate) fn flags(&self) -> Flags {
        self.flags
    }
}

/// Distinct elements of one type, kept in the order in which the language walks them.
#[derive(Debug, Clone)]
pub struct Set {
    element: Type,
    elements: Vec<Value>,
    flags: Flags,
}

impl Set {
    pub(crate) fn new(element: Type, mut elements: Vec<Value>) -> Self {
        if element.is_primitive() {
            elements.sort_by(Value::compare);
        } else {
            elements.sort_by_cached_key(super::compare::Ordered::new);
        }
        elements.dedup();
        let flags = Flags::of(&elements);
        Self { element, elements, flags }
    }

    /// The type of the elements, kept when there are none.
    pub fn element(&self) -> Type {
        self.element
    }

    /// The elements, each once.
    pub fn as_slice(&self) -> &[Value] {
        &self.elements
    }

    /// The elements, one by one.
    pub fn iter(&self) -> std::slice::Iter<'_, Value> {
        self.elements.iter()
    }

    /// Whether an equal element is in the set.
    pub fn contains(&self, value: &Value) -> bool {
        self.elements.binary_search_by(|element| element.compare(value)).is_ok()
    }

    pub(crate) fn flags(&self) -> Flags {
        self.flags
    }
}

/// Elements of one type by key, sorted by key.
#[derive(Debug, Clone)]
pub struct Map {
    element: Type,
    entries: Vec<(Str, Value)>,
    flags: Flags,
}

impl Map {
    pub(crate) fn new(element: Type, entries: impl IntoIterator<Item = (Str, Value)>) -> Self {
        let entries = sorted(entries);
        let flags = Flags::of(entries.iter().map(|(_, value)| value));
        Self { element, entries, flags }
    }

    /// The type of the elements, kept when there are none.
    pub fn element(&self) -> Type {
        self.element
    }

    /// How many entries there are.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there are no entries.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The element at a key.
    pub fn get(&self, key: &str) -> Option<&Value> {
        let at = self.entries.binary_search_by(|(known, _)| (**known).cmp(key)).ok()?;
        Some(&self.entries[at].1)
    }

    /// The entries in the order of their keys.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&Str, &Value)> + DoubleEndedIterator {
        self.entries.iter().map(|(key, value)| (key, value))
    }

    pub(crate) fn flags(&self) -> Flags {
        self.flags
    }
}

/// Elements of any types, in order.
#[derive(Debug, Clone)]
pub struct Tuple {
    elements: Vec<Value>,
    flags: Flags,
}

impl Tuple {
    pub(crate) fn new(elements: Vec<Value>) -> Self {
        let flags = Flags::of(&elements);
        Self { elements, flags }
    }

    /// The elements.
    pub fn as_slice(&self) -> &[Value] {
        &self.elements
    }

    /// The elements, one by one.
    pub fn iter(&self) -> std::slice::Iter<'_, Value> {
        self.elements.iter()
    }

    pub(crate) fn flags(&self) -> Flags {
        self.flags
    }
}

/// The attribute names of objects, sorted; shared by all objects of one resource type.
#[derive(Debug, PartialEq, Eq)]
pub struct Shape {
    names: Box<[Str]>,
}

impl Shape {
    /// A shape of the given names, in any order, each once.
    pub fn new(names: impl IntoIterator<Item = Str>) -> Arc<Self> {
        let mut names: Vec<Str> = names.into_iter().collect();
        names.sort_unstable();
        names.dedup();
        Arc::new(Self { names: names.into() })
    }

    /// The names, sorted.
    pub fn names(&self) -> &[Str] {
        &self.names
    }

    /// Where a name stands.
    pub fn index(&self, name: &str) -> Option<usize> {
        self.names.binary_search_by(|known| (**known).cmp(name)).ok()
    }
}

/// Attributes of any types by name.
#[derive(Debug, Clone)]
pub struct Object {
    shape: Arc<Shape>,
    values: Vec<Value>,
    flags: Flags,
}

impl Object {
    /// An object of its own shape; a later name wins over an equal earlier one.
    pub fn new(attributes: impl IntoIterator<Item = (Str, Value)>) -> Self {
        let (names, values): (Vec<Str>, Vec<Value>) = sorted(attributes).into_iter().unzip();
        Self::with_shape(Arc::new(Shape { names: names.into() }), values)
    }

    /// An object of a shared shape.
    ///
    /// # Panics
    /// When the number of values is not the shape's.
    pub fn with_shape(shape: Arc<Shape>, values: Vec<Value>) -> Self {
        assert_eq!(shape.names.len(), values.len(), "one value a name");
        let flags = Flags::of(&values);
        Self { shape, values, flags }
    }

    /// Whether any part carries a mark.
    pub fn contains_marked(&self) -> bool {
        self.flags.marked
    }

    /// The same object without any mark: as it is sent, for marks are only ours.
    pub fn without_marks(&self) -> Object {
        if !self.contains_marked() {
            return self.clone();
        }
        let values = self.values.iter().map(|value| value.clone().unmark_deep().0).collect();
        Self::with_shape(Arc::clone(&self.shape), values)
    }

    /// The names, shared with other objects.
    pub fn shape(&self) -> &Arc<Shape> {
        &self.shape
    }

    /// The values in the order of the shape's names.
    pub fn values(&self) -> &[Value] {
        &self.values
    }

    /// How many attributes there are.
    pub fn len(&self) -> usize {
        self.values.len()
    }

    /// Whether there are no attributes.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// An attribute's value.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.shape.index(name).map(|at| &self.values[at])
    }

    /// The attributes in the order of their names.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&Str, &Value)> + DoubleEndedIterator {
        self.shape.names.iter().zip(&self.values)
    }

    /// The same object with some attributes replaced or added.
    pub fn with(&self, changes: impl IntoIterator<Item = (Str, Value)>) -> Object {
        let mut values = self.values.clone();
        let mut added = Vec::new();
        for (name, value) in changes {
            match self.shape.index(&name) {
                Some(at) => values[at] = value,
                None => added.push((name, value)),
            }
        }
        if added.is_empty() {
            return Object::with_shape(Arc::clone(&self.shape), values);
        }
        Object::new(self.shape.names.iter().cloned().zip(values).chain(added))
    }

    pub(crate) fn flags(&self) -> Flags {
        self.flags
    }
}

/// Sorts by key; of equal keys the last stays.
fn sorted(entries: impl IntoIterator<Item = (Str, Value)>) -> Vec<(Str, Value)> {
    let mut entries: Vec<(Str, Value)> = entries.into_iter().collect();
    if entries.is_sorted_by(|a, b| a.0 < b.0) {
        return entries;
    }
    entries.sort_by(|a, b| a.0.cmp(&b.0));
    let mut unique: Vec<(Str, Value)> = Vec::with_capacity(entries.len());
    for entry in entries {
        match unique.last_mut() {
            Some(last) if last.0 == entry.0 => *last = entry,
            _ => unique.push(entry),
        }
    }
    unique
}
