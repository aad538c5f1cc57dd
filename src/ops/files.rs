//! Files as a run reads them: from the disk, each remembered, or from a saved plan.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::Mutex;

use serde::Deserialize;
use serde::Serialize;

use crate::config;
use crate::eval::function;
use crate::eval::function::FileKind;

/// What was read of a path.
#[derive(Debug, Clone, Serialize, Deserialize, PartialEq, Eq)]
pub(super) enum Seen {
    /// A file's bytes.
    Bytes(#[serde(with = "bytes")] Vec<u8>),
    /// What it is: a file, a folder, something else, nothing.
    Kind(Option<u8>),
    /// The names in a folder; `None` where there is no such folder.
    Names(Option<Vec<PathBuf>>),
    /// It is not there.
    Missing,
}

/// What a run read, by what was asked.
pub(super) type Read = BTreeMap<String, Seen>;

/// Reads from the disk and remembers; or only what is remembered.
#[derive(Debug)]
pub(super) struct Files {
    base: Option<PathBuf>,
    seen: Mutex<Read>,
}

impl Files {
    /// The disk, relative paths from a folder.
    pub(super) fn disk(base: &Path) -> Self {
        Self { base: Some(base.to_owned()), seen: Mutex::default() }
    }

    /// What a saved plan holds, and nothing else.
    pub(super) fn remembered(seen: Read) -> Self {
        Self { base: None, seen: Mutex::new(seen) }
    }

    /// All that was read so far.
    pub(super) fn seen(&self) -> Read {
        self.seen.lock().expect("no holder panics").clone()
    }

    fn look(&self, what: &str, path: &Path, read: impl FnOnce(&Path) -> io::Result<Seen>) -> io::Result<Seen> {
        let key = format!("{what} {}", path.display());
        let mut seen = self.seen.lock().expect("no holder panics");
        if let Some(known) = seen.get(&key) {
            return Ok(known.clone());
        }
        let Some(base) = &self.base else { return Ok(Seen::Missing) };
        let found = match read(&base.join(path)) {
            Ok(found) => found,
            Err(error) if error.kind() == io::ErrorKind::NotFound => Seen::Missing,
            Err(error) => return Err(error),
        };
        seen.insert(key, found.clone());
        Ok(found)
    }

    fn bytes(&self, path: &Path) -> io::Result<Vec<u8>> {
        match self.look("read", path, |path| std::fs::read(path).map(Seen::Bytes))? {
            Seen::Bytes(bytes) => Ok(bytes),
            _ => Err(io::Error::from(io::ErrorKind::NotFound)),
        }
    }

    fn names(&self, path: &Path) -> io::Result<Vec<PathBuf>> {
        let list = |path: &Path| {
            let path = if path.as_os_str().is_empty() { Path::new(".") } else { path };
            let names = std::fs::read_dir(path)?.map(|entry| Ok(PathBuf::from(entry?.file_name())));
            let mut names = names.collect::<io::Result<Vec<_>>>()?;
            names.sort_unstable();
            Ok(Seen::Names(Some(names)))
        };
        match self.look("list", path, list)? {
            Seen::Names(Some(names)) => Ok(names),
            _ => Err(io::Error::from(io::ErrorKind::NotFound)),
        }
    }

    fn kind(&self, path: &Path) -> io::Result<FileKind> {
        let kind = |path: &Path| {
            let path = if path.as_os_str().is_empty() { Path::new(".") } else { path };
            let found = std::fs::metadata(path)?;
            let number = if found.is_file() {
                0
            } else if found.is_dir() {
                1
            } else {
                2
            };
            Ok(Seen::Kind(Some(number)))
        };
        match self.look("kind", path, kind)? {
            Seen::Kind(Some(0)) => Ok(FileKind::File),
            Seen::Kind(Some(1)) => Ok(FileKind::Dir),
            Seen::Kind(Some(_)) => Ok(FileKind::Other),
            _ => Err(io::Error::from(io::ErrorKind::NotFound)),
        }
    }
}

impl config::Files for Files {
    fn list(&self, dir: &Path) -> io::Result<Vec<String>> {
        let mut files = Vec::new();
        for name in self.names(dir)? {
            if let Some(text) = name.to_str()
                && self.kind(&dir.join(&name)).is_ok_and(|kind| kind == FileKind::File)
            {
                files.push(text.to_owned());
            }
        }
        Ok(files)
    }

    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        self.bytes(path)
    }
}

impl function::Files for Files {
    fn read(&self, path: &Path) -> io::Result<Arc<[u8]>> {
        self.bytes(path).map(Arc::from)
    }

    fn kind(&self, path: &Path) -> io::Result<FileKind> {
        self.kind(path)
    }

    fn list(&self, dir: &Path) -> io::Result<Vec<PathBuf>> {
        self.names(dir)
    }
}

/// Bytes as base64 text.
mod bytes {
    use base64::Engine;
    use base64::engine::general_purpose::STANDARD;
    use serde::Deserialize;
    use serde::Deserializer;
    use serde::Serializer;

    pub(super) fn serialize<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&STANDARD.encode(bytes))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
        let text = String::deserialize(deserializer)?;
        STANDARD.decode(text).map_err(serde::de::Error::custom)
    }
}
