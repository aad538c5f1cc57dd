//! Addresses, keys and providers, as JSON names them.

use serde::Serialize;
use serde_json::Value as Json;
use serde_json::json;

use super::Plain;
use crate::addr::InstanceAddr;
use crate::addr::InstanceKey;
use crate::addr::Mode;
use crate::plan::Registry;
use crate::report::style::Secrets;
use crate::value::Path;
use crate::value::Step;

/// The parts of an instance's address.
#[derive(Serialize)]
pub(super) struct Parts<'a> {
    mode: &'static str,
    #[serde(rename = "type")]
    ty: &'a str,
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    index: Option<Json>,
    provider_name: String,
}

pub(super) fn parts<'a>(addr: &'a InstanceAddr, provider: &str, registry: &Registry) -> Parts<'a> {
    Parts {
        mode: mode(addr.mode),
        ty: &addr.ty,
        name: &addr.name,
        index: index(&addr.key),
        provider_name: provider_name(provider, registry),
    }
}

pub(super) fn mode(mode: Mode) -> &'static str {
    match mode {
        Mode::Managed => "managed",
        Mode::Data => "data",
    }
}

pub(super) fn index(key: &InstanceKey) -> Option<Json> {
    match key {
        InstanceKey::None => None,
        InstanceKey::Int(index) => Some((*index).into()),
        InstanceKey::Str(key) => Some((&**key).into()),
    }
}

/// Where Terraform finds the provider.
pub(super) fn provider_name(name: &str, registry: &Registry) -> String {
    match registry.provider(name) {
        Some(provider) => provider.source().to_owned(),
        None => format!("registry.terraform.io/hashicorp/{name}"),
    }
}

/// A path as a list of names and keys.
pub(super) fn path_json(path: &Path) -> Json {
    let step = |step: &Step| match step {
        Step::Attr(name) => Json::from(&**name),
        Step::Index(key) => serde_json::to_value(Plain(key, Secrets::Hidden)).unwrap_or(Json::Null),
    };
    path.steps().iter().map(step).collect()
}

/// An instance as the streams of `-json` name it.
pub(in crate::report) fn resource_json(addr: &InstanceAddr) -> Json {
    json!({
        "addr": addr.to_string(),
        "module": addr.module.to_string(),
        "resource": addr.relative(),
        "implied_provider": addr.ty.split('_').next().unwrap_or(&addr.ty),
        "resource_type": &*addr.ty,
        "resource_name": &*addr.name,
        "resource_key": index(&addr.key),
    })
}
