//! Declarations: what the blocks of a configuration say, before anything is evaluated.
//!
//! The loader reads the root module and every local module it calls, decodes blocks into the structures here, merges
//! override files, and reports whatever is wrong without knowing any value or resource type. Expressions stay syntax.

mod declaration;
mod decode;
mod draft;
mod files;
mod json;
mod load;
mod overlay;
mod passing;
mod reference;
mod traversal;
mod validate;
mod variables;
mod walk;

#[cfg(test)]
mod tests;

pub use decode::TERRAFORM;
pub(crate) use decode::check_constant;

pub use declaration::Check;
pub use declaration::CheckRule;
pub use declaration::Import;
pub use declaration::Lifecycle;
pub use declaration::Local;
pub use declaration::Module;
pub use declaration::ModuleCall;
pub use declaration::Moved;
pub use declaration::Output;
pub use declaration::ProviderBlock;
pub use declaration::ProviderRef;
pub use declaration::ProviderRequirement;
pub use declaration::Provisioner;
pub use declaration::Reference;
pub use declaration::Removed;
pub use declaration::Resource;
pub use declaration::Settings;
pub use declaration::Variable;
pub use files::DiskFiles;
pub use files::Files;
pub use files::MemoryFiles;
pub use load::load;
pub use load::read;
pub use reference::Ref;
pub use reference::RefKind;
pub use reference::body_references;
pub use reference::parse_reference;
pub use reference::references;
pub use traversal::StepKind;
pub use traversal::Traversal;
pub use traversal::TraversalStep;
pub use traversal::as_traversal;
pub use variables::Input;
pub use variables::InputOrigin;
pub use variables::InputValue;
pub use variables::VariableInput;
pub use variables::VariableInputs;
pub use variables::gather_variables;
pub use variables::missing_variables;
pub use variables::require_variables;
pub use walk::Found;
pub use walk::walk;

use std::path::PathBuf;

/// Names a module *source* in a [`Config`]: calls of one folder share it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ModuleId(pub u32);

/// A whole configuration: the root module and all that it calls.
#[derive(Debug)]
pub struct Config {
    /// The folder of the root module.
    pub dir: PathBuf,
    /// By [`ModuleId`]; the root is the first.
    pub modules: Vec<Module>,
}

impl Config {
    /// The root module's id.
    pub const ROOT: ModuleId = ModuleId(0);

    /// The root module.
    pub fn root(&self) -> &Module {
        self.module(Self::ROOT)
    }

    /// A module by its id.
    pub fn module(&self, id: ModuleId) -> &Module {
        &self.modules[id.0 as usize]
    }
}
