//! What steps are called while they run and once they are done.

use std::time::Duration;

use crate::addr::InstanceAddr;
use crate::apply::StepName;
use crate::apply::Undone;
use crate::plan::Counts;
use crate::plan::Op;
use crate::provider::Wait;
use crate::report::plan::object_name;

/// The words for one kind of step.
pub(super) struct Words {
    /// `Creating...`
    pub(super) start: &'static str,
    /// `Still creating...`
    pub(super) still: &'static str,
    /// `Creation complete`
    pub(super) done: &'static str,
    /// `Creation errored`
    pub(super) failed: &'static str,
    /// In `-json`.
    pub(super) action: &'static str,
}

pub(super) fn words(op: Op) -> Words {
    match op {
        Op::Create => Words {
            start: "Creating...",
            still: "Still creating...",
            done: "Creation complete",
            failed: "Creation errored",
            action: "create",
        },
        Op::Update => Words {
            start: "Modifying...",
            still: "Still modifying...",
            done: "Modifications complete",
            failed: "Modifications errored",
            action: "update",
        },
        Op::Release => Words {
            start: "Releasing what goes...",
            still: "Still releasing what goes...",
            done: "Release complete",
            failed: "Release errored",
            action: "update",
        },
        Op::Retake => Words {
            start: "Taking back what stays...",
            still: "Still taking back what stays...",
            done: "Taking back complete",
            failed: "Taking back errored",
            action: "update",
        },
        Op::Delete | Op::DeleteDeposed => Words {
            start: "Destroying...",
            still: "Still destroying...",
            done: "Destruction complete",
            failed: "Destruction errored",
            action: "delete",
        },
        Op::Read => Words {
            start: "Reading...",
            still: "Still reading...",
            done: "Read complete",
            failed: "Read errored",
            action: "read",
        },
        Op::Forget => Words {
            start: "Forgetting...",
            still: "Still forgetting...",
            done: "Forgotten",
            failed: "Forgetting errored",
            action: "remove",
        },
    }
}

/// `Put back after 3s, as acme_vm.a failed`: of a step that did not fail itself.
pub(super) fn undone(how: Undone, cause: Option<&InstanceAddr>, elapsed: Duration) -> String {
    let cause = cause.map_or("what goes with it".to_owned(), InstanceAddr::to_string);
    match how {
        Undone::Restored => format!("Put back after {}, as {cause} failed", seconds(elapsed)),
        Undone::Untouched => format!("Not tried, as {cause} failed"),
        Undone::Unknown => format!("Not known how it ended, as {cause} failed; the next run looks"),
    }
}

/// The object of a step, as messages name it.
pub(super) fn name(step: &StepName) -> String {
    object_name(&step.addr, &step.object)
}

/// ` [id=…]`, where there is an id.
pub(super) fn id_text(id: Option<&String>) -> String {
    id.filter(|id| !id.is_empty()).map(|id| format!(" [id={}]", super::super::wrap::visible(id))).unwrap_or_default()
}

/// `DigitalOcean: Waiting 42s for its limit of 250 requests in 60s...`
pub(super) fn waiting(wait: &Wait) -> String {
    let time = if wait.wait < Duration::from_secs(1) { String::new() } else { format!(" {}", seconds(wait.wait)) };
    format!("{}: Waiting{time} for {}...", wait.vendor, wait.limit)
}

/// To the nearest second.
pub(super) fn whole_seconds(elapsed: Duration) -> u64 {
    elapsed.as_secs() + u64::from(elapsed.subsec_millis() >= 500)
}

/// `3s`, `2m5s`, `1h2m3s`
pub(super) fn seconds(elapsed: Duration) -> String {
    let seconds = whole_seconds(elapsed);
    let (hours, minutes, rest) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    match (hours, minutes) {
        (0, 0) => format!("{rest}s"),
        (0, _) => format!("{minutes}m{rest}s"),
        _ => format!("{hours}h{minutes}m{rest}s"),
    }
}

/// `Apply complete! Resources: 1 added, 0 changed, 0 destroyed.`
pub fn apply_summary(counts: Counts) -> String {
    let import = if counts.import > 0 { format!("{} imported, ", counts.import) } else { String::new() };
    format!(
        "Apply complete! Resources: {import}{} added, {} changed, {} destroyed.",
        counts.add, counts.change, counts.destroy
    )
}

/// `Destroy complete! Resources: 2 destroyed.`
pub fn destroy_summary(counts: Counts) -> String {
    format!("Destroy complete! Resources: {} destroyed.", counts.destroy)
}
