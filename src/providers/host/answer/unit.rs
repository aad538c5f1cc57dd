//! What is known of units: by our own records, and by the service manager.

use std::collections::BTreeMap;
use std::str::Split;

use super::parsed;
use super::text;

/// What we have on record for a unit on its host.
#[derive(Debug, Default, Clone, PartialEq)]
pub(crate) struct UnitRecord {
    /// `restart`, `reload`, `start` or `stop`, where that is owed to its process.
    pub(crate) owed: Option<String>,
    /// When its process last passed a gate, by the host's clock; `None` when never.
    pub(crate) applied: Option<f64>,
}

/// What the service manager said of the units asked for.
#[derive(Debug, Default, PartialEq)]
pub(crate) enum Manager {
    /// It was not asked.
    #[default]
    Unasked,
    /// There is none.
    Missing,
    /// It did not answer well.
    Failed(String),
    /// The properties of each unit, in the order of the question.
    Shown(Vec<BTreeMap<String, String>>),
}

impl UnitRecord {
    /// Reads the words that follow its number; `None` when they are not such.
    pub(super) fn parse(words: &mut Split<'_, char>) -> Option<Self> {
        let owed = words.next().filter(|word| *word != "-").map(str::to_owned);
        let applied = words.next().filter(|word| *word != "-");
        let since: f64 = parsed(words)?;
        Some(Self { owed, applied: applied.map(|_| since) })
    }
}

impl Manager {
    /// Reads the words of a record; `None` when they are not such.
    pub(super) fn parse(words: &mut Split<'_, char>) -> Option<Self> {
        Some(match words.next()? {
            "shown" => Self::Shown(properties(&text(words.next()?)?)),
            "failed" => Self::Failed(text(words.next()?)?),
            "missing" => Self::Missing,
            _ => return None,
        })
    }
}

/// Blocks of `Key=value` lines with an empty line between each two; what a key says twice is on lines of its own.
fn properties(shown: &str) -> Vec<BTreeMap<String, String>> {
    let block = |block: &str| {
        let mut properties: BTreeMap<String, String> = BTreeMap::new();
        for (key, value) in block.lines().filter_map(|line| line.split_once('=')) {
            let known = properties.entry(key.to_owned()).or_default();
            if !known.is_empty() {
                known.push('\n');
            }
            known.push_str(value);
        }
        properties
    };
    shown.split("\n\n").map(|text| block(text.trim_matches('\n'))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn properties_come_in_blocks_and_may_repeat() {
        let shown =
            "Id=a.service\nEnvironmentFiles=/a (ignore_errors=no)\nEnvironmentFiles=/b (ignore_errors=no)\n\nId=b=c\n";
        let blocks = properties(shown);
        assert_eq!(blocks.len(), 2);
        assert_eq!(blocks[0]["EnvironmentFiles"].lines().count(), 2);
        assert_eq!(blocks[1]["Id"], "b=c");
    }
}
