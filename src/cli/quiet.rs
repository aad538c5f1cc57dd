//! Reading a line that the terminal does not show.

use std::io;
use std::io::BufRead as _;
use std::io::Write as _;

use rustix::termios::LocalModes;
use rustix::termios::OptionalActions;
use rustix::termios::Termios;
use rustix::termios::tcgetattr;
use rustix::termios::tcsetattr;

/// While it lives, the terminal does not show what is typed, and gives it key by key. Signals are keys then, too: a Ctrl-C
/// that ended the program here would leave the terminal blind.
struct Quiet(Termios);

impl Quiet {
    /// Begins, where standard input is a terminal.
    fn begin() -> Option<Self> {
        let stdin = io::stdin();
        let before = tcgetattr(&stdin).ok()?;
        let mut silent = before.clone();
        silent.local_modes.remove(LocalModes::ECHO | LocalModes::ICANON | LocalModes::ISIG);
        tcsetattr(&stdin, OptionalActions::Flush, &silent).ok()?;
        Some(Self(before))
    }
}

impl Drop for Quiet {
    fn drop(&mut self) {
        let _ = tcsetattr(io::stdin(), OptionalActions::Flush, &self.0);
    }
}

/// Asks on standard error and reads a line, which is not shown, as it is typed; an error when somebody thinks better of it.
pub(super) fn ask(question: &str) -> io::Result<String> {
    let quiet = Quiet::begin();
    let mut to = io::stderr().lock();
    // Asked once the terminal is silent, so that nothing that answers quickly is shown.
    write!(to, "{question}")?;
    to.flush()?;
    let line = match &quiet {
        Some(_) => typed(|| {
            let mut byte = [0];
            matches!(rustix::io::read(io::stdin(), &mut byte), Ok(1..)).then_some(byte[0])
        })
        .ok_or_else(|| io::Error::from(io::ErrorKind::Interrupted)),
        None => {
            let mut line = String::new();
            io::stdin().lock().read_line(&mut line).map(|_| line)
        }
    };
    drop(quiet);
    writeln!(to)?;
    Ok(line?.trim_end_matches(['\n', '\r']).to_owned())
}

/// A line as its keys are pressed; `None` when it is broken off.
fn typed(mut next: impl FnMut() -> Option<u8>) -> Option<String> {
    const CTRL_C: u8 = 0x03;
    const CTRL_D: u8 = 0x04;
    const CTRL_U: u8 = 0x15;
    let mut line = Vec::new();
    loop {
        match next()? {
            b'\n' | b'\r' => return String::from_utf8(line).ok(),
            CTRL_C | CTRL_D => return None,
            CTRL_U => line.clear(),
            0x08 | 0x7f => {
                // A character may be several bytes, of which all but the first begin alike.
                while line.pop().is_some_and(|byte| byte & 0xc0 == 0x80) {}
            }
            byte => line.push(byte),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::typed;

    #[test]
    fn what_is_typed_can_be_mended_and_taken_back() {
        for (keys, expected) in [
            ("abc\r", Some("abc")),
            ("a\u{7f}ä€\u{7f}b\n", Some("äb")),
            ("\u{7f}\u{8}x\n", Some("x")),
            ("wrong\u{15}right\n", Some("right")),
            ("abc\u{3}", None),
            ("abc", None),
        ] {
            let mut bytes = keys.bytes();
            assert_eq!(typed(|| bytes.next()).as_deref(), expected, "{keys:?}");
        }
    }
}
