//! One change of a plan.

use std::sync::Arc;

use serde::Serialize;
use serde::Serializer;
use serde_json::Value as Json;
use serde_json::json;

use super::Plain;
use super::address::Parts;
use super::address::parts;
use super::address::path_json;
use super::mask::Mask;
use crate::addr;
use crate::plan;
use crate::plan::Action;
use crate::plan::Change;
use crate::plan::Drift;
use crate::plan::OutputChange;
use crate::plan::Registry;
use crate::report::plan::with_block;
use crate::report::style::Secrets;
use crate::state::ObjectKey;
use crate::value::Object;
use crate::value::Value;

#[derive(Serialize)]
struct ChangeDocument<'a> {
    address: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    previous_address: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    module_address: Option<String>,
    #[serde(flatten)]
    parts: Parts<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    deposed: Option<&'a str>,
    change: Difference<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    action_reason: Option<&'static str>,
}

/// Before and after, with the masks over them.
#[derive(Serialize)]
struct Difference<'a> {
    actions: &'static [&'static str],
    before: Option<Plain<'a>>,
    #[serde(skip_serializing_if = "After::is_left_out")]
    after: After<'a>,
    after_unknown: Mask<'a>,
    before_sensitive: Mask<'a>,
    after_sensitive: Mask<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    replace_paths: Option<Json>,
    #[serde(skip_serializing_if = "Option::is_none")]
    importing: Option<Json>,
}

enum After<'a> {
    /// Wholly unknown: not even null.
    LeftOut,
    Value(Option<Plain<'a>>),
}

impl After<'_> {
    fn is_left_out(&self) -> bool {
        matches!(self, After::LeftOut)
    }
}

impl Serialize for After<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self {
            After::LeftOut => to.serialize_unit(),
            After::Value(value) => value.serialize(to),
        }
    }
}

/// An entry of `resource_changes`.
pub(super) struct ChangeJson<'a>(pub(super) &'a Change, pub(super) &'a Registry, pub(super) Secrets);

impl Serialize for ChangeJson<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let ChangeJson(change, registry, secrets) = *self;
        let value = |object: &Option<Arc<Object>>| {
            object.as_ref().map(|object| sealed(registry, change.addr.mode, &change.addr.ty, object))
        };
        let (before, after) = (value(&change.prior), value(&change.planned));
        let replace_paths = change.action.is_replace() && !change.replace_paths.is_empty();
        ChangeDocument {
            address: change.addr.to_string(),
            previous_address: change.previous_addr.as_ref().map(ToString::to_string),
            module_address: module_address(&change.addr),
            parts: parts(&change.addr, &change.provider.name, registry),
            deposed: deposed(&change.object),
            change: Difference {
                replace_paths: replace_paths.then(|| change.replace_paths.iter().map(path_json).collect()),
                importing: change.importing.as_ref().map(|id| json!({"id": &**id})),
                ..difference(actions(change.action), before.as_ref(), after.as_ref(), secrets)
            },
            action_reason: change.reason.map(plan::Reason::as_str),
        }
        .serialize(to)
    }
}

/// An entry of `resource_drift`.
pub(super) struct DriftJson<'a>(pub(super) &'a Drift, pub(super) &'a Registry, pub(super) Secrets);

impl Serialize for DriftJson<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let DriftJson(drift, registry, secrets) = *self;
        let provider = registry.provider_of(drift.addr.mode, &drift.addr.ty);
        let value = |object: &Arc<Object>| sealed(registry, drift.addr.mode, &drift.addr.ty, object);
        let (before, after) = (value(&drift.before), drift.after.as_ref().map(value));
        let action = if after.is_some() { Action::Update } else { Action::Delete };
        ChangeDocument {
            address: drift.addr.to_string(),
            previous_address: None,
            module_address: module_address(&drift.addr),
            parts: parts(&drift.addr, &provider, registry),
            deposed: deposed(&drift.object),
            change: difference(actions(action), Some(&before), after.as_ref(), secrets),
            action_reason: None,
        }
        .serialize(to)
    }
}

/// An entry of `output_changes`.
pub(super) struct OutputJson<'a>(pub(super) &'a OutputChange, pub(super) Secrets);

impl Serialize for OutputJson<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let OutputJson(output, secrets) = *self;
        let seal = |value: &Value| if output.sensitive { value.clone().sensitive() } else { value.clone() };
        let (before, after) = (output.prior.as_ref().map(seal), output.planned.as_ref().map(seal));
        let unknown = match &after {
            Some(after) if !after.is_wholly_known() => Mask::unknown(after),
            _ => Mask::Is(false),
        };
        let after_json = match &after {
            Some(after) if !after.is_known() => After::LeftOut,
            after => After::Value(after.as_ref().map(|value| Plain(value, secrets))),
        };
        Difference {
            actions: actions(output.action()),
            before: before.as_ref().map(|value| Plain(value, secrets)),
            after: after_json,
            after_unknown: unknown,
            before_sensitive: Mask::Is(output.sensitive),
            after_sensitive: Mask::Is(output.sensitive),
            replace_paths: None,
            importing: None,
        }
        .serialize(to)
    }
}

fn difference<'a>(
    actions: &'static [&'static str],
    before: Option<&'a Value>,
    after: Option<&'a Value>,
    secrets: Secrets,
) -> Difference<'a> {
    Difference {
        actions,
        before: before.map(|value| Plain(value, secrets)),
        after: After::Value(after.map(|value| Plain(value, secrets))),
        after_unknown: after.map_or(Mask::NOWHERE, Mask::unknown),
        before_sensitive: before.map_or(Mask::Is(false), Mask::sensitive),
        after_sensitive: after.map_or(Mask::Is(false), Mask::sensitive),
        replace_paths: None,
        importing: None,
    }
}

/// An action in the words of `change.actions`.
pub(in crate::report) fn actions(action: Action) -> &'static [&'static str] {
    match action {
        Action::NoOp => &["no-op"],
        Action::Create => &["create"],
        Action::Read => &["read"],
        Action::Update => &["update"],
        Action::DeleteThenCreate => &["delete", "create"],
        Action::CreateThenDelete => &["create", "delete"],
        Action::Delete => &["delete"],
        Action::Forget => &["forget"],
    }
}

/// An object with everything marked that its schema calls sensitive, even where a mark was lost.
pub(in crate::report) fn sealed(registry: &Registry, mode: addr::Mode, ty: &str, object: &Arc<Object>) -> Value {
    with_block(registry, mode, ty, |block| match block {
        Some(block) if block.has_sensitive() => Value::Object(Arc::new(plan::mark(block, Object::clone(object)))),
        _ => Value::Object(Arc::clone(object)),
    })
}

pub(super) fn module_address(addr: &addr::InstanceAddr) -> Option<String> {
    (!addr.module.is_root()).then(|| addr.module.to_string())
}

pub(super) fn deposed(object: &ObjectKey) -> Option<&str> {
    match object {
        ObjectKey::Current => None,
        ObjectKey::Deposed(key) => Some(key.as_str()),
    }
}
