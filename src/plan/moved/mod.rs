//! `moved` blocks: what the state calls by an old address gets its new one before anything is planned.

mod chain;
mod convert;
mod follow;
mod places;
mod report;

pub(super) use convert::convert;

use super::PathId;
use super::Tree;
use super::objects::Objects;
use crate::addr::InstanceKey;
use crate::addr::ModuleInstance;
use crate::addr::Target;
use crate::config::Config;
use crate::config::Moved;
use crate::diag::Diagnostics;
use crate::diag::Sources;
use crate::diag::Span;
use crate::value::Str;

/// A `moved` block at one module path, its addresses from the root, with keys as they are written.
pub(super) struct Statement<'a> {
    path: PathId,
    block: &'a Moved,
    from: Target,
    to: Target,
}

/// All statements of a configuration.
pub(super) fn statements<'a>(config: &'a Config, tree: &Tree) -> Vec<Statement<'a>> {
    let paths = tree.paths();
    let statements = paths.flat_map(|(path, at)| {
        let outer = at.path.names();
        config.module(at.source).moved.iter().map(move |block| Statement {
            path,
            block,
            from: absolute(outer, &block.from),
            to: absolute(outer, &block.to),
        })
    });
    statements.collect()
}

fn absolute(outer: &[Str], target: &Target) -> Target {
    let outer = outer.iter().map(|name| (Str::clone(name), InstanceKey::None));
    let module = outer.chain(target.module.steps().iter().cloned());
    Target { module: ModuleInstance::from_iter(module), resource: target.resource.clone() }
}

/// Follows all `moved` blocks, and reports those that make no sense.
pub(super) fn apply(config: &Config, tree: &Tree, sources: &Sources, objects: &mut Objects, diags: &mut Diagnostics) {
    let statements = statements(config, tree);
    if statements.is_empty() {
        return;
    }
    let before = diags.len();
    report::redundant(&statements, diags);
    let order = chain::order(&statements, sources, diags);
    report::ambiguous(&statements, sources, diags);
    report::still_there(&statements, config, tree, sources, diags);
    if diags.len() > before {
        return;
    }
    follow::follow_all(order.into_iter().map(|at| &statements[at]), tree, objects, diags);
}

pub(super) use report::still_there_planned;

impl Statement<'_> {
    /// Whether a block as a whole moves: then all instances keep their keys.
    fn is_whole(&self) -> bool {
        let last = |target: &Target| target.module.steps().last().is_none_or(|(_, key)| *key == InstanceKey::None);
        match (&self.from.resource, &self.to.resource) {
            (Some(from), Some(to)) => from.key == InstanceKey::None && to.key == InstanceKey::None,
            _ => last(&self.from) && last(&self.to),
        }
    }
}

/// `main.tf:5,1`
fn place(span: Span, sources: &Sources) -> String {
    let source = sources.get(span.source);
    let position = source.position(span.start);
    format!("{}:{},{}", source.name().display(), position.line, position.column)
}
