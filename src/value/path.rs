//! Places inside a value.

use std::fmt;

use super::Str;
use super::Value;

/// One step into a value.
#[derive(Debug, Clone, PartialEq)]
pub enum Step {
    /// An object's attribute.
    Attr(Str),
    /// An element: a number for a list or tuple, a string for a map, the element itself for a set.
    Index(Value),
}

/// Steps from a value to a part of it; empty for the value itself.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Path(Vec<Step>);

impl Path {
    /// The value itself.
    pub fn root() -> Self {
        Self::default()
    }

    /// A path of one attribute.
    pub fn of(attribute: impl Into<Str>) -> Self {
        Self(vec![Step::Attr(attribute.into())])
    }

    /// This path and an attribute behind it.
    pub fn attr(mut self, name: impl Into<Str>) -> Self {
        self.0.push(Step::Attr(name.into()));
        self
    }

    /// This path and an element behind it.
    pub fn index(mut self, key: impl Into<Value>) -> Self {
        self.0.push(Step::Index(key.into()));
        self
    }

    /// The steps from the root.
    pub fn steps(&self) -> &[Step] {
        &self.0
    }

    /// Whether `other` is this place or inside it.
    pub fn covers(&self, other: &Path) -> bool {
        other.0.starts_with(&self.0)
    }
}

impl FromIterator<Step> for Path {
    fn from_iter<T: IntoIterator<Item = Step>>(steps: T) -> Self {
        Self(steps.into_iter().collect())
    }
}

/// As it is written behind a value: `.name[0]["key"]`, without the first dot.
impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, step) in self.0.iter().enumerate() {
            match step {
                Step::Attr(name) if at == 0 => f.write_str(name)?,
                Step::Attr(name) => write!(f, ".{name}")?,
                Step::Index(key) => write!(f, "[{key:?}]")?,
            }
        }
        Ok(())
    }
}

impl Value {
    /// The part at a path, with the marks met on the way; `None` where there is none (an unknown or null on the way too).
    pub fn at(&self, path: &Path) -> Option<Value> {
        let mut value = self.clone();
        for step in path.steps() {
            let (inner, marks) = value.unmark();
            let part = match (step, &inner) {
                (Step::Attr(name), Value::Object(object)) => object.get(name).cloned(),
                (Step::Attr(name), Value::Map(map)) => map.get(name).cloned(),
                (Step::Index(key), Value::Map(map)) => key.as_str().and_then(|key| map.get(key)).cloned(),
                (Step::Index(key), Value::Object(object)) => key.as_str().and_then(|key| object.get(key)).cloned(),
                (Step::Index(key), Value::Set(set)) => set.contains(key).then(|| key.clone()),
                (Step::Index(key), Value::List(_) | Value::Tuple(_)) => {
                    let at = key.as_i64().and_then(|at| usize::try_from(at).ok());
                    at.and_then(|at| inner.as_elements().and_then(|elements| elements.get(at)).cloned())
                }
                _ => None,
            };
            value = part?.with_marks(marks);
        }
        Some(value)
    }
}
