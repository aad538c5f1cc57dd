//! State in files beside the configuration.
//!
//! `<workspace>.json` is the last snapshot, `.<workspace>.journal` what became known since, `.<workspace>.lock` who is at
//! it, `.history/<workspace>/` the last snapshots. A snapshot is written beside, synced and renamed, so that the file is
//! always one or the other; then the journal is emptied. Whoever dies between the two leaves records that are in the
//! snapshot already, and are passed over.

mod file;
mod history;
mod lock;
mod store;

use std::path::Path;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::Mutex;
use std::time::Duration;

use super::Backend;
use super::BackendError;
use super::Damage;
use super::Journal;
use super::JournalOptions;
use super::KeyEntry;
use super::KeyError;
use super::KeySources;
use super::Loaded;
use super::Lock;
use super::LockError;
use super::LockInfo;
use super::Notice;
use super::Past;
use super::Sealer;
use super::Snapshot;
use super::Stored;
use super::document;
use super::document::Check;
use super::document::Failure;
use super::document::Head;
use super::document::Survey;
use super::fold;
use super::journal;
use super::journal::Encoder;
use super::journal::Header;
use super::opener::Unlock;

/// How many snapshots are kept beside the current one.
const KEEP: usize = 20;

/// One workspace's state in a folder.
pub struct Local {
    dir: PathBuf,
    workspace: String,
    sources: KeySources,
    /// The keys that were opened or made, so that no place is asked twice.
    known: Mutex<Vec<(KeyEntry, Sealer)>>,
}

impl Local {
    /// A workspace in the folder `dir`, which need not exist yet.
    pub fn new(
        dir: impl Into<PathBuf>,
        workspace: impl Into<String>,
        sources: KeySources,
    ) -> Result<Self, BackendError> {
        let workspace = workspace.into();
        if !Self::is_name(&workspace) {
            return Err(BackendError::Workspace(workspace));
        }
        Ok(Self { dir: dir.into(), workspace, sources, known: Mutex::default() })
    }

    /// The names of the workspaces that have state in a folder, sorted.
    pub fn workspaces(dir: &Path) -> Result<Vec<String>, BackendError> {
        let mut names = Vec::new();
        for entry in file::list(dir)? {
            let name = entry.file_name().to_string_lossy().into_owned();
            if let Some(name) =
                name.strip_suffix(".json").filter(|name| !name.starts_with('.') && !name.contains(".schema"))
            {
                names.push(name.to_owned());
            }
        }
        names.sort_unstable();
        Ok(names)
    }

    /// Whether a text can be a workspace's name.
    pub fn is_name(text: &str) -> bool {
        let is_part = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.');
        !text.is_empty() && !text.starts_with('.') && text.chars().all(is_part)
    }

    /// Removes all that is kept of a workspace, which nobody else can be at while its lock is held.
    pub fn remove(dir: &Path, workspace: &str, lock: Lock) -> Result<(), BackendError> {
        let local = Self::new(dir, workspace, KeySources::default())?;
        local.guard(&lock)?;
        file::remove(&local.path())?;
        file::remove(&local.journal_path())?;
        let history = local.history_dir();
        match std::fs::remove_dir_all(&history) {
            Err(source) if source.kind() != std::io::ErrorKind::NotFound => {
                return Err(file::failed("remove", &history, source));
            }
            _ => {}
        }
        drop(lock);
        file::remove(&local.lock_path())
    }

    /// The file of the last snapshot.
    pub fn path(&self) -> PathBuf {
        self.dir.join(format!("{}.json", self.workspace))
    }

    /// The file of the journal.
    pub fn journal_path(&self) -> PathBuf {
        self.dir.join(format!(".{}.journal", self.workspace))
    }

    fn lock_path(&self) -> PathBuf {
        self.dir.join(format!(".{}.lock", self.workspace))
    }

    fn history_dir(&self) -> PathBuf {
        self.dir.join(".history").join(&self.workspace)
    }

    /// The key of an entry.
    fn unlock(&self, entry: &KeyEntry) -> Result<Sealer, KeyError> {
        let mut known = self.known.lock().expect("no holder panics");
        if let Some((_, sealer)) = known.iter().find(|(known, _)| known.id == entry.id) {
            return Ok(sealer.clone());
        }
        let sealer = self.sources.open(entry)?;
        known.push((entry.clone(), sealer.clone()));
        Ok(sealer)
    }

    /// The key to seal with: the first of the given ones; where there is none, the last that was made here, or a new one.
    fn sealer(&self, keys: &[KeyEntry], notices: &mut Vec<Notice>) -> Result<(Sealer, KeyEntry), KeyError> {
        if let Some(entry) = keys.first() {
            return Ok((self.unlock(entry)?, entry.clone()));
        }
        let mut known = self.known.lock().expect("no holder panics");
        if let Some((entry, sealer)) = known.last() {
            return Ok((sealer.clone(), entry.clone()));
        }
        let (sealer, entry, notice) = self.sources.make()?;
        notices.extend(notice);
        known.push((entry.clone(), sealer.clone()));
        Ok((sealer, entry))
    }

    fn read(&self, unlock: Option<&Unlock<'_>>) -> Result<Loaded, BackendError> {
        // Whoever stores between our two reads empties the journal that we have not seen yet; then both are read again.
        for _ in 0..8 {
            let before = file::stamp(&self.path())?;
            let document = file::read(&self.path())?;
            let journal = file::read(&self.journal_path())?;
            if file::stamp(&self.path())? == before {
                return self.assemble(document.as_deref(), journal.as_deref(), unlock);
            }
        }
        let document = file::read(&self.path())?;
        let journal = file::read(&self.journal_path())?;
        self.assemble(document.as_deref(), journal.as_deref(), unlock)
    }

    /// Makes a snapshot of the files' bytes.
    fn assemble(
        &self,
        document: Option<&[u8]>,
        journal: Option<&[u8]>,
        unlock: Option<&Unlock<'_>>,
    ) -> Result<Loaded, BackendError> {
        let base = match document {
            Some(bytes) => {
                let read = document::read(bytes, Check::Digest, unlock);
                Some(read.map_err(|failure| self.failed(failure, &self.path()))?)
            }
            None => match self.last_good() {
                Some(last_good) => {
                    return Err(BackendError::Missing { path: self.path(), history: self.history_dir(), last_good });
                }
                None => None,
            },
        };
        let after = base.as_ref().map_or(0, |base| base.seq);
        let content = match journal {
            Some(bytes) => {
                let read = journal::read(bytes, after, unlock);
                read.map_err(|failure| self.failed(failure, &self.journal_path()))?
            }
            None => None,
        };
        // One that was kept aside when the snapshot took the place of all there was, and could not be removed any more.
        let is_replaced = |header: &Header, base: &Snapshot| {
            header.serial != base.serial && self.is_kept_aside(&self.journal_path(), base.serial)
        };
        let content = content.filter(|content| !base.as_ref().is_some_and(|base| is_replaced(&content.header, base)));
        if let Some(content) = &content {
            self.belongs(&content.header, base.as_ref())?;
        }
        let is_new = base.is_none() && content.is_none();
        let is_shut = unlock.is_none() && content.as_ref().is_some_and(|content| content.last > after);
        let (header, records) = content.map_or((None, Vec::new()), |content| (Some(content.header), content.records));
        let mut base = base.unwrap_or_else(|| match &header {
            Some(header) => Snapshot::new(header.lineage.clone()),
            None => Snapshot::begin(),
        });
        if base.keys.is_empty() {
            base.keys = header.map_or_else(Vec::new, |header| header.keys);
        }
        base.is_shut |= is_shut;
        let base = Arc::new(base);
        let mut snapshot = Arc::clone(&base);
        if !records.is_empty() {
            fold(Arc::make_mut(&mut snapshot), &records);
        }
        Ok(Loaded { base, snapshot, records, is_new })
    }

    /// Sees to it that a journal follows the snapshot that is there: or the one before, when it could not be emptied.
    fn belongs(&self, header: &Header, base: Option<&Snapshot>) -> Result<(), BackendError> {
        let path = self.journal_path();
        let serial = base.map_or(0, |base| base.serial);
        if let Some(base) = base
            && base.lineage != header.lineage
        {
            let (expected, found) = (base.lineage.clone(), header.lineage.clone());
            return Err(BackendError::Lineage { path, expected, found });
        }
        if header.serial == serial || header.serial + 1 == serial {
            return Ok(());
        }
        Err(BackendError::OtherSerial { path, journal: header.serial, state: serial })
    }

    fn failed(&self, failure: Failure, path: &Path) -> BackendError {
        match failure {
            Failure::Key(error) => BackendError::Key(error),
            Failure::Damage(damage) => {
                BackendError::Damaged { path: path.to_owned(), damage, last_good: self.last_good() }
            }
        }
    }

    fn guard(&self, lock: &Lock) -> Result<(), BackendError> {
        if lock.is_held() { Ok(()) } else { Err(BackendError::LockLost { workspace: self.workspace.clone() }) }
    }

    fn open_journal(&self, lock: &Lock, snapshot: &Snapshot, options: JournalOptions) -> Result<Journal, BackendError> {
        self.guard(lock)?;
        if snapshot.is_shut {
            return Err(BackendError::Shut);
        }
        let path = self.journal_path();
        let content = self.journal_content()?.filter(|content| content.header.serial == snapshot.serial);
        let mut notices = Vec::new();
        let (header, length) = match content {
            // Numbers go on without a gap, so what is in the snapshot and not in the journal must be stored first.
            Some(content) if content.last != snapshot.seq => {
                return Err(BackendError::Unfolded { last: content.last, folded: snapshot.seq });
            }
            Some(content) => (content.header, content.length as u64),
            None => {
                let (_, entry) = self.sealer(&snapshot.keys, &mut notices)?;
                let header = Header {
                    lineage: snapshot.lineage.clone(),
                    serial: snapshot.serial,
                    base: snapshot.seq,
                    keys: vec![entry],
                };
                (header, 0)
            }
        };
        let (sealer, _) = self.sealer(&header.keys, &mut notices)?;
        file::make_dir(&self.dir)?;
        let first = if length == 0 { header.encode() } else { Vec::new() };
        let media = file::JournalFile::open(&path, length, &first, lock.fence());
        let media = media.map_err(|source| BackendError::Io { doing: "open", path: path.clone(), source })?;
        let encoder = Encoder::new(sealer, header.lineage);
        let last = snapshot.seq;
        Journal::start(Box::new(media), Box::new(encoder), last, options, notices).map_err(|source| BackendError::Io {
            doing: "start the writer of",
            path,
            source,
        })
    }

    /// What the journal says, without opening what is sealed.
    fn journal_content(&self) -> Result<Option<journal::Content>, BackendError> {
        let path = self.journal_path();
        let Some(bytes) = file::read(&path)? else { return Ok(None) };
        journal::read(&bytes, u64::MAX, None).map_err(|failure| self.failed(failure, &path))
    }
}

impl Backend for Local {
    fn load(&self) -> Result<Loaded, BackendError> {
        self.read(Some(&|entry| self.unlock(entry)))
    }

    fn load_shut(&self) -> Result<Loaded, BackendError> {
        match self.load() {
            Err(BackendError::Key(_)) => self.read(None),
            loaded => loaded,
        }
    }

    fn lock(&self, info: LockInfo, timeout: Duration) -> Result<Lock, LockError> {
        lock::take(self, info, timeout)
    }

    fn holder(&self) -> Result<Option<LockInfo>, LockError> {
        lock::holder(self)
    }

    fn break_lock(&self, id: &str) -> Result<LockInfo, LockError> {
        lock::break_it(self, id)
    }

    fn journal(&self, lock: &Lock, snapshot: &Snapshot, options: JournalOptions) -> Result<Journal, BackendError> {
        self.open_journal(lock, snapshot, options)
    }

    fn store(&self, lock: &Lock, snapshot: &Snapshot) -> Result<Stored, BackendError> {
        self.store_in_steps(lock, snapshot, &mut |_| {})
    }

    fn replace(&self, lock: &Lock, snapshot: &Snapshot) -> Result<Stored, BackendError> {
        self.replace_all(lock, snapshot)
    }

    fn encode(&self, snapshot: &Snapshot) -> Result<Vec<u8>, BackendError> {
        if snapshot.is_shut {
            return Err(BackendError::Shut);
        }
        let survey = Survey::of(snapshot);
        let (keys, sealer) = self.seal_for(snapshot, &survey, &mut Vec::new())?;
        let head = Head { lineage: snapshot.lineage.clone(), serial: snapshot.serial, seq: snapshot.seq };
        let mut bytes = Vec::new();
        document::write(snapshot, &survey, &head, None, (&keys, sealer.as_ref()), &mut bytes)
            .map_err(|source| BackendError::Io { doing: "write", path: self.path(), source })?;
        Ok(bytes)
    }

    fn decode(&self, document: &[u8], path: &Path) -> Result<Snapshot, BackendError> {
        document::read(document, Check::Nothing, Some(&|entry| self.unlock(entry)))
            .map_err(|failure| self.failed(failure, path))
    }

    fn history(&self) -> Result<Vec<Past>, BackendError> {
        self.list_history()
    }

    fn past(&self, serial: u64) -> Result<Snapshot, BackendError> {
        let path = self.past_path(serial);
        let bytes = file::read(&path)?.ok_or(BackendError::NoSuchPast(serial))?;
        document::read(&bytes, Check::Digest, Some(&|entry| self.unlock(entry))).map_err(|failure| match failure {
            Failure::Key(error) => BackendError::Key(error),
            Failure::Damage(damage @ Damage::Newer { .. }) => BackendError::Damaged { path, damage, last_good: None },
            // What is in the history is damaged too; the one to go back to is another.
            Failure::Damage(damage) => {
                let last_good = self.good_serials().find(|good| *good < serial);
                BackendError::Damaged { path, damage, last_good }
            }
        })
    }
}

#[cfg(test)]
mod tests;
