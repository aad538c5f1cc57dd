//! Types, interned: equal types are the same pointer, so that comparing and copying one costs nothing.

use std::collections::HashSet;
use std::fmt;
use std::hash::Hash;
use std::hash::Hasher;
use std::sync::LazyLock;
use std::sync::Mutex;

use super::Str;

/// A type of the language. Copying is free; equality is by pointer.
#[derive(Clone, Copy)]
pub struct Type(&'static TypeKind);

/// What a [`Type`] is made of.
#[derive(Debug, PartialEq, Eq, Hash)]
pub enum TypeKind {
    /// `bool`
    Bool,
    /// `number`
    Number,
    /// `string`
    String,
    /// `any`: in a constraint, every type; of a value, not known which.
    Dynamic,
    /// `list(T)`
    List(Type),
    /// `set(T)`
    Set(Type),
    /// `map(T)`
    Map(Type),
    /// `tuple([T, …])`
    Tuple(Box<[Type]>),
    /// `object({name = T, …})`, sorted by name.
    Object(Box<[ObjectAttr]>),
}

/// One attribute of an object type.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ObjectAttr {
    /// The attribute's name.
    pub name: Str,
    /// The attribute's type.
    pub ty: Type,
    /// Whether a conversion may fill it with null. Only constraints have optional attributes; types of values never.
    pub optional: bool,
}

impl ObjectAttr {
    /// A required attribute.
    pub fn new(name: impl Into<Str>, ty: Type) -> Self {
        Self { name: name.into(), ty, optional: false }
    }
}

static BOOL: TypeKind = TypeKind::Bool;
static NUMBER: TypeKind = TypeKind::Number;
static STRING: TypeKind = TypeKind::String;
static DYNAMIC: TypeKind = TypeKind::Dynamic;

/// Every compound type met so far. They are few and shared by all values, so they are never freed.
static INTERNED: LazyLock<Mutex<HashSet<&'static TypeKind>>> = LazyLock::new(Mutex::default);

impl Type {
    /// `bool`
    pub const BOOL: Type = Type(&BOOL);
    /// `number`
    pub const NUMBER: Type = Type(&NUMBER);
    /// `string`
    pub const STRING: Type = Type(&STRING);
    /// `any`
    pub const DYNAMIC: Type = Type(&DYNAMIC);

    /// `list(element)`
    pub fn list(element: Type) -> Type {
        intern(TypeKind::List(element))
    }

    /// `set(element)`
    pub fn set(element: Type) -> Type {
        intern(TypeKind::Set(element))
    }

    /// `map(element)`
    pub fn map(element: Type) -> Type {
        intern(TypeKind::Map(element))
    }

    /// `tuple([…])`
    pub fn tuple(elements: Vec<Type>) -> Type {
        intern(TypeKind::Tuple(elements.into()))
    }

    /// `object({…})`; the attributes may come in any order, each name once.
    pub fn object(mut attributes: Vec<ObjectAttr>) -> Type {
        if !attributes.is_sorted_by(|a, b| a.name < b.name) {
            attributes.sort_by(|a, b| a.name.cmp(&b.name));
        }
        intern(TypeKind::Object(attributes.into()))
    }

    /// What the type is made of.
    pub fn kind(self) -> &'static TypeKind {
        self.0
    }

    /// Whether this is `bool`, `number` or `string`.
    pub fn is_primitive(self) -> bool {
        matches!(self.0, TypeKind::Bool | TypeKind::Number | TypeKind::String)
    }

    /// The element type of a list, set or map.
    pub fn element(self) -> Option<Type> {
        match self.0 {
            TypeKind::List(element) | TypeKind::Set(element) | TypeKind::Map(element) => Some(*element),
            _ => None,
        }
    }

    /// The attributes of an object type, sorted by name.
    pub fn attributes(self) -> Option<&'static [ObjectAttr]> {
        match self.0 {
            TypeKind::Object(attributes) => Some(attributes),
            _ => None,
        }
    }

    /// The type of an object's attribute.
    pub fn attribute(self, name: &str) -> Option<&'static ObjectAttr> {
        let attributes = self.attributes()?;
        attributes.binary_search_by(|attribute| (*attribute.name).cmp(name)).ok().map(|at| &attributes[at])
    }

    /// Whether `any` occurs anywhere inside.
    pub fn has_dynamic(self) -> bool {
        match self.0 {
            TypeKind::Dynamic => true,
            TypeKind::Bool | TypeKind::Number | TypeKind::String => false,
            TypeKind::List(element) | TypeKind::Set(element) | TypeKind::Map(element) => element.has_dynamic(),
            TypeKind::Tuple(elements) => elements.iter().any(|element| element.has_dynamic()),
            TypeKind::Object(attributes) => attributes.iter().any(|attribute| attribute.ty.has_dynamic()),
        }
    }

    /// The same type without optional attributes: what a value converted to it has.
    pub fn without_optional(self) -> Type {
        match self.0 {
            TypeKind::Bool | TypeKind::Number | TypeKind::String | TypeKind::Dynamic => self,
            TypeKind::List(element) => Type::list(element.without_optional()),
            TypeKind::Set(element) => Type::set(element.without_optional()),
            TypeKind::Map(element) => Type::map(element.without_optional()),
            TypeKind::Tuple(elements) => {
                Type::tuple(elements.iter().map(|element| element.without_optional()).collect())
            }
            TypeKind::Object(attributes) => {
                let attributes = attributes.iter();
                Type::object(attributes.map(|a| ObjectAttr::new(a.name.clone(), a.ty.without_optional())).collect())
            }
        }
    }
}

fn intern(kind: TypeKind) -> Type {
    let mut interned = INTERNED.lock().expect("interning never panics");
    if let Some(known) = interned.get(&kind) {
        return Type(known);
    }
    let kind: &'static TypeKind = Box::leak(Box::new(kind));
    interned.insert(kind);
    Type(kind)
}

impl PartialEq for Type {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self.0, other.0)
    }
}

impl Eq for Type {}

impl Hash for Type {
    fn hash<H: Hasher>(&self, state: &mut H) {
        std::ptr::from_ref(self.0).hash(state);
    }
}

/// The friendly name, as in Terraform's messages: `list of string`, `object`, `dynamic`.
impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            TypeKind::Bool => f.write_str("bool"),
            TypeKind::Number => f.write_str("number"),
            TypeKind::String => f.write_str("string"),
            TypeKind::Dynamic => f.write_str("dynamic"),
            TypeKind::List(element) => write!(f, "list of {element}"),
            TypeKind::Set(element) => write!(f, "set of {element}"),
            TypeKind::Map(element) => write!(f, "map of {element}"),
            TypeKind::Tuple(_) => f.write_str("tuple"),
            TypeKind::Object(_) => f.write_str("object"),
        }
    }
}

impl fmt::Debug for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            TypeKind::Tuple(elements) => f.debug_list().entries(elements).finish(),
            TypeKind::Object(attributes) => f.debug_map().entries(attributes.iter().map(|a| (&a.name, &a.ty))).finish(),
            _ => write!(f, "{self}"),
        }
    }
}
