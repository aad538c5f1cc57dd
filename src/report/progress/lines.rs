//! One terse line for each event, for logs.

use std::collections::HashMap;
use std::io::Write;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::time::Duration;

use super::still::Still;
use super::words::id_text;
use super::words::name;
use super::words::seconds;
use super::words::undone;
use super::words::waiting;
use super::words::words;
use crate::apply::Event;
use crate::apply::Observer;
use crate::apply::StepName;
use crate::report::style::Style;
use crate::report::style::Tone;
use crate::report::wrap::visible;

/// Writes a line for each event.
pub struct Lines<W> {
    inner: Mutex<Inner<W>>,
    style: Style,
}

struct Inner<W> {
    to: W,
    /// What each running step has said.
    said: HashMap<StepName, Still>,
    /// What the last of those lines said, and when in its call: steps of one call say the same at once.
    last: Option<(String, Duration)>,
}

impl<W: Write + Send> Lines<W> {
    /// Writes to `to`.
    pub fn new(to: W, style: Style) -> Self {
        Self { inner: Mutex::new(Inner { to, said: HashMap::new(), last: None }), style }
    }

    /// Gives the writer back.
    pub fn into_inner(self) -> W {
        self.inner.into_inner().unwrap_or_else(PoisonError::into_inner).to
    }

    fn step(&self, inner: &mut Inner<W>, step: &StepName, text: &str) {
        let line = format!("{}{text}", self.style.paint(Tone::Bold, &format!("{}: ", name(step))));
        say(inner, &line);
    }
}

/// A log that cannot be written is no reason to stop what is being done.
fn say<W: Write>(inner: &mut Inner<W>, line: &str) {
    let _ = writeln!(inner.to, "{line}");
    let _ = inner.to.flush();
}

impl<W: Write + Send> Observer for Lines<W> {
    fn event(&self, event: Event) {
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        let inner = &mut *inner;
        match event {
            Event::ReadStart { what, count } => {
                let objects = if count == 1 { String::new() } else { format!(" [{count} objects]") };
                say(inner, &format!("{what}: Refreshing state...{objects}"));
            }
            // A read that is over says nothing: its next line is what came of it.
            Event::ReadDone { .. } | Event::Progress { .. } => {}
            Event::StepStart { step, id } => {
                let text = format!("{}{}", words(step.op).start, id_text(id.as_ref()));
                self.step(inner, &step, &text);
                inner.said.insert(step, Still::default());
            }
            Event::StepProgress { step, text, elapsed } => {
                let still = inner.said.entry(step.clone()).or_default();
                if still.is_due(text, elapsed) {
                    let text = still.text.clone();
                    let told = Some((text.clone(), elapsed)).filter(|_| !text.is_empty());
                    if told.is_some() && inner.last == told {
                        return;
                    }
                    inner.last = told;
                    let doing = if text.is_empty() { String::new() } else { format!(", {}", visible(&text)) };
                    let text = format!("{} [{} elapsed{doing}]", words(step.op).still, seconds(elapsed));
                    self.step(inner, &step, &text);
                }
            }
            Event::StepDone { step, id, elapsed } => {
                inner.said.remove(&step);
                let is_gone = matches!(step.op, crate::plan::Op::Delete | crate::plan::Op::DeleteDeposed);
                let id = if is_gone { String::new() } else { id_text(id.as_ref()) };
                let text = format!("{} after {}{id}", words(step.op).done, seconds(elapsed));
                self.step(inner, &step, &text);
            }
            Event::StepFailed { step, error, elapsed } => {
                inner.said.remove(&step);
                let text = format!("{} after {}: {}", words(step.op).failed, seconds(elapsed), visible(&error));
                self.step(inner, &step, &text.replace('\n', " "));
            }
            Event::StepUndone { step, how, cause, elapsed } => {
                inner.said.remove(&step);
                self.step(inner, &step, &undone(how, cause.as_ref(), elapsed));
            }
            Event::StepSkipped { step } => {
                self.step(inner, &step, "Skipped, as something it needs has failed");
            }
            Event::WaitStart(wait) => say(inner, &waiting(&wait)),
            // What comes next says that it goes on.
            Event::WaitDone { .. } => {}
            Event::Notice(text) => say(inner, &visible(&text)),
        }
    }
}
