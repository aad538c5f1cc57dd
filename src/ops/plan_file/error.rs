//! Why a plan cannot be saved or taken up.

use std::path::Path;

use crate::ops::Failure;
use crate::state::KeyError;

/// Why a plan cannot be saved or taken up.
#[derive(Debug, thiserror::Error)]
pub enum PlanFileError {
    /// The file cannot be read.
    #[error("cannot read the plan file {path}")]
    Unread {
        /// The file.
        path: String,
        /// What broke.
        #[source]
        source: std::io::Error,
    },
    /// There is no place for the file.
    #[error("the plan cannot be saved as {path}: {problem}")]
    NoPlace {
        /// The file.
        path: String,
        /// What is wrong with its place, and what to do.
        problem: String,
    },
    /// The file cannot be written.
    #[error("the plan cannot be saved as {path}")]
    Unwritten {
        /// The file.
        path: String,
        /// What broke.
        #[source]
        source: std::io::Error,
    },
    /// The plan is of the simulation, and the command is not, or the other way round.
    #[error("the plan in {path} was made on {planned}, and this command works on {now}: {advice}")]
    OtherWorld {
        /// The file.
        path: String,
        /// The world of the plan, in words.
        planned: String,
        /// The world of this run, in words.
        now: String,
        /// What to do.
        advice: String,
    },
    /// The file is none of ours.
    #[error("the file {path} is not a plan that was saved by `infra plan -out`")]
    NotAPlan {
        /// The file.
        path: String,
    },
    /// The file is of another version, or damaged.
    #[error("the plan file {path} cannot be read: {problem}")]
    Damaged {
        /// The file.
        path: String,
        /// What is wrong with it.
        problem: String,
    },
    /// The key that it is sealed with cannot be had.
    #[error("the plan file {path} cannot be opened")]
    Key {
        /// The file.
        path: String,
        /// Why not.
        #[source]
        source: KeyError,
    },
    /// The state cannot be used.
    #[error(transparent)]
    State(#[from] Failure),
    /// Planning from the file gave another plan.
    #[error("the plan in {path} comes out otherwise now: it was saved by another version, or the folder is another")]
    Differs {
        /// The file.
        path: String,
    },
}

impl PlanFileError {
    /// What is wrong where a plan was made on another world than the one that is worked on.
    pub(super) fn of_world(path: &Path, planned: Option<&str>, now: Option<&str>) -> Option<PlanFileError> {
        if planned == now {
            return None;
        }
        let words = |world: Option<&str>| match world {
            Some(id) => format!("the simulated world {id}"),
            None => "real accounts".to_owned(),
        };
        let path = path.display();
        let advice = match (planned, now) {
            (None, _) => format!("leave out -sim and INFRA_SIM, as in `infra apply {path}`"),
            (Some(_), None) => {
                format!("add -sim, or -sim=ADDRESS for a simulator that listens, as in `infra apply -sim {path}`")
            }
            (Some(_), Some(_)) => "name that simulator with -sim=ADDRESS, or make a new plan on this one".to_owned(),
        };
        let (path, planned, now) = (path.to_string(), words(planned), words(now));
        Some(PlanFileError::OtherWorld { path, planned, now, advice })
    }
}
