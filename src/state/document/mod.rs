//! The document that holds a snapshot: `state/README.md` describes it, `state/format-1.schema.json` is its schema.
//!
//! Text that a person can read, the same for the same snapshot: sorted by address, one attribute a line. The digest is
//! over every byte before it, so that damage and edits are told apart from what was written. Only the newest format is
//! written; a newer one than known is refused.

mod head;
pub(super) mod part;
mod read;
mod resource;
mod survey;
mod write;

pub(crate) use head::Head;
pub(crate) use read::Check;
pub(crate) use read::Failure;
pub(crate) use read::read;
pub(crate) use survey::Survey;
pub(crate) use write::write;

/// The format that is written.
pub(crate) const FORMAT: u64 = 1;

/// What stands before the digest's digits.
const DIGEST: &str = ",\n  \"digest\": \"sha256:";

/// What stands behind them.
const END: &str = "\"\n}\n";

#[cfg(test)]
mod tests;
