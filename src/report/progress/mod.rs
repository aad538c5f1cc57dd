//! What happens while something runs, as it happens: terse lines, a live tree, or a stream of JSON.
//!
//! Each is an [`crate::apply::Observer`]: the engine sends the same events to all, and does not know which one listens.

mod board;
mod json_lines;
mod lines;
mod still;
mod tree;
mod words;

pub use json_lines::JsonLines;
pub use lines::Lines;
pub use tree::Tree;
pub use words::apply_summary;
pub use words::destroy_summary;

#[cfg(test)]
mod tests;
