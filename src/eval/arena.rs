//! The arena that expressions are lowered into.

use std::sync::Arc;

use super::PathName;
use super::function::FunctionId;
use crate::diag::Span;
use crate::syntax::BinaryOp;
use crate::syntax::UnaryOp;
use crate::value::Shape;
use crate::value::Str;
use crate::value::Value;

/// An expression in an [`Arena`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ExprId(pub(crate) u32);

/// All expressions of one module source: nodes that name each other by number, their places in a parallel vector.
#[derive(Debug, Default)]
pub struct Arena {
    nodes: Vec<Node>,
    spans: Vec<Span>,
    /// What reads a name is called in messages: `var.x`, `each.key`. Sorted, as nodes are only appended.
    names: Vec<(ExprId, Str)>,
}

/// One expression. Children come before their parents.
#[derive(Debug, Clone)]
pub(crate) enum Node {
    /// A literal or a folded subtree.
    Const(Value),
    /// `var.x`
    Variable(u32),
    /// `local.x`
    Local(u32),
    /// A variable bound by an enclosing `for`, splat, template loop, `dynamic` block or template call.
    Slot(u32),
    /// A whole resource.
    Resource(u32),
    /// `acme_vm.a[key]`
    ResourceInstance { slot: u32, key: ExprId },
    /// A whole module call.
    Call(u32),
    /// `module.m[key]`
    CallInstance { slot: u32, key: ExprId },
    /// `module.m.output`, where the call has neither `count` nor `for_each`.
    CallOutput { slot: u32, output: u32 },
    /// `module.m[key].output`
    CallInstanceOutput { slot: u32, key: ExprId, output: u32 },
    /// A value that depends on where the expression stands.
    Context(Context),
    /// `of.name`
    GetAttr { of: ExprId, name: Str },
    /// `of[key]`
    Index { of: ExprId, key: ExprId },
    /// `of[*]…`: `each` reads the element from the slot that the splat binds.
    Splat { of: ExprId, each: ExprId },
    /// `name(args…)`
    Function { id: FunctionId, args: Box<[ExprId]>, expand_final: bool },
    /// `try(a, b, …)`, evaluated one after another.
    Try(Box<[ExprId]>),
    /// `can(a)`
    Can(ExprId),
    /// `-a`, `!a`
    Unary { op: UnaryOp, of: ExprId },
    /// `a + b`
    Binary { op: BinaryOp, left: ExprId, right: ExprId },
    /// `a ? b : c`
    Conditional { condition: ExprId, then: ExprId, otherwise: ExprId },
    /// `[a, b]`
    Tuple(Box<[ExprId]>),
    /// `{ (k) = v }` with keys to be computed.
    Object(Box<[(ExprId, ExprId)]>),
    /// `{ k = v }` with constant keys, in the order of the shape.
    Shaped { shape: Arc<Shape>, values: Box<[ExprId]> },
    /// `[for …]`, `{for …}`
    For(Box<ForNode>),
    /// A string of literal and computed parts.
    Template(Box<[ExprId]>),
    /// `%{for}`: the strings of a tuple, joined.
    Join(ExprId),
    /// Something that was reported when it was read or lowered.
    Failed,
}

/// Values that depend on where an expression stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Context {
    EachKey,
    EachValue,
    CountIndex,
    SelfValue,
    Path(PathName),
    Workspace,
    Applying,
}

/// A `for` expression. The key, when named, and the element are the next two slots.
#[derive(Debug, Clone)]
pub(crate) struct ForNode {
    pub(crate) keyed: bool,
    pub(crate) collection: ExprId,
    pub(crate) key: Option<ExprId>,
    pub(crate) value: ExprId,
    pub(crate) group: bool,
    pub(crate) condition: Option<ExprId>,
}

impl Arena {
    pub(crate) fn push(&mut self, node: Node, span: Span) -> ExprId {
        let id = ExprId(self.len());
        self.nodes.push(node);
        self.spans.push(span);
        id
    }

    pub(crate) fn push_named(&mut self, node: Node, name: impl Into<Str>, span: Span) -> ExprId {
        let id = self.push(node, span);
        self.names.push((id, name.into()));
        id
    }

    pub(crate) fn len(&self) -> u32 {
        u32::try_from(self.nodes.len()).expect("fewer expressions than bytes of source")
    }

    /// Drops all nodes from `len` on: a subtree that has been folded into one constant.
    pub(crate) fn truncate(&mut self, len: u32) {
        self.nodes.truncate(len as usize);
        self.spans.truncate(len as usize);
        while self.names.last().is_some_and(|(id, _)| id.0 >= len) {
            self.names.pop();
        }
    }

    pub(crate) fn node(&self, id: ExprId) -> &Node {
        &self.nodes[id.0 as usize]
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (ExprId, &Node)> {
        (0..).map(ExprId).zip(&self.nodes)
    }

    /// The slot of the resource that an expression is as a whole: `acme_vm.a`, and nothing else.
    pub fn whole_resource(&self, id: ExprId) -> Option<u32> {
        match self.node(id) {
            Node::Resource(slot) => Some(*slot),
            _ => None,
        }
    }

    /// Where an expression stands.
    pub fn span(&self, id: ExprId) -> Span {
        self.spans[id.0 as usize]
    }

    /// The value of an expression that is a literal or was folded into one.
    pub fn constant(&self, id: ExprId) -> Option<&Value> {
        match self.node(id) {
            Node::Const(value) => Some(value),
            _ => None,
        }
    }

    /// Whether an expression could not be read or resolved, which has been reported.
    pub fn is_failed(&self, id: ExprId) -> bool {
        matches!(self.node(id), Node::Failed)
    }

    /// The name that a reference was written with, up to where its node ends.
    pub(crate) fn name(&self, id: ExprId) -> Option<&Str> {
        let at = self.names.binary_search_by_key(&id, |(id, _)| *id).ok()?;
        Some(&self.names[at].1)
    }
}
