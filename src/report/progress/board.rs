//! What runs, for how long, what waits and for what: the content of the live tree, apart from any terminal.

use std::collections::HashMap;
use std::time::Duration;

use super::words::id_text;
use super::words::name;
use super::words::seconds;
use super::words::undone;
use super::words::waiting;
use super::words::words;
use crate::addr::InstanceAddr;
use crate::apply::Event;
use crate::apply::StepName;
use crate::graph::Dag;
use crate::plan::Op;
use crate::plan::Plan;
use crate::plan::Step;
use crate::plan::StepId;
use crate::provider::Wait;
use crate::report::style::Style;
use crate::report::style::Tone;
use crate::report::wrap::visible;

/// Running steps that are shown; of more only the number is.
const RUNNING: usize = 12;
/// Waiting steps that are shown with what they wait for.
const WAITING: usize = 3;
/// Steps that are looked at to find those that wait.
const LOOKED_AT: usize = 256;

/// What goes on right now.
pub(super) struct Board {
    style: Style,
    running: Vec<Running>,
    reading: Vec<(String, usize, Duration)>,
    /// Limits that are waited for, and since when.
    waits: Vec<(Wait, Duration)>,
    counts: (usize, usize, usize),
    failed: usize,
    steps: Steps,
}

struct Running {
    step: StepName,
    since: Duration,
    text: String,
}

/// The plan's steps by what they do, and their order.
#[derive(Default)]
struct Steps {
    names: Vec<Vec<(InstanceAddr, Op)>>,
    ids: HashMap<(InstanceAddr, Op), StepId>,
    begun: Vec<bool>,
    order: Dag,
}

impl Steps {
    fn of(plan: &Plan) -> Self {
        let of = |(change, op): &(usize, Op)| plan.changes.get(*change).map(|change| (change.addr.clone(), *op));
        let names = plan.steps.steps.iter().map(|step| match step {
            Step::Change { change, op } => of(&(*change, *op)).into_iter().collect(),
            Step::Release { change, .. } => of(&(*change, Op::Release)).into_iter().collect(),
            Step::Bundle { members, .. } => members.iter().filter_map(of).collect(),
            Step::Carrier | Step::Evaluate(_) | Step::Absorbed => Vec::new(),
        });
        let names: Vec<Vec<(InstanceAddr, Op)>> = names.collect();
        let ids = (0..).zip(&names).flat_map(|(id, names)| names.iter().map(move |name| (name.clone(), id)));
        Self { ids: ids.collect(), begun: vec![false; names.len()], names, order: plan.steps.order.clone() }
    }

    fn id(&self, step: &StepName) -> Option<StepId> {
        self.ids.get(&(step.addr.clone(), step.op)).copied()
    }

    fn begin(&mut self, step: &StepName) {
        if let Some(begun) = self.id(step).and_then(|id| self.begun.get_mut(id as usize)) {
            *begun = true;
        }
    }

    /// Steps that wait for a running one, straight or through steps that only carry order.
    fn waiting_for(&self, step: &StepName) -> Vec<&InstanceAddr> {
        let Some(id) = self.id(step) else { return Vec::new() };
        let mut found = Vec::new();
        let mut pending = vec![id];
        let mut looked_at = 0;
        while let Some(id) = pending.pop() {
            for next in self.order.dependents(id) {
                looked_at += 1;
                if looked_at > LOOKED_AT {
                    return found;
                }
                match self.names.get(next as usize).and_then(|names| names.first()) {
                    Some((addr, _)) if !self.begun[next as usize] => found.push(addr),
                    Some(_) => {}
                    None => pending.push(next),
                }
            }
        }
        found
    }
}

impl Board {
    pub(super) fn new(plan: Option<&Plan>, style: Style) -> Self {
        let steps = plan.map(Steps::of).unwrap_or_default();
        Self { style, running: Vec::new(), reading: Vec::new(), waits: Vec::new(), counts: (0, 0, 0), failed: 0, steps }
    }

    /// Takes in an event; gives a line that stays on the screen above the tree, when there is something to keep.
    pub(super) fn event(&mut self, event: Event, now: Duration) -> Option<String> {
        match event {
            Event::ReadStart { what, count } => self.reading.push((what, count, now)),
            Event::ReadDone { what, .. } => {
                if let Some(at) = self.reading.iter().position(|(known, ..)| *known == what) {
                    self.reading.remove(at);
                }
            }
            Event::StepStart { step, .. } => {
                self.steps.begin(&step);
                self.running.push(Running { step, since: now, text: String::new() });
            }
            Event::StepProgress { step, text, .. } => {
                if let Some(running) = self.running.iter_mut().find(|running| running.step == step) {
                    running.text = text.unwrap_or_else(|| std::mem::take(&mut running.text));
                }
            }
            Event::StepDone { step, id, elapsed } => {
                self.end(&step);
                let mark = self.style.paint(Tone::Added, if self.style.unicode { "✓" } else { "+" });
                let is_gone = matches!(step.op, Op::Delete | Op::DeleteDeposed);
                let id = if is_gone { String::new() } else { id_text(id.as_ref()) };
                return Some(format!("{mark} {}: {} after {}{id}", name(&step), words(step.op).done, seconds(elapsed)));
            }
            Event::StepFailed { step, error, elapsed } => {
                self.end(&step);
                self.failed += 1;
                let mark = self.style.paint(Tone::Error, if self.style.unicode { "✗" } else { "x" });
                let text = visible(&error).replace('\n', " ");
                let words = words(step.op).failed;
                return Some(format!("{mark} {}: {words} after {}: {text}", name(&step), seconds(elapsed)));
            }
            Event::StepUndone { step, how, cause, elapsed } => {
                self.end(&step);
                return Some(format!("- {}: {}", name(&step), undone(how, cause.as_ref(), elapsed)));
            }
            Event::StepSkipped { step } => {
                self.steps.begin(&step);
                return Some(format!("- {}: Skipped, as something it needs has failed", name(&step)));
            }
            Event::Progress { done, running, waiting } => self.counts = (done, running, waiting),
            Event::WaitStart(wait) => self.waits.push((wait, now)),
            Event::WaitDone { vendor } => {
                if let Some(at) = self.waits.iter().position(|(wait, _)| wait.vendor == vendor) {
                    self.waits.remove(at);
                }
            }
            Event::Notice(text) => return Some(visible(&text).into_owned()),
        }
        None
    }

    fn end(&mut self, step: &StepName) {
        self.running.retain(|running| running.step != *step);
    }

    /// The tree as it is now: a line on the whole, then a branch for each thing.
    pub(super) fn lines(&self, now: Duration) -> Vec<String> {
        let mut branches: Vec<String> = Vec::new();
        for (wait, since) in &self.waits {
            let left = wait.wait.saturating_sub(now.saturating_sub(*since));
            branches.push(waiting(&Wait { wait: left, ..wait.clone() }));
        }
        for (what, count, since) in self.reading.iter().take(RUNNING) {
            let objects = if *count == 1 { String::new() } else { format!(" [{count} objects]") };
            branches.push(format!("{what}: Reading...{objects} {}", seconds(now.saturating_sub(*since))));
        }
        for running in self.running.iter().take(RUNNING) {
            let elapsed = seconds(now.saturating_sub(running.since));
            let text = if running.text.is_empty() { String::new() } else { format!(" — {}", visible(&running.text)) };
            branches.push(format!("{}: {} {elapsed}{text}", name(&running.step), words(running.step.op).start));
        }
        let more = self.running.len().saturating_sub(RUNNING) + self.reading.len().saturating_sub(RUNNING);
        if more > 0 {
            branches.push(format!("and {more} more"));
        }
        let mut waiting: Vec<(&InstanceAddr, &StepName)> = Vec::new();
        for running in self.running.iter().take(RUNNING) {
            for addr in self.steps.waiting_for(&running.step) {
                if waiting.len() < WAITING && !waiting.iter().any(|(known, _)| *known == addr) {
                    waiting.push((addr, &running.step));
                }
            }
        }
        let waits = waiting.iter().map(|(addr, on)| (format!("{addr} waits for {}", name(on)), true));
        let branches: Vec<(String, bool)> = branches.into_iter().map(|line| (line, false)).chain(waits).collect();
        let mut lines = vec![self.title(now)];
        let last = branches.len().saturating_sub(1);
        for (at, (branch, is_dim)) in branches.into_iter().enumerate() {
            let mark = match (self.style.unicode, at == last) {
                (true, false) => "├─ ",
                (true, true) => "└─ ",
                (false, _) => "  ",
            };
            let tone = if is_dim { Tone::Dim } else { Tone::Plain };
            let room = self.style.width.saturating_sub(4);
            let cut: String = branch.replace('\n', " ").chars().take(room).collect();
            lines.push(format!("{mark}{}", self.style.paint(tone, &cut)));
        }
        lines
    }

    fn title(&self, now: Duration) -> String {
        let (done, running, waiting) = self.counts;
        let running = running.max(self.running.len());
        let failed = if self.failed > 0 { format!(", {} failed", self.failed) } else { String::new() };
        format!("{done} done, {running} running, {waiting} waiting{failed}, {}", seconds(now))
    }
}
