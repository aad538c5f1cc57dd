//! Where snapshots and journals are kept: the contract, and what can go wrong there.

use std::path::Path;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

use super::Journal;
use super::JournalOptions;
use super::KeyError;
use super::Lock;
use super::LockError;
use super::LockInfo;
use super::Record;
use super::Snapshot;

/// Keeps one workspace's state.
pub trait Backend: Send + Sync {
    /// Reads the last snapshot and the journal behind it. Takes no lock: what it gives was true at one moment.
    fn load(&self) -> Result<Loaded, BackendError>;

    /// The same for who only wants to see what there is: without the key, sealed values are sensitive nulls.
    fn load_shut(&self) -> Result<Loaded, BackendError>;

    /// Locks the workspace, waiting for at most `timeout`.
    fn lock(&self, info: LockInfo, timeout: Duration) -> Result<Lock, LockError>;

    /// Who holds the lock, if anybody does.
    fn holder(&self) -> Result<Option<LockInfo>, LockError>;

    /// Takes the lock away from its holder, who can store nothing from then on.
    fn break_lock(&self, id: &str) -> Result<LockInfo, LockError>;

    /// Opens the journal behind a snapshot in which all of it is folded.
    fn journal(&self, lock: &Lock, snapshot: &Snapshot, options: JournalOptions) -> Result<Journal, BackendError>;

    /// Stores a snapshot, unless it says the same as the last one, and empties the journal that is folded into it.
    /// Any [`Journal`] must be closed before.
    fn store(&self, lock: &Lock, snapshot: &Snapshot) -> Result<Stored, BackendError>;

    /// Stores a snapshot whatever is there, to restore or push it. What was there goes to the history.
    fn replace(&self, lock: &Lock, snapshot: &Snapshot) -> Result<Stored, BackendError>;

    /// The document of a snapshot, sealed, as `state pull` prints it.
    fn encode(&self, snapshot: &Snapshot) -> Result<Vec<u8>, BackendError>;

    /// The snapshot of a document, as `state push` takes it: its digest need not match.
    fn decode(&self, document: &[u8], path: &Path) -> Result<Snapshot, BackendError>;

    /// Snapshots that are kept, the last first: the current one and those before.
    fn history(&self) -> Result<Vec<Past>, BackendError>;

    /// Reads an earlier snapshot. [`Backend::replace`] restores it.
    fn past(&self, serial: u64) -> Result<Snapshot, BackendError>;
}

/// What was read.
#[derive(Debug, Clone)]
pub struct Loaded {
    /// As it was stored.
    pub base: Arc<Snapshot>,
    /// With the records behind it folded in.
    pub snapshot: Arc<Snapshot>,
    /// Those records.
    pub records: Vec<Record>,
    /// Nothing was ever stored here.
    pub is_new: bool,
}

/// What became of a snapshot.
#[derive(Debug, Clone, PartialEq)]
pub struct Stored {
    /// The serial that it has.
    pub serial: u64,
    /// Whether anything was written.
    pub changed: bool,
    /// What the user should know.
    pub notices: Vec<Notice>,
}

/// Something the user should know, that is no problem.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Notice {
    /// A key was made. Who loses it loses all sealed values.
    KeyMade {
        /// The file that holds it.
        path: PathBuf,
    },
}

/// A snapshot in the history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Past {
    /// Its serial.
    pub serial: u64,
    /// When it was stored.
    pub time: Timestamp,
    /// How big it is, in bytes.
    pub size: u64,
    /// Where it is.
    pub path: PathBuf,
    /// Whether it is the one that is there now.
    pub is_current: bool,
}

/// Why state could not be read or stored.
#[derive(Debug, thiserror::Error)]
pub enum BackendError {
    /// The file system refused.
    #[error("cannot {doing} {}", .path.display())]
    Io {
        /// A verb.
        doing: &'static str,
        /// Of what.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// A file is not what was written.
    #[error("{} {damage}{}", .path.display(), advice(.damage, .path, *.last_good))]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        damage: Damage,
        /// The serial of the last snapshot that can be restored.
        last_good: Option<u64>,
    },
    /// The snapshot is gone, though earlier ones are there.
    #[error(
        "{} is missing, though it was stored before: `infra state restore {last_good}` brings the last snapshot back. \
         To begin anew, remove {} too",
        .path.display(), .history.display()
    )]
    Missing {
        /// Where it should be.
        path: PathBuf,
        /// Where the earlier ones are.
        history: PathBuf,
        /// The serial of the last of them.
        last_good: u64,
    },
    /// The snapshot and the journal are of different histories.
    #[error(
        "{} belongs to another state (lineage {found}, here {expected}): put back the state that it was written for, or \
         move it away",
        .path.display()
    )]
    Lineage {
        /// The journal.
        path: PathBuf,
        /// The snapshot's lineage.
        expected: String,
        /// The journal's.
        found: String,
    },
    /// The journal was written behind another snapshot than the one that is there.
    #[error(
        "{} follows the state at serial {journal}, and the state is at serial {state}: put back the state that it was \
         written for, or move it away",
        .path.display()
    )]
    OtherSerial {
        /// The journal.
        path: PathBuf,
        /// The serial that it follows.
        journal: u64,
        /// The serial that is there.
        state: u64,
    },
    /// Somebody else stored meanwhile.
    #[error("the state was changed meanwhile: it is at serial {found}, and {expected} was read")]
    Stale {
        /// The serial that was read.
        expected: u64,
        /// The serial that is there.
        found: u64,
    },
    /// The journal says more than the snapshot that should be stored.
    #[error("the journal ends with record {last}, and the snapshot with {folded}: read the state again")]
    Unfolded {
        /// The journal's last record.
        last: u64,
        /// The snapshot's.
        folded: u64,
    },
    /// The lock was broken.
    #[error("the lock on workspace `{workspace}` was broken by somebody else; nothing more is stored")]
    LockLost {
        /// The workspace.
        workspace: String,
    },
    /// A snapshot with unopened values cannot be stored: they would be lost.
    #[error("the state was read without its key, so it cannot be stored")]
    Shut,
    /// The workspace's name cannot be a file's.
    #[error(
        "`{0}` cannot be a workspace's name: letters, digits, `-`, `_` and `.` are allowed, and no `.` at the start"
    )]
    Workspace(String),
    /// There is no such earlier snapshot.
    #[error("no snapshot of serial {0} is kept")]
    NoSuchPast(u64),
    /// Sealed values cannot be opened.
    #[error(transparent)]
    Key(#[from] KeyError),
}

/// What is wrong with a file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Damage {
    /// There is nothing in it.
    #[error("is empty")]
    Empty,
    /// It ends too early.
    #[error("is cut off: it ends in the middle, at line {line}")]
    Truncated {
        /// The last line.
        line: usize,
    },
    /// It is not what was written, though it reads well.
    #[error("was changed by hand or damaged: its digest does not match")]
    Digest,
    /// It does not say what it should.
    #[error("is damaged at line {line}: {problem}")]
    Content {
        /// Where.
        line: usize,
        /// What is wrong there.
        problem: String,
    },
    /// A newer program wrote it.
    #[error("has format {found}, and this program reads up to format {known}: use a newer one")]
    Newer {
        /// The file's format.
        found: u64,
        /// The last that is known.
        known: u64,
    },
    /// It is something else.
    #[error("is not a state of infra: {0}")]
    Foreign(&'static str),
}

fn advice(damage: &Damage, path: &Path, last_good: Option<u64>) -> String {
    let restore = match last_good {
        Some(serial) => format!("`infra state restore {serial}` brings the last good snapshot back"),
        None => "there is no earlier snapshot to go back to".to_owned(),
    };
    match damage {
        Damage::Newer { .. } => String::new(),
        Damage::Digest => {
            format!(
                ". If the change is meant, `infra state push -force {}` takes it; otherwise, {restore}",
                path.display()
            )
        }
        Damage::Empty | Damage::Truncated { .. } | Damage::Content { .. } | Damage::Foreign(_) => {
            format!("; {restore}")
        }
    }
}
