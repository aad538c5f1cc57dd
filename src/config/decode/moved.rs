//! `moved` blocks.

use super::content::Content;
use super::content::Cx;
use super::content::check_labels;
use super::content::take_value;
use super::target::target;
use crate::config::declaration::Moved;
use crate::syntax::Block;

/// A `moved` block.
pub(in crate::config) fn moved(cx: &mut Cx<'_>, mut block: Block) -> Option<Moved> {
    check_labels(cx, &block, &[]);
    cx.check(&block.body, &Content { required: &["from", "to"], ..Content::default() });
    let [from, to] = ["from", "to"].map(|name| take_value(&mut block.body, name));
    let [from, to] = [from?, to?].map(|expr| target(cx, &expr));
    let (from, to, span) = (from?, to?, block.header);
    if from.resource.is_some() != to.resource.is_some() {
        let detail = "The \"from\" and \"to\" addresses must either both refer to resources or both refer to modules.";
        cx.error(span, "Invalid \"moved\" addresses", detail);
        return None;
    }
    Some(Moved { from, to, span })
}
