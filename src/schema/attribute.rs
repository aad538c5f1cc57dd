//! One attribute of a schema.

use crate::value::Str;
use crate::value::Type;
use crate::value::Value;

/// Who sets an attribute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Presence {
    /// The user must.
    Required,
    /// The user may; else it is null or has its default.
    Optional,
    /// The user may; else the vendor chooses.
    OptionalComputed,
    /// Only the vendor does.
    Computed,
}

/// When two values of an attribute mean the same, so that an equal configuration keeps the prior value.
#[derive(Debug, Clone, Copy, Default)]
pub enum Equality {
    /// Only identical values.
    #[default]
    Exact,
    /// Strings that differ in upper and lower case.
    IgnoreCase,
    /// Lists or sets whose strings differ in case and order.
    SetIgnoreCase,
    /// Lists whose order carries no meaning.
    AnyOrder,
    /// Strings that differ in white space at either end.
    Trimmed,
    /// What the vendor takes for equal, decided by a function on two known, non-null values.
    Semantic(fn(&Value, &Value) -> bool),
}

/// Whether a read gives the attribute.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Readability {
    /// The vendor gives it back.
    #[default]
    Readable,
    /// Only ever what the user wrote: a switch for us, kept from the configuration.
    Input,
    /// Used once, when the object is made, and never given back. Never a reason to replace an imported object.
    BootOnly,
}

/// What of an attribute must not be seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Sensitivity {
    /// Nothing.
    #[default]
    None,
    /// The elements; which keys a map has, and how many elements there are, may be seen.
    Elements,
    /// The elements of a map with these keys.
    Keys(&'static [&'static str]),
    /// All of it.
    Whole,
}

/// One attribute of a schema.
#[derive(Debug, Clone)]
pub struct Attribute {
    /// Its type; [`Type::DYNAMIC`] takes any.
    pub ty: Type,
    /// Who sets it.
    pub presence: Presence,
    /// The value where the user gives none.
    pub default: Option<Value>,
    /// What is never printed, and sealed when stored.
    pub sensitivity: Sensitivity,
    /// Sealed when stored, though it may be printed: the contents of files.
    pub sealed: bool,
    /// Sent, never stored.
    pub write_only: bool,
    /// A changed value cannot be brought about in place.
    pub replaces: bool,
    /// When two values mean the same.
    pub equality: Equality,
    /// Where two values mean the same, the configured one is recorded all the same, which is no change of the object: how
    /// it is reached, for one.
    pub followed: bool,
    /// Not decided by the configuration, and yet a change of it is somebody's doing: drift, not only news.
    pub watched: bool,
    /// Whether a read gives it.
    pub readability: Readability,
    /// One sentence for the documentation; empty where the name says it all.
    pub description: &'static str,
    /// Set where the attribute should no longer be used: what to use instead.
    pub deprecated: Option<&'static str>,
}

/// An optional attribute of a type.
pub fn of(ty: Type) -> Attribute {
    Attribute {
        ty,
        presence: Presence::Optional,
        default: None,
        sensitivity: Sensitivity::None,
        sealed: false,
        write_only: false,
        replaces: false,
        equality: Equality::Exact,
        followed: false,
        watched: false,
        readability: Readability::Readable,
        description: "",
        deprecated: None,
    }
}

/// An optional string.
pub fn string() -> Attribute {
    of(Type::STRING)
}

/// An optional number.
pub fn number() -> Attribute {
    of(Type::NUMBER)
}

/// An optional boolean.
pub fn boolean() -> Attribute {
    of(Type::BOOL)
}

/// An optional attribute of any type.
pub fn any() -> Attribute {
    of(Type::DYNAMIC)
}

/// An optional list.
pub fn list(element: Type) -> Attribute {
    of(Type::list(element))
}

/// An optional set.
pub fn set(element: Type) -> Attribute {
    of(Type::set(element))
}

/// An optional map.
pub fn map(element: Type) -> Attribute {
    of(Type::map(element))
}

impl Attribute {
    /// The user must set it.
    pub fn required(mut self) -> Self {
        self.presence = Presence::Required;
        self
    }

    /// Only the vendor sets it.
    pub fn computed(mut self) -> Self {
        self.presence = Presence::Computed;
        self
    }

    /// Nobody sets it but by the way: when a read finds another value, somebody has changed what it tells of.
    pub fn watched(mut self) -> Self {
        self.watched = true;
        self
    }

    /// The user may set it, else the vendor does.
    pub fn optional_computed(mut self) -> Self {
        self.presence = Presence::OptionalComputed;
        self
    }

    /// Takes a value where the user gives none.
    pub fn default(mut self, value: impl Into<Value>) -> Self {
        self.default = Some(value.into());
        self
    }

    /// Is never printed, and sealed when stored.
    pub fn sensitive(mut self) -> Self {
        self.sensitivity = Sensitivity::Whole;
        self
    }

    /// Its elements are never printed, and sealed when stored; its keys may be seen.
    pub fn sensitive_elements(mut self) -> Self {
        self.sensitivity = Sensitivity::Elements;
        self
    }

    /// Of a map, the elements with these keys are never printed, and sealed when stored.
    pub fn sensitive_keys(mut self, keys: &'static [&'static str]) -> Self {
        self.sensitivity = Sensitivity::Keys(keys);
        self
    }

    /// Whether anything of it must not be seen.
    pub fn is_sensitive(&self) -> bool {
        self.sensitivity != Sensitivity::None
    }

    /// A value of it with marks on what must not be seen.
    pub fn mark(&self, value: Value) -> Value {
        match self.sensitivity {
            Sensitivity::None => value,
            Sensitivity::Elements if value.is_known() && !value.is_null() => {
                value.map_children(&mut |element| element.clone().sensitive())
            }
            Sensitivity::Keys(keys) if value.is_known() && !value.is_null() => with_secrets(value, keys),
            Sensitivity::Elements | Sensitivity::Keys(_) | Sensitivity::Whole => value.sensitive(),
        }
    }

    /// Is sealed when stored, though it may be printed.
    pub fn sealed(mut self) -> Self {
        self.sealed = true;
        self
    }

    /// Is sent but never stored.
    pub fn write_only(mut self) -> Self {
        self.write_only = true;
        self
    }

    /// A changed value cannot be brought about in place.
    pub fn replaces(mut self) -> Self {
        self.replaces = true;
        self
    }

    /// Says when two values mean the same.
    pub fn equality(mut self, equality: Equality) -> Self {
        self.equality = equality;
        self
    }

    /// Is only ever what the user wrote.
    pub fn input(mut self) -> Self {
        self.readability = Readability::Input;
        self
    }

    /// Is recorded as it is configured, even where that means the same as before.
    pub fn followed(mut self) -> Self {
        self.followed = true;
        self
    }

    /// Is used once, when the object is made, and never given back.
    pub fn boot_only(mut self) -> Self {
        self.readability = Readability::BootOnly;
        self
    }

    /// One sentence for the documentation.
    pub fn describe(mut self, description: &'static str) -> Self {
        self.description = description;
        self
    }

    /// Should no longer be used; says what to use instead.
    pub fn deprecated(mut self, instead: &'static str) -> Self {
        self.deprecated = Some(instead);
        self
    }

    /// Whether the vendor may choose the value.
    pub fn is_computed(&self) -> bool {
        matches!(self.presence, Presence::Computed | Presence::OptionalComputed)
    }

    /// Whether the user may set the value.
    pub fn is_settable(&self) -> bool {
        !matches!(self.presence, Presence::Computed)
    }

    /// Whether two known values mean the same.
    pub fn same(&self, a: &Value, b: &Value) -> bool {
        if a == b || a.is_null() && b.is_null() {
            return true;
        }
        if a.is_null() || b.is_null() || !a.is_wholly_known() || !b.is_wholly_known() {
            return false;
        }
        match self.equality {
            Equality::Exact => false,
            Equality::IgnoreCase => match (a.as_str(), b.as_str()) {
                (Some(a), Some(b)) => a.to_lowercase() == b.to_lowercase(),
                _ => false,
            },
            Equality::SetIgnoreCase => folded(a).is_some_and(|a| Some(a) == folded(b)),
            Equality::AnyOrder => match (a.as_elements(), b.as_elements()) {
                (Some(a), Some(b)) => sorted(a) == sorted(b),
                _ => false,
            },
            Equality::Trimmed => match (a.as_str(), b.as_str()) {
                (Some(a), Some(b)) => a.trim() == b.trim(),
                _ => false,
            },
            Equality::Semantic(same) => same(a, b),
        }
    }

    /// Whether a value that differs from the one before is only to be recorded.
    pub fn follows(&self, before: &Value, after: &Value) -> bool {
        self.followed && self.same(&before.clone().unmark_deep().0, &after.clone().unmark_deep().0)
    }
}

/// A map with marks on the elements with these keys.
fn with_secrets(value: Value, keys: &[&str]) -> Value {
    let Some(entries) = value.as_entries() else { return value.sensitive() };
    let marked = |(key, value): (&Str, &Value)| match keys.contains(&&**key) {
        true => (Str::clone(key), value.clone().sensitive()),
        false => (Str::clone(key), value.clone()),
    };
    let marks = value.marks();
    let element = value.ty().element().unwrap_or(Type::DYNAMIC);
    Value::map(element, entries.into_iter().map(marked).collect::<Vec<_>>()).with_marks(marks)
}

fn folded(value: &Value) -> Option<Vec<String>> {
    let texts = value.as_elements()?.iter().map(|element| element.as_str().map(str::to_lowercase));
    let mut texts = texts.collect::<Option<Vec<_>>>()?;
    texts.sort_unstable();
    texts.dedup();
    Some(texts)
}

fn sorted(values: &[Value]) -> Vec<Value> {
    let mut values = values.to_vec();
    values.sort_by(Value::compare);
    values
}
