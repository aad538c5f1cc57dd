//! What is told beside a failure: what was put back with it and what was not tried, and which instances of the same resource
//! have the new version by then. The last is known only when the walk is over, so that such a failure is held until then.

use super::call::End;
use super::call::Part;
use super::run::State;
use crate::addr::InstanceAddr;
use crate::diag::Diagnostic;
use crate::plan::Action;
use crate::plan::Op;
use crate::provider::Failure;
use crate::provider::ProviderError;
use crate::state::ObjectKey;

/// How an object stands after its call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stand {
    /// As planned.
    Planned,
    /// As before, since it was put back.
    PutBack,
    /// As before, since nothing was done.
    Untried,
    /// That is not sure.
    Unsure,
}

/// What was begun in one call, beside what failed.
pub(super) struct Beside {
    /// The first that failed.
    pub(super) cause: Option<InstanceAddr>,
    /// Paragraphs on the others.
    paragraphs: Vec<String>,
    /// How many objects there are.
    count: usize,
}

impl Beside {
    /// Whether there was one object only.
    pub(super) fn is_alone(&self) -> bool {
        self.count < 2
    }
}

/// A failure that is told at the end.
pub(super) struct Held {
    at: usize,
    diagnostic: Diagnostic,
    failure: Option<Failure>,
    /// Of several that failed together, the first tells of the others.
    is_first: bool,
    paragraphs: Vec<String>,
}

/// So many addresses are listed.
const LISTED: usize = 12;

impl State<'_> {
    /// What is to be said of the parts of a call that did not fail themselves.
    pub(super) fn beside(&self, parts: &[Part]) -> Beside {
        let addr = |part: &Part| self.run.made.plan.changes[part.at].addr.clone();
        let such = |is: fn(&End) -> bool| -> Vec<String> {
            parts.iter().filter(|part| is(&part.end)).map(|part| addr(part).to_string()).collect()
        };
        let groups = [
            ("Put back with it, and as before:", such(|end| matches!(end, End::Restored))),
            ("Not tried:", such(|end| matches!(end, End::Untouched))),
            ("Not known either, until the next run looks:", such(|end| matches!(end, End::Unknown))),
        ];
        let paragraphs = groups.into_iter().filter(|(_, addrs)| !addrs.is_empty());
        let cause = parts.iter().find(|part| matches!(part.end, End::Failed(_))).map(addr);
        Beside { cause, paragraphs: paragraphs.map(|(head, addrs)| listed(head, &addrs)).collect(), count: parts.len() }
    }

    /// Remembers how an object stands.
    pub(super) fn note_stand(&mut self, part: &Part) {
        if matches!(part.op, Op::Release | Op::Retake | Op::DeleteDeposed) {
            return;
        }
        let stand = match &part.end {
            End::Well | End::Contradicted(_) => Stand::Planned,
            End::Restored => Stand::PutBack,
            End::Untouched => Stand::Untried,
            End::Failed(ProviderError::OnHost(failure)) if failure.is_undone => Stand::PutBack,
            End::Failed(error) if super::release::is_untouched(error) => Stand::Untried,
            End::Failed(_) | End::Unknown => Stand::Unsure,
        };
        self.outcomes.insert(part.at, stand);
    }

    /// Keeps a failure until all is over.
    pub(super) fn hold(&mut self, part: &Part, diagnostic: Diagnostic, failure: Option<Failure>, beside: &Beside) {
        let change = &self.run.made.plan.changes[part.at];
        let is_first = beside.cause.as_ref() == Some(&change.addr);
        let paragraphs = if is_first { beside.paragraphs.clone() } else { Vec::new() };
        self.untold.push(Held { at: part.at, diagnostic, failure, is_first, paragraphs });
    }

    /// Reports all that was held.
    pub(super) fn tell_held(&mut self) {
        for held in std::mem::take(&mut self.untold) {
            let Held { at, mut diagnostic, failure, is_first, mut paragraphs } = held;
            if is_first {
                paragraphs.extend(self.versions(at));
            }
            match failure {
                Some(failure) => diagnostic.detail = failure.text(&paragraphs),
                None => {
                    let parts = std::iter::once(std::mem::take(&mut diagnostic.detail)).chain(paragraphs);
                    diagnostic.detail = parts.collect::<Vec<_>>().join("\n\n");
                }
            }
            self.report(diagnostic);
        }
    }

    /// Where instances of a resource have the new version and others the one before: which ones.
    fn versions(&self, at: usize) -> Vec<String> {
        let changes = &self.run.made.plan.changes;
        let failed = &changes[at];
        let is_sibling = |change: &crate::plan::Change| {
            change.place.is_some() && change.place == failed.place && change.object == ObjectKey::Current
        };
        let (mut newer, mut older, mut absent, mut unsure) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for (at, change) in changes.iter().enumerate().filter(|(_, change)| is_sibling(change)) {
            if change.planned.is_none() {
                continue;
            }
            let before = if change.prior.is_some() { &mut older } else { &mut absent };
            let (list, more) = match (self.outcomes.get(&at), change.action) {
                (Some(Stand::Planned), _) | (None, Action::NoOp) => (&mut newer, ""),
                (Some(Stand::Unsure), _) => (&mut unsure, ""),
                (Some(Stand::PutBack), _) => (before, " (put back)"),
                (Some(Stand::Untried) | None, _) => (before, " (not tried)"),
            };
            list.push(format!("{}{more}", change.addr));
        }
        if newer.is_empty() {
            return Vec::new();
        }
        let groups = [
            ("These have the new version:", newer),
            ("These have the version from before:", older),
            ("These are not there:", absent),
            ("Which version these have is not sure:", unsure),
        ];
        groups.into_iter().filter(|(_, addrs)| !addrs.is_empty()).map(|(head, addrs)| listed(head, &addrs)).collect()
    }
}

/// A heading and a list, of which the end is left out where it is long.
fn listed(head: &str, addrs: &[String]) -> String {
    let mut text = head.to_owned();
    addrs.iter().take(LISTED).for_each(|addr| text.push_str(&format!("\n  - {addr}")));
    if addrs.len() > LISTED {
        text.push_str(&format!("\n  and {} more", addrs.len() - LISTED));
    }
    text
}
