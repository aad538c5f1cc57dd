//! A state.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Serialize;
use serde::Serializer;

use super::output::Typed;
use super::resources::Listed;
use super::resources::Tree;
use super::resources::TreeJson;
use crate::plan::Registry;
use crate::report::style::Secrets;
use crate::state::Snapshot;

/// The document that `show -json` prints of a state.
pub struct StateJson<'a> {
    /// What is shown.
    pub snapshot: &'a Snapshot,
    /// Where schemas and the names of providers come from.
    pub registry: &'a Registry,
    /// The version of Terraform that readers take us for.
    pub terraform_version: &'a str,
    /// Whether sensitive values are shown.
    pub secrets: Secrets,
}

#[derive(Serialize)]
struct Document<V: Serialize> {
    format_version: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    terraform_version: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    values: Option<V>,
}

#[derive(Serialize)]
pub(super) struct Values<'a> {
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) outputs: BTreeMap<&'a str, Typed<'a>>,
    pub(super) root_module: TreeJson<'a>,
}

impl Serialize for StateJson<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let is_empty = self.snapshot.instances.is_empty() && self.snapshot.outputs.is_empty();
        let tree = tree(self.snapshot);
        let values = Values {
            outputs: outputs(self.snapshot, self.secrets),
            root_module: TreeJson(&tree, self.registry, self.secrets),
        };
        Document {
            format_version: "1.0",
            terraform_version: (!is_empty).then(|| self.terraform_version.to_owned()),
            values: (!is_empty).then_some(values),
        }
        .serialize(to)
    }
}

fn outputs(snapshot: &Snapshot, secrets: Secrets) -> BTreeMap<&str, Typed<'_>> {
    let outputs = snapshot.outputs.iter();
    let typed = outputs
        .map(|(name, output)| (&**name, Typed { value: Some(&output.value), sensitive: output.sensitive, secrets }));
    typed.collect()
}

fn tree(snapshot: &Snapshot) -> Tree<'_> {
    let mut tree = Tree::default();
    for (addr, instance) in &snapshot.instances {
        let deposed_objects = instance.deposed.iter().map(|(key, object)| (Some(key), object));
        for (key, object) in instance.current.iter().map(|object| (None, object)).chain(deposed_objects) {
            tree.add(Listed {
                addr,
                provider: &object.provider,
                schema_version: object.schema_version,
                object: Arc::clone(&object.attributes),
                dependencies: &object.dependencies,
                tainted: object.tainted,
                deposed: key.map(crate::state::DeposedKey::as_str),
            });
        }
    }
    tree
}
