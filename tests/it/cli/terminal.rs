//! The program on a terminal: a pseudo one, whose other end sees what is shown and types.

use std::fs::File;
use std::io::Read as _;
use std::io::Write as _;
use std::process::Child;
use std::sync::Arc;
use std::sync::Mutex;
use std::time::Duration;
use std::time::Instant;

use rustix::fs::Mode;
use rustix::fs::OFlags;
use rustix::pty::OpenptFlags;
use rustix::pty::grantpt;
use rustix::pty::openpt;
use rustix::pty::ptsname;
use rustix::pty::unlockpt;
use rustix::termios::Winsize;
use rustix::termios::tcsetwinsize;

use super::Folder;

/// Longer than anything takes that is waited for.
const PATIENCE: Duration = Duration::from_secs(60);

/// The program on a terminal of its own.
pub(super) struct Terminal {
    process: Child,
    to: File,
    seen: Arc<Mutex<String>>,
}

impl Terminal {
    /// Runs a line of the program with input, output and errors on the terminal.
    pub(super) fn run(folder: &Folder, line: &str) -> Self {
        let ours = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
        grantpt(&ours).unwrap();
        unlockpt(&ours).unwrap();
        let name = ptsname(&ours, Vec::new()).unwrap();
        let theirs = rustix::fs::open(name, OFlags::RDWR | OFlags::NOCTTY, Mode::empty()).unwrap();
        tcsetwinsize(&theirs, Winsize { ws_row: 40, ws_col: 120, ws_xpixel: 0, ws_ypixel: 0 }).unwrap();
        let mut command = folder.command(line);
        command.env("TERM", "xterm").env("NO_COLOR", "1");
        let end = || theirs.try_clone().unwrap();
        let process = command.stdin(end()).stdout(end()).stderr(end()).spawn().unwrap();
        // Only the program holds its end open now, so that reading ends with it.
        drop(command);
        drop(theirs);
        let to = File::from(ours);
        let mut from = to.try_clone().unwrap();
        let seen = Arc::new(Mutex::new(String::new()));
        let shown = Arc::clone(&seen);
        std::thread::spawn(move || {
            let mut bytes = [0; 4096];
            // The end of a terminal is an error.
            while let Ok(count @ 1..) = from.read(&mut bytes) {
                shown.lock().unwrap().push_str(&String::from_utf8_lossy(&bytes[..count]));
            }
        });
        Self { process, to, seen }
    }

    /// All that was shown so far.
    pub(super) fn seen(&self) -> String {
        self.seen.lock().unwrap().clone()
    }

    /// Waits until something is shown.
    pub(super) fn until(&self, text: &str) {
        let since = Instant::now();
        while !self.seen().contains(text) {
            assert!(since.elapsed() < PATIENCE, "`{text}` is not in: {}", self.seen());
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// Types a line.
    pub(super) fn types(&mut self, line: &str) {
        self.to.write_all(format!("{line}\n").as_bytes()).unwrap();
    }

    /// Waits for the end: all that was shown, and the exit code.
    pub(super) fn end(mut self) -> (String, i32) {
        let code = self.process.wait().unwrap().code().unwrap();
        // What was written before the end is read soon after it.
        let since = Instant::now();
        let mut seen = self.seen();
        while since.elapsed() < Duration::from_millis(300) {
            std::thread::sleep(Duration::from_millis(20));
            seen = self.seen();
        }
        (seen, code)
    }
}
