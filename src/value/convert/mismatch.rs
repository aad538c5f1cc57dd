//! What to say when values of one type cannot be of another: Terraform's words.

use crate::value::ObjectAttr;
use crate::value::Type;
use crate::value::TypeKind;
use crate::value::text::quoted;

use super::can_convert;

/// Says what stands in the way of a conversion that is not possible.
pub fn mismatch(got: Type, want: Type) -> String {
    let element = match want.kind() {
        TypeKind::List(element) | TypeKind::Set(element) | TypeKind::Map(element) => Some(*element),
        _ => None,
    };
    let of_sequence = matches!(want.kind(), TypeKind::List(_) | TypeKind::Set(_));
    match (got.kind(), element) {
        (TypeKind::Object(_), None) if want.attributes().is_some() => {
            of_objects(got, want.attributes().unwrap_or_default())
        }
        (TypeKind::Tuple(_), Some(element)) if of_sequence && element == Type::DYNAMIC => {
            format!("all {} elements must have the same type", kind_name(want))
        }
        (TypeKind::Object(_), Some(element)) if !of_sequence && element == Type::DYNAMIC => {
            "all map elements must have the same type".into()
        }
        (TypeKind::Tuple(types), Some(element)) if of_sequence => {
            let mut parts = types.iter().enumerate();
            match parts.find(|(_, ty)| !can_convert(**ty, element)) {
                Some((at, ty)) => format!("element {at}: {}", mismatch(*ty, element)),
                None => format!("all elements must be {}", constraint_name(element)),
            }
        }
        (TypeKind::Object(attributes), Some(element)) if !of_sequence => {
            match attributes.iter().find(|attribute| !can_convert(attribute.ty, element)) {
                Some(attribute) => format!("element {}: {}", quoted(&attribute.name), mismatch(attribute.ty, element)),
                None => format!("all elements must be {}", constraint_name(element)),
            }
        }
        (TypeKind::List(own) | TypeKind::Set(own), Some(element)) if of_sequence => {
            format!("incorrect {} element type: {}", kind_name(want), mismatch(*own, element))
        }
        (TypeKind::Map(own), Some(element)) if !of_sequence => {
            format!("incorrect map element type: {}", mismatch(*own, element))
        }
        _ => format!("{} required", constraint_name(want)),
    }
}

fn of_objects(got: Type, want: &[ObjectAttr]) -> String {
    let missing = want.iter().filter(|attribute| !attribute.optional && got.attribute(&attribute.name).is_none());
    let missing: Vec<String> = missing.map(|attribute| quoted(&attribute.name)).collect();
    match missing.as_slice() {
        [] => {}
        [one] => return format!("attribute {one} is required"),
        [one, two] => return format!("attributes {one} and {two} are required"),
        [first @ .., last] => return format!("attributes {}, and {last} are required", first.join(", ")),
    }
    let mut common = want.iter().filter_map(|want| Some((want, got.attribute(&want.name)?)));
    match common.find(|(want, own)| !can_convert(own.ty, want.ty)) {
        Some((want, own)) => format!("attribute {}: {}", quoted(&want.name), mismatch(own.ty, want.ty)),
        None => "incorrect object attributes".into(),
    }
}

fn kind_name(ty: Type) -> &'static str {
    match ty.kind() {
        TypeKind::List(_) => "list",
        TypeKind::Set(_) => "set",
        _ => "map",
    }
}

/// The friendly name of a type where `any` may stand in it: `list of any single type`.
pub fn constraint_name(ty: Type) -> String {
    match ty.kind() {
        TypeKind::Dynamic => "any type".into(),
        TypeKind::List(element) | TypeKind::Set(element) | TypeKind::Map(element) => {
            let element = if *element == Type::DYNAMIC { "any single type".into() } else { constraint_name(*element) };
            format!("{} of {element}", kind_name(ty))
        }
        _ => ty.to_string(),
    }
}
