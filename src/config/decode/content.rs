//! What a block may contain, and taking it out.

use crate::diag::Diagnostic;
use crate::diag::Diagnostics;
use crate::diag::Sources;
use crate::diag::Span;
use crate::diag::did_you_mean;
use crate::diag::nearest;
use crate::syntax::Attribute;
use crate::syntax::Block;
use crate::syntax::Body;
use crate::syntax::Expr;
use crate::syntax::is_identifier;

/// What decoding needs beside the block.
pub(in crate::config) struct Cx<'a> {
    pub(in crate::config) sources: &'a Sources,
    pub(in crate::config) diags: &'a mut Diagnostics,
}

/// What a block may hold.
#[derive(Default)]
pub(super) struct Content<'a> {
    pub(super) required: &'a [&'a str],
    pub(super) optional: &'a [&'a str],
    pub(super) blocks: &'a [&'a str],
}

impl Cx<'_> {
    pub(in crate::config) fn error(&mut self, at: Span, summary: &'static str, detail: impl Into<String>) {
        self.diags.push(Diagnostic::error(summary, detail).at(at));
    }

    /// Reports what does not belong into a body, and what is missing there.
    pub(super) fn check(&mut self, body: &Body, content: &Content<'_>) {
        let known = || content.required.iter().chain(content.optional).copied();
        for attribute in &body.attributes {
            if !known().any(|name| name == &*attribute.name) {
                let missing = known().filter(|name| body.attribute(name).is_none());
                unsupported_argument(self, attribute, missing, content.blocks);
            }
        }
        for block in &body.blocks {
            if !content.blocks.contains(&&*block.kind) {
                unsupported_block(self, block, content.blocks.iter().copied(), known());
            }
        }
        for name in content.required {
            if body.attribute(name).is_none() {
                self.missing(body, name);
            }
        }
    }

    pub(super) fn missing(&mut self, body: &Body, name: &str) {
        let detail = format!("The argument \"{name}\" is required, but no definition was found.");
        self.error(open_brace(body), "Missing required argument", detail);
    }

    /// Whether a block's name can be one; reports it otherwise.
    pub(super) fn check_name(&mut self, block: &Block, label: usize, summary: &'static str) -> bool {
        let Some(label) = block.labels.get(label) else { return false };
        let is_name = is_identifier(&label.text);
        if !is_name {
            self.error(label.span, summary, NAME_RULE);
        }
        is_name
    }
}

pub(super) const NAME_RULE: &str =
    "A name must start with a letter or underscore and may contain only letters, digits, underscores, and dashes.";

/// The brace that opens a body: where something is missing.
fn open_brace(body: &Body) -> Span {
    Span { start: body.span.start.saturating_sub(1), end: body.span.start, ..body.span }
}

/// Reports an argument that has no place in its block.
pub(in crate::config) fn unsupported_argument<'k>(
    cx: &mut Cx<'_>,
    attribute: &Attribute,
    known: impl IntoIterator<Item = &'k str>,
    blocks: &[&str],
) {
    let name = &*attribute.name;
    let hint = if blocks.contains(&name) {
        format!(" Did you mean to define a block of type \"{name}\"?")
    } else {
        did_you_mean(name, known)
    };
    let detail = format!("An argument named \"{name}\" is not expected here.{hint}");
    cx.error(attribute.name_span, "Unsupported argument", detail);
}

/// Reports a block that has no place where it stands.
pub(in crate::config) fn unsupported_block<'k>(
    cx: &mut Cx<'_>,
    block: &Block,
    known: impl IntoIterator<Item = &'k str>,
    attributes: impl IntoIterator<Item = &'k str>,
) {
    let name = &*block.kind;
    let hint = if attributes.into_iter().any(|known| known == name) {
        format!(" Did you mean to define argument \"{name}\"? If so, use the equals sign to assign it a value.")
    } else {
        match nearest(name, known) {
            Some(near) => format!(" Did you mean \"{near}\"?"),
            None => String::new(),
        }
    };
    let detail = format!("Blocks of type \"{name}\" are not expected here.{hint}");
    cx.error(block.kind_span, "Unsupported block type", detail);
}

/// Whether a block has exactly the labels that its type wants; reports it otherwise.
pub(in crate::config) fn check_labels(cx: &mut Cx<'_>, block: &Block, wanted: &[&str]) -> bool {
    let kind = &block.kind;
    let count = wanted.len();
    let names = wanted.join(", ");
    if let Some(extra) = block.labels.get(count) {
        let detail = match count {
            0 => format!("No labels are expected for {kind} blocks."),
            _ => format!("Only {count} labels ({names}) are expected for {kind} blocks."),
        };
        let span = extra.span;
        cx.diags.push(Diagnostic::error(format!("Extraneous label for {kind}"), detail).at(span));
        return false;
    }
    if let Some(missing) = wanted.get(block.labels.len()) {
        let detail = format!("All {kind} blocks must have {count} labels ({names}).");
        let at = open_brace(&block.body);
        cx.diags.push(Diagnostic::error(format!("Missing {missing} for {kind}"), detail).at(at));
        return false;
    }
    true
}

/// Takes an argument out of a body.
pub(super) fn take(body: &mut Body, name: &str) -> Option<Attribute> {
    let at = body.attributes.iter().position(|attribute| &*attribute.name == name)?;
    Some(body.attributes.remove(at))
}

/// Takes an argument's value out of a body.
pub(super) fn take_value(body: &mut Body, name: &str) -> Option<Expr> {
    take(body, name).map(|attribute| attribute.value)
}

/// Takes all blocks of a type out of a body.
pub(super) fn take_blocks(body: &mut Body, kind: &str) -> Vec<Block> {
    if !body.blocks.iter().any(|block| &*block.kind == kind) {
        return Vec::new();
    }
    let (taken, kept) = std::mem::take(&mut body.blocks).into_iter().partition(|block| &*block.kind == kind);
    body.blocks = kept;
    taken
}
