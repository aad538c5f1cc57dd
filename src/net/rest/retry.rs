//! Which request is sent again, and when: decided from what happened, without any I/O.

use std::hash::DefaultHasher;
use std::hash::Hash;
use std::hash::Hasher;
use std::time::Duration;

use super::dialect::RefusalKind;

/// How failures are met.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Retry {
    /// How often a request is sent again after a failure; waiting for a rate limit or a busy object does not count.
    pub max: u32,
    /// The first wait; each later one is twice as long.
    pub wait_min: Duration,
    /// The longest wait.
    pub wait_max: Duration,
    /// How long a busy object is waited for.
    pub patience: Duration,
}

impl Default for Retry {
    fn default() -> Self {
        Self {
            max: 4,
            wait_min: Duration::from_secs(1),
            wait_max: Duration::from_secs(30),
            patience: Duration::from_secs(300),
        }
    }
}

/// How one sending ended.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Ending {
    /// The vendor did it.
    Success,
    /// The vendor answered otherwise.
    Refusal(RefusalKind),
    /// The request did not leave.
    NotSent,
    /// No answer came.
    Lost,
}

/// What follows from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// The answer is handed on.
    Answer,
    /// Sent again after a wait, up to [`Retry::max`] times.
    Again,
    /// Sent again when the vendor allows it, however often.
    WhenAllowed,
    /// Sent again until it works or patience ends.
    WhenFree,
    /// It may or may not have been done, so it is not sent again.
    Ambiguous,
    /// It was not done and cannot be.
    Unreachable,
}

/// Decides what follows from the end of a sending. A request that is not idempotent is sent again only when it is
/// certain that it was not carried out.
pub(crate) fn verdict(ending: &Ending, is_idempotent: bool, failures: u32, retry: &Retry) -> Verdict {
    let may_again = failures < retry.max;
    match ending {
        Ending::Success => Verdict::Answer,
        Ending::Refusal(RefusalKind::Throttled) => Verdict::WhenAllowed,
        Ending::Refusal(RefusalKind::Busy) => Verdict::WhenFree,
        Ending::Refusal(RefusalKind::Broken) if !is_idempotent => Verdict::Ambiguous,
        Ending::Refusal(RefusalKind::Broken) if may_again => Verdict::Again,
        Ending::Refusal(
            RefusalKind::Unauthorized
            | RefusalKind::Forbidden
            | RefusalKind::Missing
            | RefusalKind::Taken(_)
            | RefusalKind::Refused
            | RefusalKind::Broken,
        ) => Verdict::Answer,
        Ending::NotSent if may_again => Verdict::Again,
        Ending::NotSent => Verdict::Unreachable,
        Ending::Lost if is_idempotent && may_again => Verdict::Again,
        Ending::Lost => Verdict::Ambiguous,
    }
}

impl Retry {
    /// How long to wait before sending again for the nth time, counted from 0. Between half and all of a doubling wait,
    /// so that those who failed together do not come back together.
    pub(crate) fn wait(&self, nth: u32, seed: u64) -> Duration {
        let whole = self.wait_min.saturating_mul(1 << nth.min(16)).min(self.wait_max);
        whole.mul_f64(0.5 + 0.5 * fraction(seed, nth))
    }
}

/// A number that names an operation, so that its waits are the same on every run of a test.
pub(crate) fn seed(op: &str, path: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    (op, path).hash(&mut hasher);
    hasher.finish()
}

/// A fraction in `0..1` from a seed: the finaliser of SplitMix64.
pub(crate) fn fraction(seed: u64, nth: u32) -> f64 {
    let mut bits = seed.wrapping_add(u64::from(nth).wrapping_mul(0x9E37_79B9_7F4A_7C15));
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    (bits >> 11) as f64 / (1_u64 << 53) as f64
}
