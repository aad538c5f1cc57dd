//! How a transaction went.

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
    /// Why.
    Failed(String),
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
            "failed" => Outcome::Failed(reason),
            _ => return None,
        };
        Some(())
    }
}
