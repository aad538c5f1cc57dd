//! Schemas: the attributes and blocks a type has, and who sets each.
//!
//! A schema is a table of data. Decoding, proposing, planning, printing, documentation and sealing all read the same one;
//! nothing about a type's shape is written twice.

mod attribute;
mod block;
mod object;

pub use attribute::Attribute;
pub use attribute::Equality;
pub use attribute::Presence;
pub use attribute::Readability;
pub use attribute::Sensitivity;
pub use attribute::any;
pub use attribute::boolean;
pub use attribute::list;
pub use attribute::map;
pub use attribute::number;
pub use attribute::of;
pub use attribute::set;
pub use attribute::string;
pub use block::Block;
pub use block::NestedBlock;
pub use block::Nesting;
pub use object::ObjectExt;

use std::sync::Arc;

use crate::value::Object;
use crate::value::Shape;
use crate::value::Type;

/// The schema of a resource type, a data source or a provider's configuration.
#[derive(Debug, Clone)]
pub struct Schema {
    /// Which upgrade of stored objects this is; 0 at first.
    pub version: u32,
    block: Block,
    ty: Type,
    shape: Arc<Shape>,
}

impl Schema {
    /// A schema of attributes alone.
    pub fn new(attributes: impl IntoIterator<Item = (&'static str, Attribute)>) -> Self {
        Self::of_block(Block::new(attributes))
    }

    /// A schema of a block.
    pub fn of_block(block: Block) -> Self {
        let ty = block.implied_type();
        let shape = Shape::new(block.names().cloned());
        Self { version: 0, block, ty, shape }
    }

    /// Adds nested blocks of a type.
    pub fn block(self, name: &'static str, nested: NestedBlock) -> Self {
        Self { version: self.version, ..Self::of_block(self.block.block(name, nested)) }
    }

    /// The attributes and nested blocks.
    pub fn root(&self) -> &Block {
        &self.block
    }

    /// The type that every object of this schema has.
    pub fn ty(&self) -> Type {
        self.ty
    }

    /// The object of this schema in which nothing is set.
    pub fn empty(&self) -> Object {
        self.object::<&str>([])
    }

    /// The names of attributes and blocks, shared by all objects of this schema.
    pub fn shape(&self) -> &Arc<Shape> {
        &self.shape
    }
}

#[cfg(test)]
mod tests;
