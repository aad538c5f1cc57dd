//! When a running step says again that it goes on: at first soon, then ever more seldom, and soon again once it does
//! something else.

use std::time::Duration;

/// How long after its last line a step may say something new.
const FIRST: Duration = Duration::from_secs(10);
/// What says the same for long is still heard of so often: some that watch a log take silence for an end.
const MOST: Duration = Duration::from_secs(60);

/// What a running step has said.
#[derive(Debug)]
pub(super) struct Still {
    /// When it last did, since its beginning.
    at: Duration,
    /// How long after that it says the same again.
    gap: Duration,
    said: String,
    /// What it does now, where it has told.
    pub(super) text: String,
}

impl Default for Still {
    fn default() -> Self {
        Self { at: Duration::ZERO, gap: FIRST, said: String::new(), text: String::new() }
    }
}

impl Still {
    /// Takes in what a step does, or that it goes on; whether it is to be said.
    pub(super) fn is_due(&mut self, text: Option<String>, elapsed: Duration) -> bool {
        self.text = text.unwrap_or_else(|| std::mem::take(&mut self.text));
        let is_new = self.text != self.said;
        let gap = if is_new { FIRST } else { self.gap };
        let is_due = elapsed.saturating_sub(self.at) >= gap;
        if is_due {
            (self.at, self.gap) = (elapsed, (gap * 2).min(MOST));
            self.said.clone_from(&self.text);
        }
        is_due
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The seconds at which a step says something that is asked every second; `told` is what it does from then on.
    fn said(told: &[(u64, &str)]) -> Vec<u64> {
        let mut still = Still::default();
        let mut is_due = |at: &u64| {
            let text = told.iter().find(|(since, _)| since == at).map(|(_, text)| (*text).to_owned());
            still.is_due(text, Duration::from_secs(*at))
        };
        (0..=300).filter(|at| is_due(at)).collect()
    }

    #[test]
    fn what_takes_long_is_said_ever_more_seldom_and_what_is_new_soon() {
        assert_eq!(said(&[]), [10, 30, 70, 130, 190, 250]);
        assert_eq!(said(&[(0, "boots")]), [10, 30, 70, 130, 190, 250]);
        assert_eq!(said(&[(0, "boots"), (75, "refuses")]), [10, 30, 70, 80, 100, 140, 200, 260]);
    }
}
