//! Credentials from the environment and the keyring; none at all for a simulated world.

use crate::provider::Credentials;

use super::environment::Environment;

/// The real ones.
pub(super) struct Outside(pub(super) Environment);

impl Credentials for Outside {
    fn env(&self, names: &[&'static str]) -> Option<(&'static str, String)> {
        names.iter().find_map(|name| Some((*name, self.0.get(name)?.to_owned())))
    }

    fn keyring(&self, vendor: &str) -> Option<String> {
        // Where there is no keyring, as on most servers, there is nothing in it.
        keyring::Entry::new("infra", vendor).and_then(|entry| entry.get_password()).ok()
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
