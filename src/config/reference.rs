//! What a name refers to.
//!
//! A [`Ref`] is a traversal whose beginning has been understood: a variable, a resource, `each.key`. Whether what it
//! names is declared is a question for [`super::validate`].

use crate::addr::Mode;
use crate::config::traversal::StepKind;
use crate::config::traversal::Traversal;
use crate::config::traversal::TraversalStep;
use crate::config::walk::Found;
use crate::config::walk::walk;
use crate::diag::Diagnostic;
use crate::diag::Span;
use crate::diag::did_you_mean;
use crate::syntax::Body;
use crate::syntax::Expr;
use crate::syntax::ExprKind;
use crate::value::Str;

/// A reference to something outside an expression.
#[derive(Debug, Clone)]
pub struct Ref {
    /// What is referred to.
    pub kind: RefKind,
    /// The constant steps behind it: `[0].id` of `acme_vm.a[0].id`.
    pub rest: Vec<TraversalStep>,
    /// The part that names it: `acme_vm.a` of `acme_vm.a[0].id`.
    pub subject: Span,
    /// The whole, with the steps.
    pub span: Span,
}

/// The kinds of thing that can be referred to.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum RefKind {
    /// `var.name`
    Var(Str),
    /// `local.name`
    Local(Str),
    /// `type.name`, `data.type.name`, `resource.type.name`
    Resource {
        /// Managed or only read.
        mode: Mode,
        /// The type.
        ty: Str,
        /// The name.
        name: Str,
    },
    /// `module.name`
    Module(Str),
    /// `each.key` or `each.value`, with the attribute.
    Each(Str),
    /// `count.index`
    Count,
    /// `path.module`, `path.root` or `path.cwd`, with the attribute.
    Path(Str),
    /// `terraform.workspace` or `terraform.applying`, with the attribute.
    Terraform(Str),
    /// `self`
    SelfRef,
}

/// All references of an expression that can be understood, in the order of the text. `bound` are names that the
/// surroundings give, such as the iterator of a `dynamic` block.
pub fn references(expr: &Expr, bound: &[Str]) -> Vec<Ref> {
    let mut refs = Vec::new();
    each_reference(expr, bound, &mut |found| refs.extend(found));
    refs
}

/// All references inside a body, nested blocks and `dynamic` ones included.
pub fn body_references(body: &Body) -> Vec<Ref> {
    let mut refs = Vec::new();
    each_body_reference(body, &[], &mut |found| refs.extend(found));
    refs
}

/// What a traversal refers to.
pub fn parse_reference(traversal: Traversal) -> Result<Ref, Box<Diagnostic>> {
    let steps = &traversal.steps;
    let first = steps.first().and_then(TraversalStep::attr);
    let (kind, used) = match &*traversal.root {
        "var" => (RefKind::Var(attribute(&traversal)?), 1),
        "local" => (RefKind::Local(attribute(&traversal)?), 1),
        "module" => (RefKind::Module(attribute(&traversal)?), 1),
        "count" => {
            let name = attribute(&traversal)?;
            if &*name != "index" {
                let detail = format!(
                    "The \"count\" object does not have an attribute named \"{name}\". The only supported attribute is \
                     count.index, which is the index of each instance of a resource block that has the \"count\" argument \
                     set."
                );
                return Err(bad_attribute(&traversal, "Invalid \"count\" attribute", detail));
            }
            (RefKind::Count, 1)
        }
        "each" => {
            let name = attribute(&traversal)?;
            if !matches!(&*name, "key" | "value") {
                let detail = format!(
                    "The \"each\" object does not have an attribute named \"{name}\". The supported attributes are \
                     each.key and each.value, the current key and value pair of the \"for_each\" attribute set."
                );
                return Err(bad_attribute(&traversal, "Invalid \"each\" attribute", detail));
            }
            (RefKind::Each(name), 1)
        }
        "path" => {
            let name = attribute(&traversal)?;
            let known = ["cwd", "module", "root"];
            if !known.contains(&&*name) {
                let hint = did_you_mean(&name, known);
                let detail = format!("The \"path\" object does not have an attribute named \"{name}\".{hint}");
                return Err(bad_attribute(&traversal, "Invalid \"path\" attribute", detail));
            }
            (RefKind::Path(name), 1)
        }
        "terraform" => {
            let name = attribute(&traversal)?;
            if !matches!(&*name, "workspace" | "applying") {
                let detail = terraform_attribute(&name);
                return Err(bad_attribute(&traversal, "Invalid \"terraform\" attribute", detail));
            }
            (RefKind::Terraform(name), 1)
        }
        "self" => (RefKind::SelfRef, 0),
        "template" | "lazy" | "arg" => return Err(reserved(&traversal)),
        "data" | "resource" | "ephemeral" => {
            let mode = if &*traversal.root == "data" { Mode::Data } else { Mode::Managed };
            let (Some(ty), [_, second, ..]) = (first, steps.as_slice()) else {
                return Err(two_names(&traversal));
            };
            let Some(name) = second.attr() else { return Err(no_name(second.span, noun(&traversal.root))) };
            if &*traversal.root == "ephemeral" {
                let detail = format!(
                    "An ephemeral resource \"{ty}\" \"{name}\" has not been declared, as ephemeral resources are not \
                     supported."
                );
                let at = traversal.span_through(1);
                return Err(Box::new(Diagnostic::error("Reference to undeclared resource", detail).at(at)));
            }
            (RefKind::Resource { mode, ty: ty.clone(), name: name.clone() }, 2)
        }
        ty => {
            let Some(name) = first else {
                let at = steps.first().map_or(traversal.root_span, |step| step.span);
                return Err(no_name(at, "a resource type"));
            };
            (RefKind::Resource { mode: Mode::Managed, ty: Str::from(ty), name: name.clone() }, 1)
        }
    };
    let subject = if used == 0 { traversal.root_span } else { traversal.span_through(used - 1) };
    let mut rest = traversal.steps;
    rest.drain(..used);
    Ok(Ref { kind, rest, subject, span: traversal.span })
}

/// The attribute that has to follow the root.
fn attribute(traversal: &Traversal) -> Result<Str, Box<Diagnostic>> {
    let root = &traversal.root;
    let (at, detail) = match traversal.steps.first() {
        None => (
            traversal.root_span,
            format!("The \"{root}\" object cannot be accessed directly. Instead, access one of its attributes."),
        ),
        Some(TraversalStep { kind: StepKind::Attr(name), .. }) => return Ok(name.clone()),
        Some(TraversalStep { kind: StepKind::Index(_), span }) => {
            (*span, format!("The \"{root}\" object does not support this operation."))
        }
    };
    Err(Box::new(Diagnostic::error("Invalid reference", detail).at(at)))
}

fn bad_attribute(traversal: &Traversal, summary: &'static str, detail: String) -> Box<Diagnostic> {
    Box::new(Diagnostic::error(summary, detail).at(traversal.span_through(0)))
}

fn terraform_attribute(name: &str) -> String {
    if name == "env" {
        return "The terraform.env attribute was deprecated in v0.10 and removed in v0.12. The \"state environment\" \
                concept was renamed to \"workspace\" in v0.12, and so the workspace name can now be accessed using the \
                terraform.workspace attribute."
            .to_owned();
    }
    format!(
        "The \"terraform\" object does not have an attribute named \"{name}\". The only supported attributes are \
         terraform.workspace, the name of the currently-selected workspace, and terraform.applying, a boolean which is \
         true only during apply."
    )
}

fn reserved(traversal: &Traversal) -> Box<Diagnostic> {
    let detail = format!(
        "The symbol name \"{}\" is reserved for use in a future Terraform version. If you are using a provider that \
         already uses this as a resource type name, add the prefix \"resource.\" to force interpretation as a resource \
         type name.",
        traversal.root
    );
    Box::new(Diagnostic::error("Reserved symbol name", detail).at(traversal.root_span))
}

fn noun(root: &str) -> &'static str {
    match root {
        "data" => "a data source",
        "ephemeral" => "an ephemeral resource type",
        _ => "a resource type",
    }
}

fn two_names(traversal: &Traversal) -> Box<Diagnostic> {
    let what = match &*traversal.root {
        "data" => "the data source type and the resource name",
        "ephemeral" => "the ephemeral resource type and the resource name",
        _ => "the resource type and the resource name",
    };
    let detail = format!("The \"{}\" object must be followed by two attribute names: {what}.", traversal.root);
    Box::new(Diagnostic::error("Invalid reference", detail).at(traversal.span))
}

fn no_name(at: Span, noun: &str) -> Box<Diagnostic> {
    let detail = format!(
        "A reference to {noun} must be followed by at least one attribute access, specifying the resource name."
    );
    Box::new(Diagnostic::error("Invalid reference", detail).at(at))
}

/// Calls `found` with each reference of an expression, or with what is wrong with it.
pub(super) fn each_reference(expr: &Expr, bound: &[Str], found: &mut dyn FnMut(Result<Ref, Box<Diagnostic>>)) {
    walk(expr, bound, |thing| {
        if let Found::Name(traversal) = thing {
            found(parse_reference(traversal));
        }
    });
}

/// The same for a body. Inside the `content` of a `dynamic` block its iterator is no reference.
pub(super) fn each_body_reference(body: &Body, bound: &[Str], found: &mut dyn FnMut(Result<Ref, Box<Diagnostic>>)) {
    for attribute in &body.attributes {
        each_reference(&attribute.value, bound, found);
    }
    for block in &body.blocks {
        let label = block.labels.first().filter(|_| &*block.kind == "dynamic");
        let Some(label) = label else {
            each_body_reference(&block.body, bound, found);
            continue;
        };
        let iterator = block.body.attribute("iterator").and_then(|attribute| match &attribute.value.kind {
            ExprKind::Variable(name) => Some(name.clone()),
            _ => None,
        });
        let mut inner = bound.to_vec();
        inner.push(iterator.unwrap_or_else(|| label.text.clone()));
        for attribute in &block.body.attributes {
            match &*attribute.name {
                "iterator" => {}
                "labels" => each_reference(&attribute.value, &inner, found),
                _ => each_reference(&attribute.value, bound, found),
            }
        }
        for content in &block.body.blocks {
            each_body_reference(&content.body, &inner, found);
        }
    }
}
