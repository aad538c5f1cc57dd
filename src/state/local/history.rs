//! The last snapshots, the current one among them: what is deleted by mistake can be restored, and its serial is not given
//! to another.

use std::path::Path;
use std::path::PathBuf;

use super::KEEP;
use super::Local;
use super::file;
use crate::state::BackendError;
use crate::state::Past;

impl Local {
    /// Where an earlier snapshot is.
    pub(super) fn past_path(&self, serial: u64) -> PathBuf {
        self.history_dir().join(format!("{serial:08}.json"))
    }

    /// The snapshots that are kept, the last first.
    pub(super) fn list_history(&self) -> Result<Vec<Past>, BackendError> {
        let current = file::stamp(&self.path())?;
        let mut all = Vec::new();
        for entry in file::list(&self.history_dir())? {
            let path = entry.path();
            let Some(serial) = serial_of(&path) else { continue };
            let data = entry.metadata().map_err(|source| file::failed("read", &path, source))?;
            let time = data.modified().ok().and_then(|time| jiff::Timestamp::try_from(time).ok());
            let is_current = current == Some(file::stamp_of(&data));
            all.push(Past { serial, time: time.unwrap_or_default(), size: data.len(), path, is_current });
        }
        all.sort_unstable_by_key(|past| std::cmp::Reverse(past.serial));
        Ok(all)
    }

    /// The serials of the snapshots that can be restored, the last first: not that of what is there, which is as damaged
    /// under its other name.
    pub(super) fn good_serials(&self) -> impl Iterator<Item = u64> + use<> {
        // An unreadable history is as good as none: who asks has a worse problem to report.
        let kept = self.list_history().unwrap_or_default().into_iter();
        kept.filter(|past| !past.is_current).map(|past| past.serial)
    }

    /// The last serial that can be restored.
    pub(super) fn last_good(&self) -> Option<u64> {
        self.good_serials().next()
    }

    /// Gives the current snapshot a second name in the history; none when there is no snapshot yet.
    pub(super) fn keep_current(&self, serial: u64) -> Result<(), BackendError> {
        let current = self.path();
        let folder = self.history_dir();
        let path = self.past_path(serial);
        let stamp = file::stamp(&current)?;
        if stamp.is_none() || stamp == file::stamp(&path)? {
            return Ok(());
        }
        std::fs::create_dir_all(&folder).map_err(|source| file::failed("make the folder", &folder, source))?;
        file::remove(&path)?;
        let kept = std::fs::hard_link(&current, &path).or_else(|_| std::fs::copy(&current, &path).map(|_| ()));
        kept.map_err(|source| file::failed("keep the last snapshot as", &path, source))?;
        file::sync_dir(&folder)
    }

    /// Gives a file that is to be replaced, and may be damaged, a second name in the history, one that nothing restores.
    pub(super) fn keep_aside(&self, from: &Path, serial: u64) -> Result<(), BackendError> {
        if !from.exists() {
            return Ok(());
        }
        let folder = self.history_dir();
        std::fs::create_dir_all(&folder).map_err(|source| file::failed("make the folder", &folder, source))?;
        let path = self.aside(from, serial);
        file::remove(&path)?;
        let kept = std::fs::hard_link(from, &path).or_else(|_| std::fs::copy(from, &path).map(|_| ()));
        kept.map_err(|source| file::failed("keep the replaced file as", &path, source))?;
        file::sync_dir(&folder)
    }

    /// Takes what is there out of the history, as it is damaged and nothing to go back to.
    pub(super) fn drop_twin(&self) -> Result<(), BackendError> {
        self.list_history()?.iter().filter(|past| past.is_current).try_for_each(|past| file::remove(&past.path))
    }

    /// Whether a file was kept aside for a snapshot that took its place.
    pub(super) fn is_kept_aside(&self, from: &Path, serial: u64) -> bool {
        self.aside(from, serial).exists()
    }

    fn aside(&self, from: &Path, serial: u64) -> PathBuf {
        let name = from.file_name().unwrap_or_default().to_string_lossy();
        self.history_dir().join(format!("before-{serial:08}-{}", name.trim_start_matches('.')))
    }

    /// Removes what is older than the last few.
    pub(super) fn prune(&self) -> Result<(), BackendError> {
        for past in self.list_history()?.into_iter().filter(|past| !past.is_current).skip(KEEP) {
            file::remove(&past.path)?;
        }
        Ok(())
    }
}

fn serial_of(path: &Path) -> Option<u64> {
    path.file_name()?.to_str()?.strip_suffix(".json")?.parse().ok()
}
