//! Addresses: paths to modules, resources and their instances, as they are written and printed.
//!
//! A [`ResourceAddr`] names a block in the configuration, an [`InstanceAddr`] one expansion of it. [`Target`] is what a
//! user may name on the command line or in a `moved` block: any of them. Order is the order in which users see things.

mod instance;
mod meant;
mod module;
mod parse;
mod provider;
mod target;

pub use instance::InstanceAddr;
pub use instance::Mode;
pub use instance::ResourceAddr;
pub use meant::meant;
pub use module::InstanceKey;
pub use module::ModuleInstance;
pub use module::ModulePath;
pub use parse::ParseAddrError;
pub use provider::ProviderAddr;
pub use target::Target;
pub use target::TargetResource;

#[cfg(test)]
mod tests;
