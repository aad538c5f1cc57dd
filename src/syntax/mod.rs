//! HCL text to a tree with spans.
//!
//! Takes the text of a file, gives a [`Body`] of attributes and blocks and pushes a diagnostic for every mistake. What
//! a block or a name means is not decided here.

mod ast;

pub use ast::Attribute;
pub use ast::BinaryOp;
pub use ast::Block;
pub use ast::Body;
pub use ast::Expr;
pub use ast::ExprKind;
pub use ast::ForExpr;
pub use ast::Label;
pub use ast::TemplatePart;
pub use ast::Traversal;
pub use ast::UnaryOp;
