//! Storing a snapshot so that there is always a whole one.

use std::fs::File;
use std::path::Path;
use std::path::PathBuf;

use super::Local;
use super::file;
use crate::state::Backend as _;
use crate::state::BackendError;
use crate::state::Damage;
use crate::state::KeyEntry;
use crate::state::Lock;
use crate::state::Notice;
use crate::state::Sealer;
use crate::state::Snapshot;
use crate::state::Stored;
use crate::state::document;
use crate::state::document::Head;
use crate::state::document::Survey;

/// How far storing has come. A crash behind any of them leaves the snapshot before or the one after.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// The new document stands beside the old one, durable.
    Written,
    /// The old one is in the history too.
    Kept,
    /// The new one has taken its place.
    Renamed,
    /// The journal is empty.
    Emptied,
}

impl Local {
    /// Stores a snapshot; `after` hears of each step.
    pub(super) fn store_in_steps(
        &self,
        lock: &Lock,
        snapshot: &Snapshot,
        after: &mut dyn FnMut(Step),
    ) -> Result<Stored, BackendError> {
        self.guard(lock)?;
        if snapshot.is_shut {
            return Err(BackendError::Shut);
        }
        let current = self.current_head()?;
        if let Some((head, _)) = &current {
            self.succeeds(head, snapshot)?;
        } else if snapshot.serial != 0 {
            return Err(BackendError::Stale { expected: snapshot.serial, found: 0 });
        }
        if let Some(content) = self.journal_content()?
            && content.last > snapshot.seq
        {
            return Err(BackendError::Unfolded { last: content.last, folded: snapshot.seq });
        }
        file::make_dir(&self.dir)?;
        let mut notices = Vec::new();
        let head = Head { serial: snapshot.serial + 1, ..head_of(snapshot) };
        let twin = current.as_ref().map(|(head, _)| head);
        let (path, twin) = self.write_beside(snapshot, &head, twin, &mut notices)?;
        let unchanged = current.is_some_and(|(_, digest)| twin.is_some_and(|twin| twin == digest));
        let is_nothing = snapshot.serial == 0 && snapshot.is_empty() && snapshot.world.is_none();
        if unchanged || is_nothing {
            file::remove(&path)?;
            self.empty_journal()?;
            after(Step::Emptied);
            return Ok(Stored { serial: snapshot.serial, changed: false, notices });
        }
        after(Step::Written);
        self.keep_current(snapshot.serial)?;
        after(Step::Kept);
        self.guard(lock)?;
        self.rename(&path)?;
        after(Step::Renamed);
        self.keep_current(head.serial)?;
        self.empty_journal()?;
        after(Step::Emptied);
        self.prune()?;
        Ok(Stored { serial: head.serial, changed: true, notices })
    }

    /// Stores a snapshot whatever is there.
    pub(super) fn replace_all(&self, lock: &Lock, snapshot: &Snapshot) -> Result<Stored, BackendError> {
        self.guard(lock)?;
        if snapshot.is_shut {
            return Err(BackendError::Shut);
        }
        file::make_dir(&self.dir)?;
        // What is there may be damaged in any way: its head counts if it can be read.
        let current = self.current_head().ok().flatten().map(|(head, _)| head);
        let last = self.journal_content().ok().flatten().map_or(0, |content| content.last);
        let past = self.list_history().unwrap_or_default().first().map_or(0, |past| past.serial);
        let serial = past.max(snapshot.serial).max(current.as_ref().map_or(0, |head| head.serial)) + 1;
        // Numbers are never used twice, so that no plan mistakes what it finds for what it read.
        let seq = snapshot.seq.max(current.as_ref().map_or(0, |head| head.seq)).max(last) + 1;
        let head = Head { lineage: snapshot.lineage.clone(), serial, seq };
        let mut notices = Vec::new();
        let (path, _) = self.write_beside(snapshot, &head, None, &mut notices)?;
        match &current {
            Some(head) => self.keep_current(head.serial)?,
            None => {
                self.keep_aside(&self.path(), serial)?;
                self.drop_twin()?;
            }
        }
        // The journal stays until the new snapshot stands: what is known only there must not be missing at any moment.
        self.keep_aside(&self.journal_path(), serial)?;
        self.rename(&path)?;
        self.keep_current(serial)?;
        file::remove(&self.journal_path())?;
        self.prune()?;
        Ok(Stored { serial, changed: true, notices })
    }

    /// The keys of a document, and the one to seal with when anything is sealed.
    pub(super) fn seal_for(
        &self,
        snapshot: &Snapshot,
        survey: &Survey,
        notices: &mut Vec<Notice>,
    ) -> Result<(Vec<KeyEntry>, Option<Sealer>), BackendError> {
        if !survey.seals {
            return Ok((snapshot.keys.clone(), None));
        }
        let (sealer, entry) = self.sealer(&snapshot.keys, notices)?;
        Ok((vec![entry], Some(sealer)))
    }

    fn succeeds(&self, head: &Head, snapshot: &Snapshot) -> Result<(), BackendError> {
        if head.lineage != snapshot.lineage {
            return Err(BackendError::Lineage {
                path: self.path(),
                expected: snapshot.lineage.clone(),
                found: head.lineage.clone(),
            });
        }
        if head.serial != snapshot.serial {
            return Err(BackendError::Stale { expected: snapshot.serial, found: head.serial });
        }
        Ok(())
    }

    /// The head and digest of the document that is there.
    fn current_head(&self) -> Result<Option<(Head, String)>, BackendError> {
        let path = self.path();
        let mut current = match File::open(&path) {
            Ok(current) => current,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(source) => return Err(file::failed("read", &path, source)),
        };
        match Head::read(&mut current).map_err(|source| file::failed("read", &path, source))? {
            Some(head) => Ok(Some(head)),
            // Reading all of it says what is wrong.
            None => Err(self.load().err().unwrap_or(BackendError::Damaged {
                path,
                damage: Damage::Foreign("its first lines are of another program"),
                last_good: self.last_good(),
            })),
        }
    }

    fn write_beside(
        &self,
        snapshot: &Snapshot,
        head: &Head,
        twin: Option<&Head>,
        notices: &mut Vec<Notice>,
    ) -> Result<(PathBuf, Option<String>), BackendError> {
        let survey = Survey::of(snapshot);
        let (keys, sealer) = self.seal_for(snapshot, &survey, notices)?;
        let path = self.dir.join(format!(".{}.json.new", self.workspace));
        let write = || {
            let mut file = File::create(&path)?;
            let twin = document::write(snapshot, &survey, head, twin, (&keys, sealer.as_ref()), &mut file)?;
            file.sync_all()?;
            Ok(twin)
        };
        let twin = write().map_err(|source| file::failed("write", &path, source))?;
        Ok((path, twin))
    }

    fn rename(&self, from: &Path) -> Result<(), BackendError> {
        let path = self.path();
        std::fs::rename(from, &path).map_err(|source| file::failed("put in place", &path, source))?;
        file::sync_dir(&self.dir)
    }

    fn empty_journal(&self) -> Result<(), BackendError> {
        let path = self.journal_path();
        match File::options().write(true).open(&path) {
            Ok(journal) => journal
                .set_len(0)
                .and_then(|()| journal.sync_all())
                .map_err(|source| file::failed("empty", &path, source)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
            Err(source) => Err(file::failed("empty", &path, source)),
        }
    }
}

fn head_of(snapshot: &Snapshot) -> Head {
    Head { lineage: snapshot.lineage.clone(), serial: snapshot.serial, seq: snapshot.seq }
}
