//! The type that values of several types can share: of a conditional's arms, of a list's elements.

use rustc_hash::FxHashSet;

use super::can_convert;
use crate::value::ObjectAttr;
use crate::value::Type;
use crate::value::TypeKind;

/// The type that values of all these types can be converted to, as for the elements of a list; `None` when there is
/// none. A bare null (`any`) next to aggregates makes the answer `any`, as its type is yet to be decided.
pub fn unify(types: &[Type]) -> Option<Type> {
    let first = *types.first()?;
    if types.iter().all(|ty| *ty == first) {
        return Some(first);
    }
    // A thousand elements are mostly of a few types; each counts once.
    let mut seen = FxHashSet::default();
    let distinct: Vec<Type> = types.iter().copied().filter(|ty| seen.insert(*ty)).collect();
    let types = distinct.as_slice();
    let of = |test: fn(&TypeKind) -> bool| types.iter().filter(|ty| test(ty.kind())).count();
    let dynamic = of(|kind| matches!(kind, TypeKind::Dynamic));
    let maps = of(|kind| matches!(kind, TypeKind::Map(_)));
    let lists = of(|kind| matches!(kind, TypeKind::List(_)));
    let sets = of(|kind| matches!(kind, TypeKind::Set(_)));
    let objects = of(|kind| matches!(kind, TypeKind::Object(_)));
    let tuples = of(|kind| matches!(kind, TypeKind::Tuple(_)));
    let only = |count: usize| count > 0 && count + dynamic == types.len();
    let homogeneous = [maps, lists, sets, objects, tuples].into_iter().any(only);
    if homogeneous && dynamic > 0 {
        return Some(Type::DYNAMIC);
    }
    if only(maps) {
        return collections(types).map(Type::map);
    } else if only(lists) {
        return collections(types).map(Type::list);
    } else if only(sets) {
        return collections(types).map(Type::set);
    } else if only(objects) {
        return object_types(types);
    } else if only(tuples) {
        return tuple_types(types);
    } else if objects > 0 && tuples > 0 {
        return None;
    } else if maps > 0 && only(maps + objects) {
        if let Some(found) = in_disguise(types, |ty| ty.attributes().is_some(), objects_as_map) {
            return Some(found);
        }
    } else if lists > 0
        && only(lists + tuples)
        && let Some(found) = in_disguise(types, |ty| matches!(ty.kind(), TypeKind::Tuple(_)), tuples_as_list)
    {
        return Some(found);
    }
    most_general(types)
}

fn collections(types: &[Type]) -> Option<Type> {
    let elements: Vec<Type> = types.iter().filter_map(|ty| ty.element()).collect();
    unify(&elements)
}

fn object_types(types: &[Type]) -> Option<Type> {
    let attributes: Vec<&[ObjectAttr]> = types.iter().filter_map(|ty| ty.attributes()).collect();
    let (first, rest) = attributes.split_first()?;
    let names = |attributes: &[ObjectAttr]| attributes.iter().map(|a| a.name.clone()).collect::<Vec<_>>();
    if rest.iter().any(|other| names(other) != names(first)) {
        return objects_as_map(types);
    }
    let merged = first.iter().enumerate().map(|(at, attribute)| {
        let across: Vec<Type> = attributes.iter().map(|attributes| attributes[at].ty).collect();
        Some(ObjectAttr::new(attribute.name.clone(), unify(&across)?))
    });
    Some(Type::object(merged.collect::<Option<_>>()?))
}

fn tuple_types(types: &[Type]) -> Option<Type> {
    let elements: Vec<&[Type]> = types.iter().filter_map(|ty| tuple_elements(*ty)).collect();
    let (first, rest) = elements.split_first()?;
    if rest.iter().any(|other| other.len() != first.len()) {
        return tuples_as_list(types);
    }
    let merged = (0..first.len()).map(|at| {
        let across: Vec<Type> = elements.iter().map(|elements| elements[at]).collect();
        unify(&across)
    });
    Some(Type::tuple(merged.collect::<Option<_>>()?))
}

fn tuple_elements(ty: Type) -> Option<&'static [Type]> {
    match ty.kind() {
        TypeKind::Tuple(elements) => Some(elements),
        _ => None,
    }
}

fn objects_as_map(types: &[Type]) -> Option<Type> {
    let attributes = types.iter().filter_map(|ty| ty.attributes()).flatten();
    let all: Vec<Type> = attributes.map(|attribute| attribute.ty).collect();
    unify(&all).map(Type::map)
}

fn tuples_as_list(types: &[Type]) -> Option<Type> {
    let all: Vec<Type> = types.iter().filter_map(|ty| tuple_elements(*ty)).flatten().copied().collect();
    unify(&all).map(Type::list)
}

/// Objects are often maps in disguise, and tuples lists: unifies them among themselves first, then with the rest.
fn in_disguise(types: &[Type], is: fn(Type) -> bool, merge: fn(&[Type]) -> Option<Type>) -> Option<Type> {
    let disguised: Vec<Type> = types.iter().copied().filter(|ty| is(*ty)).collect();
    let revealed = merge(&disguised)?;
    let types: Vec<Type> = types.iter().map(|ty| if is(*ty) { revealed } else { *ty }).collect();
    unify(&types).filter(|found| found.element().is_some())
}

/// The first of the types, most general first, that all others can be converted to.
fn most_general(types: &[Type]) -> Option<Type> {
    let mut order = by_generality(types).into_iter().map(|at| types[at]);
    order.find(|want| types.iter().all(|ty| can_convert(*ty, *want)))
}

/// Sorts topologically, so that a type comes before all that it is more general than; otherwise the order stays.
fn by_generality(types: &[Type]) -> Vec<usize> {
    let mut below: Vec<Vec<usize>> = vec![Vec::new(); types.len()];
    let mut above = vec![0usize; types.len()];
    for one in 0..types.len() {
        for two in one + 1..types.len() {
            let (general, special) = match preference(types[one], types[two]) {
                0 => continue,
                less if less < 0 => (one, two),
                _ => (two, one),
            };
            below[general].push(special);
            above[special] += 1;
        }
    }
    let mut order: Vec<usize> = (0..types.len()).filter(|at| above[*at] == 0).collect();
    let mut next = 0;
    while let Some(&at) = order.get(next) {
        next += 1;
        for &special in &below[at] {
            above[special] -= 1;
            if above[special] == 0 {
                order.push(special);
            }
        }
    }
    order
}

/// Below zero when the first type is the more general one, above when the second is.
fn preference(a: Type, b: Type) -> i8 {
    let both = |pairs: &mut dyn Iterator<Item = (Type, Type)>| {
        let found: Vec<i8> = pairs.map(|(a, b)| preference(a, b)).collect();
        match (found.iter().any(|one| *one < 0), found.iter().any(|one| *one > 0)) {
            (true, false) => -1,
            (false, true) => 1,
            _ => 0,
        }
    };
    match (a.kind(), b.kind()) {
        _ if a == b => 0,
        // Whatever it turns out to be, it will most likely agree with its neighbours.
        (TypeKind::Dynamic, _) => 1,
        (_, TypeKind::Dynamic) => -1,
        (TypeKind::String, TypeKind::Bool | TypeKind::Number) => -1,
        (TypeKind::Bool | TypeKind::Number, TypeKind::String) => 1,
        (TypeKind::List(a), TypeKind::List(b))
        | (TypeKind::Set(a), TypeKind::Set(b))
        | (TypeKind::Map(a), TypeKind::Map(b)) => preference(*a, *b),
        (TypeKind::List(_), TypeKind::Tuple(_) | TypeKind::Set(_)) => -1,
        (TypeKind::Tuple(_) | TypeKind::Set(_), TypeKind::List(_)) => 1,
        (TypeKind::Tuple(_), TypeKind::Set(_)) | (TypeKind::Map(_), TypeKind::Object(_)) => -1,
        (TypeKind::Set(_), TypeKind::Tuple(_)) | (TypeKind::Object(_), TypeKind::Map(_)) => 1,
        (TypeKind::Object(one), TypeKind::Object(two)) => {
            let same = one.len() == two.len() && one.iter().zip(two).all(|(one, two)| one.name == two.name);
            if same { both(&mut one.iter().zip(two).map(|(one, two)| (one.ty, two.ty))) } else { 0 }
        }
        (TypeKind::Tuple(one), TypeKind::Tuple(two)) if one.len() == two.len() => {
            both(&mut one.iter().copied().zip(two.iter().copied()))
        }
        _ => 0,
    }
}
