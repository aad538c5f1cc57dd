//! What the vendor does in a project by itself: looking whether computes can be reached, and suspending idle ones.
//!
//! Nothing of it is stored before somebody changes the project: the world's seed and the project's
//! age decide when it happens, so that a run that is repeated meets it again.

use jiff::SignedDuration;
use jiff::Timestamp;

use crate::sim::call::Call;
use crate::sim::draw::digest;
use crate::sim::draw::fraction_of;
use crate::sim::draw::uuid_of;
use crate::sim::neon::endpoints;
use crate::sim::neon::endpoints::Endpoint;
use crate::sim::neon::operations::Operation;
use crate::sim::neon::projects::Project;

/// The grain of a project's life, in seconds: one look takes one of these.
const SLOT: f64 = 3.0;
/// In how many of them the vendor looks.
const RATE: f64 = 0.02;
/// How many of them are remembered.
const KEPT: i64 = 400;

/// Whether work of the vendor's own is under way.
pub(super) fn is_busy(call: &Call<'_>, project: &str) -> bool {
    let mut all = looks(call, project, 0).into_iter().chain(suspensions(call, project));
    all.any(|operation| operation.is_under_way(call.now))
}

/// What the vendor did in the last while, and what it is doing.
pub(super) fn recent(call: &Call<'_>, project: &str) -> Vec<Operation> {
    let mut found = looks(call, project, KEPT);
    found.extend(suspensions(call, project));
    found
}

/// Stores what would be forgotten once the computes are changed.
pub(super) fn remember(call: &mut Call<'_>, project: &str) {
    for operation in suspensions(call, project) {
        call.put(operation);
    }
}

fn looks(call: &Call<'_>, project: &str, kept: i64) -> Vec<Operation> {
    let Some(project) = call.get::<Project>(project) else { return Vec::new() };
    let Ok(slot) = SignedDuration::try_from(call.seconds(SLOT)) else { return Vec::new() };
    let length = slot.as_nanos().max(1);
    let age = call.now.duration_since(project.created_at).as_nanos();
    let present = i64::try_from(age / length).unwrap_or(0);
    // A new project is left alone until it is up.
    let slots = (present - kept).max(4)..=present;
    let looked = slots.filter(|n| {
        let lot = digest([&call.world.seed().to_be_bytes(), b"look", &n.to_be_bytes(), project.id.as_bytes()]);
        fraction_of(lot) < RATE
    });
    let operation = |n: i64| {
        let starts_at = project.created_at + SignedDuration::from_nanos(length as i64 * n);
        let endpoint = call.list::<Endpoint>().find(|endpoint| endpoint.project == project.id);
        Operation {
            id: uuid_of(digest([b"look", &n.to_be_bytes()[..], project.id.as_bytes()])),
            project: project.id.clone(),
            branch: endpoint.map(|endpoint| endpoint.branch.clone()),
            endpoint: endpoint.map(|endpoint| endpoint.id.clone()),
            action: "check_availability".to_owned(),
            created_at: starts_at,
            starts_at,
            ends_at: starts_at + slot,
        }
    };
    looked.map(operation).collect()
}

fn suspensions(call: &Call<'_>, project: &str) -> Vec<Operation> {
    let of = endpoints::of_project(call, project);
    let begun = of.filter_map(|endpoint| Some((endpoint, endpoint.suspends(call)?)));
    let operation = |(endpoint, (starts_at, ends_at)): (&Endpoint, (Timestamp, Timestamp))| Operation {
        id: uuid_of(digest([b"idle", &starts_at.as_nanosecond().to_be_bytes()[..], endpoint.id.as_bytes()])),
        project: endpoint.project.clone(),
        branch: Some(endpoint.branch.clone()),
        endpoint: Some(endpoint.id.clone()),
        action: "suspend_compute".to_owned(),
        created_at: starts_at,
        starts_at,
        ends_at,
    };
    begun.filter(|(_, (starts_at, _))| *starts_at <= call.now).map(operation).collect()
}
