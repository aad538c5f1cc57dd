//! Lowered bodies of blocks: what a schema is held against.

use super::ExprId;
use crate::diag::Span;
use crate::value::Str;

/// Names a [`Body`] of a [`super::Module`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct BodyId(pub(crate) u32);

/// A block's lowered content.
#[derive(Debug)]
pub struct Body {
    /// `name = value`
    pub attributes: Vec<AttributeDef>,
    /// Nested blocks, in order.
    pub blocks: Vec<BlockDef>,
    /// What is inside the braces.
    pub span: Span,
}

/// `name = value`
#[derive(Debug)]
pub struct AttributeDef {
    /// The name.
    pub name: Str,
    /// The value.
    pub value: ExprId,
    /// Where the name stands.
    pub name_span: Span,
}

/// A nested block, or a `dynamic` block that stands for any number of them.
#[derive(Debug)]
pub struct BlockDef {
    /// The type of the block, or of the blocks that a `dynamic` block makes.
    pub kind: Str,
    /// Where the type is written.
    pub kind_span: Span,
    /// The labels of an ordinary block.
    pub labels: Vec<(Str, Span)>,
    /// The content; that of the `content` block for a `dynamic` one.
    pub body: BodyId,
    /// How often, when the block is `dynamic`.
    pub dynamic: Option<DynamicDef>,
    /// Whether this is the `connection` of a managed resource, which is for its provisioners where the type has no such
    /// block.
    pub is_for_provisioners: bool,
    /// The header.
    pub span: Span,
}

/// What makes a block `dynamic`. Its content sees the key and the value of the iterator as the next two slots.
#[derive(Debug)]
pub struct DynamicDef {
    /// The collection: one block for each element.
    pub for_each: ExprId,
    /// Labels, computed for each block.
    pub labels: Vec<ExprId>,
    /// The iterator's name.
    pub iterator: Str,
}
