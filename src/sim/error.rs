//! What can go wrong with a simulation itself, as opposed to what a vendor refuses.

use std::io;
use std::path::PathBuf;

/// Why a world cannot be opened or written.
#[derive(Debug, thiserror::Error)]
pub enum SimError {
    /// A speed that is no speed.
    #[error("the speed of a simulation must be from 0.001 to 1000000, not {0}")]
    Speed(f64),
    /// Another process has it open.
    #[error("the simulated world in `{}` is in use by another process", dir.display())]
    InUse {
        /// The world's folder.
        dir: PathBuf,
    },
    /// The file does not hold what was written to it.
    #[error("the simulated world in `{}` is damaged at line {line}: {reason}", path.display())]
    Damaged {
        /// The world's file.
        path: PathBuf,
        /// The first line that cannot be read.
        line: usize,
        /// What is wrong with it.
        reason: String,
    },
    /// The disk refused.
    #[error("cannot read or write the simulated world at `{}`", path.display())]
    Io {
        /// What was to be read or written.
        path: PathBuf,
        /// The refusal.
        #[source]
        source: io::Error,
    },
}

/// A request that got no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Dropped {
    /// The connection broke before anything was done.
    #[error("connection reset")]
    Reset,
    /// It was done, but the answer never came.
    #[error("connection closed before the answer came")]
    LostAnswer,
}
