//! What a call is surrounded by: its clock, its name, who hears of it, and which of its values are new.

use std::sync::Arc;
use std::time::Duration;

use super::Event;
use super::StepName;
use super::Waits;
use super::run::State;
use crate::plan::Action;
use crate::plan::Change;
use crate::plan::Secrets;
use crate::provider::Cx;
use crate::provider::Record;
use crate::value::Str;

impl State<'_> {
    /// The attributes of a new object whose values are those of objects that this plan makes, too.
    pub(super) fn fresh(&self, change: &Change) -> Vec<Str> {
        let makes = |instance: &str| {
            let made = || {
                let is_made = |change: &&Change| change.action == Action::Create || change.action.is_replace();
                self.run.made.plan.changes.iter().filter(is_made).map(|change| change.addr.to_string()).collect()
            };
            self.made.get_or_init(made).contains(instance)
        };
        let Some(promised) = &change.planned else { return Vec::new() };
        let unknown = promised.iter().filter_map(|(name, value)| {
            let origin = value.unmarked().as_unknown()?.origin()?;
            // What only it can tell of itself is nobody else's.
            (*origin.instance != *change.addr.to_string() && makes(&origin.instance)).then(|| Str::clone(name))
        });
        unknown.collect()
    }

    /// The surroundings of a step's call.
    pub(super) fn cx(
        &self,
        names: Vec<StepName>,
        recorder: Arc<dyn Record>,
        private: serde_json::Value,
        secrets: Secrets,
    ) -> Cx {
        let observer = Arc::clone(&self.run.observer);
        let clock = Arc::clone(&self.run.clock);
        let since = clock.now();
        let progress = move |text: &str| {
            let elapsed = Duration::try_from(clock.now().duration_since(since)).unwrap_or_default();
            for step in &names {
                let text = secrets.hide(text.to_owned());
                observer.event(Event::StepProgress { step: step.clone(), text: Some(text), elapsed });
            }
        };
        Cx::new(
            Arc::clone(&self.run.clock),
            self.run.cancel.clone(),
            op_id(),
            self.run.made.plan.prior.tag(),
            Arc::new(progress),
            recorder,
            private,
        )
        .heard_by(Arc::new(Waits(Arc::clone(&self.run.observer))))
    }
}

/// A name for one operation: 26 lower-case letters and digits.
fn op_id() -> String {
    const DIGITS: &[u8; 36] = b"0123456789abcdefghijklmnopqrstuvwxyz";
    let mut number = uuid::Uuid::new_v4().as_u128();
    let mut text = [b'0'; 26];
    for place in text.iter_mut().rev() {
        *place = DIGITS[usize::try_from(number % 36).expect("less than 36")];
        number /= 36;
    }
    String::from_utf8_lossy(&text).into_owned()
}
