//! What is known of a type of object when it is stored: its attributes' types, and which of them are sealed.

use std::sync::Arc;

use super::Snapshot;
use crate::addr::Mode;
use crate::value::ObjectAttr;
use crate::value::Str;
use crate::value::Type;
use crate::value::TypeKind;

/// A type of object, as written once in the document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Declared {
    /// An object type with all attributes; `any` where their values carry their own types.
    pub ty: Type,
    /// String attributes that are sealed as a whole though they are not sensitive, sorted: the contents of files.
    pub sealed: Arc<[Str]>,
}

impl Snapshot {
    /// Says what a type of object looks like, by its schema. Storing works without; `any` attributes read better with.
    pub fn declare(&mut self, mode: Mode, ty: &str, schema_version: u32, declared: Declared) {
        self.types.insert((type_name(mode, ty), schema_version), declared);
    }
}

/// How a type of object is named in the document.
pub(super) fn type_name(mode: Mode, ty: &str) -> Str {
    match mode {
        Mode::Managed => ty.into(),
        Mode::Data => format!("data.{ty}").into(),
    }
}

/// A type that values of both can be written under without losing anything: where they differ, `any`.
pub(super) fn join(a: Type, b: Type) -> Type {
    if a == b {
        return a;
    }
    match (a.kind(), b.kind()) {
        (TypeKind::Object(a), TypeKind::Object(b)) if a.len() == b.len() && names_agree(a, b) => {
            let both = a.iter().zip(b.iter());
            Type::object(both.map(|(a, b)| ObjectAttr::new(Arc::clone(&a.name), join(a.ty, b.ty))).collect())
        }
        _ => Type::DYNAMIC,
    }
}

fn names_agree(a: &[ObjectAttr], b: &[ObjectAttr]) -> bool {
    a.iter().zip(b).all(|(a, b)| a.name == b.name)
}
