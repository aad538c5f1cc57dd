//! Credentials from the environment and the keyring; none at all for a simulated world.

use std::io;
use std::io::IsTerminal as _;
use std::io::Write as _;

use rustix::termios;
use rustix::termios::LocalModes;
use rustix::termios::OptionalActions;

use crate::provider::Credentials;

use super::environment::Environment;

/// What the keyring knows us by.
const SERVICE: &str = "infra";

/// The real ones.
pub(super) struct Outside(pub(super) Environment);

impl Credentials for Outside {
    fn env(&self, names: &[&'static str]) -> Option<(&'static str, String)> {
        names.iter().find_map(|name| Some((*name, self.0.get(name)?.to_owned())))
    }

    fn keyring(&self, vendor: &str) -> Option<String> {
        // Where there is no keyring, as on most servers, there is nothing in it.
        keyring::Entry::new(SERVICE, vendor).and_then(|entry| entry.get_password()).ok()
    }

    fn passphrase(&self, key: &str) -> Option<String> {
        let may_ask = self.0.switch("INPUT") != Some(false) && io::stdin().is_terminal() && io::stderr().is_terminal();
        if may_ask { unseen(&format!("Passphrase of {key}: ")).filter(|text| !text.is_empty()) } else { None }
    }
}

/// Asks on the terminal for what is not to be seen while it is typed; `None` when somebody thinks better of it.
fn unseen(question: &str) -> Option<String> {
    // Whatever shows what is going on waits for the answer.
    let mut screen = io::stderr().lock();
    let stdin = io::stdin();
    let before = termios::tcgetattr(&stdin).ok()?;
    let mut blind = before.clone();
    // Without signals: a Ctrl-C that ended the program here would leave the terminal blind.
    blind.local_modes -= LocalModes::ECHO | LocalModes::ICANON | LocalModes::ISIG;
    termios::tcsetattr(&stdin, OptionalActions::Flush, &blind).ok()?;
    let asked = write!(screen, "\r\u{1b}[K{question}").and_then(|()| screen.flush());
    let answer = asked.ok().and_then(|()| {
        typed(|| {
            let mut byte = [0];
            matches!(rustix::io::read(&stdin, &mut byte), Ok(1..)).then_some(byte[0])
        })
    });
    let _ = termios::tcsetattr(&stdin, OptionalActions::Flush, &before);
    let _ = writeln!(screen);
    answer
}

/// A line as its keys are pressed.
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

/// Keeps a vendor's credential in the keyring.
pub(super) fn keep(vendor: &str, credential: &str) -> Result<(), keyring::Error> {
    keyring::Entry::new(SERVICE, vendor)?.set_password(credential)
}

/// Removes it again; whether there was one.
pub(super) fn forget(vendor: &str) -> Result<bool, keyring::Error> {
    match keyring::Entry::new(SERVICE, vendor).and_then(|entry| entry.delete_credential()) {
        Ok(()) => Ok(true),
        Err(keyring::Error::NoEntry) => Ok(false),
        Err(error) => Err(error),
    }
}

/// Where a vendor's credential comes from, in words; `None` where there is none outside the configuration.
pub(super) fn place_of(credentials: &dyn Credentials, variable: &'static str, vendor: &str) -> Option<String> {
    match credentials.env(&[variable]) {
        Some((variable, _)) => Some(variable.to_owned()),
        None => credentials.keyring(vendor).map(|_| "the keyring".to_owned()),
    }
}

/// For a simulated world, which lets everybody in: a real token is never sent there.
pub(super) struct Simulated;

impl Credentials for Simulated {
    fn env(&self, _: &[&'static str]) -> Option<(&'static str, String)> {
        None
    }

    fn keyring(&self, _: &str) -> Option<String> {
        Some("simulated".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
