//! What went wrong with something that is run: on a host, a unit or a command.

use std::fmt;

/// A failure in its parts, so that whoever tells of it can put what it knows between them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// What happened, in a few words with nothing in them that a user named.
    pub summary: &'static str,
    /// What happened to what and where: a sentence.
    pub what: String,
    /// What was asked and answered, a line each, to be shown as it is; may be empty.
    pub shown: String,
    /// How things stand after it, in sentences; may be empty.
    pub standing: String,
    /// The last lines of a journal, to be shown as they are; may be empty.
    pub log: String,
    /// Whether everything is known to be as it was before.
    pub is_undone: bool,
}

impl Failure {
    /// All of it, with more paragraphs between how things stand and the journal. What is to be shown as it is, is set in.
    pub fn text(&self, more: &[String]) -> String {
        let what = crate::diag::sentence(self.what.clone());
        let mut paragraphs = match self.shown.is_empty() {
            true => vec![what],
            false => vec![format!("{}:", what.trim_end_matches('.')), set_in(&self.shown)],
        };
        paragraphs.push(self.standing.clone());
        paragraphs.extend_from_slice(more);
        if !self.log.is_empty() {
            paragraphs.push(format!("The last lines of its journal:\n\n{}", set_in(&self.log)));
        }
        paragraphs.retain(|paragraph| !paragraph.is_empty());
        paragraphs.join("\n\n")
    }

    /// The same failure with what others said put into other words.
    pub(super) fn reworded(&mut self, change: &dyn Fn(String) -> String) {
        for text in [&mut self.what, &mut self.shown, &mut self.standing, &mut self.log] {
            *text = change(std::mem::take(text));
        }
    }
}

/// In one line.
impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.what)
    }
}

fn set_in(lines: &str) -> String {
    lines.lines().map(|line| format!("    {line}")).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::Failure;

    #[test]
    fn what_others_said_is_set_in_and_the_journal_is_last() {
        let failure = Failure {
            summary: "Gate did not open",
            what: "on the host h: a.service has not passed its gate".to_owned(),
            shown: "asked: x\nanswer: y".to_owned(),
            standing: String::new(),
            log: "one\ntwo".to_owned(),
            is_undone: true,
        };
        assert_eq!(
            failure.text(&["Not tried:\n  - b".to_owned()]),
            "On the host h: a.service has not passed its gate:\n\n    asked: x\n    answer: y\n\nNot tried:\n  - b\n\nThe last \
             lines of its journal:\n\n    one\n    two"
        );
    }
}
