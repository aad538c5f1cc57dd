//! A compute's coming up and going down: by request, for a change to its databases, and by itself when idle.

use http::StatusCode;
use jiff::SignedDuration;
use jiff::Timestamp;
use serde::Deserialize;
use serde::Serialize;
use serde_json::json;

use crate::sim::call::Call;
use crate::sim::neon::branches::Branch;
use crate::sim::neon::endpoints::Endpoint;
use crate::sim::neon::endpoints::check_active;
use crate::sim::neon::endpoints::need;
use crate::sim::neon::endpoints::of_project;
use crate::sim::neon::endpoints::up;
use crate::sim::neon::endpoints::writer;
use crate::sim::neon::operations;
use crate::sim::neon::operations::Operation;
use crate::sim::neon::operations::Work;
use crate::sim::neon::projects::Project;
use crate::sim::neon::refuse;
use crate::sim::refusal::Refusal;
use crate::sim::reply::Reply;

/// A moment at which a compute gets into a state.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Step {
    pub(super) at: Timestamp,
    pub(super) state: State,
}

/// What a compute does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum State {
    /// It has never run.
    Init,
    /// It runs.
    Active,
    /// It does not, and would when somebody connects.
    Idle,
}

impl State {
    /// The vendor's word.
    pub(super) fn name(self) -> &'static str {
        match self {
            State::Init => "init",
            State::Active => "active",
            State::Idle => "idle",
        }
    }
}

/// What a compute does at one moment, and when it did what.
pub(super) struct Power {
    pub(super) current: State,
    pub(super) pending: Option<State>,
    pub(super) last_active: Option<Timestamp>,
    pub(super) started_at: Option<Timestamp>,
    pub(super) suspended_at: Option<Timestamp>,
}

/// How long it takes to suspend a compute that nobody uses, in seconds.
const SUSPENSION: f64 = 0.6;
/// How many steps are remembered.
const KEPT: usize = 6;

impl Endpoint {
    /// From when to when the vendor suspends it because it is idle, if it is up and nothing else will happen.
    pub(in crate::sim::neon) fn suspends(&self, call: &Call<'_>) -> Option<(Timestamp, Timestamp)> {
        let last = self.steps.last().filter(|last| last.state == State::Active)?;
        let begins = last.at + call.seconds(self.compute.idles()?);
        Some((begins, begins + call.seconds(SUSPENSION)))
    }

    /// Its state at the moment of the call.
    pub(super) fn power(&self, call: &Call<'_>) -> Power {
        let suspension = self.suspends(call);
        let by_itself = suspension.map(|(_, at)| Step { at, state: State::Idle });
        let (mut current, mut pending) = (State::Init, None);
        let (mut last_active, mut started_at, mut suspended_at) = (None, None, None);
        for step in self.steps.iter().chain(&by_itself) {
            if step.at > call.now {
                let is_begun = suspension.is_none_or(|(begins, at)| step.at != at || begins <= call.now);
                pending = pending.or(Some(step.state).filter(|_| is_begun));
                continue;
            }
            match (current, step.state) {
                (State::Active, State::Active) => {}
                (_, State::Active) => started_at = Some(step.at),
                (State::Active, State::Idle) => (last_active, suspended_at) = (Some(step.at), Some(step.at)),
                _ => {}
            }
            current = step.state;
        }
        // While it runs it was last active just now.
        last_active = if current == State::Active { Some(call.now) } else { last_active };
        Power { current, pending: pending.filter(|state| *state != current), last_active, started_at, suspended_at }
    }

    /// Whether it runs.
    pub(super) fn is_up(&self, call: &Call<'_>) -> bool {
        self.power(call).current == State::Active
    }

    /// The endpoint with what will happen to it; what it did by itself so far is settled.
    pub(super) fn stepping(&self, call: &Call<'_>, next: impl IntoIterator<Item = (Timestamp, State)>) -> Endpoint {
        let mut steps = self.steps.clone();
        let slept = self.suspends(call).filter(|(_, at)| *at <= call.now);
        steps.extend(slept.map(|(_, at)| Step { at, state: State::Idle }));
        steps.drain(..steps.len().saturating_sub(KEPT));
        steps.extend(next.into_iter().map(|(at, state)| Step { at, state }));
        Endpoint { steps, updated_at: call.now, ..self.clone() }
    }
}

/// `POST …/start`: nothing to do where it runs already.
pub(super) fn start(call: &mut Call<'_>, project: &Project, id: &str) -> Result<Reply, Refusal> {
    let endpoint = need(call, project, id)?.clone();
    if endpoint.disabled {
        return Err(refuse::unacceptable("endpoint is disabled"));
    }
    if endpoint.is_up(call) {
        return answer(call, project, endpoint, &[]);
    }
    check_active(call, project, &endpoint.branch, 1)?;
    let work = vec![Work::on_endpoint("start_compute", &endpoint.branch, id)];
    let begun = operations::begin(call, &project.id, work)?;
    let endpoint = endpoint.stepping(call, [(operations::end(call, &begun), State::Active)]);
    answer(call, project, endpoint, &begun)
}

/// `POST …/suspend`: nothing to do where it does not run.
pub(super) fn suspend(call: &mut Call<'_>, project: &Project, id: &str) -> Result<Reply, Refusal> {
    let endpoint = need(call, project, id)?.clone();
    let power = endpoint.power(call);
    if power.pending.is_some() {
        return Err(refuse::transitive());
    }
    if power.current != State::Active {
        return answer(call, project, endpoint, &[]);
    }
    let work = vec![Work::on_endpoint("suspend_compute", &endpoint.branch, id)];
    let begun = operations::begin(call, &project.id, work)?;
    let endpoint = endpoint.stepping(call, [(operations::end(call, &begun), State::Idle)]);
    answer(call, project, endpoint, &begun)
}

/// `POST …/restart`: down if it is up, then up.
pub(super) fn restart(call: &mut Call<'_>, project: &Project, id: &str) -> Result<Reply, Refusal> {
    let endpoint = need(call, project, id)?.clone();
    if endpoint.disabled {
        return Err(refuse::unacceptable("endpoint is disabled"));
    }
    if !endpoint.is_up(call) {
        check_active(call, project, &endpoint.branch, 1)?;
    }
    let states: &[(&'static str, State)] = match endpoint.is_up(call) {
        true => &[("suspend_compute", State::Idle), ("start_compute", State::Active)],
        false => &[("start_compute", State::Active)],
    };
    let work = states.iter().map(|(action, _)| Work::on_endpoint(action, &endpoint.branch, id)).collect();
    let begun = operations::begin(call, &project.id, work)?;
    let steps = begun.iter().zip(states).map(|(operation, (_, state))| (operation.ends_at, *state));
    let endpoint = endpoint.stepping(call, steps);
    answer(call, project, endpoint, &begun)
}

fn answer(
    call: &mut Call<'_>,
    project: &Project,
    endpoint: Endpoint,
    operations: &[Operation],
) -> Result<Reply, Refusal> {
    call.put(endpoint.clone());
    let shown = endpoint.show(call, &project.region);
    let document = json!({ "endpoint": shown, "operations": operations::show(call, operations) });
    Ok(Reply::body(StatusCode::OK, &document))
}

/// What a change that Postgres has to be told of does to a compute: one that is idle is woken for it and suspended again.
pub(super) fn woken(call: &Call<'_>, endpoint: &Endpoint) -> Vec<(&'static str, State)> {
    if endpoint.is_up(call) {
        vec![("apply_config", State::Active)]
    } else {
        vec![("apply_config", State::Active), ("suspend_compute", State::Idle)]
    }
}

/// Tells Postgres of a branch about a change to its roles or databases; 404 where nothing runs that could be told.
pub(in crate::sim::neon) fn touch(
    call: &mut Call<'_>,
    project: &Project,
    branch: &Branch,
) -> Result<Vec<Operation>, Refusal> {
    let endpoint = writer(call, branch).ok_or_else(|| refuse::absent("no read-write endpoint for branch"))?.clone();
    let (endpoint, begun) = told(call, project, &endpoint)?;
    call.put(endpoint);
    Ok(begun)
}

/// Schedules that a compute is told of a change; gives it with what will happen to it.
pub(super) fn told(
    call: &mut Call<'_>,
    project: &Project,
    endpoint: &Endpoint,
) -> Result<(Endpoint, Vec<Operation>), Refusal> {
    let states = woken(call, endpoint);
    let work = states.iter().map(|(action, _)| Work::on_endpoint(action, &endpoint.branch, &endpoint.id)).collect();
    let begun = operations::begin(call, &project.id, work)?;
    let steps = begun.iter().zip(states).map(|(operation, (_, state))| (operation.ends_at, state));
    Ok((endpoint.stepping(call, steps), begun))
}

/// Suspends every compute of a project that is up.
pub(in crate::sim::neon) fn suspend_all(call: &mut Call<'_>, project: &str) -> Result<Vec<Operation>, Refusal> {
    let all: Vec<Endpoint> = up(call, project, None).cloned().collect();
    let work = all.iter().map(|endpoint| Work::on_endpoint("suspend_compute", &endpoint.branch, &endpoint.id));
    let work: Vec<Work> = work.collect();
    if work.is_empty() {
        return Ok(Vec::new());
    }
    let begun = operations::begin(call, project, work)?;
    for (endpoint, operation) in all.iter().zip(&begun) {
        let endpoint = endpoint.stepping(call, [(operation.ends_at, State::Idle)]);
        call.put(endpoint);
    }
    Ok(begun)
}

/// Puts every compute of a branch that goes into the idle state.
pub(in crate::sim::neon) fn lay_down(call: &mut Call<'_>, project: &str, branch: &str) {
    let of = of_project(call, project).filter(|endpoint| endpoint.branch == branch && endpoint.is_up(call));
    let soon = call.now + SignedDuration::from_millis(1);
    for endpoint in of.cloned().collect::<Vec<_>>() {
        let endpoint = endpoint.stepping(call, [(soon, State::Idle)]);
        call.put(endpoint);
    }
}
