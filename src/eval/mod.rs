//! Declarations to values: expressions are lowered once for each module *source*, then evaluated as often as needed.
//!
//! [`lower`] turns a configuration module into a [`Module`]: an arena of nodes in which every name is already a slot, a
//! function number or a constant. An [`Evaluator`] walks that arena against a [`Scope`], which the planner implements for
//! one module instance. [`decode`] turns a body into an object of a schema's type. Mistakes go into the `Diagnostics` and
//! leave an unknown marked `FAILED`, so that nothing is reported twice. What to create, change or delete is not decided
//! here, and no resource type is known.

mod arena;
mod attributes;
mod body;
mod check;
mod decode;
mod definition;
mod evaluator;
pub mod expand;
pub mod function;
mod lower;
mod module;
mod render;
mod scope;
pub mod variable;

pub use arena::Arena;
pub use arena::ExprId;
pub use attributes::check_attributes;
pub use body::AttributeDef;
pub use body::BlockDef;
pub use body::Body;
pub use body::BodyId;
pub use body::DynamicDef;
pub use check::Verdict;
pub use check::check;
pub use decode::decode;
pub use decode::span_of;
pub use definition::ArgumentDef;
pub use definition::CallDef;
pub use definition::CheckDef;
pub use definition::ImportDef;
pub use definition::ImportTarget;
pub use definition::LifecycleDef;
pub use definition::LocalDef;
pub use definition::OutputDef;
pub use definition::ProviderDef;
pub use definition::ProvisionerDef;
pub use definition::RemovedDef;
pub use definition::ResourceDef;
pub use definition::RuleDef;
pub use definition::TriggerDef;
pub use definition::VariableDef;
pub use evaluator::Evaluator;
pub use expand::Expansion;
pub use lower::lower;
pub use lower::lower_expr;
pub use module::Module;
pub use module::Ref;
pub use module::RefTarget;
pub use render::Templates;
pub use scope::Lookup;
pub use scope::NoScope;
pub use scope::PathName;
pub use scope::Scope;

#[cfg(test)]
mod tests;
