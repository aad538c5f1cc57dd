//! Performing: one saved plan, or plans made now until nothing is left that had to wait.

use std::path::Path;
use std::sync::Arc;

use tokio::runtime::Runtime;

use super::Options;
use crate::addr::Target;
use crate::apply::Ended;
use crate::cli::Exit;
use crate::cli::Problem;
use crate::cli::Result;
use crate::cli::approval;
use crate::cli::credentials;
use crate::cli::credentials::Asked;
use crate::cli::options;
use crate::cli::place::Place;
use crate::cli::plan;
use crate::cli::screen::Screen;
use crate::cli::session;
use crate::cli::signals::Signals;
use crate::cli::view::View;
use crate::config;
use crate::diag::Diagnostics;
use crate::ops;
use crate::ops::Applied;
use crate::ops::ApplyOptions;
use crate::ops::PlanRequest;
use crate::ops::Planned;
use crate::ops::Session;
use crate::plan::Cost;
use crate::plan::Counts;
use crate::plan::Deferred;
use crate::plan::Given;
use crate::plan::Mode;
use crate::provider::PriceList;
use crate::report;
use crate::state::JournalOptions;
use crate::state::Lock;

/// An apply under way.
pub(super) struct Applying<'a> {
    options: &'a Options,
    place: &'a Place,
    screen: &'a Screen,
    view: &'a mut View,
    runtime: Runtime,
    session: Session,
    request: PlanRequest,
    /// What may be lost for good.
    expendable: Vec<Target>,
    /// The user's own price list.
    prices: PriceList,
    /// What the plan costs that was shown last.
    cost: Cost,
    /// Credentials that a person may have typed.
    asked: Option<Arc<Asked>>,
}

/// What a person, or an option, said to a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Word {
    Go,
    No,
    /// Nobody could be asked.
    Unheard,
}

impl<'a> Applying<'a> {
    /// Opens the session.
    pub(super) fn begin(
        options: &'a Options,
        place: &'a Place,
        screen: &'a Screen,
        destroy: bool,
        view: &'a mut View,
    ) -> Result<Self> {
        let mut request = PlanRequest { options: plan::request(&options.planning, destroy)?, ..PlanRequest::default() };
        let expendable = options.allow_destroy.iter().map(|text| options::target(text)).collect::<Result<Vec<_>>>()?;
        let allowed = expendable.iter().cloned().map(|target| Given { option: "-allow-destroy", target });
        request.options.given.extend(allowed);
        let runtime = session::runtime()?;
        let mut session = session::open(&options.world, place, screen, &runtime)?;
        session.journal = JournalOptions {
            sync: !options.crash.crash_no_sync,
            write_intents: !options.crash.crash_no_intents,
            halt: options.crash.crash_halt,
        };
        session.finds = !options.crash.crash_no_find;
        let asked = credentials::ask_for_missing(&mut session, place, view, options.inputs.may_ask(screen));
        let prices = options.spending.list(place)?;
        let cost = Cost::default();
        Ok(Self { options, place, screen, view, runtime, session, request, expendable, prices, cost, asked })
    }

    /// Plans under the lock, asks, performs; and again, while something had to wait for a later phase.
    pub(super) fn planned(&mut self, destroy: bool) -> Result {
        self.request.variables = self.options.inputs.gather(&self.session, self.place, self.screen)?;
        let mode = if destroy { Mode::Destroy } else { self.request.options.mode };
        // Said before anybody is asked.
        if let Some(diagnostic) = ops::foreign_state(&self.session, true).map_err(ops::Failure::from)? {
            self.view.diagnostics(&std::iter::once(diagnostic).collect(), &self.session.sources);
            return Ok(Exit::Failed);
        }
        let lock = self.lock()?;
        let mut counts = Counts::default();
        let mut announced: Option<Vec<Deferred>> = None;
        loop {
            let Some(planned) = self.plan()? else { return Ok(Exit::Failed) };
            // What a phase destroys is no slip in the next.
            self.request.options.given.clear();
            let is_first = announced.is_none();
            let goes_on = announced.as_ref().is_some_and(|known| ops::is_announced(known, &planned.made.plan));
            if !is_first && !planned.made.plan.is_applyable() {
                self.view.remark("\nNothing more can be planned now: what is left waits for something else.");
                return Ok(Exit::Failed);
            }
            if let Some(problem) = self.options.spending.problem(&self.cost) {
                self.view.fail(&problem);
                return Ok(Exit::Unapproved);
            }
            match if goes_on { Word::Go } else { self.ask(&planned, mode)? } {
                Word::Go => {}
                Word::No => {
                    self.view.remark(if mode == Mode::Destroy { "Destroy cancelled." } else { "Apply cancelled." });
                    return Ok(Exit::Failed);
                }
                Word::Unheard if is_first => return Err(approval::needed()),
                Word::Unheard => {
                    self.view.remark(
                        "\nThe next phase does more than was announced, and nobody can be asked here. What was approved is \
                         done. To go on, run `infra apply` again.",
                    );
                    return Ok(Exit::Unapproved);
                }
            }
            if let Some(exit) = self.let_go(&planned)? {
                return Ok(exit);
            }
            if planned.made.plan.is_applyable() {
                self.view.gap();
            }
            let deferred = planned.made.plan.deferred.clone();
            let Some(mut applied) = self.perform(planned, &lock)? else { return Ok(Exit::Failed) };
            counts = sum(counts, applied.outcome.counts);
            applied.outcome.counts = counts;
            if applied.outcome.ended != Ended::Complete || deferred.is_empty() {
                return self.end(applied, mode);
            }
            self.view.remark("\nThis phase is done. Planning what had to wait for it.");
            announced = Some(deferred);
        }
    }

    /// Performs a saved plan.
    pub(super) fn saved(&mut self, path: &Path, destroy: bool) -> Result {
        let planning = &self.options.planning;
        if destroy {
            let detail = "A saved plan says itself what is destroyed. Make one with `infra plan -destroy -out=FILE` and apply \
                          it with `infra apply FILE`.";
            return Err(Problem::new("Destroy can't be called with a plan file", detail));
        }
        if planning.destroy || planning.refresh_only || !planning.target.is_empty() || !planning.replace.is_empty() {
            let detail = "What a saved plan is for and about was decided when it was made. Leave out -destroy, -refresh-only, \
                          -target and -replace, or make a new plan with them.";
            return Err(Problem::new("Can't change plan mode when applying a saved plan", detail));
        }
        self.view.follow(&mut self.session, None);
        let lock = self.lock()?;
        let mut diags = Diagnostics::new();
        let inputs: Vec<config::Input> = self.options.inputs.without_asking(self.place);
        let read = self.runtime.block_on(ops::read_plan_file(&self.session, path, &inputs, true, &mut diags));
        if let Ok(saved) = &read {
            ops::check_saved_variables(&self.session, &saved.planned, &inputs, &mut diags);
        }
        self.view.diagnostics(&diags, &self.session.sources);
        let planned = read?.planned;
        self.view.note(|report| report.plan(&planned.made.plan, &self.session.registry));
        if planned.made.plan.errored {
            let detail =
                "The plan has errors: it can be shown, but not applied. Mend the configuration and make a new plan.";
            return Err(Problem::new("Cannot apply incomplete plan", detail));
        }
        if diags.has_errors() {
            return Ok(Exit::Failed);
        }
        let deferred = planned.made.plan.deferred.clone();
        let Some(applied) = self.perform(planned, &lock)? else { return Ok(Exit::Failed) };
        // Terraform's summary of a saved plan never says that it was for destroying.
        let exit = self.end(applied, Mode::Normal)?;
        if !deferred.is_empty() && exit == Exit::Done {
            let list: String =
                deferred.iter().map(|waits| format!("\n  {}: {}", waits.address, waits.reason)).collect();
            self.view.remark(&format!("\nWhat had to wait can be planned now, with `infra plan`:{list}"));
        }
        Ok(exit)
    }

    /// Plans, and shows the plan; `None` when it has errors, which have been said.
    fn plan(&mut self) -> Result<Option<Planned>> {
        self.view.follow(&mut self.session, None);
        let mut diags = Diagnostics::new();
        let planned = self.runtime.block_on(ops::plan(&self.session, &self.request, &mut diags))?;
        if let Some(planned) = &planned {
            self.view.plan(&self.session, planned)?;
            self.view.follow(&mut self.session, None);
            self.cost = self.runtime.block_on(ops::cost(&self.session, planned, &self.prices));
            if !planned.made.plan.errored {
                self.view.cost(&self.cost)?;
            }
            diags.extend(report::forget_warning(&planned.made.plan));
            diags.extend(self.options.spending.doubt(&self.cost));
        }
        self.view.diagnostics(&diags, &self.session.sources);
        if let Some(asked) = self.asked.as_ref().filter(|_| !diags.has_errors()) {
            asked.offer()?;
        }
        Ok(planned.filter(|planned| !diags.has_errors() && !planned.made.plan.errored))
    }

    fn ask(&self, planned: &Planned, mode: Mode) -> Result<Word> {
        if self.options.auto_approve || !planned.made.plan.is_applyable() {
            return Ok(Word::Go);
        }
        if !self.options.inputs.may_ask(self.screen) || self.view.is_json() {
            return Ok(Word::Unheard);
        }
        Ok(if approval::ask(self.screen, mode)? { Word::Go } else { Word::No })
    }

    /// Has a person give word for each object that would be lost for good; an exit when that was not given.
    fn let_go(&mut self, planned: &Planned) -> Result<Option<Exit>> {
        let mut lost = crate::plan::guarded(&planned.made.plan, &self.session.registry);
        lost.retain(|object| !self.expendable.iter().any(|target| target.covers(&object.addr)));
        if lost.is_empty() {
            return Ok(None);
        }
        if self.options.auto_approve || !self.options.inputs.may_ask(self.screen) || self.view.is_json() {
            self.view.fail(&approval::guarded(&lost));
            return Ok(Some(Exit::Unapproved));
        }
        for object in &lost {
            if !approval::ask_for(self.screen, object)? {
                self.view.remark("Apply cancelled.");
                return Ok(Some(Exit::Failed));
            }
        }
        Ok(None)
    }

    fn lock(&self) -> Result<Lock> {
        Ok(ops::lock(&self.session, "OperationTypeApply", self.options.locking.lock_timeout)?)
    }

    /// Performs a plan; `None` when nothing was begun, which has been said.
    fn perform(&mut self, planned: Planned, lock: &Lock) -> Result<Option<Applied>> {
        self.view.follow(&mut self.session, Some(&planned.made.plan));
        let signals = Signals::listen(&self.runtime, &self.session);
        let mut diags = Diagnostics::new();
        let how = ApplyOptions { parallelism: self.options.width.parallelism };
        let applied = self.runtime.block_on(ops::apply(&self.session, planned, lock, how, &mut diags));
        drop(signals);
        self.view.diagnostics(&diags, &self.session.sources);
        Ok(applied?)
    }

    /// Says what was done.
    fn end(&mut self, applied: Applied, mode: Mode) -> Result {
        let is_complete = applied.outcome.ended == Ended::Complete;
        if is_complete {
            self.view.applied(&applied, mode)?;
        } else {
            let counts = applied.outcome.counts;
            self.view.remark(&format!(
                "\nApply incomplete. Resources: {} added, {} changed, {} destroyed before it stopped.",
                counts.add, counts.change, counts.destroy
            ));
        }
        let diags = applied.outcome.diags;
        self.view.diagnostics(&diags, &self.session.sources);
        Ok(if is_complete && !diags.has_errors() { Exit::Done } else { Exit::Failed })
    }
}

fn sum(a: Counts, b: Counts) -> Counts {
    Counts {
        import: a.import + b.import,
        add: a.add + b.add,
        change: a.change + b.change,
        destroy: a.destroy + b.destroy,
        forget: a.forget + b.forget,
    }
}
