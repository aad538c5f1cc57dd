//! Which providers a configuration uses, by module.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use super::Session;
use crate::addr::ModulePath;
use crate::diag::Diagnostics;
use crate::plan::Tree;
use crate::value::Str;

/// The sources of the providers that each module path uses; `None` when the configuration has errors.
pub fn providers(session: &Session, diags: &mut Diagnostics) -> Option<BTreeMap<ModulePath, BTreeSet<String>>> {
    let loaded = super::load(session, diags)?;
    let source_of = |name: &Str| match session.registry.provider(name) {
        // A builtin's source has its host already.
        Some(provider) if provider.source().matches('/').count() == 2 => provider.source().to_owned(),
        Some(provider) => format!("registry.terraform.io/{}", provider.source()),
        None => format!("registry.terraform.io/hashicorp/{name}"),
    };
    let mut used = BTreeMap::new();
    for (_, path) in Tree::new(&loaded.modules).paths() {
        let module = &loaded.modules[path.source.0 as usize];
        let of_types =
            module.resources.iter().map(|resource| session.registry.provider_of(resource.mode, &resource.ty));
        let of_blocks = module.providers.iter().map(|provider| Str::clone(&provider.name));
        let declared = loaded.config.module(path.source).settings.provider_requirements.keys().cloned();
        let names: BTreeSet<Str> = of_types.chain(of_blocks).chain(declared).collect();
        used.insert(path.path.clone(), names.iter().map(source_of).collect());
    }
    Some(used)
}
