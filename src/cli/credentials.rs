//! Credentials from the environment, the keyring, and a person; none at all for a simulated world.

use std::collections::BTreeMap;
use std::io;
use std::io::BufRead as _;
use std::io::Write as _;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::MutexGuard;

use super::environment::Environment;
use super::place::Place;
use super::quiet;
use super::view::Stage;
use super::view::View;
use crate::ops::Session;
use crate::provider::Credentials;

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

/// Others' credentials; one that is missing is asked for, once, on the terminal.
pub(super) struct Asked {
    others: Arc<dyn Credentials>,
    /// Gets what is drawn on the terminal out of the way.
    stage: Stage,
    /// What was typed, by vendor; nothing where nothing was.
    typed: Mutex<BTreeMap<String, Typed>>,
}

#[derive(Clone)]
struct Typed {
    credential: Option<String>,
    /// Nobody was asked yet whether to keep it.
    is_new: bool,
}

/// Has a missing credential asked for, where somebody can answer: not in a simulated world, which needs none, nor where a
/// program runs this one.
pub(super) fn ask_for_missing(session: &mut Session, place: &Place, view: &View, may_ask: bool) -> Option<Arc<Asked>> {
    let is_automatic = place.environment.get("CI").is_some_and(|ci| !matches!(ci, "0" | "false"));
    if !may_ask || is_automatic || view.is_json() || session.simulated.is_some() {
        return None;
    }
    let others = Arc::clone(&session.credentials);
    let asked = Arc::new(Asked { others, stage: view.stage(), typed: Mutex::default() });
    session.credentials = Arc::clone(&asked) as Arc<dyn Credentials>;
    Some(asked)
}

impl Asked {
    fn typed(&self) -> MutexGuard<'_, BTreeMap<String, Typed>> {
        self.typed.lock().expect("no holder panics")
    }

    /// Asks whether to keep what was typed, once it has worked.
    pub(super) fn offer(&self) -> io::Result<()> {
        let typed: Vec<(String, Typed)> = std::mem::take(&mut *self.typed()).into_iter().collect();
        for (vendor, Typed { credential, is_new }) in typed {
            if let (Some(credential), true) = (&credential, is_new) {
                self.stage.aside(|| offer(&vendor, credential))?;
            }
            self.typed().insert(vendor, Typed { credential, is_new: false });
        }
        Ok(())
    }
}

impl Credentials for Asked {
    fn env(&self, names: &[&'static str]) -> Option<(&'static str, String)> {
        self.others.env(names)
    }

    /// The last place in which a credential is looked for: what is not there is nowhere.
    fn keyring(&self, vendor: &str) -> Option<String> {
        if let Some(credential) = self.others.keyring(vendor) {
            return Some(credential);
        }
        // Held while asking, so that nobody is asked twice at once.
        let mut typed = self.typed();
        if let Some(known) = typed.get(vendor) {
            return known.credential.clone();
        }
        let question = format!(
            "\nThere is no credential for {vendor}: none in the configuration, the environment or the keyring.\n  Enter it \
             (not shown; nothing to stop): "
        );
        let credential = self.stage.aside(|| quiet::ask(&question)).ok();
        let credential = credential.map(|text| text.trim().to_owned()).filter(|credential| !credential.is_empty());
        typed.insert(vendor.to_owned(), Typed { credential: credential.clone(), is_new: true });
        credential
    }

    fn passphrase(&self, key: &str) -> Option<String> {
        let question = format!("Passphrase of {key} (not shown; nothing to stop): ");
        self.stage.aside(|| quiet::ask(&question)).ok().filter(|text| !text.is_empty())
    }
}

fn offer(vendor: &str, credential: &str) -> io::Result<()> {
    let mut to = io::stderr().lock();
    write!(to, "\nKeep the credential for {vendor} in the keyring, for the next time? Only 'yes' will do: ")?;
    to.flush()?;
    let mut answer = String::new();
    io::stdin().lock().read_line(&mut answer)?;
    if answer.trim() != "yes" {
        return writeln!(to, "It is not kept.");
    }
    match keep(vendor, credential) {
        Ok(()) => writeln!(to, "Kept in the keyring; `infra logout {vendor}` removes it."),
        Err(error) => writeln!(to, "It cannot be kept: {error}."),
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
