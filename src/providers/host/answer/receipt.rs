//! How a transaction went, as its host tells it: one outcome a member, and how things stand after a failure.

use std::collections::BTreeMap;
use std::str::Split;

use super::parsed;
use super::text;

/// How a transaction went.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Receipt {
    pub(crate) op: String,
    /// `staging`, `committing`, `activating`, `gating`, `restoring`; at last `done`, `failed`, `restored` or `broken`.
    pub(crate) phase: String,
    /// Each member's address and end.
    pub(crate) members: BTreeMap<usize, (String, Outcome)>,
    /// How things stand when it has failed.
    pub(crate) standing: Standing,
}

impl Receipt {
    /// Reads the words that say where it stands.
    pub(super) fn stand(&mut self, words: &mut Split<'_, char>) -> Option<()> {
        self.op = words.next()?.to_owned();
        self.phase = words.next()?.to_owned();
        Some(())
    }

    /// Reads the words that name a member.
    pub(super) fn name(&mut self, words: &mut Split<'_, char>) -> Option<()> {
        let number = parsed(words)?;
        self.members.insert(number, (text(words.next()?)?, Outcome::Begun));
        Some(())
    }

    /// Reads the words that say how a member ended, which has been named.
    pub(super) fn end(&mut self, words: &mut Split<'_, char>) -> Option<()> {
        let number: usize = parsed(words)?;
        let (outcome, reason) = (words.next()?, text(words.next()?)?);
        self.members.get_mut(&number)?.1 = match outcome {
            "begun" => Outcome::Begun,
            "applied" => Outcome::Applied,
            "restored" => Outcome::Restored,
            "untouched" => Outcome::Untouched,
            // Receipts of an earlier version do not say of what class it is.
            "failed" => Outcome::Failed(reason, Class::parse(words.next().unwrap_or("-"))?),
            _ => return None,
        };
        Some(())
    }
}

/// How one member ended.
#[derive(Debug, Default, Clone, PartialEq)]
pub(crate) enum Outcome {
    /// The transaction has not come to an end.
    #[default]
    Begun,
    Applied,
    Restored,
    Untouched,
    /// Why: a sentence, and lines to be shown as they are.
    Failed(String, Class),
}

/// What kind of failure it is.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Class {
    /// None of those below.
    #[default]
    Other,
    /// What stands there is not what the plan saw.
    Moved,
    /// The service manager does not accept a unit's text.
    Text,
    /// A unit was not started, restarted or reloaded.
    Start,
    /// A unit was up, and has failed.
    Failed,
    /// A unit's process ends again and again.
    Looping,
    /// A unit's process has ended, and not badly.
    Ended,
    /// A gate has not opened.
    Gate,
    /// A command failed.
    Command,
    /// Something may not have been put back.
    Spoilt,
}

impl Class {
    fn parse(word: &str) -> Option<Self> {
        Some(match word {
            "-" => Self::Other,
            "moved" => Self::Moved,
            "text" => Self::Text,
            "start" => Self::Start,
            "failed" => Self::Failed,
            "looping" => Self::Looping,
            "ended" => Self::Ended,
            "gate" => Self::Gate,
            "command" => Self::Command,
            "spoilt" => Self::Spoilt,
            _ => return None,
        })
    }
}

/// How things stand on the host after a failure.
#[derive(Debug, Default, Clone, PartialEq)]
pub(crate) struct Standing {
    /// What could not be put back.
    pub(crate) spoilt: String,
    /// The units that run again with what they had before.
    pub(crate) again: String,
    /// Those that should and do not.
    pub(crate) down: String,
    /// The last lines of the journal of the unit that failed.
    pub(crate) log: String,
}

impl Standing {
    /// Reads the words that say how things stand.
    pub(super) fn parse(words: &mut Split<'_, char>) -> Option<Self> {
        let mut word = || text(words.next()?);
        Some(Self { spoilt: word()?, again: word()?, down: word()?, log: word()? })
    }
}
