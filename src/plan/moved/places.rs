//! Targets by what they name, so that those that may name the same are found without looking at all.

use rustc_hash::FxHashMap;

use crate::addr::InstanceKey;
use crate::addr::Mode;
use crate::addr::ModulePath;
use crate::addr::Target;
use crate::value::Str;

/// Targets by module and resource, and among those by their keys.
#[derive(Default)]
pub(super) struct Places {
    resources: FxHashMap<(ModulePath, Mode, Str, Str), Keyed>,
    modules: FxHashMap<ModulePath, Vec<usize>>,
    /// By every module around them: those that name a resource.
    within: FxHashMap<ModulePath, Vec<usize>>,
}

/// Targets of one block. Those without any key stand apart, as they may name any instance.
#[derive(Default)]
struct Keyed {
    open: Vec<usize>,
    keyed: FxHashMap<Vec<InstanceKey>, Vec<usize>>,
}

impl Places {
    pub(super) fn add(&mut self, target: &Target, at: usize) {
        let path = target.module.path();
        let Some(name) = resource(target) else {
            self.modules.entry(path).or_default().push(at);
            return;
        };
        for depth in 0..=path.names().len() {
            let around = path.names()[..depth].iter().cloned().collect();
            self.within.entry(around).or_default().push(at);
        }
        let block = self.resources.entry(name).or_default();
        let keys = keys(target);
        if keys.contains(&InstanceKey::None) {
            block.open.push(at);
        } else {
            block.keyed.entry(keys).or_default().push(at);
        }
    }

    /// All that may name the same as a target, what holds it, or what it holds; perhaps more.
    pub(super) fn near(&self, target: &Target) -> Vec<usize> {
        let path = target.module.path();
        let mut found = Vec::new();
        match resource(target).map(|name| self.resources.get(&name)) {
            Some(block) => {
                for depth in 0..=path.names().len() {
                    let around: ModulePath = path.names()[..depth].iter().cloned().collect();
                    found.extend(self.modules.get(&around).into_iter().flatten());
                }
                let Some(block) = block else { return found };
                found.extend(&block.open);
                let keys = keys(target);
                if keys.contains(&InstanceKey::None) {
                    found.extend(block.keyed.values().flatten());
                } else {
                    found.extend(block.keyed.get(&keys).into_iter().flatten());
                }
                found.sort_unstable();
            }
            None => {
                found.extend(self.modules.get(&path).into_iter().flatten());
                found.extend(self.within.get(&path).into_iter().flatten());
            }
        }
        found
    }
}

fn resource(target: &Target) -> Option<(ModulePath, Mode, Str, Str)> {
    let resource = target.resource.as_ref()?;
    Some((target.module.path(), resource.mode, Str::clone(&resource.ty), Str::clone(&resource.name)))
}

fn keys(target: &Target) -> Vec<InstanceKey> {
    let modules = target.module.steps().iter().map(|(_, key)| key.clone());
    modules.chain(target.resource.iter().map(|resource| resource.key.clone())).collect()
}
