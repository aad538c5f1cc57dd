//! A lowered module: its definitions by slot, and the references between them.

use super::Arena;
use super::Body;
use super::BodyId;
use super::CallDef;
use super::CheckDef;
use super::ImportDef;
use super::LocalDef;
use super::OutputDef;
use super::ProviderDef;
use super::RemovedDef;
use super::ResourceDef;
use super::VariableDef;
use crate::diag::Span;

/// All definitions of one module source, shared by all calls of it. A definition's slot is its index here.
#[derive(Debug, Default)]
pub struct Module {
    /// The expressions of all definitions.
    pub arena: Arena,
    /// The bodies of all blocks, by [`BodyId`].
    pub bodies: Vec<Body>,
    /// `variable` blocks, by name.
    pub variables: Vec<VariableDef>,
    /// Local values, by name.
    pub locals: Vec<LocalDef>,
    /// `output` blocks, by name.
    pub outputs: Vec<OutputDef>,
    /// `resource` and `data` blocks, by address; then the `data` blocks inside `check` blocks.
    pub resources: Vec<ResourceDef>,
    /// `module` blocks, by name.
    pub calls: Vec<CallDef>,
    /// `provider` blocks, in the order of the configuration.
    pub providers: Vec<ProviderDef>,
    /// `check` blocks, by name.
    pub checks: Vec<CheckDef>,
    /// `import` blocks, in the order of the configuration.
    pub imports: Vec<ImportDef>,
    /// `removed` blocks, in the order of the configuration.
    pub removed: Vec<RemovedDef>,
}

impl Module {
    /// A body by its id.
    pub fn body(&self, id: BodyId) -> &Body {
        &self.bodies[id.0 as usize]
    }

    /// How diagnostics name what a reference means: `var.x`, `data.acme_zone.z`, `module.m.ip`.
    pub fn describe(&self, target: RefTarget) -> String {
        match target {
            RefTarget::Variable(slot) => format!("var.{}", self.variables[slot as usize].name),
            RefTarget::Local(slot) => format!("local.{}", self.locals[slot as usize].name),
            RefTarget::Resource(slot) => self.resources[slot as usize].to_string(),
            RefTarget::Call(slot) => format!("module.{}", self.calls[slot as usize].name),
            RefTarget::CallOutput(slot, output) => {
                let call = &self.calls[slot as usize];
                format!("module.{}.{}", call.name, call.outputs[output as usize])
            }
        }
    }
}

/// A reference that a definition makes, found without evaluating it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ref {
    /// What is meant.
    pub target: RefTarget,
    /// Where it is written.
    pub span: Span,
}

/// What a reference means: slots within the module.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RefTarget {
    /// `var.x`
    Variable(u32),
    /// `local.x`
    Local(u32),
    /// A resource or data source, whatever the instance.
    Resource(u32),
    /// A module call with all its outputs.
    Call(u32),
    /// One output of a module call: the call's slot and the output's slot in the called module.
    CallOutput(u32, u32),
}
