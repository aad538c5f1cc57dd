//! Files, with what must not be forgotten about them: that a folder has to be synced too.

use std::fs::DirEntry;
use std::fs::File;
use std::fs::OpenOptions;
use std::io;
use std::io::Write as _;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

use crate::state::BackendError;
use crate::state::Fence;
use crate::state::Media;

/// A file's bytes; `None` when there is none.
pub(super) fn read(path: &Path) -> Result<Option<Vec<u8>>, BackendError> {
    match std::fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(source) => Err(failed("read", path, source)),
    }
}

/// What tells whether a file is still the same one: its inode, size and time of change.
type Stamp = (u64, u64, i64, i64);

/// The same of what is known of a file.
pub(super) fn stamp_of(data: &std::fs::Metadata) -> Stamp {
    (data.ino(), data.size(), data.mtime(), data.mtime_nsec())
}

/// The stamp of a file; `None` when there is none.
pub(super) fn stamp(path: &Path) -> Result<Option<Stamp>, BackendError> {
    match std::fs::metadata(path) {
        Ok(data) => Ok(Some(stamp_of(&data))),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(source) => Err(failed("read", path, source)),
    }
}

/// The entries of a folder; none when there is no such folder.
pub(super) fn list(path: &Path) -> Result<Vec<DirEntry>, BackendError> {
    match std::fs::read_dir(path) {
        Ok(entries) => entries.collect::<io::Result<_>>().map_err(|source| failed("list", path, source)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(source) => Err(failed("list", path, source)),
    }
}

/// Makes the folder of a state. What begins with a dot is nobody else's: keys, locks, journals and the history stay out
/// of version control.
pub(super) fn make_dir(path: &Path) -> Result<(), BackendError> {
    std::fs::create_dir_all(path).map_err(|source| failed("make the folder", path, source))?;
    let ignore = path.join(".gitignore");
    match std::fs::exists(&ignore) {
        Ok(true) => Ok(()),
        _ => std::fs::write(&ignore, ".*\n!.gitignore\n").map_err(|source| failed("write", &ignore, source)),
    }
}

/// Makes what happened in a folder durable.
pub(super) fn sync_dir(path: &Path) -> Result<(), BackendError> {
    File::open(path).and_then(|folder| folder.sync_all()).map_err(|source| failed("sync the folder", path, source))
}

/// Removes a file, if it is there.
pub(super) fn remove(path: &Path) -> Result<(), BackendError> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(failed("remove", path, error)),
        _ => Ok(()),
    }
}

/// An I/O error with what was being done.
pub(super) fn failed(doing: &'static str, path: &Path, source: io::Error) -> BackendError {
    BackendError::Io { doing, path: path.to_owned(), source }
}

/// The journal's file.
pub(super) struct JournalFile {
    file: File,
    length: u64,
    fence: Fence,
}

impl JournalFile {
    /// Opens the file, cuts off what is behind `length`, and makes `first` durable there.
    pub(super) fn open(path: &Path, length: u64, first: &[u8], fence: Fence) -> io::Result<Self> {
        let file = OpenOptions::new().append(true).create(true).open(path)?;
        file.set_len(length)?;
        let mut journal = Self { file, length, fence };
        journal.append(first)?;
        journal.file.sync_all()?;
        if let Some(folder) = path.parent() {
            File::open(folder)?.sync_all()?;
        }
        Ok(journal)
    }
}

impl Media for JournalFile {
    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        // Whoever broke our lock may be writing here already.
        if !(self.fence)() {
            return Err(io::Error::other("the lock was broken by somebody else"));
        }
        if self.file.metadata()?.len() != self.length {
            return Err(io::Error::other("somebody else has written to it"));
        }
        self.file.write_all(bytes)?;
        self.length += bytes.len() as u64;
        Ok(())
    }

    fn sync(&mut self) -> io::Result<()> {
        self.file.sync_data()
    }
}
