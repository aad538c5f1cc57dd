//! Lowered definitions: what each kind of block declares, its expressions by number, and what they refer to.

use super::BodyId;
use super::ExprId;
use super::Ref;
use crate::addr::Mode;
use crate::addr::Target;
use crate::config::ModuleId;
use crate::config::ProviderRef;
use crate::diag::Span;
use crate::value::Path;
use crate::value::Str;
use crate::value::Type;

/// `condition` and `error_message`.
#[derive(Debug)]
pub struct RuleDef {
    /// Must hold.
    pub condition: ExprId,
    /// Is shown where it does not.
    pub error_message: ExprId,
    /// The block's header.
    pub span: Span,
}

/// `variable "name" { … }`
#[derive(Debug)]
pub struct VariableDef {
    /// The name.
    pub name: Str,
    /// The constraint, with optional attributes.
    pub ty: Type,
    /// Whether a `type` was written.
    pub typed: bool,
    /// Defaults inside the type, by the place of their attribute.
    pub type_defaults: Vec<(Path, ExprId)>,
    /// `default`
    pub default: Option<ExprId>,
    /// `sensitive`
    pub sensitive: bool,
    /// `ephemeral`
    pub ephemeral: bool,
    /// `nullable`
    pub nullable: bool,
    /// `validation` blocks.
    pub validations: Vec<RuleDef>,
    /// What the validations refer to, the variable itself left out.
    pub refs: Vec<Ref>,
    /// The block's header.
    pub span: Span,
}

/// An attribute of a `locals` block.
#[derive(Debug)]
pub struct LocalDef {
    /// The name.
    pub name: Str,
    /// The value.
    pub value: ExprId,
    /// What the value refers to.
    pub refs: Vec<Ref>,
    /// Where the name stands.
    pub span: Span,
}

/// `output "name" { … }`
#[derive(Debug)]
pub struct OutputDef {
    /// The name.
    pub name: Str,
    /// The value.
    pub value: ExprId,
    /// `sensitive`
    pub sensitive: bool,
    /// `ephemeral`
    pub ephemeral: bool,
    /// `precondition` blocks.
    pub preconditions: Vec<RuleDef>,
    /// What the value and the preconditions refer to.
    pub refs: Vec<Ref>,
    /// `depends_on`
    pub depends_on: Vec<Ref>,
    /// The block's header.
    pub span: Span,
}

/// A `resource` or `data` block.
#[derive(Debug)]
pub struct ResourceDef {
    /// Managed or only read.
    pub mode: Mode,
    /// The type.
    pub ty: Str,
    /// The name.
    pub name: Str,
    /// The arguments.
    pub body: BodyId,
    /// `count`
    pub count: Option<ExprId>,
    /// `for_each`
    pub for_each: Option<ExprId>,
    /// `provider`
    pub provider: Option<ProviderRef>,
    /// `lifecycle { … }`
    pub lifecycle: LifecycleDef,
    /// `connection { … }`
    pub connection: Option<BodyId>,
    /// `provisioner "kind" { … }`
    pub provisioners: Vec<ProvisionerDef>,
    /// The `check` block that this data source is a part of.
    pub check: Option<u32>,
    /// What everything in the block refers to; itself, through `self` or by name in a postcondition, left out.
    pub refs: Vec<Ref>,
    /// `depends_on`
    pub depends_on: Vec<Ref>,
    /// The block's header.
    pub span: Span,
}

/// As it is referred to: `acme_vm.a`, `data.acme_zone.z`.
impl std::fmt::Display for ResourceDef {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.mode {
            Mode::Managed => write!(f, "{}.{}", self.ty, self.name),
            Mode::Data => write!(f, "data.{}.{}", self.ty, self.name),
        }
    }
}

/// `lifecycle { … }`
#[derive(Debug, Default)]
pub struct LifecycleDef {
    /// `create_before_destroy`
    pub create_before_destroy: Option<bool>,
    /// `prevent_destroy`
    pub prevent_destroy: bool,
    /// `ignore_changes = [a, b.c]`
    pub ignore_changes: Vec<(Path, Span)>,
    /// `ignore_changes = all`
    pub ignore_all_changes: bool,
    /// `replace_triggered_by`
    pub replace_triggered_by: Vec<TriggerDef>,
    /// `max_unavailable`
    pub max_unavailable: Option<ExprId>,
    /// `precondition` blocks.
    pub preconditions: Vec<RuleDef>,
    /// `postcondition` blocks.
    pub postconditions: Vec<RuleDef>,
}

/// An entry of `replace_triggered_by`.
#[derive(Debug)]
pub struct TriggerDef {
    /// The resource's slot.
    pub resource: u32,
    /// The instance, when one is named; it may depend on `each.key` or `count.index`.
    pub key: Option<ExprId>,
    /// The attribute; the root for the whole instance.
    pub path: Path,
    /// Where it is written.
    pub span: Span,
}

/// `provisioner "kind" { … }`
#[derive(Debug)]
pub struct ProvisionerDef {
    /// `local-exec`, `remote-exec`, `file`
    pub kind: Str,
    /// `when = destroy`
    pub on_destroy: bool,
    /// `on_failure = continue`
    pub continue_on_failure: bool,
    /// `connection { … }` of its own; the resource's where there is none.
    pub connection: Option<BodyId>,
    /// The other arguments.
    pub body: BodyId,
    /// The block's header.
    pub span: Span,
}

/// `module "name" { … }`
#[derive(Debug)]
pub struct CallDef {
    /// The name.
    pub name: Str,
    /// The source that is called; `None` when it could not be loaded, which has been reported.
    pub module: Option<ModuleId>,
    /// Values for the module's variables.
    pub arguments: Vec<ArgumentDef>,
    /// The names of the module's outputs, by slot.
    pub outputs: Vec<Str>,
    /// `count`
    pub count: Option<ExprId>,
    /// `for_each`
    pub for_each: Option<ExprId>,
    /// `providers = { inner = outer.alias }`
    pub providers: Vec<(ProviderRef, ProviderRef)>,
    /// What `count` and `for_each` refer to; each argument has its own.
    pub refs: Vec<Ref>,
    /// `depends_on`
    pub depends_on: Vec<Ref>,
    /// The block's header.
    pub span: Span,
}

/// An argument of a module call.
#[derive(Debug)]
pub struct ArgumentDef {
    /// The variable's name.
    pub name: Str,
    /// The variable's slot in the called module; `None` when it declares no such variable.
    pub variable: Option<u32>,
    /// The value.
    pub value: ExprId,
    /// What the value refers to.
    pub refs: Vec<Ref>,
    /// Where the name stands.
    pub name_span: Span,
}

/// `provider "name" { … }`
#[derive(Debug)]
pub struct ProviderDef {
    /// The provider's local name.
    pub name: Str,
    /// `alias`
    pub alias: Option<Str>,
    /// The arguments.
    pub body: BodyId,
    /// What the arguments refer to.
    pub refs: Vec<Ref>,
    /// The block's header.
    pub span: Span,
}

/// `check "name" { … }`
#[derive(Debug)]
pub struct CheckDef {
    /// The name.
    pub name: Str,
    /// The slot of its own data source.
    pub data: Option<u32>,
    /// `assert` blocks.
    pub asserts: Vec<RuleDef>,
    /// What the assertions refer to.
    pub refs: Vec<Ref>,
    /// The block's header.
    pub span: Span,
}

/// `import { … }`
#[derive(Debug)]
pub struct ImportDef {
    /// The address to import to; `None` when it is not one, which has been reported.
    pub to: Option<ImportTarget>,
    /// The vendor's id.
    pub id: ExprId,
    /// `for_each`
    pub for_each: Option<ExprId>,
    /// `provider`
    pub provider: Option<ProviderRef>,
    /// What `id`, `for_each` and the keys in `to` refer to.
    pub refs: Vec<Ref>,
    /// The block's header.
    pub span: Span,
}

/// An address whose keys may be computed from `each.key`.
#[derive(Debug)]
pub struct ImportTarget {
    /// Module calls from the root, each with its key.
    pub modules: Vec<(Str, Option<ExprId>)>,
    /// Managed or only read.
    pub mode: Mode,
    /// The type.
    pub ty: Str,
    /// The name.
    pub name: Str,
    /// The instance's key.
    pub key: Option<ExprId>,
    /// Where it is written.
    pub span: Span,
}

/// `removed { … }`
#[derive(Debug)]
pub struct RemovedDef {
    /// What is no longer managed.
    pub from: Target,
    /// Whether it is destroyed, too.
    pub destroy: bool,
    /// `connection { … }`
    pub connection: Option<BodyId>,
    /// Provisioners to run when destroying.
    pub provisioners: Vec<ProvisionerDef>,
    /// What they refer to.
    pub refs: Vec<Ref>,
    /// The block's header.
    pub span: Span,
}
