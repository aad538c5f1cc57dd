//! A part of a report: entries of one kind under one heading, each told at length, by name, or only counted.

use super::code::fence;
use super::fit::Entry;
use super::fit::Form;

/// What entries are about; the order is that of the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    Error,
    Destroyed,
    Replaced,
    Forgotten,
    Capacity,
    DeletedOutside,
    ChangedOutside,
    Unreadable,
    Unapplied,
    Updated,
    Created,
    Settled,
    Outputs,
    Deferred,
    Warning,
}

/// What is seen before anything is unfolded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fold {
    /// All of it.
    Open,
    /// The names; the rest can be unfolded.
    Names,
    /// Only how many there are.
    Closed,
}

/// What is given room, the most important first.
pub(super) const IMPORTANCE: [(Kind, Form); 24] = [
    (Kind::Error, Form::Named),
    (Kind::Error, Form::Full),
    (Kind::Destroyed, Form::Named),
    (Kind::Replaced, Form::Named),
    (Kind::Forgotten, Form::Named),
    (Kind::DeletedOutside, Form::Named),
    (Kind::Unreadable, Form::Named),
    (Kind::Capacity, Form::Named),
    (Kind::Destroyed, Form::Full),
    (Kind::Replaced, Form::Full),
    (Kind::ChangedOutside, Form::Named),
    (Kind::ChangedOutside, Form::Full),
    (Kind::Unapplied, Form::Named),
    (Kind::Updated, Form::Named),
    (Kind::Updated, Form::Full),
    (Kind::Warning, Form::Named),
    (Kind::Deferred, Form::Named),
    (Kind::Created, Form::Named),
    (Kind::Outputs, Form::Named),
    (Kind::Outputs, Form::Full),
    (Kind::Created, Form::Full),
    (Kind::Settled, Form::Named),
    (Kind::Settled, Form::Full),
    (Kind::Warning, Form::Full),
];

impl Kind {
    fn title(self) -> &'static str {
        match self {
            Kind::Error => "Errors",
            Kind::Destroyed => "Destroyed",
            Kind::Replaced => "Destroyed and made anew",
            Kind::Forgotten => "No longer managed, left as it is",
            Kind::Capacity => "Kept in service meanwhile",
            Kind::DeletedOutside => "Deleted outside of infra",
            Kind::ChangedOutside => "Changed outside of infra",
            Kind::Unreadable => "Could not be read",
            Kind::Unapplied => "Written but not applied",
            Kind::Updated => "Updated in place",
            Kind::Created => "Created",
            Kind::Settled => "Read, moved, imported or adopted",
            Kind::Outputs => "Outputs",
            Kind::Deferred => "Left for a later phase",
            Kind::Warning => "Warnings",
        }
    }

    fn fold(self) -> Fold {
        match self {
            Kind::Error => Fold::Open,
            Kind::Destroyed
            | Kind::Replaced
            | Kind::Forgotten
            | Kind::Capacity
            | Kind::DeletedOutside
            | Kind::ChangedOutside
            | Kind::Unreadable
            | Kind::Unapplied
            | Kind::Deferred => Fold::Names,
            Kind::Updated | Kind::Created | Kind::Settled | Kind::Outputs | Kind::Warning => Fold::Closed,
        }
    }

    /// Lines of a difference are coloured by their first letter.
    fn language(self) -> &'static str {
        match self {
            Kind::Error | Kind::Warning => "text",
            _ => "diff",
        }
    }
}

/// The entries of one kind.
#[derive(Debug, Clone, Copy)]
pub(super) struct Part<'a> {
    pub(super) kind: Kind,
    pub(super) entries: &'a [Entry],
}

impl<'a> Part<'a> {
    pub(super) fn new(kind: Kind, entries: &'a [Entry]) -> Self {
        Self { kind, entries }
    }

    /// What the frame takes at most: heading, folds, fences and the words on what is left out.
    pub(super) fn frame(&self) -> usize {
        500 + 2 * self.fence().len()
    }

    fn fence(&self) -> String {
        fence(self.entries.iter().map(|entry| entry.longest_run).max().unwrap_or(0))
    }

    /// Adds the part, each entry in its form; whether anything was left out.
    pub(super) fn write(&self, forms: &[Form], out: &mut String) -> bool {
        let of = |form| self.entries.iter().zip(forms).filter(move |(_, is)| **is == form).map(|(entry, _)| entry);
        let (title, fold) = (self.kind.title(), self.kind.fold());
        match fold {
            Fold::Open | Fold::Names => out.push_str(&format!("\n### {title}: {}\n\n", self.entries.len())),
            Fold::Closed => out.push_str(&format!("\n<details><summary>{title}: {}</summary>\n\n", self.entries.len())),
        }
        let full = of(Form::Full).count();
        let start = out.len();
        if fold == Fold::Names {
            let named = self.entries.iter().zip(forms).filter(|(_, form)| **form != Form::Counted);
            named.for_each(|(entry, _)| out.push_str(&format!("- {}\n", entry.name)));
        } else {
            of(Form::Named).for_each(|entry| out.push_str(&format!("- {}\n", entry.name)));
        }
        let counted = of(Form::Counted).count();
        if counted > 0 {
            out.push_str(&format!("- … {counted} more, for whose names there is no room\n"));
        }
        let is_short = of(Form::Named).any(|entry| !entry.details.is_empty());
        if is_short && full > 0 {
            out.push_str("\nThere is no room for the details of all.\n");
        } else if is_short {
            out.push_str("\nThere is no room for details.\n");
        }
        if full > 0 {
            let gap = if out.len() > start { "\n" } else { "" };
            let is_folded = fold == Fold::Names;
            out.push_str(gap);
            out.push_str(if is_folded { "<details><summary>Details</summary>\n\n" } else { "" });
            let fence = self.fence();
            out.push_str(&format!("{fence}{}\n", self.kind.language()));
            of(Form::Full).for_each(|entry| out.push_str(&entry.details));
            if out.ends_with("\n\n") {
                out.pop();
            }
            out.push_str(&format!("{fence}\n"));
            out.push_str(if is_folded { "\n</details>\n" } else { "" });
        }
        out.push_str(if fold == Fold::Closed { "\n</details>\n" } else { "" });
        is_short || counted > 0
    }
}
