//! Plans, states and outputs as Terraform's JSON has them, for the tools that read it.
//!
//! Each document is written as it is walked, without a tree of JSON in between. What is sensitive reads `(sensitive)`
//! unless it was asked for; `after_sensitive` and its kind tell where that is.

mod address;
mod change;
mod configuration;
mod mask;
mod output;
mod plan;
mod resources;
mod state;
mod value;

pub use output::output_json;
pub use output::value_json;
pub use output::version_json;
pub use plan::PlanJson;
pub use state::StateJson;

pub(super) use address::resource_json;
pub(super) use change::actions;
pub(super) use change::sealed;
pub(super) use output::Typed as TypedOutput;
pub(super) use value::Plain;

#[cfg(test)]
mod tests;
