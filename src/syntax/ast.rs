//! The syntax tree. Template trimming, heredoc indentation, escapes and number parsing are already applied.

use crate::diag::Span;
use crate::value::Number;
use crate::value::Str;

/// Attributes and blocks, each in the order of the file.
#[derive(Debug, Clone)]
pub struct Body {
    /// `name = value`; each name once, as repeats are reported and dropped.
    pub attributes: Vec<Attribute>,
    /// Nested blocks.
    pub blocks: Vec<Block>,
    /// From the first to the last byte inside the braces; the whole file for a file's body.
    pub span: Span,
}

impl Body {
    /// The attribute of a name.
    pub fn attribute(&self, name: &str) -> Option<&Attribute> {
        self.attributes.iter().find(|attribute| &*attribute.name == name)
    }

    /// The blocks of a type, in order.
    pub fn blocks_of(&self, kind: &str) -> impl Iterator<Item = &Block> {
        self.blocks.iter().filter(move |block| &*block.kind == kind)
    }
}

/// `name = value`.
#[derive(Debug, Clone)]
pub struct Attribute {
    /// The name.
    pub name: Str,
    /// Where the name stands.
    pub name_span: Span,
    /// The value.
    pub value: Expr,
}

/// `kind "label" { … }`.
#[derive(Debug, Clone)]
pub struct Block {
    /// The type: `resource`, `lifecycle`, …
    pub kind: Str,
    /// Where the type stands.
    pub kind_span: Span,
    /// The labels.
    pub labels: Vec<Label>,
    /// What is inside the braces.
    pub body: Body,
    /// The type and the labels: what a diagnostic about the block as a whole points at.
    pub header: Span,
}

impl Block {
    /// The block as messages name it: `resource "acme_vm" "web"`.
    pub fn title(&self) -> String {
        self.labels.iter().fold(self.kind.to_string(), |title, label| format!("{title} {:?}", label.text))
    }
}

/// A block's label, quoted or bare.
#[derive(Debug, Clone)]
pub struct Label {
    /// The text.
    pub text: Str,
    /// Where it stands, with its quotes.
    pub span: Span,
}

/// An expression.
#[derive(Debug)]
pub struct Expr {
    /// What it is.
    pub kind: ExprKind,
    /// Where it stands.
    pub span: Span,
}

/// The kinds of expression.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "each variant is documented by the text it stands for")]
pub enum ExprKind {
    /// `null`
    Null,
    /// `true`, `false`
    Bool(bool),
    /// A number.
    Number(Number),
    /// A quoted or heredoc string without interpolation, in NFC.
    String(Str),
    /// A quoted or heredoc string with interpolations or directives; always gives a string.
    Template(Vec<TemplatePart>),
    /// A template that is one interpolation and nothing else: gives the inner value as it is.
    Wrap(Box<Expr>),
    /// A name at the root of a traversal: `var`, `local`, `acme_vm`, a `for` variable.
    Variable(Str),
    /// `of.name`
    GetAttr { of: Box<Expr>, name: Str, name_span: Span },
    /// `of[key]`, and the legacy `of.0`
    Index { of: Box<Expr>, key: Box<Expr> },
    /// `of.*.a.b`: only attributes (and legacy indices) are taken from each element.
    AttrSplat { of: Box<Expr>, each: Vec<Traversal> },
    /// `of[*].a[0]`: all that follows is taken from each element.
    FullSplat { of: Box<Expr>, each: Vec<Traversal> },
    /// `name(args…)`
    Call { name: Str, name_span: Span, args: Vec<Expr>, expand_final: bool },
    /// `-of`, `!of`
    Unary { op: UnaryOp, of: Box<Expr> },
    /// A chain of binary operators is left-deep; `op_span` is the operator.
    Binary { op: BinaryOp, op_span: Span, left: Box<Expr>, right: Box<Expr> },
    /// `condition ? then : otherwise`
    Conditional { condition: Box<Expr>, then: Box<Expr>, otherwise: Box<Expr> },
    /// `[…]`
    Tuple(Vec<Expr>),
    /// `{…}`; a bare identifier as key has become a `String`, a parenthesised one stays as `Parens`.
    Object(Vec<(Expr, Expr)>),
    /// `[for …]`, `{for …}`
    For(Box<ForExpr>),
    /// `(…)`
    Parens(Box<Expr>),
    /// Something that could not be read; the problem has been reported.
    Error,
}

/// A `for` expression.
#[derive(Debug, Clone)]
pub struct ForExpr {
    /// The first name, when there are two.
    pub key_name: Option<Str>,
    /// The name that each element gets.
    pub value_name: Str,
    /// What is walked.
    pub collection: Expr,
    /// The key, for an object.
    pub key: Option<Expr>,
    /// The element.
    pub value: Expr,
    /// `...`: values of one key are grouped.
    pub group: bool,
    /// `if …`
    pub condition: Option<Expr>,
}

/// A part of a template.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "each variant is documented by the text it stands for")]
pub enum TemplatePart {
    /// Text as it is, in NFC.
    Literal(Str),
    /// `${…}`
    Interpolation(Expr),
    /// `%{if …}…%{else}…%{endif}`
    If { condition: Expr, then: Vec<TemplatePart>, otherwise: Vec<TemplatePart>, span: Span },
    /// `%{for …}…%{endfor}`
    For { key_name: Option<Str>, value_name: Str, collection: Expr, body: Vec<TemplatePart>, span: Span },
}

/// One step behind a splat.
#[derive(Debug, Clone)]
pub enum Traversal {
    /// `.name`
    Attr(Str, Span),
    /// `[key]`
    Index(Expr),
    /// `.*` inside a full splat, with the steps it takes from each element.
    AttrSplat(Vec<Traversal>, Span),
    /// `[*]` inside a full splat, with the steps it takes from each element.
    FullSplat(Vec<Traversal>, Span),
}

/// Operators with one operand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnaryOp {
    /// `-`
    Neg,
    /// `!`
    Not,
}

/// Operators with two operands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are the operators")]
pub enum BinaryOp {
    Or,
    And,
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Add,
    Subtract,
    Multiply,
    Divide,
    Modulo,
}
