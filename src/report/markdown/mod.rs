//! The report for a pull request: what a run found or did, as the Markdown of a comment.
//!
//! Takes plans, drift, costs, outcomes and diagnostics as they come about, and gives one text that no comment is too short
//! for. Secrets are hidden whatever a terminal was asked to show, as a comment is read by more than who asked. All that
//! others wrote (names, values, messages) stands in code, where it is neither markup nor a mention.

mod changes;
mod code;
mod drift;
mod fit;
mod part;

use std::collections::BTreeMap;

use super::DriftReport;
use super::cost::difference;
use super::cost::is_nothing;
use super::cost::uncounted;
use super::diagnostic_text;
use super::style::Style;
use crate::diag::Diagnostics;
use crate::diag::Severity;
use crate::diag::Sources;
use crate::plan::Cost;
use crate::plan::Plan;
use crate::plan::Registry;
use code::code;
use code::plain_name;
use fit::Entry;
use fit::fit;
use part::Kind;

/// What a comment holds on GitHub, in characters. Counted in bytes here, of which a text has no fewer.
pub const COMMENT_LIMIT: usize = 65_536;

/// What a run comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Verdict {
    NothingToDo,
    Changes,
    Destroys,
    Errors,
}

impl Verdict {
    fn words(self) -> &'static str {
        match self {
            Verdict::NothingToDo => "nothing to do",
            Verdict::Changes => "changes",
            Verdict::Destroys => "destroys",
            Verdict::Errors => "errors",
        }
    }
}

/// A report as it grows.
#[derive(Debug, Clone)]
pub struct Markdown {
    verb: &'static str,
    folder: String,
    workspace: String,
    verdict: Verdict,
    /// What stands above all parts, a paragraph each.
    leads: Vec<String>,
    cost: Vec<String>,
    parts: BTreeMap<Kind, Vec<Entry>>,
}

impl Markdown {
    /// A report of a verb (`plan`, `apply`, …) on a folder and a workspace, which its marker names.
    pub fn new(verb: &'static str, folder: &str, workspace: &str) -> Self {
        Self {
            verb,
            folder: plain_name(folder),
            workspace: plain_name(workspace),
            verdict: Verdict::NothingToDo,
            leads: Vec::new(),
            cost: Vec::new(),
            parts: BTreeMap::new(),
        }
    }

    /// Takes in a plan, or the next phase of one.
    pub fn plan(&mut self, plan: &Plan, registry: &Registry) {
        self.verdict = self.verdict.max(changes::verdict(plan));
        self.leads.push(changes::lead(plan));
        changes::collect(plan, registry, &mut |kind, entry| self.add(kind, entry));
    }

    /// Takes in what `drift` found.
    pub fn drift(&mut self, report: &DriftReport<'_>) {
        self.verdict = self.verdict.max(drift::verdict(report));
        self.leads.push(match report.is_clean() && report.is_whole() {
            true => "**No drift.** Everything is as it was left, and as it is written.".to_owned(),
            false => format!("**{}**", report.summary()),
        });
        drift::collect(report, &mut |kind, entry| self.add(kind, entry));
    }

    /// Takes in what a plan costs; of several, the last stands.
    pub fn cost(&mut self, cost: &Cost) {
        self.cost.clear();
        if !is_nothing(cost) {
            self.cost.push(format!("Monthly cost: {}", code(&difference(cost))));
            self.cost.extend(uncounted(cost).iter().map(|line| format!("- not counted: {}", code(line))));
        }
    }

    /// Takes in problems; an error makes the verdict.
    pub fn diagnostics(&mut self, diagnostics: &Diagnostics, sources: &Sources) {
        for diagnostic in diagnostics.iter() {
            let kind = match diagnostic.severity {
                Severity::Error => {
                    self.verdict = Verdict::Errors;
                    Kind::Error
                }
                Severity::Warning => Kind::Warning,
            };
            let address = diagnostic.address.as_ref().map(|address| format!(" with {}", code(address)));
            let name = format!("{}{}", code(&diagnostic.summary), address.unwrap_or_default());
            let text = diagnostic_text(diagnostic, sources, Style::PLAIN);
            self.add(kind, Entry::new(name, text.trim_start_matches('\n')));
        }
    }

    /// Takes in what became of it, in a sentence.
    pub fn outcome(&mut self, text: &str) {
        self.leads.push(code(text.trim()));
    }

    /// Says that it failed, where no diagnostic does.
    pub fn failed(&mut self) {
        self.verdict = Verdict::Errors;
    }

    fn add(&mut self, kind: Kind, entry: Entry) {
        self.parts.entry(kind).or_default().push(entry);
    }

    /// What a comment begins with, so that the next run finds its own and writes it anew. The same for as long as verb,
    /// folder and workspace are.
    pub fn marker(&self) -> String {
        format!("<!-- infra-report {} folder={} workspace={} -->", self.verb, self.folder, self.workspace)
    }

    /// The text, at most `limit` bytes of it: what matters less is shortened first.
    pub fn text(&self, limit: usize) -> String {
        let mut out = format!("{}\n## infra {}: {}\n", self.marker(), self.verb, self.verdict.words());
        for lead in &self.leads {
            out.push_str(&format!("\n{lead}\n"));
        }
        out.push_str(&format!("\nFolder {}, workspace {}.\n", code(&self.folder), code(&self.workspace)));
        for (at, line) in self.cost.iter().enumerate() {
            out.push_str(if at < 2 { "\n" } else { "" });
            out.push_str(&format!("{line}\n"));
        }
        let notice = format!(
            "\n*Shortened, as a comment holds {limit} characters: what was left out is said where it belongs. The run's own \
             output has all of it.*\n"
        );
        let parts: Vec<part::Part<'_>> =
            self.parts.iter().map(|(kind, entries)| part::Part::new(*kind, entries)).collect();
        let forms = fit(&parts, limit.saturating_sub(out.len() + notice.len()));
        let mut is_short = false;
        for (part, forms) in parts.iter().zip(&forms) {
            is_short |= part.write(forms, &mut out);
        }
        if is_short {
            out.push_str(&notice);
        }
        out
    }
}

#[cfg(test)]
mod tests;
