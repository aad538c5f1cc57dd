//! Blocks to declarations, one file per kind of block.
//!
//! Each function takes a block that the parser read, checks what can be checked without values or resource types, and
//! gives a declaration, or nothing where the block is too broken to stand for anything.

mod call;
mod check;
mod constant;
mod content;
mod import;
mod lifecycle;
mod moved;
mod output;
mod provider;
mod provisioner;
mod removed;
mod resource;
mod settings;
mod target;
mod types;
mod variable;
mod version;

pub(super) use call::call;
pub(super) use check::check;
pub(crate) use constant::check_constant;
pub(super) use content::Cx;
pub(super) use content::check_labels;
pub(super) use content::unsupported_argument;
pub(super) use content::unsupported_block;
pub(super) use import::import;
pub(super) use moved::moved;
pub(super) use output::output;
pub(super) use provider::provider;
pub(super) use removed::removed;
pub(super) use resource::resource;
pub(super) use settings::Product;
pub use settings::TERRAFORM;
pub(super) use settings::settings;
pub(super) use variable::variable;
