//! What has to be known of a whole snapshot before its first line is written: types, and whether a key is needed.

use std::collections::BTreeMap;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use crate::addr::Mode;
use crate::state::Declared;
use crate::state::Object;
use crate::state::Snapshot;
use crate::state::declared::join;
use crate::state::declared::type_name;
use crate::value::ObjectAttr;
use crate::value::Str;
use crate::value::Type;
use crate::value::TypeKind;
use crate::value::Value;

/// The types of a snapshot's objects, and whether anything is to be sealed.
pub(crate) struct Survey {
    /// By name and schema version; those that no object has are left out.
    pub(super) types: BTreeMap<(Str, u32), Declared>,
    by_object: FxHashMap<(Mode, Str, u32), Declared>,
    /// Whether a key is needed.
    pub(crate) seals: bool,
}

impl Survey {
    /// Looks through a snapshot.
    pub(crate) fn of(snapshot: &Snapshot) -> Self {
        let mut by_object: FxHashMap<(Mode, Str, u32), Declared> = FxHashMap::default();
        let mut seals = !snapshot.open.is_empty();
        for (address, instance) in &snapshot.instances {
            for (_, object) in instance.objects() {
                let key = (address.mode, Arc::clone(&address.ty), object.schema_version);
                let declared = by_object.entry(key).or_insert_with(|| {
                    let known = snapshot.types.get(&(type_name(address.mode, &address.ty), object.schema_version));
                    known.cloned().unwrap_or_else(|| Declared { ty: object_type(object), sealed: [].into() })
                });
                if !object_fits(object, declared.ty) {
                    declared.ty = widen(declared.ty, object_type(object));
                }
                seals |= !object.private.is_null()
                    || object.attributes.values().iter().any(Value::contains_marked)
                    || declared.sealed.iter().any(|name| object.attributes.get(name).is_some());
            }
        }
        for output in snapshot.outputs.values() {
            seals |= output.sensitive || output.value.contains_marked();
        }
        let types = by_object
            .iter()
            .map(|((mode, ty, version), declared)| ((type_name(*mode, ty), *version), declared.clone()));
        Self { types: types.collect(), by_object, seals }
    }

    /// The type of an object.
    pub(super) fn declared(&self, mode: Mode, ty: &Str, schema_version: u32) -> &Declared {
        self.by_object.get(&(mode, Arc::clone(ty), schema_version)).expect("every object was looked at")
    }
}

fn object_type(object: &Object) -> Type {
    let attributes = object.attributes.iter();
    Type::object(attributes.map(|(name, value)| ObjectAttr::new(Arc::clone(name), value.ty())).collect())
}

fn object_fits(object: &Object, ty: Type) -> bool {
    let known = ty.attributes().unwrap_or_default();
    if known.len() == object.attributes.len() {
        let both = known.iter().zip(object.attributes.iter());
        return both.into_iter().all(|(known, (name, value))| known.name == *name && fits(value, known.ty));
    }
    object.attributes.iter().all(|(name, value)| ty.attribute(name).is_some_and(|known| fits(value, known.ty)))
}

/// Whether a value can be written under a type so that it reads back the same.
fn fits(value: &Value, ty: Type) -> bool {
    if ty == Type::DYNAMIC {
        return true;
    }
    match value {
        Value::Null(own) => *own == ty,
        Value::Bool(_) => ty == Type::BOOL,
        Value::Number(_) => ty == Type::NUMBER,
        Value::String(_) => ty == Type::STRING,
        Value::Unknown(unknown) => unknown.ty() == ty,
        Value::Marked(marked) => fits(marked.value(), ty),
        // The parts of a collection are of its element type by construction.
        Value::List(list) => matches!(ty.kind(), TypeKind::List(element) if *element == list.element()),
        Value::Set(set) => matches!(ty.kind(), TypeKind::Set(element) if *element == set.element()),
        Value::Map(map) => matches!(ty.kind(), TypeKind::Map(element) if *element == map.element()),
        Value::Tuple(tuple) => match ty.kind() {
            TypeKind::Tuple(types) => {
                let parts = tuple.as_slice();
                types.len() == parts.len() && parts.iter().zip(types).all(|(part, ty)| fits(part, *ty))
            }
            _ => false,
        },
        Value::Object(object) => ty.attributes().is_some_and(|known| {
            known.len() == object.len()
                && known
                    .iter()
                    .zip(object.iter())
                    .all(|(known, (name, value))| known.name == *name && fits(value, known.ty))
        }),
    }
}

/// A type that objects of both can be written under: with the attributes of both.
fn widen(a: Type, b: Type) -> Type {
    let mut attributes: BTreeMap<Str, Type> = BTreeMap::new();
    for attribute in a.attributes().into_iter().chain(b.attributes()).flatten() {
        let ty = attribute.ty.without_optional();
        let entry = attributes.entry(Arc::clone(&attribute.name)).or_insert(ty);
        *entry = join(*entry, ty);
    }
    Type::object(attributes.into_iter().map(|(name, ty)| ObjectAttr::new(name, ty)).collect())
}
