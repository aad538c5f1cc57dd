//! Reading a line that the terminal does not show.

use std::io;
use std::io::BufRead as _;
use std::io::Write as _;

use rustix::termios::LocalModes;
use rustix::termios::OptionalActions;
use rustix::termios::Termios;
use rustix::termios::tcgetattr;
use rustix::termios::tcsetattr;

/// While it lives, the terminal does not show what is typed.
pub(super) struct Quiet(Termios);

impl Quiet {
    /// Begins, where standard input is a terminal.
    pub(super) fn begin() -> Option<Self> {
        let stdin = io::stdin();
        let before = tcgetattr(&stdin).ok()?;
        let mut silent = before.clone();
        silent.local_modes.remove(LocalModes::ECHO);
        tcsetattr(&stdin, OptionalActions::Flush, &silent).ok()?;
        Some(Self(before))
    }
}

impl Drop for Quiet {
    fn drop(&mut self) {
        let _ = tcsetattr(io::stdin(), OptionalActions::Now, &self.0);
    }
}

/// Asks on standard error and reads a line, which is not shown.
pub(super) fn ask(question: &str) -> io::Result<String> {
    let quiet = Quiet::begin();
    let mut to = io::stderr().lock();
    // Asked once the terminal is silent, so that nothing that answers quickly is shown.
    write!(to, "{question}")?;
    to.flush()?;
    let mut line = String::new();
    let read = io::stdin().lock().read_line(&mut line);
    drop(quiet);
    writeln!(to)?;
    read?;
    Ok(line.trim().to_owned())
}
