//! The live tree on a terminal.

use std::fmt;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::time::Duration;
use std::time::Instant;

use indicatif::ProgressBar;
use indicatif::ProgressDrawTarget;
use indicatif::ProgressState;
use indicatif::ProgressStyle;

use super::board::Board;
use crate::apply::Event;
use crate::apply::Observer;
use crate::plan::Plan;
use crate::report::style::Style;

/// How often the tree is drawn anew.
const TICK: Duration = Duration::from_millis(120);

/// Draws what goes on, and keeps a line of what is over, above.
pub struct Tree {
    board: Arc<Mutex<Board>>,
    bar: ProgressBar,
    since: Instant,
}

impl Tree {
    /// Draws on a terminal. With a plan it can say what waits, and for what.
    pub fn new(target: ProgressDrawTarget, plan: Option<&Plan>, style: Style) -> Self {
        let board = Arc::new(Mutex::new(Board::new(plan, style)));
        let since = Instant::now();
        let shared = Arc::clone(&board);
        let draw = move |_: &ProgressState, to: &mut dyn fmt::Write| {
            let board = shared.lock().unwrap_or_else(PoisonError::into_inner);
            let _ = to.write_str(&board.lines(since.elapsed()).join("\n"));
        };
        let ticks = if style.unicode { "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏ " } else { "|/-\\ " };
        let template = ProgressStyle::with_template("{spinner} {tree}").expect("the template is well-formed");
        let bar = ProgressBar::with_draw_target(None, target);
        bar.set_style(template.tick_chars(ticks).with_key("tree", draw));
        bar.enable_steady_tick(TICK);
        Self { board, bar, since }
    }

    /// Runs something that writes to the terminal itself, with the tree out of the way.
    pub fn suspend<T>(&self, write: impl FnOnce() -> T) -> T {
        self.bar.suspend(write)
    }

    /// Takes the tree off the screen; the lines above it stay.
    pub fn finish(&self) {
        self.bar.finish_and_clear();
    }
}

impl Observer for Tree {
    fn event(&self, event: Event) {
        // The board is let go of before drawing, which locks it again.
        let kept = {
            let mut board = self.board.lock().unwrap_or_else(PoisonError::into_inner);
            board.event(event, self.since.elapsed())
        };
        if let Some(line) = kept {
            self.bar.println(line);
        }
    }
}
