//! Finding the block that an address means.

use rustc_hash::FxHashMap;

use super::PathId;
use super::Planner;
use super::Tree;
use super::resource::One;
use crate::addr::InstanceAddr;
use crate::addr::Mode;
use crate::addr::ModulePath;
use crate::eval;
use crate::eval::ResourceDef;
use crate::value::Str;

/// Paths by module path, and slots by source and name.
#[derive(Debug, Default)]
pub(super) struct Index {
    paths: FxHashMap<ModulePath, PathId>,
    /// By source: the slot of each resource.
    slots: Vec<FxHashMap<(Mode, Str, Str), u32>>,
}

impl Index {
    pub(super) fn new(tree: &Tree, modules: &[eval::Module]) -> Self {
        let slots = modules.iter().map(|module| {
            let resources = (0..).zip(&module.resources);
            resources.map(|(slot, def)| ((def.mode, Str::clone(&def.ty), Str::clone(&def.name)), slot)).collect()
        });
        Self { paths: tree.paths().map(|(id, path)| (path.path.clone(), id)).collect(), slots: slots.collect() }
    }
}

impl Planner<'_> {
    /// The path of a module.
    pub(super) fn path_of(&self, module: &ModulePath) -> Option<PathId> {
        self.index.paths.get(module).copied()
    }

    /// The block that an instance is of.
    pub(super) fn locate(&self, addr: &InstanceAddr) -> Option<(PathId, u32)> {
        let path = self.path_of(&addr.module.path())?;
        let slots = &self.index.slots[self.tree.path(path).source.0 as usize];
        slots.get(&(addr.mode, Str::clone(&addr.ty), Str::clone(&addr.name))).map(|slot| (path, *slot))
    }

    pub(super) fn slot_of(&self, one: One<'_>) -> u32 {
        self.slot_of_def(one.path, one.def)
    }

    pub(super) fn slot_of_def(&self, path: PathId, def: &ResourceDef) -> u32 {
        let slots = &self.index.slots[self.tree.path(path).source.0 as usize];
        slots[&(def.mode, Str::clone(&def.ty), Str::clone(&def.name))]
    }
}
