//! Bodies of blocks, with `dynamic` blocks recognised.

use super::Bound;
use super::Lowerer;
use crate::diag::Diagnostic;
use crate::eval::AttributeDef;
use crate::eval::BlockDef;
use crate::eval::Body;
use crate::eval::BodyId;
use crate::eval::DynamicDef;
use crate::eval::ExprId;
use crate::syntax;
use crate::syntax::Block;
use crate::syntax::ExprKind;
use crate::value::Str;

impl Lowerer<'_> {
    pub(super) fn body(&mut self, body: &syntax::Body) -> BodyId {
        let attributes = body.attributes.iter().map(|attribute| AttributeDef {
            name: attribute.name.clone(),
            value: self.expr(&attribute.value),
            name_span: attribute.name_span,
        });
        let attributes = attributes.collect();
        let blocks = body.blocks.iter().filter_map(|block| self.block(block)).collect();
        let id = BodyId(u32::try_from(self.bodies.len()).expect("fewer blocks than bytes of source"));
        self.bodies.push(Body { attributes, blocks, span: body.span });
        id
    }

    fn block(&mut self, block: &Block) -> Option<BlockDef> {
        if &*block.kind == "dynamic" {
            return self.dynamic(block);
        }
        Some(BlockDef {
            is_for_provisioners: false,
            kind: block.kind.clone(),
            kind_span: block.kind_span,
            labels: block.labels.iter().map(|label| (label.text.clone(), label.span)).collect(),
            body: self.body(&block.body),
            dynamic: None,
            span: block.header,
        })
    }

    fn dynamic(&mut self, block: &Block) -> Option<BlockDef> {
        let [label] = block.labels.as_slice() else {
            let (summary, detail) = if block.labels.is_empty() {
                ("Missing name for dynamic", "All dynamic blocks must have 1 labels (type).")
            } else {
                ("Extraneous label for dynamic", "Only 1 labels (type) are expected for dynamic blocks.")
            };
            self.diags.push(Diagnostic::error(summary, detail).at(block.header));
            return None;
        };
        for attribute in &block.body.attributes {
            if !matches!(&*attribute.name, "for_each" | "iterator" | "labels") {
                let detail = format!("An argument named {:?} is not expected here.", attribute.name);
                self.diags.push(Diagnostic::error("Unsupported argument", detail).at(attribute.name_span));
            }
        }
        let for_each = match block.body.attribute("for_each") {
            Some(attribute) => Some(self.expr(&attribute.value)),
            None => {
                let detail = "The argument \"for_each\" is required, but no definition was found.";
                self.diags.push(Diagnostic::error("Missing required argument", detail).at(block.header));
                None
            }
        };
        let iterator = self.iterator(block, &label.text)?;
        let content = self.content(block)?;
        let depth = self.bound.len();
        self.bound.extend([Bound::Hidden, Bound::Iterator(iterator.clone())]);
        let labels = self.dynamic_labels(block);
        let body = self.body(&content.body);
        self.bound.truncate(depth);
        Some(BlockDef {
            is_for_provisioners: false,
            kind: label.text.clone(),
            kind_span: label.span,
            labels: Vec::new(),
            body,
            dynamic: Some(DynamicDef { for_each: for_each?, labels, iterator }),
            span: block.header,
        })
    }

    fn iterator(&mut self, block: &Block, kind: &Str) -> Option<Str> {
        let Some(attribute) = block.body.attribute("iterator") else { return Some(kind.clone()) };
        if let ExprKind::Variable(name) = &attribute.value.kind {
            return Some(name.clone());
        }
        let detail = "Dynamic iterator must be a single variable name.";
        self.diags.push(Diagnostic::error("Invalid dynamic iterator name", detail).at(attribute.value.span));
        None
    }

    fn content<'b>(&mut self, block: &'b Block) -> Option<&'b Block> {
        let mut content = None;
        for nested in &block.body.blocks {
            let problem = if &*nested.kind != "content" {
                let detail = format!("Blocks of type {:?} are not expected here.", nested.kind);
                Diagnostic::error("Unsupported block type", detail).at(nested.kind_span)
            } else if content.is_some() {
                let detail = "Only one nested content block is allowed for each dynamic block.";
                Diagnostic::error("Extraneous dynamic content block", detail).at(nested.header)
            } else {
                content = Some(nested);
                continue;
            };
            self.diags.push(problem);
        }
        if content.is_none() {
            let detail = "A dynamic block must have a nested block of type \"content\" to describe the body of each \
                          generated block.";
            self.diags.push(Diagnostic::error("Missing dynamic content block", detail).at(block.header));
        }
        content
    }

    fn dynamic_labels(&mut self, block: &Block) -> Vec<ExprId> {
        let Some(attribute) = block.body.attribute("labels") else { return Vec::new() };
        match &attribute.value.kind {
            ExprKind::Tuple(labels) => labels.iter().map(|label| self.expr(label)).collect(),
            _ => {
                let detail = "The \"labels\" of a dynamic block must be written as a list of expressions, as \
                              [each.key].";
                self.diags.push(Diagnostic::error("Invalid dynamic block label", detail).at(attribute.value.span));
                Vec::new()
            }
        }
    }
}
