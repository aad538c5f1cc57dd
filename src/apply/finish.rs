//! Taking in what a call came to, and the end of a run.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use super::Ended;
use super::Event;
use super::Undone;
use super::beside::Beside;
use super::call::End;
use super::call::Finished;
use super::call::Part;
use super::prepare::id;
use super::run::State;
use crate::diag::Diagnostic;
use crate::diag::Severity;
use crate::plan::Mode;
use crate::plan::Node;
use crate::plan::NodeKind;
use crate::plan::Op;
use crate::plan::Secrets;
use crate::plan::Tree;
use crate::provider::ProviderError;
use crate::state;
use crate::state::Output;
use crate::state::Record;
use crate::value::Marks;
use crate::value::Str;

/// What one object of a call came to.
enum Taken {
    Well,
    /// What went wrong, in a line.
    Ill(String),
    /// Something beside it failed.
    Undone(Undone),
}

impl State<'_> {
    /// Takes in a finished call; says whether what depends on it may start.
    pub(super) fn settle_call(&mut self, finished: Finished, elapsed: Duration) -> bool {
        let mut is_well = true;
        if let Some(error) = &finished.journal {
            self.report(super::begin::unwritable(error));
            // Nothing may be begun whose result could not be kept.
            self.is_broken = true;
            is_well = false;
        }
        let beside = self.beside(&finished.parts);
        for part in finished.parts {
            let step = self.name(part.at, part.op);
            self.note_stand(&part);
            match self.take_part(&part, &beside) {
                Taken::Well => {
                    let change = &self.run.made.plan.changes[part.at];
                    let known = change.planned.as_deref().into_iter().chain(change.prior.as_deref());
                    let id = part.object.as_deref().and_then(id).map(|id| Secrets::of(known).hide(id));
                    self.run.observer.event(Event::StepDone { step, id, elapsed });
                }
                Taken::Ill(error) => {
                    self.run.observer.event(Event::StepFailed { step, error, elapsed });
                    is_well = false;
                }
                Taken::Undone(how) => {
                    let cause = beside.cause.clone();
                    self.run.observer.event(Event::StepUndone { step, how, cause, elapsed });
                    is_well = false;
                }
            }
        }
        is_well
    }

    /// Takes in one object; what failed with others beside it is told at the end.
    fn take_part(&mut self, part: &Part, beside: &Beside) -> Taken {
        let change = self.run.made.plan.changes[part.at].clone();
        let is_between = matches!(part.op, Op::Release | Op::Retake);
        match &part.object {
            Some(object) if is_between => _ = self.released.insert(part.at, Arc::clone(object)),
            Some(object) => self.set_value(&change, object),
            None => {}
        }
        match &part.end {
            End::Well => {
                match part.op {
                    Op::Create => self.counts.add += 1,
                    Op::Update => {
                        self.counts.change += 1;
                        self.released.remove(&part.at);
                    }
                    Op::Delete | Op::DeleteDeposed => self.counts.destroy += 1,
                    Op::Release | Op::Retake | Op::Read | Op::Forget => {}
                }
                // What an object is in between need not hold.
                let object = part.object.as_ref().filter(|_| !is_between);
                let holds = object.is_none_or(|object| self.check_object(&change, object));
                if holds { Taken::Well } else { Taken::Ill("a postcondition does not hold".to_owned()) }
            }
            End::Failed(error) => {
                if part.op == Op::Delete && super::release::is_untouched(error) {
                    self.going.remove(&part.at);
                }
                let mut diagnostic = crate::plan::of_call(error, &change.addr);
                if let Some((_, path, def)) = self.def(&change) {
                    let source = (self.run.input, self.module(path));
                    let object = part.object.as_deref().or(change.planned.as_deref());
                    diagnostic = crate::plan::pointed(diagnostic, source, def, object, error.argument());
                }
                // A check says what is wrong, and stops nothing.
                let is_check = self.def(&change).is_some_and(|(_, _, def)| def.check.is_some());
                if is_check {
                    diagnostic.severity = Severity::Warning;
                }
                match error {
                    ProviderError::OnHost(failure) => self.hold(part, diagnostic, Some((**failure).clone()), beside),
                    _ if beside.is_alone() => self.report(diagnostic),
                    _ => self.hold(part, diagnostic, None, beside),
                }
                if is_check { Taken::Well } else { Taken::Ill(error.to_string()) }
            }
            End::Contradicted(path) => {
                let detail = format!(
                    "After {} was applied, {path} is not what the plan promised. It is recorded as it is now; plan again \
                     to see what differs. This is a mistake in infra.",
                    change.addr
                );
                let diagnostic = Diagnostic::error("Result contradicts the plan", detail);
                self.report(diagnostic.address(change.addr.to_string()));
                Taken::Ill(format!("{path} is not what the plan promised"))
            }
            End::Restored => Taken::Undone(Undone::Restored),
            End::Untouched => Taken::Undone(Undone::Untouched),
            End::Unknown => Taken::Undone(Undone::Unknown),
        }
    }

    /// Records the outputs and the end, and waits until all is durable.
    pub(super) async fn finish(&mut self, ended: Ended) {
        let mut records = Vec::new();
        if let Some(outputs) = self.outputs(ended) {
            records.push(Record::of_run(state::Event::Outputs(outputs)));
        }
        let result = match ended {
            Ended::Complete => "complete",
            Ended::Failed => "failed",
            Ended::Interrupted => "interrupted",
        };
        let has_run = self.run.journal.counters().records > 0 || !records.is_empty();
        if has_run {
            let end = state::Event::End { time: self.run.clock.now(), result: result.to_owned() };
            records.push(Record::of_run(end));
            if let Err(error) = self.run.journal.commit(records).await {
                self.report(super::begin::unwritable(&error));
            }
        }
    }

    /// The root outputs as they are now; `None` when they are as they were.
    fn outputs(&self, ended: Ended) -> Option<BTreeMap<Str, Output>> {
        let plan = &self.run.made.plan;
        let prior = &plan.prior.outputs;
        let mut outputs = BTreeMap::new();
        if plan.mode == Mode::Destroy {
            // What is left after a failure is still told of.
            if ended != Ended::Complete || !plan.targets.is_empty() {
                return None;
            }
            return (!prior.is_empty()).then_some(outputs);
        }
        let defs = &self.run.input.modules[0].outputs;
        let slots: BTreeMap<&Str, u32> = defs.iter().map(|def| &def.name).zip(0..).collect();
        outputs.clone_from(prior);
        for change in &plan.outputs {
            let Some(slot) = slots.get(&change.name).filter(|_| change.planned.is_some()) else {
                outputs.remove(&change.name);
                continue;
            };
            let node = Node { path: Tree::ROOT, kind: NodeKind::Output(*slot) };
            let value = self.run.made.values.stored(node).first().cloned();
            // One that is not known, as something it needs failed, stays as it was.
            let value = value.filter(|value| value.is_wholly_known() && !value.marks_deep().contains(Marks::FAILED));
            match value {
                Some(value) if value.is_null() => _ = outputs.remove(&change.name),
                Some(value) => {
                    let sensitive = defs[*slot as usize].sensitive;
                    outputs.insert(Str::clone(&change.name), Output { value, sensitive });
                }
                None => {}
            }
        }
        (outputs != *prior).then_some(outputs)
    }
}
