//! The local lock: the kernel's, on an open file, which also says who holds it.
//!
//! The kernel releases it when the holder dies, however that happens. Breaking it takes the file away: the holder then
//! locks a file that nobody else will ever open, and its fence says so.

use std::fs::File;
use std::fs::OpenOptions;
use std::io;
use std::io::Read as _;
use std::io::Seek as _;
use std::io::Write as _;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use std::time::Instant;

use rustix::fs::FlockOperation;
use rustix::fs::flock;

use super::Local;
use super::file;
use crate::state::BackendError;
use crate::state::Fence;
use crate::state::Hold;
use crate::state::Lock;
use crate::state::LockError;
use crate::state::LockInfo;

/// How long to wait before trying again, at first and at most.
const FIRST: Duration = Duration::from_millis(20);
const LONGEST: Duration = Duration::from_secs(1);

struct Held {
    file: File,
    path: PathBuf,
    inode: u64,
}

impl Hold for Held {
    fn fence(&self) -> Fence {
        let (path, inode) = (self.path.clone(), self.inode);
        Arc::new(move || std::fs::metadata(&path).is_ok_and(|data| data.ino() == inode))
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        // The name goes first, so that whoever locks next finds no stale one. Closing the file would not do while a child
        // that is just being started holds it too.
        let _ = self.file.set_len(0);
        let _ = flock(&self.file, FlockOperation::Unlock);
    }
}

/// Takes the lock, waiting for at most `timeout`.
pub(super) fn take(local: &Local, info: LockInfo, timeout: Duration) -> Result<Lock, LockError> {
    let failed = |source| LockError::Io { workspace: local.workspace.clone(), source };
    file::make_dir(&local.dir).map_err(|error| match error {
        BackendError::Io { source, .. } => failed(source),
        other => failed(io::Error::other(other)),
    })?;
    let path = local.lock_path();
    let start = Instant::now();
    let mut pause = FIRST;
    loop {
        if let Some(held) = try_take(&path, &info).map_err(failed)? {
            return Ok(Lock::new(info, Box::new(held)));
        }
        let left = timeout.saturating_sub(start.elapsed());
        if left.is_zero() {
            let holder = read_info(&path).map_err(failed)?.map(Box::new);
            return Err(LockError::Held { workspace: local.workspace.clone(), holder });
        }
        std::thread::sleep(pause.min(left));
        pause = (pause * 2).min(LONGEST);
    }
}

/// Who holds the lock, if anybody does.
pub(super) fn holder(local: &Local) -> Result<Option<LockInfo>, LockError> {
    let failed = |source| LockError::Io { workspace: local.workspace.clone(), source };
    let path = local.lock_path();
    let file = match File::open(&path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(failed(error)),
    };
    match flock(&file, FlockOperation::NonBlockingLockShared) {
        // Nobody does: what the file says is of somebody who died.
        Ok(()) => Ok(None),
        Err(error) if error == rustix::io::Errno::WOULDBLOCK => read_info(&path).map_err(failed),
        Err(error) => Err(failed(error.into())),
    }
}

/// Takes the lock away from its holder.
pub(super) fn break_it(local: &Local, id: &str) -> Result<LockInfo, LockError> {
    let info = holder(local)?
        .filter(|info| info.id == id)
        .ok_or_else(|| LockError::NotHeld { workspace: local.workspace.clone(), id: id.to_owned() })?;
    std::fs::remove_file(local.lock_path())
        .map_err(|source| LockError::Io { workspace: local.workspace.clone(), source })?;
    Ok(info)
}

fn try_take(path: &Path, info: &LockInfo) -> io::Result<Option<Held>> {
    loop {
        let mut file = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path)?;
        match flock(&file, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => {}
            Err(error) if error == rustix::io::Errno::WOULDBLOCK => return Ok(None),
            Err(error) => return Err(error.into()),
        }
        // Between opening and locking, the file may have been taken away by who broke the lock.
        let inode = file.metadata()?.ino();
        if std::fs::metadata(path).ok().map(|data| data.ino()) != Some(inode) {
            continue;
        }
        let text = serde_json::to_string(info).map_err(io::Error::other)?;
        file.set_len(0)?;
        file.rewind()?;
        file.write_all(text.as_bytes())?;
        return Ok(Some(Held { file, path: path.to_owned(), inode }));
    }
}

/// What the holder says of itself; `None` when it has not finished saying so.
fn read_info(path: &Path) -> io::Result<Option<LockInfo>> {
    let mut text = String::new();
    match File::open(path).and_then(|mut file| file.read_to_string(&mut text)) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(serde_json::from_str(&text).ok()),
    }
}
