//! Version constraints: `>= 1.2, < 2`.

use std::cmp::Ordering;

/// Conditions that all must hold.
pub(super) struct Constraint(Vec<(Operator, Version)>);

#[derive(Debug, Clone, Copy)]
enum Operator {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    /// `~>`: the last written part may grow.
    Near,
}

/// The written parts of a version, and what follows a `-`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Version {
    parts: Vec<u64>,
    prerelease: Option<String>,
}

impl Constraint {
    /// Reads a constraint; `None` when the text is none.
    pub(super) fn parse(text: &str) -> Option<Constraint> {
        text.split(',').map(condition).collect::<Option<_>>().map(Constraint)
    }

    /// Whether a pre-release is named anywhere.
    pub(super) fn names_prerelease(&self) -> bool {
        self.0.iter().any(|(_, version)| version.prerelease.is_some())
    }

    /// Whether a version meets every condition.
    pub(super) fn admits(&self, version: &Version) -> bool {
        self.0.iter().all(|(operator, bound)| {
            let order = version.compare(bound);
            match operator {
                Operator::Equal => order == Ordering::Equal,
                Operator::NotEqual => order != Ordering::Equal,
                Operator::Less => order == Ordering::Less,
                Operator::LessOrEqual => order != Ordering::Greater,
                Operator::Greater => order == Ordering::Greater,
                Operator::GreaterOrEqual => order != Ordering::Less,
                Operator::Near => {
                    let fixed = bound.parts.len().saturating_sub(1).max(1);
                    let same = (0..fixed).all(|at| version.part(at) == bound.part(at));
                    order != Ordering::Less && same
                }
            }
        })
    }
}

fn condition(text: &str) -> Option<(Operator, Version)> {
    let text = text.trim();
    let operators = [
        ("~>", Operator::Near),
        (">=", Operator::GreaterOrEqual),
        ("<=", Operator::LessOrEqual),
        ("!=", Operator::NotEqual),
        ("=", Operator::Equal),
        (">", Operator::Greater),
        ("<", Operator::Less),
    ];
    let named = operators.into_iter().find_map(|(sign, operator)| Some((operator, text.strip_prefix(sign)?)));
    let (operator, rest) = named.unwrap_or((Operator::Equal, text));
    Some((operator, Version::parse(rest.trim())?))
}

impl Version {
    /// Reads `1.2.3` or `1.2.3-beta1`; missing parts count as 0.
    pub(super) fn parse(text: &str) -> Option<Version> {
        let text = text.strip_prefix('v').unwrap_or(text);
        let text = text.split_once('+').map_or(text, |(version, _)| version);
        let (numbers, prerelease) = match text.split_once('-') {
            Some((numbers, prerelease)) => (numbers, Some(prerelease.to_owned())),
            None => (text, None),
        };
        let parts = numbers.split('.').map(|part| part.parse().ok()).collect::<Option<Vec<u64>>>()?;
        (!parts.is_empty()).then_some(Version { parts, prerelease })
    }

    fn part(&self, at: usize) -> u64 {
        self.parts.get(at).copied().unwrap_or(0)
    }

    fn compare(&self, other: &Version) -> Ordering {
        let count = self.parts.len().max(other.parts.len());
        let parts = (0..count).map(|at| self.part(at).cmp(&other.part(at)));
        let order = parts.fold(Ordering::Equal, Ordering::then);
        // A pre-release comes before its version.
        order.then_with(|| match (&self.prerelease, &other.prerelease) {
            (None, None) => Ordering::Equal,
            (None, Some(_)) => Ordering::Greater,
            (Some(_), None) => Ordering::Less,
            (Some(a), Some(b)) => a.cmp(b),
        })
    }
}
