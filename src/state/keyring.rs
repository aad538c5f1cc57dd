//! A wrapping key in the operating system's keyring.

use std::sync::Arc;

use keyring::Entry;
use keyring::Error;

use super::KeyError;
use super::KeyKind;
use super::KeySource;
use super::WrapKey;

/// An entry of the keyring. Where there is no keyring, as on most servers, nothing is found.
pub struct Keyring {
    service: String,
    user: String,
}

impl Keyring {
    /// The entry of a service and user.
    pub fn new(service: impl Into<String>, user: impl Into<String>) -> Self {
        Self { service: service.into(), user: user.into() }
    }

    /// Keeps a wrapping key here.
    pub fn keep(&self, key: &WrapKey) -> Result<(), KeyError> {
        let entry = Entry::new(&self.service, &self.user).map_err(|error| self.fail(error))?;
        entry.set_password(&key.to_text()).map_err(|error| self.fail(error))
    }

    fn fail(&self, error: Error) -> KeyError {
        KeyError::Place { place: self.place(), source: Arc::new(error) }
    }
}

impl KeySource for Keyring {
    fn kind(&self) -> KeyKind {
        KeyKind::Keyring
    }

    fn place(&self) -> String {
        format!("the keyring's entry `{}` of `{}`", self.user, self.service)
    }

    fn find(&self) -> Result<Option<WrapKey>, KeyError> {
        let found = Entry::new(&self.service, &self.user).and_then(|entry| entry.get_password());
        let text = match found {
            Ok(text) => zeroize::Zeroizing::new(text),
            Err(Error::NoEntry | Error::NoDefaultStore | Error::NoStorageAccess(_)) => return Ok(None),
            Err(error) => return Err(self.fail(error)),
        };
        let key = WrapKey::from_text(KeyKind::Keyring, &text);
        key.map(Some).ok_or_else(|| KeyError::Malformed { place: self.place() })
    }
}
