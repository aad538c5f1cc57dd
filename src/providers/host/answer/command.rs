//! What is known of a command on its host.

use std::str::Split;

/// What is known of a command on its host.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Command {
    /// The hash over what it last ran for; `None` when it never did.
    pub(crate) ran: Option<String>,
    /// Whether its check ended well; `None` without one.
    pub(crate) holds: Option<bool>,
}

impl Command {
    /// Reads the words that follow its number; `None` when they are not such.
    pub(super) fn parse(words: &mut Split<'_, char>) -> Option<Self> {
        let ran = words.next().filter(|word| *word != "-").map(str::to_owned);
        let holds = match words.next()? {
            "yes" => Some(true),
            "no" => Some(false),
            _ => None,
        };
        Some(Self { ran, holds })
    }
}
