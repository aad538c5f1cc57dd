//! Statements that make no sense.

use rustc_hash::FxHashMap;

use super::Statement;
use super::place;
use crate::addr::InstanceKey;
use crate::addr::ModuleInstance;
use crate::addr::ModulePath;
use crate::addr::Target;
use crate::config::Config;
use crate::diag::Diagnostic;
use crate::diag::Diagnostics;
use crate::diag::Sources;
use crate::diag::Span;
use crate::plan::Mode;
use crate::plan::PathId;
use crate::plan::Planner;
use crate::plan::Tree;
use crate::value::Str;

pub(super) fn redundant(statements: &[Statement<'_>], diags: &mut Diagnostics) {
    for Statement { block, .. } in statements.iter().filter(|statement| statement.block.from == statement.block.to) {
        let detail = format!(
            "This statement declares a move from {} to the same address, which is the same as not declaring this move \
             at all.",
            block.from
        );
        diags.push(Diagnostic::error("Redundant move statement", detail).at(block.span));
    }
}

/// Two statements that move one thing to two places, or two things to one.
pub(super) fn ambiguous(statements: &[Statement<'_>], sources: &Sources, diags: &mut Diagnostics) {
    let mut by_from: FxHashMap<&Target, &Statement<'_>> = FxHashMap::default();
    let mut by_to: FxHashMap<&Target, &Statement<'_>> = FxHashMap::default();
    for statement in statements {
        let kind = noun(statement).0;
        let mut report = |other: &Statement<'_>, rest: String| {
            let detail = format!(
                "A statement at {} declared that {} moved to {}, but this statement instead declares that {rest}",
                place(other.block.span, sources),
                other.block.from,
                other.block.to,
            );
            let diagnostic = Diagnostic::error("Ambiguous move statements", detail).at(statement.block.span);
            diags.push(diagnostic.label(other.block.span, "the other statement"));
        };
        let other = *by_from.entry(&statement.from).or_insert(statement);
        if other.to != statement.to {
            let to = &statement.block.to;
            report(other, format!("it moved to {to}.\n\nEach {kind} can move to only one destination {kind}."));
        }
        let other = *by_to.entry(&statement.to).or_insert(statement);
        if other.from != statement.from {
            let from = &statement.block.from;
            report(other, format!("{from} moved there.\n\nEach {kind} can have moved from only one source {kind}."));
        }
    }
}

/// What a statement moves, and the same in short.
fn noun(statement: &Statement<'_>) -> (&'static str, &'static str) {
    match (statement.from.resource.is_some(), statement.is_whole()) {
        (true, true) => ("resource", "resource"),
        (true, false) => ("resource instance", "instance"),
        (false, true) => ("module", "module"),
        (false, false) => ("module instance", "instance"),
    }
}

/// A statement whose beginning is still declared would move what is wanted where it is. Where that hangs on the keys of
/// instances, planning has to tell: [`still_there_planned`].
pub(super) fn still_there(
    statements: &[Statement<'_>],
    config: &Config,
    tree: &Tree,
    sources: &Sources,
    diags: &mut Diagnostics,
) {
    let paths: FxHashMap<&ModulePath, PathId> = tree.paths().map(|(id, path)| (&path.path, id)).collect();
    for statement in statements.iter().filter(|statement| statement.is_whole() && statement.from != statement.to) {
        let (module, call) = match (&statement.from.resource, statement.from.module.steps().split_last()) {
            (Some(_), _) => (statement.from.module.clone(), None),
            (None, Some((last, outer))) => (outer.iter().cloned().collect(), Some(&last.0)),
            (None, None) => continue,
        };
        if has_keys(&module) {
            continue;
        }
        let Some(path) = paths.get(&module.path()) else { continue };
        let module = config.module(tree.path(*path).source);
        let declared = match (&statement.from.resource, call) {
            (Some(resource), _) => {
                let key = (resource.mode, Str::clone(&resource.ty), Str::clone(&resource.name));
                module.resources.get(&key).map(|resource| resource.span)
            }
            (None, Some(call)) => module.calls.get(call).map(|call| call.span),
            (None, None) => None,
        };
        if let Some(declared) = declared {
            diags.push(still_exists(statement, declared, sources));
        }
    }
}

fn has_keys(module: &ModuleInstance) -> bool {
    module.steps().iter().any(|(_, key)| *key != InstanceKey::None)
}

fn still_exists(statement: &Statement<'_>, declared: Span, sources: &Sources) -> Diagnostic {
    let (noun, short) = noun(statement);
    let (from, to) = (&statement.block.from, &statement.block.to);
    let detail = format!(
        "This statement declares a move from {from}, but that {noun} is still declared at {}.\n\nChange your configuration so \
         that this {short} will be declared as {to} instead.",
        place(declared, sources)
    );
    let diagnostic = Diagnostic::error("Moved object still exists", detail).at(statement.block.span);
    diagnostic.label(declared, "it is still declared here")
}

/// Reports the statements whose beginning is among the instances that were planned.
pub(in crate::plan) fn still_there_planned(planner: &mut Planner<'_>) {
    if planner.input.options.mode == Mode::Destroy {
        return;
    }
    let statements = super::statements(&planner.input.config, &planner.tree);
    let keyed = statements.iter().filter(|statement| {
        let from = &statement.from;
        from != &statement.to && (!statement.is_whole() || has_keys(&from.module) && from.resource.is_some())
    });
    let mut modules: FxHashMap<PathId, FxHashMap<ModuleInstance, u32>> = FxHashMap::default();
    let mut found = Vec::new();
    for statement in keyed {
        let Some(path) = planner.path_of(&statement.from.module.path()) else { continue };
        let by_addr = modules.entry(path).or_insert_with(|| {
            let instances = &planner.values.path(path).instances;
            (0..).zip(instances).map(|(at, instance)| (instance.addr.clone(), at)).collect()
        });
        // Inside a module that is called several times, any of its instances may have what is moved.
        let outer = planner.tree.path(statement.path).path.names().len();
        let candidates: Vec<u32> = match by_addr.get(&statement.from.module) {
            Some(at) => vec![*at],
            None if outer > 0 => {
                let inner = &statement.from.module.steps()[outer..];
                let of_statement = by_addr.iter().filter(|(addr, _)| addr.steps()[outer..] == *inner);
                of_statement.map(|(_, at)| *at).collect()
            }
            None => continue,
        };
        if let Some(declared) = candidates.iter().find_map(|at| declared(planner, statement, path, *at)) {
            found.push(still_exists(statement, declared, &planner.input.sources));
        }
    }
    planner.diags.extend(found);
}

/// Where the beginning of a statement is declared, when it exists in one module instance.
fn declared(planner: &Planner<'_>, statement: &Statement<'_>, path: PathId, module: u32) -> Option<Span> {
    let Some(resource) = &statement.from.resource else {
        let (parent, call) = planner.tree.path(path).parent?;
        let caller = planner.module(parent);
        let call = &caller.calls[call as usize];
        let by = call.count.or(call.for_each);
        return Some(by.map_or(call.span, |by| caller.arena.span(by)));
    };
    let key = (resource.mode, &*resource.ty, &*resource.name);
    let lowered = planner.module(path);
    let slot = lowered.resources.iter().position(|def| (def.mode, &*def.ty, &*def.name) == key)?;
    let def = &lowered.resources[slot];
    if statement.is_whole() {
        return Some(def.span);
    }
    let instances = planner.values.resource(path, u32::try_from(slot).ok()?, module)?;
    instances.get(&resource.key)?;
    let by = def.count.or(def.for_each);
    Some(by.map_or(def.span, |by| lowered.arena.span(by)))
}
