//! Where configuration is read from.

use std::collections::BTreeMap;
use std::io;
use std::path::Component;
use std::path::Path;
use std::path::PathBuf;
use std::sync::Arc;

/// A file tree to read configuration from: the disk, or what a saved plan holds.
pub trait Files {
    /// The names of the files in a folder, in no order; folders are left out.
    fn list(&self, dir: &Path) -> io::Result<Vec<String>>;

    /// The bytes of a file.
    fn read(&self, path: &Path) -> io::Result<Vec<u8>>;
}

/// The files of the disk, relative paths from a folder.
#[derive(Debug, Default)]
pub struct DiskFiles {
    base: PathBuf,
}

impl DiskFiles {
    /// Files whose relative paths begin in `base`; the working folder when it is empty.
    pub fn new(base: impl Into<PathBuf>) -> Self {
        Self { base: base.into() }
    }
}

impl Files for DiskFiles {
    fn list(&self, dir: &Path) -> io::Result<Vec<String>> {
        let dir = self.base.join(dir);
        let dir = if dir.as_os_str().is_empty() { PathBuf::from(".") } else { dir };
        let mut names = Vec::new();
        for entry in std::fs::read_dir(dir)? {
            let entry = entry?;
            // A link to a file counts as one, as everywhere else.
            if let Ok(name) = entry.file_name().into_string()
                && entry.path().is_file()
            {
                names.push(name);
            }
        }
        Ok(names)
    }

    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        std::fs::read(self.base.join(path))
    }
}

/// Files in memory, by their path from the root module's working folder.
#[derive(Debug, Default, Clone)]
pub struct MemoryFiles {
    files: BTreeMap<PathBuf, Arc<[u8]>>,
}

impl<P: AsRef<Path>, B: Into<Arc<[u8]>>> FromIterator<(P, B)> for MemoryFiles {
    fn from_iter<T: IntoIterator<Item = (P, B)>>(files: T) -> Self {
        let files = files.into_iter().map(|(path, bytes)| (normalize(path.as_ref()), bytes.into()));
        Self { files: files.collect() }
    }
}

impl Files for MemoryFiles {
    fn list(&self, dir: &Path) -> io::Result<Vec<String>> {
        let dir = normalize(dir);
        let is_root = dir.as_os_str().is_empty();
        if !is_root && !self.files.keys().any(|path| path.starts_with(&dir)) {
            return Err(io::Error::from(io::ErrorKind::NotFound));
        }
        let inside = self.files.keys().filter(|path| path.parent() == Some(&dir));
        Ok(inside.filter_map(|path| path.file_name()?.to_str().map(str::to_owned)).collect())
    }

    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        let bytes = self.files.get(&normalize(path));
        bytes.map(|bytes| bytes.to_vec()).ok_or_else(|| io::Error::from(io::ErrorKind::NotFound))
    }
}

/// A path without `.` and without `name/..`, by its text alone.
pub(super) fn normalize(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir if matches!(out.components().next_back(), Some(Component::Normal(_))) => {
                out.pop();
            }
            other => out.push(other),
        }
    }
    out
}
