//! What each kind of block declares.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::ModuleId;
use crate::addr::Mode;
use crate::addr::ModulePath;
use crate::addr::Target;
use crate::diag::SourceId;
use crate::diag::Span;
use crate::syntax::Body;
use crate::syntax::Expr;
use crate::value::Str;
use crate::value::Type;

/// All that one folder declares.
#[derive(Debug, Default)]
pub struct Module {
    /// The folder, as it is reached from the working folder; empty for the working folder itself.
    pub dir: PathBuf,
    /// The first call path by which the folder was reached: how messages name the module.
    pub path: ModulePath,
    /// The files that were read, in the order they were.
    pub files: Vec<SourceId>,
    /// `terraform` and `infra` blocks, merged.
    pub settings: Settings,
    /// `provider` blocks.
    pub providers: Vec<ProviderBlock>,
    /// `variable` blocks.
    pub variables: BTreeMap<Str, Variable>,
    /// The attributes of `locals` blocks.
    pub locals: BTreeMap<Str, Local>,
    /// `output` blocks.
    pub outputs: BTreeMap<Str, Output>,
    /// `resource` and `data` blocks, by mode, type and name.
    pub resources: BTreeMap<(Mode, Str, Str), Resource>,
    /// `module` blocks.
    pub calls: BTreeMap<Str, ModuleCall>,
    /// `moved` blocks.
    pub moved: Vec<Moved>,
    /// `import` blocks.
    pub imports: Vec<Import>,
    /// `removed` blocks.
    pub removed: Vec<Removed>,
    /// `check` blocks.
    pub checks: BTreeMap<Str, Check>,
}

/// `terraform { … }` and `infra { … }`.
#[derive(Debug, Default)]
pub struct Settings {
    /// `required_version`, each with its place.
    pub required_version: Vec<(Str, Span)>,
    /// `required_providers`: the local name and its source address, as `digitalocean/digitalocean`.
    pub required_providers: BTreeMap<Str, (Option<Str>, Span)>,
    /// The same entries in full.
    pub provider_requirements: BTreeMap<Str, ProviderRequirement>,
    /// The header of the `required_providers` block.
    pub required_providers_span: Option<Span>,
    /// `backend "kind" { … }`.
    pub backend: Option<(Str, Body, Span)>,
    /// `deferral`: whether later phases are allowed; `None` where nothing is said.
    pub deferral: Option<bool>,
}

/// An entry of `required_providers`.
#[derive(Debug, Clone, Default)]
pub struct ProviderRequirement {
    /// `source`, in lower case.
    pub source: Option<Str>,
    /// `version`: a constraint, kept as written, as providers are built in.
    pub version: Option<Str>,
    /// `configuration_aliases`: configurations that a caller has to pass in.
    pub aliases: Vec<(Str, Span)>,
}

/// `provider "name" { … }`.
#[derive(Debug)]
pub struct ProviderBlock {
    /// The provider's local name.
    pub name: Str,
    /// `alias`.
    pub alias: Option<Str>,
    /// Its arguments.
    pub body: Body,
    /// The block's header.
    pub span: Span,
}

/// `provider = name.alias`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProviderRef {
    /// The provider's local name.
    pub name: Str,
    /// The alias, when one is meant.
    pub alias: Option<Str>,
    /// Where it is written.
    pub span: Span,
}

/// `variable "name" { … }`.
#[derive(Debug)]
pub struct Variable {
    /// `type`, with optional attributes; [`Type::DYNAMIC`] without one.
    pub ty: Type,
    /// Whether a `type` was written: without one, a value from the environment or `-var` is taken as text.
    pub typed: bool,
    /// Defaults inside the type: `optional(string, "x")`, as the expression of each attribute's place. In the place, an
    /// index of `null` stands for each element of a collection.
    pub type_defaults: Vec<(crate::value::Path, Expr)>,
    /// `default`.
    pub default: Option<Expr>,
    /// Whether a default was written, even one that could not be used (reported).
    pub has_default: bool,
    /// `description`.
    pub description: Option<Str>,
    /// `sensitive`.
    pub sensitive: bool,
    /// `ephemeral`.
    pub ephemeral: bool,
    /// `nullable`, true unless said otherwise.
    pub nullable: bool,
    /// `validation` blocks.
    pub validations: Vec<CheckRule>,
    /// The block's header.
    pub span: Span,
}

/// `condition` and `error_message`: a `validation`, `precondition`, `postcondition` or `assert` block.
#[derive(Debug)]
pub struct CheckRule {
    /// Must hold.
    pub condition: Expr,
    /// Is shown where it does not.
    pub error_message: Expr,
    /// The block's header.
    pub span: Span,
}

/// An attribute of a `locals` block.
#[derive(Debug)]
pub struct Local {
    /// Its value.
    pub value: Expr,
    /// Its name's place.
    pub span: Span,
}

/// `output "name" { … }`.
#[derive(Debug)]
pub struct Output {
    /// Its value.
    pub value: Expr,
    /// `description`.
    pub description: Option<Str>,
    /// `sensitive`.
    pub sensitive: bool,
    /// `ephemeral`.
    pub ephemeral: bool,
    /// `depends_on`.
    pub depends_on: Vec<Reference>,
    /// `precondition` blocks.
    pub preconditions: Vec<CheckRule>,
    /// The block's header.
    pub span: Span,
}

/// A `resource` or `data` block.
#[derive(Debug)]
pub struct Resource {
    /// Managed or only read.
    pub mode: Mode,
    /// The type.
    pub ty: Str,
    /// The name.
    pub name: Str,
    /// Its arguments, without the meta-arguments that have fields here.
    pub body: Body,
    /// `count`.
    pub count: Option<Expr>,
    /// `for_each`.
    pub for_each: Option<Expr>,
    /// `depends_on`.
    pub depends_on: Vec<Reference>,
    /// `provider`.
    pub provider: Option<ProviderRef>,
    /// `lifecycle { … }`.
    pub lifecycle: Lifecycle,
    /// `connection { … }`.
    pub connection: Option<Body>,
    /// `provisioner "kind" { … }`, in order.
    pub provisioners: Vec<Provisioner>,
    /// The block's header.
    pub span: Span,
}

/// `lifecycle { … }`.
#[derive(Debug, Default)]
pub struct Lifecycle {
    /// `create_before_destroy`.
    pub create_before_destroy: Option<bool>,
    /// `prevent_destroy`.
    pub prevent_destroy: bool,
    /// `ignore_changes = [a, b.c]`: traversals relative to the resource, each an expression whose root is an attribute.
    pub ignore_changes: Vec<Expr>,
    /// `ignore_changes = all`.
    pub ignore_all_changes: bool,
    /// `replace_triggered_by`: references to resources, instances or their attributes.
    pub replace_triggered_by: Vec<Expr>,
    /// `max_unavailable`: how many instances may be out of service at once.
    pub max_unavailable: Option<Expr>,
    /// `precondition` blocks.
    pub preconditions: Vec<CheckRule>,
    /// `postcondition` blocks.
    pub postconditions: Vec<CheckRule>,
}

/// `provisioner "kind" { … }`.
#[derive(Debug)]
pub struct Provisioner {
    /// `local-exec`, `remote-exec`, `file`.
    pub kind: Str,
    /// `when = destroy`.
    pub on_destroy: bool,
    /// `on_failure = continue`.
    pub continue_on_failure: bool,
    /// `connection { … }` of its own; the resource's where there is none.
    pub connection: Option<Body>,
    /// Its other arguments.
    pub body: Body,
    /// The block's header.
    pub span: Span,
}

/// `module "name" { … }`.
#[derive(Debug)]
pub struct ModuleCall {
    /// The folder that is called; `None` when it could not be loaded (reported).
    pub module: Option<ModuleId>,
    /// Values for the module's variables.
    pub arguments: BTreeMap<Str, (Expr, Span)>,
    /// `count`.
    pub count: Option<Expr>,
    /// `for_each`.
    pub for_each: Option<Expr>,
    /// `depends_on`.
    pub depends_on: Vec<Reference>,
    /// `providers = { inner = outer.alias }`.
    pub providers: Vec<(ProviderRef, ProviderRef)>,
    /// The block's header.
    pub span: Span,
}

/// A name in `depends_on`: a traversal such as `acme_vm.a`, `module.m`, `data.acme_zone.z`, `var.x`, `local.y`.
#[derive(Debug, Clone)]
pub struct Reference {
    /// The traversal.
    pub expr: Expr,
}

/// `moved { from = … to = … }`.
#[derive(Debug)]
pub struct Moved {
    /// Where it was.
    pub from: Target,
    /// Where it is.
    pub to: Target,
    /// The block's header.
    pub span: Span,
}

/// `import { to = … id = … }`.
#[derive(Debug)]
pub struct Import {
    /// The address to import to, as an expression: its index may use `each.key`.
    pub to: Expr,
    /// The vendor's id.
    pub id: Expr,
    /// `for_each`.
    pub for_each: Option<Expr>,
    /// `provider`.
    pub provider: Option<ProviderRef>,
    /// The block's header.
    pub span: Span,
}

/// `removed { from = … }`.
#[derive(Debug)]
pub struct Removed {
    /// What is no longer managed.
    pub from: Target,
    /// `lifecycle { destroy = … }`, true unless said otherwise.
    pub destroy: bool,
    /// `connection { … }`.
    pub connection: Option<Body>,
    /// Provisioners to run when destroying.
    pub provisioners: Vec<Provisioner>,
    /// The block's header.
    pub span: Span,
}

/// `check "name" { … }`.
#[derive(Debug)]
pub struct Check {
    /// A data source of the check's own.
    pub data: Option<Resource>,
    /// `assert` blocks.
    pub asserts: Vec<CheckRule>,
    /// The block's header.
    pub span: Span,
}
