//! Giving objects their new addresses, statement by statement. Objects are found by what they are of, and their records
//! are rewritten once, at the end.

use std::collections::BTreeSet;

use rustc_hash::FxHashMap;

use super::Statement;
use crate::addr::InstanceAddr;
use crate::addr::InstanceKey;
use crate::addr::ModuleInstance;
use crate::addr::ModulePath;
use crate::addr::ResourceAddr;
use crate::config::Moved;
use crate::diag::Diagnostic;
use crate::diag::Diagnostics;
use crate::plan::Tree;
use crate::plan::objects::Objects;
use crate::state::ObjectKey;
use crate::value::Str;

/// Moves every object that a statement names, where its new address is free.
pub(super) fn follow_all<'a>(
    statements: impl Iterator<Item = &'a Statement<'a>>,
    tree: &Tree,
    objects: &mut Objects,
    diags: &mut Diagnostics,
) {
    let mut instances = Instances::of(objects);
    let mut blocked = Vec::new();
    for statement in statements {
        let depth = tree.path(statement.path).path.names().len();
        for at in instances.named_by(statement, depth) {
            let addr = &instances.list[at].addr;
            let (outer, inner) = addr.module.steps().split_at(depth);
            let Some(to) = destination(statement.block, outer, inner, addr).filter(|to| to != addr) else { continue };
            if instances.is_taken(&to) {
                blocked.push((addr.clone(), to));
            } else {
                instances.rename(at, to);
            }
        }
    }
    let renamed = instances.list.into_iter().filter(|instance| instance.addr != instance.before);
    let renamed: FxHashMap<InstanceAddr, InstanceAddr> = renamed.map(|it| (it.before, it.addr)).collect();
    if !renamed.is_empty() {
        objects.rename(|entry| renamed.get(&entry.addr).cloned());
    }
    if !blocked.is_empty() {
        diags.push(unresolved(&blocked));
    }
}

/// The instances that there are objects of, each by what it is a part of.
#[derive(Default)]
struct Instances {
    list: Vec<Instance>,
    by_addr: FxHashMap<InstanceAddr, BTreeSet<usize>>,
    by_resource: FxHashMap<ResourceAddr, BTreeSet<usize>>,
    by_module: FxHashMap<ModulePath, BTreeSet<usize>>,
}

struct Instance {
    before: InstanceAddr,
    addr: InstanceAddr,
    /// Whether it has more than deposed objects.
    is_current: bool,
}

impl Instances {
    fn of(objects: &Objects) -> Self {
        let mut instances = Self::default();
        for (_, entry) in objects.iter() {
            let is_current = entry.key == ObjectKey::Current;
            match instances.list.last_mut().filter(|last| last.addr == entry.addr) {
                Some(last) => last.is_current |= is_current,
                None => {
                    let (before, addr) = (entry.addr.clone(), entry.addr.clone());
                    instances.list.push(Instance { before, addr, is_current });
                    instances.enter(instances.list.len() - 1);
                }
            }
        }
        instances
    }

    /// Enters an instance under its address, or takes it out.
    fn enter(&mut self, at: usize) {
        let addr = self.list[at].addr.clone();
        around(&addr).for_each(|module| _ = self.by_module.entry(module).or_default().insert(at));
        self.by_resource.entry(addr.resource()).or_default().insert(at);
        self.by_addr.entry(addr).or_default().insert(at);
    }

    fn rename(&mut self, at: usize, to: InstanceAddr) {
        let addr = &self.list[at].addr;
        around(addr).for_each(|module| _ = self.by_module.get_mut(&module).map(|list| list.remove(&at)));
        self.by_resource.get_mut(&addr.resource()).map(|list| list.remove(&at));
        self.by_addr.get_mut(addr).map(|list| list.remove(&at));
        self.list[at].addr = to;
        self.enter(at);
    }

    fn is_taken(&self, addr: &InstanceAddr) -> bool {
        self.by_addr.get(addr).into_iter().flatten().any(|at| self.list[*at].is_current)
    }

    /// The instances that a statement may name, in order.
    fn named_by(&self, statement: &Statement<'_>, depth: usize) -> Vec<usize> {
        let found = match statement.from.to_instance() {
            // What is named from the root, down to its key, has one address.
            Some(addr) if depth == 0 && !statement.is_whole() => self.by_addr.get(&addr),
            Some(addr) => self.by_resource.get(&addr.resource()),
            None => self.by_module.get(&statement.from.module.path()),
        };
        found.into_iter().flatten().copied().collect()
    }
}

/// The modules around an instance, the root left out.
fn around(addr: &InstanceAddr) -> impl Iterator<Item = ModulePath> {
    let path = addr.module.path();
    (1..=path.names().len()).map(move |depth| path.names()[..depth].iter().cloned().collect())
}

/// The new address of an object, when the statement names it.
fn destination(
    block: &Moved,
    outer: &[(Str, InstanceKey)],
    inner: &[(Str, InstanceKey)],
    addr: &InstanceAddr,
) -> Option<InstanceAddr> {
    let from = block.from.module.steps();
    let to = block.to.module.steps();
    let module_of = |steps: Vec<(Str, InstanceKey)>| ModuleInstance::from_iter(outer.iter().cloned().chain(steps));
    match (&block.from.resource, &block.to.resource) {
        (Some(old), Some(new)) => {
            let is_here = inner == from && (old.mode, &old.ty, &old.name) == (addr.mode, &addr.ty, &addr.name);
            // Where neither end has a key, all instances move and keep theirs.
            let whole = old.key == InstanceKey::None && new.key == InstanceKey::None;
            if !is_here || !whole && old.key != addr.key {
                return None;
            }
            let key = if whole { addr.key.clone() } else { new.key.clone() };
            let (mode, ty, name) = (new.mode, Str::clone(&new.ty), Str::clone(&new.name));
            Some(InstanceAddr { module: module_of(to.to_vec()), mode, ty, name, key })
        }
        (None, None) => {
            let (last_from, last_to) = (from.last()?, to.last()?);
            let called = inner.get(from.len() - 1)?;
            let whole = last_from.1 == InstanceKey::None && last_to.1 == InstanceKey::None;
            let is_here = inner[..from.len() - 1] == from[..from.len() - 1]
                && called.0 == last_from.0
                && (whole || called.1 == last_from.1);
            if !is_here {
                return None;
            }
            let key = if whole { called.1.clone() } else { last_to.1.clone() };
            let mut steps = to[..to.len() - 1].to_vec();
            steps.push((Str::clone(&last_to.0), key));
            steps.extend(inner[from.len()..].iter().cloned());
            Some(InstanceAddr { module: module_of(steps), ..addr.clone() })
        }
        _ => None,
    }
}

fn unresolved(blocked: &[(InstanceAddr, InstanceAddr)]) -> Diagnostic {
    let lines = blocked.iter().map(|(from, to)| format!("\n  - {from} could not move to {to}"));
    let detail = format!(
        "Infra tried to adjust resource instance addresses in the prior state based on change information recorded in \
         the configuration, but some adjustments did not succeed due to existing objects already at the intended \
         addresses:{}\n\nThe objects that could not move are planned to be destroyed.",
        lines.collect::<String>()
    );
    Diagnostic::warning("Unresolved resource instance address changes", detail)
}
