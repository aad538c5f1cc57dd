//! Why a verb could not go on, before anybody was told.

use crate::diag::Diagnostic;
use crate::diag::sentence;
use crate::diag::with_causes;
use crate::ops::AttachError;
use crate::ops::Failure;
use crate::ops::PlanFileError;
use crate::state::BackendError;
use crate::state::KeyError;

/// One problem that ends the verb.
#[derive(Debug)]
pub(super) struct Problem(pub(super) Box<Diagnostic>);

impl Problem {
    pub(super) fn new(summary: impl Into<std::borrow::Cow<'static, str>>, detail: impl Into<String>) -> Self {
        Self(Box::new(Diagnostic::error(summary, detail)))
    }

    /// With an error's whole story: each cause once.
    pub(super) fn of(summary: &'static str, error: &dyn std::error::Error) -> Self {
        Self::new(summary, sentence(with_causes(error)))
    }
}

impl From<Failure> for Problem {
    fn from(failure: Failure) -> Self {
        Self(Box::new(failure.diagnostic()))
    }
}

impl From<BackendError> for Problem {
    fn from(error: BackendError) -> Self {
        Failure::from(error).into()
    }
}

impl From<KeyError> for Problem {
    fn from(error: KeyError) -> Self {
        Self::of("State cannot be used", &error)
    }
}

impl From<PlanFileError> for Problem {
    fn from(error: PlanFileError) -> Self {
        match error {
            PlanFileError::State(failure) => failure.into(),
            error @ (PlanFileError::NoPlace { .. } | PlanFileError::Unwritten { .. }) => {
                Self::of("Failed to write plan file", &error)
            }
            error => Self::of("Failed to load plan file", &error),
        }
    }
}

impl From<AttachError> for Problem {
    fn from(error: AttachError) -> Self {
        Self::of("No simulated world", &error)
    }
}

impl From<std::io::Error> for Problem {
    fn from(error: std::io::Error) -> Self {
        Self::of("Cannot write the output", &error)
    }
}
