//! Laying an override file's block over the block it overrides.

use crate::syntax::Attribute;
use crate::syntax::Block;
use crate::syntax::Body;
use crate::value::Str;

/// Arguments replace those of the same name; nested blocks replace all of their type, except that `lifecycle` is merged
/// argument by argument.
pub(super) fn merge_body(base: &mut Body, over: Body) {
    for attribute in over.attributes {
        merge_attribute(base, attribute);
    }
    let mut replaced: Vec<Str> = Vec::new();
    for block in over.blocks {
        if &*block.kind == "lifecycle"
            && let Some(lifecycle) = base.blocks.iter_mut().find(|known| known.kind == block.kind)
        {
            merge_body(&mut lifecycle.body, block.body);
            continue;
        }
        let kind = effective_kind(&block);
        if !replaced.contains(&kind) {
            base.blocks.retain(|known| effective_kind(known) != kind);
            replaced.push(kind);
        }
        base.blocks.push(block);
    }
}

fn merge_attribute(base: &mut Body, attribute: Attribute) {
    // The two exclude each other, and the override is what is wanted.
    let excluded = match &*attribute.name {
        "count" => Some("for_each"),
        "for_each" => Some("count"),
        _ => None,
    };
    base.attributes.retain(|known| known.name != attribute.name && Some(&*known.name) != excluded);
    base.attributes.push(attribute);
}

/// A `dynamic` block counts as a block of the type that it makes.
fn effective_kind(block: &Block) -> Str {
    let made = block.labels.first().filter(|_| &*block.kind == "dynamic");
    made.map_or_else(|| block.kind.clone(), |label| label.text.clone())
}
