//! How a plan or an apply is shown: as text, or as a stream of JSON.

use std::io;
use std::io::Write as _;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::MutexGuard;

use indicatif::ProgressDrawTarget;

use super::Exit;
use super::Problem;
use super::Result;
use super::place::Place;
use super::reports::Reporting;
use super::reports::Reports;
use super::screen::Screen;
use crate::apply::Event;
use crate::apply::Observer;
use crate::config::TERRAFORM;
use crate::diag::Diagnostic;
use crate::diag::Diagnostics;
use crate::diag::Sources;
use crate::ops::Applied;
use crate::ops::Planned;
use crate::ops::Session;
use crate::plan::Cost;
use crate::plan::Mode;
use crate::plan::Plan;
use crate::report;
use crate::report::JsonLines;
use crate::report::Lines;
use crate::report::Markdown;
use crate::report::Secrets;
use crate::report::Tree;

/// How a plan or an apply is shown.
pub(super) struct View {
    screen: Screen,
    compact: bool,
    secrets: Secrets,
    stream: Option<Arc<JsonLines<io::Stdout>>>,
    /// The report for others.
    reporting: Option<Reporting>,
    /// The tree on the screen now.
    stage: Stage,
}

/// What is drawn on the terminal, for whoever has to write there while something runs.
#[derive(Clone, Default)]
pub(super) struct Stage(Arc<Mutex<Option<Arc<Tree>>>>);

impl Stage {
    fn tree(&self) -> MutexGuard<'_, Option<Arc<Tree>>> {
        self.0.lock().expect("no holder panics")
    }

    /// Runs something that writes to the terminal, with the tree out of the way.
    pub(super) fn aside<T>(&self, write: impl FnOnce() -> T) -> T {
        let tree = self.tree().clone();
        match tree {
            Some(tree) => tree.suspend(write),
            None => write(),
        }
    }
}

impl View {
    /// Begins; as a stream of JSON if asked.
    pub(super) fn begin(screen: &Screen, json: bool, compact: bool, secrets: Secrets) -> Self {
        let stream = json.then(|| {
            let stream = JsonLines::new(io::stdout(), || jiff::Timestamp::now().to_string());
            stream.version(env!("CARGO_PKG_VERSION"), TERRAFORM);
            Arc::new(stream)
        });
        Self { screen: screen.clone(), compact, secrets, stream, reporting: None, stage: Stage::default() }
    }

    /// Also makes the reports that are wanted, of all that is shown from now on.
    pub(super) fn report(&mut self, wanted: &Reports, verb: &'static str, place: &Place) -> Result<()> {
        self.reporting = wanted.begin(verb, place)?;
        Ok(())
    }

    /// Adds to the report, if there is one.
    pub(super) fn note(&mut self, add: impl FnOnce(&mut Markdown)) {
        if let Some(reporting) = &mut self.reporting {
            add(&mut reporting.markdown);
        }
    }

    /// Hands over the report, when all has been shown. One that cannot be written is a failure.
    pub(super) fn end(&mut self, exit: Exit) -> Exit {
        let Some(mut reporting) = self.reporting.take() else { return exit };
        if exit == Exit::Failed {
            reporting.markdown.failed();
        }
        match reporting.write() {
            Ok(()) => exit,
            Err(problem) => self.fail(&problem),
        }
    }

    /// Whether it is a stream of JSON.
    pub(super) fn is_json(&self) -> bool {
        self.stream.is_some()
    }

    /// Shows what happens from now on: a tree for who watches, else lines. With a plan, it can say what waits for what.
    pub(super) fn follow(&mut self, session: &mut Session, plan: Option<&Plan>) {
        self.pause();
        session.observer = match &self.stream {
            Some(stream) => Arc::clone(stream) as Arc<dyn Observer>,
            None if self.screen.is_watched => {
                let tree = Arc::new(Tree::new(ProgressDrawTarget::stderr(), plan, self.screen.err));
                *self.stage.tree() = Some(Arc::clone(&tree));
                tree
            }
            None => Arc::new(Split {
                steps: Lines::new(io::stdout(), self.screen.out),
                rest: Lines::new(io::stderr(), self.screen.err),
            }),
        };
    }

    /// Takes a tree off the screen, so that something else can be written.
    pub(super) fn pause(&mut self) {
        let tree = self.stage.tree().take();
        if let Some(tree) = tree {
            tree.finish();
        }
    }

    /// What is drawn, to get it out of the way.
    pub(super) fn stage(&self) -> Stage {
        self.stage.clone()
    }

    /// Shows a plan.
    pub(super) fn plan(&mut self, session: &Session, planned: &Planned) -> Result<()> {
        self.pause();
        let plan = &planned.made.plan;
        self.note(|report| report.plan(plan, &session.registry));
        match &self.stream {
            Some(stream) => stream.plan(plan),
            None => {
                self.screen.write(|to| report::plan_text(to, plan, &session.registry, self.screen.out, self.secrets))?
            }
        }
        Ok(())
    }

    /// Shows what a plan costs.
    pub(super) fn cost(&mut self, cost: &Cost) -> Result<()> {
        self.pause();
        self.note(|report| report.cost(cost));
        match &self.stream {
            Some(stream) => stream.cost(cost),
            None => self.screen.write(|to| report::cost_text(to, cost, self.screen.out))?,
        }
        Ok(())
    }

    /// Shows all problems found so far.
    pub(super) fn diagnostics(&mut self, diagnostics: &Diagnostics, sources: &Sources) {
        self.pause();
        self.note(|report| report.diagnostics(diagnostics, sources));
        match &self.stream {
            Some(stream) => diagnostics.iter().for_each(|diagnostic| stream.diagnostic(diagnostic, sources)),
            None => self.screen.diagnostics(diagnostics, sources, self.compact),
        }
    }

    /// Shows what was done, when all was.
    pub(super) fn applied(&mut self, applied: &Applied, mode: Mode) -> Result<()> {
        self.pause();
        let (counts, outputs) = (applied.outcome.counts, &applied.snapshot.outputs);
        self.note(|report| {
            report.outcome(&match mode {
                Mode::Destroy => report::destroy_summary(counts),
                Mode::Normal | Mode::RefreshOnly => report::apply_summary(counts),
            });
        });
        match &self.stream {
            Some(stream) => {
                stream.applied(counts, mode == Mode::Destroy);
                stream.outputs(outputs);
            }
            None => self.screen.write(|to| report::applied_text(to, counts, mode, outputs, self.screen.out))?,
        }
        Ok(())
    }

    /// Says something to a person; a program is not told.
    pub(super) fn remark(&mut self, text: &str) {
        self.pause();
        self.note(|report| report.outcome(text));
        if self.stream.is_none() {
            self.screen.say(text);
        }
    }

    /// An empty line between the plan and what is done.
    pub(super) fn gap(&mut self) {
        if self.stream.is_none() {
            self.screen.print("\n");
        }
    }

    /// Adds advice to a result, unless another program decides what is run next.
    pub(super) fn advice(&mut self, text: &str) {
        if self.stream.is_none() && !self.screen.in_automation {
            self.screen.print(&format!("\n{}\n\n{text}\n", rule(&self.screen)));
        }
    }

    /// Says why it ends.
    pub(super) fn fail(&mut self, problem: &Problem) -> Exit {
        self.pause();
        let found: Diagnostics = std::iter::once(Diagnostic::clone(&problem.0)).collect();
        self.note(|report| report.diagnostics(&found, &Sources::new()));
        match &self.stream {
            Some(stream) => stream.diagnostic(&problem.0, &Sources::new()),
            None => self.screen.diagnostic(&problem.0),
        }
        Exit::Failed
    }
}

fn rule(screen: &Screen) -> String {
    let dash = if screen.out.unicode { "─" } else { "-" };
    dash.repeat(screen.out.width.min(78))
}

/// What is done goes to stdout, as it is the result; what is read, and what should be known, to stderr.
struct Split {
    steps: Lines<io::Stdout>,
    rest: Lines<io::Stderr>,
}

impl Observer for Split {
    fn event(&self, event: Event) {
        match event {
            Event::ReadStart { .. }
            | Event::ReadDone { .. }
            | Event::WaitStart(_)
            | Event::WaitDone { .. }
            | Event::Notice(_) => self.rest.event(event),
            Event::StepStart { .. }
            | Event::StepProgress { .. }
            | Event::StepDone { .. }
            | Event::StepFailed { .. }
            | Event::StepUndone { .. }
            | Event::StepSkipped { .. }
            | Event::Progress { .. } => self.steps.event(event),
        }
    }
}

/// Flushes what a program may be waiting for.
impl Drop for View {
    fn drop(&mut self) {
        self.pause();
        let _ = io::stdout().flush();
    }
}
