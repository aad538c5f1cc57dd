//! Values as text: whole, or as the difference of two. Takes values and schemas, writes lines; knows nothing of plans.
//!
//! Everything is set on a grid of four columns: a line of level `n` has `4n` spaces, a sign in three columns, a space,
//! and then its text. Sensitive values never get this far: [`Page::hides`] is asked first wherever a value is written.

mod block;
mod diff;
mod entries;
mod lines;
mod page;
mod plain;
mod text;
mod whole;

pub(super) use block::Content;
pub(super) use page::Page;
pub(super) use page::Sign;
pub(super) use plain::plain;

use crate::value::Value;

/// Whether two values are equal but for marks.
pub(super) fn same(a: &Value, b: &Value) -> bool {
    match (a.contains_marked(), b.contains_marked()) {
        (false, false) => a == b,
        _ => a.clone().unmark_deep().0 == b.clone().unmark_deep().0,
    }
}

#[cfg(test)]
mod tests;
