//! The walk over the steps.

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::OnceLock;
use std::time::Duration;

use futures::StreamExt;
use futures::future::BoxFuture;
use futures::stream::FuturesUnordered;
use jiff::Timestamp;
use rustc_hash::FxHashMap;
use rustc_hash::FxHashSet;

use super::Event;
use super::Observer;
use super::StepName;
use super::call::Finished;
use crate::addr::InstanceAddr;
use crate::addr::InstanceKey;
use crate::addr::ResourceAddr;
use crate::diag::Diagnostic;
use crate::diag::Diagnostics;
use crate::graph::NodeId;
use crate::graph::Walk;
use crate::plan::Input;
use crate::plan::Made;
use crate::plan::Repetition;
use crate::plan::Step;
use crate::plan::StepId;
use crate::provider::Cancel;
use crate::provider::Client;
use crate::provider::Clock;
use crate::provider::Connection;
use crate::state::Journal;
use crate::value::Str;

/// The configured providers, by the node that stands for each.
pub type Clients = std::collections::HashMap<NodeId, (Arc<dyn Connection>, Client)>;

/// Makes a client of a provider whose configuration became known only now.
pub type Configure =
    dyn Fn(&str, &crate::value::Object) -> crate::provider::Result<(Arc<dyn Connection>, Client)> + Send + Sync;

/// All that performing a plan takes.
pub struct Run<'a> {
    /// What the plan was made from.
    pub input: &'a Input,
    /// The plan, with the values so far.
    pub made: Made,
    /// The clients that planning used.
    pub clients: Clients,
    /// For providers that are configured by something this run makes.
    pub configure: Box<Configure>,
    /// Where intents and results become durable.
    pub journal: Arc<Journal>,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// The first signal: start nothing more.
    pub stop: Cancel,
    /// The second signal: wait for nothing more.
    pub cancel: Cancel,
    /// Who hears of it.
    pub observer: Arc<dyn Observer>,
    /// How many calls may run at once; `None` for as many as the order allows.
    pub parallelism: Option<usize>,
    /// Instances on which an earlier run worked, and it cannot be found out yet how that ended: nothing is done to them.
    pub unresolved: BTreeSet<InstanceAddr>,
    /// The plan's digest, for the journal.
    pub digest: String,
}

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// Every step was performed.
    Complete,
    /// Some failed; what depends on them was not begun.
    Failed,
    /// The user stopped it.
    Interrupted,
}

/// What came of a run.
#[derive(Debug)]
pub struct Outcome {
    /// How it ended.
    pub ended: Ended,
    /// What went wrong.
    pub diags: Diagnostics,
    /// Objects created, changed and destroyed, replacements twice; imported and let go of.
    pub counts: crate::plan::Counts,
    /// Calls on the world.
    pub calls: u64,
}

/// A run under way.
pub(super) struct State<'a> {
    pub(super) run: Run<'a>,
    pub(super) templates: crate::eval::Templates<'a>,
    pub(super) diags: Diagnostics,
    pub(super) counts: crate::plan::Counts,
    pub(super) calls: u64,
    /// By resource node and module instance: the expansions, with actual values.
    pub(super) expansions: FxHashMap<(NodeId, u32), FxHashMap<InstanceKey, Repetition>>,
    /// By change whose update is still to come: the object as it is now that it does without others that go.
    pub(super) released: BTreeMap<usize, Arc<crate::value::Object>>,
    /// The changes whose object is gone, or may be: its deletion has begun and was not refused.
    pub(super) going: FxHashSet<usize>,
    /// The hosts that come to be in this run, or did in an earlier one and were not met since, as `plan::host_of` names them.
    pub(super) new_hosts: OnceLock<FxHashSet<String>>,
    /// The hosts on which this run installs packages, by the resources that do.
    pub(super) new_packages: OnceLock<FxHashSet<(String, ResourceAddr)>>,
    /// By host: the objects on it that have secrets, whether they change or not.
    pub(super) secret_objects: OnceLock<FxHashMap<String, Vec<Arc<crate::value::Object>>>>,
    /// The changes whose update has begun.
    pub(super) updating: FxHashSet<usize>,
    /// The addresses of all instances that the plan makes, or makes anew.
    pub(super) made: OnceLock<FxHashSet<String>>,
    /// By address: the attributes by which what the plan makes is trusted unseen.
    pub(super) trusted: OnceLock<FxHashMap<Str, Vec<Str>>>,
    /// What failed with others beside it: told when it is known what became of all.
    pub(super) untold: Vec<super::beside::Held>,
    /// By change: how it stands after its call.
    pub(super) outcomes: BTreeMap<usize, super::beside::Stand>,
    /// The journal could not be written: nothing more is begun.
    pub(super) is_broken: bool,
    walk: Walk,
    running: FuturesUnordered<BoxFuture<'static, Finished>>,
    begun: FxHashMap<StepId, (Vec<StepName>, Timestamp)>,
    /// Steps that share a serial key with one that runs.
    queues: FxHashMap<String, VecDeque<StepId>>,
    serial: FxHashMap<StepId, Vec<String>>,
    held: VecDeque<StepId>,
    /// Steps whose turn has come, and the key that they wait for.
    reserved: FxHashMap<StepId, String>,
    skipped: FxHashSet<StepId>,
    done: usize,
    /// Objects of all steps, and of those that ended well or can come to nothing more.
    all: usize,
    well: usize,
    lost: usize,
}

/// What preparing a step came to.
pub(super) enum Prepared {
    /// There is nothing to call.
    Done,
    /// It cannot be performed, which has been reported.
    Failed,
    /// A call on the world, which shall not run beside another that has one of its keys.
    Call { future: BoxFuture<'static, Finished>, names: Vec<StepName>, id: Option<String>, serial: Vec<String> },
}

/// How often those who listen hear of a call that takes long.
const BEAT: Duration = Duration::from_secs(10);

/// Performs a plan.
pub async fn perform(run: Run<'_>) -> Outcome {
    let all = run.made.plan.steps.steps.iter().map(Step::objects).sum();
    let walk = Walk::new(&run.made.plan.steps.order);
    let mut state = State {
        templates: crate::plan::templates(run.input, true),
        made: OnceLock::new(),
        new_hosts: OnceLock::new(),
        new_packages: OnceLock::new(),
        secret_objects: OnceLock::new(),
        trusted: OnceLock::new(),
        run,
        diags: Diagnostics::new(),
        counts: crate::plan::Counts::default(),
        calls: 0,
        expansions: FxHashMap::default(),
        released: BTreeMap::new(),
        going: FxHashSet::default(),
        updating: FxHashSet::default(),
        untold: Vec::new(),
        outcomes: BTreeMap::new(),
        is_broken: false,
        walk,
        running: FuturesUnordered::new(),
        begun: FxHashMap::default(),
        queues: FxHashMap::default(),
        serial: FxHashMap::default(),
        held: VecDeque::new(),
        reserved: FxHashMap::default(),
        skipped: FxHashSet::default(),
        done: 0,
        all,
        well: 0,
        lost: 0,
    };
    if let Err(diagnostic) = state.begin().await {
        state.diags.push(diagnostic);
        return state.outcome(Ended::Failed);
    }
    state.walk_steps().await;
    state.retake().await;
    state.tell_held();
    let ended = state.ended();
    state.finish(ended).await;
    let ended = state.ended();
    state.outcome(ended)
}

impl State<'_> {
    async fn walk_steps(&mut self) {
        loop {
            self.start_ready();
            if self.running.is_empty() {
                return self.check_end();
            }
            let beat = tokio::time::sleep(BEAT);
            let cancelled = self.run.cancel.cancelled();
            tokio::select! {
                biased;
                Some(finished) = self.running.next() => self.take(finished),
                // The second signal: what runs is left, its intents stay open for the next run to resolve.
                () = cancelled => return,
                () = beat => self.beat(),
            }
        }
    }

    /// Steps that nothing runs for and nobody stopped wait for each other: that must not pass for the end.
    fn check_end(&mut self) {
        let left = self.run.made.plan.steps.steps.len() - self.done;
        if left == 0 || self.is_broken || self.run.stop.is_cancelled() || self.run.cancel.is_cancelled() {
            return;
        }
        let detail = format!(
            "{left} steps of the plan wait for each other and were not performed. What was done is recorded; plan and \
             apply again. This is a mistake in infra."
        );
        self.report(Diagnostic::error("Steps without an order", detail));
    }

    /// Starts all that may start.
    fn start_ready(&mut self) {
        while !self.run.stop.is_cancelled() && !self.is_broken {
            if self.run.parallelism.is_some_and(|limit| self.running.len() >= limit.max(1)) {
                return;
            }
            let Some(step) = self.held.pop_front().or_else(|| self.walk.next()) else { return };
            self.start(step);
        }
    }

    fn start(&mut self, step: StepId) {
        let reserved = self.reserved.remove(&step);
        if self.skipped.contains(&step) {
            self.pass(step);
            self.release(reserved);
            return;
        }
        match self.prepare(step) {
            Prepared::Done => {
                self.well += self.objects(step);
                self.pass(step);
                self.release(reserved);
            }
            Prepared::Failed => {
                self.fail(step);
                self.release(reserved);
                self.tell_progress();
            }
            Prepared::Call { future, names, id, serial } => {
                if !self.acquire(step, serial, reserved) {
                    return;
                }
                for name in &names {
                    self.run.observer.event(Event::StepStart { step: name.clone(), id: id.clone() });
                }
                self.note_begun(step);
                self.begun.insert(step, (names, self.run.clock.now()));
                self.calls += 1;
                self.running.push(future);
                self.tell_progress();
            }
        }
    }

    /// Gives a step the keys of its call. While another step has one of them it gets none, so that no two wait for each
    /// other: it queues for that one, and is prepared again when its turn comes, as values may have changed by then.
    fn acquire(&mut self, step: StepId, keys: Vec<String>, reserved: Option<String>) -> bool {
        let is_taken = |key: &&String| self.queues.contains_key(*key) && reserved.as_ref() != Some(*key);
        if let Some(taken) = keys.iter().find(is_taken) {
            self.queues.entry(taken.clone()).or_default().push_back(step);
            self.release(reserved);
            return false;
        }
        self.release(reserved.filter(|reserved| !keys.contains(reserved)));
        for key in &keys {
            self.queues.entry(key.clone()).or_default();
        }
        self.serial.insert(step, keys);
        true
    }

    /// A key is free: the first of those that wait for it has its turn, and is prepared anew.
    fn release(&mut self, key: Option<String>) {
        let Some(key) = key else { return };
        match self.queues.get_mut(&key).and_then(VecDeque::pop_front) {
            Some(next) => {
                self.reserved.insert(next, key);
                self.held.push_back(next);
            }
            None => _ = self.queues.remove(&key),
        }
    }

    /// A step is over, well or not: what waits for it may start.
    fn pass(&mut self, step: StepId) {
        self.done += 1;
        self.walk.finish(&self.run.made.plan.steps.order, step);
    }

    /// A step has failed: nothing that waits for it is performed.
    pub(super) fn fail(&mut self, step: StepId) {
        self.lost += self.objects(step);
        let mut pending = vec![step];
        while let Some(failed) = pending.pop() {
            for next in self.run.made.plan.steps.order.dependents(failed) {
                if self.skipped.insert(next) {
                    self.lost += self.objects(next);
                    pending.push(next);
                    for name in self.names(next) {
                        self.run.observer.event(Event::StepSkipped { step: name });
                    }
                }
            }
        }
        self.pass(step);
    }

    fn take(&mut self, finished: Finished) {
        let step = finished.step;
        let elapsed = self.elapsed(step);
        self.begun.remove(&step);
        for key in self.serial.remove(&step).unwrap_or_default() {
            self.release(Some(key));
        }
        let is_well = self.settle_call(finished, elapsed);
        if is_well {
            self.well += self.objects(step);
            self.pass(step)
        } else {
            self.fail(step)
        }
        self.tell_progress();
    }

    fn elapsed(&self, step: StepId) -> Duration {
        let since = self.begun.get(&step).map(|(_, since)| *since);
        let elapsed = since.map(|since| self.run.clock.now().duration_since(since));
        elapsed.and_then(|elapsed| Duration::try_from(elapsed).ok()).unwrap_or_default()
    }

    /// Tells of every call that still runs.
    fn beat(&self) {
        for (step, (names, _)) in &self.begun {
            for name in names {
                let elapsed = self.elapsed(*step);
                self.run.observer.event(Event::StepProgress { step: name.clone(), text: None, elapsed });
            }
        }
    }

    fn tell_progress(&self) {
        let running = self.begun.keys().map(|step| self.objects(*step)).sum();
        let waiting = self.all.saturating_sub(self.well + self.lost + running);
        self.run.observer.event(Event::Progress { done: self.well, running, waiting });
    }

    fn objects(&self, step: StepId) -> usize {
        self.run.made.plan.steps.steps[step as usize].objects()
    }

    fn ended(&self) -> Ended {
        if self.run.stop.is_cancelled() && !self.is_broken && self.done < self.run.made.plan.steps.steps.len() {
            Ended::Interrupted
        } else if self.diags.has_errors() {
            Ended::Failed
        } else {
            Ended::Complete
        }
    }

    fn outcome(self, ended: Ended) -> Outcome {
        Outcome { ended, diags: self.diags, counts: self.counts, calls: self.calls }
    }

    pub(super) fn report(&mut self, diagnostic: Diagnostic) {
        self.diags.push(diagnostic);
    }
}
