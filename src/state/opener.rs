//! Opening what is sealed in one document, with whichever of its keys it takes.

use zeroize::Zeroizing;

use super::KeyEntry;
use super::KeyError;
use super::OpenError;
use super::Place;
use super::Sealer;

/// Gives the key of an entry.
pub(crate) type Unlock<'a> = dyn Fn(&KeyEntry) -> Result<Sealer, KeyError> + 'a;

/// The keys of a document, opened when the first value needs one.
pub(crate) struct Opener<'a> {
    keys: Vec<KeyEntry>,
    opened: Vec<Sealer>,
    unlock: Option<&'a Unlock<'a>>,
    /// Something was left shut.
    is_shut: bool,
}

/// Why sealed text does not open.
#[derive(Debug)]
pub(crate) enum OpenFailure {
    /// It was changed, or moved.
    Damaged(String),
    /// There is no key.
    Key(KeyError),
}

impl<'a> Opener<'a> {
    /// Opens with the keys that `unlock` gives; without, everything stays shut.
    pub(crate) fn new(unlock: Option<&'a Unlock<'a>>) -> Self {
        Self { keys: Vec::new(), opened: Vec::new(), unlock, is_shut: false }
    }

    /// The document's keys.
    pub(crate) fn set_keys(&mut self, keys: Vec<KeyEntry>) {
        self.keys = keys;
    }

    /// Whether anything was left shut.
    pub(crate) fn is_shut(&self) -> bool {
        self.is_shut
    }

    /// Opens a text for its place; `None` leaves it shut.
    pub(crate) fn open(&mut self, place: &Place, text: &str) -> Result<Option<Zeroizing<Vec<u8>>>, OpenFailure> {
        let Some(unlock) = self.unlock else {
            self.is_shut = true;
            return Ok(None);
        };
        let id = text.split_once('.').map_or("", |(id, _)| id);
        let at = match self.opened.iter().position(|sealer| sealer.id() == id) {
            Some(at) => at,
            None => {
                let entry = self.keys.iter().find(|entry| entry.id == id);
                let entry = entry.ok_or_else(|| damaged(&OpenError::OtherKey(id.to_owned())))?;
                self.opened.push(unlock(entry).map_err(OpenFailure::Key)?);
                self.opened.len() - 1
            }
        };
        self.opened[at].open(place, text).map(Some).map_err(|error| damaged(&error))
    }
}

fn damaged(error: &OpenError) -> OpenFailure {
    OpenFailure::Damaged(error.to_string())
}
