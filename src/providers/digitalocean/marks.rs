//! The tags that objects carry for us: which operation made one, and which state it belongs to. Never shown.

use crate::provider::Cx;

const OPERATION: &str = "infra-op:";
const LINEAGE: &str = "infra:";

/// The tag that only the object made by this operation carries. Removed once the object's id is safe.
pub(super) fn operation(op: &str) -> String {
    format!("{OPERATION}{op}")
}

/// The tag that all objects of one state carry.
pub(super) fn lineage(cx: &Cx) -> String {
    format!("{LINEAGE}{}", cx.lineage)
}

/// Whether a tag is the user's.
pub(super) fn is_shown(tag: &str) -> bool {
    !tag.starts_with(OPERATION) && !tag.starts_with(LINEAGE)
}

/// Whether a tag is an operation's.
pub(super) fn is_operation(tag: &str) -> bool {
    tag.starts_with(OPERATION)
}
