//! Which arguments each resource block writes.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use crate::addr::ModulePath;
use crate::addr::ResourceAddr;
use crate::config::Config;
use crate::config::ModuleId;
use crate::value::Str;

/// The arguments and blocks that each resource block writes.
pub(super) fn configured(config: &Config) -> BTreeMap<ResourceAddr, BTreeSet<Str>> {
    let mut found = BTreeMap::new();
    let mut pending = vec![(ModulePath::root(), Config::ROOT)];
    while let Some((path, id)) = pending.pop() {
        collect(config, &path, id, &mut found, &mut pending);
    }
    found
}

fn collect(
    config: &Config,
    path: &ModulePath,
    id: ModuleId,
    found: &mut BTreeMap<ResourceAddr, BTreeSet<Str>>,
    pending: &mut Vec<(ModulePath, ModuleId)>,
) {
    let module = config.module(id);
    for resource in module.resources.values() {
        let addr = ResourceAddr {
            module: path.clone(),
            mode: resource.mode,
            ty: Str::clone(&resource.ty),
            name: Str::clone(&resource.name),
        };
        let attributes = resource.body.attributes.iter().map(|attribute| &attribute.name);
        let blocks = resource.body.blocks.iter().map(|block| match (&*block.kind, block.labels.first()) {
            ("dynamic", Some(label)) => &label.text,
            _ => &block.kind,
        });
        found.insert(addr, attributes.chain(blocks).cloned().collect());
    }
    let calls = module.calls.iter().filter_map(|(name, call)| Some((path.child(Str::clone(name)), call.module?)));
    pending.extend(calls);
}
