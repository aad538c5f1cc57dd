//! Who may open a state: its key, wrapped for each holder of a wrapping key, and where wrapping keys are looked for.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rand::RngCore as _;
use serde::Deserialize;
use serde::Serialize;
use zeroize::Zeroizing;

use super::Notice;
use super::Sealer;
use super::seal::fingerprint;

/// The key that seals a state's values, wrapped for each who may open it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyEntry {
    /// The key's fingerprint: eight hexadecimal digits.
    pub id: String,
    /// Who may open it.
    pub recipients: Vec<Recipient>,
}

/// One who may open a state's key: the holder of a wrapping key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recipient {
    /// Where the wrapping key was found when it was used first.
    pub kind: KeyKind,
    /// The wrapping key's fingerprint.
    pub id: String,
    /// The state's key, sealed with the wrapping key.
    pub wrapped: String,
}

/// Where a wrapping key is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum KeyKind {
    /// In an environment variable.
    Env,
    /// In the operating system's keyring.
    Keyring,
    /// In a file.
    File,
}

impl KeyKind {
    /// The word that is written down.
    pub fn as_str(self) -> &'static str {
        match self {
            KeyKind::Env => "env",
            KeyKind::Keyring => "keyring",
            KeyKind::File => "file",
        }
    }

    /// Reads back what [`KeyKind::as_str`] wrote.
    pub fn from_word(word: &str) -> Option<KeyKind> {
        [KeyKind::Env, KeyKind::Keyring, KeyKind::File].into_iter().find(|kind| kind.as_str() == word)
    }
}

/// A key that wraps states' keys: 32 bytes, in text as base64.
#[derive(Clone)]
pub struct WrapKey {
    bytes: Zeroizing<[u8; 32]>,
    kind: KeyKind,
}

impl WrapKey {
    /// A new key, from the system's randomness.
    pub fn generate(kind: KeyKind) -> Self {
        let mut bytes = Zeroizing::new([0; 32]);
        rand::rngs::OsRng.fill_bytes(&mut *bytes);
        Self { bytes, kind }
    }

    /// Reads a key from text; `None` when that is not 32 bytes in base64.
    pub fn from_text(kind: KeyKind, text: &str) -> Option<Self> {
        let bytes = Zeroizing::new(STANDARD.decode(text.trim()).ok()?);
        let bytes = Zeroizing::new(<[u8; 32]>::try_from(bytes.as_slice()).ok()?);
        Some(Self { bytes, kind })
    }

    /// The key as text.
    pub fn to_text(&self) -> Zeroizing<String> {
        Zeroizing::new(STANDARD.encode(self.bytes.as_slice()))
    }

    /// The fingerprint.
    pub fn id(&self) -> String {
        fingerprint(&self.bytes)
    }

    /// Where it is kept.
    pub fn kind(&self) -> KeyKind {
        self.kind
    }

    pub(super) fn bytes(&self) -> &Zeroizing<[u8; 32]> {
        &self.bytes
    }
}

/// Shows the fingerprint only.
impl fmt::Debug for WrapKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WrapKey").field("id", &self.id()).field("kind", &self.kind).finish()
    }
}

/// A place that may hold a wrapping key.
pub trait KeySource: Send + Sync {
    /// What kind of place it is.
    fn kind(&self) -> KeyKind;

    /// The place, for messages: `INFRA_STATE_KEY`, `the file state/.key`.
    fn place(&self) -> String;

    /// The key that is there.
    fn find(&self) -> Result<Option<WrapKey>, KeyError>;

    /// Makes a key and keeps it here; `None` where keys are only looked up.
    fn make(&self) -> Result<Option<(WrapKey, Notice)>, KeyError> {
        Ok(None)
    }
}

/// Why sealed values cannot be sealed or opened.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// No wrapping key opens the state's key.
    #[error("the state is sealed with key {id}, and nothing here opens it: {}", listed(.looked))]
    Missing {
        /// The state's key.
        id: String,
        /// Where was looked, and what was there.
        looked: Vec<(String, Looked)>,
    },
    /// What should be a key is none.
    #[error("{place} does not hold a key: 32 bytes in base64 are required, as `openssl rand -base64 32` prints them")]
    Malformed {
        /// Where it was found.
        place: String,
    },
    /// Others can read the key.
    #[error("{} can be read by others (mode {mode:o}): it holds a key, so `chmod 600` it", .path.display())]
    Exposed {
        /// The key's file.
        path: PathBuf,
        /// Its mode.
        mode: u32,
    },
    /// The place exists and cannot be used.
    #[error("cannot use {place} for the state's key")]
    Place {
        /// Which.
        place: String,
        /// Why.
        #[source]
        source: Arc<dyn std::error::Error + Send + Sync>,
    },
    /// There is no place to keep a new key.
    #[error("there is no key to seal the state with, and no place to keep a new one")]
    NoPlace,
}

/// What was found at one place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Looked {
    /// Nothing.
    Nothing,
    /// A wrapping key that this state's key was not wrapped for.
    Other(String),
    /// The wrapping key, which does not open what was wrapped for it.
    Refused,
}

fn listed(looked: &[(String, Looked)]) -> String {
    let parts: Vec<String> = looked
        .iter()
        .map(|(place, found)| match found {
            Looked::Nothing => format!("{place} holds none"),
            Looked::Other(id) => format!("{place} holds another ({id})"),
            Looked::Refused => format!("{place} holds the right one, but what it opens is damaged"),
        })
        .collect();
    if parts.is_empty() { "no place was searched".to_owned() } else { parts.join(", ") }
}

/// The places that may hold wrapping keys, in the order in which they are searched.
#[derive(Clone, Default)]
pub struct KeySources(Vec<Arc<dyn KeySource>>);

impl KeySources {
    /// The places, first come first searched.
    pub fn new(sources: Vec<Arc<dyn KeySource>>) -> Self {
        Self(sources)
    }

    /// Opens a state's key.
    pub fn open(&self, entry: &KeyEntry) -> Result<Sealer, KeyError> {
        let mut looked = Vec::new();
        for source in &self.0 {
            // Asking the keyring takes a tenth of a second, so it is asked only where a key was wrapped for it.
            let is_slow = source.kind() == KeyKind::Keyring;
            if is_slow && !entry.recipients.iter().any(|recipient| recipient.kind == KeyKind::Keyring) {
                continue;
            }
            let found = match source.find()? {
                None => Looked::Nothing,
                Some(wrapping) => {
                    let id = wrapping.id();
                    match entry.recipients.iter().find(|recipient| recipient.id == id) {
                        None => Looked::Other(id),
                        Some(recipient) => match Sealer::unwrap(&entry.id, recipient, &wrapping) {
                            Ok(sealer) => return Ok(sealer),
                            Err(_) => Looked::Refused,
                        },
                    }
                }
            };
            looked.push((source.place(), found));
        }
        Err(KeyError::Missing { id: entry.id.clone(), looked })
    }

    /// Makes a key for a new state, wrapped for the first place that holds a wrapping key; where none does, for one that
    /// is made at the first place that keeps keys.
    pub fn make(&self) -> Result<(Sealer, KeyEntry, Option<Notice>), KeyError> {
        let mut found = None;
        for source in self.0.iter().filter(|source| source.kind() != KeyKind::Keyring) {
            found = source.find()?.map(|wrapping| (wrapping, None));
            if found.is_some() {
                break;
            }
        }
        for source in self.0.iter().filter(|source| source.kind() != KeyKind::Keyring) {
            if found.is_none() {
                found = source.make()?.map(|(wrapping, notice)| (wrapping, Some(notice)));
            }
        }
        let (wrapping, notice) = found.ok_or(KeyError::NoPlace)?;
        let sealer = Sealer::generate();
        let entry = KeyEntry { id: sealer.id().to_owned(), recipients: vec![sealer.wrap(&wrapping)] };
        Ok((sealer, entry, notice))
    }
}

/// Wrapping keys that are given: from the environment, by whoever reads it.
pub struct EnvKey {
    variable: String,
    text: Option<Zeroizing<String>>,
}

impl EnvKey {
    /// What the variable says; `None` when it is not set.
    pub fn new(variable: impl Into<String>, text: Option<String>) -> Self {
        Self { variable: variable.into(), text: text.filter(|text| !text.is_empty()).map(Zeroizing::new) }
    }
}

impl KeySource for EnvKey {
    fn kind(&self) -> KeyKind {
        KeyKind::Env
    }

    fn place(&self) -> String {
        self.variable.clone()
    }

    fn find(&self) -> Result<Option<WrapKey>, KeyError> {
        let Some(text) = &self.text else { return Ok(None) };
        let key = WrapKey::from_text(KeyKind::Env, text);
        key.map(Some).ok_or_else(|| KeyError::Malformed { place: self.variable.clone() })
    }
}

#[cfg(test)]
mod tests;
