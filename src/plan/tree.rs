//! The tree of module calls: which source each path runs, and which path each call leads to.

use crate::addr::ModulePath;
use crate::config::Config;
use crate::config::ModuleId;
use crate::eval;
use crate::value::Str;

/// Names a path of a [`Tree`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PathId(pub u32);

/// Every path of module calls from the root. Parents stand before their children.
#[derive(Debug)]
pub struct Tree {
    paths: Vec<TreePath>,
}

/// One path of module calls.
#[derive(Debug)]
pub struct TreePath {
    /// The calls by name.
    pub path: ModulePath,
    /// The source that runs there.
    pub source: ModuleId,
    /// The path that calls this one, and the call's slot there.
    pub parent: Option<(PathId, u32)>,
    /// The path of each call, by its slot; `None` where the module could not be loaded.
    pub children: Vec<Option<PathId>>,
    /// The names of the source's outputs, by slot.
    pub outputs: Vec<Str>,
}

impl Tree {
    /// The root module's path.
    pub const ROOT: PathId = PathId(0);

    /// The tree of a configuration whose sources are lowered in the order of their ids.
    pub fn new(modules: &[eval::Module]) -> Tree {
        let mut paths: Vec<TreePath> = Vec::new();
        let mut pending = vec![(ModulePath::root(), Config::ROOT, None)];
        while let Some((path, source, parent)) = pending.pop() {
            let id = PathId(u32::try_from(paths.len()).expect("paths fit in memory"));
            if let Some((parent, slot)) = parent {
                let parent: PathId = parent;
                let slot: u32 = slot;
                paths[parent.0 as usize].children[slot as usize] = Some(id);
            }
            let calls = &modules[source.0 as usize].calls;
            for (slot, call) in (0..).zip(calls).collect::<Vec<_>>().into_iter().rev() {
                if let Some(child) = call.module {
                    pending.push((path.child(call.name.clone()), child, Some((id, slot))));
                }
            }
            let outputs = modules[source.0 as usize].outputs.iter().map(|output| output.name.clone()).collect();
            paths.push(TreePath { path, source, parent, children: vec![None; calls.len()], outputs });
        }
        Tree { paths }
    }

    /// A path by its id.
    pub fn path(&self, id: PathId) -> &TreePath {
        &self.paths[id.0 as usize]
    }

    /// The names of the outputs at a path, by slot.
    pub fn outputs(&self, id: PathId) -> &[Str] {
        &self.path(id).outputs
    }

    /// All paths, parents before their children.
    pub fn paths(&self) -> impl Iterator<Item = (PathId, &TreePath)> {
        (0..).map(PathId).zip(&self.paths)
    }

    /// How many paths there are.
    pub fn len(&self) -> usize {
        self.paths.len()
    }

    /// Whether there is no path; never so, as the root is one.
    pub fn is_empty(&self) -> bool {
        self.paths.is_empty()
    }
}
