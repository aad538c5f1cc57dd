//! A check without evaluating: are the attributes that a module reads of resources in their schemas?

use super::Module;
use super::arena::Node;
use crate::addr::Mode;
use crate::diag::Diagnostic;
use crate::diag::Diagnostics;
use crate::diag::did_you_mean;
use crate::schema::Schema;

/// Reports each attribute of a resource that is read anywhere in the module and that its schema does not have. Types
/// without a schema are passed over.
pub fn check_attributes<'s>(
    module: &Module,
    schema: impl Fn(Mode, &str) -> Option<&'s Schema>,
    diags: &mut Diagnostics,
) {
    for (id, node) in module.arena.iter() {
        let (of, step) = match node {
            Node::GetAttr { of, name } => (*of, Step::Attr(name)),
            Node::Index { of, key } => match module.arena.constant(*key).and_then(|key| key.as_str()) {
                Some(name) => (*of, Step::Index(name)),
                None => continue,
            },
            _ => continue,
        };
        let slot = match module.arena.node(of) {
            Node::Resource(slot) | Node::ResourceInstance { slot, .. } => *slot as usize,
            _ => continue,
        };
        let resource = &module.resources[slot];
        let Some(schema) = schema(resource.mode, &resource.ty) else { continue };
        let diagnostic = match step {
            Step::Attr(name) if schema.shape().index(name).is_none() => {
                let known = schema.shape().names().iter().map(|name| &**name);
                let near = did_you_mean(name, known);
                let detail =
                    format!("This object has no argument, nested block, or exported attribute named {name:?}.{near}");
                Diagnostic::error("Unsupported attribute", detail)
            }
            Step::Index(name) if schema.shape().index(name).is_some() => continue,
            Step::Index(name) => {
                let detail = format!(
                    "Only attribute access is allowed here. Did you mean to access attribute {name:?} using the dot \
                     operator?"
                );
                Diagnostic::error("Invalid index operation", detail)
            }
            Step::Attr(_) => continue,
        };
        diags.push(diagnostic.at(module.arena.span(id)));
    }
}

enum Step<'a> {
    Attr(&'a str),
    Index(&'a str),
}
