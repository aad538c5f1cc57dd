//! A wrapping key in a file that only its owner can read.

use std::fs::File;
use std::fs::OpenOptions;
use std::io::Read as _;
use std::io::Write as _;
use std::os::unix::fs::MetadataExt as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::PathBuf;
use std::sync::Arc;

use zeroize::Zeroizing;

use super::KeyError;
use super::KeyKind;
use super::KeySource;
use super::Notice;
use super::WrapKey;

/// A file with a wrapping key: found when it is there, made with mode 0600 when it is needed.
pub struct KeyFile {
    path: PathBuf,
}

impl KeyFile {
    /// The key of a file.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into() }
    }

    fn fail(&self, error: std::io::Error) -> KeyError {
        KeyError::Place { place: self.place(), source: Arc::new(error) }
    }

    fn write(&self, key: &WrapKey) -> std::io::Result<()> {
        if let Some(folder) = self.path.parent() {
            std::fs::create_dir_all(folder)?;
        }
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&self.path)?;
        file.write_all(key.to_text().as_bytes())?;
        file.write_all(b"\n")?;
        // Without it what is sealed next is lost, so it must be on the disk first.
        file.sync_all()?;
        match self.path.parent() {
            Some(folder) => File::open(folder)?.sync_all(),
            None => Ok(()),
        }
    }
}

impl KeySource for KeyFile {
    fn kind(&self) -> KeyKind {
        KeyKind::File
    }

    fn place(&self) -> String {
        format!("the file {}", self.path.display())
    }

    fn find(&self) -> Result<Option<WrapKey>, KeyError> {
        let mut file = match File::open(&self.path) {
            Ok(file) => file,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(self.fail(error)),
        };
        let mode = file.metadata().map_err(|error| self.fail(error))?.mode() & 0o777;
        if mode & 0o077 != 0 {
            return Err(KeyError::Exposed { path: self.path.clone(), mode });
        }
        let mut text = Zeroizing::new(String::new());
        file.read_to_string(&mut text).map_err(|error| self.fail(error))?;
        let key = WrapKey::from_text(KeyKind::File, &text);
        key.map(Some).ok_or_else(|| KeyError::Malformed { place: self.place() })
    }

    fn make(&self) -> Result<Option<(WrapKey, Notice)>, KeyError> {
        let key = WrapKey::generate(KeyKind::File);
        self.write(&key).map_err(|error| self.fail(error))?;
        Ok(Some((key, Notice::KeyMade { path: self.path.clone() })))
    }
}
