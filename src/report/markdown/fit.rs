//! Fitting a report into its room: what matters less is shortened first, from details to a name, from a name to a number.

use super::code::block;
use super::code::longest_run;
use super::part::IMPORTANCE;
use super::part::Part;

/// One thing that is reported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    /// A line of Markdown.
    pub(super) name: String,
    /// Lines of a block, each with its newline; empty where the name says it all.
    pub(super) details: String,
    /// The most backticks in a row in the details.
    pub(super) longest_run: usize,
}

impl Entry {
    /// An entry whose details are text of any kind.
    pub(super) fn new(name: String, details: &str) -> Self {
        let details = block(details);
        Self { name, longest_run: longest_run(&details), details }
    }
}

/// How an entry is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Form {
    Counted,
    Named,
    Full,
}

/// Chooses how each entry of each part is told, so that all of it takes no more than `room` bytes: by importance, and
/// within one part in its order. Of names, those that stand first are told; of details, all that find room.
pub(super) fn fit(parts: &[Part<'_>], room: usize) -> Vec<Vec<Form>> {
    let mut forms: Vec<Vec<Form>> = parts.iter().map(|part| vec![Form::Counted; part.entries.len()]).collect();
    let mut room = room.saturating_sub(parts.iter().map(Part::frame).sum());
    for (kind, form) in IMPORTANCE {
        let Some(at) = parts.iter().position(|part| part.kind == kind) else { continue };
        for (entry, told) in parts[at].entries.iter().zip(&mut forms[at]) {
            match form {
                Form::Counted => {}
                Form::Named => match room.checked_sub(entry.name.len() + "- \n".len()) {
                    Some(rest) => (room, *told) = (rest, Form::Named),
                    None => break,
                },
                Form::Full if *told != Form::Named || entry.details.is_empty() => {}
                Form::Full => {
                    if let Some(rest) = room.checked_sub(entry.details.len()) {
                        (room, *told) = (rest, Form::Full);
                    }
                }
            }
        }
    }
    forms
}
