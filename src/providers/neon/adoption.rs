//! What a project or a branch comes with: taken over by the resource that names it, and let go of afterwards.
//!
//! A project is never empty: it has a default branch, with a compute, a role and a database. A resource that names one of
//! these does not make it but takes it over. What was taken over is not removed with its resource: it goes with its
//! project or branch. The provider's note says so; it is written before the create, where the place is looked at.

use jiff::SignedDuration;
use jiff::Timestamp;
use serde_json::Value as Json;
use serde_json::json;

use crate::provider::Cx;

const ADOPTED: &str = "adopted";
/// What comes with a branch is made in one go with it; this is no more than the vendor's clocks may differ by.
const WITH: SignedDuration = SignedDuration::from_secs(60);

/// Notes that an object was there before, by the id that it is asked for with.
pub(super) fn note(cx: &Cx, id: &str) {
    cx.set_private(json!({ADOPTED: id}));
}

/// The id of an object that was there before.
pub(super) fn noted(private: &Json) -> Option<&str> {
    private.get(ADOPTED)?.as_str()
}

/// Why such an object is not removed.
pub(super) fn keeps(private: &Json, what: &str) -> Option<String> {
    noted(private).map(|_| format!("{what} was not made by this configuration, and goes when its project does"))
}

/// Whether something came with its branch, by the times at which both were made. A branch has the roles and databases
/// that its parent had, and these may be older.
pub(super) fn came_with(branch: &str, made: &str) -> bool {
    match (branch.parse::<Timestamp>(), made.parse::<Timestamp>()) {
        (Ok(branch), Ok(made)) => made.duration_since(branch) <= WITH,
        _ => false,
    }
}
