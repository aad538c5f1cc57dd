//! Whether an object is young enough to be one that an operation made.

use jiff::SignedDuration;
use jiff::Timestamp;

/// The vendor's clock and ours may differ by so much.
const SKEW: SignedDuration = SignedDuration::from_mins(2);

/// Whether something was made since a time, as far as the vendor says when it was made.
pub(super) fn is_since(created_at: Option<&str>, since: Timestamp) -> bool {
    let created = created_at.and_then(|at| at.parse::<Timestamp>().ok());
    created.is_none_or(|created| created.duration_since(since) >= -SKEW)
}
