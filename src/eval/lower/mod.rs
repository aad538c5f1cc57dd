//! Lowering: the declarations of one module source into a [`Module`], once, however often the source is called.
//!
//! Names become slots and function numbers, constant subtrees become values, and each definition gets the list of what
//! it refers to. Names that mean nothing are reported here, in Terraform's words, even where nothing evaluates them.

mod body;
mod definition;
mod expr;
mod reference;
mod template;
mod traversal;

pub(crate) use template::lower_template;

use super::Arena;
use super::Body;
use super::ExprId;
use super::Module;
use super::Ref;
use super::RefTarget;
use crate::addr::Mode;
use crate::config;
use crate::config::Config;
use crate::diag::Diagnostics;
use crate::syntax;
use crate::value::Str;

/// Lowers all of a module's definitions. Problems are pushed; what is wrong becomes a node that evaluates to a failed
/// unknown. References that `diags` already holds a problem with, from loading, are not reported again.
pub fn lower(module: &config::Module, config: &Config, diags: &mut Diagnostics) -> Module {
    let names = Names::of(module, config);
    let mut lowerer = Lowerer::new(config, &names, diags);
    let mut lowered = definition::lower_module(&mut lowerer, module);
    lowered.arena = lowerer.arena;
    lowered.bodies = lowerer.bodies;
    lowered
}

/// Lowers one expression in the scope of a module, as a console does: an arena of its own, but the module's slots.
pub fn lower_expr(
    expr: &syntax::Expr,
    module: &config::Module,
    config: &Config,
    diags: &mut Diagnostics,
) -> (Arena, ExprId, Vec<Ref>) {
    let names = Names::of(module, config);
    let mut lowerer = Lowerer::new(config, &names, diags);
    let id = lowerer.expr(expr);
    (lowerer.arena, id, lowerer.refs)
}

/// The names that a module's expressions can refer to, each list sorted so that a slot is found by halving.
#[derive(Default)]
struct Names {
    /// The module, as messages name it: `the root module`, `module.a`.
    module: String,
    variables: Vec<Str>,
    locals: Vec<Str>,
    resources: Vec<ResourceName>,
    /// How many of `resources` are sorted; behind them stand the data sources of `check` blocks.
    sorted: usize,
    calls: Vec<CallName>,
}

struct ResourceName {
    mode: Mode,
    ty: Str,
    name: Str,
    repeated: Repeated,
}

struct CallName {
    name: Str,
    /// `None` when the source could not be loaded.
    outputs: Option<Vec<Str>>,
    repeated: Repeated,
}

/// How a block is expanded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Repeated {
    #[default]
    No,
    Count,
    ForEach,
}

impl Repeated {
    fn of(count: bool, for_each: bool) -> Self {
        match (count, for_each) {
            (_, true) => Repeated::ForEach,
            (true, false) => Repeated::Count,
            (false, false) => Repeated::No,
        }
    }
}

impl Names {
    fn of(module: &config::Module, config: &Config) -> Self {
        let resource = |resource: &config::Resource| ResourceName {
            mode: resource.mode,
            ty: resource.ty.clone(),
            name: resource.name.clone(),
            repeated: Repeated::of(resource.count.is_some(), resource.for_each.is_some()),
        };
        let mut resources: Vec<ResourceName> = module.resources.values().map(resource).collect();
        let sorted = resources.len();
        resources.extend(module.checks.values().filter_map(|check| check.data.as_ref()).map(resource));
        let calls = module.calls.iter().map(|(name, call)| CallName {
            name: name.clone(),
            outputs: call.module.map(|id| config.module(id).outputs.keys().cloned().collect()),
            repeated: Repeated::of(call.count.is_some(), call.for_each.is_some()),
        });
        Names {
            module: match module.path.is_root() {
                true => "the root module".to_owned(),
                false => module.path.to_string(),
            },
            variables: module.variables.keys().cloned().collect(),
            locals: module.locals.keys().cloned().collect(),
            calls: calls.collect(),
            resources,
            sorted,
        }
    }

    fn variable(&self, name: &str) -> Option<u32> {
        slot(self.variables.binary_search_by(|known| (**known).cmp(name)).ok())
    }

    fn local(&self, name: &str) -> Option<u32> {
        slot(self.locals.binary_search_by(|known| (**known).cmp(name)).ok())
    }

    fn call(&self, name: &str) -> Option<u32> {
        slot(self.calls.binary_search_by(|known| (*known.name).cmp(name)).ok())
    }

    fn resource(&self, mode: Mode, ty: &str, name: &str) -> Option<u32> {
        let key = (mode, ty, name);
        let (sorted, nested) = self.resources.split_at(self.sorted);
        let found = sorted.binary_search_by(|known| (known.mode, &*known.ty, &*known.name).cmp(&key)).ok();
        let nested_at = || nested.iter().position(|known| (known.mode, &*known.ty, &*known.name) == key);
        slot(found.or_else(|| nested_at().map(|at| at + self.sorted)))
    }
}

fn slot(at: Option<usize>) -> Option<u32> {
    at.map(|at| u32::try_from(at).expect("fewer definitions than bytes of source"))
}

/// What is allowed where an expression stands.
#[derive(Debug, Clone, Copy, Default)]
struct Around {
    repeated: Repeated,
    has_self: bool,
    /// The resource whose body this is: it may not refer to itself.
    within: Option<u32>,
}

/// A name bound by an enclosing construct; its slot is its place in the list.
#[derive(Clone)]
enum Bound {
    /// A `for` variable or a template's variable.
    Value(Str),
    /// The element of a splat, or a slot whose name something else hides.
    Hidden,
    /// The value of a `dynamic` block's iterator; its key is one slot before.
    Iterator(Str),
}

struct Lowerer<'a> {
    config: &'a Config,
    names: &'a Names,
    arena: Arena,
    bodies: Vec<Body>,
    bound: Vec<Bound>,
    around: Around,
    refs: Vec<Ref>,
    diags: &'a mut Diagnostics,
    depth: u32,
    /// Set inside a template file: its variables are all there is.
    template: Option<template::Restriction>,
}

impl<'a> Lowerer<'a> {
    fn new(config: &'a Config, names: &'a Names, diags: &'a mut Diagnostics) -> Self {
        Self {
            config,
            names,
            arena: Arena::default(),
            bodies: Vec::new(),
            bound: Vec::new(),
            around: Around::default(),
            refs: Vec::new(),
            diags,
            depth: 0,
            template: None,
        }
    }

    /// The references met since the last call, each target once.
    fn take_refs(&mut self) -> Vec<Ref> {
        let mut refs = std::mem::take(&mut self.refs);
        if refs.len() > 1 {
            let mut known = rustc_hash::FxHashSet::<RefTarget>::default();
            refs.retain(|reference| known.insert(reference.target));
        }
        refs
    }

    /// Lowers something with other things allowed around it.
    fn with<T>(&mut self, around: Around, lower: impl FnOnce(&mut Self) -> T) -> T {
        let outer = std::mem::replace(&mut self.around, around);
        let lowered = lower(self);
        self.around = outer;
        lowered
    }
}
