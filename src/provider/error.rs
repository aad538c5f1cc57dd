//! How a call on the world ends when it does not end well.

use super::Failure;
use super::Problem;
use crate::value::Path;

/// The result of a call on the world.
pub type Result<T> = std::result::Result<T, ProviderError>;

/// Why a call on the world failed. The text says what we were doing and to what; the cause is in `source`.
#[derive(Debug, thiserror::Error)]
pub enum ProviderError {
    /// The vendor said no, for a reason that asking again does not change.
    #[error("{doing}: {message}")]
    Refused {
        /// What we were doing, as `creating the droplet web-1`.
        doing: String,
        /// The vendor's own words, whole.
        message: String,
        /// The HTTP status or the exit code.
        code: Option<i64>,
        /// The argument that the vendor complained about, when it can be told.
        argument: Option<Path>,
    },
    /// The vendor does not know who we are.
    #[error("{doing}: the vendor does not accept the credential ({message})")]
    Unauthorized {
        /// What we were doing.
        doing: String,
        /// The vendor's own words.
        message: String,
    },
    /// The credential may not do this. Never means that something is gone.
    #[error("{doing}: the credential lacks a permission ({message})")]
    Forbidden {
        /// What we were doing.
        doing: String,
        /// The vendor's own words, and the scope that is needed where it is known.
        message: String,
    },
    /// Somebody holds what we wanted to make: a name, a key.
    #[error("{doing}: {message}")]
    Taken {
        /// What we were doing.
        doing: String,
        /// The vendor's own words.
        message: String,
        /// The id of what is in the way, when it can be told.
        id: Option<String>,
        /// The argument that holds what is taken, when it can be told.
        argument: Option<Path>,
    },
    /// The request was sent and no answer came: it may have been carried out.
    #[error("{doing}: the answer was lost, so it may or may not have been done")]
    AnswerLost {
        /// What we were doing.
        doing: String,
        /// What broke.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The vendor or the host cannot be reached: nothing was done.
    #[error("{doing}: {to} cannot be reached")]
    Unreachable {
        /// What we were doing.
        doing: String,
        /// Whom we wanted to reach.
        to: String,
        /// What broke.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The vendor answered something that its interface does not allow.
    #[error("{doing}: the answer cannot be understood ({problem})")]
    Unexpected {
        /// What we were doing.
        doing: String,
        /// What was wrong with the answer.
        problem: String,
    },
    /// It has not come about within the time that it may take.
    #[error("{doing}: still {state} after {}", crate::provider::error::human(.waited))]
    TimedOut {
        /// What we were waiting for.
        doing: String,
        /// The last thing seen.
        state: String,
        /// How long we waited.
        waited: std::time::Duration,
    },
    /// What was changed on a host does not work there: a gate did not open, a command failed.
    #[error("{0}")]
    OnHost(Box<Failure>),
    /// It came up broken.
    #[error("{doing}: {message}")]
    Failed {
        /// What we were doing.
        doing: String,
        /// What was found.
        message: String,
    },
    /// The provider's own diagnostic: where tools and people know the mistake by Terraform's words for it.
    #[error("{}: {}", .0.summary, .0.detail)]
    Problem(Box<Problem>),
    /// The user's second signal.
    #[error("{doing}: interrupted")]
    Cancelled {
        /// What we were doing.
        doing: String,
    },
}

impl ProviderError {
    /// A refusal that concerns no argument in particular.
    pub fn refused(doing: impl Into<String>, message: impl Into<String>) -> Self {
        Self::Refused { doing: doing.into(), message: message.into(), code: None, argument: None }
    }

    /// A diagnostic on the argument at `path`.
    pub fn problem(path: Path, summary: impl Into<String>, detail: impl Into<String>) -> Self {
        Self::Problem(Box::new(Problem { path, summary: summary.into(), detail: detail.into() }))
    }

    /// The argument that it is about, when that can be told.
    pub fn argument(&self) -> Option<&Path> {
        match self {
            Self::Refused { argument, .. } | Self::Taken { argument, .. } => argument.as_ref(),
            Self::Problem(problem) => Some(&problem.path),
            _ => None,
        }
    }

    /// The same error once more, for the others of a batch: causes become their text.
    pub fn duplicate(&self) -> Self {
        let text = |source: &dyn std::error::Error| crate::diag::with_causes(source).into();
        match self {
            Self::Refused { doing, message, code, argument } => Self::Refused {
                doing: doing.clone(),
                message: message.clone(),
                code: *code,
                argument: argument.clone(),
            },
            Self::Unauthorized { doing, message } => {
                Self::Unauthorized { doing: doing.clone(), message: message.clone() }
            }
            Self::Forbidden { doing, message } => Self::Forbidden { doing: doing.clone(), message: message.clone() },
            Self::Taken { doing, message, id, argument } => Self::Taken {
                doing: doing.clone(),
                message: message.clone(),
                id: id.clone(),
                argument: argument.clone(),
            },
            Self::AnswerLost { doing, source } => Self::AnswerLost { doing: doing.clone(), source: text(&**source) },
            Self::Unreachable { doing, to, source } => {
                Self::Unreachable { doing: doing.clone(), to: to.clone(), source: text(&**source) }
            }
            Self::Unexpected { doing, problem } => Self::Unexpected { doing: doing.clone(), problem: problem.clone() },
            Self::TimedOut { doing, state, waited } => {
                Self::TimedOut { doing: doing.clone(), state: state.clone(), waited: *waited }
            }
            Self::Failed { doing, message } => Self::Failed { doing: doing.clone(), message: message.clone() },
            Self::OnHost(failure) => Self::OnHost(failure.clone()),
            Self::Problem(problem) => Self::Problem(problem.clone()),
            Self::Cancelled { doing } => Self::Cancelled { doing: doing.clone() },
        }
    }

    /// The same error with what others said put into other words.
    pub fn reworded(mut self, change: &dyn Fn(String) -> String) -> Self {
        let cause = |source: &mut Box<dyn std::error::Error + Send + Sync>| {
            let text = source.to_string();
            let other = change(text.clone());
            if other != text {
                *source = other.into();
            }
        };
        match &mut self {
            Self::Refused { message: text, .. }
            | Self::Unauthorized { message: text, .. }
            | Self::Forbidden { message: text, .. }
            | Self::Taken { message: text, .. }
            | Self::Unexpected { problem: text, .. }
            | Self::TimedOut { state: text, .. }
            | Self::Failed { message: text, .. } => *text = change(std::mem::take(text)),
            Self::AnswerLost { source, .. } | Self::Unreachable { source, .. } => cause(source),
            Self::OnHost(failure) => failure.reworded(change),
            Self::Problem(problem) => problem.detail = change(std::mem::take(&mut problem.detail)),
            Self::Cancelled { .. } => {}
        }
        self
    }

    /// Whether the request may have been carried out all the same.
    pub fn is_ambiguous(&self) -> bool {
        matches!(self, Self::AnswerLost { .. })
    }
}

/// A duration as people say it: `90s`, `12m30s`.
pub(crate) fn human(duration: &std::time::Duration) -> String {
    match duration.as_secs() {
        seconds @ 0..120 => format!("{seconds}s"),
        seconds => format!("{}m{:02}s", seconds / 60, seconds % 60),
    }
}
