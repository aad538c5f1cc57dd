//! Objects by module: `planned_values` and the `values` of a state.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Serialize;
use serde::Serializer;

use super::Plain;
use super::address::Parts;
use super::address::parts;
use super::change::sealed;
use super::mask::Mask;
use crate::addr::InstanceAddr;
use crate::addr::InstanceKey;
use crate::addr::ModuleInstance;
use crate::addr::ProviderAddr;
use crate::addr::ResourceAddr;
use crate::plan::Registry;
use crate::report::style::Secrets;
use crate::value::Object;
use crate::value::Str;
use crate::value::Value;

/// One object to be listed.
pub(super) struct Listed<'a> {
    pub(super) addr: &'a InstanceAddr,
    pub(super) provider: &'a ProviderAddr,
    pub(super) schema_version: u32,
    pub(super) object: Arc<Object>,
    pub(super) dependencies: &'a [ResourceAddr],
    pub(super) tainted: bool,
    pub(super) deposed: Option<&'a str>,
}

/// A module instance with its objects and the modules that it calls.
#[derive(Default)]
pub(super) struct Tree<'a> {
    address: ModuleInstance,
    resources: Vec<Listed<'a>>,
    children: BTreeMap<(Str, InstanceKey), Tree<'a>>,
}

impl<'a> Tree<'a> {
    /// Adds an object to its module.
    pub(super) fn add(&mut self, listed: Listed<'a>) {
        let mut tree = self;
        for (name, key) in listed.addr.module.steps() {
            let address = tree.address.child(Str::clone(name), key.clone());
            tree = tree.children.entry((Str::clone(name), key.clone())).or_default();
            tree.address = address;
        }
        tree.resources.push(listed);
    }
}

/// A [`Tree`] with what it takes to write it.
pub(super) struct TreeJson<'a>(pub(super) &'a Tree<'a>, pub(super) &'a Registry, pub(super) Secrets);

#[derive(Serialize)]
struct Module<R: Serialize, C: Serialize> {
    #[serde(skip_serializing_if = "Option::is_none")]
    resources: Option<R>,
    #[serde(skip_serializing_if = "Option::is_none")]
    address: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    child_modules: Option<C>,
}

#[derive(Serialize)]
struct Resource<'a> {
    address: String,
    #[serde(flatten)]
    parts: Parts<'a>,
    schema_version: u32,
    values: Plain<'a>,
    sensitive_values: Mask<'a>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    depends_on: Vec<String>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    tainted: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    deposed_key: Option<&'a str>,
}

impl Serialize for TreeJson<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let TreeJson(tree, registry, secrets) = *self;
        let resources: Vec<ListedJson<'_>> =
            tree.resources.iter().map(|listed| ListedJson(listed, registry, secrets)).collect();
        let children: Vec<TreeJson<'_>> =
            tree.children.values().map(|child| TreeJson(child, registry, secrets)).collect();
        Module {
            resources: Some(resources).filter(|list| !list.is_empty()),
            address: Some(&tree.address).filter(|address| !address.is_root()).map(ToString::to_string),
            child_modules: Some(children).filter(|list| !list.is_empty()),
        }
        .serialize(to)
    }
}

struct ListedJson<'a>(&'a Listed<'a>, &'a Registry, Secrets);

impl Serialize for ListedJson<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let ListedJson(listed, registry, secrets) = *self;
        let value: Value = sealed(registry, listed.addr.mode, &listed.addr.ty, &listed.object);
        Resource {
            address: listed.addr.to_string(),
            parts: parts(listed.addr, &listed.provider.name, registry),
            schema_version: listed.schema_version,
            values: Plain(&value, secrets),
            sensitive_values: Mask::sensitive(&value),
            depends_on: listed.dependencies.iter().map(ToString::to_string).collect(),
            tainted: listed.tainted,
            deposed_key: listed.deposed,
        }
        .serialize(to)
    }
}
