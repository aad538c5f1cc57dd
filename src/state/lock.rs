//! The lock on a workspace: who holds it, and the holding of it.

use std::fmt;
use std::sync::Arc;

use serde::Deserialize;
use serde::Serialize;

/// Who holds a lock, as Terraform writes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct LockInfo {
    /// Names the lock; wanted to break it.
    #[serde(rename = "ID")]
    pub id: String,
    /// What it was taken for: `OperationTypeApply`.
    #[serde(default)]
    pub operation: String,
    /// More about it.
    #[serde(default)]
    pub info: String,
    /// `user@host`.
    #[serde(default)]
    pub who: String,
    /// The program's version.
    #[serde(default)]
    pub version: String,
    /// When it was taken, as RFC 3339 has it.
    #[serde(default)]
    pub created: String,
    /// What is locked.
    #[serde(default)]
    pub path: String,
}

/// A held lock. Dropping it releases it; so does the death of the process.
pub struct Lock {
    info: LockInfo,
    hold: Box<dyn Hold>,
}

/// Says whether a lock was not broken meanwhile; outlives the lock.
pub type Fence = Arc<dyn Fn() -> bool + Send + Sync>;

/// How a backend keeps a lock: until this is dropped.
pub trait Hold: Send + Sync {
    /// The lock's fence, for who writes under it.
    fn fence(&self) -> Fence;
}

impl Lock {
    /// A lock that is held as long as `hold` is not dropped.
    pub fn new(info: LockInfo, hold: Box<dyn Hold>) -> Self {
        Self { info, hold }
    }

    /// Who holds it.
    pub fn info(&self) -> &LockInfo {
        &self.info
    }

    /// Whether the lock was not broken meanwhile.
    pub fn is_held(&self) -> bool {
        (self.hold.fence())()
    }

    /// The same question, for who writes under the lock.
    pub fn fence(&self) -> Fence {
        self.hold.fence()
    }
}

impl fmt::Debug for Lock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Lock").field(&self.info).finish()
    }
}

/// Why a workspace could not be locked.
#[derive(Debug, thiserror::Error)]
pub enum LockError {
    /// Somebody else holds it.
    #[error("workspace `{workspace}` is locked by {}", describe(.holder.as_deref()))]
    Held {
        /// The workspace.
        workspace: String,
        /// Who; `None` when the holder has not said so yet.
        holder: Option<Box<LockInfo>>,
    },
    /// There is no such lock to break.
    #[error("workspace `{workspace}` is not locked under the ID `{id}`")]
    NotHeld {
        /// The workspace.
        workspace: String,
        /// The ID that was given.
        id: String,
    },
    /// The lock's file cannot be used.
    #[error("cannot lock workspace `{workspace}`")]
    Io {
        /// The workspace.
        workspace: String,
        /// Why.
        #[source]
        source: std::io::Error,
    },
}

fn describe(holder: Option<&LockInfo>) -> String {
    match holder {
        None => "a process that has not given its name".to_owned(),
        Some(info) => {
            format!(
                "{} since {} for {} (ID {}). Wait for it with -lock-timeout=5m; `infra lock show` says who it is, and \
                 `infra lock break` takes the lock from a process that is no more",
                info.who, info.created, info.operation, info.id
            )
        }
    }
}
