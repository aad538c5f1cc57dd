//! Credentials from the environment and the keyring; none at all for a simulated world.

use std::io;
use std::io::BufRead as _;
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

/// Asks on the terminal for what is not to be seen while it is typed.
fn unseen(question: &str) -> Option<String> {
    let stdin = io::stdin();
    let before = termios::tcgetattr(&stdin).ok()?;
    let mut blind = before.clone();
    blind.local_modes -= LocalModes::ECHO;
    termios::tcsetattr(&stdin, OptionalActions::Flush, &blind).ok()?;
    // What is going on may be shown in the same line.
    let asked = write!(io::stderr(), "\r\u{1b}[K{question}").and_then(|()| io::stderr().flush());
    let mut answer = String::new();
    let read = asked.and_then(|()| stdin.lock().read_line(&mut answer));
    let _ = termios::tcsetattr(&stdin, OptionalActions::Flush, &before);
    let _ = writeln!(io::stderr());
    read.ok().map(|_| answer.trim_end_matches(['\n', '\r']).to_owned())
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
