//! The way back: from a place in a decoded object to where it is written.

use crate::diag::Span;
use crate::eval::BodyId;
use crate::eval::Module;
use crate::value::Path;
use crate::value::Step;

/// Where the value at a path was written: the attribute's expression, else the nearest block around it. `None` when
/// nothing on the way is written.
pub fn span_of(module: &Module, body: BodyId, path: &Path) -> Option<Span> {
    let mut body = module.body(body);
    let mut found = None;
    let mut steps = path.steps().iter().peekable();
    while let Some(step) = steps.next() {
        let Step::Attr(name) = step else { break };
        if let Some(attribute) = body.attributes.iter().find(|attribute| attribute.name == *name) {
            return Some(module.arena.span(attribute.value));
        }
        let mut blocks = body.blocks.iter().filter(|block| block.kind == *name);
        let key = steps.next_if(|step| matches!(step, Step::Index(_)));
        let is_dynamic = blocks.clone().any(|block| block.dynamic.is_some());
        let block = match key {
            // With dynamic blocks among them, numbers do not tell which block it is; the first dynamic one is likeliest.
            Some(_) if is_dynamic => blocks.find(|block| block.dynamic.is_some()),
            Some(Step::Index(key)) => match (key.as_i64(), key.as_str()) {
                (Some(at), _) => usize::try_from(at).ok().and_then(|at| blocks.nth(at)),
                (_, Some(key)) => blocks.find(|block| block.labels.first().is_some_and(|(label, _)| **label == *key)),
                _ => blocks.next(),
            },
            _ => blocks.next(),
        };
        let Some(block) = block else { break };
        found = Some(block.span);
        body = module.body(block.body);
    }
    found
}
