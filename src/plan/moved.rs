//! `moved` blocks: what the state calls by an old address gets its new one before anything is planned.

use std::sync::Arc;

use rustc_hash::FxHashSet;

use super::PathId;
use super::Registry;
use super::Tree;
use super::objects::Objects;
use crate::addr::InstanceAddr;
use crate::addr::InstanceKey;
use crate::addr::ModuleInstance;
use crate::addr::Target;
use crate::config::Config;
use crate::config::Moved;
use crate::diag::Diagnostic;
use crate::diag::Diagnostics;
use crate::diag::Sources;
use crate::diag::Span;
use crate::graph::Dag;
use crate::graph::shortest_cycle;
use crate::state::ObjectKey;
use crate::value::Str;

/// A `moved` block at one module path.
struct Statement<'a> {
    path: PathId,
    block: &'a Moved,
}

/// Follows all `moved` blocks, and reports those that make no sense.
pub(super) fn apply(config: &Config, tree: &Tree, sources: &Sources, objects: &mut Objects, diags: &mut Diagnostics) {
    let statements: Vec<Statement<'_>> = tree
        .paths()
        .flat_map(|(path, at)| config.module(at.source).moved.iter().map(move |block| Statement { path, block }))
        .collect();
    if statements.is_empty() {
        return;
    }
    let before = diags.len();
    report_redundant(&statements, diags);
    let order = chain(&statements, tree, sources, diags);
    report_ambiguous(&statements, sources, diags);
    report_still_there(&statements, config, tree, sources, diags);
    if diags.len() > before {
        return;
    }
    let mut blocked = Vec::new();
    for at in order {
        follow(&statements[at], tree, objects, &mut blocked);
    }
    if !blocked.is_empty() {
        diags.push(unresolved(&blocked));
    }
}

/// Makes every object that came to an address of another type one of that type, or says that this cannot be.
pub(super) fn convert(registry: &Registry, objects: &mut Objects, diags: &mut Diagnostics) {
    for id in 0..objects.len() {
        let entry = objects.get(id);
        let Some(from) = entry.changes_type() else { continue };
        let to = &entry.addr.ty;
        let taken = registry.resource(to).and_then(|ty| ty.take_over(from, &entry.before));
        let Some((object, private)) = taken else {
            let detail = format!(
                "The {to:?} resource type does not support moving resource state across resource types: a {from} cannot \
                 become one. Remove the `moved` block."
            );
            let diagnostic = Diagnostic::error("Move Resource State Not Supported", detail);
            diags.push(diagnostic.address(entry.addr.to_string()));
            continue;
        };
        let entry = objects.get_mut(id);
        entry.before = Arc::new(object);
        entry.now = Some(Arc::clone(&entry.before));
        entry.private = private;
    }
}

/// Moves every object that a statement names, where its new address is free.
fn follow(
    statement: &Statement<'_>,
    tree: &Tree,
    objects: &mut Objects,
    blocked: &mut Vec<(InstanceAddr, InstanceAddr)>,
) {
    let taken: FxHashSet<InstanceAddr> = objects
        .iter()
        .filter(|(_, entry)| entry.key == ObjectKey::Current)
        .map(|(_, entry)| entry.addr.clone())
        .collect();
    let depth = tree.path(statement.path).path.names().len();
    let names = tree.path(statement.path).path.names();
    objects.rename(|entry| {
        let steps = entry.addr.module.steps();
        let within = steps.len() >= depth && steps.iter().zip(names).all(|((name, _), wanted)| name == wanted);
        if !within {
            return None;
        }
        let (outer, inner) = steps.split_at(depth);
        let to = destination(statement.block, outer, inner, &entry.addr)?;
        if to == entry.addr {
            return None;
        }
        if taken.contains(&to) {
            blocked.push((entry.addr.clone(), to));
            return None;
        }
        Some(to)
    });
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

/// The statements with each behind those whose end is its beginning; a circle is reported.
fn chain(statements: &[Statement<'_>], tree: &Tree, sources: &Sources, diags: &mut Diagnostics) -> Vec<usize> {
    let mut dag = Dag::with_nodes(statements.len());
    for (at, statement) in (0..).zip(statements) {
        for (other_at, other) in (0..).zip(statements) {
            let leads_here =
                overlaps(&absolute(other, &other.block.to, tree), &absolute(statement, &statement.block.from, tree));
            if at != other_at && leads_here {
                dag.after(at, other_at);
            }
        }
    }
    if let Some(cycle) = shortest_cycle(&dag) {
        let mut cycle: Vec<usize> = cycle.into_iter().map(|at| at as usize).collect();
        cycle.sort_unstable();
        let all = |target: &Target| match &target.resource {
            Some(resource) if resource.key == InstanceKey::None => format!("{target}[*]"),
            _ => target.to_string(),
        };
        let lines = cycle.iter().map(|at| {
            let block = statements[*at].block;
            format!("\n  - {}: {} → {}", place(block.span, sources), all(&block.from), all(&block.to))
        });
        let detail = format!(
            "The following chained move statements form a cycle, and so there is no final location to move objects \
             to:{}\n\nA chain of move statements must end with an address that doesn't appear in any other statements, \
             and which typically also refers to an object still declared in the configuration.",
            lines.collect::<String>()
        );
        diags.push(Diagnostic::error("Cyclic dependency in move statements", detail));
        return Vec::new();
    }
    dag.order().unwrap_or_default().into_iter().map(|at| at as usize).collect()
}

/// A target from the root, keys as they are written.
fn absolute(statement: &Statement<'_>, target: &Target, tree: &Tree) -> Target {
    let outer = tree.path(statement.path).path.names().iter().map(|name| (Str::clone(name), InstanceKey::None));
    let module = outer.chain(target.module.steps().iter().cloned());
    Target { module: ModuleInstance::from_iter(module), resource: target.resource.clone() }
}

/// Whether two targets can name the same object, or one holds the other.
fn overlaps(a: &Target, b: &Target) -> bool {
    let keys = |a: &InstanceKey, b: &InstanceKey| a == b || *a == InstanceKey::None || *b == InstanceKey::None;
    let (short, long) = (a.module.steps(), b.module.steps());
    let modules = short.iter().zip(long).all(|((a, ka), (b, kb))| a == b && keys(ka, kb));
    let resources = match (&a.resource, &b.resource) {
        (Some(a), Some(b)) => {
            (a.mode, &a.ty, &a.name) == (b.mode, &b.ty, &b.name) && keys(&a.key, &b.key) && short.len() == long.len()
        }
        (None, Some(_)) => short.len() <= long.len(),
        (Some(_), None) => long.len() <= short.len(),
        (None, None) => short.len() == long.len(),
    };
    modules && resources
}

fn report_redundant(statements: &[Statement<'_>], diags: &mut Diagnostics) {
    for Statement { block, .. } in statements.iter().filter(|statement| statement.block.from == statement.block.to) {
        let detail = format!(
            "This statement declares a move from {} to the same address, which is the same as not declaring this move \
             at all.",
            block.from
        );
        diags.push(Diagnostic::error("Redundant move statement", detail).at(block.span));
    }
}

fn report_ambiguous(statements: &[Statement<'_>], sources: &Sources, diags: &mut Diagnostics) {
    for (at, statement) in statements.iter().enumerate() {
        let earlier = statements[..at].iter();
        let mut same = earlier.filter(|other| other.path == statement.path && other.block.from == statement.block.from);
        if let Some(other) = same.find(|other| other.block.to != statement.block.to) {
            let kind = if statement.block.from.resource.is_some() { "resource" } else { "module" };
            let detail = format!(
                "A statement at {} declared that {} moved to {}, but this statement instead declares that it moved to \
                 {}.\n\nEach {kind} can move to only one destination {kind}.",
                place(other.block.span, sources),
                other.block.from,
                other.block.to,
                statement.block.to
            );
            let diagnostic = Diagnostic::error("Ambiguous move statements", detail).at(statement.block.span);
            diags.push(diagnostic.label(other.block.span, "the other statement"));
        }
    }
}

/// A statement whose beginning is still declared would move what is wanted where it is.
fn report_still_there(
    statements: &[Statement<'_>],
    config: &Config,
    tree: &Tree,
    sources: &Sources,
    diags: &mut Diagnostics,
) {
    for statement in statements {
        let Moved { from, to, span } = statement.block;
        let module = config.module(tree.path(statement.path).source);
        let declared = match (&from.resource, from.module.steps()) {
            (Some(resource), [])
                if resource.key == InstanceKey::None
                    && to.resource.as_ref().is_none_or(|to| {
                        to.key == InstanceKey::None || (&to.ty, &to.name) != (&resource.ty, &resource.name)
                    }) =>
            {
                let key = (resource.mode, Str::clone(&resource.ty), Str::clone(&resource.name));
                module.resources.get(&key).map(|resource| ("resource", resource.span))
            }
            (None, [(name, InstanceKey::None)])
                if to.module.steps().first().is_some_and(|(other, _)| other != name) =>
            {
                module.calls.get(name).map(|call| ("module", call.span))
            }
            _ => None,
        };
        let same_place = from == to;
        if let Some((kind, other)) = declared.filter(|_| !same_place) {
            let detail = format!(
                "This statement declares a move from {from}, but that {kind} is still declared at {}.\n\nChange your \
                 configuration so that this {kind} will be declared as {to} instead.",
                place(other, sources)
            );
            let diagnostic = Diagnostic::error("Moved object still exists", detail).at(*span);
            diags.push(diagnostic.label(other, "it is still declared here"));
        }
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

/// `main.tf:5,1`
fn place(span: Span, sources: &Sources) -> String {
    let source = sources.get(span.source);
    let position = source.position(span.start);
    format!("{}:{},{}", source.name().display(), position.line, position.column)
}
