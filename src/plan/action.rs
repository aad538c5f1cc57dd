//! The decision what must happen to one instance.

use std::collections::BTreeSet;

use super::Action;
use super::Reason;
use super::propose::equal_unmarked;
use super::propose::is_unchanged;
use crate::schema::Block;
use crate::schema::Nesting;
use crate::schema::Readability;
use crate::schema::Schema;
use crate::value::Object;
use crate::value::Path;
use crate::value::Str;
use crate::value::Value;

/// What is asked of an instance beside its configuration.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Wishes {
    /// It was left half done.
    pub(crate) tainted: bool,
    /// `-replace` names it.
    pub(crate) replace: bool,
    /// Something in its `replace_triggered_by` changes.
    pub(crate) triggered: bool,
    /// An interrupted change has left something to do.
    pub(crate) owed: bool,
    /// The new object comes before the old one goes.
    pub(crate) create_first: bool,
}

/// Chooses what must happen to an instance that is there and is configured.
pub(crate) fn action(
    schema: &Schema,
    prior: &Object,
    planned: &Object,
    replace_paths: &[Path],
    wishes: Wishes,
) -> (Action, Option<Reason>) {
    let reason = if wishes.tainted {
        Some(Reason::Tainted)
    } else if !replace_paths.is_empty() {
        Some(Reason::CannotUpdate)
    } else if wishes.replace {
        Some(Reason::Requested)
    } else if wishes.triggered {
        Some(Reason::Triggered)
    } else {
        None
    };
    match reason {
        Some(reason) if wishes.create_first => (Action::CreateThenDelete, Some(reason)),
        Some(reason) => (Action::DeleteThenCreate, Some(reason)),
        None if is_unchanged(schema, prior, planned) && !wishes.owed => (Action::NoOp, None),
        None => (Action::Update, None),
    }
}

/// The arguments whose change cannot be brought about in place: the schema's, and those the type demands.
pub(crate) fn replace_paths(schema: &Schema, prior: &Object, planned: &Object, demanded: Vec<Path>) -> Vec<Path> {
    let mut found = Vec::new();
    in_block(schema.root(), prior, planned, &Path::root(), &mut found);
    let mut seen: BTreeSet<String> = found.iter().map(Path::to_string).collect();
    for path in demanded {
        let differs = match (top(prior, &path), top(planned, &path)) {
            (Some(prior), Some(planned)) => !equal_unmarked(prior, planned),
            _ => true,
        };
        if differs && seen.insert(path.to_string()) {
            found.push(path);
        }
    }
    found
}

fn top<'a>(object: &'a Object, path: &Path) -> Option<&'a Value> {
    match path.steps().first()? {
        crate::value::Step::Attr(name) => object.get(name),
        crate::value::Step::Index(_) => None,
    }
}

fn in_block(block: &Block, prior: &Object, planned: &Object, at: &Path, found: &mut Vec<Path>) {
    for (name, attribute) in block.attributes() {
        if !attribute.replaces {
            continue;
        }
        let (Some(before), Some(after)) = (prior.get(name), planned.get(name)) else { continue };
        let is_forgotten = attribute.readability == Readability::BootOnly && before.is_null();
        if !equal_unmarked(before, after) && !is_forgotten {
            found.push(at.clone().attr(Str::clone(name)));
        }
    }
    for (name, nested) in block.blocks() {
        let (Some(before), Some(after)) = (prior.get(name), planned.get(name)) else { continue };
        if equal_unmarked(before, after) {
            continue;
        }
        let at = at.clone().attr(Str::clone(name));
        if nested.replaces {
            found.push(at);
            continue;
        }
        match nested.nesting {
            Nesting::Single => {
                if let (Some(before), Some(after)) = (before.as_object(), after.as_object()) {
                    in_block(&nested.block, before, after, &at, found);
                }
            }
            Nesting::List => {
                let pairs =
                    before.as_elements().unwrap_or_default().iter().zip(after.as_elements().unwrap_or_default());
                for (index, (before, after)) in pairs.enumerate() {
                    if let (Some(before), Some(after)) = (before.as_object(), after.as_object()) {
                        let index = i64::try_from(index).unwrap_or(i64::MAX);
                        in_block(&nested.block, before, after, &at.clone().index(index), found);
                    }
                }
            }
            // Elements of a set have no identity of their own, so a type that needs this says `replaces` on the block.
            Nesting::Set | Nesting::Map => {}
        }
    }
}

/// Whether what came back contradicts what was promised; gives the first place.
pub(crate) fn contradiction(planned: &Value, actual: &Value) -> Option<Path> {
    contradiction_at(planned.unmarked(), actual.unmarked(), &Path::root())
}

fn contradiction_at(planned: &Value, actual: &Value, at: &Path) -> Option<Path> {
    match (planned.unmarked(), actual.unmarked()) {
        (Value::Unknown(_), _) => None,
        (Value::Object(a), Value::Object(b)) => {
            if a.shape() != b.shape() {
                return Some(at.clone());
            }
            let pairs = a.shape().names().iter().zip(a.values().iter().zip(b.values()));
            pairs.into_iter().find_map(|(name, (a, b))| contradiction_at(a, b, &at.clone().attr(Str::clone(name))))
        }
        (Value::Map(a), Value::Map(b)) => {
            if a.len() != b.len() {
                return Some(at.clone());
            }
            a.iter().find_map(|(key, value)| {
                let at = at.clone().index(Value::String(Str::clone(key)));
                b.get(key).map_or(Some(at.clone()), |other| contradiction_at(value, other, &at))
            })
        }
        (a @ (Value::List(_) | Value::Tuple(_)), b @ (Value::List(_) | Value::Tuple(_))) => {
            let (a, b) = (a.as_elements().unwrap_or_default(), b.as_elements().unwrap_or_default());
            if a.len() != b.len() {
                return Some(at.clone());
            }
            let pairs = a.iter().zip(b).enumerate();
            let mut pairs = pairs.map(|(index, pair)| (i64::try_from(index).unwrap_or(i64::MAX), pair));
            pairs.find_map(|(index, (a, b))| contradiction_at(a, b, &at.clone().index(index)))
        }
        // Elements of a set cannot be paired while parts of them are unknown; their number is not promised either.
        (Value::Set(_), Value::Set(_)) if !planned.is_wholly_known() => None,
        (a, b) => (!equal_unmarked(a, b)).then(|| at.clone()),
    }
}

#[cfg(test)]
mod tests;
