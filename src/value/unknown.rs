//! Unknown values: what is known of them all the same, and where they come from.

use super::Number;
use super::Path;
use super::Str;
use super::Type;
use super::Value;

/// A value that exists but is not yet knowable.
#[derive(Debug, Clone)]
pub struct Unknown {
    ty: Type,
    refinement: Refinement,
    origin: Option<Origin>,
}

/// What is known of an unknown value.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Refinement {
    /// The value will not be null.
    pub not_null: bool,
    /// A string will begin like this.
    pub prefix: Option<Str>,
    /// A number will be at least this.
    pub min: Option<Number>,
    /// A number will be at most this.
    pub max: Option<Number>,
    /// A collection will have at least this many elements.
    pub min_length: Option<usize>,
    /// A collection will have at most this many elements.
    pub max_length: Option<usize>,
}

/// The attribute that will give the value: kept only where a value just moves, so that two unknowns of one origin
/// will be equal.
#[derive(Debug, Clone, PartialEq)]
pub struct Origin {
    /// Address of the instance.
    pub instance: Str,
    /// The attribute within it.
    pub path: Path,
}

impl Unknown {
    /// An unknown of a type, about which nothing else is known.
    pub fn new(ty: Type) -> Self {
        Self { ty, refinement: Refinement::default(), origin: None }
    }

    /// Adds what is known.
    pub fn refined(mut self, refinement: Refinement) -> Self {
        self.refinement = refinement;
        self
    }

    /// Says where the value will come from.
    pub fn from_origin(mut self, origin: Origin) -> Self {
        self.origin = Some(origin);
        self
    }

    /// The type it will have; [`Type::DYNAMIC`] when even that is not known.
    pub fn ty(&self) -> Type {
        self.ty
    }

    /// What is known of it.
    pub fn refinement(&self) -> &Refinement {
        &self.refinement
    }

    /// Where it will come from, when it is that attribute's value unchanged.
    pub fn origin(&self) -> Option<&Origin> {
        self.origin.as_ref()
    }
}

impl Value {
    /// An unknown of a type that will not be null.
    pub fn unknown_not_null(ty: Type) -> Value {
        let refinement = Refinement { not_null: true, ..Refinement::default() };
        Value::Unknown(std::sync::Arc::new(Unknown::new(ty).refined(refinement)))
    }

    /// An unknown that will be another instance's attribute, unchanged.
    pub fn unknown_from(ty: Type, origin: Origin) -> Value {
        Value::Unknown(std::sync::Arc::new(Unknown::new(ty).from_origin(origin)))
    }

    /// The unknown inside, seen through marks.
    pub fn as_unknown(&self) -> Option<&Unknown> {
        match self.unmarked() {
            Value::Unknown(unknown) => Some(unknown),
            _ => None,
        }
    }
}
